/* facts: a resource's properties as dotted names and texts: `extensions.ContainerSensor.isEnabled` = `True`.
 *
 * Members below "properties" are named without it, so that the three wrappings of one resource give the same facts. An array of
 * objects is keyed by their "name", "category" or "categoryGroup" (else by index), an array of scalars is one fact,
 * compact JSON text. null, {} and [] are no fact. Dates with a time are normalised, so that the same moment reads the same from CLI and REST.
 */
#ifndef DOSSIER_COLLECT_FACTS_H
#define DOSSIER_COLLECT_FACTS_H

#include "collect/snapshot.h"

struct facts_source {
	struct str subject;
	uint32_t unit, input;
	uint64_t span;
	const struct str *omit; /* names of top members that are no facts; compared without case */
	size_t omit_count;
	const struct str *flatten; /* names of objects, beside "properties", whose members are named without it */
	size_t flatten_count;
};

/* The record has been validated already. Adds to snapshot->facts. */
void facts_read(struct snapshot *snapshot, struct str record, const struct facts_source *source);
void facts_add(struct snapshot *snapshot, const struct facts_source *source, struct str name, struct str value);

#endif
