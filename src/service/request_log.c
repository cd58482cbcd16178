#include "service/request_log.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/redact.h"
#include "base/text.h"
#include "store/folders.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MODE_LOG = 0600 };

struct request_log {
	char *path;
	int file;
	int write_errno; /* of the first line that was left out; 0: none was */
	bool is_told;
	bool is_torn; /* the last line was written in part */
};

static void open_error_tell(const char *path, int number, struct err *err)
{
	if (number == ELOOP) {
		err_set(err, ERR_FORBIDDEN,
			"%s is a symbolic link: the log would be written to another file.", path);
		err_next_step(err, "Name that file itself with --log, or another one.");
		return;
	}
	err_set(err, number == EACCES || number == EPERM ? ERR_FORBIDDEN : ERR_IO,
		"The log %s cannot be opened: %s.", path, strerror(number));
	err_next_step(err, "Name a file in a folder of yours with --log.");
}

struct request_log *request_log_open(const char *path, struct err *err)
{
	struct stat status;
	int file =
		open(path,
		     O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC,
		     MODE_LOG);
	if (file < 0) {
		open_error_tell(path, errno, err);
		return NULL;
	}
	if (!store_judge(path, file, &status, err)) {
		(void)close(file);
		return NULL;
	}
	struct request_log *log = mem_alloc(1, sizeof *log);
	log->path = mem_text(path);
	log->file = file;
	return log;
}

void request_log_close(struct request_log *log)
{
	if (log == NULL)
		return;
	(void)close(log->file);
	free(log->path);
	free(log);
}

/* What stands in the status's place where no whole answer came. */
static const char *outcome_word(enum err_kind kind)
{
	switch (kind) {
	case ERR_NOT_SENT: return "not-sent";
	case ERR_PASSING: return "no-answer";
	case ERR_CANCELLED: return "cancelled";
	default: return "failed";
	}
}

static void entry_write(const struct request_entry *entry, struct str *line)
{
	char now[CLOCK_TEXT_SIZE];
	str_add(line, clock_rfc3339(clock_now(), now));
	if (entry->number != NULL)
		str_addf(line, " \"%s\"", entry->number);
	str_addf(line, " %s %s ", entry->method == HTTP_GET ? "GET" : "POST", entry->url);
	if (entry->status != 0 || entry->err == NULL)
		str_addf(line, "%ld", entry->status);
	else
		str_add(line, outcome_word(entry->err->kind));
	str_addf(line, " %lld ms %zu bytes", (long long)entry->ms, entry->bytes);
	if (entry->err != NULL)
		str_addf(line, ": %s", entry->err->sentence);
	if (entry->err != NULL && entry->err->words[0] != '\0')
		str_addf(line, " The service's own words: %s", entry->err->words);
}

/* One write for a line: those of another session come before or after it. */
static void line_put(struct request_log *log, const struct str *line)
{
	ssize_t put;
	do {
		put = write(log->file, line->bytes, line->length);
	} while (put < 0 && errno == EINTR);
	if (put == (ssize_t)line->length) {
		log->is_torn = false;
		return;
	}
	log->is_torn = log->is_torn || put > 0;
	if (log->write_errno == 0)
		log->write_errno = put < 0 ? errno : ENOSPC;
}

void request_log_write(struct request_log *log, const struct request_entry *entry)
{
	if (log == NULL)
		return;
	struct str entry_text, line;
	str_init(&entry_text);
	str_init(&line);
	entry_write(entry, &entry_text);
	redact(&entry_text, entry->key);
	str_add(&line, log->is_torn ? "\n" : "");
	text_show(&line, entry_text.bytes);
	str_add_char(&line, '\n');
	line_put(log, &line);
	str_release(&line);
	str_release(&entry_text);
}

bool request_log_failed(struct request_log *log, struct err *err)
{
	if (log == NULL || log->write_errno == 0 || log->is_told)
		return false;
	log->is_told = true;
	err_set(err, ERR_IO, "The log %s lacks requests, since it cannot be written: %s.",
		log->path, strerror(log->write_errno));
	err_next_step(err, "All else goes on. Make room on the disk, or give --log another file.");
	return true;
}
