/* What takes more than one file to know.
 *
 * Pages: cut-off files of one export are whole when one of them has no next link, or their records add up to the total. Captures: of the files that cover one unit in the same format, those captured earlier than the latest no longer
 * count, if the latest covers the same classes of records. Units: assessed when a file that counts covers it and no cut-off
 * or failed one touches it.
 */
#include "collect/collect.h"

#include "collect/plan.h"
#include "collect/recommendations.h"
#include "collect/scopes.h"
#include "core/hash.h"

#include <stdlib.h>

/* Units that an input covers, and whether two inputs have one in common. */
static uint32_t units_of(const struct snapshot *s, uint32_t input)
{
	uint32_t count = 0;
	for (uint32_t i = 0; i < s->coverage_count; i++) count += s->coverage[i].input == input;
	return count;
}

static bool share_unit(const struct snapshot *s, uint32_t x, uint32_t y)
{
	for (uint32_t i = 0; i < s->coverage_count; i++) /* sorted by unit, then input */
		for (uint32_t k = i + 1; s->coverage[i].input == x || s->coverage[i].input == y; k++) {
			if (k == s->coverage_count || s->coverage[k].unit != s->coverage[i].unit) break;
			if (s->coverage[k].input == (s->coverage[i].input == x ? y : x)) return true;
		}
	return false;
}

static bool same_scope(const struct input *a, const struct input *b, const struct snapshot *s)
{
	return a->format == b->format && a->scope && b->scope && !a->duplicate && !b->duplicate &&
	       a->total == b->total && str_eq_nocase(snapshot_string(s, a->scope), snapshot_string(s, b->scope));
}

/* Pages of one export: of one format and scope, and not each of another unit alone, as exports made registry by registry
 * are: what is missing from one of these no other holds. */
static bool same_export(const struct snapshot *s, uint32_t x, uint32_t y)
{
	if (!same_scope(&s->inputs[x], &s->inputs[y], s)) return false;
	return units_of(s, x) > 1 || units_of(s, y) > 1 || share_unit(s, x, y);
}

/* A long export in the order of ids has pages of one unit alone, too: then all must say the same total and make up just that. */
static bool makes_up_total(const struct snapshot *s, uint32_t page)
{
	const struct input *mine = &s->inputs[page];
	uint64_t records = 0;
	for (uint32_t i = 0; i < s->input_count && mine->total; i++) {
		const struct input *other = &s->inputs[i];
		if (other->next_link && !other->cut_off && same_scope(mine, other, s))
			records += other->records + other->unreadable;
	}
	return mine->total && records == mine->total;
}

static void join_pages(struct snapshot *s)
{
	for (uint32_t i = 0; i < s->input_count; i++) {
		struct input *page = &s->inputs[i];
		if (!page->next_link || page->cut_off) continue;
		uint64_t records = page->records + page->unreadable;
		bool last_page = false;
		for (uint32_t k = 0; k < s->input_count; k++) {
			const struct input *other = &s->inputs[k];
			if (k == i || !same_export(s, i, k)) continue;
			records += other->records + other->unreadable;
			last_page |= !other->truncated;
		}
		page->joined = last_page || (page->total && records >= page->total) || makes_up_total(s, i);
	}
}

/* What a page said of pages that are here is no longer so. */
static void drop_page_warnings(struct snapshot *s)
{
	uint32_t kept = 0;
	for (uint32_t i = 0; i < s->warning_count; i++) {
		const struct warning *w = &s->warnings[i];
		bool of_page = w->input < s->input_count && s->inputs[w->input].joined;
		if (!of_page || strcmp(w->code, "truncated_export") != 0) s->warnings[kept++] = *w;
	}
	s->warning_count = kept;
}

/* Classes of records that an input holds of a unit, as bits. */
static uint64_t classes_of(const struct snapshot *s, uint32_t input)
{
	const struct input *in = &s->inputs[input];
	uint64_t bits = in->classes;
	for (uint32_t i = in->first_finding; i < in->first_finding + in->finding_count; i++)
		bits |= UINT64_C(1) << (snapshot_profile(s, &s->findings[i])->record_class & 63);
	return bits;
}

static int by_unit(const void *a, const void *b)
{
	const struct coverage *x = a, *y = b;
	if (x->unit != y->unit) return x->unit < y->unit ? -1 : 1;
	return x->input < y->input ? -1 : x->input > y->input;
}

/* An input is superseded when for each of its units a later capture of the same format counts instead. */
static void supersede(struct snapshot *s)
{
	if (s->input_count < 2) return;
	uint8_t *later_everywhere = memory_grow(NULL, s->input_count), *has_unit = memory_grow(NULL, s->input_count);
	memset(later_everywhere, 1, s->input_count);
	memset(has_unit, 0, s->input_count);
	uint8_t *overlaps =
	    memory_grow(NULL, s->input_count); /* a later capture of one of its units counts beside it */
	memset(overlaps, 0, s->input_count);
	uint64_t *classes = memory_grow(NULL, sizeof(*classes) * s->input_count);
	for (uint32_t i = 0; i < s->input_count; i++) classes[i] = classes_of(s, i);
	for (uint32_t i = 0; i < s->coverage_count;) {
		uint32_t end = i;
		while (end < s->coverage_count && s->coverage[end].unit == s->coverage[i].unit) end++;
		for (uint32_t k = i; k < end; k++) {
			const struct input *mine = &s->inputs[s->coverage[k].input];
			bool later = false;
			for (uint32_t o = i; o < end && !later; o++) {
				const struct input *other = &s->inputs[s->coverage[o].input];
				bool page = mine->joined && same_export(s, s->coverage[k].input, s->coverage[o].input);
				bool comparable = !page && other->format == mine->format &&
				                  mine->captured != INSTANT_NONE && other->captured > mine->captured;
				bool covers = (classes[s->coverage[k].input] & ~classes[s->coverage[o].input]) == 0;
				later = comparable && covers && !other->truncated && !other->failed;
				if (comparable && !other->duplicate) overlaps[s->coverage[k].input] = 1;
			}
			has_unit[s->coverage[k].input] = 1;
			if (!later) later_everywhere[s->coverage[k].input] = 0;
		}
		i = end;
	}
	for (uint32_t i = 0; i < s->input_count; i++) {
		if (s->inputs[i].duplicate) continue;
		if (overlaps[i] && !later_everywhere[i])
			snapshot_warn(s, "overlapping_captures", GAP_NONE, i, STR_EMPTY,
			              STR("a later capture covers a part of what this one does: both count"));
		if (!has_unit[i] || !later_everywhere[i]) continue;
		s->inputs[i].superseded = true;
		snapshot_warn(s, "superseded_capture", GAP_NONE, i, STR_EMPTY,
		              STR("a later capture of the same scope counts instead"));
	}
	free(classes);
	free(has_unit);
	free(later_everywhere);
	free(overlaps);
}

static void assess_units(struct snapshot *s)
{
	for (uint32_t i = 0; i < s->unit_count; i++) s->units[i].assessed = s->units[i].touched = false;
	for (uint32_t i = 0; i < s->coverage_count; i++) {
		const struct coverage *c = &s->coverage[i];
		const struct input *input = &s->inputs[c->input];
		if (!input_is_counted(input)) continue;
		/* An unreadable record may be just the one that is missed. */
		if (c->incomplete || (input->truncated && !input->joined) || input->unreadable)
			s->units[c->unit].touched = true;
		else
			s->units[c->unit].assessed = true;
	}
	for (uint32_t i = 0; i < s->unit_count; i++)
		if (s->units[i].touched) s->units[i].assessed = false;
}

void snapshot_settle(struct snapshot *s)
{
	plan_apply(s);
	scopes_resolve(s);
	if (s->coverage_count) qsort(s->coverage, s->coverage_count, sizeof(*s->coverage), by_unit);
	join_pages(s);
	drop_page_warnings(s);
	supersede(s);
	assess_units(s);
	recommendations_complete(s, s);
}
