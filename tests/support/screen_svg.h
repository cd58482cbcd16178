/* Pictures of screens as SVG: the same bytes for the same screen, no fonts or files from outside.
 */
#ifndef SIPDESK_TESTS_SCREEN_SVG_H
#define SIPDESK_TESTS_SCREEN_SVG_H

#include "base/str.h"
#include "tests/support/terminal.h"

#include <stddef.h>

/* Appends the document. `title` is plain UTF-8; the screen's text stands in <desc> as well, for
 * those who read rather than look. Line drawing and other signs are paths, so that no font can
 * break the grid. */
void screen_svg_write(const struct screen *screen, const char *title, struct str *out);

struct screen_svg_frame {
	struct screen screen;
	const char *caption; /* plain UTF-8, not longer than the screen is wide; borrowed */
};

/* The same for screens of one size that follow each other, round and round, each with its caption
 * below it. `count` is at least 1. */
void screen_svg_story_write(const struct screen_svg_frame *frames, size_t count, const char *title,
			    struct str *out);

#endif
