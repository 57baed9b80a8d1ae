/* Rows are written as they come. A browser lays out only the blocks of rows that are on the screen (content-visibility), which
 * a part of a table cannot have: so a long list is tables of HTML_BLOCK rows each, every one with its own caption and headings.
 *
 *   div.l > div.b > table > caption, thead, tbody > tr > th, td ...     l: one list, which the script sorts as one
 *
 * End tags that HTML lets one leave out (td, tr) are left out: in 100,000 rows they are a fifth of the page. What a table is
 * too wide for scrolls inside its block.
 */
#include "render/html_private.h"

#include "render/xml_doc.h"

enum { CELL_BYTES = 4000 };

/* ---- Pieces ------------------------------------------------------------------------------------------------------ */

void html_text(struct html *h, struct str s)
{
	xml_put_text(&h->out.pending, s.len > CELL_BYTES ? text_line(&h->r.arena, s, CELL_BYTES) : s);
}

void html_element(struct html *h, const char *open, struct str s, const char *close)
{
	buf_add(&h->out.pending, str_from(open));
	html_text(h, s);
	buf_add(&h->out.pending, str_from(close));
}

void html_paragraph(struct html *h, struct str s) { html_element(h, "<p>", s, "</p>\n"); }
void html_note(struct html *h, struct str s) { html_element(h, "<p class=\"n\">", s, "</p>\n"); }
void html_subsection(struct html *h, struct str title) { html_element(h, "<h3>", title, "</h3>\n"); }

void html_section(struct html *h, struct str mark, struct str title)
{
	buf_printf(&h->out.pending, "<section id=\"%.*s\" aria-labelledby=\"h-%.*s\">\n<h2 id=\"h-%.*s\">",
	           STR_ARG(mark), STR_ARG(mark), STR_ARG(mark));
	html_element(h, "", title, "</h2>\n");
}

void html_section_end(struct html *h)
{
	PUT(h, "</section>\n");
	html_done(h);
}

void html_pair(struct html *h, struct str key, struct str value)
{
	html_element(h, "<dt>", key, "</dt>");
	html_element(h, "<dd>", value.len ? value : T(&h->r, decision_not_said), "</dd>\n");
}

struct str html_keep(struct html *h, struct str s) { return str_dup(&h->loaded, s); }
void html_hold(struct html *h) { h->held = true; }

void html_release(struct html *h)
{
	h->held = false;
	html_done(h);
}

void html_done(struct html *h)
{
	if (!h->held) arena_reset(&h->r.arena);
	writer_step(&h->out);
}

/* ---- Tables ------------------------------------------------------------------------------------------------------ */

static void put_caption(struct html_table *t)
{
	struct html *h = t->h;
	uint64_t last = t->rows + HTML_BLOCK;
	if (t->of > HTML_BLOCK)
		html_text(h, SAY(&h->r, html_block, SLOT("list", t->caption), SLOT_N("from", t->rows + 1),
		                 SLOT_N("to", last < t->of ? last : t->of), SLOT_N("of", t->of)));
	else if (t->rows)
		html_text(h, SAY(&h->r, html_from, SLOT("list", t->caption), SLOT_N("from", t->rows + 1)));
	else
		html_text(h, t->caption);
}

static void put_group(struct html_table *t)
{
	buf_printf(&t->h->out.pending, "</tbody><tbody><tr class=\"g\"><th scope=\"rowgroup\" colspan=\"%zu\">", t->n);
	html_element(t->h, "", t->group, "</th>\n");
}

static void block_begin(struct html_table *t)
{
	struct html *h = t->h;
	PUT(h, "<div class=\"b\"><table>");
	buf_add(&h->out.pending, t->quiet && !t->rows ? STR("<caption class=\"q\">") : STR("<caption>"));
	put_caption(t);
	PUT(h, "</caption><thead><tr>");
	for (size_t i = 0; i < t->n; i++)
		html_element(h, t->columns[i].number ? "<th scope=\"col\" class=\"r\">" : "<th scope=\"col\">",
		             t->columns[i].title, "</th>");
	PUT(h, "</tr></thead><tbody>\n");
	t->in_block = 0;
}

static void block_end(struct html_table *t)
{
	PUT(t->h, "</tbody></table></div>\n");
	html_done(t->h);
}

/* A list begins with its caption, which nothing that rows say may take the memory of. */
static void list_begin(struct html_table *t)
{
	t->caption = html_keep(t->h, t->caption);
	PUT(t->h, "<div class=\"l\">\n");
	block_begin(t);
}

/* Before a row, or a heading of rows. */
static void make_room(struct html_table *t)
{
	if (!t->rows && !t->in_block) list_begin(t);
	if (t->in_block == HTML_BLOCK) {
		block_end(t);
		block_begin(t);
		if (t->group.len) put_group(t);
	}
	t->in_block++;
}

void html_row_begin(struct html_table *t)
{
	make_room(t);
	t->rows++;
}

static void put_cells(struct html_table *t, const struct pdf_cell *cells)
{
	struct html *h = t->h;
	for (size_t i = 0; i < t->n; i++) {
		const char *tag = i ? "td" : "th scope=\"row\"";
		if (cells[i].symbol)
			buf_printf(&h->out.pending, "<%s class=\"y%d\">", tag, (int)cells[i].symbol);
		else
			buf_printf(&h->out.pending, "<%s%s>", tag, t->columns[i].number ? " class=\"r\"" : "");
		html_text(h, cells[i].text);
		if (!i) PUT(h, "</th>");
	}
	PUT(h, "\n");
	html_done(h);
}

void html_row(struct html_table *t, const struct pdf_cell *cells)
{
	html_row_begin(t);
	PUT(t->h, "<tr>");
	put_cells(t, cells);
}

void html_group(struct html_table *t, struct str heading)
{
	t->group = STR_EMPTY;
	heading = html_keep(t->h, heading);
	make_room(t);
	t->group = heading;
	put_group(t);
}

void html_table_end(struct html_table *t)
{
	if (!t->rows && !t->in_block) return;
	block_end(t);
	PUT(t->h, "</div>\n");
}
