#include "tests/support/memory_scan.h"

#include "base/mem.h"
#include "tests/support/child.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	LINE_SIZE = 4352, /* of maps: addresses and a path (PATH_MAX) */
	STRIDE_MAX = 32,  /* bytes from cell to cell; ncurses 6.4 has 28 */
	CHUNK = 4 * 1024 * 1024,
	OVERLAP = 1024, /* a piece that lies across two chunks is in one of them whole */
	WHERE_MAX = 64 * 1024,
};

struct mapping {
	uint64_t start, end;
	char name[LINE_SIZE];
};

struct looking {
	struct memory_scan *scan;
	const struct secrets *secrets;
	const struct mapping *mapping;
	uint64_t address; /* of the bytes that are searched */
	size_t fresh;	  /* hits behind these bytes are the next chunk's */
};

static int proc_open(pid_t process, const char *name)
{
	char *path = mem_format("/proc/%d/%s", (int)process, name);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	free(path);
	return fd;
}

static _Noreturn void hidden_wait(int ready, pid_t parent)
{
	child_bind_to_parent(parent);
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	(void)!write(ready, "", 1);
	for (;;)
		(void)pause();
}

bool memory_can_be_scanned(void)
{
	int ends[2];
	char byte;
	bool can = false;
	pid_t parent = getpid();
	if (pipe2(ends, O_CLOEXEC) != 0)
		return false;
	pid_t child = fork();
	if (child == 0)
		hidden_wait(ends[1], parent);
	if (child > 0 && read(ends[0], &byte, 1) == 1) {
		int memory = proc_open(child, "mem");
		can = memory >= 0;
		(void)close(memory);
	}
	if (child > 0) {
		(void)kill(child, SIGKILL);
		(void)waitpid(child, NULL, 0);
	}
	(void)close(ends[0]);
	(void)close(ends[1]);
	return can;
}

static void hit_count(void *owner, const struct secrets_hit *hit)
{
	struct looking *looking = owner;
	struct memory_scan *scan = looking->scan;
	if (hit->at >= looking->fresh)
		return;
	size_t *copies = &scan->copies[hit->secret][hit->coding];
	size_t *pieces = scan->pieces[hit->secret][hit->coding];
	size_t piece = hit->piece < SECRETS_PIECES ? hit->piece : SECRETS_PIECES - 1;
	pieces[piece]++;
	*copies = pieces[piece] > *copies ? pieces[piece] : *copies;
	if (scan->where.length < WHERE_MAX)
		str_addf(&scan->where, "%s, piece %zu, %s, at %" PRIx64 " in %s",
			 secrets_name(looking->secrets, hit->secret), hit->piece,
			 secrets_coding_name(hit->coding), looking->address + hit->at,
			 looking->mapping->name);
}

/* Ours are ASCII and of one byte each where a screen shows them: passwords. */
static bool cells_hold(const char *bytes, size_t length, size_t stride, const char *text)
{
	for (size_t i = 0; i < SECRETS_PIECE_CHARACTERS; i++) {
		uint32_t character;
		if (i * stride + sizeof character > length)
			return false;
		memcpy(&character, bytes + i * stride, sizeof character);
		if (character != (unsigned char)text[i])
			return false;
	}
	return true;
}

static void cells_search_at(struct looking *looking, const char *bytes, size_t length, size_t at)
{
	for (size_t secret = 0; secret < secrets_count(looking->secrets); secret++) {
		const char *text = secrets_text(looking->secrets, secret);
		for (size_t piece = 0; piece < SECRETS_PIECES; piece++)
			for (size_t stride = 8; stride <= STRIDE_MAX; stride += 4) {
				if (!cells_hold(bytes + at, length - at, stride,
						text + piece * SECRETS_PIECE_CHARACTERS))
					continue;
				hit_count(looking, &(struct secrets_hit) { secret, piece,
									   SECRETS_CELLS, at });
			}
	}
}

static void cells_search(struct looking *looking, const char *bytes, size_t length)
{
	for (size_t at = 0; at + sizeof(uint32_t) <= length; at += sizeof(uint32_t)) {
		uint32_t word;
		memcpy(&word, bytes + at, sizeof word);
		if (word > ' ' && word < 0x7f)
			cells_search_at(looking, bytes, length, at);
	}
}

/* False where a part of it cannot be read. */
static bool mapping_search(struct looking *looking, int memory)
{
	static char bytes[CHUNK + OVERLAP];
	const struct mapping *mapping = looking->mapping;
	for (uint64_t at = mapping->start; at < mapping->end; at += looking->fresh) {
		uint64_t left = mapping->end - at;
		size_t wanted = left < sizeof bytes ? (size_t)left : sizeof bytes;
		looking->address = at;
		ssize_t length = pread(memory, bytes, wanted, (off_t)at);
		if (length <= 0)
			return false;
		looking->fresh = (size_t)length < CHUNK ? (size_t)length : CHUNK;
		secrets_search(looking->secrets, bytes, (size_t)length, hit_count, looking);
		cells_search(looking, bytes, (size_t)length);
		looking->scan->scanned += looking->fresh;
	}
	return true;
}

/* proc(5): "START-END rwxp OFFSET DEVICE INODE PATH". True where it can be written. */
static bool mapping_read(struct mapping *mapping, const char *line)
{
	char mode[5];
	(void)snprintf(mapping->name, sizeof mapping->name, "%s", line);
	return sscanf(line, "%" SCNx64 "-%" SCNx64 " %4s", &mapping->start, &mapping->end, mode) ==
		       3 &&
	       mode[0] == 'r' && mode[1] == 'w';
}

/* A program that goes on meanwhile may have given it back, and with it what was there. */
static bool is_given_back(pid_t process, uint64_t address)
{
	char line[LINE_SIZE];
	struct mapping mapping;
	bool is_there = false;
	int file = proc_open(process, "maps");
	FILE *maps = file < 0 ? NULL : fdopen(file, "r");
	while (maps != NULL && fgets(line, sizeof line, maps) != NULL)
		is_there = is_there || (mapping_read(&mapping, line) && address >= mapping.start &&
					address < mapping.end);
	if (maps == NULL)
		return false;
	(void)fclose(maps);
	return !is_there;
}

bool memory_scan(struct memory_scan *scan, const struct secrets *secrets, pid_t process)
{
	char line[LINE_SIZE];
	struct mapping mapping;
	struct looking looking = { .scan = scan, .secrets = secrets, .mapping = &mapping };
	*scan = (struct memory_scan) { 0 };
	str_init(&scan->where);
	int memory = proc_open(process, "mem");
	int maps_fd = proc_open(process, "maps");
	FILE *maps = maps_fd < 0 ? NULL : fdopen(maps_fd, "r");
	bool is_whole = maps != NULL && memory >= 0;
	while (is_whole && fgets(line, sizeof line, maps) != NULL)
		is_whole = !mapping_read(&mapping, line) || mapping_search(&looking, memory) ||
			   is_given_back(process, looking.address);
	if (!is_whole)
		(void)fprintf(stderr, "the memory of process %d cannot be read: %s\n", (int)process,
			      strerror(errno));
	if (maps != NULL)
		(void)fclose(maps);
	if (memory >= 0)
		(void)close(memory);
	return is_whole && scan->scanned > 0;
}

void memory_scan_release(struct memory_scan *scan)
{
	str_release(&scan->where);
}

size_t memory_scan_copies(const struct memory_scan *scan, size_t secret)
{
	size_t copies = 0;
	for (int coding = 0; coding < SECRETS_CODINGS; coding++)
		copies += scan->copies[secret][coding];
	return copies;
}
