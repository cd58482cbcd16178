#include "ui/app/key_command.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/process.h"
#include "store/key_source.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	LOOK_MS = 50, /* how often it is looked after: only while it runs */
};

struct key_command {
	struct loop *loop;
	char *const *words;
	key_command_done_fn *done;
	void *owner;
	struct process_guest guest;
	struct secret output;
	int64_t until_ms; /* clock_monotonic_ms */
	int timer;
	struct err err; /* it could not be started */
};

static void command_free(struct key_command *command)
{
	loop_timer_stop(command->loop, &command->timer);
	process_guest_end(&command->guest);
	secret_release(&command->output);
	free(command);
}

/* Sets an error about the command, and how it can be tried outside. */
static bool command_err(const struct key_command *command, struct err *err, enum err_kind kind,
			const char *what)
{
	struct str line;
	str_init(&line);
	key_command_write(command->words, &line);
	(void)err_set(err, kind, "The command for the API key %s: %s", what, line.bytes);
	err_next_step(err, "Run it in a shell to see what it says. It has to print the key as its "
			   "first line and end with exit code 0.");
	str_release(&line);
	return false;
}

static bool exit_code_judge(const struct key_command *command, int status, struct err *err)
{
	char *what = NULL;
	if (status == 0)
		return true;
	if (status == 128 + SIGINT)
		return err_set(err, ERR_CANCELLED, "The command for the API key was interrupted.");
	if (status == PROCESS_NOT_STARTED)
		what = mem_text("was not found, or could not be started (exit code 127)");
	else if (status > 128)
		what = mem_format("was ended by signal %d", status - 128);
	else
		what = mem_format("ended with exit code %d", status);
	(void)command_err(command, err, ERR_CONFIG, what);
	free(what);
	return false;
}

static bool key_take(const struct key_command *command, int status, struct secret *key,
		     struct err *err)
{
	const char *output = secret_bytes(&command->output);
	size_t length = strcspn(output, "\r\n");
	if (!exit_code_judge(command, status, err))
		return false;
	if (length == 0)
		return command_err(command, err, ERR_CONFIG, "printed no key");
	return secret_set(key, output, length, err) && secret_tidy_key(key, err);
}

/* Ends it. Freed before its owner is told, who may start the next one at once. */
static void command_end(struct key_command *command, const struct secret *key,
			const struct err *err)
{
	key_command_done_fn *done = command->done;
	void *owner = command->owner;
	command_free(command);
	done(owner, key, key == NULL ? err : NULL);
}

/* False where it prints more than a key is. */
static bool output_read(struct key_command *command)
{
	char bytes[KEY_COMMAND_OUTPUT_MAX];
	ssize_t got = 0;
	bool done = true;
	while (done && (got = read(command->guest.child.output, bytes, sizeof bytes)) > 0)
		done = command->output.length + (size_t)got <= KEY_COMMAND_OUTPUT_MAX &&
		       secret_insert(&command->output, command->output.length, bytes, (size_t)got,
				     NULL);
	secret_wipe(bytes, sizeof bytes);
	return done;
}

/* Is there an outcome? Then a key, or `err` says why not. */
static bool outcome_find(struct key_command *command, struct secret *key, struct err *err)
{
	int status = 0;
	bool has_ended = process_guest_has_ended(&command->guest, &status);
	if (command->err.kind != ERR_NONE)
		*err = command->err;
	else if (!output_read(command))
		(void)command_err(command, err, ERR_CONFIG, "printed far more than a key");
	else if (has_ended)
		(void)key_take(command, status, key, err);
	else if (clock_monotonic_ms() >= command->until_ms)
		(void)command_err(command, err, ERR_CONFIG, "was ended after 20 seconds");
	else
		return false;
	return true;
}

static void look(void *owner)
{
	struct key_command *command = owner;
	struct secret key;
	struct err err;
	command->timer = 0;
	secret_init(&key);
	err_init(&err);
	if (outcome_find(command, &key, &err))
		command_end(command, err.kind == ERR_NONE ? &key : NULL, &err);
	else
		command->timer = loop_timer_start(command->loop, LOOK_MS, look, command);
	secret_release(&key);
}

struct key_command *key_command_start(struct loop *loop, char *const *words, int tty,
				      key_command_done_fn *done, void *owner)
{
	struct key_command *command = mem_alloc(1, sizeof *command);
	command->loop = loop;
	command->words = words;
	command->done = done;
	command->owner = owner;
	command->until_ms = clock_monotonic_ms() + KEY_COMMAND_MS;
	secret_init(&command->output);
	err_init(&command->err);
	bool started = process_guest_start(&command->guest, words, tty, &command->err);
	command->timer = loop_timer_start(loop, started ? LOOK_MS : 0, look, command);
	return command;
}

void key_command_cancel(struct key_command **command)
{
	if (*command != NULL)
		command_free(*command);
	*command = NULL;
}
