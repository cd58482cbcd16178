#include "sandbox/sip_certificates.h"

#include "base/clock.h"
#include "base/mem.h"

#include <errno.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	ROOT_DAYS = 3650,
	ISSUER_DAYS = 1825,
	AUTHORITY_AGE_DAYS = 365, /* older than any certificate below, the expired one too */
	EXTENSIONS_MAX = 8,
};

static const char ORGANISATION[] = "sipdesk practice";

struct extension {
	int nid;	   /* 0: the end */
	const char *value; /* as openssl.cnf has it */
};

struct form {
	const char *common_name;
	int begins_days, ends_days;
	EVP_PKEY *key;
	X509 *issuer; /* NULL: itself */
	EVP_PKEY *issuer_key;
	struct extension extensions[EXTENSIONS_MAX + 1];
};

static bool certificate_error(struct err *err)
{
	const char *reason = ERR_reason_error_string(ERR_peek_error());
	(void)err_set(err, ERR_INTERNAL,
		      "The certificates of the practice SIP servers cannot be made: %s.",
		      reason == NULL ? "OpenSSL gives no reason" : reason);
	err_next_step(err, "Look at this machine's OpenSSL configuration.");
	ERR_clear_error();
	return false;
}

static bool extensions_add(X509 *made, const struct form *form)
{
	X509V3_CTX context;
	X509V3_set_ctx(&context, form->issuer == NULL ? made : form->issuer, made, NULL, NULL, 0);
	X509V3_set_ctx_nodb(&context);
	bool is_done = true;
	for (const struct extension *at = form->extensions; is_done && at->nid != 0; at++) {
		X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, at->nid, at->value);
		is_done = extension != NULL && X509_add_ext(made, extension, -1) == 1;
		X509_EXTENSION_free(extension);
	}
	return is_done;
}

static bool name_add(X509_NAME *name, const char *field, const char *text)
{
	return X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8, (const unsigned char *)text,
					  -1, -1, 0) == 1;
}

static bool certificate_fill(X509 *made, const struct form *form, long serial)
{
	time_t now = (time_t)clock_now();
	X509_NAME *name = X509_get_subject_name(made);
	return X509_set_version(made, X509_VERSION_3) == 1 &&
	       ASN1_INTEGER_set(X509_get_serialNumber(made), serial) == 1 &&
	       ASN1_TIME_adj(X509_getm_notBefore(made), now, form->begins_days, 0) != NULL &&
	       ASN1_TIME_adj(X509_getm_notAfter(made), now, form->ends_days, 0) != NULL &&
	       name_add(name, "O", ORGANISATION) && name_add(name, "CN", form->common_name) &&
	       X509_set_issuer_name(made, form->issuer == NULL
						  ? name
						  : X509_get_subject_name(form->issuer)) == 1 &&
	       X509_set_pubkey(made, form->key) == 1 && extensions_add(made, form) &&
	       X509_sign(made, form->issuer_key, EVP_sha256()) > 0;
}

static X509 *certificate_make(struct sip_certificates *certificates, const struct form *form,
			      struct err *err)
{
	X509 *made = X509_new();
	if (made != NULL && certificate_fill(made, form, ++certificates->last_serial))
		return made;
	X509_free(made);
	(void)certificate_error(err);
	return NULL;
}

static bool root_make(struct sip_certificates *certificates, EVP_PKEY *root_key, struct err *err)
{
	const struct form form = {
		.common_name = "Practice Root CA",
		.begins_days = -AUTHORITY_AGE_DAYS,
		.ends_days = ROOT_DAYS,
		.key = root_key,
		.issuer_key = root_key,
		.extensions = { { NID_basic_constraints, "critical,CA:TRUE" },
				{ NID_key_usage, "critical,keyCertSign,cRLSign" },
				{ NID_subject_key_identifier, "hash" } },
	};
	certificates->root = certificate_make(certificates, &form, err);
	return certificates->root != NULL;
}

static bool issuer_make(struct sip_certificates *certificates, EVP_PKEY *root_key, struct err *err)
{
	const struct form form = {
		.common_name = "Practice Issuing CA",
		.begins_days = -AUTHORITY_AGE_DAYS,
		.ends_days = ISSUER_DAYS,
		.key = certificates->issuer_key,
		.issuer = certificates->root,
		.issuer_key = root_key,
		.extensions = { { NID_basic_constraints, "critical,CA:TRUE,pathlen:0" },
				{ NID_key_usage, "critical,keyCertSign,cRLSign" },
				{ NID_subject_key_identifier, "hash" },
				{ NID_authority_key_identifier, "keyid" } },
	};
	certificates->issuer = certificate_make(certificates, &form, err);
	return certificates->issuer != NULL;
}

X509 *sip_certificate_issue(struct sip_certificates *certificates,
			    const struct sip_certificate_form *wanted, struct err *err)
{
	char *names = mem_format("DNS:%s", wanted->name);
	char *access = wanted->issuer_url == NULL
			       ? NULL
			       : mem_format("caIssuers;URI:%s", wanted->issuer_url);
	const struct form form = {
		.common_name = wanted->name,
		.begins_days = wanted->begins_days,
		.ends_days = wanted->ends_days,
		.key = certificates->server_key,
		.issuer = certificates->issuer,
		.issuer_key = certificates->issuer_key,
		.extensions = { { NID_basic_constraints, "critical,CA:FALSE" },
				{ NID_key_usage, "critical,digitalSignature" },
				{ NID_ext_key_usage, "serverAuth" },
				{ NID_subject_key_identifier, "hash" },
				{ NID_authority_key_identifier, "keyid" },
				{ NID_subject_alt_name, names },
				{ access == NULL ? 0 : NID_info_access, access } },
	};
	X509 *made = certificate_make(certificates, &form, err);
	free(names);
	free(access);
	return made;
}

/* Not by file_write_whole: what ends with this process need not wait for the disk. */
static bool ca_file_write(struct sip_certificates *certificates, struct err *err)
{
	const char *base = getenv("TMPDIR");
	char *folder = mem_format("%s/sipdesk-practice-XXXXXX",
				  base == NULL || *base == '\0' ? "/tmp" : base);
	if (mkdtemp(folder) == NULL) {
		(void)err_set(err, ERR_IO, "The practice service cannot make a folder like %s: %s.",
			      folder, strerror(errno));
		err_next_step(err, "Set TMPDIR to a folder that you may write to.");
		free(folder);
		return false;
	}
	certificates->folder = folder;
	certificates->ca_file = mem_format("%s/practice-ca.pem", folder);
	FILE *file = fopen(certificates->ca_file, "wxe");
	bool is_written = file != NULL && PEM_write_X509(file, certificates->root) == 1;
	is_written = (file == NULL || fclose(file) == 0) && is_written;
	return is_written || err_set(err, ERR_IO, "The practice service cannot write %s: %s.",
				     certificates->ca_file, strerror(errno));
}

bool sip_certificates_init(struct sip_certificates *certificates, struct err *err)
{
	*certificates = (struct sip_certificates) {
		.issuer_key = EVP_EC_gen("P-256"),
		.server_key = EVP_EC_gen("P-256"),
	};
	EVP_PKEY *root_key = EVP_EC_gen("P-256"); /* what it signs is signed here */
	bool is_done = (root_key != NULL && certificates->issuer_key != NULL &&
			certificates->server_key != NULL) ||
		       certificate_error(err);
	is_done = is_done && root_make(certificates, root_key, err) &&
		  issuer_make(certificates, root_key, err) && ca_file_write(certificates, err);
	EVP_PKEY_free(root_key);
	return is_done;
}

void sip_certificates_release(struct sip_certificates *certificates)
{
	X509_free(certificates->root);
	X509_free(certificates->issuer);
	EVP_PKEY_free(certificates->issuer_key);
	EVP_PKEY_free(certificates->server_key);
	if (certificates->folder != NULL) {
		(void)unlink(certificates->ca_file);
		(void)rmdir(certificates->folder);
	}
	free(certificates->ca_file);
	free(certificates->folder);
	*certificates = (struct sip_certificates) { 0 };
}
