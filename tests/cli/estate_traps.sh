#!/bin/sh
# Small Azure estates, each with one trap: what `build` must say of it.
exec python3 - <<'PYTHON'
import json, os, subprocess

dossier, room = os.environ["DOSSIER"], os.environ["TMPDIR"] + "/traps"
SUB, TENANT = "11111111-1111-4111-8111-111111111111", "99999999-9999-4999-8999-999999999999"
SCOPE = "/subscriptions/" + SUB
GROUP = SCOPE + "/resourceGroups/rg-app/providers/"
AKS = GROUP + "Microsoft.ContainerService/managedClusters/"
ACR = GROUP + "Microsoft.ContainerRegistry/registries/"
ARC = GROUP + "Microsoft.Kubernetes/connectedClusters/"
failed, made = False, 0


def say(sentence, good, got=None):
    global failed
    print(f"{'ok' if good else 'not ok'} - {sentence}")
    if not good: print("    got " + json.dumps(got))
    failed |= not good


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
say("a plan that is Standard with one extension off passes as a plan and fails for that extension alone",
    [c["azure.plan.containers", SUB], c["azure.plan.registry-scan", SUB], c["azure.plan.agentless-discovery", SUB]] == [("fail", "pass"), ("not_assessed", "pass"), ("not_assessed", "fail")], str(c))
c = checks(built({"pricing.json": {"value": [plan("Standard", off)]}}, {"pricing.json": {"value": [plan("Free")]}}))
say("extensions of a plan that is off are not judged", c["azure.plan.registry-scan", SUB] == ("pass", "not_assessed"), str(c))

c = checks(built({"arc.json": [arc(managedIdentityCertificateExpirationTime="2026-03-20T00:00:00Z"), arc("edge-2", managedIdentityCertificateExpirationTime=None)]},
                 {"arc.json": [arc(managedIdentityCertificateExpirationTime="2026-04-08T00:00:00Z"), arc("edge-2", managedIdentityCertificateExpirationTime=None)]}))
say("an agent's certificate that ends within 30 days fails, one that ends 30 days later passes", c.get(("azure.arc.certificate-valid", "edge-1")) == ("fail", "pass"), str(c))
say("a certificate whose end is not exported has no row", ("azure.arc.certificate-valid", "edge-2") not in c, str(c))

def extension(name, state, **more): return {"id": ARC + "edge-1/providers/Microsoft.KubernetesConfiguration/extensions/" + name, "name": name, "type": "Microsoft.KubernetesConfiguration/extensions",
                                            "extensionType": "microsoft." + name, "releaseTrain": "stable", "provisioningState": state, **more}
c = checks(built({"arc.json": [arc()], "k8s-extension-edge-1.json": [extension("flux", "Succeeded"), extension("azuredefender.kubernetes", "Failed")]},
                 {"arc.json": [arc()], "k8s-extension-edge-1.json": [extension("flux", "Succeeded"), extension("azuredefender.kubernetes", "Succeeded")]}))
say("one extension that failed makes the cluster's extensions unhealthy", c["azure.arc.extension-health", "edge-1"] == ("fail", "pass"), str(c))

def setting(category, **more): return {"id": AKS + "aks-1/providers/microsoft.insights/diagnosticSettings/audit", "name": "audit", "type": "Microsoft.Insights/diagnosticSettings",
                                       "logs": [{"category": category, "enabled": True}, {"category": "kube-scheduler", "enabled": True}], **more}
c = checks(built({"aks.json": cluster(), "diagnostic-settings-aks-1.json": [setting("kube-apiserver", workspaceId="/subscriptions/x/w")]},
                 {"aks.json": cluster(), "diagnostic-settings-aks-1.json": [setting("kube-audit-admin", workspaceId="/subscriptions/x/w")]}))
say("audit logs are collected when kube-audit or kube-audit-admin goes to a destination, not when another log does", c["azure.aks.audit-logs", "aks-1"] == ("fail", "pass"), str(c))
c = checks(built({"aks.json": cluster(aadProfile=None)}, {"aks.json": cluster(aadProfile={"managed": True}, disableLocalAccounts=True, powerState={"code": "Stopped"})}))
say("Entra integration and local accounts are read from a cluster, and a stopped one is not running",
    [c["azure.aks.entra-integration", "aks-1"], c["azure.aks.local-accounts-disabled", "aks-1"], c["azure.aks.running", "aks-1"]] == [("fail", "pass"), ("fail", "pass"), ("not_assessed", "fail")], str(c))
c = checks(built({"acr.json": registry(anonymousPullEnabled=True)}, {"acr.json": registry(anonymousPullEnabled=False, networkRuleSet={"defaultAction": "Deny"})}))
say("anonymous pull and open networks of a registry fail until they are closed", [c["azure.acr.anonymous-pull-disabled", "acr1"], c["azure.acr.network-restricted", "acr1"]] == [("fail", "pass")] * 2, str(c))

# ---- severities from the metadata

KEY = "56a83a6e-c417-42ec-b567-1e6fcb3d09a9"
def assessment(subject=AKS + "aks-1", key=KEY, code="Unhealthy", **more): return {"id": f"{subject}/providers/Microsoft.Security/assessments/{key}", "name": key, "type": "Microsoft.Security/assessments",
                                              "resourceDetails": {"id": subject, "source": "Azure"}, "status": {"code": code}, "displayName": "Defender profile", **more}
metadata = [{"id": "/providers/Microsoft.Security/assessmentMetadata/" + KEY.upper(), "name": KEY, "type": "Microsoft.Security/assessmentMetadata", "displayName": "x", "severity": "High",
             "policyDefinitionId": "/providers/Microsoft.Authorization/policyDefinitions/A1840DE2-8088-4ea8-b153-b4c723e9cb01"}]
d = built({"assessments.json": [assessment()]}, {"assessments.json": [assessment()], "metadata.json": metadata})["diff"]
say("an assessment without metadata has the severity of its recommendation's metadata, on both sides although one exports it",
    [d["before"]["by_severity"], d["after"]["by_severity"], d["outcomes"]["unchanged"]] == [{"high": 1}, {"high": 1}, 1], d)
d = built({"assessments.json": [assessment(metadata={"severity": "Low"})], "metadata.json": metadata}, {"assessments.json": [assessment(key="x")], "metadata.json": metadata})["diff"]
say("what an assessment says itself stays, and one that no metadata knows is unknown", [d["before"]["by_severity"], d["after"]["by_severity"]] == [{"low": 1}, {"unknown": 1}], d)

# ---- owners

sarif = {"version": "2.1.0", "$schema": "https://json.schemastore.org/sarif-2.1.0.json", "runs": [{"tool": {"driver": {"name": "scan"}}, "results": [
    {"ruleId": "R1", "message": {"text": path}, "level": "error", "locations": [{"physicalLocation": {"artifactLocation": {"uri": path}}}]} for path in ("src/a.c", "docs/b.md", "made/c.c")]}]}
r = built({"a.sarif": sarif}, {"a.sarif": sarif}, side_files={"--owners": ("CODEOWNERS", "*  @org/all\n/docs/ @alice\n/made/\n")})
packet = subprocess.run(["tar", "--zstd", "-xOf", f"{room}/{made}/p.tar.zst", "dossier-packet/data/findings.csv"], capture_output=True, text=True).stdout
say("a CODEOWNERS file gives findings their owners, the last line that meets a path first", "@alice" in packet and "@org/all" in packet and packet.count("@org/all") == 2, packet)
say("a CODEOWNERS file is in the packet under its own name",
    b"data/options/CODEOWNERS" in subprocess.run(["tar", "--zstd", "-tf", f"{room}/{made}/p.tar.zst"], capture_output=True).stdout, None)
e = built({"a.sarif": sarif}, {"a.sarif": sarif}, status=(2,), side_files={"--owners": ("owners.txt", "* @a\n/docs/ bob\n")})
say("a line of CODEOWNERS that names nobody by a known spelling is an error with its place", "owners.txt:2:8: expected an owner" in e, e)

raise SystemExit(failed)
PYTHON
