/* `--log FILE`: what screens and commands note of their requests, and where they refuse to. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/file.h"
#include "base/mem.h"
#include "tests/support/child.h"
#include "tests/support/desk.h"
#include "tests/support/secrets.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LOG_MAX = 64 * 1024, ARGUMENTS_MAX = 13 };

struct world {
	struct fault_server service;
	struct secrets *secrets;
	char *home, *log;
	struct session *session;
};

static void world_init(struct world *world)
{
	*world = (struct world) { .secrets = secrets_new(), .home = child_folder_make() };
	world->log = mem_format("%s/log", world->home);
	const char *key = secrets_plant(world->secrets, SECRETS_KEY, "the API key");
	(void)secrets_plant(world->secrets, SECRETS_KEY, "the SIP user password");
	char *key_file = mem_format("%s/key", world->home);
	assert_true(file_write_whole(key_file, key, strlen(key), 0600, NULL));
	free(key_file);
}

/* A number with a SIP server; `faults` are further lines of its script. */
static void world_serve(struct world *world, const char *faults)
{
	char *script = mem_format("settings {\"sip\":{\"status\":\"ENABLED\",\"servers\":[{"
				  "\"hostname\":\"sip.acme.example\",\"sip_user_password\":\"%s\"}"
				  "]}}\n%s",
				  secrets_text(world->secrets, 1), faults);
	fault_server_start(&world->service, script);
	free(script);
}

static void world_begin(struct world *world, const char *faults)
{
	world_init(world);
	world_serve(world, faults);
}

static void world_end(struct world *world)
{
	assert_true(session_close(world->session));
	fault_server_stop(&world->service);
	child_folder_remove(world->home);
	free(world->home);
	free(world->log);
	secrets_free(world->secrets);
}

/* `command` NULL: the screens. */
static void start(struct world *world, const char *limits, const char *command)
{
	char *program = session_built("sipdesk");
	char *words = mem_format("%s exec \"$@\"", limits);
	const char *arguments[ARGUMENTS_MAX] = { "/bin/sh", "-c", words, "sh", program };
	size_t count = 5;
	if (command != NULL)
		arguments[count++] = command;
	arguments[count++] = "--api-url";
	arguments[count++] = world->service.url;
	arguments[count++] = "--key-file";
	arguments[count++] = "key";
	arguments[count++] = "--log";
	arguments[count++] = "log";
	world->session = session_start(
		&(struct session_options) { .arguments = arguments, .home = world->home });
	assert_non_null(world->session);
	free(words);
	free(program);
}

static size_t count_of(const char *text, const char *part)
{
	size_t count = 0;
	for (const char *at = text; (at = strstr(at, part)) != NULL; at++)
		count++;
	return count;
}

/* Nothing of the secrets is in it; then: how many of its lines, and of those with `part`. */
static void expect_log(const struct world *world, size_t lines, const char *part, size_t parts)
{
	struct str text;
	struct stat status;
	str_init(&text);
	assert_int_equal(stat(world->log, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0600);
	assert_true(file_read(world->log, LOG_MAX, &text, NULL));
	assert_false(secrets_are_in(world->secrets, "the log", text.bytes, text.length));
	if (count_of(text.bytes, "\n") != lines || count_of(text.bytes, part) != parts)
		fail_msg("not %zu lines, %zu with “%s”, are in: %s", lines, parts, part,
			 text.bytes);
	str_release(&text);
}

/* A reveal, and a write to a gateway that repeats the key as it likes. */
static void screens_note_each_request(void **state)
{
	struct world world;
	(void)state;
	world_init(&world);
	char *coded = secrets_coded(world.secrets, 0, SECRETS_BASE64);
	char *faults = mem_format("POST 1 answer 400 {\"error\":\"Basic %s, %s\"}\n", coded,
				  secrets_text(world.secrets, 0));
	world_serve(&world, faults);
	start(&world, "umask 0;", NULL);
	struct session *session = world.session;
	expect_cursor_on(session, "Calling");
	session_send(session, "<F6>");
	expect_text(session, "Hidden again in");
	session_send(session, "<Esc>");
	expect_cursor_on(session, "Calling");
	session_send(session, "<Space>");
	expect_text(session, "1 changed");
	session_send(session, "<F2>");
	expect_text(session, "then read back.");
	session_send(session, "y");
	expect_row(session, "Not applied");
	session_send(session, "<C-q>");
	session_send(session, "y");
	expect_exit(session, 0);
	size_t requests = (size_t)(fault_server_count(&world.service, "gets") + 1);
	assert_int_equal(fault_server_count(&world.service, "posts"), 1);
	expect_log(&world, requests, " POST http://127.0.0.1:", 1);
	expect_log(&world, requests, "own words: Basic (hidden)", 1);
	expect_log(&world, requests, "?include_sip_credentials=true 200 ", 1);
	free(faults);
	free(coded);
	world_end(&world);
}

static void commands_append_to_it(void **state)
{
	struct world world;
	(void)state;
	world_begin(&world, "GET 1 answer 502 busy\n");
	assert_true(file_write_whole(world.log, "earlier\n", 8, 0600, NULL));
	start(&world, "", "show");
	expect_exit(world.session, 0);
	expect_log(&world, 3, " 502 ", 1);
	expect_log(&world, 3, "earlier\n", 1);
	world_end(&world);
}

/* The screens are not even opened: nobody should work for an hour and then have no log. */
static void a_file_for_others_is_refused(void **state)
{
	static const char *const COMMANDS[] = { NULL, "show" };
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(COMMANDS); i++) {
		struct world world;
		world_begin(&world, "");
		assert_true(file_write_whole(world.log, "", 0, 0644, NULL));
		start(&world, "", COMMANDS[i]);
		expect_text(world.session, "log can be read by others, so it is not used.");
		expect_text(world.session, "Run: chmod 600 log");
		expect_exit(world.session, 77);
		assert_false(session_output_contains(world.session, "\033[?1049h"));
		assert_int_equal(fault_server_count(&world.service, "gets"), 0);
		world_end(&world);
	}
}

/* Work goes on without it, and it is said once. */
static void a_full_disk_stops_nobody(void **state)
{
	struct world world;
	(void)state;
	world_begin(&world, "");
	start(&world, "ulimit -f 0;", NULL);
	struct session *session = world.session;
	expect_text(session, "The log log lacks requests");
	expect_cursor_on(session, "Calling");
	session_send(session, "<F6>");
	expect_text(session, "Hidden again in");
	assert_false(session_shows(session, "lacks requests"));
	session_send(session, "<C-q>");
	expect_exit(session, 0);
	expect_log(&world, 0, "\n", 0);
	world_end(&world);

	world_begin(&world, "");
	start(&world, "ulimit -f 0;", "show");
	expect_exit(world.session, 0);
	expect_text(world.session, "sip.acme.example");
	expect_text(world.session, "sipdesk show: The log log lacks requests, since it cannot be");
	world_end(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(screens_note_each_request),
		cmocka_unit_test(commands_append_to_it),
		cmocka_unit_test(a_file_for_others_is_refused),
		cmocka_unit_test(a_full_disk_stops_nobody),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
