#include "tests/support/fault_script.h"

#include "base/json.h"
#include "base/mem.h"
#include "base/str.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static _Noreturn void script_wrong(const char *line)
{
	(void)fprintf(stderr, "fault server: this line of the script is not understood: %s\n",
		      line);
	exit(EXIT_FAILURE);
}

cJSON *fault_json(const char *text)
{
	struct json_doc doc;
	json_doc_init(&doc);
	if (!json_doc_parse(&doc, text, strlen(text), NULL))
		script_wrong(text);
	cJSON *copy = cJSON_Duplicate(doc.root, true);
	json_doc_release(&doc);
	return copy;
}

static void directive_end(struct fault_rule *rule, const char *name, const char *argument)
{
	static const struct {
		const char *name;
		enum fault_end end;
	} ends[] = {
		{ "truncate", FAULT_TRUNCATE },
		{ "drop", FAULT_DROP },
		{ "drop-unread", FAULT_DROP_UNREAD },
		{ "garbage", FAULT_GARBAGE },
		{ "hang", FAULT_HANG },
	};
	(void)argument;
	for (size_t i = 0; i < ARRAY_LENGTH(ends); i++)
		if (text_equal(ends[i].name, name))
			rule->end = ends[i].end;
}

static void directive_effect(struct fault_rule *rule, const char *name, const char *argument)
{
	(void)argument;
	rule->effect = text_equal(name, "apply") ? FAULT_EFFECT_APPLY : FAULT_EFFECT_IGNORE;
}

static void directive_members(struct fault_rule *rule, const char *name, const char *argument)
{
	cJSON **members = text_equal(name, "before") ? &rule->before : &rule->after;
	cJSON_Delete(*members);
	*members = fault_json(argument);
}

static void directive_number(struct fault_rule *rule, const char *name, const char *argument)
{
	long number = strtol(argument, NULL, 10);
	if (text_equal(name, "lag"))
		rule->lag = number;
	else if (text_equal(name, "delay"))
		rule->delay_ms = number;
	else if (text_equal(name, "length"))
		rule->length = number;
	else if (text_equal(name, "flood"))
		rule->flood_bytes = number;
	else
		rule->drip_ms = number;
}

static void directive_header(struct fault_rule *rule, const char *name, const char *argument)
{
	(void)name;
	mem_text_set(&rule->header, argument);
}

static void directive_answer(struct fault_rule *rule, const char *name, const char *argument)
{
	(void)name;
	char *body = NULL;
	rule->status = strtol(argument, &body, 10);
	mem_text_set(&rule->body, *body == ' ' ? body + 1 : body);
}

static const struct {
	const char *name;
	void (*read)(struct fault_rule *rule, const char *name, const char *argument);
} DIRECTIVES[] = {
	{ "before", directive_members }, { "after", directive_members },
	{ "apply", directive_effect },	 { "ignore", directive_effect },
	{ "lag", directive_number },	 { "delay", directive_number },
	{ "length", directive_number },	 { "flood", directive_number },
	{ "drip", directive_number },	 { "header", directive_header },
	{ "answer", directive_answer },	 { "truncate", directive_end },
	{ "drop", directive_end },	 { "drop-unread", directive_end },
	{ "garbage", directive_end },	 { "hang", directive_end },
};

static void rule_init(struct fault_rule *rule, enum fault_method method, long number)
{
	*rule = (struct fault_rule) {
		.method = method,
		.number = number,
		.length = -1,
		.flood_bytes = -1,
	};
}

static struct fault_rule *rule_of(struct fault_script *script, enum fault_method method,
				  long number)
{
	for (size_t i = 0; i < script->count; i++)
		if (script->rules[i].method == method && script->rules[i].number == number)
			return &script->rules[i];
	if (script->count == FAULT_RULES_MAX)
		script_wrong("(too many rules)");
	struct fault_rule *rule = &script->rules[script->count++];
	rule_init(rule, method, number);
	return rule;
}

/* Takes the next word off the line; what follows it stays. */
static char *word_take(char **line)
{
	char *word = *line;
	size_t length = strcspn(word, " ");
	*line = word + length + (word[length] == ' ');
	word[length] = '\0';
	return word;
}

static void rule_read(struct fault_script *script, enum fault_method method, char *line)
{
	const char *number = word_take(&line);
	const char *name = word_take(&line);
	long nth = text_equal(number, "*") ? FAULT_EVERY : strtol(number, NULL, 10);
	for (size_t i = 0; i < ARRAY_LENGTH(DIRECTIVES); i++) {
		if (!text_equal(DIRECTIVES[i].name, name))
			continue;
		DIRECTIVES[i].read(rule_of(script, method, nth), name, line);
		return;
	}
	script_wrong(name);
}

static void line_read(struct fault_script *script, char *line)
{
	const char *word = word_take(&line);
	if (text_equal(word, "GET"))
		rule_read(script, FAULT_GET, line);
	else if (text_equal(word, "POST"))
		rule_read(script, FAULT_POST, line);
	else if (text_equal(word, "settings"))
		script->settings = fault_json(line);
	else if (text_equal(word, "key"))
		mem_text_set(&script->key, line);
	else if (text_equal(word, "app"))
		mem_text_set(&script->app_id, line);
	else if (text_equal(word, "sip-resets-srtp"))
		script->sip_resets_srtp = true;
	else
		script_wrong(word);
}

void fault_script_read(struct fault_script *script, const char *text)
{
	*script = (struct fault_script) { 0 };
	rule_init(&script->usual, FAULT_GET, FAULT_EVERY);
	while (*text != '\0') {
		size_t length = strcspn(text, "\n");
		char *line = mem_text_n(text, length);
		if (length > 0 && line[0] != '#')
			line_read(script, line);
		free(line);
		text += length + (text[length] == '\n');
	}
}

void fault_script_release(struct fault_script *script)
{
	for (size_t i = 0; i < script->count; i++) {
		cJSON_Delete(script->rules[i].before);
		cJSON_Delete(script->rules[i].after);
		free(script->rules[i].header);
		free(script->rules[i].body);
	}
	cJSON_Delete(script->settings);
	free(script->key);
	free(script->app_id);
}

const struct fault_rule *fault_script_rule(const struct fault_script *script,
					   enum fault_method method, long number)
{
	const struct fault_rule *every = &script->usual;
	for (size_t i = 0; i < script->count; i++) {
		const struct fault_rule *rule = &script->rules[i];
		if (rule->method != method)
			continue;
		if (rule->number == number)
			return rule;
		if (rule->number == FAULT_EVERY)
			every = rule;
	}
	return every;
}
