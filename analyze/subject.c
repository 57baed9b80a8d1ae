/* How it works: the name is looked for among the subjects of the index. What belongs to the one that was found is
 * whatever lies under its id; where registries do, also what begins with their login servers:
 *
 *     /subscriptions/a  ──  .../registries/acr1  ──  acr1.azurecr.io/app
 */
#include "analyze/subject.h"

#include "analyze/change.h"

#include <stdlib.h>

enum { CANDIDATES_SHOWN = 3 };

struct looking {
	const struct result *result;
	const struct facts *facts;
	struct arena *arena;
	struct str id;
	struct str *hosts; /* login servers under it */
	size_t host_count;
};

/* ---- the name ---- */

static bool has_name(const struct facts *facts, const struct known_subject *subject, struct str name)
{
	size_t slash = str_rfind_char(subject->name, '/');
	if (slash != SIZE_MAX && str_eq_nocase(str_slice(subject->name, slash + 1, subject->name.len), name))
		return true;
	if (arm_subscription(subject->name).len != subject->name.len) return false;
	for (int side = 0; side < SIDE_COUNT; side++)
		if (str_eq_nocase(facts_value(facts, (enum side)side, subject, STR("name")), name)) return true;
	return false;
}

static bool find_id(struct looking *l, struct str name, struct error *error)
{
	const struct known_subject *whole = facts_subject(l->facts, name);
	struct str candidates = STR_EMPTY;
	size_t found = 0;
	if (whole) {
		l->id = whole->name;
		return true;
	}
	for (size_t i = 0; i < l->facts->subject_count && name.len; i++) {
		const struct known_subject *subject = &l->facts->subjects[i];
		if (!has_name(l->facts, subject, name)) continue;
		if (!found++) l->id = subject->name;
		if (found <= CANDIDATES_SHOWN)
			candidates = str_printf(l->arena, "%.*s%s%.*s", STR_ARG(candidates), found > 1 ? ", " : "",
			                        STR_ARG(subject->name));
	}
	if (found == 1) return true;
	if (found)
		return error_set(error, ERROR_INPUT, NULL, "%zu subjects are called \"%.*s\": %.*s%s", found,
		                 STR_ARG(name), STR_ARG(candidates), found > CANDIDATES_SHOWN ? ", ..." : "");
	return error_set(error, ERROR_INPUT, NULL, "no fact and no finding speaks of a subject \"%.*s\"",
	                 STR_ARG(name));
}

/* ---- what belongs to it ---- */

static void find_hosts(struct looking *l)
{
	size_t capacity = 0;
	struct str *hosts = NULL;
	for (size_t i = 0; i < l->facts->subject_count; i++) {
		const struct known_subject *subject = &l->facts->subjects[i];
		if (!arm_under(subject->name, l->id)) continue;
		struct str host = facts_value(l->facts, SIDE_AFTER, subject, STR("loginServer"));
		if (!host.len) host = facts_value(l->facts, SIDE_BEFORE, subject, STR("loginServer"));
		if (!host.len) continue;
		ARRAY_RESERVE(hosts, l->host_count, capacity);
		hosts[l->host_count++] = host;
	}
	l->hosts = ARENA_ARRAY(l->arena, struct str, l->host_count + 1);
	if (l->host_count) memcpy(l->hosts, hosts, sizeof(*hosts) * l->host_count);
	free(hosts);
}

static bool belongs(const struct looking *l, struct str subject)
{
	if (arm_under(subject, l->id)) return true;
	for (size_t i = 0; i < l->host_count; i++)
		if (arm_under(subject, l->hosts[i])) return true;
	return false;
}

static unsigned fact_rank(enum fact_outcome outcome)
{
	switch (outcome) {
	case FACT_CHANGED: return 0;
	case FACT_REMOVED: return 1;
	case FACT_ADDED: return 2;
	case FACT_UNCHANGED:
	case FACT_NOT_REASSESSED:
	case FACT_OUTCOME_COUNT: break;
	}
	return 3;
}

/* By rank, and inside a rank as they stand in the result. */
static int compare_facts(const void *a, const void *b)
{
	const struct fact_change *x = *(const struct fact_change *const *)a, *y = *(const struct fact_change *const *)b;
	unsigned i = fact_rank(x->outcome), k = fact_rank(y->outcome);
	if (i != k) return i < k ? -1 : 1;
	return x < y ? -1 : x > y;
}

static void take_facts(const struct looking *l, struct subject *subject)
{
	const struct diff *diff = &l->result->diff;
	subject->facts = ARENA_ARRAY(l->arena, const struct fact_change *, (size_t)diff->fact_change_count + 1);
	for (uint32_t i = 0; i < diff->fact_change_count; i++) {
		const struct fact_change *change = &diff->fact_changes[i];
		enum side side = change->after == NO_MATCH ? SIDE_BEFORE : SIDE_AFTER;
		const struct snapshot *s = diff->sides[side];
		uint32_t fact = side == SIDE_BEFORE ? change->before : change->after;
		if (belongs(l, snapshot_string(s, s->facts[fact].subject)))
			subject->facts[subject->fact_count++] = change;
	}
	if (subject->fact_count) qsort(subject->facts, subject->fact_count, sizeof(*subject->facts), compare_facts);
}

static unsigned check_rank(const struct check_row *row)
{
	if (row->state[SIDE_AFTER] == CHECK_FAIL) return 0;
	return row->state[SIDE_AFTER] == CHECK_NOT_ASSESSED ? 1 : 2;
}

static int compare_checks(const void *a, const void *b)
{
	const struct check_row *x = *(const struct check_row *const *)a, *y = *(const struct check_row *const *)b;
	unsigned i = check_rank(x), k = check_rank(y);
	if (i != k) return i < k ? -1 : 1;
	return x < y ? -1 : x > y;
}

static void take_checks(const struct looking *l, struct subject *subject)
{
	subject->checks = ARENA_ARRAY(l->arena, const struct check_row *, l->result->check_count + 1);
	for (size_t i = 0; i < l->result->check_count; i++)
		if (belongs(l, l->result->checks[i].subject))
			subject->checks[subject->check_count++] = &l->result->checks[i];
	if (subject->check_count)
		qsort(subject->checks, subject->check_count, sizeof(*subject->checks), compare_checks);
}

/* ---- findings ---- */

struct taking {
	const struct looking *l;
	struct subject *subject;
	struct diff_item *list;
	size_t capacity;
};

static enum severity severity_of(const struct result *result, const struct diff_item *item)
{
	const struct snapshot *s = &result->sides[item->side];
	return snapshot_profile(s, &s->findings[item->finding])->severity;
}

static bool take_finding(void *context, const struct diff_item *item)
{
	struct taking *t = context;
	struct subject_of_findings *findings = &t->subject->findings;
	const struct snapshot *s = &t->l->result->sides[item->side];
	const struct profile *profile = snapshot_profile(s, &s->findings[item->finding]);
	if (!belongs(t->l, snapshot_string(s, profile->subject))) return true;
	findings->outcomes[item->outcome][profile->severity]++;
	ARRAY_RESERVE(t->list, findings->count, t->capacity);
	t->list[findings->count++] = *item;
	return true;
}

static unsigned outcome_rank(enum outcome outcome)
{
	switch (outcome) {
	case OUTCOME_NEW:
	case OUTCOME_REOPENED: return 0;
	case OUTCOME_NOT_REASSESSED: return 1;
	case OUTCOME_NEWLY_IN_SCOPE: return 2;
	case OUTCOME_UPDATED:
	case OUTCOME_UNCHANGED: return 3;
	case OUTCOME_DISMISSED: return 4;
	case OUTCOME_FIXED:
	case OUTCOME_FIXED_VERIFIED:
	case OUTCOME_COUNT: break;
	}
	return 5;
}

static int compare_items(const void *a, const void *b, void *context)
{
	const struct diff_item *x = a, *y = b;
	unsigned i = outcome_rank(x->outcome), k = outcome_rank(y->outcome);
	if (i != k) return i < k ? -1 : 1;
	enum severity s = severity_of(context, x), t = severity_of(context, y);
	if (s != t) return s < t ? -1 : 1;
	if (x->side != y->side) return x->side < y->side ? -1 : 1;
	return x->finding < y->finding ? -1 : x->finding > y->finding; /* the order of evidence */
}

static void take_findings(const struct looking *l, struct subject *subject)
{
	struct taking taking = {.l = l, .subject = subject};
	struct subject_of_findings *findings = &subject->findings;
	diff_each(&l->result->diff, take_finding, &taking);
	if (findings->count)
		qsort_r(taking.list, findings->count, sizeof(*taking.list), compare_items,
		        (void *)(uintptr_t)l->result);
	findings->items = ARENA_ARRAY(l->arena, struct diff_item, findings->count + 1);
	if (findings->count) memcpy(findings->items, taking.list, sizeof(*taking.list) * findings->count);
	free(taking.list);
}

/* ---- gaps ---- */

/* The scope of the file that it is about. */
static struct str scope_of(const struct result *result, const struct notice *notice)
{
	for (uint32_t i = 0;
	     notice->side < SIDE_COUNT && notice->input.len && i < result->sides[notice->side].input_count; i++) {
		const struct snapshot *s = &result->sides[notice->side];
		if (str_eq(snapshot_string(s, s->inputs[i].path), notice->input))
			return snapshot_string(s, s->inputs[i].scope);
	}
	return STR_EMPTY;
}

static void take_notices(const struct looking *l, struct subject *subject)
{
	size_t slash = str_rfind_char(l->id, '/');
	struct str name = slash == SIZE_MAX ? l->id : str_slice(l->id, slash + 1, l->id.len);
	subject->notices = ARENA_ARRAY(l->arena, const struct notice *, l->result->notice_count + 1);
	for (size_t i = 0; i < l->result->notice_count; i++) {
		const struct notice *notice = &l->result->notices[i];
		struct str scope = scope_of(l->result, notice);
		bool about = (scope.len && (belongs(l, scope) || arm_under(l->id, scope))) ||
		             str_find_nocase(notice->message, name) != SIZE_MAX;
		if (notice->gap != GAP_NONE && about) subject->notices[subject->notice_count++] = notice;
	}
}

bool subject_find(const struct result *result, struct str name, struct subject *subject, struct arena *arena,
                  struct error *error)
{
	struct looking l = {.result = result, .facts = &result->analysis->facts, .arena = arena, .id = STR_EMPTY};
	*subject = (struct subject){.id = STR_EMPTY, .owner = STR_EMPTY};
	if (!find_id(&l, name, error)) return false;
	find_hosts(&l);
	subject->id = l.id;
	subject->owner = owner_of_subject(&result->analysis->owners, l.id);
	subject->subscription = arm_subscription(l.id).len == l.id.len && l.id.len;
	take_facts(&l, subject);
	take_checks(&l, subject);
	take_findings(&l, subject);
	take_notices(&l, subject);
	return true;
}
