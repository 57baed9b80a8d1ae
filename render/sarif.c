/* How it works:
 *
 *     profile ──> rule: (tool, rule id), numbered once, then ordered by tool and id: results say ruleIndex
 *     finding ──> its rule's tool: a counting sort brings the findings of a tool together, in the order of evidence
 *     tool    ──> run: rules, then results, one row each
 *
 * What a profile's results share (rule, level, message, subject) is made once as text and kept (struct shared).
 */
#include "render/sarif.h"

#include "render/uri.h"

#include <stdlib.h>

#define PUT(buf, literal) buf_add((buf), STR(literal))

enum { MESSAGE_BYTES = 4000 };

struct rule {
	struct str tool, id, title;
	uint32_t run, index; /* which run, and where in its list of rules */
};

struct run {
	struct str tool, version;
	uint32_t first_rule, rule_count;               /* in the order */
	uint32_t first[SIDE_COUNT], count[SIDE_COUNT]; /* findings, in members */
	int64_t captured;                              /* the latest, after */
	bool complete;                                 /* every unit of the tool was assessed after */
};

struct sarif {
	struct writer out;
	const struct result *result;
	struct rule *rules;
	uint32_t rule_count, rule_capacity;
	uint32_t *order;               /* rules by tool and id */
	uint32_t *rule_of[SIDE_COUNT]; /* by profile */
	struct run *runs;
	uint32_t run_count;
	uint32_t *members[SIDE_COUNT]; /* findings by run */
	struct shared profiles;
	struct buf path; /* scratch */
	struct arena arena, row;
};

static const struct profile *profile_at(const struct snapshot *s, uint32_t number)
{
	return (const struct profile *)(const void *)tuples_get(&s->profiles, number);
}

static struct str string(const struct snapshot *s, uint32_t number) { return snapshot_string(s, number); }

/* ---- rules and runs ---- */

/* Rules are told apart as they are written, tools without case, as the diff does. */
static void number_rules(struct sarif *w)
{
	struct strings seen = {0};
	for (int side = SIDE_AFTER; side >= SIDE_BEFORE; side--) {
		const struct snapshot *s = &w->result->sides[side];
		w->rule_of[side] = ARENA_ARRAY(&w->arena, uint32_t, (size_t)s->profiles.count + 1);
		for (uint32_t i = 0; i < s->profiles.count; i++) {
			LARGE_BREATHE(i);
			const struct profile *p = profile_at(s, i);
			struct str tool = string(s, p->tool), id = string(s, p->rule);
			struct buf name = {0};
			buf_add(&name, str_lower(&w->row, tool));
			buf_char(&name, '\0');
			buf_add(&name, id);
			uint32_t before = seen.count, number = strings_add(&seen, buf_str(&name));
			buf_free(&name);
			arena_reset(&w->row);
			w->rule_of[side][i] = number - 1;
			if (seen.count > before) {
				LARGE_RESERVE(w->rules, w->rule_count, w->rule_capacity);
				w->rules[w->rule_count++] = (struct rule){tool, id, STR_EMPTY, 0, 0};
			}
			struct rule *rule = &w->rules[number - 1];
			if (!rule->title.len) rule->title = string(s, p->title);
		}
	}
	strings_free(&seen);
}

static int compare_rules(const void *x, const void *y, void *context)
{
	const struct rule *rules = context;
	const struct rule *a = &rules[*(const uint32_t *)x], *b = &rules[*(const uint32_t *)y];
	int c = str_cmp_nocase(a->tool, b->tool);
	return c ? c : str_cmp(a->id, b->id);
}

static void make_runs(struct sarif *w)
{
	w->order = ARENA_ARRAY(&w->arena, uint32_t, (size_t)w->rule_count + 1);
	w->runs = ARENA_ARRAY(&w->arena, struct run, (size_t)w->rule_count + 1);
	for (uint32_t i = 0; i < w->rule_count; i++) w->order[i] = i;
	qsort_r(w->order, w->rule_count, sizeof(uint32_t), compare_rules, w->rules);
	for (uint32_t i = 0; i < w->rule_count; i++) {
		struct rule *rule = &w->rules[w->order[i]];
		struct run *run = w->run_count ? &w->runs[w->run_count - 1] : NULL;
		if (!run || !str_eq_nocase(run->tool, rule->tool)) {
			run = &w->runs[w->run_count++];
			*run = (struct run){.tool = rule->tool,
			                    .version = STR_EMPTY,
			                    .first_rule = i,
			                    .captured = INSTANT_NONE,
			                    .complete = true};
		}
		rule->run = w->run_count - 1;
		rule->index = run->rule_count++;
	}
}

/* What a unit says of its tool, and a file of its version and time. */
static void describe_runs(struct sarif *w)
{
	const struct snapshot *s = &w->result->sides[SIDE_AFTER];
	for (uint32_t k = 0; k < w->run_count; k++) {
		struct run *run = &w->runs[k];
		for (uint32_t i = 0; i < s->unit_count; i++)
			if (!s->units[i].of_facts && !s->units[i].assessed &&
			    str_eq_nocase(string(s, s->units[i].tool), run->tool))
				run->complete = false;
		for (uint32_t i = 0; i < s->input_count; i++) {
			const struct input *input = &s->inputs[i];
			if (!input_is_counted(input) || !str_eq_nocase(string(s, input->tool), run->tool)) continue;
			if (!run->version.len) run->version = string(s, input->tool_version);
			if (input->captured > run->captured) run->captured = input->captured;
		}
	}
}

/* After: whatever counts. Before: what was open and is gone; what was dismissed is still reported after. */
static bool is_result(const struct sarif *w, enum side side, uint32_t finding)
{
	const struct fate *fate = &w->result->diff.fates[side][finding];
	if (side == SIDE_AFTER) return fate->counted;
	return fate->counted && (fate->outcome == OUTCOME_FIXED || fate->outcome == OUTCOME_FIXED_VERIFIED ||
	                         fate->outcome == OUTCOME_NOT_REASSESSED);
}

static struct run *run_of(struct sarif *w, enum side side, uint32_t finding)
{
	return &w->runs[w->rules[w->rule_of[side][w->result->sides[side].findings[finding].profile]].run];
}

static void gather(struct sarif *w, enum side side)
{
	uint32_t n = w->result->sides[side].finding_count, first = 0;
	for (uint32_t i = 0; i < n; i++) {
		LARGE_BREATHE(i);
		if (is_result(w, side, i)) run_of(w, side, i)->count[side]++;
	}
	for (uint32_t k = 0; k < w->run_count; k++) {
		w->runs[k].first[side] = first;
		first += w->runs[k].count[side];
		w->runs[k].count[side] = 0;
	}
	w->members[side] = large_grow(NULL, sizeof(uint32_t) * ((size_t)first + 1));
	for (uint32_t i = 0; i < n; i++) {
		LARGE_BREATHE(i);
		if (!is_result(w, side, i)) continue;
		struct run *run = run_of(w, side, i);
		w->members[side][run->first[side] + run->count[side]++] = i;
	}
}

/* ---- words ---- */

static void known(struct buf *buf, struct str begin, struct str value)
{
	if (!value.len) return;
	buf_add(buf, begin);
	buf_json(buf, value);
}

/* For people: one line, nothing that SARIF's plain text takes for a link, "[text](target)" (3.11.6). */
static void put_inert(struct sarif *w, struct buf *buf, struct str text)
{
	struct str line = text_line(&w->row, text, MESSAGE_BYTES);
	struct buf made = {0};
	for (size_t i = 0; i < line.len; i++) {
		buf_char(&made, line.ptr[i]);
		if (line.ptr[i] == ']' && i + 1 < line.len && line.ptr[i + 1] == '(') buf_char(&made, ' ');
	}
	buf_json(buf, buf_str(&made));
	buf_free(&made);
}

static void put_message(struct sarif *w, struct buf *buf, struct str text)
{
	PUT(buf, "{\"text\":");
	put_inert(w, buf, text);
	buf_char(buf, '}');
}

/* A path as it came, as a reference to a file: what a URI may not hold is encoded, and the colon of a scheme that is not that
 * of a file, so that no path is a link to something else. */
static void put_path(struct buf *buf, struct str path)
{
	static const char digits[] = "0123456789ABCDEF";
	size_t colon = str_find(path, STR(":")), slash = str_find(path, STR("/"));
	bool scheme = colon != SIZE_MAX && (slash == SIZE_MAX || colon < slash);
	bool file = str_starts_nocase(path, STR("file:")) || str_starts_nocase(path, STR("https:")) ||
	            str_starts_nocase(path, STR("http:"));
	for (size_t i = 0; i < path.len; i++) {
		char c = path.ptr[i];
		bool hex = c == '%' && i + 2 < path.len && memchr("0123456789abcdefABCDEF", path.ptr[i + 1], 22) &&
		           memchr("0123456789abcdefABCDEF", path.ptr[i + 2], 22);
		bool plain = c > 0x20 && c < 0x7f && !memchr("\"<>\\^`{|}%#[]", c, 13);
		if (scheme && !file && c == ':' && i == colon) plain = false;
		if (plain || hex) {
			buf_char(buf, c);
		} else {
			buf_char(buf, '%');
			buf_char(buf, digits[(unsigned char)c >> 4]);
			buf_char(buf, digits[(unsigned char)c & 15]);
		}
	}
}

/* ---- a run's head ---- */

static void put_rules(struct sarif *w, const struct run *run)
{
	struct buf *buf = &w->out.pending;
	for (uint32_t i = 0; i < run->rule_count && writer_step(&w->out); i++) {
		const struct rule *rule = &w->rules[w->order[run->first_rule + i]];
		PUT(buf, "\n");
		if (i) buf_char(buf, ',');
		PUT(buf, "{\"id\":");
		buf_json(buf, rule->id);
		if (rule->title.len) {
			PUT(buf, ",\"shortDescription\":");
			put_message(w, buf, rule->title);
		}
		buf_char(buf, '}');
		arena_reset(&w->row);
	}
}

static void put_head(struct sarif *w, const struct run *run)
{
	struct buf *buf = &w->out.pending;
	char when[40];
	PUT(buf, "{\"tool\":{\"driver\":{\"name\":");
	buf_json(buf, run->tool.len ? run->tool : STR("unknown"));
	known(buf, STR(",\"version\":"), run->version);
	PUT(buf, ",\"rules\":[");
	put_rules(w, run);
	PUT(buf, "]}},\n\"conversion\":{\"tool\":{\"driver\":{\"name\":\"dossier\",\"version\":");
	buf_json(buf, str_from(w->result->version));
	PUT(buf,
	    "}}},\"automationDetails\":{\"id\":\"dossier/\"},\"columnKind\":\"utf16CodeUnits\","
	    "\"originalUriBaseIds\":{\"PACKET_DATA\":{\"description\":{\"text\":\"The folder data of the packet\"}}},\n"
	    "\"invocations\":[{\"executionSuccessful\":");
	buf_add(buf, run->complete ? STR("true") : STR("false"));
	if (run->captured != INSTANT_NONE && run->captured >= 0)
		known(buf, STR(",\"endTimeUtc\":"), str_from(instant_text(run->captured, when)));
	PUT(buf, "}],\"properties\":{");
	PUT(buf, "\"dossier:evidence_digest\":");
	buf_json(buf, str_from(w->result->evidence_digest));
	known(buf, STR(",\"dossier:change\":"), w->result->change.id);
	PUT(buf, "},\n\"results\":[");
}

/* ---- results ---- */

static const char *kind_of(enum status status)
{
	switch (status) {
	case STATUS_FAIL:
	case STATUS_SUPPRESSED:
	case STATUS_ARCHIVED: return "fail";
	case STATUS_PASS: return "pass";
	case STATUS_MANUAL: return "review";
	case STATUS_NOT_APPLICABLE: return "notApplicable";
	case STATUS_INFORMATIONAL: return "informational";
	case STATUS_ERROR:
	case STATUS_COUNT: break;
	}
	return "open"; /* not enough information to decide */
}

/* security-severity as most tools band it: 9, 7, 4. SARIF has no word for what the source does not rate. */
static const struct {
	const char *level, *score;
} levels[SEVERITY_COUNT] = {{"error", "9.0"}, {"error", "7.0"}, {"warning", "4.0"},
                            {"note", "0.1"},  {"note", NULL},   {"warning", NULL}};

static void put_text(struct sarif *w, struct buf *buf, const struct snapshot *s, const struct profile *p,
                     const struct component *c)
{
	struct buf text = {0};
	struct str title = string(s, p->title), rule = string(s, p->rule), package = string(s, c->package);
	buf_add(&text, title.len ? title : rule);
	if (package.len) {
		PUT(&text, ": ");
		buf_add(&text, package);
		buf_char(&text, ' ');
		buf_add(&text, string(s, c->version));
		if (c->fixed_version) PUT(&text, ", fixed in "), buf_add(&text, string(s, c->fixed_version));
	}
	if (p->subject) PUT(&text, " on "), buf_add(&text, string(s, p->subject));
	PUT(buf, ",\"message\":");
	put_message(w, buf, buf_str(&text));
	buf_free(&text);
}

/* What results of one profile share: the beginning of a result. */
static struct str beginning(struct sarif *w, enum side side, const struct finding *f)
{
	const struct snapshot *s = &w->result->sides[side];
	const struct profile *p = snapshot_profile(s, f);
	const struct rule *rule = &w->rules[w->rule_of[side][f->profile]];
	struct buf *buf = shared_text(&w->profiles, (uint64_t)f->profile * SIDE_COUNT + side);
	if (buf->len) return buf_str(buf);
	bool fails = !strcmp(kind_of((enum status)p->status), "fail");
	PUT(buf, "{\"ruleId\":");
	buf_json(buf, rule->id);
	PUT(buf, ",\"ruleIndex\":");
	buf_u64(buf, rule->index);
	known(buf, STR(",\"kind\":"), str_from(kind_of((enum status)p->status)));
	known(buf, STR(",\"level\":"), fails ? str_from(levels[p->severity].level) : STR("none"));
	return buf_str(buf);
}

static void put_location(struct sarif *w, const struct snapshot *s, const struct finding *f, struct str subject)
{
	struct buf *buf = &w->out.pending;
	bool path = snapshot_has_path(f);
	if (!path && !subject.len) return;
	PUT(buf, ",\"locations\":[{");
	if (path) {
		struct buf uri = {0};
		put_path(&uri, snapshot_path(s, f, &w->path));
		PUT(buf, "\"physicalLocation\":{\"artifactLocation\":{\"uri\":");
		buf_json(buf, buf_str(&uri));
		buf_char(buf, '}');
		if (f->line) PUT(buf, ",\"region\":{\"startLine\":"), buf_u64(buf, f->line), buf_char(buf, '}');
		buf_char(buf, '}');
		buf_free(&uri);
	}
	if (subject.len) {
		if (path) buf_char(buf, ',');
		PUT(buf, "\"logicalLocations\":[{\"fullyQualifiedName\":");
		buf_json(buf, text_line(&w->row, subject, MESSAGE_BYTES));
		PUT(buf, ",\"kind\":\"resource\"}]");
	}
	PUT(buf, "}]");
}

static void put_provenance(struct sarif *w, enum side side, uint32_t finding)
{
	struct buf *buf = &w->out.pending;
	const struct snapshot *s = &w->result->sides[side];
	const struct finding *f = &s->findings[finding];
	struct buf uri = {0};
	buf_printf(&uri, "evidence/%s/", side_names[side]);
	uri_path(&uri, string(s, s->inputs[snapshot_input_of(s, finding)].path));
	PUT(buf, ",\"provenance\":{\"conversionSources\":[{\"artifactLocation\":{\"uri\":");
	buf_json(buf, buf_str(&uri));
	PUT(buf, ",\"uriBaseId\":\"PACKET_DATA\"},\"region\":{\"byteOffset\":");
	buf_u64(buf, span_offset(f->span));
	PUT(buf, ",\"byteLength\":");
	buf_u64(buf, span_length(f->span));
	PUT(buf, "}}]}");
	buf_free(&uri);
}

/* Why somebody accepted it: "EX-1 (accepted_risk, until 2026-06-30): the reason". */
static struct str justification(struct sarif *w, uint32_t finding)
{
	const struct analysis *analysis = w->result->analysis;
	uint32_t number = analysis->speaks ? analysis->speaks[finding] : 0;
	if (!number) return STR("A statement of the evidence itself that is in force covers it.");
	const struct exception *e = &w->result->exceptions[number - 1];
	return str_printf(&w->row, "%.*s (%.*s, until %.*s): %.*s", STR_ARG(text_line(&w->row, e->id, 200)),
	                  STR_ARG(text_line(&w->row, e->type, 200)), STR_ARG(text_line(&w->row, e->expires, 200)),
	                  STR_ARG(text_line(&w->row, e->reason, MESSAGE_BYTES)));
}

static void put_suppressions(struct sarif *w, enum side side, uint32_t finding, enum status status)
{
	struct buf *buf = &w->out.pending;
	const struct analysis *analysis = w->result->analysis;
	bool covered =
	    side == SIDE_AFTER && status == STATUS_FAIL && analysis && analysis->covered && analysis->covered[finding];
	if (covered) {
		PUT(buf, ",\"suppressions\":[{\"kind\":\"external\",\"status\":\"accepted\",\"justification\":");
		put_inert(w, buf, justification(w, finding));
		PUT(buf, "}]");
	} else if (status == STATUS_SUPPRESSED) {
		PUT(buf,
		    ",\"suppressions\":[{\"kind\":\"external\",\"justification\":\"The source says that it is suppressed.\"}]");
	}
}

static const char *baseline_of(const struct fate *fate, enum side side)
{
	if (side == SIDE_BEFORE) return "absent";
	switch ((enum outcome)fate->outcome) {
	case OUTCOME_UNCHANGED: return "unchanged";
	case OUTCOME_UPDATED: return "updated";
	case OUTCOME_NEW:
	case OUTCOME_NEWLY_IN_SCOPE:
	case OUTCOME_REOPENED: return "new";
	case OUTCOME_FIXED:
	case OUTCOME_FIXED_VERIFIED:
	case OUTCOME_DISMISSED:
	case OUTCOME_NOT_REASSESSED:
	case OUTCOME_COUNT: break;
	}
	return NULL; /* it was not compared */
}

static void put_controls(struct sarif *w, enum side side, uint32_t profile)
{
	struct buf *buf = &w->out.pending;
	const struct result *r = w->result;
	size_t count;
	if (!r->analysis) return;
	const uint32_t *list = controls_of(&r->analysis->controls, side, profile, &count);
	for (size_t i = 0; i < count; i++) {
		buf_add(buf, i ? STR(",") : STR(",\"dossier:controls\":["));
		buf_json(buf, str_printf(&w->row, "%.*s %.*s", STR_ARG(r->controls[list[i]].framework),
		                         STR_ARG(r->controls[list[i]].id)));
	}
	if (count) buf_char(buf, ']');
}

static void put_properties(struct sarif *w, enum side side, uint32_t finding)
{
	struct buf *buf = &w->out.pending;
	const struct snapshot *s = &w->result->sides[side];
	const struct finding *f = &s->findings[finding];
	const struct profile *p = snapshot_profile(s, f);
	const struct fate *fate = &w->result->diff.fates[side][finding];
	char id[19];
	diff_id(&w->result->diff, side, finding, id);
	PUT(buf, ",\"properties\":{\"dossier:id\":\"");
	buf_add(buf, str_of(id, 18));
	buf_char(buf, '"');
	if (fate->outcome < OUTCOME_COUNT)
		known(buf, STR(",\"dossier:outcome\":"), str_from(outcome_names[fate->outcome]));
	known(buf, STR(",\"dossier:severity\":"), str_from(severity_names[p->severity]));
	if (p->status == STATUS_FAIL && levels[p->severity].score)
		known(buf, STR(",\"security-severity\":"), str_from(levels[p->severity].score));
	if (p->status == STATUS_ERROR || p->status == STATUS_ARCHIVED)
		known(buf, STR(",\"dossier:status\":"), str_from(status_names[p->status]));
	known(buf, STR(",\"dossier:subject\":"), string(s, p->subject));
	known(buf, STR(",\"dossier:ids\":"), string(s, p->ids));
	known(buf, STR(",\"owner\":"), finding_owner(w->result->analysis, s, f));
	put_controls(w, side, f->profile);
	buf_char(buf, '}');
}

static void put_result(struct sarif *w, enum side side, uint32_t finding, bool first)
{
	struct buf *buf = &w->out.pending;
	const struct snapshot *s = &w->result->sides[side];
	const struct finding *f = &s->findings[finding];
	const struct profile *p = snapshot_profile(s, f);
	const char *baseline = baseline_of(&w->result->diff.fates[side][finding], side);
	char key[19];
	diff_key(&w->result->diff, side, finding, key);
	buf_char(buf, '\n');
	if (!first) buf_char(buf, ',');
	buf_add(buf, beginning(w, side, f));
	put_text(w, buf, s, p, snapshot_component(s, f));
	put_location(w, s, f, string(s, p->subject));
	PUT(buf, ",\"partialFingerprints\":{\"dossierKey/v1\":\"");
	buf_add(buf, str_of(key, 18));
	PUT(buf, "\"}");
	if (baseline) known(buf, STR(",\"baselineState\":"), str_from(baseline));
	put_suppressions(w, side, finding, (enum status)p->status);
	put_provenance(w, side, finding);
	put_properties(w, side, finding);
	buf_char(buf, '}');
	arena_reset(&w->row);
}

static bool put_run(struct sarif *w, const struct run *run)
{
	bool first = true;
	put_head(w, run);
	for (int side = SIDE_AFTER; side >= SIDE_BEFORE; side--) {
		for (uint32_t i = 0; i < run->count[side]; i++, first = false) {
			LARGE_BREATHE(i);
			put_result(w, (enum side)side, w->members[side][run->first[side] + i], first);
			if (!writer_step(&w->out)) return false;
		}
	}
	PUT(&w->out.pending, "]}");
	return writer_step(&w->out);
}

bool sarif_findings(const struct result *result, struct sink sink, struct error *error)
{
	struct sarif w = {.out = {.sink = sink, .error = error}, .result = result};
	bool first = true, good = true;
	number_rules(&w);
	make_runs(&w);
	describe_runs(&w);
	for (int side = 0; side < SIDE_COUNT; side++) gather(&w, (enum side)side);
	PUT(&w.out.pending,
	    "{\"version\":\"2.1.0\",\"$schema\":\"https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json\",\"runs\":[");
	for (uint32_t k = 0; k < w.run_count && good; k++) {
		if (!w.runs[k].count[SIDE_BEFORE] && !w.runs[k].count[SIDE_AFTER]) continue;
		if (!first) buf_char(&w.out.pending, ',');
		good = put_run(&w, &w.runs[k]);
		first = false;
	}
	PUT(&w.out.pending, "]}\n");
	shared_free(&w.profiles);
	for (int side = 0; side < SIDE_COUNT; side++) large_free(w.members[side]);
	large_free(w.rules);
	buf_free(&w.path);
	arena_free(&w.arena);
	arena_free(&w.row);
	return writer_end(&w.out);
}
