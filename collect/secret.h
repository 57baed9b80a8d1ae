/* secret: what stands for a secret that a scanner found, in reports and messages: a salted hash, never the value.
 *
 *     mark = PBKDF2-HMAC-SHA256 (RFC 8018), password SHA-256(value), salt "tool NUL rule NUL subject", SECRET_ITERATIONS rounds, 32 bytes
 *     hash = SHA-256(mark path), the first 8 bytes in hex
 *
 * The mark is what identifies the secret wherever it moves to in its subject, and is in no report.
 *
 * The same value at the same place has the same hash before and after, so that a change of it is seen; the same value at two places
 * has two, so that nobody can tell that they are one; and to guess a short value costs that many rounds for each guess, rule and subject.
 */
#ifndef DOSSIER_COLLECT_SECRET_H
#define DOSSIER_COLLECT_SECRET_H

#include "collect/spec.h"
#include "core/sha256.h"

enum { SECRET_ITERATIONS = 1000, SECRET_BYTES = 8 };

/* digest: SHA-256 of the value. */
void secret_mark(const unsigned char digest[SHA256_BYTES], struct str tool, struct str rule, struct str subject,
                 unsigned char mark[SHA256_BYTES]);
/* Of a record that found a secret; mark NULL: the record has no value that can be read. In the arena:
 * "secret, salted SHA-256 3f2a9c0d11e2b4a7", or "secret, no value read". */
struct str secret_message(struct arena *arena, const unsigned char *mark, struct str path);
/* Whether a finding's message is one of these. */
bool secret_is_message(struct str message);

/* Appends the record, one JSON value, with each string that holds the secret (all of it, or a line of it) replaced by message. What the
 * value is, is asked of each spec that has a "secret". False, and nothing appended: none of them finds a value. */
bool secret_mask(const struct specs *specs, struct str record, struct str message, struct buf *out);

#endif
