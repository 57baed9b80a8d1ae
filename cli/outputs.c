/* What people read comes first, then the evidence, whose frames were compressed while it was read, then the long lists: report.pdf is
 * at hand when a packet comes through a pipe, and the evidence goes to the disk while the lists are made (cli/reports). Adding
 * an output is a row in the table.
 */
#include "cli/outputs.h"

#include "cli/command.h"
#include "cli/reports.h"
#include "core/templates.h"
#include "render/arf.h"
#include "render/csv.h"
#include "render/html.h"
#include "render/junit.h"
#include "render/oscal.h"
#include "render/packet_json.h"
#include "render/pdf_report.h"
#include "render/sarif.h"
#include "render/xml.h"

#include <stdlib.h>

/* ---- evidence ---- */

static struct bag_entry *evidence_entries(const struct result *result, struct arena *arena, size_t *count)
{
	size_t n = (size_t)result->sides[SIDE_BEFORE].input_count + result->sides[SIDE_AFTER].input_count;
	struct bag_entry *entries = ARENA_ARRAY(arena, struct bag_entry, n + 1);
	*count = 0;
	for (int side = 0; side < SIDE_COUNT; side++) {
		const struct snapshot *s = &result->sides[side];
		for (uint32_t i = 0; i < s->input_count; i++) {
			if (s->inputs[i].member) continue;
			struct bag_entry *entry = &entries[(*count)++];
			entry->path = str_printf(arena, "data/evidence/%s/%.*s", side_names[side],
			                         STR_ARG(snapshot_string(s, s->inputs[i].path)));
			memcpy(entry->sha256, s->inputs[i].sha256, SHA256_BYTES);
		}
	}
	return entries;
}

void outputs_evidence_digest(struct result *result)
{
	struct arena arena = {0};
	size_t count;
	struct bag_entry *entries = evidence_entries(result, &arena, &count);
	bag_evidence_digest(entries, count, result->evidence_digest);
	arena_free(&arena);
}

/* What is not carried is named all the same. */
static bool write_evidence_list(struct bag *bag, const struct result *result, struct error *error)
{
	struct arena arena = {0};
	struct buf lines = {0};
	size_t count;
	if (result->custody.carried == CARRY_FULL) return true;
	struct bag_entry *entries = evidence_entries(result, &arena, &count);
	bag_manifest(entries, count, &lines);
	bool good = bag_add(bag, STR("evidence-sha256.txt"), buf_str(&lines), error);
	buf_free(&lines);
	arena_free(&arena);
	return good;
}

static bool write_evidence(struct bag *bag, const struct outputs *o, struct error *error)
{
	struct arena arena = {0};
	bool good = true;
	for (int side = 0; side < SIDE_COUNT && good; side++) {
		const struct snapshot *s = &o->result->sides[side];
		for (uint32_t i = 0; i < s->input_count && good; i++) {
			const struct input *input = &s->inputs[i];
			if (input->member) continue; /* its container is the evidence */
			if (custody_is_absent(&o->result->custody, (enum side)side, i)) continue;
			struct str name = str_printf(&arena, "evidence/%s/%.*s", side_names[side],
			                             STR_ARG(snapshot_string(s, input->path)));
			good = bag_add_frames(bag, name, input->bytes, input->sha256, &input->frames, o->spool, error);
			arena_reset(&arena);
		}
	}
	arena_free(&arena);
	return good;
}

/* ---- side files ---- */

static bool write_side_file(struct bag *bag, const struct side_file *file, struct error *error)
{
	struct buf bytes = {0};
	struct arena arena = {0};
	struct str name = STR_EMPTY;
	if (!file->path) return true;
	bool good = side_file_read(file, &bytes, error);
	if (good) name = str_printf(&arena, "options/%.*s", STR_ARG(side_file_name(file, buf_str(&bytes), &arena)));
	good = good && bag_add(bag, name, buf_str(&bytes), error);
	buf_free(&bytes);
	arena_free(&arena);
	return good;
}

static bool write_side_files(struct bag *bag, const struct outputs *o, struct error *error)
{
	const struct settings *settings = o->settings;
	for (size_t i = 0; i < SETTING_FILES; i++)
		if (!write_side_file(bag, &settings->files[i], error)) return false;
	for (size_t i = 0; i < settings->framework_count; i++)
		if (!write_side_file(bag, &settings->framework_files[i], error)) return false;
	return true;
}

/* ---- reports ---- */

static bool write_pdf(const struct result *result, struct sink sink, struct error *error)
{
	return pdf_report(result, result->analysis, result->letter ? PDF_LETTER : PDF_A4, sink, error);
}

static bool write_packet_json(const struct result *result, struct sink sink, struct error *error)
{
	struct arena arena = {0};
	struct template_file *files;
	size_t count = templates_below(&arena, STR_EMPTY, &files);
	struct packet_template *templates = ARENA_ARRAY(&arena, struct packet_template, count + 1);
	for (size_t i = 0; i < count; i++) {
		unsigned char digest[SHA256_BYTES];
		char *hex = arena_bytes(&arena, SHA256_HEX + 1);
		sha256_of(files[i].text.ptr, files[i].text.len, digest);
		hex_of(digest, SHA256_BYTES, hex);
		templates[i] = (struct packet_template){files[i].name, str_from(hex)};
	}
	bool good = packet_json(result, templates, count, sink, error);
	arena_free(&arena);
	return good;
}

static bool write_template(const char *name, struct sink sink, struct error *error)
{
	struct str text = STR_EMPTY;
	if (!template_find(str_from(name), &text))
		return error_set(error, ERROR_INPUT, name, "the template is missing");
	return sink_write(sink, text, error);
}

static bool write_schema(const struct result *result, struct sink sink, struct error *error)
{
	(void)result;
	return write_template("schema/report.xsd", sink, error);
}

static bool write_stylesheet(const struct result *result, struct sink sink, struct error *error)
{
	(void)result;
	return write_template("schema/report.xsl", sink, error);
}

/* In the order of the packet. */
static const struct output table[] = {
    {"report.pdf", write_pdf, NULL, NULL, NULL},
    {"report.xsd", write_schema, NULL, NULL, NULL},
    {"report.xsl", write_stylesheet, NULL, NULL, NULL},
    {"packet.json", write_packet_json, NULL, NULL, NULL},
    {"oscal/assessment-results.xml", oscal_assessment_results, NULL, NULL, NULL},
    {"oscal/poam.xml", oscal_poam, NULL, NULL, NULL},
    {"scap/arf.xml", arf_report, NULL, NULL, NULL},
    {"report.html", html_report, "html", NULL, NULL},
    {"findings.sarif", sarif_findings, "sarif", NULL, NULL},
    {"findings-bom.csv", csv_findings_marked, "csv-bom", NULL, NULL},
    {"junit.xml", junit_report, "junit", NULL, NULL},
    {"findings.csv", NULL, NULL, &csv_parts, "findings.index"},
    {"report.xml", NULL, NULL, &xml_parts, NULL},
};

enum { OUTPUTS = sizeof(table) / sizeof(*table) };

bool outputs_also_known(const char *name)
{
	for (size_t i = 0; i < OUTPUTS; i++)
		if (table[i].also && !strcmp(table[i].also, name)) return true;
	return false;
}

struct str outputs_also_names(struct arena *arena)
{
	struct str names = STR_EMPTY;
	for (size_t i = 0; i < OUTPUTS; i++) {
		if (!table[i].also) continue;
		names = str_printf(arena, "%.*s%s%s", STR_ARG(names), names.len ? ", " : "", table[i].also);
	}
	return names;
}

/* The rows that this packet holds, in the table's order. */
static size_t chosen_outputs(const struct settings *settings, const struct output *chosen[OUTPUTS])
{
	size_t count = 0;
	for (size_t i = 0; i < OUTPUTS; i++) {
		bool asked = !table[i].also;
		for (size_t k = 0; k < settings->also_count; k++)
			asked = asked || !strcmp(table[i].also, settings->also[k]);
		if (asked) chosen[count++] = &table[i];
	}
	return count;
}

static bool write_inputs(struct bag *bag, const struct outputs *o, struct error *error)
{
	return write_side_files(bag, o, error) && write_evidence_list(bag, o->result, error) &&
	       write_evidence(bag, o, error);
}

static bool write_payload(struct bag *bag, const struct outputs *o, struct error *error)
{
	const struct output *chosen[OUTPUTS];
	size_t count = chosen_outputs(o->settings, chosen);
	diff_name(&o->result->diff, o->threads);
	return reports_write(bag, o, chosen, count, write_inputs, error);
}

/* What VERIFY.txt says of this packet's evidence, before its steps. */
static void notes_of(const struct custody *custody, struct arena *arena, struct buf *notes)
{
	struct str evidence = custody_evidence_words(custody, arena),
		   redaction = custody_redaction_words(custody, arena);
	if (redaction.len)
		buf_printf(notes,
		           "The evidence here is redacted: %.*s.\n"
		           "The report is about these copies. data/packet.json names the hash of each original.\n\n",
		           STR_ARG(redaction));
	if (evidence.len)
		buf_printf(
		    notes,
		    "Evidence, %.*s.\n"
		    "What the others prove cannot be proved from here: data/evidence-sha256.txt names the hash of each.\n\n",
		    STR_ARG(evidence));
}

enum { LABELS = 3 };

static struct bag_options bag_options_of(const struct outputs *o, struct bag_label labels[LABELS], struct arena *arena)
{
	const struct custody *custody = &o->result->custody;
	struct buf notes = {0};
	notes_of(custody, arena, &notes);
	labels[0] = (struct bag_label){STR("Marking"), o->result->marking};
	labels[1] = (struct bag_label){STR("Redaction"), custody_redaction_words(custody, arena)};
	labels[2] = (struct bag_label){STR("Evidence"), custody_evidence_words(custody, arena)};
	struct bag_options options = {.change_id = o->result->change.id,
	                              .as_of = o->result->as_of,
	                              .version = STR(DOSSIER_VERSION),
	                              .labels = labels,
	                              .label_count = LABELS,
	                              .notes = str_dup(arena, buf_str(&notes)),
	                              .level = REPORT_LEVEL,
	                              .jobs = o->threads};
	if (custody->carried != CARRY_FULL)
		options.evidence =
		    custody->absent_files == custody->evidence_files ? BAG_EVIDENCE_NONE : BAG_EVIDENCE_LISTED;
	buf_free(&notes);
	return options;
}

static bool fill(struct bag *bag, const struct outputs *o, struct bag_result *written, struct error *error)
{
	if (!bag) return false;
	if (!write_payload(bag, o, error)) {
		bag_abort(bag);
		return false;
	}
	return bag_finish(bag, o->signer, written, error);
}

bool outputs_write(const struct outputs *o, const char *path, struct bag_result *written, struct error *error)
{
	struct arena arena = {0};
	struct bag_label labels[LABELS];
	struct bag_options options = bag_options_of(o, labels, &arena);
	bool good = fill(bag_open(path, &options, error), o, written, error);
	arena_free(&arena);
	return good;
}

bool outputs_list(const struct outputs *o,
                  void (*each)(void *context, struct str path, uint64_t size, const unsigned char sha256[SHA256_BYTES]),
                  void *context, struct error *error)
{
	struct arena arena = {0};
	struct bag_label labels[LABELS];
	struct bag_options options = bag_options_of(o, labels, &arena);
	options.each = each;
	options.each_context = context;
	bool good = fill(bag_open(NULL, &options, error), o, NULL, error);
	arena_free(&arena);
	return good;
}
