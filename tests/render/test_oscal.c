/* What OSCAL is made of: UUIDs from content, one line of a hostile text, references to files, and rules grouped from findings. */
#include "render/observed.h"
#include "render/sink.h"
#include "render/uri.h"
#include "render/uuid.h"
#include "tests/check.h"

#include <stdlib.h>

/* Expected values by Python's uuid.uuid5. */
static void test_uuid(void)
{
	char id[UUID_TEXT + 1];
	const struct str subject = STR("registry.example/shop/web"), two[] = {STR("Trivy"), STR("CVE-1")};
	uuid_of(id, "subject", &subject, 1);
	CHECK(!strcmp(id, "b973784c-b687-5dcb-ae18-eab4b60a2a07"),
	      "a UUID is version 5 of our namespace, the kind and its part");
	uuid_of(id, "risk", two, 2);
	CHECK(!strcmp(id, "2c660e16-80f4-55fb-83b3-885a721ca8d0"),
	      "parts of a UUID's name stand on lines of their own");
}

static void test_line(void)
{
	const struct {
		struct str text;
		size_t most;
		const char *line;
	} cases[] = {
	    {STR("plain"), 100, "plain"},
	    {STR("  a\tb\r\nc  "), 100, "a b  c"},
	    {STR(""), 100, "-"},
	    {STR(" \n\t "), 100, "-"},
	    {STR("\x1b[31m\xe2\x80\xae \xff"), 100, "\\u{1b}[31m\\u{202e} \xef\xbf\xbd"},
	    {STR("abcdef"), 6, "abcdef"},
	    {STR("abcdefg"), 6, "abcdef [cut]"},
	    {STR("abcde\xc3\xa9z"), 6, "abcde [cut]"},
	};
	struct arena arena = {0};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct str line = text_line(&arena, cases[i].text, cases[i].most);
		CHECK(str_eq(line, str_from(cases[i].line)), "text %zu becomes one line that shows what it is (%.*s)",
		      i, STR_ARG(line));
	}
	arena_free(&arena);
}

static void test_uri(void)
{
	struct buf buf = {0};
	uri_path(&buf, STR("a b/\xc3\xa9%?#:\"<.json"));
	CHECK(str_eq(buf_str(&buf), STR("a%20b/%C3%A9%25%3F%23%3A%22%3C.json")),
	      "a file's name can be nothing but a path in a URI");
	buf_free(&buf);
}

/* ---- rules ---- */

struct made {
	struct result result;
	struct analysis analysis;
};

static void add_input(struct snapshot *s, const char *path)
{
	ARRAY_RESERVE(s->inputs, s->input_count, s->input_capacity);
	s->inputs[s->input_count++] =
	    (struct input){.path = strings_add(&s->strings, str_from(path)), .first_finding = s->finding_count};
}

static void add(struct made *m, enum side side, const char *tool, const char *rule, const char *subject,
                enum severity severity, enum status status)
{
	struct snapshot *s = &m->result.sides[side];
	struct profile profile = {.tool = strings_add(&s->strings, str_from(tool)),
	                          .rule = strings_add(&s->strings, str_from(rule)),
	                          .subject = strings_add(&s->strings, str_from(subject)),
	                          .severity = (uint8_t)severity,
	                          .status = (uint8_t)status};
	ARRAY_RESERVE(s->findings, s->finding_count, s->finding_capacity);
	s->findings[s->finding_count++] = (struct finding){.profile = snapshot_add_profile(s, &profile)};
	s->inputs[s->input_count - 1].finding_count++;
}

/* Every open finding is new or fixed; the second after finding is covered by an exception. */
static void settle(struct made *m)
{
	for (int side = 0; side < SIDE_COUNT; side++) {
		struct snapshot *s = &m->result.sides[side];
		struct fate *fates = ARENA_ARRAY(&m->result.arena, struct fate, s->finding_count + 1);
		for (uint32_t i = 0; i < s->finding_count; i++) {
			fates[i] = (struct fate){.match = NO_MATCH,
			                         .outcome = OUTCOME_NONE,
			                         .counted = 1,
			                         .status = snapshot_profile(s, &s->findings[i])->status & 7u};
			if (fate_is_open(&fates[i]))
				fates[i].outcome = side == SIDE_AFTER ? OUTCOME_NEW : OUTCOME_FIXED;
		}
		m->result.diff.fates[side] = fates;
		m->result.diff.sides[side] = s;
	}
	m->analysis.covered = ARENA_ARRAY(&m->result.arena, bool, m->result.sides[SIDE_AFTER].finding_count + 1);
	if (m->result.sides[SIDE_AFTER].finding_count > 1) m->analysis.covered[1] = true;
	m->result.analysis = &m->analysis;
}

static void begin(struct made *m)
{
	*m = (struct made){0};
	for (int side = 0; side < SIDE_COUNT; side++) snapshot_init(&m->result.sides[side]);
	add_input(&m->result.sides[SIDE_BEFORE], "b.json");
	add_input(&m->result.sides[SIDE_AFTER], "a.json");
}

static void end(struct made *m)
{
	for (int side = 0; side < SIDE_COUNT; side++) snapshot_free(&m->result.sides[side]);
	arena_free(&m->result.arena);
}

static void make_rules(struct made *m)
{
	begin(m);
	add(m, SIDE_BEFORE, "Trivy", "CVE-1", "web", SEVERITY_CRITICAL, STATUS_FAIL);
	add(m, SIDE_BEFORE, "Trivy", "CVE-2", "web", SEVERITY_LOW, STATUS_PASS);
	add(m, SIDE_AFTER, "Trivy", "CVE-3", "web", SEVERITY_LOW, STATUS_FAIL);
	add(m, SIDE_AFTER, "Trivy", "CVE-3", "Batch", SEVERITY_MEDIUM, STATUS_FAIL);
	add(m, SIDE_AFTER, "trivy", "cve-3", "WEB", SEVERITY_LOW, STATUS_FAIL);
	add_input(&m->result.sides[SIDE_AFTER], "c.json");
	add(m, SIDE_AFTER, "Trivy", "CVE-3", "batch", SEVERITY_LOW, STATUS_MANUAL);
	add(m, SIDE_AFTER, "Trivy", "CVE-3", "batch", SEVERITY_LOW, STATUS_FAIL);
	add(m, SIDE_AFTER, "Grype", "CVE-4", "web", SEVERITY_HIGH, STATUS_FAIL);
	settle(m);
}

static void test_groups(void)
{
	struct made m;
	struct observed_list list;
	make_rules(&m);
	observed_collect(&list, &m.result, 10, &m.result.arena);
	const struct observed *o = &list.list[1];
	CHECK(list.count == 4 && list.rules == 4 && str_eq(list.list[0].rule, STR("CVE-4")) &&
	          str_eq(o->rule, STR("CVE-3")) && str_eq(list.list[2].rule, STR("CVE-1")) &&
	          str_eq(list.list[3].rule, STR("CVE-2")),
	      "the worst severity that is open after comes first, and what passed last");
	CHECK(o->by_status[SIDE_AFTER][STATUS_FAIL] == 4 && o->by_status[SIDE_AFTER][STATUS_MANUAL] == 1 &&
	          o->outcomes[OUTCOME_NEW] == 4 && o->excepted == 1 && o->severity == SEVERITY_MEDIUM,
	      "tools and rules are told apart without case, and every finding is counted in its rule");
	CHECK(o->subject_count == 2 && o->subject_named == 2 && str_eq_nocase(o->subjects[0].name, STR("batch")) &&
	          o->subjects[0].open[SIDE_AFTER] == 2 && o->subjects[1].open[SIDE_AFTER] == 2,
	      "subjects are told apart without case and only open findings are counted");
	CHECK(o->example_count == 2 && o->examples[0].finding == 0 && o->examples[1].finding == 4,
	      "the examples are open findings, one of each file");
	CHECK(list.list[2].example_count == 1 && list.list[2].examples[0].side == SIDE_BEFORE,
	      "a rule that nobody reports after has an example from before");
	CHECK(observed_find(&list, STR("TRIVY"), STR("cve-1")) == &list.list[2] &&
	          !observed_find(&list, STR("Trivy"), STR("CVE-9")),
	      "a rule is found by tool and name");
	end(&m);
}

static void test_rest(void)
{
	struct made m;
	struct observed_list list;
	make_rules(&m);
	observed_collect(&list, &m.result, 1, &m.result.arena);
	const struct observed *rest = &list.list[1];
	CHECK(list.count == 2 && list.rules == 4 && rest->rest && rest->rules == 3 && !rest->rule.len &&
	          rest->by_status[SIDE_AFTER][STATUS_FAIL] == 4 && rest->by_status[SIDE_BEFORE][STATUS_FAIL] == 1 &&
	          rest->by_status[SIDE_BEFORE][STATUS_PASS] == 1 && rest->outcomes[OUTCOME_FIXED] == 1,
	      "what is left over is one group of its tool, with all of its counts");
	CHECK(observed_find(&list, STR("Trivy"), STR("CVE-3")) == rest &&
	          observed_find(&list, STR("Grype"), STR("CVE-4")) == &list.list[0],
	      "a rule without a group of its own is found in what is left over");
	end(&m);
}

static void test_none(void)
{
	struct made m;
	struct observed_list list;
	begin(&m);
	settle(&m);
	observed_collect(&list, &m.result, 10, &m.result.arena);
	CHECK(list.count == 0 && !observed_find(&list, STR("Trivy"), STR("CVE-1")), "no findings are no rules");
	end(&m);
	begin(&m);
	add(&m, SIDE_AFTER, "Trivy", "CVE-1", "web", SEVERITY_LOW, STATUS_FAIL);
	settle(&m);
	m.result.diff.fates[SIDE_AFTER][0].counted = 0;
	observed_collect(&list, &m.result, 10, &m.result.arena);
	CHECK(list.count == 0, "a finding of a file that does not count is not observed");
	end(&m);
}

int main(void)
{
	test_uuid();
	test_line();
	test_uri();
	test_groups();
	test_rest();
	test_none();
	return check_done();
}
