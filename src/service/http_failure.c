#include "service/http_failure.h"

#include "base/mem.h"
#include "base/str.h"

#include <stdio.h>
#include <string.h>

struct failure_words {
	CURLcode code;
	enum err_kind kind; /* ERR_NONE: by whether the request has left */
	const char *before; /* the sentence around the host's name */
	const char *after;
	bool tells_reason; /* libcurl's reason, or the system's, follows after a colon */
	const char *next_step;
};

static const char CHECK_NETWORK[] = "Check the API URL and this machine's network.";
static const char TRY_AGAIN[] = "Try again in a moment.";
static const char CHECK_TRUST[] =
	"Check the API URL and this machine's clock. Where a proxy of your company opens TLS, name "
	"its certificate with --ca-file.";

static const struct failure_words WORDS[] = {
	{ CURLE_COULDNT_RESOLVE_HOST, ERR_NONE, "The name ", " was not found in DNS", false,
	  CHECK_NETWORK },
	{ CURLE_COULDNT_RESOLVE_PROXY, ERR_NONE, "The proxy on the way to ",
	  " was not found in DNS", false, "Check HTTPS_PROXY in this machine's environment." },
	{ CURLE_PROXY, ERR_NONE, "The proxy on the way to ", " refused", true,
	  "Check HTTPS_PROXY in this machine's environment." },
	{ CURLE_COULDNT_CONNECT, ERR_NONE, "No connection to ", " could be made", true,
	  "Check the API URL, this machine's network, and that its firewall lets it out." },
	{ CURLE_PEER_FAILED_VERIFICATION, ERR_NONE, "The certificate of ", " was not accepted",
	  true, CHECK_TRUST },
	{ CURLE_SSL_CONNECT_ERROR, ERR_NONE, "TLS with ", " could not be set up", true,
	  "Check that the API URL is an https address and names the right port." },
	{ CURLE_SSL_CACERT_BADFILE, ERR_CONFIG, "The certificate of ",
	  " could not be checked, because the file of trusted certificates cannot be read", false,
	  "Check --ca-file or SSL_CERT_FILE." },
	{ CURLE_GOT_NOTHING, ERR_NONE, "", " closed the connection without an answer", false,
	  TRY_AGAIN },
	{ CURLE_RECV_ERROR, ERR_NONE, "The connection to ", " was lost", false, TRY_AGAIN },
	{ CURLE_SEND_ERROR, ERR_NONE, "The connection to ", " was lost", false, TRY_AGAIN },
	{ CURLE_PARTIAL_FILE, ERR_NONE, "The answer of ", " ended in the middle", false,
	  TRY_AGAIN },
	{ CURLE_WEIRD_SERVER_REPLY, ERR_ANSWER, "", " does not answer in HTTP", false,
	  "Check that the API URL names the service and the right port." },
	{ CURLE_UNSUPPORTED_PROTOCOL, ERR_ANSWER, "", " does not answer in HTTP", false,
	  "Check that the API URL names the service and the right port." },
};

static const struct failure_words OTHER = {
	.before = "The request to ",
	.after = " failed",
	.tells_reason = true,
	.next_step = TRY_AGAIN,
};

static const struct failure_words TOO_LARGE = {
	.kind = ERR_ANSWER,
	.before = "The answer of ",
	.after = " is larger than 256 KiB, which no settings are",
	.next_step = "Check that the API URL names the service.",
};
_Static_assert(HTTP_BODY_MAX == 256 * 1024, "the sentence above names the limit");

static const struct failure_words *words_of(const struct http_failure *failure)
{
	if (failure->too_large)
		return &TOO_LARGE;
	for (size_t i = 0; i < ARRAY_LENGTH(WORDS); i++)
		if (WORDS[i].code == failure->code)
			return &WORDS[i];
	return &OTHER;
}

static const char *meaning_of(const struct http_failure *failure)
{
	if (!failure->has_left)
		return "Nothing was sent.";
	if (failure->method == HTTP_GET)
		return "The settings could not be read.";
	return "The write was sent; what became of it is not known yet.";
}

static enum err_kind kind_of(const struct http_failure *failure, const struct failure_words *words)
{
	if (words->kind == ERR_CONFIG || (words->kind != ERR_NONE && failure->has_left))
		return words->kind;
	return failure->has_left ? ERR_PASSING : ERR_NOT_SENT;
}

/* libcurl begins its reasons with its own label, OpenSSL with "error:0A00010B:SSL routines::". */
static const char *without_label(const char *reason)
{
	const char *routines = strstr(reason, "::");
	if (routines != NULL)
		return routines + 2;
	static const char *const labels[] = { "SSL certificate problem: ", "SSL: " };
	for (size_t i = 0; i < ARRAY_LENGTH(labels); i++)
		if (text_starts_with(reason, labels[i]))
			return reason + strlen(labels[i]);
	return reason;
}

static void timed_out_tell(const struct http_failure *failure, struct err *err)
{
	int seconds = (failure->method == HTTP_GET ? HTTP_GET_MS : HTTP_POST_MS) / 1000;
	if (failure->has_left)
		err_set(err, ERR_PASSING, "%s did not answer within %d seconds. %s", failure->host,
			seconds, meaning_of(failure));
	else
		err_set(err, ERR_NOT_SENT,
			"No connection to %s came about within %d seconds. Nothing was sent.",
			failure->host, HTTP_CONNECT_MS / 1000);
	err_next_step(err, "%s", failure->has_left ? TRY_AGAIN : CHECK_NETWORK);
}

void http_failure_tell(const struct http_failure *failure, struct err *err)
{
	if (failure->code == CURLE_OPERATION_TIMEDOUT) {
		timed_out_tell(failure, err);
		return;
	}
	const struct failure_words *words = words_of(failure);
	const char *reason = without_label(failure->reason);
	if (failure->os_error != 0)
		reason = strerror((int)failure->os_error);
	bool tells = words->tells_reason && reason[0] != '\0';
	err_set(err, kind_of(failure, words), "%s%s%s%s%s. %s", words->before, failure->host,
		words->after, tells ? ": " : "", tells ? reason : "", meaning_of(failure));
	err_next_step(err, "%s", words->next_step);
}
