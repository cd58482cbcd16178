#include "base/trust_folder.h"

#include <dirent.h>
#include <stddef.h>
#include <string.h>

enum { HASH_DIGITS = 8 };

bool trust_folder_is_link(const char *name)
{
	size_t digits = strspn(name, "0123456789abcdef");
	return digits == HASH_DIGITS && name[digits] == '.' && name[digits + 1] != '\0' &&
	       strspn(name + digits + 1, "0123456789") == strlen(name + digits + 1);
}

bool trust_folder_is_made(const char *path)
{
	DIR *folder = opendir(path);
	const struct dirent *entry = NULL;
	while (folder != NULL && (entry = readdir(folder)) != NULL &&
	       !trust_folder_is_link(entry->d_name))
		;
	if (folder != NULL)
		(void)closedir(folder);
	return entry != NULL;
}
