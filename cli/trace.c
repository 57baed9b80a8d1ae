/* trace: from a finding's id to the bytes of evidence that carry it, and what became of it. */
#include "analyze/why.h"
#include "cli/command.h"
#include "cli/lookup.h"
#include "cli/recompute.h"
#include "cli/subject.h"
#include "cli/terminal.h"
#include "collect/secret.h"
#include "render/json.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int run(int argc, char **argv);

const struct command trace_command = {
    "trace", "from a finding's id to the bytes of evidence that carry it",
    "usage: dossier trace [--json | --raw] [--show-secret] PACKET FINDING-ID\n"
    "       dossier trace [--json] --subject NAME PACKET\n\n"
    "Looks the finding (F- and 16 hex digits) up in the packet, and prints what became of it and why, the controls and\n"
    "exceptions that name it, and the record of evidence it was read from, with file, SHA-256, byte offset and JSON Pointer.\n"
    "Only what it takes is read from the packet.\n\n"
    "  --raw             the record's bytes and nothing else\n"
    "  --subject NAME    one page on a cluster, image, registry or subscription instead: its owner, what changed, and what\n"
    "                    proves it, computed anew from the packet. NAME is an id, its last part, or a subscription's name\n" EVIDENCE_OPTION_HELP
    "  --json            one JSON object on stdout\n"
    "  --show-secret     the record as it is, though it found a secret; without it a salted hash stands for the value,\n"
    "                    and --raw is refused\n\n"
    "Exit status: 0; 2 no such packet or finding; 3 the packet is damaged; 4 the system failed.\n",
    run};

/* ---- the record ---- */

/* A packet, and what it names but does not carry. */
struct tracing {
	struct packet *packet;
	struct absent absent;
	struct custody custody;
	struct arena arena;
};

static bool is_evidence(const struct tracing *t, struct str path)
{
	struct error none;
	uint64_t size;
	return absent_find(&t->absent, path) || packet_member_size(t->packet, path, &size, &none);
}

/* The file that a path of evidence lies in: itself, or a container that the path leads into ("scan.zip!/results.sarif"). */
static struct str evidence_file(const struct tracing *t, struct str path)
{
	if (is_evidence(t, path)) return path; /* a file that has all of it as its name goes before */
	for (size_t at = 0; at < path.len; at++)
		if (str_starts(str_slice(path, at, path.len), STR("!/")) && is_evidence(t, str_slice(path, 0, at)))
			return str_slice(path, 0, at);
	return path;
}

/* The bytes as the finding's offset counts them: those of a container's member, of the decoded text. */
static bool read_record(struct tracing *t, struct str name, uint64_t offset, uint64_t length, struct buf *out,
                        struct error *error)
{
	struct str file = evidence_file(t, name);
	struct str member = file.len < name.len ? str_slice(name, file.len + 2, name.len) : STR_EMPTY;
	const struct file_origin *origin = packet_origin(t->packet, error);
	if (origin && t->absent.count) origin = absent_origin(&t->absent, origin);
	return origin && evidence_read(origin, str_cstr(&t->arena, file), member, offset, length, out, error);
}

/* The record with the hash in place of the secret; where the value cannot be told from the rest, nothing of the record. */
static bool mask_record(struct str message, struct buf *record, struct error *error)
{
	struct arena arena = {0};
	struct specs specs;
	struct buf masked = {0};
	bool good = specs_load(&specs, &arena, error);
	if (good && !secret_mask(&specs, buf_str(record), message, &masked))
		buf_add(&masked, STR("withheld: the record found a secret"));
	buf_free(record);
	*record = masked;
	arena_free(&arena);
	return good;
}

/* ---- exceptions ---- */

/* Whether an exception's match (analyze/exceptions.h) means the finding of this row. */
static bool meets(const cJSON *match, const struct lookup *row)
{
	static const char *const fields[] = {"rule", "subject", "severity", "tool", "path"};
	bool any = false;
	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
		const cJSON *glob = cJSON_GetObjectItemCaseSensitive(match, fields[i]);
		if (!cJSON_IsString(glob) || !*glob->valuestring) continue;
		if (!str_glob_nocase(str_from(glob->valuestring), lookup_cell(row, fields[i]))) return false;
		any = true;
	}
	const cJSON *component = cJSON_GetObjectItemCaseSensitive(match, "component");
	if (!cJSON_IsString(component) || !*component->valuestring) return any;
	struct str glob = str_from(component->valuestring);
	return str_glob_nocase(glob, lookup_cell(row, "package")) || str_glob_nocase(glob, lookup_cell(row, "purl"));
}

static const char *member_text(const cJSON *object, const char *name)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);
	return cJSON_IsString(item) ? item->valuestring : NULL;
}

/* "EX-1 (until 2026-06-30), EX-2": those of the packet's exceptions that name the finding; empty if there are none. */
static bool exceptions_of(struct packet *packet, const struct lookup *row, struct buf *out, struct error *error)
{
	static const struct str name = {"data/options/exceptions.json", 28};
	struct error none;
	struct buf text = {0};
	uint64_t size;
	if (!packet_member_size(packet, name, &size, &none)) return true;
	if (!packet_read_member(packet, name, &text, 16 << 20, error)) return false;
	cJSON *root = cJSON_ParseWithLength(text.ptr, text.len);
	const cJSON *list = cJSON_GetObjectItemCaseSensitive(root, "exceptions");
	for (const cJSON *item = cJSON_IsArray(list) ? list->child : NULL; item; item = item->next) {
		const char *id = member_text(item, "id"), *expires = member_text(item, "expires");
		if (!id || !meets(cJSON_GetObjectItemCaseSensitive(item, "match"), row)) continue;
		buf_printf(out, "%s%s", out->len ? ", " : "", id);
		if (expires) buf_printf(out, " (until %s)", expires);
	}
	cJSON_Delete(root);
	buf_free(&text);
	return true;
}

/* ---- people ---- */

/* JSON laid out by tabs: the tokens stay as they are. */
static void lay_out(struct buf *out, struct str json)
{
	size_t depth = 0;
	bool quoted = false;
	for (size_t i = 0; i < json.len; i++) {
		char c = json.ptr[i], next = i + 1 < json.len ? json.ptr[i + 1] : '\0';
		if (!quoted && (c == '}' || c == ']')) {
			depth -= depth > 0;
			buf_char(out, '\n');
			for (size_t k = 0; k < depth; k++) buf_add(out, STR("    "));
		}
		buf_char(out, c);
		if (c == '"') quoted = !quoted;
		if (quoted && c == '\\') buf_char(out, json.ptr[++i]);
		if (quoted) continue;
		if (c == ':') buf_char(out, ' ');
		if ((c == '{' && next == '}') || (c == '[' && next == ']')) {
			buf_char(out, next);
			i++;
		} else if (c == '{' || c == '[' || c == ',') {
			depth += c != ',';
			buf_char(out, '\n');
			for (size_t k = 0; k < depth; k++) buf_add(out, STR("    "));
		}
	}
}

static void line(const char *name, struct str text)
{
	if (!text.len) return;
	printf("%-11s", name);
	print_text(stdout, text);
	putchar('\n');
}

static struct str sentence_of(const struct lookup *row)
{
	enum side side = str_eq(lookup_cell(row, "side"), STR("before")) ? SIDE_BEFORE : SIDE_AFTER;
	for (int i = 0; i < WHY_REASON_COUNT; i++)
		if (str_eq(lookup_cell(row, "why"), str_from(why_reason_names[i])))
			return str_from(why_sentence((enum why_reason)i, side));
	return STR_EMPTY;
}

static struct str redaction_words(struct arena *arena, const struct custody_file *file)
{
	char hex[SHA256_HEX + 1];
	if (!file) return STR_EMPTY;
	if (file->state == REDACT_UNSEARCHED)
		return STR("no: the redaction of this packet did not look through this file");
	hex_of(file->original_sha256, SHA256_BYTES, hex);
	return str_printf(arena, "%llu values in this file; the original had %llu bytes, sha256 %s",
	                  (unsigned long long)file->values, (unsigned long long)file->original_bytes, hex);
}

static void print_people(const struct lookup *row, struct str exceptions, const struct json_traced *traced)
{
	static const char *const columns[] = {"severity", "status",  "tool", "rule",     "title",   "subject", "path",
	                                      "line",     "package", "ids",  "controls", "version", "owner"};
	struct arena arena = {0};
	struct buf compact = {0}, text = {0};
	line("finding", traced->finding);
	line("key", lookup_cell(row, "key"));
	line("outcome", lookup_cell(row, "outcome"));
	line("why", sentence_of(row));
	line("matched", lookup_cell(row, "matched"));
	line("changed", lookup_cell(row, "updated_by"));
	for (size_t i = 0; i < sizeof(columns) / sizeof(*columns); i++) line(columns[i], lookup_cell(row, columns[i]));
	line("found", lookup_cell(row, "message"));
	line("exceptions", exceptions);
	line("evidence", traced->path);
	line("sha256", traced->sha256);
	line("redacted", redaction_words(&arena, traced->redacted));
	line("bytes", str_printf(&arena, "%llu at %llu", (unsigned long long)traced->length,
	                         (unsigned long long)traced->offset));
	line("pointer", traced->pointer);
	if (traced->absent)
		buf_add(&text,
		        STR("The file is not in this packet. Give a folder that holds it with --evidence-from."));
	else if (json_compact(&compact, traced->record))
		lay_out(&text, buf_str(&compact));
	else
		buf_add(&text, traced->record);
	putchar('\n');
	for (struct str rest = buf_str(&text); rest.len;) {
		const char *end = memchr(rest.ptr, '\n', rest.len);
		size_t n = end ? (size_t)(end - rest.ptr) : rest.len;
		print_text(stdout, str_slice(rest, 0, n));
		putchar('\n');
		rest = str_slice(rest, end ? n + 1 : n, rest.len);
	}
	buf_free(&compact);
	buf_free(&text);
	arena_free(&arena);
}

/* ---- all of it ---- */

/* How it is printed; neither raw nor json: for people. */
struct form {
	bool raw, json, show_secret;
};

static bool read_traced(struct tracing *t, const char *path, struct str id, const struct lookup *row,
                        struct json_traced *traced, struct buf *record, struct form form, struct error *error)
{
	struct str message = lookup_cell(row, "message");
	bool hide = secret_is_message(message) && !form.show_secret;
	if (hide && form.raw)
		return error_set(error, ERROR_INPUT, path,
		                 "the record of %.*s found a secret: its bytes are printed with --show-secret only",
		                 STR_ARG(id));
	*traced = (struct json_traced){.finding = id,
	                               .path = lookup_cell(row, "evidence_path"),
	                               .sha256 = lookup_cell(row, "evidence_sha256"),
	                               .pointer = lookup_cell(row, "pointer")};
	if (!str_to_u64(lookup_cell(row, "offset"), &traced->offset) ||
	    !str_to_u64(lookup_cell(row, "length"), &traced->length))
		return error_set(error, ERROR_VERIFY, path, "data/findings.csv does not say where %.*s stands",
		                 STR_ARG(id));
	struct str name = evidence_file(t, traced->path);
	const struct absent_file *absent = absent_find(&t->absent, name);
	traced->redacted = custody_evidence(&t->custody, name);
	traced->absent = absent && !absent->found;
	if (traced->absent && form.raw)
		return error_set(error, ERROR_INPUT, path,
		                 "'%.*s' is not in this packet: give a folder that holds it with --evidence-from",
		                 (int)(name.len < 300 ? name.len : 300), name.ptr);
	if (traced->absent) return true;
	if (!read_record(t, traced->path, traced->offset, traced->length, record, error)) return false;
	if (hide && !mask_record(message, record, error)) return false;
	traced->record = buf_str(record);
	return true;
}

static bool print_as(struct form form, struct packet *packet, const struct lookup *row,
                     const struct json_traced *traced, struct error *error)
{
	struct buf exceptions = {0};
	if (form.json) return json_trace(traced, sink_file(stdout), error);
	if (form.raw) return sink_write(sink_file(stdout), traced->record, error);
	bool good = exceptions_of(packet, row, &exceptions, error);
	if (good) print_people(row, buf_str(&exceptions), traced);
	buf_free(&exceptions);
	return good;
}

/* What the packet does not carry, and what was replaced in it. */
static bool read_custody(struct tracing *t, const char *from, struct str evidence, struct error *error)
{
	if (!absent_read(t->packet, NULL, STR_EMPTY, &t->absent, error)) return false;
	struct str file = evidence_file(t, evidence);
	absent_free(&t->absent);
	return absent_read(t->packet, from, file, &t->absent, error) &&
	       packet_custody_read(t->packet, &t->custody, &t->arena, error);
}

static bool trace(const char *path, struct str id, struct form form, const char *from, struct error *error)
{
	struct lookup row = {.row_text = {0}};
	struct buf record = {0};
	struct json_traced traced;
	struct tracing t = {.packet = packet_open(path, error)};
	bool good = t.packet && lookup_finding(t.packet, id, &row, error) &&
	            read_custody(&t, from, lookup_cell(&row, "evidence_path"), error) &&
	            read_traced(&t, path, id, &row, &traced, &record, form, error) &&
	            print_as(form, t.packet, &row, &traced, error);
	if (!good && !error->file[0]) snprintf(error->file, sizeof(error->file), "%s", path);
	absent_free(&t.absent);
	packet_close(t.packet);
	arena_free(&t.arena);
	buf_free(&record);
	lookup_free(&row);
	return good;
}

static int run(int argc, char **argv)
{
	enum { OPTION_RAW = OPTION_OWN, OPTION_SUBJECT, OPTION_SHOW_SECRET };
	static const struct option options[] = {COMMON_OPTIONS,
	                                        EVIDENCE_OPTION,
	                                        {"raw", no_argument, NULL, OPTION_RAW},
	                                        {"subject", required_argument, NULL, OPTION_SUBJECT},
	                                        {"show-secret", no_argument, NULL, OPTION_SHOW_SECRET},
	                                        {0}};
	const char *subject = NULL;
	struct common common = {0};
	struct error error = {0};
	struct form form = {0};
	for (int option; (option = next_option(argc, argv, options, &trace_command, &common)) != -1;) {
		if (option == OPTION_SUBJECT)
			subject = optarg;
		else if (option == OPTION_RAW)
			form.raw = true;
		else if (option == OPTION_SHOW_SECRET)
			form.show_secret = true;
		else
			return option == 'o' ? usage_error(&trace_command, "there is no option -o")
			                     : option_status(option);
	}
	if (subject && form.raw) return usage_error(&trace_command, "--subject or --raw, not both");
	if (subject && argc - optind != 1) return usage_error(&trace_command, "name a packet beside --subject");
	if (subject) {
		bool good = subject_print(argv[optind], str_from(subject), &common, &error);
		return finish_output(good ? EXIT_DONE : report_error(&error));
	}
	if (common.json && form.raw) return usage_error(&trace_command, "--json or --raw, not both");
	form.json = common.json;
	if (argc - optind != 2) return usage_error(&trace_command, "name a packet and a finding");
	struct str id = str_from(argv[optind + 1]);
	if (id.len != 18 || !str_starts(id, STR("F-")))
		return usage_error(&trace_command, "a finding is F- and 16 hex digits, not \"%s\"", argv[optind + 1]);
	int status = trace(argv[optind], id, form, common.evidence_from, &error) ? EXIT_DONE : report_error(&error);
	return finish_output(status);
}
