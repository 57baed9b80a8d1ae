/* controls: which frameworks there are, what controls they have, and what maps to a control according to whom. */
#include "analyze/frameworks.h"

#include "analyze/control_id.h"
#include "cli/command.h"
#include "cli/terminal.h"
#include "core/buf.h"

#include <stdio.h>

static int run(int argc, char **argv);

const struct command controls_command = {
    "controls", "frameworks, their controls, and what maps to them",
    "usage: dossier controls [--framework NAME]... [CONTROL]\n\n"
    "Without arguments, lists the frameworks that `build --framework` knows. With --framework, lists the controls of one. With a\n"
    "control's number (AC-2(1), ac-2.1 and AC_2_1 are the same), shows what maps to it and where that comes from, in the framework\n"
    "named or in all that have such a control.\n\n"
    "  --framework NAME  a framework, or a file of one's own; may be given several times\n"
    "  --json            one JSON object on stdout\n"
    "  --templates DIR   templates of your own, laid over the built-in ones\n\n"
    "Exit status: 0; 2 bad usage or input.\n",
    run};

#define PUT(buf, literal) buf_add((buf), STR(literal))

enum view { VIEW_FRAMEWORKS, VIEW_CONTROLS, VIEW_MAPS };

struct listing {
	enum view view;
	struct str wanted; /* a control; empty: all */
	bool json, found;
	struct buf frameworks, controls; /* lists of JSON objects */
	struct table table;
};

/* ---- mappings ---- */

/* A policy's name stands as a mapping of its own behind it; it is told with the policy, not by itself. */
static bool is_name_of_policy(const struct framework *f, uint32_t i)
{
	return i && f->maps[i].scheme == SCHEME_NAME && f->maps[i - 1].scheme == SCHEME_POLICY &&
	       f->maps[i - 1].control == f->maps[i].control && f->maps[i - 1].source == f->maps[i].source;
}

static struct str name_of_policy(const struct framework *f, uint32_t i)
{
	return i + 1 < f->map_count && is_name_of_policy(f, i + 1) ? f->maps[i + 1].key : STR_EMPTY;
}

/* How many mappings by scheme; control NO_CONTROL: of all controls. */
static uint64_t count_maps(const struct framework *f, uint32_t control, uint64_t by_scheme[SCHEME_COUNT])
{
	uint64_t all = 0;
	for (int s = 0; s < SCHEME_COUNT; s++) by_scheme[s] = 0;
	for (uint32_t i = 0; i < f->map_count; i++) {
		if ((control != NO_CONTROL && f->maps[i].control != control) || is_name_of_policy(f, i)) continue;
		by_scheme[f->maps[i].scheme]++;
		all++;
	}
	return all;
}

/* "policy 12, Prowler 3" */
static struct str maps_text(const uint64_t by_scheme[SCHEME_COUNT], struct arena *arena)
{
	struct str text = STR_EMPTY;
	for (int s = 0; s < SCHEME_COUNT; s++)
		if (by_scheme[s])
			text = str_printf(arena, "%.*s%s%s %llu", STR_ARG(text), text.len ? ", " : "", scheme_names[s],
			                  (unsigned long long)by_scheme[s]);
	return text;
}

/* ---- JSON ---- */

static void member(struct buf *buf, struct str begin, struct str value)
{
	buf_add(buf, begin);
	buf_json(buf, value);
}

static void known(struct buf *buf, struct str begin, struct str value)
{
	if (value.len) member(buf, begin, value);
}

static void put_maps(struct buf *buf, const uint64_t by_scheme[SCHEME_COUNT])
{
	bool any = false;
	PUT(buf, ",\"mappings\":{");
	for (int s = 0; s < SCHEME_COUNT; s++) {
		if (!by_scheme[s]) continue;
		member(buf, any ? STR(",") : STR(""), str_from(scheme_names[s]));
		buf_char(buf, ':');
		buf_u64(buf, by_scheme[s]);
		any = true;
	}
	buf_char(buf, '}');
}

static void json_framework(struct buf *buf, const struct framework *f)
{
	uint64_t by_scheme[SCHEME_COUNT];
	count_maps(f, NO_CONTROL, by_scheme);
	member(buf, buf->len ? STR(",{\"framework\":") : STR("{\"framework\":"), f->name);
	member(buf, STR(",\"title\":"), f->title);
	known(buf, STR(",\"version\":"), f->version);
	member(buf, STR(",\"source\":"), f->sources[0].name);
	known(buf, STR(",\"licence\":"), f->sources[0].licence);
	PUT(buf, ",\"controls\":");
	buf_u64(buf, f->control_count);
	put_maps(buf, by_scheme);
	buf_char(buf, '}');
}

static void json_map(struct buf *buf, const struct framework *f, uint32_t i, bool first)
{
	const struct framework_map *map = &f->maps[i];
	const struct map_source *source = &f->sources[map->source];
	member(buf, first ? STR("{\"scheme\":") : STR(",{\"scheme\":"), str_from(scheme_names[map->scheme]));
	member(buf, STR(",\"key\":"), map->key);
	known(buf, STR(",\"name\":"), name_of_policy(f, i));
	member(buf, STR(",\"source\":"), source->name);
	known(buf, STR(",\"version\":"), source->version);
	known(buf, STR(",\"licence\":"), source->licence);
	known(buf, STR(",\"note\":"), source->note);
	buf_char(buf, '}');
}

static void json_control(const struct listing *l, struct buf *buf, const struct framework *f, uint32_t control)
{
	uint64_t by_scheme[SCHEME_COUNT];
	bool first = true;
	count_maps(f, control, by_scheme);
	member(buf, buf->len ? STR(",{\"framework\":") : STR("{\"framework\":"), f->name);
	member(buf, STR(",\"control\":"), f->controls[control].id);
	known(buf, STR(",\"title\":"), f->controls[control].title);
	put_maps(buf, by_scheme);
	if (l->view == VIEW_MAPS) {
		PUT(buf, ",\"maps\":[");
		for (uint32_t i = 0; i < f->map_count; i++) {
			if (f->maps[i].control != control || is_name_of_policy(f, i)) continue;
			json_map(buf, f, i, first);
			first = false;
		}
		buf_char(buf, ']');
	}
	buf_char(buf, '}');
}

/* ---- for people ---- */

static void heading(struct table *table, const char *const *titles, size_t count)
{
	table->columns = count;
	for (size_t i = 0; i < count; i++) table_cell(table, TONE_GREY, "%s", titles[i]);
}

static void print_framework(struct listing *l, const struct framework *f)
{
	static const char *const titles[] = {"framework", "controls", "mappings", "version", "title"};
	uint64_t by_scheme[SCHEME_COUNT];
	if (!l->table.columns) heading(&l->table, titles, 5);
	table_str(&l->table, TONE_BOLD, f->name);
	table_cell(&l->table, TONE_PLAIN, "%u", f->control_count);
	table_cell(&l->table, TONE_PLAIN, "%llu", (unsigned long long)count_maps(f, NO_CONTROL, by_scheme));
	table_str(&l->table, TONE_PLAIN, f->version);
	table_str(&l->table, TONE_PLAIN, f->title);
}

static void print_head(const struct framework *f)
{
	print_text(stdout, f->title);
	if (f->version.len) printf(", "), print_text(stdout, f->version);
	printf("\nsource: ");
	print_text(stdout, f->sources[0].name);
	if (f->sources[0].licence.len) printf(" ("), print_text(stdout, f->sources[0].licence), printf(")");
	printf("\n\n");
}

static void print_control(struct listing *l, const struct framework *f, uint32_t control)
{
	static const char *const titles[] = {"control", "mappings", "title"};
	uint64_t by_scheme[SCHEME_COUNT];
	struct arena arena = {0};
	count_maps(f, control, by_scheme);
	if (!l->table.columns) heading(&l->table, titles, 3);
	table_str(&l->table, TONE_BOLD, f->controls[control].id);
	table_str(&l->table, TONE_PLAIN, maps_text(by_scheme, &arena));
	table_str(&l->table, TONE_PLAIN, f->controls[control].title);
	arena_free(&arena);
}

static void print_maps(struct listing *l, const struct framework *f, uint32_t control)
{
	static const char *const titles[] = {"by", "key", "according to", "what it is"};
	const struct framework_control *c = &f->controls[control];
	if (l->found) printf("\n");
	print_text(stdout, f->name), printf(" "), print_text(stdout, c->id);
	if (c->title.len) printf("  "), print_text(stdout, c->title);
	printf("\n");
	struct table table = {0};
	heading(&table, titles, 4);
	for (uint32_t i = 0; i < f->map_count; i++) {
		const struct framework_map *map = &f->maps[i];
		const struct map_source *source = &f->sources[map->source];
		if (map->control != control || is_name_of_policy(f, i)) continue;
		struct str name = name_of_policy(f, i);
		table_cell(&table, TONE_GREY, "%s", scheme_names[map->scheme]);
		table_str(&table, TONE_PLAIN, map->key);
		table_str(&table, TONE_PLAIN, source->name);
		table_str(&table, TONE_PLAIN, name.len ? name : source->note);
	}
	table_print(&table, stdout, true);
	table_free(&table);
}

/* ---- all of it ---- */

static void list_framework(struct listing *l, const struct framework *f)
{
	uint32_t only = l->wanted.len ? framework_control(f, l->wanted) : NO_CONTROL;
	if (l->view == VIEW_MAPS && only == NO_CONTROL) return;
	if (l->json)
		json_framework(&l->frameworks, f);
	else if (l->view == VIEW_FRAMEWORKS)
		print_framework(l, f);
	else if (l->view == VIEW_CONTROLS)
		print_head(f);
	for (uint32_t i = 0; i < f->control_count && l->view != VIEW_FRAMEWORKS; i++) {
		if (only != NO_CONTROL && i != only) continue;
		if (l->json)
			json_control(l, &l->controls, f, i);
		else if (l->view == VIEW_MAPS)
			print_maps(l, f, i);
		else
			print_control(l, f, i);
	}
	if (!l->json && l->view == VIEW_CONTROLS) {
		table_print(&l->table, stdout, true);
		table_free(&l->table);
		l->table = (struct table){0};
	}
	l->found = true;
}

static void end_listing(struct listing *l)
{
	if (l->json) {
		printf("{\"dossier\":\"controls\",\"version\":1,\"frameworks\":[%.*s]",
		       STR_ARG(buf_str(&l->frameworks)));
		if (l->view != VIEW_FRAMEWORKS) printf(",\"controls\":[%.*s]", STR_ARG(buf_str(&l->controls)));
		printf("}\n");
	} else if (l->view == VIEW_FRAMEWORKS) {
		table_print(&l->table, stdout, true);
	}
}

static bool list_all(struct listing *l, const char *const *names, size_t count, struct error *error)
{
	for (size_t i = 0; i < count; i++) {
		struct arena arena = {0};
		struct framework framework;
		bool good = framework_read(&framework, names[i], &arena, error);
		if (good) {
			list_framework(l, &framework);
			framework_free(&framework);
		}
		arena_free(&arena);
		if (!good) return false;
	}
	if (!l->found && l->wanted.len)
		return error_set(error, ERROR_INPUT, NULL, "there is no control \"%.*s\" in %s", STR_ARG(l->wanted),
		                 count == 1 ? names[0] : "any of the frameworks");
	end_listing(l);
	return true;
}

static int run(int argc, char **argv)
{
	enum { OPTION_FRAMEWORK = OPTION_OWN };
	static const struct option options[] = {
	    COMMON_OPTIONS, {"framework", required_argument, NULL, OPTION_FRAMEWORK}, {0}};
	struct common common = {0};
	struct arena arena = {0};
	struct error error;
	struct listing l = {.wanted = STR_EMPTY};
	const char **asked = ARENA_ARRAY(&arena, const char *, (size_t)argc + 1);
	size_t count = 0;
	for (int option; (option = next_option(argc, argv, options, &controls_command, &common)) != -1;) {
		if (option == OPTION_FRAMEWORK) {
			asked[count++] = optarg;
			continue;
		}
		arena_free(&arena);
		return option == 'o' ? usage_error(&controls_command, "there is no option -o") : option_status(option);
	}
	int status = EXIT_DONE;
	if (argc - optind > 1) {
		status = usage_error(&controls_command, "name one control");
	} else {
		const char *const *names = asked;
		l.json = common.json;
		l.view = optind < argc ? VIEW_MAPS : count ? VIEW_CONTROLS : VIEW_FRAMEWORKS;
		if (optind < argc) l.wanted = str_from(argv[optind]);
		if (!count) names = framework_names(&arena, &count);
		if (!list_all(&l, names, count, &error)) status = report_error(&error);
	}
	buf_free(&l.frameworks);
	buf_free(&l.controls);
	table_free(&l.table);
	arena_free(&arena);
	return finish_output(status);
}
