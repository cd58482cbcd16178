/*
 * Feeds a fuzzer the files it once found or was given: every file of the folders named as
 * arguments, sorted by name, one test each in TAP. A crash ends it, and counts as a failed test.
 */
#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"

#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { CASE_SIZE_MAX = 64 * 1024 * 1024 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

struct cases {
	char **paths;
	size_t count;
};

static void folder_add(struct cases *cases, const char *folder)
{
	struct dirent **entries;
	int count = scandir(folder, &entries, NULL, alphasort);
	if (count < 0)
		(void)fprintf(stderr, "cannot read the folder %s\n", folder);
	for (int i = 0; i < count; i++) {
		char *path = mem_format("%s/%s", folder, entries[i]->d_name);
		struct stat status;
		if (stat(path, &status) == 0 && S_ISREG(status.st_mode)) {
			cases->paths = mem_grow(cases->paths, cases->count, sizeof(char *));
			cases->paths[cases->count++] = path;
		} else {
			free(path);
		}
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
}

/* A copy of exactly its size, so that a sanitizer sees a read behind it. */
static bool case_run(const char *path)
{
	struct str content;
	struct err err;
	str_init(&content);
	err_init(&err);
	bool is_read = file_read(path, CASE_SIZE_MAX, &content, &err);
	if (is_read) {
		uint8_t *bytes = malloc(content.length > 0 ? content.length : 1);
		if (bytes == NULL)
			abort();
		memcpy(bytes, content.bytes, content.length);
		(void)LLVMFuzzerTestOneInput(bytes, content.length);
		free(bytes);
	} else {
		(void)fprintf(stderr, "%s\n", err.sentence);
	}
	str_release(&content);
	return is_read;
}

int main(int argc, char **argv)
{
	struct cases cases = { 0 };
	size_t failed = 0;
	for (int i = 1; i < argc; i++)
		folder_add(&cases, argv[i]);
	(void)printf("1..%zu\n", cases.count);
	for (size_t i = 0; i < cases.count; i++) {
		(void)fflush(stdout); /* a crash must not take the results before it along */
		bool is_good = case_run(cases.paths[i]);
		failed += is_good ? 0 : 1;
		(void)printf("%s %zu - %s\n", is_good ? "ok" : "not ok", i + 1, cases.paths[i]);
		free(cases.paths[i]);
	}
	free(cases.paths);
	return cases.count > 0 && failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
