/*
 * A number's calling settings as last read from the service ("base").
 *
 * Holds the answer itself, so that members we do not know are kept byte for byte, and its values.
 * SIP user passwords are replaced by "(hidden)" before anything is kept (the service may send them
 * unasked); credentials_decode is the only way to one.
 */
#ifndef SIPDESK_CALLING_SETTINGS_H
#define SIPDESK_CALLING_SETTINGS_H

#include "base/err.h"
#include "base/json.h"
#include "base/secret.h"
#include "calling/values.h"

#include <stdint.h>

struct calling_settings {
	struct json_doc doc;  /* passwords hidden */
	const cJSON *calling; /* the object in it; NULL: the answer has none (never set) */
	struct calling_values values;
	int64_t read_at;	/* clock_now() of the reading */
	char *why_not_editable; /* a sentence: duplicate keys or \u0000 within, or a unit of another
				 * type than documented; NULL: editable */
};

void settings_init(struct calling_settings *settings);
void settings_release(struct calling_settings *settings);
/* `to` is overwritten: it must be fresh, or hold nothing. */
void settings_copy(struct calling_settings *to, const struct calling_settings *from);

/* Reads an answer: {"calling":{…}} or {"data":[{"calling":{…}}]} or the bare object; any letter
 * case of enum values, ports as string, app_id of any length. `{}` is a number without settings.
 * ERR_ANSWER when it is not JSON or not of that shape. `settings` is overwritten: it must be fresh,
 * or hold nothing; after an error it holds nothing. */
bool settings_decode(struct calling_settings *settings, const char *bytes, size_t length,
		     int64_t read_at, struct err *err);

/* The `calling` object as JSON text, as the service sent it but for hidden passwords; "{}" when
 * absent. Appends. */
void settings_write_json(const struct calling_settings *settings, struct str *out);

/* Appends the `calling` object of an answer with nothing hidden, for `show --include-credentials`.
 * The text is a secret's: the caller wipes it. */
bool settings_answer_calling(const char *bytes, size_t length, struct str *out, struct err *err);

enum { CREDENTIALS_MAX = 8 /* one per app; more than two were never seen */ };

struct credentials {
	size_t count;
	struct {
		char *hostname; /* of the SIP server it belongs to; may be NULL */
		char *app_id;	/* may be NULL */
		struct secret password;
	} items[CREDENTIALS_MAX];
};

void credentials_init(struct credentials *credentials);
void credentials_release(struct credentials *credentials);
/* From the answer to a read with include_sip_credentials=true. Servers without a password are left
 * out; none at all is ERR_ANSWER with a sentence that says why there may be none. `credentials` is
 * overwritten: it must hold nothing; after an error it holds nothing. */
bool credentials_decode(struct credentials *credentials, const char *bytes, size_t length,
			struct err *err);

#endif
