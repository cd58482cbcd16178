#include "tlscheck/catalogue.h"

#include "base/mem.h"
#include "base/str.h"

static const char *const names[FINDING_ID_COUNT] = {
	[DNS_1] = "DNS-1",   [DNS_2] = "DNS-2",	  [DNS_3] = "DNS-3",   [DNS_4] = "DNS-4",
	[DNS_5] = "DNS-5",   [DNS_6] = "DNS-6",	  [DNS_7] = "DNS-7",   [DNS_8] = "DNS-8",
	[DNS_9] = "DNS-9",   [TCP_1] = "TCP-1",	  [TCP_2] = "TCP-2",   [TCP_3] = "TCP-3",
	[TCP_4] = "TCP-4",   [TCP_5] = "TCP-5",	  [TLS_1] = "TLS-1",   [TLS_2] = "TLS-2",
	[TLS_3] = "TLS-3",   [TLS_4] = "TLS-4",	  [TLS_5] = "TLS-5",   [TLS_6] = "TLS-6",
	[TLS_7] = "TLS-7",   [TLS_8] = "TLS-8",	  [TLS_9] = "TLS-9",   [HS_1] = "HS-1",
	[HS_2] = "HS-2",     [HS_3] = "HS-3",	  [HS_4] = "HS-4",     [HS_5] = "HS-5",
	[HS_6] = "HS-6",     [HS_7] = "HS-7",	  [HS_8] = "HS-8",     [HS_9] = "HS-9",
	[HS_10] = "HS-10",   [HS_11] = "HS-11",	  [HS_12] = "HS-12",   [MTLS_1] = "MTLS-1",
	[MTLS_2] = "MTLS-2", [MTLS_3] = "MTLS-3", [SIP_1] = "SIP-1",   [SIP_2] = "SIP-2",
	[SIP_3] = "SIP-3",   [SIP_4] = "SIP-4",	  [SIP_5] = "SIP-5",   [CRT_1] = "CRT-1",
	[CRT_2] = "CRT-2",   [CRT_3] = "CRT-3",	  [CRT_4] = "CRT-4",   [CRT_5] = "CRT-5",
	[CRT_6] = "CRT-6",   [CRT_7] = "CRT-7",	  [CRT_8] = "CRT-8",   [CRT_9] = "CRT-9",
	[CRT_10] = "CRT-10", [CRT_11] = "CRT-11", [CRT_12] = "CRT-12", [CRT_13] = "CRT-13",
	[CRT_14] = "CRT-14", [CRT_15] = "CRT-15", [CRT_16] = "CRT-16", [CRT_17] = "CRT-17",
	[CRT_18] = "CRT-18", [CRT_19] = "CRT-19", [CRT_20] = "CRT-20", [CRT_21] = "CRT-21",
	[CRT_22] = "CRT-22", [CRT_23] = "CRT-23", [CRT_24] = "CRT-24", [CRT_25] = "CRT-25",
};

/* DNS, TCP, not TLS, handshake, client certificates, then certificates from what spoils all the
 * others (order, issuer) to what spoils one (name, purpose), then what only ever warns or informs.
 * DNS-9 compares addresses, so it stands after why a single one is not reached. */
static const enum finding_id order[] = {
	DNS_1,	DNS_2,	DNS_3,	DNS_4,	DNS_6,	DNS_8,	TCP_1,	TCP_2,	TCP_3,	TCP_4,
	DNS_9,	TLS_1,	TLS_2,	TLS_3,	TLS_4,	TLS_9,	TLS_5,	TLS_6,	TLS_7,	HS_10,
	HS_11,	HS_3,	HS_2,	HS_8,	HS_1,	HS_5,	HS_12,	MTLS_3, MTLS_2, CRT_13,
	CRT_12, CRT_11, CRT_10, CRT_9,	CRT_7,	CRT_1,	CRT_2,	CRT_3,	CRT_4,	CRT_5,
	CRT_6,	CRT_15, CRT_16, CRT_17, CRT_18, CRT_19, CRT_21, MTLS_1, HS_9,	SIP_4,
	SIP_3,	SIP_5,	SIP_2,	CRT_8,	CRT_24, HS_4,	HS_6,	HS_7,	TLS_8,	TCP_5,
	CRT_22, CRT_20, CRT_23, SIP_1,	CRT_14, CRT_25, DNS_7,	DNS_5,
};

int finding_rank(enum finding_id id)
{
	int rank = 0;
	while (rank < (int)ARRAY_LENGTH(order) && order[rank] != id)
		rank++;
	return rank;
}

const char *finding_id_text(enum finding_id id)
{
	return names[id];
}

bool finding_id_of(const char *text, enum finding_id *id)
{
	for (size_t i = 0; i < FINDING_ID_COUNT; i++)
		if (text_equal(text, names[i])) {
			*id = (enum finding_id)i;
			return true;
		}
	return false;
}
