/* The report from results made by hand: snapshots of a few findings, diffed for real, and the rest filled in; read
 * back with poppler and qpdf where they are installed. With an argument, the reports are left in that folder.
 */
#include "analyze/diff.h"
#include "core/templates.h"
#include "render/pdf_report.h"
#include "render/pdf_report_parts.h"
#include "tests/check.h"
#include "tests/render/scratch.h"

#include <locale.h>
#include <stdlib.h>
#include <sys/stat.h>

static const char *left_in; /* argv[1] */
static char top[2048];      /* of the tree, where tests run */

/* ---- results ----------------------------------------------------------------------------------------------------- */

static void begin(struct result *r)
{
	*r = (struct result){.as_of = INT64_C(1773014400) * INSTANT_SECOND, .version = "1.0", .verdict_pass = true};
	r->change.window_start = r->change.window_end = INSTANT_NONE;
	for (int side = 0; side < SIDE_COUNT; side++) {
		snapshot_init(&r->sides[side]);
		for (int i = 0; i < 2; i++) r->captured[side][i] = INSTANT_NONE;
	}
	memset(r->evidence_digest, 'a', SHA256_HEX);
}

static void diff(struct result *r) { diff_run(&r->diff, &r->sides[SIDE_BEFORE], &r->sides[SIDE_AFTER], 1); }

static void end(struct result *r)
{
	diff_free(&r->diff);
	snapshot_free(&r->sides[SIDE_BEFORE]);
	snapshot_free(&r->sides[SIDE_AFTER]);
	arena_free(&r->arena);
}

/* What the texts of snapshots end in. */
static const char *flavour = "";

static uint32_t add(struct snapshot *s, const char *text)
{
	char flavoured[200];
	int n = snprintf(flavoured, sizeof(flavoured), "%s%s", text, flavour);
	return strings_add(&s->strings, str_of(flavoured, (size_t)n));
}

static void add_input(struct snapshot *s, const char *path)
{
	ARRAY_RESERVE(s->inputs, s->input_count, s->input_capacity);
	s->inputs[s->input_count++] = (struct input){
	    .path = add(s, path),
	    .format = strings_add(&s->strings, STR("sarif")),
	    .tool = add(s, "CodeQL"),
	    .tool_version = add(s, "2.4.0"),
	    .captured = INT64_C(1772352000) * INSTANT_SECOND,
	    .bytes = 1000,
	    .first_finding = s->finding_count,
	    .first_site = s->site_count,
	    .site_count = 1,
	};
	memset(s->inputs[s->input_count - 1].sha256, 0xab, SHA256_BYTES);
	ARRAY_RESERVE(s->sites, s->site_count, s->site_capacity);
	s->sites[s->site_count++] = (struct site){.finding = s->finding_count, .parent = add(s, "/runs/0/results")};
}

static void add_finding(struct snapshot *s, const char *unit, struct str rule, enum severity severity,
                        enum status status)
{
	uint32_t number = snapshot_add_unit(s, STR("CodeQL"), str_from(unit), false);
	s->units[number].assessed = true;
	struct profile profile = {.tool = strings_add(&s->strings, STR("CodeQL")),
	                          .rule = strings_add(&s->strings, rule),
	                          .title = add(s, "A title"),
	                          .subject = add(s, unit),
	                          .owner = add(s, "team-a"),
	                          .unit = number,
	                          .severity = (uint8_t)severity,
	                          .status = (uint8_t)status};
	struct component component = {.package = 0};
	uint64_t identity = 1;
	for (size_t i = 0; i < rule.len; i++) identity = identity * 31 + (unsigned char)rule.ptr[i];
	ARRAY_RESERVE(s->findings, s->finding_count, s->finding_capacity);
	s->findings[s->finding_count] = (struct finding){.span = span_of(100 + 50 * (uint64_t)s->finding_count, 40),
	                                                 .profile = snapshot_add_profile(s, &profile),
	                                                 .component = snapshot_add_component(s, &component),
	                                                 .identity = identity,
	                                                 .content = identity,
	                                                 .line = 1};
	s->inputs[s->input_count - 1].finding_count++;
	s->finding_count++;
}

static void add_rule(struct result *r, struct str title, bool pass, double value, size_t offenders)
{
	enum { RULES = 64 };
	if (!r->gate) r->gate = ARENA_ARRAY(&r->arena, struct gate_rule, RULES);
	struct gate_rule *rule = &r->gate[r->gate_count++];
	*rule = (struct gate_rule){
	    .rule = STR("a_rule"), .title = title, .state = pass ? GATE_PASS : GATE_FAIL, .value = value};
	rule->offenders = ARENA_ARRAY(&r->arena, struct str, offenders + 1);
	for (size_t i = 0; i < offenders; i++) rule->offenders[i] = STR("F-0123456789abcdef");
	rule->offender_count = offenders;
	r->verdict_pass = r->verdict_pass && pass;
}

/* One of each outcome, in a unit assessed on both sides but for "lost" and "found"; "rated" changes its severity. */
static void make_small(struct result *r)
{
	struct snapshot *before = &r->sides[SIDE_BEFORE], *after = &r->sides[SIDE_AFTER];
	begin(r);
	add_input(before, "scans/before.sarif");
	add_input(after, "scans/after.sarif");
	add_finding(before, "repo", STR("same"), SEVERITY_HIGH, STATUS_FAIL);
	add_finding(after, "repo", STR("same"), SEVERITY_HIGH, STATUS_FAIL);
	add_finding(before, "repo", STR("rated"), SEVERITY_HIGH, STATUS_FAIL);
	add_finding(after, "repo", STR("rated"), SEVERITY_CRITICAL, STATUS_FAIL);
	add_finding(before, "repo", STR("gone"), SEVERITY_CRITICAL, STATUS_FAIL);
	add_finding(before, "repo", STR("dismissed"), SEVERITY_LOW, STATUS_FAIL);
	add_finding(after, "repo", STR("dismissed"), SEVERITY_LOW, STATUS_SUPPRESSED);
	add_finding(before, "other", STR("lost"), SEVERITY_MEDIUM, STATUS_FAIL);
	add_finding(after, "repo", STR("fresh"), SEVERITY_HIGH, STATUS_FAIL);
	add_finding(after, "third", STR("found"), SEVERITY_LOW, STATUS_FAIL);
	diff(r);
	add_rule(r, STR("No new or reopened high finding"), false, 1, 1);
	add_rule(r, STR("No expired exception in use"), true, 0, 0);
	r->change = (struct change){.given = true,
	                            .id = STR("CHG-1"),
	                            .title = STR("A small change"),
	                            .owner = STR("team-a"),
	                            .approver = STR("board"),
	                            .rollback = STR("Undo it."),
	                            .window_start = r->as_of - INSTANT_DAY,
	                            .window_end = r->as_of};
}

/* As many findings as no list holds, the worst last. */
static void make_many(struct result *r, size_t n)
{
	begin(r);
	add_input(&r->sides[SIDE_BEFORE], "before.sarif");
	add_finding(&r->sides[SIDE_BEFORE], "repo", STR("old"), SEVERITY_LOW, STATUS_FAIL);
	add_input(&r->sides[SIDE_AFTER], "after.sarif");
	for (size_t i = 0; i < n; i++)
		add_finding(&r->sides[SIDE_AFTER], "repo", str_printf(&r->arena, "rule-%05zu", n - i),
		            i + 10 < n ? SEVERITY_MEDIUM : SEVERITY_CRITICAL, STATUS_FAIL);
	diff(r);
}

static struct str repeated(struct result *r, const char *word, size_t times)
{
	size_t len = strlen(word);
	char *text = arena_bytes(&r->arena, len * times);
	for (size_t i = 0; i < times; i++) memcpy(text + i * len, word, len);
	return str_of(text, len * times);
}

static void huge_counts(struct diff *d)
{
	const uint64_t n = 999999999, part = 166666666; /* a sixth */
	for (int s = 0; s < SEVERITY_COUNT; s++) {
		for (int o = 0; o < OUTCOME_COUNT; o++) d->by_outcome[o][s] = d->by_outcome_before[o][s] = part;
		d->by_outcome[OUTCOME_UNCHANGED][s] = s % 2 ? 1 : part;
		d->by_severity[SIDE_BEFORE][s] = d->by_severity[SIDE_AFTER][s] = n;
		d->reduction[s] = d->subjects[s] = (struct change_of_severity){n, n - 1, n, n};
	}
	for (int o = 0; o < OUTCOME_COUNT; o++) d->outcomes[o] = n;
	for (int f = 0; f < FACT_OUTCOME_COUNT; f++) d->facts[f] = 0;
	d->facts[FACT_NOT_REASSESSED] = n;
	d->reduction_all = d->subjects_all = (struct change_of_severity){n, n, n, n};
}

/* The longest and the most of everything that page 1 shows. */
static void make_longest(struct result *r, const char *word)
{
	enum { MANY = 60 };
	static const char *const codes[] = {"cluster_stopped", "not_exported", "outside_scope", "captured_early"};
	struct change *c = &r->change;
	make_small(r);
	huge_counts(&r->diff);
	struct str text = repeated(r, word, 300);
	*c = (struct change){.given = true,
	                     .id = text,
	                     .title = text,
	                     .owner = text,
	                     .approver = text,
	                     .environment = text,
	                     .tenant = text,
	                     .rollback = text,
	                     .window_start = r->as_of - 7,
	                     .window_end = r->as_of};
	c->subscriptions = ARENA_ARRAY(&r->arena, struct str, MANY);
	c->requires = ARENA_ARRAY(&r->arena, struct requirement, MANY);
	c->objectives = ARENA_ARRAY(&r->arena, struct objective, MANY);
	r->exceptions = ARENA_ARRAY(&r->arena, struct exception, MANY);
	r->controls = ARENA_ARRAY(&r->arena, struct control, MANY);
	r->checks = ARENA_ARRAY(&r->arena, struct check_row, MANY);
	r->notices = ARENA_ARRAY(&r->arena, struct notice, MANY);
	for (size_t i = 0; i < MANY; i++) {
		c->subscriptions[i] = text;
		c->requires[i] = (struct requirement){.format = text, .subject = text, .side = SIDE_AFTER};
		c->objectives[i] = (struct objective){.id = text,
		                                      .title = text,
		                                      .measure = STR("attested"),
		                                      .target = STR(">= 999999999"),
		                                      .unit = text,
		                                      .state = (enum objective_state)(i % 3),
		                                      .has_numbers = true,
		                                      .before = 1e9,
		                                      .after = 1e9};
		r->exceptions[i] = (struct exception){.id = text,
		                                      .type = text,
		                                      .reason = text,
		                                      .owner = text,
		                                      .match = text,
		                                      .problem = text,
		                                      .state = (enum exception_state)(i % EXCEPTION_STATE_COUNT),
		                                      .matched = 999999999,
		                                      .days_left = 999999999};
		r->controls[i] = (struct control){.framework = text,
		                                  .id = text,
		                                  .title = text,
		                                  .state = (enum control_state)(i % CONTROL_STATE_COUNT),
		                                  .open = 999999999};
		r->checks[i] = (struct check_row){.id = text,
		                                  .title = text,
		                                  .subject = text,
		                                  .severity = STR("high"),
		                                  .note = text,
		                                  .owner = text,
		                                  .fact = {NO_MATCH, NO_MATCH}};
		r->notices[i] = (struct notice){.code = codes[i % 4],
		                                .gap = i % 4 == 3 ? GAP_STALE : GAP_SCOPE,
		                                .side = SIDE_AFTER,
		                                .input = text,
		                                .message = text,
		                                .owner = text,
		                                .command = text};
	}
	c->subscription_count = c->require_count = c->objective_count = MANY;
	r->exception_count = r->control_count = r->check_count = r->notice_count = MANY;
	r->without_owner = 999999999;
	for (size_t i = 0; i < 40; i++) add_rule(r, text, false, 999999999, 20);
	for (int side = 0; side < SIDE_COUNT; side++) {
		struct input *input = &r->sides[side].inputs[0];
		input->path = strings_add(&r->sides[side].strings, text);
		input->truncated = input->failed = true;
		input->unreadable = 999999999;
		input->format = strings_add(&r->sides[side].strings, STR("unknown"));
		r->captured[side][0] = r->as_of - 1000 * INSTANT_DAY;
		r->captured[side][1] = r->as_of - 1;
	}
}

/* ---- reports ----------------------------------------------------------------------------------------------------- */

static bool build(const struct result *r, enum pdf_paper paper, struct buf *out)
{
	struct error error = {0};
	char text[1200];
	if (pdf_report(r, NULL, paper, sink_buf(out), &error)) return true;
	printf("# %s\n", error_text(&error, text, sizeof(text)));
	return false;
}

static void leave(const struct buf *pdf, const char *name)
{
	char path[1024];
	snprintf(path, sizeof(path), "%s/%s.pdf", left_in ? left_in : scratch_folder, name);
	FILE *file = fopen(path, "wb");
	if (!file) abort();
	fwrite(pdf->ptr, 1, pdf->len, file);
	fclose(file);
	if (!left_in) return;
	snprintf(path, sizeof(path), "%s/%s.pdf", scratch_folder, name);
	file = fopen(path, "wb");
	if (!file) abort();
	fwrite(pdf->ptr, 1, pdf->len, file);
	fclose(file);
}

/* What poppler reads on pages [from, to], runs of blanks as one; empty if it is not installed. */
static struct str text_of(struct arena *arena, const char *name, unsigned from, unsigned to)
{
	if (shell("pdftotext -layout -f %u -l %u %s.pdf - | tr -s ' \\n' ' ' >text", from, to, name)) return STR_EMPTY;
	char path[1024];
	snprintf(path, sizeof(path), "%s/text", scratch_folder);
	FILE *file = fopen(path, "rb");
	if (!file) return STR_EMPTY;
	enum { MOST = 1 << 22 };
	char *bytes = arena_bytes(arena, MOST);
	size_t len = fread(bytes, 1, MOST, file);
	fclose(file);
	return str_of(bytes, len);
}

static bool says(struct str text, const char *what) { return str_find(text, str_from(what)) != SIZE_MAX; }

static void check_readable(const char *name)
{
	if (have_tool("qpdf")) CHECK(shell("qpdf --check %s.pdf", name) == 0, "qpdf finds nothing wrong with %s", name);
	if (have_tool("pdftotext"))
		CHECK(shell("pdftotext %s.pdf text && ! test -s err", name) == 0, "poppler reads %s without a word",
		      name);
	if (have_tool("qpdf") && have_tool("pdftotext"))
		CHECK(shell("PYTHONDONTWRITEBYTECODE=1 python3 '%s/tests/render/pdf_pages.py' %s.pdf", top, name) == 0,
		      "on the pages of %s no text touches another, is struck or leaves the page", name);
}

/* ---- cases ------------------------------------------------------------------------------------------------------- */

static void test_empty(struct arena *arena)
{
	struct result r;
	struct buf pdf = {0};
	begin(&r);
	diff(&r);
	CHECK(build(&r, PDF_A4, &pdf), "an empty result has a report");
	leave(&pdf, "empty");
	check_readable("empty");
	struct str text = text_of(arena, "empty", 1, 1);
	if (text.len) {
		CHECK(says(text, "No change file was given"), "without a change, page 1 says so");
		CHECK(says(text, "0 findings open before, not assessed again"),
		      "what was not reassessed is in sight even when it is zero");
		CHECK(says(text, "READY") && !says(text, "NOT READY"), "a gate that holds is ready");
	}
	buf_free(&pdf);
	end(&r);
}

static void test_small(struct arena *arena)
{
	struct result r;
	struct buf first = {0}, second = {0}, letter = {0};
	make_small(&r);
	CHECK(build(&r, PDF_A4, &first), "a small result has a report");
	setlocale(LC_ALL, "de_DE.UTF-8");
	CHECK(build(&r, PDF_A4, &second) && str_eq(buf_str(&first), buf_str(&second)),
	      "the same result is the same bytes, whatever the locale");
	setlocale(LC_ALL, "C");
	CHECK(build(&r, PDF_LETTER, &letter) && !str_eq(buf_str(&first), buf_str(&letter)),
	      "there is a report on Letter");
	leave(&first, "small");
	leave(&letter, "letter");
	check_readable("small");
	check_readable("letter");
	struct str text = text_of(arena, "small", 1, 1), all = text_of(arena, "small", 1, 999);
	if (text.len) {
		CHECK(says(text, "NOT READY") && says(text, "1 of 2 rules fails"),
		      "page 1 gives the verdict and how many rules fail");
		CHECK(says(text, "critical 1 1 (0) 0 0 0 +1 0 0 1"),
		      "the row of a severity adds up, re-rated findings included");
		CHECK(says(text, "high 2 0 (0) 0 0 2 −1 1 0 2"),
		      "a finding counts under its severity before, then under that after");
		CHECK(says(text, "medium 1 0 (0) 0 1 0 0 0 0 0"), "what was not reassessed is not fixed");
		CHECK(says(text, "all 5 1 (0) 1 1 2 0 1 1 4"), "the sum of the rows adds up");
		CHECK(says(text, "Undo it."), "the way back is on page 1");
		CHECK(says(all, "before/scans/before.sarif"), "a finding names its file in the packet");
		char id[19];
		snapshot_finding_id(&r.sides[SIDE_AFTER], SIDE_AFTER, 3, id);
		CHECK(says(all, id), "a finding is named by its id");
	}
	buf_free(&first);
	buf_free(&second);
	buf_free(&letter);
	end(&r);
}

static void test_many(struct arena *arena)
{
	enum { MANY = 5000 };
	struct result r;
	struct buf pdf = {0};
	make_many(&r, MANY);
	CHECK(build(&r, PDF_A4, &pdf), "a result of many findings has a report");
	leave(&pdf, "many");
	check_readable("many");
	CHECK(pdf.len < 4000000, "a report does not grow with the number of findings");
	struct str text = text_of(arena, "many", 1, 999);
	if (text.len) {
		char line[100];
		snprintf(line, sizeof(line), "the first %d of 5,000", FINDING_NEW_ROWS);
		CHECK(says(text, line), "a list that is cut says so above it");
		CHECK(says(text, "rule-00001") && says(text, "rule-00010") && says(text, "rule-00011"),
		      "the worst findings are listed, though they come last in the evidence");
		CHECK(!says(text, "rule-04000"), "what comes later in the order is left out");
	}
	buf_free(&pdf);
	end(&r);
}

/* Page 1 alone, to see where it ends. */
static void page_in(const struct result *result, enum pdf_paper paper, const char *language, const char *what)
{
	struct report r = {.result = result};
	struct pdf_options options = {.paper = paper, .as_of = {2026, 3, 9, 0, 0, 0}};
	struct error error = {0};
	bool good = texts_load(&r.texts, str_from(language), &r.arena, &error);
	r.pdf = good ? pdf_new(&options, &pdf_resources_debian, &error) : NULL;
	if (r.pdf) report_decision(&r);
	CHECK(r.pdf && pdf_ok(r.pdf) && pdf_page_number(r.pdf) == 1 && pdf_room(r.pdf) >= 0,
	      "page 1 is one page: %s, %s, %s", what, language, paper == PDF_A4 ? "A4" : "Letter");
	pdf_free(r.pdf);
	arena_free(&r.arena);
}

static void one_page(const struct result *result, const char *what)
{
	for (int paper = PDF_A4; paper <= PDF_LETTER; paper++) {
		page_in(result, (enum pdf_paper)paper, "en", what);
		page_in(result, (enum pdf_paper)paper, "de", what);
	}
}

static void test_page_one(void)
{
	static const struct {
		const char *what, *word;
	} longest[] = {
	    {"long words", "word "},
	    {"one long word", "abcdefghij"},
	    {"wide letters", "W"},
	    {"line breaks", "a\n"},
	    {"what no font has", "\xf0\x9f\x98\x80\xff"},
	};
	struct result r;
	begin(&r);
	diff(&r);
	one_page(&r, "nothing");
	end(&r);
	make_small(&r);
	one_page(&r, "a small change");
	end(&r);
	for (size_t i = 0; i < sizeof(longest) / sizeof(*longest); i++) {
		make_longest(&r, longest[i].word);
		one_page(&r, longest[i].what);
		end(&r);
	}
}

static void test_longest(struct arena *arena)
{
	struct result r;
	struct buf pdf = {0};
	make_longest(&r, "word ");
	CHECK(build(&r, PDF_A4, &pdf), "the longest and most of everything has a report");
	leave(&pdf, "longest");
	check_readable("longest");
	struct str text = text_of(arena, "longest", 1, 1);
	if (text.len) CHECK(says(text, "999,999,999"), "a number of nine digits is not cut");
	buf_free(&pdf);
	end(&r);
}

/* Every text of the result is hostile, also those of findings. */
static void test_hostile(struct arena *arena)
{
	struct result r;
	struct buf pdf = {0};
	flavour = "\xff\xe2\x80\xae\x1b[31m\xf0\x9f\x98\x80{n}%s\n\t";
	make_longest(&r, flavour);
	flavour = "";
	CHECK(build(&r, PDF_LETTER, &pdf), "a result of hostile texts has a report");
	leave(&pdf, "hostile");
	check_readable("hostile");
	struct str text = text_of(arena, "hostile", 1, 1);
	if (text.len)
		CHECK(says(text, "\\x{FF}\\u{202E}\\u{1B}[31m\\u{1F600}{n}%s"),
		      "what cannot be shown is named, and no slot is filled in twice");
	buf_free(&pdf);
	end(&r);
}

static bool fail_write(void *context, const void *bytes, size_t len, struct error *error)
{
	(void)context, (void)bytes, (void)len;
	return error_set(error, ERROR_SYSTEM, NULL, "no space left");
}

static void test_sink(void)
{
	struct result r;
	struct error error = {0};
	begin(&r);
	diff(&r);
	CHECK(!pdf_report(&r, NULL, PDF_A4, (struct sink){NULL, fail_write}, &error) &&
	          strcmp(error.message, "no space left") == 0,
	      "a sink that fails is the report's error");
	end(&r);
}

/* Last, since the templates stay replaced. */
static void test_texts(struct arena *arena)
{
	struct str text;
	struct result r;
	struct error error = {0};
	char path[1100];
	if (!CHECK(template_find(STR("report/en.json"), &text), "the texts are in the program")) return;
	size_t at = str_find(text, STR("\"not_ready\""));
	char *changed = str_cstr(arena, text);
	memcpy(changed + at, "\"not_reads\"", 11);
	shell("mkdir -p templates/report");
	snprintf(path, sizeof(path), "%s/templates/report/en.json", scratch_folder);
	FILE *file = fopen(path, "wb");
	if (!file) abort();
	fwrite(changed, 1, text.len, file);
	fclose(file);
	snprintf(path, sizeof(path), "%s/templates", scratch_folder);
	begin(&r);
	diff(&r);
	struct buf pdf = {0};
	CHECK(templates_use(path, &error) && !pdf_report(&r, NULL, PDF_A4, sink_buf(&pdf), &error) &&
	          error.kind == ERROR_INPUT && says(str_from(error.message), "\"decision.not_ready\""),
	      "a text that is missing is an error that names it");
	CHECK(pdf.len == 0, "without its texts no report is begun");
	buf_free(&pdf);
	end(&r);
}

int main(int argc, char **argv)
{
	struct arena arena = {0};
	left_in = argc > 1 ? argv[1] : NULL;
	if (!getcwd(top, sizeof(top))) abort();
	scratch_open();
	test_empty(&arena);
	test_small(&arena);
	test_many(&arena);
	test_page_one();
	test_longest(&arena);
	test_hostile(&arena);
	test_sink();
	test_texts(&arena);
	arena_free(&arena);
	scratch_close();
	return check_done();
}
