/** What the API server does with an object before it takes the place of another (k8s.io/kubernetes, pkg/registry). */
import type { Json, JsonObject } from "../provider/backend";
import { isObject, without } from "../provider/values";
import type { Kind } from "./kinds";
import { sameJson } from "./sameJson";
import type { FieldIssue } from "./status";

/** Metadata that belongs to the server. */
const SERVER_METADATA = ["uid", "creationTimestamp"] as const;

/** Fields that no update may change, by kind: the API server answers `field is immutable`. */
const IMMUTABLE: Readonly<Record<string, readonly string[]>> = {
  Deployment: ["spec.selector"],
  Service: ["spec.clusterIP"],
  RoleBinding: ["roleRef"],
  ClusterRoleBinding: ["roleRef"],
  ResourceQuota: ["spec.scopes"],
  Secret: ["type"],
};

/** Fields of a Service that go with its type (pkg/registry/core/service/strategy.go: dropTypeDependentFields). */
const LOAD_BALANCER_FIELDS = [
  "allocateLoadBalancerNodePorts",
  "externalTrafficPolicy",
  "healthCheckNodePort",
  "loadBalancerClass",
];

export function immutableIssues(kind: Kind, before: JsonObject, after: JsonObject): FieldIssue[] {
  const paths = IMMUTABLE[kind.kind] ?? [];
  const issues = paths
    .filter((path) => !sameJson(valueAt(before, path), valueAt(after, path)))
    .map((path) => ({
      path,
      message: `Invalid value: ${JSON.stringify(valueAt(after, path))}: field is immutable`,
    }));
  if (isFrozenData(before, after)) {
    issues.push({ path: "data", message: "Forbidden: field is immutable when `immutable` is set" });
  }
  return issues;
}

/** The object with what its place keeps: identity, status, and a generation that counts changes of its spec. */
export function withServerFields(
  object: JsonObject,
  before: JsonObject,
  resourceVersion: string,
): JsonObject {
  const old = before["metadata"] as JsonObject;
  const kept = Object.fromEntries(SERVER_METADATA.map((key) => [key, old[key] ?? null]));
  const changed = !sameJson(before["spec"], object["spec"]);
  const metadata = {
    ...(object["metadata"] as JsonObject),
    ...kept,
    resourceVersion,
    generation: Number(old["generation"] ?? 1) + (changed ? 1 : 0),
  };
  const status = before["status"];
  return { ...object, metadata, ...(status === undefined ? {} : { status }) };
}

/** What is applied in the form in which it is kept: without empty places, and text of a Secret among its data. */
export function canonical(kind: Kind, given: JsonObject): JsonObject {
  const object = withoutEmpty(given) as JsonObject;
  const plain = object["stringData"];
  if (kind.kind !== "Secret" || !isObject(plain)) return object;
  const encoded = Object.entries(plain).map(([key, value]) => [
    key,
    Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64"),
  ]);
  const data = isObject(object["data"]) ? object["data"] : {};
  const added = Object.fromEntries(encoded) as JsonObject;
  return { ...without(object, ["stringData"]), data: { ...data, ...added } };
}

function withoutEmpty(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutEmpty);
  if (!isObject(value)) return value;
  const given = Object.entries(value).filter(([, item]) => item !== null);
  return Object.fromEntries(given.map(([key, item]) => [key, withoutEmpty(item)]));
}

/** Values that the server gave out stay when the program does not name them. */
export function keepAllocated(kind: Kind, object: JsonObject, before: JsonObject): JsonObject {
  if (kind.kind !== "Service") return object;
  const [spec, old] = [object["spec"], before["spec"]];
  if (!isObject(spec) || !isObject(old)) return object;
  const kept: JsonObject = {};
  for (const field of ["clusterIP", "clusterIPs"]) {
    const value = spec[field] ?? old[field];
    if (value !== undefined) kept[field] = value;
  }
  const isNoBalancerNow = old["type"] === "LoadBalancer" && spec["type"] === "ClusterIP";
  const dropped = isNoBalancerNow
    ? LOAD_BALANCER_FIELDS.filter((field) => sameJson(spec[field], old[field]))
    : [];
  return { ...object, spec: { ...without(spec, dropped), ...kept } };
}

function isFrozenData(before: JsonObject, after: JsonObject): boolean {
  if (before["immutable"] !== true) return false;
  const fields = ["data", "binaryData"];
  return fields.some((field) => !sameJson(before[field], after[field]));
}

export function valueAt(object: JsonObject, path: string): Json {
  return path
    .split(".")
    .reduce<Json>((value, key) => (isObject(value) ? (value[key] ?? null) : null), object);
}
