import type { JsonObject } from "../provider/backend";

export type CloudName = "azure" | "entra" | "kubernetes";

/** A thing that exists in an emulated cloud. */
export interface CloudRecord {
  /** The cloud's own id: an ARM id, an object id, a cluster's path to an object. */
  readonly id: string;
  readonly cloud: CloudName;
  /** The cloud's own type, such as `Microsoft.ContainerService/managedClusters` or `apps/v1/Deployment`. */
  readonly type: string;
  readonly properties: JsonObject;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /** How long its creation takes on the real cloud, in seconds. */
  readonly seconds: number;
  /** True for what the cloud keeps for the whole subscription: nobody's program made it, and none takes it away. */
  readonly ofSubscription?: true;
}
