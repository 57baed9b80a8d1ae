/* json_names: whether an object names a member twice. RFC 8259 section 4 leaves open what that means, and readers differ: one
 * takes the first, another the last. Evidence that can be read in two ways is not read.
 */
#ifndef DOSSIER_CORE_JSON_NAMES_H
#define DOSSIER_CORE_JSON_NAMES_H

#include "core/str.h"

/* What has been seen; zero-initialised is ready. It keeps its memory from one value to the next. */
struct json_names {
	uint64_t *slots; /* hashes of (value, object, name); 0: free */
	size_t mask, count;
	uint64_t values; /* looked at so far */
};

/* Offset of the first name that its object has already, or SIZE_MAX. s is one valid JSON value. ignore_case: ASCII
 * letters of names are compared without case. Time and memory in proportion to the text. */
size_t json_names_repeated(struct json_names *set, struct str s, bool ignore_case);
void json_names_free(struct json_names *set);

/* The same for a single value. */
size_t json_repeated_name(struct str s, bool ignore_case);

#endif
