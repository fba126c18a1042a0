import * as containerservice from "@pulumi/azure-native/containerservice";
import type * as resources from "@pulumi/azure-native/resources";
import type * as pulumi from "@pulumi/pulumi";

import type { ClusterSettings } from "../../config";
import { type PoolSurroundings, poolProperties } from "./clusterProfiles";

/**
 * The cluster's pools after the first, one after the other: Azure refuses two writes to one cluster at a time.
 * @param after what must be written to the cluster before
 */
export function createNodePools(
  name: string,
  resourceGroup: resources.ResourceGroup,
  cluster: containerservice.ManagedCluster,
  args: PoolSurroundings & { readonly cluster: ClusterSettings },
  after: readonly pulumi.Resource[],
): containerservice.AgentPool[] {
  return args.cluster.nodePools.slice(1).reduce<containerservice.AgentPool[]>((earlier, pool) => {
    const created = new containerservice.AgentPool(
      `${name}-pool-${pool.name}`,
      {
        resourceGroupName: resourceGroup.name,
        resourceName: cluster.name,
        agentPoolName: pool.name,
        ...poolProperties(pool, args),
      },
      {
        parent: cluster,
        dependsOn: [...after, ...earlier],
        // The autoscaler owns the number of nodes; Azure wants one at creation all the same.
        ignoreChanges: ["count"],
        // So that it can become the first pool, which is a property of the cluster (`firstPool.ts`).
        retainOnDelete: pool.mode === "System",
      },
    );
    return [...earlier, created];
  }, []);
}
