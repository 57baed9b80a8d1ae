/* What is judged over two snapshots, made by hand: a small estate of two subscriptions, of which the second is not
 * exported after. The diff is made by hand too, so that these tests say nothing about matching.
 */
#include "analyze/change.h"
#include "analyze/checks.h"
#include "analyze/gate.h"
#include "analyze/notices.h"
#include "analyze/objectives.h"
#include "analyze/owners.h"
#include "tests/check.h"

#include <math.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define SUB_A "/subscriptions/aaaaaaaa-0000-0000-0000-000000000001"
#define SUB_B "/subscriptions/bbbbbbbb-0000-0000-0000-000000000002"
#define AKS(sub, name) sub "/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/" name
#define ACR(sub, name) sub "/resourceGroups/rg/providers/Microsoft.ContainerRegistry/registries/" name
#define PLAN(sub) sub "/providers/Microsoft.Security/pricings/Containers"
#define DEFENDER "Microsoft Defender for Cloud"

static const char *file_with(const char *text)
{
	static char path[64];
	static int fd = -1;
	if (fd >= 0) close(fd);
	fd = memfd_create("side-file", 0);
	size_t len = strlen(text);
	if (fd < 0 || write(fd, text, len) != (ssize_t)len) return "/nowhere";
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return path;
}

/* ---- a snapshot by hand ---- */

static uint32_t word(struct snapshot *s, const char *text) { return strings_add(&s->strings, str_from(text)); }

static uint32_t add_input(struct snapshot *s, const char *path, const char *format, const char *scope,
                          const char *captured)
{
	ARRAY_RESERVE(s->inputs, s->input_count, s->input_capacity);
	struct input *input = &s->inputs[s->input_count];
	*input = (struct input){.path = word(s, path),
	                        .display = word(s, path),
	                        .format = word(s, format),
	                        .scope = word(s, scope),
	                        .first_finding = s->finding_count,
	                        .captured = INSTANT_NONE};
	if (captured) instant_parse(str_from(captured), &input->captured);
	return s->input_count++;
}

static void cover(struct snapshot *s, uint32_t unit, uint32_t input, bool incomplete)
{
	ARRAY_RESERVE(s->coverage, s->coverage_count, s->coverage_capacity);
	s->coverage[s->coverage_count++] = (struct coverage){.unit = unit, .input = input, .incomplete = incomplete};
	if (incomplete) s->units[unit].touched = true;
	s->units[unit].assessed = !s->units[unit].touched;
}

/* A fact of the last input, whose unit is (format, target). */
static void add_fact(struct snapshot *s, const char *target, const char *subject, const char *name, const char *value)
{
	uint32_t input = s->input_count - 1;
	uint32_t unit = snapshot_add_unit(s, snapshot_string(s, s->inputs[input].format), str_from(target), true);
	cover(s, unit, input, false);
	ARRAY_RESERVE(s->facts, s->fact_count, s->fact_capacity);
	s->facts[s->fact_count++] = (struct fact){word(s, subject), word(s, name), word(s, value), unit, input, 0};
}

struct made {
	const char *tool, *rule, *subject, *target, *folder, *file, *package, *owner;
	enum severity severity;
	enum status status;
};

static uint32_t add_finding(struct snapshot *s, struct made made)
{
	uint32_t input = s->input_count - 1;
	uint32_t unit = snapshot_add_unit(s, str_from(made.tool), str_from(made.target), false);
	cover(s, unit, input, false);
	uint32_t profile = snapshot_add_profile(s, &(struct profile){.tool = word(s, made.tool),
	                                                             .rule = word(s, made.rule),
	                                                             .subject = word(s, made.subject),
	                                                             .unit = unit,
	                                                             .owner = made.owner ? word(s, made.owner) : 0,
	                                                             .severity = (uint8_t)made.severity,
	                                                             .status = (uint8_t)made.status});
	uint32_t component =
	    snapshot_add_component(s, &(struct component){.package = made.package ? word(s, made.package) : 0});
	ARRAY_RESERVE(s->findings, s->finding_count, s->finding_capacity);
	s->findings[s->finding_count] = (struct finding){.profile = profile,
	                                                 .component = component,
	                                                 .folder = word(s, made.folder ? made.folder : ""),
	                                                 .file = word(s, made.file ? made.file : ""),
	                                                 .span = span_of(s->finding_count, 1)};
	s->inputs[input].finding_count++;
	return s->finding_count++;
}

/* Everything is counted and unmatched; the outcomes are then set by hand. */
static void make_diff(struct diff *diff, const struct snapshot *before, const struct snapshot *after,
                      struct arena *arena)
{
	*diff = (struct diff){.sides = {before, after}};
	for (int side = 0; side < SIDE_COUNT; side++) {
		const struct snapshot *own = diff->sides[side], *other = diff->sides[!side];
		diff->fates[side] = ARENA_ARRAY(arena, struct fate, own->finding_count + 1);
		for (uint32_t i = 0; i < own->finding_count; i++)
			diff->fates[side][i] =
			    (struct fate){.match = NO_MATCH,
			                  .outcome = OUTCOME_NONE,
			                  .counted = true,
			                  .status = snapshot_profile(own, &own->findings[i])->status & 7u};
		diff->unit_assessed_on_other[side] = ARENA_ARRAY(arena, bool, own->unit_count + 1);
		for (uint32_t u = 0; u < own->unit_count; u++) {
			uint32_t there = snapshot_find_unit(other, snapshot_string(own, own->units[u].tool),
			                                    snapshot_string(own, own->units[u].target));
			diff->unit_assessed_on_other[side][u] = there != UINT32_MAX && other->units[there].assessed;
		}
	}
}

struct estate {
	struct result result;
	struct facts facts;
	struct owners owners;
};

static void add_cluster(struct snapshot *s, const char *path, const char *id, const char *sensor, const char *ranges)
{
	add_input(s, path, "azure.aks", id, NULL);
	add_fact(s, id, id, "name", "x");
	if (sensor) add_fact(s, id, id, "securityProfile.defender.securityMonitoring.enabled", sensor);
	if (ranges) add_fact(s, id, id, "apiServerAccessProfile.authorizedIpRanges", ranges);
}

static void add_subscription(struct snapshot *s, const char *sub, const char *plan, const char *tier,
                             const char *tenant)
{
	add_input(s, "account.json", "azure.account", sub, NULL);
	add_fact(s, sub, sub, "tenantId", tenant);
	add_input(s, "pricing.json", "azure.pricing", sub, NULL);
	add_fact(s, sub, plan, "pricingTier", tier);
}

static struct made image(const char *cve, const char *subject, enum severity severity, const char *target)
{
	return (struct made){.tool = DEFENDER,
	                     .rule = cve,
	                     .subject = subject,
	                     .target = target,
	                     .folder = "usr/lib/",
	                     .file = "x.so",
	                     .package = "libx",
	                     .severity = severity,
	                     .status = STATUS_FAIL};
}

static void fill_before(struct snapshot *s)
{
	add_subscription(s, SUB_A, PLAN(SUB_A), "Free", "tenant-1");
	add_subscription(s, SUB_B, PLAN(SUB_B), "Free", "tenant-1");
	add_cluster(s, "aks-1.json", AKS(SUB_A, "aks-1"), NULL, NULL);
	add_cluster(s, "aks-2.json", AKS(SUB_A, "aks-2"), "true", "[\"0.0.0.0/0\"]");
	add_fact(s, AKS(SUB_A, "aks-2"), AKS(SUB_A, "aks-2"), "powerState.code", "Stopped");
	add_cluster(s, "aks-9.json", AKS(SUB_B, "aks-9"), "true", NULL);
	add_input(s, "acr.json", "azure.acr", ACR(SUB_A, "acr1"), NULL);
	add_fact(s, ACR(SUB_A, "acr1"), ACR(SUB_A, "acr1"), "loginServer", "acr1.azurecr.io");
	add_fact(s, ACR(SUB_A, "acr1"), ACR(SUB_A, "acr1"), "tags.owner", "team-images");
	add_input(s, "sub-a.json", "azure.subassessments", SUB_A, "2026-03-01T08:00:00Z");
	add_finding(s, image("CVE-1", "acr1.azurecr.io/app", SEVERITY_CRITICAL, "a/images/acr1"));
	add_finding(s, image("CVE-2", "acr1.azurecr.io/app", SEVERITY_CRITICAL, "a/images/acr1"));
	add_finding(s, image("CVE-3", "acr1.azurecr.io/web", SEVERITY_CRITICAL, "a/images/acr1"));
	add_finding(s, image("CVE-4", "acr1.azurecr.io/web", SEVERITY_LOW, "a/images/acr1"));
	add_input(s, "sub-b.json", "azure.subassessments", SUB_B, "2026-03-03T08:00:00Z");
	add_finding(s, image("CVE-1", "acr9.azurecr.io/old", SEVERITY_CRITICAL, "b/images/acr9"));
}

static void fill_after(struct snapshot *s)
{
	add_subscription(s, SUB_A, PLAN(SUB_A), "Standard", "tenant-2");
	add_cluster(s, "aks-1.json", AKS(SUB_A, "AKS-1"), "True", "[\"203.0.113.0/24\"]");
	add_cluster(s, "aks-2.json", AKS(SUB_A, "aks-2"), NULL, NULL);
	add_cluster(s, "aks-3.json", AKS(SUB_A, "aks-3"), "true", NULL);
	add_fact(s, AKS(SUB_A, "aks-3"), AKS(SUB_A, "aks-3"), "ENABLErbac", "true");
	add_input(s, "sub-a.json", "azure.subassessments", SUB_A, "2026-03-06T08:00:00Z");
	add_finding(s, image("CVE-1", "ACR1.azurecr.io/app", SEVERITY_CRITICAL, "a/images/acr1"));
	add_finding(s, image("CVE-4", "acr1.azurecr.io/web", SEVERITY_LOW, "a/images/acr1"));
	add_finding(s, image("CVE-5", "acr1.azurecr.io/web", SEVERITY_HIGH, "a/images/acr1"));
	struct made new_scope = image("CVE-6", "acr3.azurecr.io/new", SEVERITY_HIGH, "a/images/acr3");
	new_scope.owner = "from-record";
	add_finding(s, new_scope);
}

static void estate_open(struct estate *estate)
{
	*estate = (struct estate){0};
	struct result *result = &estate->result;
	snapshot_init(&result->sides[SIDE_BEFORE]);
	snapshot_init(&result->sides[SIDE_AFTER]);
	fill_before(&result->sides[SIDE_BEFORE]);
	fill_after(&result->sides[SIDE_AFTER]);
	make_diff(&result->diff, &result->sides[SIDE_BEFORE], &result->sides[SIDE_AFTER], &result->arena);
	struct fate *before = result->diff.fates[SIDE_BEFORE], *after = result->diff.fates[SIDE_AFTER];
	before[0].outcome = after[0].outcome = OUTCOME_UNCHANGED;
	before[3].outcome = after[1].outcome = OUTCOME_UNCHANGED;
	before[1].outcome = before[2].outcome = OUTCOME_FIXED;
	before[4].outcome = OUTCOME_NOT_REASSESSED;
	after[2].outcome = OUTCOME_NEW;
	after[3].outcome = OUTCOME_NEWLY_IN_SCOPE;
	facts_index(&estate->facts, &result->diff, &result->arena);
	change_none(&result->change);
}

static void estate_close(struct estate *estate)
{
	snapshot_free(&estate->result.sides[SIDE_BEFORE]);
	snapshot_free(&estate->result.sides[SIDE_AFTER]);
	arena_free(&estate->result.arena);
}

static bool read_change(struct estate *estate, const char *text)
{
	struct error error = {0};
	bool good = change_read(file_with(text), &estate->result.arena, &estate->result.change, &error);
	if (!good) printf("# %u:%u %s\n", error.line, error.column, error.message);
	return good;
}

/* ---- facts ---- */

static void facts(void)
{
	struct estate estate;
	struct arena scratch = {0};
	estate_open(&estate);
	const struct known_subject *subject = facts_subject(&estate.facts, STR(AKS(SUB_A, "aKs-1")));
	CHECK(subject && subject->count[SIDE_BEFORE] == 1 && subject->count[SIDE_AFTER] == 3,
	      "ids that differ only in case are one subject on both sides");
	CHECK(subject && str_eq(facts_value(&estate.facts, SIDE_AFTER, subject,
	                                    STR("SECURITYprofile.defender.securityMonitoring.enabled")),
	                        STR("True")),
	      "a fact is found whatever the case of its name");
	subject = facts_subject(&estate.facts, STR("acr3.azurecr.io/new"));
	CHECK(subject && subject->found[SIDE_AFTER] && !subject->found[SIDE_BEFORE] && !subject->count[SIDE_AFTER],
	      "the subject of a finding is known without a fact");
	CHECK(!facts_subject(&estate.facts, STR("/subscriptions/none")), "an unknown subject is not found");
	CHECK(
	    str_eq_nocase(arm_type(&scratch, STR(AKS(SUB_A, "x"))), STR("microsoft.containerservice/managedclusters")),
	    "the type of a resource is read from its id");
	CHECK(str_eq(arm_type(&scratch, STR(AKS(SUB_A, "x/agentPools/p"))),
	             STR("Microsoft.ContainerService/managedClusters/agentPools")),
	      "a part's type has its own last word");
	CHECK(!arm_type(&scratch, STR(SUB_A)).len && !arm_type(&scratch, STR("acr1.azurecr.io/app")).len &&
	          !arm_type(&scratch, STR("/x/providers/a//b")).len,
	      "what is no resource has no type");
	CHECK(str_eq(arm_scope(STR(PLAN(SUB_A))), STR(SUB_A)) && str_eq(arm_subscription(STR(PLAN(SUB_A))), STR(SUB_A)),
	      "a plan belongs to its subscription");
	CHECK(arm_under(STR("/a/B"), STR("/A")) && arm_under(STR("/a"), STR("/A")) && !arm_under(STR("/ab"), STR("/a")),
	      "a path is under another only at a slash");
	arena_free(&scratch);
	estate_close(&estate);
}

static void duplicate_facts(void)
{
	struct snapshot sides[SIDE_COUNT];
	struct arena arena = {0};
	struct diff diff;
	struct facts index;
	snapshot_init(&sides[0]);
	snapshot_init(&sides[1]);
	add_input(&sides[1], "late.json", "azure.pricing", SUB_A, "2026-03-02T00:00:00Z");
	add_fact(&sides[1], SUB_A, PLAN(SUB_A), "pricingTier", "Standard");
	add_input(&sides[1], "early.json", "azure.pricing", SUB_A, "2026-03-01T00:00:00Z");
	add_fact(&sides[1], SUB_A, PLAN(SUB_A), "PricingTier", "Free");
	add_input(&sides[1], "old.json", "azure.pricing", SUB_A, "2026-04-01T00:00:00Z");
	add_fact(&sides[1], SUB_A, PLAN(SUB_A), "pricingTier", "None");
	sides[1].inputs[2].superseded = true;
	make_diff(&diff, &sides[0], &sides[1], &arena);
	facts_index(&index, &diff, &arena);
	const struct known_subject *subject = facts_subject(&index, STR(PLAN(SUB_A)));
	CHECK(subject && subject->count[SIDE_AFTER] == 1 &&
	          str_eq(facts_value(&index, SIDE_AFTER, subject, STR("pricingTier")), STR("Standard")),
	      "of two captures of a fact the later counts, and a superseded file says nothing");
	arena_free(&arena);
	snapshot_free(&sides[0]);
	snapshot_free(&sides[1]);
}

/* ---- expectations and requirements ---- */

static void expectations(void)
{
	struct estate estate;
	estate_open(&estate);
	CHECK(
	    read_change(
		&estate,
		"{\"id\":\"x\",\"expects\":["
		"{\"id\":\"plan\",\"subject\":\"*/pricings/Containers\",\"fact\":\"pricingTier\",\"value\":\"Standard\"},"
		"{\"id\":\"plan-a\",\"subject\":\"" PLAN(
		    SUB_A) "\",\"fact\":\"pricingTier\",\"value\":\"Standard\"},"
			   "{\"id\":\"sensor\",\"subject\":\"*/managedClusters/*\",\"fact\":\"securityProfile.defender.securityMonitoring.enabled\",\"value\":true},"
			   "{\"id\":\"one\",\"subject\":\"*/managedclusters/aks-1\",\"fact\":\"securityProfile.defender.securityMonitoring.enabled\",\"value\":true},"
			   "{\"id\":\"nothing\",\"subject\":\"*/virtualMachines/*\",\"fact\":\"x\",\"value\":1},"
			   "{\"id\":\"nobody\",\"subject\":\"*/managedClusters/aks-3\",\"fact\":\"x\",\"value\":1}]}"),
	    "the expectations are read");
	expects_judge(&estate.result.change, &estate.facts, &estate.result.arena);
	const struct expect *e = estate.result.change.expects;
	CHECK(e[0].state == EXPECT_NO_EVIDENCE && e[0].met == 1 && !e[0].not_met && e[0].no_evidence == 1 &&
	          str_eq(e[0].offenders, STR(PLAN(SUB_B))),
	      "a plan whose subscription was not exported after leaves an expectation without evidence");
	CHECK(e[1].state == EXPECT_MET && e[1].met == 1, "an expectation on what was exported is met");
	CHECK(e[2].state == EXPECT_NOT_MET && e[2].met == 2 && e[2].not_met == 1 && e[2].no_evidence == 1,
	      "a cluster that was exported without the fact does not meet it, whatever else has no evidence");
	CHECK(str_starts(e[2].offenders, STR(AKS(SUB_A, "aks-2") "\n")),
	      "subjects that do not meet it are named first");
	CHECK(e[3].state == EXPECT_MET, "a boolean equals its text, in any case");
	CHECK(e[4].state == EXPECT_NO_EVIDENCE && !e[4].no_evidence,
	      "an expectation that meets nothing has no evidence");
	CHECK(e[5].state == EXPECT_NOT_MET,
	      "a fact that no export ever carries is not met where the subject was exported");
	estate_close(&estate);
}

static void gone_subjects(void)
{
	struct snapshot sides[SIDE_COUNT];
	struct arena arena = {0};
	struct diff diff;
	struct facts index;
	struct expect expects[1] = {
	    {.id = STR("x"), .subject = STR("*/managedClusters/*"), .fact = STR("enableRbac"), .value = STR("true")}};
	struct change change = {.expects = expects, .expect_count = 1};
	snapshot_init(&sides[0]);
	snapshot_init(&sides[1]);
	for (int side = 0; side < 2; side++) {
		add_input(&sides[side], "aks-list.json", "azure.aks", SUB_A, NULL);
		add_fact(&sides[side], SUB_A, AKS(SUB_A, "aks-1"), "enableRbac", "true");
		if (!side) add_fact(&sides[side], SUB_A, AKS(SUB_A, "aks-2"), "enableRbac", "true");
		add_input(&sides[side], "pools.json", "azure.nodepools", AKS(SUB_A, "aks-1"), NULL);
		add_fact(&sides[side], AKS(SUB_A, "aks-1"), AKS(SUB_A, "aks-1/agentPools/p"), "count", "3");
		add_input(&sides[side], "roles.json", "azure.role-assignments", SUB_A, NULL);
		add_fact(&sides[side], SUB_A, AKS(SUB_A, "aks-7"), "roleAssignments.me.Owner", "true");
	}
	make_diff(&diff, &sides[0], &sides[1], &arena);
	facts_index(&index, &diff, &arena);
	expects_judge(&change, &index, &arena);
	CHECK(expects[0].met == 1 && !expects[0].not_met,
	      "a cluster that a whole list no longer holds is gone and not held against the design");
	CHECK(!expects[0].no_evidence && expects[0].state == EXPECT_MET,
	      "neither a node pool nor a scope of role assignments stands for a cluster");
	arena_free(&arena);
	snapshot_free(&sides[0]);
	snapshot_free(&sides[1]);
}

static void requirements(void)
{
	struct estate estate;
	estate_open(&estate);
	read_change(
	    &estate,
	    "{\"id\":\"x\",\"requires\":["
	    "{\"format\":\"azure.subassessments\",\"subject\":\"" SUB_A "\",\"side\":\"after\"},"
	    "{\"format\":\"azure.subassessments\",\"subject\":\"" SUB_B "\",\"side\":\"after\"},"
	    "{\"format\":\"azure.subassessments\",\"subject\":\"bbbbbbbb-0000-0000-0000-000000000002\",\"side\":\"before\"},"
	    "{\"format\":\"azure.aks\",\"subject\":\"" AKS(
		SUB_A, "AKS-2") "\",\"side\":\"after\"},"
				"{\"format\":\"azure.aks\",\"subject\":\"" SUB_A "\",\"side\":\"after\"},"
				"{\"format\":\"sarif\",\"side\":\"after\"},"
				"{\"format\":\"azure.acr\",\"side\":\"before\"}]}");
	struct result *result = &estate.result;
	requires_judge(&result->change, &result->sides[SIDE_BEFORE], &result->sides[SIDE_AFTER]);
	const struct requirement *r = result->change.requires;
	CHECK(r[0].met && !r[1].met && r[2].met,
	      "evidence of a format for a subscription is there or missing, on its side");
	CHECK(r[3].met && r[4].met, "a cluster's export speaks of the cluster and of its subscription");
	CHECK(!r[5].met && r[6].met, "a requirement without subject asks for the format alone");
	result->sides[SIDE_AFTER].inputs[result->sides[SIDE_AFTER].input_count - 1].truncated = true;
	requires_judge(&result->change, &result->sides[SIDE_BEFORE], &result->sides[SIDE_AFTER]);
	CHECK(!r[0].met, "a cut-off export is not the evidence that was required");
	result->sides[SIDE_AFTER].inputs[result->sides[SIDE_AFTER].input_count - 1].joined = true;
	requires_judge(&result->change, &result->sides[SIDE_BEFORE], &result->sides[SIDE_AFTER]);
	CHECK(r[0].met, "unless its other pages are there");
	estate_close(&estate);
}

/* ---- checks and objectives ---- */

static const struct check_row *row_of(const struct result *result, const char *id, const char *subject)
{
	for (size_t i = 0; i < result->check_count; i++)
		if (str_eq(result->checks[i].id, str_from(id)) &&
		    str_eq_nocase(result->checks[i].subject, str_from(subject)))
			return &result->checks[i];
	return NULL;
}

static bool states(const struct check_row *row, enum check_state before, enum check_state after)
{
	if (row && row->state[SIDE_BEFORE] == before && row->state[SIDE_AFTER] == after) return true;
	printf("# %d %d\n", row ? (int)row->state[0] : -1, row ? (int)row->state[1] : -1);
	return false;
}

static void run_checks(struct estate *estate)
{
	struct checks checks;
	struct error error = {0};
	CHECK(checks_read(&checks, &estate->result.arena, &error) && checks.count >= 6,
	      "the built-in checks are read: %s", error.message);
	checks_run(&checks, &estate->facts, &estate->result.arena, &estate->result.checks, &estate->result.check_count);
}

static void checks(void)
{
	struct estate estate;
	estate_open(&estate);
	run_checks(&estate);
	const struct result *r = &estate.result;
	CHECK(states(row_of(r, "azure.plan.containers", SUB_A), CHECK_FAIL, CHECK_PASS),
	      "a plan that went on fails before and passes after");
	CHECK(states(row_of(r, "azure.plan.containers", SUB_B), CHECK_FAIL, CHECK_NOT_ASSESSED),
	      "what was not exported on a side is not assessed there");
	CHECK(states(row_of(r, "azure.aks.defender-sensor", AKS(SUB_A, "aks-1")), CHECK_FAIL, CHECK_PASS),
	      "a sensor that is not there fails");
	CHECK(states(row_of(r, "azure.aks.defender-sensor", AKS(SUB_A, "aks-3")), CHECK_NOT_ASSESSED, CHECK_PASS),
	      "a new cluster has no before");
	CHECK(states(row_of(r, "azure.aks.rbac", AKS(SUB_A, "aks-3")), CHECK_NOT_ASSESSED, CHECK_PASS),
	      "enableRBAC compares without case");
	CHECK(states(row_of(r, "azure.aks.api-server-restricted", AKS(SUB_A, "aks-1")), CHECK_FAIL, CHECK_PASS),
	      "address ranges restrict an API server");
	CHECK(states(row_of(r, "azure.aks.api-server-restricted", AKS(SUB_A, "aks-2")), CHECK_FAIL, CHECK_FAIL),
	      "the range of all addresses does not");
	const struct check_row *stopped = row_of(r, "azure.aks.defender-sensor", AKS(SUB_A, "aks-2"));
	CHECK(states(stopped, CHECK_PASS, CHECK_FAIL) && str_find(stopped->note, STR("stopped")) != SIZE_MAX,
	      "a stopped cluster is checked and noted");
	CHECK(stopped && stopped->fact[SIDE_BEFORE] != NO_MATCH &&
	          str_starts(snapshot_string(&r->sides[0], r->sides[0].facts[stopped->fact[SIDE_BEFORE]].name),
	                     STR("securityProfile")),
	      "the fact that decided is named");
	CHECK(!row_of(r, "azure.aks.rbac", "acr1.azurecr.io/app"), "a check asks only resources of its type");
	estate_close(&estate);
}

static void related_checks(void)
{
	struct estate estate;
	estate_open(&estate);
	struct checks list = {0};
	struct error error = {0};
	struct snapshot *after = &estate.result.sides[SIDE_AFTER];
	const char *text =
	    "{\"checks\":[{\"id\":\"x\",\"title\":\"t\",\"severity\":\"low\",\"type\":\"Microsoft.ContainerService/managedClusters\","
	    "\"formats\":[\"azure.aks\"],\"related\":{\"type\":\"Microsoft.KubernetesConfiguration/extensions\",\"format\":\"azure.k8s-extensions\","
	    "\"having\":{\"all\":[{\"fact\":\"extensionType\",\"equals\":\"microsoft.azuredefender.kubernetes\"},"
	    "{\"fact\":\"provisioningState\",\"in\":[\"Succeeded\"]}]}}}]}";
	const char *extension = AKS(SUB_A, "aks-1") "/providers/Microsoft.KubernetesConfiguration/extensions/d";
	add_input(after, "ext-1.json", "azure.k8s-extensions", AKS(SUB_A, "aks-1"), NULL);
	add_fact(after, AKS(SUB_A, "aks-1"), extension, "extensionType", "Microsoft.AzureDefender.Kubernetes");
	add_fact(after, AKS(SUB_A, "aks-1"), extension, "provisioningState", "Succeeded");
	add_input(after, "ext-2.json", "azure.k8s-extensions", AKS(SUB_A, "aks-2"), NULL);
	facts_index(&estate.facts, &estate.result.diff, &estate.result.arena);
	CHECK(checks_parse(&list, "x.json", str_from(text), &estate.result.arena, &error),
	      "a check over parts of a resource is read: %s", error.message);
	checks_run(&list, &estate.facts, &estate.result.arena, &estate.result.checks, &estate.result.check_count);
	CHECK(states(row_of(&estate.result, "x", AKS(SUB_A, "aks-1")), CHECK_NOT_ASSESSED, CHECK_PASS),
	      "a cluster with the extension passes");
	CHECK(states(row_of(&estate.result, "x", AKS(SUB_A, "aks-2")), CHECK_NOT_ASSESSED, CHECK_FAIL),
	      "an export without extensions fails");
	CHECK(states(row_of(&estate.result, "x", AKS(SUB_A, "aks-3")), CHECK_NOT_ASSESSED, CHECK_NOT_ASSESSED),
	      "without an export nothing is assessed");
	CHECK(
	    !checks_parse(
		&list, "x.json",
		STR("{\"checks\":[{\"id\":\"y\",\"title\":\"t\",\"severity\":\"low\",\"type\":\"t/t\",\"formats\":[\"f\"],\"pass\":{\"fact\":\"a\"}}]}"),
		&estate.result.arena, &error) &&
		error.line == 1,
	    "a rule without a question is refused");
	estate_close(&estate);
}

static void objectives(void)
{
	struct estate estate;
	estate_open(&estate);
	run_checks(&estate);
	struct result *result = &estate.result;
	CHECK(
	    read_change(
		&estate,
		"{\"id\":\"x\",\"objectives\":["
		"{\"id\":\"0\",\"measure\":\"open_findings\",\"severity\":\"critical\",\"target\":\"-66.7%\"},"
		"{\"id\":\"1\",\"measure\":\"subjects_open\",\"severity\":\"critical\",\"target\":\"-50%\"},"
		"{\"id\":\"2\",\"measure\":\"open_findings\",\"scope\":\"tool:CodeQL\",\"target\":\"-10%\"},"
		"{\"id\":\"3\",\"measure\":\"open_findings\",\"scope\":\"acr1.azurecr.io/web\",\"target\":\"<= 2\"},"
		"{\"id\":\"4\",\"measure\":\"checks_pass\",\"check\":\"azure.aks.defender-sensor\",\"target\":\">= 100%\"},"
		"{\"id\":\"5\",\"measure\":\"attested\",\"before\":9,\"after\":2,\"source\":\"s\",\"attested_by\":\"a\",\"target\":\"-77.8%\"},"
		"{\"id\":\"6\",\"measure\":\"alert_routing_p95\",\"target\":\"<= 300\"},"
		"{\"id\":\"7\",\"measure\":\"open_findings\",\"severity\":\"high\",\"target\":\"-10%\"},"
		"{\"id\":\"8\",\"measure\":\"open_findings\",\"severity\":\"medium\",\"target\":\"-10%\"},"
		"{\"id\":\"9\",\"measure\":\"open_findings\",\"scope\":\"acr9.azurecr.io/*\",\"target\":\"<= 0\"}]}"),
	    "the objectives are read");
	objectives_judge(&result->change, &result->diff, result->checks, result->check_count);
	const struct objective *o = result->change.objectives;
	CHECK(o[0].state == OBJECTIVE_MET && fabs(o[0].before - 3) < .1 && fabs(o[0].after - 1) < .1 &&
	          fabs(o[0].percent + 66.7) < 1e-9,
	      "findings are counted in the common scope alone, and judged as the percentage is shown");
	CHECK(o[1].state == OBJECTIVE_MET && fabs(o[1].before - 2) < .1 && fabs(o[1].after - 1) < .1,
	      "subjects are counted without case");
	CHECK(o[2].state == OBJECTIVE_NOT_PROVABLE && !o[2].has_numbers, "what no tool assessed is not provable");
	CHECK(o[3].state == OBJECTIVE_MET && fabs(o[3].after - 2) < .1,
	      "a glob of subjects narrows, and a bound is held against the value after");
	CHECK(o[4].state == OBJECTIVE_NOT_MET && o[4].has_value && fabs(o[4].value - 200.0 / 3) < 1e-9,
	      "a check's share is that of the subjects assessed after");
	CHECK(o[5].state == OBJECTIVE_MET && fabs(o[5].percent + 77.8) < 1e-9,
	      "attested numbers are held against the target");
	CHECK(o[6].state == OBJECTIVE_NOT_PROVABLE, "alert routing is not provable while events are not read");
	CHECK(o[7].state == OBJECTIVE_NOT_MET && !o[7].has_percent,
	      "a rise from nothing has no percentage and does not meet a reduction");
	CHECK(o[8].state == OBJECTIVE_NOT_PROVABLE, "nothing of nothing proves nothing");
	CHECK(o[9].state == OBJECTIVE_NOT_PROVABLE, "zero findings in what was not assessed again are no success");
	estate_close(&estate);
}

/* ---- exceptions, owners, gate, notices ---- */

#define FULL "\"owner\":\"o\",\"approver\":\"a\",\"ticket\":\"t\""
static const char exceptions_text[] =
    "{\"exceptions\":["
    "{\"id\":\"active\",\"match\":{\"rule\":\"cve-5\"}," FULL
    ",\"approved\":\"2026-03-08\",\"expires\":\"2026-04-08\"},"
    "{\"id\":\"expiring\",\"match\":{\"rule\":\"CVE-4\"}," FULL ",\"expires\":\"2026-04-07\"},"
    "{\"id\":\"today\",\"match\":{\"component\":\"lib*\",\"severity\":\"critical\"}," FULL
    ",\"expires\":\"2026-03-08\"},"
    "{\"id\":\"expired\",\"match\":{\"severity\":\"low\"}," FULL ",\"expires\":\"2026-03-07\"},"
    "{\"id\":\"early\",\"match\":{\"severity\":\"low\"}," FULL
    ",\"approved\":\"2026-03-09\",\"expires\":\"2026-05-01\"},"
    "{\"id\":\"unused\",\"match\":{\"rule\":\"CVE-2\"}," FULL ",\"expires\":\"2026-05-01\"},"
    "{\"id\":\"ownerless\",\"match\":{\"subject\":\"*/APP\"},\"approver\":\"a\",\"ticket\":\"t\",\"expires\":\"2026-05-01\"},"
    "{\"id\":\"matchless\"," FULL ",\"expires\":\"2026-05-01\"},"
    "{\"id\":\"poam\",\"type\":\"poam\",\"match\":{\"rule\":\"CVE-6\"}," FULL
    ",\"expires\":\"2026-05-01\",\"milestones\":[{\"title\":\"m\",\"due\":\"2026-04-01\"}]}]}";

static void exceptions_and_gate(void)
{
	struct estate estate;
	estate_open(&estate);
	struct result *result = &estate.result;
	struct exception_list list;
	struct error error = {0};
	bool covered[4] = {false, false, false, false};
	uint8_t severity[4] = {0};
	struct acceptance acceptance = {covered, severity};
	CHECK(exceptions_read(file_with(exceptions_text), &result->arena, &list, &error), "the exceptions are read: %s",
	      error.message);
	int64_t as_of = 0;
	instant_parse(STR("2026-03-08T23:59:59Z"), &as_of);
	exceptions_judge(&list, &result->diff, as_of, &acceptance);
	const struct exception *e = list.list;
	CHECK(e[0].state == EXCEPTION_ACTIVE && e[0].matched == 1 && e[0].matched_before == 0 && e[0].days_left == 31,
	      "an exception is active from the day of its approval");
	CHECK(e[1].state == EXCEPTION_EXPIRING && e[1].days_left == 30 && e[1].matched_before == 1,
	      "thirty days before its end it is expiring");
	CHECK(e[2].state == EXCEPTION_EXPIRING && e[2].days_left == 0 && e[2].matched == 1 && e[2].matched_before == 4,
	      "the day of expiry is included, and fields are ANDed");
	CHECK(e[3].state == EXCEPTION_EXPIRED && e[3].matched == 1, "the day after, it is expired");
	CHECK(e[4].state == EXCEPTION_NOT_YET_VALID, "before its approval it is not yet valid");
	CHECK(e[5].state == EXCEPTION_UNUSED && e[5].matched_before == 1,
	      "an exception that only met findings before is unused");
	CHECK(e[6].state == EXCEPTION_INVALID && e[6].matched == 1 && str_eq(e[6].problem, STR("no owner")),
	      "without an owner it is invalid, and says so");
	CHECK(e[7].state == EXCEPTION_INVALID && !e[7].matched, "with nothing to match it is invalid");
	CHECK(e[8].state == EXCEPTION_ACTIVE && e[8].matched == 1, "a poam is active");
	CHECK(covered[0] && covered[1] && covered[2] && !covered[3],
	      "active and expiring exceptions cover, a poam does not");

	result->exceptions = list.list;
	result->exception_count = list.count;
	read_change(&estate, "{\"id\":\"x\",\"requires\":[{\"format\":\"sarif\",\"side\":\"after\"}],"
	                     "\"expects\":[{\"id\":\"E1\",\"subject\":\"nothing\",\"fact\":\"x\",\"value\":1}]}");
	struct policy policy;
	CHECK(policy_read(NULL, false, &result->arena, &policy, &error), "the default policy is read");
	CHECK(gate_judge(result, &policy, NULL, NULL, &error), "it is judged");
	const struct gate_rule *g = result->gate;
	char id[19];
	snapshot_finding_id(&result->sides[SIDE_AFTER], SIDE_AFTER, 2, id);
	CHECK(g[0].state == GATE_PASS && g[0].value < .5, "no new critical finding passes");
	CHECK(g[1].state == GATE_FAIL && g[1].offender_count == 1 && str_eq(g[1].offenders[0], str_from(id)),
	      "a new high finding fails by its id, one that is newly in scope does not");
	CHECK(g[2].state == GATE_FAIL && str_eq(g[2].offenders[0], STR("expired")),
	      "an expired exception in use fails");
	CHECK(g[3].state == GATE_FAIL && g[3].offender_count == 1 && str_eq(g[3].offenders[0], STR("ownerless")),
	      "an invalid one counts only in use");
	CHECK(g[4].state == GATE_FAIL && str_eq(g[4].offenders[0], STR("E1")),
	      "an expectation without evidence is not met");
	CHECK(g[5].state == GATE_FAIL && str_eq(g[5].offenders[0], STR("after sarif")), "missing evidence is named");
	CHECK(!result->verdict_pass, "one failed rule fails the gate");
	gate_judge(result, &policy, &acceptance, NULL, &error);
	CHECK(result->gate[1].state == GATE_PASS, "a covered finding does not fail the gate");
	CHECK(
	    policy_parse(
		"p",
		STR("{\"gate\":[{\"rule\":\"no_new\",\"severity\":\"high\",\"limit\":1,\"match\":{\"subject\":\"*web*\"}}]}"),
		false, &result->arena, &policy, &error),
	    "a policy with a match is read");
	gate_judge(result, &policy, NULL, NULL, &error);
	CHECK(result->verdict_pass && result->gate[0].value > .5 &&
	          str_find(result->gate[0].title, STR("subject=*web*")) != SIZE_MAX,
	      "a value at its limit passes, and the rule's title says what it looks at");
	estate_close(&estate);
}

static void owners(void)
{
	struct estate estate;
	estate_open(&estate);
	struct result *result = &estate.result;
	const struct snapshot *after = &result->sides[SIDE_AFTER];
	struct error error = {0};
	CHECK(owners_read(&estate.owners, NULL, NULL, &estate.facts, &result->arena, &error),
	      "owners are known without a file");
	CHECK(str_eq(owner_of(&estate.owners, after, &after->findings[0]), STR("team-images")),
	      "an image belongs to its registry's owner, though only the other side exported the tag");
	CHECK(str_eq(owner_of(&estate.owners, after, &after->findings[3]), STR("from-record")),
	      "else the record's own word counts");
	CHECK(!owner_of_subject(&estate.owners, STR(AKS(SUB_A, "aks-1"))).len, "what has no tag has no owner");
	CHECK(str_eq(owner_of_subject(&estate.owners, STR(ACR(SUB_A, "ACR1") "/webhooks/w")), STR("team-images")),
	      "a part has the owner of what it is in");
	CHECK(
	    owners_read(
		&estate.owners,
		file_with(
		    "{\"owners\":[{\"match\":{\"component\":\"libx\",\"path\":\"USR/*/x.so\",\"rule\":\"CVE-5\"},\"owner\":\"five\"},"
		    "{\"match\":{\"path\":\"usr/lib/y*\"},\"owner\":\"never\"},"
		    "{\"match\":{\"subject\":\"*/app\"},\"owner\":\"app-team\"}]}"),
		NULL, &estate.facts, &result->arena, &error),
	    "owners are read from a file: %s", error.message);
	CHECK(str_eq(owner_of(&estate.owners, after, &after->findings[2]), STR("five")) &&
	          str_eq(owner_of(&estate.owners, after, &after->findings[0]), STR("app-team")) &&
	          str_eq(owner_of(&estate.owners, after, &after->findings[1]), STR("team-images")),
	      "the first rule that matches goes before tags");
	CHECK(!owners_read(&estate.owners, file_with("{\"owners\":[{\"match\":{},\"owner\":\"x\"}]}"), NULL,
	                   &estate.facts, &result->arena, &error),
	      "a rule that matches nothing is refused");
	estate_close(&estate);
}

static const struct notice *notice_of(const struct result *result, const char *code, enum side side)
{
	for (size_t i = 0; i < result->notice_count; i++)
		if (!strcmp(result->notices[i].code, code) && result->notices[i].side == side)
			return &result->notices[i];
	return NULL;
}

static void notices(void)
{
	struct estate estate;
	estate_open(&estate);
	struct result *result = &estate.result;
	struct error error = {0};
	owners_read(&estate.owners, NULL, NULL, &estate.facts, &result->arena, &error);
	CHECK(
	    read_change(
		&estate,
		"{\"id\":\"x\",\"owner\":\"boss\",\"window\":{\"start\":\"2026-03-02T20:00:00Z\",\"end\":\"2026-03-07T06:00:00Z\"},"
		"\"scope\":{\"tenant\":\"tenant-1\",\"subscriptions\":[\"bbbbbbbb-0000-0000-0000-000000000002\"]},"
		"\"requires\":[{\"format\":\"azure.assessments\",\"subject\":\"" SUB_B "\",\"side\":\"after\"}]}"),
	    "the change is read");
	requires_judge(&result->change, &result->sides[SIDE_BEFORE], &result->sides[SIDE_AFTER]);
	struct str message = STR("cut off");
	struct snapshot *after = &result->sides[SIDE_AFTER];
	ARRAY_RESERVE(after->warnings, after->warning_count, after->warning_capacity);
	after->warnings[after->warning_count++] = (struct warning){.code = "truncated_export",
	                                                           .gap = GAP_SCOPE,
	                                                           .message = strings_add(&after->strings, message),
	                                                           .offset = ERROR_NO_OFFSET,
	                                                           .input = after->input_count - 1};
	notices_collect(result, &estate.facts, &estate.owners);
	const struct notice *n = notice_of(result, "missing_evidence", SIDE_AFTER);
	CHECK(
	    n && n->gap == GAP_SCOPE && str_eq(n->owner, STR("boss")) &&
		str_eq(
		    n->command,
		    STR("az security assessment list --subscription bbbbbbbb-0000-0000-0000-000000000002 --output json")),
	    "missing evidence has a gap class, an owner and the command that closes it");
	n = notice_of(result, "not_exported", SIDE_AFTER);
	CHECK(n && n->gap == GAP_SCOPE && !notice_of(result, "not_exported", SIDE_BEFORE),
	      "a subscription without export is a gap on that side");
	n = notice_of(result, "outside_scope", SIDE_BEFORE);
	CHECK(n && str_find(n->message, STR("6 files")) != SIZE_MAX, "exports from outside of the scope are counted");
	n = notice_of(result, "other_tenant", SIDE_AFTER);
	CHECK(n && n->gap == GAP_ENVIRONMENT && str_eq(n->input, STR("account.json")) &&
	          !notice_of(result, "other_tenant", SIDE_BEFORE),
	      "another tenant is an environment gap");
	n = notice_of(result, "captured_early", SIDE_AFTER);
	CHECK(n && n->gap == GAP_STALE && str_eq(n->input, STR("sub-a.json")),
	      "after-evidence from before the window's end is stale");
	n = notice_of(result, "captured_late", SIDE_BEFORE);
	CHECK(n && str_eq(n->input, STR("sub-b.json")), "before-evidence from after its start too");
	n = notice_of(result, "not_reassessed", SIDE_AFTER);
	CHECK(n && str_starts(n->message, STR("1 finding open before in " DEFENDER ", b/images/acr9")),
	      "a unit that was not assessed again is named with its findings");
	n = notice_of(result, "cluster_stopped", SIDE_BEFORE);
	CHECK(n && n->gap == GAP_STATE && str_eq(n->input, STR("aks-2.json")) &&
	          str_find(n->command, STR("--name aks-2")) != SIZE_MAX,
	      "a stopped cluster is a state gap");
	n = notice_of(result, "truncated_export", SIDE_AFTER);
	CHECK(n && str_eq(n->message, message) && n->command.len, "a file's own warning is in the list");
	bool ordered = true;
	for (size_t i = 1; i < result->notice_count; i++)
		ordered = ordered && result->notices[i - 1].side <= result->notices[i].side;
	CHECK(ordered && result->notice_count == 10, "the list is in the order of the sides");
	estate_close(&estate);
}

int main(void)
{
	facts();
	duplicate_facts();
	expectations();
	gone_subjects();
	requirements();
	checks();
	related_checks();
	objectives();
	exceptions_and_gate();
	owners();
	notices();
	return check_done();
}
