/* The SIP user password, shown on purpose. */
#ifndef SIPDESK_UI_PLAIN_CREDENTIALS_H
#define SIPDESK_UI_PLAIN_CREDENTIALS_H

#include "ui/plain/session.h"

/* Warns that the terminal keeps what it shows, asks, fetches, shows. */
void plain_reveal(struct plain *plain);

#endif
