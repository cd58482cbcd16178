/* What the practice SIP servers say, request by request. */
#include "sandbox/sip_answer.h"

#include "base/mem.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#define VIA "Via: SIP/2.0/TLS 192.0.2.1:5061;branch=z9hG4bK1;rport;alias\r\n"
#define FROM "From: <sip:probe@192.0.2.1>;tag=abc\r\n"
#define TO "To: <sip:sip.acme.example>\r\n"
#define CALL "Call-ID: 7@192.0.2.1\r\n"
#define REST VIA FROM TO CALL
#define ALL REST "CSeq: 1 OPTIONS\r\n"
#define TAIL "Server: sipdesk practice\r\nAllow: OPTIONS\r\nContent-Length: 0\r\n\r\n"
#define TAGGED "To: <sip:sip.acme.example>;tag=practice\r\n"
#define OK "SIP/2.0 200 OK\r\n"
#define LINE "OPTIONS sip:sip.acme.example;transport=tls SIP/2.0\r\n"
#define BAD "SIP/2.0 400 Bad Request\r\n" TAIL

static const struct {
	const char *name, *in;
	enum sip_answer answer;
	const char *out;  /* the whole answer */
	const char *left; /* of `in` */
} CASES[] = {
	{ "options", LINE ALL "\r\n", SIP_ANSWER_GIVEN,
	  OK VIA FROM TAGGED CALL "CSeq: 1 OPTIONS\r\n" TAIL, "" },
	{ "two Vias stay in order", LINE "Via: SIP/2.0/TLS a\r\n" ALL "\r\n", SIP_ANSWER_GIVEN,
	  OK "Via: SIP/2.0/TLS a\r\n" VIA FROM TAGGED CALL "CSeq: 1 OPTIONS\r\n" TAIL, "" },
	{ "short names, other cases, folded lines",
	  LINE "v : SIP/2.0/TLS a\r\n ;branch=z9hG4bK2\r\nf:<sip:a>;tag=1\r\nT: <sip:b>\r\ni:9\r\n"
	       "CSEQ: 2\r\n\tOPTIONS\r\nl: 0\r\n\r\n",
	  SIP_ANSWER_GIVEN,
	  OK "v : SIP/2.0/TLS a\r\n ;branch=z9hG4bK2\r\nf:<sip:a>;tag=1\r\nT: <sip:b>;tag=practice"
	     "\r\ni:9\r\nCSEQ: 2\r\n\tOPTIONS\r\n" TAIL,
	  "" },
	{ "a tag is kept", LINE VIA FROM "To: <sip:b>;Tag=x\r\n" CALL "CSeq: 1 OPTIONS\r\n\r\n",
	  SIP_ANSWER_GIVEN, OK VIA FROM "To: <sip:b>;Tag=x\r\n" CALL "CSeq: 1 OPTIONS\r\n" TAIL,
	  "" },
	{ "a body is taken off", LINE ALL "Content-Length: 4\r\n\r\nbodyNEXT", SIP_ANSWER_GIVEN,
	  OK VIA FROM TAGGED CALL "CSeq: 1 OPTIONS\r\n" TAIL, "NEXT" },
	{ "empty lines before it", "\r\n\r\n" LINE ALL "\r\n", SIP_ANSWER_GIVEN,
	  OK VIA FROM TAGGED CALL "CSeq: 1 OPTIONS\r\n" TAIL, "" },
	{ "another method", "INVITE sip:b SIP/2.0\r\n" REST "CSeq: 1 INVITE\r\n\r\n",
	  SIP_ANSWER_GIVEN,
	  "SIP/2.0 405 Method Not Allowed\r\n" VIA FROM TAGGED CALL "CSeq: 1 INVITE\r\n" TAIL, "" },
	{ "ACK has no answer", "ACK sip:b SIP/2.0\r\n" REST "CSeq: 1 ACK\r\n\r\n", SIP_ANSWER_GIVEN,
	  "", "" },
	{ "nothing", "", SIP_ANSWER_LATER, "", "" },
	{ "keep-alive", "\r\n\r\n", SIP_ANSWER_LATER, "", "" },
	{ "half a head", LINE VIA "\r", SIP_ANSWER_LATER, "", LINE VIA "\r" },
	{ "half a body", LINE ALL "l: 4\r\n\r\nbod", SIP_ANSWER_LATER, "",
	  LINE ALL "l: 4\r\n\r\nbod" },
	{ "no CSeq", LINE REST "\r\n", SIP_ANSWER_LAST, BAD, NULL },
	{ "no SIP", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", SIP_ANSWER_LAST, BAD, NULL },
	{ "a TLS hello", "\x16\x03\x01", SIP_ANSWER_LAST, BAD, NULL },
	{ "an endless body", LINE ALL "l: 99999999999999999999999\r\n\r\n", SIP_ANSWER_LAST, BAD,
	  NULL },
	{ "no length", LINE ALL "l: x\r\n\r\n", SIP_ANSWER_LAST, BAD, NULL },
};

static void requests_are_answered(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(CASES); i++) {
		struct str in, out;
		str_init(&in);
		str_init(&out);
		str_add(&in, CASES[i].in);
		enum sip_answer answer = sip_answer_next(&in, &out);
		if (answer != CASES[i].answer || strcmp(out.bytes, CASES[i].out) != 0 ||
		    (CASES[i].left != NULL && strcmp(in.bytes, CASES[i].left) != 0))
			fail_msg("%s: %d, \"%s\", left \"%s\"", CASES[i].name, (int)answer,
				 out.bytes, in.bytes);
		str_release(&in);
		str_release(&out);
	}
}

/* Whatever comes is taken without harm, a byte at a time, NULs too. */
static void pieces_are_joined(void **state)
{
	static const char request[] = LINE ALL "Subject: \0\r\n\r\n";
	struct str in, out;
	(void)state;
	str_init(&in);
	str_init(&out);
	for (size_t i = 0; i < sizeof request - 1; i++) {
		assert_int_equal(out.length, 0);
		str_append(&in, request + i, 1);
		assert_int_equal(sip_answer_next(&in, &out),
				 i == sizeof request - 2 ? SIP_ANSWER_GIVEN : SIP_ANSWER_LATER);
	}
	assert_string_equal(out.bytes, OK VIA FROM TAGGED CALL "CSeq: 1 OPTIONS\r\n" TAIL);
	assert_int_equal(in.length, 0);
	str_release(&in);
	str_release(&out);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(requests_are_answered),
		cmocka_unit_test(pieces_are_joined),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
