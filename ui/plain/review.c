#include "ui/plain/review.h"

#include "base/mem.h"
#include "calling/changes.h"
#include "calling/findings.h"
#include "calling/requests.h"
#include "ui/app/tls_check.h"

#include <stdlib.h>

void plain_lines_say(struct plain *plain, const struct calling_values *from,
		     const struct calling_values *to, const char *nothing)
{
	struct change_lines lines = { 0 };
	change_lines_compute(from, to, &lines);
	if (lines.count == 0)
		talk_say(&plain->talk, "%s", nothing);
	for (size_t i = 0; i < lines.count; i++) {
		const struct change_line *line = &lines.items[i];
		talk_say(&plain->talk, "%s: from %s to %s.%s%s%s", line->label,
			 line->old_text == NULL ? "none" : line->old_text,
			 line->new_text == NULL ? "none" : line->new_text,
			 line->note == NULL ? "" : " It is ", line->note == NULL ? "" : line->note,
			 line->note == NULL ? "" : ".");
	}
	change_lines_release(&lines);
}

static void consequences_say(struct plain *plain)
{
	const struct open_number *number = plain->number;
	struct sentences sentences = { 0 };
	consequences_compute(&number->settings.values, &number->draft.mine, &sentences);
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

static void plan_say(struct plain *plain)
{
	struct write_plan plan;
	struct err err;
	write_plan_init(&plan);
	talk_title(&plain->talk, "Plan");
	if (write_plan_make(&plan, &plain->number->settings, &plain->number->draft.mine, &err)) {
		talk_say(&plain->talk, "%zu request%s, then read back.", plan.count,
			 plan.count == 1 ? "" : "s");
		for (size_t i = 0; i < plan.count; i++)
			talk_row(&plain->talk, i + 1, plan.requests[i].title);
	} else {
		talk_error(&plain->talk, &err);
	}
	write_plan_release(&plan);
}

void plain_review_say(struct plain *plain)
{
	const struct open_number *number = plain->number;
	struct talk *talk = &plain->talk;
	talk_title(talk, "Review");
	plain_lines_say(plain, &number->settings.values, &number->draft.mine,
			"Nothing was changed yet.");
	if (number->changed_count == 0)
		return;
	consequences_say(plain);
	if (findings_count(&number->findings, SEVERITY_FAILURE) > 0)
		talk_title(talk, "To settle before it can be sent");
	findings_say(plain, SEVERITY_FAILURE, "");
	talk_title(talk, "Checks");
	checks_say(plain);
	findings_say(plain, SEVERITY_WARNING, "Warning: ");
	findings_say(plain, SEVERITY_INFO, "");
	plan_say(plain);
}
