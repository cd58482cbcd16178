/* The screens, one file each. Each function makes a screen to be given to app_push. */
#ifndef SIPDESK_UI_SCREENS_SCREENS_H
#define SIPDESK_UI_SCREENS_SCREENS_H

#include "calling/changes.h"
#include "calling/merge.h"
#include "service/history_entries.h"
#include "ui/app/app.h"
#include "ui/app/keys.h"
#include "ui/app/open_number.h"
#include "ui/widgets/form_help.h"

/* The list a session starts from. */
struct screen *screen_numbers_new(struct app *app);
/* Puts its focus on the number with this id, which was just added or edited. */
void screen_numbers_focus(struct app *app, const char *id);
enum number_form_kind { NUMBER_FORM_ADD, NUMBER_FORM_EDIT, NUMBER_FORM_DUPLICATE };
/* The form of a saved number: a new one, the one of `id`, or a new one like it. */
struct screen *screen_number_form_new(struct app *app, enum number_form_kind kind, const char *id);
/* Asks for an API key; `done` with NULL: none was given. Whoever made it takes it away. */
struct screen *screen_key_new(struct app *app, const char *label, const char *api_url,
			      key_done_fn *done, void *owner);
/* Asks for the vault's passphrase and opens the vault with it, or makes one. `done` with
 * ERR_CANCELLED: the person gave up. Whoever made it takes it away. */
enum unlock_kind {
	UNLOCK_VAULT,
	UNLOCK_NEW_VAULT,
	UNLOCK_SCREENS /* as a curtain, after a lock */
};
struct screen *screen_unlock_new(struct app *app, enum unlock_kind kind, vault_done_fn *done,
				 void *owner);
/* The curtain of a lock; `has_vault`: it opens with the vault's passphrase only. */
struct screen *screen_lock_new(struct app *app, bool has_vault);

/* Fetches the number's key where that was not done yet, then puts its settings on top. */
void screen_settings_open(struct app *app, const struct number *saved);
/* The same for a number that has its key; what was left half-done comes first. */
void screen_number_enter(struct app *app, struct open_number *number);
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
/* Puts the view of number->sequence on top. */
void screen_sending_show(struct app *app, struct open_number *number);
/* Begins a sequence (number_sequence_start) and shows it in the place of `from`. False: it could
 * not begin, which was said. */
bool screen_sending_begin(struct app *app, struct open_number *number, enum sequence_kind kind,
			  const struct calling_values *mine, bool with_undo, struct screen *from);
/* What SEQUENCE_OFF, SEQUENCE_ON or SEQUENCE_RESET_PASSWORD is going to do; begins it. */
struct screen *screen_begin_new(struct app *app, struct open_number *number,
				enum sequence_kind kind);
/* Emergency off cannot be recorded, for `why`: asks whether it goes on all the same. */
void screen_off_unrecorded_ask(struct open_number *number, const struct err *why);
/* To another SIP server: asks which, checks it, begins the move. */
struct screen *screen_move_new(struct app *app, struct open_number *number);
/* What was left half-done (number->left_open), and how to settle it. */
struct screen *screen_left_open_new(struct app *app, struct open_number *number);
struct screen *screen_credentials_new(struct app *app, struct open_number *number);

/* A draft of a former session was found, and a reading has come: continue, compare or discard? */
void screen_draft_found_ask(struct open_number *number);
/* A reading that moved under the draft: number->merge is settled, or dropped on Esc. */
struct screen *screen_reading_conflict_new(struct app *app, struct open_number *number);
/* A send that waits in SEND_CONFLICT: resolved, or cancelled on Esc. */
struct screen *screen_send_conflict_new(struct app *app, struct open_number *number,
					struct send *send);

/* What was written to the number from this account, newest first. */
struct screen *screen_history_new(struct app *app, struct open_number *number);
/* One entry of it; `entry` is borrowed from the list, which stays below. */
struct screen *screen_history_entry_new(struct app *app, struct open_number *number,
					const struct history_entry *entry);
/* What differs from one set of settings to another; `from_words` and `to_words` say which these
 * are. All is copied. */
struct screen *screen_differences_new(struct app *app, struct open_number *number,
				      const char *from_words, const struct calling_values *from,
				      const char *to_words, const struct calling_values *to);

/* A page of text with a title, `about` a number of that label (NULL: none); all is copied, lines
 * are kept. */
struct screen *screen_page_new(struct app *app, const char *about, const char *title,
			       const char *text);
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
/* A form with the help of its focused row, beside it or above the bar; fill the form first. */
void screen_form_draw(struct screen *screen, struct form *form, const struct form_help *help,
		      struct term *term, int row, int rows);
/* The lines above the bar: the notice of the moment, else the sentence. */
void screen_help_lines(struct screen *screen, struct term *term, enum style style,
		       const char *sentence);

#endif
