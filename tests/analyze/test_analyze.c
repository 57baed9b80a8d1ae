/* The whole of analyze over snapshots that are nearly empty: what is read, in which order, and as of when. */
#include "analyze/analyze.h"
#include "tests/check.h"

#include <sys/mman.h>
#include <unistd.h>

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

static void open_result(struct result *result, const char *captured)
{
	*result = (struct result){0};
	for (int side = 0; side < SIDE_COUNT; side++) {
		struct snapshot *s = &result->sides[side];
		snapshot_init(s);
		if (!captured) continue;
		ARRAY_RESERVE(s->inputs, s->input_count, s->input_capacity);
		s->inputs[s->input_count] =
		    (struct input){.path = strings_add(&s->strings, STR("a.json")), .captured = INSTANT_NONE};
		instant_parse(str_from(captured), &s->inputs[s->input_count++].captured);
	}
}

static void times(void)
{
	struct result result;
	struct error error = {0};
	struct analyze_options options = {.as_of = INSTANT_NONE, .threads = 1};
	char text[40];
	open_result(&result, NULL);
	CHECK(!analyze(&result, &options, &error) && error.kind == ERROR_INPUT && strstr(error.message, "--as-of"),
	      "without any time the option that gives one is named");
	result_free(&result);
	open_result(&result, "2026-03-08T08:00:00Z");
	CHECK(analyze(&result, &options, &error) && !strcmp(instant_text(result.as_of, text), "2026-03-08T08:00:00Z"),
	      "without --as-of all is judged at the latest capture");
	CHECK(result.verdict_pass && result.gate_count == 6 && !result.change.given && result.control_count,
	      "two equal sides without a change pass the default gate");
	result_free(&result);
	open_result(&result, "2026-03-08T08:00:00Z");
	options.as_of = 0;
	CHECK(analyze(&result, &options, &error) && result.as_of == 0 &&
	          !strcmp(instant_text(result.captured[SIDE_AFTER][1], text), "2026-03-08T08:00:00Z"),
	      "--as-of goes before the captures, which stay known");
	result_free(&result);
}

static bool refused(struct analyze_options options, const char *part)
{
	struct result result;
	struct error error = {0};
	options.as_of = 0;
	options.threads = 1;
	open_result(&result, NULL);
	bool good = analyze(&result, &options, &error);
	result_free(&result);
	if (!good && error.line && error.file[0] && strstr(error.message, part)) return true;
	printf("# %s\n", good ? "(read)" : error.message);
	return false;
}

static void side_files(void)
{
	CHECK(refused((struct analyze_options){.change = file_with("{\"id\":1}")}, "string"),
	      "a wrong change is refused with its place");
	CHECK(refused((struct analyze_options){.exceptions = file_with("{\"exception\":[]}")},
	              "did you mean \"exceptions\""),
	      "and so are wrong exceptions");
	CHECK(refused((struct analyze_options){.owners = file_with("{\"owners\":{}}")}, "array"), "and wrong owners");
	CHECK(refused((struct analyze_options){.policy = file_with("{\"gate\":[{}]}")}, "\"rule\""),
	      "and a wrong policy");
}

static void what_stays(void)
{
	struct result result;
	struct error error = {0};
	struct analyze_options options = {.as_of = 0, .threads = 1};
	options.change = file_with("{\"id\":\"CHG-1\",\"requires\":[{\"format\":\"sarif\",\"side\":\"after\"}]}");
	open_result(&result, NULL);
	CHECK(analyze(&result, &options, &error) && !result.verdict_pass && result.notice_count == 1,
	      "missing evidence fails the gate and is in the notices");
	CHECK(result.analysis && result.analysis->owners.sides[SIDE_AFTER] == &result.sides[SIDE_AFTER] &&
	          result.analysis->covered && !result.without_owner,
	      "what reports ask beyond the lists stays with the result");
	CHECK(!strcmp(expect_state_names[EXPECT_NO_EVIDENCE], "no_evidence") &&
	          !strcmp(objective_state_names[OBJECTIVE_NOT_PROVABLE], "not_provable") &&
	          !strcmp(check_state_names[CHECK_FAIL], "fail") &&
	          !strcmp(exception_state_names[EXCEPTION_ACTIVE], "active") &&
	          !strcmp(control_state_names[CONTROL_NO_EVIDENCE], "no_evidence") &&
	          !strcmp(gate_state_names[GATE_FAIL], "fail"),
	      "the names of states are in the order of their enums");
	result_free(&result);
}

int main(void)
{
	times();
	side_files();
	what_stays();
	return check_done();
}
