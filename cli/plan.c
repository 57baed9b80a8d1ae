/* plan: the script that an operator runs to export evidence. It is printed, never run: dossier is offline.
 *
 * The script is a template, plan/CLOUD.sh, complete by itself. What stands between its lines "#@change" and "#@end" is what holds
 * without a change; what a change says takes its place, in single quotes, so that no text of the change can be anything but text:
 *
 *     change='CHG-2041'
 *     tenant='...'
 *     subscriptions='GUID
 *     GUID'                                  the scope's, and those that a subject or requirement names
 *     requirements() {
 *     required 'azure.aks' '/subscriptions/...'
 *     }
 */
#include "analyze/change.h"
#include "analyze/document.h"
#include "analyze/expects.h"
#include "cli/command.h"
#include "core/buf.h"
#include "core/templates.h"

#include <stdio.h>
#include <stdlib.h>

static int run(int argc, char **argv);

const struct command plan_command = {
    "plan", "the read-only script that exports the evidence: printed, not run",
    "usage: dossier plan [--json] [--change FILE] azure\n\n"
    "Prints a POSIX shell script for the operator. `sh SCRIPT FOLDER` asks the Azure CLI for everything that dossier reads, each\n"
    "export into a file of its own, whose name says what it is about, and writes plan.json, which says of every command when it ran,\n"
    "who ran it and with which exit status. It only lists and shows: it changes nothing and prints no key. What was denied is named\n"
    "in plan.json and becomes a gap in the report instead of a missing file. Run it before the change and after it.\n\n"
    "  --change FILE     only the subscriptions in the change's scope, in its tenant; what it requires and the script could not\n"
    "                    export is named at the end. Without it: all subscriptions that are enabled\n"
    "  --json            one JSON object on stdout, with the script as a text\n"
    "  --templates DIR   DIR/plan/azure.sh instead of the built-in script\n\n"
    "Exit status: 0; 2 the change file or the script is wrong; 4 the system failed.\n",
    run};

static void add_quoted(struct buf *out, struct str text)
{
	buf_char(out, '\'');
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == '\'') buf_add(out, STR("'\\'"));
		buf_char(out, text.ptr[i]);
	}
	buf_char(out, '\'');
}

/* ---- what the change says --------------------------------------------------------------------------------------------- */

struct subscriptions {
	struct str *list;
	size_t count;
};

static void add_subscription(struct subscriptions *to, struct str subscription)
{
	struct str guid = change_subscription_guid(subscription);
	for (size_t i = 0; i < to->count; i++)
		if (str_eq_nocase(to->list[i], guid)) return;
	if (guid.len) to->list[to->count++] = guid;
}

/* A glob says of nothing in particular that it must be there. */
static bool is_glob(struct str text) { return memchr(text.ptr, '*', text.len) != NULL; }

static struct subscriptions subscriptions_of(const struct change *change, struct arena *arena)
{
	size_t most = change->subscription_count + change->subject_count + change->require_count;
	struct subscriptions all = {ARENA_ARRAY(arena, struct str, most + 1), 0};
	for (size_t i = 0; i < change->subscription_count; i++) add_subscription(&all, change->subscriptions[i]);
	for (size_t i = 0; i < change->subject_count; i++) {
		struct str subscription = arm_subscription(change->subjects[i]);
		if (!is_glob(subscription)) add_subscription(&all, subscription);
	}
	for (size_t i = 0; i < change->require_count; i++)
		add_subscription(&all, arm_subscription(change->requires[i].subject));
	return all;
}

static void add_required(struct buf *out, struct str format, struct str subject)
{
	buf_add(out, STR("\trequired "));
	add_quoted(out, format);
	buf_char(out, ' ');
	add_quoted(out, subject);
	buf_char(out, '\n');
}

/* Required before and after is required once. */
static bool required_earlier(const struct change *change, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (str_eq_nocase(change->requires[i].format, change->requires[at].format) &&
		    str_eq_nocase(change->requires[i].subject, change->requires[at].subject))
			return true;
	return false;
}

static void add_requirements(struct buf *out, const struct change *change)
{
	buf_add(out, STR("requirements() {\n\t:\n"));
	for (size_t i = 0; i < change->subject_count; i++)
		if (arm_subscription(change->subjects[i]).len && !is_glob(change->subjects[i]))
			add_required(out, STR_EMPTY, change->subjects[i]);
	for (size_t i = 0; i < change->require_count; i++)
		if (!required_earlier(change, i))
			add_required(out, change->requires[i].format, change->requires[i].subject);
	buf_add(out, STR("}\n"));
}

static void add_change(struct buf *out, const struct change *change, struct arena *arena)
{
	struct subscriptions subscriptions = subscriptions_of(change, arena);
	struct buf lines = {0};
	for (size_t i = 0; i < subscriptions.count; i++) {
		if (i) buf_char(&lines, '\n');
		buf_add(&lines, subscriptions.list[i]);
	}
	buf_add(out, STR("change="));
	add_quoted(out, change->id);
	buf_add(out, STR("\ntenant="));
	add_quoted(out, change->tenant);
	buf_add(out, STR("\nsubscriptions="));
	add_quoted(out, buf_str(&lines));
	buf_char(out, '\n');
	add_requirements(out, change);
	buf_free(&lines);
}

/* ---- the script --------------------------------------------------------------------------------------------------------- */

static bool make_script(struct buf *out, struct str cloud, const struct change *change, struct arena *arena,
                        struct error *error)
{
	struct str begin = STR("\n#@change\n"), end = STR("\n#@end\n"), script = STR_EMPTY;
	struct str name = str_printf(arena, "plan/%.*s.sh", STR_ARG(cloud));
	size_t from = template_find(name, &script) ? str_find(script, begin) : SIZE_MAX, to = str_find(script, end);
	if (from == SIZE_MAX || to == SIZE_MAX || to < from)
		return error_set(error, ERROR_INPUT, name.ptr,
		                 "expected a line \"#@change\" and, below it, a line \"#@end\"");
	buf_add(out, str_slice(script, 0, from + 1));
	if (change->given)
		add_change(out, change, arena);
	else
		buf_add(out, str_slice(script, from + begin.len, to + 1));
	buf_add(out, str_slice(script, to + end.len, script.len));
	return true;
}

static void print_json(struct str cloud, const struct change *change, struct str script, struct arena *arena)
{
	struct subscriptions subscriptions =
	    change->given ? subscriptions_of(change, arena) : (struct subscriptions){0};
	struct buf out = {0};
	buf_add(&out, STR("{\"dossier\":\"plan\",\"version\":1,\"cloud\":"));
	buf_json(&out, cloud);
	buf_add(&out, STR(",\"change\":"));
	if (change->given)
		buf_json(&out, change->id);
	else
		buf_add(&out, STR("null"));
	buf_add(&out, STR(",\"subscriptions\":["));
	for (size_t i = 0; i < subscriptions.count; i++) {
		if (i) buf_char(&out, ',');
		buf_json(&out, subscriptions.list[i]);
	}
	buf_add(&out, STR("],\"script\":"));
	buf_json(&out, script);
	buf_add(&out, STR("}\n"));
	fwrite(out.ptr, 1, out.len, stdout);
	buf_free(&out);
}

static int run(int argc, char **argv)
{
	enum { OPTION_CHANGE = OPTION_OWN };
	static const struct option options[] = {
	    COMMON_OPTIONS, {"change", required_argument, NULL, OPTION_CHANGE}, {0}};
	struct common common = {0};
	const char *change_file = NULL;
	int option;
	while ((option = next_option(argc, argv, options, &plan_command, &common)) == OPTION_CHANGE)
		change_file = optarg;
	if (option != -1)
		return option == 'o' ? usage_error(&plan_command, "there is no option -o") : option_status(option);
	if (optind + 1 != argc) return usage_error(&plan_command, "name one cloud: azure");
	struct str cloud = str_from(argv[optind]);
	if (!str_eq(cloud, STR("azure")))
		return usage_error(&plan_command, "there is a plan for azure, none for \"%s\"", argv[optind]);
	struct arena arena = {0};
	struct change change;
	struct error error;
	struct buf script = {0};
	change_none(&change);
	bool good = !change_file || change_read(change_file, &arena, &change, &error);
	good = good && make_script(&script, cloud, &change, &arena, &error);
	if (good && common.json)
		print_json(cloud, &change, buf_str(&script), &arena);
	else if (good)
		fwrite(script.ptr, 1, script.len, stdout);
	int status = good ? finish_output(EXIT_DONE) : report_error(&error);
	buf_free(&script);
	arena_free(&arena);
	return status;
}
