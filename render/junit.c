/* How it works: a suite's attributes say how many of its cases failed before any case is written, so each suite is a list that can be
 * asked for its i-th case, and is walked twice. */
#include "render/junit.h"

#include "render/xml_doc.h"

#include <stdio.h>

enum ending { ENDED_WELL, ENDED_FAILED, ENDED_ERROR, ENDED_SKIPPED, ENDINGS };

enum { NAME_BYTES = 500, TEXT_BYTES = 2000 };

struct test_case {
	struct str name, message;
	const struct str *lines; /* offenders, one a line */
	size_t line_count;
	struct str text; /* or in one text */
	enum ending ending;
};

struct suite {
	const char *name;
	size_t (*count)(const struct result *r);
	struct test_case (*at)(const struct result *r, size_t i, struct arena *arena);
};

/* ---- the judgements ---- */

static size_t gate_count(const struct result *r) { return r->gate_count; }
static struct test_case gate_at(const struct result *r, size_t i, struct arena *arena)
{
	const struct gate_rule *g = &r->gate[i];
	struct buf message = {0};
	buf_add(&message, STR("is "));
	text_double(&message, g->value);
	buf_add(&message, STR(", the limit is "));
	text_double(&message, g->limit);
	struct str made = str_dup(arena, buf_str(&message));
	buf_free(&message);
	struct str title =
	    g->title.len ? str_printf(arena, ": %.*s", STR_ARG(text_line(arena, g->title, NAME_BYTES))) : STR_EMPTY;
	return (struct test_case){
	    .name = str_printf(arena, "%.*s%.*s", STR_ARG(text_line(arena, g->rule, NAME_BYTES)), STR_ARG(title)),
	    .message = made,
	    .lines = g->offenders,
	    .line_count = g->offender_count,
	    .text = STR_EMPTY,
	    .ending = g->state == GATE_PASS ? ENDED_WELL : ENDED_FAILED};
}

static size_t evidence_count(const struct result *r) { return r->change.require_count; }
static struct test_case evidence_at(const struct result *r, size_t i, struct arena *arena)
{
	const struct requirement *q = &r->change.requires[i];
	struct str subject = q->subject.len ? text_line(arena, q->subject, NAME_BYTES) : STR("any subject");
	return (struct test_case){.name = str_printf(arena, "%.*s of %.*s, %s",
	                                             STR_ARG(text_line(arena, q->format, NAME_BYTES)), STR_ARG(subject),
	                                             q->side < SIDE_COUNT ? side_names[q->side] : "both sides"),
	                          .message = STR("this evidence is missing"),
	                          .text = STR_EMPTY,
	                          .ending = q->met ? ENDED_WELL : ENDED_FAILED};
}

static size_t expects_count(const struct result *r) { return r->change.expect_count; }
static struct test_case expects_at(const struct result *r, size_t i, struct arena *arena)
{
	static const enum ending endings[] = {
	    [EXPECT_MET] = ENDED_WELL, [EXPECT_NOT_MET] = ENDED_FAILED, [EXPECT_NO_EVIDENCE] = ENDED_ERROR};
	const struct expect *e = &r->change.expects[i];
	return (struct test_case){
	    .name = str_printf(arena, "%.*s: %.*s is %.*s", STR_ARG(text_line(arena, e->id, NAME_BYTES)),
	                       STR_ARG(text_line(arena, e->fact, NAME_BYTES)),
	                       STR_ARG(text_line(arena, e->value, NAME_BYTES))),
	    .message = str_printf(arena, "%llu subjects are not as expected, %llu are without evidence",
	                          (unsigned long long)e->not_met, (unsigned long long)e->no_evidence),
	    .text = e->offenders,
	    .ending = endings[e->state]};
}

static size_t objectives_count(const struct result *r) { return r->change.objective_count; }
static struct test_case objectives_at(const struct result *r, size_t i, struct arena *arena)
{
	static const enum ending endings[] = {
	    [OBJECTIVE_MET] = ENDED_WELL, [OBJECTIVE_NOT_MET] = ENDED_FAILED, [OBJECTIVE_NOT_PROVABLE] = ENDED_ERROR};
	const struct objective *o = &r->change.objectives[i];
	return (struct test_case){.name = str_printf(arena, "%.*s: %.*s", STR_ARG(text_line(arena, o->id, NAME_BYTES)),
	                                             STR_ARG(text_line(arena, o->title, NAME_BYTES))),
	                          .message = str_printf(arena, "the target is %.*s, and it is %s",
	                                                STR_ARG(text_line(arena, o->target, NAME_BYTES)),
	                                                objective_state_names[o->state]),
	                          .text = STR_EMPTY,
	                          .ending = endings[o->state]};
}

static size_t checks_count(const struct result *r) { return r->check_count; }
static struct test_case checks_at(const struct result *r, size_t i, struct arena *arena)
{
	static const enum ending endings[] = {
	    [CHECK_NOT_ASSESSED] = ENDED_SKIPPED, [CHECK_PASS] = ENDED_WELL, [CHECK_FAIL] = ENDED_FAILED};
	const struct check_row *c = &r->checks[i];
	return (struct test_case){
	    .name = str_printf(arena, "%.*s: %.*s", STR_ARG(text_line(arena, c->id, NAME_BYTES)),
	                       STR_ARG(text_line(arena, c->subject, NAME_BYTES))),
	    .message = c->state[SIDE_AFTER] == CHECK_FAIL
	                   ? str_printf(arena, "does not hold: %.*s", STR_ARG(text_line(arena, c->title, NAME_BYTES)))
	                   : STR("was not assessed after the change"),
	    .text = c->note,
	    .ending = endings[c->state[SIDE_AFTER]]};
}

static const struct suite suites[] = {
    {"gate", gate_count, gate_at},
    {"evidence", evidence_count, evidence_at},
    {"expectations", expects_count, expects_at},
    {"objectives", objectives_count, objectives_at},
    {"checks", checks_count, checks_at},
};
enum { SUITES = sizeof(suites) / sizeof(*suites) };

/* ---- writing ---- */

struct junit {
	struct xml_doc doc;
	const struct result *result;
	struct arena arena; /* of one case */
};

static void count_endings(struct junit *j, const struct suite *suite, uint64_t endings[ENDINGS])
{
	for (size_t i = 0; i < suite->count(j->result); i++) {
		endings[suite->at(j->result, i, &j->arena).ending]++;
		arena_reset(&j->arena);
	}
}

static void put_counts(struct junit *j, const char *name, const uint64_t endings[ENDINGS])
{
	xml_word(&j->doc, "name", name);
	xml_count(&j->doc, "tests",
	          endings[ENDED_WELL] + endings[ENDED_FAILED] + endings[ENDED_ERROR] + endings[ENDED_SKIPPED]);
	xml_count(&j->doc, "failures", endings[ENDED_FAILED]);
	xml_count(&j->doc, "errors", endings[ENDED_ERROR]);
	xml_count(&j->doc, "skipped", endings[ENDED_SKIPPED]);
	xml_word(&j->doc, "time", "0");
}

static void put_case(struct junit *j, const struct suite *suite, const struct test_case *c)
{
	static const char *const elements[ENDINGS] = {NULL, "failure", "error", "skipped"};
	char class[64];
	snprintf(class, sizeof(class), "dossier.%s", suite->name);
	xml_start(&j->doc, "testcase");
	xml_word(&j->doc, "classname", class);
	xml_attribute(&j->doc, "name", c->name);
	xml_word(&j->doc, "time", "0");
	if (elements[c->ending]) {
		xml_start(&j->doc, elements[c->ending]);
		xml_attribute(&j->doc, "message", text_line(&j->arena, c->message, TEXT_BYTES));
		if (c->ending != ENDED_SKIPPED) xml_word(&j->doc, "type", suite->name);
		for (size_t i = 0; i < c->line_count; i++)
			xml_text(&j->doc, str_printf(&j->arena, "%s%.*s", i ? "\n" : "",
			                             STR_ARG(text_line(&j->arena, c->lines[i], TEXT_BYTES))));
		if (c->text.len)
			xml_text(&j->doc, str_slice(c->text, 0, TEXT_BYTES < c->text.len ? TEXT_BYTES : c->text.len));
		xml_end(&j->doc);
	}
	xml_end(&j->doc);
}

static void put_suite(struct junit *j, const struct suite *suite)
{
	uint64_t endings[ENDINGS] = {0};
	char when[40], *dot;
	size_t count = suite->count(j->result);
	if (!count) return;
	count_endings(j, suite, endings);
	xml_start(&j->doc, "testsuite");
	put_counts(j, suite->name, endings);
	instant_text(j->result->as_of, when);
	if ((dot = strpbrk(when, ".Z"))) *dot = '\0'; /* whole seconds, UTC, as the format's readers want it */
	xml_word(&j->doc, "timestamp", when);
	for (size_t i = 0; i < count; i++) {
		struct test_case c = suite->at(j->result, i, &j->arena);
		put_case(j, suite, &c);
		arena_reset(&j->arena);
	}
	xml_end(&j->doc);
}

bool junit_report(const struct result *result, struct sink sink, struct error *error)
{
	struct junit j = {.result = result};
	uint64_t endings[ENDINGS] = {0};
	if (xml_begin(&j.doc, sink, error)) {
		for (size_t i = 0; i < SUITES; i++) count_endings(&j, &suites[i], endings);
		xml_start(&j.doc, "testsuites");
		put_counts(&j, "dossier", endings);
		for (size_t i = 0; i < SUITES; i++) put_suite(&j, &suites[i]);
		xml_end(&j.doc);
	}
	arena_free(&j.arena);
	return xml_finish(&j.doc, "junit.xml");
}
