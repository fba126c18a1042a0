/** What Front Door refuses about origins and origin groups. */
import type { CloudRecord } from "../../cloud/store";
import type { ProviderError } from "../../provider/backend";
import { flag, number, text } from "../../provider/values";
import { nameOf, ownerIdOf, sameId } from "../ids";
import type { AzureCloud, Deletion, Operation, Refusal } from "../resourceType";
import { badRequest, ORIGIN, refuseRange, ROUTE, RULE, skuOf, usersOf } from "./cdnParts";

const PRIVATE_LINK = "sharedPrivateLinkResource";

export const refuseOrigin: readonly Refusal<Operation>[] = [
  refuseHost,
  refuseWeights,
  refusePrivateLink,
  refuseDisabledLast,
];

/** Origins of a group that are enabled. */
export function enabledOrigins(cloud: AzureCloud, groupId: string): CloudRecord[] {
  return cloud.store
    .list({ type: ORIGIN, under: groupId })
    .filter(({ properties }) => text(properties, "enabledState") !== "Disabled");
}

function refuseHost({ inputs }: Operation): ProviderError | undefined {
  const host = text(inputs, "hostName");
  if (host === undefined) return badRequest("The property 'hostName' of an origin is required.");
  return /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(host)
    ? undefined
    : badRequest(`The host name of an origin must be a host name or an IP address, got '${host}'.`);
}

/** https://learn.microsoft.com/azure/frontdoor/origin#origins */
function refuseWeights({ inputs }: Operation): ProviderError | undefined {
  return (
    refuseRange("priority", number(inputs, "priority"), 1, 5) ??
    refuseRange("weight", number(inputs, "weight"), 1, 1000) ??
    refuseRange("httpPort", number(inputs, "httpPort"), 1, 65535) ??
    refuseRange("httpsPort", number(inputs, "httpsPort"), 1, 65535)
  );
}

/** https://learn.microsoft.com/azure/frontdoor/private-link: Premium only, and the name in the certificate counts. */
function refusePrivateLink({ cloud, id, inputs }: Operation): ProviderError | undefined {
  if (inputs[PRIVATE_LINK] === undefined || inputs[PRIVATE_LINK] === null) return undefined;
  const sku = skuOf(cloud, id);
  if (sku !== "Premium_AzureFrontDoor") {
    return badRequest(
      `Private link to an origin requires the SKU Premium_AzureFrontDoor, the profile has ${sku}.`,
    );
  }
  if (!flag({ check: inputs["enforceCertificateNameCheck"] ?? true }, "check")) {
    return badRequest("enforceCertificateNameCheck must be true for an origin with a private link.");
  }
  const missing = ["privateLink.id", "privateLinkLocation", "requestMessage"].find(
    (key) => text(inputs, `${PRIVATE_LINK}.${key}`) === undefined,
  );
  return missing === undefined
    ? undefined
    : badRequest(`The property '${PRIVATE_LINK}.${missing}' is required for an origin with a private link.`);
}

/** hashicorp/terraform-provider-azurerm#27652 */
export function refuseLastOrigin({ cloud, record }: Deletion): ProviderError | undefined {
  return refuseEmptyGroup(cloud, record.id);
}

function refuseDisabledLast({ cloud, id, inputs, existing }: Operation): ProviderError | undefined {
  if (existing === undefined || text(inputs, "enabledState") !== "Disabled") return undefined;
  return refuseEmptyGroup(cloud, id);
}

/** What a group would refuse if this origin went out of it. */
function refuseEmptyGroup(cloud: AzureCloud, originId: string): ProviderError | undefined {
  const group = ownerIdOf(originId) ?? "";
  const others = enabledOrigins(cloud, group).filter(({ id }) => !sameId(id, originId));
  if (others.length > 0 || groupUsers(cloud, group).length === 0) return undefined;
  return badRequest(
    "Cannot disable or delete the last origin when the origin group is still associated with a route or a rule. " +
      "Please disassociate the origin group and try again.",
  );
}

/** https://learn.microsoft.com/azure/frontdoor/how-to-configure-origin */
export function refuseGroupInUse({ cloud, record }: Deletion): ProviderError | undefined {
  const [user] = groupUsers(cloud, record.id);
  return user === undefined
    ? undefined
    : badRequest(
        `The origin group '${nameOf(record.id)}' cannot be deleted because it is associated with ${user.id}. ` +
          "Please disassociate the origin group and try again.",
      );
}

function groupUsers(cloud: AzureCloud, groupId: string): CloudRecord[] {
  return [
    ...usersOf(cloud, groupId, ROUTE, "originGroup.id"),
    ...usersOf(
      cloud,
      groupId,
      RULE,
      "actions[].parameters.originGroup.id",
      "actions[].parameters.originGroupOverride.originGroup.id",
    ),
  ];
}
