/** Rules for environment variables (pkg/apis/core/validation: ValidateEnv, ValidateEnvFrom). */
import type { Field } from "../field";
import { configKey, dnsSubdomain, envName, qualifiedName, quantityOf } from "../syntax";

const POD_FIELDS = [
  ...["metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName"],
  ...["status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs"],
];
const VOLUME_FIELDS = [
  ...["metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid"],
];
/** Fields of a pod that have a name to be asked by at all (pkg/apis/core/pods: ConvertDownwardAPIFieldLabel). */
const CONVERTIBLE: ReadonlySet<string> = new Set([
  ...POD_FIELDS,
  ...VOLUME_FIELDS,
  ...[
    "spec.restartPolicy",
    "spec.schedulerName",
    "spec.hostNetwork",
    "status.phase",
    "status.nominatedNodeName",
  ],
]);
const RESOURCES = [
  ...["limits.cpu", "limits.ephemeral-storage", "limits.memory"],
  ...["requests.cpu", "requests.ephemeral-storage", "requests.memory"],
];
const SOURCES = ["fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef"];
const DIVISORS: ReadonlySet<string> = new Set([
  "1",
  "1k",
  "1M",
  "1G",
  "1T",
  "1P",
  "1E",
  "1Ki",
  "1Mi",
  "1Gi",
  "1Ti",
  "1Pi",
  "1Ei",
]);

export function validateEnvironment(variables: Field): void {
  for (const variable of variables.items) {
    const name = variable.child("name");
    if (name.text === "") name.required();
    else name.follows(envName);
    const source = variable.child("valueFrom");
    if (source.isSet && !source.isUnknown) validateSource(source, variable.child("value"));
  }
}

function validateSource(source: Field, value: Field): void {
  const given = SOURCES.filter((name) => source.child(name).isSet);
  if (source.child("fieldRef").isSet) validateFieldReference(source.child("fieldRef"), POD_FIELDS);
  if (source.child("resourceFieldRef").isSet)
    validateResourceReference(source.child("resourceFieldRef"), false);
  for (const name of ["configMapKeyRef", "secretKeyRef"]) {
    if (source.child(name).isSet) validateKeyReference(source.child(name));
  }
  if (given.length === 0) {
    source.invalid(
      "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`",
      "",
    );
  } else if (value.text !== "") source.invalid("may not be specified when `value` is not empty", "");
  else if (given.length > 1) source.invalid("may not have more than one field specified at a time", "");
}

/** @param volume whether it is a file of a volume, which has other fields */
export function validateFieldReference(reference: Field, allowed: readonly string[]): void {
  const place = reference.child("fieldPath");
  if (place.text === "") {
    place.required();
    return;
  }
  const [, path = place.text, key] = /^(metadata\.(?:annotations|labels))\['(.*)'\]$/.exec(place.text) ?? [];
  if (!CONVERTIBLE.has(path) || path.includes("[")) {
    place.invalid(`error converting fieldPath: field label not supported: ${place.text}`);
  } else if (key !== undefined) {
    const name = path === "metadata.annotations" ? key.toLowerCase() : key;
    for (const message of qualifiedName(name)) reference.invalid(message, name);
  } else if (!allowed.includes(path)) place.unsupported(allowed);
}

export const VOLUME_FIELD_PATHS: readonly string[] = VOLUME_FIELDS;

export function validateResourceReference(reference: Field, isVolume: boolean): void {
  const [container, resource] = [reference.child("containerName"), reference.child("resource")];
  const isHugePages = /^(requests|limits)\.hugepages-/.test(resource.text);
  if (isVolume && container.text === "") container.required();
  else if (resource.text === "") resource.required();
  else if (!RESOURCES.includes(resource.text) && !isHugePages) resource.unsupported(RESOURCES);
  const divisor = reference.child("divisor");
  const isKnown = RESOURCES.includes(resource.text) || isHugePages;
  if (!isKnown || divisor.text === "" || quantityOf(divisor.text) === 0) return;
  const isCpu = resource.text.endsWith(".cpu");
  const isAllowed = isCpu ? ["1", "1m"].includes(divisor.text) : DIVISORS.has(divisor.text);
  if (isAllowed) return;
  const what = isCpu
    ? "1m and 1 are supported with the cpu resource"
    : `${[...DIVISORS].join(", ")} are supported with the memory resource`;
  divisor.invalid(`only divisor's values ${what}`, resource.text);
}

function validateKeyReference(reference: Field): void {
  const [name, key] = [reference.child("name"), reference.child("key")];
  name.follows(dnsSubdomain);
  if (key.text === "") key.required();
  else key.follows(configKey);
}

export function validateEnvironmentSources(sources: Field): void {
  for (const source of sources.items) {
    const prefix = source.child("prefix");
    if (prefix.text !== "") prefix.follows(envName);
    const given = ["configMapRef", "secretRef"]
      .map((name) => source.child(name))
      .filter(({ isSet }) => isSet);
    for (const reference of given) {
      const name = reference.child("name");
      if (name.text === "") name.required();
      else name.follows((text) => dnsSubdomain(text.replace(/-$/, "a")));
    }
    const [all] = [source.as(sources.path)];
    if (given.length === 0) all.invalid("must specify one of: `configMapRef` or `secretRef`", "");
    else if (given.length > 1) all.invalid("may not have more than one field specified at a time", "");
  }
}
