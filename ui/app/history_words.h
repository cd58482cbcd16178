/* An entry of a number's history in words: for the screens and for ui/plain. */
#ifndef SIPDESK_UI_APP_HISTORY_WORDS_H
#define SIPDESK_UI_APP_HISTORY_WORDS_H

#include "calling/changes.h"
#include "service/history_entries.h"
#include "ui/app/open_number.h"

/* What it changed; `lines` is fresh and released by the caller. NULL, or the sentence that stands
 * in its place where there is nothing to be shown. Caller frees. */
char *history_changed(const struct history_entry *entry, struct change_lines *lines);
/* How one that was left half-done was settled: "finished", "undone", "left as it is"; NULL: it was
 * not, or it waits. Borrowed. */
const char *history_settled(const struct history_entry *entry);
/* What became of it later; NULL: nothing. Borrowed. */
const char *history_afterwards(const struct history_entry *entry);
/* The requests as they were sent, and the settings before and after. Appends; text from outside is
 * in it as it came. */
void history_json_write(const struct history_entry *entry, struct str *out);

/* Why nothing can be put back on this number now; NULL: it can. Borrowed. */
const char *history_put_back_why_not(const struct open_number *number);
/* Why the settings before (or `after`) it cannot be put back; NULL: they can. Static. */
const char *history_side_why_not(const struct history_entry *entry, bool after);
/* What putting back does to a draft that there is; NULL: there is none. Caller frees. */
char *history_replaces_words(const struct open_number *number);

/* Of its file, line `broken_line` does not follow from the one before; caller frees. */
char *history_broken_words(size_t broken_line);

extern const char HISTORY_EMPTY[];
extern const char HISTORY_PUT_BACK_WHICH[];
extern const char HISTORY_PUT_BACK_SAME[];

#endif
