#!/bin/sh
# --stats says where time and memory went, on stderr and nowhere else; --level is how hard evidence is compressed, not what is in it.
# shellcheck disable=SC2317 # functions are called by holds
failed=0
# holds SENTENCE COMMAND...
holds() {
	sentence=$1
	shift
	if "$@"; then echo "ok - $sentence"; else
		echo "not ok - $sentence"
		failed=1
	fi
}
build() { "$DOSSIER" build --before fixtures/demo/before --after fixtures/demo/after --as-of 2026-03-10 "$@"; }
# Of the demo the gate says no: 1.
built() { build "$@" || [ $? = 1 ]; }
said_nothing() { ! grep -q '^stage' "$1"; }
once() { [ "$(grep -c "^$1" "$2")" = 1 ]; }
written() { awk -v part="$1" '$1 == part && NF == 3 { bytes = $3 } END { exit !(bytes > 0) }' "$2"; }
smaller() { [ "$(wc -c <"$1")" -lt "$(wc -c <"$2")" ]; }
refused() {
	status=0
	build --level "$1" -o none.tar.zst >out 2>err || status=$?
	[ "$status" = 2 ] && grep -q -e '--level must be a number from 1 to 19' err && [ ! -e none.tar.zst ]
}

room=$TMPDIR/stats
mkdir "$room"
ln -s "$PWD/fixtures" "$room/fixtures"
cd "$room" || exit
built -o plain.tar.zst >plain.out 2>plain.err
built --stats -o stats.tar.zst >stats.out 2>stats.err
built --level 19 -o hard.tar.zst >hard.out 2>hard.err
grep -v '^packet ' plain.out >plain.text
grep -v '^packet ' stats.out >stats.text

holds "--stats changes no byte of the packet" cmp -s plain.tar.zst stats.tar.zst
holds "--stats says nothing on stdout" cmp -s plain.text stats.text
holds "without --stats nothing is said" said_nothing plain.err
for row in 'stage ' 'read ' 'compare and judge ' 'write ' '  findings.csv ' '  report.pdf ' '  findings.index ' 'all '; do
	holds "--stats has one row \"$row\"" once "$row" stats.err
done
holds "the row of an output ends with the megabytes that it wrote" written report.pdf stats.err
"$DOSSIER" diff --stats fixtures/demo/before fixtures/demo/after >out 2>diff.err
holds "diff has its own stages" once 'compare ' diff.err

holds "--level 19 makes the packet smaller" smaller hard.tar.zst plain.tar.zst
for packet in plain hard; do
	mkdir $packet
	tar --zstd -xf $packet.tar.zst -C $packet
done
holds "--level changes no file of the packet" diff -r plain hard
for level in 0 20 x -1; do holds "--level $level is refused" refused $level; done
exit $failed
