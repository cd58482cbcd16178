/*
 * The saved numbers in the order and the selection that the list shows. Ordered when the list or
 * the order is changed, searched when the text is: thousands of numbers cost nothing while rows are
 * drawn. Neither follows what is read meanwhile, so that no row moves under the fingers.
 */
#ifndef SIPDESK_UI_APP_NUMBER_LIST_H
#define SIPDESK_UI_APP_NUMBER_LIST_H

#include "base/str.h"
#include "ui/app/app.h"

#include <stdbool.h>
#include <stddef.h>

enum number_sort {
	NUMBERS_BY_NAME,
	NUMBERS_BY_NUMBER,
	NUMBERS_BY_STATE, /* graver ones first */
	NUMBERS_BY_READ,  /* the latest first */
	NUMBER_SORT_COUNT,
};

struct number_list {
	struct app *app;
	unsigned generation; /* of app->numbers, when it was ordered */
	enum number_sort sort;
	size_t *order; /* places in app->numbers */
	size_t *shown; /* those of them that match */
	size_t count, shown_count;
	char *wanted;	  /* what is looked for, as typed; NULL: nothing */
	struct str texts; /* all that can be found, in lower case; empty before the first search */
	size_t *text_at;  /* where each place's begins */
	/* Of all numbers, for the columns: */
	size_t saved_count;
	int phone_columns;    /* of the longest number */
	int provider_columns; /* of the longest provider */
	bool has_several_providers, has_tags;
};

void number_list_init(struct number_list *list, struct app *app);
void number_list_release(struct number_list *list);
/* After changes of app->numbers: orders and searches anew. Cheap where there were none; false. */
bool number_list_follow(struct number_list *list);
void number_list_sort(struct number_list *list, enum number_sort sort);
/*
 * Shows those that have every word of `wanted` in their label, number, provider, tags, note or
 * state, letter case aside. Digits alone find a number however they are grouped, with and without
 * +.
 * NULL or empty: all.
 */
void number_list_find(struct number_list *list, const char *wanted);
/* The number in a row shown; NULL behind the last. */
const struct number *number_list_at(const struct number_list *list, int row);
/* Its row; -1 where it is not shown. */
int number_list_row_of(const struct number_list *list, const char *id);

#endif
