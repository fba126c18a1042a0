/** Stopping and starting clusters (https://learn.microsoft.com/azure/aks/start-stop-cluster). */
import type { JsonObject, ProviderError } from "../../provider/backend";
import { text } from "../../provider/values";
import { refusal, type AzureCloud } from "../resourceType";

const POOL = "Microsoft.ContainerService/managedClusters/agentPools";

/** @throws what AKS answers to `az aks stop` where the cluster cannot be stopped. */
export function stopCluster(cloud: AzureCloud, clusterId: string): void {
  const properties = clusterProperties(cloud, clusterId);
  if (isStopped(properties)) throw stateError("stopping");
  if (text(properties, "nodeProvisioningProfile.mode") === "Auto") {
    throw refusal("BadRequest", "A cluster with node auto provisioning cannot be stopped.");
  }
  setPower(cloud, clusterId, "Stopped");
}

/** @throws what AKS answers to `az aks start` for a cluster that runs. */
export function startCluster(cloud: AzureCloud, clusterId: string): void {
  if (!isStopped(clusterProperties(cloud, clusterId))) {
    throw refusal(
      "BadRequest",
      "managed cluster is in Provisioning State(Succeeded) and Power State(Running), starting cannot be performed",
    );
  }
  setPower(cloud, clusterId, "Running");
}

/** A stopped cluster takes no change (same page); MicrosoftDocs/azure-docs#85161 shows the wording. */
export function refuseWhileStopped(cluster: JsonObject | undefined): ProviderError | undefined {
  return isStopped(cluster) ? stateError("updating") : undefined;
}

function isStopped(cluster: JsonObject | undefined): boolean {
  return text(cluster, "powerState.code") === "Stopped";
}

function stateError(what: string): ProviderError {
  return refusal(
    "OperationNotAllowed",
    `managed cluster is in Provisioning State(Succeeded) and Power State(Stopped), ${what} cannot be performed`,
  );
}

function clusterProperties({ store }: AzureCloud, clusterId: string): JsonObject {
  const cluster = store.get(clusterId);
  if (cluster === undefined) {
    throw refusal("ResourceNotFound", `The Resource '${clusterId}' was not found.`);
  }
  return cluster.properties;
}

function setPower({ store }: AzureCloud, clusterId: string, code: "Running" | "Stopped"): void {
  const pools = store.list({ type: POOL, under: clusterId });
  for (const record of [store.get(clusterId), ...pools]) {
    if (record !== undefined)
      store.put({ ...record, properties: { ...record.properties, powerState: { code } } });
  }
}
