#include "tests/support/check_outcome.h"

#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum member_kind { TEXT, SENTENCE, TEXT_OR_NULL, NUMBER, BOOLEAN, TEXTS, MOMENT };

struct member {
	const char *name;
	enum member_kind kind;
	const char *const *choices; /* NULL: any */
};

enum { MEMBERS_MAX = 8, ID_SIZE = 16 };

static const char *const PHASES[] = { "dns", "tcp", "tls", "sip", NULL };
static const char *const SEVERITIES[] = { "pass", "info", "warn", "fail", "unknown", NULL };
static const char *const VERDICTS[] = { "pass", "warn", "fail", "unknown", NULL };

/* COMMANDS, `check --json`. */
static const struct {
	const char *event;
	struct member members[MEMBERS_MAX];
} EVENTS[] = {
	{ "phase",
	  { { "name", TEXT, PHASES },
	    { "address", TEXT_OR_NULL, NULL },
	    { "ms", NUMBER, NULL },
	    { "ok", BOOLEAN, NULL } } },
	{ "certificate",
	  { { "depth", NUMBER, NULL },
	    { "subject", TEXT, NULL },
	    { "issuer", TEXT, NULL },
	    { "names", TEXTS, NULL },
	    { "not_after", MOMENT, NULL } } },
	{ "finding",
	  { { "id", SENTENCE, NULL },
	    { "severity", TEXT, SEVERITIES },
	    { "text", SENTENCE, NULL },
	    { "fix", TEXT_OR_NULL, NULL },
	    { "address", TEXT_OR_NULL, NULL } } },
	{ "verdict",
	  { { "verdict", TEXT, VERDICTS },
	    { "headline_id", TEXT_OR_NULL, NULL },
	    { "headline", SENTENCE, NULL },
	    { "fix", TEXT_OR_NULL, NULL } } },
};

static bool is_one_of(const char *text, const char *const *choices)
{
	for (size_t i = 0; choices[i] != NULL; i++)
		if (strcmp(text, choices[i]) == 0)
			return true;
	return false;
}

static bool are_texts(const cJSON *item)
{
	const cJSON *text;
	if (!cJSON_IsArray(item))
		return false;
	cJSON_ArrayForEach (text, item)
		if (!cJSON_IsString(text))
			return false;
	return true;
}

/* RFC 3339. */
static bool is_moment(const cJSON *item)
{
	int year = 0;
	int day = 0;
	int second = 0;
	const char *text = cJSON_GetStringValue(item);
	return text != NULL &&
	       sscanf(text, "%4d-%*2d-%2dT%*2d:%*2d:%2d", &year, &day, &second) == 3;
}

static bool member_is_right(const cJSON *event, const struct member *member)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(event, member->name);
	switch (member->kind) {
	case TEXT:
		return cJSON_IsString(item) &&
		       (member->choices == NULL || is_one_of(item->valuestring, member->choices));
	case SENTENCE: return cJSON_IsString(item) && item->valuestring[0] != '\0';
	case TEXT_OR_NULL: return cJSON_IsString(item) || cJSON_IsNull(item);
	case NUMBER: return cJSON_IsNumber(item);
	case BOOLEAN: return cJSON_IsBool(item);
	case TEXTS: return are_texts(item);
	case MOMENT: return is_moment(item);
	}
	return false;
}

static const char *text_of(const cJSON *event, const char *name)
{
	const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(event, name));
	return text == NULL ? "" : text;
}

static bool event_is_right(const cJSON *event)
{
	const char *kind = text_of(event, "event");
	for (size_t i = 0; i < ARRAY_LENGTH(EVENTS); i++) {
		if (strcmp(EVENTS[i].event, kind) != 0)
			continue;
		for (const struct member *member = EVENTS[i].members; member->name != NULL;
		     member++) {
			if (member_is_right(event, member))
				continue;
			(void)fprintf(stderr, "%s: %s is missing or wrong\n", kind, member->name);
			return false;
		}
		return true;
	}
	(void)fprintf(stderr, "an event without a known kind: %s\n", kind);
	return false;
}

static bool is_plain_ascii(const struct str *output)
{
	for (size_t i = 0; i < output->length; i++) {
		unsigned char byte = (unsigned char)output->bytes[i];
		if (byte == '\n' || (byte >= ' ' && byte <= '~'))
			continue;
		(void)fprintf(stderr, "byte %zu is %#x\n", i, byte);
		return false;
	}
	return true;
}

static bool line_read(struct check_outcome *outcome, const char *line, size_t length)
{
	const char *end = NULL;
	cJSON *event = cJSON_ParseWithLengthOpts(line, length, &end, 0);
	if (event == NULL || end != line + length) {
		(void)fprintf(stderr, "no JSON: %.*s\n", (int)length, line);
		cJSON_Delete(event);
		return false;
	}
	(void)cJSON_AddItemToArray(outcome->events, event);
	return event_is_right(event);
}

bool check_outcome_read(struct check_outcome *outcome, const struct str *output)
{
	*outcome = (struct check_outcome) { .events = cJSON_CreateArray(),
					    .verdict = "",
					    .headline_id = "",
					    .headline = "",
					    .fix = "" };
	bool is_right = is_plain_ascii(output);
	const char *line = output->bytes;
	for (const char *end; (end = strchr(line, '\n')) != NULL; line = end + 1)
		is_right &= line_read(outcome, line, (size_t)(end - line));
	if (*line != '\0') {
		(void)fprintf(stderr, "the last line has no end: %s\n", line);
		is_right = false;
	}
	int count = cJSON_GetArraySize(outcome->events);
	for (int i = 0; i < count; i++) {
		const cJSON *event = cJSON_GetArrayItem(outcome->events, i);
		if ((strcmp(text_of(event, "event"), "verdict") == 0) == (i == count - 1))
			continue;
		(void)fprintf(stderr, "the verdict is not last, or not alone\n");
		is_right = false;
	}
	if (count == 0)
		return false;
	const cJSON *verdict = cJSON_GetArrayItem(outcome->events, count - 1);
	outcome->verdict = text_of(verdict, "verdict");
	outcome->headline_id = text_of(verdict, "headline_id");
	outcome->headline = text_of(verdict, "headline");
	outcome->fix = text_of(verdict, "fix");
	return is_right;
}

void check_outcome_release(struct check_outcome *outcome)
{
	cJSON_Delete(outcome->events);
	*outcome = (struct check_outcome) { 0 };
}

const cJSON *check_outcome_finding(const struct check_outcome *outcome, const char *id,
				   const char *address)
{
	const cJSON *event;
	cJSON_ArrayForEach (event, outcome->events) {
		if (strcmp(text_of(event, "event"), "finding") == 0 &&
		    strcmp(text_of(event, "id"), id) == 0 &&
		    (address == NULL || strcmp(text_of(event, "address"), address) == 0))
			return event;
	}
	return NULL;
}

bool check_outcome_has(const struct check_outcome *outcome, const char *finding)
{
	char id[ID_SIZE];
	const char *blank = strchr(finding, ' ');
	(void)snprintf(id, sizeof(id), "%.*s", (int)(blank - finding), finding);
	const cJSON *event;
	cJSON_ArrayForEach (event, outcome->events) {
		if (strcmp(text_of(event, "event"), "finding") == 0 &&
		    strcmp(text_of(event, "id"), id) == 0 &&
		    strcmp(text_of(event, "severity"), blank + 1) == 0)
			return true;
	}
	return false;
}
