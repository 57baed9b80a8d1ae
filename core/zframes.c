/* How it works: each piece is compressed in one call, from a context that is reset before, with one set of parameters; so
 * its frame depends on its bytes and the level alone. A stream is cut at multiples of ZFRAME_BYTES: a piece that lies
 * whole in what is handed over is compressed in place, one that does not is put together in `piece` first.
 *
 *   handed over:   [      a       ][  b  ][               c                  ]
 *   cuts:          |         |         |         |         |         |
 *   in `piece`:              [ a, b    ]                             [rest of c, waits]
 *
 * A frame ends with the low 32 bits of its content's XXH64, which is what a seek table wants: taken from there.
 *
 * Encoders that are given back wait for who asks next, since making one (some megabytes from the system) costs more than compressing a small
 * file does. There are never more than were in use at one time.
 */
#include "core/zframes.h"

#define XXH_INLINE_ALL
#include "core/arena.h"

#include <pthread.h>
#include <stdlib.h>
#include <xxhash.h>
#include <zstd.h>

struct zframe_encoder {
	ZSTD_CCtx *context;
	char *out;
	size_t capacity;
	char *piece; /* ZFRAME_BYTES, for a frame_compressor; NULL until one needs it */
	struct zframe_encoder *next;
};

static struct {
	pthread_mutex_t lock;
	struct zframe_encoder *first;
} idle = {.lock = PTHREAD_MUTEX_INITIALIZER};

void frame_list_add(struct frame_list *list, struct zframe frame)
{
	ARRAY_RESERVE(list->frames, list->count, list->capacity);
	list->frames[list->count++] = frame;
	list->content += frame.content;
	list->compressed += frame.compressed;
}

void frame_list_free(struct frame_list *list)
{
	free(list->frames);
	*list = (struct frame_list){0};
}

static struct zframe_encoder *make_encoder(void)
{
	struct zframe_encoder *encoder = memory_grow(NULL, sizeof(*encoder));
	*encoder = (struct zframe_encoder){.context = ZSTD_createCCtx(), .capacity = ZSTD_compressBound(ZFRAME_BYTES)};
	if (!encoder->context) memory_exhausted(0);
	encoder->out = memory_grow(NULL, encoder->capacity);
	return encoder;
}

struct zframe_encoder *zframe_encoder_new(int level)
{
	pthread_mutex_lock(&idle.lock);
	struct zframe_encoder *encoder = idle.first;
	if (encoder) idle.first = encoder->next;
	pthread_mutex_unlock(&idle.lock);
	if (!encoder) encoder = make_encoder();
	if (level < 1) level = 1;
	if (level > 19) level = 19;
	ZSTD_CCtx_setParameter(encoder->context, ZSTD_c_compressionLevel, level);
	ZSTD_CCtx_setParameter(encoder->context, ZSTD_c_checksumFlag, 1);
	return encoder;
}

void zframe_encoder_free(struct zframe_encoder *encoder)
{
	if (!encoder) return;
	pthread_mutex_lock(&idle.lock);
	encoder->next = idle.first;
	idle.first = encoder;
	pthread_mutex_unlock(&idle.lock);
}

struct str zframe_encode(struct zframe_encoder *encoder, const void *bytes, size_t len, struct zframe *frame)
{
	size_t n = ZSTD_compress2(encoder->context, encoder->out, encoder->capacity, bytes, len);
	if (ZSTD_isError(n)) memory_exhausted(0); /* there is room and the parameters are good: nothing else is left */
	const unsigned char *end = (const unsigned char *)encoder->out + n;
	*frame = (struct zframe){.compressed = (uint32_t)n, .content = (uint32_t)len};
	for (int i = 1; i <= 4; i++) frame->checksum = frame->checksum << 8 | end[-i];
	return str_of(encoder->out, n);
}

bool zframe_encode_to(struct zframe_encoder *encoder, const void *bytes, size_t len, struct spool *spool,
                      struct zframe *frame, struct error *error)
{
	struct str out = zframe_encode(encoder, bytes, len, frame);
	return spool_append(spool, out.ptr, out.len, &frame->offset, error);
}

/* ---- runs ---- */

/* How many bytes from the first on are the same. */
static size_t run_at(struct str s)
{
	size_t n = 1;
	while (n < s.len && s.ptr[n] == s.ptr[0]) n++;
	return n;
}

void zframe_of_runs(const void *bytes, size_t len, struct buf *out, struct zframe *frame)
{
	static const uint32_t magic = 0xfd2fb528, one_segment = 0x20, checksummed = 4, size_in_two = 0x40;
	enum { RAW = 0, RLE = 1, RUN_MIN = 9 };
	struct str left = str_of(bytes, len);
	size_t start = out->len;
	bool two = len >= 256;
	buf_little_endian(out, magic, 4);
	buf_little_endian(out, one_segment | checksummed | (two ? size_in_two : 0), 1);
	buf_little_endian(out, (uint32_t)(two ? len - 256 : len), two ? 2 : 1);
	while (left.len) {
		size_t run = run_at(left), n = run;
		uint32_t type = run < RUN_MIN ? RAW : RLE;
		while (type == RAW && n < left.len && (run = run_at(str_slice(left, n, left.len))) < RUN_MIN) n += run;
		buf_little_endian(out, (uint32_t)n << 3 | type << 1 | (n == left.len), 3);
		buf_add(out, str_slice(left, 0, type == RAW ? n : 1));
		left = str_slice(left, n, left.len);
	}
	uint32_t checksum = (uint32_t)XXH64(bytes, len, 0);
	buf_little_endian(out, checksum, 4);
	*frame =
	    (struct zframe){.compressed = (uint32_t)(out->len - start), .content = (uint32_t)len, .checksum = checksum};
}

void frame_compressor_begin(struct frame_compressor *compressor, struct spool *spool, int level)
{
	*compressor = (struct frame_compressor){.spool = spool, .encoder = zframe_encoder_new(level)};
	compressor->piece = compressor->encoder->piece;
}

static bool emit(struct frame_compressor *compressor, const char *bytes, size_t len, struct error *error)
{
	struct zframe frame;
	if (!zframe_encode_to(compressor->encoder, bytes, len, compressor->spool, &frame, error)) return false;
	frame_list_add(&compressor->list, frame);
	return true;
}

bool frame_compressor_add(struct frame_compressor *compressor, const void *given, size_t len, struct error *error)
{
	const char *bytes = given;
	while (len) {
		if (compressor->held == 0 && len >= ZFRAME_BYTES) {
			if (!emit(compressor, bytes, ZFRAME_BYTES, error)) return false;
			bytes += ZFRAME_BYTES;
			len -= ZFRAME_BYTES;
			continue;
		}
		if (!compressor->piece)
			compressor->piece = compressor->encoder->piece = memory_grow(NULL, ZFRAME_BYTES);
		size_t n = ZFRAME_BYTES - compressor->held;
		if (n > len) n = len;
		memcpy(compressor->piece + compressor->held, bytes, n);
		compressor->held += n;
		bytes += n;
		len -= n;
		if (compressor->held < ZFRAME_BYTES) break;
		compressor->held = 0;
		if (!emit(compressor, compressor->piece, ZFRAME_BYTES, error)) return false;
	}
	return true;
}

bool frame_compressor_end(struct frame_compressor *compressor, struct frame_list *list, struct error *error)
{
	if (compressor->held && !emit(compressor, compressor->piece, compressor->held, error)) return false;
	compressor->held = 0;
	*list = compressor->list;
	compressor->list = (struct frame_list){0};
	return true;
}

void frame_compressor_drop(struct frame_compressor *compressor)
{
	frame_list_free(&compressor->list);
	zframe_encoder_free(compressor->encoder);
	*compressor = (struct frame_compressor){0};
}

/* One frame's content into room[frame->content]. */
static bool decode(const struct zframe *frame, struct spool *spool, char *packed, char *content, struct error *error)
{
	if (!spool_read(spool, frame->offset, packed, frame->compressed, error)) return false;
	size_t n = ZSTD_decompress(content, frame->content, packed, frame->compressed);
	if (n == frame->content) return true;
	return error_set(error, ERROR_SYSTEM, NULL, "the temporary store gave back other bytes than it was given");
}

bool frame_list_read(const struct frame_list *list, struct spool *spool, uint64_t from, void *into, size_t len,
                     struct error *error)
{
	if (from > list->content || len > list->content - from)
		return error_set(error, ERROR_SYSTEM, NULL, "a stream of %llu bytes was read past its end",
		                 (unsigned long long)list->content);
	char *bytes = into, *content = memory_grow(NULL, ZFRAME_BYTES);
	char *packed = memory_grow(NULL, ZSTD_compressBound(ZFRAME_BYTES));
	bool good = true;
	while (len && good) {
		const struct zframe *frame = &list->frames[from / ZFRAME_BYTES];
		size_t skip = (size_t)(from % ZFRAME_BYTES), n = frame->content - skip;
		if (n > len) n = len;
		good = decode(frame, spool, packed, content, error);
		if (good) memcpy(bytes, content + skip, n);
		bytes += n;
		from += n;
		len -= n;
	}
	free(packed);
	free(content);
	return good;
}
