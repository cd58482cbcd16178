/*
 * Every screen in every size of window: no label, section or bar entry is cut, what has to be in
 * the bar is there, the cursor is on the screen, and a window that was too small for a while comes
 * back as it was.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/mem.h"
#include "base/text.h"
#include "tests/support/scene.h"

#include <stdlib.h>
#include <string.h>

enum {
	STEPS_MAX = 24,
	ENTRIES_MAX = 24,  /* of a bar */
	LABEL_COLUMN = 5,  /* of forms */
	VALUE_COLUMN = 28, /* the same */
	ROWS_BELOW = 4,	   /* a form: rule, help and bar */
	QUIET_MS = 60,	   /* the rest of a frame comes within less */
};

#define OPEN_NUMBER(name)                                                              \
	"wait Practice 5", "keys /", "type " name, "wait Find  " name, "keys <Enter>", \
		"wait read 12:41"
#define GO_TO_FIELD(label) "keys /", "type " label, "keys <Enter>", "cursor " label
#define CHANGE_NUMBER OPEN_NUMBER("Practice 2"), "keys <Space>", "wait 1 changed"
#define OPEN_SAVED(name) "keys <F3>", "type " name, "wait 1 of ", "keys <Enter>"
#define OPEN_ASKED                                                                       \
	OPEN_SAVED("Clinic"), "cursor API key", "paste key-of-clinic", "wait not shown", \
		"keys <Enter>", "wait read 12:41"
#define OPEN_HISTORY                                                                      \
	"wait Acme", "keys <Enter>", "cursor API key", "paste any-key", "wait not shown", \
		"keys <Enter>", "wait read 12:41", "keys h", "cursor 2026-11-21 10:20"

static const struct screen_row {
	const char *name;
	enum scene_place place;
	bool is_list; /* names of people's own stand in its first column, and may be cut */
	const char *steps[STEPS_MAX];
} SCREENS[] = {
	{ "numbers",
	  SCENE_PRACTICE,
	  true,
	  { "wait Practice 5", "gone not read yet", "gone reading" } },
	{ "finding a number",
	  SCENE_PRACTICE,
	  true,
	  { "wait Practice 5", "gone not read yet", "gone reading", "keys /", "type sip" } },
	{ "settings", SCENE_PRACTICE, false, { CHANGE_NUMBER } },
	{ "server", SCENE_PRACTICE, false, { OPEN_NUMBER("Practice 3"), GO_TO_FIELD("Hostname") } },
	{ "parameter",
	  SCENE_PRACTICE,
	  false,
	  { OPEN_NUMBER("Practice 3"), GO_TO_FIELD("Hostname"), "keys <End><Enter>", "type new-key",
	    "wait new-key" } },
	{ "changes", SCENE_PRACTICE, false, { CHANGE_NUMBER, "keys <F4>", "wait › Changes" } },
	{ "review", SCENE_PRACTICE, false, { CHANGE_NUMBER, "keys <F2>", "wait read back" } },
	{ "request",
	  SCENE_PRACTICE,
	  false,
	  { CHANGE_NUMBER, "keys <F2>", "wait read back", "keys b", "wait POST" } },
	{ "sent",
	  SCENE_PRACTICE,
	  false,
	  { CHANGE_NUMBER, "keys <F2>", "wait read back", "keys y", "wait Applied" } },
	{ "credentials",
	  SCENE_PRACTICE,
	  false,
	  { OPEN_NUMBER("Practice 2"), "keys <F6>", "wait Hidden again" } },
	{ "troubleshooting",
	  SCENE_PRACTICE,
	  false,
	  { OPEN_NUMBER("Practice 2"), "keys t", "wait › Troubleshooting" } },
	{ "find a field",
	  SCENE_PRACTICE,
	  false,
	  { OPEN_NUMBER("Practice 2"), "keys /", "type sip", "wait Find" } },
	{ "values",
	  SCENE_PRACTICE,
	  false,
	  { OPEN_NUMBER("Practice 3"), GO_TO_FIELD("SRTP key exchange"), "keys <Enter>",
	    "wait ● SDES" } },
	{ "actions",
	  SCENE_PRACTICE,
	  false,
	  { OPEN_NUMBER("Practice 2"), "keys <F9>", "wait All actions" } },
	{ "help",
	  SCENE_PRACTICE,
	  false,
	  { OPEN_NUMBER("Practice 2"), "keys <F1>", "wait Keys here" } },
	{ "emergency off",
	  SCENE_PRACTICE,
	  false,
	  { OPEN_NUMBER("Practice 2"), "keys o", "wait › Emergency off" } },
	{ "password reset",
	  SCENE_PRACTICE,
	  false,
	  { OPEN_NUMBER("Practice 3"), "keys p", "wait › Reset SIP password" } },
	{ "move", SCENE_PRACTICE, false, { OPEN_NUMBER("Practice 3"), "keys m", "wait › Move" } },
	{ "question", SCENE_PRACTICE, true, { "wait Practice 5", "keys <Del>", "wait Keep it" } },
	{ "saved numbers", SCENE_SAVED, true, { "wait Bakery" } },
	{ "a number to save", SCENE_SAVED, false, { "keys <Insert>", "cursor Name" } },
	{ "a saved number", SCENE_SAVED, false, { "wait Acme", "keys <F4>", "cursor Name" } },
	{ "key", SCENE_SAVED, false, { OPEN_SAVED("Clinic"), "cursor API key" } },
	{ "unlock", SCENE_SAVED, false, { OPEN_SAVED("Bakery"), "cursor Passphrase" } },
	{ "lock", SCENE_SAVED, false, { OPEN_ASKED, "keys <C-x>", "wait is locked" } },
	{ "draft found",
	  SCENE_SAVED,
	  false,
	  { OPEN_ASKED, "keys <Space>", "wait 1 changed", "again TERM", OPEN_SAVED("Clinic"),
	    "cursor API key", "paste key-of-clinic", "wait not shown", "keys <Enter>",
	    "wait Unsent changes" } },
	{ "history", SCENE_HISTORY, false, { OPEN_HISTORY } },
	{ "history entry",
	  SCENE_HISTORY,
	  false,
	  { OPEN_HISTORY, "keys <End><Enter>", "wait What changed" } },
	{ "differences",
	  SCENE_HISTORY,
	  false,
	  { OPEN_HISTORY, "keys <End>", "cursor 2026-11-20", "keys c", "gone Mark" } },
};

/* The largest first: its bar has everything. */
static const struct {
	int columns, rows;
} SIZES[] = { { 200, 60 }, { 132, 43 }, { 110, 30 }, { 80, 24 }, { 60, 16 }, { 40, 10 } };

enum { DESIGN_SIZE = 3 };

/* What the largest window has in its bar: "F1 Help". */
struct bar {
	char *entries[ENTRIES_MAX];
	size_t count;
};

static void resize(struct session *session, int columns, int rows)
{
	session_resize(session, rows, columns);
	assert_true(session_wait_quiet(session, QUIET_MS));
}

/* Two blanks stand between its entries. */
static void bar_read(struct bar *bar, const char *row)
{
	bar->count = 0;
	for (const char *at = row + strspn(row, " "); *at != '\0'; at += strspn(at, " ")) {
		const char *end = strstr(at, "  ");
		size_t length = end == NULL ? strlen(at) : (size_t)(end - at);
		while (length > 0 && at[length - 1] == ' ')
			length--;
		assert_true(bar->count < ENTRIES_MAX);
		bar->entries[bar->count++] = mem_text_n(at, length);
		at += length;
	}
}

static void bar_release(struct bar *bar)
{
	for (size_t i = 0; i < bar->count; i++)
		free(bar->entries[i]);
}

static bool is_way_out(const char *entry)
{
	return text_starts_with(entry, "Esc ") || text_starts_with(entry, "F10 ");
}

/* Entries of the whole bar, each whole, and among them those that lead to all others and out; in a
 * tiny window the way out may be among all others. */
static void bar_expect(const struct bar *whole, const char *row, bool is_tiny)
{
	bool has_more = false, has_way_out = false;
	bool wants_more = false, wants_way_out = false;
	const char *at = row + strspn(row, " ");
	for (size_t i = 0; i < whole->count; i++) {
		const char *entry = whole->entries[i];
		size_t length = strlen(entry);
		bool is_here =
			text_starts_with(at, entry) && (at[length] == ' ' || at[length] == '\0');
		wants_more |= text_starts_with(entry, "F9 ");
		wants_way_out |= is_way_out(entry);
		if (!is_here)
			continue;
		has_more |= text_starts_with(entry, "F9 ");
		has_way_out |= is_way_out(entry);
		at += length;
		at += strspn(at, " ");
	}
	assert_string_equal(at, "");
	assert_true(has_more || !wants_more);
	assert_true(has_way_out || !wants_way_out || is_tiny);
}

/* The column of the first word cut behind the marks of a form; -1: there is none. An ellipsis
 * behind a blank is a sentence's own. */
static int cut_column(const struct screen *shown, int row)
{
	for (int column = LABEL_COLUMN; column < shown->columns; column++)
		if (strcmp(screen_cell(shown, row, column)->text, "…") == 0 &&
		    screen_cell(shown, row, column - 1)->character != ' ')
			return column;
	return -1;
}

static void row_expect(const struct screen_row *row, const struct screen *shown, int at)
{
	int cut = cut_column(shown, at);
	bool is_section = strcmp(screen_cell(shown, at, 1)->text, "─") == 0;
	if (cut >= 0 && (is_section || (cut < VALUE_COLUMN && !row->is_list)))
		fail_msg("%s: row %d is cut at column %d", row->name, at, cut);
}

static void screen_expect(struct session *session, const struct screen_row *row, size_t size,
			  struct bar *whole)
{
	struct screen shown;
	struct str bar;
	screen_take(&shown, &session->terminal);
	str_init(&bar);
	screen_row(&shown, shown.rows - 1, &bar);
	if (size == 0)
		bar_read(whole, bar.bytes);
	bar_expect(whole, bar.bytes, shown.columns < 60);
	for (int at = 1; at < shown.rows - ROWS_BELOW; at++)
		row_expect(row, &shown, at);
	assert_true(shown.cursor_is_visible);
	assert_in_range(shown.cursor_row, 0, shown.rows - 2);
	str_release(&bar);
	screen_release(&shown);
}

static void a_screen_in_every_size(void **state)
{
	const struct screen_row *screen = *state;
	struct bar whole = { .count = 0 };
	struct scene scene;
	char *before = NULL;
	scene_open(&scene, &(struct scene_options) { .place = screen->place });
	for (const char *const *step = screen->steps; *step != NULL; step++)
		scene_step(&scene, *step);
	for (size_t size = 0; size < ARRAY_LENGTH(SIZES); size++) {
		print_message("# %s at %dx%d\n", screen->name, SIZES[size].columns,
			      SIZES[size].rows);
		resize(scene.session, SIZES[size].columns, SIZES[size].rows);
		screen_expect(scene.session, screen, size, &whole);
		if (size == DESIGN_SIZE)
			before = session_screen(scene.session);
	}
	resize(scene.session, 39, 9);
	resize(scene.session, SIZES[DESIGN_SIZE].columns, SIZES[DESIGN_SIZE].rows);
	char *after = session_screen(scene.session);
	assert_string_equal(after, before);
	free(after);
	free(before);
	bar_release(&whole);
	scene_close(&scene);
}

/* From 110 columns on; the lines above the bar are then left to notices. */
static void the_help_stands_beside_wide_forms(void **state)
{
	static const struct {
		enum scene_place place;
		const char *words; /* that stand only there */
		const char *steps[STEPS_MAX];
	} FORMS[] = {
		{ SCENE_PRACTICE, "JSON path: calling.status", { OPEN_NUMBER("Practice 2") } },
		{ SCENE_PRACTICE,
		  "At most 253 characters",
		  { OPEN_NUMBER("Practice 3"), GO_TO_FIELD("Hostname") } },
		{ SCENE_SAVED, "At most 64 characters", { "keys <Insert>", "cursor Name" } },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(FORMS); i++) {
		struct scene scene;
		scene_open(&scene, &(struct scene_options) { .place = FORMS[i].place });
		for (const char *const *step = FORMS[i].steps; *step != NULL; step++)
			scene_step(&scene, *step);
		for (int columns = 109; columns <= 111; columns++) {
			resize(scene.session, columns, 30);
			char *below = session_row(scene.session, 27);
			assert_int_equal(below[0] == '\0', columns >= 110);
			assert_int_equal(session_shows(scene.session, FORMS[i].words),
					 columns >= 110);
			free(below);
		}
		scene_close(&scene);
	}
}

/* Too small for any screen, and it says so, and can be left. */
static void a_window_too_small_can_be_left(void **state)
{
	struct scene scene;
	(void)state;
	scene_open(&scene, &(struct scene_options) { .place = SCENE_PRACTICE });
	scene_step(&scene, "wait Practice 5");
	resize(scene.session, 30, 8);
	expect_text(scene.session, "too small");
	session_send(scene.session, "<C-q>");
	expect_exit(scene.session, 0);
	scene_close(&scene);
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_LENGTH(SCREENS) + 2] = {
		cmocka_unit_test(the_help_stands_beside_wide_forms),
		cmocka_unit_test(a_window_too_small_can_be_left),
	};
	for (size_t i = 0; i < ARRAY_LENGTH(SCREENS); i++)
		tests[i + 2] = (struct CMUnitTest) {
			.name = SCREENS[i].name,
			.test_func = a_screen_in_every_size,
			.initial_state = (void *)(uintptr_t)&SCREENS[i],
		};
	return _cmocka_run_group_tests("every screen in every size", tests, ARRAY_LENGTH(tests),
				       NULL, NULL);
}
