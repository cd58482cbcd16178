#include "store/vault.h"

#include "base/mem.h"
#include "base/text.h"
#include "store/folders.h"
#include "store/vault_format.h"

#include <stdlib.h>
#include <string.h>

enum { LOCK_TRIES = 30 /* each waits a second: a change holds the lock for about one */ };

/* In sentences: "The vault PATH …." A damaged one has its next step from what else is there. */
static const struct {
	enum err_kind kind;
	const char *what;
	const char *next_step;
} FAULTS[] = {
	[VAULT_DAMAGED] = { ERR_INPUT,
			    "is damaged: its checksum does not match. Nothing of it was used, and "
			    "nothing is written over it",
			    NULL },
	[VAULT_TOO_NEW] = { ERR_INPUT,
			    "was written by a newer sipdesk; this one does not know its format",
			    "Use the newer sipdesk." },
	[VAULT_TOO_COSTLY] = { ERR_INPUT,
			       "asks for work on the passphrase that no sipdesk asks for (the N, r "
			       "and p of its scrypt), so it was not opened",
			       "Bring a vault back that sipdesk wrote." },
	[VAULT_WRONG_PASSPHRASE] = { ERR_KEY, "does not open with this passphrase",
				     "Type it again. There is no other way to open it; if it is "
				     "lost, the keys have to be given anew." },
	[VAULT_NO_KEYS] = { ERR_INPUT,
			    "opens with this passphrase, but what is in it is no list of keys",
			    "Look at what wrote it; sipdesk did not." },
	[VAULT_NO_MEMORY] = { ERR_IO,
			      "needs much memory for a moment (128 MiB as sipdesk writes it), and "
			      "there "
			      "is not as much",
			      "End other programs, then try again." },
	[VAULT_NO_RANDOM] = { ERR_IO, "was not written: this machine gave no random numbers for it",
			      "Look at this machine's OpenSSL configuration." },
};

char *vault_path(struct err *err)
{
	return store_path(STORE_DATA, "vault", err);
}

char *vault_path_previous(const char *path)
{
	return mem_format("%s.previous", path);
}

static bool is_whole(const char *path, bool *exists)
{
	struct str bytes;
	str_init(&bytes);
	*exists = false;
	bool whole = store_read(path, VAULT_FILE_MAX, &bytes, exists, NULL) && *exists &&
		     vault_bytes_judge(bytes.bytes, bytes.length) == VAULT_GOOD;
	str_release(&bytes);
	return whole;
}

static char *command_of_two(const char *command, const char *from, const char *to)
{
	struct str words;
	str_init(&words);
	str_add(&words, command);
	str_add_quoted(&words, from);
	str_add_char(&words, ' ');
	str_add_quoted(&words, to);
	return str_detach(&words);
}

/* What to do with a damaged one: the whole command where the file before can take its place. */
static void damage_next_step(const char *path, struct err *err)
{
	bool exists;
	char *previous = vault_path_previous(path);
	char *damaged = mem_format("%s.damaged", path);
	char *aside = command_of_two("mv ", path, damaged);
	char *back = command_of_two("cp -p ", previous, path);
	if (is_whole(previous, &exists))
		err_next_step(err, "The file before it is whole. To bring it back: %s && %s", aside,
			      back);
	else
		err_next_step(err,
			      "The file before it, %s, is %s. Bring one back from a backup, or "
			      "begin anew: %s && sipdesk vault init",
			      previous, exists ? "damaged, too" : "not there", aside);
	free(back);
	free(aside);
	free(damaged);
	free(previous);
}

static bool fault_tell(enum vault_fault fault, const char *path, struct err *err)
{
	if (fault == VAULT_GOOD)
		return true;
	(void)err_set(err, FAULTS[fault].kind, "The vault %s %s.", path, FAULTS[fault].what);
	if (fault == VAULT_DAMAGED)
		damage_next_step(path, err);
	else
		err_next_step(err, "%s", FAULTS[fault].next_step);
	return false;
}

bool vault_look(const char *path, bool *exists, struct err *err)
{
	struct str bytes;
	str_init(&bytes);
	bool done =
		store_read(path, VAULT_FILE_MAX, &bytes, exists, err) &&
		(!*exists || fault_tell(vault_bytes_judge(bytes.bytes, bytes.length), path, err));
	str_release(&bytes);
	return done;
}

static bool missing_tell(const char *path, struct err *err)
{
	(void)err_set(err, ERR_CONFIG, "There is no vault %s yet.", path);
	err_next_step(err, "Make it: sipdesk vault init");
	return false;
}

bool vault_is_there(const char *path, struct err *err)
{
	bool exists;
	return vault_look(path, &exists, err) && (exists || missing_tell(path, err));
}

/* The file as it is now, and what is in it. */
static bool file_open(const char *path, const struct secret *passphrase, struct str *bytes,
		      struct vault_keys *keys, struct err *err)
{
	bool exists;
	if (!store_read(path, VAULT_FILE_MAX, bytes, &exists, err))
		return false;
	if (exists)
		return fault_tell(vault_bytes_open(bytes->bytes, bytes->length, passphrase, keys),
				  path, err);
	return missing_tell(path, err);
}

bool vault_read(const char *path, const struct secret *passphrase, struct vault_keys *keys,
		struct err *err)
{
	struct str bytes;
	str_init(&bytes);
	bool done = file_open(path, passphrase, &bytes, keys, err);
	str_release(&bytes);
	return done;
}

/* -1 with a sentence where another holds it all the time. */
static int vault_lock(const char *path, struct err *err)
{
	struct err failure;
	int lock = -1;
	for (int i = 0; lock < 0 && i < LOCK_TRIES && (i == 0 || failure.kind == ERR_IO); i++)
		lock = store_lock(path, &failure);
	if (lock < 0 && err != NULL)
		*err = failure;
	return lock;
}

/* `before` is what stands at `path` now, NULL: nothing. All is made before anything is written. */
static bool file_save(const char *path, const struct str *before, const struct vault_keys *keys,
		      const struct secret *passphrase, struct err *err)
{
	char *bytes;
	size_t length;
	if (!fault_tell(vault_bytes_make(keys, passphrase, &bytes, &length), path, err))
		return false;
	char *previous = vault_path_previous(path);
	bool done = (before == NULL || store_write(previous, before->bytes, before->length, err)) &&
		    store_write(path, bytes, length, err);
	free(previous);
	free(bytes);
	return done;
}

bool vault_passphrase_judge(const struct secret *passphrase, struct err *err)
{
	const char *text = secret_bytes(passphrase);
	if (strlen(text) != passphrase->length || text_has_control(text))
		return err_set(err, ERR_INPUT,
			       "The passphrase of a vault is one line of text, and nobody could "
			       "type the control characters in this one; nothing was changed.");
	if (text_characters(text) >= VAULT_PASSPHRASE_MIN)
		return true;
	(void)err_set(err, ERR_INPUT,
		      "The passphrase of a vault has at least %d characters; nothing was changed.",
		      VAULT_PASSPHRASE_MIN);
	err_next_step(err, "Several words that do not belong together are long, and easy to keep.");
	return false;
}

bool vault_is_free(const char *path, struct err *err)
{
	bool exists, previous_exists;
	if (!vault_look(path, &exists, err))
		return false;
	if (exists) {
		(void)err_set(err, ERR_CONFLICT, "There is a vault already: %s.", path);
		err_next_step(err, "Its passphrase is changed by: sipdesk vault passwd");
		return false;
	}
	char *previous = vault_path_previous(path);
	(void)is_whole(previous, &previous_exists);
	if (previous_exists) {
		char *back = command_of_two("mv ", previous, path);
		(void)err_set(err, ERR_CONFLICT,
			      "There is no vault %s, but there is the file that was before it, and "
			      "the keys in it would be lost by and by.",
			      path);
		err_next_step(err, "Bring it back: %s; or move it elsewhere.", back);
		free(back);
	}
	free(previous);
	return !previous_exists;
}

bool vault_create(const char *path, const struct secret *passphrase, struct err *err)
{
	struct vault_keys none;
	vault_keys_init(&none);
	if (!vault_passphrase_judge(passphrase, err))
		return false;
	int lock = vault_lock(path, err);
	bool done = lock >= 0 && vault_is_free(path, err) &&
		    file_save(path, NULL, &none, passphrase, err);
	store_unlock(lock);
	return done;
}

/* `key` NULL: takes those of all `ids` out; else it becomes that of the first. */
static bool keys_change(const char *path, const struct secret *passphrase, const char *const *ids,
			size_t count, const struct secret *key, struct vault_keys *keys,
			struct err *err)
{
	struct vault_keys now;
	struct str before;
	vault_keys_init(&now);
	str_init(&before);
	int lock = vault_lock(path, err);
	bool done = lock >= 0 && file_open(path, passphrase, &before, &now, err);
	if (done && key != NULL)
		done = vault_keys_put(&now, ids[0], key, err);
	for (size_t i = 0; done && key == NULL && i < count; i++)
		vault_keys_remove(&now, ids[i]);
	done = done && file_save(path, &before, &now, passphrase, err);
	store_unlock(lock);
	if (done) {
		vault_keys_release(keys);
		*keys = now;
	} else {
		vault_keys_release(&now);
	}
	str_release(&before);
	return done;
}

bool vault_change(const char *path, const struct secret *passphrase, const char *id,
		  const struct secret *key, struct vault_keys *keys, struct err *err)
{
	return keys_change(path, passphrase, &id, 1, key, keys, err);
}

bool vault_prune(const char *path, const struct secret *passphrase, const char *const *ids,
		 size_t count, struct err *err)
{
	struct vault_keys left;
	vault_keys_init(&left);
	bool done = keys_change(path, passphrase, ids, count, NULL, &left, err);
	vault_keys_release(&left);
	return done;
}

bool vault_passphrase_change(const char *path, const struct secret *passphrase,
			     const struct secret *wanted, struct err *err)
{
	struct vault_keys now;
	struct str before;
	if (!vault_passphrase_judge(wanted, err))
		return false;
	vault_keys_init(&now);
	str_init(&before);
	int lock = vault_lock(path, err);
	bool done = lock >= 0 && file_open(path, passphrase, &before, &now, err) &&
		    file_save(path, &before, &now, wanted, err);
	store_unlock(lock);
	vault_keys_release(&now);
	str_release(&before);
	return done;
}
