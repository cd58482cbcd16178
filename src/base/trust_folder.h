/*
 * A folder of trusted certificates as c_rehash and update-ca-certificates make it: one file or link
 * for each, named after the hash of its subject ("002c0b4f.0"), so that OpenSSL reads nothing but
 * what a chain needs. Source: openssl-rehash(1).
 */
#ifndef SIPDESK_BASE_TRUST_FOLDER_H
#define SIPDESK_BASE_TRUST_FOLDER_H

#include <stdbool.h>

bool trust_folder_is_link(const char *name);
/* Is there any in it? False, too, where it cannot be read. */
bool trust_folder_is_made(const char *path);

#endif
