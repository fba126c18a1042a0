import * as pulumi from "@pulumi/pulumi";

import type { PlatformConfig } from "../config";
import type { AcrRegistry } from "./acrRegistry";
import type { AksPlatform } from "./aksPlatform";
import type { ClusterIdentities } from "./clusterIdentities";
import type { DataServices } from "./data/dataServices";
import type { ManagedRedis } from "./data/managedRedis";
import { RegionalEntrance, type RegionalEntranceArgs } from "./edge/regionalEntrance";
import { onceReady } from "./network/site";
import { afterGrants } from "./support/roles";
import type { WorkloadIdentity } from "./workloadIdentity";
import type { ApiImage } from "./workloads/apiImage";
import { ApiService } from "./workloads/apiService";
import { GuardedNamespace } from "./workloads/guardedNamespace";
import { ProgressiveDelivery } from "./workloads/progressiveDelivery";

export interface RegionalApiArgs extends RegionalEntranceArgs, Pick<PlatformConfig, "api" | "network"> {
  readonly platform: AksPlatform;
  readonly identities: ClusterIdentities;
  readonly acr: AcrRegistry;
  readonly image: ApiImage;
  /** Who the API is in Azure. */
  readonly identity: WorkloadIdentity;
  readonly dataServices: DataServices;
  readonly redis: ManagedRedis | undefined;
  /** What must exist before the API's pods: the ways to its services, the policies that they are held to. */
  readonly after: readonly pulumi.Resource[];
}

/** Namespace of the API in every cluster. */
export const API_NAMESPACE = "api";

/**
 * The API in one region: its namespace, its service account, the entrance of the region, and the service behind it.
 *
 * Costs what entrance and pods cost. Refuses: what `config/` refuses.
 *
 * @example
 * const api = new RegionalApi("westus2-api", { ...config, ...stamp, platform, identities, acr, image, identity, dataServices, redis, after });
 */
export class RegionalApi extends pulumi.ComponentResource {
  public readonly entrance: RegionalEntrance;
  public readonly service: ApiService;

  public constructor(name: string, args: RegionalApiArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:azure:RegionalApi", name, {}, opts);
    const { platform, identity, labels, network, addresses } = args;
    const child = { parent: this };
    const namespace = new GuardedNamespace(
      `${name}-namespace`,
      { namespaceName: API_NAMESPACE, labels, api: args.api, provider: platform.kubernetes },
      child,
    );
    this.entrance = new RegionalEntrance(`${name}-entrance`, args, child);
    const { exposure, frontDoorId } = this.entrance;
    this.service = new ApiService(
      `${name}-service`,
      {
        ...args,
        namespace,
        image: this.pullable(name, args),
        serviceAccountName: identity.bindServiceAccount({
          cluster: args.location,
          name: "api",
          namespace: namespace.namespaceName,
          labels,
          oidcIssuerUrl: platform.oidcIssuerUrl,
          provider: platform.kubernetes,
        }),
        exposure,
        frontDoorId,
        delivery: this.createDelivery(name, args),
        environment: {
          ...args.dataServices.environmentFor(identity),
          ...args.redis?.environmentFor(identity),
          KEY_VAULT_URL: args.vault.uri,
          ...strictTransport(args.edge),
        },
        egressPorts: [...args.dataServices.ports, ...(args.redis?.ports ?? [])],
        privateEndpointCidr: network.allowPublicServiceEndpoints ? undefined : addresses.privateEndpoints,
      },
      child,
    );
    this.entrance.publish(this.service.service);
    this.registerOutputs({ entrance: this.entrance, service: this.service });
  }

  private createDelivery(name: string, args: RegionalApiArgs): ProgressiveDelivery | undefined {
    if (args.api.rollout.strategy === "rollingUpdate") return undefined;
    return new ProgressiveDelivery(
      `${name}-delivery`,
      { ...args, provider: args.platform.kubernetes, namespaceName: API_NAMESPACE },
      { parent: this },
    );
  }

  /** The image once the cluster's nodes may pull it, and everything before the pods is there. */
  private pullable(name: string, args: RegionalApiArgs): Pick<ApiImage, "reference"> {
    const pull = args.acr.grantPull(name, args.identities.kubelet, { parent: this });
    const before = [...args.after, ...this.grantServices(name, args)];
    return { reference: onceReady(afterGrants(args.image.reference, [pull]), before) };
  }

  /** Lets the API use the region's own services, beside those of all regions. */
  private grantServices(
    name: string,
    { dataServices, redis, vault, identity }: RegionalApiArgs,
  ): readonly pulumi.Resource[] {
    return [
      vault.grantSecretsUser(name, { principalId: identity.principalId }),
      ...(redis?.grant(name, identity, { parent: this }) ?? []),
      ...dataServices.grants,
    ];
  }
}

/** Where clients have TLS at every entrance they are told to stay with it: Front Door always has it towards them. */
function strictTransport({ tls, global }: RegionalApiArgs["edge"]): Readonly<Record<string, string>> {
  return tls !== null || global === "frontDoor" ? { STRICT_TRANSPORT_SECURITY: "on" } : {};
}
