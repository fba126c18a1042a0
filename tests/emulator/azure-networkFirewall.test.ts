import type { JsonObject } from "../../local/provider/backend";
import { each } from "../../local/provider/values";
import { Azure } from "./azure-support";
import { make, network, PROVIDER, STANDARD } from "./support/networks";

const SUBNETS = ["AzureFirewallSubnet", "AzureBastionSubnet", "GatewaySubnet", "small", "other"];

let azure: Azure;

beforeEach(async () => {
  azure = new Azure();
  await azure.group();
  const subnets = SUBNETS.map((name, index) => ({ name, addressPrefix: `10.0.${index}.0/26` }));
  await network(azure, "vnet", "10.0.0.0/16", { subnets });
});

const inSubnet = (name: string): JsonObject => ({
  ipConfigurations: [{ name: "a", subnet: { id: `${PROVIDER}/virtualNetworks/vnet/subnets/${name}` } }],
});
const policy = (tier: string, more: JsonObject = {}) =>
  make(azure, "FirewallPolicy", `policy-${tier}`, { sku: { tier }, ...more });
const firewall = (tier: string, more: JsonObject = {}) =>
  make(azure, "AzureFirewall", "firewall", {
    sku: { name: "AZFW_VNet", tier },
    ...inSubnet("AzureFirewallSubnet"),
    ...more,
  });

describe("firewalls", () => {
  test("a firewall has the first address of its subnet, and holds its policy and its address", async () => {
    const { id } = await policy("Standard");
    const address = await make(azure, "PublicIPAddress", "egress", STANDARD);
    const [configuration] = inSubnet("AzureFirewallSubnet")["ipConfigurations"] as JsonObject[];
    const made = await firewall("Premium", {
      firewallPolicy: { id },
      ipConfigurations: [{ ...configuration, publicIPAddress: { id: address.id } }],
    });
    expect(each(made.outputs, "ipConfigurations[].privateIPAddress")).toEqual(["10.0.0.4"]);
    await expect(azure.delete("network:FirewallPolicy", id)).rejects.toThrow(
      "FirewallPolicyHasAzureFirewallReferences",
    );
    await expect(azure.delete("network:PublicIPAddress", address.id)).rejects.toThrow(
      "PublicIPAddressCannotBeDeleted",
    );
    await azure.delete("network:AzureFirewall", made.id);
    await expect(azure.delete("network:FirewallPolicy", id)).resolves.toBeUndefined();
  });

  test.each<[string, string, JsonObject, string]>([
    [
      "in a subnet of another name",
      "Standard",
      inSubnet("other"),
      "a subnet with the name AzureFirewallSubnet",
    ],
    ["without a subnet", "Standard", { ipConfigurations: [{ name: "a" }] }, "exactly one IP configuration"],
    ["of the Basic tier without its way to Azure", "Basic", {}, "must have a managementIpConfiguration"],
    [
      "in zones where there are none",
      "Standard",
      { location: "westus", zones: ["1"] },
      "AvailabilityZoneNotSupported",
    ],
    ["in another region", "Standard", { location: "eastus" }, "InvalidResourceReference"],
  ])("none %s", async (_what, tier, changes, message) => {
    await expect(firewall(tier, changes)).rejects.toThrow(message);
  });

  test("none in a subnet that is too small", async () => {
    await network(azure, "tiny", "10.1.0.0/16", {
      subnets: [{ name: "AzureFirewallSubnet", addressPrefix: "10.1.0.0/27" }],
    });
    const id = `${PROVIDER}/virtualNetworks/tiny/subnets/AzureFirewallSubnet`;
    await expect(firewall("Standard", { ipConfigurations: [{ name: "a", subnet: { id } }] })).rejects.toThrow(
      "AzureFirewallSubnet must be /26 or larger, got 10.1.0.0/27",
    );
  });

  test("a policy serves its own tier and those above", async () => {
    const { id } = await policy("Premium");
    await expect(firewall("Standard", { firewallPolicy: { id } })).rejects.toThrow(
      "of the Premium tier cannot be attached to Azure Firewall",
    );
    await expect(firewall("Premium", { firewallPolicy: { id } })).resolves.toHaveProperty("id");
  });

  test.each<[string, string, JsonObject]>([
    ["Intrusion Detection", "Standard", { intrusionDetection: { mode: "Alert" } }],
    ["DNS Proxy", "Basic", { dnsSettings: { enableProxy: true } }],
  ])("%s is not for the %s tier", async (what, tier, more) => {
    await expect(policy(tier, more)).rejects.toThrow(
      `FirewallPolicyHigherTierOnlyProperties: Firewall Policy policy-${tier} contains higher tier only properties - ${what}`,
    );
  });
});

describe("rules", () => {
  const group = (name: string, more: JsonObject = {}) =>
    azure.create("network:FirewallPolicyRuleCollectionGroup", {
      ...{ resourceGroupName: "rg", firewallPolicyName: "policy-Standard" },
      ...{ ruleCollectionGroupName: name, priority: 200 },
      ...more,
    });
  const collection = (name: string, rules: JsonObject[]): JsonObject => ({
    ...{ name, priority: 100, ruleCollectionType: "FirewallPolicyFilterRuleCollection" },
    rules,
  });

  beforeEach(() => policy("Standard"));

  test.each<[string, JsonObject, string]>([
    ["a priority out of range", { priority: 99 }, "must be between 100 and 65000"],
    [
      "two collections of one priority",
      { ruleCollections: [collection("a", []), collection("b", [])] },
      "Priority 100 used for more than one rule collection",
    ],
    [
      "URLs in a Standard policy",
      { ruleCollections: [collection("a", [{ name: "url", targetUrls: ["example.com/a"] }])] },
      "FirewallPolicyHigherTierOnlyProperties",
    ],
  ])("%s", async (_what, changes, message) => {
    await expect(group("one", changes)).rejects.toThrow(message);
  });

  test("two groups of one priority", async () => {
    await group("one");
    await expect(group("two")).rejects.toThrow("FirewallPolicyRuleCollectionGroupPrioritiesMustBeUnique");
  });

  test("two groups of one policy at a time, creates and deletes alike", async () => {
    const both = await Promise.allSettled([group("one"), group("two", { priority: 300 })]);
    expect(both.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
    expect(String((both[1] as PromiseRejectedResult).reason)).toContain("AnotherOperationInProgress");
  });

  test("IP groups of one policy are changed one at a time, those of none as one likes", async () => {
    const create = (name: string) => make(azure, "IpGroup", name, { ipAddresses: ["10.0.0.0/24"] });
    const groups = await Promise.all([create("nodes"), create("pods")]);
    const change = () =>
      Promise.allSettled(
        groups.map((ips) =>
          azure.update("network:IpGroup", ips, { ...ips.inputs, ipAddresses: ["10.0.1.0/24"] }),
        ),
      );
    expect((await change()).map(({ status }) => status)).toEqual(["fulfilled", "fulfilled"]);
    const rules = [{ name: "a", ruleType: "NetworkRule", sourceIpGroups: groups.map(({ id }) => id) }];
    await group("one", { ruleCollections: [collection("a", rules)] });
    expect((await change()).map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
  });

  test("an IP group stays while a rule names it", async () => {
    const ips = await make(azure, "IpGroup", "nodes", { ipAddresses: ["10.0.0.0/24"] });
    const rules = [{ name: "a", ruleType: "NetworkRule", sourceIpGroups: [ips.id] }];
    const made = await group("one", { ruleCollections: [collection("a", rules)] });
    await expect(azure.delete("network:IpGroup", ips.id)).rejects.toThrow(
      "IpGroupsHasFirewallPolicyReferences",
    );
    await azure.delete("network:FirewallPolicyRuleCollectionGroup", made.id);
    await expect(azure.delete("network:IpGroup", ips.id)).resolves.toBeUndefined();
    await expect(make(azure, "IpGroup", "bad", { ipAddresses: ["10.0.0.256"] })).rejects.toThrow(
      "IP Prefix 10.0.0.256 is invalid",
    );
  });
});

describe("bastions and gateways", () => {
  const bastion = (sku: string, more: JsonObject = {}) =>
    make(azure, "BastionHost", "bastion", {
      sku: { name: sku },
      ...inSubnet("AzureBastionSubnet"),
      ...more,
    });
  const gateway = (sku: string, more: JsonObject = {}) =>
    make(azure, "VirtualNetworkGateway", "gateway", {
      ...{ gatewayType: "Vpn", vpnType: "RouteBased", sku: { name: sku, tier: sku } },
      ...inSubnet("GatewaySubnet"),
      ...more,
    });

  test.each<[string, string, JsonObject, string]>([
    [
      "native clients",
      "Basic",
      { enableTunneling: true },
      "cannot use enableTunneling: the Standard SKU is needed",
    ],
    ["session recordings", "Standard", { enableSessionRecording: true }, "the Premium SKU is needed"],
    ["more instances", "Basic", { scaleUnits: 3 }, "cannot use scaleUnits"],
    ["another subnet", "Standard", inSubnet("other"), "a subnet with the name AzureBastionSubnet"],
    ["no network", "Developer", { ipConfigurations: [] }, "must name its virtualNetwork"],
  ])("a bastion with %s (%s)", async (_what, sku, changes, message) => {
    await expect(bastion(sku, changes)).rejects.toThrow(message);
  });

  test("a bastion's SKU goes up, never down", async () => {
    const made = await bastion("Standard");
    const change = (name: string) =>
      azure.update("network:BastionHost", made, { ...made.inputs, sku: { name } });
    await expect(change("Premium")).resolves.toHaveProperty("id");
    await expect(change("Basic")).rejects.toThrow("cannot be lowered from Premium to Basic");
  });

  test.each<[string, string, JsonObject, string]>([
    ["of a SKU without zones", "VpnGw1", {}, "NonAzSkusNotAllowedForVPNGateway"],
    ["in another subnet", "VpnGw1AZ", inSubnet("other"), "a subnet with the name GatewaySubnet"],
    [
      "active-active with one address",
      "VpnGw1AZ",
      { activeActive: true },
      "at least 2 IP configurations, got 1",
    ],
  ])("no gateway %s", async (_what, sku, changes, message) => {
    await expect(gateway(sku, changes)).rejects.toThrow(message);
  });
});
