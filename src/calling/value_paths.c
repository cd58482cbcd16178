#include "calling/value_paths.h"

#include "base/mem.h"
#include "base/str.h"
#include "calling/changes.h"
#include "calling/fields.h"
#include "calling/hostname.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Hostnames compare in the form that goes on the wire; what is no hostname, as it is typed. */
static char *host_key(const char *hostname)
{
	char *ascii = hostname == NULL ? NULL : hostname_to_ascii(hostname);
	return ascii != NULL ? ascii : mem_text(hostname);
}

struct alignment {
	const struct calling_values *from;
	const struct calling_values *to;
	char **from_hosts;
	char **to_hosts;
	bool *taken; /* by place in `from` */
};

typedef bool server_match_fn(const struct alignment *alignment, size_t from, size_t to);

static bool apps_differ(const struct alignment *alignment, size_t from, size_t to)
{
	const char *a = alignment->from->servers[from].app_id;
	const char *b = alignment->to->servers[to].app_id;
	return a != NULL && b != NULL && strcmp(a, b) != 0;
}

static bool match_app(const struct alignment *alignment, size_t from, size_t to)
{
	return alignment->from->servers[from].app_id != NULL &&
	       text_equal(alignment->from->servers[from].app_id, alignment->to->servers[to].app_id);
}

static bool match_host(const struct alignment *alignment, size_t from, size_t to)
{
	return alignment->from_hosts[from] != NULL &&
	       text_equal_nocase(alignment->from_hosts[from], alignment->to_hosts[to]) &&
	       !apps_differ(alignment, from, to);
}

static bool match_place(const struct alignment *alignment, size_t from, size_t to)
{
	return from == to && !apps_differ(alignment, from, to);
}

/* While one server's hostname is typed it may read like another's: that other keeps its place. */
static bool match_host_in_place(const struct alignment *alignment, size_t from, size_t to)
{
	return from == to && match_host(alignment, from, to);
}

static char **host_keys(const struct calling_values *values)
{
	char **keys = mem_alloc(values->server_count, sizeof *keys);
	for (size_t i = 0; i < values->server_count; i++)
		keys[i] = host_key(values->servers[i].hostname);
	return keys;
}

static void host_keys_free(char **keys, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(keys[i]);
	free(keys);
}

static void align_by(struct alignment *alignment, server_match_fn *match, size_t *places)
{
	const struct calling_values *from = alignment->from;
	const struct calling_values *to = alignment->to;
	for (size_t i = 0; i < to->server_count; i++) {
		for (size_t j = 0; j < from->server_count && places[i] == PLACE_NONE; j++) {
			if (to->servers[i].removed || from->servers[j].removed ||
			    alignment->taken[j] || !match(alignment, j, i))
				continue;
			places[i] = j;
			alignment->taken[j] = true;
		}
	}
}

void value_places_align(const struct calling_values *from, const struct calling_values *to,
			size_t *places)
{
	static server_match_fn *const matches[] = { match_app, match_host_in_place, match_host,
						    match_place };
	struct alignment alignment = { from, to, host_keys(from), host_keys(to),
				       mem_alloc(from->server_count, sizeof(bool)) };
	for (size_t i = 0; i < to->server_count; i++)
		if (places[i] < from->server_count)
			alignment.taken[places[i]] = true;
	for (size_t i = 0; i < ARRAY_LENGTH(matches); i++)
		align_by(&alignment, matches[i], places);
	size_t next = from->server_count;
	for (size_t i = 0; i < to->server_count; i++)
		if (places[i] == PLACE_NONE && !to->servers[i].removed)
			places[i] = next++;
	host_keys_free(alignment.from_hosts, from->server_count);
	host_keys_free(alignment.to_hosts, to->server_count);
	free(alignment.taken);
}

size_t *value_places_make(size_t count)
{
	size_t *places = mem_alloc(count, sizeof *places);
	for (size_t i = 0; i < count; i++)
		places[i] = PLACE_NONE;
	return places;
}

enum field_id value_path_top(const struct value_path *path)
{
	return path->ref.field < FIELD_SETTINGS_COUNT ? path->ref.field : FIELD_SIP_SERVERS;
}

bool value_field_is_sip(enum field_id field)
{
	return field_of(field)->form != FIELD_FORM_SETTINGS ||
	       text_starts_with(field_of(field)->path, "sip.");
}

bool value_servers_numbered(const struct calling_values *values)
{
	return values_servers_alive(values) > 1;
}

static int size_compare(size_t a, size_t b)
{
	return (a > b) - (a < b);
}

/* Field-table order, servers by place; a parameter's key and value stand together. */
static int path_compare(const void *first, const void *second)
{
	const struct value_path *a = first;
	const struct value_path *b = second;
	int order = size_compare(value_path_top(a), value_path_top(b));
	if (order == 0)
		order = size_compare(a->place, b->place);
	if (order == 0)
		order = (a->key != NULL) - (b->key != NULL);
	if (order == 0 && a->key != NULL)
		order = strcmp(a->key, b->key);
	if (order == 0)
		order = size_compare(a->repeat, b->repeat);
	if (order == 0)
		order = size_compare(a->ref.field, b->ref.field);
	return order;
}

static void path_add(struct value_paths *paths, struct value_path path)
{
	paths->items = mem_grow(paths->items, paths->count, sizeof *paths->items);
	paths->items[paths->count++] = path;
}

static void server_flatten(struct value_paths *paths, const struct calling_values *values,
			   int index, size_t place, bool with_read_only)
{
	static const enum field_id members[] = { FIELD_SERVER_HOSTNAME, FIELD_SERVER_PORT,
						 FIELD_SERVER_APP_ID };
	const struct sip_server *server = &values->servers[index];
	struct value_path path = { .values = values, .place = place };
	path.ref = field_ref_server(FIELD_SIP_SERVERS, index);
	path.value = server->hostname != NULL ? server->hostname : "";
	path_add(paths, path);
	for (size_t i = 0; i < ARRAY_LENGTH(members); i++) {
		path.ref = field_ref_server(members[i], index);
		path.value = values_get(values, path.ref);
		if (with_read_only || (field_of(members[i])->flags & FIELD_READ_ONLY) == 0)
			path_add(paths, path);
	}
	for (size_t i = 0; i < server->parameter_count; i++) {
		path.key = server->parameters[i].key;
		path.repeat = i;
		path.ref = field_ref_parameter(FIELD_PARAMETER_KEY, index, (int)i);
		path.value = server->parameters[i].key;
		path_add(paths, path);
		path.ref.field = FIELD_PARAMETER_VALUE;
		path.value = server->parameters[i].value;
		path_add(paths, path);
	}
}

/* Until here `repeat` was the parameter's index, which kept equal keys in their order. */
static void repeats_count(struct value_paths *paths)
{
	const struct value_path *last = NULL;
	size_t repeat = 0;
	for (size_t i = 0; i < paths->count; i++) {
		struct value_path *path = &paths->items[i];
		if (path->ref.field == FIELD_PARAMETER_KEY) {
			bool again = last != NULL && last->place == path->place &&
				     text_equal(last->key, path->key);
			repeat = again ? repeat + 1 : 0;
			last = path;
		}
		if (path->key != NULL)
			path->repeat = repeat;
	}
}

static void flatten(struct value_paths *paths, const struct calling_values *values,
		    const size_t *places, bool with_read_only)
{
	for (int id = 0; id < FIELD_SETTINGS_COUNT; id++) {
		const struct field *field = field_of((enum field_id)id);
		if (field->type == FIELD_TYPE_LIST || field->type == FIELD_TYPE_SECRET)
			continue;
		if (!with_read_only && (field->flags & FIELD_READ_ONLY) != 0)
			continue;
		path_add(paths, (struct value_path) { .ref = field_ref_of(field->id),
						      .values = values,
						      .value = values->texts[id] });
	}
	for (size_t i = 0; i < values->server_count; i++) {
		if (!values->servers[i].removed)
			server_flatten(paths, values, (int)i, places == NULL ? i : places[i],
				       with_read_only);
	}
	qsort(paths->items, paths->count, sizeof *paths->items, path_compare);
	repeats_count(paths);
}

void value_walk_init(struct value_walk *walk)
{
	*walk = (struct value_walk) { 0 };
}

void value_walk_release(struct value_walk *walk)
{
	for (size_t i = 0; i < walk->count; i++)
		free(walk->lists[i].items);
	value_walk_init(walk);
}

void value_walk_add(struct value_walk *walk, const struct calling_values *values,
		    const size_t *places, bool with_read_only)
{
	flatten(&walk->lists[walk->count++], values, places, with_read_only);
}

void value_walk_pair(struct value_walk *walk, const struct calling_values *from,
		     const struct calling_values *to, bool with_read_only)
{
	size_t *places = value_places_make(to->server_count);
	value_places_align(from, to, places);
	value_walk_add(walk, from, NULL, with_read_only);
	value_walk_add(walk, to, places, with_read_only);
	free(places);
}

static const struct value_path *walk_head(const struct value_walk *walk, size_t side)
{
	const struct value_paths *list = &walk->lists[side];
	return walk->at[side] < list->count ? &list->items[walk->at[side]] : NULL;
}

bool value_walk_next(struct value_walk *walk, struct value_row *row)
{
	const struct value_path *least = NULL;
	for (size_t i = 0; i < walk->count; i++) {
		const struct value_path *head = walk_head(walk, i);
		if (head != NULL && (least == NULL || path_compare(head, least) < 0))
			least = head;
	}
	*row = (struct value_row) { 0 };
	if (least == NULL)
		return false;
	for (size_t i = 0; i < walk->count; i++) {
		const struct value_path *head = walk_head(walk, i);
		if (head == NULL || path_compare(head, least) != 0)
			continue;
		row->sides[i] = head;
		walk->at[i]++;
	}
	return true;
}

static bool hosts_same(const char *a, const char *b)
{
	char *key_a = host_key(a);
	char *key_b = host_key(b);
	bool same =
		key_a == NULL || key_b == NULL ? key_a == key_b : text_equal_nocase(key_a, key_b);
	free(key_a);
	free(key_b);
	return same;
}

static bool codes_hold(const char *codes, const char *code, size_t length)
{
	while (*codes != '\0') {
		size_t here = strcspn(codes, " ");
		if (here == length && strncasecmp(codes, code, length) == 0)
			return true;
		codes += here + strspn(codes + here, " ");
	}
	return false;
}

static bool codes_within(const char *codes, const char *others)
{
	codes += strspn(codes, " ");
	while (*codes != '\0') {
		size_t length = strcspn(codes, " ");
		if (!codes_hold(others, codes, length))
			return false;
		codes += length + strspn(codes + length, " ");
	}
	return true;
}

static bool codes_same(const char *a, const char *b)
{
	a = a == NULL ? "" : a;
	b = b == NULL ? "" : b;
	return strcmp(a, b) == 0 || (codes_within(a, b) && codes_within(b, a));
}

/* An absent value, or an empty one, stands for what the field table says. */
static const char *meaning(const struct field *field, const char *value)
{
	return value == NULL || *value == '\0' ? field->absent : value;
}

static bool values_same(const struct field *field, const char *a, const char *b)
{
	if (field->id == FIELD_CODECS)
		return codes_same(a, b);
	switch (field->type) {
	case FIELD_TYPE_CODES: return codes_same(a, b);
	case FIELD_TYPE_HOST: return hosts_same(a, b);
	case FIELD_TYPE_ENUM: return text_equal_nocase(meaning(field, a), meaning(field, b));
	case FIELD_TYPE_PORT: return text_equal(meaning(field, a), meaning(field, b));
	default: return text_equal(a, b);
	}
}

bool value_path_same(const struct value_path *wanted, const struct value_path *shown)
{
	if (wanted == NULL || shown == NULL) {
		const struct value_path *one = wanted != NULL ? wanted : shown;
		return one == NULL || one->value == NULL;
	}
	enum field_id id = wanted->ref.field;
	if (id == FIELD_SIP_SERVERS)
		return true; /* both are there; their members are paths of their own */
	if (id == FIELD_SERVER_APP_ID && wanted->value == NULL)
		return true;
	return values_same(field_of(id), wanted->value, shown->value);
}

char *value_path_label(const struct value_path *path, bool numbered)
{
	const struct field *field = field_of(path->ref.field);
	if (path->ref.server < 0)
		return mem_text(field->label);
	struct str label;
	str_init(&label);
	str_add(&label, field_of(FIELD_SIP_SERVERS)->label);
	if (numbered)
		str_addf(&label, " %d", path->ref.server + 1);
	if (path->key != NULL) {
		str_addf(&label, " %s", path->key);
	} else if (path->ref.field != FIELD_SIP_SERVERS) {
		str_add_char(&label, ' ');
		str_add_char(&label, (char)tolower((unsigned char)field->label[0]));
		str_add(&label, field->label + 1);
	}
	return str_detach(&label);
}

char *value_path_text(const struct value_path *path)
{
	if (path == NULL)
		return NULL;
	struct str text;
	str_init(&text);
	if (path->ref.field == FIELD_SIP_SERVERS)
		server_summary(&path->values->servers[path->ref.server], &text);
	else
		field_words(field_of(path->ref.field), path->value, &text);
	return str_detach(&text);
}

char *value_path_json(const struct value_path *path)
{
	struct str text;
	str_init(&text);
	field_path(path->ref, path->values, &text);
	if (path->ref.field == FIELD_SIP_SERVERS)
		str_addf(&text, "[%d]", path->ref.server);
	return str_detach(&text);
}
