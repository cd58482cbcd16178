#include "ui/app/clipboard.h"

#include "base/loop.h"
#include "store/preferences.h"

#include <stdlib.h>
#include <string.h>

enum { AGAIN_MS = 1000 /* the terminal is lent to a command for seconds at most */ };

static void no_clipboard_say(struct app *app)
{
	app_notice(app, "This kind of terminal takes no text for a clipboard: nothing was sent.");
}

void clipboard_send(struct app *app, const char *what, const char *text)
{
	if (!term_clipboard_send(&app->term, text, strlen(text))) {
		no_clipboard_say(app);
		return;
	}
	loop_timer_stop(&app->loop, &app->clipboard_timer);
	app_notice(app, "%s was sent to your terminal's clipboard.", what);
}

static void refusal_say(struct app *app)
{
	char *path = app->service == APP_SERVICE_REAL ? preferences_path() : NULL;
	if (path == NULL)
		app_notice(app, "The practice password is not sent to the clipboard.");
	else
		app_notice(app,
			   "Not sent, since other programs read a clipboard; {\"copy_passwords\": "
			   "true} in %s allows it.",
			   path);
	free(path);
}

static void time_is_up(void *owner)
{
	struct app *app = owner;
	app->clipboard_timer = 0;
	if (!term_clipboard_send(&app->term, "", 0))
		app->clipboard_timer = loop_timer_start(&app->loop, AGAIN_MS, time_is_up, app);
}

void clipboard_send_password(struct app *app, const struct secret *password)
{
	if (!app->preferences.copy_passwords) {
		refusal_say(app);
		return;
	}
	clipboard_forget(app);
	app->clipboard_timer = loop_timer_start(&app->loop, CLIPBOARD_MS, time_is_up, app);
	if (app->clipboard_timer == 0 ||
	    !term_clipboard_send(&app->term, secret_bytes(password), password->length)) {
		loop_timer_stop(&app->loop, &app->clipboard_timer);
		no_clipboard_say(app);
		return;
	}
	app_notice(app,
		   "The password was sent to your terminal's clipboard; it is cleared there after "
		   "%d s.",
		   CLIPBOARD_MS / 1000);
}

void clipboard_forget(struct app *app)
{
	if (app->clipboard_timer == 0)
		return;
	loop_timer_stop(&app->loop, &app->clipboard_timer);
	(void)term_clipboard_send(&app->term, "", 0);
}
