/*
 * 10,000 random sequences in stories of a number: edits, sends, switches, password resets, and what
 * settles them, on a service that fails in random places and that others change meanwhile, in a
 * process that dies anywhere. A model (tests/support/service_model.h) and the service must agree
 * with what the product says.
 */
#include "base/mem.h"
#include "calling/fields.h"
#include "store/drafts.h"
#include "tests/support/quick_disk.h"
#include "tests/support/random_settings.h"
#include "tests/support/sequence_world.h"
#include "tests/support/service_model.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#ifdef __SANITIZE_ADDRESS__
enum { SEQUENCES = 5000 /* they take four times as long each */ };
#else
enum { SEQUENCES = 10000 };
#endif

enum {
	STORY_MAX = 3,	   /* sequences of one story, besides those that settle them */
	SETTLINGS_MAX = 4, /* of one sequence; the last on a service without faults */
	STEPS_MAX = 12,	   /* of a password reset without faults */
	LOOPS_MAX = 4,
	STEPS = 5, /* of a send without faults */
};

#define REFUSAL "{\"error\":{\"message\":\"No.\",\"code\":100}}"
#define RATE \
	"{\"error\":{\"message\":\"exceeded the limit of 1 request every 5 seconds\",\"code\":4}}"

/* What follows "METHOD N "; several directives are parted by a line end. */
static const char *const GET_FAULTS[] = {
	"drop",
	"drop-unread",
	"hang",
	"truncate",
	"garbage",
	"delay 2",
	"answer 200",
	"answer 500 x",
	"answer 502 <p>",
	"answer 503",
	"answer 555",
	"answer 200 {\"calling\":7}",
	"answer 429\nheader Retry-After: 7",
	"answer 302\nheader Location: https://a.test/",
};
static const char *const POST_FAULTS[] = {
	"drop",
	"drop\napply",
	"drop-unread",
	"hang",
	"hang\napply",
	"truncate",
	"garbage",
	"garbage\napply",
	"delay 2",
	"answer 500 x",
	"answer 504 x\napply",
	"answer 502 <p>",
	"answer 400 " REFUSAL,
	"answer 401 {}",
	"answer 429",
	"answer 429\nheader Retry-After: 3",
	"answer 429\nheader Retry-After: 130",
	"answer 400 " RATE,
	"answer 200",
	"answer 200\nignore",
	"answer 200 {\"success\":false}",
	"answer 200 {\"success\":false}\nignore",
	"answer 200 [1]",
	"ignore",
	"lag 1",
	"lag 2",
	"lag 3",
	"after {\"srtp_key_exchange_protocol\":null}",
};
/* What others change; the first ones stand alone in their units. */
static const char *const FOREIGN[] = {
	"{\"callback_permission_status\":\"DISABLED\"}",
	"{\"call_icon_visibility\":\"DISABLE_ALL\"}",
	"{\"call_hours\":{\"status\":\"ENABLED\"}}",
	"{\"x_9\":9}",
	"{\"status\":\"DISABLED\"}",
	"{\"call_icons\":null}",
	"{\"srtp_key_exchange_protocol\":\"SDES\"}",
	"{\"srtp_key_exchange_protocol\":null}",
};
enum { FOREIGN_ALONE = 6 /* the others only before the first reading, which a write follows */ };

/* One sequence, from its edits to its end. */
struct story {
	uint64_t seed;
	struct random random;
	struct sequence_world world;
	struct service_model model;
	struct str script;		  /* of the sequence that runs */
	const char *foreign;		  /* what others change in it; NULL: nothing */
	bool foreign_at_first;		  /* before its first reading; else before its second */
	int cancel_at;			  /* step; 0: never */
	bool is_settling;		  /* conflicts are decided for what was wanted before */
	bool taken[FIELD_SETTINGS_COUNT]; /* decided for theirs */
	struct calling_values before, mine;
	size_t planned, under_way; /* requests of the sends that ended, and of the one that runs */
	size_t sequences, judged[SEND_UNKNOWN + 1], killed, settled;
};

static struct story story;
static uint32_t below(uint32_t limit)
{
	return random_below(&story.random, limit);
}

#define PICK(items) (items)[below(ARRAY_LENGTH(items))]

/* --- what happens ----------------------------------------------------------------------------- */

static void rule_add(const char *method, int number, const char *directives)
{
	while (*directives != '\0') {
		size_t length = strcspn(directives, "\n");
		str_addf(&story.script, "%s %d %.*s\n", method, number, (int)length, directives);
		directives += length + (directives[length] == '\n');
	}
}

static void foreign_add(void)
{
	size_t which = below(ARRAY_LENGTH(FOREIGN));
	story.foreign_at_first = which >= FOREIGN_ALONE || below(2) == 0;
	story.foreign = FOREIGN[which];
	str_addf(&story.script, "GET %d before %s\n", story.foreign_at_first ? 1 : 2,
		 story.foreign);
}

static void script_make(bool with_faults, bool with_foreign)
{
	str_clear(&story.script);
	story.foreign = NULL;
	str_add(&story.script, "app " RANDOM_OWN_APP "\n");
	if (below(2) == 0)
		str_add(&story.script, "sip-resets-srtp\n");
	if (with_foreign)
		foreign_add();
	for (int i = 1; with_faults && i <= 4; i++) {
		const char *fault = PICK(POST_FAULTS);
		/* Who reads what is stale cannot see what others change meanwhile. */
		if (below(3) == 0 && !(with_foreign && text_starts_with(fault, "lag")))
			rule_add("POST", i, fault);
		if (below(6) == 0 && (i > 2 || !with_foreign))
			rule_add("GET", i, PICK(GET_FAULTS));
	}
}

static void conflict_decide(struct sequence *sequence)
{
	struct merge *merge = &sequence->send.merge;
	for (size_t i = 0; i < merge->count; i++) {
		struct merge_item *item = &merge->items[i];
		if (!item->conflict)
			continue;
		bool theirs = !story.is_settling && below(2) == 0;
		item->choice = theirs ? MERGE_THEIRS : MERGE_MINE;
		if (item->ref.field < FIELD_SETTINGS_COUNT)
			story.taken[item->ref.field] = theirs;
	}
	send_resolve(&sequence->send);
}

static void told(void *owner, struct sequence_world *world)
{
	(void)owner;
	struct sequence *sequence = &world->sequence;
	size_t plan = sequence->send.plan.count + sequence->send.repaired;
	if (plan > story.under_way) /* after a rate limit less may be left */
		story.under_way = plan;
	if (sequence->send.step == SEND_DONE) {
		story.planned += story.under_way;
		story.under_way = 0;
	}
	if (sequence->state != SEQUENCE_RUNNING)
		return;
	if (sequence->send.step == SEND_CONFLICT)
		conflict_decide(sequence);
	else if (world->steps == story.cancel_at)
		sequence_cancel(sequence);
}

/* --- what must hold --------------------------------------------------------------------------- */

static void judge(const char *what, const struct str *faults, const char *held)
{
	if (faults->length == 0)
		return;
	char *expected = cJSON_PrintUnformatted(story.model.expected);
	fail_msg("%s: %s\nwas:  %s\nheld: %s", what, faults->bytes, expected, held);
}

static long number_of(const struct json_doc *state, const char *name)
{
	return strtol(json_text(json_member(state->root, name)), NULL, 10);
}

static void posts_are_few(const struct json_doc *state)
{
	size_t planned = story.planned + story.under_way, limited = 0;
	for (const char *at = story.script.bytes; (at = strstr(at, "POST ")) != NULL; at += 5)
		limited += strncmp(at + 6, " answer 429", 11) == 0 ||
			   strncmp(at + 6, " answer 400 " RATE, 20) == 0;
	size_t repeated = limited < planned ? limited : planned;
	assert_true((size_t)number_of(state, "posts") <= planned + repeated);
	const cJSON *body;
	cJSON_ArrayForEach (body, json_member(state->root, "bodies")) {
		assert_null(strstr(body->valuestring, "hunter"));
		assert_null(strstr(body->valuestring, "(hidden)"));
	}
}

/* What others did, if it came to that. Caller frees what the service holds. */
static char *service_look(void)
{
	struct json_doc state;
	fault_server_state(&story.world.server, &state);
	long first = story.foreign_at_first ? 1 : 2;
	if (story.foreign != NULL && number_of(&state, "gets") >= first)
		service_model_foreign(&story.model, story.foreign);
	story.foreign = NULL;
	posts_are_few(&state);
	struct json_slice calling = json_slice(&state, json_member(state.root, "calling"));
	char *held = mem_text_n(calling.bytes, calling.length);
	json_doc_release(&state);
	return held;
}

/* SDES cannot be written while SIP is off, and a write of `sip` may have reset it. */
static void srtp_skip(const struct calling_values *wanted, bool skipped[])
{
	if (!values_sip_enabled(wanted))
		skipped[FIELD_SRTP] = true;
}

static void unchanged_judge(const char *held)
{
	struct str faults;
	str_init(&faults);
	service_model_unchanged(&story.model, held, &faults);
	judge("Died, and nothing is open", &faults, held);
	str_release(&faults);
}

/* "Applied, but the service shows …" is not said where all is as wanted. */
static void something_is_different(const char *held, struct str *faults)
{
	static const bool none[FIELD_SETTINGS_COUNT];
	struct str differences;
	str_init(&differences);
	service_model_shows(&story.model, held, &story.mine, none, &differences);
	if (differences.length == 0)
		str_add(faults, "All is as wanted.");
	str_release(&differences);
}

static void outcome_judge(enum send_outcome outcome)
{
	struct str faults;
	char *held = service_look();
	str_init(&faults);
	story.judged[outcome]++;
	service_model_untouched(&story.model, held, &faults);
	if (outcome == SEND_NOT_APPLIED)
		service_model_unchanged(&story.model, held, &faults);
	if (outcome == SEND_APPLIED) {
		srtp_skip(&story.mine, story.taken);
		service_model_shows(&story.model, held, &story.mine, story.taken, &faults);
	}
	if (outcome == SEND_APPLIED_DIFFERENT)
		something_is_different(held, &faults);
	judge(SEND_OUTCOME_WORDS[outcome], &faults, held);
	str_release(&faults);
	free(held);
}

/* --- settling --------------------------------------------------------------------------------- */

/* A choice that was never made cannot be taken back: the service knows no such value. */
static void never_set_skip(bool skipped[])
{
	for (int i = 0; i < FIELD_SETTINGS_COUNT; i++) {
		const struct field *field = field_of((enum field_id)i);
		if (field->type == FIELD_TYPE_ENUM && field->absent == NULL &&
		    story.before.texts[i] == NULL)
			skipped[i] = true;
	}
}

static void settled_judge(enum sequence_kind how)
{
	struct str faults;
	bool skipped[FIELD_SETTINGS_COUNT] = { false };
	char *held = service_look();
	const struct calling_values *wanted = how == SEQUENCE_UNDO ? &story.before : &story.mine;
	str_init(&faults);
	if (how == SEQUENCE_UNDO) {
		never_set_skip(skipped);
		story.model.server_is_new = false;
	} else
		memcpy(skipped, story.taken, sizeof skipped);
	srtp_skip(wanted, skipped);
	service_model_untouched(&story.model, held, &faults);
	service_model_shows(&story.model, held, wanted, skipped, &faults);
	judge(SEQUENCE_KIND_WORDS[how], &faults, held);
	str_release(&faults);
	free(held);
	story.settled++;
}

/* Every start finds what is open and settles it; it may fail, or die, but not for ever. */
static bool settle(enum sequence_kind how, int tries_left)
{
	struct sequence_world *world = &story.world;
	struct sequence_record record;
	bool faulty = tries_left > 1;
	if (!sequence_world_find_open(world, &record))
		return false;
	assert_true(tries_left > 0);
	script_make(faulty, false);
	story.cancel_at = faulty && below(6) == 0 ? 1 + (int)below(STEPS_MAX) : 0;
	story.sequences++;
	fault_server_script(&world->server, story.script.bytes);
	story.planned = story.under_way = 0;
	sequence_world_settle(world, how, &record);
	sequence_record_release(&record);
	(void)sequence_world_run(world, faulty && below(3) == 0 ? 1 + (int)below(STEPS_MAX)
								: SEQUENCE_TO_ITS_END);
	bool through = world->sequence.state == SEQUENCE_DONE;
	sequence_release(&world->sequence);
	if (settle(how, tries_left - 1))
		return true;
	assert_true(through);
	settled_judge(how);
	return true;
}

/* --- a story ---------------------------------------------------------------------------------- */

static void draft_round_trip(void)
{
	struct saved_draft draft = { 0 };
	struct err err;
	bool exists = false;
	const struct sequence_world *world = &story.world;
	err_init(&err);
	if (!draft_save(SEQUENCE_WORLD_ID, &world->base, &story.mine, false, &err) ||
	    !draft_load(SEQUENCE_WORLD_ID, &draft, &exists, &err))
		fail_msg("%s", err.sentence);
	assert_true(exists);
	for (int i = 0; i < FIELD_SETTINGS_COUNT; i++) {
		assert_true(service_model_same((enum field_id)i, &draft.mine, &story.mine));
		assert_true(service_model_same((enum field_id)i, &draft.base.values,
					       &world->base.values));
	}
	saved_draft_release(&draft);
}

static void reset_touch(void)
{
	static const enum field_id fields[] = { FIELD_CALLING, FIELD_SIP, FIELD_SIP_SERVERS,
						FIELD_SRTP };
	for (size_t i = 0; i < ARRAY_LENGTH(fields); i++)
		story.model.touched[fields[i]] = true;
}

static bool server_is_new(const struct calling_values *values)
{
	for (size_t i = 0; i < values->server_count; i++)
		if (!values->servers[i].removed && values->servers[i].origin < 0)
			return true;
	return false;
}

/* What is as it was is not touched, even where it was typed again. */
static void edits_judge(const struct calling_values *mine)
{
	for (int i = 0; i < FIELD_SETTINGS_COUNT; i++)
		if (service_model_same((enum field_id)i, &story.world.base.values, mine) &&
		    !(i == FIELD_SIP_SERVERS && story.model.server_is_new))
			story.model.touched[i] = false;
}

/* Where other apps have servers ours stays: once it is gone nobody can tell that what is left, and
 * looks like the number's one server, is another app's. */
static void edit(struct calling_values *mine)
{
	bool has_others = mine->server_count > 1;
	random_settings_edit(&story.random, mine, story.model.touched);
	if (has_others)
		mine->servers[RANDOM_OWN_PLACE].removed = false;
}

/* Begins one of any kind. */
static void sequence_begin(bool is_reset)
{
	struct sequence_world *world = &story.world;
	struct calling_values *mine = &world->mine;
	memset(story.taken, 0, sizeof story.taken);
	story.planned = story.under_way = 0;
	memset(story.model.touched, 0, sizeof story.model.touched);
	if (is_reset)
		reset_touch();
	else
		edit(mine);
	values_release(&story.mine);
	values_copy(&story.mine, mine);
	story.model.server_is_new = !is_reset && server_is_new(mine);
	if (!is_reset)
		edits_judge(mine);
	if (below(4) == 0)
		draft_round_trip();
	story.sequences++;
	fault_server_script(&world->server, story.script.bytes);
	if (is_reset)
		sequence_world_reset(world);
	else
		sequence_world_send(world, (enum sequence_kind)below(SEQUENCE_RESET_PASSWORD));
}

/* What the first write was made on. */
static void before_keep(const char *foreign)
{
	struct service_model model;
	char *calling = cJSON_PrintUnformatted(story.model.expected);
	service_model_begin(&model, calling);
	if (foreign != NULL)
		service_model_foreign(&model, foreign);
	values_release(&story.before);
	service_model_values(&model, &story.before);
	service_model_release(&model);
	cJSON_free(calling);
}

static void sequence_tell(void)
{
	struct sequence_world *world = &story.world;
	bool is_killed = below(3) == 0;
	bool is_reset = below(4) == 0 && sequence_reset_why_not(&world->base) == NULL;
	script_make(below(4) > 0, !is_reset && below(3) == 0);
	before_keep(story.foreign_at_first ? story.foreign : NULL);
	story.cancel_at = below(6) == 0 ? 1 + (int)below(STEPS_MAX) : 0;
	sequence_begin(is_reset);
	int last_step = 1 + (int)below(is_reset ? STEPS_MAX : STEPS);
	bool through = sequence_world_run(world, is_killed ? last_step : SEQUENCE_TO_ITS_END);
	for (uint32_t left = below(LOOPS_MAX); is_killed && left > 0; left--)
		loop_step(&world->loop, 1); /* a request may be on its way then */
	enum sequence_state state = world->sequence.state;
	enum send_outcome outcome = world->sequence.send.outcome;
	sequence_release(&world->sequence);
	story.killed += !through;
	if (state == SEQUENCE_DONE)
		outcome_judge(outcome);
	else if (state == SEQUENCE_OPEN)
		outcome_judge(SEND_UNKNOWN); /* of all that it wanted */
	char *held = service_look();
	story.is_settling = true;
	bool was_open = settle(below(2) == 0 ? SEQUENCE_FINISH : SEQUENCE_UNDO, SETTLINGS_MAX);
	story.is_settling = false;
	if (state == SEQUENCE_RUNNING && !was_open)
		unchanged_judge(held);
	assert_true(state == SEQUENCE_RUNNING || was_open == (state == SEQUENCE_OPEN));
	free(held);
}

/* An edit must not be of another app's server. */
static bool can_be_edited(const struct calling_values *values)
{
	return values->server_count == 0 || values->servers[0].app_id == NULL ||
	       text_equal(values->servers[0].app_id, RANDOM_OWN_APP);
}

static void story_begin(uint64_t seed)
{
	struct str document;
	struct json_doc doc;
	story.seed = seed;
	story.random.state = seed;
	str_init(&document);
	random_settings_document(&story.random, &document);
	assert_true(json_doc_parse(&doc, document.bytes, document.length, NULL));
	struct json_slice calling = json_slice(&doc, json_member(doc.root, "calling"));
	char *members = mem_text_n(calling.bytes + 1, calling.length - 2);
	sequence_world_renew(&story.world, members, "app " RANDOM_OWN_APP "\n");
	free(members);
	json_doc_release(&doc);
	str_release(&document);
}

static void story_tell(uint64_t seed)
{
	size_t line;
	struct err err;
	story_begin(seed);
	for (uint32_t left = 1 + below(STORY_MAX); left > 0; left--) {
		char *calling = sequence_world_read(&story.world);
		service_model_begin(&story.model, calling);
		free(calling);
		if (can_be_edited(&story.world.base.values))
			sequence_tell();
		service_model_release(&story.model);
	}
	assert_true(history_verify(&story.world.history, &line, &err));
	story.seed = 0;
}

static uint64_t only_seed; /* 0: all of them */

static void the_product_tells_the_truth(void **state)
{
	(void)state;
	if (only_seed != 0) {
		story_tell(only_seed);
		return;
	}
	for (uint64_t seed = 1; story.sequences < SEQUENCES; seed++)
		story_tell(seed * 0x9e3779b97f4a7c15ULL);
	for (size_t i = 0; i < ARRAY_LENGTH(story.judged); i++) /* none of them is idle */
		assert_true(story.judged[i] > SEQUENCES / 200);
	assert_true(story.killed > SEQUENCES / 10 && story.settled > SEQUENCES / 10);
}

static int world_make(void **state)
{
	(void)state;
	quick_disk_set();
	str_init(&story.script);
	values_init(&story.before);
	values_init(&story.mine);
	sequence_world_begin(&story.world, "", "");
	story.world.told = told;
	return 0;
}

static int world_end(void **state)
{
	(void)state;
	if (story.seed != 0) {
		print_message("seed %#llx, last script:\n%s\n", (unsigned long long)story.seed,
			      story.script.bytes);
		return -1;
	}
	sequence_world_end(&story.world);
	values_release(&story.before);
	values_release(&story.mine);
	str_release(&story.script);
	return 0;
}

/* With a seed that failed: its story alone. */
int main(int count, char *arguments[])
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_product_tells_the_truth, world_make, world_end),
	};
	only_seed = count > 1 ? strtoull(arguments[1], NULL, 0) : 0;
	(void)signal(SIGPIPE, SIG_IGN);
	(void)setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
