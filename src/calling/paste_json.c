#include "calling/paste_json.h"

#include "base/mem.h"
#include "calling/paste_address.h"
#include "calling/paste_scan.h"

#include <stdlib.h>
#include <string.h>

enum {
	FRAMES_MAX = 32 /* as deep as JSON is read (base/json.h); deeper levels are only counted */
};

enum member {
	MEMBER_OTHER,
	MEMBER_READ_ONLY, /* left out without a word: one of them is a password */
	MEMBER_HOSTNAME,
	MEMBER_PORT,
	MEMBER_PARAMETERS,
	MEMBER_SRTP,
};

static const struct {
	const char *name;
	enum member member;
} members[] = {
	{ "hostname", MEMBER_HOSTNAME },
	{ "port", MEMBER_PORT },
	{ "request_uri_user_params", MEMBER_PARAMETERS },
	{ "srtp_key_exchange_protocol", MEMBER_SRTP },
	{ "app_id", MEMBER_READ_ONLY },
	{ "sip_user_password", MEMBER_READ_ONLY },
	{ "password", MEMBER_READ_ONLY },
};

enum frame { FRAME_PLAIN, FRAME_PARAMETERS, FRAME_OTHER_PARAMETERS };

struct reader {
	struct paste_parts *parts;
	enum frame frames[FRAMES_MAX];
	size_t depth;
	struct str key, value; /* waiting until the next mark says that the value is complete */
	bool has_key, has_value, is_key_quoted, is_value_quoted;
	bool has_choices; /* "DTLS" | "SDES" */
	bool is_parameters_empty;
	bool found;
	bool in_server, is_server_over, has_hostname;
	size_t server_depth;
	bool has_others; /* settings that belong to no SIP server */
};

static enum member member_of(const char *key)
{
	for (size_t i = 0; i < ARRAY_LENGTH(members); i++)
		if (text_equal_nocase(key, members[i].name))
			return members[i].member;
	return MEMBER_OTHER;
}

static enum frame frame_here(const struct reader *reader)
{
	if (reader->depth == 0 || reader->depth > FRAMES_MAX)
		return FRAME_PLAIN;
	return reader->frames[reader->depth - 1];
}

/* Is a server's member here the first server's? Without braces a second hostname begins another. */
static bool is_first_server(struct reader *reader, bool is_hostname)
{
	if (!reader->in_server) {
		reader->in_server = true;
		reader->server_depth = reader->depth;
	}
	if (is_hostname && reader->has_hostname)
		reader->is_server_over = true;
	reader->has_hostname = reader->has_hostname || is_hostname;
	return !reader->is_server_over;
}

static void take_hostname(struct reader *reader)
{
	const char *hostname = reader->value.bytes;
	if (!is_first_server(reader, true))
		paste_left_out(reader->parts, "SIP server", hostname, "one per app");
	else if (reader->has_choices)
		paste_left_out(reader->parts, "hostname", NULL, "more than one choice");
	else if (!paste_read_address(reader->parts, hostname))
		paste_take_hostname(reader->parts, hostname);
}

static void take_port(struct reader *reader)
{
	if (!is_first_server(reader, false))
		return;
	if (reader->has_choices)
		paste_left_out(reader->parts, "port", NULL, "more than one choice");
	else
		paste_take_port(reader->parts, reader->value.bytes);
}

static void take_srtp(struct reader *reader)
{
	bool sdes = text_contains_nocase(reader->value.bytes, "SDES");
	bool dtls = text_contains_nocase(reader->value.bytes, "DTLS");
	if ((sdes && dtls) || reader->has_choices)
		paste_left_out(reader->parts, "SRTP key exchange", NULL, "more than one choice");
	else if (sdes || dtls)
		mem_text_set(&reader->parts->server->srtp, sdes ? "SDES" : "DTLS");
	else
		paste_left_out(reader->parts, "SRTP key exchange", reader->value.bytes, "unknown");
}

static void take_parameter(struct reader *reader)
{
	reader->is_parameters_empty = false;
	if (reader->has_choices)
		paste_left_out(reader->parts, "parameter", reader->key.bytes,
			       "more than one choice");
	else
		paste_take_parameter(reader->parts, reader->key.bytes, reader->value.bytes);
}

static void take_member(struct reader *reader)
{
	enum member member = member_of(reader->key.bytes);
	if (member >= MEMBER_HOSTNAME)
		reader->found = true;
	else if (member == MEMBER_OTHER && reader->is_key_quoted)
		reader->has_others = true;
	if (!reader->is_value_quoted && text_equal(reader->value.bytes, "null"))
		return;
	switch (member) {
	case MEMBER_HOSTNAME: take_hostname(reader); break;
	case MEMBER_PORT: take_port(reader); break;
	case MEMBER_SRTP: take_srtp(reader); break;
	case MEMBER_PARAMETERS:
		paste_left_out(reader->parts, "parameters", NULL, "they are no object");
		break;
	case MEMBER_READ_ONLY:
	case MEMBER_OTHER: break;
	}
}

/* The member read so far is complete: takes it. */
static void member_end(struct reader *reader)
{
	if (reader->has_key && reader->has_value) {
		/* A password stands among the parameters where a sample lost its brace. */
		bool is_read_only = member_of(reader->key.bytes) == MEMBER_READ_ONLY;
		if (frame_here(reader) == FRAME_PARAMETERS && !is_read_only)
			take_parameter(reader);
		else if (frame_here(reader) == FRAME_PLAIN)
			take_member(reader);
	}
	reader->has_key = false;
	reader->has_value = false;
	reader->has_choices = false;
}

static void key_read(struct reader *reader, const struct paste_scanner *scanner)
{
	member_end(reader);
	str_clear(&reader->key);
	str_append(&reader->key, scanner->token.bytes, scanner->token.length);
	reader->has_key = true;
	reader->is_key_quoted = scanner->is_quoted;
}

static void value_read(struct reader *reader, const struct paste_scanner *scanner)
{
	if (!reader->has_key)
		return;
	if (reader->has_value) {
		/* `5061 (default)` is 5061; of `your own host` no word is the name. */
		bool is_digits = strspn(reader->value.bytes, "0123456789") == reader->value.length;
		if (!reader->is_value_quoted && !is_digits)
			reader->has_choices = true;
		return;
	}
	str_clear(&reader->value);
	str_append(&reader->value, scanner->token.bytes, scanner->token.length);
	reader->has_value = true;
	reader->is_value_quoted = scanner->is_quoted;
}

static void frame_open(struct reader *reader)
{
	enum frame frame = FRAME_PLAIN;
	bool is_value = reader->has_key && !reader->has_value;
	if (frame_here(reader) == FRAME_PARAMETERS) {
		reader->is_parameters_empty = false;
		if (is_value)
			paste_left_out(reader->parts, "parameter", reader->key.bytes, "not a text");
	} else if (is_value && member_of(reader->key.bytes) == MEMBER_PARAMETERS) {
		reader->found = true;
		reader->is_parameters_empty = true;
		frame = is_first_server(reader, false) ? FRAME_PARAMETERS : FRAME_OTHER_PARAMETERS;
	}
	if (is_value)
		reader->has_key = false;
	member_end(reader);
	if (reader->depth < FRAMES_MAX)
		reader->frames[reader->depth] = frame;
	reader->depth++;
}

static void frame_close(struct reader *reader)
{
	member_end(reader);
	/* `{}` means that there shall be no parameters. */
	if (frame_here(reader) == FRAME_PARAMETERS && reader->is_parameters_empty)
		reader->parts->server->has_parameters = true;
	if (reader->in_server && reader->depth <= reader->server_depth)
		reader->is_server_over = true;
	if (reader->depth > 0)
		reader->depth--;
}

static void token_read(struct reader *reader, const struct paste_scanner *scanner,
		       enum paste_token token)
{
	switch (token) {
	case PASTE_OPEN: frame_open(reader); break;
	case PASTE_CLOSE: frame_close(reader); break;
	case PASTE_KEY: key_read(reader, scanner); break;
	case PASTE_TEXT: value_read(reader, scanner); break;
	case PASTE_OR: reader->has_choices = reader->has_key; break;
	case PASTE_ELISION: reader->is_parameters_empty = false; break;
	case PASTE_COMMA:
	case PASTE_END: member_end(reader); break;
	}
}

bool paste_read_json(struct paste_parts *parts, const char *text, size_t length)
{
	struct reader reader = { .parts = parts };
	struct paste_scanner scanner;
	paste_scanner_init(&scanner, text, length);
	str_init(&reader.key);
	str_init(&reader.value);
	enum paste_token token;
	do {
		token = paste_scan(&scanner);
		token_read(&reader, &scanner, token);
	} while (token != PASTE_END);
	if (reader.found && reader.has_others)
		paste_left_out(parts, "other settings", NULL, NULL);
	str_release(&reader.key);
	str_release(&reader.value);
	paste_scanner_release(&scanner);
	return reader.found;
}
