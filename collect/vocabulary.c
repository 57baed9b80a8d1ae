#include "collect/vocabulary.h"

const char *const severity_names[SEVERITY_COUNT] = {"critical", "high", "medium", "low", "info", "unknown"};
const char *const status_names[STATUS_COUNT] = {"fail",          "pass",  "manual",     "not_applicable",
                                                "informational", "error", "suppressed", "archived"};
const char *const gap_names[GAP_COUNT] = {"",        "scope", "permission", "environment",
                                          "network", "stale", "health",     "state"};
const char *const side_names[SIDE_COUNT] = {"before", "after"};

static bool find(const char *const *names, int count, struct str word, int *out)
{
	for (int i = 0; i < count; i++)
		if (str_eq_nocase(word, str_from(names[i]))) {
			*out = i;
			return true;
		}
	return false;
}

bool severity_from_word(struct str word, enum severity *out)
{
	int i;
	if (!find(severity_names, SEVERITY_COUNT, word, &i)) return false;
	*out = (enum severity)i;
	return true;
}

bool status_from_word(struct str word, enum status *out)
{
	int i;
	if (!find(status_names, STATUS_COUNT, word, &i)) return false;
	*out = (enum status)i;
	return true;
}

const char *warning_code(struct str word)
{
	static const char *const codes[] = {
	    "duplicate_file",     "failed_scan",        "malformed_json",   "missing_evidence", "overlapping_captures",
	    "secret_in_evidence", "superseded_capture", "truncated_export", "unknown_format",   "unreadable_record",
	    "permission_denied",  "command_failed",     "not_reached",
	};
	for (size_t i = 0; i < sizeof(codes) / sizeof(*codes); i++)
		if (str_eq(word, str_from(codes[i]))) return codes[i];
	return NULL;
}
