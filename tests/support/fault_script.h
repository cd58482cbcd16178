/* The script of tests/support/fault_server.h, read into rules. */
#ifndef SIPDESK_TESTS_FAULT_SCRIPT_H
#define SIPDESK_TESTS_FAULT_SCRIPT_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

enum fault_method { FAULT_GET, FAULT_POST, FAULT_METHODS };

enum fault_end {
	FAULT_ANSWER,
	FAULT_TRUNCATE,
	FAULT_DROP,
	FAULT_DROP_UNREAD,
	FAULT_GARBAGE,
	FAULT_HANG,
};

enum fault_effect { FAULT_EFFECT_USUAL, FAULT_EFFECT_APPLY, FAULT_EFFECT_IGNORE };

enum { FAULT_EVERY = 0, FAULT_RULES_MAX = 64 };

struct fault_rule {
	enum fault_method method;
	long number; /* FAULT_EVERY or from 1 */
	enum fault_end end;
	enum fault_effect effect;
	cJSON *before;
	cJSON *after;
	long lag;
	long delay_ms;
	char *header;	  /* "Name: value"; NULL: none */
	long status;	  /* 0: the usual answer */
	char *body;	  /* with a status */
	long length;	  /* -1: the true one */
	long flood_bytes; /* -1: none */
	long drip_ms;
};

struct fault_script {
	struct fault_rule rules[FAULT_RULES_MAX];
	size_t count;
	struct fault_rule usual; /* where no rule is */
	cJSON *settings;	 /* NULL: none at the start */
	char *key;		 /* NULL: any */
	char *app_id;		 /* NULL: all SIP servers are the key's own app's */
	bool sip_resets_srtp;
};

/* A script that cannot be read ends the program with a message. */
void fault_script_read(struct fault_script *script, const char *text);
void fault_script_release(struct fault_script *script);
const struct fault_rule *fault_script_rule(const struct fault_script *script,
					   enum fault_method method, long number);
/* A document whose numbers keep their digits; ends the program where it is not JSON. */
cJSON *fault_json(const char *text);

#endif
