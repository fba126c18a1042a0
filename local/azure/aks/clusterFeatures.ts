/** What AKS refuses about a cluster's features and their combinations. */
import type { JsonObject, ProviderError } from "../../provider/backend";
import { at, flag, list, number, objects, text } from "../../provider/values";
import { refusal, type Operation } from "../resourceType";
import { invalid } from "./pools";

type FeatureCheck = (operation: Operation) => ProviderError | undefined;

/** The first refusal, in the order in which AKS looks. */
export function refuseFeatures(operation: Operation): ProviderError | undefined {
  for (const check of CHECKS) {
    const found = check(operation);
    if (found !== undefined) return found;
  }
  return undefined;
}

const CHECKS: readonly FeatureCheck[] = [
  ({ inputs }) =>
    text(inputs, "dnsPrefix") === undefined && text(inputs, "fqdnSubdomain") === undefined
      ? invalid("Required parameter dnsPrefix is missing (null).")
      : undefined,
  refuseTier,
  refuseApiServer,
  ({ inputs }) => refuseImageCleaner(inputs["securityProfile"]),
  refuseNodeProvisioning,
  refuseAdvancedNetworking,
  refuseUpgradeChannels,
  refuseDefender,
  refuseContainerInsights,
  refuseRetiredAddons,
];

/** Retired on 2025-03-03 (https://learn.microsoft.com/azure/aks/app-routing-migration); off is what others send. */
function refuseRetiredAddons({ inputs }: Operation): ProviderError | undefined {
  return flag(inputs, "addonProfiles.httpApplicationRouting.enabled")
    ? invalid(
        "The add-on httpApplicationRouting is retired. Use ingressProfile.webAppRouting, or a controller of your own.",
      )
    : undefined;
}

function refuseTier({ inputs }: Operation): ProviderError | undefined {
  const tier = text(inputs, "sku.tier") ?? "Free";
  // https://learn.microsoft.com/azure/aks/cost-analysis#prerequisites; a cluster that has it cannot go back to Free.
  if (flag(inputs, "metricsProfile.costAnalysis.enabled")) {
    if (tier === "Free") {
      return invalid("Cost analysis requires a cluster in the Standard or Premium tier, got 'Free'.");
    }
    if (at(inputs, "storageProfile.diskCSIDriver.enabled") === false) {
      return invalid(
        "Cost analysis requires the disk CSI driver: storageProfile.diskCSIDriver.enabled is false.",
      );
    }
  }
  return text(inputs, "supportPlan") === "AKSLongTermSupport" && tier !== "Premium"
    ? invalid(`Support plan 'AKSLongTermSupport' requires the Premium tier, got '${tier}'.`)
    : undefined;
}

/** https://learn.microsoft.com/azure/aks/private-clusters and …/api-server-vnet-integration */
function refuseApiServer({ inputs, existing }: Operation): ProviderError | undefined {
  const isPrivate = (values: JsonObject | undefined): boolean =>
    flag(values, "apiServerAccessProfile.enablePrivateCluster");
  // The ranges apply to a public API server only.
  if (list(inputs, "apiServerAccessProfile.authorizedIPRanges").length > 0 && isPrivate(inputs)) {
    return invalid("Authorized IP ranges cannot be used with a private cluster.");
  }
  // azure-native plans this as an update; only with VNet integration can AKS do it.
  const integrated = flag(existing?.properties, "apiServerAccessProfile.enableVnetIntegration");
  if (existing === undefined || integrated || isPrivate(inputs) === isPrivate(existing.properties))
    return undefined;
  return refusal(
    "PropertyChangeNotAllowed",
    "Changing property 'properties.apiServerAccessProfile.enablePrivateCluster' is not allowed.",
  );
}

/** https://learn.microsoft.com/azure/aks/image-cleaner: 24 hours to three months. */
function refuseImageCleaner(profile: Parameters<typeof flag>[0]): ProviderError | undefined {
  if (!flag(profile, "imageCleaner.enabled")) return undefined;
  const hours = number(profile, "imageCleaner.intervalHours");
  if (hours !== undefined && hours >= 24 && hours <= 2160) return undefined;
  return invalid(
    `securityProfile.imageCleaner.intervalHours must be between 24 and 2160 when the image cleaner is enabled, ` +
      `got ${hours ?? "(null)"}.`,
  );
}

/** https://learn.microsoft.com/azure/aks/node-auto-provisioning#limitations */
function refuseNodeProvisioning({ inputs, existing }: Operation): ProviderError | undefined {
  if (text(inputs, "nodeProvisioningProfile.mode") !== "Auto") return undefined;
  if (objects(inputs, "agentPoolProfiles").some((pool) => flag(pool, "enableAutoScaling"))) {
    return invalid("Node auto provisioning cannot be enabled while a node pool uses the cluster autoscaler.");
  }
  const conflicts: readonly (readonly [what: string, isThere: boolean])[] = [
    ["a disk encryption set", text(inputs, "diskEncryptionSetID") !== undefined],
    ["an HTTP proxy", at(inputs, "httpProxyConfig") !== undefined],
    ["a service principal", text(inputs, "identity.type") === undefined],
    ["network policy calico", text(inputs, "networkProfile.networkPolicy") === "calico"],
  ];
  const conflict = conflicts.find(([, isThere]) => isThere)?.[0];
  if (conflict !== undefined) return invalid(`Node auto provisioning is not supported with ${conflict}.`);
  const before = text(existing?.properties, "networkProfile.outboundType");
  const wanted = text(inputs, "networkProfile.outboundType") ?? "loadBalancer";
  return before === undefined || before === wanted
    ? undefined
    : invalid(`With node auto provisioning the outbound type cannot be changed (${before} to ${wanted}).`);
}

/** https://learn.microsoft.com/azure/aks/advanced-container-networking-services-overview */
function refuseAdvancedNetworking({ inputs }: Operation): ProviderError | undefined {
  const profile = at(inputs, "networkProfile.advancedNetworking");
  const security = text(profile, "security.advancedNetworkPolicies") ?? "None";
  const observability = flag(profile, "observability.enabled");
  if (!flag(profile, "enabled")) {
    return observability || flag(profile, "security.enabled")
      ? invalid("networkProfile.advancedNetworking.enabled must be true for its observability or security.")
      : undefined;
  }
  const dataplane = text(inputs, "networkProfile.networkDataplane") ?? "azure";
  return security !== "None" && dataplane !== "cilium"
    ? invalid(`advancedNetworkPolicies '${security}' requires networkDataplane 'cilium', got '${dataplane}'.`)
    : undefined;
}

/** https://learn.microsoft.com/azure/aks/auto-upgrade-node-os-image#interactions-between-node-os-autoupgrades-and-cluster-autoupgrades */
function refuseUpgradeChannels({ inputs }: Operation): ProviderError | undefined {
  const [cluster, node] = ["upgradeChannel", "nodeOSUpgradeChannel"].map((key) =>
    text(inputs, `autoUpgradeProfile.${key}`),
  );
  return cluster === "node-image" && node !== undefined && node !== "NodeImage"
    ? invalid(`With upgradeChannel 'node-image' the nodeOSUpgradeChannel must be 'NodeImage', got '${node}'.`)
    : undefined;
}

/** https://learn.microsoft.com/azure/defender-for-cloud/defender-for-containers-enable */
function refuseDefender({ inputs }: Operation): ProviderError | undefined {
  const defender = at(inputs, "securityProfile.defender");
  return flag(defender, "securityMonitoring.enabled") &&
    text(defender, "logAnalyticsWorkspaceResourceId") === undefined
    ? invalid(
        "securityProfile.defender requires logAnalyticsWorkspaceResourceId when securityMonitoring is enabled.",
      )
    : undefined;
}

/** AKS knows both spellings of the key (hashicorp/terraform-provider-azurerm#8374). */
const WORKSPACE_KEYS = ["logAnalyticsWorkspaceResourceID", "logAnalyticsWorkspaceResourceId"];

/** https://learn.microsoft.com/azure/azure-monitor/containers/kubernetes-monitoring-enable */
function refuseContainerInsights({ cloud, inputs }: Operation): ProviderError | undefined {
  const addon = at(inputs, "addonProfiles.omsagent");
  if (!flag(addon, "enabled")) return undefined;
  const workspace = WORKSPACE_KEYS.flatMap((key) => text(addon, `config.${key}`) ?? [])[0];
  if (workspace === undefined) {
    return invalid("addonProfiles.omsagent requires config.logAnalyticsWorkspaceResourceID.");
  }
  if (cloud.store.get(workspace) === undefined) {
    // Azure/terraform-azurerm-aks#90
    return refusal(
      "GetLogAnalyticsWorkspaceError",
      `Unable to get log analytics workspace info. Resource ID: ${workspace}. Details: Code="ResourceNotFound".`,
    );
  }
  if (text(addon, "config.useAADAuth") !== "true") {
    return invalid(
      "addonProfiles.omsagent.config.useAADAuth must be 'true': authentication with the workspace's key was retired " +
        "on 2026-09-30.",
    );
  }
  // https://learn.microsoft.com/azure/azure-monitor/containers/container-insights-data-collection-dcr
  return text(inputs, "identity.type") === undefined
    ? invalid(
        "addonProfiles.omsagent with useAADAuth requires a managed identity: the cluster has a service principal.",
      )
    : undefined;
}
