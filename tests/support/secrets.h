/*
 * Secrets planted for one run of a test, and the search for them.
 *
 * Each is made anew, at random, and so stands nowhere but where it was planted or has leaked to. A
 * piece of it (8 characters of 32) counts as the secret, plain or as JSON, percent-encoding, HTML,
 * base16, base64, UTF-16 and UTF-32 write it: neither a cut nor a coding hides a leak. Half of the
 * pieces have only letters and digits, which any other coding leaves as they are.
 */
#ifndef SIPDESK_TESTS_SECRETS_H
#define SIPDESK_TESTS_SECRETS_H

#include <stdbool.h>
#include <stddef.h>

enum secrets_kind {
	SECRETS_KEY,	    /* what may stand in a header */
	SECRETS_PASSWORD,   /* with quotes, backslashes and other signs that codings change */
	SECRETS_PASSPHRASE, /* with blanks, and letters beyond ASCII */
};

enum {
	SECRETS_MAX = 8,
	SECRETS_PIECES = 4, /* of a secret */
	SECRETS_PIECE_CHARACTERS = 8,
};

struct secrets;

struct secrets *secrets_new(void);
void secrets_free(struct secrets *secrets);

/* Makes one; `name` is for messages. Borrowed until secrets_free. */
const char *secrets_plant(struct secrets *secrets, enum secrets_kind kind, const char *name);
size_t secrets_count(const struct secrets *secrets);
const char *secrets_name(const struct secrets *secrets, size_t secret);
const char *secrets_text(const struct secrets *secrets, size_t secret);

/* How a secret may be written. */
enum secrets_coding {
	SECRETS_PLAIN,
	SECRETS_JSON,	    /* what must be escaped is */
	SECRETS_JSON_SLASH, /* the slash, too */
	SECRETS_JSON_ASCII, /* what is beyond ASCII, too */
	SECRETS_JSON_ALL,   /* each character as \u00xx */
	SECRETS_PERCENT,    /* all but letters, digits, -._~ (RFC 3986 section 2.3) */
	SECRETS_PERCENT_ALL,
	SECRETS_HTML,
	SECRETS_BASE16,
	SECRETS_UTF16, /* little-endian, as the next */
	SECRETS_UTF32,
	SECRETS_PIECEWISE, /* those before this code each character by itself */
	SECRETS_BASE64 = SECRETS_PIECEWISE,
	SECRETS_CELLS, /* one character per cell of a screen; only memory_scan looks for it */
	SECRETS_CODINGS,
};

const char *secrets_coding_name(enum secrets_coding coding);
/* The whole secret so written, for a service that repeats it; caller frees. Text codings only. */
char *secrets_coded(const struct secrets *secrets, size_t secret, enum secrets_coding coding);

struct secrets_hit {
	size_t secret;
	size_t piece; /* with base64 of the coded text */
	enum secrets_coding coding;
	size_t at; /* in the bytes that were searched */
};

typedef void secrets_hit_fn(void *owner, const struct secrets_hit *hit);
/* Tells each piece of each secret in these bytes, but not SECRETS_CELLS. */
void secrets_search(const struct secrets *secrets, const char *bytes, size_t length,
		    secrets_hit_fn *hit, void *owner);

/* For checks that must find something: without the lines on stderr. */
void secrets_tell(struct secrets *secrets, bool is_told);
/* Is anything of them in there? Says on stderr what, where in `what`, and after which bytes. */
bool secrets_are_in(const struct secrets *secrets, const char *what, const char *bytes,
		    size_t length);

#endif
