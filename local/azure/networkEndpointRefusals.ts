/** What Azure refuses about private endpoints. */
import type { JsonObject, ProviderError } from "../provider/backend";
import { objects, strings, text } from "../provider/values";
import { armTypeOf, nameOf, ownerIdOf, sameId } from "./ids";
import { groupsOf } from "./networkLinks";
import { badRequest } from "./networkParts";
import { delegationsOf } from "./networkSubnets";
import { refusal, type AzureCloud, type Operation } from "./resourceType";

const KINDS = ["privateLinkServiceConnections", "manualPrivateLinkServiceConnections"] as const;

export function refuseConnections({ cloud, id, inputs }: Operation): ProviderError | undefined {
  const all = KINDS.flatMap((kind) => objects(inputs, kind));
  if (all.length !== 1) {
    return badRequest(`Private endpoint ${id} must have exactly one connection, got ${all.length}.`);
  }
  for (const connection of all) {
    // pulumi/pulumi-azure-nextgen#264
    if (text(connection, "name") === undefined)
      return refusal("InvalidRequestFormat", "Cannot parse the request.");
    const found = refuseGroups(id, connection) ?? refuseTarget(cloud, connection);
    if (found !== undefined) return found;
  }
  return undefined;
}

function refuseGroups(id: string, connection: JsonObject): ProviderError | undefined {
  const target = text(connection, "privateLinkServiceId") ?? "";
  const path = `${id}/privateLinkServiceConnections/${text(connection, "name") ?? ""}`;
  const groups = strings(connection, "groupIds");
  const [group] = groups;
  if (/\/privateLinkServices\/[^/]+$/i.test(target)) return undefined;
  if (group === undefined) {
    // Azure/azure-cli#15136
    return refusal(
      "MissingParameterOnPrivateLinkServiceConnection",
      `Private link service connection ${path} is missing required parameter 'group Id'.`,
    );
  }
  if (groups.length > 1) {
    // DFE-Digital/terraform-azurerm-container-apps-hosting#352
    return refusal(
      "OnlyOneGroupIdPermitted",
      `Private link service connection ${path} has the following group Ids: ${groups.join(", ")}. Only one group Id ` +
        `is permitted when connecting to a first-party resource (${target}).`,
    );
  }
  const offered = groupsOf(target);
  const known = offered === undefined || offered.some((name) => sameId(name, group));
  // The wording: hashicorp/terraform-provider-azurerm#11778
  return known
    ? undefined
    : badRequest(
        `Call to ${armTypeOf(target)} failed. Error message: Invalid groupId '${group}'. Allowed: ${offered.join(", ")}.`,
      );
}

/** https://learn.microsoft.com/azure/container-registry/container-registry-private-link#prerequisites */
function refuseTarget(cloud: AzureCloud, connection: JsonObject): ProviderError | undefined {
  const target = cloud.store.get(text(connection, "privateLinkServiceId") ?? "");
  const isRegistry = target !== undefined && /\/registries\/[^/]+$/i.test(target.id);
  const sku = text(target?.properties, "sku.name") ?? "";
  return !isRegistry || sku === "Premium"
    ? undefined
    : badRequest(
        `Call to ${armTypeOf(target.id)} failed. Error message: Private endpoints require the Premium SKU, registry ` +
          `${nameOf(target.id)} has '${sku}'.`,
      );
}

export function refuseEndpointSubnet({ cloud, id, inputs }: Operation): ProviderError | undefined {
  const subnetId = text(inputs, "subnet.id");
  if (subnetId === undefined) return badRequest(`Private endpoint ${id} must be in a subnet.`);
  const delegations = delegationsOf(cloud.store.get(subnetId)?.properties ?? {});
  return delegations === ""
    ? undefined
    : refusal(
        "PrivateEndpointCreationNotAllowedAsSubnetIsDelegated",
        `Private endpoint ${id} cannot be created as subnet ${subnetId} is delegated. (${delegations})`,
      );
}

/** Where an endpoint is and where it leads is given at its creation. */
export function refuseEndpointChange({ id, inputs, existing }: Operation): ProviderError | undefined {
  if (existing === undefined) return undefined;
  const targets = (from: JsonObject): string =>
    KINDS.flatMap((kind) => objects(from, kind))
      .map((connection) => text(connection, "privateLinkServiceId")?.toLowerCase() ?? "")
      .join();
  const places: readonly (readonly [what: string, before: string, after: string])[] = [
    ["subnet", text(existing.properties, "subnet.id") ?? "", text(inputs, "subnet.id") ?? ""],
    ["privateLinkServiceId", targets(existing.properties), targets(inputs)],
  ];
  const changed = places.find(([, before, after]) => !sameId(before, after));
  return changed === undefined
    ? undefined
    : badRequest(
        `The ${changed[0]} of private endpoint ${id} cannot be changed: ${changed[1]} to ${changed[2]}.`,
      );
}

/** https://learn.microsoft.com/azure/private-link/private-endpoint-dns#private-dns-zone-group */
export function refuseZoneConfigs({ cloud, id, inputs }: Operation): ProviderError | undefined {
  const zones = objects(inputs, "privateDnsZoneConfigs").length;
  if (zones > 5) return badRequest(`DNS zone group ${nameOf(id)} has ${zones} zones, at most 5 are allowed.`);
  const owner = ownerIdOf(id) ?? "";
  const other = cloud.store
    .list({ type: "Microsoft.Network/privateEndpoints/privateDnsZoneGroups", under: owner })
    .find((group) => !sameId(group.id, id));
  return other === undefined
    ? undefined
    : badRequest(`Private endpoint ${nameOf(owner)} has a DNS zone group already: ${nameOf(other.id)}.`);
}
