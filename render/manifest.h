/* manifest: reads the lines of a bag's manifests (RFC 8493, 2.1.3), which may be anybody's. */
#ifndef DOSSIER_RENDER_MANIFEST_H
#define DOSSIER_RENDER_MANIFEST_H

#include "core/buf.h"
#include "core/sha256.h"

/* Cuts the next line off, without LF or CR LF. */
struct str manifest_line(struct str *rest);
/* A line's hash and path, its CR, LF and % decoded, in the line or in scratch. False: it is not one. */
bool manifest_entry(struct str line, unsigned char sha256[SHA256_BYTES], struct str *path, struct buf *scratch);

#endif
