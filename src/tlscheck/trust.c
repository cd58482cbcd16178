/*
 * The trust list. The system's is a folder of one file for each root, found by the hash of its
 * subject, so that nothing is read but what a chain needs; reading the bundle of all roots instead
 * costs 15 ms. A bundle named by SSL_CERT_FILE is therefore read only when the folder does not have
 * an issuer. CRT-25.
 */
#include "tlscheck/judge.h"

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/trust_folder.h"
#include "tlscheck/certificate_text.h"
#include "tlscheck/judging.h"

#include <dirent.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
	CA_FILE_BYTES_MAX = 16 * 1024 * 1024, /* the system's whole list has 220 KiB */
	OLD_DAYS = 365,
	FILES_DATED_MAX = 32, /* enough to tell the day of a list; each is a system call */
};

static void pem_load(X509_STORE *store, const struct str *bytes, size_t *count)
{
	BIO *bio = BIO_new_mem_buf(bytes->bytes, (int)bytes->length);
	X509 *certificate;
	while (bio != NULL &&
	       (certificate = PEM_read_bio_X509_AUX(bio, NULL, NULL, NULL)) != NULL) {
		*count += X509_STORE_add_cert(store, certificate) == 1;
		X509_free(certificate);
	}
	BIO_free(bio);
	ERR_clear_error();
}

static bool given_load(struct trust *trust, const char *ca_file, struct err *err)
{
	struct stat status;
	struct str bytes;
	str_init(&bytes);
	bool read = file_read(ca_file, CA_FILE_BYTES_MAX, &bytes, err);
	if (read)
		pem_load(trust->store, &bytes, &trust->root_count);
	str_release(&bytes);
	if (!read)
		return false;
	if (trust->root_count == 0) {
		(void)err_set(err, ERR_INPUT, "There is no certificate in %s.", ca_file);
		err_next_step(err, "Give a file with the CA's certificate in PEM form.");
		return false;
	}
	trust->name = mem_text(ca_file);
	trust->is_given = true;
	if (stat(ca_file, &status) == 0)
		trust->modified_at = status.st_mtime;
	return true;
}

static int time_compare(const void *a, const void *b)
{
	int64_t first = *(const int64_t *)a;
	int64_t second = *(const int64_t *)b;
	return (first > second) - (first < second);
}

/* The day of the list is the one in the middle of its files': a CA of one's own that was added
 * yesterday does not make it young. */
static void folder_count(struct trust *trust, const char *path)
{
	DIR *folder = opendir(path);
	int64_t times[FILES_DATED_MAX];
	size_t count = 0;
	const struct dirent *entry;
	while (folder != NULL && (entry = readdir(folder)) != NULL) {
		struct stat status;
		if (!trust_folder_is_link(entry->d_name))
			continue;
		trust->root_count++;
		if (count < FILES_DATED_MAX &&
		    fstatat(dirfd(folder), entry->d_name, &status, 0) == 0)
			times[count++] = status.st_mtime;
	}
	if (count > 0) {
		qsort(times, count, sizeof *times, time_compare);
		trust->modified_at = times[count / 2];
	}
	if (folder != NULL)
		(void)closedir(folder);
}

/* SSL_CERT_DIR may be several folders. */
static void folders_count(struct trust *trust, const char *folders)
{
	while (*folders != '\0') {
		size_t length = strcspn(folders, ":");
		char *folder = mem_text_n(folders, length);
		folder_count(trust, folder);
		free(folder);
		folders += length + (folders[length] == ':');
	}
}

/* Does the bundle lie in the folder of the files it was made from? */
static bool is_in_folder(const char *file, const char *folder)
{
	size_t length = strlen(folder);
	return text_starts_with(file, folder) && file[length] == '/' &&
	       strchr(file + length + 1, '/') == NULL;
}

static void bundle_count(struct trust *trust, const char *file)
{
	static const char begin[] = "-----BEGIN ";
	static const char end[] = "CERTIFICATE-----";
	struct stat status;
	struct str bytes;
	str_init(&bytes);
	if (file_read(file, CA_FILE_BYTES_MAX, &bytes, NULL))
		for (const char *at = bytes.bytes; (at = strstr(at, begin)) != NULL;) {
			at += strlen(begin);
			at += text_starts_with(at, "TRUSTED ") ? strlen("TRUSTED ") : 0;
			trust->root_count += text_starts_with(at, end);
		}
	str_release(&bytes);
	if (trust->modified_at == 0 && stat(file, &status) == 0)
		trust->modified_at = status.st_mtime;
}

/* Called where neither what was read nor the folder has a certificate of this name. */
static int late_by_subject(X509_LOOKUP *lookup, X509_LOOKUP_TYPE type, const X509_NAME *name,
			   X509_OBJECT *found)
{
	X509_STORE *store = X509_LOOKUP_get_store(lookup);
	const char *file = X509_LOOKUP_get_method_data(lookup);
	if (type != X509_LU_X509 || file == NULL)
		return 0;
	struct str bytes;
	size_t count = 0;
	int done = 0;
	str_init(&bytes);
	(void)X509_LOOKUP_set_method_data(lookup, NULL); /* once is enough */
	if (file_read(file, CA_FILE_BYTES_MAX, &bytes, NULL))
		pem_load(store, &bytes, &count);
	str_release(&bytes);
	STACK_OF(X509_OBJECT) *objects = X509_STORE_get0_objects(store);
	for (int i = 0; done == 0 && i < sk_X509_OBJECT_num(objects); i++) {
		X509 *certificate = X509_OBJECT_get0_X509(sk_X509_OBJECT_value(objects, i));
		if (certificate == NULL ||
		    X509_NAME_cmp(X509_get_subject_name(certificate), name) != 0)
			continue;
		done = X509_OBJECT_set1_X509(found, certificate);
		X509_free(certificate); /* a lookup hands out what the store owns, uncounted */
	}
	return done;
}

static void late_file_set(struct trust *trust, const char *file)
{
	trust->late = X509_LOOKUP_meth_new("a bundle read when it is needed");
	trust->late_file = mem_text(file);
	if (trust->late == NULL ||
	    X509_LOOKUP_meth_set_get_by_subject(trust->late, late_by_subject) != 1)
		return;
	X509_LOOKUP *lookup = X509_STORE_add_lookup(trust->store, trust->late);
	if (lookup != NULL)
		(void)X509_LOOKUP_set_method_data(lookup, trust->late_file);
}

static const char *environment_or(const char *variable, const char *usual)
{
	const char *value = getenv(variable);
	return value != NULL && *value != '\0' ? value : usual;
}

/* Debian makes its bundle from the very files of the folder: it is not needed as well. */
static void file_add(struct trust *trust, const char *file, const char *folder,
		     const char *debian_bundle)
{
	bool is_alone = trust->root_count == 0;
	if (!is_alone && text_equal(file, debian_bundle))
		return;
	late_file_set(trust, file);
	if (is_alone || !is_in_folder(file, folder)) {
		bundle_count(trust, file);
		free(trust->name);
		trust->name = is_alone ? mem_text(file) : mem_format("%s and %s", file, folder);
	}
}

static void system_load(struct trust *trust)
{
	struct stat status;
	const char *file =
		environment_or(X509_get_default_cert_file_env(), X509_get_default_cert_file());
	const char *folder =
		environment_or(X509_get_default_cert_dir_env(), X509_get_default_cert_dir());
	/* OpenSSL's own names for them are links on Debian. */
	char *real_file = realpath(file, NULL);
	char *real_folder = realpath(folder, NULL);
	const char *place = real_folder != NULL ? real_folder : folder;
	char *bundle = mem_format("%s/ca-certificates.crt", place);
	bool is_debian = stat(bundle, &status) == 0;
	(void)X509_STORE_load_path(trust->store, folder);
	folders_count(trust, place);
	trust->name = mem_format("%s%s", place, is_debian ? " (ca-certificates)" : "");
	if (real_file != NULL && stat(real_file, &status) == 0 && S_ISREG(status.st_mode))
		file_add(trust, real_file, place, bundle);
	free(bundle);
	free(real_file);
	free(real_folder);
	ERR_clear_error();
}

bool trust_load(struct trust *trust, const char *ca_file, struct err *err)
{
	*trust = (struct trust) { .store = X509_STORE_new() };
	bool loaded = true;
	if (trust->store == NULL)
		return err_set(err, ERR_INTERNAL, "OpenSSL could not make a trust list.");
	if (ca_file != NULL)
		loaded = given_load(trust, ca_file, err);
	else
		system_load(trust);
	if (!loaded)
		trust_release(trust);
	return loaded;
}

void trust_release(struct trust *trust)
{
	X509_STORE_free(trust->store);
	X509_LOOKUP_meth_free(trust->late);
	free(trust->late_file);
	free(trust->name);
	*trust = (struct trust) { 0 };
}

bool trust_is_old(const struct trust *trust, int64_t at)
{
	return !trust->is_given && trust->modified_at != 0 &&
	       at - trust->modified_at > (int64_t)OLD_DAYS * DAY_SECONDS;
}

char *trust_age_said(const struct trust *trust, int64_t at)
{
	char date[CERTIFICATE_DATE_SIZE];
	if (trust->is_given)
		return NULL;
	if (trust->root_count == 0)
		return mem_text("No trust list was found on this machine.");
	if (trust->modified_at == 0 || at < trust->modified_at)
		return NULL;
	char *days = certificate_days(at - trust->modified_at);
	char *said = mem_format("The trust list used here is of %s, %s old.",
				certificate_date(trust->modified_at, date), days);
	free(days);
	return said;
}

void find_trust_list(struct judging *judging)
{
	const struct trust *trust = judging->input->trust;
	bool is_missing = !trust->is_given && trust->root_count == 0;
	char date[CERTIFICATE_DATE_SIZE];
	char *as_of = trust->modified_at != 0
			      ? mem_format(", as of %s", certificate_date(trust->modified_at, date))
			      : mem_text("");
	char *text = trust->root_count > 0
			     ? mem_format("Judged with the %zu root%s of %s%s.", trust->root_count,
					  trust->root_count == 1 ? "" : "s", trust->name, as_of)
			     : mem_format("Judged with %s%s.", trust->name, as_of);
	char *fix = is_missing ? mem_text("Install ca-certificates on this machine.")
		    : trust_is_old(trust, judging->input->at)
			    ? mem_text("Update ca-certificates on this machine: an old list does "
				       "not know new CAs.")
			    : NULL;
	judging_add(judging, CRT_25, CHECK_INFO, text, fix);
	free(as_of);
}
