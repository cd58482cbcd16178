/* `sipdesk check` against every server of the lab, and against what people type wrongly. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "base/text.h"
#include "tlscheck/check.h"
#include "tests/support/check_outcome.h"
#include "tests/support/child.h"
#include "tests/support/lab.h"
#include "tests/support/run.h"
#include "tests/support/session.h"

#include <locale.h>
#include <openssl/pem.h>
#include <openssl/x509_vfy.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	USUAL_MS = 15000, /* what a check may take without --timeout */
#ifdef __SANITIZE_ADDRESS__
	LATE_MS = 3000, /* the sanitizer starts and ends slowly, and more so side by side */
#else
	LATE_MS = 500, /* beyond its deadline: starting and ending */
#endif
	HANG_MS = 40000,
	SIDE_BY_SIDE = 4, /* rows, twice each: as JSON and as text */
	LONG_TEXT = 20000,
	EXIT_USAGE = 64,
	EXIT_INPUT = 65,
	EXIT_IO = 74,
};

static const char LOOPBACK[] = "127.0.0.1";

static void check_start(struct run *run, const char *target, const char *address, uint16_t port,
			const char *ca_file, const char *timeout, bool is_json)
{
	char *program = session_built("sipdesk");
	char *connect = mem_format(strchr(address, ':') == NULL ? "%s:%u" : "[%s]:%u", address,
				   (unsigned)port);
	const char *arguments[SESSION_ARGUMENTS_MAX] = { program, "check",     target, "--connect",
							 connect, "--ca-file", ca_file };
	size_t count = 7;
	if (timeout != NULL) {
		arguments[count++] = "--timeout";
		arguments[count++] = timeout;
	}
	if (is_json)
		arguments[count++] = "--json";
	run_start(run, arguments, NULL);
	free(connect);
	free(program);
}

/* ---- the lab --------------------------------------------------------------------------------- */

static struct lab lab;

static int lab_set_up(void **state)
{
	(void)state;
	return lab_start(&lab, LAB_ROWS, LAB_ROW_COUNT) ? 0 : -1;
}

static int lab_tear_down(void **state)
{
	(void)state;
	lab_stop(&lab);
	return 0;
}

struct pair {
	struct run json, text;
};

static bool differs(const struct lab_row *row, const char *what, const char *wanted,
		    const char *found)
{
	if (strcmp(wanted, found) == 0)
		return false;
	(void)fprintf(stderr, "%s: %s is \"%s\", not \"%s\"\n", row->name, what, found, wanted);
	return true;
}

static bool is_in_time(const struct lab_row *row, const struct run *run)
{
	double seconds = row->timeout == NULL ? 0.0 : strtod(row->timeout, NULL);
	int64_t allowed = row->timeout == NULL ? USUAL_MS : (int64_t)(seconds * 1000);
	if (run->elapsed_ms <= allowed + LATE_MS)
		return true;
	(void)fprintf(stderr, "%s: took %lld ms\n", row->name, (long long)run->elapsed_ms);
	return false;
}

static bool json_is_right(const struct lab_row *row, const struct run *run)
{
	struct check_outcome outcome;
	bool is_right = check_outcome_read(&outcome, &run->output);
	is_right &= !differs(row, "the verdict", row->verdict, outcome.verdict);
	is_right &= !differs(row, "the headline", row->headline_id, outcome.headline_id);
	for (size_t i = 0; i < LAB_ALSO_MAX && row->also[i] != NULL; i++) {
		if (check_outcome_has(&outcome, row->also[i]))
			continue;
		(void)fprintf(stderr, "%s: there is no %s\n", row->name, row->also[i]);
		is_right = false;
	}
	if (row->says != NULL && strstr(outcome.headline, row->says) == NULL &&
	    strstr(outcome.fix, row->says) == NULL) {
		(void)fprintf(stderr, "%s: \"%s\" is in neither \"%s\" nor \"%s\"\n", row->name,
			      row->says, outcome.headline, outcome.fix);
		is_right = false;
	}
	const char *hostname = strstr(outcome.fix, "hostname to ");
	if (hostname != NULL && strchr(hostname, '*') != NULL) {
		(void)fprintf(stderr, "%s: a pattern is no hostname\n", row->name);
		is_right = false;
	}
	if (strcmp(outcome.verdict, "fail") == 0 && outcome.fix[0] == '\0') {
		(void)fprintf(stderr, "%s: there is no fix\n", row->name);
		is_right = false;
	}
	check_outcome_release(&outcome);
	if (run->status != row->exit_code) {
		(void)fprintf(stderr, "%s: exit code %d, not %d\n", row->name, run->status,
			      row->exit_code);
		is_right = false;
	}
	if (!is_right)
		(void)fprintf(stderr, "%s%s\n", run->output.bytes, run->errors.bytes);
	return is_right;
}

/* Whatever a server sends, it reaches the terminal as text only. */
static bool is_text_for_a_terminal(const struct str *output)
{
	static const char *const BIDI[] = { "\xe2\x80\xae", "\xe2\x80\xab", "\xe2\x80\xaa",
					    "\xe2\x80\x8b" };
	for (size_t i = 0; i < output->length; i++) {
		unsigned char byte = (unsigned char)output->bytes[i];
		bool is_c1 = byte == 0xc2 && (unsigned char)output->bytes[i + 1] < 0xa0;
		if ((byte < ' ' && byte != '\n') || byte == 0x7f || is_c1)
			return false;
	}
	for (size_t i = 0; i < ARRAY_LENGTH(BIDI); i++)
		if (strstr(output->bytes, BIDI[i]) != NULL)
			return false;
	return true;
}

/* The first `lines` of a text, each number in it as "0": ports and times differ between two runs.
 */
static char *unnumbered(const char *text, size_t lines)
{
	struct str out;
	str_init(&out);
	for (; *text != '\0' && lines > 0; text++) {
		bool is_digit = *text >= '0' && *text <= '9';
		bool was_digit = out.length > 0 && out.bytes[out.length - 1] == '0';
		lines -= *text == '\n';
		if (!is_digit || !was_digit)
			str_add_char(&out, (char)(is_digit ? '0' : *text));
	}
	return str_detach(&out);
}

/* Is what the JSON document has as headline among the first two lines of the text? */
static bool headline_is_first(const struct pair *pair)
{
	struct check_outcome outcome;
	struct str shown; /* as people see it */
	(void)check_outcome_read(&outcome, &pair->json.output);
	str_init(&shown);
	text_show(&shown, outcome.headline);
	char *headline = unnumbered(shown.bytes, 1);
	char *beginning = unnumbered(pair->text.output.bytes, 2);
	bool is_first = strstr(beginning, headline) != NULL;
	free(beginning);
	free(headline);
	str_release(&shown);
	check_outcome_release(&outcome);
	return is_first;
}

/* The first lines are the verdict and its headline, the same as in the JSON document. */
static bool text_is_right(const struct lab_row *row, const struct pair *pair)
{
	static const struct {
		const char *verdict, *words;
	} WORDS[] = {
		{ "pass", "PASS" },
		{ "warn", "PASS with warnings" },
		{ "fail", "FAIL" },
		{ "unknown", "CANNOT TELL FROM HERE" },
	};
	const char *output = pair->text.output.bytes;
	const char *words = "";
	for (size_t i = 0; i < ARRAY_LENGTH(WORDS); i++)
		if (strcmp(WORDS[i].verdict, row->verdict) == 0)
			words = WORDS[i].words;
	bool is_right = text_starts_with(output, words) && headline_is_first(pair) &&
			pair->text.status == row->exit_code &&
			is_text_for_a_terminal(&pair->text.output) &&
			pair->text.output.length < LONG_TEXT && pair->text.errors.length == 0;
	if (!is_right)
		(void)fprintf(stderr, "%s: exit code %d, on stderr \"%s\", as text:\n%s\n",
			      row->name, pair->text.status, pair->text.errors.bytes, output);
	return is_right;
}

static bool connections_are_few(size_t row)
{
	int count = atomic_load(&lab.connections[row]);
	if (count <= 2 * CHECK_CONNECTIONS_MAX)
		return true;
	(void)fprintf(stderr, "%s: two checks made %d connections\n", LAB_ROWS[row].name, count);
	return false;
}

static bool row_is_right(size_t i, const struct pair *pair)
{
	const struct lab_row *row = &LAB_ROWS[i];
	bool is_right = json_is_right(row, &pair->json);
	is_right &= text_is_right(row, pair);
	is_right &= is_in_time(row, &pair->json);
	is_right &= is_in_time(row, &pair->text);
	return is_right && connections_are_few(i);
}

/* Not every machine has IPv6. */
static bool row_is_there(size_t i)
{
	return lab.ports[i] != 0;
}

/* Rows `from` to `to`, side by side; how many were wrong. */
static size_t rows_check(size_t from, size_t to)
{
	struct pair pairs[SIDE_BY_SIDE];
	size_t wrong = 0;
	for (size_t i = from; i < to; i++) {
		const struct lab_row *row = &LAB_ROWS[i];
		const char *target = row->hostname == NULL ? LAB_HOSTNAME : row->hostname;
		const char *address =
			row->behaviour.address == NULL ? LOOPBACK : row->behaviour.address;
		struct pair *pair = &pairs[i - from];
		if (!row_is_there(i))
			continue;
		check_start(&pair->json, target, address, lab.ports[i], lab.ca_file, row->timeout,
			    true);
		check_start(&pair->text, target, address, lab.ports[i], lab.ca_file, row->timeout,
			    false);
	}
	for (size_t i = from; i < to; i++) {
		if (!row_is_there(i))
			continue;
		struct pair *pair = &pairs[i - from];
		bool has_ended = run_finish(&pair->json, HANG_MS);
		has_ended &= run_finish(&pair->text, HANG_MS);
		wrong += !has_ended || !row_is_right(i, pair);
		run_release(&pair->json);
		run_release(&pair->text);
	}
	return wrong;
}

static void every_server_of_the_lab_is_told(void **state)
{
	(void)state;
	size_t wrong = 0;
	for (size_t i = 0; i < LAB_ROW_COUNT; i++)
		if (!row_is_there(i))
			print_message("# %s: left out, this machine has no %s\n", LAB_ROWS[i].name,
				      LAB_ROWS[i].behaviour.address);
	for (size_t i = 0; i < LAB_ROW_COUNT; i += SIDE_BY_SIDE)
		wrong += rows_check(i, i + SIDE_BY_SIDE < LAB_ROW_COUNT ? i + SIDE_BY_SIDE
									: LAB_ROW_COUNT);
	if (wrong > 0)
		fail_msg("%zu of %zu servers are not told rightly", wrong, LAB_ROW_COUNT);
}

/* ---- what people type ------------------------------------------------------------------------ */

static size_t row_named(const char *name)
{
	for (size_t i = 0; i < LAB_ROW_COUNT; i++)
		if (strcmp(LAB_ROWS[i].name, name) == 0)
			return i;
	fail_msg("there is no row \"%s\"", name);
	return 0;
}

static char *long_name(size_t length)
{
	char *name = mem_alloc(length + 1, 1);
	for (size_t i = 0; i < length; i++)
		name[i] = i % 60 == 59 && i + 1 < length ? '.' : 'a';
	return name;
}

static void odd_host_names_are_a_finding(void **state)
{
	char *too_long = long_name(254);
	char *longest = long_name(253);
	char *long_label = mem_format("%064d.example", 7);
	const struct {
		const char *target, *headline_id;
		int exit_code;
	} cases[] = {
		{ "sips://" LAB_HOSTNAME ":5061/", "DNS-1", 2 },
		{ "https://" LAB_HOSTNAME, "DNS-1", 2 },
		{ "sip:" LAB_HOSTNAME, "DNS-1", 2 },
		{ "sip:agent@" LAB_HOSTNAME ";transport=tls", "DNS-1", 2 },
		{ LAB_HOSTNAME ":5061:5061", "DNS-1", 2 },
		{ " " LAB_HOSTNAME, "DNS-1", 2 },
		{ "sip lab.example", "DNS-1", 2 },
		{ LAB_HOSTNAME "\t", "DNS-1", 2 },
		{ LAB_HOSTNAME ".", "DNS-1", 2 },
		{ "sip..example", "DNS-1", 2 },
		{ "sip_1.example", "DNS-1", 2 },
		{ "\xff\xfe.example", "DNS-1", 2 },
		{ "\xe2\x80\xae.example", "DNS-1", 2 },
		{ "[2001:db8::7", "DNS-1", 2 },
		{ "300.1.2.3", "DNS-1", 2 },
		{ long_label, "DNS-1", 2 },
		{ too_long, "DNS-1", 2 },
		{ longest, "CRT-1", 2 },
		{ "192.0.2.7:5061", "DNS-8", 2 },
		{ "2001:db8::7", "DNS-8", 2 },
		{ "[2001:db8::7]:5061", "DNS-8", 2 },
		{ LAB_HOSTNAME ":1", "SIP-1", 0 },
		{ LAB_HOSTNAME ":65535", "SIP-1", 0 },
	};
	(void)state;
	uint16_t port = lab.ports[row_named("good")];
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct run run;
		struct check_outcome outcome;
		check_start(&run, cases[i].target, LOOPBACK, port, lab.ca_file, NULL, true);
		assert_true(run_finish(&run, HANG_MS));
		print_message("# %s\n", cases[i].target);
		assert_true(check_outcome_read(&outcome, &run.output));
		assert_string_equal(outcome.headline_id, cases[i].headline_id);
		assert_int_equal(run.status, cases[i].exit_code);
		check_outcome_release(&outcome);
		run_release(&run);
	}
	free(long_label);
	free(longest);
	free(too_long);
}

/* Runs `sipdesk check` with these; it must refuse with a sentence, and say nothing else. */
static void assert_refused(const char *const *given, int exit_code)
{
	char *program = session_built("sipdesk");
	const char *arguments[SESSION_ARGUMENTS_MAX] = { program, "check" };
	for (size_t i = 0; given[i] != NULL; i++)
		arguments[2 + i] = given[i];
	struct run run;
	run_start(&run, arguments, NULL);
	assert_true(run_finish(&run, HANG_MS));
	print_message("# %s %s: %s", given[0] == NULL ? "" : given[0],
		      given[0] == NULL || given[1] == NULL ? "" : given[1], run.errors.bytes);
	assert_int_equal(run.status, exit_code);
	assert_int_equal(run.output.length, 0);
	assert_true(strchr(run.errors.bytes, '.') != NULL);
	assert_true(is_text_for_a_terminal(&run.errors));
	run_release(&run);
	free(program);
}

static void what_cannot_be_begun_is_refused(void **state)
{
	char *no_file = mem_format("%s/none.pem", lab.folder);
	char *no_certificate = mem_format("%s/key.pem", lab.folder);
	const struct {
		const char *given[6];
		int exit_code;
	} cases[] = {
		{ { NULL }, EXIT_USAGE },
		{ { "--json" }, EXIT_USAGE },
		{ { LAB_HOSTNAME, "other.example" }, EXIT_USAGE },
		{ { LAB_HOSTNAME, "--insecure" }, EXIT_USAGE },
		{ { LAB_HOSTNAME, "--timeout" }, EXIT_USAGE },
		{ { "" }, EXIT_USAGE },
		{ { LAB_HOSTNAME ":0" }, EXIT_USAGE },
		{ { LAB_HOSTNAME ":65536" }, EXIT_USAGE },
		{ { LAB_HOSTNAME ":99999999999999999999" }, EXIT_USAGE },
		{ { LAB_HOSTNAME ":tls" }, EXIT_USAGE },
		{ { LAB_HOSTNAME ":-1" }, EXIT_USAGE },
		{ { LAB_HOSTNAME ":5061x" }, EXIT_USAGE },
		{ { LAB_HOSTNAME ":" }, EXIT_USAGE },
		{ { "[2001:db8::7]:0" }, EXIT_USAGE },
		{ { LAB_HOSTNAME, "--connect", "somewhere" }, EXIT_USAGE },
		{ { LAB_HOSTNAME, "--connect", "127.0.0.1:0" }, EXIT_USAGE },
		{ { LAB_HOSTNAME, "--dns", "127.0.0.1" }, EXIT_USAGE },
		{ { LAB_HOSTNAME, "--dns", "127.0.0.1:dns" }, EXIT_USAGE },
		{ { LAB_HOSTNAME, "--timeout", "soon" }, EXIT_USAGE },
		{ { LAB_HOSTNAME, "--timeout", "0" }, EXIT_USAGE },
		{ { LAB_HOSTNAME, "--timeout", "-1" }, EXIT_USAGE },
		{ { LAB_HOSTNAME, "--timeout", "nan" }, EXIT_USAGE },
		{ { LAB_HOSTNAME, "--at", "tomorrow" }, EXIT_USAGE },
		{ { LAB_HOSTNAME, "--ca-file", no_file }, EXIT_IO },
		{ { LAB_HOSTNAME, "--ca-file", lab.folder }, EXIT_IO },
		{ { LAB_HOSTNAME, "--ca-file", no_certificate }, EXIT_INPUT },
		{ { LAB_HOSTNAME, "--ca-file", "/dev/null" }, EXIT_INPUT },
	};
	(void)state;
	FILE *file = fopen(no_certificate, "w");
	assert_non_null(file);
	(void)fputs("This file holds no certificate.\n", file);
	(void)fclose(file);
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
		assert_refused(cases[i].given, cases[i].exit_code);
	free(no_certificate);
	free(no_file);
}

/* ---- the command's other promises ------------------------------------------------------------ */

static void certificates_are_judged_at_the_time_given(void **state)
{
	static const struct {
		const char *at, *headline_id;
		int exit_code;
	} CASES[] = {
		{ "1000000000", "CRT-7", 2 },
		{ "4000000000", "CRT-7", 2 },
	};
	(void)state;
	char *program = session_built("sipdesk");
	char *connect = mem_format("127.0.0.1:%u", (unsigned)lab.ports[row_named("good")]);
	for (size_t i = 0; i < ARRAY_LENGTH(CASES); i++) {
		struct run run;
		struct check_outcome outcome;
		const char *const arguments[] = { program,     "check", LAB_HOSTNAME,
						  "--connect", connect, "--ca-file",
						  lab.ca_file, "--at",	CASES[i].at,
						  "--json",    NULL };
		run_start(&run, arguments, NULL);
		assert_true(run_finish(&run, HANG_MS));
		assert_true(check_outcome_read(&outcome, &run.output));
		assert_string_equal(outcome.headline_id, CASES[i].headline_id);
		assert_int_equal(run.status, CASES[i].exit_code);
		check_outcome_release(&outcome);
		run_release(&run);
	}
	free(connect);
	free(program);
}

/* Nothing is asked of the test machine's own list here but that it does not hold the lab's root. */
static void without_the_lab_its_root_is_unknown(void **state)
{
	(void)state;
	char *program = session_built("sipdesk");
	char *connect = mem_format("127.0.0.1:%u", (unsigned)lab.ports[row_named("good")]);
	const char *const arguments[] = { program, "check",  LAB_HOSTNAME, "--connect",
					  connect, "--json", NULL };
	struct run run;
	struct check_outcome outcome;
	run_start(&run, arguments, NULL);
	assert_true(run_finish(&run, HANG_MS));
	assert_true(check_outcome_read(&outcome, &run.output));
	assert_string_equal(outcome.headline_id, "CRT-10");
	assert_true(check_outcome_has(&outcome, "CRT-25 info"));
	assert_int_equal(run.status, 2);
	check_outcome_release(&outcome);
	run_release(&run);
	free(connect);
	free(program);
}

/* Does the first certificate in this PEM text verify with those after it and this root? */
static bool chain_verifies(const char *path, const char *ca_file)
{
	X509_STORE *store = X509_STORE_new();
	X509_STORE_CTX *context = X509_STORE_CTX_new();
	STACK_OF(X509) *chain = sk_X509_new_null();
	BIO *file = BIO_new_file(path, "r");
	X509 *certificate = NULL;
	while (file != NULL && (certificate = PEM_read_bio_X509(file, NULL, NULL, NULL)) != NULL)
		(void)sk_X509_push(chain, certificate);
	bool verifies = sk_X509_num(chain) > 0 && X509_STORE_load_file(store, ca_file) == 1 &&
			X509_STORE_CTX_init(context, store, sk_X509_value(chain, 0), chain) == 1 &&
			X509_verify_cert(context) == 1;
	BIO_free(file);
	sk_X509_pop_free(chain, X509_free);
	X509_STORE_CTX_free(context);
	X509_STORE_free(store);
	return verifies;
}

static void the_corrected_chain_is_one_that_works(void **state)
{
	static const struct {
		const char *row;
		bool is_written;
	} CASES[] = {
		{ "intermediate missing, to be fetched", true },
		{ "intermediate not found", false },
		{ "good", false },
	};
	(void)state;
	char *program = session_built("sipdesk");
	for (size_t i = 0; i < ARRAY_LENGTH(CASES); i++) {
		struct run run;
		char *path = mem_format("%s/chain-%zu.pem", lab.folder, i);
		char *connect =
			mem_format("127.0.0.1:%u", (unsigned)lab.ports[row_named(CASES[i].row)]);
		const char *const arguments[] = { program,     "check",		LAB_HOSTNAME,
						  "--connect", connect,		"--ca-file",
						  lab.ca_file, "--write-chain", path,
						  NULL };
		run_start(&run, arguments, NULL);
		assert_true(run_finish(&run, HANG_MS));
		assert_int_equal(access(path, F_OK) == 0, CASES[i].is_written);
		assert_int_equal(chain_verifies(path, lab.ca_file), CASES[i].is_written);
		assert_int_equal(run.errors.length == 0, CASES[i].is_written);
		run_release(&run);
		free(connect);
		free(path);
	}
	free(program);
}

static void colour_is_for_terminals(void **state)
{
	static const struct {
		const char *environment[2];
		bool is_coloured;
	} CASES[] = { { { NULL }, true }, { { "NO_COLOR=1", NULL }, false } };
	(void)state;
	char *program = session_built("sipdesk");
	char *connect = mem_format("127.0.0.1:%u", (unsigned)lab.ports[row_named("expired")]);
	for (size_t i = 0; i < ARRAY_LENGTH(CASES); i++) {
		const char *const arguments[] = { program, "check",	LAB_HOSTNAME, "--connect",
						  connect, "--ca-file", lab.ca_file,  NULL };
		struct session *session = session_start(
			&(struct session_options) { .arguments = arguments,
						    .environment = CASES[i].environment,
						    .rows = 60,
						    .columns = 120 });
		assert_non_null(session);
		expect_text(session, "FAIL");
		expect_exit(session, 2);
		assert_int_equal(session_output_contains(session, "\033["), CASES[i].is_coloured);
		assert_true(session_close(session));
	}
	free(connect);
	free(program);
}

static void an_interrupt_ends_it_at_once(void **state)
{
	enum { INTERRUPTED = 130, AT_ONCE_MS = 1000 };
	(void)state;
	struct run run;
	size_t row = row_named("mute");
	int before = atomic_load(&lab.connections[row]);
	check_start(&run, LAB_HOSTNAME, LOOPBACK, lab.ports[row], lab.ca_file, NULL, false);
	int64_t deadline = child_now_ms() + HANG_MS;
	while (atomic_load(&lab.connections[row]) == before && child_now_ms() < deadline)
		assert_false(run_is_over(&run));
	int64_t interrupted_ms = child_now_ms();
	assert_int_equal(kill(run.id, SIGINT), 0);
	assert_true(run_finish(&run, HANG_MS));
	assert_true(child_now_ms() - interrupted_ms < AT_ONCE_MS);
	assert_int_equal(run.status, INTERRUPTED);
	run_release(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_server_of_the_lab_is_told),
		cmocka_unit_test(odd_host_names_are_a_finding),
		cmocka_unit_test(what_cannot_be_begun_is_refused),
		cmocka_unit_test(certificates_are_judged_at_the_time_given),
		cmocka_unit_test(without_the_lab_its_root_is_unknown),
		cmocka_unit_test(the_corrected_chain_is_one_that_works),
		cmocka_unit_test(colour_is_for_terminals),
		cmocka_unit_test(an_interrupt_ends_it_at_once),
	};
	(void)setlocale(LC_CTYPE, "C.UTF-8"); /* what can be shown depends on it */
	return cmocka_run_group_tests(tests, lab_set_up, lab_tear_down);
}
