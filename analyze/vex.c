/* How it works: statements are put into a list sorted by the hashes of their vulnerability's ids. What a profile's ids meet
 * there is looked up once for all its findings; only the product is compared for each of them.
 */
#include "analyze/vex.h"

#include "core/arena.h"
#include "core/buf.h"
#include "core/hash.h"

#include <stdlib.h>

bool vex_format(struct str format)
{
	return str_eq(format, STR("openvex")) || str_eq(format, STR("csaf")) || str_eq(format, STR("cyclonedx"));
}

/* ---- purls: scheme:type/namespace/name@version?qualifiers#subpath (the purl specification) ---- */

struct purl {
	struct str base, version, repository; /* "pkg:npm/%40scope/name", "1.0", of its qualifier repository_url */
};

static struct purl purl_split(struct str text)
{
	struct purl purl = {text, STR_EMPTY, STR_EMPTY};
	size_t end = 0;
	while (end < text.len && text.ptr[end] != '?' && text.ptr[end] != '#') end++;
	struct str head = str_slice(text, 0, end);
	size_t at = str_rfind_char(head, '@');
	purl.base = head;
	if (at != SIZE_MAX && at > 0 && head.ptr[at - 1] != '/') { /* "@scope/name" has no version */
		purl.base = str_slice(head, 0, at);
		purl.version = str_slice(head, at + 1, head.len);
	}
	size_t found = str_find(str_slice(text, end, text.len), STR("repository_url="));
	if (found != SIZE_MAX) {
		size_t from = end + found + sizeof("repository_url=") - 1, to = from;
		while (to < text.len && text.ptr[to] != '&' && text.ptr[to] != '#') to++;
		purl.repository = str_slice(text, from, to);
	}
	return purl;
}

static bool is_purl(struct str text) { return str_starts_nocase(text, STR("pkg:")); }

/* The character at *i, percent-decoded, in lower case; *i moves behind it. */
static unsigned char next_decoded(struct str s, size_t *i)
{
	int byte = str_percent(s, *i);
	char c = byte >= 0 ? (char)byte : s.ptr[*i];
	*i += byte >= 0 ? 3 : 1;
	return (unsigned char)ascii_lower(c);
}

static bool same_decoded(struct str a, struct str b)
{
	size_t i = 0, k = 0;
	while (i < a.len && k < b.len)
		if (next_decoded(a, &i) != next_decoded(b, &k)) return false;
	return i == a.len && k == b.len;
}

/* ---- products ---- */

/* A product, as the statement names it, is the finding's subject. */
static bool is_subject(struct str product, struct str subject)
{
	if (!product.len || !subject.len) return false;
	if (same_decoded(product, subject)) return true;
	struct purl p = purl_split(product);
	if (!is_purl(product)) return false;
	if (str_starts_nocase(p.base, STR("pkg:oci/")) || str_starts_nocase(p.base, STR("pkg:docker/"))) {
		if (p.repository.len) return same_decoded(p.repository, subject);
		return same_decoded(str_after_last(p.base, '/'), str_after_last(subject, '/'));
	}
	return is_purl(subject) && same_decoded(p.base, purl_split(subject).base);
}

/* A package, as the statement names it (purl or name), is the finding's component. version: what the statement says. */
static bool is_component(struct str package, struct str version, const struct snapshot *s,
                         const struct component *component)
{
	struct str purl = snapshot_string(s, component->purl), name = snapshot_string(s, component->package);
	struct str installed = snapshot_string(s, component->version);
	if (!package.len) return false;
	if (is_purl(package)) {
		struct purl p = purl_split(package), q = purl_split(purl);
		if (p.version.len) version = p.version;
		if (!purl.len || !same_decoded(p.base, q.base)) return false;
		if (!installed.len) installed = q.version;
	} else if (!same_decoded(package, name)) {
		return false;
	}
	return !version.len || same_decoded(version, installed);
}

/* Calls what for each product of the list, until one is met. */
static bool any_product(struct str products, bool (*what)(struct str product, const void *context), const void *context)
{
	for (size_t i = 0; i < products.len;) {
		size_t end = i;
		while (end < products.len && products.ptr[end] != ' ') end++;
		if (end > i && what(str_slice(products, i, end), context)) return true;
		i = end + 1;
	}
	return false;
}

struct candidate {
	const struct snapshot *s;
	struct str subject;
	const struct component *component;
};

static bool product_is_subject(struct str product, const void *context)
{
	const struct candidate *c = context;
	return is_subject(product, c->subject);
}

static bool product_is_component(struct str product, const void *context)
{
	const struct candidate *c = context;
	return is_component(product, STR_EMPTY, c->s, c->component);
}

static bool same_as_product(struct str product, const void *context)
{
	const struct str *package = context;
	return same_decoded(product, *package);
}

static bool speaks_of(const struct snapshot *s, const struct finding *statement, const struct finding *finding)
{
	const struct profile *p = snapshot_profile(s, statement);
	const struct component *part = snapshot_component(s, statement);
	struct str subject = snapshot_string(s, p->subject),
		   products = snapshot_string(s, snapshot_waiver(s, p)->products);
	struct str purl = snapshot_string(s, part->purl), package = snapshot_string(s, part->package);
	struct candidate c = {s, snapshot_string(s, snapshot_profile(s, finding)->subject),
	                      snapshot_component(s, finding)};
	/* The list says more than the subject, which is its first product without version and qualifiers. */
	bool whole = products.len ? any_product(products, product_is_subject, &c) : is_subject(subject, c.subject);
	bool inside = is_component(purl.len ? purl : package, purl.len ? STR_EMPTY : snapshot_string(s, part->version),
	                           s, c.component);
	/* CSAF and OpenVEX name the product once more where they name no part of it. */
	bool no_part =
	    !package.len || same_decoded(package, subject) || any_product(products, same_as_product, &package);
	if (!subject.len && !products.len) return inside;
	if (!no_part) return whole && inside;
	return whole || inside || any_product(products, product_is_component, &c);
}

/* ---- vulnerabilities ---- */

struct stated {
	uint64_t id;
	uint32_t statement;
};

static int compare_stated(const void *a, const void *b)
{
	const struct stated *x = a, *y = b;
	if (x->id != y->id) return x->id < y->id ? -1 : 1;
	return x->statement < y->statement ? -1 : x->statement > y->statement;
}

/* The hashes of a profile's ids, at most `most` of them. */
static size_t ids_of(const struct snapshot *s, const struct profile *p, uint64_t *out, size_t most)
{
	struct str ids = snapshot_string(s, p->ids);
	size_t count = 0;
	out[count++] = hash_nocase(snapshot_string(s, p->rule));
	for (size_t i = 0; i < ids.len && count < most;) {
		size_t end = i;
		while (end < ids.len && ids.ptr[end] != ' ') end++;
		struct str id = str_slice(ids, i, end);
		if (id.len && !str_starts_nocase(id, STR("CWE-"))) {
			uint64_t hash = hash_nocase(id);
			bool known = false;
			for (size_t k = 0; k < count; k++) known = known || out[k] == hash;
			if (!known) out[count++] = hash;
		}
		i = end + 1;
	}
	return count;
}

enum { IDS_MOST = 32 };

struct statements {
	struct stated *list;
	size_t count, capacity;
};

static void add_statements(struct statements *statements, const struct diff *diff, enum side side,
                           bool (*wanted)(void *context, uint32_t profile), void *context)
{
	const struct snapshot *s = diff->sides[side];
	uint64_t ids[IDS_MOST];
	for (uint32_t i = 0; i < s->finding_count; i++) {
		LARGE_BREATHE(i);
		const struct profile *p = snapshot_profile(s, &s->findings[i]);
		if (!p->waiver || !diff->fates[side][i].counted) continue;
		if (!vex_format(snapshot_string(s, s->inputs[snapshot_input_of(s, i)].format))) continue;
		if (!wanted(context, s->findings[i].profile)) continue;
		size_t count = ids_of(s, p, ids, IDS_MOST);
		for (size_t k = 0; k < count; k++) {
			ARRAY_RESERVE(statements->list, statements->count, statements->capacity);
			statements->list[statements->count++] = (struct stated){ids[k], i};
		}
	}
	if (statements->count) qsort(statements->list, statements->count, sizeof(*statements->list), compare_stated);
}

static size_t first_of(const struct statements *statements, uint64_t id)
{
	size_t low = 0, high = statements->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (statements->list[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The statements about a profile's vulnerability, each once, in their order. */
static size_t about(const struct statements *statements, const struct snapshot *s, const struct profile *p,
                    struct statements *out)
{
	uint64_t ids[IDS_MOST];
	size_t count = ids_of(s, p, ids, IDS_MOST), kept = 0;
	out->count = 0;
	for (size_t k = 0; k < count; k++)
		for (size_t i = first_of(statements, ids[k]); i < statements->count && statements->list[i].id == ids[k];
		     i++) {
			ARRAY_RESERVE(out->list, out->count, out->capacity);
			out->list[out->count++] = (struct stated){0, statements->list[i].statement};
		}
	if (out->count) qsort(out->list, out->count, sizeof(*out->list), compare_stated);
	for (size_t i = 0; i < out->count; i++)
		if (!kept || out->list[kept - 1].statement != out->list[i].statement) out->list[kept++] = out->list[i];
	return out->count = kept;
}

void vex_each(const struct diff *diff, enum side side, bool (*wanted)(void *context, uint32_t profile),
              void (*f)(void *context, uint32_t statement, uint32_t finding), void *context)
{
	const struct snapshot *s = diff->sides[side];
	struct statements statements = {0}, candidates = {0};
	add_statements(&statements, diff, side, wanted, context);
	uint32_t profile = UINT32_MAX; /* whose candidates are at hand: neighbours often share one */
	for (uint32_t i = 0; statements.count && i < s->finding_count; i++) {
		LARGE_BREATHE(i);
		const struct finding *finding = &s->findings[i];
		if (!fate_is_open(&diff->fates[side][i])) continue;
		if (finding->profile != profile) about(&statements, s, snapshot_profile(s, finding), &candidates);
		profile = finding->profile;
		for (size_t k = 0; k < candidates.count; k++) {
			uint32_t statement = candidates.list[k].statement;
			if (snapshot_input_of(s, statement) == snapshot_input_of(s, i)) continue;
			if (speaks_of(s, &s->findings[statement], finding)) f(context, statement, i);
		}
	}
	free(statements.list);
	free(candidates.list);
}
