#!/bin/sh
# collect: what is built from snapshots against what is built from the folders, and snapshots that are damaged, missing or foreign.
PYTHONPATH=tests/cli exec python3 - <<'PYTHON'
import hashlib, json, os, pathlib, resource, shutil, subprocess

from said import end_of_test, say

dossier, room = os.environ["DOSSIER"], pathlib.Path(os.environ["TMPDIR"])
fixtures = pathlib.Path("fixtures").resolve()
demo = fixtures / "demo"


def run(*arguments):
    return subprocess.run([str(a) for a in arguments], stdin=subprocess.DEVNULL, capture_output=True)


def collect(folder, snapshot, *more):
    snapshot.parent.mkdir(exist_ok=True)
    done = run(dossier, "collect", folder, "-o", snapshot, *more)
    if done.returncode: raise SystemExit(f"collect ended with status {done.returncode}: {done.stderr.decode(errors='replace')}")
    return snapshot


def parts(folder, target, count):
    for k in range(1, count + 1): collect(folder, target / f"{hashlib.sha256(bytes([k])).hexdigest()[:8]}.tar.zst", "--part", f"{k}/{count}")
    return target


def packet(before, after, *options):
    path = room / "packet.tar.zst"
    path.unlink(missing_ok=True)
    done = run(dossier, "build", "--before", before, "--after", after, "-o", path, *options)
    if done.returncode not in (0, 1): return f"status {done.returncode}: {done.stderr.decode(errors='replace')}"
    return hashlib.sha256(path.read_bytes()).hexdigest()


def refused(arguments, *words, status=2):
    """What is wrong with how a command was refused."""
    done = run(dossier, *arguments)
    text = done.stderr.decode(errors="replace")
    wrong = [] if done.returncode == status else [f"status {done.returncode} instead of {status}"]
    return wrong + [f"{word!r} is not in {text!r}" for word in words if word not in text]


def tree(name, *cases):
    """A folder with the files of several cases of fixtures/ below it."""
    for case in cases: shutil.copytree(fixtures / case, room / name / case, ignore=shutil.ignore_patterns("case", "expected.*"))
    return room / name


# ---- the same bytes ---------------------------------------------------------------------------------------------------------

options = ["--change", demo / "change.json", "--exceptions", demo / "exceptions.json"]
want = packet(demo / "before", demo / "after", *options)
before, after = collect(demo / "before", room / "whole/before.tar.zst"), collect(demo / "after", room / "whole/after.tar.zst")
got = packet(before, after, *options)
say("a build from two snapshots is the build from the folders, byte for byte", [] if got == want else [want, got])
got = packet(demo / "before", after, *options)
say("one side may be a snapshot and the other a folder", [] if got == want else [want, got])
many = parts(demo / "before", room / "parts-before", 16), parts(demo / "after", room / "parts-after", 5)
got = packet(*many, *options)
say("so is a build from sixteen parts and five, whatever they are called, more parts than files too", [] if got == want else [want, got])
shutil.copy(next(many[0].iterdir()), many[0] / "again.tar.zst")
got = packet(*many, *options)
say("a part that is there twice counts once", [] if got == want else [want, got])
few = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (16, few[1]))
got = packet(*many, *options)
resource.setrlimit(resource.RLIMIT_NOFILE, few)
say("twenty-two parts are built with sixteen file handles", [] if got == want else [want, got])

left, right = tree("mixed-before", "containers", "trivy-kinds", "sarif-rules", "gitleaks", "ocsf", "unknown-and-empty-files"), tree("mixed-after", "containers", "trivy-kinds", "cyclonedx", "pages-joined")
os.symlink("nowhere", left / "link")
want = packet(left, right, "--as-of", "2026-03-01")
got = packet(parts(left, room / "mixed-left", 3), parts(right, room / "mixed-right", 2), "--as-of", "2026-03-01")
say("containers, unknown, empty and unreadable files, pages, secrets and links come out of snapshots as they come out of folders", [] if got == want and len(want) == 64 else [want, got])

want = packet(fixtures / "plan-gaps/before", fixtures / "plan-gaps/after")
got = packet(parts(fixtures / "plan-gaps/before", room / "plan-left", 4), parts(fixtures / "plan-gaps/after", room / "plan-right", 4))
say("a plan.json speaks of its neighbours also when they are in another part", [] if got == want and len(want) == 64 else [want, got])

answers = {command: [run(dossier, *command.split(), *paths).stdout for paths in ((left, right), (room / "mixed-left", room / "mixed-right"))] for command in ("diff --json --findings",)}
say("diff gives the same findings, with their evidence", [command for command, (a, b) in answers.items() if a != b or not a])
folder, snapshot = (json.loads(run(dossier, "inspect", "--json", path).stdout)["totals"] for path in (left, room / "mixed-left"))
say("inspect counts the same files and records", [] if folder == snapshot and folder["records"] else [folder, snapshot])

again = collect(demo / "before", room / "again/before.tar.zst", "--jobs", "1")
say("a snapshot is the same whenever and however it is made", [] if again.read_bytes() == before.read_bytes() else ["it differs"])
say("verify checks a snapshot as it checks a packet", [] if run(dossier, "verify", before).returncode == 0 else [run(dossier, "verify", before).stderr])
copied = room / "copied"
shutil.copytree(demo / "before", copied)
elsewhere = collect(copied, room / "again/elsewhere.tar.zst")
say("a snapshot does not tell from which folder it was made", [] if elsewhere.read_bytes() == before.read_bytes() else ["it differs"])

# ---- refused ----------------------------------------------------------------------------------------------------------------

gone = sorted(many[1].iterdir())[2]
number = json.loads(run("tar", "-xOf", gone, "dossier-snapshot/data/snapshot.json").stdout)["part"]["number"]
gone.rename(room / "gone")
say("a part that is missing fails the build by its number", refused(["build", "--before", many[0], "--after", many[1], "-o", room / "none.tar.zst"], f"part {number} is missing"))
say("nothing is written then", ["it is there"] if (room / "none.tar.zst").exists() else [])
(room / "gone").rename(gone)

data, wrong = before.read_bytes(), []
damaged = room / "damaged.tar.zst"
for at in range(0, len(data), max(1, len(data) // 40)):
    damaged.write_bytes(data[:at] + bytes([data[at] ^ 0x55]) + data[at + 1 :])
    answer = packet(damaged, after, *options)
    if answer != want and not answer.startswith("status 2"): wrong.append(f"byte {at}: {answer[:200]}")
want = packet(demo / "before", demo / "after", *options)
wrong = [line for line in wrong if want not in line]
say("one byte changed anywhere: the snapshot is refused, or what it is for was not touched", wrong)
wrong = []
for length in range(1, len(data), max(1, len(data) // 12)):
    damaged.write_bytes(data[:length])
    answer = packet(damaged, after, *options)
    if not answer.startswith("status 2"): wrong.append(f"{length} bytes: {answer[:200]}")
say("a snapshot that was cut off is refused, wherever it ends", wrong)

mixed = room / "among"
mixed.mkdir()
shutil.copy(before, mixed / "a.tar.zst")
shutil.copy(demo / "before/pricing-shop-production.json", mixed / "b.json")
say("a folder of snapshots holds nothing else", refused(["inspect", mixed], "b.json", "in a folder of snapshots"))
(mixed / "b.json").unlink()
collect(copied, mixed / "b.tar.zst")
(copied / "pricing-shop-production.json").write_text("[]")
collect(copied, mixed / "c.tar.zst")
say("two snapshots that hold a file of the same name are refused", refused(["inspect", mixed], "which is in"))

templates = room / "templates/formats"
templates.mkdir(parents=True)
(templates / "mine.json").write_text(json.dumps({"format": "mine", "about": "none", "bid": [{"score": 1, "has": ["/mine"]}], "tool": "Mine", "records": [{"name": "m", "at": ["/mine/*"], "nature": "weakness", "rule": "/r", "title": "/r", "severity": "=low", "status": "=fail"}]}))
say("a snapshot that other format specs read is refused", refused(["inspect", before, "--templates", room / "templates"], "other format specs"))


def repacked(change):
    """The snapshot with another data/snapshot.json."""
    work = room / "repack"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    subprocess.run(["tar", "-xf", before, "-C", work], check=True)
    file = work / "dossier-snapshot/data/snapshot.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | change))
    names = sorted(str(f.relative_to(work)) for f in work.rglob("*") if f.is_file())
    subprocess.run(["tar", "--zstd", "-cf", damaged, "-C", work, *names], check=True)
    return damaged


say("a snapshot of a newer version is refused by that version's name", refused(["inspect", repacked({"version": 3})], "version 3", "reads version 2"))
say("and so is one of an older version, whose records are others", refused(["inspect", repacked({"version": 1})], "version 1", "reads version 2"))
newer = run(dossier, "inspect", "--json", repacked({"minor": 7, "what_a_later_one_adds": [1]}))
say("one of a newer minor version is read, also when somebody packed it again", [] if newer.returncode == 0 and json.loads(newer.stdout)["totals"] == json.loads(run(dossier, "inspect", "--json", before).stdout)["totals"] else [newer.returncode, newer.stderr])
say("a packet is no snapshot", [] if b"dossier-snapshot" not in run(dossier, "inspect", room / "packet.tar.zst").stderr else ["it was read as one"])
for part in ("0/3", "4/3", "1", "a/b", "1/0", "-1/2", "1/100001"):
    wrong = refused(["collect", demo / "before", "-o", room / "x.tar.zst", "--part", part], "--part")
    if wrong: break
say("a part that cannot be is refused", wrong)
pipe = room / "pipe"
os.mkfifo(pipe)
say("a FIFO is refused, and not waited for", refused(["collect", pipe, "-o", room / "x.tar.zst"], "not a regular file"))
say("collect says what it needs", refused(["collect", demo / "before"], "-o SNAPSHOT") + refused(["collect", "-o", room / "x.tar.zst"], "one folder"))
end_of_test()
PYTHON
