#include "tlscheck/network.h"

#include "base/mem.h"
#include "base/str.h"
#include "tlscheck/cause.h"
#include "tlscheck/phrase.h"

#include <openssl/err.h>
#include <stdlib.h>
#include <string.h>

enum {
	SLOW_MS = 1000, /* longer is said: Meta's limits are not known */
	SAYS_MAX = 60,	/* columns of a foreign first line that are shown */
};

char *network_place(const struct examination *examination, size_t address_index)
{
	const struct address *address = &examination->addresses[address_index];
	bool is_v6 = address->family == AF_INET6;
	return mem_format("%s%s%s:%u", is_v6 ? "[" : "", address->text, is_v6 ? "]" : "",
			  (unsigned)examination->setup.port);
}

/* A finding whose sentence waits for its particulars. */
struct sentence {
	enum finding_id id;
	enum check_severity severity;
	const char *text;
	const char *fix;
};

static const char SEE_ALLOW_LIST[] =
	"Open port {port} to the Internet. If only Meta is admitted, test from an admitted host; "
	"Meta's addresses are in its webhook list (AS32934).";
static const char SEE_PLAIN[] = "Use the TLS port (usually 5061), or enable TLS on port {port}.";
static const char SEE_PORT[] = "Correct the port: enter the one where SIP over TLS listens, "
			       "usually 5061.";

/* Why a main probe did not come to its handshake's end. */
static const struct sentence failures[CAUSE_COUNT] = {
	[CAUSE_REFUSED] = { TCP_1, CHECK_FAIL,
			    "{place} refuses connections: nothing listens there.",
			    "Start the TLS listener on port {port}, or correct the port in the "
			    "settings." },
	[CAUSE_NO_CONNECTION] = { TCP_2, CHECK_UNKNOWN,
				  "{place} does not answer from here: no connection within {wait}.",
				  SEE_ALLOW_LIST },
	[CAUSE_UNREACHABLE] = { TCP_3, CHECK_UNKNOWN,
				"There is no route to {address} from here ({error}).",
				"Repeat the check from a host that reaches {address}." },
	[CAUSE_SILENT] = { TLS_7, CHECK_FAIL,
			   "{place} gives no answer to our ClientHello in {wait}{plain}.",
			   "Restart the TLS listener on port {port}." },
	[CAUSE_STALLED] = { TLS_7, CHECK_FAIL,
			    "{place} stops in the middle of the handshake ({state}).",
			    "Restart the TLS listener on port {port}, and look at the server's "
			    "load." },
	[CAUSE_CLOSES] = { TLS_5, CHECK_FAIL, "{place} hangs up as soon as TLS starts{plain}.",
			   "See whether TLS is enabled on port {port}, whether the server can read "
			   "its certificate and key, and whether a ban list holds this host." },
	[CAUSE_BREAKS_OFF] = { TLS_5, CHECK_FAIL,
			       "{place} hangs up in the middle of the handshake ({state}).",
			       "Look in the server's log for the reason; see whether it can read "
			       "its "
			       "certificate and key." },
	[CAUSE_RESETS] = { TLS_6, CHECK_FAIL,
			   "{place} resets the connection during the handshake{plain}.",
			   "Look for a firewall or a TLS-inspecting device in front of the "
			   "server." },
	[CAUSE_VERSION] = { HS_1, CHECK_FAIL, "{place} offers none of TLS 1.0, 1.1, 1.2 and 1.3.",
			    "Enable TLS 1.2 and 1.3: tls_method=TLSv1.2+ (Kamailio), "
			    "method=tlsv1_2 "
			    "(Asterisk)." },
	[CAUSE_SSL3] = { TLS_9, CHECK_FAIL, "{place} speaks only SSL 3, which nobody accepts now.",
			 "Enable TLS 1.2 and 1.3." },
	[CAUSE_NO_CIPHER] = { HS_2, CHECK_FAIL,
			      "{place} refuses the handshake (handshake failure): there is no "
			      "cipher "
			      "in common, or the server has no usable certificate.",
			      "Load a certificate and its key, and allow ECDHE with AES-GCM." },
	[CAUSE_NAME_UNKNOWN] = { HS_3, CHECK_FAIL,
				 "{place} has no certificate for {host} (SNI): it does not know "
				 "the "
				 "name.",
				 "Add {host} to the server's TLS configuration." },
	[CAUSE_CLIENT_CERTIFICATE] = { MTLS_2, CHECK_FAIL,
				       "{place} requires a client certificate; Meta does not do "
				       "mutual TLS.",
				       "Turn it off: verify_certificate=no and "
				       "require_certificate=no (Kamailio), verify_client=no "
				       "(Asterisk), tls-verify-policy none (FreeSWITCH). Or trust "
				       "the certificate that Meta presents." },
	[CAUSE_PROTOCOL_WANTED] = { HS_12, CHECK_FAIL,
				    "{place} refuses a client that offers no ALPN protocol.",
				    "Let the server accept clients without ALPN." },
	[CAUSE_LIST_TOO_BIG] = { HS_8, CHECK_FAIL,
				 "{place} sends more than 512 KiB of certificates.",
				 "Install only the server's certificate and its intermediates." },
	[CAUSE_FAULT] = { HS_8, CHECK_FAIL, "The TLS of {place} broke off the handshake: {error}.",
			  "Look in the server's log: does the key match the certificate?" },
	[CAUSE_HANGS_UP] = { HS_9, CHECK_WARN,
			     "TLS works at {place}, then the server hangs up before any SIP.",
			     "See whether an allow-list keeps this host out, or whether the back "
			     "end "
			     "of a TLS front is down." },
};

static const struct sentence plain_sip = { TLS_2, CHECK_FAIL,
					   "{place} speaks unencrypted SIP: {says}.", SEE_PLAIN };
static const struct sentence closed_at_once = {
	TCP_4, CHECK_UNKNOWN,
	"{place} closes every new connection from here before a word is said (a ban list, or an "
	"allow-list?).",
	"Admit this host for the test, then repeat the check."
};

/* What a port that is not TLS says first. */
static const struct {
	const char *prefix;
	struct sentence sentence;
} tongues[] = {
	{ "SIP/", { TLS_1, CHECK_FAIL, "{place} speaks unencrypted SIP: {says}.", SEE_PLAIN } },
	{ "HTTP/", { TLS_3, CHECK_FAIL, "{place} is a web server: {says}.", SEE_PORT } },
	{ "SSH-", { TLS_4, CHECK_FAIL, "{place} is an SSH server: {says}.", SEE_PORT } },
	{ "220 ", { TLS_4, CHECK_FAIL, "{place} is a mail or FTP server: {says}.", SEE_PORT } },
	{ "220-", { TLS_4, CHECK_FAIL, "{place} is a mail or FTP server: {says}.", SEE_PORT } },
	{ "", { TLS_4, CHECK_FAIL, "{place} does not speak TLS; it says {says}.", SEE_PORT } },
};

static const struct sentence *tongue_of(const char *words)
{
	size_t i = 0;
	while (!text_starts_with(words, tongues[i].prefix))
		i++;
	return &tongues[i].sentence;
}

/* The first line of what came, in quotes; bytes that are no ASCII text are dots. */
static char *says(const char *bytes, size_t length)
{
	struct str out;
	str_init(&out);
	str_add_char(&out, '"');
	for (size_t i = 0; i < length && bytes[i] != '\r' && bytes[i] != '\n'; i++) {
		if (i == SAYS_MAX) {
			str_add(&out, "...");
			break;
		}
		str_add_char(&out, bytes[i] >= ' ' && bytes[i] < 0x7f ? bytes[i] : '.');
	}
	str_add_char(&out, '"');
	return str_detach(&out);
}

/* Why a system call or OpenSSL did not go on, in words; caller frees. */
static char *error_words(const struct probe *probe)
{
	if (probe->end == END_ERRNO)
		return mem_text(strerror(probe->error_number));
	if (probe->alert >= 0)
		return mem_format("alert %d, %s", probe->alert, alert_words(probe->alert));
	const char *reason = ERR_reason_error_string(probe->error);
	return mem_text(reason ? reason : "an unknown error");
}

static void say(const struct examination *examination, const struct probe *probe,
		const struct sentence *sentence, const char *words, size_t words_length,
		struct check_report *report)
{
	const struct probe *plain =
		examination_probe(examination, PROBE_PLAIN, probe->address_index);
	char *place = network_place(examination, probe->address_index);
	char *port = mem_format("%u", (unsigned)examination->setup.port);
	char *first_line = says(words, words_length);
	char *error = error_words(probe);
	double wait = probe->ended_in == PROBE_TCP ? examination->setup.tcp_ms
						   : examination->setup.tls_ms;
	char *seconds = mem_format("%.3g s", wait / 1000);
	const struct phrase_value values[] = {
		{ "place", place },
		{ "port", port },
		{ "address", probe->address.text },
		{ "host", examination->setup.hostname },
		{ "says", first_line },
		{ "error", error },
		{ "wait", seconds },
		{ "plain", plain ? "; it does not answer SIP without TLS either" : "" },
		{ "state", probe->stopped_at ? probe->stopped_at : "" },
	};
	char *text = phrase_fill(sentence->text, values, ARRAY_LENGTH(values));
	char *fix = phrase_fill(sentence->fix, values, ARRAY_LENGTH(values));
	report_finding(report, sentence->id, sentence->severity, probe->address.text, text, fix);
	free(place);
	free(port);
	free(first_line);
	free(error);
	free(seconds);
	free(text);
	free(fix);
}

/* ---- an address that does not come to TLS -------------------------------------------------------
 */

static bool others_work(const struct examination *examination, size_t address_index)
{
	for (size_t i = 0; i < examination->address_count; i++)
		if (i != address_index &&
		    probe_is_secured(examination_probe(examination, PROBE_MAIN, i)))
			return true;
	return false;
}

/* What the connection without TLS adds; NULL: nothing. `*words` is then what the port said. */
static const struct sentence *plain_tells(const struct probe *plain, const char **words)
{
	if (!plain)
		return NULL;
	*words = plain->reader.first_line;
	if (plain->reader.kind == SIP_ANSWER || text_starts_with(*words, "SIP/"))
		return &plain_sip;
	if (plain->reader.total > 0)
		return tongue_of(*words);
	bool was_cut = plain->end == END_CLOSED || plain->end == END_ERRNO;
	return was_cut && plain->ended_in == PROBE_QUIET ? &closed_at_once : NULL;
}

/* A plain listener that echoes shows us our own ClientHello (RFC 8446 section 4). */
static bool is_own_hello(const struct probe *probe)
{
	return probe->seen_length > 5 && probe->seen[0] == 22 && probe->seen[5] == 1;
}

static void failure_say(const struct examination *examination, const struct probe *probe,
			enum cause cause, struct check_report *report)
{
	static const struct sentence echo = {
		TLS_4, CHECK_FAIL, "{place} sends back what it is sent; it is not a TLS server.",
		SEE_PORT
	};
	const struct probe *plain =
		examination_probe(examination, PROBE_PLAIN, probe->address_index);
	const char *words = (const char *)probe->seen;
	size_t words_length = probe->seen_length;
	struct sentence sentence = failures[cause];
	if (cause == CAUSE_NOT_TLS) {
		char *seen = mem_text_n(words, words_length);
		sentence = *tongue_of(seen);
		free(seen);
	} else if (cause == CAUSE_SILENT || cause == CAUSE_CLOSES || cause == CAUSE_RESETS) {
		const struct sentence *better = plain_tells(plain, &words);
		if (better) {
			sentence = *better;
			words_length = strlen(words);
		}
	} else if (is_own_hello(probe)) {
		sentence = echo;
	}
	/* Callers go on to the next address: then this is a warning, with DNS-9. */
	if (cause == CAUSE_REFUSED && others_work(examination, probe->address_index))
		sentence.severity = CHECK_WARN;
	say(examination, probe, &sentence, words, words_length, report);
}

/* ---- an address that works ----------------------------------------------------------------------
 */

static void speed_say(const struct examination *examination, const struct probe *probe,
		      struct check_report *report)
{
	char *place = network_place(examination, probe->address_index);
	double connect_ms = probe->connected_at - probe->started_at;
	bool is_slow = connect_ms > SLOW_MS;
	report_findingf(report, TCP_5, is_slow ? CHECK_WARN : CHECK_INFO, probe->address.text,
			is_slow ? "Look at the network between here and the server." : NULL,
			"%s accepted the connection after %.1f ms (round trip %.1f ms).", place,
			connect_ms, probe->rtt_us / 1000.0);
	double hello_ms = probe->first_byte_at - probe->connected_at;
	if (probe_is_secured(probe) && hello_ms > SLOW_MS)
		report_findingf(report, TLS_8, CHECK_WARN, probe->address.text,
				"Check the load of the server, and its reverse DNS look-ups.",
				"The handshake with %s took %.1f s; Meta's limit is not known.",
				place, (probe->secured_at - probe->connected_at) / 1000);
	free(place);
}

static enum finding_id answer_id(int status)
{
	if (status == 400 || status == 416 || status == 513)
		return SIP_3;
	return status >= 500 && status < 600 ? SIP_4 : SIP_1;
}

static void answer_say(const struct probe *probe, const char *place, struct check_report *report)
{
	const struct sip_reader *reader = &probe->reader;
	const char *open = reader->server[0] ? " (" : "";
	const char *close = reader->server[0] ? ")" : "";
	switch (answer_id(reader->status)) {
	case SIP_3:
		report_findingf(report, SIP_3, CHECK_WARN, probe->address.text,
				"Look at the reason it gives; Meta's requests have the same shape.",
				"The parser of %s objects to OPTIONS: %d %s%s%s%s.", place,
				reader->status, reader->reason, open, reader->server, close);
		return;
	case SIP_4:
		report_findingf(report, SIP_4, CHECK_WARN, probe->address.text,
				"Check the server behind the TLS front.",
				"%s answers OPTIONS with %d %s%s%s%s: is its back end down?", place,
				reader->status, reader->reason, open, reader->server, close);
		return;
	default:
		report_findingf(report, SIP_1, CHECK_PASS, probe->address.text, NULL,
				"%s answers SIP over TLS: %d %s%s%s%s.", place, reader->status,
				reader->reason, open, reader->server, close);
	}
}

/* What came after the handshake that is no answer. */
static const struct sentence odd_answers[] = {
	[SIP_NOTHING] = { SIP_2, CHECK_WARN,
			  "TLS works at {place}, but OPTIONS is not answered in time (some "
			  "servers filter it).",
			  "Let the server answer OPTIONS, or test with a call." },
	[SIP_MALFORMED] = { SIP_5, CHECK_WARN,
			    "The answer of {place} is not well-formed SIP; it begins {says}.",
			    "Look at what answers on port {port}." },
	[SIP_TOO_BIG] = { SIP_5, CHECK_WARN,
			  "The answer of {place} is longer than 64 KiB or has too many headers, so "
			  "it is not well-formed SIP.",
			  "Look at what answers on port {port}." },
	[SIP_HTTP] = { HS_10, CHECK_FAIL, "{place} is HTTPS, not SIP: {says}.", SEE_PORT },
	[SIP_ECHO] = { HS_11, CHECK_FAIL,
		       "{place} sends back our own request: it is not a SIP server.", SEE_PORT },
	[SIP_FOREIGN] = { SIP_5, CHECK_WARN,
			  "{place} answers OPTIONS with something that is not SIP: {says}.",
			  SEE_PORT },
};

static void sip_say(const struct examination *examination, const struct probe *probe,
		    enum cause cause, struct check_report *report)
{
	const struct sip_reader *reader = &probe->reader;
	if (reader->kind == SIP_ANSWER) {
		char *place = network_place(examination, probe->address_index);
		answer_say(probe, place, report);
		free(place);
		return;
	}
	bool hung_up = cause == CAUSE_HANGS_UP || cause == CAUSE_CLIENT_CERTIFICATE;
	const struct sentence *sentence = reader->kind == SIP_NOTHING && hung_up
						  ? &failures[cause]
						  : &odd_answers[reader->kind];
	say(examination, probe, sentence, reader->first_line, strlen(reader->first_line), report);
}

void network_findings(const struct examination *examination, size_t address_index,
		      struct check_report *report)
{
	const struct probe *main = examination_probe(examination, PROBE_MAIN, address_index);
	enum cause cause = cause_of(main);
	if (main->connected_at > 0)
		speed_say(examination, main, report);
	if (probe_is_secured(main))
		sip_say(examination, main, cause, report);
	else if (cause != CAUSE_NONE)
		failure_say(examination, main, cause, report);
}

void network_compare_addresses(const struct examination *examination, const char *hostname,
			       struct check_report *report)
{
	size_t answering = 0;
	size_t connected = 0;
	size_t refused = 0;
	struct str dead;
	str_init(&dead);
	for (size_t i = 0; i < examination->address_count; i++) {
		const struct probe *main = examination_probe(examination, PROBE_MAIN, i);
		connected += main->connected_at > 0;
		refused += cause_of(main) == CAUSE_REFUSED;
		if (main->bytes_in > 0)
			answering++;
		else
			str_addf(&dead, "%s%s", dead.length > 0 ? ", " : "", main->address.text);
	}
	static const char fix[] = "Remove the DNS records of addresses that nobody serves, or make "
				  "the server listen on them.";
	if (answering > 0 && dead.length > 0)
		report_findingf(report, DNS_9, CHECK_WARN, NULL, fix,
				"Of the addresses published for %s, %s did not answer from here; "
				"Meta may try any of them.",
				hostname, dead.bytes);
	else if (connected == 0 && refused > 0 && examination->address_count > 1)
		report_findingf(report, DNS_9, CHECK_FAIL, NULL, fix,
				"None of the %zu addresses of %s accepts connections.",
				examination->address_count, hostname);
	str_release(&dead);
}
