/** Label selectors: their rules, and what they match (k8s.io/apimachinery, pkg/labels). */
import type { LabelSelector } from "../types";
import { entries, isPresent, type Issues } from "./issues";
import { labelValue, oneOf, qualifiedName } from "./syntax";

type Labels = Readonly<Record<string, string>>;

export function validateSelector(path: string, selector: LabelSelector | undefined, issues: Issues): void {
  if (!isPresent(selector)) return;
  issues.map(`${path}.matchLabels`, selector.matchLabels, { key: qualifiedName, value: labelValue });
  for (const [at, expression] of entries(`${path}.matchExpressions`, selector.matchExpressions)) {
    issues.text(`${at}.key`, expression.key, qualifiedName);
    issues.text(`${at}.operator`, expression.operator, oneOf("In", "NotIn", "Exists", "DoesNotExist"));
    const hasValues = (expression.values ?? []).length > 0;
    if (expression.operator.endsWith("In") !== hasValues) {
      issues.add(
        `${at}.values`,
        hasValues
          ? "Forbidden: may not be specified when `operator` is 'Exists' or 'DoesNotExist'"
          : "Required value: must be specified when `operator` is 'In' or 'NotIn'",
      );
    }
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
