/*
 * Troubleshooting: what people see, what causes it in order of likelihood, what to look at, and
 * where in sipdesk that is settled. One table: the screen and `sipdesk help troubleshooting` show
 * it. Facts: Meta's SIP guide, FAQ and troubleshooting pages, and integrators' reports (see
 * README).
 */
#ifndef SIPDESK_UI_APP_SYMPTOMS_H
#define SIPDESK_UI_APP_SYMPTOMS_H

#include "base/str.h"
#include "calling/values.h"

#include <stddef.h>

enum symptom_jump {
	JUMP_NONE,
	JUMP_CHECK,	  /* the TLS check */
	JUMP_FIELD,	  /* a field of the settings or of the first SIP server */
	JUMP_CREDENTIALS, /* the SIP credentials */
	JUMP_RELOAD,	  /* read the number again */
};

struct symptom_cause {
	const char *cause;
	const char *look_at;
	enum symptom_jump jump;
	enum field_id field; /* JUMP_FIELD */
};

enum { SYMPTOM_CAUSES_MAX = 5 };

struct symptom {
	const char *title;
	struct symptom_cause causes[SYMPTOM_CAUSES_MAX]; /* ends with a NULL cause */
};

extern const struct symptom SYMPTOMS[];
extern const size_t SYMPTOM_COUNT;

/* "F7 TLS check", "SRTP key exchange"; "" for JUMP_NONE. Appends. */
void symptom_jump_words(const struct symptom_cause *cause, struct str *out);
/* The whole table as text. Appends. */
void symptoms_write(struct str *out);

#endif
