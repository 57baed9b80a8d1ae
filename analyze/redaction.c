#include "analyze/redaction.h"

#include "core/utf8.h"

#include <stddef.h>

#define COUNT(table) (sizeof(table) / sizeof(*(table)))

/* A rule as it is written. */
struct written {
	struct str id, reason;
	const struct str *paths, *formats, *pointers, *patterns;
	size_t path_count, format_count, pointer_count, pattern_count;
};

/* One line, to be seen in reports. */
static bool is_marker(struct str text)
{
	enum { LONGEST = 80 };
	bool good = text.len && text.len <= LONGEST && utf8_first_invalid(text) == SIZE_MAX;
	for (size_t i = 0; i < text.len; i++) good = good && (unsigned char)text.ptr[i] >= 0x20 && text.ptr[i] != 0x7f;
	return good;
}

static const cJSON *element(const cJSON *object, const char *name, size_t i)
{
	return cJSON_GetArrayItem(cJSON_GetObjectItemCaseSensitive(object, name), (int)i);
}

static bool compile(const struct document *document, const cJSON *node, struct str marker,
                    const struct written *written, struct redact_rule *rule)
{
	char wrong[160];
	size_t at;
	rule->patterns = ARENA_ARRAY(document->arena, struct redact_pattern *, written->pattern_count + 1);
	for (size_t i = 0; i < written->pattern_count; i++) {
		struct redact_pattern *pattern = redact_pattern_new(written->patterns[i], marker, wrong, &at);
		if (!pattern)
			return document_wrong(document, element(node, "patterns", i), "no pattern: %s (byte %zu of it)",
			                      wrong, at + 1);
		rule->patterns[rule->pattern_count++] = pattern;
	}
	return true;
}

static bool check_pointers(const struct document *document, const cJSON *node, const struct redact_rule *rule)
{
	for (size_t i = 0; i < rule->pointer_count; i++) {
		const char *fault = redact_pointer_fault(rule->pointers[i]);
		if (fault) return document_wrong(document, element(node, "pointers", i), "no JSON Pointer: %s", fault);
	}
	return true;
}

static bool read_rule(const struct document *document, const cJSON *node, struct redact_rules *rules, size_t *pointers)
{
	static const struct member members[] = {
	    {"id", MEMBER_TEXT, .at = offsetof(struct written, id), .required = true},
	    {"reason", MEMBER_TEXT, .at = offsetof(struct written, reason), .required = true},
	    {"paths", MEMBER_TEXTS, .at = offsetof(struct written, paths),
	     .count_at = offsetof(struct written, path_count)},
	    {"formats", MEMBER_TEXTS, .at = offsetof(struct written, formats),
	     .count_at = offsetof(struct written, format_count)},
	    {"pointers", MEMBER_TEXTS, .at = offsetof(struct written, pointers),
	     .count_at = offsetof(struct written, pointer_count)},
	    {"patterns", MEMBER_TEXTS, .at = offsetof(struct written, patterns),
	     .count_at = offsetof(struct written, pattern_count)},
	};
	struct written written = {.path_count = 0};
	if (!document_members(document, node, members, COUNT(members), &written)) return false;
	if (!written.pattern_count && !written.pointer_count)
		return document_wrong(document, node, "a rule needs \"patterns\" or \"pointers\"");
	struct redact_rule *rule = &rules->rules[rules->rule_count++];
	*rule = (struct redact_rule){.id = written.id,
	                             .reason = written.reason,
	                             .paths = written.paths,
	                             .path_count = written.path_count,
	                             .formats = written.formats,
	                             .format_count = written.format_count,
	                             .pointers = written.pointers,
	                             .pointer_count = written.pointer_count};
	*pointers += rule->pointer_count;
	if (*pointers > REDACT_POINTERS_MAX)
		return document_wrong(document, node, "more than %d pointers in all rules", REDACT_POINTERS_MAX);
	return check_pointers(document, node, rule) && compile(document, node, rules->marker, &written, rule);
}

static bool read_rules(const struct document *document, struct redact_rules *rules)
{
	struct {
		struct str marker;
		const cJSON *rules;
		const struct str *as_is;
		size_t as_is_count;
	} top = {.marker = STR("[redacted]")};
	const struct member members[] = {
	    {"marker", MEMBER_TEXT, .at = 0},
	    {"rules", MEMBER_LIST, .at = sizeof(struct str), .required = true},
	    {"as_is", MEMBER_TEXTS, .at = sizeof(struct str) + sizeof(void *),
	     .count_at = sizeof(struct str) + 2 * sizeof(void *)},
	};
	size_t pointers = 0;
	if (!document_members(document, document->root, members, COUNT(members), &top)) return false;
	if (!top.marker.len) top.marker = STR("[redacted]");
	if (!is_marker(top.marker))
		return document_wrong(document, cJSON_GetObjectItemCaseSensitive(document->root, "marker"),
		                      "\"marker\": expected one line of at most 80 bytes");
	if (!document_ids_differ(document, top.rules)) return false;
	size_t count = (size_t)cJSON_GetArraySize(top.rules);
	if (!count || count > REDACT_RULES_MAX)
		return document_wrong(document, top.rules, "\"rules\": expected 1 to %d rules", REDACT_RULES_MAX);
	*rules = (struct redact_rules){.marker = top.marker, .as_is = top.as_is, .as_is_count = top.as_is_count};
	rules->rules = ARENA_ARRAY(document->arena, struct redact_rule, count);
	for (const cJSON *node = top.rules->child; node; node = node->next)
		if (!read_rule(document, node, rules, &pointers)) return false;
	return true;
}

bool redaction_rules_read(const char *file, struct arena *arena, struct redact_rules *rules, struct error *error)
{
	struct document document;
	*rules = (struct redact_rules){.marker = STR_EMPTY};
	if (!document_read(&document, file, arena, error)) return false;
	bool good = read_rules(&document, rules);
	document_free(&document);
	return good;
}

void redaction_rules_free(struct redact_rules *rules)
{
	for (size_t i = 0; i < rules->rule_count; i++)
		for (size_t k = 0; k < rules->rules[i].pattern_count; k++)
			redact_pattern_free(rules->rules[i].patterns[k]);
}
