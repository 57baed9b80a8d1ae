/* sign: detached CMS signatures (RFC 5652, DER), made and checked by OpenSSL.
 *
 * What is signed are the bytes of tagmanifest-sha256.txt, as they are (binary); the digest is SHA-256, the signature RSA
 * (PKCS #1 v1.5, so that equal input gives equal bytes) or ECDSA (different bytes each time). The signed attributes are
 * content type, message digest and signing time, which is the packet's --as-of and not the clock. The signer's certificate
 * is inside, so that
 *   openssl cms -verify -binary -inform DER -in tagmanifest-sha256.txt.p7s -content tagmanifest-sha256.txt -CAfile CERT.pem
 * needs nothing else.
 *
 * Errors: a file that is missing, is not PEM, needs a passphrase that is not given, or a key and certificate that do not
 * belong together are ERROR_INPUT; OpenSSL out of order is ERROR_SYSTEM.
 */
#ifndef DOSSIER_RENDER_SIGN_H
#define DOSSIER_RENDER_SIGN_H

#include "core/arena.h"
#include "core/buf.h"
#include "core/error.h"
#include "core/str.h"

struct x509_st; /* OpenSSL's */
struct x509_store_st;

struct signer;

/* PEM files. */
struct signer_files {
	const char *key, *cert;
	const char *chain;      /* certificates that go into the signature beside the signer's, or NULL */
	const char *passphrase; /* its first line opens the key; NULL: a terminal is asked, where there is one */
};
/* NULL on error. */
struct signer *signer_open(const struct signer_files *files, struct error *error);
/* The subject of the signer's certificate as sign_verdict gives it, in the signer's memory. */
const char *signer_name(const struct signer *signer);
void signer_close(struct signer *signer); /* NULL is allowed */

/* Appends the DER of the signature. as_of is an instant (core/instant.h), whole seconds count. */
bool sign_detached(const struct signer *signer, struct str bytes, int64_t as_of, struct buf *out, struct error *error);

/* Certificates that a verifier trusts: one PEM file, one or several certificates. */
struct trust;
struct trust *trust_open(const char *cert_path, struct error *error);
void trust_close(struct trust *trust); /* NULL is allowed */
/* OpenSSL's own, for render/timestamp.c; stays the trust's. */
struct x509_store_st *trust_store(const struct trust *trust);

/* A certificate's subject, RFC 2253 in UTF-8, control characters escaped; cut between characters. */
void certificate_name(struct x509_st *cert, char *out, size_t size);

struct sign_verdict {
	bool ok; /* the signature is over these bytes and, where trust was given, by a certificate it vouches for */
	bool trusted;      /* trust was given and vouches for the signer */
	int64_t signed_at; /* an instant, or INSTANT_NONE */
	int64_t expires;   /* of the signer's certificate: an instant, or INSTANT_NONE */
	char signer[256]; /* subject of the signer's certificate, RFC 2253, cut if longer; control characters escaped */
	char reason[256]; /* why not ok */
};

/* Judges a signature. trust NULL: only the arithmetic, with the certificate inside. With trust, the signer's certificate
 * must be one of those given or issued by one, and not have expired at the signing time (it may be younger: the signing
 * time is the packet's --as-of). Nothing here is an error: bytes that are no CMS are a verdict. */
void sign_verify(struct str bytes, struct str signature, const struct trust *trust, struct sign_verdict *verdict);

#endif
