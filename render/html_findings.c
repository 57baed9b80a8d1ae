/* Open findings by owner, and every finding of both sides: a row is "tr#F-... .s1.o6", s: severity, o: outcome, for script and
 * style. */
#include "render/html_private.h"

/* ---- Owners ------------------------------------------------------------------------------------------------------ */

void html_owners(struct html *h)
{
	struct report *r = &h->r;
	struct owner_rows owners = {.rows = NULL};
	struct html_column columns[SEVERITY_COUNT + 2] = {{T(r, findings_owner), false}};
	for (size_t s = 0; s < SEVERITY_COUNT; s++)
		columns[1 + s] = (struct html_column){report_word_severity(r, (enum severity)s), true};
	columns[1 + SEVERITY_COUNT] = (struct html_column){T(r, findings_open), true};
	struct html_table t = HTML_TABLE(h, T(r, findings_owner_order), columns);
	report_owners(r, &owners);
	t.of = owners.count;
	html_section(h, MARK_OWNERS, T(r, findings_owners_title));
	html_paragraph(h, SAY(r, findings_without_owner, SLOT_N("n", r->result->without_owner)));
	for (size_t i = 0; i < owners.count; i++) {
		const struct owner_row *row = &owners.rows[i];
		struct pdf_cell cells[SEVERITY_COUNT + 2] = {
		    cell_of(row->owner.len ? row->owner : T(r, findings_nobody))};
		for (size_t s = 0; s < SEVERITY_COUNT; s++) cells[1 + s] = cell_number(r, row->open[s]);
		cells[1 + SEVERITY_COUNT] = cell_number(r, row->all);
		html_row(&t, cells);
	}
	html_table_end(&t);
	report_owners_free(&owners);
	html_section_end(h);
}

/* ---- All findings ------------------------------------------------------------------------------------------------ */

/* Of a finding that both sides report as open there is one row, that of after. */
static bool listed(const struct diff *diff, enum side side, uint32_t i)
{
	const struct fate *fate = &diff->fates[side][i];
	if (!fate->counted) return false;
	if (side == SIDE_AFTER || fate->match == NO_MATCH) return true;
	return fate->outcome < OUTCOME_COUNT && fate->outcome != OUTCOME_UNCHANGED && fate->outcome != OUTCOME_UPDATED;
}

uint64_t html_finding_count(const struct diff *diff)
{
	uint64_t n = 0;
	for (int side = 0; side < SIDE_COUNT; side++)
		for (uint32_t i = 0; i < diff->sides[side]->finding_count; i++) {
			LARGE_BREATHE(i);
			n += listed(diff, (enum side)side, i);
		}
	return n;
}

static void cell(struct html *h, struct str s)
{
	PUT(h, "<td>");
	html_text(h, s);
}

/* On its own line in the cell. */
static void line(struct html *h, struct str s)
{
	if (!s.len) return;
	PUT(h, "\n");
	html_text(h, s);
}

/* 8-4-4-4-12: the name of a rule that nobody knows it by. */
static bool is_guid(struct str s)
{
	if (s.len != 36) return false;
	for (size_t i = 0; i < s.len; i++)
		if ((s.ptr[i] == '-') != (i == 8 || i == 13 || i == 18 || i == 23)) return false;
	return true;
}

static void put_what(struct html *h, const struct snapshot *s, const struct finding *f)
{
	const struct profile *p = snapshot_profile(s, f);
	const struct component *c = snapshot_component(s, f);
	struct str rule = snapshot_string(s, p->rule), title = snapshot_string(s, p->title);
	struct str package = str_words(&h->r.arena, snapshot_string(s, c->package), snapshot_string(s, c->version));
	struct str fixed = snapshot_string(s, c->fixed_version);
	bool number = is_guid(rule) && title.len;
	cell(h, number ? title : rule);
	if (!str_eq(rule, title)) line(h, number ? rule : title);
	line(h, package.len && fixed.len ? report_join(&h->r, package, STR(" → "), fixed) : package);
	line(h, snapshot_string(s, p->tool));
}

static void put_where(struct html *h, const struct snapshot *s, const struct finding *f)
{
	const struct profile *p = snapshot_profile(s, f);
	struct str subject = snapshot_string(s, p->subject), path = snapshot_path(s, f, &h->path);
	bool apart = path.len && !str_ends(subject, path);
	cell(h, subject.len || !apart ? report_subject(&h->r, subject, true, STR("\n")) : path);
	if (subject.len && apart) line(h, path);
	if (f->line) buf_printf(&h->out.pending, ":%u", (unsigned)f->line);
}

static void put_outcome(struct html *h, const struct snapshot *s, enum side side, uint32_t i)
{
	struct report *r = &h->r;
	const struct fate *fate = &r->result->diff.fates[side][i];
	struct str by = STR_EMPTY;
	cell(h, fate->outcome < OUTCOME_COUNT ? WORD(r, outcome_unchanged, fate->outcome) : T(r, number_none));
	for (unsigned k = 0; k < UPDATED_KINDS; k++)
		if (fate->updated_by & 1U << k) by = report_join(r, by, STR(", "), WORD(r, updated_location, k));
	if (by.len) html_element(h, ": ", by, "");
	PUT(h, "\n");
	html_text(h, WORD(r, side_before, side));
	html_element(h, ": ", WORD(r, status_fail, snapshot_profile(s, &s->findings[i])->status), "");
	if (side == SIDE_AFTER && r->analysis && r->analysis->covered && r->analysis->covered[i])
		line(h, T(r, findings_covered));
}

static void put_finding(struct html_table *t, enum side side, uint32_t i, const struct input *input)
{
	struct html *h = t->h;
	struct report *r = &h->r;
	const struct snapshot *s = &r->result->sides[side];
	const struct finding *f = &s->findings[i];
	const struct profile *p = snapshot_profile(s, f);
	uint8_t outcome = r->result->diff.fates[side][i].outcome;
	struct str owner = finding_owner(r->analysis, s, f);
	char id[19];
	diff_id(&r->result->diff, side, i, id);
	html_row_begin(t);
	buf_printf(&h->out.pending, "<tr id=\"%.18s\" class=\"s%d o%d\">", id, (int)p->severity,
	           outcome < OUTCOME_COUNT ? (int)outcome : OUTCOME_COUNT);
	cell(h, report_word_severity(r, (enum severity)p->severity));
	put_outcome(h, s, side, i);
	put_what(h, s, f);
	put_where(h, s, f);
	cell(h, owner.len ? owner : T(r, findings_nobody));
	cell(h, str_of(id, 18));
	PUT(h, "\n");
	html_text(h, str_from(side_names[side]));
	PUT(h, "/");
	html_text(h, snapshot_string(s, input->path));
	line(h, snapshot_pointer(s, i, &r->arena));
	PUT(h, "\n");
	html_done(h);
}

static void option(struct html *h, const char *prefix, int value, struct str word)
{
	buf_printf(&h->out.pending, "<option value=\"%s%d\">", prefix, value);
	html_element(h, "", word, "</option>");
}

static void select_begin(struct html *h, const char *name, struct str label)
{
	html_element(h, "<label>", label, "");
	buf_printf(&h->out.pending, "<select name=\"%s\">", name);
	html_element(h, "<option value=\"\">", T(&h->r, html_any), "</option>");
}

/* Shown by the script, without which it would do nothing. */
static void put_filter(struct html *h)
{
	struct report *r = &h->r;
	PUT(h, "<form id=\"filter\" role=\"search\" hidden>\n");
	html_element(h, "<label>", T(r, html_search),
	             "<input type=\"search\" name=\"text\" autocomplete=\"off\"></label>\n");
	select_begin(h, "severity", T(r, findings_severity));
	for (int s = 0; s < SEVERITY_COUNT; s++) option(h, "s", s, report_word_severity(r, (enum severity)s));
	PUT(h, "</select></label>\n");
	select_begin(h, "outcome", T(r, html_outcome));
	for (int o = 0; o < OUTCOME_COUNT; o++) option(h, "o", o, WORD(r, outcome_unchanged, o));
	option(h, "o", OUTCOME_COUNT, T(r, number_none));
	PUT(h, "</select></label>\n<output id=\"shown\" aria-live=\"polite\"");
	html_element(h, " data-text=\"", T(r, html_shown), "\"></output></form>\n");
}

void html_findings(struct html *h)
{
	struct report *r = &h->r;
	const struct diff *diff = &r->result->diff;
	const struct html_column columns[] = {{T(r, findings_severity), false}, {T(r, html_outcome), false},
	                                      {T(r, findings_what), false},     {T(r, findings_where), false},
	                                      {T(r, findings_owner), false},    {T(r, findings_evidence), false}};
	struct html_table t = HTML_TABLE(h, T(r, html_all_title), columns);
	t.of = html_finding_count(diff);
	html_section(h, MARK_FINDINGS, T(r, html_all_title));
	html_note(h, T(r, html_all_note));
	put_filter(h);
	for (int side = SIDE_AFTER; side >= SIDE_BEFORE; side--) {
		const struct snapshot *s = diff->sides[side];
		for (uint32_t i = 0; i < s->input_count; i++)
			for (uint32_t k = 0; k < s->inputs[i].finding_count; k++) {
				LARGE_BREATHE(k);
				uint32_t number = s->inputs[i].first_finding + k;
				if (listed(diff, (enum side)side, number))
					put_finding(&t, (enum side)side, number, &s->inputs[i]);
			}
	}
	html_table_end(&t);
	html_section_end(h);
}
