#include "service/http.h"

#include "base/curl_library.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/trust_folder.h"
#include "service/http_failure.h"
#include "service/http_url.h"

#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	BODY_FIRST = 4096,	       /* most answers fit */
	HEADERS_MAX = 64 * 1024,       /* libcurl 7.88 bounds a header line, not their sum */
	RETRY_AFTER_MAX_S = 24 * 3600, /* more than anyone waits for; keeps the product in range */
};

struct http {
	struct loop *loop;
	char *ca_file;
	struct request_log *log; /* NULL: none is kept */
	struct loop_waiter waiter_before;
	struct curl_library curl; /* all of it NULL until the first request */
	bool is_open;		  /* our waiter is in the loop */
	bool has_curl;		  /* libcurl has been initialised */
	CURLM *multi;		  /* NULL: libcurl could not be started */
	struct http_request *requests;
};

struct http_request {
	struct http *http;
	struct http_request *next;
	CURL *easy; /* NULL: refused before libcurl saw it */
	struct curl_slist *headers;
	enum http_method method;
	http_done_fn *done;
	void *owner;
	char *host;
	char *body; /* zeroed when freed: it may hold a SIP user password; NULL: nothing yet */
	size_t length;
	size_t capacity;
	size_t header_bytes;
	bool is_finished;
	bool head_is_whole; /* the empty line after the answer's headers came */
	bool has_left;
	bool too_large;
	CURLcode code;
	struct err refusal; /* why it was not handed to libcurl */
	char reason[CURL_ERROR_SIZE];
};

struct http *http_new(struct loop *loop, const char *ca_file)
{
	struct http *http = mem_alloc(1, sizeof *http);
	http->loop = loop;
	http->ca_file = mem_text(ca_file);
	return http;
}

struct loop *http_loop(const struct http *http)
{
	return http->loop;
}

void http_log_to(struct http *http, struct request_log *log)
{
	http->log = log;
}

struct request_log *http_log(const struct http *http)
{
	return http->log;
}

static bool body_make_room(struct http_request *request, size_t length)
{
	size_t needed = request->length + length + 1;
	if (needed <= request->capacity)
		return true;
	size_t capacity = request->capacity == 0 ? BODY_FIRST : request->capacity;
	while (capacity < needed)
		capacity *= 2;
	char *body = secret_realloc(request->body, capacity);
	if (body == NULL)
		return false;
	request->body = body;
	request->capacity = capacity;
	return true;
}

static size_t body_arrives(char *bytes, size_t size, size_t count, void *owner)
{
	struct http_request *request = owner;
	size_t length = size * count;
	request->too_large = length > HTTP_BODY_MAX - request->length;
	if (request->too_large || !body_make_room(request, length))
		return 0;
	memcpy(request->body + request->length, bytes, length);
	request->length += length;
	request->body[request->length] = '\0';
	return length;
}

static size_t header_arrives(char *bytes, size_t size, size_t count, void *owner)
{
	struct http_request *request = owner;
	request->header_bytes += size * count;
	request->head_is_whole = bytes[0] == '\r' || bytes[0] == '\n';
	if (request->header_bytes <= HEADERS_MAX)
		return size * count;
	request->too_large = true;
	return 0;
}

/* libcurl reports a head after it wrote it to the connection; a proxy's CONNECT is not ours. */
static int talk_is_reported(CURL *easy, curl_infotype type, char *bytes, size_t length, void *owner)
{
	(void)easy;
	struct http_request *request = owner;
	if (type == CURLINFO_HEADER_OUT && length > 0 && bytes[0] != 'C')
		request->has_left = true;
	return 0;
}

static void request_unlink(struct http_request *request)
{
	struct http_request **slot = &request->http->requests;
	while (*slot != request)
		slot = &(*slot)->next;
	*slot = request->next;
}

static void request_free(struct http_request *request)
{
	const struct curl_library *curl = &request->http->curl;
	if (request->easy != NULL) {
		(void)curl->multi_remove_handle(request->http->multi, request->easy);
		curl->easy_cleanup(request->easy);
	}
	if (request->headers != NULL)
		curl->slist_free_all(request->headers);
	secret_free(request->body);
	free(request->host);
	free(request);
}

static void text_take(char *out, size_t size, const char *text)
{
	static const char ellipsis[] = "…";
	int length = snprintf(out, size, "%s", text == NULL ? "" : text);
	if (length >= 0 && (size_t)length >= size)
		memcpy(out + size - sizeof ellipsis, ellipsis, sizeof ellipsis);
}

static void answer_read(const struct http_request *request, struct http_answer *answer)
{
	const struct curl_library *curl = &request->http->curl;
	char *content_type = NULL;
	char *location = NULL;
	curl_off_t retry_after = 0;
	(void)curl->easy_getinfo(request->easy, CURLINFO_RESPONSE_CODE, &answer->status);
	(void)curl->easy_getinfo(request->easy, CURLINFO_CONTENT_TYPE, &content_type);
	(void)curl->easy_getinfo(request->easy, CURLINFO_REDIRECT_URL, &location);
	(void)curl->easy_getinfo(request->easy, CURLINFO_RETRY_AFTER, &retry_after);
	text_take(answer->content_type, sizeof answer->content_type, content_type);
	text_take(answer->location, sizeof answer->location, location);
	if (retry_after > RETRY_AFTER_MAX_S)
		retry_after = RETRY_AFTER_MAX_S;
	if (retry_after > 0)
		answer->retry_after_ms = (int64_t)retry_after * 1000;
}

static void failure_read(const struct http_request *request, struct http_answer *answer)
{
	struct http_failure failure = {
		.code = request->code,
		.method = request->method,
		.has_left = request->has_left,
		.too_large = request->too_large,
		.host = request->host,
		.reason = request->reason,
	};
	if (request->code == CURLE_COULDNT_CONNECT)
		(void)request->http->curl.easy_getinfo(request->easy, CURLINFO_OS_ERRNO,
						       &failure.os_error);
	http_failure_tell(&failure, &answer->err);
	answer->reach = request->has_left ? HTTP_SENT : HTTP_NOT_SENT;
	answer->err.http_status = answer->status;
}

static void request_answer(struct http_request *request)
{
	struct http_answer answer = {
		.reach = HTTP_ANSWERED,
		.body = request->body == NULL ? "" : request->body,
		.length = request->length,
		.too_large = request->too_large,
	};
	err_init(&answer.err);
	if (request->easy == NULL) {
		answer.reach = HTTP_NOT_SENT;
		answer.err = request->refusal;
	} else {
		answer_read(request, &answer);
		if (request->code != CURLE_OK)
			failure_read(request, &answer);
	}
	request->done(request->owner, &answer);
	request_free(request);
}

static bool has_finished(const struct http *http)
{
	const struct http_request *request = http->requests;
	while (request != NULL && !request->is_finished)
		request = request->next;
	return request != NULL;
}

/* Takes it out of the list: its callback may start and cancel others. */
static struct http_request *finished_take(struct http *http)
{
	for (struct http_request **slot = &http->requests; *slot != NULL; slot = &(*slot)->next) {
		struct http_request *request = *slot;
		if (!request->is_finished)
			continue;
		*slot = request->next;
		return request;
	}
	return NULL;
}

static void transfers_run(struct http *http)
{
	const struct curl_library *curl = &http->curl;
	int running = 0;
	int left = 0;
	(void)curl->multi_perform(http->multi, &running);
	for (CURLMsg *message; (message = curl->multi_info_read(http->multi, &left)) != NULL;) {
		struct http_request *request = NULL;
		if (message->msg != CURLMSG_DONE)
			continue;
		CURLcode code = message->data.result;
		(void)curl->easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &request);
		request->is_finished = true;
		/* libcurl takes a head that breaks off for a whole answer without a body. */
		request->code =
			code == CURLE_OK && !request->head_is_whole ? CURLE_PARTIAL_FILE : code;
	}
}

static unsigned count_transfers(const struct http *http)
{
	unsigned count = 0;
	for (const struct http_request *request = http->requests; request != NULL;
	     request = request->next)
		count += request->easy != NULL;
	return count;
}

static void wait_with_curl(struct http *http, const struct pollfd *fds, size_t count,
			   int timeout_ms)
{
	struct curl_waitfd extra[LOOP_WATCHES_MAX];
	for (size_t i = 0; i < count; i++) {
		short events = 0;
		events |= (fds[i].events & POLLIN) != 0 ? CURL_WAIT_POLLIN : 0;
		events |= (fds[i].events & POLLPRI) != 0 ? CURL_WAIT_POLLPRI : 0;
		events |= (fds[i].events & POLLOUT) != 0 ? CURL_WAIT_POLLOUT : 0;
		extra[i] = (struct curl_waitfd) { .fd = fds[i].fd, .events = events };
	}
	(void)http->curl.multi_poll(http->multi, extra, (unsigned)count,
				    timeout_ms == LOOP_FOREVER ? INT_MAX : timeout_ms, NULL);
}

/* The loop's waiter. Without a transfer it is plain poll(): connections kept for the next request
 * wake nobody. */
static void http_wait(void *owner, struct pollfd *fds, size_t count, int timeout_ms)
{
	struct http *http = owner;
	bool has_transfers = count_transfers(http) > 0;
	if (has_finished(http))
		timeout_ms = 0;
	if (has_transfers) {
		wait_with_curl(http, fds, count, timeout_ms);
		timeout_ms = 0; /* libcurl hands back no POLLHUP and POLLERR: asked once more */
	}
	(void)poll(fds, (nfds_t)count, timeout_ms);
	if (has_transfers)
		transfers_run(http);
	for (struct http_request *request; (request = finished_take(http)) != NULL;)
		request_answer(request);
}

static bool curl_start(struct http *http, struct err *err)
{
	if (!curl_library_load(&http->curl, err))
		return false;
	/* libcurl would write the session keys of all its connections to that file. */
	(void)unsetenv("SSLKEYLOGFILE");
	http->has_curl = http->curl.global_init_mem(CURL_GLOBAL_DEFAULT, secret_malloc, secret_free,
						    secret_realloc, secret_strdup,
						    secret_calloc) == CURLE_OK;
	if (http->has_curl)
		http->multi = http->curl.multi_init();
	return http->multi != NULL ||
	       err_set(err, ERR_INTERNAL, "libcurl could not be started. Nothing was sent.");
}

/* With the first request, not before: libcurl and OpenSSL take milliseconds to wake up. */
static bool http_open(struct http *http, struct err *err)
{
	if (!http->is_open) {
		http->is_open = true;
		http->waiter_before = http->loop->waiter;
		http->loop->waiter = (struct loop_waiter) { .wait = http_wait, .owner = http };
	}
	return http->multi != NULL || curl_start(http, err);
}

void http_free(struct http *http)
{
	if (http == NULL)
		return;
	for (struct http_request *request = http->requests, *next; request != NULL;
	     request = next) {
		next = request->next;
		request_free(request);
	}
	if (http->multi != NULL)
		(void)http->curl.multi_cleanup(http->multi);
	if (http->has_curl)
		http->curl.global_cleanup();
	if (http->is_open)
		http->loop->waiter = http->waiter_before;
	free(http->ca_file);
	free(http);
}

/* A control character in the key would begin a header of its own. */
static bool key_is_sendable(const struct secret *key)
{
	for (const char *at = secret_bytes(key); *at != '\0'; at++)
		if ((unsigned char)*at <= ' ' || (unsigned char)*at >= 0x7f)
			return false;
	return secret_is_set(key);
}

static bool header_add(struct http_request *request, const char *line)
{
	struct curl_slist *headers = request->http->curl.slist_append(request->headers, line);
	if (headers != NULL)
		request->headers = headers;
	return headers != NULL;
}

static bool key_header_add(struct http_request *request, const struct secret *key)
{
	static const char name[] = "D360-API-KEY: ";
	char *line = secret_malloc(sizeof name + key->length);
	if (line == NULL)
		return false;
	memcpy(line, name, sizeof name - 1);
	memcpy(line + sizeof name - 1, secret_bytes(key), key->length + 1);
	bool added = header_add(request, line);
	secret_free(line);
	return added;
}

static bool headers_set(struct http_request *request, const struct secret *key)
{
	bool right =
		key_header_add(request, key) && header_add(request, "Accept: application/json");
	if (request->method == HTTP_POST)
		/* Without "Expect:" libcurl may hold a body back for a second. */
		right = right && header_add(request, "Content-Type: application/json") &&
			header_add(request, "Expect:");
	return right && request->http->curl.easy_setopt(request->easy, CURLOPT_HTTPHEADER,
							request->headers) == CURLE_OK;
}

static bool body_set(struct http_request *request, const char *body)
{
	const struct curl_library *curl = &request->http->curl;
	CURL *easy = request->easy;
	CURLcode code = CURLE_OK;
	if (request->method == HTTP_GET)
		return curl->easy_setopt(easy, CURLOPT_HTTPGET, 1L) == CURLE_OK;
	code |= curl->easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)strlen(body));
	code |= curl->easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, body);
	/* On a connection that died while it was kept, libcurl would send the POST twice. */
	code |= curl->easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
	code |= curl->easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
	return code == CURLE_OK;
}

/* NULL where it is empty, too. */
static const char *environment_of(const char *name)
{
	const char *value = getenv(name);
	return value != NULL && value[0] != '\0' ? value : NULL;
}

/* Does libcurl know a folder with the very roots of its file? To read the file takes 30 ms for each
 * connection, in which no key is answered. */
static bool has_trust_folder(const struct curl_library *curl)
{
	const char *folder = curl->version_info(CURLVERSION_NOW)->capath;
	return folder != NULL && trust_folder_is_made(folder);
}

static CURLcode trust_set(const struct http *http, CURL *easy)
{
	const struct curl_library *curl = &http->curl;
	const char *file = environment_of("SSL_CERT_FILE");
	const char *folder = environment_of("SSL_CERT_DIR");
	CURLcode code = curl->easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
	code |= curl->easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
	if (http->ca_file != NULL) {
		/* That file instead of the system's list, whose folder libcurl knows as well. */
		code |= curl->easy_setopt(easy, CURLOPT_CAINFO, http->ca_file);
		code |= curl->easy_setopt(easy, CURLOPT_CAPATH, NULL);
		return code;
	}
	if (file != NULL)
		code |= curl->easy_setopt(easy, CURLOPT_CAINFO, file);
	if (folder != NULL)
		code |= curl->easy_setopt(easy, CURLOPT_CAPATH, folder);
	if (file == NULL && folder == NULL && has_trust_folder(curl))
		code |= curl->easy_setopt(easy, CURLOPT_CAINFO, NULL);
	return code;
}

static CURLcode manners_set(const struct http_request *request, const struct http_url *url)
{
	static const long yes = 1L;
	const struct curl_library *curl = &request->http->curl;
	CURL *easy = request->easy;
	long total_ms = request->method == HTTP_GET ? HTTP_GET_MS : HTTP_POST_MS;
	const char *protocols = url->is_plain ? "http" : "https";
	CURLcode code = curl->easy_setopt(easy, CURLOPT_PROTOCOLS_STR, protocols);
	code |= curl->easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, "https");
	code |= curl->easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	code |= curl->easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	code |= curl->easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)HTTP_CONNECT_MS);
	code |= curl->easy_setopt(easy, CURLOPT_TIMEOUT_MS, total_ms);
	code |= curl->easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	code |= curl->easy_setopt(easy, CURLOPT_HEADEROPT, (long)CURLHEADER_SEPARATE);
	code |= curl->easy_setopt(easy, CURLOPT_QUICK_EXIT, yes);
	code |= curl->easy_setopt(easy, CURLOPT_NOSIGNAL, yes);
	code |= curl->easy_setopt(easy, CURLOPT_TCP_NODELAY, yes);
	code |= curl->easy_setopt(easy, CURLOPT_DISALLOW_USERNAME_IN_URL, yes);
	if (url->is_loopback)
		code |= curl->easy_setopt(easy, CURLOPT_PROXY, "");
	return code;
}

static CURLcode callbacks_set(struct http_request *request)
{
	const struct curl_library *curl = &request->http->curl;
	CURL *easy = request->easy;
	CURLcode code = curl->easy_setopt(easy, CURLOPT_PRIVATE, request);
	code |= curl->easy_setopt(easy, CURLOPT_ERRORBUFFER, request->reason);
	code |= curl->easy_setopt(easy, CURLOPT_WRITEFUNCTION, body_arrives);
	code |= curl->easy_setopt(easy, CURLOPT_WRITEDATA, request);
	code |= curl->easy_setopt(easy, CURLOPT_HEADERFUNCTION, header_arrives);
	code |= curl->easy_setopt(easy, CURLOPT_HEADERDATA, request);
	code |= curl->easy_setopt(easy, CURLOPT_DEBUGFUNCTION, talk_is_reported);
	code |= curl->easy_setopt(easy, CURLOPT_DEBUGDATA, request);
	code |= curl->easy_setopt(easy, CURLOPT_VERBOSE, 1L); /* turns the debug function on */
	return code;
}

static bool transfer_begin(struct http_request *request, const char *url_text,
			   const struct http_url *url, const struct secret *key, const char *body)
{
	struct http *http = request->http;
	const struct curl_library *curl = &http->curl;
	request->easy = curl->easy_init();
	return request->easy != NULL && callbacks_set(request) == CURLE_OK &&
	       curl->easy_setopt(request->easy, CURLOPT_URL, url_text) == CURLE_OK &&
	       manners_set(request, url) == CURLE_OK &&
	       trust_set(http, request->easy) == CURLE_OK && headers_set(request, key) &&
	       body_set(request, body) &&
	       curl->multi_add_handle(http->multi, request->easy) == CURLM_OK;
}

struct http_request *http_start(struct http *http, enum http_method method, const char *url_text,
				const struct secret *key, const char *body, http_done_fn *done,
				void *owner)
{
	struct http_url url;
	struct http_request *request = mem_alloc(1, sizeof *request);
	*request = (struct http_request) {
		.http = http,
		.next = http->requests,
		.method = method,
		.done = done,
		.owner = owner,
		.is_finished = true, /* where it is refused below */
	};
	http->requests = request;
	if (!http_open(http, &request->refusal) ||
	    !http_url_read(&url, url_text, &request->refusal))
		return request;
	request->host = url.host;
	if (!key_is_sendable(key)) {
		err_set(&request->refusal, ERR_INPUT,
			"There is no API key, or it has blanks or control characters in it. "
			"Nothing was sent.");
		err_next_step(&request->refusal, "Enter the API key of this number again.");
	} else if (!transfer_begin(request, url_text, &url, key, body)) {
		http->curl.easy_cleanup(request->easy);
		request->easy = NULL;
		err_set(&request->refusal, ERR_INTERNAL,
			"libcurl could not be set up for a request. Nothing was sent.");
	} else {
		request->is_finished = false;
	}
	return request;
}

void http_cancel(struct http_request **request)
{
	if (*request == NULL)
		return;
	request_unlink(*request);
	request_free(*request);
	*request = NULL;
}

bool http_has_left(const struct http_request *request)
{
	return request->has_left;
}
