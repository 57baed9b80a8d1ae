/* How it works:
 *
 *   packet.json --framer--> envelope (all but the inputs) --> settings, templates
 *   the packet's index ---> data/evidence/SIDE/... sorted --> two walks --> collect, from the packet's origin
 *   data/options/... -----> files in memory (memfd) --------> analyze, by name below /proc/self/fd
 */
#include "cli/recompute.h"

#include "cli/outputs.h"
#include "cli/redacting.h"
#include "core/frame.h"
#include "core/stream.h"
#include "core/templates.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* ---- packet.json ---- */

static bool stream_source_read(void *context, char *dst, size_t capacity, size_t *got, struct error *error)
{
	return stream_read(context, dst, capacity, got, error);
}

static bool pass_over(void *context, const struct frame_record *record, struct error *error)
{
	(void)context, (void)record, (void)error;
	return true;
}

/* All of packet.json but its list of inputs, which may be long. NULL with the error. */
static cJSON *read_packet_json(const struct file_origin *origin, struct arena *arena, const char *path,
                               struct error *error)
{
	struct file file;
	struct stream stream;
	struct buf envelope = {0};
	struct frame_result framed;
	struct frame_spec *spec = frame_spec_new(arena, false, false);
	frame_spec_record(spec, STR("/inputs/"
	                            "*"));
	frame_spec_keep(spec, STR_EMPTY);
	if (!file_open(&file, origin, "data/packet.json", error) || !stream_open_file(&stream, file, NULL, error))
		return NULL;
	bool good =
	    frame_run(spec, &(struct frame_source){&stream, stream_source_read}, &(struct frame_sink){NULL, pass_over},
	              &(struct frame_options){0}, &envelope, &framed, error);
	stream_close(&stream);
	cJSON *root = good && framed.state == FRAME_OK ? cJSON_ParseWithLength(envelope.ptr, envelope.len) : NULL;
	buf_free(&envelope);
	const cJSON *what = cJSON_GetObjectItemCaseSensitive(root, "dossier");
	const cJSON *version = cJSON_GetObjectItemCaseSensitive(root, "version");
	if (cJSON_IsString(what) && !strcmp(what->valuestring, "packet") && cJSON_IsNumber(version) &&
	    version->valueint == 1)
		return root;
	if (good)
		error_set(error, ERROR_VERIFY, path, "data/packet.json: %s",
		          framed.message[0] ? framed.message : "is no description of a packet, version 1");
	cJSON_Delete(root);
	return NULL;
}

static struct str text_of(const cJSON *object, const char *name, struct arena *arena)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);
	return cJSON_IsString(item) ? str_dup(arena, str_from(item->valuestring)) : STR_EMPTY;
}

bool packet_head_read(struct packet *packet, struct packet_head *head, struct arena *arena, struct error *error)
{
	const struct file_origin *origin = packet_origin(packet, error);
	cJSON *root = origin ? read_packet_json(origin, arena, NULL, error) : NULL;
	if (!root) return false;
	head->change = text_of(root, "change", arena);
	head->evidence_digest = text_of(root, "evidence_digest", arena);
	cJSON_Delete(root);
	return true;
}

bool packet_custody_read(struct packet *packet, struct custody *custody, struct arena *arena, struct error *error)
{
	struct buf info = {0};
	struct error none;
	*custody = (struct custody){.redacted = false};
	bool redacted = packet_read_member(packet, STR("bag-info.txt"), &info, PACKET_TAG_MAX, &none) &&
	                str_find(buf_str(&info), STR("Redaction: ")) != SIZE_MAX;
	buf_free(&info);
	if (!redacted) return true;
	const struct file_origin *origin = packet_origin(packet, error);
	cJSON *root = origin ? read_packet_json(origin, arena, NULL, error) : NULL;
	bool good =
	    root && redaction_recall(cJSON_GetObjectItemCaseSensitive(root, "redaction"), custody, arena, NULL, error);
	cJSON_Delete(root);
	return good;
}

/* ---- templates ---- */

static bool is_template(const struct template_file *file, const cJSON *item)
{
	const cJSON *said = cJSON_GetObjectItemCaseSensitive(item, "sha256");
	unsigned char digest[SHA256_BYTES];
	char hex[SHA256_HEX + 1];
	sha256_of(file->text.ptr, file->text.len, digest);
	hex_of(digest, SHA256_BYTES, hex);
	return cJSON_IsString(said) && !strcmp(said->valuestring, hex);
}

/* Both lists are sorted by name. */
static void compare_templates(struct packet_facts *facts, const cJSON *list)
{
	struct arena *arena = &facts->arena;
	struct template_file *ours;
	size_t count = templates_below(arena, STR_EMPTY, &ours), i = 0;
	const cJSON *item = cJSON_IsArray(list) ? list->child : NULL;
	size_t most = count + (size_t)(list ? cJSON_GetArraySize(list) : 0);
	facts->other_templates = ARENA_ARRAY(arena, struct str, most + 1);
	while (i < count || item) {
		struct str theirs = item ? text_of(item, "name", arena) : STR_EMPTY;
		int c = !item ? -1 : i == count ? 1 : str_cmp(ours[i].name, theirs);
		if (c || !is_template(&ours[i], item))
			facts->other_templates[facts->other_template_count++] = c > 0 ? theirs : ours[i].name;
		if (c <= 0) i++;
		if (c >= 0) item = item->next;
	}
}

/* ---- side files ---- */

/* A member as a file in memory, by whose name it can be opened. */
static bool open_side_file(struct packet *packet, struct side_file *file, int *fd, struct arena *arena,
                           struct error *error)
{
	struct buf bytes = {0};
	bool good = packet_read_member(packet, str_from(file->path), &bytes, 16 << 20, error);
	char name[FILE_IN_MEMORY_PATH];
	if (good) *fd = file_in_memory(bytes.ptr, bytes.len, name, error);
	buf_free(&bytes);
	if (*fd >= 0) file->path = str_cstr(arena, str_from(name));
	return *fd >= 0;
}

static bool open_side_files(struct packet_facts *facts, struct error *error)
{
	struct settings *settings = &facts->settings;
	bool good = true;
	for (size_t i = 0; i < SETTING_FILES && good; i++)
		if (settings->files[i].path)
			good = open_side_file(facts->packet, &settings->files[i], &facts->side_files[i], &facts->arena,
			                      error);
	facts->framework_files = ARENA_ARRAY(&facts->arena, int, settings->framework_count + 1);
	for (size_t i = 0; i < settings->framework_count; i++) facts->framework_files[i] = -1;
	for (size_t i = 0; i < settings->framework_count && good; i++) {
		struct side_file *file = &settings->framework_files[i];
		if (!file->path) continue;
		good = open_side_file(facts->packet, file, &facts->framework_files[i], &facts->arena, error);
		settings->frameworks[i] = file->path;
	}
	return good;
}

static void name_member(const struct side_file *file, const char *path, struct error *error)
{
	if (file->path && !strcmp(error->file, file->path))
		snprintf(error->file, sizeof(error->file), "%s!/data/options/%s", path, file->name);
}

/* An error about a file in memory names the member. */
static bool about_member(const struct packet_facts *facts, const char *path, struct error *error)
{
	for (size_t i = 0; i < SETTING_FILES; i++) name_member(&facts->settings.files[i], path, error);
	for (size_t i = 0; facts->framework_files && i < facts->settings.framework_count; i++)
		name_member(&facts->settings.framework_files[i], path, error);
	return false;
}

/* ---- evidence ---- */

static void add_file(struct walk *walk, struct walk_file file)
{
	ARRAY_RESERVE(walk->files, walk->count, walk->capacity);
	walk->files[walk->count++] = file;
}

/* What a build found beside the evidence and did not carry: links and the like. */
static void add_left_out(struct walk walks[SIDE_COUNT], const cJSON *list, struct arena *arena)
{
	for (const cJSON *item = cJSON_IsArray(list) ? list->child : NULL; item; item = item->next) {
		struct str side = text_of(item, "side", arena), path = text_of(item, "path", arena);
		struct str why = text_of(item, "why", arena);
		for (int k = 0; k < SIDE_COUNT; k++)
			if (str_eq(side, str_from(side_names[k])))
				add_file(
				    &walks[k],
				    (struct walk_file){.path = path, .reached = path, .refused = str_cstr(arena, why)});
	}
}

static void add_evidence(struct packet_facts *facts, struct walk *walk, struct str below, struct str name)
{
	if (!str_starts(name, below)) return;
	struct str reached = str_from(str_cstr(&facts->arena, name));
	add_file(walk, (struct walk_file){.path = str_slice(reached, below.len, reached.len), .reached = reached});
}

static bool find_evidence(struct packet_facts *facts, struct walk walks[SIDE_COUNT], struct error *error)
{
	const struct packet_member *members;
	size_t count;
	if (!packet_members(facts->packet, &members, &count, error)) return false;
	for (int side = 0; side < SIDE_COUNT; side++) {
		struct str below = str_printf(&facts->arena, "data/evidence/%s/", side_names[side]);
		for (size_t i = 0; i < count; i++) add_evidence(facts, &walks[side], below, members[i].name);
		for (size_t i = 0; i < facts->absent.count; i++)
			add_evidence(facts, &walks[side], below, facts->absent.files[i].path);
		walk_sort(&walks[side], 0);
	}
	return true;
}

/* ---- all of it ---- */

static bool compute(struct packet_facts *facts, const cJSON *described, const struct file_origin *origin,
                    unsigned threads, struct result *result, struct error *error)
{
	struct walk walks[SIDE_COUNT] = {{0}};
	struct common common = {.threads = threads};
	struct collect_options collecting = collect_options_of(&common);
	struct analyze_options analyzing = settings_analysis(&facts->settings, threads);
	collecting.origin = origin;
	add_left_out(walks, cJSON_GetObjectItemCaseSensitive(described, "not_carried"), &facts->arena);
	bool good = redaction_recall(cJSON_GetObjectItemCaseSensitive(described, "redaction"), &result->custody,
	                             &result->arena, NULL, error) &&
	            find_evidence(facts, walks, error) && collect_walked(result->sides, walks, &collecting, error) &&
	            analyze(result, &analyzing, error) && settings_record(&facts->settings, result, error);
	for (int side = 0; side < SIDE_COUNT; side++) walk_free(&walks[side]);
	if (good) outputs_evidence_digest(result);
	return good;
}

/* The packet's files, and those that it names and somebody else holds. NULL with the error. */
static const struct file_origin *open_evidence(struct packet_facts *facts, const char *path, const char *from,
                                               struct error *error)
{
	const struct file_origin *origin = facts->packet ? packet_origin(facts->packet, error) : NULL;
	if (!origin || !absent_read(facts->packet, from, STR_EMPTY, &facts->absent, error)) return NULL;
	if (facts->absent.found < facts->absent.count) {
		absent_missing(&facts->absent, path, error);
		return NULL;
	}
	return facts->absent.count ? absent_origin(&facts->absent, origin) : origin;
}

bool result_of_packet(const char *path, const struct common *common, struct result *result, struct packet_facts *facts,
                      struct error *error)
{
	*facts = (struct packet_facts){.packet = packet_open(path, error)};
	*result = (struct result){.version = DOSSIER_VERSION};
	for (size_t i = 0; i < SETTING_FILES; i++) facts->side_files[i] = -1;
	const struct file_origin *origin = open_evidence(facts, path, common->evidence_from, error);
	cJSON *described = origin ? read_packet_json(origin, &facts->arena, path, error) : NULL;
	if (!described) return false;
	facts->tool_version = text_of(described, "tool_version", &facts->arena);
	facts->same_version = str_eq(facts->tool_version, STR(DOSSIER_VERSION));
	compare_templates(facts, cJSON_GetObjectItemCaseSensitive(described, "templates"));
	bool good = settings_read(&facts->settings, cJSON_GetObjectItemCaseSensitive(described, "options"), path,
	                          &facts->arena, error) &&
	            open_side_files(facts, error) && compute(facts, described, origin, common->threads, result, error);
	cJSON_Delete(described);
	return good || about_member(facts, path, error);
}

void packet_facts_free(struct packet_facts *facts)
{
	for (size_t i = 0; i < SETTING_FILES; i++)
		if (facts->side_files[i] >= 0) close(facts->side_files[i]);
	for (size_t i = 0; facts->framework_files && i < facts->settings.framework_count; i++)
		if (facts->framework_files[i] >= 0) close(facts->framework_files[i]);
	absent_free(&facts->absent);
	packet_close(facts->packet);
	arena_free(&facts->arena);
	*facts = (struct packet_facts){.packet = NULL};
	for (size_t i = 0; i < SETTING_FILES; i++) facts->side_files[i] = -1;
}

void packet_says_otherwise(const struct packet_facts *facts, const char *packet)
{
	if (!facts->same_version)
		fprintf(stderr, "dossier: %s: made by dossier %.*s, judged by %s\n", packet,
		        STR_ARG(facts->tool_version), DOSSIER_VERSION);
	if (facts->other_template_count)
		fprintf(stderr, "dossier: %s: %zu %s that it was made with (%.*s)\n", packet,
		        facts->other_template_count,
		        facts->other_template_count == 1 ? "template is not the one" : "templates are not those",
		        STR_ARG(facts->other_templates[0]));
}
