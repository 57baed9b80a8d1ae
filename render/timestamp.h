/* timestamp: time stamps of an authority (RFC 3161) over tagmanifest-sha256.txt, asked for and judged offline, by OpenSSL.
 *
 * The query goes to the authority by whatever way leads there, the reply comes back the same way and is kept in the packet as
 * tagmanifest-sha256.txt.tsr, for
 *   openssl ts -verify -data tagmanifest-sha256.txt -in tagmanifest-sha256.txt.tsr -CAfile TSA.pem
 */
#ifndef DOSSIER_RENDER_TIMESTAMP_H
#define DOSSIER_RENDER_TIMESTAMP_H

#include "render/sign.h"

/* Appends the DER of a TimeStampReq: SHA-256, the authority's certificate wanted, no nonce, so that the same bytes always
 * give the same query. */
void timestamp_query(struct str bytes, struct buf *out);

struct timestamp_verdict {
	bool ok; /* granted, over these bytes, signed; where trust was given, by an authority that it vouches for */
	bool trusted;        /* trust was given and vouches for the authority */
	int64_t at;          /* the time it attests, or INSTANT_NONE */
	char authority[256]; /* subject of its certificate, where it is in the reply */
	char reason[256];    /* why not ok */
};

/* Judges a reply, whose bytes are text. trust NULL: the arithmetic alone, with the certificate inside. The authority's certificate must have been
 * valid at the attested time. The trust is used up: its time is set. */
void timestamp_verify(struct str bytes, struct str text, const struct trust *trust, struct timestamp_verdict *verdict);

/* Whether a signature that says when it was made may stand beside a time stamp of that time. dossier signs before the time stamp, never
 * after it; clocks may differ by five minutes. signed_at may be INSTANT_NONE. */
bool timestamp_allows(int64_t stamped, int64_t signed_at);

#endif
