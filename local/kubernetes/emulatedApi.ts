/** The emulated API server: checks objects, fills in defaults, keeps them in the cloud store. */
import { randomUUID } from "node:crypto";
import type { CloudStore, CloudRecord } from "../cloud/store";
import type { Json, JsonObject } from "../provider/backend";
import { isObject } from "../provider/values";
import { nameOf, type KubernetesApi, type ObjectName } from "./api";
import { objectId } from "./context";
import { withDefaults } from "./defaults";
import { KINDS, qualifiedPlural, type Kind } from "./kinds";
import { alreadyExists, invalid, namespaceNotFound, noMatch, notFound } from "./status";
import { sameJson } from "./sameJson";
import { asJson, asKube, type KubeObject } from "./types";
import { validateObject } from "./validation/validate";

/** Namespaces that every cluster is born with. */
const BUILT_IN_NAMESPACES: ReadonlySet<string> = new Set([
  "default",
  "kube-node-lease",
  "kube-public",
  "kube-system",
]);

/** The addresses before it belong to the API server and to DNS. */
const FIRST_SERVICE_HOST = 16;

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

export class EmulatedApi implements KubernetesApi {
  /** @param clusterId ARM id of the cluster: ids of its objects lie under it, so they go when it goes. */
  public constructor(
    private readonly store: CloudStore,
    private readonly clusterId: string,
    private readonly addons: ReadonlySet<string>,
    private readonly now: () => Date = () => new Date(),
  ) {}

  public get(name: ObjectName): Promise<KubeObject | undefined> {
    return Promise.resolve(this.find(name));
  }

  public list(kind: Kind, namespace?: string): Promise<KubeObject[]> {
    const records = this.store.list({ under: this.prefix(), cloud: "kubernetes", type: typeOf(kind) });
    const objects = records.map(({ properties }) => asKube(properties));
    return Promise.resolve(
      objects.filter(({ metadata }) => namespace === undefined || metadata.namespace === namespace),
    );
  }

  public async create(kind: Kind, object: JsonObject): Promise<KubeObject> {
    const name = this.admit(kind, object);
    const isBuiltIn = kind.kind === "Namespace" && BUILT_IN_NAMESPACES.has(name.name);
    if (isBuiltIn || this.find(name) !== undefined) throw alreadyExists(kind, name.name);
    const filled = await this.withClusterIp(kind, withDefaults(kind, object));
    const metadata = {
      ...(filled["metadata"] as JsonObject),
      uid: randomUUID(),
      creationTimestamp: this.now()
        .toISOString()
        .replace(/\.\d+Z$/, "Z"),
      resourceVersion: this.nextVersion(),
      generation: 1,
    };
    return this.save(name, { ...filled, metadata });
  }

  public async update(kind: Kind, object: JsonObject): Promise<KubeObject> {
    const name = this.admit(kind, object);
    const live = this.find(name);
    if (live === undefined) throw notFound(kind, name.name);
    const before = asJson(live);
    const filled = keepAllocated(kind, withDefaults(kind, object), before);
    this.refuseImmutable(kind, name, before, filled);
    const old = before["metadata"] as JsonObject;
    const kept = Object.fromEntries(SERVER_METADATA.map((key) => [key, old[key] ?? null]));
    const changed = !sameJson(before["spec"], filled["spec"]);
    const metadata = {
      ...(filled["metadata"] as JsonObject),
      ...kept,
      resourceVersion: this.nextVersion(),
      generation: Number(old["generation"] ?? 1) + (changed ? 1 : 0),
    };
    const status = before["status"];
    const saved = this.save(name, { ...filled, metadata, ...(status === undefined ? {} : { status }) });
    return await Promise.resolve(saved);
  }

  public async setStatus(name: ObjectName, status: JsonObject): Promise<KubeObject> {
    const live = this.find(name);
    if (live === undefined) throw notFound(name.kind, name.name);
    return await Promise.resolve(this.save(name, { ...asJson(live), status }));
  }

  public async delete(name: ObjectName): Promise<void> {
    if (this.find(name) === undefined) throw notFound(name.kind, name.name);
    for (const kind of KINDS.filter((entry) => goesWith(entry, name))) {
      const objects = await this.list(kind, name.kind.kind === "Namespace" ? name.name : undefined);
      for (const object of objects) this.store.remove(this.idOf(nameOf(kind, object)));
    }
    this.store.remove(this.idOf(name));
  }

  /** What is wrong with an object goes before what is wrong with its place. */
  private admit(kind: Kind, object: JsonObject): ObjectName {
    if (kind.addon !== undefined && !this.addons.has(kind.addon)) throw noMatch(kind);
    if (kind.custom === true && !this.hasDefinition(kind)) throw noMatch(kind);
    const typed = asKube(object);
    const issues = validateObject(kind, object);
    if (issues.length > 0)
      throw invalid(kind, isObject(object["metadata"]) ? typed.metadata.name : "", issues);
    const name = nameOf(kind, typed);
    if (name.namespace !== undefined && !this.hasNamespace(name.namespace)) {
      throw namespaceNotFound(name.namespace);
    }
    return name;
  }

  private hasDefinition(kind: Kind): boolean {
    const name = qualifiedPlural(kind);
    return (
      this.store.get(`${this.prefix()}/apiextensions.k8s.io/v1/CustomResourceDefinition/-/${name}`) !==
      undefined
    );
  }

  private hasNamespace(name: string): boolean {
    if (BUILT_IN_NAMESPACES.has(name)) return true;
    return this.store.get(`${this.prefix()}/v1/Namespace/-/${name}`) !== undefined;
  }

  private refuseImmutable(kind: Kind, name: ObjectName, before: JsonObject, after: JsonObject): void {
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
    if (issues.length > 0) throw invalid(kind, name.name, issues);
  }

  private find(name: ObjectName): KubeObject | undefined {
    const record = this.store.get(this.idOf(name));
    return record === undefined ? undefined : asKube(record.properties);
  }

  private save(name: ObjectName, object: JsonObject): KubeObject {
    const id = this.idOf(name);
    const record: CloudRecord = {
      id,
      cloud: "kubernetes",
      type: typeOf(name.kind),
      properties: object,
      createdAt: this.store.get(id)?.createdAt ?? this.now().toISOString(),
      seconds: name.kind.seconds,
    };
    this.store.put(record);
    return asKube(this.store.get(id)?.properties ?? object);
  }

  /** Gives a Service the next free address of the service network (AKS: 10.0.0.0/16 unless told otherwise). */
  private async withClusterIp(kind: Kind, object: JsonObject): Promise<JsonObject> {
    const { spec } = object;
    if (kind.kind !== "Service" || !isObject(spec) || spec["type"] === "ExternalName") return object;
    if (spec["clusterIP"] !== undefined) return object;
    const services = await this.list(kind);
    const taken = new Set(services.map((service) => valueAt(asJson(service), "spec.clusterIP")));
    let host = FIRST_SERVICE_HOST;
    const address = (): string => `10.0.${host >> 8}.${host & 255}`;
    while (taken.has(address())) host++;
    return { ...object, spec: { ...spec, clusterIP: address(), clusterIPs: [address()] } };
  }

  private nextVersion(): string {
    const objects = this.store.list({ under: this.prefix(), cloud: "kubernetes" });
    const versions = objects.map(({ properties }) =>
      Number(asKube(properties).metadata.resourceVersion ?? 0),
    );
    return String(Math.max(1000, ...versions) + 1);
  }

  private prefix(): string {
    return `${this.clusterId}/kubernetes`;
  }

  private idOf({ kind, namespace, name }: ObjectName): string {
    return objectId(this.clusterId, kind, name, namespace);
  }
}

/** A namespace takes what is in it along, the definition of a custom resource all objects of it. */
function goesWith(kind: Kind, { kind: { kind: gone }, name }: ObjectName): boolean {
  return gone === "Namespace"
    ? kind.namespaced
    : gone === "CustomResourceDefinition" && qualifiedPlural(kind) === name;
}

function typeOf(kind: Kind): string {
  return `${kind.apiVersion}/${kind.kind}`;
}

/** Values that the server gave out stay when the program does not name them. */
function keepAllocated(kind: Kind, object: JsonObject, before: JsonObject): JsonObject {
  if (kind.kind !== "Service") return object;
  const [spec, old] = [object["spec"], before["spec"]];
  if (!isObject(spec) || !isObject(old)) return object;
  const kept: JsonObject = {};
  for (const field of ["clusterIP", "clusterIPs"]) {
    const value = spec[field] ?? old[field];
    if (value !== undefined) kept[field] = value;
  }
  return { ...object, spec: { ...spec, ...kept } };
}

function isFrozenData(before: JsonObject, after: JsonObject): boolean {
  if (before["immutable"] !== true) return false;
  const fields = ["data", "binaryData"];
  return fields.some((field) => !sameJson(before[field], after[field]));
}

function valueAt(object: JsonObject, path: string): Json {
  return path
    .split(".")
    .reduce<Json>((value, key) => (isObject(value) ? (value[key] ?? null) : null), object);
}
