#include "tlscheck/cause.h"

#include "base/mem.h"

#include <errno.h>
#include <openssl/ssl.h>
#include <stddef.h>

enum { ANY = -1, NO = 0, YES = 1 };

/* TLS_CHECK section 2.6; the first row that fits speaks. Reasons and alerts are those of
 * OpenSSL 3.0 and of RFC 8446 section 6. */
static const struct row {
	enum probe_state state;
	enum probe_end end;
	int reason;	       /* ANY, or SSL_R_… */
	int alert, last_alert; /* ANY, or one alert, or a range */
	int asked;	       /* for a certificate: ANY, NO, YES */
	int bytes;	       /* did any come? */
	enum cause cause;
} rows[] = {
	{ PROBE_TCP, END_DEADLINE, ANY, ANY, 0, ANY, ANY, CAUSE_NO_CONNECTION },
	{ PROBE_TLS, END_TLS, SSL_R_WRONG_VERSION_NUMBER, ANY, 0, ANY, ANY, CAUSE_NOT_TLS },
	{ PROBE_TLS, END_TLS, SSL_R_HTTP_REQUEST, ANY, 0, ANY, ANY, CAUSE_NOT_TLS },
	{ PROBE_TLS, END_TLS, SSL_R_HTTPS_PROXY_REQUEST, ANY, 0, ANY, ANY, CAUSE_NOT_TLS },
	{ PROBE_TLS, END_TLS, ANY, 40, 49, YES, ANY, CAUSE_CLIENT_CERTIFICATE },
	{ PROBE_TLS, END_TLS, ANY, 116, 116, ANY, ANY, CAUSE_CLIENT_CERTIFICATE },
	{ PROBE_TLS, END_CLOSED, ANY, ANY, 0, YES, ANY, CAUSE_CLIENT_CERTIFICATE },
	{ PROBE_TLS, END_ERRNO, ANY, ANY, 0, YES, ANY, CAUSE_CLIENT_CERTIFICATE },
	{ PROBE_TLS, END_CLOSED, ANY, ANY, 0, ANY, NO, CAUSE_CLOSES },
	{ PROBE_TLS, END_CLOSED, ANY, ANY, 0, ANY, YES, CAUSE_BREAKS_OFF },
	{ PROBE_TLS, END_ERRNO, ANY, ANY, 0, ANY, ANY, CAUSE_RESETS },
	{ PROBE_TLS, END_DEADLINE, ANY, ANY, 0, ANY, NO, CAUSE_SILENT },
	{ PROBE_TLS, END_CANCELLED, ANY, ANY, 0, ANY, NO, CAUSE_SILENT },
	{ PROBE_TLS, END_DEADLINE, ANY, ANY, 0, ANY, YES, CAUSE_STALLED },
	{ PROBE_TLS, END_TLS, ANY, 70, 70, ANY, ANY, CAUSE_VERSION },
	{ PROBE_TLS, END_TLS, SSL_R_UNSUPPORTED_PROTOCOL, ANY, 0, ANY, ANY, CAUSE_SSL3 },
	{ PROBE_TLS, END_TLS, SSL_R_WRONG_SSL_VERSION, ANY, 0, ANY, ANY, CAUSE_SSL3 },
	{ PROBE_TLS, END_TLS, ANY, 40, 40, NO, ANY, CAUSE_NO_CIPHER },
	{ PROBE_TLS, END_TLS, ANY, 112, 112, ANY, ANY, CAUSE_NAME_UNKNOWN },
	{ PROBE_TLS, END_TLS, ANY, 120, 120, ANY, ANY, CAUSE_PROTOCOL_WANTED },
	{ PROBE_TLS, END_TLS, SSL_R_UNSAFE_LEGACY_RENEGOTIATION_DISABLED, ANY, 0, ANY, ANY,
	  CAUSE_RENEGOTIATION },
	{ PROBE_TLS, END_TLS, SSL_R_EXCESSIVE_MESSAGE_SIZE, ANY, 0, ANY, ANY, CAUSE_LIST_TOO_BIG },
	{ PROBE_TLS, END_TLS, ANY, ANY, 0, ANY, ANY, CAUSE_FAULT },
	{ PROBE_SIP, END_TLS, ANY, 40, 49, YES, ANY, CAUSE_CLIENT_CERTIFICATE },
	{ PROBE_SIP, END_TLS, ANY, 116, 116, ANY, ANY, CAUSE_CLIENT_CERTIFICATE },
	{ PROBE_SIP, END_TLS, ANY, ANY, 0, ANY, ANY, CAUSE_HANGS_UP },
	{ PROBE_SIP, END_CLOSED, ANY, ANY, 0, ANY, ANY, CAUSE_HANGS_UP },
	{ PROBE_SIP, END_ERRNO, ANY, ANY, 0, ANY, ANY, CAUSE_HANGS_UP },
	{ PROBE_SIP, END_DEADLINE, ANY, ANY, 0, ANY, ANY, CAUSE_NO_ANSWER },
};

static bool fits(int wanted, bool is_so)
{
	return wanted == ANY || (wanted == YES) == is_so;
}

static bool row_fits(const struct row *row, const struct probe *probe)
{
	return row->state == probe->ended_in && row->end == probe->end &&
	       (row->reason == ANY || row->reason == probe->reason) &&
	       (row->alert == ANY ||
		(probe->alert >= row->alert && probe->alert <= row->last_alert)) &&
	       fits(row->asked, probe->asked_for_certificate) &&
	       fits(row->bytes, probe->bytes_in > 0);
}

static bool is_tls_record(unsigned char type)
{
	return type >= 20 && type <= 24; /* RFC 8446 section 5.1 */
}

/* A TLS 1.3 server refuses a client without a certificate only after the handshake, and some do so
 * without a word. */
static bool is_wordless_refusal(const struct probe *probe)
{
	return probe->ended_in == PROBE_SIP && probe->asked_for_certificate &&
	       (probe->end == END_CLOSED || probe->end == END_ERRNO) && probe->reader.total == 0 &&
	       SSL_version(probe->ssl) >= TLS1_3_VERSION;
}

static enum cause connect_cause(int error_number)
{
	if (error_number == ECONNREFUSED || error_number == ECONNRESET)
		return CAUSE_REFUSED;
	return error_number == ETIMEDOUT ? CAUSE_NO_CONNECTION : CAUSE_UNREACHABLE;
}

enum cause cause_of(const struct probe *probe)
{
	if (probe->ended_in == PROBE_TCP && probe->end == END_ERRNO)
		return connect_cause(probe->error_number);
	if (probe->ended_in == PROBE_TLS && probe->seen_length > 0 &&
	    !is_tls_record(probe->seen[0]) && probe->end != END_CANCELLED)
		return CAUSE_NOT_TLS;
	if (is_wordless_refusal(probe))
		return CAUSE_CLIENT_CERTIFICATE;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++)
		if (row_fits(&rows[i], probe))
			return rows[i].cause;
	return CAUSE_NONE;
}

const char *alert_words(int alert)
{
	static const struct {
		int alert;
		const char *words;
	} known[] = {
		{ 10, "unexpected message" },
		{ 20, "bad record MAC" },
		{ 22, "record overflow" },
		{ 40, "handshake failure" },
		{ 42, "bad certificate" },
		{ 43, "unsupported certificate" },
		{ 44, "certificate revoked" },
		{ 45, "certificate expired" },
		{ 46, "certificate unknown" },
		{ 47, "illegal parameter" },
		{ 48, "unknown CA" },
		{ 49, "access denied" },
		{ 50, "decode error" },
		{ 51, "decrypt error" },
		{ 70, "protocol version" },
		{ 71, "insufficient security" },
		{ 80, "internal error" },
		{ 86, "inappropriate fallback" },
		{ 90, "user cancelled" },
		{ 109, "missing extension" },
		{ 110, "unsupported extension" },
		{ 112, "unrecognised name" },
		{ 115, "unknown PSK identity" },
		{ 116, "certificate required" },
		{ 120, "no application protocol" },
	};
	for (size_t i = 0; i < ARRAY_LENGTH(known); i++)
		if (known[i].alert == alert)
			return known[i].words;
	return "an alert without a known name";
}
