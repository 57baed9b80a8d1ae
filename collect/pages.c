/* How it works: inputs in the order of their export; then what each of an export's pages wants to know of the others are sums: of all of them, of
 * those that cover several units, and of those that cover one alone, by that unit. So many pages cost no more than few.
 *
 *     export          unit of its own    input
 *     assessments S   -                  page 1, page 2      two units or more: pages of every other one
 *     assessments S   k1                 page 3, page 4      pages of one another, and of those above
 *     assessments S   k2                 page 5
 */
#include "collect/pages.h"

#include "core/strings.h"

#include <stdlib.h>

#define NO_UNIT UINT32_MAX /* it covers none */
#define MANY_UNITS (UINT32_MAX - 1)

struct page {
	uint32_t format, scope; /* scope: number of the text without case */
	uint64_t total;
	uint32_t unit; /* its only one, NO_UNIT or MANY_UNITS */
	uint32_t input;
};

/* What a set of pages comes to. */
struct sum {
	uint64_t records, linked; /* linked: of those that have a next link and are not cut off otherwise */
	uint32_t whole;           /* pages that are not truncated */
	int64_t last;             /* when the latest of these was captured */
};

static int by_export(const void *a, const void *b)
{
	const struct page *x = a, *y = b;
	if (x->format != y->format) return x->format < y->format ? -1 : 1;
	if (x->scope != y->scope) return x->scope < y->scope ? -1 : 1;
	if (x->total != y->total) return x->total < y->total ? -1 : 1;
	if (x->unit != y->unit) return x->unit < y->unit ? -1 : 1;
	return x->input < y->input ? -1 : x->input > y->input;
}

static bool of_one_export(const struct page *a, const struct page *b)
{
	return a->format == b->format && a->scope == b->scope && a->total == b->total;
}

static uint32_t *only_units(const struct snapshot *s)
{
	uint32_t *unit = memory_grow(NULL, sizeof(*unit) * ((size_t)s->input_count + 1));
	for (uint32_t i = 0; i < s->input_count; i++) unit[i] = NO_UNIT;
	for (uint32_t i = 0; i < s->coverage_count; i++) {
		uint32_t *mine = &unit[s->coverage[i].input];
		*mine = *mine == NO_UNIT ? s->coverage[i].unit : MANY_UNITS;
	}
	return unit;
}

static bool wants_others(const struct input *page) { return page->next_link && !page->cut_off; }

/* What may be a page, in the order of exports. */
static struct page *list_pages(struct snapshot *s, size_t *count)
{
	struct page *pages = memory_grow(NULL, sizeof(*pages) * ((size_t)s->input_count + 1));
	struct strings scopes = {0};
	struct arena arena = {0};
	uint32_t *unit = only_units(s);
	*count = 0;
	for (uint32_t i = 0; i < s->input_count; i++) {
		struct input *input = &s->inputs[i];
		bool all = input->total && input->records + input->unreadable >= input->total;
		input->joined = wants_others(input) && all; /* also a copy, which is a page of nothing */
		if (!input->format || !input->scope || input->duplicate) continue;
		uint32_t scope = strings_add(&scopes, str_lower(&arena, snapshot_string(s, input->scope)));
		pages[(*count)++] = (struct page){input->format, scope, input->total, unit[i], i};
		arena_reset(&arena);
	}
	if (*count) qsort(pages, *count, sizeof(*pages), by_export);
	free(unit);
	strings_free(&scopes);
	arena_free(&arena);
	return pages;
}

static struct sum sum_of(const struct snapshot *s, const struct page *pages, size_t from, size_t to)
{
	struct sum sum = {.last = INSTANT_NONE};
	for (size_t i = from; i < to; i++) {
		const struct input *input = &s->inputs[pages[i].input];
		uint64_t records = input->records + input->unreadable;
		sum.records += records;
		sum.whole += !input->truncated;
		if (!input->truncated && input->captured > sum.last) sum.last = input->captured;
		if (wants_others(input)) sum.linked += records;
	}
	return sum;
}

static size_t end_of_unit(const struct page *pages, size_t from, size_t to)
{
	size_t end = from + 1;
	while (end < to && pages[end].unit == pages[from].unit) end++;
	return end;
}

/* Whether its pages are of one capture. Where files have dates of their own, pages that were fetched one after another would look like captures, so there
 * they are taken for one; where records alone give dates, it is told by how many last pages there are, and how many records. Of exports that were
 * made unit by unit each has a last page. */
static bool taken_once(const struct input *page, uint32_t last_pages, uint64_t records)
{
	if (!page->joined && page->truncated) return false;
	if (!page->dated_by_records) return page->joined;
	return last_pages < 2 && (!page->total || records < 2 * page->total);
}

struct dated {
	int64_t captured;
	uint64_t records;
};

static int latest_first(const void *a, const void *b)
{
	const struct dated *x = a, *y = b;
	return x->captured != y->captured ? (x->captured > y->captured ? -1 : 1) : 0;
}

/* From when on the latest pages make up the total; INSTANT_NONE: none is said, or they never do. */
static int64_t total_since(const struct snapshot *s, const struct page *pages, size_t from, size_t to)
{
	uint64_t records = 0;
	int64_t since = INSTANT_NONE;
	if (!pages[from].total) return since;
	struct dated *dated = memory_grow(NULL, sizeof(*dated) * (to - from));
	for (size_t i = from; i < to; i++) {
		const struct input *input = &s->inputs[pages[i].input];
		dated[i - from] = (struct dated){input->captured, input->records + input->unreadable};
	}
	qsort(dated, to - from, sizeof(*dated), latest_first);
	for (size_t i = 0; i < to - from && since == INSTANT_NONE; i++) {
		records += dated[i].records;
		if (records >= pages[from].total) since = dated[i].captured;
	}
	free(dated);
	return since;
}

static int64_t stands_before(const struct input *page, int64_t whole_since)
{
	if (!page->truncated) return INT64_MAX;
	if (!page->joined || !page->dated_by_records) return INSTANT_NONE;
	return page->total && page->records + page->unreadable >= page->total ? INT64_MAX : whole_since;
}

/* pages[from] to pages[to - 1] are of one export, those of many units next to last and those of none last. */
static void join_export(struct snapshot *s, const struct page *pages, size_t from, size_t to, struct page_of *of,
                        uint32_t number)
{
	struct sum all = sum_of(s, pages, from, to), broad = {.last = INSTANT_NONE};
	bool unit_by_unit = true;
	int64_t total = total_since(s, pages, from, to);
	for (size_t i = from; i < to; i = end_of_unit(pages, i, to))
		if (pages[i].unit == MANY_UNITS) {
			broad = sum_of(s, pages, i, end_of_unit(pages, i, to));
			unit_by_unit = false;
		}
	for (size_t i = from; i < to;) {
		size_t end = end_of_unit(pages, i, to);
		struct sum known = all; /* to a page of many units all are pages of its export */
		if (pages[i].unit != MANY_UNITS) {
			known =
			    pages[i].unit == NO_UNIT ? (struct sum){.last = INSTANT_NONE} : sum_of(s, pages, i, end);
			known.records += broad.records;
			known.whole += broad.whole;
			if (broad.last > known.last) known.last = broad.last;
		}
		for (; i < end; i++) {
			struct input *page = &s->inputs[pages[i].input];
			uint64_t own = pages[i].unit == NO_UNIT ? page->records + page->unreadable : 0;
			if (wants_others(page))
				page->joined =
				    known.whole ||
				    (page->total && (known.records + own >= page->total || all.linked == page->total));
			of[pages[i].input] = (struct page_of){
			    number, taken_once(page, unit_by_unit ? known.whole : all.whole, all.records),
			    stands_before(page, known.last > total ? known.last : total)};
		}
	}
}

/* What a page said of pages that are here is no longer so. */
static void drop_warnings(struct snapshot *s)
{
	uint32_t kept = 0;
	for (uint32_t i = 0; i < s->warning_count; i++) {
		const struct warning *w = &s->warnings[i];
		bool of_page = w->input < s->input_count && s->inputs[w->input].joined;
		if (!of_page || strcmp(w->code, "truncated_export") != 0) s->warnings[kept++] = *w;
	}
	s->warning_count = kept;
}

struct page_of *pages_join(struct snapshot *s)
{
	if (!s->input_count) return NULL;
	size_t count;
	struct page *pages = list_pages(s, &count);
	uint32_t number = 0;
	struct page_of *of = memory_grow(NULL, sizeof(*of) * s->input_count);
	for (uint32_t i = 0; i < s->input_count; i++)
		of[i] = (struct page_of){.before = stands_before(&s->inputs[i], INSTANT_NONE)};
	for (size_t from = 0, to; from < count; from = to) {
		for (to = from + 1; to < count && of_one_export(&pages[from], &pages[to]);) to++;
		join_export(s, pages, from, to, of, ++number);
	}
	free(pages);
	drop_warnings(s);
	return of;
}
