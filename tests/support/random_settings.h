/*
 * Random calling settings as a service may send them, and random edits of them, for property tests:
 * odd letter case, ports as strings, members that nobody knows (their names begin with "x_"). A
 * seed gives the same ones on every run.
 */
#ifndef SIPDESK_TESTS_RANDOM_SETTINGS_H
#define SIPDESK_TESTS_RANDOM_SETTINGS_H

#include "base/str.h"
#include "calling/values.h"

#include <stdbool.h>
#include <stdint.h>

/* The app that our key is of, and the place of its server where several apps have one. */
#define RANDOM_OWN_APP "17841400000000001"
enum { RANDOM_OWN_PLACE = 0, RANDOM_KEYS = 5 };

/* All keys that parameters have. */
extern const char *const random_parameter_keys[RANDOM_KEYS];

struct random {
	uint64_t state; /* the seed; not 0 */
};

uint32_t random_below(struct random *random, uint32_t limit);

/* Appends an answer of the service; passwords in it begin with "hunter". */
void random_settings_document(struct random *random, struct str *out);

/* None to fifteen edits that the service can hold: no server without a hostname, no parameter
 * twice, of each app one server, and of several servers only our app's is edited. Sets the fields
 * edited in `touched`, which has FIELD_SETTINGS_COUNT places; FIELD_SIP_SERVERS stands for all of a
 * server. */
void random_settings_edit(struct random *random, struct calling_values *values, bool touched[]);

#endif
