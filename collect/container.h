/* container: a zip or a tar (also in gzip or zstd) that holds files of evidence, its members, read with libarchive.
 *
 * A container comes from outside; nothing of it is written to disk, and memory and time are bounded:
 *   members               CONTAINER_MEMBERS_MAX, of any type
 *   a member's bytes      CONTAINER_MEMBER_MAX
 *   all bytes             CONTAINER_CONTENT_MAX(bytes of the container), decompressed
 *   a member's name       CONTAINER_NAME_MAX
 *   depth                 1: a container in a container is not opened
 * What goes over a bound, is damaged or encrypted is named, and the rest is read.
 *
 * A member's name is relative, made of valid UTF-8 without control characters, has no "..", and is that of one member alone;
 * "./" before it is left off. Any other member is refused.
 */
#ifndef DOSSIER_COLLECT_CONTAINER_H
#define DOSSIER_COLLECT_CONTAINER_H

#include "core/buf.h"
#include "core/stream.h"

enum { CONTAINER_MEMBERS_MAX = 10000, CONTAINER_NAME_MAX = 1024 };
#define CONTAINER_MEMBER_MAX ((uint64_t)16 << 30)
#define CONTAINER_CONTENT_MAX(compressed) (((uint64_t)256 << 20) + (uint64_t)1000 * (compressed))

enum container_kind { CONTAINER_NONE, CONTAINER_ZIP, CONTAINER_TAR };

/* By the first bytes that a stream gives, 512 of them where there are as many: a zip's local header (or the end of an empty
 * one), a tar's header with ustar magic and a right checksum. Never by a name. */
enum container_kind container_recognise(struct str head);

struct container_member {
	struct str name;     /* valid until the next one; as the container writes it if it is refused */
	const char *refused; /* why it is not read ("is a symbolic link"), or NULL */
};

struct members;

/* Takes an open file, which the container then owns, also after an error. Errors: ERROR_SYSTEM; damage shows at the members.
 * NULL on error. */
struct members *members_open(struct file file, enum container_kind kind, struct error *error);
/* The next member that is no folder, in the order of the container. False: there is none; error->kind is ERROR_NONE at the end,
 * ERROR_INPUT if the container is damaged or over a bound from here on: what was read before is good. */
bool members_next(struct members *container, struct container_member *member, struct error *error);
/* The bytes of the member at hand: a struct stream_source's read. */
bool members_read(void *container, char *dst, size_t capacity, size_t *got, struct error *error);
void members_close(struct members *container); /* NULL is allowed */

/* Bytes [from, from + length) of the named member's decoded bytes, appended to out. Takes the file as above. */
bool members_read_range(struct file file, struct str member, uint64_t from, uint64_t length, struct buf *out,
                        struct error *error);

#endif
