/** Rules for quotas and disruption budgets (k8s.io/kubernetes v1.35.4, pkg/apis/core/validation, pkg/apis/policy/validation). */
import { validateMost, validateShare } from "./deployments";
import type { Field } from "./field";
import { isQuotaName, validateAmount, validateQuotaResourceName } from "./resourceNames";
import { validateSelector } from "./selectors";

const COMPUTE = ["cpu", "memory", "limits.cpu", "limits.memory", "requests.cpu", "requests.memory"];
/** What a scope can count. */
const COUNTED: Readonly<Record<string, readonly string[]>> = {
  BestEffort: ["pods"],
  CrossNamespacePodAffinity: ["pods", ...COMPUTE],
  NotBestEffort: ["pods", ...COMPUTE],
  NotTerminating: ["pods", ...COMPUTE],
  PriorityClass: ["pods", ...COMPUTE],
  Terminating: ["pods", ...COMPUTE],
  VolumeAttributesClass: ["persistentvolumeclaims", "requests.storage"],
};
const VALUELESS = [
  ...["Terminating", "NotTerminating", "BestEffort", "NotBestEffort", "CrossNamespacePodAffinity"],
];
const PAIRS = [
  ["BestEffort", "NotBestEffort"],
  ["Terminating", "NotTerminating"],
] as const;

export function validateQuota(quota: Field): void {
  const spec = quota.child("spec");
  const hard = spec.child("hard");
  for (const [name, amount] of hard.entries) {
    validateQuotaResourceName(amount, name);
    validateAmount(amount, name);
  }
  const counted = hard.entries.map(([name]) => name).filter(isQuotaName);
  validateScopes(spec.child("scopes"), counted);
  validateScopeSelector(spec, counted);
}

function validateScopes(scopes: Field, counted: readonly string[]): void {
  const given = scopes.items.map(({ text }) => text);
  for (const scope of given) {
    const allowed = COUNTED[scope];
    if (allowed === undefined) scopes.invalid("unsupported scope");
    else if (counted.some((name) => !allowed.includes(name)))
      scopes.invalid("unsupported scope applied to resource");
  }
  if (hasPair(given)) scopes.invalid("conflicting scopes");
}

function validateScopeSelector(spec: Field, counted: readonly string[]): void {
  const all = spec.child("scopeSelector", "matchExpressions").as("spec.scopeSelector.matchExpressions");
  const given: string[] = [];
  for (const expression of all.items) {
    const place = expression.as(all.path);
    const [scope, operator] = [place.child("scopeName"), place.child("operator")];
    const [values, allowed] = [place.child("values"), COUNTED[scope.text]];
    if (allowed === undefined) scope.invalid("unsupported scope");
    else if (counted.some((name) => !allowed.includes(name)))
      all.invalid("unsupported scope applied to resource", spec.child("scopeSelector").value);
    if (VALUELESS.includes(scope.text) && operator.text !== "Exists") {
      operator.invalid(
        "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity",
      );
    }
    validateScopeValues(operator, values);
    given.push(scope.text);
  }
  if (hasPair(given)) spec.child("scopes").as(all.path).invalid("conflicting scopes");
}

function validateScopeValues(operator: Field, values: Field): void {
  if (["In", "NotIn"].includes(operator.text)) {
    if (values.isEmpty)
      values.required("must be at least one value when `operator` is 'In' or 'NotIn' for scope selector");
  } else if (["Exists", "DoesNotExist"].includes(operator.text)) {
    if (!values.isEmpty)
      values.invalid("must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector");
  } else operator.invalid("not a valid selector operator");
}

function hasPair(scopes: readonly string[]): boolean {
  return PAIRS.some((pair) => pair.every((scope) => scopes.includes(scope)));
}

export function validateBudget(budget: Field): void {
  const spec = budget.child("spec");
  const [available, unavailable] = [spec.child("minAvailable"), spec.child("maxUnavailable")];
  if (available.isSet && unavailable.isSet)
    spec.invalid("minAvailable and maxUnavailable cannot be both set");
  for (const share of [available, unavailable]) {
    validateShare(share);
    validateMost(share);
  }
  validateSelector(spec.child("selector"));
  const eviction = spec.child("unhealthyPodEvictionPolicy");
  if (eviction.isSet) eviction.oneOf(["AlwaysAllow", "IfHealthyBudget"]);
}
