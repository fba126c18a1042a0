/** The emulated API server: checks objects, fills in defaults, keeps them in the cloud store. */
import { randomUUID } from "node:crypto";
import type { CloudStore, CloudRecord } from "../cloud/store";
import type { JsonObject } from "../provider/backend";
import { isObject, withValue, without } from "../provider/values";
import { nameOf, type KubernetesApi, type ObjectName } from "./api";
import { isForced } from "./annotations";
import { objectId } from "./context";
import { withDefaults } from "./defaults";
import { KINDS, qualifiedPlural, type Kind } from "./kinds";
import { withIgnored } from "./ownership/ignored";
import {
  ownable,
  PROGRAM,
  withoutManagers,
  withOwners,
  type Manager,
  type Owned,
} from "./ownership/managers";
import { apply, update } from "./ownership/write";
import { alreadyExists, invalid, namespaceNotFound, noMatch, notFound } from "./status";
import { asJson, asKube, type KubeObject } from "./types";
import { canonical, immutableIssues, keepAllocated, valueAt, withServerFields } from "./updateRules";
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

/** An autoscaler writes the number of pods through the subresource that workloads have for it. */
const AUTOSCALER: Manager = {
  name: "kube-controller-manager",
  operation: "Update",
  subresource: "scale",
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
    const objects = records.map(({ properties }) => withoutManagers(properties));
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
      creationTimestamp: this.time(),
      resourceVersion: this.nextVersion(),
      generation: 1,
    };
    const owners = [{ manager: PROGRAM, fields: ownable(kind, canonical(kind, object)) }];
    return this.save(name, withOwners(kind, { ...filled, metadata }, owners, this.time()));
  }

  public update(kind: Kind, object: JsonObject, ignored: readonly string[] = []): Promise<KubeObject> {
    const name = this.admit(kind, object);
    const live = this.stored(name);
    const applied = canonical(kind, withIgnored(kind, object, live, ignored));
    const options = { manager: PROGRAM, force: isForced(object) };
    const { object: merged, owners } = apply(kind, live, applied, options);
    return Promise.resolve(this.put(name, live, merged, owners));
  }

  public scale(name: ObjectName, replicas: number): Promise<KubeObject> {
    const live = this.stored(name);
    return this.replace(name, withValue(live, "spec.replicas", replicas), AUTOSCALER);
  }

  /** Puts an object in another's place, as clients do that do not apply: `kubectl edit`, controllers. */
  public replace({ kind, ...where }: ObjectName, object: JsonObject, manager: Manager): Promise<KubeObject> {
    const name = { kind, ...where };
    const live = this.stored(name);
    const { owners } = update(kind, live, object, manager);
    return Promise.resolve(this.put(name, live, object, owners));
  }

  public async setStatus(name: ObjectName, status: JsonObject): Promise<KubeObject> {
    return await Promise.resolve(this.save(name, { ...this.stored(name), status }));
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

  /** What follows on the merge: defaults, checks, and what belongs to the server. */
  private put(
    name: ObjectName,
    before: JsonObject,
    object: JsonObject,
    owners: readonly Owned[],
  ): KubeObject {
    const { kind } = name;
    const filled = keepAllocated(kind, withDefaults(kind, object), before);
    const issues = [
      ...immutableIssues(kind, before, filled),
      ...validateObject(kind, without(filled, ["status"])),
    ];
    if (issues.length > 0) throw invalid(kind, name.name, issues);
    const written = withServerFields(filled, before, this.nextVersion());
    return this.save(name, withOwners(kind, written, owners, this.time()));
  }

  private time(): string {
    return this.now()
      .toISOString()
      .replace(/\.\d+Z$/, "Z");
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

  private find(name: ObjectName): KubeObject | undefined {
    const record = this.store.get(this.idOf(name));
    return record === undefined ? undefined : withoutManagers(record.properties);
  }

  /** The object with its owners. @throws where there is none */
  private stored(name: ObjectName): JsonObject {
    const record = this.store.get(this.idOf(name));
    if (record === undefined) throw notFound(name.kind, name.name);
    return record.properties;
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
    return withoutManagers(this.store.get(id)?.properties ?? object);
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
