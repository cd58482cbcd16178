#include "ui/app/begin_words.h"

#include "base/mem.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

enum { DIGITS_TYPED = 4 };

static const char RESET_WORD[] = "RESET";

const char *const BEGIN_RESET_MEANING_WORDS[BEGIN_RESET_MEANINGS] = {
	"Calls fail from the first step until the last, usually for some seconds.",
	("The service makes a new SIP user password; the one of now is gone. Your SIP "
	 "server's own configuration needs the new one before it can place calls: F6 "
	 "shows it afterwards."),
	("Should it be cut off half-way, sipdesk offers to bring the number back into "
	 "service, at once or at its next start."),
};

const char *const BEGIN_RESET_STEP_WORDS[BEGIN_RESET_STEPS] = {
	"1  Calling and SIP are disabled, the SIP server is removed; read back.",
	"2  Calling and SIP are enabled, with the same SIP server.",
	"3  SRTP key exchange, where it is SDES; read back.",
};

const char BEGIN_RESET_TITLE[] = "Reset the SIP password?";
const char BEGIN_CHANGES_STAY[] = "Your changes are not sent with it; they stay.";

const char BEGIN_OFF_UNRECORDED_TITLE[] = "Switch SIP off all the same?";
const char BEGIN_OFF_UNRECORDED[] =
	"No record of it can be kept: neither the history nor the next start will know of it, and "
	"Back on will not switch SIP on again.";

const char *begin_label(enum sequence_kind kind)
{
	static const char *const labels[SEQUENCE_KIND_COUNT] = {
		[SEQUENCE_OFF] = "Switch SIP off",
		[SEQUENCE_ON] = "Switch SIP on",
		[SEQUENCE_RESET_PASSWORD] = "Reset the password",
	};
	return labels[kind];
}

char *begin_reset_word(const struct open_number *number)
{
	const char *phone = number->phone_number;
	size_t length = phone == NULL ? 0 : strlen(phone_number_digits(phone));
	return length < DIGITS_TYPED ? mem_text(RESET_WORD)
				     : mem_text(phone_number_digits(phone) + length - DIGITS_TYPED);
}

char *begin_reset_question(const struct open_number *number)
{
	char *word = begin_reset_word(number);
	char *question =
		text_equal(word, RESET_WORD)
			? mem_format("%s is out of service while it is reset. Type RESET to begin:",
				     number->label)
			: mem_format("%s is out of service while it is reset. Type the last four "
				     "digits of %s to begin:",
				     number->label, number->phone_number);
	free(word);
	return question;
}
