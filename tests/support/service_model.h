/*
 * What a settings service must hold after a sequence, said without the product's own comparison.
 *
 * The model knows what the service held, what others have changed since, and which fields a person
 * has touched; it judges the `calling` object that the service holds now. What is wrong is said in
 * a text: an empty one is good.
 */
#ifndef SIPDESK_TESTS_SERVICE_MODEL_H
#define SIPDESK_TESTS_SERVICE_MODEL_H

#include "base/str.h"
#include "calling/values.h"

#include <cjson/cJSON.h>
#include <stdbool.h>

struct service_model {
	cJSON *expected; /* `calling`, as long as nothing of ours is carried out */
	bool touched[FIELD_SETTINGS_COUNT]; /* FIELD_SIP_SERVERS: any of our server */
	bool server_is_new; /* ours stands in the place of another: nothing of that is kept */
};

void service_model_begin(struct service_model *model, const char *calling);
void service_model_release(struct service_model *model);
/* Others have changed these members of `calling`; null takes one away. */
void service_model_foreign(struct service_model *model, const char *members);
/* What the service holds as long as nothing of ours is carried out. `values` must be fresh. */
void service_model_values(const struct service_model *model, struct calling_values *values);

/* Nothing of ours was carried out: `calling` is as expected, member by member. */
void service_model_unchanged(const struct service_model *model, const char *calling,
			     struct str *faults);
/* Nothing but what was touched may differ; members that nobody knows do not differ either, in
 * touched units too. What a POST with `sip` may do to SRTP is for service_model_shows(). */
void service_model_untouched(const struct service_model *model, const char *calling,
			     struct str *faults);
/* All that was touched is there as `wanted`, and SRTP is as it was where it was not touched;
 * `skipped` fields are left out. */
void service_model_shows(const struct service_model *model, const char *calling,
			 const struct calling_values *wanted, const bool skipped[],
			 struct str *faults);

/* Both say the same to the service, in this field of settings (FIELD_SIP_SERVERS: our server). */
bool service_model_same(enum field_id field, const struct calling_values *a,
			const struct calling_values *b);

#endif
