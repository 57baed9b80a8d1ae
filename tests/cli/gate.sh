#!/bin/sh
# The gate: every rule failing and passing, what is refused, the ready policies, a packet judged again, a packet's state as a policy.
# variant: gcc
PYTHONPATH=tests/cli exec python3 - <<'PYTHON'
import json, os, re, subprocess

from said import check, end_of_test

dossier, room = os.environ["DOSSIER"], os.environ["TMPDIR"] + "/gate"
SUB = "/subscriptions/00000000-1111-4222-8333-444444444444"
AS_OF = "2026-03-10T12:00:00Z"
made = 0


def run(*arguments): return subprocess.run([dossier, *arguments], capture_output=True, text=True)


def write(name, document):
    os.makedirs(os.path.dirname(f"{room}/{name}") or room, exist_ok=True)
    with open(f"{room}/{name}", "w") as f: f.write(document if isinstance(document, str) else json.dumps(document))
    return f"{room}/{name}"


def packet(before, after, *options, **documents):
    """Builds one: its path, and what build says. documents: change, exceptions, owners, policy, kev."""
    global made
    made += 1
    here = f"{made}"
    for side, files in (("before", before), ("after", after)):
        os.makedirs(f"{room}/{here}/{side}")
        for name, document in files.items(): write(f"{here}/{side}/{name}", document)
    for name, document in documents.items(): options += (f"--{name}", document if name == "policy" and isinstance(document, str) else write(f"{here}/{name}.json", document))
    said = run("build", "--before", f"{room}/{here}/before", "--after", f"{room}/{here}/after", "--as-of", AS_OF, "-o", f"{room}/{here}/p.tar.zst", "--json", *options)
    if said.returncode > 1: raise SystemExit(f"build: status {said.returncode}: {said.stderr}")
    return f"{room}/{here}/p.tar.zst", json.loads(said.stdout)


def trivy(*findings, day="2026-03-09T08:00:00Z", name="registry.example/shop/front:1"):
    return {"SchemaVersion": 2, "CreatedAt": day, "ArtifactName": name, "ArtifactType": "container_image", "Results": [
        {"Target": "front (debian 12)", "Class": "os-pkgs", "Type": "debian", "Vulnerabilities": [{"VulnerabilityID": f"CVE-2026-{n}", "PkgName": "libx", "InstalledVersion": "1", "Severity": severity, **more} for n, severity, more in findings]}]}


def grype(epss): return {"matches": [{"vulnerability": {"id": "CVE-2026-9", "severity": "Low", "epss": [{"cve": "CVE-2026-9", "epss": epss, "percentile": 0.5, "date": "2026-03-01"}]}, "artifact": {"name": "liby", "version": "1"}}],
                         "source": {"type": "image", "target": {"userInput": "registry.example/shop/till:1"}}, "descriptor": {"name": "grype", "version": "0.90", "timestamp": "2026-03-09T08:00:00Z"}}


def sarif(*results, tool="Lint", good=True, day="2026-03-09T08:00:00Z"):
    return {"version": "2.1.0", "runs": [{"tool": {"driver": {"name": tool}}, "invocations": [{"executionSuccessful": good, "endTimeUtc": day}],
            "results": [{"ruleId": rule, "level": "error", "message": {"text": rule}, "locations": [{"physicalLocation": {"artifactLocation": {"uri": "a.c"}, "region": {"startLine": 1}}}], **more} for rule, more in results]}]}


def aks(rbac): return [{"id": f"{SUB}/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/one", "name": "one", "type": "Microsoft.ContainerService/managedClusters", "enableRbac": rbac, "powerState": {"code": "Running"}}]


FULL = {"owner": "team-a", "approver": "ciso", "ticket": "RSK-1", "approved": "2026-01-01", "expires": "2026-12-31"}
KEV = {"catalogVersion": "2026.03.01", "dateReleased": "2026-03-01T00:00:00Z", "vulnerabilities": [{"cveID": "cve-2026-1", "dueDate": "2026-03-09"}, {"cveID": "CVE-2026-2", "dueDate": "2026-03-10", "vendorProject": "x"}]}
one, two = ("1", "HIGH", {}), ("2", "CRITICAL", {})


def T(*findings, **more): return {"t.json": trivy(*findings, **more)}


def exceptions(*list): return {"exceptions": [{"id": f"E{n}", "match": {"rule": "CVE-2026-1"}, **FULL, **e} for n, e in enumerate(list)]}


same = T(one)
# rule: (entry, what makes it fail, what makes it pass); each a tuple before, after, and documents by name
cases = {
    "no_new_critical": ({}, (same, T(one, two)), (same, T(one, ("3", "HIGH", {})))),
    "no_new_high": ({}, (T(), T(one)), (T(), T(two))),
    "no_new": ({"severity": "high", "match": {"subject": "*front"}}, (T(), T(one)), (T(), T(two))),
    "no_reopened": ({}, (T(("1", "HIGH", {"Status": "under_investigation"})), same), (T(), same)),
    "no_newly_in_scope": ({}, ({}, same), (T(), same)),
    "no_raised_severity": ({}, (T(("1", "LOW", {})), same), (T(two), T(("2", "LOW", {})))),
    "open_findings": ({"severity": "high"}, (same, same), (same, same, {"exceptions": exceptions({})})),
    "no_unowned": ({}, (same, same), (same, same, {"owners": {"owners": [{"match": {"subject": "*"}, "owner": "o"}]}})),
    "no_known_exploited": ({}, (same, same, {"kev": KEV}), (T(("3", "HIGH", {})), T(("3", "HIGH", {})), {"kev": KEV})),
    "no_overdue_known_exploited": ({}, (same, same, {"kev": KEV}), (T(two), T(two), {"kev": KEV})),
    "epss": ({"limit": 0.5}, ({}, {"g.json": grype(0.51)}), ({}, {"g.json": grype(0.5)})),
    "no_dismissed": ({}, (same, T(("1", "HIGH", {"Status": "not_affected"}))), (same, T())),
    "no_not_reassessed": ({}, (same, {"s.sarif": sarif()}), (same, T())),
    "reduction": ({"severity": "high", "limit": -50}, (T(one, ("3", "HIGH", {}), ("4", "HIGH", {})), T(one, ("3", "HIGH", {}))), (T(one, ("3", "HIGH", {})), same)),
    "subjects_reduction": ({"limit": -100}, (same, same), (same, T())),
    "no_failed_check": ({"match": {"rule": "azure.aks.rbac"}}, ({"a.json": aks(True)}, {"a.json": aks(False)}), ({"a.json": aks(False)}, {"a.json": aks(True)})),
    "no_unassessed_check": ({"match": {"rule": "azure.aks.rbac", "subject": "*/ONE"}}, ({"a.json": aks(True)}, same), ({"a.json": aks(True)}, {"a.json": aks(False)})),
    "no_worse_check": ({"match": {"rule": "azure.aks.rbac"}}, ({"a.json": aks(True)}, {"a.json": aks(False)}), ({"a.json": aks(False)}, {"a.json": aks(False)})),
    "checks_pass": ({"match": {"rule": "azure.aks.rbac"}}, ({"a.json": aks(True)}, {"a.json": aks(False)}), ({"a.json": aks(True)}, {"a.json": aks(True)})),
    "no_expired_exception": ({}, (same, same, {"exceptions": exceptions({"expires": "2026-03-09"})}), (same, T(), {"exceptions": exceptions({"expires": "2026-03-09"})})),
    "no_invalid_exception": ({}, (same, same, {"exceptions": exceptions({"owner": ""})}), (same, T(), {"exceptions": exceptions({"owner": ""})})),
    "no_expiring_exception": ({}, (same, same, {"exceptions": exceptions({"expires": "2026-03-20"})}), (same, same, {"exceptions": exceptions({})})),
    "no_unused_exception": ({}, (same, T(), {"exceptions": exceptions({})}), (same, same, {"exceptions": exceptions({})})),
    "no_overlapping_exception": ({}, (same, same, {"exceptions": exceptions({}, {})}), (same, same, {"exceptions": exceptions({}, {"expires": "2026-01-31"})})),
    "no_self_approved_exception": ({}, (same, same, {"exceptions": exceptions({"owner": "CISO"})}), (same, same, {"exceptions": exceptions({})})),
    "no_overdue_milestone": ({}, (same, same, {"exceptions": exceptions({"type": "poam", "milestones": [{"title": "m", "due": "2026-03-09"}]})}), (same, same, {"exceptions": exceptions({"type": "poam", "milestones": [{"title": "m", "due": "2026-03-10"}]})})),
    "covered_findings": ({}, (same, same, {"exceptions": exceptions({})}), (same, same, {"exceptions": exceptions({"type": "poam"})})),
    "no_expired_exemption": ({}, (same, {"h.json": {"version": "5", "platform": {"name": "h"}, "statistics": {}, "profiles": [{"name": "p", "controls": [{"id": "V", "title": "t", "impact": 0.7, "tags": {}, "results": [], "waiver_data": {"skipped_due_to_waiver": True, "expiration_date": "2026-03-09"}}]}]}}),
                             (same, {"h.json": {"version": "5", "platform": {"name": "h"}, "statistics": {}, "profiles": [{"name": "p", "controls": [{"id": "V", "title": "t", "impact": 0.7, "tags": {}, "results": [], "waiver_data": {"skipped_due_to_waiver": True, "expiration_date": "2026-03-10"}}]}]}})),
    "no_unreviewed_suppression": ({}, (same, {"s.sarif": sarif(("R", {"suppressions": [{"kind": "external", "status": "underReview"}]}))}), (same, {"s.sarif": sarif(("R", {"suppressions": [{"kind": "external"}]}))})),
    "no_suppression_without_reason": ({}, (same, {"s.sarif": sarif(("R", {"suppressions": [{"kind": "external"}]}))}), (same, {"s.sarif": sarif(("R", {"suppressions": [{"kind": "external", "justification": "j"}]}))})),
    "no_unassessed_unit": ({}, (same, {"s.sarif": sarif()}), (same, {**T(), "s.sarif": sarif()})),
    "no_truncated_export": ({}, (same, {"t.json": json.dumps(trivy(one, two))[:-60]}), (same, same)),
    "no_failed_scan": ({}, (same, {"s.sarif": sarif(good=False)}), (same, {"s.sarif": sarif()})),
    "no_unreadable_record": ({}, (same, T(("1", "HIGH", {}), ("", "HIGH", {"VulnerabilityID": {"no": "text"}}))), (same, same)),
    "no_unknown_file": ({}, (same, {**same, "x.txt": "what is this"}), (same, same)),
    "no_secret_in_evidence": ({}, (same, {"g.json": [{"RuleID": "key", "File": "a", "StartLine": 1, "Secret": "hidden", "Match": "hidden", "Fingerprint": "a:key:1", "Description": "d"}]}), (same, same)),
    "no_stale_evidence": ({}, (same, same, {"change": {"id": "C", "window": {"start": "2026-03-09T20:00:00Z", "end": "2026-03-09T22:00:00Z"}}}), (T(one, day="2026-03-01T08:00:00Z"), same, {"change": {"id": "C", "window": {"start": "2026-03-02T00:00:00Z", "end": "2026-03-03T00:00:00Z"}}})),
    "no_gap": ({}, (same, {"s.sarif": sarif()}), (same, same)),
    "evidence_age": ({"limit": 30}, (same, T(one, day="2026-02-08T08:00:00Z")), (same, T(one, day="2026-02-08T12:00:00Z"))),
    "no_undated_evidence": ({}, (same, {"s.json": {"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "L"}}, "results": [{"ruleId": "R", "message": {"text": "m"}}]}]}}), (same, same)),
    "expectations_met": ({}, ({"a.json": aks(False)}, {"a.json": aks(False)}, {"change": {"id": "C", "expects": [{"id": "X", "subject": "*/one", "fact": "enableRbac", "value": True}]}}),
                         ({"a.json": aks(False)}, {"a.json": aks(True)}, {"change": {"id": "C", "expects": [{"id": "X", "subject": "*/one", "fact": "enableRbac", "value": True}]}})),
    "objectives_met": ({}, (same, same, {"change": {"id": "C", "objectives": [{"id": "O", "title": "t", "measure": "open_findings", "target": "-50%"}]}}), (same, T(), {"change": {"id": "C", "objectives": [{"id": "O", "title": "t", "measure": "open_findings", "target": "-50%"}]}})),
    "required_evidence": ({}, (same, same, {"change": {"id": "C", "requires": [{"format": "sarif", "side": "after"}]}}), (same, {**same, "s.sarif": sarif()}, {"change": {"id": "C", "requires": [{"format": "sarif", "side": "after"}]}})),
}
rules = re.findall(r"^\| `(\w+)`", run("policy", "rules").stdout, re.M)
ACME = write("acme.json", {"framework": "ACME", "title": "Acme's", "version": "1", "source": {"name": "Acme", "version": "1", "licence": "internal"},
             "controls": [{"id": "A-1", "title": "One", "maps": {"id": "CVE-2026-1"}}, {"id": "B-2", "title": "Two", "maps": {"policy": "aaaaaaaa-0000-4000-8000-000000000001"}}]})
MCSB = ("--framework", ACME, "--framework", "MCSB")


def policy_state(state): return {"p.json": [{"resourceId": f"{SUB}/resourceGroups/rg/providers/Microsoft.X/things/a", "policyDefinitionId": "/providers/Microsoft.Authorization/policyDefinitions/aaaaaaaa-0000-4000-8000-000000000001",
                                             "complianceState": state, "timestamp": "2026-03-09T08:00:00Z", "subscriptionId": SUB.split("/")[2]}]}


good, bad, unknown = policy_state("Compliant"), policy_state("NonCompliant"), policy_state("Unknown")
of_a, of_b = {"framework": "acme", "match": {"rule": "A-*"}}, {"framework": "acme", "match": {"rule": "B-2"}}
by_controls = {
    "no_unsatisfied_control": (of_a, (same, same), (same, same, {"exceptions": exceptions({})})),
    "no_control_to_review": (of_b, (good, unknown), (good, good)),
    "no_control_without_evidence": (of_b, (same, same), (good, good)),
    "no_worse_control": (of_b, (good, bad), (bad, bad)),
    "controls_satisfied": ({**of_b, "limit": 50}, (good, bad), (bad, good)),
}
cases.update(by_controls)
check("every rule is tested here", set(rules) == set(cases), set(rules) ^ set(cases))
for rule, (entry, *sides) in cases.items():
    wrong = []
    for wanted, (before, after, *documents) in zip(("fail", "pass"), sides):
        _, built = packet(before, after, *(MCSB if rule in by_controls else ()), policy={"gate": [{"rule": rule, **entry}]}, **(documents[0] if documents else {}))
        got = built["gate"][0]
        if got["state"] != wanted or built["verdict"] != wanted: wrong.append(f"{wanted}: {got}")
        if wanted == "fail" and not got["offenders"]: wrong.append(f"names no offender: {got}")
    check(f"{rule} fails and passes", not wrong, *wrong)

# ---- what a rule counts, and what it leaves out
def aks_of(**rbac): return [{**aks(on)[0], "id": aks(on)[0]["id"].replace("/one", f"/{name}"), "name": name} for name, on in rbac.items()]


def waived(until): return {"version": "5", "platform": {"name": "h"}, "statistics": {}, "profiles": [{"name": "p", "controls": [{"id": "V", "title": "t", "impact": 0.7, "tags": {}, "results": [], "waiver_data": {"skipped_due_to_waiver": True, "expiration_date": until}}]}]}


likely, three = grype(0.51), T(one, ("3", "HIGH", {}), ("4", "HIGH", {}))
likely["matches"] += [{**m, "vulnerability": {**m["vulnerability"], "id": "CVE-2026-8", "epss": [{"cve": "CVE-2026-8", "epss": 0.1, "percentile": 0.5, "date": "2026-03-01"}]}} for m in likely["matches"]]
under_review, rejected = ({"s.sarif": sarif(("R", {"suppressions": [{"kind": "external", "status": status}]}))} for status in ("underReview", "rejected"))
rbac = {"rule": "azure.aks.rbac"}
# what is so: rule, entry, before, after, documents; the value, and how many offenders are named
counts = {
    "a severity that was not known has not risen": ("no_raised_severity", {}, T(("1", "UNKNOWN", {})), same, {}, 0, 0),
    "a severity that an exception raises has not risen": ("no_raised_severity", {}, same, T(("1", "HIGH", {"InstalledVersion": "2"})), {"exceptions": exceptions({"type": "risk_adjustment", "severity": "critical"})}, 0, 0),
    "of several likely ones those over the limit are named": ("epss", {"limit": 0.5}, {}, {"g.json": likely}, {}, 0.51, 1),
    "from nothing to something is no reduction": ("reduction", {"limit": 0}, T(), same, {}, 100, 1),
    "a reduction names what is still open where both sides looked": ("reduction", {"limit": -50}, three, {**three, "s.sarif": sarif(("R", {}))}, {}, 0, 3),
    "a control without evidence before did not get worse": ("no_worse_control", of_b, same, {**same, **bad}, {}, 0, 0),
    "a control that was satisfied and has no evidence now did": ("no_worse_control", of_b, good, same, {}, 1, 1),
    "a share is rounded down": ("checks_pass", {"match": rbac}, {}, {"a.json": aks_of(a=True, b=True, c=False)}, {}, 66.6, 1),
    "controls without evidence have no share": ("controls_satisfied", {"framework": "acme", "limit": 50}, good, good, {}, 100, 0),
    "a check of another subject is not meant": ("no_failed_check", {"match": {**rbac, "subject": "*/two"}}, {}, {"a.json": aks(False)}, {}, 0, 0),
    "a check that passed and is not assessed any more got worse": ("no_worse_check", {"match": rbac}, {"a.json": aks(True)}, same, {}, 1, 1),
    "an exemption that ended with its records is not in use": ("no_expired_exemption", {}, {**same, "h.json": waived("2026-03-09")}, {**same, "s.sarif": sarif()}, {}, 0, 0),
    "an exemption that ended and that nothing needs is not in use": ("no_expired_exemption", {}, same, {**same, "exemptions-x.json": [{"id": f"{SUB}/providers/Microsoft.Authorization/policyExemptions/e", "name": "e",
        "type": "Microsoft.Authorization/policyExemptions", "exemptionCategory": "Waiver", "expiresOn": "2026-03-01", "policyAssignmentId": f"{SUB}/providers/Microsoft.Authorization/policyAssignments/a"}]}, {}, 0, 0),
    "a suppression that is gone is not under review": ("no_unreviewed_suppression", {}, under_review, {"s.sarif": sarif()}, {}, 0, 0),
    "nor is one that was rejected": ("no_unreviewed_suppression", {}, rejected, {"s.sarif": sarif()}, {}, 0, 0),
    "one that was rejected counts as one under review": ("no_unreviewed_suppression", {}, same, rejected, {}, 1, 1),
    "one that is not in force needs no reason": ("no_suppression_without_reason", {}, same, under_review, {}, 0, 0),
    "what failed before was not assessed then": ("no_unassessed_unit", {}, {**same, "s.sarif": sarif(good=False)}, same, {}, 0, 0),
    "evidence from after the judgement has no age": ("evidence_age", {}, same, T(one, day="2026-03-11T08:00:00Z"), {}, 0, 0),
    "alerts are evidence too, and date no file": ("no_undated_evidence", {}, same, {**same, "al.json": [{"id": f"{SUB}/providers/Microsoft.Security/locations/x/alerts/1", "type": "Microsoft.Security/Locations/alerts", "alertDisplayName": "a", "severity": "High", "status": "Active"}]}, {}, 1, 1),
    "an exception changes the severity of what it speaks of, and of nothing before": ("no_dismissed", {"severity": "high"}, same, T(two, ("1", "HIGH", {"Status": "not_affected"})),
        {"exceptions": exceptions({"type": "risk_adjustment", "severity": "low", "match": {"rule": "CVE-2026-2"}})}, 1, 1),
}
for sentence, (rule, entry, before, after, documents, value, named) in counts.items():
    _, built = packet(before, after, *(MCSB if rule in by_controls else ()), policy={"gate": [{"rule": rule, **entry}]}, **documents)
    got = built["gate"][0]
    check(f"{rule}: {sentence}", (got["value"], len(got["offenders"])) == (value, named), got)

# ---- what is refused, with its place
for text, wanted in (
        ('{"gate":[{"rule":"no_new","limit":-1}]}', "can never pass"), ('{"gate":[{"rule":"reduction","limit":-101}]}', "can never pass"), ('{"gate":[{"rule":"checks_pass","limit":101}]}', "can never pass"),
        ('{"gate":[{"rule":"checks_pass","limit":0}]}', "can never fail"), ('{"gate":[{"rule":"epss","limit":1}]}', "can never fail"), ('{"gate":[{"rule":"no_known_exploited"}]}', "without --kev FILE"),
        ('{"gate":[{"rule":"no_new_high"},{"rule":"no_new","severity":"high","limit":3}]}', "can never decide"), ('{"gate":[{"rule":"no_new_high","match":{"severity":"low"}}]}', "can never fail"),
        ('{"gate":[{"rule":"no_failed_check","match":{"path":"x"}}]}', "takes no \"path\""), ('{"gate":[{"rule":"no_new","framework":"MCSB"}]}', "takes no \"framework\""), ('{"gate":[{"rule":"no_new","advisory":"often"}]}', "true or false"),
        ('{"gate":[{"rule":"no_unasessed_unit"}]}', "did you mean \"no_unassessed_unit\""), ('{"gate":[]}', "can never fail")):
    os.makedirs(f"{room}/sides", exist_ok=True)
    write("sides/t.json", trivy(one))
    said = run("build", "--before", f"{room}/sides", "--after", f"{room}/sides", "--policy", write("refused.json", text), "-o", f"{room}/refused.tar.zst")
    check(f"{text} is refused: {wanted}", said.returncode == 2 and wanted in said.stderr and "refused.json:1:" in said.stderr and not os.path.exists(f"{room}/refused.tar.zst"), said.stderr)
for text, wanted in (('{"vulnerabilities":[{"cveID":"x"}]}', "cveID"), ('{"catalog":1}', "vulnerabilities"), ('{"vulnerabilities":[{"cveID":"CVE-2026-1","dueDate":"soon"}]}', "dueDate")):
    said = run("build", "--before", f"{room}/sides", "--after", f"{room}/sides", "--kev", write("refused.json", text), "-o", f"{room}/refused.tar.zst")
    check(f"a catalogue {text} is refused with its place", said.returncode == 2 and wanted in said.stderr and "refused.json:1:" in said.stderr, said.stderr)

said = run("build", "--before", f"{room}/sides", "--after", f"{room}/sides", "--policy", write("refused.json", '{"gate":[{"rule":"no_worse_control","framework":"ISO-*"}]}'), "-o", f"{room}/refused.tar.zst")
check("a rule about a framework that is not judged is refused with its place", said.returncode == 2 and 'no framework "ISO-*" is judged' in said.stderr and "refused.json:1:" in said.stderr, said.stderr)
said = run("policy", "check", write("good.json", {"gate": [{"rule": "no_known_exploited"}]}), f"{room}/refused.json", write("refused2.json", '{"gate":[]}'))
check("policy check says what is wrong, and nothing of what is not", said.returncode == 2 and "refused2.json:1:" in said.stderr and "good.json" not in said.stderr, said.stderr)

# ---- ready policies
path, built = packet(T(), T(one), policy="observe")
check("observe judges, and says yes", built["verdict"] == "pass" and any(g["state"] == "fail" and g["advisory"] for g in built["gate"]), built["gate"])
check("a policy is shown as it is judged", len({json.dumps(g) for g in built["gate"]}) == len(json.loads(run("policy", "show", "observe").stdout)["gate"]))
path, built = packet(T(), T(one), policy="strict")
check("strict says no to a new finding", built["verdict"] == "fail")
_, clean = packet(T(one), T(), policy="strict", owners={"owners": [{"match": {"subject": "*"}, "owner": "o"}]})
check("strict says yes to a change that only fixed", clean["verdict"] == "pass", [g for g in clean["gate"] if g["state"] == "fail"])
said = run("build", "--before", f"{room}/sides", "--after", f"{room}/sides", "--policy", "sloppy", "-o", f"{room}/refused.tar.zst")
check("a name that is no policy names those that are", said.returncode == 2 and "default, observe, strict" in said.stderr, said.stderr)
check("a packet judged by a ready policy is computed again from itself", run("verify", "--recompute", path).returncode == 0)

# ---- a packet judged again
path, built = packet(same, T(one, ("3", "HIGH", {})), exceptions=exceptions({}), kev=KEV)
again = run("gate", "--json", path)
check("by its own policy a packet is judged as it was", json.loads(again.stdout)["gate"] == built["gate"] and again.returncode == 1, again.stdout, again.stderr)
again = run("gate", "--json", "--policy", write("one.json", {"gate": [{"rule": "no_new_high", "limit": 1}]}), path)
check("another policy may say otherwise", again.returncode == 0 and json.loads(again.stdout)["verdict"] == "pass", again.stdout, again.stderr)
again = run("gate", "--json", "--policy", write("kev.json", {"gate": [{"rule": "no_known_exploited"}]}), path)
check("the packet's own catalogue and exceptions count: what is covered is no offender", again.returncode == 0, again.stdout, again.stderr)
check("open findings known to be exploited are counted, covered or not", built["known_exploited"] == {"catalogue": "2026.03.01", "released": "2026-03-01T00:00:00Z", "open": 1, "overdue": 1}, built.get("known_exploited"))
again = run("gate", path, "--policy", write("bad.json", "{"))
check("a policy that is wrong is said with its place", again.returncode == 2 and "bad.json:1:" in again.stderr, again.stderr)

# ---- today's state as a policy
for name, (before, after, documents) in {"a packet with findings": (same, T(one, two), {"exceptions": exceptions({}), "kev": KEV}), "an empty packet": (T(), T(), {}), "checks": ({"a.json": aks(True)}, {"a.json": aks(False)}, {})}.items():
    path, _ = packet(before, after, **documents)
    ratchet = write("ratchet.json", run("policy", "from", path).stdout)
    again = run("gate", "--json", "--policy", ratchet, path)
    check(f"its own state passes on {name}", again.returncode == 0 and {g["rule"] for g in json.loads(again.stdout)["gate"]} >= {"open_findings", "no_unassessed_unit", "expectations_met"}, again.stdout[:600], again.stderr)
    if name == "a packet with findings":
        worse, _ = packet(before, T(one, two, ("5", "LOW", {})), **documents)
        again = run("gate", "--json", "--policy", ratchet, worse)
        check("it fails on one that has one more open finding", again.returncode == 1 and {g["rule"] for g in json.loads(again.stdout)["gate"] if g["state"] == "fail"} == {"no_new", "open_findings", "no_unowned"}, again.stdout, again.stderr)

# ---- the manual
table = run("policy", "rules").stdout
check("docs/gate.md holds the table of `dossier policy rules`", table in open("docs/gate.md", encoding="utf-8").read())
end_of_test()
PYTHON
