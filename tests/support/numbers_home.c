#include "tests/support/numbers_home.h"

#include "base/file.h"
#include "base/mem.h"
#include "tests/support/child.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <dirent.h>

#include <cmocka.h>

void numbers_home_make(struct numbers_home *home)
{
	home->folder = child_folder_make();
	assert_non_null(home->folder);
	home->sipdesk = mem_format("%s/sipdesk", home->folder);
	home->file = mem_format("%s/numbers.json", home->sipdesk);
	assert_int_equal(setenv("XDG_CONFIG_HOME", home->folder, 1), 0);
}

void numbers_home_remove(struct numbers_home *home)
{
	DIR *folder = opendir(home->sipdesk);
	for (struct dirent *entry; folder != NULL && (entry = readdir(folder)) != NULL;)
		if (strstr(entry->d_name, ".new-") != NULL)
			fail_msg("%s is left behind", entry->d_name);
	if (folder != NULL)
		(void)closedir(folder);
	child_folder_remove(home->folder);
	free(home->folder);
	free(home->sipdesk);
	free(home->file);
}

void numbers_home_put(const struct numbers_home *home, const char *text)
{
	struct err err;
	assert_true(file_folder_make(home->sipdesk, &err));
	assert_true(file_write_whole(home->file, text, strlen(text), 0600, &err));
}

char *numbers_home_text(const struct numbers_home *home)
{
	struct str text;
	struct err err;
	str_init(&text);
	assert_true(file_read(home->file, NUMBERS_FILE_MAX, &text, &err));
	return str_detach(&text);
}

bool numbers_home_has(const struct numbers_home *home, const char *text)
{
	char *now = numbers_home_text(home);
	bool has = strstr(now, text) != NULL;
	free(now);
	return has;
}

void numbers_home_load(struct numbers *numbers)
{
	struct err err;
	err_init(&err);
	if (!numbers_load(numbers, &err))
		fail_msg("%s %s", err.sentence, err.next_step);
	assert_non_null(numbers->path);
}
