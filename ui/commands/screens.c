#include "ui/commands/commands.h"

#include "base/json.h"
#include "base/mem.h"
#include "service/request_log.h"
#include "ui/app/app.h"
#include "ui/app/half_done.h"
#include "ui/app/number_states.h"
#include "ui/app/open_number.h"
#include "ui/commands/practice.h"
#include "ui/commands/target.h"
#include "ui/plain/plain.h"
#include "ui/screens/screens.h"

#include <getopt.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char WHY_PLAIN[] = "TERM is dumb: no screens can be drawn on such a terminal, so this "
				"goes in lines of text, as with --plain.";

enum { OPTION_SANDBOX = 512, OPTION_ASCII, OPTION_MOUSE, OPTION_PLAIN };

struct screens {
	struct target target;
	bool is_practice, is_ascii, takes_mouse, is_plain;
	struct number number; /* the target's; label NULL: none was given */
	struct secret key;
};

static bool arguments_parse(struct screens *screens, int argc, char **argv, struct err *err)
{
	static const struct option options[] = {
		TARGET_OPTIONS,
		{ "sandbox", no_argument, NULL, OPTION_SANDBOX },
		{ "ascii", no_argument, NULL, OPTION_ASCII },
		{ "mouse", no_argument, NULL, OPTION_MOUSE },
		{ "plain", no_argument, NULL, OPTION_PLAIN },
		{ NULL, 0, NULL, 0 },
	};
	int option;
	while ((option = getopt_long(argc, argv, ":", options, NULL)) != -1)
		if (option == OPTION_SANDBOX)
			screens->is_practice = true;
		else if (option == OPTION_ASCII)
			screens->is_ascii = true;
		else if (option == OPTION_MOUSE)
			screens->takes_mouse = true;
		else if (option == OPTION_PLAIN)
			screens->is_plain = true;
		else if (!target_option(&screens->target, option, optarg)) {
			err_set(err, ERR_USAGE, "“%s” is not known, or lacks its value.",
				argv[optind - 1]);
			err_next_step(err, "sipdesk --help lists what there is.");
			return false;
		}
	if (optind < argc)
		screens->target.name = argv[optind++];
	if (optind < argc)
		return err_set(err, ERR_USAGE, "“%s” is one argument too many.", argv[optind]);
	if (screens->is_practice &&
	    (screens->target.name != NULL || screens->target.api_url != NULL))
		return err_set(err, ERR_USAGE,
			       "--sandbox has its own practice numbers: give no TARGET with it.");
	if (screens->target.passphrase_file != NULL && !screens->is_plain)
		return err_set(err, ERR_USAGE,
			       "The screens ask for the vault's passphrase themselves: give no "
			       "--passphrase-file.");
	return true;
}

static bool target_given(const struct target *target)
{
	return target->name != NULL || target->api_url != NULL || target->key_file != NULL;
}

/* One that is not saved stands in the list for this session, so that its draft can be found again.
 */
static bool list_add(struct app *app, const struct number *number, struct err *err)
{
	if (numbers_find(&app->numbers, number->label) != NULL)
		return true;
	struct number wanted = *number;
	wanted.is_of_session = true;
	return numbers_add(&app->numbers, &wanted, 1, NULL, err);
}

/* The number of the TARGET, with the key that was given for it; NULL (and true): there is none. */
static bool target_number(struct app *app, struct screens *screens, const struct number **listed,
			  struct err *err)
{
	*listed = NULL;
	if (screens->number.label == NULL)
		return true;
	if (!list_add(app, &screens->number, err))
		return false;
	*listed = numbers_find(&app->numbers, screens->number.label);
	struct open_number *number = open_number_of(app, *listed);
	if (!secret_copy(&number->endpoint.key, &screens->key, err)) /* where one was given */
		return false;
	secret_release(&screens->key); /* a lock wipes the other */
	return true;
}

/* With a TARGET the list is below, and the number open above it. */
static int screens_show(struct app *app, const struct number *first)
{
	app_push(app, screen_numbers_new(app));
	if (first != NULL) {
		screen_numbers_focus(app, first->id);
		screen_settings_open(app, first);
		keys_touched(app);
	}
	return app_run(app);
}

/* What this machine keeps: the last to fail is told. */
static void store_load(struct app *app)
{
	struct err err;
	err_init(&err);
	(void)preferences_load(&app->preferences, &err);
	if (numbers_load(&app->numbers, &err))
		(void)number_states_load(app, &err);
	half_done_look(app);
	if (err.kind != ERR_NONE)
		app_notice(app, "%s %s", err.sentence, err.next_step);
}

static int screens_run(struct screens *screens, struct request_log *log, struct err *err)
{
	struct app app;
	struct practice practice = { 0 };
	const struct number *first;
	struct app_options options = {
		.term = { .takes_mouse = screens->takes_mouse },
		.is_plain = screens->is_plain || text_equal(getenv("TERM"), "dumb"),
		.is_practice = screens->is_practice,
		.practice_key = screens->is_practice ? practice_key : NULL,
		.ca_file = screens->target.ca_file,
		.log = log,
	};
	if (screens->is_ascii) /* glyphs, signs in sentences and names: as where no locale is set */
		(void)setlocale(LC_CTYPE, "C");
	if (!app_init(&app, &options, err))
		return err_exit_code(err->kind);
	int exit_code = 0;
	if (screens->is_practice)
		practice_start(&practice, &app);
	else
		store_load(&app);
	if (target_number(&app, screens, &first, err))
		exit_code = options.is_plain ? plain_run(&app, &screens->target, first,
							 screens->is_plain ? NULL : WHY_PLAIN)
					     : screens_show(&app, first);
	practice_stop(&practice);
	app_release(&app);
	return exit_code;
}

static int logged_run(struct screens *screens, struct err *err)
{
	const char *path = screens->target.log_file;
	struct request_log *log = path == NULL ? NULL : request_log_open(path, err);
	if (path != NULL && log == NULL)
		return 0;
	int exit_code = screens_run(screens, log, err);
	request_log_close(log);
	return exit_code;
}

int command_screens(int argc, char **argv)
{
	struct screens screens = { 0 };
	struct err err;
	int exit_code = 0;
	err_init(&err);
	secret_init(&screens.key);
	if (arguments_parse(&screens, argc, argv, &err)) {
		if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
			err_set(&err, ERR_USAGE,
				"The screens need a terminal for input and output; commands do "
				"not.");
			commands_help(stderr);
		} else if (!target_given(&screens.target) ||
			   target_resolve(&screens.target, &screens.number, &screens.key, &err)) {
			exit_code = logged_run(&screens, &err);
		}
	}
	secret_release(&screens.key);
	target_release(&screens.target);
	target_number_release(&screens.number);
	return err.kind == ERR_NONE ? exit_code : command_error(NULL, &err);
}
