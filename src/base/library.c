#include "base/library.h"

#include <dlfcn.h>
#include <string.h>

/* ISO C knows no way from an object's pointer to a function's, so the bytes are copied (POSIX,
 * dlsym()). */
static bool functions_find(const struct library *library, void *handle, void *table)
{
	for (size_t i = 0; i < library->function_count; i++) {
		const struct library_function *function = &library->functions[i];
		void *address = dlsym(handle, function->name);
		if (address == NULL)
			return false;
		memcpy((char *)table + function->place, &address, sizeof address);
	}
	return true;
}

bool library_load(const struct library *library, void *table, struct err *err)
{
	void *handle = dlopen(library->file, RTLD_NOW | RTLD_LOCAL);
	if (handle != NULL && functions_find(library, handle, table))
		return true;
	(void)err_set(err, ERR_CONFIG, "The library that %s needs cannot be loaded: %s.",
		      library->user, dlerror());
	err_next_step(err, "%s", library->install);
	return false;
}
