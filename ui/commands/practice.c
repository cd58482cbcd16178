#include "ui/commands/practice.h"

#include "base/json.h"
#include "base/mem.h"
#include "sandbox/sandbox.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PRACTICE_PIPE = 3 /* "/dev/fd/3" below */ };

static char *practice_id(size_t index)
{
	return mem_format("%016zx", index + 1);
}

void practice_key(const char *id, struct secret *key)
{
	for (size_t i = 0; i < PRACTICE_NUMBER_COUNT; i++) {
		char *own = practice_id(i);
		if (text_equal(own, id))
			(void)secret_set(key, PRACTICE_NUMBERS[i].key,
					 strlen(PRACTICE_NUMBERS[i].key), NULL);
		free(own);
	}
}

/* An entry that lacks something is left out: it could not be reached. */
static void sip_keep(struct app *app, const cJSON *entry)
{
	const char *hostname = json_text(json_member(entry, "hostname"));
	const char *address = json_text(json_member(entry, "address"));
	const char *ca_file = json_text(json_member(entry, "ca_file"));
	const char *port = json_text(json_member(entry, "port"));
	if (hostname == NULL || address == NULL || ca_file == NULL || port == NULL)
		return;
	app->practice_sips =
		mem_grow(app->practice_sips, app->practice_sip_count, sizeof *app->practice_sips);
	app->practice_sips[app->practice_sip_count++] = (struct practice_sip) {
		.hostname = mem_text(hostname),
		.address = mem_text(address),
		.ca_file = mem_text(ca_file),
		.port = (uint16_t)strtoul(port, NULL, 10),
	};
}

/* The document is whole once it parses: it is written in one go and small. */
static bool ready_read(struct practice *practice)
{
	struct json_doc doc;
	json_doc_init(&doc);
	if (!json_doc_parse(&doc, practice->ready.bytes, practice->ready.length, NULL))
		return false;
	const char *url = json_text(json_member(doc.root, "url"));
	if (url != NULL) {
		const cJSON *entry;
		cJSON_ArrayForEach (entry, json_member(doc.root, "sip"))
			sip_keep(practice->app, entry);
		app_practice_ready(practice->app, url);
	}
	json_doc_release(&doc);
	return url != NULL;
}

static void child_spoke(void *owner, int fd, short events)
{
	struct practice *practice = owner;
	struct app *app = practice->app;
	char bytes[4096];
	(void)events;
	ssize_t got = read(fd, bytes, sizeof bytes);
	if (got < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (got > 0) {
		str_append(&practice->ready, bytes, (size_t)got);
		if (app->service == APP_SERVICE_STARTING)
			(void)ready_read(practice);
		return;
	}
	loop_unwatch(&app->loop, fd);
	app_notice(app, "The practice service has ended. Leave sipdesk and start it again.");
	app_practice_ready(app, NULL);
}

static bool numbers_fill(struct numbers *numbers, struct err *err)
{
	struct number *wanted = mem_alloc(PRACTICE_NUMBER_COUNT, sizeof *wanted);
	for (size_t i = 0; i < PRACTICE_NUMBER_COUNT; i++) {
		wanted[i].id = practice_id(i);
		wanted[i].label = mem_text(PRACTICE_NUMBERS[i].name);
		wanted[i].phone_number = mem_text(PRACTICE_NUMBERS[i].phone_number);
		wanted[i].api_url = mem_text("http://127.0.0.1");
		wanted[i].note = mem_text(PRACTICE_NUMBERS[i].note);
	}
	bool is_done = numbers_add(numbers, wanted, PRACTICE_NUMBER_COUNT, NULL, err);
	for (size_t i = 0; i < PRACTICE_NUMBER_COUNT; i++)
		number_release(&wanted[i]);
	free(wanted);
	return is_done;
}

static void service_start(void *owner)
{
	char *const arguments[] = { "sipdesk", "sandbox", "--ready-file", "/dev/fd/3", NULL };
	struct practice *practice = owner;
	struct app *app = practice->app;
	struct err err;
	practice->timer = 0;
	if (!process_child_start(&practice->child, process_self("sipdesk"), arguments,
				 PRACTICE_PIPE, &err)) {
		app_notice(app, "%s", err.sentence);
		app_practice_ready(app, NULL);
		return;
	}
	(void)loop_watch(&app->loop, practice->child.output, POLLIN, child_spoke, practice);
}

void practice_start(struct practice *practice, struct app *app)
{
	struct err err;
	*practice = (struct practice) { .app = app, .child = { .id = -1, .output = -1 } };
	str_init(&practice->ready);
	if (!numbers_fill(&app->numbers, &err))
		app_notice(app, "%s", err.sentence);
	practice->timer = loop_timer_start(&app->loop, 0, service_start, practice);
}

void practice_stop(struct practice *practice)
{
	if (practice->app == NULL)
		return;
	loop_timer_stop(&practice->app->loop, &practice->timer);
	loop_unwatch(&practice->app->loop, practice->child.output);
	process_child_stop(&practice->child);
	str_release(&practice->ready);
}
