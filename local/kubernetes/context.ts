/** What the emulated controllers of one cluster work with. */
import type { KubernetesApi } from "./api";
import type { Cluster, ClusterPlatform } from "./cluster/platform";
import type { NodeAgent } from "./node/client";

/** How long real seconds are allowed to take; virtual ones cost nothing. */
export interface Timings {
  /** A rollout that has made no end by then has failed. Kubernetes allows 600 s. @default 10 */
  readonly rolloutSeconds: number;
  /** A Service without pods waits this long after the last other operation. @default 15 */
  readonly idleSeconds: number;
}

export const DEFAULT_TIMINGS: Timings = { rolloutSeconds: 10, idleSeconds: 15 };

export interface ClusterContext {
  readonly api: KubernetesApi;
  readonly cluster: Cluster;
  readonly platform: ClusterPlatform;
  readonly timings: Timings;
  /** Starts the node agent where none is alive. */
  node(): Promise<NodeAgent>;
  /** Tells the user something that is no error. */
  warn(message: string): void;
}

/** Id of an object in the cloud store; the node agent knows workloads and Services by it. */
export function objectId(
  clusterId: string,
  { apiVersion, kind }: { readonly apiVersion: string; readonly kind: string },
  name: string,
  namespace = "-",
): string {
  return `${clusterId}/kubernetes/${apiVersion}/${kind}/${namespace}/${name}`;
}

/** ARM id of the cluster in which an object of this id is. */
export function clusterOf(objectId: string): string {
  return objectId.slice(0, objectId.indexOf("/kubernetes/"));
}

export function nodeKey(id: string): string {
  return id.toLowerCase();
}
