import * as network from "@pulumi/azure-native/network";
import type * as privatedns from "@pulumi/azure-native/privatedns";
import * as pulumi from "@pulumi/pulumi";

import { NAME_LIMITS, type PlatformConfig, type Stamp } from "../../config";
import { sendDiagnostics } from "../support/diagnostics";
import type { LinkedNetwork } from "../support/linkedNetwork";
import type { EgressFirewallArgs } from "./egressFirewall";
import { FlowLogs } from "./flowLogs";
import { HubNetwork } from "./hubNetwork";
import { createNodeEgress, type NodeEgress } from "./nodeEgress";
import { createPrivateZone, type LinkedZone } from "./privateZone";
import type { RunnerNetwork } from "./runnerNetwork";
import { createPublicAddress, onceReady, placed, type Site } from "./site";
import { planSpoke } from "./spokeSubnets";
import { peeringTo, peerNetworks, SubnettedNetwork } from "./subnets";

export interface RegionalNetworkArgs
  extends
    Site,
    Pick<PlatformConfig, "network" | "cluster" | "edge" | "security" | "governance" | "data">,
    Pick<EgressFirewallArgs, "api">,
    Pick<Stamp, "addresses" | "bastionZones"> {
  /** One for all regions of a stack, so that they peer with it one after the other. @default the stack names none */
  readonly runner?: RunnerNetwork;
}

/** Longest first label of a public DNS name, and the end of ours that makes it unique (a dash and six characters). */
const DNS_LABEL_LENGTH = 63;
const DNS_SUFFIX_LENGTH = 7;

/**
 * The network of a region: a spoke with the cluster's subnets, each behind a security group that denies what it does not
 * name, and around it what the stack asks for: a hub with firewall, Bastion and VPN gateway, NAT gateway, an API server
 * inside, private endpoints, flow logs, the deployer's network.
 *
 * The spoke costs nothing, and the entrance's address $3.65 a month; for the rest see `HubNetwork`, `FlowLogs` and
 * `createNodeEgress`. Refuses: what `config/` refuses, such as a firewall without a hub.
 *
 * @example
 * const regionalNetwork = new RegionalNetwork("westus2-network", { ...config, ...stamp, client, resourceGroup, workspace, runner });
 */
export class RegionalNetwork extends pulumi.ComponentResource {
  public readonly spoke: network.VirtualNetwork;
  public readonly hub: network.VirtualNetwork | undefined;
  public readonly nodeSubnet: network.Subnet;
  /** Resolves once nodes can come up: their way out is complete, and the deployer reaches their API server. */
  public readonly nodeSubnetId: pulumi.Output<string>;
  /** Undefined: the API server is public. */
  public readonly apiServerSubnet: network.Subnet | undefined;
  public readonly apiServerZone: privatedns.PrivateZone | undefined;
  /** Undefined: services answer on the internet (`network.allowPublicServiceEndpoints`). */
  public readonly privateEndpointSubnet: network.Subnet | undefined;
  /** Undefined: the region has another entrance; so with the next two. */
  public readonly applicationGatewaySubnet: network.Subnet | undefined;
  public readonly applicationGatewayForContainersSubnet: network.Subnet | undefined;
  /** Address of the API's load balancer, with a public DNS name. */
  public readonly publicEntrance: network.PublicIPAddress | undefined;
  /**
   * Networks that reach services through private endpoints. The runner network is not among them: it serves several
   * regions, and Azure links it to one zone of a name only; deploying needs no more than the API server's.
   */
  public readonly linkedNetworks: readonly LinkedNetwork[];
  public readonly outboundType: NodeEgress["outboundType"];
  /** What the internet sees the nodes as; empty: AKS makes the addresses. */
  public readonly egressAddresses: pulumi.Output<string[]>;

  public constructor(
    private readonly name: string,
    private readonly args: RegionalNetworkArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("platform:network:RegionalNetwork", name, {}, opts);
    if (args.network.runnerNetwork && !args.runner) {
      throw new pulumi.ResourceError(
        "network.runnerNetwork is set, but the region was given no runner: pass the stack's RunnerNetwork",
        this,
      );
    }
    this.spoke = this.createSpoke();
    const hub =
      args.network.topology === "hubAndSpoke"
        ? new HubNetwork(`${name}-hub`, args, { parent: this })
        : undefined;
    this.hub = hub?.virtualNetwork;
    const egress = createNodeEgress(
      name,
      { site: args, settings: args.network, plan: args.addresses, firewall: hub?.firewall },
      this,
    );
    this.outboundType = egress.outboundType;
    this.egressAddresses = egress.addresses;
    this.linkedNetworks = [
      { key: "spoke", id: this.spoke.id },
      ...(this.hub ? [{ key: "hub", id: this.hub.id }] : []),
    ];

    // The order of writes to the spoke: what needs no way out, the nodes, the way out's last piece, the gateways.
    const plan = planSpoke(args);
    const spoke = new SubnettedNetwork(this.spoke, args, name, this);
    this.privateEndpointSubnet = plan.privateEndpoints && spoke.addSubnet(plan.privateEndpoints);
    this.apiServerSubnet = plan.apiServer && spoke.addSubnet(plan.apiServer);
    const toRunner = this.peerWithRunner(spoke, args.runner);
    this.nodeSubnet = spoke.addSubnet({ ...plan.nodes, ...egress.subnet });
    const toHub = hub ? this.peerWithHub(spoke, hub) : [];
    this.applicationGatewaySubnet = plan.applicationGateway && spoke.addSubnet(plan.applicationGateway);
    this.applicationGatewayForContainersSubnet =
      plan.applicationGatewayForContainers && spoke.addSubnet(plan.applicationGatewayForContainers);

    const apiServer = plan.apiServer ? this.createApiServerZone(args.runner) : undefined;
    this.apiServerZone = apiServer?.zone;
    this.nodeSubnetId = onceReady(this.nodeSubnet.id, [
      ...toRunner,
      ...(hub?.firewall ? toHub : []),
      ...(apiServer?.links ?? []),
    ]);
    this.publicEntrance = args.edge.regional === "loadBalancer" ? this.createEntrance() : undefined;
    this.createFlowLogs();
    this.registerOutputs({
      spoke: this.spoke,
      hub: this.hub,
      nodeSubnet: this.nodeSubnet,
      nodeSubnetId: this.nodeSubnetId,
      apiServerSubnet: this.apiServerSubnet,
      apiServerZone: this.apiServerZone,
      privateEndpointSubnet: this.privateEndpointSubnet,
      applicationGatewaySubnet: this.applicationGatewaySubnet,
      applicationGatewayForContainersSubnet: this.applicationGatewayForContainersSubnet,
      publicEntrance: this.publicEntrance,
      linkedNetworks: this.linkedNetworks,
      outboundType: this.outboundType,
      egressAddresses: this.egressAddresses,
    });
  }

  private createSpoke(): network.VirtualNetwork {
    const { name, args } = this;
    const spoke = new network.VirtualNetwork(
      `${name}-vnet`,
      {
        ...placed(args),
        virtualNetworkName: args.names.of("spoke-vnet"),
        addressSpace: { addressPrefixes: [args.addresses.spoke] },
        enableDdosProtection: false,
        encryption: { enabled: canEncrypt(args), enforcement: "AllowUnencrypted" },
        // With a firewall it is the nodes' DNS server; the list is emptied, not left out, when it goes.
        dhcpOptions: {
          dnsServers: args.network.egress === "firewall" ? [args.addresses.firewallAddress] : [],
        },
      },
      { parent: this },
    );
    sendDiagnostics(`${name}-vnet`, { resourceUri: spoke.id, workspace: args.workspace }, { parent: spoke });
    return spoke;
  }

  private peerWithHub(spoke: SubnettedNetwork, hub: HubNetwork): readonly pulumi.Resource[] {
    return peerNetworks(
      `${this.name}-peering`,
      { near: spoke, far: hub.subnetted, ends: ["spoke", "hub"], farGateway: hub.vpnGateway },
      this.args.resourceGroup.name,
    );
  }

  private peerWithRunner(
    spoke: SubnettedNetwork,
    runner: RunnerNetwork | undefined,
  ): readonly pulumi.Resource[] {
    const id = runner?.id;
    if (!runner || id === undefined) return [];
    const { name, args } = this;
    const here = spoke.writes.then(
      { parent: this.spoke },
      (opts) =>
        new network.VirtualNetworkPeering(
          `${name}-peering-to-runner`,
          {
            resourceGroupName: args.resourceGroup.name,
            virtualNetworkName: this.spoke.name,
            virtualNetworkPeeringName: "runner",
            ...peeringTo(id),
          },
          opts,
        ),
    );
    const there = runner.peerWith(`${name}-peering-from-runner`, args.names, this.spoke, {
      parent: this.spoke,
      dependsOn: here,
    });
    return there ? [here, there] : [here];
  }

  /** Its name is Azure's; the cluster writes its API server's address into it. */
  private createApiServerZone(runner: RunnerNetwork | undefined): LinkedZone {
    const linked = runner?.id === undefined ? [] : [{ key: "runner", id: runner.id }];
    return createPrivateZone(
      `${this.name}-api-server`,
      {
        ...this.args,
        // A subzone for each stack: Azure links a network to one zone of a name only, and the runner network serves many.
        zone: `${this.args.names.label(NAME_LIMITS.apiServerSubzone)}.privatelink.${this.args.location}.azmk8s.io`,
        linkedNetworks: [...this.linkedNetworks, ...linked],
      },
      { parent: this },
    );
  }

  private createEntrance(): network.PublicIPAddress {
    const { name, args } = this;
    const domainNameLabel = pulumi
      .output(args.client)
      .apply(({ subscriptionId }) => dnsLabel(args.names.globalHost("api", subscriptionId)));
    return createPublicAddress(
      `${name}-entrance-ip`,
      { site: args, role: "entrance-ip", domainNameLabel },
      { parent: this },
    );
  }

  private createFlowLogs(): void {
    const { name, args } = this;
    const { flowLogRetentionDays } = args.network;
    if (flowLogRetentionDays === 0) return;
    new FlowLogs(
      `${name}-flow-logs`,
      { ...args, retentionDays: flowLogRetentionDays, networks: this.linkedNetworks },
      { parent: this },
    );
  }
}

/**
 * Whether traffic between machines can be encrypted on the wire: not beside an API server in the network, nor beside
 * gateways (https://learn.microsoft.com/azure/virtual-network/virtual-network-encryption-overview#limitations). Machines
 * too old for it talk as before.
 */
function canEncrypt({ cluster, edge }: Pick<RegionalNetworkArgs, "cluster" | "edge">): boolean {
  return cluster.allowPublicApiServer && edge.regional === "loadBalancer";
}

/** Cuts the head of a host name that is too long, and keeps the end that makes it unique. */
function dnsLabel(host: string): string {
  if (host.length <= DNS_LABEL_LENGTH) return host;
  return host.slice(0, DNS_LABEL_LENGTH - DNS_SUFFIX_LENGTH) + host.slice(-DNS_SUFFIX_LENGTH);
}
