/** What AKS refuses about a cluster, network and identity aside. */
import type { ProviderError } from "../../provider/backend";
import { objects, text } from "../../provider/values";
import { refusal, type Operation, type Refusal } from "../resourceType";
import { normalizeRegion } from "../regions";
import { refuseEncryption } from "./clusterEncryption";
import { refuseFeatures } from "./clusterFeatures";
import { refuseBlockedUpgrade } from "./disruptionBudgets";
import { refuseIdentity } from "./clusterIdentity";
import { refuseApiServerNetwork } from "./apiServerNetwork";
import { refuseNetwork } from "./clusterNetwork";
import { refuseInlineChanges } from "./fixedPool";
import { refuseOwnNetwork } from "./ownNetwork";
import { invalid, refusePool } from "./pools";
import { refuseWhileStopped } from "./powerState";
import { DEFAULT_VERSION, refuseUpgrade, refuseVersion, runningVersion } from "./versions";

export const CLUSTER_REFUSALS: readonly Refusal<Operation>[] = [
  ({ existing }) => refuseWhileStopped(existing?.properties),
  refusePoolList,
  refuseClusterVersion,
  refuseFeatures,
  refuseNetwork,
  refuseIdentity,
  refuseEncryption,
  refuseOwnNetwork,
  refuseApiServerNetwork,
  refuseInlineChanges,
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

function refuseClusterVersion({ cloud, id, inputs, existing }: Operation): ProviderError | undefined {
  const version = text(inputs, "kubernetesVersion") ?? DEFAULT_VERSION;
  const running = text(existing?.properties, "currentKubernetesVersion");
  // A version that runs already may stay, even after its support has ended.
  if (running !== undefined && text(existing?.properties, "kubernetesVersion") === version) return undefined;
  const longTerm =
    text(inputs, "supportPlan") === "AKSLongTermSupport" && text(inputs, "sku.tier") === "Premium";
  const name = id.slice(id.lastIndexOf("/") + 1);
  const found = refuseVersion(name, version, longTerm);
  if (found !== undefined || running === undefined) return found;
  return (
    refuseUpgrade(running, version) ??
    (runningVersion(version, running) === running ? undefined : refuseBlockedUpgrade(cloud, id, inputs))
  );
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
