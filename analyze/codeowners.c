/* How it works: lines are tried from the last to the first. A pattern is held against the whole path and against each
 * folder above it. Matching walks both from the left and remembers the last "*" and the last "**": on a difference the
 * nearer one takes one byte, or one folder, more.
 */
#include "analyze/codeowners.h"

/* ---- matching ---- */

struct matching {
	struct str pattern, path;
	size_t p, s;               /* positions */
	size_t star_p, star_s;     /* behind the last '*', and how far it reaches; star_p 0: none */
	size_t double_p, double_s; /* the same for the last double star */
};

static bool at_double_star(const struct matching *m)
{
	bool first = m->p == 0 || m->pattern.ptr[m->p - 1] == '/';
	if (!first || !str_starts(str_slice(m->pattern, m->p, m->pattern.len), STR("**"))) return false;
	return m->p + 2 == m->pattern.len || m->pattern.ptr[m->p + 2] == '/';
}

/* What the last star takes more. False if there is none that can. */
static bool step_back(struct matching *m)
{
	if (m->star_p && m->star_s < m->path.len && m->path.ptr[m->star_s] != '/') {
		m->s = ++m->star_s;
		m->p = m->star_p;
		return true;
	}
	m->star_p = 0;
	if (!m->double_p) return false;
	while (m->double_s < m->path.len && m->path.ptr[m->double_s] != '/') m->double_s++;
	if (m->double_s == m->path.len) return false;
	m->s = ++m->double_s;
	m->p = m->double_p;
	return true;
}

static bool glob(struct str pattern, struct str path)
{
	struct matching m = {.pattern = pattern, .path = path};
	while (m.s < path.len) {
		char c = m.p < pattern.len ? pattern.ptr[m.p] : '\0';
		if (at_double_star(&m)) {
			if (m.p + 2 == pattern.len) return true;
			m.p += 3;
			m.double_p = m.p, m.double_s = m.s, m.star_p = 0;
			continue;
		}
		if (c == '*') {
			m.star_p = ++m.p, m.star_s = m.s;
			continue;
		}
		if (c == '\\' && m.p + 1 < pattern.len) c = pattern.ptr[++m.p];
		bool same = m.p < pattern.len && (c == path.ptr[m.s] || (c == '?' && path.ptr[m.s] != '/'));
		if (same)
			m.p++, m.s++;
		else if (!step_back(&m))
			return false;
	}
	while (m.p < pattern.len && pattern.ptr[m.p] == '*') m.p++;
	return m.p == pattern.len;
}

static bool meets(struct str pattern, struct str path)
{
	bool folder = str_ends(pattern, STR("/"));
	if (folder) pattern.len--;
	bool from_top = pattern.len && memchr(pattern.ptr, '/', pattern.len);
	bool direct = !folder && from_top && str_ends(pattern, STR("/*"));
	if (str_starts(pattern, STR("/"))) pattern = str_slice(pattern, 1, pattern.len);
	for (size_t from = 0; from < path.len; from++) { /* at any depth: from each folder on */
		if (from && path.ptr[from - 1] != '/') continue;
		struct str rest = str_slice(path, from, path.len);
		if (!folder && glob(pattern, rest)) return true;
		for (size_t i = 0; i < rest.len && !direct; i++)
			if (rest.ptr[i] == '/' && glob(pattern, str_slice(rest, 0, i))) return true;
		if (from_top) break;
	}
	return false;
}

const struct codeowners_line *codeowners_find(const struct codeowners *codeowners, struct str path)
{
	while (str_starts(path, STR("./"))) path = str_slice(path, 2, path.len);
	if (str_starts(path, STR("/"))) path = str_slice(path, 1, path.len);
	for (size_t i = codeowners->count; i-- > 0;)
		if (meets(codeowners->lines[i].pattern, path)) return &codeowners->lines[i];
	return NULL;
}

/* ---- reading ---- */

bool codeowners_is(const char *file, struct str text)
{
	struct str name = str_after_last(str_from(file), '/');
	if (str_eq(name, STR("CODEOWNERS"))) return true;
	if (str_starts(text, STR("\xEF\xBB\xBF"))) text = str_slice(text, 3, text.len);
	text = str_trim(text);
	return text.len && text.ptr[0] != '{' && text.ptr[0] != '[';
}

struct reading {
	const char *file;
	struct str text;
	struct arena *arena;
	struct error *error;
	uint32_t line;
	size_t line_start;
};

static bool wrong(struct reading *r, size_t at, const char *message)
{
	return error_at(r->error, r->file, at, r->line, (uint32_t)(at - r->line_start + 1), "%s", message);
}

static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

/* The next word of the line and where it starts; empty at its end. A backslash keeps the blank behind it. */
static struct str next_word(const struct reading *r, size_t *at, size_t end)
{
	while (*at < end && is_blank(r->text.ptr[*at])) ++*at;
	size_t from = *at;
	if (from < end && r->text.ptr[from] == '#') *at = end;
	while (*at < end && !is_blank(r->text.ptr[*at])) *at += r->text.ptr[*at] == '\\' && *at + 1 < end ? 2 : 1;
	return r->text.ptr[from] == '#' && from < end ? STR_EMPTY : str_slice(r->text, from, *at);
}

static bool is_owner(struct str word)
{
	const char *sign = memchr(word.ptr, '@', word.len);
	return sign && sign + 1 < word.ptr + word.len;
}

static bool read_line(struct reading *r, size_t end, struct codeowners_line *line)
{
	size_t at = r->line_start, from;
	*line = (struct codeowners_line){next_word(r, &at, end), STR_EMPTY};
	if (!line->pattern.len) return true;
	from = (size_t)(line->pattern.ptr - r->text.ptr);
	if (line->pattern.ptr[0] == '!') return wrong(r, from, "CODEOWNERS has no pattern with \"!\"");
	for (size_t i = 0; i < line->pattern.len; i++)
		if (line->pattern.ptr[i] == '[')
			return wrong(r, from + i, "CODEOWNERS has no pattern and no section with \"[\"");
	for (struct str word; (word = next_word(r, &at, end)).len;) {
		if (!is_owner(word))
			return wrong(r, (size_t)(word.ptr - r->text.ptr),
			             "expected an owner: @name, @organisation/team or an e-mail address");
		line->owners =
		    line->owners.len ? str_printf(r->arena, "%.*s %.*s", STR_ARG(line->owners), STR_ARG(word)) : word;
	}
	return true;
}

bool codeowners_parse(struct codeowners *codeowners, const char *file, struct str text, struct arena *arena,
                      struct error *error)
{
	struct reading r = {.file = file, .text = text, .arena = arena, .error = error, .line = 1};
	size_t lines = 1;
	for (size_t i = 0; i < text.len; i++) lines += text.ptr[i] == '\n';
	*codeowners = (struct codeowners){ARENA_ARRAY(arena, struct codeowners_line, lines), 0};
	if (str_starts(text, STR("\xEF\xBB\xBF"))) r.line_start = 3;
	while (r.line_start < text.len) {
		const char *newline = memchr(text.ptr + r.line_start, '\n', text.len - r.line_start);
		size_t end = newline ? (size_t)(newline - text.ptr) : text.len;
		struct codeowners_line *line = &codeowners->lines[codeowners->count];
		if (!read_line(&r, end, line)) return false;
		codeowners->count += line->pattern.len > 0;
		r.line_start = end + 1;
		r.line++;
	}
	return true;
}
