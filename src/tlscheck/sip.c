#include "tlscheck/sip.h"

#include "base/mem.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* The version with which every SIP answer begins (RFC 3261 section 7.2). */
static const char VERSION[] = "SIP/2.0";

void sip_request_write(struct str *out, const struct sip_request *request)
{
	const char *open = strchr(request->hostname, ':') ? "[" : "";
	const char *close = *open ? "]" : "";
	const char *local_open = strchr(request->local_address, ':') ? "[" : "";
	const char *local_close = *local_open ? "]" : "";
	const char *transport = request->is_tls ? "tls" : "tcp";
	uint64_t random = request->random;
	str_addf(out, "OPTIONS sip:%s%s%s:%u;transport=%s SIP/2.0\r\n", open, request->hostname,
		 close, (unsigned)request->port, transport);
	str_addf(out, "Via: SIP/2.0/%s %s%s%s:%u;rport;branch=z9hG4bKPj%016" PRIx64 ";alias\r\n",
		 request->is_tls ? "TLS" : "TCP", local_open, request->local_address, local_close,
		 (unsigned)request->local_port, random);
	str_add(out, "Max-Forwards: 70\r\n");
	str_addf(out, "From: <sip:sipdesk@sipdesk.invalid>;tag=%08" PRIx32 "\r\n",
		 (uint32_t)(random >> 32));
	str_addf(out, "To: <sip:%s%s%s>\r\n", open, request->hostname, close);
	str_addf(out, "Contact: <sip:sipdesk@%s%s%s:%u;transport=%s>\r\n", local_open,
		 request->local_address, local_close, (unsigned)request->local_port, transport);
	str_addf(out, "Call-ID: %016" PRIx64 "@sipdesk.invalid\r\n", random * 0x9e3779b97f4a7c15U);
	str_add(out, "CSeq: 1 OPTIONS\r\n"
		     "Accept: application/sdp\r\n"
		     "User-Agent: sipdesk\r\n"
		     "Content-Length: 0\r\n\r\n");
}

/* Copies at most what fits: these are words to be shown, never to be compared. */
static void words_keep(char out[SIP_WORDS_SIZE], const char *bytes, size_t length)
{
	if (length >= SIP_WORDS_SIZE)
		length = SIP_WORDS_SIZE - 1;
	memcpy(out, bytes, length);
	out[length] = '\0';
}

static size_t line_length(const char *bytes, size_t length)
{
	const char *end = memchr(bytes, '\n', length);
	size_t line = end ? (size_t)(end - bytes) : length;
	return line > 0 && bytes[line - 1] == '\r' ? line - 1 : line;
}

void sip_reader_init(struct sip_reader *reader, const char *request)
{
	*reader = (struct sip_reader) { .kind = SIP_NOTHING };
	str_init(&reader->bytes);
	words_keep(reader->request_line, request, line_length(request, strlen(request)));
}

void sip_reader_release(struct sip_reader *reader)
{
	str_release(&reader->bytes);
}

/* One message at the start of the bytes. */
struct message {
	size_t headers_end; /* offset after the empty line */
	size_t body_length;
	const char *first;
	size_t first_length;
};

enum message_state { MESSAGE_MORE, MESSAGE_WHOLE, MESSAGE_WRONG, MESSAGE_TOO_BIG };

static bool is_token(char character)
{
	return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
	       (character >= '0' && character <= '9') ||
	       (character != '\0' && strchr("-.!%*_+`'~", character));
}

static bool name_is(const char *line, size_t length, const char *name)
{
	return length == strlen(name) && text_starts_with_nocase(line, name);
}

static bool content_length_read(const char *value, size_t length, size_t *out)
{
	*out = 0;
	if (length == 0)
		return false;
	for (size_t i = 0; i < length; i++) {
		if (value[i] < '0' || value[i] > '9')
			return false;
		if (*out <= SIP_ANSWER_MAX)
			*out = *out * 10 + (size_t)(value[i] - '0');
	}
	return true;
}

/* One header line, "name: value" (RFC 3261 section 7.3.1). */
static bool header_read(struct sip_reader *reader, const char *line, size_t length,
			struct message *message)
{
	if (line[0] == ' ' || line[0] == '\t')
		return true; /* goes on from the line before */
	size_t name = 0;
	while (name < length && is_token(line[name]))
		name++;
	size_t colon = name;
	while (colon < length && (line[colon] == ' ' || line[colon] == '\t'))
		colon++;
	if (name == 0 || colon == length || line[colon] != ':')
		return false;
	size_t value = colon + 1;
	while (value < length && (line[value] == ' ' || line[value] == '\t'))
		value++;
	while (length > value && (line[length - 1] == ' ' || line[length - 1] == '\t'))
		length--;
	if (name_is(line, name, "Server") ||
	    (name_is(line, name, "User-Agent") && reader->server[0] == '\0'))
		words_keep(reader->server, line + value, length - value);
	if (name_is(line, name, "Content-Length") || name_is(line, name, "l"))
		return content_length_read(line + value, length - value, &message->body_length);
	return true;
}

static enum message_state message_read(struct sip_reader *reader, struct message *message)
{
	const char *bytes = reader->bytes.bytes;
	size_t length = reader->bytes.length;
	size_t count = 0;
	*message = (struct message) { 0 };
	for (size_t at = 0;;) {
		const char *end = memchr(bytes + at, '\n', length - at);
		size_t line = line_length(bytes + at, length - at);
		if (line > SIP_LINE_MAX || count > SIP_HEADERS_MAX)
			return MESSAGE_TOO_BIG;
		if (!end)
			return MESSAGE_MORE;
		if (memchr(bytes + at, '\0', line))
			return MESSAGE_WRONG;
		if (count == 0) {
			message->first = bytes;
			message->first_length = line;
		} else if (line == 0) {
			message->headers_end = (size_t)(end - bytes) + 1;
			break;
		} else if (!header_read(reader, bytes + at, line, message)) {
			return MESSAGE_WRONG;
		}
		at = (size_t)(end - bytes) + 1;
		count++;
	}
	if (message->body_length > SIP_ANSWER_MAX - message->headers_end)
		return MESSAGE_TOO_BIG;
	return message->body_length <= length - message->headers_end ? MESSAGE_WHOLE : MESSAGE_MORE;
}

/* "SIP/2.0 200 OK"; RFC 3261 section 7.2. */
static bool status_line_read(struct sip_reader *reader, const char *line, size_t length)
{
	const size_t code = sizeof VERSION; /* after the version and a blank */
	if (length < code + 3 || memcmp(line, VERSION, code - 1) != 0 || line[code - 1] != ' ')
		return false;
	int status = 0;
	for (size_t i = code; i < code + 3; i++) {
		if (line[i] < '0' || line[i] > '9')
			return false;
		status = status * 10 + (line[i] - '0');
	}
	if (status < 100 || status > 699 || (length > code + 3 && line[code + 3] != ' '))
		return false;
	size_t reason = length > code + 3 ? code + 4 : length;
	reader->status = status;
	words_keep(reader->reason, line + reason, length - reason);
	return true;
}

/* "INVITE sip:a.example SIP/2.0": a server may ask us something before it answers. */
static bool is_request_line(const char *line, size_t length)
{
	const size_t version = sizeof VERSION - 1;
	return length > version + 4 && line[length - version - 1] == ' ' &&
	       memcmp(line + length - version, VERSION, version) == 0;
}

/* Does it begin with `prefix`, as far as bytes are there? */
static bool may_begin(const struct sip_reader *reader, const char *prefix)
{
	size_t length = strlen(prefix);
	if (length > reader->bytes.length)
		length = reader->bytes.length;
	return memcmp(reader->bytes.bytes, prefix, length) == 0;
}

/* How web servers begin; the last two answer as to HTTP/0.9, which has no head. */
static const char *const web_beginnings[] = { "HTTP/", "<!DOCTYPE", "<html" };

/* What the bytes begin like, when that settles it; SIP_INCOMPLETE otherwise. */
static enum sip_kind first_bytes_judge(const struct sip_reader *reader)
{
	const struct str *bytes = &reader->bytes;
	if (reader->request_line[0] != '\0' && may_begin(reader, reader->request_line))
		return bytes->length >= strlen(reader->request_line) ? SIP_ECHO : SIP_INCOMPLETE;
	for (size_t i = 0; i < ARRAY_LENGTH(web_beginnings); i++)
		if (may_begin(reader, web_beginnings[i]))
			return bytes->length >= strlen(web_beginnings[i]) ? SIP_HTTP
									  : SIP_INCOMPLETE;
	if (may_begin(reader, "SIP/"))
		return SIP_INCOMPLETE;
	const char *end = memchr(bytes->bytes, '\n', bytes->length);
	for (size_t i = 0; i < bytes->length && &bytes->bytes[i] != end; i++) {
		unsigned char byte = (unsigned char)bytes->bytes[i];
		if ((byte < ' ' && byte != '\r') || byte >= 0x7f)
			return SIP_FOREIGN;
	}
	if (end && is_request_line(bytes->bytes, line_length(bytes->bytes, bytes->length)))
		return SIP_INCOMPLETE;
	return end || bytes->length > SIP_LINE_MAX ? SIP_FOREIGN : SIP_INCOMPLETE;
}

/* Takes one message from the bytes; true where there may be another. */
static bool message_take(struct sip_reader *reader)
{
	/* RFC 3261 section 7.5: empty lines before a message are ignored (they keep it alive). */
	size_t empty = strspn(reader->bytes.bytes, "\r\n");
	str_remove(&reader->bytes, 0, empty);
	if (reader->bytes.length == 0)
		return false;
	reader->kind = first_bytes_judge(reader);
	if (reader->kind != SIP_INCOMPLETE)
		return false;
	struct message message;
	bool is_answer = reader->bytes.length >= 4 && may_begin(reader, "SIP/");
	switch (message_read(reader, &message)) {
	case MESSAGE_MORE: return false;
	case MESSAGE_WRONG: reader->kind = is_answer ? SIP_MALFORMED : SIP_FOREIGN; return false;
	case MESSAGE_TOO_BIG: reader->kind = SIP_TOO_BIG; return false;
	case MESSAGE_WHOLE: break;
	}
	if (is_answer && !status_line_read(reader, message.first, message.first_length)) {
		reader->kind = SIP_MALFORMED;
		return false;
	}
	if (is_answer && reader->status >= 200) {
		reader->kind = SIP_ANSWER;
		return false;
	}
	str_remove(&reader->bytes, 0, message.headers_end + message.body_length);
	return true;
}

static void first_line_keep(struct sip_reader *reader)
{
	words_keep(reader->first_line, reader->bytes.bytes,
		   line_length(reader->bytes.bytes, reader->bytes.length));
}

static bool is_final(const struct sip_reader *reader)
{
	return reader->kind != SIP_NOTHING && reader->kind != SIP_INCOMPLETE;
}

bool sip_reader_feed(struct sip_reader *reader, const char *bytes, size_t length)
{
	if (is_final(reader) || length == 0)
		return is_final(reader);
	bool is_over = reader->total + length > SIP_ANSWER_MAX;
	if (is_over)
		length = SIP_ANSWER_MAX - reader->total;
	reader->total += length;
	str_append(&reader->bytes, bytes, length);
	if (reader->kind == SIP_NOTHING)
		reader->kind = SIP_INCOMPLETE;
	while (message_take(reader))
		;
	if (is_over && !is_final(reader))
		reader->kind = SIP_TOO_BIG;
	if (is_final(reader))
		first_line_keep(reader);
	return is_final(reader);
}

void sip_reader_end(struct sip_reader *reader)
{
	if (reader->kind != SIP_INCOMPLETE)
		return;
	if (reader->bytes.length == 0)
		reader->kind = reader->status != 0 ? SIP_ANSWER : SIP_NOTHING;
	else
		reader->kind = may_begin(reader, "SIP/") || reader->status != 0 ? SIP_MALFORMED
										: SIP_FOREIGN;
	first_line_keep(reader);
}
