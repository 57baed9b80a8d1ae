/* Controls that sources name, in the shapes in which they name them. */
#include "collect/control_ids.h"
#include "collect/ids.h"

#include "tests/check.h"

int main(void)
{
	static const struct {
		const char *json, *ids, *sentence;
	} rows[] = {
	    {"{\"CIS-2.0\":[\"1.20\",\"1.21\"],\"SOC2\":[\"cc_6_1\"]}", "CIS-2.0/1.20 CIS-2.0/1.21 SOC2/cc_6_1",
	     "numbers by framework"},
	    {"{\"NIST-800-53\":[\"AC-6 (9)\",\"Rev_4\"]}", "NIST-800-53/AC-6(9) NIST-800-53/Rev_4",
	     "a blank before a bracket is none"},
	    {"{\"A B\":\"C 1/2\"}", "A-B/C-1-2", "names of several words are one word, and a number has no slash"},
	    {"[\"NIST.800-53.r5 AC-2(1)\",\"PCI DSS v4.0.1/8.3.6\"]", "NIST.800-53.r5/AC-2(1) PCI-DSS-v4.0.1/8.3.6",
	     "requirements of ASFF"},
	    {"[\"ISO 27001:2013 A.9.1\"]", "ISO-27001:2013/A.9.1", "a framework's name ends with its version"},
	    {"[\"SOC2 cc_2_1 cc_7_2\",\"SOC2 cc_2_1\"]", "SOC2/cc_2_1 SOC2/cc_7_2",
	     "several numbers in one text, each once"},
	    {"\"GDPR article_25\"", "GDPR/article_25", "a framework without a version is one word"},
	    {"[\"Software and Configuration Checks\",\"\",\" \",\"alone\",\"/1\",\"x/\"]", "",
	     "what names no control gives none"},
	    {"[1,null,{\"a\":1},[\"NIST.800-53.r5 AC-2\"]]", "", "other things are passed over"},
	    {"not json", "", "text that is no JSON gives none"},
	};
	struct arena arena = {0};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct str ids = control_ids_in(&arena, str_from(rows[i].json));
		if (!CHECK(str_eq(ids, str_from(rows[i].ids)), "%s", rows[i].sentence))
			printf("# got %.*s\n", STR_ARG(ids));
	}
	struct str owasp =
	    ids_in(&arena, STR("A1:2017 - Injection, OWASP-A03:2021, A11:201x, BA1:2017 A1:20170 CWE-89"));
	CHECK(str_eq(owasp, STR("OWASP-2017-A1 OWASP-2021-A3 CWE-89")),
	      "OWASP's categories are ids by year and number: %.*s", STR_ARG(owasp));
	arena_free(&arena);
	return check_done();
}
