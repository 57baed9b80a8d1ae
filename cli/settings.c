#include "cli/settings.h"

#include "analyze/frameworks.h"
#include "analyze/gate.h"
#include "core/sha256.h"
#include "core/stream.h"
#include "core/templates.h"

#include <stdio.h>
#include <string.h>

enum { SIDE_FILE_MAX = 16 << 20 };

static const char *const file_options[SETTING_FILES] = {
    [SETTING_CHANGE] = "change", [SETTING_EXCEPTIONS] = "exceptions",
    [SETTING_OWNERS] = "owners", [SETTING_POLICY] = "policy",
    [SETTING_KEV] = "kev",       [SETTING_PREVIOUS] = "previous"};

void settings_none(struct settings *settings)
{
	*settings = (struct settings){.as_of = INSTANT_NONE};
	for (size_t i = 0; i < SETTING_FILES; i++) settings->files[i].option = file_options[i];
}

static const char *framework_option(size_t i, struct arena *arena)
{
	return str_printf(arena, "framework-%zu", i + 1).ptr;
}

void settings_frameworks(struct settings *s, struct arena *arena)
{
	s->framework_files = ARENA_ARRAY(arena, struct side_file, s->framework_count + 1);
	for (size_t i = 0; i < s->framework_count; i++)
		if (framework_is_file(s->frameworks[i]))
			s->framework_files[i] =
			    (struct side_file){.option = framework_option(i, arena), .path = s->frameworks[i]};
}

struct analyze_options settings_analysis(const struct settings *s, unsigned threads)
{
	return (struct analyze_options){.change = s->files[SETTING_CHANGE].path,
	                                .exceptions = s->files[SETTING_EXCEPTIONS].path,
	                                .owners = s->files[SETTING_OWNERS].path,
	                                .owners_name = s->files[SETTING_OWNERS].name,
	                                .policy = s->files[SETTING_POLICY].path,
	                                .kev = s->files[SETTING_KEV].path,
	                                .previous = s->files[SETTING_PREVIOUS].path,
	                                .frameworks = s->frameworks,
	                                .framework_count = s->framework_count,
	                                .as_of = s->as_of,
	                                .threads = threads};
}

/* A ready policy goes into the packet as it stands in the templates: what was judged by is there to be read. */
static bool read_policy_named(const char *name, struct buf *out, struct error *error)
{
	struct arena arena = {0};
	struct str text = STR_EMPTY;
	bool good = policy_template(name, &arena, &text, error);
	if (good) buf_add(out, text);
	arena_free(&arena);
	return good;
}

bool side_file_read(const struct side_file *file, struct buf *out, struct error *error)
{
	if (!strcmp(file->option, "policy") && policy_is_name(file->path))
		return read_policy_named(file->path, out, error);
	const char *path = file->path;
	struct stream stream;
	size_t got = 1;
	if (!stream_open(&stream, path, NULL, error)) return false;
	bool good = stream.size <= SIDE_FILE_MAX ? true : error_set(error, ERROR_INPUT, path, "is larger than 16 MB");
	buf_reserve(out, (size_t)(good ? stream.size : 0) + 1);
	while (good && got) {
		buf_reserve(out, 1 << 16);
		good = stream_read(&stream, out->ptr + out->len, out->capacity - out->len, &got, error);
		if (good) out->len += got;
	}
	stream_close(&stream);
	return good;
}

struct str side_file_name(const struct side_file *file, struct str text, struct arena *arena)
{
	if (file->name) return str_from(file->name);
	if (!strcmp(file->option, "owners") && codeowners_is(file->path, text)) return STR("CODEOWNERS");
	return str_printf(arena, "%s.json", file->option);
}

/* ---- writing ---- */

/* {"path":"data/options/change.json","sha256":"..."} */
static bool put_file(struct buf *text, const struct side_file *file, struct arena *arena, struct error *error)
{
	struct buf bytes = {0};
	unsigned char digest[SHA256_BYTES];
	char hex[SHA256_HEX + 1];
	bool good = side_file_read(file, &bytes, error);
	sha256_of(bytes.ptr, bytes.len, digest);
	hex_of(digest, SHA256_BYTES, hex);
	if (good)
		buf_printf(text, "{\"path\":\"data/options/%.*s\",\"sha256\":\"%s\"}",
		           STR_ARG(side_file_name(file, buf_str(&bytes), arena)), hex);
	buf_free(&bytes);
	return good;
}

static void put_names(struct buf *text, const char *member, const char *const *names, size_t count)
{
	if (!count) return;
	buf_printf(text, ",\"%s\":[", member);
	for (size_t i = 0; i < count; i++) {
		if (i) buf_char(text, ',');
		buf_json(text, str_from(names[i]));
	}
	buf_char(text, ']');
}

/* Only what is not the default, so that a packet without the option is what it always was. */
static void put_word(struct buf *text, const char *member, const char *word)
{
	if (!word) return;
	buf_printf(text, ",\"%s\":", member);
	buf_json(text, str_from(word));
}

static enum carry carried_of(const char *word)
{
	for (int i = 0; word && i < CARRY_COUNT; i++)
		if (!strcmp(word, carry_names[i])) return (enum carry)i;
	return word ? CARRY_COUNT : CARRY_FULL;
}

bool settings_evidence_known(const char *evidence) { return carried_of(evidence) != CARRY_COUNT; }

bool settings_paper_known(const char *paper) { return !strcmp(paper, "a4") || !strcmp(paper, "letter"); }

bool settings_language_known(const char *language)
{
	char name[64];
	struct str text;
	size_t n = strspn(language, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-");
	if (!n || n > 35 || language[n]) return false;
	int length = snprintf(name, sizeof(name), "report/%s.json", language);
	return template_find(str_of(name, (size_t)length), &text);
}

static bool put_frameworks(struct buf *text, const struct settings *s, struct arena *arena, struct error *error)
{
	bool good = true;
	if (s->framework_count) buf_add(text, STR(",\"frameworks\":["));
	for (size_t i = 0; i < s->framework_count && good; i++) {
		if (i) buf_char(text, ',');
		if (s->framework_files[i].path)
			good = put_file(text, &s->framework_files[i], arena, error);
		else
			buf_json(text, str_from(s->frameworks[i]));
	}
	if (s->framework_count) buf_char(text, ']');
	return good;
}

bool settings_record(const struct settings *s, struct result *result, struct error *error)
{
	result->language = s->language;
	result->letter = s->paper && !strcmp(s->paper, "letter");
	struct buf text = {0};
	char when[40];
	bool good = true;
	buf_printf(&text, "{\"as_of\":\"%s\"", instant_text(result->as_of, when));
	for (size_t i = 0; i < SETTING_FILES && good; i++)
		if (s->files[i].path) {
			buf_printf(&text, ",\"%s\":", s->files[i].option);
			good = put_file(&text, &s->files[i], &result->arena, error);
		}
	good = good && put_frameworks(&text, s, &result->arena, error);
	put_names(&text, "also", s->also, s->also_count);
	if (s->marking) {
		buf_add(&text, STR(",\"marking\":"));
		buf_json(&text, str_from(s->marking));
		result->marking = str_dup(&result->arena, str_from(s->marking));
	}
	put_word(&text, "lang", s->language);
	put_word(&text, "paper", s->paper);
	put_word(&text, "evidence", s->evidence);
	custody_choose(result, carried_of(s->evidence));
	buf_char(&text, '}');
	if (good) result->options = str_dup(&result->arena, buf_str(&text));
	buf_free(&text);
	return good;
}

/* ---- reading ---- */

static bool wrong(const char *packet, const char *option, struct error *error)
{
	return error_set(error, ERROR_VERIFY, packet,
	                 "data/packet.json: the option \"%.100s\" is not as this version writes it", option);
}

static bool get_names(const cJSON *list, const char ***names, size_t *count, struct arena *arena)
{
	if (!cJSON_IsArray(list)) return false;
	*names = ARENA_ARRAY(arena, const char *, (size_t)cJSON_GetArraySize(list) + 1);
	for (const cJSON *item = list->child; item; item = item->next) {
		if (!cJSON_IsString(item)) return false;
		(*names)[(*count)++] = str_cstr(arena, str_from(item->valuestring));
	}
	return true;
}

static bool get_file(const cJSON *object, struct side_file *file, struct arena *arena)
{
	static const struct str below = {"data/options/", 13};
	const cJSON *path = cJSON_GetObjectItemCaseSensitive(object, "path");
	if (!cJSON_IsString(path) || !str_starts(str_from(path->valuestring), below)) return false;
	file->path = str_cstr(arena, str_from(path->valuestring));
	file->name = file->path + below.len;
	return true;
}

static bool get_frameworks(const cJSON *list, struct settings *s, struct arena *arena)
{
	if (!cJSON_IsArray(list)) return false;
	size_t count = (size_t)cJSON_GetArraySize(list);
	s->frameworks = ARENA_ARRAY(arena, const char *, count + 1);
	s->framework_files = ARENA_ARRAY(arena, struct side_file, count + 1);
	for (const cJSON *item = list->child; item; item = item->next) {
		size_t i = s->framework_count++;
		struct side_file *file = &s->framework_files[i];
		if (cJSON_IsString(item)) {
			s->frameworks[i] = str_cstr(arena, str_from(item->valuestring));
		} else {
			file->option = framework_option(i, arena);
			if (!cJSON_IsObject(item) || !get_file(item, file, arena)) return false;
			s->frameworks[i] = file->path;
		}
	}
	return true;
}

static bool get_word(const cJSON *option, bool (*known)(const char *word), const char **out, struct arena *arena)
{
	if (!cJSON_IsString(option) || !known(option->valuestring)) return false;
	*out = str_cstr(arena, str_from(option->valuestring));
	return true;
}

static bool get_option(struct settings *s, const cJSON *option, struct arena *arena)
{
	if (!strcmp(option->string, "as_of"))
		return cJSON_IsString(option) && instant_parse(str_from(option->valuestring), &s->as_of);
	if (!strcmp(option->string, "frameworks")) return get_frameworks(option, s, arena);
	if (!strcmp(option->string, "marking") && cJSON_IsString(option)) {
		s->marking = str_cstr(arena, str_from(option->valuestring));
		return true;
	}
	if (!strcmp(option->string, "lang")) return get_word(option, settings_language_known, &s->language, arena);
	if (!strcmp(option->string, "paper")) return get_word(option, settings_paper_known, &s->paper, arena);
	if (!strcmp(option->string, "evidence")) return get_word(option, settings_evidence_known, &s->evidence, arena);
	if (!strcmp(option->string, "also")) return get_names(option, &s->also, &s->also_count, arena);
	for (size_t i = 0; i < SETTING_FILES; i++)
		if (!strcmp(option->string, s->files[i].option)) return get_file(option, &s->files[i], arena);
	return false;
}

bool settings_read(struct settings *s, const cJSON *options, const char *packet, struct arena *arena,
                   struct error *error)
{
	settings_none(s);
	if (!cJSON_IsObject(options)) return wrong(packet, "options", error);
	for (const cJSON *option = options->child; option; option = option->next)
		if (!get_option(s, option, arena)) return wrong(packet, option->string, error);
	return s->as_of != INSTANT_NONE || wrong(packet, "as_of", error);
}
