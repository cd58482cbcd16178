#include "base/secret.h"

#include "base/mem.h"
#include "base/str.h"

#include <cjson/cJSON.h>
#include <openssl/crypto.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { PAGES_LEAST = 4096 };

void secret_wipe(void *memory, size_t length)
{
	explicit_bzero(memory, length);
}

void secret_init(struct secret *secret)
{
	*secret = (struct secret) { 0 };
}

void secret_release(struct secret *secret)
{
	if (secret->pages != NULL) {
		secret_wipe(secret->pages, secret->size);
		(void)munmap(secret->pages, secret->size);
	}
	secret_init(secret);
}

/* Pages for `length` bytes and a NUL; what there is moves along, and nothing of it stays behind. */
static bool pages_take(struct secret *secret, size_t length, struct err *err)
{
	if (length < secret->size)
		return true;
	size_t size = PAGES_LEAST;
	while (size <= length)
		size *= 2;
	void *pages = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (pages == MAP_FAILED)
		return err_set(err, ERR_IO, "No memory could be locked for a key.");
	/* Best effort, and whole or not at all: RLIMIT_MEMLOCK may be small, and what it leaves is
	 * better spent on the next short secret than on a part of a long one. */
	(void)mlock(pages, size);
#ifdef MADV_DONTDUMP
	(void)madvise(pages, size, MADV_DONTDUMP);
#endif
	size_t kept = secret->length;
	if (kept > 0)
		memcpy(pages, secret->pages, kept);
	secret_release(secret);
	*secret = (struct secret) { .pages = pages, .length = kept, .size = size };
	return true;
}

static bool bytes_set(struct secret *secret, const char *bytes, size_t length, struct err *err)
{
	if (!pages_take(secret, length, err))
		return false;
	secret_wipe(secret->pages, secret->size);
	memcpy(secret->pages, bytes, length);
	secret->length = length;
	return true;
}

bool secret_set(struct secret *secret, const char *bytes, size_t length, struct err *err)
{
	if (length > SECRET_MAX)
		return err_set(err, ERR_INPUT, "A key or password may have at most %d characters.",
			       SECRET_MAX);
	return bytes_set(secret, bytes, length, err);
}

bool secret_copy(struct secret *to, const struct secret *from, struct err *err)
{
	return to == from || bytes_set(to, secret_bytes(from), from->length, err);
}

bool secret_insert(struct secret *secret, size_t at, const char *bytes, size_t length,
		   struct err *err)
{
	if (!pages_take(secret, secret->length + length, err))
		return false;
	memmove(secret->pages + at + length, secret->pages + at, secret->length - at);
	if (bytes == NULL)
		memset(secret->pages + at, 0, length);
	else
		memcpy(secret->pages + at, bytes, length);
	secret->length += length;
	return true;
}

void secret_remove(struct secret *secret, size_t at, size_t length)
{
	if (length == 0)
		return;
	secret->length -= length;
	memmove(secret->pages + at, secret->pages + at + length, secret->length - at);
	secret_wipe(secret->pages + secret->length, length);
}

const char *secret_bytes(const struct secret *secret)
{
	return secret->pages == NULL ? "" : secret->pages;
}

bool secret_is_set(const struct secret *secret)
{
	return secret->length > 0;
}

bool secret_push(struct secret *secret, char character)
{
	if (secret->length >= SECRET_MAX || !pages_take(secret, secret->length + 1, NULL))
		return false;
	secret->pages[secret->length++] = character;
	return true;
}

void secret_pop(struct secret *secret)
{
	while (secret->length > 0) {
		char last = secret->pages[--secret->length];
		secret->pages[secret->length] = '\0';
		if (((unsigned char)last & 0xc0U) != 0x80U)
			return; /* the first byte of a UTF-8 character, or ASCII */
	}
}

const char *secret_mask(void)
{
	return "••••••••";
}

static bool is_blank(char character)
{
	return character == ' ' || character == '\t' || character == '\r' || character == '\n';
}

bool secret_tidy_key(struct secret *secret, struct err *err)
{
	static const char header[] = "D360-API-KEY:";
	const char *start = secret_bytes(secret);
	const char *end = start + secret->length;
	while (start < end && is_blank(*start))
		start++;
	if (text_starts_with_nocase(start, header))
		start += sizeof header - 1;
	while (start < end && is_blank(*start))
		start++;
	while (end > start && is_blank(end[-1]))
		end--;
	if (start == end)
		return err_set(
			err, ERR_INPUT,
			"No API key was given: type or paste it, or name a file that holds it.");
	for (const char *at = start; at < end; at++)
		if ((unsigned char)*at <= ' ' || (unsigned char)*at >= 0x7f)
			return err_set(err, ERR_INPUT,
				       "An API key has no blanks, control characters or letters "
				       "beyond ASCII in it; nothing was sent.");
	size_t length = (size_t)(end - start);
	memmove(secret->pages, start, length);
	secret_wipe(secret->pages + length, secret->size - length);
	secret->length = length;
	return true;
}

/* Each block carries its size in front, in a unit that keeps the alignment malloc promises. */
union block_head {
	size_t size;
	max_align_t alignment;
};

void *secret_malloc(size_t size)
{
	if (size > SIZE_MAX - sizeof(union block_head))
		return NULL;
	union block_head *head = malloc(sizeof *head + size);
	if (head == NULL)
		return NULL;
	head->size = size;
	return head + 1;
}

void *secret_calloc(size_t count, size_t size)
{
	if (size != 0 && count > SIZE_MAX / size)
		return NULL;
	void *memory = secret_malloc(count * size);
	if (memory != NULL)
		memset(memory, 0, count * size);
	return memory;
}

void secret_free(void *memory)
{
	if (memory == NULL)
		return;
	union block_head *head = (union block_head *)memory - 1;
	secret_wipe(head, sizeof *head + head->size);
	free(head);
}

void *secret_realloc(void *memory, size_t size)
{
	if (memory == NULL)
		return secret_malloc(size);
	size_t old_size = ((union block_head *)memory - 1)->size;
	void *moved = secret_malloc(size);
	if (moved == NULL)
		return NULL;
	memcpy(moved, memory, old_size < size ? old_size : size);
	secret_free(memory);
	return moved;
}

char *secret_strdup(const char *text)
{
	size_t size = strlen(text) + 1;
	char *copy = secret_malloc(size);
	if (copy != NULL)
		memcpy(copy, text, size);
	return copy;
}

static void *openssl_malloc(size_t size, const char *file, int line)
{
	(void)file, (void)line;
	return size == 0 ? NULL : secret_malloc(size);
}

static void *openssl_realloc(void *memory, size_t size, const char *file, int line)
{
	(void)file, (void)line;
	if (size > 0)
		return secret_realloc(memory, size);
	secret_free(memory); /* as CRYPTO_realloc() promises */
	return NULL;
}

static void openssl_free(void *memory, const char *file, int line)
{
	(void)file, (void)line;
	secret_free(memory);
}

void secret_allocators_install(void)
{
	cJSON_Hooks hooks = { .malloc_fn = secret_malloc, .free_fn = secret_free };
	cJSON_InitHooks(&hooks);
	(void)CRYPTO_set_mem_functions(openssl_malloc, openssl_realloc, openssl_free);
}
