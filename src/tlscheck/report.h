/*
 * What a TLS check found: phases as they finish, the certificate chain, findings, one verdict.
 *
 * The catalogue of findings (identifier, severity, headline rank) is one table here; who notices
 * something names its identifier and gives the sentence and the fix. Events go out as they happen,
 * so that a screen can follow; the report keeps them all, and the verdict is drawn from them alone.
 * Nothing here knows a socket.
 */
#ifndef SIPDESK_TLSCHECK_REPORT_H
#define SIPDESK_TLSCHECK_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Every finding there is; the names shown are "DNS-1" … (stable: scripts rely on them). */
enum finding_id {
	DNS_1,
	DNS_2,
	DNS_3,
	DNS_4,
	DNS_5,
	DNS_6,
	DNS_7,
	DNS_8,
	DNS_9,
	TCP_1,
	TCP_2,
	TCP_3,
	TCP_4,
	TCP_5,
	TLS_1,
	TLS_2,
	TLS_3,
	TLS_4,
	TLS_5,
	TLS_6,
	TLS_7,
	TLS_8,
	TLS_9,
	HS_1,
	HS_2,
	HS_3,
	HS_4,
	HS_5,
	HS_6,
	HS_7,
	HS_8,
	HS_9,
	HS_10,
	HS_11,
	HS_12,
	MTLS_1,
	MTLS_2,
	MTLS_3,
	SIP_1,
	SIP_2,
	SIP_3,
	SIP_4,
	SIP_5,
	CRT_1,
	CRT_2,
	CRT_3,
	CRT_4,
	CRT_5,
	CRT_6,
	CRT_7,
	CRT_8,
	CRT_9,
	CRT_10,
	CRT_11,
	CRT_12,
	CRT_13,
	CRT_14,
	CRT_15,
	CRT_16,
	CRT_17,
	CRT_18,
	CRT_19,
	CRT_20,
	CRT_21,
	CRT_22,
	CRT_23,
	CRT_24,
	CRT_25,
	FINDING_ID_COUNT,
};

/* Ascending gravity; UNKNOWN is what cannot be told from here. */
enum check_severity { CHECK_PASS, CHECK_INFO, CHECK_WARN, CHECK_UNKNOWN, CHECK_FAIL };

enum check_verdict { VERDICT_PASS, VERDICT_WARN, VERDICT_FAIL, VERDICT_UNKNOWN };

enum check_phase { PHASE_DNS, PHASE_TCP, PHASE_TLS, PHASE_SIP, PHASE_COUNT };

struct check_finding {
	enum finding_id id;
	enum check_severity severity;
	char *text;    /* one sentence: what is so */
	char *fix;     /* one sentence: what to change; NULL: nothing */
	char *address; /* "203.0.113.7", NULL: about the host as a whole */
};

struct check_timing {
	enum check_phase phase;
	char *address;	 /* NULL for DNS */
	double start_ms; /* since the check's start, for bars on one scale */
	double ms;	 /* how long it took */
	bool ok;
	char *words; /* "TLS 1.3", "200 OK (kamailio 5.8)"; may be NULL */
};

struct check_certificate {
	int depth; /* 0: the server's own */
	char *subject;
	char *issuer;
	char **names; /* subject alternative names as text: "DNS:a.example", "IP:192.0.2.1",
			 "URI:sip:…" */
	size_t name_count;
	int64_t not_before; /* seconds since 1970 */
	int64_t not_after;
	bool was_sent;	 /* by the server; else found in the trust list or through AIA */
	bool is_trusted; /* it is in the trust list */
	char *address;	 /* which address showed it; NULL: all alike */
};

/* Told as it happens; pointers are borrowed from the report. Exactly one member is set. */
struct check_event {
	const struct check_timing *timing;
	const struct check_certificate *certificate;
	const struct check_finding *finding;
};

struct check_report {
	struct check_finding *findings;
	size_t finding_count;
	struct check_timing *timings;
	size_t timing_count;
	struct check_certificate *certificates;
	size_t certificate_count;
	char *corrected_chain; /* PEM: the server's certificates with the missing ones; NULL: none
				*/
	void (*event)(void *owner, const struct check_event *event); /* NULL: nobody listens */
	void *owner;
};

void report_init(struct check_report *report);
void report_release(struct check_report *report);

/* "DNS-1"; the table's severity where the finding has one only. */
const char *finding_id_text(enum finding_id id);
/* False where `text` names none. */
bool finding_id_of(const char *text, enum finding_id *id);
const char *check_severity_text(
	enum check_severity severity); /* "pass", "info", "warn", "fail", "unknown" */
const char *check_verdict_text(enum check_verdict verdict); /* "pass", "warn", "fail", "unknown" */
const char *check_phase_text(enum check_phase phase);	    /* "dns", "tcp", "tls", "sip" */

/* Adds a finding; `address` NULL: about the host. The same finding for the same address is added
 * once. `text` and `fix` are copied; `fix` may be NULL. */
void report_finding(struct check_report *report, enum finding_id id, enum check_severity severity,
		    const char *address, const char *text, const char *fix);
/* The same with a formatted text. */
void report_findingf(struct check_report *report, enum finding_id id, enum check_severity severity,
		     const char *address, const char *fix, const char *format, ...)
	__attribute__((format(printf, 6, 7)));
void report_timing(struct check_report *report, const struct check_timing *timing); /* copied */
void report_certificate(struct check_report *report,
			const struct check_certificate *certificate); /* copied */
bool report_has(const struct check_report *report, enum finding_id id,
		enum check_severity severity);

/* The verdict and its headline (the catalogue's order of causes, TLS_CHECK section 2.5); headline
 * NULL where nothing was found at all. "Cannot tell" only where nothing fails and only reachability
 * is in doubt; one address that fails is a failure of the check where Meta may use that address. */
enum check_verdict report_verdict(const struct check_report *report,
				  const struct check_finding **headline);
/* The monitoring plugins' exit code: 0 pass, 1 warn, 2 fail, 3 cannot tell. */
int check_exit_code(enum check_verdict verdict);

#endif
