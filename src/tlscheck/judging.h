/*
 * One judgement under way: what judge() found out first, and the parts that each look for some
 * findings of the catalogue (TLS_CHECK section 2.4). A part names finding, severity, sentence and
 * fix; they go into the report together at the end, the causes before their consequences.
 */
#ifndef SIPDESK_TLSCHECK_JUDGING_H
#define SIPDESK_TLSCHECK_JUDGING_H

#include "base/str.h"
#include "tlscheck/judge.h"
#include "tlscheck/names.h"
#include "tlscheck/verify.h"

#include <openssl/x509.h>
#include <stdbool.h>
#include <stddef.h>

struct judged_finding {
	enum finding_id id;
	enum check_severity severity;
	char *text;
	char *fix;
	bool needs_new; /* a failure that only another certificate mends */
};

struct judging {
	const struct judge_input *input;
	X509 *leaf;	/* the server's own: the first sent, or the one that should be */
	int leaf_place; /* 0: first, as it should be */
	struct verification as_sent;	  /* with what the server sent alone */
	struct verification with_fetched; /* empty where nothing was missing or fetched */
	const struct verification *whole; /* the fuller of the two: what the parts look at */
	struct names names;
	struct judged_finding *findings;
	size_t finding_count;
};

/* `fix` NULL: there is nothing to do. Both texts are handed over. */
void judging_add(struct judging *judging, enum finding_id id, enum check_severity severity,
		 char *text, char *fix);
/* A failure that a new certificate mends. */
void judging_add_new(struct judging *judging, enum finding_id id, char *text, char *fix);

/* Did the chain lack an issuer that was then fetched? */
bool judging_was_completed(const struct judging *judging);
/* The certificate at this depth of the whole chain; NULL: none. Borrowed. */
X509 *judging_certificate(const struct judging *judging, int depth);
bool judging_is_trusted(const struct judging *judging, int depth);
bool judging_was_sent(const struct judging *judging, const X509 *certificate);
/* Are its extensions well-formed? OpenSSL finds no issuer for one where they are not. */
bool judging_leaf_is_sound(const struct judging *judging);
/* "The certificate" for the server's own, "The CA certificate ‘X’" for the others. The caller frees
 * it. */
char *judging_what(const struct judging *judging, int depth);

void find_chain(struct judging *judging);      /* CRT-9 to CRT-14 */
void find_dates(struct judging *judging);      /* CRT-7, CRT-8, CRT-23 */
void find_names(struct judging *judging);      /* CRT-1 to CRT-6 */
void find_uses(struct judging *judging);       /* CRT-15, CRT-16 */
void find_strength(struct judging *judging);   /* CRT-17, CRT-18 */
void find_faults(struct judging *judging);     /* CRT-19, and every error that has no other name */
void find_irregular(struct judging *judging);  /* CRT-20 */
void find_revocation(struct judging *judging); /* CRT-21, CRT-22 */
void find_trust_list(struct judging *judging); /* CRT-25 */

/* "The trust list used here is of 2025-06-13, 527 days old."; NULL where its age is not known. The
 * caller frees it. */
char *trust_age_said(const struct trust *trust, int64_t at);
bool trust_is_old(const struct trust *trust, int64_t at);

#endif
