/*
 * Saved numbers on which something was left half-done (a send, a reset, a timed undo) by a session
 * that is no more: looked for in their histories when the screens start, in a child, so that the
 * first frame does not wait for it. They are marked in the list and said once.
 */
#ifndef SIPDESK_UI_APP_HALF_DONE_H
#define SIPDESK_UI_APP_HALF_DONE_H

#include "ui/app/app.h"

#include <stdbool.h>

struct half_done;

/* The list of numbers is loaded. */
void half_done_look(struct app *app);
bool half_done_is(const struct app *app, const char *id);
/* Its history was read anew, or it was settled. */
void half_done_set(struct app *app, const char *id, bool is_half_done);
void half_done_release(struct app *app);

#endif
