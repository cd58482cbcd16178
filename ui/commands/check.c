#include "ui/commands/commands.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/str.h"
#include "tlscheck/address.h"
#include "tlscheck/check.h"
#include "ui/app/check_text.h"

#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static const char HELP[] =
	"Usage: sipdesk check HOST[:PORT] [OPTIONS]\n"
	"\n"
	"Finds out whether Meta will accept this SIP server's certificate, and if not, the one\n"
	"thing to change. PORT is 5061 where none is given.\n"
	"\n"
	"  --json                  one JSON document a line, each as it happens\n"
	"  --connect ADDR[:PORT]   connect there instead of looking HOST up in DNS\n"
	"  --dns ADDR:PORT         ask this resolver\n"
	"  --ca-file FILE          trust FILE instead of the system's list\n"
	"  --at EPOCH_SECONDS      judge certificates as of that moment\n"
	"  --timeout SECONDS       for the whole check (15); its parts scale with it\n"
	"  --write-chain FILE      where the server does not send its whole chain: write the\n"
	"                          corrected one there\n"
	"  --help                  show this help\n"
	"\n"
	"Exit codes: 0 pass, 1 pass with warnings, 2 fail, 3 cannot tell from here, 64 usage,\n"
	"65 bad input, 74 I/O.\n";

enum {
	TIMEOUT_MAX_SECONDS = 3600, /* longer is a slip of the finger */
	MODE_CHAIN = 0644,	    /* certificates are public */
	EXIT_INTERRUPTED = 130,
	COLUMNS_USUAL = 80,
	COLUMNS_LEAST = 40,
};

/* Below this the budgets of the parts are no whole milliseconds. */
static const double TIMEOUT_MIN_SECONDS = 0.05;

struct check_command {
	const char *target;
	struct check_options check;
	char *hostname;
	struct address connect;
	struct address dns;
	const char *chain_file; /* NULL: not asked for */
	bool as_json;
	bool is_help;
	int write_error; /* errno of standard output; 0: none */
};

/* ---- arguments
 * -------------------------------------------------------------------------------------- */

static bool port_parse(const char *text, uint16_t *port)
{
	size_t digits = strspn(text, "0123456789");
	unsigned long value = digits > 0 && digits <= 5 ? strtoul(text, NULL, 10) : 0;
	*port = (uint16_t)value;
	return text[digits] == '\0' && value >= 1 && value <= UINT16_MAX;
}

/* "192.0.2.1", "192.0.2.1:5061", "2001:db8::1", "[2001:db8::1]:5061"; port 0: none given. */
static bool endpoint_parse(const char *text, struct address *address, uint16_t *port)
{
	*port = 0;
	if (address_parse(text, address))
		return true;
	const char *colon = strrchr(text, ':');
	if (!colon || !port_parse(colon + 1, port))
		return false;
	char *host = mem_text_n(text, (size_t)(colon - text));
	bool is_bracketed = host[0] == '[';
	bool is_right =
		address_parse(host, address) && is_bracketed == (address->family == AF_INET6);
	free(host);
	return is_right;
}

static bool connect_take(struct check_command *command, const char *text, struct err *err)
{
	if (endpoint_parse(text, &command->connect, &command->check.connect_port)) {
		command->check.connect_address = command->connect.text;
		return true;
	}
	return err_set(err, ERR_USAGE,
		       "\"%s\" is no address to connect to; write ADDR or ADDR:PORT, as in "
		       "127.0.0.1:5061 or [::1]:5061.",
		       text);
}

static bool dns_take(struct check_command *command, const char *text, struct err *err)
{
	if (endpoint_parse(text, &command->dns, &command->check.dns_port) &&
	    command->check.dns_port != 0) {
		command->check.dns_address = command->dns.text;
		return true;
	}
	return err_set(err, ERR_USAGE,
		       "\"%s\" is no resolver; write ADDR:PORT, as in 127.0.0.1:53 or [::1]:53.",
		       text);
}

static bool at_take(struct check_command *command, const char *text, struct err *err)
{
	char *end = NULL;
	errno = 0;
	long long at = strtoll(text, &end, 10);
	if (errno != 0 || end == text || *end != '\0' || at <= 0)
		return err_set(err, ERR_USAGE,
			       "\"%s\" is no moment; --at takes seconds since 1970, as date +%%s "
			       "prints them.",
			       text);
	command->check.at = at;
	return true;
}

static bool timeout_take(struct check_command *command, const char *text, struct err *err)
{
	char *end = NULL;
	double seconds = strtod(text, &end);
	if (end == text || *end != '\0' || !isfinite(seconds) || seconds < TIMEOUT_MIN_SECONDS ||
	    seconds > TIMEOUT_MAX_SECONDS)
		return err_set(err, ERR_USAGE,
			       "\"%s\" is no time-out; --timeout takes seconds, from %.2f to %d.",
			       text, TIMEOUT_MIN_SECONDS, TIMEOUT_MAX_SECONDS);
	command->check.timeout_seconds = seconds;
	return true;
}

static bool option_take(struct check_command *command, int option, const char *name,
			struct err *err)
{
	switch (option) {
	case 'j': command->as_json = true; return true;
	case 'h': command->is_help = true; return true;
	case 'f': command->check.ca_file = optarg; return true;
	case 'w': command->chain_file = optarg; return true;
	case 'c': return connect_take(command, optarg, err);
	case 'd': return dns_take(command, optarg, err);
	case 'a': return at_take(command, optarg, err);
	case 't': return timeout_take(command, optarg, err);
	case ':': return err_set(err, ERR_USAGE, "The option %s needs a value.", name);
	default: return err_set(err, ERR_USAGE, "The option %s is not known.", name);
	}
}

static bool target_take(struct check_command *command, int argc, char **argv, struct err *err)
{
	if (command->is_help)
		return true;
	if (optind == argc)
		return err_set(err, ERR_USAGE, "The host to check is missing.");
	if (optind + 1 < argc)
		return err_set(err, ERR_USAGE, "The argument \"%s\" is not expected.",
			       argv[optind + 1]);
	command->target = argv[optind];
	return check_target_parse(command->target, &command->hostname, &command->check.port, err);
}

static bool arguments_parse(struct check_command *command, int argc, char **argv, struct err *err)
{
	static const struct option known[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "connect", required_argument, NULL, 'c' },
		{ "dns", required_argument, NULL, 'd' },
		{ "ca-file", required_argument, NULL, 'f' },
		{ "at", required_argument, NULL, 'a' },
		{ "timeout", required_argument, NULL, 't' },
		{ "write-chain", required_argument, NULL, 'w' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	optind = 0; /* main may have parsed with it before */
	opterr = 0;
	int option;
	while ((option = getopt_long(argc, argv, ":", known, NULL)) != -1)
		if (!option_take(command, option, argv[optind - 1], err))
			return false;
	return target_take(command, argc, argv, err);
}

/* ---- JSON Lines
 * ---------------------------------------------------------------------------------- */

/* Appends `"name":"text"` after a comma; text NULL: null. */
static void member_write(struct str *out, const char *name, const char *text)
{
	str_addf(out, ",\"%s\":", name);
	if (text)
		json_write_string(out, text);
	else
		str_add(out, "null");
}

/* Milliseconds with a point, whatever the locale. */
static void ms_write(struct str *out, const char *name, double ms)
{
	long long micros = (long long)(ms * 1000 + 0.5);
	str_addf(out, ",\"%s\":%lld.%03lld", name, micros / 1000, micros % 1000);
}

static void timing_write(struct str *out, const struct check_timing *timing)
{
	str_add(out, "{\"event\":\"phase\"");
	member_write(out, "name", check_phase_text(timing->phase));
	member_write(out, "address", timing->address);
	ms_write(out, "start_ms", timing->start_ms);
	ms_write(out, "ms", timing->ms);
	str_addf(out, ",\"ok\":%s", timing->ok ? "true" : "false");
	member_write(out, "words", timing->words);
}

static void certificate_write(struct str *out, const struct check_certificate *certificate)
{
	char moment[CLOCK_TEXT_SIZE];
	str_addf(out, "{\"event\":\"certificate\",\"depth\":%d", certificate->depth);
	member_write(out, "subject", certificate->subject);
	member_write(out, "issuer", certificate->issuer);
	str_add(out, ",\"names\":[");
	for (size_t i = 0; i < certificate->name_count; i++) {
		str_add(out, i > 0 ? "," : "");
		json_write_string(out, certificate->names[i]);
	}
	str_add_char(out, ']');
	member_write(out, "not_before", clock_rfc3339(certificate->not_before, moment));
	member_write(out, "not_after", clock_rfc3339(certificate->not_after, moment));
	str_addf(out, ",\"sent\":%s,\"trusted\":%s", certificate->was_sent ? "true" : "false",
		 certificate->is_trusted ? "true" : "false");
	member_write(out, "address", certificate->address);
}

static void finding_write(struct str *out, const struct check_finding *finding)
{
	str_add(out, "{\"event\":\"finding\"");
	member_write(out, "id", finding_id_text(finding->id));
	member_write(out, "severity", check_severity_text(finding->severity));
	member_write(out, "text", finding->text);
	member_write(out, "fix", finding->fix);
	member_write(out, "address", finding->address);
}

static void verdict_write(struct str *out, const struct check_report *report)
{
	const struct check_finding *headline;
	enum check_verdict verdict = report_verdict(report, &headline);
	str_add(out, "{\"event\":\"verdict\"");
	member_write(out, "verdict", check_verdict_text(verdict));
	member_write(out, "headline_id", headline ? finding_id_text(headline->id) : NULL);
	member_write(out, "headline", headline ? headline->text : NULL);
	member_write(out, "fix", headline ? headline->fix : NULL);
	if (report->corrected_chain)
		member_write(out, "corrected_chain", report->corrected_chain);
}

/* Writes at once: a screen draws each event as it happens. */
static void bytes_write(struct check_command *command, const char *bytes, size_t length)
{
	while (length > 0 && command->write_error == 0) {
		ssize_t written = write(STDOUT_FILENO, bytes, length);
		if (written < 0 && errno != EINTR)
			command->write_error = errno;
		bytes += written > 0 ? written : 0;
		length -= written > 0 ? (size_t)written : 0;
	}
}

static void line_write(struct check_command *command, struct str *line)
{
	str_add(line, "}\n");
	bytes_write(command, line->bytes, line->length);
	str_release(line);
}

static void event_write(void *owner, const struct check_event *event)
{
	struct str line;
	str_init(&line);
	if (event->timing)
		timing_write(&line, event->timing);
	else if (event->certificate)
		certificate_write(&line, event->certificate);
	else
		finding_write(&line, event->finding);
	line_write(owner, &line);
}

/* ---- the command
 * ---------------------------------------------------------------------------------- */

/* The width of the terminal; 0: standard output is none. */
static int terminal_columns(void)
{
	struct winsize size = { 0 };
	if (!isatty(STDOUT_FILENO))
		return 0;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
		return COLUMNS_USUAL;
	return size.ws_col < COLUMNS_LEAST ? COLUMNS_LEAST : size.ws_col;
}

static void text_write(struct str *out, const struct check_command *command,
		       const struct check_report *report)
{
	const char *no_colour = getenv("NO_COLOR");
	const int columns = terminal_columns();
	const struct check_paper paper = {
		.columns = columns,
		.glyphs = glyphs_choose(),
		.has_colour = columns > 0 && (no_colour == NULL || no_colour[0] == '\0'),
	};
	check_text_write(out, command->target,
			 command->check.at != 0 ? command->check.at : clock_now(), report, &paper);
	if (report->corrected_chain != NULL)
		str_add(out, "\nThe corrected chain can be written to a file: repeat with "
			     "--write-chain FILE.\n");
}

static bool results_write(struct check_command *command, const struct check_report *report,
			  struct err *err)
{
	struct str out;
	str_init(&out);
	if (command->as_json) {
		verdict_write(&out, report);
		line_write(command, &out);
	} else {
		text_write(&out, command, report);
		bytes_write(command, out.bytes, out.length);
		str_release(&out);
	}
	if (command->write_error != 0)
		return err_set(err, ERR_IO, "The result cannot be written: %s.",
			       strerror(command->write_error));
	if (!command->chain_file || !report->corrected_chain)
		return true;
	return file_write_whole(command->chain_file, report->corrected_chain,
				strlen(report->corrected_chain), MODE_CHAIN, err);
}

/* A check writes nothing that would be left half-done: it can end anywhere. */
static _Noreturn void interrupted(int number)
{
	(void)number;
	_exit(EXIT_INTERRUPTED);
}

static int check(struct check_command *command, struct err *err)
{
	struct check_report report;
	report_init(&report);
	if (command->as_json) {
		report.event = event_write;
		report.owner = command;
	}
	command->check.hostname = command->hostname;
	bool is_done =
		check_run(&command->check, &report, err) && results_write(command, &report, err);
	int code = is_done ? check_exit_code(report_verdict(&report, NULL))
			   : command_error("check", err);
	if (is_done && command->chain_file && !report.corrected_chain)
		(void)fputs("sipdesk check: the server's chain needs no correction that could be "
			    "made here; nothing was written.\n",
			    stderr);
	report_release(&report);
	return code;
}

int command_check(int argc, char **argv)
{
	struct check_command command = { 0 };
	struct err err;
	err_init(&err);
	int code = 0;
	if (!arguments_parse(&command, argc, argv, &err)) {
		err.kind = ERR_USAGE; /* a port that is none is a slip on the command line */
		if (err.next_step[0] == '\0')
			err_next_step(&err, "See sipdesk check --help.");
		code = command_error("check", &err);
	} else if (command.is_help) {
		(void)fputs(HELP, stdout);
	} else {
		(void)signal(SIGINT, interrupted);
		code = check(&command, &err);
	}
	free(command.hostname);
	return code;
}
