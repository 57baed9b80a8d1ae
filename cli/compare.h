/* compare: whether a packet's files are what this program makes of the packet's own evidence. */
#ifndef DOSSIER_CLI_COMPARE_H
#define DOSSIER_CLI_COMPARE_H

#include "cli/command.h"
#include "render/packet.h"

/* Files with their hashes, in any order. Zero-initialised is empty; listing_free. */
struct listing {
	struct listed {
		struct str path;
		uint64_t size;
		unsigned char sha256[SHA256_BYTES];
	} * files;
	size_t count, capacity;
	struct arena arena;
};
/* As packet_verify and outputs_list want it; context is a listing. */
void listing_add(void *context, struct str path, uint64_t size, const unsigned char sha256[SHA256_BYTES]);
void listing_free(struct listing *listing);

/* Computes the packet's result and every file anew, and compares them with `found`, what is in the packet, which gets sorted.
 * The verdict is a check named "recompute", its detail in the arena. False with the error: no judgement was possible. */
bool packet_recompute(const char *path, const struct common *common, struct listing *found, struct arena *arena,
                      struct verify_check *check, struct error *error);

#endif
