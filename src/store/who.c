#include "store/who.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Cut where it does not fit: these are names for people. */
static void text_put(char out[WHO_TEXT_SIZE], const char *text, size_t length)
{
	if (length >= WHO_TEXT_SIZE)
		length = WHO_TEXT_SIZE - 1;
	memcpy(out, text, length);
	out[length] = '\0';
}

static void terminal_find(struct who *who)
{
	static const char folder[] = "/dev/";
	char name[WHO_TEXT_SIZE];
	if (ttyname_r(STDIN_FILENO, name, sizeof name) != 0)
		return;
	const char *short_name = text_starts_with(name, folder) ? name + sizeof folder - 1 : name;
	text_put(who->terminal, short_name, strlen(short_name));
}

void who_am_i(struct who *who)
{
	*who = (struct who) { .process = (long)getpid() };
	const struct passwd *entry = getpwuid(getuid());
	if (entry != NULL)
		text_put(who->user, entry->pw_name, strlen(entry->pw_name));
	else
		(void)snprintf(who->user, sizeof who->user, "%lu", (unsigned long)getuid());
	if (gethostname(who->host, sizeof who->host - 1) != 0)
		who->host[0] = '\0';
	const char *ssh = getenv("SSH_CONNECTION"); /* client address, its port, ours, our port */
	if (ssh != NULL)
		text_put(who->ssh_client, ssh, strcspn(ssh, " "));
	terminal_find(who);
}

static const struct {
	const char *name;
	size_t offset;
} TEXTS[] = {
	{ "user", offsetof(struct who, user) },
	{ "host", offsetof(struct who, host) },
	{ "ssh_client", offsetof(struct who, ssh_client) },
	{ "terminal", offsetof(struct who, terminal) },
};

void who_write_json(const struct who *who, struct str *out)
{
	str_add_char(out, '{');
	for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++) {
		str_addf(out, "\"%s\":", TEXTS[i].name);
		json_write_string(out, (const char *)who + TEXTS[i].offset);
		str_add_char(out, ',');
	}
	str_addf(out, "\"process\":%ld}", who->process);
}

void who_read_json(struct who *who, const cJSON *object)
{
	*who = (struct who) { 0 };
	for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++) {
		const char *text = json_text(json_member(object, TEXTS[i].name));
		if (text != NULL)
			text_put((char *)who + TEXTS[i].offset, text, strlen(text));
	}
	const char *process = json_text(json_member(object, "process"));
	if (process != NULL)
		who->process = strtol(process, NULL, 10);
}

void who_write_words(const struct who *who, struct str *out)
{
	str_add(out, who->user[0] == '\0' ? "someone" : who->user);
	if (who->host[0] != '\0')
		str_addf(out, " on %s", who->host);
	if (who->ssh_client[0] != '\0')
		str_addf(out, ", from %s", who->ssh_client);
	if (who->terminal[0] != '\0')
		str_addf(out, " (%s)", who->terminal);
}
