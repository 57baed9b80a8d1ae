/* sealing: what `sign` and `timestamp` have in common: only a packet that verifies gets something added. */
#ifndef DOSSIER_CLI_SEALING_H
#define DOSSIER_CLI_SEALING_H

#include "render/seal.h"

/* Zero-initialised is closed. */
struct sealing {
	struct packet *packet;
	struct buf tags;                    /* tagmanifest-sha256.txt */
	unsigned char sha256[SHA256_BYTES]; /* of the packet as a file */
	const struct packet_member *members;
	size_t member_count;
};

/* Verifies and opens the packet. A check that does not hold is ERROR_VERIFY. */
bool sealing_open(struct sealing *sealing, const char *path, unsigned jobs, struct error *error);
bool sealing_has(const struct sealing *sealing, struct str name);
/* Writes the packet with the additions, and says so: path, SHA-256 and the names, or one JSON object of the command. */
bool sealing_write(struct sealing *sealing, const char *target, const struct seal_addition *additions, size_t count,
                   const char *command, bool json, struct error *error);
void sealing_close(struct sealing *sealing);

#endif
