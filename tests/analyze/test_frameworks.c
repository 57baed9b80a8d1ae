/* Frameworks: how numbers of controls are told apart, what the built-in tables hold, and which files are refused, where. */
#include "analyze/control_id.h"
#include "analyze/frameworks.h"

#include "tests/check.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct arena arena;

/* The first mapping of a key, as analyze/control_maps looks it up. */
static uint32_t first_map(const struct framework *f, enum scheme scheme, struct str key)
{
	char room[FRAMEWORK_KEY_ROOM];
	uint32_t number = strings_find(&f->keys, framework_key(room, &arena, scheme, key));
	return number ? f->first[number - 1] : NO_MAP;
}

static void forms(void)
{
	static const struct {
		const char *id, *form;
	} rows[] = {
	    {"AC-2(1)", "ac-2-1"},
	    {"ac-2.1", "ac-2-1"},
	    {"AC_2_1", "ac-2-1"},
	    {"AC-02 (01)", "ac-2-1"},
	    {"CC1.3", "cc-1-3"},
	    {"cc_1_3", "cc-1-3"},
	    {"DE.AE-03", "de-ae-3"},
	    {"10.8.36.C.01.", "10-8-36-c-1"},
	    {"A.5.0", "a-5-0"},
	    {"C-0001", "c-1"},
	    {"", ""},
	    {"--", ""},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct str form = control_id_form(&arena, str_from(rows[i].id));
		CHECK(str_eq(form, str_from(rows[i].form)), "the form of \"%s\" is \"%s\", not \"%.*s\"", rows[i].id,
		      rows[i].form, STR_ARG(form));
	}
}

static void wholes(void)
{
	static const struct {
		const char *form, *whole;
	} rows[] = {{"ac-16-b", "ac-16"},   {"ac-2-12-a", "ac-2-12"},
	            {"ac-2-d-1", "ac-2"},   {"ac-2-1", ""},
	            {"a-9-2-a", ""},        {"3-1-1", ""},
	            {"de-ae-3", ""},        {"ac", ""},
	            {"ac-2-1-phase-2", ""}, {"", ""}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct str whole = control_id_whole(str_from(rows[i].form));
		CHECK(str_eq(whole, str_from(rows[i].whole)), "\"%s\" is a part of \"%s\", not of \"%.*s\"",
		      rows[i].form, rows[i].whole, STR_ARG(whole));
	}
}

static void order(void)
{
	static const char *const sorted[] = {"1.2",     "1.10",     "1.10.1", "2",    "AC-2",
	                                     "AC-2(1)", "AC-2(10)", "AC-10",  "PV-2", "PV-10"};
	bool good = true;
	for (size_t i = 1; i < sizeof(sorted) / sizeof(*sorted); i++)
		good = good && control_id_compare(str_from(sorted[i - 1]), str_from(sorted[i])) < 0 &&
		       control_id_compare(str_from(sorted[i]), str_from(sorted[i - 1])) > 0;
	CHECK(good, "controls stand in natural order: PV-2 before PV-10, AC-2(10) before AC-10");
	CHECK(control_id_compare(STR("16.6"), STR("16.06")) != 0, "two numbers that read alike are still two");
}

/* ---- the built-in tables ---- */

static void every_framework(void)
{
	size_t count;
	const char *const *names = framework_names(&arena, &count);
	bool read = true, known = true, found = true;
	for (size_t i = 0; i < count; i++) {
		struct arena own = {0};
		struct framework f;
		struct error error = {0};
		char text[1200];
		if (!framework_read(&f, names[i], &own, &error)) {
			printf("# %s\n", error_text(&error, text, sizeof(text)));
			read = false;
			continue;
		}
		known =
		    known && str_eq(f.name, str_from(names[i])) && f.sources[0].name.len && f.sources[0].licence.len;
		for (uint32_t c = 0; c < f.control_count; c++)
			found = found && framework_control(&f, f.controls[c].id) != NO_CONTROL;
		for (uint32_t m = 0; m < f.map_count; m++) {
			uint32_t at = first_map(&f, f.maps[m].scheme, f.maps[m].key);
			while (at != NO_MAP && at != m) at = f.maps[at].next;
			found = found && at == m && f.maps[m].control < f.control_count;
		}
		framework_free(&f);
		arena_free(&own);
	}
	CHECK(count >= 22 && read, "every built-in framework can be read (%zu)", count);
	CHECK(known, "each bears the name of its file, and says source and licence");
	CHECK(found, "each control is found by its number, and each mapping by its key");
}

static bool maps(const struct framework *f, enum scheme scheme, const char *key, const char *control)
{
	uint32_t wanted = framework_control(f, str_from(control));
	for (uint32_t i = first_map(f, scheme, str_from(key)); i != NO_MAP; i = f->maps[i].next)
		if (f->maps[i].control == wanted) return true;
	return false;
}

static void known_mappings(void)
{
	struct error error = {0};
	struct framework mcsb, nist, low;
	if (!CHECK(framework_read(&mcsb, "mcsb", &arena, &error) &&
	               framework_read(&nist, "NIST 800-53 r5", &arena, &error) &&
	               framework_read(&low, "NIST-800-53-r5-low", &arena, &error),
	           "a framework's name counts without case and separators"))
		return;
	CHECK(mcsb.control_count == 43, "MCSB has 43 controls");
	CHECK(maps(&mcsb, SCHEME_POLICY, "090C7B07-b4ed-4561-ad20-e9075f3ccaff", "PV-6"),
	      "the policy of image findings is PV-6, whatever its case");
	CHECK(
	    maps(
		&mcsb, SCHEME_NAME,
		"Azure registry container images should have vulnerabilities resolved (powered by Microsoft Defender Vulnerability Management)",
		"pv.6"),
	    "and so is its name, where an export has no id");
	CHECK(maps(&nist, SCHEME_CWE, "CWE-79", "SI-10") && maps(&nist, SCHEME_CCI, "CCI-000015", "AC-2(1)") &&
	          maps(&nist, SCHEME_PROWLER, "cloudtrail_cloudwatch_logging_enabled", "ac_2_4") &&
	          maps(&nist, SCHEME_CHECKOV, "CKV2_AWS_41", "AC-2(1)"),
	      "CWE, CCI, Prowler and Checkov lead to NIST 800-53");
	CHECK(maps(&low, SCHEME_CWE, "CWE-79", "SI-10") == (framework_control(&low, STR("SI-10")) != NO_CONTROL),
	      "a baseline has the mappings of the controls that it has");
	CHECK(framework_control(&nist, STR("ac_16_b")) == framework_control(&nist, STR("AC-16")) &&
	          framework_control(&nist, STR("AC-99")) == NO_CONTROL,
	      "a part of a control's statement leads to the control");
	CHECK(framework_is_called(&nist, STR("NIST.800-53.r5")) &&
	          framework_is_called(&nist, STR("NIST-800-53-Revision-5")) &&
	          !framework_is_called(&nist, STR("NIST.800-53.r4")),
	      "sources call it by several names, and revision 4 is not revision 5");
	uint32_t checkov = first_map(&nist, SCHEME_CHECKOV, STR("CKV2_AWS_41"));
	CHECK(checkov != NO_MAP &&
	          str_find(nist.sources[nist.maps[checkov].source].note, STR("language model")) != SIZE_MAX,
	      "mappings that were made with a language model's help say so");
	framework_free(&mcsb);
	framework_free(&nist);
	framework_free(&low);
}

/* ---- files ---- */

static char path[300];

static const char *refused(const char *text)
{
	static char message[1200];
	struct arena own = {0};
	struct framework f;
	struct error error = {0};
	FILE *file = fopen(path, "wb");
	if (!file) return "cannot write";
	fwrite(text, 1, strlen(text), file);
	fclose(file);
	snprintf(message, sizeof(message), "read");
	if (framework_read(&f, path, &own, &error))
		framework_free(&f);
	else
		error_text(&error, message, sizeof(message));
	arena_free(&own);
	return strncmp(message, path, strlen(path)) == 0 ? message + strlen(path) : message;
}

static void defective_files(void)
{
#define HEAD "{\"framework\":\"X\",\n"
	static const struct {
		const char *text, *message;
	} rows[] = {
	    {HEAD "\"controls\":[{\"id\":\"A-1\"}]}", "read"},
	    {"{\n\"controls\":[{\"id\":\"A\"}]}", ":1:1: expected a member \"framework\""},
	    {HEAD "\"controls\":[]}", ":2:12: a framework needs a control"},
	    {HEAD "\"controls\":[{\"id\":\"A-1\"},\n{\"id\":\"a-1\"}]}", ":3:1: the control \"a-1\" is there twice"},
	    {HEAD "\"controls\":[{\"id\":\"--\"}]}", ":2:13: a control's id needs a letter or a digit"},
	    {HEAD "\"controls\":[{\"id\":\"A\",\n\"maps\":{\"CWEs\":\"CWE-1\"}}]}",
	     ":3:9: unknown scheme \"CWEs\"; did you mean \"CWE\"?"},
	    {HEAD "\"controls\":[{\"id\":\"A\",\"maps\":{\"CWE\":[\n1]}}]}", ":3:1: expected a string"},
	    {HEAD "\"controls\":[{\"id\":\"A\",\"maps\":{\"CWE\":\n5}}]}",
	     ":3:1: expected a string or a list of strings"},
	    {HEAD "\"controls\":[{\"id\":\"A\",\"maps\":{\"policy\":\n\"zz\"}}]}",
	     ":3:1: \"zz\" is neither a policy's GUID nor the first 8 digits of a built-in one's"},
	    {HEAD "\"controls\":[{\"id\":\"A\",\"maps\":{\"policy\":\n\"eb6f77b9\"}}]}",
	     ":3:1: several built-in policies begin with \"eb6f77b9\""},
	    {HEAD
	     "\"controls\":[{\"id\":\"A\"}],\n\"mappings\":[{\"scheme\":\"CWE\",\"source\":{\"name\":\"S\"},\"maps\":{\"CWE-1\":\"B\"}}]}",
	     ":3:67: there is no control \"B\""},
	    {HEAD "\"controls\":[{\"id\":\"A\"}],\n\"crosswalks\":[\"nist-800-35\"]}",
	     ":3:14: unknown crosswalk \"nist-800-35\"; did you mean \"nist-800-53\"?"},
	    {HEAD "\"contorls\":[{\"id\":\"A\"}]}", ":2:1: unknown member \"contorls\"; did you mean \"controls\"?"},
	    {"[]", ":1:1: expected an object"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const char *message = refused(rows[i].text);
		if (!CHECK(strcmp(message, rows[i].message) == 0, "a file of one's own, %zu: %s", i, rows[i].message))
			printf("# got %s\n", message);
	}
}

int main(void)
{
	const char *room = getenv("TMPDIR");
	snprintf(path, sizeof(path), "%s/framework-%ld.json", room ? room : "/tmp", (long)getpid());
	forms();
	wholes();
	order();
	every_framework();
	known_mappings();
	defective_files();
	unlink(path);
	arena_free(&arena);
	return check_done();
}
