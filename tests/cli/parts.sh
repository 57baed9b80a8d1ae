#!/bin/sh
# variant: gcc
# findings.csv, findings.index and report.xml are written in parts of 1,024 findings by every processor (render/parts.h, cli/reports.h): around the edges of a
# part nothing is lost, doubled or out of its place, whatever the number of threads; and a disk that is full while they write ends in an error.
PYTHONPATH=tests/cli exec python3 - <<'PYTHON'
import csv, hashlib, io, json, os, pathlib, random, subprocess
import xml.etree.ElementTree as tree

from said import end_of_test, say

dossier, room = os.environ["DOSSIER"], pathlib.Path(os.environ["TMPDIR"])


def run(*arguments, **more): return subprocess.run([str(a) for a in arguments], stdin=subprocess.DEVNULL, capture_output=True, **more)


def scan(name, numbers):
    results = [{"ruleId": f"R{i % 7}", "level": ("error", "warning", "note")[i % 3], "message": {"text": f"Value {i}, a “sink”" + (",\nand more" * (i % 5))},
                "locations": [{"physicalLocation": {"artifactLocation": {"uri": f"src/file {i}.c"}, "region": {"startLine": 1 + i % 500}}}]} for i in numbers]
    path = room / name
    path.write_text(json.dumps({"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "Wide"}}, "invocations": [{"executionSuccessful": True, "endTimeUtc": "2026-03-05T08:00:00Z"}], "results": results}]}))
    return path


def written(before, after, *options):
    """The packet's reports by name, and its bytes."""
    packet = room / "p.tar.zst"
    packet.unlink(missing_ok=True)
    done = run(dossier, "build", "--before", before, "--after", after, "-o", packet, *options)
    if done.returncode not in (0, 1): return None, done.stderr
    folder = room / "out"
    run("rm", "-rf", folder)
    folder.mkdir()
    subprocess.run(f"zstd -dqc {packet} | tar -xf - -C {folder}", shell=True, check=True)
    data = next(folder.iterdir()) / "data"
    return {name: (data / name).read_bytes() for name in ("findings.csv", "findings.index", "report.xml")}, packet.read_bytes()


def wrong_csv(rows, want):
    """want: of both sides the paths, in the order of the evidence."""
    got = {"before": [], "after": []}
    for row in rows: got[row["side"]].append(row["path"])
    sides = [row["side"] for row in rows]
    return [f"{len(got[side])} rows {side}, {len(want[side])} expected; the first that differs: {next((p for p in zip(got[side], want[side]) if p[0] != p[1]), None)}" for side in want if got[side] != want[side]] + \
           (["the after side does not stand behind the before side"] if sides != sorted(sides, reverse=True) else [])


def wrong_index(index, text):
    """Each line is a row's prefix and where it begins; sorted, and all rows are there."""
    lines = index.decode().splitlines()
    keys = [line.split() for line in lines]
    wrong = [f"{prefix} {offset}: {text[int(offset, 16):][:20]}" for prefix, offset in keys if not text[int(offset, 16):].startswith(b"F-" + prefix.encode()) or (text[int(offset, 16) - 2:int(offset, 16)] != b"\r\n")]
    return wrong + ([] if keys == sorted(keys) and len({o for _, o in keys}) == len(keys) else ["not sorted, or one twice"])


def wrong_xml(text, rows):
    """Those with an outcome, a pair once: after first, each in the order of the evidence, with the ids of findings.csv."""
    kept = lambda row: row["outcome"] and not (row["side"] == "before" and row["outcome"] in ("unchanged", "updated"))
    want = [row["id"] for side in ("after", "before") for row in rows if row["side"] == side and kept(row)]
    findings = tree.fromstring(text).find("{urn:dossier:report:1}findings")
    got = [f.get("id") for f in findings]
    return [f"{len(got)} findings, {len(want)} expected, count=\"{findings.get('count')}\""] if got != want or findings.get("count") != str(len(want)) else []


for n, m in ((0, 0), (0, 1), (1023, 1024), (1025, 1), (2048, 0), (3500, 2900)):
    numbers = {"before": range(n), "after": range(n // 3, n // 3 + m)}
    before, after = (scan(f"{side}.sarif", numbers[side]) for side in ("before", "after"))
    want = {side: [f"src/file {i}.c" for i in numbers[side]] for side in numbers}
    first = None
    for jobs in (1, 7):
        reports, packet = written(before, after, "--jobs", jobs)
        if not reports:
            say(f"{n} and {m} findings can be built", [packet])
            break
        if first is None:
            rows = list(csv.DictReader(io.StringIO(reports["findings.csv"].decode(), newline="")))
            say(f"{n} and {m} findings: findings.csv has each once, in its place", wrong_csv(rows, want))
            say(f"{n} and {m} findings: findings.index says where each row is", wrong_index(reports["findings.index"], reports["findings.csv"]) + ([] if len(reports["findings.index"]) == 18 * len(rows) else ["not as many lines as rows"]))
            say(f"{n} and {m} findings: report.xml has those that the diff speaks of", wrong_xml(reports["report.xml"], rows))
            first = packet
        elif packet != first: say(f"{n} and {m} findings: the packet is the same with --jobs {jobs}", [hashlib.sha256(packet).hexdigest()])

# Several files, some of them without findings: each row is of its own file.
sizes = (3, 0, 0, 1021, 0, 1, 2000, 0)
folder = room / "several"
folder.mkdir()
for number, size in enumerate(sizes): scan(f"several/{number}.sarif", range(number * 10000, number * 10000 + size))
reports, packet = written(folder, after)
rows = list(csv.DictReader(io.StringIO(reports["findings.csv"].decode(), newline="")))
wrong = [(row["path"], row["evidence_path"]) for row in rows if row["side"] == "before" and row["evidence_path"] != f"data/evidence/before/{int(row['path'][9:-2]) // 10000}.sarif"]
say("of several files, some without findings, each row names its own", wrong + ([] if len(rows) == sum(sizes) + m else [len(rows)]))

# The disk is full while parts are compressed into the spool beside the output, whose first 32 MB are in memory: what nothing compresses takes these. Then more and
# more room, until the disk is full while they are taken into the packet, and until there is enough.
(folder / "blob.bin").write_bytes(random.Random(3).randbytes(32 << 20))
full = room / "full"
full.mkdir()
if run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", full).returncode:
    print("skip - a full disk (no right to mount one)")
else:
    wrong, failures = [], 0
    try:
        for size in (64, 256, 768, 4096, 33792, 45056):
            subprocess.run(["mount", "-o", f"remount,size={size}k", full], check=True)
            for jobs in (1, 7):
                try: done = run(dossier, "build", "--jobs", jobs, "--before", folder, "--after", after, "--also", "csv-bom", "-o", full / "p.tar.zst", timeout=100)
                except subprocess.TimeoutExpired:
                    wrong.append(f"{size}k, --jobs {jobs}: it does not end")
                    continue
                failures += done.returncode == 4
                if done.returncode not in (0, 1) and (done.returncode != 4 or b"No space left" not in done.stderr or list(full.iterdir())): wrong.append((size, jobs, done.returncode, done.stderr[-300:], list(full.iterdir())))
                for path in full.iterdir(): path.unlink()
    finally: subprocess.run(["umount", full], check=True)
    say("a disk that is full while the parts are written ends with 4, said, and nothing is left", wrong + ([] if 6 < failures < 12 else [f"it was full {failures} times"]))
end_of_test()
PYTHON
