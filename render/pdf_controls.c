/* Controls: how many of each framework are in which state, all of them as a strip (pdf_heat.c), then the controls
 * themselves, the worst state first: what holds them back, or what moved them.
 */
#include "render/pdf_report_parts.h"

static const enum pdf_symbol symbols[CONTROL_STATE_COUNT] = {PDF_SYMBOL_NOT_MET, PDF_SYMBOL_OPEN, PDF_SYMBOL_PARTLY,
                                                             PDF_SYMBOL_MET, PDF_SYMBOL_UNKNOWN};

static struct pdf_cell control_state(struct report *r, enum control_state state)
{
	return cell_symbol(symbols[state], WORD(r, control_not_satisfied, state));
}

/* ---- by framework ---- */

struct str report_framework(struct report *r, const struct framework_used *f)
{
	struct str title = str_eq(f->title, f->name) ? f->name : report_join(r, f->name, STR(": "), f->title);
	struct str source = SAY(r, controls_source, SLOT("source", f->source));
	return report_join(r, report_join(r, title, STR(", "), f->version), STR(" · "), source);
}

static void draw_frameworks(struct report *r)
{
	const struct result *result = r->result;
	struct pdf_column columns[CONTROL_STATE_COUNT + 2] = {
	    {.title = T(r, controls_framework), .weight = 1, .max_lines = 4}};
	for (int s = 0; s < CONTROL_STATE_COUNT; s++)
		columns[s + 1] =
		    (struct pdf_column){.title = WORD(r, control_not_satisfied, s), .width = 56, .align = PDF_RIGHT};
	columns[CONTROL_STATE_COUNT + 1] =
	    (struct pdf_column){.title = T(r, controls_all), .width = 40, .align = PDF_RIGHT};
	const struct pdf_table_options options = {.size = PDF_SMALL};
	struct pdf_table table;
	if (!result->framework_count) return;
	pdf_table_begin(&table, r->pdf, columns, CONTROL_STATE_COUNT + 2, &options);
	for (size_t f = 0; f < result->framework_count; f++) {
		const struct framework_used *used = &result->frameworks[f];
		uint64_t counts[CONTROL_STATE_COUNT] = {0};
		struct pdf_cell cells[CONTROL_STATE_COUNT + 2] = {cell_of(report_framework(r, used))};
		for (size_t i = used->first; i < used->first + used->count; i++) counts[result->controls[i].state]++;
		for (int s = 0; s < CONTROL_STATE_COUNT; s++) cells[s + 1] = cell_number(r, counts[s]);
		cells[CONTROL_STATE_COUNT + 1] = cell_number(r, used->count);
		pdf_table_row(&table, cells, PDF_ROW);
	}
	pdf_table_end(&table);
}

/* ---- the controls ---- */

/* The rules that hold it back: they are its first links. */
static struct str holding_text(struct report *r, const struct control *c)
{
	size_t n = c->holding;
	if (!n) return STR_EMPTY;
	struct str first = c->links[0].title.len ? c->links[0].title : c->links[0].rule;
	return n == 1 ? first : SAY(r, controls_holding, SLOT("rule", first), SLOT_N("n", n - 1));
}

/* Its title, what moved it, or what holds it back, and what the export itself says otherwise. */
static struct str control_text(struct report *r, const struct control *c)
{
	struct str why = c->moved.len ? sentences_say_parts(&r->texts, c->moved, STR("; ")) : holding_text(r, c);
	struct str text = report_join(r, c->title, STR(" · "), why);
	if (!c->disagrees) return text;
	return report_join(r, text, STR(" · "), SAY(r, controls_disagrees, SLOT("verdict", c->reported[SIDE_AFTER])));
}

void report_control_cells(struct report *r, const struct control *c, struct pdf_cell cells[CONTROL_CELLS])
{
	const struct pdf_cell row[CONTROL_CELLS] = {cell_of(report_join(r, c->framework, STR(" "), c->id)),
	                                            cell_of(control_text(r, c)),
	                                            control_state(r, c->state_before),
	                                            control_state(r, c->state),
	                                            cell_number(r, c->open),
	                                            cell_number(r, c->pass),
	                                            cell_number(r, c->exceptions),
	                                            cell_number(r, c->not_assessed)};
	memcpy(cells, row, sizeof(row));
}

void report_controls(struct report *r)
{
	const struct result *result = r->result;
	const struct pdf_column columns[] = {
	    {.title = T(r, controls_control), .width = 66, .max_lines = 4},
	    {.title = T(r, controls_name), .weight = 1, .max_lines = 5},
	    {.title = T(r, controls_before), .width = 74, .max_lines = 2},
	    {.title = T(r, controls_after), .width = 74, .max_lines = 2},
	    {.title = T(r, controls_open), .width = 34, .align = PDF_RIGHT},
	    {.title = T(r, controls_pass), .width = 34, .align = PDF_RIGHT},
	    {.title = T(r, controls_excepted), .width = 42, .align = PDF_RIGHT},
	    {.title = T(r, controls_lost), .width = 42, .align = PDF_RIGHT},
	};
	size_t shown = result->control_count < CONTROL_ROWS ? result->control_count : CONTROL_ROWS, drawn = 0;
	const struct pdf_table_options options = {
	    .size = PDF_SMALL, .caption = report_first(r, shown, result->control_count, T(r, controls_order))};
	struct pdf_table table;
	if (!shown) return;
	report_section(r, T(r, controls_title), MARK_CONTROLS);
	draw_frameworks(r);
	report_note(r, T(r, controls_rule));
	report_heat(r);
	pdf_table_begin(&table, r->pdf, columns, sizeof(columns) / sizeof(*columns), &options);
	for (int state = 0; state < CONTROL_STATE_COUNT; state++)
		for (size_t i = 0; i < result->control_count && drawn < shown; i++)
			if ((int)result->controls[i].state == state) {
				struct pdf_cell cells[CONTROL_CELLS];
				report_control_cells(r, &result->controls[i], cells);
				pdf_table_row(&table, cells, PDF_ROW);
				drawn++;
			}
	pdf_table_end(&table);
}
