#!/bin/sh
# A packet of fixtures/containers: the container is the evidence, untouched, and `trace` leads into its members.
PYTHONPATH=tests/cli exec python3 - <<'PYTHON'
import csv, gzip, hashlib, io, json, os, pathlib, subprocess, tarfile, zipfile

from said import end_of_test, say

dossier, room = os.environ["DOSSIER"], pathlib.Path(os.environ["TMPDIR"])
case = pathlib.Path("fixtures/containers").resolve()


def run(*arguments, env=None):
    return subprocess.run([str(a) for a in arguments], stdin=subprocess.DEVNULL, capture_output=True, env={**os.environ, **(env or {})})


def build(packet, *more, env=None):
    done = run(dossier, "build", "--before", case / "before", "--after", case / "after", "--as-of", "2026-03-09", "-o", packet, *more, env=env)
    if done.returncode > 1: raise SystemExit(f"build ended with status {done.returncode}: {done.stderr.decode(errors='replace')}")


def members(path):
    """The members of a container as stock tools give them."""
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as z: return {n: z.read(n) for n in z.namelist()}
    with tarfile.open(path) as t: return {m.name.removeprefix("./"): t.extractfile(m).read() for m in t.getmembers() if m.isfile()}


packet = room / "containers.tar.zst"
build(packet)
raw = subprocess.run(["zstd", "-dcq", packet], check=True, capture_output=True).stdout
with tarfile.open(fileobj=io.BytesIO(raw)) as t: bag = {m.name.split("/", 1)[1]: t.extractfile(m).read() for m in t.getmembers() if m.isfile()}

evidence = {n: b for n, b in bag.items() if n.startswith("data/evidence/")}
expected = {f"data/evidence/{p.relative_to(case)}": p.read_bytes() for side in ("before", "after") for p in (case / side).iterdir()}
say("the evidence in the packet is the containers, untouched, and nothing else", [] if evidence == expected else [sorted(evidence), sorted(expected)])
manifest = [line.split(None, 1) for line in bag["manifest-sha256.txt"].decode().splitlines()]
say("the manifest names the containers with their hashes", [f"{n}: {h}" for h, n in manifest if n in expected and hashlib.sha256(expected[n]).hexdigest() != h] + sorted(set(expected) - {n for _, n in manifest}))
about = json.loads(bag["data/packet.json"])
inputs = {i["path"]: i for i in about["inputs"]}
wrong = [i for i in inputs.values() if "!/" not in i["path"] and (i["format"], i["path"] in expected) != ("container", True)]
for path, i in inputs.items():
    if "!/" not in path: continue
    outer, name = path.split("!/", 1)
    bytes_ = members(case / outer.removeprefix("data/evidence/"))[name]
    if (i["sha256"], i["bytes"]) != (hashlib.sha256(bytes_).hexdigest(), len(bytes_)): wrong.append(i)
say("packet.json lists containers and members, each with the hash of its own bytes", wrong if len(inputs) > len(expected) else [inputs])

rows = list(csv.DictReader(io.StringIO(bag["data/findings.csv"].decode())))
wrong = [] if len(rows) > 5 else rows
for row in rows:
    done = run(dossier, "trace", "--json", packet, row["id"])
    if done.returncode:
        wrong.append(f"{row['id']}: status {done.returncode}: {done.stderr.decode(errors='replace')}")
        continue
    got = json.loads(done.stdout)
    outer, name = row["evidence_path"].split("!/", 1)
    bytes_ = members(case / outer.removeprefix("data/evidence/"))[name]
    at, length = int(row["offset"]), int(row["length"])
    if got["record"] != json.loads(bytes_[at:at + length]) or got["evidence"]["path"] != row["evidence_path"]: wrong.append(got)
    if got["evidence"]["sha256"] != hashlib.sha256(bytes_).hexdigest(): wrong.append(f"{row['id']}: not the member's hash")
    printed = run(dossier, "trace", "--raw", packet, row["id"]).stdout
    if printed.rstrip(b"\n") != bytes_[at:at + length]: wrong.append(printed)
say("trace leads from every finding to its record in the member", wrong)

stock = room / "stock.tar"
stock.write_bytes(raw)
wrong = [row["id"] for row in rows if run(dossier, "trace", "--json", stock, row["id"]).stdout != run(dossier, "trace", "--json", packet, row["id"]).stdout]
say("so it does in a packet without a seek table", wrong)

other = room / "other.tar.zst"
build(other, "--jobs", "1", env={"LC_ALL": "C"})
say("the packet depends on neither threads nor locale", [] if other.read_bytes() == packet.read_bytes() else ["the packets differ"])
done = run(dossier, "verify", packet)
say("and verifies", [] if done.returncode == 0 else [done.stdout.decode()])

# The same members in another order are another container with the same findings.
side = room / "reversed"
side.mkdir()
with zipfile.ZipFile(case / "before/artifact.zip") as z, zipfile.ZipFile(side / "artifact.zip", "w") as out:
    for i in reversed(z.infolist()): out.writestr(zipfile.ZipInfo(i.filename, i.date_time), z.read(i))
answers = [json.loads(run(dossier, "diff", "--json", "--findings", b, case / "after").stdout) for b in (case / "before", side)]
say("the order of the members in a container changes nothing", [] if answers[0] == answers[1] else ["the diffs differ"])
end_of_test()
PYTHON
