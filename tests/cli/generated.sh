#!/bin/sh
# Generated scans with known differences: SARIF with and without fingerprints, and Trivy. A finding that moved, changed its severity or
# its version is updated, never fixed and new.
if [ -z "${SHARED:-}" ]; then
	echo 'skip - generated scans (../shared is not here)'
	exit 0
fi
PYTHONPATH=tests/cli exec python3 - <<'PYTHON'
import json, os, subprocess, sys

from said import end_of_test, say

dossier, generate, room = os.environ["DOSSIER"], os.environ["SHARED"] + "/bench/gen.py", os.environ["TMPDIR"]


def differences(pairs):
    return [f"{what}: got {got}, expected {wanted}" for what, got, wanted in pairs if got != wanted]


for name, options, extension in (("SARIF with fingerprints", ["--format", "sarif"], "sarif"), ("SARIF without fingerprints", ["--format", "sarif", "--fingerprints", "0"], "sarif"),
                                 ("Trivy", ["--format", "trivy"], "json")):
    for seed in (5, 1789):
        folder = f"{room}/{extension}-{len(options)}-{seed}"
        subprocess.run([sys.executable, generate, *options, "--records", "3000", "--seed", str(seed), "--out", folder], check=True, stdout=subprocess.DEVNULL)
        truth = json.load(open(folder + "/truth.json", encoding="utf-8"))
        run = subprocess.run([dossier, "diff", "--json", "--findings", f"{folder}/before.{extension}", f"{folder}/after.{extension}"], capture_output=True)
        if run.returncode:
            say(f"{name}, seed {seed}: `diff` reads the pair", [f"status {run.returncode}", *run.stderr.decode(errors="replace").splitlines()])
            continue
        diff = json.loads(run.stdout)
        o = diff["outcomes"]
        moved = "version" if extension == "json" else "location"
        updated_by = dict.fromkeys(("location", "severity", "version", "message"), 0) | {moved: truth["moved"], "severity": truth["severity_changed"]}
        say(f"{name}, seed {seed}: outcomes and what changed equal truth.json", differences([
            ("outcomes", o, {"unchanged": truth["persisting"] - truth["moved"] - truth["severity_changed"], "updated": truth["moved"] + truth["severity_changed"],
                             "fixed": truth["fixed"], "fixed_verified": 0, "dismissed": 0, "not_reassessed": 0, "new": truth["new"], "newly_in_scope": 0, "reopened": 0}),
            ("updated by", diff["updated_by"], updated_by),
            ("before", [diff["before"]["records"], diff["before"]["open"]], [truth["before"]] * 2),
            ("after", [diff["after"]["records"], diff["after"]["open"]], [truth["after"]] * 2)]))
        listed = {}
        for f in diff["findings"]: listed[f["outcome"]] = listed.get(f["outcome"], 0) + 1
        say(f"{name}, seed {seed}: both sums hold, and --findings lists each open finding once", differences([
            ("before", o["unchanged"] + o["updated"] + o["fixed"] + o["fixed_verified"] + o["dismissed"] + o["not_reassessed"], diff["before"]["open"]),
            ("after", o["unchanged"] + o["updated"] + o["new"] + o["newly_in_scope"] + o["reopened"], diff["after"]["open"]),
            ("the list", listed, {k: v for k, v in o.items() if v}),
            ("ids", len({f["id"] for f in diff["findings"]}), len(diff["findings"])),
            ("matched", sum(f["matched"] is not None for f in diff["findings"]), o["unchanged"] + o["updated"])]))
end_of_test()
PYTHON
