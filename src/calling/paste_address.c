#include "calling/paste_address.h"

#include "base/mem.h"
#include "base/text.h"
#include "calling/hostname.h"
#include "calling/request_uri.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* An address taken apart; texts point into one buffer that was cut up. NULL: there is none. */
struct address {
	const char *scheme; /* "https://", but NULL for sip: and sips: */
	bool is_sip;	    /* sip: or sips: stands before it */
	bool has_user;
	char *user;
	char *host;
	char *port;
	char *uri_parameters; /* "transport=tls;lr" */
	bool has_path;
	bool has_headers; /* ?… behind the host */
	bool has_text_around;
	bool is_rewritten; /* brackets or a last dot were taken off the host */
};

/* Not the apostrophe, which a user part may hold (RFC 3261 section 25.1, `mark`). */
static const char address_ends[] = " \t\r\n<>\"";

static size_t sip_scheme_length(const char *text)
{
	if (strncasecmp(text, "sip:", 4) == 0)
		return 4;
	return strncasecmp(text, "sips:", 5) == 0 ? 5 : 0;
}

/* Where a SIP URI begins within a line such as `"Acme" <sip:…>;tag=1`; NULL: nowhere. */
static const char *sip_uri_in(const char *text)
{
	for (const char *at = text; *at; at++) {
		bool begins = at == text || at[-1] == '\'' || strchr(address_ends, at[-1]);
		if (begins && sip_scheme_length(at) > 0)
			return at;
	}
	return NULL;
}

/* A copy of the address alone, without what stands around it. Caller frees. */
static char *address_alone(const char *text, bool *has_text_around)
{
	const char *begin = sip_uri_in(text);
	if (!begin)
		begin = text + (text[0] == '<');
	size_t length = strcspn(begin, address_ends);
	const char *end = begin + length + (begin[length] == '>');
	bool is_bare = begin == text || (begin == text + 1 && text[0] == '<');
	*has_text_around = !is_bare || *end != '\0';
	return mem_text_n(begin, length);
}

static bool is_scheme(const char *text, size_t length)
{
	if (length == 0)
		return false;
	for (size_t i = 0; i < length; i++) {
		bool letter =
			(text[i] >= 'a' && text[i] <= 'z') || (text[i] >= 'A' && text[i] <= 'Z');
		bool other = strchr("0123456789+-.", text[i]) != NULL;
		if (!letter && !(other && i > 0))
			return false;
	}
	return true;
}

/* Cuts the scheme off and returns what follows. */
static char *scheme_split(struct address *address, char *text)
{
	size_t sip = sip_scheme_length(text);
	if (sip > 0) {
		address->is_sip = true;
		/* sip:// is no URI of RFC 3261, but people write it. */
		return text + sip + (strncmp(text + sip, "//", 2) == 0 ? 2 : 0);
	}
	char *mark = strstr(text, "://");
	if (!mark || !is_scheme(text, (size_t)(mark - text)))
		return text;
	*mark = '\0';
	address->scheme = text;
	return mark + 3;
}

/* Cuts `user@` off. In a URI with a path an @ may stand there too, and is no user's. */
static char *user_split(struct address *address, char *text)
{
	char *at = address->scheme ? memchr(text, '@', strcspn(text, "/?#")) : strchr(text, '@');
	if (!at)
		return text;
	*at = '\0';
	address->has_user = true;
	address->user = text;
	return at + 1;
}

/* Cuts off what follows host and port. */
static void tail_split(struct address *address, char *text)
{
	char *headers = strpbrk(text, "?#");
	if (headers) {
		address->has_headers = headers[1] != '\0';
		*headers = '\0';
	}
	char *tail = strpbrk(text, ";/");
	if (!tail)
		return;
	if (*tail == ';')
		address->uri_parameters = tail + 1;
	else
		address->has_path = tail[1] != '\0';
	*tail = '\0';
}

static void host_split(struct address *address, char *text)
{
	address->host = text;
	if (text[0] == '[') {
		char *bracket = strchr(text, ']');
		if (!bracket)
			return;
		if (bracket[1] == ':')
			address->port = bracket + 2;
		else if (bracket[1] != '\0')
			return;
		*bracket = '\0';
		address->host = text + 1;
		address->is_rewritten = true;
		return;
	}
	char *colon = strchr(text, ':');
	if (colon && hostname_classify(text, NULL) != HOSTNAME_IPV6) {
		*colon = '\0';
		address->port = colon + 1;
	}
	size_t length = strlen(text);
	if (length > 1 && text[length - 1] == '.') {
		text[length - 1] = '\0';
		address->is_rewritten = true;
	}
}

static bool is_worth_taking(const struct address *address)
{
	enum hostname_kind kind = hostname_classify(address->host, NULL);
	if (kind == HOSTNAME_EMPTY)
		return false;
	if (kind == HOSTNAME_WRONG && !paste_is_placeholder(address->host))
		return false;
	bool has_scheme = address->is_sip || address->scheme;
	bool is_digits =
		address->port && address->port[strspn(address->port, "0123456789")] == '\0';
	if (!has_scheme && !address->has_user && address->port && !is_digits)
		return false;
	return has_scheme || address->has_user || address->port || address->uri_parameters ||
	       address->has_path || address->has_headers || address->is_rewritten;
}

/* Appends the decoded text; false where it is not text at all. */
static bool decode(struct str *out, const char *text, size_t length)
{
	return user_part_unescape(out, text, length) && text_utf8_valid(out->bytes, out->length);
}

static void take_user_parameter(struct paste_parts *parts, const char *text, size_t length)
{
	if (length == 0)
		return;
	const char *equals = memchr(text, '=', length);
	size_t key_length = equals ? (size_t)(equals - text) : length;
	size_t value_length = equals ? length - key_length - 1 : 0;
	struct str key, value;
	str_init(&key);
	str_init(&value);
	if (decode(&key, text, key_length) &&
	    decode(&value, equals ? equals + 1 : "", value_length))
		paste_take_parameter(parts, key.bytes, value.bytes);
	else
		paste_left_out(parts, "a parameter", NULL, "its %-escape is broken");
	str_release(&key);
	str_release(&value);
}

static void take_user_part(struct paste_parts *parts, char *user)
{
	char *password = strchr(user, ':');
	if (password) {
		*password = '\0';
		paste_left_out(parts, "the user's password", NULL, NULL);
	}
	size_t name_length = strcspn(user, ";");
	/* A telephone number stands for the business number, which Meta puts in. */
	if (strspn(user, "+0123456789-.()") < name_length)
		paste_left_out(parts, "the user", NULL, "Meta puts the number there");
	for (const char *at = user + name_length; *at == ';';) {
		size_t length = strcspn(++at, ";");
		take_user_parameter(parts, at, length);
		at += length;
	}
}

static void leave_out_uri_parameters(struct paste_parts *parts, char *list)
{
	for (char *next = list; next;) {
		char *item = next;
		next = strchr(item, ';');
		if (next)
			*next++ = '\0';
		char *value = strchr(item, '=');
		if (value)
			*value++ = '\0';
		if (text_equal_nocase(item, "transport"))
			paste_left_out_transport(parts, value ? value : "");
		else if (*item)
			paste_left_out(parts, "URI parameter", item, NULL);
	}
}

static void take_address(struct paste_parts *parts, const struct address *address)
{
	if (address->scheme) {
		char *scheme = mem_format("%s://", address->scheme);
		paste_left_out(parts, "", scheme, NULL);
		free(scheme);
	}
	if (address->user && !address->scheme)
		take_user_part(parts, address->user);
	else if (address->user)
		paste_left_out(parts, "the user", NULL, NULL);
	paste_take_hostname(parts, address->host);
	if (address->port && *address->port)
		paste_take_port(parts, address->port);
	if (address->uri_parameters)
		leave_out_uri_parameters(parts, address->uri_parameters);
	if (address->has_path)
		paste_left_out(parts, "the path", NULL, NULL);
	if (address->has_headers)
		paste_left_out(parts, "what follows ?", NULL, NULL);
	if (address->has_text_around)
		paste_left_out(parts, "the text around it", NULL, NULL);
}

bool paste_read_address(struct paste_parts *parts, const char *text)
{
	struct address address = { .host = NULL };
	char *buffer = address_alone(text, &address.has_text_around);
	char *rest = scheme_split(&address, buffer);
	bool found = false;
	/* Only a SIP URI is looked for within other text: a word before a blank is not an address.
	 */
	if (address.is_sip || !address.has_text_around) {
		rest = user_split(&address, rest);
		tail_split(&address, rest);
		host_split(&address, rest);
		found = is_worth_taking(&address);
		if (found)
			take_address(parts, &address);
	}
	free(buffer);
	return found;
}
