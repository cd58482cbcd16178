/*
 * A password store of `pass` (passwordstore.org) on a test's machine, with a GPG key of its own
 * that is thrown away with it.
 *
 * A step that fails ends the cmocka test.
 */
#ifndef SIPDESK_TESTS_PASS_STORE_H
#define SIPDESK_TESTS_PASS_STORE_H

#include "tests/support/machine.h"

#include <stdbool.h>

/* Are `pass`, `gpg` and its prompt for terminals installed? */
bool pass_store_is_possible(void);
/* What the machine starts from now on finds the store. Its key's passphrase is asked for on the
 * terminal $GPG_TTY, once. */
void pass_store_make(struct machine *machine, const char *passphrase);
/* `pass show NAME` prints the secret. */
void pass_store_insert(const struct machine *machine, const char *name, const char *secret);
/* Ends GPG's agents; before machine_release. */
void pass_store_end(const struct machine *machine);

#endif
