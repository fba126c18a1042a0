/** Rules for topology spread constraints (pkg/apis/core/validation: validateTopologySpreadConstraints). */
import type { Field } from "../field";
import { validateSelector } from "../selectors";
import { qualifiedName } from "../syntax";

const ACTIONS = ["DoNotSchedule", "ScheduleAnyway"];
const NODE_POLICIES = ["Honor", "Ignore"];

export function validateSpread(constraints: Field): void {
  constraints.items.forEach((constraint, index) => {
    const skew = constraint.child("maxSkew");
    if ((skew.number ?? 0) <= 0) skew.invalid("must be greater than zero", skew.value ?? 0);
    const [key, action] = [constraint.child("topologyKey"), constraint.child("whenUnsatisfiable")];
    if (key.text === "") key.required("can not be empty");
    action.oneOf(ACTIONS);
    const isRepeated = constraints.items
      .slice(index + 1)
      .some(
        (other) =>
          other.child("topologyKey").text === key.text &&
          other.child("whenUnsatisfiable").text === action.text,
      );
    if (isRepeated)
      constraint.child("{topologyKey, whenUnsatisfiable}").duplicate(`{${key.text}, ${action.text}}`);
    validateDomains(constraint, action.text);
    for (const name of ["nodeAffinityPolicy", "nodeTaintsPolicy"]) {
      if (constraint.child(name).isSet) constraint.child(name).oneOf(NODE_POLICIES);
    }
    validateMatchKeys(constraint);
    validateSelector(constraint.child("labelSelector"));
  });
}

function validateDomains(constraint: Field, action: string): void {
  const domains = constraint.child("minDomains");
  if (!domains.isSet) return;
  if (domains.number !== undefined && domains.number <= 0) domains.invalid("must be greater than zero");
  if (action !== "DoNotSchedule")
    domains.invalid(`can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${action}`);
}

/** Labels whose values a pod shares with those that count, besides those that a selector names. */
export function validateMatchKeys(owner: Field): void {
  const selector = owner.child("labelSelector");
  const [matching, other] = [owner.child("matchLabelKeys"), owner.child("mismatchLabelKeys")];
  for (const keys of [matching, other]) {
    if (keys.items.length === 0) continue;
    if (!selector.isSet) keys.forbidden("must not be specified when labelSelector is not set");
    else for (const key of keys.items) key.follows(qualifiedName);
  }
  const selected = new Set(selector.child("matchLabels").entries.map(([key]) => key));
  for (const expression of selector.child("matchExpressions").items) {
    const { text } = expression.child("key");
    const index = matching.items.findLastIndex((key) => key.text === text);
    if (index >= 0 && selected.has(text)) {
      const place = owner.as(`${owner.path}[${index}]`);
      place.invalid("exists in both matchLabelKeys and labelSelector", text);
    }
    selected.add(text);
  }
  for (const key of matching.items) {
    if (other.items.some(({ text }) => text === key.text))
      key.invalid("exists in both matchLabelKeys and mismatchLabelKeys");
  }
}
