#!/bin/sh
# With --memory a build takes no more memory for many findings than for few: what is above the limit does not grow. The peak is the kernel's
# count, which begins with what this script had when it started the program, so it never holds a file; sanitizers add to it what they keep of
# freed blocks, so that is made small, and two builds are compared, not a build with a number. What evidence in no
# order costs is counted as page faults, which a busy machine does not change: 6 times those in order; 24 times when each row looked at its match.
# variant: gcc
PYTHONPATH=tests/cli exec python3 - <<'PYTHON'
import filecmp, os, pathlib, random, subprocess, sys

from said import end_of_test, say

dossier, room = os.environ["DOSSIER"], pathlib.Path(os.environ["TMPDIR"])
FEW, MANY, MB = 40_000, 150_000, 1 << 20


def result(i):
    return ('{"ruleId":"R%d","message":{"text":"m%d"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"d%d/f%d.c"},"region":{"startLine":%d}}}]}' %
            (i % 900, i, i % 71, i, 1 + i % 500))


def write(path, numbers, end):
    with open(path, "w", encoding="utf-8") as f:
        f.write('{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"Wide"}},"invocations":[{"executionSuccessful":true,"endTimeUtc":"' + end + '"}],"results":[')
        for n, i in enumerate(numbers): f.write(("," if n else "") + result(i))
        f.write("]}]}")


def build(count, *options, shuffled=False):
    """Peak in bytes, page faults, and the packet."""
    name = f"{count}.{'shuffled' if shuffled else 'ordered'}"
    before, after = room / f"{name}.before.sarif", room / f"{name}.after.sarif"
    packet = room / f"{name}{''.join(options)}.tar.zst"
    if not before.exists():
        numbers = list(range(count // 20, count + count // 20))
        if shuffled: random.Random(7).shuffle(numbers)
        write(before, range(count), "2026-03-05T08:00:00Z")
        write(after, numbers, "2026-03-06T08:00:00Z")
    environment = dict(os.environ, ASAN_OPTIONS=os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=1")
    process = subprocess.Popen([dossier, "build", "--jobs", "2", "--before", before, "--after", after, *options, "-o", packet],
                               stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return (usage.ru_maxrss * 1024, usage.ru_minflt, packet) if process.returncode in (0, 1) else sys.exit(f"status {process.returncode}")


few, _, _ = build(FEW, "--memory", "16M")
many, in_order, packet = build(MANY, "--memory", "16M")
free, _, same = build(MANY)
figures = f"{few / MB:.1f} MB, {many / MB:.1f} MB, without a limit {free / MB:.1f} MB"
say("four times the findings take as much memory, within 10 MB, where there is a limit", [] if many - few < 10 * MB else [figures])
say("without one they take more, so this test would see it", [] if free - many > 12 * MB else [figures])
say("and the packet is the same", [] if filecmp.cmp(packet, same, shallow=False) else ["it differs"])
_, in_no_order, packet = build(MANY, "--memory", "16M", shuffled=True)
_, _, same = build(MANY, shuffled=True)
figures = f"{in_order} page faults in order, {in_no_order} in no order"
say("evidence in no order takes less than twelve times the page faults of evidence in order", [] if in_no_order < 12 * in_order else [figures])
say("and the packet is the same there too", [] if filecmp.cmp(packet, same, shallow=False) else ["it differs"])
end_of_test()
PYTHON
