/* What was not looked at: counted once for page 1, then by scope unit with the reason, then every warning by its
 * class. */
#include "render/report_lists.h"

#include <stdlib.h>

/* ---- Counting ---------------------------------------------------------------------------------------------------- */

static void count(uint64_t *n, struct str *first, struct str what)
{
	if (!(*n)++) *first = what;
}

static void count_inputs(struct report *r, enum side side, struct report_gaps *gaps)
{
	const struct snapshot *s = &r->result->sides[side];
	for (uint32_t i = 0; i < s->input_count; i++) {
		const struct input *input = &s->inputs[i];
		if (!input_is_counted(input)) continue;
		struct str path = SAY(r, list_side_path, SLOT("side", WORD(r, side_before, side)),
		                      SLOT("path", snapshot_string(s, input->path)));
		if (input->truncated && !input->joined) count(&gaps->cut_off, &gaps->cut_off_file, path);
		if (input->failed) count(&gaps->failed, &gaps->failed_file, path);
		if (str_eq(snapshot_string(s, input->format), STR("unknown")))
			count(&gaps->unknown, &gaps->unknown_file, path);
		gaps->unreadable += input->unreadable;
	}
}

static struct str last_part(struct str id)
{
	size_t slash = str_rfind_char(id, '/');
	return slash == SIZE_MAX ? id : str_slice(id, slash + 1, id.len);
}

/* The notice says "SUBJECT was stopped ...". */
static struct str stopped_name(struct str message)
{
	size_t end = str_find(message, STR(" "));
	return last_part(end == SIZE_MAX ? message : str_slice(message, 0, end));
}

static void count_notices(struct report *r, struct report_gaps *gaps)
{
	for (size_t i = 0; i < r->result->notice_count; i++) {
		const struct notice *notice = &r->result->notices[i];
		struct str code = str_from(notice->code);
		if (str_eq(code, STR("cluster_stopped")) && notice->side == SIDE_AFTER)
			count(&gaps->stopped, &gaps->stopped_cluster, stopped_name(notice->message));
		gaps->not_exported += str_eq(code, STR("not_exported"));
		gaps->outside += str_eq(code, STR("outside_scope"));
		gaps->stale += notice->gap == GAP_STALE;
	}
}

void report_count_gaps(struct report *r, struct report_gaps *gaps)
{
	const struct result *result = r->result;
	*gaps = (struct report_gaps){.facts = result->diff.facts[FACT_NOT_REASSESSED]};
	for (int side = 0; side < SIDE_COUNT; side++) count_inputs(r, (enum side)side, gaps);
	count_notices(r, gaps);
	for (size_t i = 0; i < result->change.require_count; i++) {
		const struct requirement *q = &result->change.requires[i];
		if (q->met) continue;
		count(&gaps->missing, &gaps->missing_what,
		      SAY(r, gaps_requirement, SLOT("format", q->format), SLOT("side", WORD(r, side_before, q->side)),
		          SLOT("subject", last_part(q->subject))));
	}
	for (size_t i = 0; i < result->check_count; i++)
		gaps->checks += result->checks[i].state[SIDE_AFTER] == CHECK_NOT_ASSESSED;
}

/* ---- By scope unit ----------------------------------------------------------------------------------------------- */

static int compare_lost(const void *a, const void *b)
{
	const struct lost_unit *x = a, *y = b;
	for (int s = 0; s < SEVERITY_COUNT; s++)
		if (x->open[s] != y->open[s]) return x->open[s] > y->open[s] ? -1 : 1;
	int c = str_cmp(x->tool, y->tool);
	return c ? c : str_cmp(x->target, y->target);
}

struct lost_unit *report_lost_units(const struct diff *diff, size_t *n)
{
	struct lost_unit *lost = lost_units(diff, n);
	if (*n) qsort(lost, *n, sizeof(*lost), compare_lost);
	return lost;
}

/* Why absence proves nothing there. */
struct str report_lost_reason(struct report *r, const struct lost_unit *lost)
{
	const struct diff *diff = &r->result->diff;
	const struct snapshot *after = diff->sides[SIDE_AFTER];
	uint32_t twin = snapshot_find_unit(after, lost->tool, lost->target);
	if (lost->assessed) return T(r, lost_error);
	if (twin == UINT32_MAX) return T(r, lost_absent);
	for (uint32_t i = 0; i < after->coverage_count; i++) {
		const struct coverage *coverage = &after->coverage[i];
		if (coverage->unit != twin || !coverage->incomplete || coverage->input >= after->input_count) continue;
		const struct input *input = &after->inputs[coverage->input];
		struct str path = snapshot_string(after, input->path);
		return input->failed ? SAY(r, lost_failed, SLOT("path", path))
		                     : SAY(r, lost_cut_off, SLOT("path", path));
	}
	return T(r, lost_incomplete);
}

static void draw_lost(struct report *r, const struct lost_unit *lost, size_t n)
{
	struct pdf_column columns[SEVERITY_COUNT + 4] = {{.title = T(r, lost_unit), .weight = 2.4F, .max_lines = 5},
	                                                 {.title = T(r, lost_why), .weight = 1, .max_lines = 5}};
	size_t shown = n < UNIT_ROWS ? n : UNIT_ROWS, column = 2;
	uint64_t totals[SEVERITY_COUNT] = {0};
	for (size_t i = 0; i < n; i++)
		for (int s = 0; s < SEVERITY_COUNT; s++) totals[s] += lost[i].open[s];
	for (int s = 0; s < SEVERITY_COUNT; s++)
		if (totals[s])
			columns[column++] = (struct pdf_column){
			    .title = report_word_severity(r, (enum severity)s), .width = 34, .align = PDF_RIGHT};
	columns[column++] = (struct pdf_column){.title = T(r, lost_all), .width = 34, .align = PDF_RIGHT};
	const struct pdf_table_options options = {.size = PDF_SMALL,
	                                          .caption = report_first(r, shown, n, T(r, list_by_severity))};
	struct pdf_table table;
	pdf_table_begin(&table, r->pdf, columns, column, &options);
	for (size_t i = 0; i < shown; i++) {
		struct str unit = report_join(r, lost[i].tool, STR("\n"), lost[i].target);
		struct pdf_cell cells[SEVERITY_COUNT + 4] = {cell_of(unit), cell_of(report_lost_reason(r, &lost[i]))};
		size_t c = 2;
		for (int s = 0; s < SEVERITY_COUNT; s++)
			if (totals[s]) cells[c++] = cell_number(r, lost[i].open[s]);
		cells[c++] = cell_number(r, lost[i].all);
		pdf_table_row(&table, cells, PDF_ROW);
	}
	pdf_table_end(&table);
}

void report_not_reassessed(struct report *r)
{
	size_t n = 0;
	struct lost_unit *lost = report_lost_units(&r->result->diff, &n);
	report_section(r, T(r, lost_title), MARK_NOT_REASSESSED);
	report_note(r, T(r, lost_what));
	report_plain(
	    r, SAY(r, lost_summary, SLOT_N("n", r->result->diff.outcomes[OUTCOME_NOT_REASSESSED]), SLOT_N("units", n)));
	if (n) draw_lost(r, lost, n);
	large_free(lost);
}

/* ---- Warnings ---------------------------------------------------------------------------------------------------- */

/* GAP_NONE last. */
enum gap report_nth_gap(int i) { return i + 1 < GAP_COUNT ? (enum gap)(i + 1) : GAP_NONE; }

/* Each unit that was not reassessed is a row of the section before. */
bool report_notice_listed(const struct notice *notice) { return strcmp(notice->code, "not_reassessed") != 0; }

struct str report_notice_where(struct report *r, const struct notice *notice)
{
	struct str text = notice->side < SIDE_COUNT ? WORD(r, side_before, notice->side) : STR_EMPTY;
	if (notice->input.len) text = report_join(r, text, STR("/"), notice->input);
	return report_join(r, text, STR("\n"), notice->pointer);
}

struct str report_notice_class(struct report *r, enum gap gap, uint64_t n)
{
	return SAY(r, notices_class, SLOT("class", WORD(r, gap_none, gap)),
	           SLOT("meaning", WORD(r, gap_means_none, gap)), SLOT_N("n", n));
}

static void draw_notices(struct report *r, const uint64_t counts[GAP_COUNT], uint64_t all)
{
	uint64_t shown = all < NOTICE_ROWS ? all : NOTICE_ROWS, drawn = 0;
	const struct pdf_column columns[] = {
	    {.title = T(r, notices_where), .weight = 1, .max_lines = 5},
	    {.title = T(r, notices_what), .weight = 1.6F, .max_lines = 8},
	    {.title = T(r, notices_owner), .width = 60, .max_lines = 3},
	    {.title = T(r, notices_command), .weight = 1.2F, .face = PDF_MONO, .max_lines = 8},
	};
	const struct pdf_table_options options = {.size = PDF_SMALL,
	                                          .caption = report_first(r, shown, all, T(r, notices_order))};
	struct pdf_table table;
	pdf_table_begin(&table, r->pdf, columns, 4, &options);
	for (int g = 0; g < GAP_COUNT; g++) {
		enum gap gap = report_nth_gap(g);
		if (!counts[gap] || drawn >= shown) continue;
		report_group(&table, cell_of(report_notice_class(r, gap, counts[gap])));
		for (size_t i = 0; i < r->result->notice_count && drawn < shown && pdf_ok(r->pdf); i++) {
			const struct notice *notice = &r->result->notices[i];
			if (notice->gap != gap || !report_notice_listed(notice)) continue;
			struct str what =
			    report_join(r, str_from(notice->code), STR(": "), report_said(r, notice->message));
			const struct pdf_cell cells[] = {cell_of(report_notice_where(r, notice)), cell_of(what),
			                                 cell_of(notice->owner), cell_of(notice->command)};
			pdf_table_row(&table, cells, PDF_ROW);
			drawn++;
		}
	}
	pdf_table_end(&table);
}

uint64_t report_notice_count(const struct report *r)
{
	uint64_t all = 0;
	for (size_t i = 0; i < r->result->notice_count; i++) all += report_notice_listed(&r->result->notices[i]);
	return all;
}

void report_notices(struct report *r)
{
	uint64_t counts[GAP_COUNT] = {0}, all = report_notice_count(r);
	for (size_t i = 0; i < r->result->notice_count; i++)
		if (report_notice_listed(&r->result->notices[i])) counts[r->result->notices[i].gap]++;
	report_section(r, T(r, notices_title), MARK_NOTICES);
	if (!all) {
		report_plain(r, T(r, notices_none));
		return;
	}
	report_note(r, T(r, notices_note));
	draw_notices(r, counts, all);
}
