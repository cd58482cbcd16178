#include "tests/support/scene.h"

#include "base/mem.h"
#include "tests/support/acme_desk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

/* 2026-11-22 12:41 UTC */
#define CLOCK "SHIM_CLOCK_SECONDS=1795351260"

enum { ARGUMENTS_MAX = 4, OTHERS_NUMBER = 1 };

static const struct key_desk_number SAVED[] = {
	{ .label = "Acme Support", .key = "{\"command\":[\"pass\",\"show\",\"acme\"]}" },
	{ .label = "Bakery Berlin", .key = "\"vault\"", .in_vault = "key-of-bakery" },
	{ .label = "Clinic Reception" },
	{ .label = "Museum Tickets", .is_read_only = true },
	{ .label = NULL },
};

static void practice_open(struct scene *scene, const struct scene_options *options)
{
	const char *arguments[ARGUMENTS_MAX + 1] = { "--sandbox" };
	struct desk *desk = &scene->desk.desk;
	for (size_t i = 0; options->arguments != NULL && options->arguments[i] != NULL; i++)
		arguments[i + 1] = options->arguments[i];
	desk->rows = options->rows;
	desk->columns = options->columns;
	desk_run(desk, arguments, NULL);
	assert_true(peer_sandbox_of(&desk->sandbox, desk->session));
	scene->session = desk->session;
}

static void practice_close(struct scene *scene)
{
	desk_close(&scene->desk.desk);
}

static void saved_open(struct scene *scene, const struct scene_options *options)
{
	(void)options;
	key_desk_open(&scene->desk, ACME_SETTINGS "POST 2 hang\n", SAVED);
	scene->session = scene->desk.session;
}

static void saved_close(struct scene *scene)
{
	key_desk_close(&scene->desk);
}

static void past_open(struct scene *scene, const struct scene_options *options)
{
	(void)options;
	history_story_begin(&scene->story, false);
	history_story_tell(&scene->story);
	const char *const environment[] = { CLOCK, scene->story.environment[0],
					    scene->story.environment[1], NULL };
	char *program = session_built("sipdesk");
	char *clock = session_built("tests/shim/fixed_clock.so");
	const char *const arguments[] = { program, NULL };
	scene->session = session_start(&(struct session_options) {
		.arguments = arguments, .environment = environment, .preload = clock });
	assert_non_null(scene->session);
	free(clock);
	free(program);
}

static void past_close(struct scene *scene)
{
	assert_true(session_close(scene->session));
	history_story_end(&scene->story);
}

static const struct {
	void (*open)(struct scene *scene, const struct scene_options *options);
	void (*close)(struct scene *scene);
} PLACES[] = {
	[SCENE_PRACTICE] = { practice_open, practice_close },
	[SCENE_SAVED] = { saved_open, saved_close },
	[SCENE_HISTORY] = { past_open, past_close },
};

void scene_open(struct scene *scene, const struct scene_options *options)
{
	*scene = (struct scene) { .place = options->place };
	PLACES[options->place].open(scene, options);
}

void scene_close(struct scene *scene)
{
	PLACES[scene->place].close(scene);
}

/* --- steps ------------------------------------------------------------------------------------ */

static void keys_step(struct scene *scene, const char *text)
{
	session_send(scene->session, text);
}

static void type_step(struct scene *scene, const char *text)
{
	session_type(scene->session, text);
}

static void paste_step(struct scene *scene, const char *text)
{
	session_paste(scene->session, text);
}

static void wait_step(struct scene *scene, const char *text)
{
	expect_text(scene->session, text);
}

static void gone_step(struct scene *scene, const char *text)
{
	expect_gone(scene->session, text);
}

static void words_step(struct scene *scene, const char *text)
{
	expect_words(scene->session, text);
}

static void cursor_step(struct scene *scene, const char *text)
{
	expect_cursor_on(scene->session, text);
}

static void other_step(struct scene *scene, const char *text)
{
	assert_true(peer_write(&scene->desk.desk.sandbox, OTHERS_NUMBER, text));
}

static void posts_step(struct scene *scene, const char *text)
{
	acme_expect_posts(&scene->desk.desk, strtol(text, NULL, 10));
}

static void again_step(struct scene *scene, const char *text)
{
	static const char *const NO_ARGUMENTS[] = { NULL };
	session_signal(scene->session, strcmp(text, "KILL") == 0 ? SIGKILL : SIGTERM);
	assert_true(session_exit_status(scene->session) > 0);
	(void)session_close(scene->session);
	key_desk_run(&scene->desk, NO_ARGUMENTS);
	scene->session = scene->desk.session;
	expect_text(scene->session, "Add a number");
}

void scene_step(struct scene *scene, const char *step)
{
	static const struct {
		const char *verb;
		void (*act)(struct scene *scene, const char *text);
	} VERBS[] = { { "keys ", keys_step },	  { "type ", type_step },
		      { "paste ", paste_step },	  { "wait ", wait_step },
		      { "gone ", gone_step },	  { "words ", words_step },
		      { "cursor ", cursor_step }, { "other ", other_step },
		      { "posts ", posts_step },	  { "again ", again_step } };
	for (size_t i = 0; i < ARRAY_LENGTH(VERBS); i++) {
		if (!text_starts_with(step, VERBS[i].verb))
			continue;
		VERBS[i].act(scene, step + strlen(VERBS[i].verb));
		return;
	}
	fail_msg("no such step: %s", step);
}
