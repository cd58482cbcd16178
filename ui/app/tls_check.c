#include "ui/app/tls_check.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "calling/fields.h"
#include "calling/hostname.h"
#include "ui/app/number_states.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { SERVER_ANY = -1 };
enum { CHECK_OUTPUT_MAX = 1024 * 1024 /* a check prints some KiB; hostile certificates more */ };

struct tls_check *tls_check_of(const struct open_number *number, int server)
{
	struct tls_check *check = number->app->checks;
	while (check != NULL && (check->number != number || check->server != server))
		check = check->next;
	return check;
}

static void check_free(struct tls_check *check)
{
	loop_unwatch(&check->number->app->loop, check->child.output);
	(void)process_child_stop(&check->child);
	report_release(&check->report);
	str_release(&check->json);
	free(check->hostname);
	free(check->port);
	free(check->headline);
	free(check->headline_id);
	free(check->fix);
	free(check);
}

static void check_forget(struct app *app, const struct open_number *number, int server)
{
	for (struct tls_check **at = &app->checks; *at != NULL;) {
		struct tls_check *check = *at;
		if ((number != NULL && check->number != number) ||
		    (server != SERVER_ANY && check->server != server)) {
			at = &check->next;
			continue;
		}
		*at = check->next;
		check_free(check);
	}
}

void tls_checks_release(struct app *app, const struct open_number *number)
{
	check_forget(app, number, SERVER_ANY);
}

/* --- events ----------------------------------------------------------------------------------- */

static double number_of(const cJSON *item)
{
	const char *digits = json_text(item);
	return digits == NULL ? 0 : strtod(digits, NULL);
}

/* RFC 3339 in UTC, as the check prints it; 0 where it is not that. */
static int64_t moment_of(const cJSON *item)
{
	struct tm when = { 0 };
	const char *text = json_text(item);
	if (text == NULL || strptime(text, "%Y-%m-%dT%H:%M:%S", &when) == NULL)
		return 0;
	return timegm(&when);
}

static const char *text_of(const cJSON *event, const char *name)
{
	const char *text = json_text(json_member(event, name));
	return text == NULL ? "" : text;
}

static void phase_read(struct tls_check *check, const cJSON *event)
{
	struct check_timing timing = {
		.address = (char *)json_text(json_member(event, "address")),
		.start_ms = number_of(json_member(event, "start_ms")),
		.ms = number_of(json_member(event, "ms")),
		.ok = cJSON_IsTrue(json_member(event, "ok")),
		.words = (char *)json_text(json_member(event, "words")),
	};
	for (int phase = 0; phase < PHASE_COUNT; phase++)
		if (text_equal(check_phase_text((enum check_phase)phase), text_of(event, "name"))) {
			timing.phase = (enum check_phase)phase;
			report_timing(&check->report, &timing);
		}
}

static void certificate_read(struct tls_check *check, const cJSON *event)
{
	const cJSON *names = json_member(event, "names");
	const cJSON *name;
	struct check_certificate certificate = {
		.depth = (int)number_of(json_member(event, "depth")),
		.subject = (char *)text_of(event, "subject"),
		.issuer = (char *)text_of(event, "issuer"),
		.not_before = moment_of(json_member(event, "not_before")),
		.not_after = moment_of(json_member(event, "not_after")),
		.was_sent = cJSON_IsTrue(json_member(event, "sent")),
		.is_trusted = cJSON_IsTrue(json_member(event, "trusted")),
		.address = (char *)json_text(json_member(event, "address")),
	};
	cJSON_ArrayForEach (name, names) {
		certificate.names = mem_grow(certificate.names, certificate.name_count,
					     sizeof *certificate.names);
		certificate.names[certificate.name_count++] =
			(char *)(json_text(name) == NULL ? "" : json_text(name));
	}
	report_certificate(&check->report, &certificate);
	free(certificate.names); /* the texts are the document's */
}

static void finding_read(struct tls_check *check, const cJSON *event)
{
	enum finding_id id;
	if (!finding_id_of(text_of(event, "id"), &id))
		return;
	for (int severity = CHECK_PASS; severity <= CHECK_FAIL; severity++)
		if (text_equal(check_severity_text((enum check_severity)severity),
			       text_of(event, "severity")))
			report_finding(&check->report, id, (enum check_severity)severity,
				       json_text(json_member(event, "address")),
				       text_of(event, "text"),
				       json_text(json_member(event, "fix")));
}

static void verdict_read(struct tls_check *check, const cJSON *event)
{
	for (int verdict = VERDICT_PASS; verdict <= VERDICT_UNKNOWN; verdict++)
		if (text_equal(check_verdict_text((enum check_verdict)verdict),
			       text_of(event, "verdict"))) {
			check->verdict = (enum check_verdict)verdict;
			check->state = TLS_CHECK_DONE;
			if (check->server >= 0)
				number_states_checked(check->number);
		}
	mem_text_set(&check->headline, json_text(json_member(event, "headline")));
	mem_text_set(&check->headline_id, json_text(json_member(event, "headline_id")));
	mem_text_set(&check->fix, json_text(json_member(event, "fix")));
	mem_text_set(&check->report.corrected_chain,
		     json_text(json_member(event, "corrected_chain")));
}

static const struct {
	const char *event;
	void (*read)(struct tls_check *check, const cJSON *event);
} EVENTS[] = {
	{ "phase", phase_read },
	{ "certificate", certificate_read },
	{ "finding", finding_read },
	{ "verdict", verdict_read },
};

static void line_read(struct tls_check *check, const char *line, size_t length)
{
	struct json_doc doc;
	struct json_limits limits = { .bytes = CHECK_OUTPUT_MAX, .tokens = JSON_TOKENS_MAX };
	if (!json_doc_parse_within(&doc, line, length, limits, NULL))
		return;
	for (size_t i = 0; i < ARRAY_LENGTH(EVENTS); i++)
		if (text_equal(EVENTS[i].event, text_of(doc.root, "event")))
			EVENTS[i].read(check, doc.root);
	json_doc_release(&doc);
}

static void lines_read(struct tls_check *check)
{
	for (;;) {
		const char *line = check->json.bytes + check->read_to;
		const char *end = memchr(line, '\n', check->json.length - check->read_to);
		if (end == NULL)
			return;
		line_read(check, line, (size_t)(end - line));
		check->read_to += (size_t)(end - line) + 1;
	}
}

static void child_ended(struct tls_check *check)
{
	loop_unwatch(&check->number->app->loop, check->child.output);
	(void)process_child_stop(&check->child);
	if (check->state != TLS_CHECK_RUNNING)
		return;
	check->state = TLS_CHECK_BROKEN;
	(void)err_set(&check->err, ERR_INTERNAL, "The check ended without a verdict.");
	err_next_step(&check->err,
		      "Run it again; `sipdesk check` on the command line may say more.");
}

static void child_spoke(void *owner, int fd, short events)
{
	struct tls_check *check = owner;
	char bytes[4096];
	(void)events;
	ssize_t got = read(fd, bytes, sizeof bytes);
	if (got < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (got <= 0 || check->json.length + (size_t)got > CHECK_OUTPUT_MAX) {
		child_ended(check);
		return;
	}
	str_append(&check->json, bytes, (size_t)got);
	lines_read(check);
}

/* --- starting --------------------------------------------------------------------------------- */

/* In practice nothing leaves the machine: only the practice service's own servers can be reached.
 */
static bool practice_place(const struct app *app, const char *hostname, char **connect,
			   const char **ca_file, struct err *err)
{
	for (size_t i = 0; i < app->practice_sip_count; i++) {
		const struct practice_sip *sip = &app->practice_sips[i];
		if (!text_equal_nocase(sip->hostname, hostname))
			continue;
		*connect = mem_format("%s:%u", sip->address, sip->port);
		*ca_file = sip->ca_file;
		return true;
	}
	struct str names;
	str_init(&names);
	for (size_t i = 0; i < app->practice_sip_count; i++)
		str_addf(&names, "%s%s", i > 0 ? ", " : "", app->practice_sips[i].hostname);
	(void)err_set(err, ERR_INPUT, "Practice SIP servers to check: %s.",
		      names.length > 0 ? names.bytes : "none yet, the service is starting");
	str_release(&names);
	return false;
}

static bool child_start(struct tls_check *check, struct err *err)
{
	struct app *app = check->number->app;
	char *connect = NULL;
	const char *ca_file = NULL;
	if (app->service != APP_SERVICE_REAL &&
	    !practice_place(app, check->hostname, &connect, &ca_file, err))
		return false;
	char *target = strchr(check->hostname, ':') == NULL
			       ? mem_format("%s:%s", check->hostname, check->port)
			       : mem_format("[%s]:%s", check->hostname, check->port);
	char *arguments[10] = { "sipdesk", "check", "--json", NULL };
	size_t count = 3;
	if (connect != NULL) {
		arguments[count++] = "--connect";
		arguments[count++] = connect;
	}
	if (ca_file != NULL) {
		arguments[count++] = "--ca-file";
		arguments[count++] = (char *)ca_file;
	}
	arguments[count++] = "--";
	arguments[count++] = target;
	bool started = process_child_start(&check->child, process_self("sipdesk"), arguments,
					   STDOUT_FILENO, err);
	free(connect);
	free(target);
	return started;
}

/* What validation objects to is no place to check; it says why. */
static bool is_checkable(const struct open_number *number, int server, struct err *err)
{
	static const enum field_id fields[] = { FIELD_SERVER_HOSTNAME, FIELD_SERVER_PORT };
	if (values_get(&number->draft.mine, field_ref_server(FIELD_SERVER_HOSTNAME, server)) ==
	    NULL)
		return err_set(err, ERR_INPUT,
			       "There is no hostname to check yet: enter it first.");
	for (size_t i = 0; i < ARRAY_LENGTH(fields); i++) {
		const struct finding *finding =
			findings_for(&number->findings, field_ref_server(fields[i], server));
		if (finding != NULL && finding->severity == SEVERITY_FAILURE)
			return err_set(err, ERR_INPUT, "%s", finding->sentence);
	}
	return true;
}

static struct tls_check *check_start(struct open_number *number, int server, const char *hostname,
				     const char *port, struct err *err)
{
	struct app *app = number->app;
	char *ascii = hostname_to_ascii(hostname);
	struct tls_check *check = mem_alloc(1, sizeof *check);
	check->number = number;
	check->server = server;
	check->hostname = ascii == NULL ? mem_text(hostname) : ascii;
	check->port = mem_text(port == NULL ? field_of(FIELD_SERVER_PORT)->absent : port);
	check->started_at = clock_now();
	check->child = (struct process_child) { .id = -1, .output = -1 };
	str_init(&check->json);
	report_init(&check->report);
	err_init(&check->err);
	if (!child_start(check, err)) {
		check_free(check);
		return NULL;
	}
	check_forget(app, number, server); /* only now: the new one runs */
	check->next = app->checks;
	app->checks = check;
	if (!loop_watch(&app->loop, check->child.output, POLLIN, child_spoke, check))
		child_ended(check);
	return check;
}

struct tls_check *tls_check_elsewhere_start(struct open_number *number, const char *hostname,
					    const char *port, struct err *err)
{
	return check_start(number, TLS_CHECK_ELSEWHERE, hostname, port, err);
}

struct tls_check *tls_check_start(struct open_number *number, int server, struct err *err)
{
	const struct calling_values *mine = &number->draft.mine;
	const struct tls_check *last = tls_check_of(number, server);
	if (server == TLS_CHECK_ELSEWHERE && last != NULL)
		return check_start(number, server, last->hostname, last->port, err);
	if (!is_checkable(number, server, err))
		return NULL;
	return check_start(number, server,
			   values_get(mine, field_ref_server(FIELD_SERVER_HOSTNAME, server)),
			   values_get(mine, field_ref_server(FIELD_SERVER_PORT, server)), err);
}

void tls_check_cancel(struct tls_check *check)
{
	if (check->state != TLS_CHECK_RUNNING)
		return;
	check->state = TLS_CHECK_CANCELLED;
	child_ended(check);
}

static bool is_of_server(const struct tls_check *check, const struct calling_values *mine,
			 int server)
{
	const char *hostname = values_get(mine, field_ref_server(FIELD_SERVER_HOSTNAME, server));
	char *ascii = hostname == NULL ? NULL : hostname_to_ascii(hostname);
	bool same = text_equal(ascii, check->hostname);
	free(ascii);
	return same;
}

/* The number was moved to the server that was checked for it. */
static bool has_come(const struct tls_check *check)
{
	const struct calling_values *base = &check->number->settings.values;
	for (size_t i = 0; i < base->server_count; i++)
		if (is_of_server(check, base, (int)i))
			return true;
	return false;
}

void tls_checks_follow(struct open_number *number)
{
	const struct calling_values *mine = &number->draft.mine;
	for (struct tls_check *check = number->app->checks; check != NULL; check = check->next) {
		if (check->number != number || is_of_server(check, mine, check->server) ||
		    (check->server == TLS_CHECK_ELSEWHERE && !has_come(check)))
			continue;
		for (size_t i = 0; i < mine->server_count; i++)
			if (!mine->servers[i].removed && is_of_server(check, mine, (int)i))
				check->server = (int)i;
	}
}

/* --- in words --------------------------------------------------------------------------------- */

bool tls_check_is_stale(const struct tls_check *check)
{
	const struct calling_values *mine = &check->number->draft.mine;
	const char *hostname =
		values_get(mine, field_ref_server(FIELD_SERVER_HOSTNAME, check->server));
	const char *port = values_get(mine, field_ref_server(FIELD_SERVER_PORT, check->server));
	if (check->server == TLS_CHECK_ELSEWHERE)
		return false;
	char *ascii = hostname == NULL ? NULL : hostname_to_ascii(hostname);
	bool stale =
		!text_equal(ascii, check->hostname) ||
		!text_equal(port == NULL ? field_of(FIELD_SERVER_PORT)->absent : port, check->port);
	free(ascii);
	return stale;
}

static const char *const VERDICT_WORDS[] = {
	[VERDICT_PASS] = "passed",
	[VERDICT_WARN] = "passed with warnings",
	[VERDICT_FAIL] = "failed",
	[VERDICT_UNKNOWN] = "cannot tell from here",
};

char *tls_check_words(const struct tls_check *check)
{
	if (check == NULL)
		return mem_text("not run for this server");
	if (check->state == TLS_CHECK_RUNNING)
		return mem_text("running");
	if (check->state == TLS_CHECK_CANCELLED)
		return mem_text("cancelled");
	if (check->state == TLS_CHECK_BROKEN)
		return mem_text(check->err.sentence);
	int64_t minutes = (clock_now() - check->started_at) / 60;
	char *age = minutes < 1	    ? mem_text("just now")
		    : minutes < 120 ? mem_format("%lld min ago", (long long)minutes)
				    : mem_format("%lld h ago", (long long)(minutes / 60));
	char *words = mem_format(
		"%s %s%s%s%s", VERDICT_WORDS[check->verdict], age,
		!tls_check_is_stale(check)	   ? ""
		: check->number->changed_count > 0 ? ", before your edit"
						   : ", before it changed",
		check->verdict == VERDICT_PASS || check->headline == NULL ? "" : ": ",
		check->verdict == VERDICT_PASS || check->headline == NULL ? "" : check->headline);
	free(age);
	return words;
}
