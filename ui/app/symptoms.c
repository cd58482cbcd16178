#include "ui/app/symptoms.h"

#include "base/mem.h"
#include "calling/fields.h"

const struct symptom SYMPTOMS[] = {
	{
		.title = "No INVITE arrives",
		.causes = {
			{ "Meta refuses the server's certificate: the reason that Meta names first.",
			  "The TLS check of the hostname that the number is set to.", JUMP_CHECK, 0 },
			{ "The server asks Meta for a client certificate.",
			  "Findings MTLS-1 to MTLS-3 of the TLS check; turn the request off.",
			  JUMP_CHECK, 0 },
			{ "The port is not the server's TLS port: 5060 is usually unencrypted SIP.",
			  "The port; it is 5061 when empty.", JUMP_FIELD, FIELD_SERVER_PORT },
			{ "A firewall does not let Meta's addresses in (webhook list, AS32934).",
			  "The firewall's log, and the TLS check from an admitted host.", JUMP_CHECK,
			  0 },
			{ "SIP is not enabled, or calling is off.",
			  "SIP signalling and Calling in the settings.", JUMP_FIELD, FIELD_SIP },
		},
	},
	{
		.title = "The call drops at once after SIP was enabled",
		.causes = {
			{ "The certificate is refused, so the call has nowhere to go.",
			  "The TLS check.", JUMP_CHECK, 0 },
			{ "The server answers the INVITE with a refusal.",
			  "The server's log: which answer it gives, and the request URI it expects.",
			  JUMP_FIELD, FIELD_SERVER_PARAMETERS },
			{ "Two apps have each set a SIP server on this number.",
			  "SIP server: more than one row means that calls break.", JUMP_FIELD,
			  FIELD_SIP_SERVERS },
		},
	},
	{
		.title = "The server answers 488",
		.causes = {
			{ "The server has no ICE, which DTLS needs.",
			  "SRTP key exchange: choose SDES; it needs SIP enabled.", JUMP_FIELD,
			  FIELD_SRTP },
			{ "The server does not offer Opus.",
			  "The server's codecs; Opus is always on at Meta's side.", JUMP_FIELD,
			  FIELD_CODECS },
		},
	},
	{
		.title = "401 or 407 again and again",
		.causes = {
			{ "The user name is not the number's digits without +.",
			  "SIP credentials: user name and realm.", JUMP_CREDENTIALS, 0 },
			{ "The SIP user password on the server is an old one: it changes when the SIP "
			  "server is removed and added, and may when its hostname changes.",
			  "SIP credentials: reveal it and compare.", JUMP_CREDENTIALS, 0 },
			{ "The server wants the digest URI to equal the request URI; Meta leaves "
			  ";transport=tls out of it.",
			  "The server's digest settings.", JUMP_NONE, 0 },
		},
	},
	{
		.title = "No audio, one-way audio, or a drop after 20 to 30 seconds",
		.causes = {
			{ "The server's media address or ports are not reachable from outside.",
			  "The server's external address and its RTP port range in the firewall.",
			  JUMP_NONE, 0 },
			{ "Key exchange of the two sides differs: SDES here, DTLS there, or the other "
			  "way.",
			  "SRTP key exchange.", JUMP_FIELD, FIELD_SRTP },
			{ "Meta waits for the first SRTP packet from your side.",
			  "Let the server send media first.", JUMP_NONE, 0 },
			{ "No common codec.", "The server's codecs, beside Opus.", JUMP_FIELD,
			  FIELD_CODECS },
		},
	},
	{
		.title = "403 “SIP server … does not match”",
		.causes = {
			{ "The From domain is neither the configured hostname nor its parent.",
			  "The hostname, and the From domain on the trunk.", JUMP_FIELD,
			  FIELD_SERVER_HOSTNAME },
			{ "Calls go out before SIP was enabled for the number.", "SIP signalling.",
			  JUMP_FIELD, FIELD_SIP },
		},
	},
	{
		.title = "404 to an IP address",
		.causes = {
			{ "The request URI towards Meta has an IP address as its host.",
			  "The trunk's proxy must be the name wa.meta.vc:5061.", JUMP_CREDENTIALS,
			  0 },
		},
	},
	{
		.title = "Graph /calls answers 131055",
		.causes = {
			{ "SIP is enabled: the Graph calling endpoints refuse calls meanwhile.",
			  "SIP signalling: this is what enabling it means.", JUMP_FIELD, FIELD_SIP },
		},
	},
	{
		.title = "Calling webhooks stopped",
		.causes = {
			{ "SIP is enabled: calling webhooks stop unless their delivery is enabled.",
			  "Calling webhooks in the SIP section.", JUMP_FIELD, FIELD_SIP_WEBHOOKS },
		},
	},
	{
		.title = "Calling cannot be enabled (138015, 138018)",
		.causes = {
			{ "138015: the number's messaging limit is below 2000.",
			  "The messaging limit in WhatsApp Manager; it rises with good use.",
			  JUMP_NONE, 0 },
			{ "138018: there is neither a SIP server nor an app subscribed to calls.",
			  "Add a SIP server and enable SIP: sipdesk sends both in one request.",
			  JUMP_FIELD, FIELD_SIP_SERVERS },
			{ "Calling is paused for the number's quality.", "Restrictions.", JUMP_FIELD,
			  FIELD_RESTRICTIONS },
		},
	},
	{
		.title = "SDES is DTLS again",
		.causes = {
			{ "A request with SIP settings was sent after SDES: it resets the key exchange.",
			  "SRTP key exchange: choose SDES again; sipdesk sends it last, by itself.",
			  JUMP_FIELD, FIELD_SRTP },
			{ "Someone changed it elsewhere meanwhile.", "Read the number again.",
			  JUMP_RELOAD, 0 },
			{ "SIP is disabled: SDES works only while it is enabled.", "SIP signalling.",
			  JUMP_FIELD, FIELD_SIP },
		},
	},
};

const size_t SYMPTOM_COUNT = ARRAY_LENGTH(SYMPTOMS);

void symptom_jump_words(const struct symptom_cause *cause, struct str *out)
{
	static const char *const words[] = {
		[JUMP_NONE] = "",
		[JUMP_CHECK] = "TLS check",
		[JUMP_CREDENTIALS] = "SIP credentials",
		[JUMP_RELOAD] = "Read again",
	};
	str_add(out,
		cause->jump == JUMP_FIELD ? field_of(cause->field)->label : words[cause->jump]);
}

void symptoms_write(struct str *out)
{
	for (size_t i = 0; i < SYMPTOM_COUNT; i++) {
		str_addf(out, "%s%s\n", i > 0 ? "\n" : "", SYMPTOMS[i].title);
		for (size_t j = 0; j < SYMPTOM_CAUSES_MAX && SYMPTOMS[i].causes[j].cause != NULL;
		     j++) {
			const struct symptom_cause *cause = &SYMPTOMS[i].causes[j];
			str_addf(out, "  %zu. %s\n     Look at: %s", j + 1, cause->cause,
				 cause->look_at);
			if (cause->jump != JUMP_NONE) {
				str_add(out, " [");
				symptom_jump_words(cause, out);
				str_add_char(out, ']');
			}
			str_add_char(out, '\n');
		}
	}
}
