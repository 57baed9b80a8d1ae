/* The frameworks asked for, each of their controls, and what carries its state. Of very many links the first XML_LINKS are
 * written, those that hold the control back first; the attribute links says how many there are.
 */
#include "render/xml_private.h"

enum { XML_LINKS = 1000 };

static void put_finding_id(struct xml *x, const char *name, enum side side, uint32_t finding)
{
	char id[19];
	if (finding == NO_MATCH) return;
	snapshot_finding_id(&x->result->sides[side], side, finding, id);
	xml_word(&x->doc, name, id);
}

static void put_link(struct xml *x, const struct control_link *l)
{
	xml_start(&x->doc, "link");
	xml_attribute(&x->doc, "tool", l->tool);
	xml_attribute(&x->doc, "rule", l->rule);
	xml_known(&x->doc, "title", l->title);
	xml_attribute(&x->doc, "through", l->through);
	xml_known(&x->doc, "source", l->source);
	xml_known(&x->doc, "note", l->note);
	xml_count(&x->doc, "open_before", l->open[SIDE_BEFORE]);
	xml_count(&x->doc, "open_after", l->open[SIDE_AFTER]);
	xml_count(&x->doc, "pass_before", l->pass[SIDE_BEFORE]);
	xml_count(&x->doc, "pass_after", l->pass[SIDE_AFTER]);
	xml_count(&x->doc, "manual_before", l->manual[SIDE_BEFORE]);
	xml_count(&x->doc, "manual_after", l->manual[SIDE_AFTER]);
	xml_count(&x->doc, "excepted", l->excepted);
	xml_count(&x->doc, "not_assessed", l->not_assessed);
	put_finding_id(x, "finding_before", SIDE_BEFORE, l->example[SIDE_BEFORE]);
	put_finding_id(x, "finding_after", SIDE_AFTER, l->example[SIDE_AFTER]);
	xml_end(&x->doc);
}

static void put_control(struct xml *x, const struct control *c)
{
	xml_start(&x->doc, "control");
	xml_attribute(&x->doc, "framework", c->framework);
	xml_attribute(&x->doc, "id", c->id);
	xml_known(&x->doc, "title", c->title);
	xml_word(&x->doc, "state", control_state_names[c->state]);
	xml_word(&x->doc, "before", control_state_names[c->state_before]);
	xml_count(&x->doc, "open", c->open);
	xml_count(&x->doc, "pass", c->pass);
	xml_count(&x->doc, "exceptions", c->exceptions);
	xml_count(&x->doc, "manual", c->manual);
	xml_count(&x->doc, "not_assessed", c->not_assessed);
	xml_known(&x->doc, "reported_before", c->reported[SIDE_BEFORE]);
	xml_known(&x->doc, "reported_after", c->reported[SIDE_AFTER]);
	if (c->reported[SIDE_AFTER].len) xml_flag(&x->doc, "disagrees", c->disagrees);
	xml_count(&x->doc, "links", c->link_count);
	xml_known_element(&x->doc, "moved", c->moved);
	xml_elements(&x->doc, "unassessed", c->unassessed, c->unassessed_count);
	for (size_t i = 0; i < c->links_kept && i < XML_LINKS; i++) put_link(x, &c->links[i]);
	xml_end(&x->doc);
}

void xml_put_controls(struct xml *x)
{
	const struct result *r = x->result;
	xml_start(&x->doc, "controls");
	for (size_t i = 0; i < r->framework_count; i++) {
		const struct framework_used *f = &r->frameworks[i];
		xml_start(&x->doc, "framework");
		xml_attribute(&x->doc, "name", f->name);
		xml_attribute(&x->doc, "title", f->title);
		xml_known(&x->doc, "version", f->version);
		xml_attribute(&x->doc, "source", f->source);
		xml_known(&x->doc, "licence", f->licence);
		xml_count(&x->doc, "controls", f->count);
		xml_end(&x->doc);
	}
	for (size_t i = 0; i < r->control_count && !x->doc.out.failed; i++) put_control(x, &r->controls[i]);
	xml_end(&x->doc);
}
