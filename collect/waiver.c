/* What a record's source says of why it need not be fixed, and how likely it says that it is exploited. */
#include "collect/reading.h"
#include "core/utf8.h"

#include <math.h>

/* A word that is none of ours is no decision yet. */
static enum waiver_state state_of(struct str word)
{
	if (!word.len || str_eq_nocase(word, STR("accepted"))) return WAIVER_ACCEPTED;
	return str_eq_nocase(word, STR("rejected")) ? WAIVER_REJECTED : WAIVER_PENDING;
}

uint32_t reading_waiver(struct snapshot *s, const struct str *texts)
{
	if (!texts[FIELD_WAIVER].len) return 0;
	struct waiver w = {
	    .kind = strings_add(&s->strings, texts[FIELD_WAIVER]),
	    .reason = strings_add(&s->strings, utf8_head(str_trim(texts[FIELD_WAIVER_REASON]), WAIVER_REASON_MAX)),
	    .by = strings_add(&s->strings, texts[FIELD_WAIVER_BY]),
	    .until = strings_add(&s->strings, texts[FIELD_WAIVER_UNTIL]),
	    .products = strings_add(&s->strings, texts[FIELD_WAIVER_PRODUCTS]),
	    .state = (uint32_t)state_of(texts[FIELD_WAIVER_STATE]),
	};
	uint32_t row[WAIVER_WORDS];
	memcpy(row, &w, sizeof(row));
	return tuples_add(&s->waivers, row);
}

uint32_t reading_epss(struct str text)
{
	double probability;
	if (!text.len || !str_to_double(text, &probability) || !(probability > 0) || probability > 1) return 0;
	double millionths = round(probability * 1e6);
	return millionths < 1 ? 1 : (uint32_t)millionths;
}
