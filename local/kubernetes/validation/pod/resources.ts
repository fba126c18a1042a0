/** Rules for requests and limits (pkg/apis/core/validation: validateResourceRequirements). */
import type { Field } from "../field";
import { exceeds } from "../../quantity";
import {
  allowsOvercommit,
  isHugePages,
  validateAmount,
  validateContainerResourceName,
} from "../resourceNames";
import { dnsLabel, quantityOf } from "../syntax";

type NameRule = (field: Field, name: string) => void;

export function validateResources(resources: Field, spec: Field): void {
  validateRequirements(resources, validateContainerResourceName);
  validateClaims(resources.child("claims"), spec);
}

export function validateRequirements(resources: Field, nameRule: NameRule): void {
  const [limits, requests] = [resources.child("limits"), resources.child("requests")];
  const amounts = [...limits.entries, ...requests.entries];
  for (const [name, amount] of amounts) {
    nameRule(amount, name);
    validateAmount(amount, name);
    if (isHugePages(name)) validatePages(amount, name);
  }
  for (const [name, request] of requests.entries) compare(name, request, limits, requests);
  const names = amounts.map(([name]) => name);
  const hasPages = names.some(isHugePages);
  if (hasPages && !names.includes("cpu") && !names.includes("memory"))
    resources.forbidden("HugePages require cpu or memory");
}

function compare(name: string, request: Field, limits: Field, requests: Field): void {
  const limit = limits.child(name);
  const mayExceed = allowsOvercommit(name);
  if (!limit.isSet) {
    if (!mayExceed) limits.required("Limit must be set for non overcommitable resources");
    return;
  }
  if (limit.isUnknown || request.isUnknown) return;
  const [asked, most] = [quantityOf(request.text), quantityOf(limit.text)];
  if (!mayExceed && (exceeds(asked, most) || exceeds(most, asked)))
    requests.invalid(`must be equal to ${name} limit of ${limit.text}`, request.text);
  else if (exceeds(asked, most))
    requests.invalid(`must be less than or equal to ${name} limit of ${limit.text}`, request.text);
}

/** Pages are used whole. */
function validatePages(amount: Field, name: string): void {
  const size = quantityOf(name.replace("hugepages-", ""));
  if (amount.isUnknown || (size > 0 && quantityOf(amount.text) % size === 0)) return;
  amount.invalid(`${amount.text} is not positive integer multiple of ${name}`, amount.text);
}

function validateClaims(claims: Field, spec: Field): void {
  const known = spec.child("resourceClaims").items.map((claim) => claim.child("name").text);
  const seen = new Set<string>();
  for (const claim of claims.items) {
    const [{ text: name }, request] = [claim.child("name"), claim.child("request")];
    if (name === "") {
      claim.required();
      continue;
    }
    if (request.text !== "") request.follows(dnsLabel);
    const key = request.text === "" ? name : `${name}/${request.text}`;
    const overlaps = seen.has(name) || seen.has(key) || (key === name && startsAny(seen, `${name}/`));
    if (overlaps) claim.duplicate(seen.has(name) || key === name ? name : key);
    seen.add(key);
    if (known.includes(name)) continue;
    const names = known.length === 0 ? " which is empty" : `: ${[...known].sort().join(", ")}`;
    claim.notFound(`must be one of the names in pod.spec.resourceClaims${names}`, name);
  }
}

function startsAny(texts: ReadonlySet<string>, start: string): boolean {
  return [...texts].some((text) => text.startsWith(start));
}
