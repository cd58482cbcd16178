/*
 * The vault: one file with the API keys of many numbers, under one passphrase.
 *
 * scrypt (N=2^17, r=8, p=1; 128 MiB for about half a second) makes an AES-256-GCM key of the
 * passphrase; the header (magic, cost, salt, nonce) is associated data. Salt and nonce are fresh in
 * each write. A SHA-256 of all before it ends the file: a damaged file is told from a wrong
 * passphrase before anything is asked. The format is described byte by byte in vault_format.h.
 *
 * Nothing here waits for a person, but scrypt takes its time: the screens call these in a child
 * (process_work_start). Each change reads the file anew under its lock, so two sessions lose
 * nothing of each other. The file before stays as PATH.previous; it is written there first, so that
 * PATH is a whole vault at every moment. A damaged one is never written over.
 */
#ifndef SIPDESK_STORE_VAULT_H
#define SIPDESK_STORE_VAULT_H

#include "base/err.h"
#include "base/secret.h"
#include "store/vault_keys.h"

#include <stdbool.h>
#include <stddef.h>

enum { VAULT_PASSPHRASE_MIN = 8 /* characters */ };

/* $XDG_DATA_HOME/sipdesk/vault; caller frees. NULL with ERR_CONFIG. */
char *vault_path(struct err *err);
/* The file before; caller frees. */
char *vault_path_previous(const char *path);

/* Errors of all that follow. ERR_INPUT: the file is damaged (the sentence names it, and the command
 * that brings PATH.previous back where that is whole), or of a newer sipdesk, or of an absurd cost.
 * ERR_KEY: the passphrase is wrong. ERR_CONFIG: there is none. ERR_FORBIDDEN: its mode or owner.
 * ERR_IO: no memory for scrypt, and what files do. Nothing is ever half-read or half-written. */

/* Is there one, and is it whole? Needs no passphrase. */
bool vault_look(const char *path, bool *exists, struct err *err);
/* The same where there has to be one. */
bool vault_is_there(const char *path, struct err *err);
/* `keys` stay as they are where it fails. */
bool vault_read(const char *path, const struct secret *passphrase, struct vault_keys *keys,
		struct err *err);

/* May it be the passphrase of a vault? ERR_INPUT: too short, or no line of text. */
bool vault_passphrase_judge(const struct secret *passphrase, struct err *err);
/* ERR_CONFLICT where there is one already, or only PATH.previous, which would be lost. */
bool vault_is_free(const char *path, struct err *err);
/* Makes an empty one where the two before say yes. */
bool vault_create(const char *path, const struct secret *passphrase, struct err *err);
/* Puts the key of `id` in, or takes it out (`key` NULL); `keys` then holds all as now saved. */
bool vault_change(const char *path, const struct secret *passphrase, const char *id,
		  const struct secret *key, struct vault_keys *keys, struct err *err);
/* Takes the keys of all these ids out in one change: PATH.previous still has them. */
bool vault_prune(const char *path, const struct secret *passphrase, const char *const *ids,
		 size_t count, struct err *err);
/* PATH.previous still opens with the passphrase before, until the next change. */
bool vault_passphrase_change(const char *path, const struct secret *passphrase,
			     const struct secret *wanted, struct err *err);

#endif
