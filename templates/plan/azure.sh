#!/bin/sh
# Evidence of an Azure estate, for dossier: exports of Microsoft Defender for Cloud, policies, roles, clusters and registries.
#
#     sh azure.sh FOLDER
#
# It only reads: each command lists or shows something, and none of them prints a key or a password. It needs the Azure CLI, signed in
# (`az login`) as somebody with the roles Reader and Security Reader on the subscriptions and AcrPull on the registries, with the
# extensions resource-graph, connectedk8s and k8s-extension, none of which it installs. Where kubectl is there, each of its contexts that
# is a cluster of the estate is asked too; a context is never made.
#
# FOLDER gets one file for each command, and plan.json, which says of every command when it ran, with which exit status, and, of one that
# failed, why: as `permission`, `login`, `network`, `not_found`, `tool` (the CLI or an extension does not know it), `throttled` or `other`. A command
# that fails leaves no file. Run it again, with the same FOLDER, and only what is missing is asked for; start with an empty FOLDER for a
# new capture. While it runs, what is not whole yet stands in FOLDER.partial.
#
#     FOLDER/plan.json
#     FOLDER/SUBSCRIPTION/pricing-SUBSCRIPTION.json                  of a subscription, by its id
#     FOLDER/SUBSCRIPTION/GROUP/aks-show-CLUSTER.json                of a cluster or registry, in the folder of its resource group
#     FOLDER/SUBSCRIPTION/GROUP/acr-manifests-REGISTRY-REPOSITORY.json
#     FOLDER/SUBSCRIPTION/GROUP/kubernetes-daemonsets-CLUSTER.json   from the cluster itself
#
# In names all but letters, digits, '-' and '_' is written %2F, as in a URL. Files in pages end in -1, -2 ...
#
# Exit status: 0 all was exported; 1 some commands failed, plan.json says which; 2 nothing was: wrong usage, not signed in, another tenant; 130 it was stopped.
set -u
umask 077
LC_ALL=C
PYTHONUTF8=1 # the CLI writes UTF-8 all the same
AZURE_CORE_ONLY_SHOW_ERRORS=true
AZURE_CORE_NO_COLOR=true
AZURE_EXTENSION_USE_DYNAMIC_INSTALL=no
export LC_ALL PYTHONUTF8 AZURE_CORE_ONLY_SHOW_ERRORS AZURE_CORE_NO_COLOR AZURE_EXTENSION_USE_DYNAMIC_INSTALL

# ---- what to export --------------------------------------------------------------------------------------------------------

# change: its id. tenant: which must be signed in; empty: any. subscriptions: ids or names, one a line; empty: all that are enabled.
# requirements: `required FORMAT SUBJECT` for each export that must be there in the end; FORMAT may be empty.
#@change
change=
tenant=
subscriptions=
requirements() { :; }
#@end

# ---- texts -----------------------------------------------------------------------------------------------------------------

tab=$(printf '\t')

now() { date -u +%Y-%m-%dT%H:%M:%SZ; }

# On a terminal, what is being asked stands in the last line.
say() { printf '%sazure: %s\n' "$clear" "$1" >&2; }
clear=
if [ -t 2 ]; then clear=$(printf '\r\033[K'); fi

# json TEXT: the text as a JSON string. Whatever its bytes are, what comes out is ASCII; bytes that are no UTF-8 become U+FFFD.
json() {
	case $1 in
	*[!A-Za-z0-9\ ./_:@=,+%\(\)\'\|~-]*) ;;
	*) printf '"%s"' "$1" && return ;;
	esac
	printf '%s' "$1" | od -An -v -tx1 | awk '
		function digit(c) { return index("0123456789abcdef", c) - 1 }
		function unit(n) { return sprintf("\\u%04x", n) }
		function character(n) { return n < 65536 ? unit(n) : unit(55296 + int((n - 65536) / 1024)) unit(56320 + (n - 65536) % 1024) }
		{ for (i = 1; i <= NF; i++) byte[count++] = 16 * digit(substr($i, 1, 1)) + digit(substr($i, 2, 1)) }
		END {
			for (i = 0; i < count; i++) {
				b = byte[i]
				if (b < 128) {
					text = text (b < 32 || b == 34 || b == 92 || b == 127 ? unit(b) : sprintf("%c", b))
					continue
				}
				more = b < 194 || b > 244 ? 0 : b < 224 ? 1 : b < 240 ? 2 : 3
				n = more == 1 ? b - 192 : more == 2 ? b - 224 : b - 240
				good = more > 0
				for (k = 1; k <= more; k++) {
					good = good && i + k < count && byte[i + k] >= 128 && byte[i + k] < 192
					n = 64 * n + byte[i + k] - 128
				}
				if (more == 2) good = good && n >= 2048 && (n < 55296 || n > 57343)
				if (more == 3) good = good && n >= 65536 && n < 1114112
				text = text character(good ? n : 65533)
				if (good) i += more
			}
			printf "\"%s\"", text
		}'
}

# name TEXT: the text as a part of a file's name.
name() {
	case $1 in
	*[!A-Za-z0-9_-]*) ;;
	*) printf '%s' "$1" && return ;;
	esac
	printf '%s' "$1" | od -An -v -tx1 | awk '
		function digit(c) { return index("0123456789abcdef", c) - 1 }
		{
			for (i = 1; i <= NF; i++) {
				c = sprintf("%c", 16 * digit(substr($i, 1, 1)) + digit(substr($i, 2, 1)))
				printf "%s", c ~ /^[A-Za-z0-9_-]$/ ? c : "%" toupper($i)
			}
		}'
}

# words WORD...: as one would type them.
words() {
	separator=
	for word; do
		printf '%s' "$separator"
		separator=' '
		case $word in
		'' | *[!A-Za-z0-9./_:@=,+%-]*) printf "'%s'" "$(printf '%s' "$word" | sed "s/'/'\\\\''/g")" ;;
		*) printf '%s' "$word" ;;
		esac
	done
}

# ---- plan.json -------------------------------------------------------------------------------------------------------------
# $work/commands holds its list of commands, one a line and the file's name first, so that a later run can take it up.

# forget FILE: takes what was noted of it out.
forget() {
	grep -vF "{\"file\":\"$1\"," "$work/commands" >"$work/commands.new"
	mv "$work/commands.new" "$work/commands"
}

# known FILE: an earlier run exported it.
known() { [ -e "$out/$1" ] && grep -F "{\"file\":\"$1\"," "$work/commands" | grep -qF '"exit":0,'; }

# note FILE FORMAT SUBJECT STATUS COMMAND...: the command that ran between $started and $ended.
note() {
	note_file=$1 note_format=$2 note_subject=$3 note_status=$4
	shift 4
	if [ "$note_file" ]; then forget "$note_file"; fi
	{
		if [ "$note_file" ]; then printf '{"file":"%s",' "$note_file"; else printf '{"file":null,'; fi
		printf '"format":"%s","subject":' "$note_format"
		json "$note_subject"
		printf ',"exit":%d,"started":"%s","ended":"%s","command":' "$note_status" "$started" "$ended"
		json "$(words "$@")"
		if [ "$note_status" -ne 0 ]; then
			class=$(classify)
			error=$(error_code)
			action=$(denied_action)
			printf ',"class":"%s"' "$class"
			if [ "$error" ]; then printf ',"error":"%s"' "$error"; fi
			if [ "$action" ]; then printf ',"action":"%s"' "$action"; fi
			failures=$((failures + 1))
			say "$class: $(words "$@")"
		fi
		printf '}\n'
	} >>"$work/commands"
}

# The last command's error text, $work/err, as one word. It goes nowhere else: nobody knows what else stands in it.
classify() {
	said() { grep -qiE -e "$1" "$work/err"; }
	if said 'az login|AADSTS[0-9]|(Expired|Invalid)AuthenticationToken|CredentialUnavailable|must be logged in|refresh token'; then
		echo login
	elif said 'client with IP|not allowed access|aka.ms/acr/firewall|public network access (is )?(disabled|not allowed)'; then
		echo network
	elif said 'Authorization(Permission)?(Failed|Mismatch)|forbidden|\(?403\)?|does not have authorization|insufficient privileges|access ?denied|permission denied|unauthorized|authentication required|\(?401\)?'; then
		echo permission
	elif said 'requires the extension|misspelled or not recognized|unrecognized arguments|invalid choice|not found in the PATH|command not found|the server doesn.t have a resource type'; then
		echo tool
	elif said 'TooManyRequests|\(?429\)?|throttl|rate ?limit'; then
		echo throttled
	elif said 'NotFound|not found|\(?404\)?|could not be found|does not exist|doesn.t exist'; then
		echo not_found
	elif said 'ConnectionError|max retries|not known|name resolution|getaddrinfo|connection (was )?(refused|reset|aborted)|timed? ?out|TLS|SSL|certificate|no such host|unable to connect|ProxyError|network is unreachable|no route to host|could not connect|dial tcp'; then
		echo network
	else
		echo other
	fi
}

# Its code, "AuthorizationFailed" or "AADSTS70043", and the action that was denied, if it names them.
error_code() { sed -n 's/.*(\([A-Z][A-Za-z0-9]\{2,80\}\)).*/\1/p; s/.*\(AADSTS[0-9]\{1,9\}\).*/\1/p' "$work/err" | head -n 1; }
denied_action() { sed -n "s/.*perform action '\([A-Za-z0-9.\/*_-]\{1,200\}\)'.*/\1/p" "$work/err" | head -n 1; }

# write_plan COMPLETE: true or false.
write_plan() {
	{
		printf '{"dossier":"plan","version":1,"cloud":"azure","complete":%s,"change":' "$1"
		json "$change"
		printf ',"started":"%s","ended":"%s",\n"tools":{"az":' "$begun" "$(now)"
		json "$az_version"
		printf ',"kubectl":'
		json "$kubectl_version"
		printf '},\n"identity":{"name":'
		json "$who"
		printf ',"type":'
		json "$who_type"
		printf ',"tenant":'
		json "$who_tenant"
		printf '},\n"commands":[\n'
		sed '$!s/$/,/' "$work/commands"
		printf ']}\n'
	} >"$work/plan.json" && mv "$work/plan.json" "$out/plan.json"
}

# shellcheck disable=SC2317 # the trap's
# What was begun and is not whole goes; what is whole stays, and plan.json says that it is not all.
stop() {
	trap '' HUP INT TERM
	write_plan false
	rm -rf "$work"
	say "stopped: $out holds what was exported until now; run it again for the rest"
	exit 130
}

# ---- running commands ------------------------------------------------------------------------------------------------------

# attempt COMMAND...: its output in $work/out, its exit status in $status.
attempt() {
	started=$(now)
	"$@" >"$work/out" 2>"$work/err" </dev/null
	status=$?
	ended=$(now)
	return "$status"
}

# get FILE FORMAT SUBJECT COMMAND...: the command's output becomes FILE, which is about SUBJECT, or there is none.
get() {
	file=$1 format=$2 subject=$3
	shift 3
	known "$file" && return 0
	if [ "$clear" ]; then printf '%s%.76s' "$clear" "${file##*/}" >&2; fi
	attempt "$@"
	if [ "$status" -eq 0 ]; then
		case $file in */*) mkdir -p "$out/${file%/*}" ;; esac
		mv "$work/out" "$out/$file" || status=1
	fi
	note "$file" "$format" "$subject" "$status" "$@"
	return "$status"
}

# rows LIST FORMAT SUBJECT COMMAND...: what is to be walked over, in $work/LIST; empty if the command failed, which is noted.
rows() {
	list=$1 format=$2 subject=$3
	shift 3
	: >"$work/$list"
	attempt "$@" --output tsv || { note '' "$format" "$subject" "$status" "$@" --output tsv; return 1; }
	tr -d '\r' <"$work/out" | sed '/^$/d' >"$work/$list" # where the CLI is one of Windows, lines end as there
}

# The token of the next page. It stands behind the records.
next_page() { sed -n 's/.*"skip_token" *: *"\([^"]*\)".*/\1/p' "$1" | tail -n 1; }

# pages FILE FORMAT SUBJECT QUERY: a query's pages, FILE-1.json, FILE-2.json ... All of one run: where the last is missing, from the first on.
pages() {
	page=1
	while known "$1-$page.json"; do
		[ "$(next_page "$out/$1-$page.json")" ] || return 0
		page=$((page + 1))
	done
	page=1
	while [ -e "$out/$1-$page.json" ]; do
		forget "$1-$page.json"
		rm -f "$out/$1-$page.json"
		page=$((page + 1))
	done
	page=1 token=
	while :; do
		if [ "$token" ]; then
			get "$1-$page.json" "$2" "$3" az graph query --graph-query "$4" --subscriptions "$s" --first 1000 --skip-token "$token" --output json || return 1
		else
			get "$1-$page.json" "$2" "$3" az graph query --graph-query "$4" --subscriptions "$s" --first 1000 --output json || return 1
		fi
		token=$(next_page "$out/$1-$page.json")
		[ "$token" ] || return 0
		page=$((page + 1))
	done
}

# ---- a subscription, $s ----------------------------------------------------------------------------------------------------

# of FILE FORMAT COMMAND...: an export of the subscription as a whole.
of() {
	of_file=$1 of_format=$2
	shift 2
	get "$s/$of_file-$s.json" "$of_format" "/subscriptions/$s" "$@" --subscription "$s" --output json
}

subscription() {
	case $s in
	????????-????-????-????-????????????) ;;
	*) # a name
		rows named azure.account '' az account show --subscription "$s" --query '[[id]]' || return
		IFS= read -r s <"$work/named" || return
		;;
	esac
	# Who cannot see it sees nothing in it.
	[ "$listed" ] || of account-show azure.account az account show || return
	of pricing azure.pricing az security pricing list
	findings assessments microsoft.security/assessments az security assessment list
	findings subassessments microsoft.security/assessments/subassessments az security sub-assessment list
	of assessment-metadata azure.assessment-metadata az security assessment-metadata list
	of alerts azure.alerts az security alert list
	of secure-scores azure.secure-scores az security secure-scores list
	of secure-score-controls azure.secure-scores az security secure-score-controls list
	compliance
	of policy-states azure.policy-states az policy state list
	of policy-assignments azure.policy-assignments az policy assignment list --disable-scope-strict-match
	of exemptions azure.policy-exemptions az policy exemption list --disable-scope-strict-match
	of role-assignments azure.role-assignments az role assignment list --all --include-inherited
	of aks-list azure.aks az aks list && clusters
	of acr-list azure.acr az acr list && registries
	of connectedk8s azure.connectedk8s az connectedk8s list && connected
}

# findings FILE TYPE COMMAND...: from Resource Graph, which gives severities and dates too; by the command where the extension is missing.
findings() {
	of_file=$1 of_type=$2
	shift 2
	if pages "$s/$of_file-$s" "azure.$of_file" "/subscriptions/$s" "securityresources | where type =~ '$of_type' | order by id asc"; then
		forget "$s/$of_file-$s.json" # of a run before the extension was there
		rm -f "$out/$s/$of_file-$s.json"
	elif [ "$class" = tool ]; then
		of "$of_file" "azure.$of_file" "$@"
	fi
}

compliance() {
	of regulatory-standards azure.regulatory-compliance az security regulatory-compliance-standards list || return
	rows standards azure.regulatory-compliance "/subscriptions/$s" \
		az security regulatory-compliance-standards list --subscription "$s" --query '[].[name]' || return
	while IFS= read -r standard; do
		about=/subscriptions/$s/providers/Microsoft.Security/regulatoryComplianceStandards/$standard
		file_name=$(name "$standard")
		get "$s/regulatory-controls-$file_name.json" azure.regulatory-compliance "$about" \
			az security regulatory-compliance-controls list --standard-name "$standard" --subscription "$s" --output json || continue
		rows controls azure.regulatory-compliance "$about" \
			az security regulatory-compliance-controls list --standard-name "$standard" --subscription "$s" --query '[].[name]' || continue
		while IFS= read -r control; do
			get "$s/regulatory-assessments-$file_name-$(name "$control").json" azure.regulatory-compliance \
				"$about/regulatoryComplianceControls/$control" \
				az security regulatory-compliance-assessments list --standard-name "$standard" --control-name "$control" --subscription "$s" --output json
		done <"$work/controls"
	done <"$work/standards"
}

# Host names come last: the CLI writes "None" for what is not there, and kubectl's contexts are known by the others.
clusters() {
	rows clusters azure.aks "/subscriptions/$s" \
		az aks list --subscription "$s" --query '[].[id,resourceGroup,name,fqdn,privateFqdn]' || return
	while IFS=$tab read -r id group cluster hosts; do
		folder=$s/$(name "$group")
		file_name=$(name "$cluster")
		get "$folder/aks-show-$file_name.json" azure.aks "$id" \
			az aks show --resource-group "$group" --name "$cluster" --subscription "$s" --output json
		get "$folder/aks-nodepool-list-$file_name.json" azure.nodepools "$id" \
			az aks nodepool list --resource-group "$group" --cluster-name "$cluster" --subscription "$s" --output json
		get "$folder/diagnostic-settings-$file_name.json" azure.diagnostic-settings "$id" \
			az monitor diagnostic-settings list --resource "$id" --subscription "$s" --output json
		printf '%s\n' "$id$tab$folder$tab$file_name$tab$hosts" >>"$work/estate"
	done <"$work/clusters"
}

# The name of a registry's server is REGISTRY.azurecr.io, but in other clouds, and where it has a part that makes it unique.
registries() {
	rows registries azure.acr "/subscriptions/$s" \
		az acr list --subscription "$s" --query '[].[id,resourceGroup,name,loginServer]' || return
	while IFS=$tab read -r id group registry server; do
		folder=$s/$(name "$group")
		label=$registry
		if [ "$server" != "$registry.azurecr.io" ] && [ "$server" != None ] && [ "$server" ]; then label=$server; fi
		label=$(name "$label")
		get "$folder/acr-show-$(name "$registry").json" azure.acr "$id" \
			az acr show --resource-group "$group" --name "$registry" --subscription "$s" --output json
		get "$folder/acr-repository-list-$label.json" azure.acr-repositories "$id" \
			az acr repository list --name "$registry" --subscription "$s" --output json || continue
		rows repositories azure.acr-manifests "$id" \
			az acr repository list --name "$registry" --subscription "$s" || continue
		while IFS= read -r repository; do
			get "$folder/acr-manifests-$label-$(name "$repository").json" azure.acr-manifests "$id" \
				az acr manifest list-metadata --registry "$registry" --name "$repository" --subscription "$s" --output json
		done <"$work/repositories"
	done <"$work/registries"
}

connected() {
	rows connected azure.connectedk8s "/subscriptions/$s" \
		az connectedk8s list --subscription "$s" --query '[].[id,resourceGroup,name]' || return
	while IFS=$tab read -r id group cluster; do
		folder=$s/$(name "$group")
		file_name=$(name "$cluster")
		get "$folder/k8s-extension-$file_name.json" azure.k8s-extensions "$id" \
			az k8s-extension list --cluster-type connectedClusters --resource-group "$group" --cluster-name "$cluster" --subscription "$s" --output json
		printf '%s\n' "$id$tab$folder$tab$file_name${tab}None" >>"$work/estate"
	done <"$work/connected"
}

# ---- the clusters themselves -----------------------------------------------------------------------------------------------

# counts KIND: a list of workloads as kubectl writes it, but only with what says how many of their pods run: their containers' environment
# may hold passwords.
counts() {
	case $1 in
	daemonsets) set -- desiredNumberScheduled numberReady numberUnavailable ;;
	deployments) set -- replicas readyReplicas unavailableReplicas ;;
	esac
	# shellcheck disable=SC2016 # the template's own
	printf '{"apiVersion":"v1","kind":"List","items":[{{range $n, $each := .items}}{{if $n}},{{end}}{"apiVersion":"{{.apiVersion}}","kind":"{{.kind}}",'
	printf '"metadata":{"name":"{{.metadata.name}}","namespace":"{{.metadata.namespace}}"},"status":{'
	separator=
	for member; do
		printf '%s"%s":{{or .status.%s 0}}' "$separator" "$member" "$member"
		separator=,
	done
	printf '}}{{end}}]}'
}

# find_cluster KUBECTL...: which cluster of the estate a context leads to: by its server's name, else by what the agents of Azure Arc wrote into the cluster.
# Sets id, folder and file_name; false if it is none of them.
find_cluster() {
	server=$("$@" config view --minify --output 'jsonpath={.clusters[0].cluster.server}' 2>/dev/null </dev/null)
	server=${server#*://}
	server=${server%%[:/]*}
	while IFS=$tab read -r id folder file_name hosts; do
		for host in $hosts; do
			[ "$host" = "$server" ] && [ "$host" != None ] && return 0
		done
	done <"$work/estate"
	arc=$("$@" get configmap azure-clusterconfig --namespace azure-arc --output 'jsonpath={.data.AZURE_SUBSCRIPTION_ID}/resourceGroups/{.data.AZURE_RESOURCE_GROUP}/providers/Microsoft.Kubernetes/connectedClusters/{.data.AZURE_RESOURCE_NAME}' 2>/dev/null </dev/null) || return 1
	arc=$(printf '/subscriptions/%s' "$arc" | tr '[:upper:]' '[:lower:]')
	while IFS=$tab read -r id folder file_name hosts; do
		[ "$(printf '%s' "$id" | tr '[:upper:]' '[:lower:]')" = "$arc" ] && return 0
	done <"$work/estate"
	return 1
}

contexts() {
	command -v kubectl >/dev/null 2>&1 || return 0
	kubectl config get-contexts --output name >"$work/contexts" 2>/dev/null </dev/null
	while IFS= read -r context; do
		set -- kubectl --context "$context" --request-timeout=60s
		if ! find_cluster "$@"; then
			if [ "$change" ]; then continue; fi # it leads to something else
			id=$context folder=kubernetes file_name=$(name "$context")
		fi
		for kind in clusterrolebindings rolebindings; do
			get "$folder/kubernetes-$kind-$file_name.json" kubernetes.list "$id" \
				"$@" get "$kind" --all-namespaces --output json
		done
		for kind in daemonsets deployments; do
			get "$folder/kubernetes-$kind-$file_name.json" kubernetes.list "$id" \
				"$@" get "$kind" --all-namespaces --output "go-template=$(counts "$kind")"
		done
	done <"$work/contexts"
	while IFS=$tab read -r id folder file_name hosts; do
		[ -e "$out/$folder/kubernetes-daemonsets-$file_name.json" ] || say "not asked itself, or in vain: $id"
	done <"$work/estate"
}

# ---- from the first to the last --------------------------------------------------------------------------------------------

# shellcheck disable=SC2317 # called by requirements
# required FORMAT SUBJECT: says so if no export of that format is about the subject or a part of it, or names it.
required() {
	subject=$(json "$2")
	wanted_format=$1 wanted_subject=$subject awk '
		function within(part, whole) { return whole == "" || part == whole || index(part, whole "/") == 1 }
		function member(line, name) {
			if (!match(line, "\"" name "\":\"[^\"]*\"")) return ""
			return substr(line, RSTART + length(name) + 4, RLENGTH - length(name) - 5)
		}
		BEGIN {
			format = tolower(ENVIRON["wanted_format"])
			subject = tolower(ENVIRON["wanted_subject"])
			subject = substr(subject, 2, length(subject) - 2)
		}
		/^{"file":"/ && /"exit":0,/ && (format == "" || format == member($0, "format")) {
			about = tolower(member($0, "subject"))
			if (within(about, subject)) print "whole"
			else if (within(subject, about)) print member($0, "file")
		}' "$work/commands" >"$work/about"
	grep -qx whole "$work/about" && return
	while IFS= read -r file; do
		grep -qiF -e "$2" "$out/$file" && return
	done <"$work/about"
	say "required and not exported: $1${2:+ of $2}"
}

take_up() { # what an earlier run noted of what is there
	if [ ! -e "$work/commands" ] && [ -e "$out/plan.json" ]; then
		sed -n 's/^\({"file":".*}\),\{0,1\}$/\1/p' "$out/plan.json" >"$work/commands"
	fi
	[ -e "$work/commands" ] || : >"$work/commands"
	while IFS= read -r line; do
		case $line in '{"file":"'*'"exit":0,'*) ;; *) continue ;; esac
		file=${line#'{"file":"'}
		if [ -e "$out/${file%%'"'*}" ]; then printf '%s\n' "$line"; fi
	done <"$work/commands" >"$work/commands.new"
	mv "$work/commands.new" "$work/commands"
}

sign_in() {
	az_version=$(az version --query '"azure-cli"' --output tsv 2>/dev/null </dev/null)
	kubectl_version=$(kubectl version --client 2>/dev/null </dev/null | sed -n 's/^Client Version: *//p')
	if ! attempt az account show --output json; then
		note '' azure.account '' "$status" az account show --output json
		write_plan false
		rm -rf "$work"
		say 'not signed in: run az login'
		exit 2
	fi
	note '' azure.account '' 0 az account show --output json
	rows who azure.account '' az account show --query '[[user.name,user.type,tenantId]]'
	IFS=$tab read -r who who_type who_tenant <"$work/who"
	[ "$tenant" ] || return 0
	[ "$(printf '%s' "$tenant" | tr '[:upper:]' '[:lower:]')" = "$(printf '%s' "$who_tenant" | tr '[:upper:]' '[:lower:]')" ] && return 0
	say "signed in to tenant $who_tenant, and the change is about $tenant: run az login --tenant $tenant"
	rm -rf "$work"
	exit 2
}

if [ $# -ne 1 ] || [ ! "${1%/}" ]; then
	echo 'usage: sh azure.sh FOLDER' >&2
	exit 2
fi
case $1 in -*) out=./${1%/} ;; *) out=${1%/} ;; esac
work=$out.partial
command -v az >/dev/null 2>&1 || { say 'the Azure CLI, az, is not here'; exit 2; }
if [ -e "$work/process" ] && kill -0 "$(cat "$work/process")" 2>/dev/null; then
	say "another run is at it: process $(cat "$work/process")"
	exit 2
fi
mkdir -p "$out" "$work" || exit 2
echo $$ >"$work/process"

begun=$(now) failures=0 listed='' class='' az_version='' kubectl_version='' who='' who_type='' who_tenant=''
take_up
: >"$work/estate"
trap stop HUP INT TERM
sign_in
if [ "$subscriptions" ]; then
	printf '%s\n' "$subscriptions" >"$work/subscriptions"
else
	get account-list.json azure.account '' az account list --output json && listed=true
	rows enabled azure.account '' az account list --query "[?state=='Enabled'].[id]"
	mv "$work/enabled" "$work/subscriptions"
fi
[ -s "$work/subscriptions" ] || say 'there is no subscription to export'
while IFS= read -r s; do subscription; done <"$work/subscriptions"
contexts
write_plan true
requirements
rm -rf "$work"
printf '%s' "$clear" >&2
[ "$failures" -eq 0 ] && exit 0
say "$failures commands failed: $out/plan.json says which, and dossier names what is missing because of them"
exit 1
