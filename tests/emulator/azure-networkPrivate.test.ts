import type { JsonObject } from "../../local/provider/backend";
import { at, each, text } from "../../local/provider/values";
import { Azure, GROUP } from "./azure-support";
import { make, network, PROVIDER } from "./support/networks";

const ZONE = "privatelink.azurecr.io";

let azure: Azure;

beforeEach(async () => {
  azure = new Azure();
  await azure.group();
  await network(azure, "vnet", "10.0.0.0/16", {
    subnets: [
      { name: "endpoints", addressPrefix: "10.0.1.0/24" },
      {
        name: "delegated",
        addressPrefix: "10.0.2.0/24",
        delegations: [{ name: "a", serviceName: "Microsoft.App/environments" }],
      },
    ],
  });
});

const registry = (registryName: string, name: string) =>
  azure.create("containerregistry:Registry", { resourceGroupName: "rg", registryName, sku: { name } });
const subnetId = (name: string): string => `${PROVIDER}/virtualNetworks/vnet/subnets/${name}`;
const endpoint = (name: string, target: string, connection: JsonObject = {}, more: JsonObject = {}) =>
  make(azure, "PrivateEndpoint", name, {
    subnet: { id: subnetId("endpoints") },
    privateLinkServiceConnections: [
      { name: "a", privateLinkServiceId: target, groupIds: ["registry"], ...connection },
    ],
    ...more,
  });
const zone = (privateZoneName: string, location = "global") =>
  azure.create("privatedns:PrivateZone", { resourceGroupName: "rg", privateZoneName, location });
const link = (privateZoneName: string, name: string, more: JsonObject = {}) =>
  azure.create("privatedns:VirtualNetworkLink", {
    ...{ resourceGroupName: "rg", privateZoneName, virtualNetworkLinkName: name, location: "global" },
    virtualNetwork: { id: `${PROVIDER}/virtualNetworks/vnet` },
    ...more,
  });

describe("private endpoints", () => {
  test.each<[string, JsonObject, JsonObject, string]>([
    ["without a group", { groupIds: [] }, {}, "MissingParameterOnPrivateLinkServiceConnection"],
    ["with two groups", { groupIds: ["registry", "vault"] }, {}, "OnlyOneGroupIdPermitted"],
    [
      "with a group of another service",
      { groupIds: ["vault"] },
      {},
      "Invalid groupId 'vault'. Allowed: registry.",
    ],
    [
      "with a connection without a name",
      { name: null },
      {},
      "InvalidRequestFormat: Cannot parse the request.",
    ],
    [
      "in a subnet of a service",
      {},
      { subnet: { id: subnetId("delegated") } },
      "PrivateEndpointCreationNotAllowedAsSubnetIsDelegated",
    ],
    ["in another region than its subnet", {}, { location: "eastus" }, "InvalidResourceReference"],
    ["in no subnet", {}, { subnet: null }, "must be in a subnet"],
  ])("none %s", async (_what, connection, changes, message) => {
    const { id } = await registry("images", "Premium");
    await expect(endpoint("pe", id, connection, changes)).rejects.toThrow(message);
  });

  test("none to a registry below Premium", async () => {
    const { id } = await registry("images", "Standard");
    await expect(endpoint("pe", id)).rejects.toThrow("Private endpoints require the Premium SKU");
  });

  test("an endpoint has an interface, an address for each name, and names in the zone meant for it", async () => {
    const { id } = await registry("images", "Premium");
    const made = await endpoint("pe", id);
    const other = await endpoint("other", id);
    expect(at(made.outputs, "customDnsConfigs")).toEqual([
      { fqdn: "images.azurecr.io", ipAddresses: ["10.0.1.4"] },
      { fqdn: "images.westus2.data.azurecr.io", ipAddresses: ["10.0.1.5"] },
    ]);
    expect(each(other.outputs, "customDnsConfigs[].ipAddresses[]")).toEqual(["10.0.1.6", "10.0.1.7"]);
    expect(
      each(made.outputs, "privateLinkServiceConnections[].privateLinkServiceConnectionState.status"),
    ).toEqual(["Approved"]);
    const [nic = ""] = each(made.outputs, "networkInterfaces[].id").map(String);
    expect(azure.store.get(nic)).toBeDefined();

    const { id: zoneId } = await zone(ZONE);
    const { id: wrong } = await zone("privatelink.vaultcore.azure.net");
    const group = await azure.create("network:PrivateDnsZoneGroup", {
      ...{ resourceGroupName: "rg", privateEndpointName: "pe", privateDnsZoneGroupName: "default" },
      privateDnsZoneConfigs: [zoneId, wrong].map((privateDnsZoneId, index) => ({
        name: `z${index}`,
        privateDnsZoneId,
      })),
    });
    const names = azure.store.list({ type: "Microsoft.Network/privateDnsZones/A" });
    expect(names.map(({ id: name }) => name.slice(zoneId.length))).toEqual([
      "/A/images",
      "/A/images.westus2.data",
    ]);
    expect(each(names[0]?.properties, "aRecords[].ipv4Address")).toEqual(["10.0.1.4"]);
    await expect(
      azure.create("network:PrivateDnsZoneGroup", {
        ...{ resourceGroupName: "rg", privateEndpointName: "pe", privateDnsZoneGroupName: "second" },
        privateDnsZoneConfigs: [],
      }),
    ).rejects.toThrow("has a DNS zone group already");

    await expect(azure.delete("network:Subnet", subnetId("endpoints"))).rejects.toThrow(
      "InUseSubnetCannotBeDeleted",
    );
    await azure.delete("network:PrivateDnsZoneGroup", group.id);
    expect(azure.store.list({ type: "Microsoft.Network/privateDnsZones/A" })).toEqual([]);
    await azure.delete("network:PrivateEndpoint", made.id);
    expect(azure.store.get(nic)).toBeUndefined();
  });

  test("keeps its addresses through an update, and its place for good", async () => {
    const { id } = await registry("images", "Premium");
    const made = await endpoint("pe", id);
    const tagged = await azure.update("network:PrivateEndpoint", made, { ...made.inputs, tags: { a: "b" } });
    expect(tagged.outputs["customDnsConfigs"]).toEqual(made.outputs["customDnsConfigs"]);
    expect(tagged.outputs["networkInterfaces"]).toEqual(made.outputs["networkInterfaces"]);
    await azure.create("network:Subnet", {
      ...{
        resourceGroupName: "rg",
        virtualNetworkName: "vnet",
        subnetName: "more",
        addressPrefix: "10.0.3.0/24",
      },
    });
    await expect(
      azure.update("network:PrivateEndpoint", made, { ...made.inputs, subnet: { id: subnetId("more") } }),
    ).rejects.toThrow("The subnet of private endpoint");
  });
});

describe("private DNS", () => {
  test("zones are global", async () => {
    await expect(zone(ZONE, "westus2")).rejects.toThrow(
      "LocationNotAvailableForResourceType: The provided location 'westus2' is not available",
    );
  });

  test("a zone with links stays, its records go with it", async () => {
    const { id } = await zone(ZONE);
    const made = await link(ZONE, "vnet");
    await azure.create("privatedns:PrivateRecordSet", {
      ...{ resourceGroupName: "rg", privateZoneName: ZONE, relativeRecordSetName: "api", recordType: "A" },
      ...{ ttl: 60, aRecords: [{ ipv4Address: "10.0.0.4" }] },
    });
    const state = await azure.read("privatedns:PrivateZone", { id, outputs: {} });
    expect(state?.outputs).toMatchObject({ numberOfRecordSets: 2, numberOfVirtualNetworkLinks: 1 });
    await expect(azure.delete("privatedns:PrivateZone", id)).rejects.toThrow(
      `CannotDeleteResource: Cannot delete resource while nested resources exist. Some existing nested resource IDs include: 'Microsoft.Network/privateDnsZones/${ZONE}/virtualNetworkLinks/vnet'`,
    );
    await azure.delete("privatedns:VirtualNetworkLink", made.id);
    await azure.delete("privatedns:PrivateZone", id);
    expect(azure.ids().filter((other) => other.includes("privateDnsZones"))).toEqual([]);
  });

  test("a network is linked once to a name, and registers its own names in one zone", async () => {
    await zone(ZONE);
    await zone("corp.internal");
    await link(ZONE, "one", { registrationEnabled: true });
    await expect(link(ZONE, "two")).rejects.toThrow(
      `cannot be linked to multiple zones with overlapping namespaces. You tried to link virtual network with '${ZONE}' and '${ZONE}' zones.`,
    );
    await expect(link("corp.internal", "two", { registrationEnabled: true })).rejects.toThrow(
      "registers its names",
    );
    await expect(link("corp.internal", "two")).resolves.toHaveProperty("id");
  });

  test.each<[string, JsonObject, string]>([
    ["an unknown type", { recordType: "NS" }, "The record type 'NS' is not valid"],
    ["no records", { recordType: "A", aRecords: [] }, "has no aRecords"],
    [
      "an alias at the apex",
      { recordType: "CNAME", relativeRecordSetName: "@", cnameRecord: {} },
      "apex of a zone",
    ],
    [
      "no time to live",
      { recordType: "TXT", txtRecords: [{ value: ["a"] }], ttl: null },
      "The TTL of record set",
    ],
  ])("a record set with %s", async (_what, changes, message) => {
    await zone(ZONE);
    await expect(
      azure.create("privatedns:PrivateRecordSet", {
        ...{ resourceGroupName: "rg", privateZoneName: ZONE, relativeRecordSetName: "api", ttl: 60 },
        ...changes,
      }),
    ).rejects.toThrow(message);
  });
});

describe("flow logs", () => {
  const log = (targetResourceId: string, more: JsonObject = {}) =>
    make(azure, "FlowLog", "log", {
      ...{ resourceGroupName: "NetworkWatcherRG", networkWatcherName: "NetworkWatcher_westus2" },
      ...{ location: "westus2", targetResourceId, storageId: `${GROUP}/storage`, ...more },
    });

  beforeEach(() => {
    const properties = { location: "westus2" };
    const createdAt = "2026-01-01T00:00:00Z";
    azure.store.put({
      id: `${GROUP}/storage`,
      cloud: "azure",
      type: "storage",
      properties,
      createdAt,
      seconds: 0,
    });
  });

  test("are made for networks, with the GUID of the network", async () => {
    const vnet = azure.store.get(`${PROVIDER}/virtualNetworks/vnet`);
    const made = await log(vnet?.id ?? "");
    expect(made.outputs["targetResourceGuid"]).toBe(text(vnet?.properties, "resourceGuid"));
  });

  test("are made for security groups no longer", async () => {
    const { id } = await make(azure, "NetworkSecurityGroup", "group");
    await expect(log(id)).rejects.toThrow("NsgFlowLogCreationBlocked");
  });

  test("are in one region with all that they need", async () => {
    const east = await network(azure, "east", "10.1.0.0/16", { location: "eastus" });
    await expect(log(east.id)).rejects.toThrow("must be in the same region");
    const nowhere = { networkWatcherName: "NetworkWatcher_westeurope" };
    await expect(log(east.id, nowhere)).rejects.toThrow("ParentResourceNotFound");
  });
});
