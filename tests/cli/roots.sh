#!/bin/sh
# Sides of several roots: --before and --after given more than once, in build, diff and collect.
PYTHONPATH=tests/cli exec python3 - <<'PYTHON'
import hashlib, json, os, pathlib, shutil, subprocess

from said import end_of_test, say

dossier, room = os.environ["DOSSIER"], pathlib.Path(os.environ["TMPDIR"])
demo = pathlib.Path("fixtures/demo").resolve()


def run(*arguments, cwd=None):
    return subprocess.run([str(a) for a in arguments], stdin=subprocess.DEVNULL, capture_output=True, cwd=cwd)


def build(before, after, *more, cwd=None):
    """The packet's hash, or what was said instead."""
    path = room / "packet.tar.zst"
    path.unlink(missing_ok=True)
    sides = [a for option, roots in (("--before", before), ("--after", after)) for root in roots for a in (option, root)]
    done = run(dossier, "build", *sides, "-o", path, *options, *more, cwd=cwd)
    return hashlib.sha256(path.read_bytes()).hexdigest() if done.returncode in (0, 1) else f"status {done.returncode}: {done.stderr.decode(errors='replace')}"


def same(got, want): return [] if got == want and len(want) == 64 else [want, got]


def refused(arguments, *words, status=2):
    done = run(dossier, *arguments)
    text = done.stderr.decode(errors="replace")
    wrong = [] if done.returncode == status else [f"status {done.returncode} instead of {status}"]
    return wrong + [f"{word!r} is not in {text!r}" for word in words if word not in text]


def diff(*arguments):
    done = run(dossier, "diff", "--json", "--findings", *arguments)
    return json.loads(done.stdout) if done.returncode == 0 else {"status": done.returncode, "said": done.stderr.decode(errors="replace")}


# Each side twice: as roots, and as one folder that holds them. The roots lie in folders of their own, so that only their names are shared.
options = ["--change", demo / "change.json", "--exceptions", demo / "exceptions.json"]
for side in ("before", "after"):
    for file in sorted((demo / side).iterdir()):
        root = "web" if "web" in file.name else "azure" if "pricing" in file.name or "account" in file.name else "rest"
        for place in (room / side / root, room / f"{side}-of-{root}" / root):
            place.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, place)
    scan = room / f"{side}-of-a-file"
    scan.mkdir()
    shutil.move(room / f"{side}-of-rest/rest/lintlamp-checkout.sarif", scan)
    shutil.move(room / side / "rest/lintlamp-checkout.sarif", room / side)
    os.symlink("nowhere", room / side / "rest/link")
    os.symlink("nowhere", room / f"{side}-of-rest/rest/link")


def roots(side): return [room / f"{side}-of-azure/azure", room / f"{side}-of-rest/rest", room / f"{side}-of-web/web", room / f"{side}-of-a-file/lintlamp-checkout.sarif"]


before, after = roots("before"), roots("after")
want = build([room / "before"], [room / "after"])
packet = shutil.copy(room / "packet.tar.zst", room / "want.tar.zst")
say("three folders and a file are the side that one folder with all of them is, byte for byte", same(build(before, after), want))
say("the order of the options changes nothing", same(build(before[::-1], [after[k] for k in (2, 0, 3, 1)]), want))
say("a root that is named twice counts once", same(build(before + before[1:2], after), want))
say("one thread gives the same packet", same(build(before, after, "--jobs", "1"), want))
got = build([os.path.relpath(before[0], before[1]) + "//", "."] + before[2:], [os.path.join(after[0], "..", "azure", ".")] + after[1:], cwd=before[1])
say("a root goes by its own name, however it is reached", same(got, want))
one = build([room / "before"], [room / "after"])
say("one root's name is no part of what its files are called", [] if one == want and run("tar", "-tf", packet).stdout.count(b"/evidence/before/web/trivy-shop-web.json\n") == 1 else [one])

names = {}
for side, list_ in (("before", before), ("after", after)):
    for root in list_:
        path = room / f"{side}-snapshots" / (root.name + ".tar.zst")
        path.parent.mkdir(exist_ok=True)
        if root.is_dir() and run(dossier, "collect", root, "-o", path).returncode == 0: names[side, root.name] = path
snapshots = lambda side: [names.get((side, root.name), root) for root in roots(side)]
say("snapshots of the roots are called as the roots are, without .tar.zst", same(build(snapshots("before"), snapshots("after")), want))
say("folders and snapshots may be mixed", same(build(snapshots("before")[::-1], after), want))
parts = room / "parts/web"
parts.mkdir(parents=True)
for k in "123": run(dossier, "collect", before[2], "-o", parts / f"{k}.tar.zst", "--part", f"{k}/3")
say("a folder of a snapshot's parts goes by the folder's name", same(build(before[:2] + [parts] + before[3:], after), want))
say("two of three parts are refused, and the third is named", refused(["diff", "--before", parts / "1.tar.zst", "--before", parts / "2.tar.zst", "--after", parts], "2.tar.zst: is part 2 of 3, and part 3 is missing beside it"))

hashes = []
for k, list_ in enumerate((before, before[::-1])):
    done = run(dossier, "collect", *list_, "-o", room / f"together-{k}.tar.zst")
    hashes.append(hashlib.sha256((room / f"together-{k}.tar.zst").read_bytes()).hexdigest() if done.returncode == 0 else done.stderr.decode())
say("collect takes several roots, in any order", same(hashes[1], hashes[0]))
say("and what is built from their one snapshot is what is built from them", same(build([room / "together-0.tar.zst"], after), want))

done = run(dossier, "verify", "--json", "--recompute", packet)
answer = json.loads(done.stdout)
say("verify --recompute agrees, links that no packet carries included", [] if done.returncode == 0 and answer["checks"][-1]["ok"] else [answer["checks"][-1]])
bag = room / "bag"
bag.mkdir()
subprocess.run(["tar", "--zstd", "-xf", packet, "-C", bag], check=True)
top = next(bag.iterdir())
found = [line for line in (top / "data/findings.csv").read_text().splitlines() if "data/evidence/before/web/trivy-shop-web.json" in line]
wrong = []
for row in found[:3]:
    id = next(word for word in row.split(",") if word.startswith("F-"))
    traced = json.loads(run(dossier, "trace", "--json", packet, id).stdout)
    evidence = traced["evidence"]
    bytes_ = (top / evidence["path"]).read_bytes()[evidence["offset"]:evidence["offset"] + evidence["length"]]
    if json.loads(bytes_) != traced["record"] or not evidence["path"].startswith("data/evidence/before/web/"): wrong.append(traced)
say("trace finds a record in the root's folder", wrong if found else ["no finding of that file is in findings.csv"])
moved = top / "data/evidence/before/azure"
moved.rename(moved.with_name("elsewhere"))
lines = lambda files: "".join(f"{hashlib.sha256(f.read_bytes()).hexdigest()}  {f.relative_to(top)}\n" for f in sorted(files, key=lambda f: str(f.relative_to(top)).encode()))
(top / "manifest-sha256.txt").write_text(lines(f for f in (top / "data").rglob("*") if f.is_file()))
(top / "tagmanifest-sha256.txt").write_text(lines(f for f in top.iterdir() if f.is_file() and not f.name.startswith("tagmanifest")))
subprocess.run(["tar", "-C", str(bag), "--zstd", "-cf", str(room / "moved.tar.zst"), top.name], check=True)
done = run(dossier, "verify", "--json", "--recompute", room / "moved.tar.zst")
say("evidence moved to another root's name is found", [] if done.returncode == 3 and not json.loads(done.stdout)["checks"][-1]["ok"] else [done.stdout])

# ---- parts -------------------------------------------------------------------------------------------------------------------

parts = {side: [room / f"{side}-{k}.tar.zst" for k in (1, 2, 3)] for side in ("before", "after")}
for side, paths in parts.items():
    for k, path in enumerate(paths, 1): run(dossier, "collect", demo / side, "--part", f"{k}/3", "-o", path)
whole = build([demo / "before"], [demo / "after"])
say("parts that are given one by one are the folder", same(build(parts["before"], parts["after"]), whole))
say("in any order, and one of them twice", same(build(parts["before"][::-1], [parts["after"][1], *parts["after"]]), whole))
say("a part among other roots is refused", refused(["diff", "--before", parts["before"][0], "--before", demo / "after", "--after", demo / "after"], "is part 1 of 3, and part 2 is missing beside it"))
say("a part that is missing among them is named", refused(["diff", "--before", parts["before"][0], "--before", parts["before"][2], "--after", demo / "after"], "part 2 is missing"))

# ---- what is there twice -----------------------------------------------------------------------------------------------------

twice = [room / "copy-1/jan", room / "copy-2/feb"]
for place in twice: shutil.copytree(demo / "before", place)
once, both = diff(demo / "before", demo / "after"), diff("--before", twice[0], "--before", twice[1], "--after", demo / "after")
keys = ("before", "after", "outcomes", "updated_by", "reduction", "subjects", "facts")
say("bytes that two roots hold count once", [] if {k: once[k] for k in keys} == {k: both.get(k) for k in keys} else [both])
say("diff takes the sides by options", [] if diff("--after", demo / "after", "--before", demo / "before") == once else [both])
say("two roots of one side and the same two of the other are no difference", [] if not {k: v for k, v in diff("--before", twice[0], "--before", twice[1], "--after", twice[1], "--after", twice[0]).get("outcomes", {"": 1}).items() if v and k != "unchanged"} else ["it differs"])

# ---- what is refused ---------------------------------------------------------------------------------------------------------

other = room / "other/azure"
shutil.copytree(before[0], other)
output = room / "none.tar.zst"
say("two roots of one name are refused, and nothing is written", refused(["build", "--before", before[0], "--before", other, "--after", demo / "after", "-o", output], f"{other}: is called azure, as {before[0]} is", "rename one") + ([f"{output} is there"] if output.exists() else []))
shutil.copy(names["before", "web"], room / "other/azure.tar.zst")
say("so are a folder and a snapshot of one name", refused(["diff", "--before", before[0], "--before", room / "other/azure.tar.zst", "--after", demo / "after"], "is called azure, as"))
(room / "note.txt").write_text("no evidence")
say("a file that is named by itself and is no evidence is an error among several too", refused(["build", "--before", before[0], "--before", room / "note.txt", "--after", before[0], "-o", output], "note.txt: cannot be read as evidence") + ([f"{output} is there"] if output.exists() else []))
say("a root that is not there is named", refused(["diff", "--before", before[0], "--before", room / "nowhere", "--after", before[0]], "nowhere: "))
say("diff takes its sides by options or as arguments, not both", refused(["diff", "--before", before[0], before[1]], "by --before and --after, or neither"))
say("and both sides or none by options", refused(["diff", "--before", before[0]], "--before and --after belong together"))
end_of_test()
PYTHON
