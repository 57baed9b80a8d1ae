/* uuid: names made from content, version 5 of RFC 9562 (5.5; RFC 4122, 4.3): SHA-1 over a namespace and a name. The same
 * content has the same UUID in every packet, so that what refers to it need not be told anew.
 *
 * The namespace is our own: UUID_NAMESPACE is itself the version 5 UUID, in the namespace for URLs, of XML_REPORT_NAMESPACE.
 * The name is a kind and its parts, with a line feed between them:
 *
 *     uuid_of(id, "subject", parts, 1)   of   "subject\nregistry.example/shop/web"
 */
#ifndef DOSSIER_RENDER_UUID_H
#define DOSSIER_RENDER_UUID_H

#include "core/str.h"

enum { UUID_TEXT = 36 };
#define UUID_NAMESPACE "8d92357a-fed6-56dc-a7e9-c5d306a5357f"

/* Lower case, with a NUL. */
void uuid_of(char out[UUID_TEXT + 1], const char *kind, const struct str *parts, size_t count);

#endif
