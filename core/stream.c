/*   file --pread--+
 *                 +--> raw block --tap--> (hash, zstd frames)
 *   source -------+     |
 *                    inflate / zstd         only where the first bytes say so
 *                       |
 *                    iconv                  only for UTF-16 and UTF-32
 *                       |
 *                    caller's buffer        a plain file is read straight into it
 */
#include "core/stream.h"

#include "core/arena.h"

#include <errno.h>
#include <iconv.h>
#include <stdlib.h>
#include <zlib.h>
#include <zstd.h>

enum { BLOCK = 1 << 18, PROBE = 64 };

enum coding { CODING_PLAIN, CODING_GZIP, CODING_ZSTD };

struct stream_decoder {
	enum coding coding;
	char probe[PROBE]; /* the first decoded bytes, read ahead to see the encoding of the text */
	size_t probe_at, probe_len;
	char first[PROBE];     /* the first raw bytes, read ahead to see how they are compressed */
	char *block, *storage; /* raw bytes not yet decoded: first, then storage */
	size_t block_at, block_len;
	bool raw_end, member_open;
	z_stream gzip;
	ZSTD_DStream *zstd;
	iconv_t text;  /* (iconv_t)-1: none */
	char *pending; /* decoded bytes not yet converted */
	char left[8];  /* a converted character for which the caller's buffer was too short */
	size_t left_at, left_len;
	size_t pending_len;
	bool decoded_end;
};

static bool read_source(struct stream *stream, char *dst, size_t capacity, size_t *got, struct error *error)
{
	if (!stream->source.read(stream->source.context, dst, capacity, got, error)) {
		if (error->kind != ERROR_INPUT) return false;
		stream->damaged = true;
		stream->damage = *error;
		stream->damage.offset = stream->raw;
		return false;
	}
	stream->raw += *got;
	if (*got && stream->tap.raw) return stream->tap.raw(stream->tap.context, dst, *got, error);
	return true;
}

static bool read_raw(struct stream *stream, char *dst, size_t capacity, size_t *got, struct error *error)
{
	if (stream->source.read) return read_source(stream, dst, capacity, got, error);
	if (!file_read(&stream->file, stream->raw, dst, capacity, got, error)) return false;
	size_t n = *got;
	stream->raw += n;
	if (stream->raw > stream->size || (n == 0 && stream->raw < stream->size))
		return error_set(error, ERROR_INPUT, stream->path,
		                 "changed its size while it was read: %llu bytes, then %s",
		                 (unsigned long long)stream->size, n ? "more" : "fewer");
	if (n && stream->tap.raw) return stream->tap.raw(stream->tap.context, dst, n, error);
	return true;
}

static bool refill(struct stream *stream, struct error *error)
{
	struct stream_decoder *d = stream->decoder;
	if (d->block_at < d->block_len || d->raw_end) return true;
	if (!d->storage) d->storage = memory_grow(NULL, BLOCK);
	d->block = d->storage;
	d->block_at = d->block_len = 0;
	if (!read_raw(stream, d->block, BLOCK, &d->block_len, error)) return false;
	d->raw_end = d->block_len == 0;
	return true;
}

static bool damaged(struct stream *stream, const char *what, struct error *error)
{
	stream->damaged = true;
	error_at(&stream->damage, stream->path, stream->raw, 0, 0, "damaged or cut off %s data", what);
	*error = stream->damage;
	return false;
}

static bool inflate_some(struct stream *stream, char *dst, size_t capacity, size_t *got, struct error *error)
{
	struct stream_decoder *d = stream->decoder;
	d->gzip.next_out = (Bytef *)dst;
	d->gzip.avail_out = (uInt)(capacity < (1u << 30) ? capacity : (1u << 30));
	uInt room = d->gzip.avail_out;
	while (d->gzip.avail_out == room) {
		if (!refill(stream, error)) return false;
		if (d->raw_end) {
			if (d->member_open) return damaged(stream, "gzip", error);
			break;
		}
		d->member_open = true;
		d->gzip.next_in = (Bytef *)d->block + d->block_at;
		d->gzip.avail_in = (uInt)(d->block_len - d->block_at);
		int state = inflate(&d->gzip, Z_NO_FLUSH);
		d->block_at = d->block_len - d->gzip.avail_in;
		if (state == Z_STREAM_END) { /* another member may follow */
			d->member_open = false;
			inflateReset(&d->gzip);
		} else if (state != Z_OK && state != Z_BUF_ERROR) {
			return damaged(stream, "gzip", error);
		}
	}
	*got = room - d->gzip.avail_out;
	return true;
}

static bool unzstd_some(struct stream *stream, char *dst, size_t capacity, size_t *got, struct error *error)
{
	struct stream_decoder *d = stream->decoder;
	ZSTD_outBuffer out = {dst, capacity, 0};
	while (out.pos == 0) {
		if (!refill(stream, error)) return false;
		ZSTD_inBuffer in = {d->block, d->block_len, d->block_at};
		size_t before = d->block_at, left = ZSTD_decompressStream(d->zstd, &out, &in);
		if (ZSTD_isError(left)) return damaged(stream, "zstd", error);
		d->block_at = in.pos;
		if (in.pos != before || out.pos) d->member_open = left != 0;
		if (d->raw_end && out.pos == 0) {
			if (d->member_open) return damaged(stream, "zstd", error);
			break;
		}
	}
	*got = out.pos;
	return true;
}

static bool copy_some(struct stream *stream, char *dst, size_t capacity, size_t *got, struct error *error)
{
	struct stream_decoder *d = stream->decoder;
	size_t n = d->block_len - d->block_at;
	if (!n) return read_raw(stream, dst, capacity, got, error);
	*got = n < capacity ? n : capacity;
	memcpy(dst, d->block + d->block_at, *got);
	d->block_at += *got;
	return true;
}

static bool decode(struct stream *stream, char *dst, size_t capacity, size_t *got, struct error *error)
{
	struct stream_decoder *d = stream->decoder;
	if (d->probe_at < d->probe_len) {
		size_t n = d->probe_len - d->probe_at;
		if (n > capacity) n = capacity;
		memcpy(dst, d->probe + d->probe_at, n);
		d->probe_at += n;
		*got = n;
		return true;
	}
	if (stream->damaged && (d->coding != CODING_PLAIN || d->block_at == d->block_len)) {
		*error = stream->damage;
		return false;
	}
	switch (d->coding) {
	case CODING_PLAIN: return copy_some(stream, dst, capacity, got, error);
	case CODING_GZIP: return inflate_some(stream, dst, capacity, got, error);
	case CODING_ZSTD: return unzstd_some(stream, dst, capacity, got, error);
	}
	return false;
}

static bool convert(struct stream *stream, char *dst, size_t capacity, size_t *got, struct error *error)
{
	struct stream_decoder *d = stream->decoder;
	char *given = dst;
	size_t room = capacity;
	*got = 0;
	if (d->left_at == d->left_len && capacity < sizeof(d->left)) { /* one character may be longer */
		dst = d->left;
		capacity = sizeof(d->left);
		d->left_at = d->left_len = 0;
	}
	while (d->left_at == d->left_len && *got == 0) {
		if (!d->decoded_end && d->pending_len < 8) {
			size_t n;
			if (!decode(stream, d->pending + d->pending_len, BLOCK - d->pending_len, &n, error))
				return false;
			d->pending_len += n;
			d->decoded_end = n == 0;
		}
		if (d->pending_len == 0) break;
		char *in = d->pending, *out = dst;
		size_t in_left = d->pending_len, out_left = capacity;
		if (iconv(d->text, &in, &in_left, &out, &out_left) == (size_t)-1 && errno != E2BIG &&
		    (errno == EILSEQ || (errno == EINVAL && d->decoded_end))) {
			stream->damaged = true;
			error_at(&stream->damage, stream->path, stream->raw - in_left, 0, 0,
			         "not valid UTF-16 or UTF-32");
			*error = stream->damage;
			return false;
		}
		memmove(d->pending, in, in_left);
		d->pending_len = in_left;
		*got = capacity - out_left;
	}
	if (dst != given || d->left_at < d->left_len) {
		if (dst == d->left) d->left_len = *got;
		*got = d->left_len - d->left_at < room ? d->left_len - d->left_at : room;
		memcpy(given, d->left + d->left_at, *got);
		d->left_at += *got;
	}
	return true;
}

bool stream_read(struct stream *stream, char *dst, size_t capacity, size_t *got, struct error *error)
{
	*got = 0;
	if (capacity == 0) return true;
	bool good = stream->decoder->text == (iconv_t)-1 ? decode(stream, dst, capacity, got, error)
	                                                 : convert(stream, dst, capacity, got, error);
	if (good) stream->decoded += *got;
	return good;
}

/* The text's encoding by its first bytes; what a JSON text may start with is ASCII, so zeros give UTF-16 away. */
static const char *text_encoding(const unsigned char *p, size_t n, size_t *mark)
{
	*mark = 0;
	if (n >= 3 && p[0] == 0xef && p[1] == 0xbb && p[2] == 0xbf) {
		*mark = 3;
		return NULL;
	}
	if (n >= 4 && p[0] == 0xff && p[1] == 0xfe && p[2] == 0 && p[3] == 0) return *mark = 4, "UTF-32LE";
	if (n >= 4 && p[0] == 0 && p[1] == 0 && p[2] == 0xfe && p[3] == 0xff) return *mark = 4, "UTF-32BE";
	if (n >= 2 && p[0] == 0xff && p[1] == 0xfe) return *mark = 2, "UTF-16LE";
	if (n >= 2 && p[0] == 0xfe && p[1] == 0xff) return *mark = 2, "UTF-16BE";
	if (n >= 4 && p[0] && !p[1] && p[2] && !p[3]) return "UTF-16LE";
	if (n >= 4 && !p[0] && p[1] && !p[2] && p[3]) return "UTF-16BE";
	return NULL;
}

static enum coding coding_of(const unsigned char *p, size_t n)
{
	if (n >= 3 && p[0] == 0x1f && p[1] == 0x8b && p[2] == 8) return CODING_GZIP;
	if (n >= 4 && p[0] == 0x28 && p[1] == 0xb5 && p[2] == 0x2f && p[3] == 0xfd) return CODING_ZSTD;
	return CODING_PLAIN;
}

static bool start(struct stream *stream, struct error *error)
{
	struct stream_decoder *d = stream->decoder;
	size_t got = 1, len = 0, mark;
	d->block = d->first;
	while (d->block_len < PROBE && got) {
		if (!read_raw(stream, d->first + d->block_len, PROBE - d->block_len, &got, error)) {
			if (!stream->damaged) return false;
			break;
		}
		d->block_len += got;
	}
	d->coding = coding_of((const unsigned char *)d->first, d->block_len);
	if (d->coding == CODING_GZIP) {
		stream->encoding = "gzip";
		if (inflateInit2(&d->gzip, 15 + 16) != Z_OK) memory_exhausted(0);
	} else if (d->coding == CODING_ZSTD) {
		stream->encoding = "zstd";
		d->zstd = ZSTD_createDStream();
		if (!d->zstd) memory_exhausted(0);
		ZSTD_DCtx_setParameter(d->zstd, ZSTD_d_windowLogMax, 27);
	}
	got = 1;
	while (len < PROBE && got) {
		if (!decode(stream, d->probe + len, PROBE - len, &got, error)) {
			if (!stream->damaged) return false;
			break; /* what came before can be read; then stream_read says so again */
		}
		len += got;
	}
	const char *encoding = text_encoding((const unsigned char *)d->probe, len, &mark);
	d->probe_len = len;
	d->probe_at = mark;
	if (!encoding) {
		stream->skipped = (unsigned)mark;
		return true;
	}
	d->text = iconv_open("UTF-8", encoding);
	if (d->text == (iconv_t)-1) return error_errno(error, stream->path, "cannot convert the text");
	d->pending = memory_grow(NULL, BLOCK);
	stream->converted = true;
	return true;
}

static void set_up(struct stream *stream, const char *path, const struct stream_tap *tap)
{
	*stream = (struct stream){.path = path, .encoding = ""};
	if (tap) stream->tap = *tap;
	stream->decoder = memory_grow(NULL, sizeof(*stream->decoder));
	memset(stream->decoder, 0, sizeof(*stream->decoder));
	stream->decoder->text = (iconv_t)-1;
}

bool stream_open_source(struct stream *stream, struct stream_source source, const char *path,
                        const struct stream_tap *tap, struct error *error)
{
	set_up(stream, path, tap);
	stream->source = source;
	stream->size = UINT64_MAX;
	bool good = start(stream, error);
	if (!good) stream_close(stream);
	return good;
}

bool stream_open_file(struct stream *stream, struct file file, const struct stream_tap *tap, struct error *error)
{
	set_up(stream, file.path, tap);
	stream->file = file;
	stream->size = file.size;
	bool good = start(stream, error);
	if (!good) stream_close(stream);
	return good;
}

bool stream_open(struct stream *stream, const char *path, const struct stream_tap *tap, struct error *error)
{
	struct file file;
	*stream = (struct stream){.path = path};
	return file_open(&file, NULL, path, error) && stream_open_file(stream, file, tap, error);
}

bool stream_read_range(struct stream *stream, uint64_t from, uint64_t length, struct buf *out, struct error *error)
{
	char *block = memory_grow(NULL, BLOCK);
	size_t got = 1;
	uint64_t at = stream->skipped + stream->decoded, end = from + length;
	bool good = true;
	while (good && got && at < end) {
		good = stream_read(stream, block, BLOCK, &got, error);
		if (!good) break;
		uint64_t low = from > at ? from - at : 0, high = end - at < got ? end - at : got;
		if (low < high) buf_add(out, str_slice(str_of(block, got), (size_t)low, (size_t)high));
		at += got;
	}
	free(block);
	if (good && at < end)
		return error_set(error, ERROR_INPUT, stream->path, "ends before byte %llu", (unsigned long long)end);
	return good;
}

bool stream_drain(struct stream *stream, struct error *error)
{
	struct stream_decoder *d = stream->decoder;
	size_t got = 1;
	if (!d->storage && stream->raw < stream->size) d->storage = memory_grow(NULL, BLOCK);
	while (got && stream->raw < stream->size)
		if (!read_raw(stream, d->storage, BLOCK, &got, error))
			return stream->source.read && error->kind == ERROR_INPUT;
	return true;
}

void stream_close(struct stream *stream)
{
	struct stream_decoder *d = stream->decoder;
	if (d) {
		if (d->coding == CODING_GZIP) inflateEnd(&d->gzip);
		ZSTD_freeDStream(d->zstd);
		if (d->text != (iconv_t)-1) iconv_close(d->text);
		free(d->storage);
		free(d->pending);
		free(d);
	}
	file_close(&stream->file);
	stream->decoder = NULL;
}
