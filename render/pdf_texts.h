/* pdf_texts: the words of the report: templates/report/en.json, so that a language is a file.
 *
 * The file has one object for each section of the list below, with one member for each of its names. A text may
 * have slots, "{n} of {of} rules fail"; where a word depends on a number it is {"one": "...", "other": "..."}, and
 * the first number among the slots decides. What is missing or is no text is an error that names it, whether this
 * report needs it or not; members that nobody knows are passed over.
 */
#ifndef DOSSIER_RENDER_PDF_TEXTS_H
#define DOSSIER_RENDER_PDF_TEXTS_H

#include "core/arena.h"
#include "core/error.h"
#include "core/str.h"

#include "render/pdf_texts_list.h"

enum text_key {
#define X(section, name) TEXT_##section##_##name,
	REPORT_TEXTS(X)
#undef X
	    TEXT_COUNT
};

struct sentences;
struct texts {
	struct arena *arena;
	struct text_forms {
		struct str one, other;
	} forms[TEXT_COUNT];
	struct str language;         /* "en" */
	struct sentences *sentences; /* render/sentences.h; NULL: none, English */
};

/* language: "en" for report/en.json. All memory, also of what is said, is in the arena. */
bool texts_load(struct texts *texts, struct str language, struct arena *arena, struct error *error);

/* What stands for {name}: a text, or a number as this language writes it. */
struct slot {
	const char *name;
	struct str text;
	uint64_t number;
	bool is_number;
};
#define SLOT(name, text)                                                                                               \
	{                                                                                                              \
		(name), (text), 0, false                                                                               \
	}
#define SLOT_N(name, number)                                                                                           \
	{                                                                                                              \
		(name), STR_EMPTY, (number), true                                                                      \
	}

struct str texts_say(const struct texts *texts, enum text_key key, const struct slot *slots, size_t n);

/* Numbers and times: "121,034", "−81.5 %", "2026-03-02 20:00 UTC". */
struct str texts_number(const struct texts *texts, uint64_t value);
struct str texts_integer(const struct texts *texts, int64_t value); /* "3", "−2" */
struct str texts_signed(const struct texts *texts, int64_t value);  /* "+3", "−2", "0" */
struct str texts_percent(const struct texts *texts, double value);
struct str texts_double(const struct texts *texts, double value);
struct str texts_instant(const struct texts *texts, int64_t instant); /* INSTANT_NONE: a dash */
struct str texts_bytes(const struct texts *texts, uint64_t bytes);    /* "12.3 MB" */

#endif
