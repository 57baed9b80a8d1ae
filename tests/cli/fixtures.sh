#!/bin/sh
# Runs the cases of fixtures/: dossier's answers against the expected ones beside the input. BLESS=1 writes them instead.
#
# fixtures/CASE/case begins with a sentence that can be false; each line after it (but those that begin with # and empty ones) is a command:
#
#     [STATUS] COMMAND ARGUMENT...
#
# It runs in the folder of the case as `dossier COMMAND ARGUMENT... --json`, is read as a shell reads it ($TMPDIR is a place for
# what it writes), and must end with the STATUS, 0 where there is none. What it prints, members sorted and TMPDIR masked, is
# expected.N.COMMAND.json for the Nth command; of a STATUS that is 2 or more, standard error is expected.N.COMMAND.err.
LC_ALL=C
export LC_ALL
work=${TMPDIR:-/tmp}/fixtures.$$
mkdir -p "$work"
trap 'rm -rf "$work"' EXIT
failed=0

# compare EXPECTED GOT: what was got must be what was expected, or is written there when blessing. Nothing got: no such file.
compare() {
	if [ "${BLESS:-}" ]; then
		if [ -s "$2" ]; then cmp -s "$2" "$1" || { cp "$2" "$1" && echo "# written: $1"; }; else rm -f "$1"; fi
		return 0
	fi
	expected=$1
	[ -e "$expected" ] || expected=/dev/null
	diff -u "$expected" "$2" >"$work/diff" && return 0
	echo "$1 is not what dossier says now:" >>"$work/why"
	cat "$work/diff" >>"$work/why"
}

for case in fixtures/*/case; do
	folder=${case%/case}
	sentence=
	number=0
	: >"$work/why"
	while IFS= read -r line || [ "$line" ]; do
		case $line in '#'* | '') continue ;; esac
		[ "$sentence" ] || { sentence=$line; continue; }
		status=0
		case $line in [0-9]' '*) status=${line%% *} line=${line#* } ;; esac
		number=$((number + 1))
		command=${line%% *}
		got=0
		mkdir "$work/tmp"
		(
			cd "$folder"
			TMPDIR=$work/tmp
			export TMPDIR
			eval "exec \"\$DOSSIER\" $line --json"
		) </dev/null >"$work/out" 2>"$work/err" || got=$?
		rm -rf "$work/tmp"
		if [ "$got" -ne "$status" ]; then
			{ echo "\`dossier $line\` ended with status $got instead of $status:"; cat "$work/err"; } >>"$work/why"
			continue
		fi
		[ "$status" -ge 2 ] || : >"$work/err"
		sed "s|$work/tmp|TMPDIR|g" "$work/err" >"$work/err.masked"
		if jq -S . <"$work/out" >"$work/json" 2>>"$work/why"; then
			sed "s|$work/tmp|TMPDIR|g" "$work/json" >"$work/out.masked"
			compare "$folder/expected.$number.$command.json" "$work/out.masked"
			compare "$folder/expected.$number.$command.err" "$work/err.masked"
		else
			echo "\`dossier $line\` printed what is not JSON" >>"$work/why"
		fi
	done <"$case"
	[ "$number" -gt 0 ] || echo "$case holds no command" >>"$work/why"
	if [ -s "$work/why" ]; then
		failed=1
		echo "not ok - ${sentence:-$folder}"
		sed "s|^|$folder: |" "$work/why"
	else
		echo "ok - $sentence"
	fi
done
exit $failed
