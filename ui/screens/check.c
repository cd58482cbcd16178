#include "ui/screens/screens.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "ui/app/check_text.h"
#include "ui/app/tls_check.h"
#include "ui/widgets/form.h"
#include "ui/widgets/frame.h"
#include "ui/widgets/prompt.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	MODE_REPORT = 0600, /* it names a customer's host */
	PATH_LIMIT = 1000,
	REPORT_COLUMNS = 80,
};

/* What is being saved, while the prompt asks where. */
enum saving { SAVING_REPORT, SAVING_CHAIN };

struct screen_check {
	struct screen screen;
	struct open_number *number;
	int server;
	struct err start_err; /* why the last one could not begin */
	struct form form;
	bool *expanded; /* by finding, in the report's order */
	size_t expanded_count;
	bool was_moved; /* the person has moved the focus */
	enum saving saving;
};

static struct screen_check *self_of(struct screen *screen)
{
	return (struct screen_check *)screen;
}

static struct tls_check *check_of(const struct screen_check *self)
{
	return tls_check_of(self->number, self->server);
}

static void start(struct screen_check *self)
{
	free(self->expanded);
	self->expanded = NULL;
	self->expanded_count = 0;
	self->was_moved = false;
	err_init(&self->start_err);
	if (tls_check_start(self->number, self->server, &self->start_err) == NULL &&
	    check_of(self) != NULL) /* of an earlier state of the server: it stays on the screen */
		app_notice(self->screen.app, "%s", self->start_err.sentence);
}

/* --- rows --------------------------------------------------------------------------------------
 */

static void sentence_add(struct screen_check *self, enum style style, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void sentence_add(struct screen_check *self, enum style style, const char *format, ...)
{
	char *sentence = NULL;
	va_list arguments;
	va_start(arguments, format);
	if (vasprintf(&sentence, format, arguments) < 0)
		sentence = mem_text("");
	va_end(arguments);
	(void)form_add_sentence(&self->form, field_ref_of(FIELD_COUNT), sentence,
				form_sentence_columns(&self->screen.app->term), style);
	free(sentence);
}

static enum style severity_style(enum check_severity severity)
{
	switch (severity) {
	case CHECK_FAIL: return STYLE_WRONG;
	case CHECK_WARN:
	case CHECK_UNKNOWN: return STYLE_WARNING;
	default: return STYLE_NORMAL;
	}
}

static void verdict_rows(struct screen_check *self, const struct tls_check *check)
{
	static const struct {
		const char *words;
		enum style style;
	} verdicts[] = {
		[VERDICT_PASS] = { "PASS", STYLE_GOOD },
		[VERDICT_WARN] = { "PASS with warnings", STYLE_WARNING },
		[VERDICT_FAIL] = { "FAIL", STYLE_WRONG },
		[VERDICT_UNKNOWN] = { "CANNOT TELL FROM HERE", STYLE_WARNING },
	};
	if (check == NULL && self->start_err.kind != ERR_NONE)
		sentence_add(self, STYLE_WARNING, "%s", self->start_err.sentence);
	else if (check == NULL)
		sentence_add(self, STYLE_NORMAL,
			     "No check was run for this server yet. r runs it.");
	else if (check->state == TLS_CHECK_RUNNING)
		sentence_add(self, STYLE_NORMAL, "Checking %s:%s …", check->hostname, check->port);
	else if (check->state == TLS_CHECK_CANCELLED)
		sentence_add(self, STYLE_NORMAL,
			     "The check was cancelled; what it had found stands "
			     "below.");
	else if (check->state == TLS_CHECK_BROKEN)
		sentence_add(self, STYLE_WRONG, "%s %s", check->err.sentence, check->err.next_step);
	if (check == NULL || check->state != TLS_CHECK_DONE)
		return;
	sentence_add(self, verdicts[check->verdict].style, "%s  %s", verdicts[check->verdict].words,
		     check->headline == NULL ? "" : check->headline);
	if (check->fix != NULL && check->verdict != VERDICT_PASS)
		sentence_add(self, STYLE_NORMAL, "Fix  %s", check->fix);
	long long minutes = (long long)(clock_now() - check->started_at) / 60;
	if (minutes >= 1)
		sentence_add(self, STYLE_DIM, "Checked %lld min ago; r runs it again.", minutes);
	if (tls_check_is_stale(check))
		sentence_add(self, STYLE_WARNING,
			     "Hostname or port were edited since: this is about %s:%s.",
			     check->hostname, check->port);
}

static struct check_paper paper_of(const struct screen_check *self)
{
	const struct term *term = &self->screen.app->term;
	return (struct check_paper) {
		.columns = form_sentence_columns(term),
		.glyphs = term->glyphs,
	};
}

/* A line that is drawn as it is; frees it. */
static void line_add(struct screen_check *self, char *line, enum style style)
{
	form_add(&self->form, FORM_LINE, line)->value_style = style;
	free(line);
}

static void timing_rows(struct screen_check *self, const struct tls_check *check)
{
	const struct check_report *report = &check->report;
	const struct check_paper paper = paper_of(self);
	for (size_t i = 0; i < report->timing_count; i++) {
		const struct check_timing *timing = &report->timings[i];
		if (i == 0 || !text_equal(report->timings[i - 1].address, timing->address))
			(void)form_add(&self->form, FORM_SECTION,
				       timing->address == NULL ? "Look-up" : timing->address);
		line_add(self, check_timing_line(report, timing, &paper),
			 timing->ok ? STYLE_NORMAL : STYLE_WRONG);
	}
}

static void chain_rows(struct screen_check *self, const struct tls_check *check)
{
	const struct check_report *report = &check->report;
	const struct check_paper paper = paper_of(self);
	for (size_t first = 0; first < report->certificate_count;) {
		size_t count = check_chain_length(report, first);
		const char *address = report->certificates[first].address;
		char *title =
			address == NULL ? mem_text("Chain") : mem_format("Chain of %s", address);
		(void)form_add(&self->form, FORM_SECTION, title);
		free(title);
		for (size_t level = 0; level < count; level++)
			line_add(self,
				 check_certificate_line(
					 &report->certificates[first + count - 1 - level], level,
					 clock_now(), &paper),
				 STYLE_NORMAL);
		first += count;
	}
}

static void finding_row(struct screen_check *self, const struct check_finding *finding, int index)
{
	char *line = check_finding_line(finding);
	/* A field that is none, so that the row can have the focus. */
	form_add_sentence(&self->form, field_ref_parameter(FIELD_SIP_SERVERS, index, 0), line,
			  form_sentence_columns(&self->screen.app->term),
			  severity_style(finding->severity))
		->action = index;
	free(line);
	if (self->expanded[index] && finding->fix != NULL)
		sentence_add(self, STYLE_NORMAL, "        Fix: %s", finding->fix);
	else if (self->expanded[index])
		sentence_add(self, STYLE_DIM, "        %s",
			     finding->severity <= CHECK_INFO ? "Nothing to change."
							     : "No one thing to change is known.");
}

static void finding_rows(struct screen_check *self, const struct tls_check *check)
{
	const struct check_report *report = &check->report;
	if (report->finding_count == 0)
		return;
	while (self->expanded_count < report->finding_count) {
		self->expanded =
			mem_grow(self->expanded, self->expanded_count, sizeof *self->expanded);
		self->expanded_count++;
	}
	(void)form_add(&self->form, FORM_SECTION, "Findings");
	bool is_first = true;
	for (size_t i = 0; i < CHECK_SEVERITY_COUNT; i++)
		for (size_t k = 0; k < report->finding_count; k++) {
			if (report->findings[k].severity != CHECK_GRAVEST_FIRST[i])
				continue;
			finding_row(self, &report->findings[k], (int)k);
			/* Findings come in any order; until one is looked at, the gravest has the
			 * focus. */
			if (is_first && !self->was_moved)
				form_focus(&self->form,
					   field_ref_parameter(FIELD_SIP_SERVERS, (int)k, 0),
					   (int)k);
			is_first = false;
		}
}

static void rows_fill(struct screen_check *self)
{
	const struct tls_check *check = check_of(self);
	form_begin(&self->form);
	verdict_rows(self, check);
	if (check != NULL) {
		timing_rows(self, check);
		chain_rows(self, check);
		finding_rows(self, check);
	}
	form_end(&self->form);
}

static void check_draw(struct screen *screen, struct term *term)
{
	struct screen_check *self = self_of(screen);
	const struct tls_check *check = check_of(self);
	char *right = check == NULL ? NULL : mem_format("%s:%s", check->hostname, check->port);
	rows_fill(self);
	screen_header(term, self->number, "TLS check", right);
	free(right);
	draw_rule(term, frame_body_row(term), NULL);
	bool failed =
		check != NULL && check->state == TLS_CHECK_DONE && check->verdict == VERDICT_FAIL;
	screen_help_lines(screen, term, STYLE_NORMAL,
			  check != NULL && check->state == TLS_CHECK_RUNNING
				  ? "It goes on when you leave this screen. x cancels it."
			  : failed ? "Enter shows the focused finding's fix. t explains what "
				     "people see when it "
				     "fails."
				   : "Enter shows the focused finding's fix.");
	draw_cursor(term, frame_body_row(term) + 1, 5);
	form_draw(&self->form, term, frame_body_row(term) + 1, frame_body_rows(term) - 1);
}

/* --- what is done ------------------------------------------------------------------------------
 */

static void report_write(const struct tls_check *check, struct str *out)
{
	const struct check_paper paper = { .columns = REPORT_COLUMNS, .glyphs = &GLYPHS_UNICODE };
	char *target = mem_format("%s:%s", check->hostname, check->port);
	check_text_write(out, target, clock_now(), &check->report, &paper);
	free(target);
}

static void saved(void *owner, const char *path)
{
	struct screen_check *self = owner;
	struct app *app = self->screen.app;
	const struct tls_check *check = check_of(self);
	struct str text;
	struct err err;
	if (path == NULL || path[0] == '\0' || check == NULL)
		return;
	str_init(&text);
	size_t length = strlen(path);
	if (self->saving == SAVING_CHAIN)
		str_add(&text, check->report.corrected_chain);
	else if (length > 5 && text_equal(path + length - 5, ".json"))
		str_append(&text, check->json.bytes, check->read_to);
	else
		report_write(check, &text);
	if (access(path, F_OK) == 0)
		app_notice(app, "%s is there already; nothing was overwritten.", path);
	else if (file_write_whole(path, text.bytes, text.length, MODE_REPORT, &err))
		app_notice(app, "Saved as %s.", path);
	else
		app_notice(app, "%s", err.sentence);
	str_release(&text);
}

static void save_ask(struct screen_check *self, enum saving saving)
{
	struct app *app = self->screen.app;
	const struct tls_check *check = check_of(self);
	char *path = mem_format(saving == SAVING_CHAIN ? "%s-fullchain.pem" : "%s-check.txt",
				check->hostname);
	self->saving = saving;
	app_push(app,
		 prompt_new(app, saving == SAVING_CHAIN ? "Save the chain" : "Save the report",
			    saving == SAVING_CHAIN
				    ? "The server's certificates with the missing one, ready for "
				      "its certificate file. File:"
				    : "A name that ends in .json saves the events as JSON Lines. "
				      "File:",
			    path, PATH_LIMIT, saved, self));
	free(path);
}

static void openssl_show(struct screen_check *self)
{
	struct app *app = self->screen.app;
	const struct tls_check *check = check_of(self);
	struct str text;
	str_init(&text);
	check_openssl_write(&text, check->hostname, check->port, check->headline_id);
	app_push(app, screen_page_new(app, self->number->label, "openssl equivalent", text.bytes));
	str_release(&text);
}

static void check_act(struct screen *screen, enum action_id action)
{
	struct screen_check *self = self_of(screen);
	struct app *app = screen->app;
	struct tls_check *check = check_of(self);
	rows_fill(self);
	if (form_act(&self->form, action, frame_body_rows(&app->term) - 1)) {
		self->was_moved = true;
		return;
	}
	const struct form_row *row = form_focused(&self->form);
	switch (action) {
	case ACTION_OPEN:
		if (row != NULL && row->action >= 0 && (size_t)row->action < self->expanded_count)
			self->expanded[row->action] = !self->expanded[row->action];
		break;
	case ACTION_RUN_AGAIN: start(self); break;
	case ACTION_SAVE: save_ask(self, SAVING_REPORT); break;
	case ACTION_SAVE_CHAIN: save_ask(self, SAVING_CHAIN); break;
	case ACTION_OPENSSL: openssl_show(self); break;
	case ACTION_TROUBLES:
		app_push(app, screen_troubles_new(app, self->number, self->server));
		break;
	case ACTION_CANCEL: tls_check_cancel(check); break;
	case ACTION_BACK: app_pop(app); break;
	default: break;
	}
}

static const char *check_why_not(struct screen *screen, enum action_id action)
{
	const struct tls_check *check = check_of(self_of(screen));
	bool needs_end = action == ACTION_SAVE || action == ACTION_OPENSSL || action == ACTION_OPEN;
	if (check == NULL || !needs_end)
		return NULL;
	if (check->state == TLS_CHECK_RUNNING)
		return "The check is still running.";
	return action == ACTION_SAVE && check->state != TLS_CHECK_DONE
		       ? "There is no verdict to save: let the check run to its end."
		       : NULL;
}

static bool check_offers(struct screen *screen, enum action_id action)
{
	const struct tls_check *check = check_of(self_of(screen));
	bool is_running = check != NULL && check->state == TLS_CHECK_RUNNING;
	switch (action) {
	case ACTION_CANCEL: return is_running;
	case ACTION_RUN_AGAIN: return !is_running;
	case ACTION_SAVE:
	case ACTION_OPENSSL:
	case ACTION_OPEN: return check != NULL;
	case ACTION_SAVE_CHAIN: return check != NULL && check->report.corrected_chain != NULL;
	default: return true;
	}
}

static const char *check_bar_label(struct screen *screen, enum action_id action)
{
	const struct tls_check *check = check_of(self_of(screen));
	switch (action) {
	case ACTION_OPEN: return "Details";
	case ACTION_LEAVE: return "";
	case ACTION_RUN_AGAIN: return check == NULL ? "Run" : NULL;
	default: return NULL;
	}
}

static void check_release(struct screen *screen)
{
	struct screen_check *self = self_of(screen);
	form_release(&self->form);
	free(self->expanded);
	free(self);
}

static const struct screen_ops CHECK_OPS = {
	.context = CONTEXT_CHECK,
	.title = "TLS check",
	.help = "Whether Meta will accept this SIP server's certificate, judged from here: DNS, "
		"TCP, TLS "
		"and a SIP OPTIONS to every address, then the certificates. The verdict comes "
		"first, "
		"with the one thing to change. “Cannot tell from here” means that this machine "
		"could "
		"not reach the server, which says nothing about Meta.",
	.draw = check_draw,
	.act = check_act,
	.offers = check_offers,
	.why_not = check_why_not,
	.bar_label = check_bar_label,
	.release = check_release,
};

void screen_check_show(struct app *app, struct open_number *number, int server)
{
	const struct screen_check *top = (const struct screen_check *)app->top;
	if (app->top->ops != &CHECK_OPS || top->number != number || top->server != server)
		app_push(app, screen_check_new(app, number, server));
}

struct screen *screen_check_new(struct app *app, struct open_number *number, int server)
{
	struct screen_check *self = screen_new(app, sizeof *self, &CHECK_OPS);
	self->number = number;
	self->server = server;
	form_init(&self->form);
	const struct tls_check *check = check_of(self);
	/* One that runs, or that is of just this server, is looked at; r runs it again. */
	if (check == NULL || (check->state != TLS_CHECK_RUNNING && tls_check_is_stale(check)) ||
	    check->state == TLS_CHECK_CANCELLED || check->state == TLS_CHECK_BROKEN)
		start(self);
	return &self->screen;
}
