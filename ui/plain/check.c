#include "ui/plain/check.h"

#include "base/clock.h"
#include "base/mem.h"
#include "ui/app/check_text.h"

#include <stdlib.h>

static bool is_running(const void *owner)
{
	const struct tls_check *check = owner;
	return check->state == TLS_CHECK_RUNNING;
}

static void result_say(struct plain *plain, const struct tls_check *check)
{
	const struct check_paper paper = { .columns = talk_columns() };
	char *target = mem_format("%s:%s", check->hostname, check->port);
	struct str text;
	str_init(&text);
	check_text_write(&text, target, clock_now(), &check->report, &paper);
	talk_title(&plain->talk, "TLS check");
	talk_lines(&plain->talk, text.bytes);
	str_release(&text);
	free(target);
}

void plain_check_follow(struct plain *plain, struct tls_check *check)
{
	struct talk *talk = &plain->talk;
	talk_say(talk, "Checking %s, port %s.", check->hostname, check->port);
	if (!talk_wait(talk, is_running, check)) {
		tls_check_cancel(check);
		talk_say(talk, "The check was cancelled.");
	} else if (check->state == TLS_CHECK_DONE) {
		result_say(plain, check);
	} else {
		talk_error(talk, &check->err);
	}
}

void plain_check(struct plain *plain, int server)
{
	struct err err;
	struct tls_check *check = tls_check_start(plain->number, server, &err);
	if (check == NULL)
		talk_error(&plain->talk, &err);
	else
		plain_check_follow(plain, check);
}
