#!/bin/sh
# Small Azure estates, each with one trap: what `build` must say of it.
PYTHONPATH=tests/cli exec python3 - <<'PYTHON'
import json, os, subprocess

from said import check, end_of_test

dossier, room = os.environ["DOSSIER"], os.environ["TMPDIR"] + "/traps"
SUB, TENANT = "11111111-1111-4111-8111-111111111111", "99999999-9999-4999-8999-999999999999"
SCOPE = "/subscriptions/" + SUB
GROUP = SCOPE + "/resourceGroups/rg-app/providers/"
AKS = GROUP + "Microsoft.ContainerService/managedClusters/"
ACR = GROUP + "Microsoft.ContainerRegistry/registries/"
ARC = GROUP + "Microsoft.Kubernetes/connectedClusters/"
made = 0


def written(folder, files):
    for name, document in files.items():
        path = f"{folder}/{name}"
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as f: f.write(document) if isinstance(document, str) else json.dump(document, f)


def built(before, after, *arguments, as_of="2026-03-09T00:00:00Z", status=(0, 1), side_files={}):
    """What `build` says of two sides, {name: document}; side_files: {option: (name, document)}."""
    global made
    made += 1
    folder = f"{room}/{made}"
    written(folder, {f"before/{n}": d for n, d in before.items()} | {f"after/{n}": d for n, d in after.items()})
    for option, (name, document) in side_files.items():
        written(folder, {name: document})
        arguments += (option, f"{folder}/{name}")
    run = subprocess.run([dossier, "build", "--before", folder + "/before", "--after", folder + "/after", "--as-of", as_of, "-o", folder + "/p.tar.zst", "--json", *arguments],
                         capture_output=True)
    if run.returncode not in status: raise SystemExit(f"`build` ended with {run.returncode}: {run.stderr.decode(errors='replace')}")
    return json.loads(run.stdout) if run.stdout else run.stderr.decode()


def account(): return {"environmentName": "AzureCloud", "id": SUB, "name": "sub-a", "tenantId": TENANT, "user": {"name": "reader@contoso.example", "type": "user"}}
def cluster(name="aks-1", **more): return {"id": AKS + name, "name": name, "type": "Microsoft.ContainerService/ManagedClusters", "enableRbac": True, **more}
def registry(name="acr1", **more): return {"id": ACR + name, "name": name, "type": "Microsoft.ContainerRegistry/registries", "loginServer": name + ".azurecr.io", "adminUserEnabled": False, **more}
def arc(name="edge-1", **more): return {"id": ARC + name, "name": name, "type": "microsoft.kubernetes/connectedclusters", "connectivityStatus": "Connected", "agentVersion": "1.28.4", **more}
def plan(tier, extensions=(), name="Containers"): return {"id": f"{SCOPE}/providers/Microsoft.Security/pricings/{name}", "name": name, "type": "Microsoft.Security/pricings", "pricingTier": tier,
                                       "extensions": [{"name": e, "isEnabled": on} for e, on in extensions] or None}
def checks(result): return {(c["id"], c["subject"].rsplit("/", 1)[1]): (c["before"], c["after"]) for c in result["checks"]}


# ---- checks

off = [("ContainerRegistriesVulnerabilityAssessments", "True"), ("AgentlessDiscoveryForKubernetes", "False"), ("ContainerSensor", "True")]
c = checks(built({"pricing.json": {"value": [plan("Free")]}}, {"pricing.json": {"value": [plan("Standard", off)]}}))
check("a plan that is Standard with one extension off passes as a plan and fails for that extension alone",
    [c["azure.plan.containers", SUB], c["azure.plan.registry-scan", SUB], c["azure.plan.agentless-discovery", SUB]] == [("fail", "pass"), ("not_assessed", "pass"), ("not_assessed", "fail")], str(c))
c = checks(built({"pricing.json": {"value": [plan("Standard", off)]}}, {"pricing.json": {"value": [plan("Free")]}}))
check("extensions of a plan that is off are not judged", c["azure.plan.registry-scan", SUB] == ("pass", "not_assessed"), str(c))

c = checks(built({"arc.json": [arc(managedIdentityCertificateExpirationTime="2026-03-20T00:00:00Z"), arc("edge-2", managedIdentityCertificateExpirationTime=None)]},
                 {"arc.json": [arc(managedIdentityCertificateExpirationTime="2026-04-08T00:00:00Z"), arc("edge-2", managedIdentityCertificateExpirationTime=None)]}))
check("an agent's certificate that ends within 30 days fails, one that ends 30 days later passes", c.get(("azure.arc.certificate-valid", "edge-1")) == ("fail", "pass"), str(c))
check("a certificate whose end is not exported has no row", ("azure.arc.certificate-valid", "edge-2") not in c, str(c))

def extension(name, state, **more): return {"id": ARC + "edge-1/providers/Microsoft.KubernetesConfiguration/extensions/" + name, "name": name, "type": "Microsoft.KubernetesConfiguration/extensions",
                                            "extensionType": "microsoft." + name, "releaseTrain": "stable", "provisioningState": state, **more}
c = checks(built({"arc.json": [arc()], "k8s-extension-edge-1.json": [extension("flux", "Succeeded"), extension("azuredefender.kubernetes", "Failed")]},
                 {"arc.json": [arc()], "k8s-extension-edge-1.json": [extension("flux", "Succeeded"), extension("azuredefender.kubernetes", "Succeeded")]}))
check("one extension that failed makes the cluster's extensions unhealthy", c["azure.arc.extension-health", "edge-1"] == ("fail", "pass"), str(c))

def setting(category, **more): return {"id": AKS + "aks-1/providers/microsoft.insights/diagnosticSettings/audit", "name": "audit", "type": "Microsoft.Insights/diagnosticSettings",
                                       "logs": [{"category": category, "enabled": True}, {"category": "kube-scheduler", "enabled": True}], **more}
c = checks(built({"aks.json": cluster(), "diagnostic-settings-aks-1.json": [setting("kube-apiserver", workspaceId="/subscriptions/x/w")]},
                 {"aks.json": cluster(), "diagnostic-settings-aks-1.json": [setting("kube-audit-admin", workspaceId="/subscriptions/x/w")]}))
check("audit logs are collected when kube-audit or kube-audit-admin goes to a destination, not when another log does", c["azure.aks.audit-logs", "aks-1"] == ("fail", "pass"), str(c))
c = checks(built({"aks.json": cluster(aadProfile=None)}, {"aks.json": cluster(aadProfile={"managed": True}, disableLocalAccounts=True, powerState={"code": "Stopped"})}))
check("Entra integration and local accounts are read from a cluster, and a stopped one is not running",
    [c["azure.aks.entra-integration", "aks-1"], c["azure.aks.local-accounts-disabled", "aks-1"], c["azure.aks.running", "aks-1"]] == [("fail", "pass"), ("fail", "pass"), ("not_assessed", "fail")], str(c))
c = checks(built({"acr.json": registry(anonymousPullEnabled=True)}, {"acr.json": registry(anonymousPullEnabled=False, networkRuleSet={"defaultAction": "Deny"})}))
check("anonymous pull and open networks of a registry fail until they are closed", [c["azure.acr.anonymous-pull-disabled", "acr1"], c["azure.acr.network-restricted", "acr1"]] == [("fail", "pass")] * 2, str(c))

# ---- severities from the metadata

KEY = "56a83a6e-c417-42ec-b567-1e6fcb3d09a9"
def assessment(subject=AKS + "aks-1", key=KEY, code="Unhealthy", **more): return {"id": f"{subject}/providers/Microsoft.Security/assessments/{key}", "name": key, "type": "Microsoft.Security/assessments",
                                              "resourceDetails": {"id": subject, "source": "Azure"}, "status": {"code": code}, "displayName": "Defender profile", **more}
metadata = [{"id": "/providers/Microsoft.Security/assessmentMetadata/" + KEY.upper(), "name": KEY, "type": "Microsoft.Security/assessmentMetadata", "displayName": "x", "severity": "High",
             "policyDefinitionId": "/providers/Microsoft.Authorization/policyDefinitions/A1840DE2-8088-4ea8-b153-b4c723e9cb01"}]
d = built({"assessments.json": [assessment()]}, {"assessments.json": [assessment()], "metadata.json": metadata})["diff"]
check("an assessment without metadata has the severity of its recommendation's metadata, on both sides although one exports it",
    [d["before"]["by_severity"], d["after"]["by_severity"], d["outcomes"]["unchanged"]] == [{"high": 1}, {"high": 1}, 1], d)
d = built({"assessments.json": [assessment(metadata={"severity": "Low"})], "metadata.json": metadata}, {"assessments.json": [assessment(key="x")], "metadata.json": metadata})["diff"]
check("what an assessment says itself stays, and one that no metadata knows is unknown", [d["before"]["by_severity"], d["after"]["by_severity"]] == [{"low": 1}, {"unknown": 1}], d)

# ---- owners

sarif = {"version": "2.1.0", "$schema": "https://json.schemastore.org/sarif-2.1.0.json", "runs": [{"tool": {"driver": {"name": "scan"}}, "results": [
    {"ruleId": "R1", "message": {"text": path}, "level": "error", "locations": [{"physicalLocation": {"artifactLocation": {"uri": path}}}]} for path in ("src/a.c", "docs/b.md", "made/c.c")]}]}
r = built({"a.sarif": sarif}, {"a.sarif": sarif}, side_files={"--owners": ("CODEOWNERS", "*  @org/all\n/docs/ @alice\n/made/\n")})
packet = subprocess.run(["tar", "--zstd", "-xOf", f"{room}/{made}/p.tar.zst", "dossier-packet/data/findings.csv"], capture_output=True, text=True).stdout
check("a CODEOWNERS file gives findings their owners, the last line that meets a path first", "@alice" in packet and "@org/all" in packet and packet.count("@org/all") == 2, packet)
check("a CODEOWNERS file is in the packet under its own name",
    b"data/options/CODEOWNERS" in subprocess.run(["tar", "--zstd", "-tf", f"{room}/{made}/p.tar.zst"], capture_output=True).stdout, None)
e = built({"a.sarif": sarif}, {"a.sarif": sarif}, status=(2,), side_files={"--owners": ("owners.txt", "* @a\n/docs/ bob\n")})
check("a line of CODEOWNERS that names nobody by a known spelling is an error with its place", "owners.txt:2:8: expected an owner" in e, e)

# ---- quantities

def pools(*sizes): return {"agentPoolProfiles": [{"name": f"p{i}", "vmSize": size, "count": count, "mode": "User"} for i, (size, count) in enumerate(sizes)]}
def finding(tool, cve, image="acr1.azurecr.io/app"): return {"id": f"{ACR}acr1/providers/Microsoft.Security/assessments/c0b7cfc6-3172-465a-b378-53c7ff2cc0d5/subAssessments/{cve}", "name": cve, "type": "Microsoft.Security/assessments/subAssessments",
    "idPropertiesId": cve, "displayName": cve, "timeGenerated": "2026-03-08T08:00:00Z", "status": {"code": "Unhealthy", "severity": "High"}, "resourceDetails": {"id": "/repositories/app/images/sha256:1", "source": "Azure"},
    "additionalData": {"assessedResourceType": "AzureContainerRegistryVulnerability", "artifactDetails": {"registryHost": image.split("/")[0], "repositoryName": image.split("/", 1)[1], "digest": "sha256:1"}, "softwareDetails": {"packageName": "p", "version": "1"},
                       "vulnerabilityDetails": {"cveId": cve, "severity": "High"}}}
trivy = {"SchemaVersion": 2, "ArtifactName": "acr1.azurecr.io/app:1", "ArtifactType": "container_image", "CreatedAt": "2026-03-08T08:00:00Z",
         "Results": [{"Target": "x", "Class": "os-pkgs", "Type": "debian", "Vulnerabilities": [{"VulnerabilityID": v, "PkgName": "p", "InstalledVersion": "1", "Severity": "HIGH"} for v in ("CVE-2024-1", "CVE-2024-9")]}]}
old = [plan("Standard", (), "KubernetesService"), plan("Standard", (), "Containers")]
clusters = [cluster("aks-1", **pools(("Standard_D4s_v5", 3), ("standard_e8-2S_v3", 2))), cluster("aks-2", powerState={"code": "Stopped"}, **pools(("Standard_DS3_v2", 5))),
            cluster("aks-3", **pools(("Standard_NC4as_T4_v3", 1))), cluster("aks-4", **pools(("Standard_Wonder", 1)))]
node_pool = {"id": AKS + "aks-3/agentPools/p0", "name": "p0", "type": "Microsoft.ContainerService/managedClusters/agentPools", "vmSize": "Standard_D8s_v3", "count": 2, "mode": "User", "orchestratorVersion": "1.31"}
after = {"pricing.json": {"value": old}, "aks.json": clusters, "aks-nodepool-list-aks-3.json": [node_pool], "acr.json": registry(), "acr-repository-list-acr1.json": ["app", "base", "tools/x"], "arc.json": [arc(totalCoreCount=12), arc("edge-2", totalCoreCount=8, connectivityStatus="Offline")],
         "sub.json": [finding("d", "CVE-2024-1"), finding("d", "CVE-2024-2")], "trivy.json": trivy, "account.json": account()}
r = built({"pricing.json": {"value": [plan("Free")]}, "aks.json": clusters[:1], "account.json": account()}, after)
one = r["estate"]["subscriptions"][0]
q = one["after"]
check("vCores are node counts times what the sizes' names say, a pool's own export before the profile in the cluster's, and an unreadable size makes a lower bound",
    [q["clusters"], q["running"], q["vcores"], q["unsized"]] == [4, 3, 12 + 4 + 20 + 16, 1], q)
check("under the plan are running clusters and Arc-connected ones that are not offline, before the plan none", [q["plan_clusters"], q["plan_vcores"], one["before"]["plan_clusters"]] == [6, 32 + 12, 0], q)
check("a deprecated plan that is on beside Containers is said", q["overlapping_plans"] == ["KubernetesService"] and one["before"]["overlapping_plans"] == [], q)
check("repositories without a result on either side are counted, named and warned about", [q["repositories"], q["scanned"]] == [3, 1] and r["estate"]["unscanned"][0]["first"] == "base, tools/x"
    and any(w["code"] == "never_scanned" and w["gap"] == "scope" and "sub-assessment list" in w["command"] for w in r["warnings"]), r["warnings"])
check("two scanners of one image are named with the vulnerabilities that both report", r["estate"]["scanner_overlaps"] == [{"tools": "Microsoft Defender for Cloud, Trivy", "images": 1, "vulnerabilities": 1}], r["estate"]["scanner_overlaps"])

# ---- roles and permissions

def role(who, name, scope=SCOPE): return {"id": f"{scope}/providers/Microsoft.Authorization/roleAssignments/{who}{name}".replace(" ", ""), "name": "x", "type": "Microsoft.Authorization/roleAssignments",
                                          "principalName": who, "principalId": who, "roleDefinitionName": name, "roleDefinitionId": "x", "scope": scope}
r = built({"account.json": account(), "role-assignments-sub-a.json": [role("reader@contoso.example", "Reader"), role("old.owner@contoso.example", "Owner")]},
          {"account.json": account(), "role-assignments-sub-a.json": [role("reader@contoso.example", "AcrPush"), role("new@contoso.example", "Azure Kubernetes Service RBAC Cluster Admin")]})
check("roles that administer clusters or push images are listed as added and removed, others are not",
    sorted((g["principal"], g["outcome"]) for g in r["estate"]["roles"]) == [("new@contoso.example", "added"), ("old.owner@contoso.example", "removed"), ("reader@contoso.example", "added")], r["estate"]["roles"])
hidden = [(w["side"], w["gap"]) for w in r["warnings"] if w["code"] == "role_cannot_see"]
check("an operator whose exported roles do not read the subscription is a permission gap, on that side alone", hidden == [("after", "permission")], r["warnings"])

# ---- time

change = {"id": "CHG-1", "owner": "platform", "window": {"start": "2026-03-02T00:00:00Z", "end": "2026-03-08T00:00:00Z"}}
r = built({"a.json": [assessment(status={"code": "Healthy", "statusChangeDate": "2026-03-01T00:00:00Z"})]}, {"a.json": [assessment(status={"code": "Healthy", "statusChangeDate": "2026-03-08T08:00:00Z"})], "t.json": trivy},
          as_of="2026-03-20", side_files={"--change": ("change.json", change)})
codes = {w["code"]: (w["gap"], w["owner"]) for w in r["warnings"]}
check("recommendations captured within a day of the window's end and scans older than a week are stale, and such gaps are the change owner's", codes.get("refreshed_early") == codes.get("old_scan") == ("stale", "platform"), r["warnings"])

# ---- identities

r = built({"aks.json": cluster(kubernetesVersion="1"), "a.json": [assessment()]}, {"aks.json": {**cluster(kubernetesVersion="1"), "id": (AKS + "aks-1").upper()}, "a.json": [assessment(subject=(AKS + "aks-1").lower())]})
check("ids that differ only in case are one resource: nothing was added, fixed or found anew", [r["diff"]["outcomes"]["unchanged"], r["diff"]["facts"]["added"], r["diff"]["facts"]["removed"]] == [1, 0, 0], r["diff"])
moved = AKS.replace("rg-app", "rg-new") + "aks-1"
r = built({"aks.json": [cluster()], "a.json": [assessment()]}, {"aks.json": [{**cluster(), "id": moved}], "a.json": [assessment(subject=moved)]})
check("a cluster in a renamed resource group is another resource: what it had is gone, what it has is new", [r["diff"]["outcomes"]["fixed"], r["diff"]["outcomes"]["new"], r["diff"]["outcomes"]["unchanged"]] == [1, 1, 0], r["diff"])
r = built({"aks.json": [cluster(createdAt="2026-01-01T00:00:00Z", nodeResourceGroup="MC_1")], "a.json": [assessment()]}, {"aks.json": [cluster(createdAt="2026-03-05T00:00:00Z", nodeResourceGroup="MC_2")], "a.json": [assessment(code="Healthy")]})
check("a cluster created anew under the same name is the same resource, whose facts say so", r["diff"]["outcomes"]["fixed_verified"] == 1 and {f["fact"] for f in r["facts"]} >= {"nodeResourceGroup"}, r["facts"])
early = [assessment(status={"code": "Unhealthy", "statusChangeDate": "2026-03-05T00:00:00Z"})]
late = [assessment(status={"code": "Healthy", "statusChangeDate": "2026-03-08T00:00:00Z"})]
r = built({"a.json": early}, {"1.json": early, "2.json": late})
check("of two captures of one subscription the later one counts, and the other is said to be superseded",
    r["diff"]["outcomes"]["fixed_verified"] == 1 and any(w["code"] == "superseded_capture" for w in r["warnings"]), [r["diff"], r["warnings"]])

# ---- one subject

def traced(name):
    run = subprocess.run([dossier, "trace", "--json", "--subject", name, f"{room}/{made}/p.tar.zst"], capture_output=True)
    return json.loads(run.stdout) if run.returncode == 0 else run.stderr.decode()
r = built({"aks.json": [cluster(tags={"owner": "team-1"}), cluster("aks-2")], "a.json": [assessment(), assessment(AKS + "aks-2")], "acr.json": registry(), "account.json": account()},
          {"aks.json": [cluster(tags={"owner": "team-1"}, enableRbac=False), cluster("aks-2")], "a.json": [assessment(code="Healthy"), assessment(AKS + "aks-2")], "acr.json": registry(), "sub.json": [finding("d", "CVE-2024-1")],
           "account.json": account()}, side_files={"--change": ("change.json", change)})
s = traced("AKS-1")
check("one page on a cluster says its owner, what changed and what proves it, and nothing of its neighbour", [s["owner"], [f["fact"] for f in s["facts"]], s["outcomes"]["fixed_verified"], len(s["findings"])] == ["team-1", ["enableRbac"], 1, 1]
    and all(c["subject"].endswith("aks-1") for c in s["checks"]), s)
e = s["facts"][0]["evidence"]
record = subprocess.run(["tar", "--zstd", "-xOf", f"{room}/{made}/p.tar.zst", "dossier-CHG-1/" + e["path"]], capture_output=True).stdout[e["offset"]:e["offset"] + e["length"]]
check("a fact's place leads to the bytes that carry it", json.loads(record)["enableRbac"] is False, record.decode())
check("one page on a subscription, by its name, holds its resources and the images of its registries", {"acr1.azurecr.io/app", AKS + "aks-2"} <= {f["subject"] for f in traced("sub-a")["findings"]}, traced("sub-a"))
check("one page on an image holds its findings", [f["rule"] for f in traced("acr1.azurecr.io/app")["findings"]] == ["CVE-2024-1"], traced("acr1.azurecr.io/app"))
check("a name that nothing has is an error that says so", "no fact and no finding speaks of" in traced("aks-9"), traced("aks-9"))

end_of_test()
PYTHON
