/**
 * What Azure Container Registry refuses of a registry. Public threads show the codes `AlreadyInUse`,
 * `ContentTrustUnsupported` and `RegistryInTransition`. The other rules are documented where they stand, without
 * the code of their refusal: those codes are this emulator's.
 */
import type { ProviderError } from "../provider/backend";
import { flag, text } from "../provider/values";
import { holderOfName } from "./globalNames";
import { nameOf } from "./ids";
import { normalizeRegion, zonesOf } from "./regions";
import { refusal, type Operation, type Serial } from "./resourceType";

const REGISTRY = "Microsoft.ContainerRegistry/registries";

/** Id of the registry that a resource belongs to, or is. */
export function registryIdOf(id: string): string {
  return /^.*\/registries\/[^/]+/i.exec(id)?.[0] ?? id;
}

/** A registry and its replicas take one write at a time (hashicorp/terraform-provider-azurerm#9078). */
export const oneWriteAtATime: Serial = {
  key: registryIdOf,
  conflict: ({ id, state }) =>
    refusal(
      "RegistryInTransition",
      `The registry '${nameOf(registryIdOf(id))}' is in transition: ${nameOf(id)} is ${state}. Try again later.`,
    ),
};

/** The login server is a name in the public DNS, so that all subscriptions share the names. */
export function refuseTakenName(operation: Operation): ProviderError | undefined {
  const name = nameOf(operation.id).toLowerCase();
  if (holderOfName(operation) === undefined) return undefined;
  return refusal(
    "AlreadyInUse",
    `The registry DNS name ${name}.azurecr.io is already in use. You can check if the name is already claimed using ` +
      "following API: https://docs.microsoft.com/en-us/rest/api/containerregistry/registries/checknameavailability",
  );
}

/** hashicorp/terraform-provider-azurerm#32752: content trust can no longer be turned on. */
export function refuseContentTrust({ inputs }: Operation): ProviderError | undefined {
  if (text(inputs, "policies.trustPolicy.status") !== "enabled") return undefined;
  return refusal(
    "ContentTrustUnsupported",
    "Docker Content Trust can no longer be enabled on a registry. Keep trustPolicy.status 'disabled'.",
  );
}

/** https://learn.microsoft.com/azure/container-registry/container-registry-skus#service-tier-features-and-limits */
export function refusePremiumFeatures({ inputs }: Operation): ProviderError | undefined {
  const sku = text(inputs, "sku.name") ?? "";
  const enabled = (path: string): boolean => text(inputs, path)?.toLowerCase() === "enabled";
  const premium: readonly (readonly [path: string, wanted: boolean])[] = [
    ["zoneRedundancy", enabled("zoneRedundancy")],
    ["publicNetworkAccess 'Disabled'", text(inputs, "publicNetworkAccess") === "Disabled"],
    ["networkRuleSet", text(inputs, "networkRuleSet.defaultAction") === "Deny"],
    ["dataEndpointEnabled", flag(inputs, "dataEndpointEnabled")],
    ["encryption", enabled("encryption.status")],
    ["policies.retentionPolicy", enabled("policies.retentionPolicy.status")],
    ["policies.quarantinePolicy", enabled("policies.quarantinePolicy.status")],
    ["policies.exportPolicy 'disabled'", text(inputs, "policies.exportPolicy.status") === "disabled"],
  ];
  const refused = sku === "Premium" ? undefined : premium.find(([, wanted]) => wanted)?.[0];
  const anonymous =
    sku === "Basic" && flag(inputs, "anonymousPullEnabled") ? "anonymousPullEnabled" : undefined;
  const feature = refused ?? anonymous;
  if (feature === undefined) return undefined;
  const needed = refused === undefined ? "Standard or Premium" : "Premium";
  return refusal("SkuNotSupported", `The ${feature} of a registry requires the ${needed} SKU, got '${sku}'.`);
}

/** Policies that exclude each other. */
export function refusePolicies({ cloud, id, inputs }: Operation): ProviderError | undefined {
  const isOn = (policy: string): boolean =>
    text(inputs, `policies.${policy}.status`)?.toLowerCase() === "enabled";
  // https://learn.microsoft.com/azure/container-registry/container-registry-soft-delete-policy#known-issues-and-limitations
  if (isOn("retentionPolicy") && isOn("softDeletePolicy")) {
    return refusal(
      "PolicyConflict",
      "The retention policy and the soft delete policy of a registry cannot both be enabled.",
    );
  }
  if (
    isOn("softDeletePolicy") &&
    cloud.store.list({ type: `${REGISTRY}/replications`, under: id }).length > 0
  ) {
    return refusal(
      "PolicyConflict",
      "The soft delete policy is not supported for a registry with replications.",
    );
  }
  // https://learn.microsoft.com/azure/container-registry/data-loss-prevention
  const isPublic = (text(inputs, "publicNetworkAccess") ?? "Enabled") !== "Disabled";
  return text(inputs, "policies.exportPolicy.status")?.toLowerCase() === "disabled" && isPublic
    ? refusal(
        "ExportPolicyInvalid",
        "The exportPolicy of a registry can be disabled only while its publicNetworkAccess is 'Disabled', got 'Enabled'.",
      )
    : undefined;
}

/** https://learn.microsoft.com/azure/container-registry/zone-redundancy */
export function refuseZones({ inputs, existing }: Operation): ProviderError | undefined {
  const wanted = text(inputs, "zoneRedundancy") ?? "Disabled";
  const region = normalizeRegion(text(inputs, "location") ?? "");
  if (wanted === "Enabled" && (zonesOf(region) ?? []).length === 0) {
    return refusal("ZoneRedundancyNotSupported", `Zone redundancy is not supported in ${region}.`);
  }
  const before = text(existing?.properties, "zoneRedundancy");
  return before !== undefined && before !== wanted
    ? refusal(
        "ZoneRedundancyCannotBeChanged",
        `The zoneRedundancy of a registry or a replication is settled at its creation: it cannot be changed from ${before} to ${wanted}.`,
      )
    : undefined;
}

/** https://learn.microsoft.com/azure/container-registry/container-registry-skus#change-tiers */
export function refuseDowngrade({ cloud, id, inputs, existing }: Operation): ProviderError | undefined {
  if (text(existing?.properties, "sku.name") !== "Premium" || text(inputs, "sku.name") === "Premium")
    return undefined;
  const replicas = cloud.store.list({ type: `${REGISTRY}/replications`, under: id });
  return replicas.length > 0
    ? refusal(
        "SkuNotSupported",
        `A registry with replications (${replicas.map((entry) => nameOf(entry.id)).join(", ")}) must be Premium.`,
      )
    : undefined;
}
