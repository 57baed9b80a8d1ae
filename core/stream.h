/* stream: the bytes of a regular file, or of another source, decoded: plain, gzip (RFC 1952) or zstd (RFC 8878), recognised by their first bytes; then
 * UTF-8 with or without a byte order mark, or UTF-16 and UTF-32 with one (or with the zeros that give UTF-16 away), converted.
 *
 * The raw bytes pass a tap on their way, block by block while they are in cache: hashing and compressing evidence cost no
 * second read. Offsets that the reader counts are those of the decoded bytes plus stream->skipped (a UTF-8 mark).
 */
#ifndef DOSSIER_CORE_STREAM_H
#define DOSSIER_CORE_STREAM_H

#include "core/buf.h"
#include "core/error.h"
#include "core/file.h"

struct stream_tap {
	void *context;
	/* Returns false after filling in the error. */
	bool (*raw)(void *context, const char *bytes, size_t len, struct error *error);
};

/* Where raw bytes come from when it is no file: a member of a container. */
struct stream_source {
	void *context;
	/* Up to capacity bytes in order; *got 0 is the end. False: no more can be had, and after that always. ERROR_INPUT means
	 * that the bytes are damaged from here on (stream->damaged). */
	bool (*read)(void *context, char *dst, size_t capacity, size_t *got, struct error *error);
};

struct stream_decoder; /* private */

struct stream {
	struct file file; /* not open: there is a source */
	struct stream_source source;
	const char *path;     /* borrowed, for messages */
	uint64_t size;        /* as it was when the file was opened; UINT64_MAX of a source */
	uint64_t raw;         /* raw bytes read so far */
	uint64_t decoded;     /* decoded bytes handed out so far */
	unsigned skipped;     /* bytes of a UTF-8 byte order mark before the first decoded byte */
	const char *encoding; /* "": as it is; "gzip", "zstd" */
	bool damaged; /* the compressed or encoded bytes are wrong from here on: stream_read fails with `damage`, */
	struct error damage; /* but what was read before is good */
	bool converted;      /* from UTF-16 or UTF-32: offsets are those of the converted text */
	struct stream_tap tap;
	struct stream_decoder *decoder;
};

/* Refuses what is not a regular file. The tap may be NULL. */
bool stream_open(struct stream *stream, const char *path, const struct stream_tap *tap, struct error *error);
/* Same, for an open file, which the stream then owns, also after an error. */
bool stream_open_file(struct stream *stream, struct file file, const struct stream_tap *tap, struct error *error);
/* Same, for a source, which must outlive the stream. */
bool stream_open_source(struct stream *stream, struct stream_source source, const char *path,
                        const struct stream_tap *tap, struct error *error);
/* Up to capacity decoded bytes; *got 0 is the end. False: a damaged compressed file (ERROR_INPUT), a file that changed its
 * size while it was read (ERROR_INPUT), an I/O error (ERROR_SYSTEM). */
bool stream_read(struct stream *stream, char *dst, size_t capacity, size_t *got, struct error *error);
/* Appends decoded bytes [from, from + length), counted with stream->skipped; reads on from where the stream is, which must
 * not be past them. False also if the stream ends before. */
bool stream_read_range(struct stream *stream, uint64_t from, uint64_t length, struct buf *out, struct error *error);
/* Reads what is left of the raw bytes, so that the tap has seen all of them: of a damaged source, all that there are. */
bool stream_drain(struct stream *stream, struct error *error);
void stream_close(struct stream *stream);

#endif
