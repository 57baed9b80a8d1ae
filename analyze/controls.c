/* How it works:
 *
 *     findings ── counted by profile ─────────┐
 *     profiles ── by tool and rule ── hits ───┴── links of controls ── sums, and the first links ── states
 *
 * A profile's findings are alike in all that counts here, so that one pass over the findings counts them by profile. Its hits
 * are a set of few (analyze/control_maps.h). A link is a control and a tool's rule, both sides together: rules come
 * one after another, and the links of a rule are added to their controls when it is at its end. So there are never more links than one
 * rule has, and those that are kept: a million rules in forty frameworks would be many millions.
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
	struct tally *tallies = large_grow(NULL, sizeof(*tallies) * ((size_t)s->profiles.count + 1));
	for (uint32_t p = 0; p < s->profiles.count; p++) tallies[p] = (struct tally){.example = NO_MATCH};
	for (uint32_t i = 0; i < s->input_count; i++) {
		const struct input *input = &s->inputs[i];
		uint32_t format = control_scope_format(scope, side, i);
		for (uint32_t k = input->first_finding; k < input->first_finding + input->finding_count; k++) {
			LARGE_BREATHE(k);
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

struct link {
	struct control_link link;
	uint32_t control, formats;
	int rank[SIDE_COUNT]; /* of the example: the lower the better */
	enum severity worst;  /* of what is open after */
};

/* What all links of a control add up to, and the first of them. */
struct gathered {
	struct control_link *list; /* the heaviest CONTROL_LINKS_KEPT and some that are not yet sorted out */
	uint32_t kept, capacity, formats;
	bool
	    full; /* the first CONTROL_LINKS_KEPT have been sorted out: what is lighter than the last of them never comes in */
	uint64_t count, holding, open_before, pass_before, manual_before;
	struct control_link most; /* most findings open after, of equals the heaviest */
	enum severity worst;
};

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
	if (status == STATUS_FAIL && side == SIDE_AFTER && (enum severity)profile->severity < link->worst)
		link->worst = (enum severity)profile->severity;
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

/* A profile of a side, of one rule of one tool with its neighbours. */
struct rule_profile {
	uint32_t profile;
	enum side side;
};

struct judging {
	struct result *result;
	struct arena *arena, scratch;
	struct frameworks frameworks;
	const bool *covered;
	struct control_scope scope;
	struct control_maps maps;
	uint32_t *sets[SIDE_COUNT]; /* of controls, by profile */
	struct tally *tallies[SIDE_COUNT];
	struct gathered *gathered; /* by control */
	/* The links of the rule at hand. */
	struct link *links;
	uint32_t link_count, link_capacity;
	uint32_t *link_of; /* by control: number + 1 */
};

static struct link *link_of(struct judging *j, uint32_t control)
{
	if (j->link_of[control]) return &j->links[j->link_of[control] - 1];
	ARRAY_RESERVE(j->links, j->link_count, j->link_capacity);
	struct link *link = &j->links[j->link_count++];
	*link = (struct link){.link = {.example = {NO_MATCH, NO_MATCH}}, .control = control, .worst = SEVERITY_COUNT};
	j->link_of[control] = j->link_count;
	return link;
}

static void add_profile(struct judging *j, const struct rule_profile *member, const struct control_hit *hits,
                        size_t count)
{
	enum side side = member->side;
	const struct snapshot *s = &j->result->sides[side];
	const struct profile *profile = (const struct profile *)(const void *)tuples_get(&s->profiles, member->profile);
	bool assessed_after = side == SIDE_AFTER || j->result->diff.unit_assessed_on_other[side][profile->unit];
	for (size_t i = 0; i < count; i++) {
		struct link *link = link_of(j, hits[i].control);
		if (!link->link.through.len) {
			link->link.tool = snapshot_string(s, profile->tool);
			link->link.rule = snapshot_string(s, profile->rule);
			const struct map_source *source = hits[i].source;
			link->link.through = strings_get(&j->maps.texts, hits[i].through);
			link->link.source = source ? source->name : STR_EMPTY;
			link->link.note = source ? source->note : STR_EMPTY;
		}
		if (side == SIDE_AFTER || !link->link.title.len)
			if (profile->title) link->link.title = snapshot_string(s, profile->title);
		add_tally(link, side, profile, &j->tallies[side][member->profile], assessed_after);
	}
}

/* Those that hold the control back first, then by tool and rule. */
static int by_weight(const void *a, const void *b)
{
	const struct control_link *x = a, *y = b;
	bool holds_x = x->open[SIDE_AFTER] > x->excepted, holds_y = y->open[SIDE_AFTER] > y->excepted;
	if (holds_x != holds_y) return holds_x ? -1 : 1;
	bool unsure_x = x->not_assessed || x->manual[SIDE_AFTER], unsure_y = y->not_assessed || y->manual[SIDE_AFTER];
	if (unsure_x != unsure_y) return unsure_x ? -1 : 1;
	int order = str_cmp(x->tool, y->tool);
	return order ? order : str_cmp(x->rule, y->rule);
}

static void sort_out(struct gathered *g)
{
	if (g->kept) qsort(g->list, g->kept, sizeof(*g->list), by_weight);
	if (g->kept < CONTROL_LINKS_KEPT) return;
	g->kept = CONTROL_LINKS_KEPT;
	g->full = true;
}

/* A rule is at its end: its links are added to their controls. */
static void gather(struct judging *j)
{
	for (uint32_t i = 0; i < j->link_count; i++) {
		struct link *link = &j->links[i];
		struct control_link *l = &link->link;
		struct control *c = &j->result->controls[link->control];
		struct gathered *g = &j->gathered[link->control];
		j->link_of[link->control] = 0;
		c->open += l->open[SIDE_AFTER];
		c->pass += l->pass[SIDE_AFTER];
		c->manual += l->manual[SIDE_AFTER];
		c->exceptions += l->excepted;
		c->not_assessed += l->not_assessed;
		c->link_count++;
		c->holding += l->open[SIDE_AFTER] > l->excepted;
		if (link->worst < g->worst) g->worst = link->worst;
		g->open_before += l->open[SIDE_BEFORE];
		g->pass_before += l->pass[SIDE_BEFORE];
		g->manual_before += l->manual[SIDE_BEFORE];
		g->formats |= link->formats;
		if (l->open[SIDE_AFTER] > g->most.open[SIDE_AFTER] ||
		    (l->open[SIDE_AFTER] && l->open[SIDE_AFTER] == g->most.open[SIDE_AFTER] &&
		     by_weight(l, &g->most) < 0))
			g->most = *l;
		if (g->full && by_weight(l, &g->list[CONTROL_LINKS_KEPT - 1]) > 0) continue;
		if (g->kept == 2 * CONTROL_LINKS_KEPT) sort_out(g);
		ARRAY_RESERVE(g->list, g->kept, g->capacity);
		g->list[g->kept++] = *l;
	}
	j->link_count = 0;
}

/* What the controls of each profile are, for those who ask of a finding. */
static void list_sets(struct judging *j, struct controls *controls)
{
	const struct control_maps *maps = &j->maps;
	size_t sets = (size_t)maps->answers.count + 1;
	uint32_t *starts = ARENA_ARRAY(j->arena, uint32_t, sets + 1);
	uint32_t *lists = ARENA_ARRAY(j->arena, uint32_t, (size_t)maps->hit_count + 1);
	memcpy(starts, maps->starts, sizeof(*starts) * (sets + 1));
	for (uint32_t i = 0; i < maps->hit_count; i++) lists[i] = maps->hits[i].control;
	controls->starts = starts;
	controls->lists = lists;
	for (int side = 0; side < SIDE_COUNT; side++) {
		uint32_t count = j->result->sides[side].profiles.count;
		uint32_t *of_profile = ARENA_ARRAY(j->arena, uint32_t, (size_t)count + 1);
		if (count) memcpy(of_profile, j->sets[side], sizeof(*of_profile) * count);
		controls->sets[side] = of_profile;
	}
}

/* The profiles of both sides that have findings, by tool and rule, in each the before side's first; *starts by rule. */
static struct rule_profile *by_rule(const struct judging *j, uint32_t *rule_count, uint32_t **starts)
{
	struct strings texts = {0};
	struct tuples rules = {.width = 2};
	uint32_t *rule_of[SIDE_COUNT], total = 0;
	for (int side = 0; side < SIDE_COUNT; side++) {
		const struct snapshot *s = &j->result->sides[side];
		rule_of[side] = large_grow(NULL, sizeof(uint32_t) * ((size_t)s->profiles.count + 1));
		for (uint32_t p = 0; p < s->profiles.count; p++) {
			LARGE_BREATHE(p);
			if (!j->tallies[side][p].findings) continue;
			const struct profile *profile =
			    (const struct profile *)(const void *)tuples_get(&s->profiles, p);
			const uint32_t rule[] = {strings_add(&texts, snapshot_string(s, profile->tool)),
			                         strings_add(&texts, snapshot_string(s, profile->rule))};
			rule_of[side][p] = tuples_add(&rules, rule);
			total++;
		}
	}
	uint32_t *places = large_grow(NULL, sizeof(uint32_t) * ((size_t)rules.count + 2));
	struct rule_profile *members = large_grow(NULL, sizeof(*members) * ((size_t)total + 1));
	memset(places, 0, sizeof(uint32_t) * ((size_t)rules.count + 2));
	for (int pass = 0; pass < 2; pass++) {
		for (int side = 0; side < SIDE_COUNT; side++)
			for (uint32_t p = 0; p < j->result->sides[side].profiles.count; p++) {
				LARGE_BREATHE(p);
				if (!j->tallies[side][p].findings) continue;
				uint32_t rule = rule_of[side][p];
				if (pass == 0)
					places[rule + 2]++;
				else
					members[places[rule + 1]++] = (struct rule_profile){p, (enum side)side};
			}
		for (uint32_t r = 2; pass == 0 && r <= rules.count; r++) places[r] += places[r - 1];
	}
	*rule_count = rules.count;
	*starts = places;
	for (int side = 0; side < SIDE_COUNT; side++) large_free(rule_of[side]);
	tuples_free(&rules);
	strings_free(&texts);
	return members;
}

static void gather_rules(struct judging *j)
{
	uint32_t rule_count, *starts;
	struct rule_profile *members = by_rule(j, &rule_count, &starts);
	for (uint32_t r = 0; r < rule_count; r++) {
		for (uint32_t i = starts[r]; i < starts[r + 1]; i++) {
			LARGE_BREATHE(i);
			size_t count;
			const struct control_hit *hits =
			    control_maps_set(&j->maps, j->sets[members[i].side][members[i].profile], &count);
			add_profile(j, &members[i], hits, count);
		}
		gather(j);
	}
	large_free(members);
	large_free(starts);
}

static void judge_sides(struct judging *j, struct controls *controls)
{
	size_t count = j->result->control_count;
	control_maps_begin(&j->maps, j->frameworks.list, j->frameworks.count);
	for (int side = 0; side < SIDE_COUNT; side++) {
		j->sets[side] = control_maps_profiles(&j->maps, &j->result->sides[side]);
		j->tallies[side] = count_profiles(j->result, (enum side)side, j->covered, &j->scope);
	}
	list_sets(j, controls);
	j->gathered = ARENA_ARRAY(&j->scratch, struct gathered, count + 1);
	j->link_of = ARENA_ARRAY(&j->scratch, uint32_t, count + 1);
	for (size_t i = 0; i < count; i++) j->gathered[i].worst = SEVERITY_COUNT;
	gather_rules(j);
	for (int side = 0; side < SIDE_COUNT; side++) {
		large_free(j->tallies[side]);
		large_free(j->sets[side]);
	}
	free(j->links);
}

/* ---- states ---- */

static enum control_state state_after(const struct control *c)
{
	if (c->open > c->exceptions) return CONTROL_NOT_SATISFIED;
	if (c->not_assessed || c->unassessed_count || c->manual) return CONTROL_MANUAL_REVIEW;
	if (c->open) return CONTROL_WITH_EXCEPTIONS;
	return c->pass ? CONTROL_SATISFIED : CONTROL_NO_EVIDENCE;
}

static enum control_state state_before(const struct gathered *g)
{
	return g->open_before     ? CONTROL_NOT_SATISFIED
	       : g->manual_before ? CONTROL_MANUAL_REVIEW
	       : g->pass_before   ? CONTROL_SATISFIED
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

static struct str moved(const struct control *c, const struct gathered *g, struct arena *arena)
{
	uint64_t open = c->open - c->exceptions;
	struct str gone = g->open_before ? some(arena, g->open_before, "open finding of before is gone",
	                                        "open findings of before are gone")
	                                 : STR_EMPTY;
	struct str most = g->most.title.len ? g->most.title : g->most.rule; /* the link that did most of it */
	if (c->state == c->state_before) return STR_EMPTY;
	switch (c->state) {
	case CONTROL_NOT_SATISFIED:
		return str_printf(arena, "%.*s: %.*s", STR_ARG(some(arena, open, "open finding", "open findings")),
		                  STR_ARG(most));
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

static void judge_control(struct judging *j, struct control *c, struct gathered *g)
{
	sort_out(g);
	c->links = ARENA_ARRAY(j->arena, struct control_link, g->kept + 1);
	c->links_kept = g->kept;
	for (uint32_t i = 0; i < g->kept; i++) {
		c->links[i] = g->list[i];
		c->links[i].through = str_dup(j->arena, g->list[i].through);
	}
	free(g->list);
	c->worst = g->worst;
	if (c->link_count) c->unassessed = control_scope_missing(&j->scope, g->formats, j->arena, &c->unassessed_count);
	c->state_before = state_before(g);
	c->state = state_after(c);
	c->moved = moved(c, g, j->arena);
	c->disagrees = disagrees(c);
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
	struct judging j = {.result = result, .arena = &result->arena, .covered = covered};
	*controls = (struct controls){0};
	result->control_count = result->framework_count = 0;
	bool good = read_frameworks(&j, names, count, error);
	if (good) {
		list_controls(&j);
		control_scope_begin(&j.scope, result);
		judge_sides(&j, controls);
		for (size_t i = 0; i < result->control_count; i++)
			judge_control(&j, &result->controls[i], &j.gathered[i]);
		control_scope_end(&j.scope);
	}
	for (size_t i = 0; i < j.frameworks.count; i++) framework_free(&j.frameworks.list[i]);
	control_maps_free(&j.maps);
	arena_free(&j.scratch);
	return good;
}
