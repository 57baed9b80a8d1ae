/* Side files: what is wrong is said with line and column, and the change file means what DESIGN says. */
#include "analyze/change.h"
#include "analyze/document.h"
#include "analyze/exceptions.h"
#include "analyze/gate.h"
#include "tests/check.h"

#include <math.h>
#include <sys/mman.h>
#include <unistd.h>

static struct arena arena;

/* A file that is in no folder. */
static const char *file_with(const char *text)
{
	static char path[64];
	static int fd = -1;
	if (fd >= 0) close(fd);
	fd = memfd_create("side-file", 0);
	size_t len = strlen(text);
	if (fd < 0 || write(fd, text, len) != (ssize_t)len) return "/nowhere";
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return path;
}

struct sample {
	struct str name, size, day;
	double number;
	bool has_number;
	struct str *tags;
	size_t tag_count;
	int64_t time;
	const cJSON *inner, *list;
};
static const char *const sizes[] = {"small", "large", NULL};
static const struct member sample_members[] = {
    {"name", MEMBER_TEXT, .at = offsetof(struct sample, name), .required = true},
    {"size", MEMBER_TEXT, .at = offsetof(struct sample, size), .words = sizes},
    {"day", MEMBER_DAY, .at = offsetof(struct sample, day)},
    {"number", MEMBER_NUMBER, .at = offsetof(struct sample, number), .count_at = offsetof(struct sample, has_number)},
    {"tags", MEMBER_TEXTS, .at = offsetof(struct sample, tags), .count_at = offsetof(struct sample, tag_count)},
    {"time", MEMBER_TIME, .at = offsetof(struct sample, time)},
    {"inner", MEMBER_OBJECT, .at = offsetof(struct sample, inner)},
    {"list", MEMBER_LIST, .at = offsetof(struct sample, list)},
};

static bool read_sample(const char *text, struct sample *sample, struct error *error)
{
	struct document document;
	*sample = (struct sample){0};
	*error = (struct error){0};
	if (!document_parse(&document, "f.json", str_from(text), &arena, error)) return false;
	bool good = document_members(&document, document.root, sample_members,
	                             sizeof(sample_members) / sizeof(*sample_members), sample);
	document_free(&document);
	return good;
}

static void wrong(const char *text, uint32_t line, uint32_t column, const char *part, const char *sentence)
{
	struct sample sample;
	struct error error;
	bool good = read_sample(text, &sample, &error);
	CHECK(!good && error.line == line && error.column == column && strstr(error.message, part), "%s", sentence);
	if (good || error.line != line || error.column != column || !strstr(error.message, part))
		printf("# %u:%u %s\n", error.line, error.column, error.message);
}

static void documents(void)
{
	struct sample sample;
	struct error error;
	CHECK(
	    read_sample(
		"\xEF\xBB\xBF{\"name\":\"a\\u00e9\",\"number\":1.5,\"tags\":[\"x\",\"y\"],\"day\":\"2026-01-02\",\"$schema\":\"s\"}",
		&sample, &error) &&
		str_eq(sample.name, STR("a\xc3\xa9")) && sample.has_number && sample.number > 1.4 &&
		sample.tag_count == 2,
	    "a side file is read, with or without a byte order mark");
	CHECK(read_sample("{\"name\":\"a\",\"size\":null,\"tags\":\"one\"}", &sample, &error) && !sample.size.len &&
	          sample.tag_count == 1,
	      "null is absent, and one string is an array of one");
	wrong("{\n  \"name\": \"a\",\n  \"tga\": [1, {\"x\": \"}\"}]\n}", 3, 3, "did you mean \"tags\"",
	      "an unknown member is named with the nearest known one, at its name");
	wrong("{\"name\":\"a\",\"something_else\":1}", 1, 13, "known are name, size",
	      "without a near one all known members are listed");
	wrong("{\"name\":\"a\",\n\"name\":\"b\"}", 2, 1, "there twice",
	      "a member that is there twice is refused at the second");
	wrong("{\"name\":\"a\",\"inner\":{\"k\":1,\"j\":2,\n \"k\":3}}", 2, 2, "there twice",
	      "and so it is in an inner object");
	wrong("{\"name\":\"a\",\"size\":\n  \"smal\"}", 2, 3, "did you mean \"small\"",
	      "a word is checked against its list");
	wrong("{\"number\":1}", 1, 1, "\"name\"", "a missing member is named at its object");
	wrong("{\"name\":\" \"}", 1, 9, "must not be empty", "a required text must say something");
	wrong("{\"name\":\"a\",\"number\":1e999}", 1, 22, "that fits", "a number that no double holds is refused");
	wrong("{\"name\":\"a\",\"day\":\"2026-02-30\"}", 1, 19, "a day like", "a day that no month has is refused");
	wrong("{\"name\":\"a\",\"time\":\"2026-02-01\"}", 1, 20, "a time like", "a time needs a time of day");
	wrong("{\"name\":\"a\",\"list\":[{},\n3]}", 2, 1, "expected objects",
	      "an element of the wrong kind is found in its array");
	wrong("{\"name\":\"a\",\"list\":[{\"\\\"]\":[\"\\\\\"]}], \"x\":1}", 1, 38, "unknown member",
	      "quotes and brackets inside of strings do not lead astray");
	wrong("{\"name\":\"a\\u0000b\"}", 1, 11, "u0000", "an escaped NUL is refused where it stands");
	wrong("{\"name\":\"a\",}", 1, 13, "", "a trailing comma is refused");
	wrong("[1]", 1, 1, "an object", "the root is an object");
	CHECK(!document_read(&(struct document){0}, "/", &arena, &error) && strstr(error.message, "folder"),
	      "a folder is no side file");
	CHECK(!document_read(&(struct document){0}, "/nowhere/x.json", &arena, &error) && error.kind == ERROR_INPUT,
	      "a file that is not there is an input error");
	CHECK(!document_read(&(struct document){0}, file_with(" \n"), &arena, &error) && strstr(error.message, "empty"),
	      "an empty file is said to be empty");
	char *deep = arena_bytes(&arena, 100001);
	memset(deep, '[', 100000);
	deep[100000] = '\0';
	CHECK(!read_sample(deep, &sample, &error) && error.kind == ERROR_INPUT,
	      "100,000 brackets are an error and no crash");
}

static void targets(void)
{
	static const struct {
		const char *text;
		bool good;
		enum target_kind kind;
		double number, meets, misses;
	} rows[] = {
	    {"-50%", true, TARGET_CHANGE, -50, -50.0, -49.9},
	    {"+20%", true, TARGET_CHANGE, 20, 20, 19.9},
	    {"0%", true, TARGET_CHANGE, 0, 0, 0.1},
	    {"<= 300", true, TARGET_AT_MOST, 300, 300, 300.1},
	    {">= 100%", true, TARGET_AT_LEAST, 100, 100, 99.99},
	    {"<5", true, TARGET_BELOW, 5, 4, 5},
	    {"> 0.5", true, TARGET_ABOVE, 0.5, 1, 0.5},
	    {"=0", true, TARGET_EQUAL, 0, 0, 1},
	    {"50%", false, TARGET_CHANGE, 0, 0, 0},
	    {"-50", false, TARGET_CHANGE, 0, 0, 0},
	    {"<= ", false, TARGET_CHANGE, 0, 0, 0},
	    {"half", false, TARGET_CHANGE, 0, 0, 0},
	    {"<= 1e999", false, TARGET_CHANGE, 0, 0, 0},
	    {"-nan%", false, TARGET_CHANGE, 0, 0, 0},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct target target;
		bool good = target_parse(str_from(rows[i].text), &target);
		CHECK(good == rows[i].good &&
		          (!good || (target.kind == rows[i].kind && fabs(target.number - rows[i].number) < 1e-9 &&
		                     target_met(&target, rows[i].meets) && !target_met(&target, rows[i].misses))),
		      "the target \"%s\" is %s", rows[i].text, rows[i].good ? "understood" : "refused");
	}
}

static bool change_wrong(const char *text, const char *part)
{
	struct change change;
	struct error error = {0};
	bool good = change_read(file_with(text), &arena, &change, &error);
	if (!good && error.line && strstr(error.message, part)) return true;
	printf("# %u:%u %s\n", error.line, error.column, good ? "(read)" : error.message);
	return false;
}

static void changes(void)
{
	struct change change;
	struct error error;
	CHECK(
	    change_read(
		file_with(
		    "{\"id\":\"CHG-1\",\"window\":{\"start\":\"2026-03-02T20:00:00Z\",\"end\":\"2026-03-07T06:00:00+01:00\"},"
		    "\"scope\":{\"tenant\":\"t\",\"subscriptions\":[\"a\",\"b\"],\"subjects\":[\"*\"]},\"monitoring\":[\"m\"],"
		    "\"requires\":[{\"format\":\"sarif\",\"side\":\"before\"}],"
		    "\"expects\":[{\"id\":\"E1\",\"subject\":\"*\",\"fact\":\"f\",\"value\":true},"
		    "{\"id\":\"E2\",\"subject\":\"*\",\"fact\":\"f\",\"value\":3.0}],"
		    "\"objectives\":[{\"id\":\"O1\",\"measure\":\"attested\",\"before\":9,\"after\":2,\"source\":\"s\","
		    "\"attested_by\":\"x\",\"target\":\"-70%\"}]}"),
		&arena, &change, &error),
	    "a change file is read");
	CHECK(change.given && change.subscription_count == 2 && change.subject_count == 1 &&
	          change.monitoring_count == 1 && str_eq(change.tenant, STR("t")) && !change.owner.len,
	      "its texts and lists are there, what it does not say is empty");
	CHECK(change.require_count == 1 && change.requires[0].side == SIDE_BEFORE && !change.requires[0].met &&
	          str_eq(change.expects[0].value, STR("true")) && str_eq(change.expects[1].value, STR("3")) &&
	          change.objectives[0].state == OBJECTIVE_NOT_PROVABLE,
	      "requirements, expectations and objectives wait to be judged");
	char text[40];
	CHECK(!strcmp(instant_text(change.window_end, text), "2026-03-07T05:00:00Z"), "the window is in UTC");
	CHECK(change_wrong("{\"id\":\"../x\"}", "folder"),
	      "an id that could lead out of the packet's folder is refused");
	CHECK(change_wrong("{\"title\":\"x\"}", "\"id\""), "a change has an id");
	CHECK(change_wrong("{\"id\":\"x\",\"aprover\":\"y\"}", "did you mean \"approver\""),
	      "a misspelled member is refused");
	CHECK(change_wrong(
		  "{\"id\":\"x\",\"window\":{\"start\":\"2026-03-02T20:00:00Z\",\"end\":\"2026-03-01T20:00:00Z\"}}",
		  "before it starts"),
	      "a window ends after it starts");
	CHECK(change_wrong(
		  "{\"id\":\"x\",\"objectives\":[{\"id\":\"o\",\"measure\":\"open_finding\",\"target\":\"-1%\"}]}",
		  "did you mean \"open_findings\""),
	      "an unknown measure is refused");
	CHECK(change_wrong("{\"id\":\"x\",\"objectives\":[{\"id\":\"o\",\"measure\":\"attested\",\"target\":\"-1%\"}]}",
	                   "needs a member \"before\""),
	      "an attested objective brings its numbers");
	CHECK(
	    change_wrong(
		"{\"id\":\"x\",\"objectives\":[{\"id\":\"o\",\"measure\":\"open_findings\",\"before\":1,\"target\":\"-1%\"}]}",
		"takes no \"before\""),
	    "a measured objective brings none");
	CHECK(
	    change_wrong(
		"{\"id\":\"x\",\"objectives\":[{\"id\":\"o\",\"measure\":\"checks_pass\",\"check\":\"azure.aks.rbacs\",\"target\":\">= 1\"}]}",
		"did you mean \"azure.aks.rbac\""),
	    "an objective names a check that exists");
	CHECK(change_wrong(
		  "{\"id\":\"x\",\"objectives\":[{\"id\":\"o\",\"measure\":\"open_findings\",\"target\":\"50\"}]}",
		  "percent change"),
	      "a target has a form");
	CHECK(
	    change_wrong(
		"{\"id\":\"x\",\"expects\":[{\"id\":\"e\",\"subject\":\"*\",\"fact\":\"f\",\"value\":1},{\"id\":\"e\",\"subject\":\"*\",\"fact\":\"f\",\"value\":1}]}",
		"twice"),
	    "two expectations have two ids");
	CHECK(change_wrong("{\"id\":\"x\",\"requires\":[{\"format\":\"sarif\",\"side\":\"afer\"}]}",
	                   "did you mean \"after\""),
	      "a requirement names its side");
	CHECK(str_eq(change_subscription_guid(STR("/Subscriptions/g/resourceGroups/x")), STR("g")) &&
	          str_eq(change_subscription_guid(STR("g")), STR("g")),
	      "a subscription may be written as a path or as its GUID");
}

static bool policy_wrong(const char *text, const char *part)
{
	struct policy policy;
	struct error error = {0};
	bool good = policy_parse("p.json", str_from(text), false, &arena, &policy, &error);
	if (!good && error.line && strstr(error.message, part)) return true;
	printf("# %u:%u %s\n", error.line, error.column, good ? "(read)" : error.message);
	return false;
}

static void policies(void)
{
	struct policy policy;
	struct error error;
	CHECK(policy_read(NULL, false, &arena, &policy, &error) && policy.count == 6, "the default policy is read");
	CHECK(policy_wrong("{\"gate\":[{\"rule\":\"no_new_hihg\"}]}", "did you mean \"no_new_high\""),
	      "an unknown rule is refused");
	CHECK(policy_wrong("{\"gate\":[{\"rule\":\"no_new_high\",\"limit\":-1}]}", "never pass"),
	      "a rule that can never pass is refused");
	CHECK(policy_wrong("{\"gate\":[{\"rule\":\"no_new_high\",\"limit\":1e12}]}", "never fail"),
	      "a rule that can never fail is refused");
	CHECK(policy_wrong("{\"gate\":[{\"rule\":\"no_new_high\",\"match\":{\"severity\":\"low\"}}]}", "never fail"),
	      "a match that contradicts the rule's severity is refused");
	CHECK(policy_wrong("{\"gate\":[{\"rule\":\"no_new_high\",\"limit\":0.5}]}", "whole"),
	      "a count is held against a whole number");
	CHECK(policy_wrong("{\"gate\":[{\"rule\":\"no_new_high\",\"severity\":\"low\"}]}", "takes no"),
	      "a rule with a severity of its own takes none");
	CHECK(policy_wrong("{\"gate\":[{\"rule\":\"expectations_met\",\"match\":{\"rule\":\"x\"}}]}",
	                   "takes no \"match\""),
	      "a rule that counts no findings takes no match");
	CHECK(policy_wrong("{\"gate\":[{\"rule\":\"no_new\",\"match\":{}}]}", "at least one"),
	      "an empty match is refused");
	CHECK(policy_wrong("{\"gate\":[]}", "never fail"), "a gate without rules is refused");
}

static bool exceptions_wrong(const char *text, const char *part)
{
	struct exception_list list;
	struct error error = {0};
	bool good = exceptions_read(file_with(text), &arena, &list, &error);
	if (!good && error.line && strstr(error.message, part)) return true;
	printf("# %u:%u %s\n", error.line, error.column, good ? "(read)" : error.message);
	return false;
}

static void exceptions(void)
{
	CHECK(exceptions_wrong("{\"exceptions\":[{\"id\":\"a\",\"match\":{\"severty\":\"low\"}}]}",
	                       "did you mean \"severity\""),
	      "a misspelled field of a match is refused");
	CHECK(exceptions_wrong("{\"exceptions\":[{\"id\":\"a\",\"match\":{\"severity\":\"lo\"}}]}",
	                       "did you mean \"low\""),
	      "a severity that does not exist is refused");
	CHECK(exceptions_wrong("{\"exceptions\":[{\"id\":\"a\"},{\"id\":\"b\"},{\"id\":\"a\"}]}", "twice"),
	      "two exceptions have two ids");
	CHECK(exceptions_wrong("{\"exceptions\":[{\"id\":\"a\",\"type\":\"risk_adjustment\"}]}",
	                       "needs a member \"severity\""),
	      "a risk adjustment says to which severity");
	CHECK(exceptions_wrong("{\"exceptions\":[{\"id\":\"a\",\"milestones\":[]}]}", "only type \"poam\""),
	      "only a poam has milestones");
	CHECK(exceptions_wrong("{\"exceptions\":[{\"id\":\"a\",\"expires\":\"soon\"}]}", "a day like"),
	      "an expiry is a day");
}

int main(void)
{
	documents();
	targets();
	changes();
	policies();
	exceptions();
	arena_free(&arena);
	return check_done();
}
