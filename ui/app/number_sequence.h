/*
 * What is set going on an open number (service/sequence.h), and its history. A sequence belongs to
 * the number, not to a screen: the Sending screen is a view of it, and it goes on without one. It
 * has a copy of the number's key, which a lock does not take away.
 *
 * Every write stands in the number's history before it is sent; without one nothing is written,
 * but for an Emergency off that the person wants all the same.
 * What a sequence has left half-done is settled before anything else is done to the number.
 */
#ifndef SIPDESK_UI_APP_NUMBER_SEQUENCE_H
#define SIPDESK_UI_APP_NUMBER_SEQUENCE_H

#include "ui/app/open_number.h"

/* Its screens are opened and its lock was asked for: opens the history (only to look, where another
 * session has the number) and finds what was left half-done (number->left_open). Again: does what
 * could not be done before. False with a sentence: it cannot be read or kept. */
bool number_sequence_open(struct open_number *number, struct err *err);
/* The same, and the sentence is a notice. */
void number_sequence_reopen(struct open_number *number);
/* The lock is given back: closes the history. Not while number_is_at_work. */
void number_sequence_rest(struct open_number *number);
void number_sequence_release(struct open_number *number);

bool number_sequence_is_running(const struct open_number *number);
/* A sequence runs, or a timed undo waits: the number stays open. */
bool number_is_at_work(const struct open_number *number);

/* "Sending", "Emergency off", …: title of its screens. */
const char *number_sequence_title(enum sequence_kind kind);
/* Why this cannot be begun now: a sentence, borrowed; NULL: it can. */
const char *number_sequence_why_not(const struct open_number *number, enum sequence_kind kind);

/* What SEQUENCE_OFF or SEQUENCE_ON wants of the number as it is; `mine` must be fresh. */
void number_sequence_wanted(const struct open_number *number, enum sequence_kind kind,
			    struct calling_values *mine);

/* Begins one; the number has its key. `mine` is copied; not looked at for SEQUENCE_RESET_PASSWORD,
 * which knows what it wants. `with_undo`: once applied, it is undone by itself unless confirmed. */
bool number_sequence_start(struct open_number *number, enum sequence_kind kind,
			   const struct calling_values *mine, bool with_undo, struct err *err);
/* SEQUENCE_OFF without a record, where none can be kept and the person has agreed; the number has
 * its key. */
void number_sequence_off_unrecorded(struct open_number *number);
/* Settles number->left_open, SEQUENCE_FINISH or SEQUENCE_UNDO; the number has its key. */
bool number_sequence_settle(struct open_number *number, enum sequence_kind how, struct err *err);
/* Writes back what was before number->sequence, which was applied; with the key that it had. */
bool number_sequence_undo(struct open_number *number, struct err *err);
/* Settles number->left_open without a write. */
bool number_sequence_leave(struct open_number *number, struct err *err);

/* For a lock: what runs goes on to its end, but a choice that nobody makes would keep its key. */
void number_sequence_lock(struct open_number *number);

/* One that looks: told after each step. NULL: nobody. */
void number_sequence_observe(struct open_number *number, sequence_observer_fn *observer,
			     void *owner);

/* The number was read: a plain send of this session whose outcome was not known is settled by that,
 * since what is missing of it stands in the draft. */
void number_sequence_was_read(struct open_number *number);

#endif
