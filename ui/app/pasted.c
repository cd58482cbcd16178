#include "ui/app/pasted.h"

#include "calling/paste.h"

static bool part_set(struct open_number *number, struct field_ref ref, const char *text,
		     struct str *trouble)
{
	struct err err;
	if (open_number_set(number, ref, text, &err))
		return true;
	str_add_char(trouble, ' ');
	str_add(trouble, err.sentence);
	return false;
}

static void parameters_replace(struct open_number *number, int server,
			       const struct pasted_server *pasted, struct str *trouble)
{
	const struct sip_server *target = &number->draft.mine.servers[server];
	while (target->parameter_count > 0)
		open_number_parameter_remove(number, server, 0);
	for (size_t i = 0; i < pasted->parameter_count; i++) {
		int at = open_number_parameter_add(number, server);
		(void)part_set(number, field_ref_parameter(FIELD_PARAMETER_KEY, server, at),
			       pasted->parameters[i].key, trouble);
		(void)part_set(number, field_ref_parameter(FIELD_PARAMETER_VALUE, server, at),
			       pasted->parameters[i].value, trouble);
	}
}

bool pasted_take(struct open_number *number, int server, const char *text)
{
	struct pasted_server pasted;
	struct str trouble;
	pasted_server_init(&pasted);
	str_init(&trouble);
	bool understood = paste_understand(&pasted, text);
	if (understood) {
		if (pasted.hostname != NULL)
			(void)part_set(number, field_ref_server(FIELD_SERVER_HOSTNAME, server),
				       pasted.hostname, &trouble);
		if (pasted.port != NULL)
			(void)part_set(number, field_ref_server(FIELD_SERVER_PORT, server),
				       pasted.port, &trouble);
		if (pasted.has_parameters || pasted.parameter_count > 0)
			parameters_replace(number, server, &pasted, &trouble);
		if (pasted.srtp != NULL)
			(void)part_set(number, field_ref_of(FIELD_SRTP), pasted.srtp, &trouble);
		app_notice(number->app, "%s%s", pasted.taken == NULL ? "" : pasted.taken,
			   trouble.bytes);
	}
	str_release(&trouble);
	pasted_server_release(&pasted);
	return understood;
}
