#include "ui/app/number_list.h"

#include "base/mem.h"
#include "base/text.h"
#include "ui/app/number_status.h"

#include <stdlib.h>
#include <string.h>
#include <wctype.h>

enum { WORDS_MAX = 32 /* of a search; the form's 64 characters have no more */ };

void number_list_init(struct number_list *list, struct app *app)
{
	*list = (struct number_list) { .app = app, .generation = app->numbers.generation - 1 };
	str_init(&list->texts);
	(void)number_list_follow(list);
}

void number_list_release(struct number_list *list)
{
	free(list->order);
	free(list->shown);
	free(list->wanted);
	free(list->text_at);
	str_release(&list->texts);
}

/* --- order ------------------------------------------------------------------------------------ */

struct sort_key {
	int64_t rank;
	uint64_t head;	  /* of the name, behind what all begin with: most are told apart by it */
	const char *name; /* as it is sorted */
	size_t place;
};

static bool is_digit(char character)
{
	return character >= '0' && character <= '9';
}

static char letter_fold(char character)
{
	return (char)(character >= 'A' && character <= 'Z' ? character - 'A' + 'a' : character);
}

/* Writes a label so that strcmp() orders as people count: before the digits of a number stands how
 * many they are, so "Shop 2" comes before "shop 10". Returns what is behind its NUL; at most twice
 * as much as the label. */
static char *sort_name_write(char *out, const char *label)
{
	while (*label != '\0') {
		if (!is_digit(*label)) {
			*out++ = letter_fold(*label++);
			continue;
		}
		while (label[0] == '0' && is_digit(label[1]))
			label++;
		char *count = out++;
		*count = '0';
		for (; is_digit(*label); (*count)++)
			*out++ = *label++;
	}
	*out++ = '\0';
	return out;
}

static size_t sort_names_size(const struct numbers *numbers)
{
	size_t size = 0;
	for (size_t i = 0; i < numbers->count; i++)
		size += 2 * (strlen(numbers->items[i].label) + 1);
	return size;
}

static int keys_compare(const void *a, const void *b)
{
	const struct sort_key *first = *(const struct sort_key *const *)a,
			      *second = *(const struct sort_key *const *)b;
	if (first->rank != second->rank)
		return first->rank < second->rank ? -1 : 1;
	if (first->head != second->head)
		return first->head < second->head ? -1 : 1;
	int order = strcmp(first->name, second->name);
	return order != 0 ? order : (first->place > second->place) - (first->place < second->place);
}

/* The digits as of one length, so that country and area stay together; those without one last. */
static int64_t phone_rank(const char *phone_number)
{
	int64_t rank = 0;
	const char *digits = phone_number == NULL ? "" : phone_number_digits(phone_number);
	if (*digits == '\0')
		return INT64_MAX;
	for (int i = 0; i < NUMBER_PHONE_DIGITS_MAX; i++)
		rank = rank * 10 + (is_digit(*digits) ? *digits++ - '0' : 0);
	return rank;
}

static int64_t rank_of(const struct number_list *list, const struct number *number)
{
	struct number_status status;
	switch (list->sort) {
	case NUMBERS_BY_NUMBER: return phone_rank(number->phone_number);
	case NUMBERS_BY_STATE: number_status_of(list->app, number, &status); return status.standing;
	case NUMBERS_BY_READ: number_status_of(list->app, number, &status); return -status.read_at;
	default: return 0;
	}
}

static void heads_take(struct sort_key *keys, size_t count)
{
	size_t common = count > 0 ? strlen(keys[0].name) : 0;
	for (size_t i = 1; i < count; i++)
		for (size_t at = 0; at < common; at++)
			if (keys[i].name[at] != keys[0].name[at])
				common = at;
	for (size_t i = 0; i < count; i++) {
		const char *at = keys[i].name + common;
		for (size_t left = sizeof keys[i].head; left > 0; left--)
			keys[i].head = keys[i].head << 8 | (unsigned char)(*at != '\0' ? *at++ : 0);
	}
}

static void order_make(struct number_list *list)
{
	const struct numbers *numbers = &list->app->numbers;
	struct sort_key *keys = mem_alloc(numbers->count, sizeof *keys);
	const struct sort_key **sorted = mem_alloc(numbers->count, sizeof(*sorted));
	char *names = mem_alloc(sort_names_size(numbers), 1);
	char *name = names;
	for (size_t i = 0; i < numbers->count; i++) {
		keys[i] = (struct sort_key) { .rank = rank_of(list, &numbers->items[i]),
					      .name = name,
					      .place = i };
		name = sort_name_write(name, numbers->items[i].label);
	}
	heads_take(keys, numbers->count);
	for (size_t i = 0; i < numbers->count; i++)
		sorted[i] = &keys[i];
	qsort(sorted, numbers->count, sizeof(*sorted), keys_compare);
	list->count = numbers->count;
	list->order = mem_resize(list->order, list->count, sizeof *list->order);
	list->shown = mem_resize(list->shown, list->count, sizeof *list->shown);
	for (size_t i = 0; i < list->count; i++)
		list->order[i] = sorted[i]->place;
	free(names);
	free(sorted);
	free(keys);
}

static void measures_take(struct number_list *list)
{
	const char *one_provider = NULL;
	size_t phone = 0, provider = 0;
	list->saved_count = 0;
	list->has_several_providers = list->has_tags = false;
	for (size_t i = 0; i < list->count; i++) {
		const struct number *number = &list->app->numbers.items[i];
		const char *words = number_provider(list->app, number);
		size_t digits = number->phone_number == NULL ? 0 : strlen(number->phone_number);
		phone = digits > phone ? digits : phone;
		provider = strlen(words) > provider ? strlen(words) : provider;
		if (i > 0 && !text_equal(words, one_provider))
			list->has_several_providers = true;
		one_provider = words;
		list->has_tags = list->has_tags || number->tags != NULL;
		list->saved_count += !number->is_of_session;
	}
	list->phone_columns = (int)phone;
	list->provider_columns = (int)provider;
}

/* --- search ----------------------------------------------------------------------------------- */

/* The one character at `at`, which is none of ASCII, in lower case. Returns its length. */
static size_t character_lower(char *at, size_t length)
{
	uint32_t character;
	char lower[4];
	size_t size = text_utf8_decode(at, length, &character);
	if (size > 0 && text_utf8_encode((uint32_t)towlower((wint_t)character), lower) == size)
		memcpy(at, lower, size);
	return size == 0 ? 1 : size;
}

/* Appends `text` in lower case, with a line's end where `text` is not NULL. */
static void folded_add(struct str *out, const char *text)
{
	size_t at = out->length;
	if (text == NULL)
		return;
	str_add(out, text);
	while (at < out->length) {
		char *character = &out->bytes[at];
		if ((unsigned char)*character < 0x80) {
			*character = letter_fold(*character);
			at++;
		} else {
			at += character_lower(character, out->length - at);
		}
	}
	str_add_char(out, '\n');
}

static void texts_make(struct number_list *list)
{
	list->text_at = mem_resize(list->text_at, list->count, sizeof *list->text_at);
	for (size_t i = 0; i < list->count; i++) {
		const struct number *number = &list->app->numbers.items[i];
		list->text_at[i] = list->texts.length;
		folded_add(&list->texts, number->label);
		folded_add(&list->texts, number->phone_number);
		folded_add(&list->texts, number_provider(list->app, number));
		folded_add(&list->texts, number->tags);
		folded_add(&list->texts, number->note);
		folded_add(&list->texts, number->is_read_only ? "read-only" : NULL);
		str_append(&list->texts, "", 1);
	}
}

struct search_word {
	const char *text;
	/* What changes while the list stands is looked up only where the word is in it. */
	bool standings[STANDING_COUNT];
	bool checks[READING_CHECK_COUNT];
	bool is_of_changed;
	bool is_of_status; /* any of these */
};

struct search {
	struct str phrase; /* all of it, in lower case */
	struct str
		digits; /* of a phone number, however it was grouped, perhaps with +; else empty */
	struct str cut; /* the phrase, its words ended by NUL */
	struct search_word words[WORDS_MAX];
	size_t word_count;
};

static void word_init(struct search_word *word, const char *text)
{
	*word = (struct search_word) { .text = text };
	for (size_t i = 0; i < STANDING_COUNT; i++)
		word->is_of_status |= word->standings[i] =
			text_contains_nocase(STANDING_WORDS[i], text);
	for (size_t i = 0; i < READING_CHECK_COUNT; i++)
		word->is_of_status |= word->checks[i] =
			text_contains_nocase(READING_CHECK_WORDS[i], text);
	word->is_of_status |= word->is_of_changed = text_contains_nocase("changed", text);
}

static bool is_phone_number(const char *wanted)
{
	return strspn(wanted, "0123456789 +-./()") == strlen(wanted) &&
	       strpbrk(wanted, "0123456789") != NULL;
}

/* "+49" and "0049" are how one begins; the zero of "030" is dialled within the country only. */
static void phone_digits_add(struct str *out, const char *wanted)
{
	size_t zeros = strspn(wanted, "0");
	if (wanted[0] == '+' || zeros > 1)
		str_add_char(out, '+');
	for (const char *at = wanted + zeros; *at != '\0'; at++)
		if (is_digit(*at))
			str_add_char(out, *at);
}

static void words_cut(struct search *search)
{
	char *at = search->cut.bytes + strspn(search->cut.bytes, " ");
	while (*at != '\0' && search->word_count < WORDS_MAX) {
		char *word = at;
		at += strcspn(at, " ");
		if (*at != '\0')
			*at++ = '\0';
		word_init(&search->words[search->word_count++], word);
		at += strspn(at, " ");
	}
}

static void search_init(struct search *search, const char *wanted)
{
	search->word_count = 0;
	str_init(&search->phrase);
	str_init(&search->digits);
	str_init(&search->cut);
	folded_add(&search->phrase, wanted);
	str_remove(&search->phrase, search->phrase.length - 1, 1);
	str_add(&search->cut, search->phrase.bytes);
	if (is_phone_number(wanted))
		phone_digits_add(&search->digits, wanted);
	else
		words_cut(search);
}

static void search_release(struct search *search)
{
	str_release(&search->phrase);
	str_release(&search->digits);
	str_release(&search->cut);
}

static bool status_has(struct app *app, const struct number *number, const struct search_word *word)
{
	struct number_status status;
	if (!word->is_of_status)
		return false;
	number_status_of(app, number, &status);
	return word->standings[status.standing] || word->checks[status.check] ||
	       (word->is_of_changed && status.has_draft);
}

/* One or two digits are somewhere in most phone numbers: they count where a number begins. */
static bool text_has(const char *text, const char *word)
{
	size_t length = strlen(word);
	bool is_short_number = length <= 2 && strspn(word, "0123456789") == length;
	for (const char *at = strstr(text, word); at != NULL; at = strstr(at + 1, word))
		if (!is_short_number || at == text || !is_digit(at[-1]))
			return true;
	return false;
}

static bool is_match(struct number_list *list, size_t place, const struct search *search)
{
	const char *text = list->texts.bytes + list->text_at[place];
	if (search->digits.length > 0)
		return strstr(text, search->digits.bytes) != NULL ||
		       strstr(text, search->phrase.bytes) != NULL;
	for (size_t i = 0; i < search->word_count; i++)
		if (!text_has(text, search->words[i].text) &&
		    !status_has(list->app, &list->app->numbers.items[place], &search->words[i]))
			return false;
	return true;
}

static void shown_make(struct number_list *list)
{
	struct search search;
	list->shown_count = 0;
	if (list->wanted == NULL || list->wanted[0] == '\0') {
		memcpy(list->shown, list->order, list->count * sizeof *list->shown);
		list->shown_count = list->count;
		return;
	}
	if (list->texts.length == 0)
		texts_make(list);
	search_init(&search, list->wanted);
	bool *matches = mem_alloc(list->count, sizeof *matches);
	for (size_t i = 0; i < list->count; i++) /* as they lie in memory, not as they are shown */
		matches[i] = is_match(list, i, &search);
	for (size_t i = 0; i < list->count; i++)
		if (matches[list->order[i]])
			list->shown[list->shown_count++] = list->order[i];
	free(matches);
	search_release(&search);
}

/* --- what the screen asks for ----------------------------------------------------------------- */

bool number_list_follow(struct number_list *list)
{
	if (list->generation == list->app->numbers.generation)
		return false;
	list->generation = list->app->numbers.generation;
	order_make(list);
	measures_take(list);
	str_clear(&list->texts);
	shown_make(list);
	return true;
}

void number_list_sort(struct number_list *list, enum number_sort sort)
{
	list->sort = sort;
	order_make(list);
	shown_make(list);
}

void number_list_find(struct number_list *list, const char *wanted)
{
	mem_text_set(&list->wanted, wanted);
	shown_make(list);
}

const struct number *number_list_at(const struct number_list *list, int row)
{
	return row >= 0 && (size_t)row < list->shown_count
		       ? &list->app->numbers.items[list->shown[row]]
		       : NULL;
}

int number_list_row_of(const struct number_list *list, const char *id)
{
	for (size_t i = 0; i < list->shown_count; i++)
		if (strcmp(list->app->numbers.items[list->shown[i]].id, id) == 0)
			return (int)i;
	return -1;
}
