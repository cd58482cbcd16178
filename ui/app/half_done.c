#include "ui/app/half_done.h"

#include "base/mem.h"
#include "base/process.h"
#include "store/history.h"
#include "store/number_lock.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ID_SIZE = NUMBER_ID_LENGTH + 1 };

struct half_done {
	int timer;		    /* until the child is started; 0: it was */
	struct process_child child; /* id -1: it has told all */
	struct str told;	    /* ids, NUMBER_ID_LENGTH bytes each */
	char (*ids)[ID_SIZE];
	size_t count;
};

/* In the child. What another session has open, that one is at work on. */
static void look_work(void *owner, int fd)
{
	size_t count;
	char **ids = history_left_open(&count);
	(void)owner;
	for (size_t i = 0; i < count; i++)
		if (strlen(ids[i]) == NUMBER_ID_LENGTH && !number_lock_is_held(ids[i]) &&
		    write(fd, ids[i], NUMBER_ID_LENGTH) != NUMBER_ID_LENGTH)
			return; /* the parent is gone */
}

static void found_say(struct app *app)
{
	const struct half_done *found = app->half_done;
	const struct number *number = numbers_find_id(&app->numbers, found->ids[0]);
	if (found->count == 1)
		app_notice(app,
			   "%s was left half-done. Open it: that is settled before anything else.",
			   number->label);
	else
		app_notice(app,
			   "%zu numbers were left half-done, %s among them; the list marks them. "
			   "Open them: that is settled before anything else.",
			   found->count, number->label);
}

static void id_add(struct half_done *found, const char *id)
{
	found->ids = mem_grow(found->ids, found->count, sizeof *found->ids);
	memcpy(found->ids[found->count++], id, ID_SIZE);
}

static void found_take(struct app *app)
{
	struct half_done *found = app->half_done;
	for (size_t at = 0; at + NUMBER_ID_LENGTH <= found->told.length; at += NUMBER_ID_LENGTH) {
		char id[ID_SIZE] = { 0 };
		memcpy(id, found->told.bytes + at, NUMBER_ID_LENGTH);
		if (numbers_find_id(&app->numbers, id) != NULL) /* else its history stays */
			id_add(found, id);
	}
	if (found->count > 0)
		found_say(app);
}

static void child_told(void *owner, int fd, short events)
{
	struct app *app = owner;
	char bytes[4096];
	(void)events;
	ssize_t got = read(fd, bytes, sizeof bytes);
	if (got > 0)
		str_append(&app->half_done->told, bytes, (size_t)got);
	if (got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR)))
		return;
	loop_unwatch(&app->loop, fd);
	(void)process_child_stop(&app->half_done->child);
	found_take(app);
}

static void look_start(void *owner)
{
	struct app *app = owner;
	struct half_done *found = app->half_done;
	found->timer = 0;
	if (process_work_start(&found->child, look_work, NULL, NULL))
		(void)loop_watch(&app->loop, found->child.output, POLLIN, child_told, app);
}

/* Behind the first frame: a copy of a process that has read many numbers would delay it. */
void half_done_look(struct app *app)
{
	struct half_done *found = mem_alloc(1, sizeof *found);
	app->half_done = found;
	found->child = (struct process_child) { .id = -1, .output = -1 };
	str_init(&found->told);
	found->timer = loop_timer_start(&app->loop, 0, look_start, app);
}

static size_t place_of(const struct half_done *found, const char *id)
{
	size_t at = 0;
	while (at < found->count && strcmp(found->ids[at], id) != 0)
		at++;
	return at;
}

bool half_done_is(const struct app *app, const char *id)
{
	const struct half_done *found = app->half_done;
	return found != NULL && place_of(found, id) < found->count;
}

void half_done_set(struct app *app, const char *id, bool is_half_done)
{
	struct half_done *found = app->half_done;
	if (found == NULL || strlen(id) != NUMBER_ID_LENGTH ||
	    is_half_done == half_done_is(app, id))
		return;
	if (is_half_done) {
		id_add(found, id);
	} else {
		size_t place = place_of(found, id);
		memcpy(found->ids[place], found->ids[--found->count], sizeof *found->ids);
	}
}

void half_done_release(struct app *app)
{
	struct half_done *found = app->half_done;
	if (found == NULL)
		return;
	loop_timer_stop(&app->loop, &found->timer);
	if (found->child.id >= 0)
		loop_unwatch(&app->loop, found->child.output);
	(void)process_child_stop(&found->child);
	str_release(&found->told);
	free(found->ids);
	free(found);
	app->half_done = NULL;
}
