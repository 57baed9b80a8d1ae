#include "analyze/events.h"

#include <stdlib.h>

static int by_time(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return x < y ? -1 : x > y;
}

struct routing events_routing(const struct snapshot *s, struct str scope)
{
	struct routing routing = {0};
	int64_t *times = large_grow(NULL, sizeof(*times) * ((size_t)s->event_count + 1));
	for (uint32_t i = 0; i < s->event_count; i++) {
		const struct event *e = &s->events[i];
		if (!input_is_counted(&s->inputs[e->input])) continue;
		if (scope.len && !str_glob_nocase(scope, snapshot_string(s, e->subject))) continue;
		routing.events++;
		if (e->ended != INSTANT_NONE && e->arrived != INSTANT_NONE)
			times[routing.timed++] = e->arrived - e->ended;
	}
	if (routing.timed) {
		qsort(times, routing.timed, sizeof(*times), by_time);
		uint64_t rank = (95 * routing.timed + 99) / 100; /* nearest rank, from 1 */
		routing.p95 = (double)times[rank - 1] / (double)INSTANT_SECOND;
	}
	large_free(times);
	return routing;
}
