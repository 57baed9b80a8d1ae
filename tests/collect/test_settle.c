#include "collect/collect.h"
#include "tests/check.h"
#include "tests/render/scratch.h"

static struct arena arena;
static struct snapshot s;

/* What the last case says when it fails. */
static char said[8192];
#define SAY(...) snprintf(said + strlen(said), sizeof(said) - strlen(said), __VA_ARGS__)
#define SAYING(...)                                                                                                    \
	do {                                                                                                           \
		said[0] = '\0';                                                                                        \
		if (!CHECK(__VA_ARGS__)) fputs(said, stdout);                                                          \
	} while (0)

static void put(const char *name, const char *text) { spit(str_printf(&arena, "in/%s", name).ptr, str_from(text)); }

static void begin(void)
{
	if (shell("rm -rf in && mkdir in") != 0) abort();
}

static bool read_in(void)
{
	struct error error = {0};
	struct collect_options options = {.threads = 2};
	const char *path = at("in");
	bool good = collect(&s, &path, 1, &options, &error);
	if (!good) printf("# %s: %s\n", error.file, error.message);
	return good;
}

static const struct input *input(const char *name)
{
	for (uint32_t i = 0; i < s.input_count; i++)
		if (str_eq(snapshot_string(&s, s.inputs[i].path), str_from(name))) return &s.inputs[i];
	static const struct input none;
	return &none;
}

static const struct unit *unit(const char *tool, const char *target)
{
	uint32_t number = snapshot_find_unit(&s, str_from(tool), str_from(target));
	static const struct unit none;
	if (number == UINT32_MAX) SAY("# there is no unit %s, %s\n", tool, target);
	return number == UINT32_MAX ? &none : &s.units[number];
}

static uint32_t warnings(const char *code)
{
	uint32_t count = 0;
	for (uint32_t i = 0; i < s.warning_count; i++) count += strcmp(s.warnings[i].code, code) == 0;
	return count;
}

static void say_all(void)
{
	for (uint32_t i = 0; i < s.input_count; i++)
		SAY("# %.*s: %llu records%s%s%s%s\n", STR_ARG(snapshot_string(&s, s.inputs[i].path)),
		    (unsigned long long)s.inputs[i].records, s.inputs[i].truncated ? ", truncated" : "",
		    s.inputs[i].joined ? ", joined" : "", s.inputs[i].superseded ? ", superseded" : "",
		    s.inputs[i].duplicate ? ", duplicate" : "");
	for (uint32_t i = 0; i < s.unit_count; i++)
		SAY("# unit %.*s, %.*s: %s%s\n", STR_ARG(snapshot_string(&s, s.units[i].tool)),
		    STR_ARG(snapshot_string(&s, s.units[i].target)), s.units[i].assessed ? "assessed" : "not assessed",
		    s.units[i].touched ? ", touched" : "");
	for (uint32_t i = 0; i < s.warning_count; i++)
		SAY("# warning %s: %.*s\n", s.warnings[i].code, STR_ARG(snapshot_string(&s, s.warnings[i].message)));
}

static bool holds(bool condition)
{
	if (!condition) say_all();
	return condition;
}

/* ---- Azure assessments: pages ---- */

#define DEFENDER "Microsoft Defender for Cloud"
#define ASSESSMENT(resource, key, when)                                                                                                  \
	"{\"id\":\"/subscriptions/S/resourceGroups/g/providers/p/" resource                                                              \
	"/providers/Microsoft.Security/assessments/" key "\",\"name\":\"" key                                                            \
	"\",\"type\":\"Microsoft.Security/assessments\",\"properties\":{\"status\":{\"code\":\"Unhealthy\",\"statusChangeDate\":\"" when \
	"\"},\"displayName\":\"d\",\"resourceDetails\":{\"id\":\"/subscriptions/S/resourceGroups/g/providers/p/" resource                \
	"\"}}}"
#define NEXT ",\"nextLink\":\"https://management.azure.com/next\"}"

static void check_pages(void)
{
	begin();
	put("p1.json", "{\"value\":[" ASSESSMENT("a", "k1", "2026-03-01T08:00:00Z") "]" NEXT);
	SAYING(read_in() &&
	           holds(input("p1.json")->truncated && !input("p1.json")->joined && unit(DEFENDER, "S k1")->touched &&
	                 !unit(DEFENDER, "S k1")->assessed && warnings("truncated_export") == 1),
	       "a page with a next link alone is cut off: its unit is not assessed");
	snapshot_free(&s);

	begin();
	put("p1.json", "{\"value\":[" ASSESSMENT("a", "k1", "2026-03-01T08:00:00Z") "," ASSESSMENT(
			   "a", "k2", "2026-03-01T08:00:00Z") "]" NEXT);
	put("p2.json", "{\"value\":[" ASSESSMENT("b", "k1", "2026-03-01T08:00:00Z") "," ASSESSMENT(
			   "b", "k2", "2026-03-01T08:00:00Z") "]}");
	SAYING(read_in() && holds(input("p1.json")->joined && unit(DEFENDER, "S k1")->assessed &&
	                          unit(DEFENDER, "S k2")->assessed && s.finding_count == 4),
	       "with the last page beside it they are one export, and its units assessed");
	snapshot_free(&s);

	begin();
	put("p1.json", "{\"value\":[" ASSESSMENT("a", "k1", "2026-03-01T08:00:00Z") "]" NEXT);
	put("p2.json", "{\"value\":[" ASSESSMENT("b", "k1", "2026-03-02T08:00:00Z") "]}");
	SAYING(
	    read_in() && holds(!input("p1.json")->superseded && !input("p2.json")->superseded &&
	                       input("p1.json")->joined && unit(DEFENDER, "S k1")->assessed),
	    "a page whose records changed earlier is no earlier capture: pages of one export do not supersede one another");
	snapshot_free(&s);

	begin();
	put("p1.json", "{\"value\":[" ASSESSMENT("a", "k1", "2026-03-01T08:00:00Z") "," ASSESSMENT(
			   "a", "k2", "2026-03-01T08:00:00Z") "]" NEXT);
	put("p2.json", "{\"value\":[" ASSESSMENT("b", "k1", "2026-03-01T08:00:00Z") "," ASSESSMENT(
			   "b", "k2", "2026-03-01T08:00:00Z") "]" NEXT);
	SAYING(read_in() &&
	           holds(!input("p1.json")->joined && !input("p2.json")->joined && !unit(DEFENDER, "S k1")->assessed),
	       "pages that all link on are still cut off");
	snapshot_free(&s);

	begin();
	put("p1.json",
	    "{\"nextLink\":\"https://next\",\"value\":[" ASSESSMENT("a", "k1", "2026-03-01T08:00:00Z") "," ASSESSMENT(
		"a", "k2", "2026-03-01T08:00:00Z") ",{\"id\":\"/subscr");
	put("p2.json", "{\"value\":[" ASSESSMENT("b", "k1", "2026-03-01T08:00:00Z") "," ASSESSMENT(
			   "b", "k2", "2026-03-01T08:00:00Z") "]}");
	SAYING(read_in() &&
	           holds(input("p1.json")->truncated && !input("p1.json")->joined && !unit(DEFENDER, "S k1")->assessed),
	       "a page whose bytes end inside stays cut off, whatever pages follow it");
	snapshot_free(&s);

	begin();
	put("p1.json", "{\"count\":2,\"total_records\":4,\"skip_token\":\"x\",\"data\":[" ASSESSMENT(
			   "a", "k1", "2026-03-01T08:00:00Z") "," ASSESSMENT("a", "k2", "2026-03-01T08:00:00Z") "]}");
	put("p2.json", "{\"count\":2,\"total_records\":4,\"data\":[" ASSESSMENT(
			   "b", "k1", "2026-03-01T08:00:00Z") "," ASSESSMENT("b", "k2", "2026-03-01T08:00:00Z") "]}");
	SAYING(read_in() &&
	           holds(input("p1.json")->joined && input("p2.json")->joined && unit(DEFENDER, "S k1")->assessed),
	       "pages whose records add up to the total are joined");
	snapshot_free(&s);

	begin();
	put("p1.json", "{\"count\":2,\"total_records\":5,\"skip_token\":\"x\",\"data\":[" ASSESSMENT(
			   "a", "k1", "2026-03-01T08:00:00Z") "," ASSESSMENT("a", "k2", "2026-03-01T08:00:00Z") "]}");
	put("p2.json", "{\"count\":2,\"total_records\":5,\"data\":[" ASSESSMENT(
			   "b", "k1", "2026-03-01T08:00:00Z") "," ASSESSMENT("b", "k2", "2026-03-01T08:00:00Z") "]}");
	SAYING(read_in() && holds(!input("p1.json")->joined && !unit(DEFENDER, "S k1")->assessed &&
	                          unit(DEFENDER, "S k1")->touched),
	       "not when one is missing");
	snapshot_free(&s);

	begin();
	put("p1.json", "{\"count\":2,\"total_records\":4,\"skip_token\":\"x\",\"data\":[" ASSESSMENT(
			   "a", "k1", "2026-03-01T08:00:00Z") "," ASSESSMENT("a", "k2", "2026-03-01T08:00:00Z") "]}");
	put("p1-copy.json",
	    "{\"count\":2,\"total_records\":4,\"skip_token\":\"x\",\"data\":[" ASSESSMENT(
		"a", "k1", "2026-03-01T08:00:00Z") "," ASSESSMENT("a", "k2", "2026-03-01T08:00:00Z") "]}");
	SAYING(read_in() &&
	           holds(!unit(DEFENDER, "S k1")->assessed && warnings("duplicate_file") == 1 && s.finding_count == 2),
	       "a page twice is not two pages");
	snapshot_free(&s);
}

/* Four files, each with two records of k1 and k2, `more` behind them; `days` are those of the month on which each was dated. */
static void put_pages(const char *const names[4], const char *const resources[4], const char *const days[4],
                      const char *const more[4])
{
	begin();
	for (int i = 0; i < 4; i++) {
		struct buf text = {0};
		if (!names[i]) continue;
		buf_add(&text, STR("{\"value\":["));
		for (int k = 1; k <= 2; k++)
			buf_printf(
			    &text,
			    "%s{\"id\":\"/subscriptions/S/resourceGroups/g/providers/p/%s/providers/Microsoft.Security/"
			    "assessments/k%d\",\"name\":\"k%d\",\"type\":\"Microsoft.Security/assessments\",\"properties\":"
			    "{\"status\":{\"code\":\"Unhealthy\",\"statusChangeDate\":\"2026-03-%sT08:00:00Z\"},"
			    "\"displayName\":\"d\",\"resourceDetails\":{\"id\":"
			    "\"/subscriptions/S/resourceGroups/g/providers/p/%s\"}}}",
			    k > 1 ? "," : "", resources[i], k, k, days[i], resources[i]);
		buf_printf(&text, "]%s", more[i]);
		buf_char(&text, '\0');
		put(names[i], text.ptr);
		buf_free(&text);
	}
}

static uint32_t superseded(void)
{
	uint32_t count = 0;
	for (uint32_t i = 0; i < s.input_count; i++) count += s.inputs[i].superseded;
	return count;
}

static void check_captures_of_pages(void)
{
	static const char
	    *const twice[] = {"fri1.json", "fri2.json", "mon1.json", "mon2.json"},
		   *const once[] = {"fri1.json", "fri2.json", "mon1.json", NULL}, *const of[] = {"a", "b", "a", "b"},
		   *const parts[] = {"a", "b", "c", "a"}, *const days[] = {"05", "04", "02", "01"},
		   *const linked[] = {NEXT, "}", NEXT, "}"}, *const last[] = {NEXT, NEXT, "}", "}"},
		   *const total[] = {",\"total_records\":4,\"count\":2}", ",\"total_records\":4,\"count\":2}",
	                             ",\"total_records\":4,\"count\":2}", ",\"total_records\":4,\"count\":2}"};
	put_pages(twice, of, days, linked);
	SAYING(read_in() && holds(input("mon1.json")->superseded && input("mon2.json")->superseded &&
	                          superseded() == 2 && input("fri1.json")->joined && unit(DEFENDER, "S k1")->assessed),
	       "of two captures in two pages each, the pages of the later count");
	snapshot_free(&s);

	put_pages(twice, of, days, total);
	SAYING(read_in() && holds(input("mon1.json")->superseded && input("mon2.json")->superseded &&
	                          superseded() == 2 && unit(DEFENDER, "S k1")->assessed),
	       "likewise where totals say that there are pages");
	snapshot_free(&s);

	put_pages(once, (const char *const[]){"a", "b", "a", NULL}, days, (const char *const[]){NEXT, "}", "}", NULL});
	SAYING(read_in() &&
	           holds(input("mon1.json")->superseded && superseded() == 1 && unit(DEFENDER, "S k1")->assessed),
	       "a later capture in pages supersedes an earlier one in a single file");
	snapshot_free(&s);

	put_pages(twice, (const char *const[]){"a", "b", "a", "c"}, days, (const char *const[]){NEXT, NEXT, NEXT, "}"});
	SAYING(read_in() && holds(superseded() == 0 && unit(DEFENDER, "S k1")->assessed),
	       "with one last page they are one capture, though two of them repeat a record");
	snapshot_free(&s);

	put_pages(twice, parts, days, last);
	SAYING(read_in() && holds(superseded() == 1 && input("mon2.json")->superseded),
	       "what nobody speaks of again stays");
	snapshot_free(&s);
}

/* ---- SARIF: captures ---- */

#define RUN(tool, id, when, results)                                                                                   \
	"{\"tool\":{\"driver\":{\"name\":\"" tool "\"}},\"automationDetails\":{\"id\":\"" id                           \
	"/\"},\"invocations\":[{\"executionSuccessful\":true,\"endTimeUtc\":\"" when "\"}],\"results\":[" results "]}"
#define SARIF(runs) "{\"version\":\"2.1.0\",\"runs\":[" runs "]}"
#define RESULT(rule) "{\"ruleId\":\"" rule "\",\"message\":{\"text\":\"m\"}}"

static void check_captures(void)
{
	begin();
	put("new.sarif", SARIF(RUN("T", "u", "2026-03-02T08:00:00Z", RESULT("B"))));
	put("old.sarif", SARIF(RUN("T", "u", "2026-03-01T08:00:00Z", RESULT("A") "," RESULT("B"))));
	SAYING(read_in() && holds(input("old.sarif")->superseded && !input("new.sarif")->superseded &&
	                          warnings("superseded_capture") == 1 && unit("T", "u")->assessed),
	       "of two captures of a unit the latest counts, and the other is warned about");
	snapshot_free(&s);

	begin();
	put("new.sarif", SARIF(RUN("T", "u", "2026-03-02T08:00:00Z", "")));
	put("old.sarif", SARIF(RUN("T", "u", "2026-03-01T08:00:00Z", RESULT("A"))));
	SAYING(read_in() && holds(input("old.sarif")->superseded),
	       "a later run that finds nothing supersedes an earlier one that found something");
	snapshot_free(&s);

	begin();
	put("a.sarif", SARIF(RUN("T", "u", "2026-03-02T08:00:00Z", RESULT("B"))));
	put("b.sarif", SARIF(RUN("T", "v", "2026-03-01T08:00:00Z", RESULT("B"))));
	put("c.sarif", SARIF(RUN("U", "u", "2026-03-01T08:00:00Z", RESULT("B"))));
	SAYING(read_in() && holds(warnings("superseded_capture") == 0),
	       "another unit's capture, and another tool's, stay");
	snapshot_free(&s);

	begin();
	put("a.sarif", SARIF(RUN("T", "u", "2026-03-01T08:00:00Z", RESULT("B"))));
	put("b.sarif", SARIF(RUN("T", "u", "2026-03-01T08:00:00Z", RESULT("C"))));
	SAYING(read_in() && holds(warnings("superseded_capture") == 0), "two of the same moment both count");
	snapshot_free(&s);

	begin();
	put("new.sarif", "{\"version\":\"2.1.0\",\"runs\":[" RUN("T", "u", "2026-03-02T08:00:00Z",
	                                                         RESULT("B") "," RESULT("C")) ",{\"tool\"");
	put("old.sarif", SARIF(RUN("T", "u", "2026-03-01T08:00:00Z", RESULT("A"))));
	SAYING(read_in() &&
	           holds(!input("old.sarif")->superseded && unit("T", "u")->touched && !unit("T", "u")->assessed),
	       "a later capture that is cut off supersedes none, and its unit is not assessed");
	snapshot_free(&s);

	begin();
	put("new.sarif",
	    "{\"version\":\"2.1.0\",\"runs\":[{\"tool\":{\"driver\":{\"name\":\"T\"}},\"automationDetails\":{\"id\":\"u/\"},\"invocations\":[{\"executionSuccessful\":false,\"endTimeUtc\":\"2026-03-02T08:00:00Z\"}],\"results\":[]}]}");
	put("old.sarif", SARIF(RUN("T", "u", "2026-03-01T08:00:00Z", RESULT("A"))));
	SAYING(read_in() &&
	           holds(!input("old.sarif")->superseded && !unit("T", "u")->assessed && warnings("failed_scan") == 1),
	       "nor does one that failed");
	snapshot_free(&s);

	begin();
	put("old.sarif",
	    "{\"version\":\"2.1.0\",\"runs\":[" RUN("T", "u", "2026-03-01T08:00:00Z", RESULT("B")) ",{\"tool\"");
	put("new.sarif", SARIF(RUN("T", "u", "2026-03-02T08:00:00Z", RESULT("A"))));
	SAYING(read_in() && holds(input("old.sarif")->superseded && unit("T", "u")->assessed),
	       "an earlier one that is cut off does not touch what a later one assessed");
	snapshot_free(&s);

	begin();
	put("both.sarif", SARIF(RUN("T", "u", "2026-03-01T08:00:00Z",
	                            RESULT("A")) "," RUN("T", "v", "2026-03-01T08:00:00Z", RESULT("A"))));
	put("new.sarif", SARIF(RUN("T", "u", "2026-03-02T08:00:00Z", RESULT("A"))));
	SAYING(read_in() && holds(!input("both.sarif")->superseded),
	       "a file stays while one of its units has no later capture");
	SAYING(holds(s.warning_count > 0), "and that both count for the other is warned about");
	snapshot_free(&s);

	begin();
	put("a.sarif", SARIF(RUN("T", "u", "2026-03-01T08:00:00Z", RESULT("A"))));
	put("b.sarif", SARIF(RUN("T", "u", "2026-03-02T08:00:00Z", RESULT("A"))));
	put("c.sarif", SARIF(RUN("T", "u", "2026-03-03T08:00:00Z", RESULT("A"))));
	SAYING(read_in() &&
	           holds(input("a.sarif")->superseded && input("b.sarif")->superseded && !input("c.sarif")->superseded),
	       "of three the last counts");
	snapshot_free(&s);
}

/* ---- Trivy: classes of records ---- */

#define TRIVY(when, results)                                                                                           \
	"{\"SchemaVersion\":2,\"CreatedAt\":\"" when                                                                   \
	"\",\"ArtifactName\":\"reg/app:1\",\"ArtifactType\":\"container_image\",\"Results\":[" results "]}"
#define VULNERABILITIES                                                                                                \
	"{\"Target\":\"app\",\"Class\":\"os-pkgs\",\"Vulnerabilities\":[{\"VulnerabilityID\":\"CVE-1\",\"PkgName\":\"zlib\",\"InstalledVersion\":\"1\",\"Severity\":\"HIGH\"}]}"
#define MISCONFIGURATIONS                                                                                              \
	"{\"Target\":\"Dockerfile\",\"Class\":\"config\",\"Misconfigurations\":[{\"ID\":\"DS1\",\"Status\":\"FAIL\",\"Severity\":\"LOW\",\"Message\":\"m\"}]}"

static void check_classes(void)
{
	begin();
	put("a.json", TRIVY("2026-03-01T08:00:00Z", VULNERABILITIES));
	put("b.json", TRIVY("2026-03-02T08:00:00Z", MISCONFIGURATIONS));
	SAYING(read_in() && holds(!input("a.json")->superseded && !input("b.json")->superseded &&
	                          unit("Trivy", "reg/app")->assessed),
	       "a later scan for another class of records supersedes none: both count");
	SAYING(holds(s.warning_count > 0), "with a warning");
	snapshot_free(&s);

	begin();
	put("a.json", TRIVY("2026-03-01T08:00:00Z", VULNERABILITIES));
	put("b.json", TRIVY("2026-03-02T08:00:00Z", MISCONFIGURATIONS "," VULNERABILITIES));
	SAYING(read_in() && holds(input("a.json")->superseded), "one that covers its classes does");
	snapshot_free(&s);

	begin();
	put("a.json", TRIVY("2026-03-01T08:00:00Z", VULNERABILITIES));
	put("b.json", TRIVY("2026-03-02T08:00:00Z", "{\"Target\":\"app\",\"Class\":\"os-pkgs\",\"Type\":\"alpine\"}"));
	SAYING(read_in() && holds(input("a.json")->superseded && unit("Trivy", "reg/app")->assessed),
	       "a later scan of the same class that found nothing does too: its results name the class");
	snapshot_free(&s);
}

static void check_duplicates(void)
{
	begin();
	put("a.sarif", SARIF(RUN("T", "u", "2026-03-01T08:00:00Z", RESULT("A"))));
	put("b.sarif", SARIF(RUN("T", "u", "2026-03-01T08:00:00Z", RESULT("A"))));
	SAYING(read_in() && holds(input("b.sarif")->duplicate && !input("a.sarif")->duplicate && s.finding_count == 1 &&
	                          unit("T", "u")->assessed),
	       "a file equal to the byte counts once");
	snapshot_free(&s);
	begin();
	put("acr-repository-list-one.json", "[\"app\"]");
	put("acr-repository-list-two.json", "[\"app\"]");
	SAYING(read_in() && holds(s.fact_count == 2 && !input("acr-repository-list-two.json")->duplicate &&
	                          unit("azure.acr-repositories", "one")->assessed &&
	                          unit("azure.acr-repositories", "two")->assessed),
	       "unless its scope comes from its name");
	snapshot_free(&s);
	begin();
	put("acr-repository-list-none.json", "[]");
	SAYING(read_in() && holds(unit("azure.acr-repositories", "none")->assessed && s.fact_count == 0),
	       "an empty list that its name scopes is an assessment with no records");
	snapshot_free(&s);
}

/* Security Hub dates its records, and not the list of them. */
#define HUB(id, resource, when)                                                                                             \
	"{\"SchemaVersion\":\"2018-10-08\",\"Id\":\"" id                                                                    \
	"\",\"ProductArn\":\"arn:aws:securityhub:eu-west-1::product/p/p\","                                                 \
	"\"ProductName\":\"P\",\"GeneratorId\":\"g\",\"AwsAccountId\":\"1\",\"Region\":\"eu-west-1\",\"UpdatedAt\":\"" when \
	"\",\"Severity\":{\"Label\":\"HIGH\"},\"Title\":\"t\",\"Resources\":[{\"Type\":\"Other\",\"Id\":\"" resource        \
	"\"}]}"

static void check_parts(void)
{
	begin();
	put("p1.json", "{\"Findings\":[" HUB("a", "r1", "2026-03-01T08:00:00Z") "]}");
	put("p2.json", "{\"Findings\":[" HUB("b", "r2", "2026-03-02T08:00:00Z") "]}");
	SAYING(read_in() && holds(!input("p1.json")->superseded && !input("p2.json")->superseded &&
	                          warnings("overlapping_captures") == 1 && unit("P", "1 eu-west-1")->assessed),
	       "files dated by records alone, none of them in both, are parts of one export, and both count");
	snapshot_free(&s);

	begin();
	put("p1.json",
	    "{\"Findings\":[" HUB("a", "r1", "2026-03-01T08:00:00Z") "," HUB("b", "r2", "2026-03-01T08:00:00Z") "]}");
	put("p2.json", "{\"Findings\":[" HUB("b", "r2", "2026-03-02T08:00:00Z") "]}");
	SAYING(read_in() && holds(input("p1.json")->superseded && !input("p2.json")->superseded),
	       "one that speaks of a record again was made later, and supersedes");
	snapshot_free(&s);
}

static void check_threads(void)
{
	begin();
	for (int i = 0; i < 40; i++)
		put(str_printf(&arena, "%02d.sarif", i).ptr,
		    str_printf(&arena, SARIF(RUN("T", "u%d", "2026-03-01T08:%02d:00Z", RESULT("A"))), i % 7, i).ptr);
	struct error error = {0};
	const char *path = at("in");
	uint32_t superseded[2] = {0}, first[2] = {0};
	for (int k = 0; k < 2; k++) {
		struct collect_options options = {.threads = k ? 7 : 1};
		if (!collect(&s, &path, 1, &options, &error)) abort();
		for (uint32_t i = 0; i < s.input_count; i++) superseded[k] += s.inputs[i].superseded ? i * i + 1 : 0;
		for (uint32_t i = 0; i < s.input_count; i++) first[k] = first[k] * 31 + s.inputs[i].first_finding;
		snapshot_free(&s);
	}
	SAYING(superseded[0] == superseded[1] && first[0] == first[1] && superseded[0] > 0,
	       "one thread and seven settle alike");
}

int main(void)
{
	scratch_open();
	check_pages();
	check_captures_of_pages();
	check_captures();
	check_classes();
	check_duplicates();
	check_parts();
	check_threads();
	scratch_close();
	arena_free(&arena);
	return check_done();
}
