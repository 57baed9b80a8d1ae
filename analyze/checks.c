/* How it works: a check's JSON becomes a small tree of rules, which is asked once for each subject and side:
 *
 *     any ─┬─ fact apiServerAccessProfile.enablePrivateCluster equals true
 *          └─ all ─┬─ fact apiServerAccessProfile.authorizedIpRanges not_empty
 *                  └─ not ── fact ... contains "0.0.0.0/0"
 *
 * The fact that decided is remembered, so that a row leads to bytes of evidence; where the absence of a fact
 * decided, it is another fact of the same export.
 */
#include "analyze/checks.h"

#include "analyze/rules.h"
#include "core/templates.h"

#include <stdlib.h>

#define COUNT(table) (sizeof(table) / sizeof(*(table)))

struct related {
	struct str type, format;
	bool every;      /* all that there are must have it, else one */
	struct str part; /* of the subject: that an export must be about; empty: the subject */
	bool least_one;  /* where there are none: fail */
	struct rule having;
};

struct note {
	struct rule when;
	struct str note;
};

struct check {
	struct str id, title, severity, type, name, row;
	struct str *formats;
	size_t format_count;
	bool has_related;
	struct related related;
	bool has_applies;
	struct rule applies, pass;
	struct note *notes;
	size_t note_count;
};

/* ---- reading ---- */

static bool read_related(const struct document *document, const cJSON *node, struct check *check)
{
	struct {
		struct str type, format, which, part, none;
		const cJSON *having;
	} read = {STR_EMPTY, STR_EMPTY, STR_EMPTY, STR_EMPTY, STR_EMPTY, NULL};
	static const char *const which[] = {"some", "every", NULL}, *const none[] = {"fail", "not_assessed", NULL};
	const struct member members[] = {
	    {"type", MEMBER_TEXT, .at = 0, .required = true},
	    {"format", MEMBER_TEXT, .at = sizeof(struct str), .required = true},
	    {"which", MEMBER_TEXT, .at = 2 * sizeof(struct str), .words = which},
	    {"part", MEMBER_TEXT, .at = 3 * sizeof(struct str)},
	    {"none", MEMBER_TEXT, .at = 4 * sizeof(struct str), .words = none},
	    {"having", MEMBER_OBJECT, .at = 5 * sizeof(struct str), .required = true},
	};
	if (!document_members(document, node, members, COUNT(members), &read)) return false;
	check->has_related = true;
	check->related.type = read.type;
	check->related.format = read.format;
	check->related.every = str_eq(read.which, STR("every"));
	check->related.part = read.part;
	check->related.least_one = str_eq(read.none, STR("fail"));
	return rule_read(document, read.having, &check->related.having);
}

static bool read_notes(const struct document *document, const cJSON *list, struct check *check)
{
	struct {
		struct str note;
		const cJSON *when;
	} read;
	const struct member members[] = {
	    {"note", MEMBER_TEXT, .at = 0, .required = true},
	    {"when", MEMBER_OBJECT, .at = sizeof(struct str), .required = true},
	};
	check->notes = ARENA_ARRAY(document->arena, struct note, cJSON_GetArraySize(list) + 1);
	for (const cJSON *each = list ? list->child : NULL; each; each = each->next) {
		struct note *note = &check->notes[check->note_count++];
		if (!document_members(document, each, members, COUNT(members), &read)) return false;
		note->note = read.note;
		if (!rule_read(document, read.when, &note->when)) return false;
	}
	return true;
}

struct check_read {
	struct check check;
	const cJSON *pass, *related, *applies, *notes;
};

static bool read_check(const struct document *document, const cJSON *node, struct check *check)
{
	static const char *const severities[] = {"critical", "high", "medium", "low", "info", "unknown", NULL};
	static const char *const rows[] = {"resource", "scope", NULL};
	static const struct member members[] = {
	    {"id", MEMBER_TEXT, .at = offsetof(struct check, id), .required = true},
	    {"title", MEMBER_TEXT, .at = offsetof(struct check, title), .required = true},
	    {"severity", MEMBER_TEXT, .at = offsetof(struct check, severity), .words = severities, .required = true},
	    {"type", MEMBER_TEXT, .at = offsetof(struct check, type), .required = true},
	    {"name", MEMBER_TEXT, .at = offsetof(struct check, name)},
	    {"row", MEMBER_TEXT, .at = offsetof(struct check, row), .words = rows},
	    {"formats", MEMBER_TEXTS, .at = offsetof(struct check, formats),
	     .count_at = offsetof(struct check, format_count), .required = true},
	    {"pass", MEMBER_OBJECT, .at = offsetof(struct check_read, pass)},
	    {"related", MEMBER_OBJECT, .at = offsetof(struct check_read, related)},
	    {"applies", MEMBER_OBJECT, .at = offsetof(struct check_read, applies)},
	    {"notes", MEMBER_LIST, .at = offsetof(struct check_read, notes)},
	};
	_Static_assert(offsetof(struct check_read, check) == 0, "the table's offsets are those of the check");
	struct check_read read = {.pass = NULL};
	if (!document_members(document, node, members, COUNT(members), &read)) return false;
	if (!read.pass == !read.related)
		return document_wrong(document, node, "expected one of \"pass\" and \"related\"");
	*check = read.check;
	if (!read_notes(document, read.notes, check)) return false;
	check->has_applies = read.applies != NULL;
	if (read.applies && !rule_read(document, read.applies, &check->applies)) return false;
	return read.pass ? rule_read(document, read.pass, &check->pass) : read_related(document, read.related, check);
}

static bool read_checks(const struct document *document, struct checks *checks)
{
	const cJSON *list = NULL;
	const struct member members[] = {{"checks", MEMBER_LIST, .at = 0, .required = true}};
	if (!document_members(document, document->root, members, COUNT(members), &list)) return false;
	size_t more = (size_t)cJSON_GetArraySize(list);
	struct check *grown = ARENA_ARRAY(document->arena, struct check, checks->count + more + 1);
	if (checks->count) memcpy(grown, checks->list, sizeof(*grown) * checks->count);
	checks->list = grown;
	for (const cJSON *each = list->child; each; each = each->next) {
		struct check *check = &checks->list[checks->count];
		if (!read_check(document, each, check)) return false;
		if (checks_known(checks, check->id))
			return document_wrong(document, each, "the check \"%.100s\" is there twice", check->id.ptr);
		checks->count++;
	}
	return true;
}

bool checks_parse(struct checks *checks, const char *file, struct str text, struct arena *arena, struct error *error)
{
	struct document document;
	if (!document_parse(&document, file, text, arena, error)) return false;
	bool good = read_checks(&document, checks);
	document_free(&document);
	return good;
}

bool checks_read(struct checks *checks, struct arena *arena, struct error *error)
{
	struct template_file *files;
	*checks = (struct checks){0};
	size_t count = templates_below(arena, STR("checks/"), &files);
	for (size_t i = 0; i < count; i++)
		if (!checks_parse(checks, str_cstr(arena, files[i].name), files[i].text, arena, error)) return false;
	return true;
}

bool checks_known(const struct checks *checks, struct str id)
{
	for (size_t i = 0; i < checks->count; i++)
		if (str_eq(checks->list[i].id, id)) return true;
	return false;
}

const char *const *checks_ids(const struct checks *checks, struct arena *arena)
{
	const char **ids = ARENA_ARRAY(arena, const char *, checks->count + 1);
	for (size_t i = 0; i < checks->count; i++) ids[i] = str_cstr(arena, checks->list[i].id);
	return ids;
}

/* ---- asking ---- */

/* A fact from one of the check's formats: the resource was exported on this side. NO_MATCH if it was not. */
static uint32_t exported_by(const struct check *check, const struct facts *facts, enum side side,
                            const struct known_subject *subject)
{
	const struct snapshot *snapshot = facts->sides[side];
	for (uint32_t i = 0; i < subject->count[side]; i++) {
		uint32_t fact = facts->order[side][subject->first[side] + i], input = snapshot->facts[fact].input;
		struct str format = input < snapshot->input_count
		                        ? snapshot_string(snapshot, snapshot->inputs[input].format)
		                        : STR_EMPTY;
		for (size_t f = 0; f < check->format_count; f++)
			if (str_eq_nocase(format, check->formats[f])) return fact;
	}
	return NO_MATCH;
}

/* The subjects under this one are the next ones in the order, until one does not begin like it. */
static enum check_state ask_related(const struct check *check, const struct facts *facts, enum side side,
                                    const struct known_subject *subject, const struct str *types, uint32_t *decided_by)
{
	const struct known_subject *end = facts->subjects + facts->subject_count;
	const struct related *related = &check->related;
	bool any = false;
	for (const struct known_subject *each = subject + 1; each < end && str_starts(each->lower, subject->lower);
	     each++) {
		if (!arm_under(each->lower, subject->lower) || !each->count[side]) continue;
		if (!str_eq_nocase(types[each - facts->subjects], related->type)) continue;
		struct asking asking = {facts, side, each, NO_MATCH};
		any = true;
		bool holds = rule_holds(&asking, &related->having);
		if (holds || related->every) *decided_by = asking.decided_by;
		if (holds != related->every) return holds ? CHECK_PASS : CHECK_FAIL;
	}
	struct arena scratch = {0};
	struct str about = subject->name;
	if (related->part.len) about = str_printf(&scratch, "%.*s/%.*s", STR_ARG(about), STR_ARG(related->part));
	bool whole = evidence_of(facts->sides[side], related->format, about) == EVIDENCE_WHOLE;
	arena_free(&scratch);
	if (!whole || (related->every && !any && !related->least_one)) return CHECK_NOT_ASSESSED;
	return related->every && any ? CHECK_PASS : CHECK_FAIL;
}

static void ask_side(const struct check *check, const struct facts *facts, enum side side,
                     const struct known_subject *subject, const struct str *types, struct check_row *row)
{
	if (check->has_related) {
		row->state[side] = ask_related(check, facts, side, subject, types, &row->fact[side]);
		return;
	}
	uint32_t exported = exported_by(check, facts, side, subject);
	if (exported == NO_MATCH) return;
	struct asking asking = {facts, side, subject, NO_MATCH};
	if (check->has_applies && !rule_holds(&asking, &check->applies)) return;
	asking.decided_by = NO_MATCH;
	row->state[side] = rule_holds(&asking, &check->pass) ? CHECK_PASS : CHECK_FAIL;
	row->fact[side] = asking.decided_by != NO_MATCH ? asking.decided_by : exported;
}

static struct str notes_for(const struct check *check, const struct facts *facts, const struct known_subject *subject,
                            struct arena *arena)
{
	static const char *const when[] = {"", " (before)", " (after)", " (before and after)"};
	struct str text = STR_EMPTY;
	for (size_t i = 0; i < check->note_count; i++) {
		unsigned sides = 0;
		for (int side = 0; side < SIDE_COUNT; side++) {
			struct asking asking = {facts, (enum side)side, subject, NO_MATCH};
			if (subject->count[side] && rule_holds(&asking, &check->notes[i].when)) sides |= 1U << side;
		}
		if (!sides) continue;
		text = str_printf(arena, "%.*s%s%.*s%s", STR_ARG(text), text.len ? "; " : "",
		                  STR_ARG(check->notes[i].note), when[sides]);
	}
	return text;
}

/* ---- rows ---- */

struct rows {
	struct check_row *list;
	size_t count, capacity;
};

static struct check_row *add_row(struct rows *rows, const struct check *check, struct str subject)
{
	ARRAY_RESERVE(rows->list, rows->count, rows->capacity);
	struct check_row *row = &rows->list[rows->count++];
	*row = (struct check_row){.id = check->id,
	                          .title = check->title,
	                          .subject = subject,
	                          .severity = check->severity,
	                          .note = STR_EMPTY,
	                          .owner = STR_EMPTY};
	for (int side = 0; side < SIDE_COUNT; side++) {
		row->state[side] = CHECK_NOT_ASSESSED;
		row->fact[side] = NO_MATCH;
	}
	return row;
}

/* What the row is about: the resource, or the subscription that it belongs to; empty if it is none of the check's. */
static struct str row_subject(const struct check *check, const struct known_subject *subject, struct str type)
{
	if (!str_eq_nocase(type, check->type)) return STR_EMPTY;
	if (check->name.len && !str_eq_nocase(str_after_last(subject->name, '/'), check->name)) return STR_EMPTY;
	if (!str_eq(check->row, STR("scope"))) return subject->name;
	struct str scope = arm_scope(subject->name);
	return scope.len == arm_subscription(subject->name).len ? scope : STR_EMPTY;
}

static int compare_rows(const void *a, const void *b)
{
	const struct check_row *x = a, *y = b;
	for (size_t i = 0; i < x->subject.len && i < y->subject.len; i++) {
		int c = (unsigned char)(x->subject.ptr[i] | 0x20) - (unsigned char)(y->subject.ptr[i] | 0x20);
		if (c) return c;
	}
	return x->subject.len < y->subject.len ? -1 : x->subject.len > y->subject.len;
}

/* Subscriptions that are known without the resource: they have a row too, and nothing in it. */
static void add_bare_scopes(const struct check *check, const struct facts *facts, struct rows *rows, size_t first)
{
	size_t judged = rows->count;
	for (size_t i = 0; i < facts->subject_count; i++) {
		struct str name = facts->subjects[i].name;
		if (!name.len || arm_subscription(name).len != name.len) continue;
		bool there = false;
		for (size_t r = first; r < judged && !there; r++) there = str_eq_nocase(rows->list[r].subject, name);
		if (!there) add_row(rows, check, name);
	}
}

static void run_check(const struct check *check, const struct facts *facts, const struct str *types,
                      struct arena *arena, struct rows *rows)
{
	size_t first = rows->count;
	for (size_t i = 0; i < facts->subject_count; i++) {
		const struct known_subject *subject = &facts->subjects[i];
		struct str about = row_subject(check, subject, types[i]);
		if (!about.len) continue;
		struct check_row *row = add_row(rows, check, about);
		for (int side = 0; side < SIDE_COUNT; side++)
			ask_side(check, facts, (enum side)side, subject, types, row);
		row->note = notes_for(check, facts, subject, arena);
		bool judged =
		    row->state[SIDE_BEFORE] != CHECK_NOT_ASSESSED || row->state[SIDE_AFTER] != CHECK_NOT_ASSESSED;
		if (check->has_applies && !judged) rows->count--;
	}
	if (str_eq(check->row, STR("scope")) && !check->has_applies) add_bare_scopes(check, facts, rows, first);
	if (rows->count > first) qsort(rows->list + first, rows->count - first, sizeof(*rows->list), compare_rows);
}

void checks_run(const struct checks *checks, const struct facts *facts, struct arena *arena, struct check_row **rows,
                size_t *row_count)
{
	struct arena scratch = {0};
	struct rows found = {0};
	struct str *types = ARENA_ARRAY(&scratch, struct str, facts->subject_count + 1);
	for (size_t i = 0; i < facts->subject_count; i++) types[i] = arm_type(&scratch, facts->subjects[i].name);
	for (size_t i = 0; i < checks->count; i++) run_check(&checks->list[i], facts, types, arena, &found);
	*rows = ARENA_ARRAY(arena, struct check_row, found.count + 1);
	if (found.count) memcpy(*rows, found.list, sizeof(*found.list) * found.count);
	*row_count = found.count;
	free(found.list);
	arena_free(&scratch);
}
