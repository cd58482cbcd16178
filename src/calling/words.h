/* Settings objects in words: opening hours, voicemail, restrictions. Shown, never written. */
#ifndef SIPDESK_CALLING_WORDS_H
#define SIPDESK_CALLING_WORDS_H

#include "base/json.h"

/* Each returns a text the caller frees, or NULL where the object is absent. Unknown members and
 * values are shown as they are. `calling` may be NULL. */
char *call_hours_words(const cJSON *calling);	/* "Mon–Fri 09:00–17:00, Europe/Berlin" */
char *voicemail_words(const cJSON *calling);	/* "On: after rejection, after 20 s" */
char *restrictions_words(const cJSON *calling); /* "Calling paused until …: low pickup rate" */

#endif
