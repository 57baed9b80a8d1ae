#!/bin/sh
# How the program is called: help, options, arguments, the exit status, and what goes to which stream.
LC_ALL=C
export LC_ALL
failed=0
demo=$PWD/fixtures/demo
cd "$TMPDIR" || exit

# say SENTENCE: not ok if there is anything in the file `wrong`, which is then shown.
say() {
	if [ -s wrong ]; then
		failed=1
		echo "not ok - $1"
		sed 's/^/    /' wrong
	else
		echo "ok - $1"
	fi
	: >wrong
}
: >wrong

# run [ARGUMENT]...: runs dossier; leaves `status`, and the files out and err.
run() {
	status=0
	"$DOSSIER" "$@" >out 2>err </dev/null || status=$?
	shown="dossier $*"
}

# ended STATUS: it must have ended so.
ended() {
	[ "$status" -eq "$1" ] || { echo "$shown: status $status instead of $1" && head -n 5 err; } >>wrong
}

# refused: status 2, nothing on standard output, and every line of the message begins with "dossier: ".
refused() {
	ended 2
	[ ! -s out ] || { echo "$shown printed:" && head -n 5 out; } >>wrong
	[ -s err ] || echo "$shown said nothing" >>wrong
	! grep -v '^dossier: ' err >>wrong || echo "$shown said the above" >>wrong
}

# one_object NAME: standard output is one JSON object, of that name and version 1, and nothing else.
one_object() {
	jq -es --arg name "$1" 'length == 1 and .[0].dossier == $name and .[0].version == 1' out >/dev/null 2>&1 || { echo "$shown did not print one object \"$1\":" && head -c 300 out; } >>wrong
	! LC_ALL=C grep -q "$(printf '\033')" out || echo "$shown printed an escape sequence" >>wrong
}

run build --before "$demo/before" --after "$demo/after" --change "$demo/change.json" -o packet.tar.zst
ended 1
id=$(tar --zstd -xOf packet.tar.zst dossier-CHG-2041/data/findings.csv | sed -n '2s/,.*//p')
say 'a build on which the gate says no ends with 1'

# ---- help ------------------------------------------------------------------------------------------------------------------

# Each command and the options that it must name.
while read -r command options; do
	run "$command" --help
	ended 0
	[ ! -s err ] || echo "$shown said something on standard error" >>wrong
	head -n 1 out | grep -q "^usage: dossier $command " || echo "$shown does not begin with its usage" >>wrong
	for option in $options; do grep -q -e "^ .*$option\b" out || echo "$shown does not name $option" >>wrong; done
	grep -q 'Exit status' out || echo "$shown does not name the exit status" >>wrong
	! grep -n '.\{131\}' out >>wrong || echo "$shown has lines that are too long" >>wrong
	say "\`dossier $command --help\` ends with 0 and names its options"
done <<'COMMANDS'
inspect --json --jobs --templates
diff --json --findings --jobs --templates
build --before --after -o --change --exceptions --owners --policy --sign --cert --as-of --json --jobs --templates
verify --json --cert --jobs
trace --json
plan --change --json --templates
COMMANDS

run --help
ended 0
for command in inspect diff build verify trace plan; do grep -q "^  $command " out || echo "$shown does not name $command" >>wrong; done
say "\`dossier --help\` names every command"
run --version
ended 0
grep -qx 'dossier [0-9.]*' out || cat out >>wrong
say "\`dossier --version\` prints one line"
run diff --help nothing --else
ended 0
say '--help goes before what follows it'

# ---- what is refused -------------------------------------------------------------------------------------------------------

run
ended 2
[ ! -s out ] && [ -s err ] || echo 'dossier alone must print its usage on standard error' >>wrong
say 'no command ends with 2 and prints the usage on standard error'
run explode
refused
grep -q explode err || echo "$shown does not name the command" >>wrong
say 'an unknown command ends with 2 and is named'

for command in inspect diff build verify trace plan; do
	run "$command" --explode
	refused
	grep -q -e '--explode' err || { echo "$shown does not name it:" && cat err; } >>wrong
	run "$command" --explode=7 x y
	refused
	run "$command" -Z
	refused
	grep -q -e '-Z' err || { echo "$shown does not name it:" && cat err; } >>wrong
	run "$command" --json=yes
	refused
	say "\`dossier $command\` refuses an unknown option, names it, and ends with 2"
	for jobs in 0 -1 x '' 1e3 99999999999999999999 0x10; do
		run "$command" --jobs "$jobs" "$demo/after" "$demo/after"
		refused
	done
	grep -q -e '--jobs' err || cat err >>wrong
	say "\`dossier $command --jobs 0\` is refused, and so is what is no number"
done

while read -r line; do
	# shellcheck disable=SC2086 # words
	run $line
	refused
	say "\`dossier $line\` lacks or exceeds an argument: 2"
done <<'LINES'
inspect
inspect --json
diff
diff one
diff --explain F-0123456789abcdef one two three
build
build --before a -o p
build --after a -o p
build --before a --after b
build --before a --after b -o p more
build --before a --after b -o
build --before a --after b -o p --sign key.pem
build --before a --after b -o p --cert cert.pem
build --before a --after b -o p --as-of yesterday
build --before a --after b -o p --as-of 2026-13-01
verify
verify one two
verify --cert
trace
trace packet.tar.zst
trace packet.tar.zst F-1
trace packet.tar.zst K-0123456789abcdef
trace packet.tar.zst F-0123456789abcdef more
inspect -o x y
verify packet.tar.zst -o x
inspect --templates
inspect --templates nowhere x
LINES

for command in inspect verify 'verify --json'; do
	# shellcheck disable=SC2086
	run $command nowhere
	refused
	grep -q '^dossier: nowhere: ' err || cat err >>wrong
done
for command in 'diff nowhere' "diff $demo/after" 'trace nowhere'; do
	# shellcheck disable=SC2086
	case $command in trace*) run $command F-0123456789abcdef ;; *) run $command nowhere ;; esac
	refused
done
mkdir -p folder
run verify folder
refused
run trace folder F-0123456789abcdef
refused
say 'what is not there, or is a folder where a packet must be, ends with 2 and is named'

# ---- where options stand ---------------------------------------------------------------------------------------------------

scan=$demo/after/lintlamp-checkout.sarif
run inspect --json "$scan"
cp out first
for order in "$scan --json" "--jobs 2 $scan --json" "$scan --jobs=2 --json" "--js $scan" "--json -- $scan"; do
	# shellcheck disable=SC2086
	run inspect $order
	ended 0
	cmp -s out first || echo "$shown printed something else" >>wrong
done
run diff "$scan" --findings "$scan" --json
ended 0
one_object diff
run verify packet.tar.zst --json
ended 0
one_object verify
say 'options may stand anywhere on the line'

cp "$scan" ./--json
run inspect -- --json
ended 0
[ "$(head -c 1 out)" != '{' ] || echo "$shown took the file for an option" >>wrong
run inspect --json -- --json
ended 0
one_object inspect
[ "$(jq -r '.files[0].path' out)" = --json ] || cat out >>wrong
run inspect -- --help
refused
rm ./--json
say '-- ends the options'

# ---- --json ----------------------------------------------------------------------------------------------------------------

run inspect --json "$demo/after"
ended 0
one_object inspect
jq -e '.totals.files == (.files | length) and (.totals.records == ([.files[].records] | add))' out >/dev/null || echo 'inspect: the totals are not the sums' >>wrong
run diff --json "$demo/before" "$demo/after"
ended 0
one_object diff
jq -e '(.outcomes | keys | length) == 9 and (has("findings") | not)' out >/dev/null || echo 'diff: nine outcomes, and findings only when asked for' >>wrong
run diff --json --findings "$demo/before" "$demo/after"
one_object diff
jq -e '.outcomes as $o | (.findings | length) == ([$o[]] | add)' out >/dev/null || echo 'diff --findings: not as many as outcomes' >>wrong
run build --json --before "$demo/before" --after "$demo/after" --as-of 2026-04-01 -o json.tar.zst
one_object build
jq -e --arg sum "$(sha256sum json.tar.zst | cut -d' ' -f1)" '.sha256 == $sum and .packet == "json.tar.zst" and ([.verdict] | inside(["pass", "fail"]))' out >/dev/null || head -c 300 out >>wrong
[ "$status" -eq "$(jq 'if .verdict == "pass" then 0 else 1 end' out)" ] || echo "$shown: status $status, verdict $(jq .verdict out)" >>wrong
run verify --json packet.tar.zst
ended 0
one_object verify
run trace --json packet.tar.zst "$id"
ended 0
one_object trace
jq -e --arg id "$id" '.finding == $id and (.record | type) == "object"' out >/dev/null || cat out >>wrong
say '--json prints one object and nothing else on standard output, for every command'

head -c 1000 packet.tar.zst >cut.tar.zst
run verify --json cut.tar.zst
ended 3
one_object verify
say 'verify --json prints its object also when it refuses'
run inspect --json nowhere.json
ended 2
[ ! -s out ] || one_object inspect
printf 'hello' >unknown.txt
run inspect --json unknown.txt
ended 2
[ ! -s out ] || one_object inspect
grep -q '^dossier: unknown.txt: ' err || cat err >>wrong
mkdir -p some && mv unknown.txt some/
run inspect --json some
ended 0
one_object inspect
grep -q '^dossier: some/unknown.txt: ' err || cat err >>wrong
say 'an unknown file named by itself is an error, in a folder a warning'

# ---- for people ------------------------------------------------------------------------------------------------------------

for line in "inspect $demo/after" "diff --findings $demo/before $demo/after" 'verify packet.tar.zst' "trace packet.tar.zst $id"; do
	# shellcheck disable=SC2086
	run $line
	ended 0
	[ -s out ] || echo "$shown printed nothing" >>wrong
	! LC_ALL=C grep -q "$(printf '\033')" out || echo "$shown sent an escape sequence to what is no terminal" >>wrong
	! LC_ALL=C grep -q "$(printf '[\r\033]')" err || echo "$shown drew its progress on what is no terminal" >>wrong
done
say 'nothing is coloured and no progress is drawn when the output is no terminal'

printf '{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"T\\u001b[31m"}},"results":[{"ruleId":"R\\u001b]0;x\\u0007","message":{"text":"m"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"a\\u001b[2J.c"}}}]}]}]}' >escape.sarif
run inspect escape.sarif
ended 0
! LC_ALL=C grep -q "$(printf '[\033\007]')" out || echo "$shown sent the evidence's escape sequence" >>wrong
run diff --findings escape.sarif escape.sarif
ended 0
! LC_ALL=C grep -q "$(printf '[\033\007]')" out || echo "$shown sent the evidence's escape sequence" >>wrong
cp escape.sarif "$(printf 'name\033[31m.sarif')"
mkdir -p named && printf 'hello' >"$(printf 'named/x\033[31m')"
run inspect named
ended 0
! LC_ALL=C grep -q "$(printf '\033')" out || echo "$shown sent a file name's escape sequence on standard output" >>wrong
! LC_ALL=C grep -q "$(printf '\033')" err || echo "$shown sent a file name's escape sequence on standard error" >>wrong
say "escape sequences in evidence and in file names are shown, not sent"

# ---- outputs that do not arrive --------------------------------------------------------------------------------------------

if [ -c /dev/full ]; then
	for line in --help --version 'inspect --help' "inspect $scan" "inspect --json $demo/after" "diff $demo/before $demo/after" "diff --json --findings $demo/before $demo/after" \
		'verify packet.tar.zst' 'verify --json packet.tar.zst' "trace packet.tar.zst $id" "trace --json packet.tar.zst $id"; do
		status=0
		# shellcheck disable=SC2086
		"$DOSSIER" $line >/dev/full 2>err </dev/null || status=$?
		shown="dossier $line >/dev/full"
		ended 4
		grep -q '^dossier: .*[Nn]o space' err || { echo "$shown said:" && cat err; } >>wrong
	done
	say 'an output that cannot be written ends with 4 and says so'
else
	echo 'skip - an output that cannot be written (there is no /dev/full)'
fi
status=0
{ "$DOSSIER" diff --json --findings "$demo/before" "$demo/after" 2>err || echo $? >status; } | :
[ ! -s status ] || status=$(cat status)
[ "$status" -eq 0 ] || [ "$status" -eq 4 ] || echo "a reader that went away: status $status" >>wrong
say 'a reader that goes away is no crash'
status=0
"$DOSSIER" inspect --json "$scan" >&- 2>err </dev/null || status=$?
shown='dossier inspect >&-'
ended 4
say 'a closed standard output ends with 4'
exit $failed
