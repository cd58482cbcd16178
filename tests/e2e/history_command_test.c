/* `sipdesk history`: what sequences have written to a number, told by the real program. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "tests/support/history_story.h"
#include "tests/support/script.h"
#include "tests/support/session.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MAX = 1024 * 1024 };

static char *program;

/* Lines with $history (the command), in the story's environment. */
static struct script script_of(const struct history_story *story)
{
	return (struct script) { .head = mem_format("history='%s history'; ", program),
				 .environment = (const char *const *)story->environment };
}

static void shell(const struct history_story *story, struct run *run, const char *line)
{
	struct script script = script_of(story);
	script_line(&script, line, run);
	free(script.head);
}

static void steps_run(const struct history_story *story, const struct script_step *steps,
		      size_t count)
{
	struct script script = script_of(story);
	script_steps(&script, steps, count);
	free(script.head);
}

static char *file_text(const struct history_story *story)
{
	struct str text;
	struct err err;
	str_init(&text);
	assert_true(file_read(story->file, FILE_MAX, &text, &err));
	return str_detach(&text);
}

static void file_put(const struct history_story *story, const char *text)
{
	struct err err;
	assert_true(file_write_whole(story->file, text, strlen(text), 0600, &err));
}

static void it_tells_what_was_done(void **state)
{
	static const char *const LINES[] = {
		"Acme Z\xc3\xbcrich: written from this account 3 times\n"
		"2026-11-20T09:05:0",
		"Z  Send: Applied, by anna on jump1, from 10.2.3.4 (pts/3)\n"
		"    Calling                  Disabled → Enabled\n"
		"    SIP signalling           Disabled → Enabled\n"
		"    SIP server               none → sip.acme.example:5061\n"
		"2026-11-21T10:15:0",
		"Z  Send: Not applied, by ben on jump1\n"
		"    ",
		" The service's own words: Port 5071 is not allow\xc3\xa9"
		"d.\n"
		"2026-11-21T10:20:0",
		"Z  Send: Applied, by ben on jump1\n"
		"    SRTP key exchange        DTLS → SDES\n",
	};
	struct history_story story;
	struct run run;
	(void)state;
	history_story_begin(&story, false);
	history_story_tell(&story);
	shell(&story, &run, "$history 'acme z\xc3\xbcrich'");
	assert_int_equal(run.status, 0);
	assert_string_equal(run.errors.bytes, "");
	const char *at = run.output.bytes;
	for (size_t i = 0; i < ARRAY_LENGTH(LINES); i++) {
		const char *found = strstr(at, LINES[i]);
		if (found == NULL)
			fail_msg("%s\nis not in\n%s", LINES[i], run.output.bytes);
		at = found + strlen(LINES[i]);
	}
	assert_string_equal(at, "");
	run_release(&run);
	history_story_end(&story);
}

static void numbers_are_called_as_elsewhere(void **state)
{
	static const struct script_step STEPS[] = {
		{ "$history " HISTORY_STORY_PHONE " | wc -l", 0, "9\n", "" },
		{ "$history 4930123456", 0, "Acme", "" },
		{ "$history Nobody", 65, "", "Nobody" },
		{ "$history", 64, "", "Which number?" },
		{ "$history a b", 64, "", "one argument too many" },
		{ "$history --xml", 64, "", "--xml" },
		{ "$history --help", 0, "Usage: sipdesk history NUMBER [--json]", "" },
		{ "$history " HISTORY_STORY_PHONE " >/dev/full", 74, "", "could not be written" },
	};
	struct history_story story;
	(void)state;
	history_story_begin(&story, false);
	history_story_tell(&story);
	steps_run(&story, STEPS, ARRAY_LENGTH(STEPS));
	history_story_end(&story);
}

static void json_is_whole_and_ascii(void **state)
{
#define JQ(filter) "$history --json " HISTORY_STORY_PHONE " | jq -er '" filter "'"
	static const struct script_step STEPS[] = {
		{ JQ(".schema, .id, .broken_at_line, .torn"), 1, "1\n0123456789abcdef\n0\nfalse\n",
		  "" },
		{ JQ(".number"), 0, HISTORY_STORY_LABEL "\n", "" },
		{ JQ(".entries | length"), 0, "3\n", "" },
		{ JQ(".entries[] | [.kind, .outcome, .ended, .who.user] | join(\",\")"), 0,
		  "send,Applied,through,anna\nsend,Not applied,through,ben\n"
		  "send,Applied,through,ben\n",
		  "" },
		{ JQ(".entries[0].began_at"), 0, "2026-11-20T09:05:0", "" },
		{ JQ(".entries[0].who | .host, .ssh_client, .terminal"), 0,
		  "jump1\n10.2.3.4\npts/3\n", "" },
		{ JQ(".entries[0] | .before.status, .after.sip.servers[0].hostname"), 0,
		  "DISABLED\nsip.acme.example\n", "" },
		{ JQ(".entries[1].requests[0] | .reach, .words, "
		     ".body.calling.sip.servers[0].port"),
		  0,
		  "answered\nPort 5071 is not allow\xc3\xa9"
		  "d.\n5071\n",
		  "" },
		{ JQ(".entries[2].requests[0].error == null"), 0, "true\n", "" },
		{ "$history --json " HISTORY_STORY_PHONE " | LC_ALL=C tr -d '\\n -~' | wc -c", 0,
		  "0\n", "" },
	};
	struct history_story story;
	(void)state;
	history_story_begin(&story, false);
	history_story_tell(&story);
	steps_run(&story, STEPS, ARRAY_LENGTH(STEPS));
	history_story_end(&story);
}

static void without_entries_it_says_so(void **state)
{
	static const struct script_step STEPS[] = {
		{ "$history " HISTORY_STORY_PHONE, 0,
		  HISTORY_STORY_LABEL ": nothing was written to it from this account yet.\n", "" },
		{ "$history " HISTORY_STORY_PHONE " --json | jq -c .entries", 0, "[]\n", "" },
		{ "test ! -e \"$XDG_DATA_HOME/sipdesk/history/" SEQUENCE_WORLD_ID
		  ".jsonl.torn\" && ls \"$XDG_DATA_HOME/sipdesk\"",
		  0, "history\nnumbers.json\n", "" },
	};
	struct history_story story;
	(void)state;
	history_story_begin(&story, false);
	steps_run(&story, STEPS, ARRAY_LENGTH(STEPS));
	history_story_end(&story);
}

/* The service acted, and its process died before it could tell. */
static void one_left_half_done_is_told(void **state)
{
	static const struct script_step STEPS[] = {
		{ "$history " HISTORY_STORY_PHONE, 0, "Send: Sent, outcome not known, by anna",
		  "" },
		{ "$history " HISTORY_STORY_PHONE, 0, "It was left half-done: open the number",
		  "" },
		{ JQ(".entries[0] | .outcome, .ended, .after | . == null"), 0, "true\ntrue\ntrue\n",
		  "" },
	};
	static const struct script_step SETTLED[] = {
		{ "$history " HISTORY_STORY_PHONE, 0,
		  "It was left half-done, and afterwards left as it is.", "" },
	};
	enum { UP_TO_THE_WRITE = 2, LATER = 1795300000 };
	struct history_story story;
	(void)state;
	history_story_begin(&story, false);
	mem_text_set(&story.world.mine.texts[FIELD_CALLING], "ENABLED");
	history_story_send(&story, LATER, UP_TO_THE_WRITE);
	steps_run(&story, STEPS, ARRAY_LENGTH(STEPS));
	struct sequence_record record;
	struct err err;
	assert_true(sequence_world_find_open(&story.world, &record));
	assert_true(sequence_leave(&story.world.history, &record, &err));
	sequence_record_release(&record);
	steps_run(&story, SETTLED, ARRAY_LENGTH(SETTLED));
	history_story_end(&story);
}

/* Another letter in the first line: the second does not follow from it. */
static void a_line_changed_by_hand_is_named(void **state)
{
	static const struct script_step STEPS[] = {
		{ "$history " HISTORY_STORY_PHONE, 65, "by Anna on jump1", "line 2 of " },
		{ "$history " HISTORY_STORY_PHONE, 65, "by ben", "cannot be relied on" },
		{ "$history --json " HISTORY_STORY_PHONE " | jq .broken_at_line", 0, "2\n",
		  "line 2 of " },
	};
	struct history_story story;
	(void)state;
	history_story_begin(&story, false);
	history_story_tell(&story);
	char *text = file_text(&story);
	char *anna = strstr(text, "\"anna\"");
	assert_non_null(anna);
	anna[1] = 'A';
	file_put(&story, text);
	steps_run(&story, STEPS, ARRAY_LENGTH(STEPS));
	free(text);
	history_story_end(&story);
}

/* It only looks: what was cut short stays where it is, and is said. */
static void a_torn_last_line_is_left_out(void **state)
{
	static const struct script_step STEPS[] = {
		{ "$history " HISTORY_STORY_PHONE, 0, "written from this account 3 times",
		  "cut short" },
		{ "$history --json " HISTORY_STORY_PHONE " 2>/dev/null | jq .torn", 0, "true\n",
		  "" },
	};
	struct history_story story;
	(void)state;
	history_story_begin(&story, false);
	history_story_tell(&story);
	char *text = file_text(&story);
	text[strlen(text) - 5] = '\0';
	file_put(&story, text);
	steps_run(&story, STEPS, ARRAY_LENGTH(STEPS));
	char *afterwards = file_text(&story);
	assert_string_equal(afterwards, text);
	free(afterwards);
	free(text);
	history_story_end(&story);
}

static void a_file_for_others_is_refused(void **state)
{
	static const struct script_step STEPS[] = {
		{ "$history " HISTORY_STORY_PHONE, 77, "", "chmod 600" },
	};
	struct history_story story;
	(void)state;
	history_story_begin(&story, false);
	history_story_tell(&story);
	assert_int_equal(chmod(story.file, 0644), 0);
	steps_run(&story, STEPS, ARRAY_LENGTH(STEPS));
	history_story_end(&story);
}

static int program_find(void **state)
{
	(void)state;
	(void)signal(SIGPIPE, SIG_IGN);
	program = session_built("sipdesk");
	return 0;
}

static int program_free(void **state)
{
	(void)state;
	free(program);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_tells_what_was_done),
		cmocka_unit_test(numbers_are_called_as_elsewhere),
		cmocka_unit_test(json_is_whole_and_ascii),
		cmocka_unit_test(without_entries_it_says_so),
		cmocka_unit_test(one_left_half_done_is_told),
		cmocka_unit_test(a_line_changed_by_hand_is_named),
		cmocka_unit_test(a_torn_last_line_is_left_out),
		cmocka_unit_test(a_file_for_others_is_refused),
	};
	return cmocka_run_group_tests(tests, program_find, program_free);
}
