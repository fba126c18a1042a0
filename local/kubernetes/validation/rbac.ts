/** Rules for roles and bindings (k8s.io/kubernetes v1.35.4, pkg/apis/rbac/validation). */
import type { Field } from "./field";
import { validateSelector } from "./selectors";
import { dnsSubdomain, pathSegment } from "./syntax";

const GROUP = "rbac.authorization.k8s.io";

export function validateRole(role: Field): void {
  validateRules(role, true);
}

export function validateClusterRole(role: Field): void {
  validateRules(role, false);
  const aggregation = role.child("aggregationRule");
  const selectors = aggregation.child("clusterRoleSelectors");
  if (aggregation.isSet && selectors.isEmpty)
    selectors.required("at least one clusterRoleSelector required if aggregationRule is non-nil");
  for (const selector of selectors.items) validateSelector(selector);
}

function validateRules(role: Field, isNamespaced: boolean): void {
  for (const rule of role.child("rules").items) {
    const [verbs, urls] = [rule.child("verbs"), rule.child("nonResourceURLs")];
    const [groups, resources] = [rule.child("apiGroups"), rule.child("resources")];
    if (verbs.isEmpty) verbs.required("verbs must contain at least one value");
    if (!urls.isEmpty) {
      if (isNamespaced) urls.invalid("namespaced rules cannot apply to non-resource URLs");
      if (!groups.isEmpty || !resources.isEmpty || !rule.child("resourceNames").isEmpty)
        urls.invalid("rules cannot apply to both regular resources and non-resource URLs");
      continue;
    }
    if (groups.isEmpty) groups.required("resource rules must supply at least one api group");
    if (resources.isEmpty) resources.required("resource rules must supply at least one resource");
  }
}

export function validateRoleBinding(binding: Field): void {
  validateBinding(binding, true);
}

export function validateClusterRoleBinding(binding: Field): void {
  validateBinding(binding, false);
}

function validateBinding(binding: Field, isNamespaced: boolean): void {
  const role = binding.child("roleRef");
  role.child("apiGroup").oneOf([GROUP]);
  role.child("kind").oneOf(isNamespaced ? ["Role", "ClusterRole"] : ["ClusterRole"]);
  const name = role.child("name");
  if (name.text === "") name.required();
  else name.follows(pathSegment);
  for (const subject of binding.child("subjects").items) validateSubject(subject, isNamespaced);
}

function validateSubject(subject: Field, isNamespaced: boolean): void {
  const [kind, name, group] = [subject.child("kind"), subject.child("name"), subject.child("apiGroup")];
  if (name.text === "") name.required();
  switch (kind.text) {
    case "ServiceAccount":
      if (name.text !== "") name.follows(dnsSubdomain);
      if (group.text !== "") group.oneOf([""]);
      if (!isNamespaced && subject.child("namespace").text === "") subject.child("namespace").required();
      return;
    case "User":
    case "Group":
      group.oneOf([GROUP]);
      return;
    default:
      kind.oneOf(["ServiceAccount", "User", "Group"]);
  }
}
