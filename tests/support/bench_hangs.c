#include "tests/support/bench_hangs.h"

#include "base/file.h"
#include "base/mem.h"
#include "tests/support/bench_figure.h"
#include "tests/support/child.h"
#include "tests/support/fault_server.h"
#include "tests/support/session.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	KEYS = 20,
	LIMIT_MS = 50,
	FILLERS = 8, /* connections that nobody takes: no further one gets an answer */
	KEY_FILE_MODE = 0600,
};

static const char KEY[] = "key-of-nobody";

enum hang { HANG_DNS, HANG_TCP, HANG_TLS, HANG_API };

static const struct hang_row {
	const char *name;
	enum hang hang;
} ROWS[] = {
	{ "a key while DNS hangs, the slowest", HANG_DNS },
	{ "a key while TCP hangs, the slowest", HANG_TCP },
	{ "a key while TLS hangs, the slowest", HANG_TLS },
	{ "a key while the API hangs, the slowest", HANG_API },
};

/* What does not answer. */
struct hanging {
	struct fault_server service; /* HANG_API */
	int listening;		     /* HANG_TCP, HANG_TLS; else -1 */
	int fillers[FILLERS];	     /* HANG_TCP; else -1 */
	char *url;
};

/* The queue of the listener is made short and filled: what else comes is left waiting. */
static void queue_fill(struct hanging *hanging, uint16_t port)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(port) };
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	(void)listen(hanging->listening, 0);
	for (size_t i = 0; i < FILLERS; i++) {
		hanging->fillers[i] =
			socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
		(void)connect(hanging->fillers[i], (struct sockaddr *)&address, sizeof address);
	}
}

static void hanging_start(struct hanging *hanging, enum hang hang)
{
	uint16_t port = 0;
	*hanging = (struct hanging) { .listening = -1 };
	memset(hanging->fillers, -1, sizeof hanging->fillers);
	if (hang == HANG_API) {
		fault_server_start(&hanging->service, "GET * hang\n");
		hanging->url = mem_text(hanging->service.url);
	} else if (hang == HANG_DNS) {
		hanging->url = mem_text("https://slow.example");
	} else {
		hanging->listening = fault_server_listen(&port);
		hanging->url = mem_format("%s://127.0.0.1:%u", hang == HANG_TLS ? "https" : "http",
					  (unsigned)port);
	}
	if (hang == HANG_TCP)
		queue_fill(hanging, port);
}

static void hanging_stop(struct hanging *hanging, enum hang hang)
{
	if (hang == HANG_API)
		fault_server_stop(&hanging->service);
	for (size_t i = 0; i < FILLERS; i++)
		if (hanging->fillers[i] >= 0)
			(void)close(hanging->fillers[i]);
	if (hanging->listening >= 0)
		(void)close(hanging->listening);
	free(hanging->url);
}

static struct session *reading_open(const char *home, const char *url)
{
	static const char *const environment[] = { "SHIM_GETADDRINFO_SECONDS=60", NULL };
	char *program = session_built("sipdesk");
	char *shim = session_built("tests/shim/slow_getaddrinfo.so");
	char *key_file = mem_format("%s/key", home);
	const char *const arguments[] = { program, "--api-url", url, "--key-file", key_file, NULL };
	struct session *session = NULL;
	if (file_write_whole(key_file, KEY, strlen(KEY), KEY_FILE_MODE, NULL))
		session = session_start(&(struct session_options) { .arguments = arguments,
								    .environment = environment,
								    .preload = shim,
								    .home = home });
	free(key_file);
	free(shim);
	free(program);
	return session;
}

/* Negative where it does not come to hang, or did not to the end. */
static double slowest_key(struct session *session)
{
	double slowest = BENCH_NOT_MEASURED;
	if (session == NULL || !session_wait_text(session, "Reading the calling settings"))
		return slowest;
	for (size_t i = 0; i < KEYS; i++) {
		double time = session_latency_of(session, i % 2 == 0 ? "<F1>" : "q");
		slowest = time > slowest ? time : slowest;
	}
	return session_shows(session, "Reading the calling settings") ? slowest
								      : BENCH_NOT_MEASURED;
}

void bench_hangs(void)
{
	for (size_t i = 0; i < ARRAY_LENGTH(ROWS); i++) {
		struct hanging hanging;
		char *home = child_folder_make();
		hanging_start(&hanging, ROWS[i].hang);
		struct session *session = home == NULL ? NULL : reading_open(home, hanging.url);
		bench_figure_print(&(struct bench_figure) { ROWS[i].name, "ms", LIMIT_MS,
							    slowest_key(session) });
		(void)session_close(session);
		hanging_stop(&hanging, ROWS[i].hang);
		child_folder_remove(home);
		free(home);
	}
}
