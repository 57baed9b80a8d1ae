/* What the plan is charged by, before and after, and what is paid for twice. */
#include "analyze/change.h"
#include "analyze/estate.h"
#include "render/pdf_report_parts.h"

static void draw_overlaps(struct report *r, const struct estate *estate)
{
	size_t rows = 0;
	for (size_t i = 0; i < estate->subscription_count && rows < OVERLAP_ROWS; i++) {
		const struct estate_subscription *s = &estate->subscriptions[i];
		const struct estate_side *after = &s->sides[SIDE_AFTER];
		struct str name = s->name.len ? s->name : change_subscription_guid(s->id);
		if (estate_overlaps_plan(after, after->old_clusters) && ++rows)
			report_plain(r, SAY(r, cost_overlapping_plans, SLOT("subscription", name),
			                    SLOT("plan", STR("KubernetesService"))));
		if (estate_overlaps_plan(after, after->old_registries) && ++rows)
			report_plain(r, SAY(r, cost_overlapping_plans, SLOT("subscription", name),
			                    SLOT("plan", STR("ContainerRegistry"))));
	}
	for (size_t i = 0; i < estate->overlap_count && i < OVERLAP_ROWS; i++)
		report_plain(r,
		             SAY(r, cost_overlap, SLOT("tools", estate->overlaps[i].tools),
		                 SLOT_N("n", estate->overlaps[i].images), SLOT_N("twice", estate->overlaps[i].twice)));
}

/* A sum of vCores that some cluster does not say its part of. */
static struct pdf_cell cell_sum(struct report *r, uint64_t sum, bool lower_bound)
{
	if (!lower_bound) return cell_number(r, sum);
	return cell_of(SAY(r, cost_at_least, SLOT_N("n", sum)));
}

void report_quantities(struct report *r)
{
	const struct estate *estate = r->result->estate;
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
	} rows[] = {
	    QUANTITY(plan_clusters), VCORES(plan_vcores),    QUANTITY(clusters), QUANTITY(running),
	    VCORES(vcores),          QUANTITY(unsized),      QUANTITY(arc),      QUANTITY(arc_cores),
	    QUANTITY(registries),    QUANTITY(repositories), QUANTITY(scanned),  QUANTITY(images),
	    QUANTITY(manifests),
	};
#undef QUANTITY
#undef VCORES
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
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (!rows[i].before && !rows[i].after) continue;
		const struct pdf_cell cells[] = {cell_of(rows[i].label),
		                                 cell_sum(r, rows[i].before, rows[i].sized && before->unsized),
		                                 cell_sum(r, rows[i].after, rows[i].sized && after->unsized)};
		pdf_table_row(&table, cells, PDF_ROW);
	}
	pdf_table_end(&table);
	draw_overlaps(r, estate);
}
