/*
 * Differences between two sets of values, path by path, in the words of the field table.
 *
 * Values are compared as the service reads them: letter case of enums aside, absent by its meaning
 * (port 5061, SRTP DTLS, …), hostnames letter case aside, parameters by key whatever their order.
 * One function serves the change list, the comparison after a write, and drift.
 */
#ifndef SIPDESK_CALLING_CHANGES_H
#define SIPDESK_CALLING_CHANGES_H

#include "calling/settings.h"
#include "calling/values.h"

enum change_kind { CHANGE_CHANGED, CHANGE_ADDED, CHANGE_REMOVED };

struct change {
	enum change_kind kind;
	struct field_ref ref; /* in the new values; in the old ones where it was removed */
	char *path;	      /* "calling.sip.servers[0].port" */
	char *label;	      /* "SIP server port", "SIP server 2 tgrp"; for a list */
	char *old_text;	      /* as people read it; NULL: no such server or parameter */
	char *new_text;
	char *old_value; /* as the service spells it; NULL where absent */
	char *new_value;
};

struct changes {
	struct change *items;
	size_t count;
};

void changes_init(struct changes *changes);
void changes_release(struct changes *changes);

/* Every differing path from `from` to `to`, in field-table order; a server or parameter that is
 * added or removed is a change for itself and one for each member it has. Read-only fields take
 * part only with `with_read_only` (comparison after a write, drift). Appends. */
void changes_compute(const struct calling_values *from, const struct calling_values *to,
		     bool with_read_only, struct changes *changes);

/* The change at exactly this field; NULL: unchanged. */
const struct change *changes_for(const struct changes *changes, struct field_ref ref);

/* Lines for people: one per field, a server's own members drawn together into one line
 * ("none → sip.acme.example:5061 tgrp=berlin"). Counts as the header's "2 changed". */
struct change_line {
	struct field_ref ref;
	char *label;
	char *old_text;
	char *new_text;
	char *note; /* "sent last, by itself"; may be NULL */
};

struct change_lines {
	struct change_line *items;
	size_t count;
};

void change_lines_compute(const struct calling_values *base, const struct calling_values *mine,
			  struct change_lines *lines);
/* The same of changes that were computed. */
void change_lines_of(const struct changes *changes, struct change_lines *lines);
void change_lines_release(struct change_lines *lines);

/* What the changes mean for calls, one sentence each. */
struct sentences {
	char **items;
	size_t count;
};

void consequences_compute(const struct calling_values *base, const struct calling_values *mine,
			  struct sentences *sentences);
void sentences_release(struct sentences *sentences);

/* "sip.acme.example:5061  tgrp=berlin trunk-context=acme": a server on one line. Appends. */
void server_summary(const struct sip_server *server, struct str *out);

#endif
