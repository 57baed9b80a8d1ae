/* container: the file that a packet is: a tar in zstd frames, or a plain tar. Gives the bytes of the tar, in order or, where
 * a seek table stands at the end, from any place.
 *
 * In order (container_open): everything is looked at once, so that a pipe will do. The reader notices what a decoder would
 * pass over: frames that hold no data, bytes behind the end, a seek table that does not fit. Memory: a window of at most
 * 128 MB and two buffers.
 * From any place (container_open_seekable): 16 bytes of memory for each frame of the table. A plain tar needs no table.
 *
 * A fault is a property of the bytes (container_fault: one line); an error is the system's.
 */
#ifndef DOSSIER_RENDER_CONTAINER_H
#define DOSSIER_RENDER_CONTAINER_H

#include "core/error.h"
#include "core/sha256.h"
#include "core/str.h"
#include "core/zframes.h"

struct container;

enum container_step { CONTAINER_BYTES, CONTAINER_END, CONTAINER_FAULT, CONTAINER_ERROR };

/* NULL on error: the file is not there, no file, or may not be read. */
struct container *container_open(const char *path, struct error *error);
/* NULL without an error (kind ERROR_NONE) when the file is zstd without a seek table that fits its size, or no regular file. */
struct container *container_open_seekable(const char *path, struct error *error);
/* The same for a zstd that has no table: it is read once, in order, and kept in a spool in frames of its own. NULL on error;
 * what the file is reproached with is ERROR_VERIFY. */
struct container *container_unpack(const char *path, struct error *error);
/* Another view of the same seekable container, with a position of its own, for another thread. It shares the table: the
 * first must outlive it. */
struct container *container_share(const struct container *of);
/* Seekable only. Gives the file's handle and the buffers back, for a container that is one of many: from now on the file is opened for each read,
 * and views share that. It must not change meanwhile; one of another size is ERROR_SYSTEM. */
void container_rest(struct container *container);
void container_close(struct container *container); /* NULL is allowed */

/* The next bytes of the tar, valid until the next call. */
enum container_step container_next(struct container *container, struct str *bytes, struct error *error);
/* Seekable only. The next bytes are those at this position of the tar. */
void container_seek(struct container *container, uint64_t position);
bool container_is_seekable(const struct container *container);
/* Position in the tar of the byte that container_next gives next. */
uint64_t container_position(const struct container *container);
/* Seekable only: bytes of the tar. */
uint64_t container_size(const struct container *container);

/* Seekable only. Appends frame i as it is in the file and fills in what a seek table says of it; *got false: there are no such
 * frames here, or they do not end with a checksum. */
size_t container_frames(const struct container *container);
bool container_frame(const struct container *container, size_t i, struct buf *out, struct zframe *frame, bool *got,
                     struct error *error);
/* Seekable zstd only, and by many threads at once. The frames that hold exactly these bytes of the tar, as they stand in the file,
 * appended to the spool and the list; sha256 is over them as they are, compressed. ERROR_VERIFY if frames are not cut there. */
bool container_copy_frames(const struct container *container, uint64_t position, uint64_t length, struct spool *spool,
                           struct frame_list *frames, unsigned char sha256[SHA256_BYTES], struct error *error);

const char *container_fault(const struct container *container);

/* In order, after CONTAINER_END. */
struct container_summary {
	bool zstd;                          /* else a plain tar */
	uint64_t bytes, content;            /* of the file, of the tar */
	uint64_t frames;                    /* that hold data */
	bool table, table_fits;             /* a seek table ends the file; its rows are the frames */
	unsigned char sha256[SHA256_BYTES]; /* of the file */
};
void container_summary(struct container *container, struct container_summary *summary);

#endif
