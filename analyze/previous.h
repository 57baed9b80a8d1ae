/* previous: the chain of packets. What `build --previous PACKET` read from the earlier packet, as a file that the new packet carries
 * (data/options/previous.json), and how its after side stands to our before side.
 *
 *   {"dossier":"previous","version":1,"change":"CHG-1","packet_sha256":"...","tagmanifest_sha256":"...",
 *    "evidence_digest":"...","after":[{"path":"scan.sarif","sha256":"..."}]}
 */
#ifndef DOSSIER_ANALYZE_PREVIOUS_H
#define DOSSIER_ANALYZE_PREVIOUS_H

#include "analyze/result.h"
#include "core/error.h"

bool previous_read(const char *file, struct arena *arena, struct previous *previous, struct error *error);
/* Counts result->previous against the before side. */
void previous_compare(struct result *result);
/* One sentence where they differ; empty where they do not, or there is no earlier packet. */
struct str previous_difference(const struct result *result, struct arena *arena);

#endif
