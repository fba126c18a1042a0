import { randomUUID } from "node:crypto";
import type { CloudRecord } from "../../cloud/store";
import type { JsonObject, ProviderError } from "../../provider/backend";
import { flag, list, number, text } from "../../provider/values";
import { inGroup, nameOf, ownerIdOf, sameId, type IdShape } from "../ids";
import { badRequest, NETWORK_NAME } from "../networkParts";
import { A_RECORD } from "../networkEndpoints";
import { normalizeRegion } from "../regions";
import { describeTypes, refusal, type AzureCloud, type Deletion, type Operation } from "../resourceType";

const ZONE = "Microsoft.Network/privateDnsZones";
const LINK = `${ZONE}/virtualNetworkLinks`;
const API = "2024-06-01";

/** The type of a record set is its last but one segment: one entry for all of them, kept under the type of A. */
const RECORD_SET: IdShape = {
  armType: A_RECORD,
  template: inGroup(ZONE, "privateZoneName").template + "/{recordType}/{relativeRecordSetName}",
  parameters: ["resourceGroupName", "privateZoneName", "recordType", "relativeRecordSetName"],
};

/** The list that a record set of each type holds. */
const RECORDS: Readonly<Record<string, string>> = {
  A: "aRecords",
  AAAA: "aaaaRecords",
  CNAME: "cnameRecord",
  MX: "mxRecords",
  PTR: "ptrRecords",
  SOA: "soaRecord",
  SRV: "srvRecords",
  TXT: "txtRecords",
};

export const privatedns = describeTypes(
  {
    token: "privatedns:PrivateZone",
    shape: inGroup(ZONE, "privateZoneName"),
    apiVersion: API,
    autoName: "random",
    name: {
      pattern: /^(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z0-9-]{2,63}$/i,
      minLength: 1,
      maxLength: 253,
    },
    computed: [
      "etag",
      "internalId",
      "maxNumberOfRecordSets",
      "maxNumberOfVirtualNetworkLinks",
      "maxNumberOfVirtualNetworkLinksWithRegistration",
      "numberOfRecordSets",
      "numberOfVirtualNetworkLinks",
      "numberOfVirtualNetworkLinksWithRegistration",
      "provisioningState",
    ],
    compute: ({ keep }) => ({
      etag: randomUUID(),
      internalId: keep("internalId", randomUUID),
      maxNumberOfRecordSets: 25000,
      maxNumberOfVirtualNetworkLinks: 1000,
      maxNumberOfVirtualNetworkLinksWithRegistration: 100,
      provisioningState: "Succeeded",
    }),
    seconds: { create: 33, update: 5, delete: 35 },
    refuse: [refuseRegion],
    refuseDelete: [refuseLinked],
    live: countChildren,
  },
  {
    token: "privatedns:VirtualNetworkLink",
    shape: inGroup(LINK, "privateZoneName", "virtualNetworkLinkName"),
    apiVersion: API,
    autoName: "random",
    name: NETWORK_NAME,
    references: ["virtualNetwork.id"],
    // The spec: a link's network is given at its creation.
    replaceOn: ["virtualNetwork.id"],
    defaults: () => ({ registrationEnabled: false, resolutionPolicy: "Default" }),
    computed: ["etag", "provisioningState", "virtualNetworkLinkState"],
    compute: () => ({
      etag: randomUUID(),
      provisioningState: "Succeeded",
      virtualNetworkLinkState: "Completed",
    }),
    seconds: { create: 33, update: 10, delete: 35 },
    refuse: [refuseRegion, refuseSecondLink],
  },
  {
    token: "privatedns:PrivateRecordSet",
    shape: RECORD_SET,
    apiVersion: API,
    autoName: "copy",
    located: false,
    computed: ["etag", "fqdn", "isAutoRegistered"],
    compute: ({ id }) => ({
      etag: randomUUID(),
      fqdn: `${nameOf(id) === "@" ? "" : `${nameOf(id)}.`}${nameOf(zoneOf(id))}.`,
      isAutoRegistered: false,
    }),
    seconds: { create: 3, update: 3, delete: 3 },
    refuse: [refuseRecords],
    live: (_cloud, { id }) => ({ type: `${ZONE}/${kindOf(id)}` }),
  },
);

function kindOf(recordSetId: string): string {
  return recordSetId.split("/").at(-2) ?? "";
}

function zoneOf(recordSetId: string): string {
  return recordSetId.split("/").slice(0, -2).join("/");
}

/** https://learn.microsoft.com/azure/dns/private-dns-privatednszone: zones and links are global. */
function refuseRegion({ inputs, type }: Operation): ProviderError | undefined {
  const location = text(inputs, "location") ?? "";
  if (normalizeRegion(location) === "global") return undefined;
  return refusal(
    "LocationNotAvailableForResourceType",
    `The provided location '${location}' is not available for resource type '${type.shape.armType}'. List of ` +
      "available regions for the resource type is 'global'.",
  );
}

function linksOf(cloud: AzureCloud, zoneId: string): CloudRecord[] {
  return cloud.store.list({ type: LINK, under: zoneId });
}

/** Azure/azure-cli#15010, learntocloud/networking-lab#8. Records go with their zone, links have to go first. */
function refuseLinked({ cloud, record }: Deletion): ProviderError | undefined {
  const [link] = linksOf(cloud, record.id);
  if (link === undefined) return undefined;
  const nested = `${ZONE}/${nameOf(record.id)}/virtualNetworkLinks/${nameOf(link.id)}`;
  return refusal(
    "CannotDeleteResource",
    `Cannot delete resource while nested resources exist. Some existing nested resource IDs include: '${nested}'. ` +
      "Please delete all nested resources before deleting this resource.",
  );
}

function countChildren(cloud: AzureCloud, { id }: CloudRecord): JsonObject {
  const links = linksOf(cloud, id);
  return {
    // The zone's own SOA is a record set too.
    numberOfRecordSets: cloud.store.list({ type: A_RECORD, under: id }).length + 1,
    numberOfVirtualNetworkLinks: links.length,
    numberOfVirtualNetworkLinksWithRegistration: links.filter(({ properties }) =>
      flag(properties, "registrationEnabled"),
    ).length,
  };
}

/** https://learn.microsoft.com/azure/dns/private-dns-virtual-network-links#limits */
function refuseSecondLink({ cloud, id, inputs }: Operation): ProviderError | undefined {
  const network = text(inputs, "virtualNetwork.id") ?? "";
  const zone = nameOf(ownerIdOf(id) ?? "");
  const others = cloud.store
    .list({ type: LINK })
    .filter(
      (link) => !sameId(link.id, id) && sameId(text(link.properties, "virtualNetwork.id") ?? "", network),
    );
  const same = others.find((link) => sameId(nameOf(ownerIdOf(link.id) ?? ""), zone));
  if (same !== undefined) {
    return badRequest(
      `A virtual network cannot be linked to multiple zones with overlapping namespaces. You tried to link virtual ` +
        `network with '${nameOf(ownerIdOf(same.id) ?? "")}' and '${zone}' zones.`,
    );
  }
  const registering = others.find(({ properties }) => flag(properties, "registrationEnabled"));
  if (!flag(inputs, "registrationEnabled") || registering === undefined) return undefined;
  return badRequest(
    `Virtual network ${network} registers its names in ${nameOf(ownerIdOf(registering.id) ?? "")} already: auto ` +
      "registration can be enabled on one private DNS zone for each virtual network.",
  );
}

/** https://learn.microsoft.com/azure/dns/dns-zones-records#record-types */
function refuseRecords({ id, inputs }: Operation): ProviderError | undefined {
  const kind = kindOf(id).toUpperCase();
  const key = RECORDS[kind];
  if (key === undefined) {
    return badRequest(`The record type '${kind}' is not valid. Allowed: ${Object.keys(RECORDS).join(", ")}.`);
  }
  const filled = key.endsWith("Record") ? inputs[key] !== undefined : list(inputs, key).length > 0;
  if (!filled) return badRequest(`The record set '${nameOf(id)}' of type ${kind} has no ${key}.`);
  if (kind === "CNAME" && nameOf(id) === "@") {
    return badRequest("A CNAME record set cannot be at the apex of a zone.");
  }
  const ttl = number(inputs, "ttl");
  return ttl === undefined || ttl < 1 || ttl > 2147483647
    ? badRequest(
        `The TTL of record set '${nameOf(id)}' must be between 1 and 2147483647, got ${ttl ?? "(null)"}.`,
      )
    : undefined;
}
