/* The move to another SIP server: asked for, checked, said, and done. */
#ifndef SIPDESK_UI_PLAIN_MOVE_H
#define SIPDESK_UI_PLAIN_MOVE_H

#include "ui/plain/session.h"

void plain_move(struct plain *plain);

#endif
