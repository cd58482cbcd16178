#include "ui/commands/numbers.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "calling/settings.h"
#include "service/client.h"
#include "service/request_log.h"
#include "ui/commands/commands.h"

#include <stdlib.h>

enum { AT_ONCE = 4 /* as many as one service takes without being asked to wait */ };

/* The reading of one number. */
struct trial {
	const struct number *number;
	struct endpoint endpoint;
	struct client_operation *reading; /* NULL: none is under way */
	struct err err;			  /* ERR_NONE: it answers to its key */
	char *words;			  /* what its settings are; NULL: none were read */
};

/* All of them, in rounds of a few: a key that has to be asked for is asked for between rounds, so
 * that nothing waits for the person meanwhile. */
struct trials {
	struct numbers_command *command;
	const struct number **numbers;
	size_t count;
	int label_columns;
	struct loop loop;
	struct http *http;
	struct request_log *log; /* NULL: none */
	struct str out;		 /* as JSON: the document so far */
};

static void answer_arrived(void *owner, const char *bytes, size_t length, const struct err *err)
{
	struct trial *trial = owner;
	struct calling_settings settings;
	trial->reading = NULL;
	if (bytes == NULL) {
		trial->err = *err;
		return;
	}
	settings_init(&settings);
	if (settings_decode(&settings, bytes, length, clock_now(), &trial->err))
		trial->words = mem_text(!values_sip_enabled(&settings.values)	? "SIP off"
					: values_srtp_is_sdes(&settings.values) ? "SIP on, SDES"
										: "SIP on, DTLS");
	settings_release(&settings);
}

static void trial_begin(struct trials *trials, struct trial *trial, const struct secret *key)
{
	mem_text_set(&trial->endpoint.label, trial->number->label);
	mem_text_set(&trial->endpoint.api_url, trial->number->api_url);
	if (secret_copy(&trial->endpoint.key, key, &trial->err))
		trial->reading =
			client_read(trials->http, &trial->endpoint, false, answer_arrived, trial);
}

/* False where the person has given up, or the passphrase is wrong: it is not asked for again and
 * again. */
static bool key_fetch(struct trials *trials, struct trial *trial, struct secret *key)
{
	struct numbers_command *command = trials->command;
	bool is_there = target_key_fetch(&command->target, trial->number, key, &trial->err);
	enum key_source_kind source = trial->number->key_source.kind;
	bool is_of_vault = source == KEY_SOURCE_VAULT;
	if (!is_there && trial->err.kind == ERR_CONFIG && source == KEY_SOURCE_ASK)
		err_next_step(&trial->err,
			      "sipdesk show \"%s\" --key-file FILE tries one from a file.",
			      trial->number->label);
	if (is_there ||
	    !(trial->err.kind == ERR_CANCELLED || (is_of_vault && trial->err.kind == ERR_KEY)))
		return true;
	command->err = trial->err;
	return false;
}

/* --- what is printed -------------------------------------------------------------------------- */

static void line_write(struct str *out, const struct trial *trial, int label_columns)
{
	const char *phone_number = trial->number->phone_number;
	numbers_cell(out, trial->number->label, label_columns);
	numbers_cell(out, phone_number == NULL ? "" : phone_number, NUMBER_PHONE_DIGITS_MAX + 1);
	if (trial->words != NULL) {
		str_addf(out, "ok: %s\n", trial->words);
		return;
	}
	text_show(out, trial->err.sentence);
	str_add(out, trial->err.next_step[0] == '\0' ? "" : " ");
	text_show(out, trial->err.next_step);
	str_add_char(out, '\n');
}

static void entry_write(struct str *out, const struct trial *trial)
{
	const struct number *number = trial->number;
	str_add(out, out->length == 0 ? "{\"schema\":1,\"numbers\":[" : ",");
	str_addf(out, "{\"id\":\"%s\",\"label\":", number->id);
	json_write_string(out, number->label);
	if (number->phone_number != NULL)
		str_addf(out, ",\"phone_number\":\"%s\"", number->phone_number);
	str_addf(out, ",\"ok\":%s", trial->words != NULL ? "true" : "false");
	str_add(out, trial->words != NULL ? ",\"text\":" : ",\"error\":");
	json_write_string(out, trial->words != NULL ? trial->words : trial->err.sentence);
	if (trial->words == NULL && trial->err.next_step[0] != '\0') {
		str_add(out, ",\"next_step\":");
		json_write_string(out, trial->err.next_step);
	}
	str_add_char(out, '}');
}

/* The first of these codes that any number has is the command's. */
static int graver(int one, int other)
{
	static const int codes[] = { 70, 74, 78, 77, 65, 4, 1, 6, 5, 0 };
	for (size_t i = 0; i < ARRAY_LENGTH(codes); i++)
		if (one == codes[i] || other == codes[i])
			return codes[i];
	return one;
}

static bool trial_print(struct trials *trials, const struct trial *trial)
{
	struct numbers_command *command = trials->command;
	bool done = true;
	command->exit_code = graver(command->exit_code, err_exit_code(trial->err.kind));
	if (command->values[NUMBERS_JSON] != NULL) {
		entry_write(&trials->out, trial);
	} else {
		str_clear(&trials->out);
		line_write(&trials->out, trial, trials->label_columns);
		done = numbers_output(&trials->out, &command->err);
	}
	return done;
}

/* --- the rounds ------------------------------------------------------------------------------- */

static bool is_under_way(const struct trial *round, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (round[i].reading != NULL)
			return true;
	return false;
}

static void round_begin(struct trial *round, const struct number **numbers, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		round[i] = (struct trial) { .number = numbers[i] };
		endpoint_init(&round[i].endpoint);
		err_init(&round[i].err);
	}
}

static bool round_run(struct trials *trials, struct trial *round, size_t count)
{
	struct secret keys[AT_ONCE] = { 0 };
	bool is_right = true;
	for (size_t i = 0; i < count && is_right; i++)
		is_right = key_fetch(trials, &round[i], &keys[i]);
	for (size_t i = 0; i < count && is_right; i++)
		if (secret_is_set(&keys[i]))
			trial_begin(trials, &round[i], &keys[i]);
	while (is_under_way(round, count))
		loop_step(&trials->loop, LOOP_FOREVER);
	for (size_t i = 0; i < count && is_right; i++)
		is_right = trial_print(trials, &round[i]);
	for (size_t i = 0; i < count; i++) {
		secret_release(&keys[i]);
		endpoint_release(&round[i].endpoint);
		free(round[i].words);
	}
	return is_right;
}

static bool trials_run(struct trials *trials)
{
	struct trial round[AT_ONCE];
	loop_init(&trials->loop);
	trials->http = http_new(&trials->loop, trials->command->target.ca_file);
	http_log_to(trials->http, trials->log);
	str_init(&trials->out);
	bool is_right = true;
	for (size_t at = 0; at < trials->count && is_right; at += AT_ONCE) {
		size_t count = trials->count - at < AT_ONCE ? trials->count - at : AT_ONCE;
		round_begin(round, trials->numbers + at, count);
		is_right = round_run(trials, round, count);
	}
	if (is_right && trials->command->values[NUMBERS_JSON] != NULL) {
		str_add(&trials->out,
			trials->count == 0 ? "{\"schema\":1,\"numbers\":[]}\n" : "]}\n");
		is_right = numbers_output(&trials->out, &trials->command->err);
	}
	str_release(&trials->out);
	http_free(trials->http);
	return is_right;
}

/* Those that were named, or all. */
static bool numbers_choose(struct trials *trials)
{
	struct numbers_command *command = trials->command;
	bool are_named = command->name_count > 0;
	trials->count = are_named ? command->name_count : command->list.count;
	trials->numbers = mem_alloc(trials->count, sizeof *trials->numbers);
	trials->label_columns = numbers_label_columns(&command->list, 0);
	for (size_t i = 0; i < trials->count; i++) {
		trials->numbers[i] =
			are_named ? numbers_named(&command->list, command->names[i], &command->err)
				  : &command->list.items[i];
		if (trials->numbers[i] == NULL)
			return false;
	}
	return true;
}

bool numbers_test(struct numbers_command *command)
{
	struct trials trials = { .command = command };
	struct err log_err;
	const char *log_file = command->target.log_file;
	bool done = numbers_choose(&trials) &&
		    (log_file == NULL ||
		     (trials.log = request_log_open(log_file, &command->err)) != NULL) &&
		    trials_run(&trials);
	if (request_log_failed(trials.log, &log_err))
		(void)command_error("numbers", &log_err);
	request_log_close(trials.log);
	free(trials.numbers);
	return done;
}
