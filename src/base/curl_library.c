#include "base/curl_library.h"

#include "base/library.h"
#include "base/mem.h"

#include <stddef.h>

#define FUNCTION(name) { "curl_" #name, offsetof(struct curl_library, name) },
static const struct library_function FUNCTIONS[] = { CURL_LIBRARY_FUNCTIONS(FUNCTION) };
#undef FUNCTION

static const struct library LIBCURL = {
	.file = CURL_LIBRARY_FILE, /* the Makefile finds its name */
	.user = "HTTP",
	.install = "Install libcurl, 7.87 or later: the package is libcurl4 on Debian and Ubuntu, "
		   "libcurl on most others.",
	.functions = FUNCTIONS,
	.function_count = ARRAY_LENGTH(FUNCTIONS),
};

bool curl_library_load(struct curl_library *curl, struct err *err)
{
	return library_load(&LIBCURL, curl, err);
}
