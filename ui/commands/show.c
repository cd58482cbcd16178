#include "ui/commands/commands.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "calling/changes.h"
#include "calling/fields.h"
#include "calling/request_uri.h"
#include "calling/rules.h"
#include "ui/commands/reading.h"
#include "ui/commands/target.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char HELP[] =
	"Usage: sipdesk show TARGET [--json] [--include-credentials]\n"
	"\n"
	"Prints a number's calling settings as the service has them now.\n"
	"\n"
	"  TARGET                 the name of a saved number, or: --api-url URL --key-file FILE\n"
	"  --api-url URL          the provider's address, https:// only (http:// to loopback)\n"
	"  --key-file FILE        file with the API key; - is standard input\n"
	"  --passphrase-file FILE file with the vault's passphrase; - is standard input\n"
	"  --ca-file FILE         trust FILE instead of the system's list\n"
	"  --log FILE             note the request there, without secrets\n"
	"  --json                 one JSON document instead of a table\n"
	"  --include-credentials  also fetch and print the SIP user password\n"
	"  --help                 show this help\n"
	"\n"
	"Exit codes: 0 done, 1 refused, 4 key refused, 5 passing fault, 64 usage, 65 bad input.\n";

struct show {
	struct target target;
	bool as_json;
	bool with_credentials;
	bool is_help;

	struct err err;
	struct secret answer; /* the body; may hold a password */
};

enum { OPTION_JSON = 512, OPTION_CREDENTIALS, OPTION_HELP };

static bool arguments_parse(struct show *show, int argc, char **argv)
{
	static const struct option options[] = {
		TARGET_OPTIONS,
		{ "json", no_argument, NULL, OPTION_JSON },
		{ "include-credentials", no_argument, NULL, OPTION_CREDENTIALS },
		{ "help", no_argument, NULL, OPTION_HELP },
		{ NULL, 0, NULL, 0 },
	};
	int option;
	while ((option = getopt_long(argc, argv, ":", options, NULL)) != -1) {
		if (option == OPTION_JSON)
			show->as_json = true;
		else if (option == OPTION_CREDENTIALS)
			show->with_credentials = true;
		else if (option == OPTION_HELP)
			show->is_help = true;
		else if (!target_option(&show->target, option, optarg))
			return err_set(&show->err, ERR_USAGE,
				       "“%s” is not known, or lacks its value.", argv[optind - 1]);
	}
	if (optind < argc)
		show->target.name = argv[optind++];
	if (optind < argc)
		return err_set(&show->err, ERR_USAGE, "“%s” is one argument too many.",
			       argv[optind]);
	return true;
}

static bool output_flush(struct show *show)
{
	return (fflush(stdout) == 0 && ferror(stdout) == 0) ||
	       err_set(&show->err, ERR_IO, "The output could not be written.");
}

/* Text with a password in it goes past stdio, whose buffer nobody wipes. */
static bool secret_print(struct show *show, struct str *text)
{
	bool done = output_flush(show) && file_write_open(STDOUT_FILENO, "standard output",
							  text->bytes, text->length, &show->err);
	secret_wipe(text->bytes, text->capacity);
	str_release(text);
	return done;
}

/* --- as JSON ---------------------------------------------------------------------------------- */

static void findings_write(const struct calling_settings *settings, struct str *out)
{
	struct findings findings;
	findings_init(&findings);
	rules_check(settings, &settings->values, &findings);
	str_add(out, "\"findings\":[");
	for (size_t i = 0; i < findings.count; i++) {
		struct str path;
		str_init(&path);
		field_path(findings.items[i].ref, &settings->values, &path);
		str_addf(out, "%s{\"severity\":\"%s\",\"path\":", i > 0 ? "," : "",
			 severity_word(findings.items[i].severity));
		json_write_string(out, path.bytes);
		str_add(out, ",\"text\":");
		json_write_string(out, findings.items[i].sentence);
		str_add_char(out, '}');
		str_release(&path);
	}
	str_add_char(out, ']');
	findings_release(&findings);
}

/* The `calling` object, with passwords where they were asked for. */
static bool calling_write(struct show *show, const struct calling_settings *settings,
			  struct str *out)
{
	struct str calling;
	str_init(&calling);
	str_reserve(&calling, show->answer.length);
	bool done = true;
	if (show->with_credentials)
		done = settings_answer_calling(secret_bytes(&show->answer), show->answer.length,
					       &calling, &show->err);
	else
		settings_write_json(settings, &calling);
	str_reserve(out, calling.length * strlen("\\u0000"));
	json_write_ascii(out, calling.bytes, calling.length);
	secret_wipe(calling.bytes, calling.capacity);
	str_release(&calling);
	return done;
}

static bool json_print(struct show *show, const struct calling_settings *settings)
{
	char read_at[CLOCK_TEXT_SIZE];
	struct str calling, findings;
	str_init(&calling);
	str_init(&findings);
	if (!calling_write(show, settings, &calling))
		return false;
	findings_write(settings, &findings);
	(void)printf("{\"schema\":1,\"read_at\":\"%s\",\"calling\":",
		     clock_rfc3339(settings->read_at, read_at));
	bool done = secret_print(show, &calling);
	(void)printf(",%s}\n", findings.bytes);
	str_release(&findings);
	return done;
}

/* --- as a table ------------------------------------------------------------------------------- */

static void line_print(const char *label, const char *value)
{
	command_line_print(label, value, stdout);
}

static void field_print(const struct calling_values *values, struct field_ref ref)
{
	struct str words;
	str_init(&words);
	field_words(field_of(ref.field), values_get(values, ref), &words);
	line_print(field_of(ref.field)->label, words.bytes);
	str_release(&words);
}

static void server_print(const struct calling_values *values, int index, const char *phone_number)
{
	const struct sip_server *server = &values->servers[index];
	struct str text;
	str_init(&text);
	server_summary(server, &text);
	line_print(field_of(FIELD_SIP_SERVERS)->label, text.bytes);
	str_clear(&text);
	request_uri_write(&text, phone_number, server, true);
	line_print("  Request URI", text.bytes);
	if (server->app_id != NULL)
		line_print("  App", server->app_id);
	str_release(&text);
}

static void settings_print(const struct calling_settings *settings, const struct number *number)
{
	const struct calling_values *values = &settings->values;
	char read_at[CLOCK_TEXT_SIZE];
	line_print("Number", number->label);
	line_print("Read at", clock_rfc3339(settings->read_at, read_at));
	for (enum field_id id = 0; id < FIELD_SETTINGS_COUNT; id++) {
		const struct field *field = field_of(id);
		if (id == FIELD_SIP_SERVERS) {
			for (size_t i = 0; i < values->server_count; i++)
				server_print(values, (int)i, number->phone_number);
			if (values->server_count == 0)
				line_print(field->label, "none");
		} else if (field->type != FIELD_TYPE_SECRET &&
			   ((field->flags & FIELD_HIDE_ABSENT) == 0 ||
			    values_get(values, field_ref_of(id)) != NULL)) {
			field_print(values, field_ref_of(id));
		}
	}
}

static void findings_print(const struct calling_settings *settings)
{
	struct findings findings;
	findings_init(&findings);
	rules_check(settings, &settings->values, &findings);
	for (size_t i = 0; i < findings.count; i++)
		line_print(severity_word(findings.items[i].severity), findings.items[i].sentence);
	findings_release(&findings);
}

static bool password_print(struct show *show, const struct secret *password)
{
	struct str line;
	str_init(&line);
	str_reserve(&line, COMMAND_LABEL_COLUMNS + password->length * TEXT_PIECE_SIZE + 1);
	command_line_write(field_of(FIELD_SIP_PASSWORD)->label, secret_bytes(password), &line);
	return secret_print(show, &line);
}

static bool passwords_print(struct show *show)
{
	struct credentials credentials;
	bool done = credentials_decode(&credentials, secret_bytes(&show->answer),
				       show->answer.length, &show->err);
	for (size_t i = 0; done && i < credentials.count; i++)
		done = password_print(show, &credentials.items[i].password);
	credentials_release(&credentials);
	return done;
}

static bool answer_print(struct show *show, const struct number *number)
{
	struct calling_settings settings;
	settings_init(&settings);
	if (!settings_decode(&settings, secret_bytes(&show->answer), show->answer.length,
			     clock_now(), &show->err))
		return false;
	bool done = true;
	if (show->as_json) {
		done = json_print(show, &settings);
	} else {
		settings_print(&settings, number);
		done = !show->with_credentials || passwords_print(show);
		findings_print(&settings);
	}
	settings_release(&settings);
	return done && output_flush(show);
}

static void show_run(struct show *show)
{
	struct number number = { 0 };
	struct secret key;
	secret_init(&key);
	if (target_resolve(&show->target, &number, &key, &show->err) &&
	    target_key_fetch(&show->target, &number, &key, &show->err) &&
	    command_read("show", &show->target, &number, &key, show->with_credentials,
			 &show->answer, &show->err))
		(void)answer_print(show, &number);
	secret_release(&key);
	target_number_release(&number);
	target_release(&show->target);
}

int command_show(int argc, char **argv)
{
	struct show show = { 0 };
	err_init(&show.err);
	secret_init(&show.answer);
	if (arguments_parse(&show, argc, argv)) {
		if (show.is_help)
			(void)fputs(HELP, stdout);
		else
			show_run(&show);
	}
	secret_release(&show.answer);
	if (show.err.kind != ERR_NONE)
		return command_error("show", &show.err);
	return 0;
}
