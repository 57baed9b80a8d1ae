/* zstream: one stream that several threads write together, in parts: hashed, cut every ZFRAME_BYTES and compressed (zframes.h).
 *
 * Parts are numbered from 0 and follow one another in the stream, whichever is ready first: who comes too early waits for its
 * turn. Only hashing and cutting need the turn; the pieces that a part completes are compressed after it, side by side with
 * others. So the frames are those that one thread would have made.
 *
 * Each part is written by one thread, which ends it whatever happens: else those who wait for their turn wait for ever. Where
 * parts are jobs of a pool (core/pool.h), they are begun in their order: then the one that is waited for always runs.
 */
#ifndef DOSSIER_CORE_ZSTREAM_H
#define DOSSIER_CORE_ZSTREAM_H

#include "core/sha256.h"
#include "core/zframes.h"

#include <pthread.h>

struct zstream {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	size_t turn; /* the part that may write */
	bool failed;
	struct error error; /* the first */
	struct spool *spool;
	int level;
	struct sha256 hash;
	unsigned char digest[SHA256_BYTES]; /* after zstream_close */
	uint64_t size;
	char *piece; /* what is not yet a whole piece: held bytes */
	size_t held;
	char *spare; /* NULL, or an empty piece */
	struct frame_list list;
};

/* The spool is the caller's and must outlive the frames; NULL: nothing is compressed, only hashed. level: 1 to 19. */
void zstream_begin(struct zstream *stream, struct spool *spool, int level);
/* Waits until `parts` parts are written; false if the stream failed. Who then has the turn may read stream->size: where its
 * part begins. */
bool zstream_wait(struct zstream *stream, size_t parts, struct error *error);
/* Appends to a part, in its turn. False: this or an earlier write failed. */
bool zstream_write(struct zstream *stream, size_t part, const void *bytes, size_t len, struct error *error);
/* The last of a part: the same, and gives the turn to the next one. */
bool zstream_part(struct zstream *stream, size_t part, const void *bytes, size_t len, struct error *error);
/* Ends a part that could not be written. The stream fails with the error. */
void zstream_fail(struct zstream *stream, const struct error *error);
/* After the last part, by one thread: the digest, and the last frame. Others may still compress what came before. */
bool zstream_close(struct zstream *stream, struct error *error);
/* The frames, the caller's now (frame_list_free). When all who wrote have returned. */
void zstream_take(struct zstream *stream, struct frame_list *frames);
/* Gives all back, at any time when nobody writes. */
void zstream_drop(struct zstream *stream);

#endif
