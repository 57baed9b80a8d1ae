#!/bin/sh
# The rules of evidence, one line each: what absence, a cut-off export, a failed scan, an exception's days, our own checks and evidence that nobody
# can read may do to an outcome, a control and a count, and what they may not.
PYTHONPATH=tests/cli exec python3 - <<'PYTHON'
import json, os, pathlib, subprocess

from said import end_of_test, say

dossier, room = os.environ["DOSSIER"], pathlib.Path(os.environ["TMPDIR"])
SUBSCRIPTION = "/subscriptions/0a0a0a0a-0000-4000-8000-000000000001"
CLUSTER = SUBSCRIPTION + "/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/aks-1"
POLICIES = {"56a83a6e-c417-42ec-b567-1e6fcb3d09a9": "a1840de2-8088-4ea8-b153-b4c723e9cb01", "08e628db-e2ed-4793-bc91-d13e684401c3": "0a15ec92-a229-4763-bb14-0ea34a568f8d"}
KEYS = list(POLICIES)
made = 0


def differs(pairs): return [f"{what}: got {got}, expected {wanted}" for what, got, wanted in pairs if got != wanted]


def laid(before, after):
    """A folder for each side with these files: name to value, or bytes."""
    global made
    made += 1
    folder = room / str(made)
    for side, files in (("before", before), ("after", after)):
        (folder / side).mkdir(parents=True)
        for name, value in files.items(): (folder / side / name).write_bytes(value if isinstance(value, bytes) else json.dumps(value).encode())
    return folder


def asked(*arguments, status=(0,)):
    run = subprocess.run([dossier, *map(str, arguments)], capture_output=True)
    if run.returncode not in status: raise SystemExit(f"{arguments}: status {run.returncode}: {run.stderr.decode(errors='replace')}")
    return json.loads(run.stdout)


def diff(before, after):
    folder = laid(before, after)
    return asked("diff", "--json", "--findings", folder / "before", folder / "after")


def build(before, after, *more, as_of="2026-03-09"):
    folder = laid(before, after)
    return folder / "p.tar.zst", asked("build", "--json", "--before", folder / "before", "--after", folder / "after", "--as-of", as_of, *more, "-o", folder / "p.tar.zst", status=(0, 1))


def outcomes(said): return {k: v for k, v in said["outcomes"].items() if v}


def sarif(*rules, at="2026-03-08T08:00:00Z", successful=True, **more):
    results = [{"ruleId": rule, "level": "error", "message": {"text": rule}, "locations": [{"physicalLocation": {"artifactLocation": {"uri": f"{rule}.c"}, "region": {"startLine": 3}}}], **more} for rule in rules]
    return {"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "Lint"}}, "invocations": [{"executionSuccessful": successful, "endTimeUtc": at}], "results": results}]}


def assessment(key=KEYS[0], code="Unhealthy", subject=CLUSTER):
    return {"id": f"{subject}/providers/Microsoft.Security/assessments/{key}", "name": key, "type": "Microsoft.Security/assessments",
            "properties": {"displayName": "Defender profile", "resourceDetails": {"Id": subject, "Source": "Azure"}, "status": {"code": code}, 
                           "metadata": {"severity": "High", "policyDefinitionId": f"/providers/Microsoft.Authorization/policyDefinitions/{POLICIES[key]}"}}}


# ---- absence proves nothing

first = {"a.json": {"value": [assessment(), assessment(KEYS[1])]}}
left = [assessment(KEYS[1]), assessment(code="Healthy", subject=CLUSTER + "2")]  # the first recommendation was assessed, for another cluster
arg = {"count": 2, "data": left, "skip_token": None, "total_records": 2}
whole = json.dumps({"value": left}).encode()
wrong = []
for what, after, wanted in (
        ("a whole export", {"value": left}, {"unchanged": 1, "fixed": 1}),
        ("an export with a nextLink", {"value": left, "nextLink": "https://management.example/next"}, {"unchanged": 1, "not_reassessed": 1}),
        ("a whole answer of Resource Graph", arg, {"unchanged": 1, "fixed": 1}),
        ("one with a skip token", {**arg, "skip_token": "eyJ0IjoxfQ", "total_records": 0}, {"unchanged": 1, "not_reassessed": 1}),
        ("one that counts fewer than there are", {**arg, "total_records": 3}, {"unchanged": 1, "not_reassessed": 1}),
        ("a file that ends early", whole[:-2], {"unchanged": 1, "not_reassessed": 1}),
        ("a file with a record that cannot be read", whole.replace(b'"value": [', b'"value": [{"id": 7}, '), {"unchanged": 1, "not_reassessed": 1}),
        ("no file", None, {"not_reassessed": 2})):
    wrong += differs([(what, outcomes(diff(first, {} if after is None else {"a.json": after})), wanted)])
say("what is gone is fixed after a whole export, and not reassessed after one that was cut off in any way", wrong)

wrong = []
for what, before, after, wanted in (
        ("a run that failed after", sarif("R", "S"), sarif("S", successful=False), {"unchanged": 1, "not_reassessed": 1}),
        ("a run that failed before", sarif("S", successful=False), sarif("R", "S"), {"unchanged": 1, "newly_in_scope": 1}),
        ("runs that did not", sarif("R", "S"), sarif("S"), {"unchanged": 1, "fixed": 1})):
    wrong += differs([(what, outcomes(diff({"a.sarif": before}, {"a.sarif": after})), wanted)])
say("a scan that failed assesses nothing: what is gone was not looked for, what is there was not looked for before", wrong)

later = {"old.json": sarif("R", "S", at="2026-03-07T08:00:00Z"), "new.json": sarif("S", at="2026-03-08T08:00:00Z", successful=False)}
say("a later scan that failed does not stand for an earlier one", differs([("outcomes", diff({"a.sarif": sarif("R", "S")}, later)["after"]["open"] >= 2, True)]))

dismissed = diff({"a.sarif": sarif("R")}, {"a.sarif": sarif("R", suppressions=[{"kind": "inSource"}])})
say("what is suppressed is dismissed, not fixed", differs([("outcomes", outcomes(dismissed), {"dismissed": 1}), ("open", dismissed["after"]["open"], 0)]))

# ---- unknown is not low

nothing = assessment()
del nothing["properties"]["metadata"]
unknown = diff({"a.json": {"value": [nothing]}}, {"a.json": {"value": [nothing]}})
say("a severity that no source gives is unknown on both sides, and nothing else", differs([(side, unknown[side]["by_severity"], {"unknown": 1}) for side in ("before", "after")]))

# ---- controls, exceptions

_, built = build(first, {"a.json": {"value": [assessment(code="Healthy"), assessment(KEYS[1], code="Healthy")], "nextLink": "https://management.example/next"}})
cut = {c["control"]: c["state"] for c in built["controls"]}
_, built = build(first, {"a.json": {"value": [assessment(code="Healthy"), assessment(KEYS[1], code="Healthy")]}})
states = {c["control"]: c["state"] for c in built["controls"]}
touched = {c for c, state in states.items() if state == "satisfied"}
_, built = build(first, {})
absent = {c["control"]: c["state"] for c in built["controls"]}
say("a control is satisfied by passes of a whole export, never by those of one that was cut off, nor by none",
    ([] if touched else ["none is satisfied"]) + differs([(c, [cut[c], absent[c]], ["manual_review"] * 2) for c in sorted(touched)]))
say("a control without evidence has none, on either side's absence", differs([(c, s, "no_evidence") for c, s in states.items() if c not in touched and c not in absent])
    + ([] if "no_evidence" in states.values() else ["none is without evidence"]) + [f"{c}: {states[c]} became {absent[c]}" for c in states if states[c] == "no_evidence" and absent[c] != "no_evidence"])

change = room / "change.json"
change.write_text(json.dumps({"id": "CHG-1", "scope": {"subscriptions": [SUBSCRIPTION]}}))
passes = {"1.json": {"value": [assessment(code="Healthy")]}, "2.json": {"value": [assessment(KEYS[1], code="Healthy")]}}
states = []
for link in ({}, {"nextLink": "https://management.example/next"}):
    _, built = build({}, {**passes, "2.json": {**passes["2.json"], **link}}, "--change", change)
    states.append({c["control"]: c["state"] for c in built["controls"] if c["pass"]})
say("where a subscription of the change is in an export that was cut off, no control is satisfied by the whole ones beside it",
    ([] if states[0] else ["no control has passes"]) + differs([(c, [states[0][c], states[1].get(c)], ["satisfied", "manual_review"]) for c in states[0]]))

exceptions = room / "exceptions.json"
exceptions.write_text(json.dumps({"exceptions": [{"id": "EX", "match": {"rule": KEYS[0]}, "reason": "r", "owner": "o", "approver": "p", "ticket": "t", "approved": "2026-03-05", "expires": "2026-04-20"}]}))
wrong = []
for day, state in (("2026-03-04T23:59:59Z", "not_yet_valid"), ("2026-03-05T00:00:00Z", "active"), ("2026-03-20T12:00:00Z", "active"), ("2026-03-21T00:00:00Z", "expiring"), ("2026-04-20T23:59:59Z", "expiring"), ("2026-04-21T00:00:00Z", "expired")):
    only = {"a.json": {"value": [assessment()]}}
    _, built = build(only, only, "--exceptions", exceptions, as_of=day)
    covered = sum(c["exceptions"] for c in built["controls"]) > 0
    wrong += differs([(day, [built["exceptions"][0]["state"], covered, built["diff"]["after"]["open"]], [state, state in ("active", "expiring"), 1])])
say("an exception covers from its first day to its last, as of the time that the build is made for, and changes no count", wrong)

# ---- our own checks, and what no machine reads

cluster = {"id": CLUSTER, "name": "aks-1", "type": "Microsoft.ContainerService/ManagedClusters", "resourceGroup": "rg", "location": "westeurope", "kubernetesVersion": "1.31.2", "provisioningState": "Succeeded",
           "powerState": {"code": "Stopped"}, "enableRbac": False, "agentPoolProfiles": [{"name": "sys", "count": 1, "mode": "System"}]}
second = {**cluster, "id": CLUSTER + "2", "name": "aks-2"}
sensed = {"securityProfile": {"defender": {"securityMonitoring": {"enabled": True}}}}
goal = room / "goal.json"
goal.write_text(json.dumps({"id": "CHG-1", "objectives": [{"id": "O", "title": "Sensors", "measure": "checks_pass", "check": "azure.aks.defender-sensor", "target": ">= 100%"}]}))
_, built = build({"1.json": {**cluster, **sensed}}, {"1.json": cluster, "2.json": {**second, **sensed}}, "--change", goal)
say("an objective on a check takes its share from all subjects after, and its change from those that were assessed on both sides",
    differs([("the objective", {k: built["objectives"][0].get(k) for k in ("state", "before", "after", "percent", "value")}, {"state": "not_met", "before": 100, "after": 0, "percent": -100, "value": 50})]))
_, built = build({"aks.json": cluster}, {"aks.json": cluster})
failing = [c for c in built["checks"] if c["after"] == "fail"]
say("checks of exported state that fail are rows of their own, and no findings", ([] if failing else ["no check fails"]) + differs([(side, [built["diff"][side]["records"], built["diff"][side]["open"]], [0, 0]) for side in ("before", "after")]))

def reached(before, after, target, **more):
    goal.write_text(json.dumps({"id": "CHG-1", "objectives": [{"id": "O", "title": "t", "measure": "open_findings", "target": target, **more}]}))
    return build(before, after, "--change", goal)[1]["objectives"][0]["state"]


facts = {"aks.json": [{"id": CLUSTER, "name": "aks-1", "type": "Microsoft.ContainerService/managedClusters", "enableRbac": True}]}
say("where only state was exported an objective on findings is not provable, whatever its target", differs([(t, reached(facts, facts, t), "not_provable") for t in ("<= 0", "-50%", "0%")]))
say("from nothing to something is a rise: an objective that allows none is not met", differs([(t, reached({"s.sarif": sarif()}, {"s.sarif": sarif("R")}, t), state) for t, state in (("0%", "not_met"), ("-50%", "not_met"), ("+50%", "met"), ("<= 1", "met"))]))


plain = {"a.sarif": sarif("R")}
shown = {**plain, "proof.png": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "report.pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"}
packet, built = build(plain, shown)
_, other = build(plain, plain)
listed = subprocess.run([dossier, "list", packet], capture_output=True).stdout
say("a screenshot and a PDF are carried and said to be unreadable, and prove nothing", differs([("the difference", built["diff"], other["diff"]), ("carried", [n in listed for n in (b"after/proof.png", b"after/report.pdf")], [True, True]),
    ("warned of", sum(w["code"] == "unknown_format" and "not machine-readable" in w["message"] for w in built["warnings"]), 2)]))

# ---- names of files

demo = pathlib.Path("fixtures/demo")
NAMED = ("acr-repository-list-",)  # a list of names alone: whose it is its own name says


def verdict(rename):
    """What is said of the demo with its files called otherwise, but for where the files are."""
    sides = [{rename(p.name): p.read_bytes() for p in sorted((demo / side).iterdir())} for side in ("before", "after")]
    packet, said = build(*sides, "--change", demo / "change.json", "--exceptions", demo / "exceptions.json")
    ids = {side: sorted(f["id"] for f in asked("diff", "--json", "--findings", packet.parent / "before", packet.parent / "after")["findings"] if f["side"] == side) for side in ("before", "after")}
    for rule in said["gate"]:
        if any(pathlib.Path(o.split(" ")[-1]).suffix in (".json", ".sarif") for o in rule["offenders"]): rule["offenders"] = len(rule["offenders"])
    for control in said["controls"]:
        for link in control["links"]: link["before"].pop("finding", None), link["after"].pop("finding", None)  # an example: the first in the order of files
    warned = sorted((w["code"], w.get("gap", "")) for w in said["warnings"])
    return {"ids": ids, "warned": warned} | {k: said[k] for k in ("verdict", "gate", "diff", "controls", "checks", "facts", "exceptions", "change", "estate") if k in said}


plain = verdict(lambda name: name)
if not (plain["ids"]["after"] and plain["verdict"] and plain["controls"]): raise SystemExit("the demo says nothing")
for how, rename in (("in another order", lambda n: n if n.startswith(NAMED) else f"{99 - len(n)}-{n}"), ("under names that say nothing", lambda n: n if n.startswith(NAMED) else f"{sum(n.encode())}.txt")):
    other = verdict(rename)
    say(f"the same files {how} make the same verdict, differences, controls and ids", [f"{k}: got {json.dumps(other.get(k))}, expected {json.dumps(plain[k])}" for k in plain if plain[k] != other.get(k)])

# ---- every number leads to records, every record to bytes

after = {"a.json": {"value": [assessment(code="Healthy"), assessment(KEYS[1], subject=CLUSTER + "2")]}, "b.sarif": sarif("R", "T")}
packet, built = build({**first, "b.sarif": sarif("R", "S")}, after)
folder = packet.parent
findings = asked("diff", "--json", "--findings", folder / "before", folder / "after")["findings"]
counts = {}
for f in findings: counts[f["outcome"]] = counts.get(f["outcome"], 0) + 1
wrong = differs([("outcomes", counts, outcomes(built["diff"]))])
for f in findings:
    evidence = f["evidence"]
    bytes_ = (folder / f["side"] / pathlib.Path(evidence["path"]).name).read_bytes()[evidence["offset"]:evidence["offset"] + evidence["length"]]
    wrong += differs([(f["id"], asked("trace", "--json", packet, f["id"])["record"], json.loads(bytes_))])
say("each outcome's number is that of the findings listed under it, and each leads to the bytes of its record", wrong)
end_of_test()
PYTHON
