/* A picture of a screen as SVG: the same bytes for the same screen, no fonts or files from outside.
 */
#ifndef SIPDESK_TESTS_SCREEN_SVG_H
#define SIPDESK_TESTS_SCREEN_SVG_H

#include "base/str.h"
#include "tests/support/terminal.h"

/* Appends the document. `title` is plain UTF-8; the screen's text stands in <desc> as well, for
 * those who read rather than look. Line drawing and other signs are paths, so that no font can
 * break the grid. */
void screen_svg_write(const struct screen *screen, const char *title, struct str *out);

#endif
