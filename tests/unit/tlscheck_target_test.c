#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "tlscheck/address.h"
#include "tlscheck/check.h"
#include "tlscheck/target.h"

#include <stdlib.h>
#include <string.h>

#define LABEL_63 "aaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffabcd"
#define LABEL_61 "aaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffab"
#define NAME_253 LABEL_63 "." LABEL_63 "." LABEL_63 "." LABEL_61

static const struct target_case {
	const char *text;
	const char *hostname; /* NULL: refused */
	uint16_t port;
} target_cases[] = {
	{ "sip.acme.example", "sip.acme.example", 5061 },
	{ "sip.acme.example:5071", "sip.acme.example", 5071 },
	{ "sip.acme.example:1", "sip.acme.example", 1 },
	{ "sip.acme.example:65535", "sip.acme.example", 65535 },
	{ "sip:5061", "sip", 5061 },
	{ "192.0.2.1", "192.0.2.1", 5061 },
	{ "192.0.2.1:5071", "192.0.2.1", 5071 },
	{ "2001:db8::1", "2001:db8::1", 5061 },
	{ "[2001:db8::1]", "[2001:db8::1]", 5061 },
	{ "[2001:db8::1]:5071", "[2001:db8::1]", 5071 },
	/* More than HOST:PORT: whole, so that DNS-1 can say so. */
	{ "sips://sip.acme.example:5061/", "sips://sip.acme.example:5061/", 5061 },
	{ "sip:sip.acme.example", "sip:sip.acme.example", 5061 },
	{ "SIPS:sip.acme.example:5071", "SIPS:sip.acme.example:5071", 5061 },
	{ "sip.acme.example:5061:5061", "sip.acme.example:5061:5061", 5061 },
	{ "sip.acme.example:5061;transport=tls", "sip.acme.example:5061;transport=tls", 5061 },
	{ "user@sip.acme.example:5061", "user@sip.acme.example:5061", 5061 },
	{ "sip.acme.example :5061", "sip.acme.example :5061", 5061 },
	{ ":5061", "", 5061 },
	{ "", NULL, 0 },
	{ "sip.acme.example:", NULL, 0 },
	{ "sip.acme.example:0", NULL, 0 },
	{ "sip.acme.example:65536", NULL, 0 },
	{ "sip.acme.example:4294972357", NULL, 0 },
	{ "sip.acme.example:-1", NULL, 0 },
	{ "sip.acme.example:+5061", NULL, 0 },
	{ "sip.acme.example:tls", NULL, 0 },
	{ "sip.acme.example:5061x", NULL, 0 },
	{ "[2001:db8::1]:0", NULL, 0 },
};

static void what_is_written_is_split(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(target_cases); i++) {
		const struct target_case *wanted = &target_cases[i];
		char *hostname = NULL;
		uint16_t port = 0;
		struct err err;
		err_init(&err);
		print_message("# %s\n", wanted->text);
		bool is_right = check_target_parse(wanted->text, &hostname, &port, &err);
		assert_int_equal(is_right, wanted->hostname != NULL);
		if (is_right) {
			assert_string_equal(hostname, wanted->hostname);
			assert_int_equal(port, wanted->port);
		} else {
			assert_int_equal(err.kind, ERR_INPUT);
			assert_true(strlen(err.sentence) > 10 && strlen(err.next_step) > 10);
			assert_null(hostname);
		}
		free(hostname);
	}
}

static const struct name_case {
	const char *text;
	const char *ascii; /* NULL: no host name */
	bool is_ip;
	const char *why; /* part of the reason */
} name_cases[] = {
	{ "sip.acme.example", "sip.acme.example", false, NULL },
	{ "SIP.Acme.EXAMPLE", "sip.acme.example", false, NULL },
	{ "localhost", "localhost", false, NULL },
	{ "r3---x.example", "r3---x.example", false, NULL },
	{ "1.example", "1.example", false, NULL },
	{ "m\xc3\xbcnchen.example", "xn--mnchen-3ya.example", false, NULL },
	{ "M\xc3\x9cnchen.example", "xn--mnchen-3ya.example", false, NULL },
	{ NAME_253, NAME_253, false, NULL },
	{ "192.0.2.1", "192.0.2.1", true, NULL },
	{ "2001:DB8::1", "2001:db8::1", true, NULL },
	{ "[2001:db8::1]", "2001:db8::1", true, NULL },
	{ "", NULL, false, "Enter the name" },
	{ NAME_253 "a", NULL, false, "253" },
	{ LABEL_63 "a.example", NULL, false, "63" },
	{ "sips://a.example/", NULL, false, "only the name" },
	{ "sip:a.example", NULL, false, "only the name" },
	{ "a.example:5061:5061", NULL, false, "only the name" },
	{ "user@a.example", NULL, false, "only the name" },
	{ "*.example", NULL, false, "only the name" },
	{ " a.example", NULL, false, "blanks" },
	{ "a.example\n", NULL, false, "blanks" },
	{ "a.example.", NULL, false, "dot at the end" },
	{ "a..example", NULL, false, "dot" },
	{ ".a.example", NULL, false, "dot" },
	{ ".", NULL, false, "dot" },
	{ "-a.example", NULL, false, "hyphen" },
	{ "a-.example", NULL, false, "hyphen" },
	{ "sip_a.example", NULL, false, "letters" },
	{ "300.1.2.3", NULL, false, "IP address" },
	{ "127.1", NULL, false, "IP address" },
	{ "[2001:db8::1", NULL, false, "only the name" },
	{ "fe80::1%eth0", NULL, false, "only the name" },
	{ "\xff\xfe.example", NULL, false, "UTF-8" },
	{ "\xe2\x80\xae.example", NULL, false, "spelling" },
	{ "\xc3\xbc!.example", NULL, false, "spelling" },
};

static void a_host_name_is_told_from_what_is_none(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(name_cases); i++) {
		const struct name_case *wanted = &name_cases[i];
		struct target_name name;
		target_name_read(wanted->text, &name);
		print_message("# %s: %s\n", wanted->text, name.ascii ? name.ascii : name.why);
		if (wanted->ascii) {
			assert_non_null(name.ascii);
			assert_string_equal(name.ascii, wanted->ascii);
			assert_int_equal(name.is_ip, wanted->is_ip);
		} else {
			assert_null(name.ascii);
			assert_non_null(strstr(name.why, wanted->why));
		}
		free(name.ascii);
	}
}

static const struct range_case {
	const char *address;
	const char *what; /* part of it; NULL: public */
} range_cases[] = {
	{ "8.8.8.8", NULL },
	{ "9.255.255.255", NULL },
	{ "10.0.0.0", "private" },
	{ "10.255.255.255", "private" },
	{ "11.0.0.0", NULL },
	{ "0.1.2.3", "this network" },
	{ "100.63.255.255", NULL },
	{ "100.64.0.0", "carrier" },
	{ "100.127.255.255", "carrier" },
	{ "100.128.0.0", NULL },
	{ "127.0.0.1", "loopback" },
	{ "169.254.1.1", "link-local" },
	{ "172.15.255.255", NULL },
	{ "172.16.0.0", "private" },
	{ "172.31.255.255", "private" },
	{ "172.32.0.0", NULL },
	{ "192.0.0.1", "reserved" },
	{ "192.0.2.1", "examples" },
	{ "192.168.1.1", "private" },
	{ "198.17.255.255", NULL },
	{ "198.19.255.255", "laboratory" },
	{ "198.51.100.1", "examples" },
	{ "203.0.113.1", "examples" },
	{ "224.0.0.1", "multicast" },
	{ "255.255.255.255", "reserved" },
	{ "2a00::1", NULL },
	{ "::", "empty" },
	{ "::1", "loopback" },
	{ "::2", "written as IPv6" },
	{ "::ffff:8.8.8.8", "written as IPv6" },
	{ "64:ff9b::8.8.8.8", NULL },
	{ "64:ff9b::10.0.0.1", "private" },
	{ "64:ff9b::127.0.0.1", "loopback" },
	{ "64:ff9b:1::8.8.8.8", "NAT64" },
	{ "2002:808:808::1", NULL },
	{ "2002:a00:1::1", "private" },
	{ "2001::1", "Teredo" },
	{ "2001:db8::1", "examples" },
	{ "2001:4860::1", NULL },
	{ "100::1", "discard" },
	{ "fc00::1", "private" },
	{ "fdff::1", "private" },
	{ "fe00::1", NULL },
	{ "fe80::1", "link-local" },
	{ "febf::1", "link-local" },
	{ "ff02::1", "multicast" },
};

static void addresses_that_nobody_reaches_are_known(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(range_cases); i++) {
		struct address address;
		assert_true(address_parse(range_cases[i].address, &address));
		const char *what = address_not_public(&address);
		print_message("# %s: %s\n", range_cases[i].address, what ? what : "public");
		if (range_cases[i].what) {
			assert_non_null(what);
			assert_non_null(strstr(what, range_cases[i].what));
		} else {
			assert_null(what);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_split),
		cmocka_unit_test(a_host_name_is_told_from_what_is_none),
		cmocka_unit_test(addresses_that_nobody_reaches_are_known),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
