/** A region's network: what is secure in it, and what waits for what. */
import * as containerservice from "@pulumi/azure-native/containerservice";

import { RegionalNetwork } from "../../../components/network/regionalNetwork";
import { ofType, theOnly } from "../../support/pulumi";
import { render, type Rendered, valueOf } from "./dataFixture";
import {
  deployNetworks,
  isAfter,
  named,
  privateSettings,
  regionOf,
  type Settings,
  settingsOf,
  sharedLogs,
} from "./networkFixture";

const N = "azure-native:network:";

/** The network of one region, and what its program registered. */
async function deploy(
  settings: Settings,
  read: (network: RegionalNetwork) => Promise<void> | void = () => undefined,
): Promise<Rendered> {
  return render(() => {
    const [network] = deployNetworks(settings);
    if (!network) throw new Error("no network was made");
    return read(network);
  });
}

let enterprise: Rendered;

beforeAll(async () => {
  enterprise = await deploy(privateSettings());
});

test("the lightweight network is a spoke with one subnet and the API's address", async () => {
  let outbound: string | undefined;
  const { resources } = await deploy(settingsOf("lightweight"), async (network) => {
    outbound = network.outboundType;
    expect(await valueOf(network.egressAddresses)).toEqual([]);
    expect(network.linkedNetworks.map(({ key }) => key)).toEqual(["spoke"]);
  });
  expect(outbound).toBe("loadBalancer");
  const types = resources.filter(({ type }) => type.startsWith(N)).map(({ type }) => type.slice(N.length));
  expect(types.sort()).toEqual(["NetworkSecurityGroup", "PublicIPAddress", "Subnet", "VirtualNetwork"]);
  expect(theOnly(resources, `${N}PublicIPAddress`).inputs["dnsSettings"]).toMatchObject({
    domainNameLabel: expect.stringMatching(/^oap-shop-prod-wus2-api-[a-z0-9]{6}$/) as unknown,
  });
});

test.each(["lightweight", "enterprise"] as const)("%s is secure by default", async (profile) => {
  const rendered = profile === "enterprise" ? enterprise : await deploy(settingsOf(profile));
  for (const { inputs } of ofType(rendered.resources, `${N}Subnet`)) {
    expect(inputs["defaultOutboundAccess"]).toBe(false);
    const bare = ["AzureFirewallSubnet", "GatewaySubnet"].includes(String(inputs["subnetName"]));
    expect(inputs["networkSecurityGroup"] === undefined).toBe(bare);
  }
  for (const { inputs } of ofType(rendered.resources, `${N}PublicIPAddress`)) {
    expect(inputs).toMatchObject({
      sku: { name: "Standard" },
      publicIPAllocationMethod: "Static",
      zones: ["1", "2", "3"],
    });
  }
  for (const { inputs } of ofType(rendered.resources, `${N}VirtualNetwork`)) {
    expect(inputs).not.toHaveProperty("subnets");
  }
  const logged = ofType(rendered.resources, "azure-native:monitor:DiagnosticSetting").map(({ inputs }) =>
    String(inputs["resourceUri"]),
  );
  const loud =
    /:(VirtualNetwork|NetworkSecurityGroup|PublicIPAddress|AzureFirewall|BastionHost|NatGateway|VirtualNetworkGateway)$/;
  for (const { type, name } of rendered.resources.filter((resource) => loud.test(resource.type))) {
    expect([type, logged.filter((uri) => uri.endsWith(`/${name}`)).length]).toEqual([type, 1]);
  }
});

test("the firewall inspects, resolves names and refuses the rest", () => {
  const rendered = enterprise;
  expect(theOnly(rendered.resources, `${N}FirewallPolicy`).inputs).toMatchObject({
    sku: { tier: "Premium" },
    threatIntelMode: "Deny",
    intrusionDetection: { mode: "Deny" },
    dnsSettings: { enableProxy: true },
  });
  const firewall = theOnly(rendered.resources, `${N}AzureFirewall`).inputs;
  expect(firewall).toMatchObject({ sku: { tier: "Premium" }, zones: ["1", "2", "3"] });
  expect(firewall["ipConfigurations"]).toHaveLength(3);
  expect(theOnly(rendered.resources, `${N}RouteTable`).inputs["routes"]).toEqual([
    expect.objectContaining({
      addressPrefix: "0.0.0.0/0",
      nextHopType: "VirtualAppliance",
      nextHopIpAddress: "10.16.0.4",
    }),
  ]);
  expect(named(rendered, "westus2-network-vnet").inputs["dhcpOptions"]).toEqual({
    dnsServers: ["10.16.0.4"],
  });
  for (const { inputs } of ofType(rendered.resources, `${N}FirewallPolicyRuleCollectionGroup`)) {
    const collections = inputs["ruleCollections"] as { rules: { sourceIpGroups?: string[] }[] }[];
    const rules = collections.flatMap((collection) => collection.rules);
    expect(rules.length).toBeGreaterThan(0);
    for (const rule of rules) expect(rule.sourceIpGroups).toHaveLength(1);
  }
});

test("the nodes' way out is complete before nodes come up", () => {
  const rendered = enterprise;
  const chain = [
    ...["westus2-network-nodes-subnet", "westus2-network-routes", "westus2-network-hub-firewall-firewall"],
    ...["westus2-network-hub-firewall-rules-platform", "westus2-network-hub-firewall-rules-cluster"],
  ];
  for (const [index, later] of chain.slice(0, -1).entries()) {
    expect([later, isAfter(rendered, later, chain[index + 1] ?? "")]).toEqual([later, true]);
  }
  expect(isAfter(rendered, chain[2] ?? "", "westus2-network-hub-firewall-nodes")).toBe(true);
});

test("what joins the nodes' subnet waits for peerings and the API server's names", async () => {
  const { dependenciesOf } = await deploy(privateSettings(), ({ nodeSubnetId }) => {
    new containerservice.AgentPool("joins", {
      resourceGroupName: "rg",
      resourceName: "aks",
      vnetSubnetID: nodeSubnetId,
    });
  });
  expect(dependenciesOf("joins")).toEqual(
    expect.arrayContaining([
      ...["westus2-network-nodes-subnet", "westus2-network-peering-to-hub"],
      ...["westus2-network-peering-to-spoke", "westus2-network-peering-from-runner"],
      ...["westus2-network-api-server-link-runner", "westus2-network-api-server-link-spoke"],
    ]),
  );
});

test("writes to one network follow one another, in the runner's across regions", async () => {
  const rendered = await render(() => {
    deployNetworks(privateSettings({ network: { vpnGateway: "VpnGw1AZ" } }), ["westus2", "westus"]);
  });
  const children = rendered.resources.filter(({ type }) => /:(Subnet|VirtualNetworkPeering)$/.test(type));
  const networks = new Map<string, string[]>();
  for (const { name, inputs } of children) {
    const network = String(inputs["virtualNetworkName"]);
    networks.set(network, [...(networks.get(network) ?? []), name]);
  }
  expect(networks.size).toBe(5);
  for (const writes of networks.values()) {
    expect(writes.length).toBeGreaterThan(1);
    const unordered = writes.flatMap((name, index) =>
      writes
        .slice(index + 1)
        .filter((other) => !isAfter(rendered, name, other) && !isAfter(rendered, other, name))
        .map((other) => [name, other]),
    );
    expect(unordered).toEqual([]);
  }
});

test("the spoke uses the hub's gateway once it exists, and none without one", async () => {
  const rendered = await deploy(privateSettings({ network: { vpnGateway: "VpnGw1AZ" } }));
  expect(isAfter(rendered, "westus2-network-peering-to-hub", "westus2-network-hub-vpn")).toBe(true);
  expect(named(rendered, "westus2-network-peering-to-hub").inputs).toMatchObject({
    useRemoteGateways: true,
    allowGatewayTransit: false,
    allowForwardedTraffic: true,
  });
  expect(named(rendered, "westus2-network-peering-to-spoke").inputs).toMatchObject({
    useRemoteGateways: false,
    allowGatewayTransit: true,
  });
  expect(named(enterprise, "westus2-network-peering-to-hub").inputs["useRemoteGateways"]).toBe(false);
  expect(named(enterprise, "westus2-network-peering-to-spoke").inputs["allowGatewayTransit"]).toBe(false);
});

test("a NAT gateway has one zone and as many addresses as asked for", async () => {
  let addresses: string[] = [];
  const settings = settingsOf("lightweight", { network: { egress: "natGateway" } });
  const rendered = await deploy(settings, async (network) => {
    expect(network.outboundType).toBe("userAssignedNATGateway");
    addresses = await valueOf(network.egressAddresses);
  });
  expect(addresses).toHaveLength(2);
  const nat = theOnly(rendered.resources, `${N}NatGateway`);
  expect(nat.inputs).toMatchObject({ sku: { name: "Standard" }, zones: ["1"] });
  expect(nat.inputs["publicIpAddresses"]).toHaveLength(2);
  expect(theOnly(rendered.resources, `${N}Subnet`).inputs["natGateway"]).toBeDefined();
});

test("the longest names still give a DNS label that Azure takes, and one of its own", async () => {
  const long = { prefix: "p".repeat(20), project: "q".repeat(20), environment: "e".repeat(20) };
  const { resources } = await render(() => {
    const { workspace } = sharedLogs();
    const settings = settingsOf("lightweight");
    for (const location of ["westus2", "westus"]) {
      const region = regionOf(location, workspace, long);
      new RegionalNetwork(`${location}-network`, { ...region, ...settings });
    }
  });
  const labels = ofType(resources, `${N}PublicIPAddress`).map(
    ({ inputs }) => (inputs["dnsSettings"] as { domainNameLabel: string }).domainNameLabel,
  );
  for (const label of labels) expect(label).toMatch(/^[a-z][a-z0-9-]{1,61}[a-z0-9]$/);
  expect(new Set(labels).size).toBe(2);
});

test("a runner network that is configured but not given is an error, not a region nobody can deploy to", async () => {
  await render(() => {
    const { workspace } = sharedLogs();
    const args = { ...regionOf("westus2", workspace), ...privateSettings() };
    expect(() => new RegionalNetwork("westus2-network", args)).toThrow(/runnerNetwork.*no runner/);
  });
});
