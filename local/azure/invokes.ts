/** Functions of azure-native: questions to Azure that make nothing. */
import type { JsonObject } from "../provider/backend";
import { ProviderError } from "../provider/backend";
import { flag, text } from "../provider/values";
import type { CloudRecord } from "../cloud/store";
import { userKubeconfig } from "./aks/kubeconfig";
import { nameOf } from "./ids";
import { refusal, type AzureCloud } from "./resourceType";

type Invoke = (cloud: AzureCloud, inputs: JsonObject) => JsonObject;

const INVOKES: Readonly<Record<string, Invoke>> = {
  "authorization:getClientConfig": ({ subscriptionId, tenantId, deployer }) => ({
    clientId: deployer.clientId,
    objectId: deployer.objectId,
    subscriptionId,
    tenantId,
  }),
  "containerservice:listManagedClusterUserCredentials": (cloud, inputs) => {
    const cluster = find(cloud, inputs, "Microsoft.ContainerService/managedClusters", "resourceName");
    return kubeconfigs("clusterUser", userKubeconfig(cloud, cluster, text(inputs, "format")));
  },
  "containerservice:getAgentPool": (cloud, inputs) => {
    const cluster = find(cloud, inputs, "Microsoft.ContainerService/managedClusters", "resourceName");
    const name = text(inputs, "agentPoolName") ?? "";
    const pool = cloud.store.get(`${cluster.id}/agentPools/${name}`);
    if (pool === undefined) {
      throw refusal(
        "NotFound",
        `Could not find the agent pool ${name} in the cluster ${nameOf(cluster.id)}.`,
      );
    }
    return { ...pool.properties, id: pool.id, name };
  },
  "containerservice:listManagedClusterAdminCredentials": (cloud, inputs) => {
    const cluster = find(cloud, inputs, "Microsoft.ContainerService/managedClusters", "resourceName");
    if (flag(cluster.properties, "disableLocalAccounts")) {
      // Azure/AKS#4990 and hashicorp/terraform-provider-azurerm#13168 show the refusal.
      throw refusal(
        "BadRequest",
        "Getting static credential is not allowed because this cluster is set to disable local accounts.",
      );
    }
    return kubeconfigs("clusterAdmin", userKubeconfig(cloud, cluster, "admin"));
  },
  "containerregistry:getRegistry": (cloud, inputs) => {
    const registry = find(cloud, inputs, "Microsoft.ContainerRegistry/registries", "registryName");
    return { ...registry.properties, id: registry.id };
  },
  "network:getVirtualNetwork": (cloud, inputs) => {
    const type = "Microsoft.Network/virtualNetworks";
    const network = find(cloud, inputs, type, "virtualNetworkName");
    const subnets = cloud.store
      .list({ type: `${type}/subnets`, under: network.id })
      .map(({ id, properties }) => ({ ...properties, id, name: nameOf(id) }));
    return { ...network.properties, id: network.id, subnets };
  },
  "resources:getResourceGroup": (cloud, inputs) => {
    const group = cloud.store.get(groupId(cloud, inputs));
    if (group === undefined) throw groupNotFound(inputs);
    return { ...group.properties, id: group.id };
  },
};

/** @param token such as `azure-native:authorization:getClientConfig`. @throws if it is not emulated. */
export function invokeAzure(cloud: AzureCloud, token: string, inputs: JsonObject): JsonObject {
  const invoke = INVOKES[token.replace(/^azure-native:/, "")];
  if (invoke !== undefined) return invoke(cloud, inputs);
  throw new ProviderError(
    "FunctionNotEmulated",
    `the emulated Azure has no function '${token}'. Known: ${Object.keys(INVOKES).join(", ")}. Add it to local/azure/invokes.ts.`,
  );
}

function find(cloud: AzureCloud, inputs: JsonObject, armType: string, nameInput: string): CloudRecord {
  const group = groupId(cloud, inputs);
  if (cloud.store.get(group) === undefined) throw groupNotFound(inputs);
  const name = text(inputs, nameInput) ?? "";
  const record = cloud.store.get(`${group}/providers/${armType}/${name}`);
  if (record !== undefined) return record;
  throw refusal(
    "ResourceNotFound",
    `The Resource '${armType}/${name}' under resource group '${nameOf(group)}' was not found. For more details ` +
      "please go to https://aka.ms/ARMResourceNotFoundFix",
  );
}

function groupId(cloud: AzureCloud, inputs: JsonObject): string {
  return `/subscriptions/${cloud.subscriptionId}/resourceGroups/${text(inputs, "resourceGroupName") ?? ""}`;
}

function groupNotFound(inputs: JsonObject): ProviderError {
  return refusal(
    "ResourceGroupNotFound",
    `Resource group '${text(inputs, "resourceGroupName") ?? ""}' could not be found.`,
  );
}

function kubeconfigs(name: string, kubeconfig: string): JsonObject {
  return { kubeconfigs: [{ name, value: Buffer.from(kubeconfig).toString("base64") }] };
}
