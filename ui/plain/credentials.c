#include "ui/plain/credentials.h"

#include "calling/settings.h"
#include "calling/trunk.h"

struct fetching {
	struct client_operation *operation; /* NULL: it has ended */
	struct credentials credentials;
	struct err err;
};

static void fetched(void *owner, const char *bytes, size_t length, const struct err *err)
{
	struct fetching *fetching = owner;
	fetching->operation = NULL;
	if (bytes == NULL)
		fetching->err = *err;
	else
		(void)credentials_decode(&fetching->credentials, bytes, length, &fetching->err);
}

static bool is_fetching(const void *owner)
{
	const struct fetching *fetching = owner;
	return fetching->operation != NULL;
}

static void fact_say(struct plain *plain, enum trunk_fact fact, const char *hostname)
{
	const char *value = trunk_value(fact, plain->number->phone_number, hostname);
	talk_say(&plain->talk, "%s: %s", trunk_label(fact),
		 value == NULL ? trunk_meaning(fact) : value);
}

static void credentials_say(struct plain *plain, const struct credentials *credentials)
{
	talk_title(&plain->talk, "SIP credentials");
	for (size_t i = 0; i < credentials->count; i++) {
		const char *hostname = credentials->items[i].hostname;
		if (credentials->count > 1)
			talk_say(&plain->talk, "Of SIP server %s:",
				 hostname == NULL ? "without a name" : hostname);
		for (enum trunk_fact fact = 0; fact < TRUNK_FACT_COUNT; fact++)
			fact_say(plain, fact, hostname);
		talk_secret(&plain->talk, "SIP user password", &credentials->items[i].password);
	}
}

static void fetch(struct plain *plain)
{
	struct fetching fetching = { 0 };
	credentials_init(&fetching.credentials);
	err_init(&fetching.err);
	fetching.operation =
		client_read(plain->app->http, &plain->number->endpoint, true, fetched, &fetching);
	if (!talk_wait(&plain->talk, is_fetching, &fetching)) {
		client_cancel(&fetching.operation);
		talk_say(&plain->talk, "Cancelled; nothing was shown.");
	} else if (fetching.err.kind != ERR_NONE) {
		talk_error(&plain->talk, &fetching.err);
	} else {
		credentials_say(plain, &fetching.credentials);
	}
	credentials_release(&fetching.credentials);
}

void plain_reveal(struct plain *plain)
{
	const struct open_number *number = plain->number;
	if (!number->has_settings || values_servers_alive(&number->settings.values) == 0)
		talk_say(&plain->talk, "There is no SIP user password yet: the service makes it "
				       "when a SIP server is added.");
	else if (talk_agrees(&plain->talk,
			     "The password will stand in plain text on this terminal, and its "
			     "scrollback, a log of the session or a screen reader's history keep "
			     "it: sipdesk cannot take it back. sipdesk password hands it over "
			     "without showing it. Show it here?") &&
		 plain_key_have(plain))
		fetch(plain);
}
