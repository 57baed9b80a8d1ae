#include "cli/diff_subjects.h"

#include "analyze/expects.h"

#include <stdlib.h>

static struct str short_name(struct arena *arena, struct str subject)
{
	struct arm_name name;
	struct buf text = {0};
	if (!arm_name(arena, subject, &name)) return subject;
	const struct str parts[] = {name.names,       STR(" ("),  name.types,
	                            STR(") · "),      name.place, name.place.len ? STR(" · ") : STR_EMPTY,
	                            name.subscription};
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) buf_add(&text, parts[i]);
	struct str made = str_dup(arena, buf_str(&text));
	buf_free(&text);
	return made;
}

/* A subject of the list, once. */
struct shown {
	struct str whole, brief; /* whole: without case */
	size_t item;
};

static int by_brief(const void *a, const void *b)
{
	const struct shown *x = a, *y = b;
	int c = str_cmp_nocase(x->brief, y->brief);
	return c ? c : str_cmp(x->whole, y->whole);
}

/* Those that would read alike and are not the same stay whole: shown[0] to shown[count - 1] have one short name. */
static void settle(struct diff_subjects *subjects, const struct shown *shown, size_t count)
{
	if (!str_eq(shown[0].whole, shown[count - 1].whole)) return;
	for (size_t i = 0; i < count; i++) subjects->texts[shown[i].item] = shown[i].brief;
}

void diff_subjects_begin(struct diff_subjects *subjects, const struct diff *diff, const struct diff_item *items,
                         size_t count, bool terminal)
{
	*subjects = (struct diff_subjects){0};
	subjects->texts = memory_grow(NULL, sizeof(*subjects->texts) * (count + 1));
	struct shown *shown = memory_grow(NULL, sizeof(*shown) * (count + 1));
	for (size_t i = 0; i < count; i++) {
		const struct snapshot *s = diff->sides[items[i].side];
		struct str subject = snapshot_string(s, snapshot_profile(s, &s->findings[items[i].finding])->subject);
		subjects->texts[i] = subject;
		if (!terminal) continue;
		shown[i] =
		    (struct shown){str_lower(&subjects->arena, subject), short_name(&subjects->arena, subject), i};
	}
	if (terminal && count) qsort(shown, count, sizeof(*shown), by_brief);
	for (size_t i = 0, end; terminal && i < count; i = end) {
		for (end = i + 1; end < count && str_eq_nocase(shown[end].brief, shown[i].brief);) end++;
		settle(subjects, shown + i, end - i);
	}
	free(shown);
}

void diff_subjects_free(struct diff_subjects *subjects)
{
	free(subjects->texts);
	arena_free(&subjects->arena);
}
