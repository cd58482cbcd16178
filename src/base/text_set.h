/* A set of texts in which the case of ASCII letters does not count; it borrows them. */
#ifndef SIPDESK_BASE_TEXT_SET_H
#define SIPDESK_BASE_TEXT_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text_set {
	const char **slots;
	size_t mask; /* slots less one; they are a power of two */
};

/* For at most `count` texts. */
void text_set_init(struct text_set *set, size_t count);
void text_set_release(struct text_set *set);
/* False when it is in the set already. */
bool text_set_add(struct text_set *set, const char *text);

/* The same for texts that differ in letter case only. */
uint64_t text_hash_nocase(const char *text);

#endif
