/* Both sides' facts are sorted by subject and name, then merged. Values are equal when an auditor would say so: ARM ids and
 * booleans without case, everything else byte for byte.
 */
#include "analyze/diff_facts.h"

#include <stdlib.h>

static int compare(const struct snapshot *sx, const struct fact *x, const struct snapshot *sy, const struct fact *y)
{
	int c = x->subject == y->subject && sx == sy
	            ? 0
	            : str_cmp_nocase(snapshot_string(sx, x->subject), snapshot_string(sy, y->subject));
	if (c) return c;
	return x->name == y->name && sx == sy
	           ? 0
	           : str_cmp_nocase(snapshot_string(sx, x->name), snapshot_string(sy, y->name));
}

static int by_name(const void *a, const void *b, void *context)
{
	const struct snapshot *s = context;
	uint32_t i = *(const uint32_t *)a, k = *(const uint32_t *)b;
	int c = compare(s, &s->facts[i], s, &s->facts[k]);
	if (c) return c;
	int64_t x = s->inputs[s->facts[i].input].captured, y = s->inputs[s->facts[k].input].captured;
	if (x != y) return x > y ? -1 : 1; /* the latest capture first */
	return i < k ? -1 : i > k;
}

/* The facts' indexes by subject and name without case, each (subject, name) once: that of the latest capture. Large. */
static uint32_t *facts_in_order(const struct snapshot *s, uint32_t *count)
{
	uint32_t *order = large_grow(NULL, sizeof(*order) * ((size_t)s->fact_count + 1)), n = 0;
	for (uint32_t i = 0; i < s->fact_count; i++) {
		LARGE_BREATHE(i);
		if (input_is_counted(&s->inputs[s->facts[i].input])) order[n++] = i;
	}
	qsort_r(order, n, sizeof(*order), by_name, (void *)(uintptr_t)s);
	*count = 0;
	for (uint32_t i = 0; i < n; i++)
		if (i == 0 || compare(s, &s->facts[order[*count - 1]], s, &s->facts[order[i]]) != 0)
			order[(*count)++] = order[i];
	return order;
}

/* A resource's facts were exported: by a `show` of it, or by a list of its subscription, in the fact's format. */
static bool fact_was_assessed(const struct snapshot *s, struct str format, struct str subject)
{
	uint32_t unit = snapshot_find_unit(s, format, subject);
	if (unit != UINT32_MAX && s->units[unit].assessed) return true;
	/* "/subscriptions/GUID/...": a list of the subscription covers all that is in it */
	if (!str_starts_nocase(subject, STR("/subscriptions/"))) return false;
	size_t rest = sizeof("/subscriptions/") - 1, slash = str_find(str_slice(subject, rest, subject.len), STR("/"));
	if (slash == SIZE_MAX) return false;
	unit = snapshot_find_unit(s, format, str_slice(subject, 0, rest + slash));
	return unit != UINT32_MAX && s->units[unit].assessed;
}

static bool same_value(struct str a, struct str b)
{
	if (str_eq(a, b)) return true;
	if (!str_eq_nocase(a, b)) return false;
	return str_starts_nocase(a, STR("/subscriptions/")) || str_eq_nocase(a, STR("true")) ||
	       str_eq_nocase(a, STR("false"));
}

void diff_facts(struct diff *diff)
{
	const struct snapshot *b = diff->sides[SIDE_BEFORE], *a = diff->sides[SIDE_AFTER];
	uint32_t nb, na, capacity = 0, i = 0, k = 0;
	uint32_t *before = facts_in_order(b, &nb), *after = facts_in_order(a, &na);
	while (i < nb || k < na) {
		LARGE_BREATHE(i + k);
		int c = i == nb ? 1 : k == na ? -1 : compare(b, &b->facts[before[i]], a, &a->facts[after[k]]);
		struct fact_change change = {NO_MATCH, NO_MATCH, FACT_ADDED};
		if (c <= 0) change.before = before[i++];
		if (c >= 0) change.after = after[k++];
		if (c == 0) {
			bool same = same_value(snapshot_string(b, b->facts[change.before].value),
			                       snapshot_string(a, a->facts[change.after].value));
			change.outcome = same ? FACT_UNCHANGED : FACT_CHANGED;
		} else if (c < 0) {
			const struct fact *gone = &b->facts[change.before];
			struct str format = snapshot_string(b, b->units[gone->unit].tool);
			bool again = fact_was_assessed(a, format, snapshot_string(b, gone->subject));
			/* A unit of its own kind (a registry's repositories) is looked up as it is. */
			uint32_t unit = snapshot_find_unit(a, format, snapshot_string(b, b->units[gone->unit].target));
			again |= unit != UINT32_MAX && a->units[unit].assessed;
			change.outcome = again ? FACT_REMOVED : FACT_NOT_REASSESSED;
		}
		diff->facts[change.outcome]++;
		if (change.outcome == FACT_UNCHANGED) continue;
		LARGE_RESERVE(diff->fact_changes, diff->fact_change_count, capacity);
		diff->fact_changes[diff->fact_change_count++] = change;
	}
	large_free(before);
	large_free(after);
}
