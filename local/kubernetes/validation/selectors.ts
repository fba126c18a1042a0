/** Label selectors: their rules, and what they match (k8s.io/apimachinery, pkg/labels and meta/v1/validation). */
import type { LabelSelector } from "../types";
import type { Field } from "./field";
import { validateLabels } from "./metadata";
import { labelValue, qualifiedName } from "./syntax";

type Labels = Readonly<Record<string, string>>;

export function validateSelector(selector: Field): void {
  validateLabels(selector.child("matchLabels"));
  for (const expression of selector.child("matchExpressions").items) {
    validateOperator(expression);
    expression.child("key").follows(qualifiedName);
    for (const value of expression.child("values").items) value.follows(labelValue);
  }
}

function validateOperator(expression: Field): void {
  const [operator, values] = [expression.child("operator"), expression.child("values")];
  switch (operator.text) {
    case "In":
    case "NotIn":
      if (values.isEmpty) values.required("must be specified when `operator` is 'In' or 'NotIn'");
      return;
    case "Exists":
    case "DoesNotExist":
      if (!values.isEmpty)
        values.forbidden("may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
      return;
    default:
      operator.invalid("not a valid selector operator", operator.text);
  }
}

/** An absent selector matches nothing, an empty one everything. */
export function selects(selector: LabelSelector | undefined, labels: Labels | undefined = {}): boolean {
  if (selector === undefined) return false;
  if (!selectsLabels(selector.matchLabels ?? {}, labels)) return false;
  return (selector.matchExpressions ?? []).every(({ key, operator, values = [] }) => {
    const value = labels[key];
    if (operator === "In") return value !== undefined && values.includes(value);
    if (operator === "NotIn") return value === undefined || !values.includes(value);
    return operator === "Exists" ? value !== undefined : value === undefined;
  });
}

export function selectsLabels(wanted: Labels, labels: Labels | undefined = {}): boolean {
  return Object.entries(wanted).every(([key, value]) => labels[key] === value);
}
