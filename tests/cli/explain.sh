#!/bin/sh
# `inspect --explain` on every fixture: it reads what inspect reads, and its values are those of the findings.
exec python3 - <<'PYTHON'
import json, os, pathlib, subprocess, sys

dossier = os.environ["DOSSIER"]
files = sorted(str(f) for f in pathlib.Path("fixtures").rglob("*") if f.suffix in (".json", ".sarif", ".ndjson") and not f.name.startswith("expected."))


def ask(*arguments):
    run = subprocess.run([dossier, "inspect", "--json", *arguments], capture_output=True, text=True, errors="replace")
    return run.returncode, json.loads(run.stdout) if run.stdout else None, run.stderr


wrong = {"format": [], "paths": [], "words": [], "people": []}
_, plain, _ = ask(*files)
plain = {f["path"]: f for f in plain["files"]}
status, explained, _ = ask("--explain", *files)
named = {f["path"]: f for f in explained["files"]}
for path in files:
    said, read = named.get(path), plain[path]
    if not said or (said["format"] or "unknown") != (read["format"] if read["format"] != "empty" else "unknown"):
        wrong["format"].append(f"{path}: {said and said['format']}, but inspect says {read['format']}")
        continue
    if said["format"] and sum(p["records"] for p in said["paths"]) == 0 and read["records"]: wrong["paths"].append(path)
    for record in said["records"]:
        fields = {f["field"]: f["value"] for f in record["fields"]}
        if record["problem"] or not read["records"]: continue
        if "severity" in fields and fields["severity"] not in ("critical", "high", "medium", "low", "info", "unknown"): wrong["words"].append(f"{path}: {fields['severity']}")
        if fields.get("status") and fields["status"] not in read["by_status"] and not read["unreadable"]: wrong["words"].append(f"{path}: {fields['status']}")
text = subprocess.run([dossier, "inspect", "--explain", *files], capture_output=True, text=True, errors="replace").stdout
wrong["people"] += [path for path in files if f"\n{path}\n" not in "\n" + text]
for name, sentence in {"format": "--explain chooses the format that inspect reads, for every fixture", "paths": "where records were read, it says at which paths",
                       "words": "the severity and status that it shows are words of the vocabulary, and counted by inspect", "people": "for people it has a paragraph for every file"}.items():
    print(f"{'not ok' if wrong[name] else 'ok'} - {sentence}")
    for line in wrong[name][:20]: print("    " + line)
sys.exit(any(wrong.values()))
PYTHON
