/*
 * Reads any bytes as text pasted into the hostname field, and does with what was understood what
 * the screens do: judges it and writes its request URI. Ends by abort() where something that must
 * hold does not.
 */
#include "base/mem.h"
#include "base/str.h"
#include "base/text.h"
#include "calling/hostname.h"
#include "calling/paste.h"
#include "calling/request_uri.h"
#include "calling/rules.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MUST(condition)                                                               \
	do {                                                                          \
		if (!(condition)) {                                                   \
			(void)fprintf(stderr, "line %d: %s\n", __LINE__, #condition); \
			abort();                                                      \
		}                                                                     \
	} while (0)

enum {
	TAKEN_MAX = 240,    /* bytes: two lines of 79 columns, most characters of one byte */
	PARAMETERS_MAX = 64 /* as calling/paste_parts.h has it */
};

static void part_must_be_text(const char *part)
{
	MUST(*part && text_utf8_valid(part, strlen(part)));
}

static void parts_must_be_fit(const struct pasted_server *pasted)
{
	part_must_be_text(pasted->taken);
	MUST(strlen(pasted->taken) <= TAKEN_MAX);
	if (pasted->hostname) {
		char *ascii = hostname_to_ascii(pasted->hostname);
		MUST(ascii != NULL);
		free(ascii);
	}
	if (pasted->port) {
		long port = strtol(pasted->port, NULL, 10);
		MUST(strspn(pasted->port, "0123456789") == strlen(pasted->port));
		MUST(port >= 1 && port <= 65535);
	}
	if (pasted->srtp)
		MUST(text_equal(pasted->srtp, "SDES") || text_equal(pasted->srtp, "DTLS"));
	MUST(pasted->parameter_count <= PARAMETERS_MAX);
	MUST(pasted->parameter_count == 0 || pasted->has_parameters);
	for (size_t i = 0; i < pasted->parameter_count; i++) {
		part_must_be_text(pasted->parameters[i].key);
		part_must_be_text(pasted->parameters[i].value);
	}
}

static void nothing_must_be_taken(const struct pasted_server *pasted)
{
	MUST(!pasted->taken && !pasted->hostname && !pasted->port && !pasted->srtp);
	MUST(!pasted->has_parameters && pasted->parameter_count == 0);
}

/* The request URI of what was taken says the same when it is pasted in its turn. */
static void request_uri_must_come_back(const struct sip_server *server)
{
	struct str uri;
	str_init(&uri);
	request_uri_write(&uri, "+4930123456", server, true);
	struct pasted_server again;
	pasted_server_init(&again);
	MUST(paste_understand(&again, uri.bytes));
	MUST(again.hostname && again.parameter_count <= server->parameter_count);
	char *ascii = hostname_to_ascii(server->hostname);
	MUST(text_equal(again.hostname, ascii));
	free(ascii);
	pasted_server_release(&again);
	str_release(&uri);
}

static void server_must_be_judged(const struct pasted_server *pasted)
{
	struct calling_values values;
	values_init(&values);
	struct sip_server *server = values_server_add(&values);
	server->origin = -1;
	mem_text_set(&server->hostname, pasted->hostname);
	mem_text_set(&server->port, pasted->port);
	for (size_t i = 0; i < pasted->parameter_count; i++) {
		struct parameter *parameter = server_parameter_add(server);
		mem_text_set(&parameter->key, pasted->parameters[i].key);
		mem_text_set(&parameter->value, pasted->parameters[i].value);
	}
	struct findings findings;
	findings_init(&findings);
	rules_check(NULL, &values, &findings);
	struct field_ref hostname = field_ref_server(FIELD_SERVER_HOSTNAME, 0);
	const struct finding *finding = findings_for(&findings, hostname);
	MUST(!pasted->hostname || !finding || finding->severity != SEVERITY_FAILURE);
	if (pasted->hostname)
		request_uri_must_come_back(server);
	findings_release(&findings);
	values_release(&values);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = mem_text_n((const char *)data, size);
	struct pasted_server pasted;
	pasted_server_init(&pasted);
	if (paste_understand(&pasted, text)) {
		parts_must_be_fit(&pasted);
		server_must_be_judged(&pasted);
	} else {
		nothing_must_be_taken(&pasted);
	}
	pasted_server_release(&pasted);
	free(text);
	return 0;
}
