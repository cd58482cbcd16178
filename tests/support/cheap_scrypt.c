#include "tests/support/cheap_scrypt.h"

#include <dlfcn.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

enum { CHEAP_N = 16 };

static struct cheap_scrypt asked;

struct cheap_scrypt *cheap_scrypt(void)
{
	return &asked;
}

int EVP_PBE_scrypt(const char *passphrase, size_t passphrase_length, const unsigned char *salt,
		   size_t salt_length, uint64_t n, uint64_t r, uint64_t p, uint64_t memory,
		   unsigned char *key, size_t key_length)
{
	__typeof__(EVP_PBE_scrypt) *real = NULL;
	void *address = dlsym(RTLD_NEXT, "EVP_PBE_scrypt");
	if (address == NULL)
		abort();
	memcpy(&real, &address, sizeof address);
	asked = (struct cheap_scrypt) { asked.count + 1, n, r, p, memory };
	return real(passphrase, passphrase_length, salt, salt_length, CHEAP_N, r, p, memory, key,
		    key_length);
}
