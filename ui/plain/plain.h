/*
 * sipdesk without screens (`--plain`, and TERM=dumb): the same forms, review and check as questions
 * and lines of text, for screen readers and odd terminals.
 *
 *   talk         what is said, asked and waited for: the only file here that reads or writes
 *   session      the number at hand: its key, its readings, what is asked about them
 *   numbers      the list that one is chosen from
 *   rows, form   a number's settings, or one of its SIP servers, as numbered rows
 *   words        the commands that are typed there; find: a field, wherever its row is
 *   entry        the question for one field
 *   review       what would be sent; sending: it is sent, and how it went; undo: the timed undo
 *   begin, move  what concerns the number as a whole
 *   history      what was written before, and putting it back
 *   settle       what was left half-done; conflict: field by field, theirs or yours
 *   check        the TLS check; credentials: the SIP user password
 *
 * Number, draft, lock, history, sequences and checks are those of the screens
 * (ui/app/open_number.h): here they are only looked at in another way, and nothing is kept.
 */
#ifndef SIPDESK_UI_PLAIN_PLAIN_H
#define SIPDESK_UI_PLAIN_PLAIN_H

#include "ui/app/app.h"
#include "ui/commands/target.h"

/* Runs until the person leaves; the app was made plain. `first`: the number to begin with; NULL:
 * one is chosen. `target` says where keys come from; `why`: the sentence to begin with, NULL: the
 * person has asked for it. Returns the exit code. */
int plain_run(struct app *app, struct target *target, const struct number *first, const char *why);

#endif
