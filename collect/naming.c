/* A hash that has taken the shared beginning is copied, takes the rest, which fits into its last block or two, and ends:
 *
 *   id    side \n input hash \n | offset [\n ordinal]
 *   key   tool \n rule \n subject \n | [package \n] [path \n] [fingerprints or content]
 *         `--- once for many ---'   `------------- for each --------------'
 */
#include "collect/naming.h"

enum { DIGITS = 20 };

/* ---- id ---- */

static void id_begin(struct sha256 *hash, const struct snapshot *s, enum side side, uint32_t input)
{
	char hex[SHA256_HEX + 1];
	hex_of(s->inputs[input].sha256, SHA256_BYTES, hex);
	hex[SHA256_HEX] = '\n';
	sha256_begin(hash);
	sha256_add(hash, side_names[side], strlen(side_names[side]));
	sha256_add(hash, "\n", 1);
	sha256_add(hash, hex, sizeof(hex));
}

/* Decimal digits that end before `end`; where they begin. */
static char *digits_before(char *end, uint64_t value)
{
	do *--end = (char)('0' + value % 10);
	while ((value /= 10));
	return end;
}

/* Its number among the findings of the same record; false: it is alone. */
static bool ordinal_of(const struct snapshot *s, const struct input *input, uint32_t finding, uint32_t *ordinal)
{
	const struct finding *f = s->findings;
	uint32_t at = finding;
	while (at > input->first_finding && f[at - 1].span == f[finding].span) at--;
	*ordinal = finding - at;
	return *ordinal ||
	       (finding + 1 < input->first_finding + input->finding_count && f[finding + 1].span == f[finding].span);
}

static uint64_t number_of(struct sha256 *hash)
{
	unsigned char digest[SHA256_BYTES];
	uint64_t number = 0;
	sha256_end(hash, digest);
	for (int i = 0; i < 8; i++) number = number << 8 | digest[i];
	return number;
}

void naming_text(char kind, uint64_t number, char name[19])
{
	unsigned char bytes[8];
	for (int i = 0; i < 8; i++) bytes[i] = (unsigned char)(number >> (56 - 8 * i));
	name[0] = kind;
	name[1] = '-';
	hex_of(bytes, sizeof(bytes), name + 2);
}

static uint64_t id_end(struct sha256 *hash, const struct snapshot *s, uint32_t input, uint32_t finding)
{
	char text[2 * DIGITS + 1], *end = text + sizeof(text), *from = end;
	uint32_t ordinal;
	if (ordinal_of(s, &s->inputs[input], finding, &ordinal)) {
		from = digits_before(from, ordinal);
		*--from = '\n';
	}
	from = digits_before(from, span_offset(s->findings[finding].span));
	sha256_add(hash, from, (size_t)(end - from));
	return number_of(hash);
}

/* ---- key ---- */

static void hash_lower(struct sha256 *hash, struct str s)
{
	char block[256];
	for (size_t done = 0; done < s.len;) {
		size_t n = s.len - done < sizeof(block) ? s.len - done : sizeof(block);
		str_lower_to(block, str_of(s.ptr + done, n));
		sha256_add(hash, block, n);
		done += n;
	}
}

static void hash_line(struct sha256 *hash, struct str s)
{
	hash_lower(hash, s);
	sha256_add(hash, "\n", 1);
}

static void hash_path(struct sha256 *hash, const struct snapshot *s, const struct finding *f)
{
	hash_lower(hash, snapshot_string(s, f->folder));
	hash_line(hash, snapshot_string(s, f->file));
}

static void key_begin(struct sha256 *hash, const struct snapshot *s, const struct profile *p)
{
	sha256_begin(hash);
	hash_line(hash, snapshot_string(s, p->tool));
	hash_line(hash, snapshot_string(s, p->rule));
	hash_line(hash, snapshot_string(s, p->subject));
}

static uint64_t key_end(struct sha256 *hash, const struct snapshot *s, const struct finding *f)
{
	const struct profile *p = snapshot_profile(s, f);
	switch ((enum nature)p->nature) {
	case NATURE_POSTURE: break;
	case NATURE_VULNERABILITY:
		if (f->identity) break; /* the tool's own unique id says it all */
		hash_line(hash, component_package(s, snapshot_component(s, f)));
		hash_path(hash, s, f);
		break;
	case NATURE_WEAKNESS:
		if (!f->identity) hash_path(hash, s, f);
		break;
	}
	if (f->identity || p->nature == NATURE_WEAKNESS) {
		uint64_t value = f->identity ? f->identity : f->content;
		unsigned char bytes[8];
		char number[17];
		for (int i = 0; i < 8; i++) bytes[i] = (unsigned char)(value >> (56 - 8 * i));
		hex_of(bytes, sizeof(bytes), number);
		sha256_add(hash, number, 16);
	}
	return number_of(hash);
}

/* ---- one ---- */

void snapshot_finding_id(const struct snapshot *s, enum side side, uint32_t finding, char id[19])
{
	struct sha256 hash;
	uint32_t input = snapshot_input_of(s, finding);
	id_begin(&hash, s, side, input);
	naming_text('F', id_end(&hash, s, input, finding), id);
}

void snapshot_finding_key(const struct snapshot *s, uint32_t finding, char key[19])
{
	struct sha256 hash;
	const struct finding *f = &s->findings[finding];
	key_begin(&hash, s, snapshot_profile(s, f));
	naming_text('K', key_end(&hash, s, f), key);
}

/* ---- many ---- */

void naming_begin(struct naming *naming, const struct snapshot *snapshot, enum side side)
{
	naming->snapshot = snapshot;
	naming->side = side;
	naming->input = UINT32_MAX;
	for (size_t i = 0; i < NAMING_PROFILES; i++) naming->profiles[i].number = 0;
}

uint64_t naming_id(struct naming *naming, uint32_t finding)
{
	const struct snapshot *s = naming->snapshot;
	if (naming->input == UINT32_MAX ||
	    finding - s->inputs[naming->input].first_finding >= s->inputs[naming->input].finding_count) {
		naming->input = snapshot_input_of(s, finding);
		id_begin(&naming->id, s, naming->side, naming->input);
	}
	struct sha256 hash = naming->id;
	return id_end(&hash, s, naming->input, finding);
}

uint64_t naming_key(struct naming *naming, uint32_t finding)
{
	const struct snapshot *s = naming->snapshot;
	const struct finding *f = &s->findings[finding];
	struct naming_profile *slot = &naming->profiles[f->profile % NAMING_PROFILES];
	if (slot->number != (uint64_t)f->profile + 1) {
		slot->number = (uint64_t)f->profile + 1;
		key_begin(&slot->key, s, snapshot_profile(s, f));
	}
	struct sha256 hash = slot->key;
	return key_end(&hash, s, f);
}
