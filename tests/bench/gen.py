#!/usr/bin/env python3
"""Writes two SARIF files for the benchmark, the same scan before and after a change: gen.py RESULTS FOLDER.

after.sarif holds 93 of 100 results of before.sarif, some on other lines or of another level, and as many new ones as make up for
five of the twelve that are gone. The same RESULTS give the same bytes.
"""
import hashlib, json, pathlib, sys

RULES, FOLDERS = 180, 89
NOUNS = "buffer request session token cursor handle payload header socket lease bucket record stream digest window cookie".split()
VERBS = "reaches escapes overwrites outlives shadows truncates leaks duplicates bypasses trusts".split()
LEVELS = ("error", "warning", "note")


def driver():
    return {"name": "LintLamp", "semanticVersion": "4.2.0", "rules": [
        {"id": f"LL{r:03d}", "name": f"{NOUNS[r % 16].capitalize()}{VERBS[r % 10].capitalize()}", "shortDescription": {"text": f"A {NOUNS[r % 16]} {VERBS[r % 10]} its owner"},
         "defaultConfiguration": {"level": LEVELS[r % 3]}, "properties": {"tags": ["security", f"external/cwe/cwe-{20 + 7 * r}"]}} for r in range(RULES)]}


def result(number, shift=0, level=None):
    rule, noun, verb = number % RULES, NOUNS[number % 16], VERBS[number // 16 % 10]
    line = 8 + number * 31 % 900 + shift
    out = {"ruleId": f"LL{rule:03d}", "ruleIndex": rule}
    if level: out["level"] = level
    out["message"] = {"text": f"The {noun} of step_{number} {verb} a “{NOUNS[number // 7 % 16]}” that another thread still holds"}
    out["locations"] = [{"physicalLocation": {
        "artifactLocation": {"uri": f"lib/part{number % FOLDERS}/unit{number // 5}.c", "uriBaseId": "ROOT"},
        "region": {"startLine": line, "startColumn": 9, "endLine": line, "endColumn": 40 + number % 30,
                   "snippet": {"text": f"\t\tstatus = {verb}_{noun}(&pool[{number}], \"%s\\n\", name_{number % 977});"}}},
        "logicalLocations": [{"fullyQualifiedName": f"part{number % FOLDERS}::step_{number}", "kind": "function"}]}]
    out["partialFingerprints"] = {"contextHash/v1": hashlib.sha1(b"%d" % number).hexdigest()[:20]}
    out["properties"] = {"precision": ("high", "very-high", "medium")[number % 3], "owner": f"team-{number % 23}"}
    return out


def write(path, end, results):
    with open(path, "w", encoding="utf-8") as f:
        f.write('{"$schema":"https://json.schemastore.org/sarif-2.1.0.json","version":"2.1.0","runs":[{"tool":{"driver":' + json.dumps(driver(), separators=(",", ":")) +
                '},"automationDetails":{"id":"nightly/lib/"},"invocations":[{"executionSuccessful":true,"endTimeUtc":"' + end + '"}],"results":[')
        for n, r in enumerate(results): f.write((",\n" if n else "\n") + json.dumps(r, separators=(",", ":"), ensure_ascii=False))
        f.write("\n]}]}\n")


def after(count):
    for number in range(count):
        fate = number * 37 % 100
        if fate < 12: continue  # fixed
        if fate < 24: yield result(number, shift=23)
        elif fate < 27: yield result(number, level=LEVELS[(number + 1) % 3])
        else: yield result(number)
    yield from (result(count + n) for n in range(count // 20))


if __name__ == "__main__":
    count, folder = int(sys.argv[1]), pathlib.Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    write(folder / "before.sarif", "2026-03-01T08:00:00Z", (result(n) for n in range(count)))
    write(folder / "after.sarif", "2026-03-08T08:00:00Z", after(count))
