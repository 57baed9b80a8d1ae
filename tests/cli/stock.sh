#!/bin/sh
# variant: gcc
# Whole and tampered packets, judged by the commands of VERIFY.txt as they are written, with GNU tar, bsdtar and busybox, and by verify:
# they say the same.
PYTHONPATH=tests/cli exec python3 - <<'PYTHON'
import hashlib, os, pathlib, re, shutil, subprocess

from said import end_of_test, say

dossier, room = os.environ["DOSSIER"], pathlib.Path(os.environ["TMPDIR"])
demo = pathlib.Path("fixtures/demo").resolve()


def run(*command, **more): return subprocess.run([str(c) for c in command], check=True, capture_output=True, **more)


run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", room / "k.pem", "-out", room / "c.pem", "-subj", "/CN=Ann", "-days", "3650")
packet = room / "dossier-CHG-2041.tar.zst"
done = subprocess.run([dossier, "build", "--before", demo / "before", "--after", demo / "after", "--change", demo / "change.json", "--sign", room / "k.pem", "--cert", room / "c.pem", "-o", packet], capture_output=True)
if done.returncode != 1: raise SystemExit(done.stderr.decode())
TOP = "dossier-CHG-2041"
bag = room / "bag"
bag.mkdir()
run("tar", "--zstd", "-xf", packet, "-C", bag)
instructions = (bag / TOP / "VERIFY.txt").read_text()
commands = [c for c in re.findall(r"^    (\S.*)$", instructions, re.M) if "openssl ts" not in c]
LIST, UNPACK = "tar --zstd -itf", f"tar --zstd -xf {TOP}.tar.zst"
if not any(LIST in c for c in commands) or UNPACK not in commands: raise SystemExit("not ok - VERIFY.txt has other commands")
tools = {"GNU tar": lambda c: c, "bsdtar": lambda c: c.replace(LIST, "bsdtar --options tar:read_concatenated_archives -tf").replace("tar --zstd -xf", "bsdtar -xf"),
         "busybox": lambda c: None if LIST in c else f"zstd -dcq {TOP}.tar.zst | busybox tar -xf -" if c == UNPACK else c}
for said in ("tar --options tar:read_concatenated_archives -tf", f"zstd -dcq {TOP}.tar.zst | tar -xf -"):
    if said not in instructions.replace("\n", " "): raise SystemExit(f"not ok - VERIFY.txt does not say {said}")


def stock(packet, tool):
    """What the commands find wrong."""
    place = room / "place"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    shutil.copy(packet, place / f"{TOP}.tar.zst")
    shutil.copy(room / "c.pem", place / "CERT.pem")
    folder, wrong = place, []
    for command in filter(None, map(tools[tool], commands)):
        if command.startswith("cd "):
            folder = folder / command[3:]
            if not folder.is_dir(): return wrong + [f"there is no {folder.name}"]
            shutil.copy(room / "c.pem", place / "CERT.pem")
            continue
        done = subprocess.run(["sh", "-c", command.replace("CERT.pem", str(place / "CERT.pem"))], cwd=folder, capture_output=True, text=True)
        said = (done.stdout + done.stderr).strip()
        if "data/evidence/" in command: good = not done.returncode
        elif "cms -verify" in command and "for s" not in command: good = not done.returncode
        elif "-path ./data -prune" in command: good = set(said.splitlines()) == {"tagmanifest-sha256.txt", "tagmanifest-sha256.txt.p7s"}
        else: good = not said and (not done.returncode or "grep -v" in command)
        if not good: wrong.append(f"{command}: {done.returncode}: {said}")
    return wrong


def judged(sentence, packet, whole, but=()):
    """but: tools whose commands cannot see it."""
    wrong = []
    for tool in tools:
        found = stock(packet, tool)
        if bool(found) == whole and tool not in but: wrong.append(f"{tool}: {found or 'finds nothing wrong'}")
    done = subprocess.run([dossier, "verify", "--cert", room / "c.pem", packet], capture_output=True, text=True)
    if done.returncode != (0 if whole else 3): wrong.append(f"verify: {done.returncode}: {done.stdout}")
    say(sentence, wrong)


def again(change, order=()):
    """The bag in another tar, after a change."""
    folder = room / "again"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(bag, folder)
    change(folder / TOP)
    out = room / "tampered.tar.zst"
    out.unlink(missing_ok=True)
    names = order or [TOP]
    run("tar", "--zstd", "-cf", out, "-C", folder, *names)
    return out


def listed(folder):
    """Both manifests made anew."""
    def lines(files): return "".join(f"{hashlib.sha256(f.read_bytes()).hexdigest()}  {f.relative_to(folder)}\n" for f in sorted(files, key=lambda f: str(f.relative_to(folder)).encode()))
    (folder / "manifest-sha256.txt").write_text(lines(f for f in (folder / "data").rglob("*") if f.is_file()))
    (folder / "tagmanifest-sha256.txt").write_text(lines(f for f in folder.iterdir() if f.is_file() and not f.name.startswith("tagmanifest")))


def edit(name, old=b"e", new=b"E", then=lambda folder: None):
    def change(folder):
        text = (folder / name).read_bytes()
        (folder / name).write_bytes(text.replace(old, new, 1))
        then(folder)
    return change


def both(*changes):
    def change(folder):
        for one in changes: one(folder)
    return change


judged("a packet as it was built is whole", packet, True)
judged("the bag in another tar is whole", again(lambda folder: None), True)
members = sorted((str(p.relative_to(bag)) for p in bag.rglob("*") if p.is_file()), reverse=True)
judged("the bag with its files in another order is whole", again(lambda folder: None, order=members), True)
for sentence, change in (
        ("a report edited", edit("data/report.xml")), ("evidence edited", edit("data/evidence/after/trivy-shop-web.json")), ("a row of findings edited, with both manifests made anew", edit("data/findings.csv", then=listed)),
        ("a manifest edited", edit("manifest-sha256.txt", b"0", b"1")), ("a tag file edited", edit("bag-info.txt")), ("a file added", lambda folder: (folder / "data/letter.txt").write_text("x")),
        ("a tag file added", lambda folder: (folder / "letter.txt").write_text("x")), ("a file taken away", lambda folder: (folder / "data/report.pdf").unlink()), ("a signature edited", lambda folder: (folder / "tagmanifest-sha256.txt.p7s").write_bytes(b"\x30\x80" + bytes(100))),
        ("a file replaced by a link", both(lambda folder: shutil.move(folder / "data/report.pdf", folder / "data/other.pdf"), lambda folder: (folder / "data/report.pdf").symlink_to("other.pdf"))),
        ("two files exchanged", both(lambda folder: shutil.move(folder / "data/report.xml", folder / "x"), lambda folder: shutil.move(folder / "data/report.xsd", folder / "data/report.xml"), lambda folder: shutil.move(folder / "x", folder / "data/report.xsd")))):
    judged(f"{sentence} is found", again(change), False)
content, tampered = packet.read_bytes(), room / "tampered.tar.zst"
tampered.write_bytes(content[:len(content) * 2 // 3])
judged("a packet that is cut off is found", tampered, False)
tampered.write_bytes(content + b"padding")
judged("a packet with bytes behind it is found", tampered, False)
tampered.write_bytes(content + content)
judged("a packet that is there twice is found", tampered, False, but=("busybox",))
end_of_test()
PYTHON
