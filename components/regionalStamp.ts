import type * as authorization from "@pulumi/azure-native/authorization";
import type * as monitor from "@pulumi/azure-native/monitor";
import * as resources from "@pulumi/azure-native/resources";
import * as pulumi from "@pulumi/pulumi";

import type { PlatformConfig, Stamp } from "../config";
import type { AcrRegistry } from "./acrRegistry";
import { AksPlatform } from "./aksPlatform";
import { ClusterIdentities } from "./clusterIdentities";
import { ClusterMonitoring } from "./clusterMonitoring";
import type { DataServices } from "./data/dataServices";
import { ManagedRedis } from "./data/managedRedis";
import type { GlobalEdge } from "./edge/globalEdge";
import type { RegionalEntrance } from "./edge/regionalEntrance";
import { BackupStorage } from "./governance/backupStorage";
import { ClusterBackup } from "./governance/clusterBackup";
import { OffHours } from "./governance/offHours";
import { RegionalNetwork } from "./network/regionalNetwork";
import type { RunnerNetwork } from "./network/runnerNetwork";
import type { ObservabilityStack } from "./observabilityStack";
import { PrivateServices } from "./privateServices";
import { API_NAMESPACE, RegionalApi } from "./regionalApi";
import { RegionalPrometheus } from "./regionalPrometheus";
import { ClusterAccess } from "./security/clusterAccess";
import { DiskEncryption } from "./security/diskEncryption";
import { EtcdEncryption } from "./security/etcdEncryption";
import { KeyVault } from "./security/keyVault";
import { PolicyAssignments } from "./security/policyAssignments";
import { clusterBaseline } from "./security/policyBaseline";
import type { WorkloadIdentity } from "./workloadIdentity";
import type { ApiImage } from "./workloads/apiImage";
import { deliveryNamespaces } from "./workloads/deliveryCharts";

export interface RegionalStampArgs {
  readonly config: PlatformConfig;
  readonly stamp: Stamp;
  /** Who deploys. */
  readonly client: pulumi.Input<authorization.GetClientConfigResult>;
  readonly observability: ObservabilityStack;
  readonly registry: AcrRegistry;
  readonly image: ApiImage;
  /** Who the API is in Azure. */
  readonly identity: WorkloadIdentity;
  readonly data: DataServices;
  readonly edge: GlobalEdge;
  /** The deployer's network. */
  readonly runner: RunnerNetwork;
}

/**
 * The platform in one region, whole and disposable: network, vault, cluster, private endpoints, cache, backup and the API.
 * Nothing of it depends on another stamp.
 *
 * Costs what its parts cost. Refuses: what `config/` refuses.
 *
 * @example
 * const stamps = config.stamps.map((stamp) => new RegionalStamp(stamp.location, { config, stamp, client, ...shared }));
 */
export class RegionalStamp extends pulumi.ComponentResource {
  public readonly location: string;
  public readonly resourceGroup: resources.ResourceGroup;
  public readonly platform: AksPlatform;
  public readonly vault: KeyVault;
  /** Where the region's metrics are kept. */
  public readonly prometheus: monitor.AzureMonitorWorkspace;
  public readonly api: RegionalApi;
  /** Where the region takes requests. */
  public readonly entrance: RegionalEntrance;

  /** Resource groups that the backups have for themselves. */
  public readonly backupGroups: readonly resources.ResourceGroup[];

  private readonly identities: ClusterIdentities;
  private readonly settings: PlatformConfig & Stamp & RegionalSurroundings;

  public constructor(
    private readonly name: string,
    private readonly args: RegionalStampArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("platform:azure:RegionalStamp", name, {}, opts);
    const { config, stamp, client, observability } = args;
    this.location = stamp.location;
    this.resourceGroup = new resources.ResourceGroup(
      `${name}-rg`,
      { resourceGroupName: stamp.names.of("rg"), location: stamp.location, tags: config.tags },
      { parent: this },
    );
    const { workspace } = observability;
    this.settings = { ...config, ...stamp, client, workspace, resourceGroup: this.resourceGroup };
    const network = new RegionalNetwork(
      `${name}-network`,
      { ...this.settings, runner: args.runner },
      this.child,
    );
    this.vault = new KeyVault(`${name}-vault`, this.settings, this.child);
    const redis = this.createRedis();
    const prometheus = new RegionalPrometheus(`${name}-prometheus`, this.settings, this.child);
    this.prometheus = prometheus.workspace;
    const backupStorage = config.governance.backup
      ? new BackupStorage(`${name}-backup-storage`, this.settings, this.child)
      : undefined;
    const around = { ...this.settings, ...args, regionalNetwork: network, redis, vault: this.vault };
    const { endpoints } = new PrivateServices(
      `${name}-private`,
      { ...around, prometheus, backupStorage },
      this.child,
    );
    this.identities = new ClusterIdentities(`${name}-identities`, around, this.child);
    this.platform = this.createPlatform(network, endpoints, prometheus);
    const { assignments } = new PolicyAssignments(
      `${name}-policies`,
      {
        ...around,
        baseline: clusterBaseline({
          ...{ ...config, loginServer: args.registry.loginServer },
          addonNamespaces: deliveryNamespaces(config.api),
        }),
      },
      this.child,
    );
    this.api = new RegionalApi(
      `${name}-api`,
      {
        ...{ ...around, ...this.settings, platform: this.platform, identities: this.identities },
        ...{ acr: args.registry, dataServices: args.data, frontDoorId: args.edge.frontDoorId },
        after: [...endpoints, ...assignments],
      },
      this.child,
    );
    this.entrance = this.api.entrance;
    this.backupGroups = this.govern(backupStorage, endpoints);
    this.registerOutputs({
      location: this.location,
      resourceGroup: this.resourceGroup,
      platform: this.platform,
      vault: this.vault,
      prometheus: this.prometheus,
      api: this.api,
      entrance: this.entrance,
    });
  }

  /** For the stack's outputs. */
  public get summary() {
    const { location, resourceGroup, platform, api } = this;
    return {
      location,
      resourceGroupName: resourceGroup.name,
      clusterName: platform.cluster.name,
      kubeconfig: platform.kubeconfig,
      url: api.entrance.url,
    };
  }

  private get child(): pulumi.ComponentResourceOptions {
    return { parent: this };
  }

  private createRedis(): ManagedRedis | undefined {
    const { redis } = this.settings.data;
    if (!redis) return undefined;
    return new ManagedRedis(`${this.name}-redis`, { ...this.settings, redis }, this.child);
  }

  private createPlatform(
    regionalNetwork: RegionalNetwork,
    endpoints: readonly pulumi.Resource[],
    prometheus: RegionalPrometheus,
  ): AksPlatform {
    const { name, settings, child, vault, identities } = this;
    const around = { ...settings, regionalNetwork };
    const disks = settings.security.customerManagedDiskKey
      ? new DiskEncryption(`${name}-disks`, { ...settings, vault, identities }, child)
      : undefined;
    const etcd = settings.security.etcdEncryption
      ? new EtcdEncryption(`${name}-etcd`, { ...settings, vault, identities, reachableBy: endpoints }, child)
      : undefined;
    const platform = new AksPlatform(
      `${name}-platform`,
      { ...around, identities, diskEncryptionSetId: disks?.id, etcdEncryption: etcd?.profile },
      child,
    );
    const { cluster } = platform;
    new ClusterMonitoring(
      `${name}-monitoring`,
      { ...settings, cluster, prometheus, stack: this.args.observability },
      child,
    );
    new ClusterAccess(`${name}-access`, { ...settings, cluster }, child);
    return platform;
  }

  /** @returns the resource groups of the backups */
  private govern(
    storage: BackupStorage | undefined,
    reachableBy: readonly pulumi.Resource[],
  ): readonly resources.ResourceGroup[] {
    const { name, settings, child, identities, platform } = this;
    const { backup, offHours } = settings.governance;
    if (offHours) {
      new OffHours(`${name}-off-hours`, { ...settings, offHours, cluster: platform.cluster }, child);
    }
    if (!backup || !storage) return [];
    const namespaces = [API_NAMESPACE];
    const { snapshots } = new ClusterBackup(
      `${name}-backup`,
      { ...settings, backup, storage, platform, identities, namespaces, reachableBy },
      child,
    );
    return [storage.resourceGroup, snapshots];
  }
}

interface RegionalSurroundings {
  readonly client: RegionalStampArgs["client"];
  readonly workspace: ObservabilityStack["workspace"];
  readonly resourceGroup: resources.ResourceGroup;
}
