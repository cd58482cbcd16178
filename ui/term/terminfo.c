#include "ui/term/terminfo.h"

#include <curses.h>
#include <term.h>
#include <unistd.h>

bool terminfo_has(const char *name)
{
	int known = 0;
	if (setupterm(name, STDOUT_FILENO, &known) != OK)
		return false;
	(void)del_curterm(cur_term); /* newterm makes its own and forgets this one */
	return true;
}
