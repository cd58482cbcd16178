/*
 * The values of a number's calling settings, as texts: what the service said, or what the person
 * wants. Plain data without JSON: struct calling_settings (calling/settings.h) keeps the answer it
 * came from, struct draft (calling/draft.h) holds edits as a second set of values beside the base.
 *
 * A field is named by a struct field_ref. NULL is an absent value; what absent means stands in the
 * field table (calling/fields.h). Enum values keep the service's own spelling until edited.
 */
#ifndef SIPDESK_CALLING_VALUES_H
#define SIPDESK_CALLING_VALUES_H

#include <stdbool.h>
#include <stddef.h>

/* Table order is screen order. */
enum field_id {
	/* form: calling settings */
	FIELD_CALLING,
	FIELD_CALL_ICON,
	FIELD_CALL_ICON_COUNTRIES,
	FIELD_CALL_HOURS,
	FIELD_CALLBACK_PERMISSION,
	FIELD_VOICEMAIL,
	FIELD_RESTRICTIONS,
	FIELD_SIP,
	FIELD_SIP_WEBHOOKS,
	FIELD_SIP_SERVERS,
	FIELD_SRTP,
	FIELD_CODECS,
	FIELD_SIP_PASSWORD,
	/* form: SIP server */
	FIELD_SERVER_HOSTNAME,
	FIELD_SERVER_PORT,
	FIELD_SERVER_PARAMETERS,
	FIELD_SERVER_APP_ID,
	/* form: request-URI user parameter */
	FIELD_PARAMETER_KEY,
	FIELD_PARAMETER_VALUE,
	FIELD_COUNT,
	FIELD_SETTINGS_COUNT = FIELD_SERVER_HOSTNAME, /* the fields that stand directly in values */
};

/* One field of one server of one parameter; -1 where it does not apply. */
struct field_ref {
	enum field_id field;
	int server;
	int parameter;
};

struct parameter {
	char *key;   /* never NULL; may be empty while being typed */
	char *value; /* never NULL */
};

struct sip_server {
	char *hostname; /* as typed or as sent; NULL when absent */
	char *port;	/* digits, as sent; NULL = 5061 */
	struct parameter *parameters;
	size_t parameter_count;
	char *app_id;  /* digits of any length, read-only; NULL when not sent */
	char *unknown; /* members that sipdesk does not know, a JSON object, kept whatever is
			* edited; NULL: none */
	int origin;    /* its place in the base's `servers` array; -1: added here */
	bool removed;  /* stays in its place so that others keep theirs; counts as absent */
};

struct calling_values {
	/* Indexed by enum field_id. Rows that hold a list (FIELD_SIP_SERVERS) or a secret stay
	 * NULL; FIELD_CALL_ICON_COUNTRIES and FIELD_CODECS: codes separated by one blank ("DE FR",
	 * "" for an empty list); FIELD_CALL_HOURS, FIELD_VOICEMAIL, FIELD_RESTRICTIONS: a sentence
	 * in words, never written back. */
	char *texts[FIELD_SETTINGS_COUNT];
	struct sip_server *servers;
	size_t server_count; /* with removed ones */
};

void values_init(struct calling_values *values);
void values_release(struct calling_values *values);
/* `to` is overwritten: it must be fresh, or hold nothing. */
void values_copy(struct calling_values *to, const struct calling_values *from);

struct field_ref field_ref_of(enum field_id field);
struct field_ref field_ref_server(enum field_id field, int server);
struct field_ref field_ref_parameter(enum field_id field, int server, int parameter);
bool field_ref_equal(struct field_ref a, struct field_ref b);

/* The text at `ref`; NULL where absent, out of range or removed. Borrowed. */
const char *values_get(const struct calling_values *values, struct field_ref ref);

/* How many servers are there, not counting removed ones; the first of them, or NULL. */
size_t values_servers_alive(const struct calling_values *values);
const struct sip_server *values_first_server(const struct calling_values *values);

/* These read the values as the service would: letter case aside, absent by its meaning. */
bool values_sip_enabled(const struct calling_values *values);
bool values_calling_enabled(const struct calling_values *values);
bool values_srtp_is_sdes(const struct calling_values *values);
bool values_srtp_is_dtls(const struct calling_values *values); /* neither: not known here */

/* Lists of servers and parameters; indices must be in range. For draft and decode only: screens go
 * through calling/draft.h. */
struct sip_server *values_server_add(struct calling_values *values);
struct parameter *server_parameter_add(struct sip_server *server);
void server_parameter_remove(struct sip_server *server, size_t index);
/* `to` is overwritten: it must be fresh. */
void server_copy(struct sip_server *to, const struct sip_server *from);
void server_release(struct sip_server *server);

#endif
