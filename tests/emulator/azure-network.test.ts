import type { JsonObject } from "../../local/provider/backend";
import { text } from "../../local/provider/values";
import { Azure } from "./azure-support";
import { make, network, route, rule, STANDARD } from "./support/networks";

let azure: Azure;

beforeEach(async () => {
  azure = new Azure();
  await azure.group();
});

test.each<[string, string, JsonObject, string]>([
  [
    "a rule's priority out of range",
    "NetworkSecurityGroup",
    { securityRules: [rule({ priority: 99 })] },
    "SecurityRuleInvalidPriority: Security rule has invalid Priority. Value provided: 99",
  ],
  [
    "two rules of one priority and direction",
    "NetworkSecurityGroup",
    { securityRules: [rule({}), rule({ name: "b" })] },
    "SecurityRuleConflict: Security rule b conflicts with rule a.",
  ],
  [
    "two rules of one name",
    "NetworkSecurityGroup",
    { securityRules: [rule({}), rule({ priority: 101 })] },
    "DuplicateResourceName",
  ],
  [
    "a port that is none",
    "NetworkSecurityGroup",
    { securityRules: [rule({ destinationPortRange: "443-80" })] },
    "SecurityRuleInvalidPortRange",
  ],
  [
    "an address that is none",
    "NetworkSecurityGroup",
    { securityRules: [rule({ sourceAddressPrefix: "10.0.0.0/33" })] },
    "SecurityRuleInvalidAddressPrefix",
  ],
  [
    "a rule without a destination",
    "NetworkSecurityGroup",
    { securityRules: [rule({ destinationAddressPrefix: null })] },
    "Security rule a has no destination address prefix",
  ],
  [
    "two routes for one prefix",
    "RouteTable",
    { routes: [route({}), route({ name: "b" })] },
    "RouteConflict: Route b conflicts with route a.",
  ],
  [
    "a route to an appliance without an address",
    "RouteTable",
    { routes: [route({ nextHopIpAddress: null })] },
    "the address is needed with VirtualAppliance",
  ],
  [
    "a route to the Internet with an address",
    "RouteTable",
    { routes: [route({ nextHopType: "Internet" })] },
    "and allowed with no other type",
  ],
  [
    "a Basic address",
    "PublicIPAddress",
    { sku: { name: "Basic" } },
    "IPv4BasicSkuPublicIpCountLimitReached: Cannot create more than 0 IPv4 Basic SKU",
  ],
  [
    "a Standard address that changes",
    "PublicIPAddress",
    { sku: { name: "Standard" }, publicIPAllocationMethod: "Dynamic" },
    "must have publicIPAllocationMethod 'Static'",
  ],
  [
    "zones where there are none",
    "PublicIPAddress",
    { ...STANDARD, location: "westus", zones: ["1"] },
    "AvailabilityZoneNotSupported",
  ],
  [
    "a label that is no DNS name",
    "PublicIPAddress",
    { ...STANDARD, dnsSettings: { domainNameLabel: "-api" } },
    "InvalidDomainNameLabel",
  ],
  [
    "a prefix of one address",
    "PublicIPPrefix",
    { sku: { name: "Standard" }, prefixLength: 32 },
    "between 21 and 31",
  ],
  [
    "a NAT gateway in two zones",
    "NatGateway",
    { sku: { name: "Standard" }, zones: ["1", "2"] },
    "in one availability zone at most",
  ],
  [
    "a second network watcher in a region",
    "NetworkWatcher",
    { location: "westus2" },
    "NetworkWatcherCountLimitReached: Cannot create more than 1 network watchers",
  ],
])("Azure refuses %s", async (_what, token, inputs, message) => {
  await network(azure, "vnet", "10.0.0.0/16");
  await expect(make(azure, token, "one", inputs)).rejects.toThrow(message);
});

describe("public addresses", () => {
  test("each has one of its own, inside of its prefix where it has one, and a name in the region", async () => {
    const first = await make(azure, "PublicIPAddress", "one", {
      ...STANDARD,
      dnsSettings: { domainNameLabel: "api" },
    });
    const second = await make(azure, "PublicIPAddress", "two", STANDARD);
    expect(text(first.outputs, "dnsSettings.fqdn")).toBe("api.westus2.cloudapp.azure.com");
    expect(first.outputs["ipAddress"]).not.toBe(second.outputs["ipAddress"]);
    const prefix = await make(azure, "PublicIPPrefix", "p", { sku: { name: "Standard" }, prefixLength: 31 });
    const inPrefix = { ...STANDARD, publicIPPrefix: { id: prefix.id } };
    const [low, high] = [
      await make(azure, "PublicIPAddress", "low", inPrefix),
      await make(azure, "PublicIPAddress", "high", inPrefix),
    ];
    expect([low, high].map(({ outputs }) => outputs["ipAddress"])).toEqual(["192.0.2.0", "192.0.2.1"]);
    expect(prefix.outputs["ipPrefix"]).toBe("192.0.2.0/31");
    await expect(make(azure, "PublicIPAddress", "third", inPrefix)).rejects.toThrow("has no free address");
    await expect(azure.delete("network:PublicIPPrefix", prefix.id)).rejects.toThrow(
      "InUsePublicIpPrefixCannotBeDeleted",
    );
  });

  test("a label belongs to one address of a region", async () => {
    const labelled = { ...STANDARD, dnsSettings: { domainNameLabel: "api" } };
    await make(azure, "PublicIPAddress", "one", labelled);
    await expect(make(azure, "PublicIPAddress", "two", labelled)).rejects.toThrow(
      "DnsRecordInUse: DNS record api.westus2.cloudapp.azure.com is already used by another public IP.",
    );
    await expect(
      make(azure, "PublicIPAddress", "two", { ...labelled, location: "eastus" }),
    ).resolves.toHaveProperty("id");
  });

  test("the address stays through an update, its zones cannot change", async () => {
    const state = await make(azure, "PublicIPAddress", "one", { ...STANDARD, zones: ["1"] });
    const updated = await azure.update("network:PublicIPAddress", state, {
      ...state.inputs,
      tags: { a: "b" },
    });
    expect(updated.outputs["ipAddress"]).toBe(state.outputs["ipAddress"]);
    await expect(
      azure.update("network:PublicIPAddress", state, { ...state.inputs, zones: ["2"] }),
    ).rejects.toThrow("ResourceAvailabilityZonesCannotBeModified");
  });

  test("one that is attached serves nobody else and stays", async () => {
    const address = await make(azure, "PublicIPAddress", "one", STANDARD);
    const nat = { sku: { name: "Standard" }, publicIpAddresses: [{ id: address.id }] };
    const first = await make(azure, "NatGateway", "nat", nat);
    await expect(make(azure, "NatGateway", "other", nat)).rejects.toThrow("PublicIPAddressInUse");
    await expect(azure.delete("network:PublicIPAddress", address.id)).rejects.toThrow(
      `PublicIPAddressCannotBeDeleted: Public IP address ${address.id} can not be deleted since it is still allocated to resource ${first.id}`,
    );
    await azure.delete("network:NatGateway", first.id);
    await azure.delete("network:PublicIPAddress", address.id);
    expect(azure.store.get(address.id)).toBeUndefined();
  });
});
