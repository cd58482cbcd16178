#include "ui/commands/target.h"

#include "base/file.h"
#include "base/mem.h"
#include "service/http.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

enum { KEY_FILE_MAX = 4096, INTERRUPT = 3 /* Ctrl-C, where it makes no signal */ };

bool target_option(struct target *target, int option, const char *argument)
{
	switch (option) {
	case TARGET_API_URL: target->api_url = argument; return true;
	case TARGET_KEY_FILE: target->key_file = argument; return true;
	case TARGET_CA_FILE: target->ca_file = argument; return true;
	default: return false;
	}
}

void target_number_release(struct number *number)
{
	free(number->label);
	free(number->phone_number);
	free(number->api_url);
	free(number->note);
	*number = (struct number) { 0 };
}

static bool key_read(const char *path, struct secret *key, struct err *err)
{
	struct str bytes;
	str_init(&bytes);
	bool done = file_read(path, KEY_FILE_MAX, &bytes, err) &&
		    secret_set(key, bytes.bytes, bytes.length, err) && secret_tidy_key(key, err);
	secret_wipe(bytes.bytes, bytes.length);
	str_release(&bytes);
	return done;
}

static bool saved_number_find(const char *name, struct number *number, struct err *err)
{
	struct numbers numbers;
	numbers_init(&numbers);
	bool loaded = numbers_load(&numbers, err);
	const struct number *saved = loaded ? numbers_find(&numbers, name) : NULL;
	if (loaded && saved == NULL) {
		err_set(err, ERR_INPUT, "There is no saved number named “%s”.", name);
		err_next_step(err, "Run sipdesk to see and add numbers, or give --api-url and "
				   "--key-file.");
	}
	if (saved != NULL)
		*number = (struct number) {
			.label = mem_text(saved->label),
			.phone_number = mem_text(saved->phone_number),
			.api_url = mem_text(saved->api_url),
		};
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

static bool line_read_silently(int tty, struct secret *key)
{
	char character;
	for (;;) {
		ssize_t got = read(tty, &character, 1);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		if (character == '\n' || character == '\r')
			return true;
		if (character == INTERRUPT)
			return false;
		(void)secret_push(key, character);
	}
}

bool target_key_ask(const char *label, struct secret *key, struct err *err)
{
	struct termios before, silent;
	int tty = open("/dev/tty", O_RDWR | O_CLOEXEC);
	if (tty < 0 || tcgetattr(tty, &before) != 0) {
		if (tty >= 0)
			(void)close(tty);
		err_set(err, ERR_CONFIG,
			"The API key of %s is asked for, and there is no terminal.", label);
		err_next_step(err, "Give it with --key-file FILE (- is standard input).");
		return false;
	}
	char *prompt = mem_format("API key of %s (not shown): ", label);
	silent = before;
	/* Nor signals: one would leave the terminal without echo. */
	silent.c_lflag &= ~(tcflag_t)(ECHO | ISIG);
	(void)tcsetattr(tty, TCSAFLUSH, &silent);
	bool done = write(tty, prompt, strlen(prompt)) >= 0 && line_read_silently(tty, key);
	(void)tcsetattr(tty, TCSAFLUSH, &before);
	done = write(tty, "\n", 1) == 1 && done;
	(void)close(tty);
	free(prompt);
	return done ? secret_tidy_key(key, err)
		    : err_set(err, ERR_CANCELLED, "No API key was given.");
}
