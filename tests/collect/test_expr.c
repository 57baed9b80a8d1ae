#include "collect/expr.h"
#include "tests/check.h"

#include <stdlib.h>

static struct arena arena;

/* What the last case says when it fails. */
static char said[4096];
#define SAY(...) snprintf(said + strlen(said), sizeof(said) - strlen(said), __VA_ARGS__)
#define SAYING(...)                                                                                                    \
	do {                                                                                                           \
		said[0] = '\0';                                                                                        \
		if (!CHECK(__VA_ARGS__)) fputs(said, stdout);                                                          \
	} while (0)

/* The document and the place of the record in it: /runs/1/results/2. */
static const char *const document_text =
    "{\"name\":\"doc\",\"n\":12,\"yes\":true,\"no\":false,\"nil\":null,\"object\":{},"
    "\"runs\":[{\"id\":\"run0\"},{\"id\":\"run1\",\"tool\":{\"name\":\"T\"},"
    "\"groups\":[{\"ids\":[\"P\",\"Q\"],\"max\":7},{\"ids\":[\"Q\",\"R\"],\"max\":9}],\"results\":[]}],"
    "\"rules\":[{\"id\":\"A\",\"title\":\"first\",\"rules\":[{\"id\":\"B\",\"title\":\"inner\"}]},{\"id\":\"A\",\"title\":\"second\"},{\"title\":\"nameless\"}],"
    "\"byName\":{\"x\":{\"title\":\"named\"}}}";

static const struct str bases[] = {{"/properties", 11}, {"", 0}};
static const struct str ats[] = {{"/runs/*/results/*", 17}, {"/value/*", 8}};
static struct str kept[64];
static size_t kept_count;

static bool keep(void *context, struct str pointer)
{
	(void)context;
	if (pointer.len && pointer.ptr[0] != '/') return false;
	if (kept_count < 64) kept[kept_count++] = pointer;
	return true;
}

static bool was_kept(const char *pointer)
{
	for (size_t i = 0; i < kept_count; i++)
		if (str_eq(kept[i], str_from(pointer))) return true;
	return false;
}

static bool was_kept_below(const char *pointer)
{
	for (size_t i = 0; i < kept_count; i++)
		if (str_starts(kept[i], str_from(pointer))) return true;
	return false;
}

struct answer {
	struct str text;
	bool compiled;
	const char *problem;
	struct str problem_value;
	struct error error;
};

static struct answer ask(const char *expression, const char *record, const char *at, const uint32_t *indexes)
{
	struct answer answer = {0};
	struct projection *projection = projection_new(&arena, false);
	struct expr_compiler compiler = {.arena = &arena,
	                                 .projection = projection,
	                                 .bases = bases,
	                                 .base_count = 2,
	                                 .at = ats,
	                                 .at_count = 2,
	                                 .keep = keep,
	                                 .file = "spec.json"};
	kept_count = 0;
	cJSON *json = cJSON_Parse(expression), *root = cJSON_Parse(document_text);
	if (!json || !root) abort();
	struct expr *expr = expr_compile(&compiler, json, "key", &answer.error);
	cJSON_Delete(json);
	answer.compiled = expr != NULL;
	struct projected out = {0};
	struct json_fault fault;
	if (expr && project(projection, str_from(record), &out, &fault)) {
		struct expr_document document = {.root = root};
		struct evaluation v = {.arena = &arena,
		                       .fields = out.fields,
		                       .field_count = out.count,
		                       .document = &document,
		                       .at = str_from(at),
		                       .indexes = indexes,
		                       .index_count = 2,
		                       .problem_field = -1};
		answer.text = str_dup(&arena, expr_eval(expr, &v));
		answer.problem = v.problem;
		answer.problem_value = str_dup(&arena, v.problem_value);
		expr_document_free(&document);
	}
	projected_free(&out);
	cJSON_Delete(root);
	return answer;
}

static const uint32_t here[] = {1, 2};

/* The expression's value for the record is expected, without a problem. */
static bool gives(const char *expression, const char *record, const char *expected)
{
	struct answer a = ask(expression, record, "/runs/*/results/*", here);
	if (a.compiled && !a.problem && str_eq(a.text, str_from(expected))) return true;
	SAY("# %s of %s: %s \"%.*s\", expected \"%s\"\n", expression, record,
	    a.compiled ? a.problem ? a.problem : "gives" : a.error.message, STR_ARG(a.text), expected);
	return false;
}

static bool problem(const char *expression, const char *record, const char *words, const char *value)
{
	struct answer a = ask(expression, record, "/runs/*/results/*", here);
	if (a.compiled && a.problem && strstr(a.problem, words) && a.text.len == 0 &&
	    str_eq(a.problem_value, str_from(value)))
		return true;
	SAY("# %s of %s: \"%.*s\", %s \"%.*s\"\n", expression, record, STR_ARG(a.text),
	    a.problem ? a.problem : "no problem", STR_ARG(a.problem_value));
	return false;
}

/* It is refused with a message that names the file and the key. */
static bool refused(const char *expression)
{
	struct answer a = ask(expression, "{}", "/runs/*/results/*", here);
	if (!a.compiled && a.error.kind == ERROR_INPUT && strcmp(a.error.file, "spec.json") == 0 &&
	    strstr(a.error.message, "\"key\""))
		return true;
	SAY("# %s is %s \"%s\"\n", expression, a.compiled ? "taken" : "refused:", a.error.message);
	return false;
}

static void check_paths(void)
{
	SAYING(gives("\"/a/b\"", "{\"a\":{\"b\":\"x\"}}", "x") && gives("\"/a/b\"", "{\"a\":{}}", "") &&
	           gives("\"/a\"", "{\"a\":null}", ""),
	       "a pointer is the record's member, empty where it is absent or null");
	SAYING(gives("\"/a\"", "{\"a\":1.50}", "1.50") && gives("\"/a\"", "{\"a\":true}", "true") &&
	           gives("\"/a\"", "{\"a\":false}", "false") && gives("\"/a\"", "{\"a\":-1e3}", "-1e3"),
	       "numbers and booleans are text as written");
	SAYING(gives("\"/a\"", "{\"a\":\"x\\u00e9\\n\\\"\"}", "x\xc3\xa9\n\""), "escapes are read");
	SAYING(gives("\"/a/*/b\"", "{\"a\":[{\"b\":\"\"},{},{\"b\":\"x\"},{\"b\":\"y\"}]}", "x") &&
	           gives("\"/a/1\"", "{\"a\":[\"x\",\"y\"]}", "y"),
	       "\"*\" is any element, the first that is not empty; an index is an index");
	SAYING(gives("\"/a~1b/c~0d\"", "{\"a/b\":{\"c~d\":\"x\"}}", "x"), "~1 and ~0 are '/' and '~'");
	SAYING(problem("\"/a\"", "{\"a\":[1]}", "found an array", "") &&
	           problem("\"/a\"", "{\"a\":{}}", "found an object", ""),
	       "an array or object where a scalar is wanted is a problem");
	SAYING(gives("\"~/a\"", "{\"properties\":{\"a\":\"p\"},\"a\":\"t\"}", "p") &&
	           gives("\"~/a\"", "{\"a\":\"t\"}", "t") &&
	           gives("\"~/a\"", "{\"properties\":{\"a\":\"\"},\"a\":\"t\"}", "t"),
	       "\"~\" looks below each base in turn");
	SAYING(gives("\"=text = /a\"", "{}", "text = /a") && gives("\"=\"", "{}", ""), "\"=\" is text as it stands");
}

static void check_document(void)
{
	SAYING(gives("\"$/name\"", "{}", "doc") && gives("\"$/n\"", "{}", "12") && gives("\"$/yes\"", "{}", "true") &&
	           gives("\"$/no\"", "{}", "false") && gives("\"$/nil\"", "{}", "") &&
	           gives("\"$/object\"", "{}", "") && gives("\"$/none/at/all\"", "{}", ""),
	       "\"$\" is a member of the document, scalars as text");
	SAYING(gives("\"$/runs/*/id\"", "{}", "run1"), "a \"*\" of it takes the record's own indexes");
	SAYING(gives("\"^/id\"", "{}", "run1") && was_kept("/runs/*/id") && was_kept("/id"),
	       "\"^\" is a member of the object that holds the array, in each place a record may stand");
	SAYING(gives("\"^^/name\"", "{}", "doc") && gives("\"^/tool/name\"", "{}", "T") &&
	           gives("\"^^^/name\"", "{}", ""),
	       "\"^^\" goes one further out, and \"^^^\" past the document is empty");
	struct answer a = ask("\"^/n\"", "{}", "/value/*", here);
	SAYING(a.compiled && str_eq(a.text, STR("12")), "\"^\" goes by the place that was met");
	const uint32_t first[] = {0, 0}, past[] = {7, 0};
	SAYING(str_eq(ask("\"^/id\"", "{}", "/runs/*/results/*", first).text, STR("run0")) &&
	           ask("\"^/id\"", "{}", "/runs/*/results/*", past).text.len == 0,
	       "an index past the end is nothing");
	cJSON *json = cJSON_Parse("[0,1,2,3,4,5]");
	struct expr_document document = {.root = json};
	bool good = true;
	static const uint32_t walk[] = {0, 1, 4, 2, 5, 5, 0, 3};
	for (size_t i = 0; i < 8; i++) {
		const cJSON *node = expr_node(&document, STR("/*"), &walk[i], 1);
		good = good && node && node->valueint == (int)walk[i];
	}
	cJSON_Delete(json);
	SAYING(good, "elements are found forwards and backwards");
}

static void check_choices(void)
{
	SAYING(gives("[\"/a\", \"/b\", \"=c\"]", "{\"a\":\"\",\"b\":\"x\"}", "x") &&
	           gives("[\"/a\", \"=c\"]", "{}", "c") && gives("[\"/a\", [\"/b\"]]", "{}", "") &&
	           gives("[]", "{}", ""),
	       "a list is the first that is not empty");
	SAYING(gives("{\"all\": \"/a/*\"}", "{\"a\":[\"x\",\"\",null,\"y\",3]}", "x y 3") &&
	           gives("{\"all\": \"/a/*\"}", "{}", "") && gives("{\"all\": \"/a/*\"}", "{\"a\":[\"x\"]}", "x"),
	       "\"all\" is all values, one blank between them");
	SAYING(gives("{\"all\": \"~/a/*\"}", "{\"a\":[\"x\",\"y\"]}", "x y"), "below the bases too");
	SAYING(gives("{\"raw\": \"/a\"}", "{\"a\": [1, {\"b\": null}]}", "[1, {\"b\": null}]") &&
	           gives("{\"raw\": \"/a\"}", "{\"a\":null}", "") && gives("{\"raw\": \"/a\"}", "{}", ""),
	       "\"raw\" is the JSON text itself");
	SAYING(gives("{\"join\": [\"/a\", \"=b\", \"/c\"], \"with\": \"-\"}", "{\"a\":\"x\",\"c\":\"z\"}", "x-b-z") &&
	           gives("{\"join\": [\"/a\", \"=b\", \"/c\"], \"with\": \"-\"}", "{\"a\":\"x\"}", "x-b") &&
	           gives("{\"join\": [\"/a\", \"/c\"]}", "{\"a\":\"x\",\"c\":\"z\"}", "xz") &&
	           gives("{\"join\": [\"/a\"]}", "{}", ""),
	       "\"join\" puts what is not empty together");
	SAYING(gives("{\"join\": [\"/a\", \"=b\"], \"whole\": true}", "{}", "") &&
	           gives("{\"join\": [\"/a\", \"=b\"], \"whole\": true}", "{\"a\":\"x\"}", "xb"),
	       "or nothing, if it must be whole");
	SAYING(gives("{\"lower\": \"/a\"}", "{\"a\":\"ABC-\\u00c4\"}", "abc-\xc3\x84"),
	       "\"lower\" takes ASCII letters down");
	SAYING(gives("{\"if\": \"/a\", \"then\": \"=t\", \"else\": \"=e\"}", "{\"a\":\"x\"}", "t") &&
	           gives("{\"if\": \"/a\", \"then\": \"=t\", \"else\": \"=e\"}", "{}", "e") &&
	           gives("{\"if\": \"/a\", \"then\": \"=t\"}", "{}", "") &&
	           gives("{\"if\": \"/a\", \"else\": \"=e\"}", "{\"a\":\"x\"}", ""),
	       "\"if\" asks for what is not empty");
	SAYING(gives("{\"if\": \"/a\", \"is\": [\"q*\", \"*Z\"], \"then\": \"=t\", \"else\": \"=e\"}",
	             "{\"a\":\"xyz\"}", "t") &&
	           gives("{\"if\": \"/a\", \"is\": [\"q*\", \"*Z\"], \"then\": \"=t\", \"else\": \"=e\"}",
	                 "{\"a\":\"xy\"}", "e") &&
	           gives("{\"if\": \"/a\", \"is\": [\"\"], \"then\": \"=t\", \"else\": \"=e\"}", "{}", "t"),
	       "with \"is\" for what meets one of the patterns");
}

static void check_words(void)
{
	static const char *const
	    map = "{\"map\": \"/a\", \"to\": {\"Unhealthy\": \"fail\", \"Healthy\": \"pass\", \"\": \"manual\"}}",
	    *const with_else = "{\"map\": \"/a\", \"to\": {\"A\": \"fail\"}, \"else\": \"x\"}";
	SAYING(gives(map, "{\"a\":\"unHEALTHY\"}", "fail") && gives(map, "{\"a\":\"Healthy\"}", "pass") &&
	           gives(map, "{}", "manual"),
	       "\"map\" compares words without case, and no word is one");
	SAYING(problem(map, "{\"a\":\"Other\"}", "unknown word", "Other"),
	       "an unknown word is a problem that says the word");
	SAYING(gives(with_else, "{\"a\":\"zzz\"}", "x") && gives(with_else, "{}", "x") &&
	           gives("{\"map\": \"/a\", \"to\": {\"A\": \"fail\"}, \"else\": \"\"}", "{\"a\":\"zzz\"}", ""),
	       "with \"else\" it is that, even if that is nothing");
	SAYING(gives("{\"map\": \"/a\", \"to\": {\"A\": \"fail\"}}", "{}", ""), "an absent word is nothing");
	static const char *const bands =
	    "{\"bands\": \"/a\", \"from\": [[9, \"critical\"], [7, \"high\"], [0.1, \"low\"]]}";
	SAYING(gives(bands, "{\"a\":9.8}", "critical") && gives(bands, "{\"a\":9}", "critical") &&
	           gives(bands, "{\"a\":8.99}", "high") && gives(bands, "{\"a\":\"7.0\"}", "high") &&
	           gives(bands, "{\"a\":0.1}", "low"),
	       "\"bands\" is the first bound that the number reaches");
	SAYING(gives(bands, "{\"a\":0}", "") && gives(bands, "{\"a\":-1}", "") && gives(bands, "{\"a\":\"n/a\"}", "") &&
	           gives(bands, "{}", "") && gives(bands, "{\"a\":1e999}", ""),
	       "below all, and without a number, nothing");
}

static void check_cuts(void)
{
	SAYING(gives("{\"cut\": \"/a\", \"after\": \"/subscriptions/\", \"until\": \"/\"}",
	             "{\"a\":\"/Subscriptions/S-1/rg\"}", "S-1") &&
	           gives("{\"cut\": \"/a\", \"after\": \"/x/\", \"until\": \"/\"}", "{\"a\":\"p/x/q\"}", "q") &&
	           gives("{\"cut\": \"/a\", \"after\": \"/x/\"}", "{\"a\":\"p/x/q/r\"}", "q/r"),
	       "\"cut\" is the part between, found without case");
	SAYING(gives("{\"cut\": \"/a\", \"after\": \"/none/\", \"until\": \"/\"}", "{\"a\":\"p/x/q\"}", ""),
	       "without \"after\" in it nothing");
	SAYING(gives("{\"cut\": \"/a\", \"until\": \" (\"}", "{\"a\":\"alpine:3 (alpine 3.1)\"}", "alpine:3") &&
	           gives("{\"cut\": \"/a\", \"until\": \"#\"}", "{\"a\":\"abc\"}", "abc"),
	       "without \"until\" in it all of it");
	SAYING(gives("{\"cut\": \"/a\", \"after_last\": \"/\"}", "{\"a\":\"p/q/r\"}", "r") &&
	           gives("{\"cut\": \"/a\", \"after_last\": \"/\"}", "{\"a\":\"r\"}", "r") &&
	           gives("{\"cut\": \"/a\", \"after_last\": \"/\"}", "{\"a\":\"r/\"}", ""),
	       "\"after_last\" is what follows the last one, or all");
	SAYING(
	    gives("{\"image\": \"/a\"}", "{\"a\":\"reg.io:5000/team/app:1.2@sha256:abc\"}", "reg.io:5000/team/app") &&
		gives("{\"image\": \"/a\"}", "{\"a\":\"reg.io:5000/app\"}", "reg.io:5000/app") &&
		gives("{\"image\": \"/a\"}", "{\"a\":\"alpine:3.18\"}", "alpine") &&
		gives("{\"image\": \"/a\"}", "{\"a\":\"alpine\"}", "alpine") &&
		gives("{\"image\": \"/a\"}", "{\"a\":\"app@sha256:ab\"}", "app") &&
		gives("{\"image\": \"/a\"}", "{}", ""),
	    "\"image\" is registry and repository, without tag and digest; a port is no tag");
}

static void check_lookup(void)
{
	static const char *const flat =
	    "{\"lookup\": \"$/rules\", \"by\": \"/id\", \"key\": \"/r\", \"get\": \"/title\"}";
	SAYING(gives(flat, "{\"r\":\"A\"}", "first") && gives(flat, "{\"r\":\"Z\"}", "") && gives(flat, "{}", "") &&
	           was_kept_below("/rules"),
	       "\"lookup\" is a member of the list's first element whose \"by\" is the key");
	SAYING(
	    gives(flat, "{\"r\":\"B\"}", "") &&
		gives(
		    "{\"lookup\": \"$/rules\", \"by\": \"/id\", \"key\": \"/r\", \"get\": \"/title\", \"deep\": true}",
		    "{\"r\":\"B\"}", "inner"),
	    "\"deep\" looks in lists of the same name within elements too");
	SAYING(gives("{\"lookup\": \"$/byName\", \"key\": \"/r\", \"get\": \"/title\"}", "{\"r\":\"x\"}", "named") &&
	           gives("{\"lookup\": \"$/nowhere\", \"by\": \"/id\", \"key\": \"/r\", \"get\": \"/title\"}",
	                 "{\"r\":\"x\"}", ""),
	       "in an object, without \"by\", the element of that name");
	static const char *const beside =
	    "{\"lookup\": \"^/groups\", \"by\": \"/ids/*\", \"key\": \"/r\", \"get\": \"/max\"}";
	SAYING(gives(beside, "{\"r\":\"Q\"}", "7") && gives(beside, "{\"r\":\"R\"}", "9") &&
	           gives(beside, "{\"r\":\"S\"}", "") && gives(beside, "{}", "") &&
	           was_kept("/runs/*/groups/*/ids/*") && was_kept("/runs/*/groups/*/max"),
	       "a list beside the record's is looked through for any of the values that \"by\" leads to");
}

static void check_needs(void)
{
	static const struct {
		const char *expression;
		bool needs;
	} rows[] = {{"\"/a\"", false},
	            {"\"~/a\"", false},
	            {"\"=a\"", false},
	            {"\"$/a\"", true},
	            {"\"^/a\"", true},
	            {"[\"/a\", [\"$/a\"]]", true},
	            {"{\"join\": [\"/a\", \"^/b\"]}", true},
	            {"{\"if\": \"/a\", \"then\": \"$/b\"}", true},
	            {"{\"if\": \"/a\", \"else\": \"=b\"}", false},
	            {"{\"map\": \"/a\", \"to\": {\"a\": \"b\"}}", false},
	            {"{\"lookup\": \"$/rules\", \"by\": \"/id\", \"key\": \"/r\", \"get\": \"/title\"}", true}};
	size_t good = 0, n = sizeof(rows) / sizeof(*rows);
	uint64_t bits[EXPR_FIELDS / 64] = {0};
	for (size_t i = 0; i < n; i++) {
		struct projection *projection = projection_new(&arena, false);
		struct expr_compiler c = {.arena = &arena,
		                          .projection = projection,
		                          .bases = bases,
		                          .base_count = 2,
		                          .at = ats,
		                          .at_count = 2,
		                          .keep = keep,
		                          .file = "spec.json"};
		struct error error;
		cJSON *json = cJSON_Parse(rows[i].expression);
		struct expr *e = expr_compile(&c, json, "key", &error);
		cJSON_Delete(json);
		good += e && expr_needs_document(e) == rows[i].needs;
		if (i == 6) expr_fields(e, bits);
		if (i == 1) expr_fields(e, bits + 1);
	}
	SAYING(good == n && !expr_needs_document(NULL), "it is known which expressions wait for the document");
	SAYING(bits[0] == 1 && bits[1] == 3, "and which fields of the record one reads");
	struct evaluation nothing = {.arena = &arena};
	SAYING(expr_eval(NULL, &nothing).len == 0, "no expression is empty");
}

static void check_refusals(void)
{
	static const char *const rows[] = {"3",
	                                   "true",
	                                   "null",
	                                   "\"a\"",
	                                   "\"a/b\"",
	                                   "\"?/a\"",
	                                   "{}",
	                                   "{\"any\": \"/a\"}",
	                                   "[\"/a\", 3]",
	                                   "{\"all\": 3}",
	                                   "{\"all\": \"=x\"}",
	                                   "{\"raw\": \"$/x\"}",
	                                   "{\"all\": [\"/a\"]}",
	                                   "{\"join\": [3]}",
	                                   "{\"map\": \"/a\"}",
	                                   "{\"map\": \"/a\", \"to\": {}}",
	                                   "{\"map\": \"/a\", \"to\": {\"A\": 3}}",
	                                   "{\"map\": 3, \"to\": {\"A\": \"b\"}}",
	                                   "{\"map\": \"/a\", \"to\": {\"A\": \"b\"}, \"or\": \"c\"}",
	                                   "{\"bands\": \"/a\"}",
	                                   "{\"bands\": \"/a\", \"from\": [[\"9\", \"high\"]]}",
	                                   "{\"bands\": \"/a\", \"from\": [[9]]}",
	                                   "{\"bands\": \"/a\", \"from\": [[9, 3]]}",
	                                   "{\"cut\": 3}",
	                                   "{\"cut\": \"/a\", \"before\": \"x\"}",
	                                   "{\"if\": \"/a\", \"is\": [3]}",
	                                   "{\"if\": \"/a\", \"is\": \"A*\"}",
	                                   "{\"if\": \"/a\", \"is\": []}",
	                                   "{\"if\": \"/a\", \"then\": 3}",
	                                   "{\"image\": {}}",
	                                   "{\"lower\": \"/a\", \"upper\": \"/b\"}",
	                                   "{\"lookup\": \"/rules\", \"key\": \"/a\"}",
	                                   "{\"lookup\": \"$/rules\", \"by\": \"/id\"}",
	                                   "{\"lookup\": \"^rules\", \"key\": \"/a\", \"get\": \"/b\"}",
	                                   "{\"lookup\": \"\", \"key\": \"/a\", \"get\": \"/b\"}",
	                                   "\"$a\"",
	                                   "\"^a\""};
	size_t n = sizeof(rows) / sizeof(*rows), good = 0;
	said[0] = '\0';
	for (size_t i = 0; i < n; i++) good += refused(rows[i]);
	if (!CHECK(good == n, "what is no expression is refused with the file and the key (%zu of %zu)", good, n))
		fputs(said, stdout);
	SAYING(refused("{\"map\": \"/a\", \"to\": [\"fail\"]}") &&
	           refused("{\"map\": \"/a\", \"to\": [[1, \"fail\"]]}"),
	       "a map needs an object of words, not a list");
	SAYING(refused("{\"bands\": \"/a\", \"from\": {\"9\": \"high\"}}"),
	       "bands need a list of [bound, word], not an object");
	SAYING(refused("{\"bands\": \"/a\", \"from\": [\"high\"]}"), "nor a list of words");
	SAYING(refused("{\"if\": \"/a\", \"is\": {\"A\": \"b\"}}"), "\"is\" needs a list of words, not an object");
	SAYING(refused("{\"join\": \"/a\"}"), "a join needs a list");
	SAYING(refused("{\"join\": [\"/a\"], \"with\": 3}") && refused("{\"join\": [\"/a\"], \"whole\": \"yes\"}"),
	       "its \"with\" is text, its \"whole\" true or false");
	SAYING(refused("{\"map\": \"/a\", \"to\": {\"A\": \"b\"}, \"else\": 3}"), "\"else\" of a map is text");
	SAYING(refused("{\"cut\": \"/a\"}") && refused("{\"cut\": \"/a\", \"after\": 3}"), "a cut says where");
	SAYING(refused("{\"cut\": \"/a\", \"after\": \"x\", \"after_last\": \"y\"}"), "but not twice");
	SAYING(refused("{\"cut\": \"/a\", \"after_last\": \"ab\"}"), "\"after_last\" is one character, as it is read");
	SAYING(refused("{\"lower\": \"/a\", \"image\": \"/b\"}"), "an expression has one operator");
	SAYING(refused("{\"lookup\": \"$/rules\", \"by\": \"/id\", \"key\": \"/a\"}"), "a lookup says what to get");
}

int main(void)
{
	check_paths();
	check_document();
	check_choices();
	check_words();
	check_cuts();
	check_lookup();
	check_needs();
	check_refusals();
	arena_free(&arena);
	return check_done();
}
