/* The trust list: a given file, and the system's folder and bundle, of which only what is needed
 * is read. */
#include "tlscheck/judge.h"

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "tests/support/certificates.h"

#include <openssl/x509.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define HOST "sip.example.com"

static const int64_t AT = 1795400000; /* 2026-11-23 */

enum { DAY = 24 * 3600 };

struct world {
	struct identity root, other;
	struct identity leaf, other_leaf;
	char *folder;
};

static void identity_pair(struct identity *root, struct identity *leaf, const char *name)
{
	identity_make(root,
		      &(struct certificate_spec) { .common_name = name,
						   .is_ca = true,
						   .not_before = AT - DAY,
						   .not_after = AT + 400 * DAY },
		      NULL);
	identity_make(leaf,
		      &(struct certificate_spec) { .names = "DNS:" HOST,
						   .not_before = AT - DAY,
						   .not_after = AT + 60 * DAY },
		      root);
}

static char *path_in(const struct world *world, const char *name)
{
	return mem_format("%s/%s", world->folder, name);
}

static void put(const struct world *world, const char *name, const char *text, int64_t changed_at)
{
	const struct timespec times[] = { { .tv_sec = changed_at }, { .tv_sec = changed_at } };
	char *path = path_in(world, name);
	assert_true(file_write_whole(path, text, strlen(text), 0600, NULL));
	assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
	free(path);
}

static void put_hashed(const struct world *world, X509 *certificate, int number, int64_t changed_at)
{
	char *name = mem_format(
		"%08lx.%d", X509_NAME_hash_ex(X509_get_subject_name(certificate), NULL, NULL, NULL),
		number);
	char *pem = certificate_pem(certificate);
	put(world, name, pem, changed_at);
	free(pem);
	free(name);
}

static int test_begin(void **state)
{
	struct world *world = mem_alloc(1, sizeof *world);
	const char *temporary = getenv("TMPDIR");
	identity_pair(&world->root, &world->leaf, "Root");
	identity_pair(&world->other, &world->other_leaf, "Other root");
	world->folder =
		mem_format("%s/sipdesk-trust-XXXXXX", temporary != NULL ? temporary : "/tmp");
	assert_non_null(mkdtemp(world->folder));
	assert_int_equal(setenv("SSL_CERT_DIR", world->folder, 1), 0);
	assert_int_equal(setenv("SSL_CERT_FILE", "/dev/null", 1), 0);
	*state = world;
	return 0;
}

static int test_end(void **state)
{
	struct world *world = *state;
	char *command = mem_format("rm -r '%s'", world->folder);
	assert_int_equal(system(command), 0);
	identity_release(&world->root);
	identity_release(&world->other);
	identity_release(&world->leaf);
	identity_release(&world->other_leaf);
	free(command);
	free(world->folder);
	free(world);
	return 0;
}

static bool accepts(const struct trust *trust, const struct identity *leaf)
{
	struct check_report report;
	STACK_OF(X509) *sent = sk_X509_new_null();
	assert_true(sk_X509_push(sent, leaf->certificate) > 0);
	const struct judge_input input = {
		.hostname = HOST, .sent = sent, .at = AT, .trust = trust
	};
	report_init(&report);
	bool accepted = judge(&input, &report);
	report_release(&report);
	sk_X509_free(sent);
	return accepted;
}

static void test_given_file(void **state)
{
	const struct world *world = *state;
	struct trust trust;
	char *root = certificate_pem(world->root.certificate);
	char *other = certificate_pem(world->other.certificate);
	char *both = mem_format("# comment\n%s\n%s", root, other);
	char *path = path_in(world, "ca.pem");
	put(world, "ca.pem", both, AT - DAY);
	assert_true(trust_load(&trust, path, NULL));
	assert_string_equal(trust.name, path);
	assert_int_equal(trust.root_count, 2);
	assert_int_equal(trust.modified_at, AT - DAY);
	assert_true(trust.is_given);
	assert_true(accepts(&trust, &world->leaf));
	assert_true(accepts(&trust, &world->other_leaf));
	trust_release(&trust);
	put(world, "ca.pem", root, AT);
	put_hashed(world, world->other.certificate, 0, AT);
	assert_true(trust_load(&trust, path, NULL));
	assert_true(accepts(&trust, &world->leaf));
	assert_false(accepts(&trust, &world->other_leaf)); /* the system's list is not asked */
	trust_release(&trust);
	free(root);
	free(other);
	free(both);
	free(path);
}

static void test_unfit_file(void **state)
{
	static const struct {
		const char *text; /* NULL: there is no file */
		enum err_kind kind;
		const char *sentence;
	} cases[] = {
		{ NULL, ERR_IO, "Cannot open" },
		{ "", ERR_INPUT, "There is no certificate in" },
		{ "hello\n", ERR_INPUT, "There is no certificate in" },
		{ "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", ERR_INPUT,
		  "There is no certificate in" },
	};
	const struct world *world = *state;
	char *path = path_in(world, "ca.pem");
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct trust trust;
		struct err err;
		err_init(&err);
		if (cases[i].text != NULL)
			put(world, "ca.pem", cases[i].text, AT);
		assert_false(trust_load(&trust, path, &err));
		assert_int_equal(err.kind, cases[i].kind);
		assert_non_null(strstr(err.sentence, cases[i].sentence));
		trust_release(&trust);
	}
	free(path);
}

static void test_folder(void **state)
{
	const struct world *world = *state;
	struct trust trust;
	put_hashed(world, world->root.certificate, 0, AT - 500 * DAY);
	put_hashed(world, world->other.certificate, 0, AT - 500 * DAY);
	put(world, "00000000.0", "not looked at", AT - DAY); /* added yesterday */
	put(world, "README", "not counted", AT);
	put(world, "ca-certificates.crt", "not counted", AT);
	assert_true(trust_load(&trust, NULL, NULL));
	char *name = mem_format("%s (ca-certificates)", world->folder);
	assert_string_equal(trust.name, name);
	assert_int_equal(trust.root_count, 3);
	assert_int_equal(trust.modified_at, AT - 500 * DAY);
	assert_false(trust.is_given);
	assert_true(accepts(&trust, &world->leaf));
	assert_true(accepts(&trust, &world->other_leaf));
	trust_release(&trust);
	free(name);
}

static void test_bundle_beside_folder(void **state)
{
	const struct world *world = *state;
	struct trust trust;
	char *pem = certificate_pem(world->other.certificate);
	char *below = path_in(world, "below");
	char *bundle = path_in(world, "below/bundle.pem");
	assert_int_equal(mkdir(below, 0700), 0);
	put(world, "below/bundle.pem", pem, AT - DAY);
	put_hashed(world, world->root.certificate, 0, AT - 500 * DAY);
	assert_int_equal(setenv("SSL_CERT_FILE", bundle, 1), 0);
	assert_true(trust_load(&trust, NULL, NULL));
	char *name = mem_format("%s and %s", bundle, world->folder);
	assert_string_equal(trust.name, name);
	assert_int_equal(trust.root_count, 2);
	assert_true(accepts(&trust, &world->leaf));
	assert_true(accepts(&trust, &world->other_leaf));
	assert_true(accepts(&trust, &world->other_leaf)); /* from memory now */
	trust_release(&trust);
	free(name);
	free(pem);
	free(below);
	free(bundle);
}

/* Reading all roots costs 15 ms: that happens only for an issuer that the folder does not have. */
static void test_bundle_is_read_late(void **state)
{
	const struct world *world = *state;
	struct trust trust;
	char *root = certificate_pem(world->root.certificate);
	char *other = certificate_pem(world->other.certificate);
	char *bundle = path_in(world, "bundle.pem");
	put(world, "bundle.pem", root, AT);
	put_hashed(world, world->root.certificate, 0, AT);
	assert_int_equal(setenv("SSL_CERT_FILE", bundle, 1), 0);
	assert_true(trust_load(&trust, NULL, NULL));
	assert_string_equal(trust.name, world->folder);
	assert_int_equal(trust.root_count, 1);
	put(world, "bundle.pem", other, AT); /* seen, since nothing was read yet */
	assert_true(accepts(&trust, &world->leaf));
	assert_int_equal(sk_X509_OBJECT_num(X509_STORE_get0_objects(trust.store)), 1);
	assert_true(accepts(&trust, &world->other_leaf));
	assert_int_equal(sk_X509_OBJECT_num(X509_STORE_get0_objects(trust.store)), 2);
	trust_release(&trust);
	free(root);
	free(other);
	free(bundle);
}

static void test_no_list(void **state)
{
	const struct world *world = *state;
	struct trust trust;
	struct check_report report;
	STACK_OF(X509) *sent = sk_X509_new_null();
	assert_true(sk_X509_push(sent, world->leaf.certificate) > 0);
	assert_true(trust_load(&trust, NULL, NULL));
	assert_int_equal(trust.root_count, 0);
	const struct judge_input input = {
		.hostname = HOST, .sent = sent, .at = AT, .trust = &trust
	};
	report_init(&report);
	assert_false(judge(&input, &report));
	for (size_t i = 0; i < report.finding_count; i++) {
		if (report.findings[i].id == CRT_10)
			assert_non_null(strstr(report.findings[i].text,
					       "No trust list was found on this machine."));
		if (report.findings[i].id == CRT_25)
			assert_string_equal(report.findings[i].fix,
					    "Install ca-certificates on this machine.");
	}
	assert_true(report_has(&report, CRT_10, CHECK_FAIL));
	assert_true(report_has(&report, CRT_25, CHECK_INFO));
	report_release(&report);
	sk_X509_free(sent);
	trust_release(&trust);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, test_begin, test_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_given_file),		 TEST(test_unfit_file),		 TEST(test_folder),
		TEST(test_bundle_beside_folder), TEST(test_bundle_is_read_late), TEST(test_no_list),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
