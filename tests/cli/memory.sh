#!/bin/sh
# --memory changes where bytes lie while the program runs, and nothing else: the same answers and the same packet with it and without, for any
# number of threads; nothing is left behind by a run that is killed; a full disk is said. The pair is large enough to leave the heap.
PYTHONPATH=tests/cli exec python3 - <<'PYTHON'
import json, os, pathlib, random, subprocess, time

from said import end_of_test, say

dossier, room = os.environ["DOSSIER"], pathlib.Path(os.environ["TMPDIR"])


def run(*arguments, **more): return subprocess.run([str(a) for a in arguments], stdin=subprocess.DEVNULL, capture_output=True, **more)


def sarif(results, end):
    return {"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "Wide"}}, "invocations": [{"executionSuccessful": True, "endTimeUtc": end}], "results": results}]}


def result(i, shift):
    return {"ruleId": f"R{i % 9000}", "level": ("error", "warning", "note")[i % 3], "message": {"text": f"Value {i} reaches a sink"},
            "locations": [{"physicalLocation": {"artifactLocation": {"uri": f"src/part{i % 71}/file{i // 2}.c"}, "region": {"startLine": 1 + i % 500 + shift}}}]}


COUNT = 40000
sides = {"before": list(range(COUNT)), "after": [i for i in range(COUNT + 3000) if i % 9]}
random.seed(11)
random.shuffle(sides["after"])
for side, numbers in sides.items():
    for part in range(2):
        (room / side).mkdir(exist_ok=True)
        half = numbers[part * len(numbers) // 2:(part + 1) * len(numbers) // 2]
        (room / side / f"scan{part}.sarif").write_text(json.dumps(sarif([result(i, 3 if side == "after" and i % 4 == 0 else 0) for i in half], "2026-03-05T08:00:00Z")))
before, after, spill = room / "before", room / "after", room / "spill"
spill.mkdir()
there = dict(os.environ, TMPDIR=str(spill))

plain = run(dossier, "diff", "--json", "--findings", before, after)
for jobs in (1, 2, 7):
    done = run(dossier, "diff", "--json", "--findings", "--jobs", jobs, "--memory", "16M", before, after, env=there)
    say(f"diff --memory with --jobs {jobs} gives the same bytes", [] if done.returncode == 0 and done.stdout == plain.stdout else [done.returncode, done.stderr])
say("what it wrote is gone with it", list(spill.iterdir()))

run(dossier, "build", "--before", before, "--after", after, "-o", room / "plain.tar.zst")
for jobs in (1, 7):
    done = run(dossier, "build", "--before", before, "--after", after, "--jobs", jobs, "--memory", "16M", "-o", room / "p.tar.zst")
    say(f"build --memory with --jobs {jobs} gives the same packet", [] if (room / "p.tar.zst").read_bytes() == (room / "plain.tar.zst").read_bytes() else [done.returncode, done.stderr])
run(dossier, "collect", after, "-o", room / "plain.snapshot")
done = run(dossier, "collect", "--memory", "16M", after, "-o", room / "m.snapshot")
say("collect --memory gives the same snapshot", [] if (room / "m.snapshot").read_bytes() == (room / "plain.snapshot").read_bytes() else [done])

for limit in ("", "15M", "x", "1T5", "-1", "99999999999999999999G"):
    done = run(dossier, "diff", "--memory", limit, before, after)
    say(f"--memory \"{limit}\" is refused with 2, naming the option", [] if done.returncode == 2 and b"--memory" in done.stderr else [done])

quiet = dict(there, ASAN_OPTIONS=os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0")
wrong, killed = [], 0
for _ in range(8):
    process = subprocess.Popen([dossier, "diff", "--json", "--memory", "16M", str(before), str(after)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=quiet)
    time.sleep(0.1 + random.random())
    process.kill()
    killed += process.wait() < 0
    wrong += list(spill.iterdir())
say("a run that is killed leaves no file", wrong + ([] if killed else ["none was killed in time"]))

done = run(dossier, "diff", "--json", "--memory", "16M", before, after, env=dict(os.environ, TMPDIR=str(room / "nowhere")))
say("a folder for temporary files that is not there ends with 4, named", [] if done.returncode == 4 and b"nowhere" in done.stderr and not done.stdout else [done])
full = room / "full"
full.mkdir()
if run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", full).returncode == 0:
    try:
        done = run(dossier, "diff", "--json", "--memory", "16M", before, after, env=dict(os.environ, TMPDIR=str(full)))
        say("a full disk ends with 4, said with its folder, and nothing on stdout", [] if done.returncode == 4 and b"full" in done.stderr and b"No space" in done.stderr and not done.stdout else [done])
    finally: subprocess.run(["umount", full], check=True)
else:
    print("skip - a full disk: no right to mount a small one")
end_of_test()
PYTHON
