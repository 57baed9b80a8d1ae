#include "analyze/exception_notices.h"

#include "analyze/exceptions.h"

struct appending {
	struct result *result;
	struct notice *list;
	size_t count;
};

static void say(struct appending *to, const char *code, const struct exception *exception, struct str message)
{
	to->list[to->count++] = (struct notice){.code = code,
	                                        .gap = GAP_NONE,
	                                        .side = SIDE_COUNT,
	                                        .input = STR_EMPTY,
	                                        .pointer = STR_EMPTY,
	                                        .message = message,
	                                        .owner = exception->owner,
	                                        .command = STR_EMPTY};
}

/* How many notices there can be. */
static size_t most(const struct result *result)
{
	size_t count = 0;
	for (size_t i = 0; i < result->exception_count; i++) count += 3 + result->exceptions[i].milestone_count;
	return count;
}

static void about(struct appending *to, const struct exception *e)
{
	struct arena *arena = &to->result->arena;
	if (e->shared)
		say(to, "exception_overlap", e,
		    str_printf(
			arena,
			"%.*s: another exception in force matches %llu of the %llu open findings that it matches",
			STR_ARG(e->id), (unsigned long long)e->shared, (unsigned long long)e->matched));
	if (e->self_approved)
		say(to, "exception_self_approved", e,
		    str_printf(arena, "%.*s: its owner %.*s approved it", STR_ARG(e->id), STR_ARG(e->owner)));
	if (e->state == EXCEPTION_UNUSED && e->matched_before)
		say(to, "exception_outlived", e,
		    str_printf(
			arena, "%.*s: it matched %llu finding%s open before and none after, and is no longer needed",
			STR_ARG(e->id), (unsigned long long)e->matched_before, e->matched_before == 1 ? "" : "s"));
	for (size_t i = 0; i < e->milestone_count; i++)
		if (e->milestones[i].overdue)
			say(to, "milestone_overdue", e,
			    str_printf(arena, "%.*s: \"%.*s\" was due on %.*s and is not done", STR_ARG(e->id),
			               STR_ARG(e->milestones[i].title), STR_ARG(e->milestones[i].due)));
}

void exception_notices_add(struct result *result)
{
	struct appending to = {result, NULL, result->notice_count};
	size_t more = most(result);
	if (!more) return;
	to.list = ARENA_ARRAY(&result->arena, struct notice, result->notice_count + more);
	if (result->notice_count) memcpy(to.list, result->notices, sizeof(*to.list) * result->notice_count);
	for (size_t i = 0; i < result->exception_count; i++) about(&to, &result->exceptions[i]);
	result->notices = to.list;
	result->notice_count = to.count;
}
