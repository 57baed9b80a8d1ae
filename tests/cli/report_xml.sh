#!/bin/sh
# variant: gcc
# report.xml's schema says of each element and attribute what it is, docs/report-xml.md says the same, and report.xsl shows the decision page.
PYTHONPATH=tests/cli exec python3 - <<'PYTHON'
import functools, http.server, json, os, pathlib, re, shutil, subprocess, threading

from said import end_of_test, say

dossier, room, demo = os.environ["DOSSIER"], pathlib.Path(os.environ["TMPDIR"]), pathlib.Path("fixtures/demo")


made = subprocess.run(["scripts/report-xml"], capture_output=True, text=True)
say("each element, attribute and type of the schema is described", [made.stderr] if made.returncode else [])
document = pathlib.Path("docs/report-xml.md").read_text("utf-8")
kept = document.split("<!-- made by scripts/report-xml -->\n")[1].split("<!-- end of what scripts/report-xml made -->\n")[0]
say("docs/report-xml.md has what the schema says (else: scripts/report-xml --write)", sorted(set(made.stdout.splitlines()) ^ set(kept.splitlines())))
odd = pathlib.Path("templates/schema/report.xsd").read_text("utf-8")
say("the schema's descriptions are sentences", [d for d in re.findall(r"<xs:documentation[^>]*>([^<]*)<", odd) if not d.strip().endswith((".", ":"))][:5])

told = json.loads(subprocess.run([dossier, "build", "--json", "--before", demo / "before", "--after", demo / "after", "--change", demo / "change.json", "--exceptions", demo / "exceptions.json", "-o", room / "p.tar.zst"], capture_output=True).stdout)
subprocess.run(["tar", "--zstd", "-xf", room / "p.tar.zst", "-C", room], check=True)
data = room / "dossier-CHG-2041/data"


def judge(page, where):
    text = re.sub(r"\s+", " ", page)
    wrong = [w for w in ("NOT READY", "What was not looked at", "Effect on open findings", "Objectives", "Exceptions", "Controls", told["evidence_digest"] if "evidence_digest" in told else "Evidence digest") if w not in text]
    for severity, r in told["diff"]["reduction"].items():
        row = re.search(rf"{severity} (\d+) (\d+) (\d+) (\d+) (\d+) (\d+) (\d+)(?: (-?\d+\.\d) %)?", text)
        if not (r["raw_before"] or r["raw_after"]): continue
        if not row or (int(row[1]), int(row[7])) != (r["raw_before"], r["raw_after"]) or (row[8] and float(row[8]) != r["percent"]): wrong.append((severity, r, row and row[0]))
    wrong += [g["rule"] for g in told["gate"] if g["state"] == "fail" and not re.search(rf": {g['value']}, limit {g['limit']}", text)]
    say(f"report.xsl shows the decision page {where}, with the numbers of --json", wrong)


page = subprocess.run(["xsltproc", "--nonet", data / "report.xsl", data / "report.xml"], capture_output=True, text=True)
judge(re.sub(r"<[^>]*>", " ", re.sub(r"<style>.*?</style>", "", page.stdout, flags=re.S)), "with xsltproc")
if not shutil.which("chromium"):
    print("skip - report.xml was not opened in a browser: there is no chromium here")
    end_of_test()
import cdp


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_): pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=data))
threading.Thread(target=server.serve_forever, daemon=True).start()
with cdp.Browser(room / "chromium") as browser:
    page = browser.open(f"http://127.0.0.1:{server.server_address[1]}/report.xml")
    judge(page.evaluate("document.body.innerText"), "in a browser")
server.shutdown()
end_of_test()
PYTHON
