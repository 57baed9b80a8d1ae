#!/bin/sh
# docs/adding-a-format.md, followed to the letter: a block "```json NAME" is the file NAME, in a "```console" block each line after "$ " is a
# command, and what follows it is all that it prints, on both outputs.
PYTHONPATH=tests/cli exec python3 - <<'PYTHON'
import json, os, pathlib, re, subprocess

from said import end_of_test, say

document = pathlib.Path("docs/adding-a-format.md").read_text("utf-8")
room = pathlib.Path(os.environ["TMPDIR"]).resolve() / "adding"
(room / "bin").mkdir(parents=True)
(room / "bin/dossier").symlink_to(pathlib.Path(os.environ["DOSSIER"]).resolve())
work = room / "work"
work.mkdir()
environment = dict(os.environ, PATH=f"{room / 'bin'}:{os.environ['PATH']}", NO_COLOR="1")


def run(command):
    ended = subprocess.run(["sh", "-c", command], cwd=work, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    return [line.rstrip() for line in ended.stdout.splitlines()]


commands = 0
for kind, name, body in re.findall(r"^```(json|console) ?(\S*)\n(.*?)^```$", document, re.M | re.S):
    if kind == "json":
        (work / name).parent.mkdir(parents=True, exist_ok=True)
        (work / name).write_text(body, "utf-8")
        continue
    for step in re.split(r"^\$ ", body, flags=re.M)[1:]:
        command, *expected = step.rstrip("\n").split("\n")
        got, expected = run(command), [line.rstrip() for line in expected]
        while got and not got[-1]: got.pop()
        say(f"docs/adding-a-format.md is right about `{command}`", [] if got == expected else ["it says"] + expected + ["and dossier says"] + got)
        commands += 1
say("the document shows commands", [] if commands > 5 else [f"{commands}"])

# What the document does not show.
explained = json.loads("\n".join(run("dossier inspect --templates mine --explain --json monday.json")))
file = explained["files"][0]
scores = [bid["score"] for bid in file["bids"]]
specs = {json.loads(f.read_text("utf-8")).get("format") and f.name for f in pathlib.Path("templates/formats").glob("*.json")} - {None}
wrong = [] if scores == sorted(scores, reverse=True) and len(scores) == len(specs) + 1 else [f"{scores} of {len(specs) + 1} formats"]
wrong += [f"{bid['spec']} does not bid, and not why" for bid in file["bids"] if not bid["why"]]
say("--explain --json is one object with every format, the highest bid first, and says of each why", wrong)
fields = {field["field"]: field for field in file["records"][0]["fields"]}
say("and has each field's value and where it comes from", [] if fields["unit"]["from"] == ["$/repository", "$/parts/*/part"] and fields["line"]["value"] == "88" else [json.dumps(fields)])
secret = run(f"dossier inspect --explain --json {pathlib.Path('fixtures/gitleaks/8.json').resolve()}")
leaks = json.loads(secret[-1])["files"][0]["records"][0]["fields"]
shown = [f["field"] for f in leaks if f["field"] in ("title", "message", "snippet", "identity") and not f.get("withheld")]
record = json.loads(pathlib.Path("fixtures/gitleaks/8.json").read_text("utf-8-sig"))[0]
shown += [record["Secret"]] if record.get("Secret") and record["Secret"] in secret[-1] else []
say("nothing of a record that found a secret is shown but its rule, place and verdict", shown)
end_of_test()
PYTHON
