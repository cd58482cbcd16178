/* How what was left half-done can be settled: rows to choose from, for the Sending screen and the
 * one that comes before a number's settings. */
#ifndef SIPDESK_UI_SCREENS_SETTLE_ROWS_H
#define SIPDESK_UI_SCREENS_SETTLE_ROWS_H

#include "ui/app/open_number.h"
#include "ui/app/settle_words.h"
#include "ui/widgets/form.h"

/* Adds number->left_open's. A row's action is `first` and its way. */
void settle_rows_add(struct form *form, const struct open_number *number, int first);

#endif
