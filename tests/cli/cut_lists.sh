#!/bin/sh
# variant: gcc
# A list that is cut says so and how many are left, in each output that cuts one; findings.csv cuts nothing.
PYTHONPATH=tests/cli exec python3 - <<'PYTHON'
import csv, html, io, json, os, pathlib, re, subprocess

from said import end_of_test, say

dossier, room = os.environ["DOSSIER"], pathlib.Path(os.environ["TMPDIR"])
NEW, LOST, ODD, SHOWN = 300, 130, 70, 100  # SHOWN: offenders and units that JSON and XML name


def run(unit, rules):
    results = [{"ruleId": r, "level": "error", "message": {"text": r}, "locations": [{"physicalLocation": {"artifactLocation": {"uri": f"{r}.c"}}}], "properties": {"tags": ["external/cwe/cwe-79"]}} for r in rules]
    return {"tool": {"driver": {"name": "Lint", "rules": [{"id": r, "properties": {"security-severity": "9.8"}} for r in rules]}}, "automationDetails": {"id": unit + "/1"},
            "invocations": [{"executionSuccessful": True, "endTimeUtc": "2026-03-08T08:00:00Z"}], "results": results}


def lay(path, *runs):
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({"version": "2.1.0", "runs": runs}))


def asked(*arguments, status=(0, 1)):
    done = subprocess.run([dossier, *map(str, arguments)], capture_output=True, text=True)
    if done.returncode not in status: raise SystemExit(f"{arguments}: status {done.returncode}: {done.stderr}")
    return done.stdout, done.stderr


def member(name): return subprocess.run(["tar", "--zstd", "-xOf", packet, f"dossier-packet/data/{name}"], capture_output=True, check=True).stdout.decode()


def lacks(text, *wanted): return [f"\"{w}\" is not in: {text[:1500]}" for w in wanted if w not in text]


lay(room / "before/main.sarif", run("main", []))
lay(room / "before/lost.sarif", *[run(f"unit{i}", [f"L{i}"]) for i in range(LOST)])
lay(room / "after/main.sarif", run("main", [f"R{i}" for i in range(NEW)]))
for i in range(ODD): (room / f"after/odd{i}.txt").write_text(f"no evidence {i}\n")
sides, packet = (room / "before", room / "after"), room / "p.tar.zst"
(room / "policy.json").write_text(json.dumps({"gate": [{"rule": "no_new", "limit": 0}, {"rule": "no_unassessed_unit", "limit": 0}]}))
options = "--policy", room / "policy.json", "--framework", "NIST-800-53-r5", "--also", "html", "--as-of", "2026-03-09"
said, warned = asked("build", "--before", sides[0], "--after", sides[1], *options, "-o", packet)
named = r"\((?:[^,()]+, ){3}\.\.\.\)"
say("the terminal names the first offenders of a rule behind their number, and then a sign that there are more", [] if re.search(rf"finding: {NEW}, limit 0 {named}", said) and re.search(rf"again: {LOST}, limit 0 {named}", said) else [said])
say("so it does for another policy", [] if re.search(rf"finding: {NEW}, limit 0 {named}", asked("gate", packet, "--policy", "strict")[0]) else ["it does not"])
warnings = len(re.findall(r": warning: ", warned))
say("it counts the warnings that it does not print", ([] if 0 < warnings < ODD else [warnings]) + lacks(warned, f"dossier: {ODD - warnings} more warnings\n"))
listed = asked("diff", *sides)[0]
first = re.search(r"findings: the first (\d+) of (\d+) ", listed)
say("diff says how many findings it lists, and of how many", [] if first and int(first[2]) == NEW + LOST and int(first[1]) == len(re.findall(r"^  F-[0-9a-f]{16} ", listed, re.M)) else [listed[:1500]])
chain = asked("diff", *sides, sides[1])[0]
first = re.search(r"findings: the first (\d+) of (\d+) ", chain)
say("and so of those that are open at the last of several points", [] if first and int(first[2]) == NEW and int(first[1]) == len(re.findall(r"^  F-[0-9a-f]{16} ", chain, re.M)) else [chain[:1500]])
some = json.loads(asked("diff", "--json", "--findings", "--limit", "7", *sides)[0])
say("--json holds as many as --limit says, and how many there are", [] if len(some["findings"]) == 7 and some["listed"] == {"first": 7, "of": NEW + LOST} else [some.get("listed"), len(some["findings"])])

told = json.loads(asked("gate", packet, "--json")[0])
gate = {g["rule"]: (g["value"], len(g["offenders"])) for g in told["gate"]}
say(f"--json counts all offenders of a rule and names {SHOWN}", [] if gate == {"no_new": (NEW, SHOWN), "no_unassessed_unit": (LOST, SHOWN)} else [gate])
xml = member("report.xml")
found = {m[1]: (int(m[2]), m[0].count("<offender")) for m in re.finditer(r'<rule name="(\w+)"[^>]*value="(\d+)".*?</rule>', xml, re.S)}
say("report.xml does too", [] if found == gate else [found])
more = f"{LOST - SHOWN} findings open before in {LOST - SHOWN} more units that were not assessed after"
say("units that were not assessed again are warned of one by one, and the rest in one line", [] if len(re.findall(r"it was not assessed after", xml)) == SHOWN and more in xml else ["they are not"])
page = html.unescape(re.sub(r"<style>.*?</style>|<script>.*?</script>", "", member("report.html"), flags=re.S))
cells = re.findall(r'<td class="m">(.*?)(?=<td)', page, re.S)
counts = sorted((c.count("<a ") or len(re.findall(r"Lint unit", c)), int(re.search(r"and (\d+) more", c)[1])) for c in cells if "more" in c)
say("report.html names offenders and says how many are left", [] if counts and sorted(a + b for a, b in counts) == [LOST, NEW] else [counts, cells[:3]])
units = len(re.findall(r"Lint\nunit\d+", page))
say("and has each unit that was not assessed again", [] if units == LOST else [units])
rows = list(csv.DictReader(io.StringIO(member("findings.csv"), newline="")))
say("findings.csv has each finding", [] if len({r["id"] for r in rows}) == len(rows) == NEW + LOST else [len(rows)])
end_of_test()
PYTHON
