/*
 * The page between trying a key and saving its number: what the key opens, or why it could not be
 * tried, what saving will do besides, and the answers. And before that, how far the trial is.
 */
#ifndef SIPDESK_UI_SCREENS_KEY_TRIAL_H
#define SIPDESK_UI_SCREENS_KEY_TRIAL_H

#include "ui/app/number_saving.h"
#include "ui/widgets/form.h"

enum key_trial_answer { KEY_TRIAL_SAVE, KEY_TRIAL_AGAIN, KEY_TRIAL_BACK };

/* Fills the page of a saving in NUMBER_SAVING_TRIED. */
void key_trial_fill(struct form *form, const struct number_saving *saving, const struct term *term);
/* Puts the focus on the answer that suits the outcome. */
void key_trial_focus(struct form *form, const struct number_saving *saving);
/* The focused one. */
enum key_trial_answer key_trial_answer(const struct form *form);
const char *key_trial_help(const struct form *form, const struct number_saving *saving);

/* What is waited for, and how to stop it; NULL: nothing is. Caller frees. */
char *key_trial_progress(const struct number_saving *saving);

#endif
