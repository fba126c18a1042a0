import type { ConfigProblem } from "../errors";
import type { Settings } from "../schema";
import { findVmSize } from "../vmSizes";
import { labelRules } from "./labels";
import type { Rule } from "./rule";

export const poolRules: readonly Rule[] = [checkPools, checkSpotPools, ...labelRules, checkSystemPools];

/** AKS sets it on spot nodes by itself; a pool that does not say so would differ from its settings for ever. */
const SPOT_TAINT = "kubernetes.azure.com/scalesetpriority=spot:NoSchedule";

/** Each pool by itself, and their names. */
function checkPools({ cluster }: Settings): ConfigProblem[] {
  return cluster.nodePools.flatMap((pool, index) => {
    const path = `cluster.nodePools[${index}]`;
    const problems: ConfigProblem[] = [];
    if (pool.minCount > pool.maxCount) {
      problems.push({
        path: `${path}.minCount`,
        got: pool.minCount,
        allowed: `at most its maxCount (${pool.maxCount})`,
        fix: "lower minCount or raise maxCount",
      });
    }
    if (cluster.nodePools.findIndex((other) => other.name === pool.name) !== index) {
      problems.push({
        path: `${path}.name`,
        got: pool.name,
        allowed: "a name of its own",
        fix: "rename the pool",
      });
    }
    return problems;
  });
}

/** Spot nodes can go at any time. */
function checkSpotPools({ cluster }: Settings): ConfigProblem[] {
  return cluster.nodePools.flatMap((pool, index) => {
    if (pool.priority !== "Spot") return [];
    const path = `cluster.nodePools[${index}]`;
    const problems: ConfigProblem[] = [];
    if (pool.mode === "System") {
      problems.push({
        path: `${path}.priority`,
        got: "Spot with mode System",
        allowed: "Regular for a System pool: Azure may take spot nodes away at any time",
        fix: "make it a User pool beside a Regular System pool",
      });
    }
    if (!pool.taints.includes(SPOT_TAINT)) {
      problems.push({
        path: `${path}.taints`,
        got: `${JSON.stringify(pool.taints)} with priority Spot`,
        allowed: `${SPOT_TAINT} among them: AKS sets it on every spot node`,
        fix: "add it",
      });
    }
    return problems;
  });
}

/** The cluster is created with its first pool, and lives on it. */
function checkSystemPools({ cluster }: Settings): ConfigProblem[] {
  const [first, ...rest] = cluster.nodePools;
  const path = "cluster.nodePools";
  if (first?.mode !== "System" || first.priority !== "Regular") {
    return [
      {
        path: `${path}[0]`,
        got: first && `${first.name}: ${first.mode}, ${first.priority}`,
        allowed:
          "a Regular System pool first: the cluster is created with it, and it runs the cluster's own pods",
        fix: 'put a pool with mode "System" and priority "Regular" first',
      },
    ];
  }
  if (first.minCount < 1) {
    return [
      { path: `${path}[0].minCount`, got: first.minCount, allowed: "at least 1", fix: "raise minCount" },
    ];
  }
  if (
    first.taints.includes("CriticalAddonsOnly=true:NoSchedule") &&
    !rest.some((pool) => pool.taints.length === 0)
  ) {
    return [
      {
        path,
        got: cluster.nodePools.map((pool) => pool.name),
        allowed: "at least one pool without taints: the system pool takes the cluster's own pods only",
        fix: "add a Regular User pool without taints, or remove the system pool's taint",
      },
    ];
  }
  const { vcpus } = findVmSize(first.vmSize) ?? { vcpus: 0 };
  if (vcpus === 0) return [];
  if (cluster.allowSmallSystemPool || (vcpus >= 4 && first.minCount >= 2)) return [];
  return [
    {
      path: `${path}[0]`,
      got: `${first.minCount} x ${first.vmSize} (${vcpus} vCPUs)`,
      allowed: "at least 2 nodes of 4 vCPUs (AKS's requirement for system pools)",
      fix: "use Standard_D4ds_v5 and minCount 2, or opt out with cluster.allowSmallSystemPool",
    },
  ];
}
