#include "render/parts.h"

static size_t parts_of(const struct result *result, enum side side)
{
	return ((size_t)result->diff.sides[side]->finding_count + PART_FINDINGS - 1) / PART_FINDINGS;
}

size_t parts_rows(const struct result *result) { return parts_of(result, SIDE_BEFORE) + parts_of(result, SIDE_AFTER); }

struct part parts_at(const struct parts *parts, const struct result *result, size_t i)
{
	enum side side = parts->first;
	size_t first = parts_of(result, side);
	if (i >= first) {
		i -= first;
		side = side == SIDE_BEFORE ? SIDE_AFTER : SIDE_BEFORE;
	}
	uint32_t count = result->diff.sides[side]->finding_count, from = (uint32_t)i * PART_FINDINGS;
	return (struct part){side, from, count - from < PART_FINDINGS ? count : from + PART_FINDINGS};
}

bool parts_write(const struct parts *parts, const struct result *result, struct sink sink, struct error *error)
{
	struct buf rows = {0};
	bool good = parts->head(result, sink, error);
	for (size_t i = 0, n = parts_rows(result); i < n && good; i++) {
		rows.len = 0;
		parts->rows(result, parts_at(parts, result, i), &rows, NULL);
		good = sink_write(sink, buf_str(&rows), error);
	}
	buf_free(&rows);
	return good && (!parts->tail || parts->tail(result, sink, error));
}
