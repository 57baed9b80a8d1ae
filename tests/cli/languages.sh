#!/bin/sh
# The languages of the report: templates/report/*.json have the same keys and slots, and a packet in German is German to the last page.
PYTHONPATH=tests/cli exec python3 - <<'PYTHON'
import html, json, os, pathlib, re, subprocess

from said import end_of_test, say

dossier, room = os.environ["DOSSIER"], pathlib.Path(os.environ["TMPDIR"])
demo = pathlib.Path("fixtures/demo")


def slots(text): return sorted(re.findall(r"\{\w+\}", text))


def texts(path):
    flat = {}
    for section, names in json.loads(path.read_text("utf-8")).items():
        for name, text in names.items():
            for form, value in (text if isinstance(text, dict) else {"other": text}).items(): flat[f"{section}.{name}.{form}"] = value
    return flat


english = texts(pathlib.Path("templates/report/en.json"))
for path in sorted(pathlib.Path("templates/report").glob("??.json")):
    other = texts(path)
    say(f"{path.name} has the keys and the forms of en.json, and no other", sorted(set(english) ^ set(other)))
    say(f"{path.name} has the slots of en.json in each text", [f"{k}: {slots(english[k])}, {slots(other[k])}" for k in english if k in other and slots(english[k]) != slots(other[k])])


def build(name, *more):
    packet = room / name
    done = subprocess.run([dossier, "build", "--before", demo / "before", "--after", demo / "after", "--change", demo / "change.json", "--exceptions", demo / "exceptions.json", "-o", packet, *more], capture_output=True)
    return packet, done


def member(packet, name):
    return subprocess.run(["tar", "--zstd", "-xOf", packet, "dossier-CHG-2041/data/" + name], capture_output=True).stdout


packet, done = build("de.tar.zst", "--lang", "de", "--paper", "letter")
(room / "de.pdf").write_bytes(member(packet, "report.pdf"))
said = subprocess.run(["pdftotext", "-layout", room / "de.pdf", "-"], capture_output=True, text=True).stdout
info = subprocess.run(["pdfinfo", room / "de.pdf"], capture_output=True, text=True).stdout
say("--lang de writes the report in German", [w for w in ("NICHT BEREIT", "Was nicht betrachtet wurde", "nicht erneut geprüft", "−80,0 %", "Was die Wörter bedeuten") if w not in said])
say("no English heading is left in it", [w for w in ("NOT READY", "Contents", "Sign-off", "What was not", "not reassessed") if w in said])
vocabulary = json.loads(pathlib.Path("templates/report/de.json").read_text("utf-8"))
words = {w for section in ("severity", "outcome", "fact") for text in vocabulary[section].values() for w in re.findall(r"\w+", text)}
pieces = set(said.split())
say("no word for a severity or an outcome is broken in it", [w for w in words if any({w[:k], w[k:]} <= pieces for k in range(4, len(w)))] + ([] if {"hinzugekommen", "unbekannt"} <= words else ["these are not the words"]))
say("a number stands before no word that it does not fit", re.findall(r"\b1 seiner Schwachstellen werden|dasselbe 1 ", " ".join(said.split())))
say("--paper letter makes pages of 612 by 792 points", [] if "612 x 792" in info else [info])
options = json.loads(member(packet, "packet.json"))["options"]
say("language and paper are recorded in packet.json", [] if (options.get("lang"), options.get("paper")) == ("de", "letter") else [options])
again = subprocess.run([dossier, "verify", "--recompute", packet], capture_output=True, text=True)
say("a packet in another language is recomputed to the same bytes", [] if again.returncode == 0 else [again.stdout + again.stderr])
for option, value in (("--lang", "xx"), ("--lang", "../en"), ("--paper", "a5")):
    _, done = build("no.tar.zst", option, value)
    say(f"{option} {value} is refused with status 2, and nothing is written", [] if done.returncode == 2 and not (room / "no.tar.zst").exists() else [done.returncode, done.stderr.decode()])
lacking = json.loads(pathlib.Path("templates/report/de.json").read_text("utf-8"))
del lacking["said"]["moved_silent"]
(room / "templates/report").mkdir(parents=True)
(room / "templates/report/xx.json").write_text(json.dumps(lacking))
wrong = []
for jobs in "1", "3":
    _, done = build("lacking.tar.zst", "--lang", "xx", "--templates", room / "templates", "--jobs", jobs)
    if done.returncode != 2 or b"report/xx.json" not in done.stderr or b"said.moved_silent" not in done.stderr: wrong.append([jobs, done.returncode, done.stderr.decode()])
    wrong += [p.name for p in room.iterdir() if "lacking" in p.name]
say("a report that cannot be written, since its language lacks a text, ends with 2 and that text's name, and no packet is left", wrong)

# What analysis says in English (render/sentences.h).
said = json.loads(pathlib.Path("templates/report/en.json").read_text("utf-8"))["said"]
forms = {f for text in said.values() for f in (text.values() if isinstance(text, dict) else [text])}
titles = [t for _, t in re.findall(r'\{"(\w+)",\s*"([^"]+)"', pathlib.Path("analyze/gate_rules.c").read_text())]
titles += [t for path in pathlib.Path("templates/checks").glob("*.json") for t in re.findall(r'"title":\s*"([^"]+)"', path.read_text("utf-8"))]
say("each gate rule's and each check's title has a form in the languages", [t for t in titles if t not in forms] + ([] if len(titles) > 60 else ["none was found"]))
TECHNICAL = ("malformed_json", "unreadable_record")  # what a parser says, with what it found
english, tried, left, missing = set(), 0, [], set()
for case in sorted(pathlib.Path("fixtures").iterdir()):
    if not (case / "before").is_dir() or not (case / "after").is_dir(): continue
    packet, more = room / "case.tar.zst", []
    for option in ("change", "exceptions", "owners"):
        if (case / f"{option}.json").is_file(): more += [f"--{option}", case / f"{option}.json"]
    done = subprocess.run([dossier, "build", "--json", "--lang", "de", "--also", "html", "--as-of", "2026-06-01", "--before", case / "before", "--after", case / "after", "-o", packet, *more], capture_output=True, text=True)
    if done.returncode > 1: continue
    told, tried = json.loads(done.stdout), tried + 1
    name = next(n for n in subprocess.run(["tar", "--zstd", "-tf", packet], capture_output=True, text=True).stdout.split() if n.endswith("data/report.html"))
    page = html.unescape(subprocess.run(["tar", "--zstd", "-xOf", packet, name], capture_output=True, text=True).stdout)
    missing |= set(re.findall(r"\w+ \S+ (?:und andere )?nicht geprüft", page.split("<style")[0] + page.split("</style>")[-1]))
    for sentence in [g["title"] for g in told["gate"]] + [w["message"] for w in told["warnings"] if w["code"] not in TECHNICAL]:
        english.add(sentence)
        if sentence in page: left.append(f"{case.name}: {sentence}")
say("in the German report of no fixture is a gate rule or a warning in English", left + ([] if tried > 5 and len(english) > 20 else [f"{tried} packets, {len(english)} sentences"]))
say("a subscription that moved a control because it was not assessed is a German word", [m for m in missing if m.startswith("subscription ")] + ([] if any(m.startswith("Subscription ") for m in missing) else ["none was found"]))
say("no warning speaks of 1 findings", [s for s in sorted(english) if re.search(r"\b1 (?!more)(?:\w+ )?(?:files|findings|records|clusters|units|rules|values)\b", s)])
packet, done = build("en.tar.zst")
(room / "en.pdf").write_bytes(member(packet, "report.pdf"))
text = " ".join(subprocess.run(["pdftotext", room / "en.pdf", "-"], capture_output=True, text=True).stdout.split())
crosses = re.findall(r"wrong side of the window[^:]*: (\d+)", text)
say("what was refreshed early is not said to be on the wrong side of the window", [] if crosses == ["0"] and text.count("wrong side of the window") == 1 and "1 warning evidence from the wrong time" in text else [crosses])
packet, done = build("de2.tar.zst", "--lang", "de")
(room / "de.pdf").write_bytes(member(packet, "report.pdf"))
text = " ".join(subprocess.run(["pdftotext", room / "de.pdf", "-"], capture_output=True, text=True).stdout.split())
say("the German PDF has the gate and the checks in German", [w for w in ("Kein neuer oder wieder offener hoher Befund", "Der Cluster läuft", "EX-3: kein Eigner") if w not in text] + [t for t in titles if t in text])
xml = member(packet, "report.xml").decode()
say("report.xml stays English", [w for w in ("No new or reopened high finding", "The cluster is running") if w not in xml])
end_of_test()
PYTHON
