#include "ui/plain/review.h"

#include "base/mem.h"
#include "calling/findings.h"
#include "calling/requests.h"
#include "ui/app/tls_check.h"

#include <stdlib.h>

void plain_change_lines_say(struct plain *plain, const struct change_lines *lines, bool is_plan)
{
	for (size_t i = 0; i < lines->count; i++) {
		const struct change_line *line = &lines->items[i];
		bool has_note = is_plan && line->note != NULL;
		talk_say(&plain->talk, "%s: from %s to %s.%s%s%s", line->label, line->old_text,
			 line->new_text, has_note ? " It is " : "", has_note ? line->note : "",
			 has_note ? "." : "");
	}
}

static void lines_say(struct plain *plain, const struct calling_values *from,
		      const struct calling_values *to, const char *nothing, bool is_plan)
{
	struct change_lines lines = { 0 };
	change_lines_compute(from, to, &lines);
	if (lines.count == 0)
		talk_say(&plain->talk, "%s", nothing);
	plain_change_lines_say(plain, &lines, is_plan);
	change_lines_release(&lines);
}

void plain_lines_say(struct plain *plain, const struct calling_values *from,
		     const struct calling_values *to, const char *nothing)
{
	lines_say(plain, from, to, nothing, false);
}

void plain_consequences_say(struct plain *plain, const struct calling_values *base,
			    const struct calling_values *mine)
{
	struct sentences sentences = { 0 };
	consequences_compute(base, mine, &sentences);
	if (sentences.count > 0)
		talk_title(&plain->talk, "What this means");
	for (size_t i = 0; i < sentences.count; i++)
		talk_say(&plain->talk, "%s", sentences.items[i]);
	sentences_release(&sentences);
}

static void findings_say(struct plain *plain, enum severity severity, const char *word)
{
	const struct findings *findings = &plain->number->findings;
	for (size_t i = 0; i < findings->count; i++)
		if (findings->items[i].severity == severity)
			talk_say(&plain->talk, "%s%s", word, findings->items[i].sentence);
}

/* A server that calls are about to go to: does its certificate pass? */
static void checks_say(struct plain *plain)
{
	const struct open_number *number = plain->number;
	const struct calling_values *mine = &number->draft.mine;
	for (int i = 0; values_sip_enabled(mine) && (size_t)i < mine->server_count; i++) {
		if (mine->servers[i].removed)
			continue;
		const char *name = values_get(mine, field_ref_server(FIELD_SERVER_HOSTNAME, i));
		char *words = tls_check_words(tls_check_of(number, i));
		talk_say(&plain->talk, "The TLS check of %s: %s",
			 name == NULL ? "the new server" : name, words);
		free(words);
	}
}

void plain_plan_say(struct plain *plain, const struct calling_settings *base,
		    const struct calling_values *mine)
{
	struct write_plan plan;
	struct err err;
	write_plan_init(&plan);
	talk_title(&plain->talk, "Plan");
	if (write_plan_make(&plan, base, mine, &err)) {
		talk_say(&plain->talk, "%zu request%s, then read back.", plan.count,
			 plan.count == 1 ? "" : "s");
		for (size_t i = 0; i < plan.count; i++)
			talk_row(&plain->talk, i + 1, plan.requests[i].title);
	} else {
		talk_error(&plain->talk, &err);
	}
	write_plan_release(&plan);
}

void plain_requests_say(struct plain *plain, enum request_form form)
{
	struct talk *talk = &plain->talk;
	struct str text;
	struct err err;
	str_init(&text);
	if (plain->number->changed_count == 0) {
		talk_say(talk, "Nothing was changed yet: there is nothing to send.");
	} else if (request_text_write(plain->number, form, &text, &err)) {
		talk_title(talk, form == REQUEST_CURL ? "curl equivalent" : "Exact request");
		talk_page(talk, text.bytes);
	} else {
		talk_error(talk, &err);
	}
	str_release(&text);
}

void plain_review_say(struct plain *plain)
{
	const struct open_number *number = plain->number;
	struct talk *talk = &plain->talk;
	talk_title(talk, "Review");
	lines_say(plain, &number->settings.values, &number->draft.mine, "Nothing was changed yet.",
		  true);
	if (number->changed_count == 0)
		return;
	plain_consequences_say(plain, &number->settings.values, &number->draft.mine);
	if (findings_count(&number->findings, SEVERITY_FAILURE) > 0)
		talk_title(talk, "To settle before it can be sent");
	findings_say(plain, SEVERITY_FAILURE, "");
	talk_title(talk, "Checks");
	checks_say(plain);
	findings_say(plain, SEVERITY_WARNING, "Warning: ");
	findings_say(plain, SEVERITY_INFO, "");
	if (findings_count(&number->findings, SEVERITY_FAILURE) == number->findings.count &&
	    !values_sip_enabled(&number->draft.mine))
		talk_say(talk, "Nothing to object to.");
	plain_plan_say(plain, &number->settings, &number->draft.mine);
}
