import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CloudStore } from "../../local/cloud/store";
import type { JsonObject, ResourceState } from "../../local/provider/backend";
import { Azure } from "./azure-support";
import { make, STANDARD } from "./support/networks";

type Made = ResourceState & { inputs: JsonObject };

let azure: Azure;

beforeEach(async () => {
  azure = new Azure();
  await azure.group();
});

describe("Traffic Manager", () => {
  const profile = (changes: JsonObject = {}, cloud = azure): Promise<Made> =>
    cloud.create("trafficmanager:Profile", {
      ...{
        resourceGroupName: "rg",
        profileName: "tm",
        location: "global",
        trafficRoutingMethod: "Performance",
      },
      dnsConfig: { relativeName: "platform", ttl: 30 },
      monitorConfig: { protocol: "HTTPS", port: 443, path: "/readyz" },
      ...changes,
    });
  const endpoint = (endpointType: string, more: JsonObject): Promise<Made> =>
    azure.create("trafficmanager:Endpoint", {
      ...{ resourceGroupName: "rg", profileName: "tm", endpointName: "west", endpointType, ...more },
    });
  const external = { target: "west.example.com", endpointLocation: "westus2" };

  test("leads to public addresses with a name", async () => {
    const made = await profile();
    expect(made.outputs["dnsConfig"]).toMatchObject({ fqdn: "platform.trafficmanager.net" });
    const nameless = await make(azure, "PublicIPAddress", "nameless", STANDARD);
    await expect(endpoint("AzureEndpoints", { targetResourceId: nameless.id })).rejects.toThrow(
      "has no DNS name",
    );
    const named = { ...STANDARD, dnsSettings: { domainNameLabel: "west" } };
    const address = await make(azure, "PublicIPAddress", "named", named);
    const added = await endpoint("AzureEndpoints", { targetResourceId: address.id });
    expect(added.outputs["target"]).toBe("west.westus2.cloudapp.azure.com");
    expect(added.outputs["type"]).toBe("Microsoft.Network/trafficManagerProfiles/AzureEndpoints");
    const twin = endpoint("AzureEndpoints", { endpointName: "twin", targetResourceId: address.id });
    await expect(twin).rejects.toThrow("has the target west.westus2.cloudapp.azure.com already");
    const read = await azure.read("trafficmanager:Profile", made);
    expect(read?.outputs["endpoints"]).toMatchObject([{ id: added.id, name: "west" }]);
    expect(read?.inputs).toEqual(made.inputs);
  });

  test("with a list of endpoints has those alone", async () => {
    const entry = (name: string): JsonObject => ({
      ...{ name, type: "Microsoft.Network/trafficManagerProfiles/ExternalEndpoints" },
      ...{ target: `${name}.example.com`, endpointLocation: "westus2" },
    });
    const made = await profile({ endpoints: [entry("west"), entry("east")] });
    await azure.update("trafficmanager:Profile", made, { ...made.inputs, endpoints: [entry("east")] });
    const [only, ...more] = azure.ids().filter((id) => id.includes("Endpoints/"));
    expect(only).toContain("/ExternalEndpoints/east");
    expect(more).toEqual([]);
  });

  test.each<[what: string, changes: JsonObject, message: string]>([
    ["in a region", { location: "westus2" }, "'global'"],
    ["without a method", { trafficRoutingMethod: null }, "'trafficRoutingMethod' property"],
    ["without a name", { dnsConfig: { ttl: 30 } }, "'dnsConfig.relativeName' property"],
    [
      "that asks for no path",
      { monitorConfig: { protocol: "HTTPS", port: 443 } },
      "required without the protocol TCP",
    ],
    [
      "that asks every second",
      { monitorConfig: { protocol: "TCP", port: 443, intervalInSeconds: 1 } },
      "must be 10 or 30, got 1",
    ],
    [
      "that waits longer than it asks",
      { monitorConfig: { protocol: "TCP", port: 443, intervalInSeconds: 10, timeoutInSeconds: 10 } },
      "between 5 and 9, got 10",
    ],
  ])("takes no profile %s", async (_what, changes, message) => {
    await expect(profile(changes)).rejects.toThrow(message);
  });

  test.each<[what: string, type: string, inputs: JsonObject, message: string]>([
    ["of no type", "OtherEndpoints", external, "Allowed: AzureEndpoints, ExternalEndpoints, NestedEndpoints"],
    ["without a resource", "AzureEndpoints", external, "'resourceTarget' property of endpoint 'west'"],
    ["without a place", "ExternalEndpoints", { target: "a.example.com" }, "'endpointLocation' property"],
    [
      "of too much weight",
      "ExternalEndpoints",
      { ...external, weight: 5000 },
      "between 1 and 1000, got 5000",
    ],
  ])("takes no endpoint %s", async (_what, type, inputs, message) => {
    await profile();
    await expect(endpoint(type, inputs)).rejects.toThrow(message);
  });

  test("gives a name once, to all subscriptions", async () => {
    const folder = mkdtempSync(join(tmpdir(), "azure-"));
    const [dev, prod] = ["dev", "prod"].map(
      (name) => new Azure({ store: CloudStore.open(join(folder, `${name}.jsonl`)) }),
    ) as [Azure, Azure];
    await Promise.all([dev.group(), prod.group()]);
    const made = await profile({}, dev);
    await expect(profile({}, prod)).rejects.toThrow(
      "Domain name platform.trafficmanager.net is not available",
    );
    const renamed = { ...made.inputs, dnsConfig: { relativeName: "other", ttl: 30 } };
    await expect(dev.update("trafficmanager:Profile", made, renamed)).rejects.toThrow("cannot be changed");
    for (const { store } of [dev, prod]) store.close();
    rmSync(folder, { recursive: true });
  });
});

describe("public DNS", () => {
  const zone = (changes: JsonObject = {}): Promise<Made> =>
    azure.create("dns:Zone", {
      ...{ resourceGroupName: "rg", zoneName: "example.com", location: "global", ...changes },
    });
  const records = (recordType: string, relativeRecordSetName: string, more: JsonObject): Promise<Made> =>
    azure.create("dns:RecordSet", {
      ...{ resourceGroupName: "rg", zoneName: "example.com", recordType, relativeRecordSetName, ...more },
    });
  const toAddress = { ttl: 300, aRecords: [{ ipv4Address: "198.51.100.1" }] };

  test("counts its record sets, which go with their zone", async () => {
    const made = await zone();
    expect(made.outputs["nameServers"]).toHaveLength(4);
    const record = await records("A", "www", toAddress);
    expect(record.outputs["fqdn"]).toBe("www.example.com.");
    expect((await azure.read("dns:Zone", made))?.outputs["numberOfRecordSets"]).toBe(3);
    await azure.delete("dns:Zone", made.id);
    expect(azure.store.get(record.id)).toBeUndefined();
  });

  test("follows a public address", async () => {
    await zone();
    const address = await make(azure, "PublicIPAddress", "pip", STANDARD);
    const alias = await records("A", "@", { targetResource: { id: address.id } });
    expect(alias.outputs["fqdn"]).toBe("example.com.");
    const both = records("A", "both", { ...toAddress, targetResource: { id: address.id } });
    await expect(both).rejects.toThrow("both aRecords and a target resource");
  });

  test.each<[what: string, make: () => Promise<unknown>, message: string]>([
    ["a zone in a region", () => zone({ zoneName: "a.example.com", location: "westus2" }), "'global'"],
    ["a private zone", () => zone({ zoneName: "a.example.com", zoneType: "Private" }), "use privateDnsZones"],
    [
      "a type that is not there",
      () => records("SPF", "a", { ttl: 300 }),
      "The record type 'SPF' is not valid",
    ],
    ["an empty record set", () => records("A", "a", { ttl: 300 }), "has no aRecords"],
    [
      "a record set for no time",
      () => records("A", "a", { ...toAddress, ttl: 0 }),
      "between 1 and 2147483647",
    ],
    [
      "an alias of the zone itself",
      () => records("CNAME", "@", { ttl: 300, cnameRecord: { cname: "example.net" } }),
      "cannot be at the apex",
    ],
  ])("refuses %s", async (_what, create, message) => {
    await zone();
    await expect(create()).rejects.toThrow(message);
  });

  test("lets an alias stand alone", async () => {
    await zone();
    await records("CNAME", "www", { ttl: 300, cnameRecord: { cname: "example.net" } });
    await expect(records("A", "www", toAddress)).rejects.toThrow("CNAME record sets stand alone");
  });

  test("keeps the name servers of a zone", async () => {
    await zone();
    const own = await records("NS", "@", { ttl: 300, nsRecords: [{ nsdname: "ns1.example.net" }] });
    await expect(azure.delete("dns:RecordSet", own.id)).rejects.toThrow("cannot be deleted");
  });
});
