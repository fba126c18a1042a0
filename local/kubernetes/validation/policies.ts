/** Rules for the small kinds: budgets, autoscalers, network policies, role bindings. */
import { asJson, specOf, type KubeObject, type LabelSelector } from "../types";
import { UNKNOWN, type Json } from "../../provider/backend";
import { isObject } from "../../provider/values";
import type { Issues } from "./issues";
import { validateSelector } from "./selectors";
import { oneOf } from "./syntax";

export function validateBudget(object: KubeObject, issues: Issues): void {
  const { minAvailable, maxUnavailable, selector } = specOf(object);
  if (minAvailable !== undefined && maxUnavailable !== undefined) {
    issues.add(
      "spec",
      "Invalid value: minAvailable and maxUnavailable cannot be both set: give maxUnavailable alone",
    );
  }
  for (const [field, value] of Object.entries({ minAvailable, maxUnavailable })) {
    if (typeof value === "number") issues.atLeast(`spec.${field}`, value, 0);
    else if (typeof value === "string") issues.text(`spec.${field}`, value, percentage);
  }
  validateSelector("spec.selector", selector as LabelSelector | undefined, issues);
}

function percentage(text: string): string | undefined {
  return text === UNKNOWN || /^\d+%$/.test(text)
    ? undefined
    : `Invalid value: "${text}": a valid percent string must be a numeric string followed by an ending '%'`;
}

export function validateAutoscaler(object: KubeObject, issues: Issues): void {
  const { minReplicas, maxReplicas, metrics } = specOf(object);
  if (typeof maxReplicas === "number") issues.atLeast("spec.maxReplicas", maxReplicas, 1);
  if (typeof minReplicas === "number") issues.atLeast("spec.minReplicas", minReplicas, 1);
  if (typeof minReplicas === "number" && typeof maxReplicas === "number" && maxReplicas < minReplicas) {
    issues.add(
      "spec.maxReplicas",
      `Invalid value: ${maxReplicas}: must be greater than or equal to \`minReplicas\``,
    );
  }
  if (Array.isArray(metrics)) {
    metrics.forEach((metric, index) => {
      validateMetric(`spec.metrics[${index}]`, metric, issues);
    });
  }
}

const METRICS = ["ContainerResource", "External", "Object", "Pods", "Resource"];

function validateMetric(path: string, metric: Json, issues: Issues): void {
  if (!isObject(metric) || typeof metric["type"] !== "string") return;
  const type = metric["type"];
  issues.text(`${path}.type`, type, oneOf(...METRICS));
  const source = type.charAt(0).toLowerCase() + type.slice(1);
  if (METRICS.includes(type) && metric[source] === undefined) {
    issues.add(`${path}.${source}`, "Required value: must populate information for the given type");
  }
}

export function validateNetworkPolicy(object: KubeObject, issues: Issues): void {
  const spec = specOf(object);
  validateSelector("spec.podSelector", spec["podSelector"] as LabelSelector | undefined, issues);
  texts(spec["policyTypes"]).forEach((type, index) => {
    issues.text(`spec.policyTypes[${index}]`, type, oneOf("Ingress", "Egress"));
  });
  for (const [direction, peers] of [
    ["ingress", "from"],
    ["egress", "to"],
  ] as const) {
    const rules = spec[direction];
    if (!Array.isArray(rules)) continue;
    rules.forEach((rule, index) => {
      const list = isObject(rule) ? rule[peers] : undefined;
      if (Array.isArray(list)) checkPeers(`spec.${direction}[${index}].${peers}`, list, issues);
    });
  }
}

function checkPeers(path: string, peers: readonly Json[], issues: Issues): void {
  peers.forEach((peer, index) => {
    if (!isObject(peer)) return;
    const { ipBlock, podSelector, namespaceSelector } = peer;
    if (ipBlock === undefined && podSelector === undefined && namespaceSelector === undefined) {
      issues.add(`${path}[${index}]`, "Required value: must specify a peer");
    }
    if (ipBlock !== undefined && (podSelector !== undefined || namespaceSelector !== undefined)) {
      issues.add(`${path}[${index}]`, "Forbidden: may not specify both ipBlock and another peer");
    }
  });
}

export function validateBinding(object: KubeObject, issues: Issues): void {
  const { roleRef, subjects } = asJson(object);
  const allowed = object.kind === "RoleBinding" ? ["Role", "ClusterRole"] : ["ClusterRole"];
  if (isObject(roleRef)) {
    if (typeof roleRef["kind"] === "string") issues.text("roleRef.kind", roleRef["kind"], oneOf(...allowed));
    if (roleRef["apiGroup"] !== "rbac.authorization.k8s.io") {
      issues.add(
        "roleRef.apiGroup",
        `Unsupported value: ${JSON.stringify(roleRef["apiGroup"])}: supported values: "rbac.authorization.k8s.io"`,
      );
    }
  }
  if (!Array.isArray(subjects)) return;
  subjects.forEach((subject, index) => {
    if (!isObject(subject)) return;
    const { kind, namespace } = subject;
    if (typeof kind === "string") {
      issues.text(`subjects[${index}].kind`, kind, oneOf("ServiceAccount", "User", "Group"));
    }
    if (kind === "ServiceAccount" && namespace === undefined) {
      issues.add(`subjects[${index}].namespace`, "Required value");
    }
  });
}

function texts(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}
