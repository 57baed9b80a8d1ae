/* verdicts: what an export itself says of a framework's controls: az security regulatory-compliance-controls and -assessments.
 *
 * Its verdict on a control stands beside ours: of several subscriptions the worst (Failed, Passed, Skipped, Unsupported). Which
 * recommendations it lists under a control is a mapping that the evidence states, and is added to the framework's.
 */
#ifndef DOSSIER_ANALYZE_VERDICTS_H
#define DOSSIER_ANALYZE_VERDICTS_H

#include "analyze/frameworks.h"
#include "analyze/result.h"

/* controls: the framework's, in its order; reported is filled in. */
void verdicts_read(struct framework *framework, struct result *result, struct control *controls);

#endif
