/*
 * How one server of the lab behaves on one connection: what it says before TLS, how its TLS is set
 * up, what it answers inside. One thread a connection; everything blocks, and ends when the client
 * leaves or LAB_IDLE_MS pass.
 */
#ifndef SIPDESK_TESTS_LAB_SERVER_H
#define SIPDESK_TESTS_LAB_SERVER_H

#include <openssl/ssl.h>
#include <stdbool.h>
#include <stddef.h>

enum { LAB_IDLE_MS = 30000 }; /* longer than any check takes */

/* On the bare connection. */
enum lab_greeting {
	LAB_SPEAKS_TLS,
	LAB_CLOSES,	     /* at once */
	LAB_CLOSES_ON_HELLO, /* when something was said to it */
	LAB_RESETS_ON_HELLO,
	LAB_IS_MUTE,	      /* reads all, says nothing */
	LAB_GREETS,	      /* with `words`, at once */
	LAB_ANSWERS,	      /* with `words`, whatever is said to it */
	LAB_PLAIN_SIP,	      /* answers OPTIONS, and 400 to all else */
	LAB_PLAIN_SIP_SILENT, /* answers OPTIONS, and all else with silence */
	LAB_ALERTS,	      /* answers with the TLS alert `alert` */
	LAB_OLD_SSL,	      /* answers with a ServerHello of SSL 3 */
	LAB_TRICKLES,	      /* a TLS record without end, a byte a second */
	LAB_FLOODS,	      /* 1 MiB that is no TLS */
	LAB_GREETING_COUNT,
	LAB_DOES_NOT_LISTEN = LAB_GREETING_COUNT,
	LAB_IS_CROWDED, /* its queue is full: who comes next is not answered at all */
};

/* Inside TLS. */
enum lab_answer {
	LAB_SIP,    /* `words` is the status: "200 OK" where NULL */
	LAB_WORDS,  /* `words` as they are */
	LAB_ECHO,   /* what was said */
	LAB_LEAVES, /* at once */
	LAB_SAYS_NOTHING,
	LAB_ENDLESS_HEADERS,
	LAB_TRICKLES_SIP, /* a byte a second */
	LAB_ANSWER_COUNT,
};

enum lab_client_certificate {
	LAB_DOES_NOT_ASK,
	LAB_ASKS,	       /* and takes any, or none */
	LAB_REQUIRES,	       /* and takes any */
	LAB_ASKS_AND_VERIFIES, /* takes none, and refuses those of strangers */
};

enum lab_name_indication {
	LAB_IGNORES_NAME,
	LAB_NEEDS_NAME,		/* alert 112 without */
	LAB_KNOWS_NO_NAME,	/* alert 112 whatever it is */
	LAB_OTHER_WITHOUT_NAME, /* shows the other identity without */
};

struct lab_behaviour {
	const char *address; /* of this machine alone; NULL: 127.0.0.1 */
	bool shares_port;    /* with the server before it, which has another address */
	enum lab_greeting greeting;
	enum lab_answer answer;
	const char *words;
	unsigned char alert;
	int version_min, version_max; /* 0: TLS 1.2 to 1.3 */
	bool prefers_tls_1_2;	      /* and takes TLS 1.3 of who offers nothing else */
	const char *ciphers;	      /* to TLS 1.2; NULL: the library's */
	bool has_weak_dh;	      /* 1024 bits */
	enum lab_client_certificate client_certificate;
	enum lab_name_indication name_indication;
	int delay_ms; /* before the handshake */
};

/* Who it is: leaf first. */
struct lab_identity {
	EVP_PKEY *key;
	STACK_OF(X509) * chain;
	unsigned char *staple; /* DER; NULL: none */
	size_t staple_length;
};

struct lab_server {
	const struct lab_behaviour *behaviour;
	struct lab_identity identity;
	SSL_CTX *context;	/* NULL: speaks no TLS */
	SSL_CTX *other_context; /* LAB_OTHER_WITHOUT_NAME */
};

/* Fills the contexts from behaviour and identity; `other` may be NULL. False with a line on stderr.
 */
bool lab_server_prepare(struct lab_server *server, const struct lab_identity *other);
void lab_server_release(struct lab_server *server);
/* One connection from its beginning to its end; closes `fd`. */
void lab_server_serve(const struct lab_server *server, int fd);

#endif
