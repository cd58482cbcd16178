#include "tests/support/session_golden.h"

#include "base/file.h"
#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { GOLDEN_SIZE_MAX = 1024 * 1024 };

static char style_mark(const struct cell *cell)
{
	static const struct {
		unsigned style;
		char mark;
	} MARKS[] = { { CELL_REVERSE, 'R' },
		      { CELL_UNDERLINE, 'U' },
		      { CELL_BOLD, 'B' },
		      { CELL_DIM, 'D' } };
	for (size_t i = 0; i < ARRAY_LENGTH(MARKS); i++) {
		if ((cell->styles & MARKS[i].style) != 0)
			return MARKS[i].mark;
	}
	bool is_plain =
		cell->foreground == CELL_COLOUR_DEFAULT && cell->background == CELL_COLOUR_DEFAULT;
	return is_plain ? '.' : 'C';
}

/* Nothing where the row is plain. */
static void styles_add(const struct screen *screen, int row, struct str *out)
{
	struct str marks;
	str_init(&marks);
	for (int column = 0; column < screen->columns; column++)
		str_add_char(&marks, style_mark(screen_cell(screen, row, column)));
	while (marks.length > 0 && marks.bytes[marks.length - 1] == '.')
		str_remove(&marks, marks.length - 1, 1);
	if (marks.length > 0)
		str_addf(out, "%2d %s\n", row, marks.bytes);
	str_release(&marks);
}

char *session_golden_text(const struct session *session)
{
	struct screen screen;
	struct str out;
	str_init(&out);
	screen_take(&screen, &session->terminal);
	screen_hide_ports(&screen);
	screen_text(&screen, &out);
	if (screen.cursor_is_visible)
		str_addf(&out, "-- cursor at row %d, column %d\n", screen.cursor_row,
			 screen.cursor_column);
	else
		str_add(&out, "-- no cursor\n");
	for (int row = 0; row < screen.rows; row++)
		styles_add(&screen, row, &out);
	screen_release(&screen);
	return str_detach(&out);
}

static char *golden_path(const char *name)
{
	const char *folder = getenv("GOLDEN_FOLDER");
	return mem_format("%s/%s.txt", folder == NULL ? "tests/golden" : folder, name);
}

static const char *line_next(const char *line)
{
	const char *end = strchr(line, '\n');
	return end == NULL ? line + strlen(line) : end + 1;
}

static void difference_print(const char *path, const char *expected, const char *found)
{
	(void)fprintf(stderr, "the screen differs from %s (- golden, + screen):\n", path);
	for (int number = 1; *expected != '\0' || *found != '\0'; number++) {
		const char *expected_end = line_next(expected);
		const char *found_end = line_next(found);
		int expected_length = (int)(expected_end - expected);
		int found_length = (int)(found_end - found);
		if (expected_length != found_length ||
		    memcmp(expected, found, (size_t)found_length) != 0)
			(void)fprintf(stderr, "%d\n- %.*s+ %.*s", number, expected_length, expected,
				      found_length, found);
		expected = expected_end;
		found = found_end;
	}
	(void)fprintf(stderr, "GOLDEN_UPDATE=1 writes the golden screens anew.\n");
}

static bool is_as_golden(const struct session *session, const void *golden)
{
	char *found = session_golden_text(session);
	bool is_equal = strcmp(found, golden) == 0;
	free(found);
	return is_equal;
}

static bool golden_write(const struct session *session, const char *path)
{
	struct err err;
	err_init(&err);
	char *found = session_golden_text(session);
	bool is_written = file_write_whole(path, found, strlen(found), 0644, &err);
	if (!is_written)
		(void)fprintf(stderr, "%s\n", err.sentence);
	free(found);
	return is_written;
}

bool session_golden(struct session *session, const char *name)
{
	char *path = golden_path(name);
	struct str golden;
	struct err err;
	bool is_equal = false;
	str_init(&golden);
	err_init(&err);
	if (getenv("GOLDEN_UPDATE") != NULL) {
		is_equal = golden_write(session, path);
	} else if (!file_read(path, GOLDEN_SIZE_MAX, &golden, &err)) {
		(void)fprintf(stderr, "%s\n", err.sentence);
	} else if (session_wait(session, is_as_golden, golden.bytes, path)) {
		is_equal = true;
	} else {
		char *found = session_golden_text(session);
		difference_print(path, golden.bytes, found);
		free(found);
	}
	str_release(&golden);
	free(path);
	return is_equal;
}
