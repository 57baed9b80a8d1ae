#include "render/timestamp.h"

#include "core/instant.h"
#include "core/sha256.h"

#include <openssl/err.h>
#include <openssl/pkcs7.h>
#include <openssl/ts.h>
#include <stdio.h>
#include <time.h>

void timestamp_query(struct str bytes, struct buf *out)
{
	unsigned char digest[SHA256_BYTES], *der = NULL;
	TS_REQ *request = TS_REQ_new();
	TS_MSG_IMPRINT *imprint = TS_MSG_IMPRINT_new();
	X509_ALGOR *algorithm = X509_ALGOR_new();
	sha256_of(bytes.ptr, bytes.len, digest);
	bool good = request && imprint && algorithm &&
	            X509_ALGOR_set0(algorithm, OBJ_nid2obj(NID_sha256), V_ASN1_NULL, NULL) &&
	            TS_MSG_IMPRINT_set_algo(imprint, algorithm) &&
	            TS_MSG_IMPRINT_set_msg(imprint, digest, SHA256_BYTES) && TS_REQ_set_version(request, 1) &&
	            TS_REQ_set_msg_imprint(request, imprint) && TS_REQ_set_cert_req(request, 1);
	int len = good ? i2d_TS_REQ(request, &der) : -1;
	if (len <= 0) memory_exhausted(0);
	buf_add(out, str_of((const char *)der, (size_t)len));
	OPENSSL_free(der);
	X509_ALGOR_free(algorithm);
	TS_MSG_IMPRINT_free(imprint);
	TS_REQ_free(request);
}

static bool say(struct timestamp_verdict *verdict, const char *what)
{
	unsigned long code = ERR_peek_last_error();
	const char *reason = code ? ERR_reason_error_string(code) : NULL;
	snprintf(verdict->reason, sizeof(verdict->reason), "%s%s%s", what, reason ? ": " : "", reason ? reason : "");
	return false;
}

static bool granted(TS_RESP *reply)
{
	long status = ASN1_INTEGER_get(TS_STATUS_INFO_get0_status(TS_RESP_get_status_info(reply)));
	return (status == TS_STATUS_GRANTED || status == TS_STATUS_GRANTED_WITH_MODS) && TS_RESP_get_token(reply) &&
	       TS_RESP_get_tst_info(reply);
}

static void describe(TS_RESP *reply, struct timestamp_verdict *verdict)
{
	struct tm parts = {0};
	if (ASN1_TIME_to_tm(TS_TST_INFO_get_time(TS_RESP_get_tst_info(reply)), &parts))
		verdict->at = (int64_t)timegm(&parts) * INSTANT_SECOND;
	STACK_OF(X509) *signers = PKCS7_get0_signers(TS_RESP_get_token(reply), NULL, 0);
	if (sk_X509_num(signers) > 0)
		certificate_name(sk_X509_value(signers, 0), verdict->authority, sizeof(verdict->authority));
	sk_X509_free(signers);
}

/* Version, imprint and, with a store, signature and chain. */
static bool holds(TS_RESP *reply, struct str bytes, X509_STORE *store)
{
	TS_VERIFY_CTX *context = TS_VERIFY_CTX_new();
	if (!context) memory_exhausted(0);
	TS_VERIFY_CTX_set_flags(context, TS_VFY_VERSION | TS_VFY_DATA | (store ? TS_VFY_SIGNATURE : 0));
	TS_VERIFY_CTX_set_data(context, BIO_new_mem_buf(bytes.ptr, (int)bytes.len));
	if (store) {
		X509_STORE_up_ref(store);
		TS_VERIFY_CTX_set_store(context, store);
	}
	bool good = TS_RESP_verify_response(context, reply) == 1;
	TS_VERIFY_CTX_free(context);
	return good;
}

static bool signed_by_itself(TS_RESP *reply)
{
	BIO *sink = BIO_new(BIO_s_null());
	bool good = PKCS7_verify(TS_RESP_get_token(reply), NULL, NULL, NULL, sink, PKCS7_NOVERIFY) == 1;
	BIO_free(sink);
	return good;
}

static bool judge(TS_RESP *reply, struct str bytes, const struct trust *trust, struct timestamp_verdict *verdict)
{
	if (!granted(reply)) return say(verdict, "the authority did not grant a time stamp");
	describe(reply, verdict);
	if (verdict->at == INSTANT_NONE) return say(verdict, "the time stamp has no time");
	if (!holds(reply, bytes, NULL)) return say(verdict, "the time stamp is not over these bytes");
	if (!trust) return signed_by_itself(reply) || say(verdict, "the time stamp's signature does not hold");
	X509_STORE *store = trust_store(trust);
	X509_VERIFY_PARAM_set_flags(X509_STORE_get0_param(store), X509_V_FLAG_PARTIAL_CHAIN);
	X509_VERIFY_PARAM_set_time(X509_STORE_get0_param(store), (time_t)(verdict->at / INSTANT_SECOND));
	verdict->trusted = holds(reply, bytes, store);
	return verdict->trusted || say(verdict, "the given certificate does not vouch for the authority");
}

void timestamp_verify(struct str bytes, struct str text, const struct trust *trust, struct timestamp_verdict *verdict)
{
	*verdict = (struct timestamp_verdict){.at = INSTANT_NONE};
	ERR_clear_error();
	const unsigned char *at = (const unsigned char *)text.ptr;
	TS_RESP *reply = d2i_TS_RESP(NULL, &at, (long)text.len);
	if (!reply)
		say(verdict, "this is no reply of a time-stamp authority in DER");
	else if (at != (const unsigned char *)text.ptr + text.len)
		say(verdict, "bytes follow the time stamp");
	else
		verdict->ok = judge(reply, bytes, trust, verdict);
	TS_RESP_free(reply);
	ERR_clear_error();
}

bool timestamp_allows(int64_t stamped, int64_t signed_at)
{
	enum { CLOCKS_DIFFER = 300 };
	return signed_at == INSTANT_NONE || signed_at <= stamped + CLOCKS_DIFFER * INSTANT_SECOND;
}
