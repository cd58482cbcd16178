#include "ui/screens/screens.h"

#include "ui/app/vault_session.h"
#include "ui/term/draw.h"
#include "ui/widgets/frame.h"
#include "ui/widgets/secret_edit.h"

#include <stdlib.h>
#include <string.h>

enum { MARGIN = 3, COLUMN = 16 };

struct screen_unlock {
	struct screen screen;
	enum unlock_kind kind;
	struct secret typed;
	struct secret first; /* UNLOCK_NEW_VAULT: set while it is typed once more */
	struct err wrong;    /* with the last try; ERR_NONE: nothing */
	bool is_working;
	vault_done_fn *done;
	void *owner;
};

static const struct {
	const char *title, *text, *working;
} WORDS[] = {
	[UNLOCK_VAULT] = {
		"Passphrase",
		"The vault keeps API keys of your numbers on this machine. Its passphrase is asked "
		"for once; after 15 minutes without a key pressed, or with Ctrl-X, sipdesk locks.",
		"Unlocking …",
	},
	[UNLOCK_NEW_VAULT] = {
		"New vault",
		"There is no vault yet. It keeps API keys on this machine, encrypted under one "
		"passphrase of at least 8 characters that is asked for once a session. Nobody can "
		"get at the keys without it: if it is forgotten, the vault is lost, and each key "
		"has to be made anew in the 360dialog Hub.",
		"Making the vault …",
	},
	[UNLOCK_SCREENS] = {
		"Locked",
		"sipdesk is locked. The vault's passphrase unlocks it.",
		"Unlocking …",
	},
};

static struct screen_unlock *self_of(struct screen *screen)
{
	return (struct screen_unlock *)screen;
}

static const char *help_sentence(const struct screen_unlock *self)
{
	if (self->is_working)
		return "This takes a moment on purpose: it makes guessing slow. Esc cancels.";
	if (self->wrong.kind != ERR_NONE)
		return self->wrong.sentence;
	if (self->kind != UNLOCK_NEW_VAULT)
		return "It is not shown, only counted. Enter unlocks, Esc goes back.";
	return secret_is_set(&self->first) ? "Type it once more; Enter makes the vault."
					   : "It is not shown, only counted. Enter goes on.";
}

static int field_draw(struct term *term, int row, const char *label, const struct secret *secret,
		      bool has_focus)
{
	(void)draw_text(term, row, MARGIN, COLUMN - MARGIN, STYLE_NORMAL, label);
	secret_edit_draw(secret, term, row, COLUMN, term->columns - COLUMN - 1, has_focus);
	return row + 1;
}

static void unlock_draw(struct screen *screen, struct term *term)
{
	struct screen_unlock *self = self_of(screen);
	const char *parts[] = { "sipdesk", "Vault", WORDS[self->kind].title, NULL };
	int row = frame_body_row(term) + 1;
	int rows = frame_body_rows(term) - 4; /* what the fields leave */
	bool again = secret_is_set(&self->first);
	frame_header(term, parts, NULL);
	draw_rule(term, row - 1, NULL);
	row += draw_paragraph(term, row, MARGIN, term->columns - 2 * MARGIN, rows, STYLE_NORMAL,
			      WORDS[self->kind].text) +
	       1;
	row = field_draw(term, row, "Passphrase", again ? &self->first : &self->typed, !again);
	if (again)
		row = field_draw(term, row, "Once more", &self->typed, true);
	if (self->is_working)
		(void)draw_text(term, row, COLUMN, term->columns - COLUMN - 1, STYLE_NORMAL,
				WORDS[self->kind].working);
	screen_help_lines(screen, term, self->wrong.kind == ERR_NONE ? STYLE_NORMAL : STYLE_WRONG,
			  help_sentence(self));
}

static bool unlock_event(struct screen *screen, const struct input_event *event)
{
	struct screen_unlock *self = self_of(screen);
	if (self->is_working)
		return event->kind == INPUT_PASTE || key_is_text(event->key);
	err_init(&self->wrong);
	return secret_edit_event(&self->typed, event);
}

static void typed_drop(struct screen_unlock *self)
{
	secret_release(&self->typed);
	secret_release(&self->first);
}

static void opened(void *owner, const struct err *err)
{
	struct screen_unlock *self = owner;
	self->is_working = false;
	if (err == NULL || err->kind != ERR_KEY) {
		self->done(self->owner, err);
		return;
	}
	typed_drop(self);
	(void)err_set(&self->wrong, ERR_KEY,
		      "This passphrase does not open the vault. Type it again, or leave with Esc.");
}

static void work_begin(struct screen_unlock *self)
{
	self->is_working = true;
	err_init(&self->wrong);
	vault_session_open(keys_vault(self->screen.app), &self->typed,
			   self->kind == UNLOCK_NEW_VAULT, opened, self);
}

/* What stands there was typed by one who cannot see it: twice, and long enough. */
static void new_accept(struct screen_unlock *self)
{
	if (!vault_passphrase_judge(&self->typed, &self->wrong)) {
		typed_drop(self);
		return;
	}
	if (!secret_is_set(&self->first)) {
		self->first = self->typed;
		secret_init(&self->typed);
	} else if (self->first.length != self->typed.length ||
		   memcmp(secret_bytes(&self->first), secret_bytes(&self->typed),
			  self->typed.length) != 0) {
		typed_drop(self);
		(void)err_set(&self->wrong, ERR_INPUT,
			      "The two were not the same. Type the passphrase, then once more.");
	} else {
		work_begin(self);
	}
}

static void accept(struct screen_unlock *self)
{
	const char *bytes = secret_bytes(&self->typed);
	if (self->is_working)
		return;
	/* A line's end comes along with what is pasted. */
	while (self->typed.length > 0 &&
	       (bytes[self->typed.length - 1] == '\n' || bytes[self->typed.length - 1] == '\r'))
		secret_pop(&self->typed);
	if (!secret_is_set(&self->typed))
		(void)err_set(&self->wrong, ERR_INPUT, "Type the passphrase first.");
	else if (self->kind == UNLOCK_NEW_VAULT)
		new_accept(self);
	else
		work_begin(self);
}

static void give_up(struct screen_unlock *self)
{
	struct err err;
	(void)err_set(&err, ERR_CANCELLED, "The vault stays locked.");
	self->done(self->owner, &err);
}

static void unlock_act(struct screen *screen, enum action_id action)
{
	if (action == ACTION_OPEN)
		accept(self_of(screen));
	else if (action == ACTION_BACK)
		give_up(self_of(screen));
}

/* Behind a curtain nothing can be opened. */
static bool unlock_offers(struct screen *screen, enum action_id action)
{
	return self_of(screen)->kind != UNLOCK_SCREENS ||
	       (action != ACTION_HELP && action != ACTION_MORE && action != ACTION_LOCK);
}

static const char *unlock_bar_label(struct screen *screen, enum action_id action)
{
	const struct screen_unlock *self = self_of(screen);
	if (action == ACTION_BACK)
		return self->is_working ? "Cancel" : NULL;
	return action == ACTION_LEAVE && self->kind == UNLOCK_SCREENS ? "" : NULL;
}

static bool unlock_has_text_focus(struct screen *screen)
{
	(void)screen;
	return true;
}

static void unlock_locked(struct screen *screen)
{
	typed_drop(self_of(screen));
}

static void unlock_release(struct screen *screen)
{
	struct screen_unlock *self = self_of(screen);
	keys_screen_gone(screen->app, screen);
	vault_session_forget(keys_vault(screen->app), self);
	typed_drop(self);
	free(self);
}

static const struct screen_ops UNLOCK_OPS = {
	.context = CONTEXT_SECRET,
	.title = "Vault",
	.help = "The vault is one file with the API keys of many numbers, encrypted under one "
		"passphrase. The passphrase is asked for once a session, and again after a lock. "
		"It is not shown while you type, only counted. There is no way to the keys without "
		"it.",
	.draw = unlock_draw,
	.event = unlock_event,
	.act = unlock_act,
	.offers = unlock_offers,
	.bar_label = unlock_bar_label,
	.has_text_focus = unlock_has_text_focus,
	.locked = unlock_locked,
	.release = unlock_release,
};

struct screen *screen_unlock_new(struct app *app, enum unlock_kind kind, vault_done_fn *done,
				 void *owner)
{
	struct screen_unlock *self = screen_new(app, sizeof *self, &UNLOCK_OPS);
	self->kind = kind;
	self->done = done;
	self->owner = owner;
	err_init(&self->wrong);
	secret_init(&self->typed);
	secret_init(&self->first);
	return &self->screen;
}
