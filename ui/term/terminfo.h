/* The system's descriptions of terminals. Apart from term.c, because ncurses' <term.h> has a
 * struct term of its own and makes macros of words such as `columns`. */
#ifndef SIPDESK_UI_TERMINFO_H
#define SIPDESK_UI_TERMINFO_H

#include <stdbool.h>

/* Is there a description of the terminal `name`? */
bool terminfo_has(const char *name);

#endif
