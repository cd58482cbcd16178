/*
 * The terminal's clipboard (OSC 52), for screens. There is no answer to it: what a person is told
 * is that a text was sent to the terminal, never that it was copied.
 *
 * A SIP user password is cleared there CLIPBOARD_MS later, when sipdesk is locked, suspended or
 * left; whatever is sent after it takes its place, and is left alone.
 */
#ifndef SIPDESK_UI_APP_CLIPBOARD_H
#define SIPDESK_UI_APP_CLIPBOARD_H

#include "base/secret.h"
#include "ui/app/app.h"

enum { CLIPBOARD_MS = 45 * 1000 };

/* Sends a text and says so; `what` is the sentence's subject: "The request URI". */
void clipboard_send(struct app *app, const char *what, const char *text);
/* Sends a SIP user password where the preferences allow it; says so, or what would allow it. */
void clipboard_send_password(struct app *app, const struct secret *password);
/* Clears a password that is still there, at once. */
void clipboard_forget(struct app *app);

#endif
