/*
 * Reads any bytes as what a SIP server sends after OPTIONS, once in one piece and once in small
 * ones, whose size the first byte gives: both must come to the same end, within the limits. Ends by
 * abort() where something that must hold does not.
 */
#include "base/mem.h"
#include "base/str.h"
#include "tlscheck/sip.h"

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

static const char REQUEST[] = "OPTIONS sip:a.example:5061;transport=tls SIP/2.0\r\n\r\n";

static void read_in_pieces(struct sip_reader *reader, const char *bytes, size_t length,
			   size_t piece)
{
	bool is_done = false;
	sip_reader_init(reader, REQUEST);
	for (size_t at = 0; at < length && !is_done; at += piece) {
		is_done = sip_reader_feed(reader, bytes + at,
					  length - at < piece ? length - at : piece);
		MUST(reader->total <= SIP_ANSWER_MAX && reader->bytes.length <= reader->total);
	}
	sip_reader_end(reader);
	MUST(reader->kind != SIP_INCOMPLETE);
	if (reader->kind == SIP_ANSWER)
		MUST(reader->status >= 100 && reader->status <= 699);
	MUST(strlen(reader->reason) < SIP_WORDS_SIZE && strlen(reader->server) < SIP_WORDS_SIZE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	const char *bytes = (const char *)data + 1;
	size_t length = size - 1;
	struct sip_reader whole;
	struct sip_reader pieces;
	read_in_pieces(&whole, bytes, length, length > 0 ? length : 1);
	read_in_pieces(&pieces, bytes, length, (size_t)data[0] + 1);
	/* A small piece may show a limit exceeded before a large one shows what else is wrong. */
	if (whole.kind != SIP_TOO_BIG && pieces.kind != SIP_TOO_BIG && length <= SIP_ANSWER_MAX)
		MUST(whole.kind == pieces.kind && whole.status == pieces.status);
	sip_reader_release(&whole);
	sip_reader_release(&pieces);
	return 0;
}
