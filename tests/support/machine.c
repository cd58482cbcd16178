#include "tests/support/machine.h"

#include "base/file.h"
#include "base/mem.h"
#include "tests/support/child.h"
#include "tests/support/written.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { RUN_MS = 20000, RECORD_MAX = 16 * 1024 * 1024, WORDS_MAX = 24 };

/* A shell first: it alone can give its successor the right to leave a core file, and a folder. */
static const char *const CORES_ALLOWED[] = { "sh", "-c", "ulimit -c unlimited; cd && exec \"$@\"",
					     "sh" };

static void folder_add(struct machine *machine, const char *variable, const char *name)
{
	char *path = mem_format("%s/%s", machine->folder, name);
	char *setting = mem_format("%s=%s", variable, path);
	assert_int_equal(mkdir(path, 0700), 0);
	machine_environment_add(machine, setting);
	free(setting);
	free(path);
}

void machine_init(struct machine *machine)
{
	static const struct {
		const char *variable, *name;
	} FOLDERS[] = {
		{ "HOME", "home" },
		{ "XDG_CONFIG_HOME", "config" },
		{ "XDG_DATA_HOME", "data" },
		{ "XDG_STATE_HOME", "state" },
		{ "XDG_CACHE_HOME", "cache" },
		{ "XDG_RUNTIME_DIR", "run" },
		{ "TMPDIR", "tmp" },
	};
	*machine = (struct machine) { .folder = child_folder_make(), .given = child_folder_make() };
	assert_non_null(machine->folder);
	assert_non_null(machine->given);
	for (size_t i = 0; i < ARRAY_LENGTH(FOLDERS); i++)
		folder_add(machine, FOLDERS[i].variable, FOLDERS[i].name);
	machine->home = mem_format("%s/home", machine->folder);
	machine->programs = mem_format("%s/programs", machine->folder);
	char *setting = mem_format("SHIM_PROGRAMS_FILE=%s", machine->programs);
	machine_environment_add(machine, setting);
	free(setting);
}

void machine_release(struct machine *machine)
{
	child_folder_remove(machine->folder);
	child_folder_remove(machine->given);
	for (size_t i = 0; machine->environment[i] != NULL; i++)
		free(machine->environment[i]);
	free(machine->environment);
	free(machine->programs);
	free(machine->home);
	free(machine->given);
	free(machine->folder);
	*machine = (struct machine) { 0 };
}

void machine_environment_add(struct machine *machine, const char *variable)
{
	size_t count = 0;
	while (machine->environment != NULL && machine->environment[count] != NULL)
		count++;
	machine->environment = mem_resize(machine->environment, count + 2, sizeof(char *));
	machine->environment[count] = mem_text(variable);
	machine->environment[count + 1] = NULL;
}

/* `all` has WORDS_MAX + 1 places. */
static void words_fill(const char **all, const char *program, const char *const *arguments)
{
	size_t count = 0;
	for (; count < ARRAY_LENGTH(CORES_ALLOWED); count++)
		all[count] = CORES_ALLOWED[count];
	all[count++] = program;
	for (size_t i = 0; arguments[i] != NULL && count < WORDS_MAX; i++)
		all[count++] = arguments[i];
	all[count] = NULL;
}

static char *program_path(const char *program)
{
	return program == NULL ? session_built("sipdesk") : mem_text(program);
}

struct session *machine_session(const struct machine *machine, const char *program,
				const char *const *arguments)
{
	const char *words[WORDS_MAX + 1];
	char *path = program_path(program);
	char *shim = session_built("tests/shim/record_programs.so");
	words_fill(words, path, arguments);
	struct session *session = session_start(&(struct session_options) {
		.arguments = words,
		.environment = (const char *const *)machine->environment,
		.preload = shim,
		.home = machine->home });
	free(shim);
	free(path);
	assert_non_null(session);
	return session;
}

void machine_start(const struct machine *machine, struct run *run, const char *program,
		   const char *const *arguments)
{
	const char *words[WORDS_MAX + 1];
	struct child_environment all;
	char *path = program_path(program);
	char *shim = session_built("tests/shim/record_programs.so");
	child_environment_init(&all, machine->home);
	child_environment_preload(&all, shim);
	for (size_t i = 0; machine->environment[i] != NULL; i++)
		child_environment_set(&all, machine->environment[i]);
	words_fill(words, path, arguments);
	run_start(run, words, (const char *const *)all.variables);
	child_environment_release(&all);
	free(shim);
	free(path);
}

void machine_finish(struct run *run)
{
	assert_true(run_finish(run, RUN_MS));
}

void machine_run(const struct machine *machine, struct run *run, const char *program,
		 const char *const *arguments)
{
	machine_start(machine, run, program, arguments);
	machine_finish(run);
}

char *machine_give(const struct machine *machine, const char *name, const char *content)
{
	struct err err;
	char *path = mem_format("%s/%s", machine->given, name);
	assert_true(file_write_whole(path, content, strlen(content), 0600, &err));
	return path;
}

bool machine_has_started(const struct machine *machine, const char *program)
{
	struct err err;
	struct str record;
	str_init(&record);
	bool is_read = file_read(machine->programs, RECORD_MAX, &record, &err);
	bool is_there = false;
	for (size_t at = 0; is_read && !is_there && at < record.length;) {
		const char *name = record.bytes + at; /* up to its NUL: argv[0] */
		const char *base = strrchr(name, '/');
		const char *end = memchr(name, '\n', record.length - at);
		is_there = strcmp(base == NULL ? name : base + 1, program) == 0;
		at = end == NULL ? record.length : (size_t)(end - record.bytes) + 1;
	}
	str_release(&record);
	return is_there;
}

static bool folder_has_core(const char *folder)
{
	bool has_core = false;
	DIR *entries = opendir(folder);
	for (struct dirent *entry; entries != NULL && (entry = readdir(entries)) != NULL;)
		has_core |= text_starts_with(entry->d_name, "core");
	if (entries != NULL)
		(void)closedir(entries);
	return has_core;
}

bool machine_has_core(const struct machine *machine)
{
	return folder_has_core(machine->home);
}

bool machine_dumps_core(const struct machine *machine)
{
	char *command = mem_format("cd '%s' && kill -SEGV $$", machine->given);
	const char *const arguments[] = { "-c", command, NULL };
	struct run run;
	machine_run(machine, &run, "sh", arguments);
	run_release(&run);
	free(command);
	return folder_has_core(machine->given);
}

bool machine_has_secrets(const struct machine *machine, const struct secrets *secrets)
{
	return written_files_have(secrets, machine->folder, 0);
}
