/** Rules for affinities (pkg/apis/core/validation: validateAffinity). */
import type { Field } from "../field";
import { validateSelector } from "../selectors";
import { dnsLabel, dnsSubdomain, labelValue, qualifiedName } from "../syntax";
import { validateMatchKeys } from "./spread";

const REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution";
const PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution";

export function validateAffinity(affinity: Field): void {
  validateNodeAffinity(affinity.child("nodeAffinity"));
  for (const name of ["podAffinity", "podAntiAffinity"]) validatePodAffinity(affinity.child(name));
}

function validateNodeAffinity(affinity: Field): void {
  const required = affinity.child(REQUIRED);
  const terms = required.child("nodeSelectorTerms");
  if (required.isSet && terms.isEmpty) terms.required("must have at least one node selector term");
  for (const term of terms.items) validateNodeTerm(term, true);
  for (const preferred of affinity.child(PREFERRED).items) {
    validateWeight(preferred);
    // One that no node can have is without effect, so that values are not looked at.
    validateNodeTerm(preferred.child("preference"), false);
  }
}

function validateWeight(preferred: Field): void {
  const weight = preferred.child("weight");
  if (weight.number !== undefined && (weight.number <= 0 || weight.number > 100))
    weight.invalid("must be in the range 1-100");
}

function validateNodeTerm(term: Field, checksValues: boolean): void {
  for (const expression of term.child("matchExpressions").items) {
    const [operator, values] = [expression.child("operator"), expression.child("values")];
    switch (operator.text) {
      case "In":
      case "NotIn":
        if (values.isEmpty) values.required("must be specified when `operator` is 'In' or 'NotIn'");
        break;
      case "Exists":
      case "DoesNotExist":
        if (!values.isEmpty)
          values.forbidden("may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
        break;
      case "Gt":
      case "Lt":
        if (values.items.length !== 1)
          values.required("must be specified single value when `operator` is 'Lt' or 'Gt'");
        break;
      default:
        operator.invalid("not a valid selector operator", operator.text);
    }
    expression.child("key").follows(qualifiedName);
    if (checksValues) for (const value of values.items) value.follows(labelValue);
  }
  for (const expression of term.child("matchFields").items) validateNodeField(expression);
}

function validateNodeField(expression: Field): void {
  const [key, operator, values] = [
    expression.child("key"),
    expression.child("operator"),
    expression.child("values"),
  ];
  if (!["In", "NotIn"].includes(operator.text)) operator.invalid("not a valid selector operator");
  else if (values.items.length !== 1)
    values.required("must be only one value when `operator` is 'In' or 'NotIn' for node field selector");
  if (key.text !== "metadata.name") key.invalid("not a valid field selector key");
  else for (const value of values.items) value.follows(dnsSubdomain);
}

function validatePodAffinity(affinity: Field): void {
  for (const term of affinity.child(REQUIRED).items) validatePodTerm(term);
  for (const preferred of affinity.child(PREFERRED).items) {
    validateWeight(preferred);
    validatePodTerm(preferred.child("podAffinityTerm"));
  }
}

function validatePodTerm(term: Field): void {
  validateSelector(term.child("labelSelector"));
  validateSelector(term.child("namespaceSelector"));
  for (const namespace of term.child("namespaces").items)
    namespace.as(`${term.path}.namespace`).follows(dnsLabel);
  validateMatchKeys(term);
  const key = term.child("topologyKey");
  if (key.text === "") key.required("can not be empty");
  key.follows(qualifiedName);
}
