/*
 * What was done to a number: $XDG_DATA_HOME/sipdesk/history/ID.jsonl, append-only, fsynced line by
 * line. It is the journal (what is intended stands in it before it is sent) and the history (before
 * and after of each sequence) in one, without secrets.
 *
 * Each line is a JSON object with "previous": the SHA-256 of the line before it, so that a changed
 * or missing line shows. A last line without its end is what a power cut leaves: it is put aside as
 * ID.torn-<time> before the next line is appended, and said. Kept are 200 sequences or 2 years,
 * whichever is more; older ones are cut off at the front when the file is opened.
 *
 * All have "at" (seconds since 1970, UTC), "previous" and "event":
 *   begin    sequence, kind, number, who, before, goals (edits, each on the one before)
 *   request  goal, request, title, body         before each POST
 *   answer   goal, request, reach, error|null   after it
 *   result   goal, outcome, after               after reading back
 *   end      outcome                            nothing of it is open any more
 *   undo_set until, base, mine (edits) · undo_end
 */
#ifndef SIPDESK_STORE_HISTORY_H
#define SIPDESK_STORE_HISTORY_H

#include "base/err.h"
#include "base/json.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	HISTORY_SEQUENCES_KEPT = 200,
	HISTORY_DAYS_KEPT = 731,
	HISTORY_LINE_MAX = 1024 * 1024, /* bytes */
};

/* One file, held open while its number is (number_lock: one writer). */
struct history {
	char *path; /* NULL: kept in memory only (practice numbers): see `lines` */
	int fd;
	char last_hash[65]; /* hex of the last line's; empty before the first */
	struct str lines;   /* in-memory copy of all lines where path is NULL, else unused */
};

/* Missing: an empty one, made with the first line. A torn last line is put aside and named in
 * `notice` (caller frees; NULL: nothing to say). A broken chain is said in `notice` as well and
 * does not stop the work: the next line goes on from what is there. */
bool history_open(struct history *history, const char *id, char **notice, struct err *err);
/* To look only: nothing is made, mended, cut or held. A missing one is empty. */
bool history_open_to_read(struct history *history, const char *id, struct err *err);
void history_open_in_memory(struct history *history);
void history_close(struct history *history);

/* Appends one line, `members` being the inside of a JSON object without braces
 * (`"event":"answer",…`); "at" and "previous" are added. On the disk when it returns true. On a
 * full disk nothing half-written stays: the file is cut back to where it was. */
bool history_append(struct history *history, const char *members, struct err *err);

/* Reads all lines, oldest first; borrowed until the call returns. False from `line` stops. */
typedef bool history_line_fn(void *owner, const struct json_doc *line);
bool history_each(const struct history *history, history_line_fn *line, void *owner,
		  struct err *err);

/* The ids of all numbers whose history ends within a sequence or with a timed undo that waits, by
 * its last whole line; caller frees each and the list. sequence_find_open() tells the rest. */
char **history_left_open(size_t *count);

/* Is every line's "previous" the hash of the one before? `*line` (1-based) is the first that is
 * not; 0 where the file could not be read (err). */
bool history_verify(const struct history *history, size_t *line, struct err *err);
/* Was the last line cut short? It is left out of what is read until history_open puts it aside. */
bool history_is_torn(const struct history *history);

#endif
