#include "cli/terminal.h"

#include "core/arena.h"
#include "core/utf8.h"

#include <stdarg.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

bool is_terminal(FILE *out) { return isatty(fileno(out)); }

static bool coloured(FILE *out)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
	return !(no && no[0]) && is_terminal(out) && !(term && strcmp(term, "dumb") == 0);
}

static const char *code_of(enum tone tone)
{
	switch (tone) {
	case TONE_PLAIN: return "";
	case TONE_BOLD: return "\033[1m";
	case TONE_GREY: return "\033[2m";
	case TONE_RED: return "\033[31m";
	case TONE_YELLOW: return "\033[33m";
	case TONE_GREEN: return "\033[32m";
	}
	return "";
}

/* Control characters become visible; malformed UTF-8 a question mark in a diamond. */
static struct str harmless(struct arena *arena, struct str s)
{
	struct buf out = {0};
	for (size_t i = 0, n; i < s.len; i += n) {
		uint32_t c = utf8_decode(s, i, &n);
		bool control =
		    c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
		if (control)
			buf_printf(&out, "\\u{%x}", c);
		else if (c == 0xfffd)
			buf_add(&out, STR("\xef\xbf\xbd"));
		else
			buf_add(&out, str_slice(s, i, i + n));
	}
	struct str copy = str_dup(arena, buf_str(&out));
	buf_free(&out);
	return copy;
}

static size_t columns_of(struct str s)
{
	size_t count = 0;
	for (size_t i = 0; i < s.len; i++) count += ((unsigned char)s.ptr[i] & 0xc0) != 0x80;
	return count;
}

void table_str(struct table *table, enum tone tone, struct str text)
{
	if (!table->arena) {
		table->arena = memory_grow(NULL, sizeof(*table->arena));
		*table->arena = (struct arena){0};
	}
	ARRAY_RESERVE(table->cells, table->count, table->capacity);
	table->cells[table->count++] = (struct cell){harmless(table->arena, text), tone};
}

void table_cell(struct table *table, enum tone tone, const char *format, ...)
{
	char text[512];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	table_str(table, tone, str_from(text));
}

static bool is_number(struct str s)
{
	bool digit = false;
	for (size_t i = 0; i < s.len; i++) {
		if (!strchr("0123456789+-.,%() ", s.ptr[i])) return false;
		digit |= s.ptr[i] >= '0' && s.ptr[i] <= '9';
	}
	return digit || s.len == 0 || str_eq(s, STR("-"));
}

void table_print(struct table *table, FILE *out, bool heading)
{
	size_t width[TABLE_COLUMNS] = {0}, rows = table->columns ? table->count / table->columns : 0;
	bool right[TABLE_COLUMNS], colour = coloured(out);
	for (size_t c = 0; c < table->columns; c++) {
		right[c] = rows > (heading ? 1 : 0);
		for (size_t r = 0; r < rows; r++) {
			struct str s = table->cells[r * table->columns + c].text;
			if (columns_of(s) > width[c]) width[c] = columns_of(s);
			if (r >= (heading ? 1 : 0) && !is_number(s)) right[c] = false;
		}
	}
	for (size_t r = 0; r < rows; r++) {
		size_t blanks = 2; /* owed: none at the end of a row */
		for (size_t c = 0; c < table->columns; c++) {
			const struct cell *cell = &table->cells[r * table->columns + c];
			enum tone tone = heading && r == 0 ? TONE_GREY : cell->tone;
			size_t gap = width[c] - columns_of(cell->text);
			if (right[c]) blanks += gap;
			if (cell->text.len) {
				fprintf(out, "%*s", (int)blanks, "");
				if (colour) fputs(code_of(tone), out);
				fwrite(cell->text.ptr, 1, cell->text.len, out);
				if (colour && tone != TONE_PLAIN) fputs("\033[0m", out);
				blanks = 0;
			}
			blanks += right[c] ? 2 : gap + 2;
		}
		fputc('\n', out);
	}
}

void table_free(struct table *table)
{
	free(table->cells);
	if (table->arena) arena_free(table->arena);
	free(table->arena);
	*table = (struct table){0};
}

void print_text(FILE *out, struct str text)
{
	struct arena arena = {0};
	struct str s = harmless(&arena, text);
	fwrite(s.ptr, 1, s.len, out);
	arena_free(&arena);
}

void print_toned(FILE *out, enum tone tone, const char *format, ...)
{
	va_list args;
	bool colour = coloured(out);
	if (colour) fputs(code_of(tone), out);
	va_start(args, format);
	vfprintf(out, format, args);
	va_end(args);
	if (colour && tone != TONE_PLAIN) fputs("\033[0m", out);
}

/* ---- progress ---- */

static bool progress_shown;
static double progress_first, progress_last;

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

void terminal_progress(const char *format, ...)
{
	char text[256];
	va_list args;
	double t = now();
	if (progress_first <= 0) progress_first = t;
	if (t - progress_first < 0.5 || t - progress_last < 0.1) return;
	progress_last = t;
	if (!isatty(STDERR_FILENO)) return;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	for (char *p = text; *p; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f) *p = '?';
	fprintf(stderr, "\r\033[K%.78s", text);
	progress_shown = true;
}

void terminal_progress_end(void)
{
	if (progress_shown) fputs("\r\033[K", stderr);
	progress_shown = false;
}
