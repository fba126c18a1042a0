/** What comes along with a private endpoint: its network interface, and names in private DNS zones. */
import { randomUUID } from "node:crypto";
import type { CloudRecord } from "../cloud/store";
import type { JsonObject } from "../provider/backend";
import { each, objects, strings, text } from "../provider/values";
import { groupIdOf, nameOf, ownerIdOf, sameId } from "./ids";
import { namesOf, type PrivateName } from "./networkLinks";
import { freeAddress, stateOutputs } from "./networkParts";
import type { AzureCloud, Deletion, Operation } from "./resourceType";

const INTERFACE = "Microsoft.Network/networkInterfaces";
export const A_RECORD = "Microsoft.Network/privateDnsZones/A";

interface EndpointName extends PrivateName {
  readonly address: string;
}

export function computeEndpoint(operation: Operation): JsonObject {
  const { id, inputs, keep } = operation;
  const custom = text(inputs, "customNetworkInterfaceName");
  const nic = keep("networkInterfaces", () => [
    {
      id: `${groupIdOf(id) ?? ""}/providers/${INTERFACE}/${
        custom === undefined || custom === "" ? `${nameOf(id)}.nic.${randomUUID()}` : custom
      }`,
    },
  ]);
  return {
    ...stateOutputs(),
    networkInterfaces: nic,
    customDnsConfigs: endpointNames(operation).map(({ label, suffix, address }) => ({
      fqdn: `${label}.${suffix}`,
      ipAddresses: [address],
    })),
    privateLinkServiceConnections: connections(operation, "privateLinkServiceConnections", "Approved"),
    manualPrivateLinkServiceConnections: connections(
      operation,
      "manualPrivateLinkServiceConnections",
      "Pending",
    ),
  };
}

/** Who may write to the target is approved at once; a manual connection waits for its owner. */
function connections({ id, inputs }: Operation, key: string, status: string): JsonObject[] {
  return objects(inputs, key).map((connection) => ({
    ...connection,
    id: `${id}/${key}/${text(connection, "name") ?? ""}`,
    provisioningState: "Succeeded",
    privateLinkServiceConnectionState: {
      status,
      description: status === "Approved" ? "Auto-Approved" : "Awaiting approval",
      actionsRequired: "None",
    },
  }));
}

/** The interface keeps the endpoint's addresses, one for each name, as long as it lives. */
function endpointNames(operation: Operation): EndpointName[] {
  const { cloud, inputs, existing } = operation;
  const [connection] = [
    ...objects(inputs, "privateLinkServiceConnections"),
    ...objects(inputs, "manualPrivateLinkServiceConnections"),
  ];
  const target = cloud.store.get(text(connection, "privateLinkServiceId") ?? "");
  const subnet = text(inputs, "subnet.id") ?? "";
  const had = objects(existing?.properties, "customDnsConfigs").flatMap((item) =>
    strings(item, "ipAddresses"),
  );
  const fixed = objects(inputs, "ipConfigurations").flatMap((item) => text(item, "privateIPAddress") ?? []);
  const taken = new Set(addressesIn(cloud, subnet));
  return namesOf(target, strings(connection, "groupIds")[0] ?? "").map((name, index) => {
    const address = fixed[index] ?? had[index] ?? freeAddress(cloud, subnet, taken);
    taken.add(address);
    return { ...name, address };
  });
}

function addressesIn(cloud: AzureCloud, subnetId: string): string[] {
  return cloud.store
    .list({ type: INTERFACE })
    .flatMap(({ properties }) => objects(properties, "ipConfigurations"))
    .filter((configuration) => sameId(text(configuration, "subnet.id") ?? "", subnetId))
    .flatMap((configuration) => text(configuration, "privateIPAddress") ?? []);
}

export function writeInterface({ cloud, inputs }: Operation, endpoint: CloudRecord): void {
  const [id] = each(endpoint.properties, "networkInterfaces[].id");
  if (typeof id !== "string") return;
  const subnet = text(inputs, "subnet.id") ?? "";
  const addresses = objects(endpoint.properties, "customDnsConfigs").flatMap((item) =>
    strings(item, "ipAddresses"),
  );
  cloud.store.put({
    id,
    cloud: "azure",
    type: INTERFACE,
    properties: {
      name: nameOf(id),
      type: INTERFACE,
      location: endpoint.properties["location"] ?? "",
      privateEndpoint: { id: endpoint.id },
      ipConfigurations: addresses.map((privateIPAddress, index) => ({
        name: `privateEndpointIpConfig${index}`,
        privateIPAddress,
        subnet: { id: subnet },
      })),
    },
    createdAt: cloud.store.get(id)?.createdAt ?? endpoint.createdAt,
    // Part of the endpoint's own duration.
    seconds: 0,
  });
}

export function removeInterface({ cloud, record }: Deletion): void {
  for (const id of each(record.properties, "networkInterfaces[].id")) {
    if (typeof id === "string") cloud.store.remove(id);
  }
}

/** Azure writes a name into the zone that is meant for it; a zone of another name stays as it is. */
export function writeZoneRecords({ cloud, id }: Operation, group: CloudRecord): void {
  removeZoneRecords({ cloud, record: group });
  const endpoint = cloud.store.get(ownerIdOf(id) ?? "");
  for (const zoneId of zonesOf(group)) {
    for (const { fqdn, address } of dnsOf(endpoint)) {
      const name = namesOfEndpoint(cloud, endpoint).find(
        ({ label, suffix }) => `${label}.${suffix}` === fqdn,
      );
      if (name?.zone !== nameOf(zoneId).toLowerCase()) continue;
      const recordId = `${zoneId}/A/${name.label}`;
      cloud.store.put({
        id: recordId,
        cloud: "azure",
        type: A_RECORD,
        properties: {
          name: name.label,
          type: A_RECORD,
          aRecords: [{ ipv4Address: address }],
          fqdn: `${name.label}.${name.zone}.`,
          metadata: { creator: `created by private endpoint ${nameOf(endpoint?.id ?? "")}`, group: id },
          ttl: 10,
        },
        createdAt: group.createdAt,
        seconds: 0,
      });
    }
  }
}

/** A zone group takes its own names along, and no others. */
export function removeZoneRecords({ cloud, record }: Deletion): void {
  for (const zoneId of zonesOf(record)) {
    for (const name of cloud.store.list({ type: A_RECORD, under: zoneId })) {
      if (sameId(text(name.properties, "metadata.group") ?? "", record.id)) cloud.store.remove(name.id);
    }
  }
}

function zonesOf(group: CloudRecord): string[] {
  return each(group.properties, "privateDnsZoneConfigs[].privateDnsZoneId").filter(
    (id) => typeof id === "string",
  );
}

function dnsOf(endpoint: CloudRecord | undefined): { fqdn: string; address: string }[] {
  return objects(endpoint?.properties, "customDnsConfigs").map((item) => ({
    fqdn: text(item, "fqdn") ?? "",
    address: strings(item, "ipAddresses")[0] ?? "",
  }));
}

function namesOfEndpoint(cloud: AzureCloud, endpoint: CloudRecord | undefined): readonly PrivateName[] {
  const connection = [
    ...objects(endpoint?.properties, "privateLinkServiceConnections"),
    ...objects(endpoint?.properties, "manualPrivateLinkServiceConnections"),
  ][0];
  const target = cloud.store.get(text(connection, "privateLinkServiceId") ?? "");
  return namesOf(target, strings(connection, "groupIds")[0] ?? "");
}
