"""The test of mutations.sh."""
import collections, copy, csv, json, os, subprocess, sys

dossier, corpus = os.environ["DOSSIER"], os.environ.get("MUTATIONS") or os.environ["SHARED"] + "/corpus"
room = os.environ["TMPDIR"] + "/mutations"
os.makedirs(room, exist_ok=True)
MOST, MOST_FILES = 300_000, 4  # bytes of a file, files of a format: the sanitizers are slow
LINE = {"startLine", "endLine", "start_line", "end_line", "StartLine", "EndLine", "lineNumber", "line"}
SEVERITY = {"severity", "Severity", "Label", "level", "severityLevel", "vulnerabilitySeverityLevel", "security-severity"}
VERSION = {"InstalledVersion", "version", "Version", "packageVersion", "softwareVersion", "installedVersion", "package_version"}
PURL = {"purl", "PURL", "packageUrl"}
PATH = {"uri", "file_path", "repo_file_path", "path", "file", "Target", "PkgPath"}
WORDS = ["critical", "high", "medium", "low"]
LEVELS = {"error": "warning", "warning": "note", "note": "error", "ERROR": "WARNING", "WARNING": "INFO", "INFO": "ERROR"}


# ---- documents ----

def load(path):
    text = open(path, encoding="utf-8-sig").read()
    try: return json.loads(text), False
    except ValueError: return [json.loads(line) for line in text.splitlines() if line.strip()], True


def save(path, document, lines, **spelling):
    with open(path, "w", encoding="utf-8") as f:
        if lines: f.writelines(json.dumps(x, **spelling) + "\n" for x in document)
        else: json.dump(document, f, **spelling)


def tokens(pointer): return tuple(t.replace("~1", "/").replace("~0", "~") for t in pointer.split("/")[1:])


def node(document, path):
    for t in path: document = document[int(t)] if isinstance(document, list) else document[t]
    return document


def walk(value, change):
    """change(name, value) gives another value, or None to go on inside."""
    if isinstance(value, dict):
        for name in list(value):
            other = change(name, value[name])
            if other is None: walk(value[name], change)
            else: value[name] = other
    elif isinstance(value, list):
        for item in value: walk(item, change)


# ---- changes of one record, in place ----

def shifted(name, value):
    if name in LINE and isinstance(value, int) and not isinstance(value, bool): return value + 1000
    if name == "file_line_range" and isinstance(value, list): return [n + 1000 for n in value]


def rated(name, value):
    if name not in SEVERITY or not isinstance(value, str): return None
    if value.lower() in WORDS:
        other = WORDS[(WORDS.index(value.lower()) + 1) % len(WORDS)]
        return other.upper() if value.isupper() else other.capitalize() if value[:1].isupper() else other
    return LEVELS.get(value)


def bumped(name, value):
    if name in VERSION and isinstance(value, str) and value: return value + ".9"
    if name in PURL and isinstance(value, str) and "@" in value:
        head, _, tail = value.rpartition("@")
        version, mark, rest = tail.partition("?")
        return f"{head}@{version}.9{mark}{rest}"


def moved(name, value):
    if name in PATH and isinstance(value, str) and value and "://" not in value and ":" not in value: return "moved/" + value.lstrip("/")


# ---- what dossier says ----

def ask(*arguments):
    run = subprocess.run([dossier, "diff", "--json", *arguments], capture_output=True)
    return json.loads(run.stdout) if run.returncode == 0 else None


def seen(findings):
    """What an auditor names of the records, in the order of the evidence, by pointer."""
    by = collections.defaultdict(list)
    for f in findings: by[f["evidence"]["pointer"]].append({"location": f["location"], "severity": f["severity"], "version": f["component"].get("version")})
    return by


def without_zeros(numbers): return {k: v for k, v in numbers.items() if v}


class File:
    def __init__(self, path):
        self.path, (self.document, self.lines) = path, load(path)
        self.copy = f"{room}/{os.path.basename(path)}"
        said = ask("--findings", path, path)
        self.findings = said["findings"] if said else []
        self.pointers = [tokens(f["evidence"]["pointer"]) for f in self.findings]
        self.records = sorted({p for p in self.pointers if p and isinstance(node(self.document, p[:-1]), list)}, key=lambda p: (p[:-1], int(p[-1])))

    def compared(self, document, *more):
        save(self.copy, document, self.lines)
        return ask(*more, self.path, self.copy)


def expected_in_place(file, document):
    """Outcomes and updates by the records' own fields: changed in place, each stands where it stood."""
    save(file.copy, document, file.lines)
    before, after = seen(file.findings), seen((ask("--findings", file.copy, file.copy) or {"findings": []})["findings"])
    outcomes, updates = collections.Counter(), collections.Counter()
    for pointer, records in before.items():
        others = after.get(pointer, [])
        if len(others) != len(records): return None, None
        for record, other in zip(records, others):
            differs = [name for name in ("location", "severity", "version") if record[name] != other[name]]
            outcomes["updated" if differs else "unchanged"] += 1
            updates.update(differs)
    return dict(outcomes), dict(updates)


def in_place(change, everywhere=False):
    def run(file):
        document = copy.deepcopy(file.document)
        if everywhere: walk(document, change)
        for pointer in () if everywhere else set(file.pointers): walk(node(document, pointer), change)
        if document == file.document: return None
        outcomes, updates = expected_in_place(file, document)
        if outcomes is None: return ["a record of the changed file is not read as it was"]
        said = file.compared(document)
        return differences(said, outcomes, updates)
    return run


def differences(said, outcomes, updates=None):
    wrong, got = [], without_zeros(said["outcomes"])
    if got != without_zeros(outcomes): wrong.append(f"outcomes {got}, expected {without_zeros(outcomes)}")
    if updates is not None and without_zeros(said["updated_by"]) != updates: wrong.append(f"updated by {without_zeros(said['updated_by'])}, expected {updates}")
    return wrong


def gone_and_fresh(said):
    """The outcomes with what is gone, and what is only after, in one number each: which of them depends on passes and on what a unit is made of."""
    o = said["outcomes"]
    return {"unchanged": o["unchanged"], "updated": o["updated"], "gone": o["fixed"] + o["fixed_verified"] + o["not_reassessed"], "fresh": o["new"] + o["newly_in_scope"] + o["reopened"],
            "dismissed": o["dismissed"]}


def dropped(file):
    """Every 7th record, or every 2nd of a short file."""
    gone = set(file.records[6::7] or file.records[1::2])
    if not gone: return None
    document = copy.deepcopy(file.document)
    for p in sorted(gone, key=lambda p: (len(p), p[:-1], int(p[-1])), reverse=True): del node(document, p[:-1])[int(p[-1])]
    said = file.compared(document, "--findings")
    lost = sum(p in gone for p in file.pointers)
    wrong = [] if gone_and_fresh(said) == {"unchanged": len(file.pointers) - lost, "updated": 0, "gone": lost, "fresh": 0, "dismissed": 0} else [f"{gone_and_fresh(said)}, {lost} of {len(file.pointers)} were taken out"]
    # What is gone looks like what was taken out, record by record, whichever of two equal ones is named.
    name = lambda f: (f["rule"], f["subject"], json.dumps(f["location"]), json.dumps(f["component"]), f["severity"])
    taken = collections.Counter(name(f) for f, p in zip(file.findings, file.pointers) if p in gone)
    told = collections.Counter(name(f) for f in said["findings"] if f["side"] == "before")
    if taken != told: wrong.append(f"gone are {told - taken} instead of {taken - told}")
    return wrong


def repeated(file):
    if not file.records: return None
    record = file.records[len(file.records) // 2]
    document = copy.deepcopy(file.document)
    node(document, record[:-1]).append(copy.deepcopy(node(document, record)))
    said = file.compared(document)
    more = sum(p == record for p in file.pointers)
    wanted = {"unchanged": len(file.pointers), "updated": 0, "gone": 0, "fresh": more, "dismissed": 0}
    return [] if gone_and_fresh(said) == wanted else [f"{gone_and_fresh(said)}, expected {wanted}"]


def reversed_(file):
    if not file.records: return None
    document = copy.deepcopy(file.document)
    for parent in sorted({p[:-1] for p in file.records}, key=len, reverse=True): node(document, parent).reverse()
    return differences(file.compared(document), {"unchanged": len(file.pointers)}, {})


def spelled(file):
    """The same document as another program writes it: members sorted, indented, nothing escaped."""
    save(file.copy, file.document, file.lines, sort_keys=True, ensure_ascii=False, separators=(" ,  ", " : "))
    return differences(ask(file.path, file.copy), {"unchanged": len(file.pointers)}, {})


def halved(file):
    """Two files with half of the records each are the one."""
    lists = sorted({p[:-1] for p in file.records}, key=len, reverse=True)
    if not file.records: return None
    folder = file.copy + ".halves"
    os.makedirs(folder, exist_ok=True)
    for half in (0, 1):
        document = copy.deepcopy(file.document)
        for parent in lists:
            items = node(document, parent)
            items[:] = items[half::2]
        save(f"{folder}/{half}.json", document, file.lines, sort_keys=half == 1, separators=(",", ":" + " " * half))  # two equal files would count once
    wrong = []
    for sides in ((file.path, folder), (folder, file.path)): wrong += differences(ask(*sides), {"unchanged": len(file.pointers)}, {})
    return wrong


def combined(file):
    """Each of seven records with a change of its own, in another order, in another spelling; of equal records one alone is changed."""
    document, fates = copy.deepcopy(file.document), {}
    looks = lambda f: (f["tool"], f["rule"].lower(), f["subject"].lower(), json.dumps(f["location"].get("path", "")), json.dumps(f["component"].get("package", "")))
    def prints(p):  # a SARIF result's fingerprints identify it wherever it stands
        record = node(file.document, p)
        own = {name: record[name] for name in ("fingerprints", "partialFingerprints") if isinstance(record, dict) and record.get(name)}
        return json.dumps([record.get("ruleId"), own]) if own else p
    groups = collections.Counter(looks(f) for f in file.findings) + collections.Counter(prints(p) for p in set(file.pointers))
    crowded = {p for f, p in zip(file.findings, file.pointers) if groups[looks(f)] > 1 or groups[prints(p)] > 1}
    records = [p for p in file.records if p not in crowded]
    if len(records) < 2: return None
    for k, p in enumerate(records):
        fates[p] = ("dropped", shifted, rated, bumped, "repeated", None, None)[k % 7]
        if callable(fates[p]): walk(node(document, p), fates[p])
    outcomes, updates = expected_in_place(file, document)
    if outcomes is None: return ["a record of the changed file is not read as it was"]
    lost, more = (sum(fates.get(p) == fate for p in file.pointers) for fate in ("dropped", "repeated"))
    for p in records:
        if fates[p] == "repeated": node(document, p[:-1]).append(copy.deepcopy(node(document, p)))
    for p in sorted((p for p in records if fates[p] == "dropped"), key=lambda p: (len(p), p[:-1], int(p[-1])), reverse=True): del node(document, p[:-1])[int(p[-1])]
    for parent in sorted({p[:-1] for p in file.records}, key=len, reverse=True): node(document, parent).reverse()
    said = file.compared(document)
    wanted = {"unchanged": outcomes.get("unchanged", 0) - lost, "updated": outcomes.get("updated", 0), "gone": lost, "fresh": more, "dismissed": 0}
    wrong = [] if gone_and_fresh(said) == wanted else [f"{gone_and_fresh(said)}, expected {wanted}"]
    return wrong + ([] if without_zeros(said["updated_by"]) == updates else [f"updated by {without_zeros(said['updated_by'])}, expected {updates}"])


CHANGES = (("another spelling", spelled), ("a file cut in two", halved), ("changes of all kinds at once", combined),
           ("everything in another order", reversed_), ("records taken out", dropped), ("a record repeated", repeated), ("lines shifted", in_place(shifted)),
           ("severities changed", in_place(rated)), ("versions bumped", in_place(bumped)), ("folders moved", in_place(moved, everywhere=True)))

# In the others the path is the artifact's own, which is then another one.
MOVED = {"checkov", "gitlab", "gitleaks", "grype", "kubescape", "sarif", "semgrep", "snyk", "twistlock"}

failed = False
rows = csv.DictReader(open(corpus + "/manifest.tsv", encoding="utf-8"), delimiter="\t", quoting=csv.QUOTE_NONE)
formats = collections.defaultdict(list)
for row in rows:
    path = f"{corpus}/{row['path']}"
    if os.path.getsize(path) > MOST or len(formats[row["format"]]) == MOST_FILES: continue
    try: file = File(path)
    except (ValueError, UnicodeDecodeError): continue  # cut off, or no JSON
    if file.findings: formats[row["format"]].append(file)
for name in sorted(formats):
    for title, change in CHANGES:
        done, wrong = 0, []
        if title == "folders moved" and name not in MOVED: continue
        for file in formats[name]:
            answer = change(file)
            if answer is None: continue
            done += 1
            wrong += [(file.path, line) for line in answer]
        if not done: continue
        print(f"{'not ok' if wrong else 'ok'} - {name}: {title} in {done} files, and that is what is found")
        for path, line in wrong: print(f"    {path}: {line}")
        failed |= bool(wrong)
sys.exit(failed)
