/* owners: who answers for a finding or a resource.
 *
 * The first that says something: a rule of --owners FILE ({"owners":[{"match":{...},"owner":"..."}]}, in order) or a
 * line of it where it is a CODEOWNERS file, the `owner` tag of the subject or of the nearest resource, group or subscription around it (an image: its registry),
 * on the same side and then on the other, what the finding's own record says. Else nobody: an empty string.
 *
 * CODEOWNERS speaks of the files of a repository: of weaknesses in code and configuration, and of vulnerable packages
 * where the subject is a repository's address. A path inside an image is none of its paths.
 */
#ifndef DOSSIER_ANALYZE_OWNERS_H
#define DOSSIER_ANALYZE_OWNERS_H

#include "analyze/codeowners.h"
#include "analyze/exceptions.h"
#include "analyze/expects.h"

struct owner_rule {
	struct selector match;
	struct str owner;
};

/* What a profile's findings share: the owner, or from which rule on a finding's path and component must be asked. */
struct owner_memo {
	struct str owner; /* by tag or record, or by the first rule if that needs nothing else */
	uint32_t rule;    /* the first rule that may apply and depends on path or component; UINT32_MAX: none does */
};

struct owners {
	struct owner_rule *rules;
	size_t rule_count;
	struct codeowners code;
	const struct facts *facts;
	struct registry_name *registries; /* by login server */
	size_t registry_count;
	const struct snapshot *sides[SIDE_COUNT];
	struct owner_memo *memo[SIDE_COUNT]; /* by profile */
};

/* file NULL: tags and records only. name: by which the file is known, if that is not its path's (codeowners_is); NULL. facts must outlive the owners; all else is in the arena. */
bool owners_read(struct owners *owners, const char *file, const char *name, const struct facts *facts,
                 struct arena *arena, struct error *error);
/* The snapshot is one of the two that were diffed. */
struct str owner_of(const struct owners *owners, const struct snapshot *snapshot, const struct finding *finding);
/* Of a resource, which no finding need name: the rules with a subject and nothing else, then tags. */
struct str owner_of_subject(const struct owners *owners, struct str subject);

#endif
