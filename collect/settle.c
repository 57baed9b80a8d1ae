/* What takes more than one file to know.
 *
 * Pages: cut-off files of one export are whole when one of them has no next link, or their records add up to the total. Captures: of the files that cover one unit in the same format, those captured earlier than the latest no longer
 * count, if the latest covers the same classes of records. Units: assessed when a file that counts covers it and no cut-off
 * or failed one touches it.
 */
#include "collect/collect.h"

#include "collect/recommendations.h"
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

/* Pages of one export: of one format and scope, and not each of another unit alone, as exports made registry by registry
 * are: what is missing from one of these no other holds. */
static bool same_export(const struct snapshot *s, uint32_t x, uint32_t y)
{
	const struct input *a = &s->inputs[x], *b = &s->inputs[y];
	if (a->format != b->format || !a->scope || !b->scope || a->duplicate || b->duplicate) return false;
	if (!str_eq_nocase(snapshot_string(s, a->scope), snapshot_string(s, b->scope))) return false;
	if (a->total != b->total) return false;
	return units_of(s, x) > 1 || units_of(s, y) > 1 || share_unit(s, x, y);
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
		page->joined = last_page || (page->total && records >= page->total);
	}
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

/* ---- scopes from names ---- */

static bool is_named(const struct snapshot *s, const struct fact *fact, struct str type, struct str name)
{
	struct str subject = snapshot_string(s, fact->subject), prefix = STR("/subscriptions/");
	if (!str_eq(type, STR("subscription"))) { /* .../providers/TYPE/NAME: type holds all but the name */
		size_t slash = str_rfind_char(subject, '/');
		return slash != SIZE_MAX && slash > type.len &&
		       str_eq_nocase(str_slice(subject, slash + 1, subject.len), name) &&
		       str_eq_nocase(str_slice(subject, slash - type.len, slash), type);
	}
	return str_starts_nocase(subject, prefix) && str_rfind_char(subject, '/') == prefix.len - 1 &&
	       str_eq(snapshot_string(s, fact->name), STR("name")) &&
	       str_eq_nocase(snapshot_string(s, fact->value), name);
}

/* The one resource of the type, or subscription, that this side knows by that name; empty if there is none, or several. */
static struct str resource_named(const struct snapshot *s, struct arena *arena, struct str type, struct str name)
{
	struct str found = STR_EMPTY;
	if (str_eq(type, STR("subscription")) && name.len == 36)
		return str_printf(arena, "/subscriptions/%.*s", STR_ARG(name));
	for (uint32_t i = 0; i < s->fact_count; i++) {
		struct str subject = snapshot_string(s, s->facts[i].subject);
		if ((i && s->facts[i].subject == s->facts[i - 1].subject && !str_eq(type, STR("subscription"))) ||
		    !is_named(s, &s->facts[i], type, name) || str_eq_nocase(subject, found))
			continue;
		if (found.len) return STR_EMPTY;
		found = str_dup(arena, subject);
	}
	return found;
}

/* An empty list says nothing of what it is a list of: its name does, and the other files say what that is in full. */
static void resolve_names(struct snapshot *s)
{
	struct arena arena = {0};
	for (uint32_t i = 0; i < s->input_count; i++) {
		struct input *input = &s->inputs[i];
		if (!input->name_type || input->records) continue;
		struct str name = str_dup(&arena, snapshot_string(s, input->scope));
		struct str format = str_dup(&arena, snapshot_string(s, input->format));
		struct str found = resource_named(s, &arena, snapshot_string(s, input->name_type), name);
		if (!found.len) continue;
		uint32_t old = snapshot_find_unit(s, format, name), unit = snapshot_add_unit(s, format, found, true);
		for (uint32_t k = 0; k < s->coverage_count; k++)
			if (s->coverage[k].input == i && s->coverage[k].unit == old) s->coverage[k].unit = unit;
		input->scope = strings_add(&s->strings, found);
		input->name_type = 0;
	}
	arena_free(&arena);
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
	resolve_names(s);
	if (s->coverage_count) qsort(s->coverage, s->coverage_count, sizeof(*s->coverage), by_unit);
	join_pages(s);
	supersede(s);
	assess_units(s);
	recommendations_complete(s, s);
}
