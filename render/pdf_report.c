/* Being written: a first page that says what the report is about. */
#include "render/pdf_report.h"

#include "render/pdf_text.h"

bool pdf_report(const struct result *result, const struct analysis *analysis, enum pdf_paper paper, struct sink sink,
                struct error *error)
{
	(void)analysis;
	struct pdf_options options = {.paper = paper, .title = STR("Change evidence"),
	                              .as_of = instant_split(result->as_of == INSTANT_NONE ? 0 : result->as_of)};
	struct pdf *pdf = pdf_new(&options, &pdf_resources_debian, error);
	if (!pdf) return false;
	pdf_title(pdf, options.title, result->change.title);
	bool good = pdf_save(pdf, sink.write, sink.context, error);
	pdf_free(pdf);
	return good;
}
