#!/bin/sh
# build --redact: what is replaced is nowhere in the packet, what is left is what it was, and the packet says so everywhere.
PYTHONPATH=tests/cli exec python3 - <<'PYTHON'
import codecs, gzip, hashlib, json, os, pathlib, random, re, shutil, subprocess, tarfile, zipfile

from said import end_of_test, say

dossier, room = os.environ["DOSSIER"], pathlib.Path(os.environ["TMPDIR"])
SECRET, HOST, MARK = "Zk9-geheim-41", "build-07.intern.example", "[redacted]"


def run(*arguments, status=0):
    done = subprocess.run([str(a) for a in arguments], stdin=subprocess.DEVNULL, capture_output=True, cwd=room)
    if done.returncode != status: raise SystemExit(f"not ok - {' '.join(map(str, arguments))}: status {done.returncode} instead of {status}: {done.stderr.decode(errors='replace')[-1500:]}")
    return done


def rules(*rules, name="redact.json", **more):
    (room / name).write_text(json.dumps({"rules": list(rules), **more}))
    return room / name


def build(name, before, after, redact, *more, status=0):
    packet = room / f"{name}.tar.zst"
    done = run(dossier, "build", "--before", before, "--after", after, "--as-of", "2026-03-10", "--redact", redact, "--policy", "observe", "-o", packet, *more, status=status)
    return packet if status == 0 else done.stderr.decode(errors="replace")


def unpack(packet):
    folder = room / (packet.name + ".d")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    run("tar", "--zstd", "-xf", packet, "-C", folder)
    return folder / "dossier-packet"


def sarif(*results, driver="Lint", **run):
    return {"version": "2.1.0", "runs": [{"tool": {"driver": {"name": driver}}, "results": list(results), **run}]}


def result(rule, text, path="a.c", **more):
    return {"ruleId": rule, "level": "error", "message": {"text": text}, "locations": [{"physicalLocation": {"artifactLocation": {"uri": path}}}], **more}


# ---- nothing is left -------------------------------------------------------------------------------------------------------

before, after = room / "before", room / "after"
for side in (before, after): side.mkdir()
document = sarif(result("R1", f"uses {SECRET} twice: {SECRET}"), result("R2", "harmless", properties={SECRET: 1, "x": {SECRET: 2, f"{SECRET}2": 3}}),
                 invocations=[{"machine": HOST, "executionSuccessful": True, "processId": 4711, "arguments": ["-x", HOST]}])
(before / "plain.sarif").write_text(json.dumps(document, indent=1))
(after / "plain.sarif").write_text(json.dumps(document))
(after / "escaped.json").write_text(json.dumps([{"note": "x"}]).replace('"x"', '"' + "".join(f"\\u{ord(c):04X}" for c in SECRET) + '"'))
(after / "packed.sarif.gz").write_bytes(gzip.compress(json.dumps(sarif(result("R3", f"in gzip {SECRET}"), driver="Gz")).encode()))
(after / "packed.sarif.zst").write_bytes(subprocess.run(["zstd", "-qc"], input=json.dumps(sarif(result("R4", f"in zstd {SECRET}"), driver="Zs")).encode(), capture_output=True, check=True).stdout)
(after / "wide.sarif").write_bytes(codecs.BOM_UTF16_LE + json.dumps(sarif(result("R5", f"in UTF-16 {SECRET}"), driver="Wide")).encode("utf-16-le"))
(after / "marked.sarif").write_bytes(codecs.BOM_UTF8 + json.dumps(sarif(result("R6", f"behind a mark {SECRET}"), driver="Bom")).encode())
(after / "notes.txt").write_text(f"first\nhere is {SECRET}\nlast")
(after / "lines.ndjson").write_text("".join(json.dumps({"n": i, "v": SECRET if i % 2 else "no"}) + "\n" for i in range(9)))
(after / "cut.sarif").write_text(json.dumps(sarif(result("R7", "whole"), result("R8", f"cut {SECRET}"), driver="Cut"))[:-40])
redact = rules({"id": "RD-1", "reason": "names of persons", "patterns": ["Zk9-[a-z]+-[0-9]+"]},
               {"id": "RD-2", "reason": "machines", "formats": ["sarif"], "pointers": ["/runs/*/invocations/*/Machine", "/runs/*/invocations/*/processId", "/runs/*/invocations/0/arguments"]})
packet = build("one", before, after, redact, "--also", "html", "--also", "sarif", "--also", "junit")
bag = unpack(packet)
left, places = [], [packet.read_bytes()]
for file in sorted(p for p in bag.rglob("*") if p.is_file()):
    data = file.read_bytes()
    views = {"as it is": data}
    if file.suffix == ".gz": views["unpacked"] = gzip.decompress(data)
    if file.suffix == ".zst": views["unpacked"] = run("zstd", "-dqc", file).stdout
    if file.suffix == ".pdf": views["text"] = run("pdftotext", "-raw", file, "-").stdout
    for view, text in views.items():
        for word in (SECRET, HOST, "geheim", "build-07", "\\u005A\\u006B"):
            if word.encode() in text or word.encode("utf-16-le") in text or word.encode() in text.replace(b"\n", b""): left.append(f"{word} is in {file.relative_to(bag)}, {view}")
say("no byte of the packet has what was replaced, in any file, unpacked and as text", left)

# ---- what is left is what it was ----------------------------------------------------------------------------------------------


def masked(value, all=False, names=True):
    """The oracle: what RD-1 does to a JSON value."""
    if isinstance(value, str): return MARK if all else re.sub("Zk9-[a-z]+-[0-9]+", MARK, value)
    if isinstance(value, bool) or isinstance(value, (int, float)): return None if all or not isinstance(value, bool) and re.search("Zk9-[a-z]+-[0-9]+", str(value)) else value
    if isinstance(value, list): return [masked(v, all) for v in value]
    if not isinstance(value, dict): return value
    out, changed = {}, 0
    for name, member in value.items():
        new = re.sub("Zk9-[a-z]+-[0-9]+", MARK, name)
        changed += new != name
        out[new + (f" ({changed})" if new != name and changed > 1 else "")] = masked(member, all)
    return out


wanted = masked(document)
wanted["runs"][0]["invocations"][0].update(machine=MARK, processId=None, arguments=[MARK, MARK])
copies = bag / "data/evidence"
wrong = []
for side in ("before", "after"):
    if json.loads((copies / side / "plain.sarif").read_text()) != wanted: wrong.append(f"{side}: {(copies / side / 'plain.sarif').read_text()}")
if (copies / "before/plain.sarif").read_text().count("\n") != (before / "plain.sarif").read_text().count("\n"): wrong.append("the layout changed")
say("a redacted document has the same members and elements, and the same layout", wrong)
wrong = [f"{name}: {text!r}" for name, text, expected in (
    ("notes.txt", (copies / "after/notes.txt").read_text(), f"first\nhere is {MARK}\nlast"),
    ("gzip", json.loads(gzip.decompress((copies / "after/packed.sarif.gz").read_bytes()))["runs"][0]["results"][0]["message"]["text"], f"in gzip {MARK}"),
    ("UTF-16", json.loads((copies / "after/wide.sarif").read_bytes())["runs"][0]["results"][0]["message"]["text"], f"in UTF-16 {MARK}"),
    ("mark", (copies / "after/marked.sarif").read_bytes()[:3], codecs.BOM_UTF8),
    ("lines", [json.loads(l)["v"] for l in (copies / "after/lines.ndjson").read_text().splitlines()], [MARK if i % 2 else "no" for i in range(9)])) if text != expected]
say("compressed and encoded text, plain text and lines of JSON are redacted too", wrong)

findings = subprocess.run([dossier, "diff", "--json", before, after], capture_output=True, check=True).stdout
same = subprocess.run([dossier, "diff", "--json", copies / "before", copies / "after"], capture_output=True, check=True).stdout
say("the original and the copies have the same findings", [] if json.loads(findings)["outcomes"] == json.loads(same)["outcomes"] and json.loads(findings)["after"] == json.loads(same)["after"] else [findings, same])

# ---- the packet says so ---------------------------------------------------------------------------------------------------------

verified = run(dossier, "verify", "--recompute", packet).stdout.decode()
say("verify --recompute finds a redacted packet equal, and says that it is redacted", [] if "redact" in verified or "replaced" in verified else [verified])
described = json.loads((bag / "data/packet.json").read_text())["redaction"]
wrong = []
for file in described["files"]:
    original = (before if file["side"] == "before" else after) / file["path"]
    if file["original_sha256"] != hashlib.sha256(original.read_bytes()).hexdigest() or file["original_bytes"] != original.stat().st_size or file["values"] < 1: wrong.append(file)
counted = {rule["id"]: (rule["values"], rule["files"]) for rule in described["rules"]}
names = {(f["side"], f["path"]) for f in described["files"]}
if len(names) != 10 or sum(v for v, _ in counted.values()) != sum(f["values"] for f in described["files"]) or counted["RD-2"] != (8, 2): wrong.append((counted, sorted(names)))
say("packet.json names each original's hash and size, and how many values each rule replaced", wrong)
xml = (bag / "data/report.xml").read_text()
texts = {"report.xml": xml, "VERIFY.txt": (bag / "VERIFY.txt").read_text(), "bag-info.txt": (bag / "bag-info.txt").read_text(), "report.html": (bag / "data/report.html").read_text(), "report.pdf": run("pdftotext", "-layout", bag / "data/report.pdf", "-").stdout.decode()}
wrong = [f"{name} does not say so" for name, text in texts.items() if "redact" not in text.lower()] + [f"{name} does not give the reason" for name in ("report.xml", "report.html", "report.pdf") if "names of persons" not in texts[name]]
wrong += [] if subprocess.run(["xmllint", "--noout", "--schema", bag / "data/report.xsd", bag / "data/report.xml"], capture_output=True).returncode == 0 else ["report.xml is not valid"]
identity = re.search(r"^(F-[0-9a-f]{16}),.*after/plain.sarif", (bag / "data/findings.csv").read_text(), re.M)[1]
traced = json.loads(run(dossier, "trace", "--json", packet, identity).stdout)
original = hashlib.sha256((after / "plain.sarif").read_bytes()).hexdigest()
wrong += [] if traced["evidence"].get("original_sha256") == original and MARK in json.dumps(traced["record"]) else [traced]
listed = {f["path"]: f for f in json.loads(run(dossier, "list", "--json", packet).stdout)["files"]}
wrong += [] if listed["data/evidence/after/plain.sarif"].get("original_sha256") == original and "original_sha256" not in listed["data/report.xml"] else [listed["data/evidence/after/plain.sarif"]]
say("PDF, XML, HTML, VERIFY.txt, bag-info.txt, list and trace say that the evidence is redacted", wrong)

# ---- the same bytes -----------------------------------------------------------------------------------------------------------

elsewhere = room / "else/where"
shutil.copytree(before, elsewhere / "b")
shutil.copytree(after, elsewhere / "a")
again = build("two", elsewhere / "b", elsewhere / "a", redact, "--also", "html", "--also", "sarif", "--also", "junit", "--jobs", "7")
say("the packet does not depend on threads, nor on where the originals lie", [] if again.read_bytes() == packet.read_bytes() else ["other bytes"])

# ---- any document ----------------------------------------------------------------------------------------------------------------

dice = random.Random(7)
words = [SECRET, "Zk9-a-1", "Zk9-", "-41", 'q"u\\o/te', "\u00e9\u4e2d\U0001f600", "\x01\x7f\t", "plain", ""]


def anything(depth):
    kind = dice.randrange(9 if depth else 6)
    if kind < 3: return "".join(dice.choice(words) for _ in range(dice.randrange(4)))
    if kind < 6: return dice.choice([True, False, None, 0, -1.5, 1e300, 123456789])
    if kind == 6: return [anything(depth - 1) for _ in range(dice.randrange(5))]
    return {"".join(dice.choice(words) for _ in range(1 + dice.randrange(2))) + str(i): anything(depth - 1) for i in range(dice.randrange(5))}


many = room / "many"
many.mkdir()
values = [anything(5) for _ in range(60)] + [{"long": [SECRET + "x" * dice.randrange(2000) for _ in range(2500)]}, ["y" * 3_000_000 + SECRET]]
for i, value in enumerate(values): (many / f"{i}.json").write_text(json.dumps(value, ensure_ascii=i % 2 == 0, indent=i % 3 or None))
bag = unpack(build("many", many, many, rules({"id": "RD-1", "reason": "r", "patterns": ["Zk9-[a-z]+-[0-9]+"]})))
wrong = []
for i, value in enumerate(values):
    # A name that ends in digits may be cut inside: the pattern takes them.
    found = json.loads((bag / f"data/evidence/after/{i}.json").read_text())
    if found != masked(value): wrong.append(f"{i}: {json.dumps(value)[:300]} became {json.dumps(found)[:300]}, not {json.dumps(masked(value))[:300]}")
say(f"of {len(values)} documents with escapes, depth and long texts the copy is what another implementation makes", wrong[:3])

both = room / "several"
both.mkdir()
machine = lambda name: {"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "Several"}}, "invocations": [{"machine": name}], "results": []}]}
(both / "list.sarif").write_text(json.dumps([machine("host-1"), machine("host-2")]))
(both / "appended.sarif").write_text(json.dumps(machine("host-3"), indent=1) + "\n" + json.dumps(machine("host-4")))
(both / "other.json").write_text(json.dumps([{"name": "host-5"}]))
bag = unpack(build("several", both, both, rules({"id": "RD-1", "reason": "r", "formats": ["sarif"], "pointers": ["/runs/*/invocations/*/machine"]})))
say("a pointer is one of each document, where a file has several", [f"{word} is in {file.relative_to(bag)}" for file in bag.rglob("*.sarif") for word in ("host-1", "host-2", "host-3", "host-4") if word in file.read_text()]
    + [f"other.json became {text}" for text in [(bag / "data/evidence/after/other.json").read_text()] if "host-5" not in text])

# ---- what cannot be done is said --------------------------------------------------------------------------------------------------

R = {"id": "RD-1", "reason": "r", "patterns": ["Zk9-[a-z]+-[0-9]+"]}


def refuses(sentence, saying, files, *more, redact=None, **rule):
    side = room / "refused"
    shutil.rmtree(side, ignore_errors=True)
    side.mkdir()
    for name, data in files.items(): (side / name).write_bytes(data if isinstance(data, bytes) else data.encode())
    target = room / "refused.tar.zst"
    said = build("refused", side, side, redact or rules({**R, **rule}), *more, status=2)
    say(sentence, ([] if saying in said else [said]) + (["a packet is there"] if target.exists() else []))


with zipfile.ZipFile(room / "x.zip", "w") as archive: archive.writestr("in.sarif", json.dumps(document))
refuses("a container with such a value is refused, with the member and the place", "x.zip!/in.sarif:@", {"x.zip": (room / "x.zip").read_bytes()})
refuses("bytes that are no text are refused", "is no text in UTF-8", {"shot.png": b"\x89PNG\r\n\x1a\n\0\0\0" + bytes(range(256))})
refuses("a file whose name has such a value is refused", "its name holds", {f"{SECRET}.txt": "x"})
refuses("cut off gzip is refused", "damaged or cut off gzip", {"a.json.gz": gzip.compress(b'{"a":"' + os.urandom(3000).hex().encode() + b'"}')[:-900]})
refuses("malformed JSON is refused where pointers lead into it", "is no JSON from here on", {"a.json": '{"a":1,,"b":2}'}, pointers=["/b"])
refuses("a side file with such a value is refused, with the place", "change.json:1:26", {"a.json": "{}"}, "--change", (room / "change.json").write_text(json.dumps({"id": "CHG-1", "title": f"about {SECRET}"})) and room / "change.json")
refuses("a marking with such a value is refused", "--marking", {"a.json": "{}"}, "--marking", f"for {SECRET}")
refuses("a reason with such a value is refused", "the id or the reason of rule 1", {"a.json": "{}"}, reason=f"hides {SECRET}")
refuses("a pattern that backtracks without end stops with an error, not with a miss", "takes too long", {"a.json": json.dumps(["a" * 5000 + "!"])}, patterns=["^(a+)+$"])
refuses("a broken pattern is refused with its place in the file", "redact.json:1:", {"a.json": "{}"}, patterns=["good", "(open"])
refuses("a pattern that meets nothing at all is refused", "it meets the empty text", {"a.json": "{}"}, patterns=["x*"])
refuses("a pattern that meets the marker is refused", "it meets the marker", {"a.json": "{}"}, patterns=["redact"])
refuses("a pointer to the whole document is refused", "no JSON Pointer", {"a.json": "{}"}, patterns=[], pointers=["runs"])
refuses("a rule without anything to look for is refused", "needs \"patterns\" or \"pointers\"", {"a.json": "{}"}, patterns=[])
refuses("a member that is not known is refused", "did you mean \"patterns\"", {"a.json": "{}"}, pattern=["x"])
run(dossier, "collect", before, "-o", room / "s.tar.zst")
said = build("refused", room / "s.tar.zst", after, rules(R), status=2)
say("a snapshot is refused: its records were read before", [] if "comes out of a snapshot" in said else [said])

side = room / "contained"
side.mkdir()
with zipfile.ZipFile(side / "x.zip", "w") as archive: archive.writestr("in.sarif", json.dumps(sarif(result("R1", "harmless"))))
with tarfile.open(side / "y.tar.gz", "w:gz") as archive: archive.addfile(tarfile.TarInfo("empty.txt"))
bag = unpack(build("contained", side, side, rules(R)))
say("a container without such a value is carried as it is", [] if (bag / "data/evidence/after/x.zip").read_bytes() == (side / "x.zip").read_bytes() else ["not so"])

# ---- scopes, and what is carried as it is ---------------------------------------------------------------------------------------------

side = room / "scopes"
side.mkdir()
(side / "a.sarif").write_text(json.dumps(sarif(result("R1", SECRET))))
(side / "b.json").write_text(json.dumps([SECRET]))
(side / "shot.png").write_bytes(b"\x89PNG\0" + SECRET.encode())
bag = unpack(build("scopes", side, side, rules({**R, "formats": ["sarif"]})))
evidence = bag / "data/evidence/after"
say("a rule for a format leaves other files alone", [] if SECRET not in (evidence / "a.sarif").read_text() and SECRET in (evidence / "b.json").read_text() else ["not so"])
bag = unpack(build("scopes", side, side, rules({**R, "paths": ["b.*"]}, {"id": "RD-2", "reason": "r", "paths": ["*.png"], "patterns": ["never"]}, as_is=["*.png"])))
evidence = bag / "data/evidence/after"
described = json.loads((bag / "data/packet.json").read_text())["redaction"]["files"]
wrong = [] if SECRET in (evidence / "a.sarif").read_text() and SECRET not in (evidence / "b.json").read_text() else ["not so"]
if {"side": "after", "path": "shot.png", "unsearched": True} not in described or 'unsearched="true"' not in (bag / "data/report.xml").read_text(): wrong.append(described)
say("a rule for a path leaves other files alone, and what is carried as it is is named as unsearched", wrong)
end_of_test()
PYTHON
