/* frameworks: tables of controls and of what maps to them: templates/frameworks/NAME.json, or a file of one's own in the
 * same language (docs/frameworks.md).
 *
 *     {"framework": "ACME", "title": "...", "version": "2026",
 *      "source": {"name": "Acme security standard", "version": "3", "licence": "internal", "note": "..."},
 *      "aliases": ["other names by which sources call it"],
 *      "crosswalks": ["nist-800-53"],                     templates/crosswalks: mappings that frameworks share
 *      "controls": [{"id": "A-1", "title": "...", "maps": {"policy": "090c7b07", "CWE": ["CWE-79"]}}],
 *      "mappings": [{"scheme": "Prowler", "source": {...}, "maps": {"check_id": "A-1 A-2"}}]}
 *
 * A mapping says: what bears this key in this scheme speaks of this control. One framework is read when it is asked for,
 * with the crosswalks that it names; the others cost nothing.
 */
#ifndef DOSSIER_ANALYZE_FRAMEWORKS_H
#define DOSSIER_ANALYZE_FRAMEWORKS_H

#include "core/arena.h"
#include "core/error.h"
#include "core/str.h"
#include "core/strings.h"

#include <stdint.h>

/* What a key is, in the order in which a mapping that is found counts (analyze/control_maps.h says how it is looked up). */
enum scheme {
	SCHEME_POLICY, /* a built-in policy of Azure, by GUID or its first digits */
	SCHEME_NAME,   /* the display name of a policy or recommendation */
	SCHEME_CWE,
	SCHEME_CCI,
	SCHEME_OWASP_2017, /* "A1" to "A10" */
	SCHEME_AWS_CONFIG, /* the name of an AWS Config managed rule */
	SCHEME_SCOUTSUITE,
	SCHEME_CHECKOV,
	SCHEME_KUBESCAPE,
	SCHEME_TRIVY,
	SCHEME_PROWLER,
	SCHEME_RULE, /* a rule of any tool */
	SCHEME_ID,   /* any other id that a finding bears */
	SCHEME_COUNT
};
extern const char *const scheme_names[SCHEME_COUNT + 1]; /* NULL at the end */

#define NO_CONTROL UINT32_MAX
#define NO_MAP UINT32_MAX

/* Who says so. */
struct map_source {
	struct str name, version, licence, note;
};

struct framework_map {
	enum scheme scheme;
	struct str key;   /* as the table writes it; a policy: its whole GUID */
	uint32_t control; /* index */
	uint32_t source;  /* index */
	uint32_t next;    /* the next one with the same key, or NO_MAP */
};

struct framework_control {
	struct str id, title;
};

struct framework {
	struct str name, title, version, about;
	struct map_source *sources; /* the first is the table's own */
	uint32_t source_count, source_capacity;
	struct framework_control *controls; /* in natural order */
	uint32_t control_count;
	struct framework_map *maps;
	uint32_t map_count, map_capacity;
	struct str *aliases; /* in the form of framework_form, its own name among them */
	size_t alias_count;
	struct arena *arena;
	struct strings keys; /* "C:cwe-79": scheme and lower-case key; number n begins at first[n - 1] */
	uint32_t *first, first_capacity;
	struct strings forms; /* of control numbers; number n is control of_form[n - 1] */
	uint32_t *of_form;
};

/* The names that there are, sorted, NULL at the end; in the arena. */
const char *const *framework_names(struct arena *arena, size_t *count);
/* The name is no known one but looks like a file's, or is one: --framework takes it for a file. */
bool framework_is_file(const char *name);
/* Reads a framework by name (without case; what is neither letter nor digit is all the same) or from a file. Strings are in the
 * arena; framework_free gives the tables back. False with the error: an unknown name with the nearest known ones, or a place in
 * the file. */
bool framework_read(struct framework *framework, const char *name, struct arena *arena, struct error *error);
void framework_free(struct framework *framework);

/* Adds a mapping that the evidence itself states; source is given as in framework.sources. Strings are the caller's. */
uint32_t framework_add_source(struct framework *framework, struct map_source source);
void framework_add(struct framework *framework, enum scheme scheme, struct str key, uint32_t control, uint32_t source);

/* A key as `keys` holds it: in room, or in the arena if it is longer. */
enum { FRAMEWORK_KEY_ROOM = 256 };
struct str framework_key(char room[FRAMEWORK_KEY_ROOM], struct arena *arena, enum scheme scheme, struct str key);

/* The control of that number however it is written, or the one whose statement it is a part of; NO_CONTROL if there is none. */
uint32_t framework_control(const struct framework *framework, struct str id);
/* One of the names by which sources call the framework. */
bool framework_is_called(const struct framework *framework, struct str name);

#endif
