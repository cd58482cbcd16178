/*
 * What was last seen of each saved number, for the list: $XDG_STATE_HOME/sipdesk/readings.json.
 * No secret in it; losing it costs a reading.
 *
 *   {"schema":1,"readings":[
 *   {"id":"9f2c…","read_at":1795351260,"sip":"DTLS","check":"fail","checked_at":1795351200},
 *   …]}
 *   "sip" is "off", "DTLS" or "SDES"; "check" is "none", "pass", "warn", "fail" or "unclear"; times
 *   are seconds since 1970, 0 for never. Sorted by id, one a line, read as it was written.
 */
#ifndef SIPDESK_STORE_READINGS_H
#define SIPDESK_STORE_READINGS_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum reading_check {
	READING_NOT_CHECKED,
	READING_PASS,
	READING_WARN,
	READING_FAIL,
	READING_UNCLEAR,
	READING_CHECK_COUNT,
};

struct reading {
	uint64_t id;	 /* of the number: its hex digits */
	int64_t read_at; /* seconds since 1970, UTC; 0: never read */
	bool sip_enabled;
	bool srtp_is_sdes;	  /* told of a number whose SIP is enabled */
	enum reading_check check; /* the worst of its servers' last checks */
	int64_t checked_at;	  /* 0: never */
	bool is_forgotten;	  /* its number was removed: the next save takes it out */
};

struct readings {
	struct reading *items; /* sorted by id */
	size_t count;
	char *path;	 /* NULL: kept in memory only */
	bool is_changed; /* since it was loaded or saved */
};

void readings_init(struct readings *readings);
void readings_release(struct readings *readings);
/* A missing or damaged file is an empty cache, and no error. False with a sentence where the file
 * is refused or there is no place for it: nothing is saved then (path NULL). */
bool readings_load(struct readings *readings, struct err *err);
/* Writes what changed over what other sessions saved meanwhile: the newer of each wins, and the
 * cache afterwards holds both. Nothing to do without a path or a change. Pointers into the cache
 * are no longer good. */
bool readings_save(struct readings *readings, struct err *err);
/* `id`: as in struct number. NULL: nothing is known. Borrowed until the next readings_put or
 * readings_save. */
const struct reading *readings_find(const struct readings *readings, const char *id);
/* The entry of `id`, made where there is none, to be filled in. Borrowed as above. */
struct reading *readings_put(struct readings *readings, const char *id);
void readings_forget(struct readings *readings, const char *id);

#endif
