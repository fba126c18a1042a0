/** What AKS refuses about a cluster, network and identity aside. */
import type { ProviderError } from "../../provider/backend";
import { refusal, type Operation, type Refusal } from "../resourceType";
import { flag, list, number, objects, text } from "../values";
import { normalizeRegion } from "../regions";
import { refuseIdentity } from "./clusterIdentity";
import { refuseApiServerNetwork } from "./apiServerNetwork";
import { refuseNetwork } from "./clusterNetwork";
import { refuseOwnNetwork } from "./ownNetwork";
import { invalid, refusePool } from "./pools";
import { DEFAULT_VERSION, refuseUpgrade, refuseVersion } from "./versions";

export const CLUSTER_REFUSALS: readonly Refusal<Operation>[] = [
  refusePoolList,
  refuseClusterVersion,
  refuseFeatures,
  refuseNetwork,
  refuseIdentity,
  refuseOwnNetwork,
  refuseApiServerNetwork,
  refuseInlinePools,
];

/**
 * The list makes pools at creation only (pulumi/pulumi-azure-native#2719, Azure/AKS#4383). Later it may be
 * shorter, and then deletes nothing (pulumi/pulumi-azure-native#579).
 */
function refusePoolList({ cloud, id, inputs, existing }: Operation): ProviderError | undefined {
  const pools = objects(inputs, "agentPoolProfiles");
  if (existing === undefined) {
    return pools.some((pool) => text(pool, "mode") === "System")
      ? undefined
      : invalid(
          "A managed cluster must have at least one agent pool with mode 'System' in agentPoolProfiles.",
        );
  }
  const added = pools.find(
    (pool) => cloud.store.get(`${id}/agentPools/${text(pool, "name") ?? ""}`) === undefined,
  );
  if (added === undefined) return undefined;
  return refusal(
    "BadRequest",
    "A new agent pool was introduced. Adding agent pools to an existing cluster is not allowed through managed " +
      "cluster operations. For agent pool specific change, please use per agent pool operations: " +
      `https://aka.ms/agent-pool-rest-api (pool: ${text(added, "name") ?? ""})`,
  );
}

function refuseClusterVersion({ id, inputs, existing }: Operation): ProviderError | undefined {
  const version = text(inputs, "kubernetesVersion") ?? DEFAULT_VERSION;
  const running = text(existing?.properties, "currentKubernetesVersion");
  // A version that runs already may stay, even after its support has ended.
  if (running !== undefined && text(existing?.properties, "kubernetesVersion") === version) return undefined;
  const longTerm =
    text(inputs, "supportPlan") === "AKSLongTermSupport" && text(inputs, "sku.tier") === "Premium";
  const name = id.slice(id.lastIndexOf("/") + 1);
  return (
    refuseVersion(name, version, longTerm) ??
    (running === undefined ? undefined : refuseUpgrade(running, version))
  );
}

function refuseFeatures({ inputs }: Operation): ProviderError | undefined {
  if (text(inputs, "dnsPrefix") === undefined && text(inputs, "fqdnSubdomain") === undefined) {
    return invalid("Required parameter dnsPrefix is missing (null).");
  }
  const tier = text(inputs, "sku.tier") ?? "Free";
  if (flag(inputs, "metricsProfile.costAnalysis.enabled") && tier === "Free") {
    // https://learn.microsoft.com/azure/aks/cost-analysis#prerequisites
    return invalid("Cost analysis requires a cluster in the Standard or Premium tier, got 'Free'.");
  }
  if (text(inputs, "supportPlan") === "AKSLongTermSupport" && tier !== "Premium") {
    return invalid(`Support plan 'AKSLongTermSupport' requires the Premium tier, got '${tier}'.`);
  }
  // https://learn.microsoft.com/azure/aks/private-clusters: the ranges apply to a public API server only.
  const ranges = list(inputs, "apiServerAccessProfile.authorizedIPRanges").length;
  if (ranges > 0 && flag(inputs, "apiServerAccessProfile.enablePrivateCluster")) {
    return invalid("Authorized IP ranges cannot be used with a private cluster.");
  }
  return refuseImageCleaner(inputs["securityProfile"]) ?? refuseNodeProvisioning(inputs);
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
function refuseNodeProvisioning(inputs: Operation["inputs"]): ProviderError | undefined {
  const scaling = objects(inputs, "agentPoolProfiles").some((pool) => flag(pool, "enableAutoScaling"));
  if (text(inputs, "nodeProvisioningProfile.mode") !== "Auto" || !scaling) return undefined;
  return invalid("Node auto provisioning cannot be enabled while a node pool uses the cluster autoscaler.");
}

function refuseInlinePools({ cloud, id, inputs, existing }: Operation): ProviderError | undefined {
  const location = normalizeRegion(text(inputs, "location") ?? "");
  for (const pool of objects(inputs, "agentPoolProfiles")) {
    const name = text(pool, "name") ?? "";
    const poolId = `${id}/agentPools/${name}`;
    const found = refusePool({ cloud, location, name, pool, id: poolId, isNew: existing === undefined });
    if (found !== undefined) return found;
  }
  return undefined;
}
