#include "ui/commands/numbers.h"

#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "service/client.h"
#include "store/numbers_file.h"
#include "ui/commands/commands.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

static const char HELP[] =
	"Usage: sipdesk numbers list [--tag TAG] [--json]\n"
	"       sipdesk numbers add --label NAME [--phone NUMBER] [--api-url URL]\n"
	"               [--key-source ask|vault|command] [--key-file FILE] [--key-command LINE]\n"
	"               [--tags \"A B\"] [--note TEXT] [--read-only] [--untried] [--json]\n"
	"       sipdesk numbers remove NAME [--yes]\n"
	"       sipdesk numbers import FILE.csv [--json]\n"
	"       sipdesk numbers test [NAME...] [--json]\n"
	"\n"
	"The saved numbers, in numbers.json, without keys. NAME is a label, or a phone number "
	"with\n"
	"or without +.\n"
	"\n"
	"  list                    print them, or those with a tag\n"
	"  add                     save one more; its key is tried first by reading the settings\n"
	"  remove                  take one off the list; nothing changes at the service\n"
	"  import                  save all of a table, or none: the first line names the columns\n"
	"                          label, phone_number, api_url, key, tags, note, read_only; key "
	"is\n"
	"                          ask, vault, or command: and the line\n"
	"  test                    read the settings of these numbers, or of all, with their keys\n"
	"\n"
	"  --key-source ask        the key is typed in each session (without --key-file and\n"
	"                          --key-command)\n"
	"  --key-source vault      it is kept in the vault: from --key-file, else typed now\n"
	"  --key-source command    --key-command prints it; no shell runs it\n"
	"  --key-file FILE         file with the key; - is standard input\n"
	"  --key-command LINE      such as 'pass show 360dialog/acme'\n"
	"  --passphrase-file FILE  the vault's passphrase, one line; else the terminal is asked\n"
	"  --api-url URL           the provider's address (360dialog's)\n"
	"  --read-only             sipdesk refuses to change this number's settings\n"
	"  --untried               save it without trying its key\n"
	"  --yes                   do not ask before removing\n"
	"  --ca-file FILE          add, test: trust FILE instead of the system's list\n"
	"  --log FILE              add, test: note each request there, without secrets\n"
	"  --json                  one JSON document instead of a table\n"
	"  --help                  show this help\n"
	"\n"
	"Exit codes: 0 done, 64 usage, 65 bad input, 74 a file failed, 77 others may read it,\n"
	"130 answered with no. add, test: 4 key refused, 1 refused, 5 passing fault, 78 no key\n"
	"to be had; test of several: the gravest.\n";

enum { TARGET_BIT = 16 /* of the first of the target's options; ours are fewer */ };

#define OPTION(name) (1U << (NUMBERS_##name))
#define TARGET_OPTION(name) (1U << (TARGET_BIT + (TARGET_##name) - TARGET_API_URL))

static const struct word {
	const char *word;
	bool (*run)(struct numbers_command *command);
	unsigned options; /* those it takes */
	size_t names_least, names_most;
	const char *names_wanted; /* where there are too few */
} WORDS[] = {
	{ "list", numbers_list, OPTION(JSON) | OPTION(TAG), 0, 0, NULL },
	{ "add", numbers_add_one,
	  OPTION(JSON) | OPTION(LABEL) | OPTION(PHONE) | OPTION(KEY_SOURCE) | OPTION(KEY_COMMAND) |
		  OPTION(TAGS) | OPTION(NOTE) | OPTION(READ_ONLY) | OPTION(UNTRIED) |
		  TARGET_OPTION(API_URL) | TARGET_OPTION(KEY_FILE) |
		  TARGET_OPTION(PASSPHRASE_FILE) | TARGET_OPTION(CA_FILE) | TARGET_OPTION(LOG),
	  0, 0, NULL },
	{ "remove", numbers_remove_one, OPTION(YES) | TARGET_OPTION(PASSPHRASE_FILE), 1, 1,
	  "Which number is to be removed?" },
	{ "import", numbers_import, OPTION(JSON), 1, 1, "Which table is to be imported?" },
	{ "test", numbers_test,
	  OPTION(JSON) | TARGET_OPTION(PASSPHRASE_FILE) | TARGET_OPTION(CA_FILE) |
		  TARGET_OPTION(LOG),
	  0, SIZE_MAX, NULL },
};

/* --- what the words share --------------------------------------------------------------------- */

void numbers_cell(struct str *line, const char *text, int columns)
{
	enum { GAP = 2 };
	text_show(line, text);
	for (int at = text_columns(text); at < columns + GAP; at++)
		str_add_char(line, ' ');
}

int numbers_label_columns(const struct numbers *numbers, int least)
{
	for (size_t i = 0; i < numbers->count; i++) {
		int columns = text_columns(numbers->items[i].label);
		least = columns > least ? columns : least;
	}
	return least;
}

void numbers_json(struct str *out, const struct number *number)
{
	struct number shown = *number;
	struct str text;
	str_init(&text);
	shown.others = NULL;
	number_print(&shown, &text);
	json_write_ascii(out, text.bytes, text.length);
	str_release(&text);
}

bool numbers_output(const struct str *text, struct err *err)
{
	return (fwrite(text->bytes, 1, text->length, stdout) == text->length &&
		fflush(stdout) == 0) ||
	       err_set(err, ERR_IO, "The output could not be written.");
}

void numbers_set_aside_say(const struct numbers *numbers)
{
	if (numbers->set_aside != NULL)
		(void)fprintf(stderr, "The damaged list is kept as %s; this one is new.\n",
			      numbers->set_aside);
}

/* --- list ------------------------------------------------------------------------------------- */

static bool has_tag(const struct number *number, const char *wanted)
{
	size_t length = strlen(wanted);
	for (const char *tag = number->tags; tag != NULL && *tag != '\0';) {
		size_t tag_length = strcspn(tag, " ");
		if (tag_length == length && text_starts_with_nocase(tag, wanted))
			return true;
		tag += tag_length + (tag[tag_length] == ' ');
	}
	return false;
}

static const char *provider_of(const struct number *number)
{
	const char *host = strstr(number->api_url, "://");
	return text_equal(number->api_url, ENDPOINT_DEFAULT_URL) ? "360dialog"
	       : host == NULL					 ? number->api_url
								 : host + 3;
}

static void row_write(struct str *out, int label_columns, int provider_columns,
		      const char *const texts[6])
{
	const int columns[] = { label_columns, 16, provider_columns, 7, 9, 0 };
	for (size_t i = 0; i < ARRAY_LENGTH(columns); i++)
		numbers_cell(out, texts[i], columns[i]);
	while (out->bytes[out->length - 1] == ' ')
		str_remove(out, out->length - 1, 1);
	str_add_char(out, '\n');
}

static void table_write(struct str *out, const struct numbers *list, const char *tag)
{
	static const char *const headings[] = { "Name", "Number",    "Provider",
						"Key",	"Read-only", "Tags" };
	int label_columns = numbers_label_columns(list, 4), provider_columns = 9;
	for (size_t i = 0; i < list->count; i++) {
		int columns = text_columns(provider_of(&list->items[i]));
		provider_columns = columns > provider_columns ? columns : provider_columns;
	}
	row_write(out, label_columns, provider_columns, headings);
	for (size_t i = 0; i < list->count; i++) {
		const struct number *number = &list->items[i];
		const char *texts[] = {
			number->label,
			number->phone_number == NULL ? "" : number->phone_number,
			provider_of(number),
			key_source_word(number->key_source.kind),
			number->is_read_only ? "yes" : "no",
			number->tags == NULL ? "" : number->tags,
		};
		if (tag == NULL || has_tag(number, tag))
			row_write(out, label_columns, provider_columns, texts);
	}
}

static void document_write(struct str *out, const struct numbers *list, const char *tag)
{
	str_add(out, "{\"schema\":1,\"numbers\":[");
	size_t start = out->length;
	for (size_t i = 0; i < list->count; i++) {
		if (tag != NULL && !has_tag(&list->items[i], tag))
			continue;
		if (out->length > start)
			str_add_char(out, ',');
		numbers_json(out, &list->items[i]);
	}
	str_add(out, "]}\n");
}

bool numbers_list(struct numbers_command *command)
{
	struct str out;
	str_init(&out);
	if (command->values[NUMBERS_JSON] != NULL)
		document_write(&out, &command->list, command->values[NUMBERS_TAG]);
	else if (command->list.count > 0)
		table_write(&out, &command->list, command->values[NUMBERS_TAG]);
	else
		(void)fputs("No number is saved yet; sipdesk numbers add saves one.\n", stderr);
	bool done = numbers_output(&out, &command->err);
	str_release(&out);
	return done;
}

/* --- the command ------------------------------------------------------------------------------ */

static bool arguments_parse(struct numbers_command *command, unsigned *given, int argc, char **argv)
{
	static const struct option options[] = {
		TARGET_OPTIONS,
		{ "json", no_argument, NULL, NUMBERS_JSON },
		{ "tag", required_argument, NULL, NUMBERS_TAG },
		{ "label", required_argument, NULL, NUMBERS_LABEL },
		{ "phone", required_argument, NULL, NUMBERS_PHONE },
		{ "key-source", required_argument, NULL, NUMBERS_KEY_SOURCE },
		{ "key-command", required_argument, NULL, NUMBERS_KEY_COMMAND },
		{ "tags", required_argument, NULL, NUMBERS_TAGS },
		{ "note", required_argument, NULL, NUMBERS_NOTE },
		{ "read-only", no_argument, NULL, NUMBERS_READ_ONLY },
		{ "untried", no_argument, NULL, NUMBERS_UNTRIED },
		{ "yes", no_argument, NULL, NUMBERS_YES },
		{ "help", no_argument, NULL, NUMBERS_HELP },
		{ NULL, 0, NULL, 0 },
	};
	int option;
	while ((option = getopt_long(argc, argv, ":", options, NULL)) != -1) {
		if (target_option(&command->target, option, optarg)) {
			*given |= 1U << (TARGET_BIT + option - TARGET_API_URL);
		} else if (option < NUMBERS_OPTION_COUNT) {
			command->values[option] = optarg == NULL ? "" : optarg;
			*given |= 1U << option;
		} else {
			err_set(&command->err, ERR_USAGE, "“%s” is not known, or lacks its value.",
				argv[optind - 1]);
			err_next_step(&command->err, "sipdesk numbers --help lists what there is.");
			return false;
		}
	}
	command->names = argv + optind;
	command->name_count = (size_t)(argc - optind);
	return true;
}

/* The word itself, and what stands behind it. */
static const struct word *word_take(struct numbers_command *command, unsigned given)
{
	const struct word *word = NULL;
	struct err *err = &command->err;
	if (command->name_count == 0) {
		err_set(err, ERR_USAGE, "What is to be done with the numbers?");
		err_next_step(err, "There are: list, add, remove, import, test.");
		return NULL;
	}
	for (size_t i = 0; i < ARRAY_LENGTH(WORDS); i++)
		if (text_equal(command->names[0], WORDS[i].word))
			word = &WORDS[i];
	command->names++;
	command->name_count--;
	if (word == NULL) {
		err_set(err, ERR_USAGE, "“%s” is nothing that is done with numbers.",
			command->names[-1]);
		err_next_step(err, "There are: list, add, remove, import, test.");
	} else if ((given & ~word->options) != 0) {
		err_set(err, ERR_USAGE, "“%s” does not take one of these options.", word->word);
		err_next_step(err, "sipdesk numbers --help lists what there is.");
	} else if (command->name_count < word->names_least) {
		err_set(err, ERR_USAGE, "%s", word->names_wanted);
	} else if (command->name_count > word->names_most) {
		err_set(err, ERR_USAGE, "“%s” is one argument too many.",
			command->names[word->names_most]);
	} else {
		return word;
	}
	return NULL;
}

/* A damaged list can be replaced by what is added: that sets it aside. */
static bool list_load(struct numbers_command *command, const struct word *word)
{
	if (numbers_load(&command->list, &command->err))
		return true;
	bool adds = word->run == numbers_add_one || word->run == numbers_import;
	if (!adds || command->err.kind != ERR_INPUT)
		return false;
	(void)command_error("numbers", &command->err);
	err_init(&command->err);
	return true;
}

int command_numbers(int argc, char **argv)
{
	struct numbers_command command = { 0 };
	unsigned given = 0;
	err_init(&command.err);
	numbers_init(&command.list);
	bool is_right = arguments_parse(&command, &given, argc, argv);
	if (is_right && command.values[NUMBERS_HELP] != NULL) {
		(void)fputs(HELP, stdout);
	} else if (is_right) {
		const struct word *word = word_take(&command, given);
		is_right = word != NULL && list_load(&command, word) && word->run(&command);
	}
	numbers_release(&command.list);
	target_release(&command.target);
	return is_right ? command.exit_code : command_error("numbers", &command.err);
}
