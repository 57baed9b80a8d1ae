#include "cli/diff_chain.h"

#include "analyze/diff_chain.h"
#include "cli/diff_subjects.h"
#include "cli/terminal.h"
#include "render/json_chain.h"

#include <stdio.h>
#include <stdlib.h>

/* What is kept of a step. */
struct step {
	uint64_t outcomes[OUTCOME_COUNT];
};

struct chaining {
	const struct chain_request *request;
	struct diff_chain chain;
	struct step *steps;
	struct buf json; /* the steps' objects */
	size_t count;    /* points */
};

static void captured_text(int64_t instant, char text[40])
{
	if (instant == INSTANT_NONE)
		snprintf(text, 40, "-");
	else
		instant_text(instant, text);
}

/* ---- for people ---- */

static void print_points(const struct chaining *c)
{
	static const char *const titles[] = {"point", "open", "first seen here, open at last", "captured", "path"};
	struct table table = {.columns = 5};
	for (int i = 0; i < 5; i++) table_cell(&table, TONE_GREY, "%s", titles[i]);
	for (size_t i = 0; i < c->count; i++) {
		const struct chain_point *point = &c->chain.points[i];
		char captured[40];
		captured_text(point->captured, captured);
		table_cell(&table, TONE_PLAIN, "%zu", i);
		table_cell(&table, TONE_PLAIN, "%llu", (unsigned long long)point->open);
		table_cell(&table, TONE_PLAIN, "%llu", (unsigned long long)point->first_seen);
		table_cell(&table, TONE_PLAIN, "%s", captured);
		table_str(&table, TONE_PLAIN, str_from(point->name));
	}
	table_print(&table, stdout, true);
	table_free(&table);
}

/* A column for each step, as many tables below each other as it takes. */
static void print_steps(const struct chaining *c)
{
	enum { COLUMNS = TABLE_COLUMNS - 1 };
	for (size_t from = 0; from + 1 < c->count; from += COLUMNS) {
		size_t columns = c->count - 1 - from < COLUMNS ? c->count - 1 - from : COLUMNS;
		struct table table = {.columns = columns + 1};
		for (size_t k = 0; k < columns; k++) table_cell(&table, TONE_GREY, "%zu-%zu", from + k, from + k + 1);
		table_cell(&table, TONE_GREY, "step");
		for (int o = 0; o < OUTCOME_COUNT; o++) {
			for (size_t k = 0; k < columns; k++)
				table_cell(&table, TONE_PLAIN, "%llu",
				           (unsigned long long)c->steps[from + k].outcomes[o]);
			table_cell(&table, TONE_PLAIN, "%s", outcome_names[o]);
		}
		printf("\n");
		table_print(&table, stdout, true);
		table_free(&table);
	}
}

static void print_since(const struct chaining *c, uint32_t point)
{
	char captured[40];
	uint64_t days;
	captured_text(c->chain.points[point].captured, captured);
	printf("\n");
	print_toned(stdout, TONE_BOLD, "first seen at point %u", point);
	printf("  %s  ", captured);
	if (diff_chain_days(&c->chain, point, &days))
		printf("(%llu %s)\n", (unsigned long long)days, days == 1 ? "day" : "days");
	else
		printf("(age not known)\n");
}

/* The oldest first; those of one point as `diff` lists them. */
static void print_findings(const struct chaining *c, struct diff_filter *filter)
{
	struct diff_item *items;
	struct buf scratch = {0};
	struct diff_subjects subjects;
	size_t all = diff_list_sorted(filter, SIDE_AFTER, &items);
	uint64_t left = filter->limit;
	diff_subjects_begin(&subjects, filter->diff, items, all, is_terminal(stdout));
	if (left < all)
		printf("\nfindings: the first %llu of %zu (--limit N shows more)\n", (unsigned long long)left, all);
	else if (!all)
		printf("\n%s\n", filter->narrowed ? "no findings are so" : "nothing is open at the last point");
	for (uint32_t point = 0; point < c->count && left; point++) {
		struct table table = {.columns = DIFF_ROW_CELLS + 1};
		bool begun = false;
		for (size_t i = 0; i < all && left; i++) {
			if (c->chain.first[items[i].finding].point != point) continue;
			if (!begun) print_since(c, point);
			begun = true;
			diff_list_row(&table, filter->diff, &items[i], subjects.texts[i], &scratch);
			table_cell(&table, TONE_GREY, "%s", outcome_names[items[i].outcome]);
			left--;
		}
		if (begun) table_print(&table, stdout, false);
		table_free(&table);
	}
	diff_subjects_free(&subjects);
	buf_free(&scratch);
	free(items);
}

/* ---- the steps ---- */

static bool wants_after(void *context, const struct diff_item *item)
{
	return item->side == SIDE_AFTER && filter_wants(context, item);
}

static bool answer(struct chaining *c, const struct diff *last, struct error *error)
{
	struct diff_filter *filter = c->request->filter;
	filter->diff = last;
	diff_chain_count(&c->chain, last);
	if (c->request->common.json) {
		struct json_select select = {.wants = filter->narrowed ? wants_after : NULL,
		                             .context = filter,
		                             .limit = filter->limit,
		                             .total = filter_count(filter, SIDE_AFTER),
		                             .lines = c->request->stream};
		return json_chain(&c->chain, last, buf_str(&c->json), c->request->list ? &select : NULL,
		                  sink_file(stdout), error);
	}
	print_points(c);
	print_steps(c);
	print_findings(c, filter);
	return true;
}

static bool step(struct chaining *c, size_t number, const struct diff *diff, struct error *error)
{
	if (!diff_chain_step(&c->chain, diff, error)) return false;
	memcpy(c->steps[number].outcomes, diff->outcomes, sizeof(diff->outcomes));
	if (c->request->common.json) {
		if (number) buf_char(&c->json, ',');
		if (!json_diff(diff, false, sink_buf(&c->json), error)) return false;
		c->json.len--; /* its line break */
	}
	if (number + 2 < c->count) return true;
	return answer(c, diff, error);
}

/* The points of a step, of which the first was reported in the step before. */
static int judge(const struct sides *sides, struct snapshot snapshots[SIDE_COUNT], size_t number)
{
	int status = EXIT_DONE;
	for (int side = number ? SIDE_AFTER : SIDE_BEFORE; side < SIDE_COUNT; side++) {
		int judged = sides_judge(sides, (enum side)side, &snapshots[side]);
		if (judged) status = judged;
	}
	return status;
}

static int run_step(struct chaining *c, const struct root_list *points, size_t number)
{
	const struct sides sides = {{points[SIDE_BEFORE], points[SIDE_AFTER]}}; /* the caller's */
	struct snapshot snapshots[SIDE_COUNT];
	struct diff diff = {0};
	struct error error;
	struct collect_options collecting = collect_options_of(&c->request->common);
	int status = EXIT_DONE;
	if (!sides_collect(&sides, snapshots, &collecting, &error)) {
		status = report_error(&error);
	} else if (!(status = judge(&sides, snapshots, number))) {
		diff_run(&diff, &snapshots[SIDE_BEFORE], &snapshots[SIDE_AFTER], c->request->common.threads);
		if (!step(c, number, &diff, &error)) status = report_error(&error);
		diff_free(&diff);
	}
	snapshot_free(&snapshots[SIDE_BEFORE]);
	snapshot_free(&snapshots[SIDE_AFTER]);
	return status;
}

static struct chain_point point_of(struct arena *arena, const struct root_list *roots)
{
	struct buf name = {0};
	for (size_t i = 0; i < roots->count; i++) {
		if (i) buf_add(&name, STR(", "));
		buf_add(&name, str_from(roots->paths[i]));
	}
	buf_char(&name, '\0');
	struct chain_point point = {.roots = {roots->paths, roots->count}, .captured = INSTANT_NONE};
	point.name = str_dup(arena, buf_str(&name)).ptr;
	buf_free(&name);
	return point;
}

int diff_chain_run(const struct chain_request *request, const struct root_list *points, size_t count)
{
	struct chaining c = {.request = request, .count = count};
	struct arena arena = {0};
	int status = EXIT_DONE;
	c.chain.points = memory_grow(NULL, sizeof(*c.chain.points) * count);
	c.steps = memory_grow(NULL, sizeof(*c.steps) * count);
	for (size_t i = 0; i < count; i++) c.chain.points[i] = point_of(&arena, &points[i]);
	for (size_t i = 0; i + 1 < count && !status; i++) status = run_step(&c, points + i, i);
	diff_chain_free(&c.chain);
	buf_free(&c.json);
	free(c.chain.points);
	free(c.steps);
	arena_free(&arena);
	return status;
}
