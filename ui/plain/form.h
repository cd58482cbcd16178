/* A number's calling settings, and its SIP servers: rows that are chosen by their number, and
 * commands that are typed as words. */
#ifndef SIPDESK_UI_PLAIN_FORM_H
#define SIPDESK_UI_PLAIN_FORM_H

#include "ui/plain/session.h"

/* Opens the number and stays with it until the person goes back or leaves. */
void plain_form(struct plain *plain, const struct number *saved);

#endif
