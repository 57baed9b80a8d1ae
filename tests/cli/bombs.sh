#!/bin/sh
# variant: gcc
# Packets that mean harm, in front of the commands that read one: each ends with 3 (or 2) and a reason, with bounded memory and time,
# and nothing is written.
mkdir "$TMPDIR/packets"
python3 - <<'PYTHON' # a process of its own: what it takes would count as memory of its children
import os, pathlib, struct, subprocess

room = pathlib.Path(os.environ["TMPDIR"])

# ---- tar and zstd, byte by byte ------------------------------------------------------------------------------------------------

def header(name, size=0, kind=b"0", link=b""):
    name = name if isinstance(name, bytes) else name.encode()
    block = bytearray(512)
    block[0:len(name[:100])] = name[:100]
    for at, text in ((100, b"0000644\0"), (108, b"0000000\0"), (116, b"0000000\0"), (124, b"%011o\0" % size if size < 8 << 30 else b"\x80" + size.to_bytes(11, "big")), (136, b"%011o\0" % 0), (148, b" " * 8), (156, kind), (157, link[:100]), (257, b"ustar\x0000")): block[at:at + len(text)] = text
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)


def member(name, data=b"", kind=b"0", link=b""):
    return (pax({"path": name}) if len(name if isinstance(name, bytes) else name.encode()) > 100 else b"") + header(name, len(data), kind, link) + data + bytes(-len(data) % 512)


def pax(fields):
    text = b""
    for name, value in fields.items():
        value = value if isinstance(value, bytes) else value.encode()
        line = b" " + name.encode() + b"=" + value + b"\n"
        n = len(line) + 1
        while len(str(n).encode() + line) != n: n = len(str(n).encode() + line)
        text += str(n).encode() + line
    return header("pax", len(text), b"x") + text + bytes(-len(text) % 512)


def frame(*parts, window=0x70):
    """A zstd frame of raw blocks; (byte, count) is a run of one byte. window: the descriptor, 0x70 is 8 MB... of 2 to the 24th."""
    blocks = []
    for part in parts:
        if isinstance(part, tuple):
            byte, left = part
            while left:
                n = min(left, 1 << 17)
                blocks.append((1, n, byte))
                left -= n
        else: blocks += [(0, len(part[i:i + (1 << 17)]), part[i:i + (1 << 17)]) for i in range(0, len(part), 1 << 17)]
    return b"\x28\xb5\x2f\xfd" + bytes([0, window]) + b"".join(struct.pack("<I", (i + 1 == len(blocks)) | kind << 1 | n << 3)[:3] + data for i, (kind, n, data) in enumerate(blocks))


END = bytes(1024)
TOP = member("p/bagit.txt", b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n")


def tiny(count):
    """So many empty files, quickly."""
    blank = bytearray(header("p/data/00000000"))
    blank[148:156] = b" " * 8
    base = sum(blank) - 8 * 48
    out = bytearray()
    for i in range(count):
        digits = b"%08d" % i
        blank[7:15] = digits
        blank[148:156] = b"%06o\0 " % (base + sum(digits))
        out += blank
    return bytes(out)


def zstd(data):
    return subprocess.run(["zstd", "-q", "-1", "-c"], input=data, capture_output=True, check=True).stdout


good_manifest = b"".join(b"%064x  data/%07d\n" % (i, i) for i in range(1_000_000))
packets = {
    "10 GB of zeros in less than 1 MB": frame(TOP + header("p/data/zeros", 10 << 30), (b"\0", 10 << 30), END),
    "10 GB of zeros behind the end of the tar": frame(TOP + END, (b"\0", 10 << 30)),
    "a million tiny files": zstd(TOP + tiny(1_000_000) + END),
    "a manifest of a million lines": zstd(TOP + member("p/manifest-sha256.txt", good_manifest) + END),
    "a name with a line feed": frame(TOP + member("p/data/a\nb") + END),
    "a name with a NUL": frame(TOP + pax({"path": b"p/data/a\0b"}) + header("p/x") + END),
    "a name with ..": frame(TOP + member("p/data/../../evil", b"x") + END),
    "an absolute name": frame(TOP + member("/tmp/evil", b"x") + END),
    "a name of 4 KB": frame(TOP + member("p/data/" + "n" * 4096) + END),
    "a name of a thousand folders": frame(TOP + member("p/" + "d/" * 1000 + "x") + END),
    "two names that differ in case": frame(TOP + member("p/data/a") + member("p/data/A") + END),
    "a member that is there twice": frame(TOP + member("p/data/a", b"1") + member("p/data/a", b"2") + END),
    "a file in the place of a folder": frame(TOP + member("p/data/a") + member("p/data/a/b") + END),
    "a hard link": frame(TOP + member("p/data/a", kind=b"1", link=b"/etc/passwd") + END),
    "a symbolic link": frame(TOP + member("p/data/a", kind=b"2", link=b"/etc") + member("p/data/a/passwd", b"x") + END),
    "a device": frame(TOP + member("p/data/a", kind=b"3") + END),
    "a FIFO": frame(TOP + member("p/data/a", kind=b"6") + END),
    "a window of 2 GB": frame(TOP + END, window=0xa8),
    "a thousand nested frames": None,
    "a frame inside of a frame inside of a frame": frame(frame(frame(TOP + END))),
    "skippable frames before, between and behind": b"\x50\x2a\x4d\x18" + struct.pack("<I", 4) + b"evil" + frame(TOP) + b"\x5e\x2a\x4d\x18" + struct.pack("<I", 5) + b"x" * 5 + frame(END) + b"\x51\x2a\x4d\x18" + struct.pack("<I", 3) + b"end",
    "a skippable frame of 4 GB that is not there": frame(TOP + END) + b"\x50\x2a\x4d\x18" + struct.pack("<I", 0xffffffff),
    "a seek table that lies": frame(TOP + END) + b"\x5e\x2a\x4d\x18" + struct.pack("<III", 17, 10, 0xfffffff0) + struct.pack("<IBI", 1, 0, 0x8f92eab1),
    "a seek table of 500 million frames": frame(TOP + END) + b"\x5e\x2a\x4d\x18" + struct.pack("<I", 9) + struct.pack("<IBI", 500_000_000, 0, 0x8f92eab1),
    "a member of 8 exabytes": frame(TOP + header("p/data/a", (8 << 60) - 1) + END),
    "nothing": b"",
    "a pax header of 1 GB": frame(TOP + header("pax", 1 << 30, b"x"), (b"1", 1 << 30), END),
    "a long name of 1 GB": frame(TOP + header("././@LongLink", 1 << 30, b"L"), (b"n", 1 << 30), member("p/data/a") + END),
    "a sparse member of 1 TB": frame(TOP + pax({"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.name": "p/data/a", "GNU.sparse.realsize": str(1 << 40)}) + member("p/data/a", b"1\n0\n1\n" + b"\0" * 506) + END),
}
packets["a thousand nested frames"] = frame(TOP) + b"".join(frame(b"") for _ in range(1000)) + frame(END)

for number, (word, data) in enumerate(packets.items()): (room / "packets" / f"{number:02} {word}").write_bytes(data)
PYTHON
PYTHONPATH=tests/cli exec python3 - <<'PYTHON'
import concurrent.futures, os, pathlib, subprocess, time

from said import end_of_test, say

dossier, room = os.environ["DOSSIER"], pathlib.Path(os.environ["TMPDIR"])
MB, SECONDS = 1 << 20, 60
MEMORY = 900 * MB  # of a program with sanitizers


keys = room / "keys"
keys.mkdir()
subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", keys / "k.pem", "-out", keys / "c.pem", "-subj", "/CN=A", "-days", "3650"], check=True, capture_output=True)
ID = "F-0123456789abcdef"
commands = {
    "verify": ["verify", "PACKET"], "verify from a pipe": ["verify", "-"], "verify --recompute": ["verify", "--recompute", "PACKET"], "trace": ["trace", "PACKET", ID], "trace --subject": ["trace", "--subject", "x", "PACKET"],
    "list": ["list", "PACKET"], "extract": ["extract", "PACKET", "data/a", "-o", "OUT"], "extract of a folder": ["extract", "PACKET", "data/", "-o", "OUT"], "summary": ["summary", "PACKET"], "gate": ["gate", "PACKET"],
    "sign": ["sign", "PACKET", "--key", keys / "k.pem", "--cert", keys / "c.pem", "--as-of", "2026-03-01", "-o", "OUT/s"], "timestamp": ["timestamp", "--request", "-o", "OUT/q", "PACKET"], "inspect": ["inspect", "PACKET"],
    "build --previous": ["build", "--before", "SIDE", "--after", "SIDE", "--as-of", "2026-03-01", "--previous", "PACKET", "-o", "OUT/b.tar.zst"],
    "build": ["build", "--before", "PACKET", "--after", "SIDE", "--as-of", "2026-03-01", "-o", "OUT/b.tar.zst"],
}
side = room / "side"
side.mkdir()
(side / "a.sarif").write_text('{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"Lint"}},"results":[]}]}')
# One command for each way in which packets are read; the others take turns, but not with the packets that take long.
WAYS = ["verify", "verify from a pipe", "list", "summary", "inspect"]
OTHERS = [name for name in commands if name not in WAYS]
# What may well be read of such a packet: it is evidence like any other, a table of contents, or one good file in it.
MAY_DO = {"inspect", "build"}


def attempt(packet, name, command, outside):
    """What is wrong with how it ended, as lines."""
    outside.mkdir()
    arguments = [str({"PACKET": packet, "OUT": outside, "SIDE": side}.get(a, a)).replace("OUT/", f"{outside}/") for a in command]
    began, wrong = time.monotonic(), []
    with open(packet, "rb") as stdin, open(f"{outside}.said", "w+b") as said:
        child = subprocess.Popen([dossier, *arguments], stdin=stdin, stdout=said, stderr=said, cwd=outside)
        _, status, used = os.wait4(child.pid, 0)
        status = child.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        text = said.read().decode(errors="replace")
    readable = name in MAY_DO or name == "list" or (name in ("extract", "extract of a folder") and status == 2)
    if status not in ((0, 1, 2, 3) if readable else (2, 3)): wrong.append(f"{name}: status {status}: {text[-300:]}")
    if name.startswith("verify") and packet.stat().st_size and status != 3: wrong.append(f"{name}: status {status} instead of 3: {text[-300:]}")
    if status in (2, 3) and "dossier: " not in text: wrong.append(f"{name} says nothing: {text[-300:]}")
    if time.monotonic() - began > SECONDS: wrong.append(f"{name} takes {time.monotonic() - began:.0f} s")
    if used.ru_maxrss * 1024 > MEMORY: wrong.append(f"{name} takes {used.ru_maxrss // 1024} MB")
    if name not in ("build", "sign", "timestamp"): wrong += [f"{name} wrote {file}" for file in outside.rglob("*") if file.is_file()]
    return wrong


with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
    for number, packet in enumerate(sorted((room / "packets").iterdir())):
        word, size, before = packet.name[3:], packet.stat().st_size, packet.stat().st_mtime_ns
        turn = [OTHERS[(3 * number + i) % len(OTHERS)] for i in range(3)] if size < 30000 else []
        chosen = [(name, commands[name]) for name in WAYS + turn]
        runs = [pool.submit(attempt, packet, n, c, room / f"out-{number}-{i}") for i, (n, c) in enumerate(chosen)]
        wrong = [line for one in runs for line in one.result()]
        if (packet.stat().st_size, packet.stat().st_mtime_ns) != (size, before): wrong.append("the packet was changed")
        if pathlib.Path("/tmp/evil").exists() or (room / "evil").exists(): wrong.append("it wrote outside")
        say(f"{word} ({size} bytes) is met with a reason, in bounded memory and time", wrong)
end_of_test()
PYTHON
