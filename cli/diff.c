/* diff: what became of every finding between two files, folders or snapshots. */
#include "analyze/diff.h"

#include "cli/command.h"
#include "cli/diff_chain.h"
#include "cli/sides.h"
#include "cli/stats.h"
#include "render/json.h"

#include <stdio.h>
#include <stdlib.h>

static int run(int argc, char **argv);

const struct command diff_command = {
    "diff", "what became of every finding: fixed, still open, dismissed, not looked at again, new",
    "usage: dossier diff [OPTION]... BEFORE AFTER [LATER]...\n"
    "       dossier diff [OPTION]... --before B... --after A...\n\n"
    "Compares two files, folders or snapshots. Open before = unchanged + updated + fixed + fixed_verified + dismissed + not_reassessed;\n"
    "open after = unchanged + updated + new + newly_in_scope + reopened. What is gone from a scope that was not assessed again\n"
    "is not_reassessed: absence proves nothing.\n\n"
    "Prints a summary, then the findings by outcome and severity, but not those that are unchanged, and the first 50.\n"
    "Of more than two, from early to late: each step from one to the next, then what is open at the last, and since when: the earliest\n"
    "of them from which on it was there at every step.\n\n"
    "  --and PATH        more of what stands before it: `A --and B C` is A and B together, then C; as often as wanted\n"
    "  --before B, --after A   a side by an option; each may be given several times, and all together are the side\n"
    "  --findings        list every finding that is open on either side\n"
    "  --outcome WORD    only those with this outcome: new, fixed, not_reassessed ... (repeatable, as the next three)\n"
    "  --severity WORD   only those of this severity: critical, high, medium, low, info, unknown\n"
    "  --tool GLOB       only those of a tool with this name; * is anything, without case\n"
    "  --subject GLOB    only those of a subject like this\n"
    "  --limit N         list no more than N\n"
    "  --explain ID      one finding (F-...), or all of one key (K-...): both records, what agreed, what differs, and why\n"
    "  --json            one JSON object on stdout; findings only with an option that asks for them\n"
    "  --stream          with --json: NDJSON, the object without findings on the first line, then a line for each finding\n"
    "  --jobs N          threads (default: one for each processor)\n"
    "  --memory LIMIT    256M, 2G ...: what grows with the records lies beyond it in a temporary file ($TMPDIR, else /tmp)\n"
    "  --stats           on stderr, where time and memory went\n"
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

static void print_summary(const struct diff *d)
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
	if (d->new_rule || d->rule_gone || d->rule_renamed)
		printf(
		    "rules: %llu new findings of rules that are new, %llu not reassessed since their rule is gone, %llu of renamed rules\n",
		    (unsigned long long)d->new_rule, (unsigned long long)d->rule_gone,
		    (unsigned long long)d->rule_renamed);
}

enum {
	OPTION_BEFORE = OPTION_OWN,
	OPTION_AFTER,
	OPTION_AND,
	OPTION_FINDINGS,
	OPTION_OUTCOME,
	OPTION_SEVERITY,
	OPTION_TOOL,
	OPTION_SUBJECT,
	OPTION_LIMIT,
	OPTION_EXPLAIN,
	OPTION_STREAM
};
enum { LIST_LENGTH = 50 }; /* for people who did not say how much they want */

struct arguments {
	struct common common;
	struct diff_filter filter;
	struct sides sides;       /* by options */
	struct root_list *points; /* by arguments */
	size_t point_count, point_capacity;
	struct root_list *last; /* what was named last, a side or a point; NULL: nothing yet */
	bool findings, limited, stream;
	const char *explain;
};

static int add_side(struct arguments *a, enum side side, const char *path)
{
	a->last = &a->sides.of[side];
	root_list_add(a->last, path);
	return EXIT_DONE;
}

static int add_point(struct arguments *a, const char *path)
{
	ARRAY_RESERVE(a->points, a->point_count, a->point_capacity);
	a->last = &a->points[a->point_count++];
	*a->last = (struct root_list){0};
	root_list_add(a->last, path);
	return EXIT_DONE;
}

static int add_root(struct arguments *a, const char *path)
{
	if (!a->last)
		return usage_error(&diff_command, "--and %s: there is nothing before it that it is more of", path);
	root_list_add(a->last, path);
	return EXIT_DONE;
}

static void free_arguments(struct arguments *a)
{
	sides_free(&a->sides);
	for (size_t i = 0; i < a->point_count; i++) root_list_free(&a->points[i]);
	free(a->points);
}

static bool add_glob(struct str *globs, size_t *count, const char *text)
{
	if (*count == FILTER_GLOBS) return false;
	globs[(*count)++] = str_from(text);
	return true;
}

static bool is_id(const char *text)
{
	return (text[0] == 'F' || text[0] == 'K') && text[1] == '-' && strlen(text) == 18 &&
	       strspn(text + 2, "0123456789abcdef") == 16;
}

/* EXIT_DONE, or what it ended with. */
static int read_option(struct arguments *a, int option)
{
	struct diff_filter *f = &a->filter;
	switch (option) {
	case OPTION_BEFORE: return add_side(a, SIDE_BEFORE, optarg);
	case OPTION_AFTER: return add_side(a, SIDE_AFTER, optarg);
	case OPTION_ARGUMENT: return add_point(a, optarg);
	case OPTION_AND: return add_root(a, optarg);
	case OPTION_FINDINGS: a->findings = true; return EXIT_DONE;
	case OPTION_STREAM: a->stream = true; return EXIT_DONE;
	case OPTION_LIMIT:
		a->limited = true;
		if (str_to_u64(str_from(optarg), &f->limit)) return EXIT_DONE;
		return usage_error(&diff_command, "--limit must be a number, not \"%s\"", optarg);
	case OPTION_EXPLAIN:
		a->explain = optarg;
		if (is_id(optarg)) return EXIT_DONE;
		return usage_error(&diff_command, "a finding is F- or K- and 16 hex digits, not \"%s\"", optarg);
	case 'o': return usage_error(&diff_command, "there is no option -o");
	default: break;
	}
	f->narrowed = true;
	switch (option) {
	case OPTION_OUTCOME:
		if (filter_word(&f->outcomes, outcome_names, OUTCOME_COUNT, optarg)) return EXIT_DONE;
		return usage_error(&diff_command, "there is no outcome \"%s\"", optarg);
	case OPTION_SEVERITY:
		if (filter_word(&f->severities, severity_names, SEVERITY_COUNT, optarg)) return EXIT_DONE;
		return usage_error(&diff_command, "there is no severity \"%s\"", optarg);
	case OPTION_TOOL:
		if (add_glob(f->tools, &f->tool_count, optarg)) return EXIT_DONE;
		return usage_error(&diff_command, "--tool: no more than %d", FILTER_GLOBS);
	case OPTION_SUBJECT:
		if (add_glob(f->subjects, &f->subject_count, optarg)) return EXIT_DONE;
		return usage_error(&diff_command, "--subject: no more than %d", FILTER_GLOBS);
	default: return option_status(option);
	}
}

static int read_arguments(int argc, char **argv, struct arguments *a, bool *stop)
{
	static const struct option options[] = {COMMON_OPTIONS,
	                                        {"before", required_argument, NULL, OPTION_BEFORE},
	                                        {"after", required_argument, NULL, OPTION_AFTER},
	                                        {"and", required_argument, NULL, OPTION_AND},
	                                        {"findings", no_argument, NULL, OPTION_FINDINGS},
	                                        {"outcome", required_argument, NULL, OPTION_OUTCOME},
	                                        {"severity", required_argument, NULL, OPTION_SEVERITY},
	                                        {"tool", required_argument, NULL, OPTION_TOOL},
	                                        {"subject", required_argument, NULL, OPTION_SUBJECT},
	                                        {"limit", required_argument, NULL, OPTION_LIMIT},
	                                        {"explain", required_argument, NULL, OPTION_EXPLAIN},
	                                        {"stream", no_argument, NULL, OPTION_STREAM},
	                                        {0}};
	*a = (struct arguments){.common.in_order = true};
	*stop = true;
	for (int option; (option = next_option(argc, argv, options, &diff_command, &a->common)) != -1;) {
		if (option == OPTION_STOP || option == OPTION_ERROR) return option_status(option);
		int status = read_option(a, option);
		if (status) return status;
	}
	for (; optind < argc; optind++) add_point(a, argv[optind]);
	if (a->stream && !a->common.json) return usage_error(&diff_command, "--stream is for --json");
	if (a->sides.of[SIDE_BEFORE].count || a->sides.of[SIDE_AFTER].count) {
		if (a->point_count)
			return usage_error(&diff_command, "name both sides by --before and --after, or neither");
		if (!a->sides.of[SIDE_BEFORE].count || !a->sides.of[SIDE_AFTER].count)
			return usage_error(&diff_command, "--before and --after belong together");
	} else if (a->point_count < 2) {
		return usage_error(&diff_command, "name what was before and what is after");
	}
	if (a->point_count > 2 && a->explain)
		return usage_error(&diff_command, "--explain is for two sides, not for %zu", a->point_count);
	/* What is not asked for: for people the unchanged ones of two sides, and more than a page or two. */
	a->filter.unchanged = a->findings || a->common.json || a->point_count > 2;
	if (!a->limited) a->filter.limit = a->findings || a->common.json ? UINT64_MAX : LIST_LENGTH;
	*stop = false;
	return EXIT_DONE;
}

/* --json lists findings only when something asks for them. */
static bool asks_for_findings(const struct arguments *a)
{
	return a->findings || a->stream || a->filter.narrowed || a->limited;
}

static bool print_json(struct arguments *a, const struct diff *diff, struct error *error)
{
	struct diff_filter *f = &a->filter;
	if (!asks_for_findings(a)) return json_diff(diff, false, sink_file(stdout), error);
	struct json_select select = {.wants = f->narrowed ? filter_wants : NULL,
	                             .context = f,
	                             .limit = f->limit,
	                             .total = f->narrowed || a->limited ? filter_count(f, SIDE_COUNT) : 0,
	                             .lines = a->stream};
	return json_diff_selected(diff, &select, sink_file(stdout), error);
}

static int answer(struct arguments *a, const struct diff *diff)
{
	struct error error;
	a->filter.diff = diff;
	if (a->explain) {
		if (diff_explain(diff, a->explain, a->common.json)) return EXIT_DONE;
		error_set(&error, ERROR_INPUT, NULL, "there is no finding %s on either side", a->explain);
		return report_error(&error);
	}
	if (a->common.json) return print_json(a, diff, &error) ? EXIT_DONE : report_error(&error);
	print_summary(diff);
	diff_list_print(&a->filter);
	return EXIT_DONE;
}

/* The two sides: by options, or the two points. */
static struct sides sides_of(const struct arguments *a)
{
	return a->point_count ? (struct sides){{a->points[SIDE_BEFORE], a->points[SIDE_AFTER]}} : a->sides;
}

static int run_pair(struct arguments *a)
{
	const struct sides named = sides_of(a); /* a's */
	struct snapshot sides[SIDE_COUNT];
	struct diff diff = {0};
	struct error error;
	struct collect_options collecting = collect_options_of(&a->common);
	int status = EXIT_DONE;
	stats_stage("read");
	if (!sides_collect(&named, sides, &collecting, &error)) {
		status = report_error(&error);
	} else {
		for (int k = 0; k < SIDE_COUNT; k++) {
			int judged = sides_judge(&named, (enum side)k, &sides[k]);
			if (judged) status = judged;
		}
		stats_stage("compare");
		diff_run(&diff, &sides[SIDE_BEFORE], &sides[SIDE_AFTER], a->common.threads);
		stats_stage("tell");
		int answered = answer(a, &diff);
		if (answered) status = answered;
		diff_free(&diff);
	}
	snapshot_free(&sides[SIDE_BEFORE]);
	snapshot_free(&sides[SIDE_AFTER]);
	return status;
}

static int run(int argc, char **argv)
{
	struct arguments a;
	bool stop;
	int status = read_arguments(argc, argv, &a, &stop);
	if (!stop && a.point_count > 2) {
		struct chain_request request = {a.common, &a.filter, asks_for_findings(&a), a.stream};
		status = finish_output(diff_chain_run(&request, a.points, a.point_count));
	} else if (!stop) {
		status = finish_output(run_pair(&a));
	}
	free_arguments(&a);
	return status;
}
