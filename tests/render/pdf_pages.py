#!/usr/bin/env python3
"""Looks for what is wrong with the pages of a report: pdf_pages.py FILE.pdf... names it, one line each, and ends with status 1.

Words come from `pdftotext -bbox-layout`, lines and areas from the pages' own operators (`qpdf --qdf`), so that what is held against each other
was read by two programs, neither of them ours:

    words touch      two words lie on each other, or stand in one line nearer than a narrow blank: a cell has run into its neighbour
    leaves the page  a word is not between the margins, or stands between a page's header or footer and its edge
    is struck        a rule, an outline or a dark area goes through a word

Hatching and light areas may lie below words: they are meant to.
"""
import html, re, subprocess, sys

MARGIN = 46  # left and right (render/pdf_private.h)
HEADER, FOOTER = 34, 22  # no word is nearer to the upper, the lower edge
ASCENT, DESCENT = 0.65, 0.2  # of the height of poppler's box, which is the font's: what capitals and descenders cover, from the baseline
LIGHT = 0.8  # an area of at least this brightness may lie below a word
NARROW = 1.3  # points: the narrowest blank, between letters condensed to 70 %


class Word:
    __slots__ = ("text", "left", "top", "right", "bottom")

    def __init__(self, text, left, top, right, bottom):
        baseline = bottom - DESCENT * (bottom - top)
        self.text, self.left, self.right, self.top, self.bottom = text, left, right, baseline - ASCENT * (bottom - top), bottom

    def __str__(self): return f'"{self.text[:40]}" at {self.left:.1f}, {self.top:.1f}'


def run(*command):
    done = subprocess.run([str(c) for c in command], capture_output=True)
    if done.returncode or done.stderr: raise RuntimeError(f"{command[0]}: status {done.returncode}: {done.stderr.decode(errors='replace')[:300]}")
    return done.stdout


def pages_of_words(pdf):
    """For each page: its width, its height, its words."""
    pages = []
    for line in run("pdftotext", "-bbox-layout", pdf, "-").decode().splitlines():
        page = re.search(r'<page width="([\d.]+)" height="([\d.]+)">', line)
        if page: pages.append((float(page[1]), float(page[2]), []))
        word = re.search(r'<word xMin="([-\d.]+)" yMin="([-\d.]+)" xMax="([-\d.]+)" yMax="([-\d.]+)">(.*)</word>', line)
        if word: pages[-1][2].append(Word(html.unescape(word[5]), *map(float, word.groups()[:4])))
    return pages


class Shape:
    """A rule, an outline's side or an area, from (left, top) to (right, bottom), y growing down."""
    __slots__ = ("kind", "left", "top", "right", "bottom", "light")

    def __init__(self, kind, points, height, light=0.0):
        xs, ys = [p[0] for p in points], [height - p[1] for p in points]
        self.kind, self.left, self.right, self.top, self.bottom, self.light = kind, min(xs), max(xs), min(ys), max(ys), light

    def __str__(self): return f"{self.kind} {self.left:.1f}, {self.top:.1f} to {self.right:.1f}, {self.bottom:.1f}"


def shapes_of(content, height):
    """What operators draw, but for text and what is clipped (hatching)."""
    shapes, stack, path, fill, clipped = [], [], [], 0.0, 0
    for token in re.sub(rb"BT [^T]*Td <[0-9A-F]*>Tj ET|/\w+ [\d.]+ Tf", b"", content).split():
        name = token.decode()
        if name[-1].isdigit(): stack.append(float(name)); continue
        if name == "rg": fill = 0.3 * stack[0] + 0.59 * stack[1] + 0.11 * stack[2]
        elif name == "q": clipped += 1
        elif name == "Q": clipped -= 1
        elif name in ("m", "l"): path.append(("m" if name == "m" else "l", stack[-2:]))
        elif name == "c": path.append(("l", stack[-2:]))
        elif name == "re":
            x, y, w, h = stack[-4:]
            path += [("m", [x, y]), ("l", [x + w, y]), ("l", [x + w, y + h]), ("l", [x, y + h]), ("l", [x, y])]
        elif name in ("f", "S", "s", "n"):
            points = [p for _, p in path]
            if points and not clipped and name == "f": shapes.append(Shape("area", points, height, fill))
            if points and not clipped and name in ("S", "s"):
                for (_, a), (how, b) in zip(path, path[1:]):
                    if how == "l": shapes.append(Shape("rule", [a, b], height))
            path = []
        if name not in ("h", "W"): stack = []
    return shapes


def pages_of_shapes(pdf, heights):
    """For each page what is drawn on it."""
    text = run("qpdf", "--qdf", "--object-streams=disable", pdf, "-")
    pages = [[] for _ in heights]
    for found in re.finditer(rb"%% Contents for page (\d+)\n(?:%%[^\n]*\n)*\d+ 0 obj\n<<.*?>>\nstream\n(.*?)\nendstream", text, re.S):
        number = int(found[1]) - 1
        pages[number] += shapes_of(found[2], heights[number])
    return pages


def touching(words):
    words = sorted(words, key=lambda w: w.top)
    for i, a in enumerate(words):
        for b in words[i + 1:]:
            if b.top >= a.bottom: break
            if min(a.right, b.right) - max(a.left, b.left) > -NARROW: yield f"words touch: {a} and {b}"


def leaving(width, height, words):
    for word in words:
        if word.left < MARGIN - 0.5 or word.right > width - MARGIN + 0.5 or word.top < HEADER or word.bottom > height - FOOTER: yield f"leaves the page: {word}"


def struck(words, shapes):
    for shape in shapes:
        if shape.kind == "area" and shape.light >= LIGHT: continue
        for word in words:
            if shape.left < word.right and shape.right > word.left and shape.top < word.bottom and shape.bottom > word.top: yield f"is struck: {word} by {shape}"


def wrong(pdf):
    """What is wrong with a file's pages, as lines."""
    pages = pages_of_words(pdf)
    shapes = pages_of_shapes(pdf, [height for _, height, _ in pages])
    found = []
    if not pages or not any(shapes): found.append("no page, or no operator, was read")
    for number, ((width, height, words), drawn) in enumerate(zip(pages, shapes), 1):
        for line in (*touching(words), *leaving(width, height, words), *struck(words, drawn)): found.append(f"p. {number}: {line}")
    return found


if __name__ == "__main__":
    status = 0
    for name in sys.argv[1:]:
        for line in wrong(name):
            print(f"{name}: {line}")
            status = 1
    sys.exit(status)
