#include "calling/paste.h"

#include "base/mem.h"
#include "base/text.h"
#include "calling/hostname.h"
#include "calling/paste_address.h"
#include "calling/paste_json.h"
#include "calling/paste_parts.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Marks that stand around a pasted text and never belong to it. */
static const char *const wrappings[] = {
	" ",
	"\t",
	"\r",
	"\n",
	"\"",
	"'",
	"`",
	",",
	"\xc2\xa0",	/* no-break space */
	"\xef\xbb\xbf", /* byte order mark */
	"\xe2\x80\x8b", /* zero width space */
	"\xe2\x80\x98", /* ‘ */
	"\xe2\x80\x99", /* ’ */
	"\xe2\x80\x9c", /* “ */
	"\xe2\x80\x9d", /* ” */
	"\xe2\x80\x9e", /* „ */
	"\xc2\xab",	/* « */
	"\xc2\xbb",	/* » */
};

/* Samples write these where a name of one's own belongs. */
static const char *const placeholder_names[] = {
	"host", "hostname", "host-name", "string", "example", "sip-server-hostname", "domain",
};

static const char placeholder_reason[] = "a placeholder";

void pasted_server_init(struct pasted_server *pasted)
{
	*pasted = (struct pasted_server) { .hostname = NULL };
}

void pasted_server_release(struct pasted_server *pasted)
{
	for (size_t i = 0; i < pasted->parameter_count; i++) {
		free(pasted->parameters[i].key);
		free(pasted->parameters[i].value);
	}
	free(pasted->parameters);
	free(pasted->hostname);
	free(pasted->port);
	free(pasted->srtp);
	free(pasted->taken);
	pasted_server_init(pasted);
}

void paste_parts_init(struct paste_parts *parts, struct pasted_server *server)
{
	*parts = (struct paste_parts) { .server = server };
	str_init(&parts->left_out);
}

void paste_parts_release(struct paste_parts *parts)
{
	str_release(&parts->left_out);
}

/* Appends at most PASTE_QUOTE_MAX bytes of `text`, whole characters only. */
static void quote_write(struct str *out, const char *text)
{
	size_t length = strnlen(text, PASTE_QUOTE_MAX + 1);
	if (length <= PASTE_QUOTE_MAX) {
		str_append(out, text, length);
		return;
	}
	length = PASTE_QUOTE_MAX;
	while (length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80)
		length--;
	str_append(out, text, length);
	str_add(out, "…");
}

void paste_left_out(struct paste_parts *parts, const char *what, const char *quoted,
		    const char *reason)
{
	struct str note;
	str_init(&note);
	str_add(&note, what);
	if (quoted) {
		if (note.length > 0)
			str_add_char(&note, ' ');
		quote_write(&note, quoted);
	}
	if (reason)
		str_addf(&note, " (%s)", reason);
	bool fits = parts->left_out.length + 2 + note.length <= PASTE_NOTES_MAX;
	if (parts->left_out.length > 0 && (parts->unnamed > 0 || !fits)) {
		parts->unnamed++;
	} else {
		if (parts->left_out.length > 0)
			str_add(&parts->left_out, ", ");
		str_append(&parts->left_out, note.bytes, note.length);
	}
	str_release(&note);
}

bool paste_is_placeholder(const char *name)
{
	for (size_t i = 0; i < ARRAY_LENGTH(placeholder_names); i++)
		if (text_equal_nocase(name, placeholder_names[i]))
			return true;
	/* SIP_SERVER_HOSTNAME, <hostname>, {{hostname}}, $HOST, your-sip-server */
	bool is_upper = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == strlen(name);
	return strpbrk(name, "<>{}$") || (is_upper && strchr(name, '_')) ||
	       (strncasecmp(name, "your", 4) == 0 && !strchr(name, '.'));
}

void paste_take_hostname(struct paste_parts *parts, const char *hostname)
{
	const char *why;
	enum hostname_kind kind = hostname_classify(hostname, &why);
	if (kind == HOSTNAME_EMPTY)
		return;
	if (paste_is_placeholder(hostname)) {
		parts->is_placeholder = true;
		paste_left_out(parts, "hostname", hostname, placeholder_reason);
	} else if (kind == HOSTNAME_WRONG) {
		paste_left_out(parts, "hostname", hostname, "not a hostname");
	} else if (kind == HOSTNAME_IPV6 && hostname[0] == '[') {
		free(parts->server->hostname);
		parts->server->hostname = mem_text_n(hostname + 1, strlen(hostname) - 2);
	} else {
		mem_text_set(&parts->server->hostname, hostname);
	}
}

static bool port_is_valid(const char *port)
{
	size_t length = strspn(port, "0123456789");
	if (length == 0 || length > 5 || port[length] != '\0')
		return false;
	long number = strtol(port, NULL, 10);
	return number >= 1 && number <= 65535;
}

void paste_take_port(struct paste_parts *parts, const char *port)
{
	if (port_is_valid(port))
		mem_text_set(&parts->server->port, port);
	else if (paste_is_placeholder(port))
		paste_left_out(parts, "port", port, placeholder_reason);
	else if (port[strspn(port, "0123456789")] == '\0')
		paste_left_out(parts, "port", port, "not from 1 to 65535");
	else
		paste_left_out(parts, "port", port, "not a number");
}

/* "KEY1", "VALUE1", "<key>": what documentation writes for a parameter of one's own. */
static bool parameter_is_placeholder(const char *key, const char *value)
{
	size_t key_word = strncasecmp(key, "key", 3) == 0 ? 3 : 0;
	size_t value_word = strncasecmp(value, "value", 5) == 0 ? 5 : 0;
	bool words = key_word && value_word &&
		     key[key_word + strspn(key + key_word, "0123456789")] == '\0' &&
		     value[value_word + strspn(value + value_word, "0123456789")] == '\0';
	return words || key[0] == '<' || value[0] == '<' || key[strspn(key, ".")] == '\0';
}

void paste_left_out_transport(struct paste_parts *parts, const char *value)
{
	char *pair = mem_format("transport=%s", value);
	bool is_tls = text_equal_nocase(value, "tls");
	paste_left_out(parts, "", pair,
		       is_tls ? "Meta adds it itself" : "Meta adds transport=tls itself");
	free(pair);
}

void paste_take_parameter(struct paste_parts *parts, const char *key, const char *value)
{
	struct pasted_server *server = parts->server;
	if (text_equal_nocase(key, "transport")) {
		/* The row it may stand in is wrong, so the rows are replaced without it. */
		server->has_parameters = true;
		paste_left_out_transport(parts, value);
	} else if (!*key) {
		paste_left_out(parts, "a parameter", NULL, "it has no key");
	} else if (parameter_is_placeholder(key, value)) {
		paste_left_out(parts, "parameter", key, placeholder_reason);
	} else if (!*value) {
		paste_left_out(parts, "parameter", key, "it has no value");
	} else if (server->parameter_count >= PASTE_PARAMETERS_MAX) {
		paste_left_out(parts, "parameter", key, "more than 64");
	} else {
		server->has_parameters = true;
		server->parameters = mem_grow(server->parameters, server->parameter_count,
					      sizeof(server->parameters[0]));
		struct parameter *parameter = &server->parameters[server->parameter_count++];
		parameter->key = mem_text(key);
		parameter->value = mem_text(value);
	}
}

static void list_add(struct str *list, const char *item)
{
	if (list->length > 0)
		str_add(list, ", ");
	str_add(list, item);
}

static void list_taken(const struct pasted_server *server, struct str *list)
{
	if (server->hostname)
		list_add(list, "hostname");
	if (server->port) {
		list_add(list, "port ");
		str_add(list, server->port);
	}
	if (server->parameter_count == 1)
		list_add(list, "1 parameter");
	else if (server->parameter_count > 1)
		str_addf(list, "%s%zu parameters", list->length > 0 ? ", " : "",
			 server->parameter_count);
	else if (server->has_parameters)
		list_add(list, "no parameters");
	if (server->srtp) {
		list_add(list, "SRTP key exchange ");
		str_add(list, server->srtp);
	}
}

static void sentence_make(struct paste_parts *parts)
{
	struct str sentence, taken;
	str_init(&sentence);
	str_init(&taken);
	list_taken(parts->server, &taken);
	if (taken.length > 0)
		str_addf(&sentence, "Taken: %s.", taken.bytes);
	else
		str_add(&sentence, "Nothing was taken.");
	if (parts->left_out.length > 0)
		str_addf(&sentence, " Left out: %s", parts->left_out.bytes);
	if (parts->unnamed > 0)
		str_addf(&sentence, " and %zu more", parts->unnamed);
	if (parts->left_out.length > 0)
		str_add_char(&sentence, '.');
	if (parts->is_placeholder && !parts->server->hostname)
		str_add(&sentence, " Type your own hostname.");
	parts->server->taken = str_detach(&sentence);
	str_release(&taken);
}

static size_t wrapping_at_start(const char *text, size_t length)
{
	for (size_t i = 0; i < ARRAY_LENGTH(wrappings); i++) {
		size_t width = strlen(wrappings[i]);
		if (width <= length && memcmp(text, wrappings[i], width) == 0)
			return width;
	}
	return 0;
}

static size_t wrapping_at_end(const char *text, size_t length)
{
	for (size_t i = 0; i < ARRAY_LENGTH(wrappings); i++) {
		size_t width = strlen(wrappings[i]);
		if (width <= length && memcmp(text + length - width, wrappings[i], width) == 0)
			return width;
	}
	return 0;
}

/* A copy of `text` without the wrappings around it. Caller frees. */
static char *text_unwrap(const char *text, size_t length)
{
	for (size_t width; (width = wrapping_at_start(text, length)) > 0; length -= width)
		text += width;
	for (size_t width; (width = wrapping_at_end(text, length)) > 0;)
		length -= width;
	return mem_text_n(text, length);
}

/* Commands and documents without a SIP server in them hold keys and tokens: they must not land in
 * the hostname field. */
static bool is_document(const char *text)
{
	return text[0] == '{' || strncasecmp(text, "curl ", 5) == 0 ||
	       text_contains_nocase(text, "D360-API-KEY") || text_contains_nocase(text, "Bearer ");
}

static bool read_unwrapped(struct paste_parts *parts, const char *text, bool was_wrapped)
{
	if (is_document(text)) {
		parts->server->taken = mem_text("Nothing was taken: no SIP server is named in the "
						"pasted text. Type the hostname.");
		return true;
	}
	if (paste_read_address(parts, text))
		return true;
	if (!was_wrapped || hostname_classify(text, NULL) == HOSTNAME_WRONG)
		return false;
	paste_take_hostname(parts, text);
	return parts->server->hostname != NULL;
}

bool paste_understand(struct pasted_server *pasted, const char *text)
{
	size_t length = strnlen(text, PASTE_MAX + 1);
	if (length > PASTE_MAX) {
		pasted->taken =
			mem_text("Nothing was taken: the pasted text is longer than 64 KiB. "
				 "Paste the SIP server's part of it only.");
		return true;
	}
	if (!text_utf8_valid(text, length))
		return false;
	char *unwrapped = text_unwrap(text, length);
	struct paste_parts parts;
	paste_parts_init(&parts, pasted);
	bool understood = paste_read_json(&parts, text, length) ||
			  read_unwrapped(&parts, unwrapped, strlen(unwrapped) != length);
	if (understood && !pasted->taken)
		sentence_make(&parts);
	paste_parts_release(&parts);
	free(unwrapped);
	return understood;
}
