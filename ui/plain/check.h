/* The TLS check of one of the number's SIP servers, run and told. */
#ifndef SIPDESK_UI_PLAIN_CHECK_H
#define SIPDESK_UI_PLAIN_CHECK_H

#include "ui/plain/session.h"

void plain_check(struct plain *plain, int server);

#endif
