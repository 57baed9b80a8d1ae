/* junit: the verdict for pipelines: data/junit.xml, where --also junit asks for it, as Jenkins, GitLab and Azure Pipelines read it.
 *
 * A suite for each kind of judgement that there is: gate (a case for each rule), evidence (what the change requires), expectations,
 * objectives, checks (a case for each subject, the after side). What does not hold is a failure, what cannot be said for want of
 * evidence an error (no evidence is no pass), a check that was not assessed is skipped. The exit status of the command is the
 * gate's alone.
 */
#ifndef DOSSIER_RENDER_JUNIT_H
#define DOSSIER_RENDER_JUNIT_H

#include "analyze/result.h"
#include "render/sink.h"

bool junit_report(const struct result *result, struct sink sink, struct error *error);

#endif
