#!/bin/sh
# variant: gcc
# report.pdf of every fixture, of hostile text and of nothing: where words stand on its pages, and what preflight, qpdf and poppler say.
exec python3 -B - <<'PYTHON'
import concurrent.futures, json, os, pathlib, re, shutil, subprocess, sys

sys.path[:0] = ["tests/render", "tests/cli"]
import pdf_pages
from reports import *


def reading(name):
    """What is wrong with a file's pages, and what qpdf and poppler say of it."""
    pdf = room / "pdf" / f"{name}.pdf"
    checked = told("qpdf", "--check", pdf)
    wrong = [f"{name}: qpdf: {(checked.stdout + checked.stderr).decode()[-200:]}"] if checked.returncode or checked.stderr else []
    try: pages = [f"{name}: {line}" for line in pdf_pages.wrong(pdf)]
    except RuntimeError as error: pages, wrong = [], wrong + [f"{name}: {error}"]
    return pages, wrong


# ---- every fixture, hostile text, nothing at all: in English and German, on A4 and Letter ----

HOSTILE = "\u202e</td>%n%s{n}\\u{41}\t\u0007\u00ad\u200b\U0001f600\ufffdА͏́Ω" + "W" * 40 + " " + "x" * 70 + "/" * 9 + "\u05d0\u0627\u4e2d\ue000"


def hostile(folder):
    folder.mkdir()
    scan = {"version": "2.1.0", "runs": [{"tool": {"driver": {"name": HOSTILE, "semanticVersion": HOSTILE, "rules": [{"id": f"{i}{HOSTILE}", "shortDescription": {"text": HOSTILE * 3}} for i in range(9)]}},
        "versionControlProvenance": [{"repositoryUri": "https://" + HOSTILE}], "automationDetails": {"id": HOSTILE + "/1"},
        "results": [{"ruleId": f"{i % 9}{HOSTILE}", "ruleIndex": i % 9, "level": ("error", "warning", "note")[i % 3], "message": {"text": HOSTILE * 4},
            "locations": [{"physicalLocation": {"artifactLocation": {"uri": f"{HOSTILE}{i + len(folder.name)}/{HOSTILE}"}, "region": {"startLine": 999999999}}}]} for i in range(60)]}]}
    (folder / ("n" * 60 + "\u202e\U0001f600 %n.sarif")).write_text(json.dumps(scan))
    (folder / ("m" * 150 + ".json")).write_text('{"what": "nobody knows"}')


for side in ("before", "after"): hostile(room / f"hostile-{side}")
change = {k: HOSTILE for k in ("owner", "approver", "environment", "rollback", "runbook", "monitoring", "tested_in")}
change |= {"id": "C" * 100, "title": HOSTILE * 3, "tickets": [HOSTILE], "window": {"start": "2026-03-01T00:00:00Z", "end": "2026-03-02T00:00:00Z"}, "scope": {"tenant": HOSTILE, "subscriptions": [HOSTILE], "subjects": [HOSTILE]},
    "requires": [{"format": "sarif", "subject": HOSTILE, "side": "after"}], "expects": [{"id": HOSTILE, "subject": HOSTILE + "*", "fact": HOSTILE, "value": HOSTILE}],
    "objectives": [{"id": f"{i}{HOSTILE}", "title": HOSTILE * 3, "measure": "open_findings", "severity": "high", "target": "-10%"} for i in range(20)]}
exceptions = {"exceptions": [{"id": f"{i}{HOSTILE}", "type": "accepted_risk", "match": {"rule": f"{i}{HOSTILE}"}, "owner": HOSTILE, "approver": HOSTILE, "reason": HOSTILE * 3, "ticket": HOSTILE, "approved": "2026-01-01", "expires": ("2026-02-01", "2027-01-01")[i % 2]} for i in range(9)]}
(room / "change.json").write_text(json.dumps(change))
(room / "exceptions.json").write_text(json.dumps(exceptions))
nothing = {"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "None"}}, "results": []}]}
(room / "nothing.sarif").write_text(json.dumps(nothing))

work = [(f"demo-{l}-{p}", demo / "before", demo / "after", l, p, "--change", demo / "change.json", "--exceptions", demo / "exceptions.json") for l, p in COMBINATIONS]
work += [(f"hostile-{l}-{p}", room / "hostile-before", room / "hostile-after", l, p, "--change", room / "change.json", "--exceptions", room / "exceptions.json") for l, p in COMBINATIONS]
work += [("nothing", room / "nothing.sarif", room / "nothing.sarif", "en", "letter")]
work += [("frameworks", demo / "before", demo / "after", "de", "a4", *(f for n in ("MCSB", "NIST-800-53-r5", "HIPAA-HITRUST-9.2", "ISO-27001-2013", "CIS-AKS") for f in ("--framework", n)))]
for number, case in enumerate(sorted(c.parent for c in pathlib.Path("fixtures").glob("*/case"))):
    sides = [case / s if (case / s).is_dir() else next(case.glob(s + ".*"), case) for s in ("before", "after")]
    work.append((f"fixture-{case.name}", *sides, *COMBINATIONS[number % 4]))
JARS = [f"/usr/share/java/{j}.jar" for j in ("preflight", "pdfbox2", "fontbox2", "xmpbox", "commons-logging", "pdfbox2-tools", "commons-io", "javax.activation", "jaxb-api")]
preflight = shutil.which("java") and all(map(os.path.exists, JARS)) and ["java", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", ":".join(JARS), "org.apache.pdfbox.preflight.Validator_A1b", "batch", room / "pdf"]
with concurrent.futures.ThreadPoolExecutor(2) as pool:
    list(pool.map(lambda w: build(*w), work))
    done = preflight and pool.submit(told, *preflight)  # one Java machine for all files, while the others read
    read = list(pool.map(lambda w: reading(w[0]), work))
say(f"in the reports of {len(work)} cases no word touches another, is struck or leaves its page", [line for pages, _ in read for line in pages])
say("qpdf and poppler read each without a warning", [line for _, wrong in read for line in wrong])
if not done: print("skip - PDFBox's preflight calls each valid PDF/A-1b (libpdfbox2-java is not installed)")
else:
    said = done.result().stdout.decode()
    doubtful = {w[0] for w in work} - set(re.findall(r"The file (\S+)\.pdf is a valid PDF/A-1b file", said))
    say("PDFBox's preflight calls each valid PDF/A-1b", [*doubtful, *said.splitlines()[-6:], done.result().stderr.decode()[-300:]] if doubtful else [])
end_of_test()
PYTHON
