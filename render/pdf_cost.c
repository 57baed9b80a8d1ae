/* What the plan is charged by, before and after, and what is paid for twice. */
#include "analyze/change.h"
#include "render/report_lists.h"

size_t report_overlaps(struct report *r, struct str sentences[2 * OVERLAP_ROWS])
{
	const struct estate *estate = r->result->estate;
	size_t n = 0;
	for (size_t i = 0; i < estate->subscription_count; i++) {
		const struct estate_subscription *s = &estate->subscriptions[i];
		const struct estate_side *after = &s->sides[SIDE_AFTER];
		struct str name = s->name.len ? s->name : change_subscription_guid(s->id);
		if (n < OVERLAP_ROWS && estate_overlaps_plan(after, after->old_clusters))
			sentences[n++] = SAY(r, cost_overlapping_plans, SLOT("subscription", name),
			                     SLOT("plan", STR("KubernetesService")));
		if (n < OVERLAP_ROWS && estate_overlaps_plan(after, after->old_registries))
			sentences[n++] = SAY(r, cost_overlapping_plans, SLOT("subscription", name),
			                     SLOT("plan", STR("ContainerRegistry")));
	}
	for (size_t i = 0; i < estate->overlap_count && i < OVERLAP_ROWS; i++)
		sentences[n++] =
		    SAY(r, cost_overlap, SLOT("tools", estate->overlaps[i].tools),
		        SLOT_N("n", estate->overlaps[i].images), SLOT_N("twice", estate->overlaps[i].twice));
	return n;
}

/* A sum of vCores that some cluster does not say its part of. */
static struct pdf_cell cell_sum(struct report *r, uint64_t sum, bool lower_bound)
{
	if (!lower_bound) return cell_number(r, sum);
	return cell_of(SAY(r, cost_at_least, SLOT_N("n", sum)));
}

size_t report_quantity_cells(struct report *r, struct pdf_cell cells[QUANTITIES][QUANTITY_CELLS])
{
	const struct estate *estate = r->result->estate;
	size_t n = 0;
	const struct estate_side *before = &estate->total[SIDE_BEFORE], *after = &estate->total[SIDE_AFTER];
#define QUANTITY(field)                                                                                                \
	{                                                                                                              \
		T(r, cost_##field), before->field, after->field, false                                                 \
	}
#define VCORES(field)                                                                                                  \
	{                                                                                                              \
		T(r, cost_##field), before->field, after->field, true                                                  \
	}
	const struct {
		struct str label;
		uint64_t before, after;
		bool sized;
	} rows[QUANTITIES] = {
	    QUANTITY(plan_clusters), VCORES(plan_vcores),    QUANTITY(clusters), QUANTITY(running),
	    VCORES(vcores),          QUANTITY(unsized),      QUANTITY(arc),      QUANTITY(arc_cores),
	    QUANTITY(registries),    QUANTITY(repositories), QUANTITY(scanned),  QUANTITY(images),
	    QUANTITY(manifests),
	};
#undef QUANTITY
#undef VCORES
	for (size_t i = 0; i < QUANTITIES; i++) {
		if (!rows[i].before && !rows[i].after) continue;
		cells[n][0] = cell_of(rows[i].label);
		cells[n][1] = cell_sum(r, rows[i].before, rows[i].sized && before->unsized);
		cells[n++][2] = cell_sum(r, rows[i].after, rows[i].sized && after->unsized);
	}
	return n;
}

void report_quantities(struct report *r)
{
	struct pdf_cell cells[QUANTITIES][QUANTITY_CELLS];
	struct str sentences[2 * OVERLAP_ROWS];
	const struct pdf_column columns[] = {
	    {.title = T(r, cost_quantity), .weight = 1},
	    {.title = T(r, cost_before), .width = 70, .align = PDF_RIGHT},
	    {.title = T(r, cost_after), .width = 70, .align = PDF_RIGHT},
	};
	const struct pdf_table_options options = {.size = PDF_SMALL, .padding = 0.8F};
	struct pdf_table table;
	report_subsection(r, T(r, cost_title), STR_EMPTY);
	report_note(r, T(r, cost_note));
	pdf_table_begin(&table, r->pdf, columns, 3, &options);
	size_t n = report_quantity_cells(r, cells);
	for (size_t i = 0; i < n; i++) pdf_table_row(&table, cells[i], PDF_ROW);
	pdf_table_end(&table);
	n = report_overlaps(r, sentences);
	for (size_t i = 0; i < n; i++) report_plain(r, sentences[i]);
}
