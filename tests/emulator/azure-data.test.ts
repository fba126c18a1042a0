import type { JsonObject } from "../../local/provider/backend";
import { Azure, guid } from "./azure-support";
import { lifecycleRule, managedRedis, storageAccount } from "./samples/data";

let azure: Azure;

beforeEach(async () => {
  azure = new Azure();
  await azure.group();
});

describe("storage", () => {
  const account = (changes: JsonObject = {}): JsonObject => ({
    ...{ resourceGroupName: "rg", accountName: "blobs" },
    ...storageAccount(changes),
  });
  const inAccount = { resourceGroupName: "rg", accountName: "blobs" };

  test.each<[string, JsonObject, string]>([
    ["a name with capitals", { accountName: "Blobs" }, "does not match expression"],
    ["a long name", { accountName: "b".repeat(25) }, "is too long (25)"],
    ["zones where there are none", { location: "westus" }, "'Standard_ZRS' is not available in westus"],
    [
      "copies far away from a region without a pair",
      { location: "spaincentral", sku: { name: "Standard_GZRS" } },
      "it has no paired region",
    ],
    ["old TLS", { minimumTlsVersion: "TLS1_0" }, "'TLS1_0' is not allowed"],
  ])("%s", async (_what, changes, message) => {
    await expect(azure.create("storage:StorageAccount", account(changes))).rejects.toThrow(message);
  });

  test("a name that is taken", async () => {
    await azure.create("storage:StorageAccount", account());
    await azure.create("resources:ResourceGroup", { resourceGroupName: "other", location: "westus2" });
    await expect(
      azure.create("storage:StorageAccount", { ...account(), resourceGroupName: "other" }),
    ).rejects.toThrow("The storage account named blobs is already taken.");
  });

  test.each<[string, JsonObject, string]>([
    [
      "infrastructure encryption",
      { encryption: { requireInfrastructureEncryption: true } },
      "InvalidRequestPropertyValue",
    ],
    ["another kind", { kind: "BlobStorage" }, "AccountPropertyCannotBeUpdated"],
  ])("%s is settled when it is made", async (_what, changes, message) => {
    const state = await azure.create("storage:StorageAccount", account());
    await expect(azure.update("storage:StorageAccount", state, account(changes))).rejects.toThrow(message);
  });

  test("its blob service and its rules have one name", async () => {
    await azure.create("storage:StorageAccount", account());
    await expect(
      azure.create("storage:BlobServiceProperties", { ...inAccount, blobServicesName: "mine" }),
    ).rejects.toThrow("it must be 'default'");
    const policy = (rules: JsonObject[]): JsonObject => ({
      ...{ ...inAccount, managementPolicyName: "default", policy: { rules } },
    });
    await expect(azure.create("storage:ManagementPolicy", policy([]))).rejects.toThrow(
      "1 to 100 rules, got 0",
    );
    await expect(
      azure.create("storage:ManagementPolicy", policy([lifecycleRule("age"), lifecycleRule("age")])),
    ).rejects.toThrow("Two rules of the lifecycle policy are named 'age'");
  });

  test.each<[string, JsonObject, string]>([
    ["soft delete without days", { deleteRetentionPolicy: { enabled: true } }, "must be from 1 to 365"],
    [
      "point-in-time restore without versions",
      { restorePolicy: { enabled: true, days: 6 } },
      "needs isVersioningEnabled",
    ],
  ])("%s", async (_what, changes, message) => {
    await azure.create("storage:StorageAccount", account());
    await expect(
      azure.create("storage:BlobServiceProperties", {
        ...inAccount,
        blobServicesName: "default",
        ...changes,
      }),
    ).rejects.toThrow(message);
  });

  test("a public container of an account that has none", async () => {
    await azure.create("storage:StorageAccount", account());
    await expect(
      azure.create("storage:BlobContainer", { ...inAccount, containerName: "items", publicAccess: "Blob" }),
    ).rejects.toThrow("Public access is not permitted on this storage account.");
  });
});

describe("Managed Redis", () => {
  const cluster = (changes: JsonObject = {}): JsonObject => ({
    ...{ resourceGroupName: "rg", clusterName: "cache" },
    ...managedRedis(changes),
  });
  const database = (changes: JsonObject = {}): JsonObject => ({
    ...{ resourceGroupName: "rg", clusterName: "cache", databaseName: "default" },
    ...changes,
  });

  test.each<[string, JsonObject, string]>([
    ["an Enterprise SKU", { sku: { name: "Enterprise_E5", capacity: 2 } }, "is no longer supported"],
    ["a size that there is not", { sku: { name: "Balanced_B2" } }, "The SKU 'Balanced_B2' is unknown"],
    ["a capacity", { sku: { name: "Balanced_B0", capacity: 2 } }, "takes no capacity"],
    ["zones", { zones: ["1", "2"] }, "zones cannot be given"],
    ["no word on the public network", { publicNetworkAccess: null }, "publicNetworkAccess"],
  ])("%s", async (_what, changes, message) => {
    await expect(azure.create("redisenterprise:RedisEnterprise", cluster(changes))).rejects.toThrow(message);
  });

  test("it chooses its zones, and keeps its replicas", async () => {
    const state = await azure.create("redisenterprise:RedisEnterprise", cluster());
    expect(state.outputs).toMatchObject({ hostName: "cache.westus2.redis.azure.net", redundancyMode: "ZR" });
    await expect(
      azure.update("redisenterprise:RedisEnterprise", state, cluster({ highAvailability: "Disabled" })),
    ).rejects.toThrow("cannot be disabled once it is enabled");
  });

  test.each<[string, JsonObject, string]>([
    ["another name", { databaseName: "items" }, "must be 'default', got 'items'"],
    ["another port", { port: 6380 }, "must be 10000, got 6380"],
    ["two kinds of persistence", { persistence: { aofEnabled: true, rdbEnabled: true } }, "Only one of"],
    ["search in a cache that evicts", { modules: [{ name: "RediSearch" }] }, "evictionPolicy 'NoEviction'"],
  ])("a database with %s", async (_what, changes, message) => {
    await azure.create("redisenterprise:RedisEnterprise", cluster());
    await expect(azure.create("redisenterprise:Database", database(changes))).rejects.toThrow(message);
  });

  test("a database keeps its clustering, and has one access policy", async () => {
    await azure.create("redisenterprise:RedisEnterprise", cluster());
    const state = await azure.create(
      "redisenterprise:Database",
      database({ clusteringPolicy: "OSSCluster" }),
    );
    await expect(
      azure.update("redisenterprise:Database", state, database({ clusteringPolicy: "EnterpriseCluster" })),
    ).rejects.toThrow("The clusteringPolicy cannot be changed");
    await expect(
      azure.create("redisenterprise:AccessPolicyAssignment", {
        ...{ ...database(), accessPolicyAssignmentName: "api", accessPolicyName: "Data Owner" },
        user: { objectId: guid(1) },
      }),
    ).rejects.toThrow("'default' is the only one");
  });

  test("the older service makes no new ones", async () => {
    await expect(
      azure.create("redis:Redis", {
        ...{ resourceGroupName: "rg", name: "cache", sku: { name: "Premium" } },
      }),
    ).rejects.toThrow("new caches are no longer supported");
  });
});
