/* The estate in report.xml: quantities by subscription, roles of weight, what nobody scanned and what was scanned twice. */
#include "analyze/change.h"
#include "analyze/estate.h"
#include "render/xml_private.h"

static void put_quantities(struct xml_doc *doc, const struct estate_side *side)
{
	for (size_t q = 0; q < ESTATE_QUANTITIES; q++)
		xml_count(doc, estate_quantities[q].name, estate_number(side, q));
}

static void put_side(struct xml_doc *doc, const char *name, const struct estate_side *side)
{
	xml_start(doc, name);
	xml_flag(doc, "exported", side->exported);
	xml_known(doc, "plan", side->plan);
	put_quantities(doc, side);
	if (estate_overlaps_plan(side, side->old_clusters))
		xml_element(doc, "overlapping_plan", STR("KubernetesService"));
	if (estate_overlaps_plan(side, side->old_registries))
		xml_element(doc, "overlapping_plan", STR("ContainerRegistry"));
	xml_end(doc);
}

static void put_subscription(struct xml_doc *doc, const struct estate_subscription *s)
{
	xml_start(doc, "subscription");
	xml_attribute(doc, "id", change_subscription_guid(s->id));
	xml_known(doc, "name", s->name);
	xml_known(doc, "owner", s->owner);
	xml_flag(doc, "in_change", s->in_change);
	put_side(doc, "before", &s->sides[SIDE_BEFORE]);
	put_side(doc, "after", &s->sides[SIDE_AFTER]);
	xml_end(doc);
}

static void put_role(struct xml *x, const struct role_grant *grant)
{
	xml_start(&x->doc, "role");
	xml_attribute(&x->doc, "scope", grant->scope);
	xml_attribute(&x->doc, "principal", grant->principal);
	xml_attribute(&x->doc, "role", grant->role);
	xml_word(&x->doc, "outcome", fact_outcome_names[grant->outcome]);
	xml_known(&x->doc, "owner", grant->owner);
	for (unsigned i = 0; i < ROLE_POWERS; i++)
		if (grant->powers & 1U << i) xml_element(&x->doc, "power", str_from(role_power_names[i]));
	xml_fact_evidence(x, SIDE_BEFORE, grant->fact[SIDE_BEFORE]);
	xml_fact_evidence(x, SIDE_AFTER, grant->fact[SIDE_AFTER]);
	xml_end(&x->doc);
}

void xml_put_estate(struct xml *x, const struct estate *estate)
{
	struct xml_doc *doc = &x->doc;
	xml_start(doc, "estate");
	for (size_t i = 0; i < estate->subscription_count; i++) put_subscription(doc, &estate->subscriptions[i]);
	for (size_t i = 0; i < estate->role_count; i++) put_role(x, &estate->roles[i]);
	for (size_t i = 0; i < estate->unscanned_count; i++) {
		xml_start(doc, "unscanned");
		xml_attribute(doc, "registry", estate->unscanned[i].registry);
		xml_count(doc, "repositories", estate->unscanned[i].repositories);
		xml_count(doc, "never_scanned", estate->unscanned[i].never);
		xml_attribute(doc, "first", estate->unscanned[i].names);
		xml_end(doc);
	}
	for (size_t i = 0; i < estate->overlap_count; i++) {
		xml_start(doc, "scanner_overlap");
		xml_attribute(doc, "tools", estate->overlaps[i].tools);
		xml_count(doc, "images", estate->overlaps[i].images);
		xml_count(doc, "vulnerabilities", estate->overlaps[i].twice);
		xml_end(doc);
	}
	xml_end(doc);
}
