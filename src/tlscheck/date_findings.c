/* Is every certificate of the chain in force, and for how long? CRT-7, CRT-8, CRT-23. */
#include "tlscheck/judging.h"

#include "base/mem.h"
#include "tlscheck/certificate_text.h"

#include <openssl/x509_vfy.h>
#include <stdlib.h>

enum { SOON_DAYS = 30, VERY_SOON_DAYS = 7 };

static char *dates_of(const struct judging *judging, int depth, int64_t *begins, int64_t *ends)
{
	const X509 *certificate = judging_certificate(judging, depth);
	*begins = certificate_time(X509_get0_notBefore(certificate));
	*ends = certificate_time(X509_get0_notAfter(certificate));
	return judging_what(judging, depth);
}

static void find_expired(struct judging *judging, int depth)
{
	int64_t begins;
	int64_t ends;
	char date[CERTIFICATE_DATE_SIZE];
	char *what = dates_of(judging, depth, &begins, &ends);
	char *days = certificate_days(judging->input->at - ends);
	const char *fix =
		depth == 0 ? "Renew the certificate and reload the SIP server (Kamailio: kamcmd "
			     "tls.reload; Asterisk: restart)."
		: judging_is_trusted(judging, depth)
			? "Ask the CA for a certificate whose chain leads to a root still in force."
			: "Download the CA's present chain, put it behind the server's "
			  "certificate and reload the SIP server.";
	judging_add(judging, CRT_7, CHECK_FAIL,
		    mem_format("%s expired %s ago (%s).", what, days, certificate_date(ends, date)),
		    mem_text(fix));
	judging->findings[judging->finding_count - 1].needs_new = depth == 0;
	free(what);
	free(days);
}

static void find_future(struct judging *judging, int depth)
{
	int64_t begins;
	int64_t ends;
	char date[CERTIFICATE_DATE_SIZE];
	char *what = dates_of(judging, depth, &begins, &ends);
	judging_add(
		judging, CRT_7, CHECK_FAIL,
		mem_format("%s is valid only from %s on.", what, certificate_date(begins, date)),
		mem_text("Check the clocks of the machine that issued it and of this one; use "
			 "the previous certificate until then."));
	free(what);
}

static void find_soon(struct judging *judging, int depth)
{
	int64_t begins;
	int64_t ends;
	char date[CERTIFICATE_DATE_SIZE];
	char *what = dates_of(judging, depth, &begins, &ends);
	int64_t left = ends - judging->input->at;
	if (left > 0 && left < (int64_t)SOON_DAYS * DAY_SECONDS) {
		bool is_urgent = left < (int64_t)VERY_SOON_DAYS * DAY_SECONDS;
		char *days = certificate_days(left);
		judging_add(judging, CRT_8, CHECK_WARN,
			    mem_format("%s expires in %s (%s).", what, days,
				       certificate_date(ends, date)),
			    mem_text(is_urgent ? "Renew it now, and make sure that renewal also "
						 "reloads the SIP server: calls stop on that day."
					       : "Check that renewal is automatic and also reloads "
						 "the SIP server."));
		free(days);
	}
	free(what);
}

/* Longest lifetimes that public CAs may give, by day of issue (CA/Browser Forum, ballot SC-081v3).
 */
static int lifetime_days_max(int64_t issued_at)
{
	static const struct {
		int64_t from;
		int days;
	} steps[] = {
		{ 1868227200, 47 },  /* 2029-03-15 */
		{ 1805068800, 100 }, /* 2027-03-15 */
		{ 1773532800, 200 }, /* 2026-03-15 */
		{ 1598918400, 398 }, /* 2020-09-01 */
	};
	for (size_t i = 0; i < ARRAY_LENGTH(steps); i++)
		if (issued_at >= steps[i].from)
			return steps[i].days;
	return 0;
}

static void find_lifetime(struct judging *judging)
{
	int64_t begins;
	int64_t ends;
	int last = sk_X509_num(judging->whole->chain) - 1;
	if (judging->input->trust->is_given || !judging_is_trusted(judging, last))
		return;
	free(dates_of(judging, 0, &begins, &ends));
	int most = lifetime_days_max(begins);
	if (most == 0 || ends - begins < (int64_t)most * DAY_SECONDS)
		return;
	char *days = certificate_days(ends - begins);
	judging_add(judging, CRT_23, CHECK_WARN,
		    mem_format("The certificate is valid for %s; public CAs may give at most %d.",
			       days, most),
		    mem_text("Have it issued again with a shorter lifetime: strict clients refuse "
			     "long ones."));
	free(days);
}

void find_dates(struct judging *judging)
{
	for (int i = 0; i < sk_X509_num(judging->whole->chain); i++) {
		if (verification_has(judging->whole, X509_V_ERR_CERT_HAS_EXPIRED, i))
			find_expired(judging, i);
		else if (verification_has(judging->whole, X509_V_ERR_CERT_NOT_YET_VALID, i))
			find_future(judging, i);
		else
			find_soon(judging, i);
	}
	find_lifetime(judging);
}
