/* How it works: a rule without path and component, a tag and a record's own word depend on the profile alone, so
 * each profile is asked once; tags depend on the subject alone, so each subject is. Only where a rule with a path or
 * component may apply is a finding looked at by itself.
 */
#include "analyze/owners.h"

#include "core/buf.h"

#include <stdlib.h>

#define COUNT(table) (sizeof(table) / sizeof(*(table)))

struct registry_name {
	struct str login_server; /* "acr1.azurecr.io" */
	const struct known_subject *registry;
};

/* ---- tags ---- */

static struct str own_tag(const struct facts *facts, enum side side, const struct known_subject *subject)
{
	struct str owner = str_trim(facts_value(facts, side, subject, STR("tags.owner")));
	return owner.len ? owner
	                 : str_trim(facts_value(facts, side == SIDE_AFTER ? SIDE_BEFORE : SIDE_AFTER, subject,
	                                        STR("tags.owner")));
}

/* The tag of the resource or of the nearest thing around it: its parts, then its group and subscription. */
static struct str tag_around(const struct facts *facts, enum side side, struct str id)
{
	while (id.len > 1) {
		const struct known_subject *subject = facts_subject(facts, id);
		struct str owner = subject ? own_tag(facts, side, subject) : STR_EMPTY;
		if (owner.len) return owner;
		size_t slash = str_rfind_char(id, '/');
		id = str_slice(id, 0, slash == SIZE_MAX ? 0 : slash);
	}
	return STR_EMPTY;
}

static int compare_registries(const void *a, const void *b)
{
	const struct registry_name *x = a, *y = b;
	int c = str_cmp(x->login_server, y->login_server);
	return c ? c : str_cmp(x->registry->lower, y->registry->lower);
}

static void find_registries(struct owners *owners, struct arena *arena)
{
	const struct facts *facts = owners->facts;
	struct registry_name *found = NULL;
	size_t capacity = 0;
	for (size_t i = 0; i < facts->subject_count; i++) {
		const struct known_subject *subject = &facts->subjects[i];
		struct str name = facts_value(facts, SIDE_AFTER, subject, STR("loginServer"));
		if (!name.len) name = facts_value(facts, SIDE_BEFORE, subject, STR("loginServer"));
		if (!name.len) continue;
		ARRAY_RESERVE(found, owners->registry_count, capacity);
		found[owners->registry_count++] = (struct registry_name){str_lower(arena, name), subject};
	}
	if (owners->registry_count) qsort(found, owners->registry_count, sizeof(*found), compare_registries);
	owners->registries = ARENA_ARRAY(arena, struct registry_name, owners->registry_count + 1);
	if (owners->registry_count) memcpy(owners->registries, found, sizeof(*found) * owners->registry_count);
	free(found);
}

/* An image belongs to the registry whose login server its name begins with. */
static struct str tag_of_image(const struct owners *owners, enum side side, struct str image)
{
	const char *slash = image.len ? memchr(image.ptr, '/', image.len) : NULL;
	struct str host = slash ? str_slice(image, 0, (size_t)(slash - image.ptr)) : image;
	size_t low = 0, high = owners->registry_count;
	char lower[256];
	if (!host.len || host.len > sizeof(lower)) return STR_EMPTY;
	str_lower_to(lower, host);
	host.ptr = lower;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int c = str_cmp(owners->registries[middle].login_server, host);
		if (!c) return tag_around(owners->facts, side, owners->registries[middle].registry->name);
		if (c < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return STR_EMPTY;
}

static struct str tag_of(const struct owners *owners, enum side side, struct str subject)
{
	if (!subject.len) return STR_EMPTY;
	return subject.ptr[0] == '/' ? tag_around(owners->facts, side, subject) : tag_of_image(owners, side, subject);
}

/* ---- rules ---- */

static bool needs_place(const struct selector *match) { return match->path.len || match->component.len; }

static void memo_profile(const struct owners *owners, const struct snapshot *snapshot, const struct profile *profile,
                         struct str tag, struct owner_memo *memo)
{
	memo->rule = UINT32_MAX;
	memo->owner = tag.len ? tag : str_trim(snapshot_string(snapshot, profile->owner));
	for (size_t i = 0; i < owners->rule_count; i++) {
		if (!selector_profile(&owners->rules[i].match, snapshot, profile)) continue;
		if (needs_place(&owners->rules[i].match))
			memo->rule = (uint32_t)i;
		else
			memo->owner = owners->rules[i].owner;
		return;
	}
}

/* Tags by the place of their subject in the index of facts. */
struct tag_memo {
	struct str tag;
	bool known;
};

static struct str tag_once(const struct owners *owners, enum side side, struct tag_memo *memo, struct str subject)
{
	const struct known_subject *known = facts_subject(owners->facts, subject);
	if (!known) return tag_of(owners, side, subject); /* only a record that does not count names it */
	struct tag_memo *own = &memo[known - owners->facts->subjects];
	if (!own->known) *own = (struct tag_memo){tag_of(owners, side, subject), true};
	return own->tag;
}

static void memo_side(struct owners *owners, enum side side, struct arena *arena)
{
	const struct snapshot *snapshot = owners->sides[side];
	struct tag_memo *tags = memory_grow(NULL, sizeof(*tags) * (owners->facts->subject_count + 1));
	memset(tags, 0, sizeof(*tags) * (owners->facts->subject_count + 1));
	owners->memo[side] = ARENA_ARRAY(arena, struct owner_memo, (size_t)snapshot->profiles.count + 1);
	for (uint32_t p = 0; p < snapshot->profiles.count; p++) {
		LARGE_BREATHE(p);
		const struct profile *profile =
		    (const struct profile *)(const void *)tuples_get(&snapshot->profiles, p);
		struct str tag = tag_once(owners, side, tags, snapshot_string(snapshot, profile->subject));
		memo_profile(owners, snapshot, profile, tag, &owners->memo[side][p]);
	}
	free(tags);
}

static bool read_rules(const struct document *document, struct owners *owners)
{
	const cJSON *list = NULL;
	const struct member top[] = {{"owners", MEMBER_LIST, .at = 0, .required = true}};
	if (!document_members(document, document->root, top, COUNT(top), &list)) return false;
	struct {
		struct str owner;
		const cJSON *match;
	} read;
	const struct member members[] = {
	    {"owner", MEMBER_TEXT, .at = 0, .required = true},
	    {"match", MEMBER_OBJECT, .at = sizeof(struct str), .required = true},
	};
	owners->rules = ARENA_ARRAY(document->arena, struct owner_rule, cJSON_GetArraySize(list) + 1);
	for (const cJSON *each = list->child; each; each = each->next) {
		struct owner_rule *rule = &owners->rules[owners->rule_count++];
		if (!document_members(document, each, members, COUNT(members), &read)) return false;
		if (!selector_read(document, read.match, &rule->match)) return false;
		if (selector_empty(&rule->match))
			return document_wrong(
			    document, read.match,
			    "expected at least one of rule, subject, severity, tool, path, component");
		rule->owner = read.owner;
	}
	return true;
}

static bool read_file(struct owners *owners, const char *file, const char *name, struct arena *arena,
                      struct error *error)
{
	struct document document;
	struct str text;
	if (!document_text(file, arena, &text, error)) return false;
	if (codeowners_is(name ? name : file, text)) return codeowners_parse(&owners->code, file, text, arena, error);
	if (!document_parse(&document, file, text, arena, error)) return false;
	bool good = read_rules(&document, owners);
	document_free(&document);
	return good;
}

bool owners_read(struct owners *owners, const char *file, const char *name, const struct facts *facts,
                 struct arena *arena, struct error *error)
{
	*owners = (struct owners){.facts = facts, .sides = {facts->sides[SIDE_BEFORE], facts->sides[SIDE_AFTER]}};
	if (file && !read_file(owners, file, name, arena, error)) return false;
	find_registries(owners, arena);
	memo_side(owners, SIDE_BEFORE, arena);
	memo_side(owners, SIDE_AFTER, arena);
	return true;
}

/* ---- asking ---- */

static bool is_of_repository(const struct snapshot *snapshot, const struct profile *profile)
{
	struct str subject = snapshot_string(snapshot, profile->subject);
	return profile->nature == NATURE_WEAKNESS || !subject.len || str_find(subject, STR("://")) != SIZE_MAX;
}

/* Empty if no line speaks of its path, or the one that does names nobody. */
static struct str code_owner(const struct owners *owners, const struct snapshot *snapshot,
                             const struct finding *finding)
{
	if (!owners->code.count || !snapshot_has_path(finding)) return STR_EMPTY;
	if (!is_of_repository(snapshot, snapshot_profile(snapshot, finding))) return STR_EMPTY;
	struct buf scratch = {0};
	const struct codeowners_line *line = codeowners_find(&owners->code, snapshot_path(snapshot, finding, &scratch));
	buf_free(&scratch);
	return line ? line->owners : STR_EMPTY;
}

struct str owner_of(const struct owners *owners, const struct snapshot *snapshot, const struct finding *finding)
{
	enum side side = snapshot == owners->sides[SIDE_BEFORE] ? SIDE_BEFORE : SIDE_AFTER;
	const struct owner_memo *memo = &owners->memo[side][finding->profile];
	struct str code = code_owner(owners, snapshot, finding);
	if (code.len) return code;
	for (size_t i = memo->rule; i < owners->rule_count; i++) {
		const struct selector *match = &owners->rules[i].match;
		if (selector_profile(match, snapshot, snapshot_profile(snapshot, finding)) &&
		    selector_place(match, snapshot, finding))
			return owners->rules[i].owner;
	}
	return memo->owner;
}

struct str owner_of_subject(const struct owners *owners, struct str subject)
{
	for (size_t i = 0; i < owners->rule_count; i++) {
		const struct selector *match = &owners->rules[i].match;
		bool subject_only = match->subject.len && !match->rule.len && !match->severity.len &&
		                    !match->tool.len && !needs_place(match);
		if (subject_only && str_glob_nocase(match->subject, subject)) return owners->rules[i].owner;
	}
	return tag_of(owners, SIDE_AFTER, subject);
}
