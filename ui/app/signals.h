/* Signals become bytes on a pipe that the loop watches: handlers do nothing else. */
#ifndef SIPDESK_UI_APP_SIGNALS_H
#define SIPDESK_UI_APP_SIGNALS_H

#include "base/err.h"

#include <stdbool.h>

enum {
	SIGNALS_SIZE = 'w',	 /* SIGWINCH: the terminal's size changed; several are one */
	SIGNALS_SUSPEND = 'z',	 /* SIGTSTP from outside */
	SIGNALS_INTERRUPT = 'i', /* SIGINT */
	SIGNALS_END = 't',	 /* SIGHUP, SIGTERM */
};

/* Makes the pipe ([0] is read) and sets the handlers. SIGHUP stays ignored where it was. */
bool signals_init(int pipe_ends[2], struct err *err);
void signals_release(int pipe_ends[2]);

/* Stops this process group with SIGTSTP, as the shell expects; true after SIGCONT. False at once
 * where nobody could continue it, without a shell that has job control: the kernel stops no such
 * process. */
bool signals_suspend_self(void);
/* What is said then. */
extern const char SIGNALS_NOT_SUSPENDED[];

#endif
