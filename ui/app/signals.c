#include "ui/app/signals.h"

#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

/* A handler gets nothing but the number: the pipe it writes to has to stand here. */
static volatile sig_atomic_t write_end = -1;
static volatile sig_atomic_t was_continued; /* SIGCONT has come */

static void signal_note(int number)
{
	int kept_errno = errno;
	char code = number == SIGWINCH	? SIGNALS_SIZE
		    : number == SIGTSTP ? SIGNALS_SUSPEND
		    : number == SIGINT	? SIGNALS_INTERRUPT
					: SIGNALS_END;
	ssize_t written = write(write_end, &code, 1); /* full: it will be read soon enough */
	(void)written;
	errno = kept_errno;
}

static const int NOTED[] = { SIGWINCH, SIGTSTP, SIGHUP, SIGTERM, SIGINT };

bool signals_init(int pipe_ends[2], struct err *err)
{
	if (pipe2(pipe_ends, O_CLOEXEC | O_NONBLOCK) != 0)
		return err_set(err, ERR_IO, "Cannot make a pipe: %s.", strerror(errno));
	write_end = pipe_ends[1];
	struct sigaction note = { .sa_handler = signal_note, .sa_flags = SA_RESTART };
	(void)sigfillset(&note.sa_mask);
	for (size_t i = 0; i < ARRAY_LENGTH(NOTED); i++) {
		struct sigaction before;
		(void)sigaction(NOTED[i], NULL, &before);
		if (NOTED[i] == SIGHUP && before.sa_handler == SIG_IGN)
			continue; /* nohup; the tty's end is noticed by reading it */
		(void)sigaction(NOTED[i], &note, NULL);
	}
	return true;
}

void signals_release(int pipe_ends[2])
{
	for (size_t i = 0; i < ARRAY_LENGTH(NOTED); i++)
		if (NOTED[i] != SIGHUP) /* it may have been ignored before us */
			(void)signal(NOTED[i], SIG_DFL);
	write_end = -1;
	for (int i = 0; i < 2; i++) {
		if (pipe_ends[i] >= 0)
			(void)close(pipe_ends[i]);
		pipe_ends[i] = -1;
	}
}

const char SIGNALS_NOT_SUSPENDED[] =
	"sipdesk was not suspended: there is no shell with job control here that could bring it "
	"back.";

static void continued_note(int number)
{
	(void)number;
	was_continued = true;
}

bool signals_suspend_self(void)
{
	struct sigaction stop = { .sa_handler = SIG_DFL };
	struct sigaction on = { .sa_handler = continued_note, .sa_flags = SA_RESTART };
	struct sigaction before;
	was_continued = false;
	(void)sigaction(SIGCONT, &on, NULL);
	(void)sigaction(SIGTSTP, &stop, &before);
	(void)kill(0, SIGTSTP);
	(void)sigaction(SIGTSTP, &before, NULL);
	(void)signal(SIGCONT, SIG_DFL);
	return was_continued;
}
