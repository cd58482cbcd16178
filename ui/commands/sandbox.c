#include "ui/commands/commands.h"

#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include "sandbox/sandbox.h"
#include "sandbox/sip_servers.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char HELP[] =
	"Usage: sipdesk sandbox [--listen 127.0.0.1:PORT] [--ready-file FILE]\n"
	"\n"
	"Runs the practice service: the settings API on this machine, with practice numbers, and\n"
	"SIP servers, good and bad, to try the check on.\n"
	"Nothing leaves the machine, and what is set ends with it. Ctrl-C ends it.\n"
	"\n"
	"  --listen ADDRESS:PORT  where to listen: 127.0.0.1 or [::1], and a port; port 0, which\n"
	"                         is the default, takes any that is free\n"
	"  --ready-file FILE      write the address and the numbers to FILE, as JSON, once it\n"
	"                         listens; where FILE is a pipe, end when its reader goes away\n"
	"  --help                 show this help\n"
	"\n"
	"It prints its address, every practice number with its API key, and every SIP server.\n"
	"Try one of each:\n"
	"  curl -H \"D360-API-KEY: KEY\" URL/calling/settings\n"
	"  sipdesk check HOSTNAME --connect ADDRESS --ca-file FILE\n";

enum { ADDRESS_SIZE = 16, MODE_READY_FILE = 0600 };

struct options {
	char address[ADDRESS_SIZE];
	uint16_t port;
	const char *ready_file; /* NULL: none */
	bool is_help;
};

/* A signal handler has no other way to reach the loop. */
static int signal_write_end = -1;

static void signal_note(int number)
{
	int kept = errno;
	char byte = (char)number;
	ssize_t written = write(signal_write_end, &byte, 1);
	(void)written;
	errno = kept;
}

static bool listen_error(const char *text, struct err *err)
{
	(void)err_set(err, ERR_USAGE, "\"%s\" is no address to listen on.", text);
	err_next_step(err, "Write it as 127.0.0.1:8080 or [::1]:8080.");
	return false;
}

/* "127.0.0.1:8080", "[::1]:8080". Which addresses will do is the service's to say. */
static bool listen_parse(const char *text, struct options *options, struct err *err)
{
	const char *colon = strrchr(text, ':');
	if (colon == NULL || colon == text || strspn(colon + 1, "0123456789") != strlen(colon + 1))
		return listen_error(text, err);
	size_t digits = strlen(colon + 1);
	unsigned long port = strtoul(colon + 1, NULL, 10);
	if (digits == 0 || digits > 5 || port > UINT16_MAX)
		return listen_error(text, err);
	const char *begin = text;
	const char *end = colon;
	if (*begin == '[' && end[-1] == ']') {
		begin++;
		end--;
	}
	size_t length = (size_t)(end - begin);
	if (length >= sizeof options->address)
		return listen_error(text, err);
	memcpy(options->address, begin, length);
	options->address[length] = '\0';
	options->port = (uint16_t)port;
	return true;
}

static bool options_parse(int argc, char **argv, struct options *options, struct err *err)
{
	static const struct option known[] = {
		{ "listen", required_argument, NULL, 'l' },
		{ "ready-file", required_argument, NULL, 'r' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	*options = (struct options) { .address = "127.0.0.1" };
	optind = 0; /* main may have parsed with it before */
	opterr = 0;
	int option;
	bool is_right = true;
	while (is_right && (option = getopt_long(argc, argv, ":", known, NULL)) != -1) {
		switch (option) {
		case 'l': is_right = listen_parse(optarg, options, err); break;
		case 'r': options->ready_file = optarg; break;
		case 'h': options->is_help = true; break;
		case ':':
			is_right = err_set(err, ERR_USAGE, "The option %s needs a value.",
					   argv[optind - 1]);
			break;
		default:
			is_right = err_set(err, ERR_USAGE, "The option %s is not known.",
					   argv[optind - 1]);
			break;
		}
	}
	if (is_right && optind < argc)
		is_right = err_set(err, ERR_USAGE, "The argument \"%s\" is not expected.",
				   argv[optind]);
	if (!is_right && err->next_step[0] == '\0')
		err_next_step(err, "See sipdesk sandbox --help.");
	return is_right;
}

/* A write error shows only when the stream is flushed. */
static bool output_end(struct err *err)
{
	if (fflush(stdout) == 0 && ferror(stdout) == 0)
		return true;
	return err_set(err, ERR_IO, "Standard output cannot be written: %s.", strerror(errno));
}

static void numbers_print(const struct sandbox *sandbox, const struct options *options)
{
	bool is_v6 = strchr(options->address, ':') != NULL;
	(void)printf(is_v6 ? "Practice service  http://[%s]:%u\n\n"
			   : "Practice service  http://%s:%u\n\n",
		     options->address, (unsigned int)sandbox_port(sandbox));
	(void)printf("%-34s  %-14s  %s\n", "Number", "Phone number", "API key");
	for (size_t i = 0; i < PRACTICE_NUMBER_COUNT; i++) {
		const struct practice_number *number = &PRACTICE_NUMBERS[i];
		(void)printf("%-34s  %-14s  %s\n", number->name, number->phone_number, number->key);
		(void)printf("    %s\n", number->note);
	}
}

static void sip_servers_print(const struct sip_servers *servers)
{
	(void)printf("%-22s  %-15s  %-6s  %s\n", "SIP server", "Address", "Check", "What is so");
	for (size_t i = 0; i < SIP_SERVER_COUNT; i++) {
		char *address = mem_format("%s:%u", SIP_SERVERS_ADDRESS,
					   (unsigned int)sip_servers_port(servers, i));
		(void)printf("%-22s  %-15s  %-6s  %s\n", SIP_SERVERS[i].hostname, address,
			     SIP_SERVERS[i].expect, SIP_SERVERS[i].note);
		free(address);
	}
	(void)printf("Their CA  %s\n\n", sip_servers_ca_file(servers));
}

/*
 * Writes the ready file. Where it is a pipe it is opened once more and stays open, so that its
 * reader's end can be noticed: `*pipe_end` is that descriptor, else -1.
 */
static bool ready_tell(const struct sandbox *sandbox, const char *path, int *pipe_end,
		       struct err *err)
{
	struct stat status;
	*pipe_end = -1;
	if (path == NULL)
		return true;
	if (stat(path, &status) == 0 && S_ISFIFO(status.st_mode)) {
		*pipe_end = open(path, O_WRONLY | O_CLOEXEC);
		if (*pipe_end < 0)
			return err_set(err, ERR_IO, "Cannot open %s: %s.", path, strerror(errno));
	}
	char *json = sandbox_ready_json(sandbox);
	bool is_written = file_write_whole(path, json, strlen(json), MODE_READY_FILE, err);
	free(json);
	return is_written;
}

static bool signals_watch(int *read_end, struct err *err)
{
	int ends[2];
	if (pipe(ends) != 0)
		return err_set(err, ERR_IO, "Cannot make a pipe: %s.", strerror(errno));
	for (int i = 0; i < 2; i++) {
		(void)fcntl(ends[i], F_SETFD, FD_CLOEXEC);
		(void)fcntl(ends[i], F_SETFL, O_NONBLOCK);
	}
	signal_write_end = ends[1];
	*read_end = ends[0];
	struct sigaction action = { .sa_handler = signal_note, .sa_flags = SA_RESTART };
	(void)sigemptyset(&action.sa_mask);
	(void)sigaction(SIGINT, &action, NULL);
	(void)sigaction(SIGTERM, &action, NULL);
	struct sigaction hangup; /* nohup has it ignored, and then it stays so */
	if (sigaction(SIGHUP, NULL, &hangup) == 0 && hangup.sa_handler != SIG_IGN)
		(void)sigaction(SIGHUP, &action, NULL);
	action.sa_handler = SIG_IGN; /* a reader that went away is noticed by poll() */
	(void)sigaction(SIGPIPE, &action, NULL);
	return true;
}

/* Until a signal, or until the reader of the ready pipe is gone. */
static bool end_wait(struct sandbox *sandbox, int signal_end, int ready_end, struct err *err)
{
	struct pollfd ends[] = {
		{ .fd = signal_end, .events = POLLIN },
		{ .fd = ready_end }, /* -1 is ignored; POLLERR and POLLHUP come unasked */
	};
	return sip_servers_serve(sandbox_sip_servers(sandbox), ends, ARRAY_LENGTH(ends), err);
}

static bool service_run(const struct options *options, struct err *err)
{
	int signal_end = -1, ready_end = -1;
	struct sandbox *sandbox = NULL;
	bool is_done = false;
	if (!signals_watch(&signal_end, err))
		return false;
	sandbox = sandbox_start(options->address, options->port, err);
	if (sandbox == NULL)
		goto out;
	sip_servers_print(sandbox_sip_servers(sandbox));
	numbers_print(sandbox, options); /* last, to stay on a screen of 24 rows */
	if (!output_end(err))
		goto out;
	if (!ready_tell(sandbox, options->ready_file, &ready_end, err))
		goto out;
	is_done = end_wait(sandbox, signal_end, ready_end, err);
out:
	sandbox_stop(sandbox);
	if (ready_end >= 0)
		(void)close(ready_end);
	return is_done; /* the signal pipe stays: a late signal may still write to it */
}

int command_sandbox(int argc, char **argv)
{
	struct options options;
	struct err err;
	err_init(&err);
	if (!options_parse(argc, argv, &options, &err))
		return command_error("sandbox", &err);
	if (options.is_help) {
		(void)fputs(HELP, stdout);
		return output_end(&err) ? EXIT_SUCCESS : command_error("sandbox", &err);
	}
	return service_run(&options, &err) ? EXIT_SUCCESS : command_error("sandbox", &err);
}
