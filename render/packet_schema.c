#include "render/packet_schema.h"

#include <libxml/xmlreader.h>
#include <libxml/xmlschemas.h>
#include <stdio.h>

static const struct str report_name = {"data/report.xml", 15}, schema_name = {"data/report.xsd", 15};

enum { SCHEMA_MAX = 16 << 20 };

/* One XML file on its way through the parser. */
struct reading_xml {
	struct file file;
	uint64_t at;
	bool failed; /* reading did; why: */
	struct error *error;
	char fault[300]; /* the first; empty: none */
};

static int feed(void *context, char *dst, int capacity)
{
	struct reading_xml *r = context;
	size_t got = 0;
	if (!file_read(&r->file, r->at, dst, (size_t)capacity, &got, r->error)) {
		r->failed = true;
		return -1;
	}
	r->at += got;
	return (int)got;
}

/* The first fault in one line: libxml2's words may quote the file. */
static void note(void *context, xmlErrorPtr found)
{
	struct reading_xml *r = context;
	if (r->fault[0]) return;
	const char *words = found && found->message ? found->message : "is wrong";
	size_t n = (size_t)snprintf(r->fault, sizeof(r->fault), "line %d: ", found ? found->line : 0);
	for (; *words && *words != '\n' && n + 1 < sizeof(r->fault); words++)
		r->fault[n++] = (unsigned char)*words < 0x20 || (unsigned char)*words >= 0x7f ? '?' : *words;
	r->fault[n] = '\0';
}

static void read_through(struct reading_xml *r, xmlTextReaderPtr reader)
{
	int state;
	while ((state = xmlTextReaderRead(reader)) == 1)
		if (xmlTextReaderNodeType(reader) == XML_READER_TYPE_DOCUMENT_TYPE) {
			snprintf(r->fault, sizeof(r->fault), "it has a document type");
			return;
		}
	if (state < 0 && !r->fault[0]) snprintf(r->fault, sizeof(r->fault), "it is no XML");
}

/* schema NULL: well-formed will do. False: an error of reading. */
static bool judge_file(const struct file_origin *origin, const char *name, xmlSchemaPtr schema, struct reading_xml *r,
                       struct error *error)
{
	*r = (struct reading_xml){.error = error};
	if (!file_open(&r->file, origin, name, error)) return false;
	xmlTextReaderPtr reader = xmlReaderForIO(feed, NULL, r, name, NULL, XML_PARSE_NONET);
	if (!reader) memory_exhausted(0);
	xmlTextReaderSetStructuredErrorHandler(reader, note, r);
	if (schema && xmlTextReaderSetSchema(reader, schema) != 0)
		snprintf(r->fault, sizeof(r->fault), "it cannot be held against the schema");
	if (!r->fault[0]) read_through(r, reader);
	xmlFreeTextReader(reader);
	file_close(&r->file);
	return !r->failed;
}

static xmlSchemaPtr read_schema(struct str text)
{
	xmlSchemaParserCtxtPtr context = xmlSchemaNewMemParserCtxt(text.ptr, (int)text.len);
	xmlSchemaPtr schema = context ? xmlSchemaParse(context) : NULL;
	xmlSchemaFreeParserCtxt(context);
	return schema;
}

/* Whether the packet's own schema is the one given. */
static bool same_schema(struct packet *packet, struct str schema)
{
	struct buf own = {0};
	struct error none;
	bool same = packet_read_member(packet, schema_name, &own, SCHEMA_MAX, &none) && str_eq(buf_str(&own), schema);
	buf_free(&own);
	return same;
}

static bool is_report(struct str name)
{
	return str_starts(name, STR("data/")) && str_ends(name, STR(".xml")) &&
	       !str_starts(name, STR("data/evidence/")) && !str_starts(name, STR("data/options/"));
}

static bool judge_all(struct packet *packet, const struct file_origin *origin, xmlSchemaPtr schema, struct arena *arena,
                      struct verify_check *check, struct error *error)
{
	const struct packet_member *members;
	size_t count, files = 0;
	bool report = false;
	if (!packet_members(packet, &members, &count, error)) return false;
	for (size_t i = 0; i < count; i++) {
		struct reading_xml r;
		if (!is_report(members[i].name)) continue;
		bool this_one = str_eq(members[i].name, report_name);
		const char *name = str_cstr(arena, members[i].name);
		if (!judge_file(origin, name, this_one ? schema : NULL, &r, error)) return false;
		if (r.fault[0]) {
			check->detail = str_printf(arena, "%s: %s", name, r.fault);
			return true;
		}
		files++;
		report = report || this_one;
	}
	check->ok = true;
	check->detail =
	    str_printf(arena, "%zu XML files are well-formed%s", files,
	               !report  ? ""
	               : schema ? ", report.xml is valid against report.xsd"
	                        : "; report.xsd is that of another version, which report.xml is not held against");
	return true;
}

bool packet_schema(struct packet *packet, struct str schema, struct arena *arena, struct verify_check *check,
                   struct error *error)
{
	*check = (struct verify_check){.name = "schema", .detail = STR_EMPTY};
	const struct file_origin *origin = packet_origin(packet, error);
	if (!origin) return false;
	xmlSchemaPtr parsed = same_schema(packet, schema) ? read_schema(schema) : NULL;
	bool good = judge_all(packet, origin, parsed, arena, check, error);
	xmlSchemaFree(parsed);
	return good;
}
