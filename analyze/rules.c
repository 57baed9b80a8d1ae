#include "analyze/rules.h"

#include "core/instant.h"

#define COUNT(table) (sizeof(table) / sizeof(*(table)))

/* ---- reading ---- */

static bool read_children(const struct document *document, const cJSON *list, struct rule *rule)
{
	rule->child_count = (size_t)cJSON_GetArraySize(list);
	if (!rule->child_count) return document_wrong(document, list, "expected at least one rule");
	rule->children = ARENA_ARRAY(document->arena, struct rule, rule->child_count);
	size_t n = 0;
	for (const cJSON *each = list->child; each; each = each->next)
		if (!rule_read(document, each, &rule->children[n++])) return false;
	return true;
}

/* {"any": [...]}, {"all": [...]} or {"not": {...}}. */
static bool read_branch(const struct document *document, const cJSON *node, struct rule *rule)
{
	const struct member members[] = {
	    {"any", MEMBER_LIST, .at = 0},
	    {"all", MEMBER_LIST, .at = sizeof(const cJSON *)},
	    {"not", MEMBER_OBJECT, .at = 2 * sizeof(const cJSON *)},
	};
	const cJSON *branches[3] = {NULL, NULL, NULL};
	if (!document_members(document, node, members, COUNT(members), branches)) return false;
	if (!!branches[0] + !!branches[1] + !!branches[2] != 1)
		return document_wrong(document, node, "expected one of \"any\", \"all\" and \"not\"");
	rule->kind = branches[0] ? RULE_ANY : branches[1] ? RULE_ALL : RULE_NOT;
	if (rule->kind != RULE_NOT) return read_children(document, branches[0] ? branches[0] : branches[1], rule);
	rule->child_count = 1;
	rule->children = ARENA_NEW(document->arena, struct rule);
	return rule_read(document, branches[2], rule->children);
}

struct leaf {
	struct str fact, equals, contains, exists, not_empty;
	double days;
	bool has_days;
	struct str *in;
	size_t in_count;
};

/* {"fact": NAME, KIND: ...}: the member beside "fact" says which kind of rule it is. */
static bool read_leaf(const struct document *document, const cJSON *node, struct rule *rule)
{
	static const struct member members[] = {
	    {"fact", MEMBER_TEXT, .at = offsetof(struct leaf, fact), .required = true},
	    {"equals", MEMBER_SCALAR, .at = offsetof(struct leaf, equals)},
	    {"contains", MEMBER_TEXT, .at = offsetof(struct leaf, contains)},
	    {"exists", MEMBER_SCALAR, .at = offsetof(struct leaf, exists)},
	    {"not_empty", MEMBER_SCALAR, .at = offsetof(struct leaf, not_empty)},
	    {"days_left", MEMBER_NUMBER, .at = offsetof(struct leaf, days),
	     .count_at = offsetof(struct leaf, has_days)},
	    {"in", MEMBER_TEXTS, .at = offsetof(struct leaf, in), .count_at = offsetof(struct leaf, in_count)},
	};
	struct leaf leaf = {.in_count = 0};
	if (!document_members(document, node, members, COUNT(members), &leaf)) return false;
	if (cJSON_GetArraySize(node) != 2)
		return document_wrong(
		    document, node, "expected \"fact\" and one of equals, in, exists, contains, not_empty, days_left");
	const struct {
		struct str *text;
		enum rule_kind kind;
		bool flag;
	} kinds[] = {{&leaf.equals, RULE_EQUALS, false},
	             {&leaf.contains, RULE_CONTAINS, false},
	             {&leaf.exists, RULE_EXISTS, true},
	             {&leaf.not_empty, RULE_NOT_EMPTY, true}};
	rule->fact = leaf.fact;
	rule->kind = RULE_IN;
	rule->values = leaf.in;
	rule->value_count = leaf.in_count;
	if (leaf.has_days) {
		rule->kind = RULE_DAYS_LEFT;
		rule->days = (int64_t)leaf.days;
		return leaf.days >= 0 && leaf.days <= 36500
		           ? true
		           : document_wrong(document, node, "expected 0 to 36500 days");
	}
	for (size_t i = 0; i < COUNT(kinds); i++) {
		if (!kinds[i].text->ptr) continue;
		rule->kind = kinds[i].kind;
		rule->wanted = str_eq(*kinds[i].text, STR("true"));
		rule->value_count = 1;
		rule->values = ARENA_NEW(document->arena, struct str);
		rule->values[0] = *kinds[i].text;
		if (kinds[i].flag && !rule->wanted && !str_eq(*kinds[i].text, STR("false")))
			return document_wrong(document, node, "expected true or false");
	}
	return true;
}

bool rule_read(const struct document *document, const cJSON *node, struct rule *rule)
{
	bool leaf = cJSON_GetObjectItemCaseSensitive(node, "fact") != NULL;
	return leaf ? read_leaf(document, node, rule) : read_branch(document, node, rule);
}

/* ---- asking ---- */

static bool ask_fact(struct asking *asking, const struct rule *rule)
{
	const struct snapshot *snapshot = asking->facts->sides[asking->side];
	uint32_t fact = facts_find(asking->facts, asking->side, asking->subject, rule->fact);
	if (fact == NO_MATCH) return rule->kind == RULE_EXISTS || rule->kind == RULE_NOT_EMPTY ? !rule->wanted : false;
	asking->decided_by = fact;
	struct str value = snapshot_string(snapshot, snapshot->facts[fact].value);
	if (rule->kind == RULE_EXISTS) return rule->wanted;
	if (rule->kind == RULE_DAYS_LEFT) {
		int64_t ends, from = asking->facts->judged_at[asking->side];
		return instant_parse(value, &ends) && from != INSTANT_NONE && ends >= from + rule->days * INSTANT_DAY;
	}
	if (rule->kind == RULE_CONTAINS) return str_find_nocase(value, rule->values[0]) != SIZE_MAX;
	if (rule->kind == RULE_NOT_EMPTY) {
		bool empty = !value.len || str_eq(value, STR("[]")) || str_eq(value, STR("{}"));
		return empty != rule->wanted;
	}
	for (size_t i = 0; i < rule->value_count; i++)
		if (str_eq_nocase(value, rule->values[i])) return true;
	return false;
}

static bool ask_children(struct asking *asking, const struct rule *rule, bool until)
{
	for (size_t i = 0; i < rule->child_count; i++)
		if (rule_holds(asking, &rule->children[i]) == until) return until;
	return !until;
}

bool rule_holds(struct asking *asking, const struct rule *rule)
{
	switch (rule->kind) {
	case RULE_EQUALS:
	case RULE_IN:
	case RULE_EXISTS:
	case RULE_CONTAINS:
	case RULE_NOT_EMPTY:
	case RULE_DAYS_LEFT: return ask_fact(asking, rule);
	case RULE_ANY: return ask_children(asking, rule, true);
	case RULE_ALL: return ask_children(asking, rule, false);
	case RULE_NOT: return !rule_holds(asking, rule->children);
	}
	return false;
}
