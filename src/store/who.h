/* Who is at work: for locks and the history. */
#ifndef SIPDESK_STORE_WHO_H
#define SIPDESK_STORE_WHO_H

#include "base/json.h"
#include "base/str.h"

enum { WHO_TEXT_SIZE = 128 };

struct who {
	char user[WHO_TEXT_SIZE];	/* login name, else the numeric id */
	char host[WHO_TEXT_SIZE];	/* this machine */
	char ssh_client[WHO_TEXT_SIZE]; /* address from SSH_CONNECTION; empty: not over SSH */
	char terminal[WHO_TEXT_SIZE];	/* "pts/3"; empty: none */
	long process;
};

void who_am_i(struct who *who);
void who_write_json(const struct who *who, struct str *out); /* appends an object */
void who_read_json(struct who *who, const cJSON *object);    /* missing members stay empty */
/* "anna on jump1, from 10.2.3.4 (pts/3)". Appends. */
void who_write_words(const struct who *who, struct str *out);

#endif
