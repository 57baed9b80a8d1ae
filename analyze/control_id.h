/* control_id: the numbers of controls, as each source writes them: AC-2(1), ac-2.1, AC_2_1 and AC-02 (01) are one control.
 *
 * A number is read as a row of words, each all digits or all letters; what stands between does not count, nor do case and
 * leading zeros.
 */
#ifndef DOSSIER_ANALYZE_CONTROL_ID_H
#define DOSSIER_ANALYZE_CONTROL_ID_H

#include "core/arena.h"
#include "core/str.h"

/* "ac-2-1", in the arena; empty if there is neither letter nor digit. */
struct str control_id_form(struct arena *arena, struct str id);
/* The control whose statement the form names a part of, as NIST SP 800-53 writes them: "ac-16-b" is a part of "ac-16", "ac-2-12-a"
 * of "ac-2-12". Empty if it is no such form. A view. */
struct str control_id_whole(struct str form);
/* Natural order: PV-2 before PV-10. Equal only if the bytes are. */
int control_id_compare(struct str a, struct str b);
/* Letters and digits alone, in lower case: what tells a framework's names apart ("NIST.800-53.r5", "NIST 800-53 R5"). */
struct str framework_form(struct arena *arena, struct str name);

#endif
