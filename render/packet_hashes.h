/* packet_hashes: what a packet's two manifests say of its files, by path. */
#ifndef DOSSIER_RENDER_PACKET_HASHES_H
#define DOSSIER_RENDER_PACKET_HASHES_H

#include "core/strings.h"
#include "render/packet.h"

/* Zero-initialised is empty; packet_hashes_free, also after an error. */
struct packet_hashes {
	struct strings paths;
	unsigned char (*of)[SHA256_BYTES]; /* by number - 1 */
	size_t count, capacity;
};

/* Lines that are none are passed over: to judge them is packet_verify's. */
bool packet_hashes_read(struct packet *packet, struct packet_hashes *hashes, struct error *error);
/* NULL if no manifest names the path. */
const unsigned char *packet_hash(const struct packet_hashes *hashes, struct str path);
void packet_hashes_free(struct packet_hashes *hashes);

#endif
