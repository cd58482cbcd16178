#include "calling/merge.h"

#include "base/mem.h"
#include "base/str.h"
#include "calling/fields.h"
#include "calling/value_paths.h"

#include <stdlib.h>
#include <string.h>

enum side { BASE, THEIRS, MINE };

/* What became of one path, or of a whole server that one of the three does not have. */
enum outcome { NOTHING, TAKEN_OVER, KEPT_MINE, CONFLICT };

void merge_init(struct merge *merge)
{
	*merge = (struct merge) { 0 };
	values_init(&merge->base);
	values_init(&merge->theirs);
	values_init(&merge->mine);
}

void merge_release(struct merge *merge)
{
	for (size_t i = 0; i < merge->count; i++) {
		struct merge_item *item = &merge->items[i];
		free(item->path);
		free(item->label);
		free(item->base_text);
		free(item->theirs_text);
		free(item->mine_text);
	}
	free(merge->items);
	values_release(&merge->base);
	values_release(&merge->theirs);
	values_release(&merge->mine);
	merge_init(merge);
}

/* A place without a server counts as removed. */
static void places_fill(struct calling_values *values, size_t count)
{
	while (values->server_count < count)
		values_server_add(values)->removed = true;
}

/* Moves each server to its place; those without one (removed, never on the service) go. */
static void places_take(struct calling_values *values, const size_t *places)
{
	struct calling_values placed;
	values_init(&placed);
	for (size_t i = 0; i < values->server_count; i++) {
		struct sip_server *server = &values->servers[i];
		if (places[i] == PLACE_NONE)
			continue;
		places_fill(&placed, places[i] + 1);
		struct sip_server hole = placed.servers[places[i]];
		placed.servers[places[i]] = *server;
		*server = hole;
	}
	for (size_t i = 0; i < values->server_count; i++)
		server_release(&values->servers[i]);
	free(values->servers);
	values->servers = placed.servers;
	values->server_count = placed.server_count;
}

static bool is_alive(const struct calling_values *values, size_t place)
{
	return place < values->server_count && !values->servers[place].removed;
}

static bool is_taken(const size_t *places, size_t count, size_t place)
{
	for (size_t i = 0; i < count; i++)
		if (places[i] == place)
			return true;
	return false;
}

/* One that is added where another was removed stands in its place: an app has one server. */
static void replacements_place(const struct merge *merge, size_t *places)
{
	const struct calling_values *mine = &merge->mine;
	size_t vacant = 0;
	for (size_t i = 0; i < mine->server_count; i++) {
		while (vacant < merge->base.server_count &&
		       (!is_alive(&merge->base, vacant) ||
			is_taken(places, mine->server_count, vacant)))
			vacant++;
		bool is_new = places[i] != PLACE_NONE && places[i] >= merge->theirs.server_count;
		if (is_new && vacant < merge->base.server_count)
			places[i] = vacant;
	}
}

/* Mine knows its servers' places in the base; those added may be what theirs added as well. */
static void mine_align(struct merge *merge, size_t base_count)
{
	struct calling_values *mine = &merge->mine;
	size_t *places = value_places_make(mine->server_count);
	for (size_t i = 0; i < mine->server_count; i++) {
		int origin = mine->servers[i].origin;
		if (origin >= 0 && (size_t)origin < base_count && is_alive(mine, i))
			places[i] = (size_t)origin;
	}
	value_places_align(&merge->theirs, mine, places);
	replacements_place(merge, places);
	places_take(mine, places);
	free(places);
}

static void align(struct merge *merge)
{
	size_t base_count = merge->base.server_count;
	size_t *places = value_places_make(merge->theirs.server_count);
	value_places_align(&merge->base, &merge->theirs, places);
	places_take(&merge->theirs, places);
	free(places);
	places_fill(&merge->theirs, base_count);
	mine_align(merge, base_count);
	size_t count = merge->theirs.server_count > merge->mine.server_count
			       ? merge->theirs.server_count
			       : merge->mine.server_count;
	places_fill(&merge->base, count);
	places_fill(&merge->theirs, count);
	places_fill(&merge->mine, count);
}

/* Is the server at `place` the same in both, with all its members? */
static bool servers_same(const struct calling_values *a, const struct calling_values *b,
			 size_t place)
{
	if (!is_alive(a, place) || !is_alive(b, place))
		return is_alive(a, place) == is_alive(b, place);
	struct calling_values one = { .servers = &a->servers[place], .server_count = 1 };
	struct calling_values other = { .servers = &b->servers[place], .server_count = 1 };
	struct value_walk walk;
	value_walk_init(&walk);
	value_walk_add(&walk, &one, NULL, false);
	value_walk_add(&walk, &other, NULL, false);
	bool same = true;
	struct value_row row;
	while (same && value_walk_next(&walk, &row))
		same = value_path_same(row.sides[0], row.sides[1]);
	value_walk_release(&walk);
	return same;
}

/* A walk over all three that stops once for a server that is not in all of them, or is another one
 * in mine, and once for a parameter: at its value. */
struct merge_walk {
	const struct calling_values *values[VALUE_SIDES_MAX];
	struct value_walk paths;
	struct value_row row;
	const struct value_path *path; /* in the newest values that have it */
	bool whole; /* the row stands for its whole server: not in all three, or replaced */
};

static void merge_walk_init(struct merge_walk *walk, const struct merge *merge)
{
	*walk = (struct merge_walk) {
		.values = { [BASE] = &merge->base,
			    [THEIRS] = &merge->theirs,
			    [MINE] = &merge->mine },
	};
	for (size_t i = 0; i < VALUE_SIDES_MAX; i++)
		value_walk_add(&walk->paths, walk->values[i], NULL, true);
}

static bool is_one(const struct merge_walk *walk, size_t place)
{
	return is_alive(walk->values[BASE], place) && is_alive(walk->values[THEIRS], place) &&
	       is_alive(walk->values[MINE], place) &&
	       walk->values[MINE]->servers[place].origin >= 0;
}

static bool merge_walk_next(struct merge_walk *walk)
{
	while (value_walk_next(&walk->paths, &walk->row)) {
		for (size_t i = 0; i < VALUE_SIDES_MAX; i++)
			if (walk->row.sides[i] != NULL)
				walk->path = walk->row.sides[i];
		if (walk->path->ref.field == FIELD_PARAMETER_KEY)
			continue;
		bool of_server = walk->path->ref.server >= 0;
		bool itself = walk->path->ref.field == FIELD_SIP_SERVERS;
		walk->whole = of_server && !is_one(walk, walk->path->place);
		if (!of_server || itself == walk->whole)
			return true;
	}
	return false;
}

static bool sides_same(const struct merge_walk *walk, enum side a, enum side b)
{
	if (walk->whole)
		return servers_same(walk->values[a], walk->values[b], walk->path->place);
	return value_path_same(walk->row.sides[a], walk->row.sides[b]);
}

static enum outcome outcome_of(const struct merge_walk *walk)
{
	bool writable = (field_of(walk->path->ref.field)->flags & FIELD_READ_ONLY) == 0;
	bool theirs_moved = !sides_same(walk, BASE, THEIRS);
	bool mine_moved = writable && !sides_same(walk, BASE, MINE);
	if (!theirs_moved)
		return mine_moved ? KEPT_MINE : NOTHING;
	if (!mine_moved)
		return TAKEN_OVER;
	return sides_same(walk, THEIRS, MINE) ? NOTHING : CONFLICT;
}

static void item_add(struct merge *merge, const struct merge_walk *walk, bool conflict)
{
	bool numbered = value_servers_numbered(&merge->base) ||
			value_servers_numbered(&merge->theirs) ||
			value_servers_numbered(&merge->mine);
	merge->items = mem_grow(merge->items, merge->count, sizeof *merge->items);
	merge->items[merge->count++] = (struct merge_item) {
		.ref = walk->path->ref,
		.path = value_path_json(walk->path),
		.label = value_path_label(walk->path, numbered),
		.base_text = value_path_text(walk->row.sides[BASE]),
		.theirs_text = value_path_text(walk->row.sides[THEIRS]),
		.mine_text = value_path_text(walk->row.sides[MINE]),
		.conflict = conflict,
		.choice = conflict ? MERGE_UNDECIDED : MERGE_THEIRS,
	};
}

void merge_compute(struct merge *merge, const struct calling_values *base,
		   const struct calling_values *theirs, const struct calling_values *mine)
{
	merge_init(merge);
	values_copy(&merge->base, base);
	values_copy(&merge->theirs, theirs);
	values_copy(&merge->mine, mine);
	align(merge);
	struct merge_walk walk;
	merge_walk_init(&walk, merge);
	while (merge_walk_next(&walk)) {
		enum outcome outcome = outcome_of(&walk);
		if (outcome == TAKEN_OVER || outcome == CONFLICT)
			item_add(merge, &walk, outcome == CONFLICT);
	}
	value_walk_release(&walk.paths);
}

static size_t conflicts_count(const struct merge *merge, bool undecided_only)
{
	size_t count = 0;
	for (size_t i = 0; i < merge->count; i++)
		count += merge->items[i].conflict &&
			 (!undecided_only || merge->items[i].choice == MERGE_UNDECIDED);
	return count;
}

size_t merge_conflict_count(const struct merge *merge)
{
	return conflicts_count(merge, false);
}

bool merge_is_decided(const struct merge *merge)
{
	return conflicts_count(merge, true) == 0;
}

/* Mine in the place of theirs; it stays the service's server, with what only the service knows. */
static void server_apply(struct sip_server *server, const struct sip_server *mine)
{
	struct sip_server taken = { 0 };
	server_copy(&taken, mine);
	taken.origin = server->origin; /* -1 where theirs has none */
	mem_text_set(&taken.app_id, server->app_id);
	if (server->unknown != NULL)
		mem_text_set(&taken.unknown, server->unknown);
	server_release(server);
	*server = taken;
}

/* Another one beside theirs, which goes. */
static void server_replace(struct calling_values *result, const struct sip_server *mine,
			   size_t place)
{
	server_copy(values_server_add(result), mine);
	result->servers[place].removed = true;
}

static size_t parameter_find(const struct sip_server *server, const struct value_path *path)
{
	size_t repeat = 0;
	for (size_t i = 0; i < server->parameter_count; i++)
		if (strcmp(server->parameters[i].key, path->key) == 0 && repeat++ == path->repeat)
			return i;
	return server->parameter_count;
}

static void parameter_apply(struct sip_server *server, const struct value_path *path,
			    const struct value_path *mine)
{
	size_t index = parameter_find(server, path);
	bool found = index < server->parameter_count;
	if (mine == NULL) {
		if (found)
			server_parameter_remove(server, index);
		return;
	}
	struct parameter *parameter =
		found ? &server->parameters[index] : server_parameter_add(server);
	mem_text_set(&parameter->key, mine->key);
	mem_text_set(&parameter->value, mine->value);
}

static void row_apply(struct calling_values *result, const struct merge_walk *walk)
{
	const struct value_path *path = walk->path;
	const struct value_path *mine = walk->row.sides[MINE];
	if (path->ref.server < 0) {
		mem_text_set(&result->texts[path->ref.field], mine->value);
		return;
	}
	struct sip_server *server = &result->servers[path->place];
	const struct sip_server *of_mine = &walk->values[MINE]->servers[path->place];
	if (walk->whole && of_mine->removed)
		server->removed = true;
	else if (walk->whole && of_mine->origin < 0 && is_alive(walk->values[BASE], path->place))
		server_replace(result, of_mine, path->place);
	else if (walk->whole)
		server_apply(server, of_mine);
	else if (path->key != NULL)
		parameter_apply(server, path, mine);
	else if (path->ref.field == FIELD_SERVER_HOSTNAME)
		mem_text_set(&server->hostname, mine->value);
	else
		mem_text_set(&server->port, mine->value);
}

/* Places that only held theirs, base and mine side by side. */
static void empty_places_remove(struct calling_values *values)
{
	size_t kept = 0;
	for (size_t i = 0; i < values->server_count; i++) {
		if (values->servers[i].removed && values->servers[i].origin < 0)
			server_release(&values->servers[i]);
		else
			values->servers[kept++] = values->servers[i];
	}
	values->server_count = kept;
	if (kept == 0) {
		free(values->servers);
		values->servers = NULL;
	}
}

void merge_result(const struct merge *merge, struct calling_values *result)
{
	values_copy(result, &merge->theirs);
	struct merge_walk walk;
	merge_walk_init(&walk, merge);
	size_t item = 0;
	while (merge_walk_next(&walk)) {
		enum outcome outcome = outcome_of(&walk);
		bool is_item = outcome == TAKEN_OVER || outcome == CONFLICT;
		bool chosen = outcome == CONFLICT && merge->items[item].choice == MERGE_MINE;
		if (outcome == KEPT_MINE || chosen)
			row_apply(result, &walk);
		item += is_item;
	}
	value_walk_release(&walk.paths);
	empty_places_remove(result);
}
