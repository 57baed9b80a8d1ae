#include "cli/redacting.h"

#include <string.h>

static bool check_side_file(struct redact *redact, const struct side_file *file, struct error *error)
{
	struct buf bytes = {0};
	if (!file->path) return true;
	bool good = side_file_read(file, &bytes, error) && redact_check(redact, file->path, buf_str(&bytes), error);
	buf_free(&bytes);
	return good;
}

static bool check_beside(struct redact *redact, const struct settings *settings, struct error *error)
{
	for (size_t i = 0; i < SETTING_FILES; i++)
		if (!check_side_file(redact, &settings->files[i], error)) return false;
	for (size_t i = 0; i < settings->framework_count; i++)
		if (!check_side_file(redact, &settings->framework_files[i], error)) return false;
	return !settings->marking || redact_check(redact, "--marking", str_from(settings->marking), error);
}

static bool check_words(const struct redaction *redaction, const char *file, struct error *error)
{
	for (size_t i = 0; i < redaction->rules.rule_count; i++) {
		const struct redact_rule *rule = &redaction->rules.rules[i];
		struct error found;
		if (redact_check(redaction->redact, file, rule->id, &found) &&
		    redact_check(redaction->redact, file, rule->reason, &found))
			continue;
		return error_set(error, ERROR_INPUT, file,
		                 "the id or the reason of rule %zu, which reports show, holds what the rules replace",
		                 i + 1);
	}
	return true;
}

bool redaction_open(struct redaction *redaction, const char *file, const struct settings *settings, struct spool *spool,
                    struct arena *arena, struct error *error)
{
	*redaction = (struct redaction){.redact = NULL};
	if (!file) return true;
	if (!redaction_rules_read(file, arena, &redaction->rules, error)) return false;
	redaction->redact = redact_new(&redaction->rules, spool);
	return check_words(redaction, file, error) && check_beside(redaction->redact, settings, error);
}

void redaction_close(struct redaction *redaction)
{
	redact_free(redaction->redact);
	redaction_rules_free(&redaction->rules);
	*redaction = (struct redaction){.redact = NULL};
}

/* ---- back from a packet ---- */

static bool text_of(const cJSON *object, const char *name, struct arena *arena, struct str *out)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);
	if (cJSON_IsString(item)) *out = str_dup(arena, str_from(item->valuestring));
	return cJSON_IsString(item);
}

static bool number_of(const cJSON *object, const char *name, uint64_t *out)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);
	bool good = cJSON_IsNumber(item) && item->valuedouble >= 0 && item->valuedouble < 9e15;
	if (good) *out = (uint64_t)item->valuedouble;
	return good;
}

static int digit(char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1; }

static bool hash_of(const cJSON *object, const char *name, unsigned char sha256[SHA256_BYTES])
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);
	if (!cJSON_IsString(item) || strlen(item->valuestring) != SHA256_HEX) return false;
	for (size_t i = 0; i < SHA256_BYTES; i++) {
		int high = digit(item->valuestring[2 * i]), low = digit(item->valuestring[2 * i + 1]);
		if (high < 0 || low < 0) return false;
		sha256[i] = (unsigned char)(high * 16 + low);
	}
	return true;
}

static bool recall_file(const cJSON *item, struct custody_file *file, struct arena *arena)
{
	struct str side;
	if (!text_of(item, "side", arena, &side) || !text_of(item, "path", arena, &file->path)) return false;
	if (!str_eq(side, str_from(side_names[SIDE_BEFORE])) && !str_eq(side, str_from(side_names[SIDE_AFTER])))
		return false;
	file->side = str_eq(side, str_from(side_names[SIDE_BEFORE])) ? SIDE_BEFORE : SIDE_AFTER;
	if (cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(item, "unsearched"))) {
		file->state = REDACT_UNSEARCHED;
		return true;
	}
	file->state = REDACT_REPLACED;
	return hash_of(item, "original_sha256", file->original_sha256) &&
	       number_of(item, "original_bytes", &file->original_bytes) && number_of(item, "values", &file->values);
}

static bool recall(const cJSON *said, struct custody *custody, struct arena *arena)
{
	const cJSON *rules = cJSON_GetObjectItemCaseSensitive(said, "rules");
	const cJSON *files = cJSON_GetObjectItemCaseSensitive(said, "files");
	if (!text_of(said, "marker", arena, &custody->marker) || !cJSON_IsArray(rules) || !cJSON_IsArray(files))
		return false;
	custody->rules = ARENA_ARRAY(arena, struct custody_rule, cJSON_GetArraySize(rules) + 1);
	custody->files = ARENA_ARRAY(arena, struct custody_file, cJSON_GetArraySize(files) + 1);
	for (const cJSON *item = rules->child; item; item = item->next) {
		struct custody_rule *rule = &custody->rules[custody->rule_count++];
		if (!text_of(item, "id", arena, &rule->id) || !text_of(item, "reason", arena, &rule->reason) ||
		    !number_of(item, "values", &rule->values) || !number_of(item, "files", &rule->files))
			return false;
	}
	for (const cJSON *item = files->child; item; item = item->next)
		if (!recall_file(item, &custody->files[custody->file_count++], arena)) return false;
	return true;
}

bool redaction_recall(const cJSON *said, struct custody *custody, struct arena *arena, const char *packet,
                      struct error *error)
{
	if (!said) return true;
	custody->redacted = true;
	if (!recall(said, custody, arena))
		return error_set(error, ERROR_VERIFY, packet,
		                 "data/packet.json: \"redaction\" is not as this version writes it");
	custody_settle(custody);
	return true;
}
