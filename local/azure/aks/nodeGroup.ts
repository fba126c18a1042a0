/** What AKS makes beside a cluster: the node resource group with the nodes' scale sets, and the load balancer. */
import type { CloudRecord } from "../../cloud/store";
import type { JsonObject } from "../../provider/backend";
import { list, objects, text } from "../../provider/values";
import { nameOf } from "../ids";
import type { AzureCloud, Deletion, Operation } from "../resourceType";
import { nodeGroupId, nodesOf } from "./clusterOutputs";

const SCALE_SET = "Microsoft.Compute/virtualMachineScaleSets";

/** Pools of a cluster that came with it are resources of their own from then on. */
export function writeClusterMembers(operation: Operation, cluster: CloudRecord): void {
  const group = nodeGroupId(operation);
  put(operation, group, "Microsoft.Resources/resourceGroups", cluster, {});
  const outbound = text(cluster.properties, "networkProfile.outboundType");
  if (outbound === "loadBalancer") {
    put(
      operation,
      `${group}/providers/Microsoft.Network/loadBalancers/kubernetes`,
      "Microsoft.Network/loadBalancers",
      cluster,
      {
        sku: { name: "Standard" },
      },
    );
    const address = `${group}/providers/Microsoft.Network/publicIPAddresses/${nameOf(cluster.id)}-outbound`;
    put(operation, address, "Microsoft.Network/publicIPAddresses", cluster, { sku: { name: "Standard" } });
  }
  const kubelet = text(cluster.properties, "identityProfile.kubeletidentity.resourceId") ?? "";
  if (kubelet.toLowerCase().startsWith(`${group.toLowerCase()}/`)) {
    const { clientId = "", objectId = "" } = kubeletIds(cluster);
    put(operation, kubelet, "Microsoft.ManagedIdentity/userAssignedIdentities", cluster, {
      clientId,
      principalId: objectId,
      tenantId: operation.cloud.tenantId,
    });
  }
  for (const pool of objects(cluster.properties, "agentPoolProfiles")) {
    const poolId = `${cluster.id}/agentPools/${text(pool, "name") ?? ""}`;
    put(operation, poolId, "Microsoft.ContainerService/managedClusters/agentPools", cluster, pool);
    writeScaleSet(operation.cloud, cluster, pool);
  }
}

/** The scale set whose instances are a pool's nodes. */
export function writeScaleSet(cloud: AzureCloud, cluster: CloudRecord, pool: JsonObject): void {
  const name = text(pool, "name") ?? "";
  const id = scaleSetId(cloud, cluster, name);
  cloud.store.put({
    id,
    cloud: "azure",
    type: SCALE_SET,
    properties: {
      name: nameOf(id),
      type: SCALE_SET,
      location: cluster.properties["location"] ?? "",
      managedBy: cluster.id,
      tags: { "aks-managed-poolName": name },
      sku: { name: text(pool, "vmSize") ?? "Standard_D2s_v3", capacity: nodesOf(pool) },
      zones: list(pool, "availabilityZones"),
    },
    createdAt: cloud.store.get(id)?.createdAt ?? cloud.now().toISOString(),
    seconds: 0,
  });
}

export function removeScaleSet(cloud: AzureCloud, cluster: CloudRecord, pool: string): void {
  cloud.store.remove(scaleSetId(cloud, cluster, pool));
}

/** The node resource group goes with its cluster, whatever is in it. */
export function removeNodeGroup({ cloud, record }: Deletion): void {
  const group = groupOf(cloud, record);
  for (const member of cloud.store.list({ under: group })) cloud.store.remove(member.id);
  cloud.store.remove(group);
}

function groupOf(cloud: AzureCloud, cluster: CloudRecord): string {
  return `/subscriptions/${cloud.subscriptionId}/resourceGroups/${text(cluster.properties, "nodeResourceGroup") ?? ""}`;
}

function scaleSetId(cloud: AzureCloud, cluster: CloudRecord, pool: string): string {
  const suffix = (text(cluster.properties, "resourceUID") ?? "").slice(0, 8);
  return `${groupOf(cloud, cluster)}/providers/${SCALE_SET}/aks-${pool}-${suffix}-vmss`;
}

function kubeletIds(cluster: CloudRecord): JsonObject {
  return {
    clientId: text(cluster.properties, "identityProfile.kubeletidentity.clientId") ?? "",
    objectId: text(cluster.properties, "identityProfile.kubeletidentity.objectId") ?? "",
  };
}

function put(
  { cloud }: Operation,
  id: string,
  type: string,
  cluster: CloudRecord,
  properties: JsonObject,
): void {
  const earlier = cloud.store.get(id);
  cloud.store.put({
    id,
    cloud: "azure",
    type,
    properties: {
      name: nameOf(id),
      type,
      location: cluster.properties["location"] ?? "",
      ...(type.endsWith("/agentPools") ? {} : { managedBy: cluster.id }),
      ...properties,
    },
    createdAt: earlier?.createdAt ?? cloud.now().toISOString(),
    // Part of the cluster's own duration.
    seconds: 0,
  });
}
