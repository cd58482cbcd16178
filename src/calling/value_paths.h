/*
 * Values as an ordered list of paths: the one view that differences (calling/changes.h), requests
 * (calling/requests.h), three-way merge (calling/merge.h) and the comparison after a write share.
 *
 * A server is known by its place (aligned servers of two sets of values share one), a parameter by
 * its key. Two or three lists are walked side by side; each step is one path in all of them.
 * Everything here is borrowed from the values, which must stay while a walk is used.
 */
#ifndef SIPDESK_CALLING_VALUE_PATHS_H
#define SIPDESK_CALLING_VALUE_PATHS_H

#include "calling/values.h"

#include <stdint.h>

enum { VALUE_SIDES_MAX = 3 /* base, theirs, mine */ };

#define PLACE_NONE SIZE_MAX

struct value_path {
	struct field_ref ref; /* in its own values; FIELD_SIP_SERVERS with a server: that server
			       * itself, FIELD_PARAMETER_KEY: that parameter itself */
	const struct calling_values *values; /* it came from */
	size_t place;			     /* of its server */
	const char *key;		     /* of its parameter; NULL: none */
	size_t repeat;	   /* 0; counts on where a key stands twice in one server */
	const char *value; /* as it stands; NULL: absent. A server itself: its hostname or "" */
};

struct value_paths {
	struct value_path *items;
	size_t count;
};

struct value_walk {
	struct value_paths lists[VALUE_SIDES_MAX];
	size_t at[VALUE_SIDES_MAX];
	size_t count;
};

/* One path in each list; NULL where a list has no such server or parameter. */
struct value_row {
	const struct value_path *sides[VALUE_SIDES_MAX];
};

/* Gives each server of `to` its place in `from`: by app_id, else by hostname, else by place. New
 * ones get places after those of `from`, removed ones PLACE_NONE. Places that are set already stay;
 * the others must be PLACE_NONE. */
void value_places_align(const struct calling_values *from, const struct calling_values *to,
			size_t *places);
/* `count` places, all PLACE_NONE. The caller frees. */
size_t *value_places_make(size_t count);

void value_walk_init(struct value_walk *walk);
void value_walk_release(struct value_walk *walk);
/* Adds a side. `places` NULL: each server's place is its index. */
void value_walk_add(struct value_walk *walk, const struct calling_values *values,
		    const size_t *places, bool with_read_only);
/* Both sides, aligned. */
void value_walk_pair(struct value_walk *walk, const struct calling_values *from,
		     const struct calling_values *to, bool with_read_only);
/* The next row, in field-table order, a server's parameters by key. False at the end. */
bool value_walk_next(struct value_walk *walk, struct value_row *row);

/* Do both mean the same to the service? `shown` is the newer reading where one is: an app_id that
 * was not wanted is no difference, since the service makes it. */
bool value_path_same(const struct value_path *wanted, const struct value_path *shown);

/* Adds the change from one path to another, either of which may be NULL, not both. */
struct changes;
void value_change_add(struct changes *changes, const struct value_path *from,
		      const struct value_path *to, bool numbered);

/* The field of the settings form it belongs to: FIELD_SIP_SERVERS for all of a server. */
enum field_id value_path_top(const struct value_path *path);
/* Is it written with the `sip` object, which may reset SRTP? */
bool value_field_is_sip(enum field_id field);

/* Is there more than one SIP server, so that labels number them? */
bool value_servers_numbered(const struct calling_values *values);

/* Texts for people; the caller frees. `path` NULL gives a NULL text. */
char *value_path_label(const struct value_path *path, bool numbered);
char *value_path_text(const struct value_path *path);
/* "calling.sip.servers[0].port" */
char *value_path_json(const struct value_path *path);

#endif
