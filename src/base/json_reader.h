/*
 * Walks a JSON text in place and builds nothing: for files of many thousand entries, where a tree
 * would cost more than all else that starting takes.
 *
 * Strict: RFC 8259's grammar, valid UTF-8, no \u0000, no lone surrogate, nothing after the end.
 * What a caller steps over whole (json_reader_value) is for it to judge: json_doc_parse.
 * The first fault ends the walk: every further call returns false, and json_reader_end says what
 * it was. The text is borrowed, and so are the slices of it.
 */
#ifndef SIPDESK_BASE_JSON_READER_H
#define SIPDESK_BASE_JSON_READER_H

#include "base/err.h"
#include "base/json.h"

#include <stdbool.h>
#include <stddef.h>

struct json_reader {
	const char *at;
	const char *begin;
	const char *end;
	bool is_behind_value; /* so that a comma or the closing bracket must follow */
	const char *fault;    /* where the text is wrong; NULL: nowhere yet */
};

/* `bytes` is NUL-terminated (as struct str keeps it); a byte order mark is skipped. */
void json_reader_init(struct json_reader *reader, const char *bytes, size_t length);

/* The first byte of what stands next, which tells its type; '\0' at the end and after a fault. */
char json_reader_next(struct json_reader *reader);
/* Enters an object ('{') or an array ('['). False, and no fault, where something else stands. */
bool json_reader_enter(struct json_reader *reader, char bracket);
/* Goes to the next member of the object entered last and reads its name (with its quotes); its
 * value must be read next. False behind the last: the object is left. */
bool json_reader_member(struct json_reader *reader, struct json_slice *name);
/* The same for an array. */
bool json_reader_item(struct json_reader *reader);
/* Reads a string, a number, true, false or null (judged), or steps over an object or an array
 * (its brackets only are looked at). */
bool json_reader_value(struct json_reader *reader, struct json_slice *value);
/* False where there was a fault or something follows: ERR_ANSWER, as json_doc_parse. */
bool json_reader_end(struct json_reader *reader, struct err *err);

/* The text of a string that was read. Caller frees. */
char *json_slice_text(struct json_slice string);
/* The same without a copy, where the reader walks memory that may be written: the text is made
 * where the string stands, which is no JSON any more. Borrowed from that memory. */
char *json_slice_unpack(struct json_slice string);
/* Is it the string `text`, however it is written? */
bool json_slice_is(struct json_slice string, const char *text);

#endif
