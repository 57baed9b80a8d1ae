#include "collect/hook.h"
#include "collect/spec.h"
#include "core/templates.h"
#include "tests/check.h"
#include "tests/render/scratch.h"

#include <sys/stat.h>

static struct arena arena;

/* What the last case says when it fails. */
static char said[8192];
#define SAY(...) snprintf(said + strlen(said), sizeof(said) - strlen(said), __VA_ARGS__)
#define SAYING(...)                                                                                                    \
	do {                                                                                                           \
		said[0] = '\0';                                                                                        \
		if (!CHECK(__VA_ARGS__)) fputs(said, stdout);                                                          \
	} while (0)

static const struct spec *find(const struct specs *specs, const char *format)
{
	for (size_t i = 0; i < specs->count; i++)
		if (str_eq(specs->specs[i].format, str_from(format))) return &specs->specs[i];
	return NULL;
}

static void check_builtin(void)
{
	struct specs specs;
	struct error error = {0};
	struct template_file *files;
	size_t n = templates_below(&arena, STR("formats/"), &files), formats = 0, whole = 0;
	if (!CHECK(specs_load(&specs, &arena, &error), "the specs in the program are loaded")) {
		printf("# %s: %s\n", error.file, error.message);
		return;
	}
	for (size_t i = 0; i < n; i++) formats += str_find(files[i].text, STR("\"format\"")) != SIZE_MAX;
	for (size_t i = 0; i < specs.count; i++) {
		const struct spec *s = &specs.specs[i];
		bool good =
		    s->format.len && s->file.len && s->record_count > 0 && (s->bid_count > 0 || s->name_prefix.len > 0);
		for (size_t k = 0; k < s->bid_count; k++)
			good &= s->bids[k].condition_count > 0 && s->bids[k].score >= 1 && s->bids[k].score <= 100;
		for (size_t k = 0; k < s->record_count; k++) {
			const struct record_spec *r = &s->records[k];
			bool facts = r->facts, other = r->events || r->secrets || r->commands;
			good &= r->at_count > 0 && r->projection && r->name.len > 0;
			good &= facts ? r->strings || r->fields[FIELD_SUBJECT]
			              : other || r->hook || !r->fields[FIELD_RULE] == !r->fields[FIELD_STATUS];
			good &= facts || other || r->hook || s->tool.len || r->fields[FIELD_TOOL];
		}
		if (!good) SAY("# %.*s is not whole\n", STR_ARG(s->file));
		whole += good;
	}
	CHECK(specs.count == formats && formats > 0, "each file that names a format is one spec (%zu)", specs.count);
	if (!CHECK(whole == specs.count,
	           "each can be recognised, and says where its records and their rule and status are"))
		fputs(said, stdout);
	static const char *const needed[] = {
	    "sarif",     "trivy",     "azure.pricing",          "azure.assessments",   "azure.subassessments",
	    "azure.aks", "azure.acr", "azure.acr-repositories", "azure.policy-states", "azure.account"};
	size_t found = 0;
	for (size_t i = 0; i < sizeof(needed) / sizeof(*needed); i++) found += find(&specs, needed[i]) != NULL;
	CHECK(found == sizeof(needed) / sizeof(*needed), "the formats of the case are there");
	const struct spec *assessments = find(&specs, "azure.assessments");
	CHECK(assessments && assessments->ignore_case && assessments->next && assessments->total &&
	          assessments->records[0].at_count == 4 && assessments->records[0].base_count == 2 &&
	          assessments->records[0].fields[FIELD_SCOPE],
	      "a spec that is like another has what it does not say from there, its records from \"record_defaults\"");
}

/* ---- specs of a folder laid over the program's ---- */

static bool load(struct specs *specs, const char *text, struct error *error)
{
	spit("formats/x.json", str_from(text));
	*error = (struct error){0};
	return templates_use(scratch_folder, error) && specs_load(specs, &arena, error);
}

static bool refused(const char *text, const char *key)
{
	struct specs specs;
	struct error error;
	bool loaded = load(&specs, text, &error);
	if (!loaded && error.kind == ERROR_INPUT && strstr(error.file, "x.json") && strstr(error.message, key))
		return true;
	SAY("# %s\n#     is %s %s: \"%s\"\n", text, loaded ? "taken," : "refused in", error.file, error.message);
	return false;
}

/* A whole spec with one record, into which members are put. */
#define SPEC(top, record)                                                                                              \
	"{\"format\": \"x\", \"bid\": [{\"score\": 50, \"has\": [\"/x\"]}], \"tool\": \"X\"" top                       \
	", \"records\": [{\"name\": \"r\", \"at\": [\"/x/*\"], \"rule\": \"/id\", \"status\": \"=fail\"" record "}]}"
#define BID(bid)                                                                                                       \
	"{\"format\": \"x\", \"bid\": [" bid                                                                           \
	"], \"records\": [{\"name\": \"r\", \"at\": [\"/x/*\"], \"rule\": \"/id\", \"status\": \"=fail\"}]}"
#define TOP(top) "{\"format\": \"x\", \"bid\": [{\"score\": 50, \"has\": [\"/x\"]}]" top "}"

static void check_broken(void)
{
	static const struct {
		const char *sentence, *text, *key;
	} rows[] = {
	    {"a member that no spec has", SPEC(", \"formt\": 1", ""), "formt"},
	    {"a member that no record has", SPEC("", ", \"serverity\": \"/s\""), "serverity"},
	    {"a secret where none is said to be found", SPEC("", ", \"secret\": \"/s\""), "secret"},
	    {"a secret from the document", SPEC("", ", \"secrets\": true, \"secret\": \"$/s\""), "secret"},
	    {"no records", TOP(""), "records"},
	    {"an empty list of records", TOP(", \"records\": []"), "records"},
	    {"records that are no list", TOP(", \"records\": {\"at\": [\"/x/*\"]}"), "records"},
	    {"a record that is no object", TOP(", \"records\": [3]"), "at"},
	    {"a record without a place", TOP(", \"records\": [{\"rule\": \"/id\"}]"), "at"},
	    {"a place that is no list", TOP(", \"records\": [{\"at\": \"/x/*\"}]"), "at"},
	    {"places that are no strings", TOP(", \"records\": [{\"at\": [3]}]"), "at"},
	    {"too many places",
	     TOP(", \"records\": [{\"at\": [\"/1\",\"/2\",\"/3\",\"/4\",\"/5\",\"/6\",\"/7\",\"/8\",\"/9\",\"/a\",\"/b\",\"/c\",\"/d\"]}]"),
	     "at"},
	    {"a place that is no path",
	     TOP(", \"records\": [{\"at\": [\"x/*\"], \"rule\": \"/id\", \"status\": \"=fail\"}]"), "at"},
	    {"a nature that there is not", SPEC("", ", \"nature\": \"weak\""), "nature"},
	    {"a nature that is no word", SPEC("", ", \"nature\": 3"), "nature"},
	    {"a field that is no expression", SPEC("", ", \"severity\": 3"), "severity"},
	    {"a field that is no path", SPEC("", ", \"title\": \"title\""), "title"},
	    {"an operator that there is not", SPEC("", ", \"title\": {\"upper\": \"/t\"}"), "title"},
	    {"a map without words", SPEC("", ", \"severity\": {\"map\": \"/s\", \"to\": 3}"), "severity"},
	    {"a line that needs the document", SPEC("", ", \"line\": \"$/line\""), "line"},
	    {"a message that needs the document", SPEC("", ", \"message\": \"^/text\""), "message"},
	    {"a hook that there is not", SPEC("", ", \"hook\": \"none\""), "hook"},
	    {"a hook that is no word", SPEC("", ", \"hook\": 3"), "hook"},
	    {"a hook without its fields", SPEC("", ", \"hook\": \"sarif\""), "rule_id"},
	    {"a hook's field that is no path",
	     SPEC("", ", \"hook\": \"sarif\", \"hook_fields\": {\"rule_id\": \"ruleId\"}"), "rule_id"},
	    {"requirements that are no list", SPEC("", ", \"require\": \"/id\""), "require"},
	    {"too many requirements", SPEC("", ", \"require\": [\"/1\",\"/2\",\"/3\",\"/4\",\"/5\",\"/6\",\"/7\"]"),
	     "require"},
	    {"capture times that are no list", SPEC("", ", \"captured\": \"/t\""), "captured"},
	    {"fingerprints that are no paths", SPEC("", ", \"fingerprints\": [3]"), "fingerprints"},
	    {"fingerprints at no path", SPEC("", ", \"fingerprints\": [\"prints\"]"), "fingerprints"},
	    {"too many fingerprints", SPEC("", ", \"fingerprints\": [\"/1\",\"/2\",\"/3\",\"/4\",\"/5\"]"),
	     "fingerprints"},
	    {"bases that are no strings", SPEC("", ", \"bases\": [3]"), "bases"},
	    {"too many bases", SPEC("", ", \"bases\": [\"/1\",\"/2\",\"/3\",\"/4\"]"), "bases"},
	    {"elements at no path", SPEC("", ", \"each\": \"x\""), "each"},
	    {"elements that are no path", SPEC("", ", \"each\": 3"), "each"},
	    {"names to omit that are no strings", SPEC("", ", \"omit\": [3]"), "omit"},
	    {"a document's expression that is none", SPEC(", \"next\": 3", ""), "next"},
	    {"a pointer to keep that is none", SPEC(", \"keep\": [\"x\"]", ""), "keep"},
	    {"a base that there is not", SPEC(", \"like\": \"none.json\"", ""), "like"},
	    {"a base that is no name", SPEC(", \"like\": 3", ""), "like"},
	    {"a bid without a score", BID("{\"has\": [\"/x\"]}"), "score"},
	    {"a score of 0", BID("{\"score\": 0, \"has\": [\"/x\"]}"), "score"},
	    {"a score of 101", BID("{\"score\": 101, \"has\": [\"/x\"]}"), "score"},
	    {"a bid's member that there is not", BID("{\"score\": 5, \"have\": [\"/x\"]}"), "have"},
	    {"a condition that is no string", BID("{\"score\": 5, \"has\": [3]}"), "has"},
	    {"a value that is no string", BID("{\"score\": 5, \"is\": {\"/x\": 3}}"), "is"},
	    {"a text that is no JSON", "{\"format\": \"x\",", ""},
	    {"a text that is no object", "[1]", ""},
	    {"an empty text", "", ""},
	    /* What is of a wrong kind is not passed over either. */
	    {"a condition that is no list: the bid would hold for any file", BID("{\"score\": 90, \"has\": \"/x\"}"),
	     "has"},
	    {"a bid without conditions: it would hold for any file", BID("{\"score\": 90}"), "bid"},
	    {"bids that are no list",
	     "{\"format\": \"x\", \"bid\": {\"score\": 5}, \"records\": [{\"name\": \"r\", \"at\": [\"/x/*\"], \"rule\": \"/id\", \"status\": \"=fail\"}]}",
	     "score"},
	    {"a tool that is no text",
	     TOP(", \"tool\": 3, \"records\": [{\"at\": [\"/x/*\"], \"rule\": \"/id\", \"status\": \"=fail\"}]"),
	     "tool"},
	    {"a switch that is neither true nor false", SPEC(", \"ignore_case\": \"yes\"", ""), "ignore_case"},
	    {"a record's switch that is neither", SPEC("", ", \"first\": \"yes\""), "first"},
	    {"a record's name that is no text",
	     TOP(", \"records\": [{\"name\": 3, \"at\": [\"/x/*\"], \"rule\": \"/id\", \"status\": \"=fail\"}]"),
	     "name"},
	    {"names to omit that are no list", SPEC("", ", \"omit\": \"id\""), "omit"},
	    {"bases that are no list", SPEC("", ", \"bases\": \"/properties\""), "bases"},
	    {"fingerprints that are no list", SPEC("", ", \"fingerprints\": \"/f\""), "fingerprints"},
	    {"pointers to keep that are no list", SPEC(", \"keep\": \"/x\"", ""), "keep"},
	    {"fields of a hook that it has not", SPEC("", ", \"hook_fields\": {\"nonsense\": \"/x\"}"), "hook_fields"},
	    {"a finding without a status: each of its records would be unreadable",
	     TOP(", \"tool\": \"X\", \"records\": [{\"name\": \"r\", \"at\": [\"/x/*\"], \"rule\": \"/id\"}]"),
	     "status"},
	    {"a second member of the same name", SPEC("", ", \"rule\": \"/other\""), "rule"},
	    {"text behind the object", SPEC("", "") " and more", ""},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		said[0] = '\0';
		if (!CHECK(refused(rows[i].text, rows[i].key), "%s: refused, with the file%s%s", rows[i].sentence,
		           rows[i].key[0] ? " and the key " : "", rows[i].key))
			fputs(said, stdout);
	}
	struct specs specs;
	struct error error;
	CHECK(!load(&specs, "{\"format\": \"x\",\n  \"tool\": oops}", &error) && error.line == 2 &&
	          error.column >= 10 && error.column <= 12,
	      "where the JSON ends is said with line and column (%u:%u)", error.line, error.column);
}

static struct sketch sketch_of(const struct specs *specs, const char *text)
{
	struct sketch sketch;
	sketch_read(&sketch, &specs->questions, &arena, str_from(text));
	return sketch;
}

static const char *chosen(const struct specs *specs, const char *text, const char *name)
{
	struct sketch sketch = sketch_of(specs, text);
	const struct spec *spec = specs_choose(specs, &sketch, str_from(name));
	return spec ? str_cstr(&arena, spec->format) : "none";
}

static void check_bids(void)
{
	struct specs specs;
	struct error error;
	CHECK(
	    load(
		&specs,
		"{\"format\": \"x\", \"bid\": [{\"score\": 99, \"has\": [\"/magic\", \"/more\"], \"any\": [\"/a\", \"/b\"], \"none\": [\"/not\", \"/nor\"], \"is\": {\"/kind\": \"X-*\"}}], \"tool\": \"X\","
		"\"records\": [{\"name\": \"r\", \"at\": [\"/x/*\"], \"rule\": \"/id\", \"status\": \"=fail\"}]}",
		&error) &&
		find(&specs, "x"),
	    "a spec of a folder stands beside the program's");
	CHECK(strcmp(chosen(&specs, "{\"magic\":1,\"more\":1,\"b\":1,\"kind\":\"x-ray\"}", "f.json"), "x") == 0,
	      "a bid holds when all of \"has\", one of \"any\", none of \"none\" and each \"is\" does");
	CHECK(strcmp(chosen(&specs, "{\"magic\":1,\"b\":1,\"kind\":\"x-ray\"}", "f.json"), "none") == 0 &&
	          strcmp(chosen(&specs, "{\"magic\":1,\"more\":1,\"kind\":\"x-ray\"}", "f.json"), "none") == 0 &&
	          strcmp(chosen(&specs, "{\"magic\":1,\"more\":1,\"b\":1,\"nor\":1,\"kind\":\"x-ray\"}", "f.json"),
	                 "none") == 0 &&
	          strcmp(chosen(&specs, "{\"magic\":1,\"more\":1,\"b\":1,\"kind\":\"y\"}", "f.json"), "none") == 0,
	      "and not when one fails");
	CHECK(
	    strcmp(chosen(&specs,
	                  "{\"version\":\"2.1.0\",\"runs\":[{\"tool\":{\"driver\":{\"name\":\"T\"}},\"results\":[]}]}",
	                  "trivy.json"),
	           "sarif") == 0,
	    "a format is recognised by content, whatever the file is called");
	CHECK(strcmp(chosen(&specs, "{\"SchemaVersion\":2,\"ArtifactName\":\"a\",\"Results\":[]}", "results.sarif"),
	             "trivy") == 0,
	      "whatever it is called");
	CHECK(strcmp(chosen(&specs, "[{\"Type\":\"Microsoft.Security/Assessments\",\"ID\":\"/x\"}]", "a.json"),
	             "azure.assessments") == 0,
	      "member names and values in another case are the same");
	CHECK(strcmp(chosen(&specs, "[\"a\",\"b\"]", "acr-repository-list-shop.json"), "azure.acr-repositories") == 0 &&
	          strcmp(chosen(&specs, "[]", "acr-repository-list-shop.json"), "azure.acr-repositories") == 0 &&
	          strcmp(chosen(&specs, "[\"a\"]", "other.json"), "none") == 0 &&
	          strcmp(chosen(&specs, "{\"a\":1}", "acr-repository-list-shop.json"), "none") == 0,
	      "a list of strings is what its name says, nothing else is");
	struct sketch sketch = sketch_of(&specs, "{\"magic\":1,\"more\":1,\"a\":1,\"kind\":\"X-1\"}");
	CHECK(spec_bid(&specs, find(&specs, "x"), &sketch, STR("")) == 99 &&
	          spec_bid(&specs, find(&specs, "sarif"), &sketch, STR("")) == 0,
	      "a bid is its score, or 0");
	CHECK(load(&specs, SPEC("", ""), &error) && find(&specs, "x"),
	      "a plain spec is taken, after all that was refused");
	const struct spec *x = find(&specs, "x");
	SAYING(x && x->record_count == 1 && x->records[0].at_count == 1 && str_eq(x->records[0].at[0], STR("/x/*")) &&
	           x->records[0].fields[FIELD_RULE] && !x->records[0].fields[FIELD_TITLE],
	       "with what it says");
}

#define RECORDS "\"records\": [{\"name\": \"r\", \"at\": [\"/x/*\"], \"rule\": \"/id\", \"status\": \"=fail\"}]"

/* Not every bid is looked at: the choice must be what it would be if all were. */
static bool is_best(const struct specs *specs, const char *text, const char *name)
{
	struct sketch sketch = sketch_of(specs, text);
	const struct spec *best = NULL;
	int most = 0;
	for (size_t i = 0; i < specs->count; i++) {
		int score = spec_bid(specs, &specs->specs[i], &sketch, str_from(name));
		if (score <= most) continue;
		most = score;
		best = &specs->specs[i];
	}
	return specs_choose(specs, &sketch, str_from(name)) == best;
}

static void check_choice(void)
{
	static const char *const texts[] = {
	    "{\"p\":1}",
	    "{\"P\":1}",
	    "{\"p\":1,\"q\":1}",
	    "{\"q\":1,\"p\":\"v\"}",
	    "{}",
	    "[]",
	    "[\"a\"]",
	    "{\"p\":1,\"version\":\"2.1.0\",\"runs\":[{\"tool\":{\"driver\":{\"name\":\"T\"}},\"results\":[]}]}",
	    "[{\"type\":\"Microsoft.Security/Assessments\",\"id\":\"/x\"}]",
	    "[{\"Type\":\"Microsoft.Security/Assessments\",\"ID\":\"/x\",\"p\":1}]",
	    "{\"tie\":1,\"version\":\"2.1.0\",\"runs\":[]}",
	    "{\"version\":\"2.1.0\",\"runs\":[],\"tie\":1}",
	    "{\"value\":[]}",
	    "{\"kind\":\"List\",\"items\":[{\"kind\":\"Pod\"}]}"};
	static const char *const names[] = {"f.json", "acr-repository-list-shop.json", "account-list.json"};
	struct specs specs;
	struct error error;
	size_t bad = 0;
	CHECK(
	    load(
		&specs,
		"{\"format\": \"x\", \"tool\": \"X\", \"bid\": [{\"score\": 3, \"none\": [\"/q\"]}, {\"score\": 95, \"has\": [\"/tie\"]}, {\"score\": 40, \"any\": "
		"[]}, {\"score\": 20, \"has\": [\"/p\"]}, {\"score\": 30, \"none\": [\"/no\"], \"is\": {\"/p\": "
		"\"V\"}}], " RECORDS "}",
		&error),
	    "a spec that bids in several ways is taken");
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		for (size_t k = 0; k < sizeof(names) / sizeof(*names); k++)
			if (!is_best(&specs, texts[i], names[k])) {
				bad++;
				printf("# %s in %s\n", texts[i], names[k]);
			}
	CHECK(bad == 0, "the spec that is chosen bids highest, and is the first of those");
	CHECK(strcmp(chosen(&specs, "{\"unheard\":1}", "f.json"), "x") == 0 &&
	          strcmp(chosen(&specs, "{\"q\":1}", "f.json"), "none") == 0,
	      "a bid may ask for nothing but what must not be there");
}

int main(void)
{
	scratch_open();
	if (mkdir(at("formats"), 0700) != 0) abort();
	check_builtin();
	check_broken();
	check_bids();
	check_choice();
	scratch_close();
	arena_free(&arena);
	return check_done();
}
