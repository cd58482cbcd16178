/*
 * A secret: an API key, a SIP user password, or the many keys of a vault. It lives in pages of its
 * own, locked in memory as far as RLIMIT_MEMLOCK allows and left out of core dumps, and is zeroed
 * when it moves, is replaced or released. Nothing else holds one, and there is no way to format it:
 * only code that must use the bytes asks for them, briefly. A forked child has what it needs: it
 * may be one that works for us, so the pages are not wiped there.
 */
#ifndef SIPDESK_BASE_SECRET_H
#define SIPDESK_BASE_SECRET_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

enum {
	SECRET_MAX = 4000 /* bytes that are typed or set; keys are below 1,000; fits one page */
};

struct secret {
	char *pages; /* NULL: none */
	size_t length;
	size_t size; /* of the pages */
};

void secret_init(struct secret *secret);
/* Zeroes and gives the pages back; leaves it as after secret_init. */
void secret_release(struct secret *secret);
/* Copies `length` bytes in, replacing what was there. Too long, or no pages: error. */
bool secret_set(struct secret *secret, const char *bytes, size_t length, struct err *err);
/* A copy of any length. */
bool secret_copy(struct secret *to, const struct secret *from, struct err *err);
/* NUL-terminated, borrowed until the secret is changed; "" when there is none. */
const char *secret_bytes(const struct secret *secret);
bool secret_is_set(const struct secret *secret);

/* For what is put together, and may be longer than SECRET_MAX: puts `length` bytes (NULL: zeros, to
 * be written over) at `at`, or takes them out. `at` (and `at + length`) within the secret; the
 * bytes are not its own. False where there is no memory. */
bool secret_insert(struct secret *secret, size_t at, const char *bytes, size_t length,
		   struct err *err);
void secret_remove(struct secret *secret, size_t at, size_t length);

/* One character typed or rubbed out, for key entry; false when it is full. */
bool secret_push(struct secret *secret, char character);
void secret_pop(struct secret *secret);

/* Writes a mask of fixed length, so that it does not show the secret's: "••••••••". */
const char *secret_mask(void);

/*
 * An API key as people paste it: blanks and line ends around it, and a leading "D360-API-KEY:", are
 * taken off; control characters and blanks inside are refused, since they would inject a header.
 */
bool secret_tidy_key(struct secret *secret, struct err *err);

/* Zeroes memory in a way the compiler cannot leave out. */
void secret_wipe(void *memory, size_t length);

/* Allocators that zero what they free, for libcurl, cJSON and OpenSSL (after a request was freed,
 * copies of the key stay in memory with the usual ones). Installs them in cJSON and OpenSSL; call
 * before anything else uses those. libcurl gets them in service/http. */
void secret_allocators_install(void);
void *secret_malloc(size_t size);
void *secret_calloc(size_t count, size_t size);
void *secret_realloc(void *memory, size_t size);
void secret_free(void *memory);
char *secret_strdup(const char *text);

#endif
