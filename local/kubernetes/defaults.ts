/** Values that the API server fills in (k8s.io/kubernetes, pkg/apis: the defaults.go of each group). */
import { UNKNOWN, type JsonObject } from "../provider/backend";
import { isObject, list, objects } from "../provider/values";
import { asMap, child, fill, fillAbsent } from "./fill";
import type { Kind } from "./kinds";
import { defaultPodSpec } from "./podDefaults";

/** The object with its defaults: a copy. */
export function withDefaults(kind: Kind, object: JsonObject): JsonObject {
  const copy = structuredClone(object);
  BY_KIND[kind.kind]?.(copy);
  return copy;
}

/** Three hours. */
const AFFINITY_SECONDS = 10_800;

const BY_KIND: Readonly<Record<string, (object: JsonObject) => void>> = {
  Namespace: (object) => {
    const metadata = child(object, "metadata");
    fill(child(metadata, "labels"), { "kubernetes.io/metadata.name": metadata["name"] ?? null });
    fill(child(object, "spec"), { finalizers: ["kubernetes"] });
  },
  Secret: (object) => {
    fill(object, { type: "Opaque" });
    const plain = object["stringData"];
    if (!isObject(plain)) return;
    const data = child(object, "data");
    for (const [key, value] of Object.entries(plain)) {
      data[key] = Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64");
    }
    delete object["stringData"];
  },
  Service: (object) => {
    const spec = child(object, "spec");
    fill(spec, { type: "ClusterIP", sessionAffinity: "None" });
    if (spec["type"] !== "ExternalName") fillAbsent(spec, { internalTrafficPolicy: "Cluster" });
    if (spec["sessionAffinity"] === "ClientIP") {
      const timeout = child(child(spec, "sessionAffinityConfig"), "clientIP");
      fill(timeout, { timeoutSeconds: AFFINITY_SECONDS });
    }
    for (const port of objects(spec, "ports")) {
      fill(port, { protocol: "TCP", targetPort: port["port"] ?? null });
      if (port["targetPort"] === 0 || port["targetPort"] === "") port["targetPort"] = port["port"] ?? null;
    }
    const isBalancer = spec["type"] === "LoadBalancer";
    const isReachable = spec["type"] === "ClusterIP" && list(spec, "externalIPs").length > 0;
    if (isBalancer || isReachable || spec["type"] === "NodePort")
      fill(spec, { externalTrafficPolicy: "Cluster" });
    if (isBalancer) fill(spec, { allocateLoadBalancerNodePorts: true });
  },
  Deployment: (object) => {
    const spec = child(object, "spec");
    fill(spec, { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 });
    const strategy = child(spec, "strategy");
    fill(strategy, { type: "RollingUpdate" });
    if (strategy["type"] === "RollingUpdate") {
      fillAbsent(child(strategy, "rollingUpdate"), { maxSurge: "25%", maxUnavailable: "25%" });
    }
    defaultPodSpec(child(child(spec, "template"), "spec"));
  },
  HorizontalPodAutoscaler: (object) => {
    defaultAutoscaler(child(object, "spec"));
  },
  NetworkPolicy: (object) => {
    const spec = child(object, "spec");
    const hasEgress = list(spec, "egress").length > 0;
    if (list(spec, "policyTypes").length === 0 && spec["policyTypes"] !== UNKNOWN)
      spec["policyTypes"] = hasEgress ? ["Ingress", "Egress"] : ["Ingress"];
    for (const rule of [...objects(spec, "ingress"), ...objects(spec, "egress")]) {
      for (const port of objects(rule, "ports")) fillAbsent(port, { protocol: "TCP" });
    }
  },
  RoleBinding: defaultBinding,
  ClusterRoleBinding: defaultBinding,
  LimitRange: (object) => {
    for (const limit of objects(child(object, "spec"), "limits")) {
      if (limit["type"] !== "Container") continue;
      // A limit without a default follows from the most, a request without one from the limit, or from the least.
      if (isObject(limit["max"])) limit["default"] = { ...limit["max"], ...asMap(limit["default"]) };
      const given = { ...asMap(limit["default"]), ...asMap(limit["defaultRequest"]) };
      const requests = { ...asMap(limit["min"]), ...given };
      if (Object.keys(requests).length > 0) limit["defaultRequest"] = requests;
    }
  },
};

function defaultBinding(object: JsonObject): void {
  const group = { apiGroup: "rbac.authorization.k8s.io" };
  fill(child(object, "roleRef"), group);
  for (const subject of objects(object, "subjects")) {
    if (subject["kind"] === "User" || subject["kind"] === "Group") fill(subject, group);
  }
}

/** Rules of an autoscaler that names some: 4 pods or all of them again up, all of them down, every 15 seconds. */
const SCALING_RULES: Readonly<Record<"scaleDown" | "scaleUp", JsonObject>> = {
  scaleUp: {
    stabilizationWindowSeconds: 0,
    selectPolicy: "Max",
    policies: [
      { type: "Pods", value: 4, periodSeconds: 15 },
      { type: "Percent", value: 100, periodSeconds: 15 },
    ],
  },
  scaleDown: { selectPolicy: "Max", policies: [{ type: "Percent", value: 100, periodSeconds: 15 }] },
};

function defaultAutoscaler(spec: JsonObject): void {
  const resource = { name: "cpu", target: { type: "Utilization", averageUtilization: 80 } };
  fillAbsent(spec, { minReplicas: 1 });
  if (list(spec, "metrics").length === 0 && spec["metrics"] !== UNKNOWN)
    spec["metrics"] = [{ type: "Resource", resource }];
  const { behavior } = spec;
  if (!isObject(behavior)) return;
  for (const [direction, rules] of Object.entries(SCALING_RULES)) {
    fillAbsent(child(behavior, direction), structuredClone(rules));
  }
}
