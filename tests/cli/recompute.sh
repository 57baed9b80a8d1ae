#!/bin/sh
# verify --recompute: packets computed anew from their own evidence, and packets whose reports somebody wrote over.
PYTHONPATH=tests/cli exec python3 - <<'PYTHON'
import hashlib, json, os, pathlib, shutil, subprocess

from said import end_of_test, say

dossier, room = os.environ["DOSSIER"], pathlib.Path(os.environ["TMPDIR"])
fixtures = pathlib.Path("fixtures").resolve()
demo = fixtures / "demo"


def run(*arguments):
    return subprocess.run([str(a) for a in arguments], stdin=subprocess.DEVNULL, capture_output=True)


def build(packet, before, after, *more, status=(0, 1)):
    done = run(dossier, "build", "--before", before, "--after", after, "-o", packet, *more)
    if done.returncode not in status: raise SystemExit(f"build ended with status {done.returncode}: {done.stderr.decode(errors='replace')}")


def recomputed(packet, *more, ok=True, saying="", left=True):
    """What is wrong with how `verify --recompute` judged, as lines."""
    done = run(dossier, "verify", "--json", "--recompute", packet, *more)
    if done.returncode not in (0, 3): return [f"status {done.returncode}: {done.stderr.decode(errors='replace')}"]
    answer = json.loads(done.stdout)
    check = answer["checks"][-1]
    others = [c for c in answer["checks"][:-1] if not c["ok"]]
    wrong = [] if check["name"] == "recompute" and check["ok"] is ok and answer["ok"] is ok and done.returncode == (0 if ok else 3) else [str(check)]
    if saying not in check["detail"]: wrong.append(f"{saying!r} is not in {check['detail']!r}")
    return wrong + [str(c) for c in others if left]


# ---- equal -------------------------------------------------------------------------------------------------------------------

packet = room / "demo.tar.zst"
build(packet, demo / "before", demo / "after", "--change", demo / "change.json", "--exceptions", demo / "exceptions.json")
say("the demo's packet is what is made of its own evidence", recomputed(packet))
say("with one thread too", recomputed(packet, "--jobs", "1"))

everything = room / "everything.tar.zst"
build(everything, fixtures, fixtures, "--as-of", "2026-03-09")
say("so is a packet of every fixture's files on both sides", recomputed(everything))
wrong = []
for case in sorted(fixtures.iterdir()):
    if not (case / "before").exists() or not (case / "after").exists() or case == demo: continue
    build(room / "case.tar.zst", case / "before", case / "after", "--as-of", "2026-03-09")
    wrong += [f"{case.name}: {line}" for line in recomputed(room / "case.tar.zst")]
say("so is the packet of each fixture with two sides", wrong)

single = room / "single.tar.zst"
one = fixtures / "sarif-rules/same.sarif"
build(single, one, one, "--as-of", "2026-03-09T08:00:00.25Z")
say("so is one of two files named by themselves, judged at a fraction of a second", recomputed(single))

(room / "CODEOWNERS").write_text("{web}/*  @org/web\n")
owned = room / "owned.tar.zst"
build(owned, demo / "before", demo / "after", "--owners", room / "CODEOWNERS")
say("so is one whose owners come from a CODEOWNERS file that nothing but its name tells", recomputed(owned))

# What a recommendation is, one side's metadata says of both sides' findings.
told = room / "told"
key, subscription = "00000000-0000-0000-0000-00000000abcd", "/subscriptions/00000000-0000-0000-0000-000000000001"
assessment = {"id": f"{subscription}/providers/Microsoft.Security/assessments/{key}", "name": key, "type": "Microsoft.Security/assessments", "resourceDetails": {"Id": subscription, "Source": "Azure"}, "displayName": "x", "status": {"code": "Unhealthy"}}
for side in ("before", "after"):
    (told / side).mkdir(parents=True)
    (told / side / "assessments.json").write_text(json.dumps([assessment]))
(told / "before/metadata.json").write_text(json.dumps([{"id": f"/providers/Microsoft.Security/assessmentMetadata/{key}", "name": key, "type": "Microsoft.Security/assessmentMetadata", "displayName": "x", "severity": "High", "assessmentType": "BuiltIn"}]))
build(room / "told.tar.zst", told / "before", told / "after", "--as-of", "2026-03-09")
said = json.loads(run(dossier, "diff", "--json", told / "before", told / "after").stdout)["after"]["by_severity"]
say("so is one whose after side has its severities from the before side's metadata", recomputed(room / "told.tar.zst") + ([] if said.get("high") == 1 else [said]))

linked = room / "linked"
shutil.copytree(demo / "after", linked)
os.symlink("nowhere", linked / "a-link.json")
os.mkfifo(linked / "z-fifo.json")
(linked / "100% of 'it'.json").write_text("[]")
build(room / "linked.tar.zst", demo / "before", linked)
say("so is one beside whose evidence lay links and pipes, which no packet carries", recomputed(room / "linked.tar.zst"))

bag = room / "bag"
bag.mkdir()
subprocess.run(["tar", "--zstd", "-xf", packet, "-C", bag], check=True)
top = next(bag.iterdir())
for name, command in (("plain.tar", ["tar", "-C", bag, "-cf", room / "plain.tar", top.name]), ("zstd.tar.zst", ["tar", "-C", bag, "--zstd", "-cf", room / "zstd.tar.zst", "."])):
    subprocess.run([str(c) for c in command], check=True)
    say(f"the same bag in another archive ({name}) is computed all the same", recomputed(room / name))

# ---- not equal ---------------------------------------------------------------------------------------------------------------


def manifests(folder):
    def lines(files): return "".join(f"{hashlib.sha256(f.read_bytes()).hexdigest()}  {f.relative_to(folder)}\n" for f in sorted(files, key=lambda f: str(f.relative_to(folder)).encode()))
    (folder / "manifest-sha256.txt").write_text(lines(f for f in (folder / "data").rglob("*") if f.is_file()))
    payload = [f for f in (folder / "data").rglob("*") if f.is_file()]
    info = folder / "bag-info.txt"
    oxum = f"Payload-Oxum: {sum(f.stat().st_size for f in payload)}.{len(payload)}"
    info.write_text("".join((oxum if line.startswith("Payload-Oxum") else line) + "\n" for line in info.read_text().splitlines()))
    (folder / "tagmanifest-sha256.txt").write_text(lines(f for f in folder.iterdir() if f.is_file() and not f.name.startswith("tagmanifest")))


def edited(edit):
    """The demo's packet after an edit of its files, with manifests made anew, so that nothing else shows it."""
    folder = room / "edited"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(bag, folder)
    edit(folder / top.name)
    manifests(folder / top.name)
    subprocess.run(["tar", "-C", str(folder), "--zstd", "-cf", str(room / "edited.tar.zst"), top.name], check=True)
    return room / "edited.tar.zst"


def replace(name, old, new):
    def edit(folder):
        text = (folder / "data" / name).read_bytes()
        if old not in text: raise SystemExit(f"{name} does not hold {old!r}")
        (folder / "data" / name).write_bytes(text.replace(old, new, 1))
    return edit


def drop_row(folder):
    rows = (folder / "data/findings.csv").read_bytes().splitlines(keepends=True)
    (folder / "data/findings.csv").write_bytes(b"".join(rows[:5] + rows[6:]))


say("manifests made anew alone change nothing", recomputed(edited(lambda folder: None)))
for sentence, edit, named in (
        ("a verdict turned round in report.xml is found", replace("report.xml", b"fail", b"pass"), "data/report.xml"),
        ("a severity lowered in report.xml is found", replace("report.xml", b"critical", b"low"), "data/report.xml"),
        ("an outcome changed in findings.csv is found", replace("findings.csv", b"not_reassessed", b"fixed"), "data/findings.csv"),
        ("a row taken out of findings.csv is found", drop_row, "data/findings.csv"),
        ("a count changed in packet.json is found", replace("packet.json", b'"unchanged":', b'"unchanged":1'), "data/packet.json"),
        ("a byte added to report.pdf is found", lambda folder: (folder / "data/report.pdf").open("ab").write(b"\n"), "data/report.pdf"),
        ("evidence changed with the manifests is found by the reports", replace("evidence/after/pricing-shop-production.json", b"Standard", b"Free"), "data/packet.json"),
        ("a state changed in the OSCAL results is found", replace("oscal/assessment-results.xml", b"not-satisfied", b"satisfied"), "data/oscal/assessment-results.xml"),
        ("a risk changed in the OSCAL plan of action is found", replace("oscal/poam.xml", b"open", b"closed"), "data/oscal/poam.xml"),
        ("a file more is found", lambda folder: (folder / "data/letter.txt").write_text("All is well."), "data/letter.txt (not of this packet)"),
        ("a report that is missing is found", lambda folder: (folder / "data/report.pdf").unlink(), "data/report.pdf (missing)"),
        ("VERIFY.txt changed is found", lambda folder: (folder / "VERIFY.txt").write_text("true\n"), "VERIFY.txt")):
    say(sentence, recomputed(edited(edit), ok=False, saying=named))

# ---- schema ----------------------------------------------------------------------------------------------------------------


def schema(packet, ok, saying):
    done = subprocess.run([dossier, "verify", "--json", packet], stdin=subprocess.DEVNULL, capture_output=True)
    check = next(c for c in json.loads(done.stdout)["checks"] if c["name"] == "schema")
    return [] if done.returncode == (0 if ok else 3) and check["ok"] == ok and saying in check["detail"] else [done.returncode, check]


say("verify holds report.xml against its schema", schema(packet, True, "report.xml is valid against report.xsd"))
for sentence, edit, named in (
        ("an element that the schema does not know is found", replace("report.xml", b"</report>", b"<more/></report>"), "data/report.xml: line"),
        ("a document type in report.xml is found", replace("report.xml", b"<report", b"<!DOCTYPE report [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>\n<report"), "has a document type"),
        ("OSCAL that is no XML is found", replace("oscal/poam.xml", b"</", b"<"), "data/oscal/poam.xml: line"),
        ("an ARF that is cut off is found", lambda folder: os.truncate(folder / "data/scap/arf.xml", 1000), "data/scap/arf.xml: line")):
    say(sentence, schema(edited(edit), False, named))
say("a packet's own schema is not followed", schema(edited(replace("report.xsd", b"<xs:schema", b"<xs:schema id='other'")), True, "of another version"))

options = replace("packet.json", b'"options":{', b'"options":{"mood":"good",')
say("an option that this version does not know is named", recomputed(edited(options), ok=False, saying='the option "mood"'))
say("a packet of another version says so", recomputed(edited(replace("packet.json", b'"tool_version":"', b'"tool_version":"9.')), ok=False, saying="made by dossier 9."))
bad_change = lambda folder: (folder / "data/options/change.json").write_text('{"id":7}')
say("a side file that is wrong is named as the packet's", recomputed(edited(bad_change), ok=False, saying="!/data/options/change.json:1:7: "))

templates = room / "templates"
(templates / "policies").mkdir(parents=True)
(templates / "policies/default.json").write_text('{"gate":[{"rule":"no_new_critical","limit":3}]}')
build(room / "other.tar.zst", demo / "before", demo / "after", "--templates", templates)
say("a packet made with other templates says so instead of being called wrong", recomputed(room / "other.tar.zst", ok=False, saying="made with other templates than are in force here (policies/default.json)"))
say("and with them it is what is made of its evidence", recomputed(room / "other.tar.zst", "--templates", templates))

damaged = bytearray(packet.read_bytes())
damaged[len(damaged) // 2] ^= 1
(room / "damaged.tar.zst").write_bytes(damaged)
say("a damaged packet is not computed", recomputed(room / "damaged.tar.zst", ok=False, saying="not judged", left=False))
end_of_test()
PYTHON
