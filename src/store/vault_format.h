/*
 * The bytes of a vault's file: made of keys and a passphrase, judged, and opened. No file is
 * touched here.
 *
 * Numbers are big-endian. All that a reader needs is scrypt (RFC 7914), AES-256-GCM (NIST SP
 * 800-38D) and SHA-256; tests/support/vault_reader.py is one.
 *
 *    offset  bytes  what
 *         0      8  "SIPDESKV"
 *         8      4  version of this description: 1
 *        12      4  log2 of scrypt's N: 17 (a reader takes 1 to 20)
 *        16      4  scrypt's r: 8 (a reader takes no other)
 *        20      4  scrypt's p: 1 (a reader takes 1 to 4)
 *        24     32  scrypt's salt
 *        56     12  AES-256-GCM's nonce
 *        68      4  n: length of the ciphertext, at most VAULT_RECORDS_MAX
 *        72      n  ciphertext
 *    72 + n     16  AES-256-GCM's tag
 *    88 + n     32  SHA-256 of all before
 *
 * AES's key is the first 32 bytes of scrypt(passphrase as typed, in UTF-8; salt; N, r, p); the
 * associated data is the first 72 bytes. Salt and nonce are random and new in each file. The
 * plaintext is the records of vault_keys.h as they stand there.
 *
 * Versions to come keep the first two fields and the SHA-256 at the end: so a damaged file is told
 * from one that is newer, and from a wrong passphrase.
 */
#ifndef SIPDESK_STORE_VAULT_FORMAT_H
#define SIPDESK_STORE_VAULT_FORMAT_H

#include "base/secret.h"
#include "store/vault_keys.h"

#include <stddef.h>

enum {
	VAULT_HEADER_SIZE = 72, /* offset of the ciphertext */
	VAULT_ENDING_SIZE = 48, /* tag and SHA-256 */
	VAULT_FILE_MAX = VAULT_HEADER_SIZE + VAULT_RECORDS_MAX + VAULT_ENDING_SIZE,
};

enum vault_fault {
	VAULT_GOOD,
	VAULT_DAMAGED,
	VAULT_TOO_NEW,
	VAULT_TOO_COSTLY,	/* scrypt's numbers are not among those a reader takes */
	VAULT_WRONG_PASSPHRASE, /* or somebody has changed it and its SHA-256 on purpose */
	VAULT_NO_KEYS,		/* opened, but what is in it are no records */
	VAULT_NO_MEMORY,	/* for scrypt, 128 MiB at the cost that we write */
	VAULT_NO_RANDOM,	/* the system gave none; making only */
};

/* What can be told without the passphrase; the first four. */
enum vault_fault vault_bytes_judge(const char *bytes, size_t length);
/* Judges, then opens; `keys` are filled where it is VAULT_GOOD, else as they were. */
enum vault_fault vault_bytes_open(const char *bytes, size_t length, const struct secret *passphrase,
				  struct vault_keys *keys);
/* `*bytes` is for the caller to free; NULL unless VAULT_GOOD. */
enum vault_fault vault_bytes_make(const struct vault_keys *keys, const struct secret *passphrase,
				  char **bytes, size_t *length);

#endif
