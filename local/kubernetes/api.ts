/**
 * What the provider asks of a Kubernetes API server. The emulated one (emulatedApi.ts) keeps its objects in the
 * cloud store; a client of a real API server fits the same interface.
 */
import type { JsonObject } from "../provider/backend";
import type { Kind } from "./kinds";
import type { KubeObject } from "./types";

export interface ObjectName {
  readonly kind: Kind;
  /** Absent for objects of the whole cluster. */
  readonly namespace?: string;
  readonly name: string;
}

/** Every method rejects with the API server's refusal as a ProviderError. */
export interface KubernetesApi {
  get(name: ObjectName): Promise<KubeObject | undefined>;
  /** Resolves to the object with the server's defaults; refuses one that exists. */
  create(kind: Kind, object: JsonObject): Promise<KubeObject>;
  /**
   * Puts the given fields in place of those given before, by server-side apply: what others own or the server fills in stays.
   *
   * @param ignored paths such as `spec.replicas` that the program leaves to others. @default none
   */
  update(kind: Kind, object: JsonObject, ignored?: readonly string[]): Promise<KubeObject>;
  /** Sets the number of a workload's pods, as an autoscaler does. */
  scale(name: ObjectName, replicas: number): Promise<KubeObject>;
  setStatus(name: ObjectName, status: JsonObject): Promise<KubeObject>;
  /** Deleting a namespace deletes what is in it. Refuses an object that does not exist. */
  delete(name: ObjectName): Promise<void>;
  /** Objects of a kind, of one namespace or of all. */
  list(kind: Kind, namespace?: string): Promise<KubeObject[]>;
}

export function nameOf(kind: Kind, object: KubeObject): ObjectName {
  const { name, namespace } = object.metadata;
  return kind.namespaced ? { kind, name, namespace: namespace ?? "default" } : { kind, name };
}
