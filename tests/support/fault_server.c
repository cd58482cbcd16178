#include "tests/support/fault_server.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "tests/support/fault_script.h"
#include "tests/support/fault_settings.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	CONNECTIONS_MAX = 32,
	TLS_HANDSHAKE = 0x16, /* first byte of a TLS connection, RFC 8446 section 5.1 */
	READ_PIECE = 16384,
	WRITE_PIECE = 65536,
};

struct connection {
	int fd; /* -1: free */
	struct str in;
	struct str out;
	size_t sent;
	size_t flood;	/* blanks still to be sent after `out` */
	int64_t due_ms; /* not before that; 0: now */
	long drip_ms;
	bool is_answering;
	bool closes; /* after the answer */
	bool is_hung;
};

struct serving {
	struct fault_script script;
	struct fault_settings settings;
	struct connection connections[CONNECTIONS_MAX];
	long counts[FAULT_METHODS];
	long accepted;
	long most_at_once; /* requests that waited for their answers */
	cJSON *bodies;
	cJSON *heads;
};

struct request {
	enum fault_method method;
	bool with_credentials;
	bool is_state;
	bool is_script;
	bool is_known; /* the settings path */
	bool key_is_right;
	const char *body;
	size_t length; /* of the whole request */
};

static _Noreturn void fail(const char *what)
{
	(void)fprintf(stderr, "fault server: %s: %s\n", what, strerror(errno));
	exit(EXIT_FAILURE);
}

static void connection_close(struct connection *connection, bool with_reset)
{
	struct linger linger = { .l_onoff = 1, .l_linger = 0 };
	if (with_reset)
		(void)setsockopt(connection->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
	(void)close(connection->fd);
	connection->fd = -1;
	str_release(&connection->in);
	str_release(&connection->out);
}

static void connection_accept(struct serving *serving, int listening)
{
	int fd = accept(listening, NULL, NULL);
	if (fd < 0)
		return;
	serving->accepted++;
	for (size_t i = 0; i < CONNECTIONS_MAX; i++) {
		struct connection *connection = &serving->connections[i];
		if (connection->fd >= 0)
			continue;
		*connection = (struct connection) { .fd = fd };
		str_init(&connection->in);
		str_init(&connection->out);
		return;
	}
	(void)close(fd);
}

static const char *header_value(const char *head, const char *name)
{
	size_t length = strlen(name);
	for (const char *at = strstr(head, "\r\n"); at != NULL; at = strstr(at + 2, "\r\n"))
		if (strncasecmp(at + 2, name, length) == 0 && at[2 + length] == ':')
			return at + 2 + length + 1 + strspn(at + 2 + length + 1, " ");
	return NULL;
}

static bool key_is_right(const struct serving *serving, const char *head)
{
	const char *key = serving->script.key;
	const char *given = header_value(head, "D360-API-KEY");
	if (key == NULL || given == NULL)
		return key == NULL;
	return strncmp(given, key, strlen(key)) == 0 && given[strlen(key)] == '\r';
}

/* False while the request is not whole yet. */
static bool request_read(const struct serving *serving, const struct str *in,
			 struct request *request)
{
	const char *end = strstr(in->bytes, "\r\n\r\n");
	if (end == NULL)
		return false;
	const char *length_text = header_value(in->bytes, "Content-Length");
	size_t body_length = length_text == NULL ? 0 : strtoul(length_text, NULL, 10);
	size_t head_length = (size_t)(end + 4 - in->bytes);
	if (in->length < head_length + body_length)
		return false;
	bool is_post = text_starts_with(in->bytes, "POST ");
	const char *path = in->bytes + (is_post ? 5 : 4);
	*request = (struct request) {
		.method = is_post ? FAULT_POST : FAULT_GET,
		.with_credentials =
			text_starts_with(path, "/calling/settings?include_sip_credentials=true "),
		.is_state = text_starts_with(path, "/_state "),
		.is_script = is_post && text_starts_with(path, "/_script "),
		.key_is_right = key_is_right(serving, in->bytes),
		.body = in->bytes + head_length,
		.length = head_length + body_length,
	};
	request->is_known =
		request->with_credentials || text_starts_with(path, "/calling/settings ");
	return true;
}

static long hung_count(const struct serving *serving)
{
	long count = 0;
	for (size_t i = 0; i < CONNECTIONS_MAX; i++)
		count += serving->connections[i].fd >= 0 && serving->connections[i].is_hung;
	return count;
}

static char *state_json(const struct serving *serving)
{
	cJSON *state = fault_settings_true(&serving->settings);
	cJSON_AddNumberToObject(state, "gets", (double)serving->counts[FAULT_GET]);
	cJSON_AddNumberToObject(state, "posts", (double)serving->counts[FAULT_POST]);
	cJSON_AddNumberToObject(state, "connections", (double)serving->accepted);
	cJSON_AddNumberToObject(state, "most_at_once", (double)serving->most_at_once);
	cJSON_AddNumberToObject(state, "hung", (double)hung_count(serving));
	cJSON_AddItemToObject(state, "bodies", cJSON_Duplicate(serving->bodies, true));
	cJSON_AddItemToObject(state, "heads", cJSON_Duplicate(serving->heads, true));
	char *text = fault_settings_print(state);
	cJSON_Delete(state);
	return text;
}

static const char *content_type_of(const char *body)
{
	if (body[0] == '{' || body[0] == '[')
		return "application/json";
	return body[0] == '<' ? "text/html" : "text/plain";
}

static void answer_put(struct connection *connection, const struct fault_rule *rule, long status,
		       const char *body)
{
	size_t length = strlen(body);
	connection->flood = rule->flood_bytes > 0 ? (size_t)rule->flood_bytes : 0;
	if (rule->flood_bytes >= 0)
		body = "";
	if (rule->flood_bytes >= 0)
		length = connection->flood;
	if (rule->length >= 0)
		length = (size_t)rule->length;
	str_addf(&connection->out,
		 "HTTP/1.1 %ld Told\r\nContent-Type: %s\r\nContent-Length: %zu\r\n", status,
		 content_type_of(body), length);
	if (rule->header != NULL)
		str_addf(&connection->out, "%s\r\n", rule->header);
	str_addf(&connection->out, "\r\n%s", body);
	connection->is_answering = true;
}

static char *usual_get(struct serving *serving, const struct request *request, long *status)
{
	*status = 200;
	return fault_settings_get(&serving->settings, request->with_credentials);
}

static char *usual_post(bool is_applied, long *status)
{
	*status = is_applied ? 200 : 400;
	return mem_text(is_applied
				? "{\"success\":true}"
				: "{\"error\":{\"message\":\"Invalid parameter\",\"code\":100}}");
}

static bool rule_applies(const struct fault_rule *rule)
{
	if (rule->effect != FAULT_EFFECT_USUAL)
		return rule->effect == FAULT_EFFECT_APPLY;
	bool is_success = rule->status == 0 || (rule->status >= 200 && rule->status < 300);
	return is_success && (rule->end == FAULT_ANSWER || rule->end == FAULT_TRUNCATE);
}

static void settings_answer(struct serving *serving, struct connection *connection,
			    const struct request *request, const struct fault_rule *rule)
{
	long status = 401;
	char *body = NULL;
	fault_settings_merge(&serving->settings, rule->before);
	if (!request->key_is_right)
		body = mem_text("{\"meta\":{\"success\":false,\"httpCode\":404,"
				"\"developerMessage\":\"Invalid API key\"}}");
	else if (request->method == FAULT_GET)
		body = usual_get(serving, request, &status);
	else
		body = usual_post(
			!rule_applies(rule) ||
				fault_settings_post(&serving->settings, request->body, rule->lag),
			&status);
	fault_settings_merge(&serving->settings, rule->after);
	if (rule->status != 0)
		answer_put(connection, rule, rule->status, rule->body);
	else
		answer_put(connection, rule, status, body);
	free(body);
}

/* The answer stands in `out`; what becomes of it. */
static void end_apply(struct connection *connection, const struct fault_rule *rule)
{
	connection->due_ms = rule->delay_ms > 0 ? clock_monotonic_ms() + rule->delay_ms : 0;
	connection->drip_ms = rule->drip_ms;
	if (rule->end == FAULT_HANG) {
		connection->is_hung = true;
	} else if (rule->end == FAULT_TRUNCATE) {
		str_remove(&connection->out, connection->out.length / 2,
			   connection->out.length - connection->out.length / 2);
		connection->closes = true;
	} else if (rule->end == FAULT_GARBAGE) {
		str_clear(&connection->out);
		str_add(&connection->out, "\x16\x03\x01 this is no HTTP\r\n\r\n");
		connection->closes = true;
	} else if (rule->end == FAULT_DROP) {
		str_clear(&connection->out);
		connection->closes = true;
	}
}

static void at_once_count(struct serving *serving)
{
	long waiting = 0;
	for (size_t i = 0; i < CONNECTIONS_MAX; i++)
		waiting += serving->connections[i].fd >= 0 && serving->connections[i].is_answering;
	if (waiting > serving->most_at_once)
		serving->most_at_once = waiting;
}

static void serving_begin(struct serving *serving, const char *script)
{
	fault_script_read(&serving->script, script);
	if (serving->script.settings != NULL)
		fault_settings_replace(&serving->settings, serving->script.settings);
	serving->settings.sip_resets_srtp = serving->script.sip_resets_srtp;
	serving->settings.app_id = serving->script.app_id;
	memset(serving->counts, 0, sizeof serving->counts);
	serving->bodies = cJSON_CreateArray();
	serving->heads = cJSON_CreateArray();
}

static void serving_end(struct serving *serving)
{
	cJSON_Delete(serving->bodies);
	cJSON_Delete(serving->heads);
	fault_script_release(&serving->script);
}

/* What is for the tests only, and not counted. */
static void aside_handle(struct serving *serving, struct connection *connection,
			 const struct request *request)
{
	bool is_known = request->is_state || request->is_script;
	if (request->is_script) {
		serving_end(serving);
		serving_begin(serving, request->body);
	}
	char *body = is_known ? state_json(serving) : mem_text("{\"error\":\"no such address\"}");
	answer_put(connection, &serving->script.usual, is_known ? 200 : 404, body);
	free(body);
}

static void request_handle(struct serving *serving, struct connection *connection,
			   const struct request *request)
{
	if (!request->is_known) {
		aside_handle(serving, connection, request);
		return;
	}
	const struct fault_rule *rule = fault_script_rule(&serving->script, request->method,
							  ++serving->counts[request->method]);
	char *head =
		mem_text_n(connection->in.bytes, (size_t)(request->body - connection->in.bytes));
	cJSON_AddItemToArray(serving->heads, cJSON_CreateString(head));
	free(head);
	if (request->method == FAULT_POST)
		cJSON_AddItemToArray(serving->bodies, cJSON_CreateString(request->body));
	settings_answer(serving, connection, request, rule);
	end_apply(connection, rule);
	at_once_count(serving);
}

/* Is the request that is about to be read one to be dropped unread? */
static bool is_dropped_unread(struct serving *serving, const struct connection *connection)
{
	char first[8] = "";
	ssize_t length = recv(connection->fd, first, sizeof first - 1, MSG_PEEK | MSG_DONTWAIT);
	if (connection->in.length > 0 || length < 6 || text_starts_with(first, "GET /_") ||
	    text_starts_with(first, "POST /_"))
		return false;
	enum fault_method method = first[0] == 'P' ? FAULT_POST : FAULT_GET;
	const struct fault_rule *rule =
		fault_script_rule(&serving->script, method, serving->counts[method] + 1);
	if (rule->end != FAULT_DROP_UNREAD)
		return false;
	serving->counts[method]++;
	return true;
}

static void connection_read(struct serving *serving, struct connection *connection)
{
	char piece[READ_PIECE];
	struct request request;
	if (is_dropped_unread(serving, connection)) {
		connection_close(connection, true);
		return;
	}
	ssize_t length = recv(connection->fd, piece, sizeof piece, MSG_DONTWAIT);
	if (length <= 0) {
		if (length == 0 || (errno != EAGAIN && errno != EINTR))
			connection_close(connection, false);
		return;
	}
	str_append(&connection->in, piece, (size_t)length);
	if (connection->in.bytes[0] == TLS_HANDSHAKE) {
		str_add(&connection->out, "HTTP/1.1 400 No TLS here\r\n\r\n");
		connection->is_answering = true;
		connection->closes = true;
		return;
	}
	if (!connection->is_answering && request_read(serving, &connection->in, &request)) {
		request_handle(serving, connection, &request);
		str_remove(&connection->in, 0, request.length);
	}
}

static ssize_t piece_send(struct connection *connection)
{
	static const char blanks[WRITE_PIECE] = "";
	const char *bytes = connection->out.bytes + connection->sent;
	size_t length = connection->out.length - connection->sent;
	if (length == 0) {
		bytes = blanks;
		length = connection->flood < WRITE_PIECE ? connection->flood : WRITE_PIECE;
	}
	if (connection->drip_ms > 0 && length > 1)
		length = 1;
	return send(connection->fd, bytes, length, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static void connection_write(struct connection *connection)
{
	bool is_head = connection->sent < connection->out.length;
	if (is_head || connection->flood > 0) {
		ssize_t length = piece_send(connection);
		if (length < 0 && errno != EAGAIN && errno != EINTR) {
			connection_close(connection, false);
			return;
		}
		connection->sent += is_head && length > 0 ? (size_t)length : 0;
		connection->flood -= !is_head && length > 0 ? (size_t)length : 0;
		connection->due_ms =
			connection->drip_ms > 0 ? clock_monotonic_ms() + connection->drip_ms : 0;
	}
	if (connection->sent < connection->out.length || connection->flood > 0)
		return;
	if (connection->closes) {
		connection_close(connection, false);
		return;
	}
	str_clear(&connection->out);
	connection->sent = 0;
	connection->is_answering = false;
}

static bool wants_to_write(const struct connection *connection, int64_t now)
{
	return connection->is_answering && !connection->is_hung && connection->due_ms <= now;
}

static int next_due(const struct serving *serving, int64_t now)
{
	int64_t timeout = -1;
	for (size_t i = 0; i < CONNECTIONS_MAX; i++) {
		const struct connection *connection = &serving->connections[i];
		if (connection->fd < 0 || connection->due_ms <= now)
			continue;
		int64_t left = connection->due_ms - now;
		timeout = timeout < 0 || left < timeout ? left : timeout;
	}
	return (int)timeout;
}

/* False when the lifeline is at its end. */
static bool serve_once(struct serving *serving, int listening, int lifeline)
{
	struct pollfd fds[CONNECTIONS_MAX + 2];
	int64_t now = clock_monotonic_ms();
	for (size_t i = 0; i < CONNECTIONS_MAX; i++) {
		short write = wants_to_write(&serving->connections[i], now) ? POLLOUT : 0;
		fds[i] = (struct pollfd) { .fd = serving->connections[i].fd,
					   .events = (short)(POLLIN | write) };
	}
	fds[CONNECTIONS_MAX] = (struct pollfd) { .fd = listening, .events = POLLIN };
	fds[CONNECTIONS_MAX + 1] = (struct pollfd) { .fd = lifeline, .events = POLLIN };
	(void)poll(fds, CONNECTIONS_MAX + 2, next_due(serving, now));
	for (size_t i = 0; i < CONNECTIONS_MAX; i++) {
		struct connection *connection = &serving->connections[i];
		if (fds[i].fd >= 0 && (fds[i].revents & (POLLIN | POLLHUP | POLLERR)) != 0)
			connection_read(serving, connection);
		if (connection->fd >= 0 && wants_to_write(connection, clock_monotonic_ms()))
			connection_write(connection);
	}
	if ((fds[CONNECTIONS_MAX].revents & POLLIN) != 0)
		connection_accept(serving, listening);
	char ignored[64];
	return fds[CONNECTIONS_MAX + 1].revents == 0 || read(lifeline, ignored, sizeof ignored) > 0;
}

void fault_server_run(int listening, int lifeline, const char *script)
{
	struct serving *serving = mem_alloc(1, sizeof *serving);
	serving_begin(serving, script);
	for (size_t i = 0; i < CONNECTIONS_MAX; i++)
		serving->connections[i].fd = -1;
	while (serve_once(serving, listening, lifeline))
		;
	for (size_t i = 0; i < CONNECTIONS_MAX; i++)
		if (serving->connections[i].fd >= 0)
			connection_close(&serving->connections[i], false);
	serving_end(serving);
	fault_settings_release(&serving->settings);
	free(serving);
}

int fault_server_listen(uint16_t *port)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t length = sizeof address;
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&address, length) != 0 ||
	    listen(fd, CONNECTIONS_MAX) != 0 ||
	    getsockname(fd, (struct sockaddr *)&address, &length) != 0)
		fail("listen");
	*port = ntohs(address.sin_port);
	return fd;
}
