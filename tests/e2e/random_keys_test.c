/*
 * 10,000 random keys, pastes, clicks, stray sequences and resizes, at the practice service: no
 * crash, no screen that answers no more, no memory that grows.
 *
 * The seed is printed; RANDOM_KEYS_SEED runs one again. What leaves (Esc on the list, Ctrl-Q) is
 * pressed only where it goes back, and Ctrl-Z never: there is no shell to come back from.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/mem.h"
#include "tests/support/bench_figure.h"
#include "tests/support/desk.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
	EVENTS = 10000,
	BURST = 20,	      /* events between two looks at the screen */
	SETTLED = EVENTS / 4, /* caches are filled by then */
	QUIET_MS = 15,
	GROWTH_MAX_KIB = 3072, /* libraries that are loaded when they are first used */
	EXIT_INTERRUPTED = 130,
};

static const char *const KEYS[] = {
	"<Up>",	   "<Down>", "<Down>",	 "<Down>",  "<Left>",  "<Right>", "<Home>",  "<End>",
	"<PgUp>",  "<PgDn>", "<Tab>",	 "<S-Tab>", "<Enter>", "<Enter>", "<Enter>", "<Space>",
	"<Space>", "<F1>",   "<F2>",	 "<F3>",    "<F4>",    "<F5>",	  "<F6>",    "<F7>",
	"<F8>",	   "<F9>",   "<Insert>", "<Del>",   "<BS>",    "<C-l>",	  "<C-x>",   "<C-u>",
	"<C-w>",   "<C-y>",  "<C-_>",	 "<C-s>",   "<C-c>",   "<A-b>",	  "/",	     "?",
	"a",	   "b",	     "c",	 "m",	    "t",       "u",	  "y",	     "n",
	"x",	   "5",	     "7",	 "-",	    ".",       "ü",	  "k",	     "z",
};

static const char *const PASTES[] = {
	"sip.acme.example",
	"sip:+12025550101;tgrp=berlin;trunk-context=acme.example@sip.acme.example:5061",
	"{\"calling\":{\"status\":\"ENABLED\"}}",
	"two\r\nlines\tand \033[31mmore\033[0m",
	"\360\237\230\200 caf\303\251 \342\200\256gnp",
	"",
};

static const char *const STRAY[] = {
	"\033[<0;12;9M",
	"\033[<0;20;24M",
	"\033[<65;5;5M",
	"\033[<64;5;5M",
	"\033[99;99;99z",
	"\033]11;rgb:ffff/ffff/ffff\033\\",
	"\033[M !!",
	"\377\376\200",
	"\033P1$r0m\033\\",
	"\033[1;5:3A",

	"\033[200~torn\033[201~",
};

/* In the form that needs no pause behind it (CSI u). */
static const char ESCAPE[] = "\033[27u";

static const char *one_of(const char *const *texts, size_t count)
{
	return texts[(size_t)random() % count];
}

static void random_event(struct session *session)
{
	long kind = random() % 100;
	if (kind < 90) {
		session_send(session, one_of(KEYS, ARRAY_LENGTH(KEYS)));
	} else if (kind < 94) {
		session_paste(session, one_of(PASTES, ARRAY_LENGTH(PASTES)));
	} else if (kind < 98) {
		const char *bytes = one_of(STRAY, ARRAY_LENGTH(STRAY));
		session_send_bytes(session, bytes, strlen(bytes));
	} else {
		session_resize(session, 5 + (int)(random() % 56), 20 + (int)(random() % 181));
	}
}

static void program_start(struct desk *desk)
{
	static const char *const ARGUMENTS[] = { "--sandbox", "--mouse", NULL };
	*desk = (struct desk) { 0 };
	desk_run(desk, ARGUMENTS, NULL);
	assert_true(peer_sandbox_of(&desk->sandbox, desk->session));
	expect_text(desk->session, "Add a number");
}

static bool has_answered_or_gone(const struct session *session, const void *bytes_before)
{
	return session->has_ended || session_bytes(session) > *(const size_t *)bytes_before;
}

static bool is_back_or_gone(const struct session *session, const void *argument)
{
	(void)argument;
	return session->terminal.is_alternate || session->has_ended;
}

/* It answers: Ctrl-L draws all of it again, at any size and in any screen. Where it has left, by a
 * row of F9 or a click on the bar, it has done so in peace, and is started again. Suspending, from
 * there too, is a moment without a screen: the kernel lets nothing stop that nobody could continue.
 * In that moment, and while it leaves, the terminal makes an interrupt of Ctrl-C.
 */
static void expect_answer(struct desk *desk)
{
	struct session *session = desk->session;
	size_t before = session_bytes(session);
	session_send(session, "<C-l>");
	assert_true(session_wait(session, has_answered_or_gone, &before, "it answers"));
	assert_true(session_wait(session, is_back_or_gone, NULL, "it is there, or has left"));
	if (!session->has_ended)
		return;
	int status = session_exit_status(session);
	assert_true(status == 0 || status == EXIT_INTERRUPTED);
	desk_close(desk);
	program_start(desk);
}

/* Goes back a step, unless that would be leaving. */
static void go_back(struct desk *desk)
{
	struct session *session = desk->session;
	if (random() % 2 == 0 || !session_wait_quiet(session, QUIET_MS) ||
	    session_shows(session, "› Numbers ") || !session_shows(session, "Esc "))
		return;
	session_send_bytes(session, ESCAPE, strlen(ESCAPE));
	expect_answer(desk);
}

static double resident_kib(const struct session *session)
{
	return bench_process_value(session->id, "status", "\nVmRSS:");
}

/* Of one process, once it has seen most: what it holds then, and a fixed time later. One that is
 * just leaving holds nothing; whether it left in peace, the next look tells. */
struct growth {
	pid_t id;
	int events;
	double settled;
};

static void growth_judge(struct growth *growth, const struct session *session)
{
	if (growth->id != session->id)
		*growth = (struct growth) { .id = session->id };
	growth->events += BURST;
	double resident = resident_kib(session);
	if (resident < 0)
		return;
	if (growth->events == SETTLED)
		growth->settled = resident;
#ifndef __SANITIZE_ADDRESS__ /* which keeps freed memory */
	if (growth->events > SETTLED)
		assert_in_range((int)resident, 1, (int)growth->settled + GROWTH_MAX_KIB);
#endif
}

static unsigned seed_choose(void)
{
	const char *wanted = getenv("RANDOM_KEYS_SEED");
	unsigned seed = wanted == NULL ? (unsigned)time(NULL) : (unsigned)strtoul(wanted, NULL, 10);
	print_message("RANDOM_KEYS_SEED=%u\n", seed);
	return seed;
}

static void keys_at_random(void **state)
{
	struct desk desk;
	struct growth growth = { .id = -1 };
	(void)state;
	srandom(seed_choose());
	program_start(&desk);
	for (int i = 0; i < EVENTS; i += BURST) {
		for (int j = 0; j < BURST; j++)
			random_event(desk.session);
		expect_answer(&desk);
		go_back(&desk);
		str_clear(&desk.session->output);
		growth_judge(&growth, desk.session);
	}
	(void)session_wait_quiet(desk.session, QUIET_MS);
	expect_answer(&desk);
	print_message("the last program took %d events; %.0f KiB, after %d it had %.0f\n",
		      growth.events, resident_kib(desk.session), SETTLED, growth.settled);
	session_signal(desk.session, SIGTERM);
	expect_exit(desk.session, EXIT_INTERRUPTED);
	desk_close(&desk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_at_random),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
