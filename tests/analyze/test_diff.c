/* Hand-made snapshots: each case says what both sides hold and what became of it. */
#include "analyze/diff.h"
#include "analyze/diff_facts.h"
#include "core/hash.h"
#include "tests/check.h"

#include <stdlib.h>

/* What the last case says when it fails. */
static char said[4096];
#define SAY(...) snprintf(said + strlen(said), sizeof(said) - strlen(said), __VA_ARGS__)
#define SAYING(...)                                                                                                    \
	do {                                                                                                           \
		said[0] = '\0';                                                                                        \
		if (!CHECK(__VA_ARGS__)) fputs(said, stdout);                                                          \
	} while (0)

/* ---- making them ---- */

/* One record; what is not said is empty, or what `given` says. */
struct record {
	const char *tool, *rule, *subject, *path, *target, *kinds, *package, *purl, *version;
	uint64_t identity;
	const char *message, *snippet;
	uint32_t line;
	enum severity severity;
	enum status status;
	enum nature nature;
};

static struct snapshot sides[SIDE_COUNT];
static struct diff diff;

static void begin(void)
{
	for (int k = 0; k < SIDE_COUNT; k++) {
		struct snapshot *s = &sides[k];
		snapshot_init(s);
		s->inputs = memory_grow(NULL, sizeof(*s->inputs));
		s->input_count = s->input_capacity = 1;
		s->inputs[0] = (struct input){.captured = INSTANT_NONE, .sha256 = {(unsigned char)(k + 1)}};
	}
}

static void assess(enum side side, const char *tool, const char *target, bool assessed)
{
	struct snapshot *s = &sides[side];
	uint32_t unit = snapshot_add_unit(s, str_from(tool), str_from(target), false);
	s->units[unit].assessed = assessed;
}

/* The unit of a record is assessed unless assess() said otherwise. */
static uint32_t unit_of(struct snapshot *s, const char *tool, const char *target)
{
	uint32_t count = s->unit_count, unit = snapshot_add_unit(s, str_from(tool), str_from(target), false);
	if (s->unit_count > count) s->units[unit].assessed = true;
	return unit;
}

static uint32_t text_hash(const char *text, bool masked)
{
	char out[256];
	size_t n = 0;
	for (; *text && n < sizeof(out); text++) {
		bool digit = masked && *text >= '0' && *text <= '9';
		if (digit && n && out[n - 1] == '0') continue;
		out[n++] = digit ? '0' : *text;
	}
	return (uint32_t)hash_bytes(str_of(out, n)) | 2;
}

static uint32_t add(enum side side, struct record r)
{
	struct snapshot *s = &sides[side];
	struct strings *strings = &s->strings;
	const char *tool = r.tool ? r.tool : "Scanner";
	struct profile p = {.tool = strings_add(strings, str_from(tool)),
	                    .rule = strings_add(strings, str_from(r.rule ? r.rule : "R-1")),
	                    .subject = strings_add(strings, str_from(r.subject ? r.subject : "repo")),
	                    .unit = unit_of(s, tool, r.target ? r.target : "unit"),
	                    .kinds = strings_add(strings, str_from(r.identity ? r.kinds ? r.kinds : "primary/v1" : "")),
	                    .severity = (uint8_t)r.severity,
	                    .status = (uint8_t)r.status,
	                    .nature = (uint8_t)r.nature};
	struct component c = {.package = strings_add(strings, str_from(r.package)),
	                      .version = strings_add(strings, str_from(r.version)),
	                      .purl = strings_add(strings, str_from(r.purl))};
	struct finding f = {.identity = r.identity, .span = span_of(s->finding_count * 1000u, 900), .line = r.line};
	struct str path = str_from(r.path);
	size_t slash = str_rfind_char(path, '/'), cut = slash == SIZE_MAX ? 0 : slash + 1;
	f.folder = strings_add(strings, str_slice(path, 0, cut));
	f.file = strings_add(strings, str_slice(path, cut, path.len));
	const char *text = r.snippet ? r.snippet : r.message;
	if (text) {
		f.content = text_hash(text, false);
		f.masked = text_hash(text, true);
	}
	f.message = (r.message ? text_hash(r.message, false) & ~1u : 0) | (r.snippet != NULL);
	f.profile = snapshot_add_profile(s, &p);
	f.component = c.package || c.version || c.purl ? snapshot_add_component(s, &c) : 0;
	ARRAY_RESERVE(s->findings, s->finding_count, s->finding_capacity);
	s->findings[s->finding_count++] = f;
	s->inputs[0].finding_count = s->finding_count;
	return s->finding_count - 1;
}

static void compare(void) { diff_run(&diff, &sides[SIDE_BEFORE], &sides[SIDE_AFTER], 1); }

static void end(void)
{
	diff_free(&diff);
	for (int k = 0; k < SIDE_COUNT; k++) snapshot_free(&sides[k]);
}

#define BEFORE(...) add(SIDE_BEFORE, (struct record){__VA_ARGS__})
#define AFTER(...) add(SIDE_AFTER, (struct record){__VA_ARGS__})

static const struct fate *fate(enum side side, uint32_t i) { return &diff.fates[side][i]; }

static const char *outcome(enum side side, uint32_t i)
{
	uint8_t o = fate(side, i)->outcome;
	return o < OUTCOME_COUNT ? outcome_names[o] : "none";
}

static bool is(enum side side, uint32_t i, const char *expected)
{
	if (strcmp(outcome(side, i), expected) == 0) return true;
	SAY("# %s %u is %s, expected %s\n", side_names[side], i, outcome(side, i), expected);
	return false;
}

static bool before_is(uint32_t i, const char *expected) { return is(SIDE_BEFORE, i, expected); }
static bool after_is(uint32_t i, const char *expected) { return is(SIDE_AFTER, i, expected); }

/* One record a side: what became of them, in which tier, and why they are updated. */
static bool one(struct record b, struct record a, enum tier tier, uint8_t updated_by)
{
	begin();
	add(SIDE_BEFORE, b);
	add(SIDE_AFTER, a);
	compare();
	const struct fate *f = fate(SIDE_BEFORE, 0);
	bool right = f->tier == tier && f->updated_by == updated_by && (f->match == 0) == (tier != TIER_NONE);
	right = right && strcmp(outcome(SIDE_BEFORE, 0), tier == TIER_NONE ? "fixed"
	                                                 : updated_by      ? "updated"
	                                                                   : "unchanged") == 0;
	right = right && strcmp(outcome(SIDE_AFTER, 0), tier == TIER_NONE ? "new"
	                                                : updated_by      ? "updated"
	                                                                  : "unchanged") == 0;
	if (!right)
		SAY("# %s, tier %s, updated_by %u; expected tier %s, updated_by %u\n", outcome(SIDE_BEFORE, 0),
		    tier_names[f->tier], f->updated_by, tier_names[tier], updated_by);
	end();
	return right;
}

#define R(...) ((struct record){__VA_ARGS__})

/* ---- the tiers ---- */

static void check_identity(void)
{
	SAYING(one(R(.identity = 7, .path = "a.c", .line = 3, .message = "m"),
	           R(.identity = 7, .path = "a.c", .line = 3, .message = "m"), TIER_IDENTITY, 0),
	       "records with equal fingerprints, rule and subject are the same");
	SAYING(one(R(.identity = 7, .path = "a.c", .line = 3, .message = "m"),
	           R(.identity = 7, .path = "src/b.c", .line = 9, .message = "n", .severity = SEVERITY_LOW),
	           TIER_IDENTITY, UPDATED_LOCATION | UPDATED_SEVERITY | UPDATED_MESSAGE),
	       "whatever else changes is an update");
	SAYING(one(R(.identity = 7, .rule = "R-1"), R(.identity = 7, .rule = "R-2"), TIER_NONE, 0),
	       "not under another rule");
	SAYING(one(R(.identity = 7, .subject = "a"), R(.identity = 7, .subject = "b"), TIER_NONE, 0),
	       "not for another subject");
	begin();
	BEFORE(.identity = 7, .tool = "A");
	AFTER(.identity = 7, .tool = "B");
	compare();
	SAYING(before_is(0, "not_reassessed") && after_is(0, "newly_in_scope"), "not by another tool");
	end();
	SAYING(one(R(.identity = 7, .subject = "https://Git/Repo"), R(.identity = 7, .subject = "https://git/repo"),
	           TIER_IDENTITY, 0),
	       "a subject is compared without case");

	SAYING(one(R(.nature = NATURE_POSTURE, .subject = "/subscriptions/S/aks"),
	           R(.nature = NATURE_POSTURE, .subject = "/subscriptions/s/AKS"), TIER_IDENTITY, 0),
	       "an assessment is the same for the same key and resource");
	SAYING(one(R(.nature = NATURE_POSTURE, .severity = SEVERITY_HIGH),
	           R(.nature = NATURE_POSTURE, .severity = SEVERITY_LOW), TIER_IDENTITY, UPDATED_SEVERITY),
	       "its severity is an update");
	SAYING(one(R(.nature = NATURE_POSTURE, .rule = "a"), R(.nature = NATURE_POSTURE, .rule = "b"), TIER_NONE, 0) &&
	           one(R(.nature = NATURE_POSTURE, .subject = "a", .path = "p", .message = "m"),
	               R(.nature = NATURE_POSTURE, .subject = "b", .path = "p", .message = "m"), TIER_NONE, 0),
	       "it matches in the first tier or not at all");

	SAYING(
	    one(R(.nature = NATURE_VULNERABILITY, .rule = "CVE-1", .package = "zlib", .version = "1.0", .path = "app"),
	        R(.nature = NATURE_VULNERABILITY, .rule = "CVE-1", .package = "zlib", .version = "1.1", .path = "app"),
	        TIER_IDENTITY, UPDATED_VERSION),
	    "a vulnerability is the same for the same id, package, path and subject, whatever the version");
	SAYING(one(R(.nature = NATURE_VULNERABILITY, .purl = "pkg:npm/%40a/b@1.0?x=y", .package = "b"),
	           R(.nature = NATURE_VULNERABILITY, .purl = "pkg:npm/%40a/b@2.0", .package = "b"), TIER_IDENTITY, 0) &&
	           one(R(.nature = NATURE_VULNERABILITY, .purl = "pkg:npm/@a/b@1.0"),
	               R(.nature = NATURE_VULNERABILITY, .purl = "pkg:npm/@a/b"), TIER_IDENTITY, 0),
	       "a package URL counts without its version");
	SAYING(one(R(.nature = NATURE_VULNERABILITY, .message = "old text"),
	           R(.nature = NATURE_VULNERABILITY, .message = "new text"), TIER_IDENTITY, 0),
	       "feeds edit texts: a vulnerability's message is no update");
	SAYING(one(R(.nature = NATURE_VULNERABILITY, .package = "zlib"),
	           R(.nature = NATURE_VULNERABILITY, .package = "openssl"), TIER_NONE, 0) &&
	           one(R(.nature = NATURE_VULNERABILITY, .message = "m", .package = "a"),
	               R(.nature = NATURE_VULNERABILITY, .message = "m", .package = "b"), TIER_NONE, 0),
	       "another package is another vulnerability, whatever the text");
	SAYING(one(R(.nature = NATURE_VULNERABILITY, .identity = 9, .path = "a"),
	           R(.nature = NATURE_VULNERABILITY, .identity = 9, .path = "b"), TIER_IDENTITY, UPDATED_LOCATION),
	       "a tool's own unique id identifies one too");
}

static void check_content(void)
{
	SAYING(one(R(.path = "a.c", .line = 3, .snippet = "strcpy(a, b)", .message = "m"),
	           R(.path = "a.c", .line = 9, .snippet = "strcpy(a, b)", .message = "other"), TIER_CONTENT,
	           UPDATED_LOCATION | UPDATED_MESSAGE),
	       "without fingerprints the snippet at the same path says it");
	SAYING(one(R(.path = "a.c", .message = "m"), R(.path = "a.c", .message = "m"), TIER_CONTENT, 0),
	       "without a snippet the message");
	SAYING(one(R(.path = "a.c", .package = "x"), R(.path = "a.c", .package = "x", .line = 4), TIER_CONTENT,
	           UPDATED_LOCATION) &&
	           one(R(.path = "a.c", .package = "x"), R(.path = "a.c", .package = "y"), TIER_NONE, 0),
	       "without either the component");
	SAYING(one(R(.path = "a.c"), R(.path = "a.c"), TIER_CONTENT, 0), "or its absence");
	SAYING(one(R(.path = "a.c", .snippet = "x"), R(.path = "a.c", .snippet = "y", .message = "x"), TIER_NONE, 0),
	       "another snippet at the same path is another weakness");
	SAYING(one(R(.path = "a.c", .rule = "a", .snippet = "x"), R(.path = "a.c", .rule = "b", .snippet = "x"),
	           TIER_NONE, 0) &&
	           one(R(.path = "a.c", .subject = "a", .snippet = "x"),
	               R(.path = "a.c", .subject = "b", .snippet = "x"), TIER_NONE, 0),
	       "so is another rule, and another subject");
	SAYING(one(R(.subject = "", .path = "a.c", .message = "m"), R(.subject = "", .path = "a.c", .message = "m"),
	           TIER_CONTENT, 0),
	       "an empty subject matches by rule and path");
	SAYING(one(R(.subject = "", .path = "a.c", .message = "m"), R(.subject = "repo", .path = "a.c", .message = "m"),
	           TIER_NONE, 0),
	       "an empty subject is no other subject");
}

static void check_fingerprints_that_differ(void)
{
	SAYING(one(R(.identity = 1, .path = "a.c", .message = "m"), R(.identity = 2, .path = "a.c", .message = "m"),
	           TIER_NONE, 0),
	       "fingerprints of the same kinds that differ: an equal message does not match");
	SAYING(one(R(.identity = 1, .path = "a.c"), R(.identity = 2, .path = "a.c"), TIER_NONE, 0),
	       "nor does an equal component");
	SAYING(one(R(.identity = 1, .path = "a.c", .message = "line 1"),
	           R(.identity = 2, .path = "a.c", .message = "line 2"), TIER_NONE, 0),
	       "nor masked content");
	SAYING(one(R(.identity = 1, .path = "x/a.c", .message = "m"), R(.identity = 2, .path = "y/a.c", .message = "m"),
	           TIER_NONE, 0),
	       "nor a file of the same name");
	SAYING(one(R(.identity = 1, .path = "a.c", .snippet = "s"), R(.identity = 2, .path = "a.c", .message = "s"),
	           TIER_NONE, 0),
	       "nor a message that reads like the snippet");
	SAYING(one(R(.identity = 1, .path = "a.c", .snippet = "s 1"), R(.identity = 2, .path = "a.c", .snippet = "s 2"),
	           TIER_NONE, 0),
	       "nor a snippet whose digits differ");
	SAYING(one(R(.identity = 1, .path = "a.c", .snippet = "s"), R(.identity = 2, .path = "a.c", .snippet = "s"),
	           TIER_CONTENT, 0),
	       "an equal snippet does");
	SAYING(one(R(.identity = 1, .path = "x/a.c", .snippet = "s"), R(.identity = 2, .path = "y/a.c", .snippet = "s"),
	           TIER_RENAMED, UPDATED_LOCATION),
	       "in a renamed file too");
	SAYING(one(R(.identity = 1, .kinds = "a/v1", .path = "a.c", .message = "m"),
	           R(.identity = 2, .kinds = "a/v2", .path = "a.c", .message = "m"), TIER_CONTENT, 0),
	       "fingerprints of other kinds say nothing");
	SAYING(one(R(.identity = 1, .path = "a.c", .message = "m"), R(.path = "a.c", .message = "m"), TIER_CONTENT, 0),
	       "nor does the lack of them");
}

static void check_moved(void)
{
	SAYING(one(R(.path = "a.c", .line = 12, .message = "see line 12"),
	           R(.path = "a.c", .line = 130, .message = "see line 130"), TIER_MOVED,
	           UPDATED_LOCATION | UPDATED_MESSAGE),
	       "content whose digits differ has moved");
	SAYING(
	    one(R(.path = "a.c", .message = "see line 12"), R(.path = "b.c", .message = "see line 13"), TIER_NONE, 0),
	    "not to another file");
	SAYING(one(R(.path = "x/a.c", .message = "see line 12"), R(.path = "y/a.c", .message = "see line 13"),
	           TIER_NONE, 0),
	       "not to another folder");
	begin();
	BEFORE(.path = "a.c", .message = "see 1");
	BEFORE(.path = "a.c", .message = "see 2");
	AFTER(.path = "a.c", .message = "see 3");
	AFTER(.path = "a.c", .message = "see 1");
	compare();
	SAYING(before_is(0, "unchanged") && fate(SIDE_BEFORE, 0)->match == 1 && before_is(1, "updated") &&
	           fate(SIDE_BEFORE, 1)->tier == TIER_MOVED,
	       "what matches in an earlier tier is taken first");
	end();
}

static void check_renamed(void)
{
	SAYING(one(R(.path = "old/a.c", .line = 3, .message = "m"),
	           R(.path = "new/deep/a.c", .line = 3, .message = "m"), TIER_RENAMED, UPDATED_LOCATION),
	       "the very same content in another folder's file of the same name is renamed");
	SAYING(one(R(.path = "old/a.c", .message = "m"), R(.path = "old/b.c", .message = "m"), TIER_NONE, 0),
	       "another name is another file");
	SAYING(one(R(.path = "old/a.c"), R(.path = "new/a.c"), TIER_NONE, 0),
	       "without content there is nothing to go by");
	SAYING(one(R(.message = "m"), R(.path = "new/a.c", .message = "m"), TIER_NONE, 0),
	       "a record without a path was in no folder");
	begin();
	BEFORE(.path = "old/a.c", .message = "m");
	AFTER(.path = "new/a.c", .message = "m");
	AFTER(.path = "old/a.c", .message = "other", .rule = "R-2");
	compare();
	SAYING(before_is(0, "fixed") && after_is(0, "new"), "not when the old path still stands, under whatever rule");
	end();
	begin();
	BEFORE(.path = "old/a.c", .message = "m");
	AFTER(.path = "new/a.c", .message = "m");
	AFTER(.path = "old/a.c", .message = "other", .status = STATUS_PASS, .rule = "R-2");
	compare();
	SAYING(before_is(0, "fixed") && after_is(0, "new"), "or in a record that is not open");
	end();
	begin();
	BEFORE(.path = "old/a.c", .message = "m");
	BEFORE(.path = "new/a.c", .message = "other");
	AFTER(.path = "new/a.c", .message = "m");
	compare();
	SAYING(before_is(0, "fixed") && before_is(1, "fixed") && after_is(0, "new"),
	       "not when the new path stood before");
	end();
	begin();
	BEFORE(.path = "old/a.c", .message = "m");
	BEFORE(.path = "new/a.c", .message = "other", .subject = "another repo");
	AFTER(.path = "new/a.c", .message = "m");
	compare();
	SAYING(before_is(0, "updated"), "a path of another subject does not matter");
	end();
	SAYING(one(R(.nature = NATURE_VULNERABILITY, .package = "zlib", .path = "usr/lib"),
	           R(.nature = NATURE_VULNERABILITY, .package = "zlib", .path = "opt"), TIER_RENAMED, UPDATED_LOCATION),
	       "a vulnerability may change its path within its subject");
	begin();
	BEFORE(.nature = NATURE_VULNERABILITY, .package = "zlib", .path = "a");
	BEFORE(.nature = NATURE_VULNERABILITY, .package = "zlib", .path = "b");
	AFTER(.nature = NATURE_VULNERABILITY, .package = "zlib", .path = "b");
	AFTER(.nature = NATURE_VULNERABILITY, .package = "zlib", .path = "c");
	compare();
	SAYING(before_is(1, "unchanged") && fate(SIDE_BEFORE, 1)->match == 0 && before_is(0, "updated") &&
	           fate(SIDE_BEFORE, 0)->match == 1,
	       "though one at its own path stays there");
	end();
	begin();
	BEFORE(.nature = NATURE_VULNERABILITY, .package = "zlib", .path = "a", .subject = "x");
	AFTER(.nature = NATURE_VULNERABILITY, .package = "zlib", .path = "a", .subject = "y");
	compare();
	SAYING(before_is(0, "fixed") && after_is(0, "new"), "and never goes to another subject");
	end();
}

/* ---- inside a group ---- */

static void check_groups(void)
{
	begin();
	for (int i = 0; i < 3; i++) BEFORE(.path = "a.c", .message = "m", .line = 5);
	for (int i = 0; i < 2; i++) AFTER(.path = "a.c", .message = "m", .line = 5);
	compare();
	SAYING(diff.outcomes[OUTCOME_UNCHANGED] == 2 && diff.outcomes[OUTCOME_FIXED] == 1,
	       "two equal records are two findings");
	end();
	begin();
	BEFORE(.path = "a.c", .message = "m", .line = 10);
	BEFORE(.path = "a.c", .message = "m", .line = 20);
	AFTER(.path = "a.c", .message = "m", .line = 20);
	AFTER(.path = "a.c", .message = "m", .line = 30);
	compare();
	SAYING(before_is(1, "unchanged") && fate(SIDE_BEFORE, 1)->match == 0 && fate(SIDE_BEFORE, 0)->match == 1 &&
	           before_is(0, "updated"),
	       "equal ones are matched first, though others would be nearer in order");
	end();
	begin();
	BEFORE(.path = "a.c", .message = "m", .line = 30);
	BEFORE(.path = "a.c", .message = "m", .line = 10);
	AFTER(.path = "a.c", .message = "m", .line = 11);
	AFTER(.path = "a.c", .message = "m", .line = 12);
	compare();
	SAYING(fate(SIDE_BEFORE, 1)->match == 0 && fate(SIDE_BEFORE, 0)->match == 1,
	       "as many on both sides go in the order of their lines");
	end();
	begin();
	BEFORE(.path = "a.c", .message = "m", .line = 10);
	BEFORE(.path = "a.c", .message = "m", .line = 20);
	AFTER(.path = "a.c", .message = "m", .line = 11);
	AFTER(.path = "a.c", .message = "m", .line = 15);
	AFTER(.path = "a.c", .message = "m", .line = 22);
	compare();
	SAYING(fate(SIDE_BEFORE, 0)->match == 0 && fate(SIDE_BEFORE, 1)->match == 2 && after_is(1, "new"),
	       "more after: the alignment of least distance in lines says which one is new");
	end();
	begin();
	BEFORE(.path = "a.c", .message = "m", .line = 15);
	AFTER(.path = "a.c", .message = "m", .line = 20);
	AFTER(.path = "a.c", .message = "m", .line = 10);
	compare();
	SAYING(fate(SIDE_BEFORE, 0)->match == 1 && after_is(0, "new"), "of two at one distance the first by line");
	end();
	begin();
	BEFORE(.path = "a.c", .message = "m", .line = 100);
	BEFORE(.path = "a.c", .message = "m", .line = 1);
	BEFORE(.path = "a.c", .message = "m", .line = 50);
	AFTER(.path = "a.c", .message = "m", .line = 52);
	AFTER(.path = "a.c", .message = "m", .line = 90);
	compare();
	SAYING(fate(SIDE_AFTER, 0)->match == 2 && fate(SIDE_AFTER, 1)->match == 0 && before_is(1, "fixed"),
	       "more before: it says which one is fixed");
	end();
	begin();
	BEFORE(.path = "a.c", .message = "m", .line = 10);
	BEFORE(.path = "a.c", .message = "m", .line = 12);
	AFTER(.path = "a.c", .message = "m", .line = 5);
	AFTER(.path = "a.c", .message = "m", .line = 13);
	AFTER(.path = "a.c", .message = "m", .line = 13, .severity = SEVERITY_LOW);
	compare();
	SAYING(fate(SIDE_AFTER, 0)->match == NO_MATCH && fate(SIDE_BEFORE, 0)->match == 1 &&
	           fate(SIDE_BEFORE, 1)->match == 2,
	       "the order of lines is kept");
	end();

	static const char *const versions[] = {"1.0", "1.1", "1.2"};
	begin();
	for (int i = 0; i < 3; i++) BEFORE(.nature = NATURE_VULNERABILITY, .package = "zlib", .version = versions[i]);
	for (int i = 2; i > 0; i--) AFTER(.nature = NATURE_VULNERABILITY, .package = "zlib", .version = versions[i]);
	compare();
	SAYING(diff.outcomes[OUTCOME_UNCHANGED] == 2 && diff.outcomes[OUTCOME_UPDATED] == 0 && before_is(0, "fixed") &&
	           fate(SIDE_BEFORE, 1)->match == 1 && fate(SIDE_BEFORE, 2)->match == 0,
	       "digests of one image are paired by count, equal versions first");
	end();
	begin();
	BEFORE(.nature = NATURE_VULNERABILITY, .package = "zlib", .version = "1.0");
	BEFORE(.nature = NATURE_VULNERABILITY, .package = "zlib", .version = "1.0");
	AFTER(.nature = NATURE_VULNERABILITY, .package = "zlib", .version = "1.0");
	AFTER(.nature = NATURE_VULNERABILITY, .package = "zlib", .version = "2.0");
	AFTER(.nature = NATURE_VULNERABILITY, .package = "zlib", .version = "1.0");
	compare();
	SAYING(diff.outcomes[OUTCOME_UNCHANGED] == 2 && after_is(1, "new"), "whatever their order");
	end();
	begin();
	BEFORE(.identity = 1, .kinds = "k", .path = "a.c", .message = "m");
	BEFORE(.identity = 2, .kinds = "k", .path = "a.c", .message = "m");
	AFTER(.identity = 3, .kinds = "k", .path = "a.c", .message = "m");
	AFTER(.path = "a.c", .message = "m");
	compare();
	SAYING(diff.outcomes[OUTCOME_UNCHANGED] == 1 && diff.outcomes[OUTCOME_FIXED] == 1 && after_is(0, "new"),
	       "in a group, too, fingerprints that differ keep records apart");
	end();
	begin();
	BEFORE(.path = "a.c", .identity = 7, .line = 60, .severity = SEVERITY_HIGH);
	BEFORE(.path = "b.c", .identity = 7, .line = 50, .severity = SEVERITY_HIGH);
	AFTER(.path = "b.c", .identity = 7, .line = 50, .severity = SEVERITY_LOW);
	AFTER(.path = "a.c", .identity = 7, .line = 40, .severity = SEVERITY_LOW);
	compare();
	SAYING(fate(SIDE_BEFORE, 0)->match == 1 && fate(SIDE_BEFORE, 1)->match == 0,
	       "what one fingerprint stands for in two files is matched file by file, whatever the lines");
	end();
}

/* Records that look alike, each with a fingerprint of its own, of one of two kinds: of the other side's, those of the other kind may be the same. They
 * stand in an order that says nothing, by a hash. The most that can be paired is so many, whatever the order. */
static bool alike(uint64_t number)
{
	uint64_t random = hash_mix(number, 1), kinds[SIDE_COUNT][2] = {0};
	begin();
	for (int side = 0; side < SIDE_COUNT; side++)
		for (uint64_t n = 1 + (random >> 8 * (unsigned)side) % 7; n > 0; n--) {
			bool y = random >> (16 + 8 * (unsigned)side + n) & 1;
			kinds[side][y]++;
			add((enum side)side, (struct record){.identity = hash_mix(random, n * 2 + (uint64_t)side),
			                                     .kinds = y ? "y/v1" : "x/v1",
			                                     .path = "a.c",
			                                     .message = "m",
			                                     .line = 5});
		}
	compare();
	uint64_t most = 0;
	for (int k = 0; k < 2; k++) most += kinds[0][k] < kinds[1][1 - k] ? kinds[0][k] : kinds[1][1 - k];
	bool right = diff.outcomes[OUTCOME_UNCHANGED] == most;
	if (!right)
		SAY("# %llu and %llu to %llu and %llu: %llu unchanged\n", (unsigned long long)kinds[0][0],
		    (unsigned long long)kinds[0][1], (unsigned long long)kinds[1][0], (unsigned long long)kinds[1][1],
		    (unsigned long long)diff.outcomes[OUTCOME_UNCHANGED]);
	end();
	return right;
}

static void check_alike(void)
{
	bool right = true;
	said[0] = '\0';
	for (uint64_t i = 0; i < 5000 && right; i++) right = alike(i);
	if (!CHECK(right, "of records that look alike, as many are paired as their fingerprints allow"))
		fputs(said, stdout);
}

/* ---- outcomes ---- */

static void check_scope(void)
{
	begin();
	BEFORE(.target = "u1");
	BEFORE(.target = "u2", .rule = "R-2");
	BEFORE(.target = "u3", .rule = "R-3");
	assess(SIDE_AFTER, "scanner", "U1", true);
	assess(SIDE_AFTER, "Scanner", "u2", false);
	AFTER(.target = "u4", .rule = "R-4");
	AFTER(.target = "u1", .rule = "R-5");
	compare();
	SAYING(before_is(0, "fixed"), "gone, and its unit was assessed again, its name in another case: fixed");
	SAYING(before_is(1, "not_reassessed") && before_is(2, "not_reassessed"),
	       "gone, and its unit was not assessed, or is not there: not reassessed");
	SAYING(after_is(0, "newly_in_scope") && after_is(1, "new"),
	       "new only where its unit was assessed before, else newly in scope");
	end();
	begin();
	BEFORE(.target = "u");
	assess(SIDE_AFTER, "Other tool", "u", true);
	compare();
	SAYING(before_is(0, "not_reassessed"), "another tool's unit of the same name says nothing");
	end();
}

/* Open before, after side holds one record that is not open; and the mirror. */
static bool across(struct record b, struct record a, const char *gone, const char *come)
{
	begin();
	add(SIDE_BEFORE, b);
	add(SIDE_AFTER, a);
	compare();
	bool right = before_is(0, gone);
	end();
	begin();
	add(SIDE_BEFORE, a);
	add(SIDE_AFTER, b);
	compare();
	right &= after_is(0, come);
	end();
	return right;
}

static void check_not_open(void)
{
	static const enum status dismissing[] = {STATUS_SUPPRESSED, STATUS_MANUAL, STATUS_INFORMATIONAL,
	                                         STATUS_NOT_APPLICABLE};
	bool identity = true, content = true;
	for (size_t i = 0; i < 4; i++) {
		identity &=
		    across(R(.identity = 1), R(.identity = 1, .status = dismissing[i]), "dismissed", "reopened");
		content &= across(R(.path = "a.c", .message = "m"),
		                  R(.path = "a.c", .message = "m", .status = dismissing[i]), "dismissed", "reopened");
	}
	SAYING(
	    identity && content,
	    "still reported as suppressed, manual, informational or not applicable: dismissed, and reopened the other way round");
	SAYING(across(R(.nature = NATURE_POSTURE), R(.nature = NATURE_POSTURE, .status = STATUS_NOT_APPLICABLE),
	              "dismissed", "reopened"),
	       "an assessment that no longer applies is dismissed");
	SAYING(across(R(.path = "a.c", .message = "see 1"),
	              R(.path = "a.c", .message = "see 2", .status = STATUS_SUPPRESSED), "fixed", "new"),
	       "in the first two tiers only");
	SAYING(across(R(.identity = 1), R(.identity = 1, .status = STATUS_ERROR), "not_reassessed", "newly_in_scope"),
	       "an error record proves nothing: not reassessed, and newly in scope");
	SAYING(across(R(.identity = 1), R(.identity = 1, .status = STATUS_ARCHIVED), "fixed", "new"),
	       "an archived record is no part of the diff");
	begin();
	BEFORE(.identity = 1, .status = STATUS_ARCHIVED);
	AFTER(.identity = 1, .status = STATUS_ARCHIVED);
	AFTER(.identity = 2, .status = STATUS_PASS);
	compare();
	SAYING(diff.records[0] == 0 && diff.records[1] == 1 && fate(SIDE_BEFORE, 0)->match == NO_MATCH &&
	           !fate(SIDE_BEFORE, 0)->counted && before_is(0, "none"),
	       "and is not counted");
	end();
	begin();
	BEFORE(.path = "a.c", .message = "m");
	AFTER(.path = "a.c", .message = "m", .status = STATUS_SUPPRESSED);
	AFTER(.path = "a.c", .message = "m");
	compare();
	SAYING(before_is(0, "unchanged") && fate(SIDE_BEFORE, 0)->match == 1, "an open record is looked for first");
	end();
	begin();
	BEFORE(.path = "a.c", .message = "m");
	BEFORE(.path = "a.c", .message = "m");
	AFTER(.path = "a.c", .message = "m", .status = STATUS_SUPPRESSED);
	compare();
	SAYING(diff.outcomes[OUTCOME_DISMISSED] == 1 && diff.outcomes[OUTCOME_FIXED] == 1,
	       "one suppressed record dismisses one finding");
	end();
	begin();
	BEFORE(.path = "a.c", .message = "m", .status = STATUS_SUPPRESSED);
	AFTER(.path = "a.c", .message = "m", .status = STATUS_SUPPRESSED);
	compare();
	SAYING(diff.open[0] == 0 && diff.open[1] == 0 && diff.records[0] == 1 && before_is(0, "none") &&
	           after_is(0, "none") && fate(SIDE_BEFORE, 0)->match == NO_MATCH,
	       "two that are not open are not compared");
	end();
}

static void check_passes(void)
{
	SAYING(across(R(.nature = NATURE_POSTURE), R(.nature = NATURE_POSTURE, .status = STATUS_PASS), "fixed_verified",
	              "reopened"),
	       "a pass of the same rule on the same resource verifies the fix");
	SAYING(across(R(.path = "a.c", .message = "bad"), R(.path = "a.c", .message = "good", .status = STATUS_PASS),
	              "fixed_verified", "reopened"),
	       "of the same rule, subject and path too");
	SAYING(across(R(.path = "a.c", .message = "bad"), R(.message = "good", .status = STATUS_PASS), "fixed_verified",
	              "reopened") &&
	           across(R(.message = "bad"), R(.path = "a.c", .message = "good", .status = STATUS_PASS),
	                  "fixed_verified", "reopened"),
	       "where one gives no path it does not matter");
	SAYING(across(R(.path = "a.c", .message = "bad"), R(.path = "b.c", .message = "good", .status = STATUS_PASS),
	              "fixed", "new"),
	       "a pass at another path verifies nothing");
	SAYING(across(R(.path = "a.c", .message = "bad"),
	              R(.path = "a.c", .message = "good", .status = STATUS_PASS, .rule = "R-2"), "fixed", "new") &&
	           across(R(.path = "a.c", .message = "bad"),
	                  R(.path = "a.c", .message = "good", .status = STATUS_PASS, .subject = "b"), "fixed", "new"),
	       "nor does one of another rule or subject");
	SAYING(across(R(.nature = NATURE_VULNERABILITY, .package = "zlib"),
	              R(.nature = NATURE_VULNERABILITY, .package = "openssl", .status = STATUS_PASS), "fixed", "new") &&
	           across(R(.nature = NATURE_VULNERABILITY, .package = "zlib"),
	                  R(.nature = NATURE_VULNERABILITY, .status = STATUS_PASS), "fixed_verified", "reopened"),
	       "nor one of another component, where both give one");
	SAYING(across(R(.subject = "", .path = "a.c", .message = "bad"),
	              R(.subject = "", .path = "a.c", .message = "good", .status = STATUS_PASS), "fixed_verified",
	              "reopened") &&
	           across(R(.subject = "", .path = "a.c", .message = "bad"),
	                  R(.subject = "", .message = "good", .status = STATUS_PASS), "fixed", "new") &&
	           across(R(.subject = "", .message = "bad"),
	                  R(.subject = "", .message = "good", .status = STATUS_PASS), "fixed", "new"),
	       "without a subject the path must be there and the same");
	SAYING(across(R(.target = "u1", .path = "a.c", .message = "bad"),
	              R(.target = "u2", .path = "a.c", .message = "good", .status = STATUS_PASS), "fixed_verified",
	              "reopened"),
	       "a pass verifies whatever the unit: it goes before fixed, new and the question of scope");
	begin();
	BEFORE(.path = "a.c", .message = "one");
	BEFORE(.path = "a.c", .message = "two");
	AFTER(.path = "a.c", .message = "good", .status = STATUS_PASS);
	compare();
	SAYING(diff.outcomes[OUTCOME_FIXED_VERIFIED] == 2,
	       "one pass verifies all that is gone from its rule, subject and path");
	end();
}

static void check_what_counts(void)
{
	begin();
	BEFORE(.path = "a.c", .message = "m");
	AFTER(.path = "a.c", .message = "m");
	sides[SIDE_AFTER].inputs[0].superseded = true;
	compare();
	SAYING(diff.records[1] == 0 && before_is(0, "fixed") && after_is(0, "none"),
	       "a superseded capture counts nowhere");
	end();
	begin();
	BEFORE(.path = "a.c", .message = "m", .severity = SEVERITY_HIGH, .target = "u");
	BEFORE(.path = "b.c", .message = "m", .severity = SEVERITY_HIGH, .target = "gone");
	BEFORE(.path = "c.c", .message = "m", .severity = SEVERITY_HIGH, .status = STATUS_PASS, .target = "u");
	AFTER(.path = "a.c", .message = "m", .severity = SEVERITY_LOW, .target = "u");
	AFTER(.path = "d.c", .message = "n", .severity = SEVERITY_LOW, .target = "u");
	compare();
	SAYING(diff.records[0] == 3 && diff.open[0] == 2 && diff.by_severity[0][SEVERITY_HIGH] == 2 &&
	           diff.by_severity[1][SEVERITY_LOW] == 2,
	       "by_severity counts open findings only");
	SAYING(diff.by_outcome[OUTCOME_UPDATED][SEVERITY_LOW] == 1 &&
	           diff.by_outcome_before[OUTCOME_UPDATED][SEVERITY_HIGH] == 1 &&
	           diff.by_outcome[OUTCOME_NOT_REASSESSED][SEVERITY_HIGH] == 1 &&
	           diff.by_outcome[OUTCOME_NEW][SEVERITY_LOW] == 1 && diff.updated_by[1] == 1 &&
	           diff.updated_by[0] == 0,
	       "an updated pair counts under its severity after, and before");
	const struct change_of_severity *high = &diff.reduction[SEVERITY_HIGH], *low = &diff.reduction[SEVERITY_LOW];
	SAYING(high->before == 1 && high->after == 0 && high->raw_before == 2 && high->raw_after == 0 &&
	           low->before == 0 && low->after == 2 && diff.reduction_all.raw_before == 2,
	       "a reduction counts what stands in units assessed on both sides, and everything beside it");
	end();
}

static void check_subjects(void)
{
	begin();
	BEFORE(.subject = "Registry/App", .path = "1", .severity = SEVERITY_CRITICAL);
	BEFORE(.subject = "registry/app", .path = "2", .severity = SEVERITY_CRITICAL);
	BEFORE(.subject = "registry/APP", .path = "3", .severity = SEVERITY_LOW);
	BEFORE(.subject = "registry/other", .severity = SEVERITY_CRITICAL, .target = "not again");
	BEFORE(.subject = "registry/third", .severity = SEVERITY_CRITICAL, .status = STATUS_PASS);
	BEFORE(.subject = "", .path = "4", .severity = SEVERITY_CRITICAL);
	AFTER(.subject = "registry/app", .path = "3", .severity = SEVERITY_CRITICAL);
	compare();
	const struct change_of_severity *c = &diff.subjects[SEVERITY_CRITICAL], *low = &diff.subjects[SEVERITY_LOW];
	SAYING(c->before == 1 && c->raw_before == 2 && c->after == 1 && c->raw_after == 1,
	       "a subject with open findings of a severity counts once, in whatever case");
	SAYING(low->before == 1 && low->after == 0 && diff.subjects_all.before == 1 &&
	           diff.subjects_all.raw_before == 2 && diff.subjects_all.after == 1,
	       "and once for all severities");
	end();
}

static bool percent_is(uint64_t before, uint64_t after, const char *expected)
{
	double percent = 99;
	char text[32];
	if (!diff_percent(before, after, &percent)) return strcmp(expected, "null") == 0;
	snprintf(text, sizeof(text), "%.1f", percent);
	if (strcmp(text, expected) == 0) return true;
	SAY("# from %llu to %llu: %s, expected %s\n", (unsigned long long)before, (unsigned long long)after, text,
	    expected);
	return false;
}

static void check_percent(void)
{
	SAYING(percent_is(4, 1, "-75.0") && percent_is(10, 3, "-70.0") && percent_is(3, 2, "-33.3") &&
	           percent_is(3, 1, "-66.7") && percent_is(2, 5, "150.0"),
	       "fewer findings are a negative percentage");
	SAYING(percent_is(0, 0, "null") && percent_is(0, 7, "null"), "from 0 there is none");
	SAYING(percent_is(7, 7, "0.0") && percent_is(1000000, 999999, "0.0") && percent_is(1, 0, "-100.0"),
	       "there is no minus zero");
	SAYING(percent_is(400, 399, "-0.2") && percent_is(80, 71, "-11.2") && percent_is(16, 15, "-6.2") &&
	           percent_is(8, 7, "-12.5"),
	       "half a tenth is rounded as printf rounds it");
	double percent;
	SAYING(diff_percent(UINT64_C(1) << 60, 1, &percent) && percent >= -100.0 && percent <= -99.9,
	       "large counts have one too");
}

static void check_keys(void)
{
	char before[19], after[19], own[19];
	begin();
	BEFORE(.path = "a.c", .message = "see 1");
	AFTER(.path = "a.c", .message = "see 2");
	compare();
	diff_key(&diff, SIDE_BEFORE, 0, before);
	diff_key(&diff, SIDE_AFTER, 0, after);
	snapshot_finding_key(&sides[SIDE_AFTER], 0, own);
	SAYING(strcmp(before, after) == 0 && strcmp(own, after) != 0,
	       "a finding matched below the first tier keeps the key of its before record");
	end();
	begin();
	BEFORE(.path = "a.c", .message = "m", .subject = "Repo");
	AFTER(.path = "a.c", .message = "m", .subject = "repo");
	compare();
	diff_key(&diff, SIDE_BEFORE, 0, before);
	snapshot_finding_key(&sides[SIDE_AFTER], 0, own);
	SAYING(strcmp(before, own) == 0, "the same weakness has the same key on both sides");
	end();
	begin();
	BEFORE(.nature = NATURE_VULNERABILITY, .identity = 9, .path = "a");
	AFTER(.nature = NATURE_VULNERABILITY, .identity = 9, .path = "b");
	compare();
	diff_key(&diff, SIDE_BEFORE, 0, before);
	diff_key(&diff, SIDE_AFTER, 0, after);
	SAYING(strcmp(before, after) == 0,
	       "a vulnerability that its unique id matches keeps its key, wherever it goes");
	end();
	begin();
	BEFORE(.nature = NATURE_VULNERABILITY, .package = "zlib", .version = "1", .path = "a");
	AFTER(.nature = NATURE_VULNERABILITY, .package = "zlib", .version = "2", .path = "a");
	compare();
	diff_key(&diff, SIDE_BEFORE, 0, before);
	snapshot_finding_key(&sides[SIDE_AFTER], 0, own);
	SAYING(strcmp(before, own) == 0, "a new version of the package does not change a key");
	end();
}

struct seen {
	struct diff_item items[16];
	size_t count, stop_at;
};

static bool see(void *context, const struct diff_item *item)
{
	struct seen *seen = context;
	seen->items[seen->count++] = *item;
	return seen->count != seen->stop_at;
}

static void check_each(void)
{
	begin();
	BEFORE(.path = "gone.c", .message = "m");
	BEFORE(.path = "a.c", .message = "m");
	BEFORE(.path = "s.c", .message = "m");
	BEFORE(.path = "p.c", .message = "m", .status = STATUS_PASS);
	AFTER(.path = "n.c", .message = "n");
	AFTER(.path = "s.c", .message = "m", .status = STATUS_SUPPRESSED);
	AFTER(.path = "a.c", .message = "m");
	compare();
	struct seen all = {0}, some = {.stop_at = 2};
	bool whole = diff_each(&diff, see, &all), stopped = !diff_each(&diff, see, &some);
	SAYING(whole && all.count == 4 && all.items[0].side == SIDE_AFTER && all.items[0].finding == 0 &&
	           all.items[0].outcome == OUTCOME_NEW && all.items[0].matched == NO_MATCH &&
	           all.items[1].side == SIDE_AFTER && all.items[1].finding == 2 && all.items[1].matched == 1 &&
	           all.items[1].outcome == OUTCOME_UNCHANGED && all.items[2].side == SIDE_BEFORE &&
	           all.items[2].finding == 0 && all.items[2].outcome == OUTCOME_FIXED && all.items[3].finding == 2 &&
	           all.items[3].outcome == OUTCOME_DISMISSED && all.items[3].matched == 1,
	       "each open finding is listed once: the after side's, then what is gone, with its match");
	SAYING(stopped && some.count == 2, "listing stops when it is told to");
	end();
}

/* ---- facts ---- */

static void add_fact(enum side side, const char *subject, const char *name, const char *value, const char *target,
                     uint32_t input)
{
	struct snapshot *s = &sides[side];
	uint32_t unit = unit_of(s, "azure.aks", target ? target : subject);
	ARRAY_RESERVE(s->facts, s->fact_count, s->fact_capacity);
	s->facts[s->fact_count++] = (struct fact){.subject = strings_add(&s->strings, str_from(subject)),
	                                          .name = strings_add(&s->strings, str_from(name)),
	                                          .value = strings_add(&s->strings, str_from(value)),
	                                          .unit = unit,
	                                          .input = input};
}

static bool facts_are(uint64_t unchanged, uint64_t added, uint64_t removed, uint64_t changed, uint64_t not_reassessed)
{
	compare();
	const uint64_t expected[] = {unchanged, added, removed, changed, not_reassessed};
	bool right = memcmp(expected, diff.facts, sizeof(expected)) == 0 &&
	             diff.fact_change_count == added + removed + changed + not_reassessed;
	for (int k = 0; !right && k < FACT_OUTCOME_COUNT; k++)
		SAY("# %s: %llu, expected %llu\n", fact_outcome_names[k], (unsigned long long)diff.facts[k],
		    (unsigned long long)expected[k]);
	end();
	return right;
}

static void check_facts(void)
{
	static const char *const cluster = "/subscriptions/s/resourceGroups/g/clusters/c",
				 *const shouted = "/SUBSCRIPTIONS/S/resourcegroups/G/clusters/C";
	begin();
	add_fact(SIDE_BEFORE, cluster, "a", "1", NULL, 0);
	add_fact(SIDE_BEFORE, cluster, "b", "2", NULL, 0);
	add_fact(SIDE_BEFORE, cluster, "c", "3", NULL, 0);
	add_fact(SIDE_AFTER, shouted, "A", "1", NULL, 0);
	add_fact(SIDE_AFTER, shouted, "B", "20", NULL, 0);
	add_fact(SIDE_AFTER, shouted, "D", "4", NULL, 0);
	SAYING(facts_are(1, 1, 1, 1, 0),
	       "facts are compared by subject and name, without case: unchanged, added, removed, changed");
	begin();
	add_fact(SIDE_BEFORE, cluster, "a", "1", NULL, 0);
	SAYING(facts_are(0, 0, 0, 0, 1), "a resource that was not exported again is not reassessed");
	begin();
	add_fact(SIDE_BEFORE, cluster, "a", "1", NULL, 0);
	unit_of(&sides[SIDE_AFTER], "azure.aks", "/subscriptions/S");
	SAYING(facts_are(0, 0, 1, 0, 0), "a list of its subscription covers it");
	begin();
	add_fact(SIDE_BEFORE, cluster, "a", "1", NULL, 0);
	unit_of(&sides[SIDE_AFTER], "azure.acr", "/subscriptions/s");
	unit_of(&sides[SIDE_AFTER], "azure.aks", "/subscriptions/other");
	SAYING(facts_are(0, 0, 0, 0, 1), "not one of another format, nor of another subscription");
	begin();
	add_fact(SIDE_BEFORE, "a.azurecr.io", "repositories.x", "true", "a", 0);
	unit_of(&sides[SIDE_AFTER], "azure.aks", "A");
	SAYING(facts_are(0, 0, 1, 0, 0), "a unit of its own kind covers its facts");
	begin();
	add_fact(SIDE_BEFORE, "s", "a", "True", NULL, 0);
	add_fact(SIDE_BEFORE, "s", "b", "/subscriptions/X", NULL, 0);
	add_fact(SIDE_BEFORE, "s", "c", "Free", NULL, 0);
	add_fact(SIDE_AFTER, "s", "a", "true", NULL, 0);
	add_fact(SIDE_AFTER, "s", "b", "/Subscriptions/x", NULL, 0);
	add_fact(SIDE_AFTER, "s", "c", "free", NULL, 0);
	SAYING(facts_are(2, 0, 0, 1, 0), "booleans and ARM ids are equal without case, other values are not");
	begin();
	struct snapshot *s = &sides[SIDE_BEFORE];
	s->inputs = memory_grow(s->inputs, 2 * sizeof(*s->inputs));
	s->input_count = s->input_capacity = 2;
	s->inputs[0].captured = 200;
	s->inputs[1] = (struct input){.captured = 100};
	add_fact(SIDE_BEFORE, "s", "a", "new", NULL, 0);
	add_fact(SIDE_BEFORE, "s", "a", "old", NULL, 1);
	add_fact(SIDE_AFTER, "s", "a", "new", NULL, 0);
	SAYING(facts_are(1, 0, 0, 0, 0), "of two captures of a fact the latest counts");
}

static void check_nothing(void)
{
	begin();
	compare();
	uint64_t sum = 0;
	for (int i = 0; i < OUTCOME_COUNT; i++) sum += diff.outcomes[i];
	SAYING(sum == 0 && diff.fact_change_count == 0, "nothing compared with nothing is nothing");
	end();
	begin();
	AFTER(.path = "a.c");
	compare();
	SAYING(after_is(0, "newly_in_scope") && diff.open[1] == 1, "what was never looked at before is newly in scope");
	end();
}

int main(void)
{
	check_identity();
	check_content();
	check_fingerprints_that_differ();
	check_moved();
	check_renamed();
	check_groups();
	check_alike();
	check_scope();
	check_not_open();
	check_passes();
	check_what_counts();
	check_subjects();
	check_percent();
	check_keys();
	check_each();
	check_facts();
	check_nothing();
	return check_done();
}
