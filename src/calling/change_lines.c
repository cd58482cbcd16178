#include "calling/changes.h"

#include "base/mem.h"
#include "base/str.h"
#include "calling/value_paths.h"

#include <stdlib.h>

/* What one line shows where there is no server or parameter on that side. */
static char *text_or_none(const char *text)
{
	return mem_text(text != NULL ? text : "none");
}

static void line_add(struct change_lines *lines, const struct change *change)
{
	lines->items = mem_grow(lines->items, lines->count, sizeof *lines->items);
	lines->items[lines->count++] = (struct change_line) {
		.ref = change->ref,
		.label = mem_text(change->label),
		.old_text = text_or_none(change->old_text),
		.new_text = text_or_none(change->new_text),
	};
}

/* Goes over changes as lines draw them: a server that came or went stands for all its members, and
 * a parameter's value for the parameter itself. */
struct drawn {
	const struct changes *changes;
	size_t at;
	const struct change *server; /* that came or went last */
};

static const struct change *drawn_next(struct drawn *drawn)
{
	while (drawn->at < drawn->changes->count) {
		const struct change *change = &drawn->changes->items[drawn->at++];
		const struct change *server = drawn->server;
		if (server != NULL && change->ref.field >= FIELD_SETTINGS_COUNT &&
		    change->ref.server == server->ref.server && change->kind == server->kind)
			continue;
		if (change->ref.field == FIELD_PARAMETER_KEY)
			continue;
		drawn->server = change->ref.field == FIELD_SIP_SERVERS ? change : NULL;
		return change;
	}
	return NULL;
}

void change_lines_of(const struct changes *changes, struct change_lines *lines)
{
	*lines = (struct change_lines) { 0 };
	struct drawn drawn = { .changes = changes };
	for (const struct change *change; (change = drawn_next(&drawn)) != NULL;)
		line_add(lines, change);
}

void change_lines_compute(const struct calling_values *base, const struct calling_values *mine,
			  struct change_lines *lines)
{
	struct changes changes;
	changes_init(&changes);
	changes_compute(base, mine, false, &changes);
	change_lines_of(&changes, lines);
	for (size_t i = 0; i < lines->count && lines->count > 1; i++)
		if (lines->items[i].ref.field == FIELD_SRTP)
			lines->items[i].note = mem_text("sent last, by itself");
	changes_release(&changes);
}

void change_lines_release(struct change_lines *lines)
{
	for (size_t i = 0; i < lines->count; i++) {
		free(lines->items[i].label);
		free(lines->items[i].old_text);
		free(lines->items[i].new_text);
		free(lines->items[i].note);
	}
	free(lines->items);
	*lines = (struct change_lines) { 0 };
}

enum fact {
	CALLING_ON = 1 << 0, /* after the write, as all that end in _ON */
	CALLING_STARTS = 1 << 1,
	CALLING_STOPS = 1 << 2,
	ICON_CHANGES = 1 << 3,
	CALLBACK_STARTS = 1 << 4,
	CALLBACK_STOPS = 1 << 5,
	SIP_ON = 1 << 6,
	SIP_STARTS = 1 << 7,
	SIP_STOPS = 1 << 8,
	WEBHOOKS_ON = 1 << 9,
	WEBHOOKS_CHANGE = 1 << 10,
	SERVERS_LEFT = 1 << 11,
	SERVERS_EMPTIED = 1 << 12,
	SERVER_ADDED = 1 << 13,
	SERVER_REMOVED = 1 << 14,
	HOSTNAME_CHANGES = 1 << 15,
	PARAMETERS_CHANGE = 1 << 16,
	SDES_ON = 1 << 17,
	SRTP_CHANGES = 1 << 18,
	SIP_WRITTEN = 1 << 19,
	PORT_CHANGES = 1 << 20,
};

/* Facts and sentences: API.md ("Fields", "Rules", "SIP side"). */
static const struct consequence {
	unsigned all;	    /* facts that must hold */
	unsigned none;	    /* facts that must not */
	const char *before; /* the sentence, */
	const char *after;  /* or what follows the hostname in it; NULL: no hostname */
} consequences[] = {
	{ CALLING_STARTS, 0,
	  "People can call this number; the service refuses this while its messaging limit is "
	  "below 2000.",
	  NULL },
	{ CALLING_STOPS, 0, "This number takes no calls until Calling is enabled again.", NULL },
	{ ICON_CHANGES, 0, "WhatsApp apps may take up to 7 days to show the call icon's change.",
	  NULL },
	{ CALLBACK_STARTS, 0, "People who call are asked to allow calls back.", NULL },
	{ CALLBACK_STOPS, 0, "People who call are no longer asked to allow calls back.", NULL },
	{ SIP_STARTS, WEBHOOKS_ON,
	  "Calling webhooks stop and the Graph call endpoints refuse; messaging goes on.", NULL },
	{ SIP_STARTS | WEBHOOKS_ON, 0,
	  "The Graph call endpoints refuse, and of the calling webhooks only call_created and "
	  "terminate go on; messaging goes on.",
	  NULL },
	{ SIP_STARTS | CALLING_ON | SERVERS_LEFT, 0, "Calls go to ",
	  " as soon as a person presses the call button." },
	{ SIP_STARTS, CALLING_ON, "No calls come in until Calling is enabled.", NULL },
	{ SIP_STOPS | CALLING_ON, 0,
	  "Calls come through the Graph API again, and calling webhooks start again.", NULL },
	{ SIP_STOPS | SERVERS_LEFT, 0, "The SIP server is kept for when SIP is enabled again.",
	  NULL },
	{ WEBHOOKS_CHANGE | WEBHOOKS_ON | SIP_ON, SIP_STARTS,
	  "The call_created and terminate webhooks start.", NULL },
	{ WEBHOOKS_CHANGE | SIP_ON, SIP_STARTS | WEBHOOKS_ON,
	  "The call_created and terminate webhooks stop.", NULL },
	{ SERVERS_EMPTIED, 0, "The SIP user password will change when a SIP server is added again.",
	  NULL },
	{ SERVER_REMOVED, 0,
	  "An API key removes only its own app's SIP server: one with another app's app_id belongs "
	  "to that app and stays.",
	  NULL },
	{ HOSTNAME_CHANGES | SIP_ON | CALLING_ON, SIP_STARTS, "From then on calls go to ", "." },
	{ HOSTNAME_CHANGES, 0, "The SIP server's certificate must cover ",
	  ", or no call arrives." },
	{ HOSTNAME_CHANGES, 0,
	  "The SIP user password may change with the hostname: read it again afterwards.", NULL },
	{ PORT_CHANGES | SIP_ON | CALLING_ON, SIP_STARTS | HOSTNAME_CHANGES,
	  "From then on calls go to the new port; Meta speaks only TLS there.", NULL },
	{ PARAMETERS_CHANGE, 0,
	  "Your SIP server sees another request URI; its routing must expect it.", NULL },
	{ SRTP_CHANGES | SDES_ON, 0, "Media is offered as RTP/SAVP with SDES keys and without ICE.",
	  NULL },
	{ SRTP_CHANGES, SDES_ON | SIP_STOPS,
	  "Media is offered as UDP/TLS/RTP/SAVPF with DTLS keys and ICE; a SIP server without ICE "
	  "answers 488.",
	  NULL },
	{ SIP_STOPS | SRTP_CHANGES, SDES_ON,
	  "SRTP key exchange goes back to DTLS: SDES works only while SIP is enabled.", NULL },
	{ SIP_STOPS | SDES_ON, SRTP_CHANGES,
	  "SRTP key exchange is not written; the service may take it back to DTLS by itself, since "
	  "SDES works only while SIP is enabled.",
	  NULL },
	{ SIP_WRITTEN | SDES_ON, SRTP_CHANGES | SIP_STOPS,
	  "SDES is sent again last, by itself, because a write of SIP settings may reset it to "
	  "DTLS.",
	  NULL },
};

/* What one differing row means; `within` a server that is there before and after. */
static unsigned facts_of_row(const struct value_row *row, bool within,
			     const struct calling_values *mine)
{
	const struct value_path *path = row->sides[1] != NULL ? row->sides[1] : row->sides[0];
	enum field_id field = path->ref.field;
	unsigned facts = value_field_is_sip(field) ? SIP_WRITTEN : 0;
	bool enabled =
		field < FIELD_SETTINGS_COUNT && text_equal_nocase(mine->texts[field], "ENABLED");
	switch (field) {
	case FIELD_CALLING: return facts | (enabled ? CALLING_STARTS : CALLING_STOPS);
	case FIELD_CALL_ICON:
	case FIELD_CALL_ICON_COUNTRIES: return facts | ICON_CHANGES;
	case FIELD_CALLBACK_PERMISSION: return facts | (enabled ? CALLBACK_STARTS : CALLBACK_STOPS);
	case FIELD_SIP: return facts | (enabled ? SIP_STARTS : SIP_STOPS);
	case FIELD_SIP_WEBHOOKS: return facts | WEBHOOKS_CHANGE;
	case FIELD_SIP_SERVERS:
		return facts | (row->sides[1] != NULL ? SERVER_ADDED : SERVER_REMOVED);
	case FIELD_SRTP: return facts | SRTP_CHANGES;
	case FIELD_SERVER_HOSTNAME: return facts | (within ? HOSTNAME_CHANGES : 0);
	case FIELD_SERVER_PORT: return facts | (within ? PORT_CHANGES : 0);
	case FIELD_PARAMETER_KEY:
	case FIELD_PARAMETER_VALUE: return facts | (within ? PARAMETERS_CHANGE : 0);
	default: return facts;
	}
}

/* `*hostname` becomes that of the server that is new or has another name, if one has. */
static unsigned facts_of_rows(const struct calling_values *base, const struct calling_values *mine,
			      const char **hostname)
{
	struct value_walk walk;
	value_walk_init(&walk);
	value_walk_pair(&walk, base, mine, false);
	unsigned facts = 0;
	bool within = false;
	struct value_row row;
	while (value_walk_next(&walk, &row)) {
		const struct value_path *from = row.sides[0];
		const struct value_path *to = row.sides[1];
		if ((to != NULL ? to : from)->ref.field == FIELD_SIP_SERVERS)
			within = from != NULL && to != NULL;
		if (value_path_same(from, to))
			continue;
		facts |= facts_of_row(&row, within, mine);
		if (to != NULL && to->ref.field == FIELD_SERVER_HOSTNAME)
			*hostname = to->value;
	}
	value_walk_release(&walk);
	/* One that takes another's place is to the service the same server under a new name. */
	unsigned replaced = SERVER_ADDED | SERVER_REMOVED;
	return (facts & replaced) == replaced ? facts | HOSTNAME_CHANGES : facts;
}

static unsigned facts_of(const struct calling_values *base, const struct calling_values *mine,
			 const char **hostname)
{
	const struct sip_server *first = values_first_server(mine);
	*hostname = first != NULL ? first->hostname : NULL;
	unsigned facts = facts_of_rows(base, mine, hostname);
	size_t before = values_servers_alive(base);
	size_t after = values_servers_alive(mine);
	facts |= values_calling_enabled(mine) ? CALLING_ON : 0;
	facts |= values_sip_enabled(mine) ? SIP_ON : 0;
	facts |= text_equal_nocase(mine->texts[FIELD_SIP_WEBHOOKS], "ENABLED") ? WEBHOOKS_ON : 0;
	facts |= values_srtp_is_sdes(mine) ? SDES_ON : 0;
	facts |= after > 0 ? SERVERS_LEFT : 0;
	facts |= before > 0 && after == 0 ? SERVERS_EMPTIED : 0;
	return facts;
}

void consequences_compute(const struct calling_values *base, const struct calling_values *mine,
			  struct sentences *sentences)
{
	*sentences = (struct sentences) { 0 };
	const char *hostname = NULL;
	unsigned facts = facts_of(base, mine, &hostname);
	bool has_hostname = hostname != NULL && *hostname != '\0';
	for (size_t i = 0; i < ARRAY_LENGTH(consequences); i++) {
		const struct consequence *consequence = &consequences[i];
		if ((facts & consequence->all) != consequence->all ||
		    (facts & consequence->none) != 0 ||
		    (consequence->after != NULL && !has_hostname))
			continue;
		sentences->items =
			mem_grow(sentences->items, sentences->count, sizeof *sentences->items);
		sentences->items[sentences->count++] =
			consequence->after == NULL ? mem_text(consequence->before)
						   : mem_format("%s%s%s", consequence->before,
								hostname, consequence->after);
	}
}

void sentences_release(struct sentences *sentences)
{
	for (size_t i = 0; i < sentences->count; i++)
		free(sentences->items[i]);
	free(sentences->items);
	*sentences = (struct sentences) { 0 };
}
