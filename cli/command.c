#include "cli/command.h"

#include "cli/snapshots.h"
#include "cli/stats.h"
#include "cli/terminal.h"
#include "core/large.h"
#include "core/pool.h"
#include "core/templates.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int usage_error(const struct command *command, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	fprintf(stderr, "dossier: %s: ", command->name);
	vfprintf(stderr, format, args);
	fprintf(stderr, "; `dossier %s --help` says more\n", command->name);
	va_end(args);
	return EXIT_INPUT;
}

int option_status(int option) { return option == OPTION_STOP ? finish_output(EXIT_DONE) : EXIT_INPUT; }

/* "256M", "2G", "1500000000": bytes. */
static bool read_memory(const char *text, uint64_t *bytes)
{
	static const char units[] = "KMG";
	struct str s = str_from(text);
	const char *unit = s.len ? strchr(units, s.ptr[s.len - 1]) : NULL;
	unsigned shift = unit ? 10 * (unsigned)(unit - units + 1) : 0;
	if (!str_to_u64(str_slice(s, 0, unit ? s.len - 1 : s.len), bytes) || *bytes > UINT64_MAX >> shift) return false;
	*bytes <<= shift;
	return *bytes >= LARGE_LIMIT_LEAST;
}

int next_option(int argc, char **argv, const struct option *options, const struct command *command,
                struct common *common)
{
	struct error error;
	uint64_t number;
	if (!common->threads) common->threads = pool_processors();
	opterr = 0;
	for (;;) {
		int at = optind > 0 ? optind : 1;
		int option = getopt_long(argc, argv, common->in_order ? "-:o:" : ":o:", options, NULL);
		switch (option) {
		case OPTION_EVIDENCE_FROM: common->evidence_from = optarg; break;
		case OPTION_JSON: common->json = true; break;
		case OPTION_JOBS:
			if (!str_to_u64(str_from(optarg), &number) || number < 1 || number > 1024) {
				usage_error(command, "--jobs must be a number from 1 to 1024, not \"%s\"", optarg);
				return OPTION_ERROR;
			}
			common->threads = (unsigned)number;
			break;
		case OPTION_LEVEL:
			if (!str_to_u64(str_from(optarg), &number) || number < 1 || number > 19) {
				usage_error(command, "--level must be a number from 1 to 19, not \"%s\"", optarg);
				return OPTION_ERROR;
			}
			common->level = (int)number;
			break;
		case OPTION_STATS: stats_ask(); break;
		case OPTION_MEMORY:
			if (!read_memory(optarg, &number)) {
				usage_error(command, "--memory must be at least 16M, such as 256M or 2G, not \"%s\"",
				            optarg);
				return OPTION_ERROR;
			}
			large_limit(number);
			break;
		case OPTION_TEMPLATES:
			if (!templates_use(optarg, &error)) {
				report_error(&error);
				return OPTION_ERROR;
			}
			break;
		case OPTION_HELP: printf("%s", command->help); return OPTION_STOP;
		case ':': usage_error(command, "%s needs a value", argv[optind - 1]); return OPTION_ERROR;
		case '?':
			if (optopt && optopt < 256)
				usage_error(command, "there is no option -%c", optopt);
			else
				usage_error(command, "there is no option %s, or it takes no value",
				            argv[optind - 1 >= at ? optind - 1 : at]);
			return OPTION_ERROR;
		default: return option;
		}
	}
}

int report_error(const struct error *error)
{
	char text[1200];
	terminal_progress_end();
	fputs("dossier: ", stderr);
	print_text(stderr, str_from(error_text(error, text, sizeof(text))));
	fputc('\n', stderr);
	return error_exit_status(error->kind);
}

static void report_warning(const struct snapshot *s, const struct warning *w)
{
	struct str path = w->input == UINT32_MAX ? STR_EMPTY : snapshot_string(s, s->inputs[w->input].display);
	struct str pointer = snapshot_string(s, w->pointer), message = snapshot_string(s, w->message);
	struct buf text = {0};
	buf_add(&text, STR("dossier: "));
	buf_add(&text, path);
	if (path.len) buf_char(&text, ':');
	if (w->line)
		buf_printf(&text, "%u:%u:", w->line, w->column);
	else if (w->offset != ERROR_NO_OFFSET)
		buf_printf(&text, "@%llu:", (unsigned long long)w->offset);
	buf_printf(&text, "%swarning: %s", text.ptr[text.len - 1] == ':' ? " " : "", w->code);
	if (pointer.len) buf_add(&text, STR(" at "));
	buf_add(&text, pointer);
	buf_add(&text, STR(": "));
	buf_add(&text, message);
	print_text(stderr, buf_str(&text));
	fputc('\n', stderr);
	buf_free(&text);
}

void report_warnings(const struct snapshot *s)
{
	enum { MOST = 50 };
	terminal_progress_end();
	for (uint32_t i = 0; i < s->warning_count && i < MOST; i++) report_warning(s, &s->warnings[i]);
	if (s->warning_count > MOST) fprintf(stderr, "dossier: %u more warnings\n", s->warning_count - MOST);
}

bool named_file_readable(const struct snapshot *s, const char *path)
{
	struct stat info;
	if (stat(path, &info) != 0 || S_ISDIR(info.st_mode)) return true;
	for (uint32_t k = 0; k < s->input_count; k++) {
		if (!str_eq(snapshot_string(s, s->inputs[k].display), str_from(path))) continue;
		if (str_eq(snapshot_string(s, s->inputs[k].format), STR("unknown"))) return false;
		for (uint32_t w = 0; w < s->warning_count; w++)
			if (s->warnings[w].input == k && strcmp(s->warnings[w].code, "malformed_json") == 0)
				return false;
	}
	return true;
}

int judge_named_files(const struct snapshot *s, const char *const *paths, size_t count)
{
	struct error error;
	int status = EXIT_DONE;
	for (size_t i = 0; i < count; i++) {
		if (named_file_readable(s, paths[i])) continue;
		error_set(&error, ERROR_INPUT, paths[i], NAMED_FILE_UNREADABLE);
		status = report_error(&error);
	}
	return status;
}

int finish_output(int status)
{
	stats_print(stderr);
	if (fflush(stdout) == 0 && !ferror(stdout)) return status;
	fprintf(stderr, "dossier: cannot write the output: %s\n", strerror(errno));
	return EXIT_SYSTEM;
}

static void progress(void *context, const char *path, uint64_t done, uint64_t all)
{
	(void)context;
	terminal_progress("reading %llu of %llu: %s", (unsigned long long)done, (unsigned long long)all, path);
}

/* Scan exports repeat themselves: on the benchmark's evidence a higher level takes longer and saves nothing. */
enum { EVIDENCE_LEVEL = 1 };

struct collect_options collect_options_of(const struct common *common)
{
	return (struct collect_options){.threads = common->threads,
	                                .level = common->level ? common->level : EVIDENCE_LEVEL,
	                                .store = snapshots_store(),
	                                .progress = progress};
}
