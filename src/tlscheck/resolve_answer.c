#include "tlscheck/resolve.h"

#include "base/mem.h"

#include <arpa/nameser.h>
#include <netinet/in.h>
#include <resolv.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static const char *code_words(int code)
{
	static const char *const words[] = {
		[ns_r_formerr] = "FORMERR",
		[ns_r_servfail] = "SERVFAIL",
		[ns_r_notimpl] = "NOTIMP",
		[ns_r_refused] = "REFUSED",
	};
	return code > 0 && (size_t)code < ARRAY_LENGTH(words) && words[code] ? words[code]
									     : "an error";
}

/* Is it an answer, to the question that was asked? Anybody can send us a datagram. */
static bool is_answer_to(ns_msg *query, ns_msg *answer)
{
	ns_rr asked;
	ns_rr answered;
	return ns_msg_getflag(*answer, ns_f_qr) == 1 && ns_msg_id(*query) == ns_msg_id(*answer) &&
	       ns_msg_count(*answer, ns_s_qd) == 1 && ns_parserr(query, ns_s_qd, 0, &asked) == 0 &&
	       ns_parserr(answer, ns_s_qd, 0, &answered) == 0 &&
	       ns_rr_type(asked) == ns_rr_type(answered) &&
	       ns_rr_class(asked) == ns_rr_class(answered) &&
	       strcasecmp(ns_rr_name(asked), ns_rr_name(answered)) == 0;
}

static void address_add(struct resolved *resolved, int family, const ns_rr *record)
{
	struct address address;
	address_from_bytes(family, ns_rr_rdata(*record), &address);
	for (size_t i = 0; i < resolved->address_count; i++)
		if (strcmp(resolved->addresses[i].text, address.text) == 0)
			return;
	if (resolved->published_count == 0 || ns_rr_ttl(*record) < resolved->ttl)
		resolved->ttl = ns_rr_ttl(*record);
	resolved->published_count++;
	if (resolved->address_count < CHECK_ADDRESSES_MAX)
		resolved->addresses[resolved->address_count++] = address;
}

static void record_read(ns_msg *answer, const ns_rr *record, ns_type type,
			struct resolved *resolved)
{
	int family = type == ns_t_a ? AF_INET : AF_INET6;
	size_t size = family == AF_INET ? NS_INADDRSZ : NS_IN6ADDRSZ;
	char name[NS_MAXDNAME];
	if (ns_rr_type(*record) == type && ns_rr_rdlen(*record) == size)
		address_add(resolved, family, record);
	else if (ns_rr_type(*record) == ns_t_cname &&
		 ns_name_uncompress(ns_msg_base(*answer), ns_msg_end(*answer), ns_rr_rdata(*record),
				    name, sizeof name) >= 0)
		mem_text_set(&resolved->alias, name);
}

enum answer_state resolve_answer_read(const unsigned char *query, size_t query_length,
				      const unsigned char *answer, size_t answer_length,
				      struct resolved *resolved)
{
	ns_msg asked;
	ns_msg answered;
	if (ns_initparse(query, (int)query_length, &asked) != 0 ||
	    ns_initparse(answer, (int)answer_length, &answered) != 0 ||
	    !is_answer_to(&asked, &answered)) {
		(void)snprintf(resolved->words, sizeof resolved->words, "an unreadable answer");
		return ANSWER_FOREIGN;
	}
	if (ns_msg_getflag(answered, ns_f_tc) == 1)
		return ANSWER_CUT;
	int code = ns_msg_getflag(answered, ns_f_rcode);
	if (code != ns_r_noerror && code != ns_r_nxdomain) {
		(void)snprintf(resolved->words, sizeof resolved->words, "%s", code_words(code));
		return ANSWER_FAULT;
	}
	ns_rr question;
	(void)ns_parserr(&asked, ns_s_qd, 0, &question);
	for (int i = 0; i < ns_msg_count(answered, ns_s_an); i++) {
		ns_rr record;
		if (ns_parserr(&answered, ns_s_an, i, &record) == 0)
			record_read(&answered, &record, ns_rr_type(question), resolved);
	}
	return code == ns_r_nxdomain ? ANSWER_NO_NAME : ANSWER_READ;
}

void resolved_release(struct resolved *resolved)
{
	free(resolved->alias);
	*resolved = (struct resolved) { 0 };
}
