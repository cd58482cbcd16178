#include "service/sequence_record.h"

#include "base/mem.h"
#include "calling/draft_json.h"
#include "calling/fields.h"

#include <stdlib.h>
#include <string.h>

const char *const SEQUENCE_KIND_WORDS[] = {
	[SEQUENCE_SEND] = "send",
	[SEQUENCE_OFF] = "off",
	[SEQUENCE_ON] = "on",
	[SEQUENCE_MOVE] = "move",
	[SEQUENCE_RESET_PASSWORD] = "password reset",
	[SEQUENCE_FINISH] = "finish",
	[SEQUENCE_UNDO] = "undo",
};

bool sequence_kind_read(const char *word, enum sequence_kind *kind)
{
	for (enum sequence_kind i = 0; i < SEQUENCE_KIND_COUNT; i++)
		if (text_equal(word, SEQUENCE_KIND_WORDS[i])) {
			*kind = i;
			return true;
		}
	return false;
}

static const char *const REACH_WORDS[] = {
	[HTTP_NOT_SENT] = "not sent",
	[HTTP_SENT] = "sent",
	[HTTP_ANSWERED] = "answered",
};

void sequence_record_init(struct sequence_record *record)
{
	*record = (struct sequence_record) { 0 };
	settings_init(&record->before);
	for (size_t i = 0; i < SEQUENCE_GOALS_MAX; i++) {
		values_init(&record->goals[i].base);
		values_init(&record->goals[i].mine);
	}
}

void sequence_record_release(struct sequence_record *record)
{
	settings_release(&record->before);
	for (size_t i = 0; i < SEQUENCE_GOALS_MAX; i++) {
		values_release(&record->goals[i].base);
		values_release(&record->goals[i].mine);
	}
	sequence_record_init(record);
}

/* --- values ----------------------------------------------------------------------------------- */

void values_settled(const struct calling_values *mine, struct calling_values *out)
{
	values_copy(out, mine);
	size_t kept = 0;
	for (size_t i = 0; i < out->server_count; i++) {
		if (out->servers[i].removed) {
			server_release(&out->servers[i]);
			continue;
		}
		out->servers[kept] = out->servers[i];
		out->servers[kept].origin = (int)kept;
		kept++;
	}
	out->server_count = kept;
}

/* The place among the servers of `base` that are alive of the one made from `place`; -1: none. */
static int place_of_origin(const struct calling_values *base, size_t place)
{
	int alive = 0;
	for (size_t i = 0; i < base->server_count; i++) {
		if (base->servers[i].removed)
			continue;
		if (base->servers[i].origin == (int)place)
			return alive;
		alive++;
	}
	return -1;
}

void values_undoing(const struct calling_values *before, const struct calling_values *base,
		    struct calling_values *out)
{
	values_copy(out, before);
	for (size_t i = 0; i < out->server_count; i++)
		out->servers[i].origin = place_of_origin(base, i);
	for (enum field_id id = 0; id < FIELD_SETTINGS_COUNT; id++) {
		const char *absent = field_of(id)->absent;
		if (out->texts[id] == NULL && base->texts[id] != NULL &&
		    field_of(id)->type == FIELD_TYPE_ENUM)
			mem_text_set(&out->texts[id], absent != NULL ? absent : base->texts[id]);
	}
}

void goal_srtp_claim(struct sequence_goal *goal)
{
	if (!values_srtp_is_dtls(&goal->mine) && values_sip_enabled(&goal->mine))
		mem_text_set(&goal->base.texts[FIELD_SRTP], NULL);
}

/* --- written ---------------------------------------------------------------------------------- */

static void line_begin(struct str *line, const char *event, const char *id)
{
	str_init(line);
	str_addf(line, "\"event\":\"%s\",\"sequence\":\"%s\"", event, id);
}

static bool line_end(struct history *history, struct str *line, struct err *err)
{
	bool done = history_append(history, line->bytes, err);
	str_release(line);
	return done;
}

static void text_member(struct str *line, const char *name, const char *text)
{
	str_addf(line, ",\"%s\":", name);
	json_write_string(line, text);
}

bool record_begin_write(struct history *history, const struct sequence_record *record,
			const char *label, const char *settles, struct err *err)
{
	struct str line;
	line_begin(&line, "begin", record->id);
	text_member(&line, "kind", SEQUENCE_KIND_WORDS[record->kind]);
	text_member(&line, "number", label);
	if (settles[0] != '\0')
		text_member(&line, "settles", settles);
	str_add(&line, ",\"who\":");
	who_write_json(&record->who, &line);
	str_addf(&line, ",\"read_at\":%lld,\"before\":", (long long)record->before.read_at);
	settings_write_json(&record->before, &line);
	str_add(&line, ",\"goals\":[");
	for (size_t i = 0; i < record->goal_count; i++) {
		str_add(&line, i == 0 ? "" : ",");
		edits_write_json(&record->goals[i].base, &record->goals[i].mine, &line);
	}
	str_add_char(&line, ']');
	return line_end(history, &line, err);
}

bool record_request_write(struct history *history, const struct sequence_record *record,
			  const char *title, const char *body, struct err *err)
{
	struct str line;
	line_begin(&line, "request", record->id);
	str_addf(&line, ",\"goal\":%zu", record->goal);
	text_member(&line, "title", title);
	str_addf(&line, ",\"body\":%s", body);
	return line_end(history, &line, err);
}

bool record_answer_write(struct history *history, const struct sequence_record *record,
			 enum http_reach reach, const struct err *answer, struct err *err)
{
	struct str line;
	line_begin(&line, "answer", record->id);
	str_addf(&line, ",\"goal\":%zu,\"reach\":\"%s\"", record->goal, REACH_WORDS[reach]);
	if (answer == NULL) {
		str_add(&line, ",\"error\":null");
	} else {
		text_member(&line, "error", answer->sentence);
		text_member(&line, "words", answer->words);
		str_addf(&line, ",\"http_status\":%ld,\"code\":%ld", answer->http_status,
			 answer->code);
	}
	return line_end(history, &line, err);
}

bool record_result_write(struct history *history, const struct sequence_record *record,
			 const char *outcome, const struct calling_settings *after, struct err *err)
{
	struct str line;
	line_begin(&line, "result", record->id);
	str_addf(&line, ",\"goal\":%zu", record->goal);
	text_member(&line, "outcome", outcome);
	str_add(&line, ",\"after\":");
	if (after == NULL)
		str_add(&line, "null");
	else
		settings_write_json(after, &line);
	return line_end(history, &line, err);
}

bool record_end_write(struct history *history, const char *id, const char *how, struct err *err)
{
	struct str line;
	line_begin(&line, "end", id);
	text_member(&line, "how", how);
	return line_end(history, &line, err);
}

bool sequence_leave(struct history *history, const struct sequence_record *record, struct err *err)
{
	return record_end_write(history, record->id, "left as it is", err);
}

bool sequence_undo_set(struct history *history, struct sequence_record *record, int64_t until,
		       struct err *err)
{
	struct str line;
	line_begin(&line, "undo_set", record->id);
	str_addf(&line, ",\"until\":%lld", (long long)until);
	if (!line_end(history, &line, err))
		return false;
	record->undo_until = until;
	return true;
}

bool sequence_undo_end(struct history *history, struct sequence_record *record, struct err *err)
{
	struct str line;
	line_begin(&line, "undo_end", record->id);
	if (!line_end(history, &line, err))
		return false;
	record->undo_until = 0;
	return true;
}

/* --- read ------------------------------------------------------------------------------------- */

struct search {
	struct sequence_record *record;
	bool is_open;
	struct err err; /* of the record last begun, where it cannot be read */
};

static int64_t number_of(const cJSON *object, const char *name)
{
	const char *digits = json_text(json_member(object, name));
	return digits == NULL ? 0 : strtoll(digits, NULL, 10);
}

static bool before_read(struct sequence_record *record, const struct json_doc *line,
			struct err *err)
{
	const cJSON *before = json_member(line->root, "before");
	if (before == NULL)
		return err_set(err, ERR_INPUT, "The settings before it are missing.");
	struct json_slice slice = json_slice(line, before);
	char *answer = mem_format("{\"calling\":%.*s}", (int)slice.length, slice.bytes);
	bool done = settings_decode(&record->before, answer, strlen(answer),
				    number_of(line->root, "read_at"), err);
	free(answer);
	return done;
}

static bool goals_read(struct sequence_record *record, const cJSON *goals, struct err *err)
{
	int count = cJSON_GetArraySize(goals);
	if (count < 1 || count > SEQUENCE_GOALS_MAX)
		return err_set(err, ERR_INPUT, "What it wanted is missing.");
	values_copy(&record->goals[0].base, &record->before.values);
	for (int i = 0; i < count; i++) {
		struct sequence_goal *goal = &record->goals[i];
		if (i > 0)
			values_settled(&record->goals[i - 1].mine, &goal->base);
		record->goal_count++;
		if (!edits_read_json(&goal->base, cJSON_GetArrayItem(goals, i), &goal->mine, err))
			return false;
	}
	return true;
}

static void begin_read(struct search *search, const struct json_doc *line)
{
	struct sequence_record *record = search->record;
	const char *id = json_text(json_member(line->root, "sequence"));
	sequence_record_release(record);
	err_init(&search->err);
	record->began_at = number_of(line->root, "at");
	who_read_json(&record->who, json_member(line->root, "who"));
	if (id == NULL || strlen(id) != SEQUENCE_ID_SIZE - 1 ||
	    !sequence_kind_read(json_text(json_member(line->root, "kind")), &record->kind)) {
		(void)err_set(&search->err, ERR_INPUT, "It has no name, or its kind is not known.");
	} else {
		memcpy(record->id, id, SEQUENCE_ID_SIZE);
		if (before_read(record, line, &search->err))
			(void)goals_read(record, json_member(line->root, "goals"), &search->err);
	}
	/* One that can be read is open once a request follows; the other until it is known better.
	 */
	search->is_open = search->err.kind != ERR_NONE;
}

static bool line_search(void *owner, const struct json_doc *line)
{
	struct search *search = owner;
	struct sequence_record *record = search->record;
	const char *event = json_text(json_member(line->root, "event"));
	const char *id = json_text(json_member(line->root, "sequence"));
	if (text_equal(event, "begin")) {
		/* One that settles another has nothing of its own to settle. */
		if (json_member(line->root, "settles") == NULL)
			begin_read(search, line);
		return true;
	}
	if (!text_equal(id, record->id))
		return true;
	if (text_equal(event, "request")) {
		int64_t goal = number_of(line->root, "goal");
		if (goal >= 0 && (size_t)goal < record->goal_count)
			record->goal = (size_t)goal;
		search->is_open = true;
	} else if (text_equal(event, "end")) {
		search->is_open = false;
		record->undo_until = 0;
	} else if (text_equal(event, "undo_set")) {
		record->undo_until = number_of(line->root, "until");
	} else if (text_equal(event, "undo_end")) {
		record->undo_until = 0;
	}
	return true;
}

bool sequence_find_open(const struct history *history, struct sequence_record *record, bool *found,
			struct err *err)
{
	struct search search = { .record = record };
	err_init(&search.err);
	sequence_record_init(record);
	bool done = history_each(history, line_search, &search, err);
	*found = done && (search.is_open || record->undo_until != 0);
	if (*found && search.err.kind != ERR_NONE) {
		done = err_set(err, ERR_INPUT,
			       "A sequence was left half-done on this number, and what its history "
			       "says of it cannot be used. %s",
			       search.err.sentence);
		err_next_step(err, "Compare the settings with what you expect before you change "
				   "anything.");
		*found = false;
	}
	if (!*found)
		sequence_record_release(record);
	return done;
}
