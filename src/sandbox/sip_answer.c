#include "sandbox/sip_answer.h"

#include "base/mem.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

/* Headers that an answer repeats (RFC 3261, 8.2.6.2), and the short forms of their names (7.3.3).
 */
static const struct {
	const char *name;
	const char *short_name; /* NULL: none */
} REPEATED[] = {
	{ "Via", "v" }, { "From", "f" }, { "To", "t" }, { "Call-ID", "i" }, { "CSeq", NULL },
};

enum { TO = 2, ALL_REPEATED = (1 << ARRAY_LENGTH(REPEATED)) - 1 };

static const char HEAD_END[] = "\r\n\r\n";

struct span {
	const char *bytes;
	size_t length;
};

static bool span_is_nocase(struct span span, const char *text)
{
	return text != NULL && span.length == strlen(text) &&
	       strncasecmp(span.bytes, text, span.length) == 0;
}

static bool span_contains_nocase(struct span span, const char *text)
{
	size_t length = strlen(text);
	for (size_t at = 0; at + length <= span.length; at++)
		if (strncasecmp(span.bytes + at, text, length) == 0)
			return true;
	return false;
}

/* Takes one line off `rest`, with the lines that continue it but without the last line end. */
static struct span line_take(struct span *rest)
{
	size_t at = 0;
	while (at < rest->length) {
		const char *end = memmem(rest->bytes + at, rest->length - at, "\r\n", 2);
		at = end == NULL ? rest->length : (size_t)(end - rest->bytes);
		char next = at + 2 < rest->length ? rest->bytes[at + 2] : '\0';
		if (next != ' ' && next != '\t')
			break;
		at += 2;
	}
	struct span line = { rest->bytes, at };
	size_t taken = at + 2 < rest->length ? at + 2 : rest->length;
	*rest = (struct span) { rest->bytes + taken, rest->length - taken };
	return line;
}

/* "Name : value": the name, and where the value starts. */
static struct span header_name(struct span line, struct span *value)
{
	const char *colon = memchr(line.bytes, ':', line.length);
	size_t length = colon == NULL ? line.length : (size_t)(colon - line.bytes);
	size_t after = colon == NULL ? line.length : length + 1;
	*value = (struct span) { line.bytes + after, line.length - after };
	while (length > 0 && (line.bytes[length - 1] == ' ' || line.bytes[length - 1] == '\t'))
		length--;
	return (struct span) { line.bytes, length };
}

/* The number in Content-Length; what is none, or too large to be real, is SIZE_MAX. */
static size_t length_read(struct span value)
{
	size_t at = 0, length = 0, digits = 0;
	while (at < value.length && (value.bytes[at] == ' ' || value.bytes[at] == '\t'))
		at++;
	for (; at < value.length && isdigit((unsigned char)value.bytes[at]); at++, digits++) {
		if (length > SIZE_MAX / 100)
			return SIZE_MAX;
		length = length * 10 + (size_t)(value.bytes[at] - '0');
	}
	while (at < value.length && (value.bytes[at] == ' ' || value.bytes[at] == '\t'))
		at++;
	return digits == 0 || at < value.length ? SIZE_MAX : length;
}

struct head {
	struct span method;
	struct str repeated; /* the headers of the answer that are the request's */
	unsigned int seen;   /* bit i: REPEATED[i] is there */
	size_t body_length;  /* SIZE_MAX: it is not told rightly */
	bool is_sip;	     /* the first line is a SIP request's */
};

static void header_read(struct head *head, struct span line)
{
	struct span value;
	struct span name = header_name(line, &value);
	if (span_is_nocase(name, "Content-Length") || span_is_nocase(name, "l"))
		head->body_length = length_read(value);
	for (size_t i = 0; i < ARRAY_LENGTH(REPEATED); i++) {
		if (!span_is_nocase(name, REPEATED[i].name) &&
		    !span_is_nocase(name, REPEATED[i].short_name))
			continue;
		head->seen |= 1U << i;
		str_append(&head->repeated, line.bytes, line.length);
		if (i == TO && !span_contains_nocase(value, ";tag="))
			str_add(&head->repeated, ";tag=practice");
		str_add(&head->repeated, "\r\n");
	}
}

/* The caller releases head->repeated. */
static void head_read(struct head *head, struct span rest)
{
	static const char version[] = " SIP/2.0";
	*head = (struct head) { .body_length = 0 };
	str_init(&head->repeated);
	struct span first = line_take(&rest);
	const char *blank = memchr(first.bytes, ' ', first.length);
	head->method =
		(struct span) { first.bytes, blank == NULL ? 0 : (size_t)(blank - first.bytes) };
	head->is_sip =
		head->method.length > 0 && first.length > strlen(version) &&
		memcmp(first.bytes + first.length - strlen(version), version, strlen(version)) == 0;
	while (rest.length > 0)
		header_read(head, line_take(&rest));
}

static void answer_write(struct str *out, const char *status, const struct str *repeated)
{
	str_addf(out, "SIP/2.0 %s\r\n", status);
	if (repeated != NULL)
		str_append(out, repeated->bytes, repeated->length);
	str_add(out, "Server: sipdesk practice\r\nAllow: OPTIONS\r\nContent-Length: 0\r\n\r\n");
}

static enum sip_answer bad_request(struct str *out)
{
	answer_write(out, "400 Bad Request", NULL);
	return SIP_ANSWER_LAST;
}

/* `length` bytes of `in` are the head with its empty line. */
static enum sip_answer head_answer(struct str *in, size_t length, struct str *out)
{
	struct head head;
	enum sip_answer answer = SIP_ANSWER_GIVEN;
	head_read(&head, (struct span) { in->bytes, length - 2 });
	if (!head.is_sip || head.seen != ALL_REPEATED || head.body_length == SIZE_MAX)
		answer = bad_request(out);
	else if (in->length - length < head.body_length)
		answer = SIP_ANSWER_LATER;
	else if (span_is_nocase(head.method, "OPTIONS"))
		answer_write(out, "200 OK", &head.repeated);
	else if (!span_is_nocase(head.method, "ACK"))
		answer_write(out, "405 Method Not Allowed", &head.repeated);
	if (answer == SIP_ANSWER_GIVEN)
		str_remove(in, 0, length + head.body_length);
	str_release(&head.repeated);
	return answer;
}

enum sip_answer sip_answer_next(struct str *in, struct str *out)
{
	/* Empty lines before a request mean nothing (RFC 3261, 7.5), or keep the line open. */
	str_remove(in, 0, strspn(in->bytes, "\r\n"));
	if (in->length == 0)
		return SIP_ANSWER_LATER;
	if (!isalpha((unsigned char)in->bytes[0])) /* a TLS hello on a port without TLS, too */
		return bad_request(out);
	const char *end = memmem(in->bytes, in->length, HEAD_END, strlen(HEAD_END));
	if (end == NULL)
		return SIP_ANSWER_LATER;
	return head_answer(in, (size_t)(end - in->bytes) + strlen(HEAD_END), out);
}
