#!/bin/sh
# Exceptions from a file and from the evidence: every type, state and source; what they cover, and what is said about them.
PYTHONPATH=tests/cli exec python3 - <<'PYTHON'
import json, os, subprocess

from said import check, end_of_test

dossier, room = os.environ["DOSSIER"], os.environ["TMPDIR"] + "/exceptions"
SUB = "/subscriptions/00000000-1111-4222-8333-444444444444"
AS_OF = "2026-03-10T12:00:00Z"
made = 0


def build(before, after, *options, exceptions=None, status=(0, 1)):
    """What `build` says of two sides, each a dict of file name and JSON."""
    global made
    made += 1
    folder = f"{room}/{made}"
    for side, files in (("before", before), ("after", after)):
        os.makedirs(f"{folder}/{side}")
        for name, document in files.items(): json.dump(document, open(f"{folder}/{side}/{name}", "w"))
    if exceptions is not None:
        json.dump(exceptions, open(f"{folder}/exceptions.json", "w"))
        options += ("--exceptions", f"{folder}/exceptions.json")
    run = subprocess.run([dossier, "build", "--before", f"{folder}/before", "--after", f"{folder}/after", "--as-of", AS_OF, "-o", f"{folder}/p.tar.zst", "--json", *options], capture_output=True, text=True)
    if run.returncode not in status: raise SystemExit(f"status {run.returncode}: {run.stderr}")
    return json.loads(run.stdout) if run.stdout else run.stderr


def rows(built, source): return [e for e in built["exceptions"] if e["source"] == source]


def holds(row, **wanted): return all(row.get(k) == v for k, v in wanted.items())


def trivy(*findings, name="registry.example/shop/front:1"):
    return {"SchemaVersion": 2, "CreatedAt": "2026-03-09T08:00:00Z", "ArtifactName": name, "ArtifactType": "container_image", "Results": [
        {"Target": "front (debian 12)", "Class": "os-pkgs", "Type": "debian", "Vulnerabilities": [
            {"VulnerabilityID": cve, "PkgName": package, "InstalledVersion": version, "Severity": severity, "PkgIdentifier": {"PURL": f"pkg:deb/debian/{package}@{version}?arch=amd64"}}
            for cve, package, version, severity in findings]}]}


# ---- the file: types, states, coverage before and after

FULL = {"owner": "team-a", "approver": "ciso", "ticket": "RSK-1", "approved": "2026-01-01", "expires": "2026-12-31"}
four = [(f"CVE-2026-000{n}", "libx", "1.0", "HIGH") for n in range(1, 5)]
was = [*four, ("CVE-2026-0005", "libx", "1.0", "LOW"), ("CVE-2026-0006", "libx", "1.0", "LOW")]
written = {"exceptions": [
    {"id": "risk", "match": {"rule": "CVE-2026-0001"}, **FULL},
    {"id": "false", "type": "false_positive", "match": {"rule": "CVE-2026-0002"}, **FULL},
    {"id": "need", "type": "operational_requirement", "match": {"rule": "CVE-2026-0002"}, **FULL, "expires": "2026-04-09"},
    {"id": "lower", "type": "risk_adjustment", "severity": "low", "match": {"rule": "CVE-2026-0003"}, **FULL},
    {"id": "plan", "type": "poam", "match": {"rule": "CVE-2026-0004"}, **FULL, "milestones": [
        {"title": "Image without libx", "due": "2026-03-09"}, {"title": "Rollout", "due": "2026-03-10"}, {"title": "Ticket", "due": "2026-02-01", "done": "2026-01-31"}]},
    {"id": "outlived", "match": {"rule": "CVE-2026-0005"}, **FULL},
    {"id": "nothing", "match": {"rule": "CVE-1999-0001"}, **FULL},
    {"id": "ended", "match": {"rule": "CVE-2026-0001"}, **FULL, "expires": "2026-03-09"},
    {"id": "early", "match": {"rule": "CVE-2026-0001"}, **FULL, "approved": "2026-03-11"},
    {"id": "nobody", "match": {"rule": "CVE-2026-0001"}, **{**FULL, "owner": " ", "ticket": ""}},
    {"id": "alone", "match": {"rule": "CVE-2026-0004"}, **{**FULL, "owner": "CISO "}}]}
built = build({"t.json": trivy(*was)}, {"t.json": trivy(*four)}, exceptions=written)
state = {e["id"]: e["state"] for e in built["exceptions"]}
check("every type and state of an exception in a file is judged at --as-of", state == {"risk": "active", "false": "active", "need": "expiring", "lower": "active", "plan": "active", "outlived": "unused", "nothing": "unused", "ended": "expired", "early": "not_yet_valid",
              "nobody": "invalid", "alone": "active"}, state)
by = {e["id"]: e for e in built["exceptions"]}
check("an exception counts what it matches before and after, and its days", holds(by["risk"], matched=1, matched_before=1, days_left=296) and holds(by["need"], days_left=30) and holds(by["outlived"], matched=0, matched_before=1))
check("a finding under two exceptions in force is counted on both, one that expired does not count", by["false"].get("shared") == by["need"].get("shared") == 1 and "shared" not in by["risk"])
check("a milestone is overdue the day after it was due, unless it is done", [m["overdue"] for m in by["plan"]["milestones"]] == [True, False, False])
codes = sorted((w["code"], w["message"].split(":")[0]) for w in built["warnings"] if w["code"].startswith(("exception_", "milestone_")))
check("an overlap, an exception that outlived its finding, one approved by its owner and an overdue milestone are warnings", codes == [("exception_outlived", "outlived"), ("exception_overlap", "alone"), ("exception_overlap", "false"), ("exception_overlap", "need"), ("exception_overlap", "plan"), ("exception_self_approved", "alone"),
              ("milestone_overdue", "plan")], codes)
messages = [w["message"] for w in built["warnings"] if w["code"] == "exception_outlived"]
check("what an exception matched is counted in the singular where it is one", messages == ["outlived: it matched 1 finding open before and none after, and is no longer needed"], messages)
check("no exception changes a status or a count", built["diff"]["after"]["by_severity"] == {"high": 4} and built["diff"]["after"]["open"] == 4)

one = trivy(("CVE-2026-0301", "libx", "1.0", "HIGH"))
got = {}
for to in ((), ("low",), ("low", "critical"), ("critical", "low")):
    built = build({"t.json": trivy()}, {"t.json": one}, exceptions={"exceptions": [{"id": f"to {severity}", "type": "risk_adjustment", "severity": severity, "match": {"rule": "CVE-2026-0301"}, **FULL} for severity in to]})
    got[to] = ([g["rule"] for g in built["gate"] if g["state"] == "fail"], built["diff"]["after"]["by_severity"])
check("the gate goes by an adjusted severity, of two by the more severe, whichever stands first; counts go by the source's",
    got == {(): (["no_new_high"], {"high": 1}), ("low",): ([], {"high": 1}), ("low", "critical"): (["no_new_critical"], {"high": 1}), ("critical", "low"): (["no_new_critical"], {"high": 1})}, got)
by_part = {"name": {"component": "libx"}, "purl": {"component": "pkg:deb/debian/libx@*"}, "other": {"component": "liby"}}
built = build({}, {"t.json": one}, exceptions={"exceptions": [{"id": name, "match": match, **FULL} for name, match in by_part.items()]})
check("an exception names a component by its name or its purl", {e["id"]: e["matched"] for e in built["exceptions"]} == {"name": 1, "purl": 1, "other": 0}, built["exceptions"])
earlier = {**trivy(("CVE-2026-0302", "libx", "1.0", "HIGH"), ("CVE-2026-0301", "libx", "1.0", "HIGH")), "CreatedAt": "2026-03-08T08:00:00Z"}
built = build({"t.json": one, "copy.json": one}, {"t.json": one, "copy.json": one, "earlier.json": earlier}, exceptions={"exceptions": [{"id": f"EX-{n}", "match": {"rule": f"CVE-2026-030{n}"}, **FULL} for n in (1, 2)]})
check("an exception does not match what stands in a copy, or in a capture that a later one supersedes", holds(built["exceptions"][0], matched=1, matched_before=1) and holds(built["exceptions"][1], matched=0, state="unused"), built["exceptions"], [w["code"] for w in built["warnings"]])

mixed = [{"id": "lower", "type": "risk_adjustment", "severity": "low", "match": {"rule": "CVE-2026-0301"}, **FULL}, {"id": "plan", "type": "poam", "match": {"rule": "CVE-2026-0301"}, **FULL}, {"id": "risk", "match": {"rule": "CVE-2026-0301"}, **FULL}]
build({}, {"t.json": one}, "--also", "sarif", exceptions={"exceptions": mixed})
said = json.loads(subprocess.run(["tar", "--zstd", "-xOf", f"{room}/{made}/p.tar.zst", "dossier-packet/data/findings.sarif"], capture_output=True, check=True).stdout)
said = [s["justification"] for r in said["runs"] for f in r["results"] for s in f.get("suppressions", [])]
check("findings.sarif gives as the reason the exception that covers, whichever stands first", len(said) == 1 and said[0].startswith("risk (accepted_risk, until 2026-12-31)"), said)

# ---- the evidence's own: each source, with what it says


def sarif(*suppressed):
    """suppressed: (rule, suppressions)"""
    return {"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "Lint"}}, "invocations": [{"executionSuccessful": True, "endTimeUtc": "2026-03-09T08:00:00Z"}], "results": [
        {"ruleId": rule, "level": "error", "message": {"text": f"m{n}"}, "suppressions": s, "locations": [{"physicalLocation": {"artifactLocation": {"uri": f"f{n}.c"}, "region": {"startLine": 1}}}]}
        for n, (rule, s) in enumerate(suppressed)]}]}


accepted = {"kind": "inSource", "justification": "checked by hand"}
built = build({}, {"s.sarif": sarif(("R1", [accepted]), ("R1", [accepted]), ("R2", [{"kind": "external", "status": "underReview", "justification": "asked"}]), ("R3", [{"kind": "external", "status": "rejected"}]),
                                    ("R4", [{"kind": "external", "status": "rejected"}, accepted]), ("R5", []))})
got = rows(built, "sarif")
pending = build({}, {"s.sarif": sarif(("R", [{"kind": "external", "status": "underReview"}]), ("R", [{"kind": "external"}]), ("R", [{"kind": "external", "status": "rejected"}]))})
check("what is under review, accepted and rejected of one rule are rows with ids of their own", len({e["id"] for e in pending["exceptions"]}) == 3, pending["exceptions"])
check("SARIF suppressions are listed with kind and justification, an accepted one before a rejected one", len(got) == 4 and any(holds(e, type="inSource", state="active", reason="checked by hand", match="rule=R1", records={"before": 0, "after": 2}, matched=0, tool="Lint") for e in got) and
    any(holds(e, match="rule=R4", state="active") for e in got), got)
check("a suppression under review or rejected does not hold, and its finding is open",
    any(holds(e, match="rule=R2", state="not_yet_valid", matched=1) for e in got) and any(holds(e, match="rule=R3", state="invalid", problem="rejected", matched=1) for e in got), got)
check("an exception of the evidence changes no count of open findings", built["diff"]["after"]["open"] == 3)

checkov = {"check_type": "terraform", "results": {"failed_checks": [], "passed_checks": [], "skipped_checks": [
    {"check_id": "CKV_1", "check_name": "n", "resource": "r", "file_path": "/a.tf", "file_line_range": [1, 2], "check_result": {"result": "SKIPPED", "suppress_comment": "behind a proxy"}},
    {"check_id": "CKV_SECRET_1", "check_name": "n", "resource": "r", "file_path": "/a.tf", "file_line_range": [3, 4], "check_result": {"result": "SKIPPED", "suppress_comment": "hunter2"}}]}, "summary": {"checkov_version": "3"}}
grype = {"matches": [], "ignoredMatches": [{"vulnerability": {"id": "CVE-2026-0101", "severity": "High"}, "artifact": {"name": "liby", "version": "1"}, "appliedIgnoreRules": [{"vulnerability": "CVE-2026-0101", "reason": "no network"}]}],
         "source": {"type": "image", "target": {"userInput": "registry.example/shop/till:1"}}, "descriptor": {"name": "grype", "version": "0.90"}}
alert = {"number": 1, "state": "dismissed", "dismissed_reason": "tolerable_risk", "dismissed_comment": "until May", "dismissed_by": {"login": "kim"}, "dependency": {"package": {"name": "p"}, "manifest_path": "a"},
         "security_advisory": {"ghsa_id": "GHSA-aaaa-bbbb-cccc", "severity": "high"}, "security_vulnerability": {"severity": "high", "package": {"name": "p"}}, "html_url": "https://github.example/o/r/security/dependabot/1",
         "updated_at": "2026-03-01T00:00:00Z"}
hdf = {"version": "5", "platform": {"name": "host"}, "statistics": {}, "profiles": [{"name": "base", "controls": [
    {"id": f"V-{n}", "title": "t", "impact": 0.7, "tags": {}, "results": [{"status": "skipped", "start_time": "2026-03-01T08:00:00Z"}],
     "waiver_data": {"skipped_due_to_waiver": True, "justification": "replaced soon", "expiration_date": day}} for n, day in enumerate(("2026-03-09", "2026-03-10", "2026-04-10"))]}]}
asff = {"Findings": [{"SchemaVersion": "2018-10-08", "Id": "a", "ProductArn": "arn:aws:securityhub:eu-west-1::product/aws/securityhub", "ProductName": "Security Hub", "GeneratorId": "g", "AwsAccountId": "1", "Region": "eu-west-1", "Title": "t",
                      "Severity": {"Label": "HIGH"}, "Compliance": {"Status": "FAILED"}, "Workflow": {"Status": "SUPPRESSED"}, "RecordState": "ACTIVE", "Note": {"Text": "seen", "UpdatedBy": "lee"}, "Resources": [{"Id": "arn:x"}],
                      "UpdatedAt": "2026-03-09T08:00:00Z"}]}
gitlab = json.load(open("fixtures/gitlab-findings/in.json"))
built = build({}, {"gitlab.json": gitlab, "checkov.json": checkov, "grype.json": grype, "alerts.json": [alert], "hdf.json": hdf, "asff.json": asff})
got = {(e["source"], e["match"].split()[0]): e for e in built["exceptions"]}
check("a Checkov skip gives its comment, but never that of a secret", holds(got[("checkov", "rule=CKV_1")], type="skip", reason="behind a proxy", state="active") and "reason" not in got[("checkov", "rule=CKV_SECRET_1")], got)
check("a dismissal in GitLab gives its reason, comment and author", holds(got[("gitlab", "rule=lamps.rule-3")], type="dismissed", reason="acceptable_risk: behind a wall", owner="kim", state="active"), got)
check("what Grype's ignore rules took out gives their reason", holds(got[("grype", "rule=CVE-2026-0101")], type="ignored", reason="no network", state="active"), got)
check("a dismissed alert says why and by whom", holds(got[("dependabot", "rule=GHSA-aaaa-bbbb-cccc")], type="dismissed", reason="tolerable_risk: until May", owner="kim"), got)
check("a waiver's last day is inclusive, thirty days before it is expiring", [got[("hdf", f"rule=V-{n}")]["state"] for n in range(3)] == ["expired", "expiring", "active"] and got[("hdf", "rule=V-2")]["days_left"] == 31, got)
check("a suppressed workflow gives its note", holds(got[("asff", "rule=g")], type="suppressed", reason="seen", owner="lee"), got)

# ---- VEX: other tools' findings of the same vulnerability in the same product


def openvex(*statements):
    return {"@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://vex.example/1", "author": "Shop", "version": 1, "timestamp": "2026-03-01T08:00:00Z", "statements": list(statements)}


def statement(cve, status, products, **more): return {"vulnerability": {"name": cve}, "products": products, "status": status, **more}


here = {"@id": "pkg:oci/front?repository_url=registry.example/shop/front"}
part = {"@id": here["@id"], "subcomponents": [{"@id": "pkg:deb/debian/liba"}]}
scan = trivy(*[(f"CVE-2026-02{n:02}", "liba", "1.0", "HIGH") for n in range(1, 12)], ("CVE-2026-0208", "libb", "2.0", "HIGH"))
vex = openvex(
    statement("CVE-2026-0201", "not_affected", [here], justification="vulnerable_code_not_present"),
    statement("CVE-2026-0202", "not_affected", [here]),
    statement("CVE-2026-0203", "under_investigation", [here]),
    statement("CVE-2026-0204", "fixed", [here]),
    statement("CVE-2026-0205", "affected", [here], action_statement="wait"),
    statement("CVE-2026-0206", "not_affected", [{"@id": "pkg:oci/front?repository_url=other.example/front"}], justification="component_not_present"),
    statement("CVE-2026-0207", "not_affected", [{"@id": "pkg:oci/till"}, {"@id": "pkg:oci/front@sha256%3Aabc"}], justification="component_not_present"),
    statement("CVE-2026-0208", "not_affected", [part], justification="component_not_present"),
    statement("CVE-2026-0209", "not_affected", [{"@id": "pkg:deb/debian/liba@1.0"}], justification="component_not_present"),
    statement("CVE-2026-0210", "not_affected", [{"@id": "pkg:deb/debian/liba@1.1"}], justification="component_not_present"),
    {"vulnerability": {"name": "GHSA-1", "aliases": ["CVE-2026-0211"]}, "products": [here], "status": "not_affected", "impact_statement": "not reachable"})
built = build({}, {"t.json": scan, "vex.json": vex})
got = {e["match"].split()[0][5:]: e for e in rows(built, "openvex")}
check("a VEX statement matches open findings of its vulnerability, by product, part, version and alias",
    {k[-2:]: (e["state"], e["matched"]) for k, e in got.items()} == {
    "01": ("active", 1), "02": ("invalid", 0), "03": ("not_yet_valid", 0), "04": ("active", 1), "06": ("active", 0), "07": ("active", 1), "08": ("active", 1), "09": ("active", 1), "10": ("active", 0), "-1": ("active", 1)}, {k: (e["state"], e["matched"]) for k, e in got.items()})
check("its justification is carried along; without one it is invalid", got["CVE-2026-0201"]["reason"] == "vulnerable_code_not_present" and got["GHSA-1"]["reason"] == "not reachable" and got["CVE-2026-0202"]["problem"] == "no justification")
check("VEX statements change no count of open findings", built["diff"]["after"]["open"] == 13, built["diff"]["after"])
acme = f"{room}/acme.json"
json.dump({"framework": "ACME", "title": "t", "version": "1", "source": {"name": "Acme", "version": "1", "licence": "internal"}, "controls": [{"id": n, "title": n, "maps": {"id": cve}} for n, cve in (("A", "CVE-2026-0201"), ("B", "CVE-2026-0202"))]}, open(acme, "w"))
ruled = build({}, {"t.json": scan, "vex.json": vex}, "--framework", acme)
check("what a VEX statement in force covers counts as excepted for a control, an invalid one does not", {c["control"]: c["state"] for c in ruled["controls"]} == {"A": "satisfied_with_exceptions", "B": "not_satisfied"}, ruled["controls"])
csaf = {"document": {"category": "csaf_vex", "csaf_version": "2.0", "title": "t", "publisher": {"name": "Shop", "namespace": "https://shop.example"}, "tracking": {"id": "A-1", "current_release_date": "2026-03-01T08:00:00Z"}},
        "product_tree": {"full_product_names": [{"product_id": "P1", "name": "liba", "product_identification_helper": {"purl": "pkg:deb/debian/liba@1.0"}}]},
        "vulnerabilities": [{"cve": "CVE-2026-0201", "product_status": {"known_not_affected": ["P1"]}, "flags": [{"label": "component_not_present", "product_ids": ["P1"]}]},
                            {"cve": "CVE-2026-0202", "product_status": {"under_investigation": ["P1"]}}]}
cyclonedx = {"bomFormat": "CycloneDX", "specVersion": "1.6", "metadata": {"component": {"type": "container", "name": "registry.example/shop/front", "bom-ref": "f"}}, "components": [{"bom-ref": "a", "name": "liba", "version": "1.0", "purl": "pkg:deb/debian/liba@1.0"}],
             "vulnerabilities": [{"id": "CVE-2026-0203", "affects": [{"ref": "a"}], "analysis": {"state": "not_affected", "justification": "code_not_reachable", "detail": "never called"}},
                                 {"id": "CVE-2026-0204", "affects": [{"ref": "a"}], "analysis": {"state": "in_triage"}}]}
built = build({}, {"t.json": scan, "csaf.json": csaf, "bom.json": cyclonedx})
got = [(e["source"], e["type"], e["state"], e["matched"], e.get("reason")) for e in built["exceptions"]]
check("CSAF and CycloneDX say the same in their own words", got == [("csaf", "under_investigation", "not_yet_valid", 0, None), ("csaf", "not_affected", "active", 1, "component_not_present"), ("cyclonedx", "under_investigation", "not_yet_valid", 0, None),
            ("cyclonedx", "not_affected", "active", 1, "code_not_reachable: never called")], got)

both = {**cyclonedx, "vulnerabilities": [{"id": "CVE-2026-0203", "affects": [{"ref": "a"}], "analysis": {"state": state, "justification": "code_not_reachable"}} for state in ("not_affected", "exploitable")]}
built = build({}, {"bom.json": both})
check("a statement does not speak of its own file's findings", built["diff"]["after"]["open"] == 1 and [(e["state"], e["matched"]) for e in rows(built, "cyclonedx")] == [("active", 0)], built["exceptions"], built["diff"]["after"])
other_id = {**scan, "Results": [{**scan["Results"][0], "Vulnerabilities": [{**scan["Results"][0]["Vulnerabilities"][0], "CweIDs": ["CWE-79"]}]}]}
built = build({}, {"t.json": other_id, "vex.json": openvex({"vulnerability": {"name": "GHSA-2", "aliases": ["CWE-79"]}, "products": [here], "status": "not_affected", "impact_statement": "no"})})
check("a kind of weakness in common makes no statement speak of a finding", [e["matched"] for e in rows(built, "openvex")] == [0], built["exceptions"])

bare = {**scan, "Results": [{**scan["Results"][0], "Vulnerabilities": [{**scan["Results"][0]["Vulnerabilities"][0], "InstalledVersion": ""}]}]}
got = [rows(build({}, {"t.json": bare, "vex.json": openvex(statement("CVE-2026-0201", "not_affected", [product], justification="component_not_present"))}), "openvex")[0]["matched"]
       for product in ({"@id": "pkg:deb/debian/liba@1.0"}, {"@id": "pkg:deb/debian/liba@1.1"}, part, {"@id": "pkg:oci/till?repository_url=registry.example/shop/till", "subcomponents": part["subcomponents"]})]
check("a finding without a version has that of its purl, and a part counts in the product that it is a part of", got == [1, 0, 1, 0], got)

# ---- Azure: exemptions by policy reference, by the assignment's one policy, by Defender's own form


def exemption(name, until=None, scope=SUB, **properties):
    return {"id": f"{scope}/providers/Microsoft.Authorization/policyExemptions/{name}", "name": name, "type": "Microsoft.Authorization/policyExemptions", "exemptionCategory": "Waiver", "displayName": name, **({"expiresOn": until} if until else {}), **properties}


def policy_state(definition, reference, resource, state="NonCompliant"):
    return {"resourceId": f"{SUB}/resourceGroups/rg/providers/Microsoft.X/things/{resource}", "policyDefinitionId": f"/providers/Microsoft.Authorization/policyDefinitions/{definition}", "policyDefinitionReferenceId": reference,
            "complianceState": state, "timestamp": "2026-03-09T08:00:00Z", "subscriptionId": SUB.split("/")[2]}


assignment = f"{SUB}/providers/Microsoft.Authorization/policyAssignments/one"
initiative = f"{SUB}/providers/Microsoft.Authorization/policyAssignments/mcsb"
azure = {"exemptions-x.json": [exemption("by-reference", policyAssignmentId=initiative, policyDefinitionReferenceIds=["refOne"]), exemption("ended", "2026-03-09T23:00:00Z", policyAssignmentId=assignment),
                               exemption("narrow", "2026-03-31", scope=f"{SUB}/resourceGroups/other", policyAssignmentId=assignment), exemption("whole", "2026-12-31T00:00:00Z", policyAssignmentId=initiative, metadata={"ticket": "T-1", "requestedBy": "team-b"})],
         "policy-assignments-x.json": [{"id": assignment, "type": "Microsoft.Authorization/policyAssignments", "policyDefinitionId": "/providers/Microsoft.Authorization/policyDefinitions/p2", "enforcementMode": "Default"}],
         "states.json": [policy_state("p1", "refOne", "a"), policy_state("p1", "refOne", "b", "Exempt"), policy_state("p2", "", "a"), policy_state("p3", "refThree", "a")],
         "defender.json": [{"id": f"{SUB}/providers/Microsoft.Security/standardAssignments/s", "name": "s", "type": "Microsoft.Security/standardAssignments", "properties": {"effect": "Exempt", "expiresOn": "2026-12-31T00:00:00Z",
                            "exemptionData": {"exemptionCategory": "mitigated", "assignedAssessment": {"assessmentKey": "aaaaaaaa-0000-4000-8000-000000000001"}}}}],
         "assessments.json": [{"id": f"{SUB}/resourceGroups/rg/providers/Microsoft.X/things/a/providers/Microsoft.Security/assessments/aaaaaaaa-0000-4000-8000-000000000001", "name": "aaaaaaaa-0000-4000-8000-000000000001",
                               "type": "Microsoft.Security/assessments", "properties": {"displayName": "d", "status": {"code": "Unhealthy"}, "resourceDetails": {"Id": f"{SUB}/resourceGroups/rg/providers/Microsoft.X/things/a"}, "timeGenerated": "2026-03-09T08:00:00Z"}}]}
built = build({}, azure)
got = {e["match"].split(" ")[0].rsplit("/", 1)[1]: e for e in rows(built, "azure.policy-exemptions")}
check("an Azure exemption matches by reference, by its assignment's one policy, and by recommendation, in its scope",
    {k: (e["state"], e["matched"]) for k, e in got.items()} == {"by-reference": ("active", 1), "ended": ("expired", 1), "narrow": ("expiring", 0), "whole": ("active", 0), "s": ("active", 1)}, got)
covered = f"{room}/covered.json"
json.dump({"gate": [{"rule": "covered_findings", "limit": 0}]}, open(covered, "w"))
ruled = build({}, azure, "--policy", covered)["gate"][0]
check("an exemption in force covers what it matches, one that has ended does not", (ruled["value"], len(ruled["offenders"])) == (2, 2), ruled)
kept = {**azure, "defender.json": [{**azure["defender.json"][0], "properties": {**azure["defender.json"][0]["properties"], "effect": "Audit"}}]}
check("a standard's assignment that exempts nothing is no exemption", len(rows(build({}, kept), "azure.policy-exemptions")) == len(got) - 1)
check("its ticket, category and end are carried along", holds(got["whole"], ticket="T-1", owner="team-b", type="Waiver", expires="2026-12-31") and got["s"]["type"] == "mitigated")
check("records that Azure exempts are listed too", [holds(e, type="Exempt", state="active", records={"before": 0, "after": 1}) for e in rows(built, "azure.policy-states")] == [True])
built = build(azure, {"states.json": azure["states.json"]})
got = {e["match"].split(" ")[0].rsplit("/", 1)[1]: e for e in rows(built, "azure.policy-exemptions")}
check("an exemption whose export is missing after is unused, and says that it was not assessed", holds(got["whole"], state="unused", problem="not assessed after") and got["ended"]["state"] == "expired", got)

built = build({"s.sarif": sarif(("R1", [accepted]))}, {"s.sarif": sarif(("R2", []))})
check("a suppression that is gone where the scan was made again is unused, and nothing is wrong with it", [(e["state"], e.get("problem")) for e in rows(built, "sarif")] == [("unused", None)], rows(built, "sarif"))
days = ("2026-02-01", "2026-03-09", "2026-03-11")
ids = {day: {e["match"].split()[0]: (e["id"], e["state"]) for e in rows(build({}, {"hdf.json": hdf}, "--as-of", day), "hdf")} for day in days}
check("a waiver has the same id before and after its end", len({ids[d]["rule=V-0"][0] for d in days}) == 1 and [ids[d]["rule=V-0"][1] for d in days] == ["active", "expiring", "expired"] and len({i for i, _ in ids[days[0]].values()}) == 3, ids)

# ---- many: a handful of rows


def many(n, rule, reason): return {"s.sarif": sarif(*[(rule(i), [{"kind": "external", "justification": reason(i)}]) for i in range(n)])}


cases = (("rule", 1, lambda i: f"R{i}", lambda i: "accepted"), ("rule, reason, by", 1, lambda i: f"R{i}", lambda i: f"because {i}"), (None, 3, lambda i: f"R{i % 3}", lambda i: "accepted"))
for grouped, count, rule, reason in cases:
    got = rows(build({}, many(3000, rule, reason)), "sarif")
    check(f"3,000 suppressed records are {count} row{'s' if count > 1 else ''}, grouped by {grouped or 'nothing'}", len(got) == count and got[0].get("grouped") == grouped and sum(e["records"]["after"] for e in got) == 3000, got[:2])

ends = [f"2026-{month:02}-{day:02}" for month in (5, 6, 7) for day in range(20, 0, -1)]
waivers = {"version": "5", "platform": {"name": "host"}, "statistics": {}, "profiles": [{"name": "base", "controls": [
    {"id": f"V-{n}", "title": "t", "impact": 0.7, "tags": {}, "results": [], "waiver_data": {"skipped_due_to_waiver": True, "justification": f"because {n}", "expiration_date": end}} for n, end in enumerate(ends)]}]}
got = rows(build({}, {"hdf.json": waivers}), "hdf")
check("of waivers that are one row for their many days the first to end is its end", len(got) == 1 and holds(got[0], grouped="rule, reason, by, until", expires=min(ends), days_left=52), got[:2])

# ---- what is wrong in a file is said with its place
for text, wanted in (({"exceptions": [{"id": "a", "severity": "low"}]}, "only type \"risk_adjustment\" takes"), ({"exceptions": [{"id": "a", "type": "risk_adjustment"}]}, "needs a member \"severity\""),
                     ({"exceptions": [{"id": "a", "milestones": []}]}, "only type \"poam\" takes"), ({"exceptions": [{"id": "a", "type": "poem"}]}, "did you mean \"poam\""), ({"exceptions": [{"id": "a"}, {"id": "a"}]}, "is there twice")):
    said = build({"t.json": trivy()}, {"t.json": trivy()}, exceptions=text, status=(2,))
    check(f"{json.dumps(text)[:60]} is refused with its place", wanted in said and "exceptions.json:1:" in said, said)
end_of_test()
PYTHON
