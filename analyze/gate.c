/* How it works: a policy's entries are read against the table of gate_rules.c, which says what each rule takes and which
 * values it can have; judging calls the row's function and compares.
 */
#include "analyze/gate.h"

#include "analyze/gate_private.h"
#include "core/templates.h"

#include <math.h>
#include <stdlib.h>

#define COUNT(table) (sizeof(table) / sizeof(*(table)))

/* ---- reading ---- */

struct entry_read {
	struct str rule, severity, framework, advisory;
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

/* The members of match that a rule takes. */
static bool check_match_members(const struct document *document, const cJSON *match, const struct gate_kind *kind)
{
	for (const cJSON *each = match->child; each; each = each->next) {
		unsigned flag = TAKES_PLACE;
		if (!strcmp(each->string, "rule")) flag = TAKES_RULE;
		if (!strcmp(each->string, "subject")) flag = TAKES_SUBJECT;
		if (!(kind->flags & flag))
			return document_wrong_name(document, each, "%s takes no \"%s\" in \"match\"", kind->name,
			                           each->string);
	}
	return true;
}

static bool check_match(const struct document *document, const struct entry_read *read, const struct gate_entry *entry)
{
	const struct gate_kind *kind = entry->kind;
	if (!read->match) return true;
	if (!(kind->flags & TAKES_MATCH))
		return document_wrong_name(document, read->match, "%s takes no \"match\"", kind->name);
	if (!check_match_members(document, read->match, kind)) return false;
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
	const char **names = ARENA_ARRAY(document->arena, const char *, gate_kind_count);
	for (size_t i = 0; i < gate_kind_count; i++) {
		names[i] = gate_kinds[i].name;
		if (str_eq(name, str_from(gate_kinds[i].name))) entry->kind = &gate_kinds[i];
	}
	if (entry->kind) return true;
	struct str hint = document_suggest(document->arena, name, names, gate_kind_count);
	return document_wrong(document, member_of(node, "rule"), "unknown rule \"%.100s\"%.*s", name.ptr,
	                      STR_ARG(hint));
}

/* What the rule takes at all, and what it needs. */
static bool check_members(const struct document *document, const cJSON *node, const struct entry_read *read,
                          const struct gate_kind *kind, bool kev)
{
	if (read->severity.len && !(kind->flags & TAKES_SEVERITY))
		return document_wrong_name(document, member_of(node, "severity"), "%s takes no \"severity\"",
		                           kind->name);
	if (read->framework.len && !(kind->flags & TAKES_FRAMEWORK))
		return document_wrong_name(document, member_of(node, "framework"), "%s takes no \"framework\"",
		                           kind->name);
	if (read->advisory.len && !str_eq(read->advisory, STR("true")) && !str_eq(read->advisory, STR("false")))
		return document_wrong(document, member_of(node, "advisory"), "\"advisory\": expected true or false");
	if ((kind->flags & NEEDS_KEV) && !kev)
		return document_wrong(document, member_of(node, "rule"),
		                      "without --kev FILE, the catalogue, %s can never fail", kind->name);
	return true;
}

/* Whether a framework is there is known only when the controls are judged. */
static void note_place(const struct document *document, const cJSON *node, struct gate_entry *entry)
{
	struct error error = {0};
	struct document placing = *document;
	placing.error = &error;
	document_wrong(&placing, node, "is here");
	entry->place.file = str_cstr(document->arena, str_from(document->file));
	entry->place.offset = error.offset;
	entry->place.line = error.line;
	entry->place.column = error.column;
}

static bool read_entry(const struct document *document, const cJSON *node, bool kev, struct gate_entry *entry)
{
	static const char *const severities[] = {"critical", "high", "medium", "low", "info", "unknown", NULL};
	static const struct member members[] = {
	    {"rule", MEMBER_TEXT, .at = offsetof(struct entry_read, rule), .required = true},
	    {"limit", MEMBER_NUMBER, .at = offsetof(struct entry_read, limit),
	     .count_at = offsetof(struct entry_read, has_limit)},
	    {"severity", MEMBER_TEXT, .at = offsetof(struct entry_read, severity), .words = severities},
	    {"match", MEMBER_OBJECT, .at = offsetof(struct entry_read, match)},
	    {"framework", MEMBER_TEXT, .at = offsetof(struct entry_read, framework)},
	    {"advisory", MEMBER_SCALAR, .at = offsetof(struct entry_read, advisory)},
	};
	struct str none = STR_EMPTY;
	struct entry_read read = {none, none, none, none, 0, false, NULL};
	if (!document_members(document, node, members, COUNT(members), &read)) return false;
	if (!find_kind(document, node, read.rule, entry)) return false;
	if (!check_members(document, node, &read, entry->kind, kev)) return false;
	entry->limit = read.has_limit ? read.limit : entry->kind->limit;
	entry->severity = entry->kind->severity;
	entry->framework = read.framework;
	if (read.framework.len) note_place(document, member_of(node, "framework"), entry);
	entry->advisory = str_eq(read.advisory, STR("true"));
	if (read.severity.len) severity_from_word(read.severity, &entry->severity);
	if (!selector_read(document, read.match, &entry->match)) return false;
	return check_match(document, &read, entry) && check_limit(document, node, entry);
}

static bool same_text(struct str a, struct str b) { return str_eq_nocase(a, b); }

/* Two entries that measure the same: only the stricter one could ever decide. */
static bool same_measure(const struct gate_entry *a, const struct gate_entry *b)
{
	return a->kind->measure == b->kind->measure && a->kind->argument == b->kind->argument &&
	       a->kind->word == b->kind->word && a->severity == b->severity && a->advisory == b->advisory &&
	       same_text(a->framework, b->framework) && same_text(a->match.rule, b->match.rule) &&
	       same_text(a->match.subject, b->match.subject) && same_text(a->match.severity, b->match.severity) &&
	       same_text(a->match.tool, b->match.tool) && same_text(a->match.path, b->match.path) &&
	       same_text(a->match.component, b->match.component);
}

static bool read_policy(const struct document *document, bool kev, struct policy *policy)
{
	const cJSON *list = NULL;
	const struct member members[] = {{"gate", MEMBER_LIST, .at = 0, .required = true}};
	if (!document_members(document, document->root, members, COUNT(members), &list)) return false;
	if (!cJSON_GetArraySize(list)) return document_wrong(document, list, "a gate without rules can never fail");
	policy->entries = ARENA_ARRAY(document->arena, struct gate_entry, cJSON_GetArraySize(list));
	for (const cJSON *each = list->child; each; each = each->next) {
		struct gate_entry *entry = &policy->entries[policy->count];
		if (!read_entry(document, each, kev, entry)) return false;
		for (size_t i = 0; i < policy->count; i++)
			if (same_measure(&policy->entries[i], entry))
				return document_wrong(document, member_of(each, "rule"),
				                      "%s can never decide: rule %zu, %s, measures the same",
				                      entry->kind->name, i + 1, policy->entries[i].kind->name);
		policy->count++;
	}
	return true;
}

bool policy_parse(const char *file, struct str text, bool kev, struct arena *arena, struct policy *policy,
                  struct error *error)
{
	struct document document;
	*policy = (struct policy){0};
	if (!document_parse(&document, file, text, arena, error)) return false;
	bool good = read_policy(&document, kev, policy);
	document_free(&document);
	return good;
}

bool policy_is_name(const char *name) { return *name && !strchr(name, '/') && !strchr(name, '.'); }

/* "default, observe, strict": those below policies/. */
static struct str known_policies(struct arena *arena)
{
	struct template_file *files;
	struct str text = STR_EMPTY;
	size_t count = templates_below(arena, STR("policies/"), &files);
	for (size_t i = 0; i < count; i++) {
		struct str name = str_slice(files[i].name, sizeof("policies/") - 1, files[i].name.len);
		if (str_ends(name, STR(".json"))) name = str_slice(name, 0, name.len - (sizeof(".json") - 1));
		text = str_printf(arena, "%.*s%s%.*s", STR_ARG(text), text.len ? ", " : "", STR_ARG(name));
	}
	return text;
}

bool policy_template(const char *name, struct arena *arena, struct str *text, struct error *error)
{
	if (template_find(str_printf(arena, "policies/%s.json", name), text)) return true;
	struct str known = known_policies(arena);
	return error_set(error, ERROR_INPUT, name,
	                 "no policy is called that, only: %.*s; a file has a '/' or a '.' in its name", STR_ARG(known));
}

bool policy_read(const char *file, bool kev, struct arena *arena, struct policy *policy, struct error *error)
{
	struct document document;
	struct str text;
	*policy = (struct policy){0};
	const char *name = file ? file : "default";
	if (policy_is_name(name)) {
		if (!policy_template(name, arena, &text, error)) return false;
		return policy_parse(str_cstr(arena, str_printf(arena, "policies/%s.json", name)), text, kev, arena,
		                    policy, error);
	}
	if (!document_read(&document, file, arena, error)) return false;
	bool good = read_policy(&document, kev, policy);
	document_free(&document);
	return good;
}

/* ---- judging ---- */

/* What narrows the rule, for people: "critical, framework MCSB, subject=*prod*". */
static struct str title_of(const struct gate_entry *entry, struct arena *arena)
{
	bool own = entry->kind->severity == SEVERITY_COUNT && entry->severity != SEVERITY_COUNT;
	struct str narrowed = own ? str_from(severity_names[entry->severity]) : STR_EMPTY;
	if (entry->framework.len)
		narrowed = str_printf(arena, "%.*s%sframework=%.*s", STR_ARG(narrowed), narrowed.len ? " " : "",
		                      STR_ARG(entry->framework));
	struct str match = selector_text(&entry->match, arena);
	if (match.len)
		narrowed = str_printf(arena, "%.*s%s%.*s", STR_ARG(narrowed), narrowed.len ? " " : "", STR_ARG(match));
	if (!narrowed.len) return str_from(entry->kind->title);
	return str_printf(arena, "%s (%.*s)", entry->kind->title, STR_ARG(narrowed));
}

static void judge_one(struct result *result, const struct gate_entry *entry, const struct acceptance *accepted,
                      const struct kev *kev, struct gate_rule *rule)
{
	*rule = (struct gate_rule){.rule = str_from(entry->kind->name),
	                           .title = title_of(entry, &result->arena),
	                           .advisory = entry->advisory,
	                           .limit = entry->limit,
	                           .offenders = ARENA_ARRAY(&result->arena, struct str, GATE_OFFENDERS)};
	struct judging judging = {result, accepted, kev, entry, rule, false};
	entry->kind->measure(&judging);
	bool most = entry->kind->direction == AT_MOST;
	bool pass = judging.holds || (most ? rule->value <= rule->limit : rule->value >= rule->limit);
	rule->state = pass ? GATE_PASS : GATE_FAIL;
	if (pass && !entry->kind->whole) rule->offender_count = 0; /* a share that is high enough has none */
}

static bool framework_there(const struct result *result, const struct gate_entry *entry)
{
	if (!entry->framework.len) return true;
	for (size_t i = 0; i < result->control_count; i++)
		if (str_glob_nocase(entry->framework, result->controls[i].framework)) return true;
	return false;
}

bool gate_judge(struct result *result, const struct policy *policy, const struct acceptance *accepted,
                const struct kev *kev, struct error *error)
{
	for (size_t i = 0; i < policy->count; i++) {
		const struct gate_entry *entry = &policy->entries[i];
		if (!framework_there(result, entry))
			return error_at(error, entry->place.file, entry->place.offset, entry->place.line,
			                entry->place.column,
			                "%s can never fail: no framework \"%.100s\" is judged (--framework)",
			                entry->kind->name, str_cstr(&result->arena, entry->framework));
	}
	result->gate = ARENA_ARRAY(&result->arena, struct gate_rule, policy->count + 1);
	result->gate_count = policy->count;
	result->verdict_pass = true;
	for (size_t i = 0; i < policy->count; i++) {
		struct gate_rule *rule = &result->gate[i];
		judge_one(result, &policy->entries[i], accepted, kev, rule);
		if (rule->state == GATE_FAIL && !rule->advisory) result->verdict_pass = false;
	}
	return true;
}

/* ---- a policy from a result ---- */

static void ratchet(struct result *result, const struct gate_entry *entry, const struct acceptance *accepted,
                    const struct kev *kev, struct policy *policy)
{
	const struct gate_kind *kind = entry->kind;
	struct gate_entry now = *entry;
	struct gate_rule rule;
	now.limit = kind->direction == AT_MOST ? kind->low : kind->high;
	judge_one(result, &now, accepted, kev, &rule);
	if (kind->direction == AT_MOST ? rule.value >= kind->high : rule.value <= kind->low)
		return; /* could not fail */
	now.limit = rule.value;
	policy->entries[policy->count++] = now;
}

void policy_of_result(struct result *result, const struct acceptance *accepted, const struct kev *kev,
                      struct arena *arena, struct policy *policy)
{
	struct str none = STR_EMPTY;
	*policy = (struct policy){ARENA_ARRAY(arena, struct gate_entry, gate_kind_count * SEVERITY_COUNT), 0};
	for (size_t i = 0; i < gate_kind_count; i++) {
		const struct gate_kind *kind = &gate_kinds[i];
		struct gate_entry entry = {.kind = kind,
		                           .severity = kind->severity,
		                           .match = {none, none, none, none, none, none},
		                           .framework = none};
		if ((kind->flags & RATCHET_OFF) || ((kind->flags & NEEDS_KEV) && !kev)) continue;
		if (!(kind->flags & BY_SEVERITY)) ratchet(result, &entry, accepted, kev, policy);
		for (int s = 0; (kind->flags & BY_SEVERITY) && s < SEVERITY_COUNT; s++) {
			entry.severity = (enum severity)s;
			ratchet(result, &entry, accepted, kev, policy);
		}
	}
}
