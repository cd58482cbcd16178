/* `sipdesk password`: the SIP user password goes where it is sent, whole, and nowhere else. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/file.h"
#include "base/mem.h"
#include "tests/support/child.h"
#include "tests/support/fault_server.h"
#include "tests/support/memory_scan.h"
#include "tests/support/run.h"
#include "tests/support/session.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ENDS_MS = 15000, ARGUMENTS_MAX = 12, FILE_MAX = 64 * 1024, POLL_MS = 10 };

/* A number with one SIP server, and one with those of two apps; %s is the password. */
#define SERVER(hostname, app, password)                                \
	"{\"hostname\":\"" hostname "\",\"port\":5061,\"app_id\":" app \
	",\"sip_user_password\":\"" password "\"}"
#define SETTINGS(servers)                                                                        \
	"settings {\"status\":\"ENABLED\",\"sip\":{\"status\":\"ENABLED\",\"servers\":[" servers \
	"]}}\n"

static const char ONE[] = SETTINGS(SERVER("sip.acme.example", "11", "%s"));
static const char TWO[] = SETTINGS(SERVER("sip.acme.example", "11", "%s") "," SERVER(
	"sip.other.example", "12", "another-password"));
static const char SAME[] = SETTINGS(SERVER("sip.acme.example", "11", "%s") "," SERVER(
	"SIP.acme.example", "12", "another-password"));

/* --- running it ------------------------------------------------------------------------------- */

struct world {
	struct fault_server service;
	struct secrets *secrets;
	const char *key, *password;
	char *folder; /* home and working folder */
	struct run run;
};

static char *world_path(const struct world *world, const char *name)
{
	return mem_format("%s/%s", world->folder, name);
}

static void world_file(const struct world *world, const char *name, const char *content)
{
	char *path = world_path(world, name);
	assert_true(file_write_whole(path, content, strlen(content), 0600, NULL));
	free(path);
}

static void world_begin(struct world *world, const char *settings, const char *faults)
{
	world->secrets = secrets_new();
	world->key = secrets_plant(world->secrets, SECRETS_KEY, "the API key");
	world->password = secrets_plant(world->secrets, SECRETS_KEY, "the SIP user password");
	world->folder = child_folder_make();
	char *password = secrets_coded(world->secrets, 1, SECRETS_JSON);
	struct str script;
	str_init(&script);
	for (const char *at = settings; *at != '\0'; at++)
		if (text_starts_with(at, "%s"))
			str_add(&script, password), at++;
		else
			str_add_char(&script, *at);
	str_addf(&script, "key %s\n%s", world->key, faults);
	fault_server_start(&world->service, script.bytes);
	str_release(&script);
	free(password);
	world_file(world, "key", world->key);
}

static void world_end(struct world *world)
{
	fault_server_stop(&world->service);
	child_folder_remove(world->folder);
	free(world->folder);
	secrets_free(world->secrets);
}

/* By way of a shell that steps into the folder, limits itself as told, and becomes sipdesk. */
static void start(struct world *world, const char *limits, const char *const *arguments)
{
	char *program = session_built("sipdesk");
	char *home = mem_format("HOME=%s", world->folder);
	char *words = mem_format("cd \"$HOME\" && umask 0 && %s exec \"$@\"", limits);
	const char *const environment[] = { home, "SSLKEYLOGFILE=keylog", NULL };
	const char *all[ARGUMENTS_MAX + 7] = { "/bin/sh", "-c", words, "sh", program, "password" };
	for (size_t i = 0; i < ARGUMENTS_MAX && arguments[i] != NULL; i++)
		all[i + 6] = arguments[i];
	run_start(&world->run, all, environment);
	free(words);
	free(home);
	free(program);
}

/* The password's way to wherever it is sent was the only one. */
static void finish(struct world *world)
{
	struct run *run = &world->run;
	assert_true(run_finish(run, ENDS_MS));
	assert_false(secrets_are_in(world->secrets, "standard output", run->output.bytes,
				    run->output.length));
	assert_false(secrets_are_in(world->secrets, "standard error", run->errors.bytes,
				    run->errors.length));
}

static void expect_status(const struct world *world, int status)
{
	if (world->run.status != status)
		fail_msg("ended with %d: %s", world->run.status, world->run.errors.bytes);
}

static void expect_in(const struct str *text, const char *wanted)
{
	if (strstr(text->bytes, wanted) == NULL)
		fail_msg("“%s” is not in: %s", wanted, text->bytes);
}

/* With --api-url and --key-file before `arguments`. */
static void run(struct world *world, const char *limits, const char *const *arguments)
{
	const char *all[ARGUMENTS_MAX + 1] = { "--api-url", world->service.url, "--key-file",
					       "key" };
	for (size_t i = 0; i + 4 < ARGUMENTS_MAX && arguments[i] != NULL; i++)
		all[i + 4] = arguments[i];
	start(world, limits, all);
	finish(world);
}

static char *text_of(const struct world *world, const char *name)
{
	struct str text;
	str_init(&text);
	char *path = world_path(world, name);
	bool is_there = access(path, F_OK) == 0;
	if (is_there)
		assert_true(file_read(path, FILE_MAX, &text, NULL));
	free(path);
	if (is_there)
		return str_detach(&text);
	str_release(&text);
	return NULL;
}

static void expect_file(const struct world *world, const char *name, const char *content)
{
	char *text = text_of(world, name);
	if (content == NULL)
		assert_null(text);
	else
		assert_string_equal(text, content);
	free(text);
}

/* --- to a file -------------------------------------------------------------------------------- */

static void a_file_gets_it(void **state)
{
	static const char *const FACTS[] = {
		"User name                the number's digits, without +\n",
		"Realm                    wa.meta.vc\n",
		"Proxy                    wa.meta.vc:5061;transport=tls\n",
		"From domain              sip.acme.example\n",
		"Password file            pw\n",
	};
	struct world world;
	struct stat status;
	(void)state;
	world_begin(&world, ONE, "");
	run(&world, "", (const char *const[]) { "--to-file", "pw", "--log", "log", NULL });
	expect_status(&world, 0);
	expect_file(&world, "pw", world.password);
	char *path = world_path(&world, "pw");
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0600); /* whatever the umask */
	for (size_t i = 0; i < ARRAY_LENGTH(FACTS); i++)
		expect_in(&world.run.output, FACTS[i]);
	assert_string_equal(world.run.errors.bytes, "");
	char *log = text_of(&world, "log");
	assert_non_null(strstr(log, "?include_sip_credentials=true 200 "));
	assert_false(secrets_are_in(world.secrets, "the log", log, strlen(log)));
	expect_file(&world, "keylog", NULL);
	free(log);
	free(path);
	run_release(&world.run);
	world_end(&world);
}

/* From its key's command to the words that a trunk needs, by its name. */
static void a_saved_number_is_named(void **state)
{
	struct world world;
	(void)state;
	world_begin(&world, ONE, "");
	char *folder = world_path(&world, ".config/sipdesk");
	assert_true(file_folder_make(folder, NULL));
	char *numbers =
		mem_format("{\"schema\":1,\"numbers\":[{\"id\":\"00000000000000aa\",\"label\":"
			   "\"Acme\",\"phone_number\":\"+4930123456\",\"api_url\":\"%s\",\"key\":"
			   "{\"command\":[\"cat\",\"key\"]}}]}",
			   world.service.url);
	world_file(&world, ".config/sipdesk/numbers.json", numbers);
	start(&world, "", (const char *const[]) { "Acme", "--to-file", "pw", NULL });
	finish(&world);
	expect_status(&world, 0);
	expect_file(&world, "pw", world.password);
	expect_in(&world.run.output, "Number                   Acme\n");
	expect_in(&world.run.output, "User name                4930123456\n");
	run_release(&world.run);
	free(numbers);
	free(folder);
	world_end(&world);
}

struct refusal {
	const char *settings, *faults;
	const char *arguments[8];
	int status;
	const char *says[2];
};

/* Nothing is left behind, and what was there stays. */
static void expect_refusal(const struct refusal *refusal, bool asks)
{
	struct world world;
	world_begin(&world, refusal->settings, refusal->faults);
	char *link = world_path(&world, "link");
	assert_int_equal(symlink("nowhere", link), 0);
	run(&world, "", refusal->arguments);
	expect_status(&world, refusal->status);
	for (size_t i = 0; i < ARRAY_LENGTH(refusal->says); i++)
		if (refusal->says[i] != NULL)
			expect_in(&world.run.errors, refusal->says[i]);
	assert_true((fault_server_count(&world.service, "gets") > 0) == asks);
	assert_int_equal(world.run.output.length, 0);
	expect_file(&world, "pw", NULL);
	expect_file(&world, "nowhere", NULL);
	expect_file(&world, "key", world.key);
	run_release(&world.run);
	free(link);
	world_end(&world);
}

/* The service is asked only once it is clear where the password can go. */
static void refused_before_asking(void **state)
{
	static const struct {
		const char *arguments[8];
		int status;
		const char *says[2];
	} CASES[] = {
		{ { "--to-file", "key" }, 3, { "key is there already", "does not exist" } },
		{ { "--to-file", "link" }, 3, { "link is there already" } },
		{ { "--to-file", "." }, 3, { "there already" } },
		{ { "--to-file", "absent/pw" }, 74, { "cannot be made", "--to-file" } },
		{ { "--to-file", "/sys/pw" }, 77, { "cannot be made: Permission denied" } },
		{ { "--to-file", "-" }, 64, { "is not printed" } },
		{ { "--to-file" }, 64, { "lacks its value" } },
		{ { NULL }, 64, { "--to-file and --pipe", "--help" } },
		{ { "--to-file", "pw", "--pipe", "--", "cat" }, 64, { "Give one of" } },
		{ { "--to-file", "pw", "--", "cat" }, 64, { "one argument too many" } },
		{ { "--pipe" }, 64, { "command after --" } },
		{ { "--pipe", "cat" }, 64, { "command after --" } },
		{ { "--password", "x" }, 64, { "--password" } },
		{ { "--to-file", "pw", "--log", "absent/log" }, 74, { "log absent/log" } },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(CASES); i++) {
		struct refusal refusal = { .settings = ONE,
					   .faults = "",
					   .status = CASES[i].status };
		memcpy(refusal.arguments, CASES[i].arguments, sizeof refusal.arguments);
		memcpy(refusal.says, CASES[i].says, sizeof refusal.says);
		expect_refusal(&refusal, false);
	}
}

static void refused_by_the_answer(void **state)
{
	static const struct refusal CASES[] = {
		{ ONE,
		  "",
		  { "--to-file", "pw", "--server", "sip.no.example" },
		  65,
		  { "No SIP user password is of “sip.no.example”", "sip.acme.example (app 11)" } },
		{ TWO,
		  "",
		  { "--to-file", "pw" },
		  65,
		  { "of 2 SIP servers: sip.acme.example (app 11), sip.other.example (app 12).",
		    "--server" } },
		{ SAME,
		  "",
		  { "--to-file", "pw", "--server", "sip.acme.example" },
		  65,
		  { "More than one SIP user password", "(app 12)" } },
		{ ONE, "GET * answer 403\n", { "--to-file", "pw" }, 77, { "no permission" } },
		{ ONE, "GET * answer 502\n", { "--to-file", "pw" }, 5, { "passing fault" } },
		{ ONE,
		  "GET * answer 200 {}\n",
		  { "--to-file", "pw" },
		  1,
		  { "no SIP user password" } },
		{ ONE,
		  "GET * answer 200 {\"calling\":\n",
		  { "--pipe", "--", "cat" },
		  1,
		  { "cannot be read" } },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(CASES); i++)
		expect_refusal(&CASES[i], true);
}

/* A file that may not grow, as on a full disk: what was written of it goes again. */
static void a_full_disk_leaves_nothing(void **state)
{
	struct world world;
	(void)state;
	char long_password[2001] = "";
	memset(long_password, 'p', sizeof long_password - 1);
	char *settings = mem_format(
		"settings {\"sip\":{\"servers\":[{\"hostname\":\"sip.acme.example\",\"sip_user_"
		"password\":\"%s\"}]}}\n",
		long_password);
	world_begin(&world, settings, "");
	run(&world, "ulimit -f 1;", (const char *const[]) { "--to-file", "pw", NULL });
	expect_status(&world, 74);
	expect_in(&world.run.errors, "Cannot write pw: File too large.");
	expect_file(&world, "pw", NULL);
	run_release(&world.run);
	free(settings);
	world_end(&world);
}

static void a_server_is_chosen(void **state)
{
	static const struct {
		const char *settings, *server;
		bool is_first;
	} CASES[] = {
		{ ONE, "SIP.Acme.example", true },
		{ TWO, "sip.acme.example", true },
		{ TWO, "sip.other.example", false },
		{ SAME, "11", true },
		{ SAME, "12", false },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(CASES); i++) {
		struct world world;
		world_begin(&world, CASES[i].settings, "");
		run(&world, "",
		    (const char *const[]) { "--server", CASES[i].server, "--to-file", "pw", NULL });
		expect_status(&world, 0);
		expect_file(&world, "pw", CASES[i].is_first ? world.password : "another-password");
		run_release(&world.run);
		world_end(&world);
	}
}

/* --- to a command ----------------------------------------------------------------------------- */

static void a_command_gets_it(void **state)
{
	static const struct {
		const char *command; /* for sh */
		int status;
		const char *output, *says; /* NULL: nothing beside the facts */
	} CASES[] = {
		{ "cat >pw", 0, "", NULL },
		{ "cat >pw; echo fine; echo talk >&2", 0, "fine\n", "talk\n" },
		{ "cat >pw; exit 3", 1, "", "“/bin/sh” ended with exit code 3." },
		{ "cat >pw; kill -9 $$", 1, "", "“/bin/sh” was ended by signal 9 (Killed)." },
		{ "cat >pw; kill -2 $$", 130, "", "“/bin/sh” was interrupted." },
		{ "exec 0<&-; true", 1, "", "ended without reading the whole password" },
		{ "true", 1, "", "ended without reading the whole password" },
		{ "head -c 3 >/dev/null", 1, "", "ended without reading the whole password" },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(CASES); i++) {
		struct world world;
		world_begin(&world, ONE, "");
		run(&world, "",
		    (const char *const[]) { "--pipe", "--", "/bin/sh", "-c", CASES[i].command,
					    NULL });
		if (world.run.status != CASES[i].status)
			fail_msg("case %zu ended with %d: %s", i, world.run.status,
				 world.run.errors.bytes);
		assert_string_equal(world.run.output.bytes, CASES[i].output);
		if (strstr(CASES[i].command, "cat >pw") != NULL)
			expect_file(&world, "pw", world.password);
		/* The command's talk comes after ours. */
		char *talk = strstr(world.run.errors.bytes, "From domain              "
							    "sip.acme.example\n");
		assert_non_null(talk);
		talk = strchr(talk, '\n') + 1;
		if (CASES[i].says == NULL)
			assert_string_equal(talk, "");
		else
			assert_non_null(strstr(talk, CASES[i].says));
		run_release(&world.run);
		world_end(&world);
	}
}

static void a_command_that_is_not_there(void **state)
{
	struct world world;
	(void)state;
	world_begin(&world, ONE, "");
	run(&world, "", (const char *const[]) { "--pipe", "--", "no-such-program; cat", NULL });
	expect_status(&world, 65);
	expect_in(&world.run.errors,
		  "The command “no-such-program; cat” cannot be run: No such file or directory.\n"
		  "It is looked for in PATH, and no shell reads it.\n");
	run_release(&world.run);
	world_end(&world);
}

/* Its arguments, its environment, ours; what else a child would inherit. */
static void the_command_inherits_nothing_of_it(void **state)
{
	static const char LOOK[] = "cat >/dev/null; tr '\\0' '\\n' </proc/$$/cmdline; tr '\\0' "
				   "'\\n' </proc/$PPID/cmdline;"
				   "env; ulimit -c; grep SigIgn /proc/$$/status; ls -l /proc/$$/fd";
	struct world world;
	(void)state;
	world_begin(&world, ONE, "");
	run(&world, "", (const char *const[]) { "--pipe", "--", "/bin/sh", "-c", LOOK, NULL });
	expect_status(&world, 0);
	expect_in(&world.run.output, "--key-file\nkey\n"); /* we have looked */
	expect_in(&world.run.output, "HOME=");
	assert_null(strstr(world.run.output.bytes, "SSLKEYLOGFILE"));
	expect_in(&world.run.output, "\n0\n"); /* no core file */
	unsigned long ignored =
		strtoul(strstr(world.run.output.bytes, "SigIgn:") + strlen("SigIgn:"), NULL, 16);
	assert_int_equal(ignored >> (SIGPIPE - 1) & 1, 0);
	assert_null(strstr(world.run.output.bytes, "socket:")); /* our connection */
	run_release(&world.run);
	world_end(&world);
}

static pid_t child_id_wait(const struct world *world)
{
	for (int waited_ms = 0; waited_ms < ENDS_MS; waited_ms += POLL_MS) {
		char *text = text_of(world, "id");
		pid_t id = text == NULL ? 0 : (pid_t)strtol(text, NULL, 10);
		bool is_whole = text != NULL && strchr(text, '\n') != NULL;
		free(text);
		if (is_whole)
			return id;
		(void)poll(NULL, 0, POLL_MS);
	}
	fail_msg("the command did not start");
	return 0;
}

static void expect_clean_memory(const struct world *world)
{
#ifdef __SANITIZE_ADDRESS__
	(void)world; /* the sanitizer itself keeps copies of what was freed */
#else
	struct memory_scan scan;
	if (!memory_can_be_scanned())
		return;
	assert_true(memory_scan(&scan, world->secrets, world->run.id));
	for (size_t i = 0; i < secrets_count(world->secrets); i++)
		if (memory_scan_copies(&scan, i) > 0)
			fail_msg("%s", scan.where.bytes);
	memory_scan_release(&scan);
#endif
}

/* While it runs on, nothing of the password or the key is in our memory. Ctrl-C is the command's to
 * heed: we wait for it. */
static void a_command_that_hangs(void **state)
{
	static const char HANG[] = "cat >/dev/null; echo $$ >id; exec sleep 1000";
	struct world world;
	(void)state;
	world_begin(&world, ONE, "");
	start(&world, "",
	      (const char *const[]) { "--api-url", world.service.url, "--key-file", "key", "--pipe",
				      "--", "/bin/sh", "-c", HANG, NULL });
	pid_t id = child_id_wait(&world);
	assert_int_equal(kill(world.run.id, SIGINT), 0);
	expect_clean_memory(&world);
	assert_false(run_is_over(&world.run));
	assert_int_equal(kill(id, SIGTERM), 0);
	finish(&world);
	expect_status(&world, 1);
	expect_in(&world.run.errors, "was ended by signal 15");
	run_release(&world.run);
	world_end(&world);
}

static void help_tells_it(void **state)
{
	struct world world;
	(void)state;
	world_begin(&world, ONE, "");
	start(&world, "", (const char *const[]) { "--help", NULL });
	finish(&world);
	expect_status(&world, 0);
	expect_in(&world.run.output, "--to-file FILE");
	expect_in(&world.run.output, "--pipe -- COMMAND");
	run_release(&world.run);
	world_end(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_gets_it),
		cmocka_unit_test(a_saved_number_is_named),
		cmocka_unit_test(refused_before_asking),
		cmocka_unit_test(refused_by_the_answer),
		cmocka_unit_test(a_full_disk_leaves_nothing),
		cmocka_unit_test(a_server_is_chosen),
		cmocka_unit_test(a_command_gets_it),
		cmocka_unit_test(a_command_that_is_not_there),
		cmocka_unit_test(the_command_inherits_nothing_of_it),
		cmocka_unit_test(a_command_that_hangs),
		cmocka_unit_test(help_tells_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
