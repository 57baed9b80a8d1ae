/* lookup: a finding's row in a packet's findings.csv, by its id.
 *
 * With findings.index (render/csv.h) and a seek table that costs a few frames, however long the file is; without, findings.csv
 * is read up to the row.
 */
#ifndef DOSSIER_CLI_LOOKUP_H
#define DOSSIER_CLI_LOOKUP_H

#include "render/packet.h"

enum { LOOKUP_CELLS = 64 };

/* Zero-initialised is empty; lookup_free. */
struct lookup {
	struct lookup_row {
		struct str cells[LOOKUP_CELLS];
		size_t count;
	} head, row;
	struct buf head_text, row_text; /* where the cells are */
};

/* id: F- and 16 hex digits. A finding that is not there is ERROR_INPUT. */
bool lookup_finding(struct packet *packet, struct str id, struct lookup *lookup, struct error *error);
/* The cell of the column, as it was before CSV quoted it; empty if there is no such column. */
struct str lookup_cell(const struct lookup *lookup, const char *column);
void lookup_free(struct lookup *lookup);

#endif
