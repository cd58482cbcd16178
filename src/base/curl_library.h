/*
 * libcurl, loaded where it is used (base/library.h). Its functions are called through this table,
 * under their own names less "curl_"; types and constants are those of <curl/curl.h>.
 *
 * libcurl's checks of setopt's and getinfo's last argument are macros, and do not see these calls:
 * a number is a long (1L) or a curl_off_t, never an int.
 */
#ifndef SIPDESK_BASE_CURL_LIBRARY_H
#define SIPDESK_BASE_CURL_LIBRARY_H

#include "base/err.h"

#include <curl/curl.h>
#include <stdbool.h>

#define CURL_LIBRARY_FUNCTIONS(EACH) \
	EACH(easy_cleanup)           \
	EACH(easy_getinfo)           \
	EACH(easy_init)              \
	EACH(easy_perform)           \
	EACH(easy_setopt)            \
	EACH(easy_strerror)          \
	EACH(free)                   \
	EACH(global_cleanup)         \
	EACH(global_init_mem)        \
	EACH(multi_add_handle)       \
	EACH(multi_cleanup)          \
	EACH(multi_info_read)        \
	EACH(multi_init)             \
	EACH(multi_perform)          \
	EACH(multi_poll)             \
	EACH(multi_remove_handle)    \
	EACH(slist_append)           \
	EACH(slist_free_all)         \
	EACH(url)                    \
	EACH(url_cleanup)            \
	EACH(url_get)                \
	EACH(url_set)                \
	EACH(version_info)

struct curl_library {
#define CURL_LIBRARY_MEMBER(name) __typeof__(curl_##name) *(name);
	CURL_LIBRARY_FUNCTIONS(CURL_LIBRARY_MEMBER)
#undef CURL_LIBRARY_MEMBER
};

/* ERR_CONFIG where libcurl is not there. */
bool curl_library_load(struct curl_library *curl, struct err *err);

#endif
