/* uri: references to files of the packet, RFC 3986. */
#ifndef DOSSIER_RENDER_URI_H
#define DOSSIER_RENDER_URI_H

#include "collect/snapshot.h"
#include "core/buf.h"

/* A path as the path of a URI: every byte but letters, digits and -._~/ is percent-encoded. Whatever a file is called, the
 * reference can name nothing else: no scheme, no query, no fragment. */
void uri_path(struct buf *buf, struct str path);

/* The number of the file that holds an input: of a container's member the container's, which is the evidence; else its own. */
uint32_t evidence_file(const struct snapshot *snapshot, uint32_t input);
/* The reference to it, from `above` ("../" of a report in a folder of its own): "../evidence/after/scan.json". */
void evidence_uri(struct buf *buf, const char *above, const struct snapshot *snapshot, enum side side, uint32_t input);

#endif
