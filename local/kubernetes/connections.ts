/** Provider instances: each is one way to one cluster. */
import type { Place } from "../azure/aks/apiServerAccess";
import type { CloudStore } from "../cloud/store";
import { ProviderError, type JsonObject, type ResourceRequest } from "../provider/backend";
import type { ObjectName } from "./api";
import { azurePlatform } from "./cluster/azurePlatform";
import {
  authorize,
  parseSettings,
  reachCluster,
  type ConnectionSettings,
  type Verb,
} from "./cluster/connection";
import type { Cluster, ClusterPlatform } from "./cluster/platform";
import { DEFAULT_TIMINGS, type ClusterContext, type Timings } from "./context";
import { EmulatedApi } from "./emulatedApi";
import type { NodeAgent } from "./node/client";
import type { ApiClient } from "./real/client";
import { realControllers } from "./real/controllers";
import { RealApi } from "./real/realApi";
import { EMULATED_CONTROLLERS } from "./reconcile";

export interface KubernetesOptions {
  readonly store: CloudStore;
  /** Runs the pods. A function is called when the first pod or Service needs a node: a preview needs none. */
  readonly nodeAgent: NodeAgent | (() => Promise<NodeAgent>);
  /** The identity that runs the program; its Azure role assignments decide what it may do in a cluster. */
  readonly deployer: { readonly objectId: string; readonly place?: Place };
  /** Entra ID tenant, for the pods that sign in to it. */
  readonly tenantId: string;
  /** Told of what is no error but should be known: admission warnings, images that are not run. */
  readonly warn?: (message: string) => void;
  readonly timings?: Partial<Timings>;
  /** A Kubernetes that stands for one of the emulated clusters. @default all are emulated */
  readonly realCluster?: RealCluster | undefined;
  /** What clusters ask of their cloud. @default the emulated Azure in `store` */
  readonly platform?: ClusterPlatform;
}

export interface RealCluster {
  readonly client: ApiClient;
  /** Brings an OCI archive to where the nodes find it under a name, without a registry. */
  importImage(archive: string, reference: string): Promise<void>;
  /** Objects that stand in for a chart's; undefined where there are none for it. */
  standIn(chart: string, rendered: readonly JsonObject[]): Promise<readonly JsonObject[] | undefined>;
  /** Is it this one that it stands for? */
  standsFor(cluster: Cluster): boolean;
}

export class Connections {
  private readonly instances = new Map<string, ConnectionSettings>();
  private readonly platform: ClusterPlatform;
  private node: Promise<NodeAgent> | undefined;

  public constructor(private readonly options: KubernetesOptions) {
    this.platform =
      options.platform ??
      azurePlatform(options.store, options.tenantId, options.deployer.objectId, options.deployer.place);
  }

  /** @throws where the inputs of the provider make no sense. */
  public configure(connection: string, inputs: JsonObject): void {
    this.instances.set(connection, parseSettings(inputs));
  }

  public settings({ connection, urn }: ResourceRequest): ConnectionSettings {
    const settings = this.instances.get(connection);
    if (settings === undefined) {
      throw new ProviderError("Unconfigured", `${urn}: its provider instance was not configured`);
    }
    return settings;
  }

  /** @throws where the cluster cannot be reached or the caller may not do this. */
  public context(request: ResourceRequest, verb: Verb, name: ObjectName): ClusterContext {
    const { kubeconfig } = this.settings(request);
    if (kubeconfig === undefined) {
      throw new ProviderError("Unavailable", `${request.urn}: the kubeconfig of its provider is not known`);
    }
    const cluster = reachCluster(this.platform, kubeconfig);
    authorize(this.platform, cluster, kubeconfig, verb, name);
    return {
      ...this.controlPlane(cluster),
      cluster,
      platform: this.platform,
      timings: { ...DEFAULT_TIMINGS, ...this.options.timings },
      node: () => this.startNode(),
      warn: (message) => this.options.warn?.(message),
    };
  }

  /** Undefined where the cluster is gone and the provider was told to take its objects for gone as well. */
  public contextForDelete(request: ResourceRequest, name: ObjectName): ClusterContext | undefined {
    try {
      return this.context(request, "delete", name);
    } catch (error) {
      const isGone = error instanceof ProviderError && error.code === "ServiceUnavailable";
      if (isGone && this.settings(request).deleteUnreachable) return undefined;
      throw error;
    }
  }

  private controlPlane(cluster: Cluster): Pick<ClusterContext, "api" | "controllers"> {
    const { store, realCluster } = this.options;
    if (realCluster?.standsFor(cluster) === true) {
      return {
        api: new RealApi(realCluster.client, store, cluster.id),
        controllers: realControllers(realCluster),
      };
    }
    const addons = new Set(cluster.verticalPodAutoscaler ? ["verticalPodAutoscaler"] : []);
    return { api: new EmulatedApi(store, cluster.id, addons), controllers: EMULATED_CONTROLLERS };
  }

  private startNode(): Promise<NodeAgent> {
    const { nodeAgent } = this.options;
    this.node ??= typeof nodeAgent === "function" ? nodeAgent() : Promise.resolve(nodeAgent);
    return this.node;
  }
}
