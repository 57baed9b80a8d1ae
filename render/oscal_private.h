/* oscal_private: what both OSCAL documents consist of: metadata, components, subjects, observations, risks, back matter.
 * Nobody but render/oscal*.c includes it.
 */
#ifndef DOSSIER_RENDER_OSCAL_PRIVATE_H
#define DOSSIER_RENDER_OSCAL_PRIVATE_H

#include "render/observed.h"
#include "render/oscal.h"
#include "render/uuid.h"
#include "render/xml_doc.h"

struct oscal {
	struct xml_doc doc;
	const struct result *result;
	struct observed_list observed;
	struct arena arena; /* of the document */
	struct arena row;   /* of one text */
};

/* A UUID from a kind and parts; OSCAL_EVIDENCE is one part: what belongs to this evidence and no other. */
struct oscal_uuid {
	char text[UUID_TEXT + 1];
};
struct oscal_uuid oscal_uuid_of(const char *kind, struct str a, struct str b, struct str c);
#define OSCAL_EVIDENCE(o) str_from((o)->result->evidence_digest)

void oscal_uuid(struct oscal *o, const char *attribute, struct oscal_uuid uuid);
/* <name><p>TEXT</p></name> */
void oscal_paragraph(struct oscal *o, const char *name, struct str text);
/* <name>TEXT</name>, one line. */
void oscal_line(struct oscal *o, const char *name, struct str text);
/* A time, moved into the years 1970 to 2999 that OSCAL's schema knows. */
void oscal_time(struct oscal *o, const char *name, int64_t instant);
/* A property of our namespace; nothing for an empty text. */
void oscal_property(struct oscal *o, const char *name, struct str value);
void oscal_property_count(struct oscal *o, const char *name, uint64_t value);
struct str oscal_printf(struct oscal *o, const char *format, ...) __attribute__((format(printf, 2, 3)));

bool oscal_begin(struct oscal *o, const struct result *result, struct sink sink, struct error *error);
bool oscal_finish(struct oscal *o, const char *name);

void oscal_metadata(struct oscal *o, const char *title);
/* Tools as components, then the subjects that observations name as inventory items. */
void oscal_components(struct oscal *o, bool open_only);
/* Whether the rule was open before or is open after: it has a risk. */
bool oscal_has_risk(const struct observed *rule);
struct oscal_uuid oscal_observation_uuid(const struct oscal *o, const struct observed *rule);
struct oscal_uuid oscal_risk_uuid(const struct observed *rule);
struct str oscal_rule_title(struct oscal *o, const struct observed *rule);
/* What it comes to, in one sentence. */
struct str oscal_rule_text(struct oscal *o, const struct observed *rule);
/* The properties of a rule: tool, rule, severity, counts. */
void oscal_rule_properties(struct oscal *o, const struct observed *rule);
void oscal_observations(struct oscal *o, bool open_only);
void oscal_risks(struct oscal *o);
/* Evidence files, and what the document has to refer to beside them. */
struct oscal_uuid oscal_no_plan_uuid(void);
void oscal_back_matter(struct oscal *o, const char *missing, struct str why);
/* What was grouped or cut, as a remark; empty where all is listed. */
struct str oscal_grouped(struct oscal *o);

#endif
