#include "ui/commands/commands.h"

#include "base/file.h"
#include "base/mem.h"
#include "calling/settings.h"
#include "calling/trunk.h"
#include "ui/commands/reading.h"
#include "ui/commands/target.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

static const char HELP[] =
	"Usage: sipdesk password TARGET [--server HOST] --to-file FILE\n"
	"       sipdesk password TARGET [--server HOST] --pipe -- COMMAND [ARGUMENT...]\n"
	"\n"
	"Fetches a number's SIP user password and hands it over without showing it; what else a\n"
	"trunk needs is printed beside it. No line end is added to the password.\n"
	"\n"
	"  TARGET           the name of a saved number, or: --api-url URL --key-file FILE\n"
	"  --to-file FILE   write it to FILE, which must not exist yet; only you can read it\n"
	"  --pipe           run COMMAND (no shell between) with the password on its standard "
	"input\n"
	"  --server HOST    of which SIP server, or the ID of its app, where there is more than "
	"one\n"
	"  --api-url URL    the provider's address, https:// only (http:// to loopback)\n"
	"  --key-file FILE  file with the API key; - is standard input\n"
	"  --passphrase-file FILE\n"
	"                   file with the vault's passphrase; - is standard input\n"
	"  --ca-file FILE   trust FILE instead of the system's list\n"
	"  --log FILE       note the request there, without secrets\n"
	"  --help           show this help\n"
	"\n"
	"Exit codes: 0 done, 1 refused or COMMAND failed, 3 FILE is there already, 4 key refused,\n"
	"5 passing fault, 64 usage, 65 bad input, 74 I/O, 77 not permitted.\n";

enum { MODE_PASSWORD = 0600 };

enum { OPTION_TO_FILE = 512, OPTION_PIPE, OPTION_SERVER, OPTION_HELP, OPTION_NAME = 1 };

struct password {
	struct target target;
	const char *file; /* NULL: --pipe */
	bool is_pipe;
	char **command; /* after "--", NULL-terminated; its first may be NULL */
	const char *server;
	bool is_help;
	struct err err;
};

/* --- arguments -------------------------------------------------------------------------------- */

static bool option_take(struct password *password, int option, const char *name)
{
	switch (option) {
	case OPTION_TO_FILE: password->file = optarg; return true;
	case OPTION_PIPE: password->is_pipe = true; return true;
	case OPTION_SERVER: password->server = optarg; return true;
	case OPTION_HELP: password->is_help = true; return true;
	case OPTION_NAME:
		if (password->target.name != NULL)
			return err_set(&password->err, ERR_USAGE, "“%s” is one argument too many.",
				       optarg);
		password->target.name = optarg;
		return true;
	default:
		return target_option(&password->target, option, optarg) ||
		       err_set(&password->err, ERR_USAGE, "“%s” is not known, or lacks its value.",
			       name);
	}
}

static bool arguments_judge(struct password *password)
{
	const char *first = password->command[0];
	struct err *err = &password->err;
	if (password->is_help)
		return true;
	if ((password->file != NULL) == password->is_pipe)
		return err_set(err, ERR_USAGE,
			       "Where is the password to go? Give one of --to-file and --pipe.");
	if (password->is_pipe && first == NULL)
		return err_set(err, ERR_USAGE, "--pipe needs a command after --.");
	if (!password->is_pipe && first != NULL)
		return err_set(err, ERR_USAGE, "“%s” is one argument too many.", first);
	if (text_equal(password->file, "-"))
		return err_set(err, ERR_USAGE,
			       "The password is not printed: --to-file takes a file.");
	return true;
}

static bool arguments_parse(struct password *password, int argc, char **argv)
{
	static const struct option options[] = {
		TARGET_OPTIONS,
		{ "to-file", required_argument, NULL, OPTION_TO_FILE },
		{ "pipe", no_argument, NULL, OPTION_PIPE },
		{ "server", required_argument, NULL, OPTION_SERVER },
		{ "help", no_argument, NULL, OPTION_HELP },
		{ NULL, 0, NULL, 0 },
	};
	int option;
	/* "-": in their order, so that TARGET is told from COMMAND, which stands after "--". */
	while ((option = getopt_long(argc, argv, "-:", options, NULL)) != -1)
		if (!option_take(password, option, argv[optind - 1]))
			return false;
	password->command = argv + optind;
	return arguments_judge(password);
}

/* --- which password --------------------------------------------------------------------------- */

static bool is_of_server(const struct credentials *credentials, size_t place, const char *server)
{
	return server == NULL || text_equal_nocase(credentials->items[place].hostname, server) ||
	       text_equal(credentials->items[place].app_id, server);
}

static bool ambiguous_tell(const struct credentials *credentials, size_t matches,
			   const char *server, struct err *err)
{
	struct str list;
	str_init(&list);
	for (size_t i = 0; i < credentials->count; i++) {
		const char *hostname = credentials->items[i].hostname;
		const char *app_id = credentials->items[i].app_id;
		str_addf(&list, "%s%s", i > 0 ? ", " : "", hostname == NULL ? "?" : hostname);
		if (app_id != NULL)
			str_addf(&list, " (app %s)", app_id);
	}
	if (server == NULL)
		err_set(err, ERR_INPUT,
			"This number has SIP user passwords of %zu SIP servers: %s.",
			credentials->count, list.bytes);
	else
		err_set(err, ERR_INPUT, "%s SIP user password is of “%s”. There are those of: %s.",
			matches == 0 ? "No" : "More than one", server, list.bytes);
	err_next_step(err, "Choose one with --server HOST, or the ID of its app.");
	str_release(&list);
	return false;
}

static bool server_choose(const struct credentials *credentials, const char *server, size_t *chosen,
			  struct err *err)
{
	size_t matches = 0;
	for (size_t i = 0; i < credentials->count; i++)
		if (is_of_server(credentials, i, server) && matches++ == 0)
			*chosen = i;
	return matches == 1 || ambiguous_tell(credentials, matches, server, err);
}

/* --- to a file -------------------------------------------------------------------------------- */

static int file_create(const char *path, struct err *err)
{
	int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOCTTY | O_CLOEXEC, MODE_PASSWORD);
	if (file >= 0)
		return file;
	if (errno == EEXIST) {
		err_set(err, ERR_CONFLICT, "%s is there already, and stays as it is.", path);
		err_next_step(err, "Name a file that does not exist yet, or remove that one.");
	} else {
		err_set(err, errno == EACCES || errno == EPERM ? ERR_FORBIDDEN : ERR_IO,
			"The file %s cannot be made: %s.", path, strerror(errno));
		err_next_step(err, "Name a file in a folder of yours with --to-file.");
	}
	return -1;
}

/* Before anybody is asked for anything: can it be made? Nothing is left behind. */
static bool file_try(const char *path, struct err *err)
{
	int file = file_create(path, err);
	if (file < 0)
		return false;
	(void)close(file);
	return unlink(path) == 0 ||
	       err_set(err, ERR_IO, "%s cannot be removed again: %s.", path, strerror(errno));
}

static bool file_fill(const char *path, const struct secret *secret, struct err *err)
{
	int file = file_create(path, err);
	if (file < 0)
		return false;
	bool done = file_write_open(file, path, secret_bytes(secret), secret->length, err);
	if (done && fsync(file) != 0)
		done = err_set(err, ERR_IO, "Cannot write %s: %s.", path, strerror(errno));
	(void)close(file);
	if (!done)
		(void)unlink(path);
	return done;
}

/* --- to a command ----------------------------------------------------------------------------- */

/* A pipe with the secret in it; its writing end is closed again. -1 with an error. */
static int pipe_fill(const struct secret *secret, struct err *err)
{
	int ends[2];
	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) {
		err_set(err, ERR_IO, "Cannot make a pipe: %s.", strerror(errno));
		return -1;
	}
	/* SECRET_MAX is below what any pipe holds: nobody needs to read meanwhile. */
	ssize_t put = write(ends[1], secret_bytes(secret), secret->length);
	(void)close(ends[1]);
	(void)fcntl(ends[0], F_SETFL, 0);
	if (put == (ssize_t)secret->length)
		return ends[0];
	(void)close(ends[0]);
	err_set(err, ERR_IO, "The password could not be written to a pipe.");
	return -1;
}

/* Ctrl-C and Ctrl-\ are for the command alone, as in system(3): we wait to tell how it ended. */
static void signals_pass_on(sigset_t *defaults)
{
	static const int numbers[] = { SIGINT, SIGQUIT };
	(void)sigemptyset(defaults);
	(void)sigaddset(defaults, SIGPIPE); /* ignored by us, and that would be inherited */
	(void)sigaddset(defaults, SIGXFSZ);
	for (size_t i = 0; i < ARRAY_LENGTH(numbers); i++)
		if (signal(numbers[i], SIG_IGN) != SIG_IGN)
			(void)sigaddset(defaults, numbers[i]);
}

static bool command_start(char *const *command, int input, pid_t *id, struct err *err)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t defaults;
	signals_pass_on(&defaults);
	(void)posix_spawn_file_actions_init(&actions);
	(void)posix_spawnattr_init(&attributes);
	(void)posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
	(void)posix_spawnattr_setsigdefault(&attributes, &defaults);
	int failure = posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
	if (failure == 0)
		failure = posix_spawnp(id, command[0], &actions, &attributes, command, environ);
	(void)posix_spawnattr_destroy(&attributes);
	(void)posix_spawn_file_actions_destroy(&actions);
	if (failure == 0)
		return true;
	err_set(err, ERR_INPUT, "The command “%s” cannot be run: %s.", command[0],
		strerror(failure));
	err_next_step(err, "It is looked for in PATH, and no shell reads it.");
	return false;
}

static bool outcome_tell(const char *command, int status, int unread, struct err *err)
{
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGINT)
		return err_set(err, ERR_CANCELLED, "“%s” was interrupted.", command);
	if (WIFSIGNALED(status))
		return err_set(err, ERR_REFUSED, "“%s” was ended by signal %d (%s).", command,
			       WTERMSIG(status), strsignal(WTERMSIG(status)));
	if (WEXITSTATUS(status) != 0)
		return err_set(err, ERR_REFUSED, "“%s” ended with exit code %d.", command,
			       WEXITSTATUS(status));
	if (unread == 0)
		return true;
	err_set(err, ERR_REFUSED, "“%s” ended without reading the whole password.", command);
	err_next_step(err, "It has the password on its standard input: tell it to read that.");
	return false;
}

/* `secret` is gone from our memory before the command runs. */
static bool command_feed(char *const *command, struct secret *secret, struct err *err)
{
	int status = 0, unread = 0;
	pid_t id;
	int input = pipe_fill(secret, err);
	secret_release(secret);
	if (input < 0)
		return false;
	bool started = command_start(command, input, &id, err);
	if (started) {
		while (waitpid(id, &status, 0) < 0 && errno == EINTR)
			;
		/* We hold the pipe, too: what the command has left in it is still there. */
		(void)ioctl(input, FIONREAD, &unread);
	}
	(void)close(input);
	return started && outcome_tell(command[0], status, unread, err);
}

/* --- the command ------------------------------------------------------------------------------ */

/* What a trunk needs beside it. */
static void facts_print(const struct number *number, const char *hostname, FILE *out)
{
	command_line_print("Number", number->label, out);
	for (enum trunk_fact fact = 0; fact < TRUNK_FACT_COUNT; fact++) {
		const char *value = trunk_value(fact, number->phone_number, hostname);
		command_line_print(trunk_label(fact), value == NULL ? trunk_meaning(fact) : value,
				   out);
	}
}

static bool hand_over(struct password *password, const struct number *number,
		      struct credentials *credentials)
{
	size_t chosen = 0;
	if (!server_choose(credentials, password->server, &chosen, &password->err))
		return false;
	struct secret *secret = &credentials->items[chosen].password;
	const char *hostname = credentials->items[chosen].hostname;
	if (password->is_pipe) { /* standard output is the command's */
		facts_print(number, hostname, stderr);
		return command_feed(password->command, secret, &password->err);
	}
	if (!file_fill(password->file, secret, &password->err))
		return false;
	facts_print(number, hostname, stdout);
	command_line_print("Password file", password->file, stdout);
	return (fflush(stdout) == 0 && ferror(stdout) == 0) ||
	       err_set(&password->err, ERR_IO,
		       "The password is in %s; what belongs to it could not be printed.",
		       password->file);
}

static bool credentials_fetch(struct password *password, const struct number *number,
			      const struct secret *key, struct credentials *credentials)
{
	struct secret answer;
	secret_init(&answer);
	bool done = command_read("password", &password->target, number, key, true, &answer,
				 &password->err) &&
		    credentials_decode(credentials, secret_bytes(&answer), answer.length,
				       &password->err);
	secret_release(&answer);
	return done;
}

static void password_run(struct password *password)
{
	struct number number = { 0 };
	struct credentials credentials;
	struct secret key;
	credentials_init(&credentials);
	secret_init(&key);
	bool fetched = (password->is_pipe || file_try(password->file, &password->err)) &&
		       target_resolve(&password->target, &number, &key, &password->err) &&
		       target_key_fetch(&password->target, &number, &key, &password->err) &&
		       credentials_fetch(password, &number, &key, &credentials);
	secret_release(&key);
	target_release(&password->target);
	if (fetched)
		(void)hand_over(password, &number, &credentials);
	credentials_release(&credentials);
	target_number_release(&number);
}

int command_password(int argc, char **argv)
{
	struct password password = { 0 };
	err_init(&password.err);
	if (arguments_parse(&password, argc, argv)) {
		if (password.is_help)
			(void)fputs(HELP, stdout);
		else
			password_run(&password);
	} else {
		err_next_step(&password.err, "See sipdesk password --help.");
	}
	if (password.err.kind == ERR_NONE)
		return 0;
	return command_error("password", &password.err);
}
