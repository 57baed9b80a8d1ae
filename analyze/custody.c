#include "analyze/custody.h"

#include "analyze/result.h"

#include <stdlib.h>

const char *const carry_names[] = {"full", "referenced", "none", NULL};

static int by_place(const void *a, const void *b)
{
	const struct custody_file *x = a, *y = b;
	return x->side != y->side ? (x->side > y->side) - (x->side < y->side) : str_cmp(x->path, y->path);
}

void custody_settle(struct custody *custody)
{
	if (custody->file_count) qsort(custody->files, custody->file_count, sizeof(*custody->files), by_place);
	for (size_t i = 0; i < custody->file_count; i++) {
		const struct custody_file *file = &custody->files[i];
		custody->values += file->values;
		custody->replaced_files += file->state == REDACT_REPLACED;
		custody->unsearched_files += file->state == REDACT_UNSEARCHED;
	}
}

const struct custody_file *custody_file(const struct custody *custody, enum side side, struct str path)
{
	struct custody_file wanted = {.side = side, .path = path};
	if (!custody->file_count) return NULL;
	return bsearch(&wanted, custody->files, custody->file_count, sizeof(wanted), by_place);
}

const struct custody_file *custody_evidence(const struct custody *custody, struct str path)
{
	static const struct str below[SIDE_COUNT] = {
	    [SIDE_BEFORE] = {"data/evidence/before/", 21}, [SIDE_AFTER] = {"data/evidence/after/", 20}};
	for (int side = 0; side < SIDE_COUNT; side++)
		if (str_starts(path, below[side]))
			return custody_file(custody, (enum side)side, str_slice(path, below[side].len, path.len));
	return NULL;
}

/* ---- redaction ---- */

static void take_file(struct custody *custody, size_t *capacity, enum side side, struct str path,
                      const struct redact_copy *copy)
{
	struct custody_file file = {.side = side, .path = path, .state = copy->state};
	if (copy->state != REDACT_REPLACED && copy->state != REDACT_UNSEARCHED) return;
	if (copy->state == REDACT_REPLACED) {
		memcpy(file.original_sha256, copy->original_sha256, SHA256_BYTES);
		file.original_bytes = copy->original_bytes;
		for (size_t i = 0; i < custody->rule_count; i++) {
			file.values += copy->replaced[i];
			custody->rules[i].values += copy->replaced[i];
			custody->rules[i].files += copy->replaced[i] > 0;
		}
	}
	ARRAY_RESERVE(custody->files, custody->file_count, *capacity);
	custody->files[custody->file_count++] = file;
}

void custody_of_redaction(struct result *result, const struct redact_rules *rules, struct redact *redact)
{
	struct custody *custody = &result->custody;
	struct custody_file *heap;
	size_t capacity = 0;
	custody->redacted = true;
	custody->marker = rules->marker;
	custody->rule_count = rules->rule_count;
	custody->rules = ARENA_ARRAY(&result->arena, struct custody_rule, rules->rule_count + 1);
	for (size_t i = 0; i < rules->rule_count; i++)
		custody->rules[i] = (struct custody_rule){.id = rules->rules[i].id, .reason = rules->rules[i].reason};
	for (int side = 0; side < SIDE_COUNT; side++) {
		const struct snapshot *s = &result->sides[side];
		for (uint32_t i = 0; i < s->input_count; i++) {
			const struct input *input = &s->inputs[i];
			if (input->member) continue;
			struct redact_copy copy = redact_copy_of(redact, snapshot_string(s, input->display));
			take_file(custody, &capacity, (enum side)side, snapshot_string(s, input->path), &copy);
		}
	}
	heap = custody->files;
	custody->files = ARENA_ARRAY(&result->arena, struct custody_file, custody->file_count + 1);
	if (custody->file_count) memcpy(custody->files, heap, sizeof(*heap) * custody->file_count);
	free(heap);
	custody_settle(custody);
}

/* ---- what is carried ---- */

/* What the report rests on: what was assessed, with findings and facts or without any, events, and what the plan had run. */
static void mark_rested_on(const struct snapshot *s, bool *absent)
{
	for (uint32_t i = 0; i < s->event_count; i++) absent[s->events[i].input] = false;
	for (uint32_t i = 0; i < s->coverage_count; i++) absent[s->coverage[i].input] = false;
	for (uint32_t i = 0; i < s->command_count; i++) absent[s->commands[i].input] = false;
}

/* A container is there with any of its members, and its members with it. It stands before them. */
static void mark_containers(const struct snapshot *s, bool *absent)
{
	for (uint32_t i = 0, container = 0; i < s->input_count; i++) {
		if (!s->inputs[i].member) container = i;
		if (!absent[i]) absent[container] = false;
	}
	for (uint32_t i = 0, container = 0; i < s->input_count; i++) {
		if (!s->inputs[i].member) container = i;
		absent[i] = absent[container];
	}
}

void custody_choose(struct result *result, enum carry carried)
{
	struct custody *custody = &result->custody;
	custody->carried = carried;
	for (int side = 0; side < SIDE_COUNT; side++) {
		const struct snapshot *s = &result->sides[side];
		bool *absent = ARENA_ARRAY(&result->arena, bool, (size_t)s->input_count + 1);
		for (uint32_t i = 0; i < s->input_count; i++) absent[i] = carried != CARRY_FULL;
		if (carried == CARRY_REFERENCED) mark_rested_on(s, absent);
		mark_containers(s, absent);
		for (uint32_t i = 0; i < s->input_count; i++) {
			custody->evidence_files += !s->inputs[i].member;
			custody->absent_files += !s->inputs[i].member && absent[i];
		}
		if (carried != CARRY_FULL) custody->absent[side] = absent;
	}
}

/* ---- in words ---- */

struct str custody_evidence_words(const struct custody *custody, struct arena *arena)
{
	if (custody->carried == CARRY_FULL) return STR_EMPTY;
	return str_printf(arena, "%s: %llu of %llu files are in this packet", carry_names[custody->carried],
	                  (unsigned long long)(custody->evidence_files - custody->absent_files),
	                  (unsigned long long)custody->evidence_files);
}

struct str custody_redaction_words(const struct custody *custody, struct arena *arena)
{
	if (!custody->redacted) return STR_EMPTY;
	struct str text = str_printf(arena, "%llu value%s replaced in %llu of %llu files by %.*s",
	                             (unsigned long long)custody->values, custody->values == 1 ? "" : "s",
	                             (unsigned long long)custody->replaced_files,
	                             (unsigned long long)custody->evidence_files, STR_ARG(custody->marker));
	if (!custody->unsearched_files) return text;
	return str_printf(arena, "%.*s; %llu %s carried unsearched", STR_ARG(text),
	                  (unsigned long long)custody->unsearched_files,
	                  custody->unsearched_files == 1 ? "file is" : "files are");
}
