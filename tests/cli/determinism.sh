#!/bin/sh
# Two builds of the same inputs are the same bytes, whatever the machine, the place and the hour: locale, time zone, mtimes, folder, order
# of creation, number of threads, name of the output, umask. The pair is fixtures/demo and a scan of several blocks.
LC_ALL=C
export LC_ALL
failed=0
demo=$PWD/fixtures/demo
cd "$TMPDIR" || exit

# same SENTENCE FILE: FILE is the first packet, byte for byte.
same() {
	if cmp first.tar.zst "$2" >difference 2>&1; then
		echo "ok - $1"
	else
		failed=1
		echo "not ok - $1"
		cat difference
	fi
}

# build OUTPUT BEFORE AFTER [OPTION]...
build() {
	output=$1 before=$2 after=$3
	shift 3
	status=0
	"$DOSSIER" build --before "$before" --after "$after" --change "$demo/change.json" --exceptions "$demo/exceptions.json" -o "$output" "$@" >said 2>&1 || status=$?
	[ "$status" -eq 1 ] && return # the gate says no
	echo "not ok - a build for comparison ended with status $status"
	cat said
	exit 1
}

cp -R "$demo/before" "$demo/after" .
python3 - <<'PYTHON'
import json
for side, shift in (("before", 0), ("after", 300)):
    results = [{"ruleId": f"R{i % 90}", "level": ("error", "warning", "note")[i % 3], "message": {"text": f"Value {i} reaches a sink “{i * 7919}” " + "unchecked " * (i % 40)},
                "locations": [{"physicalLocation": {"artifactLocation": {"uri": f"src/part{i % 71}/file{i // 9}.c"}, "region": {"startLine": 1 + i % 500}}}]}
               for i in range(shift, shift + 9000)]
    with open(f"{side}/large.sarif", "w", encoding="utf-8") as f:
        json.dump({"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "Wide"}}, "invocations": [{"executionSuccessful": True, "endTimeUtc": "2026-03-05T08:00:00Z"}], "results": results}]}, f)
PYTHON
build first.tar.zst before after

build again.tar.zst before after
same 'two builds in a row are the same bytes' again.tar.zst

for jobs in 1 7; do
	build jobs.tar.zst before after --jobs $jobs
	same "a build with --jobs $jobs is the same bytes" jobs.tar.zst
done

TZ='CHADT-13:45' # the Chatham Islands in summer
export TZ
build zone.tar.zst before after
unset TZ
same 'a build in another time zone is the same bytes' zone.tar.zst

german=
if locale -a 2>/dev/null | grep -qix 'de_DE.utf-\{0,1\}8'; then
	german=$(locale -a | grep -ix 'de_DE.utf-\{0,1\}8' | head -n 1)
elif command -v localedef >/dev/null && mkdir locales && localedef -i de_DE -f UTF-8 "$PWD/locales/de_DE.UTF-8" >/dev/null 2>&1; then
	german=de_DE.UTF-8
	LOCPATH=$PWD/locales
	export LOCPATH
fi
if [ "$german" ]; then
	LC_ALL=$german
	LANG=$german
	export LC_ALL LANG
	build german.tar.zst before after
	same 'a build in a German locale is the same bytes' german.tar.zst
	LC_ALL=C
	unset LANG LOCPATH
else
	echo 'skip - a build in a German locale (there is none on this machine)'
fi

mask=$(umask)
umask 077
build mask.tar.zst before after
umask "$mask"
same 'a build with another umask is the same bytes' mask.tar.zst

# Another folder, files made in the opposite order, other modes and times.
mkdir -p 'other place' 'other place/old' 'other place/new'
for file in $(find before after -type f | LC_ALL=C sort -r); do
	case $file in
	before/*) copy="other place/old/${file#before/}" ;;
	*) copy="other place/new/${file#after/}" ;;
	esac
	cp "$file" "$copy"
	touch -d '1999-12-31 23:59:59' "$copy"
	chmod 400 "$copy"
done
build folder.tar.zst 'other place/old' "$PWD/other place/new/"
same 'a build from another folder, with other times and modes, is the same bytes' folder.tar.zst

ln -s 'other place/old' link
build link.tar.zst link/ ./after/../after
same 'a build by another path is the same bytes' link.tar.zst

mkdir elsewhere
(cd elsewhere && build 'another name' ../before ../after)
same "a build under another output's name is the same bytes" 'elsewhere/another name'

SOURCE_DATE_EPOCH=$(tar --zstd -xOf first.tar.zst dossier-CHG-2041/data/packet.json | python3 -c 'import datetime, json, sys
print(int(datetime.datetime.fromisoformat(json.load(sys.stdin)["as_of"].replace("Z", "+00:00")).timestamp()))')
export SOURCE_DATE_EPOCH
build epoch.tar.zst before after
unset SOURCE_DATE_EPOCH
same 'a build with the same time from SOURCE_DATE_EPOCH is the same bytes' epoch.tar.zst

openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -subj /CN=signer -days 3650 2>/dev/null
build first.tar.zst before after --sign key.pem --cert cert.pem
build signed.tar.zst 'other place/old' 'other place/new' --sign key.pem --cert cert.pem --jobs 5
same 'two builds signed with the same RSA key are the same bytes' signed.tar.zst

touched=0
touch first.tar.zst && build first.tar.zst before after --as-of 2026-04-01
cmp -s first.tar.zst again.tar.zst || touched=1
if [ $touched -eq 1 ]; then echo 'ok - a build as of another time is another packet'; else failed=1 && echo 'not ok - a build as of another time is another packet'; fi

"$DOSSIER" diff --json --findings --jobs 1 before after >one.json 2>/dev/null
"$DOSSIER" diff --json --findings --jobs 7 before after >seven.json 2>/dev/null
if cmp one.json seven.json; then echo 'ok - diff --findings does not depend on the number of threads'; else failed=1 && echo 'not ok - diff --findings does not depend on the number of threads'; fi
exit $failed
