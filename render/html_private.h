/* html_private: what the files of report.html share; see render/html.h for what it is. Private to render/html*.c.
 *
 * A part is a function that appends a section to h->out. What is said goes into h->r.arena, which each row of a table empties
 * when it is written: strings that must outlive a row are kept (html_keep), or the whole arena is (html_hold).
 */
#ifndef DOSSIER_RENDER_HTML_PRIVATE_H
#define DOSSIER_RENDER_HTML_PRIVATE_H

#include "render/report_lists.h"
#include "render/sink.h"

struct html {
	struct writer out;
	struct report r;     /* r.arena: what is being said, until the row is written */
	struct arena loaded; /* the texts, and what is kept */
	struct buf path;     /* scratch */
	bool held;           /* r.arena is not emptied */
};

#define PUT(h, literal) buf_add(&(h)->out.pending, STR(literal))

/* ---- Pieces: html_doc.c ------------------------------------------------------------------------------------------ */

void html_text(struct html *h, struct str s); /* escaped; what is very long is cut, and says so */
/* open and close are markup, what is between them is text. */
void html_element(struct html *h, const char *open, struct str s, const char *close);
void html_paragraph(struct html *h, struct str s);
void html_note(struct html *h, struct str s); /* grey */
/* A section with its heading; its id is the mark that links name. */
void html_section(struct html *h, struct str mark, struct str title);
void html_section_end(struct html *h);
void html_subsection(struct html *h, struct str title);           /* a heading alone */
void html_pair(struct html *h, struct str key, struct str value); /* in a dl; "not said" where there is no value */

struct str html_keep(struct html *h, struct str s);
void html_hold(struct html *h);
void html_release(struct html *h);
/* What is said is written: the memory is free for the next row, unless it is held. */
void html_done(struct html *h);

/* ---- Tables ------------------------------------------------------------------------------------------------------ */

struct html_column {
	struct str title;
	bool number;
};

/* A list of rows. It is one table as long as it is short, and then a table for each HTML_BLOCK rows. Zero-initialised but
 * for h, caption, columns and n. */
struct html_table {
	struct html *h;
	struct str caption;
	const struct html_column *columns;
	size_t n;
	uint64_t rows, of; /* of: how many there will be; 0: nobody counted */
	struct str group;  /* the heading of the rows at hand, kept */
	unsigned in_block; /* rows and headings */
	bool quiet;        /* the caption says what the heading above says: for readers of the screen alone */
};
enum { HTML_BLOCK = 250 };

#define HTML_TABLE(h_, caption_, columns_)                                                                             \
	{                                                                                                              \
		.h = (h_), .caption = (caption_), .columns = (columns_), .n = sizeof(columns_) / sizeof(*(columns_))   \
	}

#define HTML_QUIET(h_, caption_, columns_)                                                                             \
	{                                                                                                              \
		.h = (h_), .caption = (caption_), .columns = (columns_), .n = sizeof(columns_) / sizeof(*(columns_)),  \
		.quiet = true                                                                                          \
	}

void html_row(struct html_table *table, const struct pdf_cell *cells);
/* A heading over the rows that follow. */
void html_group(struct html_table *table, struct str heading);
void html_table_end(struct html_table *table);
/* For rows that the caller writes itself, from <tr> on: before each. */
void html_row_begin(struct html_table *table);

/* ---- Pictures: html_chart.c. All of them say in colour and shape what stands in numbers beside them. -------------- */

/* Two bars on a scale of `most`: before, hatched where it was not assessed again, and after. */
void html_bars(struct html *h, const struct effect_row *row, enum pdf_ink ink, uint64_t most);
void html_strip(struct html *h, const uint64_t counts[CONTROL_STATE_COUNT]); /* controls by state */
void html_flow(struct html *h);
void html_captures(struct html *h, const struct report_captures *captures);
void html_patterns(struct html *h); /* once, before all others */

/* ---- Parts ------------------------------------------------------------------------------------------------------- */

void html_decision(struct html *h); /* html_decision.c */
void html_outcomes(struct html *h);
void html_promises(struct html *h); /* html_state.c */
void html_lost(struct html *h);
void html_estate(struct html *h);
void html_facts(struct html *h);
void html_checks(struct html *h);
void html_owners(struct html *h); /* html_findings.c */
void html_findings(struct html *h);
uint64_t html_finding_count(const struct diff *diff);
void html_controls(struct html *h); /* html_evidence.c */
void html_exceptions(struct html *h);
void html_gate(struct html *h);
void html_notices(struct html *h);
void html_sign_off(struct html *h);
void html_inputs(struct html *h);
void html_verify(struct html *h);
void html_glossary(struct html *h);

#endif
