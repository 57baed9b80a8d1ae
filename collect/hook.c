#include "collect/hook.h"

extern const struct hook sarif_hook;

static const struct hook *const hooks[] = {&sarif_hook};

const struct hook *hook_find(struct str name)
{
	for (size_t i = 0; i < sizeof(hooks) / sizeof(*hooks); i++)
		if (str_eq(name, str_from(hooks[i]->name))) return hooks[i];
	return NULL;
}
