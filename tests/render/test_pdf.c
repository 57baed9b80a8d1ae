/* The typesetting layer under the report: a document like the decision page and a table of hostile text, built
 * twice; the small promises of the headers; and what qpdf and poppler say. With an argument, the document is left in
 * that file, and "bench" as a second one measures.
 */
#include "core/sha256.h"
#include "render/pdf_table.h"
#include "render/pdf_text.h"
#include "tests/check.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* A string in a static table, where STR is no constant. */
#define LIT(...)                                                                                                       \
	{                                                                                                              \
		__VA_ARGS__, sizeof(__VA_ARGS__) - 1                                                                   \
	}
#define TEXT(...) ((struct pdf_run){.text = STR(__VA_ARGS__)})
#define BOLD(...) ((struct pdf_run){.text = STR(__VA_ARGS__), .face = PDF_BOLD})

static const struct pdf_options OPTIONS = {
    .title = LIT("Enable Defender for Containers & <all> \"clusters\""),
    .subject = LIT("Change evidence"),
    .creator = LIT("dossier 0.1.0"),
    .as_of = {2026, 3, 9, 0, 0, 0},
    .id = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16},
    .header_left = LIT("INTERNAL — CHANGE EVIDENCE"),
    .header_right = LIT("CHG-2041 · 2026-03-09"),
    .footer_left = LIT("dossier 0.1.0 · as of 2026-03-09T00:00:00Z"),
    .footer_centre = LIT("evidence sha256 7c1f 0b7e 42a9 … 19d3 — how to check:"),
    .footer_mark = LIT("check"),
};

/* ---- The decision page ------------------------------------------------------------------------------------------- */

static void the_change(struct pdf *pdf, void *context)
{
	(void)context;
	static const struct pdf_pair PAIRS[] = {
	    {.key = LIT("Owner"), .value = LIT("platform-team")},
	    {.key = LIT("Approver"), .value = LIT("change-board")},
	    {.key = LIT("Window"), .value = LIT("03-02 20:00 – 03-07 06:00 UTC")},
	    {.key = LIT("Scope"), .value = LIT("tenant 1f3a…, 3 subscriptions")},
	    {.key = LIT("Rollback"),
	     .value = LIT("Set the Containers plan back to Free and remove the sensor profile.")},
	};
	pdf_section(pdf, STR("The change"), STR_EMPTY, false);
	pdf_pairs(pdf, PAIRS, 5, 62);
}

static void not_looked_at(struct pdf *pdf, void *context)
{
	(void)context;
	static const struct pdf_pair PAIRS[] = {
	    {.key = LIT("190 findings"), .value = LIT("open before, not assessed again (hatched below)")},
	    {.key = LIT("1 page"), .value = LIT("cut off in subassessments-sub-1.json")},
	    {.key = LIT("3 repositories"), .value = LIT("never had a scan result")},
	    {.key = LIT("1 cluster"), .value = LIT("stopped during the capture")},
	};
	pdf_section(pdf, STR("What was not looked at"), STR_EMPTY, false);
	pdf_pairs(pdf, PAIRS, 4, 0);
}

static void effect(struct pdf *pdf)
{
	static const struct pdf_column COLUMNS[] = {
	    {.title = LIT("severity"), .width = 60},
	    {.title = LIT("open before"), .width = 38, .align = PDF_RIGHT},
	    {.title = LIT("fixed (verified)"), .width = 48, .align = PDF_RIGHT},
	    {.title = LIT("dismissed"), .width = 53, .align = PDF_RIGHT},
	    {.title = LIT("not reassessed"), .width = 62, .align = PDF_RIGHT, .shaded = true},
	    {.title = LIT("still open"), .width = 32, .align = PDF_RIGHT},
	    {.title = LIT("new, reopened"), .width = 54, .align = PDF_RIGHT},
	    {.title = LIT("open after"), .width = 32, .align = PDF_RIGHT},
	    {.title = LIT("common scope"), .width = 46, .align = PDF_RIGHT},
	    {.title = LIT("before → after"), .minimum = 60},
	};
	static const struct {
		const char *words[9];
		enum pdf_symbol symbol;
		double before, hatched, after;
	} ROWS[] = {
	    {{"critical", "94", "22 (0)", "0", "67", "5", "8", "13", "−81.5 %"}, PDF_SYMBOL_CRITICAL, 94, 67, 13},
	    {{"high", "121", "28 (19)", "2", "68", "23", "11", "34", "−52.8 %"}, PDF_SYMBOL_HIGH, 121, 68, 34},
	    {{"medium", "113", "15 (8)", "1", "37", "60", "12", "72", "−22.9 %"}, PDF_SYMBOL_MEDIUM, 113, 37, 72},
	    {{"low", "12", "0 (0)", "0", "0", "12", "0", "12", "0.0 %"}, PDF_SYMBOL_LOW, 12, 0, 12},
	    {{"unknown", "3", "3 (3)", "0", "0", "0", "0", "0", "−100.0 %"}, PDF_SYMBOL_UNKNOWN, 3, 0, 0},
	    {{"all", "428", "72 (29)", "3", "190", "163", "13", "176", "−48.3 %"}, PDF_SYMBOL_NONE, 0, 0, 0},
	};
	static const struct pdf_legend LEGEND[] = {
	    {PDF_RED, false, LIT("assessed on both sides")},
	    {PDF_INK, true, LIT("open before, not assessed again")},
	};
	struct pdf_table table;
	pdf_section(pdf, STR("Effect on open findings"), STR("effect"), true);
	pdf_table_begin(&table, pdf, COLUMNS, 10, &(struct pdf_table_options){.middle = true});
	for (size_t i = 0; i < 6; i++) {
		struct pdf_cell cells[10] = {0};
		for (size_t c = 0; c < 9; c++) cells[c].text = str_from(ROWS[i].words[c]);
		cells[0].symbol = ROWS[i].symbol;
		cells[9].kind = ROWS[i].before > 0 ? PDF_CELL_BARS : PDF_CELL_TEXT;
		cells[9].bars = (struct pdf_bars){ROWS[i].before, ROWS[i].hatched, ROWS[i].after, 121,
		                                  pdf_symbol_ink(ROWS[i].symbol)};
		pdf_table_row(&table, cells, i == 5 ? PDF_ROW_SUM : PDF_ROW);
	}
	pdf_table_end(&table);
	pdf_legend(pdf, LEGEND, 2);
}

static void objectives(struct pdf *pdf, void *context)
{
	(void)context;
	static const struct pdf_column COLUMNS[] = {
	    {.title = LIT("objective"), .weight = 1},
	    {.title = LIT("target"), .width = 40, .align = PDF_RIGHT},
	    {.title = LIT("measured"), .width = 48, .align = PDF_RIGHT},
	    {.title = LIT("state"), .width = 74},
	};
	static const struct {
		const char *words[4];
		enum pdf_symbol symbol;
	} ROWS[] = {
	    {{"Images with critical findings", "−50 %", "−70.0 %", "met"}, PDF_SYMBOL_MET},
	    {{"High findings", "−57 %", "−52.8 %", "not met"}, PDF_SYMBOL_NOT_MET},
	    {{"Alerts reach the SOC (p95)", "≤ 300 s", "295 s", "met"}, PDF_SYMBOL_MET},
	    {{"Emergency rebuilds per quarter", "−70 %", "−77.8 %", "attested"}, PDF_SYMBOL_PARTLY},
	    {{"Findings in source code", "−10 %", "—", "not provable"}, PDF_SYMBOL_OPEN},
	};
	struct pdf_table table;
	pdf_section(pdf, STR("Objectives"), STR_EMPTY, false);
	pdf_table_begin(&table, pdf, COLUMNS, 4, NULL);
	for (size_t i = 0; i < 5; i++) {
		struct pdf_cell cells[4] = {0};
		for (size_t c = 0; c < 4; c++) cells[c].text = str_from(ROWS[i].words[c]);
		cells[3].symbol = ROWS[i].symbol;
		pdf_table_row(&table, cells, PDF_ROW);
	}
	pdf_table_end(&table);
}

static void exceptions(struct pdf *pdf, void *context)
{
	(void)context;
	const struct pdf_run owners[] = {TEXT("have no owner · "), {.link = STR("hostile"), .page_ref = true}};
	const struct pdf_pair pairs[] = {
	    {.key = STR("2 active"), .value = STR("cover 11 findings, next ends in 12 days (EX-7)")},
	    {.key = STR("1 expired"), .value = STR("EX-2, covered 24 before")},
	    {.key = STR("1 invalid"), .value = STR("EX-3: no owner")},
	    {.key = STR("9 findings"), .runs = owners, .n = 2},
	};
	const struct pdf_pair controls[] = {
	    {.key = STR("43 listed"),
	     .value = STR("6 not satisfied · 3 manual review · 1 with exceptions · 4 satisfied · 29 no evidence")},
	};
	const struct pdf_strip_part parts[] = {{6, PDF_RED, false, PDF_SYMBOL_NOT_MET},
	                                       {3, PDF_OCHRE, false, PDF_SYMBOL_OPEN},
	                                       {1, PDF_ORANGE, false, PDF_SYMBOL_PARTLY},
	                                       {4, PDF_GREEN, false, PDF_SYMBOL_MET},
	                                       {29, PDF_GREY, true, PDF_SYMBOL_NONE}};
	pdf_section(pdf, STR("Exceptions and owners"), STR_EMPTY, false);
	pdf_pairs(pdf, pairs, 4, 58);
	pdf_section(pdf, STR("Controls (MCSB)"), STR_EMPTY, false);
	pdf_pairs(pdf, controls, 1, 58);
	pdf_strip(pdf, pdf_x(pdf), pdf_y(pdf) + 3, pdf_width(pdf), 8, parts, 5);
	pdf_set_y(pdf, pdf_y(pdf) + 12);
}

static void decision_page(struct pdf *pdf)
{
	const struct pdf_run first[] = {BOLD("required evidence"),
	                                TEXT(": subscription sub-2 has no export after the change (1, limit 0)")};
	const struct pdf_run second[] = {BOLD("expectations"),
	                                 TEXT(": sensor enabled on every cluster (4 of 17 not met, limit 0) · "),
	                                 {.link = STR("check"), .page_ref = true}};
	const struct pdf_callout_item items[] = {{first, 2}, {second, 3}};
	const struct pdf_callout callout = {.ink = PDF_RED,
	                                    .word = STR("NOT READY"),
	                                    .below = STR("2 of 9 rules fail"),
	                                    .items = items,
	                                    .n = 2,
	                                    .item_lines = 2,
	                                    .more = STR("and 3 more rules fail")};
	const struct pdf_part top[] = {{the_change, NULL, 1}, {not_looked_at, NULL, 1}};
	const struct pdf_part bottom[] = {{objectives, NULL, 1}, {exceptions, NULL, 1}};
	pdf_bookmark(pdf, 1, STR("Decision"));
	pdf_text(pdf, (struct pdf_style){PDF_BOLD, PDF_TITLE, PDF_INK},
	         STR("Enable Defender for Containers on production clusters"));
	pdf_text(pdf, (struct pdf_style){PDF_TEXT, PDF_BODY, PDF_GREY},
	         STR("Evidence before 2026-03-01 08:00 UTC and after 2026-03-08 08:00 UTC · 214 files, 2 tools · "
	             "3 subscriptions, 2 assessed on both sides"));
	pdf_callout(pdf, &callout);
	pdf_columns(pdf, top, 2, 20);
	effect(pdf);
	pdf_columns(pdf, bottom, 2, 20);
	const struct str labels[] = {STR("Prepared by · date"), STR("Reviewed by · date"), STR("Approved by · date")};
	pdf_signatures(pdf, labels, 3);
}

/* ---- Hostile text ------------------------------------------------------------------------------------------------ */

static const struct str HOSTILE[] = {
    LIT("CVE-2025-1234"),
    LIT("\xff\xfe\x80 malformed \xc3\x28 \xe2\x82 \xed\xa0\x80 \xf4\x90\x80\x80 end\xc3"),
    LIT("bell \a escape \x1b[31m null \0 del \x7f c1 \xc2\x85."),
    LIT("bidi \xe2\x80\xae"
        "gpj.exe\xe2\x80\xac isolate \xe2\x81\xa6x\xe2\x81\xa9"),
    LIT("emoji 😀 and 𝔐 and 漢字 and \xee\x80\x80 and \xef\xbb\xbf."),
    LIT("/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-production-westeurope/providers/"
        "Microsoft.ContainerService/managedClusters/aks-payments-prod-weu-01"),
    LIT("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
    LIT("zero\xe2\x80\x8bwidth soft\xc2\xadhyphen no\xc2\xa0"
        "break tab\tend"),
    LIT("line\nbreak\r\nand\rmore\xe2\x80\xa8separators\xe2\x80\xa9"
        "done\n"),
    LIT("Z\xcc\x81\xcc\x82\xcc\x83\xcc\x84\xcc\x85\xcc\x86\xcc\x87\xcc\x88\xcc\x89\xcc\x8a"
        "algo \xcc\x81 alone"),
    LIT("Ελληνικά Кириллица Ǖ ǘ Ấ ế Ç ß Ł ø"),
    LIT("שלום مرحبا नमस्ते"),
    LIT(")Tj ET (\\) <</S/JavaScript>> endstream endobj %%EOF"),
    LIT("<script>alert('&amp;')</script> ${jndi:ldap://x} %s%n"),
    LIT(""),
    LIT(" "),
    LIT("                                          spaces                                          "),
};
enum { HOSTILES = sizeof(HOSTILE) / sizeof(HOSTILE[0]) };

static void hostile_table(struct pdf *pdf, size_t rows, struct str caption)
{
	static const struct pdf_column COLUMNS[] = {
	    {.title = LIT("severity"), .width = 62},
	    {.title = LIT("rule, long enough to wrap in its header"), .weight = 1, .minimum = 60, .max_lines = 3},
	    {.title = LIT("subject"), .weight = 2},
	    {.title = LIT("evidence"), .width = 90, .face = PDF_MONO, .ellipsis = true},
	    {.title = LIT("count"), .width = 44, .align = PDF_RIGHT},
	    {.title = LIT("see"), .width = 36, .align = PDF_RIGHT},
	};
	static const char *const WORDS[] = {"", "critical", "high", "medium", "low", "info", "unknown"};
	struct pdf_table table;
	char count[32];
	pdf_table_begin(&table, pdf, COLUMNS, 6,
	                &(struct pdf_table_options){.caption = caption, .size = PDF_SMALL, .zebra = true});
	for (size_t i = 0; i < rows; i++) {
		size_t symbol = 1 + i % 6;
		if (i % 100 == 0) {
			struct pdf_cell group[6] = {{.text = HOSTILE[i / 100 % HOSTILES]},
			                            {.kind = PDF_CELL_SPAN},
			                            {.kind = PDF_CELL_SPAN},
			                            {.kind = PDF_CELL_SPAN}};
			pdf_table_row(&table, group, PDF_ROW_GROUP);
		}
		snprintf(count, sizeof(count), "%zu", i * 7919 % 100003);
		struct pdf_cell cells[6] = {
		    {.text = str_from(WORDS[symbol]), .symbol = (enum pdf_symbol)symbol},
		    {.text = HOSTILE[i % HOSTILES], .bold = i % 5 == 0},
		    {.text = HOSTILE[(i / 3 + 5) % HOSTILES], .link = i % 4 ? STR_EMPTY : STR("check")},
		    {.text = HOSTILE[(i * 5 + 1) % HOSTILES], .ink = i % 2 ? PDF_GREY : PDF_RED},
		    {.text = str_from(count)},
		    {.kind = PDF_CELL_PAGE, .link = i % 2 ? STR("check") : STR("effect")},
		};
		pdf_table_row(&table, cells, PDF_ROW);
	}
	pdf_table_end(&table);
}

static void tall_row(struct pdf *pdf)
{
	static const struct pdf_column COLUMNS[] = {{.title = LIT("what"), .width = 60}, {.title = LIT("text")}};
	struct pdf_table table;
	struct buf long_text = {0};
	for (int i = 0; i < 1500; i++) buf_printf(&long_text, "word-%d of a cell that no page can hold; ", i);
	struct pdf_cell cells[2] = {{.text = STR("tall"), .symbol = PDF_SYMBOL_INFO}, {.text = buf_str(&long_text)}};
	pdf_table_begin(&table, pdf, COLUMNS, 2, NULL);
	pdf_table_row(&table, cells, PDF_ROW);
	pdf_table_end(&table);
	buf_free(&long_text);
}

static void how_to_check(struct pdf *pdf)
{
	const struct pdf_run runs[] = {TEXT("Unpack the packet and run "),
	                               {.text = STR("sha256sum -c manifest-sha256.txt"), .face = PDF_MONO},
	                               TEXT("; every line ends in OK. Then compare the digest on "),
	                               {.text = STR("the decision page"), .link = STR("effect"), .page_ref = true},
	                               TEXT(" with the one you were given.")};
	const struct pdf_paragraph paragraph = {PDF_BODY, PDF_LEFT, 0};
	pdf_section(pdf, STR("How to check this report"), STR("check"), true);
	pdf_runs(pdf, &paragraph, runs, 5);
	pdf_space(pdf, 4);
	for (int i = 0; i < 3; i++) pdf_runs(pdf, &paragraph, runs, 5);
	pdf_subsection(pdf, STR("Hostile paragraphs"), STR_EMPTY, true);
	for (size_t i = 0; i < HOSTILES; i++) {
		pdf_text(pdf, (struct pdf_style){PDF_TEXT, PDF_BODY, PDF_INK}, HOSTILE[i]);
		pdf_space(pdf, 2);
	}
	pdf_text_at(pdf, pdf_x(pdf), pdf_y(pdf) + 10, (struct pdf_style){PDF_MONO, PDF_SMALL, PDF_GREY}, PDF_LEFT, 120,
	            STR("cut at 120 points because it is longer than that"));
}

static bool append(void *context, const void *bytes, size_t len, struct error *error)
{
	(void)error;
	buf_add(context, str_of(bytes, len));
	return true;
}

static bool save(struct pdf *pdf, struct buf *out, struct error *error) { return pdf_save(pdf, append, out, error); }

static bool build(const struct pdf_options *options, struct buf *out, struct error *error)
{
	struct pdf *pdf = pdf_new(options, &pdf_resources_debian, error);
	if (!pdf) return false;
	decision_page(pdf);
	pdf_new_page(pdf);
	pdf_section(pdf, STR("Findings with hostile text in every field"), STR("hostile"), true);
	hostile_table(pdf, 300, STR("the first 300 of 121,034, by severity"));
	tall_row(pdf);
	how_to_check(pdf);
	pdf_link_to(pdf, pdf_x(pdf), pdf_y(pdf), 10, 10, STR("nowhere"));
	bool saved = save(pdf, out, error);
	struct str dangling;
	CHECK(pdf_dangling(pdf, &dangling) == 1 && str_eq(dangling, STR("nowhere")),
	      "a link to a mark that was never set is counted and named");
	CHECK(pdf_page_number(pdf) > 10, "the document has more than ten pages");
	pdf_free(pdf);
	return saved;
}

/* ---- The readers ------------------------------------------------------------------------------------------------- */

static bool write_file(const char *path, struct str bytes)
{
	FILE *file = fopen(path, "wb");
	if (!file) return false;
	bool good = fwrite(bytes.ptr, 1, bytes.len, file) == bytes.len;
	return fclose(file) == 0 && good;
}

static bool installed(const char *program)
{
	char command[64];
	snprintf(command, sizeof(command), "command -v %s >/dev/null 2>&1", program);
	return system(command) == 0;
}

/* A reader must end with 0 and say nothing on stderr. */
static void silent(const char *program, const char *format, const char *path)
{
	char command[512], said[256] = "";
	if (!installed(program)) {
		printf("skip - %s reads the document without a word (not installed)\n", program);
		return;
	}
	snprintf(command, sizeof(command), format, path);
	FILE *pipe = popen(command, "r");
	size_t n = pipe ? fread(said, 1, sizeof(said) - 1, pipe) : 0;
	int status = pipe ? pclose(pipe) : -1;
	CHECK(status == 0 && n == 0, "%s reads the document without a word", program);
	if (n) printf("# %s\n", said);
}

static void the_text_comes_back(const char *path)
{
	static const char *const WANTED[] = {"NOT READY",
	                                     "Ελληνικά Кириллица Ǖ ǘ Ấ ế",
	                                     "\\x{FF}\\x{FE}\\x{80} malformed",
	                                     "\\u{1F600}",
	                                     "\\u{202E}gpj.exe\\u{202C}",
	                                     "\\u{5E9}",
	                                     "INTERNAL — CHANGE EVIDENCE",
	                                     "1 of ",
	                                     "</S/JavaScript>>",
	                                     "p. 2"};
	char command[512], text[1 << 16];
	if (!installed("pdftotext")) {
		printf("skip - text copied out is the text put in, or its escape (pdftotext is not installed)\n");
		return;
	}
	snprintf(command, sizeof(command), "pdftotext -raw -enc UTF-8 '%s' -", path);
	FILE *pipe = popen(command, "r");
	struct buf all = {0};
	for (size_t n; pipe && (n = fread(text, 1, sizeof(text), pipe)) > 0;) buf_add(&all, str_of(text, n));
	if (pipe) pclose(pipe);
	for (size_t i = 0; i < sizeof(WANTED) / sizeof(WANTED[0]); i++)
		CHECK(str_find(buf_str(&all), str_from(WANTED[i])) != SIZE_MAX, "copied text has %s", WANTED[i]);
	buf_free(&all);
}

/* No word leaves the frame of the page, and no two words share ink. */
struct word {
	float x1, y1, x2, y2;
};

static size_t touching(const struct word *words, size_t n)
{
	size_t touching = 0;
	for (size_t i = 0; i < n; i++)
		for (size_t k = i + 1; k < n; k++)
			/* Boxes are as high as the font allows, 1.16 of the size: the ink keeps off the edges. */
			touching += words[i].x1 + 0.3F < words[k].x2 - 0.3F &&
			            words[k].x1 + 0.3F < words[i].x2 - 0.3F &&
			            words[i].y1 + 2.2F < words[k].y2 - 2.2F && words[k].y1 + 2.2F < words[i].y2 - 2.2F;
	return touching;
}

static void words_stay_in_place(const char *path, const char *name)
{
	static struct word words[5000];
	char command[512], line[8192];
	float width = 0, height = 0;
	size_t n = 0, outside = 0, touch = 0, total = 0;
	if (!installed("pdftotext")) {
		printf("skip - in %s no word leaves its page or touches another (pdftotext is not installed)\n", name);
		return;
	}
	snprintf(command, sizeof(command), "pdftotext -bbox '%s' - 2>&1", path);
	FILE *pipe = popen(command, "r");
	while (pipe && fgets(line, sizeof(line), pipe)) {
		struct word w;
		const char *at = line + strspn(line, " ");
		if (sscanf(at, "<page width=\"%f\" height=\"%f\">", &width, &height) == 2) n = 0;
		if (strncmp(at, "</page>", 7) == 0) touch += touching(words, n);
		if (sscanf(at, "<word xMin=\"%f\" yMin=\"%f\" xMax=\"%f\" yMax=\"%f\">", &w.x1, &w.y1, &w.x2, &w.y2) !=
		    4)
			continue;
		outside += w.x1 < 45.7F || w.x2 > width - 45.7F || w.y1 < 30 || w.y2 > height - 25;
		total++;
		if (n < sizeof(words) / sizeof(words[0])) words[n++] = w;
	}
	if (pipe) pclose(pipe);
	CHECK(total > 0 && outside == 0, "in %s no word leaves the frame of its page (%zu of %zu do)", name, outside,
	      total);
	CHECK(touch == 0, "in %s no word touches another (%zu do)", name, touch);
}

/* PDFBox's preflight, from Debian's libpdfbox2-java, libjaxb-api-java and libjakarta-activation-java. */
static void preflight_agrees(const char *path)
{
	static const char *const JARS[] = {"preflight",  "pdfbox2",          "fontbox2",
	                                   "xmpbox",     "commons-logging",  "pdfbox2-tools",
	                                   "commons-io", "javax.activation", "jaxb-api"};
	char command[2048] = "java -cp ", said[512] = "";
	if (!installed("java") || access("/usr/share/java/preflight.jar", R_OK) != 0 ||
	    access("/usr/share/java/jaxb-api.jar", R_OK) != 0) {
		printf("skip - preflight calls the document valid PDF/A-1b (libpdfbox2-java is not installed)\n");
		return;
	}
	for (size_t i = 0; i < sizeof(JARS) / sizeof(JARS[0]); i++) {
		size_t n = strlen(command);
		snprintf(command + n, sizeof(command) - n, "/usr/share/java/%s.jar:", JARS[i]);
	}
	size_t n = strlen(command);
	snprintf(command + n, sizeof(command) - n, " org.apache.pdfbox.preflight.Validator_A1b '%s' 2>&1", path);
	FILE *pipe = popen(command, "r");
	said[pipe ? fread(said, 1, sizeof(said) - 1, pipe) : 0] = '\0';
	if (pipe) pclose(pipe);
	if (!CHECK(strstr(said, "is a valid PDF/A-1b file") != NULL, "preflight calls the document valid PDF/A-1b"))
		printf("# %s\n", said);
}

static void readers_agree(struct str bytes, const char *name, bool all, const char *keep)
{
	char path[] = "/tmp/test_pdf_XXXXXX";
	int fd = mkstemp(path);
	if (fd >= 0) close(fd);
	CHECK(fd >= 0 && write_file(path, bytes), "%s is written to a file for its readers", name);
	silent("qpdf", "qpdf --check '%s' 2>&1 >/dev/null", path);
	silent("pdftotext", "pdftotext '%s' /dev/null 2>&1", path);
	silent("pdftoppm", "pdftoppm -r 20 '%s' 2>&1 >/dev/null", path);
	words_stay_in_place(path, name);
	preflight_agrees(path);
	if (all) the_text_comes_back(path);
	unlink(path);
	if (keep) write_file(keep, bytes);
}

/* ---- Small promises ---------------------------------------------------------------------------------------------- */

static bool refuse(void *context, const void *bytes, size_t len, struct error *error)
{
	(void)context;
	(void)bytes;
	(void)len;
	return error_set(error, ERROR_SYSTEM, "disk", "is full");
}

static void errors_are_values(void)
{
	struct error error = {0};
	struct pdf_resources resources = pdf_resources_debian;
	resources.faces[PDF_MONO].sha256 = resources.faces[PDF_BOLD].sha256;
	CHECK(!pdf_new(&OPTIONS, &resources, &error) && error.kind == ERROR_SYSTEM &&
	          strstr(error.message, "not the file expected"),
	      "a font with another hash is refused");
	resources.faces[PDF_MONO] = (struct pdf_resource){"/dev/null", NULL};
	CHECK(!pdf_new(&OPTIONS, &resources, &error) && strstr(error.message, "regular file"),
	      "a font is a regular file");
	resources.faces[PDF_MONO] = (struct pdf_resource){resources.icc.path, NULL};
	CHECK(!pdf_new(&OPTIONS, &resources, &error) && error.kind == ERROR_SYSTEM,
	      "a profile is not taken for a font");
	resources.faces[PDF_MONO] = (struct pdf_resource){"/nowhere/font.ttf", NULL};
	CHECK(!pdf_new(&OPTIONS, &resources, &error) && strstr(error.file, "/nowhere/font.ttf"),
	      "a missing font is named");
	struct pdf_options options = OPTIONS;
	options.as_of.month = 13;
	CHECK(!pdf_new(&options, &pdf_resources_debian, &error) && error.kind == ERROR_INPUT, "month 13 is refused");
	options = OPTIONS;
	options.max_pages = 3;
	struct pdf *pdf = pdf_new(&options, &pdf_resources_debian, &error);
	if (pdf) hostile_table(pdf, 500, STR_EMPTY);
	struct buf out = {0};
	CHECK(pdf && !pdf_ok(pdf) && !save(pdf, &out, &error) && strstr(error.message, "more than 3 pages") && !out.len,
	      "too many pages are an error that pdf_save tells");
	pdf_free(pdf);
	pdf = pdf_new(&OPTIONS, &pdf_resources_debian, &error);
	if (pdf) decision_page(pdf);
	CHECK(pdf && !pdf_save(pdf, refuse, NULL, &error) && error.kind == ERROR_SYSTEM &&
	          strcmp(error.message, "is full") == 0,
	      "what write() says is the error of pdf_save");
	pdf_free(pdf);
	pdf_free(NULL);
	buf_free(&out);
}

static void block_of_text(struct pdf *pdf, void *context)
{
	pdf_text(pdf, (struct pdf_style){PDF_TEXT, PDF_BODY, PDF_INK}, *(struct str *)context);
}

static unsigned lines_of(struct pdf *pdf, const char *text, float width)
{
	const struct pdf_paragraph paragraph = {PDF_BODY, PDF_LEFT, 0};
	const struct pdf_run run = {.text = str_from(text)};
	unsigned lines = 0;
	pdf_runs_height(pdf, width, &paragraph, &run, 1, &lines);
	return lines;
}

static void text_is_cleaned(struct pdf *pdf)
{
	static const struct {
		struct str in;
		const char *out;
	} CASES[] = {
	    {LIT("a\xff"
	         "b"),
	     "a\\x{FF}b"},
	    {LIT("\xed\xa0\x80"), "\\x{ED}\\x{A0}\\x{80}"},
	    {LIT("x\xf0\x9f\x98\x80"), "x\\u{1F600}"},
	    {LIT("\xe2\x80\xae"), "\\u{202E}"},
	    {LIT("soft\xc2\xad"), "soft\\u{AD}"},
	    {LIT("no\xc2\xa0"
	         "break"),
	     "no\xc2\xa0"
	     "break"},
	    {LIT("\xcc\x81 alone"), "\\u{301} alone"},
	    {LIT("e\xcc\x81"), "e\xcc\x81"},
	    {LIT("tab\tend"), "tab    end"},
	    {LIT("two\r\nlines"), "two lines"},
	    {LIT("\0"), "\\u{0}"},
	    {LIT("\xee\x80\x80"), "\\u{E000}"},
	};
	for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
		struct buf out = {0};
		pdf_clean(pdf, PDF_TEXT, CASES[i].in, 0, &out);
		CHECK(str_eq(buf_str(&out), str_from(CASES[i].out)), "cleaning gives %s", CASES[i].out);
		buf_free(&out);
	}
	struct buf out = {0};
	pdf_clean(pdf, PDF_TEXT, STR("abcdef"), 4, &out);
	CHECK(str_eq(buf_str(&out), STR("abc…")), "cleaning cuts after the letters asked for");
	buf_free(&out);
	struct buf endless = {0};
	for (int i = 0; i < 100000; i++) buf_add(&endless, STR("x "));
	buf_char(&endless, '\0');
	CHECK(lines_of(pdf, endless.ptr, 100000) < 200, "text without end is cut");
	buf_free(&endless);
}

static void lines_break_well(struct pdf *pdf)
{
	float width = pdf_text_width(pdf, PDF_TEXT, PDF_BODY, STR("hello world"));
	CHECK(width > 40 && width < 60, "a width is measured from the font");
	CHECK(lines_of(pdf, "hello world", width) == 1, "text fits into its own width");
	CHECK(lines_of(pdf, "hello world", width - 1) == 2, "text that is a point too wide takes two lines");
	CHECK(lines_of(pdf, "hello\nworld\n", 200) == 2, "a line end at the end begins no line");
	CHECK(lines_of(pdf, "hello\n\nworld", 200) == 3, "an empty line stays");
	CHECK(lines_of(pdf, "", 200) == 0, "no text takes no line");
	CHECK(lines_of(pdf, "aaaaaaaaaaaaaaaaaaaaaaaa", 20) >= 6, "a word longer than the line is broken");
	CHECK(lines_of(pdf, "W", 1) == 1, "a line narrower than a letter still ends");
	float part = pdf_text_width(pdf, PDF_TEXT, PDF_BODY, STR("/aaaa/bbbb/"));
	CHECK(lines_of(pdf, "/aaaa/bbbb/cccc/dddd", part + 3) == 2, "a long path breaks after a slash");
	struct str text = STR("one two three four five six seven eight nine ten");
	float y = pdf_y(pdf), height = pdf_measure(pdf, 60, block_of_text, &text);
	CHECK(pdf_y(pdf) <= y && height > 3 * pdf_size_leading(PDF_BODY), "measuring moves nothing");
	CHECK(pdf_text_at(pdf, 0, 10, (struct pdf_style){0}, PDF_LEFT, 30, text), "one line that is too long is cut");
	CHECK(!pdf_text_at(pdf, 0, 10, (struct pdf_style){0}, PDF_LEFT, 0, text), "one line without a limit is not");
}

static void small_documents(void)
{
	struct error error;
	struct buf out = {0};
	struct pdf_options options = {.as_of = {1970, 1, 1, 0, 0, 0}, .paper = PDF_LETTER};
	struct pdf *pdf = pdf_new(&options, &pdf_resources_debian, &error);
	CHECK(pdf && save(pdf, &out, &error) && out.len > 1000, "a document without a word can be saved");
	CHECK(pdf && !save(pdf, &out, &error), "a document is saved once");
	readers_agree(buf_str(&out), "an empty document", false, NULL);
	pdf_free(pdf);
	buf_free(&out);
	pdf = pdf_new(&OPTIONS, &pdf_resources_debian, &error);
	if (!CHECK(pdf != NULL, "a document can be begun")) return;
	text_is_cleaned(pdf);
	lines_break_well(pdf);
	pdf_free(pdf);
}

/* ---- The longest of everything ----------------------------------------------------------------------------------- */

static struct str repeated(struct buf *buf, const char *s, int times)
{
	for (int i = 0; i < times; i++) buf_add(buf, str_from(s));
	return buf_str(buf);
}

static void much_text(struct pdf *pdf, void *context)
{
	pdf_section(pdf, STR("A column that no page can hold"), STR_EMPTY, false);
	block_of_text(pdf, context);
}

static void longest_callout(struct pdf *pdf, struct str text, size_t n)
{
	struct pdf_run runs[80];
	struct pdf_callout_item items[80];
	for (size_t i = 0; i < n; i++) {
		runs[i] = (struct pdf_run){.text = text};
		items[i] = (struct pdf_callout_item){&runs[i], 1};
	}
	pdf_callout(pdf, &(struct pdf_callout){PDF_RED, text, text, items, n, 2, text});
}

static void longest_table(struct pdf *pdf, struct str text)
{
	struct pdf_column columns[PDF_TABLE_COLUMNS] = {0};
	struct pdf_cell cells[PDF_TABLE_COLUMNS] = {0};
	struct pdf_table table;
	for (size_t i = 0; i < PDF_TABLE_COLUMNS; i++) {
		columns[i] = (struct pdf_column){.title = str_slice(text, 0, 12 * i),
		                                 .align = (enum pdf_align)(i % 3),
		                                 .width = i % 2 ? 100 : 0,
		                                 .face = (enum pdf_face)(i % 3),
		                                 .max_lines = 3};
		cells[i] = (struct pdf_cell){.text = text, .symbol = (enum pdf_symbol)(i % PDF_SYMBOLS)};
	}
	pdf_table_begin(&table, pdf, columns, PDF_TABLE_COLUMNS, &(struct pdf_table_options){.caption = text});
	for (int i = 0; i < 40; i++) pdf_table_row(&table, cells, PDF_ROW);
	pdf_table_end(&table);
	const struct pdf_column numbers[] = {{.title = LIT("n"), .width = 30, .align = PDF_RIGHT},
	                                     {.title = LIT("n"), .width = 30, .align = PDF_RIGHT},
	                                     {.title = LIT("rest")}};
	const struct pdf_cell row[] = {
	    {.text = LIT("123456789")}, {.text = LIT("123 456 789 012 345")}, {.text = text}};
	pdf_table_begin(&table, pdf, numbers, 3, NULL);
	pdf_table_row(&table, row, PDF_ROW);
	pdf_table_row(&table, row, PDF_ROW_SUM);
	pdf_table_end(&table);
}

static void longest_of_everything(const char *keep)
{
	struct error error;
	struct buf words = {0}, letters = {0}, page = {0}, out = {0};
	struct str long_words = repeated(&words, "Überprüfung der Änderungen ", 40);
	struct str long_word = repeated(&letters, "Donaudampfschifffahrt", 40);
	struct str pages = repeated(&page, "more than one page can hold, ", 600);
	struct pdf_options options = OPTIONS;
	options.paper = PDF_LETTER;
	options.title = options.subject = options.creator = long_words;
	options.header_left = options.footer_left = options.footer_centre = long_words;
	options.header_right = options.word_page = options.word_of = long_word;
	struct pdf *pdf = pdf_new(&options, &pdf_resources_debian, &error);
	if (!CHECK(pdf != NULL, "the longest of everything can be begun")) return;
	for (int i = 0; i < 2; i++) {
		struct str s = i ? long_word : long_words;
		pdf_section(pdf, s, s, true);
		pdf_subsection(pdf, s, STR_EMPTY, true);
		longest_callout(pdf, s, 4);
		longest_callout(pdf, s, 80);
		const struct pdf_pair pairs[] = {
		    {.key = s, .value = s}, {.key = s, .value = pages}, {.key = STR("k"), .value = pages}};
		pdf_pairs(pdf, pairs, 3, 0);
		const struct str labels[] = {s, s, s, s};
		pdf_signatures(pdf, labels, 4);
		const struct pdf_legend legend[] = {
		    {PDF_RED, false, s}, {PDF_RED, true, STR("short")}, {PDF_RED, true, s}};
		pdf_legend(pdf, legend, 3);
		const struct pdf_part parts[] = {{much_text, &pages, 1}, {much_text, &s, 3}};
		pdf_columns(pdf, parts, 2, 20);
		const struct pdf_part halves[] = {{much_text, &s, 0}, {much_text, &s, 0}};
		pdf_columns(pdf, halves, 2, 20);
		pdf_keep(pdf, much_text, &s);
		pdf_keep(pdf, much_text, &pages);
		longest_table(pdf, s);
	}
	if (!CHECK(save(pdf, &out, &error), "the longest of everything is saved")) printf("# %s\n", error.message);
	readers_agree(buf_str(&out), "the longest of everything", false, keep);
	pdf_free(pdf);
	buf_free(&words);
	buf_free(&letters);
	buf_free(&page);
	buf_free(&out);
}

/* ---- Speed ------------------------------------------------------------------------------------------------------- */

static double seconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static long peak_kb(void)
{
	struct rusage usage;
	getrusage(RUSAGE_SELF, &usage);
	return usage.ru_maxrss;
}

static void bench(void)
{
	struct error error;
	struct buf out = {0};
	struct pdf_options options = OPTIONS;
	options.max_pages = 30000;
	double begin = seconds();
	struct pdf *pdf = pdf_new(&options, &pdf_resources_debian, &error);
	double made = seconds();
	long before = peak_kb();
	if (!pdf) return;
	decision_page(pdf);
	pdf_new_page(pdf);
	pdf_mark(pdf, STR("check"));
	pdf_mark(pdf, STR("hostile"));
	hostile_table(pdf, 30000, STR("bench"));
	double drawn = seconds();
	long middle = peak_kb();
	unsigned pages = pdf_page_number(pdf);
	if (!save(pdf, &out, &error)) printf("# %s\n", error.message);
	double saved = seconds();
	printf("# begin %.0f ms; 30,000 hostile rows on %u pages: %.0f ms (%.0f rows per 100 ms); save %.0f ms\n",
	       (made - begin) * 1e3, pages, (drawn - made) * 1e3, 3000 / (drawn - made), (saved - drawn) * 1e3);
	printf(
	    "# %.0f pages/s; %.1f KB a page before saving, %.1f at the end with the file (%zu bytes); begin %ld KB\n",
	    pages / (saved - begin), (double)(middle - before) / pages, (double)(peak_kb() - before) / pages, out.len,
	    before);
	pdf_free(pdf);
	buf_free(&out);
}

int main(int argc, char **argv)
{
	struct buf one = {0}, two = {0};
	struct error error;
	char text[1200];
	if (argc > 2) {
		bench();
		return 0;
	}
	if (!CHECK(build(&OPTIONS, &one, &error), "the document is built"))
		printf("# %s\n", error_text(&error, text, sizeof(text)));
	CHECK(build(&OPTIONS, &two, &error) && str_eq(buf_str(&one), buf_str(&two)), "two runs give the same bytes");
	readers_agree(buf_str(&one), "the demonstration", true, argc > 1 ? argv[1] : NULL);
	errors_are_values();
	small_documents();
	longest_of_everything(getenv("TEST_PDF_LONGEST"));
	buf_free(&one);
	buf_free(&two);
	return check_done();
}
