/* packet_json: data/packet.json, what went into a packet: enough to make it again, and to see that it is the same.
 *
 *   {"dossier":"packet","version":1,"tool_version":"1.0","change":"CHG-1","as_of":"2026-03-01T08:00:00Z",
 *    "options":{...},"verdict":"pass","evidence_digest":"64 hex digits",
 *    "inputs":[{"side":"before","path":"data/evidence/before/...","sha256":"...","bytes":1,"format":"sarif",
 *               "tool":"CodeQL","tool_version":"2.4.0","captured":"...","records":1}],
 *    "not_carried":[{"side":"before","path":"latest","why":"a symbolic link"}],
 *    "redaction":{"marker":"[redacted]","rules":[{"id":"RD-1","reason":"...","values":3,"files":1}],
 *                 "files":[{"side":"before","path":"a.sarif","original_sha256":"64 hex digits","original_bytes":1,"values":3},
 *                          {"side":"after","path":"shot.png","unsearched":true}]},
 *    "templates":[{"name":"formats/sarif.json","sha256":"..."}],
 *    "counts":{"before":{"files":1,"records":1,"open":1,"by_severity":{}},"after":{...},"outcomes":{...},"facts":{...},
 *              "checks":0,"controls":0,"exceptions":0,"warnings":0}}
 *
 * change is null without --change. Inputs are in the order of their paths, before first; "duplicate":true or
 * "superseded":true stands at the end of one that is carried but not counted. not_carried is there only if something lay beside the
 * evidence that no packet carries, redaction only with --redact; an input that --evidence left out has "carried":false. result.options is taken over as it is
 * where it is a JSON object, else as a string.
 */
#ifndef DOSSIER_RENDER_PACKET_JSON_H
#define DOSSIER_RENDER_PACKET_JSON_H

#include "analyze/result.h"
#include "render/sink.h"

/* A template that the result depends on; the caller sorts them by name. */
struct packet_template {
	struct str name;
	struct str sha256; /* 64 hex digits */
};

bool packet_json(const struct result *result, const struct packet_template *templates, size_t template_count,
                 struct sink sink, struct error *error);

#endif
