#include "store/history.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "store/folders.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
	FILE_MAX = 256 * 1024 * 1024,
	SECONDS_A_DAY = 24 * 60 * 60,
	HASH_SIZE = 32,
	TAIL_SIZE = 64 * 1024, /* nearly every line is shorter */
};

/* --- lines ------------------------------------------------------------------------------------ */

static void line_hash(const char *line, size_t length, char hex[65])
{
	unsigned char hash[HASH_SIZE];
	hex[0] = '\0';
	if (EVP_Digest(line, length, hash, NULL, EVP_sha256(), NULL) != 1)
		return;
	for (size_t i = 0; i < sizeof hash; i++) {
		hex[2 * i] = "0123456789abcdef"[hash[i] >> 4];
		hex[2 * i + 1] = "0123456789abcdef"[hash[i] & 15];
	}
	hex[64] = '\0';
}

/* The next whole line at `*at`, without its end; NULL: there is none. */
static const char *line_next(const struct str *bytes, size_t *at, size_t *length)
{
	const char *line = bytes->bytes + *at;
	const char *end = memchr(line, '\n', bytes->length - *at);
	if (end == NULL)
		return NULL;
	*length = (size_t)(end - line);
	*at += *length + 1;
	return line;
}

static bool line_parse(struct json_doc *line, const char *bytes, size_t length, struct err *err)
{
	struct json_limits limits = { .bytes = HISTORY_LINE_MAX,
				      .tokens = (size_t)JSON_TOKENS_MAX * 4 };
	return json_doc_parse_within(line, bytes, length, limits, err);
}

/* First line whose "previous" is not the hash of the one before; 0: none. The first of all may name
 * one that was cut off. The last line's hash goes to `last`. */
static size_t chain_break(const struct str *bytes, char last[65])
{
	size_t at = 0, length, number = 0, broken = 0;
	const char *text;
	last[0] = '\0';
	while ((text = line_next(bytes, &at, &length)) != NULL) {
		struct json_doc line;
		number++;
		bool holds = line_parse(&line, text, length, NULL);
		if (holds && number > 1)
			holds = text_equal(json_text(json_member(line.root, "previous")), last);
		json_doc_release(&line);
		if (!holds && broken == 0)
			broken = number;
		line_hash(text, length, last);
	}
	return broken;
}

/* --- opening ---------------------------------------------------------------------------------- */

static void notice_add(char **notice, char *sentence)
{
	if (*notice == NULL) {
		*notice = sentence;
		return;
	}
	char *both = mem_format("%s %s", *notice, sentence);
	free(*notice);
	free(sentence);
	*notice = both;
}

/* What follows the last line's end was cut short while it was written. */
static bool torn_line_put_aside(const char *path, struct str *bytes, char **notice, struct err *err)
{
	size_t whole = bytes->length;
	while (whole > 0 && bytes->bytes[whole - 1] != '\n')
		whole--;
	if (whole == bytes->length)
		return true;
	char time_text[32];
	time_t now = (time_t)clock_now();
	struct tm utc;
	(void)strftime(time_text, sizeof time_text, "%Y%m%dT%H%M%SZ", gmtime_r(&now, &utc));
	char *aside = mem_format("%s.torn-%s", path, time_text);
	bool done = store_write(aside, bytes->bytes + whole, bytes->length - whole, err);
	if (done && truncate(path, (off_t)whole) != 0)
		done = err_set(err, ERR_IO, "Cannot cut %s: %s.", path, strerror(errno));
	if (done) {
		str_remove(bytes, whole, bytes->length - whole);
		notice_add(notice, mem_format("The last line of this number's history was cut "
					      "short; it is kept as %s.",
					      aside));
	}
	free(aside);
	return done;
}

static int64_t line_time(const struct json_doc *line)
{
	const char *digits = json_text(json_member(line->root, "at"));
	return digits == NULL ? 0 : strtoll(digits, NULL, 10);
}

/* Where what is kept begins: the last 200 sequences, and those of the last two years. */
static size_t kept_from(const struct str *bytes)
{
	int64_t oldest = clock_now() - (int64_t)HISTORY_DAYS_KEPT * SECONDS_A_DAY;
	size_t *places = NULL; /* of each sequence's first line */
	size_t at = 0, length, count = 0, old = 0;
	const char *text;
	while ((text = line_next(bytes, &at, &length)) != NULL) {
		struct json_doc line;
		if (!line_parse(&line, text, length, NULL))
			continue;
		if (text_equal(json_text(json_member(line.root, "event")), "begin")) {
			places = mem_grow(places, count, sizeof *places);
			places[count++] = (size_t)(text - bytes->bytes);
			old += line_time(&line) < oldest;
		}
		json_doc_release(&line);
	}
	size_t too_many = count > HISTORY_SEQUENCES_KEPT ? count - HISTORY_SEQUENCES_KEPT : 0;
	size_t cut = too_many < old ? too_many : old;
	size_t from = cut == 0 ? 0 : places[cut];
	free(places);
	return from;
}

static bool old_lines_cut(const char *path, struct str *bytes, struct err *err)
{
	size_t from = kept_from(bytes);
	if (from == 0)
		return true;
	str_remove(bytes, 0, from);
	return store_write(path, bytes->bytes, bytes->length, err);
}

static bool file_open(struct history *history, struct err *err)
{
	char *slash = strrchr(history->path, '/');
	char *folder = mem_text_n(history->path, (size_t)(slash - history->path));
	bool done = file_folder_make(folder, err);
	free(folder);
	if (!done)
		return false;
	history->fd =
		open(history->path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (history->fd >= 0)
		return true;
	(void)err_set(err, ERR_IO, "Nothing can be sent: its history %s cannot be opened: %s.",
		      history->path, strerror(errno));
	err_next_step(err, "Make the folder writable.");
	return false;
}

void history_open_in_memory(struct history *history)
{
	*history = (struct history) { .fd = -1 };
	str_init(&history->lines);
}

static bool path_set(struct history *history, const char *id, struct err *err)
{
	history_open_in_memory(history);
	char *name = mem_format("history/%s.jsonl", id);
	history->path = store_path(STORE_DATA, name, err);
	free(name);
	return history->path != NULL;
}

bool history_open_to_read(struct history *history, const char *id, struct err *err)
{
	return path_set(history, id, err);
}

bool history_open(struct history *history, const char *id, char **notice, struct err *err)
{
	struct str bytes;
	bool exists;
	*notice = NULL;
	if (!path_set(history, id, err))
		return false;
	str_init(&bytes);
	store_leftovers_remove(history->path);
	bool done = store_read(history->path, FILE_MAX, &bytes, &exists, err) &&
		    torn_line_put_aside(history->path, &bytes, notice, err) &&
		    old_lines_cut(history->path, &bytes, err) && file_open(history, err);
	size_t broken = chain_break(&bytes, history->last_hash);
	if (done && broken > 0)
		notice_add(notice,
			   mem_format("This number's history was changed by hand, or lines are "
				      "missing: line %zu of %s does not follow from the one "
				      "before.",
				      broken, history->path));
	str_release(&bytes);
	if (!done)
		history_close(history);
	return done;
}

void history_close(struct history *history)
{
	if (history->fd >= 0)
		(void)close(history->fd);
	free(history->path);
	str_release(&history->lines);
	history_open_in_memory(history);
}

/* --- appending -------------------------------------------------------------------------------- */

static bool bytes_write(int fd, const char *bytes, size_t length)
{
	while (length > 0) {
		ssize_t written = write(fd, bytes, length);
		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return false;
		bytes += written;
		length -= (size_t)written;
	}
	return true;
}

static bool line_append(const struct history *history, const struct str *line, struct err *err)
{
	off_t end = lseek(history->fd, 0, SEEK_END);
	if (end >= 0 && bytes_write(history->fd, line->bytes, line->length) &&
	    fsync(history->fd) == 0)
		return true;
	(void)err_set(err, ERR_IO, "The history of this number cannot be written (%s): %s.",
		      history->path, strerror(errno));
	err_next_step(err, "Make room on the disk, or make the folder writable.");
	if (end >= 0)
		(void)!ftruncate(history->fd, end);
	return false;
}

bool history_append(struct history *history, const char *members, struct err *err)
{
	struct str line;
	str_init(&line);
	str_addf(&line, "{\"at\":%lld,\"previous\":\"%s\",", (long long)clock_now(),
		 history->last_hash);
	str_add(&line, members);
	str_add(&line, "}\n");
	bool done = true;
	if (line.length > HISTORY_LINE_MAX)
		done = err_set(err, ERR_INTERNAL, "An entry of the history is too long.");
	else if (history->path == NULL)
		str_append(&history->lines, line.bytes, line.length);
	else
		done = line_append(history, &line, err);
	if (done)
		line_hash(line.bytes, line.length - 1, history->last_hash);
	str_release(&line);
	return done;
}

/* --- reading ---------------------------------------------------------------------------------- */

static bool lines_read(const struct history *history, struct str *bytes, struct err *err)
{
	bool exists;
	str_init(bytes);
	if (history->path != NULL)
		return store_read(history->path, FILE_MAX, bytes, &exists, err);
	str_append(bytes, history->lines.bytes, history->lines.length);
	return true;
}

bool history_each(const struct history *history, history_line_fn *line, void *owner,
		  struct err *err)
{
	struct str bytes;
	size_t at = 0, length;
	const char *text;
	bool goes_on = true;
	bool done = lines_read(history, &bytes, err);
	while (done && goes_on && (text = line_next(&bytes, &at, &length)) != NULL) {
		struct json_doc doc;
		if (!line_parse(&doc, text, length, NULL))
			continue; /* history_open has said that the chain is broken there */
		goes_on = line(owner, &doc);
		json_doc_release(&doc);
	}
	str_release(&bytes);
	return done;
}

bool history_verify(const struct history *history, size_t *line, struct err *err)
{
	struct str bytes;
	char last[65];
	bool done = lines_read(history, &bytes, err);
	*line = done ? chain_break(&bytes, last) : 0;
	str_release(&bytes);
	return done && *line == 0;
}

bool history_is_torn(const struct history *history)
{
	struct str bytes;
	bool is_torn = lines_read(history, &bytes, NULL) && bytes.length > 0 &&
		       bytes.bytes[bytes.length - 1] != '\n';
	str_release(&bytes);
	return is_torn;
}

/* --- what is open, of all -----------------------------------------------------------------------
 */

/* The last whole line of an open file. False where there is none. */
static bool last_line_read(int fd, struct json_doc *line)
{
	off_t size = lseek(fd, 0, SEEK_END);
	for (off_t tail = TAIL_SIZE; size > 0; tail = HISTORY_LINE_MAX + 2) {
		off_t from = size > tail ? size - tail : 0;
		size_t length = (size_t)(size - from);
		char *bytes = mem_alloc(length, 1);
		ssize_t got = pread(fd, bytes, length, from);
		const char *end = got <= 0 ? NULL : memrchr(bytes, '\n', (size_t)got);
		const char *before =
			end == NULL ? NULL : memrchr(bytes, '\n', (size_t)(end - bytes));
		const char *start = before != NULL ? before + 1 : bytes;
		bool is_whole = end != NULL && (before != NULL || from == 0);
		bool done = is_whole && line_parse(line, start, (size_t)(end - start), NULL);
		free(bytes);
		if (is_whole || from == 0 || tail > TAIL_SIZE)
			return done;
	}
	return false;
}

static bool ends_open(const char *folder, const char *name)
{
	static const char *const open_events[] = { "request", "answer", "result", "undo_set" };
	struct json_doc line;
	bool is_open = false;
	char *path = mem_format("%s/%s", folder, name);
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd >= 0 && last_line_read(fd, &line)) {
		const char *event = json_text(json_member(line.root, "event"));
		for (size_t i = 0; i < ARRAY_LENGTH(open_events); i++)
			is_open |= text_equal(event, open_events[i]);
		json_doc_release(&line);
	}
	if (fd >= 0)
		(void)close(fd);
	free(path);
	return is_open;
}

char **history_left_open(size_t *count)
{
	static const char end[] = ".jsonl";
	char **ids = NULL;
	char *folder = store_path(STORE_DATA, "history", NULL);
	DIR *entries = folder == NULL ? NULL : opendir(folder);
	const struct dirent *entry;
	*count = 0;
	while (entries != NULL && (entry = readdir(entries)) != NULL) {
		size_t length = strlen(entry->d_name);
		if (length < sizeof end ||
		    !text_equal(entry->d_name + length - (sizeof end - 1), end) ||
		    !ends_open(folder, entry->d_name))
			continue;
		ids = mem_grow(ids, *count, sizeof *ids);
		ids[(*count)++] = mem_text_n(entry->d_name, length - (sizeof end - 1));
	}
	if (entries != NULL)
		(void)closedir(entries);
	free(folder);
	return ids;
}
