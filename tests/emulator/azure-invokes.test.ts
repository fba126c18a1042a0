import type { JsonObject } from "../../local/provider/backend";
import { objects, text } from "../../local/provider/values";
import { Azure, clusterInputs, DEPLOYER, SUBSCRIPTION, TENANT } from "./azure-support";

let azure: Azure;

beforeEach(async () => {
  azure = new Azure();
  await azure.group();
});

const at = { resourceGroupName: "rg", resourceName: "aks" };

async function kubeconfig(token: string, inputs: JsonObject): Promise<string> {
  const [first] = objects(await azure.invoke(token, inputs), "kubeconfigs");
  return Buffer.from(text(first, "value") ?? "", "base64").toString();
}

test("getClientConfig says who runs the program, and where", async () => {
  expect(await azure.invoke("authorization:getClientConfig", {})).toEqual({
    clientId: DEPLOYER,
    objectId: DEPLOYER,
    subscriptionId: SUBSCRIPTION,
    tenantId: TENANT,
  });
});

test("a cluster with Entra ID gives a kubelogin plug-in that asks for a device code", async () => {
  await azure.create(
    "containerservice:ManagedCluster",
    clusterInputs({ aadProfile: { managed: true }, disableLocalAccounts: true }),
  );
  const config = await kubeconfig("containerservice:listManagedClusterUserCredentials", {
    ...at,
    format: "exec",
  });
  const { users, clusters } = JSON.parse(config) as { users: JsonObject[]; clusters: JsonObject[] };
  expect(users[0]).toMatchObject({
    name: "clusterUser_rg_aks",
    user: {
      exec: {
        command: "kubelogin",
        args: expect.arrayContaining([
          "6dae42f8-4368-4678-94ff-3960e28e3630",
          "devicecode",
          TENANT,
        ]) as unknown,
      },
    },
  });
  expect(text(clusters[0], "cluster.server")).toMatch(
    /^https:\/\/aks-[0-9a-f]{8}\.hcp\.westus2\.azmk8s\.io:443$/,
  );
});

test("static credentials are refused once local accounts are off", async () => {
  const cluster = await azure.create(
    "containerservice:ManagedCluster",
    clusterInputs({ aadProfile: { managed: true } }),
  );
  const admin = "containerservice:listManagedClusterAdminCredentials";
  expect(await kubeconfig(admin, at)).toContain('"token"');
  await azure.update("containerservice:ManagedCluster", cluster, {
    ...cluster.inputs,
    disableLocalAccounts: true,
  });
  await expect(azure.invoke(admin, at)).rejects.toThrow(
    "Getting static credential is not allowed because this cluster is set to disable local accounts.",
  );
});

test("what is not there is not found", async () => {
  const list = "containerservice:listManagedClusterUserCredentials";
  await expect(azure.invoke(list, at)).rejects.toThrow(
    "ResourceNotFound: The Resource 'Microsoft.ContainerService/managedClusters/aks'",
  );
  await expect(azure.invoke(list, { ...at, resourceGroupName: "other" })).rejects.toThrow(
    "ResourceGroupNotFound",
  );
  await expect(azure.invoke("resources:getResourceGroup", { resourceGroupName: "other" })).rejects.toThrow(
    "ResourceGroupNotFound",
  );
});

test("getRegistry and getResourceGroup give what is there", async () => {
  const registry = await azure.create("containerregistry:Registry", {
    resourceGroupName: "rg",
    registryName: "images",
    sku: { name: "Basic" },
  });
  const found = await azure.invoke("containerregistry:getRegistry", {
    resourceGroupName: "rg",
    registryName: "images",
  });
  expect(found).toMatchObject({ id: registry.id, loginServer: "images.azurecr.io", adminUserEnabled: false });
  expect(await azure.invoke("resources:getResourceGroup", { resourceGroupName: "rg" })).toMatchObject({
    name: "rg",
    location: "westus2",
  });
});
