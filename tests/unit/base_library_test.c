/* base/library: a table of functions filled, or a sentence on what is missing. */
#include "base/library.h"

#include "base/curl_library.h"
#include "base/mem.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

struct table {
	char *(*version)(void);
	void (*other)(void);
};

static const struct library_function VERSION = { "curl_version", offsetof(struct table, version) };
static const struct library_function NOBODYS = { "curl_nobody_has_it",
						 offsetof(struct table, other) };

static void test_load(void **state)
{
	const struct {
		const char *file;
		struct library_function functions[2];
		size_t count;
		const char *sentence; /* NULL: it loads */
	} cases[] = {
		{ CURL_LIBRARY_FILE, { VERSION }, 1, NULL },
		{ CURL_LIBRARY_FILE, { VERSION, NOBODYS }, 2, "curl_nobody_has_it" },
		{ "libnobody.so.7", { VERSION }, 1, "libnobody.so.7" },
		{ "/dev/null", { VERSION }, 1, "/dev/null" },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct table table = { 0 };
		struct err err;
		const struct library library = {
			.file = cases[i].file,
			.user = "tea",
			.install = "Install tea.",
			.functions = cases[i].functions,
			.function_count = cases[i].count,
		};
		err_init(&err);
		bool loaded = library_load(&library, &table, &err);
		assert_int_equal(loaded, cases[i].sentence == NULL);
		assert_int_equal(err.kind, loaded ? ERR_NONE : ERR_CONFIG);
		if (loaded) {
			assert_non_null(strstr(table.version(), "libcurl"));
			continue;
		}
		assert_non_null(strstr(err.sentence, "that tea needs"));
		assert_non_null(strstr(err.sentence, cases[i].sentence));
		assert_string_equal(err.next_step, "Install tea.");
	}
}

/* Every function that is called is one that libcurl has. */
static void test_curl(void **state)
{
	struct curl_library curl;
	struct err err;
	(void)state;
	err_init(&err);
	if (!curl_library_load(&curl, &err))
		fail_msg("%s", err.sentence);
	CURLU *url = curl.url();
	char *host = NULL;
	assert_int_equal(curl.url_set(url, CURLUPART_URL, "https://a.example/b", 0), CURLUE_OK);
	assert_int_equal(curl.url_get(url, CURLUPART_HOST, &host, 0), CURLUE_OK);
	assert_string_equal(host, "a.example");
	curl.free(host);
	curl.url_cleanup(url);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_load),
		cmocka_unit_test(test_curl),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
