/** Rules for containers (pkg/apis/core/validation: validateContainers, validateInitContainers, validateContainerCommon). */
import type { Field } from "../field";
import { dnsLabel, portName } from "../syntax";
import { validateEnvironment, validateEnvironmentSources } from "./environment";
import { validateLifecycle, validateProbe } from "./handlers";
import { validateDevices, validateMounts } from "./mounts";
import { validateResources } from "./resources";
import { validateContainerSecurity } from "./security";

/** What a container is judged together with. */
export interface Pod {
  readonly spec: Field;
  /** Volumes without a fault, by name. */
  readonly volumes: ReadonlySet<string>;
  readonly graceSeconds: number | undefined;
}

export const PROTOCOLS = ["SCTP", "TCP", "UDP"];
const RESTARTS_ONLY = "may not be set for init containers without restartPolicy=Always";
const PROBES = ["livenessProbe", "readinessProbe", "startupProbe"] as const;

export function validateContainers(containers: Field, pod: Pod): void {
  if (containers.isEmpty) containers.required();
  const names = new Set<string>();
  for (const container of containers.items) {
    validateCommon(container, pod);
    const name = container.child("name");
    if (names.has(name.text)) name.duplicate(name.text);
    names.add(name.text);
    validateRunning(container, pod);
    validateRestart(container);
  }
  validateUniqueHostPorts(containers.items);
}

export function validateInitContainers(containers: Field, pod: Pod): void {
  const regular = pod.spec.child("containers").items.map((container) => container.child("name").text);
  const names = new Set(regular);
  for (const container of containers.items) {
    validateCommon(container, pod);
    validateRestart(container);
    noteName(container, names);
    validateUniqueHostPorts([container]);
    if (container.child("restartPolicy").text === "Always") {
      validateRunning(container, pod);
      continue;
    }
    for (const name of ["lifecycle", ...PROBES]) {
      const field = container.child(name);
      if (field.isSet) field.forbidden(RESTARTS_ONLY);
    }
  }
}

/** They are not allowed in a template at all, and judged all the same. */
export function validateEphemeralContainers(containers: Field, pod: Pod): void {
  const others = ["containers", "initContainers"].flatMap((list) => pod.spec.child(list).items);
  const names = new Set(others.map((container) => container.child("name").text));
  for (const container of containers.items) {
    validateCommon(container, pod);
    noteName(container, names);
    for (const name of ["ports", "resources", "lifecycle", ...PROBES]) {
      const field = container.child(name);
      if (field.isSet && !field.isEmpty) field.forbidden("cannot be set for an Ephemeral Container");
    }
  }
}

function noteName(container: Field, names: Set<string>): void {
  const name = container.child("name");
  if (names.has(name.text) && name.text !== "") name.duplicate();
  names.add(name.text);
}

function validateCommon(container: Field, pod: Pod): void {
  const [name, image] = [container.child("name"), container.child("image")];
  if (name.text === "") name.required();
  else name.follows(dnsLabel);
  if (image.text === "") image.required();
  container.child("terminationMessagePolicy").oneOf(["File", "FallbackToLogsOnError"]);
  validatePorts(container.child("ports"));
  validateEnvironment(container.child("env"));
  validateEnvironmentSources(container.child("envFrom"));
  validateMounts(container, pod);
  validateDevices(container, pod);
  container.child("imagePullPolicy").oneOf(["Always", "IfNotPresent", "Never"]);
  validateResources(container.child("resources"), pod.spec);
  validateContainerSecurity(container.child("securityContext"), pod.spec);
}

function validatePorts(ports: Field): void {
  const names = new Set<string>();
  for (const port of ports.items) {
    const [name, own, host] = [port.child("name"), port.child("containerPort"), port.child("hostPort")];
    if (name.text !== "") {
      name.follows(portName);
      if (portName(name.text).length === 0 && names.has(name.text)) name.duplicate();
      names.add(name.text);
    }
    if (!own.isSet || own.number === 0) own.required();
    else own.within(1, 65535);
    if (host.number !== 0) host.within(1, 65535);
    port.child("protocol").oneOf(PROTOCOLS);
  }
}

/** Of containers that run together. */
function validateUniqueHostPorts(containers: readonly Field[]): void {
  const taken = new Set<string>();
  for (const port of containers.flatMap((container) => container.child("ports").items)) {
    const host = port.child("hostPort");
    if ((host.number ?? 0) === 0) continue;
    const place = `${port.child("protocol").text}/${port.child("hostIP").text}/${host.number ?? 0}`;
    if (taken.has(place)) host.duplicate(place);
    taken.add(place);
  }
}

/** What goes on in containers that do not end by themselves. */
function validateRunning(container: Field, pod: Pod): void {
  validateLifecycle(container.child("lifecycle"), pod);
  for (const name of PROBES) validateProbe(container.child(name), name, pod);
}

function validateRestart(container: Field): void {
  const policy = container.child("restartPolicy");
  if (policy.isSet) policy.oneOf(["Always", "Never", "OnFailure"]);
  const rules = container.child("restartPolicyRules");
  if (!policy.isSet && !rules.isEmpty)
    policy.required("must specify restartPolicy when restart rules are used");
}
