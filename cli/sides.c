#include "cli/sides.h"

#include <stdlib.h>
#include <string.h>

void sides_add(struct sides *s, enum side side, const char *path)
{
	for (size_t i = 0; i < s->count[side]; i++)
		if (!strcmp(s->paths[side][i], path)) return;
	ARRAY_RESERVE(s->paths[side], s->count[side], s->capacity[side]);
	s->paths[side][s->count[side]++] = path;
}

void sides_free(struct sides *s)
{
	for (int side = 0; side < SIDE_COUNT; side++) free(s->paths[side]);
	*s = (struct sides){0};
}

bool sides_collect(const struct sides *s, struct snapshot snapshots[SIDE_COUNT], const struct collect_options *options,
                   struct error *error)
{
	struct roots roots[SIDE_COUNT];
	for (int side = 0; side < SIDE_COUNT; side++) roots[side] = (struct roots){s->paths[side], s->count[side]};
	return collect_pair(snapshots, roots, options, error);
}

int sides_judge(const struct sides *s, enum side side, const struct snapshot *snapshot)
{
	report_warnings(snapshot);
	return judge_named_files(snapshot, s->paths[side], s->count[side]);
}
