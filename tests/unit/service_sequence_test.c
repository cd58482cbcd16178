/*
 * Sequences against a service whose own state is the truth: what the history says of them, and that
 * one which stops anywhere (its process dies, the service fails, the disk is full) can be settled.
 */
#include "service/history_entries.h"
#include "service/sequence.h"

#include "base/mem.h"
#include "base/str.h"
#include "calling/changes.h"
#include "tests/support/sequence_world.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define SERVER                                                                          \
	"{\"hostname\":\"sip.acme.example\",\"port\":5071,\"request_uri_user_params\":" \
	"{\"tgrp\":\"berlin\"}}"
#define SIP "\"status\":\"ENABLED\",\"sip\":{\"status\":\"ENABLED\",\"servers\":[" SERVER "]}"
#define SDES "\"srtp_key_exchange_protocol\":\"SDES\""
#define REFUSAL "answer 400 {\"error\":{\"message\":\"No.\",\"code\":100}}"

/* What the service holds, but for what it makes itself. */
static void assert_service_holds(struct sequence_world *world,
				 const struct calling_values *expected)
{
	struct calling_values wanted;
	struct changes differences;
	values_copy(&wanted, expected); /* it may be the world's own */
	free(sequence_world_read(world));
	changes_init(&differences);
	changes_compute(&wanted, &world->base.values, false, &differences);
	for (size_t i = 0; i < differences.count; i++)
		print_message("%s: %s, not %s\n", differences.items[i].path,
			      differences.items[i].new_text, differences.items[i].old_text);
	assert_int_equal(differences.count, 0);
	changes_release(&differences);
	values_release(&wanted);
}

static void decode(struct calling_settings *settings, const char *answer)
{
	struct err err;
	if (!settings_decode(settings, answer, strlen(answer), 1, &err))
		fail_msg("%s: %s", answer, err.sentence);
}

static bool event_note(void *owner, const struct json_doc *line)
{
	str_addf(owner, "%s ", json_text(json_member(line->root, "event")));
	return true;
}

static void assert_events(const struct sequence_world *world, const char *expected)
{
	struct str events;
	size_t line;
	struct err err;
	str_init(&events);
	assert_true(history_each(&world->history, event_note, &events, &err));
	assert_string_equal(events.bytes, expected);
	assert_true(history_verify(&world->history, &line, &err));
	str_release(&events);
}

static void assert_nothing_open(struct sequence_world *world)
{
	struct sequence_record record;
	assert_false(sequence_world_find_open(world, &record));
}

/* The next start: what is open is settled; then nothing is. */
static bool settle(struct sequence_world *world, enum sequence_kind how)
{
	struct sequence_record record;
	if (!sequence_world_find_open(world, &record))
		return false;
	assert_int_not_equal(record.began_at, 0);
	assert_int_equal(record.who.process, getpid());
	sequence_world_settle(world, how, &record);
	sequence_record_release(&record); /* it holds nothing of it */
	assert_true(sequence_world_run(world, SEQUENCE_TO_ITS_END));
	assert_int_equal(world->sequence.state, SEQUENCE_DONE);
	sequence_release(&world->sequence);
	assert_nothing_open(world);
	return true;
}

static void test_send(void **state)
{
	(void)state;
	struct sequence_world world;
	sequence_world_begin(&world, "\"status\":\"DISABLED\"", "");
	mem_text_set(&world.mine.texts[FIELD_CALLING], "ENABLED");
	sequence_world_send(&world, SEQUENCE_SEND);
	assert_true(sequence_world_run(&world, SEQUENCE_TO_ITS_END));
	assert_int_equal(world.sequence.state, SEQUENCE_DONE);
	assert_int_equal(world.sequence.send.outcome, SEND_APPLIED);
	sequence_release(&world.sequence);
	assert_events(&world, "begin request answer result end ");
	assert_nothing_open(&world);
	sequence_world_end(&world);
}

/* Nothing of a sequence that never came to a write is kept. */
static void test_nothing_written(void **state)
{
	(void)state;
	static const struct {
		const char *script;
		bool is_cancelled;
	} cases[] = {
		{ "GET 1 answer 500 x\nGET * answer 500 x", false },
		{ "GET 1 hang", true },
		{ "GET 1 before {\"status\":\"ENABLED\"}", false }, /* nothing left to change */
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct sequence_world world;
		sequence_world_begin(&world, "\"status\":\"DISABLED\"", cases[i].script);
		mem_text_set(&world.mine.texts[FIELD_CALLING], "ENABLED");
		sequence_world_send(&world, SEQUENCE_SEND);
		if (cases[i].is_cancelled) {
			assert_true(sequence_can_cancel(&world.sequence));
			sequence_cancel(&world.sequence);
		}
		assert_true(sequence_world_run(&world, SEQUENCE_TO_ITS_END));
		assert_int_equal(world.sequence.state, SEQUENCE_DONE);
		assert_int_equal(fault_server_count(&world.server, "posts"), 0);
		sequence_release(&world.sequence);
		assert_events(&world, "");
		sequence_world_end(&world);
	}
}

static void test_reset(void **state)
{
	(void)state;
	struct sequence_world world;
	sequence_world_begin(&world, SIP "," SDES, "sip-resets-srtp");
	sequence_world_reset(&world);
	assert_true(sequence_world_run(&world, SEQUENCE_TO_ITS_END));
	assert_int_equal(world.sequence.state, SEQUENCE_DONE);
	assert_int_equal(world.sequence.send.outcome, SEND_APPLIED);
	assert_int_equal(world.sequence.record.goal, 1);
	sequence_release(&world.sequence);
	assert_service_holds(&world, &world.base.values);
	assert_nothing_open(&world);
	sequence_world_end(&world);
}

/* Its process dies after any step: the next start brings the number back, forwards or backwards. */
static void test_reset_dies_anywhere(void **state)
{
	(void)state;
	static const enum sequence_kind ways[] = { SEQUENCE_FINISH, SEQUENCE_UNDO };
	int settled = 0;
	for (size_t way = 0; way < ARRAY_LENGTH(ways); way++) {
		bool through = false;
		for (int steps = 1; !through; steps++) {
			struct sequence_world world;
			sequence_world_begin(&world, SIP "," SDES, "sip-resets-srtp");
			sequence_world_reset(&world);
			through = sequence_world_run(&world, steps);
			sequence_release(&world.sequence);
			settled += settle(&world, ways[way]);
			assert_service_holds(&world, &world.base.values);
			sequence_world_end(&world);
		}
	}
	assert_true(settled > 8);
}

static void test_send_dies_anywhere(void **state)
{
	(void)state;
	static const enum sequence_kind ways[] = { SEQUENCE_FINISH, SEQUENCE_UNDO };
	int settled = 0;
	for (size_t way = 0; way < ARRAY_LENGTH(ways); way++) {
		bool through = false;
		for (int steps = 1; !through; steps++) {
			struct sequence_world world;
			sequence_world_begin(&world, SIP "," SDES, "sip-resets-srtp");
			mem_text_set(&world.mine.servers[0].hostname, "sip.new.example");
			mem_text_set(&world.mine.servers[0].port, NULL);
			sequence_world_send(&world, SEQUENCE_SEND);
			through = sequence_world_run(&world, steps);
			sequence_release(&world.sequence);
			if (settle(&world, ways[way])) {
				settled++;
				assert_service_holds(&world, ways[way] == SEQUENCE_FINISH
								     ? &world.mine
								     : &world.base.values);
			}
			sequence_world_end(&world);
		}
	}
	assert_true(settled > 4);
}

/* The way back fails: the number is out of service, and the sequence stays open until it is not. */
static void test_reset_way_back_fails(void **state)
{
	(void)state;
	static const char *const scripts[] = {
		("POST 2 " REFUSAL),
		"POST 2 drop",
		"POST 2 answer 502 <p>",
		"POST 2 ignore",
		"POST 1 drop\nPOST 1 apply\nPOST 2 answer 429\nPOST 2 header Retry-After: 130",
	};
	for (size_t i = 0; i < ARRAY_LENGTH(scripts); i++) {
		struct sequence_world world;
		print_message("%s\n", scripts[i]);
		sequence_world_begin(&world, SIP "," SDES, scripts[i]);
		sequence_world_reset(&world);
		assert_true(sequence_world_run(&world, SEQUENCE_TO_ITS_END));
		assert_int_equal(world.sequence.state, SEQUENCE_OPEN);
		sequence_release(&world.sequence);
		assert_true(settle(&world, SEQUENCE_FINISH));
		assert_service_holds(&world, &world.base.values);
		sequence_world_end(&world);
	}
}

/* While the service lags it still shows the number in service, as if nothing had to be brought
 * back. */
static void test_reset_on_a_lagging_service(void **state)
{
	(void)state;
	static const char *const scripts[] = {
		"POST 1 lag 3\nGET 3 answer 302", /* out of service: Unknown */
		"POST 1 drop\nPOST 1 apply\nPOST 1 lag 3\nGET 3 answer 302",
		"POST 1 lag 1\nGET 2 answer 400 {}",
	};
	for (size_t i = 0; i < ARRAY_LENGTH(scripts); i++) {
		struct sequence_world world;
		sequence_world_begin(&world, SIP, scripts[i]);
		sequence_world_reset(&world);
		assert_true(sequence_world_run(&world, SEQUENCE_TO_ITS_END));
		assert_int_equal(world.sequence.state, SEQUENCE_DONE);
		assert_int_equal(world.sequence.send.outcome, SEND_APPLIED);
		sequence_release(&world.sequence);
		assert_int_equal(fault_server_count(&world.server, "posts"), 2);
		assert_service_holds(&world, &world.base.values);
		assert_nothing_open(&world);
		sequence_world_end(&world);
	}
}

/* What sipdesk knows nothing of comes back with the server that it took away. */
static void test_unknown_members_come_back(void **state)
{
	(void)state;
	static const char members[] =
		"\"status\":\"ENABLED\",\"sip\":{\"status\":\"ENABLED\",\"x_1\":null,\"servers\":"
		"[{\"hostname\":\"sip.acme.example\",\"x_2\":9007199254740993,\"x_3\":[1.50]}]}";
	static const int last_steps[] = { SEQUENCE_TO_ITS_END, 5, 6, 7 };
	for (size_t i = 0; i < ARRAY_LENGTH(last_steps); i++) {
		struct sequence_world world;
		sequence_world_begin(&world, members, "");
		sequence_world_reset(&world);
		(void)sequence_world_run(&world, last_steps[i]);
		sequence_release(&world.sequence);
		(void)settle(&world, i % 2 == 0 ? SEQUENCE_FINISH : SEQUENCE_UNDO);
		char *held = sequence_world_read(&world);
		assert_non_null(strstr(held, "\"x_1\":null"));
		assert_non_null(strstr(held, "\"x_2\":9007199254740993,\"x_3\":[1.50]"));
		free(held);
		sequence_world_end(&world);
	}
}

/* A server that takes another one's place is that place's server to the service: it shows as
 * wanted, and a settling sequence finds no conflict in it. */
static void test_replaced_server(void **state)
{
	(void)state;
	static const enum sequence_kind ways[] = { SEQUENCE_FINISH, SEQUENCE_UNDO };
	for (int steps = 2; steps <= 4; steps++) {
		for (size_t way = 0; way < ARRAY_LENGTH(ways); way++) {
			struct sequence_world world;
			sequence_world_begin(&world, SIP, "");
			world.mine.servers[0].removed = true;
			mem_text_set(&values_server_add(&world.mine)->hostname, "new.example");
			sequence_world_send(&world, SEQUENCE_SEND);
			bool through = sequence_world_run(&world, steps);
			if (through)
				assert_int_equal(world.sequence.send.outcome, SEND_APPLIED);
			sequence_release(&world.sequence);
			assert_int_equal(settle(&world, ways[way]), !through);
			bool is_wanted = through || ways[way] == SEQUENCE_FINISH;
			char *held = sequence_world_read(&world);
			assert_int_equal(strstr(held, "new.example") != NULL, is_wanted);
			assert_int_equal(strstr(held, "sip.acme.example") != NULL, !is_wanted);
			free(held);
			sequence_world_end(&world);
		}
	}
}

/* What was never set cannot be taken back; the rest of an undo does not wait for it. */
static void test_undo_of_what_was_never_set(void **state)
{
	(void)state;
	struct sequence_world world;
	sequence_world_begin(&world, "\"status\":\"DISABLED\"", "");
	mem_text_set(&world.mine.texts[FIELD_CALLING], "ENABLED");
	mem_text_set(&world.mine.texts[FIELD_CALLBACK_PERMISSION], "ENABLED");
	sequence_world_send(&world, SEQUENCE_SEND);
	assert_false(sequence_world_run(&world, 3));
	sequence_release(&world.sequence);
	assert_true(settle(&world, SEQUENCE_UNDO));
	free(sequence_world_read(&world));
	assert_false(values_calling_enabled(&world.base.values));
	assert_string_equal(world.base.values.texts[FIELD_CALLBACK_PERMISSION], "ENABLED");
	sequence_world_end(&world);
}

static void test_reset_not_begun(void **state)
{
	(void)state;
	struct sequence_world world;
	sequence_world_begin(&world, SIP, "POST 1 " REFUSAL);
	sequence_world_reset(&world);
	assert_true(sequence_world_run(&world, SEQUENCE_TO_ITS_END));
	assert_int_equal(world.sequence.state, SEQUENCE_DONE);
	assert_int_equal(world.sequence.send.outcome, SEND_NOT_APPLIED);
	assert_int_equal(fault_server_count(&world.server, "posts"), 1);
	sequence_release(&world.sequence);
	assert_nothing_open(&world);
	assert_service_holds(&world, &world.base.values);
	sequence_world_end(&world);
}

/* Once it has taken the number out of service it cannot be stopped before it is back. */
static void test_reset_cancelled(void **state)
{
	(void)state;
	struct sequence_world world;
	sequence_world_begin(&world, SIP, "");
	sequence_world_reset(&world);
	while (!world.sequence.send.writes_begun)
		(void)sequence_world_run(&world, world.steps + 1);
	assert_false(sequence_can_cancel(&world.sequence));
	sequence_cancel(&world.sequence);
	assert_true(sequence_world_run(&world, SEQUENCE_TO_ITS_END));
	assert_int_equal(world.sequence.state, SEQUENCE_DONE);
	sequence_release(&world.sequence);
	assert_service_holds(&world, &world.base.values);
	sequence_world_end(&world);
}

static void test_reset_why_not(void **state)
{
	(void)state;
	static const struct {
		const char *members;
		const char *says;
	} cases[] = {
		{ "\"status\":\"ENABLED\"", "no SIP server" },
		{ "\"status\":\"ENABLED\",\"sip\":{\"status\":\"ENABLED\",\"servers\":[" SERVER
		  ",{\"hostname\":\"b.example\",\"app_id\":7}]}",
		  "more than one app" },
		{ "\"status\":\"DISABLED\",\"sip\":{\"status\":\"ENABLED\",\"servers\":[" SERVER
		  "]}",
		  "must be enabled" },
		{ "\"status\":\"ENABLED\",\"sip\":{\"status\":\"DISABLED\",\"servers\":[" SERVER
		  "]}",
		  "must be enabled" },
		{ SIP ",\"status\":\"x\"", "" },
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct calling_settings base;
		char *answer = mem_format("{\"calling\":{%s}}", cases[i].members);
		decode(&base, answer);
		const char *why = sequence_reset_why_not(&base);
		assert_non_null(why);
		assert_non_null(strstr(why, cases[i].says));
		settings_release(&base);
		free(answer);
	}
}

/* Unknown: what the service holds could not be read. It is settled at the next start. */
static void test_unknown_stays_open(void **state)
{
	(void)state;
	struct sequence_world world;
	sequence_world_begin(&world, "\"status\":\"DISABLED\"",
			     "GET 2 hang\nGET 3 answer 400 no\nGET 4 answer 400 no");
	mem_text_set(&world.mine.texts[FIELD_CALLING], "ENABLED");
	sequence_world_send(&world, SEQUENCE_SEND);
	assert_true(sequence_world_run(&world, SEQUENCE_TO_ITS_END));
	assert_int_equal(world.sequence.send.outcome, SEND_UNKNOWN);
	assert_int_equal(world.sequence.state, SEQUENCE_OPEN);
	sequence_release(&world.sequence);
	struct sequence_record record;
	struct err err;
	assert_true(sequence_world_find_open(&world, &record));
	assert_true(sequence_leave(&world.history, &record, &err));
	sequence_record_release(&record);
	assert_nothing_open(&world);
	sequence_world_end(&world);
}

/* What cannot be kept is not sent. */
static void test_disk_full(void **state)
{
	(void)state;
	struct rlimit before, none;
	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	none = before;
	for (rlim_t room = 0; room < 1200; room += 150) {
		struct sequence_world world;
		sequence_world_begin(&world, SIP, "");
		sequence_world_reset(&world);
		none.rlim_cur = room;
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
		bool ended = sequence_world_run(&world, SEQUENCE_TO_ITS_END);
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
		assert_true(ended);
		if (fault_server_count(&world.server, "posts") == 0) {
			assert_int_equal(world.sequence.send.outcome, SEND_NOT_APPLIED);
			assert_non_null(strstr(world.sequence.send.err.sentence, "history"));
		}
		sequence_release(&world.sequence);
		(void)settle(&world, SEQUENCE_FINISH);
		assert_service_holds(&world, &world.base.values);
		sequence_world_end(&world);
	}
}

static void test_timed_undo(void **state)
{
	(void)state;
	for (int undone = 0; undone <= 1; undone++) {
		struct sequence_world world;
		struct sequence_record record;
		struct err err;
		sequence_world_begin(&world, "\"status\":\"DISABLED\"", "");
		mem_text_set(&world.mine.texts[FIELD_CALLING], "ENABLED");
		sequence_world_send(&world, SEQUENCE_SEND);
		assert_true(sequence_world_run(&world, SEQUENCE_TO_ITS_END));
		assert_true(sequence_undo_set(&world.history, &world.sequence.record, 12345, &err));
		sequence_release(&world.sequence);
		assert_true(sequence_world_find_open(&world, &record));
		assert_int_equal(record.undo_until, 12345);
		if (undone) {
			sequence_world_settle(&world, SEQUENCE_UNDO, &record);
			assert_true(sequence_world_run(&world, SEQUENCE_TO_ITS_END));
			assert_int_equal(world.sequence.state, SEQUENCE_DONE);
			sequence_release(&world.sequence);
			assert_service_holds(&world, &world.base.values);
		} else {
			assert_true(sequence_undo_end(&world.history, &record, &err));
			assert_service_holds(&world, &world.mine);
		}
		sequence_record_release(&record);
		assert_nothing_open(&world);
		sequence_world_end(&world);
	}
}

/* What people look at says what was done, by whom, and how it ended. */
static void test_entries(void **state)
{
	(void)state;
	struct sequence_world world;
	struct history_entries entries;
	struct calling_settings settings;
	struct err err;
	sequence_world_begin(&world, "\"status\":\"DISABLED\"", "POST 1 " REFUSAL "\nPOST 3 drop");
	mem_text_set(&world.mine.texts[FIELD_CALLING], "ENABLED");
	for (int i = 0; i < 3; i++) { /* refused, applied, nothing left to change */
		sequence_world_send(&world, SEQUENCE_SEND);
		assert_true(sequence_world_run(&world, SEQUENCE_TO_ITS_END));
		sequence_release(&world.sequence);
	}
	assert_true(history_entries_read(&entries, &world.history, &err));
	assert_int_equal(entries.count, 2);
	const struct history_entry *refused = &entries.items[0];
	assert_string_equal(history_entry_words(refused), "Not applied");
	assert_int_equal(refused->request_count, 1);
	assert_string_equal(refused->requests[0].reach, "answered");
	assert_non_null(refused->requests[0].error);
	assert_string_equal(refused->label, world.target.label);
	const struct history_entry *applied = &entries.items[1];
	assert_string_equal(history_entry_words(applied), "Applied");
	assert_string_equal(applied->ended, "through");
	assert_null(applied->requests[0].error);
	assert_int_equal(applied->who.process, getpid());
	assert_true(history_entry_settings(applied, false, &settings));
	assert_string_equal(settings.values.texts[FIELD_CALLING], "DISABLED");
	settings_release(&settings);
	assert_true(history_entry_settings(applied, true, &settings));
	assert_string_equal(settings.values.texts[FIELD_CALLING], "ENABLED");
	settings_release(&settings);
	history_entries_release(&entries);
	sequence_world_end(&world);
}

/* Cut off in its second goal: the first one's outcome and settings are not the whole's. */
static void test_entry_cut_off(void **state)
{
	(void)state;
	static const char *const lines[] = {
		"\"event\":\"begin\",\"sequence\":\"0123456789abcdef\",\"kind\":\"password "
		"reset\",\"number\":\"Acme\",\"before\":{},\"goals\":[[],[]]",
		"\"event\":\"request\",\"sequence\":\"0123456789abcdef\",\"goal\":0",
		"\"event\":\"result\",\"sequence\":\"0123456789abcdef\",\"goal\":0,"
		"\"outcome\":\"Applied\",\"after\":{}",
		"\"event\":\"request\",\"sequence\":\"0123456789abcdef\",\"goal\":1",
		"\"event\":\"result\",\"sequence\":\"0123456789abcdef\",\"goal\":1,"
		"\"outcome\":\"Applied\",\"after\":{}",
	};
	struct history history;
	struct err err;
	history_open_in_memory(&history);
	for (size_t i = 0; i < ARRAY_LENGTH(lines); i++) {
		struct history_entries entries;
		assert_true(history_append(&history, lines[i], &err));
		assert_true(history_entries_read(&entries, &history, &err));
		const struct history_entry *entry = &entries.items[0];
		assert_string_equal(history_entry_words(entry), i == 0	? "Not sent"
								: i < 4 ? "Sent, outcome not known"
									: "Applied");
		assert_int_equal(entry->after != NULL, i == 2 || i == 4);
		history_entries_release(&entries);
	}
	history_close(&history);
}

static void test_unusable_record(void **state)
{
	(void)state;
	static const char *const lines[] = {
		"\"event\":\"begin\"",
		"\"event\":\"begin\",\"sequence\":\"0123456789abcdef\",\"kind\":\"dance\"",
		"\"event\":\"begin\",\"sequence\":\"0123456789abcdef\",\"kind\":\"send\"",
		"\"event\":\"begin\",\"sequence\":\"0123456789abcdef\",\"kind\":\"send\","
		"\"before\":{},\"goals\":[]",
		"\"event\":\"begin\",\"sequence\":\"0123456789abcdef\",\"kind\":\"send\","
		"\"before\":{},\"goals\":[[{\"server\":0,\"remove\":true}]]",
	};
	for (size_t i = 0; i < ARRAY_LENGTH(lines); i++) {
		struct history history;
		struct sequence_record record;
		struct err err;
		bool found;
		history_open_in_memory(&history);
		assert_true(history_append(&history, lines[i], &err));
		assert_true(history_append(&history,
					   "\"event\":\"undo_set\",\"sequence\":"
					   "\"0123456789abcdef\",\"until\":1",
					   &err));
		assert_false(sequence_find_open(&history, &record, &found, &err));
		assert_false(found);
		assert_non_null(strstr(err.sentence, "half-done"));
		history_close(&history);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_send),
		cmocka_unit_test(test_nothing_written),
		cmocka_unit_test(test_reset),
		cmocka_unit_test(test_reset_dies_anywhere),
		cmocka_unit_test(test_send_dies_anywhere),
		cmocka_unit_test(test_reset_way_back_fails),
		cmocka_unit_test(test_reset_on_a_lagging_service),
		cmocka_unit_test(test_unknown_members_come_back),
		cmocka_unit_test(test_replaced_server),
		cmocka_unit_test(test_undo_of_what_was_never_set),
		cmocka_unit_test(test_reset_not_begun),
		cmocka_unit_test(test_reset_cancelled),
		cmocka_unit_test(test_reset_why_not),
		cmocka_unit_test(test_unknown_stays_open),
		cmocka_unit_test(test_disk_full),
		cmocka_unit_test(test_timed_undo),
		cmocka_unit_test(test_entries),
		cmocka_unit_test(test_entry_cut_off),
		cmocka_unit_test(test_unusable_record),
	};
	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
