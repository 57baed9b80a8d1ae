#!/bin/sh
# `diff` as a person asks: what is listed, in which order, how a list is narrowed and cut, and why a finding got its outcome.
PYTHONPATH=tests/cli exec python3 - <<'PYTHON'
import json, os, pathlib, pty, subprocess

from said import check, end_of_test

dossier = os.environ["DOSSIER"]


def run(*arguments):
    return subprocess.run([dossier, "diff", *arguments], capture_output=True, text=True, errors="replace")


def on_terminal(*arguments):
    """What is printed where a person looks."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen([dossier, "diff", *arguments], stdout=theirs, stderr=subprocess.DEVNULL, env={**os.environ, "NO_COLOR": "1"})
    os.close(theirs)
    text = b""
    try:
        while piece := os.read(ours, 65536): text += piece
    except OSError: pass  # the end of a terminal
    process.wait()
    os.close(ours)
    return text.decode(errors="replace")


pairs = {}
for case in sorted(pathlib.Path("fixtures").iterdir()):
    for ending in ("", ".json", ".sarif"):
        if (case / ("before" + ending)).exists() and (case / ("after" + ending)).exists(): pairs[case.name] = [str(case / ("before" + ending)), str(case / ("after" + ending))]
listed = {}
wrong = {"stream": [], "why": [], "agreed": [], "explain": [], "narrow": []}
for name, pair in pairs.items():
    whole = json.loads(run("--json", "--findings", *pair).stdout)
    findings = listed[name] = whole.pop("findings")
    lines = [json.loads(line) for line in run("--json", "--stream", *pair).stdout.splitlines()]
    if lines != [whole, *findings]: wrong["stream"].append(name)
    for f in findings:
        why = f["why"]
        reasons = {"unchanged": ["matched"], "updated": ["matched"], "fixed": ["assessed"], "new": ["assessed"], "dismissed": ["status"], "fixed_verified": ["status", "pass"],
                   "reopened": ["status", "pass"], "not_reassessed": ["error", "not_assessed", "incomplete", "rule_gone"], "newly_in_scope": ["error", "not_assessed", "incomplete"]}[f["outcome"]]
        if why["reason"] not in reasons or ("tier" in f) != ("agreed" in why) or ("tier" in f) == ("unit" in why): wrong["why"].append((name, f["id"], why))
        differs = {d["field"]: (d["before"], d["after"]) for d in why.get("differs", [])}
        spelled = {"subject", "rule", "tool"}  # these agree without case
        if (set(why.get("agreed", [])) - spelled) & set(differs): wrong["agreed"].append((name, f["id"], why))
        updates = {"line": "location", "path": "location", "severity": "severity", "version": "version"}
        if f["outcome"] in ("unchanged", "updated") and not {updates[d] for d in differs if d in updates} <= set(f.get("updated_by", [])): wrong["agreed"].append((name, f["id"], f.get("updated_by"), differs))
    for outcome in {f["outcome"] for f in findings}:
        got = json.loads(run("--json", "--outcome", outcome, *pair).stdout)
        wanted = [f for f in findings if f["outcome"] == outcome]
        if got["findings"] != wanted or got["listed"] != {"first": len(wanted), "of": len(wanted)}: wrong["narrow"].append((name, outcome))
    for f in findings[:3] + findings[-3:]:
        explained = json.loads(run("--json", "--explain", f["id"], *pair).stdout)["findings"]
        if [e["finding"] for e in explained] != [f] or not explained[0]["because"] or not explained[0][f["side"]]: wrong["explain"].append((name, f["id"], explained))
        if f["key"] not in {e["finding"]["key"] for e in json.loads(run("--json", "--explain", f["key"], *pair).stdout)["findings"]}: wrong["explain"].append((name, f["key"]))
        people = run("--explain", f["id"], *pair).stdout
        if f"{f['id']}  {f['key']}  {f['outcome']}\n" not in people or "  why " not in people: wrong["explain"].append((name, people))
for what, sentence in {"stream": "--stream is the object without findings, then a line for each finding, as --findings lists them",
                       "why": "every finding gives a reason that its outcome can have: a matched one what agreed, another its scope unit",
                       "agreed": "what agreed does not differ, and what differs is in updated_by where an auditor would name it",
                       "narrow": "--outcome lists just the findings of that outcome, and says how many", "explain": "--explain shows a finding by its id and by its key, with both records and why"}.items():
    check(sentence + f" ({len(pairs)} pairs)", not wrong[what], *wrong[what][:5])

pair = pairs["outcome-updated"]
text = run(*pair).stdout
check("for people: a summary, then the findings by outcome, then severity", text.index("open findings") < text.index("updated (4)") < text.index("  high    ", text.index("updated (4)")) < text.index("  medium  ", text.index("updated (4)")), text)
text = run("--limit", "2", *pair).stdout
check("a list that is cut says so above it", "findings: the first 2 of 4" in text and text.count("\n  F-") == 2, text)
text = run("--severity", "high", "--severity", "low", "--tool", "lint*", "--subject", "*SHOP", *pair).stdout
check("severity, tool and subject narrow together, globs without case", text.count("\n  F-") == 1 and "sev.c" in text, text)
text = run("--subject", "nothing like it", *pair).stdout
check("a list without a finding says so", "no findings are so" in text, text)
same = run(pair[0], pair[0]).stdout
check("unchanged findings are listed when they are asked for", "\n  F-" not in same and run("--outcome", "unchanged", pair[0], pair[0]).stdout.count("\n  F-") == run("--findings", pair[0], pair[0]).stdout.count("\n  F-") == 4, same)
arm = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-web/providers"
subjects = [f"{arm}/Microsoft.ContainerService/managedClusters/web", f"{arm}/Microsoft.ContainerService/managedClusters/web/agentPools/p1", f"{arm.replace('rg-web', 'rg-two')}/Microsoft.ContainerService/managedClusters/web",
            f"{arm}/Microsoft.One/clusters/same", f"{arm}/Microsoft.Two/clusters/same", "/subscriptions/00000000-0000-0000-0000-000000000001", "/subscriptions/00000000-0000-0000-0000-000000000001/providers/Microsoft.Security/pricings/Containers"]
azure = os.environ["TMPDIR"] + "/azure.json"
with open(azure, "w") as file:
    json.dump([{"id": f"{subject}/providers/Microsoft.Security/assessments/56a83a6e-c417-42ec-b567-1e6fcb3d09a9", "name": "56a83a6e-c417-42ec-b567-1e6fcb3d09a9", "type": "Microsoft.Security/assessments",
                "properties": {"displayName": "A", "resourceDetails": {"id": subject, "source": "Azure"}, "status": {"code": "Unhealthy", "statusChangeDate": "2026-03-01T08:00:00Z"}, "metadata": {"severity": "High"}}} for subject in subjects], file)
for arguments in (["--findings", azure, azure], [azure, azure, azure]):
    seen = {line.split("56a83a6e-c417-42ec-b567-1e6fcb3d09a9")[1].removesuffix("unchanged").strip() for line in on_terminal(*arguments).splitlines() if "  F-" in line}
    check(f"on a terminal an ARM id is as short as in the report, but where two would read alike ({len(arguments)})", seen == {
        "web (managedClusters) · rg-web · 00000000-0000-0000-0000-000000000001", "web/p1 (managedClusters/agentPools) · rg-web · 00000000-0000-0000-0000-000000000001",
        "web (managedClusters) · rg-two · 00000000-0000-0000-0000-000000000001", *subjects[3:6], "Containers (pricings) · 00000000-0000-0000-0000-000000000001"}, *sorted(seen))
    text = run(*arguments).stdout
    check(f"in a pipe it is whole ({len(arguments)})", all(f"  {subject}" in text for subject in subjects) and "·" not in text, text)
room, rules = os.environ["TMPDIR"], ["fixtures/sarif-rules-listed/before.sarif", "fixtures/sarif-rules-listed/after.sarif"]
for name in rules: subprocess.run([dossier, "collect", name, "-o", f"{room}/{os.path.basename(name)}.snapshot"], check=True, stdout=subprocess.DEVNULL)
kept = [json.loads(run("--json", *(f"{room}/{os.path.basename(name)}.snapshot" for name in rules)).stdout), json.loads(run("--json", *rules).stdout)]
check("a snapshot keeps the rules that its files list", kept[0] == kept[1] and kept[0]["rules"] == {"new_rule": 1, "rule_gone": 1, "rule_renamed": 3}, kept[0].get("rules"))
for arguments, message in ((["--outcome", "gone"], "there is no outcome \"gone\""), (["--severity", "High"], "there is no severity \"High\""), (["--limit", "-1"], "--limit must be a number"),
                           (["--explain", "F-12"], "a finding is F- or K- and 16 hex digits"), (["--explain", "F-0000000000000000"], "there is no finding F-0000000000000000"), (["--stream"], "--stream is for --json")):
    for more in ([], ["--json"]) if arguments != ["--stream"] else ([],):
        said = run(*arguments, *more, *pair)
        check(f"{' '.join(arguments + more)} is an error that names it, with nothing on standard output", said.returncode == 2 and message in said.stderr and not said.stdout, said.returncode, said.stderr)
end_of_test()
PYTHON
