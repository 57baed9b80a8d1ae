/* What takes more than one file to know.
 *
 * Pages: collect/pages.h. Captures: of the files that cover one unit in the same format, those captured earlier than the latest no longer
 * count, if the latest covers the same classes of records, and speaks of one of them again where nothing but records has dates; pages of
 * one capture do not stand for one another. Units: assessed when a file that counts covers it and no cut-off or failed one touches it.
 */
#include "collect/collect.h"

#include "collect/pages.h"
#include "collect/plan.h"
#include "collect/recommendations.h"
#include "collect/scopes.h"
#include "collect/spoken_again.h"

#include <stdlib.h>

/* Classes of records that an input holds of a unit, as bits. */
static uint64_t classes_of(const struct snapshot *s, uint32_t input)
{
	const struct input *in = &s->inputs[input];
	uint64_t bits = in->classes;
	for (uint32_t i = in->first_finding; i < in->first_finding + in->finding_count; i++)
		bits |= UINT64_C(1) << (snapshot_profile(s, &s->findings[i])->record_class & 63);
	return bits;
}

static int by_input(const void *a, const void *b)
{
	const struct coverage *x = a, *y = b;
	if (x->input != y->input) return x->input < y->input ? -1 : 1;
	return x->unit < y->unit ? -1 : x->unit > y->unit;
}

static int by_unit(const void *a, const void *b)
{
	const struct coverage *x = a, *y = b;
	if (x->unit != y->unit) return x->unit < y->unit ? -1 : 1;
	return x->input < y->input ? -1 : x->input > y->input;
}

/* ---- captures ---- */

/* One input's capture of a unit. */
struct capture {
	uint32_t unit, format;
	int64_t captured;
	uint64_t classes;
	uint32_t input;
	struct page_of page;
};

/* The latest first, those of an unknown time last. */
static int by_capture(const void *a, const void *b)
{
	const struct capture *x = a, *y = b;
	if (x->unit != y->unit) return x->unit < y->unit ? -1 : 1;
	if (x->format != y->format) return x->format < y->format ? -1 : 1;
	if (x->captured != y->captured) return x->captured > y->captured ? -1 : 1;
	return x->input < y->input ? -1 : x->input > y->input;
}

/* Whether there is a later capture, but for the pages of one's own export: it is enough to know the export of one, and whether there is one that
 * is of another. */
struct later {
	uint64_t classes; /* that it covers */
	int64_t before;   /* as in struct page_of */
	uint32_t export;
	bool any, other;
};

static void add_later(struct later *later, uint32_t export)
{
	later->other |= later->any && (!export || export != later->export);
	if (!later->any) later->export = export;
	later->any = true;
}

static bool is_later(const struct later *later, uint32_t export)
{
	return later->any && (later->other || !export || later->export != export);
}

/* The later captures of one unit and format: of all that are no copies, and of those that may stand for an earlier one, by what these cover. Few
 * kinds of records, so few sets of them. */
struct seen {
	struct later any;
	struct later *covering;
	size_t count, capacity;
};

static void note_capture(struct seen *seen, const struct snapshot *s, const struct capture *capture)
{
	const struct input *input = &s->inputs[capture->input];
	size_t i = 0;
	if (!input->duplicate) add_later(&seen->any, capture->page.export);
	if (input->failed || capture->page.before == INSTANT_NONE) return;
	while (i < seen->count &&
	       (seen->covering[i].classes != capture->classes || seen->covering[i].before != capture->page.before))
		i++;
	if (i == seen->count) {
		ARRAY_RESERVE(seen->covering, seen->count, seen->capacity);
		seen->covering[seen->count++] =
		    (struct later){.classes = capture->classes, .before = capture->page.before};
	}
	add_later(&seen->covering[i], capture->page.export);
}

static bool stands_for(const struct seen *seen, const struct capture *capture, uint32_t export)
{
	for (size_t i = 0; i < seen->count; i++)
		if (!(capture->classes & ~seen->covering[i].classes) && capture->captured < seen->covering[i].before &&
		    is_later(&seen->covering[i], export))
			return true;
	return false;
}

/* What supersede() learns of each input. */
struct fate {
	bool has_unit;
	bool counts_somewhere; /* no later capture stands for it in one of its units */
	bool overlaps;         /* a later capture of one of its units counts beside it */
	bool is_part;          /* a later file of one of its units speaks of none of its records again */
};

/* Looking all records up is not cheap, and seldom asked for: most units are captured once. */
static bool is_spoken_again(const struct snapshot *s, bool **again, uint32_t input)
{
	if (!*again) *again = spoken_again(s);
	return (*again)[input];
}

/* captures[0] to captures[count - 1] are of one unit and format, the latest first. */
static void judge_captures(const struct snapshot *s, const struct capture *captures, size_t count, bool **again,
                           struct fate *fates)
{
	struct seen seen = {0};
	for (size_t i = 0; i < count;) {
		size_t end = i;
		for (; end < count && captures[end].captured == captures[i].captured; end++) {
			const struct capture *mine = &captures[end];
			struct fate *fate = &fates[mine->input];
			bool dated = mine->captured != INSTANT_NONE;
			uint32_t pages = mine->page.once ? mine->page.export : 0;
			fate->has_unit = true;
			bool later = dated && is_later(&seen.any, pages);
			bool part = later && !is_spoken_again(s, again, mine->input);
			fate->is_part |= part;
			fate->overlaps |= later && !part;
			fate->counts_somewhere |= !dated || part || !stands_for(&seen, mine, pages);
		}
		for (; i < end; i++) note_capture(&seen, s, &captures[i]);
	}
	free(seen.covering);
}

static struct capture *list_captures(const struct snapshot *s, const struct page_of *pages)
{
	struct capture *captures = memory_grow(NULL, sizeof(*captures) * ((size_t)s->coverage_count + 1));
	uint64_t *classes = memory_grow(NULL, sizeof(*classes) * s->input_count);
	for (uint32_t i = 0; i < s->input_count; i++) classes[i] = classes_of(s, i);
	for (uint32_t i = 0; i < s->coverage_count; i++) {
		const struct coverage *c = &s->coverage[i];
		const struct input *input = &s->inputs[c->input];
		captures[i] = (struct capture){c->unit,           input->format, input->captured,
		                               classes[c->input], c->input,      pages[c->input]};
	}
	if (s->coverage_count) qsort(captures, s->coverage_count, sizeof(*captures), by_capture);
	free(classes);
	return captures;
}

/* An input is superseded when for each of its units a later capture of the same format counts instead. */
static void supersede(struct snapshot *s, const struct page_of *pages)
{
	if (s->input_count < 2) return;
	struct capture *captures = list_captures(s, pages);
	bool *again = NULL;
	struct fate *fates = memory_grow(NULL, sizeof(*fates) * s->input_count);
	memset(fates, 0, sizeof(*fates) * s->input_count);
	for (size_t i = 0, end; i < s->coverage_count; i = end) {
		for (end = i + 1; end < s->coverage_count && captures[end].unit == captures[i].unit &&
		                  captures[end].format == captures[i].format;)
			end++;
		judge_captures(s, captures + i, end - i, &again, fates);
	}
	for (uint32_t i = 0; i < s->input_count; i++) {
		if (s->inputs[i].duplicate) continue;
		if (fates[i].overlaps && fates[i].counts_somewhere)
			snapshot_warn(s, "overlapping_captures", GAP_NONE, i, STR_EMPTY,
			              STR("a later capture covers a part of what this one does: both count"));
		else if (fates[i].is_part && fates[i].counts_somewhere)
			snapshot_warn(
			    s, "overlapping_captures", GAP_NONE, i, STR_EMPTY,
			    STR("a file of the same scope has later records, none of them one of these: taken for "
			        "another part of the export, both count"));
		if (!fates[i].has_unit || fates[i].counts_somewhere) continue;
		s->inputs[i].superseded = true;
		snapshot_warn(s, "superseded_capture", GAP_NONE, i, STR_EMPTY,
		              STR("a later capture of the same scope counts instead"));
	}
	free(captures);
	free(again);
	free(fates);
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
	if (s->coverage_count) qsort(s->coverage, s->coverage_count, sizeof(*s->coverage), by_input);
	plan_apply(s);
	scopes_resolve(s);
	if (s->coverage_count) qsort(s->coverage, s->coverage_count, sizeof(*s->coverage), by_unit);
	struct page_of *pages = pages_join(s);
	supersede(s, pages);
	free(pages);
	assess_units(s);
	recommendations_complete(s, s);
}
