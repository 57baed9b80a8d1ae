#!/bin/sh
# build and sign, killed at any moment, on a full disk, and into places where nothing can be written: the old packet or the new one is there,
# whole, and nothing else stays.
PYTHONPATH=tests/cli exec python3 - <<'PYTHON'
import os, pathlib, random, shutil, subprocess, time

from said import end_of_test, say

dossier, room = os.environ["DOSSIER"], pathlib.Path(os.environ["TMPDIR"])
demo = pathlib.Path("fixtures/demo").resolve()


def run(*arguments): return subprocess.run([str(a) for a in arguments], stdin=subprocess.DEVNULL, capture_output=True)


def build(target, *more): return [dossier, "build", "--before", demo / "before", "--after", demo / "after", "-o", target, *more]


old, new = room / "old.tar.zst", room / "new.tar.zst"
run(*build(old)), run(*build(new, "--marking", "new"))
subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", room / "k.pem", "-out", room / "c.pem", "-subj", "/CN=k", "-days", "99"], check=True, capture_output=True)
signed = room / "signed.tar.zst"
sign = lambda packet, target: [dossier, "sign", "--key", room / "k.pem", "--cert", room / "c.pem", "--as-of", "2026-03-20", "-o", target, packet]
run(*sign(old, signed))
# A leak checker that is killed at its work reports that, and not a leak.
to_be_killed = dict(os.environ, ASAN_OPTIONS=os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0")
kinds = (("build", lambda target: build(target, "--marking", "new"), new), ("sign", lambda target: sign(target, target), signed))
random.seed(7)
for name, command, after in kinds:
    folder = room / name
    folder.mkdir()
    target = folder / "p.tar.zst"
    shutil.copy(old, target)
    began = time.monotonic()
    run(*command(room / "timing.tar.zst") if name == "build" else sign(old, room / "timing.tar.zst"))
    whole = time.monotonic() - began
    wrong, killed = [], 0
    for _ in range(25):
        process = subprocess.Popen([str(a) for a in command(target)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=to_be_killed)
        time.sleep(random.random() * whole)
        process.kill()
        killed += process.wait() < 0
        content = target.read_bytes()
        if content not in (old.read_bytes(), after.read_bytes()): wrong.append("neither the old packet nor the new one is there")
        shutil.copy(old, target)
    if killed < 3: wrong.append(f"only {killed} were killed in time")
    run(*command(target))
    wrong += [str(p) for p in folder.iterdir() if p != target]
    if target.read_bytes() != after.read_bytes(): wrong.append("the next run does not give the new packet")
    say(f"{name} killed at 25 moments leaves the old packet or the new one, and the next run takes the rest away", wrong)

for name, command in (("build", build), ("sign", lambda target: sign(old, target))):
    done = run(*command(room / "nowhere/p.tar.zst"))
    say(f"{name} into a folder that is not there ends with 2", [] if done.returncode == 2 and done.stderr else [done])
    (room / f"{name}.folder").mkdir()
    done = run(*command(room / f"{name}.folder"))
    say(f"{name} over a folder ends with 2 and leaves it", [] if done.returncode == 2 and (room / f"{name}.folder").is_dir() else [done])
full = room / "full"
full.mkdir()
if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", full], capture_output=True).returncode == 0:
    try:
        for name, command in (("build", build), ("sign", lambda target: sign(old, target))):
            done = run(*command(full / "p.tar.zst"))
            say(f"{name} on a full disk ends with 4 and leaves nothing", ([] if done.returncode == 4 and done.stderr else [done]) + list(full.iterdir()))
        subprocess.run(["mount", "-o", "remount,ro", full], check=True)
        done = run(*build(full / "p.tar.zst"))
        say("build on a read-only disk ends with 4 and says so", [] if done.returncode == 4 and b"Read-only" in done.stderr else [done])
    finally: subprocess.run(["umount", full], check=True)
else:
    print("skip - a full disk: no right to mount a small one")
end_of_test()
PYTHON
