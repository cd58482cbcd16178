/*
 * Memory that cannot be refused to its caller: every function here returns memory or does not
 * return. When memory runs out the handler set by the program runs once (restore the terminal, keep
 * the draft), then the process ends with exit code 70.
 */
#ifndef SIPDESK_BASE_MEM_H
#define SIPDESK_BASE_MEM_H

#include <stddef.h>

#define ARRAY_LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/* Zeroed memory for `count` items of `size` bytes each; the caller frees it with free(). */
void *mem_alloc(size_t count, size_t size);
/* As realloc() with overflow check; new bytes are not zeroed. */
void *mem_resize(void *memory, size_t count, size_t size);
/* Makes room for one item more in `*items`, which holds `count`; the capacity doubles at powers of
 * two, so no capacity needs to be kept. Returns the array, whose item `count` is zeroed. */
void *mem_grow(void *items, size_t count, size_t size);
/* A copy the caller frees. `text` may be NULL: then NULL. */
char *mem_text(const char *text);
char *mem_text_n(const char *bytes, size_t length);
/* A formatted text the caller frees. */
char *mem_format(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Replaces `*slot` by a copy of `text` (NULL allowed), freeing what it held. */
void mem_text_set(char **slot, const char *text);

void mem_on_exhausted(void (*handler)(void));

#endif
