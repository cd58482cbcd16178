#include "calling/changes.h"

#include "base/mem.h"
#include "base/str.h"
#include "calling/fields.h"
#include "calling/value_paths.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

void changes_init(struct changes *changes)
{
	*changes = (struct changes) { 0 };
}

void changes_release(struct changes *changes)
{
	for (size_t i = 0; i < changes->count; i++) {
		struct change *change = &changes->items[i];
		free(change->path);
		free(change->label);
		free(change->old_text);
		free(change->new_text);
		free(change->old_value);
		free(change->new_value);
	}
	free(changes->items);
	changes_init(changes);
}

void value_change_add(struct changes *changes, const struct value_path *from,
		      const struct value_path *to, bool numbered)
{
	const struct value_path *shown = to != NULL ? to : from;
	assert(shown != NULL); /* a row is there because a side has it */
	changes->items = mem_grow(changes->items, changes->count, sizeof *changes->items);
	struct change *change = &changes->items[changes->count++];
	change->kind = from == NULL ? CHANGE_ADDED : to == NULL ? CHANGE_REMOVED : CHANGE_CHANGED;
	change->ref = shown->ref;
	change->path = value_path_json(shown);
	change->label = value_path_label(shown, numbered);
	change->old_text = value_path_text(from);
	change->new_text = value_path_text(to);
	change->old_value = mem_text(from == NULL ? NULL : from->value);
	change->new_value = mem_text(to == NULL ? NULL : to->value);
}

void changes_compute(const struct calling_values *from, const struct calling_values *to,
		     bool with_read_only, struct changes *changes)
{
	bool numbered = value_servers_numbered(from) || value_servers_numbered(to);
	struct value_walk walk;
	value_walk_init(&walk);
	value_walk_pair(&walk, from, to, with_read_only);
	struct value_row row;
	while (value_walk_next(&walk, &row)) {
		if (!value_path_same(row.sides[0], row.sides[1]))
			value_change_add(changes, row.sides[0], row.sides[1], numbered);
	}
	value_walk_release(&walk);
}

/* What was removed is named by the old values, where its place may be another's by now. */
const struct change *changes_for(const struct changes *changes, struct field_ref ref)
{
	const struct change *removed = NULL;
	for (size_t i = 0; i < changes->count; i++) {
		const struct change *change = &changes->items[i];
		if (!field_ref_equal(change->ref, ref))
			continue;
		if (change->kind != CHANGE_REMOVED)
			return change;
		removed = change;
	}
	return removed;
}

static void host_add(struct str *out, const char *hostname)
{
	if (hostname == NULL || *hostname == '\0')
		str_add(out, "(no hostname)");
	else if (strchr(hostname, ':') != NULL && hostname[0] != '[')
		str_addf(out, "[%s]", hostname); /* an IPv6 address, apart from its port */
	else
		str_add(out, hostname);
}

void server_summary(const struct sip_server *server, struct str *out)
{
	host_add(out, server->hostname);
	bool has_port = server->port != NULL && *server->port != '\0';
	str_addf(out, ":%s", has_port ? server->port : field_of(FIELD_SERVER_PORT)->absent);
	for (size_t i = 0; i < server->parameter_count; i++)
		str_addf(out, "%s%s=%s", i == 0 ? "  " : " ", server->parameters[i].key,
			 server->parameters[i].value);
}
