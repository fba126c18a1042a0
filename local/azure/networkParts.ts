/** What the types of Microsoft.Network have in common. */
import { randomUUID } from "node:crypto";
import type { CloudRecord } from "../cloud/store";
import type { JsonObject, ProviderError } from "../provider/backend";
import { strings, text } from "../provider/values";
import { includes, parseAddress, parseCidr, type Cidr } from "./cidr";
import { nameOf, ownerIdOf, sameId } from "./ids";
import { refusal, type AzureCloud, type NameRule, type Operation, type Serial } from "./resourceType";
import { zonesOf, normalizeRegion } from "./regions";

/** https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftnetwork */
export const NETWORK_NAME: NameRule = { pattern: /^[A-Za-z0-9]([-\w.]*\w)?$/, minLength: 1, maxLength: 80 };

export const NETWORK_API = "2024-05-01";

/** Outputs of nearly all of them. */
export const NETWORK_COMPUTED = ["etag", "provisioningState", "resourceGuid"] as const;

export function networkOutputs({ keep }: Operation): JsonObject {
  return { ...stateOutputs(), resourceGuid: keep("resourceGuid", randomUUID) };
}

/** For those without a GUID. */
export function stateOutputs(): JsonObject {
  return { etag: `W/"${randomUUID()}"`, provisioningState: "Succeeded" };
}

/** The general code for a body that Azure refuses; used where no public thread shows a code of its own. */
export function badRequest(message: string): ProviderError {
  return refusal("BadRequest", message);
}

/** Children of one resource are written one after the other (pulumi/pulumi-azure-native#699, #903, #1024). */
export const oneChildAtATime: Serial = {
  key: (id) => ownerIdOf(id) ?? id,
  conflict: ({ id }) =>
    refusal(
      "AnotherOperationInProgress",
      `Another operation on this or dependent resource is in progress. To retrieve status of the operation use ` +
        `uri: https://management.azure.com${ownerIdOf(id) ?? ""}/operations/running.`,
    ),
};

/** Range of a subnet, its first one where there are several. */
export function rangeOf(cloud: Pick<AzureCloud, "store">, subnetId: string): Cidr | undefined {
  const properties = cloud.store.get(subnetId)?.properties;
  return parseCidr(text(properties, "addressPrefix") ?? strings(properties, "addressPrefixes")[0] ?? "");
}

export function formatAddress(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");
}

/**
 * A subnet with a fixed name and a least size, as Azure's own appliances want them.
 * @param prefixLength the longest prefix that is large enough: 26 for a /26.
 */
export function refuseSpecialSubnet(
  { cloud, id }: Operation,
  subnetId: string,
  name: string,
  prefixLength: number,
): ProviderError | undefined {
  if (nameOf(subnetId) !== name) {
    return refusal(
      "InvalidRequestFormat",
      `Resource ${id} must be placed in a subnet with the name ${name}, got ${nameOf(subnetId)}.`,
    );
  }
  const range = rangeOf(cloud, subnetId);
  if (range === undefined || range.prefixLength <= prefixLength) return undefined;
  return badRequest(
    `Subnet ${subnetId} of resource ${id} is too small: ${name} must be /${prefixLength} or larger, got ${range.text}.`,
  );
}

/** https://learn.microsoft.com/azure/reliability/availability-zones-region-support */
export function refuseZones({ inputs, id }: Operation): ProviderError | undefined {
  const region = normalizeRegion(text(inputs, "location") ?? "");
  const offered = zonesOf(region) ?? [];
  const missing = strings(inputs, "zones").find((zone) => !offered.includes(zone));
  if (missing === undefined) return undefined;
  return refusal(
    "AvailabilityZoneNotSupported",
    `The zone(s) '${missing}' for resource '${id}' is not supported. The supported zones for location '${region}' ` +
      `are '${offered.join(",")}'`,
  );
}

/** The address of an appliance in its subnet, counted from the subnet's first; Azure keeps the first four. */
export function addressIn(cloud: AzureCloud, subnetId: string, offset: number): string {
  const range = rangeOf(cloud, subnetId);
  return range === undefined ? "" : formatAddress(range.first + offset);
}

/** The lowest address of a subnet that nobody has; `taken` are addresses. */
export function freeAddress(cloud: AzureCloud, subnetId: string, taken: ReadonlySet<string>): string {
  let offset = 4;
  while (taken.has(addressIn(cloud, subnetId, offset))) offset++;
  return addressIn(cloud, subnetId, offset);
}

/** True where an address or a range lies in one of the networks' address spaces. */
export function isInSpace(address: string, network: CloudRecord | undefined): boolean {
  const inner = parseCidr(address.includes("/") ? address : `${address}/32`);
  return (
    inner !== undefined &&
    parseAddress(address.split("/")[0] ?? "") !== undefined &&
    strings(network?.properties, "addressSpace.addressPrefixes").some((prefix) => {
      const outer = parseCidr(prefix);
      return outer !== undefined && includes(outer, inner);
    })
  );
}

/** Two children of one name: `describe` gives the list for the message. */
export function refuseDuplicateNames(id: string, children: readonly JsonObject[]): ProviderError | undefined {
  const names = children.map((child) => text(child, "name") ?? "");
  const twice = names.find((name, index) => names.some((other, at) => at < index && sameId(other, name)));
  return twice === undefined
    ? undefined
    : refusal(
        "DuplicateResourceName",
        `Resource ${id} has two child resources with the same name (${twice}).`,
      );
}
