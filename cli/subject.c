#include "cli/subject.h"

#include "analyze/subject.h"
#include "cli/recompute.h"
#include "cli/terminal.h"
#include "render/json_subject.h"

#include <stdio.h>

/* Rows of each list, so that all of them fit a page. */
enum { FACTS = 10, CHECKS = 12, FINDINGS = 12, GAPS = 5 };

struct page {
	const char *packet;
	const struct result *result;
	const struct subject *subject;
	struct arena arena;
};

static void heading(const char *title, size_t shown, size_t all)
{
	putchar('\n');
	print_toned(stdout, TONE_BOLD, "%s", title);
	if (shown < all)
		printf(": the first %zu of %zu", shown, all);
	else
		printf(": %zu", all);
	putchar('\n');
}

static size_t at_most(size_t count, size_t most) { return count < most ? count : most; }

/* "after/aks.json @120+300": file, offset and length. */
static struct str place(struct page *p, enum side side, uint32_t input, uint64_t span)
{
	const struct snapshot *s = &p->result->sides[side];
	if (input >= s->input_count) return STR_EMPTY;
	return str_printf(&p->arena, "%s/%.*s @%llu+%llu", side_names[side],
	                  STR_ARG(snapshot_string(s, s->inputs[input].path)), (unsigned long long)span_offset(span),
	                  (unsigned long long)span_length(span));
}

static struct str fact_place(struct page *p, enum side side, uint32_t fact)
{
	if (fact == NO_MATCH) return STR_EMPTY;
	const struct fact *f = &p->result->sides[side].facts[fact];
	return place(p, side, f->input, f->span);
}

/* What stands behind the page's own id, or the whole. */
static struct str short_subject(const struct page *p, struct str subject)
{
	if (arm_under(subject, p->subject->id) && subject.len > p->subject->id.len)
		return str_slice(subject, p->subject->id.len, subject.len);
	return str_eq_nocase(subject, p->subject->id) ? STR("") : subject;
}

static void pair(const char *name, struct str text)
{
	printf("%-11s", name);
	if (text.len)
		print_text(stdout, text);
	else
		fputs("nobody is named", stdout);
	putchar('\n');
}

static void print_who(struct page *p)
{
	const struct change *change = &p->result->change;
	pair("subject", p->subject->id);
	pair("owner", p->subject->owner);
	if (!change->given) return;
	pair("change", str_printf(&p->arena, "%.*s %.*s", STR_ARG(change->id), STR_ARG(change->title)));
	pair("approver", change->approver);
}

static struct str fact_value(const struct page *p, enum side side, uint32_t fact)
{
	const struct snapshot *s = &p->result->sides[side];
	return fact == NO_MATCH ? STR("-") : snapshot_string(s, s->facts[fact].value);
}

static void print_facts(struct page *p)
{
	const struct subject *subject = p->subject;
	struct table table = {.columns = 5};
	size_t shown = at_most(subject->fact_count, FACTS);
	heading("facts that changed", shown, subject->fact_count);
	for (size_t i = 0; i < shown; i++) {
		const struct fact_change *change = subject->facts[i];
		enum side side = change->after == NO_MATCH ? SIDE_BEFORE : SIDE_AFTER;
		uint32_t fact = side == SIDE_AFTER ? change->after : change->before;
		const struct snapshot *s = &p->result->sides[side];
		struct str about = short_subject(p, snapshot_string(s, s->facts[fact].subject));
		table_str(&table, TONE_PLAIN,
		          str_printf(&p->arena, "%.*s%s%.*s", STR_ARG(about), about.len ? " " : "",
		                     STR_ARG(snapshot_string(s, s->facts[fact].name))));
		table_str(&table, TONE_PLAIN, fact_value(p, SIDE_BEFORE, change->before));
		table_str(&table, TONE_PLAIN, fact_value(p, SIDE_AFTER, change->after));
		table_str(&table, TONE_GREY, str_from(fact_outcome_names[change->outcome]));
		table_str(&table, TONE_GREY, fact_place(p, side, fact));
	}
	table_print(&table, stdout, false);
	table_free(&table);
}

static void print_checks(struct page *p)
{
	static const enum tone tones[] = {TONE_YELLOW, TONE_GREEN, TONE_RED};
	const struct subject *subject = p->subject;
	struct table table = {.columns = 5};
	size_t shown = at_most(subject->check_count, CHECKS);
	heading("posture checks", shown, subject->check_count);
	for (size_t i = 0; i < shown; i++) {
		const struct check_row *row = subject->checks[i];
		enum side side = row->fact[SIDE_AFTER] != NO_MATCH ? SIDE_AFTER : SIDE_BEFORE;
		table_str(&table, TONE_PLAIN, row->id);
		table_str(&table, TONE_PLAIN, short_subject(p, row->subject));
		table_str(&table, TONE_PLAIN, str_from(check_state_names[row->state[SIDE_BEFORE]]));
		table_str(&table, tones[row->state[SIDE_AFTER]], str_from(check_state_names[row->state[SIDE_AFTER]]));
		table_str(&table, TONE_GREY, fact_place(p, side, row->fact[side]));
	}
	table_print(&table, stdout, false);
	table_free(&table);
}

static void print_outcomes(struct page *p)
{
	const struct subject_of_findings *findings = &p->subject->findings;
	bool any = false;
	for (int o = 0; o < OUTCOME_COUNT; o++) {
		uint64_t sum = 0;
		for (int s = 0; s < SEVERITY_COUNT; s++) sum += findings->outcomes[o][s];
		if (!sum) continue;
		printf("%s%llu %s", any ? ", " : "", (unsigned long long)sum, outcome_names[o]);
		any = true;
	}
	if (any) putchar('\n');
}

static void print_findings(struct page *p)
{
	const struct subject_of_findings *findings = &p->subject->findings;
	struct table table = {.columns = 6};
	size_t shown = at_most(findings->count, FINDINGS);
	heading("findings", shown, findings->count);
	print_outcomes(p);
	for (size_t i = 0; i < shown; i++) {
		const struct diff_item *item = &findings->items[i];
		const struct snapshot *s = &p->result->sides[item->side];
		const struct finding *finding = &s->findings[item->finding];
		const struct profile *profile = snapshot_profile(s, finding);
		char id[19];
		snapshot_finding_id(s, item->side, item->finding, id);
		table_str(&table, TONE_PLAIN, str_dup(&p->arena, str_from(id)));
		table_str(&table, TONE_PLAIN, str_from(severity_names[profile->severity]));
		table_str(&table, TONE_PLAIN, str_from(outcome_names[item->outcome]));
		table_str(&table, TONE_PLAIN, snapshot_string(s, profile->title ? profile->title : profile->rule));
		table_str(&table, TONE_PLAIN, short_subject(p, snapshot_string(s, profile->subject)));
		table_str(&table, TONE_GREY, place(p, item->side, snapshot_input_of(s, item->finding), finding->span));
	}
	table_print(&table, stdout, false);
	table_free(&table);
}

static void print_gaps(struct page *p)
{
	const struct subject *subject = p->subject;
	size_t shown = at_most(subject->notice_count, GAPS);
	if (!subject->notice_count) return;
	heading("gaps", shown, subject->notice_count);
	for (size_t i = 0; i < shown; i++) {
		const struct notice *notice = subject->notices[i];
		printf("%s %s: ", gap_names[notice->gap], notice->side < SIDE_COUNT ? side_names[notice->side] : "");
		print_text(stdout, notice->message);
		putchar('\n');
	}
}

static void print_page(struct page *p)
{
	print_who(p);
	print_facts(p);
	print_checks(p);
	print_findings(p);
	print_gaps(p);
	printf(
	    "\nA place is a file below data/evidence, with offset and length. A finding's own record:\n    dossier trace ");
	print_text(stdout, str_from(p->packet));
	printf(" F-...\n");
}

bool subject_print(const char *packet, struct str name, const struct common *common, struct error *error)
{
	struct packet_facts facts;
	struct result result = {0};
	struct subject subject;
	struct page page = {.packet = packet, .result = &result, .subject = &subject};
	bool good = result_of_packet(packet, common, &result, &facts, error);
	if (good) packet_says_otherwise(&facts, packet);
	good = good && subject_find(&result, name, &subject, &page.arena, error);
	if (good && common->json) good = json_subject(&result, &subject, sink_file(stdout), error);
	if (good && !common->json) print_page(&page);
	result_free(&result);
	packet_facts_free(&facts);
	arena_free(&page.arena);
	return good;
}
