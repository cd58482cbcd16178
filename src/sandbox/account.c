#include "sandbox/account.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/str.h"
#include "sandbox/hours.h"
#include "sandbox/refusal.h"
#include "sandbox/shape.h"

#include <stdint.h>
#include <string.h>
#include <time.h>

static const char SRTP_MEMBER[] = "srtp_key_exchange_protocol";

/* The same on every start, so that a practice run can be told and repeated; it opens nothing. */
static void password_make(struct account *account)
{
	static const char letters[] = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
	uint64_t state = ++account->passwords_made;
	for (const char *at = account->number->key; *at != '\0'; at++)
		state = (state ^ (unsigned char)*at) * 0x100000001b3U;
	for (size_t i = 0; i < ACCOUNT_PASSWORD_LENGTH; i++) {
		state = state * 6364136223846793005U + 1442695040888963407U;
		account->password[i] = letters[(state >> 33) % (sizeof letters - 1)];
	}
	account->password[ACCOUNT_PASSWORD_LENGTH] = '\0';
}

static cJSON *member_of(cJSON *object, const char *name)
{
	return object == NULL ? NULL : cJSON_GetObjectItemCaseSensitive(object, name);
}

static bool member_is(const cJSON *object, const char *name, const char *text)
{
	return text_equal(json_text(json_member(object, name)), text);
}

static bool is_own(const struct account *account, const cJSON *server)
{
	return member_is(server, "app_id", account->account->app_id);
}

static const cJSON *own_server(const struct account *account, const cJSON *calling)
{
	const cJSON *server;
	cJSON_ArrayForEach (server, json_member(json_member(calling, "sip"), "servers")) {
		if (is_own(account, server))
			return server;
	}
	return NULL;
}

/* A password belongs to an app's server: made with it, kept while it is edited, gone with it. */
static void password_follow(struct account *account)
{
	if (own_server(account, json_member(account->settings, "calling")) == NULL)
		account->password[0] = '\0';
	else if (account->password[0] == '\0')
		password_make(account);
}

bool account_init(struct account *account, size_t index, struct err *err)
{
	*account = (struct account) {
		.number = &PRACTICE_NUMBERS[index],
		.account = &PRACTICE_ACCOUNTS[index],
	};
	const char *settings = account->number->settings;
	struct json_doc doc;
	if (!json_doc_parse(&doc, settings, strlen(settings), err))
		return false;
	account->settings = doc.root;
	doc.root = NULL;
	json_doc_release(&doc);
	password_follow(account);
	return true;
}

void account_release(struct account *account)
{
	cJSON_Delete(account->settings);
	*account = (struct account) { 0 };
}

char *account_answer(const struct account *account, bool with_credentials)
{
	cJSON *answer = cJSON_Duplicate(account->settings, true);
	cJSON *sip = member_of(member_of(answer, "calling"), "sip");
	cJSON *server;
	cJSON_ArrayForEach (server, member_of(sip, "servers")) {
		if (with_credentials && is_own(account, server))
			(void)cJSON_AddStringToObject(server, "sip_user_password",
						      account->password);
	}
	char *printed = cJSON_PrintUnformatted(answer);
	char *text = mem_text(printed);
	cJSON_free(printed);
	cJSON_Delete(answer);
	return text;
}

/* Puts `item` (given away) in place of the member, or adds it. */
static void member_put(cJSON *object, const char *name, cJSON *item)
{
	if (member_of(object, name) != NULL)
		(void)cJSON_ReplaceItemInObjectCaseSensitive(object, name, item);
	else
		(void)cJSON_AddItemToObject(object, name, item);
}

/* `servers` is replaced whole for the caller's app; other apps' servers stay (API.md, Rules). */
static void servers_replace(const struct account *account, cJSON *sip, const cJSON *servers)
{
	cJSON *kept = cJSON_CreateArray();
	const cJSON *server;
	cJSON_ArrayForEach (server, json_member(sip, "servers")) {
		if (!is_own(account, server))
			(void)cJSON_AddItemToArray(kept, cJSON_Duplicate(server, true));
	}
	cJSON_ArrayForEach (server, servers) {
		cJSON *added = cJSON_Duplicate(server, true);
		(void)cJSON_AddRawToObject(added, "app_id", account->account->app_id);
		(void)cJSON_AddItemToArray(kept, added);
	}
	if (cJSON_GetArraySize(kept) > 0) {
		member_put(sip, "servers", kept);
	} else {
		cJSON_DeleteItemFromObjectCaseSensitive(sip, "servers");
		cJSON_Delete(kept);
	}
}

static void sip_apply(const struct account *account, cJSON *calling, const cJSON *written)
{
	if (member_of(calling, "sip") == NULL)
		(void)cJSON_AddObjectToObject(calling, "sip");
	cJSON *sip = member_of(calling, "sip");
	const cJSON *member;
	cJSON_ArrayForEach (member, written) {
		if (strcmp(member->string, "servers") == 0)
			servers_replace(account, sip, member);
		else
			member_put(sip, member->string, cJSON_Duplicate(member, true));
	}
}

static void calling_apply(const struct account *account, cJSON *calling, const cJSON *written)
{
	const cJSON *member;
	cJSON_ArrayForEach (member, written) {
		if (strcmp(member->string, "sip") == 0)
			sip_apply(account, calling, member);
		else
			member_put(calling, member->string, cJSON_Duplicate(member, true));
	}
	/* Integrators report that a POST with `sip` takes SRTP back to DTLS, even where it carries
	 * SRTP itself, and answers success (API.md, Rules). */
	if (json_member(written, "sip") != NULL)
		cJSON_DeleteItemFromObjectCaseSensitive(calling, SRTP_MEMBER);
}

static bool sip_check(const cJSON *after, const cJSON *written, struct err *err)
{
	const cJSON *sip = json_member(after, "sip");
	bool is_enabled = member_is(sip, "status", "ENABLED");
	if (is_enabled && cJSON_GetArraySize(json_member(sip, "servers")) == 0)
		return refuse(err, REFUSAL_PARAMETER,
			      "SIP cannot be enabled without a SIP server: "
			      "calling['sip']['servers'] is empty.");
	if (member_is(written, SRTP_MEMBER, "SDES") && !is_enabled)
		return refuse(err, REFUSAL_PARAMETER,
			      "Param calling['%s'] can be SDES only while SIP is enabled.",
			      SRTP_MEMBER);
	return true;
}

static bool enabling_check(const struct account *account, const cJSON *after, struct err *err)
{
	long refused = account->account->enable_refused;
	if (refused == REFUSAL_PAUSED)
		return refuse(err, refused,
			      "Calling is paused for this phone number because of its low quality. "
			      "See restrictions in its settings.");
	if (refused == REFUSAL_MESSAGING_LIMIT)
		return refuse(
			err, refused,
			"Calling cannot be enabled: the messaging limit of this phone number "
			"must be at least 2000 business-initiated conversations in 24 hours.");
	if (!account->account->app_subscribed &&
	    !member_is(json_member(after, "sip"), "status", "ENABLED"))
		return refuse(
			err, REFUSAL_NO_SIGNALLING,
			"Calling cannot be enabled: neither is a SIP server configured and SIP "
			"enabled, nor is an app subscribed to the calls webhook.");
	return true;
}

static bool rules_check_written(const struct account *account, const cJSON *after,
				const cJSON *written, struct err *err)
{
	const cJSON *before = json_member(account->settings, "calling");
	char today[sizeof "YYYY-MM-DD"];
	time_t now = (time_t)clock_now();
	struct tm day;
	if (gmtime_r(&now, &day) == NULL || strftime(today, sizeof today, "%Y-%m-%d", &day) == 0)
		return refuse(err, REFUSAL_FAULT, "The date of today is not known.");
	if (!hours_check(json_member(written, "call_hours"), today, err))
		return false;
	if (!sip_check(after, written, err))
		return false;
	bool is_enabling =
		member_is(after, "status", "ENABLED") && !member_is(before, "status", "ENABLED");
	return !is_enabling || enabling_check(account, after, err);
}

static bool body_check(const struct json_doc *doc, struct err *err)
{
	if (json_has_nul(doc, doc->root))
		return refuse(err, REFUSAL_PARAMETER, "The body has a NUL character in it.");
	if (json_has_duplicate_keys(doc->root))
		return refuse(err, REFUSAL_PARAMETER, "The body has the same key twice.");
	return shape_check(doc->root, err);
}

bool account_write(struct account *account, const char *bytes, size_t length, struct err *err)
{
	struct json_doc doc;
	struct err fault;
	err_init(&fault);
	if (!json_doc_parse(&doc, bytes, length, &fault))
		return refuse(err, REFUSAL_PARAMETER, "The body is not valid JSON. %s",
			      fault.sentence);
	cJSON *next = cJSON_Duplicate(account->settings, true);
	cJSON *calling = member_of(next, "calling");
	bool is_done = body_check(&doc, err);
	if (!is_done)
		goto out;
	const cJSON *written = json_member(doc.root, "calling");
	if (calling == NULL) {
		is_done = refuse(err, REFUSAL_FAULT, "The service is out of memory.");
		goto out;
	}
	calling_apply(account, calling, written);
	is_done = rules_check_written(account, calling, written, err);
	if (!is_done)
		goto out;
	cJSON_Delete(account->settings);
	account->settings = next;
	next = NULL;
	password_follow(account);
out:
	cJSON_Delete(next);
	json_doc_release(&doc);
	return is_done;
}
