/* A field found by a part of its label, its help or its JSON path. */
#ifndef SIPDESK_UI_PLAIN_FIND_H
#define SIPDESK_UI_PLAIN_FIND_H

#include "ui/plain/session.h"

/* `wanted` NULL: it is asked for. False: no field was chosen. */
bool plain_find(struct plain *plain, const char *wanted, struct field_ref *chosen);

#endif
