#!/bin/sh
# The framer's records against a count made by another path: jq, with one expression for each format, on every file of the shared corpus.
# The expressions are written from the formats, not from our specs: what a spec does not say where to find, they do.
# variant: gcc
if [ -z "${SHARED:-}" ]; then
	echo 'skip - the corpus (../shared is not here)'
	exit 0
fi
if ! command -v jq >/dev/null; then
	echo 'skip - jq is not here'
	exit 0
fi
exec python3 - <<'PYTHON'
import csv, json, os, subprocess, sys

dossier, corpus = os.environ["DOSSIER"], os.environ["SHARED"] + "/corpus"
# A stream of the records of one document; `lists` takes lists as they are wrapped: alone, in an array, or one below the other.
TRIVY = '[.. | objects | .Vulnerabilities?, .Misconfigurations?, .Secrets?, .Licenses? | arrays[]] | .[] | select(has("Results") | not)'
RECORDS = {
    "asff": 'if type == "array" then .[] else (.Findings, .findings, .detail.findings) // . | if type == "array" then .[] else . end end',
    "checkov": 'if type == "array" then .[] else . end | .results? // {} | (.failed_checks, .passed_checks, .skipped_checks, .parsing_errors)[]?',
    "cyclonedx": ".vulnerabilities[]?",
    "defender-tvm": ".value[]",
    "gitlab": ".vulnerabilities[]?, .scan.messages[]?",
    "gitleaks": ".[]",
    "grype": ".matches[]?, .ignoredMatches[]?",
    "kube-bench": "[.. | objects | .results? | arrays[]] | .[]",
    "kubescape": ".results[]?.controls[]?",
    "ocsf": 'if type == "array" then .[] else . end',
    "openreports": "(.items[]? // .) | .results[]?",
    "openvex": ".statements[]",
    "osv": ".results[]?.packages[]?.vulnerabilities[]?",
    "prowler": 'if type == "array" then .[] else . end',
    "sarif": ".runs[]?.results[]?",
    "semgrep": ".results[]?, .vulns[]?, .errors[]?",
    "snyk": 'if type == "array" then .[] else . end | .vulnerabilities[]?, .applications[]?.vulnerabilities[]?',
    "trivy": TRIVY,
    "trivy-operator": ".. | objects | .report? | objects | (.vulnerabilities, .checks, .secrets)[]?",
    "twistlock": '(.results[]?, .) | (.vulnerabilities, .compliances, .complianceIssues)[]?',
    "empty": "empty",
}


def output(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False).stdout


rows = list(csv.DictReader(open(corpus + "/manifest.tsv", encoding="utf-8"), delimiter="\t", quoting=csv.QUOTE_NONE))
counted, wrong = {}, {}
for row in rows:
    path = f"{corpus}/{row['path']}"
    file = json.loads(output(dossier, "inspect", "--explain", "--json", path))["files"][0]
    name = file["format"] or "empty"
    framed = sum(p["records"] for p in file["paths"])
    counted[name] = counted.get(name, 0) + framed
    if name not in RECORDS:
        print(f"skip - {row['path']}: no expression for {name}")
        continue
    said = output("jq", "-s", f"[.[] | {RECORDS[name]}] | length", path).strip() or b"nothing"
    if said != str(framed).encode(): wrong.setdefault(name, []).append(f"{row['path']}: {framed} framed, jq counts {said.decode()}")
for name in sorted(counted):
    if name not in RECORDS: continue
    print(f"{'not ok' if name in wrong else 'ok'} - the framer finds in the {name} files of the corpus the {counted[name]} records that jq counts")
    for line in wrong.get(name, []): print("    " + line)
sys.exit(bool(wrong))
PYTHON
