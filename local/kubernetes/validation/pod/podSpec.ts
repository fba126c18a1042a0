/** Rules for pod templates (k8s.io/kubernetes v1.35.4, pkg/apis/core/validation: ValidatePodTemplateSpec, ValidatePodSpec). */
import type { Field } from "../field";
import { validateAnnotations, validateLabels } from "../metadata";
import { dnsLabel, dnsSubdomain, qualifiedName } from "../syntax";
import { validateAffinity } from "./affinity";
import { validateContainers, validateEphemeralContainers, validateInitContainers } from "./containers";
import { validateDns, validateHostAliases } from "./dns";
import { validatePodResources } from "./podResources";
import { validatePodSecurity } from "./security";
import { validateSpread } from "./spread";
import { validateTolerations } from "./tolerations";
import { validateVolumes } from "./volumes";

const MOST_SECONDS = 2 ** 31 - 1;

export function validatePodTemplate(template: Field): void {
  validateLabels(template.child("metadata", "labels").as(`${template.path}.labels`));
  validateAnnotations(template.child("metadata", "annotations").as(`${template.path}.annotations`));
  const spec = template.child("spec");
  if (spec.isUnknown) return;
  validatePodSpec(spec);
  const ephemeral = spec.child("ephemeralContainers");
  if (!ephemeral.isEmpty) ephemeral.forbidden("ephemeral containers not allowed in pod template");
}

function validatePodSpec(spec: Field): void {
  const volumes = validateVolumes(spec.child("volumes"));
  const pod = { spec, volumes, graceSeconds: spec.child("terminationGracePeriodSeconds").number };
  validateResourceClaims(spec.child("resourceClaims"));
  validateContainers(spec.child("containers"), pod);
  validateInitContainers(spec.child("initContainers"), pod);
  validateEphemeralContainers(spec.child("ephemeralContainers"), pod);
  validatePodResources(spec);
  validateHostPorts(spec);
  spec.child("restartPolicy").oneOf(["Always", "OnFailure", "Never"]);
  spec.child("dnsPolicy").oneOf(["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"]);
  validateLabels(spec.child("nodeSelector"));
  validatePodSecurity(spec);
  validateAffinity(spec.child("affinity"));
  validateDns(spec);
  for (const gate of spec.child("readinessGates").items) gate.child("conditionType").follows(qualifiedName);
  validateSchedulingGates(spec.child("schedulingGates"));
  validateSpread(spec.child("topologySpreadConstraints"));
  validateHostUsers(spec);
  validateNames(spec);
  spec.child("activeDeadlineSeconds").within(1, MOST_SECONDS);
  validateTolerations(spec.child("tolerations"));
  validateHostAliases(spec.child("hostAliases"));
  const preemption = spec.child("preemptionPolicy");
  if (preemption.isSet) preemption.oneOf(["PreemptLowerPriority", "Never"]);
  const os = spec.child("os", "name");
  if (spec.child("os").isSet) {
    if (os.text === "") os.required();
    else os.oneOf(["linux", "windows"]);
  }
}

function validateNames(spec: Field): void {
  const rules = [
    ["serviceAccountName", dnsSubdomain],
    ["nodeName", dnsSubdomain],
    ["hostname", dnsLabel],
    ["subdomain", dnsLabel],
    ["priorityClassName", dnsSubdomain],
  ] as const;
  for (const [name, rule] of rules) {
    const field = spec.child(name);
    if (field.text !== "") field.follows(rule);
  }
  const runtimeClass = spec.child("runtimeClassName");
  if (runtimeClass.isSet) runtimeClass.follows(dnsSubdomain);
}

function validateSchedulingGates(gates: Field): void {
  const seen = new Set<string>();
  for (const gate of gates.items) {
    const name = gate.child("name").as(gate.path);
    name.follows(qualifiedName);
    if (seen.has(name.text)) name.duplicate();
    seen.add(name.text);
  }
}

function validateResourceClaims(claims: Field): void {
  const seen = new Set<string>();
  for (const claim of claims.items) {
    const name = claim.child("name");
    if (name.text === "") name.required();
    else if (seen.has(name.text)) name.duplicate();
    else name.follows(dnsLabel);
    seen.add(name.text);
  }
}

/** Pods of the host's network listen there: another port of the host would be a lie. */
function validateHostPorts(spec: Field): void {
  if (!spec.child("hostNetwork").isTrue) return;
  for (const container of spec.child("containers").items) {
    for (const port of container.child("ports").items) {
      const [host, own] = [port.child("hostPort"), port.child("containerPort")];
      if ((host.number ?? 0) !== 0 && host.number !== own.number)
        host.invalid("must match `containerPort` when `hostNetwork` is true");
    }
  }
}

function validateHostUsers(spec: Field): void {
  if (spec.child("hostUsers").value !== false) return;
  const shared = [
    ["hostNetwork", "hostNetwork"],
    ["hostPID", "HostPID"],
    ["hostIPC", "HostIPC"],
  ] as const;
  for (const [field, reported] of shared) {
    if (spec.child(field).isTrue) spec.child(reported).forbidden("when `hostUsers` is false");
  }
}
