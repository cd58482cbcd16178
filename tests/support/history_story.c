#include "tests/support/history_story.h"

#include "base/file.h"
#include "base/mem.h"
#include "tests/support/fast_clock.h"

#include <stdarg.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

enum {
	NOVEMBER_20 = 1795165500, /* 09:05 UTC */
	NOVEMBER_21 = 1795256100, /* 10:15 UTC */
	FIVE_MINUTES = 300,
};

static const struct who ANNA = {
	.user = "anna", .host = "jump1", .ssh_client = "10.2.3.4", .terminal = "pts/3"
};
static const struct who BEN = { .user = "ben", .host = "jump1" };

static void list_write(const struct history_story *story, bool is_read_only)
{
	const struct sequence_world *world = &story->world;
	struct err err;
	char *folder = mem_format("%s/sipdesk", world->home);
	char *path = mem_format("%s/numbers.json", folder);
	char *list = mem_format("{\"schema\":1,\"numbers\":[{\"id\":\"" SEQUENCE_WORLD_ID
				"\",\"label\":\"" HISTORY_STORY_LABEL
				"\",\"phone_number\":\"" HISTORY_STORY_PHONE
				"\",\"api_url\":\"%s\",\"key\":\"ask\"%s}]}\n",
				world->server.url, is_read_only ? ",\"read_only\":true" : "");
	assert_true(file_folder_make(folder, &err));
	assert_true(file_write_whole(path, list, strlen(list), 0600, &err));
	free(list);
	free(path);
	free(folder);
}

void history_story_begin(struct history_story *story, bool is_read_only)
{
	struct sequence_world *world = &story->world;
	sequence_world_begin(world, "\"status\":\"DISABLED\"",
			     "POST 2 answer 400 {\"error\":{\"message\":\"Port 5071 is not "
			     "allow\xc3\xa9"
			     "d.\",\"code\":100}}");
	world->target.label = HISTORY_STORY_LABEL;
	story->file = mem_format("%s/sipdesk/history/" SEQUENCE_WORLD_ID ".jsonl", world->home);
	story->environment[0] = mem_format("XDG_DATA_HOME=%s", world->home);
	story->environment[1] = mem_format("XDG_CONFIG_HOME=%s", world->home);
	story->environment[2] = NULL;
	list_write(story, is_read_only);
}

void history_story_end(struct history_story *story)
{
	sequence_world_end(&story->world);
	free(story->file);
	for (size_t i = 0; story->environment[i] != NULL; i++)
		free(story->environment[i]);
}

static void send_by(struct history_story *story, const struct who *who, int64_t at, int steps)
{
	struct sequence_world *world = &story->world;
	fast_clock_wall_set(at);
	sequence_world_send(world, SEQUENCE_SEND);
	world->sequence.record.who = *who;
	assert_true(sequence_world_run(world, steps) || steps < SEQUENCE_TO_ITS_END);
	sequence_release(&world->sequence);
	free(sequence_world_read(world));
}

void history_story_send(struct history_story *story, int64_t at, int steps)
{
	send_by(story, &ANNA, at, steps);
}

void history_story_tell(struct history_story *story)
{
	struct calling_values *mine = &story->world.mine;
	mem_text_set(&mine->texts[FIELD_CALLING], "ENABLED");
	mem_text_set(&mine->texts[FIELD_SIP], "ENABLED");
	mem_text_set(&values_server_add(mine)->hostname, "sip.acme.example");
	send_by(story, &ANNA, NOVEMBER_20, SEQUENCE_TO_ITS_END);
	mem_text_set(&mine->servers[0].port, "5071");
	send_by(story, &BEN, NOVEMBER_21, SEQUENCE_TO_ITS_END);
	mem_text_set(&mine->texts[FIELD_SRTP], "SDES");
	send_by(story, &BEN, NOVEMBER_21 + FIVE_MINUTES, SEQUENCE_TO_ITS_END);
}
