#include "tlscheck/check.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "tlscheck/chains.h"
#include "tlscheck/examination.h"
#include "tlscheck/handshake.h"
#include "tlscheck/judge.h"
#include "tlscheck/network.h"
#include "tlscheck/resolve.h"
#include "tlscheck/target.h"

#include <openssl/ssl.h>
#include <stdlib.h>

enum {
	QUIET_MS = 150,	 /* does a port close, or greet, before a word of ours? */
	PLAIN_MS = 2000, /* an answer without TLS comes from the same server, as fast */
};

/* ---- DNS
 * ------------------------------------------------------------------------------------------ */

static void not_public_say(const struct examination *examination, struct check_report *report)
{
	for (size_t i = 0; i < examination->address_count; i++) {
		const struct address *address = &examination->addresses[i];
		const char *what = address_not_public(address);
		char *fix = mem_format("Publish the public address; forward port %u to the server.",
				       (unsigned)examination->setup.port);
		if (what)
			report_findingf(report, DNS_6, CHECK_FAIL, address->text, fix,
					"%s is %s; Meta cannot reach it.", address->text, what);
		free(fix);
	}
}

static void addresses_say(const struct resolved *resolved, const char *hostname,
			  struct check_report *report)
{
	struct str list;
	str_init(&list);
	for (size_t i = 0; i < resolved->address_count; i++)
		str_addf(&list, "%s%s", i > 0 ? ", " : "", resolved->addresses[i].text);
	if (resolved->published_count > resolved->address_count)
		str_addf(&list, " and %zu more, which are not examined",
			 resolved->published_count - resolved->address_count);
	report_findingf(report, DNS_5, CHECK_INFO, NULL, NULL,
			"%s has the addresses %s (TTL %u s).", hostname, list.bytes,
			(unsigned)resolved->ttl);
	str_release(&list);
	if (resolved->alias)
		report_findingf(report, DNS_7, CHECK_INFO, NULL, NULL,
				"%s is an alias of %s; the certificate must still name %s.",
				hostname, resolved->alias, hostname);
	if (resolved->silent_family)
		report_findingf(report, DNS_4, CHECK_WARN, NULL,
				"Check the name servers of the domain, then repeat the check.",
				"DNS did not answer for the %s addresses of %s (%s).",
				resolved->silent_family, hostname, resolved->words);
}

static void resolved_say(const struct resolved *resolved, const char *hostname,
			 struct check_report *report)
{
	char *fix = NULL;
	switch (resolved->outcome) {
	case RESOLVE_FOUND: addresses_say(resolved, hostname, report); return;
	case RESOLVE_NO_NAME:
		fix = mem_format(
			"Create an A record for %s, or correct the hostname in the settings.",
			hostname);
		report_findingf(report, DNS_2, CHECK_FAIL, NULL, fix, "%s does not exist in DNS.",
				hostname);
		break;
	case RESOLVE_NO_ADDRESS:
		fix = mem_format("Add an A record for %s.", hostname);
		report_findingf(report, DNS_3, CHECK_FAIL, NULL, fix,
				"%s exists but has no A or AAAA record.", hostname);
		break;
	case RESOLVE_NO_ANSWER:
		fix = mem_format("Check the name servers of %s, then repeat the check.", hostname);
		report_findingf(report, DNS_4, CHECK_UNKNOWN, NULL, fix,
				"DNS for %s did not answer (%s).", hostname, resolved->words);
		break;
	}
	free(fix);
}

static void name_look_up(struct examination *examination, const struct check_options *options,
			 double budget_ms, struct check_report *report)
{
	struct address server;
	struct resolved resolved;
	double begin = check_clock_ms();
	bool has_server = options->dns_address && address_parse(options->dns_address, &server);
	resolve(
		&(struct resolve_question) {
			.hostname = examination->setup.hostname,
			.server = has_server ? &server : NULL,
			.server_port = options->dns_port,
			.deadline = begin + budget_ms,
		},
		&resolved);
	report_timing(report, &(struct check_timing) {
				      .phase = PHASE_DNS,
				      .start_ms = begin - examination->started_at,
				      .ms = check_clock_ms() - begin,
				      .ok = resolved.outcome == RESOLVE_FOUND,
			      });
	resolved_say(&resolved, examination->setup.hostname, report);
	for (size_t i = 0; i < resolved.address_count; i++)
		examination->addresses[i] = resolved.addresses[i];
	examination->address_count = resolved.address_count;
	resolved_release(&resolved);
}

/* Which addresses to examine: those given, the hostname's own, or those of DNS. */
static void addresses_find(struct examination *examination, const struct check_options *options,
			   double budget_ms, struct check_report *report)
{
	const char *hostname = examination->setup.hostname;
	bool is_ip = examination->setup.is_ip;
	if (is_ip)
		report_findingf(
			report, DNS_8, CHECK_WARN, NULL,
			"Use a DNS name, and a certificate for it.",
			"The hostname is the IP address %s; public certificates rarely name "
			"one.",
			hostname);
	const char *given = options->connect_address ? options->connect_address
			    : is_ip		     ? hostname
						     : NULL;
	if (given)
		examination->address_count = address_parse(given, &examination->addresses[0]);
	else
		name_look_up(examination, options, budget_ms, report);
	if (!options->connect_address)
		not_public_say(examination, report);
}

/* ---- the whole check
 * -------------------------------------------------------------------------------- */

static void setup_fill(struct examination *examination, const struct check_options *options,
		       double scale)
{
	struct probe_setup *setup = &examination->setup;
	bool has_own_port = options->connect_address && options->connect_port != 0;
	setup->port = has_own_port ? options->connect_port : options->port;
	setup->sip_port = options->port;
	setup->tcp_ms = CHECK_TCP_MS * scale;
	setup->tls_ms = CHECK_TLS_MS * scale;
	setup->sip_ms = CHECK_SIP_MS * scale;
	setup->quiet_ms = QUIET_MS * scale;
	setup->plain_ms = PLAIN_MS * scale;
	examination->started_at = check_clock_ms();
	examination->deadline = examination->started_at + CHECK_ALL_MS * scale;
}

static void findings_add(const struct examination *examination, const struct trust *trust,
			 const struct check_options *options, struct check_report *report)
{
	for (size_t i = 0; i < examination->address_count; i++) {
		network_findings(examination, i, report);
		handshake_findings(examination, i, report);
	}
	if (!options->connect_address)
		network_compare_addresses(examination, examination->setup.hostname, report);
	chains_judge(examination, trust, options->at != 0 ? options->at : clock_now(), report);
}

static bool examine(const struct check_options *options, const struct target_name *name,
		    const struct trust *trust, struct check_report *report, struct err *err)
{
	double scale =
		options->timeout_seconds > 0 ? options->timeout_seconds * 1000 / CHECK_ALL_MS : 1;
	/* Too large for the stack of a caller that has little. */
	struct examination *examination = mem_alloc(1, sizeof *examination);
	examination->report = report;
	setup_fill(examination, options, scale);
	examination->setup.hostname = name->ascii;
	examination->setup.is_ip = name->is_ip;
	examination->setup.tls = probe_context_new();
	bool is_begun = examination->setup.tls != NULL ||
			err_set(err, ERR_INTERNAL, "OpenSSL cannot be used for TLS here.");
	if (is_begun) {
		addresses_find(examination, options, CHECK_DNS_MS * scale, report);
		examination_run(examination);
		findings_add(examination, trust, options, report);
	}
	examination_release(examination);
	free(examination);
	return is_begun;
}

/* What this machine's openssl.cnf allows or forbids is no fact about the server. Nor is anything
 * left to clear up: a check holds no secret. */
static void openssl_begin(void)
{
	(void)OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ATEXIT, NULL);
}

bool check_run(const struct check_options *options, struct check_report *report, struct err *err)
{
	struct trust trust;
	struct target_name name;
	openssl_begin();
	if (!trust_load(&trust, options->ca_file, err))
		return false;
	target_name_read(options->hostname, &name);
	bool is_done = true;
	if (name.ascii)
		is_done = examine(options, &name, &trust, report, err);
	else
		report_findingf(report, DNS_1, CHECK_FAIL, NULL, name.why,
				"\"%s\" is not a host name.", options->hostname);
	free(name.ascii);
	trust_release(&trust);
	return is_done;
}
