import * as containerservice from "@pulumi/azure-native/containerservice";
import * as pulumi from "@pulumi/pulumi";

import type { NodePool } from "../../config";
import { guardEdits, type RefusedEdit } from "./editGuard";

/** What the guard reads of the cluster's inputs. */
interface ClusterInputs {
  readonly resourceGroupName: string;
  readonly resourceName: string;
  readonly agentPoolProfiles: readonly { readonly name: string }[];
}

/**
 * Refuses another first node pool than the one that the cluster was created with, unless it is a System pool that the
 * cluster has by now.
 *
 * The first pool is a property of the cluster. Azure takes no new pool there, and deletes none that is missing
 * (pulumi/pulumi-azure-native#2719, #579), so a wrong list would fail every later change of the cluster. A pool that the
 * cluster has already is handed over: its resource leaves the state (`retainOnDelete`), and the cluster's list names it.
 *
 * @param name unique in the program
 * @param pools node pools of the configuration
 */
export function guardFirstPool(name: string, pools: readonly NodePool[]): pulumi.ResourceHook {
  return guardEdits<ClusterInputs>(
    name,
    async (old, { agentPoolProfiles, resourceName, resourceGroupName }) => {
      const before = old.agentPoolProfiles?.[0]?.name;
      const after = agentPoolProfiles?.[0]?.name;
      if (before === undefined || after === undefined || before === after) return undefined;
      if (pools.some((pool) => pool.name === before)) {
        return refusal(
          before,
          after,
          `${before} is still in the list, and Azure deletes no pool that merely moves`,
        );
      }
      const cluster = { resourceGroupName: resourceGroupName ?? "", resourceName: resourceName ?? "" };
      if ((await modeOf(cluster, after)) !== "System") {
        return refusal(before, after, `the cluster has no System pool ${after} yet`);
      }
      await pulumi.log.warn(
        `Node pool ${after} takes the first place. Nothing manages ${before} any longer; once ${after} runs the cluster's ` +
          `pods, delete it: az aks nodepool delete --name ${before} --cluster-name ${cluster.resourceName} ` +
          `--resource-group ${cluster.resourceGroupName}`,
      );
      return undefined;
    },
  );
}

function refusal(before: string, after: string, reason: string): RefusedEdit {
  return {
    path: "cluster.nodePools[0]",
    got: `${after} where the cluster runs ${before}`,
    allowed: `${before}, or a System pool that replaces it (${reason})`,
    fix:
      `add ${after} behind ${before} with mode System, run \`pulumi up\`, then remove ${before} from the list ` +
      "(docs/runbooks/node-pools.md)",
  };
}

/** Mode of one of the cluster's pools; undefined: it has no such pool. */
async function modeOf(
  cluster: { readonly resourceGroupName: string; readonly resourceName: string },
  agentPoolName: string,
): Promise<string | undefined> {
  const { resourceGroupName, resourceName } = cluster;
  try {
    const pool = await containerservice.getAgentPool({ resourceGroupName, resourceName, agentPoolName });
    return pool.mode;
  } catch {
    return undefined;
  }
}
