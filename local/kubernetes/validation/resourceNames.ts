/** Names of resources, and what each may be used for (k8s.io/kubernetes v1.35.4, pkg/apis/core/helper/helpers.go). */
import type { Field } from "./field";
import { qualifiedName, quantityOf } from "./syntax";

const COMPUTE = ["cpu", "memory", "ephemeral-storage"];
const OBJECTS: ReadonlySet<string> = new Set([
  ...["configmaps", "persistentvolumeclaims", "pods", "replicationcontrollers", "resourcequotas", "secrets"],
  ...["services", "services.loadbalancers", "services.nodeports"],
]);
const QUOTA: ReadonlySet<string> = new Set([
  ...COMPUTE,
  ...COMPUTE.flatMap((name) => [`requests.${name}`, `limits.${name}`]),
  "requests.storage",
  ...OBJECTS,
]);
const STANDARD: ReadonlySet<string> = new Set([...QUOTA, "storage"]);

export function isHugePages(name: string): boolean {
  return name.startsWith("hugepages-");
}

function isQuotaHugePages(name: string): boolean {
  return isHugePages(name) || name.startsWith("requests.hugepages-");
}

/** Kubernetes' own, as against what device plugins bring. */
export function isNative(name: string): boolean {
  return !name.includes("/") || name.includes("kubernetes.io/");
}

function isExtended(name: string): boolean {
  return !isNative(name) && !name.startsWith("requests.") && qualifiedName(`requests.${name}`).length === 0;
}

export function allowsOvercommit(name: string): boolean {
  return isNative(name) && !isHugePages(name);
}

export function isQuotaName(name: string): boolean {
  return QUOTA.has(name) || isQuotaHugePages(name);
}

/** @returns whether the name is one at all */
export function validateResourceName(field: Field, name: string): boolean {
  const messages = qualifiedName(name);
  for (const message of messages) field.invalid(message, name);
  if (messages.length > 0) return false;
  if (name.includes("/") || STANDARD.has(name) || isQuotaHugePages(name)) return true;
  field.invalid("must be a standard resource type or fully qualified", name);
  return false;
}

export function validateContainerResourceName(field: Field, name: string): void {
  validateResourceName(field, name);
  if (!name.includes("/")) {
    if (!COMPUTE.includes(name) && !isHugePages(name))
      field.invalid("must be a standard resource for containers", name);
  } else if (!isNative(name) && !isExtended(name))
    field.invalid("doesn't follow extended resource name standard", name);
}

export function validateQuotaResourceName(field: Field, name: string): void {
  validateResourceName(field, name);
  if (!name.includes("/") && !isQuotaName(name)) field.invalid("must be a standard resource for quota", name);
}

/** Not negative, and whole where only whole ones make sense. */
export function validateAmount(field: Field, name: string): void {
  if (field.isUnknown) return;
  const amount = quantityOf(field.text);
  if (amount < 0) field.invalid("must be greater than or equal to 0", field.text);
  const isWhole = OBJECTS.has(name) || isExtended(name);
  const thousandths = Math.ceil(amount * 1000 - 1e-6);
  if (isWhole && thousandths % 1000 !== 0) field.invalid("must be an integer", `${thousandths}m`);
}
