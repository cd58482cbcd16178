#include "ui/commands/commands.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "calling/changes.h"
#include "service/history_entries.h"
#include "store/numbers.h"
#include "ui/app/history_words.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

static const char HELP[] =
	"Usage: sipdesk history NUMBER [--json]\n"
	"\n"
	"Prints what sipdesk has written to a number from this account: when, who, what changed, "
	"and\n"
	"how it went; the newest last. Nothing is asked of the service.\n"
	"\n"
	"  NUMBER  the name or the phone number of a saved number\n"
	"  --json  one JSON document, with the settings before and after and each request\n"
	"  --help  show this help\n"
	"\n"
	"Exit codes: 0 done, 64 usage, 65 no such number or a file that was changed, 74 I/O, 77 a\n"
	"file that others may read.\n";

enum { OPTION_JSON = 512, OPTION_HELP };

struct history_run {
	const char *name;
	bool as_json;
	bool is_help;
	struct err err;
};

static bool arguments_parse(struct history_run *run, int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, OPTION_JSON },
		{ "help", no_argument, NULL, OPTION_HELP },
		{ NULL, 0, NULL, 0 },
	};
	int option;
	while ((option = getopt_long(argc, argv, ":", options, NULL)) != -1) {
		if (option == OPTION_JSON)
			run->as_json = true;
		else if (option == OPTION_HELP)
			run->is_help = true;
		else
			return err_set(&run->err, ERR_USAGE, "“%s” is not known.",
				       argv[optind - 1]);
	}
	if (optind < argc)
		run->name = argv[optind++];
	if (optind < argc)
		return err_set(&run->err, ERR_USAGE, "“%s” is one argument too many.",
			       argv[optind]);
	return run->is_help || run->name != NULL ||
	       err_set(&run->err, ERR_USAGE, "Which number? No name was given.");
}

/* --- as JSON ---------------------------------------------------------------------------------- */

static void text_member(struct str *out, const char *name, const char *text)
{
	str_addf(out, ",\"%s\":", name);
	if (text == NULL)
		str_add(out, "null");
	else
		json_write_string(out, text);
}

static void json_member_write(struct str *out, const char *name, const char *json)
{
	str_addf(out, ",\"%s\":", name);
	json_write_ascii(out, json == NULL ? "null" : json, strlen(json == NULL ? "null" : json));
}

static void requests_write(struct str *out, const struct history_entry *entry)
{
	str_add(out, ",\"requests\":[");
	for (size_t i = 0; i < entry->request_count; i++) {
		const struct history_request *request = &entry->requests[i];
		str_add(out, i == 0 ? "{\"title\":" : ",{\"title\":");
		json_write_string(out, request->title);
		text_member(out, "reach", request->reach);
		text_member(out, "error", request->error);
		text_member(out, "words", request->words);
		json_member_write(out, "body", request->body);
		str_add_char(out, '}');
	}
	str_add_char(out, ']');
}

static void entry_write(struct str *out, const struct history_entry *entry)
{
	char time[CLOCK_TEXT_SIZE];
	str_add(out, "{\"id\":");
	json_write_string(out, entry->id == NULL ? "" : entry->id);
	text_member(out, "kind", SEQUENCE_KIND_WORDS[entry->kind]);
	text_member(out, "began_at", clock_rfc3339(entry->began_at, time));
	str_add(out, ",\"who\":");
	who_write_json(&entry->who, out);
	text_member(out, "number", entry->label);
	text_member(out, "settles", entry->settles);
	text_member(out, "outcome", entry->outcome);
	text_member(out, "ended", entry->ended);
	text_member(out, "undo_until",
		    entry->undo_until == 0 ? NULL : clock_rfc3339(entry->undo_until, time));
	requests_write(out, entry);
	json_member_write(out, "before", entry->before);
	json_member_write(out, "after", entry->after);
	str_add_char(out, '}');
}

static void json_print(const struct number *number, const struct history_entries *entries,
		       size_t broken_line, bool is_torn)
{
	struct str out;
	str_init(&out);
	str_add(&out, "{\"schema\":1,\"number\":");
	json_write_string(&out, number->label);
	text_member(&out, "id", number->id);
	str_addf(&out, ",\"broken_at_line\":%zu,\"torn\":%s,\"entries\":[", broken_line,
		 is_torn ? "true" : "false");
	for (size_t i = 0; i < entries->count; i++) {
		if (i > 0)
			str_add_char(&out, ',');
		entry_write(&out, &entries->items[i]);
	}
	str_add(&out, "]}\n");
	(void)fputs(out.bytes, stdout);
	str_release(&out);
}

/* --- as text ---------------------------------------------------------------------------------- */

static void line_print(const char *text)
{
	struct str shown;
	str_init(&shown);
	text_show(&shown, text);
	(void)puts(shown.bytes);
	str_release(&shown);
}

static void changes_print(const struct history_entry *entry)
{
	struct calling_settings before, after;
	if (!history_entry_settings(entry, false, &before))
		return;
	if (history_entry_settings(entry, true, &after)) {
		struct change_lines lines = { 0 };
		change_lines_compute(&before.values, &after.values, &lines);
		for (size_t i = 0; i < lines.count; i++) {
			const struct change_line *line = &lines.items[i];
			char *text = mem_format("    %-24s %s → %s", line->label, line->old_text,
						line->new_text);
			line_print(text);
			free(text);
		}
		change_lines_release(&lines);
		settings_release(&after);
	}
	settings_release(&before);
}

static void entry_print(const struct history_entry *entry)
{
	char time[CLOCK_TEXT_SIZE];
	struct str head;
	str_init(&head);
	str_addf(&head, "%s  %s: %s, by ", clock_rfc3339(entry->began_at, time),
		 history_entry_title(entry), history_entry_words(entry));
	who_write_words(&entry->who, &head);
	line_print(head.bytes);
	str_release(&head);
	changes_print(entry);
	for (size_t i = 0; i < entry->request_count; i++) {
		const struct history_request *request = &entry->requests[i];
		if (request->error == NULL)
			continue;
		char *text = mem_format("    %s%s%s", request->error,
					request->words == NULL ? "" : " The service's own words: ",
					request->words == NULL ? "" : request->words);
		line_print(text);
		free(text);
	}
	if (history_entry_is_open(entry))
		(void)puts("    It was left half-done: open the number in sipdesk to settle it.");
	if (history_settled(entry) == NULL)
		return;
	char *settled =
		mem_format("    It was left half-done, and afterwards %s.", history_settled(entry));
	line_print(settled);
	free(settled);
}

static void text_print(const struct number *number, const struct history_entries *entries)
{
	char *title =
		entries->count == 0
			? mem_format("%s: nothing was written to it from this account yet.",
				     number->label)
			: mem_format("%s: written from this account %zu time%s", number->label,
				     entries->count, entries->count == 1 ? "" : "s");
	line_print(title);
	free(title);
	for (size_t i = 0; i < entries->count; i++)
		entry_print(&entries->items[i]);
}

static bool history_print(struct history_run *run, const struct number *number)
{
	struct history history;
	struct history_entries entries = { 0 };
	size_t broken_line = 0;
	if (!history_open_to_read(&history, number->id, &run->err))
		return false;
	bool done = history_entries_read(&entries, &history, &run->err);
	if (done && !history_verify(&history, &broken_line, &run->err) && broken_line == 0)
		done = false;
	bool is_torn = done && history_is_torn(&history);
	if (done && run->as_json)
		json_print(number, &entries, broken_line, is_torn);
	else if (done)
		text_print(number, &entries);
	if (is_torn)
		(void)fputs("The last line was cut short while it was written, and is left out.\n",
			    stderr);
	if (done && broken_line > 0) {
		done = err_set(&run->err, ERR_INPUT,
			       "The history was changed by hand, or lines are missing: line %zu of "
			       "%s does not follow from the one before.",
			       broken_line, history.path);
		err_next_step(&run->err, "What stands from there on cannot be relied on.");
	}
	if (done && (fflush(stdout) != 0 || ferror(stdout)))
		done = err_set(&run->err, ERR_IO, "The output could not be written.");
	history_entries_release(&entries);
	history_close(&history);
	return done;
}

static void history_run(struct history_run *run)
{
	struct numbers numbers;
	numbers_init(&numbers);
	const struct number *number = NULL;
	if (numbers_load(&numbers, &run->err))
		number = numbers_named(&numbers, run->name, &run->err);
	if (number != NULL)
		(void)history_print(run, number);
	numbers_release(&numbers);
}

int command_history(int argc, char **argv)
{
	struct history_run run = { 0 };
	err_init(&run.err);
	if (arguments_parse(&run, argc, argv)) {
		if (run.is_help)
			(void)fputs(HELP, stdout);
		else
			history_run(&run);
	}
	return run.err.kind == ERR_NONE ? 0 : command_error("history", &run.err);
}
