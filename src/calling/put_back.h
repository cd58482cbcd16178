/* Settings of another time as a draft on the present ones: what is put back from the history. */
#ifndef SIPDESK_CALLING_PUT_BACK_H
#define SIPDESK_CALLING_PUT_BACK_H

#include "calling/values.h"

/* `mine` (fresh) becomes the values of `base` with those of `wanted` in every field that can be
 * written and means something else now. Servers are matched as in calling/value_paths.h; what only
 * the service makes stays. A choice that was absent gets the value that absent means; where it
 * means none, the present one stays, since no value can be made absent. */
void values_put_back(const struct calling_values *base, const struct calling_values *wanted,
		     struct calling_values *mine);

#endif
