/*
 * Reads any bytes as a table of numbers. What is taken can be added to a list as it is; what is not
 * is named. Ends by abort() where something that must hold does not.
 */
#include "base/mem.h"
#include "base/str.h"
#include "base/text.h"
#include "store/numbers_csv.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MUST(condition)                                                               \
	do {                                                                          \
		if (!(condition)) {                                                   \
			(void)fprintf(stderr, "line %d: %s\n", __LINE__, #condition); \
			abort();                                                      \
		}                                                                     \
	} while (0)

static const struct number SAVED = { .label = "Saved", .api_url = "https://a.example" };

static void table_must_be_added(struct numbers *list, const struct numbers_csv *csv)
{
	struct err err;
	MUST(csv->count > 0 && csv->fault_count == 0);
	MUST(numbers_add(list, csv->items, csv->count, NULL, &err));
	MUST(list->count == csv->count + 1);
	for (size_t i = 0; i < list->count; i++)
		MUST(list->items[i].label != NULL && list->items[i].api_url != NULL);
}

static void faults_must_be_named(const struct numbers_csv *csv, const struct err *err)
{
	size_t line = 1;
	MUST(csv->count == 0 && err->kind == ERR_INPUT && err->sentence[0] != '\0');
	for (size_t i = 0; i < csv->fault_count && i < NUMBERS_CSV_FAULTS_MAX; i++) {
		MUST(csv->faults[i].line > line);
		MUST(csv->faults[i].reason[0] != '\0');
		line = csv->faults[i].line;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct numbers list;
	struct numbers_csv csv;
	struct err err;
	char *text = mem_text_n((const char *)data, size);
	err_init(&err);
	numbers_init(&list);
	MUST(numbers_add(&list, &SAVED, 1, NULL, &err));
	const struct numbers_csv_rules rules = { .saved = &list, .api_url = "https://a.example" };
	if (numbers_csv_read(&csv, text, size, &rules, &err))
		table_must_be_added(&list, &csv);
	else
		faults_must_be_named(&csv, &err);
	numbers_csv_release(&csv);
	numbers_release(&list);
	free(text);
	return 0;
}
