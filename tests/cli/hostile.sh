#!/bin/sh
# variant: gcc
# Hostile text in every place that a packet takes text from (records of two formats, a change, exceptions, names of files), into every output
# that it holds: all of them stay what they are, and nothing in them runs, links or turns round.
PYTHONPATH=tests/cli exec python3 - <<'PYTHON'
import concurrent.futures, csv, json, os, pathlib, re, subprocess, unicodedata
import xml.etree.ElementTree as ET

from said import end_of_test, say

dossier, room, shared = os.environ["DOSSIER"], pathlib.Path(os.environ["TMPDIR"]), os.environ.get("SHARED")
TEXTS = {  # a word for the sentence: the text; JSON is written by hand where Python has no way to say it
    "XML specials": "<script>alert(1)</script>&amp;&#0;\"'",
    "ends of CDATA and comments": "]]><![CDATA[ --><!-- <?x y?>",
    "control characters": "\x01\x08\x1b[31mred\x1b[0m\x7f\x85 a\tb\r\nc",
    "a NUL": "nul\0inside",
    "a lone surrogate": "@SURROGATE@",
    "right-to-left overrides": "\u202etxt.exe\u2066\u200f\u061c\ufeff",
    "line separators and what is no character": "a\u2028b\u2029c\ufffe\uffff",
    "a script as a link": "javascript:alert(1)//",
    "a script in Markdown": "[click](javascript:alert(1)) ![x](http://h/) {0} {{7*7}} ${7*7} %s%n",
    "a formula": "=cmd|' /C calc'!A0",
    "formulas behind blanks and wide signs": " \t@SUM(1)\uff1d1",
    "a megabyte": "A<&>\"' b" * (1 << 17),
}


def run(*arguments):
    return subprocess.run([str(a) for a in arguments], stdin=subprocess.DEVNULL, capture_output=True)


def write(path, value):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value).replace("@SURROGATE@", "\\ud800"), "utf-8")


def sarif(t, more):
    result = {"ruleId": t, "level": "error", "message": {"text": t, "markdown": t}, "partialFingerprints": {t: t}, "properties": {"owner": t, "security-severity": "9.1"},
              "locations": [{"physicalLocation": {"artifactLocation": {"uri": t}, "region": {"startLine": 1, "snippet": {"text": t}}}}],
              "suppressions": []}
    plain = {"ruleId": "plain", "message": {"text": more}}
    return {"version": "2.1.0", "runs": [{"tool": {"driver": {"name": t, "version": t, "rules": [{"id": t, "name": t, "shortDescription": {"text": t}, "properties": {"tags": [t, "external/cwe/cwe-79"]}}]}},
                                          "versionControlProvenance": [{"repositoryUri": t}], "automationDetails": {"id": t + "/x"}, "results": [result, plain, {**plain, "suppressions": [{"kind": "external", "justification": t}]}],
                                          "invocations": [{"executionSuccessful": True, "endTimeUtc": "2026-03-01T00:00:00Z"}]}]}


def trivy(t):
    return {"SchemaVersion": 2, "ArtifactName": t, "ArtifactType": "container_image", "CreatedAt": "2026-03-01T00:00:00Z",
            "Results": [{"Target": t, "Class": "os-pkgs", "Type": t, "Vulnerabilities": [{"VulnerabilityID": t, "PkgName": t, "InstalledVersion": t, "FixedVersion": t, "Title": t, "Severity": "HIGH", "PrimaryURL": t}]}]}


def hidden(text):
    """What a reader would not see, or see turned round, in a text that is for people."""
    return [hex(ord(c)) for c in text if (unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp", "Cn") and c not in "\t\n\r\u200c\u200d") or c in "\ufffe\uffff"]


def xml(path, free=()):
    """Texts and attributes that hide something, or that are a link to a script."""
    wrong = []
    for e in ET.parse(path).iter():
        for name, value in [("text", e.text or ""), *e.attrib.items()]:
            if hidden(value): wrong.append(f"{path.name}: {e.tag} {name}: {hidden(value)[:5]}")
            if name.rpartition("}")[2] in ("href", "src", "uri") and re.match(r"\s*(javascript|data|vbscript)\s*:", value, re.I): wrong.append(f"{path.name}: {e.tag} {name}: {value[:80]}")
    return wrong


def csv_file(path):
    wrong, rows = [], list(csv.reader(path.open(newline="", encoding="utf-8")))
    for row in rows:
        if len(row) != len(rows[0]): wrong.append(f"a row of {len(row)} cells")
        for cell in row:
            if re.match(r"[\t\r\n=+@-]|\s*[=+@\uff1d\uff0b\uff0d\uff20-]", cell) and not re.fullmatch(r"-?\d*", cell): wrong.append(f"a cell begins with {cell[:20]!r}")
            if hidden(cell): wrong.append(f"a cell hides {hidden(cell)[:5]}")
    return wrong


def sarif_file(path):
    wrong = []
    for r in json.loads(path.read_bytes())["runs"]:
        for rule in r["tool"]["driver"]["rules"]: wrong += [f"a rule hides {h}" for h in hidden(rule.get("shortDescription", {}).get("text", ""))]
        for result in r["results"]:
            texts = [result["message"]["text"], *(s["justification"] for s in result.get("suppressions", []))]
            wrong += [f"a message hides {h}" for t in texts for h in hidden(t)] + [f"a message links: {t[:80]}" for t in texts if "](" in t]
            for location in result.get("locations", []):
                uri = location.get("physicalLocation", {}).get("artifactLocation", {}).get("uri", "")
                if re.match(r"[a-z][a-z0-9+.-]*:", uri, re.I) or not re.fullmatch(r"[!-~]*", uri): wrong.append(f"a location is {uri[:80]}")
    return wrong


def pdf(path):
    done, wrong = run("pdftotext", path, path.with_suffix(".txt")), []
    if done.returncode or done.stderr: wrong.append(f"pdftotext: {done.stderr.decode(errors='replace')[:200]}")
    if run("qpdf", "--check", path).returncode: wrong.append("qpdf --check")
    wrong += [f"report.pdf shows {h}" for h in hidden(path.with_suffix(".txt").read_text("utf-8").replace("\f", ""))]
    run("qpdf", "--qdf", "--object-streams=disable", path, path.with_suffix(".qdf"))
    return wrong + [f"report.pdf holds {word.decode()}" for word in re.findall(rb"/JavaScript|/JS\s|/Launch|/URI\s*\(\s*javascript:", path.with_suffix(".qdf").read_bytes())]


def html(path):
    text = path.read_text("utf-8")
    return [f"report.html hides {h}" for h in hidden(text)] + [f"report.html: {m[:80]}" for m in re.findall(r"(?:href|src)\s*=\s*[\"']?\s*(?:javascript|data):[^\"'>]*", text, re.I)] + (
        ["report.html holds the script"] if "<script>alert(1)" in text else [])


def try_text(item):
    word, text = item
    place = room / re.sub(r"\W", "-", word)
    name = re.sub(r"[/\x00-\x1f\x7f-\x9f]", "_", "x" if "@" in text else text)[:60]  # a packet holds no names with control characters
    for side in ("before", "after"):
        if len(text) > 1000:  # one long title and message: in every place they would only be slow
            long = sarif("R", "plain")
            run_ = long["runs"][0]
            run_["tool"]["driver"]["rules"][0]["shortDescription"]["text"] = run_["results"][0]["message"]["text"] = text
            write(place / side / "scan.sarif", long)
            continue
        write(place / side / "scan.sarif", sarif(text, side))
        write(place / side / "trivy.json", trivy(text))
        write(place / side / f"{name}.sarif", sarif("x" + text, "y"))
    text = text[:100000]
    write(place / "change.json", {"id": "CHG-1", **{k: text for k in ("title", "owner", "approver", "environment", "rollback", "runbook", "tested_in")}, "tickets": [text], "monitoring": [text],
                                  "expects": [{"id": "E" + text, "subject": "*", "fact": text, "value": text}]})
    write(place / "exceptions.json", {"exceptions": [{"id": "EX" + text, "match": {"tool": "*"}, **{k: text for k in ("reason", "owner", "approver", "ticket")}, "expires": "2026-12-31"}]})
    options = ["--change", place / "change.json", "--exceptions", place / "exceptions.json"]
    arguments = [dossier, "build", "--json", "--before", place / "before", "--after", place / "after", "--as-of", "2026-03-09", "-o", place / "p.tar.zst"]
    for also in ("sarif", "junit", *ALSO): arguments += ["--also", also]
    done = run(*arguments, *options)
    if done.returncode == 2: done, options = run(*arguments), []  # a side file may be refused, with its reason
    if done.returncode not in (0, 1): return word, [f"build ended with {done.returncode}: {done.stderr.decode(errors='replace')[:300]}"]
    if hidden(done.stderr.decode("utf-8", "replace")): return word, [f"standard error shows {hidden(done.stderr.decode('utf-8', 'replace'))[:5]}"]
    json.loads(done.stdout)
    subprocess.run(["tar", "--zstd", "-xf", place / "p.tar.zst", "-C", place], check=True)
    data = place / "dossier-CHG-1/data" if options else place / "dossier-packet/data"
    wrong = [w for f in ("report.xml", "oscal/assessment-results.xml", "oscal/poam.xml", "scap/arf.xml", "junit.xml") for w in xml(data / f)]
    schemas = [(data / "report.xsd", "report.xml"), (pathlib.Path("/usr/share/openscap/schemas/arf/1.1/asset-reporting-format_1.1.0.xsd"), "scap/arf.xml")]
    if shared: schemas += [(pathlib.Path(shared) / f"reference/oscal/oscal_{n}.xsd", f"oscal/{n}.xml") for n in ("assessment-results", "poam")]
    for schema, file in schemas:
        if not schema.exists(): continue
        done = run("xmllint", "--noout", "--nonet", "--huge", "--schema", schema, data / file)
        if done.returncode: wrong.append(f"{file}: {done.stderr.decode(errors='replace')[:300]}")
    wrong += csv_file(data / "findings.csv") + sarif_file(data / "findings.sarif") + pdf(data / "report.pdf")
    if (data / "report.html").exists(): wrong += html(data / "report.html")
    return word, wrong


csv.field_size_limit(1 << 30)
asked = run(dossier, "build", "--also", "nothing-is-called-that").stderr.decode()
ALSO = ["html"] if "html" in asked else []
with concurrent.futures.ThreadPoolExecutor(2) as pool:
    for word, wrong in pool.map(try_text, TEXTS.items()): say(f"{word}: every output stays what it is", wrong)
end_of_test()
PYTHON
