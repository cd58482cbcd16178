/*
 * A move to another SIP server before it is begun: the server that is asked for, which is nothing
 * of the draft, and its TLS check. The rest is made of the number as it is. For the screens and for
 * ui/plain.
 */
#ifndef SIPDESK_UI_APP_NUMBER_MOVE_H
#define SIPDESK_UI_APP_NUMBER_MOVE_H

#include "calling/findings.h"
#include "calling/paste.h"
#include "ui/app/open_number.h"
#include "ui/app/tls_check.h"

struct number_move {
	struct open_number *number;
	struct pasted_server to;
	struct err check_err; /* why it could not be checked */
};

/* Stands when an unchecked server is to be moved to all the same. */
extern const char MOVE_UNCHECKED_MEANING[];

void number_move_init(struct number_move *move, struct open_number *number);
void number_move_release(struct number_move *move);

/* What was typed or pasted into the hostname or the port: the parts go where they belong, and a
 * notice says what was taken of something pasted. */
void number_move_enter(struct number_move *move, enum field_id field, const char *text);
/* Only where it is more than a hostname; else false, and nothing was done. */
bool number_move_paste(struct number_move *move, const char *text);

/* As soon as there is a server to check, it is checked. */
void number_move_check_begin(struct number_move *move);
/* The check of what is entered; NULL: there is none. */
struct tls_check *number_move_check(const struct number_move *move);
bool number_move_has_passed(const struct number_move *move);
/* "The TLS check of sip.acme.example: …"; caller frees. */
char *number_move_check_sentence(const struct number_move *move);

/* The settings as they are with the new server; `mine` must be fresh. */
void number_move_wanted(const struct number_move *move, struct calling_values *mine);
/* The gravest that validation objects to; NULL: nothing. `findings` holds it and must be released.
 */
const struct finding *number_move_objection(const struct number_move *move,
					    struct findings *findings);
/* Does it go anywhere else than where calls go already? */
bool number_move_is_elsewhere(const struct number_move *move);
/* Why it cannot be begun: a sentence, borrowed; NULL: it can, perhaps with a check that did not
 * pass. */
const char *number_move_why_not(const struct number_move *move);

#endif
