/* statement: what somebody says of a packet, signed: that he prepared, reviewed or approves it. In the bag, listed in no manifest:
 *
 *   signatures/01-approver.json       {"dossier":"statement","version":1,"tagmanifest_sha256":"64 hex digits",
 *                                      "packet":"dossier-CHG-2041","signer":"CN=Ann","role":"approver",
 *                                      "decision":"approved","comment":"...","signed":"2026-03-10T09:00:00Z",
 *                                      "after":["64 hex digits"]}
 *   signatures/01-approver.json.p7s   a detached CMS signature over it (render/sign.h)
 *
 * tagmanifest_sha256 ties the statement to the packet's every byte; after are the hashes of the statements that were there
 * when it was made, so that none can be taken away without a later one saying so.
 */
#ifndef DOSSIER_RENDER_STATEMENT_H
#define DOSSIER_RENDER_STATEMENT_H

#include "core/sha256.h"
#include "render/sign.h"

enum { STATEMENTS_MAX = 64 };

/* Words for role and decision, NULL at the end: preparer reviewer approver; approved rejected noted. */
extern const char *const statement_roles[], *const statement_decisions[];

struct statement {
	struct str packet, role, decision, comment; /* comment may be empty */
	unsigned char tags[SHA256_BYTES];           /* of tagmanifest-sha256.txt */
	const struct str *earlier;                  /* bytes of the statements that are there */
	size_t earlier_count;
	int64_t signed_at;
};

/* Appends the statement and its signature. */
bool statement_make(const struct statement *statement, const struct signer *signer, struct buf *text,
                    struct buf *signature, struct error *error);

struct statement_file {
	struct str name, text,
	    signature; /* name below the bag: "signatures/01-approver.json"; signature empty: there is none */
};

/* Judges one of the packet's statements. said: one line for people, in the arena: who, as what, decided what, when; or why it
 * does not hold. */
bool statement_verify(const struct statement_file *files, size_t count, size_t i, struct str packet,
                      const unsigned char tags[SHA256_BYTES], const struct trust *trust, struct arena *arena,
                      struct str *said);

#endif
