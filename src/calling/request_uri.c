#include "calling/request_uri.h"

#include "calling/hostname.h"

#include <stdlib.h>
#include <string.h>

/* What may stand unescaped in a parameter of a user part beside letters and digits: `mark` and
 * `user-unreserved` of RFC 3261 section 25.1 without ; = , ? */
static const char plain_marks[] = "-_.!~*'()&+$/";

static bool is_digit(char character)
{
	return character >= '0' && character <= '9';
}

static bool is_plain(char character)
{
	return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
	       is_digit(character) || (character && strchr(plain_marks, character));
}

void user_part_escape(struct str *out, const char *text)
{
	for (const char *at = text; *at; at++) {
		if (is_plain(*at))
			str_add_char(out, *at);
		else
			str_addf(out, "%%%02X", (unsigned)(unsigned char)*at);
	}
}

static int hex_value(char digit)
{
	if (is_digit(digit))
		return digit - '0';
	if (digit >= 'a' && digit <= 'f')
		return digit - 'a' + 10;
	if (digit >= 'A' && digit <= 'F')
		return digit - 'A' + 10;
	return -1;
}

bool user_part_unescape(struct str *out, const char *text, size_t length)
{
	size_t before = out->length;
	for (size_t i = 0; i < length; i++) {
		if (text[i] != '%') {
			str_add_char(out, text[i]);
			continue;
		}
		int high = i + 2 < length ? hex_value(text[i + 1]) : -1;
		int low = high >= 0 ? hex_value(text[i + 2]) : -1;
		if (low < 0 || high * 16 + low == 0) {
			str_remove(out, before, out->length - before);
			return false;
		}
		str_add_char(out, (char)(high * 16 + low));
		i += 2;
	}
	return true;
}

static void user_write(struct str *out, const char *phone_number)
{
	const char *digits = phone_number ? phone_number : "";
	if (!strpbrk(digits, "0123456789")) {
		str_add(out, "<number>");
		return;
	}
	str_add_char(out, '+');
	for (; *digits; digits++)
		if (is_digit(*digits))
			str_add_char(out, *digits);
}

static void host_write(struct str *out, const char *hostname)
{
	enum hostname_kind kind = hostname_classify(hostname, NULL);
	if (kind == HOSTNAME_EMPTY) {
		str_add(out, "<hostname>");
		return;
	}
	char *ascii = hostname_to_ascii(hostname);
	if (kind == HOSTNAME_IPV6)
		str_addf(out, "[%s]", ascii);
	else
		str_add(out, ascii ? ascii : hostname);
	free(ascii);
}

void request_uri_write(struct str *out, const char *phone_number, const struct sip_server *server,
		       bool as_sent)
{
	str_add(out, "sip:");
	user_write(out, phone_number);
	for (size_t i = 0; i < server->parameter_count; i++) {
		const struct parameter *parameter = &server->parameters[i];
		if (!*parameter->key)
			continue;
		str_add_char(out, ';');
		user_part_escape(out, parameter->key);
		/* RFC 3966 section 3: the value follows its = only where there is one. */
		if (*parameter->value) {
			str_add_char(out, '=');
			user_part_escape(out, parameter->value);
		}
	}
	str_add_char(out, '@');
	host_write(out, server->hostname);
	if (as_sent)
		str_add(out, ";transport=tls");
}
