#include "ui/app/number_move.h"

#include "base/mem.h"
#include "calling/fields.h"
#include "calling/hostname.h"
#include "calling/rules.h"
#include "ui/app/number_sequence.h"

#include <stdlib.h>

const char MOVE_UNCHECKED_MEANING[] =
	"Where Meta refuses its certificate or cannot reach it, no call gets through.";

void number_move_init(struct number_move *move, struct open_number *number)
{
	move->number = number;
	pasted_server_init(&move->to);
	err_init(&move->check_err);
}

void number_move_release(struct number_move *move)
{
	pasted_server_release(&move->to);
}

/* --- what is wanted --------------------------------------------------------------------------- */

static int server_of(const struct calling_values *values)
{
	const struct sip_server *server = values_first_server(values);
	return server == NULL ? -1 : (int)(server - values->servers);
}

static void parameters_take(const struct number_move *move, struct sip_server *server)
{
	while (server->parameter_count > 0)
		server_parameter_remove(server, 0);
	for (size_t i = 0; i < move->to.parameter_count; i++) {
		struct parameter *parameter = server_parameter_add(server);
		mem_text_set(&parameter->key, move->to.parameters[i].key);
		mem_text_set(&parameter->value, move->to.parameters[i].value);
	}
}

void number_move_wanted(const struct number_move *move, struct calling_values *mine)
{
	values_copy(mine, &move->number->settings.values);
	int place = server_of(mine);
	if (place < 0 || move->to.hostname == NULL)
		return;
	struct sip_server *server = &mine->servers[place];
	mem_text_set(&server->hostname, move->to.hostname);
	mem_text_set(&server->port, move->to.port);
	if (move->to.has_parameters || move->to.parameter_count > 0)
		parameters_take(move, server);
	if (move->to.srtp != NULL)
		mem_text_set(&mine->texts[FIELD_SRTP], move->to.srtp);
}

const struct finding *number_move_objection(const struct number_move *move,
					    struct findings *findings)
{
	struct calling_values mine;
	findings_init(findings);
	number_move_wanted(move, &mine);
	rules_check(&move->number->settings, &mine, findings);
	values_release(&mine);
	for (size_t i = 0; i < findings->count; i++)
		if (findings->items[i].severity == SEVERITY_FAILURE)
			return &findings->items[i];
	return NULL;
}

bool number_move_is_elsewhere(const struct number_move *move)
{
	struct calling_values mine;
	struct change_lines lines = { 0 };
	number_move_wanted(move, &mine);
	change_lines_compute(&move->number->settings.values, &mine, &lines);
	bool differs = lines.count > 0;
	change_lines_release(&lines);
	values_release(&mine);
	return differs;
}

/* --- its check -------------------------------------------------------------------------------- */

struct tls_check *number_move_check(const struct number_move *move)
{
	struct tls_check *check = tls_check_of(move->number, TLS_CHECK_ELSEWHERE);
	const char *port =
		move->to.port == NULL ? field_of(FIELD_SERVER_PORT)->absent : move->to.port;
	char *ascii = move->to.hostname == NULL ? NULL : hostname_to_ascii(move->to.hostname);
	const char *hostname = ascii == NULL ? move->to.hostname : ascii;
	bool is_of_it = check != NULL && text_equal_nocase(check->hostname, hostname) &&
			text_equal(check->port, port);
	free(ascii);
	return is_of_it ? check : NULL;
}

bool number_move_has_passed(const struct number_move *move)
{
	const struct tls_check *check = number_move_check(move);
	return check != NULL && check->state == TLS_CHECK_DONE &&
	       (check->verdict == VERDICT_PASS || check->verdict == VERDICT_WARN);
}

void number_move_check_begin(struct number_move *move)
{
	struct findings findings;
	err_init(&move->check_err);
	if (move->to.hostname == NULL)
		return;
	if (number_move_objection(move, &findings) == NULL && number_move_is_elsewhere(move) &&
	    number_move_check(move) == NULL)
		(void)tls_check_elsewhere_start(move->number, move->to.hostname, move->to.port,
						&move->check_err);
	findings_release(&findings);
}

char *number_move_check_sentence(const struct number_move *move)
{
	char *words = tls_check_words(number_move_check(move));
	char *sentence = move->check_err.kind != ERR_NONE
				 ? mem_format("%s was not checked. %s", move->to.hostname,
					      move->check_err.sentence)
				 : mem_format("The TLS check of %s: %s", move->to.hostname, words);
	free(words);
	return sentence;
}

/* --- what is entered -------------------------------------------------------------------------- */

static bool paste_take(struct number_move *move, const char *text)
{
	struct pasted_server pasted;
	pasted_server_init(&pasted);
	bool understood = paste_understand(&pasted, text) && pasted.hostname != NULL;
	if (understood) {
		app_notice(move->number->app, "%s", pasted.taken == NULL ? "" : pasted.taken);
		pasted_server_release(&move->to);
		move->to = pasted;
	} else {
		pasted_server_release(&pasted);
	}
	return understood;
}

bool number_move_paste(struct number_move *move, const char *text)
{
	bool is_taken = paste_take(move, text);
	if (is_taken)
		number_move_check_begin(move);
	return is_taken;
}

void number_move_enter(struct number_move *move, enum field_id field, const char *text)
{
	char *typed = field_tidy(field_of(field), text);
	bool is_hostname = field == FIELD_SERVER_HOSTNAME;
	if (!is_hostname || !paste_take(move, typed))
		mem_text_set(is_hostname ? &move->to.hostname : &move->to.port,
			     typed[0] == '\0' ? NULL : typed);
	free(typed);
	number_move_check_begin(move);
}

const char *number_move_why_not(const struct number_move *move)
{
	const char *why = number_sequence_why_not(move->number, SEQUENCE_MOVE);
	const struct tls_check *check = number_move_check(move);
	struct findings findings;
	if (why != NULL)
		return why;
	if (move->to.hostname == NULL)
		return "Type the new SIP server's hostname first.";
	bool is_wrong = number_move_objection(move, &findings) != NULL;
	findings_release(&findings);
	if (is_wrong)
		return "What is wrong stands below the port: correct it first.";
	if (!number_move_is_elsewhere(move))
		return "That is the SIP server it has already.";
	return check != NULL && check->state == TLS_CHECK_RUNNING
		       ? "The TLS check still runs; F7 shows it, and x there cancels it."
		       : NULL;
}
