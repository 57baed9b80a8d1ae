/* How it works
 *
 * Everything goes through the document's scratch, three arrays used as stacks:
 *
 *   codes   | c l e a n e d   l e t t e r s _ a s   c o d e   p o i n t s |      one run after another
 *   spans   | run 0      | run 1                         | run 2          |      where runs end, and their faces
 *   lines   | from..to   | from..to                  | from..to           |      what wrapping found
 *
 * A layout is a range of lines; drawing it needs no measuring. Widths are added in 1/1000 of the size, as integers
 * from the table of advances that pdf_doc made from the font, so a letter costs one load. A page reference is one
 * letter from the private use area, which cleaning never lets through; its width is the room that "p. 123" takes.
 */
#include "render/pdf_text.h"

#include "core/arena.h"
#include "core/utf8.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { PAGE_REF = 0xe000, ELLIPSIS = 0x2026 };

float pdf_size_baseline(enum pdf_size size) { return pdf_size_leading(size) / 2 + pdf_size_points(size) * 0.36F; }

/* ---- Scratch ----------------------------------------------------------------------------------------------------- */

struct pdf_scratch_mark pdf_scratch_mark(struct pdf *pdf)
{
	const struct pdf_scratch *s = pdf_scratch(pdf);
	return (struct pdf_scratch_mark){s->code_count, s->line_count, s->span_count};
}

void pdf_scratch_release(struct pdf *pdf, struct pdf_scratch_mark mark)
{
	struct pdf_scratch *s = pdf_scratch(pdf);
	s->code_count = mark.codes;
	s->line_count = mark.lines;
	s->span_count = mark.spans;
}

void pdf_scratch_free(struct pdf_scratch *s)
{
	free(s->codes);
	free(s->lines);
	free(s->spans);
	*s = (struct pdf_scratch){0};
}

static void code(struct pdf_scratch *s, uint32_t c)
{
	ARRAY_RESERVE(s->codes, s->code_count, s->code_capacity);
	s->codes[s->code_count++] = (uint16_t)c;
}

static void code_text(struct pdf_scratch *s, const char *text)
{
	for (; *text; text++) code(s, (unsigned char)*text);
}

/* ---- Cleaning ---------------------------------------------------------------------------------------------------- */

static void escape(struct pdf_scratch *s, const char *format, uint32_t value)
{
	char text[16];
	snprintf(text, sizeof(text), format, value);
	code_text(s, text);
}

/* The end of a line at i, or 0: its bytes. */
static size_t line_end(struct str text, size_t i)
{
	char c = text.ptr[i];
	if (c == '\n') return 1;
	if (c == '\r') return i + 1 < text.len && text.ptr[i + 1] == '\n' ? 2 : 1;
	if (c == '\xe2' && text.len - i >= 3 && text.ptr[i + 1] == '\x80' &&
	    (text.ptr[i + 2] == '\xa8' || text.ptr[i + 2] == '\xa9'))
		return 3;
	return 0;
}

/* One code point that is not plain ASCII; returns its bytes. */
static size_t clean_one(struct pdf_scratch *s, const uint16_t *advance, struct str text, size_t i, bool one_line,
                        size_t from)
{
	size_t n = line_end(text, i);
	if (n) {
		code(s, one_line ? ' ' : '\n');
		return n;
	}
	uint32_t c = utf8_decode(text, i, &n);
	if (c == '\t')
		code_text(s, "    ");
	else if (!utf8_length(text, i))
		escape(s, "\\x{%02X}", (unsigned char)text.ptr[i]);
	else if (c > 0xffff || advance[c] == PDF_NO_GLYPH)
		escape(s, "\\u{%X}", c);
	else if (advance[c] == 0 && (s->code_count == from || s->codes[s->code_count - 1] == '\n'))
		escape(s, "\\u{%X}", c); /* a combining mark with nothing to stand on */
	else
		code(s, c);
	return n;
}

void pdf_text_codes(struct pdf *pdf, enum pdf_face face, struct str text, bool one_line)
{
	struct pdf_scratch *s = pdf_scratch(pdf);
	const uint16_t *advance = pdf_advances(pdf, face);
	size_t from = s->code_count, i = 0;
	while (i < text.len && s->code_count - from < PDF_TEXT_CODES) {
		unsigned char c = (unsigned char)text.ptr[i];
		if (c >= 0x20 && c < 0x7f) {
			code(s, c);
			i++;
		} else {
			i += clean_one(s, advance, text, i, one_line, from);
		}
	}
	if (i == text.len) return;
	char rest[64];
	snprintf(rest, sizeof(rest), " [%zu more bytes]", text.len - i);
	code(s, ELLIPSIS);
	code_text(s, rest);
}

void pdf_clean(struct pdf *pdf, enum pdf_face face, struct str text, size_t letters, struct buf *out)
{
	struct pdf_scratch *s = pdf_scratch(pdf);
	struct pdf_scratch_mark mark = pdf_scratch_mark(pdf);
	char bytes[4];
	pdf_text_codes(pdf, face, text, true);
	size_t n = s->code_count - mark.codes;
	if (letters && n > letters) {
		n = letters;
		s->codes[mark.codes + n - 1] = ELLIPSIS;
	}
	for (size_t i = 0; i < n; i++) buf_add(out, str_of(bytes, utf8_encode(s->codes[mark.codes + i], bytes)));
	pdf_scratch_release(pdf, mark);
}

/* ---- One line ---------------------------------------------------------------------------------------------------- */

static uint32_t units_of(float width, enum pdf_size size)
{
	float units = width * 1000 / pdf_size_points(size);
	return units < 1 ? 1 : units > 1e9F ? 1000000000 : (uint32_t)units;
}

static float points_of(uint32_t units, enum pdf_size size) { return (float)units * pdf_size_points(size) / 1000; }

static uint32_t width_of(const uint16_t *advance, const uint16_t *codes, size_t n)
{
	uint32_t width = 0;
	for (size_t i = 0; i < n; i++) width += advance[codes[i]];
	return width;
}

float pdf_text_width(struct pdf *pdf, enum pdf_face face, enum pdf_size size, struct str text)
{
	struct pdf_scratch *s = pdf_scratch(pdf);
	struct pdf_scratch_mark mark = pdf_scratch_mark(pdf);
	pdf_text_codes(pdf, face, text, true);
	uint32_t units = width_of(pdf_advances(pdf, face), s->codes + mark.codes, s->code_count - mark.codes);
	pdf_scratch_release(pdf, mark);
	return points_of(units, size);
}

static float aligned(float x, float room, float width, enum pdf_align align)
{
	switch (align) {
	case PDF_LEFT: return x;
	case PDF_RIGHT: return x + room - width;
	case PDF_CENTRE: return x + (room - width) / 2;
	}
	return x;
}

bool pdf_text_at(struct pdf *pdf, float x, float baseline, struct pdf_style style, enum pdf_align align, float max,
                 struct str text)
{
	struct pdf_scratch *s = pdf_scratch(pdf);
	struct pdf_scratch_mark mark = pdf_scratch_mark(pdf);
	const uint16_t *advance = pdf_advances(pdf, style.face);
	pdf_text_codes(pdf, style.face, text, true);
	size_t n = s->code_count - mark.codes;
	uint32_t width = width_of(advance, s->codes + mark.codes, n);
	/* 2/1000 em are nothing to see; they are what a width loses on its way through points. */
	uint32_t most = max > 0 ? units_of(max, style.size) + 2 : UINT32_MAX;
	bool cut = width > most;
	if (cut) {
		width += advance[ELLIPSIS];
		while (n && (width > most || s->codes[mark.codes + n - 1] == ' '))
			width -= advance[s->codes[mark.codes + --n]];
		s->code_count = mark.codes + n;
		code(s, ELLIPSIS);
		n++;
	}
	pdf_glyphs(pdf, aligned(x, 0, points_of(width, style.size), align), baseline, style.face,
	           pdf_size_points(style.size), 0, style.ink, s->codes + mark.codes, n);
	pdf_scratch_release(pdf, mark);
	return cut;
}

/* ---- Layout ------------------------------------------------------------------------------------------------------ */

/* A reader of letters with their widths, in order of the runs. */
struct reader {
	struct pdf *pdf;
	const uint16_t *codes;
	const struct pdf_span *spans;
	const uint16_t *advance;
	uint32_t span, end;
	enum pdf_size size;
};

static void to_span_of(struct reader *r, uint32_t i)
{
	while (r->span && r->spans[r->span - 1].end > i) r->span--;
	while (r->spans[r->span].end <= i && r->spans[r->span].end < r->end) r->span++;
	r->advance = pdf_advances(r->pdf, r->spans[r->span].face);
}

static uint32_t width_at(struct reader *r, uint32_t i)
{
	if (i >= r->spans[r->span].end || (r->span && i < r->spans[r->span - 1].end)) to_span_of(r, i);
	if (r->codes[i] != PAGE_REF) return r->advance[r->codes[i]];
	return units_of(pdf_page_ref_width(r->pdf, r->size, r->spans[r->span].run->link), r->size);
}

static bool breaks_after(uint16_t c)
{
	switch (c) {
	case '/':
	case '\\':
	case '-':
	case '.':
	case '_':
	case ':':
	case '@':
	case ',':
	case ';':
	case '=':
	case '&':
	case '?':
	case '|':
	case '+':
	case '}':
	case 0x2010:
	case 0x2013:
	case 0x2014: return true;
	}
	return false;
}

/* \u{1F600} stays together where it can. */
static bool begins_escape(const struct reader *r, uint32_t i)
{
	return r->codes[i] == '\\' && i + 2 < r->end && r->codes[i + 2] == '{';
}

/* Whether the word that begins at i fits into an empty line. */
static bool word_fits(struct reader *r, uint32_t i, uint32_t most)
{
	for (uint32_t width = 0; i < r->end && r->codes[i] != ' ' && r->codes[i] != '\n'; i++)
		if ((width += width_at(r, i)) > most) return false;
	return true;
}

/* Where a line may end: before `to`, its width until there, and where the next one begins. */
struct stop {
	uint32_t to, width, next;
};

/* Finds the end of the line that begins at `start`. */
static struct stop end_of_line(struct reader *r, uint32_t start, uint32_t most)
{
	struct stop space = {start, 0, start}, sign = {start, 0, start};
	uint32_t width = 0, i = start;
	for (; i < r->end && r->codes[i] != '\n'; i++) {
		uint32_t advance = width_at(r, i);
		if (r->codes[i] == ' ') {
			if (i == start || r->codes[i - 1] != ' ') space = (struct stop){i, width, i + 1};
			space.next = i + 1;
			width += advance;
			continue;
		}
		if (width + advance > most && i > start) {
			bool can_space = space.to > start, can_sign = sign.to > start && sign.to > space.next;
			if (can_space && (!can_sign || word_fits(r, space.next, most))) return space;
			if (can_sign) return sign;
			uint32_t to = i;
			while (to > start + 1 && width_at(r, to) == 0) to--;
			return (struct stop){to, width, to};
		}
		width += advance;
		if (breaks_after(r->codes[i]) && !begins_escape(r, i)) sign = (struct stop){i + 1, width, i + 1};
	}
	uint32_t next = i < r->end ? i + 1 : i;
	if (i > start && r->codes[i - 1] == ' ') return (struct stop){space.to, space.width, next};
	return (struct stop){i, width, next};
}

/* The last line that is allowed, when there is more text than lines. */
static struct pdf_line cut_line(struct reader *r, uint32_t start, uint32_t most)
{
	uint32_t i = start, width = 0, solid = start, solid_width = 0;
	for (; i < r->end && r->codes[i] != '\n'; i++) {
		uint32_t advance = width_at(r, i);
		if (width + advance + r->advance[ELLIPSIS] > most) break;
		width += advance;
		if (r->codes[i] != ' ') solid = i + 1, solid_width = width;
	}
	return (struct pdf_line){start, solid, solid_width + r->advance[ELLIPSIS], true};
}

static void wrap(struct pdf *pdf, struct pdf_layout *layout, unsigned max_lines)
{
	struct pdf_scratch *s = pdf_scratch(pdf);
	struct reader r = {pdf,         s->codes, s->spans + layout->first_span, NULL, 0, (uint32_t)s->code_count,
	                   layout->size};
	uint32_t most = units_of(layout->width, layout->size) + 2, start = layout->first_code;
	to_span_of(&r, start);
	layout->first_line = (uint32_t)s->line_count;
	do {
		struct stop stop = end_of_line(&r, start, most);
		struct pdf_line line = {start, stop.to, stop.width, false};
		bool last = max_lines && s->line_count + 1 - layout->first_line == max_lines;
		layout->cut = last && stop.next < r.end;
		if (layout->cut) line = cut_line(&r, start, most);
		ARRAY_RESERVE(s->lines, s->line_count, s->line_capacity);
		s->lines[s->line_count++] = line;
		if (last) break;
		/* A line end at the very end begins no line. */
		start = stop.next;
	} while (start < r.end);
	layout->lines = (uint32_t)s->line_count - layout->first_line;
}

struct pdf_layout pdf_layout_runs(struct pdf *pdf, float width, enum pdf_size size, unsigned max_lines, bool one_line,
                                  const struct pdf_run *runs, size_t n)
{
	struct pdf_scratch *s = pdf_scratch(pdf);
	struct pdf_layout layout = {
	    .size = size, .width = width, .first_code = (uint32_t)s->code_count, .first_span = (uint32_t)s->span_count};
	for (size_t i = 0; i < n; i++) {
		size_t from = s->code_count;
		pdf_text_codes(pdf, runs[i].face, runs[i].text, one_line);
		if (runs[i].page_ref && runs[i].link.len) {
			if (s->code_count > from) code(s, ' ');
			code(s, PAGE_REF);
		}
		ARRAY_RESERVE(s->spans, s->span_count, s->span_capacity);
		s->spans[s->span_count++] = (struct pdf_span){(uint32_t)s->code_count, runs[i].face, &runs[i]};
	}
	if (s->code_count > layout.first_code) wrap(pdf, &layout, max_lines);
	return layout;
}

static float condensed(const struct pdf_layout *layout) { return layout->condensed > 0 ? layout->condensed : 1; }

/* A piece of a line in one face; returns where the next begins. */
static float draw_piece(struct pdf *pdf, const struct pdf_layout *layout, const struct pdf_span *span, uint32_t from,
                        uint32_t to, float x, float top)
{
	const uint16_t *codes = pdf_scratch(pdf)->codes;
	const struct pdf_run *run = span->run;
	float points = pdf_size_points(layout->size), baseline = top + pdf_size_baseline(layout->size), left = x;
	enum pdf_ink ink = run->link.len && run->ink == PDF_INK ? PDF_ACCENT : run->ink;
	bool ref = to > from && codes[to - 1] == PAGE_REF;
	uint32_t n = to - from - (ref ? 1 : 0);
	pdf_glyphs(pdf, x, baseline, span->face, points, 0, ink, codes + from, n);
	x += points_of(width_of(pdf_advances(pdf, span->face), codes + from, n), layout->size) * condensed(layout);
	if (run->link.len) pdf_link_to(pdf, left, top, x - left, pdf_size_leading(layout->size), run->link);
	if (!ref) return x;
	pdf_page_ref(pdf, x, baseline, layout->size, ink, PDF_LEFT, run->link);
	return x + pdf_page_ref_width(pdf, layout->size, run->link);
}

static void draw_line(struct pdf *pdf, const struct pdf_layout *layout, const struct pdf_line *line, float x, float top)
{
	const uint16_t ellipsis = ELLIPSIS;
	const struct pdf_span *span = pdf_scratch(pdf)->spans + layout->first_span;
	uint32_t at = line->from;
	while (at < line->to) {
		while (span->end <= at) span++;
		uint32_t to = span->end < line->to ? span->end : line->to;
		x = draw_piece(pdf, layout, span, at, to, x, top);
		at = to;
	}
	if (!line->ellipsis) return;
	pdf_glyphs(pdf, x, top + pdf_size_baseline(layout->size), span->face, pdf_size_points(layout->size), 0,
	           span->run->ink, &ellipsis, 1);
}

void pdf_layout_draw(struct pdf *pdf, const struct pdf_layout *layout, uint32_t from, uint32_t count, float x,
                     float top, enum pdf_align align)
{
	const struct pdf_scratch *s = pdf_scratch(pdf);
	if (pdf_measuring(pdf)) return;
	pdf_condense(pdf, condensed(layout));
	for (uint32_t i = 0; i < count && from + i < layout->lines; i++) {
		const struct pdf_line *line = &s->lines[layout->first_line + from + i];
		float width = points_of(line->width, layout->size) * condensed(layout);
		draw_line(pdf, layout, line, aligned(x, layout->width, width, align),
		          top + (float)i * pdf_size_leading(layout->size));
	}
	pdf_condense(pdf, 1);
}

/* The width of the widest word of a text, in 1/1000 of the size. */
static uint32_t widest_word(struct pdf *pdf, const struct pdf_run *run)
{
	struct pdf_scratch *s = pdf_scratch(pdf);
	struct pdf_scratch_mark mark = pdf_scratch_mark(pdf);
	const uint16_t *advance = pdf_advances(pdf, run->face);
	uint32_t widest = 0, width = 0;
	pdf_text_codes(pdf, run->face, run->text, true);
	for (size_t i = mark.codes; i < s->code_count; i++) {
		width = s->codes[i] == ' ' ? 0 : width + advance[s->codes[i]];
		if (width > widest) widest = width;
	}
	pdf_scratch_release(pdf, mark);
	return widest;
}

struct pdf_layout pdf_layout_number(struct pdf *pdf, float width, enum pdf_size size, const struct pdf_run *run)
{
	struct pdf_scratch_mark mark = pdf_scratch_mark(pdf);
	struct pdf_layout layout = pdf_layout_runs(pdf, width / PDF_CONDENSED, size, 0, true, run, 1);
	float wanted = layout.lines ? points_of(pdf_scratch(pdf)->lines[layout.first_line].width, size) : 0;
	if (layout.lines > 1) { /* several lines, then; condensed only as far as their words need it */
		float share = width / points_of(widest_word(pdf, run) + 2, size);
		share = share > 1 ? 1 : share < PDF_CONDENSED ? PDF_CONDENSED : share;
		pdf_scratch_release(pdf, mark);
		layout = pdf_layout_runs(pdf, width / share, size, 0, true, run, 1);
		layout.width = width;
		layout.condensed = share;
		return layout;
	}
	layout.width = width;
	if (wanted > width) layout.condensed = width / wanted;
	return layout;
}

static struct pdf_layout lay_out(struct pdf *pdf, float width, const struct pdf_paragraph *p,
                                 const struct pdf_run *runs, size_t n)
{
	return pdf_layout_runs(pdf, width, p->size, p->max_lines, p->max_lines == 1, runs, n);
}

static float layout_height(const struct pdf_layout *layout)
{
	return (float)layout->lines * pdf_size_leading(layout->size);
}

float pdf_runs_height(struct pdf *pdf, float width, const struct pdf_paragraph *paragraph, const struct pdf_run *runs,
                      size_t n, unsigned *lines)
{
	struct pdf_scratch_mark mark = pdf_scratch_mark(pdf);
	struct pdf_layout layout = lay_out(pdf, width, paragraph, runs, n);
	pdf_scratch_release(pdf, mark);
	if (lines) *lines = layout.lines;
	return layout_height(&layout);
}

float pdf_runs_at(struct pdf *pdf, float x, float top, float width, const struct pdf_paragraph *paragraph,
                  const struct pdf_run *runs, size_t n)
{
	struct pdf_scratch_mark mark = pdf_scratch_mark(pdf);
	struct pdf_layout layout = lay_out(pdf, width, paragraph, runs, n);
	pdf_layout_draw(pdf, &layout, 0, layout.lines, x, top, paragraph->align);
	pdf_scratch_release(pdf, mark);
	return layout_height(&layout);
}

/* ---- Blocks ------------------------------------------------------------------------------------------------------ */

/* How many of `left` lines go on this page, never leaving one alone; 0: none. */
static uint32_t lines_here(struct pdf *pdf, float leading, uint32_t left)
{
	float fit = floorf((pdf_room(pdf) + 0.05F) / leading);
	if (fit >= (float)left) return left;
	uint32_t here = fit < 0 ? 0 : (uint32_t)fit;
	if (left - here == 1 && here > 2) here--;
	return here < 2 || left - here == 1 ? 0 : here;
}

static void flow(struct pdf *pdf, const struct pdf_layout *layout, enum pdf_align align)
{
	float leading = pdf_size_leading(layout->size);
	for (uint32_t done = 0; done < layout->lines;) {
		uint32_t left = layout->lines - done, here = lines_here(pdf, leading, left);
		unsigned page = pdf_page_number(pdf);
		if (!here) {
			pdf_new_page(pdf);
			here = lines_here(pdf, leading, left);
			if (page == pdf_page_number(pdf) || !here) here = left;
		}
		pdf_layout_draw(pdf, layout, done, here, pdf_x(pdf), pdf_y(pdf), align);
		pdf_set_y(pdf, pdf_y(pdf) + (float)here * leading);
		done += here;
	}
}

void pdf_runs(struct pdf *pdf, const struct pdf_paragraph *paragraph, const struct pdf_run *runs, size_t n)
{
	struct pdf_scratch_mark mark = pdf_scratch_mark(pdf);
	struct pdf_layout layout = lay_out(pdf, pdf_width(pdf), paragraph, runs, n);
	flow(pdf, &layout, paragraph->align);
	pdf_scratch_release(pdf, mark);
}

void pdf_text(struct pdf *pdf, struct pdf_style style, struct str text)
{
	const struct pdf_paragraph paragraph = {style.size, PDF_LEFT, 0};
	const struct pdf_run run = {.text = text, .face = style.face, .ink = style.ink};
	pdf_runs(pdf, &paragraph, &run, 1);
}

static const float BULLET = 10;

static void draw_bullet(struct pdf *pdf, float x, float top, enum pdf_size size)
{
	pdf_disc(pdf, x + 2.6F, top + pdf_size_baseline(size) - pdf_size_points(size) * 0.3F, 1.5F, PDF_INK);
}

static void bullet(struct pdf *pdf, const struct pdf_run *runs, size_t n, unsigned max_lines)
{
	const struct pdf_paragraph paragraph = {PDF_BODY, PDF_LEFT, max_lines};
	struct pdf_scratch_mark mark = pdf_scratch_mark(pdf);
	pdf_indent(pdf, BULLET);
	struct pdf_layout layout = lay_out(pdf, pdf_width(pdf), &paragraph, runs, n);
	if (layout.lines) {
		pdf_need(pdf, pdf_size_leading(PDF_BODY) * (layout.lines < 4 ? (float)layout.lines : 2.0F));
		draw_bullet(pdf, pdf_x(pdf) - BULLET, pdf_y(pdf), PDF_BODY);
		flow(pdf, &layout, PDF_LEFT);
	}
	pdf_outdent(pdf, BULLET);
	pdf_scratch_release(pdf, mark);
	pdf_space(pdf, 1.5F);
}

static void heading(struct pdf *pdf, enum pdf_size size, struct str title, struct str mark, unsigned bookmark)
{
	const struct pdf_paragraph paragraph = {size, PDF_LEFT, 4};
	const struct pdf_run run = {.text = title, .face = PDF_BOLD};
	float height = pdf_runs_height(pdf, pdf_width(pdf), &paragraph, &run, 1, NULL);
	float before = size == PDF_SECTION ? 11 : 7;
	pdf_need(pdf, before + height + 6 + 3 * pdf_size_leading(PDF_BODY));
	pdf_space(pdf, before);
	pdf_mark(pdf, mark);
	if (bookmark) pdf_bookmark(pdf, bookmark, title);
	height = pdf_runs_at(pdf, pdf_x(pdf), pdf_y(pdf), pdf_width(pdf), &paragraph, &run, 1);
	pdf_set_y(pdf, pdf_y(pdf) + height);
}

void pdf_section(struct pdf *pdf, struct str title, struct str mark, bool bookmark)
{
	heading(pdf, PDF_SECTION, title, mark, bookmark ? 1 : 0);
	float y = pdf_y(pdf) + 1.8F;
	pdf_rule(pdf, pdf_x(pdf), y, pdf_x(pdf) + pdf_width(pdf), y, 0.6F, PDF_INK);
	pdf_set_y(pdf, y + 4.2F);
}

void pdf_subsection(struct pdf *pdf, struct str title, struct str mark, bool bookmark)
{
	heading(pdf, PDF_SUBSECTION, title, mark, bookmark ? 2 : 0);
	pdf_set_y(pdf, pdf_y(pdf) + 1.5F);
}

/* ---- Pairs ------------------------------------------------------------------------------------------------------- */

static const float PAIR_GAP = 9, PAIR_SPACE = 1.6F;

static float widest_key(struct pdf *pdf, const struct pdf_pair *pairs, size_t n)
{
	float widest = 0;
	for (size_t i = 0; i < n; i++) {
		float width = pdf_text_width(pdf, PDF_TEXT, PDF_BODY, pairs[i].key);
		if (width > widest) widest = width;
	}
	float most = pdf_width(pdf) * 0.4F;
	return widest > most ? most : widest;
}

static void draw_pair(struct pdf *pdf, const struct pdf_pair *pair, float key_width)
{
	const struct pdf_paragraph paragraph = {PDF_BODY, PDF_LEFT, 0};
	const struct pdf_run key = {.text = pair->key, .ink = PDF_GREY}, value = {.text = pair->value};
	const struct pdf_run *runs = pair->n ? pair->runs : &value;
	size_t n = pair->n ? pair->n : 1;
	float indent = key_width + PAIR_GAP;
	struct pdf_scratch_mark mark = pdf_scratch_mark(pdf);
	struct pdf_layout left = lay_out(pdf, key_width, &paragraph, &key, 1);
	struct pdf_layout right = lay_out(pdf, pdf_width(pdf) - indent, &paragraph, runs, n);
	float height = layout_height(left.lines > right.lines ? &left : &right);
	bool whole = height <= pdf_height(pdf);
	pdf_need(pdf, whole ? height : 4 * pdf_size_leading(PDF_BODY));
	float top = pdf_y(pdf);
	uint32_t key_lines = whole || left.lines < 4 ? left.lines : 4;
	pdf_layout_draw(pdf, &left, 0, key_lines, pdf_x(pdf), top, PDF_LEFT);
	if (whole) {
		pdf_layout_draw(pdf, &right, 0, right.lines, pdf_x(pdf) + indent, top, PDF_LEFT);
		pdf_set_y(pdf, top + height);
	} else {
		pdf_indent(pdf, indent);
		flow(pdf, &right, PDF_LEFT);
		pdf_outdent(pdf, indent);
	}
	pdf_scratch_release(pdf, mark);
}

void pdf_pairs(struct pdf *pdf, const struct pdf_pair *pairs, size_t n, float key_width)
{
	if (key_width <= 0) key_width = widest_key(pdf, pairs, n);
	for (size_t i = 0; i < n; i++) {
		draw_pair(pdf, &pairs[i], key_width);
		pdf_space(pdf, PAIR_SPACE);
	}
}

/* ---- Callout and signatures -------------------------------------------------------------------------------------- */

static const float BAR = 11, PAD = 9;

/* The items below each other, at x and top; returns their height. */
static float callout_items(struct pdf *pdf, const struct pdf_callout *c, float x, float top, float width)
{
	const struct pdf_paragraph paragraph = {PDF_BODY, PDF_LEFT, c->item_lines}, last = {PDF_BODY, PDF_LEFT, 1};
	const struct pdf_run more = {.text = c->more, .ink = PDF_GREY};
	float y = top;
	for (size_t i = 0; i < c->n; i++) {
		if (i) y += 1.6F;
		draw_bullet(pdf, x, y, PDF_BODY);
		y += pdf_runs_at(pdf, x + BULLET, y, width - BULLET, &paragraph, c->items[i].runs, c->items[i].n);
	}
	if (c->more.len) y += pdf_runs_at(pdf, x + BULLET, y + 1.6F, width - BULLET, &last, &more, 1) + 1.6F;
	return y - top;
}

struct callout_items_context {
	const struct pdf_callout *callout;
	float width;
};

static void measure_items(struct pdf *pdf, void *context)
{
	const struct callout_items_context *c = context;
	pdf_set_y(pdf, callout_items(pdf, c->callout, 0, 0, c->width));
}

static void callout_box(struct pdf *pdf, enum pdf_ink ink, float top, float height)
{
	float x = pdf_x(pdf), width = pdf_width(pdf);
	pdf_stroke(pdf, x + 0.5F, top + 0.5F, width - 1, height - 1, 1, ink);
	pdf_fill(pdf, x, top, BAR, height, ink);
}

void pdf_callout(struct pdf *pdf, const struct pdf_callout *c)
{
	const struct pdf_paragraph big = {PDF_TITLE, PDF_LEFT, 3}, small = {PDF_BODY, PDF_LEFT, 3};
	const struct pdf_run word = {.text = c->word, .face = PDF_BOLD, .ink = c->ink}, below = {.text = c->below};
	bool beside = c->n || c->more.len;
	float inner = pdf_width(pdf) - BAR - 2 * PAD, left = inner;
	if (beside) {
		float a = pdf_text_width(pdf, PDF_BOLD, PDF_TITLE, c->word),
		      b = pdf_text_width(pdf, PDF_TEXT, PDF_BODY, c->below);
		left = a > b ? a : b;
		if (left > inner * 0.36F) left = inner * 0.36F;
		left += 0.5F;
	}
	struct callout_items_context items = {c, inner - left - 16};
	float word_height = pdf_runs_height(pdf, left, &big, &word, 1, NULL);
	float left_height = word_height + (c->below.len ? 1 + pdf_runs_height(pdf, left, &small, &below, 1, NULL) : 0);
	float right_height = beside ? pdf_measure(pdf, items.width, measure_items, &items) : 0;
	float height = (left_height > right_height ? left_height : right_height) + 2 * PAD;
	bool whole = height <= pdf_height(pdf) - 20;
	if (!whole) height = left_height + 2 * PAD;
	pdf_space(pdf, 8);
	pdf_need(pdf, height);
	float x = pdf_x(pdf) + BAR + PAD, top = pdf_y(pdf), y = top + (height - left_height) / 2;
	callout_box(pdf, c->ink, top, height);
	pdf_runs_at(pdf, x, y, left, &big, &word, 1);
	if (c->below.len) pdf_runs_at(pdf, x, y + word_height + 1, left, &small, &below, 1);
	if (beside && whole) callout_items(pdf, c, x + left + 16, top + (height - right_height) / 2, items.width);
	pdf_set_y(pdf, top + height);
	pdf_space(pdf, 3);
	if (whole) return;
	/* Too many for one page. */
	for (size_t i = 0; i < c->n; i++) bullet(pdf, c->items[i].runs, c->items[i].n, c->item_lines);
	pdf_text(pdf, (struct pdf_style){PDF_TEXT, PDF_BODY, PDF_GREY}, c->more);
}

void pdf_signatures(struct pdf *pdf, const struct str *labels, size_t n)
{
	const float room = 34, gap = 17;
	if (n == 0) return;
	float height = room + 2 + pdf_size_leading(PDF_SMALL),
	      width = (pdf_width(pdf) - gap * (float)(n - 1)) / (float)n;
	pdf_need(pdf, height);
	float y = pdf_y(pdf) + room, x = pdf_x(pdf);
	for (size_t i = 0; i < n; i++, x += width + gap) {
		pdf_rule(pdf, x, y, x + width, y, 0.6F, PDF_INK);
		pdf_text_at(pdf, x, y + 2 + pdf_size_baseline(PDF_SMALL),
		            (struct pdf_style){PDF_TEXT, PDF_SMALL, PDF_INK}, PDF_LEFT, width, labels[i]);
	}
	pdf_set_y(pdf, pdf_y(pdf) + height);
}
