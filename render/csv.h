/* csv: findings.csv, every finding of both sides that counts, also those that are not open.
 *
 * RFC 4180: UTF-8 without a mark, CRLF after each row, the names of the columns in the first. The before side's rows
 * first, then the after side's, each in the order of evidence. A finding of a duplicate or superseded file has no
 * row.
 *
 *   id key side outcome matched updated_by tier tool rule title severity status subject path line package version
 *   fixed_version purl ids controls owner evidence_path evidence_sha256 offset length pointer why message
 *
 * outcome is empty where a record is not open and so has none. matched is the id of the other side's record.
 * updated_by and ids are separated by blanks, controls ("MCSB PV-6") by semicolons. evidence_path is the file's path in the packet,
 * data/evidence/before/... or .../after/...; offset and length are bytes of that file (of the member, in a
 * container). why is the reason of the outcome (analyze/why.h). message is what stands for a
 * secret that was found (collect/secret.h), else empty.
 *
 * The file will be opened in a spreadsheet, and evidence is hostile: a cell that begins with = + - @ (also
 * full-width), a tab or a line break gets an apostrophe before it, so that it is text and no formula. What cannot be
 * seen is made visible (sink.h), CR LF becomes LF, and a lone CR \u{d}. The cells are for reading; the exact bytes
 * are in the evidence.
 *
 * For looking an id up: it is the first cell of a row and never quoted, but a quoted cell may hold line breaks, and
 * after one of them anything. Quotes have to be counted. Or the index is asked, findings.index: a line of
 * CSV_INDEX_LINE bytes for each row, "HHHHHH OOOOOOOOOO\n", the first six of the id's hex digits and the row's offset in
 * findings.csv, in hex; sorted. Rows of one prefix stand side by side.
 */
#ifndef DOSSIER_RENDER_CSV_H
#define DOSSIER_RENDER_CSV_H

#include "analyze/result.h"
#include "render/parts.h"

enum { CSV_INDEX_PREFIX = 6, CSV_INDEX_LINE = 18 };

/* Where the rows are, noted while they are written: for the findings of the before side, then of the after side, the id's
 * prefix << 40 | the row's offset, or CSV_NO_ROW. */
#define CSV_NO_ROW UINT64_MAX
struct csv_rows {
	uint64_t *rows; /* large, csv_rows_free */
	size_t count;
};
void csv_rows_begin(struct csv_rows *rows, const struct result *result);
/* The rows of a part were noted with offsets in the part; it begins there. */
void csv_rows_moved(struct csv_rows *rows, const struct result *result, struct part part, uint64_t offset);
void csv_rows_free(struct csv_rows *rows);

/* findings.csv in parts; context: NULL or the struct csv_rows. */
extern const struct parts csv_parts;

/* findings.csv behind U+FEFF, by which spreadsheets know UTF-8. */
bool csv_findings_marked(const struct result *result, struct sink sink, struct error *error);
/* findings.index. Sorts the rows. */
bool csv_index(struct csv_rows *rows, struct sink sink, struct error *error);

#endif
