#include "collect/documents.h"

#include "collect/reading.h"

#include <stdlib.h>

const struct spec *documents_recognise(const struct specs *specs, struct arena *arena, struct str head, struct str name,
                                       struct sketch *sketch, bool *listed)
{
	struct sketch elements;
	sketch_read(sketch, &specs->questions, arena, head);
	const struct spec *spec = specs_choose(specs, sketch, name);
	*listed = false;
	if (spec || !sketch->json || sketch->root_kind != JSON_ARRAY || sketch->bare) return spec;
	sketch_read_elements(&elements, &specs->questions, arena, head);
	spec = specs_choose(specs, &elements, STR_EMPTY); /* the name is that of the list */
	if (!spec) return NULL;
	*sketch = elements;
	*listed = true;
	return spec;
}

struct hook_state {
	void *state;
	bool begun;
};

/* A root that left nothing stands as null in the list. */
static const cJSON *root_of(const cJSON *node) { return cJSON_IsNull(node) ? NULL : node; }

static void leave(struct documents *d)
{
	expr_document_free(&d->document);
	d->begun = false;
}

static void enter(struct documents *d, const cJSON *node, int64_t number)
{
	struct reading *r = d->r;
	leave(d);
	d->node = node;
	d->number = number;
	d->document = (struct expr_document){.root = root_of(node)};
	struct evaluation v = {.arena = &r->arena, .document = &d->document};
	r->tool = expr_eval(r->spec->tool_expr, &v);
	if (!r->tool.len) r->tool = r->spec->tool;
	d->begun = true;
}

void documents_open(struct documents *d, struct reading *r, const cJSON *envelopes)
{
	const cJSON *node;
	*d = (struct documents){.r = r, .list = envelopes, .number = DOCUMENT_NONE};
	cJSON_ArrayForEach(node, envelopes) d->count += root_of(node) != NULL;
}

void documents_go(struct documents *d, int64_t number)
{
	if (d->begun && d->number == number) return;
	bool forward = d->begun && d->node && d->number >= 0 && d->number < number;
	const cJSON *node = forward ? d->node : d->list ? d->list->child : NULL;
	for (int64_t at = forward ? d->number : 0; node && at < number; at++) node = node->next;
	enter(d, number == DOCUMENT_NONE ? NULL : node, number);
}

bool documents_next(struct documents *d)
{
	if (!d->count) {
		if (d->begun && d->number == 0) return false;
		enter(d, NULL, 0);
		return true;
	}
	bool first = !d->begun || !d->node;
	const cJSON *node = first ? d->list->child : d->node->next;
	int64_t number = first ? 0 : d->number + 1;
	for (; node && !root_of(node); node = node->next) number++;
	if (node) enter(d, node, number);
	return node != NULL;
}

void *documents_hook(struct documents *d)
{
	const struct hook *hook = d->r->spec->hook;
	size_t i = (size_t)(d->number + 1);
	if (!hook) return NULL;
	while (d->state_count <= i) {
		ARRAY_RESERVE(d->states, d->state_count, d->state_capacity);
		d->states[d->state_count++] = (struct hook_state){NULL, false};
	}
	if (!d->states[i].begun) d->states[i] = (struct hook_state){hook->begin(&d->r->arena, d->document.root), true};
	return d->states[i].state;
}

void documents_rewind(struct documents *d)
{
	leave(d);
	d->node = NULL;
	d->number = DOCUMENT_NONE;
}

void documents_close(struct documents *d)
{
	leave(d);
	for (size_t i = 0; i < d->state_count; i++)
		if (d->states[i].begun) d->r->spec->hook->end(d->states[i].state);
	free(d->states);
}
