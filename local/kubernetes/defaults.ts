/** Values that the API server fills in (k8s.io/kubernetes, pkg/apis: the defaults.go of each group). */
import type { Json, JsonObject } from "../provider/backend";
import { isObject, objects } from "../provider/values";
import type { Kind } from "./kinds";

/** The object with its defaults: a copy. */
export function withDefaults(kind: Kind, object: JsonObject): JsonObject {
  const copy = structuredClone(object);
  BY_KIND[kind.kind]?.(copy);
  return copy;
}

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
    fill(spec, { type: "ClusterIP", sessionAffinity: "None", internalTrafficPolicy: "Cluster" });
    for (const port of objects(spec, "ports")) {
      fill(port, { protocol: "TCP", targetPort: port["port"] ?? null });
    }
    if (spec["type"] === "LoadBalancer") {
      fill(spec, { externalTrafficPolicy: "Cluster", allocateLoadBalancerNodePorts: true });
    }
  },
  Deployment: (object) => {
    const spec = child(object, "spec");
    fill(spec, { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 });
    const strategy = child(spec, "strategy");
    fill(strategy, { type: "RollingUpdate" });
    if (strategy["type"] === "RollingUpdate") {
      fill(child(strategy, "rollingUpdate"), { maxSurge: "25%", maxUnavailable: "25%" });
    }
    defaultPodSpec(child(child(spec, "template"), "spec"));
  },
  HorizontalPodAutoscaler: (object) => {
    const metric = { name: "cpu", target: { type: "Utilization", averageUtilization: 80 } };
    fill(child(object, "spec"), { minReplicas: 1, metrics: [{ type: "Resource", resource: metric }] });
  },
  NetworkPolicy: (object) => {
    const spec = child(object, "spec");
    fill(spec, { policyTypes: spec["egress"] === undefined ? ["Ingress"] : ["Ingress", "Egress"] });
  },
  LimitRange: (object) => {
    for (const limit of objects(child(object, "spec"), "limits")) {
      if (limit["type"] !== "Container") continue;
      // A limit without a default, and a request without one, follow from max and default.
      if (isObject(limit["max"])) limit["default"] = { ...limit["max"], ...asMap(limit["default"]) };
      if (isObject(limit["default"])) {
        limit["defaultRequest"] = { ...limit["default"], ...asMap(limit["defaultRequest"]) };
      }
    }
  },
};

function defaultPodSpec(spec: JsonObject): void {
  fill(spec, {
    restartPolicy: "Always",
    terminationGracePeriodSeconds: 30,
    dnsPolicy: "ClusterFirst",
    schedulerName: "default-scheduler",
    securityContext: {},
  });
  const account = spec["serviceAccountName"] ?? "default";
  fill(spec, { serviceAccountName: account, serviceAccount: account });
  for (const container of [...objects(spec, "initContainers"), ...objects(spec, "containers")]) {
    defaultContainer(container);
  }
  for (const volume of objects(spec, "volumes")) {
    for (const source of ["configMap", "secret", "projected"]) {
      if (isObject(volume[source])) fill(volume[source], { defaultMode: 0o644 });
    }
  }
}

function defaultContainer(container: JsonObject): void {
  fill(container, {
    terminationMessagePath: "/dev/termination-log",
    terminationMessagePolicy: "File",
    imagePullPolicy: pullPolicy(container["image"]),
    resources: {},
  });
  for (const port of objects(container, "ports")) fill(port, { protocol: "TCP" });
  for (const variable of objects(container, "env")) {
    const source = variable["valueFrom"];
    if (isObject(source) && isObject(source["fieldRef"])) fill(source["fieldRef"], { apiVersion: "v1" });
  }
  for (const name of ["startupProbe", "livenessProbe", "readinessProbe"]) {
    const probe = container[name];
    if (!isObject(probe)) continue;
    fill(probe, { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 });
    if (isObject(probe["httpGet"])) fill(probe["httpGet"], { path: "/", scheme: "HTTP" });
  }
}

/** `latest`, given or implied, is pulled always; a digest or another tag only where it is missing. */
function pullPolicy(image: Json | undefined): string {
  if (typeof image !== "string" || image.includes("@")) return "IfNotPresent";
  const tag = /:([^/:]+)$/.exec(image)?.[1] ?? "latest";
  return tag === "latest" ? "Always" : "IfNotPresent";
}

function fill(object: JsonObject, values: JsonObject): void {
  for (const [key, value] of Object.entries(values)) {
    if (object[key] === undefined || object[key] === null) object[key] = value;
  }
}

/** The object under a key, made where there is none; something else under it (unknown) is left alone. */
function child(object: JsonObject, key: string): JsonObject {
  const value = object[key];
  if (isObject(value)) return value;
  const made: JsonObject = {};
  if (value === undefined || value === null) object[key] = made;
  return made;
}

function asMap(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}
