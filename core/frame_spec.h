/* frame_spec: the paths that a framer looks for, compiled. Inside of core/ only: frame.h is what others use. */
#ifndef DOSSIER_CORE_FRAME_SPEC_H
#define DOSSIER_CORE_FRAME_SPEC_H

#include "core/frame.h"
#include "core/pathtrie.h"

struct frame_spec {
	struct pathtrie trie; /* record paths and keep paths together */
	struct arena *arena;
	bool sequence, keeps; /* keeps: there are keep paths */
	size_t capacity, records;
	int *record; /* by number of the path: the record path's number, or -1 */
	bool *keep;  /* by number of the path */
	int *path;   /* by number of the record path: the path's */
};

/* The lowest record path that ends at the node, or -1. */
int frame_spec_record_at(const struct frame_spec *spec, const struct path_node *node);
/* A keep path ends at the node. */
bool frame_spec_keep_at(const struct frame_spec *spec, const struct path_node *node);

#endif
