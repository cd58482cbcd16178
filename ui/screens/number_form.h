/*
 * A form over the field table: what the settings screen and the SIP server screen share. Rows show
 * fields of an open number; editing goes through its one setter with every key, so that what
 * depends on a value (marks, request URI, findings) follows at once.
 */
#ifndef SIPDESK_UI_SCREENS_NUMBER_FORM_H
#define SIPDESK_UI_SCREENS_NUMBER_FORM_H

#include "ui/app/open_number.h"
#include "ui/widgets/form_help.h"

struct number_form {
	struct form form;
	struct open_number *number;
	struct field_ref editing; /* valid while form.is_editing */
	char *before;		  /* the value to go back to on Esc */
};

void number_form_init(struct number_form *fields, struct open_number *number);
void number_form_release(struct number_form *fields);

/* Adds a row for a field: label, value in words, mark, and what it was. */
struct form_row *number_form_row(struct number_form *fields, struct field_ref ref);

/* A finding's mark, if it has one, takes the place of any but '!'. `finding` may be NULL. */
void number_form_mark(struct form_row *row, const struct finding *finding);

/* The focused row's field; field FIELD_COUNT where it is an action's. */
struct field_ref number_form_focus(const struct number_form *fields);

/* Enter: types, opens the choice of values, or says why it cannot be edited. */
void number_form_edit(struct number_form *fields, struct field_ref ref);
/* Space: the next value that can be chosen. */
void number_form_next_value(struct number_form *fields);
/* Gives the focused field the service's value back, or says that it has it. */
void number_form_revert(struct number_form *fields);
/* Leaves text entry; what was typed stays in the draft. */
void number_form_edit_keep(struct number_form *fields);

enum number_form_result {
	NUMBER_FORM_IGNORED,
	NUMBER_FORM_HANDLED,
	NUMBER_FORM_ENTERED, /* Enter ended the entry: the screen may move on */
};

/* Keys and pastes while text is entered, and pastes onto a focused text field. */
enum number_form_result number_form_event(struct number_form *fields,
					  const struct input_event *event);

/* The sentence about the focus: the gravest finding, else its help. */
const char *number_form_help(const struct number_form *fields, enum style *style);
/* What there is to know beyond help->sentence, which stands there already. */
void number_form_help_more(const struct number_form *fields, struct form_help *help);

#endif
