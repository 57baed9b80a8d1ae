#!/bin/sh
# variant: gcc
# The manual page has every command and every option that --help names, and --help every option that the manual names.
PYTHONPATH=tests/cli exec python3 - <<'PYTHON'
import os, pathlib, re, subprocess

from said import end_of_test, say

dossier = os.environ["DOSSIER"]


def help_of(*words): return subprocess.run([dossier, *words, "--help"], capture_output=True, text=True).stdout
def options(text): return set(re.findall(r"(?<![\w-])--([a-z][a-z0-9-]*)", text))


manual = pathlib.Path("docs/dossier.1").read_text("utf-8")
# mdoc: ".It Fl -before Ar before , Fl -after Ar after"
entries = {f for line in re.findall(r"^\.It .*$", manual, re.M) for f in re.findall(r"\bFl \\?-([a-z][a-z0-9-]*)", line)}
commands = re.findall(r"^  ([a-z]+)  ", help_of(), re.M)
say("--help names the commands", [] if {"build", "verify", "diff", "inspect"} <= set(commands) else [commands])
every = options(help_of())
for command in commands:
    text = help_of(command)
    found = options(text)
    every |= found
    say(f"{command}: each option of its --help has an entry in the manual", sorted(found - entries - {"help", "version"}))
    say(f"{command}: the manual has the command", [] if re.search(rf"^\.(?:It|Nm dossier|Ss|Sh) .*\b{command}\b", manual, re.M) else ["no line"])
say("each option that has an entry in the manual is one of some command's", sorted(entries - every - {"help", "version"}))
end_of_test()
PYTHON
