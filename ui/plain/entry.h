/* The question for one field: its choices by number, or its text. What is answered goes into the
 * draft at once. */
#ifndef SIPDESK_UI_PLAIN_ENTRY_H
#define SIPDESK_UI_PLAIN_ENTRY_H

#include "ui/plain/session.h"

/* A field of the settings or of a server; one that is only shown is explained. True: the field was
 * answered, also with what it was. */
bool plain_entry(struct plain *plain, struct field_ref ref);
/* Key and value of one; "-" as its key removes it. */
void plain_parameter_ask(struct plain *plain, int server, int parameter);
/* Adds parameters until a key is left empty. */
void plain_parameters_add(struct plain *plain, int server);
/* A new server: hostname, port, parameters. -1: nothing was entered, and there is none, or the
 * settings have moved meanwhile. */
int plain_server_add(struct plain *plain);

#endif
