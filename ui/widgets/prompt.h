/* A box that asks for one line of text, over the screen below. */
#ifndef SIPDESK_UI_WIDGETS_PROMPT_H
#define SIPDESK_UI_WIDGETS_PROMPT_H

#include "ui/app/screen.h"

/* `text` NULL: the person went back. Borrowed. Called after the box is gone. */
typedef void prompt_done_fn(void *owner, const char *text);

/* Makes the screen; push it. Texts are copied; `limit` in characters. */
struct screen *prompt_new(struct app *app, const char *title, const char *sentence,
			  const char *text, size_t limit, prompt_done_fn *done, void *owner);

#endif
