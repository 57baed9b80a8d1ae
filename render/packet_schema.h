/* packet_schema: whether the XML that a packet's reports are is XML, and report.xml what its schema says.
 *
 * data/report.xml is held against the given schema (the one of this program) if the packet's own report.xsd has the same bytes; a packet of
 * another version is only held to be well-formed, since a schema out of a packet is not followed. All other XML of the packet, but not
 * evidence and options, must be well-formed. None may have a document type: so nothing outside is loaded and nothing grows.
 *
 * Read as a stream; memory does not grow with the files.
 */
#ifndef DOSSIER_RENDER_PACKET_SCHEMA_H
#define DOSSIER_RENDER_PACKET_SCHEMA_H

#include "render/packet.h"

/* The verdict is a check named "schema", its detail in the arena. schema: the text of report.xsd. False with the error: no judgement was
 * possible. The packet should have been judged by packet_verify before. */
bool packet_schema(struct packet *packet, struct str schema, struct arena *arena, struct verify_check *check,
                   struct error *error);

#endif
