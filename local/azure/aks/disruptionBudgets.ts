/** What keeps AKS from upgrading: budgets that let no pod go. */
import type { JsonObject, ProviderError } from "../../provider/backend";
import { flag, number, text } from "../../provider/values";
import { refusal, type AzureCloud } from "../resourceType";

const BUDGET = "policy/v1/PodDisruptionBudget";

/**
 * An upgrade of the cluster or of one pool, whichever nodes the pods are on (Azure/AKS#4805 and #4860; #4839 asks for
 * less). The counts are those that the cluster's disruption controller keeps in a budget's status.
 * @param cluster inputs of the cluster, whose `upgradeSettings.overrideSettings` may force the upgrade.
 */
export function refuseBlockedUpgrade(
  { store, now }: Pick<AzureCloud, "store" | "now">,
  clusterId: string,
  cluster: JsonObject | undefined,
): ProviderError | undefined {
  if (isForced(cluster, now())) return undefined;
  const blocking = store
    .list({ cloud: "kubernetes", type: BUDGET, under: clusterId })
    .flatMap(({ properties }) => describeBlocking(properties));
  if (blocking.length === 0) return undefined;
  return refusal(
    "UnsatisfiablePDB",
    "Upgrade is blocked due to invalid Pod Disruption Budgets (PDBs). Please review the PDB spec to allow disruptions " +
      "during upgrades. To bypass this error, set forceUpgrade in upgradeSettings.overrideSettings. Bypassing this error " +
      "without updating the PDB may result in drain failures during upgrade process. Invalid PDBs details: " +
      `${blocking.length} error${blocking.length === 1 ? "" : "s"} occurred:\n${blocking.join("\n")}`,
  );
}

/** "It must be set for the overrides to take effect": the SDK on `until`. */
function isForced(cluster: JsonObject | undefined, now: Date): boolean {
  const until = text(cluster, "upgradeSettings.overrideSettings.until");
  return (
    flag(cluster, "upgradeSettings.overrideSettings.forceUpgrade") &&
    until !== undefined &&
    new Date(until) > now
  );
}

function describeBlocking(budget: JsonObject): string[] {
  const expected = number(budget, "status.expectedPods") ?? 0;
  const needed = number(budget, "status.desiredHealthy") ?? 0;
  if (expected === 0 || needed < expected) return [];
  const name = `${text(budget, "metadata.namespace") ?? ""}/${text(budget, "metadata.name") ?? ""}`;
  return [
    `\t* PDB ${name} has minAvailable(${needed}) >= expectedPods(${expected}) can't proceed with put operation`,
  ];
}
