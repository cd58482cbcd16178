/* The settings a fault server holds, and what a POST does to them. See fault_server.h. */
#ifndef SIPDESK_TESTS_FAULT_SETTINGS_H
#define SIPDESK_TESTS_FAULT_SETTINGS_H

#include <cjson/cJSON.h>
#include <stdbool.h>

struct fault_settings {
	cJSON *calling; /* NULL: none yet */
	cJSON *lagging; /* what is shown for the next `lag` reads */
	long lag;
	bool sip_resets_srtp;
	const char *app_id; /* whose SIP servers a POST replaces; borrowed; NULL: all are ours */
};

void fault_settings_release(struct fault_settings *settings);
/* They are `calling` from now on; nothing lags. */
void fault_settings_replace(struct fault_settings *settings, const cJSON *calling);
/* Sets members of `calling`; a null takes one away. */
void fault_settings_merge(struct fault_settings *settings, const cJSON *members);
/* A POST's body; it shows after `lag` more reads. False where it is no {"calling":{…}}. */
bool fault_settings_post(struct fault_settings *settings, const char *body, long lag);
/* The answer to a GET; caller frees. Counts a lagging read. */
char *fault_settings_get(struct fault_settings *settings, bool with_credentials);
/* A document as text; caller frees, with free(). */
char *fault_settings_print(const cJSON *document);
/* {"calling":{…}} as it is, passwords included; caller deletes. */
cJSON *fault_settings_true(const struct fault_settings *settings);

#endif
