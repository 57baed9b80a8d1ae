/* Posture checks, as a matrix for each family of checks (what stands before the last '.' of their ids): one row for
 * each subject, one column for each check, in each cell what it was and what it is.
 *
 *                            api-server-restricted   rbac             defender-sensor
 *   subscription 9531985d-...
 *     aks-1-0 · rg-app-0     v pass                  x pass -> fail   ? pass -> -
 */
#include "render/report_lists.h"

#include <stdlib.h>

/* ---- Families ---------------------------------------------------------------------------------------------------- */

static struct str family_of(struct str id)
{
	size_t dot = str_rfind_char(id, '.');
	return dot == SIZE_MAX ? STR_EMPTY : str_slice(id, 0, dot);
}

struct str report_check_name(struct str id)
{
	size_t dot = str_rfind_char(id, '.');
	return dot == SIZE_MAX ? id : str_slice(id, dot + 1, id.len);
}

struct check_family report_family_at(const struct result *result, size_t from)
{
	const struct check_row *rows = result->checks;
	struct check_family family = {.name = family_of(rows[from].id), .from = from, .to = from};
	while (family.to < result->check_count && family.column_count < FAMILY_CHECKS) {
		size_t end = family.to;
		if (!str_eq(family_of(rows[end].id), family.name)) break;
		while (end < result->check_count && str_eq(rows[end].id, rows[family.to].id)) end++;
		family.columns[family.column_count++] = (struct check_column){family.to, end};
		family.to = end;
	}
	return family;
}

struct str report_family_title(struct report *r, const struct check_family *family)
{
	unsigned part = 0, parts = 0;
	for (size_t i = 0; i < r->result->check_count;) {
		struct check_family other = report_family_at(r->result, i);
		i = other.to;
		if (!str_eq(other.name, family->name)) continue;
		parts++;
		if (other.from == family->from) part = parts;
	}
	struct str name = family->name.len ? family->name : T(r, checks_title);
	return parts > 1 ? str_printf(&r->arena, "%.*s %u/%u", STR_ARG(name), part, parts) : name;
}

/* ---- Subjects ---------------------------------------------------------------------------------------------------- */

static int compare_rows(const void *a, const void *b)
{
	const struct check_row *const *x = a, *const *y = b;
	int c = str_cmp_nocase((*x)->subject, (*y)->subject);
	return c ? c : *x < *y ? -1 : *x > *y; /* of one array: in its order */
}

static size_t column_of(const struct check_family *family, const struct result *result, const struct check_row *row)
{
	size_t at = (size_t)(row - result->checks), c = 0;
	while (c + 1 < family->column_count && at >= family->columns[c].to) c++;
	return c;
}

struct check_subject *report_family_subjects(const struct result *result, const struct check_family *family, size_t *n)
{
	size_t count = family->to - family->from;
	const struct check_row **rows = memory_grow(NULL, sizeof(*rows) * (count + 1));
	struct check_subject *subjects = memory_grow(NULL, sizeof(*subjects) * (count + 1));
	for (size_t i = 0; i < count; i++) rows[i] = &result->checks[family->from + i];
	qsort(rows, count, sizeof(*rows), compare_rows);
	*n = 0;
	for (size_t i = 0; i < count; i++) {
		if (!i || !str_eq_nocase(rows[i]->subject, rows[i - 1]->subject))
			subjects[(*n)++] = (struct check_subject){.any = rows[i]};
		subjects[*n - 1].rows[column_of(family, result, rows[i])] = rows[i];
	}
	free(rows);
	return subjects;
}

static size_t class_of(const struct check_row *row)
{
	if (row->state[SIDE_AFTER] == CHECK_FAIL) return 0;
	if (row->state[SIDE_AFTER] == CHECK_NOT_ASSESSED) return 1;
	return row->state[SIDE_BEFORE] != CHECK_PASS ? 2 : 3;
}

/* The worst of its checks. */
static size_t subject_class(const struct check_subject *subject)
{
	size_t worst = BUDGET_CLASSES - 1;
	for (size_t c = 0; c < FAMILY_CHECKS; c++)
		if (subject->rows[c] && class_of(subject->rows[c]) < worst) worst = class_of(subject->rows[c]);
	return worst;
}

/* ---- Cells ------------------------------------------------------------------------------------------------------- */

struct pdf_cell report_check_cell(struct report *r, const struct check_row *row)
{
	static const enum pdf_symbol symbols[CHECK_STATE_COUNT] = {
	    [CHECK_NOT_ASSESSED] = PDF_SYMBOL_OPEN, [CHECK_PASS] = PDF_SYMBOL_MET, [CHECK_FAIL] = PDF_SYMBOL_NOT_MET};
	if (!row) return cell_of(STR_EMPTY);
	enum check_state before = row->state[SIDE_BEFORE], after = row->state[SIDE_AFTER];
	if (before == after) return cell_symbol(symbols[after], WORD(r, check_not_assessed, after));
	struct str was = before == CHECK_NOT_ASSESSED ? T(r, number_none) : WORD(r, check_not_assessed, before);
	struct str is = after == CHECK_NOT_ASSESSED ? T(r, number_none) : WORD(r, check_not_assessed, after);
	return cell_symbol(symbols[after], SAY(r, checks_change, SLOT("before", was), SLOT("after", is)));
}

/* Name and group, the subscription being the heading; then what is to be known of it. */
struct str report_check_subject(struct report *r, const struct check_subject *subject)
{
	struct str id = subject->any->subject, subscription = arm_subscription(id), note = STR_EMPTY;
	struct str text = report_subject(r, id, false, STR(" · "));
	struct str guid = str_slice(subscription, str_rfind_char(subscription, '/') + 1, subscription.len);
	struct str tail = report_join(r, STR(" · "), STR_EMPTY, guid);
	if (guid.len && subscription.len < id.len && str_ends(text, tail))
		text = str_slice(text, 0, text.len - tail.len);
	for (size_t c = 0; c < FAMILY_CHECKS && !note.len; c++)
		if (subject->rows[c]) note = report_said(r, subject->rows[c]->note);
	return report_join(r, text, STR("\n"), note);
}

static void draw_subject(struct report *r, struct pdf_table *table, const struct check_family *family,
                         const struct check_subject *subject)
{
	struct pdf_cell cells[FAMILY_CHECKS + 2] = {cell_of(report_check_subject(r, subject))};
	size_t n = 1;
	for (size_t c = 0; c < family->column_count; c++) cells[n++] = report_check_cell(r, subject->rows[c]);
	cells[n++] = cell_of(subject->any->owner);
	pdf_table_row(table, cells, PDF_ROW);
}

/* At most `rows` subjects; returns how many. */
static uint64_t draw_matrix(struct report *r, const struct check_family *family, uint64_t rows)
{
	struct pdf_column columns[FAMILY_CHECKS + 2] = {
	    {.title = T(r, checks_subject), .weight = 1, .minimum = 120, .max_lines = 4}};
	size_t n = 0, width = 1;
	struct check_subject *subjects = report_family_subjects(r->result, family, &n);
	uint64_t counts[BUDGET_CLASSES] = {0};
	struct budget budget;
	for (size_t i = 0; i < n; i++) counts[subject_class(&subjects[i])]++;
	budget_share(&budget, counts, rows);
	uint64_t shown = budget.shown;
	for (size_t c = 0; c < family->column_count; c++)
		columns[width++] = (struct pdf_column){
		    .title = report_check_name(r->result->checks[family->columns[c].from].id), .width = 68};
	columns[width++] = (struct pdf_column){.title = T(r, checks_owner), .width = 62, .max_lines = 3};
	struct str order = budget.shown < budget.all ? T(r, checks_order) : T(r, list_by_subject);
	const struct pdf_table_options options = {.size = PDF_SMALL,
	                                          .caption = report_first(r, budget.shown, budget.all, order)};
	struct pdf_table table;
	struct str scope = STR_EMPTY;
	pdf_table_begin(&table, r->pdf, columns, width, &options);
	for (size_t i = 0; i < n && pdf_ok(r->pdf); i++) {
		if (!budget_take(&budget, subject_class(&subjects[i]))) continue;
		struct str subscription = arm_subscription(subjects[i].any->subject);
		if (subscription.len < subjects[i].any->subject.len && !str_eq_nocase(subscription, scope))
			report_group(&table, cell_of(subscription));
		scope = subscription;
		draw_subject(r, &table, family, &subjects[i]);
	}
	pdf_table_end(&table);
	free(subjects);
	return shown;
}

/* ---- The section ------------------------------------------------------------------------------------------------- */

/* What a check asks, and how many subjects pass. */
struct str report_check_summary(struct report *r, const struct check_column *column)
{
	const struct check_row *rows = r->result->checks;
	uint64_t pass[SIDE_COUNT] = {0}, unknown = 0;
	for (size_t i = column->from; i < column->to; i++) {
		for (int side = 0; side < SIDE_COUNT; side++) pass[side] += rows[i].state[side] == CHECK_PASS;
		unknown += rows[i].state[SIDE_AFTER] == CHECK_NOT_ASSESSED;
	}
	enum severity severity = SEVERITY_UNKNOWN;
	severity_from_word(rows[column->from].severity, &severity);
	return SAY(r, checks_heading, SLOT("title", report_said(r, rows[column->from].title)),
	           SLOT("severity", report_word_severity(r, severity)), SLOT_N("before", pass[SIDE_BEFORE]),
	           SLOT_N("after", pass[SIDE_AFTER]), SLOT_N("of", column->to - column->from),
	           SLOT_N("unknown", unknown));
}

static uint64_t draw_family(struct report *r, const struct check_family *family, uint64_t rows)
{
	const struct pdf_column columns[] = {{.width = 118, .max_lines = 2}, {.weight = 1, .max_lines = 3}};
	const struct pdf_table_options options = {.size = PDF_SMALL, .no_header = true, .padding = 0.8F};
	struct pdf_table table;
	report_subsection(r, report_family_title(r, family), STR_EMPTY);
	pdf_table_begin(&table, r->pdf, columns, 2, &options);
	for (size_t c = 0; c < family->column_count; c++) {
		const struct pdf_cell cells[] = {
		    {.text = report_check_name(r->result->checks[family->columns[c].from].id), .bold = true},
		    {.text = report_check_summary(r, &family->columns[c])}};
		pdf_table_row(&table, cells, PDF_ROW);
	}
	pdf_table_end(&table);
	return draw_matrix(r, family, rows);
}

struct str report_checks_summary(struct report *r)
{
	const struct result *result = r->result;
	uint64_t pass[SIDE_COUNT] = {0}, fail = 0, unknown = 0;
	for (size_t i = 0; i < result->check_count; i++) {
		const struct check_row *row = &result->checks[i];
		for (int side = 0; side < SIDE_COUNT; side++) pass[side] += row->state[side] == CHECK_PASS;
		fail += row->state[SIDE_AFTER] == CHECK_FAIL;
		unknown += row->state[SIDE_AFTER] == CHECK_NOT_ASSESSED;
	}
	return SAY(r, checks_summary, SLOT_N("n", result->check_count), SLOT_N("before", pass[SIDE_BEFORE]),
	           SLOT_N("after", pass[SIDE_AFTER]), SLOT_N("fail", fail), SLOT_N("unknown", unknown));
}

void report_checks(struct report *r)
{
	const struct result *result = r->result;
	report_section(r, T(r, checks_title), MARK_CHECKS);
	report_note(r, T(r, checks_what));
	if (!result->check_count) {
		report_plain(r, T(r, checks_none));
		return;
	}
	report_plain(r, report_checks_summary(r));
	uint64_t rows = CHECK_ROWS;
	size_t families = 0;
	for (size_t i = 0; i < result->check_count; i = report_family_at(result, i).to) families++;
	if (families > CHECK_FAMILIES) families = CHECK_FAMILIES;
	for (size_t i = 0; families > 0;) {
		struct check_family family = report_family_at(result, i);
		uint64_t kept = --families * MATRIX_LEAST, free_rows = rows > kept ? rows - kept : 0;
		rows -= draw_family(r, &family, free_rows < MATRIX_ROWS ? free_rows : MATRIX_ROWS);
		i = family.to;
	}
}
