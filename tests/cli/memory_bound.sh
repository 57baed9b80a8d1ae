#!/bin/sh
# With --memory a build takes no more memory for many findings than for few: what is above the limit does not grow. The peak is the kernel's
# count, which begins with what this script had when it started the program, so it never holds a file; sanitizers add to it what they keep of
# freed blocks, so that is made small, and two builds are compared, not a build with a number.
# variant: gcc
PYTHONPATH=tests/cli exec python3 - <<'PYTHON'
import filecmp, os, pathlib, subprocess, sys

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


def peak(count, *options):
    """Bytes, and the packet."""
    before, after = room / f"{count}.before.sarif", room / f"{count}.after.sarif"
    packet = room / f"{count}{''.join(options)}.tar.zst"
    if not before.exists():
        write(before, range(count), "2026-03-05T08:00:00Z")
        write(after, range(count // 20, count + count // 20), "2026-03-06T08:00:00Z")
    environment = dict(os.environ, ASAN_OPTIONS=os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=1")
    process = subprocess.Popen([dossier, "build", "--jobs", "2", "--before", before, "--after", after, *options, "-o", packet],
                               stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return (usage.ru_maxrss * 1024, packet) if process.returncode in (0, 1) else sys.exit(f"status {process.returncode}")


few, _ = peak(FEW, "--memory", "16M")
many, packet = peak(MANY, "--memory", "16M")
free, same = peak(MANY)
figures = f"{few / MB:.1f} MB, {many / MB:.1f} MB, without a limit {free / MB:.1f} MB"
say("four times the findings take as much memory, within 10 MB, where there is a limit", [] if many - few < 10 * MB else [figures])
say("without one they take more, so this test would see it", [] if free - many > 12 * MB else [figures])
say("and the packet is the same", [] if filecmp.cmp(packet, same, shallow=False) else ["it differs"])
end_of_test()
PYTHON
