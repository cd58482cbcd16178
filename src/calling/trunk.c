#include "calling/trunk.h"

#include <stddef.h>

static const struct {
	const char *label, *meaning;
} FACTS[TRUNK_FACT_COUNT] = {
	[TRUNK_USER_NAME] = { "User name", "the number's digits, without +" },
	[TRUNK_REALM] = { "Realm", "" },
	[TRUNK_PROXY] = { "Proxy", "" },
	[TRUNK_FROM_DOMAIN] = { "From domain", "the SIP server's hostname" },
};

const char *trunk_label(enum trunk_fact fact)
{
	return FACTS[fact].label;
}

const char *trunk_meaning(enum trunk_fact fact)
{
	return FACTS[fact].meaning;
}

const char *trunk_value(enum trunk_fact fact, const char *phone_number, const char *hostname)
{
	switch (fact) {
	case TRUNK_USER_NAME:
		return phone_number == NULL ? NULL : phone_number + (phone_number[0] == '+');
	case TRUNK_REALM: return "wa.meta.vc";
	case TRUNK_PROXY: return "wa.meta.vc:5061;transport=tls";
	case TRUNK_FROM_DOMAIN: return hostname;
	default: return NULL;
	}
}
