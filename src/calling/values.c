#include "calling/values.h"

#include "base/mem.h"
#include "base/str.h"

#include <stdlib.h>
#include <string.h>

void values_init(struct calling_values *values)
{
	*values = (struct calling_values) { 0 };
}

static void parameters_release(struct sip_server *server)
{
	for (size_t i = 0; i < server->parameter_count; i++) {
		free(server->parameters[i].key);
		free(server->parameters[i].value);
	}
	free(server->parameters);
}

void server_release(struct sip_server *server)
{
	free(server->hostname);
	free(server->port);
	free(server->app_id);
	free(server->unknown);
	parameters_release(server);
	*server = (struct sip_server) { .origin = -1 };
}

void values_release(struct calling_values *values)
{
	for (size_t i = 0; i < FIELD_SETTINGS_COUNT; i++)
		free(values->texts[i]);
	for (size_t i = 0; i < values->server_count; i++)
		server_release(&values->servers[i]);
	free(values->servers);
	values_init(values);
}

void server_copy(struct sip_server *to, const struct sip_server *from)
{
	to->hostname = mem_text(from->hostname);
	to->port = mem_text(from->port);
	to->app_id = mem_text(from->app_id);
	to->unknown = mem_text(from->unknown);
	to->origin = from->origin;
	to->removed = from->removed;
	for (size_t i = 0; i < from->parameter_count; i++) {
		struct parameter *parameter = server_parameter_add(to);
		mem_text_set(&parameter->key, from->parameters[i].key);
		mem_text_set(&parameter->value, from->parameters[i].value);
	}
}

void values_copy(struct calling_values *to, const struct calling_values *from)
{
	values_init(to);
	for (size_t i = 0; i < FIELD_SETTINGS_COUNT; i++)
		to->texts[i] = mem_text(from->texts[i]);
	for (size_t i = 0; i < from->server_count; i++)
		server_copy(values_server_add(to), &from->servers[i]);
}

struct field_ref field_ref_of(enum field_id field)
{
	return field_ref_parameter(field, -1, -1);
}

struct field_ref field_ref_server(enum field_id field, int server)
{
	return field_ref_parameter(field, server, -1);
}

struct field_ref field_ref_parameter(enum field_id field, int server, int parameter)
{
	return (struct field_ref) { .field = field, .server = server, .parameter = parameter };
}

bool field_ref_equal(struct field_ref a, struct field_ref b)
{
	return a.field == b.field && a.server == b.server && a.parameter == b.parameter;
}

static const char *parameter_get(const struct sip_server *server, struct field_ref ref)
{
	if (ref.parameter < 0 || (size_t)ref.parameter >= server->parameter_count)
		return NULL;
	const struct parameter *parameter = &server->parameters[ref.parameter];
	return ref.field == FIELD_PARAMETER_KEY ? parameter->key : parameter->value;
}

const char *values_get(const struct calling_values *values, struct field_ref ref)
{
	if (ref.field < FIELD_SETTINGS_COUNT)
		return values->texts[ref.field];
	if (ref.server < 0 || (size_t)ref.server >= values->server_count)
		return NULL;
	const struct sip_server *server = &values->servers[ref.server];
	if (server->removed)
		return NULL;
	switch (ref.field) {
	case FIELD_SERVER_HOSTNAME: return server->hostname;
	case FIELD_SERVER_PORT: return server->port;
	case FIELD_SERVER_APP_ID: return server->app_id;
	case FIELD_PARAMETER_KEY:
	case FIELD_PARAMETER_VALUE: return parameter_get(server, ref);
	default: return NULL;
	}
}

size_t values_servers_alive(const struct calling_values *values)
{
	size_t alive = 0;
	for (size_t i = 0; i < values->server_count; i++)
		alive += !values->servers[i].removed;
	return alive;
}

const struct sip_server *values_first_server(const struct calling_values *values)
{
	for (size_t i = 0; i < values->server_count; i++)
		if (!values->servers[i].removed)
			return &values->servers[i];
	return NULL;
}

bool values_sip_enabled(const struct calling_values *values)
{
	return text_equal_nocase(values->texts[FIELD_SIP], "ENABLED");
}

bool values_calling_enabled(const struct calling_values *values)
{
	return text_equal_nocase(values->texts[FIELD_CALLING], "ENABLED");
}

bool values_srtp_is_sdes(const struct calling_values *values)
{
	return text_equal_nocase(values->texts[FIELD_SRTP], "SDES");
}

bool values_srtp_is_dtls(const struct calling_values *values)
{
	const char *srtp = values->texts[FIELD_SRTP];
	return srtp == NULL || *srtp == '\0' || text_equal_nocase(srtp, "DTLS");
}

struct sip_server *values_server_add(struct calling_values *values)
{
	values->servers = mem_grow(values->servers, values->server_count, sizeof *values->servers);
	struct sip_server *server = &values->servers[values->server_count++];
	server->origin = -1;
	return server;
}

struct parameter *server_parameter_add(struct sip_server *server)
{
	server->parameters =
		mem_grow(server->parameters, server->parameter_count, sizeof *server->parameters);
	struct parameter *parameter = &server->parameters[server->parameter_count++];
	parameter->key = mem_text("");
	parameter->value = mem_text("");
	return parameter;
}

void server_parameter_remove(struct sip_server *server, size_t index)
{
	struct parameter *parameter = &server->parameters[index];
	free(parameter->key);
	free(parameter->value);
	server->parameter_count--;
	memmove(parameter, parameter + 1, (server->parameter_count - index) * sizeof *parameter);
}
