/*
 * The field table: one row per setting. Form rows, find, help, masking, changes in words, JSON both
 * ways, the output of `show`, the README's field table and the property tests all come from it.
 *
 * Facts are the service's documentation (see README, "Sources").
 */
#ifndef SIPDESK_CALLING_FIELDS_H
#define SIPDESK_CALLING_FIELDS_H

#include "calling/findings.h"
#include "calling/values.h"

enum field_type {
	FIELD_TYPE_ENUM,
	FIELD_TYPE_HOST,
	FIELD_TYPE_PORT,
	FIELD_TYPE_TEXT,
	FIELD_TYPE_NUMBER,
	FIELD_TYPE_CODES,  /* a list of short codes, edited as one text: "DE FR" */
	FIELD_TYPE_WORDS,  /* an object shown in words; not editable */
	FIELD_TYPE_LIST,   /* opens its own form: SIP servers, parameters */
	FIELD_TYPE_SECRET, /* shown only on demand */
};

enum field_form { FIELD_FORM_SETTINGS, FIELD_FORM_SERVER, FIELD_FORM_PARAMETER };

enum field_section {
	SECTION_CALLING,
	SECTION_SIP,
	SECTION_MEDIA,
	SECTION_CREDENTIALS,
	SECTION_SERVER,
	SECTION_PARAMETERS,
};

enum field_flag {
	FIELD_READ_ONLY = 1 << 0,   /* never sent */
	FIELD_DANGEROUS = 1 << 1,   /* changes what happens to live calls */
	FIELD_SERVER_SET = 1 << 2,  /* the service makes it */
	FIELD_HIDE_ABSENT = 1 << 3, /* no row while it has no value */
};

struct choice {
	const char *value; /* as the service spells it: "ENABLED" */
	const char *words; /* as people read it: "Enabled" */
};

struct field {
	enum field_id id;
	enum field_form form;
	enum field_section section;
	enum field_type type;
	unsigned flags;
	const char *path; /* JSON path below `calling`; servers and parameters relative to theirs */
	const char *label;	      /* at most 24 columns */
	const char *help;	      /* one sentence, at most 158 columns: two lines of 79 */
	const char *details;	      /* longer help, sentences; for the Help screen */
	const struct choice *choices; /* ends with a NULL value; also FIELD_CODECS has them */
	const char *absent;	      /* the value an absent field has ("5061"); NULL: unknown */
	const char *absent_words;     /* what to show for it where there is no such value */
	size_t limit;		      /* most characters; 0: no text is typed */
	/* Adds findings about the value at `ref`; NULL: any value will do. */
	void (*validate)(const struct calling_values *values, struct field_ref ref,
			 struct findings *findings);
	/* Why `value` cannot be chosen now: a sentence, static; NULL when it can. NULL: always can.
	 */
	const char *(*why_disabled)(const struct calling_values *values, const char *value);
};

/* Row of a field; never NULL for a valid id. */
const struct field *field_of(enum field_id id);
const char *section_title(enum field_section section);

/* A field's value as people read it ("Shown in chats (DEFAULT)"); unknown values as they are,
 * absent ones by their meaning. Appends to `out`; never a secret. */
struct str;
void field_words(const struct field *field, const char *value, struct str *out);

/* What was typed into it as it is meant: blanks around a hostname and a port left out, codes in
 * capitals with one blank between ("de, fr" is "DE FR"); any other text as it is. Caller frees. */
char *field_tidy(const struct field *field, const char *typed);

/* The choice `value` names, letter case aside; NULL when it names none. */
const struct choice *field_choice(const struct field *field, const char *value);

/* Full JSON path as people see it: "calling.sip.servers[0].hostname". Written into `out`. */
void field_path(struct field_ref ref, const struct calling_values *values, struct str *out);

#endif
