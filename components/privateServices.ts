import * as pulumi from "@pulumi/pulumi";

import type { NetworkSettings } from "../config";
import type { AcrRegistry } from "./acrRegistry";
import type { DataServices } from "./data/dataServices";
import type { ManagedRedis } from "./data/managedRedis";
import type { BackupStorage } from "./governance/backupStorage";
import { MonitorPrivateLink } from "./network/monitorPrivateLink";
import { PrivateEndpoints, type PrivateEndpointsArgs } from "./network/privateEndpoints";
import type { RegionalNetwork } from "./network/regionalNetwork";
import type { ObservabilityStack } from "./observabilityStack";
import type { RegionalPrometheus } from "./regionalPrometheus";
import type { KeyVault } from "./security/keyVault";

export interface PrivateServicesArgs extends Omit<
  PrivateEndpointsArgs,
  "targets" | "subnet" | "linkedNetworks"
> {
  readonly network: Pick<NetworkSettings, "allowPublicServiceEndpoints">;
  readonly regionalNetwork: RegionalNetwork;
  readonly observability: ObservabilityStack;
  readonly prometheus: RegionalPrometheus;
  readonly registry: AcrRegistry;
  readonly data: DataServices;
  readonly vault: KeyVault;
  readonly redis: ManagedRedis | undefined;
  readonly backupStorage: BackupStorage | undefined;
}

/**
 * A region's own ways to the services of the platform, as private endpoints: registry, vault, data, monitor.
 *
 * Costs about $7.30 a month for each endpoint. Creates nothing where `network.allowPublicServiceEndpoints`.
 *
 * @example
 * const { endpoints } = new PrivateServices("westus2-private", { ...config, ...stamp, resourceGroup, regionalNetwork, ...services });
 */
export class PrivateServices extends pulumi.ComponentResource {
  /** What must exist before something inside the network reaches a service; empty where all are public. */
  public readonly endpoints: readonly pulumi.Resource[];

  public constructor(name: string, args: PrivateServicesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:azure:PrivateServices", name, {}, opts);
    this.endpoints = args.network.allowPublicServiceEndpoints ? [] : this.connect(name, args);
    this.registerOutputs({ endpoints: this.endpoints });
  }

  private connect(name: string, args: PrivateServicesArgs): readonly pulumi.Resource[] {
    const { regionalNetwork, registry, data, vault, redis, backupStorage } = args;
    const subnet = regionalNetwork.privateEndpointSubnet;
    if (!subnet) throw new pulumi.ResourceError("the network has no subnet for private endpoints", this);
    const { observability, prometheus } = args;
    const monitor = new MonitorPrivateLink(
      `${name}-monitor`,
      {
        ...args,
        workspace: observability.workspace,
        applicationInsights: observability.applicationInsights,
        endpoint: prometheus.endpoint,
      },
      { parent: this },
    );
    const targets = [
      registry.privateTarget,
      ...vault.privateTargets,
      ...data.privateTargets,
      ...(redis?.privateTargets ?? []),
      ...(backupStorage?.privateTargets ?? []),
      monitor.privateTarget,
    ];
    const { linkedNetworks } = regionalNetwork;
    const { endpoints } = new PrivateEndpoints(
      `${name}-endpoints`,
      { ...args, subnet, linkedNetworks, targets },
      { parent: this },
    );
    return endpoints;
  }
}
