/* The lines of a sequence in the history, written and read; for src/service/sequence*.c only. */
#ifndef SIPDESK_SERVICE_SEQUENCE_RECORD_H
#define SIPDESK_SERVICE_SEQUENCE_RECORD_H

#include "service/sequence.h"

bool record_begin_write(struct history *history, const struct sequence_record *record,
			const char *label, const char *settles, struct err *err);
bool record_request_write(struct history *history, const struct sequence_record *record,
			  const char *title, const char *body, struct err *err);
bool record_answer_write(struct history *history, const struct sequence_record *record,
			 enum http_reach reach, const struct err *answer, struct err *err);
/* `after` NULL: it could not be read. */
bool record_result_write(struct history *history, const struct sequence_record *record,
			 const char *outcome, const struct calling_settings *after,
			 struct err *err);
bool record_end_write(struct history *history, const char *id, const char *how, struct err *err);

/* `mine` without removed servers, each in a place of its own: what a later goal starts from. */
void values_settled(const struct calling_values *mine, struct calling_values *out);
/* The values of `before` as a change of `base`, which was made from it (origins are places in
 * `before`): undoes what was done. Absent choices get the value that absent means; where it means
 * none, the service cannot take it back, and it stays. */
void values_undoing(const struct calling_values *before, const struct calling_values *base,
		    struct calling_values *out);
/* A goal with another SRTP than DTLS wants it whatever shows: a write of `sip` before it may have
 * reset it. While SIP is off it cannot be written. */
void goal_srtp_claim(struct sequence_goal *goal);

#endif
