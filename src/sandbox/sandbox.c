#include "sandbox/sandbox.h"

#include "base/json.h"
#include "base/mem.h"
#include "base/str.h"
#include "sandbox/account.h"
#include "sandbox/microhttpd_library.h"
#include "sandbox/refusal.h"
#include "sandbox/sip_servers.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	BODY_MAX = 64 * 1024, /* settings take a few KiB */
	CONNECTIONS_MAX = 64, /* screens and a few scripts beside them */
	IDLE_SECONDS = 60,    /* how long a kept connection may stay silent */
	LISTEN_BACKLOG = 16,
};

struct sandbox {
	struct microhttpd_library microhttpd;
	struct MHD_Daemon *daemon;
	struct sip_servers *sip_servers;
	struct account *accounts; /* PRACTICE_NUMBER_COUNT; after the start the daemon's thread's */
	unsigned int refusals;	  /* how many were sent; the daemon's thread's */
	char *url;
	uint16_t port;
};

/* One request while its body arrives. */
struct request {
	struct str body;
	bool is_too_large;
};

struct reply {
	unsigned int status;
	const char *type;
	char *body; /* owned until it is queued */
	size_t length;
};

static const char TYPE_JSON[] = "application/json; charset=utf-8";
static const char TYPE_HTML[] = "text/html";
static const char TYPE_CERTIFICATE[] = "application/pkix-cert";
static const char SETTINGS_PATH[] = "/calling/settings";
/* What a SIP server's certificate names as its issuer's (RFC 5280, 4.2.2.1). */
static const char ISSUER_PATH[] = "/practice-intermediate.cer";
static const char KEY_HEADER[] = "D360-API-KEY";
static const char CREDENTIALS_ARGUMENT[] = "include_sip_credentials";

/* `body` is the reply's from here. */
static struct reply reply_text(unsigned int status, const char *type, char *body)
{
	return (struct reply) {
		.status = status, .type = type, .body = body, .length = strlen(body)
	};
}

static struct reply reply_json(unsigned int status, const char *body)
{
	return reply_text(status, TYPE_JSON, mem_text(body));
}

/* What a gateway in front of the service says: HTML, as clients meet it. */
static struct reply reply_gateway(unsigned int status, const char *title)
{
	return reply_text(status, TYPE_HTML,
			  mem_format("<html>\r\n<head><title>%u %s</title></head>\r\n<body>\r\n"
				     "<center><h1>%u %s</h1></center>\r\n</body>\r\n</html>\r\n",
				     status, title, status, title));
}

static struct reply reply_refusal(struct sandbox *sandbox, const struct err *err)
{
	return reply_text((unsigned int)err->http_status, TYPE_JSON,
			  refusal_json(err, ++sandbox->refusals));
}

static struct reply reply_issuer(const struct sandbox *sandbox)
{
	struct reply reply = { .status = MHD_HTTP_OK, .type = TYPE_CERTIFICATE };
	const unsigned char *der = sip_servers_issuer(sandbox->sip_servers, &reply.length);
	reply.body = mem_text_n((const char *)der, reply.length);
	return reply;
}

static struct account *account_of_key(struct sandbox *sandbox, const char *key)
{
	for (size_t i = 0; key != NULL && i < PRACTICE_NUMBER_COUNT; i++)
		if (strcmp(PRACTICE_NUMBERS[i].key, key) == 0)
			return &sandbox->accounts[i];
	return NULL;
}

static struct reply settings_read(struct sandbox *sandbox, struct account *account,
				  struct MHD_Connection *connection)
{
	const char *asked = sandbox->microhttpd.lookup_connection_value(
		connection, MHD_GET_ARGUMENT_KIND, CREDENTIALS_ARGUMENT);
	char *answer = account_answer(account, asked != NULL && strcasecmp(asked, "true") == 0);
	if (answer != NULL)
		return reply_text(MHD_HTTP_OK, TYPE_JSON, answer);
	struct err err;
	(void)refuse(&err, REFUSAL_FAULT, "The service is out of memory.");
	return reply_refusal(sandbox, &err);
}

static struct reply settings_write(struct sandbox *sandbox, struct account *account,
				   const struct str *body)
{
	struct err err;
	if (account_write(account, body->bytes, body->length, &err))
		return reply_json(MHD_HTTP_OK, "{\"success\":true}");
	return reply_refusal(sandbox, &err);
}

static struct reply request_answer(struct sandbox *sandbox, struct MHD_Connection *connection,
				   const char *path, const char *method,
				   const struct request *request)
{
	bool is_get = strcmp(method, MHD_HTTP_METHOD_GET) == 0;
	if (is_get && strcmp(path, ISSUER_PATH) == 0)
		return reply_issuer(sandbox);
	if (strcmp(path, SETTINGS_PATH) != 0)
		return reply_json(MHD_HTTP_NOT_FOUND,
				  "{\"error\":\"There is nothing at this path.\"}");
	if (!is_get && strcmp(method, MHD_HTTP_METHOD_POST) != 0)
		return reply_gateway(MHD_HTTP_METHOD_NOT_ALLOWED, "Not Allowed");
	if (request->is_too_large)
		return reply_gateway(MHD_HTTP_CONTENT_TOO_LARGE, "Request Entity Too Large");
	struct account *account =
		account_of_key(sandbox, sandbox->microhttpd.lookup_connection_value(
						connection, MHD_HEADER_KIND, KEY_HEADER));
	if (account == NULL) /* 404 within a 401 is how 360dialog says it (API.md, Errors) */
		return reply_json(MHD_HTTP_UNAUTHORIZED,
				  "{\"meta\":{\"success\":false,\"http_code\":404,"
				  "\"developer_message\":\"Invalid api key: no number has it.\"}}");
	return is_get ? settings_read(sandbox, account, connection)
		      : settings_write(sandbox, account, &request->body);
}

static enum MHD_Result reply_queue(const struct microhttpd_library *microhttpd,
				   struct MHD_Connection *connection, struct reply reply)
{
	struct MHD_Response *response = microhttpd->create_response_from_buffer(
		reply.length, reply.body, MHD_RESPMEM_MUST_COPY);
	free(reply.body);
	if (response == NULL)
		return MHD_NO;
	enum MHD_Result queued =
		microhttpd->add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, reply.type);
	if (queued == MHD_YES && reply.status == MHD_HTTP_METHOD_NOT_ALLOWED)
		queued = microhttpd->add_response_header(response, MHD_HTTP_HEADER_ALLOW,
							 "GET, POST");
	if (queued == MHD_YES)
		queued = microhttpd->queue_response(connection, reply.status, response);
	microhttpd->destroy_response(response);
	return queued;
}

static enum MHD_Result request_handle(void *owner, struct MHD_Connection *connection,
				      const char *path, const char *method, const char *version,
				      const char *upload, size_t *upload_length, void **place)
{
	(void)version;
	struct sandbox *sandbox = owner;
	struct request *request = *place;
	if (request == NULL) { /* the head only: the body, if any, comes with the next calls */
		request = mem_alloc(1, sizeof *request);
		str_init(&request->body);
		*place = request;
		return MHD_YES;
	}
	if (*upload_length > 0) {
		if (*upload_length > BODY_MAX - request->body.length)
			request->is_too_large = true;
		else if (!request->is_too_large)
			str_append(&request->body, upload, *upload_length);
		*upload_length = 0;
		return MHD_YES;
	}
	return reply_queue(&sandbox->microhttpd, connection,
			   request_answer(sandbox, connection, path, method, request));
}

static void request_completed(void *owner, struct MHD_Connection *connection, void **place,
			      enum MHD_RequestTerminationCode why)
{
	(void)owner;
	(void)connection;
	(void)why;
	struct request *request = *place;
	if (request == NULL)
		return;
	str_release(&request->body);
	free(request);
	*place = NULL;
}

static int socket_open(const char *address, uint16_t port, struct err *err)
{
	struct sockaddr_in v4 = { .sin_family = AF_INET,
				  .sin_port = htons(port),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6,
				   .sin6_port = htons(port),
				   .sin6_addr = IN6ADDR_LOOPBACK_INIT };
	bool is_v6 = strcmp(address, "::1") == 0;
	if (!is_v6 && strcmp(address, "127.0.0.1") != 0) {
		(void)err_set(err, ERR_USAGE, "The practice service does not listen on %s.",
			      address);
		err_next_step(err, "Use 127.0.0.1 or ::1: it is for this machine only.");
		return -1;
	}
	const struct sockaddr *name = is_v6 ? (const void *)&v6 : (const void *)&v4;
	socklen_t length = is_v6 ? (socklen_t)sizeof v6 : (socklen_t)sizeof v4;
	int yes = 1;
	int fd = socket(name->sa_family, SOCK_STREAM, 0);
	if (fd >= 0 && fcntl(fd, F_SETFD, FD_CLOEXEC) == 0 && fcntl(fd, F_SETFL, O_NONBLOCK) == 0 &&
	    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) == 0 &&
	    bind(fd, name, length) == 0 && listen(fd, LISTEN_BACKLOG) == 0)
		return fd;
	(void)err_set(err, ERR_IO, "The practice service cannot listen on %s, port %u: %s.",
		      address, (unsigned int)port, strerror(errno));
	err_next_step(err, "Choose another port, or 0 for any that is free.");
	if (fd >= 0)
		(void)close(fd);
	return -1;
}

static bool socket_port(int fd, uint16_t *port, struct err *err)
{
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} name = { .any.sa_family = AF_UNSPEC };
	socklen_t length = sizeof name;
	if (getsockname(fd, &name.any, &length) != 0)
		return err_set(err, ERR_IO, "The practice service cannot tell its port: %s.",
			       strerror(errno));
	*port = ntohs(name.any.sa_family == AF_INET6 ? name.v6.sin6_port : name.v4.sin_port);
	return true;
}

/* Takes the socket over, whatever happens. */
static bool daemon_start(struct sandbox *sandbox, int fd, bool is_v6, struct err *err)
{
	unsigned int flags = MHD_USE_AUTO_INTERNAL_THREAD | (is_v6 ? MHD_USE_IPv6 : 0U);
	sandbox->daemon = sandbox->microhttpd.start_daemon(
		flags, 0, NULL, NULL, request_handle, sandbox, MHD_OPTION_LISTEN_SOCKET, fd,
		MHD_OPTION_NOTIFY_COMPLETED, request_completed, NULL, MHD_OPTION_CONNECTION_LIMIT,
		(unsigned int)CONNECTIONS_MAX, MHD_OPTION_CONNECTION_TIMEOUT,
		(unsigned int)IDLE_SECONDS, MHD_OPTION_END);
	if (sandbox->daemon != NULL)
		return true;
	(void)close(fd);
	return err_set(err, ERR_IO, "The practice service could not be started.");
}

static bool sip_start(struct sandbox *sandbox, struct err *err)
{
	char *issuer_url = mem_format("%s%s", sandbox->url, ISSUER_PATH);
	sandbox->sip_servers = sip_servers_start(issuer_url, err);
	free(issuer_url);
	return sandbox->sip_servers != NULL;
}

struct sandbox *sandbox_start(const char *address, uint16_t port, struct err *err)
{
	int fd = socket_open(address, port, err);
	if (fd < 0)
		return NULL;
	bool is_v6 = strcmp(address, "::1") == 0;
	struct sandbox *sandbox = mem_alloc(1, sizeof *sandbox);
	sandbox->accounts = mem_alloc(PRACTICE_NUMBER_COUNT, sizeof *sandbox->accounts);
	bool is_ready = microhttpd_library_load(&sandbox->microhttpd, err) &&
			socket_port(fd, &sandbox->port, err);
	for (size_t i = 0; is_ready && i < PRACTICE_NUMBER_COUNT; i++)
		is_ready = account_init(&sandbox->accounts[i], i, err);
	sandbox->url = mem_format(is_v6 ? "http://[%s]:%u" : "http://%s:%u", address,
				  (unsigned int)sandbox->port);
	is_ready = is_ready && sip_start(sandbox, err);
	if (!is_ready)
		(void)close(fd);
	if (is_ready && daemon_start(sandbox, fd, is_v6, err))
		return sandbox;
	sandbox_stop(sandbox);
	return NULL;
}

void sandbox_stop(struct sandbox *sandbox)
{
	if (sandbox == NULL)
		return;
	if (sandbox->daemon != NULL)
		sandbox->microhttpd.stop_daemon(sandbox->daemon);
	sip_servers_stop(sandbox->sip_servers); /* the daemon answers with what is theirs */
	for (size_t i = 0; i < PRACTICE_NUMBER_COUNT; i++)
		account_release(&sandbox->accounts[i]);
	free(sandbox->accounts);
	free(sandbox->url);
	free(sandbox);
}

uint16_t sandbox_port(const struct sandbox *sandbox)
{
	return sandbox->port;
}

struct sip_servers *sandbox_sip_servers(struct sandbox *sandbox)
{
	return sandbox->sip_servers;
}

static void sip_json_write(const struct sandbox *sandbox, struct str *out)
{
	for (size_t i = 0; i < SIP_SERVER_COUNT; i++) {
		str_add(out, i == 0 ? "{\"hostname\":" : ",{\"hostname\":");
		json_write_string(out, SIP_SERVERS[i].hostname);
		str_add(out, ",\"address\":");
		json_write_string(out, SIP_SERVERS_ADDRESS);
		str_addf(out, ",\"port\":%u,\"ca_file\":",
			 (unsigned int)sip_servers_port(sandbox->sip_servers, i));
		json_write_string(out, sip_servers_ca_file(sandbox->sip_servers));
		str_add(out, ",\"expect\":");
		json_write_string(out, SIP_SERVERS[i].expect);
		str_add(out, "}");
	}
}

char *sandbox_ready_json(const struct sandbox *sandbox)
{
	struct str out;
	str_init(&out);
	str_add(&out, "{\"url\":");
	json_write_string(&out, sandbox->url);
	str_add(&out, ",\"numbers\":[");
	for (size_t i = 0; i < PRACTICE_NUMBER_COUNT; i++) {
		str_add(&out, i == 0 ? "{\"name\":" : ",{\"name\":");
		json_write_string(&out, PRACTICE_NUMBERS[i].name);
		str_add(&out, ",\"key\":");
		json_write_string(&out, PRACTICE_NUMBERS[i].key);
		str_add(&out, "}");
	}
	str_add(&out, "],\"sip\":[");
	sip_json_write(sandbox, &out);
	/* The line end tells a reader of a pipe, which stays open, that this is all. */
	str_add(&out, "]}\n");
	return str_detach(&out);
}
