#include "cli/sides.h"

#include <stdlib.h>
#include <string.h>

void root_list_add(struct root_list *roots, const char *path)
{
	for (size_t i = 0; i < roots->count; i++)
		if (!strcmp(roots->paths[i], path)) return;
	ARRAY_RESERVE(roots->paths, roots->count, roots->capacity);
	roots->paths[roots->count++] = path;
}

void root_list_free(struct root_list *roots)
{
	free(roots->paths);
	*roots = (struct root_list){0};
}

void sides_free(struct sides *s)
{
	for (int side = 0; side < SIDE_COUNT; side++) root_list_free(&s->of[side]);
}

bool sides_collect(const struct sides *s, struct snapshot snapshots[SIDE_COUNT], const struct collect_options *options,
                   struct error *error)
{
	struct roots roots[SIDE_COUNT];
	for (int side = 0; side < SIDE_COUNT; side++)
		roots[side] = (struct roots){s->of[side].paths, s->of[side].count};
	return collect_pair(snapshots, roots, options, error);
}

int sides_judge(const struct sides *s, enum side side, const struct snapshot *snapshot)
{
	report_warnings(snapshot);
	return judge_named_files(snapshot, s->of[side].paths, s->of[side].count);
}
