/* secret: what stands for a secret that a scanner found, in reports and messages: a salted hash, never the value.
 *
 *     PBKDF2-HMAC-SHA256 (RFC 8018), password SHA-256(value), salt "tool NUL rule NUL subject NUL path",
 *     SECRET_ITERATIONS rounds, the first 8 bytes in hex
 *
 * The same value at the same place has the same hash before and after, so that a change of it is seen; the same value at two places
 * has two, so that nobody can tell that they are one; and to guess a short value costs that many rounds for each guess and place.
 */
#ifndef DOSSIER_COLLECT_SECRET_H
#define DOSSIER_COLLECT_SECRET_H

#include "collect/spec.h"
#include "core/sha256.h"

enum { SECRET_ITERATIONS = 1000, SECRET_BYTES = 8 };

/* Of a record that found a secret; digest: SHA-256 of the value, NULL where the record has no value that can be read. In the arena:
 * "secret, salted SHA-256 3f2a9c0d11e2b4a7", or "secret, no value read". */
struct str secret_message(struct arena *arena, const unsigned char *digest, struct str tool, struct str rule,
                          struct str subject, struct str path);
/* Whether a finding's message is one of these. */
bool secret_is_message(struct str message);

/* Appends the record, one JSON value, with each string that holds the secret (all of it, or a line of it) replaced by message. What the
 * value is, is asked of each spec that has a "secret". False, and nothing appended: none of them finds a value. */
bool secret_mask(const struct specs *specs, struct str record, struct str message, struct buf *out);

#endif
