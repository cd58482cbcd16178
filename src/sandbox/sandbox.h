/*
 * The practice service: the settings API of API.md on a loopback port, with the same paths, header,
 * bodies, rules and error envelopes, over libmicrohttpd. State lives in memory and ends with it.
 * Beside it stand the practice SIP servers, for the check; the caller drives those.
 */
#ifndef SIPDESK_SANDBOX_SANDBOX_H
#define SIPDESK_SANDBOX_SANDBOX_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A practice number; keys are not secret: they open nothing but this. */
struct practice_number {
	const char *name;	  /* "Practice 1: new number" */
	const char *phone_number; /* E.164 with +, from the range reserved for drama use */
	const char *key;
	const char *note;     /* what there is to try on it, one sentence */
	const char *settings; /* its answer at the start, JSON */
};

extern const struct practice_number PRACTICE_NUMBERS[];
extern const size_t PRACTICE_NUMBER_COUNT;

struct sandbox;
struct sip_servers;

/* Listens on `address` ("127.0.0.1", no other than loopback is taken) and `port` (0: any). */
struct sandbox *sandbox_start(const char *address, uint16_t port, struct err *err);
void sandbox_stop(struct sandbox *sandbox);
uint16_t sandbox_port(const struct sandbox *sandbox);
/* They answer while sip_servers_serve() runs; they end with the sandbox. */
struct sip_servers *sandbox_sip_servers(struct sandbox *sandbox);

/* The ready file's content (COMMANDS.md); caller frees. */
char *sandbox_ready_json(const struct sandbox *sandbox);

#endif
