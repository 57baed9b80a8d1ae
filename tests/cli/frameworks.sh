#!/bin/sh
# --framework and `dossier controls`: a framework of one's own, every state of a control by small evidence, verdicts of an export beside
# ours, controls that sources name, and what is refused.
PYTHONPATH=tests/cli exec python3 - <<'PYTHON'
import json, os, subprocess

from said import end_of_test, say

dossier, room = os.environ["DOSSIER"], os.environ["TMPDIR"] + "/frameworks"
os.makedirs(room)


def expect(sentence, got, wanted): say(sentence, [] if got == wanted else [f"got {got}", f"expected {wanted}"])


def write(name, value):
    path = f"{room}/{name}"
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as f: f.write(value if isinstance(value, str) else json.dumps(value))
    return path


def run(*arguments):
    return subprocess.run([dossier, *arguments], capture_output=True, text=True, cwd=room)


def build(before, after, *more):
    r = run("build", "--before", before, "--after", after, "--as-of", "2026-03-09", "-o", "p.tar.zst", "--json", *more)
    if r.returncode not in (0, 1): raise SystemExit(f"build: {r.returncode}: {r.stderr}")
    return json.loads(r.stdout)


def sarif(results, category="a/", **driver):
    return {"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "T", **driver}}, "automationDetails": {"id": category}, "results": [
        {"ruleId": rule, "kind": kind, "message": {"text": f"{rule} {n}"}, "locations": [{"physicalLocation": {"artifactLocation": {"uri": f"f{n}.c"}, "region": {"startLine": 1}}}]}
        for n, (rule, kind) in enumerate(results)]}]}


own = {"framework": "Own", "version": "1", "controls": [{"id": f"O-{n}", "maps": {"rule": rule}} for n, rule in
       ((10, "opened"), (2, "lost"), (1, "review"), (3, "excepted"), (4, "repaired"), (5, "never"), (6, "dismissed"), (7, "kept"))]}
write("own.json", own)
write("before/a.sarif", sarif([("excepted", "fail"), ("repaired", "fail"), ("dismissed", "fail"), ("kept", "fail"), ("opened", "pass")]))
write("before/b.sarif", sarif([("lost", "pass")], "b/"))
write("after/a.sarif", sarif([("excepted", "fail"), ("repaired", "pass"), ("dismissed", "notApplicable"), ("kept", "fail"), ("opened", "fail"), ("review", "review"), ("opened", "pass")]))
write("exceptions.json", {"exceptions": [{"id": "E", "match": {"rule": "excepted"}, "reason": "r", "owner": "o", "approver": "a", "ticket": "t", "expires": "2026-12-31"}]})
built = build("before", "after", "--framework", "own.json", "--exceptions", "exceptions.json")
expect("each state follows from its rule, before and after, in natural order",
       [(c["control"], c["before"], c["state"]) for c in built["controls"]],
       [("O-1", "no_evidence", "manual_review"), ("O-2", "satisfied", "manual_review"), ("O-3", "not_satisfied", "satisfied_with_exceptions"),
        ("O-4", "not_satisfied", "satisfied"), ("O-5", "no_evidence", "no_evidence"), ("O-6", "not_satisfied", "no_evidence"),
        ("O-7", "not_satisfied", "not_satisfied"), ("O-10", "satisfied", "not_satisfied")])
moved = {c["control"]: c.get("moved") for c in built["controls"]}
expect("what moved a control is said, and nothing where it stayed",
       [moved["O-2"], moved["O-3"], moved["O-4"], moved["O-5"], moved["O-6"], moved["O-7"], moved["O-10"]],
       ["1 record of before not assessed again", "1 open finding is covered by exceptions", "1 open finding of before is gone; 1 passes", None,
        "1 open finding of before is gone, and nothing passes", None, "1 open finding: opened"])
link = built["controls"][3]["links"][0]
expect("a link says through what it goes, and which records carry it", [link["rule"], link["through"], link["source"], link["before"]["open"], link["after"]["pass"], link["after"]["finding"][:2]],
       ["repaired", "rule repaired", "Own", 1, 1, "F-"])
listed = subprocess.run(["tar", "--zstd", "-tf", room + "/p.tar.zst"], capture_output=True, text=True).stdout
packet = subprocess.run(["tar", "--zstd", "-xOf", room + "/p.tar.zst", "dossier-packet/data/packet.json"], capture_output=True, text=True).stdout
expect("a framework's file is in the packet, and its path is not", ["data/options/framework-1.json" in listed, room in packet, "own.json" in packet], [True, False, False])
expect("the packet is recomputed from it", run("verify", "--recompute", "p.tar.zst").returncode, 0)
os.makedirs(room + "/else")
os.rename(room + "/own.json", room + "/else/another-name.json")
first = open(room + "/p.tar.zst", "rb").read()
build("before", "after", "--framework", "else/another-name.json", "--exceptions", "exceptions.json")
expect("the packet does not depend on where the framework's file stood", first == open(room + "/p.tar.zst", "rb").read(), True)

# The change's scope.
write("change.json", {"id": "C", "scope": {"subjects": ["gone/*"]}})
built = build("after", "after", "--framework", "else/another-name.json", "--change", "change.json")
states = {c["control"]: (c["state"], c.get("unassessed")) for c in built["controls"]}
expect("a subject in scope that is not there leaves a green control to people, and one without evidence alone", [states["O-4"], states["O-5"]],
       [("manual_review", ["subject gone/*"]), ("no_evidence", None)])

# Frameworks, several at once, and what sources name.
built = build("before", "after", "--framework", "nist-800-53-r5-low", "--framework", "MCSB")
expect("frameworks stand in the order in which they are named", [f["framework"] for f in built["frameworks"]], ["NIST-800-53-r5-low", "MCSB"])
expect("without --framework it is MCSB", [f["framework"] for f in build("before", "after")["frameworks"]], ["MCSB"])
taxa = sarif([("a", "fail"), ("b", "fail")], rules=[
    {"id": "a", "properties": {"tags": ["external/cwe/cwe-079"]}},
    {"id": "b", "relationships": [{"target": {"id": "AC-2 (1)", "toolComponent": {"name": "NIST SP 800-53 R5"}}}]}])
taxa["runs"][0]["results"][0]["taxa"] = [{"id": "22", "toolComponent": {"index": 0}}]
taxa["runs"][0]["taxonomies"] = [{"name": "CWE"}]
write("taxa/t.sarif", taxa)
write("taxa/asff.json", {"Findings": [{"SchemaVersion": "2018-10-08", "Id": "i", "ProductArn": "arn:aws:securityhub:eu-west-1::product/aws/securityhub", "ProductName": "Security Hub",
    "GeneratorId": "g", "AwsAccountId": "1", "Title": "t", "Severity": {"Label": "HIGH"}, "Resources": [{"Type": "X", "Id": "r"}], "UpdatedAt": "2026-03-01T00:00:00Z",
    "Compliance": {"Status": "FAILED", "SecurityControlId": "S.1", "RelatedRequirements": ["NIST.800-53.r5 AC-17(2)", "PCI DSS v4.0.1/1.4.1"]},
    "ProductFields": {"RelatedAWSResources:0/name": "securityhub-access-keys-rotated-9ae73a2f", "RelatedAWSResources:0/type": "AWS::Config::ConfigRule"}}]})
built = build("taxa", "taxa", "--framework", "NIST-800-53-r5", "--framework", "PCI-DSS-4.0.1")
got = {(c["framework"], c["control"]): sorted((l["rule"], l["through"], l["source"]) for l in c["links"]) for c in built["controls"] if c["links"]}
expect("tags, taxa and relationships of SARIF, requirements and Config rules of ASFF lead to controls", got, {
    ("NIST-800-53-r5", "SI-10"): [("a", "CWE-79", "mitre/heimdall2")],
    ("NIST-800-53-r5", "AC-2"): [("S.1", "AWS-Config access-keys-rotated", "mitre/heimdall2")],
    ("NIST-800-53-r5", "AC-2(1)"): [("S.1", "AWS-Config access-keys-rotated", "mitre/heimdall2"), ("b", "NIST-SP-800-53-R5/AC-2(1)", "the evidence itself")],
    ("NIST-800-53-r5", "AC-17(2)"): [("S.1", "NIST.800-53.r5/AC-17(2)", "the evidence itself")],
    ("PCI-DSS-4.0.1", "1.4.1"): [("S.1", "PCI-DSS-v4.0.1/1.4.1", "the evidence itself")]})

# The export's own verdicts.
sub, key = "/subscriptions/11111111-2222-4333-8444-555555555555", "56a83a6e-c417-42ec-b567-1e6fcb3d09a9"
below = sub + "/providers/Microsoft.Security/regulatoryComplianceStandards/Microsoft-cloud-security-benchmark/regulatoryComplianceControls/"
kind = "Microsoft.Security/regulatoryComplianceStandards/regulatoryComplianceControls"
for side, code in (("v-before", "Unhealthy"), ("v-after", "Healthy")):
    write(f"{side}/assessments.json", [{"id": f"{sub}/providers/Microsoft.Security/assessments/{key}", "name": key, "type": "Microsoft.Security/assessments", "displayName": "Something",
                                        "status": {"code": code}, "resourceDetails": {"id": sub, "source": "Azure"}, "timeGenerated": "2026-03-01T00:00:00Z"}])
    write(f"{side}/controls.json", [{"id": below + "LT.2", "name": "LT.2", "type": kind, "state": "Failed"}, {"id": below + "PV.6", "name": "PV.6", "type": kind, "state": "Passed"}])
    write(f"{side}/recommendations.json", [{"id": below + "LT.2/regulatoryComplianceAssessments/" + key, "name": key, "type": kind + "/regulatoryComplianceAssessments", "state": "Failed"}])
built = build("v-before", "v-after")
lt2 = next(c for c in built["controls"] if c["control"] == "LT-2")
pv6 = next(c for c in built["controls"] if c["control"] == "PV-6")
expect("the export's verdicts stand beside ours, and where they contradict it is said",
       [lt2["before"], lt2["state"], lt2.get("reported"), lt2.get("disagrees"), pv6["state"], pv6.get("reported"), pv6.get("disagrees")],
       ["not_satisfied", "satisfied", {"before": "Failed", "after": "Failed"}, True, "no_evidence", {"before": "Passed", "after": "Passed"}, False])
expect("a recommendation that it lists under a control speaks of it", [(l["through"], l["source"]) for l in lt2["links"]], [("rule " + key, "the regulatory compliance export")])

# What is refused.
def refused(*arguments):
    r = run("build", "--before", "before", "--after", "after", "--as-of", "2026-03-09", "-o", "q.tar.zst", *arguments)
    return r.returncode, [l for l in r.stderr.splitlines() if l.startswith("dossier:")][-1:], os.path.exists(room + "/q.tar.zst")


expect("an unknown framework is refused with the nearest", refused("--framework", "MCB"), (2, ['dossier: there is no framework "MCB"; did you mean "MCSB"?'], False))
expect("or with those that its name is a part of", refused("--framework", "fedramp"), (2, ['dossier: there is no framework "fedramp"; there are FedRAMP-High, FedRAMP-Moderate'], False))
write("bad.json", '{"framework": "B",\n "controls": [{"id": "1", "maps": {"CWEE": "CWE-1"}}]}')
expect("a defective file is refused with its place", refused("--framework", "bad.json"), (2, ['dossier: bad.json:2:36: unknown scheme "CWEE"; did you mean "CWE"?'], False))
expect("a missing file is refused", refused("--framework", "./none.json")[0], 2)
expect("the same framework under two names is refused", refused("--framework", "MCSB", "--framework", "mcsb"), (2, ["dossier: the framework MCSB is asked for twice"], False))

# dossier controls
r = run("controls", "--framework", "NIST-800-53-r5", "ac_2_1", "--json")
shown = json.loads(r.stdout)["controls"]
expect("controls shows one control, however its number is written", [(c["framework"], c["control"], c["title"]) for c in shown], [("NIST-800-53-r5", "AC-2(1)", "Automated System Account Management")])
maps = {(m["scheme"], m["key"]): m for m in shown[0]["maps"]}
expect("with what maps to it and from where", [maps[("CCI", "CCI-000015")]["source"], maps[("CCI", "CCI-000015")]["licence"], "language model" in maps[("Checkov", "CKV2_AWS_41")]["note"]],
       ["mitre/heimdall2", "Apache-2.0", True])
everywhere = json.loads(run("controls", "AC-2(1)", "--json").stdout)["controls"]
expect("without --framework it looks in all", {c["framework"] for c in everywhere} >= {"NIST-800-53-r5", "FedRAMP-High", "FedRAMP-Moderate", "NIST-800-53-r5-high"}, True)
everything = json.loads(run("controls", "--json").stdout)["frameworks"]
expect("controls lists every framework", {"MCSB": 43, "NIST-800-53-r5": 331, "CIS-AKS": 7}, {f["framework"]: f["controls"] for f in everything if f["framework"] in ("MCSB", "NIST-800-53-r5", "CIS-AKS")})
expect("an unknown control is refused", [run("controls", "ZZ-1").returncode, run("controls", "--framework", "MCSB", "AC-2").stderr], [2, 'dossier: there is no control "AC-2" in MCSB\n'])
own_listed = run("controls", "--framework", "else/another-name.json")
expect("a file of one's own is listed like the others", [own_listed.returncode, "O-10" in own_listed.stdout], [0, True])
end_of_test()
PYTHON
