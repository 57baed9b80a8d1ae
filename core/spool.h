/* spool: a temporary store that only grows. Bytes go in at the end and get an offset; they can be read back from there.
 *
 * The first SPOOL_MEMORY bytes stay in memory, SPOOL_LIMITED where memory is limited (core/large.h); what comes after goes to a file that has no
 * name (O_TMPFILE, else created and unlinked at once), so nothing is left behind however the program ends. The file is created when it is
 * first needed.
 *
 * spool_append and spool_read may be called by many threads at once; spool_close by one thread while no other
 * uses the spool. Offsets depend on the order of the calls: no output may depend on them.
 *
 * Errors: ERROR_SYSTEM with the folder's name (no space, no right to write, an I/O error), which are the machine's and
 * not the user's; spool_read of bytes that were never appended is one too.
 */
#ifndef DOSSIER_CORE_SPOOL_H
#define DOSSIER_CORE_SPOOL_H

#include "core/error.h"
#include "core/str.h"

#define SPOOL_MEMORY ((uint64_t)32 << 20)
#define SPOOL_LIMITED ((uint64_t)8 << 20)

struct spool;

/* folder is where the file will be; NULL: $TMPDIR, else /tmp. Copied. Never fails: nothing is created yet. */
struct spool *spool_open(const char *folder);
/* In the folder of a file. */
struct spool *spool_beside(const char *path);
/* *offset is where the bytes are from now on. */
bool spool_append(struct spool *spool, const void *bytes, size_t len, uint64_t *offset, struct error *error);
/* All len bytes or an error. */
bool spool_read(struct spool *spool, uint64_t offset, void *bytes, size_t len, struct error *error);
/* NULL is allowed. */
void spool_close(struct spool *spool);

#endif
