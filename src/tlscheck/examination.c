#include "tlscheck/examination.h"

#include "base/mem.h"
#include "tlscheck/cause.h"

#include <openssl/ssl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

enum {
	/* Comparisons go on this long after the main probe has ended well (a server that serves one
	 * connection at a time gets to them only then) ... */
	GRACE_MS = 1000,
	GRACE_HANDSHAKES = 4, /* ... and this many times what its handshake took. */
	RESERVED = 1,	      /* connections kept back: a certificate of ours, or no TLS at all */
};

/* In the order of what they tell; with many addresses there is no room for the last ones. TLS 1.3
 * is taken by the main probe wherever it is offered, or asked for alone once it was not. */
static const enum probe_kind comparisons[] = {
	PROBE_NO_SNI, PROBE_TLS_1_2, PROBE_STRICT, PROBE_TLS_1_0, PROBE_TLS_1_1,
};

static struct probe *find(struct examination *examination, enum probe_kind kind,
			  size_t address_index)
{
	for (size_t i = 0; i < examination->probe_count; i++) {
		struct probe *probe = &examination->probes[i];
		if (probe->kind == kind && probe->address_index == address_index)
			return probe;
	}
	return NULL;
}

const struct probe *examination_probe(const struct examination *examination, enum probe_kind kind,
				      size_t address_index)
{
	for (size_t i = 0; i < examination->probe_count; i++) {
		const struct probe *probe = &examination->probes[i];
		if (probe->kind == kind && probe->address_index == address_index)
			return probe;
	}
	return NULL;
}

static size_t room(const struct examination *examination)
{
	return CHECK_CONNECTIONS_MAX - examination->probe_count;
}

static void start(struct examination *examination, enum probe_kind kind, size_t address_index)
{
	size_t index = examination->probe_count++;
	examination->told[index] = PHASE_TCP;
	probe_start(&examination->probes[index], kind, &examination->setup,
		    &examination->addresses[address_index], address_index);
}

static void comparisons_start(struct examination *examination, size_t address_index)
{
	examination->full = address_index;
	for (size_t i = 0; i < ARRAY_LENGTH(comparisons); i++) {
		bool is_same_as_main = comparisons[i] == PROBE_NO_SNI && examination->setup.is_ip;
		if (!is_same_as_main && room(examination) > RESERVED)
			start(examination, comparisons[i], address_index);
	}
}

/* ---- telling the phases ------------------------------------------------------------------------
 */

static char *phase_words(const struct probe *probe, enum check_phase phase, bool is_good)
{
	if (!is_good)
		return NULL;
	if (phase == PHASE_TLS)
		return mem_format("TLS %s", SSL_get_version(probe->ssl) + strlen("TLSv"));
	if (phase != PHASE_SIP || probe->reader.kind != SIP_ANSWER)
		return NULL;
	const char *server = probe->reader.server;
	return mem_format("%d %s%s%s%s", probe->reader.status, probe->reader.reason,
			  *server ? " (" : "", server, *server ? ")" : "");
}

static void phase_tell(struct examination *examination, const struct probe *probe,
		       enum check_phase phase, double from, double to, bool is_good)
{
	char *address = mem_text(probe->address.text);
	char *words = phase_words(probe, phase, is_good);
	report_timing(examination->report, &(struct check_timing) {
						   .phase = phase,
						   .address = address,
						   .start_ms = from - examination->started_at,
						   .ms = to - from,
						   .ok = is_good,
						   .words = words,
					   });
	free(address);
	free(words);
}

/* Tells what has ended since the last time; `*next` is the phase that has not. */
static void phases_tell(struct examination *examination, const struct probe *probe,
			enum check_phase *next)
{
	const double begins[PHASE_COUNT] = {
		[PHASE_TCP] = probe->started_at,
		[PHASE_TLS] = probe->connected_at,
		[PHASE_SIP] = probe->secured_at,
	};
	const double ends[PHASE_COUNT] = {
		[PHASE_TCP] = probe->connected_at,
		[PHASE_TLS] = probe->secured_at,
		[PHASE_SIP] = probe->end == END_GOOD ? probe->ended_at : 0,
	};
	while (*next < PHASE_COUNT && begins[*next] > 0) {
		bool is_good = ends[*next] > 0;
		if (!is_good && probe->state != PROBE_DONE)
			return;
		phase_tell(examination, probe, *next, begins[*next],
			   is_good ? ends[*next] : probe->ended_at, is_good);
		*next = is_good ? *next + 1 : PHASE_COUNT;
	}
}

/* ---- what follows from what was seen -----------------------------------------------------------
 */

/* Nothing came back on a handshake, or it was cut off: does the port speak SIP without TLS? */
static bool is_mute(const struct examination *examination, const struct probe *probe)
{
	if (probe->bytes_in > 0)
		return false;
	if (probe->state == PROBE_TLS) /* a fifth of the time has gone by */
		return check_clock_ms() >= probe->connected_at + examination->setup.tls_ms / 5;
	enum cause cause = probe->state == PROBE_DONE ? cause_of(probe) : CAUSE_NONE;
	return cause == CAUSE_SILENT || cause == CAUSE_CLOSES || cause == CAUSE_RESETS;
}

static void follow_main(struct examination *examination, const struct probe *probe)
{
	size_t index = probe->address_index;
	if (examination->full == NO_ADDRESS && probe->connected_at > 0)
		comparisons_start(examination, index);
	if (index == examination->full && probe_took_version(probe) &&
	    SSL_version(probe->ssl) != TLS1_3_VERSION && room(examination) > RESERVED &&
	    !find(examination, PROBE_TLS_1_3, index))
		start(examination, PROBE_TLS_1_3, index);
	if (room(examination) == 0)
		return;
	if (probe_is_secured(probe) && probe->asked_for_certificate && index == examination->full &&
	    !find(examination, PROBE_CLIENT_CERTIFICATE, index) &&
	    probe_client_certificate_make(&examination->setup))
		start(examination, PROBE_CLIENT_CERTIFICATE, index);
	else if (is_mute(examination, probe) && !find(examination, PROBE_PLAIN, index))
		start(examination, PROBE_PLAIN, index);
}

static void address_cancel(struct examination *examination, size_t address_index)
{
	for (size_t i = 0; i < examination->probe_count; i++)
		if (examination->probes[i].address_index == address_index)
			probe_cancel(&examination->probes[i]);
}

/* An answer without TLS settles it; the first byte of TLS makes the question idle. */
static void follow_plain(struct examination *examination, struct probe *plain)
{
	struct probe *other = find(examination, PROBE_MAIN, plain->address_index);
	bool has_answer = plain->state == PROBE_DONE && plain->reader.total > 0;
	if (has_answer && other->state == PROBE_TLS && other->bytes_in == 0)
		address_cancel(examination, plain->address_index);
	else if (other->bytes_in > 0)
		probe_cancel(plain);
}

static void follow(struct examination *examination)
{
	for (size_t i = 0; i < examination->probe_count; i++) {
		struct probe *probe = &examination->probes[i];
		if (probe->kind == PROBE_MAIN)
			follow_main(examination, probe);
		if (probe->kind == PROBE_PLAIN)
			follow_plain(examination, probe);
		if (probe->kind == PROBE_MAIN)
			phases_tell(examination, probe, &examination->told[i]);
	}
}

/* ---- the loop ----------------------------------------------------------------------------------
 */

/* When a comparison is no longer waited for: that depends on how the main probe does. */
static double comparison_deadline(struct examination *examination, const struct probe *probe)
{
	const struct probe *main = find(examination, PROBE_MAIN, probe->address_index);
	if (main->state != PROBE_DONE)
		return examination->deadline;
	if (!probe_is_secured(main))
		return main->ended_at;
	return main->ended_at + GRACE_MS +
	       GRACE_HANDSHAKES * (main->secured_at - main->connected_at);
}

static double deadline_of(struct examination *examination, const struct probe *probe)
{
	bool is_comparison = probe->kind != PROBE_MAIN && probe->kind != PROBE_PLAIN &&
			     probe->kind != PROBE_CLIENT_CERTIFICATE;
	double deadline = probe->deadline;
	if (is_comparison && probe->state == PROBE_TLS)
		deadline = comparison_deadline(examination, probe);
	return deadline < examination->deadline ? deadline : examination->deadline;
}

/* Whole milliseconds, rounded up, so that poll() never wakes just before. */
static int wait_ms(double until)
{
	double left = until - check_clock_ms();
	return left <= 0 ? 0 : (int)left + 1;
}

static size_t poll_fill(struct examination *examination, struct pollfd *fds, struct probe **probes,
			double *until)
{
	size_t count = 0;
	*until = examination->deadline;
	for (size_t i = 0; i < examination->probe_count; i++) {
		struct probe *probe = &examination->probes[i];
		if (probe->state == PROBE_DONE)
			continue;
		double deadline = deadline_of(examination, probe);
		if (probe->state == PROBE_TLS && probe->kind == PROBE_MAIN &&
		    probe->bytes_in == 0) {
			double mute = probe->connected_at + examination->setup.tls_ms / 5;
			if (mute > check_clock_ms() && mute < deadline)
				deadline = mute;
		}
		if (deadline < *until)
			*until = deadline;
		fds[count] = (struct pollfd) { .fd = probe->fd, .events = probe_events(probe) };
		probes[count++] = probe;
	}
	return count;
}

void examination_run(struct examination *examination)
{
	examination->full = NO_ADDRESS;
	for (size_t i = 0; i < examination->address_count; i++)
		start(examination, PROBE_MAIN, i);
	if (examination->address_count == 1)
		comparisons_start(examination, 0);
	for (;;) {
		struct pollfd fds[CHECK_CONNECTIONS_MAX];
		struct probe *probes[CHECK_CONNECTIONS_MAX];
		double until;
		follow(examination);
		size_t count = poll_fill(examination, fds, probes, &until);
		if (count == 0)
			return;
		if (poll(fds, count, wait_ms(until)) < 0)
			memset(fds, 0, sizeof fds); /* interrupted: only the clock is looked at */
		for (size_t i = 0; i < count; i++) {
			if (fds[i].revents != 0)
				probe_advance(probes[i]);
			if (check_clock_ms() >= deadline_of(examination, probes[i]))
				probe_expire(probes[i]);
		}
	}
}

void examination_release(struct examination *examination)
{
	for (size_t i = 0; i < examination->probe_count; i++)
		probe_release(&examination->probes[i]);
	examination->probe_count = 0;
	SSL_CTX_free(examination->setup.tls);
	X509_free(examination->setup.client_certificate);
	EVP_PKEY_free(examination->setup.client_key);
}
