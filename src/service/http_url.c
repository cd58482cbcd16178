#include "service/http_url.h"

#include "base/curl_library.h"
#include "base/mem.h"
#include "base/str.h"
#include "service/http.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool starts_with_nocase(const char *text, const char *prefix)
{
	return strncasecmp(text, prefix, strlen(prefix)) == 0;
}

static bool host_is_loopback(const char *host)
{
	struct in_addr address;
	if (text_equal_nocase(host, "localhost") || text_equal(host, "[::1]"))
		return true;
	return inet_pton(AF_INET, host, &address) == 1 && ntohl(address.s_addr) >> 24 == 127;
}

static bool part_is_there(const struct curl_library *curl, CURLU *parts, CURLUPart part)
{
	char *text = NULL;
	CURLUcode code = curl->url_get(parts, part, &text, 0);
	curl->free(text);
	return code == CURLUE_OK;
}

static bool parts_read(struct http_url *url, const struct curl_library *curl, CURLU *parts,
		       const char *text)
{
	char *host = NULL;
	if (curl->url_set(parts, CURLUPART_URL, text, 0) != CURLUE_OK ||
	    curl->url_get(parts, CURLUPART_HOST, &host, 0) != CURLUE_OK)
		return false;
	*url = (struct http_url) {
		.host = mem_text(host),
		.is_plain = starts_with_nocase(text, "http://"),
		.is_loopback = host_is_loopback(host),
		.has_user = part_is_there(curl, parts, CURLUPART_USER) ||
			    part_is_there(curl, parts, CURLUPART_PASSWORD),
		/* libcurl forgets an empty query or fragment, but sends what was written. */
		.has_query_or_fragment = strpbrk(text, "?#") != NULL,
	};
	curl->free(host);
	return true;
}

static bool has_blank_or_control(const char *text)
{
	for (const char *at = text; *at != '\0'; at++)
		if ((unsigned char)*at <= ' ' || *at == 0x7f)
			return true;
	return false;
}

bool http_url_read(struct http_url *url, const char *text, struct err *err)
{
	struct curl_library curl;
	*url = (struct http_url) { 0 };
	if (!curl_library_load(&curl, err))
		return false;
	if (!starts_with_nocase(text, "https://") && !starts_with_nocase(text, "http://")) {
		err_set(err, ERR_INPUT, "An API URL begins with https://. Nothing was sent.");
		err_next_step(err, "Write it as in https://waba-v2.360dialog.io.");
		return false;
	}
	CURLU *parts = has_blank_or_control(text) ? NULL : curl.url();
	bool read = parts != NULL && parts_read(url, &curl, parts, text);
	curl.url_cleanup(parts);
	if (!read) {
		err_set(err, ERR_INPUT, "The API URL cannot be understood. Nothing was sent.");
		err_next_step(err, "Write it as in https://waba-v2.360dialog.io, without blanks.");
		return false;
	}
	if (url->is_plain && !url->is_loopback) {
		free(url->host);
		url->host = NULL;
		err_set(err, ERR_INPUT,
			"http:// is taken only for this machine itself: the API key would cross "
			"the network unprotected. Nothing was sent.");
		err_next_step(err, "Write the API URL with https://.");
		return false;
	}
	return true;
}

bool http_url_check(const char *text, struct err *err)
{
	struct http_url url;
	if (!http_url_read(&url, text, err))
		return false;
	bool right = true;
	if (url.has_user) {
		right = err_set(err, ERR_INPUT,
				"An API URL has no user name or password in it: the API key alone "
				"opens the number.");
		err_next_step(err, "Take out all before the @.");
	} else if (url.has_query_or_fragment) {
		right = err_set(err, ERR_INPUT, "An API URL has no query and no fragment.");
		err_next_step(err, "Take out the ? or # and what follows it.");
	}
	free(url.host);
	return right;
}
