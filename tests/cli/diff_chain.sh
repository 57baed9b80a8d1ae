#!/bin/sh
# `diff` of more than two points: its steps are the diffs of two, and what is open at the last says since when.
PYTHONPATH=tests/cli exec python3 - <<'PYTHON'
import json, os, pathlib, subprocess

from said import check, end_of_test

dossier, room = os.environ["DOSSIER"], pathlib.Path(os.environ["TMPDIR"])


def run(*arguments):
    return subprocess.run([dossier, "diff", *map(str, arguments)], capture_output=True, text=True)


def point(name, time, results):
    """A SARIF file: results are (rule, line, message)."""
    run_ = {"tool": {"driver": {"name": "Lint"}}, "invocations": [{"executionSuccessful": True, "endTimeUtc": time}],
            "results": [{"ruleId": rule, "level": "error", "message": {"text": text}, "locations": [{"physicalLocation": {"artifactLocation": {"uri": "a.c"}, "region": {"startLine": line}}}]} for rule, line, text in results]}
    (room / name).write_text(json.dumps({"version": "2.1.0", "runs": [run_]}))
    return room / name


# stays: always there, its line and then its text's number move. back: gone at b. late: since c. gone: not at the last.
a = point("a.sarif", "2026-01-05T08:00:00Z", [("stays", 1, "of 3"), ("back", 2, "x"), ("gone", 3, "y")])
b = point("b.sarif", "2026-02-02T08:00:00Z", [("stays", 5, "of 4"), ("gone", 3, "y")])
c = point("c.sarif", "2026-03-02T07:00:00Z", [("stays", 9, "of 5"), ("back", 2, "x"), ("late", 7, "z")])
d = point("d.sarif", "2026-03-09T08:00:00Z", [("stays", 9, "of 5"), ("back", 2, "x"), ("late", 8, "z")])
whole = json.loads(run("--json", "--findings", a, b, c, d).stdout)
steps = [json.loads(run("--json", *pair).stdout) for pair in ((a, b), (b, c), (c, d))]
check("each step is the diff of its two points", whole["dossier"] == "diff-chain" and whole["version"] == 1 and whole["steps"] == steps, whole["steps"], steps)
got = {f["rule"]: (f["first_seen"]["point"], f["first_seen"]["captured"], f["age_days"]) for f in whole["findings"]}
check("what is open at the last point says since when: moves do not matter, and what was gone begins anew",
    got == {"stays": (0, "2026-01-05T08:00:00Z", 63), "back": (2, "2026-03-02T07:00:00Z", 7), "late": (2, "2026-03-02T07:00:00Z", 7)}, got)
check("the points say what they held, and how much of it is still open", [(p["path"], p["open"], p["first_seen"]) for p in whole["points"]] == [(str(a), 3, 1), (str(b), 2, 0), (str(c), 3, 2), (str(d), 3, 0)], whole["points"])
key = json.loads(run("--json", "--findings", a, a).stdout)["findings"]
check("first_seen has the key that the finding had there", next(f["first_seen"]["key"] for f in whole["findings"] if f["rule"] == "stays") in [f["key"] for f in key if f["rule"] == "stays"], whole["findings"])
lines = [json.loads(line) for line in run("--json", "--stream", a, b, c, d).stdout.splitlines()]
findings = whole.pop("findings")
check("--stream is the object without findings, then a line for each", lines == [whole, *findings], lines)
check("without an option that asks for them, there are no findings", json.loads(run("--json", a, b, c, d).stdout) == whole)
narrow = json.loads(run("--json", "--outcome", "updated", "--limit", "1", a, b, c, d).stdout)
check("outcomes narrow by the last step, and a list that is cut says so", [f["rule"] for f in narrow["findings"]] == ["late"] and narrow["listed"] == {"first": 1, "of": 1}, narrow)
back = json.loads(run("--json", "--findings", d, a, b).stdout)
check("where the points are not in order of time, ages are not known", {f["age_days"] for f in back["findings"] if f["first_seen"]["point"] == 0} == {None}, back)
text = run(a, b, c, d).stdout
check("for people: points, steps, then the findings, the oldest first", text.index("first seen here") < text.index("2-3") < text.index("first seen at point 0  2026-01-05T08:00:00Z  (63 days)") < text.index("first seen at point 2") and text.count("\n  F-") == 3, text)
snapshots = []
for name in (a, b, c, d):
    snapshots.append(f"{name}.snapshot")
    subprocess.run([dossier, "collect", name, "-o", snapshots[-1]], check=True, stdout=subprocess.DEVNULL)
kept = json.loads(run("--json", "--findings", *snapshots).stdout)
check("snapshots give the same", kept["steps"] == steps and kept["findings"] == findings, kept)

# b and c in two files each, which are one point together; a file of one's own tool each, so that both are a scope of their own.
def half(name, time, results, tool):
    path = point(name, time, results)
    path.write_text(path.read_text().replace('"Lint"', f'"{tool}"'))
    return path


b2, c2 = half("b2.sarif", "2026-02-02T09:00:00Z", [("other", 1, "p")], "Lint2"), half("c2.sarif", "2026-03-02T09:00:00Z", [("other", 4, "p")], "Lint2")
for name, files in (("bb", (b, b2)), ("cc", (c, c2))):
    (room / name).mkdir()
    for file in files: (room / name / file.name).write_bytes(file.read_bytes())
folders = json.loads(run("--json", "--findings", a, room / "bb", room / "cc").stdout)
roots = run("--json", "--findings", a, b, "--and", b2, c2, "--and", c)
joined = json.loads(roots.stdout or "{}")
check("a point of several roots, named by --and, is the folder that holds them", joined.get("steps") == folders["steps"] and joined.get("findings") == folders["findings"] and len(joined["findings"]) == 4, roots.stderr, joined, folders)
check("a point says its roots one by one, and together as its path", [(p["path"], p["paths"]) for p in joined["points"]] == [(str(a), [str(a)]), (f"{b}, {b2}", [str(b), str(b2)]), (f"{c2}, {c}", [str(c2), str(c)])], joined["points"])
pair = json.loads(run("--json", "--findings", room / "bb", room / "cc").stdout)
for how in ((b, "--and", b2, c, "--and", c2), ("--before", b, "--and", b2, "--after", c, "--and", c2), ("--json", "--", b, c)):
    got = run("--json", "--findings", *how)
    want = pair if "--and" in how else json.loads(run("--json", "--findings", b, c).stdout)
    check("of two sides likewise: " + " ".join(a.name if isinstance(a, pathlib.Path) else a for a in how), got.returncode == 0 and json.loads(got.stdout) == want, got.stderr)
wrong = []
for case in sorted(pathlib.Path("fixtures").iterdir()):
    before, after = case / "before", case / "after"
    if not before.is_dir() or not after.is_dir(): continue
    two, three = json.loads(run("--json", "--findings", before, after).stdout), json.loads(run("--json", "--findings", before, after, after).stdout)
    two_open = {f["id"]: (f["key"], 0 if f["outcome"] in ("unchanged", "updated") else 1) for f in two.pop("findings") if f["side"] == "after"}
    if three["steps"][0] != two or {f["id"]: (f["first_seen"]["key"], f["first_seen"]["point"]) for f in three["findings"]} != two_open: wrong.append((case.name, two_open, three["findings"]))
check("of every fixture, the last point again changes nothing: keys are those of the diff, and all is as old as the diff says", not wrong, *wrong[:3])
for arguments, message in ((["--explain", "K-0123456789abcdef", a, b, c], "--explain is for two sides"), ([a, b, room / "nowhere"], "nowhere"), ([a], "name what was before"), (["--and", a, b, c], "nothing before it"),
                           ([a, "--before", b, "--after", c], "by --before and --after, or neither"), ([a, b, "--and", room / "nowhere", c], "nowhere")):
    said = run(*arguments)
    check(f"{message}: an error, with nothing on standard output", said.returncode == 2 and message in said.stderr and not said.stdout, said)
end_of_test()
PYTHON
