/*
 * Validation and guards over a draft's values. Pure: findings in, sentences out.
 */
#ifndef SIPDESK_CALLING_RULES_H
#define SIPDESK_CALLING_RULES_H

#include "calling/findings.h"
#include "calling/settings.h"
#include "calling/values.h"

/* Every finding about `mine`; failures keep it from being sent, warnings do not. Where a value is
 * as the service sent it (`base`), a failure of its syntax is only a warning: it is theirs.
 * `base` may be NULL (then all is judged as typed). */
void rules_check(const struct calling_settings *base, const struct calling_values *mine,
		 struct findings *findings);

/* Why `value` cannot be chosen for a field now; NULL: it can. Static text. */
const char *rules_why_disabled(const struct calling_values *mine, enum field_id field,
			       const char *value);

/* Would setting SIP to `value` leave SDES without SIP? Then the person is asked, and SRTP goes back
 * to DTLS in the same draft. */
bool rules_sip_off_ends_sdes(const struct calling_values *mine, const char *value);

/* Validators of the field table's rows. */
void rule_hostname(const struct calling_values *values, struct field_ref ref, struct findings *out);
void rule_port(const struct calling_values *values, struct field_ref ref, struct findings *out);
void rule_parameter_key(const struct calling_values *values, struct field_ref ref,
			struct findings *out);
void rule_parameter_value(const struct calling_values *values, struct field_ref ref,
			  struct findings *out);
void rule_countries(const struct calling_values *values, struct field_ref ref,
		    struct findings *out);
void rule_codecs(const struct calling_values *values, struct field_ref ref, struct findings *out);
const char *rule_srtp_why_disabled(const struct calling_values *values, const char *value);

#endif
