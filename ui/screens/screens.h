/* The screens, one file each. Each function makes a screen to be given to app_push. */
#ifndef SIPDESK_UI_SCREENS_SCREENS_H
#define SIPDESK_UI_SCREENS_SCREENS_H

#include "calling/merge.h"
#include "ui/app/app.h"
#include "ui/app/open_number.h"

/* The list a session starts from. */
struct screen *screen_numbers_new(struct app *app);
/* A new number: label, phone number, API URL, and its key for this session. */
struct screen *screen_number_add_new(struct app *app);
/* Asks for the API key of a saved number, then opens it. */
struct screen *screen_key_new(struct app *app, struct open_number *number);

/* The home of one number; reads it where that was not done yet. */
struct screen *screen_settings_new(struct app *app, struct open_number *number);
/* One SIP server with its parameters; `is_new`: starts by typing its hostname. */
struct screen *screen_server_new(struct app *app, struct open_number *number, int server,
				 bool is_new);
/* Puts the focus of a server's screen on a field of it. */
void screen_server_focus(struct screen *screen, struct field_ref ref);
/* The TLS check of a SIP server; starts one where there is none of what is set now. */
struct screen *screen_check_new(struct app *app, struct open_number *number, int server);
/* Puts that on top, where it is not on top already. */
void screen_check_show(struct app *app, struct open_number *number, int server);
/* What people see when calls do not work, and where it is settled; `server` -1: the first. */
struct screen *screen_troubles_new(struct app *app, struct open_number *number, int server);
/* What was changed; Enter jumps there. */
struct screen *screen_changes_new(struct app *app, struct open_number *number);
struct screen *screen_review_new(struct app *app, struct open_number *number);
struct screen *screen_sending_new(struct app *app, struct open_number *number);
struct screen *screen_credentials_new(struct app *app, struct open_number *number);

/* A reading that moved under the draft: number->merge is settled, or dropped on Esc. */
struct screen *screen_reading_conflict_new(struct app *app, struct open_number *number);
/* A send that waits in SEND_CONFLICT: resolved, or cancelled on Esc. */
struct screen *screen_send_conflict_new(struct app *app, struct open_number *number,
					struct send *send);

/* A page of text with a title; `text` is copied, its lines kept. */
struct screen *screen_page_new(struct app *app, const char *title, const char *text);
/* Help about `about`, generated from the tables. */
struct screen *screen_help_new(struct app *app, struct screen *about);
/* All actions of `about`, with their keys; Enter does one. */
struct screen *screen_actions_new(struct app *app, struct screen *about);
/* Finds a field by label, help or JSON path; Enter jumps to it. */
struct screen *screen_find_new(struct app *app, struct open_number *number);

/* Leaves sipdesk; asks first where something would be lost. */
void screen_leave_ask(struct app *app);

/* Puts the settings screen on top (closing what is above it), the focus on a field, and opens the
 * server's screen where the field is a server's. */
void screen_settings_jump(struct app *app, struct open_number *number, struct field_ref ref);

/* The error as one text for a page's body: sentence, the service's words, the next step. Appends.
 */
void screen_error_write(const struct err *err, struct str *out);

/* Header of a screen about `number`: " sipdesk › label › part", the right end as given. */
void screen_header(struct term *term, const struct open_number *number, const char *part,
		   const char *right);
/* The lines above the bar: the notice of the moment, else the sentence. */
void screen_help_lines(struct screen *screen, struct term *term, enum style style,
		       const char *sentence);

#endif
