#include "ui/term/glyphs.h"

#include <langinfo.h>
#include <string.h>

const struct glyphs GLYPHS_UNICODE = {
	.rule = "─",
	.side = "│",
	.corners = { "┌", "┐", "└", "┘" },
	.path = "›",
	.focus = "›",
	.arrow = "→",
	.mask = "••••••••",
	.more_up = "↑",
	.more_down = "↓",
	.ellipsis = "…",
	.bar = "▇",
	.chosen = "●",
	.choosable = "○",
	.step_todo = "·",
	.step_now = "›",
	.step_done = "✓",
	.step_failed = "✗",
	.child = "└",
};

const struct glyphs GLYPHS_ASCII = {
	.rule = "-",
	.side = "|",
	.corners = { "+", "+", "+", "+" },
	.path = ">",
	.focus = ">",
	.arrow = "->",
	.mask = "********",
	.more_up = "^",
	.more_down = "v",
	.ellipsis = "~",
	.bar = "#",
	.chosen = "(*)",
	.choosable = "( )",
	.step_todo = ".",
	.step_now = ">",
	.step_done = "+",
	.step_failed = "x",
	.child = "`",
};

const struct glyphs *glyphs_choose(void)
{
	return strcmp(nl_langinfo(CODESET), "UTF-8") == 0 ? &GLYPHS_UNICODE : &GLYPHS_ASCII;
}
