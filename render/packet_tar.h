/* packet_tar: the members of a container, one after another, with libarchive's tar reader; and what a careful reader holds
 * against each of them.
 *
 * A member with a fault is still a member: the walk goes on behind it, so that everything that is wrong can be counted.
 * After TAR_FAULT (the bytes are no tar, are cut off, or over a limit of render/packet.h) and TAR_ERROR it does not.
 */
#ifndef DOSSIER_RENDER_PACKET_TAR_H
#define DOSSIER_RENDER_PACKET_TAR_H

#include "core/error.h"
#include "core/str.h"
#include "render/container.h"

struct packet_tar;

enum tar_step { TAR_ENTRY, TAR_END, TAR_FAULT, TAR_ERROR };

struct tar_entry {
	struct str name; /* without a leading "./" and without '/' at its end; valid until the next step */
	bool folder;
	uint64_t size;     /* bytes of content; 0 for folders */
	const char *fault; /* NULL, or what is wrong, as "is a symbolic link" */
	int64_t mtime;     /* seconds */
	uint64_t header;   /* position in the tar where its headers begin */
};

/* The container stays the caller's and must outlive this. */
struct packet_tar *packet_tar_open(struct container *container);
void packet_tar_close(struct packet_tar *tar); /* NULL is allowed */

/* The next member; content that was not read is passed over, in a seekable container without decompressing it. At TAR_END
 * the rest of the container was read too: there are two blocks of zeros, and nothing else behind them. */
enum tar_step packet_tar_next(struct packet_tar *tar, struct tar_entry *entry, struct error *error);
/* Some more content of the current member. TAR_ENTRY: bytes (valid until the next call); TAR_END: no more. */
enum tar_step packet_tar_read(struct packet_tar *tar, struct str *bytes, struct error *error);
/* The position at which the end of the tar, or the member that comes next, begins: after packet_tar_next. */
uint64_t packet_tar_position(const struct packet_tar *tar);

/* After TAR_FAULT: one line without control characters. */
const char *packet_tar_fault(const struct packet_tar *tar);

#endif
