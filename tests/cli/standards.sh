#!/bin/sh
# variant: gcc
# What other people's tools read of a packet: OSCAL, ARF with XCCDF inside, SARIF, JUnit. Packets are built of fixtures/demo, of nothing, and of every fixture; the numbers are
# held against --json, and the documents against their schemas where these are at hand.
PYTHONPATH=tests/cli exec python3 - <<'PYTHON'
import concurrent.futures, json, os, pathlib, shutil, subprocess, urllib.parse
import xml.etree.ElementTree as ET

from said import end_of_test, say

dossier, room, shared = os.environ["DOSSIER"], pathlib.Path(os.environ["TMPDIR"]), os.environ.get("SHARED")
demo = pathlib.Path("fixtures/demo").resolve()
OSCAL = "{http://csrc.nist.gov/ns/oscal/1.0}"


def run(*arguments):
    return subprocess.run([str(a) for a in arguments], stdin=subprocess.DEVNULL, capture_output=True)


def build(name, before, after, *more):
    """The packet's data folder and what --json said."""
    packet = room / f"{name}.tar.zst"
    done = run(dossier, "build", "--json", "--before", before, "--after", after, "-o", packet, "--as-of", "2026-03-09", "--also", "sarif", "--also", "junit", "--also", "csv-bom", *more)
    if done.returncode not in (0, 1): raise SystemExit(f"build of {name} ended with status {done.returncode}: {done.stderr.decode(errors='replace')}")
    folder = room / name
    folder.mkdir()
    subprocess.run(["tar", "--zstd", "-xf", packet, "-C", folder], check=True)
    packet.unlink()
    return next(folder.iterdir()) / "data", json.loads(done.stdout)


def valid(schema, files):
    """What xmllint says against it, in one call for all files."""
    done = run("xmllint", "--noout", "--nonet", "--schema", schema, *files)
    return [] if done.returncode == 0 else [line for line in done.stderr.decode(errors="replace").splitlines() if not line.endswith(" validates")][:20]


def properties(element):
    return {p.get("name"): p.get("value") for p in element.findall(OSCAL + "prop")}


def total(elements, name):
    return sum(int(properties(e).get(name, 0)) for e in elements)


# ---- OSCAL -----------------------------------------------------------------------------------------------------------------


def references(root):
    """References that name nothing in the document, and names that two things have."""
    named = [e.get("uuid") for e in root.iter() if e.get("uuid")]
    there = set(named)
    wrong = [] if len(there) == len(named) else [f"{len(named) - len(there)} UUIDs are there twice"]
    for e in root.iter():
        for name, value in e.attrib.items():
            if name.endswith("-uuid") and value not in there: wrong.append(f"{e.tag}: {name} {value} is nowhere")
            if name == "href" and value.startswith("#") and value[1:] not in there: wrong.append(f"{e.tag}: {value} is nowhere")
    return wrong


def evidence(root, data, listed):
    """Files that the back matter names otherwise than the manifest does."""
    wrong = []
    for link in root.iter(OSCAL + "rlink"):
        path = os.path.normpath("data/oscal/" + urllib.parse.unquote(link.get("href")))
        if listed.get(path) != link.findtext(OSCAL + "hash"): wrong.append(f"{path}: {link.findtext(OSCAL + 'hash')} is not what the manifest says: {listed.get(path)}")
    return wrong


def manifest(data):
    """Hashes by path; BagIt writes %, CR and LF of a name as %25, %0D and %0A (RFC 8493, 2.1.3)."""
    return {urllib.parse.unquote(line[66:]): line[:64] for line in (data.parent / "manifest-sha256.txt").read_text("utf-8").splitlines()}


def oscal_counts(data, told):
    """Where the two documents say other numbers than --json."""
    results, plan = (ET.parse(data / "oscal" / f"{n}.xml").getroot() for n in ("assessment-results", "poam"))
    diff, wrong = told["diff"], []

    def same(what, got, wanted):
        if got != wanted: wrong.append(f"{what}: {got} instead of {wanted}")

    observations = results.findall(f".//{OSCAL}observation")
    for name, root in (("results", results.findall(f".//{OSCAL}observation")), ("plan", plan.findall(OSCAL + "observation")), ("items", plan.findall(OSCAL + "poam-item")), ("risks", plan.findall(OSCAL + "risk"))):
        for side in ("before", "after"): same(f"open {side} over the {name}", total(root, f"open-{side}"), diff[side]["open"])
        for outcome, count in diff["outcomes"].items(): same(f"{outcome} over the {name}", total(root, outcome), count)
    findings = results.findall(f".//{OSCAL}finding")
    got = [(p["framework"], p["control"], p["state"], int(p["open"]), int(p["pass"]), int(p["exceptions"])) for p in map(properties, findings)]
    same("controls", got, [(c["framework"], c["control"], c["state"], c["open"], c["pass"], c["exceptions"]) for c in told["controls"]])
    for f in findings:
        state = f.find(f"{OSCAL}target/{OSCAL}status").get("state")
        same(f"target of {properties(f)['control']}", state, "satisfied" if properties(f)["state"] == "satisfied" else "not-satisfied")
    return wrong + references(results) + references(plan) + evidence(results, data, manifest(data)) + evidence(plan, data, manifest(data))


# ---- ARF and XCCDF -----------------------------------------------------------------------------------------------------------

ARF, XCCDF, OURS = "{http://scap.nist.gov/schema/asset-reporting-format/1.1}", "{http://checklists.nist.gov/xccdf/1.2}", "{urn:dossier:scap:1}control"
RESULTS = {"satisfied": {"pass"}, "not_satisfied": {"fail"}, "satisfied_with_exceptions": {"fail"}, "manual_review": {"unknown", "notchecked"}, "no_evidence": {"notapplicable", "notchecked"}}


def arf_counts(data, told):
    """Where arf.xml says something else than --json, or a rule has not exactly one result."""
    root, wrong, got = ET.parse(data / "scap/arf.xml").getroot(), [], []
    benchmarks, tests = list(root.iter(XCCDF + "Benchmark")), list(root.iter(XCCDF + "TestResult"))
    wanted = [(c["framework"], c["control"], c["state"], c["open"], c["pass"], c["exceptions"]) for c in told["controls"]]
    if len(benchmarks) != len(tests) or len(benchmarks) != max(1, len({c["framework"] for c in told["controls"]})): wrong.append(f"{len(benchmarks)} benchmarks, {len(tests)} test results")
    for benchmark, test in zip(benchmarks, tests):
        rules = {r.get("id"): (benchmark.findtext(XCCDF + "title"), r.findtext(XCCDF + "ident")) for r in benchmark.iter(XCCDF + "Rule")}
        results = test.findall(XCCDF + "rule-result")
        if sorted(rules) != sorted(r.get("idref") for r in results): wrong.append(f"{benchmark.get('id')}: rules and results differ")
        for r in results:
            ours = r.find(f"{XCCDF}metadata/{OURS}")
            got.append((*rules[r.get("idref")], ours.get("state"), *(int(ours.get(n)) for n in ("open", "pass", "exceptions"))))
            if r.findtext(XCCDF + "result") not in RESULTS[ours.get("state")]: wrong.append(f"{r.get('idref')}: {ours.get('state')} is {r.findtext(XCCDF + 'result')}")
            for ref in r.iter(XCCDF + "check-content-ref"):
                if not os.path.isfile(os.path.normpath(data / "scap" / urllib.parse.unquote(ref.get("href")))): wrong.append(f"{ref.get('href')} is no file")
    if got != wanted: wrong.append(f"controls: {[g for g in got if g not in wanted][:5]} instead of {[w for w in wanted if w not in got][:5]}")
    return wrong


def xccdf_alone(data):
    """The benchmarks of arf.xml with their results, each as a document of its own."""
    root = ET.parse(data / "scap/arf.xml").getroot()
    for number, (benchmark, test) in enumerate(zip(root.iter(XCCDF + "Benchmark"), root.iter(XCCDF + "TestResult"))):
        benchmark.append(test)
        path = data / f"xccdf-{number}.xml"
        ET.ElementTree(benchmark).write(path)
        yield path


def accepted(*arguments):
    """What oscap does not like; its words for success are its exit status."""
    done = run("oscap", *arguments)
    return [] if done.returncode == 0 else [f"oscap {' '.join(map(str, arguments[:2]))}: status {done.returncode}", *(done.stdout + done.stderr).decode(errors="replace").splitlines()[:10]]


# ---- SARIF and JUnit ---------------------------------------------------------------------------------------------------------

# What SARIF 2.1.0 allows of what we write: member, type, required. A list's element stands in brackets.
TEXT, COUNT, FLAG, BAG = str, int, bool, dict
MESSAGE = {"text": (TEXT, True)}
ARTIFACT = {"uri": (TEXT, True), "uriBaseId": (TEXT, False)}
SARIF = {
    "version": (TEXT, True), "$schema": (TEXT, True),
    "runs": ([{
        "tool": ({"driver": ({"name": (TEXT, True), "version": (TEXT, False), "rules": ([{"id": (TEXT, True), "shortDescription": (MESSAGE, False)}], True)}, True)}, True),
        "conversion": ({"tool": ({"driver": ({"name": (TEXT, True), "version": (TEXT, True)}, True)}, True)}, True),
        "automationDetails": ({"id": (TEXT, True)}, True), "columnKind": ({"utf16CodeUnits"}, True), "originalUriBaseIds": (BAG, True),
        "invocations": ([{"executionSuccessful": (FLAG, True), "endTimeUtc": (TEXT, False)}], True), "properties": (BAG, True),
        "results": ([{
            "ruleId": (TEXT, True), "ruleIndex": (COUNT, True), "kind": ({"fail", "pass", "open", "review", "notApplicable", "informational"}, True),
            "level": ({"none", "note", "warning", "error"}, True), "message": (MESSAGE, True),
            "locations": ([{"physicalLocation": ({"artifactLocation": (ARTIFACT, True), "region": ({"startLine": (COUNT, True)}, False)}, False),
                            "logicalLocations": ([{"fullyQualifiedName": (TEXT, True), "kind": (TEXT, True)}], False)}], False),
            "partialFingerprints": (BAG, True), "baselineState": ({"new", "unchanged", "updated", "absent"}, False),
            "suppressions": ([{"kind": ({"inSource", "external"}, True), "status": ({"accepted", "underReview", "rejected"}, False), "justification": (TEXT, True)}], False),
            "provenance": ({"conversionSources": ([{"artifactLocation": (ARTIFACT, True), "region": ({"byteOffset": (COUNT, True), "byteLength": (COUNT, True)}, True)}], True)}, True),
            "properties": (BAG, True)}], True)}], True)}


def unlike(value, shape, path=""):
    """Where a value has not the shape."""
    if isinstance(shape, set): return [] if value in shape else [f"{path}: {value!r}"]
    if isinstance(shape, list):
        if not isinstance(value, list): return [f"{path} is no list"]
        return [w for i, v in enumerate(value) for w in unlike(v, shape[0], f"{path}/{i}")]
    if isinstance(shape, type): return [] if type(value) is shape and not (shape is int and value < 0) else [f"{path}: {value!r}"]
    if not isinstance(value, dict): return [f"{path} is no object"]
    wrong = [f"{path}/{name} is unknown" for name in value if name not in shape] + [f"{path}/{name} is missing" for name, (_, needed) in shape.items() if needed and name not in value]
    return wrong + [w for name, v in value.items() if name in shape for w in unlike(v, shape[name][0], f"{path}/{name}")]


def sarif_shape(data):
    sarif = json.loads((data / "findings.sarif").read_bytes())
    wrong = unlike(sarif, SARIF)
    for run in sarif["runs"]:
        rules = [r["id"] for r in run["tool"]["driver"]["rules"]]
        for r in run["results"]:
            if rules[r["ruleIndex"]] != r["ruleId"]: wrong.append(f"{r['ruleId']}: rule {r['ruleIndex']} is another")
            if (r["kind"] != "fail") != (r["level"] == "none"): wrong.append(f"{r['ruleId']}: {r['kind']} and {r['level']}")
            path = data / urllib.parse.unquote(r["provenance"]["conversionSources"][0]["artifactLocation"]["uri"]).split("!/")[0]
            if not path.is_file(): wrong.append(f"{path} is no file")
    return wrong


def sarif_counts(data, told, read):
    """Where what `inspect` reads of findings.sarif is not what --json says."""
    diff, outcomes, wrong = told["diff"], told["diff"]["outcomes"], []
    results = [r for run in json.loads((data / "findings.sarif").read_bytes())["runs"] for r in run["results"]]
    excepted = [r for r in results if any(s.get("status") == "accepted" for s in r.get("suppressions", []))]
    gone = outcomes["fixed"] + outcomes["fixed_verified"] + outcomes["not_reassessed"]
    wanted = {"records": diff["after"]["records"] + gone, "open": diff["after"]["open"], "archived": gone,
              "by_severity": {k: v for k, v in diff["after"]["by_severity"].items() if v}}
    severities = dict(read["by_severity"])
    for r in excepted: severities[r["properties"]["dossier:severity"]] = severities.get(r["properties"]["dossier:severity"], 0) + 1
    got = {"records": read["records"], "open": read["by_status"].get("fail", 0) + len(excepted), "archived": read["by_status"].get("archived", 0), "by_severity": severities}
    if got != wanted: wrong.append(f"{got} instead of {wanted}")
    if read["unreadable"]: wrong.append(f"{read['unreadable']} unreadable")
    said = {o: sum(r["properties"].get("dossier:outcome") == o for r in results) for o in outcomes if o != "dismissed"}
    if said != {o: n for o, n in outcomes.items() if o != "dismissed"}: wrong.append(f"outcomes {said}")
    return wrong


def junit_counts(data, told):
    root, wrong = ET.parse(data / "junit.xml").getroot(), []
    suites = {s.get("name"): s for s in root}
    numbers = ("tests", "failures", "errors", "skipped")

    def same(what, got, wanted):
        if got != wanted: wrong.append(f"{what}: {got} instead of {wanted}")

    for s in [root, *root]:
        cases = list(s.iter("testcase"))
        same(f"counts of {s.get('name')}", [int(s.get(n)) for n in numbers], [len(cases), *(sum(c.find(e) is not None for c in cases) for e in ("failure", "error", "skipped"))])
    for name, said, failure, error, skipped in (("gate", [g["state"] for g in told["gate"]], "fail", None, None), ("expectations", [e["state"] for e in told["expects"]], "not_met", "no_evidence", None),
                                                ("objectives", [o["state"] for o in told["objectives"]], "not_met", "not_provable", None), ("checks", [c["after"] for c in told["checks"]], "fail", None, "not_assessed")):
        got = [int(suites[name].get(n)) for n in numbers] if name in suites else [0, 0, 0, 0]
        same(f"suite {name}", got, [len(said), said.count(failure), said.count(error), said.count(skipped)])
    return wrong


# ---- packets -----------------------------------------------------------------------------------------------------------------

data, told = build("demo", demo / "before", demo / "after", "--change", demo / "change.json", "--exceptions", demo / "exceptions.json")
say("OSCAL's numbers are those of --json, every reference leads somewhere, and evidence has the manifest's hashes", oscal_counts(data, told))
packets = {"demo": (data, told)}

# Every open finding has a plan with milestones; then every one is accepted: what risks say of it.
rules = {"match": {"severity": "*"}, "owner": "o", "approver": "a", "ticket": "T-1", "approved": "2026-01-01", "expires": "2026-04-30", "reason": "because <&> \u202e"}
for name, exception, status, kind in (("plan", {"type": "poam", "milestones": [{"id": "M-1", "title": "half", "due": "2026-03-01"}, {"id": "M-2", "title": "all", "due": "9999-12-31"}]}, "remediating", "mitigate"),
                                      ("accepted", {"type": "accepted_risk"}, "deviation-approved", "accept")):
    (room / f"{name}.json").write_text(json.dumps({"exceptions": [{"id": f"EX-{name}", **exception, **rules}]}))
    packets[name] = build(name, demo / "before", demo / "after", "--exceptions", room / f"{name}.json")
    plan = ET.parse(packets[name][0] / "oscal/poam.xml").getroot()
    risks = [r for r in plan.findall(OSCAL + "risk") if int(properties(r)["open-after"])]
    wrong = [f"{properties(r)['rule']}: {r.findtext(OSCAL + 'status')}, {r.findtext(OSCAL + 'deadline')}" for r in risks if r.findtext(OSCAL + "status") != status or r.findtext(OSCAL + "deadline") != "2026-04-30T23:59:59Z"]
    responses = [r for risk in risks for r in risk.findall(OSCAL + "response")]
    if [properties(r)["type"] for r in responses] != [kind] * len(risks): wrong.append(f"{[properties(r)['type'] for r in responses]}")
    if sum(len(r.findall(OSCAL + "task")) for r in responses) != len(exception.get("milestones", ())) * len(risks): wrong.append("milestones are missing")
    say(f"a risk whose findings are all under an exception ({name}) is {status}, with its deadline", wrong or ([] if risks else ["there is no risk"]))

nothing = room / "nothing-at-all"
nothing.mkdir()
(nothing / "empty.json").write_text("[]")
packets["nothing"] = build("nothing", nothing, nothing)
say("a packet of nothing has an item and a selection that say so", oscal_counts(*packets["nothing"]))

# ---- every fixture ---------------------------------------------------------------------------------------------------------


def build_fixture(case):
    sides = (case / "before", case / "after")
    if not all(s.is_dir() for s in sides):
        copy = room / "input" / case.name  # all but what is no evidence
        shutil.copytree(case, copy, ignore=shutil.ignore_patterns("case", "expected.*"))
        sides = (copy, copy)
    return "of-" + case.name, build("of-" + case.name, *sides)


with concurrent.futures.ThreadPoolExecutor(2) as pool:
    packets.update(pool.map(build_fixture, sorted(c for c in pathlib.Path("fixtures").iterdir() if c.name != "demo")))
wrong = []
for name, (data, told) in packets.items(): wrong += [f"{name}: {w}" for w in oscal_counts(data, told) + arf_counts(data, told)]
say("findings-bom.csv is findings.csv behind a byte order mark", [n for n, (d, t) in packets.items() if (d / "findings-bom.csv").read_bytes() != b"\xef\xbb\xbf" + (d / "findings.csv").read_bytes()])
read = {f["path"]: f for f in json.loads(run(dossier, "inspect", "--json", *(d / "findings.sarif" for d, _ in packets.values())).stdout)["files"]}
say(f"findings.sarif has the shape of SARIF 2.1.0 in each of {len(packets)} packets", [f"{n}: {w}" for n, (d, t) in packets.items() for w in sarif_shape(d)][:20])
say("`inspect` reads findings.sarif with the counts of --json", [f"{n}: {w}" for n, (d, t) in packets.items() for w in sarif_counts(d, t, read[str(d / 'findings.sarif')])])
say("junit.xml counts what --json says of the gate, expectations, objectives and checks", [f"{n}: {w}" for n, (d, t) in packets.items() for w in junit_counts(d, t)])
say(f"the numbers of OSCAL and ARF are those of --json for each of {len(packets)} packets", wrong)
if shared:
    for document in ("assessment-results", "poam"):
        say(f"{document}.xml is valid by OSCAL's schema in each of {len(packets)} packets", valid(f"{shared}/reference/oscal/oscal_{document}.xsd", [d / "oscal" / f"{document}.xml" for d, _ in packets.values()]))
else:
    print("skip - OSCAL's schemas are not at hand")

ARF_SCHEMA = "/usr/share/openscap/schemas/arf/1.1/asset-reporting-format_1.1.0.xsd"
if shutil.which("oscap"):
    say(f"arf.xml is valid by ARF's schema in each of {len(packets)} packets", valid(ARF_SCHEMA, [d / "scap/arf.xml" for d, _ in packets.values()]))
    wrong = []
    for name in ("demo", "nothing"):
        arf = packets[name][0] / "scap/arf.xml"
        wrong += accepted("ds", "rds-validate", arf) + accepted("xccdf", "generate", "report", "--output", room / "report.html", arf)
        for alone in xccdf_alone(packets[name][0]): wrong += accepted("xccdf", "validate", alone)
    say("oscap validates arf.xml and the XCCDF inside, and makes a report of it", wrong)
else:
    print("skip - oscap (openscap-scanner) is not installed")

end_of_test()
PYTHON
