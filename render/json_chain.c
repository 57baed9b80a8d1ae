#include "render/json_chain.h"

#include "render/json_private.h"

struct listing {
	struct writer *w;
	const struct diff_chain *chain;
	const struct diff *diff;
	const struct json_select *select;
	struct buf one;
	uint64_t listed;
};

static void put_instant(struct buf *buf, int64_t instant)
{
	key(buf, "captured");
	json_instant(buf, instant);
}

static void put_roots(struct buf *buf, const struct roots *roots)
{
	key(buf, "paths");
	buf_char(buf, '[');
	for (size_t i = 0; i < roots->count; i++) {
		comma(buf);
		buf_json(buf, str_from(roots->paths[i]));
	}
	buf_char(buf, ']');
}

static void put_points(struct buf *buf, const struct diff_chain *chain)
{
	key(buf, "points");
	buf_char(buf, '[');
	for (uint32_t i = 0; i <= chain->reached; i++) {
		const struct chain_point *point = &chain->points[i];
		comma(buf);
		buf_char(buf, '{');
		put_string(buf, "path", str_from(point->name));
		put_roots(buf, &point->roots);
		put_instant(buf, point->captured);
		put_count(buf, "records", point->records);
		put_count(buf, "open", point->open);
		put_count(buf, "first_seen", point->first_seen);
		buf_char(buf, '}');
	}
	buf_char(buf, ']');
}

static void put_first_seen(struct buf *buf, const struct diff_chain *chain, const struct first_seen *seen)
{
	uint64_t days;
	key(buf, "first_seen");
	buf_char(buf, '{');
	put_count(buf, "point", seen->point);
	put_instant(buf, chain->points[seen->point].captured);
	put_string(buf, "key", str_from(seen->key));
	buf_char(buf, '}');
	if (diff_chain_days(chain, seen->point, &days))
		put_count(buf, "age_days", days);
	else
		PUT(buf, ",\"age_days\":null");
}

static bool put_selected(void *context, const struct diff_item *item)
{
	struct listing *l = context;
	struct buf *buf = &l->w->pending;
	if (item->side != SIDE_AFTER) return true;
	if (l->select->wants && !l->select->wants(l->select->context, item)) return true;
	if (l->listed++ >= l->select->limit) return false;
	l->one.len = 0;
	json_finding(&l->one, l->diff, item);
	if (!l->select->lines) comma(buf);
	buf_add(buf, str_slice(buf_str(&l->one), 0, l->one.len - 1)); /* all but its closing brace */
	put_first_seen(buf, l->chain, &l->chain->first[item->finding]);
	buf_add(buf, l->select->lines ? STR("}\n") : STR("}"));
	return writer_step(l->w);
}

bool json_chain(const struct diff_chain *chain, const struct diff *last, struct str steps,
                const struct json_select *select, struct sink sink, struct error *error)
{
	struct writer w = {.sink = sink, .error = error};
	struct listing listing = {&w, chain, last, select, {0}, 0};
	PUT(&w.pending, "{\"dossier\":\"diff-chain\",\"version\":1");
	put_points(&w.pending, chain);
	key(&w.pending, "steps");
	buf_char(&w.pending, '[');
	buf_add(&w.pending, steps);
	buf_char(&w.pending, ']');
	if (select && (select->wants || select->limit < select->total)) {
		key(&w.pending, "listed");
		buf_char(&w.pending, '{');
		put_count(&w.pending, "first", select->limit < select->total ? select->limit : select->total);
		put_count(&w.pending, "of", select->total);
		buf_char(&w.pending, '}');
	}
	if (select) {
		buf_add(&w.pending, select->lines ? STR("}\n") : STR(",\"findings\":["));
		diff_each(last, put_selected, &listing);
	}
	if (!select || !select->lines) buf_add(&w.pending, select ? STR("]}\n") : STR("}\n"));
	buf_free(&listing.one);
	return writer_end(&w);
}
