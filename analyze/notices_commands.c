#include "analyze/noticing.h"
#include "core/buf.h"

#define COUNT(table) (sizeof(table) / sizeof(*(table)))

/* What reads a format again. {s} is the subscription, {g} the resource group, {n} the resource's name, {i} its id. */
static const struct {
	struct str format;
	const char *command;
} commands[] = {
    {{"azure.account", 13}, "az account show --subscription {s} --output json"},
    {{"azure.pricing", 13}, "az security pricing list --subscription {s} --output json"},
    {{"azure.assessments", 17}, "az security assessment list --subscription {s} --output json"},
    {{"azure.subassessments", 20}, "az security sub-assessment list --subscription {s} --output json"},
    {{"azure.alerts", 12}, "az security alert list --subscription {s} --output json"},
    {{"azure.aks", 9}, "az aks show --subscription {s} --resource-group {g} --name {n} --output json"},
    {{"azure.acr", 9}, "az acr show --subscription {s} --resource-group {g} --name {n} --output json"},
    {{"azure.acr-repositories", 22}, "az acr repository list --subscription {s} --name {n} --output json"},
    {{"azure.policy-states", 19}, "az policy state list --subscription {s} --output json"},
    {{"azure.connectedk8s", 18}, "az connectedk8s list --subscription {s} --output json"},
    {{"azure.role-assignments", 22}, "az role assignment list --all --subscription {s} --output json"},
    {{"azure.policy-exemptions", 23}, "az policy exemption list --subscription {s} --output json"},
    {{"azure.policy-assignments", 24}, "az policy assignment list --subscription {s} --output json"},
    {{"azure.secure-scores", 19}, "az security secure-scores list --subscription {s} --output json"},
    {{"azure.assessment-metadata", 25}, "az security assessment-metadata list --subscription {s} --output json"},
    {{"azure.regulatory-compliance", 27},
     "az security regulatory-compliance-standards list --subscription {s} --output json"},
    {{"azure.nodepools", 15},
     "az aks nodepool list --subscription {s} --resource-group {g} --cluster-name {n} --output json"},
    {{"azure.k8s-extensions", 20},
     "az k8s-extension list --subscription {s} --resource-group {g} --cluster-name {n} --cluster-type "
     "connectedClusters --output json"},
    {{"azure.diagnostic-settings", 25}, "az monitor diagnostic-settings list --resource {i} --output json"},
};

static void quoted(struct buf *out, struct str word)
{
	bool plain = word.len > 0 && word.ptr[0] != '-';
	for (size_t i = 0; i < word.len && plain; i++) {
		char c = word.ptr[i];
		plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
		        c == '_' || c == '.' || c == '/';
	}
	if (plain) {
		buf_add(out, word);
		return;
	}
	buf_char(out, '\'');
	for (size_t i = 0; i < word.len; i++)
		if (word.ptr[i] == '\'')
			buf_add(out, STR("'\\''"));
		else
			buf_char(out, word.ptr[i]);
	buf_char(out, '\'');
}

/* The part of an ARM id after "/NAME/". */
static struct str part_after(struct str id, struct str name)
{
	size_t at = str_find_nocase(id, name);
	if (at == SIZE_MAX) return STR_EMPTY;
	id = str_slice(id, at + name.len, id.len);
	const char *slash = id.len ? memchr(id.ptr, '/', id.len) : NULL;
	return slash ? str_slice(id, 0, (size_t)(slash - id.ptr)) : id;
}

struct str notice_command(struct arena *arena, struct str format, struct str subject)
{
	const char *command = NULL;
	for (size_t i = 0; i < COUNT(commands); i++)
		if (str_eq_nocase(format, commands[i].format)) command = commands[i].command;
	if (!command) return STR_EMPTY;
	size_t slash = str_rfind_char(subject, '/');
	struct str subscription = part_after(subject, STR("/subscriptions/")),
		   group = part_after(subject, STR("/resourceGroups/"));
	struct str name = slash != SIZE_MAX ? str_slice(subject, slash + 1, subject.len) : STR_EMPTY;
	struct buf text = {0};
	bool complete = true;
	for (const char *c = command; *c; c++) {
		if (*c != '{') {
			buf_char(&text, *c);
			continue;
		}
		struct str word = c[1] == 's' ? subscription : c[1] == 'g' ? group : c[1] == 'i' ? subject : name;
		complete = complete && word.len;
		quoted(&text, word);
		c += 2;
	}
	struct str made = complete ? str_dup(arena, buf_str(&text)) : STR_EMPTY;
	buf_free(&text);
	return made;
}
