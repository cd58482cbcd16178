#include "tests/support/kept_files.h"

#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <errno.h>
#include <ftw.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

enum { FOLDERS_OPEN_MAX = 8, FILE_SIZE_MAX = 16 * 1024 * 1024, HASH_SIZE = 32 };

/* nftw hands nothing on. */
static struct {
	bool may_be_torn;
	const char *when;
} judging;

static bool ends_with(const char *text, const char *end)
{
	size_t length = strlen(text), end_length = strlen(end);
	return length >= end_length && strcmp(text + length - end_length, end) == 0;
}

static void hash_of(const char *line, size_t length, char hex[2 * HASH_SIZE + 1])
{
	unsigned char hash[HASH_SIZE];
	assert_int_equal(EVP_Digest(line, length, hash, NULL, EVP_sha256(), NULL), 1);
	for (size_t i = 0; i < HASH_SIZE; i++) {
		hex[2 * i] = "0123456789abcdef"[hash[i] >> 4];
		hex[2 * i + 1] = "0123456789abcdef"[hash[i] & 15];
	}
	hex[2 * (size_t)HASH_SIZE] = '\0';
}

static void history_judge(const char *path, const struct str *bytes)
{
	char last[2 * HASH_SIZE + 1] = "";
	const char *line = bytes->bytes, *end;
	for (; (end = strchr(line, '\n')) != NULL; line = end + 1) {
		struct json_doc doc;
		size_t length = (size_t)(end - line);
		if (!json_doc_parse(&doc, line, length, NULL))
			fail_msg("%s: %s: %.*s", judging.when, path, (int)length, line);
		if (last[0] != '\0')
			assert_string_equal(json_text(json_member(doc.root, "previous")), last);
		json_doc_release(&doc);
		hash_of(line, length, last);
	}
	if (*line != '\0' && !judging.may_be_torn)
		fail_msg("%s: the last line of %s has no end: %s", judging.when, path, line);
}

static int file_judge(const char *path, const struct stat *status, int type, struct FTW *place)
{
	(void)status;
	(void)place;
	struct str bytes;
	struct json_doc doc;
	struct err err;
	bool is_history = ends_with(path, ".jsonl");
	if (type != FTW_F || strstr(path, ".new-") != NULL ||
	    (!is_history && !ends_with(path, ".json")))
		return 0;
	str_init(&bytes);
	if (!file_read(path, FILE_SIZE_MAX, &bytes, &err))
		fail_msg("%s: %s", judging.when, err.sentence);
	if (is_history)
		history_judge(path, &bytes);
	else if (!json_doc_parse(&doc, bytes.bytes, bytes.length, &err))
		fail_msg("%s: %s: %s", judging.when, path, err.sentence);
	else
		json_doc_release(&doc);
	str_release(&bytes);
	return 0;
}

void kept_files_judge(const char *folder, bool may_be_torn, const char *when)
{
	judging.may_be_torn = may_be_torn;
	judging.when = when;
	if (nftw(folder, file_judge, FOLDERS_OPEN_MAX, FTW_PHYS) != 0)
		assert_int_equal(errno, ENOENT); /* nothing was kept yet */
}
