/* The TLS check of one of the number's SIP servers, run and told. */
#ifndef SIPDESK_UI_PLAIN_CHECK_H
#define SIPDESK_UI_PLAIN_CHECK_H

#include "ui/app/tls_check.h"
#include "ui/plain/session.h"

/* Waits for it and tells it; Ctrl-C cancels it. */
void plain_check_follow(struct plain *plain, struct tls_check *check);
void plain_check(struct plain *plain, int server);

#endif
