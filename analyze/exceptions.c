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
	const cJSON *match, *milestones;
};

static bool read_milestones(const struct document *document, const cJSON *list, struct exception *exception)
{
	static const struct member members[] = {
	    {"id", MEMBER_TEXT, .at = offsetof(struct milestone, id)},
	    {"title", MEMBER_TEXT, .at = offsetof(struct milestone, title), .required = true},
	    {"due", MEMBER_DAY, .at = offsetof(struct milestone, due), .required = true},
	    {"done", MEMBER_DAY, .at = offsetof(struct milestone, done)},
	};
	if (!list) return true;
	exception->milestones = ARENA_ARRAY(document->arena, struct milestone, (size_t)cJSON_GetArraySize(list) + 1);
	for (const cJSON *each = list->child; each; each = each->next) {
		struct milestone *milestone = &exception->milestones[exception->milestone_count++];
		*milestone = (struct milestone){STR_EMPTY, STR_EMPTY, STR_EMPTY, STR_EMPTY, false};
		if (!document_members(document, each, members, COUNT(members), milestone)) return false;
	}
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
	    {"severity", MEMBER_TEXT, .at = offsetof(struct exception, severity), .words = severity_words},
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
	                                            .severity = none,
	                                            .tool = none,
	                                            .example = none,
	                                            .grouped = none,
	                                            .state = EXCEPTION_UNUSED,
	                                            .days_left = INT64_MAX}};
	if (!document_members(document, node, members, COUNT(members), &read)) return false;
	if (!selector_read(document, read.match, &list->matches[list->count])) return false;
	if (!read_milestones(document, read.milestones, &read.exception)) return false;
	bool adjusts = str_eq(read.exception.type, STR("risk_adjustment"));
	if (adjusts != (read.exception.severity.len > 0))
		return document_wrong(document, node,
		                      adjusts ? "type \"risk_adjustment\" needs a member \"severity\""
		                              : "only type \"risk_adjustment\" takes a \"severity\"");
	if (read.milestones && !str_eq(read.exception.type, STR("poam")))
		return document_wrong_name(document, read.milestones, "only type \"poam\" takes \"milestones\"");
	read.exception.match = selector_text(&list->matches[list->count], document->arena);
	read.exception.problem = problem_of(&read.exception, &list->matches[list->count], document->arena);
	struct str owner = str_trim(read.exception.owner);
	read.exception.self_approved = owner.len && str_eq_nocase(owner, str_trim(read.exception.approver));
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

/* The findings of a side by profile, so that an exception costs what its profiles hold, not the whole side. */
struct by_profile {
	const struct snapshot *snapshot;
	uint32_t *starts; /* profile p's findings are list[starts[p]] to list[starts[p + 1]] */
	uint32_t *list;
};

static void by_profile_make(struct by_profile *index, const struct diff *diff, enum side side)
{
	const struct snapshot *s = diff->sides[side];
	*index = (struct by_profile){.snapshot = s,
	                             .starts = large_grow(NULL, sizeof(uint32_t) * ((size_t)s->profiles.count + 2)),
	                             .list = large_grow(NULL, sizeof(uint32_t) * ((size_t)s->finding_count + 1))};
	memset(index->starts, 0, sizeof(uint32_t) * ((size_t)s->profiles.count + 2));
	for (uint32_t i = 0; i < s->finding_count; i++) {
		LARGE_BREATHE(i);
		if (diff->fates[side][i].counted) index->starts[s->findings[i].profile + 2]++;
	}
	for (uint32_t p = 2; p < s->profiles.count + 2; p++) index->starts[p] += index->starts[p - 1];
	for (uint32_t i = 0; i < s->finding_count; i++) {
		LARGE_BREATHE(i);
		if (diff->fates[side][i].counted) index->list[index->starts[s->findings[i].profile + 1]++] = i;
	}
}

static void by_profile_free(struct by_profile *index)
{
	large_free(index->starts);
	large_free(index->list);
}

/* Calls f for each open finding that the match meets. */
static void each_matched(const struct selector *match, const struct by_profile *index,
                         void (*f)(void *context, uint32_t finding), void *context)
{
	const struct snapshot *s = index->snapshot;
	for (uint32_t p = 0; p < s->profiles.count; p++) {
		LARGE_BREATHE(p);
		const struct profile *profile = (const struct profile *)(const void *)tuples_get(&s->profiles, p);
		if (index->starts[p] == index->starts[p + 1] || profile->status != STATUS_FAIL) continue;
		if (!selector_profile(match, s, profile)) continue;
		for (uint32_t k = index->starts[p]; k < index->starts[p + 1]; k++)
			if (selector_place(match, s, &s->findings[index->list[k]])) f(context, index->list[k]);
	}
}

static void count_one(void *context, uint32_t finding)
{
	(void)finding;
	++*(uint64_t *)context;
}

static uint64_t matched_on(const struct selector *match, const struct by_profile *index)
{
	uint64_t matched = 0;
	each_matched(match, index, count_one, &matched);
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
	if (!exception_in_force(exception)) return false;
	for (size_t i = 0; i < COUNT(types); i++)
		if (str_eq(exception->type, str_from(types[i].name))) return types[i].covers;
	return false;
}

static void judge_milestones(struct exception *exception, int64_t today)
{
	for (size_t i = 0; i < exception->milestone_count; i++) {
		struct milestone *milestone = &exception->milestones[i];
		milestone->overdue = !milestone->done.len && today > day_of(milestone->due);
	}
}

/* ---- what exceptions in force do to the findings after ---- */

struct marking {
	struct acceptance *acceptance;
	uint8_t *times; /* how many exceptions in force match a finding; 255: many */
	struct exception *exception;
	bool covers;
	uint8_t severity; /* 1 more than the adjusted one; 0: it is not adjusted */
};

static void mark_one(void *context, uint32_t finding)
{
	struct marking *m = context;
	if (m->times[finding] < UINT8_MAX) m->times[finding]++;
	if (m->covers) m->acceptance->covered[finding] = true;
	uint8_t *severity = &m->acceptance->severity[finding];
	if (m->severity && (!*severity || m->severity < *severity))
		*severity = m->severity; /* the more severe counts */
}

static void count_shared(void *context, uint32_t finding)
{
	struct marking *m = context;
	if (m->times[finding] > 1) m->exception->shared++;
}

static void mark_all(struct exception_list *list, const struct by_profile *after, struct acceptance *acceptance)
{
	struct marking m = {acceptance, large_grow(NULL, (size_t)after->snapshot->finding_count + 1), NULL, false, 0};
	memset(m.times, 0, (size_t)after->snapshot->finding_count + 1);
	for (size_t i = 0; i < list->count; i++) {
		enum severity severity = SEVERITY_UNKNOWN;
		m.exception = &list->list[i];
		if (!exception_in_force(m.exception)) continue;
		m.covers = covers(m.exception);
		m.severity = severity_from_word(m.exception->severity, &severity) ? (uint8_t)(severity + 1) : 0;
		each_matched(&list->matches[i], after, mark_one, &m);
	}
	for (size_t i = 0; i < list->count; i++) {
		m.exception = &list->list[i];
		if (exception_in_force(m.exception)) each_matched(&list->matches[i], after, count_shared, &m);
	}
	large_free(m.times);
}

void exceptions_judge(struct exception_list *list, const struct diff *diff, int64_t as_of,
                      struct acceptance *acceptance)
{
	int64_t today = instant_day(as_of);
	struct by_profile sides[SIDE_COUNT];
	if (!list->count) return;
	for (int side = 0; side < SIDE_COUNT; side++) by_profile_make(&sides[side], diff, (enum side)side);
	for (size_t i = 0; i < list->count; i++) {
		struct exception *exception = &list->list[i];
		const struct selector *match = &list->matches[i];
		if (list->expires_day[i] != INT64_MIN) exception->days_left = list->expires_day[i] - today;
		if (!selector_empty(match)) {
			exception->matched_before = matched_on(match, &sides[SIDE_BEFORE]);
			exception->matched = matched_on(match, &sides[SIDE_AFTER]);
		}
		exception->state = state_of(list, i, today);
		judge_milestones(exception, today);
	}
	mark_all(list, &sides[SIDE_AFTER], acceptance);
	for (int side = 0; side < SIDE_COUNT; side++) by_profile_free(&sides[side]);
}

struct attributing {
	uint32_t *speaks, number;
};

static void attribute_one(void *context, uint32_t finding)
{
	struct attributing *a = context;
	if (!a->speaks[finding]) a->speaks[finding] = a->number;
}

void exceptions_attribute(const struct exception_list *list, const struct diff *diff, uint32_t *speaks)
{
	enum { COVERING, IN_FORCE, ANY, RANKS };
	struct by_profile after;
	if (!list->count) return;
	by_profile_make(&after, diff, SIDE_AFTER);
	for (int rank = COVERING; rank < RANKS; rank++) {
		for (size_t i = 0; i < list->count; i++) {
			const struct exception *e = &list->list[i];
			struct attributing a = {speaks, (uint32_t)i + 1};
			int own = covers(e) ? COVERING : exception_in_force(e) ? IN_FORCE : ANY;
			if (own == rank && e->matched) each_matched(&list->matches[i], &after, attribute_one, &a);
		}
	}
	by_profile_free(&after);
}
