/* outputs: which files a packet holds, and in which order they are written. */
#ifndef DOSSIER_CLI_OUTPUTS_H
#define DOSSIER_CLI_OUTPUTS_H

#include "cli/settings.h"
#include "core/spool.h"
#include "render/bag.h"
#include "render/sign.h"

struct outputs {
	struct result *result;
	const struct settings *settings;
	struct spool *spool;         /* of the compressed evidence; NULL in a dry run */
	const struct signer *signer; /* NULL: not signed */
	unsigned threads;
};

/* SHA-256 over the manifest lines of the evidence, into result->evidence_digest. */
void outputs_evidence_digest(struct result *result);
/* Whether --also knows the name; outputs_also_names lists those that it knows: "html, sarif". */
bool outputs_also_known(const char *name);
struct str outputs_also_names(struct arena *arena);
/* Writes the packet; nothing carries its name before it is whole. */
bool outputs_write(const struct outputs *outputs, const char *path, struct bag_result *written, struct error *error);
/* Writes nothing, but tells name, size and hash of every file that the packet would hold, unsigned. */
bool outputs_list(const struct outputs *outputs,
                  void (*each)(void *context, struct str path, uint64_t size, const unsigned char sha256[SHA256_BYTES]),
                  void *context, struct error *error);

#endif
