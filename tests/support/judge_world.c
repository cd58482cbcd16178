#include "tests/support/judge_world.h"

#include "base/mem.h"

#include <openssl/ocsp.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { YEAR = 365 * DAY };

#define MUST(condition)                                                                       \
	do {                                                                                  \
		if (!(condition)) {                                                           \
			(void)fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
			abort();                                                              \
		}                                                                             \
	} while (0)

static struct certificate_spec in_force(struct certificate_spec spec, int64_t seconds)
{
	if (spec.not_before == 0)
		spec.not_before = JUDGE_AT - DAY;
	if (spec.not_after == 0)
		spec.not_after = JUDGE_AT + seconds;
	return spec;
}

static void authority_make(struct identity *identity, struct certificate_spec spec,
			   const struct identity *issuer)
{
	spec = in_force(spec, YEAR);
	spec.is_ca = true;
	identity_make(identity, &spec, issuer);
}

struct judge_world *judge_world_new(void)
{
	struct judge_world *world = mem_alloc(1, sizeof *world);
	authority_make(&world->root, (struct certificate_spec) { .common_name = "Root" }, NULL);
	authority_make(&world->intermediate,
		       (struct certificate_spec) { .common_name = "Intermediate" }, &world->root);
	authority_make(&world->stranger,
		       (struct certificate_spec) { .common_name = "Private PBX CA" }, NULL);
	return world;
}

void judge_world_free(struct judge_world *world)
{
	identity_release(&world->root);
	identity_release(&world->intermediate);
	identity_release(&world->stranger);
	free(world);
}

static const struct identity *issuer_of(const struct judge_world *world,
					const struct judge_row *row)
{
	if (row->authority.common_name != NULL)
		return &world->authority;
	switch (row->sends) {
	case SENDS_PRIVATE:
	case SENDS_PRIVATE_ROOT: return &world->stranger;
	case SENDS_SELF_SIGNED: return NULL;
	case SENDS_BY_ROOT: return &world->root;
	default: return &world->intermediate;
	}
}

static void send_certificates(struct judge_world *world, const struct judge_row *row)
{
	X509 *leaf = world->leaf.certificate;
	X509 *intermediate = row->authority.common_name != NULL ? world->authority.certificate
								: world->intermediate.certificate;
	X509 *stranger = world->stranger.certificate;
	X509 *const sending[][4] = {
		[SENDS_CHAIN] = { leaf, intermediate },
		[SENDS_ALONE] = { leaf },
		[SENDS_FETCHED] = { leaf },
		[SENDS_REVERSED] = { intermediate, leaf },
		[SENDS_STRAYS] = { leaf, intermediate, stranger, intermediate },
		[SENDS_PRIVATE] = { leaf },
		[SENDS_PRIVATE_ROOT] = { leaf, stranger },
		[SENDS_SELF_SIGNED] = { leaf },
		[SENDS_BY_ROOT] = { leaf },
	};
	world->sent = sk_X509_new_null();
	for (size_t i = 0; i < ARRAY_LENGTH(sending[0]); i++)
		if (sending[row->sends][i] != NULL)
			MUST(sk_X509_push(world->sent, sending[row->sends][i]) > 0);
}

static void staple_by(struct judge_world *world, const struct identity *responder)
{
	world->staple =
		staple_make(&world->leaf, &world->intermediate, responder, V_OCSP_CERTSTATUS_GOOD,
			    JUDGE_AT, JUDGE_AT + DAY, &world->staple_length);
}

static void staple_by_new(struct judge_world *world, const struct identity *issuer)
{
	struct identity responder;
	struct certificate_spec spec =
		in_force((struct certificate_spec) { .common_name = "OCSP",
						     .extended_key_usage = "OCSPSigning" },
			 DAY);
	identity_make(&responder, &spec, issuer);
	staple_by(world, &responder);
	identity_release(&responder);
}

static void staple_error(struct judge_world *world)
{
	unsigned char *der = NULL;
	OCSP_RESPONSE *response = OCSP_response_create(OCSP_RESPONSE_STATUS_TRYLATER, NULL);
	int length = i2d_OCSP_RESPONSE(response, &der);
	MUST(length > 0);
	world->staple = mem_alloc((size_t)length, 1);
	world->staple_length = (size_t)length;
	memcpy(world->staple, der, (size_t)length);
	OPENSSL_free(der);
	OCSP_RESPONSE_free(response);
}

static void staple(struct judge_world *world, enum stapling staples)
{
	static const struct {
		int status;
		int64_t produced, until; /* relative to JUDGE_AT */
	} answers[] = {
		[STAPLES_REVOKED] = { V_OCSP_CERTSTATUS_REVOKED, -4 * DAY, DAY },
		[STAPLES_STALE] = { V_OCSP_CERTSTATUS_GOOD, -9 * DAY, -3 * DAY },
		[STAPLES_FUTURE] = { V_OCSP_CERTSTATUS_GOOD, 2 * DAY, 9 * DAY },
		[STAPLES_UNKNOWN] = { V_OCSP_CERTSTATUS_UNKNOWN, 0, DAY },
	};
	struct identity other = { world->intermediate.certificate, NULL };
	switch (staples) {
	case STAPLES_NOTHING: break;
	case STAPLES_GOOD: staple_by(world, NULL); break;
	case STAPLES_GOOD_DELEGATED: staple_by_new(world, &world->intermediate); break;
	case STAPLES_BY_STRANGER: staple_by_new(world, &world->stranger); break;
	case STAPLES_ERROR: staple_error(world); break;
	case STAPLES_GARBAGE:
		world->staple = (unsigned char *)mem_text("0123");
		world->staple_length = 4;
		break;
	case STAPLES_OF_ANOTHER:
		world->staple =
			staple_make(&other, &world->intermediate, NULL, V_OCSP_CERTSTATUS_REVOKED,
				    JUDGE_AT, 0, &world->staple_length);
		break;
	default:
		world->staple =
			staple_make(&world->leaf, &world->intermediate, NULL,
				    answers[staples].status, JUDGE_AT + answers[staples].produced,
				    JUDGE_AT + answers[staples].until, &world->staple_length);
	}
}

static void trust_set(struct judge_world *world, const struct judge_row *row)
{
	world->trust = (struct trust) {
		.store = X509_STORE_new(),
		.name = mem_text(row->is_public ? "/etc/roots" : "roots.pem"),
		.root_count = row->is_public ? 144 : 1,
		.modified_at = row->list_older != 0 ? JUDGE_AT - row->list_older : 0,
		.is_given = !row->is_public,
	};
	MUST(X509_STORE_add_cert(world->trust.store, world->root.certificate) == 1);
}

void judge_world_begin(struct judge_world *world, const struct judge_row *row)
{
	if (row->authority.common_name != NULL)
		authority_make(&world->authority, row->authority, &world->root);
	struct certificate_spec leaf = in_force(row->leaf, 60 * DAY);
	identity_make(&world->leaf, &leaf, issuer_of(world, row));
	send_certificates(world, row);
	trust_set(world, row);
	staple(world, row->staples);
	report_init(&world->report);
}

void judge_world_end(struct judge_world *world)
{
	identity_release(&world->authority);
	identity_release(&world->leaf);
	sk_X509_free(world->sent);
	world->sent = NULL;
	trust_release(&world->trust);
	free(world->staple);
	world->staple = NULL;
	report_release(&world->report);
}

struct judge_input judge_world_input(const struct judge_world *world, const struct judge_row *row)
{
	static const char *const SHOWN_AT[] = { "192.0.2.7", "192.0.2.8", NULL };
	return (struct judge_input) {
		.hostname = row->hostname != NULL ? row->hostname : JUDGE_HOST,
		.is_ip = row->is_ip,
		.address = SHOWN_AT[0],
		.shown_at = SHOWN_AT,
		.sent = world->sent,
		.staple = world->staple,
		.staple_length = world->staple_length,
		.at = JUDGE_AT,
		.trust = &world->trust,
		.fetched = { row->sends == SENDS_FETCHED ? world->intermediate.certificate : NULL },
	};
}
