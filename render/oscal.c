#include "render/oscal_private.h"

enum { LINKS = 50 }; /* related observations of one control */

/* ---- reviewed controls ---- */

/* OSCAL's ids are tokens: a letter or '_', then letters, digits, '.', '-' and '_'. NIST SP 800-53's are written as its
 * catalogue in OSCAL has them: "AC-2(1)" is "ac-2.1". */
static struct str control_token(struct oscal *o, const struct control *c)
{
	bool nist = str_starts_nocase(c->framework, STR("NIST")) && str_find(c->framework, STR("53")) != SIZE_MAX;
	struct str id = nist ? str_lower(&o->row, c->id) : c->id;
	struct buf token = {0};
	for (size_t i = 0; i < id.len && i < 200; i++) {
		char letter = id.ptr[i];
		bool alpha = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || letter == '_';
		bool more = (letter >= '0' && letter <= '9') || letter == '.' || letter == '-';
		if (!token.len && !alpha) buf_char(&token, '_');
		if (alpha || more)
			buf_char(&token, letter);
		else if (letter == '(')
			buf_char(&token, '.');
		else if (letter != ')')
			buf_char(&token, '_');
	}
	if (!token.len) buf_char(&token, '_');
	struct str made = str_dup(&o->row, buf_str(&token));
	buf_free(&token);
	return made;
}

static void put_no_controls(struct oscal *o)
{
	xml_start(&o->doc, "control-selection");
	oscal_paragraph(o, "description", STR("No framework was judged, so that no control was reviewed."));
	xml_start(&o->doc, "include-control");
	xml_word(&o->doc, "control-id", "no-control-was-reviewed");
	xml_end(&o->doc);
	xml_end(&o->doc);
}

static size_t put_framework(struct oscal *o, size_t from)
{
	const struct result *r = o->result;
	struct str framework = r->controls[from].framework;
	xml_start(&o->doc, "control-selection");
	oscal_paragraph(
	    o, "description",
	    str_printf(&o->row, "All controls of the table of %.*s.", STR_ARG(text_line(&o->row, framework, 200))));
	oscal_property(o, "framework", framework);
	size_t i = from;
	for (; i < r->control_count && str_eq(r->controls[i].framework, framework); i++) {
		xml_start(&o->doc, "include-control");
		xml_attribute(&o->doc, "control-id", control_token(o, &r->controls[i]));
		xml_end(&o->doc);
		arena_reset(&o->row);
	}
	xml_end(&o->doc);
	return i;
}

static void put_reviewed(struct oscal *o)
{
	xml_start(&o->doc, "reviewed-controls");
	if (!o->result->control_count) put_no_controls(o);
	for (size_t i = 0; i < o->result->control_count;) i = put_framework(o, i);
	xml_end(&o->doc);
}

/* ---- findings: one for each control ---- */

/* Only what is satisfied without more is satisfied; the reason tells what fails from what cannot be said. */
static void put_state(struct oscal *o, const struct control *c)
{
	xml_start(&o->doc, "status");
	xml_word(&o->doc, "state", c->state == CONTROL_SATISFIED ? "satisfied" : "not-satisfied");
	xml_word(&o->doc, "reason",
	         c->state == CONTROL_SATISFIED       ? "pass"
	         : c->state == CONTROL_NOT_SATISFIED ? "fail"
	                                             : "other");
	xml_end(&o->doc);
}

static void put_target(struct oscal *o, const struct control *c)
{
	struct str token = control_token(o, c);
	xml_start(&o->doc, "target");
	xml_word(&o->doc, "type", "objective-id");
	xml_attribute(&o->doc, "target-id", str_printf(&o->row, "%.*s_obj", STR_ARG(token)));
	put_state(o, c);
	xml_end(&o->doc);
	arena_reset(&o->row);
}

/* The observations of a control's links, each once: several links may be of one that holds what is left over. */
static void put_links(struct oscal *o, const struct control *c, bool risks)
{
	const struct observed *put[LINKS];
	size_t count = 0;
	for (size_t i = 0; i < c->links_kept && count < LINKS; i++) {
		const struct observed *rule = observed_find(&o->observed, c->links[i].tool, c->links[i].rule);
		bool again = !rule || (risks && !oscal_has_risk(rule));
		for (size_t k = 0; k < count && !again; k++) again = put[k] == rule;
		if (again) continue;
		put[count++] = rule;
		xml_start(&o->doc, risks ? "associated-risk" : "related-observation");
		oscal_uuid(o, risks ? "risk-uuid" : "observation-uuid",
		           risks ? oscal_risk_uuid(rule) : oscal_observation_uuid(o, rule));
		xml_end(&o->doc);
	}
}

static void put_remarks(struct oscal *o, const struct control *c)
{
	struct str reported = c->reported[SIDE_AFTER];
	bool cut = c->link_count > LINKS;
	if (!c->moved.len && !reported.len && !cut) return;
	xml_start(&o->doc, "remarks");
	if (c->moved.len) oscal_line(o, "p", c->moved);
	if (reported.len)
		oscal_line(o, "p",
		           str_printf(&o->row, "The export's own verdict is %.*s%s.",
		                      STR_ARG(text_line(&o->row, reported, 200)),
		                      c->disagrees ? ", which is not what the evidence says" : ""));
	if (cut)
		oscal_line(
		    o, "p",
		    oscal_printf(o, "The first %d of %zu rules that map to it are referred to.", LINKS, c->link_count));
	xml_end(&o->doc);
}

static void put_finding(struct oscal *o, const struct control *c)
{
	struct str id = text_line(&o->row, c->id, 200), title = text_line(&o->row, c->title, 500);
	xml_start(&o->doc, "finding");
	oscal_uuid(o, "uuid", oscal_uuid_of("control", OSCAL_EVIDENCE(o), c->framework, c->id));
	oscal_line(o, "title", c->title.len ? str_printf(&o->row, "%.*s %.*s", STR_ARG(id), STR_ARG(title)) : id);
	oscal_paragraph(o, "description",
	                oscal_printf(o,
	                             "%s: %llu open (%llu of them excepted), %llu passed, %llu to be reviewed by hand, "
	                             "%llu not assessed again.",
	                             control_state_names[c->state], (unsigned long long)c->open,
	                             (unsigned long long)c->exceptions, (unsigned long long)c->pass,
	                             (unsigned long long)c->manual, (unsigned long long)c->not_assessed));
	oscal_property(o, "framework", c->framework);
	oscal_property(o, "control", c->id);
	oscal_property(o, "state", str_from(control_state_names[c->state]));
	oscal_property(o, "state-before", str_from(control_state_names[c->state_before]));
	oscal_property_count(o, "open", c->open);
	oscal_property_count(o, "pass", c->pass);
	oscal_property_count(o, "exceptions", c->exceptions);
	oscal_property_count(o, "manual", c->manual);
	oscal_property_count(o, "not-assessed", c->not_assessed);
	put_target(o, c);
	put_links(o, c, false);
	put_links(o, c, true);
	put_remarks(o, c);
	xml_end(&o->doc);
}

/* ---- the result ---- */

static int64_t captured(const struct result *r, int last)
{
	int64_t at = r->captured[SIDE_AFTER][last];
	return at == INSTANT_NONE ? r->as_of : at;
}

static void put_result(struct oscal *o)
{
	const struct result *r = o->result;
	xml_start(&o->doc, "result");
	oscal_uuid(o, "uuid", oscal_uuid_of("result", OSCAL_EVIDENCE(o), r->options, STR_EMPTY));
	oscal_line(o, "title", STR("The state after the change, and what became of the state before it"));
	oscal_paragraph(
	    o, "description",
	    oscal_printf(o,
	                 "Exports of scanners and of the platform from before and after the change, read as they "
	                 "are: %llu records before, %llu after. Nothing was scanned by dossier itself.",
	                 (unsigned long long)r->diff.records[SIDE_BEFORE],
	                 (unsigned long long)r->diff.records[SIDE_AFTER]));
	oscal_time(o, "start", captured(r, 0));
	oscal_time(o, "end", captured(r, 1));
	oscal_property_count(o, "open-before", r->diff.open[SIDE_BEFORE]);
	oscal_property_count(o, "open-after", r->diff.open[SIDE_AFTER]);
	for (int i = 0; i < OUTCOME_COUNT; i++) oscal_property_count(o, outcome_names[i], r->diff.outcomes[i]);
	oscal_components(o, false);
	put_reviewed(o);
	oscal_observations(o, false);
	oscal_risks(o);
	for (size_t i = 0; i < r->control_count; i++) put_finding(o, &r->controls[i]);
	oscal_paragraph(o, "remarks", oscal_grouped(o));
	xml_end(&o->doc);
}

bool oscal_assessment_results(const struct result *result, struct sink sink, struct error *error)
{
	struct oscal o;
	if (oscal_begin(&o, result, sink, error)) {
		xml_start(&o.doc, "assessment-results");
		xml_word(&o.doc, "xmlns", "http://csrc.nist.gov/ns/oscal/1.0");
		oscal_uuid(&o, "uuid",
		           oscal_uuid_of("assessment-results", OSCAL_EVIDENCE(&o), result->options, STR_EMPTY));
		oscal_metadata(&o, "Assessment results");
		xml_start(&o.doc, "import-ap");
		xml_attribute(&o.doc, "href", str_printf(&o.row, "#%s", oscal_no_plan_uuid().text));
		xml_end(&o.doc);
		put_result(&o);
		oscal_back_matter(
		    &o, "No assessment plan was given",
		    STR("OSCAL asks for the plan that these results belong to. There was none in OSCAL: what was to be "
		        "assessed is what the change file requires and expects, which the packet holds below "
		        "data/options where it was given."));
		xml_end(&o.doc);
	}
	return oscal_finish(&o, "assessment-results.xml");
}
