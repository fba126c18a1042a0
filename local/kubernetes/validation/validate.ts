/** What the API server checks in an object before it stores it: shape first, then the rules of its kind. */
import { containsUnknown } from "../../provider/wire";
import type { JsonObject } from "../../provider/backend";
import { isObject } from "../../provider/values";
import type { Kind } from "../kinds";
import { decodeIssues } from "../schema/decode";
import type { FieldIssue } from "../status";
import {
  asJson,
  asKube,
  type Deployment,
  type KubeObject,
  type LimitRange,
  type ResourceQuota,
  type Service,
} from "../types";
import { entries, isPresent, Issues } from "./issues";
import { validateAutoscaler, validateBinding, validateBudget, validateNetworkPolicy } from "./policies";
import { validateGateway, validateRoute } from "./gateways";
import { validateLabels, validateMetadata } from "./metadata";
import { validatePodSpec } from "./pods";
import { selects, validateSelector } from "./selectors";
import * as syntax from "./syntax";

/** Everything that is wrong with an object; values that are not known yet are passed over. */
export function validateObject(kind: Kind, object: JsonObject): FieldIssue[] {
  const shape = decodeIssues(kind, object);
  if (shape.length > 0) return shape;
  const issues = new Issues();
  const typed = asKube(object);
  if (isObject(object["metadata"])) validateMetadata(kind, typed, issues);
  BY_KIND[kind.kind]?.(typed, issues);
  return issues.found;
}

const BY_KIND: Readonly<Record<string, (object: KubeObject, issues: Issues) => void>> = {
  Deployment: (object, issues) => {
    validateDeployment(object as Deployment, issues);
  },
  Service: (object, issues) => {
    validateService(object, issues);
  },
  ConfigMap: (object, issues) => {
    validateData(object, ["data", "binaryData"], issues);
  },
  Secret: (object, issues) => {
    validateData(object, ["data", "stringData"], issues);
    const data = asJson(object)["data"];
    if (isObject(data)) issues.map("data", data as Record<string, string>, { value: syntax.base64 });
  },
  ResourceQuota: (object, issues) => {
    issues.map("spec.hard", (object as ResourceQuota).spec?.hard, {
      key: syntax.qualifiedName,
      value: syntax.quantityText,
    });
  },
  LimitRange: (object, issues) => {
    validateLimitRange(object, issues);
  },
  PodDisruptionBudget: validateBudget,
  HorizontalPodAutoscaler: validateAutoscaler,
  NetworkPolicy: validateNetworkPolicy,
  Gateway: validateGateway,
  HTTPRoute: validateRoute,
  RoleBinding: validateBinding,
  ClusterRoleBinding: validateBinding,
};

function validateDeployment(deployment: Deployment, issues: Issues): void {
  const { spec } = deployment;
  if (!isPresent(spec)) return;
  const { selector, template } = spec;
  issues.atLeast("spec.replicas", spec.replicas, 0);
  validateSelector("spec.selector", selector, issues);
  const parts = [...Object.keys(selector.matchLabels ?? {}), ...(selector.matchExpressions ?? [])];
  if (parts.length === 0) {
    issues.add("spec.selector", "Invalid value: empty selector is invalid for deployment");
  }
  if (!isPresent(template)) return;
  const labels = template.metadata?.labels;
  if (!hasUnknownLabels(deployment) && !selects(selector, labels)) {
    issues.add(
      "spec.template.metadata.labels",
      `Invalid value: ${JSON.stringify(labels ?? {})}: \`selector\` does not match template \`labels\``,
    );
  }
  if (isPresent(template.metadata)) validateLabels("spec.template.metadata", template.metadata, issues);
  validatePodSpec("spec.template.spec", template.spec, issues);
  validateStrategy(spec.strategy, issues);
}

function hasUnknownLabels({ spec }: Deployment): boolean {
  const parts = [spec.selector, spec.template.metadata ?? {}] as unknown as JsonObject[];
  return parts.some((part) => containsUnknown(part));
}

function validateStrategy(strategy: Deployment["spec"]["strategy"], issues: Issues): void {
  issues.text("spec.strategy.type", strategy?.type, syntax.oneOf("Recreate", "RollingUpdate"));
  const update = strategy?.rollingUpdate;
  if (strategy?.type === "Recreate" && update !== undefined) {
    issues.add(
      "spec.strategy.rollingUpdate",
      "Forbidden: may not be specified when strategy `type` is 'Recreate'",
    );
  }
  const isNone = (value: number | string | undefined): boolean => value === 0 || value === "0%";
  if (isNone(update?.maxSurge) && isNone(update?.maxUnavailable)) {
    issues.add(
      "spec.strategy.rollingUpdate.maxUnavailable",
      "Invalid value: 0: may not be 0 when `maxSurge` is 0",
    );
  }
}

function validateService(service: Service, issues: Issues): void {
  const { spec } = service;
  if (!isPresent(spec)) return;
  issues.text("spec.type", spec.type, syntax.oneOf("ClusterIP", "ExternalName", "LoadBalancer", "NodePort"));
  const ports = entries("spec.ports", spec.ports);
  if (ports.length === 0 && spec.type !== "ExternalName" && spec.clusterIP !== "None") {
    issues.add("spec.ports", "Required value");
  }
  for (const [at, port] of ports) {
    issues.problem(`${at}.port`, syntax.portNumber(port.port));
    issues.problem(`${at}.targetPort`, syntax.portNumber(port.targetPort));
    issues.text(`${at}.name`, port.name, syntax.dnsLabel);
    issues.text(`${at}.protocol`, port.protocol, syntax.oneOf("TCP", "UDP", "SCTP"));
    if (ports.length > 1 && port.name === undefined) issues.add(`${at}.name`, "Required value");
  }
  issues.map("spec.selector", spec.selector, { key: syntax.qualifiedName, value: syntax.labelValue });
}

function validateData(object: KubeObject, fields: readonly string[], issues: Issues): void {
  for (const field of fields) {
    const data = asJson(object)[field];
    if (isObject(data)) issues.map(field, data as Record<string, string>, { key: syntax.configKey });
  }
}

function validateLimitRange(range: LimitRange, issues: Issues): void {
  for (const [at, limit] of entries("spec.limits", range.spec?.limits)) {
    for (const field of ["default", "defaultRequest", "max", "min", "maxLimitRequestRatio"] as const) {
      issues.map(`${at}.${field}`, limit[field], { value: syntax.quantityText });
    }
  }
}
