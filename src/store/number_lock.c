#include "store/number_lock.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "store/folders.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

enum { HOLDER_BYTES_MAX = 4096 };

/* What the holder wrote; it may be about to write it, then only that there is one is known. */
static void holder_read(int fd, struct lock_holder *holder)
{
	char bytes[HOLDER_BYTES_MAX];
	struct json_doc doc;
	ssize_t got = pread(fd, bytes, sizeof bytes, 0);
	*holder = (struct lock_holder) { .since = clock_now() };
	if (got <= 0 || !json_doc_parse(&doc, bytes, (size_t)got, NULL))
		return;
	who_read_json(&holder->who, json_member(doc.root, "who"));
	const char *since = json_text(json_member(doc.root, "since"));
	if (since != NULL && strtoll(since, NULL, 10) > 0)
		holder->since = strtoll(since, NULL, 10);
	json_doc_release(&doc);
}

/* Only told to others: where it cannot be written the lock holds all the same. */
static void holder_write(int fd)
{
	struct who who;
	struct str text;
	str_init(&text);
	who_am_i(&who);
	str_add(&text, "{\"who\":");
	who_write_json(&who, &text);
	str_addf(&text, ",\"since\":%lld}\n", (long long)clock_now());
	if (ftruncate(fd, 0) == 0)
		(void)!pwrite(fd, text.bytes, text.length, 0);
	str_release(&text);
}

static int lock_open(const char *id, struct err *err)
{
	char *folder = store_path(STORE_DATA, "locks", err);
	int fd = -1;
	if (folder == NULL)
		return -1;
	if (file_folder_make(folder, err)) {
		char *path = mem_format("%s/%s", folder, id);
		fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
		if (fd < 0)
			(void)err_set(err, ERR_IO, "Cannot open the lock %s: %s.", path,
				      strerror(errno));
		free(path);
	}
	free(folder);
	return fd;
}

int number_lock_take(const char *id, struct lock_holder *holder, struct err *err)
{
	*holder = (struct lock_holder) { 0 };
	int fd = lock_open(id, err);
	if (fd < 0)
		return -1;
	if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
		holder_write(fd);
		return fd;
	}
	if (errno == EWOULDBLOCK)
		holder_read(fd, holder);
	else
		(void)err_set(err, ERR_IO, "Cannot lock the number on this machine: %s.",
			      strerror(errno));
	(void)close(fd);
	return -1;
}

void number_lock_release(int lock)
{
	if (lock >= 0)
		(void)close(lock);
}

bool number_lock_is_held(const char *id)
{
	char *name = mem_format("locks/%s", id);
	char *path = store_path(STORE_DATA, name, NULL);
	int fd = path == NULL ? -1 : open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	bool is_held = fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
	if (fd >= 0)
		(void)close(fd);
	free(path);
	free(name);
	return is_held;
}
