#!/bin/sh
# The packet of fixtures/demo, read by stock tools, by `verify` and by `trace`; then damaged, and signed.
PYTHONPATH=tests/cli exec python3 - <<'PYTHON'
import csv, gzip, hashlib, io, json, os, pathlib, re, shutil, subprocess, tarfile

from said import end_of_test, say

dossier, room = os.environ["DOSSIER"], pathlib.Path(os.environ["TMPDIR"])
demo = pathlib.Path("fixtures/demo").resolve()


def run(*arguments, cwd=None):
    return subprocess.run([str(a) for a in arguments], cwd=cwd, stdin=subprocess.DEVNULL, capture_output=True)


def expect(*arguments, status=0, cwd=None, silent=False):
    """What is wrong with how it ended, as lines; none if nothing is."""
    done = run(*arguments, cwd=cwd)
    said = (done.stdout + done.stderr).decode(errors="replace").strip()
    if done.returncode != status: return [f"{' '.join(map(str, arguments))}: status {done.returncode} instead of {status}", *said.splitlines()[-20:]]
    return [f"{' '.join(map(str, arguments))} said: {said}"] if silent and said else []


def build(packet, before, after, *more, status=1):
    done = run(dossier, "build", "--json", "--before", before, "--after", after, "--change", demo / "change.json", "--exceptions", demo / "exceptions.json", "-o", packet, *more)
    if done.returncode != status: raise SystemExit(f"build ended with status {done.returncode} instead of {status}: {done.stderr.decode(errors='replace')}")
    return json.loads(done.stdout)


def verdict(packet, *more):
    """verify's exit status, its answer, and what it said."""
    done = run(dossier, "verify", "--json", packet, *more)
    return done.returncode, json.loads(done.stdout) if done.stdout else None, done.stderr.decode(errors="replace")


def verifies(packet, *more):
    status, answer, said = verdict(packet, *more)
    return [] if status == 0 and answer["ok"] is True and all(c["ok"] for c in answer["checks"]) and not said else [f"status {status}: {answer} {said}"]


def refused(packet, *more, check=None):
    """It must end with 3, say which check does not hold, and say it on standard error too."""
    status, answer, said = verdict(packet, *more)
    wrong = [] if status == 3 else [f"status {status} instead of 3: {answer} {said}"]
    if not said.startswith("dossier: "): wrong.append(f"standard error: {said!r}")
    if answer:
        bad = [c["name"] for c in answer["checks"] if not c["ok"]]
        if answer["ok"] is not False or not bad: wrong.append(f"the answer does not say what is wrong: {answer}")
        if check and check not in bad: wrong.append(f"the check {check} holds: {answer}")
    return wrong


# ---- stock tools -----------------------------------------------------------------------------------------------------------

plain = room / "dossier-CHG-2041.tar.zst"
built = build(plain, demo / "before", demo / "after")
unpacked = room / "unpacked"
unpacked.mkdir()
say("the packet is a tar.zst that stock tar and zstd read without a word", expect("zstd", "-q", "-t", plain, silent=True) + expect("tar", "--zstd", "-xf", plain, "-C", unpacked, silent=True))
bag = unpacked / "dossier-CHG-2041"
say("sha256sum -c holds for both manifests", [line for m in ("manifest-sha256.txt", "tagmanifest-sha256.txt") for line in expect("sha256sum", "-c", "--strict", "--quiet", m, cwd=bag, silent=True)])
named = [line[66:] for line in (bag / "manifest-sha256.txt").read_text("utf-8").splitlines()]
there = sorted(str(p.relative_to(bag)) for p in (bag / "data").rglob("*") if p.is_file())
say("the manifest names every file below data/, and no other", [] if sorted(named) == there else [sorted(set(named) ^ set(there))])
say("report.xml is valid against the schema beside it", expect("xmllint", "--noout", "--nonet", "--schema", bag / "data/report.xsd", bag / "data/report.xml"))
shown = run("xsltproc", "--nonet", bag / "data/report.xsl", bag / "data/report.xml")
said = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", shown.stdout.decode()))
failing = [g for g in built["gate"] if g["state"] == "fail"]
say("report.xsl shows the decision page: the verdict, the rules that fail, what was not assessed again",
    ([shown.stderr.decode()] if shown.returncode else []) + [w for w in ("NOT READY", f"{len(failing)} of {len(built['gate'])} rules fail", f"{built['diff']['outcomes']['not_reassessed']} findings, open before, were not assessed again") if w not in said])
say("qpdf finds nothing wrong with report.pdf", expect("qpdf", "--check", bag / "data/report.pdf"))
text = run("pdftotext", "-layout", bag / "data/report.pdf", "-")
say("pdftotext reads report.pdf without a warning", expect("pdftotext", bag / "data/report.pdf", room / "report.txt", silent=True))
packet_json = json.loads((bag / "data/packet.json").read_bytes())
digest = packet_json["evidence_digest"]
found = re.sub(rb"\s", b"", text.stdout)
say("the report names the change and the evidence digest", [w for w in ("CHG-2041", digest) if w.encode() not in found])
same = []
for side in ("before", "after"):
    for path in sorted((demo / side).iterdir()):
        copy = bag / "data/evidence" / side / path.name
        if not copy.is_file() or copy.read_bytes() != path.read_bytes(): same.append(copy)
say("the evidence in the packet is the input, byte for byte", same)
say("build prints the packet's own hash", [] if built["sha256"] == hashlib.sha256(plain.read_bytes()).hexdigest() else [built["sha256"]])
say("verify says ok", verifies(plain))

# ---- VERIFY.txt ------------------------------------------------------------------------------------------------------------

keys = room / "keys"
keys.mkdir()
for name, kind in (("rsa", ["rsa:2048"]), ("ec", ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"]), ("other", ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"])):
    subprocess.run(["openssl", "req", "-x509", "-newkey", *kind, "-nodes", "-keyout", keys / f"{name}.pem", "-out", keys / f"{name}.crt", "-subj", f"/CN={name}", "-days", "3650"],
                   check=True, capture_output=True)
signed_folder = room / "signed"
signed_folder.mkdir()
signed = signed_folder / "dossier-CHG-2041.tar.zst"
build(signed, demo / "before", demo / "after", "--sign", keys / "rsa.pem", "--cert", keys / "rsa.crt")


def follow_instructions(packet, digest, cert):
    """Runs the commands of VERIFY.txt as they are written, in the packet's folder. cert: None for an unsigned packet."""
    folder, wrong, commands, digest_said = packet.parent, [], 0, None
    instructions = run("tar", "--zstd", "-xOf", packet, packet.name.removesuffix(".tar.zst") + "/VERIFY.txt").stdout.decode()
    others = ["tagmanifest-sha256.txt"] + (["tagmanifest-sha256.txt.p7s"] if cert else [])
    for command in re.findall(r"^    (\S.*)$", instructions, re.M):
        commands += 1
        if command.startswith("cd "):
            folder = folder / command[3:]
            continue
        if "CERT.pem" in command:
            if not cert: continue
            shutil.copy(cert, folder / "CERT.pem")
        done = subprocess.run(["sh", "-c", command], cwd=folder, capture_output=True)
        said = (done.stdout + done.stderr).decode(errors="replace").strip()
        if "data/evidence/" in command:
            digest_said = said.split()[0]
            good = digest_said == digest
        elif "cms -verify" in command and "signatures/" not in command: good = not done.returncode and "erification successful" in said
        elif "-path ./data -prune" in command: good = said.splitlines() == others
        else: good = not said and (not done.returncode or "grep -v" in command)
        if not good: wrong.append(f"{command}: status {done.returncode}: {said}")
    return wrong if commands >= 10 and digest_said else wrong + [f"{commands} commands, the digest is {digest_said}"]


say("the commands of VERIFY.txt, run as they are written, find a signed packet whole", follow_instructions(signed, digest, keys / "rsa.crt"))

# Names that a shell, tar, sha256sum, XML or BagIt could stumble over.
odd = room / "odd"
(odd / "before").mkdir(parents=True)
(odd / "after/-folder/...").mkdir(parents=True)
shutil.copy(demo / "before/lintlamp-checkout.sarif", odd / "before")
for number, name in enumerate(("-x.sarif", "a%0Ab.sarif", "100%.sarif", "a\\nb.sarif", "q\"uo'te.sarif", "<&>.sarif", "*.sarif", " lead.sarif", "trail ", "$HOME.sarif", "\u00e9.sarif", "e\u0301.sarif", "\u202e.sarif", "x" * 240,
                               "-folder/.../deep.sarif")):
    (odd / "after" / name).write_bytes((demo / "after/lintlamp-checkout.sarif").read_bytes().replace(b"LL-", b"L%d-" % number))
odd_packet = odd / "dossier-CHG-2041.tar.zst"
build(odd_packet, odd / "before", odd / "after")
odd_json = json.loads(run("tar", "--zstd", "-xOf", odd_packet, "dossier-CHG-2041/data/packet.json").stdout)
wrong = verifies(odd_packet) + follow_instructions(odd_packet, odd_json["evidence_digest"], None)
wrong += expect("xmllint", "--noout", "--nonet", "--schema", odd / "dossier-CHG-2041/data/report.xsd", odd / "dossier-CHG-2041/data/report.xml")
wrong += expect("pdftotext", odd / "dossier-CHG-2041/data/report.pdf", room / "odd.txt", silent=True)
say("names of evidence that a shell, sha256sum or XML could stumble over keep the packet whole", wrong)

# ---- damage ----------------------------------------------------------------------------------------------------------------

content = plain.read_bytes()
broken = room / "broken.tar.zst"
for sentence, at, bit in (("in the first frame", 40, 1), ("after a quarter", len(content) // 4, 0x80), ("in the middle", len(content) // 2, 0x10),
                          ("after nine tenths", len(content) * 9 // 10, 4), ("in the seek table", len(content) - 30, 1)):
    changed = bytearray(content)
    changed[at] ^= bit
    broken.write_bytes(changed)
    say(f"verify refuses a packet with a bit flipped {sentence}", refused(broken))
for sentence, size in (("by one byte", len(content) - 1), ("by its last third", len(content) * 2 // 3), ("to its first 100 bytes", 100), ("to nothing", 0)):
    broken.write_bytes(content[:size])
    say(f"verify refuses a packet that was cut {sentence}", refused(broken))
broken.write_bytes(content + b"\0")
say("verify refuses a packet with a byte behind it", refused(broken))
broken.write_bytes(content[:len(content) // 2])
cut = run(dossier, "trace", broken, "F-0000000000000000")
say("trace in a packet that was cut says so and ends with 3", [] if cut.returncode == 3 and cut.stderr.startswith(b"dossier: ") else [cut.returncode, cut.stderr])


def packed_again(change):
    """The bag in another tar, after change(folder)."""
    again = room / "again"
    shutil.rmtree(again, ignore_errors=True)
    shutil.copytree(bag, again / bag.name)
    change(again / bag.name)
    broken.unlink(missing_ok=True)
    subprocess.run(["tar", "--zstd", "-cf", broken, "-C", again, bag.name], check=True, capture_output=True)
    return broken


def edit(path):
    text = path.read_text("utf-8")
    assert ",new," in text
    path.write_text(text.replace(",new,", ",old,", 1), "utf-8")


def edit_findings(folder): edit(folder / "data/findings.csv")


def list_again(folder, *names):
    """Writes the hash of names[0] into the manifest names[1], and so on."""
    for name, manifest in zip(names, names[1:]):
        path = folder / manifest
        hash_ = hashlib.sha256((folder / name).read_bytes()).hexdigest()
        path.write_text(re.sub(rf"^.{{64}}  {re.escape(name)}$", f"{hash_}  {name}", path.read_text("utf-8"), flags=re.M), "utf-8")


def edit_and_list(folder):
    edit_findings(folder)
    list_again(folder, "data/findings.csv", "manifest-sha256.txt")


def edit_and_list_all(folder):
    edit_findings(folder)
    list_again(folder, "data/findings.csv", "manifest-sha256.txt", "tagmanifest-sha256.txt")


def add_file(folder): (folder / "data/evidence/after/one-more.json").write_text("[]")


def take_file(folder): (folder / "data/evidence/after/trivy-shop-web.json").unlink()



counted = bytearray(plain.read_bytes())
counted[-9] ^= 1  # frames that the seek table says it has
broken.write_bytes(counted)
say("verify refuses a packet whose seek table counts its frames wrong", refused(broken, check="index"))
say("an identical bag in another tar verifies", verifies(packed_again(lambda folder: None)))
say("verify refuses a re-tarred bag with an edited findings.csv", refused(packed_again(edit_findings), check="payload"))
say("verify refuses it also when its manifest was written again", refused(packed_again(edit_and_list), check="tags"))
say("verify refuses a re-tarred bag with one file more", refused(packed_again(add_file), check="payload"))
say("verify refuses a re-tarred bag with one file less", refused(packed_again(take_file), check="payload"))


def with_a_header_for_all(place):
    """The bag in a tar with a global pax header before one of its members: GNU tar gives all that follow one name, others pass over it."""
    files = sorted(p for p in bag.rglob("*") if p.is_file())
    field = b"path=" + bag.name.encode() + b"/data/other\n"
    field = b"%d " % (len(field) + 3) + field
    header = tarfile.TarInfo("pax_global_header")
    header.type, header.size = tarfile.XGLTYPE, len(field)
    broken.unlink(missing_ok=True)
    with io.BytesIO() as made:
        with tarfile.open(fileobj=made, mode="w", format=tarfile.USTAR_FORMAT) as tar:
            for n, path in enumerate(files):
                if n == place: tar.addfile(header, io.BytesIO(field))
                tar.add(path, path.relative_to(bag.parent))
        broken.write_bytes(subprocess.run(["zstd", "-q"], input=made.getvalue(), check=True, capture_output=True).stdout)
    return broken


say("verify refuses a re-tarred bag whose names a header changes for GNU tar alone", [w for n in (0, 1, 20, 40) for w in refused(with_a_header_for_all(n), check="container")])
say("a bag packed like that without the header verifies", verifies(with_a_header_for_all(-1)))

# ---- signatures ------------------------------------------------------------------------------------------------------------

for kind in ("rsa", "ec"):
    packet = room / f"{kind}.tar.zst"
    build(packet, demo / "before", demo / "after", "--sign", keys / f"{kind}.pem", "--cert", keys / f"{kind}.crt")
    place = room / f"{kind}.unpacked"
    place.mkdir()
    subprocess.run(["tar", "--zstd", "-xf", packet, "-C", place], check=True)
    content_file = place / bag.name / "tagmanifest-sha256.txt"
    cms = expect("openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", f"{content_file}.p7s", "-content", content_file, "-CAfile", keys / f"{kind}.crt", "-partial_chain",
                 "-purpose", "any", "-out", os.devnull)
    say(f"openssl cms accepts the {kind.upper()} signature, and so does verify --cert", cms + verifies(packet, "--cert", keys / f"{kind}.crt"))
say("verify refuses a signature by another certificate", refused(signed, "--cert", keys / "other.crt", check="signature"))
say("verify refuses an unsigned packet when a certificate is given", refused(plain, "--cert", keys / "rsa.crt", check="signature"))
bag_plain, bag = bag, room / "rsa.unpacked" / bag.name
say("verify --cert refuses a signed bag whose manifests were all written again", refused(packed_again(edit_and_list_all), "--cert", keys / "rsa.crt", check="signature"))
bag = bag_plain
mismatch = run(dossier, "build", "--before", demo / "before", "--after", demo / "after", "--sign", keys / "rsa.pem", "--cert", keys / "ec.crt", "-o", room / "mismatch.tar.zst")
say("build refuses a key that is not the certificate's, and writes nothing",
    ([] if mismatch.returncode == 2 and mismatch.stderr.startswith(b"dossier: ") else [mismatch.returncode, mismatch.stderr]) + list(room.glob("mismatch*")))

# ---- trace -----------------------------------------------------------------------------------------------------------------


def at_pointer(document, pointer):
    for token in pointer.split("/")[1:]:
        document = document[int(token)] if isinstance(document, list) else document[token.replace("~1", "/").replace("~0", "~")]
    return document


def decoded(path):
    content = path.read_bytes()
    if content[:2] == b"\x1f\x8b": content = gzip.decompress(content)
    if content[:4] == b"\x28\xb5\x2f\xfd": content = run("zstd", "-dcq", path).stdout
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"): content = content.decode("utf-16").encode()
    return content


def traces(packet, place, step):
    wrong, done, files = [], 0, set()
    rows = list(csv.DictReader(io.StringIO((place / "data/findings.csv").read_text("utf-8"))))
    for row in rows[::step]:
        answer = run(dossier, "trace", "--json", packet, row["id"])
        people = run(dossier, "trace", packet, row["id"], "--raw")
        if answer.returncode or people.returncode:
            wrong.append(f"{row['id']}: status {answer.returncode}: {answer.stderr.decode(errors='replace')}")
            continue
        answer = json.loads(answer.stdout)
        evidence = answer["evidence"]
        path = place / evidence["path"]
        content = decoded(path)
        record = content[evidence["offset"]:evidence["offset"] + evidence["length"]]
        done += 1
        files.add(path.suffix)
        if evidence["sha256"] != hashlib.sha256(path.read_bytes()).hexdigest(): wrong.append(f"{row['id']}: the hash is not {path.name}'s")
        if {k: str(evidence[k]) for k in ("offset", "length", "pointer")} != {k: row[k] for k in ("offset", "length", "pointer")}: wrong.append(f"{row['id']}: {evidence} and {row}")
        if people.stdout != record: wrong.append(f"{row['id']}: what is printed is not evidence[offset:offset+length]")
        if answer["record"] != json.loads(record): wrong.append(f"{row['id']}: the record is not what stands at its offset")
        if at_pointer(json.loads(content.decode("utf-8-sig")), evidence["pointer"]) != json.loads(record): wrong.append(f"{row['id']}: {evidence['pointer']} is another record")
    if done < 3: wrong.append(f"only {done} findings")
    return wrong, files


wrong, files = traces(plain, bag, 7)
say("trace of every seventh finding gives the bytes of its evidence, at its offset and at its pointer", wrong)

mixed = room / "mixed"
for side in ("before", "after"):
    (mixed / side).mkdir(parents=True)
    for name in ("lintlamp-checkout.sarif", "trivy-shop-web.json", "assessments-shop-production.json", "subassessments-shop-production.json"):
        content = (demo / side / name).read_bytes()
        if "sarif" in name: (mixed / side / f"{name}.gz").write_bytes(gzip.compress(content))
        elif "trivy" in name: subprocess.run(["zstd", "-q", demo / side / name, "-o", mixed / side / f"{name}.zst"], check=True)
        elif name.startswith("assess"): (mixed / side / name).write_bytes(b"\xff\xfe" + content.decode().encode("utf-16-le"))
        else: (mixed / side / name).write_bytes(b"\xef\xbb\xbf" + content)
mixed_packet = room / "mixed.tar.zst"
build(mixed_packet, mixed / "before", mixed / "after")
(room / "mixed.unpacked").mkdir()
subprocess.run(["tar", "--zstd", "-xf", mixed_packet, "-C", room / "mixed.unpacked"], check=True)
wrong, files = traces(mixed_packet, room / "mixed.unpacked" / "dossier-CHG-2041", 3)
if not {".gz", ".zst", ".json"} <= files: wrong.append(f"only {files} were traced")
say("trace counts offsets in the decoded text of .gz, .zst, UTF-16 and files with a byte order mark", wrong)
missing = run(dossier, "trace", plain, "F-0123456789abcdef")
say("trace of a finding that is not there ends with 2 and says so", [] if missing.returncode == 2 and b"F-0123456789abcdef" in missing.stderr else [missing.returncode, missing.stderr])
end_of_test()
PYTHON
