#!/bin/sh
# Bytes from outside are hostile: whatever is wrong with a file, dossier says which file and where, keeps to its exit status, reads what
# can be read, and leaves no half-written packet. No crash, no sanitizer's report (tests/run sees to those, and every case here too).
PYTHONPATH=tests/cli exec python3 - <<'PYTHON'
import gzip, json, os, pathlib, random, re, resource, shutil, signal, subprocess, threading, time

from said import end_of_test, say

dossier, room = os.environ["DOSSIER"], pathlib.Path(os.environ["TMPDIR"])
demo = pathlib.Path("fixtures/demo").resolve()
os.chdir(room)


class Run:
    """One run of dossier: status, out, err, and memory (bytes at its peak). prefix: a command to run it with."""

    def __init__(self, *arguments, prefix=(), seconds=100, **options):
        self.arguments = [str(a) for a in arguments]
        with open("stdout", "wb") as out, open("stderr", "wb") as err:
            process = subprocess.Popen([*prefix, dossier, *self.arguments], stdin=subprocess.DEVNULL, stdout=out, stderr=err, **options)
            alarm = threading.Timer(seconds, process.kill)
            alarm.start()
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            alarm.cancel()
        self.status, self.memory = process.returncode, usage.ru_maxrss * 1024
        self.out, self.err = pathlib.Path("stdout").read_bytes(), pathlib.Path("stderr").read_text("utf-8", "replace")

    def crashed(self):
        bad = self.status not in (0, 1, 2, 3, 4) or "Sanitizer" in self.err or "runtime error" in self.err
        return [f"{self.arguments}: status {self.status}: {self.err}"] if bad else []

    def ended(self, *statuses):
        return self.crashed() or ([] if self.status in statuses else [f"{self.arguments}: status {self.status} instead of {statuses}: {self.err}"])

    def said(self, pattern):
        return [] if re.search(pattern, self.err, re.M) else [f"{self.arguments}: nothing like {pattern} in: {self.err}"]

    def file(self):
        return json.loads(self.out)["files"][0]


# A file's name with line and column, or with an offset.
def place(name): return rf"^dossier: (?:\S*/)?{re.escape(str(name))}:(?:\d+:\d+|@\d+): "


# ---- cut off -----------------------------------------------------------------------------------------------------------------

CUTS = 20
for name in ("lintlamp-checkout.sarif", "trivy-shop-web.json", "assessments-shop-production.json"):
    whole = (demo / "after" / name).read_bytes()
    records = Run("inspect", "--json", demo / "after" / name).file()["records"]
    wrong, last = [], 0
    for cut in range(CUTS):
        at = len(whole) * cut // CUTS
        head = whole[:at]
        pathlib.Path(name).write_bytes(head)
        run = Run("inspect", "--json", name)
        wrong += run.ended(0, 2)
        file = run.file()
        if file["format"] == "unknown": wrong += run.ended(2)  # cut before its format can be told
        elif file["format"] == "empty" and at: wrong.append(f"cut at {at}: empty")
        else: wrong += run.ended(0)
        if not last <= file["records"] <= records: wrong.append(f"cut at {at}: {file['records']} records")
        last = file["records"]
        if head.strip():  # the end of the file, as editors count
            line, column = head.count(b"\n") + 1, at - head.rfind(b"\n")
            wrong += run.said(rf"^dossier: {re.escape(name)}:{line}:{column}: warning: truncated_export\b")
    if not last: wrong.append("no record was read of the longest part")
    say(f"{name} cut at {CUTS} places: the complete records are read, and a warning says where the file ends", wrong)
    pathlib.Path(name).write_bytes(whole[:len(whole) // 2])
    cut_diff = Run("diff", "--json", demo / "after" / name, name)
    wrong = cut_diff.ended(0)
    if not wrong:
        o = json.loads(cut_diff.out)["outcomes"]
        if o["fixed"] + o["fixed_verified"] or not o["not_reassessed"]: wrong.append(o)
    say(f"{name} cut off: what is gone from it is not reassessed, never fixed", wrong)

show = (demo / "after/aks-show-aks-shop-web.json").read_bytes()
wrong = []
for cut in range(1, CUTS):
    pathlib.Path("aks.json").write_bytes(show[:len(show) * cut // CUTS])
    run = Run("inspect", "--json", "aks.json")
    wrong += run.ended(0, 2) + run.said(place("aks.json") + "warning: truncated_export")
say(f"an `az aks show` cut at {CUTS} places is warned about with its position", wrong)

packed = gzip.compress((demo / "after/lintlamp-checkout.sarif").read_bytes())
wrong = []
for cut in range(1, CUTS):
    pathlib.Path("scan.sarif.gz").write_bytes(packed[:len(packed) * cut // CUTS])
    run = Run("inspect", "--json", "scan.sarif.gz")
    wrong += run.ended(0, 2) + run.said(place("scan.sarif.gz"))
say(f"a .gz cut at {CUTS} places is an error or a warning with its position", wrong)

# ---- odd bytes ---------------------------------------------------------------------------------------------------------------


def record(number, more="", line="7"):
    return f'{{"ruleId":"R{number}","level":"error",{more}"message":{{"text":"m{number}"}},"locations":[{{"physicalLocation":{{"artifactLocation":{{"uri":"a.c"}},"region":{{"startLine":{line}}}}}}}]}}'


def sarif(*records, tool='"name":"T"', head="", run=""):
    return ('{"version":"2.1.0",' + head + '"runs":[{' + run + '"tool":{"driver":{' + tool + '}},\n"results":[' + ",\n".join(records) + ']}]}\n').encode()


def with_record(more="", line="7"):
    """Three records, the second of which is odd."""
    return sarif(record(1), record(2, more, line), record(3))


def given(content, old, new): return content.replace(old, new)


BAD = "unreadable_record at /runs/0/results/1"
DEEP = "[" * 100000 + "]" * 100000
# sentence, content, status when named, format, records, unreadable, what a line of standard error says after the position (or None)
CASES = (
    ("bytes that are no UTF-8 in a record", given(with_record('"x":"@@",'), b"@@", b"a\xff"), 0, "sarif", 2, 1, BAD),
    ("an overlong NUL in a record", given(with_record('"x":"@@",'), b"@@", b"\xc0\x80"), 0, "sarif", 2, 1, BAD),
    ("a UTF-8 encoded surrogate in a record", given(with_record('"x":"@@",'), b"@@", b"\xed\xa0\x80"), 0, "sarif", 2, 1, BAD),
    ("bytes that are no UTF-8 in the tool's name", given(sarif(record(1), tool='"name":"@@"'), b"@@", b"\xff"), 2, "sarif", 0, 0, "malformed_json"),
    ("bytes that are no UTF-8 in a member that nobody reads", given(sarif(record(1), head='"x":"@@",'), b"@@", b"\xff"), 2, None, 0, 0, "malformed_json"),
    ("a lone surrogate in a record", with_record(r'"x":"\ud800",'), 0, "sarif", 2, 1, BAD),
    ("a low surrogate before a high one in a record", with_record(r'"x":"\udc00\ud800",'), 0, "sarif", 2, 1, BAD),
    ("a lone surrogate in the envelope", sarif(record(1), tool=r'"name":"T\ud800"'), 2, "sarif", 0, 0, "malformed_json"),
    ("a NUL byte in a record's string", given(with_record('"x":"@@",'), b"@@", b"a\0b"), 0, "sarif", 2, 1, BAD),
    ("a NUL byte between a record's members", given(with_record('@@"x":"",'), b"@@", b"\0"), 0, "sarif", 2, 1, BAD),
    ("a NUL byte in the envelope", given(sarif(record(1), tool='"name":"T@@"'), b"@@", b"\0"), 2, "sarif", 0, 0, "malformed_json"),
    ("NUL bytes after the document", sarif(record(1)) + b"\0\0", 2, "sarif", 1, 0, "malformed_json"),
    ("text after the document", sarif(record(1)) + b"]", 2, "sarif", 1, 0, "malformed_json"),
    ("an escaped NUL in a word of the vocabulary", with_record(r'"kind":"fail\u0000",'), 0, "sarif", 2, 1, BAD),
    ("a member that is there twice in a record", with_record('"level":"note",'), 0, "sarif", 2, 1, BAD),
    ("a member that is there twice deeper in a record", given(with_record(), b'"text":"m2"', b'"text":"m2","text":"m3"'), 0, "sarif", 2, 1, BAD),
    ("a member that is there twice in the envelope", sarif(record(1), run='"tool":{"driver":{"name":"X"}},'), 2, "sarif", 0, 0, "malformed_json at /runs/0/tool"),
    ("two arrays of results in one run", sarif(record(1), run=f'"results":[{record(9)}],'), 2, "sarif", 1, 0, "malformed_json at /runs/0/results"),
    ("a tool with two names", sarif(record(1), tool='"name":"T","name":"U"'), (0, 2), "sarif", None, 0, "(?:malformed_json|unreadable_record|duplicate_member)"),
    ("numbers that JSON does not know", sarif(record(1), *(record(2, line=n) for n in ("01", "+1", ".5", "1.", "NaN", "0x1", "-", "1e"))), 0, "sarif", 1, 8, BAD),
    ("records that are no objects", sarif(record(1), "null", "3", '"x"', "[]", record(3)), 0, "sarif", 2, 4, BAD),
    ("kinds that SARIF does not know, and a level that is no word; another word costs no record", sarif(record(1), record(2).replace('"error"', "7"), record(3).replace('"error"', '"fatal"'), record(4, '"kind":"maybe",')), 0, "sarif", 2, 2, BAD),
    ("a missing comma between records", given(sarif(record(1), record(2)), b"},\n{", b"}\n{"), 2, "sarif", 1, 0, "malformed_json"),
    ("a comma after the last record", sarif(record(1), record(2), ""), 2, "sarif", 2, 0, "malformed_json"),
    ("100,000 brackets in a record", with_record(f'"x":{DEEP},'), 2, "sarif", 1, 0, "malformed_json"),
    ("100,000 brackets in the tool", sarif(record(1), tool=f'"name":"T","x":{DEEP}'), 2, "sarif", 0, 0, "malformed_json"),
    ("100,000 brackets in a member that nobody reads", sarif(record(1), head=f'"x":{DEEP},'), 2, None, 0, 0, "malformed_json"),
    ("nothing but 100,000 brackets", DEEP.encode(), 2, "unknown", 0, 0, "malformed_json"),
    ("nothing but 100,000 opening brackets", b"[" * 100000, 2, "unknown", 0, 0, "malformed_json"),
    ("100,000 objects in one another", b'{"a":' * 100000, 2, "unknown", 0, 0, "malformed_json"),
    ("a run that is no object", b'{"version":"2.1.0","runs":[7,null,"x"]}', 0, "sarif", 0, 0, None),
    ("an empty file", b"", 0, "empty", 0, 0, None),
    ("white space", b" \n\t\r\n", 0, "empty", 0, 0, None),
    ("null", b"null\n", 0, "empty", 0, 0, None),
    ("an empty array", b" [ ] ", 0, "empty", 0, 0, None),
    ("a byte order mark and nothing", b"\xef\xbb\xbf", 0, "empty", 0, 0, None),
    ("a byte order mark and an empty array", b"\xef\xbb\xbf[]", 0, "empty", 0, 0, None),
    ("a byte order mark before a document", b"\xef\xbb\xbf" + with_record(), 0, "sarif", 3, 0, None),
    ("UTF-16LE", b"\xff\xfe" + with_record('"x":"\u20ac\U0001f600",').decode().encode("utf-16-le"), 0, "sarif", 3, 0, None),
    ("UTF-16BE", b"\xfe\xff" + with_record('"x":"\u20ac\U0001f600",').decode().encode("utf-16-be"), 0, "sarif", 3, 0, None),
    ("UTF-16LE that ends in half a character", b"\xff\xfe" + with_record().decode().encode("utf-16-le")[:-1], 2, None, None, None, ""),
    ("UTF-16LE with a lone surrogate", b"\xff\xfe" + given(with_record().decode().encode("utf-16-le"), "m2".encode("utf-16-le"), b"\x00\xd8"), 2, None, None, None, ""),
    ("text that is no JSON", b"hello\n", 2, "unknown", 0, 0, None),
    ("a picture", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 2, "unknown", 0, 0, None),
    ("a number", b"17", 2, "unknown", 0, 0, None),
    ("JSON in no known format", b'{"a":[1,2]}', 2, "unknown", 0, 0, None),
)
lost, dropped = [], []
for number, (sentence, content, status, format_, records, unreadable, says) in enumerate(CASES):
    name = f"case-{number}.json"
    pathlib.Path(name).write_bytes(content)
    run = Run("inspect", "--json", name)
    wrong = run.ended(*(status if isinstance(status, tuple) else (status,)))
    if status == 2: wrong += run.said(rf"^dossier: {name}:")
    if not wrong and run.out:
        got, wanted = run.file(), {"format": format_, "records": records, "unreadable": unreadable}
        wrong += [f"{k} is {got[k]}, not {v}" for k, v in wanted.items() if v is not None and got[k] != v]
    elif not wrong and records is not None: wrong.append("no answer on standard output")
    if says is not None: wrong += run.said(place(name) + (f"warning: {says}" if says else ""))
    if says is None and status == 0 and run.err: wrong.append(f"it said: {run.err}")
    say(f"{sentence}: {'read' if not status and says is None else 'said, with file and place' if says is not None else 'refused'}", wrong)
    # In a folder the rest is read all the same.
    folder = pathlib.Path(f"case-{number}")
    folder.mkdir()
    shutil.move(name, folder / "a.json")
    shutil.copy(demo / "after/lintlamp-checkout.sarif", folder / "b.sarif")
    run = Run("inspect", "--json", folder)
    if run.ended(0) or json.loads(run.out)["files"][1]["records"] != 4: (lost if records is None and format_ is None else dropped).append(f"{sentence}: status {run.status}: {run.err}")
    elif status and not isinstance(status, tuple) and not run.err: dropped.append(f"{sentence}: no warning")
say("in a folder, none of these keeps the other files from being read, and what was refused is warned about", dropped)
for name, content in (("scan.sarif.gz", packed[:len(packed) // 2]), ("scan.sarif.zst", b"\x28\xb5\x2f\xfd" + b"\xff" * 20)):
    folder = pathlib.Path(f"folder-{name}")
    folder.mkdir()
    (folder / name).write_bytes(content)
    shutil.copy(demo / "after/lintlamp-checkout.sarif", folder / "b.sarif")
    run = Run("inspect", "--json", folder)
    wrong = run.crashed() + run.said(rf"^dossier: {re.escape(str(folder / name))}:")
    if wrong or run.status or {f["path"].rsplit("/", 1)[-1]: f["records"] for f in json.loads(run.out)["files"]}.get("b.sarif") != 4: lost += wrong + [f"{name}: status {run.status}: {run.err}"]
say("in a folder, a damaged .gz, .zst or UTF-16 file does not keep the other files from being read either", lost)

# ---- numbers -----------------------------------------------------------------------------------------------------------------

pathlib.Path("lines.json").write_bytes(sarif(record(1), *(record(2, line=n) for n in ("1e999", "-5", "99999999999999999999", "-1e-999", "0"))))
run = Run("inspect", "--json", "lines.json")
say("line numbers like 1e999 do not end the reading", run.ended(0) + ([] if run.out and run.file()["records"] + run.file()["unreadable"] == 6 else [run.out]))
say("line numbers like 1e999 are warned about with file and place", run.said(place("lines.json") + "warning: "))
run = Run("diff", "--json", "--findings", "lines.json", "lines.json")
found = {f["location"].get("line", 0) for f in json.loads(run.out)["findings"]} if run.out else set()
say("a line number that is none is left out, not invented", run.ended(0) + ([] if found <= {0, 7, None} else [found]))

SCORES = ('"1e999"', "1e999", '"nan"', '"-3"', '"0x9"', '"inf"', "-1e999", '"9.0abc"')
pathlib.Path("scores.json").write_bytes(sarif(*(record(n, f'"properties":{{"security-severity":{score}}},').replace('"error"', '"note"') for n, score in enumerate(SCORES))))
run = Run("inspect", "--json", "scores.json")
file = run.file() if run.out else {"records": 0, "unreadable": 0, "by_severity": None}
good = file["by_severity"] == {"low": file["records"]} and file["records"] + file["unreadable"] == len(SCORES)
say("a security-severity like 1e999 gives no severity: the record is unreadable, or its level counts", run.ended(0) + ([] if good else [run.out]))
say("a security-severity like 1e999 is warned about with file and place", run.said(place("scores.json") + "warning: "))

pathlib.Path("twice.json").write_bytes(show.replace(b'"enableRbac": true', b'"enableRbac": true, "enableRbac": false'))
run = Run("inspect", "--json", "twice.json")
say("a setting that an `az aks show` gives twice is warned about with file and place", run.ended(0, 2) + run.said(place("twice.json")))

# ---- large -------------------------------------------------------------------------------------------------------------------


def write_long(name, head, tail):
    with open(name, "wb") as f:
        f.write(head)
        for _ in range(200): f.write(b"x" * (1 << 20))
        f.write(tail)


sanitized = b"__asan_init" in pathlib.Path(dossier).read_bytes()
LIMIT = 640 << 20 if sanitized else 256 << 20  # a sanitizer's shadow and quarantine
head, tail = with_record('"x":"@@",').split(b"@@")
write_long("long.json", head, tail)
run = Run("inspect", "--json", "long.json")
wrong = run.ended(0) + run.said(place("long.json") + "warning: " + BAD)
if run.out and (run.file()["records"], run.file()["unreadable"]) != (2, 1): wrong.append(run.out)
if run.memory > LIMIT: wrong.append(f"{run.memory >> 20} MB of memory")
say("a 200 MB string in a record makes that record unreadable, not the others, in bounded memory", wrong)
for sentence, content, statuses in (("before the runs is refused or passed over", sarif(record(1), head='"x":"@@",'), (0, 2)),
                                    ("after the runs is passed over", given(sarif(record(1)), b"]}]}\n", b']}],"x":"@@"}\n'), (0,))):
    head, tail = content.rsplit(b"@@")
    write_long("long.json", head, tail)
    run = Run("inspect", "--json", "long.json")
    wrong = run.ended(*statuses)
    if run.status == 2: wrong += run.said(r"^dossier: long\.json:")
    elif run.out and run.file()["records"] != 1: wrong.append(run.out)
    if run.memory > LIMIT: wrong.append(f"{run.memory >> 20} MB of memory")
    say(f"a 200 MB string in a member that nobody reads {sentence}, in bounded memory", wrong)
head, tail = sarif(record(1), tool='"name":"@@"').split(b"@@")
write_long("long.json", head, tail)
run = Run("inspect", "--json", "long.json")
say("a 200 MB name of a tool is refused with its place", run.ended(2) + run.said(place("long.json")))
os.unlink("long.json")

# ---- the file system ---------------------------------------------------------------------------------------------------------

# Root reads everything, unless it has given that up.
weak = [] if os.getuid() else ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all"]
if weak and not shutil.which("setpriv"): weak = None
shut = pathlib.Path("shut")
(shut / "inner").mkdir(parents=True)
shutil.copy(demo / "after/lintlamp-checkout.sarif", shut / "a.sarif")
shutil.copy(demo / "after/lintlamp-checkout.sarif", shut / "inner/b.sarif")
(shut / "inner").chmod(0)
if weak is None or subprocess.run([*weak, "ls", shut / "inner"], capture_output=True).returncode == 0:
    print("skip - folders and files without right (they are readable all the same here)")
else:
    run = Run("inspect", shut, prefix=weak)
    say("a folder without right is named, and the status is 4", run.ended(4) + run.said(r"^dossier: shut/inner: .*[Pp]ermission"))
    run = Run("inspect", shut / "inner", prefix=weak)
    say("so it is when it was named by itself", run.ended(4) + run.said(r"^dossier: shut/inner: .*[Pp]ermission"))
    (shut / "inner").chmod(0o755)
    (shut / "a.sarif").chmod(0)
    run = Run("build", "--before", shut, "--after", shut, "-o", "shut.tar.zst", prefix=weak)
    say("a file without right stops a build with 4, named, and nothing is written", run.ended(4) + run.said(r"^dossier: shut/a.sarif: .*[Pp]ermission") + list(room.glob("*shut.tar*")))
    (shut / "a.sarif").chmod(0o644)
    locked = pathlib.Path("locked")
    locked.mkdir()
    locked.chmod(0o555)
    run = Run("build", "--before", demo / "before", "--after", demo / "after", "-o", locked / "p.tar.zst", prefix=weak)
    say("a target in a folder without right ends with 4 and is named", run.ended(4) + run.said(r"^dossier: locked\S*: .*[Pp]ermission") + list(locked.iterdir()))
    locked.chmod(0o755)
(shut / "inner").chmod(0o755)

odd = pathlib.Path("odd")
odd.mkdir()
shutil.copy(demo / "after/lintlamp-checkout.sarif", odd / "a.sarif")
os.mkfifo(odd / "pipe")
run = Run("inspect", odd / "pipe", seconds=10)
say("a FIFO named by itself ends with 2, at once", run.ended(2) + run.said(r"^dossier: odd/pipe: "))
run = Run("inspect", "/dev/zero", seconds=10)
say("a device named by itself ends with 2, at once", run.ended(2) + run.said(r"^dossier: /dev/zero: "))
run = Run("inspect", "--json", odd, seconds=10)
say("a FIFO in a folder is warned about, not read", run.ended(0) + run.said(r"^dossier: .*pipe") + ([] if run.out and json.loads(run.out)["totals"]["files"] == 1 else [run.out]))
(odd / "pipe").unlink()
(odd / "link.sarif").symlink_to(demo / "before/lintlamp-checkout.sarif")
(odd / "folder").symlink_to(demo / "before")
(odd / "loop").symlink_to(".")
(odd / "dangling").symlink_to("nowhere")
run = Run("inspect", "--json", odd, seconds=10)
say("symbolic links in a folder are warned about, not followed", run.ended(0) + ([] if run.out and json.loads(run.out)["totals"]["files"] == 1 else [run.out]) +
    [line for name in ("link.sarif", "folder", "loop", "dangling") for line in run.said(rf"^dossier: .*{name}")])
run = Run("inspect", "nowhere.json")
say("a file that is not there ends with 2 and is named", run.ended(2) + run.said(r"^dossier: nowhere\.json: "))
run = Run("build", "--before", "nowhere", "--after", demo / "after", "-o", "nowhere.tar.zst")
say("a side that is not there ends with 2, is named, and nothing is written", run.ended(2) + run.said(r"^dossier: nowhere: ") + list(room.glob("*nowhere*")))

# ---- no half-written packet --------------------------------------------------------------------------------------------------

target = pathlib.Path("target")
target.mkdir()
packet = target / "packet.tar.zst"
sides = ("--before", demo / "before", "--after", demo / "after")
run = Run("build", *sides, "-o", packet)
wrong = run.ended(0, 1)
first = packet.read_bytes()


def untouched():
    names = sorted(p.name for p in target.iterdir())
    return ([f"the folder holds {names}"] if names != ["packet.tar.zst"] else []) + (["the old packet was changed"] if packet.read_bytes() != first else [])


SIDE_FILES = (
    ("a change file that is no JSON", "--change", b"{ not json", True), ("an empty change file", "--change", b"", False), ("a change file that is an array", "--change", b"[]", False),
    ("a change file whose id is a number", "--change", b'{"id": 7}', False), ("a change file with a member twice", "--change", b'{"id":"A",\n"id":"B"}', True),
    ("a change file cut in two", "--change", (demo / "change.json").read_bytes()[:700], True), ("a window that is no time", "--change", b'{"id":"A","window":{"start":"soon"}}', False),
    ("exceptions that are no list", "--exceptions", b'{"exceptions": {}}', False), ("exceptions cut in two", "--exceptions", (demo / "exceptions.json").read_bytes()[:300], True),
    ("exceptions with 100,000 brackets", "--exceptions", DEEP.encode(), False), ("exceptions that are no UTF-8", "--exceptions", b'{"exceptions":[{"id":"\xff"}]}', True),
    ("owners that are no list", "--owners", b'{"owners": 7}', False), ("a policy with a rule that nobody knows", "--policy", b'{"gate":[{"rule":"be_nice","limit":0}]}', False),
    ("a policy that is a string", "--policy", b'"x"', False), ("a policy whose limit is 1e999", "--policy", b'{"gate":[{"rule":"no_new_critical","limit":1e999}]}', False),
)
for sentence, option, content, placed in SIDE_FILES:
    pathlib.Path("side.json").write_bytes(content)
    run = Run("build", *sides, option, "side.json", "-o", packet)
    wrong = run.ended(2) + run.said(place("side.json") if placed else r"^dossier: side\.json\b") + untouched()
    say(f"{sentence} ends with 2, with file{' and place' if placed else ''}, and the old packet stays", wrong)
run = Run("build", *sides, "--change", "absent.json", "-o", packet)
say("a change file that is not there ends with 2, and the old packet stays", run.ended(2) + run.said(r"^dossier: absent\.json: ") + untouched())
run = Run("build", *sides, "--change", target, "-o", packet)
say("a change file that is a folder ends with 2, and the old packet stays", run.ended(2) + run.said(r"^dossier: target: ") + untouched())
broken = pathlib.Path("broken-side")
broken.mkdir()
(broken / "scan.sarif.gz").write_bytes(packed[:len(packed) // 2] + b"\0" * 200)
run = Run("build", "--before", demo / "before", "--after", broken, "--as-of", "2026-04-01", "-o", packet)
wrong = run.crashed() + run.said(place("scan.sarif.gz"))
if run.status in (2, 4): wrong += untouched()
elif run.status in (0, 1): packet.write_bytes(first)
say("a damaged .gz in a side is said with its place, and no half-written packet stays", wrong)

folder = target / "folder.tar.zst"
folder.mkdir()
run = Run("build", *sides, "-o", folder)
say("a target that is a folder is refused", run.ended(2, 4) + run.said(r"^dossier: target/folder\.tar\.zst") + list(folder.iterdir()))
folder.rmdir()
run = Run("build", *sides, "-o", target / "no/such/packet.tar.zst")
say("a target in a folder that is not there is refused", run.ended(2, 4) + run.said(r"^dossier: target/no/such\b") + untouched())


def little_room():
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (64 << 10, 64 << 10))


run = Run("build", *sides, "-o", packet, preexec_fn=little_room, restore_signals=False)
say("a disk that fills up while the packet is written ends with 4, and the old packet stays", run.ended(4) + run.said("^dossier: ") + untouched())

# ---- a file that shrinks while it is read ------------------------------------------------------------------------------------

growing = pathlib.Path("shrinking")
growing.mkdir()
whole = sarif(*(record(n, '"x":"' + "y" * 500 + '",') for n in range(60000)))
scan = growing / "scan.sarif"
rng = random.Random(4)
wrong, ends = [], set()
for number in range(6):
    scan.write_bytes(whole)
    cutter = threading.Timer(rng.uniform(0.01, 0.9), lambda: os.truncate(scan, len(whole) // 3))
    cutter.start()
    run = Run("build", "--before", scan, "--after", scan, "--as-of", "2026-04-01", "-o", "shrunk.tar.zst")
    cutter.join()
    ends.add(run.status)
    wrong += run.ended(0, 1, 2, 4)
    made = pathlib.Path("shrunk.tar.zst")
    if run.status in (0, 1):
        wrong += Run("verify", made).ended(0)
        made.unlink()
    else:
        wrong += run.said(r"^dossier: (?:\S*/)?scan\.sarif") + list(room.glob("*shrunk*"))
print(f"# a shrinking file: statuses {sorted(ends)}")
say("a file that shrinks while it is read ends in a packet that verifies, or in an error and no packet", wrong)
end_of_test()
PYTHON
