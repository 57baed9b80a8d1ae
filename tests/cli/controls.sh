#!/bin/sh
# Controls over a generated estate: every one of the table is listed, its counts are those of the findings, its state follows from
# them by the rules, and leaving an export out never turns one green.
if [ -z "${SHARED:-}" ]; then
	echo 'skip - controls of generated estates (../shared is not here)'
	exit 0
fi
PYTHONPATH=tests/cli exec python3 - <<'PYTHON'
import csv, io, json, os, re, shutil, subprocess, sys

from said import end_of_test, say

dossier, shared, room = os.environ["DOSSIER"], os.environ["SHARED"], os.environ["TMPDIR"] + "/controls"
GREEN = ("satisfied", "satisfied_with_exceptions")


def build(folder, before, after, *more):
    run = subprocess.run([dossier, "build", "--before", before, "--after", after, "--exceptions", folder + "/exceptions.json", "--as-of", "2026-03-09",
                          "-o", folder + "/p.tar.zst", "--json", *more], capture_output=True)
    if run.returncode not in (0, 1): raise SystemExit(f"build ended with status {run.returncode}: {run.stderr.decode(errors='replace')}")
    return json.loads(run.stdout)


def findings(packet):
    names = subprocess.run(["tar", "--zstd", "-tf", packet], capture_output=True, check=True).stdout.decode().split("\n")
    name = next(n for n in names if n.endswith("/findings.csv"))
    text = subprocess.run(["tar", "--zstd", "-xOf", packet, name], capture_output=True, check=True).stdout.decode()
    return list(csv.DictReader(io.StringIO(text, newline="")))


table, names = {}, {}  # the reference, read apart: control -> policies, name -> policy
with open(shared + "/reference/azure-policy-controls.tsv", encoding="utf-8", newline="") as f:
    for r in csv.DictReader(f, delimiter="\t", quoting=csv.QUOTE_NONE):
        names[r["policy_name"].removeprefix("[Preview]: ")] = r["policy_id"]
        if r["framework"] == "MCSB": table.setdefault(r["control"].removeprefix("Azure_Security_Benchmark_v3.0_"), set()).add(r["policy_id"])


def policy_of(row):
    if row["tool"] == "Azure Policy": return row["rule"]
    if row["rule"].startswith("CVE-"): return "090c7b07-b4ed-4561-ad20-e9075f3ccaff"
    return names.get(row["title"].removeprefix("[Preview]: "))


def rule_of_states(c):
    if c["open"] > c["exceptions"]: return "not_satisfied"
    if c["not_assessed"] or c.get("unassessed") or c["manual"]: return "manual_review"
    if c["open"]: return "satisfied_with_exceptions"
    return "satisfied" if c["pass"] else "no_evidence"


def natural(text):
    return [int(p) if p.isdigit() else p for p in re.findall(r"\d+|\D+", text)]


for shape, seed in (("cli", 11), ("arg", 2024)):
    folder = f"{room}/{shape}"
    subprocess.run([sys.executable, shared + "/bench/estate.py", "--out", folder, "--shape", shape, "--seed", str(seed), "--clusters", "2", "--registries", "1", "--repos", "1", "--vulns", "8"],
                   check=True, stdout=subprocess.DEVNULL)
    change = ("--change", folder + "/change.json")
    built = build(folder, folder + "/before", folder + "/after", *change)
    controls = {c["control"]: c for c in built["controls"]}
    say(f"{shape}: MCSB lists exactly the controls of the table, PV-2 before PV-10",
        [] if [c["control"] for c in built["controls"]] == sorted(table, key=natural) else [f"got {list(controls)}"])
    wrong = []
    counted = {c: {s: {"fail": 0, "pass": 0} for s in ("before", "after")} for c in table}
    for row in findings(folder + "/p.tar.zst"):
        policy = policy_of(row)
        met = sorted((c for c, policies in table.items() if policy in policies), key=natural)
        if row["controls"] != "; ".join("MCSB " + c for c in met): wrong.append(f"{row['id']} {row['rule']}: {row['controls']}, expected {met}")
        for c in met:
            if row["status"] in ("fail", "pass"): counted[c][row["side"]][row["status"]] += 1
    say(f"{shape}: each finding's controls are those of its policy", wrong)
    wrong = []
    for name, c in controls.items():
        if [c["open"], c["pass"]] != [counted[name]["after"]["fail"], counted[name]["after"]["pass"]]: wrong.append(f"{name}: {c['open']} open, {c['pass']} pass, expected {counted[name]['after']}")
        if c["state"] != rule_of_states(c): wrong.append(f"{name} is {c['state']}, expected {rule_of_states(c)}")
        before = counted[name]["before"]
        expected = "not_satisfied" if before["fail"] else "satisfied" if before["pass"] else "no_evidence"
        if c["before"] != expected: wrong.append(f"{name} was {c['before']}, expected {expected}")
        if (c["state"] == c["before"]) == bool(c.get("moved")): wrong.append(f"{name}: {c['before']} to {c['state']}, moved: {c.get('moved')}")
        if c["link_count"] and "open" in c["links"][0] : wrong.append(f"{name}: a link without sides")
        if c["link_count"] <= 20 and sum(l["after"]["open"] for l in c["links"]) != c["open"]: wrong.append(f"{name}: the links add up to another number")
    say(f"{shape}: counts and states of all controls follow from the findings by the rules", wrong)
    states = {c["state"] for c in controls.values()}
    say(f"{shape}: the estate has controls that fail, need people and have no evidence", [] if {"not_satisfied", "manual_review", "no_evidence"} <= states else [states])

    # Each export left out may take a green control away, but never give one: of the estate, and of one where nothing changed and
    # controls are green.
    if shape != "cli": continue
    wrong = []
    whole = folder + "/whole"
    shutil.copytree(folder + "/before", whole)
    for base, sides, arguments in (("estate", ("before", "after"), change), ("unchanged", ("after",), ())):
        folders = {"before": folder + "/before", "after": folder + "/after" if base == "estate" else whole}
        plain = {c["control"]: c["state"] for c in build(folder, folders["before"], folders["after"], *arguments)["controls"]}
        if base == "unchanged" and not any(s in GREEN for s in plain.values()): wrong.append(f"nothing is green: {plain}")
        kinds = set()
        for side in sides:
            for name in sorted(os.listdir(folders[side])):
                judged = name.startswith(("assessments", "subassessments", "policy-states"))
                kind = re.sub(r"-sub-\d+|acr.*|aks.*", "", name)
                if not judged and (base == "unchanged" or kind in kinds): continue
                kinds.add(kind)
                less = folder + "/less"
                shutil.rmtree(less, ignore_errors=True)
                shutil.copytree(folders[side], less, ignore=lambda _, names, name=name: [name])
                for c in build(folder, less if side == "before" else folders["before"], less if side == "after" else folders["after"], *arguments)["controls"]:
                    if c["state"] in GREEN and plain[c["control"]] not in GREEN:
                        wrong.append(f"{base}: without {side}/{name} {c['control']} turns from {plain[c['control']]} to {c['state']}")
    say("leaving out any export turns no control green", wrong)
end_of_test()
PYTHON
