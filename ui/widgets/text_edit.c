#include "ui/widgets/text_edit.h"

#include "base/mem.h"
#include "base/text.h"
#include "ui/term/input.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { UNDO_STEPS_MAX = 100 }; /* a step holds the whole text; nobody goes back further by hand */

/* A run of one of the first two is one step of undo. */
enum edit_kind { EDIT_TYPE, EDIT_RUB, EDIT_OTHER };

struct undo {
	struct {
		char *text;
		size_t cursor;
	} steps[UNDO_STEPS_MAX];
	enum edit_kind last;
};

void text_edit_init(struct text_edit *edit, const char *text, size_t limit)
{
	struct undo *undo = mem_alloc(1, sizeof *undo);
	undo->last = EDIT_OTHER;
	*edit = (struct text_edit) { .limit = limit, .undo = undo };
	str_init(&edit->text);
	str_init(&edit->killed);
	str_add(&edit->text, text);
	edit->cursor = edit->text.length;
}

void text_edit_release(struct text_edit *edit)
{
	struct undo *undo = edit->undo;
	for (size_t i = 0; i < edit->undo_count; i++)
		free(undo->steps[i].text);
	free(undo);
	edit->undo = NULL;
	edit->undo_count = 0;
	str_release(&edit->text);
	str_release(&edit->killed);
}

const char *text_edit_text(const struct text_edit *edit)
{
	return edit->text.bytes;
}

static void undo_keep(struct text_edit *edit, enum edit_kind kind)
{
	struct undo *undo = edit->undo;
	enum edit_kind last = undo->last;
	undo->last = kind;
	if (kind == last && kind != EDIT_OTHER && edit->undo_count > 0)
		return;
	if (edit->undo_count == UNDO_STEPS_MAX) {
		free(undo->steps[0].text);
		memmove(undo->steps, undo->steps + 1, (UNDO_STEPS_MAX - 1) * sizeof undo->steps[0]);
		edit->undo_count--;
	}
	undo->steps[edit->undo_count].text = mem_text(edit->text.bytes);
	undo->steps[edit->undo_count].cursor = edit->cursor;
	edit->undo_count++;
}

/* Ends a run: what is typed next is a new step. */
static enum text_edit_result moved(struct text_edit *edit)
{
	struct undo *undo = edit->undo;
	undo->last = EDIT_OTHER;
	return TEXT_EDIT_MOVED;
}

static size_t piece_at(const struct text_edit *edit, size_t at, int *columns)
{
	struct text_piece piece;
	if (at >= edit->text.length) {
		*columns = 1; /* the blank that the cursor stands on at the end */
		return 0;
	}
	text_piece_read(&piece, edit->text.bytes + at, edit->text.length - at);
	*columns = piece.columns;
	return piece.source_length;
}

static size_t next_start(const struct text_edit *edit, size_t at)
{
	int columns;
	return at + piece_at(edit, at, &columns);
}

/* The first start of a character at or after `at`: marks may have joined what stands before. */
static size_t start_from(const struct text_edit *edit, size_t at)
{
	size_t start = 0;
	while (start < at && start < edit->text.length)
		start = next_start(edit, start);
	return start;
}

static size_t previous_start(const struct text_edit *edit, size_t at)
{
	size_t start = 0;
	for (size_t next; start < at && (next = next_start(edit, start)) < at;)
		start = next;
	return start;
}

static bool is_word_byte(char byte)
{
	return (unsigned char)byte >= 0x80 || isalnum((unsigned char)byte);
}

static size_t word_start(const struct text_edit *edit)
{
	size_t at = edit->cursor;
	while (at > 0 && !is_word_byte(edit->text.bytes[at - 1]))
		at--;
	while (at > 0 && is_word_byte(edit->text.bytes[at - 1]))
		at--;
	return start_from(edit, at);
}

static size_t word_end(const struct text_edit *edit)
{
	size_t at = edit->cursor;
	while (at < edit->text.length && !is_word_byte(edit->text.bytes[at]))
		at++;
	while (at < edit->text.length && is_word_byte(edit->text.bytes[at]))
		at++;
	return start_from(edit, at);
}

static size_t blank_word_start(const struct text_edit *edit)
{
	size_t at = edit->cursor;
	while (at > 0 && edit->text.bytes[at - 1] == ' ')
		at--;
	while (at > 0 && edit->text.bytes[at - 1] != ' ')
		at--;
	return start_from(edit, at);
}

static enum text_edit_result move_to(struct text_edit *edit, size_t at)
{
	edit->cursor = at;
	return moved(edit);
}

static enum text_edit_result take_out(struct text_edit *edit, size_t from, size_t to,
				      enum edit_kind kind)
{
	if (from >= to)
		return moved(edit);
	undo_keep(edit, kind);
	str_remove(&edit->text, from, to - from);
	edit->cursor = start_from(edit, from);
	return TEXT_EDIT_CHANGED;
}

static enum text_edit_result kill_range(struct text_edit *edit, size_t from, size_t to)
{
	if (from < to) {
		str_clear(&edit->killed);
		str_append(&edit->killed, edit->text.bytes + from, to - from);
	}
	return take_out(edit, from, to, EDIT_OTHER);
}

static size_t characters_count(const char *bytes, size_t length)
{
	size_t count = 0;
	for (size_t i = 0; i < length; i++)
		if (((unsigned char)bytes[i] & 0xc0U) != 0x80U)
			count++;
	return count;
}

/* How many of the bytes, in whole characters, the limit leaves room for. */
static size_t room_for(const struct text_edit *edit, const char *bytes, size_t length)
{
	size_t count = characters_count(edit->text.bytes, edit->text.length);
	size_t room = count < edit->limit ? edit->limit - count : 0;
	size_t at = 0;
	if (edit->limit == 0)
		return length;
	for (; at < length; at++)
		if (((unsigned char)bytes[at] & 0xc0U) != 0x80U && room-- == 0)
			break;
	return at;
}

/* `length` bytes that are valid UTF-8. What does not fit is left out. */
static enum text_edit_result put_in(struct text_edit *edit, const char *bytes, size_t length,
				    enum edit_kind kind)
{
	size_t fits = room_for(edit, bytes, length);
	if (length == 0)
		return moved(edit);
	if (fits == 0)
		return TEXT_EDIT_FULL;
	undo_keep(edit, kind);
	str_insert(&edit->text, edit->cursor, bytes, fits);
	edit->cursor = start_from(edit, edit->cursor + fits);
	return TEXT_EDIT_CHANGED;
}

void text_edit_set(struct text_edit *edit, const char *text)
{
	if (strcmp(edit->text.bytes, text) != 0) {
		undo_keep(edit, EDIT_OTHER);
		str_clear(&edit->text);
		str_add(&edit->text, text);
	}
	(void)move_to(edit, edit->text.length);
}

static enum text_edit_result act_left(struct text_edit *edit)
{
	return move_to(edit, previous_start(edit, edit->cursor));
}

static enum text_edit_result act_right(struct text_edit *edit)
{
	return move_to(edit, next_start(edit, edit->cursor));
}

static enum text_edit_result act_home(struct text_edit *edit)
{
	return move_to(edit, 0);
}

static enum text_edit_result act_end(struct text_edit *edit)
{
	return move_to(edit, edit->text.length);
}

static enum text_edit_result act_word_left(struct text_edit *edit)
{
	return move_to(edit, word_start(edit));
}

static enum text_edit_result act_word_right(struct text_edit *edit)
{
	return move_to(edit, word_end(edit));
}

static enum text_edit_result act_backspace(struct text_edit *edit)
{
	return take_out(edit, previous_start(edit, edit->cursor), edit->cursor, EDIT_RUB);
}

static enum text_edit_result act_delete(struct text_edit *edit)
{
	return take_out(edit, edit->cursor, next_start(edit, edit->cursor), EDIT_RUB);
}

static enum text_edit_result act_kill_word_left(struct text_edit *edit)
{
	return kill_range(edit, blank_word_start(edit), edit->cursor);
}

static enum text_edit_result act_kill_word_right(struct text_edit *edit)
{
	return kill_range(edit, edit->cursor, word_end(edit));
}

static enum text_edit_result act_kill_start(struct text_edit *edit)
{
	return kill_range(edit, 0, edit->cursor);
}

static enum text_edit_result act_kill_end(struct text_edit *edit)
{
	return kill_range(edit, edit->cursor, edit->text.length);
}

static enum text_edit_result act_yank(struct text_edit *edit)
{
	return put_in(edit, edit->killed.bytes, edit->killed.length, EDIT_OTHER);
}

static enum text_edit_result act_undo(struct text_edit *edit)
{
	struct undo *undo = edit->undo;
	(void)moved(edit);
	if (edit->undo_count == 0)
		return TEXT_EDIT_MOVED;
	edit->undo_count--;
	str_clear(&edit->text);
	str_add(&edit->text, undo->steps[edit->undo_count].text);
	edit->cursor = undo->steps[edit->undo_count].cursor;
	free(undo->steps[edit->undo_count].text);
	return TEXT_EDIT_CHANGED;
}

enum text_edit_result text_edit_key(struct text_edit *edit, uint32_t key)
{
	static const struct {
		uint32_t key;
		enum text_edit_result (*act)(struct text_edit *edit);
	} actions[] = {
		{ KEY_LEFT_, act_left },
		{ KEY_CTRL | 'b', act_left },
		{ KEY_RIGHT_, act_right },
		{ KEY_CTRL | 'f', act_right },
		{ KEY_HOME_, act_home },
		{ KEY_CTRL | 'a', act_home },
		{ KEY_END_, act_end },
		{ KEY_CTRL | 'e', act_end },
		{ KEY_ALT | 'b', act_word_left },
		{ KEY_ALT | 'f', act_word_right },
		{ KEY_BACKSPACE_, act_backspace },
		{ KEY_DELETE, act_delete },
		{ KEY_CTRL | 'd', act_delete },
		{ KEY_CTRL | 'w', act_kill_word_left },
		{ KEY_ALT | 'd', act_kill_word_right },
		{ KEY_CTRL | 'u', act_kill_start },
		{ KEY_CTRL | 'k', act_kill_end },
		{ KEY_CTRL | 'y', act_yank },
		{ KEY_CTRL | '_', act_undo },
	};
	for (size_t i = 0; i < ARRAY_LENGTH(actions); i++)
		if (actions[i].key == key)
			return actions[i].act(edit);
	if (!key_is_text(key))
		return TEXT_EDIT_IGNORED;
	char bytes[4];
	return put_in(edit, bytes, text_utf8_encode(key, bytes), EDIT_TYPE);
}

static bool is_line_end_or_tab(uint32_t character)
{
	return character == '\t' || character == '\n' || character == '\r' || character == 0x85 ||
	       character == 0x2028 || character == 0x2029;
}

/* Appends what may be typed. Returns false where something was left out. */
static bool paste_tidy(struct str *out, const char *text, size_t length)
{
	bool is_whole = true, was_line_end = false;
	for (size_t at = 0; at < length;) {
		uint32_t character = 0;
		size_t size = text_utf8_decode(text + at, length - at, &character);
		bool is_line_end = size > 0 && is_line_end_or_tab(character);
		if (is_line_end && !was_line_end)
			str_add_char(out, ' ');
		else if (size > 0 && key_is_text(character))
			str_append(out, text + at, size);
		else if (!is_line_end)
			is_whole = false;
		was_line_end = is_line_end;
		at += size > 0 ? size : 1;
	}
	return is_whole;
}

enum text_edit_result text_edit_paste(struct text_edit *edit, const char *text, size_t length,
				      bool *left_out)
{
	struct str tidy;
	str_init(&tidy);
	bool is_whole = paste_tidy(&tidy, text, length);
	if (left_out != NULL)
		*left_out = !is_whole || room_for(edit, tidy.bytes, tidy.length) < tidy.length;
	enum text_edit_result result = put_in(edit, tidy.bytes, tidy.length, EDIT_OTHER);
	str_release(&tidy);
	return result;
}

static int columns_between(const struct text_edit *edit, size_t from, size_t to)
{
	int columns = 0, piece;
	while (from < to) {
		from += piece_at(edit, from, &piece);
		columns += piece;
	}
	return columns;
}

/* The start from which the text up to `at` takes at most `columns`. */
static size_t start_before(const struct text_edit *edit, size_t at, int columns)
{
	int left = columns_between(edit, 0, at), piece;
	size_t start = 0;
	while (start < at && left > columns) {
		start += piece_at(edit, start, &piece);
		left -= piece;
	}
	return start;
}

/* Scrolls by a third at a time: scrolling by one would draw the whole field anew for each key. */
static void scroll(struct text_edit *edit, int width)
{
	int at_cursor;
	size_t length = edit->text.length;
	(void)piece_at(edit, edit->cursor, &at_cursor);
	edit->first = start_from(edit, edit->first < length ? edit->first : length);
	if (edit->cursor < edit->first)
		edit->first = start_before(edit, edit->cursor, width / 3);
	else if (columns_between(edit, edit->first, edit->cursor) + at_cursor > width)
		edit->first = start_before(edit, edit->cursor, width - width / 3);
	else if (columns_between(edit, edit->first, length) < width / 3)
		edit->first = start_before(edit, length, width - width / 3);
	while (edit->first < edit->cursor &&
	       columns_between(edit, edit->first, edit->cursor) + at_cursor > width)
		edit->first = next_start(edit, edit->first);
}

void text_edit_draw(struct text_edit *edit, struct term *term, int row, int column, int width)
{
	struct text_piece piece;
	int taken = 0;
	if (width <= 0)
		return;
	scroll(edit, width);
	draw_cursor(term, row, column + columns_between(edit, edit->first, edit->cursor));
	for (size_t at = edit->first; at < edit->text.length; at += piece.source_length) {
		text_piece_read(&piece, edit->text.bytes + at, edit->text.length - at);
		if (taken + piece.columns > width)
			return;
		(void)draw_text(term, row, column + taken, piece.columns,
				piece.spelled ? STYLE_DIM : STYLE_NORMAL, piece.bytes);
		taken += piece.columns;
	}
}
