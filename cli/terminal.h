/* terminal: tables and colour for people, and a progress line on stderr for long work.
 *
 * Colour only on a terminal and without NO_COLOR (no-color.org); it is never the only carrier of meaning. Text from evidence
 * is made harmless: control characters and escape sequences are shown, not sent.
 */
#ifndef DOSSIER_CLI_TERMINAL_H
#define DOSSIER_CLI_TERMINAL_H

#include "core/buf.h"

#include <stdio.h>

enum tone { TONE_PLAIN, TONE_BOLD, TONE_GREY, TONE_RED, TONE_YELLOW, TONE_GREEN };

/* A table: cells row by row, then printed with aligned columns. Numbers (all digits, signs, brackets, '%', '.') stand right. */
enum { TABLE_COLUMNS = 12 };
struct table {
	size_t columns;
	struct cell {
		struct str text; /* owned by the table's arena */
		enum tone tone;
	} * cells;
	size_t count, capacity;
	struct arena *arena;
};

void table_cell(struct table *table, enum tone tone, const char *format, ...) __attribute__((format(printf, 3, 4)));
void table_str(struct table *table, enum tone tone, struct str text);
/* Prints with two blanks between columns; the last column is not padded. The first row is the heading if heading is true. */
void table_print(struct table *table, FILE *out, bool heading);
void table_free(struct table *table);

/* Whether a person is looking. */
bool is_terminal(FILE *out);

/* Text that somebody else chose, made harmless. */
void print_text(FILE *out, struct str text);
void print_toned(FILE *out, enum tone tone, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* A line that is overwritten by the next; only on a terminal, only after half a second, at most ten times a second. */
void terminal_progress(const char *format, ...) __attribute__((format(printf, 1, 2)));
void terminal_progress_end(void);

#endif
