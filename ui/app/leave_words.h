/* What leaving sipdesk would not see to its end, in words: for the screens and for ui/plain. */
#ifndef SIPDESK_UI_APP_LEAVE_WORDS_H
#define SIPDESK_UI_APP_LEAVE_WORDS_H

#include "base/str.h"
#include "ui/app/app.h"

/* Sequences under way and timed undos, each sentence once and with a blank after it. Appends. */
void leave_under_way_write(const struct app *app, struct str *out);

#endif
