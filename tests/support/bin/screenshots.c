/*
 * Writes the pictures of the README: drives the real `sipdesk` on the tests' terminal and draws
 * what it shows as SVG. The clock stands and ports are hidden, so the same program gives the same
 * bytes.
 *
 *   SCREENSHOTS_FOLDER=FOLDER    where they go (screenshots)
 *   SCREENSHOTS_MEASURED=1       those too that show times as measured
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include "tests/support/scene.h"
#include "tests/support/screen_svg.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	STEPS_MAX = 56,
	FRAMES_MAX = 16,
	QUIET_MS = 100, /* the rest of a frame follows within less */
};

struct screenshot {
	const char *name; /* of the file, without .svg */
	const char *title;
	struct scene_options scene;
	bool is_measured; /* it shows times as measured: written anew only on demand */
	/* As in scene.h; and "frame CAPTION" takes one of a story's frames. */
	const char *steps[STEPS_MAX];
};

#define PRACTICE_LIST "wait Enabled, SDES", "gone not read yet", "gone reading"

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

#define REVIEW_NUMBER EDIT_NUMBER, "keys <F2>", "wait read back"

/* From the saved numbers to the settings of the one that asks for its key. */
#define OPEN_SAVED                                                                  \
	"keys <F3>", "type Clinic", "wait 1 of ", "keys <Enter>", "cursor API key", \
		"paste key-of-clinic", "wait not shown", "keys <Enter>"

#define OPEN_HISTORY                                                                      \
	"wait Acme", "keys <Enter>", "cursor API key", "paste any-key", "wait not shown", \
		"keys <Enter>", "wait read 12:41", "keys h", "cursor 2026-11-21 10:20"

static const char *const ASCII[] = { "--ascii", NULL };
static const char *const PLAIN[] = { "--plain", NULL };

static const struct screenshot SCREENSHOTS[] = {
	/* --- the main job --- */
	{ .name = "numbers", .title = "The list of practice numbers", .steps = { PRACTICE_LIST } },
	{ .name = "settings",
	  .title = "The calling settings of a number, with changes",
	  .steps = { EDIT_NUMBER } },
	{ .name = "server", .title = "A SIP server, pasted as a SIP URI", .steps = { ADD_SERVER } },
	{ .name = "changes",
	  .title = "Only what was changed; each change can be undone",
	  .steps = { EDIT_NUMBER, "keys <F4>", "wait › Changes" } },
	{ .name = "review",
	  .title = "Review: every change and what it means for calls",
	  .steps = { REVIEW_NUMBER } },
	{ .name = "request",
	  .title = "The requests exactly as they will be sent",
	  .steps = { REVIEW_NUMBER, "keys b", "wait tgrp" } },
	{ .name = "sent",
	  .title = "Sent, read back and compared",
	  .steps = { REVIEW_NUMBER, "keys y", "wait Applied" } },
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
	{ .name = "troubleshooting",
	  .title = "Troubleshooting: what people see, its causes, and what settles them",
	  .steps = { OPEN_NUMBER("Practice 2"), "keys t", "wait › Troubleshooting" } },

	/* --- finding one's way --- */
	{ .name = "find",
	  .title = "Find: a field by its label, help or JSON path",
	  .steps = { OPEN_NUMBER("Practice 2"), "keys /", "type sip", "wait Find" } },
	{ .name = "choices",
	  .title = "The values of a field",
	  .steps = { OPEN_NUMBER("Practice 3"), GO_TO_FIELD("SRTP key exchange"), "keys <Enter>",
		     "wait DTLS" } },
	{ .name = "actions",
	  .title = "All actions, with their keys",
	  .steps = { OPEN_NUMBER("Practice 2"), "keys <F9>", "wait All actions" } },
	{ .name = "help",
	  .title = "Help, made from the table that binds the keys",
	  .steps = { OPEN_NUMBER("Practice 2"), "keys <F1>", "wait Keys here" } },

	/* --- sequences --- */
	{ .name = "emergency_off",
	  .title = "Emergency off: what it does, before it does it",
	  .steps = { OPEN_NUMBER("Practice 2"), "keys o", "wait › Emergency off" } },
	{ .name = "reset",
	  .title = "The guided reset of the SIP password, with its outage",
	  .steps = { OPEN_NUMBER("Practice 3"), "keys p", "wait › Reset SIP password" } },
	{ .name = "reset_done",
	  .title = "The SIP password was reset, and the number is back in service",
	  .steps = { OPEN_NUMBER("Practice 3"), "keys p", "wait › Reset SIP password", "keys y",
		     "words Type the last four digits", "type 0103", "keys <Enter>",
		     "wait Applied" } },
	{ .name = "move",
	  .title = "A move to another SIP server",
	  .steps = { OPEN_NUMBER("Practice 3"), "keys m", "wait › Move", "cursor Hostname",
		     "type sip.new.example" } },

	/* --- saved numbers, keys, what was left --- */
	{ .name = "number_add",
	  .title = "A number to be saved, and where its API key is kept",
	  .scene = { .place = SCENE_SAVED },
	  .steps = { "keys <Insert>", "cursor Name" } },
	{ .name = "saved",
	  .title = "Saved numbers, one of them read",
	  .scene = { .place = SCENE_SAVED },
	  .steps = { "keys <F3>", "type Bakery", "wait 1 of ", "keys <Enter>", "cursor Passphrase",
		     "type correct horse battery", "cursor not shown", "keys <Enter>",
		     "wait read 12:41", "keys <Esc>", "wait Esc Show all", "keys <Esc>",
		     "wait 4 saved" } },
	{ .name = "key",
	  .title = "A number that asks for its API key",
	  .scene = { .place = SCENE_SAVED },
	  .steps = { "keys <F3>", "type Clinic", "wait 1 of ", "keys <Enter>", "cursor API key" } },
	{ .name = "unlock",
	  .title = "The vault's passphrase, asked for once a session",
	  .scene = { .place = SCENE_SAVED },
	  .steps = { "keys <F3>", "type Bakery", "wait 1 of ", "keys <Enter>",
		     "cursor Passphrase" } },
	{ .name = "lock",
	  .title = "Locked: keys wiped, screen blanked, drafts kept",
	  .scene = { .place = SCENE_SAVED },
	  .steps = { OPEN_SAVED, "wait read 12:41", "keys <C-x>", "wait is locked" } },
	{ .name = "draft_found",
	  .title = "Unsent changes of an earlier session",
	  .scene = { .place = SCENE_SAVED },
	  .steps = { OPEN_SAVED, "wait read 12:41", "keys <Space>", "wait 1 changed", "again TERM",
		     OPEN_SAVED, "wait Unsent changes" } },
	{ .name = "left_open",
	  .title = "A password reset that was cut off, found at the next opening",
	  .scene = { .place = SCENE_SAVED },
	  .steps = { OPEN_SAVED, "wait read 12:41", "keys p", "wait › Reset SIP password", "keys y",
		     "words Type RESET to", "type RESET", "keys <Enter>", "posts 2", "again KILL",
		     OPEN_SAVED, "cursor Finish:" } },
	{ .name = "history",
	  .title = "What was written to a number: when, by whom, how it went",
	  .scene = { .place = SCENE_HISTORY },
	  .steps = { OPEN_HISTORY } },
	{ .name = "history_entry",
	  .title = "One entry of the history",
	  .scene = { .place = SCENE_HISTORY },
	  .steps = { OPEN_HISTORY, "keys <End><Enter>", "wait What changed" } },
	{ .name = "differences",
	  .title = "Settings of the past compared with those of now",
	  .scene = { .place = SCENE_HISTORY },
	  .steps = { OPEN_HISTORY, "keys <End>", "cursor 2026-11-20", "keys c", "gone Mark" } },

	/* --- other terminals --- */
	{ .name = "narrow",
	  .title = "The settings in a window of 60 by 16",
	  .scene = { .rows = 16, .columns = 60 },
	  .steps = { OPEN_NUMBER("Practice 3") } },
	{ .name = "wide",
	  .title = "The settings in a window of 132 by 30, the help beside them",
	  .scene = { .rows = 30, .columns = 132 },
	  .steps = { OPEN_NUMBER("Practice 3") } },
	{ .name = "ascii",
	  .title = "The settings with --ascii",
	  .scene = { .arguments = ASCII },
	  .steps = { "wait Practice 5", "keys /", "type Practice 2", "keys <Enter>",
		     "wait read 12:41" } },
	{ .name = "plain",
	  .title = "The same in questions and lines of text, with --plain",
	  .scene = { .arguments = PLAIN },
	  .steps = { "wait Number, or", "type 2\r", "wait Read 12:41" } },

	{ .name = "story",
	  .title = "The main job: a new number gets calling, SIP, a SIP server and SDES",
	  .steps = { PRACTICE_LIST,
		     "frame Enter opens the new number",
		     OPEN_NUMBER("Practice 1"),
		     "frame Space enables Calling",
		     "keys <Space>",
		     "wait 1 changed",
		     "frame Ins adds a SIP server",
		     "keys <Insert>",
		     "wait Add a parameter",
		     "frame Type it, or paste what you were given: a SIP URI, JSON, host:port",
		     "paste sip:+12025550101;tgrp=berlin;trunk-context=acme.example"
		     "@sip.acme.example:5061",
		     "wait Taken:",
		     "frame All of it is taken; Esc goes back",
		     "keys <Esc>",
		     "wait Media",
		     GO_TO_FIELD("SIP signalling"),
		     "keys <Space>",
		     GO_TO_FIELD("SRTP key exchange"),
		     "keys <Space>",
		     "wait 4 changed",
		     "frame SIP is enabled, and SDES chosen; F2 goes to Review",
		     "keys <F2>",
		     "wait read back",
		     "frame What it means for calls, and what will be sent; y sends",
		     "keys y",
		     "wait Applied",
		     "frame Sent, read back and compared" } },
};

/* --- frames ----------------------------------------------------------------------------------- */

struct frames {
	struct screen_svg_frame at[FRAMES_MAX];
	size_t count;
};

static void frame_take(struct frames *frames, struct session *session, const char *caption)
{
	struct screen_svg_frame *frame = &frames->at[frames->count];
	assert_true(frames->count++ < FRAMES_MAX);
	assert_true(session_wait_quiet(session, QUIET_MS));
	frame->caption = caption;
	screen_take(&frame->screen, &session->terminal);
	screen_hide_ports(&frame->screen);
}

static void picture_write(const struct frames *frames, const struct screenshot *screenshot)
{
	const char *folder = getenv("SCREENSHOTS_FOLDER");
	struct str svg;
	struct err err;
	str_init(&svg);
	if (frames->count > 1)
		screen_svg_story_write(frames->at, frames->count, screenshot->title, &svg);
	else
		screen_svg_write(&frames->at[0].screen, screenshot->title, &svg);
	char *path =
		mem_format("%s/%s.svg", folder == NULL ? "screenshots" : folder, screenshot->name);
	assert_true(file_write_whole(path, svg.bytes, svg.length, 0644, &err));
	free(path);
	str_release(&svg);
}

static void screenshot_make(void **state)
{
	static const char FRAME[] = "frame ";
	const struct screenshot *screenshot = *state;
	struct frames frames = { .count = 0 };
	struct scene scene;
	scene_open(&scene, &screenshot->scene);
	for (const char *const *step = screenshot->steps; *step != NULL; step++)
		if (text_starts_with(*step, FRAME))
			frame_take(&frames, scene.session, *step + strlen(FRAME));
		else
			scene_step(&scene, *step);
	if (frames.count == 0)
		frame_take(&frames, scene.session, NULL);
	picture_write(&frames, screenshot);
	for (size_t i = 0; i < frames.count; i++)
		screen_release(&frames.at[i].screen);
	scene_close(&scene);
}

int main(void)
{
	struct CMUnitTest pictures[ARRAY_LENGTH(SCREENSHOTS)];
	size_t count = 0;
	bool with_measured = getenv("SCREENSHOTS_MEASURED") != NULL;
	for (size_t i = 0; i < ARRAY_LENGTH(SCREENSHOTS); i++)
		if (with_measured || !SCREENSHOTS[i].is_measured)
			pictures[count++] = (struct CMUnitTest) {
				.name = SCREENSHOTS[i].name,
				.test_func = screenshot_make,
				.initial_state = (void *)(uintptr_t)&SCREENSHOTS[i],
			};
	return _cmocka_run_group_tests("screenshots", pictures, count, NULL, NULL);
}
