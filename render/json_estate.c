#include "render/json_estate.h"

#include "analyze/change.h"

#define PUT(buf, literal) buf_add((buf), STR(literal))

static void put_text(struct buf *buf, struct str begin, struct str value)
{
	buf_add(buf, begin);
	buf_json(buf, value);
}

static void put_number(struct buf *buf, struct str begin, uint64_t value)
{
	buf_add(buf, begin);
	buf_u64(buf, value);
}

static void put_quantities(struct buf *buf, const struct estate_side *side)
{
	for (size_t q = 0; q < ESTATE_QUANTITIES; q++)
		buf_printf(buf, "%s\"%s\":%llu", q ? "," : "", estate_quantities[q].name,
		           (unsigned long long)estate_number(side, q));
}

static void put_side(struct buf *buf, const struct estate_side *side)
{
	bool clusters = estate_overlaps_plan(side, side->old_clusters);
	bool registries = estate_overlaps_plan(side, side->old_registries);
	buf_add(buf, side->exported ? STR("{\"exported\":true,\"plan\":") : STR("{\"exported\":false,\"plan\":"));
	if (side->plan.len)
		buf_json(buf, side->plan);
	else
		PUT(buf, "null");
	PUT(buf, ",\"overlapping_plans\":[");
	if (clusters) PUT(buf, "\"KubernetesService\"");
	if (clusters && registries) buf_char(buf, ',');
	if (registries) PUT(buf, "\"ContainerRegistry\"");
	PUT(buf, "],");
	put_quantities(buf, side);
	buf_char(buf, '}');
}

static void put_subscriptions(struct writer *w, const struct estate *estate)
{
	struct buf *buf = &w->pending;
	for (size_t i = 0; i < estate->subscription_count; i++) {
		const struct estate_subscription *s = &estate->subscriptions[i];
		if (i) buf_char(buf, ',');
		put_text(buf, STR("{\"subscription\":"), change_subscription_guid(s->id));
		put_text(buf, STR(",\"name\":"), s->name);
		put_text(buf, STR(",\"owner\":"), s->owner);
		buf_add(buf, s->in_change ? STR(",\"in_change\":true") : STR(",\"in_change\":false"));
		PUT(buf, ",\"before\":");
		put_side(buf, &s->sides[SIDE_BEFORE]);
		PUT(buf, ",\"after\":");
		put_side(buf, &s->sides[SIDE_AFTER]);
		buf_char(buf, '}');
		writer_step(w);
	}
}

static void put_powers(struct buf *buf, unsigned powers)
{
	PUT(buf, ",\"powers\":[");
	for (unsigned i = 0, n = 0; i < ROLE_POWERS; i++)
		if (powers & 1U << i) buf_printf(buf, "%s\"%s\"", n++ ? "," : "", role_power_names[i]);
	buf_char(buf, ']');
}

static void put_roles(struct writer *w, const struct estate *estate)
{
	struct buf *buf = &w->pending;
	for (size_t i = 0; i < estate->role_count; i++) {
		const struct role_grant *grant = &estate->roles[i];
		if (i) buf_char(buf, ',');
		put_text(buf, STR("{\"scope\":"), grant->scope);
		put_text(buf, STR(",\"principal\":"), grant->principal);
		put_text(buf, STR(",\"role\":"), grant->role);
		put_powers(buf, grant->powers);
		put_text(buf, STR(",\"outcome\":"), str_from(fact_outcome_names[grant->outcome]));
		put_text(buf, STR(",\"owner\":"), grant->owner);
		buf_char(buf, '}');
		writer_step(w);
	}
}

static void put_unscanned(struct buf *buf, const struct estate *estate)
{
	for (size_t i = 0; i < estate->unscanned_count; i++) {
		const struct unscanned *one = &estate->unscanned[i];
		if (i) buf_char(buf, ',');
		put_text(buf, STR("{\"registry\":"), one->registry);
		put_number(buf, STR(",\"repositories\":"), one->repositories);
		put_number(buf, STR(",\"never_scanned\":"), one->never);
		put_text(buf, STR(",\"first\":"), one->names);
		buf_char(buf, '}');
	}
}

static void put_overlaps(struct buf *buf, const struct estate *estate)
{
	for (size_t i = 0; i < estate->overlap_count; i++) {
		const struct scanner_overlap *one = &estate->overlaps[i];
		if (i) buf_char(buf, ',');
		put_text(buf, STR("{\"tools\":"), one->tools);
		put_number(buf, STR(",\"images\":"), one->images);
		put_number(buf, STR(",\"vulnerabilities\":"), one->twice);
		buf_char(buf, '}');
	}
}

void json_estate(struct writer *w, const struct estate *estate)
{
	struct buf *buf = &w->pending;
	PUT(buf, "{\"subscriptions\":[");
	put_subscriptions(w, estate);
	PUT(buf, "],\"total\":{\"before\":{");
	put_quantities(buf, &estate->total[SIDE_BEFORE]);
	PUT(buf, "},\"after\":{");
	put_quantities(buf, &estate->total[SIDE_AFTER]);
	PUT(buf, "}},\"roles\":[");
	put_roles(w, estate);
	PUT(buf, "],\"unscanned\":[");
	put_unscanned(buf, estate);
	PUT(buf, "],\"scanner_overlaps\":[");
	put_overlaps(buf, estate);
	PUT(buf, "]}");
}
