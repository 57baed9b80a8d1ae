/* How it works, in order: the file goes through `in`, 256 KB at a time; each zstd frame through ZSTD_decompressStream, which
 * says where a frame ends. Between frames the next magic number is looked at here, so that frames without data do not pass
 * unseen. For each frame a row (compressed size, content size, checksum) is added to a running hash; the seek table's rows
 * are hashed as they go by, and table and frames fit if the two hashes are equal: no list of frames is kept, however many.
 *
 *   [frame][frame] ... [frame][seek table]
 *    row    row         row    rows, footer       SHA-256(row row ... row) = SHA-256(rows)?
 *
 * From any place: the table is read from the end of the file, its sizes become two arrays of sums (where frame i starts in
 * the file and in the tar), a position is looked up by bisection and one frame decompressed. The frame in hand is kept.
 */
#include "render/container.h"

#include "core/arena.h"
#include "core/buf.h"
#include "core/spool.h"
#include "core/zframes.h"
#include "render/archive.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

enum {
	IN_BUFFER = 256 << 10,
	WINDOW_LOG_MAX = 27,
	FOOTER = 9,
	SEEK_CONTENT_MAX = 16 << 20, /* content of one frame that is read at once */
	SEEK_FRAMES_MAX = 4000000,
};
static const uint32_t magic_frame = 0xFD2FB528, magic_skippable = 0x184D2A50, magic_table = 0x184D2A5E,
		      magic_seekable = 0x8F92EAB1;

struct container {
	char *path;
	int fd;
	bool seekable, begun, zstd, at_end;
	bool shared;        /* path, fd and table are another one's */
	uint64_t file_size; /* 0: not known (a pipe) */
	uint64_t position;  /* in the tar, of what comes next */
	char fault[256];
	ZSTD_DCtx *decoder;
	/* in order */
	char *in, *out;
	size_t in_at, in_end;
	bool in_last; /* the file's end was seen */
	uint64_t consumed, frames;
	struct sha256 whole;
	bool in_frame, checked; /* inside a frame; it ends with a checksum */
	uint64_t frame_from, frame_content;
	unsigned char last[4]; /* the last bytes of the frame so far */
	struct sha256 rows8, rows12, table_rows;
	bool table, table_fits;
	/* from any place */
	struct spool *spool;       /* where the frames are; NULL: in the file */
	uint64_t *starts, *places; /* frame i: in the file, in the tar; count + 1 of each */
	size_t count, held;        /* the frame in `out`; count: none */
	char *packed;
	size_t packed_room, out_room;
	bool resting; /* fd is not open; the buffers and the decoder may be missing */
};

static enum container_step fault(struct container *container, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static enum container_step fault(struct container *container, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	vsnprintf(container->fault, sizeof(container->fault), format, args);
	va_end(args);
	return CONTAINER_FAULT;
}

static uint32_t le32(const void *at)
{
	const unsigned char *b = at;
	return (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

/* --- opening ---------------------------------------------------------------------------------------------------- */

static void make_decoder(struct container *container)
{
	container->decoder = ZSTD_createDCtx();
	if (!container->decoder) memory_exhausted(0);
	ZSTD_DCtx_setParameter(container->decoder, ZSTD_d_windowLogMax, WINDOW_LOG_MAX);
}

static struct container *open_file(const char *path, struct error *error)
{
	struct stat status;
	int fd = strcmp(path, "-") == 0 ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0) : open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &status) != 0) {
		error_errno(error, path, "cannot open");
		if (fd >= 0) close(fd);
		return NULL;
	}
	if (S_ISDIR(status.st_mode)) {
		error_set(error, ERROR_INPUT, path, "expected a packet, found a folder");
		close(fd);
		return NULL;
	}
	struct container *container = memory_grow(NULL, sizeof(*container));
	*container = (struct container){.fd = fd};
	size_t size = strlen(path) + 1;
	container->path = memory_grow(NULL, size);
	memcpy(container->path, path, size);
	if (S_ISREG(status.st_mode)) container->file_size = (uint64_t)status.st_size;
	make_decoder(container);
	return container;
}

struct container *container_open(const char *path, struct error *error)
{
	struct container *container = open_file(path, error);
	if (!container) return NULL;
	container->in = memory_grow(NULL, IN_BUFFER);
	container->out_room = ZSTD_DStreamOutSize();
	container->out = memory_grow(NULL, container->out_room);
	sha256_begin(&container->whole);
	sha256_begin(&container->rows8);
	sha256_begin(&container->rows12);
	return container;
}

void container_close(struct container *container)
{
	if (!container) return;
	if (!container->shared) {
		if (!container->resting) close(container->fd);
		free(container->starts);
		free(container->places);
		spool_close(container->spool);
		free(container->path);
	}
	ZSTD_freeDCtx(container->decoder);
	free(container->in);
	free(container->out);
	free(container->packed);
	free(container);
}

/* --- in order: the file ------------------------------------------------------------------------------------------ */

/* Makes at least `want` bytes (at most IN_BUFFER) available, or all that are left. */
static bool fill(struct container *container, size_t want, struct error *error)
{
	if (container->in_end - container->in_at >= want || container->in_last) return true;
	memmove(container->in, container->in + container->in_at, container->in_end - container->in_at);
	container->in_end -= container->in_at;
	container->in_at = 0;
	while (container->in_end < want && !container->in_last) {
		ssize_t n = read(container->fd, container->in + container->in_end, IN_BUFFER - container->in_end);
		if (n < 0 && errno == EINTR) continue;
		if (n < 0) return error_set(error, ERROR_SYSTEM, container->path, "cannot read: %s", strerror(errno));
		if (n == 0) container->in_last = true;
		sha256_add(&container->whole, container->in + container->in_end, (size_t)n);
		container->in_end += (size_t)n;
	}
	return true;
}

static size_t available(const struct container *container) { return container->in_end - container->in_at; }

static void consume(struct container *container, size_t n)
{
	container->in_at += n;
	container->consumed += n;
}

/* --- in order: frames -------------------------------------------------------------------------------------------- */

static void note_last(struct container *container, const char *bytes, size_t n)
{
	size_t keep = n < 4 ? n : 4;
	memmove(container->last, container->last + keep, 4 - keep);
	memcpy(container->last + 4 - keep, bytes + n - keep, keep);
}

static void end_frame(struct container *container)
{
	uint64_t packed = container->consumed - container->frame_from, content = container->frame_content;
	unsigned char row[12];
	for (int i = 0; i < 4; i++) {
		row[i] = (unsigned char)(packed >> (8 * i) & 0xff);
		row[4 + i] = (unsigned char)(content >> (8 * i) & 0xff);
		row[8 + i] = container->checked ? container->last[i] : 0;
	}
	sha256_add(&container->rows8, row, 8);
	sha256_add(&container->rows12, row, 12);
	container->frames++;
	container->in_frame = false;
}

/* Over a skippable frame of len bytes behind its header; the rows of a seek table are hashed on the way. */
static enum container_step pass_over(struct container *container, uint64_t len, bool table, struct error *error)
{
	unsigned char footer[FOOTER] = {0};
	if (table) sha256_begin(&container->table_rows);
	while (len) {
		if (!fill(container, 1, error)) return CONTAINER_ERROR;
		size_t n = available(container);
		if (n == 0) return fault(container, "cut off: the file ends inside its last frame");
		if (n > len) n = (size_t)len;
		if (table && len > FOOTER && n > len - FOOTER) n = (size_t)(len - FOOTER);
		if (table && len > FOOTER)
			sha256_add(&container->table_rows, container->in + container->in_at, n);
		else if (table)
			memcpy(footer + FOOTER - len, container->in + container->in_at, n);
		consume(container, n);
		len -= n;
	}
	if (!table) return CONTAINER_BYTES;
	unsigned char ours[SHA256_BYTES], theirs[SHA256_BYTES];
	bool checksums = footer[4] & 0x80;
	sha256_end(&container->table_rows, theirs);
	sha256_end(checksums ? &container->rows12 : &container->rows8, ours);
	container->table = true;
	container->table_fits = memcmp(ours, theirs, SHA256_BYTES) == 0 && le32(footer) == container->frames &&
	                        le32(footer + 5) == magic_seekable && (footer[4] & 0x7c) == 0;
	return CONTAINER_BYTES;
}

/* A skippable frame: the seek table, which must be the last; or four bytes, which pzstd writes before each frame. */
static enum container_step skippable(struct container *container, struct error *error)
{
	uint64_t at = container->consumed;
	if (!fill(container, 8, error)) return CONTAINER_ERROR;
	if (available(container) < 8) return fault(container, "cut off: the file ends inside its last frame");
	uint32_t magic = le32(container->in + container->in_at), len = le32(container->in + container->in_at + 4);
	bool table = magic == magic_table && len >= FOOTER;
	if (!table && !(magic == magic_skippable && len == 4))
		return fault(container, "a frame at offset %llu holds %u bytes that no reader sees",
		             (unsigned long long)at, len);
	consume(container, 8);
	enum container_step step = pass_over(container, len, table, error);
	if (step != CONTAINER_BYTES || !table) return step;
	if (!fill(container, 1, error)) return CONTAINER_ERROR;
	if (available(container))
		return fault(container, "bytes follow the seek table, at offset %llu",
		             (unsigned long long)container->consumed);
	return CONTAINER_END;
}

/* Between frames. CONTAINER_BYTES: a frame with data begins. */
static enum container_step begin_frame(struct container *container, struct error *error)
{
	for (;;) {
		if (!fill(container, 5, error)) return CONTAINER_ERROR;
		if (available(container) == 0) return CONTAINER_END;
		uint32_t magic = available(container) < 4 ? 0 : le32(container->in + container->in_at);
		if (magic == magic_frame && available(container) >= 5) break;
		if ((magic & 0xfffffff0) != magic_skippable)
			return fault(container,
			             "no zstd frame begins at offset %llu: the file was added to or is damaged there",
			             (unsigned long long)container->consumed);
		enum container_step step = skippable(container, error);
		if (step != CONTAINER_BYTES) return step;
	}
	container->in_frame = true;
	container->checked = container->in[container->in_at + 4] & 0x04;
	container->frame_from = container->consumed;
	container->frame_content = 0;
	return CONTAINER_BYTES;
}

static bool bomb(const struct container *container)
{
	uint64_t size = container->file_size ? container->file_size : container->consumed;
	return container->position > ARCHIVE_CONTENT_MAX(size);
}

static enum container_step decode_some(struct container *container, size_t *made, struct error *error)
{
	if (!fill(container, 1, error)) return CONTAINER_ERROR;
	ZSTD_inBuffer in = {container->in + container->in_at, available(container), 0};
	ZSTD_outBuffer out = {container->out, container->out_room, 0};
	size_t left = ZSTD_decompressStream(container->decoder, &out, &in);
	if (ZSTD_isError(left))
		return fault(container, "damaged near offset %llu: %s", (unsigned long long)container->consumed,
		             ZSTD_getErrorName(left));
	note_last(container, in.src, in.pos);
	consume(container, in.pos);
	container->frame_content += out.pos;
	container->position += out.pos;
	*made = out.pos;
	if (left == 0)
		end_frame(container);
	else if (in.pos == 0 && out.pos == 0)
		return fault(container, "cut off: the file ends inside a frame, after %llu bytes",
		             (unsigned long long)container->consumed);
	if (bomb(container))
		return fault(container, "%llu bytes and more in a file of %llu: refused as a decompression bomb",
		             (unsigned long long)container->position, (unsigned long long)container->file_size);
	return CONTAINER_BYTES;
}

static enum container_step next_decoded(struct container *container, struct str *bytes, struct error *error)
{
	for (;;) {
		enum container_step step = container->in_frame ? CONTAINER_BYTES : begin_frame(container, error);
		size_t made = 0;
		if (step == CONTAINER_BYTES) step = decode_some(container, &made, error);
		if (step != CONTAINER_BYTES) return step;
		*bytes = str_of(container->out, made);
		if (made) return CONTAINER_BYTES;
	}
}

static enum container_step next_plain(struct container *container, struct str *bytes, struct error *error)
{
	if (!fill(container, 1, error)) return CONTAINER_ERROR;
	size_t n = available(container);
	*bytes = str_of(container->in + container->in_at, n);
	consume(container, n);
	container->position += n;
	return n ? CONTAINER_BYTES : CONTAINER_END;
}

static enum container_step next_in_order(struct container *container, struct str *bytes, struct error *error)
{
	if (!container->begun) {
		if (!fill(container, 4, error)) return CONTAINER_ERROR;
		uint32_t magic = available(container) < 4 ? 0 : le32(container->in + container->in_at);
		container->zstd = magic == magic_frame || (magic & 0xfffffff0) == magic_skippable;
		container->begun = true;
		if (available(container) == 0) return fault(container, "the file is empty");
	}
	return container->zstd ? next_decoded(container, bytes, error) : next_plain(container, bytes, error);
}

/* --- from any place ---------------------------------------------------------------------------------------------- */

static bool read_file(const struct container *container, int fd, uint64_t offset, void *into, size_t len,
                      struct error *error)
{
	char *bytes = into;
	while (len) {
		ssize_t n = pread(fd, bytes, len, (off_t)offset);
		if (n < 0 && errno == EINTR) continue;
		if (n < 0) return error_set(error, ERROR_SYSTEM, container->path, "cannot read: %s", strerror(errno));
		if (n == 0) return error_set(error, ERROR_SYSTEM, container->path, "the file shrinks while it is read");
		bytes += n;
		len -= (size_t)n;
		offset += (uint64_t)n;
	}
	return true;
}

static bool read_resting(const struct container *container, uint64_t offset, void *into, size_t len,
                         struct error *error)
{
	struct stat status;
	int fd = open(container->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0) return error_errno(error, container->path, "cannot open");
	bool same = fstat(fd, &status) == 0 && (uint64_t)status.st_size == container->file_size;
	bool good = same ? read_file(container, fd, offset, into, len, error)
	                 : error_set(error, ERROR_SYSTEM, container->path, "the file changes while it is read");
	close(fd);
	return good;
}

static bool read_at(const struct container *container, uint64_t offset, void *into, size_t len, struct error *error)
{
	if (container->spool) return spool_read(container->spool, offset, into, len, error);
	if (container->resting) return read_resting(container, offset, into, len, error);
	return read_file(container, container->fd, offset, into, len, error);
}

/* The rows become sums; false if they do not add up to the frames' part of the file. */
static bool sum_rows(struct container *container, const unsigned char *rows, size_t row, uint64_t frames_end)
{
	size_t count = container->count;
	uint64_t packed_max = 0, content_max = 0;
	container->starts = memory_grow(NULL, sizeof(uint64_t) * (count + 1));
	container->places = memory_grow(NULL, sizeof(uint64_t) * (count + 1));
	container->starts[0] = container->places[0] = 0;
	for (size_t i = 0; i < count; i++) {
		uint64_t packed = le32(rows + i * row), content = le32(rows + i * row + 4);
		if (packed > packed_max) packed_max = packed;
		if (content > content_max) content_max = content;
		container->starts[i + 1] = container->starts[i] + packed;
		container->places[i + 1] = container->places[i] + content;
	}
	if (container->starts[count] != frames_end || content_max > SEEK_CONTENT_MAX ||
	    packed_max > 2 * SEEK_CONTENT_MAX)
		return false;
	container->packed_room = (size_t)packed_max;
	container->out_room = (size_t)content_max;
	container->packed = memory_grow(NULL, container->packed_room);
	container->out = memory_grow(NULL, container->out_room);
	container->held = count;
	return container->places[count] <= ARCHIVE_CONTENT_MAX(container->file_size);
}

/* False without an error: there is no table that fits. */
static bool read_table(struct container *container, struct error *error)
{
	unsigned char footer[FOOTER], head[8];
	uint64_t size = container->file_size;
	if (size < 8 + FOOTER) return false;
	if (!read_at(container, size - FOOTER, footer, FOOTER, error)) return false;
	if (le32(footer + 5) != magic_seekable || (footer[4] & 0x7c)) return false;
	size_t row = footer[4] & 0x80 ? 12 : 8;
	container->count = le32(footer);
	uint64_t rows_size = (uint64_t)container->count * row, table = 8 + rows_size + FOOTER;
	if (container->count == 0 || container->count > SEEK_FRAMES_MAX || table > size) return false;
	if (!read_at(container, size - table, head, sizeof(head), error)) return false;
	if (le32(head) != magic_table || le32(head + 4) != rows_size + FOOTER) return false;
	unsigned char *rows = memory_grow(NULL, (size_t)rows_size);
	bool good = read_at(container, size - table + 8, rows, (size_t)rows_size, error) &&
	            sum_rows(container, rows, row, size - table);
	free(rows);
	return good;
}

static bool is_zstd(const struct container *container, struct error *error)
{
	unsigned char head[4];
	if (container->file_size < sizeof(head) || !read_at(container, 0, head, sizeof(head), error)) return false;
	return le32(head) == magic_frame || (le32(head) & 0xfffffff0) == magic_skippable;
}

static bool plain_from_any_place(struct container *container, const struct error *error)
{
	container->out_room = IN_BUFFER;
	container->out = memory_grow(NULL, container->out_room);
	return container->file_size > 0 && error->kind == ERROR_NONE;
}

struct container *container_open_seekable(const char *path, struct error *error)
{
	error->kind = ERROR_NONE;
	struct container *container = open_file(path, error);
	if (!container) return NULL;
	container->seekable = container->begun = true;
	container->zstd = is_zstd(container, error);
	if (container->zstd ? read_table(container, error) : plain_from_any_place(container, error)) return container;
	container_close(container);
	return NULL;
}

static void add_frame(struct container *container, size_t *capacity, const struct zframe *frame)
{
	size_t i = container->count++;
	if (container->count >= *capacity) {
		*capacity = *capacity ? *capacity * 2 : 256;
		container->starts = memory_grow(container->starts, sizeof(uint64_t) * (*capacity + 1));
		container->places = memory_grow(container->places, sizeof(uint64_t) * (*capacity + 1));
	}
	if (i == 0) container->starts[0] = container->places[0] = 0;
	container->starts[i + 1] = frame->offset + frame->compressed;
	container->places[i + 1] = container->places[i] + frame->content;
}

/* Appends what is held as one frame of the spool. */
static bool keep_piece(struct container *container, struct zframe_encoder *encoder, struct buf *held, size_t *capacity,
                       struct error *error)
{
	struct zframe frame;
	if (held->len == 0) return true;
	if (!zframe_encode_to(encoder, held->ptr, held->len, container->spool, &frame, error)) return false;
	add_frame(container, capacity, &frame);
	held->len = 0;
	return true;
}

static bool keep_all(struct container *container, struct container *from, struct error *error)
{
	struct zframe_encoder *encoder = zframe_encoder_new(1);
	struct buf held = {0};
	struct str bytes;
	size_t capacity = 0;
	enum container_step step;
	bool good = true;
	while (good && (step = container_next(from, &bytes, error)) == CONTAINER_BYTES)
		while (good && bytes.len) {
			size_t n = ZFRAME_BYTES - held.len < bytes.len ? ZFRAME_BYTES - held.len : bytes.len;
			buf_add(&held, str_slice(bytes, 0, n));
			bytes = str_slice(bytes, n, bytes.len);
			if (held.len == ZFRAME_BYTES) good = keep_piece(container, encoder, &held, &capacity, error);
		}
	if (good && step == CONTAINER_FAULT) good = error_set(error, ERROR_VERIFY, from->path, "%s", from->fault);
	if (good && step == CONTAINER_ERROR) good = false;
	good = good && keep_piece(container, encoder, &held, &capacity, error);
	buf_free(&held);
	zframe_encoder_free(encoder);
	return good;
}

struct container *container_unpack(const char *path, struct error *error)
{
	struct container *from = container_open(path, error), *container = from ? open_file(path, error) : NULL;
	if (!container) {
		container_close(from);
		return NULL;
	}
	container->seekable = container->begun = container->zstd = true;
	container->spool = spool_open(NULL);
	container->packed_room = ZSTD_compressBound(ZFRAME_BYTES);
	container->out_room = ZFRAME_BYTES;
	container->packed = memory_grow(NULL, container->packed_room);
	container->out = memory_grow(NULL, container->out_room);
	bool good = keep_all(container, from, error);
	container_close(from);
	container->held = container->count;
	if (good && container->count) return container;
	if (good) error_set(error, ERROR_VERIFY, path, "the packet is empty");
	container_close(container);
	return NULL;
}

/* What reading from any place needs, and container_rest gave back. */
static void make_room(struct container *container)
{
	if (!container->decoder) make_decoder(container);
	if (container->packed_room && !container->packed) container->packed = memory_grow(NULL, container->packed_room);
	if (!container->out) container->out = memory_grow(NULL, container->out_room);
}

void container_rest(struct container *container)
{
	if (!container->seekable || container->shared) return;
	if (!container->resting) close(container->fd);
	container->resting = true;
	container->held = container->count;
	ZSTD_freeDCtx(container->decoder);
	free(container->packed);
	free(container->out);
	container->decoder = NULL;
	container->packed = container->out = NULL;
}

struct container *container_share(const struct container *of)
{
	struct container *container = memory_grow(NULL, sizeof(*container));
	*container = *of;
	container->shared = true;
	container->position = 0;
	container->fault[0] = '\0';
	container->held = container->count;
	container->decoder = NULL;
	container->packed = container->out = NULL;
	make_room(container);
	return container;
}

/* The last frame that starts at or before the position. */
static size_t frame_at(const struct container *container, uint64_t position)
{
	size_t low = 0, high = container->count;
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;
		if (container->places[middle] <= position)
			low = middle;
		else
			high = middle;
	}
	return low;
}

static enum container_step hold(struct container *container, size_t i, struct error *error)
{
	if (container->held == i) return CONTAINER_BYTES;
	size_t packed = (size_t)(container->starts[i + 1] - container->starts[i]);
	size_t content = (size_t)(container->places[i + 1] - container->places[i]);
	container->held = container->count;
	if (!read_at(container, container->starts[i], container->packed, packed, error)) return CONTAINER_ERROR;
	size_t n =
	    ZSTD_decompressDCtx(container->decoder, container->out, container->out_room, container->packed, packed);
	if (ZSTD_isError(n) || n != content)
		return fault(container, "damaged in the frame at offset %llu: %s",
		             (unsigned long long)container->starts[i],
		             ZSTD_isError(n) ? ZSTD_getErrorName(n) : "its size is not what the seek table says");
	container->held = i;
	return CONTAINER_BYTES;
}

static enum container_step next_plain_from_place(struct container *container, struct str *bytes, struct error *error)
{
	uint64_t left = container->file_size - container->position;
	size_t n = left < container->out_room ? (size_t)left : container->out_room;
	if (!read_at(container, container->position, container->out, n, error)) return CONTAINER_ERROR;
	*bytes = str_of(container->out, n);
	container->position += n;
	return CONTAINER_BYTES;
}

static enum container_step next_from_place(struct container *container, struct str *bytes, struct error *error)
{
	if (container->position >= container_size(container)) return CONTAINER_END;
	make_room(container);
	if (!container->zstd) return next_plain_from_place(container, bytes, error);
	size_t i = frame_at(container, container->position);
	enum container_step step = hold(container, i, error);
	if (step != CONTAINER_BYTES) return step;
	size_t skip = (size_t)(container->position - container->places[i]);
	*bytes = str_of(container->out + skip, (size_t)(container->places[i + 1] - container->places[i]) - skip);
	container->position = container->places[i + 1];
	return CONTAINER_BYTES;
}

/* --- both -------------------------------------------------------------------------------------------------------- */

enum container_step container_next(struct container *container, struct str *bytes, struct error *error)
{
	*bytes = STR_EMPTY;
	if (container->fault[0]) return CONTAINER_FAULT;
	if (container->at_end) return CONTAINER_END;
	if (container->seekable) return next_from_place(container, bytes, error);
	enum container_step step = next_in_order(container, bytes, error);
	if (step == CONTAINER_END) container->at_end = true;
	return step;
}

void container_seek(struct container *container, uint64_t position)
{
	container->position = position;
	container->fault[0] = '\0'; /* a fault elsewhere is no fault here */
}

bool container_is_seekable(const struct container *container) { return container->seekable; }
uint64_t container_position(const struct container *container) { return container->position; }
uint64_t container_size(const struct container *container)
{
	return container->zstd ? container->places[container->count] : container->file_size;
}
size_t container_frames(const struct container *container) { return container->count; }

bool container_frame(const struct container *container, size_t i, struct buf *out, struct zframe *frame, bool *got,
                     struct error *error)
{
	uint64_t from = container->starts[i], packed = container->starts[i + 1] - from;
	buf_reserve(out, (size_t)packed);
	char *bytes = out->ptr + out->len;
	if (!read_at(container, from, bytes, (size_t)packed, error)) return false;
	*got = packed > 9 && le32(bytes) == magic_frame && (bytes[4] & 0x04);
	if (!*got) return true;
	out->len += (size_t)packed;
	*frame = (struct zframe){.compressed = (uint32_t)packed,
	                         .content = (uint32_t)(container->places[i + 1] - container->places[i]),
	                         .checksum = le32(bytes + packed - 4)};
	return true;
}

bool container_copy_frames(const struct container *container, uint64_t position, uint64_t length, struct spool *spool,
                           struct frame_list *frames, unsigned char sha256[SHA256_BYTES], struct error *error)
{
	struct sha256 hash;
	struct buf packed = {0};
	uint64_t at = position, end = position + length;
	bool cut = container->starts || !length, good = true;
	sha256_begin(&hash);
	for (size_t i = cut && length ? frame_at(container, position) : 0; good && cut && at < end; i++) {
		struct zframe frame;
		cut = i < container->count && container->places[i] == at && container->places[i + 1] <= end;
		packed.len = 0;
		good = !cut || container_frame(container, i, &packed, &frame, &cut, error);
		if (!good || !cut) break;
		good = spool_append(spool, packed.ptr, packed.len, &frame.offset, error);
		sha256_add(&hash, packed.ptr, packed.len);
		frame_list_add(frames, frame);
		at = container->places[i + 1];
	}
	sha256_end(&hash, sha256);
	buf_free(&packed);
	return !good || cut ? good
	                    : error_set(error, ERROR_VERIFY, container->path,
	                                "its frames are not those that were written: the archive was packed again");
}

const char *container_fault(const struct container *container) { return container->fault; }

void container_summary(struct container *container, struct container_summary *summary)
{
	*summary = (struct container_summary){
	    .zstd = container->zstd,
	    .bytes = container->consumed,
	    .content = container->position,
	    .frames = container->frames,
	    .table = container->table,
	    .table_fits = container->table_fits,
	};
	if (container->whole.begun) sha256_end(&container->whole, summary->sha256);
}
