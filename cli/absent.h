/* absent: evidence that a packet names but does not carry (build --evidence), and where it is found again.
 *
 * data/evidence-sha256.txt of such a packet names all of its evidence. What is not in the packet can be given beside it: a folder
 * (--evidence-from), whose files are known by their hash; what they are called and where they lie in it does not matter.
 */
#ifndef DOSSIER_CLI_ABSENT_H
#define DOSSIER_CLI_ABSENT_H

#include "core/sha256.h"
#include "render/packet.h"

/* Zero-initialised: nothing is absent. absent_free, also after an error. */
struct absent {
	struct absent_file {
		struct str path; /* "data/evidence/before/scan.sarif" */
		unsigned char sha256[SHA256_BYTES];
		const char *found;     /* the file of these bytes, or NULL */
	} * files;                     /* by path */
	size_t count, found, evidence; /* evidence: files that the list names, absent or not */
	struct file_origin origin, packet;
	struct arena arena;
};

/* from: the folder, or NULL. wanted: looks for the file of this path only; empty: for all. */
bool absent_read(struct packet *packet, const char *from, struct str wanted, struct absent *absent,
                 struct error *error);
void absent_free(struct absent *absent);
/* The row of a path, or NULL: it is in the packet, or in no list. */
const struct absent_file *absent_find(const struct absent *absent, struct str path);
/* The packet's files and those that were found, by their paths in the packet. Lives as long as both. */
const struct file_origin *absent_origin(struct absent *absent, const struct file_origin *packet);
/* ERROR_INPUT, which says how many are missing, and which is the first. */
bool absent_missing(const struct absent *absent, const char *packet, struct error *error);

#endif
