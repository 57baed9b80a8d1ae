#!/bin/sh
# variant: gcc
# report.html in a browser: nothing is asked of the network, everything shows with scripts off, lists sort and filter, it prints, and axe-core has
# nothing serious to say of it in light or dark.
PYTHONPATH=tests/cli exec python3 - <<'PYTHON'
import json, os, pathlib, re, shutil, subprocess, sys

from said import end_of_test, say

dossier, room = os.environ["DOSSIER"], pathlib.Path(os.environ["TMPDIR"])
demo, AXE = pathlib.Path("fixtures/demo"), "axe-core@4.10.3"
if not shutil.which("chromium"):
    print("skip - report.html was not opened in a browser: there is no chromium here")
    sys.exit(0)
import cdp


def build(name, before, after, *more):
    packet = room / (name + ".tar.zst")
    subprocess.run([dossier, "build", "--before", before, "--after", after, "--as-of", "2026-03-09", "--also", "html", "-o", packet, *map(str, more)], capture_output=True)
    listed = subprocess.run(["tar", "--zstd", "-tf", packet], capture_output=True, text=True).stdout.split()
    file = room / (name + ".html")
    file.write_bytes(subprocess.run(["tar", "--zstd", "-xOf", packet, *[n for n in listed if n.endswith("data/report.html")]], capture_output=True).stdout)
    return file


def axe():
    """axe-core's text, or None where it cannot be fetched. It is kept beside what the build makes."""
    kept = pathlib.Path("build/tests/" + AXE)
    file = kept / "node_modules/axe-core/axe.min.js"
    if not file.is_file() and shutil.which("npm"):
        try: subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", kept, AXE], capture_output=True, timeout=60)
        except subprocess.TimeoutExpired: pass
    return file.read_text() if file.is_file() else None


def rule(n): return {"id": f"R{n:03}", "shortDescription": {"text": f"rule {n}"}}
def scan(results): return {"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "Lint", "rules": [rule(n) for n in range(20)]}}, "results": results}]}
def result(i): return {"ruleId": f"R{i % 20:03}", "level": ("error", "warning", "note")[i % 3], "message": {"text": f"m{i}"}, "locations": [{"physicalLocation": {"artifactLocation": {"uri": f"src/f{i:05}.c"}, "region": {"startLine": i + 1}}}]}


MANY = 20000
for side, results in (("before", range(MANY - 1000)), ("after", range(1000, MANY))):
    (room / side).mkdir()
    (room / side / "scan.sarif").write_text(json.dumps(scan([result(i) for i in results])))
change = ["--change", demo / "change.json", "--exceptions", demo / "exceptions.json"]
page_file, german, many = build("demo", demo / "before", demo / "after", *change), build("de", demo / "before", demo / "after", *change, "--lang", "de"), build("many", room / "before", room / "after")
visible = "Array.from(document.querySelectorAll('#findings tbody tr')).filter(r => !r.closest('[hidden]') && r.offsetParent)"
with cdp.Browser(room / "chromium") as browser:
    page = browser.open(page_file.as_uri())
    say("the page asks for itself and nothing else", [r for r in page.requests if r != page_file.as_uri()] + ([] if page.requests else ["the log is empty"]))
    say("no script fails, and the page's own policy forbids nothing that it needs", page.errors)
    rows = page.evaluate(visible + ".length")
    seen = page.evaluate("document.body.innerText")
    say("the first screen holds the verdict, what was not looked at and the effect", [w for w in ("NOT READY", "What was not looked at", "Effect on open findings") if page.evaluate(f"(() => {{ const e = Array.from(document.querySelectorAll('p,h3')).find(e => e.textContent.includes({json.dumps(w)})); return !e || e.getBoundingClientRect().top > innerHeight }})()")])
    say("nothing is wider than the page", [page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")] if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth") else [])

    plain = browser.open(page_file.as_uri(), scripts=False)
    drop = lambda text: sorted(re.sub(r"\d+ of \d+ findings shown|text in any column|severity\nany.*?\n", "", line).strip() for line in text.split("\n") if line.strip())
    without = plain.evaluate("document.body.innerText")
    missing = [line for line in set(drop(seen)) if line not in without and not line.startswith("any")]
    say("with scripts off every line is there that is there with them, but for the filter", [l for l in missing if l not in ("outcome", "severity", "critical", "high", "medium", "low", "info", "unknown")])
    say("with scripts off the filter, which could do nothing, is not", [] if plain.evaluate("document.getElementById('filter').offsetParent === null") else ["it is shown"])
    say("with scripts off every finding is a row", [] if plain.evaluate(visible + ".length") == rows > 40 else [rows])
    plain.close()

    page.type("#filter input", "cve-2099-0140")
    page.evaluate("new Promise(done => setTimeout(done, 600))")
    found = page.evaluate(visible + ".map(r => r.textContent)")
    say("text typed into the filter leaves the rows that hold it", [t for t in found if "CVE-2099-0140" not in t] + ([] if 0 < len(found) < rows else [len(found)]) + ([] if page.evaluate("document.getElementById('shown').textContent").startswith(f"{len(found)} of {rows} ") else ["the number shown"]))
    page.evaluate("(() => { const f = document.getElementById('filter'); f.elements.text.value = ''; f.elements.severity.value = 's0'; f.elements.severity.dispatchEvent(new Event('change', {bubbles: true})) })()")
    found = page.evaluate(visible + ".map(r => r.cells[0].textContent)")
    say("a severity that is chosen leaves its rows", [t for t in found if t != "critical"] + ([] if found else ["none"]))
    page.evaluate("(() => { const f = document.getElementById('filter'); f.elements.severity.value = ''; f.elements.severity.dispatchEvent(new Event('change', {bubbles: true})) })()")
    heads = "document.querySelectorAll('#findings thead button')"
    cells = lambda section, column: f"Array.from(document.querySelectorAll('#{section} tbody tr'), r => r.cells[{column}].textContent)"
    before = page.evaluate(cells("findings", 5))
    page.evaluate(heads + "[0].click()")
    order = page.evaluate("Array.from(document.querySelectorAll('#findings tbody tr'), r => Number(r.className[1]))")
    say("a column's head sorts by severity, the worst first, and says so", ([] if order == sorted(order) else [order]) + ([] if page.evaluate("document.querySelector('#findings th').getAttribute('aria-sort')") == "ascending" else ["aria-sort"]))
    page.evaluate(heads + "[0].click()")
    page.evaluate(heads + "[0].click()")
    say("the third click brings back the order of the document", [] if page.evaluate(cells("findings", 5)) == before else ["another order"])
    page.evaluate("document.querySelectorAll('#inputs .l')[0].querySelectorAll('thead button')[2].click()")
    sizes = page.evaluate("Array.from(document.querySelectorAll('#inputs .l')[0].querySelectorAll('tbody tr'), r => Number(r.cells[2].textContent.replaceAll(',', '')))")
    say("numbers sort as numbers", [] if sizes == sorted(sizes) and len(set(sizes)) > 3 else [sizes])
    page.evaluate("location.hash = document.querySelector('#gate td a').getAttribute('href')")
    say("an offender of the gate leads to its row among the findings", [] if page.evaluate("document.querySelector('tr:target') !== null && document.querySelector('tr:target').closest('#findings') !== null") else ["no row"])

    (room / "page.pdf").write_bytes(page.pdf())
    printed = re.sub(r"\s+", " ", subprocess.run(["pdftotext", "-layout", room / "page.pdf", "-"], capture_output=True, text=True).stdout)
    say("printed, it has the verdict, every finding and the way to verify, and no filter", [w for w in ("NOT READY", "How to verify", *page.evaluate(cells("findings", 5) + ".map(t => t.slice(0, 18))")) if w not in printed] + [w for w in ("text in any column",) if w in printed])

    text = axe()
    if text is None: print(f"skip - axe-core did not judge the page: {AXE} could not be fetched")
    for name, file, dark in (("in light", page_file, False), ("in the dark", page_file, True), ("in German", german, False)) if text else ():
        judged = browser.open(file.as_uri(), dark=dark)
        judged.evaluate(text)
        found = judged.evaluate("axe.run({resultTypes: ['violations']}).then(r => r.violations.map(v => [v.impact, v.id, v.help, v.nodes.length, v.nodes[0].target.join(' ')]))")
        say(f"axe-core finds nothing serious, nor moderate, in it {name}", [v for v in found if v[0] in ("critical", "serious", "moderate")])
        judged.close()
    page.close()

    page = browser.open(many.as_uri())
    say(f"{MANY} findings are a page that opens, each a row", ([] if page.evaluate("document.querySelectorAll('#findings tbody tr').length") == MANY else [page.seconds]) + page.errors)
    print(f"    it took {page.seconds:.1f} s, {many.stat().st_size // 1000} KB")
    page.type("#filter input", "f01999.c")
    page.evaluate("new Promise(done => setTimeout(done, 2000))")
    say("they are filtered to the one that is looked for", [] if page.evaluate("document.querySelectorAll('#findings tbody tr').length") == 1 else [page.evaluate("document.querySelectorAll('#findings tbody tr').length")])
end_of_test()
PYTHON
