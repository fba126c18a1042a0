import * as containerregistry from "@pulumi/azure-native/containerregistry";
import * as network from "@pulumi/azure-native/network";
import type * as resources from "@pulumi/azure-native/resources";
import * as pulumi from "@pulumi/pulumi";

import type { Names, NetworkSettings, Settings, Tags } from "../config";
import type { AcrRegistry } from "./acrRegistry";
import { PrivateEndpoints } from "./network/privateEndpoints";

export interface BuildAgentsArgs {
  readonly names: Names;
  readonly tags: Tags;
  /** Azure region. */
  readonly location: string;
  readonly registry: Settings["registry"];
  readonly network: NetworkSettings;
  readonly resourceGroup: resources.ResourceGroup;
  /** Whose images they build. */
  readonly acr: AcrRegistry;
}

/** A network of its own, which no other is peered with: the regions come and go, the registry stays. */
const ADDRESSES = {
  space: "10.15.0.0/24",
  agents: "10.15.0.0/26",
  privateEndpoints: "10.15.0.64/26",
} as const;

/**
 * Agents that build images for a registry without public access, in a small network with the registry's private endpoint
 * and a NAT gateway towards the base images.
 *
 * Costs about $0.24 an hour for the agent, and $33 a month for the NAT gateway. Creates nothing without
 * `registry.buildAgents`.
 *
 * @example
 * const agents = new BuildAgents("build-agents", { ...config, resourceGroup, acr: registry });
 */
export class BuildAgents extends pulumi.ComponentResource {
  /** Name of the pool that a task runs on; resolves once it can push. Undefined: the registry's own agents. */
  public readonly poolName: pulumi.Output<string> | undefined;

  public constructor(name: string, args: BuildAgentsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:azure:BuildAgents", name, {}, opts);
    this.poolName = args.registry.buildAgents ? this.createPool(name, args) : undefined;
    this.registerOutputs({ poolName: this.poolName });
  }

  private createPool(name: string, args: BuildAgentsArgs): pulumi.Output<string> {
    const { names, tags, location, resourceGroup, acr } = args;
    const common = { resourceGroupName: resourceGroup.name, location, tags };
    const virtualNetwork = new network.VirtualNetwork(
      `${name}-vnet`,
      {
        ...common,
        virtualNetworkName: names.of("build-vnet"),
        addressSpace: { addressPrefixes: [ADDRESSES.space] },
      },
      { parent: this },
    );
    const agents = this.createSubnet(`${name}-agents`, "agents", args, virtualNetwork, [
      this.createNatGateway(name, args),
    ]);
    const endpoints = this.connectRegistry(name, args, virtualNetwork, agents);
    const pool = new containerregistry.AgentPool(
      `${name}-pool`,
      {
        ...common,
        registryName: acr.registry.name,
        agentPoolName: "build",
        os: "Linux",
        tier: "S2",
        count: 1,
        virtualNetworkSubnetResourceId: agents.id,
      },
      { parent: this, dependsOn: [...endpoints] },
    );
    return pool.name;
  }

  private createNatGateway(name: string, args: BuildAgentsArgs): network.NatGateway {
    const { names, tags, location, resourceGroup } = args;
    const common = { resourceGroupName: resourceGroup.name, location, tags };
    const address = new network.PublicIPAddress(
      `${name}-egress-ip`,
      {
        ...common,
        publicIpAddressName: names.of("build-egress-ip"),
        sku: { name: "Standard", tier: "Regional" },
        publicIPAllocationMethod: "Static",
        publicIPAddressVersion: "IPv4",
      },
      { parent: this },
    );
    return new network.NatGateway(
      `${name}-nat`,
      {
        ...common,
        natGatewayName: names.of("build-nat"),
        sku: { name: "Standard" },
        idleTimeoutInMinutes: 4,
        publicIpAddresses: [{ id: address.id }],
      },
      { parent: this },
    );
  }

  private createSubnet(
    name: string,
    role: "agents" | "privateEndpoints",
    { names, tags, location, resourceGroup }: BuildAgentsArgs,
    virtualNetwork: network.VirtualNetwork,
    [natGateway]: readonly network.NatGateway[],
    dependsOn: pulumi.Resource[] = [],
  ): network.Subnet {
    const securityGroup = new network.NetworkSecurityGroup(
      `${name}-nsg`,
      {
        resourceGroupName: resourceGroup.name,
        networkSecurityGroupName: names.of(`build-${role.toLowerCase()}-nsg`),
        location,
        tags,
      },
      { parent: this },
    );
    return new network.Subnet(
      `${name}-subnet`,
      {
        resourceGroupName: resourceGroup.name,
        virtualNetworkName: virtualNetwork.name,
        subnetName: role,
        addressPrefix: ADDRESSES[role],
        networkSecurityGroup: { id: securityGroup.id },
        defaultOutboundAccess: false,
        ...(natGateway ? { natGateway: { id: natGateway.id } } : {}),
      },
      { parent: virtualNetwork, dependsOn },
    );
  }

  private connectRegistry(
    name: string,
    args: BuildAgentsArgs,
    virtualNetwork: network.VirtualNetwork,
    agents: network.Subnet,
  ): readonly pulumi.Resource[] {
    if (args.network.allowPublicServiceEndpoints) return [];
    const { names, tags, location, resourceGroup, acr } = args;
    const subnet = this.createSubnet(
      `${name}-endpoints`,
      "privateEndpoints",
      args,
      virtualNetwork,
      [],
      [agents],
    );
    const { endpoints } = new PrivateEndpoints(
      `${name}-private`,
      {
        names,
        tags,
        location,
        resourceGroup,
        subnet,
        linkedNetworks: [{ key: "build", id: virtualNetwork.id }],
        targets: [acr.privateTarget],
      },
      { parent: this },
    );
    return endpoints;
  }
}
