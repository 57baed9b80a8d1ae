#include "render/statement.h"

#include "core/instant.h"

#include <cjson/cJSON.h>
#include <string.h>

const char *const statement_roles[] = {"preparer", "reviewer", "approver", NULL};
const char *const statement_decisions[] = {"approved", "rejected", "noted", NULL};

static struct str hex_in(struct arena *arena, const unsigned char sha256[SHA256_BYTES])
{
	char *hex = arena_bytes(arena, SHA256_HEX + 1);
	hex_of(sha256, SHA256_BYTES, hex);
	return str_of(hex, SHA256_HEX);
}

static struct str hash_of(struct arena *arena, struct str bytes)
{
	unsigned char sha256[SHA256_BYTES];
	sha256_of(bytes.ptr, bytes.len, sha256);
	return hex_in(arena, sha256);
}

static void put(struct buf *text, const char *name, struct str value)
{
	buf_printf(text, ",\"%s\":", name);
	buf_json(text, value);
}

bool statement_make(const struct statement *s, const struct signer *signer, struct buf *text, struct buf *signature,
                    struct error *error)
{
	struct arena arena = {0};
	char when[40];
	buf_add(text, STR("{\"dossier\":\"statement\",\"version\":1"));
	put(text, "tagmanifest_sha256", hex_in(&arena, s->tags));
	put(text, "packet", s->packet);
	put(text, "signer", str_from(signer_name(signer)));
	put(text, "role", s->role);
	put(text, "decision", s->decision);
	if (s->comment.len) put(text, "comment", s->comment);
	put(text, "signed", str_from(instant_text(s->signed_at, when)));
	buf_add(text, STR(",\"after\":["));
	for (size_t i = 0; i < s->earlier_count; i++) {
		if (i) buf_char(text, ',');
		buf_json(text, hash_of(&arena, s->earlier[i]));
	}
	buf_add(text, STR("]}\n"));
	arena_free(&arena);
	return sign_detached(signer, buf_str(text), s->signed_at, signature, error);
}

/* ---- judging ---- */

static struct str member(const cJSON *object, const char *name)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);
	return cJSON_IsString(item) ? str_from(item->valuestring) : STR_EMPTY;
}

static bool is_word(struct str word, const char *const *words)
{
	for (; *words; words++)
		if (str_eq(word, str_from(*words))) return true;
	return false;
}

/* Each statement that it says it came after is there. */
static bool earlier_are_there(const cJSON *root, const struct statement_file *files, size_t count, struct arena *arena)
{
	const cJSON *list = cJSON_GetObjectItemCaseSensitive(root, "after");
	if (!cJSON_IsArray(list)) return false;
	for (const cJSON *item = list->child; item; item = item->next) {
		bool found = false;
		for (size_t i = 0; i < count && !found; i++)
			found =
			    cJSON_IsString(item) && str_eq(hash_of(arena, files[i].text), str_from(item->valuestring));
		if (!found) return false;
	}
	return true;
}

static const char *fault_of(const cJSON *root, const struct statement_file *files, size_t count, struct str packet,
                            const unsigned char tags[SHA256_BYTES], struct str signer, struct arena *arena)
{
	if (!str_eq(member(root, "dossier"), STR("statement"))) return "is no statement";
	if (!str_eq(member(root, "tagmanifest_sha256"), hex_in(arena, tags))) return "is about another packet";
	if (!str_eq(member(root, "packet"), packet)) return "names another packet";
	if (!is_word(member(root, "role"), statement_roles) || !is_word(member(root, "decision"), statement_decisions))
		return "has no role or decision";
	if (!str_eq(member(root, "signer"), signer)) return "names another signer than its signature";
	if (!earlier_are_there(root, files, count, arena)) return "was made after one that is not here any more";
	return NULL;
}

bool statement_verify(const struct statement_file *files, size_t count, size_t i, struct str packet,
                      const unsigned char tags[SHA256_BYTES], const struct trust *trust, struct arena *arena,
                      struct str *said)
{
	struct sign_verdict verdict;
	const struct statement_file *file = &files[i];
	char when[40] = "";
	if (!file->signature.len) {
		*said = str_printf(arena, "%.*s is not signed", STR_ARG(file->name));
		return false;
	}
	sign_verify(file->text, file->signature, trust, &verdict);
	if (!verdict.ok) {
		*said = str_printf(arena, "%.*s: %s", STR_ARG(file->name), verdict.reason);
		return false;
	}
	cJSON *root = cJSON_ParseWithLength(file->text.ptr, file->text.len);
	const char *fault = fault_of(root, files, count, packet, tags, str_from(verdict.signer), arena);
	instant_text(verdict.signed_at, when);
	*said =
	    fault ? str_printf(arena, "%.*s %s", STR_ARG(file->name), fault)
		  : str_printf(arena, "%s %s %s at %s%s", member(root, "role").ptr, verdict.signer,
	                       member(root, "decision").ptr, when, verdict.trusted ? "" : " (not held against --cert)");
	cJSON_Delete(root);
	return !fault;
}
