/* How it works: the hashes of our before side's files are a table, from which the earlier after side's files take theirs, one each.
 * What is left on both sides is compared by path.
 */
#include "analyze/previous.h"

#include "analyze/document.h"
#include "core/strings.h"

#include <stddef.h>
#include <stdlib.h>

#define COUNT(table) (sizeof(table) / sizeof(*(table)))

static bool read_inputs(const struct document *document, const cJSON *list, struct previous *previous)
{
	static const struct member members[] = {
	    {"path", MEMBER_TEXT, .at = offsetof(struct previous_input, path), .required = true},
	    {"sha256", MEMBER_TEXT, .at = offsetof(struct previous_input, sha256), .required = true}};
	size_t count = (size_t)cJSON_GetArraySize(list);
	previous->inputs = ARENA_ARRAY(document->arena, struct previous_input, count + 1);
	for (const cJSON *item = list->child; item; item = item->next)
		if (!document_members(document, item, members, COUNT(members),
		                      &previous->inputs[previous->input_count++]))
			return false;
	return true;
}

bool previous_read(const char *file, struct arena *arena, struct previous *previous, struct error *error)
{
	struct read {
		struct str dossier, version;
		struct previous p;
		const cJSON *after;
	} read = {.after = NULL};
	static const struct member members[] = {
	    {"dossier", MEMBER_TEXT, .at = offsetof(struct read, dossier), .required = true},
	    {"version", MEMBER_SCALAR, .at = offsetof(struct read, version), .required = true},
	    {"change", MEMBER_TEXT, .at = offsetof(struct read, p.change)},
	    {"packet_sha256", MEMBER_TEXT, .at = offsetof(struct read, p.packet_sha256), .required = true},
	    {"tagmanifest_sha256", MEMBER_TEXT, .at = offsetof(struct read, p.tagmanifest_sha256), .required = true},
	    {"evidence_digest", MEMBER_TEXT, .at = offsetof(struct read, p.evidence_digest), .required = true},
	    {"after", MEMBER_LIST, .at = offsetof(struct read, after)}};
	struct document document;
	if (!document_read(&document, file, arena, error)) return false;
	bool good = document_members(&document, document.root, members, COUNT(members), &read) &&
	            (!read.after || read_inputs(&document, read.after, &read.p));
	document_free(&document);
	*previous = read.p;
	previous->given = good;
	return good;
}

/* ---- comparing ---- */

/* Texts, and how often each is still there to be taken. */
struct stock {
	struct strings texts;
	uint64_t *left; /* by number - 1 */
};

static struct stock stock_new(size_t most)
{
	struct stock stock = {.left = memory_grow(NULL, sizeof(*stock.left) * (most + 1))};
	memset(stock.left, 0, sizeof(*stock.left) * (most + 1));
	return stock;
}

static void stock_put(struct stock *stock, struct str text)
{
	if (text.len) stock->left[strings_add(&stock->texts, text) - 1]++;
}

static bool stock_take(struct stock *stock, struct str text)
{
	uint32_t number = strings_find(&stock->texts, text);
	if (!number || !stock->left[number - 1]) return false;
	stock->left[number - 1]--;
	return true;
}

static void stock_free(struct stock *stock)
{
	strings_free(&stock->texts);
	free(stock->left);
}

static struct str hash_text(const struct input *input, char hex[SHA256_HEX + 1])
{
	hex_of(input->sha256, SHA256_BYTES, hex);
	return str_of(hex, SHA256_HEX);
}

/* Of our files those that the earlier packet had not: their paths. */
static void rest_of_ours(const struct snapshot *before, struct stock *hashes, struct stock *paths)
{
	char hex[SHA256_HEX + 1];
	for (uint32_t i = 0; i < before->input_count; i++) {
		const struct input *input = &before->inputs[i];
		if (!input->member && stock_take(hashes, hash_text(input, hex)))
			stock_put(paths, snapshot_string(before, input->path));
	}
}

void previous_compare(struct result *result)
{
	struct previous *p = &result->previous;
	const struct snapshot *before = &result->sides[SIDE_BEFORE];
	if (!p->given) return;
	struct stock hashes = stock_new(before->input_count), paths = stock_new(before->input_count);
	char hex[SHA256_HEX + 1];
	bool *same = memory_grow(NULL, p->input_count + 1);
	for (uint32_t i = 0; i < before->input_count; i++) {
		if (before->inputs[i].member) continue; /* its container is the evidence */
		stock_put(&hashes, hash_text(&before->inputs[i], hex));
		p->added++;
	}
	for (size_t i = 0; i < p->input_count; i++) {
		same[i] = stock_take(&hashes, p->inputs[i].sha256);
		p->same += same[i];
	}
	rest_of_ours(before, &hashes, &paths);
	for (size_t i = 0; i < p->input_count; i++)
		if (!same[i]) p->changed += stock_take(&paths, p->inputs[i].path);
	p->missing = p->input_count - p->same - p->changed;
	p->added -= p->same + p->changed;
	free(same);
	stock_free(&hashes);
	stock_free(&paths);
}

struct str previous_difference(const struct result *result, struct arena *arena)
{
	const struct previous *p = &result->previous;
	if (!p->given || p->changed + p->missing + p->added == 0) return STR_EMPTY;
	return str_printf(
	    arena,
	    "the before side is not the after side of the earlier packet %.*s (sha256 %.*s): of its %zu files "
	    "%llu are the same here, %llu changed, %llu missing; %llu here it had not",
	    STR_ARG(p->change), STR_ARG(p->packet_sha256), p->input_count, (unsigned long long)p->same,
	    (unsigned long long)p->changed, (unsigned long long)p->missing, (unsigned long long)p->added);
}
