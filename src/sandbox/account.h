/*
 * One practice number as the service keeps it: its settings, its app, its SIP user password.
 * A POST is applied whole or not at all. Used from one thread.
 */
#ifndef SIPDESK_SANDBOX_ACCOUNT_H
#define SIPDESK_SANDBOX_ACCOUNT_H

#include "base/err.h"
#include "sandbox/practice.h"

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

enum { ACCOUNT_PASSWORD_LENGTH = 32 };

struct account {
	const struct practice_number *number;
	const struct practice_account *account;
	cJSON *settings; /* the whole answer to a GET, without credentials */
	unsigned int passwords_made;
	char password[ACCOUNT_PASSWORD_LENGTH + 1]; /* "" while this app has no server here */
};

/* As practice number `index` is at the start. */
bool account_init(struct account *account, size_t index, struct err *err);
void account_release(struct account *account);

/* The body of the answer to a GET; caller frees. NULL when memory ran out. */
char *account_answer(const struct account *account, bool with_credentials);

/* Applies the body of a POST; a refusal (sandbox/refusal.h) leaves the account as it was. */
bool account_write(struct account *account, const char *bytes, size_t length, struct err *err);

#endif
