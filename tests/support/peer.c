#include "tests/support/peer.h"

#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "sandbox/sandbox.h"
#include "tests/support/child.h"

#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	READY_SIZE_MAX = 1024 * 1024,
	REQUEST_MS = 10000,
	EXIT_NOT_STARTED = 127,
};

static _Noreturn void peer_run(const char *const *given, const char *ready_path, char **variables,
			       pid_t parent)
{
	char *arguments[SESSION_ARGUMENTS_MAX + 1] = { 0 };
	for (size_t i = 0; i < SESSION_ARGUMENTS_MAX && given[i] != NULL; i++)
		arguments[i] = mem_text(strcmp(given[i], "{ready}") == 0 ? ready_path : given[i]);
	child_bind_to_parent(parent);
	int nothing = open("/dev/null", O_RDWR);
	if (nothing >= 0 && dup2(nothing, STDIN_FILENO) >= 0 && dup2(nothing, STDOUT_FILENO) >= 0)
		(void)execvpe(arguments[0], arguments, variables);
	(void)dprintf(STDERR_FILENO, "cannot run %s: %s\n", arguments[0], strerror(errno));
	_exit(EXIT_NOT_STARTED);
}

static int folder_watch(const char *folder)
{
	int watch = inotify_init1(IN_CLOEXEC);
	(void)inotify_add_watch(watch, folder, IN_CLOSE_WRITE | IN_MOVED_TO);
	return watch;
}

/* Waits for a file to be written; false when the time is over or the writer has ended. */
static bool folder_wait(int watch, int process_handle, int64_t deadline)
{
	struct pollfd fds[] = { { .fd = watch, .events = POLLIN },
				{ .fd = process_handle, .events = POLLIN } };
	int64_t left = deadline - child_now_ms();
	(void)poll(fds, ARRAY_LENGTH(fds), left > 0 ? (int)left : 0);
	if ((fds[0].revents & POLLIN) == 0)
		return false;
	char events[4096];
	return read(watch, events, sizeof(events)) > 0;
}

static bool ready_read(struct peer *peer, const char *path)
{
	struct str content;
	struct err err;
	struct json_doc doc;
	str_init(&content);
	err_init(&err);
	json_doc_init(&doc);
	if (file_read(path, READY_SIZE_MAX, &content, &err) &&
	    json_doc_parse(&doc, content.bytes, content.length, &err)) {
		mem_text_set(&peer->url, json_text(json_member(doc.root, "url")));
		peer->ready = str_detach(&content);
	}
	json_doc_release(&doc);
	str_release(&content);
	return peer->ready != NULL;
}

/* A file that is not whole yet is no JSON document yet: it is read again with its next change. */
static bool ready_wait(struct peer *peer, int watch, const char *path)
{
	int64_t deadline = child_now_ms() + SESSION_DEADLINE_MS;
	while (!ready_read(peer, path)) {
		if (!folder_wait(watch, peer->process_handle, deadline)) {
			(void)fprintf(stderr, "the peer did not write its ready file\n");
			return false;
		}
	}
	return true;
}

void peer_init(struct peer *peer)
{
	*peer = (struct peer) { .id = -1, .process_handle = -1 };
}

bool peer_start(struct peer *peer, const char *const *arguments)
{
	peer_init(peer);
	peer->folder = child_folder_make();
	if (peer->folder == NULL)
		return false;
	int watch = folder_watch(peer->folder);
	char *path = mem_format("%s/ready.json", peer->folder);
	struct child_environment environment;
	child_environment_init(&environment, peer->folder);
	pid_t parent = getpid();
	peer->id = fork();
	if (peer->id == 0)
		peer_run(arguments, path, environment.variables, parent);
	bool is_ready = false;
	if (peer->id > 0) {
		peer->process_handle = child_handle(peer->id);
		is_ready = ready_wait(peer, watch, path);
	}
	child_environment_release(&environment);
	free(path);
	(void)close(watch);
	return is_ready;
}

bool peer_sandbox_start(struct peer *peer)
{
	char *program = session_built("sipdesk");
	const char *const arguments[] = { program,	  "sandbox", "--listen", "127.0.0.1:0",
					  "--ready-file", "{ready}", NULL };
	bool is_started = peer_start(peer, arguments);
	free(program);
	return is_started;
}

/* The first whole line of the file, as the URL's port. */
static bool port_read(struct peer *peer, const char *path)
{
	struct str ports;
	struct err err;
	str_init(&ports);
	err_init(&err);
	size_t digits = 0;
	if (file_read(path, READY_SIZE_MAX, &ports, &err))
		digits = strcspn(ports.bytes, "\n");
	if (digits < ports.length)
		peer->url = mem_format("http://127.0.0.1:%.*s", (int)digits, ports.bytes);
	str_release(&ports);
	return peer->url != NULL;
}

bool peer_sandbox_of(struct peer *peer, struct session *session)
{
	peer_init(peer);
	int64_t deadline = child_now_ms() + session->deadline_ms;
	char *path = session_ports_file(session);
	int watch = folder_watch(session->home);
	bool is_known = port_read(peer, path);
	while (!is_known && folder_wait(watch, session->process_handle, deadline))
		is_known = port_read(peer, path);
	if (!is_known)
		(void)fprintf(stderr, "the session's practice service does not listen\n");
	(void)close(watch);
	free(path);
	return is_known;
}

bool peer_stop(struct peer *peer)
{
	bool has_left = true;
	int status = 0;
	if (peer->id > 0) {
		(void)kill(peer->id, SIGTERM);
		has_left = child_reap(peer->id, peer->process_handle, SESSION_LEAVE_MS, &status);
	}
	if (!has_left) {
		(void)kill(peer->id, SIGKILL);
		(void)child_reap(peer->id, peer->process_handle, SESSION_DEADLINE_MS, &status);
	}
	if (peer->process_handle >= 0)
		(void)close(peer->process_handle);
	if (peer->folder != NULL)
		child_folder_remove(peer->folder);
	free(peer->folder);
	free(peer->ready);
	free(peer->url);
	peer_init(peer);
	return has_left;
}

static size_t body_take(char *bytes, size_t size, size_t count, void *owner)
{
	str_append(owner, bytes, size * count);
	return size * count;
}

void peer_request(struct peer_answer *answer, const char *url, const char *key, const char *body)
{
	struct str content;
	struct curl_slist *headers = NULL;
	str_init(&content);
	*answer = (struct peer_answer) { 0 };
	if (key != NULL) {
		char *header = mem_format("D360-API-KEY: %s", key);
		headers = curl_slist_append(headers, header);
		free(header);
	}
	headers = curl_slist_append(headers, "Content-Type: application/json");
	CURL *handle = curl_easy_init();
	(void)curl_easy_setopt(handle, CURLOPT_URL, url);
	(void)curl_easy_setopt(handle, CURLOPT_PROXY, "");
	(void)curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
	(void)curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, (long)REQUEST_MS);
	(void)curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers);
	(void)curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, body_take);
	(void)curl_easy_setopt(handle, CURLOPT_WRITEDATA, &content);
	if (body != NULL)
		(void)curl_easy_setopt(handle, CURLOPT_POSTFIELDS, body);
	if (curl_easy_perform(handle) == CURLE_OK)
		(void)curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &answer->status);
	curl_easy_cleanup(handle);
	curl_slist_free_all(headers);
	answer->body = mem_text(content.bytes);
	str_release(&content);
}

void peer_answer_release(struct peer_answer *answer)
{
	free(answer->body);
	*answer = (struct peer_answer) { 0 };
}

/* The body of a 200, or NULL. */
static char *settings_request(const struct peer *peer, size_t practice_number, const char *query,
			      const char *body)
{
	struct peer_answer answer;
	char *url = mem_format("%s/calling/settings%s", peer->url, query);
	peer_request(&answer, url, PRACTICE_NUMBERS[practice_number].key, body);
	char *content = answer.status == 200 ? mem_text(answer.body) : NULL;
	if (content == NULL)
		(void)fprintf(stderr, "%s answered %ld: %s\n", url, answer.status, answer.body);
	peer_answer_release(&answer);
	free(url);
	return content;
}

char *peer_settings(const struct peer *peer, size_t practice_number, bool with_credentials)
{
	return settings_request(peer, practice_number,
				with_credentials ? "?include_sip_credentials=true" : "", NULL);
}

bool peer_write(const struct peer *peer, size_t practice_number, const char *body)
{
	char *content = settings_request(peer, practice_number, "", body);
	bool is_written = content != NULL;
	free(content);
	return is_written;
}
