/* How it works: what a selector says about a profile (rule, subject, severity, tool) is decided once for each
 * profile; a finding then costs one look, and only one with a path or component looks at the finding itself.
 */
#include "analyze/exceptions.h"

#include "core/buf.h"

#include <stdlib.h>

#define COUNT(table) (sizeof(table) / sizeof(*(table)))

/* ---- selectors ---- */

bool selector_read(const struct document *document, const cJSON *node, struct selector *match)
{
	static const struct member members[] = {
	    {"rule", MEMBER_TEXT, .at = offsetof(struct selector, rule)},
	    {"subject", MEMBER_TEXT, .at = offsetof(struct selector, subject)},
	    {"severity", MEMBER_TEXT, .at = offsetof(struct selector, severity)},
	    {"tool", MEMBER_TEXT, .at = offsetof(struct selector, tool)},
	    {"path", MEMBER_TEXT, .at = offsetof(struct selector, path)},
	    {"component", MEMBER_TEXT, .at = offsetof(struct selector, component)},
	};
	struct str none = STR_EMPTY;
	*match = (struct selector){none, none, none, none, none, none};
	if (!node) return true;
	if (!document_members(document, node, members, COUNT(members), match)) return false;
	if (!match->severity.len || memchr(match->severity.ptr, '*', match->severity.len)) return true;
	enum severity severity;
	if (severity_from_word(match->severity, &severity)) return true;
	struct str hint = document_suggest(document->arena, match->severity, severity_names, SEVERITY_COUNT);
	return document_wrong(document, cJSON_GetObjectItemCaseSensitive(node, "severity"),
	                      "unknown severity \"%.100s\"%.*s", match->severity.ptr, STR_ARG(hint));
}

bool selector_empty(const struct selector *match)
{
	return !match->rule.len && !match->subject.len && !match->severity.len && !match->tool.len &&
	       !match->path.len && !match->component.len;
}

static bool meets(struct str pattern, struct str text) { return !pattern.len || str_glob_nocase(pattern, text); }

bool selector_profile(const struct selector *match, const struct snapshot *snapshot, const struct profile *profile)
{
	return meets(match->severity, str_from(severity_names[profile->severity])) &&
	       meets(match->rule, snapshot_string(snapshot, profile->rule)) &&
	       meets(match->tool, snapshot_string(snapshot, profile->tool)) &&
	       meets(match->subject, snapshot_string(snapshot, profile->subject));
}

bool selector_place(const struct selector *match, const struct snapshot *snapshot, const struct finding *finding)
{
	if (match->path.len) {
		struct buf scratch = {0};
		bool met = str_glob_nocase(match->path, snapshot_path(snapshot, finding, &scratch));
		buf_free(&scratch);
		if (!met) return false;
	}
	if (!match->component.len) return true;
	const struct component *component = snapshot_component(snapshot, finding);
	return str_glob_nocase(match->component, snapshot_string(snapshot, component->package)) ||
	       str_glob_nocase(match->component, snapshot_string(snapshot, component->purl));
}

struct str selector_text(const struct selector *match, struct arena *arena)
{
	const struct {
		const char *name;
		struct str value;
	} fields[] = {{"rule", match->rule}, {"subject", match->subject}, {"severity", match->severity},
	              {"tool", match->tool}, {"path", match->path},       {"component", match->component}};
	struct str text = STR_EMPTY;
	for (size_t i = 0; i < COUNT(fields); i++)
		if (fields[i].value.len)
			text = str_printf(arena, "%.*s%s%s=%.*s", STR_ARG(text), text.len ? " " : "", fields[i].name,
			                  STR_ARG(fields[i].value));
	return text;
}

/* ---- reading ---- */

/* What each type means. Where the weakness stays open, the exception stands beside it but covers nothing. */
static const struct {
	const char *name;
	bool covers;
} types[] = {
    {"accepted_risk", true},           {"false_positive", true}, {"risk_adjustment", false},
    {"operational_requirement", true}, {"poam", false},
};
static const char *const type_names[] = {"accepted_risk",           "false_positive", "risk_adjustment",
                                         "operational_requirement", "poam",           NULL};
static const char *const severity_words[] = {"critical", "high", "medium", "low", "info", "unknown", NULL};

struct exception_read {
	struct exception exception;
	struct str severity;
	const cJSON *match, *milestones;
};

static bool read_milestones(const struct document *document, const cJSON *list)
{
	struct {
		struct str id, title, due, done;
	} read;
	const struct member members[] = {
	    {"id", MEMBER_TEXT, .at = 0},
	    {"title", MEMBER_TEXT, .at = sizeof(struct str), .required = true},
	    {"due", MEMBER_DAY, .at = 2 * sizeof(struct str), .required = true},
	    {"done", MEMBER_DAY, .at = 3 * sizeof(struct str)},
	};
	for (const cJSON *each = list ? list->child : NULL; each; each = each->next)
		if (!document_members(document, each, members, COUNT(members), &read)) return false;
	return true;
}

static int64_t day_of(struct str day)
{
	int64_t instant;
	return day.len && instant_parse(day, &instant) ? instant_day(instant) : INT64_MIN;
}

/* What makes it invalid, or empty. */
static struct str problem_of(const struct exception *exception, const struct selector *match, struct arena *arena)
{
	const struct {
		const char *name;
		bool missing;
	} needs[] = {
	    {"owner", !str_trim(exception->owner).len},
	    {"approver", !str_trim(exception->approver).len},
	    {"ticket", !str_trim(exception->ticket).len},
	    {"expiry", !exception->expires.len},
	    {"match", selector_empty(match)},
	};
	struct str text = STR_EMPTY;
	for (size_t i = 0; i < COUNT(needs); i++)
		if (needs[i].missing)
			text = str_printf(arena, "%.*s%s%s", STR_ARG(text), text.len ? ", no " : "no ", needs[i].name);
	return text;
}

static bool read_exception(const struct document *document, const cJSON *node, struct exception_list *list)
{
	static const struct member members[] = {
	    {"id", MEMBER_TEXT, .at = offsetof(struct exception, id), .required = true},
	    {"type", MEMBER_TEXT, .at = offsetof(struct exception, type), .words = type_names},
	    {"match", MEMBER_OBJECT, .at = offsetof(struct exception_read, match)},
	    {"reason", MEMBER_TEXT, .at = offsetof(struct exception, reason)},
	    {"owner", MEMBER_TEXT, .at = offsetof(struct exception, owner)},
	    {"approver", MEMBER_TEXT, .at = offsetof(struct exception, approver)},
	    {"ticket", MEMBER_TEXT, .at = offsetof(struct exception, ticket)},
	    {"approved", MEMBER_DAY, .at = offsetof(struct exception, approved)},
	    {"expires", MEMBER_DAY, .at = offsetof(struct exception, expires)},
	    {"severity", MEMBER_TEXT, .at = offsetof(struct exception_read, severity), .words = severity_words},
	    {"milestones", MEMBER_LIST, .at = offsetof(struct exception_read, milestones)},
	};
	_Static_assert(offsetof(struct exception_read, exception) == 0,
	               "the table's offsets are those of the exception");
	struct str none = STR_EMPTY;
	struct exception_read read = {.exception = {.id = none,
	                                            .type = STR("accepted_risk"),
	                                            .source = STR("file"),
	                                            .reason = none,
	                                            .owner = none,
	                                            .approver = none,
	                                            .ticket = none,
	                                            .approved = none,
	                                            .expires = none,
	                                            .match = none,
	                                            .problem = none,
	                                            .state = EXCEPTION_UNUSED,
	                                            .days_left = INT64_MAX}};
	if (!document_members(document, node, members, COUNT(members), &read)) return false;
	if (!selector_read(document, read.match, &list->matches[list->count])) return false;
	if (!read_milestones(document, read.milestones)) return false;
	bool adjusts = str_eq(read.exception.type, STR("risk_adjustment"));
	if (adjusts != (read.severity.len > 0))
		return document_wrong(document, node,
		                      adjusts ? "type \"risk_adjustment\" needs a member \"severity\""
		                              : "only type \"risk_adjustment\" takes a \"severity\"");
	if (read.milestones && !str_eq(read.exception.type, STR("poam")))
		return document_wrong_name(document, read.milestones, "only type \"poam\" takes \"milestones\"");
	read.exception.match = selector_text(&list->matches[list->count], document->arena);
	read.exception.problem = problem_of(&read.exception, &list->matches[list->count], document->arena);
	list->approved_day[list->count] = day_of(read.exception.approved);
	list->expires_day[list->count] = day_of(read.exception.expires);
	list->list[list->count++] = read.exception;
	return true;
}

static bool read_list(const struct document *document, struct exception_list *list)
{
	const cJSON *nodes = NULL;
	const struct member members[] = {{"exceptions", MEMBER_LIST, .at = 0, .required = true}};
	if (!document_members(document, document->root, members, COUNT(members), &nodes)) return false;
	size_t count = (size_t)cJSON_GetArraySize(nodes);
	list->list = ARENA_ARRAY(document->arena, struct exception, count + 1);
	list->matches = ARENA_ARRAY(document->arena, struct selector, count + 1);
	list->approved_day = ARENA_ARRAY(document->arena, int64_t, count + 1);
	list->expires_day = ARENA_ARRAY(document->arena, int64_t, count + 1);
	for (const cJSON *each = nodes->child; each; each = each->next)
		if (!read_exception(document, each, list)) return false;
	return document_ids_differ(document, nodes);
}

bool exceptions_read(const char *file, struct arena *arena, struct exception_list *list, struct error *error)
{
	struct document document;
	*list = (struct exception_list){0};
	if (!document_read(&document, file, arena, error)) return false;
	bool good = read_list(&document, list);
	document_free(&document);
	return good;
}

/* ---- judging ---- */

enum { EXPIRING_DAYS = 30 };

/* Open findings of the side that the match meets; marks them if mark is not NULL. */
static uint64_t matched_on(const struct selector *match, const struct diff *diff, enum side side, bool *mark)
{
	const struct snapshot *snapshot = diff->sides[side];
	bool *meets_profile = memory_grow(NULL, snapshot->profiles.count);
	uint64_t matched = 0;
	for (uint32_t p = 0; p < snapshot->profiles.count; p++) {
		const struct profile *profile =
		    (const struct profile *)(const void *)tuples_get(&snapshot->profiles, p);
		meets_profile[p] = profile->status == STATUS_FAIL && selector_profile(match, snapshot, profile);
	}
	for (uint32_t i = 0; i < snapshot->finding_count; i++) {
		const struct finding *finding = &snapshot->findings[i];
		if (!meets_profile[finding->profile] || !diff->fates[side][i].counted) continue;
		if (!selector_place(match, snapshot, finding)) continue;
		matched++;
		if (mark) mark[i] = true;
	}
	free(meets_profile);
	return matched;
}

static enum exception_state state_of(const struct exception_list *list, size_t i, int64_t today)
{
	const struct exception *exception = &list->list[i];
	if (exception->problem.len) return EXCEPTION_INVALID;
	if (list->approved_day[i] != INT64_MIN && today < list->approved_day[i]) return EXCEPTION_NOT_YET_VALID;
	if (today > list->expires_day[i]) return EXCEPTION_EXPIRED;
	if (!exception->matched) return EXCEPTION_UNUSED;
	return exception->days_left <= EXPIRING_DAYS ? EXCEPTION_EXPIRING : EXCEPTION_ACTIVE;
}

static bool covers(const struct exception *exception)
{
	if (exception->state != EXCEPTION_ACTIVE && exception->state != EXCEPTION_EXPIRING) return false;
	for (size_t i = 0; i < COUNT(types); i++)
		if (str_eq(exception->type, str_from(types[i].name))) return types[i].covers;
	return false;
}

void exceptions_judge(struct exception_list *list, const struct diff *diff, int64_t as_of, bool *covered)
{
	int64_t today = instant_day(as_of);
	for (size_t i = 0; i < list->count; i++) {
		struct exception *exception = &list->list[i];
		const struct selector *match = &list->matches[i];
		if (list->expires_day[i] != INT64_MIN) exception->days_left = list->expires_day[i] - today;
		if (!selector_empty(match)) {
			exception->matched_before = matched_on(match, diff, SIDE_BEFORE, NULL);
			exception->matched = matched_on(match, diff, SIDE_AFTER, NULL);
		}
		exception->state = state_of(list, i, today);
		if (covers(exception)) matched_on(match, diff, SIDE_AFTER, covered);
	}
}
