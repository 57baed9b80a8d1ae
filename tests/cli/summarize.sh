#!/bin/sh
# `summary`: a packet's decision in a terminal.
demo=fixtures/demo packet=$TMPDIR/p.tar.zst
failed=0
say() { # SENTENCE CONDITION...
	sentence=$1
	shift
	if "$@"; then echo "ok - $sentence"; else echo "not ok - $sentence"; failed=1; fi
}
"$DOSSIER" build --before $demo/before --after $demo/after --change $demo/change.json --exceptions $demo/exceptions.json -o "$packet" >"$TMPDIR/build" 2>/dev/null || true
status=0
"$DOSSIER" summary "$packet" >"$TMPDIR/short" 2>/dev/null || status=$?
"$DOSSIER" summary --all "$packet" >"$TMPDIR/all" 2>/dev/null || status=$?
say 'a summary ends with status 0 although the gate says no' [ $status -eq 0 ]
say 'it has at most 24 lines' [ "$(wc -l <"$TMPDIR/short")" -le 24 ]
say 'it gives the verdict' grep -q '^NOT READY' "$TMPDIR/short"
say 'it says what was not looked at' grep -q 'not looked at: 5 findings' "$TMPDIR/short"
"$DOSSIER" inspect $demo/after >"$TMPDIR/inspect" 2>/dev/null
say 'inspect counts one warning in the singular' grep -qx '13 files, 1 warning' "$TMPDIR/inspect"
shown=$(grep -vc '^\.\.\. and' "$TMPDIR/short") rest=$(sed -n 's/^\.\.\. and \([0-9]*\) more lines.*/\1/p' "$TMPDIR/short")
say 'the lines that are left out are counted' [ $((shown + ${rest:-0})) -eq "$(wc -l <"$TMPDIR/all")" ]
head -n "$shown" "$TMPDIR/all" | python3 -c 'import sys
for line in sys.stdin.read().splitlines(): print(line if len(line) <= 80 else line[:79] + "…")' >"$TMPDIR/head"
grep -v '^\.\.\. and' "$TMPDIR/short" >"$TMPDIR/kept"
say 'the lines that it has are the first ones of --all' cmp -s "$TMPDIR/head" "$TMPDIR/kept"
say 'no line is wider than 80 columns' python3 -c 'import sys; sys.exit(any(len(line) > 80 for line in open(sys.argv[1], encoding="utf-8").read().splitlines()))' "$TMPDIR/short"
printf '%s' '{"id": "CHG-8", "title": "x", "owner": "x", "objectives": [{"id": "ALL", "title": "Few findings", "measure": "open_findings", "target": "<= 100"},' \
	'{"id": "LESS", "title": "Fewer findings", "measure": "open_findings", "target": "-40%"}]}' >"$TMPDIR/bound.json"
"$DOSSIER" build --before $demo/before --after $demo/after --change "$TMPDIR/bound.json" -o "$TMPDIR/b.tar.zst" >"$TMPDIR/b" 2>/dev/null || true
say 'a bound on the value is held against the value' grep -q 'met *<= 100 *14 *ALL' "$TMPDIR/b"
say 'a change in percent is held against the change' grep -q 'met *-40% *-44.0% *LESS' "$TMPDIR/b"
say 'what was only attested is said to be' grep -q 'met, attested .*OBJ-5' "$TMPDIR/all"
printf '{"id": "CHG-9", "title": "a\\u001b]0;b\\u0007\\u202ec", "owner": "x"}' >"$TMPDIR/hostile.json"
"$DOSSIER" build --before $demo/before --after $demo/after --change "$TMPDIR/hostile.json" -o "$TMPDIR/h.tar.zst" >"$TMPDIR/h.build" 2>/dev/null || true
"$DOSSIER" summary --all "$TMPDIR/h.tar.zst" >"$TMPDIR/h" 2>/dev/null || true
say 'what a change file says reaches no terminal as an escape sequence' python3 -c 'import sys
texts = [open(n, "rb").read() for n in sys.argv[1:]]; sys.exit(any(b in t for t in texts for b in (b"\x1b", b"\x07", "\u202e".encode())) or not all(b"u{1b}" in t for t in texts))' "$TMPDIR/h" "$TMPDIR/h.build"
say '--all is what build printed' grep -qF "$(sed -n 2p "$TMPDIR/all")" "$TMPDIR/build"
exit $failed
