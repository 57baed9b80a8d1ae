#include "cli/summary.h"

#include "analyze/change.h"
#include "cli/terminal.h"
#include "render/report_lists.h"

#include <math.h>
#include <string.h>

void summary_verdict(const struct result *r, FILE *out)
{
	size_t failed = 0, advisory = 0;
	for (size_t i = 0; i < r->gate_count; i++)
		*(r->gate[i].advisory ? &advisory : &failed) += r->gate[i].state == GATE_FAIL;
	if (r->change.given) {
		print_text(out, r->change.id);
		fputs("  ", out);
		print_text(out, r->change.title);
		fputc('\n', out);
	}
	print_toned(out, r->verdict_pass ? TONE_GREEN : TONE_RED, "%s", r->verdict_pass ? "READY" : "NOT READY");
	if (failed)
		fprintf(out, "  %zu of %zu rules fail", failed, r->gate_count);
	else if (!advisory)
		fprintf(out, "  all %zu rules hold", r->gate_count);
	if (advisory)
		fprintf(out, "%s %zu of %zu rules fail, but only advise", failed ? "," : " ", advisory, r->gate_count);
	fputc('\n', out);
	for (size_t i = 0; i < r->gate_count; i++) {
		const struct gate_rule *rule = &r->gate[i];
		if (rule->state != GATE_FAIL) continue;
		fputs(rule->advisory ? "  - (advisory) " : "  - ", out);
		print_text(out, rule->title.len ? rule->title : rule->rule);
		fprintf(out, ": %.15g, limit %.15g", rule->value, rule->limit);
		for (size_t k = 0; k < rule->offender_count && k < 3; k++) {
			fputs(k ? ", " : " (", out);
			print_text(out, rule->offenders[k]);
		}
		if (rule->offender_count) fprintf(out, "%s)", rule->offender_count > 3 ? ", ..." : "");
		fputc('\n', out);
	}
}

/* One line a severity, which adds up along it: before - fixed - dismissed - not again + new + newly in scope = after, where no
 * finding was given another severity. */
static void print_effect(const struct result *r, FILE *out)
{
	static const char *const titles[] = {"open", "before", "fixed", "dismissed", "not again",
	                                     "new",  "scope+", "after", "common"};
	enum { COLUMNS = sizeof(titles) / sizeof(*titles) };
	const struct diff *d = &r->diff;
	struct table t = {.columns = COLUMNS};
	for (int i = 0; i < COLUMNS; i++) table_cell(&t, TONE_GREY, "%s", titles[i]);
	for (int k = 0; k < SEVERITY_COUNT; k++) {
		struct effect_row e;
		double percent;
		report_effect_row(d, (enum severity)k, &e);
		if (!e.before && !e.after) continue;
		table_cell(&t, TONE_PLAIN, "%s", severity_names[k]);
		table_cell(&t, TONE_PLAIN, "%llu", (unsigned long long)e.before);
		table_cell(&t, TONE_PLAIN, "%llu (%llu)", (unsigned long long)e.fixed, (unsigned long long)e.verified);
		table_cell(&t, TONE_PLAIN, "%llu", (unsigned long long)e.dismissed);
		table_cell(&t, e.not_reassessed ? TONE_YELLOW : TONE_PLAIN, "%llu",
		           (unsigned long long)e.not_reassessed);
		table_cell(&t, TONE_PLAIN, "%llu", (unsigned long long)e.fresh);
		table_cell(&t, TONE_PLAIN, "%llu", (unsigned long long)e.newly_in_scope);
		table_cell(&t, TONE_PLAIN, "%llu", (unsigned long long)e.after);
		if (diff_percent(d->reduction[k].before, d->reduction[k].after, &percent))
			table_cell(&t, TONE_PLAIN, "%+.1f%%", percent);
		else
			table_cell(&t, TONE_PLAIN, "-");
	}
	table_print(&t, out, true);
	table_free(&t);
}

/* What there is of each, "1 expired · 2 active", behind its head; a line end in any case. */
static void put_counts(FILE *out, const char *head, const uint64_t *counts, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!counts[i]) continue;
		fprintf(out, "%s%llu ", head, (unsigned long long)counts[i]);
		for (const char *c = names[i]; *c; c++) fputc(*c == '_' ? ' ' : *c, out);
		head = " · ";
	}
	fputc('\n', out);
}

/* What the target is held against: of a percent change that, else the value itself (as the report has it: objective_measured). */
static void measured_cell(struct table *t, const struct objective *o)
{
	const char *unit = str_eq(o->measure, STR("checks_pass"))         ? "%"
	                   : str_eq(o->measure, STR("alert_routing_p95")) ? " s"
	                                                                  : "";
	struct target target;
	bool change = target_parse(o->target, &target) && target.kind == TARGET_CHANGE;
	double value = o->has_value ? o->value : o->after;
	if (o->state == OBJECTIVE_NOT_PROVABLE || !(change ? o->has_percent : o->has_value || o->has_numbers))
		table_cell(t, TONE_PLAIN, "-");
	else if (change)
		table_cell(t, TONE_PLAIN, "%+.1f%%", o->percent);
	else
		table_cell(t, TONE_PLAIN, "%.15g%s", round(value * 10) / 10, unit);
}

/* The state first: what follows may be cut. */
static void print_objectives(const struct result *r, FILE *out)
{
	static const char *const states[] = {"met", "not met", "not provable"};
	struct table t = {.columns = 5};
	for (size_t i = 0; i < r->change.objective_count; i++) {
		const struct objective *o = &r->change.objectives[i];
		bool attested = o->state != OBJECTIVE_NOT_PROVABLE && str_eq(o->measure, STR("attested"));
		table_cell(&t, o->state == OBJECTIVE_MET ? TONE_GREEN : TONE_YELLOW, "%s%s", states[o->state],
		           attested ? ", attested" : "");
		table_str(&t, TONE_PLAIN, o->target);
		measured_cell(&t, o);
		table_str(&t, TONE_PLAIN, o->id);
		table_str(&t, TONE_PLAIN, o->title);
	}
	if (r->change.objective_count) {
		fprintf(out, "objectives\n");
		table_print(&t, out, false);
	}
	table_free(&t);
}

/* "MCSB: 5 not satisfied · 34 no evidence", a line for each framework. */
static void print_controls(const struct result *r, FILE *out)
{
	for (size_t f = 0; f < r->framework_count; f++) {
		const struct framework_used *used = &r->frameworks[f];
		uint64_t counts[CONTROL_STATE_COUNT] = {0};
		for (size_t i = used->first; i < used->first + used->count; i++) counts[r->controls[i].state]++;
		fputs("controls ", out);
		print_text(out, used->name);
		put_counts(out, ": ", counts, control_state_names, CONTROL_STATE_COUNT);
	}
}

static void print_exceptions(const struct result *r, FILE *out)
{
	uint64_t counts[EXCEPTION_STATE_COUNT] = {0};
	for (size_t i = 0; i < r->exception_count; i++) counts[r->exceptions[i].state]++;
	fprintf(out, "without an owner: %llu open finding%s", (unsigned long long)r->without_owner,
	        r->without_owner == 1 ? "" : "s");
	put_counts(out, "; exceptions: ", counts, exception_state_names, EXCEPTION_STATE_COUNT);
}

static void print_gaps(const struct result *r, FILE *out)
{
	uint64_t gaps[GAP_COUNT] = {0};
	for (size_t i = 0; i < r->notice_count; i++) gaps[r->notices[i].gap]++;
	uint64_t lost = r->diff.outcomes[OUTCOME_NOT_REASSESSED];
	fprintf(out, "not looked at: %llu %s not assessed again", (unsigned long long)lost,
	        lost == 1 ? "finding" : "findings");
	gaps[GAP_NONE] = 0;
	put_counts(out, "; gaps: ", gaps, gap_names, GAP_COUNT);
}

void summary_print(const struct result *result, FILE *out)
{
	summary_verdict(result, out);
	print_gaps(result, out);
	fputc('\n', out);
	print_effect(result, out);
	fputc('\n', out);
	print_exceptions(result, out);
	print_controls(result, out);
	print_objectives(result, out);
}
