#include "calling/put_back.h"

#include "base/mem.h"
#include "calling/fields.h"
#include "calling/merge.h"
#include "calling/value_paths.h"

#include <stdlib.h>

/* Their places are of another time: which of the base's servers they are is found anew. */
static void origins_find(struct calling_values *values, const struct calling_values *base)
{
	size_t *places = value_places_make(values->server_count);
	value_places_align(base, values, places);
	for (size_t i = 0; i < values->server_count; i++) {
		struct sip_server *server = &values->servers[i];
		bool is_there = places[i] < base->server_count;
		server->origin = is_there ? (int)places[i] : -1;
		if (!is_there)
			mem_text_set(&server->app_id, NULL); /* the service gives it one */
	}
	free(places);
}

static void absent_choices_fill(struct calling_values *values, const struct calling_values *base)
{
	for (enum field_id id = 0; id < FIELD_SETTINGS_COUNT; id++) {
		const struct field *field = field_of(id);
		if (field->type == FIELD_TYPE_ENUM && values->texts[id] == NULL)
			mem_text_set(&values->texts[id],
				     field->absent != NULL ? field->absent : base->texts[id]);
	}
}

void values_put_back(const struct calling_values *base, const struct calling_values *wanted,
		     struct calling_values *mine)
{
	struct calling_values wish;
	struct merge merge;
	values_copy(&wish, wanted);
	origins_find(&wish, base);
	absent_choices_fill(&wish, base);
	merge_compute(&merge, base, base, &wish); /* nothing of theirs moved: no conflict */
	merge_result(&merge, mine);
	merge_release(&merge);
	values_release(&wish);
}
