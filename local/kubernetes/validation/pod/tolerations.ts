/** Rules for tolerations (pkg/apis/core/validation: ValidateTolerations). */
import type { Field } from "../field";
import { labelValue, qualifiedName } from "../syntax";

const EFFECTS = ["NoSchedule", "PreferNoSchedule", "NoExecute"];

export function validateTolerations(tolerations: Field): void {
  for (const toleration of tolerations.items) {
    const [key, effect] = [toleration.child("key"), toleration.child("effect")];
    const operator = toleration.child("operator");
    if (key.text !== "") key.follows(qualifiedName);
    else if (!key.isUnknown && operator.text !== "Exists") {
      operator.invalid(
        'operator must be Exists when `key` is empty, which means "match all values and all keys"',
        operator.text,
      );
    }
    if (toleration.child("tolerationSeconds").isSet && effect.text !== "NoExecute")
      effect.invalid("effect must be 'NoExecute' when `tolerationSeconds` is set", effect.text);
    validateValue(operator, toleration.child("value"));
    if (effect.text !== "") effect.oneOf(EFFECTS);
  }
}

function validateValue(operator: Field, value: Field): void {
  const place = value.as(operator.path);
  switch (operator.text) {
    case "":
    case "Equal":
      place.follows((text) => [labelValue(text).join(";")].filter(Boolean));
      return;
    case "Exists":
      if (value.text !== "") place.invalid("value must be empty when `operator` is 'Exists'");
      return;
    // Comparisons are behind a gate that is closed (TaintTolerationComparisonOperators).
    case "Gt":
    case "Lt":
      operator.unsupported(["Equal", "Exists", "Lt", "Gt"]);
      return;
    default:
      operator.unsupported(["Equal", "Exists"]);
  }
}
