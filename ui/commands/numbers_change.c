#include "ui/commands/numbers.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "calling/changes.h"
#include "calling/fields.h"
#include "calling/settings.h"
#include "service/client.h"
#include "store/drafts.h"
#include "store/fingerprints.h"
#include "store/numbers_csv.h"
#include "store/readings.h"
#include "store/seen.h"
#include "store/vault.h"
#include "ui/commands/commands.h"
#include "ui/commands/reading.h"

#include <stdio.h>
#include <stdlib.h>

static const char PROMPT[] = "Passphrase of the vault (not shown): ";

static bool passphrase_get(struct numbers_command *command, struct secret *passphrase)
{
	return target_passphrase_get(command->target.passphrase_file, PROMPT, "--passphrase-file",
				     passphrase, &command->err);
}

/* Puts a key into the vault, or takes it out (`key` NULL). */
static bool vault_put(const struct secret *passphrase, const char *id, const struct secret *key,
		      struct err *err)
{
	struct vault_keys keys;
	vault_keys_init(&keys);
	char *path = vault_path(err);
	bool done = path != NULL && vault_change(path, passphrase, id, key, &keys, err);
	vault_keys_release(&keys);
	free(path);
	return done;
}

/* --- add -------------------------------------------------------------------------------------- */

/* What was said of the key decides where it lives, unless --key-source does. */
static bool key_source_read(struct numbers_command *command, struct key_source *source)
{
	const char *word = command->values[NUMBERS_KEY_SOURCE];
	const char *line = command->values[NUMBERS_KEY_COMMAND];
	const char *file = command->target.key_file;
	struct err *err = &command->err;
	source->kind = line != NULL   ? KEY_SOURCE_COMMAND
		       : file != NULL ? KEY_SOURCE_VAULT
				      : KEY_SOURCE_ASK;
	if (word != NULL && !key_source_from_word(word, &source->kind)) {
		err_set(err, ERR_USAGE, "“%s” is no place for a key.", word);
		err_next_step(err, "There are: ask, vault, command.");
		return false;
	}
	if ((line != NULL) != (source->kind == KEY_SOURCE_COMMAND))
		return err_set(err, ERR_USAGE,
			       "--key-source command and --key-command LINE belong together.");
	if (file != NULL && source->kind != KEY_SOURCE_VAULT)
		return err_set(err, ERR_USAGE,
			       "--key-file puts a key into the vault: it goes with no other "
			       "--key-source.");
	return line == NULL || key_command_parse(line, &source->command, err);
}

static bool number_read(struct numbers_command *command, struct number *number)
{
	const char *const *values = command->values;
	const char *api_url = command->target.api_url;
	if (values[NUMBERS_LABEL] == NULL)
		return err_set(&command->err, ERR_USAGE,
			       "What is the number called? Give it with --label NAME.");
	*number = (struct number) {
		.label = mem_text(values[NUMBERS_LABEL]),
		.phone_number = mem_text(values[NUMBERS_PHONE]),
		.api_url = mem_text(api_url == NULL ? ENDPOINT_DEFAULT_URL : api_url),
		.tags = mem_text(values[NUMBERS_TAGS]),
		.note = mem_text(values[NUMBERS_NOTE]),
		.is_read_only = values[NUMBERS_READ_ONLY] != NULL,
		.id = number_id_make(),
	};
	return key_source_read(command, &number->key_source) &&
	       http_url_check(number->api_url, &command->err) &&
	       numbers_judge(&command->list, number, NULL, &command->err);
}

static bool key_get(struct numbers_command *command, const struct number *number,
		    struct secret *key)
{
	const struct number asked = { .label = number->label };
	if (command->target.key_file == NULL)
		return target_key_fetch(&command->target, &asked, key, &command->err);
	return file_read_secret(command->target.key_file, key, &command->err) &&
	       secret_tidy_key(key, &command->err);
}

/* --- what a new key opens --------------------------------------------------------------------- */

static void opened_print(const struct number *number, const struct calling_values *values)
{
	static const enum field_id fields[] = { FIELD_CALLING, FIELD_SIP, FIELD_SRTP };
	struct str words;
	str_init(&words);
	(void)fputs("This key opens:\n", stderr);
	command_line_print("Number", number->label, stderr);
	if (number->phone_number != NULL && phone_number_normalise(number->phone_number, &words))
		command_line_print("Phone number", words.bytes, stderr);
	for (size_t i = 0; i < ARRAY_LENGTH(fields); i++) {
		const struct field *field = field_of(fields[i]);
		str_clear(&words);
		field_words(field, values_get(values, field_ref_of(fields[i])), &words);
		command_line_print(field->label, words.bytes, stderr);
	}
	for (size_t i = 0; i < values->server_count; i++) {
		str_clear(&words);
		server_summary(&values->servers[i], &words);
		command_line_print(field_of(FIELD_SIP_SERVERS)->label, words.bytes, stderr);
	}
	str_release(&words);
}

/* A key that the service has judged is not saved; one that it could not be asked about may be. */
static void not_saved_say(struct err *err)
{
	bool is_judged = err->kind == ERR_KEY || err->kind == ERR_FORBIDDEN;
	char *sentence =
		mem_format("%s %s", err->sentence,
			   is_judged ? "Nothing was saved."
				     : "The key could not be tried, so nothing was saved.");
	char *next_step = mem_format("%s%s--untried saves it without trying its key.",
				     err->next_step, err->next_step[0] == '\0' ? "" : " ");
	err_text_set(err->sentence, sizeof err->sentence, sentence);
	if (!is_judged)
		err_text_set(err->next_step, sizeof err->next_step, next_step);
	free(sentence);
	free(next_step);
}

static bool key_try(struct numbers_command *command, const struct number *number,
		    const struct secret *key)
{
	struct secret answer;
	struct calling_settings settings;
	struct err *err = &command->err;
	if (command->values[NUMBERS_UNTRIED] != NULL)
		return true;
	secret_init(&answer);
	settings_init(&settings);
	bool opens =
		command_read("numbers", &command->target, number, key, false, &answer, err) &&
		settings_decode(&settings, secret_bytes(&answer), answer.length, clock_now(), err);
	if (opens)
		opened_print(number, &settings.values);
	else
		not_saved_say(err);
	settings_release(&settings);
	secret_release(&answer);
	return opens;
}

/* --- saving ----------------------------------------------------------------------------------- */

static bool added_print(struct numbers_command *command, const struct number *added)
{
	struct str out;
	str_init(&out);
	if (command->values[NUMBERS_JSON] != NULL) {
		str_add(&out, "{\"schema\":1,\"number\":");
		numbers_json(&out, added);
		str_add(&out, "}\n");
	} else {
		text_show(&out, added->label);
		str_add(&out, " is saved.\n");
	}
	bool done = numbers_output(&out, &command->err);
	str_release(&out);
	return done;
}

/* Two numbers with one key are one number to the service: said, since it is mostly a mistake. */
static void same_key_say(struct numbers_command *command, const struct number *number,
			 const struct secret *key)
{
	char *id = fingerprint_other(number->id, key);
	const struct number *other = id == NULL ? NULL : numbers_find_id(&command->list, id);
	if (other != NULL) {
		struct str label;
		str_init(&label);
		text_show(&label, other->label);
		(void)fprintf(stderr, "sipdesk numbers: the same API key is also that of “%s”.\n",
			      label.bytes);
		str_release(&label);
	}
	(void)fingerprint_note(number->id, key, NULL);
	free(id);
}

/* The key first: no number is saved whose key is nowhere. It is taken out again where the number
 * cannot be saved. */
static bool save_with_key(struct numbers_command *command, const struct number *number,
			  struct secret *key)
{
	struct secret passphrase;
	secret_init(&passphrase);
	char *path = vault_path(&command->err);
	bool is_in_vault = path != NULL && vault_is_there(path, &command->err) &&
			   key_get(command, number, key) && key_try(command, number, key) &&
			   passphrase_get(command, &passphrase) &&
			   vault_put(&passphrase, number->id, key, &command->err);
	bool done = is_in_vault && numbers_add(&command->list, number, 1, NULL, &command->err);
	if (is_in_vault && !done)
		(void)vault_put(&passphrase, number->id, NULL, NULL);
	secret_release(&passphrase);
	free(path);
	return done;
}

/* Its command is run once, as it will be each time. */
static bool command_try(struct numbers_command *command, const struct number *number,
			struct secret *key)
{
	if (command->values[NUMBERS_UNTRIED] != NULL)
		return true;
	if (target_key_fetch(&command->target, number, key, &command->err))
		return key_try(command, number, key);
	if (command->err.kind != ERR_CANCELLED)
		not_saved_say(&command->err);
	return false;
}

static bool number_save(struct numbers_command *command, const struct number *number)
{
	struct secret key;
	enum key_source_kind source = number->key_source.kind;
	secret_init(&key);
	bool done = source != KEY_SOURCE_COMMAND || command_try(command, number, &key);
	if (source == KEY_SOURCE_VAULT)
		done = save_with_key(command, number, &key);
	else if (done)
		done = numbers_add(&command->list, number, 1, NULL, &command->err);
	if (done && secret_is_set(&key))
		same_key_say(command, number, &key);
	secret_release(&key);
	return done;
}

bool numbers_add_one(struct numbers_command *command)
{
	struct number number = { 0 };
	bool done = number_read(command, &number) && number_save(command, &number);
	numbers_set_aside_say(&command->list);
	done = done && added_print(command, numbers_find_id(&command->list, number.id));
	number_release(&number);
	return done;
}

/* --- remove ----------------------------------------------------------------------------------- */

static bool removal_ask(const struct number *number, bool is_in_vault, struct err *err)
{
	bool has_draft = draft_exists(number->id);
	struct str question;
	str_init(&question);
	text_show(&question, number->label);
	str_add(&question, " leaves the list");
	str_add(&question, is_in_vault || has_draft ? "; lost with it:" : "");
	str_add(&question, is_in_vault ? " its API key in the vault" : "");
	str_add(&question, is_in_vault && has_draft ? " and" : "");
	str_add(&question, has_draft ? " its unsent draft" : "");
	str_add(&question, ". Nothing changes at the service.\n");
	str_add(&question, "Remove it? [y/N] ");
	bool is_yes = target_yes_ask(question.bytes, err);
	if (!is_yes && err->kind == ERR_CANCELLED)
		(void)err_set(err, ERR_CANCELLED, "%s stays.", number->label);
	str_release(&question);
	return is_yes;
}

/* What else this machine knows of it. Losing a reading costs a reading. */
static void traces_remove(const char *id)
{
	struct readings readings;
	(void)draft_discard(id, NULL);
	seen_forget(id);
	fingerprint_forget(id);
	readings_init(&readings);
	if (readings_load(&readings, NULL)) {
		readings_forget(&readings, id);
		(void)readings_save(&readings, NULL);
	}
	readings_release(&readings);
}

/* The passphrase is asked for first, so that one can still turn back. */
static bool number_remove(struct numbers_command *command, const struct number *number,
			  bool is_in_vault)
{
	struct secret passphrase;
	struct err cause;
	secret_init(&passphrase);
	bool done = (!is_in_vault || passphrase_get(command, &passphrase)) &&
		    numbers_remove(&command->list, number->id, &command->err);
	if (done)
		traces_remove(number->id);
	if (done && is_in_vault && !vault_put(&passphrase, number->id, NULL, &cause)) {
		command->err = cause;
		err_set(&command->err, cause.kind,
			"%s has left the list; its API key is still in the vault. %s",
			number->label, cause.sentence);
		err_next_step(&command->err, "%s", cause.next_step);
		done = false;
	}
	secret_release(&passphrase);
	return done;
}

static bool vault_exists(struct err *err)
{
	bool exists = false;
	char *path = vault_path(err);
	bool done = path != NULL && vault_look(path, &exists, NULL);
	free(path);
	return exists || !done; /* one that cannot be read says so when it is opened */
}

bool numbers_remove_one(struct numbers_command *command)
{
	struct number number;
	const struct number *named =
		numbers_named(&command->list, command->names[0], &command->err);
	if (named == NULL)
		return false;
	number_copy(&number, named);
	bool is_in_vault =
		number.key_source.kind == KEY_SOURCE_VAULT && vault_exists(&command->err);
	bool done = (command->values[NUMBERS_YES] != NULL ||
		     removal_ask(&number, is_in_vault, &command->err)) &&
		    number_remove(command, &number, is_in_vault);
	if (done) {
		struct str words;
		str_init(&words);
		text_show(&words, number.label);
		(void)fprintf(stderr, "%s has left the list.\n", words.bytes);
		str_release(&words);
	}
	number_release(&number);
	return done;
}

/* --- import ----------------------------------------------------------------------------------- */

static void faults_print(const struct numbers_csv *csv)
{
	for (size_t i = 0; i < csv->fault_count && i < NUMBERS_CSV_FAULTS_MAX; i++) {
		struct str reason;
		str_init(&reason);
		text_show(&reason, csv->faults[i].reason);
		(void)fprintf(stderr, "line %zu: %s\n", csv->faults[i].line, reason.bytes);
		str_release(&reason);
	}
	if (csv->fault_count > NUMBERS_CSV_FAULTS_MAX)
		(void)fprintf(stderr, "and %zu more\n", csv->fault_count - NUMBERS_CSV_FAULTS_MAX);
}

static void imported_write(struct str *out, const struct numbers *list, const char *const *ids,
			   size_t count)
{
	str_add(out, "{\"schema\":1,\"numbers\":[");
	for (size_t i = 0; i < count; i++) {
		str_add(out, i == 0 ? "" : ",");
		numbers_json(out, numbers_find_id(list, ids[i]));
	}
	str_add(out, "]}\n");
}

static bool imported_save(struct numbers_command *command, const struct numbers_csv *csv)
{
	struct str out;
	bool as_json = command->values[NUMBERS_JSON] != NULL;
	const char **ids = as_json ? mem_alloc(csv->count, sizeof *ids) : NULL;
	bool done = numbers_add(&command->list, csv->items, csv->count, ids, &command->err);
	str_init(&out);
	if (done && as_json)
		imported_write(&out, &command->list, ids, csv->count);
	else if (done)
		str_addf(&out, "%zu number%s saved.\n", csv->count,
			 csv->count == 1 ? " is" : "s are");
	done = done && numbers_output(&out, &command->err);
	str_release(&out);
	free(ids);
	return done;
}

bool numbers_import(struct numbers_command *command)
{
	const struct numbers_csv_rules rules = {
		.saved = &command->list,
		.api_url = ENDPOINT_DEFAULT_URL,
		.api_url_judge = http_url_check,
	};
	struct numbers_csv csv = { 0 };
	struct str table;
	str_init(&table);
	bool done = file_read(command->names[0], NUMBERS_FILE_MAX, &table, &command->err) &&
		    numbers_csv_read(&csv, table.bytes, table.length, &rules, &command->err);
	faults_print(&csv);
	done = done && imported_save(command, &csv);
	numbers_set_aside_say(&command->list);
	numbers_csv_release(&csv);
	str_release(&table);
	return done;
}
