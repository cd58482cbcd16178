#include "store/numbers.h"

#include "base/mem.h"
#include "base/text_set.h"
#include "store/folders.h"
#include "store/number_judge.h"
#include "store/numbers_file.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The values of a number that are texts. */
static const size_t TEXTS[] = {
	offsetof(struct number, label),	  offsetof(struct number, phone_number),
	offsetof(struct number, api_url), offsetof(struct number, tags),
	offsetof(struct number, note),
};

static char **text_of(const struct number *number, size_t i)
{
	return (char **)((char *)number + TEXTS[i]);
}

void number_release(struct number *number)
{
	for (size_t i = 0; i < ARRAY_LENGTH(TEXTS); i++)
		free(*text_of(number, i));
	free(number->id);
	free(number->others);
	key_source_release(&number->key_source);
	*number = (struct number) { 0 };
}

void number_copy(struct number *to, const struct number *from)
{
	*to = *from;
	to->id = mem_text(from->id);
	to->others = mem_text(from->others);
	for (size_t i = 0; i < ARRAY_LENGTH(TEXTS); i++)
		*text_of(to, i) = mem_text(*text_of(from, i));
	key_source_copy(&to->key_source, &from->key_source);
}

void numbers_init(struct numbers *numbers)
{
	*numbers = (struct numbers) { 0 };
	str_init(&numbers->bytes);
}

/* Many thousand texts that are read at each start are not copied: they stay where they were read.
 */
static bool is_of_file(const struct numbers *numbers, const char *text)
{
	return text >= numbers->bytes.bytes && text < numbers->bytes.bytes + numbers->bytes.length;
}

static void item_release(const struct numbers *numbers, struct number *item)
{
	for (size_t i = 0; i < ARRAY_LENGTH(TEXTS); i++)
		if (is_of_file(numbers, *text_of(item, i)))
			*text_of(item, i) = NULL;
	if (is_of_file(numbers, item->id))
		item->id = NULL;
	number_release(item);
}

void numbers_release(struct numbers *numbers)
{
	for (size_t i = 0; i < numbers->count; i++)
		item_release(numbers, &numbers->items[i]);
	free(numbers->items);
	str_release(&numbers->bytes);
	free(numbers->others);
	free(numbers->path);
	free(numbers->set_aside);
	numbers_init(numbers);
}

bool numbers_load(struct numbers *numbers, struct err *err)
{
	numbers_release(numbers);
	char *path = store_path(STORE_CONFIG, "numbers.json", err);
	bool is_read = path != NULL && numbers_file_read(path, numbers, err) == NUMBERS_READ;
	numbers->path = path;
	return is_read;
}

/* --- looking up ------------------------------------------------------------------------------- */

static struct number *item_find(const struct numbers *numbers, const char *id)
{
	for (size_t i = 0; i < numbers->count; i++)
		if (text_equal(numbers->items[i].id, id))
			return &numbers->items[i];
	return NULL;
}

const struct number *numbers_find_id(const struct numbers *numbers, const char *id)
{
	return item_find(numbers, id);
}

const struct number *numbers_find(const struct numbers *numbers, const char *label)
{
	for (size_t i = 0; i < numbers->count; i++)
		if (text_equal_nocase(numbers->items[i].label, label))
			return &numbers->items[i];
	return NULL;
}

const struct number *numbers_named(const struct numbers *numbers, const char *name, struct err *err)
{
	const struct number *named = numbers_find(numbers, name);
	if (named != NULL)
		return named;
	struct str phone_number;
	str_init(&phone_number);
	bool is_phone_number = phone_number_normalise(name, &phone_number);
	const char *digits = is_phone_number ? phone_number.bytes + 1 : name;
	size_t count = 0;
	for (size_t i = 0; i < numbers->count; i++) {
		const char *known = numbers->items[i].phone_number;
		if (known == NULL || strcmp(phone_number_digits(known), digits) != 0)
			continue;
		named = &numbers->items[i];
		count++;
	}
	str_release(&phone_number);
	if (count == 1)
		return named;
	(void)err_set(err, ERR_INPUT,
		      count == 0 ? "There is no saved number named “%s”."
				 : "More than one saved number has the phone number %s.",
		      name);
	err_next_step(err, "Run sipdesk numbers list to see them%s.",
		      count == 0 ? "" : ", and give the label");
	return NULL;
}

/* --- what the three changes do to a list ------------------------------------------------------ */

struct change {
	bool (*make)(struct numbers *numbers, const struct change *change, struct err *err);
	const struct number *wanted; /* one, or `count` of them */
	size_t count;
	const char *id;		    /* of the number changed; NULL: numbers are added */
	const struct numbers *seen; /* the list as this session knew it */
};

static bool label_is_free(const struct numbers *numbers, const char *label, const char *id)
{
	for (size_t i = 0; i < numbers->count; i++)
		if (text_equal_nocase(numbers->items[i].label, label) &&
		    !text_equal(numbers->items[i].id, id))
			return false;
	return true;
}

static struct number *item_append(struct numbers *numbers, const struct number *number)
{
	numbers->items = mem_grow(numbers->items, numbers->count, sizeof *numbers->items);
	numbers->items[numbers->count++] = *number;
	return &numbers->items[numbers->count - 1];
}

static void item_drop(struct numbers *numbers, struct number *item)
{
	size_t index = (size_t)(item - numbers->items);
	item_release(numbers, item);
	numbers->count--;
	memmove(item, item + 1, (numbers->count - index) * sizeof *item);
}

/* A copy of one that is wanted, judged against those in the two sets and put into them. */
static bool added_make(struct number *number, const struct number *wanted, struct text_set *labels,
		       struct text_set *ids, struct err *err)
{
	number_copy(number, wanted);
	free(number->others);
	number->others = NULL;
	if (!number_judge(number, true, err))
		return false;
	if (!text_set_add(labels, number->label))
		return number_label_taken(number->label, err);
	return text_set_add(ids, number->id) ||
	       err_set(err, ERR_CONFLICT, "There is already a number with the id %s.", number->id);
}

static bool add_make(struct numbers *numbers, const struct change *change, struct err *err)
{
	struct text_set labels, ids;
	struct number *added = mem_alloc(change->count, sizeof *added);
	bool is_right = true;
	size_t made = 0;
	text_set_init(&labels, numbers->count + change->count);
	text_set_init(&ids, numbers->count + change->count);
	for (size_t i = 0; i < numbers->count; i++) {
		(void)text_set_add(&labels, numbers->items[i].label);
		(void)text_set_add(&ids, numbers->items[i].id);
	}
	for (; made < change->count && is_right; made++)
		is_right = added_make(&added[made], &change->wanted[made], &labels, &ids, err);
	for (size_t i = 0; i < made; i++)
		if (is_right)
			(void)item_append(numbers, &added[i]);
		else
			number_release(&added[i]);
	text_set_release(&labels);
	text_set_release(&ids);
	free(added);
	return is_right;
}

/* What this session left as it was keeps what another has made of it. */
static void theirs_keep(struct number *mine, const struct number *seen, const struct number *theirs)
{
	for (size_t i = 0; i < ARRAY_LENGTH(TEXTS); i++)
		if (text_equal(*text_of(mine, i), *text_of(seen, i)))
			mem_text_set(text_of(mine, i), *text_of(theirs, i));
	if (key_source_equal(&mine->key_source, &seen->key_source)) {
		key_source_release(&mine->key_source);
		key_source_copy(&mine->key_source, &theirs->key_source);
	}
	if (mine->is_read_only == seen->is_read_only)
		mine->is_read_only = theirs->is_read_only;
	mem_text_set(&mine->id, theirs->id);
	mem_text_set(&mine->others, theirs->others);
}

static bool replace_make(struct numbers *numbers, const struct change *change, struct err *err)
{
	struct number mine;
	struct number *item = item_find(numbers, change->id);
	const struct number *seen = numbers_find_id(change->seen, change->id);
	if (seen == NULL || (item == NULL && !seen->is_of_session)) {
		(void)err_set(err, ERR_CONFLICT,
			      "Another session has removed %s, so it was not changed.",
			      seen == NULL ? "this number" : seen->label);
		err_next_step(err, "Add it anew, if it is still wanted.");
		return false;
	}
	number_copy(&mine, change->wanted);
	bool is_right = number_judge(&mine, true, err);
	if (is_right) {
		theirs_keep(&mine, seen, item == NULL ? seen : item);
		is_right = label_is_free(numbers, mine.label, change->id) ||
			   number_label_taken(mine.label, err);
	}
	if (!is_right) {
		number_release(&mine);
		return false;
	}
	mine.is_of_session = item != NULL && item->is_of_session;
	if (item == NULL) {
		(void)item_append(numbers, &mine);
	} else {
		item_release(numbers, item);
		*item = mine;
	}
	return true;
}

static bool remove_make(struct numbers *numbers, const struct change *change, struct err *err)
{
	struct number *item = item_find(numbers, change->id);
	(void)err;
	if (item != NULL)
		item_drop(numbers, item);
	return true;
}

/* --- changing the file ------------------------------------------------------------------------ */

bool numbers_kept_in_memory(const struct err *err)
{
	return err->kind == ERR_IO || err->kind == ERR_CONFIG || err->kind == ERR_FORBIDDEN;
}

/* The file as it is now. Where it is damaged it is set aside, and what this session knows of it
 * takes its place. */
static bool file_reread(struct numbers *numbers, struct numbers *now, struct err *err)
{
	enum numbers_reading reading = numbers_file_read(numbers->path, now, err);
	if (reading != NUMBERS_DAMAGED)
		return reading == NUMBERS_READ;
	char *kept = NULL;
	if (!store_set_aside(numbers->path, &kept, err))
		return false;
	free(numbers->set_aside);
	numbers->set_aside = kept;
	now->others = mem_text(numbers->others);
	for (size_t i = 0; i < numbers->count; i++) {
		struct number copy;
		if (numbers->items[i].is_of_session)
			continue;
		number_copy(&copy, &numbers->items[i]);
		(void)item_append(now, &copy);
	}
	return true;
}

/* `now` becomes the list; what stands in this session only stays, except the number that was just
 * saved. */
static void list_adopt(struct numbers *numbers, struct numbers *now, const char *saved_id)
{
	for (size_t i = 0; i < numbers->count; i++) {
		struct number *item = &numbers->items[i];
		if (!item->is_of_session || text_equal(item->id, saved_id))
			continue;
		struct number *same = item_find(now, item->id);
		if (same == NULL)
			same = item_append(now, &(struct number) { 0 });
		item_release(now, same);
		*same = *item;
		*item = (struct number) { 0 };
	}
	struct numbers before = *numbers;
	*numbers = *now;
	numbers->path = before.path;
	numbers->set_aside = before.set_aside;
	before.path = before.set_aside = NULL;
	numbers_release(&before);
	numbers_init(now);
}

/* Only the saving failed: the session goes on with it. False where it could not be made either. */
static bool change_in_memory(struct numbers *numbers, const struct change *change, struct err *err)
{
	size_t count = numbers->count;
	if (!change->make(numbers, change, err))
		return false;
	for (size_t i = count; i < numbers->count; i++)
		numbers->items[i].is_of_session = true;
	struct number *changed = change->id == NULL ? NULL : item_find(numbers, change->id);
	if (changed != NULL)
		changed->is_of_session = true;
	return true;
}

static bool change_save(struct numbers *numbers, const struct change *change, struct err *err)
{
	struct numbers now;
	struct err failure;
	bool is_made = false;
	numbers_init(&now);
	int lock = store_lock(numbers->path, &failure);
	bool is_saved = lock >= 0 && file_reread(numbers, &now, &failure) &&
			(is_made = change->make(&now, change, &failure)) &&
			numbers_file_write(numbers->path, &now, &failure);
	store_unlock(lock);
	if (is_saved) {
		list_adopt(numbers, &now, change->id);
	} else if (numbers_kept_in_memory(&failure)) {
		(void)change_in_memory(numbers, change, &failure);
	} else if (!is_made) {
		list_adopt(numbers, &now, NULL); /* in which it is refused */
	}
	numbers_release(&now);
	if (!is_saved && err != NULL)
		*err = failure;
	return is_saved;
}

static bool change_do(struct numbers *numbers, const struct change *change, struct err *err)
{
	bool is_kept = numbers->path != NULL &&
		       (change->id != NULL || change->count == 0 || !change->wanted->is_of_session);
	unsigned generation = numbers->generation;
	bool is_done =
		is_kept ? change_save(numbers, change, err) : change->make(numbers, change, err);
	numbers->generation = generation + 1;
	return is_done;
}

char *number_id_make(void)
{
	uint64_t random = 0;
	int failure = getentropy(&random, sizeof random); /* for more than 256 bytes only */
	assert(failure == 0);
	(void)failure;
	return mem_format("%016llx", (unsigned long long)random);
}

bool numbers_add(struct numbers *numbers, const struct number *wanted, size_t count,
		 const char **ids, struct err *err)
{
	struct number *given = mem_alloc(count, sizeof *given); /* borrows all but its id */
	struct change change = { .make = add_make, .wanted = given, .count = count };
	for (size_t i = 0; i < count; i++) {
		given[i] = wanted[i];
		given[i].id = wanted[i].id != NULL ? mem_text(wanted[i].id) : number_id_make();
	}
	bool is_done = change_do(numbers, &change, err);
	for (size_t i = 0; i < count; i++) {
		const struct number *added = ids == NULL ? NULL : item_find(numbers, given[i].id);
		if (added != NULL)
			ids[i] = added->id;
		free(given[i].id);
	}
	free(given);
	return is_done;
}

/* The id may be borrowed from the list that changes. */
static bool item_change(struct numbers *numbers, const char *id, struct change change,
			struct err *err)
{
	char *own_id = mem_text(id);
	change.id = own_id;
	bool is_done = change_do(numbers, &change, err);
	free(own_id);
	return is_done;
}

bool numbers_replace(struct numbers *numbers, const char *id, const struct number *wanted,
		     struct err *err)
{
	struct change change = { .make = replace_make, .wanted = wanted, .seen = numbers };
	return item_change(numbers, id, change, err);
}

bool numbers_remove(struct numbers *numbers, const char *id, struct err *err)
{
	return item_change(numbers, id, (struct change) { .make = remove_make }, err);
}

bool numbers_judge(const struct numbers *numbers, const struct number *wanted, const char *id,
		   struct err *err)
{
	struct number number;
	number_copy(&number, wanted);
	bool is_right =
		number_judge(&number, true, err) &&
		(label_is_free(numbers, number.label, id) || number_label_taken(number.label, err));
	number_release(&number);
	return is_right;
}
