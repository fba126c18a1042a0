import type { JsonObject } from "../../local/provider/backend";
import { Azure, clusterInputs, DEPLOYER, GROUP } from "./azure-support";
import { storageAccount } from "./samples/data";

const ACCOUNT = `${GROUP}/providers/Microsoft.Storage/storageAccounts/blobs`;
const READER = "/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7";

let azure: Azure;

beforeEach(async () => {
  azure = new Azure();
  await azure.group();
});

const lock = (scope: string, level = "CanNotDelete") =>
  azure.create("authorization:ManagementLockByScope", { scope, lockName: "keep", level });

const account = (changes: JsonObject = {}): JsonObject => ({
  ...{ resourceGroupName: "rg", accountName: "blobs" },
  ...storageAccount(changes),
});

test("what is locked stays, and so does everything below it and around it", async () => {
  await azure.create("storage:StorageAccount", account());
  const container = await azure.create("storage:BlobContainer", {
    ...{ resourceGroupName: "rg", accountName: "blobs", containerName: "items" },
  });
  const grant = await azure.create("authorization:RoleAssignment", {
    ...{ scope: ACCOUNT, principalId: DEPLOYER, roleDefinitionId: READER },
  });
  const { id } = await lock(ACCOUNT);
  await expect(azure.delete("storage:StorageAccount", ACCOUNT)).rejects.toThrow(
    `ScopeLocked: The scope '${ACCOUNT}' cannot perform delete operation because following scope(s) are locked: '${ACCOUNT}'.`,
  );
  await expect(azure.delete("storage:BlobContainer", container.id)).rejects.toThrow("ScopeLocked");
  await expect(azure.delete("authorization:RoleAssignment", grant.id)).rejects.toThrow("ScopeLocked");
  await expect(azure.delete("resources:ResourceGroup", GROUP)).rejects.toThrow("ScopeLocked");
  await azure.delete("authorization:ManagementLockByScope", id);
  await azure.delete("resources:ResourceGroup", GROUP);
  expect(azure.store.list()).toEqual([]);
});

test("a lock against deletes lets writes through, one against writes does not", async () => {
  const state = await azure.create("storage:StorageAccount", account());
  await lock(ACCOUNT);
  const cool = account({ accessTier: "Cool" });
  await expect(azure.update("storage:StorageAccount", state, cool)).resolves.toBeDefined();
  await azure.create("authorization:ManagementLockAtResourceGroupLevel", {
    ...{ resourceGroupName: "rg", lockName: "frozen", level: "ReadOnly" },
  });
  await expect(azure.update("storage:StorageAccount", state, cool)).rejects.toThrow(
    "cannot perform write operation because following scope(s) are locked",
  );
});

test("an unknown level", async () => {
  await expect(lock(GROUP, "NotSpecified")).rejects.toThrow(
    "InvalidRequestContent: The request content was invalid and could not be deserialized",
  );
});

test("a lock on the nodes' resource group stops a pool from shrinking, and its cluster from going", async () => {
  const cluster = await azure.create("containerservice:ManagedCluster", clusterInputs());
  const nodes = `${GROUP.replace(/rg$/, "")}MC_rg_aks_westus2`;
  const pool = (count: number): JsonObject => ({
    ...{
      resourceGroupName: "rg",
      resourceName: "aks",
      agentPoolName: "apps",
      count,
      vmSize: "Standard_D4s_v5",
    },
  });
  const state = await azure.create("containerservice:AgentPool", pool(3));
  const { id } = await lock(nodes);
  await expect(azure.update("containerservice:AgentPool", state, pool(2))).rejects.toThrow("ScopeLocked");
  await expect(azure.update("containerservice:AgentPool", state, pool(4))).resolves.toBeDefined();
  await expect(azure.delete("containerservice:AgentPool", state.id)).rejects.toThrow("ScopeLocked");
  await expect(azure.delete("containerservice:ManagedCluster", cluster.id)).rejects.toThrow("ScopeLocked");
  await azure.delete("authorization:ManagementLockByScope", id);
  await azure.delete("containerservice:ManagedCluster", cluster.id);
  expect(azure.store.get(cluster.id)).toBeUndefined();
});
