import type { JsonObject, ProviderError } from "../../provider/backend";
import type { BuildPlaces } from "../build/checkout";
import { inGroup, nameOf } from "../ids";
import { performTaskRun } from "../registry";
import { describeTypes, refusal, type AzureType, type Operation } from "../resourceType";
import { flag, text } from "../values";

const REGISTRY = "Microsoft.ContainerRegistry/registries";

/** Task runs build from a repository, which is why this module's types are made for a place. */
export function containerregistry(places: BuildPlaces): readonly AzureType[] {
  return describeTypes(
    {
      token: "containerregistry:Registry",
      shape: inGroup(REGISTRY, "registryName"),
      apiVersion: "2023-01-01-preview",
      autoName: "random",
      name: { pattern: /^[a-zA-Z0-9]*$/, minLength: 5, maxLength: 50 },
      required: ["sku"],
      references: ["identity.userAssignedIdentities[]"],
      defaults: registryDefaults,
      computed: [
        "creationDate",
        "dataEndpointHostNames",
        "loginServer",
        "privateEndpointConnections",
        "provisioningState",
      ],
      compute: computeRegistry,
      seconds: { create: 12, update: 6, delete: 8 },
      refuse: [refuseTakenName, refuseContentTrust, refusePremiumFeatures],
    },
    {
      token: "containerregistry:TaskRun",
      shape: inGroup(`${REGISTRY}/taskRuns`, "registryName", "taskRunName"),
      apiVersion: "2019-06-01-preview",
      autoName: "copy",
      name: { pattern: /^[a-zA-Z0-9-]*$/, minLength: 5, maxLength: 50 },
      located: false,
      computed: ["provisioningState", "runResult"],
      seconds: { create: 75, update: 75, delete: 3 },
      perform: (operation) => performTaskRun(places, operation),
    },
  );
}

function registryDefaults(): JsonObject {
  const disabled = { status: "disabled" };
  return {
    adminUserEnabled: false,
    anonymousPullEnabled: false,
    dataEndpointEnabled: false,
    encryption: disabled,
    networkRuleBypassOptions: "AzureServices",
    policies: {
      azureADAuthenticationAsArmPolicy: { status: "enabled" },
      exportPolicy: { status: "enabled" },
      quarantinePolicy: disabled,
      retentionPolicy: { days: 7, status: "disabled" },
      softDeletePolicy: { retentionDays: 7, status: "disabled" },
      trustPolicy: { status: "disabled", type: "Notary" },
    },
    publicNetworkAccess: "Enabled",
    zoneRedundancy: "Disabled",
  };
}

function computeRegistry({ cloud, id, inputs, keep }: Operation): JsonObject {
  const name = nameOf(id).toLowerCase();
  const sku = text(inputs, "sku.name") ?? "";
  return {
    creationDate: keep("creationDate", () => cloud.now().toISOString()),
    dataEndpointHostNames: flag(inputs, "dataEndpointEnabled")
      ? [`${name}.${text(inputs, "location") ?? ""}.data.azurecr.io`]
      : [],
    loginServer: `${name}.azurecr.io`,
    privateEndpointConnections: [],
    provisioningState: "Succeeded",
    sku: { name: sku, tier: sku },
  };
}

/** The login server is a name in the public DNS, so that all subscriptions share the names. */
function refuseTakenName({ cloud, id, existing }: Operation): ProviderError | undefined {
  if (existing !== undefined) return undefined;
  const name = nameOf(id).toLowerCase();
  const others = [...cloud.store.list({ type: REGISTRY }), ...cloud.store.listElsewhere({ type: REGISTRY })];
  if (!others.some((other) => nameOf(other.id).toLowerCase() === name)) return undefined;
  return refusal(
    "AlreadyInUse",
    `The registry DNS name ${name}.azurecr.io is already in use. You can check if the name is already claimed using ` +
      "following API: https://docs.microsoft.com/en-us/rest/api/containerregistry/registries/checknameavailability",
  );
}

/** hashicorp/terraform-provider-azurerm#32752: content trust can no longer be turned on. */
function refuseContentTrust({ inputs }: Operation): ProviderError | undefined {
  if (text(inputs, "policies.trustPolicy.status") !== "enabled") return undefined;
  return refusal(
    "ContentTrustUnsupported",
    "Docker Content Trust can no longer be enabled on a registry. Keep trustPolicy.status 'disabled'.",
  );
}

/** https://learn.microsoft.com/azure/container-registry/container-registry-skus#service-tier-features-and-limits */
function refusePremiumFeatures({ inputs }: Operation): ProviderError | undefined {
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
  if (feature !== undefined) {
    const needed = refused === undefined ? "Standard or Premium" : "Premium";
    return refusal(
      "SkuNotSupported",
      `The ${feature} of a registry requires the ${needed} SKU, got '${sku}'.`,
    );
  }
  // https://learn.microsoft.com/azure/container-registry/container-registry-soft-delete-policy#known-issues-and-limitations
  const both = enabled("policies.retentionPolicy.status") && enabled("policies.softDeletePolicy.status");
  return both
    ? refusal(
        "PolicyConflict",
        "The retention policy and the soft delete policy of a registry cannot both be enabled.",
      )
    : undefined;
}
