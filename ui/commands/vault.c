#include "ui/commands/commands.h"

#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "store/numbers.h"
#include "store/vault.h"
#include "ui/commands/target.h"

#include <getopt.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const char HELP[] =
	"Usage: sipdesk vault init [--passphrase-file FILE]\n"
	"       sipdesk vault check [--json] [--passphrase-file FILE]\n"
	"       sipdesk vault prune [--yes] [--passphrase-file FILE]\n"
	"       sipdesk vault passwd [--passphrase-file FILE] [--new-passphrase-file FILE]\n"
	"\n"
	"The vault is one file with the API keys of the saved numbers that keep theirs there, "
	"under\n"
	"one passphrase. Without the passphrase nobody can open it; there is no other way in.\n"
	"\n"
	"  init                        make an empty vault\n"
	"  check                       is it whole, does it open, which keys are in it\n"
	"  prune                       take out the keys that no saved number uses; asks first\n"
	"  passwd                      change the passphrase; the file before it, vault.previous,\n"
	"                              opens with the one before until the next change\n"
	"  --passphrase-file FILE      file with the passphrase, one line; - is standard input.\n"
	"                              Without it the terminal is asked\n"
	"  --new-passphrase-file FILE  the same for the passphrase to come\n"
	"  --yes                       do not ask before taking keys out\n"
	"  --json                      one JSON document instead of a table\n"
	"  --help                      show this help\n"
	"\n"
	"Exit codes: 0 done, 3 there is a vault already, 4 wrong passphrase, 64 usage, 65 damaged "
	"or\n"
	"bad input, 74 a file failed, 77 others may read it, 78 there is none, 130 answered with "
	"no.\n";

enum {
	OPTION_PASSPHRASE_FILE = 1,
	OPTION_NEW_PASSPHRASE_FILE = 2,
	OPTION_JSON = 4,
	OPTION_HELP = 8,
	OPTION_YES = 16,
};

struct vault_command {
	const char *word;		 /* init, check, …; NULL: none was given */
	int options;			 /* those that were given, or-ed */
	const char *passphrase_file;	 /* "-": standard input; NULL: the terminal is asked */
	const char *new_passphrase_file; /* the same */
	char *path;
	struct err err;
};

static bool arguments_parse(struct vault_command *command, int argc, char **argv)
{
	static const struct option options[] = {
		{ "passphrase-file", required_argument, NULL, OPTION_PASSPHRASE_FILE },
		{ "new-passphrase-file", required_argument, NULL, OPTION_NEW_PASSPHRASE_FILE },
		{ "json", no_argument, NULL, OPTION_JSON },
		{ "help", no_argument, NULL, OPTION_HELP },
		{ "yes", no_argument, NULL, OPTION_YES },
		{ NULL, 0, NULL, 0 },
	};
	int option;
	while ((option = getopt_long(argc, argv, ":", options, NULL)) != -1) {
		if (option == ':' || option == '?')
			return err_set(&command->err, ERR_USAGE,
				       "“%s” is not known, or lacks its value.", argv[optind - 1]);
		command->options |= option;
		if (option == OPTION_PASSPHRASE_FILE)
			command->passphrase_file = optarg;
		else if (option == OPTION_NEW_PASSPHRASE_FILE)
			command->new_passphrase_file = optarg;
	}
	if (optind < argc)
		command->word = argv[optind++];
	if (optind < argc)
		return err_set(&command->err, ERR_USAGE, "“%s” is one argument too many.",
			       argv[optind]);
	if (text_equal(command->passphrase_file, "-") &&
	    text_equal(command->new_passphrase_file, "-"))
		return err_set(&command->err, ERR_USAGE,
			       "Only one of the two passphrases can come on standard input.");
	return true;
}

/* --- passphrases ------------------------------------------------------------------------------ */

static bool passphrase_get(struct vault_command *command, const char *prompt,
			   struct secret *passphrase)
{
	return target_passphrase_get(command->passphrase_file, prompt, "--passphrase-file",
				     passphrase, &command->err);
}

/* One to come: judged at once, and typed twice. */
static bool passphrase_choose(const char *file, const char *option, struct secret *passphrase,
			      struct err *err)
{
	struct secret again;
	char *prompt = mem_format("New passphrase of the vault (at least %d characters, not "
				  "shown): ",
				  VAULT_PASSPHRASE_MIN);
	secret_init(&again);
	bool done = target_passphrase_get(file, prompt, option, passphrase, err) &&
		    vault_passphrase_judge(passphrase, err);
	if (done && file == NULL)
		done = target_passphrase_get(NULL, "The same again: ", option, &again, err) &&
		       (text_equal(secret_bytes(passphrase), secret_bytes(&again)) ||
			err_set(err, ERR_INPUT, "The two are not the same; nothing was changed."));
	secret_release(&again);
	free(prompt);
	return done;
}

/* --- init, passwd ----------------------------------------------------------------------------- */

static bool init_run(struct vault_command *command)
{
	struct secret passphrase;
	secret_init(&passphrase);
	bool done = vault_is_free(command->path, &command->err) &&
		    passphrase_choose(command->passphrase_file, "--passphrase-file", &passphrase,
				      &command->err) &&
		    vault_create(command->path, &passphrase, &command->err);
	if (done)
		(void)fprintf(stderr,
			      "The vault %s is made. It opens with this passphrase only: keep it "
			      "where you will find it.\n",
			      command->path);
	secret_release(&passphrase);
	return done;
}

static bool passwd_run(struct vault_command *command)
{
	struct secret passphrase, wanted;
	struct vault_keys keys;
	secret_init(&passphrase);
	secret_init(&wanted);
	vault_keys_init(&keys);
	/* A wrong one is told before the new one is typed twice. */
	bool done = vault_is_there(command->path, &command->err) &&
		    passphrase_get(command, "Passphrase of the vault (not shown): ", &passphrase) &&
		    vault_read(command->path, &passphrase, &keys, &command->err) &&
		    passphrase_choose(command->new_passphrase_file, "--new-passphrase-file",
				      &wanted, &command->err) &&
		    vault_passphrase_change(command->path, &passphrase, &wanted, &command->err);
	if (done)
		(void)fprintf(stderr,
			      "The passphrase is changed. %s.previous still opens with the one "
			      "before, until the next change of the vault or until you remove "
			      "it.\n",
			      command->path);
	vault_keys_release(&keys);
	secret_release(&passphrase);
	secret_release(&wanted);
	return done;
}

/* --- what is in it ---------------------------------------------------------------------------- */

struct contents {
	struct secret passphrase;
	struct vault_keys keys;
	struct numbers numbers; /* that are saved */
};

static bool contents_open(struct vault_command *command, struct contents *contents)
{
	secret_init(&contents->passphrase);
	vault_keys_init(&contents->keys);
	numbers_init(&contents->numbers);
	return vault_is_there(command->path, &command->err) &&
	       numbers_load(&contents->numbers, &command->err) &&
	       passphrase_get(command,
			      "Passphrase of the vault (not shown): ", &contents->passphrase) &&
	       vault_read(command->path, &contents->passphrase, &contents->keys, &command->err);
}

static void contents_release(struct contents *contents)
{
	secret_release(&contents->passphrase);
	vault_keys_release(&contents->keys);
	numbers_release(&contents->numbers);
}

static int ids_order(const void *one, const void *other)
{
	const struct number *const *a = one, *const *b = other;
	return strcmp((*a)->id, (*b)->id);
}

/* What the list of numbers and the vault do not have in common, as table rows or JSON. */
struct difference {
	bool as_json;
	struct str numbers; /* their key should be in the vault, and is not */
	struct str keys;    /* that no such number uses */
	const char **ids;   /* of those keys; borrowed from the vault's */
	size_t id_count;
};

static void number_add(struct difference *difference, const struct number *number)
{
	struct str *out = &difference->numbers;
	if (difference->as_json) {
		str_addf(out, "%s{\"id\":\"%s\",\"label\":", out->length > 0 ? "," : "",
			 number->id);
		json_write_string(out, number->label);
		str_add_char(out, '}');
	} else {
		str_add(out, "Number without a key       ");
		text_show(out, number->label);
		str_addf(out, " (%s)\n", number->id);
	}
}

/* A number that has moved its key elsewhere is named. */
static void key_add(struct difference *difference, const struct numbers *numbers, const char *id)
{
	struct str *out = &difference->keys;
	const struct number *former = numbers_find_id(numbers, id);
	difference->ids[difference->id_count++] = id;
	if (difference->as_json) {
		str_addf(out, "%s\"%s\"", out->length > 0 ? "," : "", id);
		return;
	}
	str_addf(out, "Key that no number uses    %s", id);
	if (former != NULL) {
		str_add(out, " (");
		text_show(out, former->label);
		str_add(out, " keeps its key elsewhere)");
	}
	str_add_char(out, '\n');
}

/* Both sides in the order of their ids, beside each other. */
static void difference_find(const struct numbers *numbers, const struct vault_keys *keys,
			    bool as_json, struct difference *difference)
{
	size_t count = 0, at = 0;
	const struct number **wanted = mem_alloc(numbers->count + 1, sizeof *wanted);
	*difference = (struct difference) { .as_json = as_json };
	difference->ids = mem_alloc(keys->count + 1, sizeof *difference->ids);
	str_init(&difference->numbers);
	str_init(&difference->keys);
	for (size_t i = 0; i < numbers->count; i++)
		if (numbers->items[i].key_source.kind == KEY_SOURCE_VAULT)
			wanted[count++] = &numbers->items[i];
	qsort(wanted, count, sizeof *wanted, ids_order);
	const char *id = vault_keys_next(keys, NULL);
	while (id != NULL || at < count) {
		int order = id == NULL ? 1 : at == count ? -1 : strcmp(id, wanted[at]->id);
		if (order < 0)
			key_add(difference, numbers, id);
		else if (order > 0)
			number_add(difference, wanted[at]);
		at += order >= 0;
		if (order <= 0)
			id = vault_keys_next(keys, id);
	}
	free(wanted);
}

static void difference_release(struct difference *difference)
{
	str_release(&difference->numbers);
	str_release(&difference->keys);
	free(difference->ids);
}

/* --- check ------------------------------------------------------------------------------------ */

static const char *previous_word(const char *path)
{
	bool exists;
	char *previous = vault_path_previous(path);
	bool is_readable = vault_look(previous, &exists, NULL);
	free(previous);
	return !is_readable ? "unusable" : exists ? "whole" : "none";
}

static bool check_print(struct vault_command *command, const struct numbers *numbers,
			const struct vault_keys *keys)
{
	struct difference difference;
	const char *previous = previous_word(command->path);
	struct str out;
	str_init(&out);
	difference_find(numbers, keys, (command->options & OPTION_JSON) != 0, &difference);
	if (difference.as_json) {
		str_add(&out, "{\"schema\":1,\"path\":");
		json_write_string(&out, command->path);
		str_addf(&out,
			 ",\"keys\":%zu,\"previous\":\"%s\",\"numbers_without_key\":[%s],"
			 "\"keys_without_number\":[%s]}\n",
			 keys->count, previous, difference.numbers.bytes, difference.keys.bytes);
	} else {
		str_add(&out, "Vault                      ");
		text_show(&out, command->path);
		str_addf(&out,
			 "\nState                      whole, and it opens with this passphrase\n"
			 "The file before it         %s\n"
			 "Keys                       %zu\n%s%s",
			 previous, keys->count, difference.numbers.bytes, difference.keys.bytes);
	}
	bool done = (fputs(out.bytes, stdout) >= 0 && fflush(stdout) == 0) ||
		    err_set(&command->err, ERR_IO, "The output could not be written.");
	if (done && !difference.as_json && difference.id_count > 0)
		(void)fputs("sipdesk vault prune takes out what no number uses.\n", stderr);
	difference_release(&difference);
	str_release(&out);
	return done;
}

static bool check_run(struct vault_command *command)
{
	struct contents contents;
	bool done = contents_open(command, &contents) &&
		    check_print(command, &contents.numbers, &contents.keys);
	contents_release(&contents);
	return done;
}

/* --- prune ------------------------------------------------------------------------------------ */

static bool prune_agree(struct vault_command *command, const struct difference *stray)
{
	if ((command->options & OPTION_YES) != 0)
		return true;
	char *question = mem_format("%sTake %s out of the vault? [y/N] ", stray->keys.bytes,
				    stray->id_count == 1 ? "it" : "them");
	bool is_yes = target_yes_ask(question, &command->err);
	free(question);
	return is_yes;
}

static void nothing_stray_say(void)
{
	(void)fputs("Nothing to remove: a saved number uses each key in the vault.\n", stderr);
}

/* While the question stood another session may have saved a number that uses one of them: the list
 * is read again. */
static bool prune_now(struct vault_command *command, const struct contents *contents)
{
	struct numbers numbers;
	struct difference stray;
	numbers_init(&numbers);
	bool done = numbers_load(&numbers, &command->err);
	difference_find(&numbers, &contents->keys, false, &stray);
	bool has_any = stray.id_count > 0;
	done = done && (!has_any || vault_prune(command->path, &contents->passphrase, stray.ids,
						stray.id_count, &command->err));
	if (done && !has_any)
		nothing_stray_say();
	else if (done)
		(void)fprintf(stderr,
			      "%sTaken out of the vault: %zu. %s.previous still has what was taken "
			      "out, until the next change.\n",
			      stray.keys.bytes, stray.id_count, command->path);
	difference_release(&stray);
	numbers_release(&numbers);
	return done;
}

static bool prune_run(struct vault_command *command)
{
	struct contents contents;
	struct difference stray = { 0 };
	bool done = contents_open(command, &contents);
	if (done)
		difference_find(&contents.numbers, &contents.keys, false, &stray);
	if (done && stray.id_count == 0)
		nothing_stray_say();
	else if (done)
		done = prune_agree(command, &stray) && prune_now(command, &contents);
	difference_release(&stray);
	contents_release(&contents);
	return done;
}

/* --- the command ------------------------------------------------------------------------------ */

static const struct {
	const char *word;
	bool (*run)(struct vault_command *command);
	int options; /* those it takes */
} WORDS[] = {
	{ "init", init_run, OPTION_PASSPHRASE_FILE },
	{ "check", check_run, OPTION_PASSPHRASE_FILE | OPTION_JSON },
	{ "prune", prune_run, OPTION_PASSPHRASE_FILE | OPTION_YES },
	{ "passwd", passwd_run, OPTION_PASSPHRASE_FILE | OPTION_NEW_PASSPHRASE_FILE },
};

static bool word_run(struct vault_command *command)
{
	for (size_t i = 0; i < ARRAY_LENGTH(WORDS); i++) {
		if (!text_equal(command->word, WORDS[i].word))
			continue;
		if ((command->options & ~WORDS[i].options) != 0)
			return err_set(&command->err, ERR_USAGE,
				       "“%s” does not take one of these options.", command->word);
		command->path = vault_path(&command->err);
		return command->path != NULL && WORDS[i].run(command);
	}
	return command->word == NULL
		       ? err_set(&command->err, ERR_USAGE, "What is to be done with the vault?")
		       : err_set(&command->err, ERR_USAGE, "“%s” is nothing that a vault can do.",
				 command->word);
}

int command_vault(int argc, char **argv)
{
	struct vault_command command = { 0 };
	err_init(&command.err);
	bool done = arguments_parse(&command, argc, argv);
	if (done && (command.options & OPTION_HELP) != 0)
		(void)fputs(HELP, stdout);
	else
		done = done && word_run(&command);
	if (!done && command.err.kind == ERR_USAGE)
		err_next_step(&command.err, "See sipdesk vault --help.");
	free(command.path);
	return done ? 0 : command_error("vault", &command.err);
}
