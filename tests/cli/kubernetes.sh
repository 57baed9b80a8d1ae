#!/bin/sh
# contrib/kubernetes: what its pods run, run here one after another, against a build from the folders; and what the manifests say beside the scripts.
set -eu
here=contrib/kubernetes
demo=fixtures/demo
parts=3
failed=0
export DOSSIER

say() { # SENTENCE COMMAND...
	sentence=$1
	shift
	if "$@"; then
		echo "ok - $sentence"
	else
		echo "not ok - $sentence"
		failed=1
	fi
}

collect() { # SIDE INDEX
	JOB_COMPLETION_INDEX=$2 DOSSIER_PARTS=$parts DOSSIER_FOLDER=$demo/$1 DOSSIER_TARGET=$TMPDIR/work/$1 sh "$here/collect" >/dev/null 2>>"$TMPDIR/said"
}

build() {
	status=0
	DOSSIER_WORK=$TMPDIR/work DOSSIER_PACKET=$TMPDIR/work/packet.tar.zst sh "$here/build" --change "$demo/change.json" >/dev/null 2>"$TMPDIR/said" || status=$?
}

for side in before after; do
	for index in 0 1 2; do collect "$side" "$index"; done
done
build
"$DOSSIER" build --before "$demo/before" --after "$demo/after" --change "$demo/change.json" -o "$TMPDIR/folders.tar.zst" >/dev/null 2>&1 || true
say 'the packet of the pods is the one that a single machine builds from the folders' cmp "$TMPDIR/folders.tar.zst" "$TMPDIR/work/packet.tar.zst"
say 'a gate that says no ends the pod well, and its status is kept' test "$status $(cat "$TMPDIR/work/status")" = '0 1'

whole=$TMPDIR/work/before/part-1.tar.zst
cp -p "$whole" "$TMPDIR/kept"
touch -d 2001-01-01 "$whole"
collect before 0
say 'a pod that is run again passes over a part that is whole' test "$(stat -c %Y "$whole")" -lt 1000000000
head -c 1000 "$TMPDIR/kept" >"$whole"
collect before 0
say 'and makes one again that was cut off' cmp "$TMPDIR/kept" "$whole"

rm "$TMPDIR/work/after/part-2.tar.zst" "$TMPDIR/work/packet.tar.zst"
build
say 'a part that is missing fails the build by its number' grep -q 'part 2 is missing' "$TMPDIR/said"
say 'with the status that the manifest does not try again' test "$status" -eq 2
say 'and nothing is written' test ! -e "$TMPDIR/work/packet.tar.zst"

counts() { grep -c "$1" "$here/collect.yaml"; }
say 'each side has as many completions as parts' test "$(counts 'completions: 16 ')$(counts 'DOSSIER_PARTS, value: "16"')" = 22
scripts=$(sed -n 's|.*command: \[/usr/lib/dossier/\(.*\)\]|\1|p' "$here"/*.yaml | sort -u | tr '\n' ' ')
installed=$(grep -o 'made/usr/lib/dossier/[a-z]*' "$here/Containerfile" | sed 's|.*/||' | sort -u | tr '\n' ' ')
say 'the manifests run the scripts that the image holds' test "$scripts" = "$installed"
exit "$failed"
