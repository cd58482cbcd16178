/*
 * One session edits a number at a time: an flock on $XDG_DATA_HOME/sipdesk/locks/ID, held while the
 * number is open. The file tells the others who holds it. The system drops the lock with the
 * process, however that ends.
 */
#ifndef SIPDESK_STORE_NUMBER_LOCK_H
#define SIPDESK_STORE_NUMBER_LOCK_H

#include "base/err.h"
#include "store/who.h"

#include <stdbool.h>
#include <stdint.h>

struct lock_holder {
	struct who who;
	int64_t since; /* clock_now() */
};

/* Returns a descriptor to hold; -1: another session has it (`holder` filled, err untouched,
 * holder->since != 0), or it could not be made (holder->since == 0, err). Never waits. */
int number_lock_take(const char *id, struct lock_holder *holder, struct err *err);
void number_lock_release(int lock); /* takes -1 */
/* Has any session the number open, this one too? */
bool number_lock_is_held(const char *id);

#endif
