#include "render/json_controls.h"

#define PUT(buf, literal) buf_add((buf), STR(literal))

/* begin is everything up to the value: `,"name":`. */
static void text(struct buf *buf, struct str begin, struct str value)
{
	buf_add(buf, begin);
	buf_json(buf, value);
}

static void known(struct buf *buf, struct str begin, struct str value)
{
	if (value.len) text(buf, begin, value);
}

static void count(struct buf *buf, struct str begin, uint64_t value)
{
	buf_add(buf, begin);
	buf_u64(buf, value);
}

static void put_side(struct buf *buf, const struct result *r, const struct control_link *l, enum side side)
{
	char id[19];
	count(buf, STR("{\"open\":"), l->open[side]);
	count(buf, STR(",\"pass\":"), l->pass[side]);
	count(buf, STR(",\"manual\":"), l->manual[side]);
	if (side == SIDE_AFTER) count(buf, STR(",\"excepted\":"), l->excepted);
	if (l->example[side] != NO_MATCH) {
		snapshot_finding_id(&r->sides[side], side, l->example[side], id);
		text(buf, STR(",\"finding\":"), str_from(id));
	}
	buf_char(buf, '}');
}

static void put_link(struct buf *buf, const struct result *r, const struct control_link *l)
{
	text(buf, STR("{\"tool\":"), l->tool);
	text(buf, STR(",\"rule\":"), l->rule);
	known(buf, STR(",\"title\":"), l->title);
	text(buf, STR(",\"through\":"), l->through);
	text(buf, STR(",\"source\":"), l->source.len ? l->source : STR("the evidence itself"));
	known(buf, STR(",\"note\":"), l->note);
	PUT(buf, ",\"before\":");
	put_side(buf, r, l, SIDE_BEFORE);
	PUT(buf, ",\"after\":");
	put_side(buf, r, l, SIDE_AFTER);
	count(buf, STR(",\"not_assessed\":"), l->not_assessed);
	buf_char(buf, '}');
}

static void put_reported(struct buf *buf, const struct control *c)
{
	const struct str *reported = c->reported;
	if (!reported[SIDE_BEFORE].len && !reported[SIDE_AFTER].len) return;
	PUT(buf, ",\"reported\":{");
	known(buf, STR("\"before\":"), reported[SIDE_BEFORE]);
	known(buf, reported[SIDE_BEFORE].len ? STR(",\"after\":") : STR("\"after\":"), reported[SIDE_AFTER]);
	PUT(buf, "},\"disagrees\":");
	buf_add(buf, c->disagrees ? STR("true") : STR("false"));
}

static void put_control(struct buf *buf, const struct result *r, const struct control *c)
{
	text(buf, STR("{\"framework\":"), c->framework);
	text(buf, STR(",\"control\":"), c->id);
	text(buf, STR(",\"state\":"), str_from(control_state_names[c->state]));
	count(buf, STR(",\"open\":"), c->open);
	count(buf, STR(",\"pass\":"), c->pass);
	count(buf, STR(",\"exceptions\":"), c->exceptions);
	known(buf, STR(",\"title\":"), c->title);
	text(buf, STR(",\"before\":"), str_from(control_state_names[c->state_before]));
	count(buf, STR(",\"manual\":"), c->manual);
	count(buf, STR(",\"not_assessed\":"), c->not_assessed);
	for (size_t i = 0; i < c->unassessed_count; i++)
		text(buf, i ? STR(",") : STR(",\"unassessed\":["), c->unassessed[i]);
	if (c->unassessed_count) buf_char(buf, ']');
	known(buf, STR(",\"moved\":"), c->moved);
	put_reported(buf, c);
	count(buf, STR(",\"link_count\":"), c->link_count);
	PUT(buf, ",\"links\":[");
	for (size_t i = 0; i < c->links_kept && i < CONTROL_LINKS; i++) {
		if (i) buf_char(buf, ',');
		put_link(buf, r, &c->links[i]);
	}
	PUT(buf, "]}");
}

void json_controls(struct writer *w, const struct result *r)
{
	struct buf *buf = &w->pending;
	buf_char(buf, '[');
	for (size_t i = 0; i < r->control_count; i++) {
		if (i) buf_char(buf, ',');
		put_control(buf, r, &r->controls[i]);
	}
	buf_char(buf, ']');
}

void json_frameworks(struct buf *buf, const struct result *r)
{
	buf_char(buf, '[');
	for (size_t i = 0; i < r->framework_count; i++) {
		const struct framework_used *f = &r->frameworks[i];
		text(buf, i ? STR(",{\"framework\":") : STR("{\"framework\":"), f->name);
		text(buf, STR(",\"title\":"), f->title);
		known(buf, STR(",\"version\":"), f->version);
		text(buf, STR(",\"source\":"), f->source);
		known(buf, STR(",\"licence\":"), f->licence);
		count(buf, STR(",\"controls\":"), f->count);
		buf_char(buf, '}');
	}
	buf_char(buf, ']');
}
