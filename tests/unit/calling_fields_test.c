#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/mem.h"
#include "base/secret.h"
#include "base/str.h"
#include "base/text.h"
#include "calling/fields.h"
#include "calling/settings.h"

#include <ctype.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

enum { LABEL_COLUMNS = 24, HELP_COLUMNS = 158 };

static const struct words_case {
	enum field_id field;
	const char *value;
	const char *words;
} words_cases[] = {
	{ FIELD_CALLING, "ENABLED", "Enabled" },
	{ FIELD_CALLING, "enabled", "Enabled" },
	{ FIELD_CALLING, NULL, "Disabled" },
	{ FIELD_CALLING, "NOT_SET", "NOT_SET" },
	{ FIELD_CALL_ICON, NULL, "Shown in chats (DEFAULT)" },
	{ FIELD_CALL_ICON, "Disable_All", "Hidden (DISABLE_ALL)" },
	{ FIELD_CALL_ICON_COUNTRIES, NULL, "All countries" },
	{ FIELD_CALL_ICON_COUNTRIES, "", "All countries" },
	{ FIELD_CALL_ICON_COUNTRIES, "DE FR", "DE FR" },
	{ FIELD_CALLBACK_PERMISSION, NULL, "Not set" },
	{ FIELD_SIP_WEBHOOKS, NULL, "Disabled" },
	{ FIELD_SIP_SERVERS, NULL, "None" },
	{ FIELD_SRTP, NULL, "DTLS" },
	{ FIELD_SRTP, "sdes", "SDES" },
	{ FIELD_SRTP, "ZRTP", "ZRTP" },
	{ FIELD_CODECS, NULL, "Opus only" },
	{ FIELD_CODECS, "", "Opus only" },
	{ FIELD_CODECS, "PCMA", "Opus, PCMA" },
	{ FIELD_CODECS, "PCMA PCMU", "Opus, PCMA, PCMU" },
	{ FIELD_CODECS, "  PCMA  G722 ", "Opus, PCMA, G722" },
	{ FIELD_SERVER_PORT, NULL, "5061" },
	{ FIELD_SERVER_PORT, "5061.5", "5061.5" },
	{ FIELD_SERVER_HOSTNAME, NULL, "Not set" },
	{ FIELD_PARAMETER_VALUE, "", "Empty" },
};

static const struct tidy_case {
	enum field_id field;
	const char *typed, *tidy;
} tidy_cases[] = {
	{ FIELD_SERVER_PORT, "5061", "5061" },
	{ FIELD_SERVER_PORT, "5061 ", "5061" },
	{ FIELD_SERVER_PORT, " \t5061", "5061" },
	{ FIELD_SERVER_PORT, "   ", "" },
	{ FIELD_SERVER_PORT, "50 61", "50 61" }, /* nobody knows what it means */
	{ FIELD_SERVER_HOSTNAME, "  sip.acme.example ", "sip.acme.example" },
	{ FIELD_SERVER_HOSTNAME, "Sip.Acme.example", "Sip.Acme.example" },
	{ FIELD_CALL_ICON_COUNTRIES, "de, fr", "DE FR" },
	{ FIELD_CALL_ICON_COUNTRIES, "de;fr", "DE FR" },
	{ FIELD_CALL_ICON_COUNTRIES, " DE  fr,;gB, ", "DE FR GB" },
	{ FIELD_CALL_ICON_COUNTRIES, "DE FR", "DE FR" },
	{ FIELD_CALL_ICON_COUNTRIES, " , ", "" },
	{ FIELD_CALL_ICON_COUNTRIES, "österreich", "öSTERREICH" },
	{ FIELD_PARAMETER_VALUE, " berlin ", " berlin " },
	{ FIELD_PARAMETER_KEY, "tgrp ", "tgrp " },
};

static const struct path_case {
	struct field_ref ref;
	const char *path;
} path_cases[] = {
	{ { FIELD_CALLING, -1, -1 }, "calling.status" },
	{ { FIELD_SIP, -1, -1 }, "calling.sip.status" },
	{ { FIELD_SRTP, -1, -1 }, "calling.srtp_key_exchange_protocol" },
	{ { FIELD_SERVER_HOSTNAME, 0, -1 }, "calling.sip.servers[0].hostname" },
	{ { FIELD_SERVER_PARAMETERS, 1, -1 }, "calling.sip.servers[1].request_uri_user_params" },
	{ { FIELD_PARAMETER_KEY, 0, 0 }, "calling.sip.servers[0].request_uri_user_params.tgrp" },
	{ { FIELD_PARAMETER_VALUE, 0, 1 },
	  "calling.sip.servers[0].request_uri_user_params[\"a.b \\\"\"]" },
	{ { FIELD_PARAMETER_VALUE, 0, 2 }, "calling.sip.servers[0].request_uri_user_params[2]" },
	{ { FIELD_PARAMETER_VALUE, 0, 7 }, "calling.sip.servers[0].request_uri_user_params[7]" },
};

static const struct field *row(int id)
{
	return field_of((enum field_id)id);
}

static bool is_sentence(const char *text)
{
	size_t length = strlen(text);
	return length > 1 && isupper((unsigned char)text[0]) && text[length - 1] == '.' &&
	       strpbrk(text, "\n\t") == NULL && strstr(text, "  ") == NULL;
}

static void every_row_is_well_formed(void **state)
{
	(void)state;
	for (int id = 0; id < FIELD_COUNT; id++) {
		const struct field *field = row(id);
		assert_int_equal(field->id, id);
		assert_true(field->form == (id < FIELD_SETTINGS_COUNT  ? FIELD_FORM_SETTINGS
					    : id < FIELD_PARAMETER_KEY ? FIELD_FORM_SERVER
								       : FIELD_FORM_PARAMETER));
		assert_true(text_columns(field->label) > 0);
		assert_true(text_columns(field->label) <= LABEL_COLUMNS);
		if (!is_sentence(field->help) || text_columns(field->help) > HELP_COLUMNS)
			fail_msg("help of %s: %s", field->label, field->help);
		if (!is_sentence(field->details))
			fail_msg("details of %s: %s", field->label, field->details);
		assert_non_null(section_title(field->section));
		bool typed = field->type == FIELD_TYPE_HOST || field->type == FIELD_TYPE_PORT ||
			     field->type == FIELD_TYPE_TEXT || field->type == FIELD_TYPE_CODES;
		assert_int_equal(typed, field->limit > 0);
		if (field->type == FIELD_TYPE_WORDS || field->type == FIELD_TYPE_SECRET)
			assert_true(field->flags & FIELD_READ_ONLY);
		if (field->flags & FIELD_SERVER_SET)
			assert_true(field->flags & FIELD_READ_ONLY);
		assert_true(field->absent != NULL || field->absent_words != NULL ||
			    field->type == FIELD_TYPE_SECRET);
	}
}

static void paths_and_labels_are_unique_in_their_form(void **state)
{
	(void)state;
	for (int a = 0; a < FIELD_COUNT; a++) {
		for (int b = a + 1; b < FIELD_COUNT; b++) {
			if (row(a)->form != row(b)->form)
				continue;
			assert_string_not_equal(row(a)->path, row(b)->path);
			assert_string_not_equal(row(a)->label, row(b)->label);
		}
	}
}

static void choices_are_well_formed(void **state)
{
	(void)state;
	size_t enums = 0;
	for (int id = 0; id < FIELD_COUNT; id++) {
		const struct field *field = row(id);
		assert_true(field->type != FIELD_TYPE_ENUM || field->choices != NULL);
		if (field->choices == NULL)
			continue;
		enums++;
		for (const struct choice *choice = field->choices; choice->value != NULL;
		     choice++) {
			assert_true(*choice->value != '\0' && *choice->words != '\0');
			assert_ptr_equal(field_choice(field, choice->value), choice);
		}
		assert_null(field_choice(field, NULL));
		assert_null(field_choice(field, ""));
		if (field->absent != NULL)
			assert_non_null(field_choice(field, field->absent));
	}
	assert_true(enums >= 6);
}

/* {"sip":{"status":"Enabled"}} for the path "sip.status". */
static void document_write(struct str *out, const char *path, const char *value)
{
	size_t depth = 1;
	str_add(out, "{\"calling\":");
	for (;; depth++) {
		size_t length = strcspn(path, ".");
		str_addf(out, "{\"%.*s\":", (int)length, path);
		if (path[length] == '\0')
			break;
		path += length + 1;
	}
	str_addf(out, "\"%s\"", value);
	while (depth-- > 0)
		str_add_char(out, '}');
	str_add_char(out, '}');
}

static void choices_are_decoded_in_any_letter_case(void **state)
{
	(void)state;
	for (int id = 0; id < FIELD_SETTINGS_COUNT; id++) {
		const struct field *field = row(id);
		if (field->type != FIELD_TYPE_ENUM)
			continue;
		for (const struct choice *choice = field->choices; choice->value != NULL;
		     choice++) {
			for (int spelling = 0; spelling < 3; spelling++) {
				char *value = mem_text(choice->value);
				for (char *at = value + (spelling == 1); *at != '\0'; at++)
					if (spelling > 0)
						*at = (char)tolower((unsigned char)*at);
				struct str document;
				str_init(&document);
				document_write(&document, field->path, value);
				struct calling_settings settings;
				struct err err;
				assert_true(settings_decode(&settings, document.bytes,
							    document.length, 0, &err));
				assert_string_equal(settings.values.texts[id], value);
				assert_ptr_equal(field_choice(field, settings.values.texts[id]),
						 choice);
				settings_release(&settings);
				str_release(&document);
				free(value);
			}
		}
	}
}

static void words_are_never_empty(void **state)
{
	(void)state;
	static const char *const values[] = { NULL, "", "x", "ENABLED", " " };
	for (int id = 0; id < FIELD_COUNT; id++) {
		for (size_t i = 0; i < ARRAY_LENGTH(values); i++) {
			struct str words;
			str_init(&words);
			field_words(row(id), values[i], &words);
			if (words.length == 0)
				fail_msg("no words for %s", row(id)->label);
			str_release(&words);
		}
	}
}

static void values_read_in_words(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(words_cases); i++) {
		struct str words;
		str_init(&words);
		str_add(&words, "> ");
		field_words(row((int)words_cases[i].field), words_cases[i].value, &words);
		assert_string_equal(words.bytes + 2, words_cases[i].words);
		str_release(&words);
	}
}

static void a_secret_is_never_in_words(void **state)
{
	(void)state;
	struct str words;
	str_init(&words);
	field_words(row(FIELD_SIP_PASSWORD), "s3cret", &words);
	assert_string_equal(words.bytes, secret_mask());
	str_release(&words);
}

static void paths_are_those_of_the_document(void **state)
{
	(void)state;
	struct calling_values values;
	values_init(&values);
	struct sip_server *server = values_server_add(&values);
	mem_text_set(&server_parameter_add(server)->key, "tgrp");
	mem_text_set(&server_parameter_add(server)->key, "a.b \"");
	(void)server_parameter_add(server);
	for (size_t i = 0; i < ARRAY_LENGTH(path_cases); i++) {
		struct str path;
		str_init(&path);
		field_path(path_cases[i].ref, &values, &path);
		assert_string_equal(path.bytes, path_cases[i].path);
		str_release(&path);
	}
	values_release(&values);
}

static void what_was_typed_is_tidied(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(tidy_cases); i++) {
		char *tidy = field_tidy(field_of(tidy_cases[i].field), tidy_cases[i].typed);
		assert_string_equal(tidy, tidy_cases[i].tidy);
		char *again = field_tidy(field_of(tidy_cases[i].field), tidy);
		assert_string_equal(again, tidy);
		free(again);
		free(tidy);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_is_well_formed),
		cmocka_unit_test(paths_and_labels_are_unique_in_their_form),
		cmocka_unit_test(choices_are_well_formed),
		cmocka_unit_test(choices_are_decoded_in_any_letter_case),
		cmocka_unit_test(words_are_never_empty),
		cmocka_unit_test(values_read_in_words),
		cmocka_unit_test(a_secret_is_never_in_words),
		cmocka_unit_test(paths_are_those_of_the_document),
		cmocka_unit_test(what_was_typed_is_tidied),
	};
	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
