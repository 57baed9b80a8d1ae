/* Captures and pages: what must hold of a side that is made of several files, on thousands of small ones. Which files count, which pages are joined and
 * which units are assessed is written down here a second time, pair by pair, from docs/diff.md; and where the state behind the exports is known, so is what a
 * diff may say of it. What fails is printed as it is: few files of few records.
 *
 * SOAK=1 in the environment: fifty times as many.
 */
#include "analyze/diff.h"
#include "collect/collect.h"
#include "tests/check.h"
#include "tests/random.h"

#include <stdlib.h>

enum { FILES = 5, RECORDS = 4, UNITS = 2, RESOURCES = 4 };

static void start(uint64_t number) { random_start(number + 20261130); }

/* ---- files, as small numbers ---- */

struct record {
	uint8_t unit, resource, class, fails;
};

struct export
{
	uint8_t format, scope;   /* scope 0: none */
	uint8_t day, by_records; /* day 0: not known */
	uint8_t units;           /* a bit for each that it covers */
	uint8_t classes;         /* bits, besides those of its records */
	uint8_t next, cut, failed, unreadable, total;
	uint8_t count;
	struct record records[RECORDS];
};

struct side_of_case {
	struct export files[FILES];
	uint32_t count;
};

static void print_side(const struct side_of_case *side)
{
	for (uint32_t i = 0; i < side->count; i++) {
		const struct export *f = &side->files[i];
		printf("#   file %u: format %u scope %u day %u%s units %u classes %u%s%s%s unreadable %u total %u:", i,
		       f->format, f->scope, f->day, f->by_records ? " by records" : "", f->units, f->classes,
		       f->next ? " next" : "", f->cut ? " cut" : "", f->failed ? " failed" : "", f->unreadable,
		       f->total);
		for (uint32_t k = 0; k < f->count; k++)
			printf(" k%u@r%u%s", f->records[k].unit, f->records[k].resource,
			       f->records[k].fails ? "!" : "");
		printf("\n");
	}
}

/* ---- snapshots of them ---- */

static uint32_t unit_of(struct snapshot *s, uint32_t number)
{
	static const char *const targets[UNITS] = {"u0", "u1"};
	return snapshot_add_unit(s, STR("Scanner"), str_from(targets[number]), false);
}

static void push(struct snapshot *s, const struct record *r)
{
	static const char *const rules[UNITS] = {"k0", "k1"}, *const resources[RESOURCES] = {"r0", "r1", "r2", "r3"};
	struct profile p = {.tool = strings_add(&s->strings, STR("Scanner")),
	                    .rule = strings_add(&s->strings, str_from(rules[r->unit])),
	                    .subject = strings_add(&s->strings, str_from(resources[r->resource])),
	                    .unit = unit_of(s, r->unit),
	                    .record_class = r->class,
	                    .status = r->fails ? STATUS_FAIL : STATUS_PASS,
	                    .nature = NATURE_POSTURE};
	struct finding f = {.span = span_of(s->finding_count * 100u, 90), .profile = snapshot_add_profile(s, &p)};
	ARRAY_RESERVE(s->findings, s->finding_count, s->finding_capacity);
	s->findings[s->finding_count++] = f;
}

static bool truncated(const struct export *f) { return f->next || f->cut; }

static void append_file(struct snapshot *into, const struct export *f, uint32_t number)
{
	static const char *const formats[] = {"f0", "f1"}, *const scopes[] = {"", "S1", "s2"};
	struct snapshot part;
	snapshot_init(&part);
	part.inputs = memory_grow(NULL, sizeof(*part.inputs));
	part.input_count = part.input_capacity = 1;
	part.inputs[0] = (struct input){.format = strings_add(&part.strings, str_from(formats[f->format])),
	                                .scope = strings_add(&part.strings, str_from(scopes[f->scope])),
	                                .captured = f->day ? f->day * INSTANT_DAY : INSTANT_NONE,
	                                .dated_by_records = f->by_records,
	                                .bytes = 1000 + number,
	                                .sha256 = {(unsigned char)(number + 1)},
	                                .records = f->count,
	                                .unreadable = f->unreadable,
	                                .classes = f->classes,
	                                .finding_count = f->count,
	                                .truncated = truncated(f),
	                                .cut_off = f->cut,
	                                .next_link = f->next,
	                                .total = f->total,
	                                .failed = f->failed};
	for (uint32_t u = 0; u < UNITS; u++) {
		if (!(f->units >> u & 1)) continue;
		ARRAY_RESERVE(part.coverage, part.coverage_count, part.coverage_capacity);
		part.coverage[part.coverage_count++] =
		    (struct coverage){.unit = unit_of(&part, u), .incomplete = f->failed};
	}
	for (uint32_t i = 0; i < f->count; i++) push(&part, &f->records[i]);
	snapshot_append(into, &part);
}

static void build(struct snapshot *s, const struct side_of_case *side)
{
	snapshot_init(s);
	for (uint32_t i = 0; i < side->count; i++) append_file(s, &side->files[i], i);
	snapshot_settle(s);
}

/* ---- what counts, file by file ---- */

static bool many(const struct export *f) { return f->units == (1 << UNITS) - 1; }
static uint32_t size_of(const struct export *f) { return f->count + f->unreadable; }

static bool one_export(const struct export *f, const struct export *g)
{
	return f->scope && f->format == g->format && f->scope == g->scope && f->total == g->total;
}

/* What can hold what is missing from f. */
static bool is_page_to(const struct export *f, const struct export *g)
{
	return one_export(f, g) && (many(f) || many(g) || f->units == g->units);
}

struct known {
	uint32_t records, last, linked;
};

static struct known known_to(const struct side_of_case *side, const struct export *f)
{
	struct known known = {0};
	for (uint32_t i = 0; i < side->count; i++) {
		const struct export *g = &side->files[i];
		if (one_export(f, g) && g->next && !g->cut) known.linked += size_of(g);
		if (!is_page_to(f, g)) continue;
		known.records += size_of(g);
		known.last += !truncated(g);
	}
	return known;
}

static bool joined(const struct side_of_case *side, const struct export *f)
{
	struct known known = known_to(side, f);
	if (!f->next || f->cut) return false;
	if (f->total && size_of(f) >= f->total) return true;
	return known.last || (f->scope && f->total && (known.records >= f->total || known.linked == f->total));
}

static bool taken_once(const struct side_of_case *side, const struct export *f)
{
	struct export whole = *f; /* where some page is of both units, all are pages to one another */
	for (uint32_t i = 0; i < side->count; i++)
		if (one_export(f, &side->files[i])) whole.units |= many(&side->files[i]) ? side->files[i].units : 0;
	struct known known = known_to(side, &whole);
	if (!f->scope || (truncated(f) && !joined(side, f))) return false;
	if (!f->by_records) return joined(side, f);
	uint32_t records = 0;
	for (uint32_t i = 0; i < side->count; i++)
		if (one_export(f, &side->files[i])) records += size_of(&side->files[i]);
	return known.last < 2 && (!f->total || records < 2u * f->total);
}

static uint8_t classes_of(const struct export *f)
{
	uint8_t classes = f->classes;
	for (uint32_t i = 0; i < f->count; i++) classes |= (uint8_t)(1 << f->records[i].class);
	return classes;
}

static bool is_later(const struct side_of_case *side, const struct export *f, const struct export *g, uint32_t unit)
{
	return f->format == g->format && f->units >> unit & 1 && g->units >> unit & 1 && f->day && g->day > f->day &&
	       !(taken_once(side, f) && one_export(f, g));
}

static bool spoken_again(const struct side_of_case *side, const struct export *f)
{
	if (!f->by_records) return true;
	for (uint32_t i = 0; i < side->count; i++) {
		const struct export *g = &side->files[i];
		if (!g->by_records || g->format != f->format || g->day <= f->day) continue;
		for (uint32_t k = 0; k < f->count; k++)
			for (uint32_t n = 0; n < g->count; n++)
				if (f->records[k].unit == g->records[n].unit &&
				    f->records[k].resource == g->records[n].resource)
					return true;
	}
	return false;
}

/* What makes g whole is later than f: a last page that is, or as many records as the total says. */
static bool whole_without(const struct side_of_case *side, const struct export *f, const struct export *g)
{
	uint32_t records = 0;
	if (!truncated(g)) return true;
	if (!g->by_records || !joined(side, g)) return false;
	if (g->total && size_of(g) >= g->total) return true;
	for (uint32_t i = 0; i < side->count; i++) {
		const struct export *o = &side->files[i];
		if (!one_export(g, o) || o->day <= f->day) continue;
		if (!truncated(o) && is_page_to(g, o)) return true;
		records += size_of(o);
	}
	return g->total && records >= g->total;
}

static bool may_stand(const struct side_of_case *side, const struct export *f, const struct export *g)
{
	return whole_without(side, f, g) && !g->failed && !(classes_of(f) & ~classes_of(g));
}

static bool superseded(const struct side_of_case *side, const struct export *f)
{
	for (uint32_t unit = 0; unit < UNITS; unit++) {
		bool later = false, stands = false;
		if (!(f->units >> unit & 1)) continue;
		for (uint32_t i = 0; i < side->count; i++) {
			const struct export *g = &side->files[i];
			if (!is_later(side, f, g, unit)) continue;
			later = true;
			stands = stands || may_stand(side, f, g);
		}
		if (!later || !stands || !spoken_again(side, f)) return false;
	}
	return true;
}

static bool assessed(const struct side_of_case *side, uint32_t unit)
{
	bool covered = false;
	for (uint32_t i = 0; i < side->count; i++) {
		const struct export *f = &side->files[i];
		if (!(f->units >> unit & 1) || superseded(side, f)) continue;
		if (f->failed || f->unreadable || (truncated(f) && !joined(side, f))) return false;
		covered = true;
	}
	return covered;
}

static struct export any_file(void)
{
	struct export f = {.format = once_in(5),
	                   .scope = once_in(6) ? 0 : (uint8_t)(1 + once_in(6)),
	                   .day = (uint8_t)(once_in(8) ? 0 : 1 + below(3)),
	                   .units = (uint8_t)(1 + below((1 << UNITS) - 1)),
	                   .classes = (uint8_t)(once_in(3) ? below(4) : 3),
	                   .next = once_in(2),
	                   .cut = once_in(8),
	                   .failed = once_in(12),
	                   .unreadable = once_in(12),
	                   .total = (uint8_t)(once_in(2) ? 0 : 2 + below(6)),
	                   .count = (uint8_t)below(RECORDS + 1)};
	f.by_records = f.day && !once_in(3);
	for (uint32_t i = 0; i < f.count; i++) {
		uint32_t unit = f.units == 3 ? below(UNITS) : f.units - 1u;
		f.records[i] = (struct record){(uint8_t)unit, (uint8_t)below(RESOURCES), once_in(5), !once_in(3)};
	}
	return f;
}

/* Most have much in common with the one before them. */
static struct side_of_case any_side(void)
{
	struct side_of_case side = {.count = 1 + below(FILES)};
	for (uint32_t i = 0; i < side.count; i++) {
		struct export f = any_file(), *last = i ? &side.files[i - 1] : NULL;
		if (last && !once_in(3)) f.format = last->format, f.scope = last->scope, f.total = last->total;
		side.files[i] = f;
	}
	return side;
}

static const char *settled(void)
{
	struct side_of_case side = any_side();
	struct snapshot s;
	const char *wrong = NULL;
	build(&s, &side);
	for (uint32_t i = 0; i < side.count; i++) {
		if (s.inputs[i].joined != joined(&side, &side.files[i]))
			wrong = "a page is not joined as its peers say";
		if (s.inputs[i].superseded != superseded(&side, &side.files[i]))
			wrong = "a file is superseded that is not, or the other way round";
	}
	for (uint32_t u = 0; u < UNITS; u++) {
		uint32_t unit = snapshot_find_unit(&s, STR("Scanner"), u ? STR("u1") : STR("u0"));
		if ((unit != UINT32_MAX && s.units[unit].assessed) != assessed(&side, u))
			wrong = "a unit is assessed that is not, or the other way round";
	}
	snapshot_free(&s);
	if (wrong) print_side(&side);
	return wrong;
}

/* ---- exports of a state that is known ---- */

/* Of each unit and resource: 0 is not there, 1 passes, 2 fails. Each unit has some resource. */
struct world {
	uint8_t status[UNITS][RESOURCES];
};

static struct world any_world(const struct world *earlier)
{
	struct world w = {0};
	for (uint32_t u = 0; u < UNITS; u++)
		for (uint32_t r = 0; r < RESOURCES; r++)
			w.status[u][r] = earlier && !once_in(3) ? earlier->status[u][r] : (uint8_t)below(3);
	for (uint32_t u = 0; u < UNITS; u++)
		if (!memcmp(w.status[u], (uint8_t[RESOURCES]){0}, RESOURCES)) w.status[u][0] = 1 + once_in(2);
	return w;
}

/* The state in pages of up to `most` records, all dated that day; with links to the next one or with totals. */
static void export_pages(struct side_of_case *side, const struct world *w, uint8_t day, uint32_t most, bool totals)
{
	uint32_t first = side->count, all = 0;
	for (uint32_t r = 0; r < RESOURCES; r++)
		for (uint32_t u = 0; u < UNITS; u++) {
			if (!w->status[u][r]) continue;
			if (all++ % most == 0)
				side->files[side->count++] =
				    (struct export){.scope = 1, .day = day, .by_records = 1, .classes = 1, .next = 1};
			struct export *f = &side->files[side->count - 1];
			f->records[f->count++] = (struct record){(uint8_t)u, (uint8_t)r, 0, w->status[u][r] == 2};
			f->units |= (uint8_t)(1 << u);
		}
	for (uint32_t i = first; totals && i < side->count; i++) side->files[i].total = (uint8_t)all;
	struct export *last = &side->files[side->count - 1];
	if (!totals || side->count - first == 1) last->next = 0;
}

static uint32_t pages_of(const struct world *w, uint32_t most)
{
	uint32_t all = 0;
	for (uint32_t u = 0; u < UNITS; u++)
		for (uint32_t r = 0; r < RESOURCES; r++) all += w->status[u][r] != 0;
	return (all + most - 1) / most;
}

static bool same_outcomes(const struct snapshot *before, const struct snapshot *other, const struct snapshot *after)
{
	struct diff d, e;
	diff_run(&d, before, after, 1);
	diff_run(&e, other, after, 1);
	bool same = !memcmp(d.outcomes, e.outcomes, sizeof(d.outcomes)) && !memcmp(d.open, e.open, sizeof(d.open)) &&
	            !memcmp(d.reduction, e.reduction, sizeof(d.reduction));
	diff_free(&d);
	diff_free(&e);
	return same;
}

/* A side with two captures says what the later one alone says; either may be in pages, in whatever order the files are named. */
static const char *two_captures(void)
{
	struct world old = any_world(NULL), now = any_world(&old), then = any_world(&now);
	struct side_of_case both = {0}, alone = {0}, after = {0};
	struct snapshot s[3];
	const char *wrong = NULL;
	uint32_t most[2] = {2 + below(RECORDS - 1), 2 + below(RECORDS - 1)};
	bool totals = once_in(3);
	/* Few enough for the file table; a total that changes makes two exports of them, and one of one page has none. */
	if (pages_of(&old, most[0]) + pages_of(&now, most[1]) > FILES || pages_of(&then, RECORDS) > FILES) return NULL;
	export_pages(&both, &old, 1, most[0], totals);
	uint32_t first = both.count;
	export_pages(&both, &now, 2, most[1], totals);
	export_pages(&alone, &now, 2, most[1], totals);
	export_pages(&after, &then, 3, RECORDS, false);
	/* Pages of a unit each are hardly known for pages of one another: what is taken for cut off stands for nothing. */
	for (uint32_t i = 0; i < alone.count; i++)
		if (alone.files[i].next && !(joined(&alone, &alone.files[i]) && joined(&both, &both.files[first + i])))
			return NULL;
	for (uint32_t i = 0; i < first; i++) { /* what nobody speaks of again, or no later one covers, both count */
		uint8_t units = 0;
		for (uint32_t k = first; k < both.count; k++) units |= both.files[k].units;
		if (!spoken_again(&both, &both.files[i]) || both.files[i].units & ~units) return NULL;
	}
	for (uint32_t i = 0; i + 1 < both.count; i++) {
		uint32_t o = i + below(both.count - i);
		struct export t = both.files[i];
		both.files[i] = both.files[o];
		both.files[o] = t;
	}
	build(&s[0], &both);
	build(&s[1], &alone);
	build(&s[2], &after);
	if (!same_outcomes(&s[0], &s[1], &s[2])) wrong = "an earlier capture is seen beside the later one";
	for (int i = 0; i < 3; i++) snapshot_free(&s[i]);
	if (wrong) print_side(&both), printf("#   after\n"), print_side(&after);
	return wrong;
}

/* Where the last page was not exported, what stood on it is never fixed; not even where an earlier capture, and that capture's last page, lie beside it. */
static const char *last_page_gone(void)
{
	struct world old = any_world(NULL), middle = any_world(&old), now = any_world(&middle);
	struct side_of_case before = {0}, after = {0};
	struct snapshot s[2];
	struct diff d;
	const char *wrong = NULL;
	bool totals = once_in(2), beside = once_in(2);
	uint32_t most = 2 + below(RECORDS - 1);
	if (pages_of(&old, RECORDS) > FILES || pages_of(&now, most) < 2 ||
	    pages_of(&now, most) + (beside ? pages_of(&middle, RECORDS) : 0) > FILES)
		return NULL;
	export_pages(&before, &old, 1, RECORDS, false);
	if (beside) export_pages(&after, &middle, 2, RECORDS, once_in(2));
	export_pages(&after, &now, 3, most, totals);
	struct export gone = after.files[--after.count];
	build(&s[0], &before);
	build(&s[1], &after);
	diff_run(&d, &s[0], &s[1], 1);
	uint32_t at = 0;
	for (uint32_t i = 0; i < before.count; i++)
		for (uint32_t k = 0; k < before.files[i].count; k++, at++) {
			const struct record *r = &before.files[i].records[k];
			uint8_t outcome = d.fates[SIDE_BEFORE][at].outcome;
			bool missing = false, there = beside && middle.status[r->unit][r->resource] == 2;
			for (uint32_t n = 0; n < gone.count; n++)
				missing = missing ||
				          (gone.records[n].unit == r->unit && gone.records[n].resource == r->resource);
			if (!r->fails || (!missing && beside)) continue;
			if (missing && !beside && outcome != OUTCOME_NOT_REASSESSED)
				wrong = "what stood on a page that is not here has an outcome";
			if (missing && there && outcome != OUTCOME_UNCHANGED)
				wrong = "what an earlier capture still shows is hidden by a later one that is cut off";
			if (!beside && outcome == OUTCOME_FIXED)
				wrong = "something is fixed though the export is cut off";
		}
	diff_free(&d);
	for (int i = 0; i < 2; i++) snapshot_free(&s[i]);
	if (wrong) print_side(&before), printf("#   after\n"), print_side(&after);
	return wrong;
}

static void check_property(const char *sentence, const char *(*property)(void), uint32_t cases)
{
	const char *soak = getenv("SOAK"), *first = NULL;
	uint32_t broken = 0;
	if (soak && *soak && strcmp(soak, "0") != 0) cases *= 50;
	for (uint32_t i = 0; i < cases && !first; i++) {
		start(i);
		const char *wrong = property();
		if (!wrong) continue;
		broken++;
		first = wrong;
		printf("#   number %u: %s\n", i, wrong);
	}
	CHECK(!broken, "%s (%u cases)", sentence, cases);
}

int main(void)
{
	check_property(
	    "which pages are joined, which files count and which units are assessed is what each pair of files says",
	    settled, 6000);
	check_property("a side with two captures, in pages or not, says what the later one alone says", two_captures,
	               4000);
	check_property("where the last page of an export was not made, nothing that stood on it is fixed",
	               last_page_gone, 4000);
	return check_done();
}
