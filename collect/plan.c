/* How it works: inputs are found by the way they were reached, which the plan.json and its exports share up to the folder, in a container
 * too: "out/plan.json" speaks of "out/a/pricing-a.json", "x.tar!/out/plan.json" of "x.tar!/out/a/pricing-a.json".
 */
#include "collect/plan.h"

#include "collect/scopes.h"

#include <stdlib.h>

static const struct failure {
	const char *word, *code;
	enum gap gap;
	const char *why;
} failures[] = {
    {"permission", "permission_denied", GAP_PERMISSION, "permission was denied"},
    {"login", "permission_denied", GAP_PERMISSION, "nobody was signed in any more"},
    {"network", "not_reached", GAP_NETWORK, "the service could not be reached"},
    {"throttled", "not_reached", GAP_NETWORK, "the service was busy"},
    {"tool", "command_failed", GAP_ENVIRONMENT, "the tool, or an extension of it, is missing"},
    {"not_found", "command_failed", GAP_SCOPE, "it was not found"},
};
static const struct failure any_other = {"", "command_failed", GAP_SCOPE, "the command failed"};

static const struct failure *failure_of(struct str word)
{
	for (size_t i = 0; i < sizeof(failures) / sizeof(*failures); i++)
		if (str_eq(word, str_from(failures[i].word))) return &failures[i];
	return &any_other;
}

static void warn(struct snapshot *s, struct arena *arena, const struct command_run *run)
{
	const struct failure *failure = failure_of(snapshot_string(s, run->failure));
	struct str format = snapshot_string(s, run->format), subject = snapshot_string(s, run->subject);
	struct str detail = snapshot_string(s, run->detail);
	struct str message =
	    str_printf(arena, "%.*s%s%.*s was not exported: %s%s%.*s%s", STR_ARG(format.len ? format : STR("it")),
	               subject.len ? " of " : "", STR_ARG(subject), failure->why, detail.len ? " (" : "",
	               STR_ARG(detail), detail.len ? ")" : "");
	struct warning *w =
	    snapshot_warn(s, failure->code, failure->gap, run->input, snapshot_string(s, run->pointer), message);
	w->subject = run->subject;
	w->command = run->text;
	w->offset = span_offset(run->span);
}

/* The inputs by the number of the string that says how they were reached. */
static uint32_t *inputs_by_display(const struct snapshot *s)
{
	uint32_t *by = large_grow(NULL, sizeof(*by) * ((size_t)s->strings.count + 1));
	memset(by, 0xff, sizeof(*by) * ((size_t)s->strings.count + 1));
	for (uint32_t i = 0; i < s->input_count; i++) by[s->inputs[i].display] = i;
	return by;
}

/* The input that is the command's output, or UINT32_MAX. */
static uint32_t output_of(const struct snapshot *s, struct arena *arena, const uint32_t *by_display, uint32_t known,
                          const struct command_run *run)
{
	struct str plan = snapshot_string(s, s->inputs[run->input].display);
	size_t slash = str_rfind_char(plan, '/');
	if (!run->file) return UINT32_MAX;
	struct str folder = slash == SIZE_MAX ? STR_EMPTY : str_slice(plan, 0, slash + 1);
	struct str path = str_printf(arena, "%.*s%.*s", STR_ARG(folder), STR_ARG(snapshot_string(s, run->file)));
	uint32_t number = strings_find(&s->strings, path);
	return number && number <= known ? by_display[number] : UINT32_MAX;
}

static void assesses_nothing(struct snapshot *s, uint32_t input)
{
	for (uint32_t i = snapshot_coverage_of(s, input); i < s->coverage_count && s->coverage[i].input == input; i++)
		s->coverage[i].incomplete = true;
}

void plan_apply(struct snapshot *s)
{
	if (!s->command_count) return;
	struct arena arena = {0};
	uint32_t known = s->strings.count, *by_display = inputs_by_display(s);
	for (uint32_t i = 0; i < s->command_count; i++) {
		const struct command_run *run = &s->commands[i];
		if (run->input >= s->input_count || !input_is_counted(&s->inputs[run->input])) continue;
		uint32_t output = output_of(s, &arena, by_display, known, run);
		struct str subject = snapshot_string(s, run->subject);
		if (run->failure) warn(s, &arena, run);
		if (output == UINT32_MAX) continue;
		if (run->failure) {
			assesses_nothing(s, output);
			continue;
		}
		if (s->inputs[output].captured == INSTANT_NONE) s->inputs[output].captured = run->ended;
		if (s->inputs[output].name_type && subject.len) scope_set(s, output, subject);
	}
	large_free(by_display);
	arena_free(&arena);
}
