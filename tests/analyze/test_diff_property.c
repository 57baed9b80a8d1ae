/* What must hold of any diff, on thousands of small pairs of snapshots in which nearly everything collides: few rules, paths,
 * lines, fingerprints, statuses. What matching means is written down here a second time, on the values themselves, without
 * hashes and without tables. A pair that breaks a rule is made smaller as long as it still does, and printed.
 *
 * SOAK=1 in the environment: fifty times as many pairs.
 */
#include "analyze/diff.h"
#include "collect/collect.h"
#include "core/hash.h"
#include "tests/check.h"
#include "tests/random.h"

#include <stdlib.h>

enum { MOST = 10, TOOLS = 2, TARGETS = 2 };

static const uint64_t seed = 20260301;

static void start(uint64_t number) { random_start(seed + number); }

/* ---- a record, as small numbers; 0 is "none" where there may be none ---- */

struct record {
	uint8_t tool, rule, subject, shout; /* shout: the subject in capitals */
	uint8_t folder, file, line;         /* file 0: no path */
	uint8_t identity, kinds;
	uint8_t message, snippet; /* texts; 2 and 3 are the same with their digits masked */
	uint8_t package, version, severity, status, target;
	uint8_t gone; /* it stands in a superseded file */
};

static const char *const names[] = {"tool",    "rule",     "subject", "shout",   "folder",  "file",
                                    "line",    "identity", "kinds",   "message", "snippet", "package",
                                    "version", "severity", "status",  "target",  "gone"};
enum { FIELDS = sizeof(struct record) };

struct side_of_case {
	struct record records[MOST];
	uint32_t count;
	uint8_t assessed[TOOLS][TARGETS]; /* 0: no such unit, 1: not assessed, 2: assessed */
	uint8_t
	    listed; /* the first tool's list of rules: a bit for each, FORMERLY; 0: it lists none. Only with_lists */
};
enum { FORMERLY = 16 }; /* R-1 is listed as having been R-0 */
static bool with_lists;

struct pair_of_sides {
	struct side_of_case sides[SIDE_COUNT];
};

static enum nature nature_of(const struct record *r)
{
	return r->rule < 2 ? NATURE_WEAKNESS : r->rule == 2 ? NATURE_VULNERABILITY : NATURE_POSTURE;
}

static uint8_t text_of(const struct record *r) { return r->snippet ? r->snippet : r->message; }
static uint8_t package_of(const struct record *r)
{
	return nature_of(r) == NATURE_WEAKNESS && text_of(r) ? 0 : r->package;
}
static bool counts(const struct record *r) { return !r->gone && r->status != STATUS_ARCHIVED; }
static bool open(const struct record *r) { return counts(r) && r->status == STATUS_FAIL; }

/* A unique id belongs to one package. */
static uint64_t identity_of(const struct record *r)
{
	return r->identity ? UINT64_C(0x1d000000) + r->identity * 16u + package_of(r) : 0;
}

static uint64_t content_of_text(uint8_t text) { return text ? UINT64_C(0xc0000000) + text : 0; }

static struct record any_record(const struct record *most)
{
	struct record r;
	unsigned char *out = (unsigned char *)&r;
	const unsigned char *limit = (const unsigned char *)most;
	for (size_t i = 0; i < FIELDS; i++) out[i] = (unsigned char)below(limit[i] + 1u);
	static const uint8_t statuses[] = {STATUS_FAIL,           STATUS_FAIL,          STATUS_FAIL,       STATUS_FAIL,
	                                   STATUS_FAIL,           STATUS_FAIL,          STATUS_FAIL,       STATUS_PASS,
	                                   STATUS_PASS,           STATUS_MANUAL,        STATUS_SUPPRESSED, STATUS_ERROR,
	                                   STATUS_NOT_APPLICABLE, STATUS_INFORMATIONAL, STATUS_ARCHIVED};
	r.status = most->status ? statuses[below(sizeof(statuses))] : STATUS_FAIL;
	r.gone = most->gone && once_in(12);
	if (nature_of(&r) != NATURE_WEAKNESS) {
		r.message = r.snippet = 0;
		if (!once_in(3)) r.identity = 0;
	}
	if (nature_of(&r) == NATURE_POSTURE) r.file = r.line = r.package = r.identity = 0;
	if (!r.identity) r.kinds = 0;
	return r;
}

static struct pair_of_sides any_pair(void)
{
	static const struct record widest = {.tool = 1,
	                                     .rule = 3,
	                                     .subject = 2,
	                                     .shout = 1,
	                                     .folder = 2,
	                                     .file = 2,
	                                     .line = 4,
	                                     .identity = 2,
	                                     .kinds = 2,
	                                     .message = 3,
	                                     .snippet = 3,
	                                     .package = 2,
	                                     .version = 2,
	                                     .severity = 2,
	                                     .status = 1,
	                                     .target = 1,
	                                     .gone = 1};
	struct record most;
	struct pair_of_sides p = {0};
	/* Half of the fields are one value throughout, so that the others decide. */
	for (size_t i = 0; i < FIELDS; i++)
		((unsigned char *)&most)[i] =
		    (unsigned char)(once_in(2) ? 0 : 1 + below(((const unsigned char *)&widest)[i]));
	if (once_in(2)) most.rule = 0; /* one rule, of a weakness: the most tiers */
	for (int side = 0; side < SIDE_COUNT; side++) {
		struct side_of_case *s = &p.sides[side];
		uint32_t n = below(once_in(3) ? 4 : MOST - 2);
		for (uint32_t i = 0; i < n; i++) {
			bool derived = side == SIDE_AFTER && p.sides[0].count && !once_in(3);
			struct record r = any_record(&most);
			if (derived) { /* the before side's with a few fields changed */
				struct record old = p.sides[0].records[below(p.sides[0].count)], fresh = r;
				r = old;
				for (uint32_t k = below(3); k > 0; k--) {
					size_t f = below(FIELDS);
					if (nature_of(&fresh) == nature_of(&old) || f > 15)
						((unsigned char *)&r)[f] = ((const unsigned char *)&fresh)[f];
				}
			}
			if (!r.identity) r.kinds = 0;
			if (with_lists && derived && r.rule < 2 && once_in(3)) r.rule ^= 1, r.tool = 0;
			s->records[s->count++] = r;
			if (once_in(8)) s->records[s->count++] = r; /* two equal records are two findings */
			if (s->count + 2 > MOST) break;
		}
		for (int t = 0; t < TOOLS; t++)
			for (int u = 0; u < TARGETS; u++) s->assessed[t][u] = once_in(4) ? (uint8_t)below(2) : 2;
		s->listed = (uint8_t)(once_in(4) ? 0 : 1 + below(15));
		if (once_in(2)) s->listed = (s->listed & 12) | 2 | FORMERLY;
	}
	return p;
}

static void print_pair(const struct pair_of_sides *p)
{
	for (int side = 0; side < SIDE_COUNT; side++) {
		const struct side_of_case *s = &p->sides[side];
		printf("#   %s: units assessed (2), not (1), absent (0): %u %u / %u %u, rules listed: %u\n",
		       side_names[side], s->assessed[0][0], s->assessed[0][1], s->assessed[1][0], s->assessed[1][1],
		       s->listed);
		for (uint32_t i = 0; i < s->count; i++) {
			printf("#     %s", status_names[s->records[i].status]);
			for (size_t f = 0; f < FIELDS; f++)
				if (((const unsigned char *)&s->records[i])[f] && strcmp(names[f], "status") != 0)
					printf(" %s=%u", names[f], ((const unsigned char *)&s->records[i])[f]);
			printf("\n");
		}
	}
}

/* ---- snapshots of it ---- */

static void push(struct snapshot *s, const struct record *r)
{
	static const char *const subjects[2][3] = {{"", "registry.io/app", "https://git/repo"},
	                                           {"", "REGISTRY.io/App", "https://GIT/repo"}};
	static const char *const kinds[] = {"primary/v1", "other/v2", "third/v3"},
				 *const packages[] = {"", "openssl", "zlib"}, *const versions[] = {"", "1.0", "1.1"};
	static const char *const folders[] = {"", "src/", "lib/core/"}, *const files[] = {"", "a.c", "b.c"},
				 *const tools[] = {"Scanner", "Other"},
				 *const rules[] = {"R-0", "R-1", "CVE-1", "key-1"};
	char target[16];
	snprintf(target, sizeof(target), "u%u", r->target);
	struct profile p = {.tool = strings_add(&s->strings, str_from(tools[r->tool])),
	                    .rule = strings_add(&s->strings, str_from(rules[r->rule])),
	                    .subject = strings_add(&s->strings, str_from(subjects[r->shout][r->subject])),
	                    .unit = snapshot_add_unit(s, str_from(tools[r->tool]), str_from(target), false),
	                    .kinds = r->identity ? strings_add(&s->strings, str_from(kinds[r->kinds])) : 0,
	                    .severity = r->severity,
	                    .status = r->status,
	                    .nature = (uint8_t)nature_of(r)};
	struct component c = {.package = strings_add(&s->strings, str_from(packages[package_of(r)])),
	                      .version = strings_add(&s->strings, str_from(versions[r->version]))};
	struct finding f = {.identity = identity_of(r), .span = span_of(s->finding_count * 100u, 90), .line = r->line};
	if (r->file) {
		f.folder = strings_add(&s->strings, str_from(folders[r->folder]));
		f.file = strings_add(&s->strings, str_from(files[r->file]));
	}
	uint8_t text = text_of(r);
	f.content = content_of_text(text);
	f.masked = text ? 0xa0u + (text > 1) : 0;
	f.message = (r->message ? 0x500u + 2u * r->message : 0) | (r->snippet != 0);
	if (nature_of(r) != NATURE_WEAKNESS) f.content = f.masked = f.message = 0;
	f.profile = snapshot_add_profile(s, &p);
	f.component = c.package || c.version ? snapshot_add_component(s, &c) : 0;
	ARRAY_RESERVE(s->findings, s->finding_count, s->finding_capacity);
	s->findings[s->finding_count++] = f;
}

/* One file that holds some records; its bytes are told apart by their number. */
static void append_file(struct snapshot *into, const struct record *const *records, uint32_t count, bool superseded,
                        uint32_t number)
{
	struct snapshot part;
	snapshot_init(&part);
	part.inputs = memory_grow(NULL, sizeof(*part.inputs));
	part.input_count = part.input_capacity = 1;
	part.inputs[0] = (struct input){.captured = INSTANT_NONE,
	                                .bytes = 1000 + number,
	                                .superseded = superseded,
	                                .finding_count = count,
	                                .records = count};
	part.inputs[0].format = strings_add(&part.strings, STR("sarif"));
	for (uint32_t i = 0; i < count; i++) push(&part, records[i]);
	snapshot_append(into, &part);
}

/* Every file says of every unit of the tool which rules were looked for. */
static void list_rules(struct snapshot *s, const struct side_of_case *side, uint32_t unit)
{
	static const char *const rules[] = {"R-0", "R-1", "CVE-1", "key-1"};
	for (uint32_t input = 0; input < s->input_count; input++) {
		ARRAY_RESERVE(s->coverage, s->coverage_count, s->coverage_capacity);
		s->coverage[s->coverage_count++] = (struct coverage){.unit = unit, .input = input, .rules = RULES_ALL};
		for (int r = 0; r < 4; r++) {
			if (!(side->listed >> r & 1)) continue;
			ARRAY_RESERVE(s->listed_rules, s->listed_rule_count, s->listed_rule_capacity);
			s->listed_rules[s->listed_rule_count++] = (struct listed_rule){
			    .unit = unit,
			    .input = input,
			    .id = strings_add(&s->strings, str_from(rules[r])),
			    .formerly = r == 1 && side->listed & FORMERLY ? strings_add(&s->strings, STR("R-0")) : 0};
		}
	}
}

static void build(struct snapshot *s, const struct side_of_case *side, const uint32_t *order, uint32_t per_file)
{
	static const char *const tools[] = {"Scanner", "Other"};
	snapshot_init(s);
	uint32_t number = 0;
	for (int gone = 0; gone < 2; gone++) {
		const struct record *list[MOST];
		uint32_t n = 0;
		for (uint32_t i = 0; i < side->count; i++) {
			const struct record *r = &side->records[order ? order[i] : i];
			if ((r->gone != 0) != gone) continue;
			list[n++] = r;
			if (n == per_file) append_file(s, list, n, gone, number++), n = 0;
		}
		if (n || (!gone && !number)) append_file(s, list, n, gone, number++);
	}
	for (int t = 0; t < TOOLS; t++)
		for (int u = 0; u < TARGETS; u++) {
			char target[16];
			if (!side->assessed[t][u]) continue;
			snprintf(target, sizeof(target), "u%d", u);
			uint32_t unit = snapshot_add_unit(s, str_from(tools[t]), str_from(target), false);
			s->units[unit].assessed = side->assessed[t][u] == 2;
			if (with_lists && side->listed && t == 0) list_rules(s, side, unit);
		}
}

/* The records in the order of the snapshot's findings: superseded files come last. */
static const struct record *record_at(const struct side_of_case *side, uint32_t i)
{
	for (int gone = 0; gone < 2; gone++)
		for (uint32_t k = 0; k < side->count; k++)
			if ((side->records[k].gone != 0) == gone && i-- == 0) return &side->records[k];
	abort();
}

struct made {
	struct snapshot snapshots[SIDE_COUNT];
	struct diff diff;
	const struct record *records[SIDE_COUNT][MOST];
	uint32_t count[SIDE_COUNT];
};

static void make(struct made *m, const struct side_of_case *before, const struct side_of_case *after)
{
	const struct side_of_case *sides[] = {before, after};
	for (int k = 0; k < SIDE_COUNT; k++) {
		build(&m->snapshots[k], sides[k], NULL, MOST + 1);
		m->count[k] = sides[k]->count;
		for (uint32_t i = 0; i < m->count[k]; i++) m->records[k][i] = record_at(sides[k], i);
	}
	diff_run(&m->diff, &m->snapshots[0], &m->snapshots[1], 1);
}

static void unmake(struct made *m)
{
	diff_free(&m->diff);
	for (int k = 0; k < SIDE_COUNT; k++) snapshot_free(&m->snapshots[k]);
}

static bool matched(const struct made *m, int side, uint32_t i) { return m->diff.fates[side][i].match != NO_MATCH; }

/* ---- the tiers, from DESIGN.md ---- */

static bool same_weakness(const struct record *a, const struct record *b)
{
	return a->tool == b->tool && a->rule == b->rule && a->subject == b->subject;
}

static bool same_path(const struct record *a, const struct record *b)
{
	return a->file == b->file && (a->file == 0 || a->folder == b->folder);
}

/* "Where both sides have fingerprints of the same kinds and they differ, only an equal snippet may still match." */
static bool may(const struct record *b, const struct record *a)
{
	if (!b->identity || !a->identity || b->kinds != a->kinds || identity_of(a) == identity_of(b)) return true;
	return b->snippet && a->snippet && b->snippet == a->snippet;
}

/* Whether a path of one side's record stands on the other side. */
static bool stands(const struct made *m, int other, const struct record *r)
{
	for (uint32_t i = 0; i < m->count[other]; i++) {
		const struct record *o = m->records[other][i];
		if (counts(o) && o->tool == r->tool && o->subject == r->subject && o->file && same_path(o, r))
			return true;
	}
	return false;
}

static bool in_tier(const struct made *m, enum tier tier, const struct record *b, const struct record *a)
{
	enum nature nature = nature_of(b);
	if (!same_weakness(b, a)) return false;
	switch (tier) {
	case TIER_IDENTITY:
		if (b->identity || a->identity) return identity_of(b) == identity_of(a);
		if (nature == NATURE_POSTURE) return true;
		return nature == NATURE_VULNERABILITY && b->package == a->package && same_path(b, a);
	case TIER_CONTENT:
		if (nature != NATURE_WEAKNESS || !same_path(b, a) || !may(b, a)) return false;
		return text_of(b) == text_of(a) && package_of(b) == package_of(a);
	case TIER_MOVED:
		if (nature != NATURE_WEAKNESS || !same_path(b, a) || !may(b, a) || !text_of(b) || !text_of(a))
			return false;
		return (text_of(b) > 1) == (text_of(a) > 1);
	case TIER_RENAMED:
		if (nature == NATURE_VULNERABILITY) return !b->identity && !a->identity && b->package == a->package;
		if (nature != NATURE_WEAKNESS || !may(b, a) || !text_of(b) || text_of(b) != text_of(a)) return false;
		return b->file && b->file == a->file && !same_path(b, a) && !stands(m, SIDE_AFTER, b) &&
		       !stands(m, SIDE_BEFORE, a);
	case TIER_NONE: break;
	}
	return false;
}

/* Nothing an auditor would name differs. */
static uint8_t differs(const struct record *b, const struct record *a)
{
	uint8_t bits = b->severity != a->severity ? UPDATED_SEVERITY : 0;
	if (b->version != a->version) bits |= UPDATED_VERSION;
	if (nature_of(b) == NATURE_POSTURE) return bits;
	if (b->line != a->line || !same_path(b, a)) bits |= UPDATED_LOCATION;
	if (nature_of(b) == NATURE_WEAKNESS && b->message != a->message) bits |= UPDATED_MESSAGE;
	return bits;
}

/* ---- the properties: each says what is wrong, or NULL ---- */

static const char *sums(const struct pair_of_sides *p)
{
	struct made m;
	make(&m, &p->sides[0], &p->sides[1]);
	const uint64_t *o = m.diff.outcomes;
	uint64_t is_open[2] = {0}, records[2] = {0};
	const char *wrong = NULL;
	for (int k = 0; k < SIDE_COUNT; k++)
		for (uint32_t i = 0; i < m.count[k]; i++) {
			enum outcome outcome = (enum outcome)m.diff.fates[k][i].outcome;
			is_open[k] += open(m.records[k][i]);
			records[k] += counts(m.records[k][i]);
			bool pair = outcome == OUTCOME_UNCHANGED || outcome == OUTCOME_UPDATED;
			bool mine = pair || (k == SIDE_BEFORE ? outcome < OUTCOME_NEW
			                                      : outcome >= OUTCOME_NEW && outcome < OUTCOME_COUNT);
			if (open(m.records[k][i]) ? !mine : outcome != OUTCOME_NONE)
				wrong = "an open record has no outcome of its side, or another has one";
		}
	if (records[0] != m.diff.records[0] || records[1] != m.diff.records[1])
		wrong = "the records counted are not those that count";
	if (is_open[0] != m.diff.open[0] || is_open[0] != o[OUTCOME_UNCHANGED] + o[OUTCOME_UPDATED] + o[OUTCOME_FIXED] +
	                                                      o[OUTCOME_FIXED_VERIFIED] + o[OUTCOME_DISMISSED] +
	                                                      o[OUTCOME_NOT_REASSESSED])
		wrong = "the sum of the before side is wrong";
	if (is_open[1] != m.diff.open[1] || is_open[1] != o[OUTCOME_UNCHANGED] + o[OUTCOME_UPDATED] + o[OUTCOME_NEW] +
	                                                      o[OUTCOME_NEWLY_IN_SCOPE] + o[OUTCOME_REOPENED])
		wrong = "the sum of the after side is wrong";
	unmake(&m);
	return wrong;
}

static const char *one_to_one(const struct pair_of_sides *p)
{
	struct made m;
	make(&m, &p->sides[0], &p->sides[1]);
	const char *wrong = NULL;
	for (int k = 0; k < SIDE_COUNT; k++)
		for (uint32_t i = 0; i < m.count[k]; i++) {
			const struct fate *f = &m.diff.fates[k][i];
			if (f->match == NO_MATCH) {
				if (f->tier != TIER_NONE) wrong = "a record without a match has a tier";
				continue;
			}
			if (f->match >= m.count[1 - k]) {
				wrong = "a match is no record";
				break;
			}
			const struct fate *o = &m.diff.fates[1 - k][f->match];
			const struct record *a = m.records[k][i], *b = m.records[1 - k][f->match];
			if (o->match != i || o->tier != f->tier) wrong = "a match is not mutual";
			if (!counts(a) || !counts(b)) wrong = "a record that does not count is matched";
			if (!open(a) && !open(b)) wrong = "two records are matched, neither of them open";
			if (open(a) && open(b) && (f->outcome != o->outcome || f->updated_by != o->updated_by))
				wrong = "a pair has two outcomes";
		}
	unmake(&m);
	return wrong;
}

/* Whether fingerprints that differ keep some records of a weakness apart: an alignment that keeps the order of lines may then
 * leave records over that would match across it. */
static bool kept_apart(const struct made *m, const struct record *r)
{
	for (uint32_t i = 0; i < m->count[0]; i++)
		for (uint32_t k = 0; k < m->count[1]; k++)
			if (same_weakness(r, m->records[0][i]) && same_weakness(r, m->records[1][k]) &&
			    !may(m->records[0][i], m->records[1][k]))
				return true;
	return false;
}

/* Each pair is of its tier and of none before; of what is left over no two would match; equal ones are paired first. */
static const char *tiers(const struct pair_of_sides *p)
{
	struct made m;
	make(&m, &p->sides[0], &p->sides[1]);
	const char *wrong = NULL;
	for (uint32_t i = 0; i < m.count[0]; i++)
		for (uint32_t k = 0; k < m.count[1]; k++) {
			const struct record *b = m.records[0][i], *a = m.records[1][k];
			const struct fate *fb = &m.diff.fates[0][i], *fa = &m.diff.fates[1][k];
			bool across = open(b) != open(a), pair = fb->match == k;
			enum tier last = across ? TIER_CONTENT : TIER_RENAMED;
			if (!counts(a) || !counts(b) || (!open(a) && !open(b))) continue;
			if (pair && !in_tier(&m, (enum tier)fb->tier, b, a))
				wrong = "a pair is not of the tier that it is said to be of";
			if (pair && fb->tier > last)
				wrong = "an open record is matched with one that is not in the third or fourth tier";
			for (enum tier t = TIER_IDENTITY; t <= last; t++) {
				if (!in_tier(&m, t, b, a)) continue;
				/* Those that an open partner took are not free for one that is not. */
				bool b_left = !matched(&m, 0, i) ||
				              (!across && (!open(m.records[1][fb->match]) || fb->tier > t)) ||
				              (across && !open(m.records[1][fb->match]) && fb->tier > t);
				bool a_left = !matched(&m, 1, k) ||
				              (!across && (!open(m.records[0][fa->match]) || fa->tier > t)) ||
				              (across && !open(m.records[0][fa->match]) && fa->tier > t);
				if (across && open(a))
					a_left = !matched(&m, 1, k) || (!open(m.records[0][fa->match]) && fa->tier > t);
				if (across && open(b))
					b_left = !matched(&m, 0, i) || (!open(m.records[1][fb->match]) && fb->tier > t);
				if (across && !open(a)) a_left = !matched(&m, 1, k) || fa->tier > t;
				if (across && !open(b)) b_left = !matched(&m, 0, i) || fb->tier > t;
				if (b_left && a_left && !kept_apart(&m, b))
					wrong = "two records are left over after a tier in which they match";
				if (across || differs(b, a)) continue;
				bool b_worse =
				    b_left || (fb->tier == t && !pair && differs(b, m.records[1][fb->match]));
				bool a_worse =
				    a_left || (fa->tier == t && !pair && differs(m.records[0][fa->match], a));
				if (b_worse && a_worse) wrong = "equal records are not paired first";
			}
		}
	unmake(&m);
	return wrong;
}

/* Two pairs of one tier that could as well be matched within their paths are not matched across them. */
static const char *paths_kept(const struct pair_of_sides *p)
{
	struct made m;
	make(&m, &p->sides[0], &p->sides[1]);
	const char *wrong = NULL;
	for (uint32_t i = 0; i < m.count[0]; i++)
		for (uint32_t k = 0; k < m.count[0]; k++) {
			const struct fate *x = &m.diff.fates[0][i], *y = &m.diff.fates[0][k];
			if (x->match == NO_MATCH || y->match == NO_MATCH || x->tier != y->tier) continue;
			const struct record *b1 = m.records[0][i], *a1 = m.records[1][x->match];
			const struct record *b2 = m.records[0][k], *a2 = m.records[1][y->match];
			if (open(b1) != open(b2) || open(a1) != open(a2) || same_path(b1, a1) || !same_path(b1, a2) ||
			    !same_path(b2, a1) || kept_apart(&m, b1))
				continue;
			if (in_tier(&m, (enum tier)x->tier, b1, a2) && in_tier(&m, (enum tier)x->tier, b2, a1))
				wrong = "two pairs cross paths";
		}
	unmake(&m);
	return wrong;
}

static bool has_pass(const struct made *m, int other, const struct record *r)
{
	for (uint32_t i = 0; i < m->count[other]; i++) {
		const struct record *o = m->records[other][i];
		if (!counts(o) || o->status != STATUS_PASS || !same_weakness(o, r)) continue;
		if (r->subject ? o->file && r->file && !same_path(o, r) : !r->file || !same_path(o, r)) continue;
		if (package_of(o) && package_of(r) && package_of(o) != package_of(r)) continue;
		return true;
	}
	return false;
}

static const char *outcomes(const struct pair_of_sides *p)
{
	struct made m;
	make(&m, &p->sides[0], &p->sides[1]);
	const char *wrong = NULL;
	for (int k = 0; k < SIDE_COUNT; k++)
		for (uint32_t i = 0; i < m.count[k]; i++) {
			const struct record *r = m.records[k][i];
			const struct fate *f = &m.diff.fates[k][i];
			enum outcome expected;
			if (!open(r)) continue;
			const struct record *o = f->match == NO_MATCH ? NULL : m.records[1 - k][f->match];
			bool again = p->sides[1 - k].assessed[r->tool][r->target] == 2;
			uint8_t bits = 0;
			if (o && open(o)) {
				bits = k ? differs(o, r) : differs(r, o);
				expected = bits ? OUTCOME_UPDATED : OUTCOME_UNCHANGED;
			} else if (k == SIDE_BEFORE) {
				if (o)
					expected = o->status == STATUS_PASS    ? OUTCOME_FIXED_VERIFIED
					           : o->status == STATUS_ERROR ? OUTCOME_NOT_REASSESSED
					                                       : OUTCOME_DISMISSED;
				else
					expected = has_pass(&m, 1, r) ? OUTCOME_FIXED_VERIFIED
					           : again            ? OUTCOME_FIXED
					                              : OUTCOME_NOT_REASSESSED;
			} else {
				if (o)
					expected =
					    o->status == STATUS_ERROR ? OUTCOME_NEWLY_IN_SCOPE : OUTCOME_REOPENED;
				else
					expected = has_pass(&m, 0, r) ? OUTCOME_REOPENED
					           : again            ? OUTCOME_NEW
					                              : OUTCOME_NEWLY_IN_SCOPE;
			}
			if (f->outcome != expected)
				wrong = "an outcome is not what its match, the passes and the scope say";
			if (f->updated_by != bits) wrong = "updated_by is not what differs";
		}
	unmake(&m);
	return wrong;
}

/* What a diff speaks of. */
struct view {
	uint8_t tool, rule, subject, package, folder, file, line, severity, version, message;
};

static struct view view_of(const struct record *r)
{
	struct view v = {
	    .tool = r->tool, .rule = r->rule, .subject = r->subject, .severity = r->severity, .version = r->version};
	if (nature_of(r) == NATURE_POSTURE) return v;
	v.package = package_of(r);
	v.folder = r->file ? r->folder : 0;
	v.file = r->file;
	v.line = r->line;
	v.message = r->message;
	return v;
}

static int by_view(const void *a, const void *b) { return memcmp(a, b, sizeof(struct view)); }

struct applied {
	const struct made *m;
	int from; /* the side that is given: SIDE_BEFORE gives after, SIDE_AFTER gives before */
	struct view views[2 * MOST];
	size_t count, listed[SIDE_COUNT];
};

static bool apply(void *context, const struct diff_item *item)
{
	struct applied *x = context;
	bool pair = item->outcome == OUTCOME_UNCHANGED || item->outcome == OUTCOME_UPDATED;
	const struct record *r = x->m->records[item->side][item->finding];
	x->listed[item->side]++;
	if (pair) {
		x->listed[1 - item->side]++;
		const struct record *of[SIDE_COUNT] = {x->m->records[SIDE_BEFORE][item->matched], r};
		struct view v = view_of(of[x->from]), w = view_of(of[1 - x->from]);
		uint8_t bits = x->m->diff.fates[SIDE_AFTER][item->finding].updated_by;
		if (bits & UPDATED_LOCATION) v.folder = w.folder, v.file = w.file, v.line = w.line;
		if (bits & UPDATED_SEVERITY) v.severity = w.severity;
		if (bits & UPDATED_VERSION) v.version = w.version;
		if (bits & UPDATED_MESSAGE) v.message = w.message;
		if (x->m->diff.fates[SIDE_AFTER][item->finding].rule_renamed) v.rule = w.rule;
		x->views[x->count++] = v;
	} else if ((int)item->side != x->from) {
		x->views[x->count++] = view_of(r); /* it comes; those of the given side go */
	}
	return true;
}

static const char *invertible(const struct pair_of_sides *p)
{
	struct made m;
	make(&m, &p->sides[0], &p->sides[1]);
	const char *wrong = NULL;
	for (int from = 0; from < SIDE_COUNT; from++) {
		struct applied x = {.m = &m, .from = from};
		struct view there[MOST];
		size_t n = 0;
		diff_each(&m.diff, apply, &x);
		for (uint32_t i = 0; i < m.count[1 - from]; i++)
			if (open(m.records[1 - from][i])) there[n++] = view_of(m.records[1 - from][i]);
		qsort(x.views, x.count, sizeof(*x.views), by_view);
		qsort(there, n, sizeof(*there), by_view);
		if (x.count != n || (n && memcmp(x.views, there, sizeof(*there) * n) != 0))
			wrong = from ? "after with the diff taken back is not before"
			             : "before with the diff applied is not after";
		if (x.listed[0] != m.diff.open[0] || x.listed[1] != m.diff.open[1])
			wrong = "the diff does not list each open record once";
	}
	unmake(&m);
	return wrong;
}

static const char *itself(const struct pair_of_sides *p)
{
	const char *wrong = NULL;
	for (int k = 0; k < SIDE_COUNT; k++) {
		struct made m;
		make(&m, &p->sides[k], &p->sides[k]);
		if (m.diff.outcomes[OUTCOME_UNCHANGED] != m.diff.open[0] || m.diff.open[0] != m.diff.open[1])
			wrong = "a snapshot is not unchanged from itself";
		unmake(&m);
	}
	return wrong;
}

static const char *mirror(const struct pair_of_sides *p)
{
	struct made m, w;
	make(&m, &p->sides[0], &p->sides[1]);
	make(&w, &p->sides[1], &p->sides[0]);
	const uint64_t *a = m.diff.outcomes, *b = w.diff.outcomes;
	const char *wrong = NULL;
	if (a[OUTCOME_UNCHANGED] != b[OUTCOME_UNCHANGED] || a[OUTCOME_UPDATED] != b[OUTCOME_UPDATED])
		wrong = "unchanged or updated are others the other way round";
	/* A rule that is gone is not reassessed, and the other way round new under a new rule. */
	else if (m.diff.rule_gone != w.diff.new_rule || w.diff.rule_gone != m.diff.new_rule ||
	         m.diff.rule_renamed != w.diff.rule_renamed)
		wrong = "rule_gone is not new_rule the other way round";
	else if (a[OUTCOME_FIXED] != b[OUTCOME_NEW] - w.diff.new_rule ||
	         b[OUTCOME_FIXED] != a[OUTCOME_NEW] - m.diff.new_rule)
		wrong = "fixed is not new the other way round";
	else if (a[OUTCOME_NOT_REASSESSED] - m.diff.rule_gone != b[OUTCOME_NEWLY_IN_SCOPE] ||
	         b[OUTCOME_NOT_REASSESSED] - w.diff.rule_gone != a[OUTCOME_NEWLY_IN_SCOPE])
		wrong = "not_reassessed is not newly_in_scope the other way round";
	else if (a[OUTCOME_FIXED_VERIFIED] + a[OUTCOME_DISMISSED] != b[OUTCOME_REOPENED] ||
	         b[OUTCOME_FIXED_VERIFIED] + b[OUTCOME_DISMISSED] != a[OUTCOME_REOPENED])
		wrong = "fixed_verified and dismissed are not reopened the other way round";
	else if (memcmp(m.diff.updated_by, w.diff.updated_by, sizeof(m.diff.updated_by)) != 0)
		wrong = "updated_by is another the other way round";
	unmake(&m);
	unmake(&w);
	return wrong;
}

static bool same_counts(const struct diff *a, const struct diff *b)
{
	return memcmp(a->records, b->records, sizeof(a->records)) == 0 &&
	       memcmp(a->open, b->open, sizeof(a->open)) == 0 &&
	       memcmp(a->by_severity, b->by_severity, sizeof(a->by_severity)) == 0 &&
	       memcmp(a->outcomes, b->outcomes, sizeof(a->outcomes)) == 0 &&
	       memcmp(a->by_outcome, b->by_outcome, sizeof(a->by_outcome)) == 0 &&
	       memcmp(a->by_outcome_before, b->by_outcome_before, sizeof(a->by_outcome_before)) == 0 &&
	       memcmp(a->updated_by, b->updated_by, sizeof(a->updated_by)) == 0 &&
	       memcmp(a->reduction, b->reduction, sizeof(a->reduction)) == 0 &&
	       memcmp(a->subjects, b->subjects, sizeof(a->subjects)) == 0;
}

static const char *arranged(const struct pair_of_sides *p, bool permute, uint32_t per_file)
{
	struct made m;
	make(&m, &p->sides[0], &p->sides[1]);
	const char *wrong = NULL;
	for (int round = 0; round < 3; round++) {
		struct snapshot s[SIDE_COUNT];
		struct diff d;
		uint64_t mine = random_state;
		start(7000u + (uint64_t)round); /* of its own, so that a smaller pair is arranged alike */
		for (int k = 0; k < SIDE_COUNT; k++) {
			uint32_t order[MOST], n = p->sides[k].count;
			for (uint32_t i = 0; i < n; i++) order[i] = round ? i : n - 1 - i;
			for (uint32_t i = 0; round && i + 1 < n; i++) {
				uint32_t o = i + below(n - i), t = order[i];
				order[i] = order[o];
				order[o] = t;
			}
			build(&s[k], &p->sides[k], permute ? order : NULL, per_file ? per_file : MOST + 1);
		}
		random_state = mine;
		diff_run(&d, &s[0], &s[1], 1);
		if (!same_counts(&m.diff, &d))
			wrong = permute ? "another order of the records changes a count" : "other files change a count";
		diff_free(&d);
		for (int k = 0; k < SIDE_COUNT; k++) snapshot_free(&s[k]);
		if (!permute) break;
	}
	unmake(&m);
	return wrong;
}

static const char *permuted(const struct pair_of_sides *p) { return arranged(p, true, 0); }
static const char *split(const struct pair_of_sides *p) { return arranged(p, false, 1); }
static const char *permuted_and_split(const struct pair_of_sides *p) { return arranged(p, true, 3); }

static const char *threads(const struct pair_of_sides *p)
{
	struct made m;
	struct diff d;
	make(&m, &p->sides[0], &p->sides[1]);
	diff_run(&d, &m.snapshots[0], &m.snapshots[1], 3);
	const char *wrong = same_counts(&m.diff, &d) ? NULL : "three threads count otherwise than one";
	for (int k = 0; k < SIDE_COUNT; k++)
		if (memcmp(d.fates[k], m.diff.fates[k], sizeof(struct fate) * m.count[k]) != 0)
			wrong = "three threads find other fates than one";
	diff_free(&d);
	unmake(&m);
	return wrong;
}

static const char *figures(const struct pair_of_sides *p)
{
	struct made m;
	make(&m, &p->sides[0], &p->sides[1]);
	struct change_of_severity r[SEVERITY_COUNT] = {0}, s[SEVERITY_COUNT] = {0};
	for (int k = 0; k < SIDE_COUNT; k++) {
		bool seen[SEVERITY_COUNT][3] = {0}, seen_common[SEVERITY_COUNT][3] = {0};
		for (uint32_t i = 0; i < m.count[k]; i++) {
			const struct record *o = m.records[k][i];
			if (!open(o)) continue;
			bool common = p->sides[0].assessed[o->tool][o->target] == 2 &&
			              p->sides[1].assessed[o->tool][o->target] == 2;
			*(k ? &r[o->severity].raw_after : &r[o->severity].raw_before) += 1;
			if (common) *(k ? &r[o->severity].after : &r[o->severity].before) += 1;
			if (!o->subject) continue;
			if (!seen[o->severity][o->subject])
				*(k ? &s[o->severity].raw_after : &s[o->severity].raw_before) += 1;
			if (common && !seen_common[o->severity][o->subject])
				*(k ? &s[o->severity].after : &s[o->severity].before) += 1;
			seen[o->severity][o->subject] = true;
			seen_common[o->severity][o->subject] |= common;
		}
	}
	const char *wrong = NULL;
	if (memcmp(r, m.diff.reduction, sizeof(r)) != 0) wrong = "the reduction of findings is wrong";
	if (memcmp(s, m.diff.subjects, sizeof(s)) != 0) wrong = "the reduction of subjects is wrong";
	unmake(&m);
	return wrong;
}

static bool lists(const struct side_of_case *side, uint8_t rule)
{
	return side->listed >> rule & 1 || (rule == 0 && side->listed & FORMERLY && side->listed & 2);
}

/* On this side's word the first two rules are one. */
static bool says_renamed(const struct side_of_case *side)
{
	return side->listed & FORMERLY && side->listed & 2 && !(side->listed & 1) &&
	       (side->assessed[0][0] || side->assessed[0][1]);
}

/* What lists of rules do to what is left over, to names of rules, and to the common scope. */
static const char *rule_flags(const struct pair_of_sides *p)
{
	struct made m;
	make(&m, &p->sides[0], &p->sides[1]);
	const char *wrong = NULL;
	bool one_rule = says_renamed(&p->sides[0]) || says_renamed(&p->sides[1]);
	uint64_t common[SIDE_COUNT] = {0};
	for (int k = 0; k < SIDE_COUNT; k++)
		for (uint32_t i = 0; i < m.count[k]; i++) {
			const struct record *r = m.records[k][i];
			const struct fate *f = &m.diff.fates[k][i];
			const struct side_of_case *other = &p->sides[1 - k];
			bool again = other->assessed[r->tool][r->target] == 2;
			bool unlisted = open(r) && f->match == NO_MATCH && !has_pass(&m, 1 - k, r) && again &&
			                !r->tool && other->listed && !lists(other, r->rule);
			if ((k == SIDE_BEFORE ? f->rule_gone : f->new_rule) != unlisted)
				wrong = "a rule is not flagged as gone or new where the other side's list lacks it";
			if (unlisted && f->outcome != (k == SIDE_BEFORE ? OUTCOME_NOT_REASSESSED : OUTCOME_NEW))
				wrong = "a finding of a rule that is gone or new has another outcome";
			common[k] += open(r) && again && p->sides[k].assessed[r->tool][r->target] == 2 && !unlisted;
			if (f->match == NO_MATCH) continue;
			const struct record *o = m.records[1 - k][f->match];
			if (f->rule_renamed != (r->rule != o->rule))
				wrong = "a pair of two rules is not said to be one";
			if (f->rule_renamed && (!one_rule || r->rule + o->rule != 1 || r->tool))
				wrong = "two rules are one, and no list says so";
		}
	for (uint32_t i = 0; one_rule && i < m.count[0]; i++)
		for (uint32_t k = 0; k < m.count[1]; k++) {
			const struct record *b = m.records[0][i], *a = m.records[1][k];
			struct record now = *b; /* under the other's rule */
			now.rule = a->rule;
			if (!open(b) || !open(a) || matched(&m, 0, i) || matched(&m, 1, k) || b->tool ||
			    a->rule + b->rule != 1)
				continue;
			if (in_tier(&m, TIER_IDENTITY, &now, a) ||
			    (in_tier(&m, TIER_CONTENT, &now, a) && !kept_apart(&m, &now) && !kept_apart(&m, b)))
				wrong = "one finding under two names of its rule is left over on both sides";
		}
	if (common[0] != m.diff.reduction_all.before || common[1] != m.diff.reduction_all.after)
		wrong = "the common scope holds findings of rules that one side alone looked for";
	unmake(&m);
	return wrong;
}

static const char *keys(const struct pair_of_sides *p)
{
	struct made m;
	make(&m, &p->sides[0], &p->sides[1]);
	const char *wrong = NULL;
	for (uint32_t k = 0; k < m.count[1]; k++) {
		const struct fate *f = &m.diff.fates[1][k];
		char before[19], after[19];
		if (f->match == NO_MATCH) continue;
		diff_key(&m.diff, SIDE_BEFORE, f->match, before);
		diff_key(&m.diff, SIDE_AFTER, k, after);
		if (strcmp(before, after) != 0)
			wrong = f->tier == TIER_IDENTITY ? "a pair of the first tier has two keys"
			                                 : "a pair below the first tier has two keys";
	}
	unmake(&m);
	return wrong;
}

/* ---- running them ---- */

/* Leaves out records and takes back fields as long as the property is still broken. */
static void shrink(struct pair_of_sides *p, const char *(*property)(const struct pair_of_sides *))
{
	for (bool smaller = true; smaller;) {
		smaller = false;
		for (int k = 0; k < SIDE_COUNT; k++)
			for (uint32_t i = 0; i < p->sides[k].count; i++) {
				struct pair_of_sides less = *p;
				struct side_of_case *s = &less.sides[k];
				for (uint32_t n = i; n + 1 < s->count; n++) s->records[n] = s->records[n + 1];
				s->count--;
				if (property(&less)) *p = less, smaller = true, i--;
			}
		for (int k = 0; k < SIDE_COUNT; k++)
			for (uint32_t i = 0; i < p->sides[k].count; i++)
				for (size_t f = 0; f < FIELDS; f++) {
					struct pair_of_sides less = *p;
					unsigned char *byte = (unsigned char *)&less.sides[k].records[i] + f;
					if (!*byte) continue;
					*byte = 0;
					if (property(&less)) *p = less, smaller = true;
				}
		for (int k = 0; k < SIDE_COUNT; k++)
			for (int t = 0; t < TOOLS * TARGETS; t++) {
				struct pair_of_sides less = *p;
				if (less.sides[k].assessed[t / TARGETS][t % TARGETS] == 2) continue;
				less.sides[k].assessed[t / TARGETS][t % TARGETS] = 2;
				if (property(&less)) *p = less, smaller = true;
			}
	}
}

static void check_property(const char *sentence, const char *(*property)(const struct pair_of_sides *), uint32_t cases)
{
	const char *soak = getenv("SOAK");
	uint32_t broken = 0;
	struct pair_of_sides first;
	uint64_t where = 0;
	if (soak && *soak && strcmp(soak, "0") != 0) cases *= 50;
	for (uint32_t i = 0; i < cases; i++) {
		start(i);
		struct pair_of_sides p = any_pair();
		if (property(&p) && broken++ == 0) first = p, where = i;
	}
	if (CHECK(broken == 0, "%s (%u pairs, seed %llu)", sentence, cases, (unsigned long long)seed)) return;
	shrink(&first, property);
	printf("# %u pairs of %u; the first, number %llu, made smaller: %s\n", broken, cases, (unsigned long long)where,
	       property(&first));
	print_pair(&first);
}

/* `named` has been through diff_name, `alone` has not. */
static bool same_names(const struct diff *alone, const struct diff *named)
{
	for (int k = 0; k < SIDE_COUNT; k++)
		for (uint32_t i = 0; i < named->sides[k]->finding_count; i++) {
			char id[2][19], key[2][19];
			diff_id(alone, (enum side)k, i, id[0]);
			diff_id(named, (enum side)k, i, id[1]);
			diff_key(alone, (enum side)k, i, key[0]);
			diff_key(named, (enum side)k, i, key[1]);
			if (strcmp(id[0], id[1]) != 0 || strcmp(key[0], key[1]) != 0) return false;
		}
	return true;
}

/* Enough records for several stretches (analyze/match.c): each is alone with its fingerprint, and the after side has them the other way round, so that a
 * couple's two records lie in different ones. */
static void check_stretches(void)
{
	enum { EACH = (3 << 18) + 5 };
	struct snapshot s[SIDE_COUNT];
	const struct record r = {.file = 1, .identity = 1, .status = STATUS_FAIL};
	for (int k = 0; k < SIDE_COUNT; k++) {
		snapshot_init(&s[k]);
		push(&s[k], &r);
		struct finding only = s[k].findings[0];
		s[k].findings = large_grow(s[k].findings, sizeof(only) * EACH);
		s[k].finding_count = s[k].finding_capacity = EACH;
		for (uint32_t i = 0; i < EACH; i++) {
			s[k].findings[i] = only;
			s[k].findings[i].identity = 1 + (k ? EACH - 1 - i : i);
		}
		s[k].inputs = memory_grow(NULL, sizeof(*s[k].inputs));
		s[k].input_count = s[k].input_capacity = 1;
		s[k].inputs[0] = (struct input){.captured = INSTANT_NONE, .finding_count = EACH};
	}
	struct diff diff;
	diff_run(&diff, &s[0], &s[1], 3);
	uint32_t right = 0;
	for (uint32_t i = 0; i < EACH; i++)
		right += diff.fates[0][i].match == EACH - 1 - i && diff.fates[1][i].match == EACH - 1 - i &&
		         diff.fates[0][i].tier == TIER_IDENTITY && diff.fates[1][i].tier == TIER_IDENTITY;
	CHECK(right == EACH && diff.outcomes[OUTCOME_UNCHANGED] == EACH,
	      "%d records a side that stand the other way round find one another across stretches", EACH);
	diff_free(&diff);
	for (int k = 0; k < SIDE_COUNT; k++) snapshot_free(&s[k]);
}

/* Enough records for a tier to be split into parts. */
static void check_large(void)
{
	static const struct record most = {.tool = 1,
	                                   .rule = 3,
	                                   .shout = 1,
	                                   .folder = 2,
	                                   .file = 2,
	                                   .line = 4,
	                                   .identity = 2,
	                                   .kinds = 2,
	                                   .message = 3,
	                                   .snippet = 3,
	                                   .package = 2,
	                                   .version = 2,
	                                   .severity = 2,
	                                   .status = 1,
	                                   .target = 1};
	enum { EACH = 45000 };
	struct snapshot s[SIDE_COUNT];
	start(1);
	for (int k = 0; k < SIDE_COUNT; k++) {
		snapshot_init(&s[k]);
		s[k].inputs = memory_grow(NULL, sizeof(*s[k].inputs));
		s[k].input_count = s[k].input_capacity = 1;
		s[k].inputs[0] = (struct input){.captured = INSTANT_NONE, .finding_count = EACH};
		for (uint32_t i = 0; i < EACH; i++) {
			struct record r = any_record(&most);
			push(&s[k], &r);
			struct finding *f = &s[k].findings[i];
			char name[32]; /* some 8,000 files, so that groups stay small */
			if (f->file)
				f->file = strings_add(
				    &s[k].strings,
				    str_of(name, (size_t)snprintf(name, sizeof(name), "f%u.c", below(4000))));
			if (f->identity) f->identity += below(5000) * 4096u;
		}
	}
	struct diff one, three;
	diff_run(&one, &s[0], &s[1], 1);
	diff_run(&three, &s[0], &s[1], 3);
	bool same = same_counts(&one, &three);
	for (int k = 0; k < SIDE_COUNT; k++)
		same = same && memcmp(one.fates[k], three.fates[k], sizeof(struct fate) * EACH) == 0;
	CHECK(same && one.outcomes[OUTCOME_UPDATED] > 1000 &&
	          one.outcomes[OUTCOME_FIXED] + one.outcomes[OUTCOME_NOT_REASSESSED] > 1000,
	      "%d records a side have the same fates on one thread and on three (seed %llu)", EACH,
	      (unsigned long long)seed);
	const uint64_t *o = one.outcomes;
	CHECK(one.open[0] == o[OUTCOME_UNCHANGED] + o[OUTCOME_UPDATED] + o[OUTCOME_FIXED] + o[OUTCOME_FIXED_VERIFIED] +
	                         o[OUTCOME_DISMISSED] + o[OUTCOME_NOT_REASSESSED] &&
	          one.open[1] == o[OUTCOME_UNCHANGED] + o[OUTCOME_UPDATED] + o[OUTCOME_NEW] +
	                             o[OUTCOME_NEWLY_IN_SCOPE] + o[OUTCOME_REOPENED],
	      "and both sums hold");
	diff_name(&three, 3);
	CHECK(same_names(&one, &three), "named all together, each of them has the id and the key that it has alone");
	diff_free(&one);
	diff_free(&three);
	for (int k = 0; k < SIDE_COUNT; k++) snapshot_free(&s[k]);
}

int main(void)
{
	check_property("each open record has one outcome, and both sums hold", sums, 2000);
	check_property("matches are one to one and mutual, of records that count, one of them open", one_to_one, 2000);
	check_property("each pair is of its tier, equal ones first, and nothing that would match is left over", tiers,
	               3000);
	check_property("two pairs that could be matched within their paths are not matched across them", paths_kept,
	               3000);
	check_property("an outcome is what the match, the passes and the scope say", outcomes, 3000);
	check_property("before with the diff applied is after, and back", invertible, 2000);
	check_property("a snapshot is unchanged from itself", itself, 1500);
	check_property("diff(a, b) mirrors diff(b, a)", mirror, 3000);
	check_property("another order of the records changes no count", permuted, 2000);
	check_property("other files for the records change no count", split, 1000);
	check_property("another order over other files changes no count", permuted_and_split, 1000);
	check_property("three threads give the fates that one gives", threads, 700);
	check_property("the reductions count what stands in units assessed on both sides, and everything", figures,
	               1500);
	check_property("a matched pair has one key", keys, 1500);
	with_lists = true;
	check_property("with lists of rules: what a list lacks is flagged, and rules are one where a list says so",
	               rule_flags, 3000);
	check_property("with lists of rules: both sums hold", sums, 1000);
	check_property("with lists of rules: matches are one to one", one_to_one, 1000);
	check_property("with lists of rules: before with the diff applied is after, and back", invertible, 1000);
	check_property("with lists of rules: a snapshot is unchanged from itself", itself, 700);
	check_property("with lists of rules: diff(a, b) mirrors diff(b, a)", mirror, 2000);
	check_property("with lists of rules: another order over other files changes no count", permuted_and_split,
	               1000);
	check_property("with lists of rules: a matched pair has one key", keys, 1000);
	with_lists = false;
	check_large();
	check_stretches();
	return check_done();
}
