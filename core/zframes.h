/* zframes: bytes as independent zstd frames (RFC 8878), cut at fixed offsets.
 *
 * A stream is cut every ZFRAME_BYTES; each piece becomes one zstd frame that needs no other frame, names its content size
 * and ends with a checksum. The compressed bytes depend on the content and the level alone, not on how the content was
 * handed over, nor on threads. Frames lie in a spool until an archive copies them (render/archive.h, archive_add_frames),
 * without compressing them again.
 *
 * Two ways in:
 *   frame_compressor   one thread, a stream: begin, add as often as you like, end
 *   zframe_encoder     one piece at a time, one encoder for each thread; the caller puts the frames in order with
 *                      frame_list_add. Each piece but the last must be exactly ZFRAME_BYTES long.
 */
#ifndef DOSSIER_CORE_ZFRAMES_H
#define DOSSIER_CORE_ZFRAMES_H

#include "core/buf.h"
#include "core/error.h"
#include "core/spool.h"

enum { ZFRAME_BYTES = 1 << 20, ZFRAME_LEVEL = 3 };

struct zframe {
	uint64_t offset;     /* in the spool */
	uint32_t compressed; /* bytes of the frame */
	uint32_t content;    /* bytes it decompresses to */
	uint32_t checksum;   /* low 32 bits of the content's XXH64: what the frame ends with, what a seek table holds */
};

/* The frames of one stream in order. Zero-initialised is an empty stream. */
struct frame_list {
	struct zframe *frames; /* heap, frame_list_free */
	size_t count, capacity;
	uint64_t content, compressed; /* sums, in bytes */
};

void frame_list_add(struct frame_list *list, struct zframe frame);
void frame_list_free(struct frame_list *list);

/* One thread's compression context, about 1 MB at level 3. */
struct zframe_encoder;
struct zframe_encoder *zframe_encoder_new(int level); /* 1 to 19 */
/* It is kept for the next zframe_encoder_new. By any thread. */
void zframe_encoder_free(struct zframe_encoder *encoder);
/* Compresses len bytes (1 to ZFRAME_BYTES). The bytes stay with the encoder until its next use; frame->offset is 0. */
struct str zframe_encode(struct zframe_encoder *encoder, const void *bytes, size_t len, struct zframe *frame);
/* The same, and appends the frame to the spool. */
bool zframe_encode_to(struct zframe_encoder *encoder, const void *bytes, size_t len, struct spool *spool,
                      struct zframe *frame, struct error *error);

/* The frame of a short piece (1 to ZFRAME_RUNS_MAX bytes) that is mostly runs of one byte, as a tar header is: runs as RLE blocks, what is
 * between them as it is (RFC 8878, section 3.1.1.2). About as short as an encoder makes it, whose tables cost some fifty times the
 * work. Appended to out; frame->offset is 0. */
enum { ZFRAME_RUNS_MAX = 1 << 15 };
void zframe_of_runs(const void *bytes, size_t len, struct buf *out, struct zframe *frame);

struct frame_compressor {
	struct spool *spool;    /* the caller's; must outlive the frames */
	struct frame_list list; /* what is finished; moved out by frame_compressor_end */
	struct zframe_encoder *encoder;
	char *piece; /* ZFRAME_BYTES, the encoder's; used when the pieces handed in do not fall on the cuts */
	size_t held;
};

/* Cannot fail. Once for each compressor; frame_compressor_drop ends its life. */
void frame_compressor_begin(struct frame_compressor *compressor, struct spool *spool, int level);
/* Handed over in multiples of ZFRAME_BYTES, the bytes are compressed where they are, without a copy. After an error only
 * frame_compressor_drop may follow. */
bool frame_compressor_add(struct frame_compressor *compressor, const void *bytes, size_t len, struct error *error);
/* The last frame; the list becomes the caller's (frame_list_free). The compressor is then ready for the next stream, without
 * another begin. */
bool frame_compressor_end(struct frame_compressor *compressor, struct frame_list *list, struct error *error);
/* Gives all memory back, also in the middle of a stream. */
void frame_compressor_drop(struct frame_compressor *compressor);

/* Reads content bytes [from, from + len) of a stream back out of the spool, touching only the frames they lie in. */
bool frame_list_read(const struct frame_list *list, struct spool *spool, uint64_t from, void *bytes, size_t len,
                     struct error *error);

#endif
