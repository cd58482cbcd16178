#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "tlscheck/sip.h"

#include <string.h>

#define REQUEST_LINE "OPTIONS sip:a.example:5061;transport=tls SIP/2.0\r\n"
#define OK "SIP/2.0 200 OK\r\n"

static const struct answer_case {
	const char *name;
	const char *bytes;
	enum sip_kind kind; /* after all of it, and the end */
	int status;
	const char *reason;
	const char *server;
	bool goes_on; /* the reader wants more until the end is told */
} answer_cases[] = {
	{ "nothing", "", SIP_NOTHING, 0, "", "", true },
	{ "an answer", OK "Server: kamailio (5.8)\r\nContent-Length: 0\r\n\r\n", SIP_ANSWER, 200,
	  "OK", "kamailio (5.8)", false },
	{ "without headers", OK "\r\n", SIP_ANSWER, 200, "OK", "", false },
	{ "line feeds alone", "SIP/2.0 200 OK\nServer: x\n\n", SIP_ANSWER, 200, "OK", "x", false },
	{ "no reason", "SIP/2.0 404\r\n\r\n", SIP_ANSWER, 404, "", "", false },
	{ "an empty reason", "SIP/2.0 404 \r\n\r\n", SIP_ANSWER, 404, "", "", false },
	{ "with a body", "SIP/2.0 503 Busy\r\nl: 4\r\n\r\nbody", SIP_ANSWER, 503, "Busy", "",
	  false },
	{ "User-Agent where there is no Server", OK "User-Agent: x\r\n\r\n", SIP_ANSWER, 200, "OK",
	  "x", false },
	{ "Server before User-Agent", OK "User-Agent: x\r\nserver :  y \r\n\r\n", SIP_ANSWER, 200,
	  "OK", "y", false },
	{ "a header on two lines", OK "Via: a\r\n b: c\r\n\r\n", SIP_ANSWER, 200, "OK", "", false },
	{ "empty lines before it", "\r\n\r\n\r\n" OK "\r\n", SIP_ANSWER, 200, "OK", "", false },
	{ "a provisional one, then the final",
	  "SIP/2.0 100 Trying\r\nContent-Length: 2\r\n\r\nab" OK "\r\n", SIP_ANSWER, 200, "OK", "",
	  false },
	{ "a provisional one only", "SIP/2.0 100 Trying\r\n\r\n", SIP_ANSWER, 100, "Trying", "",
	  true },
	{ "a request of theirs, then the answer",
	  "OPTIONS sip:us@192.0.2.9 SIP/2.0\r\nServer: x\r\n\r\n" OK "\r\n", SIP_ANSWER, 200, "OK",
	  "x", false },
	{ "half a header", OK "Server: x\r\n", SIP_MALFORMED, 0, "", "x", true },
	{ "half a body", OK "Content-Length: 5\r\n\r\nabc", SIP_MALFORMED, 0, "", "", true },
	{ "another version", "SIP/3.0 200 OK\r\n\r\n", SIP_MALFORMED, 0, "", "", false },
	{ "a status that is none", "SIP/2.0 two hundred\r\n\r\n", SIP_MALFORMED, 0, "", "", false },
	{ "a status too low", "SIP/2.0 099 X\r\n\r\n", SIP_MALFORMED, 0, "", "", false },
	{ "a status too high", "SIP/2.0 700 X\r\n\r\n", SIP_MALFORMED, 0, "", "", false },
	{ "a status too long", "SIP/2.0 2000 OK\r\n\r\n", SIP_MALFORMED, 0, "", "", false },
	{ "a header without a name", OK ": x\r\n\r\n", SIP_MALFORMED, 0, "", "", false },
	{ "a header without a colon", OK "x\r\n\r\n", SIP_MALFORMED, 0, "", "", false },
	{ "a length that is none", OK "Content-Length: -1\r\n\r\n", SIP_MALFORMED, 0, "", "",
	  false },
	{ "an endless body", OK "Content-Length: 99999999999999999999999\r\n\r\n", SIP_TOO_BIG, 0,
	  "", "", false },
	{ "HTTP", "HTTP/1.1 400 Bad Request\r\n\r\n", SIP_HTTP, 0, "", "", false },
	{ "our own request", REQUEST_LINE "Via: x\r\n\r\n", SIP_ECHO, 0, "", "", false },
	{ "words", "go away\r\n", SIP_FOREIGN, 0, "", "", false },
	{ "words without an end", "go away", SIP_FOREIGN, 0, "", "", true },
	{ "control characters", "\033]0;x\a", SIP_FOREIGN, 0, "", "", false },
};

static void assert_read(const struct answer_case *wanted, size_t step)
{
	struct sip_reader reader;
	sip_reader_init(&reader, REQUEST_LINE "Via: x\r\n");
	size_t length = strlen(wanted->bytes);
	bool is_done = false;
	for (size_t at = 0; at < length && !is_done; at += step)
		is_done = sip_reader_feed(&reader, wanted->bytes + at,
					  length - at < step ? length - at : step);
	assert_int_equal(is_done, !wanted->goes_on);
	sip_reader_end(&reader);
	assert_int_equal(reader.kind, wanted->kind);
	if (wanted->kind == SIP_ANSWER) {
		assert_int_equal(reader.status, wanted->status);
		assert_string_equal(reader.reason, wanted->reason);
		assert_string_equal(reader.server, wanted->server);
	}
	sip_reader_release(&reader);
}

static void answers_are_told_apart_however_they_arrive(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(answer_cases); i++) {
		print_message("# %s\n", answer_cases[i].name);
		assert_read(&answer_cases[i], SIZE_MAX / 2);
		assert_read(&answer_cases[i], 7);
		assert_read(&answer_cases[i], 1);
	}
}

static const struct flood_case {
	const char *name, *begin, *again;
	enum sip_kind kind;
} flood_cases[] = {
	{ "headers", OK, "X: y\r\n", SIP_TOO_BIG },
	{ "long headers", OK, "X-More: and more and more and more and more and more and m\r\n",
	  SIP_TOO_BIG },
	{ "one line", OK "X: ", "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy", SIP_TOO_BIG },
	{ "one status line", "SIP/2.0 200 ", "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyy", SIP_TOO_BIG },
	{ "provisional answers", "", "SIP/2.0 100 Trying\r\n\r\n", SIP_TOO_BIG },
	{ "empty lines", "", "\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n", SIP_TOO_BIG },
	{ "a line of words", "", "go away and ", SIP_FOREIGN },
};

static void a_flood_is_cut_off(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(flood_cases); i++) {
		const struct flood_case *flood = &flood_cases[i];
		struct sip_reader reader;
		sip_reader_init(&reader, REQUEST_LINE);
		print_message("# %s\n", flood->name);
		bool is_done = sip_reader_feed(&reader, flood->begin, strlen(flood->begin));
		size_t fed = 0;
		for (; !is_done && fed < SIP_ANSWER_MAX + 100; fed += strlen(flood->again))
			is_done = sip_reader_feed(&reader, flood->again, strlen(flood->again));
		assert_true(is_done);
		assert_int_equal(reader.kind, flood->kind);
		assert_true(reader.total <= SIP_ANSWER_MAX);
		assert_true(reader.bytes.length <= SIP_ANSWER_MAX);
		sip_reader_release(&reader);
	}
}

static const struct request_case {
	struct sip_request request;
	const char *first_line;
	const char *via;
} request_cases[] = {
	{ { "sip.acme.example", 5061, true, "192.0.2.9", 40000, 1 },
	  "OPTIONS sip:sip.acme.example:5061;transport=tls SIP/2.0\r\n",
	  "Via: SIP/2.0/TLS 192.0.2.9:40000;rport;branch=z9hG4bKPj0000000000000001;alias\r\n" },
	{ { "2001:db8::1", 5071, true, "2001:db8::9", 40000, 0xabc },
	  "OPTIONS sip:[2001:db8::1]:5071;transport=tls SIP/2.0\r\n",
	  "Via: SIP/2.0/TLS [2001:db8::9]:40000;rport;branch=z9hG4bKPj0000000000000abc;alias\r\n" },
	{ { "a.example", 5061, false, "192.0.2.9", 40000, 1 },
	  "OPTIONS sip:a.example:5061;transport=tcp SIP/2.0\r\n",
	  "Via: SIP/2.0/TCP 192.0.2.9:40000;rport;branch=z9hG4bKPj0000000000000001;alias\r\n" },
};

static void the_request_has_the_shape_of_metas(void **state)
{
	/* RFC 3261 section 8.1.1: what every request has. */
	static const char *const headers[] = { "\r\nTo: <sip:",
					       "\r\nFrom: <sip:",
					       ";tag=",
					       "\r\nCSeq: 1 OPTIONS\r\n",
					       "\r\nCall-ID: ",
					       "\r\nMax-Forwards: 70\r\n",
					       "\r\nContent-Length: 0\r\n\r\n" };
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(request_cases); i++) {
		struct str out;
		str_init(&out);
		sip_request_write(&out, &request_cases[i].request);
		assert_true(text_starts_with(out.bytes, request_cases[i].first_line));
		assert_non_null(strstr(out.bytes, request_cases[i].via));
		for (size_t k = 0; k < ARRAY_LENGTH(headers); k++)
			assert_non_null(strstr(out.bytes, headers[k]));
		/* What echoes it is known as an echo. */
		struct sip_reader reader;
		sip_reader_init(&reader, out.bytes);
		assert_true(sip_reader_feed(&reader, out.bytes, out.length));
		assert_int_equal(reader.kind, SIP_ECHO);
		sip_reader_release(&reader);
		str_release(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_are_told_apart_however_they_arrive),
		cmocka_unit_test(a_flood_is_cut_off),
		cmocka_unit_test(the_request_has_the_shape_of_metas),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
