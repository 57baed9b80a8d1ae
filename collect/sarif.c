/* What SARIF 2.1.0 (OASIS) needs two places at once for. Section numbers are the specification's.
 *
 *     run.tool.driver.rules[i] <---- result.ruleIndex, result.rule.index, or by id: "CA1000/1" is a CA1000 (3.27.5, 3.52)
 *     run.tool.extensions[k].rules[i] <---- result.rule.toolComponent.index
 *     run.artifacts[i].location.uri <---- artifactLocation.index (3.4.5)
 *
 * A run's rules are kept (struct listed_rule) with the ids they had before (deprecatedIds, 3.49.4): the diff asks whether a rule was looked
 * for at all. A list is worth nothing where results name rules that it lacks.
 *
 * severity: security-severity of the result, else of the rule, in bands 9/7/4/0; else the level: the result's, else the
 * rule's default, else "warning" (3.27.10); a level that is no word of SARIF is one of ours or unknown.
 */
#include "collect/control_ids.h"
#include "collect/hook.h"
#include "collect/ids.h"
#include "collect/spec.h"
#include "core/hash.h"
#include "core/json.h"

#include <cjson/cJSON.h>

enum {
	RULE_ID,
	RULE_INDEX,
	RULE_OBJECT_ID,
	RULE_OBJECT_INDEX,
	RULE_COMPONENT,
	RULE_COMPONENT_GUID,
	RULE_COMPONENT_NAME,
	LEVEL,
	KIND,
	BASELINE_STATE,
	SUPPRESSIONS,
	SECURITY_SEVERITY,
	PATH_INDEX,
	TAXA,
	OWN_SUBJECT, /* render/sarif.h: what SARIF has no place for */
	OWN_SEVERITY,
	OWN_STATUS,
};

static const char *const sarif_fields[] = {
    "rule_id",
    "rule_index",
    "rule_object_id",
    "rule_object_index",
    "rule_component",
    "rule_component_guid",
    "rule_component_name",
    "level",
    "kind",
    "baseline_state",
    "suppressions",
    "security_severity",
    "path_index",
    "taxa",
    "own_subject",
    "own_severity",
    "own_status",
    NULL,
};

struct rule {
	const cJSON *json;
	struct str id;
	bool has_results;
	/* What it says of its results, once one has asked; rule_says. */
	bool asked;
	struct str title, level, ids;
	const char *severity; /* NULL: the level says it */
};

struct component_rules {
	struct str name, guid;
	struct rule *rules;
	uint32_t count;
	struct strings ids; /* number n is by_id[n] */
	uint32_t *by_id;
};

struct run {
	const cJSON *json;
	struct str tool, version, category, subject;
	struct component_rules *components; /* 0: the driver; then the extensions */
	uint32_t component_count;
	const cJSON **artifacts;
	uint32_t artifact_count;
	bool failed;
	bool stray; /* a result's rule is not listed */
};

struct sarif {
	struct arena *arena;
	struct run *runs;
	uint32_t count;
};

static const cJSON *get(const cJSON *object, const char *name)
{
	return cJSON_IsObject(object) ? cJSON_GetObjectItemCaseSensitive(object, name) : NULL;
}

static struct str text(const cJSON *json) { return cJSON_IsString(json) ? str_from(json->valuestring) : STR_EMPTY; }

static void read_rules(struct arena *arena, const cJSON *component, struct component_rules *out)
{
	const cJSON *rules = get(component, "rules"), *rule;
	uint32_t n = (uint32_t)cJSON_GetArraySize(rules);
	out->name = text(get(component, "name"));
	out->guid = text(get(component, "guid"));
	out->rules = ARENA_ARRAY(arena, struct rule, n + 1);
	out->by_id = ARENA_ARRAY(arena, uint32_t, n + 2);
	cJSON_ArrayForEach(rule, rules)
	{
		struct str id = text(get(rule, "id"));
		uint32_t before = out->ids.count, number = strings_add(&out->ids, id);
		if (out->ids.count > before) out->by_id[number] = out->count; /* the first of equal ids */
		out->rules[out->count++] = (struct rule){.json = rule, .id = id};
	}
}

static struct str category_of(const cJSON *run)
{
	struct str id = text(get(get(run, "automationDetails"), "id"));
	size_t slash = str_rfind_char(id, '/'); /* what follows the last '/' is this run's own (3.17.3) */
	return slash == SIZE_MAX ? STR_EMPTY : str_slice(id, 0, slash);
}

static void read_run(struct arena *arena, const cJSON *json, struct run *run)
{
	const cJSON *tool = get(json, "tool"), *driver = get(tool, "driver"), *item;
	run->json = json;
	run->tool = text(get(driver, "name"));
	run->version = text(get(driver, "semanticVersion"));
	if (!run->version.len) run->version = text(get(driver, "version"));
	run->category = category_of(json);
	run->subject = text(get(cJSON_GetArrayItem(get(json, "versionControlProvenance"), 0), "repositoryUri"));
	const cJSON *extensions = get(tool, "extensions");
	run->components = ARENA_ARRAY(arena, struct component_rules, 1 + (size_t)cJSON_GetArraySize(extensions));
	read_rules(arena, driver, &run->components[run->component_count++]);
	cJSON_ArrayForEach(item, extensions) read_rules(arena, item, &run->components[run->component_count++]);
	const cJSON *artifacts = get(json, "artifacts");
	run->artifacts = ARENA_ARRAY(arena, const cJSON *, (size_t)cJSON_GetArraySize(artifacts) + 1);
	cJSON_ArrayForEach(item, artifacts) run->artifacts[run->artifact_count++] = item;
	cJSON_ArrayForEach(item, get(json, "invocations"))
	{
		if (cJSON_IsFalse(get(item, "executionSuccessful"))) run->failed = true;
	}
}

static void *sarif_begin(struct arena *arena, const cJSON *document)
{
	struct sarif *sarif = ARENA_NEW(arena, struct sarif);
	sarif->arena = arena;
	const cJSON *runs = get(document, "runs"), *run;
	sarif->runs = ARENA_ARRAY(arena, struct run, (size_t)cJSON_GetArraySize(runs) + 1);
	cJSON_ArrayForEach(run, runs) read_run(arena, run, &sarif->runs[sarif->count++]);
	return sarif;
}

static void sarif_end(void *state)
{
	struct sarif *sarif = state;
	for (uint32_t i = 0; i < sarif->count; i++)
		for (uint32_t k = 0; k < sarif->runs[i].component_count; k++)
			strings_free(&sarif->runs[i].components[k].ids);
}

/* ---- a result ---- */

static struct str field(const struct draft *d, int which)
{
	const struct field *f = d->fields[which];
	if (!f || f->kind == JSON_NULL) return STR_EMPTY;
	return f->kind == JSON_STRING && f->escaped ? json_unescape(d->evaluation->arena, f->raw) : f->raw;
}

static bool scalar(const struct draft *d, int which, uint8_t kind)
{
	return !d->fields[which] || d->fields[which]->kind == JSON_NULL || d->fields[which]->kind == kind;
}

static struct rule *by_id(const struct component_rules *c, struct str id)
{
	for (;;) {
		uint32_t number = strings_find(&c->ids, id);
		if (number) return &c->rules[c->by_id[number]];
		size_t slash = str_rfind_char(id, '/');
		if (slash == SIZE_MAX) return NULL;
		id = str_slice(id, 0, slash);
	}
}

/* The component that result.rule names: by index into the extensions, by guid, by name; else the driver (3.54). */
static uint64_t component_of(const struct run *run, const struct draft *d)
{
	uint64_t index;
	struct str guid = field(d, RULE_COMPONENT_GUID), name = field(d, RULE_COMPONENT_NAME);
	if (str_to_u64(field(d, RULE_COMPONENT), &index)) return index + 1;
	for (uint32_t i = 0; i < run->component_count; i++)
		if ((guid.len && str_eq_nocase(guid, run->components[i].guid)) ||
		    (!guid.len && name.len && str_eq(name, run->components[i].name)))
			return i;
	return 0;
}

static struct rule *find_rule(const struct run *run, const struct draft *d, struct str id)
{
	uint64_t index = UINT64_MAX, component = component_of(run, d);
	if (!str_to_u64(field(d, RULE_OBJECT_INDEX), &index)) str_to_u64(field(d, RULE_INDEX), &index);
	if (component < run->component_count) {
		const struct component_rules *c = &run->components[component];
		if (index < c->count) {
			struct rule *rule = &c->rules[index];
			bool same = !id.len || !rule->id.len || str_eq(rule->id, id) ||
			            (str_starts(id, rule->id) && id.ptr[rule->id.len] == '/');
			if (same) return rule;
		}
		struct rule *rule = id.len ? by_id(c, id) : NULL;
		if (rule) return rule;
	}
	for (uint32_t i = 0; id.len && i < run->component_count; i++) {
		struct rule *rule = by_id(&run->components[i], id);
		if (rule) return rule;
	}
	return NULL;
}

static const char *banded(struct str number)
{
	double score;
	if (!str_to_double(number, &score)) return NULL;
	return score >= 9 ? "critical" : score >= 7 ? "high" : score >= 4 ? "medium" : score >= 0 ? "low" : NULL;
}

static struct str number_or_text(struct arena *arena, const cJSON *json)
{
	return cJSON_IsNumber(json) ? str_printf(arena, "%.15g", json->valuedouble) : text(json);
}

static const char *severity(const struct draft *d, const struct rule *rule, struct str level)
{
	enum severity own;
	if (severity_from_word(field(d, OWN_SEVERITY), &own)) return severity_names[own];
	const char *word = banded(field(d, SECURITY_SEVERITY));
	if (!word) word = rule->severity;
	if (word) return word;
	static const struct {
		const char *level, *severity;
	} levels[] = {{"error", "high"}, {"warning", "medium"}, {"note", "low"}, {"none", "info"}};
	for (size_t i = 0; i < sizeof(levels) / sizeof(*levels); i++)
		if (str_eq_nocase(level, str_from(levels[i].level))) return levels[i].severity;
	/* A level that SARIF does not have ("notice", "critical": tools write them) costs no record. */
	return severity_from_word(level, &own) ? severity_names[own] : "unknown";
}

/* A suppression counts unless it is under review or rejected (3.35.3). Of several the one that decides is the record's
 * waiver: an accepted one, else one under review, else a rejected one. */
static bool suppressed(const struct draft *d)
{
	static const struct {
		const char *status, *state;
	} ranks[] = {{"rejected", "rejected"}, {"underReview", "pending"}, {"accepted", "accepted"}, {"", "accepted"}};
	struct str raw = field(d, SUPPRESSIONS);
	if (!raw.len) return false;
	cJSON *list = cJSON_ParseWithLength(raw.ptr, raw.len);
	const cJSON *item, *decides = NULL;
	size_t best = 0;
	cJSON_ArrayForEach(item, list)
	{
		if (!cJSON_IsObject(item)) continue;
		size_t rank = sizeof(ranks) / sizeof(*ranks);
		while (rank > 0 && !str_eq(text(get(item, "status")), str_from(ranks[rank - 1].status))) rank--;
		if (rank > best || !decides) decides = item, best = rank;
	}
	if (decides && best) {
		struct arena *arena = d->evaluation->arena;
		struct str kind = text(get(decides, "kind"));
		d->texts[FIELD_WAIVER] = kind.len ? str_dup(arena, kind) : STR("suppression");
		d->texts[FIELD_WAIVER_STATE] = str_from(ranks[best - 1].state);
		d->texts[FIELD_WAIVER_REASON] = str_dup(arena, text(get(decides, "justification")));
	}
	cJSON_Delete(list);
	return best >= 3;
}

static const char *status(const struct draft *d)
{
	static const struct {
		const char *kind, *status;
	} kinds[] = {{"fail", "fail"},
	             {"pass", "pass"},
	             {"open", "fail"},
	             {"review", "manual"},
	             {"", "fail"},
	             {"notApplicable", "not_applicable"},
	             {"informational", "informational"}};
	if (str_eq(field(d, BASELINE_STATE), STR("absent"))) return "archived";
	if (suppressed(d)) return "suppressed";
	enum status own;
	if (status_from_word(field(d, OWN_STATUS), &own)) return status_names[own];
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (str_eq(field(d, KIND), str_from(kinds[i].kind))) return kinds[i].status;
	return NULL;
}

/* Appends the words that are not there yet. */
static struct str merged(struct arena *arena, struct str all, struct str more)
{
	for (size_t at = 0; at < more.len;) {
		size_t end = at;
		while (end < more.len && more.ptr[end] != ' ') end++;
		struct str word = str_slice(more, at, end);
		bool there = false;
		for (size_t i = 0; i + word.len <= all.len && !there; i++)
			there = (!i || all.ptr[i - 1] == ' ') && str_starts(str_slice(all, i, all.len), word) &&
			        (i + word.len == all.len || all.ptr[i + word.len] == ' ');
		if (word.len && !there)
			all = str_printf(arena, "%.*s%s%.*s", STR_ARG(all), all.len ? " " : "", STR_ARG(word));
		at = end + 1;
	}
	return all;
}

/* What a reference to a taxon names (3.54): a CWE, else a control of the taxonomy. The taxonomy's name may stand in the run alone, found
 * by index. */
static struct str taxon(struct arena *arena, const struct run *run, const cJSON *reference)
{
	const cJSON *component = get(reference, "toolComponent"), *index = get(component, "index");
	struct str id = text(get(reference, "id")), name = text(get(component, "name"));
	if (!name.len && cJSON_IsNumber(index) && index->valuedouble >= 0)
		name = text(get(cJSON_GetArrayItem(get(run->json, "taxonomies"), index->valueint), "name"));
	if (!str_eq_nocase(name, STR("CWE"))) return control_id_of(arena, name, id);
	return ids_in(arena, str_starts_nocase(id, STR("CWE")) ? id : str_printf(arena, "CWE-%.*s", STR_ARG(id)));
}

/* From the rule's tags ("external/cwe/cwe-79") and relationships (3.49.15). */
static struct str ids_of_rule(struct arena *arena, const struct run *run, const cJSON *rule)
{
	struct str all = STR_EMPTY;
	const cJSON *item;
	cJSON_ArrayForEach(item, get(get(rule, "properties"), "tags"))
	{
		all = merged(arena, all, ids_in(arena, text(item)));
	}
	cJSON_ArrayForEach(item, get(rule, "relationships"))
	{
		all = merged(arena, all, taxon(arena, run, get(item, "target")));
	}
	return all;
}

/* The same and what the result's taxa name (3.27.8). */
static struct str ids_of(struct arena *arena, const struct run *run, const struct rule *rule, struct str taxa)
{
	struct str all = rule->ids;
	const cJSON *item;
	cJSON *list = taxa.len ? cJSON_ParseWithLength(taxa.ptr, taxa.len) : NULL;
	cJSON_ArrayForEach(item, list) all = merged(arena, all, taxon(arena, run, item));
	cJSON_Delete(list);
	return all;
}

/* A rule has more results than one. */
static void rule_says(struct arena *arena, const struct run *run, struct rule *rule)
{
	const cJSON *json = rule->json;
	if (rule->asked) return;
	rule->asked = true;
	rule->level = text(get(get(json, "defaultConfiguration"), "level"));
	rule->severity = banded(number_or_text(arena, get(get(json, "properties"), "security-severity")));
	rule->title = text(get(get(json, "shortDescription"), "text"));
	if (!rule->title.len) rule->title = text(get(json, "name"));
	if (!rule->title.len) rule->title = text(get(get(json, "fullDescription"), "text"));
	rule->ids = ids_of_rule(arena, run, json);
}

static const char *sarif_finish(void *state, struct draft *d)
{
	struct sarif *sarif = state;
	struct arena *arena = d->evaluation->arena;
	uint32_t index = d->evaluation->indexes[0];
	static struct run none;
	struct run *run = index < sarif->count ? &sarif->runs[index] : &none;
	if (!scalar(d, RULE_ID, JSON_STRING) || !scalar(d, RULE_INDEX, JSON_NUMBER))
		return "ruleId or ruleIndex is of a wrong type";
	if (!scalar(d, LEVEL, JSON_STRING) || !scalar(d, KIND, JSON_STRING)) return "level or kind is not a string";
	if (!scalar(d, SUPPRESSIONS, JSON_ARRAY)) return "suppressions is not an array";
	struct str id = field(d, RULE_ID);
	if (!id.len) id = field(d, RULE_OBJECT_ID);
	struct rule unlisted = {
	    .id = STR_EMPTY, .asked = true, .title = STR_EMPTY, .level = STR_EMPTY, .ids = STR_EMPTY};
	struct rule *rule = find_rule(run, d, id);
	if (rule)
		rule->has_results = true;
	else if (run != &none)
		run->stray = true;
	if (!rule) rule = &unlisted;
	rule_says(sarif->arena, run, rule);
	if (!id.len) id = rule->id;
	struct str level = field(d, LEVEL);
	if (!level.len) level = rule->level;
	if (!level.len) level = STR("warning");
	double score;
	struct str given = field(d, SECURITY_SEVERITY);
	if (given.len && !str_to_double(given, &score) && json_valid(given, NULL))
		return "security-severity is no finite number";
	const char *word = severity(d, rule, level), *state_word = status(d);
	if (!state_word) return "unknown kind";
	d->texts[FIELD_TOOL] = run->tool;
	d->texts[FIELD_RULE] = id;
	d->texts[FIELD_TITLE] = rule->title.len ? rule->title : id;
	d->texts[FIELD_SEVERITY] = str_from(word);
	d->texts[FIELD_STATUS] = str_from(state_word);
	struct str subject = field(d, OWN_SUBJECT);
	d->texts[FIELD_SUBJECT] = subject.len ? subject : run->subject;
	d->texts[FIELD_UNIT] = run->category;
	d->texts[FIELD_IDS] = ids_of(arena, run, rule, field(d, TAXA));
	uint64_t artifact;
	if (str_to_u64(field(d, PATH_INDEX), &artifact) && artifact < run->artifact_count)
		d->texts[FIELD_PATH] = text(get(get(run->artifacts[artifact], "location"), "uri"));
	return NULL;
}

/* ---- the document ---- */

static void list_rule(struct snapshot *s, uint32_t unit, struct str id, struct str formerly)
{
	LARGE_RESERVE(s->listed_rules, s->listed_rule_count, s->listed_rule_capacity);
	s->listed_rules[s->listed_rule_count++] = (struct listed_rule){
	    .unit = unit, .id = strings_add(&s->strings, id), .formerly = strings_add(&s->strings, formerly)};
}

static enum rule_list list_rules(struct snapshot *s, const struct run *run)
{
	bool listed = false, without_results = false;
	uint32_t unit = snapshot_add_unit(s, run->tool, run->category, false);
	for (uint32_t k = 0; k < run->component_count; k++)
		for (uint32_t i = 0; i < run->components[k].count; i++) {
			const struct rule *rule = &run->components[k].rules[i];
			const cJSON *former;
			if (!rule->id.len) continue;
			listed = true;
			without_results |= !rule->has_results;
			list_rule(s, unit, rule->id, STR_EMPTY);
			cJSON_ArrayForEach(former, get(rule->json, "deprecatedIds"))
			{
				if (text(former).len) list_rule(s, unit, rule->id, text(former));
			}
		}
	if (!listed || run->stray) return RULES_UNLISTED;
	return without_results ? RULES_ALL : RULES_WITH_RESULTS;
}

static void sarif_document(void *state, struct arena *arena, const cJSON *document, struct snapshot *s,
                           void (*unit)(void *context, const struct hook_unit *), void *context)
{
	const struct sarif *sarif = state;
	struct input *input = &s->inputs[0];
	if (!cJSON_IsArray(get(document, "runs"))) {
		input->unreadable++;
		snapshot_warn(s, "unreadable_record", GAP_SCOPE, 0, STR("/runs"), STR("expected an array of runs"));
	}
	for (uint32_t i = 0; i < sarif->count; i++) {
		const struct run *run = &sarif->runs[i];
		const cJSON *invocation;
		if (!input->tool) {
			input->tool = strings_add(&s->strings, run->tool);
			input->tool_version = strings_add(&s->strings, run->version);
		}
		cJSON_ArrayForEach(invocation, get(run->json, "invocations"))
		{
			int64_t instant;
			struct str when = text(get(invocation, "endTimeUtc"));
			if (!when.len) when = text(get(invocation, "startTimeUtc"));
			if (instant_parse(when, &instant) &&
			    (input->captured == INSTANT_NONE || instant > input->captured))
				input->captured = instant;
		}
		if (run->failed) {
			input->failed = true;
			snapshot_warn(
			    s, "failed_scan", GAP_SCOPE, 0, str_printf(arena, "/runs/%u/invocations", i),
			    STR("the tool says that its run was not successful: what is gone is not known to be fixed"));
		}
		/* An empty array says that nothing was found, none that there was no scan (3.14.23). */
		if (!cJSON_IsArray(get(run->json, "results"))) continue;
		unit(context, &(struct hook_unit){.tool = run->tool,
		                                  .target = run->category,
		                                  .version = run->version,
		                                  .incomplete = run->failed,
		                                  .rules = list_rules(s, run)});
	}
}

const struct hook sarif_hook = {"sarif", sarif_fields, sarif_begin, sarif_end, sarif_finish, sarif_document};
