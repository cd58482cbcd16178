/*
 * Writes the pictures of the README: drives the real `sipdesk --sandbox` on the tests' terminal and
 * draws what it shows as SVG. The clock stands and ports are hidden, so the same program gives the
 * same bytes.
 *
 *   screenshots [FOLDER]      default: screenshots
 */
#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include "tests/support/peer.h"
#include "tests/support/screen_svg.h"
#include "tests/support/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	STEPS_MAX = 48,
	QUIET_MS = 100, /* the rest of a frame follows within less */
};

struct screenshot {
	const char *name; /* of the file, without .svg */
	const char *title;
	int rows, columns; /* 0: 24 and 80 */
	bool is_measured;  /* it shows times as measured: written anew only on demand */
	/* "keys …", "type …", "paste …", "wait …" and "gone …" (for a text), "cursor …" (on a row
	 * with a text), "other …" (another person writes this body to the second practice number).
	 */
	const char *steps[STEPS_MAX];
};

/* From the list to the settings of a practice number. */
#define OPEN_NUMBER(name)                                                              \
	"wait Practice 5", "keys /", "type " name, "wait Find  " name, "keys <Enter>", \
		"wait read 12:41"

#define GO_TO_FIELD(label) "keys /", "type " label, "keys <Enter>", "cursor " label

/* The new number with a server in its draft, pasted as a SIP URI; its screen is shown. */
#define ADD_SERVER                                                                          \
	OPEN_NUMBER("Practice 1"), "keys <Space>", "keys <Insert>", "wait Add a parameter", \
		"paste sip:+12025550101;tgrp=berlin;trunk-context=acme.example"             \
		"@sip.acme.example:5061",                                                   \
		"wait Taken:"

/* The whole draft: calling and SIP enabled, the server, SDES. */
#define EDIT_NUMBER                                                                            \
	ADD_SERVER, "keys <Esc>", "wait Media", GO_TO_FIELD("SIP signalling"), "keys <Space>", \
		GO_TO_FIELD("SRTP key exchange"), "keys <Space>", "wait 4 changed"

static const struct screenshot SCREENSHOTS[] = {
	{ .name = "numbers",
	  .title = "The list of practice numbers",
	  .steps = { "wait Enabled, SDES", "gone not read yet", "gone reading" } },
	{ .name = "settings",
	  .title = "The calling settings of a number, with changes",
	  .steps = { EDIT_NUMBER } },
	{ .name = "server", .title = "A SIP server, pasted as a SIP URI", .steps = { ADD_SERVER } },
	{ .name = "review",
	  .title = "Review: every change and what it means for calls",
	  .steps = { EDIT_NUMBER, "keys <F2>", "wait read back" } },
	{ .name = "sent",
	  .title = "Sent, read back and compared",
	  .steps = { EDIT_NUMBER, "keys <F2>", "wait read back", "keys y", "wait Applied" } },
	{ .name = "conflict",
	  .title = "A conflict: the service's value moved meanwhile",
	  .steps = { OPEN_NUMBER("Practice 2"), GO_TO_FIELD("Hostname"), "keys <Enter><C-u>",
		     "type sip.ours.example", "keys <Enter>", "wait 1 changed",
		     "other {\"calling\":{\"sip\":{\"status\":\"ENABLED\",\"servers\":"
		     "[{\"hostname\":\"sip.theirs.example\",\"port\":5061}]}}}",
		     "keys <F2>", "wait read back", "keys y", "wait t takes theirs" } },
	{ .name = "credentials",
	  .title = "The SIP credentials, the password hidden",
	  .steps = { OPEN_NUMBER("Practice 2"), "keys <F6>", "wait Hidden again", "keys <F6>",
		     "wait F6 reveal" } },
	{ .name = "check",
	  .is_measured = true,
	  .title = "The TLS check of a server whose certificate has another name",
	  .steps = { OPEN_NUMBER("Practice 2"), "keys <F7>", "wait Findings", "cursor CRT-1" } },
	{ .name = "help",
	  .title = "Help, made from the table that binds the keys",
	  .steps = { OPEN_NUMBER("Practice 2"), "keys <F1>", "wait Keys here" } },
	{ .name = "narrow",
	  .title = "The settings in a window of 60 by 16",
	  .rows = 16,
	  .columns = 60,
	  .steps = { OPEN_NUMBER("Practice 3") } },
};

typedef bool step_fn(struct session *session, const struct peer *peer, const char *text);

static bool keys_step(struct session *session, const struct peer *peer, const char *text)
{
	(void)peer;
	session_send(session, text);
	return true;
}

static bool type_step(struct session *session, const struct peer *peer, const char *text)
{
	(void)peer;
	session_type(session, text);
	return true;
}

static bool paste_step(struct session *session, const struct peer *peer, const char *text)
{
	(void)peer;
	session_paste(session, text);
	return true;
}

static bool wait_step(struct session *session, const struct peer *peer, const char *text)
{
	(void)peer;
	return session_wait_text(session, text);
}

static bool gone_step(struct session *session, const struct peer *peer, const char *text)
{
	(void)peer;
	return session_wait_gone(session, text);
}

static bool cursor_step(struct session *session, const struct peer *peer, const char *text)
{
	(void)peer;
	return session_wait_cursor_on(session, text);
}

static bool other_step(struct session *session, const struct peer *peer, const char *text)
{
	(void)session;
	return peer_write(peer, 1, text);
}

static bool step_do(struct session *session, const struct peer *peer, const char *step)
{
	static const struct {
		const char *verb;
		step_fn *act;
	} VERBS[] = { { "keys ", keys_step },  { "type ", type_step }, { "paste ", paste_step },
		      { "wait ", wait_step },  { "gone ", gone_step }, { "cursor ", cursor_step },
		      { "other ", other_step } };
	for (size_t i = 0; i < ARRAY_LENGTH(VERBS); i++) {
		if (text_starts_with(step, VERBS[i].verb))
			return VERBS[i].act(session, peer, step + strlen(VERBS[i].verb));
	}
	(void)fprintf(stderr, "no such step: %s\n", step);
	return false;
}

static bool picture_write(const struct session *session, const struct screenshot *screenshot,
			  const char *folder)
{
	struct screen screen;
	struct str svg;
	struct err err;
	str_init(&svg);
	err_init(&err);
	screen_take(&screen, &session->terminal);
	screen_hide_ports(&screen);
	screen_svg_write(&screen, screenshot->title, &svg);
	char *path = mem_format("%s/%s.svg", folder, screenshot->name);
	bool is_written = file_write_whole(path, svg.bytes, svg.length, 0644, &err);
	(void)fprintf(is_written ? stdout : stderr, "%s\n", is_written ? path : err.sentence);
	free(path);
	str_release(&svg);
	screen_release(&screen);
	return is_written;
}

static struct session *sandbox_session_start(const struct screenshot *screenshot)
{
	static const char *const ENVIRONMENT[] = { "SHIM_CLOCK_SECONDS=1795351260", NULL };
	char *program = session_built("sipdesk");
	char *clock = session_built("tests/shim/fixed_clock.so");
	const char *const arguments[] = { program, "--sandbox", NULL };
	struct session *session = session_start(
		&(struct session_options) { .arguments = arguments,
					    .rows = screenshot->rows,
					    .columns = screenshot->columns,
					    .environment = ENVIRONMENT, /* 2026-11-22 12:41 UTC */
					    .preload = clock,
					    .tells_ports = true });
	free(clock);
	free(program);
	return session;
}

static bool screenshot_make(const struct screenshot *screenshot, const char *folder)
{
	struct session *session = sandbox_session_start(screenshot);
	struct peer peer;
	peer_init(&peer);
	bool is_good = session != NULL && peer_sandbox_of(&peer, session);
	for (size_t i = 0; is_good && i < STEPS_MAX && screenshot->steps[i] != NULL; i++)
		is_good = step_do(session, &peer, screenshot->steps[i]);
	is_good = is_good && session_wait_quiet(session, QUIET_MS) &&
		  picture_write(session, screenshot, folder);
	if (!is_good)
		(void)fprintf(stderr, "no screenshot \"%s\"\n", screenshot->name);
	(void)peer_stop(&peer);
	return session_close(session) && is_good;
}

int main(int argc, char **argv)
{
	const char *folder = argc > 1 ? argv[1] : "screenshots";
	bool with_measured = getenv("SCREENSHOTS_MEASURED") != NULL;
	bool is_good = true;
	for (size_t i = 0; i < ARRAY_LENGTH(SCREENSHOTS); i++)
		if (with_measured || !SCREENSHOTS[i].is_measured)
			is_good = screenshot_make(&SCREENSHOTS[i], folder) && is_good;
	return is_good ? EXIT_SUCCESS : EXIT_FAILURE;
}
