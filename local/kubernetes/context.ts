/** What the emulated controllers of one cluster work with. */
import type { KubernetesApi, ObjectName } from "./api";
import type { Cluster, ClusterPlatform } from "./cluster/platform";
import type { Kind } from "./kinds";
import type { NodeAgent } from "./node/client";
import type { PodProblem } from "./rollout/problems";
import type { JsonObject } from "../provider/backend";
import type { Deployment, KubeObject } from "./types";

/** How long real seconds are allowed to take; virtual ones cost nothing. */
export interface Timings {
  /** A rollout that has made no end by then has failed. Kubernetes allows 600 s. @default 10 */
  readonly rolloutSeconds: number;
  /** A Service without pods waits this long after the last other operation. @default 15 */
  readonly idleSeconds: number;
}

export const DEFAULT_TIMINGS: Timings = { rolloutSeconds: 10, idleSeconds: 15 };

export interface Reconciled {
  readonly object: KubeObject;
  /** Why the object is not ready; none where it is. */
  readonly problems: readonly PodProblem[];
}

/** What happens in a cluster when an object was written or deleted. */
export interface Controllers {
  /** Makes ready what an object needs. @returns why it will not become ready whatever happens; none where it may */
  beforeWrite(context: ClusterContext, kind: Kind, object: KubeObject): Promise<readonly PodProblem[]>;
  /** @param lastActivity when the last other operation on the cluster ended or, while one runs, the present time. */
  afterWrite(
    context: ClusterContext,
    kind: Kind,
    object: KubeObject,
    lastActivity: () => number,
  ): Promise<Reconciled>;
  /** Ends what runs for an object before it goes. */
  beforeDelete(context: ClusterContext, name: ObjectName): Promise<void>;
  afterDelete(context: ClusterContext, name: ObjectName): Promise<void>;
  /**
   * The objects of a chart as this cluster can have them.
   *
   * @param chart its name, without the registry
   * @throws ProviderError for a chart that the cluster cannot have
   */
  chartObjects(chart: string, rendered: readonly JsonObject[]): Promise<readonly JsonObject[]>;
  /** Waits for the pods of a chart's Deployment. @returns why they do not run */
  startChart(context: ClusterContext, deployment: Deployment): Promise<readonly PodProblem[]>;
}

export interface ClusterContext {
  readonly controllers: Controllers;
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
