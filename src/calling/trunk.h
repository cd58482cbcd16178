/*
 * What a SIP trunk needs beside the SIP user password to take a number's calls: Meta's gateway
 * challenges with its realm, wants the number's digits as user name, and takes requests whose From
 * domain is the configured hostname (Meta's guide to SIP, "Business-initiated calls").
 */
#ifndef SIPDESK_CALLING_TRUNK_H
#define SIPDESK_CALLING_TRUNK_H

enum trunk_fact {
	TRUNK_USER_NAME,
	TRUNK_REALM,
	TRUNK_PROXY,
	TRUNK_FROM_DOMAIN,
	TRUNK_FACT_COUNT,
};

const char *trunk_label(enum trunk_fact fact);
/* What it is, for where its value is not known. */
const char *trunk_meaning(enum trunk_fact fact);
/* `phone_number` in E.164 and the SIP server's `hostname`; both may be NULL. Borrowed; NULL where
 * it is not known. */
const char *trunk_value(enum trunk_fact fact, const char *phone_number, const char *hostname);

#endif
