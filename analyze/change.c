/* How it works: one table of members for each kind of object in the file, one function that checks what a table
 * cannot say. Objectives name checks; these are looked up in the templates, so that a misspelled one is an error
 * with a position and not an objective that can never be proved.
 */
#include "analyze/change.h"

#include "analyze/checks.h"
#include "analyze/document.h"

#define COUNT(table) (sizeof(table) / sizeof(*(table)))

/* ---- targets ---- */

bool target_parse(struct str text, struct target *target)
{
	static const struct {
		struct str sign;
		enum target_kind kind;
	} bounds[] = {
	    {{"<=", 2}, TARGET_AT_MOST}, {{">=", 2}, TARGET_AT_LEAST}, {{"<", 1}, TARGET_BELOW},
	    {{">", 1}, TARGET_ABOVE},    {{"=", 1}, TARGET_EQUAL},
	};
	text = str_trim(text);
	for (size_t i = 0; i < COUNT(bounds); i++) {
		if (!str_starts(text, bounds[i].sign)) continue;
		struct str number = str_trim(str_slice(text, bounds[i].sign.len, text.len));
		if (str_ends(number, STR("%"))) number = str_trim(str_slice(number, 0, number.len - 1));
		target->kind = bounds[i].kind;
		return str_to_double(number, &target->number);
	}
	if (!str_ends(text, STR("%"))) return false;
	text = str_trim(str_slice(text, 0, text.len - 1));
	target->kind = TARGET_CHANGE;
	if (!str_to_double(text, &target->number)) return false;
	bool zero = target->number >= 0 && target->number <= 0;
	return zero || text.ptr[0] == '-' || text.ptr[0] == '+'; /* "50%" alone could mean either */
}

bool target_met(const struct target *target, double number)
{
	switch (target->kind) {
	case TARGET_CHANGE: return target->number > 0 ? number >= target->number : number <= target->number;
	case TARGET_AT_MOST: return number <= target->number;
	case TARGET_AT_LEAST: return number >= target->number;
	case TARGET_BELOW: return number < target->number;
	case TARGET_ABOVE: return number > target->number;
	case TARGET_EQUAL: return number >= target->number && number <= target->number;
	}
	return false;
}

/* ---- requires, expects, objectives ---- */

static const char *const sides[] = {"before", "after", NULL};

static bool read_requirement(const struct document *document, const cJSON *node, struct requirement *requirement)
{
	struct {
		struct str format, subject, side;
	} read = {STR_EMPTY, STR_EMPTY, STR_EMPTY};
	static const struct member members[] = {
	    {"format", MEMBER_TEXT, .at = 0, .required = true},
	    {"subject", MEMBER_TEXT, .at = sizeof(struct str)},
	    {"side", MEMBER_TEXT, .at = 2 * sizeof(struct str), .words = sides, .required = true},
	};
	if (!document_members(document, node, members, COUNT(members), &read)) return false;
	requirement->format = read.format;
	requirement->subject = read.subject;
	requirement->side = str_eq(read.side, STR("before")) ? SIDE_BEFORE : SIDE_AFTER;
	return true;
}

static bool read_expect(const struct document *document, const cJSON *node, struct expect *expect)
{
	static const struct member members[] = {
	    {"id", MEMBER_TEXT, .at = offsetof(struct expect, id), .required = true},
	    {"subject", MEMBER_TEXT, .at = offsetof(struct expect, subject), .required = true},
	    {"fact", MEMBER_TEXT, .at = offsetof(struct expect, fact), .required = true},
	    {"value", MEMBER_SCALAR, .at = offsetof(struct expect, value), .required = true},
	};
	*expect = (struct expect){.state = EXPECT_NO_EVIDENCE};
	return document_members(document, node, members, COUNT(members), expect);
}

/* Which members a measure takes beside id, title, measure and target. */
static const struct measure {
	const char *name;
	bool severity, scope, check, numbers;
} measures[] = {
    {"open_findings", .severity = true, .scope = true},
    {"subjects_open", .severity = true, .scope = true},
    {"checks_pass", .scope = true, .check = true},
    {"alert_routing_p95", .scope = true},
    {"attested", .numbers = true},
};
static const char *const measure_names[] = {"open_findings",     "subjects_open", "checks_pass",
                                            "alert_routing_p95", "attested",      NULL};
static const char *const severity_words[] = {"critical", "high", "medium", "low", "info", "unknown", NULL};

struct objective_read {
	struct objective objective;
	bool has_before, has_after;
};

/* The members that the measure does not take are refused, the ones it needs demanded. */
static bool fits_measure(const struct document *document, const cJSON *node, const struct measure *measure)
{
	const struct {
		const char *name;
		bool taken, needed;
	} rows[] = {
	    {"severity", measure->severity, false},         {"scope", measure->scope, false},
	    {"check", measure->check, measure->check},      {"before", measure->numbers, measure->numbers},
	    {"after", measure->numbers, measure->numbers},  {"unit", measure->numbers, false},
	    {"source", measure->numbers, measure->numbers}, {"attested_by", measure->numbers, measure->numbers},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		const cJSON *member = cJSON_GetObjectItemCaseSensitive(node, rows[i].name);
		bool there = member && !cJSON_IsNull(member);
		if (there && !rows[i].taken)
			return document_wrong_name(document, member, "measure \"%s\" takes no \"%s\"", measure->name,
			                           rows[i].name);
		if (!there && rows[i].needed)
			return document_wrong(document, node, "measure \"%s\" needs a member \"%s\"", measure->name,
			                      rows[i].name);
	}
	return true;
}

static bool known_check(const struct document *document, const cJSON *node, struct str check)
{
	struct checks checks = {0};
	if (!checks_read(&checks, document->arena, document->error)) return false;
	if (checks_known(&checks, check)) return true;
	struct str hint = document_suggest(document->arena, check, checks_ids(&checks, document->arena), checks.count);
	const cJSON *member = cJSON_GetObjectItemCaseSensitive(node, "check");
	return document_wrong(document, member, "unknown check \"%.100s\"%.*s", check.ptr, STR_ARG(hint));
}

static bool read_objective(const struct document *document, const cJSON *node, struct objective *objective)
{
	static const struct member members[] = {
	    {"id", MEMBER_TEXT, .at = offsetof(struct objective, id), .required = true},
	    {"title", MEMBER_TEXT, .at = offsetof(struct objective, title)},
	    {"measure", MEMBER_TEXT, .at = offsetof(struct objective, measure), .words = measure_names,
	     .required = true},
	    {"severity", MEMBER_TEXT, .at = offsetof(struct objective, severity), .words = severity_words},
	    {"scope", MEMBER_TEXT, .at = offsetof(struct objective, scope)},
	    {"check", MEMBER_TEXT, .at = offsetof(struct objective, check)},
	    {"target", MEMBER_TEXT, .at = offsetof(struct objective, target), .required = true},
	    {"before", MEMBER_NUMBER, .at = offsetof(struct objective, before),
	     .count_at = offsetof(struct objective_read, has_before)},
	    {"after", MEMBER_NUMBER, .at = offsetof(struct objective, after),
	     .count_at = offsetof(struct objective_read, has_after)},
	    {"unit", MEMBER_TEXT, .at = offsetof(struct objective, unit)},
	    {"source", MEMBER_TEXT, .at = offsetof(struct objective, source), .required = false},
	    {"attested_by", MEMBER_TEXT, .at = offsetof(struct objective, attested_by)},
	};
	_Static_assert(offsetof(struct objective_read, objective) == 0,
	               "the table's offsets are those of the objective");
	struct objective_read read = {.objective = {.state = OBJECTIVE_NOT_PROVABLE}};
	if (!document_members(document, node, members, COUNT(members), &read)) return false;
	*objective = read.objective;
	const struct measure *measure = measures;
	while (!str_eq(objective->measure, str_from(measure->name))) measure++;
	if (!fits_measure(document, node, measure)) return false;
	struct target target;
	if (!target_parse(objective->target, &target))
		return document_wrong(
		    document, cJSON_GetObjectItemCaseSensitive(node, "target"),
		    "expected a percent change like \"-50%%\" or a bound like \"<= 300\" or \">= 100%%\"");
	return !measure->check || known_check(document, node, objective->check);
}

/* ---- the whole ---- */

static size_t size_of(const cJSON *list) { return list ? (size_t)cJSON_GetArraySize(list) : 0; }

struct lists {
	const cJSON *window, *scope, *requires, *expects, *objectives;
};

static bool read_lists(const struct document *document, const struct lists *lists, struct change *change)
{
	struct arena *arena = document->arena;
	change->requires = ARENA_ARRAY(arena, struct requirement, size_of(lists->requires) + 1);
	change->expects = ARENA_ARRAY(arena, struct expect, size_of(lists->expects) + 1);
	change->objectives = ARENA_ARRAY(arena, struct objective, size_of(lists->objectives) + 1);
	for (const cJSON *each = lists->requires ? lists->requires->child : NULL; each; each = each->next)
		if (!read_requirement(document, each, &change->requires[change->require_count++])) return false;
	for (const cJSON *each = lists->expects ? lists->expects->child : NULL; each; each = each->next)
		if (!read_expect(document, each, &change->expects[change->expect_count++])) return false;
	for (const cJSON *each = lists->objectives ? lists->objectives->child : NULL; each; each = each->next)
		if (!read_objective(document, each, &change->objectives[change->objective_count++])) return false;
	return document_ids_differ(document, lists->expects) && document_ids_differ(document, lists->objectives);
}

static bool read_window(const struct document *document, const cJSON *node, struct change *change)
{
	static const struct member members[] = {
	    {"start", MEMBER_TIME, .at = offsetof(struct change, window_start), .required = true},
	    {"end", MEMBER_TIME, .at = offsetof(struct change, window_end), .required = true},
	};
	if (!document_members(document, node, members, COUNT(members), change)) return false;
	if (change->window_end >= change->window_start) return true;
	return document_wrong(document, cJSON_GetObjectItemCaseSensitive(node, "end"),
	                      "the window ends before it starts");
}

static bool read_scope(const struct document *document, const cJSON *node, struct change *change)
{
	static const struct member members[] = {
	    {"tenant", MEMBER_TEXT, .at = offsetof(struct change, tenant)},
	    {"subscriptions", MEMBER_TEXTS, .at = offsetof(struct change, subscriptions),
	     .count_at = offsetof(struct change, subscription_count)},
	    {"subjects", MEMBER_TEXTS, .at = offsetof(struct change, subjects),
	     .count_at = offsetof(struct change, subject_count)},
	};
	return document_members(document, node, members, COUNT(members), change);
}

/* The id becomes the name of a folder in the packet. */
static bool id_names_folder(struct str id)
{
	if (id.len > 100 || id.ptr[0] == '.' || id.ptr[0] == '-') return false;
	for (size_t i = 0; i < id.len; i++) {
		char c = id.ptr[i];
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
		if (!plain && c != '.' && c != '_' && c != '-') return false;
	}
	return true;
}

struct change_read {
	struct change change;
	struct lists lists;
};

static bool read_change(const struct document *document, struct change *change)
{
	static const struct member members[] = {
	    {"id", MEMBER_TEXT, .at = offsetof(struct change, id), .required = true},
	    {"title", MEMBER_TEXT, .at = offsetof(struct change, title)},
	    {"owner", MEMBER_TEXT, .at = offsetof(struct change, owner)},
	    {"approver", MEMBER_TEXT, .at = offsetof(struct change, approver)},
	    {"environment", MEMBER_TEXT, .at = offsetof(struct change, environment)},
	    {"window", MEMBER_OBJECT, .at = offsetof(struct change_read, lists.window)},
	    {"scope", MEMBER_OBJECT, .at = offsetof(struct change_read, lists.scope)},
	    {"rollback", MEMBER_TEXT, .at = offsetof(struct change, rollback)},
	    {"runbook", MEMBER_TEXT, .at = offsetof(struct change, runbook)},
	    {"monitoring", MEMBER_TEXTS, .at = offsetof(struct change, monitoring),
	     .count_at = offsetof(struct change, monitoring_count)},
	    {"tested_in", MEMBER_TEXT, .at = offsetof(struct change, tested_in)},
	    {"tickets", MEMBER_TEXTS, .at = offsetof(struct change, tickets),
	     .count_at = offsetof(struct change, ticket_count)},
	    {"requires", MEMBER_LIST, .at = offsetof(struct change_read, lists.requires)},
	    {"expects", MEMBER_LIST, .at = offsetof(struct change_read, lists.expects)},
	    {"objectives", MEMBER_LIST, .at = offsetof(struct change_read, lists.objectives)},
	};
	_Static_assert(offsetof(struct change_read, change) == 0, "the table's offsets are those of the change");
	struct change_read read = {0};
	change_none(&read.change);
	if (!document_members(document, document->root, members, COUNT(members), &read)) return false;
	if (!id_names_folder(read.change.id))
		return document_wrong(
		    document, cJSON_GetObjectItemCaseSensitive(document->root, "id"),
		    "expected letters, digits, '.', '_' and '-' (at most 100): the id names the packet's folder");
	if (read.lists.window && !read_window(document, read.lists.window, &read.change)) return false;
	if (read.lists.scope && !read_scope(document, read.lists.scope, &read.change)) return false;
	if (!read_lists(document, &read.lists, &read.change)) return false;
	*change = read.change;
	change->given = true;
	return true;
}

void change_none(struct change *change)
{
	struct str none = STR_EMPTY;
	*change = (struct change){.id = none,
	                          .title = none,
	                          .owner = none,
	                          .approver = none,
	                          .environment = none,
	                          .tenant = none,
	                          .rollback = none,
	                          .runbook = none,
	                          .tested_in = none,
	                          .window_start = INSTANT_NONE,
	                          .window_end = INSTANT_NONE};
}

bool change_read(const char *file, struct arena *arena, struct change *change, struct error *error)
{
	struct document document;
	if (!document_read(&document, file, arena, error)) return false;
	bool good = read_change(&document, change);
	document_free(&document);
	return good;
}

struct str change_subscription_guid(struct str subscription)
{
	struct str prefix = STR("/subscriptions/");
	if (str_starts_nocase(subscription, prefix))
		subscription = str_slice(subscription, prefix.len, subscription.len);
	const char *slash = subscription.len ? memchr(subscription.ptr, '/', subscription.len) : NULL;
	return slash ? str_slice(subscription, 0, (size_t)(slash - subscription.ptr)) : subscription;
}
