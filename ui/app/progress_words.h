/* What the request of a send under way is doing, in words. */
#ifndef SIPDESK_UI_APP_PROGRESS_WORDS_H
#define SIPDESK_UI_APP_PROGRESS_WORDS_H

#include "service/send.h"

/* "3 s, try 2", "the service asks to wait: 12 s"; "" when there is nothing to say. Caller frees. */
char *progress_words(const struct send *send);

#endif
