/* What was accepted, how the gate judged, and what proves it: exceptions, rules, inputs, how to verify, words. */
#include "render/report_lists.h"

#include "render/bag.h"

#include <stdlib.h>

/* ---- Exceptions -------------------------------------------------------------------------------------------------- */

static struct pdf_cell exception_state(struct report *r, enum exception_state state)
{
	static const enum pdf_symbol symbols[EXCEPTION_STATE_COUNT] = {PDF_SYMBOL_NOT_MET, PDF_SYMBOL_OPEN,
	                                                               PDF_SYMBOL_NOT_MET, PDF_SYMBOL_INFO,
	                                                               PDF_SYMBOL_PARTLY,  PDF_SYMBOL_MET};
	return cell_symbol(symbols[state], WORD(r, exception_invalid, state));
}

static struct str exception_what(struct report *r, const struct exception *e)
{
	struct str head = report_join(r, e->id, STR(" · "), e->type);
	if (e->source.len && !str_eq(e->source, STR("file"))) head = report_join(r, head, STR(" · "), e->source);
	struct str text = report_join(r, report_join(r, head, STR("\n"), e->match), STR("\n"), e->reason);
	if (!str_eq(e->source, STR("file")))
		text = report_join(r, text, STR("\n"),
		                   SAY(r, exceptions_records, SLOT_N("n", e->records[SIDE_AFTER]),
		                       SLOT_N("before", e->records[SIDE_BEFORE]), SLOT_N("rules", e->rules),
		                       SLOT_N("subjects", e->subjects)));
	for (size_t i = 0; i < e->milestone_count; i++) {
		const struct milestone *m = &e->milestones[i];
		struct str words = SAY(r, exceptions_milestone, SLOT("title", m->title), SLOT("due", m->due));
		if (m->done.len)
			words = SAY(r, exceptions_milestone_done, SLOT("title", m->title), SLOT("done", m->done));
		if (m->overdue)
			words = SAY(r, exceptions_milestone_overdue, SLOT("title", m->title), SLOT("due", m->due));
		text = report_join(r, text, STR("\n"), words);
	}
	return text;
}

static struct str exception_who(struct report *r, const struct exception *e)
{
	struct str text = e->owner.len ? SAY(r, exceptions_owner_is, SLOT("name", e->owner)) : STR_EMPTY;
	if (e->approver.len)
		text = report_join(r, text, STR("\n"), SAY(r, exceptions_approver_is, SLOT("name", e->approver)));
	return report_join(r, text, STR("\n"), e->ticket);
}

struct str report_problem(struct report *r, const struct exception *e)
{
	return sentences_say_parts(&r->texts, e->problem, STR(", "));
}

void report_exception_cells(struct report *r, const struct exception *e, struct pdf_cell cells[EXCEPTION_CELLS])
{
	struct pdf_cell state = exception_state(r, e->state);
	state.text = report_join(r, state.text, STR(": "), report_problem(r, e));
	const struct pdf_cell row[EXCEPTION_CELLS] = {
	    cell_of(exception_what(r, e)),
	    state,
	    cell_of(exception_who(r, e)),
	    cell_of(e->expires.len ? e->expires : T(r, number_none)),
	    cell_of(e->days_left == INT64_MAX ? T(r, number_none) : texts_integer(&r->texts, e->days_left)),
	    cell_number(r, e->matched_before),
	    cell_number(r, e->matched)};
	memcpy(cells, row, sizeof(row));
}

void report_exceptions(struct report *r)
{
	const struct result *result = r->result;
	const struct pdf_column columns[] = {
	    {.title = T(r, exceptions_exception), .weight = 2.4F, .max_lines = 12},
	    {.title = T(r, exceptions_state), .width = 92, .max_lines = 6},
	    {.title = T(r, exceptions_who), .weight = 1, .max_lines = 6},
	    {.title = T(r, exceptions_expires), .width = 60, .max_lines = 3},
	    {.title = T(r, exceptions_days), .width = 40, .align = PDF_RIGHT},
	    {.title = T(r, exceptions_before), .width = 42, .align = PDF_RIGHT},
	    {.title = T(r, exceptions_after), .width = 42, .align = PDF_RIGHT},
	};
	size_t shown = result->exception_count < EXCEPTION_ROWS ? result->exception_count : EXCEPTION_ROWS;
	const struct pdf_table_options options = {
	    .size = PDF_SMALL, .caption = report_first(r, shown, result->exception_count, T(r, exceptions_order))};
	struct pdf_table table;
	report_section(r, T(r, exceptions_title), MARK_EXCEPTIONS);
	if (!shown) {
		report_plain(r, T(r, exceptions_none_at_all));
		return;
	}
	report_note(r, T(r, exceptions_note));
	pdf_table_begin(&table, r->pdf, columns, EXCEPTION_CELLS, &options);
	for (size_t i = 0; i < shown; i++) {
		struct pdf_cell cells[EXCEPTION_CELLS];
		report_exception_cells(r, &result->exceptions[i], cells);
		pdf_table_row(&table, cells, PDF_ROW);
	}
	pdf_table_end(&table);
}

/* ---- The gate ---------------------------------------------------------------------------------------------------- */

/* An offender that is of one side begins with the side's name. */
struct str report_offender(struct report *r, struct str offender)
{
	for (int side = 0; side < SIDE_COUNT && r->texts.sentences; side++) {
		struct str name = str_from(side_names[side]);
		if (str_starts(offender, name) && offender.len > name.len && offender.ptr[name.len] == ' ')
			return str_concat(&r->arena, WORD(r, side_before, side),
			                  str_slice(offender, name.len, offender.len));
	}
	return offender;
}

/* A line each. */
static struct str offenders_of(struct report *r, const struct gate_rule *rule)
{
	struct str text = STR_EMPTY;
	size_t n = rule->offender_count < OFFENDERS_SHOWN ? rule->offender_count : OFFENDERS_SHOWN;
	for (size_t i = 0; i < n; i++) text = report_join(r, text, STR("\n"), report_offender(r, rule->offenders[i]));
	if (n && rule->value > (double)n)
		text = SAY(r, gate_and_more, SLOT("list", text), SLOT_N("n", (uint64_t)(rule->value - (double)n)));
	return text;
}

/* "No new or reopened finding (high subject=*prod*)": the title, the severity, and the rest as it is. */
struct str report_gate_title(struct report *r, const struct gate_rule *rule)
{
	struct str title = rule->title, narrowed = STR_EMPTY;
	size_t open = str_find(title, STR(" ("));
	if (r->texts.sentences && open != SIZE_MAX && str_ends(title, STR(")"))) {
		narrowed = str_slice(title, open + 2, title.len - 1);
		title = str_slice(title, 0, open);
	}
	title = report_said(r, title);
	if (!narrowed.len) return title;
	size_t end = str_find(narrowed, STR(" "));
	struct str word = str_slice(narrowed, 0, end == SIZE_MAX ? narrowed.len : end);
	struct str rest = str_slice(narrowed, word.len, narrowed.len);
	for (int s = 0; s < SEVERITY_COUNT; s++)
		if (str_eq(word, str_from(severity_names[s]))) word = report_word_severity(r, (enum severity)s);
	return str_printf(&r->arena, "%.*s (%.*s%.*s)", STR_ARG(title), STR_ARG(word), STR_ARG(rest));
}

struct pdf_cell report_gate_state(struct report *r, const struct gate_rule *rule)
{
	struct str word = WORD(r, gate_state_pass, rule->state);
	if (rule->state == GATE_PASS) return cell_symbol(PDF_SYMBOL_MET, word);
	if (!rule->advisory) return cell_symbol(PDF_SYMBOL_NOT_MET, word);
	return cell_symbol(PDF_SYMBOL_PARTLY, SAY(r, gate_advisory, SLOT("state", word)));
}

void report_gate(struct report *r)
{
	const struct result *result = r->result;
	const struct pdf_column columns[] = {
	    {.title = T(r, gate_state), .width = 60, .max_lines = 5},
	    {.title = T(r, gate_rule), .weight = 1.3F, .max_lines = 6},
	    {.title = T(r, gate_offenders), .weight = 1.5F, .face = PDF_MONO, .max_lines = 25},
	    {.title = T(r, gate_value), .width = 46, .align = PDF_RIGHT},
	    {.title = T(r, gate_limit), .width = 46, .align = PDF_RIGHT},
	};
	const struct pdf_table_options options = {.size = PDF_SMALL};
	size_t shown = result->gate_count < GATE_ROWS ? result->gate_count : GATE_ROWS;
	struct pdf_table table;
	report_section(r, T(r, gate_title), MARK_GATE);
	report_note(r, result->verdict_pass ? T(r, gate_note_ready) : T(r, gate_note_not_ready));
	if (!shown) return;
	pdf_table_begin(&table, r->pdf, columns, 5, &options);
	for (size_t i = 0; i < shown; i++) {
		const struct gate_rule *rule = &result->gate[i];
		const struct pdf_cell cells[] = {
		    report_gate_state(r, rule),
		    cell_of(report_join(r, report_gate_title(r, rule), STR("\n"), rule->rule)),
		    cell_of(offenders_of(r, rule)), cell_of(texts_double(&r->texts, rule->value)),
		    cell_of(texts_double(&r->texts, rule->limit))};
		pdf_table_row(&table, cells, PDF_ROW);
	}
	pdf_table_end(&table);
	if (result->gate_count > shown)
		report_note(r, report_first(r, shown, result->gate_count, T(r, list_by_policy)));
}

/* ---- Inputs ------------------------------------------------------------------------------------------------------ */

struct str report_input_flags(struct report *r, const struct input *input, uint64_t warnings)
{
	struct str text = STR_EMPTY;
	if (input->truncated && !input->joined) text = report_join(r, text, STR(", "), T(r, inputs_cut_off));
	if (input->failed) text = report_join(r, text, STR(", "), T(r, inputs_failed));
	if (input->duplicate) text = report_join(r, text, STR(", "), T(r, inputs_duplicate));
	if (input->superseded) text = report_join(r, text, STR(", "), T(r, inputs_superseded));
	if (warnings) text = report_join(r, text, STR(", "), SAY(r, inputs_warnings_n, SLOT_N("n", warnings)));
	return text;
}

/* The heading of files of one format and tool; files are by path, where such files mostly stand together. */
struct str report_input_group(struct report *r, const struct snapshot *s, const struct input *input)
{
	struct str format = snapshot_string(s, input->format);
	struct str tool =
	    report_join(r, snapshot_string(s, input->tool), STR(" "), snapshot_string(s, input->tool_version));
	return tool.len ? SAY(r, inputs_group, SLOT("format", format), SLOT("tool", tool)) : format;
}

static void input_row(struct report *r, struct pdf_table *table, enum side side, const struct input *input,
                      uint64_t warnings)
{
	enum { TO_THE_MINUTE = sizeof("2026-03-01 08:00") - 1 };
	char hex[SHA256_HEX + 1];
	hex_of(input->sha256, SHA256_BYTES, hex);
	struct str flags =
	    report_join(r, report_input_flags(r, input, warnings), STR(", "), report_custody_flags(r, side, input));
	struct str path = report_join(r, snapshot_string(&r->result->sides[side], input->path), STR("\n"), flags);
	struct str when = texts_instant(&r->texts, input->captured);
	if (input->captured != INSTANT_NONE) when = str_slice(when, 0, TO_THE_MINUTE);
	const struct pdf_cell cells[] = {cell_of(path), cell_of(when), cell_number(r, input->records),
	                                 cell_of(str_dup(&r->arena, str_of(hex, SHA256_HEX)))};
	pdf_table_row(table, cells, PDF_ROW);
}

static void input_rows(struct report *r, struct pdf_table *table, enum side side, uint32_t shown)
{
	const struct snapshot *s = &r->result->sides[side];
	uint64_t *warnings = ARENA_ARRAY(&r->arena, uint64_t, s->input_count);
	struct str group = STR_EMPTY;
	for (uint32_t i = 0; i < s->warning_count; i++)
		if (s->warnings[i].input < s->input_count) warnings[s->warnings[i].input]++;
	for (uint32_t i = 0; i < shown && pdf_ok(r->pdf); i++) {
		struct str of = report_input_group(r, s, &s->inputs[i]);
		if (!str_eq(of, group)) report_group(table, cell_of(of));
		group = of;
		input_row(r, table, side, &s->inputs[i], warnings[i]);
	}
}

/* One line for a file, so that hundreds take few pages: the hash is set a little narrower than the font has it (a table
 * condenses what stands at the right, by up to 40 %). */
static void draw_inputs(struct report *r, enum side side)
{
	const struct snapshot *s = &r->result->sides[side];
	const struct str half = STR("0123456789abcdef0123456789abcdef");
	float sha = pdf_text_width(r->pdf, PDF_MONO, PDF_SMALL, half) * 2 * 0.78F + 7;
	const struct pdf_column columns[] = {
	    {.title = T(r, inputs_path), .weight = 1, .max_lines = 6},
	    {.title = T(r, inputs_captured), .width = 82},
	    {.title = T(r, inputs_records), .width = 42, .align = PDF_RIGHT},
	    {.title = T(r, inputs_sha256), .width = sha, .face = PDF_MONO, .align = PDF_RIGHT},
	};
	uint32_t shown = s->input_count < INPUT_ROWS ? s->input_count : INPUT_ROWS;
	const struct pdf_table_options options = {
	    .size = PDF_SMALL, .padding = 0.5F, .caption = report_first(r, shown, s->input_count, T(r, list_by_path))};
	struct pdf_table table;
	report_subsection(r, SAY(r, inputs_side, SLOT("side", WORD(r, side_before, side)), SLOT_N("n", s->input_count)),
	                  STR_EMPTY);
	if (!shown) {
		report_plain(r, T(r, inputs_none));
		return;
	}
	pdf_table_begin(&table, r->pdf, columns, 4, &options);
	input_rows(r, &table, side, shown);
	pdf_table_end(&table);
}

static void draw_paragraph(void *context, struct str text)
{
	report_plain(context, text);
	pdf_space(((struct report *)context)->pdf, 3);
}

void report_inputs(struct report *r)
{
	report_section(r, T(r, inputs_title), MARK_INPUTS);
	report_note(r, T(r, inputs_note));
	report_custody(r, r, draw_paragraph);
	draw_inputs(r, SIDE_BEFORE);
	draw_inputs(r, SIDE_AFTER);
}

/* ---- How to verify ----------------------------------------------------------------------------------------------- */

void report_verify_steps(struct report *r, struct report_pair steps[VERIFY_STEPS])
{
	struct str folder = bag_folder(&r->arena, r->result->change.id);
	int64_t as_of = r->result->as_of == INSTANT_NONE ? 0 : r->result->as_of;
	const struct report_pair all[VERIFY_STEPS] = {
	    {T(r, verify_unpack),
	     str_printf(&r->arena, "zstd -q -t %.*s.tar.zst\ntar --zstd -xf %.*s.tar.zst && cd %.*s", STR_ARG(folder),
	                STR_ARG(folder), STR_ARG(folder))},
	    {T(r, verify_manifests), STR("sha256sum -c --quiet --strict manifest-sha256.txt\n"
	                                 "sha256sum -c --quiet --strict tagmanifest-sha256.txt")},
	    {T(r, verify_digest), r->result->custody.carried != CARRY_FULL
	                              ? STR("sha256sum data/evidence-sha256.txt")
	                              : STR("grep -a '^.\\{64\\}  data/evidence/' manifest-sha256.txt | sha256sum")},
	    {T(r, verify_signature),
	     str_printf(&r->arena,
	                "openssl cms -verify -binary -inform DER -in tagmanifest-sha256.txt.p7s "
	                "-content tagmanifest-sha256.txt "
	                "-CAfile CERT.pem -partial_chain -purpose any -attime %lld -out /dev/null",
	                (long long)(as_of / INSTANT_SECOND))},
	    {T(r, verify_record), STR("tail -c +$((OFFSET + 1)) data/evidence/PATH | head -c LENGTH")},
	    {T(r, verify_dossier),
	     str_printf(&r->arena, "dossier verify %.*s.tar.zst\ndossier trace %.*s.tar.zst FINDING-ID",
	                STR_ARG(folder), STR_ARG(folder))},
	};
	memcpy(steps, all, sizeof(all));
}

static void step(struct report *r, struct str what, struct str command)
{
	const struct pdf_style mono = {PDF_MONO, PDF_SMALL, PDF_INK};
	pdf_need(r->pdf, 3 * pdf_size_leading(PDF_BODY));
	report_plain(r, what);
	pdf_indent(r->pdf, 12);
	pdf_text(r->pdf, mono, command);
	pdf_outdent(r->pdf, 12);
	pdf_space(r->pdf, 6);
}

void report_verify(struct report *r)
{
	struct report_pair steps[VERIFY_STEPS];
	struct str digest = str_from(r->result->evidence_digest);
	report_verify_steps(r, steps);
	report_section(r, T(r, verify_title), MARK_VERIFY);
	report_plain(r, T(r, verify_intro));
	pdf_space(r->pdf, 4);
	for (size_t i = 0; i <= VERIFY_DIGEST; i++) step(r, steps[i].first, steps[i].second);
	pdf_indent(r->pdf, 12);
	pdf_text(r->pdf, (struct pdf_style){PDF_MONO, PDF_BODY, PDF_INK}, digest.len ? digest : T(r, number_none));
	report_note(r,
	            r->result->custody.carried != CARRY_FULL ? T(r, verify_digest_is_listed) : T(r, verify_digest_is));
	pdf_outdent(r->pdf, 12);
	pdf_space(r->pdf, 5);
	for (size_t i = VERIFY_DIGEST + 1; i < VERIFY_STEPS; i++) step(r, steps[i].first, steps[i].second);
}

/* ---- Words ------------------------------------------------------------------------------------------------------- */

void report_glossary_words(struct report *r, struct report_pair words[GLOSSARY_WORDS])
{
	const struct report_pair all[GLOSSARY_WORDS] = {
	    {T(r, glossary_open), T(r, glossary_open_means)},
	    {T(r, glossary_unit), T(r, glossary_unit_means)},
	    {T(r, glossary_common), T(r, glossary_common_means)},
	    {T(r, glossary_subject), T(r, glossary_subject_means)},
	    {T(r, glossary_exception), T(r, glossary_exception_means)},
	    {T(r, glossary_id), T(r, glossary_id_means)},
	};
	memcpy(words, all, sizeof(all));
}

void report_glossary(struct report *r)
{
	struct report_pair words[GLOSSARY_WORDS];
	struct pdf_pair pairs[OUTCOME_COUNT];
	report_section(r, T(r, glossary_title), MARK_GLOSSARY);
	report_plain(r, T(r, glossary_sums));
	pdf_space(r->pdf, 4);
	for (size_t i = 0; i < OUTCOME_COUNT; i++)
		pairs[i] = (struct pdf_pair){.key = WORD(r, outcome_unchanged, i),
		                             .value = WORD(r, outcome_means_unchanged, i)};
	pdf_pairs(r->pdf, pairs, OUTCOME_COUNT, 90);
	pdf_space(r->pdf, 4);
	report_glossary_words(r, words);
	for (size_t i = 0; i < GLOSSARY_WORDS; i++)
		pairs[i] = (struct pdf_pair){.key = words[i].first, .value = words[i].second};
	pdf_pairs(r->pdf, pairs, GLOSSARY_WORDS, 90);
}
