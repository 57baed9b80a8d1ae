/* Findings by owner, then one by one: new and reopened first, the other open ones, and what was dismissed.
 *
 * A list shows the first rows in the order severity, outcome, subject, rule, evidence. They are chosen in one pass
 * over all findings, with a heap of as many rows as the list may have: its root is the last of those kept, and
 * whoever comes before it takes its place.
 *
 *              [ last kept ]
 *             /             \
 *        [ ... ]           [ ... ]        a newcomer is compared with the root, mostly by severity alone
 */
#include "render/report_lists.h"

#include <stdlib.h>

/* ---- Choosing ---------------------------------------------------------------------------------------------------- */

struct pick {
	struct str subject, rule;
	uint32_t finding;
	uint8_t severity, rank; /* rank: of the outcome */
};

struct picks {
	struct pick *heap;
	size_t count, most;
	uint64_t all;
};

static int compare_picks(const struct pick *a, const struct pick *b)
{
	if (a->severity != b->severity) return a->severity < b->severity ? -1 : 1;
	if (a->rank != b->rank) return a->rank < b->rank ? -1 : 1;
	int c = str_cmp(a->subject, b->subject);
	if (!c) c = str_cmp(a->rule, b->rule);
	return c ? c : a->finding < b->finding ? -1 : a->finding > b->finding;
}

static int compare_for_sort(const void *a, const void *b) { return compare_picks(a, b); }

static void sift_down(struct picks *picks)
{
	struct pick *heap = picks->heap, moved = heap[0];
	size_t i = 0;
	for (size_t child; (child = 2 * i + 1) < picks->count; i = child) {
		if (child + 1 < picks->count && compare_picks(&heap[child], &heap[child + 1]) < 0) child++;
		if (compare_picks(&moved, &heap[child]) >= 0) break;
		heap[i] = heap[child];
	}
	heap[i] = moved;
}

static void sift_up(struct picks *picks)
{
	struct pick *heap = picks->heap;
	size_t i = picks->count - 1;
	struct pick moved = heap[i];
	for (size_t parent; i && (parent = (i - 1) / 2, compare_picks(&heap[parent], &moved) < 0); i = parent)
		heap[i] = heap[parent];
	heap[i] = moved;
}

static void offer(struct picks *picks, const struct pick *pick)
{
	picks->all++;
	if (picks->count < picks->most) {
		picks->heap[picks->count++] = *pick;
		sift_up(picks);
	} else if (picks->count && compare_picks(pick, &picks->heap[0]) < 0) {
		picks->heap[0] = *pick;
		sift_down(picks);
	}
}

static void begin_picks(struct report *r, struct picks *picks, size_t most)
{
	*picks = (struct picks){ARENA_ARRAY(&r->arena, struct pick, most), 0, most, 0};
}

/* The order of outcomes inside a severity: what needs an explanation first. */
static uint8_t rank_of(enum outcome outcome)
{
	switch (outcome) {
	case OUTCOME_REOPENED: return 0;
	case OUTCOME_NEW: return 1;
	case OUTCOME_NEWLY_IN_SCOPE: return 2;
	case OUTCOME_UPDATED: return 3;
	case OUTCOME_UNCHANGED: return 4;
	case OUTCOME_FIXED:
	case OUTCOME_FIXED_VERIFIED:
	case OUTCOME_DISMISSED:
	case OUTCOME_NOT_REASSESSED:
	case OUTCOME_COUNT: break;
	}
	return 5;
}

struct chosen {
	struct picks fresh, open, dismissed;
};

static void choose_side(const struct diff *diff, enum side side, struct chosen *chosen)
{
	const struct snapshot *s = diff->sides[side];
	for (uint32_t i = 0; i < s->finding_count; i++) {
		LARGE_BREATHE(i);
		enum outcome outcome = (enum outcome)diff->fates[side][i].outcome;
		struct picks *to = NULL;
		if (outcome == OUTCOME_NONE || !fate_is_open(&diff->fates[side][i])) continue;
		const struct profile *profile = snapshot_profile(s, &s->findings[i]);
		if (side == SIDE_BEFORE)
			to = outcome == OUTCOME_DISMISSED ? &chosen->dismissed : NULL;
		else
			to = outcome == OUTCOME_NEW || outcome == OUTCOME_REOPENED ? &chosen->fresh : &chosen->open;
		if (!to) continue;
		const struct pick pick = {snapshot_string(s, profile->subject), snapshot_string(s, profile->rule), i,
		                          profile->severity, rank_of(outcome)};
		offer(to, &pick);
	}
}

static void choose(struct report *r, struct chosen *chosen)
{
	begin_picks(r, &chosen->fresh, FINDING_NEW_ROWS);
	begin_picks(r, &chosen->open, FINDING_OPEN_ROWS);
	begin_picks(r, &chosen->dismissed, FINDING_DISMISSED_ROWS);
	choose_side(&r->result->diff, SIDE_BEFORE, chosen);
	choose_side(&r->result->diff, SIDE_AFTER, chosen);
	struct picks *lists[] = {&chosen->fresh, &chosen->open, &chosen->dismissed};
	for (size_t i = 0; i < 3; i++)
		if (lists[i]->count) qsort(lists[i]->heap, lists[i]->count, sizeof(struct pick), compare_for_sort);
}

/* ---- A finding's words ------------------------------------------------------------------------------------------- */

struct row {
	struct report *r;
	const struct snapshot *s;
	const struct finding *finding;
	const struct profile *profile;
	enum side side;
	uint32_t number;
};

static struct str row_string(const struct row *row, uint32_t number) { return snapshot_string(row->s, number); }

static struct str owner_of_row(const struct row *row)
{
	const struct analysis *analysis = row->r->analysis;
	struct str owner =
	    analysis ? owner_of(&analysis->owners, row->s, row->finding) : row_string(row, row->profile->owner);
	return owner.len ? owner : T(row->r, findings_nobody);
}

/* The rule, its title, and the package that it is about. */
static struct str what_of(const struct row *row)
{
	struct report *r = row->r;
	const struct component *component = snapshot_component(row->s, row->finding);
	struct str rule = row_string(row, row->profile->rule), title = row_string(row, row->profile->title);
	struct str text = str_eq(rule, title) ? rule : report_join(r, rule, STR("\n"), title);
	struct str package = row_string(row, component->package), fixed = row_string(row, component->fixed_version);
	package = report_join(r, package, STR(" "), row_string(row, component->version));
	if (package.len && fixed.len) package = report_join(r, package, STR(" → "), fixed);
	return report_join(r, text, STR("\n"), package);
}

static struct str where_of(const struct row *row)
{
	struct report *r = row->r;
	struct str subject = row_string(row, row->profile->subject);
	struct buf scratch = {0};
	struct str path = str_dup(&r->arena, snapshot_path(row->s, row->finding, &scratch));
	buf_free(&scratch);
	if (subject.len) subject = report_subject(r, subject, true, STR("\n"));
	if (row->finding->line) path = str_printf(&r->arena, "%.*s:%u", STR_ARG(path), (unsigned)row->finding->line);
	if (!subject.len && !path.len) return T(r, list_no_subject);
	return str_ends(subject, path) ? subject : report_join(r, subject, STR("\n"), path);
}

static struct str outcome_of(const struct row *row)
{
	struct report *r = row->r;
	const struct fate *fate = &r->result->diff.fates[row->side][row->number];
	struct str text = fate->outcome < OUTCOME_COUNT ? WORD(r, outcome_unchanged, fate->outcome) : STR_EMPTY,
		   by = STR_EMPTY;
	for (unsigned i = 0; i < UPDATED_KINDS; i++)
		if (fate->updated_by & 1U << i) by = report_join(r, by, STR(", "), WORD(r, updated_location, i));
	if (by.len) text = SAY(r, findings_updated_by, SLOT("outcome", text), SLOT("what", by));
	if (row->side == SIDE_BEFORE || !r->analysis || !r->analysis->covered || !r->analysis->covered[row->number])
		return text;
	return report_join(r, text, STR("\n"), T(r, findings_covered));
}

/* What the other side says of it now: "suppressed". */
static struct str status_now(const struct row *row)
{
	const struct fate *fate = &row->r->result->diff.fates[row->side][row->number];
	if (fate->match == NO_MATCH) return T(row->r, number_none);
	const struct finding *match = diff_match(&row->r->result->diff, row->side, row->number);
	return WORD(row->r, status_fail, snapshot_profile(&row->r->result->sides[SIDE_AFTER], match)->status);
}

/* File, place in it, and the finding's id. */
static struct str place_in_packet(const struct row *row)
{
	struct report *r = row->r;
	const struct input *input = &row->s->inputs[snapshot_input_of(row->s, row->number)];
	struct str pointer = snapshot_pointer(row->s, row->number, &r->arena);
	char id[19];
	diff_id(&r->result->diff, row->side, row->number, id);
	struct str text =
	    str_printf(&r->arena, "%s/%.*s", side_names[row->side], STR_ARG(row_string(row, input->path)));
	struct str separator = pointer.len && pointer.len < 12 ? STR("  ") : STR("\n"); /* a short one beside the id */
	if (!pointer.len)
		pointer = SAY(
		    r, findings_offset,
		    SLOT("offset", str_printf(&r->arena, "%llu", (unsigned long long)span_offset(row->finding->span))),
		    SLOT("length", str_printf(&r->arena, "%llu", (unsigned long long)span_length(row->finding->span))));
	text = report_join(r, text, STR("\n"), pointer);
	return report_join(r, text, separator, str_from(id));
}

static struct row row_at(struct report *r, enum side side, uint32_t number)
{
	const struct snapshot *s = &r->result->sides[side];
	return (struct row){r, s, &s->findings[number], snapshot_profile(s, &s->findings[number]), side, number};
}

/* ---- Tables ------------------------------------------------------------------------------------------------------ */

static void draw_picks(struct report *r, const struct picks *picks, enum side side)
{
	bool dismissed = side == SIDE_BEFORE;
	const struct pdf_column columns[] = {
	    {.title = T(r, findings_severity),
	     .width = 50,
	     .holds = WORDS(r, severity_critical, SEVERITY_COUNT),
	     .symbols = true},
	    {.title = T(r, findings_what), .weight = 1, .max_lines = 7},
	    {.title = T(r, findings_where), .weight = 1.15F, .max_lines = 9},
	    {.title = dismissed ? T(r, findings_now) : T(r, findings_outcome), .width = 70, .max_lines = 5},
	    {.title = T(r, findings_evidence), .width = 150, .face = PDF_MONO, .max_lines = 8},
	};
	const struct pdf_table_options options = {
	    .size = PDF_SMALL, .caption = report_first(r, picks->count, picks->all, T(r, findings_order))};
	struct pdf_table table;
	pdf_table_begin(&table, r->pdf, columns, 5, &options);
	for (size_t i = 0; i < picks->count && pdf_ok(r->pdf); i++) {
		struct row row = row_at(r, side, picks->heap[i].finding);
		const struct pdf_cell cells[] = {cell_severity(r, (enum severity)row.profile->severity),
		                                 cell_of(what_of(&row)), cell_of(where_of(&row)),
		                                 cell_of(report_join(r, dismissed ? status_now(&row) : outcome_of(&row),
		                                                     STR("\n"), owner_of_row(&row))),
		                                 cell_of(place_in_packet(&row))};
		pdf_table_row(&table, cells, PDF_ROW);
	}
	pdf_table_end(&table);
}

static void draw_list(struct report *r, const struct picks *picks, enum side side, struct str title, struct str mark,
                      struct str note, struct str none)
{
	report_subsection(r, title, mark);
	if (!picks->all) {
		report_plain(r, none);
		return;
	}
	report_note(r, note);
	draw_picks(r, picks, side);
}

/* ---- By owner ---------------------------------------------------------------------------------------------------- */

static int compare_owners(const void *a, const void *b)
{
	const struct owner_row *x = a, *y = b;
	if (!x->owner.len != !y->owner.len) return x->owner.len ? 1 : -1;
	for (int s = 0; s < SEVERITY_COUNT; s++)
		if (x->open[s] != y->open[s]) return x->open[s] > y->open[s] ? -1 : 1;
	return str_cmp(x->owner, y->owner);
}

void report_owners(struct report *r, struct owner_rows *owners)
{
	const struct diff *diff = &r->result->diff;
	const struct snapshot *s = diff->sides[SIDE_AFTER];
	for (uint32_t i = 0; i < s->finding_count; i++) {
		LARGE_BREATHE(i);
		const struct profile *profile = snapshot_profile(s, &s->findings[i]);
		if (!fate_is_open(&diff->fates[SIDE_AFTER][i])) continue;
		struct str owner = r->analysis ? owner_of(&r->analysis->owners, s, &s->findings[i])
		                               : snapshot_string(s, profile->owner);
		uint32_t number = strings_add(&owners->names, owner);
		while (owners->count <= number) {
			ARRAY_RESERVE(owners->rows, owners->count, owners->capacity);
			owners->rows[owners->count++] = (struct owner_row){.all = 0};
		}
		struct owner_row *row = &owners->rows[number];
		row->owner = strings_get(&owners->names, number);
		row->open[profile->severity]++;
		row->all++;
	}
	if (owners->count && !owners->rows[0].all) owners->rows[0] = owners->rows[--owners->count];
	if (owners->count) qsort(owners->rows, owners->count, sizeof(*owners->rows), compare_owners);
}

void report_owners_free(struct owner_rows *owners)
{
	strings_free(&owners->names);
	free(owners->rows);
}

static void draw_owner_rows(struct report *r, const struct owner_rows *owners)
{
	struct pdf_column columns[SEVERITY_COUNT + 2] = {{.title = T(r, findings_owner), .weight = 1, .max_lines = 2}};
	size_t shown = owners->count < OWNER_ROWS ? owners->count : OWNER_ROWS, column = 1;
	for (int s = 0; s < SEVERITY_COUNT; s++)
		columns[column++] = (struct pdf_column){
		    .title = report_word_severity(r, (enum severity)s), .width = 48, .align = PDF_RIGHT};
	columns[column++] = (struct pdf_column){.title = T(r, findings_open), .width = 48, .align = PDF_RIGHT};
	const struct pdf_table_options options = {
	    .size = PDF_SMALL, .caption = report_first(r, shown, owners->count, T(r, findings_owner_order))};
	struct pdf_table table;
	pdf_table_begin(&table, r->pdf, columns, column, &options);
	for (size_t i = 0; i < shown; i++) {
		const struct owner_row *row = &owners->rows[i];
		struct pdf_cell cells[SEVERITY_COUNT + 2] = {
		    cell_of(row->owner.len ? row->owner : T(r, findings_nobody))};
		size_t c = 1;
		cells[0].bold = !row->owner.len;
		for (int s = 0; s < SEVERITY_COUNT; s++) cells[c++] = cell_number(r, row->open[s]);
		cells[c++] = cell_number(r, row->all);
		pdf_table_row(&table, cells, PDF_ROW);
	}
	pdf_table_end(&table);
}

static void draw_owners(struct report *r)
{
	struct owner_rows owners = {.rows = NULL};
	report_owners(r, &owners);
	report_subsection(r, T(r, findings_owners_title), MARK_OWNERS);
	report_plain(r, SAY(r, findings_without_owner, SLOT_N("n", r->result->without_owner)));
	if (owners.count) draw_owner_rows(r, &owners);
	report_owners_free(&owners);
}

void report_findings(struct report *r)
{
	struct chosen chosen;
	choose(r, &chosen);
	report_section(r, T(r, findings_title), MARK_FINDINGS);
	report_note(r, T(r, findings_note));
	draw_owners(r);
	draw_list(r, &chosen.fresh, SIDE_AFTER, T(r, findings_fresh_title), STR_EMPTY, T(r, findings_fresh_note),
	          T(r, findings_fresh_none));
	draw_list(r, &chosen.open, SIDE_AFTER, T(r, findings_open_title), STR_EMPTY, T(r, findings_open_note),
	          T(r, findings_open_none));
	draw_list(r, &chosen.dismissed, SIDE_BEFORE, T(r, findings_dismissed_title), MARK_DISMISSED,
	          T(r, findings_dismissed_note), T(r, findings_dismissed_none));
}
