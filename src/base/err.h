/*
 * Errors are values: one struct err, filled by whoever notices and handed up the stack.
 *
 * A fallible function returns false (or an enum) and fills the struct err given last; on success it
 * leaves it alone. The struct holds its own text, so it can be copied and kept. Text that came from
 * outside may stand in it as it came: whoever shows it passes it through base/text.h.
 */
#ifndef SIPDESK_BASE_ERR_H
#define SIPDESK_BASE_ERR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum err_kind {
	ERR_NONE,
	ERR_USAGE,     /* the command line is wrong */
	ERR_INPUT,     /* a value, a file or an answer's document is wrong */
	ERR_CONFIG,    /* this machine is not set up for it */
	ERR_KEY,       /* the service does not take the API key */
	ERR_REFUSED,   /* the service says no, and trying again will not help */
	ERR_FORBIDDEN, /* the key or the file permissions do not allow it */
	ERR_CONFLICT,  /* the service's value moved while it was being edited */
	ERR_RATE,      /* too many requests: wait, then again */
	ERR_NOT_SENT,  /* no connection or no TLS: nothing left this machine */
	ERR_PASSING,   /* sent, then a passing fault: time-out, reset, 5xx, empty */
	ERR_ANSWER,    /* an answer came, but it cannot be understood */
	ERR_UNKNOWN,   /* a write left and its outcome could not be learned */
	ERR_CANCELLED, /* the person said stop */
	ERR_IO,	       /* a file or the terminal failed */
	ERR_INTERNAL,  /* a bug of ours */
};

enum { /* Room for any sentence of ours; longer text from outside ends in an ellipsis. */
       ERR_SENTENCE_SIZE = 512,
       ERR_FIELD_SIZE = 96,
};

struct err {
	enum err_kind kind;
	char sentence[ERR_SENTENCE_SIZE];  /* what happened and what it means, a full sentence */
	char next_step[ERR_SENTENCE_SIZE]; /* what to do now, a full sentence; may be empty */
	char words[ERR_SENTENCE_SIZE];	   /* the service's own words, as they came; may be empty */
	char field[ERR_FIELD_SIZE];	   /* JSON path of the field concerned; may be empty */
	long http_status;		   /* 0 when no answer came */
	long code;			   /* the service's error code, -1 when it gave none */
	int64_t retry_after_ms;		   /* ERR_RATE: how long to wait; 0 when not said */
};

void err_init(struct err *err);

/* Replaces what `err` held by `kind` and a formatted sentence. `err` may be NULL. Returns false, so
 * that a failing function can `return err_set(...)`. */
bool err_set(struct err *err, enum err_kind kind, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Adds to an error already set. `err` may be NULL. */
void err_next_step(struct err *err, const char *format, ...) __attribute__((format(printf, 2, 3)));
void err_field(struct err *err, const char *json_path);
/* Replaces one of an error's texts, of `size` bytes; too long a one ends in an ellipsis. */
void err_text_set(char *out, size_t size, const char *text);

/* The command-line exit code of an error kind (COMMANDS: 1 refused, 3 conflict, 4 key refused …).
 */
int err_exit_code(enum err_kind kind);

#endif
