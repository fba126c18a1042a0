import { randomUUID } from "node:crypto";
import type { CloudRecord } from "../../cloud/store";
import type { JsonObject, ProviderError } from "../../provider/backend";
import { list, number, text } from "../../provider/values";
import { inGroup, nameOf, ownerIdOf, sameId, type IdShape } from "../ids";
import { badRequest } from "../networkParts";
import { describeTypes, type AzureCloud, type Deletion, type Operation } from "../resourceType";
import { hashLabel, refuseRegion } from "./cdnParts";

const ZONE = "Microsoft.Network/dnsZones";
const API = "2023-07-01-preview";

/** Record sets of all types are kept under this one; `live` tells their own. */
export const DNS_RECORD_SET = `${ZONE}/A`;

const RECORD_SET: IdShape = {
  armType: DNS_RECORD_SET,
  template: inGroup(ZONE, "zoneName").template + "/{recordType}/{relativeRecordSetName}",
  parameters: ["resourceGroupName", "zoneName", "recordType", "relativeRecordSetName"],
};

/** The input that holds the records of each type. */
const RECORDS: Readonly<Record<string, string>> = {
  A: "aRecords",
  AAAA: "aaaaRecords",
  CAA: "caaRecords",
  CNAME: "cnameRecord",
  DS: "dsRecords",
  MX: "mxRecords",
  NAPTR: "naptrRecords",
  NS: "nsRecords",
  PTR: "ptrRecords",
  SOA: "soaRecord",
  SRV: "srvRecords",
  TLSA: "tlsaRecords",
  TXT: "txtRecords",
};

/** https://learn.microsoft.com/azure/dns/dns-alias: these can follow a resource. */
const ALIAS_TYPES = ["A", "AAAA", "CNAME"];

export const dns = describeTypes(
  {
    token: "dns:Zone",
    shape: inGroup(ZONE, "zoneName"),
    apiVersion: API,
    autoName: "random",
    name: {
      pattern: /^(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z0-9-]{2,63}$/i,
      minLength: 1,
      maxLength: 253,
    },
    defaults: () => ({ zoneType: "Public" }),
    computed: [
      "etag",
      "maxNumberOfRecordSets",
      "maxNumberOfRecordsPerRecordSet",
      "nameServers",
      "numberOfRecordSets",
      "signingKeys",
    ],
    compute: ({ id, keep }) => ({
      etag: randomUUID(),
      // https://learn.microsoft.com/azure/azure-resource-manager/management/azure-subscription-service-limits#public-dns-zones
      maxNumberOfRecordSets: 10000,
      maxNumberOfRecordsPerRecordSet: 20,
      nameServers: keep("nameServers", () => nameServers(id)),
      numberOfRecordSets: 2,
      signingKeys: [],
    }),
    seconds: { create: 5, update: 5, delete: 15 },
    refuse: [refuseRegion, refusePrivate],
    live: (cloud, { id }) => ({ numberOfRecordSets: recordSets(cloud, id).length + 2 }),
  },
  {
    token: "dns:RecordSet",
    shape: RECORD_SET,
    apiVersion: API,
    autoName: "copy",
    located: false,
    references: ["targetResource.id", "trafficManagementProfile.id"],
    computed: ["etag", "fqdn", "provisioningState"],
    compute: ({ id }) => ({
      etag: randomUUID(),
      fqdn: `${nameOf(id) === "@" ? "" : `${nameOf(id)}.`}${nameOf(zoneOf(id))}.`,
      provisioningState: "Succeeded",
    }),
    seconds: { create: 3, update: 3, delete: 3 },
    refuse: [refuseRecords, refuseBesideAlias],
    refuseDelete: [refuseApex],
    live: (_cloud, { id }) => ({ type: `${ZONE}/${kindOf(id)}` }),
  },
);

/** Four servers of one number, in Azure's four top-level domains. */
function nameServers(zoneId: string): string[] {
  const number = `0${1 + (hashLabel(zoneId, 1).charCodeAt(0) % 9)}`;
  return ["com", "net", "org", "info"].map(
    (domain, index) => `ns${index + 1}-${number}.azure-dns.${domain}.`,
  );
}

function kindOf(recordSetId: string): string {
  return recordSetId.split("/").at(-2) ?? "";
}

function zoneOf(recordSetId: string): string {
  return ownerIdOf(recordSetId) ?? "";
}

function recordSets(cloud: AzureCloud, zoneId: string): CloudRecord[] {
  return cloud.store.list({ type: DNS_RECORD_SET, under: zoneId });
}

/** https://learn.microsoft.com/azure/dns/private-dns-overview: private zones are a type of their own. */
function refusePrivate({ inputs }: Operation): ProviderError | undefined {
  return text(inputs, "zoneType") === "Private"
    ? badRequest("Private zones are no longer made with Microsoft.Network/dnsZones: use privateDnsZones.")
    : undefined;
}

/** https://learn.microsoft.com/azure/dns/dns-zones-records#record-types */
function refuseRecords({ id, inputs }: Operation): ProviderError | undefined {
  const kind = kindOf(id).toUpperCase();
  const key = RECORDS[kind];
  if (key === undefined) {
    return badRequest(`The record type '${kind}' is not valid. Allowed: ${Object.keys(RECORDS).join(", ")}.`);
  }
  const isFilled = key.endsWith("Record") ? isPresent(inputs, key) : list(inputs, key).length > 0;
  const isAlias = text(inputs, "targetResource.id") !== undefined && ALIAS_TYPES.includes(kind);
  if (!isFilled && !isAlias)
    return badRequest(`The record set '${nameOf(id)}' of type ${kind} has no ${key}.`);
  if (isFilled && isAlias) {
    return badRequest(`The record set '${nameOf(id)}' has both ${key} and a target resource.`);
  }
  if (kind === "CNAME" && nameOf(id) === "@") {
    return badRequest("A CNAME record set cannot be at the apex of a zone.");
  }
  const ttl = number(inputs, "ttl");
  const isGood = isAlias && ttl === undefined ? true : ttl !== undefined && ttl >= 1 && ttl <= 2147483647;
  return isGood
    ? undefined
    : badRequest(
        `The TTL of record set '${nameOf(id)}' must be between 1 and 2147483647, got ${ttl ?? "(null)"}.`,
      );
}

function isPresent(inputs: JsonObject, key: string): boolean {
  return inputs[key] !== undefined && inputs[key] !== null;
}

/** https://learn.microsoft.com/azure/dns/dns-zones-records#cname-records: nothing else has the name of an alias. */
function refuseBesideAlias({ cloud, id }: Operation): ProviderError | undefined {
  const isAlias = (other: string): boolean => kindOf(other).toUpperCase() === "CNAME";
  const twin = recordSets(cloud, zoneOf(id)).find(
    (other) =>
      !sameId(other.id, id) && sameId(nameOf(other.id), nameOf(id)) && (isAlias(id) || isAlias(other.id)),
  );
  return twin === undefined
    ? undefined
    : badRequest(
        `The record set '${nameOf(id)}' of type ${kindOf(id)} cannot be created because a record set of type ` +
          `${kindOf(twin.id)} with the same name exists, and CNAME record sets stand alone.`,
      );
}

/** https://learn.microsoft.com/azure/dns/dns-zones-records: the zone's own NS and SOA go with the zone. */
function refuseApex({ record }: Deletion): ProviderError | undefined {
  const isOwn = nameOf(record.id) === "@" && ["NS", "SOA"].includes(kindOf(record.id).toUpperCase());
  return isOwn
    ? badRequest(`The record set of type ${kindOf(record.id)} at the apex of a zone cannot be deleted.`)
    : undefined;
}
