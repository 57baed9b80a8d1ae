/* How it works: findings.index is lines of one length, sorted by the first digits of the ids: bisection gives the first line of
 * the id's prefix; the rows of that prefix, mostly one, are read until one has the id.
 */
#include "cli/lookup.h"

#include "render/csv.h"

#include <string.h>

static const struct str csv_name = {"data/findings.csv", 17}, index_name = {"data/findings.index", 19};

enum { PIECE = 4096 };

/* ---- rows ---- */

/* Cuts a row, which ends with its line end, into cells; they are unquoted in place. */
static void cut_row(struct buf *line, struct lookup_row *row)
{
	char *text = line->ptr;
	size_t len = line->len, i = 0;
	row->count = 0;
	while (i < len) {
		char *out = text + i, *start = out;
		bool quoted = text[i] == '"';
		i += quoted;
		while (i < len) {
			if (quoted && text[i] == '"') {
				if (i + 1 >= len || text[i + 1] != '"') {
					quoted = false;
					i++;
					continue;
				}
				i++;
			} else if (!quoted && (text[i] == ',' || text[i] == '\r' || text[i] == '\n')) {
				break;
			}
			*out++ = text[i++];
		}
		if (row->count < LOOKUP_CELLS) row->cells[row->count++] = str_of(start, (size_t)(out - start));
		if (i >= len || text[i] != ',') break;
		i++;
	}
}

/* Looks for the row while the file goes by; quotes are counted, since a quoted cell may hold line breaks. */
struct search {
	struct str id; /* empty: the first row will do */
	struct buf line, head, found;
	bool head_known, in_quotes;
};

/* False: it was found. */
static bool search_in(struct search *s, struct str bytes)
{
	for (size_t i = 0, start = 0; i < bytes.len; i++) {
		if (bytes.ptr[i] == '"') s->in_quotes = !s->in_quotes;
		if (bytes.ptr[i] != '\n' || s->in_quotes) {
			if (i + 1 == bytes.len) buf_add(&s->line, str_slice(bytes, start, bytes.len));
			continue;
		}
		buf_add(&s->line, str_slice(bytes, start, i + 1));
		start = i + 1;
		struct str line = buf_str(&s->line);
		bool meant = str_starts(line, s->id) && (s->id.len == 0 || line.ptr[s->id.len] == ',');
		if (!s->head_known) {
			buf_add(&s->head, line);
			s->head_known = true;
		} else if (meant) {
			buf_add(&s->found, line);
			return false;
		}
		s->line.len = 0;
	}
	return true;
}

static bool wants(void *context, struct str name, uint64_t size)
{
	(void)context, (void)size;
	return str_eq(name, csv_name);
}

static bool take(void *context, const void *bytes, size_t len, struct error *error)
{
	(void)error;
	return search_in(context, str_of(bytes, len));
}

/* The row that begins at the offset, in pieces. */
static bool read_row(struct packet *packet, uint64_t offset, uint64_t size, struct buf *row, struct error *error)
{
	struct search s = {.head_known = true};
	struct buf piece = {0};
	bool good = true, more = true;
	while (good && more && offset < size) {
		uint64_t n = size - offset < PIECE ? size - offset : PIECE;
		piece.len = 0;
		good = packet_read_range(packet, csv_name, offset, n, &piece, error);
		if (good) more = search_in(&s, buf_str(&piece));
		offset += n;
	}
	row->len = 0;
	buf_add(row, buf_str(&s.found));
	buf_free(&s.found);
	buf_free(&s.line);
	buf_free(&piece);
	return good;
}

/* ---- the index ---- */

static bool hex(const char *digits, size_t count, uint64_t *value)
{
	*value = 0;
	for (size_t i = 0; i < count; i++) {
		char c = digits[i];
		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) return false;
		*value = *value << 4 | (uint64_t)(c <= '9' ? c - '0' : c - 'a' + 10);
	}
	return true;
}

static bool read_line(struct packet *packet, uint64_t number, uint64_t *prefix, uint64_t *offset, struct error *error)
{
	struct buf line = {0};
	bool good = packet_read_range(packet, index_name, number * CSV_INDEX_LINE, CSV_INDEX_LINE, &line, error);
	if (good && !(hex(line.ptr, CSV_INDEX_PREFIX, prefix) && hex(line.ptr + CSV_INDEX_PREFIX + 1, 10, offset)))
		good = error_set(error, ERROR_VERIFY, NULL, "data/findings.index: line %llu is no line of an index",
		                 (unsigned long long)number + 1);
	buf_free(&line);
	return good;
}

/* found stays empty if the index does not lead to the id. */
static bool find_by_index(struct packet *packet, struct str id, uint64_t lines, uint64_t size, struct buf *found,
                          struct error *error)
{
	uint64_t wanted, prefix, offset, low = 0, high = lines;
	if (!hex(id.ptr + 2, CSV_INDEX_PREFIX, &wanted)) return true;
	while (low < high) {
		uint64_t middle = low + (high - low) / 2;
		if (!read_line(packet, middle, &prefix, &offset, error)) return false;
		if (prefix < wanted)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < lines; low++) {
		if (!read_line(packet, low, &prefix, &offset, error)) return false;
		if (prefix != wanted) break;
		if (!read_row(packet, offset, size, found, error)) return false;
		if (str_starts(buf_str(found), id)) return true;
	}
	found->len = 0;
	return true;
}

/* ---- both ---- */

static bool find(struct packet *packet, struct str id, struct lookup *lookup, struct error *error)
{
	uint64_t size, lines;
	struct error none;
	if (!packet_member_size(packet, csv_name, &size, error)) return false;
	if (packet_seekable(packet) && packet_member_size(packet, index_name, &lines, &none)) {
		return read_row(packet, 0, size, &lookup->head_text, error) &&
		       find_by_index(packet, id, lines / CSV_INDEX_LINE, size, &lookup->row_text, error);
	}
	struct search s = {.id = id};
	struct packet_visitor visitor = {.context = &s, .begin = wants, .data = take};
	bool good = packet_each_member(packet, &visitor, error);
	lookup->head_text = s.head;
	lookup->row_text = s.found;
	buf_free(&s.line);
	return good;
}

bool lookup_finding(struct packet *packet, struct str id, struct lookup *lookup, struct error *error)
{
	*lookup = (struct lookup){.row_text = {0}};
	if (!find(packet, id, lookup, error)) return false;
	if (!lookup->row_text.len)
		return error_set(error, ERROR_INPUT, NULL, "there is no finding %.*s in this packet", STR_ARG(id));
	cut_row(&lookup->head_text, &lookup->head);
	cut_row(&lookup->row_text, &lookup->row);
	return true;
}

struct str lookup_cell(const struct lookup *lookup, const char *column)
{
	for (size_t i = 0; i < lookup->head.count && i < lookup->row.count; i++)
		if (str_eq(lookup->head.cells[i], str_from(column))) return lookup->row.cells[i];
	return STR_EMPTY;
}

void lookup_free(struct lookup *lookup)
{
	buf_free(&lookup->head_text);
	buf_free(&lookup->row_text);
}
