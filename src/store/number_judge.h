/*
 * What a saved number may be: each value's limits and its normal form.
 */
#ifndef SIPDESK_STORE_NUMBER_JUDGE_H
#define SIPDESK_STORE_NUMBER_JUDGE_H

#include "store/numbers.h"

/* Brings the values into their normal form in place and judges them, alone: no value gets longer,
 * and an empty one becomes NULL (`is_owner`: and is freed). err->field is "label", "phone_number",
 * "api_url", "tags", "note" or "command". */
bool number_judge(struct number *number, bool is_owner, struct err *err);
/* The error of a label that another number has. */
bool number_label_taken(const char *label, struct err *err);

#endif
