#include "analyze/vmsize.h"

static bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }
static bool is_digit(char c) { return c >= '0' && c <= '9'; }

struct name {
	struct str family;          /* letters before the number */
	unsigned number, available; /* available: behind a '-', 0: none */
	struct str rest;            /* "s_v5" */
};

static unsigned take_number(struct str *text)
{
	unsigned number = 0;
	while (text->len && is_digit(text->ptr[0]) && number < 10000) {
		number = number * 10 + (unsigned)(text->ptr[0] - '0');
		*text = str_slice(*text, 1, text->len);
	}
	return number;
}

static bool split(struct str size, struct name *name)
{
	static const struct str tiers[] = {{"Standard_", 9}, {"Basic_", 6}};
	for (size_t i = 0; i < 2; i++)
		if (str_starts_nocase(size, tiers[i])) size = str_slice(size, tiers[i].len, size.len);
	size_t letters = 0;
	while (letters < size.len && is_letter(size.ptr[letters])) letters++;
	*name = (struct name){.family = str_slice(size, 0, letters), .rest = str_slice(size, letters, size.len)};
	name->number = take_number(&name->rest);
	if (str_starts(name->rest, STR("-"))) {
		name->rest = str_slice(name->rest, 1, name->rest.len);
		name->available = take_number(&name->rest);
	}
	return letters && name->number;
}

/* Sizes whose number is a step: by family, the vCPUs of steps 1, 2 ... */
static unsigned old_size(const struct name *name)
{
	static const struct {
		struct str family;
		bool v2; /* also "_v2" */
		unsigned first, count, vcpus[11];
	} rows[] = {
	    {{"A", 1}, false, 1, 11, {1, 2, 4, 8, 2, 4, 8, 8, 16, 8, 16}},
	    {{"D", 1}, true, 1, 5, {1, 2, 4, 8, 16}},
	    {{"D", 1}, true, 11, 5, {2, 4, 8, 16, 20}},
	    {{"DS", 2}, true, 1, 5, {1, 2, 4, 8, 16}},
	    {{"DS", 2}, true, 11, 5, {2, 4, 8, 16, 20}},
	    {{"G", 1}, false, 1, 5, {2, 4, 8, 16, 32}},
	    {{"GS", 2}, false, 1, 5, {2, 4, 8, 16, 32}},
	};
	bool plain = !name->rest.len || str_eq_nocase(name->rest, STR("_Promo"));
	bool v2 = str_eq_nocase(name->rest, STR("_v2")) || str_eq_nocase(name->rest, STR("_v2_Promo"));
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (!str_eq_nocase(name->family, rows[i].family) || !(plain || (v2 && rows[i].v2))) continue;
		if (name->number < rows[i].first || name->number - rows[i].first >= rows[i].count) continue;
		return rows[i].vcpus[name->number - rows[i].first];
	}
	return 0;
}

unsigned vmsize_vcpus(struct str size)
{
	struct name name;
	if (!split(size, &name)) return 0;
	if (name.available) return name.available;
	unsigned old = old_size(&name);
	return old ? old : name.number;
}
