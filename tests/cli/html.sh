#!/bin/sh
# variant: gcc
# report.html: one file that asks nothing of anybody, with every finding, whose words and numbers are those of the other reports.
PYTHONPATH=tests/cli exec python3 - <<'PYTHON'
import base64, collections, hashlib, html.parser, json, os, pathlib, re, subprocess

from said import end_of_test, say

dossier, room = os.environ["DOSSIER"], pathlib.Path(os.environ["TMPDIR"])
demo = pathlib.Path("fixtures/demo")
OPTIONAL = {"td", "tr"}
VOID = {"meta", "input", "br"}


class Page(html.parser.HTMLParser):
    """What stands where: tags, attributes, nesting; td and tr may be left open."""
    def __init__(self, text):
        super().__init__()
        self.open, self.wrong, self.tags, self.rows, self.links, self.ids, self.outcomes, self.texts = [], [], collections.Counter(), 0, [], [], collections.Counter(), []
        self.feed(text)
        self.close()
        if self.open: self.wrong.append(f"left open: {self.open}")

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.tags[tag] += 1
        if tag == "tr":
            while self.open[-1] in OPTIONAL: self.open.pop()
            for name in (attributes.get("class") or "").split():
                if name.startswith("o"): self.outcomes[int(name[1:])] += 1
        if tag == "td" and self.open[-1] == "td": self.open.pop()
        if tag not in VOID: self.open.append(tag)
        for name, value in attributes.items():
            if name in ("href", "src", "action", "style", "srcset", "data") or name.startswith("on"): self.links.append((tag, name, value))
            if name == "id": self.ids.append(value)

    def handle_endtag(self, tag):
        while self.open and self.open[-1] in OPTIONAL and self.open[-1] != tag: self.open.pop()
        if not self.open or self.open.pop() != tag: self.wrong.append(f"</{tag}> at {self.getpos()}")

    def handle_data(self, data):
        if self.open and self.open[-1] not in ("script", "style"): self.texts.append(data)


def build(name, before, after, *more):
    done = subprocess.run([dossier, "build", "--json", "--before", before, "--after", after, "--as-of", "2026-03-09", "--also", "html", "-o", room / name, *map(str, more)], capture_output=True, text=True)
    names = subprocess.run(["tar", "--zstd", "-tf", room / name], capture_output=True, text=True).stdout.split("\n")
    page = [n for n in names if n.endswith("data/report.html")]
    text = subprocess.run(["tar", "--zstd", "-xOf", room / name, *page], capture_output=True).stdout.decode() if page else ""
    return json.loads(done.stdout), text


change = ["--change", demo / "change.json", "--exceptions", demo / "exceptions.json"]
told, text = build("en.tar.zst", demo / "before", demo / "after", *change)
page = Page(text)
say("tags nest and end", page.wrong)
say("nothing is loaded, and every link is to a section of the page", [l for l in page.links if l[1] != "href" or l[2][:1] != "#" or l[2][1:] not in page.ids])
say("no address of anywhere is in style or script", re.findall(r"(?:https?:|@import|url\()[^\"' )]*", "".join(re.findall(r"<(?:style|script)>(.*?)</(?:style|script)>", text, re.S))))
policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text).group(1)
hashes = ["'sha256-" + base64.b64encode(hashlib.sha256(re.search(f"<{t}>(.*?)</{t}>", text, re.S).group(1).encode()).digest()).decode() + "'" for t in ("style", "script")]
say("the page's policy allows its own style and script by their hashes, and nothing else", [] if policy == f"default-src 'none'; style-src {hashes[0]}; script-src {hashes[1]}; img-src data:; base-uri 'none'; form-action 'none'" else [policy, hashes])
say("it has a language, a title, landmarks, one h1, and a caption for each table", [t for t, n in {"title": 1, "h1": 1, "main": 1, "nav": 1, "header": 1, "footer": 1, "caption": page.tags["table"]}.items() if page.tags[t] != n] + ([] if '<html lang="en">' in text else ["lang"]) + re.findall(r"<th(?! scope=)[ >]", text))
say("no id is there twice", [i for i in page.ids if page.ids.count(i) > 1])
names = re.findall(r"^\s*X\(outcome, [^\n]*\n[^\n]*\n[^\n]*", pathlib.Path("render/pdf_texts_list.h").read_text(), re.M)[0]
names = re.findall(r"X\(outcome, (\w+)\)", names)
outcomes = told["outcomes"] if "outcomes" in told else told["diff"]["outcomes"]
say("as many rows have each outcome as --json says", [(n, page.outcomes[i], outcomes.get(n)) for i, n in enumerate(names) if page.outcomes[i] != outcomes.get(n, 0)] + ([] if sum(outcomes.values()) else ["no outcome is counted"]))
said = " ".join(page.texts)
manifest = subprocess.run(["tar", "--zstd", "-xOf", room / "en.tar.zst", "dossier-CHG-2041/manifest-sha256.txt"], capture_output=True).stdout
digest = hashlib.sha256(b"".join(l for l in manifest.splitlines(True) if l[66:].startswith(b"data/evidence/"))).hexdigest()
say("the verdict, what was not looked at and the evidence digest are in it", [w for w in ("NOT READY", "What was not looked at", digest) if w not in said])
_, again = build("again.tar.zst", demo / "before", demo / "after", *change, "--jobs", "1")
say("the same evidence makes the same bytes", [] if again == text else ["they differ"])
_, german = build("de.tar.zst", demo / "before", demo / "after", *change, "--lang", "de")
say("--lang de writes it in German", [w for w in ('<html lang="de">', "NICHT BEREIT", "Alle Befunde", "Was nicht betrachtet wurde") if w not in german] + [w for w in ("NOT READY", "All findings", "Skip to") if w in german])

hostile = "</td></table><script>alert(1)</script><img src=x onerror=alert(1)>\u202e\x1b\"' href=javascript:x"
scan = {"version": "2.1.0", "runs": [{"tool": {"driver": {"name": hostile, "rules": [{"id": hostile, "shortDescription": {"text": hostile}}]}}, "results": [
    {"ruleId": hostile, "level": "error", "message": {"text": f"{i} {hostile}"}, "locations": [{"physicalLocation": {"artifactLocation": {"uri": f"a{i}{hostile}"}}}]} for i in range(600)]}]}
for side in ("before", "after"):
    (room / side).mkdir()
    (room / side / "scan.sarif").write_text(json.dumps(scan))
_, text = build("hostile.tar.zst", room / "before", room / "after")
page = Page(text)
say("hostile text is text", page.wrong + ["an image"] * page.tags["img"] + [l for l in page.links if l[1] != "href" or l[2][:1] != "#"] + [c for c in ("\u202e", "\x1b") if c in text] + ([] if page.tags["script"] == 1 else ["a second script"]))
say("600 findings stand in blocks of 250 rows", [] if len(re.findall(r"<tr id=\"F-[0-9a-f]{16}\" class=\"s\d o\d", text)) == 600 and text.count("All findings: 251 to 500 of 600") == 1 else [text.count("<tr id")])

end_of_test()
PYTHON
