/* diff: what became of every finding between two files, folders or snapshots. */
#include "analyze/diff.h"

#include "cli/command.h"
#include "cli/terminal.h"
#include "render/json.h"

#include <stdio.h>

static int run(int argc, char **argv);

const struct command diff_command = {
    "diff", "what became of every finding: fixed, still open, dismissed, not looked at again, new",
    "usage: dossier diff [--json] [--findings] BEFORE AFTER\n\n"
    "Compares two files or folders. Open before = unchanged + updated + fixed + fixed_verified + dismissed + not_reassessed;\n"
    "open after = unchanged + updated + new + newly_in_scope + reopened. What is gone from a scope that was not assessed again\n"
    "is not_reassessed: absence proves nothing.\n\n"
    "  --findings        list every finding that is open on either side\n"
    "  --json            one JSON object on stdout\n"
    "  --jobs N          threads (default: one for each processor)\n"
    "  --templates DIR   templates of your own\n\n"
    "Exit status: 0; 2 bad usage or input; 4 the system failed.\n",
    run};

static void print_reduction(struct table *table, const char *name, const struct change_of_severity *r)
{
	double percent;
	table_cell(table, TONE_PLAIN, "%s", name);
	table_cell(table, TONE_PLAIN, "%llu", (unsigned long long)r->raw_before);
	table_cell(table, TONE_PLAIN, "%llu", (unsigned long long)r->raw_after);
	table_cell(table, TONE_PLAIN, "%llu", (unsigned long long)r->before);
	table_cell(table, TONE_PLAIN, "%llu", (unsigned long long)r->after);
	if (diff_percent(r->before, r->after, &percent))
		table_cell(table, percent < 0 ? TONE_GREEN : percent > 0 ? TONE_RED : TONE_PLAIN, "%+.1f %%", percent);
	else
		table_cell(table, TONE_PLAIN, "-");
}

static bool print_finding(void *context, const struct diff_item *item)
{
	const struct diff *d = context;
	const struct snapshot *s = d->sides[item->side];
	const struct finding *f = &s->findings[item->finding];
	const struct profile *p = snapshot_profile(s, f);
	char id[19];
	snapshot_finding_id(s, item->side, item->finding, id);
	struct table row = {.columns = 6};
	table_cell(&row, TONE_PLAIN, "%s", id);
	table_cell(&row, TONE_PLAIN, "%-14s", outcome_names[item->outcome]);
	table_cell(&row, TONE_PLAIN, "%-8s", severity_names[p->severity]);
	table_str(&row, TONE_PLAIN, snapshot_string(s, p->rule));
	table_str(&row, TONE_PLAIN, snapshot_string(s, p->subject));
	struct buf scratch = {0};
	struct str path = snapshot_path(s, f, &scratch);
	table_cell(&row, TONE_PLAIN, f->line ? "%.*s:%u" : "%.*s", STR_ARG(path), f->line);
	table_print(&row, stdout, false);
	table_free(&row);
	buf_free(&scratch);
	return !ferror(stdout);
}

static void print_people(struct diff *d, bool findings)
{
	static const char *const titles[] = {"open findings", "before",       "after",
	                                     "common before", "common after", "change"};
	struct table table = {.columns = 6};
	for (int i = 0; i < 6; i++) table_cell(&table, TONE_GREY, "%s", titles[i]);
	for (int k = 0; k < SEVERITY_COUNT; k++)
		if (d->reduction[k].raw_before || d->reduction[k].raw_after)
			print_reduction(&table, severity_names[k], &d->reduction[k]);
	print_reduction(&table, "all", &d->reduction_all);
	table_print(&table, stdout, true);
	table_free(&table);
	printf("\n");
	struct table outcomes = {.columns = 2};
	for (int k = 0; k < OUTCOME_COUNT; k++) {
		table_cell(&outcomes, TONE_PLAIN, "%llu", (unsigned long long)d->outcomes[k]);
		table_cell(&outcomes, k == OUTCOME_NOT_REASSESSED && d->outcomes[k] ? TONE_YELLOW : TONE_PLAIN, "%s",
		           outcome_names[k]);
	}
	table_print(&outcomes, stdout, false);
	table_free(&outcomes);
	printf("\nfacts: %llu changed, %llu added, %llu removed, %llu not reassessed\n",
	       (unsigned long long)d->facts[FACT_CHANGED], (unsigned long long)d->facts[FACT_ADDED],
	       (unsigned long long)d->facts[FACT_REMOVED], (unsigned long long)d->facts[FACT_NOT_REASSESSED]);
	if (findings) {
		printf("\n");
		diff_each(d, print_finding, d);
	}
}

static int run(int argc, char **argv)
{
	enum { OPTION_FINDINGS = OPTION_OWN };
	static const struct option options[] = {COMMON_OPTIONS, {"findings", no_argument, NULL, OPTION_FINDINGS}, {0}};
	struct common common = {0};
	bool findings = false;
	for (int option; (option = next_option(argc, argv, options, &diff_command, &common)) != -1;) {
		if (option == OPTION_FINDINGS)
			findings = true;
		else
			return option == 'o' ? usage_error(&diff_command, "there is no option -o")
			                     : option_status(option);
	}
	if (argc - optind != 2) return usage_error(&diff_command, "name what was before and what is after");
	struct snapshot sides[SIDE_COUNT];
	struct diff diff = {0};
	struct error error;
	int status = EXIT_DONE;
	struct collect_options collecting = collect_options_of(&common);
	if (!collect_pair(sides, (const char *const *)argv + optind, &collecting, &error)) {
		status = report_error(&error);
	} else {
		for (int k = 0; k < SIDE_COUNT; k++) {
			report_warnings(&sides[k]);
			int judged = judge_named_files(&sides[k], argv + optind + k, 1);
			if (judged) status = judged;
		}
		diff_run(&diff, &sides[SIDE_BEFORE], &sides[SIDE_AFTER], common.threads);
		if (!common.json)
			print_people(&diff, findings);
		else if (!json_diff(&diff, findings, sink_file(stdout), &error))
			status = report_error(&error);
		diff_free(&diff);
	}
	snapshot_free(&sides[SIDE_BEFORE]);
	snapshot_free(&sides[SIDE_AFTER]);
	return finish_output(status);
}
