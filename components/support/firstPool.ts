import * as containerservice from "@pulumi/azure-native/containerservice";
import * as pulumi from "@pulumi/pulumi";

import type { NodePool } from "../../config";

/** What the hook reads of the cluster's inputs. */
interface ClusterInputs {
  readonly resourceGroupName?: string;
  readonly resourceName?: string;
  readonly agentPoolProfiles?: readonly { readonly name?: string }[];
}

/**
 * Refuses, in the plan already, another first node pool than the one that the cluster was created with, unless it is a
 * System pool that the cluster has by now.
 *
 * The first pool is a property of the cluster. Azure takes no new pool there, and deletes none that is missing
 * (pulumi/pulumi-azure-native#2719, #579), so a wrong list would fail every later change of the cluster. A pool that the
 * cluster has already is handed over: its resource leaves the state (`retainOnDelete`), and the cluster's list names it.
 *
 * @param name unique in the program
 * @param pools node pools of the configuration
 */
export function guardFirstPool(name: string, pools: readonly NodePool[]): pulumi.ResourceHook {
  return new pulumi.ResourceHook(
    name,
    async ({ oldInputs, newInputs }) => {
      const before = firstPoolOf(oldInputs);
      const after = firstPoolOf(newInputs);
      if (before === undefined || after === undefined || before === after) return;
      if (pools.some((pool) => pool.name === before)) {
        throw refusal(
          before,
          after,
          `${before} is still in the list, and Azure deletes no pool that merely moves`,
        );
      }
      if ((await modeOf(newInputs, after)) !== "System") {
        throw refusal(before, after, `the cluster has no System pool ${after} yet`);
      }
      await pulumi.log.warn(
        `Node pool ${after} takes the first place. Nothing manages ${before} any longer; once ${after} runs the cluster's ` +
          `pods, delete it: az aks nodepool delete --name ${before} ${clusterArguments(newInputs)}`,
      );
    },
    { onDryRun: true },
  );
}

function firstPoolOf(inputs: ClusterInputs | undefined): string | undefined {
  return inputs?.agentPoolProfiles?.[0]?.name;
}

function refusal(before: string, after: string, reason: string): pulumi.RunError {
  return new pulumi.RunError(
    `cluster.nodePools[0]: got ${after} where the cluster runs ${before}; allowed: ${before}, or a System pool that ` +
      `replaces it (${reason}). Fix: add ${after} behind ${before} with mode System, run \`pulumi up\`, then remove ` +
      `${before} from the list (docs/runbooks/node-pools.md).`,
  );
}

/** Mode of one of the cluster's pools; undefined: it has no such pool. */
async function modeOf(
  cluster: ClusterInputs | undefined,
  agentPoolName: string,
): Promise<string | undefined> {
  const { resourceGroupName = "", resourceName = "" } = cluster ?? {};
  try {
    const pool = await containerservice.getAgentPool({ resourceGroupName, resourceName, agentPoolName });
    return pool.mode;
  } catch {
    return undefined;
  }
}

function clusterArguments(cluster: ClusterInputs | undefined): string {
  const { resourceGroupName = "", resourceName = "" } = cluster ?? {};
  return `--cluster-name ${resourceName} --resource-group ${resourceGroupName}`;
}
