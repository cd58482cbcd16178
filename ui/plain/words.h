/* The words that can be typed at a form, bound to the actions of the screens: keys and most
 * sentences are those of the action table. */
#ifndef SIPDESK_UI_PLAIN_WORDS_H
#define SIPDESK_UI_PLAIN_WORDS_H

#include "ui/plain/form.h"

/* Does what the line says, or says that it is no such word. */
void plain_words_act(struct plain_form *form, const char *line);

#endif
