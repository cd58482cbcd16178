#include "ui/commands/target.h"

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "service/http.h"
#include "store/vault.h"
#include "ui/app/key_command.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

enum { INTERRUPT = 3 /* Ctrl-C, where it makes no signal */ };

bool target_option(struct target *target, int option, const char *argument)
{
	switch (option) {
	case TARGET_API_URL: target->api_url = argument; return true;
	case TARGET_KEY_FILE: target->key_file = argument; return true;
	case TARGET_CA_FILE: target->ca_file = argument; return true;
	case TARGET_LOG: target->log_file = argument; return true;
	case TARGET_PASSPHRASE_FILE: target->passphrase_file = argument; return true;
	default: return false;
	}
}

void target_number_release(struct number *number)
{
	number_release(number);
}

void target_release(struct target *target)
{
	if (target->vault_is_open)
		vault_keys_release(&target->vault);
	target->vault_is_open = false;
}

static bool key_read(const char *path, struct secret *key, struct err *err)
{
	return file_read_secret(path, key, err) && secret_tidy_key(key, err);
}

static bool saved_number_find(const char *name, struct number *number, struct err *err)
{
	struct numbers numbers;
	numbers_init(&numbers);
	bool loaded = numbers_load(&numbers, err);
	const struct number *saved = loaded ? numbers_named(&numbers, name, err) : NULL;
	if (saved != NULL)
		number_copy(number, saved);
	bool found = saved != NULL;
	numbers_release(&numbers);
	return found;
}

bool target_resolve(const struct target *target, struct number *number, struct secret *key,
		    struct err *err)
{
	if (target->name != NULL && target->api_url != NULL)
		return err_set(err, ERR_USAGE,
			       "Give either the name of a saved number or --api-url, not both.");
	if (target->name != NULL) {
		if (!saved_number_find(target->name, number, err))
			return false;
	} else if (target->api_url != NULL && target->key_file != NULL) {
		if (!http_url_check(target->api_url, err))
			return false;
		const char *host = strstr(target->api_url, "://");
		*number = (struct number) {
			.label = mem_text(host == NULL ? target->api_url : host + 3),
			.api_url = mem_text(target->api_url),
		};
		size_t length = strlen(number->api_url);
		if (length > 0 && number->api_url[length - 1] == '/')
			number->api_url[length - 1] = '\0';
	} else {
		err_set(err, ERR_USAGE, "Which number? No TARGET was given.");
		err_next_step(err, "Give the name of a saved number, or --api-url URL and "
				   "--key-file FILE.");
		return false;
	}
	return target->key_file == NULL || key_read(target->key_file, key, err);
}

static bool line_read_silently(int tty, struct secret *secret, struct err *err)
{
	char character;
	bool has_room = true;
	for (;;) {
		ssize_t got = read(tty, &character, 1);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0 || character == INTERRUPT)
			return err_set(err, ERR_CANCELLED, "Nothing was given.");
		if (character == '\n' || character == '\r')
			break;
		has_room = has_room && secret_push(secret, character);
	}
	secret_wipe(&character, sizeof character);
	return has_room || err_set(err, ERR_INPUT, "That is more than %d characters.", SECRET_MAX);
}

static bool secret_ask(const struct target *target, const char *prompt, struct secret *secret,
		       struct err *err)
{
	struct termios before, silent;
	int tty = open("/dev/tty", O_RDWR | O_CLOEXEC);
	if (tty < 0 || tcgetattr(tty, &before) != 0) {
		if (tty >= 0)
			(void)close(tty);
		return err_set(err, ERR_CONFIG, "There is no terminal to ask on.");
	}
	silent = before;
	/* Nor signals: one would leave the terminal without echo. */
	silent.c_lflag &= ~(tcflag_t)(ECHO | ISIG);
	silent.c_cc[VEOL] = INTERRUPT; /* ends the line, so that it is read at once */
	(void)tcsetattr(tty, TCSAFLUSH, &silent);
	secret_release(secret);
	bool done = write(tty, prompt, strlen(prompt)) >= 0 ||
		    err_set(err, ERR_IO, "The terminal cannot be written to.");
	if (done && target->wait != NULL && !target->wait(target->owner, tty))
		done = err_set(err, ERR_CANCELLED, "Nothing was given.");
	done = done && line_read_silently(tty, secret, err);
	(void)tcsetattr(tty, TCSAFLUSH, &before);
	(void)!write(tty, "\n", 1);
	(void)close(tty);
	return done;
}

bool target_secret_ask(const char *prompt, struct secret *secret, struct err *err)
{
	static const struct target nothing = { 0 };
	return secret_ask(&nothing, prompt, secret, err);
}

static bool line_is_yes(int tty)
{
	char answer[8] = "";
	ssize_t got;
	do
		got = read(tty, answer, sizeof answer - 1);
	while (got < 0 && errno == EINTR);
	return got > 0 && text_starts_with_nocase(answer, "y");
}

bool target_yes_ask(const char *question, struct err *err)
{
	int tty = open("/dev/tty", O_RDWR | O_CLOEXEC);
	if (tty < 0) {
		err_set(err, ERR_CONFIG, "There is no terminal to ask on, so nothing was removed.");
		err_next_step(err, "Give --yes where that is what you want.");
		return false;
	}
	bool is_yes = write(tty, question, strlen(question)) >= 0 && line_is_yes(tty);
	(void)close(tty);
	return is_yes || err_set(err, ERR_CANCELLED, "Nothing was removed.");
}

/* The line's end is not part of it. */
static bool passphrase_read(const char *file, struct secret *passphrase, struct err *err)
{
	static const char ends[] = "\n\r";
	if (!file_read_secret(file, passphrase, err))
		return false;
	for (const char *end = ends; *end != '\0'; end++)
		if (passphrase->length > 0 && passphrase->pages[passphrase->length - 1] == *end)
			secret_pop(passphrase);
	return true;
}

static bool passphrase_get(const struct target *target, const char *file, const char *prompt,
			   const char *option, struct secret *passphrase, struct err *err)
{
	if (file != NULL)
		return passphrase_read(file, passphrase, err);
	if (secret_ask(target, prompt, passphrase, err))
		return true;
	if (err->kind == ERR_CONFIG) {
		(void)err_set(err, ERR_CONFIG,
			      "The vault's passphrase is asked for, and there is no terminal.");
		err_next_step(err, "Give it with %s FILE (- is standard input).", option);
	}
	return false;
}

bool target_passphrase_get(const char *file, const char *prompt, const char *option,
			   struct secret *passphrase, struct err *err)
{
	static const struct target nothing = { 0 };
	return passphrase_get(&nothing, file, prompt, option, passphrase, err);
}

/* --- the key, from where it lives ------------------------------------------------------------- */

static bool key_ask(const struct target *target, const char *label, struct secret *key,
		    struct err *err)
{
	char *prompt = mem_format("API key of %s (not shown): ", label);
	bool done = secret_ask(target, prompt, key, err);
	free(prompt);
	if (!done && err->kind == ERR_CONFIG) {
		(void)err_set(err, ERR_CONFIG,
			      "The API key of %s is asked for, and there is no terminal.", label);
		err_next_step(err, "Give it with --key-file FILE (- is standard input).");
	}
	return done && secret_tidy_key(key, err);
}

static bool vault_open_once(struct target *target, struct err *err)
{
	struct secret passphrase;
	if (target->vault_is_open)
		return true;
	secret_init(&passphrase);
	vault_keys_init(&target->vault);
	char *path = vault_path(err);
	target->vault_is_open =
		path != NULL && vault_is_there(path, err) &&
		passphrase_get(target, target->passphrase_file,
			       "Passphrase of the vault (not shown): ", "--passphrase-file",
			       &passphrase, err) &&
		vault_read(path, &passphrase, &target->vault, err);
	secret_release(&passphrase);
	free(path);
	return target->vault_is_open;
}

static bool vault_fetch(struct target *target, const struct number *number, struct secret *key,
			struct err *err)
{
	if (!vault_open_once(target, err))
		return false;
	if (vault_keys_find(&target->vault, number->id, key))
		return true;
	err_set(err, ERR_CONFIG, "The vault has no API key of %s.", number->label);
	err_next_step(err, "Run sipdesk and edit the number (F4); sipdesk show takes the key with "
			   "--key-file FILE.");
	return false;
}

struct asked {
	struct secret *key;
	struct err *err;
	bool is_done;
	bool is_there;
};

static void command_answered(void *owner, const struct secret *key, const struct err *err)
{
	struct asked *asked = owner;
	asked->is_done = true;
	if (key == NULL)
		*asked->err = *err;
	else
		asked->is_there = secret_copy(asked->key, key, asked->err);
}

static bool command_fetch(const struct number *number, struct secret *key, struct err *err)
{
	struct loop loop;
	struct asked asked = { .key = key, .err = err };
	int tty = open("/dev/tty", O_RDWR | O_CLOEXEC);
	loop_init(&loop);
	(void)key_command_start(&loop, number->key_source.command, tty, command_answered, &asked);
	while (!asked.is_done)
		loop_step(&loop, LOOP_FOREVER);
	if (tty >= 0)
		(void)close(tty);
	return asked.is_there;
}

bool target_key_fetch(struct target *target, const struct number *number, struct secret *key,
		      struct err *err)
{
	if (secret_is_set(key))
		return true;
	switch (number->key_source.kind) {
	case KEY_SOURCE_VAULT: return vault_fetch(target, number, key, err);
	case KEY_SOURCE_COMMAND: return command_fetch(number, key, err);
	default: return key_ask(target, number->label, key, err);
	}
}
