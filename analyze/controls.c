/* How it works, for each side:
 *
 *     findings ── counted by profile ──┐
 *     profiles ── rows ── hits ────────┴── links of controls ── states
 *
 * A profile's findings are alike in all that counts here, so that one pass over the findings counts them by profile. Rows
 * (analyze/control_maps.h) are what a framework is asked about. A link is a control and a tool's rule, both sides together.
 */
#include "analyze/controls.h"

#include "analyze/analyze.h"
#include "analyze/change.h"
#include "analyze/control_id.h"
#include "analyze/control_maps.h"
#include "analyze/control_scope.h"
#include "analyze/verdicts.h"

#include <stdlib.h>

/* ---- counting ---- */

/* What a side's findings of one profile add up to. */
struct tally {
	uint64_t findings, excepted;
	uint32_t example; /* one that no exception covers, if there is one; NO_MATCH */
	uint32_t formats; /* bits of struct control_scope */
	bool example_excepted;
};

static struct tally *count_profiles(const struct result *result, enum side side, const bool *covered,
                                    const struct control_scope *scope)
{
	const struct snapshot *s = &result->sides[side];
	struct tally *tallies = memory_grow(NULL, sizeof(*tallies) * ((size_t)s->profiles.count + 1));
	for (uint32_t p = 0; p < s->profiles.count; p++) tallies[p] = (struct tally){.example = NO_MATCH};
	for (uint32_t i = 0; i < s->input_count; i++) {
		const struct input *input = &s->inputs[i];
		uint32_t format = control_scope_format(scope, side, i);
		for (uint32_t k = input->first_finding; k < input->first_finding + input->finding_count; k++) {
			if (!result->diff.fates[side][k].counted) continue;
			struct tally *tally = &tallies[s->findings[k].profile];
			bool excepted = side == SIDE_AFTER && covered && covered[k];
			tally->findings++;
			tally->excepted += excepted;
			tally->formats |= format;
			if (tally->example == NO_MATCH || (tally->example_excepted && !excepted)) {
				tally->example = k;
				tally->example_excepted = excepted;
			}
		}
	}
	return tallies;
}

/* ---- links ---- */

/* The links of all controls while they grow, found by control, tool and rule. */
struct links {
	struct strings texts;
	struct tuples keys; /* control, tool, rule; number n is list[n] */
	struct link {
		struct control_link link;
		uint32_t control, formats;
		int rank[SIDE_COUNT]; /* of the example: the lower the better */
	} * list;
	uint32_t capacity;
};

static struct link *link_of(struct links *links, uint32_t control, struct str tool, struct str rule)
{
	uint32_t key[] = {control, strings_add(&links->texts, tool), strings_add(&links->texts, rule)};
	uint32_t before = links->keys.count, number = tuples_add(&links->keys, key);
	if (links->keys.count == before) return &links->list[number];
	if (number == links->capacity) {
		links->capacity = links->capacity ? links->capacity * 2 : 64;
		links->list = memory_grow(links->list, sizeof(*links->list) * links->capacity);
	}
	links->list[number] = (struct link){.link = {.example = {NO_MATCH, NO_MATCH}}, .control = control};
	return &links->list[number];
}

/* How well a record of this status shows what a link is about. */
static int rank_of(enum status status, bool excepted)
{
	switch (status) {
	case STATUS_FAIL: return excepted ? 2 : 1;
	case STATUS_ERROR: return 3;
	case STATUS_MANUAL: return 4;
	case STATUS_PASS: return 5;
	case STATUS_NOT_APPLICABLE:
	case STATUS_INFORMATIONAL:
	case STATUS_SUPPRESSED:
	case STATUS_ARCHIVED:
	case STATUS_COUNT: return 6;
	}
	return 6;
}

static void add_tally(struct link *link, enum side side, const struct profile *profile, const struct tally *tally,
                      bool assessed_after)
{
	enum status status = profile->status;
	struct control_link *l = &link->link;
	int rank = rank_of(status, tally->example_excepted);
	if (status == STATUS_ARCHIVED) return; /* of an earlier run */
	if (status == STATUS_FAIL) l->open[side] += tally->findings;
	if (status == STATUS_PASS) l->pass[side] += tally->findings;
	if (status == STATUS_MANUAL || status == STATUS_ERROR) l->manual[side] += tally->findings;
	if (status == STATUS_FAIL && side == SIDE_AFTER) l->excepted += tally->excepted;
	if (side == SIDE_BEFORE && !assessed_after) l->not_assessed += tally->findings;
	link->formats |= tally->formats;
	if (l->example[side] == NO_MATCH || rank < link->rank[side] ||
	    (rank == link->rank[side] && tally->example < l->example[side])) {
		l->example[side] = tally->example;
		link->rank[side] = rank;
	}
}

/* ---- from profiles to controls ---- */

struct frameworks {
	struct framework *list;
	size_t count;
};

struct hits {
	struct control_hit *list;
	size_t count;
};

struct judging {
	struct result *result;
	struct arena *arena, scratch;
	struct frameworks frameworks;
	const bool *covered;
	struct links links;
	struct control_scope scope;
};

/* The hits of a row in all frameworks, as numbers of result->controls. */
static struct hits hits_of(struct judging *j, const struct control_maps *maps, uint32_t row)
{
	struct hits all = {0};
	size_t capacity = 0;
	for (size_t f = 0; f < j->frameworks.count; f++) {
		struct control_hit *hits;
		size_t count = control_maps_row(maps, row, &j->frameworks.list[f], j->arena, &hits);
		for (size_t i = 0; i < count; i++) {
			ARRAY_RESERVE(all.list, all.count, capacity);
			all.list[all.count] = hits[i];
			all.list[all.count++].control += (uint32_t)j->result->frameworks[f].first;
		}
	}
	return all;
}

static void add_profile(struct judging *j, enum side side, const struct profile *profile, const struct tally *tally,
                        const struct hits *hits)
{
	const struct snapshot *s = &j->result->sides[side];
	struct str tool = snapshot_string(s, profile->tool), rule = snapshot_string(s, profile->rule);
	bool assessed_after = side == SIDE_AFTER || j->result->diff.unit_assessed_on_other[side][profile->unit];
	for (size_t i = 0; i < hits->count; i++) {
		struct link *link = link_of(&j->links, hits->list[i].control, tool, rule);
		if (!link->link.through.len) {
			link->link.tool = tool;
			link->link.rule = rule;
			link->link.through = hits->list[i].through;
			link->link.source = hits->list[i].source;
			link->link.note = hits->list[i].note;
		}
		if (side == SIDE_AFTER || !link->link.title.len)
			if (profile->title) link->link.title = snapshot_string(s, profile->title);
		add_tally(link, side, profile, tally, assessed_after);
	}
}

static void judge_side(struct judging *j, enum side side, struct controls *controls)
{
	const struct snapshot *s = &j->result->sides[side];
	struct control_maps maps;
	control_maps_begin(&maps, s);
	struct tally *tallies = count_profiles(j->result, side, j->covered, &j->scope);
	struct hits *hits = memory_grow(NULL, sizeof(*hits) * ((size_t)maps.rows.count + 1));
	uint32_t *starts = ARENA_ARRAY(j->arena, uint32_t, (size_t)maps.rows.count + 1);
	for (uint32_t r = 0; r < maps.rows.count; r++) {
		hits[r] = hits_of(j, &maps, r);
		starts[r + 1] = starts[r] + (uint32_t)hits[r].count;
	}
	uint32_t *lists = ARENA_ARRAY(j->arena, uint32_t, (size_t)starts[maps.rows.count] + 1);
	uint32_t *rows = ARENA_ARRAY(j->arena, uint32_t, (size_t)s->profiles.count + 1);
	for (uint32_t r = 0; r < maps.rows.count; r++)
		for (size_t i = 0; i < hits[r].count; i++) lists[starts[r] + i] = hits[r].list[i].control;
	for (uint32_t p = 0; p < s->profiles.count; p++) {
		rows[p] = maps.row_of[p];
		if (tallies[p].findings)
			add_profile(j, side, (const struct profile *)(const void *)tuples_get(&s->profiles, p),
			            &tallies[p], &hits[rows[p]]);
	}
	controls->rows[side] = rows;
	controls->lists[side] = lists;
	controls->starts[side] = starts;
	for (uint32_t r = 0; r < maps.rows.count; r++) free(hits[r].list);
	free(hits);
	free(tallies);
	control_maps_free(&maps);
}

/* ---- states ---- */

static enum control_state state_after(const struct control *c)
{
	if (c->open > c->exceptions) return CONTROL_NOT_SATISFIED;
	if (c->not_assessed || c->unassessed_count || c->manual) return CONTROL_MANUAL_REVIEW;
	if (c->open) return CONTROL_WITH_EXCEPTIONS;
	return c->pass ? CONTROL_SATISFIED : CONTROL_NO_EVIDENCE;
}

struct sums {
	uint64_t open, pass, manual;
};

static struct sums sums_of(const struct control *c, enum side side)
{
	struct sums sums = {0};
	for (size_t i = 0; i < c->link_count; i++) {
		sums.open += c->links[i].open[side];
		sums.pass += c->links[i].pass[side];
		sums.manual += c->links[i].manual[side];
	}
	return sums;
}

static enum control_state state_before(const struct sums *before)
{
	return before->open     ? CONTROL_NOT_SATISFIED
	       : before->manual ? CONTROL_MANUAL_REVIEW
	       : before->pass   ? CONTROL_SATISFIED
	                        : CONTROL_NO_EVIDENCE;
}

static struct str some(struct arena *arena, uint64_t n, const char *one, const char *many)
{
	return str_printf(arena, "%llu %s", (unsigned long long)n, n == 1 ? one : many);
}

/* Why it is manual_review now. */
static struct str what_is_missing(const struct control *c, struct arena *arena)
{
	struct str text = STR_EMPTY;
	if (c->not_assessed)
		text = str_printf(arena, "%.*s of before not assessed again",
		                  STR_ARG(some(arena, c->not_assessed, "record", "records")));
	if (c->unassessed_count)
		text = str_printf(arena, "%.*s%s%.*s%s not assessed", STR_ARG(text), text.len ? "; " : "",
		                  STR_ARG(c->unassessed[0]), c->unassessed_count > 1 ? " and others" : "");
	if (c->manual)
		text = str_printf(arena, "%.*s%s%.*s for people to decide", STR_ARG(text), text.len ? "; " : "",
		                  STR_ARG(some(arena, c->manual, "record", "records")));
	return text;
}

/* The link that did most of it. */
static struct str most_open(const struct control *c, enum side side)
{
	const struct control_link *most = NULL;
	for (size_t i = 0; i < c->link_count; i++)
		if (c->links[i].open[side] && (!most || c->links[i].open[side] > most->open[side])) most = &c->links[i];
	if (!most) return STR_EMPTY;
	return most->title.len ? most->title : most->rule;
}

static struct str moved(const struct control *c, const struct sums *before, struct arena *arena)
{
	uint64_t open = c->open - c->exceptions;
	struct str gone = before->open ? some(arena, before->open, "open finding of before is gone",
	                                      "open findings of before are gone")
	                               : STR_EMPTY;
	if (c->state == c->state_before) return STR_EMPTY;
	switch (c->state) {
	case CONTROL_NOT_SATISFIED:
		return str_printf(arena, "%.*s: %.*s", STR_ARG(some(arena, open, "open finding", "open findings")),
		                  STR_ARG(most_open(c, SIDE_AFTER)));
	case CONTROL_MANUAL_REVIEW: return what_is_missing(c, arena);
	case CONTROL_WITH_EXCEPTIONS:
		return str_printf(
		    arena, "%.*s by exceptions",
		    STR_ARG(some(arena, c->open, "open finding is covered", "open findings are covered")));
	case CONTROL_SATISFIED:
		return str_printf(arena, "%.*s%s%.*s", STR_ARG(gone), gone.len ? "; " : "",
		                  STR_ARG(some(arena, c->pass, "passes", "pass")));
	case CONTROL_NO_EVIDENCE:
		return gone.len ? str_printf(arena, "%.*s, and nothing passes", STR_ARG(gone))
		                : STR("what was assessed before reports nothing any more");
	case CONTROL_STATE_COUNT: break;
	}
	return STR_EMPTY;
}

static bool disagrees(const struct control *c)
{
	struct str reported = c->reported[SIDE_AFTER];
	if (str_eq_nocase(reported, STR("Passed"))) return c->open > 0;
	return str_eq_nocase(reported, STR("Failed")) && c->state == CONTROL_SATISFIED;
}

/* ---- putting together ---- */

/* Those that hold the control back first, then by tool and rule. */
static int by_weight(const void *a, const void *b)
{
	const struct control_link *x = &((const struct link *)a)->link, *y = &((const struct link *)b)->link;
	bool holds_x = x->open[SIDE_AFTER] > x->excepted, holds_y = y->open[SIDE_AFTER] > y->excepted;
	if (holds_x != holds_y) return holds_x ? -1 : 1;
	bool unsure_x = x->not_assessed || x->manual[SIDE_AFTER], unsure_y = y->not_assessed || y->manual[SIDE_AFTER];
	if (unsure_x != unsure_y) return unsure_x ? -1 : 1;
	int order = str_cmp(x->tool, y->tool);
	return order ? order : str_cmp(x->rule, y->rule);
}

static int by_control(const void *a, const void *b)
{
	uint32_t x = ((const struct link *)a)->control, y = ((const struct link *)b)->control;
	return x != y ? (x < y ? -1 : 1) : by_weight(a, b);
}

static void judge_control(struct judging *j, struct control *c, const struct link *links, size_t count)
{
	uint32_t formats = 0;
	c->links = ARENA_ARRAY(j->arena, struct control_link, count + 1);
	for (size_t i = 0; i < count; i++) {
		const struct control_link *l = &links[i].link;
		c->links[c->link_count++] = *l;
		c->open += l->open[SIDE_AFTER];
		c->pass += l->pass[SIDE_AFTER];
		c->manual += l->manual[SIDE_AFTER];
		c->exceptions += l->excepted;
		c->not_assessed += l->not_assessed;
		formats |= links[i].formats;
	}
	struct sums before = sums_of(c, SIDE_BEFORE);
	if (count) c->unassessed = control_scope_missing(&j->scope, formats, j->arena, &c->unassessed_count);
	c->state_before = state_before(&before);
	c->state = state_after(c);
	c->moved = moved(c, &before, j->arena);
	c->disagrees = disagrees(c);
}

static void judge_controls(struct judging *j)
{
	struct links *links = &j->links;
	uint32_t at = 0;
	if (links->keys.count) qsort(links->list, links->keys.count, sizeof(*links->list), by_control);
	for (size_t i = 0; i < j->result->control_count; i++) {
		uint32_t first = at;
		while (at < links->keys.count && links->list[at].control == i) at++;
		judge_control(j, &j->result->controls[i], at > first ? &links->list[first] : NULL, at - first);
	}
}

/* ---- reading ---- */

static bool read_frameworks(struct judging *j, const char *const *names, size_t count, struct error *error)
{
	static const char *const by_default[] = {"MCSB"};
	struct result *result = j->result;
	if (!count) names = by_default, count = 1;
	j->frameworks.list = ARENA_ARRAY(&j->scratch, struct framework, count);
	result->frameworks = ARENA_ARRAY(j->arena, struct framework_used, count);
	for (size_t i = 0; i < count; i++) {
		struct framework *f = &j->frameworks.list[i];
		if (!framework_read(f, names[i], j->arena, error)) return false;
		j->frameworks.count++;
		for (size_t k = 0; k < i; k++)
			if (str_eq_nocase(result->frameworks[k].name, f->name))
				return error_set(error, ERROR_INPUT, NULL, "the framework %.*s is asked for twice",
				                 STR_ARG(f->name));
		result->frameworks[result->framework_count++] =
		    (struct framework_used){.name = f->name,
		                            .title = f->title,
		                            .version = f->version,
		                            .source = f->sources[0].name,
		                            .licence = f->sources[0].licence,
		                            .first = result->control_count,
		                            .count = f->control_count};
		result->control_count += f->control_count;
	}
	return true;
}

static void list_controls(struct judging *j)
{
	struct result *result = j->result;
	struct str none = STR_EMPTY;
	result->controls = ARENA_ARRAY(j->arena, struct control, result->control_count + 1);
	for (size_t f = 0; f < j->frameworks.count; f++) {
		const struct framework *framework = &j->frameworks.list[f];
		for (uint32_t i = 0; i < framework->control_count; i++)
			result->controls[result->frameworks[f].first + i] =
			    (struct control){.framework = framework->name,
			                     .id = framework->controls[i].id,
			                     .title = framework->controls[i].title,
			                     .moved = none,
			                     .reported = {none, none}};
		verdicts_read(&j->frameworks.list[f], result, result->controls + result->frameworks[f].first);
	}
}

bool controls_judge(struct result *result, const char *const *names, size_t count, const bool *covered,
                    struct controls *controls, struct error *error)
{
	struct judging j = {
	    .result = result, .arena = &result->arena, .covered = covered, .links = {.keys = {.width = 3}}};
	*controls = (struct controls){0};
	result->control_count = result->framework_count = 0;
	bool good = read_frameworks(&j, names, count, error);
	if (good) {
		list_controls(&j);
		control_scope_begin(&j.scope, result);
		judge_side(&j, SIDE_BEFORE, controls);
		judge_side(&j, SIDE_AFTER, controls);
		judge_controls(&j);
		control_scope_end(&j.scope);
	}
	for (size_t i = 0; i < j.frameworks.count; i++) framework_free(&j.frameworks.list[i]);
	free(j.links.list);
	tuples_free(&j.links.keys);
	strings_free(&j.links.texts);
	arena_free(&j.scratch);
	return good;
}
