#include "sandbox/microhttpd_library.h"

#include "base/library.h"
#include "base/mem.h"

#include <stddef.h>

#define FUNCTION(name) { "MHD_" #name, offsetof(struct microhttpd_library, name) },
static const struct library_function FUNCTIONS[] = { MICROHTTPD_LIBRARY_FUNCTIONS(FUNCTION) };
#undef FUNCTION

static const struct library LIBMICROHTTPD = {
	.file = MICROHTTPD_LIBRARY_FILE, /* the Makefile finds its name */
	.user = "the practice service",
	.install = "Install libmicrohttpd: the package is libmicrohttpd12 on Debian and Ubuntu, "
		   "libmicrohttpd on most others.",
	.functions = FUNCTIONS,
	.function_count = ARRAY_LENGTH(FUNCTIONS),
};

bool microhttpd_library_load(struct microhttpd_library *microhttpd, struct err *err)
{
	return library_load(&LIBMICROHTTPD, microhttpd, err);
}
