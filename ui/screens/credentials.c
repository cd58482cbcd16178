#include "ui/screens/screens.h"

#include "base/clock.h"
#include "base/mem.h"
#include "calling/settings.h"
#include "calling/trunk.h"
#include "ui/app/clipboard.h"
#include "ui/screens/number_actions.h"
#include "ui/widgets/form.h"
#include "ui/widgets/frame.h"

#include <stdlib.h>
#include <string.h>

enum {
	REVEAL_MS = 20 * 1000, /* long enough to type it over, short enough to be left alone */
	TICK_MS = 1000,
};

/* Rows of the form: those of enum trunk_fact; ROW_PASSWORD plus a password's place; ROW_SERVER plus
 * its place for the SIP server that it is of, where there are several. */
enum { ROW_PASSWORD = TRUNK_FACT_COUNT, ROW_SERVER = ROW_PASSWORD + CREDENTIALS_MAX };

struct screen_credentials {
	struct screen screen;
	struct open_number *number;
	struct form form;
	struct client_operation *fetching;
	struct credentials credentials; /* held only while shown */
	struct err err;
	int64_t shown_until_ms; /* 0: hidden */
	int tick_timer;
};

static struct screen_credentials *self_of(struct screen *screen)
{
	return (struct screen_credentials *)screen;
}

static void hide(struct screen_credentials *self)
{
	struct term *term = &self->screen.app->term;
	if (self->shown_until_ms != 0 && !term->has_alternate_screen)
		term_repaint(term); /* the terminal erases all it shows, not these cells alone */
	client_cancel(&self->fetching);
	credentials_release(&self->credentials);
	loop_timer_stop(&self->screen.app->loop, &self->tick_timer);
	self->shown_until_ms = 0;
}

static void ticked(void *owner)
{
	struct screen_credentials *self = owner;
	self->tick_timer = 0;
	if (clock_monotonic_ms() >= self->shown_until_ms)
		hide(self);
	else
		self->tick_timer = loop_timer_start(&self->screen.app->loop, TICK_MS, ticked, self);
}

static void fetched(void *owner, const char *bytes, size_t length, const struct err *err)
{
	struct screen_credentials *self = owner;
	self->fetching = NULL;
	if (bytes == NULL) {
		self->err = *err;
		return;
	}
	if (!credentials_decode(&self->credentials, bytes, length, &self->err))
		return;
	self->shown_until_ms = clock_monotonic_ms() + REVEAL_MS;
	self->tick_timer = loop_timer_start(&self->screen.app->loop, TICK_MS, ticked, self);
}

static void key_came(void *owner, const struct secret *key)
{
	struct screen_credentials *self = owner;
	if (key != NULL)
		self->fetching = client_read(self->screen.app->http, &self->number->endpoint, true,
					     fetched, self);
}

static void reveal(struct screen_credentials *self)
{
	hide(self);
	err_init(&self->err);
	open_number_key_fetch(self->number, key_came, self);
}

/* --- what is drawn ---------------------------------------------------------------------------- */

static struct form_row *value_row(struct screen_credentials *self, int action, const char *label,
				  const char *value)
{
	struct form_row *row = form_add(&self->form, FORM_FIELD, label);
	row->action = action;
	row->value = mem_text(value);
	return row;
}

static void passwords_fill(struct screen_credentials *self)
{
	const struct credentials *credentials = &self->credentials;
	if (self->shown_until_ms == 0) {
		value_row(self, ROW_PASSWORD, "SIP user password",
			  self->fetching != NULL ? "being fetched …"
						 : self->screen.app->term.glyphs->mask)
			->note = mem_text(self->fetching != NULL ? "Esc cancels" : "F6 reveal");
		return;
	}
	for (size_t i = 0; i < credentials->count; i++) {
		/* The secret itself is drawn straight from its pages: see passwords_draw. */
		(void)value_row(self, ROW_PASSWORD + (int)i, "SIP user password", NULL);
		const char *password = secret_bytes(&credentials->items[i].password);
		for (int more = form_value_rows(&self->screen.app->term, password); more > 1;
		     more--)
			(void)form_add(&self->form, FORM_LINE, ""); /* where its rest is drawn */
		if (credentials->count > 1)
			value_row(self, ROW_SERVER + (int)i, "of SIP server",
				  credentials->items[i].hostname);
	}
}

/* NULL: there are several, or none. */
static const char *the_hostname(const struct screen_credentials *self)
{
	const struct credentials *credentials = &self->credentials;
	if (credentials->count > 0)
		return credentials->count == 1 ? credentials->items[0].hostname : NULL;
	const struct sip_server *server = values_first_server(&self->number->settings.values);
	return server == NULL ? NULL : server->hostname;
}

static void fact_row(struct screen_credentials *self, enum trunk_fact fact)
{
	const char *value = trunk_value(fact, self->number->phone_number, the_hostname(self));
	value_row(self, (int)fact, trunk_label(fact), value == NULL ? trunk_meaning(fact) : value);
}

static void rows_fill(struct screen_credentials *self)
{
	form_begin(&self->form);
	fact_row(self, TRUNK_USER_NAME);
	fact_row(self, TRUNK_REALM);
	passwords_fill(self);
	(void)form_add(&self->form, FORM_SECTION, "For your trunk");
	fact_row(self, TRUNK_PROXY);
	fact_row(self, TRUNK_FROM_DOMAIN);
	form_end(&self->form);
}

/* A row's value would be a copy of the secret in ordinary memory; so it goes to the screen alone.
 */
static void passwords_draw(struct screen_credentials *self, struct term *term, int top, int rows)
{
	for (int i = 0; i < self->form.count; i++) {
		const struct form_row *row = &self->form.rows[i];
		int at = i - self->form.first_shown;
		size_t place = (size_t)(row->action - ROW_PASSWORD);
		if (row->action < ROW_PASSWORD || self->shown_until_ms == 0 || at < 0 ||
		    at >= rows || place >= self->credentials.count)
			continue;
		form_value_draw(term, top + at, rows - at,
				secret_bytes(&self->credentials.items[place].password));
	}
}

static void help_draw(struct screen_credentials *self, struct term *term)
{
	int64_t left = (self->shown_until_ms - clock_monotonic_ms() + 999) / 1000;
	char *shown = mem_format("Hidden again in %lld s, and when you leave this screen.",
				 (long long)(left > 0 ? left : 0));
	char *failure = mem_format("%s %s", self->err.sentence, self->err.next_step);
	bool failed = self->err.kind != ERR_NONE;
	screen_help_lines(&self->screen, term, failed ? STYLE_WRONG : STYLE_NORMAL,
			  failed ? failure
			  : self->shown_until_ms != 0
				  ? shown
				  : "F6 fetches the password and shows it for 20 seconds.");
	free(failure);
	free(shown);
}

static void credentials_draw(struct screen *screen, struct term *term)
{
	struct screen_credentials *self = self_of(screen);
	int top = frame_body_row(term) + 1;
	int rows = frame_body_rows(term) - 1;
	rows_fill(self);
	screen_header(term, self->number, "SIP credentials", open_number_realm(self->number));
	draw_rule(term, top - 1, NULL);
	help_draw(self, term);
	form_draw(&self->form, term, top, rows);
	passwords_draw(self, term, top, rows);
}

/* --- what is done ----------------------------------------------------------------------------- */

static void password_copy(struct screen_credentials *self, size_t place)
{
	struct app *app = self->screen.app;
	if (place < self->credentials.count)
		clipboard_send_password(app, &self->credentials.items[place].password);
	else
		app_notice(app, "The password is not shown: F6 reveals it first.");
}

static bool is_known(const struct screen_credentials *self, const struct form_row *row)
{
	if (row->action >= TRUNK_FACT_COUNT)
		return row->value != NULL;
	return trunk_value((enum trunk_fact)row->action, self->number->phone_number,
			   the_hostname(self)) != NULL;
}

static void copy(struct screen_credentials *self)
{
	const struct form_row *row = form_focused(&self->form);
	if (row == NULL)
		return;
	if (row->action >= ROW_PASSWORD && row->action < ROW_SERVER)
		password_copy(self, (size_t)(row->action - ROW_PASSWORD));
	else if (is_known(self, row))
		clipboard_send(self->screen.app, row->label, row->value);
	else
		app_notice(self->screen.app, "It is not known here: there is nothing to copy.");
}

static void credentials_act(struct screen *screen, enum action_id action)
{
	struct screen_credentials *self = self_of(screen);
	rows_fill(self);
	if (form_act(&self->form, action, frame_body_rows(&screen->app->term) - 1) ||
	    number_action(self->number, action))
		return;
	switch (action) {
	case ACTION_REVEAL:
		if (self->shown_until_ms != 0)
			hide(self);
		else
			reveal(self);
		break;
	case ACTION_RELOAD: reveal(self); break;
	case ACTION_OPEN:
		if (self->shown_until_ms == 0 && self->fetching == NULL)
			reveal(self);
		break;
	case ACTION_COPY: copy(self); break;
	case ACTION_BACK:
		if (self->fetching != NULL)
			hide(self);
		else
			app_pop(screen->app);
		break;
	default: break;
	}
}

static const char *credentials_why_not(struct screen *screen, enum action_id action)
{
	return number_action_why_not(self_of(screen)->number, action);
}

static const char *credentials_bar_label(struct screen *screen, enum action_id action)
{
	const struct screen_credentials *self = self_of(screen);
	if (action == ACTION_REVEAL)
		return self->shown_until_ms != 0 ? "Hide" : "Reveal";
	if (action == ACTION_BACK)
		return self->fetching != NULL ? "Cancel" : "Back";
	return action == ACTION_LEAVE ? "" : NULL;
}

static void credentials_covered(struct screen *screen)
{
	hide(self_of(screen));
}

static void credentials_screen_release(struct screen *screen)
{
	struct screen_credentials *self = self_of(screen);
	keys_forget(screen->app, screen);
	hide(self);
	form_release(&self->form);
	free(self);
}

static const struct screen_ops CREDENTIALS_OPS = {
	.context = CONTEXT_CREDENTIALS,
	.title = "SIP credentials",
	.help = "What your SIP server needs to send calls to WhatsApp: it answers the challenge of "
		"realm "
		"wa.meta.vc with the number's digits and the SIP user password. The password is "
		"made "
		"by the service, one per number and app; it is fetched only when you ask for it.",
	.draw = credentials_draw,
	.act = credentials_act,
	.why_not = credentials_why_not,
	.bar_label = credentials_bar_label,
	.covered = credentials_covered,
	.release = credentials_screen_release,
};

struct screen *screen_credentials_new(struct app *app, struct open_number *number)
{
	struct screen_credentials *self = screen_new(app, sizeof *self, &CREDENTIALS_OPS);
	self->number = number;
	form_init(&self->form);
	credentials_init(&self->credentials);
	form_focus(&self->form, field_ref_of(FIELD_COUNT), ROW_PASSWORD);
	reveal(self); /* F6 brought us here: it asks for the password */
	return &self->screen;
}
