/* Which framing a document gets, when others were framed before it. */
#include "collect/framing.h"
#include "tests/check.h"

struct trial {
	struct arena arena;
	struct sketch_questions questions;
	struct record_spec records[2];
	struct spec spec, other;
	struct framings framings;
};

static void begin(struct trial *t)
{
	static const char *const paths[] = {"/value/*", "/*", ""};
	*t = (struct trial){0};
	sketch_questions_init(&t->questions, &t->arena);
	t->records[0] = (struct record_spec){.name = STR("wrapped"), .first_only = true, .at_count = 3};
	for (size_t i = 0; i < 3; i++) {
		struct str at = t->records[0].at[i] = str_from(paths[i]);
		if (at.len) t->records[0].arrays[i] = sketch_ask(&t->questions, str_slice(at, 0, at.len - 2));
	}
	t->records[1] = (struct record_spec){.name = STR("always"), .at = {STR("/more/*")}, .at_count = 1};
	t->spec = (struct spec){.records = t->records, .record_count = 2};
	t->other = (struct spec){.records = &t->records[1], .record_count = 1};
}

static const struct framing *framing(struct trial *t, const struct spec *spec, const char *document)
{
	struct sketch sketch;
	sketch_read(&sketch, &t->questions, &t->arena, str_from(document));
	return framing_of(&t->framings, spec, &sketch, false);
}

/* Of a document that is an element of a list. */
static const struct framing *listed(struct trial *t, const struct spec *spec, const char *document)
{
	struct sketch sketch;
	sketch_read_elements(&sketch, &t->questions, &t->arena, str_from(document));
	return framing_of(&t->framings, spec, &sketch, true);
}

/* The paths of the framing, "|" behind each. */
static struct str paths(struct trial *t, const struct framing *f)
{
	struct str all = STR_EMPTY;
	for (size_t i = 0; i < f->path_count; i++)
		all = str_printf(&t->arena, "%.*s%.*s|", STR_ARG(all), STR_ARG(f->paths[i].at));
	return all;
}

static void check_paths(struct trial *t, const struct spec *spec, const char *document, const char *expected)
{
	struct str got = paths(t, framing(t, spec, document));
	CHECK(str_eq(got, str_from(expected)), "%s: records stand at %s (%.*s)", document, expected, STR_ARG(got));
}

int main(void)
{
	struct trial t;
	begin(&t);
	for (int round = 0; round < 2; round++) {
		check_paths(&t, &t.spec, "{\"value\":[{}]}", "/value/*|/more/*|");
		check_paths(&t, &t.spec, "[{}]", "/*|/more/*|");
		check_paths(&t, &t.other, "[{}]", "/more/*|");
		check_paths(&t, &t.spec, "{\"value\":{}}", "|/more/*|");
		check_paths(&t, &t.spec, "1", "/more/*|");
		check_paths(&t, NULL, "{}", "");
	}
	CHECK(framing(&t, &t.spec, "[{}]") == framing(&t, &t.spec, "[{},{\"a\":1}]"),
	      "two documents of one spec that are wrapped alike share a framing");
	const struct framing *one = framing(&t, NULL, "{}");
	CHECK(framing(&t, NULL, "{} ") == one, "so do two documents of no format");
	one = listed(&t, &t.other, "[{\"more\":[]}]");
	CHECK(one->listed && str_eq(one->paths[0].at, STR("/more/*")) &&
	          str_eq(one->paths[0].in_file, STR("/*/more/*")),
	      "where the documents are elements of a list the file's paths begin with it, the document's do not");
	one = framing(&t, &t.other, "{\"more\":[]}");
	CHECK(!one->listed && str_eq(one->paths[0].in_file, STR("/more/*")),
	      "and the next document's by itself do not");
	framings_free(&t.framings);
	arena_free(&t.arena);
	return check_done();
}
