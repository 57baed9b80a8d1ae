/* reports: the reports of a packet, written side by side and taken into the bag in the table's order (cli/outputs.c), those with parts
 * at the end.
 *
 * Those with parts (render/parts.h) are written by as many threads as there are, each part a job; the others are one job each.
 */
#ifndef DOSSIER_CLI_REPORTS_H
#define DOSSIER_CLI_REPORTS_H

#include "cli/outputs.h"
#include "render/parts.h"

struct output {
	const char *name;                                                                  /* below data/ */
	bool (*write)(const struct result *result, struct sink sink, struct error *error); /* NULL: in parts */
	const char *also; /* written only when --also names it; NULL: in every packet */
	const struct parts *parts;
	const char *index; /* of findings.csv: the file behind it that says where its rows are */
};

/* Level of compression of what is written here: much text that repeats itself, more is not worth it. */
enum { REPORT_LEVEL = 1 };

/* between: adds what goes into the bag before the first report with parts; by any thread, while reports are made. */
bool reports_write(struct bag *bag, const struct outputs *outputs, const struct output *const *chosen, size_t count,
                   bool (*between)(struct bag *bag, const struct outputs *outputs, struct error *error),
                   struct error *error);

#endif
