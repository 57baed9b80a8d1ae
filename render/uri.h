/* uri: references to files of the packet, RFC 3986. */
#ifndef DOSSIER_RENDER_URI_H
#define DOSSIER_RENDER_URI_H

#include "core/buf.h"

/* A path as the path of a URI: every byte but letters, digits and -._~/ is percent-encoded. Whatever a file is called, the
 * reference can name nothing else: no scheme, no query, no fragment. */
void uri_path(struct buf *buf, struct str path);

#endif
