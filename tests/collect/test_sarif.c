#include "collect/collect.h"
#include "core/error.h"
#include "tests/check.h"
#include "tests/render/scratch.h"

/* What the last case says when it fails. */
static char said[8192];
#define SAY(...) snprintf(said + strlen(said), sizeof(said) - strlen(said), __VA_ARGS__)
#define SAYING(...)                                                                                                    \
	do {                                                                                                           \
		said[0] = '\0';                                                                                        \
		if (!CHECK(__VA_ARGS__)) fputs(said, stdout);                                                          \
	} while (0)

static struct snapshot s;

static bool read_text(const char *text)
{
	struct error error = {0};
	struct collect_options options = {.threads = 1};
	spit("f.json", str_from(text));
	const char *path = at("f.json");
	bool good = collect(&s, &path, 1, &options, &error);
	if (!good) SAY("# %s: %s\n", error.file, error.message);
	return good && s.input_count == 1 && str_eq(snapshot_string(&s, s.inputs[0].format), STR("sarif"));
}

static bool word(const char *what, struct str got, const char *expected)
{
	if (str_eq(got, str_from(expected))) return true;
	SAY("# %s: \"%.*s\", expected \"%s\"\n", what, STR_ARG(got), expected);
	return false;
}

/* One result, with the rules and the extensions of its tool. */
#define DRIVER_RULES                                                                                                                 \
	"{\"id\":\"R0\",\"shortDescription\":{\"text\":\"zero\"},\"defaultConfiguration\":{\"level\":\"error\"}},"                   \
	"{\"id\":\"R1\",\"name\":\"one\",\"properties\":{\"security-severity\":\"9.1\",\"tags\":[\"external/cwe/cwe-079\",\"x\"]}}," \
	"{\"id\":\"R1\",\"name\":\"one again\"},"                                                                                    \
	"{\"id\":\"R2/sub\",\"fullDescription\":{\"text\":\"two\"},\"defaultConfiguration\":{\"level\":\"note\"}},"                  \
	"{\"id\":\"R2\",\"name\":\"two itself\",\"defaultConfiguration\":{\"level\":\"none\"}}"
#define TOOL                                                                                                           \
	"\"tool\":{\"driver\":{\"name\":\"T\",\"version\":\"1.2\",\"rules\":[" DRIVER_RULES "]},\"extensions\":["      \
	"{\"name\":\"empty\"},{\"name\":\"pack\",\"guid\":\"AAAA-1\",\"rules\":[{\"id\":\"P0\",\"name\":\"pack zero\",\"defaultConfiguration\":{\"level\":\"error\"}},{\"id\":\"R1\",\"name\":\"pack's one\"}]}]}"

static bool result(const char *members, const char *rule, const char *title, const char *severity)
{
	bool good = true;
	for (int first = 0; first < 2; first++) { /* results may stand before their tool */
		struct buf text = {0};
		buf_printf(&text,
		           "{\"version\":\"2.1.0\",\"runs\":[{%s\"results\":[{\"message\":{\"text\":\"m\"}%s%s}]%s}]}",
		           first ? "" : TOOL ",", members[0] ? "," : "", members, first ? "," TOOL : "");
		buf_char(&text, '\0');
		good = read_text(text.ptr) && s.finding_count == 1 && good;
		if (s.finding_count == 1) {
			const struct profile *p = snapshot_profile(&s, &s.findings[0]);
			good &= word("rule", snapshot_string(&s, p->rule), rule);
			good &= word("title", snapshot_string(&s, p->title), title);
			good &= word("severity", str_from(severity_names[p->severity]), severity);
		} else {
			SAY("# %u findings, %s\n", s.finding_count,
			    s.warning_count ? strings_get(&s.strings, s.warnings[0].message).ptr : "");
		}
		if (!good) SAY("#   of {%s}, results %s\n", members, first ? "before the tool" : "after the tool");
		buf_free(&text);
		snapshot_free(&s);
	}
	return good;
}

static void check_rules(void)
{
	SAYING(result("\"ruleIndex\":0", "R0", "zero", "high"), "a rule is found by ruleIndex alone");
	SAYING(result("\"ruleId\":\"R0\"", "R0", "zero", "high"), "by ruleId alone");
	SAYING(result("\"ruleId\":\"R1\"", "R1", "one", "critical"), "of two rules of one id it is the first");
	SAYING(result("\"ruleId\":\"R1\",\"ruleIndex\":2", "R1", "one again", "medium"),
	       "unless the index says the second");
	SAYING(result("\"rule\":{\"index\":0}", "R0", "zero", "high") &&
	           result("\"rule\":{\"id\":\"R0\"}", "R0", "zero", "high"),
	       "by rule.index and rule.id");
	SAYING(result("\"ruleId\":\"R1/a/b\"", "R1/a/b", "one", "critical"),
	       "an id finds the rule that it is below of, and stays the result's own");
	SAYING(result("\"ruleId\":\"R2/sub/x\"", "R2/sub/x", "two", "low") &&
	           result("\"ruleId\":\"R2/other\"", "R2/other", "two itself", "info"),
	       "the nearest one");
	SAYING(result("\"ruleId\":\"R1/a\",\"ruleIndex\":1", "R1/a", "one", "critical"),
	       "an index agrees with an id below its rule's");
	SAYING(result("\"ruleId\":\"R0\",\"ruleIndex\":1", "R0", "zero", "high"),
	       "an index that another id stands at is not believed");
	SAYING(result("\"ruleId\":\"R0\",\"ruleIndex\":99", "R0", "zero", "high") &&
	           result("\"ruleId\":\"R0\",\"ruleIndex\":-1", "R0", "zero", "high"),
	       "nor one past the end, nor -1");
	SAYING(result("\"rule\":{\"index\":0,\"toolComponent\":{\"index\":1}}", "P0", "pack zero", "high"),
	       "by index in an extension");
	SAYING(result("\"ruleId\":\"R1\",\"rule\":{\"toolComponent\":{\"index\":1}}", "R1", "pack's one", "medium"),
	       "by id in the extension that is named");
	SAYING(
	    result("\"ruleId\":\"R1\",\"rule\":{\"toolComponent\":{\"name\":\"pack\"}}", "R1", "pack's one",
	           "medium") &&
		result("\"rule\":{\"index\":1,\"toolComponent\":{\"guid\":\"aaaa-1\"}}", "R1", "pack's one", "medium"),
	    "an extension may be named by name or guid");
	SAYING(result("\"ruleId\":\"P0\"", "P0", "pack zero", "high"),
	       "an id that the driver lacks is looked for in the extensions");
	SAYING(result("\"ruleId\":\"R0\",\"rule\":{\"toolComponent\":{\"index\":7}}", "R0", "zero", "high"),
	       "an extension that is not there does not matter");
	SAYING(result("\"ruleId\":\"nowhere\"", "nowhere", "nowhere", "medium"),
	       "a rule that is nowhere: the id is the title, the level warning");
	SAYING(result("", "", "", "medium"), "no rule at all");
}

static void check_severity(void)
{
	SAYING(result("\"ruleId\":\"R0\",\"level\":\"note\"", "R0", "zero", "low") &&
	           result("\"ruleId\":\"R0\",\"level\":\"warning\"", "R0", "zero", "medium") &&
	           result("\"ruleId\":\"R0\",\"level\":\"none\"", "R0", "zero", "info") &&
	           result("\"ruleId\":\"nowhere\",\"level\":\"error\"", "nowhere", "nowhere", "high"),
	       "a result's level goes before its rule's");
	SAYING(result("\"ruleId\":\"R0\",\"level\":\"fatal\"", "R0", "zero", "unknown") &&
	           result("\"ruleId\":\"R0\",\"level\":\"Critical\"", "R0", "zero", "critical") &&
	           result("\"ruleId\":\"R0\",\"level\":\"Note\"", "R0", "zero", "low"),
	       "a level that SARIF does not have is a severity of ours, or unknown");
	SAYING(result("\"ruleId\":\"R1\",\"level\":\"note\"", "R1", "one", "critical"),
	       "a rule's security-severity goes before any level");
	SAYING(result("\"ruleId\":\"R1\",\"properties\":{\"security-severity\":\"3.9\"}", "R1", "one", "low") &&
	           result("\"ruleId\":\"R1\",\"properties\":{\"security-severity\":7}", "R1", "one", "high") &&
	           result("\"ruleId\":\"R1\",\"properties\":{\"security-severity\":\"4.0\"}", "R1", "one", "medium") &&
	           result("\"ruleId\":\"R1\",\"properties\":{\"security-severity\":\"8.9\"}", "R1", "one", "high"),
	       "a result's own before that, in bands of 9, 7 and 4");
	SAYING(result("\"ruleId\":\"R0\",\"properties\":{\"security-severity\":\"n/a\"}", "R0", "zero", "high"),
	       "what is no number is none");
}

static bool status_is(const char *members, const char *status)
{
	struct buf text = {0};
	buf_printf(
	    &text,
	    "{\"version\":\"2.1.0\",\"runs\":[{\"tool\":{\"driver\":{\"name\":\"T\"}},\"results\":[{\"message\":{\"text\":\"m\"}%s}]}]}",
	    members);
	buf_char(&text, '\0');
	bool good = read_text(text.ptr);
	if (strcmp(status, "unreadable") == 0)
		good = good && s.finding_count == 0 && s.inputs[0].unreadable == 1 && s.inputs[0].records == 0 &&
		       s.warning_count == 1 && strcmp(s.warnings[0].code, "unreadable_record") == 0 &&
		       str_eq(snapshot_string(&s, s.warnings[0].pointer), STR("/runs/0/results/0"));
	else
		good = good && s.finding_count == 1 &&
		       word("status", str_from(status_names[snapshot_profile(&s, &s.findings[0])->status]), status);
	if (!good) SAY("#   of %s: %u findings, %u warnings\n", members, s.finding_count, s.warning_count);
	buf_free(&text);
	snapshot_free(&s);
	return good;
}

static void check_status(void)
{
	SAYING(status_is("", "fail") && status_is(",\"kind\":\"fail\"", "fail") &&
	           status_is(",\"kind\":\"open\"", "fail") && status_is(",\"kind\":\"pass\"", "pass") &&
	           status_is(",\"kind\":\"review\"", "manual") &&
	           status_is(",\"kind\":\"notApplicable\"", "not_applicable") &&
	           status_is(",\"kind\":\"informational\"", "informational"),
	       "each kind has its status");
	SAYING(status_is(",\"suppressions\":[]", "fail") &&
	           status_is(",\"suppressions\":[{\"kind\":\"external\"}]", "suppressed") &&
	           status_is(",\"suppressions\":[{\"kind\":\"inSource\",\"status\":\"accepted\"}]", "suppressed"),
	       "a suppression without a status, or accepted, suppresses");
	SAYING(status_is(",\"suppressions\":[{\"kind\":\"external\",\"status\":\"underReview\"}]", "fail") &&
	           status_is(",\"suppressions\":[{\"kind\":\"external\",\"status\":\"rejected\"}]", "fail"),
	       "one that is under review or rejected does not");
	SAYING(status_is(",\"suppressions\":[{\"status\":\"rejected\"},{\"status\":\"accepted\"}]", "suppressed"),
	       "one that is accepted is enough");
	SAYING(status_is(",\"baselineState\":\"absent\"", "archived") &&
	           status_is(",\"baselineState\":\"absent\",\"suppressions\":[{}]", "archived") &&
	           status_is(",\"baselineState\":\"unchanged\"", "fail") &&
	           status_is(",\"baselineState\":\"new\"", "fail"),
	       "what is absent by the tool's own baseline is archived, other states are not");
	SAYING(status_is(",\"kind\":\"strange\"", "unreadable") && status_is(",\"level\":7", "unreadable") &&
	           status_is(",\"ruleId\":3", "unreadable") && status_is(",\"ruleIndex\":\"0\"", "unreadable") &&
	           status_is(",\"suppressions\":{}", "unreadable") && status_is(",\"kind\":7", "unreadable") &&
	           status_is(",\"locations\":[{\"physicalLocation\":{\"region\":{\"startLine\":[1]}}}]", "unreadable"),
	       "unknown words and wrong types make the record unreadable: counted, with its pointer");
}

static void check_place(void)
{
	struct buf path = {0};
	bool good = read_text(
	    "{\"version\":\"2.1.0\",\"runs\":[{\"results\":["
	    "{\"message\":{\"text\":\"m\"},\"locations\":[{\"physicalLocation\":{\"artifactLocation\":{\"uri\":\"src/a.c\",\"index\":1},\"region\":{\"startLine\":12}}}]},"
	    "{\"message\":{\"text\":\"m\"},\"locations\":[{\"physicalLocation\":{\"artifactLocation\":{\"index\":1}}}]},"
	    "{\"message\":{\"text\":\"m\"},\"locations\":[{\"physicalLocation\":{\"artifactLocation\":{\"index\":9}}}]},"
	    "{\"message\":{\"text\":\"m\"}}],"
	    "\"artifacts\":[{\"location\":{\"uri\":\"zero.c\"}},{\"location\":{\"uri\":\"lib/one.c\"}}],"
	    "\"tool\":{\"driver\":{\"name\":\"T\"}}}]}");
	good = good && s.finding_count == 4;
	SAYING(good && word("path", snapshot_path(&s, &s.findings[0], &path), "src/a.c") && s.findings[0].line == 12,
	       "a result's path and line are its first location's");
	SAYING(good && word("path", snapshot_path(&s, &s.findings[1], &path), "lib/one.c"),
	       "a path may be an index into the run's artifacts, which may follow");
	SAYING(good && !snapshot_has_path(&s.findings[2]) && !snapshot_has_path(&s.findings[3]),
	       "an index past the end, and no location, are no path");
	snapshot_free(&s);
	buf_free(&path);

	good =
	    read_text(
		"{\"version\":\"2.1.0\",\"runs\":[{\"tool\":{\"driver\":{\"name\":\"T\"}},\"results\":["
		"{\"ruleId\":\"a\",\"partialFingerprints\":{\"b\":\"2\",\"a\":\"1\"}},{\"ruleId\":\"a\",\"partialFingerprints\":{\"a\":\"1\",\"b\":\"2\"}},"
		"{\"ruleId\":\"a\",\"partialFingerprints\":{\"a\":\"2\",\"b\":\"1\"}},{\"ruleId\":\"a\",\"fingerprints\":{\"a\":\"1\"}},{\"ruleId\":\"a\"},{\"ruleId\":\"a\",\"partialFingerprints\":{\"a\":\"\"}}]}]}") &&
	    s.finding_count == 6;
	const struct finding *f = s.findings;
	SAYING(good && f[0].identity && f[0].identity == f[1].identity && f[0].identity != f[2].identity &&
	           f[2].identity != f[3].identity,
	       "all fingerprints together are the identity, in whatever order they stand");
	SAYING(good && word("kinds", snapshot_string(&s, snapshot_profile(&s, &f[0])->kinds), "a b") &&
	           f[0].profile == f[1].profile &&
	           word("kinds", snapshot_string(&s, snapshot_profile(&s, &f[3])->kinds), "a"),
	       "their names are its kinds");
	SAYING(good && !f[4].identity && !f[5].identity && snapshot_profile(&s, &f[5])->kinds == 0,
	       "without any, or with an empty one, there is none");
	snapshot_free(&s);

	good =
	    read_text(
		"{\"version\":\"2.1.0\",\"runs\":[{\"tool\":{\"driver\":{\"name\":\"T\"}},\"results\":["
		"{\"message\":{\"text\":\"a 1\"}},{\"message\":{\"text\":\"a 2\"},\"locations\":[{\"physicalLocation\":{\"region\":{\"snippet\":{\"text\":\"code();\"}}}}]},"
		"{\"message\":{\"id\":\"x\",\"arguments\":[\"p\",\"q\"]}},{\"message\":{\"markdown\":\"a  1\"}}]}]}") &&
	    s.finding_count == 4;
	f = s.findings;
	SAYING(good && f[0].content && f[0].content == f[3].content && (f[0].message & 1) == 0 &&
	           f[0].message == f[3].message,
	       "without a snippet the message is the content");
	SAYING(good && f[1].content != f[0].content && (f[1].message & 1) == 1, "with one that is");
	SAYING(good && f[2].content && f[2].content != f[0].content,
	       "a message that is an id with arguments is one too");
	snapshot_free(&s);
}

static void check_runs(void)
{
	bool good =
	    read_text(
		"{\"version\":\"2.1.0\",\"runs\":["
		"{\"automationDetails\":{\"id\":\"lint/main/2026-03-01\"},\"tool\":{\"driver\":{\"name\":\"T\",\"semanticVersion\":\"1.2.3\",\"version\":\"1.2\",\"rules\":[{\"id\":\"A\",\"name\":\"first run's\"}]}},"
		"\"versionControlProvenance\":[{\"repositoryUri\":\"https://git/one\"}],\"invocations\":[{\"executionSuccessful\":true,\"endTimeUtc\":\"2026-03-01T08:00:00Z\"}],\"results\":[{\"ruleIndex\":0}]},"
		"{\"automationDetails\":{\"id\":\"alone\"},\"tool\":{\"driver\":{\"name\":\"U\",\"rules\":[{\"id\":\"A\",\"name\":\"second run's\"}]}},"
		"\"invocations\":[{\"executionSuccessful\":false,\"startTimeUtc\":\"2026-03-02T08:00:00Z\"}],\"results\":[{\"ruleIndex\":0}]},"
		"{\"automationDetails\":{\"id\":\"clean/\"},\"tool\":{\"driver\":{\"name\":\"T\"}},\"results\":[]}]}") &&
	    s.finding_count == 2 && s.unit_count == 3;
	SAYING(good, "runs without results are read too");
	if (!good) {
		snapshot_free(&s);
		return;
	}
	const struct profile *p = snapshot_profile(&s, &s.findings[0]), *q = snapshot_profile(&s, &s.findings[1]);
	SAYING(word("title", snapshot_string(&s, p->title), "first run's") &&
	           word("title", snapshot_string(&s, q->title), "second run's"),
	       "each run has rules of its own");
	SAYING(word("subject", snapshot_string(&s, p->subject), "https://git/one") &&
	           word("subject", snapshot_string(&s, q->subject), ""),
	       "the subject is the run's repository, or empty");
	SAYING(word("unit", snapshot_string(&s, s.units[p->unit].target), "lint/main") &&
	           word("unit", snapshot_string(&s, s.units[q->unit].target), ""),
	       "the unit is automationDetails.id up to its last '/'");
	SAYING(snapshot_find_unit(&s, STR("T"), STR("clean")) != UINT32_MAX &&
	           s.units[snapshot_find_unit(&s, STR("T"), STR("clean"))].assessed,
	       "a run without results has assessed its unit");
	SAYING(s.units[p->unit].assessed && !s.units[q->unit].assessed, "a run that failed has not");
	uint32_t failed = 0;
	for (uint32_t i = 0; i < s.warning_count; i++)
		failed += strcmp(s.warnings[i].code, "failed_scan") == 0 &&
		          str_eq(snapshot_string(&s, s.warnings[i].pointer), STR("/runs/1/invocations"));
	SAYING(failed == 1 && s.inputs[0].failed, "and is warned about, with its pointer");
	SAYING(s.inputs[0].captured == INT64_C(17724384000000000),
	       "the capture time is the latest end, or start, of a run");
	SAYING(word("tool", snapshot_string(&s, s.inputs[0].tool), "T") &&
	           word("version", snapshot_string(&s, s.inputs[0].tool_version), "1.2.3"),
	       "tool and version are the first run's, the semantic version first");
	struct arena arena = {0};
	SAYING(word("pointer", snapshot_pointer(&s, 1, &arena), "/runs/1/results/0"),
	       "a result's pointer goes through its run");
	arena_free(&arena);
	snapshot_free(&s);

	good = read_text(
	    "{\"version\":\"2.1.0\",\"runs\":[{\"tool\":{\"driver\":{\"name\":\"T\",\"rules\":[{\"id\":\"A\",\"properties\":{\"tags\":[\"external/cwe/cwe-079\",\"CWE-20: x\",\"cwe-\",\"other\"]}}]}},\"results\":[{\"ruleId\":\"A\"}]}]}");
	SAYING(good && s.finding_count == 1 &&
	           word("ids", snapshot_string(&s, snapshot_profile(&s, &s.findings[0])->ids), "CWE-79 CWE-20"),
	       "CWE numbers come from the rule's tags");
	snapshot_free(&s);
	good = read_text("{\"version\":\"2.1.0\",\"runs\":[]}");
	SAYING(good && s.finding_count == 0 && s.unit_count == 0, "a document without runs has nothing");
	snapshot_free(&s);
	good = read_text(
	    "{\"version\":\"2.1.0\",\"runs\":[{\"tool\":{\"driver\":{\"name\":\"T\"}},\"results\":[{\"ruleId\":\"A\"},{\"ruleId\":\"B\"},{\"rul");
	SAYING(good && s.finding_count == 2 && s.inputs[0].truncated && s.units[0].touched && !s.units[0].assessed &&
	           s.warning_count == 1 && strcmp(s.warnings[0].code, "truncated_export") == 0,
	       "a file that ends inside gives its whole records, and its unit is not assessed");
	snapshot_free(&s);
}

int main(void)
{
	scratch_open();
	check_rules();
	check_severity();
	check_status();
	check_place();
	check_runs();
	scratch_close();
	return check_done();
}
