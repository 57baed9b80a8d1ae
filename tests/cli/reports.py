"""Packets whose report.pdf is read, for tests: built once for each language and paper, unpacked as far as these tests look."""
import json, os, pathlib, subprocess

from said import end_of_test, say

dossier, room = os.environ["DOSSIER"], pathlib.Path(os.environ["TMPDIR"])
demo = pathlib.Path("fixtures/demo")
PAPERS, LANGUAGES = ("a4", "letter"), ("en", "de")
COMBINATIONS = [(l, p) for l in LANGUAGES for p in PAPERS]
(room / "pdf").mkdir()


def told(*command): return subprocess.run([str(c) for c in command], capture_output=True)


def build(name, before, after, language, paper, *more):
    """Writes pdf/NAME.pdf; what --json says, the bag's manifest and its packet.json."""
    packet = room / f"{name}.tar.zst"
    done = told(dossier, "build", "--json", "--before", before, "--after", after, "--as-of", "2026-03-09", "--lang", language, "--paper", paper, "-o", packet, *more)
    if done.returncode > 1: raise RuntimeError(f"{name}: {done.stderr.decode()}")
    members = told("tar", "--zstd", "-xf", packet, "-C", room, "--one-top-level=" + name, "--strip-components=1", "--no-anchored", "report.pdf", "packet.json", "manifest-sha256.txt")
    if members.returncode: raise RuntimeError(f"{name}: {members.stderr.decode()}")
    (room / name / "data/report.pdf").rename(room / "pdf" / f"{name}.pdf")
    return json.loads(done.stdout), (room / name / "manifest-sha256.txt").read_bytes(), json.loads((room / name / "data/packet.json").read_text())
