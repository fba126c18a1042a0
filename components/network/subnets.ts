import * as network from "@pulumi/azure-native/network";
import * as pulumi from "@pulumi/pulumi";

import { SerialWrites } from "../support/serialWrites";
import { sendDiagnostics } from "../support/diagnostics";
import { asSecurityRules, type SecurityRule } from "./securityRule";
import { placed, type Site } from "./site";

export interface SubnetPlan {
  /** Part of the names of the subnet and its security group: `nodes`. */
  readonly role: string;
  /** Name of the subnet, where Azure prescribes one. @default its role */
  readonly subnetName?: string;
  /** CIDR. */
  readonly addressPrefix: string;
  /** Service that the subnet is given to, such as `Microsoft.Network/applicationGateways`. */
  readonly delegation?: string;
  /** @default no security group: Azure forbids one for firewalls and gateways */
  readonly rules?: readonly SecurityRule[];
  /** Whether security groups and routes hold for private endpoints too. @default Disabled, as Azure has it */
  readonly privateEndpointNetworkPolicies?: "Enabled";
  /** The way out. @default none */
  readonly natGatewayId?: pulumi.Input<string>;
  /** @default Azure's own routes */
  readonly routeTableId?: pulumi.Input<string>;
}

/**
 * A virtual network whose subnets and peerings are written one after the other: Azure refuses a second write to a network
 * that is being changed.
 */
export class SubnettedNetwork {
  public readonly writes: SerialWrites;

  /** @param prefix logical name that those of the subnets begin with */
  public constructor(
    public readonly virtualNetwork: network.VirtualNetwork,
    private readonly site: Site,
    private readonly prefix: string,
    private readonly parent: pulumi.Resource,
  ) {
    this.writes = new SerialWrites(virtualNetwork);
  }

  public addSubnet(plan: SubnetPlan): network.Subnet {
    const { role, rules, delegation, natGatewayId, routeTableId, privateEndpointNetworkPolicies } = plan;
    const group = rules && this.createSecurityGroup(role, rules);
    return this.writes.then(
      { parent: this.virtualNetwork },
      (opts) =>
        new network.Subnet(
          `${this.prefix}-${role}-subnet`,
          {
            resourceGroupName: this.site.resourceGroup.name,
            virtualNetworkName: this.virtualNetwork.name,
            subnetName: plan.subnetName ?? role,
            addressPrefix: plan.addressPrefix,
            defaultOutboundAccess: false,
            ...(group ? { networkSecurityGroup: { id: group.id } } : {}),
            ...(delegation === undefined
              ? {}
              : { delegations: [{ name: "service", serviceName: delegation }] }),
            ...(natGatewayId === undefined ? {} : { natGateway: { id: natGatewayId } }),
            ...(routeTableId === undefined ? {} : { routeTable: { id: routeTableId } }),
            ...(privateEndpointNetworkPolicies === undefined ? {} : { privateEndpointNetworkPolicies }),
          },
          opts,
        ),
    );
  }

  private createSecurityGroup(role: string, rules: readonly SecurityRule[]): network.NetworkSecurityGroup {
    const { site } = this;
    const name = `${this.prefix}-${role}-nsg`;
    const group = new network.NetworkSecurityGroup(
      name,
      {
        ...placed(site),
        networkSecurityGroupName: site.names.of(`${role}-nsg`),
        securityRules: asSecurityRules(rules),
      },
      { parent: this.parent },
    );
    sendDiagnostics(name, { resourceUri: group.id, workspace: site.workspace }, { parent: group });
    return group;
  }
}

/** Both directions between two networks of the platform, one after the other. */
export interface PeeringArgs {
  readonly near: SubnettedNetwork;
  readonly far: SubnettedNetwork;
  /** Names of the two ends: the peering of `near` is named after `far`. */
  readonly ends: readonly [near: string, far: string];
  /** The far network's VPN gateway, which the near one uses; undefined: it has none. */
  readonly farGateway: network.VirtualNetworkGateway | undefined;
}

/** @returns the near network's peering, and the far network's; traffic flows once both exist. */
export function peerNetworks(
  name: string,
  { near, far, ends: [nearEnd, farEnd], farGateway }: PeeringArgs,
  resourceGroupName: pulumi.Input<string>,
): readonly [network.VirtualNetworkPeering, network.VirtualNetworkPeering] {
  const there = far.writes.then(
    { parent: far.virtualNetwork, ...(farGateway ? { dependsOn: farGateway } : {}) },
    (opts) =>
      new network.VirtualNetworkPeering(
        `${name}-to-${nearEnd}`,
        {
          resourceGroupName,
          virtualNetworkName: far.virtualNetwork.name,
          virtualNetworkPeeringName: nearEnd,
          ...peeringTo(near.virtualNetwork.id),
          allowGatewayTransit: farGateway !== undefined,
        },
        opts,
      ),
  );
  const here = near.writes.then(
    { parent: near.virtualNetwork, dependsOn: there },
    (opts) =>
      new network.VirtualNetworkPeering(
        `${name}-to-${farEnd}`,
        {
          resourceGroupName,
          virtualNetworkName: near.virtualNetwork.name,
          virtualNetworkPeeringName: farEnd,
          ...peeringTo(far.virtualNetwork.id),
          // The firewall answers for hosts of the internet, whose addresses are not the far network's own.
          allowForwardedTraffic: true,
          useRemoteGateways: farGateway !== undefined,
        },
        opts,
      ),
  );
  return [here, there];
}

/** What every peering says; the two networks may reach each other and nothing more. */
export function peeringTo(remoteId: pulumi.Input<string>) {
  return {
    remoteVirtualNetwork: { id: remoteId },
    allowVirtualNetworkAccess: true,
    allowForwardedTraffic: false,
    allowGatewayTransit: false,
    useRemoteGateways: false,
  };
}
