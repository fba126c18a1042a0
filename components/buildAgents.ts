import * as containerregistry from "@pulumi/azure-native/containerregistry";
import * as network from "@pulumi/azure-native/network";
import * as pulumi from "@pulumi/pulumi";

import type { NetworkSettings, Settings } from "../config";
import { BUILD_AGENTS_ADDRESS_SPACE } from "../config/addresses";
import type { AcrRegistry } from "./acrRegistry";
import { PrivateEndpoints } from "./network/privateEndpoints";
import {
  ALLOW_PROBES,
  DENY_INBOUND,
  DENY_LATERAL_MANAGEMENT,
  type SecurityRule,
} from "./network/securityRule";
import { createPublicAddress, placed, type Site } from "./network/site";
import { SubnettedNetwork } from "./network/subnets";
import { sendDiagnostics } from "./support/diagnostics";

export interface BuildAgentsArgs extends Site {
  readonly registry: Settings["registry"];
  readonly network: NetworkSettings;
  /** Whose images they build. */
  readonly acr: AcrRegistry;
}

/** A network of its own, which no other is peered with: the regions come and go, the registry stays. */
const ADDRESSES = {
  space: BUILD_AGENTS_ADDRESS_SPACE,
  agents: "10.15.0.0/26",
  privateEndpoints: "10.15.0.64/26",
} as const;

/** Agents call out and are never called (https://learn.microsoft.com/azure/container-registry/tasks-agent-pools). */
const AGENT_RULES: readonly SecurityRule[] = [ALLOW_PROBES, DENY_INBOUND, DENY_LATERAL_MANAGEMENT];

const ENDPOINT_RULES: readonly SecurityRule[] = [
  {
    name: "AllowAgents",
    priority: 100,
    why: "Agents push to the registry",
    from: ADDRESSES.agents,
    protocol: "Tcp",
    ports: ["443"],
  },
  DENY_INBOUND,
  DENY_LATERAL_MANAGEMENT,
];

/**
 * Agents that build images for a registry without public access, in a small network with the registry's private endpoint
 * and a NAT gateway towards the base images.
 *
 * Costs about $0.24 an hour for the agent, and $33 a month for the NAT gateway. Creates nothing without
 * `registry.buildAgents`.
 *
 * @example
 * const agents = new BuildAgents("build-agents", { ...config, client, resourceGroup, workspace, acr: registry });
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
    const subnetted = new SubnettedNetwork(this.createNetwork(name, args), args, name, this);
    const agents = subnetted.addSubnet({
      role: "build-agents",
      subnetName: "agents",
      addressPrefix: ADDRESSES.agents,
      rules: AGENT_RULES,
      natGatewayId: this.createNatGateway(name, args).id,
    });
    const pool = new containerregistry.AgentPool(
      `${name}-pool`,
      {
        ...placed(args),
        registryName: args.acr.registry.name,
        agentPoolName: "build",
        os: "Linux",
        tier: "S2",
        count: 1,
        virtualNetworkSubnetResourceId: agents.id,
      },
      { parent: this, dependsOn: [...this.connectRegistry(name, args, subnetted)] },
    );
    return pool.name;
  }

  private createNetwork(name: string, args: BuildAgentsArgs): network.VirtualNetwork {
    const virtualNetwork = new network.VirtualNetwork(
      `${name}-vnet`,
      {
        ...placed(args),
        virtualNetworkName: args.names.of("build-vnet"),
        addressSpace: { addressPrefixes: [ADDRESSES.space] },
      },
      { parent: this },
    );
    sendDiagnostics(
      `${name}-vnet`,
      { resourceUri: virtualNetwork.id, workspace: args.workspace },
      { parent: virtualNetwork },
    );
    return virtualNetwork;
  }

  private createNatGateway(name: string, args: BuildAgentsArgs): network.NatGateway {
    const address = createPublicAddress(
      `${name}-egress-ip`,
      { site: args, role: "build-egress-ip" },
      { parent: this },
    );
    return new network.NatGateway(
      `${name}-nat`,
      {
        ...placed(args),
        natGatewayName: args.names.of("build-nat"),
        sku: { name: "Standard" },
        idleTimeoutInMinutes: 4,
        publicIpAddresses: [{ id: address.id }],
      },
      { parent: this },
    );
  }

  /** @returns what must exist before an agent reaches the registry */
  private connectRegistry(
    name: string,
    args: BuildAgentsArgs,
    subnetted: SubnettedNetwork,
  ): readonly pulumi.Resource[] {
    if (args.network.allowPublicServiceEndpoints) return [];
    const subnet = subnetted.addSubnet({
      role: "build-private-endpoints",
      subnetName: "privateEndpoints",
      addressPrefix: ADDRESSES.privateEndpoints,
      rules: ENDPOINT_RULES,
      privateEndpointNetworkPolicies: "Enabled",
    });
    const { endpoints } = new PrivateEndpoints(
      `${name}-private`,
      {
        ...args,
        subnet,
        linkedNetworks: [{ key: "build", id: subnetted.virtualNetwork.id }],
        targets: [args.acr.privateTarget],
      },
      { parent: this },
    );
    return endpoints;
  }
}
