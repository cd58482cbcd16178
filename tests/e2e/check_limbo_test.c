/*
 * `sipdesk check` against the certificates of C2SP's x509-limbo, each served on loopback in a real
 * handshake. The data stands beside the checkout and is no part of it; without it the test says so.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/str.h"
#include "tests/support/check_outcome.h"
#include "tests/support/lab.h"
#include "tests/support/run.h"
#include "tests/support/session.h"

#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
	CASES_MIN = 161,
	FILE_MAX = 8 * 1024 * 1024,
	TOKENS_MAX = 200000,
	HANG_MS = 40000,
	FILE_MODE = 0600,
	SIDE_BY_SIDE = 4,
};

static const char DATA[] = "../shared/data/x509-limbo.json";

/* Good by the suite, refused here: OpenSSL 3.0's rules. The list may only shrink. */
static const char *const REFUSED[] = {
	"cve::cve-2024-0567",
	"pathlen::validation-ignores-pathlen-in-leaf",
	"rfc5280::nc::nc-forbids-alternate-chain-ica",
	"rfc5280::nc::nc-forbids-same-chain-ica",
	"rfc5280::validity::notafter-exact",
	"rfc5280::validity::notafter-fractional",
	"rfc5280::ca-as-leaf",
	"rfc5280::root-and-intermediate-swapped",
};

/* Bad by the suite, accepted here without a warning about the certificate. The list may only
 * shrink. */
static const char *const LENIENT[] = {
	"rfc5280::nc::permitted-dns-match-noncritical",
	"rfc5280::pc::ica-noncritical-pc",
	"rfc5280::serial::too-long",
	"rfc5280::serial::zero",
	"webpki::aki::root-with-aki-missing-keyidentifier",
	"webpki::eku::ee-anyeku",
	"webpki::eku::ee-critical-eku",
	"webpki::eku::ee-without-eku",
	"webpki::eku::root-has-eku",
	"webpki::san::san-critical-with-nonempty-subject",
	"webpki::malformed-aia",
	"webpki::forbidden-dsa-root",
	"webpki::forbidden-rsa-not-divisible-by-8-in-root",
	"webpki::forbidden-rsa-key-not-divisible-by-8-in-leaf",
};

struct limbo_case {
	const char *id, *hostname; /* borrowed from the document */
	bool is_good;
	char *moment; /* to judge at, seconds since 1970; NULL: now */
	char *ca_file;
	struct lab_server server;
};

struct limbo {
	struct json_doc doc;
	struct limbo_case *cases;
	size_t count;
	struct lab lab;
};

static const struct lab_behaviour BEHAVIOUR = { .greeting = LAB_SPEAKS_TLS };

static const char *text_of(const cJSON *test, const char *name)
{
	return json_text(json_member(test, name));
}

/* Those that one handshake can decide. */
static bool is_for_us(const cJSON *test)
{
	const cJSON *name = json_member(test, "expected_peer_name");
	const char *kind = json_text(json_member(name, "kind"));
	return text_equal(text_of(test, "validation_kind"), "SERVER") &&
	       text_of(test, "peer_certificate_key") != NULL &&
	       (text_equal(kind, "DNS") || text_equal(kind, "IP")) &&
	       cJSON_GetArraySize(json_member(test, "crls")) == 0 &&
	       text_of(test, "max_chain_depth") == NULL;
}

static X509 *certificate_read(const char *pem)
{
	BIO *bio = BIO_new_mem_buf(pem, -1);
	X509 *certificate = PEM_read_bio_X509(bio, NULL, NULL, NULL);
	BIO_free(bio);
	return certificate;
}

static EVP_PKEY *key_read(const char *pem)
{
	BIO *bio = BIO_new_mem_buf(pem, -1);
	EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
	BIO_free(bio);
	return key;
}

static char *moment_read(const char *rfc3339)
{
	struct tm parts = { 0 };
	if (rfc3339 == NULL || strptime(rfc3339, "%Y-%m-%dT%H:%M:%S", &parts) == NULL)
		return NULL;
	return mem_format("%lld", (long long)timegm(&parts));
}

static bool trust_write(struct limbo_case *limbo_case, const cJSON *trusted, const char *folder,
			size_t index)
{
	struct str pem;
	struct err err;
	const cJSON *one;
	str_init(&pem);
	err_init(&err);
	cJSON_ArrayForEach (one, trusted)
		str_addf(&pem, "%s\n", json_text(one));
	limbo_case->ca_file = mem_format("%s/trusted-%zu.pem", folder, index);
	bool is_written =
		file_write_whole(limbo_case->ca_file, pem.bytes, pem.length, FILE_MODE, &err);
	str_release(&pem);
	return is_written;
}

static void case_read(struct limbo_case *limbo_case, const cJSON *test)
{
	const cJSON *one;
	struct lab_identity *identity = &limbo_case->server.identity;
	limbo_case->id = text_of(test, "id");
	limbo_case->hostname =
		json_text(json_member(json_member(test, "expected_peer_name"), "value"));
	limbo_case->is_good = text_equal(text_of(test, "expected_result"), "SUCCESS");
	limbo_case->moment = moment_read(text_of(test, "validation_time"));
	limbo_case->server.behaviour = &BEHAVIOUR;
	identity->key = key_read(text_of(test, "peer_certificate_key"));
	identity->chain = sk_X509_new_null();
	(void)sk_X509_push(identity->chain, certificate_read(text_of(test, "peer_certificate")));
	cJSON_ArrayForEach (one, json_member(test, "untrusted_intermediates"))
		(void)sk_X509_push(identity->chain, certificate_read(json_text(one)));
}

static bool cases_read(struct limbo *limbo)
{
	struct str content;
	struct err err;
	const cJSON *test;
	str_init(&content);
	err_init(&err);
	bool is_read = file_read(DATA, FILE_MAX, &content, &err) &&
		       json_doc_parse_within(&limbo->doc, content.bytes, content.length,
					     (struct json_limits) { FILE_MAX, TOKENS_MAX }, &err);
	str_release(&content);
	if (!is_read) {
		(void)fprintf(stderr, "%s\n", err.sentence);
		return false;
	}
	cJSON_ArrayForEach (test, json_member(limbo->doc.root, "testcases")) {
		if (!is_for_us(test))
			continue;
		limbo->cases = mem_grow(limbo->cases, limbo->count, sizeof(*limbo->cases));
		case_read(&limbo->cases[limbo->count++], test);
	}
	return limbo->count >= CASES_MIN;
}

static bool cases_serve(struct limbo *limbo)
{
	const struct lab_behaviour **behaviours = mem_alloc(limbo->count, sizeof(*behaviours));
	struct lab_server *servers = mem_alloc(limbo->count, sizeof(*servers));
	for (size_t i = 0; i < limbo->count; i++)
		behaviours[i] = &BEHAVIOUR;
	bool is_running = lab_listen(&limbo->lab, behaviours, limbo->count);
	size_t i = 0;
	const cJSON *test;
	cJSON_ArrayForEach (test, json_member(limbo->doc.root, "testcases")) {
		if (!is_running || !is_for_us(test))
			continue;
		is_running = trust_write(&limbo->cases[i], json_member(test, "trusted_certs"),
					 limbo->lab.folder, i) &&
			     lab_server_prepare(&limbo->cases[i].server, NULL);
		if (!is_running)
			(void)fprintf(stderr, "%s cannot be served\n", limbo->cases[i].id);
		servers[i] = limbo->cases[i].server;
		i++;
	}
	is_running = is_running && lab_serve(&limbo->lab, servers, NULL);
	free(servers);
	free(behaviours);
	return is_running;
}

static void cases_release(struct limbo *limbo)
{
	lab_stop(&limbo->lab);
	for (size_t i = 0; i < limbo->count; i++) {
		lab_server_release(&limbo->cases[i].server);
		lab_identity_release(&limbo->cases[i].server.identity);
		free(limbo->cases[i].moment);
		free(limbo->cases[i].ca_file);
	}
	free(limbo->cases);
	json_doc_release(&limbo->doc);
}

static void case_start(struct run *run, const struct limbo *limbo, size_t index)
{
	const struct limbo_case *limbo_case = &limbo->cases[index];
	char *program = session_built("sipdesk");
	char *connect = mem_format("127.0.0.1:%u", (unsigned)limbo->lab.ports[index]);
	const char *const arguments[] = { program,
					  "check",
					  limbo_case->hostname,
					  "--json",
					  "--connect",
					  connect,
					  "--ca-file",
					  limbo_case->ca_file,
					  limbo_case->moment == NULL ? NULL : "--at",
					  limbo_case->moment,
					  NULL };
	run_start(run, arguments, NULL);
	free(connect);
	free(program);
}

enum opinion { ACCEPTED, WARNED, NOT_ACCEPTED, BROKEN };

/* A warning that is not about the certificate is none here. */
static enum opinion opinion_of(const struct check_outcome *outcome)
{
	const cJSON *event;
	bool is_warned = false;
	if (strcmp(outcome->verdict, "fail") == 0)
		return NOT_ACCEPTED;
	if (strcmp(outcome->verdict, "pass") != 0 && strcmp(outcome->verdict, "warn") != 0)
		return BROKEN;
	cJSON_ArrayForEach (event, outcome->events) {
		const char *id = json_text(json_member(event, "id"));
		is_warned |= id != NULL && text_starts_with(id, "CRT-") &&
			     text_equal(json_text(json_member(event, "severity")), "warn");
	}
	return is_warned ? WARNED : ACCEPTED;
}

static bool is_listed(const char *id, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(list[i], id) == 0)
			return true;
	return false;
}

/* Is the opinion the suite's, or one of those written down? One that is written down and no longer
 * true is to be taken off the list. */
static bool opinion_is_right(const struct limbo_case *limbo_case, enum opinion opinion,
			     const struct check_outcome *outcome)
{
	bool is_wrong = limbo_case->is_good ? opinion == NOT_ACCEPTED : opinion == ACCEPTED;
	bool is_known = limbo_case->is_good
				? is_listed(limbo_case->id, REFUSED, ARRAY_LENGTH(REFUSED))
				: is_listed(limbo_case->id, LENIENT, ARRAY_LENGTH(LENIENT));
	if (opinion != BROKEN && is_wrong == is_known)
		return true;
	(void)fprintf(stderr, "%s (%s): %s %s: %s\n", limbo_case->id,
		      limbo_case->is_good ? "good" : "bad", outcome->verdict, outcome->headline_id,
		      outcome->headline);
	return false;
}

static size_t cases_check(const struct limbo *limbo, size_t from, size_t to)
{
	struct run runs[SIDE_BY_SIDE];
	size_t wrong = 0;
	for (size_t i = from; i < to; i++)
		case_start(&runs[i - from], limbo, i);
	for (size_t i = from; i < to; i++) {
		struct check_outcome outcome;
		struct run *run = &runs[i - from];
		bool is_right = run_finish(run, HANG_MS);
		is_right &= check_outcome_read(&outcome, &run->output);
		is_right &= opinion_is_right(&limbo->cases[i], opinion_of(&outcome), &outcome);
		wrong += !is_right;
		check_outcome_release(&outcome);
		run_release(run);
	}
	return wrong;
}

static void the_suite_is_judged_as_written_down(void **state)
{
	struct limbo limbo = { .count = 0 };
	(void)state;
	if (access(DATA, R_OK) != 0) {
		print_message("x509-limbo is not here (%s): nothing was tried.\n", DATA);
		skip();
	}
	json_doc_init(&limbo.doc);
	bool is_ready = cases_read(&limbo) && cases_serve(&limbo);
	size_t wrong = 0;
	for (size_t i = 0; is_ready && i < limbo.count; i += SIDE_BY_SIDE)
		wrong += cases_check(
			&limbo, i, i + SIDE_BY_SIDE < limbo.count ? i + SIDE_BY_SIDE : limbo.count);
	size_t count = limbo.count;
	cases_release(&limbo);
	assert_true(is_ready);
	if (wrong > 0)
		fail_msg("%zu of %zu cases are judged otherwise than written down", wrong, count);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_suite_is_judged_as_written_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
