#include "ui/app/next_step.h"

#include "ui/app/tls_check.h"

/* What calls may find anew: with the server's certificate, and with the SIP user password. */
static void news_of(const struct send *send, bool *certificate, bool *password)
{
	struct changes changes;
	changes_init(&changes);
	changes_compute(&send_before(send)->values, &send->result.values, false, &changes);
	for (size_t i = 0; i < changes.count; i++) {
		enum field_id field = changes.items[i].ref.field;
		bool is_new = field == FIELD_SIP || field == FIELD_SIP_SERVERS ||
			      field == FIELD_SERVER_HOSTNAME;
		if (changes.items[i].kind == CHANGE_REMOVED)
			continue;
		*password = *password || is_new;
		*certificate = *certificate || is_new || field == FIELD_SERVER_PORT;
	}
	changes_release(&changes);
}

static bool is_checked(const struct open_number *number)
{
	const struct calling_values *mine = &number->draft.mine;
	for (size_t i = 0; i < mine->server_count; i++) {
		const struct tls_check *check = tls_check_of(number, (int)i);
		if (!mine->servers[i].removed &&
		    (check == NULL || check->state != TLS_CHECK_DONE || tls_check_is_stale(check)))
			return false;
	}
	return true;
}

/* Only where calls can come since a send that was applied. */
static void steps_find(const struct open_number *number, bool *certificate, bool *password)
{
	const struct sequence *sequence = number->sequence;
	const struct send *send = &sequence->send;
	*certificate = *password = false;
	if (sequence->record.kind == SEQUENCE_SEND && send->step == SEND_DONE &&
	    send->outcome == SEND_APPLIED && values_sip_enabled(&send->result.values) &&
	    values_servers_alive(&send->result.values) > 0)
		news_of(send, certificate, password);
}

const char *next_step_words(const struct open_number *number)
{
	static const char *const sentences[2][2] = {
		/* by certificate, password */
		{ NULL, "Next: F6 shows the SIP user password for the trunk." },
		{ "Next: back in the settings, F7 checks the server's certificate.",
		  "Next: F6 shows the SIP user password for the trunk; back in the settings, F7 "
		  "checks the server's certificate." },
	};
	bool certificate, password;
	steps_find(number, &certificate, &password);
	return sentences[certificate && !is_checked(number)][password];
}

bool next_step_is_password(const struct open_number *number)
{
	bool certificate, password;
	steps_find(number, &certificate, &password);
	return password;
}
