/* In its turn a part is hashed and laid against the cuts:
 *
 *   the part:       [   a   |      b      |      c      |  d ]
 *   cuts:       |           |             |             |             |
 *               [ held + a ]  compressed    compressed    waits in
 *               is a piece    in place      in place      a new piece
 *
 * The frames that it will make get their places in the list then; they are made after the turn.
 */
#include "core/zstream.h"

#include "core/arena.h"

#include <stdlib.h>

/* What a part has to compress after its turn. */
struct cut {
	char *piece;       /* a full one, now this thread's; or NULL */
	const char *whole; /* pieces that lie in the part */
	size_t count;      /* of these */
	size_t first;      /* the place of the first frame */
};

void zstream_begin(struct zstream *stream, struct spool *spool, int level)
{
	*stream = (struct zstream){.spool = spool, .level = level};
	pthread_mutex_init(&stream->lock, NULL);
	pthread_cond_init(&stream->changed, NULL);
	sha256_begin(&stream->hash);
}

static bool fails(struct zstream *stream, const struct error *error)
{
	pthread_mutex_lock(&stream->lock);
	if (!stream->failed) stream->error = *error;
	stream->failed = true;
	pthread_mutex_unlock(&stream->lock);
	return false;
}

bool zstream_wait(struct zstream *stream, size_t parts, struct error *error)
{
	pthread_mutex_lock(&stream->lock);
	while (stream->turn < parts) pthread_cond_wait(&stream->changed, &stream->lock);
	bool failed = stream->failed;
	if (failed) *error = stream->error;
	pthread_mutex_unlock(&stream->lock);
	return !failed;
}

static void give_turn(struct zstream *stream)
{
	pthread_mutex_lock(&stream->lock);
	stream->turn++;
	pthread_cond_broadcast(&stream->changed);
	pthread_mutex_unlock(&stream->lock);
}

static char *empty_piece(struct zstream *stream)
{
	pthread_mutex_lock(&stream->lock);
	char *piece = stream->spare;
	stream->spare = NULL;
	pthread_mutex_unlock(&stream->lock);
	return piece ? piece : memory_grow(NULL, ZFRAME_BYTES);
}

static void give_back(struct zstream *stream, char *piece)
{
	pthread_mutex_lock(&stream->lock);
	char *other = stream->spare;
	stream->spare = piece;
	pthread_mutex_unlock(&stream->lock);
	free(other);
}

static void places(struct zstream *stream, size_t count)
{
	pthread_mutex_lock(&stream->lock);
	for (size_t i = 0; i < count; i++) frame_list_add(&stream->list, (struct zframe){0});
	pthread_mutex_unlock(&stream->lock);
}

/* Copies what does not lie whole between two cuts; in the turn. */
static struct cut lay(struct zstream *stream, const char *bytes, size_t len)
{
	struct cut cut = {.first = stream->list.count};
	if (stream->held) {
		size_t n = ZFRAME_BYTES - stream->held;
		if (n > len) n = len;
		memcpy(stream->piece + stream->held, bytes, n);
		stream->held += n;
		bytes += n;
		len -= n;
		if (stream->held < ZFRAME_BYTES) return cut;
		cut.piece = stream->piece;
		stream->piece = NULL;
		stream->held = 0;
	}
	cut.whole = bytes;
	cut.count = len / ZFRAME_BYTES;
	places(stream, cut.count + (cut.piece != NULL));
	bytes += cut.count * ZFRAME_BYTES;
	stream->held = len % ZFRAME_BYTES;
	if (stream->held && !stream->piece) stream->piece = empty_piece(stream);
	if (stream->held) memcpy(stream->piece, bytes, stream->held);
	return cut;
}

static bool make_frame(struct zstream *stream, struct zframe_encoder *encoder, const char *bytes, size_t len,
                       size_t place, struct error *error)
{
	struct zframe frame;
	if (!zframe_encode_to(encoder, bytes, len, stream->spool, &frame, error)) return fails(stream, error);
	pthread_mutex_lock(&stream->lock);
	stream->list.frames[place] = frame;
	pthread_mutex_unlock(&stream->lock);
	return true;
}

static bool compress(struct zstream *stream, struct cut cut, struct error *error)
{
	if (!cut.piece && !cut.count) return true;
	struct zframe_encoder *encoder = zframe_encoder_new(stream->level);
	bool good = true;
	if (cut.piece) {
		good = make_frame(stream, encoder, cut.piece, ZFRAME_BYTES, cut.first++, error);
		give_back(stream, cut.piece);
	}
	for (size_t i = 0; i < cut.count && good; i++)
		good = make_frame(stream, encoder, cut.whole + i * ZFRAME_BYTES, ZFRAME_BYTES, cut.first + i, error);
	zframe_encoder_free(encoder);
	return good;
}

static bool put(struct zstream *stream, size_t part, struct str bytes, bool last, struct error *error)
{
	struct cut cut = {0};
	bool good = zstream_wait(stream, part, error);
	if (good) {
		stream->size += bytes.len;
		if (bytes.len) sha256_add(&stream->hash, bytes.ptr, bytes.len);
		if (stream->spool && bytes.len) cut = lay(stream, bytes.ptr, bytes.len);
	}
	if (last) give_turn(stream);
	return good && compress(stream, cut, error);
}

bool zstream_write(struct zstream *stream, size_t part, const void *bytes, size_t len, struct error *error)
{
	return put(stream, part, str_of(bytes, len), false, error);
}

bool zstream_part(struct zstream *stream, size_t part, const void *bytes, size_t len, struct error *error)
{
	return put(stream, part, str_of(bytes, len), true, error);
}

void zstream_fail(struct zstream *stream, const struct error *error)
{
	fails(stream, error);
	give_turn(stream); /* whose it is does not matter any more: nobody writes */
}

static bool last_frame(struct zstream *stream, struct error *error)
{
	size_t place = stream->list.count;
	if (!stream->held) return true;
	places(stream, 1);
	struct zframe_encoder *encoder = zframe_encoder_new(stream->level);
	bool good = make_frame(stream, encoder, stream->piece, stream->held, place, error);
	zframe_encoder_free(encoder);
	return good;
}

bool zstream_close(struct zstream *stream, struct error *error)
{
	sha256_end(&stream->hash, stream->digest);
	bool good = last_frame(stream, error);
	free(stream->piece);
	stream->piece = NULL;
	stream->held = 0;
	give_back(stream, NULL);
	return good;
}

void zstream_take(struct zstream *stream, struct frame_list *frames)
{
	*frames = stream->list;
	stream->list = (struct frame_list){0};
	for (size_t i = 0; i < frames->count; i++) {
		frames->content += frames->frames[i].content;
		frames->compressed += frames->frames[i].compressed;
	}
}

void zstream_drop(struct zstream *stream)
{
	frame_list_free(&stream->list);
	free(stream->piece);
	free(stream->spare);
	pthread_mutex_destroy(&stream->lock);
	pthread_cond_destroy(&stream->changed);
	*stream = (struct zstream){0};
}
