#include "ui/app/field_finder.h"

#include "base/mem.h"
#include "calling/fields.h"

#include <stdlib.h>

struct finding_run {
	struct field_matches *matches;
	const struct calling_values *mine;
	const char *wanted;
	bool by_label; /* what help and paths mention is a second guess */
};

static void field_consider(const struct finding_run *run, struct field_ref ref)
{
	const struct field *field = field_of(ref.field);
	const char *key =
		field->form == FIELD_FORM_PARAMETER
			? values_get(run->mine, field_ref_parameter(FIELD_PARAMETER_KEY, ref.server,
								    ref.parameter))
			: NULL;
	const char *label = key == NULL || key[0] == '\0' ? field->label : key;
	struct field_matches *matches = run->matches;
	struct str path;
	str_init(&path);
	field_path(ref, run->mine, &path);
	bool label_has_it = text_contains_nocase(label, run->wanted);
	bool other_has_it = text_contains_nocase(path.bytes, run->wanted) ||
			    text_contains_nocase(field->help, run->wanted);
	if (run->by_label ? label_has_it : other_has_it && !label_has_it) {
		matches->items = mem_grow(matches->items, matches->count, sizeof *matches->items);
		matches->items[matches->count++] = (struct field_match) {
			.ref = ref, .label = label, .path = mem_text(path.bytes)
		};
	}
	str_release(&path);
}

static void server_consider(const struct finding_run *run, int server)
{
	const struct sip_server *shown = &run->mine->servers[server];
	for (enum field_id id = FIELD_SERVER_HOSTNAME; id <= FIELD_SERVER_APP_ID; id++)
		if (field_of(id)->type != FIELD_TYPE_LIST)
			field_consider(run, field_ref_server(id, server));
	for (size_t i = 0; i < shown->parameter_count; i++)
		field_consider(run, field_ref_parameter(FIELD_PARAMETER_VALUE, server, (int)i));
}

static void matches_add(const struct finding_run *run)
{
	const struct calling_values *mine = run->mine;
	for (enum field_id id = 0; id < FIELD_SETTINGS_COUNT; id++)
		if ((field_of(id)->flags & FIELD_HIDE_ABSENT) == 0 ||
		    values_get(mine, field_ref_of(id)) != NULL)
			field_consider(run, field_ref_of(id));
	for (size_t i = 0; i < mine->server_count; i++)
		if (!mine->servers[i].removed)
			server_consider(run, (int)i);
}

void field_matches_find(struct field_matches *matches, const struct open_number *number,
			const char *wanted)
{
	struct finding_run run = {
		.matches = matches, .mine = &number->draft.mine, .wanted = wanted, .by_label = true
	};
	field_matches_release(matches);
	matches_add(&run);
	run.by_label = false;
	matches_add(&run);
}

void field_matches_release(struct field_matches *matches)
{
	for (size_t i = 0; i < matches->count; i++)
		free(matches->items[i].path);
	free(matches->items);
	*matches = (struct field_matches) { 0 };
}
