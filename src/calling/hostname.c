#include "calling/hostname.h"

#include "base/mem.h"
#include "base/str.h"
#include "base/text.h"

#include <arpa/inet.h>
#include <idn2.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
	/* A character of a name takes at most four bytes of UTF-8; what is longer cannot be one,
	 * and is not given to libidn2, whose work grows with the square of a label's length. */
	HOSTNAME_BYTES_MAX = HOSTNAME_MAX * 4,
	/* Without IDN2_USE_STD3_ASCII_RULES: libidn2 2.3.3 then drops what those rules forbid ("ü!"
	 * becomes "ü") instead of refusing it. ascii_why() refuses it. */
	IDN_FLAGS = IDN2_NONTRANSITIONAL | IDN2_NFC_INPUT,
};

/* Text that shows what was typed in place of a bare name; the first row that fits speaks. */
static const struct misuse {
	const char *part;
	const char *why;
} misuses[] = {
	{ "<", "This is a placeholder. Type your SIP server's own name in its place, for example "
	       "sip.acme.example." },
	{ "{", "This is a placeholder. Type your SIP server's own name in its place, for example "
	       "sip.acme.example." },
	{ "$", "This is a placeholder. Type your SIP server's own name in its place, for example "
	       "sip.acme.example." },
	{ "://", "A hostname has no scheme before it: Meta always uses SIP over TLS. Leave out "
		 "everything up to ://." },
	{ "@",
	  "A hostname has no user before it: Meta puts the number there. Leave out everything up "
	  "to @." },
	{ "/", "A hostname has no path: SIP needs the server's name only. Leave out / and what "
	       "follows." },
	{ "\\",
	  "A hostname has no \\ in it: SIP needs the server's name only. Type the name alone." },
	{ "?", "A hostname has no query: SIP needs the server's name only. Leave out ? and what "
	       "follows." },
	{ ";",
	  "A hostname has no parameters. Leave out ; and what follows; request-URI user parameters "
	  "have rows of their own." },
	{ "=", "A hostname has no = in it. Type the name alone; request-URI user parameters have "
	       "rows of "
	       "their own." },
	{ "*",
	  "A hostname has no *: that stands in certificates only. Type the full name of your SIP "
	  "server." },
	{ "_", "A hostname has no _ in it: no certificate can name it. Use letters, digits and "
	       "hyphens." },
	{ ",", "Only one hostname can stand here. Leave out the comma and what follows." },
	{ "%", "A hostname has no % in it. Type the name as plain letters, digits and hyphens." },
};

static const char blank_why[] =
	"A hostname has no blank in it, so Meta cannot look it up. Take the blank out.";
static const char control_why[] = "A hostname has no control characters in it, so Meta cannot look "
				  "it up. Type the name again.";
static const char utf8_why[] = "This is not valid text (UTF-8). Type the hostname again.";
static const char sip_why[] =
	"A hostname has no sip: before it: Meta adds that itself. Leave out sip: or sips:.";
static const char port_why[] = "A hostname has no port in it. Leave out the colon and what "
			       "follows; the port has its own row.";
static const char colon_why[] =
	"This is neither a hostname nor an IPv6 address. Type a name like sip.acme.example.";
static const char dot_why[] =
	"A hostname has a name before and after each dot. Take the dot out that has none.";
static const char last_dot_why[] =
	"Leave out the dot at the end: certificates name hostnames without it.";
static const char hyphen_why[] =
	"No part of a hostname begins or ends with a hyphen. Take the hyphen out.";
static const char label_long_why[] =
	"A part of this hostname is longer than 63 characters, so DNS cannot hold it. Shorten it.";
static const char long_why[] =
	"This hostname is longer than 253 characters, so DNS cannot hold it. Type a shorter one.";
static const char character_why[] = "A hostname is made of letters, digits, hyphens and dots. Take "
				    "out the other characters.";
static const char digits_why[] = "This looks like an IP address but is none. Type the full name of "
				 "your SIP server, like sip.acme.example.";
static const char idn_why[] =
	"This name cannot be turned into its ASCII form (IDNA), so DNS cannot "
	"hold it. Check its spelling.";

static bool is_ascii(const char *text)
{
	for (const char *at = text; *at; at++)
		if ((unsigned char)*at >= 0x80)
			return false;
	return true;
}

static bool is_letter_or_digit(char character)
{
	return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
	       (character >= '0' && character <= '9');
}

static void lower_case(char *ascii)
{
	for (char *at = ascii; *at; at++)
		if (*at >= 'A' && *at <= 'Z')
			*at = (char)(*at - 'A' + 'a');
}

static bool is_ipv4(const char *text)
{
	struct in_addr address;
	return inet_pton(AF_INET, text, &address) == 1;
}

static bool is_ipv6(const char *text)
{
	struct in6_addr address;
	size_t length = strlen(text);
	bool bracketed = length > 2 && text[0] == '[' && text[length - 1] == ']';
	if (!bracketed)
		return inet_pton(AF_INET6, text, &address) == 1;
	char *inner = mem_text_n(text + 1, length - 2);
	bool valid = inet_pton(AF_INET6, inner, &address) == 1;
	free(inner);
	return valid;
}

/* What is wrong with characters that no name has, in any script; NULL: nothing. */
static const char *misuse_why(const char *text)
{
	if (!text_utf8_valid(text, strlen(text)))
		return utf8_why;
	for (const char *at = text; *at; at++) {
		if (*at == ' ' || *at == '\t')
			return blank_why;
		if ((unsigned char)*at < 0x20 || *at == 0x7f)
			return control_why;
	}
	if (strncasecmp(text, "sip:", 4) == 0 || strncasecmp(text, "sips:", 5) == 0)
		return sip_why;
	for (size_t i = 0; i < ARRAY_LENGTH(misuses); i++)
		if (strstr(text, misuses[i].part))
			return misuses[i].why;
	return NULL;
}

/* What is wrong with a colon that belongs to no IPv6 address; NULL: there is none. */
static const char *colon_in_name_why(const char *text)
{
	const char *colon = strrchr(text, ':');
	if (!colon)
		return strpbrk(text, "[]") ? colon_why : NULL;
	bool after_brackets = colon > text && colon[-1] == ']';
	return strchr(text, ':') == colon || after_brackets ? port_why : colon_why;
}

/* What is wrong with one label of an ASCII name; NULL: nothing. */
static const char *label_why(const char *label, size_t length)
{
	if (length == 0)
		return dot_why;
	for (size_t i = 0; i < length; i++)
		if (!is_letter_or_digit(label[i]) && label[i] != '-')
			return character_why;
	if (length > HOSTNAME_LABEL_MAX)
		return label_long_why;
	if (label[0] == '-' || label[length - 1] == '-')
		return hyphen_why;
	return NULL;
}

/* Judges an ASCII name label by label; counts them. NULL: nothing is wrong. */
static const char *ascii_why(const char *name, size_t *label_count)
{
	size_t length = strlen(name);
	if (length > 1 && name[length - 1] == '.' && name[length - 2] != '.')
		return last_dot_why;
	if (length > HOSTNAME_MAX)
		return long_why;
	const char *label = name;
	for (*label_count = 1;; (*label_count)++) {
		size_t label_length = strcspn(label, ".");
		const char *why = label_why(label, label_length);
		if (why)
			return why;
		if (label[label_length] == '\0')
			break;
		label += label_length + 1;
	}
	/* RFC 3696 section 2: the last label is not all digits, else it reads as an address. */
	return label[strspn(label, "0123456789")] == '\0' ? digits_why : NULL;
}

/* The ASCII form of a name without misuse; NULL where IDNA has none. Caller frees. */
static char *idn_to_ascii(const char *name)
{
	char *converted = NULL;
	if (strlen(name) > HOSTNAME_BYTES_MAX ||
	    idn2_to_ascii_8z(name, &converted, IDN_FLAGS) != IDN2_OK)
		return NULL;
	char *ascii = mem_text(converted);
	idn2_free(converted);
	lower_case(ascii);
	return ascii;
}

static bool has_punycode(const char *ascii)
{
	return strncasecmp(ascii, "xn--", 4) == 0 || text_contains_nocase(ascii, ".xn--");
}

/* A name of labels, maybe in another script; `*why` as in hostname_classify. */
static enum hostname_kind name_classify(const char *text, const char **why)
{
	size_t label_count = 0;
	if (is_ascii(text)) {
		*why = ascii_why(text, &label_count);
		if (*why)
			return HOSTNAME_WRONG;
		if (!has_punycode(text))
			return label_count < 2 ? HOSTNAME_SINGLE : HOSTNAME_DNS;
	}
	char *ascii = idn_to_ascii(text);
	*why = !ascii ? idn_why : ascii_why(ascii, &label_count);
	free(ascii);
	if (*why)
		return HOSTNAME_WRONG;
	if (label_count < 2)
		return HOSTNAME_SINGLE;
	return is_ascii(text) ? HOSTNAME_DNS : HOSTNAME_IDN;
}

enum hostname_kind hostname_classify(const char *text, const char **why)
{
	const char *ignored;
	if (!why)
		why = &ignored;
	*why = NULL;
	if (!text || !*text)
		return HOSTNAME_EMPTY;
	if (is_ipv4(text))
		return HOSTNAME_IPV4;
	if (is_ipv6(text))
		return HOSTNAME_IPV6;
	*why = misuse_why(text);
	if (!*why)
		*why = colon_in_name_why(text);
	return *why ? HOSTNAME_WRONG : name_classify(text, why);
}

/* An address on the wire: lower case, without brackets. */
static char *address_to_ascii(const char *text)
{
	size_t length = strlen(text);
	char *address = text[0] == '[' ? mem_text_n(text + 1, length - 2) : mem_text(text);
	lower_case(address);
	return address;
}

char *hostname_to_ascii(const char *text)
{
	switch (hostname_classify(text, NULL)) {
	case HOSTNAME_EMPTY:
	case HOSTNAME_WRONG: return NULL;
	case HOSTNAME_IPV4:
	case HOSTNAME_IPV6: return address_to_ascii(text);
	case HOSTNAME_DNS:
	case HOSTNAME_SINGLE:
	case HOSTNAME_IDN: break;
	}
	if (!is_ascii(text))
		return idn_to_ascii(text);
	/* Not through libidn2: it refuses two hyphens in third place, which DNS allows. */
	char *ascii = mem_text(text);
	lower_case(ascii);
	return ascii;
}

char *hostname_to_unicode(const char *text)
{
	char *ascii = hostname_to_ascii(text);
	if (!ascii || !has_punycode(ascii))
		return ascii;
	char *converted = NULL;
	if (idn2_to_unicode_8z8z(ascii, &converted, IDN2_NONTRANSITIONAL) != IDN2_OK)
		return ascii;
	char *unicode = mem_text(converted);
	idn2_free(converted);
	free(ascii);
	return unicode;
}
