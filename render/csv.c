/* A part is walked in the order of evidence, so that the input of a finding is known without looking it up. A
 * cell is read once to see whether it is plain, which most are, and copied as it is; only the others go through
 * put_odd. The cells that a profile, a component or an input gives are written once and copied for each row.
 */
#include "render/csv.h"

#include "analyze/analyze.h"
#include "analyze/why.h"
#include "core/large.h"

#include <stdlib.h>

/* A row of the index as one number. */
enum { OFFSET_BITS = 40, PREFIX_BITS = 4 * CSV_INDEX_PREFIX };

#define PUT(buf, literal) buf_add((buf), STR(literal))

/* What a spreadsheet takes for the beginning of a formula, full-width forms and blanks before it too. */
static bool starts_formula(struct str s)
{
	while (s.len && s.ptr[0] == ' ') s = str_slice(s, 1, s.len);
	if (!s.len) return false;
	switch (s.ptr[0]) {
	case '=':
	case '+':
	case '-':
	case '@':
	case '\t':
	case '\r':
	case '\n': return true;
	case '\xef':
		return str_starts(s, STR("\xef\xbc\x9d")) || str_starts(s, STR("\xef\xbc\x8b")) ||
		       str_starts(s, STR("\xef\xbc\x8d")) || str_starts(s, STR("\xef\xbc\xa0"));
	default: return false;
	}
}

static void put_odd(struct buf *buf, struct str s)
{
	buf_char(buf, '"');
	if (starts_formula(s)) buf_char(buf, '\'');
	for (size_t i = 0; i < s.len;) {
		size_t start = i;
		i += text_ascii(s, i, "\"\"\"\"");
		i += text_plain(s, i);
		buf_add(buf, str_slice(s, start, i));
		if (i > start) continue;
		if (s.ptr[i] == '\n' || s.ptr[i] == '\t') {
			buf_char(buf, s.ptr[i++]);
		} else if (s.ptr[i] == '"') {
			PUT(buf, "\"\"");
			i++;
		} else if (s.ptr[i] == '\r' && i + 1 < s.len && s.ptr[i + 1] == '\n') {
			i++;
		} else {
			i += text_replace(buf, s, i);
		}
	}
	buf_char(buf, '"');
}

static void put_text(struct buf *buf, struct str s)
{
	if (!s.len) return;
	if (text_ascii(s, 0, "\",,,") == s.len && !starts_formula(s) && s.ptr[0] != ' ' && s.ptr[s.len - 1] != ' ')
		buf_add(buf, s);
	else
		put_odd(buf, s);
}

static void cell(struct buf *buf, struct str s)
{
	buf_char(buf, ',');
	put_text(buf, s);
}

static void cell_number(struct buf *buf, uint64_t value)
{
	buf_char(buf, ',');
	buf_u64(buf, value);
}

/* The rows of one part; the cells that many of them have in common. */
struct rows_writer {
	struct buf *out;
	const struct diff *diff;
	enum side side;
	struct shared profiles, components, controls;
	struct buf input;   /* of the input at hand */
	struct arena arena; /* of one row */
	struct buf path;    /* scratch */
	const struct analysis *analysis;
	const struct result *result;
	uint64_t *rows; /* of the part's first finding; NULL: nobody asks */
	uint32_t from;
};

/* evidence_path, evidence_sha256 */
static void read_input(struct rows_writer *w, const struct input *input)
{
	struct buf path = {0};
	char hex[SHA256_HEX + 1];
	buf_printf(&path, "data/evidence/%s/", side_names[w->side]);
	buf_add(&path, snapshot_string(w->diff->sides[w->side], input->path));
	hex_of(input->sha256, SHA256_BYTES, hex);
	w->input.len = 0;
	cell(&w->input, buf_str(&path));
	cell(&w->input, str_of(hex, SHA256_HEX));
	buf_free(&path);
}

/* tool, rule, title, severity, status, subject */
static struct str profile_cells(struct rows_writer *w, const struct snapshot *s, const struct finding *f)
{
	const struct profile *p = snapshot_profile(s, f);
	struct buf *buf = shared_text(&w->profiles, f->profile);
	if (buf->len) return buf_str(buf);
	cell(buf, snapshot_string(s, p->tool));
	cell(buf, snapshot_string(s, p->rule));
	cell(buf, snapshot_string(s, p->title));
	cell(buf, str_from(severity_names[p->severity]));
	cell(buf, str_from(status_names[p->status]));
	cell(buf, snapshot_string(s, p->subject));
	return buf_str(buf);
}

/* package, version, fixed_version, purl */
static struct str component_cells(struct rows_writer *w, const struct snapshot *s, const struct finding *f)
{
	const struct component *c = snapshot_component(s, f);
	struct buf *buf = shared_text(&w->components, f->component);
	if (buf->len) return buf_str(buf);
	cell(buf, snapshot_string(s, c->package));
	cell(buf, snapshot_string(s, c->version));
	cell(buf, snapshot_string(s, c->fixed_version));
	cell(buf, snapshot_string(s, c->purl));
	return buf_str(buf);
}

/* The controls that it speaks of: "MCSB DS-6; MCSB PV-6" */
static struct str controls_cell(struct rows_writer *w, uint32_t profile)
{
	struct buf *cells = shared_text(&w->controls, profile), text = {0};
	size_t count = 0;
	if (cells->len) return buf_str(cells);
	const uint32_t *list = w->analysis ? controls_of(&w->analysis->controls, w->side, profile, &count) : NULL;
	for (size_t i = 0; i < count; i++) {
		const struct control *c = &w->result->controls[list[i]];
		if (i) PUT(&text, "; ");
		buf_add(&text, c->framework);
		buf_char(&text, ' ');
		buf_add(&text, c->id);
	}
	cell(cells, buf_str(&text));
	buf_free(&text);
	return buf_str(cells);
}

static void cell_word(struct buf *buf, const char *word)
{
	buf_char(buf, ',');
	buf_add(buf, str_from(word));
}

/* outcome, matched, updated_by, tier */
static void put_fate(struct buf *buf, struct rows_writer *w, uint32_t finding)
{
	const struct fate *fate = &w->diff->fates[w->side][finding];
	char id[19] = "", separator = ',';
	cell_word(buf, fate->outcome < OUTCOME_COUNT ? outcome_names[fate->outcome] : "");
	if (fate->match != NO_MATCH) diff_match_id(w->diff, w->side, finding, id);
	cell_word(buf, id);
	if (!fate->updated_by) buf_char(buf, ',');
	for (unsigned i = 0; i < UPDATED_KINDS; i++) {
		if (!(fate->updated_by & 1u << i)) continue;
		buf_char(buf, separator);
		buf_add(buf, str_from(updated_names[i]));
		separator = ' ';
	}
	cell_word(buf, fate->tier != TIER_NONE ? tier_names[fate->tier] : "");
}

/* The first digits of the id, and where the row begins. */
static uint64_t row_of(uint64_t id, uint64_t offset) { return id >> (64 - PREFIX_BITS) << OFFSET_BITS | offset; }

static void put_row(struct rows_writer *w, uint32_t finding)
{
	struct buf *buf = w->out;
	const struct snapshot *s = w->diff->sides[w->side];
	const struct finding *f = &s->findings[finding];
	const struct profile *p = snapshot_profile(s, f);
	char id[19], key[19];
	uint64_t number = diff_id_number(w->diff, w->side, finding);
	if (w->rows) w->rows[finding - w->from] = row_of(number, buf->len);
	naming_text('F', number, id);
	diff_key(w->diff, w->side, finding, key);
	buf_add(buf, str_of(id, 18));
	cell_word(buf, key);
	cell_word(buf, side_names[w->side]);
	put_fate(buf, w, finding);
	buf_add(buf, profile_cells(w, s, f));
	cell(buf, snapshot_path(s, f, &w->path));
	if (f->line)
		cell_number(buf, f->line);
	else
		buf_char(buf, ',');
	buf_add(buf, component_cells(w, s, f));
	cell(buf, snapshot_string(s, p->ids));
	buf_add(buf, controls_cell(w, f->profile));
	cell(buf, finding_owner(w->analysis, s, f));
	buf_add(buf, buf_str(&w->input));
	cell_number(buf, span_offset(f->span));
	cell_number(buf, span_length(f->span));
	cell(buf, snapshot_pointer(s, finding, &w->arena));
	bool judged = w->diff->fates[w->side][finding].outcome < OUTCOME_COUNT;
	cell_word(buf, judged ? why_reason_names[why_reason_of(w->diff, w->side, finding)] : "");
	cell(buf, snapshot_string(s, snapshot_component(s, f)->message));
	PUT(buf, "\r\n");
	arena_reset(&w->arena);
}

/* ---- parts ---- */

static uint64_t *rows_of(const struct csv_rows *rows, const struct result *result, struct part part)
{
	size_t before = part.side == SIDE_BEFORE ? 0 : result->diff.sides[SIDE_BEFORE]->finding_count;
	return rows->rows + before + part.from;
}

static void put_rows(const struct result *result, struct part part, struct buf *out, void *context)
{
	const struct diff *d = &result->diff;
	const struct snapshot *s = d->sides[part.side];
	struct rows_writer w = {.out = out,
	                        .diff = d,
	                        .side = part.side,
	                        .analysis = result->analysis,
	                        .result = result,
	                        .rows = context ? rows_of(context, result, part) : NULL,
	                        .from = part.from};
	uint32_t input = snapshot_input_of(s, part.from), end = part.from;
	for (uint32_t i = part.from; i < part.to; i++) {
		LARGE_BREATHE(i);
		if (i == end) {
			while (s->inputs[input].first_finding + s->inputs[input].finding_count <= i) input++;
			end = s->inputs[input].first_finding + s->inputs[input].finding_count;
			read_input(&w, &s->inputs[input]);
		}
		if (d->fates[part.side][i].counted) put_row(&w, i);
	}
	shared_free(&w.profiles);
	shared_free(&w.components);
	shared_free(&w.controls);
	buf_free(&w.input);
	buf_free(&w.path);
	arena_free(&w.arena);
}

static bool put_head(const struct result *result, struct sink sink, struct error *error)
{
	(void)result;
	return sink_write(
	    sink,
	    STR("id,key,side,outcome,matched,updated_by,tier,tool,rule,title,severity,status,subject,path,line,package,"
	        "version,fixed_version,purl,ids,controls,owner,evidence_path,evidence_sha256,offset,length,pointer,why,message\r\n"),
	    error);
}

const struct parts csv_parts = {SIDE_BEFORE, put_head, put_rows, NULL};

bool csv_findings_marked(const struct result *result, struct sink sink, struct error *error)
{
	return sink_write(sink, STR("\xef\xbb\xbf"), error) && parts_write(&csv_parts, result, sink, error);
}

/* ---- index ---- */

void csv_rows_begin(struct csv_rows *rows, const struct result *result)
{
	rows->count =
	    (size_t)result->diff.sides[SIDE_BEFORE]->finding_count + result->diff.sides[SIDE_AFTER]->finding_count;
	rows->rows = large_grow(NULL, sizeof(*rows->rows) * (rows->count + 1));
	for (size_t i = 0; i < rows->count; i++) {
		LARGE_BREATHE(i);
		rows->rows[i] = CSV_NO_ROW;
	}
}

void csv_rows_moved(struct csv_rows *rows, const struct result *result, struct part part, uint64_t offset)
{
	uint64_t *row = rows_of(rows, result, part);
	for (uint32_t i = 0; i < part.to - part.from; i++)
		if (row[i] != CSV_NO_ROW) row[i] += offset;
}

void csv_rows_free(struct csv_rows *rows)
{
	large_free(rows->rows);
	*rows = (struct csv_rows){0};
}

/* By prefix, rows of one prefix in the order of the file, in two steps, so that no place is written that will soon be written again: where a
 * limit of memory takes pages away, each would come back for every few rows.
 *
 *   rows ── by the first eight bits, a page's worth at a time ── sorted[part 0 | part 1 | ...] ── each part by itself, in the heap
 */
enum {
	DIGIT_BITS = 8,
	DIGITS = 1 << DIGIT_BITS,
	GATHERED = 512 /* rows: a page */
};

static unsigned digit_at(uint64_t row, int shift) { return (unsigned)(row >> shift & (DIGITS - 1)); }

/* Where the rows of each digit begin; starts[DIGITS]: how many there are. */
static void count_digits(const uint64_t *rows, size_t count, int shift, size_t starts[DIGITS + 1])
{
	memset(starts, 0, sizeof(*starts) * (DIGITS + 1));
	for (size_t i = 0; i < count; i++) {
		LARGE_BREATHE(i);
		starts[digit_at(rows[i], shift) + 1]++;
	}
	for (size_t i = 0; i < DIGITS; i++) starts[i + 1] += starts[i];
}

/* Into the parts of the first digit. */
static void part_rows(const struct csv_rows *rows, const size_t starts[DIGITS + 1], uint64_t *sorted)
{
	const int shift = OFFSET_BITS + PREFIX_BITS - DIGIT_BITS;
	uint64_t(*gathered)[GATHERED] = memory_grow(NULL, sizeof(*gathered) * DIGITS);
	size_t held[DIGITS] = {0}, ends[DIGITS];
	memcpy(ends, starts, sizeof(ends));
	for (size_t i = 0; i < rows->count; i++) {
		LARGE_BREATHE(i);
		unsigned digit = digit_at(rows->rows[i], shift);
		gathered[digit][held[digit]++] = rows->rows[i];
		if (held[digit] < GATHERED) continue;
		memcpy(sorted + ends[digit], gathered[digit], sizeof(*gathered));
		ends[digit] += GATHERED;
		held[digit] = 0;
	}
	for (size_t digit = 0; digit < DIGITS; digit++)
		memcpy(sorted + ends[digit], gathered[digit], sizeof(uint64_t) * held[digit]);
	free(gathered);
}

/* By all digits but the first. */
static void sort_part(uint64_t *rows, size_t count, uint64_t *scratch)
{
	uint64_t *from = rows, *to = scratch;
	for (int shift = OFFSET_BITS; shift < OFFSET_BITS + PREFIX_BITS - DIGIT_BITS; shift += DIGIT_BITS) {
		size_t starts[DIGITS + 1];
		count_digits(from, count, shift, starts);
		for (size_t i = 0; i < count; i++) to[starts[digit_at(from[i], shift)]++] = from[i];
		uint64_t *swap = from;
		from = to;
		to = swap;
	}
	if (from != rows && count) memcpy(rows, from, sizeof(*rows) * count);
}

static void drop_absent(struct csv_rows *rows)
{
	size_t count = 0;
	for (size_t i = 0; i < rows->count; i++) {
		LARGE_BREATHE(i);
		if (rows->rows[i] != CSV_NO_ROW) rows->rows[count++] = rows->rows[i];
	}
	rows->count = count;
}

static void sort_rows(struct csv_rows *rows)
{
	size_t starts[DIGITS + 1], largest = 0;
	drop_absent(rows);
	count_digits(rows->rows, rows->count, OFFSET_BITS + PREFIX_BITS - DIGIT_BITS, starts);
	for (size_t i = 0; i < DIGITS; i++)
		if (starts[i + 1] - starts[i] > largest) largest = starts[i + 1] - starts[i];
	uint64_t *sorted = large_grow(NULL, sizeof(*sorted) * (rows->count + 1));
	part_rows(rows, starts, sorted);
	large_free(rows->rows);
	rows->rows = sorted;
	uint64_t *scratch = memory_grow(NULL, sizeof(*scratch) * (largest + 1));
	for (size_t i = 0; i < DIGITS; i++) sort_part(sorted + starts[i], starts[i + 1] - starts[i], scratch);
	free(scratch);
}

/* The lowest digits. */
static void put_hex(struct buf *buf, uint64_t value, size_t digits)
{
	char text[16];
	for (size_t i = digits; i-- > 0; value >>= 4) text[i] = "0123456789abcdef"[value & 15];
	buf_add(buf, str_of(text, digits));
}

bool csv_index(struct csv_rows *rows, struct sink sink, struct error *error)
{
	struct writer w = {.sink = sink, .error = error};
	sort_rows(rows);
	for (size_t i = 0; i < rows->count; i++) {
		LARGE_BREATHE(i);
		uint64_t row = rows->rows[i];
		put_hex(&w.pending, row >> OFFSET_BITS, CSV_INDEX_PREFIX);
		buf_char(&w.pending, ' ');
		put_hex(&w.pending, row, 10);
		buf_char(&w.pending, '\n');
		if (!writer_step(&w)) break;
	}
	return writer_end(&w);
}
