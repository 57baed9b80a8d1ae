/* How it works: each rule is a row of the table below. A row's function counts and names offenders; whether the
 * count passes, and which limits make sense, follows from the row's direction and range. A new rule is a function
 * and a row.
 */
#include "analyze/gate.h"

#include "core/templates.h"

#include <math.h>
#include <stdlib.h>

#define COUNT(table) (sizeof(table) / sizeof(*(table)))

/* ---- offenders ---- */

struct judging {
	struct result *result;
	const bool *covered;
	struct gate_rule *rule; /* being judged */
};

static void offend(struct judging *judging, struct str id)
{
	struct gate_rule *rule = judging->rule;
	rule->value++;
	if (rule->offender_count < GATE_OFFENDERS)
		rule->offenders[rule->offender_count++] = str_dup(&judging->result->arena, id);
}

/* ---- what rules count ---- */

static void count_new(struct judging *judging, const struct gate_entry *entry)
{
	const struct diff *diff = &judging->result->diff;
	const struct snapshot *after = diff->sides[SIDE_AFTER];
	for (uint32_t i = 0; i < after->finding_count; i++) {
		enum outcome outcome = (enum outcome)diff->fates[SIDE_AFTER][i].outcome;
		if (outcome != OUTCOME_NEW && outcome != OUTCOME_REOPENED) continue;
		const struct finding *finding = &after->findings[i];
		const struct profile *profile = snapshot_profile(after, finding);
		if (entry->severity != SEVERITY_COUNT && profile->severity != entry->severity) continue;
		if (judging->covered && judging->covered[i]) continue;
		if (!selector_profile(&entry->match, after, profile) || !selector_place(&entry->match, after, finding))
			continue;
		char id[19];
		snapshot_finding_id(after, SIDE_AFTER, i, id);
		offend(judging, str_from(id));
	}
}

/* Exceptions of a state that somebody relies on: they match open findings. */
static void count_exceptions(struct judging *judging, enum exception_state state)
{
	for (size_t i = 0; i < judging->result->exception_count; i++) {
		const struct exception *exception = &judging->result->exceptions[i];
		if (exception->state == state && exception->matched) offend(judging, exception->id);
	}
}

static void count_expired(struct judging *judging, const struct gate_entry *entry)
{
	(void)entry;
	count_exceptions(judging, EXCEPTION_EXPIRED);
}

static void count_invalid(struct judging *judging, const struct gate_entry *entry)
{
	(void)entry;
	count_exceptions(judging, EXCEPTION_INVALID);
}

/* Without evidence is not met either. */
static void count_expectations(struct judging *judging, const struct gate_entry *entry)
{
	(void)entry;
	for (size_t i = 0; i < judging->result->change.expect_count; i++) {
		const struct expect *expect = &judging->result->change.expects[i];
		if (expect->state != EXPECT_MET) offend(judging, expect->id);
	}
}

static void count_missing(struct judging *judging, const struct gate_entry *entry)
{
	(void)entry;
	for (size_t i = 0; i < judging->result->change.require_count; i++) {
		const struct requirement *needed = &judging->result->change.requires[i];
		if (needed->met) continue;
		offend(judging,
		       str_printf(&judging->result->arena, "%s %.*s%s%.*s", side_names[needed->side],
		                  STR_ARG(needed->format), needed->subject.len ? " " : "", STR_ARG(needed->subject)));
	}
}

/* ---- the table ---- */

enum direction { AT_MOST, AT_LEAST };

struct gate_kind {
	const char *name, *title;
	void (*count)(struct judging *judging, const struct gate_entry *entry);
	enum severity severity; /* the rule's own; SEVERITY_COUNT: none */
	bool takes_severity, takes_match;
	enum direction direction;
	bool whole;       /* the limit is a whole number */
	double low, high; /* all values there can be */
	double limit;     /* where the policy gives none */
};

#define COUNTS .direction = AT_MOST, .whole = true, .low = 0, .high = UINT32_MAX, .limit = 0

static const struct gate_kind kinds[] = {
    {"no_new_critical", "No new or reopened critical finding", count_new, SEVERITY_CRITICAL, .takes_match = true,
     COUNTS},
    {"no_new_high", "No new or reopened high finding", count_new, SEVERITY_HIGH, .takes_match = true, COUNTS},
    {"no_new", "No new or reopened finding", count_new, SEVERITY_COUNT, .takes_severity = true, .takes_match = true,
     COUNTS},
    {"no_expired_exception", "No expired exception in use", count_expired, SEVERITY_COUNT, COUNTS},
    {"no_invalid_exception", "No invalid exception in use", count_invalid, SEVERITY_COUNT, COUNTS},
    {"expectations_met", "Every expectation is met", count_expectations, SEVERITY_COUNT, COUNTS},
    {"required_evidence", "All required evidence is there", count_missing, SEVERITY_COUNT, COUNTS},
};

/* ---- reading ---- */

struct entry_read {
	struct str rule, severity;
	double limit;
	bool has_limit;
	const cJSON *match;
};

static const cJSON *member_of(const cJSON *node, const char *name)
{
	return cJSON_GetObjectItemCaseSensitive(node, name);
}

static bool check_limit(const struct document *document, const cJSON *node, const struct gate_entry *entry)
{
	const struct gate_kind *kind = entry->kind;
	const cJSON *limit = member_of(node, "limit");
	bool most = kind->direction == AT_MOST;
	if (most ? entry->limit < kind->low : entry->limit > kind->high)
		return document_wrong(document, limit, "with this limit %s can never pass: its value is %s %.15g",
		                      kind->name, most ? "at least" : "at most", most ? kind->low : kind->high);
	if (most ? entry->limit >= kind->high : entry->limit <= kind->low)
		return document_wrong(document, limit, "with this limit %s can never fail: its value is %s %.15g",
		                      kind->name, most ? "at most" : "at least", most ? kind->high : kind->low);
	if (kind->whole && (floor(entry->limit) < entry->limit))
		return document_wrong(document, limit, "%s counts: expected a whole number", kind->name);
	return true;
}

static bool check_match(const struct document *document, const struct entry_read *read, const struct gate_entry *entry)
{
	const struct gate_kind *kind = entry->kind;
	if (!read->match) return true;
	if (!kind->takes_match) return document_wrong_name(document, read->match, "%s takes no \"match\"", kind->name);
	if (selector_empty(&entry->match))
		return document_wrong(document, read->match,
		                      "expected at least one of rule, subject, severity, tool, path, component");
	if (entry->severity == SEVERITY_COUNT || !entry->match.severity.len) return true;
	if (str_glob_nocase(entry->match.severity, str_from(severity_names[entry->severity]))) return true;
	return document_wrong(document, member_of(read->match, "severity"),
	                      "with this severity %s can never fail: it counts %s findings", kind->name,
	                      severity_names[entry->severity]);
}

static bool find_kind(const struct document *document, const cJSON *node, struct str name, struct gate_entry *entry)
{
	const char *names[COUNT(kinds)];
	for (size_t i = 0; i < COUNT(kinds); i++) {
		names[i] = kinds[i].name;
		if (str_eq(name, str_from(kinds[i].name))) entry->kind = &kinds[i];
	}
	if (entry->kind) return true;
	struct str hint = document_suggest(document->arena, name, names, COUNT(names));
	return document_wrong(document, member_of(node, "rule"), "unknown rule \"%.100s\"%.*s", name.ptr,
	                      STR_ARG(hint));
}

static bool read_entry(const struct document *document, const cJSON *node, struct gate_entry *entry)
{
	static const char *const severities[] = {"critical", "high", "medium", "low", "info", "unknown", NULL};
	static const struct member members[] = {
	    {"rule", MEMBER_TEXT, .at = offsetof(struct entry_read, rule), .required = true},
	    {"limit", MEMBER_NUMBER, .at = offsetof(struct entry_read, limit),
	     .count_at = offsetof(struct entry_read, has_limit)},
	    {"severity", MEMBER_TEXT, .at = offsetof(struct entry_read, severity), .words = severities},
	    {"match", MEMBER_OBJECT, .at = offsetof(struct entry_read, match)},
	};
	struct entry_read read = {.limit = 0};
	if (!document_members(document, node, members, COUNT(members), &read)) return false;
	if (!find_kind(document, node, read.rule, entry)) return false;
	entry->limit = read.has_limit ? read.limit : entry->kind->limit;
	entry->severity = entry->kind->severity;
	if (read.severity.len && !entry->kind->takes_severity)
		return document_wrong_name(document, member_of(node, "severity"), "%s takes no \"severity\"",
		                           entry->kind->name);
	if (read.severity.len) severity_from_word(read.severity, &entry->severity);
	if (!selector_read(document, read.match, &entry->match)) return false;
	return check_match(document, &read, entry) && check_limit(document, node, entry);
}

static bool read_policy(const struct document *document, struct policy *policy)
{
	const cJSON *list = NULL;
	const struct member members[] = {{"gate", MEMBER_LIST, .at = 0, .required = true}};
	if (!document_members(document, document->root, members, COUNT(members), &list)) return false;
	if (!cJSON_GetArraySize(list)) return document_wrong(document, list, "a gate without rules can never fail");
	policy->entries = ARENA_ARRAY(document->arena, struct gate_entry, cJSON_GetArraySize(list));
	for (const cJSON *each = list->child; each; each = each->next)
		if (!read_entry(document, each, &policy->entries[policy->count++])) return false;
	return true;
}

bool policy_parse(const char *file, struct str text, struct arena *arena, struct policy *policy, struct error *error)
{
	struct document document;
	*policy = (struct policy){0};
	if (!document_parse(&document, file, text, arena, error)) return false;
	bool good = read_policy(&document, policy);
	document_free(&document);
	return good;
}

bool policy_read(const char *file, struct arena *arena, struct policy *policy, struct error *error)
{
	static const char built_in[] = "policies/default.json";
	struct document document;
	struct str text;
	*policy = (struct policy){0};
	if (!file) {
		if (!template_find(str_from(built_in), &text))
			return error_set(error, ERROR_INPUT, built_in, "no such template");
		return policy_parse(built_in, text, arena, policy, error);
	}
	if (!document_read(&document, file, arena, error)) return false;
	bool good = read_policy(&document, policy);
	document_free(&document);
	return good;
}

/* ---- judging ---- */

static struct str title_of(const struct gate_entry *entry, struct arena *arena)
{
	bool own = entry->kind->severity == SEVERITY_COUNT && entry->severity != SEVERITY_COUNT;
	struct str narrowed = selector_text(&entry->match, arena);
	if (own)
		narrowed = str_printf(arena, "%s%s%.*s", severity_names[entry->severity], narrowed.len ? " " : "",
		                      STR_ARG(narrowed));
	if (!narrowed.len) return str_from(entry->kind->title);
	return str_printf(arena, "%s (%.*s)", entry->kind->title, STR_ARG(narrowed));
}

void gate_judge(struct result *result, const struct policy *policy, const bool *covered)
{
	result->gate = ARENA_ARRAY(&result->arena, struct gate_rule, policy->count + 1);
	result->gate_count = policy->count;
	result->verdict_pass = true;
	for (size_t i = 0; i < policy->count; i++) {
		const struct gate_entry *entry = &policy->entries[i];
		struct gate_rule *rule = &result->gate[i];
		struct judging judging = {result, covered, rule};
		*rule = (struct gate_rule){.rule = str_from(entry->kind->name),
		                           .title = title_of(entry, &result->arena),
		                           .limit = entry->limit,
		                           .offenders = ARENA_ARRAY(&result->arena, struct str, GATE_OFFENDERS)};
		entry->kind->count(&judging, entry);
		bool pass = entry->kind->direction == AT_MOST ? rule->value <= rule->limit : rule->value >= rule->limit;
		rule->state = pass ? GATE_PASS : GATE_FAIL;
		result->verdict_pass = result->verdict_pass && pass;
	}
}
