/** Rules for Deployments (k8s.io/kubernetes v1.35.4, pkg/apis/apps/validation: ValidateDeploymentSpec). */
import { containsUnknown } from "../../provider/wire";
import type { FieldIssue } from "../status";
import type { LabelSelector } from "../types";
import { Field } from "./field";
import { validatePodTemplate } from "./pod/podSpec";
import { selects, validateSelector } from "./selectors";
import { percentage } from "./syntax";

export function validateDeployment(deployment: Field): void {
  const spec = deployment.child("spec");
  if (spec.isUnknown) return;
  spec.child("replicas").atLeastZero();
  const [selector, template] = [spec.child("selector"), spec.child("template")];
  validateSelector(selector);
  if (!selector.isSet) selector.required();
  else if (isEmpty(selector)) selector.invalid("empty selector is invalid for deployment");
  if (isInterpretable(selector)) {
    if (!template.isUnknown) validateTemplate(selector, template);
  } else selector.invalid("invalid label selector");
  validateStrategy(spec.child("strategy"));
  for (const name of ["minReadySeconds", "revisionHistoryLimit", "progressDeadlineSeconds"])
    spec.child(name).atLeastZero();
  const deadline = spec.child("progressDeadlineSeconds");
  if (deadline.number !== undefined && deadline.number <= (spec.child("minReadySeconds").number ?? 0))
    deadline.invalid("must be greater than minReadySeconds");
}

function isEmpty(selector: Field): boolean {
  return selector.child("matchLabels").isEmpty && selector.child("matchExpressions").isEmpty;
}

/** Whether pods can be selected by it at all (apimachinery, pkg/apis/meta/v1: LabelSelectorAsSelector). */
function isInterpretable(selector: Field): boolean {
  const found: Field[] = [];
  for (const expression of selector.child("matchExpressions").items) {
    const [operator, values] = [expression.child("operator"), expression.child("values")];
    const needsValues = operator.text === "In" || operator.text === "NotIn";
    const isKnown = needsValues || operator.text === "Exists" || operator.text === "DoesNotExist";
    if (!operator.isUnknown && (!isKnown || needsValues === values.isEmpty)) found.push(expression);
  }
  return found.length === 0 && !hasBrokenLabels(selector);
}

function hasBrokenLabels(selector: Field): boolean {
  const issues: FieldIssue[] = [];
  const { value } = selector;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  validateSelector(Field.of(value, issues));
  return issues.length > 0;
}

function validateTemplate(selector: Field, template: Field): void {
  const labels = template.child("metadata", "labels");
  const isKnown = ![selector.value, labels.value].some((part) => containsUnknown(part));
  const given = (labels.value ?? {}) as Readonly<Record<string, string>>;
  const selectsAll = selector.isSet && isEmpty(selector);
  if (isKnown && !selectsAll && !selects(selector.value as unknown as LabelSelector | undefined, given)) {
    const place = labels.as(`${template.path}.metadata.labels`);
    place.invalid("`selector` does not match template `labels`", labels.value ?? null);
  }
  validatePodTemplate(template);
  const spec = template.child("spec");
  const restart = spec.child("restartPolicy");
  if (!["", "Always"].includes(restart.text)) restart.unsupported(["Always"]);
  const deadline = spec.child("activeDeadlineSeconds");
  if (deadline.isSet) deadline.forbidden("activeDeadlineSeconds in ReplicaSet is not Supported");
}

function validateStrategy(strategy: Field): void {
  const update = strategy.child("rollingUpdate");
  switch (strategy.child("type").text) {
    case "Recreate":
      if (update.isSet) update.forbidden("may not be specified when strategy `type` is 'Recreate'");
      return;
    case "RollingUpdate": {
      const [unavailable, surge] = [update.child("maxUnavailable"), update.child("maxSurge")];
      validateShare(unavailable);
      validateShare(surge);
      if (isNone(unavailable) && isNone(surge)) unavailable.invalid("may not be 0 when `maxSurge` is 0");
      validateMost(unavailable);
      return;
    }
    default:
      if (!strategy.child("type").isUnknown) strategy.unsupported(["Recreate", "RollingUpdate"]);
  }
}

/** A number that is not negative, or a percentage. */
export function validateShare(share: Field): void {
  if (share.number !== undefined) share.atLeastZero();
  else if (share.isSet) share.follows(percentage);
}

export function validateMost(share: Field): void {
  const match = /^(\d+)%$/.exec(share.text);
  if (Number(match?.[1] ?? 0) > 100) share.invalid("must not be greater than 100%");
}

function isNone(share: Field): boolean {
  if (share.number !== undefined) return share.number === 0;
  const [, value = "0"] = /^(\d+)%$/.exec(share.text) ?? /^([+-]?\d+)$/.exec(share.text) ?? [];
  return !share.isUnknown && Number(value) === 0;
}
