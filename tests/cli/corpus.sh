#!/bin/sh
# Every file of the shared corpus in a format that dossier reads: its counts are the manifest's, which others counted, and it does not
# differ from itself. One line for each format.
if [ -z "${SHARED:-}" ]; then
	echo 'skip - the corpus (../shared is not here)'
	exit 0
fi
exec python3 - <<'PYTHON'
import csv, glob, json, os, subprocess, sys

dossier, corpus = os.environ["DOSSIER"], os.environ["SHARED"] + "/corpus"
known = {json.load(open(f, encoding="utf-8")).get("format") for f in glob.glob("templates/formats/*.json")} - {None} | {"empty"}
rows = list(csv.DictReader(open(corpus + "/manifest.tsv", encoding="utf-8"), delimiter="\t", quoting=csv.QUOTE_NONE))
OUTCOMES = ("unchanged", "updated", "fixed", "fixed_verified", "dismissed", "not_reassessed", "new", "newly_in_scope", "reopened")


def counts(text):
    return {} if text == "none" else {k: int(v) for k, v in (part.split("=") for part in text.split(","))}


def without_zeros(numbers):
    return {k: v for k, v in numbers.items() if v}


def ask(*arguments):
    """The answer, or what went wrong."""
    run = subprocess.run([dossier, *arguments, "--json"], capture_output=True)
    if run.returncode: return None, f"`{arguments[0]}` ended with status {run.returncode}: {run.stderr.decode(errors='replace').strip()}"
    return json.loads(run.stdout), None


def faults(row):
    path = f"{corpus}/{row['path']}"
    answer, trouble = ask("inspect", path)
    if trouble: return [trouble]
    found, file = [], answer["files"][0]
    got = {"format": file["format"], "records": file["records"], "unreadable": file["unreadable"],
           "by_status": without_zeros(file["by_status"]), "by_severity": without_zeros(file["by_severity"])}
    wanted = {"format": row["format"], "unreadable": 0}
    if row["records"] != "-": wanted["records"] = int(row["records"])
    for name in ("by_status", "by_severity"):
        if row[name] != "-": wanted[name] = counts(row[name])
    found += [f"{k} is {got[k]}, the manifest says {v}" for k, v in wanted.items() if got[k] != v]
    answer, trouble = ask("diff", path, path)
    if trouble: return found + [trouble]
    open_ = got["by_status"].get("fail", 0)
    if answer["outcomes"] != dict.fromkeys(OUTCOMES, 0) | {"unchanged": open_}:
        found.append(f"{open_} open findings, but the difference from itself is {without_zeros(answer['outcomes'])}")
    if any(answer["facts"].values()): found.append(f"facts differ from themselves: {answer['facts']}")
    return found


failed = False
for name in sorted(known & {row["format"] for row in rows}):
    mine = [row for row in rows if row["format"] == name]
    wrong = [(row["path"], fault) for row in mine for fault in faults(row)]
    print(f"{'not ok' if wrong else 'ok'} - the {len(mine)} {name} files of the corpus have the manifest's counts and do not differ from themselves")
    for path, fault in wrong: print(f"    {path}: {fault}")
    failed |= bool(wrong)
others = [row for row in rows if row["format"] not in known]
if others: print(f"skip - {len(others)} files of the corpus, in {len({row['format'] for row in others})} formats that dossier does not read yet")
sys.exit(failed)
PYTHON
