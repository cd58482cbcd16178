/* What was pasted or typed into a hostname, put where it belongs. */
#ifndef SIPDESK_UI_APP_PASTED_H
#define SIPDESK_UI_APP_PASTED_H

#include "ui/app/open_number.h"

/* False where `text` is a plain hostname: nothing was done. Else the parts are in the draft, and a
 * notice says what was taken and what was left out. */
bool pasted_take(struct open_number *number, int server, const char *text);

#endif
