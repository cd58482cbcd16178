/* libmicrohttpd, loaded where it is used (base/library.h). Its functions are called through this
 * table, under their own names less "MHD_"; types and constants are those of <microhttpd.h>. */
#ifndef SIPDESK_SANDBOX_MICROHTTPD_LIBRARY_H
#define SIPDESK_SANDBOX_MICROHTTPD_LIBRARY_H

#include "base/err.h"

#include <microhttpd.h>
#include <stdbool.h>

#define MICROHTTPD_LIBRARY_FUNCTIONS(EACH) \
	EACH(add_response_header)          \
	EACH(create_response_from_buffer)  \
	EACH(destroy_response)             \
	EACH(lookup_connection_value)      \
	EACH(queue_response)               \
	EACH(start_daemon)                 \
	EACH(stop_daemon)

struct microhttpd_library {
#define MICROHTTPD_LIBRARY_MEMBER(name) __typeof__(MHD_##name) *(name);
	MICROHTTPD_LIBRARY_FUNCTIONS(MICROHTTPD_LIBRARY_MEMBER)
#undef MICROHTTPD_LIBRARY_MEMBER
};

/* ERR_CONFIG where libmicrohttpd is not there. */
bool microhttpd_library_load(struct microhttpd_library *microhttpd, struct err *err);

#endif
