#!/bin/sh
# variant: gcc
# Evidence that a packet names but does not carry (--evidence referenced, none): its list holds verify to what is here, and the rest is found again by its hash.
PYTHONPATH=tests/cli exec python3 - <<'PYTHON'
import hashlib, json, os, pathlib, shutil, subprocess

from said import end_of_test, say

dossier, room, demo = os.environ["DOSSIER"], pathlib.Path(os.environ["TMPDIR"]), pathlib.Path("fixtures/demo")
LIST = "data/evidence-sha256.txt"


def run(*arguments): return subprocess.run([dossier, *map(str, arguments)], capture_output=True)


def checks(packet, *more):
    done = run("verify", "--json", packet, *more)
    return done.returncode, {c["name"]: c for c in json.loads(done.stdout)["checks"]}


def fails(packet, check, *more):
    status, found = checks(packet, *more)
    return [] if status == 3 and [n for n, c in found.items() if not c["ok"]] == [check] else [f"status {status}, not {check} alone: {found}"]


def holds(packet, saying, check="evidence", *more):
    status, found = checks(packet, *more)
    return [] if status == 0 and saying in found[check]["detail"] else [f"status {status}: {found}"]


def build(which):
    packet = room / f"{which}.tar.zst"
    done = run("build", "--json", "--before", demo / "before", "--after", room / "after", "--evidence", which, "--as-of", "2026-03-20", "-o", packet)
    if done.returncode > 1: raise SystemExit(done.stderr.decode())
    folder = room / which
    folder.mkdir()
    subprocess.run(["tar", "--zstd", "-xf", packet, "-C", folder, "--strip-components=1"], check=True)
    return packet, folder, {k: v for k, v in json.loads(done.stdout).items() if k not in ("packet", "sha256")}


shutil.copytree(demo / "after", room / "after")
(room / "after/note.txt").write_text("nothing rests on this\n")
ALONE = {"plan.json": pathlib.Path("fixtures/plan-gaps/stopped/plan.json").read_text(), "alerts.json": json.dumps([{"id": "/subscriptions/s/a/1", "type": "Microsoft.Security/Locations/alerts", "alertDisplayName": "a", "severity": "High", "status": "Active"}])}
for name, text in ALONE.items(): (room / "after" / name).write_text(text)
(full, full_bag, said), (referenced, referenced_bag, _), (none, none_bag, said_none) = map(build, ("full", "referenced", "none"))
names = sorted(str(p.relative_to(full_bag)) for p in full_bag.glob("data/evidence/**/*") if p.is_file())
wanted = [f"{hashlib.sha256((full_bag / n).read_bytes()).hexdigest()}  {n}" for n in names]

say("a packet without evidence says what one with all of it does", [] if said == said_none else ["it does not"])
say("the list names each file of evidence with its hash, whether it is here or not", [] if (none_bag / LIST).read_text().splitlines() == (referenced_bag / LIST).read_text().splitlines() == wanted else [(none_bag / LIST).read_text()])
here = sorted(str(p.relative_to(referenced_bag)) for p in referenced_bag.glob("data/evidence/**/*") if p.is_file())
say("what the report rests on is carried where that is asked for, and a file that nothing rests on is not", [] if here and "data/evidence/after/note.txt" not in here and set(here) < set(names) else [here])
digests = {json.loads((b / "data/packet.json").read_bytes())["evidence_digest"] for b in (full_bag, referenced_bag, none_bag)}
say("a plan's commands and alerts are something that the report rests on", [n for n in ALONE if f"data/evidence/after/{n}" not in here])
say("the evidence digest is that of all evidence", [] if len(digests) == 1 else digests)
say("verify counts what is here", holds(full, "all of it is here") + holds(referenced, f"{len(here)} of {len(names)} files are here") + holds(none, f"0 of {len(names)} files are here"))
say("without its evidence a packet is not computed, with the folder that holds it it is", fails(none, "recompute", "--recompute") +
    holds(none, "are what dossier makes", "recompute", "--recompute", "--evidence-from", room / "full/data/evidence"))

other = room / "other"
shutil.copytree(room / "full/data/evidence", other)
hashes = [line[:64] for line in wanted]
changed = other / next(n for n, h in zip(names, hashes) if hashes.count(h) == 1).removeprefix("data/evidence/")
changed.write_bytes(changed.read_bytes() + b" ")
say("a file that differs from what was left out is not taken for it", fails(none, "recompute", "--recompute", "--evidence-from", other))


def meddled(bag, change):
    """The bag after change(folder), with both manifests written again, as somebody does who knows how."""
    folder = room / "meddled"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(bag, folder)
    change(folder)
    files = sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())
    payload = [n for n in files if n.startswith("data/")]
    info = [line for line in (folder / "bag-info.txt").read_text().splitlines() if not line.startswith("Payload-Oxum")]
    (folder / "bag-info.txt").write_text("\n".join(info + [f"Payload-Oxum: {sum((folder / n).stat().st_size for n in payload)}.{len(payload)}"]) + "\n")
    for name, listed in (("manifest-sha256.txt", payload), ("tagmanifest-sha256.txt", [n for n in files if n not in payload and not n.startswith("tagmanifest")])):
        (folder / name).write_text("".join(f"{hashlib.sha256((folder / n).read_bytes()).hexdigest()}  {n}\n" for n in listed))
    subprocess.run(["tar", "--zstd", "-cf", room / "meddled.tar.zst", "-C", room, "meddled"], check=True)
    return room / "meddled.tar.zst"


def lines(change):
    def edit(folder): (folder / LIST).write_text("\n".join(change((folder / LIST).read_text().splitlines())) + "\n")
    return edit


say("a bag whose manifests were written again, and nothing else, verifies", holds(meddled(referenced_bag, lambda folder: None), "files are here"))
for sentence, change in (
        ("evidence that is here is not what its list says", lambda folder: (folder / here[0]).write_text("[]")),
        ("evidence is here that its list does not name", lambda folder: (folder / "data/evidence/after/more.json").write_text("[]")),
        ("a line of evidence that is here was taken out of the list", lines(lambda all_: [line for line in all_ if not line.endswith(here[0])])),
        ("the list has a line without hash and path", lines(lambda all_: [*all_, "nothing"])),
        ("the list names what is no evidence", lines(lambda all_: [*all_, f"{'0' * 64}  data/report.xml"]))):
    say(f"verify refuses a packet where {sentence}", fails(meddled(referenced_bag, change), "evidence"))
end_of_test()
PYTHON
