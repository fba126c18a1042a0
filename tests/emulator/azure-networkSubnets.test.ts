import type { JsonObject } from "../../local/provider/backend";
import { strings, text } from "../../local/provider/values";
import { Azure, GROUP } from "./azure-support";
import { make, network, PROVIDER, rule, subnet } from "./support/networks";

let azure: Azure;

beforeEach(async () => {
  azure = new Azure();
  await azure.group();
});

describe("subnets", () => {
  beforeEach(() => network(azure, "vnet", "10.0.0.0/16"));

  test.each<[string, string, JsonObject, string]>([
    ["networkSecurityGroup", "NetworkSecurityGroup", {}, "InUseNetworkSecurityGroupCannotBeDeleted"],
    ["routeTable", "RouteTable", {}, "InUseRouteTableCannotBeDeleted: Route table one is in use"],
    ["natGateway", "NatGateway", { sku: { name: "Standard" } }, "InUseNatGatewayCannotBeDeleted"],
  ])("a %s of a subnet is in use", async (key, token, inputs, code) => {
    const { id } = await make(azure, token, "one", inputs);
    const nodes = await subnet(azure, "nodes", "10.0.0.0/24", { [key]: { id } });
    await expect(azure.delete(`network:${token}`, id)).rejects.toThrow(code);
    await azure.delete("network:Subnet", nodes.id);
    await expect(azure.delete(`network:${token}`, id)).resolves.toBeUndefined();
  });

  test("what belongs to a subnet is in its region", async () => {
    const { id } = await make(azure, "RouteTable", "east", { location: "eastus" });
    await expect(subnet(azure, "nodes", "10.0.0.0/24", { routeTable: { id } })).rejects.toThrow(
      "InvalidResourceReference",
    );
  });

  test("a bastion's subnet wants its rules and no routes", async () => {
    const bare = await make(azure, "NetworkSecurityGroup", "bare", {});
    const bastion = (more: JsonObject) => subnet(azure, "AzureBastionSubnet", "10.0.1.0/26", more);
    await expect(bastion({ networkSecurityGroup: { id: bare.id } })).rejects.toThrow(
      "NetworkSecurityGroupNotCompliantForAzureBastionSubnet",
    );
    const routes = await make(azure, "RouteTable", "routes", {});
    await expect(bastion({ routeTable: { id: routes.id } })).rejects.toThrow(
      "RouteTableCannotBeAttachedForAzureBastionSubnet",
    );
    const out = { direction: "Outbound", sourceAddressPrefix: "*" };
    const full = await make(azure, "NetworkSecurityGroup", "full", {
      securityRules: [
        rule({ name: "internet", priority: 100 }),
        rule({ name: "manager", priority: 110, sourceAddressPrefix: "GatewayManager" }),
        rule({
          ...{ ...out, name: "hosts", priority: 100, destinationAddressPrefix: "VirtualNetwork" },
          ...{ destinationPortRange: null, destinationPortRanges: ["22", "3000-4000"] },
        }),
        rule({ ...out, name: "azure", priority: 110, destinationAddressPrefix: "AzureCloud" }),
      ],
    });
    await expect(bastion({ networkSecurityGroup: { id: full.id } })).resolves.toHaveProperty("id");
  });

  test("a network goes when nothing is in it", async () => {
    await subnet(azure, "nodes", "10.0.0.0/24");
    await azure.delete("network:VirtualNetwork", `${PROVIDER}/virtualNetworks/vnet`);
    expect(azure.ids()).toEqual([GROUP]);
  });

  test("what is in a subnet holds its range, its delegation and its network", async () => {
    const links = await subnet(azure, "links", "10.0.0.0/24", {
      privateLinkServiceNetworkPolicies: "Disabled",
    });
    await make(azure, "PrivateLinkService", "link", {
      ipConfigurations: [{ name: "a", subnet: { id: links.id } }],
      loadBalancerFrontendIpConfigurations: [{ id: "/frontend" }],
    });
    const change = (more: JsonObject) => azure.update("network:Subnet", links, { ...links.inputs, ...more });
    await expect(change({ addressPrefix: "10.0.1.0/24" })).rejects.toThrow("InUsePrefixCannotBeDeleted");
    await expect(
      change({ delegations: [{ name: "a", serviceName: "Microsoft.App/environments" }] }),
    ).rejects.toThrow("SubnetDelegationsCannotChangeWhenSubnetUsedByResource");
    await expect(azure.delete("network:VirtualNetwork", `${PROVIDER}/virtualNetworks/vnet`)).rejects.toThrow(
      "InUseSubnetCannotBeDeleted: Subnet links is in use",
    );
    await expect(change({ serviceEndpoints: [{ service: "Microsoft.Storage" }] })).resolves.toHaveProperty(
      "id",
    );
  });
});

describe("peerings", () => {
  const peer = (from: string, to: string, more: JsonObject = {}) =>
    make(azure, "VirtualNetworkPeering", `to-${to}`, {
      virtualNetworkName: from,
      remoteVirtualNetwork: { id: `${PROVIDER}/virtualNetworks/${to}` },
      ...more,
    });
  const gateway = async (of: string) => {
    const { properties } = azure.store.get(`${PROVIDER}/virtualNetworks/${of}`) ?? { properties: {} };
    const [space = ""] = strings(properties, "addressSpace.addressPrefixes");
    const range = { virtualNetworkName: of, addressPrefix: space.replace("0.0/16", "1.0/27") };
    const subnet = await make(azure, "Subnet", "GatewaySubnet", range);
    await make(azure, "VirtualNetworkGateway", `${of}-gateway`, {
      ...{ gatewayType: "Vpn", vpnType: "RouteBased", sku: { name: "VpnGw1AZ", tier: "VpnGw1AZ" } },
      ipConfigurations: [{ name: "a", subnet: { id: subnet.id } }],
    });
  };
  const stateOf = (from: string, to: string) =>
    text(
      azure.store.get(`${PROVIDER}/virtualNetworks/${from}/virtualNetworkPeerings/to-${to}`)?.properties,
      "peeringState",
    );

  beforeEach(async () => {
    await network(azure, "hub", "10.0.0.0/16");
    await network(azure, "spoke", "10.1.0.0/16");
  });

  test("both sides connect; one that loses the other is disconnected until it is made anew", async () => {
    const hub = await peer("hub", "spoke");
    expect(stateOf("hub", "spoke")).toBe("Initiated");
    const spoke = await peer("spoke", "hub");
    expect([stateOf("hub", "spoke"), stateOf("spoke", "hub")]).toEqual(["Connected", "Connected"]);
    await azure.delete("network:VirtualNetworkPeering", spoke.id);
    expect(stateOf("hub", "spoke")).toBe("Disconnected");
    await expect(peer("spoke", "hub")).rejects.toThrow("RemotePeeringIsDisconnected");
    await azure.delete("network:VirtualNetworkPeering", hub.id);
    await expect(peer("spoke", "hub")).resolves.toHaveProperty("id");
  });

  test("address spaces overlap, directly or across the hub", async () => {
    await network(azure, "twin", "10.0.128.0/17");
    await expect(peer("twin", "hub")).rejects.toThrow("VnetAddressSpacesOverlap");
    await network(azure, "late", "10.1.0.0/24");
    await peer("hub", "spoke");
    await expect(peer("late", "hub")).rejects.toThrow("VnetAddressSpaceOverlapsWithAlreadyPeeredVnet");
  });

  test("one peering for a pair of networks, none with itself", async () => {
    await peer("hub", "spoke");
    await expect(peer("hub", "spoke", { virtualNetworkPeeringName: "again" })).rejects.toThrow(
      "AnotherPeeringAlreadyReferencesRemoteVnet",
    );
    await expect(peer("hub", "hub")).rejects.toThrow("cannot reference its own virtual network");
  });

  test("a remote gateway has to be there", async () => {
    await expect(peer("spoke", "hub", { useRemoteGateways: true })).rejects.toThrow(
      "RemoteVnetHasNoGateways",
    );
    await gateway("hub");
    const closed = await peer("hub", "spoke");
    await expect(peer("spoke", "hub", { useRemoteGateways: true })).rejects.toThrow(
      "has AllowGatewayTransit flag set to false",
    );
    await azure.update("network:VirtualNetworkPeering", closed, {
      ...closed.inputs,
      allowGatewayTransit: true,
    });
    await expect(peer("spoke", "hub", { useRemoteGateways: true })).resolves.toHaveProperty("id");
  });

  test("a gateway of its own, or of another network, leaves no need for a remote one", async () => {
    await network(azure, "far", "10.2.0.0/16");
    for (const name of ["hub", "far"]) await gateway(name);
    await peer("spoke", "hub", { useRemoteGateways: true });
    await expect(peer("spoke", "far", { useRemoteGateways: true })).rejects.toThrow("to-hub has it already");
    await expect(peer("hub", "far", { useRemoteGateways: true })).rejects.toThrow("/hub has a gateway");
    await expect(peer("spoke", "far")).resolves.toHaveProperty("id");
  });

  test("two peerings of one network at a time", async () => {
    await network(azure, "other", "10.2.0.0/16");
    const both = await Promise.allSettled([peer("hub", "spoke"), peer("hub", "other")]);
    expect(both.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
  });
});

test("the first network of a region brings its network watcher, which no stack owns", async () => {
  await network(azure, "vnet", "10.0.0.0/16");
  await network(azure, "east", "10.1.0.0/16", { location: "eastus" });
  const watchers = azure.store.list({ type: "Microsoft.Network/networkWatchers" });
  expect(watchers.map(({ id, ofSubscription }) => [id.split("/").at(-1), ofSubscription])).toEqual([
    ["NetworkWatcher_westus2", true],
    ["NetworkWatcher_eastus", true],
  ]);
  await azure.delete("resources:ResourceGroup", GROUP);
  expect(azure.ids()).toEqual([]);
  expect(watchers.filter(({ id }) => azure.store.get(id) === undefined)).toEqual([]);
});
