#include "collect/collect.h"
#include "collect/naming.h"
#include "tests/check.h"

#include <stdlib.h>

static struct arena arena;

/* What the last case says when it fails. */
static char said[8192];
#define SAY(...) snprintf(said + strlen(said), sizeof(said) - strlen(said), __VA_ARGS__)
#define SAYING(...)                                                                                                    \
	do {                                                                                                           \
		said[0] = '\0';                                                                                        \
		if (!CHECK(__VA_ARGS__)) fputs(said, stdout);                                                          \
	} while (0)

/* One file with the given bytes' hash, not yet with a record. */
static void begin(struct snapshot *s, unsigned char hash, uint64_t bytes)
{
	snapshot_init(s);
	s->inputs = memory_grow(NULL, sizeof(*s->inputs));
	s->input_count = s->input_capacity = 1;
	s->inputs[0] = (struct input){.captured = INSTANT_NONE, .bytes = bytes};
	memset(s->inputs[0].sha256, hash, SHA256_BYTES);
	s->inputs[0].format = strings_add(&s->strings, STR("sarif"));
}

static void add_site(struct snapshot *s, const char *parent, uint32_t index, bool member)
{
	ARRAY_RESERVE(s->sites, s->site_count, s->site_capacity);
	s->sites[s->site_count++] = (struct site){.finding = s->finding_count,
	                                          .parent = strings_add(&s->strings, str_from(parent)),
	                                          .index = index,
	                                          .member = member};
	s->inputs[0].site_count = s->site_count;
}

struct record {
	const char *tool, *rule, *subject, *folder, *file, *package, *purl, *version, *target;
	uint64_t identity, content, offset;
	enum nature nature;
};

static uint32_t add(struct snapshot *s, struct record r)
{
	struct profile p = {.tool = strings_add(&s->strings, str_from(r.tool ? r.tool : "Scanner")),
	                    .rule = strings_add(&s->strings, str_from(r.rule ? r.rule : "R-1")),
	                    .subject = strings_add(&s->strings, str_from(r.subject ? r.subject : "Repo")),
	                    .unit =
	                        snapshot_add_unit(s, str_from(r.tool ? r.tool : "Scanner"), str_from(r.target), false),
	                    .nature = (uint8_t)r.nature};
	struct component c = {.package = strings_add(&s->strings, str_from(r.package)),
	                      .version = strings_add(&s->strings, str_from(r.version)),
	                      .purl = strings_add(&s->strings, str_from(r.purl))};
	struct finding f = {.identity = r.identity, .content = r.content, .span = span_of(r.offset, 10)};
	f.folder = strings_add(&s->strings, str_from(r.folder));
	f.file = strings_add(&s->strings, str_from(r.file));
	f.profile = snapshot_add_profile(s, &p);
	f.component = snapshot_add_component(s, &c);
	ARRAY_RESERVE(s->findings, s->finding_count, s->finding_capacity);
	s->findings[s->finding_count++] = f;
	s->inputs[0].finding_count = s->finding_count;
	s->inputs[0].records++;
	return s->finding_count - 1;
}

static bool id_is(const struct snapshot *s, enum side side, uint32_t finding, const char *expected)
{
	char id[19];
	snapshot_finding_id(s, side, finding, id);
	if (strcmp(id, expected) == 0) return true;
	SAY("# id of %u: %s, expected %s\n", finding, id, expected);
	return false;
}

static bool key_is(const struct snapshot *s, uint32_t finding, const char *expected)
{
	char key[19];
	snapshot_finding_key(s, finding, key);
	if (strcmp(key, expected) == 0) return true;
	SAY("# key of %u: %s, expected %s\n", finding, key, expected);
	return false;
}

/* The constants were made with sha256sum, from the texts beside them: they must never change, POA&Ms hold them. */
static void check_ids(void)
{
	struct snapshot s;
	begin(&s, 0xab, 100);
	add(&s, (struct record){.offset = 17});
	add(&s, (struct record){.offset = 4000000000});
	add(&s, (struct record){.offset = 4000000000});
	add(&s, (struct record){.offset = 4000000100});
	/* printf 'before\nABAB...\n17', with 64 hex digits in small letters */
	SAYING(id_is(&s, SIDE_BEFORE, 0, "F-9b71ca9ab319922f"),
	       "an id is made of side, the file's hash and the byte offset");
	SAYING(id_is(&s, SIDE_AFTER, 0, "F-91ecd52ac07b4f5c"), "the other side has another id");
	/* 'before\n...\n4000000000\n0' and '\n1' */
	SAYING(id_is(&s, SIDE_BEFORE, 1, "F-f184ff4512d62757") && id_is(&s, SIDE_BEFORE, 2, "F-b568861bc1d88c34"),
	       "several findings of one record are told apart by their ordinal");
	/* 'before\n...\n4000000100' */
	SAYING(id_is(&s, SIDE_BEFORE, 3, "F-d8a175cf3ceacf49"), "a finding alone has none in its id");
	snapshot_free(&s);
	begin(&s, 0xab, 100);
	for (int i = 0; i < 3; i++) add(&s, (struct record){.offset = 17});
	s.inputs = memory_grow(s.inputs, 3 * sizeof(*s.inputs));
	for (uint32_t i = 0; i < 3; i++) {
		s.inputs[i] = s.inputs[0];
		s.inputs[i].first_finding = i;
		s.inputs[i].finding_count = 1;
	}
	s.input_count = s.input_capacity = 3;
	SAYING(id_is(&s, SIDE_BEFORE, 0, "F-9b71ca9ab319922f") && id_is(&s, SIDE_BEFORE, 1, "F-9b71ca9ab319922f") &&
	           id_is(&s, SIDE_BEFORE, 2, "F-9b71ca9ab319922f"),
	       "nor where the files beside it have a record at the same place");
	snapshot_free(&s);
}

static void check_keys(void)
{
	struct snapshot s;
	begin(&s, 1, 100);
	/* 'scanner\nr-1\nrepo\n' then, of a weakness, the identity's 16 hex digits; else 'src/a.c\n' and the content's */
	add(&s, (struct record){.identity = 0x1234, .folder = "src/", .file = "a.c"});
	add(&s, (struct record){.content = 0xc0ffee, .folder = "Src/", .file = "A.c"});
	add(&s, (struct record){.content = 0xc0ffee, .file = "A.c"});
	/* of a vulnerability 'pkg:npm/lodash\nusr/lib/x\n' */
	add(&s, (struct record){.nature = NATURE_VULNERABILITY,
	                        .purl = "pkg:npm/lodash@4.17.1?arch=x",
	                        .package = "lodash",
	                        .version = "4.17.1",
	                        .folder = "usr/lib/",
	                        .file = "x"});
	add(&s, (struct record){.nature = NATURE_VULNERABILITY,
	                        .purl = "pkg:npm/lodash@4.17.99",
	                        .package = "lodash",
	                        .version = "4.17.99",
	                        .folder = "usr/lib/",
	                        .file = "x",
	                        .subject = "REPO"});
	/* of posture nothing more */
	add(&s, (struct record){.nature = NATURE_POSTURE, .folder = "src/", .file = "a.c", .content = 7});
	add(&s, (struct record){.rule = "R-2", .identity = 0x1234});
	SAYING(key_is(&s, 0, "K-96853a28782fb3a8"),
	       "the key of a weakness with fingerprints: tool, rule, subject and these, no path");
	SAYING(key_is(&s, 1, "K-46da9d542e0f7db4"), "without: the path and the content");
	SAYING(key_is(&s, 2, "K-8f94f60387d150c1"), "a path without a folder");
	SAYING(key_is(&s, 3, "K-296bc1a6a40b42bc") && key_is(&s, 4, "K-296bc1a6a40b42bc"),
	       "the key of a vulnerability: package without version, and path; the subject without case");
	SAYING(key_is(&s, 5, "K-5e887bc5bdcbaaab"), "the key of an assessment: tool, rule and subject alone");
	SAYING(key_is(&s, 6, "K-5bb74fe30f71c27e"), "another rule is another key");
	snapshot_free(&s);
}

static bool pointer_is(const struct snapshot *s, uint32_t finding, const char *expected)
{
	struct str pointer = snapshot_pointer(s, finding, &arena);
	if (str_eq(pointer, str_from(expected))) return true;
	SAY("# pointer of %u: %.*s, expected %s\n", finding, STR_ARG(pointer), expected);
	return false;
}

static void fill(struct snapshot *s, unsigned char hash, uint32_t shift)
{
	begin(s, hash, 100u + hash);
	add_site(s, "/runs/0/results", 0, false);
	for (uint32_t i = 0; i < 3; i++)
		add(s, (struct record){.offset = shift + i * 100u, .rule = "R-1", .target = "u1"});
	add_site(s, "/runs/0/results", 7, false);
	add(s, (struct record){.offset = shift + 700, .rule = "R-2", .subject = "other", .package = "zlib"});
	add_site(s, "/runs/12/results", 4294967294u, false);
	add(s,
	    (struct record){.offset = shift + 800, .rule = hash % 2 ? "R-3" : "R-4", .folder = "src/", .file = "a.c"});
	add(s, (struct record){.offset = shift + 900, .rule = "R-3", .folder = "src/", .file = "b.c"});
	add_site(s, "/single", 0, true);
	add(s, (struct record){.offset = shift + 1000, .tool = hash % 2 ? "Scanner" : "scanner", .target = "U1"});
}

static void check_pointers(void)
{
	struct snapshot s;
	fill(&s, 1, 0);
	SAYING(pointer_is(&s, 0, "/runs/0/results/0") && pointer_is(&s, 2, "/runs/0/results/2"),
	       "a finding's pointer counts on from its site's index");
	SAYING(pointer_is(&s, 3, "/runs/0/results/7"), "a site begins again where records were left out");
	SAYING(pointer_is(&s, 4, "/runs/12/results/4294967294") && pointer_is(&s, 5, "/runs/12/results/4294967295"),
	       "indexes may be large");
	SAYING(pointer_is(&s, 6, "/single"), "a record that is no element of an array has its own pointer");
	snapshot_free(&s);
	begin(&s, 1, 100);
	add(&s, (struct record){.offset = 1});
	SAYING(pointer_is(&s, 0, ""), "without sites there is none");
	snapshot_free(&s);
}

/* All that a snapshot says, as text; numbers of strings, profiles and units do not appear. */
static struct str content(const struct snapshot *s)
{
	struct buf out = {0}, path = {0};
	for (uint32_t i = 0; i < s->input_count; i++) {
		const struct input *in = &s->inputs[i];
		buf_printf(&out, "input %02x %llu %.*s findings %u+%u sites %u %s\n", in->sha256[0],
		           (unsigned long long)in->bytes, STR_ARG(snapshot_string(s, in->format)), in->first_finding,
		           in->finding_count, in->site_count, in->duplicate ? "duplicate" : "");
	}
	for (uint32_t i = 0; i < s->finding_count; i++) {
		const struct finding *f = &s->findings[i];
		const struct profile *p = snapshot_profile(s, f);
		const struct component *c = snapshot_component(s, f);
		char id[19], key[19];
		snapshot_finding_id(s, SIDE_AFTER, i, id);
		snapshot_finding_key(s, i, key);
		buf_printf(&out, "finding in %u %.*s %.*s %.*s %.*s", snapshot_input_of(s, i),
		           STR_ARG(snapshot_string(s, p->tool)), STR_ARG(snapshot_string(s, p->rule)),
		           STR_ARG(snapshot_string(s, p->subject)), STR_ARG(snapshot_path(s, f, &path)));
		buf_printf(&out, " unit %.*s package %.*s at %llu pointer %.*s %s %s\n",
		           STR_ARG(snapshot_string(s, s->units[p->unit].target)),
		           STR_ARG(snapshot_string(s, c->package)), (unsigned long long)span_offset(f->span),
		           STR_ARG(snapshot_pointer(s, i, &arena)), id, key);
	}
	for (uint32_t i = 0; i < s->unit_count; i++)
		buf_printf(&out, "unit %.*s %.*s\n", STR_ARG(snapshot_string(s, s->units[i].tool)),
		           STR_ARG(snapshot_string(s, s->units[i].target)));
	for (uint32_t i = 0; i < s->coverage_count; i++)
		buf_printf(&out, "coverage of %.*s by %u\n",
		           STR_ARG(snapshot_string(s, s->units[s->coverage[i].unit].target)), s->coverage[i].input);
	for (uint32_t i = 0; i < s->fact_count; i++)
		buf_printf(&out, "fact %.*s = %.*s in %u, unit %.*s\n", STR_ARG(snapshot_string(s, s->facts[i].name)),
		           STR_ARG(snapshot_string(s, s->facts[i].value)), s->facts[i].input,
		           STR_ARG(snapshot_string(s, s->units[s->facts[i].unit].target)));
	for (uint32_t i = 0; i < s->warning_count; i++) {
		const struct warning *w = &s->warnings[i];
		buf_printf(&out, "warning %s of %d: %.*s\n", w->code, w->input == UINT32_MAX ? -1 : (int)w->input,
		           STR_ARG(snapshot_string(s, w->message)));
	}
	struct str text = str_dup(&arena, buf_str(&out));
	buf_free(&out);
	buf_free(&path);
	return text;
}

/* A file of the append tests; number 2 has no record, number 3 only a warning that is of no file. */
static void part(struct snapshot *s, unsigned number)
{
	char text[32];
	if (number == 3) {
		snapshot_init(s);
		snapshot_warn(s, "missing_evidence", GAP_SCOPE, UINT32_MAX, STR_EMPTY, STR("a link"));
		return;
	}
	if (number == 2)
		begin(s, 2, 0);
	else
		fill(s, (unsigned char)number, number);
	snprintf(text, sizeof(text), "fact %u", number);
	ARRAY_RESERVE(s->facts, s->fact_count, s->fact_capacity);
	s->facts[s->fact_count++] = (struct fact){.name = strings_add(&s->strings, str_from(text)),
	                                          .value = strings_add(&s->strings, STR("v")),
	                                          .unit = snapshot_add_unit(s, STR("azure.aks"), str_from(text), true)};
	ARRAY_RESERVE(s->coverage, s->coverage_count, s->coverage_capacity);
	s->coverage[s->coverage_count++] = (struct coverage){.unit = s->unit_count - 1};
	snapshot_warn(s, "truncated_export", GAP_SCOPE, 0, STR("/nextLink"), str_from(text));
}

/* Appends parts from..to: in two halves at each bit pattern's will. */
static void gather(struct snapshot *into, const unsigned *parts, unsigned count, unsigned shape)
{
	snapshot_init(into);
	for (unsigned i = 0; i < count;) {
		unsigned n = 1;
		while (i + n < count && (shape >> (i + n - 1) & 1)) n++; /* the next n first become one */
		struct snapshot group;
		if (n > 1) {
			gather(&group, parts + i, n, 0);
		} else {
			part(&group, parts[i]);
		}
		snapshot_append(into, &group);
		i += n;
	}
}

static void check_append(void)
{
	static const unsigned parts[] = {1, 2, 4, 3, 5};
	struct snapshot s;
	gather(&s, parts, 5, 0);
	struct str expected = content(&s);
	CHECK(s.input_count == 4 && s.finding_count == 21 && s.fact_count == 4 && s.warning_count == 5,
	      "appended snapshots hold what their parts held");
	SAYING(pointer_is(&s, 7, "/runs/0/results/0") && pointer_is(&s, 20, "/single") &&
	           snapshot_input_of(&s, 6) == 0 && snapshot_input_of(&s, 7) == 2 && snapshot_input_of(&s, 20) == 3,
	       "each finding stays in its file, at its pointer, also where a file has none");
	CHECK(snapshot_find_unit(&s, STR("SCANNER"), STR("u1")) != UINT32_MAX &&
	          snapshot_find_unit(&s, STR("Scanner"), STR("u2")) == UINT32_MAX,
	      "units are one where they differ in case only");
	snapshot_free(&s);
	unsigned good = 0;
	said[0] = '\0';
	for (unsigned shape = 0; shape < 16; shape++) {
		gather(&s, parts, 5, shape);
		struct str got = content(&s);
		good += str_eq(got, expected);
		if (!str_eq(got, expected) && good == shape)
			SAY("# grouped as %u:\n%.*s# expected:\n%.*s", shape, STR_ARG(got), STR_ARG(expected));
		snapshot_free(&s);
	}
	if (!CHECK(good == 16, "in whatever groups they are appended, the content is the same")) fputs(said, stdout);
	struct snapshot empty;
	snapshot_init(&empty);
	gather(&s, parts, 5, 0);
	snapshot_append(&s, &empty);
	CHECK(str_eq(content(&s), expected), "an empty snapshot adds nothing");
	snapshot_free(&s);
}

static void check_duplicates(void)
{
	static const unsigned parts[] = {1, 4, 1, 1};
	struct snapshot s;
	gather(&s, parts, 4, 0);
	CHECK(s.input_count == 4 && s.finding_count == 14 && s.inputs[2].duplicate && s.inputs[3].duplicate &&
	          !s.inputs[0].duplicate && s.inputs[2].finding_count == 0 && s.fact_count == 2 &&
	          s.coverage_count == 2,
	      "a file equal to the byte counts once: of the second copy only its input stays");
	uint32_t warned = 0;
	for (uint32_t i = 0; i < s.warning_count; i++)
		warned += strcmp(s.warnings[i].code, "duplicate_file") == 0 &&
		          (s.warnings[i].input == 2 || s.warnings[i].input == 3);
	CHECK(warned == 2, "and each copy is warned about");
	CHECK(snapshot_input_of(&s, 13) == 1 && pointer_is(&s, 13, "/single"), "what was counted stays where it is");
	snapshot_free(&s);
	unsigned good = 0;
	said[0] = '\0';
	for (unsigned shape = 0; shape < 8; shape++) {
		gather(&s, parts, 4, shape);
		uint32_t counted = 0;
		for (uint32_t i = 0; i < s.input_count; i++)
			counted += s.inputs[i].duplicate ? 0 : s.inputs[i].finding_count;
		if (counted != 14) SAY("# grouped as %u: %u findings count, expected 14\n", shape, counted);
		good += counted == 14;
		snapshot_free(&s);
	}
	if (!CHECK(good == 8, "a copy counts once in whatever groups the files are appended")) fputs(said, stdout);
	struct snapshot a, b;
	fill(&a, 1, 0);
	fill(&b, 1, 0);
	a.inputs[0].named = strings_add(&a.strings, STR("x"));
	b.inputs[0].named = strings_add(&b.strings, STR("x"));
	snapshot_append(&a, &b);
	CHECK(a.input_count == 2 && a.finding_count == 14 && !a.inputs[1].duplicate,
	      "unless their scope comes from their names");
	snapshot_free(&a);
	begin(&a, 1, 0);
	begin(&b, 1, 0);
	snapshot_append(&a, &b);
	CHECK(!a.inputs[1].duplicate && a.warning_count == 0, "two empty files are no copies of one another");
	snapshot_free(&a);
}

static void check_paths(void)
{
	struct snapshot s, t;
	struct buf scratch = {0};
	begin(&s, 1, 1);
	begin(&t, 1, 1);
	strings_add(&t.strings, STR("something else first"));
	add(&s, (struct record){.folder = "src/", .file = "a.c"});
	add(&s, (struct record){.file = "a.c"});
	add(&s, (struct record){.folder = "src/"});
	add(&s, (struct record){.folder = ""});
	add(&t, (struct record){.folder = "src/", .file = "a.c"});
	CHECK(str_eq(snapshot_path(&s, &s.findings[0], &scratch), STR("src/a.c")) &&
	          str_eq(snapshot_path(&s, &s.findings[1], &scratch), STR("a.c")) &&
	          str_eq(snapshot_path(&s, &s.findings[2], &scratch), STR("src/")) &&
	          snapshot_path(&s, &s.findings[3], &scratch).len == 0,
	      "a path is its folder and its file");
	CHECK(snapshot_path_hash(&s, &s.findings[0]) == snapshot_path_hash(&t, &t.findings[0]) &&
	          snapshot_path_hash(&s, &s.findings[0]) != snapshot_path_hash(&s, &s.findings[1]) &&
	          snapshot_path_hash(&s, &s.findings[3]) == 0 && !snapshot_has_path(&s.findings[3]),
	      "its hash is the same in every snapshot, 0 for none");
	buf_free(&scratch);
	snapshot_free(&s);
	snapshot_free(&t);
}

static void check_packages(void)
{
	static const struct {
		const char *purl, *package, *expected;
	} rows[] = {
	    {"", "zlib", "zlib"},
	    {"", "", ""},
	    {"pkg:npm/lodash@4.17.1", "lodash", "pkg:npm/lodash"},
	    {"pkg:npm/%40scope/name@1.0?arch=x86#sub/path", "n", "pkg:npm/%40scope/name"},
	    {"pkg:npm/@scope/name", "n", "pkg:npm/@scope/name"},
	    {"pkg:deb/debian/openssl@1.1.1n-0%2Bdeb11u3?distro=debian-11", "openssl", "pkg:deb/debian/openssl"},
	    {"pkg:golang/example.com/m@v1.0#a@b", "m", "pkg:golang/example.com/m"},
	    {"pkg:oci/app?tag=a@b", "app", "pkg:oci/app"},
	};
	struct snapshot s;
	size_t good = 0, n = sizeof(rows) / sizeof(*rows);
	begin(&s, 1, 1);
	for (size_t i = 0; i < n; i++) {
		struct component c = {.purl = strings_add(&s.strings, str_from(rows[i].purl)),
		                      .package = strings_add(&s.strings, str_from(rows[i].package))};
		struct str got = component_package(&s, &c);
		if (!str_eq(got, str_from(rows[i].expected))) printf("# %s: %.*s\n", rows[i].purl, STR_ARG(got));
		good += str_eq(got, str_from(rows[i].expected));
	}
	CHECK(good == n, "a package is called by its URL without version, qualifiers and subpath, else by its name");
	snapshot_free(&s);
}

static void check_units(void)
{
	struct snapshot s;
	char text[32];
	uint32_t good = 0, n = 3000;
	snapshot_init(&s);
	CHECK(snapshot_find_unit(&s, STR("T"), STR("x")) == UINT32_MAX, "there is no unit in an empty snapshot");
	for (uint32_t i = 0; i < n; i++)
		good +=
		    snapshot_add_unit(&s, STR("Tool"),
		                      str_of(text, (size_t)snprintf(text, sizeof(text), "Target-%u", i)), false) == i;
	for (uint32_t i = 0; i < n; i++)
		good += snapshot_find_unit(&s, STR("tOOL"),
		                           str_of(text, (size_t)snprintf(text, sizeof(text), "tARGET-%u", i))) == i;
	for (uint32_t i = 0; i < n; i++)
		good +=
		    snapshot_add_unit(&s, STR("TOOL"),
		                      str_of(text, (size_t)snprintf(text, sizeof(text), "TARGET-%u", i)), false) == i;
	CHECK(good == 3 * n && s.unit_count == n, "%u units are numbered and found without case", n);
	CHECK(snapshot_add_unit(&s, STR("ToolT"), STR("arget-1"), false) == n &&
	          snapshot_add_unit(&s, STR(""), STR(""), false) == n + 1,
	      "tool and target are two texts, not one");
	snapshot_free(&s);
}

/* More profiles than there is room for, two inputs, records that give two findings; forwards, backwards and in leaps. */
static void check_naming(void)
{
	enum { PROFILES = 100, FINDINGS = 4 * PROFILES };
	struct snapshot s;
	struct naming naming;
	char rule[32], one[19], many[19];
	uint32_t good = 0;
	begin(&s, 1, 9);
	for (uint32_t i = 0; i < FINDINGS; i++) {
		snprintf(rule, sizeof(rule), "Rule-%u", i % PROFILES);
		add(&s,
		    (struct record){.rule = rule, .file = rule, .identity = i & 1, .content = i, .offset = i / 2 * 7});
	}
	s.inputs = memory_grow(s.inputs, 2 * sizeof(*s.inputs));
	s.inputs[1] = s.inputs[0];
	memset(s.inputs[1].sha256, 2, SHA256_BYTES);
	s.input_count = s.input_capacity = 2;
	s.inputs[0].finding_count = s.inputs[1].first_finding = s.inputs[1].finding_count = FINDINGS / 2;
	naming_begin(&naming, &s, SIDE_AFTER);
	for (uint32_t i = 0; i < 3 * FINDINGS; i++) {
		uint32_t finding = i < FINDINGS ? i : i < 2 * FINDINGS ? 2 * FINDINGS - 1 - i : i * 7 % FINDINGS;
		snapshot_finding_id(&s, SIDE_AFTER, finding, one);
		naming_text('F', naming_id(&naming, finding), many);
		good += !strcmp(one, many);
		snapshot_finding_key(&s, finding, one);
		naming_text('K', naming_key(&naming, finding), many);
		good += !strcmp(one, many);
	}
	CHECK(good == 6 * FINDINGS, "a finding named among many has the id and the key that it has alone");
	struct snapshot other;
	begin(&other, 3, 9);
	add(&other, (struct record){.rule = "Another", .file = "b.c", .content = 1});
	naming_begin(&naming, &s, SIDE_AFTER);
	naming_key(&naming, 0);
	naming_id(&naming, 0);
	naming_begin(&naming, &other, SIDE_AFTER);
	snapshot_finding_key(&other, 0, one);
	naming_text('K', naming_key(&naming, 0), many);
	bool same = !strcmp(one, many);
	snapshot_finding_id(&other, SIDE_AFTER, 0, one);
	naming_text('F', naming_id(&naming, 0), many);
	CHECK(same && !strcmp(one, many), "and nothing of the snapshot that was named before");
	snapshot_free(&other);
	snapshot_free(&s);
}

int main(void)
{
	check_ids();
	check_keys();
	check_naming();
	check_pointers();
	check_append();
	check_duplicates();
	check_paths();
	check_packages();
	check_units();
	arena_free(&arena);
	return check_done();
}
