#include "tests/support/secrets.h"

#include "base/mem.h"
#include "base/str.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum {
	HEADS = 1 << 16,
	HEAD_BYTES = 4,
	BASE64_GROUP = 3,
	BASE64_PIECE = 10, /* characters; 60 bits */
	SIGN_PLACE = 4,	   /* of the odd pieces' special character */
	TOLD_MAX = 8,
	BEFORE_SHOWN = 48,
};

static const char LETTERS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
static const char *const SIGNS[][2] = {
	[SECRETS_KEY] = { "/", "+" },
	[SECRETS_PASSWORD] = { "\"", "\\" },
	[SECRETS_PASSPHRASE] = { " ", "ß" },
};

struct needle {
	char *bytes;
	size_t length;
	struct secrets_hit hit;
	size_t next; /* place + 1 of another with the same head; 0: none */
};

struct planted {
	char *name;
	char *text;
	char *pieces[SECRETS_PIECES];
};

struct secrets {
	struct planted planted[SECRETS_MAX];
	size_t count;
	struct needle *needles;
	size_t needle_count;
	bool is_silent;
	size_t heads[HEADS]; /* place + 1 of the first needle that may begin so; 0: none */
};

/* --- how a secret may be written -------------------------------------------------------------- */

static void bytes_write(struct str *out, const char *text, const char *before, bool is_upper)
{
	for (; *text != '\0'; text++) {
		unsigned byte = (unsigned char)*text;
		str_add(out, before);
		str_addf(out, is_upper ? "%02X" : "%02x", byte);
	}
}

/* All of our letters are below U+0100. */
static uint32_t character_take(const char **text)
{
	unsigned char first = (unsigned char)*(*text)++;
	if (first < 0x80)
		return first;
	return ((first & 0x1fU) << 6) | ((unsigned char)*(*text)++ & 0x3fU);
}

static void json_write(struct str *out, const char *text, enum secrets_coding coding)
{
	while (*text != '\0') {
		const char *start = text;
		uint32_t character = character_take(&text);
		bool is_escaped = character == '"' || character == '\\' ||
				  (character == '/' && coding == SECRETS_JSON_SLASH);
		if (coding == SECRETS_JSON_ALL ||
		    (character >= 0x80 && coding == SECRETS_JSON_ASCII))
			str_addf(out, "\\u%04x", (unsigned)character);
		else if (is_escaped)
			str_addf(out, "\\%c", (int)character);
		else
			str_append(out, start, (size_t)(text - start));
	}
}

static void percent_write(struct str *out, const char *text)
{
	for (; *text != '\0'; text++)
		if (isalnum((unsigned char)*text) || strchr("-._~", *text) != NULL)
			str_add_char(out, *text);
		else
			str_addf(out, "%%%02X", (unsigned)(unsigned char)*text);
}

static void html_write(struct str *out, const char *text)
{
	for (; *text != '\0'; text++)
		if (*text == '"')
			str_add(out, "&quot;");
		else
			str_add_char(out, *text);
}

static void wide_write(struct str *out, const char *text, size_t size)
{
	while (*text != '\0') {
		uint32_t character = character_take(&text); /* this machine is little-endian */
		str_append(out, (const char *)&character, size);
	}
}

static void base64_write(struct str *out, const char *text)
{
	static const char DIGITS[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t length = strlen(text);
	for (size_t i = 0; i < length; i += BASE64_GROUP) {
		uint32_t bits = 0;
		for (size_t j = 0; j < BASE64_GROUP; j++)
			bits = bits << 8 | (i + j < length ? (unsigned char)text[i + j] : 0U);
		for (size_t j = 0; j <= BASE64_GROUP; j++)
			str_add_char(out,
				     i + j > length ? '=' : DIGITS[bits >> (18 - 6 * j) & 0x3f]);
	}
}

static void coded_write(struct str *out, const char *text, enum secrets_coding coding)
{
	switch (coding) {
	case SECRETS_JSON:
	case SECRETS_JSON_SLASH:
	case SECRETS_JSON_ASCII:
	case SECRETS_JSON_ALL: json_write(out, text, coding); break;
	case SECRETS_PERCENT: percent_write(out, text); break;
	case SECRETS_PERCENT_ALL: bytes_write(out, text, "%", true); break;
	case SECRETS_HTML: html_write(out, text); break;
	case SECRETS_BASE16: bytes_write(out, text, "", false); break;
	case SECRETS_UTF16: wide_write(out, text, 2); break;
	case SECRETS_UTF32: wide_write(out, text, 4); break;
	case SECRETS_BASE64: base64_write(out, text); break;
	default: str_add(out, text); break;
	}
}

const char *secrets_coding_name(enum secrets_coding coding)
{
	static const char *const NAMES[SECRETS_CODINGS] = {
		[SECRETS_PLAIN] = "plain",
		[SECRETS_JSON] = "JSON",
		[SECRETS_JSON_SLASH] = "JSON with \\/",
		[SECRETS_JSON_ASCII] = "JSON in ASCII",
		[SECRETS_JSON_ALL] = "JSON of \\u only",
		[SECRETS_PERCENT] = "percent-encoded",
		[SECRETS_PERCENT_ALL] = "percent-encoded throughout",
		[SECRETS_HTML] = "HTML",
		[SECRETS_BASE16] = "base16",
		[SECRETS_UTF16] = "UTF-16",
		[SECRETS_UTF32] = "UTF-32",
		[SECRETS_BASE64] = "base64",
		[SECRETS_CELLS] = "cells of a screen",
	};
	return NAMES[coding];
}

char *secrets_coded(const struct secrets *secrets, size_t secret, enum secrets_coding coding)
{
	struct str out;
	str_init(&out);
	coded_write(&out, secrets->planted[secret].text, coding);
	return str_detach(&out);
}

/* --- what is looked for ----------------------------------------------------------------------- */

static size_t head_of(const char *bytes)
{
	uint32_t head;
	memcpy(&head, bytes, sizeof head);
	return (head * 2654435761U) >> 16; /* Knuth's multiplicative hash */
}

static bool needle_is_known(const struct secrets *secrets, const char *bytes, size_t length)
{
	for (size_t i = secrets->heads[head_of(bytes)]; i > 0; i = secrets->needles[i - 1].next)
		if (secrets->needles[i - 1].length == length &&
		    memcmp(secrets->needles[i - 1].bytes, bytes, length) == 0)
			return true;
	return false;
}

static void needle_add(struct secrets *secrets, const struct secrets_hit *hit, const char *bytes,
		       size_t length)
{
	if (length < HEAD_BYTES || needle_is_known(secrets, bytes, length))
		return;
	size_t *head = &secrets->heads[head_of(bytes)];
	secrets->needles =
		mem_grow(secrets->needles, secrets->needle_count, sizeof *secrets->needles);
	secrets->needles[secrets->needle_count++] = (struct needle) {
		.bytes = mem_text_n(bytes, length),
		.length = length,
		.hit = *hit,
		.next = *head,
	};
	*head = secrets->needle_count;
}

/* With digits above nine in both cases, where the coding has some. */
static void coded_add(struct secrets *secrets, const struct secrets_hit *hit, const char *text)
{
	struct str coded;
	str_init(&coded);
	coded_write(&coded, text, hit->coding);
	needle_add(secrets, hit, coded.bytes, coded.length);
	bool has_digits = hit->coding == SECRETS_BASE16 || hit->coding == SECRETS_PERCENT_ALL ||
			  hit->coding == SECRETS_JSON_ALL;
	for (size_t i = 0; has_digits && i < coded.length; i++) {
		int byte = (unsigned char)coded.bytes[i];
		coded.bytes[i] = (char)(isupper(byte) ? tolower(byte)
					: byte == 'u' ? byte
						      : toupper(byte));
	}
	needle_add(secrets, hit, coded.bytes, coded.length);
	str_release(&coded);
}

/* Its digits depend on where in a group of three bytes it begins. */
static void base64_add(struct secrets *secrets, size_t secret)
{
	static const char *const BEFORE[BASE64_GROUP] = { "", ".", ".." };
	struct secrets_hit hit = { .secret = secret, .coding = SECRETS_BASE64 };
	for (size_t i = 0; i < BASE64_GROUP; i++) {
		struct str coded;
		char *text = mem_format("%s%s", BEFORE[i], secrets->planted[secret].text);
		str_init(&coded);
		base64_write(&coded, text);
		hit.piece = 0;
		for (size_t at = 4; at + BASE64_PIECE + 4 <= coded.length; at += BASE64_PIECE) {
			char *url = mem_text_n(coded.bytes + at, BASE64_PIECE);
			needle_add(secrets, &hit, url, BASE64_PIECE);
			for (char *sign = url; *sign != '\0'; sign++)
				*sign = *sign == '+' ? '-' : *sign == '/' ? '_' : *sign;
			needle_add(secrets, &hit, url, BASE64_PIECE); /* RFC 4648 section 5 */
			free(url);
			hit.piece++;
		}
		str_release(&coded);
		free(text);
	}
}

static char *piece_make(enum secrets_kind kind, size_t place)
{
	unsigned char random[SECRETS_PIECE_CHARACTERS];
	struct str piece;
	str_init(&piece);
	if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random)
		abort();
	for (size_t i = 0; i < sizeof random; i++)
		if (place % 2 == 1 && i == SIGN_PLACE)
			str_add(&piece, SIGNS[kind][place / 2 % 2]);
		else
			str_add_char(&piece, LETTERS[random[i] % (sizeof LETTERS - 1)]);
	return str_detach(&piece);
}

const char *secrets_plant(struct secrets *secrets, enum secrets_kind kind, const char *name)
{
	size_t secret = secrets->count++;
	struct planted *planted = &secrets->planted[secret];
	struct str text;
	if (secret >= SECRETS_MAX)
		abort();
	str_init(&text);
	planted->name = mem_text(name);
	for (size_t i = 0; i < SECRETS_PIECES; i++) {
		planted->pieces[i] = piece_make(kind, i);
		str_add(&text, planted->pieces[i]);
	}
	planted->text = str_detach(&text);
	for (size_t i = 0; i < SECRETS_PIECES; i++)
		for (int coding = 0; coding < SECRETS_PIECEWISE; coding++)
			coded_add(secrets,
				  &(struct secrets_hit) { .secret = secret,
							  .piece = i,
							  .coding = (enum secrets_coding)coding },
				  planted->pieces[i]);
	base64_add(secrets, secret);
	return planted->text;
}

struct secrets *secrets_new(void)
{
	return mem_alloc(1, sizeof(struct secrets));
}

void secrets_free(struct secrets *secrets)
{
	for (size_t i = 0; i < secrets->count; i++) {
		free(secrets->planted[i].name);
		free(secrets->planted[i].text);
		for (size_t j = 0; j < SECRETS_PIECES; j++)
			free(secrets->planted[i].pieces[j]);
	}
	for (size_t i = 0; i < secrets->needle_count; i++)
		free(secrets->needles[i].bytes);
	free(secrets->needles);
	free(secrets);
}

size_t secrets_count(const struct secrets *secrets)
{
	return secrets->count;
}

const char *secrets_name(const struct secrets *secrets, size_t secret)
{
	return secrets->planted[secret].name;
}

const char *secrets_text(const struct secrets *secrets, size_t secret)
{
	return secrets->planted[secret].text;
}

/* --- looking ---------------------------------------------------------------------------------- */

void secrets_search(const struct secrets *secrets, const char *bytes, size_t length,
		    secrets_hit_fn *hit, void *owner)
{
	for (size_t at = 0; at + HEAD_BYTES <= length; at++) {
		size_t place = secrets->heads[head_of(bytes + at)];
		for (; place > 0; place = secrets->needles[place - 1].next) {
			const struct needle *needle = &secrets->needles[place - 1];
			if (needle->length > length - at ||
			    memcmp(bytes + at, needle->bytes, needle->length) != 0)
				continue;
			struct secrets_hit found = needle->hit;
			found.at = at;
			hit(owner, &found);
		}
	}
}

struct telling {
	const struct secrets *secrets;
	const char *what, *bytes;
	size_t count;
};

static void hit_tell(void *owner, const struct secrets_hit *hit)
{
	struct telling *telling = owner;
	char before[BEFORE_SHOWN + 1] = "";
	size_t shown = hit->at < BEFORE_SHOWN ? hit->at : BEFORE_SHOWN;
	if (telling->count++ >= TOLD_MAX || telling->secrets->is_silent)
		return;
	for (size_t i = 0; i < shown; i++) {
		char byte = telling->bytes[hit->at - shown + i];
		before[i] = (char)(isprint((unsigned char)byte) ? byte : '.');
	}
	(void)fprintf(stderr, "%s, piece %zu, %s, is in %s at %zu, after: %s\n",
		      telling->secrets->planted[hit->secret].name, hit->piece,
		      secrets_coding_name(hit->coding), telling->what, hit->at, before);
}

void secrets_tell(struct secrets *secrets, bool is_told)
{
	secrets->is_silent = !is_told;
}

bool secrets_are_in(const struct secrets *secrets, const char *what, const char *bytes,
		    size_t length)
{
	struct telling telling = { .secrets = secrets, .what = what, .bytes = bytes };
	secrets_search(secrets, bytes, length, hit_tell, &telling);
	return telling.count > 0;
}
