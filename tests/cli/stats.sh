# --stats says where time and memory went, on stderr and nowhere else; --level changes how hard evidence is compressed, not what is in it.
#
#   DOSSIER   the program
set -u
: "${DOSSIER:?}"
here=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
say() {
	if [ "$1" = 0 ]; then echo "ok - $2"; else echo "not ok - $2"; fi
}
demo=$here/fixtures/demo
build() {
	"$DOSSIER" build --before "$demo/before" --after "$demo/after" --as-of 2026-03-10 "$@"
}

build -o "$work/plain.tar.zst" >"$work/plain.out" 2>"$work/plain.err"
build --stats -o "$work/stats.tar.zst" >"$work/stats.out" 2>"$work/stats.err"
cmp -s "$work/plain.tar.zst" "$work/stats.tar.zst"
say $? "--stats changes no byte of the packet"
grep -v "^packet " "$work/plain.out" >"$work/a"
grep -v "^packet " "$work/stats.out" >"$work/b"
cmp -s "$work/a" "$work/b"
say $? "--stats says nothing on stdout"
! grep -q "^stage" "$work/plain.err"
say $? "without --stats nothing is said"
for row in "stage " "read " "compare and judge " "write " "  findings.csv " "  report.pdf " "  findings.index " "all "; do
	[ "$(grep -c "^$row" "$work/stats.err")" = 1 ]
	say $? "--stats has one row '$row'"
done
awk '/^  report.pdf / { pdf = $NF } END { exit !(pdf > 0) }' "$work/stats.err"
say $? "a part's row ends with the megabytes that it wrote"

build --level 19 -o "$work/hard.tar.zst" >/dev/null 2>&1
[ "$(wc -c <"$work/hard.tar.zst")" -lt "$(wc -c <"$work/plain.tar.zst")" ]
say $? "--level 19 makes the packet smaller"
for packet in plain hard; do
	mkdir "$work/$packet" && tar --zstd -xf "$work/$packet.tar.zst" -C "$work/$packet"
done
diff -r "$work/plain" "$work/hard" >/dev/null
say $? "--level changes no file of the packet"
for level in 0 20 x -1; do
	build --level "$level" -o "$work/none.tar.zst" >/dev/null 2>"$work/err"
	[ $? = 2 ] && grep -q -e "--level must be a number from 1 to 19" "$work/err" && [ ! -e "$work/none.tar.zst" ]
	say $? "--level $level is refused"
done
