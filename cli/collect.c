/* collect: reads a folder of evidence into a snapshot, for a build somewhere else. */
#include "cli/command.h"
#include "cli/snapshots.h"
#include "cli/stats.h"
#include "cli/terminal.h"
#include "core/large.h"

#include <stdio.h>
#include <stdlib.h>

static int run(int argc, char **argv);

const struct command collect_command = {
    "collect", "a snapshot: evidence and what was read from it, for a build elsewhere",
    "usage: dossier collect [OPTION]... DIR... -o SNAPSHOT\n\n"
    "Reads a folder (or file) of evidence, or several, once and writes a snapshot: the evidence, compressed, and the records read from it.\n"
    "inspect, diff and build take snapshots, or a folder of them, in place of folders of evidence, and answer the same to the byte.\n\n"
    "  -o SNAPSHOT        where to write (a .tar.zst; `dossier verify` checks it)\n"
    "  --part K/N         only part K of N, by size: N runs, on as many machines as there are, read one folder\n"
    "  --json             one JSON object on stdout\n"
    "  --jobs N           threads (default: one for each processor); the snapshot does not depend on it\n"
    "  --memory LIMIT     256M, 2G ...: what grows with the records lies beyond it in a temporary file beside the snapshot\n"
    "  --level N          how hard the evidence is compressed, 1 to 19 (zstd; default: 1)\n"
    "  --stats            on stderr, where time and memory went\n"
    "  --templates DIR    templates of your own, laid over the built-in ones\n\n"
    "Exit status: 0; 2 bad usage or input; 4 the system failed.\n",
    run};

enum { OPTION_PART = OPTION_OWN };

static const struct option options[] = {COMMON_OPTIONS,
                                        LEVEL_OPTION,
                                        {"part", required_argument, NULL, OPTION_PART},
                                        {"output", required_argument, NULL, 'o'},
                                        {0}};

/* "3/16" */
static bool read_part(const char *text, struct snapshot_part *part)
{
	struct str s = str_from(text);
	size_t slash = str_find(s, STR("/"));
	uint64_t number, of;
	if (slash == SIZE_MAX || !str_to_u64(str_slice(s, 0, slash), &number) ||
	    !str_to_u64(str_slice(s, slash + 1, s.len), &of) || number < 1 || number > of || of > SNAPSHOT_PARTS_MAX)
		return false;
	*part = (struct snapshot_part){(uint32_t)number, (uint32_t)of};
	return true;
}

static void tell(const struct common *common, const char *path, struct snapshot_part part,
                 const struct snapshot_written *written)
{
	char hex[SHA256_HEX + 1];
	hex_of(written->bag.sha256, SHA256_BYTES, hex);
	if (!common->json) {
		printf("snapshot  %s (%llu bytes)\nsha256    %s\nfiles     %llu\nrecords   %llu\n", path,
		       (unsigned long long)written->bag.bytes, hex, (unsigned long long)written->files,
		       (unsigned long long)written->records);
		if (part.of > 1) printf("part      %u of %u\n", part.number, part.of);
		return;
	}
	struct buf text = {0};
	buf_add(&text, STR("{\"dossier\":\"collect\",\"version\":1,\"snapshot\":"));
	buf_json(&text, str_from(path));
	buf_printf(
	    &text,
	    ",\"sha256\":\"%s\",\"bytes\":%llu,\"part\":{\"number\":%u,\"of\":%u},\"files\":%llu,\"records\":%llu,"
	    "\"unreadable\":%llu}\n",
	    hex, (unsigned long long)written->bag.bytes, part.number, part.of, (unsigned long long)written->files,
	    (unsigned long long)written->records, (unsigned long long)written->unreadable);
	fwrite(text.ptr, 1, text.len, stdout);
	buf_free(&text);
}

static int run(int argc, char **argv)
{
	struct common common = {.json = false};
	struct snapshot_part part = {1, 1};
	struct snapshot_written written;
	struct error error;
	const char *output = NULL;
	for (int option; (option = next_option(argc, argv, options, &collect_command, &common)) != -1;) {
		if (option < 0) return option_status(option);
		if (option == 'o') output = optarg;
		if (option == OPTION_PART && !read_part(optarg, &part))
			return usage_error(&collect_command, "--part is no part (1/16): \"%s\"", optarg);
	}
	if (optind == argc) return usage_error(&collect_command, "at least one folder is needed");
	if (!output) return usage_error(&collect_command, "-o SNAPSHOT is needed");
	struct collect_options reading = collect_options_of(&common);
	struct roots roots = {(const char *const *)argv + optind, (size_t)(argc - optind)};
	large_beside(output);
	stats_stage("read and write");
	if (!snapshot_write(&roots, output, part, &reading, report_warnings, &written, &error))
		return report_error(&error);
	terminal_progress_end();
	tell(&common, output, part, &written);
	return finish_output(EXIT_DONE);
}
