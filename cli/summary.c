#include "cli/summary.h"

#include "cli/terminal.h"

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

static void print_effect(const struct result *r, FILE *out)
{
	static const char *const titles[] = {"open findings",  "before",         "fixed",       "verified",
	                                     "dismissed",      "not reassessed", "still open",  "new, reopened",
	                                     "newly in scope", "after",          "common scope"};
	const struct diff *d = &r->diff;
	struct table t = {.columns = 11};
	for (int i = 0; i < 11; i++) table_cell(&t, TONE_GREY, "%s", titles[i]);
	for (int k = 0; k < SEVERITY_COUNT; k++) {
		const uint64_t(*b)[SEVERITY_COUNT] = d->by_outcome_before, (*a)[SEVERITY_COUNT] = d->by_outcome;
		if (!d->by_severity[SIDE_BEFORE][k] && !d->by_severity[SIDE_AFTER][k]) continue;
		double percent;
		table_cell(&t, TONE_PLAIN, "%s", severity_names[k]);
		const uint64_t numbers[] = {d->by_severity[SIDE_BEFORE][k],
		                            b[OUTCOME_FIXED][k],
		                            b[OUTCOME_FIXED_VERIFIED][k],
		                            b[OUTCOME_DISMISSED][k],
		                            b[OUTCOME_NOT_REASSESSED][k],
		                            b[OUTCOME_UNCHANGED][k] + b[OUTCOME_UPDATED][k],
		                            a[OUTCOME_NEW][k] + a[OUTCOME_REOPENED][k],
		                            a[OUTCOME_NEWLY_IN_SCOPE][k],
		                            d->by_severity[SIDE_AFTER][k]};
		for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
			table_cell(&t, i == 4 && numbers[i] ? TONE_YELLOW : TONE_PLAIN, "%llu",
			           (unsigned long long)numbers[i]);
		if (diff_percent(d->reduction[k].before, d->reduction[k].after, &percent))
			table_cell(&t, TONE_PLAIN, "%+.1f %%", percent);
		else
			table_cell(&t, TONE_PLAIN, "-");
	}
	table_print(&t, out, true);
	table_free(&t);
}

static void print_objectives(const struct result *r, FILE *out)
{
	struct table t = {.columns = 5};
	for (size_t i = 0; i < r->change.objective_count; i++) {
		const struct objective *o = &r->change.objectives[i];
		table_str(&t, TONE_PLAIN, o->id);
		table_str(&t, TONE_PLAIN, o->title);
		table_str(&t, TONE_PLAIN, o->target);
		if (o->has_percent)
			table_cell(&t, TONE_PLAIN, "%+.1f %%", o->percent);
		else if (o->has_value)
			table_cell(&t, TONE_PLAIN, "%.15g", o->value);
		else
			table_cell(&t, TONE_PLAIN, "-");
		table_cell(&t, o->state == OBJECTIVE_MET ? TONE_GREEN : TONE_YELLOW, "%s",
		           objective_state_names[o->state]);
	}
	if (r->change.objective_count) {
		fprintf(out, "\nobjectives\n");
		table_print(&t, out, false);
	}
	table_free(&t);
}

/* A row for each framework: how many of its controls are in which state. */
static void print_controls(const struct result *r, FILE *out)
{
	static const enum tone tones[CONTROL_STATE_COUNT] = {TONE_RED, TONE_YELLOW, TONE_YELLOW, TONE_GREEN, TONE_GREY};
	struct table t = {.columns = 1 + CONTROL_STATE_COUNT};
	table_cell(&t, TONE_GREY, "controls");
	for (int k = 0; k < CONTROL_STATE_COUNT; k++) table_cell(&t, TONE_GREY, "%s", control_state_names[k]);
	for (size_t f = 0; f < r->framework_count; f++) {
		const struct framework_used *used = &r->frameworks[f];
		uint64_t counts[CONTROL_STATE_COUNT] = {0};
		for (size_t i = used->first; i < used->first + used->count; i++) counts[r->controls[i].state]++;
		table_str(&t, TONE_PLAIN, used->name);
		for (int k = 0; k < CONTROL_STATE_COUNT; k++)
			table_cell(&t, counts[k] ? tones[k] : TONE_PLAIN, "%llu", (unsigned long long)counts[k]);
	}
	if (r->framework_count) {
		fputc('\n', out);
		table_print(&t, out, true);
	}
	table_free(&t);
}

static void print_gaps(const struct result *r, FILE *out)
{
	uint64_t gaps[GAP_COUNT] = {0};
	for (size_t i = 0; i < r->notice_count; i++) gaps[r->notices[i].gap]++;
	fprintf(out, "\nnot looked at: %llu findings not reassessed",
	        (unsigned long long)r->diff.outcomes[OUTCOME_NOT_REASSESSED]);
	for (int g = GAP_NONE + 1; g < GAP_COUNT; g++)
		if (gaps[g]) fprintf(out, " · %llu %s", (unsigned long long)gaps[g], gap_names[g]);
	fprintf(out, "\n%llu open findings have no owner\n", (unsigned long long)r->without_owner);
}

void summary_print(const struct result *result, FILE *out)
{
	summary_verdict(result, out);
	fputc('\n', out);
	print_effect(result, out);
	print_controls(result, out);
	print_gaps(result, out);
	print_objectives(result, out);
}
