#!/bin/sh
# list, extract and trace: single things out of a packet.
PYTHONPATH=tests/cli exec python3 - <<'PYTHON'
import csv, hashlib, io, json, os, pathlib, shutil, subprocess

from said import end_of_test, say

dossier, room = os.environ["DOSSIER"], pathlib.Path(os.environ["TMPDIR"])
demo = pathlib.Path("fixtures/demo").resolve()


def run(*arguments): return subprocess.run([str(a) for a in arguments], stdin=subprocess.DEVNULL, capture_output=True)


def expect(status, *arguments, saying=""):
    done = run(dossier, *arguments)
    said = done.stderr.decode(errors="replace")
    return [] if done.returncode == status and saying in said else [f"{arguments}: status {done.returncode}: {said}"]


packet = room / "packet.tar.zst"
run(dossier, "build", "--before", demo / "before", "--after", demo / "after", "--change", demo / "change.json", "--exceptions", demo / "exceptions.json", "-o", packet)
(room / "bag").mkdir()
subprocess.run(["tar", "--zstd", "-xf", packet, "-C", room / "bag"], check=True)
bag = next((room / "bag").iterdir())
files = {str(p.relative_to(bag)): p.read_bytes() for p in bag.rglob("*") if p.is_file()}
plain = room / "plain.tar"
subprocess.run(["tar", "-cf", plain, "-C", room / "bag", bag.name], check=True)
other = room / "other.tar.zst"
subprocess.run(["tar", "--zstd", "-cf", other, "-C", room / "bag", bag.name], check=True)

# ---- list ------------------------------------------------------------------------------------------------------------------

for archive in (packet, plain, other):
    listed = json.loads(run(dossier, "list", "--json", archive).stdout)
    wrong = [] if {f["path"]: f["bytes"] for f in listed["files"]} == {k: len(v) for k, v in files.items()} else [listed]
    wrong += [f for f in listed["files"] if f["sha256"] != (hashlib.sha256(files[f["path"]]).hexdigest() if f["path"] != "tagmanifest-sha256.txt" else None)]
    say(f"list names each file of {archive.name} with its size and the manifests' hash", wrong)
people = run(dossier, "list", packet).stdout.decode().splitlines()
say("for people it is one line for each file, and a sum", [] if len(people) == len(files) + 1 and people[-1] == f"{len(files)} files, {sum(map(len, files.values()))} bytes" else people)
say("list of a packet that is not there ends with 2", expect(2, "list", room / "nothing"))

# ---- extract ---------------------------------------------------------------------------------------------------------------

for archive in (packet, plain, other):
    out = room / f"out-{archive.name}"
    out.mkdir()
    wrong = expect(0, "extract", archive, "data/report.pdf", "data/evidence/", "VERIFY.txt", "tagmanifest-sha256.txt", "-o", out)
    got = {str(p.relative_to(out)): p.read_bytes() for p in out.rglob("*") if p.is_file()}
    wanted = {k: v for k, v in files.items() if k in ("data/report.pdf", "VERIFY.txt", "tagmanifest-sha256.txt") or k.startswith("data/evidence/")}
    say(f"extract writes files and folders of {archive.name}, each under its path and nothing else", wrong + ([] if got == wanted else [sorted(set(got) ^ set(wanted))]))
done = run(dossier, "extract", packet, "data/report.xml", "-o", "-")
say("extract -o - gives the bytes on standard output", [] if done.stdout == files["data/report.xml"] else [done])
out = room / f"out-{packet.name}"
(out / "VERIFY.txt").write_text("mine")
say("a file that is there is not replaced", expect(2, "extract", packet, "VERIFY.txt", "-o", out, saying="is there already") + ([] if (out / "VERIFY.txt").read_text() == "mine" else ["it was"]))
away, links = room / "away", room / "links"
away.mkdir(), links.mkdir()
os.symlink(away, links / "data")
done = run(dossier, "extract", packet, "data/report.xml", "-o", links)
say("no link is followed out of the folder", ([] if done.returncode and not list(away.iterdir()) else [done, *away.iterdir()]))
say("a path that is not in the packet ends with 2", expect(2, "extract", packet, "data/none", "-o", out, saying="data/none") + expect(2, "extract", packet, "data/none/", "-o", out) + expect(2, "extract", packet, "../bag/x", "-o", out))
edited = room / "edited"
shutil.copytree(room / "bag", edited)
with (edited / bag.name / "data/findings.csv").open("ab") as f: f.write(b"one more\r\n")
(edited / bag.name / "data/more.txt").write_text("more")
subprocess.run(["tar", "--zstd", "-cf", room / "edited.tar.zst", "-C", edited, bag.name], check=True)
out = room / "out-edited"
out.mkdir()
wrong = expect(3, "extract", room / "edited.tar.zst", "data/findings.csv", "-o", out, saying="not what the manifest says") + expect(3, "extract", room / "edited.tar.zst", "data/more.txt", "-o", out, saying="in no manifest")
say("a file that is not what the manifest says gets no name", wrong + [p for p in out.rglob("*") if p.is_file()])
say("a good file of that packet does", expect(0, "extract", room / "edited.tar.zst", "data/report.xml", "-o", out))

# ---- trace -----------------------------------------------------------------------------------------------------------------

rows = list(csv.DictReader(io.StringIO(files["data/findings.csv"].decode())))
offsets, wrong = {}, []
position, text = 0, files["data/findings.csv"]
for line in files["data/findings.index"].decode().splitlines():
    prefix, offset = line.split(" ")
    offsets[int(offset, 16)] = prefix
    if text[int(offset, 16):int(offset, 16) + 8].decode() != "F-" + prefix: wrong.append(line)
if len(offsets) != len(rows) or files["data/findings.index"].decode().splitlines() != sorted(files["data/findings.index"].decode().splitlines()): wrong.append("not one line for each row, sorted")
say("findings.index leads to the row of each finding", wrong)
wrong = []
for row in rows:
    raw = run(dossier, "trace", "--raw", packet, row["id"])
    evidence = files[row["evidence_path"]].decode().encode()
    if raw.returncode or raw.stdout != evidence[int(row["offset"]):int(row["offset"]) + int(row["length"])]: wrong.append((row["id"], raw))
say("trace --raw gives the record's bytes of every finding", wrong)
without = room / "without"
shutil.copytree(room / "bag", without)
(without / bag.name / "data/findings.index").unlink()
subprocess.run(["tar", "-cf", room / "without.tar", "-C", without, bag.name], check=True)
damaged = room / "damaged"
shutil.copytree(room / "bag", damaged)
index = damaged / bag.name / "data/findings.index"
index.write_bytes(b"zzzzzz 0000000000\n" * len(rows))
subprocess.run(["tar", "-cf", room / "damaged.tar", "-C", damaged, bag.name], check=True)
first = rows[0]["id"]
answers = {run(dossier, "trace", "--json", archive, first).stdout for archive in (packet, plain, other, room / "without.tar")}
say("in any archive, and without the index, trace answers the same", [] if len(answers) == 1 and b'"record"' in next(iter(answers)) else answers)
say("an index that is none is the packet's fault", expect(3, "trace", room / "damaged.tar", first, saying="no line of an index"))

excepted = [r for r in rows if r["rule"] == "1a2b5b4c-f80d-46e7-ac81-b51a9fb363de" and r["subject"].endswith("/aks-shop-web")]
said = run(dossier, "trace", packet, excepted[0]["id"]).stdout.decode()
say("trace names the exception that names the finding", [] if "exceptions EX-1 (until 2026-12-31)" in said else [said])
unmet = next(r for r in rows if r["outcome"] == "not_reassessed")
said = run(dossier, "trace", packet, unmet["id"]).stdout.decode()
wanted = ("not_reassessed", "absence proves nothing", unmet["evidence_path"], unmet["evidence_sha256"], unmet["pointer"], f"{unmet['length']} at {unmet['offset']}")
say("trace says for people what became of the finding, why, and where it stands", [w for w in wanted if w not in said])
record = said.split("\n\n", 1)[1]
say("and prints the record laid out", [] if json.loads(record) == json.loads(run(dossier, "trace", "--raw", packet, unmet["id"]).stdout) and "\n    \"" in record else [record])
say("--raw and --json together are refused", expect(2, "trace", "--raw", "--json", packet, first))
end_of_test()
PYTHON
