/* How it works: the result is computed from the packet (cli/recompute.h), and all outputs are written into nothing but hashes
 * (outputs_list). Two sorted lists of paths and hashes are then walked side by side.
 */
#include "cli/compare.h"

#include "cli/outputs.h"
#include "cli/recompute.h"

#include <stdlib.h>

void listing_add(void *context, struct str path, uint64_t size, const unsigned char sha256[SHA256_BYTES])
{
	struct listing *listing = context;
	ARRAY_RESERVE(listing->files, listing->count, listing->capacity);
	struct listed *file = &listing->files[listing->count++];
	*file = (struct listed){.path = str_dup(&listing->arena, path), .size = size};
	memcpy(file->sha256, sha256, SHA256_BYTES);
}

void listing_free(struct listing *listing)
{
	free(listing->files);
	arena_free(&listing->arena);
	*listing = (struct listing){0};
}

static int by_path(const void *a, const void *b)
{
	return str_cmp(((const struct listed *)a)->path, ((const struct listed *)b)->path);
}

static void sort(struct listing *listing)
{
	if (listing->count) qsort(listing->files, listing->count, sizeof(*listing->files), by_path);
}

/* What is made over the bag, or must differ where anything does: neither says anything by itself. */
static bool no_content(struct str path)
{
	return str_starts(path, STR("tagmanifest-sha256.txt")) || str_eq(path, STR("manifest-sha256.txt")) ||
	       str_starts(path, STR("signatures/"));
}

struct difference {
	uint64_t files;  /* compared */
	uint64_t differ; /* changed, missing, or too many */
	struct str names;
};

static void note(struct difference *d, struct arena *arena, struct str path, const char *what)
{
	enum { NAMED = 5 };
	if (d->differ++ < NAMED)
		d->names =
		    str_printf(arena, "%.*s%s%.*s%s", STR_ARG(d->names), d->names.len ? ", " : "", STR_ARG(path), what);
}

static struct difference differences(struct listing *made, struct listing *found, struct arena *arena)
{
	struct difference d = {.names = STR_EMPTY};
	size_t i = 0, k = 0;
	sort(made);
	sort(found);
	while (i < made->count || k < found->count) {
		const struct listed *m = i < made->count ? &made->files[i] : NULL;
		const struct listed *f = k < found->count ? &found->files[k] : NULL;
		int c = !m ? 1 : !f ? -1 : str_cmp(m->path, f->path);
		if (c <= 0) i++;
		if (c >= 0) k++;
		struct str path = c <= 0 ? m->path : f->path;
		if (no_content(path)) continue;
		d.files++;
		if (c < 0) note(&d, arena, path, " (missing)");
		if (c > 0) note(&d, arena, path, " (not of this packet)");
		if (c == 0 && memcmp(m->sha256, f->sha256, SHA256_BYTES) != 0) note(&d, arena, path, "");
	}
	return d;
}

/* Why files may rightly differ; empty: they may not. */
static struct str excuse(const struct packet_facts *facts, struct arena *arena)
{
	struct str text = STR_EMPTY;
	if (!facts->same_version)
		text = str_printf(arena, "made by dossier %.*s, this is another version", STR_ARG(facts->tool_version));
	if (facts->other_template_count)
		text = str_printf(
		    arena,
		    "%.*s%smade with other templates than are in force here (%.*s%s): give them with --templates",
		    STR_ARG(text), text.len ? "; " : "", STR_ARG(facts->other_templates[0]),
		    facts->other_template_count > 1 ? " and others" : "");
	return text;
}

static void judge(const struct packet_facts *facts, const struct difference *d, struct arena *arena,
                  struct verify_check *check)
{
	unsigned long long files = d->files, differ = d->differ;
	struct str why = excuse(facts, arena);
	check->ok = differ == 0;
	if (check->ok)
		check->detail = str_printf(arena, "%llu files are what dossier makes of the evidence", files);
	else if (why.len)
		check->detail = str_printf(arena, "cannot be compared: %.*s; %llu of %llu files differ", STR_ARG(why),
		                           differ, files);
	else
		check->detail =
		    str_printf(arena, "%llu of %llu files are not what dossier makes of the evidence: %.*s%s", differ,
		               files, STR_ARG(d->names), differ > 5 ? " ..." : "");
}

bool packet_recompute(const char *path, const struct common *common, struct listing *found, struct arena *arena,
                      struct verify_check *check, struct error *error)
{
	struct result result;
	struct packet_facts facts;
	struct listing made = {0};
	*check = (struct verify_check){.name = "recompute", .ok = false, .detail = STR_EMPTY};
	bool good = result_of_packet(path, common, &result, &facts, error);
	if (good) {
		struct outputs outputs = {.result = &result, .settings = &facts.settings, .threads = common->threads};
		good = outputs_list(&outputs, listing_add, &made, error);
	}
	if (good) {
		struct difference d = differences(&made, found, arena);
		judge(&facts, &d, arena, check);
	} else if (error->kind != ERROR_SYSTEM) { /* the packet's fault */
		char text[1100];
		check->detail = str_printf(arena, "cannot be computed: %s", error_text(error, text, sizeof(text)));
		good = true;
	}
	listing_free(&made);
	result_free(&result);
	packet_facts_free(&facts);
	return good;
}
