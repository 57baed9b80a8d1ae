/* seal: what is added to a finished packet, beside its manifests: signatures, statements, a time stamp.
 *
 * The bag stays as it is to the byte, and so do the archive's frames: a packet of many gigabytes is sealed as fast as it is copied.
 * The new packet takes the old one's place, or another, when it is whole (render/archive.h).
 */
#ifndef DOSSIER_RENDER_SEAL_H
#define DOSSIER_RENDER_SEAL_H

#include "render/bag.h"
#include "render/packet.h"

struct seal_addition {
	struct str name; /* from the bag's folder: "tagmanifest-sha256.txt.p7s" */
	struct str bytes;
};

/* mtime: seconds, of the new members. A name that is in the packet already is ERROR_INPUT. */
bool seal_add(struct packet *packet, const char *target, int64_t mtime, const struct seal_addition *additions,
              size_t count, struct bag_result *written, struct error *error);

#endif
