import * as network from "@pulumi/azure-native/network";
import type * as inputs from "@pulumi/azure-native/types/input";
import * as pulumi from "@pulumi/pulumi";

import type { AddressPlan, NetworkSettings } from "../../config";
import { NODE_OS } from "../../config/versions";
import { sendDiagnostics } from "../support/diagnostics";
import {
  type EgressFeatures,
  type FirewallRule,
  type FirewallRuleGroup,
  firewallRuleGroups,
  type HostRule,
  type PortRule,
} from "./firewallRules";
import { createPublicAddresses, placed, type Site, valuesOf, zonal } from "./site";

export interface EgressFirewallArgs extends Site, Omit<EgressFeatures, "nodeOs" | "network"> {
  readonly network: NetworkSettings;
  readonly addresses: AddressPlan;
  /** The hub's AzureFirewallSubnet. */
  readonly subnet: network.Subnet;
}

/** What Microsoft knows as malicious is refused, in both directions. */
const THREAT_INTELLIGENCE = "Deny";

/** Logs in tables of their own; the older ones would be paid for twice. */
const LOGS = [
  "AZFWApplicationRule",
  "AZFWNetworkRule",
  "AZFWNatRule",
  "AZFWThreatIntel",
  "AZFWIdpsSignature",
  "AZFWDnsQuery",
  "AZFWFqdnResolveFailure",
];

/**
 * Azure Firewall as the nodes' only way out: what the enabled features need is allowed by name, and the rest refused. It
 * is the network's DNS server, so that it filters the names that it resolves itself; the Premium tier inspects for
 * intrusions.
 *
 * Costs about $910 (Standard) or $1,280 (Premium) a month, $0.016 per GB, and $3.65 for each public address. Refuses: what
 * `config/` refuses, such as intrusion detection without Premium.
 *
 * @example
 * const firewall = new EgressFirewall("westus2-network-hub-firewall", { ...config, ...stamp, resourceGroup, subnet });
 */
export class EgressFirewall extends pulumi.ComponentResource {
  /** Exists once all of its rules do. */
  public readonly firewall: network.AzureFirewall;
  /** Addresses that the internet sees. */
  public readonly addresses: pulumi.Output<string[]>;

  public constructor(name: string, args: EgressFirewallArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:network:EgressFirewall", name, {}, opts);
    const policy = this.createPolicy(name, args);
    const groups = this.createRuleGroups(name, args, policy, this.createNodeAddresses(name, args));
    const publicAddresses = createPublicAddresses(
      `${name}-ip`,
      args.network.firewall.publicIpCount,
      { site: args, role: "firewall-ip" },
      { parent: this },
    );
    this.firewall = this.createFirewall(name, args, policy, groups, publicAddresses);
    this.addresses = valuesOf(publicAddresses);
    this.registerOutputs({ firewall: this.firewall, addresses: this.addresses });
  }

  private createPolicy(name: string, args: EgressFirewallArgs): network.FirewallPolicy {
    const { tier, intrusionDetection } = args.network.firewall;
    return new network.FirewallPolicy(
      `${name}-policy`,
      {
        ...placed(args),
        firewallPolicyName: args.names.of("firewall-policy"),
        sku: { tier },
        threatIntelMode: THREAT_INTELLIGENCE,
        dnsSettings: { enableProxy: true, servers: [] },
        ...(tier === "Premium" ? { intrusionDetection: { mode: intrusionDetection } } : {}),
      },
      { parent: this },
    );
  }

  /** Where allowed traffic comes from. */
  private createNodeAddresses(name: string, args: EgressFirewallArgs): network.IpGroup {
    return new network.IpGroup(
      `${name}-nodes`,
      {
        ...placed(args),
        ipGroupsName: args.names.of("nodes-ips"),
        ipAddresses: [args.addresses.nodes],
      },
      { parent: this },
    );
  }

  /** One after the other: Azure refuses a second write to a policy that is being changed. */
  private createRuleGroups(
    name: string,
    args: EgressFirewallArgs,
    policy: network.FirewallPolicy,
    sources: network.IpGroup,
  ): network.FirewallPolicyRuleCollectionGroup[] {
    const groups = firewallRuleGroups({ ...args, nodeOs: NODE_OS.version });
    return groups.reduce<network.FirewallPolicyRuleCollectionGroup[]>(
      (earlier, group) => [
        ...earlier,
        new network.FirewallPolicyRuleCollectionGroup(
          `${name}-rules-${group.name}`,
          {
            resourceGroupName: args.resourceGroup.name,
            firewallPolicyName: policy.name,
            ruleCollectionGroupName: group.name,
            priority: group.priority,
            ruleCollections: ruleCollections(group, sources.id),
          },
          { parent: policy, dependsOn: earlier },
        ),
      ],
      [],
    );
  }

  private createFirewall(
    name: string,
    args: EgressFirewallArgs,
    policy: network.FirewallPolicy,
    groups: readonly network.FirewallPolicyRuleCollectionGroup[],
    publicAddresses: readonly network.PublicIPAddress[],
  ): network.AzureFirewall {
    const firewall = new network.AzureFirewall(
      `${name}-firewall`,
      {
        ...placed(args),
        ...zonal(args.zones),
        azureFirewallName: args.names.of("firewall"),
        sku: { name: "AZFW_VNet", tier: args.network.firewall.tier },
        firewallPolicy: { id: policy.id },
        // The policy's own, said again where reviews of the firewall look.
        threatIntelMode: THREAT_INTELLIGENCE,
        ipConfigurations: publicAddresses.map((address, index) => ({
          name: `public-${index + 1}`,
          publicIPAddress: { id: address.id },
          ...(index === 0 ? { subnet: { id: args.subnet.id } } : {}),
        })),
      },
      { parent: this, dependsOn: [...groups] },
    );
    sendDiagnostics(
      `${name}-firewall`,
      { resourceUri: firewall.id, workspace: args.workspace, logs: LOGS, metrics: true },
      { parent: firewall },
    );
    return firewall;
  }
}

/** A group's rules by kind: Azure looks at those for ports first, and takes the two kinds apart. */
function ruleCollections(
  { name, rules }: FirewallRuleGroup,
  sources: pulumi.Input<string>,
): inputs.network.FirewallPolicyFilterRuleCollectionArgs[] {
  const kinds = [
    { name: `${name}-ports`, priority: 100, rules: rules.filter(isPortRule).map(portRule(sources)) },
    { name: `${name}-hosts`, priority: 200, rules: rules.filter(isHostRule).map(hostRule(sources)) },
  ];
  return kinds
    .filter((collection) => collection.rules.length > 0)
    .map((collection) => ({
      ...collection,
      ruleCollectionType: "FirewallPolicyFilterRuleCollection",
      action: { type: "Allow" },
    }));
}

const isPortRule = (rule: FirewallRule): rule is PortRule => rule.kind === "ports";
const isHostRule = (rule: FirewallRule): rule is HostRule => rule.kind === "hosts";
const PORTS = { Http: 80, Https: 443 } as const;

function hostRule(sources: pulumi.Input<string>) {
  return ({
    name,
    why,
    hosts = [],
    fqdnTag,
    schemes = ["Https"],
  }: HostRule): inputs.network.ApplicationRuleArgs => ({
    ruleType: "ApplicationRule",
    name,
    description: why,
    sourceIpGroups: [sources],
    protocols: schemes.map((protocolType) => ({ protocolType, port: PORTS[protocolType] })),
    ...(fqdnTag === undefined ? { targetFqdns: [...hosts] } : { fqdnTags: [fqdnTag] }),
  });
}

function portRule(sources: pulumi.Input<string>) {
  return ({ name, why, protocol, destinations, ports }: PortRule): inputs.network.NetworkRuleArgs => ({
    ruleType: "NetworkRule",
    name,
    description: why,
    sourceIpGroups: [sources],
    ipProtocols: [protocol],
    destinationAddresses: [...destinations],
    destinationPorts: [...ports],
  });
}
