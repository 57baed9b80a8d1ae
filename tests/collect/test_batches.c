/* batches: what one thread reads and what several read of a file, its records cut into batches of any size, is the same to the byte. */
#include "collect/batches.h"
#include "core/pool.h"
#include "tests/check.h"
#include "tests/encoded.h"

#include <stdio.h>
#include <stdlib.h>

static struct arena arena;
static struct specs specs;

struct task {
	const struct walk_file *file;
	uint64_t batch_bytes;
	struct buf out; /* what was read, as bytes; empty after an error */
	uint64_t findings;
};

static void read_file(void *context, size_t i)
{
	struct task *task = context;
	struct error error;
	struct reader_parts parts;
	struct reader_options options = {.specs = &specs, .desks = desks_new(), .batch_bytes = task->batch_bytes};
	(void)i;
	if (reader_read(&parts, task->file, &options, &error) && encoded_into(&task->out, &parts, &error))
		for (size_t k = 0; k < parts.count; k++) task->findings += parts.snapshots[k].finding_count;
	else
		task->out.len = 0;
	reader_parts_free(&parts);
	desks_free(options.desks);
}

static struct task read_by(const struct walk_file *file, unsigned threads, uint64_t batch_bytes)
{
	struct task task = {.file = file, .batch_bytes = batch_bytes};
	pool_run(&(struct pool_job){&task, read_file, NULL, 1, 0}, threads);
	return task;
}

/* Files that are not the same by several threads; *findings: of all. */
static size_t differing(const struct walk_file *file, uint64_t *findings)
{
	static const uint64_t sizes[] = {1, 300, 5000};
	struct task alone = read_by(file, 1, 0);
	size_t bad = 0;
	*findings += alone.findings;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		struct task many = read_by(file, 3, sizes[i]);
		if (!str_eq(buf_str(&many.out), buf_str(&alone.out)) && !bad++)
			printf("# %s in batches of %llu bytes\n", file->reached.ptr, (unsigned long long)sizes[i]);
		buf_free(&many.out);
	}
	buf_free(&alone.out);
	return bad;
}

static void check_folder(const char *root, const char *what)
{
	struct walk walk = {0};
	struct error error;
	size_t bad = 0;
	uint64_t findings = 0;
	if (!CHECK(walk_tree(&walk, &arena, root, &error), "%s are found", root)) return;
	for (size_t i = 0; i < walk.count; i++)
		if (!walk.files[i].refused) bad += differing(&walk.files[i], &findings) > 0;
	CHECK(!bad && findings > 100,
	      "%s: %zu files with %llu findings are the same, read by one thread and by three (%zu are not)", what,
	      walk.count, (unsigned long long)findings, bad);
	walk_free(&walk);
}

static const char path[] = "batches.scratch.json";

static struct task read_text(const struct buf *text, unsigned threads, uint64_t batch_bytes)
{
	struct walk_file file = {.path = STR("scan.sarif"), .reached = str_from(path)};
	FILE *f = fopen(path, "wb");
	if (f) {
		fwrite(text->ptr, 1, text->len, f);
		fclose(f);
	}
	struct task task = read_by(&file, threads, batch_bytes);
	remove(path);
	return task;
}

/* Results of two runs; every `every`th is no good, or has a secret's rule: 0: none. */
static struct buf sarif(unsigned count, unsigned every, const char *odd)
{
	struct buf text = {0};
	buf_add(&text, STR("{\"version\":\"2.1.0\",\"runs\":["));
	for (unsigned run = 0; run < 2; run++) {
		buf_add(&text, run ? STR(",{\"results\":[") : STR("{\"results\":["));
		for (unsigned i = 0; i < count; i++)
			buf_printf(
			    &text,
			    "%s{\"ruleId\":\"R%u\",\"level\":\"%s\",\"message\":{\"text\":\"m%u\"},\"locations\":[{"
			    "\"physicalLocation\":{\"artifactLocation\":{\"uri\":\"d%u/f%u.c\"},\"region\":{"
			    "\"startLine\":%s}}}]}",
			    i ? "," : "", i % 7, i % 2 ? "error" : "note", i, i % 3, i % 50,
			    every && i % every == every - 1 ? odd : "12");
		buf_add(&text, STR("],\"tool\":{\"driver\":{\"name\":\"LintLamp\"}}}"));
	}
	buf_add(&text, STR("]}"));
	return text;
}

static void check_text(struct buf text, const char *what)
{
	struct task alone = read_text(&text, 1, 0), many = read_text(&text, 4, 700);
	CHECK(alone.out.len && str_eq(buf_str(&alone.out), buf_str(&many.out)), "%s", what);
	buf_free(&alone.out);
	buf_free(&many.out);
	buf_free(&text);
}

static void check_texts(void)
{
	check_text(sarif(3000, 0, ""), "results of two runs, which are two lists of places");
	check_text(sarif(3000, 400, "\"x\""),
	           "results of which every 400th cannot be read: the first ten are warned about");
	check_text(sarif(3000, 2999, "99999999999"), "results of which the last but one cannot be read");
	struct buf cut = sarif(2000, 0, "");
	cut.len -= cut.len / 3;
	check_text(cut, "results that end in the middle of one");
	struct buf lines = {0};
	for (int i = 0; i < 3; i++) {
		struct buf one = sarif(200, 0, "");
		buf_add(&lines, buf_str(&one));
		buf_char(&lines, '\n');
		buf_free(&one);
	}
	check_text(lines, "three documents one after another");
	struct buf alerts = {0};
	for (int i = 0; i < 40; i++)
		buf_printf(&alerts,
		           "%s{\"id\":\"/subscriptions/s/alerts/%d\",\"type\":\"Microsoft.Security/Locations/alerts\","
		           "\"alertType\":\"K8S.x\",\"systemAlertId\":\"%d\",\"severity\":\"High\"}",
		           i ? "," : "[", i, i);
	buf_char(&alerts, ']');
	check_text(alerts, "alerts, which are events");
}

int main(void)
{
	struct error error;
	if (!CHECK(specs_load(&specs, &arena, &error), "the format specs are read")) return check_done();
	check_texts();
	check_folder("fixtures", "fixtures");
	FILE *corpus = fopen("../shared/corpus/manifest.tsv", "r");
	if (corpus) {
		fclose(corpus);
		check_folder("../shared/corpus", "real exports");
	} else {
		puts(
		    "skip - real exports are the same, read by one thread and by three (../shared/corpus is not here)");
	}
	arena_free(&arena);
	return check_done();
}
