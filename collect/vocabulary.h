/* vocabulary: the words used in code, JSON, XML and text alike. One table each; the order is the order of reports. */
#ifndef DOSSIER_COLLECT_VOCABULARY_H
#define DOSSIER_COLLECT_VOCABULARY_H

#include "core/str.h"

enum severity {
	SEVERITY_CRITICAL,
	SEVERITY_HIGH,
	SEVERITY_MEDIUM,
	SEVERITY_LOW,
	SEVERITY_INFO,
	SEVERITY_UNKNOWN, /* the source gives none: never a guess */
	SEVERITY_COUNT
};

enum status {
	STATUS_FAIL, /* an open finding */
	STATUS_PASS,
	STATUS_MANUAL,
	STATUS_NOT_APPLICABLE,
	STATUS_INFORMATIONAL,
	STATUS_ERROR,
	STATUS_SUPPRESSED,
	STATUS_ARCHIVED, /* a record of an earlier run: no part of the diff */
	STATUS_COUNT
};

enum gap {
	GAP_NONE,
	GAP_SCOPE,
	GAP_PERMISSION,
	GAP_ENVIRONMENT,
	GAP_NETWORK,
	GAP_STALE,
	GAP_HEALTH,
	GAP_STATE,
	GAP_COUNT
};

enum side { SIDE_BEFORE, SIDE_AFTER, SIDE_COUNT };

extern const char *const severity_names[SEVERITY_COUNT];
extern const char *const status_names[STATUS_COUNT];
extern const char *const gap_names[GAP_COUNT]; /* GAP_NONE is "" */
extern const char *const side_names[SIDE_COUNT];

/* The word itself, without case; false if it is none of them. */
bool severity_from_word(struct str word, enum severity *out);
bool status_from_word(struct str word, enum status *out);

/* The code of a warning that collect/ gives, as a static string; NULL if there is none of that name. */
const char *warning_code(struct str word);

#endif
