#!/bin/sh
# build --previous and --marking: one packet after another, and who may see them; and verify from a pipe.
PYTHONPATH=tests/cli exec python3 - <<'PYTHON'
import json, os, pathlib, re, shutil, subprocess, zipfile

from said import end_of_test, say

dossier, room = os.environ["DOSSIER"], pathlib.Path(os.environ["TMPDIR"])
demo = pathlib.Path("fixtures/demo").resolve()


def run(*arguments, **more): return subprocess.run([str(a) for a in arguments], capture_output=True, **({"stdin": subprocess.DEVNULL} if "input" not in more else {}), **more)


def build(name, before, after, *more):
    done = run(dossier, "build", "--json", "--before", before, "--after", after, "-o", room / name, "--as-of", "2026-03-20", *more)
    if done.returncode not in (0, 1): raise SystemExit(done.stderr.decode())
    return room / name, [w for w in json.loads(done.stdout)["warnings"] if w["code"] == "previous_differs"]


def inside(packet, path): return run("tar", "--zstd", "-xOf", packet, "--wildcards", f"*/{path}").stdout.decode(errors="replace")


def expect(status, *arguments, saying=""):
    done = run(*arguments)
    said = (done.stdout + done.stderr).decode(errors="replace")
    return [] if done.returncode == status and saying in said else [f"{arguments}: status {done.returncode}: {said}"]


def recomputed(packet): return expect(0, dossier, "verify", "--recompute", packet)


def previous(packet): return dict(re.findall(r'(\w+)="([^"]*)"', re.search(r"<previous [^>]*>", inside(packet, "data/report.xml")).group()))


# ---- the chain -------------------------------------------------------------------------------------------------------------

first, _ = build("first.tar.zst", demo / "before", demo / "after", "--change", demo / "change.json")
second, warned = build("second.tar.zst", demo / "after", demo / "after", "--previous", first)
said = previous(second)
import hashlib
wanted = {"change": "CHG-2041", "packet_sha256": hashlib.sha256(first.read_bytes()).hexdigest(), "tagmanifest_sha256": hashlib.sha256(inside(first, "tagmanifest-sha256.txt").encode()).hexdigest(),
          "evidence_digest": json.loads(inside(first, "data/packet.json"))["evidence_digest"], "same": str(len(list((demo / "after").iterdir()))), "changed": "0", "missing": "0", "added": "0"}
say("a packet that goes on where another ended records it, and does not warn", warned + ([] if said == wanted else [said]) + recomputed(second))

other = room / "other"
shutil.copytree(demo / "after", other)
names = sorted(p.name for p in other.iterdir())
(other / names[0]).write_text((other / names[0]).read_text() + "\n")
(other / names[1]).unlink()
(other / "more.json").write_text('{"more":1}')
(other / names[2]).rename(other / "renamed.json")
third, warned = build("third.tar.zst", other, demo / "after", "--previous", first)
said = previous(third)
counts = {k: int(said[k]) for k in ("same", "changed", "missing", "added")}
say("files changed, missing and new since then are counted, and warned about; another name is no difference",
    ([] if counts == {"same": len(names) - 2, "changed": 1, "missing": 1, "added": 1} else [counts]) + ([] if len(warned) == 1 and warned[0]["side"] == "before" and warned[0]["gap"] == "state" else [warned]) + recomputed(third))
swapped = room / "swapped"
shutil.copytree(demo / "after", swapped)
(swapped / names[1]).unlink()
(swapped / names[0]).rename(swapped / names[1])
(swapped / names[0]).write_text('{"other":1}')
said = previous(build("swapped.tar.zst", swapped, demo / "after", "--previous", first)[0])
counts = {k: int(said[k]) for k in ("same", "changed", "missing", "added")}
say("a file that is there under another's name is the same, and the one that took its own name is new", [] if counts == {"same": len(names) - 1, "changed": 0, "missing": 1, "added": 1} else [counts])
packed = room / "packed"
packed.mkdir()
with zipfile.ZipFile(packed / "scans.zip", "w") as out:
    for name in names[:3]: out.write(demo / "after" / name, name)
start, _ = build("packed.tar.zst", packed, packed)
said = previous(build("packed2.tar.zst", packed, packed, "--previous", start)[0])
counts = {k: int(said[k]) for k in ("same", "changed", "missing", "added")}
say("a container counts once, whatever it holds", [] if counts == {"same": 1, "changed": 0, "missing": 0, "added": 0} else [counts])
damaged = room / "damaged.tar.zst"
content = bytearray(first.read_bytes())
content[len(content) // 2] ^= 1
damaged.write_bytes(content)
say("nothing is chained to a packet that does not verify", expect(2, dossier, "build", "--before", demo / "before", "--after", demo / "after", "--previous", damaged, "-o", room / "never.tar.zst", saying="does not verify") + list(room.glob("never*")))
say("nor to what is no packet", expect(2, dossier, "build", "--before", demo / "before", "--after", demo / "after", "--previous", demo / "change.json", "-o", room / "never.tar.zst") + list(room.glob("never*")))

# ---- the marking -----------------------------------------------------------------------------------------------------------

text = "TLP:AMBER - \u00fcber \"alles\" & <nichts>"
marked, _ = build("marked.tar.zst", demo / "before", demo / "after", "--marking", text)
with open(room / "report.pdf", "wb") as out: out.write(run("tar", "--zstd", "-xOf", marked, "dossier-packet/data/report.pdf").stdout)
pages = run("pdftotext", "-layout", room / "report.pdf", "-").stdout.decode().split("\f")[:-1]
squeezed = ["".join(p.split()) for p in pages]
say("a marking stands on every page of the PDF", [] if pages and all("".join(text.split()) in p for p in squeezed) else [p.splitlines()[0] for p in pages if "".join(text.split()) not in "".join(p.split())])
xml = "TLP:AMBER - \u00fcber &quot;alles&quot; &amp; &lt;nichts&gt;"
wrong = [name for name, want in (("data/report.xml", f'marking="{xml}"'), ("data/oscal/assessment-results.xml", xml), ("data/oscal/poam.xml", xml), ("bag-info.txt", f"Marking: {text}"), ("data/packet.json", '"marking":"TLP:AMBER')) if want not in inside(marked, name)]
say("and in report.xml, OSCAL, packet.json and bag-info.txt", wrong + recomputed(marked))
say("a marking of two lines, of none, or too long is refused", [line for m in ("a\nb", "", "x" * 81) for line in expect(2, dossier, "build", "--before", demo / "before", "--after", demo / "after", "--marking", m, "-o", room / "never.tar.zst", saying="--marking")])

# ---- from a pipe -----------------------------------------------------------------------------------------------------------

done = run(dossier, "verify", "-", input=first.read_bytes())
say("verify reads a packet from a pipe", [] if done.returncode == 0 and b"verified" in done.stdout else [done])
done = run(dossier, "verify", "-", input=bytes(content))
say("and refuses a damaged one", [] if done.returncode == 3 else [done])
(room / "-").write_bytes(bytes(content))
done = run(dossier, "verify", "--json", "-", input=first.read_bytes(), cwd=room)
say("nor is a file of that name looked into", [] if done.returncode == 0 and [c["detail"] for c in json.loads(done.stdout)["checks"] if c["name"] == "schema"] == ["not judged: that takes a file, not a pipe"] else [done])
say("what has to be read at any place is refused from a pipe", [] if run(dossier, "verify", "--recompute", "-", input=first.read_bytes()).returncode == 2 else ["it is not"])
end_of_test()
PYTHON
