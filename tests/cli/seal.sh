#!/bin/sh
# sign and timestamp: signatures, statements and time stamps for a packet that is finished, and how verify and openssl judge them.
PYTHONPATH=tests/cli exec python3 - <<'PYTHON'
import glob, hashlib, json, os, pathlib, re, shutil, subprocess

from said import end_of_test, say

dossier, room = os.environ["DOSSIER"], pathlib.Path(os.environ["TMPDIR"])
demo = pathlib.Path("fixtures/demo").resolve()
os.environ.pop("SOURCE_DATE_EPOCH", None)


def run(*arguments, cwd=None): return subprocess.run([str(a) for a in arguments], cwd=cwd, stdin=subprocess.DEVNULL, capture_output=True)


def openssl(*arguments, cwd=None):
    done = run("openssl", *arguments, cwd=cwd or room)
    if done.returncode: raise SystemExit(f"openssl {arguments}: {done.stderr.decode()}")


def expect(status, *arguments, saying=""):
    done = run(*arguments)
    said = (done.stdout + done.stderr).decode(errors="replace")
    return [] if done.returncode == status and saying in said else [f"{' '.join(map(str, arguments))}: status {done.returncode}: {said}"]


def verdict(packet, *more): return {c["name"]: c for c in json.loads(run(dossier, "verify", "--json", packet, *more).stdout)["checks"]}


def fails(packet, check, saying, *more):
    checks = verdict(packet, *more)
    wrong = [c["name"] for c in checks.values() if not c["ok"]]
    return [] if wrong == [check] and saying in checks[check]["detail"] else [str(checks)]


# ---- who signs -------------------------------------------------------------------------------------------------------------

(room / "ca.cnf").write_text("[ca]\nbasicConstraints=critical,CA:true\nkeyUsage=keyCertSign\n[leaf]\nbasicConstraints=CA:false\n[tsa]\nbasicConstraints=CA:false\nextendedKeyUsage=critical,timeStamping\nkeyUsage=digitalSignature\n")
openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "root.key", "-out", "root.pem", "-subj", "/CN=Root", "-days", "3650")


def issue(name, subject, issuer, section="leaf", days="3650", kind="rsa:2048"):
    extra = ["-pkeyopt", "ec_paramgen_curve:P-256"] if kind == "ec" else []
    openssl("req", "-newkey", kind, *extra, "-nodes", "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", subject)
    openssl("x509", "-req", "-in", f"{name}.csr", "-CA", f"{issuer}.pem", "-CAkey", f"{issuer}.key", "-CAcreateserial", "-out", f"{name}.pem", "-days", days, "-extfile", "ca.cnf", "-extensions", section)


issue("middle", "/CN=Middle", "root", "ca")
issue("ann", "/CN=Ann Preparer", "root")
issue("bob", "/CN=Bob Reviewer", "middle", kind="ec")
issue("cy", "/CN=Cy Approver", "root")
issue("tsa", "/CN=Clock", "root", "tsa")
openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "mallory.key", "-out", "mallory.pem", "-subj", "/CN=Mallory", "-days", "3650")
(room / "pass").write_text("open sesame\nnot this\n")
openssl("rsa", "-in", "cy.key", "-aes256", "-passout", "pass:open sesame", "-out", "cy.locked.key")
(room / "roots.pem").write_bytes((room / "root.pem").read_bytes())


def build(name, *more):
    done = run(dossier, "build", "--before", demo / "before", "--after", demo / "after", "--change", demo / "change.json", "-o", room / name, *more)
    if done.returncode not in (0, 1): raise SystemExit(done.stderr.decode())
    return room / name


def sign(packet, who, *more, key=None): return run(dossier, "sign", "--key", room / (key or f"{who}.key"), "--cert", room / f"{who}.pem", *more, packet)


plain = build("plain.tar.zst")
at_once = build("at-once.tar.zst", "--sign", room / "ann.key", "--cert", room / "ann.pem", "--as-of", "2026-03-11")
unsigned = build("unsigned.tar.zst", "--as-of", "2026-03-11")
later = room / "later.tar.zst"
done = sign(unsigned, "ann", "--as-of", "2026-03-11", "-o", later)
say("a packet that is signed later is the bytes of one that is signed when it is built", [] if later.read_bytes() == at_once.read_bytes() else [done])
say("with -o the packet itself is as it was", [] if verdict(unsigned)["signature"]["detail"] == "not signed" else [verdict(unsigned)])
say("build takes a chain and a passphrase too", expect(0, dossier, "verify", "--cert", room / "root.pem", build("chain.tar.zst", "--sign", room / "bob.key", "--cert", room / "bob.pem", "--chain", room / "middle.pem")))
say("without the chain the root alone does not do", fails(build("no-chain.tar.zst", "--sign", room / "bob.key", "--cert", room / "bob.pem"), "signature", "does not vouch", "--cert", room / "root.pem"))

# ---- several signers -------------------------------------------------------------------------------------------------------

packet = room / "packet.tar.zst"
shutil.copy(plain, packet)
content = run("zstd", "-dcq", plain).stdout
wrong = []
for who, role, decision, more in (("ann", "preparer", "noted", []), ("bob", "reviewer", "approved", ["--chain", room / "middle.pem", "--comment", "Looked at every \"new\" finding;\nall have owners."]),
                                  ("cy", "approver", "approved", ["--passphrase-file", room / "pass"])):
    done = sign(packet, who, "--role", role, "--decision", decision, "--as-of", "2026-03-12T09:00:00Z", *more, key="cy.locked.key" if who == "cy" else None)
    if done.returncode: wrong.append(done)
say("three people sign one after another, the last with a key under a passphrase", wrong)
checks = verdict(packet, "--cert", room / "root.pem")
wanted = ["preparer CN=Ann Preparer noted at 2026-03-12T09:00:00Z", "reviewer CN=Bob Reviewer approved", "approver CN=Cy Approver approved"]
say("verify names each with role, decision and time", [w for w in wanted if w not in checks["statements"]["detail"]] + [c for c in checks.values() if not c["ok"]])
say("the packet before is the beginning of the tar after", [] if run("zstd", "-dcq", packet).stdout.startswith(content.rstrip(b"\0")) else ["it is not"])
say("a packet with statements is computed all the same", expect(0, dossier, "verify", "--recompute", packet))
again = room / "again.tar.zst"
shutil.copy(plain, again)
for who, role, decision in (("ann", "preparer", "noted"), ("ann", "approver", "approved")): sign(again, who, "--role", role, "--decision", decision, "--as-of", "2026-03-12")
twice = room / "twice.tar.zst"
shutil.copy(plain, twice)
for who, role, decision in (("ann", "preparer", "noted"), ("ann", "approver", "approved")): sign(twice, who, "--role", role, "--decision", decision, "--as-of", "2026-03-12")
say("the same statements by RSA keys at the same times give the same bytes", [] if again.read_bytes() == twice.read_bytes() else ["they differ"])
say("a signature of another than --cert vouches for does not pass", [] if (sign(again, "mallory", "--role", "approver", "--decision", "approved"), fails(again, "statements", "does not vouch", "--cert", room / "root.pem"))[1] == [] else [verdict(again, "--cert", room / "root.pem")])
say("a packet that is signed is not signed a second time without a role", expect(2, dossier, "sign", "--key", room / "cy.key", "--cert", room / "cy.pem", packet, saying="is signed already"))
say("a role without a decision, or an unknown one, is refused", expect(2, dossier, "sign", "--key", room / "cy.key", "--cert", room / "cy.pem", "--role", "approver", packet) +
    expect(2, dossier, "sign", "--key", room / "cy.key", "--cert", room / "cy.pem", "--role", "boss", "--decision", "approved", packet, saying="preparer, reviewer or approver"))
say("a key under a passphrase is not opened without, nor by a wrong one", expect(2, dossier, "sign", "--key", room / "cy.locked.key", "--cert", room / "cy.pem", plain, saying="--passphrase-file") +
    expect(2, dossier, "sign", "--key", room / "cy.locked.key", "--cert", room / "cy.pem", "--passphrase-file", room / "ca.cnf", plain, saying="does not open"))
broken = room / "broken.tar.zst"
bytes_ = bytearray(plain.read_bytes())
bytes_[len(bytes_) // 2] ^= 1
broken.write_bytes(bytes_)
say("a packet that does not verify is not signed", expect(3, dossier, "sign", "--key", room / "cy.key", "--cert", room / "cy.pem", broken, saying="does not verify") + ([] if broken.read_bytes() == bytes_ else ["it was changed"]))

# ---- somebody meddles ------------------------------------------------------------------------------------------------------

bag = room / "bag"
bag.mkdir()
subprocess.run(["tar", "--zstd", "-xf", packet, "-C", bag], check=True)
top = next(bag.iterdir())


def meddled(change):
    folder = room / "meddled"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(bag, folder)
    change(folder / top.name)
    subprocess.run(["tar", "-C", str(folder), "--zstd", "-cf", str(room / "meddled.tar.zst"), top.name], check=True)
    return room / "meddled.tar.zst"


def write_over(name, old, new):
    def change(folder):
        text = (folder / name).read_text()
        assert old in text
        (folder / name).write_text(text.replace(old, new))
    return change


def remove(*names): return lambda folder: [(folder / n).unlink() for n in names]


def from_other(folder):
    """A good statement by the same people about another packet."""
    subprocess.run(["tar", "--zstd", "-xf", other, "-C", room / "other"], check=True)
    for path in (room / "other").glob("*/signatures/*"): shutil.copy(path, folder / "signatures" / path.name.replace("01-", "09-"))


other = build("other.tar.zst", "--as-of", "2026-03-13")
(room / "other").mkdir()
sign(other, "ann", "--role", "approver", "--decision", "approved")
for sentence, change, saying in (
        ("a decision turned round is found", write_over("signatures/02-reviewer.json", "approved", "rejected"), "not over these bytes"),
        ("a statement whose signature is gone is found", remove("signatures/03-approver.json.p7s"), "03-approver.json is not signed"),
        ("a signature without a statement is found", remove("signatures/03-approver.json"), "no statement and no signature"),
        ("a statement that is taken away is missed by the later ones", remove("signatures/02-reviewer.json", "signatures/02-reviewer.json.p7s"), "was made after one that is not here"),
        ("another file in signatures/ is found", lambda folder: (folder / "signatures/letter.txt").write_text("x"), "no statement and no signature"),
        ("a statement about another packet is found", from_other, "is about another packet")):
    say(sentence, fails(meddled(change), "statements", saying))


def renamed():
    """The bag in a folder of another name, as if it were the packet of another change."""
    made = meddled(lambda folder: None)
    folder = room / "meddled"
    (folder / top.name).rename(folder / "dossier-CHG-0")
    subprocess.run(["tar", "-C", str(folder), "--zstd", "-cf", str(made), "dossier-CHG-0"], check=True)
    return made


say("the bag under another change's name is not what was decided on", fails(renamed(), "statements", "names another packet"))
say("the bag in another tar, with all statements, verifies", expect(0, dossier, "verify", "--cert", room / "root.pem", meddled(lambda folder: None)))
signed_again = meddled(lambda folder: None)
say("it can be signed again", expect(0, dossier, "sign", "--key", room / "cy.key", "--cert", room / "cy.pem", "--role", "approver", "--decision", "rejected", signed_again) + expect(0, dossier, "verify", "--cert", room / "root.pem", signed_again, saying="rejected"))

# ---- the time stamp --------------------------------------------------------------------------------------------------------

(room / "tsa.cnf").write_text("[tsa]\ndefault_tsa=one\n[one]\nserial=serial\ncrypto_device=builtin\nsigner_cert=tsa.pem\ncerts=root.pem\nsigner_key=tsa.key\nsigner_digest=sha256\ndefault_policy=1.2.3.4\ndigests=sha256\naccuracy=secs:1\nordering=yes\ntsa_name=yes\ness_cert_id_chain=no\n")
(room / "serial").write_text("01\n")


def reply(query, out): openssl("ts", "-reply", "-config", "tsa.cnf", "-queryfile", query, "-out", out)


query = room / "q.tsq"
say("timestamp --request writes a query", expect(0, dossier, "timestamp", "--request", packet, "-o", query))
text = run("openssl", "ts", "-query", "-in", query, "-text").stdout.decode()
say("openssl reads it: SHA-256 of the tag manifest, with the certificate wanted", [] if "sha256" in text and "Certificate required: yes" in text else [text])
reply("q.tsq", "r.tsr")
stamped = room / "stamped.tar.zst"
say("timestamp --import puts the reply in", expect(0, dossier, "timestamp", "--import", room / "r.tsr", "--tsa", room / "root.pem", packet, "-o", stamped))
say("verify --tsa holds it against the authority, and names time and authority", expect(0, dossier, "verify", "--tsa", room / "root.pem", "--cert", room / "root.pem", stamped, saying="CN=Clock"))
say("verify without --tsa says that nobody vouches", expect(0, dossier, "verify", stamped, saying="not held against an authority that you trust"))
say("another authority's certificate does not do", fails(stamped, "timestamp", "does not vouch", "--tsa", room / "mallory.pem"))
say("a packet without a time stamp fails when one is wanted", fails(packet, "timestamp", "has no time stamp", "--tsa", room / "root.pem"))
run(dossier, "timestamp", "--request", other, "-o", room / "o.tsq")
reply("o.tsq", "o.tsr")
say("the reply for another packet is refused", expect(2, dossier, "timestamp", "--import", room / "o.tsr", packet, saying="not over these bytes"))
say("a second time stamp is refused", expect(2, dossier, "timestamp", "--import", room / "r.tsr", stamped, saying="has a time stamp already"))
say("what is no reply is refused", expect(2, dossier, "timestamp", "--import", room / "q.tsq", packet) + expect(2, dossier, "timestamp", "--import", room / "tsa.cnf", packet))

# ---- the signing time beside the time stamp ------------------------------------------------------------------------------------


def stamp(packet, name):
    """Over its tag manifest, by the clock."""
    run(dossier, "timestamp", "--request", packet, "-o", room / f"{name}.tsq")
    reply(f"{name}.tsq", f"{name}.tsr")
    return run(dossier, "timestamp", "--import", room / f"{name}.tsr", packet, "-o", room / f"{name}.tar.zst")


future = build("future-signed.tar.zst", "--sign", room / "ann.key", "--cert", room / "ann.pem", "--as-of", "2099-01-01")
done = stamp(future, "future")
say("a packet that says it was signed after the time stamp is refused its stamp", [] if done.returncode == 2 and b"made later, at 2099-01-01" in done.stderr else [done])
by_hand = room / "by-hand"
by_hand.mkdir()
subprocess.run(["tar", "--zstd", "-xmf", future, "-C", by_hand], check=True)
tags = next(by_hand.iterdir()) / "tagmanifest-sha256.txt"


def packed_by_hand():
    subprocess.run(["tar", "--zstd", "-cf", room / "by-hand.tar.zst", "-C", by_hand, tags.parent.name], check=True)
    return room / "by-hand.tar.zst"


shutil.copy(room / "future.tsr", f"{tags}.tsr")
say("nor does one verify into which somebody put it", fails(packed_by_hand(), "timestamp", "made later, at 2099-01-01"))
pathlib.Path(f"{tags}.tsr").unlink()
openssl("cms", "-resign", "-inform", "DER", "-in", f"{tags}.p7s", "-outform", "DER", "-out", "two.p7s", "-signer", "cy.pem", "-inkey", "cy.key")
shutil.copy(room / "two.p7s", f"{tags}.p7s")
say("a signature with two signers says nothing of who signed", fails(packed_by_hand(), "signature", "one signer"))
bare = build("bare.tar.zst", "--as-of", "2026-03-11")
stamp(bare, "bare-stamped")
say("a packet with a time stamp is not signed any more", expect(2, dossier, "sign", "--key", room / "ann.key", "--cert", room / "ann.pem", room / "bare-stamped.tar.zst", saying="has a time stamp"))
say("but what somebody says of it is added", expect(0, dossier, "sign", "--key", room / "ann.key", "--cert", room / "ann.pem", "--role", "approver", "--decision", "approved", room / "bare-stamped.tar.zst") + expect(0, dossier, "verify", room / "bare-stamped.tar.zst", saying="approver CN=Ann"))
(room / "old.cnf").write_text("[ca]\ndefault_ca=old\n[old]\ndatabase=old.txt\nrand_serial=yes\nnew_certs_dir=.\npolicy=any\ndefault_md=sha256\n[any]\ncommonName=supplied\n")
(room / "old.txt").write_text("")
openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", "old.key", "-out", "old.csr", "-subj", "/CN=Old Key")
openssl("ca", "-batch", "-notext", "-config", "old.cnf", "-in", "old.csr", "-cert", "root.pem", "-keyfile", "root.key", "-out", "old.pem", "-startdate", "20260101000000Z", "-enddate", "20260401000000Z")
old = build("old-signed.tar.zst", "--sign", room / "old.key", "--cert", room / "old.pem", "--as-of", "2026-03-11")
say("a certificate that was valid at the signing time is good when it has expired since", expect(0, dossier, "verify", "--cert", room / "old.pem", old))
stamp(old, "old-stamped")
say("with a time stamp after its end, verify says that nothing attests the signing time", expect(0, dossier, "verify", "--cert", room / "old.pem", "--tsa", room / "root.pem", room / "old-stamped.tar.zst", saying="had expired by then, at 2026-04-01"))
late = build("late-signed.tar.zst", "--sign", room / "old.key", "--cert", room / "old.pem", "--as-of", "2026-05-01")
say("a certificate that had expired at the signing time is none", fails(late, "signature", "expired", "--cert", room / "old.pem"))

# ---- with stock tools, as VERIFY.txt says ---------------------------------------------------------------------------------

place = room / "place"
place.mkdir()
shutil.copy(stamped, place / f"{top.name}.tar.zst")
text = run("tar", "--zstd", "-xOf", stamped, f"{top.name}/VERIFY.txt").stdout.decode()
wrong, folder, did = [], place, []
for command in re.findall(r"^    (\S.*)$", text, re.M):
    if command.startswith("cd "):
        folder = folder / command[3:]
        for name in ("CERT.pem", "TSA.pem"): shutil.copy(room / "root.pem", folder / name)
        continue
    done = subprocess.run(["sh", "-c", command], cwd=folder, capture_output=True, text=True)
    said = done.stdout + done.stderr
    if "cms -verify" in command:
        good = done.returncode == 0 and said.count("Verification successful") == (3 if "for s" in command else 1)
        did.append("cms")
    elif "grep -l" in command:
        good = said.splitlines() == [f"signatures/{n}.json" for n in ("01-preparer", "02-reviewer", "03-approver")]
        did.append("about")
    elif "ts -verify" in command:
        good = done.returncode == 0 and "Verification: OK" in said
        did.append("ts")
    elif "ts -reply" in command: good = "Time stamp:" in said
    else: continue
    if not good: wrong.append(f"{command}: {said}")
say("openssl cms and openssl ts say the same, by the commands of VERIFY.txt as they are written", wrong + ([] if did == ["cms", "cms", "about", "ts"] else did))
end_of_test()
PYTHON
