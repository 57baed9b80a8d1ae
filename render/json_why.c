#include "render/json_why.h"

static void word(struct buf *buf, struct str begin, const char *text)
{
	buf_add(buf, begin);
	buf_add(buf, str_from(text));
	buf_char(buf, '"');
}

static void value(struct buf *buf, struct str name, enum why_field field, struct str text)
{
	buf_add(buf, name);
	if (!text.len)
		buf_add(buf, STR("null"));
	else if (field == WHY_LINE)
		buf_add(buf, text); /* a number */
	else
		buf_json(buf, text);
}

static void put_agreed(struct buf *buf, const struct why *why)
{
	buf_add(buf, STR(",\"agreed\":["));
	for (size_t i = 0; i < why->agreed_count; i++)
		word(buf, i ? STR(",\"") : STR("\""), why_field_names[why->agreed[i]]);
	buf_add(buf, STR("],\"differs\":["));
	for (size_t i = 0; i < why->differs_count; i++) {
		const struct why_difference *d = &why->differs[i];
		word(buf, i ? STR(",{\"field\":\"") : STR("{\"field\":\""), why_field_names[d->field]);
		value(buf, STR(",\"before\":"), d->field, d->values[SIDE_BEFORE]);
		value(buf, STR(",\"after\":"), d->field, d->values[SIDE_AFTER]);
		buf_char(buf, '}');
	}
	buf_char(buf, ']');
}

void json_why(struct buf *buf, const struct snapshot *s, const struct why *why)
{
	word(buf, STR("{\"reason\":\""), why_reason_names[why->reason]);
	if (why->tier != TIER_NONE) {
		put_agreed(buf, why);
	} else {
		const struct unit *unit = &s->units[why->unit];
		buf_add(buf, STR(",\"unit\":{\"tool\":"));
		buf_json(buf, snapshot_string(s, unit->tool));
		buf_add(buf, STR(",\"target\":"));
		buf_json(buf, snapshot_string(s, unit->target));
		buf_char(buf, '}');
	}
	buf_char(buf, '}');
}
