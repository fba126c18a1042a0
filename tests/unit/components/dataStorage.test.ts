import { StorageAccount } from "../../../components/data/storageAccount";
import { theOnly } from "../../support/pulumi";
import { identityOf, longNames, render, serviceArgs, storage, tags, valueOf } from "./dataFixture";

const ACCOUNT = "azure-native:storage:StorageAccount";
const BLOBS = "azure-native:storage:BlobServiceProperties";

test("only Microsoft Entra ID opens the account: no keys, no public blobs, no other tenant", async () => {
  const { resources } = await render(() => new StorageAccount("storage", { ...serviceArgs(), storage }));
  expect(theOnly(resources, ACCOUNT).inputs).toMatchObject({
    sku: { name: "Standard_GZRS" },
    allowSharedKeyAccess: false,
    defaultToOAuthAuthentication: true,
    allowBlobPublicAccess: false,
    allowCrossTenantReplication: false,
    allowedCopyScope: "AAD",
    isLocalUserEnabled: false,
    minimumTlsVersion: "TLS1_2",
    enableHttpsTrafficOnly: true,
    encryption: { requireInfrastructureEncryption: true },
    publicNetworkAccess: "Disabled",
    networkRuleSet: { defaultAction: "Deny", ipRules: [], virtualNetworkRules: [] },
    tags,
  });
  expect(theOnly(resources, "azure-native:storage:BlobContainer").inputs).toMatchObject({
    containerName: "items",
    publicAccess: "None",
  });
});

test("the opt-out lets the internet ask, and changes nothing else", async () => {
  const inputsOf = async (isPublic: boolean) => {
    const { resources } = await render(
      () => new StorageAccount("storage", { ...serviceArgs(isPublic), storage }),
    );
    return theOnly(resources, ACCOUNT).inputs;
  };
  const closed = await inputsOf(false);
  const rules = closed["networkRuleSet"] as object;
  expect(await inputsOf(true)).toEqual({
    ...closed,
    publicNetworkAccess: "Enabled",
    networkRuleSet: { ...rules, defaultAction: "Allow" },
  });
});

test("what is deleted or overwritten can be brought back, for a while", async () => {
  const { resources, dependenciesOf } = await render(
    () => new StorageAccount("storage", { ...serviceArgs(), storage }),
  );
  expect(theOnly(resources, BLOBS).inputs).toMatchObject({
    isVersioningEnabled: true,
    deleteRetentionPolicy: { enabled: true, days: 30, allowPermanentDelete: false },
    containerDeleteRetentionPolicy: { enabled: true, days: 30 },
  });
  const { rules } = theOnly(resources, "azure-native:storage:ManagementPolicy").inputs["policy"] as {
    rules: { definition: { actions: { baseBlob: object; version: object } } }[];
  };
  const [rule] = rules;
  expect(rule?.definition.actions.baseBlob).not.toHaveProperty("delete");
  expect(rule?.definition.actions.version).toEqual({ delete: { daysAfterCreationGreaterThan: 90 } });
  expect(dependenciesOf("storage-lifecycle")).toContain("storage-blobs");
});

test("an identity may read and write the blobs of the container, and nothing of the account", async () => {
  const { resources } = await render(() => {
    const account = new StorageAccount("storage", { ...serviceArgs(), storage });
    account.grant("westus2-api", identityOf("westus2"));
  });
  const { inputs } = theOnly(resources, "azure-native:authorization:RoleAssignment");
  expect(inputs["scope"]).toMatch(/\/storage-container$/);
  expect(inputs["roleDefinitionId"]).toMatch(/ba92f5b4-2d11-453d-a403-e96b0029c9fe$/);
  expect(inputs).toMatchObject({ principalId: "westus2-principal", principalType: "ServicePrincipal" });
});

test("who reads, writes and deletes blobs is logged", async () => {
  const { resources } = await render(() => new StorageAccount("storage", { ...serviceArgs(), storage }));
  const { inputs } = theOnly(resources, "azure-native:monitor:DiagnosticSetting");
  expect(inputs["resourceUri"]).toMatch(/\/storage-blobs$/);
  expect(inputs["logs"]).toEqual([{ categoryGroup: "allLogs", enabled: true }]);
});

test("what the API's container needs to know", async () => {
  expect.assertions(2);
  await render(async () => {
    const account = new StorageAccount("storage", { ...serviceArgs(), storage });
    expect(await valueOf(account.environmentFor(identityOf("westus2")))).toEqual({
      BLOB_ENDPOINT: "https://storage-account.blob.example/",
      BLOB_CONTAINER: "items",
    });
    expect(await valueOf(account.privateTargets)).toMatchObject([
      { key: "blob", groupId: "blob", zones: ["privatelink.blob.core.windows.net"] },
    ]);
  });
});

test("the longest names still make one that Azure takes", async () => {
  const { resources } = await render(
    () => new StorageAccount("storage", { ...serviceArgs(), names: longNames, storage }),
  );
  expect(theOnly(resources, ACCOUNT).inputs["accountName"]).toMatch(/^[a-z0-9]{3,24}$/);
});
