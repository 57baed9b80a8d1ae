/* How it works: the list of keys is a macro, from which the enum and the table of names below are made; loading
 * walks the table and looks each name up in the file, so that what is missing is found before the first page.
 */
#include "render/pdf_texts.h"

#include "core/buf.h"
#include "core/instant.h"
#include "core/templates.h"
#include "render/sentences.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const struct {
	const char *section, *name;
} keys[TEXT_COUNT] = {
#define X(section, name) {#section, #name},
    REPORT_TEXTS(X)
#undef X
};

/* ---- loading ---- */

static bool read_form(struct texts *texts, const cJSON *node, struct str *out)
{
	if (!cJSON_IsString(node)) return false;
	*out = str_dup(texts->arena, str_from(node->valuestring));
	return true;
}

static bool read_text(struct texts *texts, const cJSON *node, struct text_forms *forms)
{
	if (!cJSON_IsObject(node)) {
		if (!read_form(texts, node, &forms->other)) return false;
		forms->one = forms->other;
		return true;
	}
	return read_form(texts, cJSON_GetObjectItemCaseSensitive(node, "one"), &forms->one) &&
	       read_form(texts, cJSON_GetObjectItemCaseSensitive(node, "other"), &forms->other);
}

static bool read_all(struct texts *texts, const char *file, const cJSON *root, struct error *error)
{
	for (size_t i = 0; i < TEXT_COUNT; i++) {
		const cJSON *section = cJSON_GetObjectItemCaseSensitive(root, keys[i].section);
		const cJSON *node = cJSON_GetObjectItemCaseSensitive(section, keys[i].name);
		if (!node)
			return error_set(error, ERROR_INPUT, file, "the text \"%s.%s\" is missing", keys[i].section,
			                 keys[i].name);
		if (!read_text(texts, node, &texts->forms[i]))
			return error_set(error, ERROR_INPUT, file,
			                 "\"%s.%s\" is no text: expected a string, or {\"one\": ..., \"other\": ...}",
			                 keys[i].section, keys[i].name);
	}
	return true;
}

bool texts_load(struct texts *texts, struct str language, struct arena *arena, struct error *error)
{
	*texts = (struct texts){.arena = arena, .language = str_dup(arena, language)};
	struct str name = str_printf(arena, "report/%.*s.json", STR_ARG(language)), text;
	const char *file = str_cstr(arena, name);
	if (!template_find(name, &text)) return error_set(error, ERROR_INPUT, file, "no such template");
	cJSON *root = cJSON_ParseWithLength(text.ptr, text.len);
	bool good = cJSON_IsObject(root) ? read_all(texts, file, root, error)
	                                 : error_set(error, ERROR_INPUT, file, "expected a JSON object of texts");
	cJSON_Delete(root);
	return good && sentences_load(texts, error);
}

/* ---- saying ---- */

static struct str taken(const struct texts *texts, struct buf *buf)
{
	struct str made = str_dup(texts->arena, buf_str(buf));
	buf_free(buf);
	return made;
}

static const struct slot *find_slot(struct str name, const struct slot *slots, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(name, str_from(slots[i].name))) return &slots[i];
	return NULL;
}

/* The name between the brackets that text begins with; empty if there is none. */
static struct str slot_name(struct str text)
{
	const char *end = text.len && text.ptr[0] == '{' ? memchr(text.ptr, '}', text.len) : NULL;
	return end ? str_slice(text, 1, (size_t)(end - text.ptr)) : STR_EMPTY;
}

struct str texts_say(const struct texts *texts, enum text_key key, const struct slot *slots, size_t n)
{
	struct str form = texts->forms[key].other;
	struct buf out = {0};
	for (size_t i = 0; i < n; i++) {
		if (!slots[i].is_number) continue;
		if (slots[i].number == 1) form = texts->forms[key].one;
		break;
	}
	while (form.len) {
		struct str name = slot_name(form);
		const struct slot *slot = name.len ? find_slot(name, slots, n) : NULL;
		if (slot) {
			buf_add(&out, slot->is_number ? texts_number(texts, slot->number) : slot->text);
			form = str_slice(form, name.len + 2, form.len);
		} else {
			buf_char(&out, form.ptr[0]);
			form = str_slice(form, 1, form.len);
		}
	}
	return taken(texts, &out);
}

/* ---- numbers ---- */

/* Digits in groups of three from four digits on. */
static void put_grouped(const struct texts *texts, struct buf *out, struct str digits)
{
	for (size_t i = 0; i < digits.len; i++) {
		if (i && (digits.len - i) % 3 == 0) buf_add(out, texts->forms[TEXT_number_group].other);
		buf_char(out, digits.ptr[i]);
	}
}

static void put_number(const struct texts *texts, struct buf *out, uint64_t value)
{
	char digits[24];
	snprintf(digits, sizeof(digits), "%llu", (unsigned long long)value);
	put_grouped(texts, out, str_from(digits));
}

struct str texts_number(const struct texts *texts, uint64_t value)
{
	struct buf out = {0};
	put_number(texts, &out, value);
	return taken(texts, &out);
}

struct str texts_integer(const struct texts *texts, int64_t value)
{
	struct buf out = {0};
	if (value < 0) buf_add(&out, texts->forms[TEXT_number_minus].other);
	put_number(texts, &out, value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
	return taken(texts, &out);
}

struct str texts_signed(const struct texts *texts, int64_t value)
{
	struct str number = texts_integer(texts, value);
	return value > 0 ? str_printf(texts->arena, "+%.*s", STR_ARG(number)) : number;
}

/* printf's decimal number, whatever its locale's point is, as this language writes it. */
static struct str written(const struct texts *texts, const char *printed)
{
	struct buf out = {0};
	struct str rest = str_from(printed);
	if (rest.len && rest.ptr[0] == '-') {
		buf_add(&out, texts->forms[TEXT_number_minus].other);
		rest = str_slice(rest, 1, rest.len);
	}
	size_t whole = 0;
	while (whole < rest.len && rest.ptr[whole] >= '0' && rest.ptr[whole] <= '9') whole++;
	put_grouped(texts, &out, str_slice(rest, 0, whole));
	if (whole < rest.len && rest.ptr[whole] != 'e') {
		buf_add(&out, texts->forms[TEXT_number_decimal].other);
		whole++;
	}
	buf_add(&out, str_slice(rest, whole, rest.len));
	return taken(texts, &out);
}

struct str texts_percent(const struct texts *texts, double value)
{
	char printed[400];
	snprintf(printed, sizeof(printed), "%.1f", value + 0.0);
	struct slot slot = SLOT("n", written(texts, printed));
	return texts_say(texts, TEXT_number_percent, &slot, 1);
}

struct str texts_double(const struct texts *texts, double value)
{
	char printed[64];
	if (!isfinite(value)) return texts->forms[TEXT_number_none].other;
	snprintf(printed, sizeof(printed), "%.15g", value + 0.0);
	return written(texts, printed);
}

struct str texts_instant(const struct texts *texts, int64_t instant)
{
	if (instant == INSTANT_NONE) return texts->forms[TEXT_number_none].other;
	struct instant_parts at = instant_split(instant);
	if (!at.second)
		return str_printf(texts->arena, "%04d-%02d-%02d %02d:%02d UTC", at.year, at.month, at.day, at.hour,
		                  at.minute);
	return str_printf(texts->arena, "%04d-%02d-%02d %02d:%02d:%02d UTC", at.year, at.month, at.day, at.hour,
	                  at.minute, at.second);
}

struct str texts_bytes(const struct texts *texts, uint64_t bytes)
{
	static const char *const units[] = {"bytes", "KB", "MB", "GB", "TB"};
	double value = (double)bytes;
	size_t unit = 0;
	char printed[64];
	while (value >= 999.95 && unit + 1 < sizeof(units) / sizeof(*units)) {
		value /= 1000;
		unit++;
	}
	snprintf(printed, sizeof(printed), unit ? "%.1f" : "%.0f", value);
	struct str number = written(texts, printed);
	return str_printf(texts->arena, "%.*s %s", STR_ARG(number), units[unit]);
}
