#include "ui/plain/plain.h"

#include "ui/app/draft_keeper.h"
#include "ui/plain/form.h"
#include "ui/plain/numbers.h"
#include "ui/plain/session.h"
#include "ui/plain/undo.h"

enum { EXIT_INTERRUPTED = 130 };

/* A question stood without an answer for a quarter of an hour. */
static void keys_forget_all(void *owner)
{
	struct plain *plain = owner;
	for (struct open_number *number = plain->app->open; number != NULL; number = number->next)
		open_number_lock(number);
	target_release(plain->target);
	app_notice(plain->app, "Nothing was typed for 15 minutes, so API keys and the vault's "
			       "passphrase were forgotten. What needs them asks again.");
}

static void question_asked(void *owner)
{
	plain_undo_tell(owner);
}

/* A key or passphrase is typed. */
static bool tty_wait(void *owner, int tty)
{
	struct plain *plain = owner;
	return talk_wait_input(&plain->talk, tty);
}

static const struct talk_ops TALK_OPS = { .idle = keys_forget_all, .asks = question_asked };

static void drafts_say(struct plain *plain)
{
	struct err err;
	for (struct open_number *number = plain->app->open; number != NULL; number = number->next)
		if (number->changed_count > 0 && draft_keeper_flush(number, &err))
			talk_say(&plain->talk,
				 "Your changes to %s are kept on this machine and offered by the "
				 "next start.",
				 number->label);
}

int plain_run(struct app *app, struct target *target, const struct number *first, const char *why)
{
	struct plain plain = { .app = app, .target = target };
	talk_init(&plain.talk, app, &TALK_OPS, &plain);
	target->wait = tty_wait;
	target->owner = &plain;
	if (why != NULL)
		talk_say(&plain.talk, "%s", why);
	talk_notice(&plain.talk);
	talk_say(&plain.talk, "sipdesk in lines of text. help tells what can be typed; Ctrl-D "
			      "leaves, and unsent changes are kept.");
	if (first != NULL)
		plain_form_open(&plain, first);
	while (!plain.is_leaving) {
		const struct number *chosen = plain_number_choose(&plain);
		if (chosen != NULL)
			plain_form_open(&plain, chosen);
	}
	drafts_say(&plain);
	int exit_code = plain.talk.must_end ? EXIT_INTERRUPTED : 0;
	target->wait = NULL;
	talk_release(&plain.talk);
	return exit_code;
}
