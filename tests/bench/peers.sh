#!/bin/sh
# peers.sh [RESULTS]: other programs on the pair that `make bench` uses, in the same run: seconds (least of ROUNDS, 3), peak memory, and both by
# dossier's own. What one of them does is less than what dossier does, and is said; one that is not here is named and passed over:
#
#   jq, Python's json    read both files and count their results: nothing but reading
#   sarif-multitool      match-results-forward, its diff of two scans (npm: @microsoft/sarif-multitool; MULTITOOL=the program)
set -eu
top=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
results=${1:-100000} rounds=${ROUNDS:-3}
pair=$top/build/bench/$results
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
if [ ! -e "$pair/after.sarif" ]; then python3 "$top/tests/bench/gen.py" "$results" "$pair"; fi
before=$pair/before.sarif after=$pair/after.sarif
dossier=${DOSSIER:-$top/dossier}
# It is a .NET program, which else wants the ICU library.
export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1

# "SECONDS MEGABYTES" of the least of the rounds, or nothing if it failed. By a small process, since a child's peak begins with its parent's.
measure() {
	round=0
	while [ "$round" -lt "$rounds" ]; do
		/usr/bin/time -o "$out/time" -f '%e %M' "$@" >"$out/stdout" 2>"$out/stderr" || return 1
		tail -n 1 "$out/time"
		round=$((round + 1))
	done | sort -n | awk 'NR == 1 { s = $1 } $2 > m { m = $2 } END { if (NR) printf "%.2f %.0f", s, m / 1000 }'
}

row() { # NAME, WHAT IT DOES, COMMAND...
	name=$1 what=$2
	shift 2
	if ! command -v "$1" >/dev/null 2>&1; then
		printf '%-18s is not here: passed over\n' "$name"
		return
	fi
	got=$(measure "$@") || got=
	if [ -z "$got" ]; then
		printf '%-18s failed: %s\n' "$name" "$(tail -n 1 "$out/stderr" | cut -c 1-90)"
		return
	fi
	: "${own:=$got}"
	echo "$own $got" | awk -v name="$name" -v what="$what" '{ printf "%-18s%9.2f%9.1f%9.0f%9.1f  %s\n", name, $3, $3 / ($1 > 0 ? $1 : 0.01), $4, $4 / ($2 > 0 ? $2 : 1), what }'
}

[ -x /usr/bin/time ] || { echo 'peers.sh: there is no /usr/bin/time' >&2; exit 1; }
own=
printf '%s results before, %s MB; load %s\n\n' "$results" "$(du -cm "$before" "$after" | tail -n 1 | cut -f 1)" "$(cut -d ' ' -f 1 /proc/loadavg)"
printf '%-18s%9s%9s%9s%9s\n' '' seconds 'x diff' MB 'x diff'
row 'dossier diff' 'reads, hashes, matches' "$dossier" diff --json "$before" "$after"
row 'dossier inspect' 'reads, hashes' "$dossier" inspect --json "$before" "$after"
row jq 'counts' jq '[.runs[].results | length] | add' "$before" "$after"
row "Python's json" 'counts' python3 -c 'import json, sys
for path in sys.argv[1:]:
    with open(path, encoding="utf-8") as f: print(sum(len(r["results"]) for r in json.load(f)["runs"]))' "$before" "$after"
row sarif-multitool 'matches' "${MULTITOOL:-sarif-multitool}" match-results-forward "$after" --previous "$before" --output-file-path "$out/matched.sarif" --log ForceOverwrite
