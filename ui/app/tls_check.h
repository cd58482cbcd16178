/*
 * A TLS check of one of a number's SIP servers, run as a child (`sipdesk check --json`): cancelling
 * is ending it, a crash stays outside, and the screen and the command are one code. The events it
 * prints become a struct check_report here.
 */
#ifndef SIPDESK_UI_APP_TLS_CHECK_H
#define SIPDESK_UI_APP_TLS_CHECK_H

#include "base/process.h"
#include "base/str.h"
#include "tlscheck/report.h"
#include "ui/app/open_number.h"

enum tls_check_state {
	TLS_CHECK_RUNNING,
	TLS_CHECK_DONE,
	TLS_CHECK_CANCELLED,
	TLS_CHECK_BROKEN, /* the child ended without a verdict: err says so */
};

struct tls_check {
	struct tls_check *next;
	struct open_number *number;
	int server;
	char *hostname; /* as it was checked */
	char *port;
	enum tls_check_state state;
	struct check_report report;
	enum check_verdict verdict; /* when DONE */
	char *headline;		    /* owned; NULL: none */
	char *headline_id;	    /* "CRT-1"; NULL: none */
	char *fix;		    /* NULL: none */
	struct err err;
	int64_t started_at; /* clock_now() */
	struct str json;    /* every event as it came, for saving */
	size_t read_to;	    /* bytes of `json` that are understood */
	struct process_child child;
};

/* In the place of `server`: one that is not in the draft, which the number may be moved to. */
enum { TLS_CHECK_ELSEWHERE = -2 };

/* The last check of this server; NULL: none in this session. Owned by the app. */
struct tls_check *tls_check_of(const struct open_number *number, int server);

/* Starts one, ending and forgetting the last of this server. Why it cannot be: `err`. */
struct tls_check *tls_check_start(struct open_number *number, int server, struct err *err);
/* The same of a server that is not in the draft: TLS_CHECK_ELSEWHERE. `port` NULL: the usual one.
 */
struct tls_check *tls_check_elsewhere_start(struct open_number *number, const char *hostname,
					    const char *port, struct err *err);
void tls_check_cancel(struct tls_check *check);
/* Ends and forgets those of a number; NULL: all. */
void tls_checks_release(struct app *app, const struct open_number *number);

/* After places of servers may have moved: each check stays with the hostname it was made of. */
void tls_checks_follow(struct open_number *number);

/* Were hostname or port edited since? */
bool tls_check_is_stale(const struct tls_check *check);
/* "failed 2 min ago: the certificate is for …", "running", "not run for this server" (`check`
 * NULL). Caller frees. */
char *tls_check_words(const struct tls_check *check);

#endif
