#!/bin/sh
# A value that a secret scanner found stays in the evidence, whatever is asked; a salted hash stands for it.
exec python3 - <<'PYTHON'
import csv, io, json, os, pathlib, re, subprocess, sys, time

dossier, room = os.environ["DOSSIER"], pathlib.Path(os.environ["TMPDIR"]) / "secrets"
CANARY, LATER = "canary-7Qx\"\u00e9-value", "changed-5Zy-value"
failed = False


def say(sentence, wrong):
    global failed
    print(f"{'not ok' if wrong else 'ok'} - {sentence}", flush=True)
    for line in wrong if isinstance(wrong, list) else []: print(f"    {line}"[:400])
    failed |= bool(wrong)


def leak(rule, path, secret): return {"RuleID": rule, "Description": "A key", "File": path, "StartLine": 2, "Secret": secret, "Match": f"key={secret}", "Message": f"adds {secret}", "Commit": "", "Entropy": 3.10}
def old(secret): return [{"rule": "key", "file": "a.env", "lineNumber": 3, "line": f"k = {secret}", "offender": secret, "commit": "c", "repo": "web"}]
def trivy(secret): return {"SchemaVersion": 2, "ArtifactName": "web", "ArtifactType": "repository", "Results": [{"Target": "b.env", "Class": "secret", "Secrets": [
    {"RuleID": "key", "Title": "A key", "Severity": "HIGH", "StartLine": 3, "Match": secret, "Code": {"Lines": [{"Number": 3, "Content": f"x {secret} y"}]}}]}]}
def gitlab(secret): return {"version": "15.0.0", "scan": {"type": "secret_detection", "scanner": {"id": "gitleaks", "name": "Gitleaks"}, "status": "success"}, "vulnerabilities": [
    {"id": "1", "name": "A key", "description": f"found {secret}", "severity": "High", "raw_source_code_extract": secret, "location": {"file": "c.env", "start_line": 1, "commit": {"sha": "d"}},
     "identifiers": [{"type": "gitleaks_rule_id", "name": "Gitleaks rule key", "value": "key"}]}]}
def semgrep(secret): return {"version": "1.2.3", "errors": [], "paths": {"scanned": []}, "results": [
    {"check_id": "generic.secrets.security.detected-key", "path": "d.py", "start": {"line": 1}, "end": {"line": 1}, "extra": {"message": f"found {secret}", "severity": "ERROR", "lines": f"k = {secret}", "metadata": {}}}]}


def sarif(secret): return {"version": "2.1.0", "runs": [{"results": [{"ruleId": "key", "message": {"text": f"key has detected secret {secret}"}, "locations": [{"physicalLocation": {
    "artifactLocation": {"uri": "e.env"}, "region": {"startLine": 2, "snippet": {"text": secret}}}}]}], "tool": {"driver": {"name": "Gitleaks", "rules": [{"id": "key"}]}}}]}  # the tool behind its results


for side, last in (("before", CANARY), ("after", LATER)):
    files = {"gitleaks8.json": [leak("key", "a.env", CANARY), leak("key", "b.env", CANARY), leak("key", "c.env", last)], "gitleaks7.json": old(CANARY), "trivy.json": trivy(CANARY),
             "gitlab.json": gitlab(CANARY), "semgrep.json": semgrep(CANARY), "leaks.sarif": sarif(CANARY)}
    (room / side).mkdir(parents=True)
    for name, document in files.items(): (room / side / name).write_text(json.dumps(document))

FORMS = [form for value in (CANARY, LATER) for form in (value, json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1], value.replace('"', "&quot;"), value.replace('"', '""'))] + ["canary-7Qx", "changed-5Zy"]
def leaks(text): return sorted({form for form in FORMS if form in text})


def run(*arguments, status=(0,)):
    ended = subprocess.run([dossier, *map(str, arguments)], capture_output=True, text=True, errors="replace", cwd=room)
    if ended.returncode not in status: raise SystemExit(f"{arguments}: {ended.returncode}: {ended.stderr}")
    return ended.stdout + ended.stderr


for arguments in (["inspect", "after"], ["inspect", "--json", "after"], ["inspect", "--explain", "after"], ["inspect", "--explain", "--json", "after"], ["diff", "before", "after"], ["diff", "--json", "--findings", "before", "after"]):
    say(f"{' '.join(arguments)} does not show the value", leaks(run(*arguments, status=(0, 1))))

also = ["--also", "sarif", "--also", "junit", "--also", "csv-bom"]
say("build does not show the value", leaks(run("build", "--before", "before", "--after", "after", "--as-of", "2026-03-10", *also, "-o", "p.tar.zst", status=(0, 1))))
(room / "out").mkdir()
subprocess.run(["tar", "--zstd", "-xf", room / "p.tar.zst", "-C", room / "out"], check=True)
members = [path for path in (room / "out").rglob("*") if path.is_file() and "/data/evidence/" not in str(path)]
wrong = []
for path in members:
    text = subprocess.run(["pdftotext", path, "-"], capture_output=True, text=True, errors="replace").stdout if path.suffix == ".pdf" else path.read_text(errors="replace")
    if not text: wrong.append(f"{path.name} has no text")
    wrong += [f"{path.name}: {form}" for form in leaks(text)]
say("no member of the packet but the evidence holds the value, nor does the text of a PDF", wrong if len(members) > 12 else ["few members"])
report = next(path for path in members if path.name == "report.xml").read_text()
say("the report has secret_in_evidence among its notices, for each file", [] if report.count('<notice code="secret_in_evidence"') == 12 else [report.count('<notice code="secret_in_evidence"')])
schema = next(path for path in members if path.name == "report.xsd")
say("the report with its hashes is valid", [] if subprocess.run(["xmllint", "--noout", "--schema", schema, schema.with_name("report.xml")], capture_output=True).returncode == 0 else ["xmllint refuses it"])

rows = list(csv.DictReader(io.StringIO(next(path for path in members if path.name == "findings.csv").read_text())))
HASH = r"secret, salted SHA-256 [0-9a-f]{16}"
def of(side, tail, path): return next(r["message"] for r in rows if r["side"] == side and r["evidence_path"].endswith(tail) and r["path"] == path)
g = {(side, path): of(side, "gitleaks8.json", path) for side in ("before", "after") for path in ("a.env", "b.env", "c.env")}
say("each finding says a salted hash of its value; where the value cannot be told, that", [r for r in rows if not re.fullmatch("secret, no value read" if r["evidence_path"].endswith(("semgrep.json", "leaks.sarif")) else HASH, r["message"])] or len(rows) != 16)
say("a value at one place has one hash before and after", g["before", "a.env"] != g["after", "a.env"])
say("a value at two places has two", g["before", "a.env"] == g["before", "b.env"])
say("another value at the same place has another", g["before", "c.env"] == g["after", "c.env"])
fates = {r["side"]: r["outcome"] for r in rows if r["evidence_path"].endswith("gitleaks8.json") and r["path"] == "c.env"}
say("and is another finding: the first secret is gone, the second is new", [] if fates == {"before": "fixed", "after": "new"} else [fates])
import hashlib
row = next(r for r in rows if r["path"] == "a.env" and r["evidence_path"].endswith("gitleaks8.json"))
salt = "\0".join([row["tool"], row["rule"], row["subject"]]).encode()
mark = hashlib.pbkdf2_hmac("sha256", hashlib.sha256(CANARY.encode()).digest(), salt, 1000, 32)
say("the hash is what docs/formats.md says it is", row["message"] != "secret, salted SHA-256 " + hashlib.sha256(mark + row["path"].encode()).hexdigest()[:16])

wrong, kept = [], []
for row in rows:
    for form in ([], ["--json"]):
        text = run("trace", *form, "p.tar.zst", row["id"])
        wrong += [f"{row['evidence_path']}: {form} {found}" for found in leaks(text)]
        if row["message"] not in text and "withheld: the record found a secret" not in text: wrong.append(f"{row['evidence_path']}: {form} has no hash")
    ended = subprocess.run([dossier, "trace", "--raw", room / "p.tar.zst", row["id"]], capture_output=True, text=True)
    if ended.returncode != 2 or ended.stdout or "--show-secret" not in ended.stderr: wrong.append(f"--raw: {ended}")
    if not leaks(run("trace", "--raw", "--show-secret", "p.tar.zst", row["id"])): kept.append(row["id"])
    if not leaks(run("trace", "--json", "--show-secret", "p.tar.zst", row["id"])): kept.append(row["id"])
say("trace shows the hash and not the value, and refuses --raw", wrong)
say("--show-secret shows the value", kept)
record = json.loads(run("trace", "--json", "p.tar.zst", next(r["id"] for r in rows if r["path"] == "a.env" and "gitleaks8" in r["evidence_path"])))["record"]
say("the rest of the record is as it is", [] if record["RuleID"] == "key" and record["StartLine"] == 2 and record["Secret"] == record["Match"] == record["Message"] == g["before", "a.env"] else [str(record)])
sys.exit(failed)
PYTHON
