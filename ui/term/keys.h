/* What the units of input mean as keys (see ui/term/input.h, the only caller). */
#ifndef SIPDESK_UI_TERM_KEYS_H
#define SIPDESK_UI_TERM_KEYS_H

#include <stddef.h>
#include <stdint.h>

enum {
	KEY_SEQUENCE_MAX = 64 /* bytes; the longest that keys send are below 20 */
};

/* A character as typed: control characters become their keys. */
uint32_t key_of_character(uint32_t character);

/* The key of a whole sequence without its ESC, at most KEY_SEQUENCE_MAX long: "[A", "OP"; 0 where
 * it is none. `termkey` is a TermKey in abstract mode, with nothing pushed. */
uint32_t key_of_sequence(void *termkey, const char *bytes, size_t length);

#endif
