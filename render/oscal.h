/* oscal: the result for governance tools: OSCAL 1.0.6 (NIST), XML: assessment results, and a plan of action and milestones.
 *
 * Assessment results (data/oscal/assessment-results.xml): an observation for each rule that a tool reported, with subjects and
 * examples of the records that show it; a risk for each rule that was open before or is open after; a finding for each control,
 * `satisfied` only where ours is (an accepted finding is still a finding: its risk says who accepted it). The plan
 * (data/oscal/poam.xml): the same observations and risks for what was or is open, and an item for each.
 *
 * Our own words stand in properties of the namespace OSCAL_NAMESPACE: `state` (of a control), `rule`, `tool`, `open-after` and so
 * on; the sums over all observations are those of the whole result. UUIDs are made from content (uuid.h): a subject's, a risk's
 * and an item's are the same in every packet, an observation's and a finding's belong to this evidence. Evidence is referred to
 * as files beside the document (../evidence/after/...), with their SHA-256, in the back matter.
 *
 * Both stay small: OSCAL_RULES rules at most have an observation of their own, what is left over is one for each tool; each
 * names OBSERVED_SUBJECTS subjects and OBSERVED_EXAMPLES records. Remarks say so. findings.csv lists all.
 */
#ifndef DOSSIER_RENDER_OSCAL_H
#define DOSSIER_RENDER_OSCAL_H

#include "analyze/analyze.h"
#include "render/sink.h"

#define OSCAL_NAMESPACE "urn:dossier:oscal:1"
enum { OSCAL_RULES = 1000 };

bool oscal_assessment_results(const struct result *result, struct sink sink, struct error *error);
bool oscal_poam(const struct result *result, struct sink sink, struct error *error);

#endif
