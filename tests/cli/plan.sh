#!/bin/sh
# variant: gcc
# The script that `plan azure` prints, run against a made-up Azure CLI and kubectl (tests/cli/plan/) in three shells: what it asks for, what
# it writes, what becomes of commands that fail, and that it can be taken up again.
LC_ALL=C
export LC_ALL
failed=0
fakes=$PWD/tests/cli/plan lists=$PWD/fixtures/kubernetes-lists
cd "$TMPDIR" || exit
PATH=$fakes:$PATH
FAKE_LOG=$TMPDIR/log FAKE_FAIL='' FAKE_STOP=''
export PATH FAKE_LOG FAKE_FAIL FAKE_STOP
A=aaaaaaaa-0000-4000-8000-00000000000a
B=bbbbbbbb-0000-4000-8000-00000000000b

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

# run SHELL SCRIPT FOLDER WANTED-STATUS
run() {
	: >log
	status=0
	$1 "$2" "$3" >out 2>err </dev/null || status=$?
	[ "$status" -eq "$4" ] || { echo "$1 $2 $3 ended with $status instead of $4:" && head -n 5 err; } >>wrong
	[ ! -s out ] || { echo "$1 $2 printed:" && head -n 5 out; } >>wrong
	[ ! -e "$3.partial" ] || echo "$3.partial is left" >>wrong
}

# holds FOLDER FILTER WHY: plan.json, as one JSON value, meets the filter.
holds() { jq -es "length == 1 and (.[0] | $2)" "$1/plan.json" >/dev/null 2>&1 || echo "$1/plan.json: $3" >>wrong; }

# there FOLDER FILE...
there() {
	there_in=$1
	shift
	for each; do [ -s "$there_in/$each" ] || echo "$there_in/$each is not there" >>wrong; done
}

"$DOSSIER" plan azure >azure.sh || echo "plan azure: status $?" >>wrong
cat >change.json <<END
{"id": "CHG-'1", "scope": {"tenant": "99999999-0000-4000-8000-000000000009", "subscriptions": ["/subscriptions/$B"]}}
END
"$DOSSIER" plan azure --change change.json >/dev/null 2>err && echo 'an id that names no folder was taken' >>wrong
cat >change.json <<END
{"id": "CHG-1", "scope": {"tenant": "99999999-0000-4000-8000-000000000009", "subscriptions": ["$B"], "subjects": ["/subscriptions/$B/resourceGroups/o'brien \$(touch x)\`touch x\`/*"]},
 "requires": [{"format": "azure.pricing", "subject": "/subscriptions/$B", "side": "before"}, {"format": "azure.connectedk8s", "subject": "/subscriptions/$B/resourceGroups/EDGE/providers/Microsoft.Kubernetes/connectedClusters/edge-1", "side": "after"},
              {"format": "azure.k8s-extensions", "subject": "/subscriptions/$B/resourceGroups/EDGE/providers/Microsoft.Kubernetes/connectedClusters/edge-1", "side": "after"},
              {"format": "azure.aks", "subject": "/subscriptions/$B/resourceGroups/edge/providers/Microsoft.ContainerService/managedClusters/it's \"gone\"", "side": "after"},
              {"format": "sarif", "subject": "https://code.example/\$(touch x)'s", "side": "after"}]}
END
"$DOSSIER" plan azure --change change.json >change.sh || echo "plan azure --change: status $?" >>wrong
if command -v shellcheck >/dev/null; then
	{ shellcheck azure.sh && shellcheck -e SC2016 change.sh; } >>wrong 2>&1 || echo 'shellcheck failed' >>wrong # SC2016: a text of the change that looks like a command
	say 'shellcheck finds nothing in the script, with a change or without'
else
	echo 'skip - shellcheck (it is not here)'
fi
"$DOSSIER" plan azure --json | jq -e --rawfile script azure.sh '.dossier == "plan" and .version == 1 and .script == $script' >/dev/null || echo 'plan --json is not the script' >>wrong
"$DOSSIER" plan azure --change change.json --json | jq -e --arg b "$B" '.change == "CHG-1" and .subscriptions == [$b]' >/dev/null || echo 'plan --json does not name the subscriptions' >>wrong
say 'the script comes as a text or in one JSON object'

# ---- what it asks for, and writes ------------------------------------------------------------------------------------------

shells='dash bash'
if command -v busybox >/dev/null; then shells="$shells busybox-sh"; fi
printf '#!/bin/sh\nexec busybox sh "$@"\n' >busybox-sh && chmod +x busybox-sh && PATH=$PATH:$TMPDIR
run dash azure.sh 'dash out' 1
cp log all.log
sed "s/$B/$A/g" change.json | jq 'del(.requires)' >a.json
"$DOSSIER" plan azure --change a.json >a.sh || echo "plan azure --change: status $?" >>wrong
jq -c '[.commands[] | select(.file) | select(.file | startswith("'"$A"'")) | del(.started, .ended)] | map(.file), .' 'dash out/plan.json' | sed "s|\"$A/account-show-$A.json\",||" >dash.what
for shell in $shells; do
	[ "$shell" = dash ] && continue
	run "$shell" a.sh "$shell out" 0
	rm -f "$shell out/$A/account-show-$A.json"
	diff -r "dash out/$A" "$shell out/$A" >>wrong || :
	jq -c '[.commands[] | select(.file) | select(.format != "azure.account") | del(.started, .ended)] | map(.file), .' "$shell out/plan.json" | diff dash.what - >>wrong || echo "$shell and dash do not note the same" >>wrong
	jq -c '.identity, .tools' "$shell out/plan.json" >"$shell.who"
	jq -c '.identity, .tools' 'dash out/plan.json' | diff - "$shell.who" >>wrong || echo "$shell and dash do not note the same identity" >>wrong
	cat log >>all.log
done
say "in $shells it writes the same files"

group="$A/rg%20it%27s" shop="$A/rg%2Eshop%28east%29"
there 'dash out' "$A/pricing-$A.json" "$A/assessments-$A-1.json" "$A/subassessments-$A-1.json" "$A/assessment-metadata-$A.json" "$A/alerts-$A.json" \
	"$A/secure-scores-$A.json" "$A/secure-score-controls-$A.json" "$A/regulatory-standards-$A.json" "$A/regulatory-controls-Our%20own-%281%2E0%29.json" "$A/regulatory-assessments-Our%20own-%281%2E0%29-it%27s%208%2E5.json" \
	"$A/policy-states-$A.json" "$A/policy-assignments-$A.json" "$A/exemptions-$A.json" "$A/role-assignments-$A.json" "$A/aks-list-$A.json" "$A/acr-list-$A.json" "$A/connectedk8s-$A.json" account-list.json \
	"$group/aks-show-aks-1.json" "$group/aks-nodepool-list-aks-1.json" "$group/diagnostic-settings-aks-1.json" "$shop/aks-show-aks-1.json" "$shop/acr-show-acrshop.json" \
	"$shop/acr-repository-list-acrshop.json" "$shop/acr-manifests-acrshop-team%2Fapp%2Ev2.json" "$shop/acr-manifests-acrdnl-h4sh%2Eazurecr%2Eio-cart.json" "$B/edge/k8s-extension-edge-1.json"
say 'each export of the estate has a file, whose name is safe whatever the resource is called'

there 'dash out' "$group/kubernetes-clusterrolebindings-aks-1.json" "$group/kubernetes-daemonsets-aks-1.json" "$B/edge/kubernetes-deployments-edge-1.json"
[ ! -e "dash out/$shop/kubernetes-daemonsets-aks-1.json" ] || echo 'a context was taken for the cluster of the same name in another group' >>wrong
say 'a context of kubectl is the cluster that its server, or the agents of Azure Arc, say it is'

jq -s -e --arg a "$A" '[.[] | .data[].id] | length == 6 and (unique | length) == 6' "dash out/$A/subassessments-$A"-*.json >/dev/null || echo 'not all records are there, or some twice' >>wrong
[ "$(jq -r '.skip_token' "dash out/$A/subassessments-$A-3.json")" = null ] || echo 'the third page is not the last' >>wrong
say 'a query in pages is followed to its last page'

jq -r 'if .[0] == "az" then .[1:] | .[0:(map(startswith("-")) | index(true))] | last else .[1:] | map(select(test("^(get|view|get-contexts|version)$"))) | first // "none" end' all.log | sort -u >verbs
printf '%s\n' get get-contexts list list-metadata query show version view >allowed
comm -23 verbs allowed | sed 's/^/it ran a command that does not list or show: /' >>wrong
grep -oE '\baz( [a-z][a-z0-9-]*)+' azure.sh | grep -vE ' (list|show|query|list-metadata|version|login)$' | sed 's/^/the script says: /' >>wrong
grep -nE 'get-credentials|--admin|list-keys|credential show|get-access-token|az rest|--raw|secrets?\b.*(get|list|show)|az (config|account) set' azure.sh >>wrong || :
say 'it runs nothing but commands that list or show, and none that prints a key'

holds 'dash out' '.dossier == "plan" and .version == 1 and .complete and .cloud == "azure" and (.change == "")' 'is no whole plan'
holds 'dash out' '.tools == {az: "2.61.0 \"odd\"", kubectl: "v1.30.0"}' 'the tools are not named'
holds 'dash out' '.identity == {name: "ann \"the auditor\" o'"'"'neill\\@example.com, Krak\u00f3w \ud83d\udd0e", type: "user", tenant: "99999999-0000-4000-8000-000000000009"}' 'who ran it is not named as it is written'
holds 'dash out' '.commands[0].command == "az account show --output json"' 'the first command is not az account show'
holds 'dash out' 'all(.commands[]; (.started | test("^[0-9-]{10}T[0-9:]{8}Z$")) and .ended >= .started)' 'a command has no time'
(cd 'dash out' && find . -type f ! -name plan.json | sed 's|^\./||' | sort) >files
jq -r '.commands[] | select(.exit == 0 and .file) | .file' 'dash out/plan.json' | sort | cmp -s - files || echo 'plan.json does not list just the files that are there' >>wrong
say 'plan.json is valid JSON whatever the values hold, and knows every file, command, time, tool and identity'

# ---- what fails ------------------------------------------------------------------------------------------------------------

holds 'dash out' '[.commands[] | select(.exit != 0) | .class] == ["permission", "network", "network", "network", "network"]' 'a cluster that cannot be asked is not classed'
rm -rf failing
FAKE_FAIL="security pricing=denied
acr repository list --name acrdnl=firewall
security alert=login
policy state=network
aks show=gone
aks nodepool=half
role assignment=odd
secure-scores=busy
graph query.*securityresources=extension"
run dash a.sh failing 1
for class in \
	"security pricing list=permission" "acr repository list --name acrdnl=network" "security alert list=login" "policy state list=network" "aks show=not_found" "aks nodepool list=other" "role assignment list=other" \
	"security secure-scores list=throttled" "graph query=tool"; do
	jq -e --arg command "az ${class%=*} " --arg class "${class##*=}" '[.commands[] | select(.command | startswith($command))] | length > 0 and all(.class == $class and .exit != 0)' failing/plan.json >/dev/null || echo "${class%=*} is not classed ${class##*=}" >>wrong
done
holds failing '[.commands[] | select(.format == "azure.pricing")] | all(.error == "AuthorizationFailed" and .action == "Microsoft.Security/pricings/read")' 'the action that was denied is not named'
say 'a command that fails is noted with its status and class'
! grep -r 's3cr3t' failing err >>wrong || echo 'an error text got out' >>wrong
[ ! -e "failing/$A/pricing-$A.json" ] || echo 'a denied command left a file' >>wrong
[ ! -e "failing/$group/aks-nodepool-list-aks-1.json" ] || echo 'half a file is left' >>wrong
find failing -size 0 >>wrong
say 'a command that fails leaves no file, and of its error text only the code'
there failing "$A/assessments-$A.json" "$A/subassessments-$A.json"
say 'without the extension for Resource Graph the commands for single subscriptions are used'

# ---- taken up again --------------------------------------------------------------------------------------------------------

cp "failing/$A/policy-assignments-$A.json" kept
FAKE_FAIL=
run dash a.sh failing 0
cmp -s kept "failing/$A/policy-assignments-$A.json" || echo 'what was there has changed' >>wrong
! grep -q '"assignment"' log || grep -q '"role", "assignment"' log || echo 'what was there was asked for again' >>wrong
grep -q 'pricing' log || echo 'what was denied was not asked for again' >>wrong
holds failing '[.commands[].file | select(.)] | length == (unique | length)' 'a file is listed twice'
(cd failing && find . -type f ! -name plan.json | sed 's|^\./||' | sort) | grep -vE '/account-show-[^/]{36}\.json$' >files.again
grep "^$A" files | diff - files.again >>wrong || echo 'those are not the same files as in one run' >>wrong
say 'run again it asks only for what is missing'

rm -rf stopped
FAKE_STOP='graph query.*subassessments'
run dash change.sh stopped 130
holds stopped '.complete == false and (.commands | length > 2)' 'does not say that it was stopped'
FAKE_STOP=
run dash change.sh stopped 1
holds stopped '.complete' 'is not whole after another run'
say 'stopped in the middle it leaves a plan.json that says so, nothing half, and can be taken up'

# ---- a change --------------------------------------------------------------------------------------------------------------

! grep -q "$A" log || echo 'a subscription outside the scope was asked' >>wrong
! grep '"lab"' log | grep -q clusterrolebindings || echo 'a context of something else was asked' >>wrong
[ ! -e x ] || echo 'the change ran a command' >>wrong
grep 'required' err >got
printf "azure: required and not exported: %s\n" "azure.aks of /subscriptions/$B/resourceGroups/edge/providers/Microsoft.ContainerService/managedClusters/it's \"gone\"" "sarif of https://code.example/\$(touch x)'s" | diff - got >>wrong
say 'of a change it exports the scope, and names what is required and not there'
sed 's/99999999/88888888/' change.sh >other.sh
run dash other.sh other 2
[ ! -e other/plan.json ] && [ "$(wc -l <log)" -le 4 ] || echo 'it went on in another tenant' >>wrong
FAKE_FAIL='account show=login'
run dash change.sh nobody 2
holds nobody '.complete == false and .commands[0].class == "login" and (.commands | length) == 1' 'does not say that nobody is signed in'
say 'in another tenant, or not signed in, it asks for nothing'

# ---- read by dossier -------------------------------------------------------------------------------------------------------

# seen FILTER WHY: what inspect says meets the filter.
seen() { jq -e "$1" seen.json >/dev/null || echo "inspect: $2" >>wrong; }
"$DOSSIER" inspect --json 'dash out' >seen.json 2>/dev/null || echo "inspect: status $?" >>wrong
seen 'all(.files[]; .format != "unknown" and .unreadable == 0)' 'a file is not known'
seen '[.files[] | select(.format == "empty") | .path | test("/(alerts|assessments|subassessments|policy-states|regulatory-standards)-")] | all' 'an empty list is not what its name says'
seen 'all(.files[]; .captured)' 'a file has no time'
seen '[.files[].warnings[].code] - ["duplicate_file", "permission_denied", "not_reached"] == []' 'there are other warnings than those of commands that failed'
seen '[.files[] | .warnings[] | select(.code == "permission_denied")] | length == 1 and all(.gap == "permission" and (.command | startswith("kubectl --context edge")))' 'the denied list is no gap'
say 'what the script exports is read to the last file, and what it could not export is a gap'
tar -cf out.tar 'dash out' && "$DOSSIER" diff --json 'dash out' out.tar >diff.json 2>/dev/null || echo "diff: status $?" >>wrong
jq -e '.outcomes.unchanged == 10 and (.outcomes | add) == 10 and (.facts | add) == 0 and .before.records == .after.records' diff.json >/dev/null || jq -c '[.outcomes, .facts, .before, .after]' diff.json >>wrong
say 'packed into one tar it is the same evidence'
"$DOSSIER" build --before 'dash out' --after 'dash out' -o packet.tar.zst --json 2>/dev/null >built.json || [ $? -eq 1 ] || echo "build: status $?" >>wrong
jq -e --arg b "$B" '[.checks[] | select(.id | test("sensor-ready")) | .subject + " " + .after] | sort == (["/subscriptions/aaaaaaaa-0000-4000-8000-00000000000a/resourceGroups/rg it'"'"'s/providers/Microsoft.ContainerService/managedClusters/aks-1 pass",
	"/subscriptions/aaaaaaaa-0000-4000-8000-00000000000a/resourceGroups/rg.shop(east)/providers/Microsoft.ContainerService/managedClusters/aks-1 not_assessed",
	"/subscriptions/\($b)/resourceGroups/edge/providers/Microsoft.Kubernetes/connectedClusters/edge-1 pass"] | sort)' built.json >/dev/null || jq -c '.checks[] | select(.id | test("sensor-ready"))' built.json >>wrong
say 'what a cluster says of itself is about that cluster, not one of the same name'
"$DOSSIER" build --before "$lists/before" --after "$lists/after" --change "$lists/change.json" --as-of 2026-03-01T00:00:00Z -o lists.tar.zst --json 2>/dev/null >built.json || [ $? -eq 1 ] || echo "build: status $?" >>wrong
jq -e '[.checks[] | select(.id == "azure.aks.sensor-ready" and (.subject | endswith("/managedClusters/aks-1"))) | .before, .after] == ["pass", "fail"]' built.json >/dev/null || jq -c '.checks[] | select(.id | test("sensor-ready"))' built.json >>wrong
jq -e '[.facts[] | select(.fact | endswith(".cluster-admin")) | .outcome + " " + .fact] == ["removed roleBindings.User:ann@shop.example.cluster-admin", "added roleBindings.User:bob@shop.example.cluster-admin"] and all(.facts[]; .subject | startswith("/subscriptions/"))' built.json >/dev/null || jq -c '.facts' built.json >>wrong
jq -e '.objectives[0].state == "not_met" and .objectives[0].before == 100 and .objectives[0].after == 0' built.json >/dev/null || jq -c .objectives built.json >>wrong
say 'the list that goes by a name is of the only cluster of that name: who administers it, and that its sensor is not ready on every node'
"$DOSSIER" build --before "$lists/before" --after "$lists/empty" --as-of 2026-03-01T00:00:00Z -o lists.tar.zst --json 2>/dev/null >built.json || [ $? -eq 1 ] || echo "build: status $?" >>wrong
jq -e '[.checks[] | select(.id == "azure.aks.sensor-ready") | .after] == ["fail"]' built.json >/dev/null || jq -c '.checks[] | select(.id | test("sensor-ready"))' built.json >>wrong
rm -rf bindings && mkdir bindings && cp "$lists"/before/aks* "$lists"/before/kubernetes-clusterrolebindings* bindings
"$DOSSIER" build --before "$lists/before" --after bindings --as-of 2026-03-01T00:00:00Z -o lists.tar.zst --json 2>/dev/null >built.json || [ $? -eq 1 ] || echo "build: status $?" >>wrong
jq -e '[.checks[] | select(.id == "azure.aks.sensor-ready") | .after] == ["not_assessed"]' built.json >/dev/null || jq -c '.checks[] | select(.id | test("sensor-ready"))' built.json >>wrong
say 'a cluster without the sensor fails, one whose DaemonSets were not listed is not assessed'

exit $failed
