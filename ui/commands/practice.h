/* The practice service for the screens: `sipdesk sandbox` as a child that ends with its parent. */
#ifndef SIPDESK_UI_COMMANDS_PRACTICE_H
#define SIPDESK_UI_COMMANDS_PRACTICE_H

#include "base/process.h"
#include "base/str.h"
#include "ui/app/app.h"

struct practice {
	struct app *app; /* NULL: not started */
	int timer;	 /* until the service is started; 0: it was */
	struct process_child child;
	struct str ready; /* the ready file, as far as it has come */
};

/* Puts the practice numbers into app->numbers; the service starts behind the first frame, which it
 * would delay. app_practice_ready is called when it listens, or when it will not. */
void practice_start(struct practice *practice, struct app *app);
void practice_stop(struct practice *practice);

/* An app_practice_key_fn. */
void practice_key(const char *id, struct secret *key);

#endif
