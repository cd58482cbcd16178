/* The requests that a send would make, as text for people: as they will be sent, and as curl
 * commands that do the same with the key as a placeholder. */
#ifndef SIPDESK_UI_APP_REQUEST_TEXT_H
#define SIPDESK_UI_APP_REQUEST_TEXT_H

#include "ui/app/open_number.h"

enum request_form { REQUEST_EXACT, REQUEST_CURL };

/* All requests of the number's draft. Appends; text from outside is in it as it came. False: there
 * is no plan (err). */
bool request_text_write(const struct open_number *number, enum request_form form, struct str *out,
			struct err *err);

#endif
