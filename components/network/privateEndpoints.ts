import * as network from "@pulumi/azure-native/network";
import * as privatedns from "@pulumi/azure-native/privatedns";
import type * as resources from "@pulumi/azure-native/resources";
import * as pulumi from "@pulumi/pulumi";

import type { Names, Tags } from "../../config";
import type { LinkedNetwork } from "../support/linkedNetwork";
import type { PrivateTarget } from "../support/privateTarget";
import { createPrivateZone, type LinkedZone } from "./privateZone";
import { placed } from "./site";

export interface PrivateEndpointsArgs {
  readonly names: Names;
  readonly tags: Tags;
  /** Azure region. */
  readonly location: string;
  readonly resourceGroup: resources.ResourceGroup;
  /** Where the endpoints have their addresses. */
  readonly subnet: network.Subnet;
  /** Networks that resolve the services' names to those addresses. */
  readonly linkedNetworks: readonly LinkedNetwork[];
  /** Services to reach; those that share a zone share it here too. */
  readonly targets: readonly PrivateTarget[];
}

/**
 * Private endpoints of services in one subnet, with the private DNS zones by which the linked networks find them.
 *
 * Costs about $7.30 a month for each endpoint and $0.50 for each zone, and $0.01 per GB. Refuses nothing itself: Azure
 * refuses a network that is linked to a zone of the same name already.
 *
 * @example
 * const { endpoints } = new PrivateEndpoints("westus2-private", { ...config, ...stamp, resourceGroup, subnet, linkedNetworks, targets });
 */
export class PrivateEndpoints extends pulumi.ComponentResource {
  /** What must exist before the services answer in the network: endpoints, their names, the zones' links. */
  public readonly endpoints: readonly pulumi.Resource[];

  public constructor(name: string, args: PrivateEndpointsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:network:PrivateEndpoints", name, {}, opts);
    const zoneNames = [...new Set(args.targets.flatMap(({ zones }) => zones))];
    const zones = new Map(
      zoneNames.map((zone) => [
        zone,
        createPrivateZone(`${name}-${zone.replaceAll(".", "-")}`, { ...args, zone }, { parent: this }),
      ]),
    );
    this.endpoints = args.targets.flatMap((target) => this.createEndpoint(name, args, target, zones));
    this.registerOutputs({ endpoints: this.endpoints });
  }

  private createEndpoint(
    name: string,
    args: PrivateEndpointsArgs,
    { key, resourceId, groupId, zones, writes }: PrivateTarget,
    known: ReadonlyMap<string, LinkedZone>,
  ): pulumi.Resource[] {
    const { names, resourceGroup, subnet } = args;
    const own = zones.flatMap((zone) => known.get(zone) ?? []);
    const create = (childOpts: pulumi.CustomResourceOptions) =>
      new network.PrivateEndpoint(
        `${name}-${key}`,
        {
          ...placed(args),
          privateEndpointName: names.of(`${key}-pe`),
          customNetworkInterfaceName: names.of(`${key}-pe-nic`),
          subnet: { id: subnet.id },
          privateLinkServiceConnections: [
            { name: key, privateLinkServiceId: resourceId, groupIds: [groupId] },
          ],
        },
        childOpts,
      );
    const child = { parent: this };
    const endpoint = writes ? writes.then(child, create) : create(child);
    const group = new network.PrivateDnsZoneGroup(
      `${name}-${key}-names`,
      {
        resourceGroupName: resourceGroup.name,
        privateEndpointName: endpoint.name,
        privateDnsZoneGroupName: "default",
        privateDnsZoneConfigs: own.map(({ zone }, index) => ({
          name: zones[index]?.replaceAll(".", "-") ?? "",
          privateDnsZoneId: zone.id,
        })),
      },
      { parent: endpoint },
    );
    return [endpoint, group, ...own.flatMap(({ links }): privatedns.VirtualNetworkLink[] => [...links])];
  }
}
