/*
 * What an open number has on this machine: its lock, its unsent draft, its settings as last seen.
 *
 * A draft is on disk at most two seconds after a change, written in a child, so that no key press
 * waits for the disk; when sipdesk ends, however, it is written at once. Numbers of the session and
 * practice numbers have nothing on disk.
 */
#ifndef SIPDESK_UI_APP_DRAFT_KEEPER_H
#define SIPDESK_UI_APP_DRAFT_KEEPER_H

#include "base/err.h"
#include "calling/settings.h"

#include <stdbool.h>
#include <stdint.h>

struct draft_keeper;
struct open_number;

/* Its screens are opened: takes the lock and loads a draft that was left, which becomes the
 * number's base and draft until it is read again. */
void draft_keeper_open(struct open_number *number);
/* Its screens are left: gives the lock back, where nothing of it waits to be sent. */
void draft_keeper_rest(struct open_number *number);
/* Saves what waits, gives the lock back. */
void draft_keeper_release(struct open_number *number);

/* Base or draft have changed. */
void draft_keeper_touched(struct open_number *number);
/* Saves it now, in this process. False: it could not be (err), or it is not kept on disk at all
 * (err untouched). True where nothing is to be saved. */
bool draft_keeper_flush(struct open_number *number, struct err *err);

/* A reading has come, before it is taken over: what others changed since it was last seen is said
 * in a notice, once, and it is seen now. */
void draft_keeper_seen(struct open_number *number, const struct calling_settings *newer);

/* The base was written from here and read back: nobody else has changed it. */
void draft_keeper_wrote(struct open_number *number);

/* Who else has the number open: a sentence; NULL: nobody. Borrowed. */
const char *draft_keeper_why_locked(const struct open_number *number);

/* When the draft was saved that a former session left and that was not decided upon yet; 0: none.
 */
int64_t draft_keeper_found_at(const struct open_number *number);
void draft_keeper_decided(struct open_number *number);

#endif
