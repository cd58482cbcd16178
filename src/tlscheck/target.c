#include "tlscheck/target.h"

#include "base/mem.h"
#include "base/str.h"
#include "base/text.h"
#include "tlscheck/address.h"
#include "tlscheck/check.h"

#include <idn2.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
	NAME_MAX_LENGTH = 253, /* RFC 1035 section 2.3.4 */
	LABEL_MAX_LENGTH = 63,
	/* libidn2's work grows with the square of a label's length; a longer text is no name. */
	NAME_BYTES_MAX = 4 * NAME_MAX_LENGTH,
	/* Without IDN2_USE_STD3_ASCII_RULES, with which libidn2 2.3.3 drops what it should refuse;
	 * what comes out is judged as ASCII. */
	IDN_FLAGS = IDN2_NONTRANSITIONAL | IDN2_NFC_INPUT,
};

static const char ONLY_THE_NAME[] = "Enter only the name; put the port in port.";
static const char NO_BLANKS[] = "A host name has no blanks or control characters; take them out.";
static const char NOT_TEXT[] = "The name is not valid text (UTF-8); type it again.";
static const char SPELLING[] = "The name has no form that DNS can hold (IDNA); check its spelling.";
static const char CHARACTERS[] =
	"A host name is made of letters, digits, hyphens and dots; take the others out.";
static const char DOTS[] =
	"Every dot has a name before and after it; take out the dot that has none.";
static const char LAST_DOT[] = "Leave out the dot at the end: certificates name hosts without it.";
static const char HYPHENS[] = "No part of a host name begins or ends with a hyphen.";
static const char LABEL_LONG[] = "No part between dots may be longer than 63 characters.";
static const char LONG[] = "A host name may be 253 characters long at most.";
static const char DIGITS[] =
	"This looks like an IP address but is none; correct it, or use a name.";
static const char EMPTY[] = "Enter the name of the SIP server, for example sip.acme.example.";

/* Signs of a URI or of something else that holds more than a name. */
static const char MORE_THAN_A_NAME[] = "/\\@;?#=<>{}$%*,\"'()[]:";

static bool is_name_character(char character)
{
	return (character >= 'a' && character <= 'z') || (character >= '0' && character <= '9') ||
	       character == '-';
}

static const char *label_wrong(const char *label, size_t length)
{
	if (length == 0)
		return DOTS;
	for (size_t i = 0; i < length; i++)
		if (!is_name_character(label[i]))
			return CHARACTERS;
	if (length > LABEL_MAX_LENGTH)
		return LABEL_LONG;
	return label[0] == '-' || label[length - 1] == '-' ? HYPHENS : NULL;
}

/* What is wrong with a name in lower-case ASCII; NULL: nothing. */
static const char *ascii_wrong(const char *name)
{
	size_t length = strlen(name);
	if (length > NAME_MAX_LENGTH)
		return LONG;
	if (length > 1 && name[length - 1] == '.' && name[length - 2] != '.')
		return LAST_DOT;
	const char *label = name;
	for (;;) {
		size_t label_length = strcspn(label, ".");
		const char *why = label_wrong(label, label_length);
		if (why)
			return why;
		if (label[label_length] == '\0')
			break;
		label += label_length + 1;
	}
	/* RFC 3696 section 2: the last label is not all digits, else it reads as an address. */
	return label[strspn(label, "0123456789")] == '\0' ? DIGITS : NULL;
}

/* What no name in any script has; NULL: nothing. */
static const char *text_wrong(const char *text)
{
	if (*text == '\0')
		return EMPTY;
	if (!text_utf8_valid(text, strlen(text)))
		return NOT_TEXT;
	for (const char *at = text; *at; at++)
		if ((unsigned char)*at <= ' ' || *at == 0x7f)
			return NO_BLANKS;
	return strpbrk(text, MORE_THAN_A_NAME) ? ONLY_THE_NAME : NULL;
}

static char *lower_case(const char *text)
{
	char *lower = mem_text(text);
	for (char *at = lower; *at; at++)
		if (*at >= 'A' && *at <= 'Z')
			*at = (char)(*at - 'A' + 'a');
	return lower;
}

/* The lower-case ASCII form; NULL where IDNA has none. Caller frees. */
static char *name_to_ascii(const char *text)
{
	bool is_ascii = true;
	for (const char *at = text; *at; at++)
		is_ascii = is_ascii && (unsigned char)*at < 0x80;
	if (is_ascii) /* not through libidn2, which refuses hyphens that DNS allows */
		return lower_case(text);
	char *converted = NULL;
	if (strlen(text) > NAME_BYTES_MAX ||
	    idn2_to_ascii_8z(text, &converted, IDN_FLAGS) != IDN2_OK)
		return NULL;
	char *ascii = lower_case(converted);
	idn2_free(converted);
	return ascii;
}

void target_name_read(const char *hostname, struct target_name *name)
{
	*name = (struct target_name) { 0 };
	struct address address;
	if (address_parse(hostname, &address)) {
		name->ascii = mem_text(address.text);
		name->is_ip = true;
		return;
	}
	name->why = text_wrong(hostname);
	if (name->why)
		return;
	char *ascii = name_to_ascii(hostname);
	name->why = ascii ? ascii_wrong(ascii) : SPELLING;
	if (name->why)
		free(ascii);
	else
		name->ascii = ascii;
}

/* Text that is more than HOST:PORT is handed on whole, so that DNS-1 can show what was written. */
static bool is_uri(const char *text)
{
	bool has_scheme =
		text_starts_with_nocase(text, "sip:") || text_starts_with_nocase(text, "sips:");
	const char *after = strchr(text, ':');
	if (has_scheme && after[1 + strspn(after + 1, "0123456789")] != '\0')
		return true;
	for (const char *at = text; *at; at++)
		if ((unsigned char)*at <= ' ')
			return true;
	return strpbrk(text, "/\\@;?") != NULL;
}

static bool port_read(const char *text, uint16_t *port, struct err *err)
{
	size_t digits = strspn(text, "0123456789");
	unsigned long value = digits > 0 && digits <= 5 ? strtoul(text, NULL, 10) : 0;
	if (text[digits] == '\0' && value >= 1 && value <= UINT16_MAX) {
		*port = (uint16_t)value;
		return true;
	}
	(void)err_set(err, ERR_INPUT, "\"%s\" is no port: a port is a number from 1 to 65535.",
		      text);
	err_next_step(err, "Write HOST:PORT, or leave out the port for 5061.");
	return false;
}

bool check_target_parse(const char *text, char **hostname, uint16_t *port, struct err *err)
{
	struct address address;
	*port = CHECK_PORT_DEFAULT;
	*hostname = NULL;
	if (*text == '\0') {
		(void)err_set(err, ERR_INPUT, "The host name is empty.");
		err_next_step(err, "Write HOST or HOST:PORT, for example sip.acme.example:5061.");
		return false;
	}
	const char *colon = strrchr(text, ':');
	bool is_bracketed = colon && colon > text && text[0] == '[' && colon[-1] == ']';
	bool is_single = colon && strchr(text, ':') == colon;
	if (is_uri(text) || address_parse(text, &address) || (!is_bracketed && !is_single)) {
		*hostname = mem_text(text);
		return true;
	}
	if (!port_read(colon + 1, port, err))
		return false;
	*hostname = mem_text_n(text, (size_t)(colon - text));
	return true;
}
