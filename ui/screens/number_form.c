#include "ui/screens/number_form.h"

#include "base/mem.h"
#include "calling/fields.h"
#include "calling/rules.h"
#include "ui/app/pasted.h"
#include "ui/screens/screens.h"
#include "ui/widgets/box.h"

#include <stdlib.h>
#include <string.h>

void number_form_init(struct number_form *fields, struct open_number *number)
{
	*fields = (struct number_form) { .number = number };
	form_init(&fields->form);
}

void number_form_release(struct number_form *fields)
{
	form_release(&fields->form);
	free(fields->before);
}

static const char *value_of(const struct number_form *fields, struct field_ref ref)
{
	return values_get(&fields->number->draft.mine, ref);
}

static void note_fill(const struct number_form *fields, struct form_row *row)
{
	const struct change *change = changes_for(&fields->number->changes, row->ref);
	if (change == NULL)
		return;
	row->mark = '*';
	row->note_style = STYLE_CHANGED;
	if (change->kind == CHANGE_ADDED || change->old_text == NULL)
		row->note = mem_text("added");
	else
		row->note = mem_format("was %s", change->old_text);
}

void number_form_mark(struct form_row *row, const struct finding *finding)
{
	if (finding == NULL || finding->severity < SEVERITY_WARNING || row->mark == '!')
		return;
	row->mark = finding->severity == SEVERITY_FAILURE ? '!' : '?';
}

struct form_row *number_form_row(struct number_form *fields, struct field_ref ref)
{
	const struct field *field = field_of(ref.field);
	struct form_row *row = form_add(&fields->form, FORM_FIELD, field->label);
	struct str words;
	str_init(&words);
	field_words(field, value_of(fields, ref), &words);
	row->ref = ref;
	row->value = str_detach(&words);
	if ((field->flags & FIELD_READ_ONLY) != 0 || fields->number->endpoint.is_read_only)
		row->mark = '-';
	note_fill(fields, row);
	number_form_mark(row, findings_for(&fields->number->findings, ref));
	return row;
}

struct field_ref number_form_focus(const struct number_form *fields)
{
	const struct form_row *row = form_focused(&fields->form);
	return row == NULL ? field_ref_of(FIELD_COUNT) : row->ref;
}

static bool value_set(struct number_form *fields, struct field_ref ref, const char *text)
{
	struct err err;
	if (open_number_set(fields->number, ref, text, &err))
		return true;
	app_notice(fields->number->app, "%s", err.sentence);
	return false;
}

/* --- values to choose from ------------------------------------------------------------------ */

static void sip_off_answered(void *owner, int choice)
{
	struct number_form *fields = owner;
	if (choice != 0)
		return;
	(void)value_set(fields, field_ref_of(FIELD_SRTP), "DTLS");
	(void)value_set(fields, field_ref_of(FIELD_SIP), "DISABLED");
}

static void choice_set(struct number_form *fields, struct field_ref ref, const char *value)
{
	static const struct box_choice answers[] = {
		{ .label = "Disable SIP and go back to DTLS", .key = 'y' },
		{ .label = "Leave both as they are", .key = 'n' },
	};
	struct app *app = fields->number->app;
	if (ref.field != FIELD_SIP ||
	    !rules_sip_off_ends_sdes(&fields->number->draft.mine, value)) {
		(void)value_set(fields, ref, value);
		return;
	}
	app_push(app,
		 box_new(app, "SIP signalling",
			 "SDES works only while SIP is enabled. With SIP disabled, the SRTP key "
			 "exchange goes back to DTLS in the same draft.",
			 answers, ARRAY_LENGTH(answers), 1, true, sip_off_answered, fields));
}

static void choice_made(void *owner, int choice)
{
	struct number_form *fields = owner;
	if (choice != BOX_BACK)
		choice_set(fields, fields->editing,
			   field_of(fields->editing.field)->choices[choice].value);
}

static void choices_open(struct number_form *fields, struct field_ref ref)
{
	const struct field *field = field_of(ref.field);
	const struct calling_values *mine = &fields->number->draft.mine;
	const char *value = value_of(fields, ref);
	const struct choice *present = field_choice(field, value == NULL ? field->absent : value);
	struct box_choice choices[BOX_CHOICES_MAX];
	size_t count = 0;
	for (; field->choices[count].value != NULL && count < BOX_CHOICES_MAX; count++)
		choices[count] = (struct box_choice) {
			.label = field->choices[count].words,
			.why_not = rules_why_disabled(mine, ref.field, field->choices[count].value),
		};
	int first = present == NULL ? -1 : (int)(present - field->choices);
	fields->editing = ref;
	app_push(fields->number->app, box_new(fields->number->app, field->label, field->help,
					      choices, count, first, false, choice_made, fields));
}

void number_form_next_value(struct number_form *fields)
{
	struct field_ref ref = number_form_focus(fields);
	const struct field *field = ref.field == FIELD_COUNT ? NULL : field_of(ref.field);
	if (field == NULL || field->type != FIELD_TYPE_ENUM ||
	    open_number_why_not_editable(fields->number) != NULL) {
		number_form_edit(fields, ref);
		return;
	}
	const char *value = value_of(fields, ref);
	const struct choice *present = field_choice(field, value == NULL ? field->absent : value);
	const struct choice *next = present == NULL ? field->choices : present + 1;
	if (next->value == NULL)
		next = field->choices;
	const char *why = rules_why_disabled(&fields->number->draft.mine, ref.field, next->value);
	if (why != NULL)
		app_notice(fields->number->app, "%s", why);
	else
		choice_set(fields, ref, next->value);
}

void number_form_revert(struct number_form *fields)
{
	struct open_number *number = fields->number;
	struct field_ref ref = number_form_focus(fields);
	size_t before = number->changes.count;
	open_number_revert(number, ref);
	/* A parameter stands in one row: its key goes with its value. */
	if (ref.field == FIELD_PARAMETER_VALUE && number->changes.count == before) {
		ref.field = FIELD_PARAMETER_KEY;
		open_number_revert(number, ref);
	}
	if (number->changes.count == before)
		app_notice(number->app, "Nothing is changed in this row.");
}

/* --- text ----------------------------------------------------------------------------------- */

static bool field_is_typed(const struct field *field)
{
	switch (field->type) {
	case FIELD_TYPE_HOST:
	case FIELD_TYPE_PORT:
	case FIELD_TYPE_TEXT:
	case FIELD_TYPE_NUMBER:
	case FIELD_TYPE_CODES: return (field->flags & FIELD_READ_ONLY) == 0;
	default: return false;
	}
}

/* What is only shown may be longer than its row: it is shown whole, and why it is not edited. */
static void whole_show(struct number_form *fields, struct field_ref ref)
{
	const struct field *field = field_of(ref.field);
	struct app *app = fields->number->app;
	struct str text;
	str_init(&text);
	field_words(field, value_of(fields, ref), &text);
	str_addf(&text, "\n\n%s", field->help);
	app_push(app, screen_page_new(app, fields->number->label, field->label, text.bytes));
	str_release(&text);
}

void number_form_edit(struct number_form *fields, struct field_ref ref)
{
	struct app *app = fields->number->app;
	if (ref.field == FIELD_COUNT)
		return;
	const struct field *field = field_of(ref.field);
	if (open_number_why_not_editable(fields->number) != NULL) {
		app_notice(app, "%s", open_number_why_not_editable(fields->number));
	} else if (field->type == FIELD_TYPE_ENUM && (field->flags & FIELD_READ_ONLY) == 0) {
		choices_open(fields, ref);
	} else if (field_is_typed(field)) {
		const char *value = value_of(fields, ref);
		fields->editing = ref;
		mem_text_set(&fields->before, value);
		form_edit_begin(&fields->form, value == NULL ? "" : value, field->limit,
				ref.field == FIELD_PARAMETER_KEY);
	} else {
		whole_show(fields, ref);
	}
}

void number_form_edit_keep(struct number_form *fields)
{
	if (!fields->form.is_editing)
		return;
	const char *text = text_edit_text(&fields->form.edit);
	char *typed = field_tidy(field_of(fields->editing.field), text);
	/* What the service sent stays as it is where nothing was typed. */
	if (!text_equal(typed, text) && !text_equal(text, fields->before))
		(void)value_set(fields, fields->editing, typed);
	form_edit_end(&fields->form);
	/* What was typed may be more than a hostname, just as what is pasted. */
	if (fields->editing.field == FIELD_SERVER_HOSTNAME)
		(void)pasted_take(fields->number, fields->editing.server, typed);
	free(typed);
}

static void edit_cancel(struct number_form *fields)
{
	form_edit_end(&fields->form);
	(void)value_set(fields, fields->editing, fields->before);
}

static enum number_form_result edit_key(struct number_form *fields, uint32_t key)
{
	switch (key) {
	case KEY_ENTER_: number_form_edit_keep(fields); return NUMBER_FORM_ENTERED;
	case KEY_ESCAPE: edit_cancel(fields); return NUMBER_FORM_HANDLED;
	case KEY_TAB:
	case KEY_DOWN_:
	case KEY_SHIFT | KEY_TAB:
	case KEY_UP_:
	case KEY_PAGE_UP:
	case KEY_PAGE_DOWN: number_form_edit_keep(fields); return NUMBER_FORM_IGNORED;
	default: break;
	}
	enum text_edit_result result = text_edit_key(&fields->form.edit, key);
	if (result == TEXT_EDIT_FULL)
		app_notice(fields->number->app, "%s: at most %zu characters.",
			   field_of(fields->editing.field)->label,
			   field_of(fields->editing.field)->limit);
	if (result == TEXT_EDIT_CHANGED)
		(void)value_set(fields, fields->editing, text_edit_text(&fields->form.edit));
	if (result == TEXT_EDIT_IGNORED && !key_is_text(key)) {
		number_form_edit_keep(fields); /* a function key: it acts on what was typed */
		return NUMBER_FORM_IGNORED;
	}
	return NUMBER_FORM_HANDLED;
}

static void edit_paste(struct number_form *fields, const struct input_event *event)
{
	bool left_out = event->cut;
	/* An empty hostname, or one replaced whole, may be given as anything that holds one. */
	if (fields->editing.field == FIELD_SERVER_HOSTNAME &&
	    pasted_take(fields->number, fields->editing.server, event->text)) {
		form_edit_end(&fields->form);
		return;
	}
	enum text_edit_result result =
		text_edit_paste(&fields->form.edit, event->text, event->length, &left_out);
	if (result == TEXT_EDIT_CHANGED)
		(void)value_set(fields, fields->editing, text_edit_text(&fields->form.edit));
	if (left_out || result == TEXT_EDIT_FULL)
		app_notice(fields->number->app,
			   "Part of the pasted text was left out: it does not fit into one line of "
			   "%zu characters.",
			   field_of(fields->editing.field)->limit);
}

enum number_form_result number_form_event(struct number_form *fields,
					  const struct input_event *event)
{
	struct field_ref ref = number_form_focus(fields);
	if (event->kind == INPUT_KEY && fields->form.is_editing)
		return edit_key(fields, event->key);
	if (event->kind == INPUT_KEY) {
		/* A digit on a text field is meant for it, and is no function key. */
		if (event->key < '0' || event->key > '9' || ref.field == FIELD_COUNT ||
		    !field_is_typed(field_of(ref.field)))
			return NUMBER_FORM_IGNORED;
		number_form_edit(fields, ref);
		if (!fields->form.is_editing)
			return NUMBER_FORM_HANDLED;
		text_edit_set(&fields->form.edit, "");
		return edit_key(fields, event->key);
	}
	if (!fields->form.is_editing) {
		if (ref.field == FIELD_COUNT || !field_is_typed(field_of(ref.field)))
			return NUMBER_FORM_IGNORED;
		number_form_edit(fields, ref);
		if (!fields->form.is_editing)
			return NUMBER_FORM_HANDLED;
		text_edit_set(&fields->form.edit, ""); /* pasted onto a field: it is replaced */
	}
	edit_paste(fields, event);
	return NUMBER_FORM_HANDLED;
}

const char *number_form_help(const struct number_form *fields, enum style *style)
{
	struct field_ref ref = number_form_focus(fields);
	*style = STYLE_NORMAL;
	if (ref.field == FIELD_COUNT)
		return NULL;
	const struct finding *finding = findings_for(&fields->number->findings, ref);
	if (finding != NULL) {
		*style = finding->severity == SEVERITY_FAILURE	 ? STYLE_WRONG
			 : finding->severity == SEVERITY_WARNING ? STYLE_WARNING
								 : STYLE_NORMAL;
		return finding->sentence;
	}
	return field_of(ref.field)->help;
}

void number_form_help_more(const struct number_form *fields, struct form_help *help)
{
	struct field_ref ref = number_form_focus(fields);
	if (ref.field == FIELD_COUNT)
		return;
	const struct field *field = field_of(ref.field);
	if (help->sentence != field->help)
		str_addf(&help->more, "%s\n\n", field->help);
	str_add(&help->more, "JSON path: ");
	field_path(ref, &fields->number->draft.mine, &help->more);
	if (field->absent != NULL) {
		str_add(&help->more, "\nWhere it is not set: ");
		field_words(field, NULL, &help->more);
	}
	if (field->limit > 0)
		str_addf(&help->more, "\nAt most %zu characters", field->limit);
	if (field->details != NULL)
		str_addf(&help->more, "\n\n%s", field->details);
}
