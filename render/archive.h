/* archive: writes a `.tar.zst`: a tar made of independent zstd frames, with zstd's seek table at the end.
 *
 *   [frame: header of A][frame: A, first MB][frame: A, second MB][frame: padding of A, header of B][frame: B] ...
 *   [frame: padding, end of the tar][skippable frame: seek table]
 *
 * Any zstd reads it as one stream, any tar as one tar (POSIX ustar headers; GNU's long-name header where a name has no
 * place in ustar, because busybox knows that one and not pax; made by libarchive, mode 0644, uid and gid 0, no user names,
 * one mtime for all). The seek table (zstd contrib/seekable_format, version 0.1.0, with checksums) lets a reader go to
 * any byte without what is before it. No directory entries are written: every tar makes the folders it needs.
 *
 * The file is written beside the target as `.NAME.dossier-PID-N`, locked while it is written, synced and renamed into
 * place by archive_finish; whatever happens before, a file of that name is untouched. Files of that kind that a killed
 * run left behind (nobody holds their lock) are removed by the next archive_open for the same target.
 *
 * The bytes depend on names, contents, mtime, level and the version of libzstd alone.
 *
 * Names are UTF-8, relative, '/' between parts, at most ARCHIVE_NAME_MAX bytes and ARCHIVE_PARTS_MAX parts of at most
 * 255 bytes, without empty, `.` or `..` parts and without control characters; no two of them equal, or equal but for the case of ASCII letters; none may be a folder of
 * another. A name that breaks this is ERROR_INPUT and says which rule. So is content that a careful reader would refuse
 * as a decompression bomb (render/packet.h).
 *
 * One thread at a time. After an error only archive_abort may follow. Errors of writing are ERROR_SYSTEM; a target in a
 * folder that does not exist or may not be written to, or that is not a regular file, is ERROR_INPUT.
 */
#ifndef DOSSIER_RENDER_ARCHIVE_H
#define DOSSIER_RENDER_ARCHIVE_H

#include "core/arena.h"
#include "core/error.h"
#include "core/sha256.h"
#include "core/str.h"
#include "core/zframes.h"

enum { ARCHIVE_NAME_MAX = 1024, ARCHIVE_PARTS_MAX = 65, ARCHIVE_MEMBERS_MAX = 250000 };
/* Decompressed bytes that a container of n bytes may hold. */
#define ARCHIVE_CONTENT_MAX(n) (((uint64_t)256 << 20) + (uint64_t)1000 * (n))

struct archive_writer;

struct archive_member {
	struct str name; /* lives as long as the archive */
	uint64_t size;
	unsigned char sha256[SHA256_BYTES];
};

/* mtime in seconds since the epoch, 0 or later; level 1 to 19; jobs: threads for compression, 0 and 1 are one. path NULL: a
 * dry run, which judges names and hashes members but writes and compresses nothing. NULL on error. */
struct archive_writer *archive_open(const char *path, int64_t mtime, int level, unsigned jobs, struct error *error);

/* Begins an archive with the members of another: `end` is where the tar's end begins in it. Its frames are copied as they are;
 * where they cannot be, the content is compressed anew. Before any other member; names go before, by archive_reserve. */
struct container;
bool archive_take_over(struct archive_writer *archive, struct container *from, uint64_t end, struct error *error);
/* The name of a member that is taken over. */
bool archive_reserve(struct archive_writer *archive, struct str name, struct error *error);

/* A member in memory. */
bool archive_add(struct archive_writer *archive, struct str name, struct str bytes, struct error *error);

/* A member that was hashed and compressed before. size must be frames->content (in a dry run there need be no frames); the hash
 * is believed. */
bool archive_add_frames(struct archive_writer *archive, struct str name, uint64_t size,
                        const unsigned char sha256[SHA256_BYTES], const struct frame_list *frames, struct spool *spool,
                        struct error *error);

/* What was added so far, in the order it was added. */
const struct archive_member *archive_members(const struct archive_writer *archive, size_t *count);

/* Ends the tar, writes the seek table, syncs and renames. sha256 and size (of the whole file) may be NULL. The archive is
 * gone afterwards, also when this fails (then as by archive_abort). */
bool archive_finish(struct archive_writer *archive, unsigned char sha256[SHA256_BYTES], uint64_t *size,
                    struct error *error);
/* Removes the temporary file. NULL is allowed. */
void archive_abort(struct archive_writer *archive);

/* NULL if the name may be used in an archive, else what is wrong with it, as "has a part named '..'". For those who choose
 * names before they write. */
const char *archive_name_fault(struct str name);

#endif
