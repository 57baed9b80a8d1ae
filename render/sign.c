/* How it works: OpenSSL's CMS. A signer is added to an empty, detached structure with a signing time of our own (the
 * library adds the clock only where none is set) and without S/MIME capabilities; then the bytes are digested and signed.
 *
 * Judging takes two steps, so that the reason is the right one: the arithmetic first, with the certificate inside; then,
 * where trust was given, the chain from that certificate to one that is trusted. A trusted
 * certificate need not be self-signed (partial chains), so the signer's own certificate is enough.
 */
#include "render/sign.h"

#include "core/instant.h"
#include "core/utf8.h"

#include <errno.h>
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509_vfy.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct signer {
	EVP_PKEY *key;
	X509 *cert;
	STACK_OF(X509) * chain;
	char name[256];
};

struct trust {
	X509_STORE *store;
};

/* The first thing that OpenSSL complained about; empties its queue. */
static const char *openssl_reason(void)
{
	unsigned long code = ERR_get_error();
	const char *reason = code ? ERR_reason_error_string(code) : NULL;
	ERR_clear_error();
	return reason ? reason : "no reason given";
}

/* --- keys and certificates -------------------------------------------------------------------------------------- */

static FILE *open_pem(const char *path, struct error *error)
{
	FILE *file = fopen(path, "re");
	if (!file) error_errno(error, path, "cannot open");
	return file;
}

/* Asked for a passphrase: notes it and has none. */
static int no_passphrase(char *out, int size, int writing, void *asked)
{
	(void)out, (void)size, (void)writing;
	*(bool *)asked = true;
	return -1;
}

/* Where a passphrase comes from, when one is wanted. */
struct passphrase {
	const char *file; /* NULL: the terminal */
	bool asked, none; /* the key wants one; there was none to give */
};

static int give_passphrase(char *out, int size, int writing, void *context)
{
	struct passphrase *passphrase = context;
	(void)writing;
	passphrase->asked = true;
	int n = -1;
	if (passphrase->file) {
		FILE *file = fopen(passphrase->file, "re");
		if (file && fgets(out, size, file)) n = (int)strcspn(out, "\r\n");
		if (file) fclose(file);
	} else if (isatty(STDIN_FILENO) && EVP_read_pw_string(out, size, "Passphrase of the key: ", 0) == 0) {
		n = (int)strlen(out);
	}
	passphrase->none = n < 0;
	return n;
}

static EVP_PKEY *read_key(const char *path, const char *passphrase_path, struct error *error)
{
	FILE *file = open_pem(path, error);
	if (!file) return NULL;
	struct passphrase passphrase = {.file = passphrase_path};
	EVP_PKEY *key = PEM_read_PrivateKey(file, NULL, give_passphrase, &passphrase);
	fclose(file);
	const char *reason = key ? NULL : openssl_reason();
	if (!key && passphrase.none)
		error_set(error, ERROR_INPUT, passphrase_path ? passphrase_path : path,
		          passphrase_path ? "expected a passphrase in the first line"
		                          : "the key is protected by a passphrase: give it by --passphrase-file");
	else if (!key && passphrase.asked)
		error_set(error, ERROR_INPUT, path, "the passphrase does not open the key (%s)", reason);
	else if (!key)
		error_set(error, ERROR_INPUT, path, "expected a private key in PEM, found none (%s)", reason);
	else if (!EVP_PKEY_is_a(key, "RSA") && !EVP_PKEY_is_a(key, "EC"))
		error_set(error, ERROR_INPUT, path, "expected an RSA or EC key, found %s",
		          EVP_PKEY_get0_type_name(key));
	else
		return key;
	EVP_PKEY_free(key);
	return NULL;
}

static X509 *read_cert(const char *path, struct error *error)
{
	FILE *file = open_pem(path, error);
	if (!file) return NULL;
	bool asked = false;
	X509 *cert = PEM_read_X509(file, NULL, no_passphrase, &asked);
	fclose(file);
	if (!cert)
		error_set(error, ERROR_INPUT, path, "expected a certificate in PEM, found none (%s)", openssl_reason());
	return cert;
}

/* All certificates of a file, one at least; NULL with the error. */
static STACK_OF(X509) * read_certs(const char *path, struct error *error)
{
	FILE *file = open_pem(path, error);
	if (!file) return NULL;
	STACK_OF(X509) *certs = sk_X509_new_null();
	if (!certs) memory_exhausted(0);
	bool asked = false;
	for (X509 *cert; (cert = PEM_read_X509(file, NULL, no_passphrase, &asked));) sk_X509_push(certs, cert);
	fclose(file);
	const char *reason = openssl_reason();
	if (sk_X509_num(certs) > 0) return certs;
	error_set(error, ERROR_INPUT, path, "expected a certificate in PEM, found none (%s)", reason);
	sk_X509_free(certs);
	return NULL;
}

struct signer *signer_open(const struct signer_files *files, struct error *error)
{
	ERR_clear_error();
	struct signer *signer = memory_grow(NULL, sizeof(*signer));
	*signer = (struct signer){.key = read_key(files->key, files->passphrase, error)};
	if (signer->key) signer->cert = read_cert(files->cert, error);
	if (signer->cert) {
		bool fits = X509_check_private_key(signer->cert, signer->key) == 1;
		certificate_name(signer->cert, signer->name, sizeof(signer->name));
		if (!fits)
			error_set(error, ERROR_INPUT, files->cert, "the certificate is not for the key %s", files->key);
		ERR_clear_error();
		if (fits && (!files->chain || (signer->chain = read_certs(files->chain, error)))) return signer;
	}
	signer_close(signer);
	return NULL;
}

const char *signer_name(const struct signer *signer) { return signer->name; }

void signer_close(struct signer *signer)
{
	if (!signer) return;
	EVP_PKEY_free(signer->key);
	X509_free(signer->cert);
	sk_X509_pop_free(signer->chain, X509_free);
	free(signer);
}

struct trust *trust_open(const char *cert_path, struct error *error)
{
	ERR_clear_error();
	STACK_OF(X509) *certs = read_certs(cert_path, error);
	if (!certs) return NULL;
	struct trust *trust = memory_grow(NULL, sizeof(*trust));
	trust->store = X509_STORE_new();
	if (!trust->store) memory_exhausted(0);
	for (int i = 0; i < sk_X509_num(certs); i++) X509_STORE_add_cert(trust->store, sk_X509_value(certs, i));
	sk_X509_pop_free(certs, X509_free);
	ERR_clear_error();
	return trust;
}

struct x509_store_st *trust_store(const struct trust *trust) { return trust->store; }

void trust_close(struct trust *trust)
{
	if (!trust) return;
	X509_STORE_free(trust->store);
	free(trust);
}

/* --- signing ---------------------------------------------------------------------------------------------------- */

/* Whole seconds, rounded down, as instant_text does. */
static time_t seconds_of(int64_t instant)
{
	int64_t rest = instant % INSTANT_SECOND;
	return (time_t)(instant / INSTANT_SECOND - (rest < 0));
}

static bool add_signing_time(CMS_SignerInfo *info, int64_t as_of)
{
	ASN1_TIME *time = ASN1_TIME_set(NULL, seconds_of(as_of));
	bool good = time && CMS_signed_add1_attr_by_NID(info, NID_pkcs9_signingTime, time->type, time, -1);
	ASN1_TIME_free(time);
	return good;
}

static bool add_signature(CMS_ContentInfo *cms, const struct signer *signer, BIO *data, int64_t as_of)
{
	unsigned flags = CMS_BINARY | CMS_DETACHED | CMS_NOSMIMECAP;
	CMS_SignerInfo *info = CMS_add1_signer(cms, signer->cert, signer->key, EVP_sha256(), flags | CMS_PARTIAL);
	bool good = info && add_signing_time(info, as_of);
	for (int i = 0; good && i < sk_X509_num(signer->chain); i++)
		good = CMS_add1_cert(cms, sk_X509_value(signer->chain, i)) == 1;
	return good && CMS_final(cms, data, NULL, flags);
}

bool sign_detached(const struct signer *signer, struct str bytes, int64_t as_of, struct buf *out, struct error *error)
{
	ERR_clear_error();
	BIO *data = BIO_new_mem_buf(bytes.ptr, (int)bytes.len);
	CMS_ContentInfo *cms = CMS_sign(NULL, NULL, NULL, NULL, CMS_BINARY | CMS_DETACHED | CMS_PARTIAL);
	unsigned char *der = NULL;
	int len = -1;
	if (data && cms && add_signature(cms, signer, data, as_of)) len = i2d_CMS_ContentInfo(cms, &der);
	if (len > 0)
		buf_add(out, str_of((const char *)der, (size_t)len));
	else
		error_set(error, ERROR_SYSTEM, NULL, "OpenSSL cannot sign: %s", openssl_reason());
	OPENSSL_free(der);
	CMS_ContentInfo_free(cms);
	BIO_free(data);
	return len > 0;
}

/* --- judging ---------------------------------------------------------------------------------------------------- */

static void say(struct sign_verdict *verdict, const char *what, const char *reason)
{
	snprintf(verdict->reason, sizeof(verdict->reason), "%s%s%s", what, reason ? ": " : "", reason ? reason : "");
}

/* RFC 2253 in UTF-8; OpenSSL escapes control characters. Cut between characters. */
void certificate_name(struct x509_st *cert, char *out, size_t size)
{
	BIO *text = BIO_new(BIO_s_mem());
	char *ptr = NULL;
	X509_NAME_print_ex(text, X509_get_subject_name(cert), 0,
	                   XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB);
	long len = BIO_get_mem_data(text, &ptr);
	struct str name = str_of(ptr, len > 0 ? (size_t)len : 0);
	size_t end = 0;
	for (size_t n; end < name.len && (n = utf8_length(name, end)) != 0 && end + n < size;) end += n;
	if (end) memcpy(out, ptr, end);
	out[end] = '\0';
	BIO_free(text);
}

static int64_t signing_time(CMS_SignerInfo *info)
{
	int at = CMS_signed_get_attr_by_NID(info, NID_pkcs9_signingTime, -1);
	X509_ATTRIBUTE *attribute = at < 0 ? NULL : CMS_signed_get_attr(info, at);
	ASN1_TYPE *value = attribute ? X509_ATTRIBUTE_get0_type(attribute, 0) : NULL;
	struct tm parts = {0};
	if (!value || (value->type != V_ASN1_UTCTIME && value->type != V_ASN1_GENERALIZEDTIME)) return INSTANT_NONE;
	if (!ASN1_TIME_to_tm(value->value.asn1_string, &parts)) return INSTANT_NONE;
	return (int64_t)timegm(&parts) * INSTANT_SECOND;
}

/* The time as of which the chain is judged: the signing time, or the certificate's first day if that is later. The signing
 * time is the packet's --as-of, which is the time of its evidence: that the certificate was made afterwards is no fault. That
 * it had expired before is one. */
static time_t judging_time(X509 *cert, int64_t signed_at)
{
	struct tm parts = {0};
	time_t at = seconds_of(signed_at);
	if (!ASN1_TIME_to_tm(X509_get0_notBefore(cert), &parts)) return at;
	time_t first = timegm(&parts);
	return first > at ? first : at;
}

static int64_t expiry(X509 *cert)
{
	struct tm parts = {0};
	if (!ASN1_TIME_to_tm(X509_get0_notAfter(cert), &parts)) return INSTANT_NONE;
	return (int64_t)timegm(&parts) * INSTANT_SECOND;
}

/* The chain from the signer to a trusted certificate. */
static bool vouched(const struct trust *trust, CMS_ContentInfo *cms, X509 *cert, struct sign_verdict *verdict)
{
	STACK_OF(X509) *others = CMS_get1_certs(cms);
	X509_STORE_CTX *context = X509_STORE_CTX_new();
	if (!context || !X509_STORE_CTX_init(context, trust->store, cert, others)) memory_exhausted(0);
	X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(context);
	X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_PARTIAL_CHAIN);
	X509_VERIFY_PARAM_set_purpose(param, X509_PURPOSE_ANY);
	X509_VERIFY_PARAM_set_time(param, judging_time(cert, verdict->signed_at));
	bool good = X509_verify_cert(context) == 1;
	int code = X509_STORE_CTX_get_error(context);
	if (!good)
		say(verdict, "the given certificate does not vouch for the signer",
		    X509_verify_cert_error_string(code));
	X509_STORE_CTX_free(context);
	sk_X509_pop_free(others, X509_free);
	return good;
}

static bool arithmetic(CMS_ContentInfo *cms, struct str bytes, struct sign_verdict *verdict)
{
	BIO *data = BIO_new_mem_buf(bytes.ptr, (int)bytes.len), *sink = BIO_new(BIO_s_null());
	if (!data || !sink) memory_exhausted(0);
	unsigned flags = CMS_BINARY | CMS_DETACHED | CMS_NO_SIGNER_CERT_VERIFY;
	bool good = CMS_verify(cms, NULL, NULL, data, sink, flags) == 1;
	if (!good) say(verdict, "the signature is not over these bytes", openssl_reason());
	BIO_free(data);
	BIO_free(sink);
	return good;
}

static void judge(CMS_ContentInfo *cms, struct str bytes, const struct trust *trust, struct sign_verdict *verdict)
{
	STACK_OF(CMS_SignerInfo) *infos =
	    OBJ_obj2nid(CMS_get0_type(cms)) == NID_pkcs7_signed ? CMS_get0_SignerInfos(cms) : NULL;
	if (!infos || sk_CMS_SignerInfo_num(infos) != 1) {
		say(verdict, "expected a CMS signature with one signer", NULL);
		return;
	}
	if (!arithmetic(cms, bytes, verdict)) return;
	CMS_SignerInfo *info = sk_CMS_SignerInfo_value(infos, 0);
	X509 *cert = NULL;
	CMS_SignerInfo_get0_algs(info, NULL, &cert, NULL, NULL);
	verdict->signed_at = signing_time(info);
	verdict->expires = cert ? expiry(cert) : INSTANT_NONE;
	if (cert) certificate_name(cert, verdict->signer, sizeof(verdict->signer));
	if (!cert || verdict->signed_at == INSTANT_NONE) {
		say(verdict, cert ? "the signature has no signing time" : "the signature holds no certificate", NULL);
		return;
	}
	verdict->trusted = trust && vouched(trust, cms, cert, verdict);
	verdict->ok = !trust || verdict->trusted;
}

void sign_verify(struct str bytes, struct str signature, const struct trust *trust, struct sign_verdict *verdict)
{
	*verdict = (struct sign_verdict){.signed_at = INSTANT_NONE, .expires = INSTANT_NONE};
	ERR_clear_error();
	const unsigned char *at = (const unsigned char *)signature.ptr;
	CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &at, (long)signature.len);
	if (!cms)
		say(verdict, "this is no CMS signature in DER", openssl_reason());
	else if (at != (const unsigned char *)signature.ptr + signature.len)
		say(verdict, "bytes follow the signature", NULL);
	else
		judge(cms, bytes, trust, verdict);
	CMS_ContentInfo_free(cms);
	ERR_clear_error();
}
