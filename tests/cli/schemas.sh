#!/bin/sh
# The JSON Schemas of changes, owners, exceptions, redactions and policies, and the checks written by hand, say the same of the same documents.
# variant: gcc
/usr/bin/python3 -c 'import jsonschema' 2>/dev/null || { echo 'skip - schemas and checks agree (python3-jsonschema is not here)'; exit 0; }
PYTHONPATH=tests/cli exec /usr/bin/python3 - <<'PYTHON'
import itertools, json, os, re, subprocess

from said import check, end_of_test

import jsonschema

dossier, room = os.environ["DOSSIER"], os.environ["TMPDIR"] + "/schemas"
os.makedirs(room + "/side")
json.dump({"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "Lint"}}, "results": []}]}, open(room + "/side/a.sarif", "w"))


def refused_by_build(option, documents):
    """The indexes of those that the code refuses, with what it says: a build for each."""
    refused = {}
    for n, document in enumerate(documents):
        json.dump(document, open(room + "/document.json", "w"))
        said = subprocess.run([dossier, "build", "--before", room + "/side", "--after", room + "/side", "--as-of", "2026-03-10", "--" + option, room + "/document.json", "-o", room + "/p.tar.zst"], capture_output=True, text=True)
        if said.returncode not in (0, 1, 2): raise SystemExit(said.stderr)
        if said.returncode == 2: refused[n] = said.stderr.strip()
    return refused


def wrong_policies(documents):
    """The same, of all in one run."""
    for n, document in enumerate(documents): json.dump(document, open(f"{room}/{n}.json", "w"))
    said = subprocess.run([dossier, "policy", "check", *(f"{room}/{n}.json" for n in range(len(documents)))], capture_output=True, text=True)
    return {int(re.search(r"/(\d+)\.json:", line)[1]): line for line in said.stderr.splitlines()}


def agree(option, documents, refusals):
    schema = json.load(open(f"templates/schema/{option}.schema.json", encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    refused = refusals(documents)
    wrong = [f"{json.dumps(d)}: the code says {refused.get(n, 'good')}, the schema the opposite" for n, d in enumerate(documents) if validator.is_valid(d) != (n not in refused)]
    return wrong, (len(refused), len(documents) - len(refused))


E = {"id": "a", "match": {"rule": "x"}}
exceptions = [{}, {"exceptions": []}, {"exceptions": [E]}, {"exceptions": {}}, {"exceptions": ["a"]}, {"exceptions": [E], "more": 1}, {"$schema": "x", "exceptions": [E]}]
for change in ({"id": ""}, {"id": " "}, {"id": 1}, {"type": "accepted_risk"}, {"type": "false_positive"}, {"type": "operational_requirement"}, {"type": "poam"}, {"type": "other"}, {"type": "risk_adjustment"},
               {"type": "risk_adjustment", "severity": "low"}, {"type": "risk_adjustment", "severity": "LOW"}, {"severity": "low"}, {"type": "poam", "milestones": []}, {"milestones": []}, {"type": "poam", "milestones": [{}]},
               {"type": "poam", "milestones": [{"title": "t", "due": "2026-01-01"}]}, {"type": "poam", "milestones": [{"title": "", "due": "2026-01-01"}]}, {"type": "poam", "milestones": [{"title": "t", "due": ""}]},
               {"type": "poam", "milestones": [{"title": "t", "due": "2026-01-01", "done": "", "id": "m", "x": 1}]}, {"type": "poam", "milestones": [{"title": "t", "due": "2026-01-01", "done": "2026-01-01", "id": "m"}]},
               {"owner": "o", "approver": "a", "ticket": "t", "reason": "r", "approved": "2026-01-01", "expires": "2026-12-31"}, {"owner": 1}, {"expires": ""}, {"expires": "soon"}, {"expires": "2026-13-01"}, {"expires": "2026-12-31T10:00:00Z"},
               {"expires": 20261231}, {"match": {}}, {"match": []}, {"match": {"severity": "LOW"}}, {"match": {"severity": "lo"}}, {"match": {"severity": "l*"}}, {"match": {"rule": 1}}, {"match": {"pkg": "x"}},
               {"match": {"rule": "r", "subject": "s", "severity": "low", "tool": "t", "path": "p", "component": "c"}}, {"unknown": 1}): exceptions.append({"exceptions": [{**E, **change}]})
wrong, counts = agree("exceptions", exceptions, lambda documents: refused_by_build("exceptions", documents))
check(f"of {len(exceptions)} exception files the schema and the code accept the same", not wrong and min(counts) > 10, *wrong, counts)

C = {"id": "CHG-1"}
R, X, O = {"format": "sarif", "side": "after"}, {"id": "x", "subject": "*", "fact": "f", "value": True}, {"id": "o", "measure": "open_findings", "target": "-50%"}
changes = [{}, C, {"id": ""}, {"id": "a b"}, {"id": ".a"}, {"id": "a" * 101}, {"id": 1}, {**C, "more": 1}, {**C, "$schema": "x"}]
for more in ({"title": "t", "owner": "o", "approver": "a", "environment": "e", "rollback": "r", "runbook": "r", "tested_in": "t"}, {"title": 1}, {"window": {"start": "2026-03-01T00:00:00Z", "end": "2026-03-02T00:00:00+01:00"}}, {"window": {"start": "2026-03-01T00:00:00Z", "end": "2026-03-02"}}, {"window": {"start": "2026-03-01"}},
             {"window": {"start": "soon", "end": "2026-03-02"}}, {"window": []}, {"scope": {}}, {"scope": {"tenant": "t", "subscriptions": ["s"], "subjects": ["*"]}}, {"scope": {"subscriptions": "s"}}, {"scope": {"subscriptions": [""]}},
             {"scope": {"subscriptions": [1]}}, {"scope": {"resources": []}}, {"tickets": ["a"]}, {"tickets": {}}, {"monitoring": []}, {"requires": [R]}, {"requires": [{"format": "sarif"}]}, {"requires": [{**R, "side": "now"}]},
             {"requires": [{**R, "format": ""}]}, {"requires": R}, {"requires": [{**R, "subject": "s"}]}, {"expects": [X]}, {"expects": [{**X, "value": 1}]}, {"expects": [{**X, "value": ""}]}, {"expects": [{**X, "value": []}]}, {"expects": [{**X, "fact": " "}]},
             {"expects": ["x"]}, {"objectives": [O]}, {"objectives": [{**O, "severity": "high", "scope": "tool:x", "title": "t"}]}, {"objectives": [{**O, "severity": "bad"}]}, {"objectives": [{**O, "measure": "other"}]}, {"objectives": [{**O, "check": "azure.aks.rbac"}]},
             {"objectives": [{**O, "measure": "checks_pass"}]}, {"objectives": [{**O, "measure": "checks_pass", "check": "azure.aks.rbac", "target": ">= 100%"}]}, {"objectives": [{**O, "target": ""}]}, {"objectives": [{**O, "target": "half"}]},
             {"objectives": [{**O, "target": "<= 300"}]}, {"objectives": [{**O, "target": "<300"}]}, {"objectives": [{**O, "target": "50%"}]}, {"objectives": [{**O, "target": "0%"}]}, {"objectives": [{**O, "target": "+10 %"}]}, {"objectives": [{**O, "measure": "attested"}]}, {"objectives": [{**O, "measure": "attested", "before": 1, "after": 2, "source": "s", "attested_by": "a", "unit": "u"}]},
             {"objectives": [{**O, "measure": "attested", "before": "1", "after": 2, "source": "s", "attested_by": "a"}]}, {"objectives": [{**O, "before": 1}]}, {"objectives": [{**O, "measure": "alert_routing_p95", "severity": "high"}]}): changes.append({**C, **more})
wrong, counts = agree("change", changes, lambda documents: refused_by_build("change", documents))
check(f"of {len(changes)} change files the schema and the code accept the same", not wrong and min(counts) > 10, *wrong, counts)

W = {"owner": "o", "match": {"rule": "x"}}
owners = [{}, {"owners": []}, {"owners": [W]}, {"owners": {}}, {"owners": [1]}, {"owners": [W], "x": 1}, {"owners": [{"owner": "o"}]}, {"owners": [{"match": {"rule": "x"}}]}, {"owners": [{**W, "owner": ""}]}, {"owners": [{**W, "more": 1}]},
          {"owners": [{**W, "match": {}}]}, {"owners": [{**W, "match": {"rule": ""}}]}, {"owners": [{**W, "match": {"pkg": "x"}}]}, {"owners": [{**W, "match": {"severity": "high", "rule": ""}}]}]
wrong, counts = agree("owners", owners, lambda documents: refused_by_build("owners", documents))
check(f"of {len(owners)} owners files the schema and the code accept the same", not wrong and min(counts) > 2, *wrong, counts)

D = {"id": "a", "reason": "r", "patterns": ["x"]}
redactions = [{}, {"rules": []}, {"rules": [D]}, {"rules": {}}, {"rules": [1]}, {"rules": [D], "x": 1}, {"$schema": "x", "rules": [D], "marker": "***", "as_is": ["*.png"]}, {"rules": [D], "marker": "a\nb"}, {"rules": [D], "marker": 1}, {"rules": [D], "as_is": [""]},
              {"rules": [D], "as_is": "*.png"}, {"rules": [D], "marker": ""}, {"rules": [D], "marker": "-" * 81}]
redactions += [{"rules": [{**D, **more}]} for more in ({"id": ""}, {"id": 1}, {"reason": " "}, {"paths": ["*"], "formats": ["sarif"]}, {"paths": "a"}, {"paths": [""]}, {"patterns": []}, {"patterns": [], "pointers": ["/a"]}, {"pointers": ["/a/*/b~0~1"]}, {"pointers": ["a"]}, {"pointers": [""]},
               {"pointers": ["/a~2"]}, {"pointers": ["/"]}, {"pointers": ["/a~"]}, {"pointers": [1]}, {"pattern": ["x"]})] + [{"rules": [{"id": "a", "reason": "r"}]}, {"rules": [{"id": "a", "patterns": ["x"]}]}]
wrong, counts = agree("redact", redactions, lambda documents: refused_by_build("redact", documents))
check(f"of {len(redactions)} redaction files the schema and the code accept the same", not wrong and min(counts) > 8, *wrong, counts)

rules = re.findall(r"^\| `(\w+)`", subprocess.run([dossier, "policy", "rules"], capture_output=True, text=True).stdout, re.M)
policies = [{}, {"gate": []}, {"gate": {}}, {"gate": [1]}, {"gate": [{}]}, {"gate": [{"rule": "no_rule"}]}, {"gate": [{"rule": "no_new"}], "x": 1}, {"$schema": "x", "gate": [{"rule": "no_new"}]}, {"gate": [{"rule": "no_new"}, {"rule": "no_new"}]}]
members = ({}, {"severity": "high"}, {"framework": "MCSB"}, {"match": {"rule": "x"}}, {"match": {"subject": "x"}}, {"match": {"tool": "x"}}, {"limit": -101}, {"limit": -1}, {"limit": 0}, {"limit": 0.5}, {"limit": 1}, {"limit": 100}, {"limit": 101},
           {"limit": 4294967295}, {"advisory": True})
policies += [{"gate": [{"rule": rule, **more}]} for rule, more in itertools.product(rules, members)]
policies += [{"gate": [{"rule": "no_new", **more}]} for more in ({"match": {}}, {"match": {"severity": "high"}}, {"match": {"severity": "hi"}}, {"severity": "hi"}, {"advisory": "maybe"}, {"advisory": 1}, {"limit": "0"}, {"match": "x"}, {"more": 1})]
wrong, counts = agree("policy", policies, wrong_policies)
check(f"of {len(policies)} policies the schema and the code accept the same", not wrong and min(counts) > 100, *wrong[:30], counts)
for name in sorted(os.listdir("templates/policies")):
    policy = json.load(open(f"templates/policies/{name}", encoding="utf-8"))
    check(f"the ready policy {name} is valid", jsonschema.Draft202012Validator(json.load(open("templates/schema/policy.schema.json"))).is_valid(policy))
end_of_test()
PYTHON
