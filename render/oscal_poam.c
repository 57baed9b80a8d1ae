#include "render/oscal_private.h"

static void put_item(struct oscal *o, const struct observed *rule)
{
	xml_start(&o->doc, "poam-item");
	oscal_uuid(o, "uuid",
	           oscal_uuid_of(rule->rest ? "other-items" : "poam-item", rule->tool, rule->rule, STR_EMPTY));
	oscal_line(o, "title", oscal_rule_title(o, rule));
	oscal_paragraph(o, "description", oscal_rule_text(o, rule));
	oscal_rule_properties(o, rule);
	xml_start(&o->doc, "related-observation");
	oscal_uuid(o, "observation-uuid", oscal_observation_uuid(o, rule));
	xml_end(&o->doc);
	xml_start(&o->doc, "associated-risk");
	oscal_uuid(o, "risk-uuid", oscal_risk_uuid(rule));
	xml_end(&o->doc);
	xml_end(&o->doc);
}

/* OSCAL wants at least one item. */
static void put_nothing(struct oscal *o)
{
	xml_start(&o->doc, "poam-item");
	oscal_uuid(o, "uuid", oscal_uuid_of("no-items", STR_EMPTY, STR_EMPTY, STR_EMPTY));
	oscal_line(o, "title", STR("Nothing to plan"));
	oscal_paragraph(
	    o, "description",
	    STR("The evidence holds no finding that was open before or is open after. It says nothing of what was not "
	        "assessed."));
	xml_end(&o->doc);
}

static void put_items(struct oscal *o)
{
	size_t count = 0;
	for (size_t i = 0; i < o->observed.count; i++) {
		if (!oscal_has_risk(&o->observed.list[i])) continue;
		put_item(o, &o->observed.list[i]);
		count++;
	}
	if (!count) put_nothing(o);
}

/* A name of the system, for what has no OSCAL system security plan. */
static void put_system(struct oscal *o)
{
	const struct change *c = &o->result->change;
	struct str name = c->environment.len ? c->environment : c->tenant.len ? c->tenant : STR("not stated");
	xml_start(&o->doc, "system-id");
	xml_word(&o->doc, "identifier-type", OSCAL_NAMESPACE);
	xml_text(&o->doc, text_line(&o->row, name, 200));
	xml_end(&o->doc);
	arena_reset(&o->row);
}

bool oscal_poam(const struct result *result, struct sink sink, struct error *error)
{
	struct oscal o;
	if (oscal_begin(&o, result, sink, error)) {
		xml_start(&o.doc, "plan-of-action-and-milestones");
		xml_word(&o.doc, "xmlns", "http://csrc.nist.gov/ns/oscal/1.0");
		oscal_uuid(&o, "uuid", oscal_uuid_of("poam", OSCAL_EVIDENCE(&o), result->options, STR_EMPTY));
		oscal_metadata(&o, "Plan of action and milestones");
		put_system(&o);
		oscal_components(&o, true);
		oscal_observations(&o, true);
		oscal_risks(&o);
		put_items(&o);
		oscal_back_matter(&o, NULL, STR_EMPTY);
		xml_end(&o.doc);
	}
	return oscal_finish(&o, "poam.xml");
}
