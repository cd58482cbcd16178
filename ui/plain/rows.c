#include "ui/plain/rows.h"

#include "base/mem.h"
#include "calling/fields.h"
#include "ui/app/tls_check.h"

#include <stdlib.h>

static struct plain_row *row_add(struct plain_rows *rows, enum plain_row_kind kind,
				 struct field_ref ref, char *words)
{
	rows->items = mem_grow(rows->items, rows->count, sizeof *rows->items);
	rows->items[rows->count] = (struct plain_row) { .kind = kind, .ref = ref, .words = words };
	return &rows->items[rows->count++];
}

static void change_write(const struct change *change, struct str *out)
{
	if (change == NULL)
		return;
	if (change->kind == CHANGE_ADDED || change->old_text == NULL)
		str_add(out, "; added");
	else
		str_addf(out, "; changed, was %s", change->old_text);
}

static void wrong_write(const struct open_number *number, struct field_ref ref, struct str *out)
{
	const struct finding *finding = findings_for(&number->findings, ref);
	if (finding != NULL && finding->severity == SEVERITY_FAILURE)
		str_add(out, "; wrong");
}

char *plain_field_words(const struct open_number *number, struct field_ref ref)
{
	const struct field *field = field_of(ref.field);
	struct str words;
	str_init(&words);
	str_addf(&words, "%s: ", field->label);
	field_words(field, values_get(&number->draft.mine, ref), &words);
	change_write(changes_for(&number->changes, ref), &words);
	wrong_write(number, ref, &words);
	if ((field->flags & FIELD_READ_ONLY) != 0)
		str_add(&words, "; read-only");
	return str_detach(&words);
}

/* --- the settings ----------------------------------------------------------------------------- */

/* A server's row says what there is in it. */
static char *server_words(const struct open_number *number, int server)
{
	const struct calling_values *mine = &number->draft.mine;
	const struct sip_server *shown = &mine->servers[server];
	struct field_ref ref = field_ref_server(FIELD_SIP_SERVERS, server);
	const struct change *own = changes_for(&number->changes, ref);
	bool is_changed = false, is_wrong = false;
	struct str words;
	str_init(&words);
	str_add(&words, field_of(FIELD_SIP_SERVERS)->label);
	if (values_servers_alive(mine) > 1)
		str_addf(&words, " %d", server + 1);
	str_add(&words, ": ");
	if (shown->hostname == NULL || shown->hostname[0] == '\0')
		str_add(&words, "no hostname yet");
	else
		server_summary(shown, &words);
	for (size_t i = 0; i < number->changes.count; i++)
		is_changed = is_changed || number->changes.items[i].ref.server == server;
	if (own != NULL)
		str_add(&words, own->kind == CHANGE_ADDED ? "; added" : "; removed in your draft");
	else if (is_changed)
		str_add(&words, "; changed");
	for (size_t i = 0; i < number->findings.count; i++)
		is_wrong = is_wrong || (number->findings.items[i].ref.server == server &&
					number->findings.items[i].severity == SEVERITY_FAILURE);
	if (is_wrong)
		str_add(&words, "; wrong");
	return str_detach(&words);
}

static void servers_add(struct plain_rows *rows, const struct open_number *number)
{
	const struct calling_values *mine = &number->draft.mine;
	for (int i = 0; (size_t)i < mine->server_count; i++)
		if (!mine->servers[i].removed || mine->servers[i].origin >= 0)
			(void)row_add(rows, ROW_SERVER, field_ref_server(FIELD_SIP_SERVERS, i),
				      server_words(number, i));
	(void)row_add(
		rows, ROW_SERVER_ADD, field_ref_of(FIELD_COUNT),
		mem_text(values_servers_alive(mine) == 0 ? "Add a SIP server" : "Add a server"));
}

static char *password_words(const struct open_number *number)
{
	bool exists = values_servers_alive(&number->settings.values) > 0;
	return mem_format("%s: %s", field_of(FIELD_SIP_PASSWORD)->label,
			  exists ? "not shown; reveal fetches it"
				 : "none: made with the first server");
}

static void checks_add(struct plain_rows *rows, const struct open_number *number)
{
	const struct calling_values *mine = &number->draft.mine;
	const char *section = "Checks";
	for (int i = 0; (size_t)i < mine->server_count; i++) {
		if (mine->servers[i].removed)
			continue;
		const char *name = values_get(mine, field_ref_server(FIELD_SERVER_HOSTNAME, i));
		char *words = tls_check_words(tls_check_of(number, i));
		row_add(rows, ROW_CHECK, field_ref_server(FIELD_SIP_SERVERS, i),
			mem_format("TLS check of %s: %s", name == NULL ? "the new server" : name,
				   words))
			->section = section;
		section = NULL;
		free(words);
	}
}

static void settings_fill(struct plain_rows *rows, const struct open_number *number)
{
	int section = -1;
	for (enum field_id id = 0; id < FIELD_SETTINGS_COUNT; id++) {
		const struct field *field = field_of(id);
		struct field_ref ref = field_ref_of(id);
		size_t first = rows->count;
		if ((field->flags & FIELD_HIDE_ABSENT) != 0 &&
		    values_get(&number->draft.mine, ref) == NULL)
			continue;
		if (id == FIELD_SIP_SERVERS)
			servers_add(rows, number);
		else if (id == FIELD_SIP_PASSWORD)
			(void)row_add(rows, ROW_PASSWORD, ref, password_words(number));
		else
			(void)row_add(rows, ROW_FIELD, ref, plain_field_words(number, ref));
		if ((int)field->section != section)
			rows->items[first].section = section_title(field->section);
		section = (int)field->section;
	}
	checks_add(rows, number);
}

/* --- a server --------------------------------------------------------------------------------- */

static char *parameter_words(const struct open_number *number, int server, int parameter)
{
	struct field_ref key = field_ref_parameter(FIELD_PARAMETER_KEY, server, parameter);
	struct field_ref value = field_ref_parameter(FIELD_PARAMETER_VALUE, server, parameter);
	const struct change *of_value = changes_for(&number->changes, value);
	struct str words;
	str_init(&words);
	str_addf(&words, "%s: %s", values_get(&number->draft.mine, key),
		 values_get(&number->draft.mine, value));
	change_write(of_value != NULL ? of_value : changes_for(&number->changes, key), &words);
	wrong_write(number, key, &words);
	wrong_write(number, value, &words);
	return str_detach(&words);
}

static void server_fill(struct plain_rows *rows, const struct open_number *number, int server)
{
	static const enum field_id fields[] = { FIELD_SERVER_HOSTNAME, FIELD_SERVER_PORT,
						FIELD_SERVER_APP_ID };
	const struct calling_values *mine = &number->draft.mine;
	for (size_t i = 0; i < ARRAY_LENGTH(fields); i++) {
		struct field_ref ref = field_ref_server(fields[i], server);
		if (fields[i] != FIELD_SERVER_APP_ID || values_get(mine, ref) != NULL)
			(void)row_add(rows, ROW_FIELD, ref, plain_field_words(number, ref));
	}
	size_t first = rows->count;
	for (int i = 0; (size_t)i < mine->servers[server].parameter_count; i++)
		(void)row_add(rows, ROW_PARAMETER,
			      field_ref_parameter(FIELD_PARAMETER_VALUE, server, i),
			      parameter_words(number, server, i));
	(void)row_add(rows, ROW_PARAMETER_ADD, field_ref_server(FIELD_COUNT, server),
		      mem_text("Add a parameter"));
	rows->items[first].section = section_title(SECTION_PARAMETERS);
}

/* --- all -------------------------------------------------------------------------------------- */

void plain_rows_release(struct plain_rows *rows)
{
	for (size_t i = 0; i < rows->count; i++)
		free(rows->items[i].words);
	free(rows->items);
	*rows = (struct plain_rows) { 0 };
}

void plain_rows_fill(struct plain_rows *rows, const struct open_number *number, int server)
{
	plain_rows_release(rows);
	if (!number->has_settings)
		return;
	if (server == ROWS_SETTINGS)
		settings_fill(rows, number);
	else
		server_fill(rows, number, server);
}

void plain_rows_say(struct plain *plain, const struct plain_rows *rows)
{
	for (size_t i = 0; i < rows->count; i++) {
		if (rows->items[i].section != NULL)
			talk_title(&plain->talk, rows->items[i].section);
		talk_row(&plain->talk, i + 1, rows->items[i].words);
	}
}
