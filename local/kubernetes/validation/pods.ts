/** Rules for pod templates: k8s.io/kubernetes, pkg/apis/core/validation, as far as pods here use the fields. */
import { parseQuantity, exceeds } from "../quantity";
import type { Container, PodSpec, Probe, ResourceRequirements } from "../types";
import { entries, isPresent, isUnknown, type Issues } from "./issues";
import * as syntax from "./syntax";

export function validatePodSpec(path: string, spec: PodSpec, issues: Issues): void {
  if (isUnknown(spec)) return;
  const containers = entries(`${path}.containers`, spec.containers);
  const initContainers = entries(`${path}.initContainers`, spec.initContainers);
  if (containers.length === 0 && !isUnknown(spec.containers)) {
    issues.add(`${path}.containers`, "Required value");
  }
  const volumes = new Set(entries("", spec.volumes).map(([, volume]) => volume.name));
  const names = new Set<string>();
  for (const [at, container] of [...initContainers, ...containers]) {
    if (names.has(container.name)) issues.add(`${at}.name`, `Duplicate value: "${container.name}"`);
    names.add(container.name);
    validateContainer(at, container, volumes, issues);
  }
  for (const [at, container] of initContainers) {
    if (container.readinessProbe !== undefined) {
      issues.add(
        `${at}.readinessProbe`,
        "Forbidden: may not be set for init containers without restartPolicy=Always",
      );
    }
  }
  for (const [at, volume] of entries(`${path}.volumes`, spec.volumes)) {
    issues.text(`${at}.name`, volume.name, syntax.dnsLabel);
  }
  for (const [at, toleration] of entries(`${path}.tolerations`, spec.tolerations)) {
    issues.text(`${at}.operator`, toleration.operator, syntax.oneOf("Exists", "Equal", "Lt", "Gt"));
    issues.text(
      `${at}.effect`,
      toleration.effect,
      syntax.oneOf("NoSchedule", "PreferNoSchedule", "NoExecute"),
    );
  }
  issues.map(`${path}.nodeSelector`, spec.nodeSelector, {
    key: syntax.qualifiedName,
    value: syntax.labelValue,
  });
  issues.text(`${path}.serviceAccountName`, spec.serviceAccountName, syntax.dnsSubdomain);
  issues.atLeast(`${path}.terminationGracePeriodSeconds`, spec.terminationGracePeriodSeconds, 0);
}

function validateContainer(path: string, container: Container, volumes: Set<string>, issues: Issues): void {
  issues.text(`${path}.name`, container.name, syntax.dnsLabel);
  if (container.image === undefined || container.image.trim() === "") {
    issues.add(`${path}.image`, "Required value");
  }
  const ports = new Set<string>();
  for (const [at, port] of entries(`${path}.ports`, container.ports)) {
    issues.problem(`${at}.containerPort`, syntax.portNumber(port.containerPort));
    issues.text(`${at}.name`, port.name, syntax.portName);
    issues.text(`${at}.protocol`, port.protocol, syntax.oneOf("TCP", "UDP", "SCTP"));
    if (port.name === undefined) continue;
    if (ports.has(port.name)) issues.add(`${at}.name`, `Duplicate value: "${port.name}"`);
    ports.add(port.name);
  }
  for (const [at, variable] of entries(`${path}.env`, container.env)) {
    issues.text(`${at}.name`, variable.name, syntax.envName);
    if (isPresent(variable.valueFrom) && isPresent(variable.value) && variable.value !== "") {
      issues.add(`${at}.valueFrom`, "Invalid value: may not be specified when `value` is not empty");
    }
  }
  for (const [at, mount] of entries(`${path}.volumeMounts`, container.volumeMounts)) {
    if (!isUnknown(mount.name) && !volumes.has(mount.name)) {
      issues.add(`${at}.name`, `Not found: "${mount.name}"`);
    }
  }
  validateResources(`${path}.resources`, container.resources, issues);
  validateProbe(`${path}.startupProbe`, container.startupProbe, true, issues);
  validateProbe(`${path}.livenessProbe`, container.livenessProbe, true, issues);
  validateProbe(`${path}.readinessProbe`, container.readinessProbe, false, issues);
  validatePrivileges(`${path}.securityContext`, container, issues);
}

function validatePrivileges(path: string, container: Container, issues: Issues): void {
  const context = container.securityContext;
  if (!isPresent(context)) return;
  issues.atLeast(`${path}.runAsUser`, context.runAsUser, 0);
  if (context.allowPrivilegeEscalation === false && context.privileged === true) {
    issues.add(
      path,
      "Invalid value: cannot set `allowPrivilegeEscalation` to false and `privileged` to true",
    );
  }
}

export function validateResources(
  path: string,
  resources: ResourceRequirements | undefined,
  issues: Issues,
): void {
  if (!isPresent(resources)) return;
  issues.map(`${path}.limits`, resources.limits, { key: syntax.qualifiedName, value: syntax.quantityText });
  issues.map(`${path}.requests`, resources.requests, {
    key: syntax.qualifiedName,
    value: syntax.quantityText,
  });
  for (const [resource, request] of Object.entries(resources.requests ?? {})) {
    const limit = resources.limits?.[resource];
    if (limit === undefined) continue;
    const [asked, most] = [parseQuantity(request), parseQuantity(limit)];
    if (asked !== undefined && most !== undefined && exceeds(asked, most)) {
      issues.add(
        `${path}.requests`,
        `Invalid value: "${request}": must be less than or equal to ${resource} limit of ${limit}`,
      );
    }
  }
}

function validateProbe(path: string, probe: Probe | undefined, once: boolean, issues: Issues): void {
  if (!isPresent(probe)) return;
  const handlers = [probe.httpGet, probe.tcpSocket, probe.exec, probe.grpc].filter(isPresent);
  if (handlers.length === 0) issues.add(path, "Required value: must specify a handler type");
  if (handlers.length > 1) issues.add(path, "Forbidden: may not specify more than 1 handler type");
  issues.problem(`${path}.httpGet.port`, syntax.portNumber(probe.httpGet?.port));
  issues.problem(`${path}.tcpSocket.port`, syntax.portNumber(probe.tcpSocket?.port));
  issues.atLeast(`${path}.initialDelaySeconds`, probe.initialDelaySeconds, 0);
  issues.atLeast(`${path}.timeoutSeconds`, probe.timeoutSeconds, 1);
  issues.atLeast(`${path}.periodSeconds`, probe.periodSeconds, 1);
  issues.atLeast(`${path}.successThreshold`, probe.successThreshold, 1);
  issues.atLeast(`${path}.failureThreshold`, probe.failureThreshold, 1);
  if (once && (probe.successThreshold ?? 1) !== 1 && !isUnknown(probe.successThreshold)) {
    issues.add(`${path}.successThreshold`, `Invalid value: ${String(probe.successThreshold)}: must be 1`);
  }
}
