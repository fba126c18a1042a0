import type { JsonObject } from "../../local/provider/backend";
import { objects, text } from "../../local/provider/values";
import { Azure, GROUP, guid } from "./azure-support";
import { cosmosAccount, cosmosContainer } from "./samples/data";

const ACCOUNT = `${GROUP}/providers/Microsoft.DocumentDB/databaseAccounts/items`;
const CONTRIBUTOR = "00000000-0000-0000-0000-000000000002";

let azure: Azure;

beforeEach(async () => {
  azure = new Azure();
  await azure.group();
});

const inputs = (changes: JsonObject = {}): JsonObject => ({
  ...{ resourceGroupName: "rg", accountName: "items" },
  ...cosmosAccount(changes),
});
const region = (locationName: string, failoverPriority: number, isZoneRedundant = false): JsonObject => ({
  ...{ locationName, failoverPriority, isZoneRedundant },
});
const TWO = [region("westus2", 0, true), region("eastus2", 1)];

describe("accounts", () => {
  test.each<[string, JsonObject, string]>([
    ["no region", { locations: [] }, "List of supplied locations is invalid: at least one"],
    ["a region that is none", { locations: [region("atlantis", 0)] }, "'atlantis' is no region"],
    [
      "a region twice",
      { locations: [region("westus2", 0), region("West US 2", 1)] },
      "'westus2' is there twice",
    ],
    [
      "a gap in the priorities",
      { locations: [region("westus2", 0), region("eastus2", 2)] },
      "Failover priority value 0, 2",
    ],
    [
      "zones where there are none",
      { locations: [region("westus", 0, true)] },
      "Zone redundancy is not supported in the region 'westus'",
    ],
    [
      "strong consistency with several write regions",
      {
        locations: TWO,
        enableMultipleWriteLocations: true,
        consistencyPolicy: { defaultConsistencyLevel: "Strong" },
      },
      "Strong consistency is not supported for accounts with multiple write locations",
    ],
    [
      "an unknown consistency",
      { consistencyPolicy: { defaultConsistencyLevel: "Total" } },
      "Consistency level 'Total' is invalid",
    ],
    [
      "a staleness that is too small for two regions",
      {
        locations: TWO,
        consistencyPolicy: {
          defaultConsistencyLevel: "BoundedStaleness",
          maxStalenessPrefix: 100,
          maxIntervalInSeconds: 5,
        },
      },
      "maxStalenessPrefix >= 100000",
    ],
    ["a name with capitals", { accountName: "Items" }, "does not match expression"],
    ["a name of 45 characters", { accountName: "a".repeat(45) }, "3 to 44 lower-case letters"],
  ])("%s", async (_what, changes, message) => {
    await expect(azure.create("cosmosdb:DatabaseAccount", inputs(changes))).rejects.toThrow(message);
  });

  test("a name that is taken", async () => {
    await azure.create("cosmosdb:DatabaseAccount", inputs());
    await azure.create("resources:ResourceGroup", { resourceGroupName: "other", location: "westus2" });
    await expect(
      azure.create("cosmosdb:DatabaseAccount", { ...inputs(), resourceGroupName: "other" }),
    ).rejects.toThrow("Dns record for items under zone Document is already taken");
  });

  test("a region is added in place, and by itself", async () => {
    const state = await azure.create("cosmosdb:DatabaseAccount", inputs());
    await expect(
      azure.update("cosmosdb:DatabaseAccount", state, inputs({ locations: TWO, disableLocalAuth: true })),
    ).rejects.toThrow("updating other properties (disableLocalAuth)");
    const diff = await azure.diff("cosmosdb:DatabaseAccount", inputs(), inputs({ locations: TWO }));
    expect(JSON.stringify(diff)).not.toContain('replace":true');
    const updated = await azure.update(
      "cosmosdb:DatabaseAccount",
      state,
      inputs({ locations: TWO, tags: { a: "b" } }),
    );
    expect(objects(updated.outputs, "readLocations").map((entry) => text(entry, "locationName"))).toEqual([
      "westus2",
      "eastus2",
    ]);
    expect(objects(updated.outputs, "writeLocations")).toHaveLength(1);
    await expect(
      azure.update("cosmosdb:DatabaseAccount", updated, inputs({ locations: [region("eastus2", 0)] })),
    ).rejects.toThrow("The write region 'westus2' cannot be removed");
  });

  test("backups become continuous for ever, and that by itself", async () => {
    const state = await azure.create(
      "cosmosdb:DatabaseAccount",
      inputs({ backupPolicy: { type: "Periodic" } }),
    );
    const continuous = { backupPolicy: { type: "Continuous" } };
    await expect(
      azure.update("cosmosdb:DatabaseAccount", state, inputs({ ...continuous, disableLocalAuth: true })),
    ).rejects.toThrow("Cannot update continuous backup mode and other properties at the same time.");
    const updated = await azure.update("cosmosdb:DatabaseAccount", state, inputs(continuous));
    await expect(
      azure.update("cosmosdb:DatabaseAccount", updated, inputs({ backupPolicy: { type: "Periodic" } })),
    ).rejects.toThrow("cannot be changed from Continuous to Periodic");
  });

  test("keys are no outputs", async () => {
    const { outputs } = await azure.create("cosmosdb:DatabaseAccount", inputs());
    expect(Object.keys(outputs).filter((name) => /key$|connectionstring/i.test(name))).toEqual([]);
  });
});

describe("containers and roles", () => {
  const container = (resource: JsonObject = {}, options: JsonObject = {}): JsonObject => ({
    ...{ resourceGroupName: "rg", accountName: "items", databaseName: "api", containerName: "items" },
    ...{ resource: cosmosContainer(resource), options },
  });
  const grant = (changes: JsonObject = {}): JsonObject => ({
    ...{ resourceGroupName: "rg", accountName: "items", roleAssignmentId: guid(5), principalId: guid(1) },
    ...{ scope: `${ACCOUNT}/dbs/api`, roleDefinitionId: `${ACCOUNT}/sqlRoleDefinitions/${CONTRIBUTOR}` },
    ...changes,
  });

  beforeEach(async () => {
    await azure.create("cosmosdb:DatabaseAccount", inputs());
    await azure.create("cosmosdb:SqlResourceSqlDatabase", {
      ...{ resourceGroupName: "rg", accountName: "items", databaseName: "api", resource: { id: "api" } },
    });
  });

  test.each<[string, JsonObject, string]>([
    ["another id in the body", container({ id: "other" }), "must be the name in the URL ('items')"],
    ["no partition key", container({ partitionKey: { paths: [] } }), "must name at least one path"],
    [
      "two paths in a plain hash",
      container({ partitionKey: { paths: ["/a", "/b"] } }),
      "at most 1 path(s), got 2",
    ],
    ["a time to live of none", container({ defaultTtl: 0 }), "The defaultTtl of a container"],
    ["too little throughput", container({}, { throughput: 100 }), "must be 400 RU/s or more"],
    [
      "an odd autoscale limit",
      container({}, { autoscaleSettings: { maxThroughput: 1500 } }),
      "in steps of 1000, got 1500",
    ],
    [
      "both kinds of throughput",
      container({}, { throughput: 400, autoscaleSettings: { maxThroughput: 1000 } }),
      "either manual or autoscale",
    ],
  ])("%s", async (_what, body, message) => {
    await expect(azure.create("cosmosdb:SqlResourceSqlContainer", body)).rejects.toThrow(message);
  });

  test("a container's partition key and unique keys stay", async () => {
    const state = await azure.create("cosmosdb:SqlResourceSqlContainer", container());
    await expect(
      azure.update(
        "cosmosdb:SqlResourceSqlContainer",
        state,
        container({ partitionKey: { paths: ["/tenant"] } }),
      ),
    ).rejects.toThrow("Document collection partition key cannot be changed.");
    await expect(
      azure.update(
        "cosmosdb:SqlResourceSqlContainer",
        state,
        container({ uniqueKeyPolicy: { uniqueKeys: [{ paths: ["/name"] }] } }),
      ),
    ).rejects.toThrow("The uniqueKeyPolicy of a container cannot be changed");
    await expect(
      azure.update("cosmosdb:SqlResourceSqlContainer", state, container({ defaultTtl: 60 })),
    ).resolves.toBeDefined();
  });

  test("an account takes one write at a time", async () => {
    const both = await Promise.allSettled([
      azure.create("cosmosdb:SqlResourceSqlContainer", container()),
      azure.create("cosmosdb:SqlResourceSqlRoleAssignment", grant()),
    ]);
    expect(both.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
    expect(String((both[1] as PromiseRejectedResult).reason)).toContain("exclusive lock on this account");
  });

  test.each<[string, JsonObject, string]>([
    [
      "a role of Azure RBAC",
      { roleDefinitionId: `/providers/Microsoft.Authorization/roleDefinitions/${CONTRIBUTOR}` },
      "Azure RBAC roles do not count",
    ],
    ["an ARM id as scope", { scope: `${ACCOUNT}/sqlDatabases/api` }, "or '/dbs/<database>'"],
    ["a name that is no GUID", { roleAssignmentId: "api" }, "must be a GUID"],
    ["a principal that is none", { principalId: "api" }, "was not found in the AAD tenant"],
  ])("a role assignment with %s", async (_what, changes, message) => {
    await expect(azure.create("cosmosdb:SqlResourceSqlRoleAssignment", grant(changes))).rejects.toThrow(
      message,
    );
  });

  test("a role is given once, and a custom one stays while somebody has it", async () => {
    await azure.create("cosmosdb:SqlResourceSqlRoleAssignment", grant());
    await expect(
      azure.create("cosmosdb:SqlResourceSqlRoleAssignment", grant({ roleAssignmentId: guid(6) })),
    ).rejects.toThrow("Conflict: Role assignment");
    const definition = {
      ...{ resourceGroupName: "rg", accountName: "items", roleDefinitionId: guid(9), roleName: "Reader" },
      assignableScopes: [ACCOUNT],
    };
    const create = (dataActions: string[]) =>
      azure.create("cosmosdb:SqlResourceSqlRoleDefinition", {
        ...definition,
        permissions: [{ dataActions }],
      });
    await expect(create(["Microsoft.Storage/read"])).rejects.toThrow(
      "start with Microsoft.DocumentDB/databaseAccounts/",
    );
    const { id } = await create(["Microsoft.DocumentDB/databaseAccounts/readMetadata"]);
    await azure.create(
      "cosmosdb:SqlResourceSqlRoleAssignment",
      grant({ roleAssignmentId: guid(7), roleDefinitionId: id }),
    );
    await expect(azure.delete("cosmosdb:SqlResourceSqlRoleDefinition", id)).rejects.toThrow("is in use by");
  });
});
