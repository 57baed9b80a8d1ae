/* vex: which open findings a VEX statement speaks of: the same vulnerability in the same product.
 *
 * The vulnerability is the same when rule or ids share a CVE, GHSA or other id (CWE ids are none). A statement names
 * products and, in some, a part. A finding's subject is a product by name, or an image by an OCI purl (its
 * repository_url, else its name); a finding's component is one by its purl without version and qualifiers, or, without
 * purls, by its name. A version that the statement gives must be the finding's; a digest is none. A part must be the
 * component. Texts compare without case, percent-decoded.
 */
#ifndef DOSSIER_ANALYZE_VEX_H
#define DOSSIER_ANALYZE_VEX_H

#include "analyze/diff.h"

/* The format's records are VEX statements. */
bool vex_format(struct str format);
/* For each counted statement of the side that has a waiver for which wanted says yes, and each open finding that it speaks
 * of: f. Statements do not speak of findings of their own file. */
void vex_each(const struct diff *diff, enum side side, bool (*wanted)(void *context, uint32_t profile),
              void (*f)(void *context, uint32_t statement, uint32_t finding), void *context);

#endif
