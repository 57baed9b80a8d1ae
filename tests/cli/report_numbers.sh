#!/bin/sh
# variant: gcc
# report.pdf as it is read: page 1 counts what --json counts, and text copied out of it is what went in.
exec python3 -B - <<'PYTHON'
import collections, hashlib, json, os, pathlib, re, shutil, subprocess, sys, unicodedata

sys.path[:0] = ["tests/render", "tests/cli"]
import pdf_pages
from reports import *


# ---- each number on page 1 is one of --json ----

class Texts:
    """The report's texts in a language, filled in as the report does."""

    def __init__(self, language): self.texts = json.loads(pathlib.Path(f"templates/report/{language}.json").read_text("utf-8"))

    def number(self, n, sign=False):
        words = self.texts["number"]
        digits = f"{abs(n):,}" if isinstance(n, int) else repr(abs(n)).removesuffix(".0")
        if isinstance(n, int): digits = digits.replace(",", words["group"])
        else: digits = digits.replace(".", words["decimal"])
        return (words["minus"] if n < 0 else "+" if sign and n > 0 else "") + digits

    def percent(self, value):
        words = self.texts["number"]
        if value is None: return words["none"]
        return words["percent"].replace("{n}", (words["minus"] if value < 0 else "") + f"{abs(value):.1f}".replace(".", words["decimal"]))

    def say(self, key, **slots):
        section, name = key.split(".")
        text = self.texts[section][name]
        first = next((v for v in slots.values() if isinstance(v, int)), None)
        if isinstance(text, dict): text = text["one" if first == 1 else "other"]
        return re.sub(r"\{(\w+)\}", lambda m: self.number(slots[m[1]]) if isinstance(slots.get(m[1]), int) else slots.get(m[1], m[0]), text)


def severities(before, after):
    """By severity: gone and come findings by outcome."""
    found = json.loads(told(dossier, "diff", "--json", "--findings", before, after).stdout)
    return collections.Counter((f["severity"], f["outcome"]) for f in found["findings"])


def effect_rows(t, diff, counts):
    """The table of effect as it must read, a line for each severity and the sum."""
    rows, sums = [], collections.Counter()
    for s in ("critical", "high", "medium", "low", "info", "unknown"):
        before, after = diff["before"]["by_severity"].get(s, 0), diff["after"]["by_severity"].get(s, 0)
        fixed, verified = counts[s, "fixed"] + counts[s, "fixed_verified"], counts[s, "fixed_verified"]
        lost, dismissed = counts[s, "not_reassessed"], counts[s, "dismissed"]
        new, newly = counts[s, "new"] + counts[s, "reopened"], counts[s, "newly_in_scope"]
        still = before - fixed - lost - dismissed
        row = dict(before=before, fixed=fixed, verified=verified, dismissed=dismissed, lost=lost, still=still, rerated=after - new - newly - still, new=new, newly=newly, after=after)
        sums.update(row)
        if before or after or s in ("critical", "high"): rows.append((t.texts["severity"][s], row, diff["reduction"].get(s, {}).get("percent")))
    shared = [sum(r[k] for r in diff["reduction"].values()) for k in ("before", "after")]
    rows.append((t.texts["effect"]["all"], sums, round(100 * (shared[1] - shared[0]) / shared[0], 1) if shared[0] else None))
    any_rerated, any_newly = any(r["rerated"] for _, r, _ in rows), any(r["newly"] for _, r, _ in rows)
    for word, r, percent in rows:
        cells = [r["before"], f"{t.number(r['fixed'])} ({t.number(r['verified'])})", r["dismissed"], r["lost"], r["still"]]
        cells += [t.number(r["rerated"], sign=True)] * any_rerated + [r["new"]] + [r["newly"]] * any_newly + [r["after"], t.percent(percent)]
        yield " ".join([word, *(c if isinstance(c, str) else t.number(c) for c in cells)])


def expected(t, answer, before, after, change):
    """What page 1 must say, as pieces of its lines; each holds numbers of --json."""
    said, manifest, packet = answer
    diff, controls = said["diff"], collections.Counter(c["state"] for c in said["controls"])
    counts = severities(before, after)
    yield from effect_rows(t, diff, counts)
    for s in ("critical", "high"):
        c = diff["subjects"].get(s)
        if c: yield t.say("effect.subjects_of", severity=t.texts["severity"][s], before=c["raw_before"], after=c["raw_after"], common_before=c["before"], common_after=c["after"], percent=t.percent(c["percent"]))
    failing = [r for r in said["gate"] if r["state"] == "fail" and not r.get("advisory")]
    yield t.say("decision.rules_fail", n=len(failing), of=len(said["gate"]))
    titles = {r["rule"]: next((words["rule_" + r["rule"]] for words in t.texts.values() if "rule_" + r["rule"] in words), r["title"]) for r in failing}
    for r in failing: yield titles[r["rule"]] + t.say("decision.rule_numbers", value=t.number(r["value"]), limit=t.number(r["limit"])) + ":"
    yield t.say("gaps.findings_n", n=diff["outcomes"]["not_reassessed"]) + " " + t.texts["gaps"]["findings"]
    checks = sum(c["after"] == "not_assessed" for c in said["checks"])
    if checks: yield t.say("gaps.checks_n", n=checks) + " " + t.texts["gaps"]["checks"]
    if diff["facts"]["not_reassessed"]: yield t.say("gaps.facts_n", n=diff["facts"]["not_reassessed"]) + " " + t.texts["gaps"]["facts"]
    for objective, given in zip(said["objectives"], change["objectives"]):
        measured = t.texts["number"]["none"] if objective["percent"] is None and objective["value"] is None else ""
        if objective["percent"] is not None: measured = t.percent(objective["percent"])
        yield (objective["id"], given, objective["state"], measured)
    by_state = collections.Counter(e["state"] for e in said["exceptions"])
    for state, n in by_state.items(): yield t.say("exceptions.state_n", n=n, state=t.texts["exception"][state])
    yield t.say("controls.listed_n", n=len(said["controls"]))
    yield " · ".join(t.say("controls.count", n=controls[s], state=t.texts["control"][s]) for s in ("not_satisfied", "manual_review", "satisfied_with_exceptions", "satisfied", "no_evidence"))
    files = collections.Counter(i["side"] for i in packet["inputs"])
    yield t.say("decision.evidence", before=files["before"], after=files["after"], bytes="").split(", " + " ·")[0].rstrip(" ,·")
    yield hashlib.sha256(b"".join(l for l in manifest.splitlines(True) if l[66:].startswith(b"data/evidence/"))).hexdigest()


def flat(text): return re.sub(r"\s+", "", text)


change = json.loads((demo / "change.json").read_text())
answers = {f"demo-{l}-{p}": build(f"demo-{l}-{p}", demo / "before", demo / "after", l, p, "--change", demo / "change.json", "--exceptions", demo / "exceptions.json") for l, p in COMBINATIONS}
for language, paper in COMBINATIONS:
    name, t = f"demo-{language}-{paper}", Texts(language)
    # Columns stand side by side, so that what wraps is not one line: words in the order of their columns, then.
    raw = flat(pdf_pages.run("pdftotext", "-raw", "-l", "1", room / "pdf" / f"{name}.pdf", "-").decode())
    wrong, rest = [], raw
    for piece in expected(t, answers[name], demo / "before", demo / "after", change):
        if isinstance(piece, tuple):
            ident, given, state, measured = piece
            row = re.escape(flat(given["title"])[:9]) + ".{0,60}?" + re.escape(flat(measured + t.texts["objective"][state]))
            if not re.search(row, raw): wrong.append(f"objective {piece}")
            continue
        if flat(piece) not in raw:
            cut = next((n for n in range(len(flat(piece)), 0, -1) if flat(piece)[:n] + "…" in raw), 0)  # a line that did not fit
            hidden = flat(t.texts["gaps"]["more"]) in raw and re.search(r"\b(checks|Prüfungen|facts|Fakten)\b", piece)
            if cut < 20 and cut < len(flat(piece)) * 0.5 and not hidden: wrong.append(f"not on page 1: {piece}")
        rest = rest.replace(flat(piece), "¦")
    say(f"page 1 counts what --json counts ({name})", wrong + ([] if len(rest) < len(raw) * 0.85 else [f"hardly anything was compared: {len(rest)} of {len(raw)}"]))


# ---- text copied out is what went in, or its escape ----

def coverage(path):
    """The code points that a font has, as fontconfig reads it."""
    points = set()
    for part in told("fc-query", "--format", "%{charset}", path).stdout.decode().split():
        low, _, high = part.partition("-")
        points.update(range(int(low, 16), int(high or low, 16) + 1))
    return points


def clean(text, points):
    """What render/pdf_text.h promises."""
    out = ""
    for c in text:
        code, kind = ord(c), unicodedata.category(c)
        shaped = unicodedata.bidirectional(c) in ("R", "AL", "AN") or kind in ("Cc", "Cf", "Co", "Cs", "Cn")
        out += f"\\u{{{code:X}}}" if code > 0xffff or code not in points or shaped else c
    return out


font = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
points = coverage(font) if shutil.which("fc-query") else set()
if not points: print("skip - text copied out of the PDF is what went in (fc-query is not installed)")
else:
    # Letters, digits, signs of Latin, Greek, Cyrillic and the symbols, and of scripts that the fonts lack or that need shaping.
    blocks = [range(0xa1, 0x250), range(0x370, 0x530), range(0x1e00, 0x2000), range(0x2010, 0x2028), range(0x2030, 0x205e), range(0x20a0, 0x20c0), range(0x2100, 0x2400),
              range(0x2500, 0x2800), range(0x5d0, 0x5eb), range(0x621, 0x64b), range(0x4e00, 0x4e40), range(0x3041, 0x3080), range(0x1f600, 0x1f640), range(0xe000, 0xe010), range(0x2a00, 0x2b00)]
    letters = [chr(c) for block in blocks for c in block if unicodedata.category(chr(c)) not in ("Mn", "Zs", "Lm", "Sk") and unicodedata.decomposition(chr(c))[:1] != "<"][::2]
    texts = ["".join(letters[i:i + 16]) for i in range(0, len(letters), 16)]
    scan = {"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "Letters"}}, "results": [
        {"ruleId": f"R{i:04d}", "level": "error", "message": {"text": f"{i}"}, "locations": [{"physicalLocation": {"artifactLocation": {"uri": f"[{i}]{text}"}}}]} for i, text in enumerate(texts)]}]}
    for side in ("before", "after"): (room / f"{side}.sarif").write_text(json.dumps(scan if side == "after" else {**scan, "runs": [{**scan["runs"][0], "results": []}]}))
    build("letters", room / "before.sarif", room / "after.sarif", "en", "a4")
    copied = flat(pdf_pages.run("pdftotext", "-raw", room / "pdf/letters.pdf", "-").decode())
    wrong = [(text, clean(text, points)) for i, text in enumerate(texts) if flat(f"[{i}]" + clean(text, points)) not in copied]
    say(f"text copied out of the PDF is what went in, or its \\u{{...}} ({sum(map(len, texts))} characters)", wrong)
end_of_test()
PYTHON
