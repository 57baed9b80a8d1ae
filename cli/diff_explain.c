/* One finding, both records of it side by side, and why it got its outcome. A key may belong to several findings. */
#include "analyze/why.h"
#include "cli/diff_list.h"
#include "cli/terminal.h"
#include "render/json.h"

#include <stdio.h>

static const enum why_field shown[] = {WHY_TOOL,          WHY_RULE, WHY_TITLE, WHY_SEVERITY, WHY_STATUS_FIELD,
                                       WHY_SUBJECT,       WHY_PATH, WHY_LINE,  WHY_PACKAGE,  WHY_VERSION,
                                       WHY_FIXED_VERSION, WHY_PURL, WHY_IDS,   WHY_OWNER,    WHY_FIRST_SEEN};
enum { SHOWN = sizeof(shown) / sizeof(*shown) };

struct explaining {
	const struct diff *diff;
	struct arena arena; /* of one finding */
	bool json;
	size_t count;
};

/* The records of both sides; NO_MATCH: there is none. witness: a pass that the outcome rests on. */
struct records {
	uint32_t of[SIDE_COUNT], witness;
	enum side side; /* whose finding it is */
};

/* ---- the scope unit ---- */

static const char *unit_state(const struct snapshot *s, uint32_t unit)
{
	if (unit == UINT32_MAX) return "no file covers it";
	if (s->units[unit].assessed) return "assessed";
	return s->units[unit].touched ? "assessed in part" : "not assessed: no file that counts covers it";
}

static const char *flaw_of(const struct input *input, const struct coverage *coverage)
{
	if (!input_is_counted(input)) return "does not count: a later capture, or an equal file, counts instead";
	if (input->truncated && !input->joined) return "is cut off";
	if (input->unreadable) return "holds unreadable records";
	if (input->failed || coverage->incomplete) return "says that its scan failed";
	return NULL;
}

/* Which files keep the unit from being assessed, one sentence each. */
static void flaws(struct explaining *x, const struct snapshot *s, uint32_t unit,
                  void (*say)(void *context, struct str sentence), void *context)
{
	for (uint32_t i = 0; unit != UINT32_MAX && i < s->coverage_count; i++) {
		const struct coverage *c = &s->coverage[i];
		const char *flaw = c->unit == unit ? flaw_of(&s->inputs[c->input], c) : NULL;
		if (!flaw) continue;
		struct str path = snapshot_string(s, s->inputs[c->input].path);
		say(context, str_printf(&x->arena, "%.*s %s", STR_ARG(path), flaw));
	}
}

/* ---- for people ---- */

static void print_flaw(void *context, struct str sentence)
{
	(void)context;
	printf("                  ");
	print_text(stdout, sentence);
	printf("\n");
}

static struct str value_of(struct explaining *x, enum side side, uint32_t finding, enum why_field field)
{
	const struct snapshot *s = x->diff->sides[side];
	return why_value(s, &s->findings[finding], field, &x->arena);
}

static void print_fields(struct explaining *x, const struct records *records)
{
	struct table table = {.columns = 4};
	table_cell(&table, TONE_PLAIN, " ");
	table_cell(&table, TONE_GREY, " ");
	for (int side = 0; side < SIDE_COUNT; side++) table_cell(&table, TONE_GREY, "%s", side_names[side]);
	for (size_t i = 0; i < SHOWN; i++) {
		struct str values[SIDE_COUNT] = {STR_EMPTY, STR_EMPTY};
		for (int side = 0; side < SIDE_COUNT; side++)
			if (records->of[side] != NO_MATCH)
				values[side] = value_of(x, (enum side)side, records->of[side], shown[i]);
		if (!values[0].len && !values[1].len) continue;
		bool differ = records->of[0] != NO_MATCH && records->of[1] != NO_MATCH && !str_eq(values[0], values[1]);
		table_cell(&table, TONE_PLAIN, " ");
		table_cell(&table, TONE_GREY, "%s", why_field_names[shown[i]]);
		for (int side = 0; side < SIDE_COUNT; side++)
			table_str(&table, differ ? TONE_YELLOW : TONE_PLAIN,
			          values[side].len ? values[side] : STR("-"));
	}
	table_print(&table, stdout, false);
	table_free(&table);
}

static void print_evidence(struct explaining *x, const char *title, enum side side, uint32_t finding)
{
	if (finding == NO_MATCH) return;
	const struct snapshot *s = x->diff->sides[side];
	uint64_t span = s->findings[finding].span;
	printf("  %-14s  %s/", title, side_names[side]);
	print_text(stdout, snapshot_string(s, s->inputs[snapshot_input_of(s, finding)].path));
	printf(", %llu bytes at %llu, ", (unsigned long long)span_length(span), (unsigned long long)span_offset(span));
	print_text(stdout, snapshot_pointer(s, finding, &x->arena));
	printf("\n");
}

static void print_unit(struct explaining *x, enum side side, const struct why *why)
{
	const struct diff *d = x->diff;
	const struct unit *unit = &d->sides[side]->units[why->unit];
	printf("  scope unit      ");
	print_text(stdout, snapshot_string(d->sides[side], unit->tool));
	if (unit->target) printf(", ");
	print_text(stdout, snapshot_string(d->sides[side], unit->target));
	printf("\n");
	for (int k = 0; k < SIDE_COUNT; k++) {
		uint32_t number = k == (int)side ? why->unit : why->other_unit;
		printf("    %-12s  %s\n", side_names[k], unit_state(d->sides[k], number));
		flaws(x, d->sides[k], number, print_flaw, NULL);
	}
}

static void print_names(const char *title, const struct why *why)
{
	printf("  %-14s ", title);
	for (size_t i = 0; i < why->agreed_count; i++) printf(" %s", why_field_names[why->agreed[i]]);
	printf("\n");
}

static void print_differs(const struct why *why)
{
	for (size_t i = 0; i < why->differs_count; i++) {
		const struct why_difference *d = &why->differs[i];
		printf("  %-14s  %s", i ? "" : "differs", why_field_names[d->field]);
		if (!d->kept) {
			printf(" (its text stands in the evidence)\n");
			continue;
		}
		for (int side = 0; side < SIDE_COUNT; side++) {
			printf(side ? " -> " : ": ");
			print_text(stdout, d->values[side].len ? d->values[side] : STR("-"));
		}
		printf("\n");
	}
}

static void print_finding(struct explaining *x, const struct diff_item *item, const struct records *records,
                          const struct why *why)
{
	char id[19], key[19];
	snapshot_finding_id(x->diff->sides[item->side], item->side, item->finding, id);
	diff_key(x->diff, item->side, item->finding, key);
	if (x->count) printf("\n");
	printf("%s  %s  ", id, key);
	print_toned(stdout, TONE_BOLD, "%s",
	            item->outcome < OUTCOME_COUNT ? outcome_names[item->outcome] : "no part of the difference");
	printf("\n");
	print_fields(x, records);
	if (item->outcome < OUTCOME_COUNT) printf("  why             %s\n", why_sentence(why->reason, item->side));
	if (why->tier != TIER_NONE) {
		printf("  matched by      %s\n", tier_names[why->tier]);
		print_names("agreed", why);
		print_differs(why);
	}
	if (why->tier == TIER_NONE && item->outcome < OUTCOME_COUNT) print_unit(x, item->side, why);
	print_evidence(x, "evidence", item->side, item->finding);
	print_evidence(x, "matched record", item->side == SIDE_BEFORE ? SIDE_AFTER : SIDE_BEFORE, item->matched);
	print_evidence(x, "pass", item->side == SIDE_BEFORE ? SIDE_AFTER : SIDE_BEFORE, records->witness);
}

/* ---- JSON ---- */

static void put_flaw(void *context, struct str sentence)
{
	struct buf *buf = context;
	if (buf->ptr[buf->len - 1] != '[') buf_char(buf, ',');
	buf_json(buf, sentence);
}

static void put_record(struct explaining *x, struct buf *buf, enum side side, uint32_t finding)
{
	bool first = true;
	buf_printf(buf, ",\"%s\":", side_names[side]);
	if (finding == NO_MATCH) {
		buf_add(buf, STR("null"));
		return;
	}
	buf_char(buf, '{');
	for (size_t i = 0; i < SHOWN; i++) {
		struct str value = value_of(x, side, finding, shown[i]);
		if (!value.len) continue;
		buf_printf(buf, "%s\"%s\":", first ? "" : ",", why_field_names[shown[i]]);
		buf_json(buf, value);
		first = false;
	}
	buf_char(buf, '}');
}

static void put_finding(struct explaining *x, const struct diff_item *item, const struct records *records,
                        const struct why *why)
{
	struct buf buf = {0};
	buf_add(&buf, x->count ? STR(",{\"finding\":") : STR("{\"finding\":"));
	json_finding(&buf, x->diff, item);
	for (int side = 0; side < SIDE_COUNT; side++) put_record(x, &buf, (enum side)side, records->of[side]);
	buf_add(&buf, STR(",\"because\":"));
	buf_json(&buf, item->outcome < OUTCOME_COUNT ? str_from(why_sentence(why->reason, item->side)) : STR(""));
	if (why->tier == TIER_NONE && item->outcome < OUTCOME_COUNT) {
		buf_add(&buf, STR(",\"unit\":{"));
		for (int k = 0; k < SIDE_COUNT; k++) {
			uint32_t number = k == (int)item->side ? why->unit : why->other_unit;
			buf_printf(&buf, "%s\"%s\":{\"state\":", k ? "," : "", side_names[k]);
			buf_json(&buf, str_from(unit_state(x->diff->sides[k], number)));
			buf_add(&buf, STR(",\"files\":["));
			flaws(x, x->diff->sides[k], number, put_flaw, &buf);
			buf_add(&buf, STR("]}"));
		}
		buf_char(&buf, '}');
	}
	buf_char(&buf, '}');
	fwrite(buf.ptr, 1, buf.len, stdout);
	buf_free(&buf);
}

/* ---- finding it ---- */

static void explain_one(struct explaining *x, enum side side, uint32_t finding)
{
	const struct fate *fate = &x->diff->fates[side][finding];
	struct diff_item item = {side, finding, fate->match, (enum outcome)fate->outcome};
	struct records records = {.of = {NO_MATCH, NO_MATCH}, .witness = NO_MATCH, .side = side};
	struct why why;
	why_of(x->diff, side, finding, &x->arena, &why);
	records.of[side] = finding;
	records.of[1 - side] = fate->match;
	if (why.reason == WHY_PASS && item.outcome < OUTCOME_COUNT) records.witness = why_pass(x->diff, side, finding);
	if (x->json)
		put_finding(x, &item, &records, &why);
	else
		print_finding(x, &item, &records, &why);
	x->count++;
	arena_reset(&x->arena);
}

static bool is_named(const struct diff *d, enum side side, uint32_t finding, const char *id)
{
	const struct fate *fate = &d->fates[side][finding];
	bool pair = fate->outcome == OUTCOME_UNCHANGED || fate->outcome == OUTCOME_UPDATED;
	char text[19];
	if (id[0] == 'F')
		snapshot_finding_id(d->sides[side], side, finding, text);
	else if (fate->outcome == OUTCOME_NONE || (pair && side == SIDE_BEFORE))
		return false; /* a key names what is open, a pair once */
	else
		diff_key(d, side, finding, text);
	return strcmp(text, id) == 0;
}

bool diff_explain(const struct diff *diff, const char *id, bool json)
{
	struct explaining x = {.diff = diff, .json = json};
	for (int k = SIDE_COUNT - 1; k >= 0; k--)
		for (uint32_t i = 0; i < diff->sides[k]->finding_count; i++) {
			LARGE_BREATHE(i);
			if (!is_named(diff, (enum side)k, i, id)) continue;
			if (json && !x.count) printf("{\"dossier\":\"diff-explain\",\"version\":1,\"findings\":[");
			explain_one(&x, (enum side)k, i);
		}
	if (json && x.count) printf("]}\n");
	arena_free(&x.arena);
	return x.count > 0;
}
