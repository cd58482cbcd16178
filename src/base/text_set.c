#include "base/text_set.h"

#include "base/mem.h"
#include "base/str.h"

#include <stdlib.h>

void text_set_init(struct text_set *set, size_t count)
{
	size_t slots = 2;
	while (slots / 2 < count)
		slots *= 2; /* never more than half full */
	*set = (struct text_set) { mem_alloc(slots, sizeof *set->slots), slots - 1 };
}

void text_set_release(struct text_set *set)
{
	free(set->slots);
	*set = (struct text_set) { 0 };
}

/* FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv/ */
uint64_t text_hash_nocase(const char *text)
{
	uint64_t hash = 0xcbf29ce484222325U;
	for (; *text != '\0'; text++) {
		unsigned char byte = (unsigned char)*text;
		byte = byte >= 'A' && byte <= 'Z' ? (unsigned char)(byte - 'A' + 'a') : byte;
		hash = (hash ^ byte) * 0x100000001b3U;
	}
	return hash;
}

bool text_set_add(struct text_set *set, const char *text)
{
	size_t at = (size_t)text_hash_nocase(text) & set->mask;
	for (; set->slots[at] != NULL; at = (at + 1) & set->mask)
		if (text_equal_nocase(set->slots[at], text))
			return false;
	set->slots[at] = text;
	return true;
}
