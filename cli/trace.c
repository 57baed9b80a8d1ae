/* trace: from a finding's id to the bytes of evidence that carry it. */
#include "cli/command.h"
#include "cli/terminal.h"
#include "render/json.h"
#include "render/packet.h"

#include <stdio.h>
#include <stdlib.h>

static int run(int argc, char **argv);

const struct command trace_command = {
    "trace", "from a finding's id to the bytes of evidence that carry it",
    "usage: dossier trace [--json] PACKET FINDING-ID\n\n"
    "Looks the finding (F- and 16 hex digits) up in the packet, and prints the record of evidence it was read from, with file,\n"
    "SHA-256, byte offset and JSON Pointer.\n\n"
    "  --json            one JSON object on stdout\n\n"
    "Exit status: 0; 2 no such packet or finding; 3 the packet is damaged; 4 the system failed.\n",
    run};

/* A row of findings.csv, cut into cells; the cells are unquoted in place. */
enum { CELLS = 40 };
struct row {
	struct str cells[CELLS];
	size_t count;
};

/* One row at the start of text; returns its length with the line end. */
static size_t read_row(char *text, size_t len, struct row *row)
{
	size_t i = 0;
	row->count = 0;
	while (i < len) {
		char *out = text + i, *start = out;
		bool quoted = i < len && text[i] == '"';
		i += quoted;
		while (i < len) {
			if (quoted && text[i] == '"') {
				if (i + 1 >= len || text[i + 1] != '"') {
					quoted = false;
					i++;
					continue;
				}
				i++;
			} else if (!quoted && (text[i] == ',' || text[i] == '\r' || text[i] == '\n')) {
				break;
			}
			*out++ = text[i++];
		}
		if (row->count < CELLS) row->cells[row->count++] = str_of(start, (size_t)(out - start));
		if (i >= len || text[i] != ',') break;
		i++;
	}
	while (i < len && (text[i] == '\r' || text[i] == '\n')) i++;
	return i;
}

static struct str cell(const struct row *head, const struct row *row, const char *name)
{
	for (size_t i = 0; i < head->count && i < row->count; i++)
		if (str_eq(head->cells[i], str_from(name))) return row->cells[i];
	return STR_EMPTY;
}

/* Looks for the row while the member streams by; quotes are counted, since a quoted cell may hold line breaks. */
struct search {
	struct str id;
	struct buf line, head_line, found;
	bool in_quotes, done;
};

static bool wants(void *context, struct str name, uint64_t size)
{
	(void)context;
	(void)size;
	return str_eq(name, STR("data/findings.csv"));
}

static bool take(void *context, const void *bytes, size_t len, struct error *error)
{
	struct search *s = context;
	const char *p = bytes;
	(void)error;
	for (size_t i = 0, start = 0; i < len; i++) {
		if (p[i] == '"') s->in_quotes = !s->in_quotes;
		if (p[i] != '\n' || s->in_quotes) {
			if (i + 1 == len) buf_add(&s->line, str_of(p + start, len - start));
			continue;
		}
		buf_add(&s->line, str_of(p + start, i + 1 - start));
		start = i + 1;
		if (!s->head_line.len)
			buf_add(&s->head_line, buf_str(&s->line));
		else if (str_starts(buf_str(&s->line), s->id) && s->line.ptr[s->id.len] == ',')
			buf_add(&s->found, buf_str(&s->line));
		s->line.len = 0;
		if (s->found.len) return false;
	}
	return true;
}

static bool find_row(struct packet *packet, struct str id, struct search *search, struct error *error)
{
	*search = (struct search){.id = id};
	struct packet_visitor visitor = {.context = search, .begin = wants, .data = take};
	if (!packet_each_member(packet, &visitor, error)) return false;
	return search->found.len
	           ? true
	           : error_set(error, ERROR_INPUT, NULL, "there is no finding %.*s in this packet", STR_ARG(id));
}

/* ---- the record ---- */

/* Where a path of evidence leads into a container of the bag: its length, or SIZE_MAX. A file that has the whole path as its
 * name goes before. */
static size_t container_end(struct packet *packet, struct str path)
{
	struct error none;
	uint64_t size;
	if (packet_member_size(packet, path, &size, &none)) return SIZE_MAX;
	for (size_t at = 0; at < path.len; at++)
		if (str_starts(str_slice(path, at, path.len), STR("!/")) &&
		    packet_member_size(packet, str_slice(path, 0, at), &size, &none))
			return at;
	return SIZE_MAX;
}

/* The bytes as the finding's offset counts them: those of a container's member, of the decoded text. */
static bool read_record(struct packet *packet, struct str name, uint64_t offset, uint64_t length, struct buf *out,
                        struct error *error)
{
	struct arena arena = {0};
	size_t end = container_end(packet, name);
	struct str member = end == SIZE_MAX ? STR_EMPTY : str_slice(name, end + 2, name.len);
	const char *file = str_cstr(&arena, end == SIZE_MAX ? name : str_slice(name, 0, end));
	const struct file_origin *origin = packet_origin(packet, error);
	bool good = origin && evidence_read(origin, file, member, offset, length, out, error);
	arena_free(&arena);
	return good;
}

static bool trace(const char *path, struct str id, bool json, struct error *error)
{
	struct search search = {0};
	struct buf record = {0};
	struct row head, row;
	uint64_t offset = 0, length = 0;
	struct packet *packet = packet_open(path, error);
	bool good = packet && find_row(packet, id, &search, error);
	if (good) {
		read_row(search.head_line.ptr, search.head_line.len, &head);
		read_row(search.found.ptr, search.found.len, &row);
		good = str_to_u64(cell(&head, &row, "offset"), &offset) &&
		       str_to_u64(cell(&head, &row, "length"), &length);
		if (!good)
			error_set(error, ERROR_VERIFY, path, "data/findings.csv does not say where %.*s stands",
			          STR_ARG(id));
	}
	struct json_traced traced = {.finding = id, .offset = offset, .length = length};
	if (good) {
		traced.path = cell(&head, &row, "evidence_path");
		traced.sha256 = cell(&head, &row, "evidence_sha256");
		traced.pointer = cell(&head, &row, "pointer");
		good = read_record(packet, traced.path, offset, length, &record, error);
		traced.record = buf_str(&record);
	}
	if (good && json) good = json_trace(&traced, sink_file(stdout), error);
	if (good && !json) {
		printf(
		    "finding   %.*s  %.*s  %.*s\nrule      %.*s\nsubject   %.*s\nevidence  %.*s\nsha256    %.*s\nbytes     %llu at %llu\npointer   %.*s\n\n",
		    STR_ARG(id), STR_ARG(cell(&head, &row, "outcome")), STR_ARG(cell(&head, &row, "severity")),
		    STR_ARG(cell(&head, &row, "rule")), STR_ARG(cell(&head, &row, "subject")), STR_ARG(traced.path),
		    STR_ARG(traced.sha256), (unsigned long long)length, (unsigned long long)offset,
		    STR_ARG(traced.pointer));
		fwrite(record.ptr, 1, record.len, stdout);
		putchar('\n');
	}
	packet_close(packet);
	buf_free(&record);
	buf_free(&search.line);
	buf_free(&search.head_line);
	buf_free(&search.found);
	return good;
}

static int run(int argc, char **argv)
{
	static const struct option options[] = {COMMON_OPTIONS, {0}};
	struct common common = {0};
	struct error error;
	int option = next_option(argc, argv, options, &trace_command, &common);
	if (option != -1)
		return option == 'o' ? usage_error(&trace_command, "there is no option -o") : option_status(option);
	if (argc - optind != 2) return usage_error(&trace_command, "name a packet and a finding");
	struct str id = str_from(argv[optind + 1]);
	if (id.len != 18 || !str_starts(id, STR("F-")))
		return usage_error(&trace_command, "a finding is F- and 16 hex digits, not \"%s\"", argv[optind + 1]);
	int status = trace(argv[optind], id, common.json, &error) ? EXIT_DONE : report_error(&error);
	return finish_output(status);
}
