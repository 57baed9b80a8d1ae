/* How it works: every subject that a fact or a counted finding names, on either side, goes into one table ordered by
 * its lower-case name; each side's facts are ordered by subject and name, and a subject has a range of them:
 *
 *     subjects   /subscriptions/a...aks-1   /subscriptions/a...aks-2   ...
 *                     |  before: 3 facts from 17, after: 4 facts from 20
 *     order[]    ... 17 18 19 ...    indexes into the snapshot's facts, by name
 *
 * Whether a subject was exported is asked of the formats that carry the fact in question: a cluster with nothing but
 * role assignments after has not been exported as a cluster.
 */
#include "analyze/expects.h"

#include "analyze/change.h"
#include "core/hash.h"

#include <stdlib.h>

/* ---- the index ---- */

struct fact_key {
	struct str subject, name; /* in lower case */
	int64_t captured;
	uint32_t fact;
};

static int compare_keys(const void *a, const void *b)
{
	const struct fact_key *x = a, *y = b;
	int c = str_cmp(x->subject, y->subject);
	if (!c) c = str_cmp(x->name, y->name);
	if (c) return c;
	if (x->captured != y->captured) return x->captured < y->captured ? -1 : 1;
	return x->fact < y->fact ? -1 : x->fact > y->fact;
}

static bool input_counts(const struct snapshot *snapshot, uint32_t input)
{
	return input >= snapshot->input_count || input_is_counted(&snapshot->inputs[input]);
}

/* One copy for each distinct lower-case text: as much memory as there are facts, however many strings the snapshot
 * holds. */
static struct str lower_once(struct strings *pool, struct arena *scratch, struct str text)
{
	arena_reset(scratch);
	return strings_get(pool, strings_add(pool, str_lower(scratch, text)));
}

/* The side's facts in order, the last of equal names only. The keys' texts are in the pool. */
static struct fact_key *ordered_facts(const struct snapshot *snapshot, struct arena *arena, struct strings *pool,
                                      uint32_t *count)
{
	struct arena scratch = {0};
	struct fact_key *keys = ARENA_ARRAY(arena, struct fact_key, (size_t)snapshot->fact_count + 1);
	uint32_t n = 0, kept = 0;
	for (uint32_t i = 0; i < snapshot->fact_count; i++) {
		const struct fact *fact = &snapshot->facts[i];
		if (!input_counts(snapshot, fact->input)) continue;
		bool same = n && snapshot->facts[keys[n - 1].fact].subject == fact->subject;
		struct str subject =
		    same ? keys[n - 1].subject : lower_once(pool, &scratch, snapshot_string(snapshot, fact->subject));
		struct str name = lower_once(pool, &scratch, snapshot_string(snapshot, fact->name));
		int64_t captured =
		    fact->input < snapshot->input_count ? snapshot->inputs[fact->input].captured : INSTANT_NONE;
		keys[n++] = (struct fact_key){subject, name, captured, i};
	}
	arena_free(&scratch);
	qsort(keys, n, sizeof(*keys), compare_keys);
	for (uint32_t i = 0; i < n; i++) {
		bool same = kept && str_eq(keys[kept - 1].subject, keys[i].subject) &&
		            str_eq(keys[kept - 1].name, keys[i].name);
		keys[same ? kept - 1 : kept++] = keys[i];
	}
	*count = kept;
	return keys;
}

static int compare_subjects(const void *a, const void *b)
{
	const struct known_subject *x = a, *y = b;
	return str_cmp(x->lower, y->lower);
}

/* Adds the subjects of the side's counted findings, each distinct string once. */
static void add_found(struct facts *facts, const struct diff *diff, enum side side, struct arena *arena,
                      size_t *capacity)
{
	const struct snapshot *snapshot = facts->sides[side];
	bool *seen = ARENA_ARRAY(arena, bool, (size_t)snapshot->strings.count + 1);
	seen[0] = true; /* the empty subject is none */
	for (uint32_t i = 0; i < snapshot->finding_count; i++) {
		LARGE_BREATHE(i);
		const struct profile *profile = snapshot_profile(snapshot, &snapshot->findings[i]);
		if (seen[profile->subject] || !diff->fates[side][i].counted) continue;
		seen[profile->subject] = true;
		struct str name = snapshot_string(snapshot, profile->subject);
		LARGE_RESERVE(facts->subjects, facts->subject_count, *capacity);
		struct known_subject *fresh = &facts->subjects[facts->subject_count++];
		*fresh = (struct known_subject){.name = name, .lower = str_lower(arena, name)};
		fresh->found[side] = true;
	}
}

static void add_with_facts(struct facts *facts, enum side side, const struct fact_key *keys, size_t *capacity)
{
	const struct snapshot *snapshot = facts->sides[side];
	for (uint32_t i = 0; i < facts->order_count[side]; i++) {
		facts->order[side][i] = keys[i].fact;
		if (i && str_eq(keys[i - 1].subject, keys[i].subject)) {
			facts->subjects[facts->subject_count - 1].count[side]++;
			continue;
		}
		struct str name = snapshot_string(snapshot, snapshot->facts[keys[i].fact].subject);
		LARGE_RESERVE(facts->subjects, facts->subject_count, *capacity);
		struct known_subject *fresh = &facts->subjects[facts->subject_count++];
		*fresh = (struct known_subject){.name = name, .lower = keys[i].subject};
		fresh->first[side] = i;
		fresh->count[side] = 1;
	}
}

/* Entries of one name become one. The name as written is the smallest, whatever order the sides were read in. */
static void join_equal(struct facts *facts)
{
	size_t kept = 0;
	for (size_t i = 0; i < facts->subject_count; i++) {
		struct known_subject *last = kept ? &facts->subjects[kept - 1] : NULL, *next = &facts->subjects[i];
		if (!last || !str_eq(last->lower, next->lower)) {
			facts->subjects[kept++] = *next;
			continue;
		}
		if (str_cmp(next->name, last->name) < 0) last->name = next->name;
		for (int side = 0; side < SIDE_COUNT; side++) {
			last->found[side] = last->found[side] || next->found[side];
			if (next->count[side])
				last->first[side] = next->first[side], last->count[side] = next->count[side];
		}
	}
	facts->subject_count = kept;
}

/* The slot of the subject of that name, or the free one where it would be. */
static uint32_t *subject_slot(const struct facts *facts, struct str name)
{
	uint32_t at = (uint32_t)hash_nocase(name) & facts->slot_mask;
	while (facts->slots[at] && !str_eq_nocase(facts->subjects[facts->slots[at] - 1].lower, name))
		at = (at + 1) & facts->slot_mask;
	return &facts->slots[at];
}

static void index_subjects(struct facts *facts, struct arena *arena)
{
	for (facts->slot_mask = 15; facts->slot_mask < facts->subject_count * 2;)
		facts->slot_mask = facts->slot_mask * 2 + 1;
	facts->slots = ARENA_ARRAY(arena, uint32_t, (size_t)facts->slot_mask + 1);
	for (uint32_t i = 0; i < facts->subject_count; i++) {
		LARGE_BREATHE(i);
		*subject_slot(facts, facts->subjects[i].lower) = i + 1;
	}
}

void facts_index(struct facts *facts, const struct diff *diff, struct arena *arena)
{
	*facts = (struct facts){.sides = {diff->sides[SIDE_BEFORE], diff->sides[SIDE_AFTER]},
	                        .judged_at = {INSTANT_NONE, INSTANT_NONE}};
	struct arena scratch = {0};
	struct strings pool = {0};
	size_t capacity = 0;
	for (int s = 0; s < SIDE_COUNT; s++) {
		enum side side = (enum side)s;
		struct fact_key *keys = ordered_facts(facts->sides[side], &scratch, &pool, &facts->order_count[side]);
		facts->order[side] = ARENA_ARRAY(arena, uint32_t, (size_t)facts->order_count[side] + 1);
		add_with_facts(facts, side, keys, &capacity);
		add_found(facts, diff, side, &scratch, &capacity);
	}
	if (facts->subject_count)
		qsort(facts->subjects, facts->subject_count, sizeof(*facts->subjects), compare_subjects);
	join_equal(facts);
	struct known_subject *grown = facts->subjects;
	facts->subjects = ARENA_ARRAY(arena, struct known_subject, facts->subject_count + 1);
	for (size_t i = 0; i < facts->subject_count; i++) {
		facts->subjects[i] = grown[i];
		facts->subjects[i].lower = str_dup(arena, grown[i].lower);
	}
	index_subjects(facts, arena);
	large_free(grown);
	strings_free(&pool);
	arena_free(&scratch);
}

const struct known_subject *facts_subject(const struct facts *facts, struct str name)
{
	uint32_t number = *subject_slot(facts, name);
	return number ? &facts->subjects[number - 1] : NULL;
}

uint32_t facts_find(const struct facts *facts, enum side side, const struct known_subject *subject, struct str name)
{
	const struct snapshot *snapshot = facts->sides[side];
	uint32_t low = subject->first[side], high = low + subject->count[side];
	while (low < high) {
		uint32_t middle = low + (high - low) / 2, fact = facts->order[side][middle];
		int c = str_cmp_nocase(snapshot_string(snapshot, snapshot->facts[fact].name), name);
		if (!c) return fact;
		if (c < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NO_MATCH;
}

struct str facts_value(const struct facts *facts, enum side side, const struct known_subject *subject, struct str name)
{
	uint32_t fact = facts_find(facts, side, subject, name);
	if (fact == NO_MATCH) return STR_EMPTY;
	return snapshot_string(facts->sides[side], facts->sides[side]->facts[fact].value);
}

/* ---- ARM ids ---- */

static const struct str providers = {"/providers/", 11};

/* Position of the last "/providers/", or SIZE_MAX. */
static size_t last_providers(struct str id)
{
	for (size_t at = id.len; at-- > 0;)
		if (id.ptr[at] == '/' && str_starts_nocase(str_slice(id, at, id.len), providers)) return at;
	return SIZE_MAX;
}

struct str arm_type(struct arena *arena, struct str id)
{
	size_t at = last_providers(id);
	if (at == SIZE_MAX || id.ptr[0] != '/') return STR_EMPTY;
	struct str rest = str_slice(id, at + providers.len, id.len);
	char *type = arena_bytes(arena, rest.len + 1);
	size_t len = 0, part = 0;
	for (size_t start = 0; start <= rest.len; part++) {
		const char *slash = start < rest.len ? memchr(rest.ptr + start, '/', rest.len - start) : NULL;
		size_t end = slash ? (size_t)(slash - rest.ptr) : rest.len;
		if (end == start) return STR_EMPTY; /* an empty part: no id */
		if (part == 0 || part % 2) {        /* namespace/type/name/type/name */
			if (len) type[len++] = '/';
			memcpy(type + len, rest.ptr + start, end - start);
			len += end - start;
		}
		start = end + 1;
	}
	return part >= 3 && part % 2 ? str_of(type, len) : STR_EMPTY;
}

struct str arm_scope(struct str id)
{
	size_t at = last_providers(id);
	return at == SIZE_MAX ? STR_EMPTY : str_slice(id, 0, at);
}

struct str arm_subscription(struct str id)
{
	struct str prefix = STR("/subscriptions/");
	if (!str_starts_nocase(id, prefix)) return STR_EMPTY;
	struct str guid = change_subscription_guid(id);
	return guid.len ? str_slice(id, 0, prefix.len + guid.len) : STR_EMPTY;
}

/* The next part of an id and what stands after its slash. */
static struct str next_part(struct str *id)
{
	size_t end = str_find(*id, STR("/"));
	if (end == SIZE_MAX) end = id->len;
	struct str part = str_slice(*id, 0, end);
	*id = str_slice(*id, end + (end < id->len), id->len);
	return part;
}

bool arm_name(struct arena *arena, struct str id, struct arm_name *name)
{
	struct str subscription = arm_subscription(id), scope = arm_scope(id), group = STR("/resourceGroups/");
	*name = (struct arm_name){0};
	if (!subscription.len || scope.len < subscription.len || scope.len + providers.len >= id.len) return false;
	struct str rest = str_slice(id, scope.len + providers.len, id.len);
	next_part(&rest); /* the provider */
	while (rest.len) {
		name->types = str_join(arena, name->types, STR("/"), next_part(&rest));
		name->names = str_join(arena, name->names, STR("/"), next_part(&rest));
	}
	if (!name->names.len) return false;
	name->place = str_slice(scope, subscription.len, scope.len);
	if (str_starts_nocase(name->place, group)) name->place = str_slice(name->place, group.len, name->place.len);
	name->subscription = change_subscription_guid(subscription);
	return true;
}

bool arm_under(struct str id, struct str scope)
{
	if (!scope.len || !str_starts_nocase(id, scope)) return false;
	return id.len == scope.len || id.ptr[scope.len] == '/';
}

/* ---- evidence of a format ---- */

struct asked {
	uint32_t format;          /* string; 0: any */
	struct str subject, guid; /* guid: where the subject is a subscription */
};

static bool speaks_of(const struct asked *asked, struct str id)
{
	return !asked->subject.len || arm_under(id, asked->subject);
}

static bool unit_speaks_of(const struct asked *asked, struct str target)
{
	if (speaks_of(asked, target)) return true;
	return asked->guid.len && str_find_nocase(target, asked->guid) != SIZE_MAX;
}

/* What each file that speaks of the subject is worth is added to *best. */
static void weigh(const struct snapshot *snapshot, uint32_t input, const bool *cut, enum evidence *best)
{
	const struct input *file = &snapshot->inputs[input];
	enum evidence worth = file->failed || cut[input] ? EVIDENCE_PARTIAL : EVIDENCE_WHOLE;
	if (worth > *best) *best = worth;
}

static bool of_format(const struct snapshot *snapshot, const struct asked *asked, uint32_t input)
{
	if (input >= snapshot->input_count) return false;
	return !asked->format || snapshot->inputs[input].format == asked->format;
}

static bool finding_speaks_of(const struct snapshot *snapshot, const struct asked *asked, const struct input *file)
{
	uint32_t last = UINT32_MAX;
	for (uint32_t i = file->first_finding; i < file->first_finding + file->finding_count; i++) {
		LARGE_BREATHE(i);
		const struct finding *finding = &snapshot->findings[i];
		if (finding->profile == last) continue;
		last = finding->profile;
		if (speaks_of(asked, snapshot_string(snapshot, snapshot_profile(snapshot, finding)->subject)))
			return true;
	}
	return false;
}

/* A file is cut off if it says so and no other pages join it, or if it left one of its units incomplete. */
static bool *cut_off_files(const struct snapshot *snapshot)
{
	bool *cut = memory_grow(NULL, snapshot->input_count);
	for (uint32_t i = 0; i < snapshot->input_count; i++)
		cut[i] = snapshot->inputs[i].truncated && !snapshot->inputs[i].joined;
	for (uint32_t i = 0; i < snapshot->coverage_count; i++)
		if (snapshot->coverage[i].incomplete && snapshot->coverage[i].input < snapshot->input_count)
			cut[snapshot->coverage[i].input] = true;
	return cut;
}

/* The number of a format's name, which is written in lower case; 0 where no file has it. */
static uint32_t format_number(const struct snapshot *snapshot, struct str format)
{
	struct arena arena = {0};
	uint32_t number = strings_find(&snapshot->strings, str_lower(&arena, format));
	arena_free(&arena);
	return number;
}

enum evidence evidence_of(const struct snapshot *snapshot, struct str format, struct str subject)
{
	struct asked asked = {format.len ? format_number(snapshot, format) : 0, subject, STR_EMPTY};
	if (format.len && !asked.format) return EVIDENCE_NONE;
	struct str subscription = arm_subscription(subject);
	if (subject.len && subscription.len == subject.len) asked.guid = change_subscription_guid(subscription);
	bool *cut = cut_off_files(snapshot);
	enum evidence best = EVIDENCE_NONE;
	for (uint32_t i = 0; i < snapshot->input_count && best < EVIDENCE_WHOLE; i++) {
		if (!of_format(snapshot, &asked, i)) continue;
		struct str scope = snapshot_string(snapshot, snapshot->inputs[i].scope);
		bool own =
		    scope.len && (speaks_of(&asked, scope) || (asked.guid.len && str_eq_nocase(scope, asked.guid)));
		if (own || !asked.subject.len) weigh(snapshot, i, cut, &best);
	}
	for (uint32_t i = 0; i < snapshot->coverage_count && best < EVIDENCE_WHOLE; i++) {
		const struct coverage *coverage = &snapshot->coverage[i];
		struct str target = snapshot_string(snapshot, snapshot->units[coverage->unit].target);
		if (of_format(snapshot, &asked, coverage->input) && unit_speaks_of(&asked, target))
			weigh(snapshot, coverage->input, cut, &best);
	}
	for (uint32_t i = 0; i < snapshot->fact_count && best < EVIDENCE_WHOLE; i++) {
		const struct fact *fact = &snapshot->facts[i];
		if (of_format(snapshot, &asked, fact->input) &&
		    speaks_of(&asked, snapshot_string(snapshot, fact->subject)))
			weigh(snapshot, fact->input, cut, &best);
	}
	for (uint32_t i = 0; i < snapshot->input_count && best < EVIDENCE_WHOLE; i++)
		if (of_format(snapshot, &asked, i) && finding_speaks_of(snapshot, &asked, &snapshot->inputs[i]))
			weigh(snapshot, i, cut, &best);
	free(cut);
	return best;
}

void requires_judge(struct change *change, const struct snapshot *before, const struct snapshot *after)
{
	for (size_t i = 0; i < change->require_count; i++) {
		struct requirement *requirement = &change->requires[i];
		const struct snapshot *snapshot = requirement->side == SIDE_BEFORE ? before : after;
		struct str subject = requirement->subject;
		struct str guid = change_subscription_guid(subject);
		char path[64];
		if (guid.len == 36 && guid.len == subject.len) { /* a bare GUID is a subscription */
			memcpy(path, "/subscriptions/", 15);
			memcpy(path + 15, guid.ptr, guid.len);
			subject = str_of(path, 15 + guid.len);
		}
		requirement->met = evidence_of(snapshot, requirement->format, subject) == EVIDENCE_WHOLE;
	}
}

/* ---- expectations ---- */

enum { FORMATS_MAX = 8, OFFENDERS_MAX = 20 };

/* The formats that carry an expectation's fact, for any subject that it meets. */
struct carriers {
	struct str formats[FORMATS_MAX];
	size_t count;
};

static struct str format_of(const struct snapshot *snapshot, uint32_t fact)
{
	uint32_t input = snapshot->facts[fact].input;
	return input < snapshot->input_count ? snapshot_string(snapshot, snapshot->inputs[input].format) : STR_EMPTY;
}

static bool carries(const struct carriers *carriers, struct str format)
{
	for (size_t i = 0; i < carriers->count; i++)
		if (str_eq_nocase(carriers->formats[i], format)) return true;
	return false;
}

static void note_carrier(struct carriers *carriers, const struct facts *facts, enum side side,
                         const struct known_subject *subject, struct str name)
{
	uint32_t fact = facts_find(facts, side, subject, name);
	if (fact == NO_MATCH || carriers->count == FORMATS_MAX) return;
	struct str format = format_of(facts->sides[side], fact);
	if (!carries(carriers, format)) carriers->formats[carriers->count++] = format;
}

/* Who may do what on a subject does not say that it was exported as what it is. */
static bool tells_of_roles(struct str fact)
{
	return str_starts_nocase(fact, STR("roleAssignments.")) || str_starts_nocase(fact, STR("roleBindings."));
}

/* One of the subject's facts on this side says that it was exported as what it is, or NO_MATCH. */
static uint32_t exported_by(const struct carriers *carriers, const struct facts *facts, enum side side,
                            const struct known_subject *subject)
{
	const struct snapshot *snapshot = facts->sides[side];
	for (uint32_t i = 0; i < subject->count[side]; i++) {
		uint32_t fact = facts->order[side][subject->first[side] + i];
		if (carriers->count ? carries(carriers, format_of(snapshot, fact))
		                    : !tells_of_roles(snapshot_string(snapshot, snapshot->facts[fact].name)))
			return fact;
	}
	return NO_MATCH;
}

static bool unit_exported(const struct carriers *carriers, const struct snapshot *snapshot, struct str target)
{
	for (size_t i = 0; i < carriers->count; i++) {
		uint32_t unit = snapshot_find_unit(snapshot, carriers->formats[i], target);
		if (unit != UINT32_MAX && snapshot->units[unit].assessed) return true;
	}
	return false;
}

/* An assessed unit of one of the formats holds the subject's place: if it is not there, it is gone. */
static bool place_exported(const struct carriers *carriers, const struct snapshot *snapshot, struct str subject)
{
	struct str guid = change_subscription_guid(arm_subscription(subject));
	if (guid.len && unit_exported(carriers, snapshot, guid)) return true;
	for (struct str above = subject; above.len;) {
		if (unit_exported(carriers, snapshot, above)) return true;
		size_t slash = str_rfind_char(above, '/');
		above = str_slice(above, 0, slash == SIZE_MAX ? 0 : slash);
	}
	return false;
}

/* A part of a resource that the glob meets too: a node pool under a cluster. */
static bool part_of_another(const struct facts *facts, const struct known_subject *subject, struct str glob)
{
	size_t at = last_providers(subject->name);
	if (at == SIZE_MAX) return false;
	struct str above = subject->name;
	for (;;) {
		size_t slash = str_rfind_char(above, '/');
		if (slash == SIZE_MAX || slash <= at + providers.len) return false;
		above = str_slice(above, 0, slash);
		if (str_glob_nocase(glob, above) && facts_subject(facts, above)) return true;
	}
}

enum answer { ANSWER_MET, ANSWER_NOT_MET, ANSWER_NO_EVIDENCE, ANSWER_NOTHING };

static bool values_equal(struct str a, struct str b)
{
	double x, y;
	if (str_eq(a, b)) return true;
	if (str_to_double(a, &x) && str_to_double(b, &y)) return x >= y && x <= y;
	bool boolean = str_eq(a, STR("true")) || str_eq(a, STR("false"));
	return boolean && str_eq_nocase(a, b); /* a plan's extensions say "True" */
}

static enum answer answer_for(const struct expect *expect, const struct carriers *carriers, const struct facts *facts,
                              const struct known_subject *subject)
{
	uint32_t fact = facts_find(facts, SIDE_AFTER, subject, expect->fact);
	if (fact != NO_MATCH) {
		const struct snapshot *after = facts->sides[SIDE_AFTER];
		return values_equal(expect->value, snapshot_string(after, after->facts[fact].value)) ? ANSWER_MET
		                                                                                     : ANSWER_NOT_MET;
	}
	bool before = facts_find(facts, SIDE_BEFORE, subject, expect->fact) != NO_MATCH;
	if (!before && part_of_another(facts, subject, expect->subject)) return ANSWER_NOTHING;
	if (exported_by(carriers, facts, SIDE_AFTER, subject) != NO_MATCH) return ANSWER_NOT_MET;
	bool gone = place_exported(carriers, facts->sides[SIDE_AFTER], subject->name) && !subject->found[SIDE_AFTER];
	return gone ? ANSWER_NOTHING : ANSWER_NO_EVIDENCE;
}

/* Lines, those that are not met first. */
static struct str offenders(struct str lines[2][OFFENDERS_MAX], const size_t counts[2], struct arena *arena)
{
	struct str text = STR_EMPTY;
	for (size_t kind = 0, n = 0; kind < 2; kind++)
		for (size_t i = 0; i < counts[kind] && i < OFFENDERS_MAX && n < OFFENDERS_MAX; i++, n++)
			text = str_printf(arena, "%.*s%s%.*s", STR_ARG(text), n ? "\n" : "", STR_ARG(lines[kind][i]));
	return text;
}

static void judge_one(struct expect *expect, const struct facts *facts, struct arena *arena)
{
	struct carriers carriers = {.count = 0};
	for (size_t i = 0; i < facts->subject_count; i++) {
		const struct known_subject *subject = &facts->subjects[i];
		if (!str_glob_nocase(expect->subject, subject->name)) continue;
		note_carrier(&carriers, facts, SIDE_BEFORE, subject, expect->fact);
		note_carrier(&carriers, facts, SIDE_AFTER, subject, expect->fact);
	}
	struct str lines[2][OFFENDERS_MAX];
	size_t counts[2] = {0, 0};
	for (size_t i = 0; i < facts->subject_count; i++) {
		const struct known_subject *subject = &facts->subjects[i];
		if (!str_glob_nocase(expect->subject, subject->name)) continue;
		enum answer answer = answer_for(expect, &carriers, facts, subject);
		if (answer == ANSWER_MET) expect->met++;
		if (answer == ANSWER_MET || answer == ANSWER_NOTHING) continue;
		int kind = answer == ANSWER_NO_EVIDENCE;
		if (counts[kind] < OFFENDERS_MAX) lines[kind][counts[kind]] = subject->name;
		counts[kind]++;
	}
	expect->not_met = counts[0];
	expect->no_evidence = counts[1];
	expect->offenders = offenders(lines, counts, arena);
	expect->state = expect->not_met                       ? EXPECT_NOT_MET
	                : expect->no_evidence || !expect->met ? EXPECT_NO_EVIDENCE
	                                                      : EXPECT_MET;
}

void expects_judge(struct change *change, const struct facts *facts, struct arena *arena)
{
	for (size_t i = 0; i < change->expect_count; i++) judge_one(&change->expects[i], facts, arena);
}
