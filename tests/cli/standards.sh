#!/bin/sh
# variant: gcc
# What other people's tools read of a packet: OSCAL, and ARF with XCCDF inside. Packets are built of fixtures/demo, of nothing, and of every fixture; the numbers are
# held against --json, and the documents against their schemas where these are at hand.
exec python3 - <<'PYTHON'
import concurrent.futures, json, os, pathlib, shutil, subprocess, sys, urllib.parse
import xml.etree.ElementTree as ET

dossier, room, shared = os.environ["DOSSIER"], pathlib.Path(os.environ["TMPDIR"]), os.environ.get("SHARED")
demo = pathlib.Path("fixtures/demo").resolve()
OSCAL = "{http://csrc.nist.gov/ns/oscal/1.0}"
failed = False


def say(sentence, wrong):
    global failed
    print(f"{'not ok' if wrong else 'ok'} - {sentence}")
    for line in wrong: print("    " + str(line))
    failed |= bool(wrong)


def run(*arguments):
    return subprocess.run([str(a) for a in arguments], stdin=subprocess.DEVNULL, capture_output=True)


def build(name, before, after, *more):
    """The packet's data folder and what --json said."""
    packet = room / f"{name}.tar.zst"
    done = run(dossier, "build", "--json", "--before", before, "--after", after, "-o", packet, "--as-of", "2026-03-09", *more)
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
    """References that name nothing in the document."""
    there = {e.get("uuid") for e in root.iter() if e.get("uuid")}
    wrong = []
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
    return {line[66:]: line[:64] for line in (data.parent / "manifest-sha256.txt").read_text("utf-8").splitlines()}


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


# ---- packets -----------------------------------------------------------------------------------------------------------------

data, told = build("demo", demo / "before", demo / "after", "--change", demo / "change.json", "--exceptions", demo / "exceptions.json")
say("OSCAL's numbers are those of --json, every reference leads somewhere, and evidence has the manifest's hashes", oscal_counts(data, told))
packets = {"demo": (data, told)}

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

sys.exit(failed)
PYTHON
