/** What the types of Front Door (Microsoft.Cdn) have in common. */
import { createHash } from "node:crypto";
import type { CloudRecord } from "../../cloud/store";
import type { JsonObject, ProviderError } from "../../provider/backend";
import { each, text } from "../../provider/values";
import { ownerIdOf, sameId } from "../ids";
import { refusal, type AzureCloud, type NameRule, type Operation } from "../resourceType";
import { normalizeRegion } from "../regions";

export const CDN_API = "2025-06-01";
export const PROFILE = "Microsoft.Cdn/profiles";
export const ENDPOINT = `${PROFILE}/afdEndpoints`;
export const ROUTE = `${ENDPOINT}/routes`;
export const ORIGIN_GROUP = `${PROFILE}/originGroups`;
export const ORIGIN = `${ORIGIN_GROUP}/origins`;
export const CUSTOM_DOMAIN = `${PROFILE}/customDomains`;
export const RULE_SET = `${PROFILE}/ruleSets`;
export const RULE = `${RULE_SET}/rules`;
export const SECURITY_POLICY = `${PROFILE}/securityPolicies`;

/** https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftcdn */
export function cdnName(maxLength: number, minLength = 1): NameRule {
  return { pattern: /^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$/, minLength, maxLength };
}

/** Rule sets and rules: letters and digits, a letter first. */
export const RULE_NAME: NameRule = { pattern: /^[A-Za-z][A-Za-z0-9]*$/, minLength: 1, maxLength: 260 };

/** Outputs of everything below a profile. */
export const CHILD_COMPUTED = ["deploymentStatus", "provisioningState"] as const;

/** The edge's sites take a change over later, and nothing waits for them: the spec's `deploymentStatus`. */
export function childOutputs(): JsonObject {
  return { deploymentStatus: "NotStarted", provisioningState: "Succeeded" };
}

/** The general code of Front Door for a body that it refuses. */
export function badRequest(message: string): ProviderError {
  return refusal("BadRequest", message);
}

/** Id of the profile that a resource of Front Door belongs to. */
export function profileOf(id: string): string {
  return /^.*\/profiles\/[^/]+/i.exec(id)?.[0] ?? id;
}

export function skuOf(cloud: AzureCloud, id: string): string {
  return text(cloud.store.get(profileOf(id))?.properties, "sku.name") ?? "";
}

/** A part of a host name that is the same for the same text: lower-case letters and digits. */
export function hashLabel(source: string, length: number): string {
  const digest = createHash("sha256").update(source.toLowerCase()).digest();
  return [...digest.subarray(0, length)].map((byte) => (byte % 36).toString(36)).join("");
}

/** Records of a type in the same profile that name `id` at one of the paths. */
export function usersOf(
  cloud: AzureCloud,
  id: string,
  type: string,
  ...paths: readonly string[]
): CloudRecord[] {
  return cloud.store
    .list({ type, under: profileOf(id) })
    .filter(({ properties }) =>
      paths.some((path) =>
        each(properties, path).some((found) => typeof found === "string" && sameId(found, id)),
      ),
    );
}

/** References to parts of another profile: Front Door looks for them in its own only. */
export function refuseOtherProfile(...paths: readonly string[]) {
  return ({ inputs, id }: Operation): ProviderError | undefined => {
    const foreign = paths
      .flatMap((path) => each(inputs, path))
      .find((found) => typeof found === "string" && !sameId(profileOf(found), profileOf(id)));
    return typeof foreign === "string"
      ? badRequest(
          `${id} names ${foreign}, which belongs to another profile than its own, ${ownerIdOf(id) ?? ""}.`,
        )
      : undefined;
  };
}

/** https://learn.microsoft.com/azure/frontdoor/front-door-overview: profiles and firewalls are global. */
export function refuseRegion({ inputs, type }: Operation): ProviderError | undefined {
  const location = text(inputs, "location") ?? "";
  if (normalizeRegion(location) === "global") return undefined;
  return refusal(
    "LocationNotAvailableForResourceType",
    `The provided location '${location}' is not available for resource type '${type.shape.armType}'. List of ` +
      "available regions for the resource type is 'global'.",
  );
}

/** A number that must lie in a range; absent ones are left to the default. */
export function refuseRange(
  name: string,
  value: number | undefined,
  least: number,
  most: number,
): ProviderError | undefined {
  return value === undefined || (value >= least && value <= most)
    ? undefined
    : badRequest(`The value of ${name} must be between ${least} and ${most}, got ${value}.`);
}
