#include "tests/support/script.h"

#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

enum { ENDS_MS = 60000 };

void script_line(const struct script *script, const char *line, struct run *run)
{
	char *command = mem_format("%s%s", script->head, line);
	run_start(run, (const char *const[]) { "/bin/sh", "-c", command, NULL },
		  script->environment);
	assert_true(run_finish(run, ENDS_MS));
	free(command);
}

static bool is_as_told(const struct script_step *step, const struct run *run)
{
	bool prints_nothing = step->status != 0 && step->prints[0] == '\0';
	return run->status == step->status && strstr(run->output.bytes, step->prints) != NULL &&
	       strstr(run->errors.bytes, step->says) != NULL &&
	       !(prints_nothing && run->output.length > 0);
}

void script_steps(const struct script *script, const struct script_step *steps, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct run run;
		script_line(script, steps[i].line, &run);
		if (!is_as_told(&steps[i], &run))
			fail_msg("%s ended with %d: %s%s", steps[i].line, run.status,
				 run.output.bytes, run.errors.bytes);
		if (script->secret != NULL && (strstr(run.output.bytes, script->secret) != NULL ||
					       strstr(run.errors.bytes, script->secret) != NULL))
			fail_msg("%s shows the secret", steps[i].line);
		run_release(&run);
	}
}

void script_done(const struct script *script, const char *line, const char *prints)
{
	script_steps(script, &(struct script_step) { line, 0, prints, "" }, 1);
}
