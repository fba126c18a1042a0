import * as network from "@pulumi/azure-native/network";
import * as pulumi from "@pulumi/pulumi";

import type { AddressPlan, NetworkSettings, Stamp } from "../../config";
import { sendDiagnostics } from "../support/diagnostics";
import { BASTION_RULES } from "./bastionRules";
import { EgressFirewall, type EgressFirewallArgs } from "./egressFirewall";
import { createPublicAddress, placed, zonal } from "./site";
import { SubnettedNetwork } from "./subnets";

export interface HubNetworkArgs extends Omit<EgressFirewallArgs, "subnet"> {
  readonly network: NetworkSettings;
  readonly addresses: AddressPlan;
  readonly bastionZones: Stamp["bastionZones"];
}

/**
 * The hub of a region: a network for what several networks share. Azure Firewall (`network.egress`), Bastion and a VPN
 * gateway live in it, each where the stack asks for it.
 *
 * The network costs nothing; for the firewall see `EgressFirewall`; Bastion costs about $210 (Standard) or $330
 * (Premium) a month, each public address $3.65. The gateway is route-based and has no connections: people add those
 * of their own site. It refuses what `config/` refuses.
 *
 * @example
 * const hub = new HubNetwork("westus2-network-hub", { ...config, ...stamp, client, resourceGroup, workspace });
 */
export class HubNetwork extends pulumi.ComponentResource {
  public readonly virtualNetwork: network.VirtualNetwork;
  /** The nodes' way out; undefined: they have another. */
  public readonly firewall: EgressFirewall | undefined;
  public readonly bastion: network.BastionHost | undefined;
  public readonly vpnGateway: network.VirtualNetworkGateway | undefined;
  /** The network, for further writes to it. */
  public readonly subnetted: SubnettedNetwork;

  public constructor(
    private readonly name: string,
    private readonly args: HubNetworkArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("platform:network:HubNetwork", name, {}, opts);
    const settings = args.network;
    this.virtualNetwork = new network.VirtualNetwork(
      `${name}-vnet`,
      {
        ...placed(args),
        virtualNetworkName: args.names.of("hub-vnet"),
        addressSpace: { addressPrefixes: [args.addresses.hub] },
        enableDdosProtection: false,
      },
      { parent: this },
    );
    sendDiagnostics(
      `${name}-vnet`,
      { resourceUri: this.virtualNetwork.id, workspace: args.workspace },
      { parent: this.virtualNetwork },
    );
    this.subnetted = new SubnettedNetwork(this.virtualNetwork, args, name, this);
    this.firewall = settings.egress === "firewall" ? this.createFirewall() : undefined;
    this.vpnGateway = settings.vpnGateway === "none" ? undefined : this.createVpnGateway(settings.vpnGateway);
    this.bastion = settings.bastion === "none" ? undefined : this.createBastion(settings.bastion);
    this.registerOutputs({
      virtualNetwork: this.virtualNetwork,
      firewall: this.firewall,
      bastion: this.bastion,
      vpnGateway: this.vpnGateway,
    });
  }

  private createFirewall(): EgressFirewall {
    const subnet = this.subnetted.addSubnet({
      role: "firewall",
      subnetName: "AzureFirewallSubnet",
      addressPrefix: this.args.addresses.firewall,
    });
    return new EgressFirewall(`${this.name}-firewall`, { ...this.args, subnet }, { parent: this });
  }

  private createBastion(tier: "Standard" | "Premium"): network.BastionHost {
    const { name, args } = this;
    const subnet = this.subnetted.addSubnet({
      role: "bastion",
      subnetName: "AzureBastionSubnet",
      addressPrefix: args.addresses.bastion,
      rules: BASTION_RULES,
    });
    const address = createPublicAddress(
      `${name}-bastion-ip`,
      { site: args, role: "bastion-ip" },
      { parent: this },
    );
    const bastion = new network.BastionHost(
      `${name}-bastion`,
      {
        ...placed(args),
        ...zonal(args.bastionZones),
        bastionHostName: args.names.of("bastion"),
        sku: { name: tier },
        scaleUnits: 2,
        enableTunneling: true,
        enableFileCopy: false,
        enableIpConnect: false,
        enableKerberos: false,
        enableShareableLink: false,
        disableCopyPaste: true,
        enableSessionRecording: false,
        ipConfigurations: [
          {
            name: "public",
            privateIPAllocationMethod: "Dynamic",
            subnet: { id: subnet.id },
            publicIPAddress: { id: address.id },
          },
        ],
      },
      { parent: this },
    );
    sendDiagnostics(
      `${name}-bastion`,
      { resourceUri: bastion.id, workspace: args.workspace, metrics: true },
      { parent: bastion },
    );
    return bastion;
  }

  private createVpnGateway(sku: "VpnGw1AZ" | "VpnGw2AZ"): network.VirtualNetworkGateway {
    const { name, args } = this;
    const subnet = this.subnetted.addSubnet({
      role: "gateway",
      subnetName: "GatewaySubnet",
      addressPrefix: args.addresses.gateway,
    });
    const address = createPublicAddress(`${name}-vpn-ip`, { site: args, role: "vpn-ip" }, { parent: this });
    const gateway = new network.VirtualNetworkGateway(
      `${name}-vpn`,
      {
        ...placed(args),
        virtualNetworkGatewayName: args.names.of("vpn"),
        gatewayType: "Vpn",
        vpnType: "RouteBased",
        // The one that both sizes have: a change of size keeps the gateway.
        vpnGatewayGeneration: "Generation1",
        sku: { name: sku, tier: sku },
        activeActive: false,
        enableBgp: false,
        enablePrivateIpAddress: false,
        ipConfigurations: [
          {
            name: "default",
            privateIPAllocationMethod: "Dynamic",
            subnet: { id: subnet.id },
            publicIPAddress: { id: address.id },
          },
        ],
      },
      // Azure takes up to 45 minutes for it.
      { parent: this, customTimeouts: { create: "90m", update: "90m", delete: "60m" } },
    );
    sendDiagnostics(
      `${name}-vpn`,
      { resourceUri: gateway.id, workspace: args.workspace, metrics: true },
      { parent: gateway },
    );
    return gateway;
  }
}
