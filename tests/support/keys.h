/*
 * Keys in a readable notation, as the bytes a terminal sends for them: "<F2>", "<Esc>", "<Enter>",
 * "<Tab>", "<S-Tab>", "<Down>", "<C-s>", "<C-Right>", "<A-b>", "<lt>" for "<" itself, and every
 * other character for its own key.
 */
#ifndef SIPDESK_TESTS_KEYS_H
#define SIPDESK_TESTS_KEYS_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>

/* Appends the bytes of the key at the start of `keys`; `application_cursor` is the terminal's mode.
 * Returns how much of `keys` the key took, 0 where it names none. */
size_t keys_encode(const char *keys, bool application_cursor, struct str *out);

#endif
