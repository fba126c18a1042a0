/** Inputs with which each network type can be made, in an order in which they can be made. */
import type { JsonObject } from "../../../local/provider/backend";

export type Sample = readonly [token: string, inputs: () => JsonObject];

const HUB =
  "/subscriptions/99999999-9999-4999-8999-999999999999/resourceGroups/hub/providers/Microsoft.Network" +
  "/virtualNetworks/hub";

/** Subnets of the sample network that must have these names, and one for a private link service. */
const INLINE_SUBNETS: readonly JsonObject[] = [
  { name: "AzureFirewallSubnet", addressPrefix: "10.8.1.0/26" },
  { name: "AzureBastionSubnet", addressPrefix: "10.8.1.64/26" },
  { name: "GatewaySubnet", addressPrefix: "10.8.1.128/27" },
  { name: "links", addressPrefix: "10.8.2.0/24", privateLinkServiceNetworkPolicies: "Disabled" },
];

export const sampleNetwork = (): JsonObject => ({
  addressSpace: { addressPrefixes: ["10.8.0.0/16"] },
  subnets: [...INLINE_SUBNETS],
});

/** @param idOf the id of a sample that was made before. */
export function networkSamples(idOf: (token: string) => string): readonly Sample[] {
  const subnet = (name: string): JsonObject => ({
    id: `${idOf("network:VirtualNetwork")}/subnets/${name}`,
  });
  const standard = { name: "Standard", tier: "Regional" };
  return [
    [
      "network:NetworkSecurityGroup",
      () => ({
        securityRules: [
          {
            ...{ name: "https", priority: 100, direction: "Inbound", access: "Allow", protocol: "Tcp" },
            ...{ sourceAddressPrefix: "Internet", sourcePortRange: "*" },
            ...{ destinationAddressPrefix: "*", destinationPortRange: "443" },
          },
        ],
      }),
    ],
    ["network:ApplicationSecurityGroup", () => ({})],
    [
      "network:RouteTable",
      () => ({
        routes: [
          {
            ...{ name: "egress", addressPrefix: "0.0.0.0/0" },
            ...{ nextHopType: "VirtualAppliance", nextHopIpAddress: "10.8.1.4" },
          },
        ],
      }),
    ],
    ["network:DdosProtectionPlan", () => ({})],
    ["network:PublicIPPrefix", () => ({ sku: standard, prefixLength: 30 })],
    [
      "network:PublicIPAddress",
      () => ({
        sku: standard,
        publicIPAllocationMethod: "Static",
        zones: ["1", "2", "3"],
        dnsSettings: { domainNameLabel: "sample" },
      }),
    ],
    [
      "network:NatGateway",
      () => ({ sku: { name: "Standard" }, publicIpPrefixes: [{ id: idOf("network:PublicIPPrefix") }] }),
    ],
    [
      "network:VirtualNetworkPeering",
      () => ({ virtualNetworkName: "res01020304", remoteVirtualNetwork: { id: HUB } }),
    ],
    ["network:IpGroup", () => ({ ipAddresses: ["10.8.0.0/24", "10.9.0.1-10.9.0.9"] })],
    ["network:FirewallPolicy", () => ({ sku: { tier: "Premium" }, intrusionDetection: { mode: "Deny" } })],
    [
      "network:FirewallPolicyRuleCollectionGroup",
      () => ({
        firewallPolicyName: "res01020304",
        priority: 200,
        ruleCollections: [
          {
            ...{ name: "time", priority: 100, ruleCollectionType: "FirewallPolicyFilterRuleCollection" },
            action: { type: "Allow" },
            rules: [
              {
                ...{ name: "ntp", ruleType: "NetworkRule", ipProtocols: ["UDP"] },
                sourceIpGroups: [idOf("network:IpGroup")],
                ...{ destinationAddresses: ["*"], destinationPorts: ["123"] },
              },
            ],
          },
        ],
      }),
    ],
    [
      "network:AzureFirewall",
      () => ({
        sku: { name: "AZFW_VNet", tier: "Premium" },
        zones: ["1", "2", "3"],
        firewallPolicy: { id: idOf("network:FirewallPolicy") },
        ipConfigurations: [
          {
            name: "public",
            subnet: subnet("AzureFirewallSubnet"),
            publicIPAddress: { id: idOf("network:PublicIPAddress") },
          },
        ],
      }),
    ],
    [
      "network:BastionHost",
      () => ({
        sku: { name: "Premium" },
        enablePrivateOnlyBastion: true,
        enableTunneling: true,
        ipConfigurations: [{ name: "private", subnet: subnet("AzureBastionSubnet") }],
      }),
    ],
    [
      "network:VirtualNetworkGateway",
      () => ({
        ...{ gatewayType: "Vpn", vpnType: "RouteBased", vpnGatewayGeneration: "Generation1" },
        sku: { name: "VpnGw1AZ", tier: "VpnGw1AZ" },
        ipConfigurations: [{ name: "default", subnet: subnet("GatewaySubnet") }],
      }),
    ],
    [
      "network:PrivateEndpoint",
      () => ({
        subnet: { id: idOf("network:Subnet") },
        privateLinkServiceConnections: [
          {
            name: "cluster",
            groupIds: ["management"],
            privateLinkServiceId: idOf("containerservice:ManagedCluster"),
          },
        ],
      }),
    ],
    [
      "privatedns:PrivateZone",
      () => ({ privateZoneName: "privatelink.westus2.azmk8s.io", location: "global" }),
    ],
    [
      "privatedns:VirtualNetworkLink",
      () => ({
        privateZoneName: "privatelink.westus2.azmk8s.io",
        location: "global",
        registrationEnabled: false,
        virtualNetwork: { id: idOf("network:VirtualNetwork") },
      }),
    ],
    [
      "privatedns:PrivateRecordSet",
      () => ({
        privateZoneName: "privatelink.westus2.azmk8s.io",
        recordType: "TXT",
        relativeRecordSetName: "owner",
        ttl: 300,
        txtRecords: [{ value: ["platform"] }],
      }),
    ],
    [
      "network:PrivateDnsZoneGroup",
      () => ({
        privateEndpointName: "res01020304",
        privateDnsZoneConfigs: [{ name: "cluster", privateDnsZoneId: idOf("privatedns:PrivateZone") }],
      }),
    ],
    [
      "network:PrivateLinkService",
      () => ({
        ipConfigurations: [{ name: "nat", subnet: subnet("links") }],
        loadBalancerFrontendIpConfigurations: [{ id: "/frontends/one" }],
      }),
    ],
    // The region of the sample network has a network watcher from the network's creation on.
    ["network:NetworkWatcher", () => ({ networkWatcherName: "other", location: "eastus" })],
    [
      "network:FlowLog",
      () => ({
        ...{ resourceGroupName: "NetworkWatcherRG", networkWatcherName: "NetworkWatcher_westus2" },
        location: "westus2",
        storageId: idOf("storage:StorageAccount"),
        targetResourceId: idOf("network:VirtualNetwork"),
      }),
    ],
  ];
}
