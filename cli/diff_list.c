#include "cli/diff_list.h"

#include "cli/diff_subjects.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- the filter ---- */

bool filter_word(unsigned *bits, const char *const *names, size_t count, const char *word)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(names[i], word) == 0) {
			*bits |= 1u << i;
			return true;
		}
	return false;
}

static bool meets_one(const struct str *globs, size_t count, struct str text)
{
	for (size_t i = 0; i < count; i++)
		if (str_glob_nocase(globs[i], text)) return true;
	return count == 0;
}

bool filter_wants(void *context, const struct diff_item *item)
{
	const struct diff_filter *filter = context;
	const struct snapshot *s = filter->diff->sides[item->side];
	const struct profile *p = snapshot_profile(s, &s->findings[item->finding]);
	unsigned outcome = 1u << item->outcome;
	if (filter->outcomes ? !(filter->outcomes & outcome) : item->outcome == OUTCOME_UNCHANGED && !filter->unchanged)
		return false;
	if (filter->severities && !(filter->severities & 1u << p->severity)) return false;
	return meets_one(filter->tools, filter->tool_count, snapshot_string(s, p->tool)) &&
	       meets_one(filter->subjects, filter->subject_count, snapshot_string(s, p->subject));
}

struct wanted {
	struct diff_filter *filter;
	struct diff_item *items;
	size_t count, capacity;
	uint64_t total;
	enum side side; /* SIDE_COUNT: both */
	bool keep;
};

static bool take(void *context, const struct diff_item *item)
{
	struct wanted *wanted = context;
	if (wanted->side != SIDE_COUNT && wanted->side != item->side) return true;
	if (!filter_wants(wanted->filter, item)) return true;
	wanted->total++;
	if (!wanted->keep) return true;
	ARRAY_RESERVE(wanted->items, wanted->count, wanted->capacity);
	wanted->items[wanted->count++] = *item;
	return true;
}

uint64_t filter_count(struct diff_filter *filter, enum side side)
{
	struct wanted wanted = {.filter = filter, .side = side};
	diff_each(filter->diff, take, &wanted);
	return wanted.total;
}

/* ---- the list ---- */

/* What needs a person first. */
static const enum outcome order_of_outcomes[OUTCOME_COUNT] = {
    OUTCOME_NEW,       OUTCOME_REOPENED, OUTCOME_NEWLY_IN_SCOPE, OUTCOME_NOT_REASSESSED, OUTCOME_UPDATED,
    OUTCOME_DISMISSED, OUTCOME_FIXED,    OUTCOME_FIXED_VERIFIED, OUTCOME_UNCHANGED};

static int rank_of(enum outcome outcome)
{
	int rank = 0;
	while (order_of_outcomes[rank] != outcome) rank++;
	return rank;
}

static const struct diff *sorted; /* qsort has no context */

static int by_urgency(const void *a, const void *b)
{
	const struct diff_item *x = a, *y = b;
	if (x->outcome != y->outcome) return rank_of(x->outcome) - rank_of(y->outcome);
	const struct snapshot *s = sorted->sides[x->side], *t = sorted->sides[y->side];
	const struct finding *f = &s->findings[x->finding], *g = &t->findings[y->finding];
	const struct profile *p = snapshot_profile(s, f), *q = snapshot_profile(t, g);
	if (p->severity != q->severity) return p->severity < q->severity ? -1 : 1;
	const uint32_t pairs[][2] = {
	    {p->rule, q->rule}, {p->subject, q->subject}, {f->folder, g->folder}, {f->file, g->file}};
	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
		int c = str_cmp(snapshot_string(s, pairs[i][0]), snapshot_string(t, pairs[i][1]));
		if (c) return c;
	}
	if (f->line != g->line) return f->line < g->line ? -1 : 1;
	return x->finding < y->finding ? -1 : x->finding > y->finding; /* of one outcome, so of one side */
}

static enum tone tone_of(enum outcome outcome)
{
	switch (outcome) {
	case OUTCOME_NEW:
	case OUTCOME_REOPENED: return TONE_RED;
	case OUTCOME_NEWLY_IN_SCOPE:
	case OUTCOME_NOT_REASSESSED:
	case OUTCOME_DISMISSED: return TONE_YELLOW;
	case OUTCOME_FIXED:
	case OUTCOME_FIXED_VERIFIED: return TONE_GREEN;
	case OUTCOME_UNCHANGED:
	case OUTCOME_UPDATED:
	case OUTCOME_COUNT: break;
	}
	return TONE_PLAIN;
}

static struct str updates_of(const struct fate *fate, struct buf *scratch)
{
	scratch->len = 0;
	for (unsigned i = 0; i < UPDATED_KINDS; i++) {
		if (!(fate->updated_by & 1u << i)) continue;
		if (scratch->len) buf_char(scratch, ' ');
		buf_add(scratch, str_from(updated_names[i]));
	}
	return buf_str(scratch);
}

void diff_list_row(struct table *table, const struct diff *d, const struct diff_item *item, struct str subject,
                   struct buf *scratch)
{
	const struct snapshot *s = d->sides[item->side];
	const struct finding *f = &s->findings[item->finding];
	const struct profile *p = snapshot_profile(s, f);
	const struct component *c = snapshot_component(s, f);
	struct buf place = {0};
	char id[19];
	snapshot_finding_id(s, item->side, item->finding, id);
	buf_add(&place, snapshot_path(s, f, scratch));
	if (f->line) buf_printf(&place, ":%u", f->line);
	if (c->package) {
		buf_add(&place, place.len ? STR("  ") : STR(""));
		buf_add(&place, snapshot_string(s, c->package));
		buf_add(&place, c->version ? STR(" ") : STR(""));
		buf_add(&place, snapshot_string(s, c->version));
	}
	table_str(table, TONE_GREY, str_of(id, 18));
	table_str(table, TONE_PLAIN, str_from(severity_names[p->severity]));
	table_str(table, TONE_PLAIN, snapshot_string(s, p->rule));
	table_str(table, TONE_PLAIN, subject);
	table_str(table, TONE_PLAIN, buf_str(&place));
	buf_free(&place);
}

size_t diff_list_sorted(struct diff_filter *filter, enum side side, struct diff_item **items)
{
	struct wanted wanted = {.filter = filter, .side = side, .keep = true};
	diff_each(filter->diff, take, &wanted);
	sorted = filter->diff;
	if (wanted.count) qsort(wanted.items, wanted.count, sizeof(*wanted.items), by_urgency);
	*items = wanted.items;
	return wanted.count;
}

void diff_list_print(struct diff_filter *filter)
{
	struct diff_item *items;
	struct buf scratch = {0};
	struct diff_subjects subjects;
	size_t count = diff_list_sorted(filter, SIDE_COUNT, &items);
	size_t shown = count < filter->limit ? count : (size_t)filter->limit;
	diff_subjects_begin(&subjects, filter->diff, items, shown, is_terminal(stdout));
	if (shown < count)
		printf("\nfindings: the first %zu of %zu (--limit N shows more)\n", shown, count);
	else if (!count && filter->narrowed)
		printf("\nno findings are so\n");
	for (size_t i = 0; i < shown;) {
		struct table table = {.columns = DIFF_ROW_CELLS + 1};
		enum outcome outcome = items[i].outcome;
		size_t all = i;
		while (all < count && items[all].outcome == outcome) all++;
		printf("\n");
		print_toned(stdout, tone_of(outcome), "%s", outcome_names[outcome]);
		printf(" (%zu)\n", all - i);
		for (; i < shown && items[i].outcome == outcome; i++) {
			diff_list_row(&table, filter->diff, &items[i], subjects.texts[i], &scratch);
			const struct fate *fate = &filter->diff->fates[items[i].side][items[i].finding];
			table_str(&table, TONE_GREY, updates_of(fate, &scratch));
		}
		table_print(&table, stdout, false);
		table_free(&table);
	}
	diff_subjects_free(&subjects);
	buf_free(&scratch);
	free(items);
}
