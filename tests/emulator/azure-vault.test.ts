import type { JsonObject } from "../../local/provider/backend";
import { at, text } from "../../local/provider/values";
import { Azure, clusterInputs, GROUP, networkWith, principalOf } from "./azure-support";
import { vault } from "./samples/data";

const VAULT = `${GROUP}/providers/Microsoft.KeyVault/vaults/safe`;
const ENCRYPTION_USER = "e147488a-f6f5-4113-8e2d-b22465e65bf6";

let azure: Azure;

beforeEach(async () => {
  azure = new Azure();
  await azure.group();
});

const inputs = (changes: JsonObject = {}, more: JsonObject = {}): JsonObject => ({
  resourceGroupName: "rg",
  vaultName: "safe",
  ...vault(changes),
  ...more,
});

describe("vaults", () => {
  test.each<[string, JsonObject, string]>([
    ["a digit first", inputs({}, { vaultName: "1safe" }), "VaultNameNotValid"],
    ["two hyphens in a row", inputs({}, { vaultName: "my--safe" }), "VaultNameNotValid"],
    ["a long name", inputs({}, { vaultName: "a".repeat(25) }), "'vaultName' is too long (25)"],
    ["purge protection that is not", inputs({ enablePurgeProtection: false }), "cannot be set to false"],
    ["no soft delete", inputs({ enableSoftDelete: false }), "enableSoftDelete"],
    ["six days of retention", inputs({ softDeleteRetentionInDays: 6 }), "only values from 7 to 90 days"],
    [
      "no tenant",
      { ...inputs(), properties: { sku: { family: "A", name: "standard" } } },
      "missing required property 'properties.tenantId'",
    ],
  ])("%s", async (_what, body, message) => {
    await expect(azure.create("keyvault:Vault", body)).rejects.toThrow(message);
  });

  test("purge protection stays when the program leaves it out, and cannot be taken back", async () => {
    const state = await azure.create("keyvault:Vault", inputs({ enablePurgeProtection: true }));
    const updated = await azure.update("keyvault:Vault", state, inputs());
    expect(at(updated.outputs, "properties.enablePurgeProtection")).toBe(true);
    await expect(
      azure.update("keyvault:Vault", state, inputs({ enablePurgeProtection: false })),
    ).rejects.toThrow("is an irreversible action");
  });

  test("its retention is settled when it is made", async () => {
    const state = await azure.create("keyvault:Vault", inputs({ softDeleteRetentionInDays: 7 }));
    await expect(
      azure.update("keyvault:Vault", state, inputs({ softDeleteRetentionInDays: 30 })),
    ).rejects.toThrow("has been set already and it can't be modified");
    await expect(
      azure.update("keyvault:Vault", state, inputs({ softDeleteRetentionInDays: 7 })),
    ).resolves.toBeDefined();
  });

  test("network rules name subnets with the service's endpoint", async () => {
    const [subnet = ""] = await networkWith(azure, "10.1.0.0/24");
    const networkAcls = { defaultAction: "Deny", virtualNetworkRules: [{ id: subnet }] };
    await expect(azure.create("keyvault:Vault", inputs({ networkAcls }))).rejects.toThrow(
      "SubnetsHaveNoServiceEndpointsConfigured",
    );
    azure.drift(subnet, { serviceEndpoints: [{ service: "Microsoft.KeyVault" }] });
    await expect(azure.create("keyvault:Vault", inputs({ networkAcls }))).resolves.toBeDefined();
  });
});

describe("keys and secrets", () => {
  const key = (properties: JsonObject): JsonObject => ({
    ...{ resourceGroupName: "rg", vaultName: "safe", keyName: "disks" },
    properties,
  });

  beforeEach(async () => {
    await azure.create("keyvault:Vault", inputs({ enablePurgeProtection: true }));
  });

  test.each<[string, JsonObject, string]>([
    ["a small key", { keySize: 1024 }, "Key size 1024 is not supported"],
    ["a key in hardware of a standard vault", { kty: "RSA-HSM" }, "need a vault of SKU premium"],
  ])("%s", async (_what, properties, message) => {
    await expect(azure.create("keyvault:Key", key(properties))).rejects.toThrow(message);
  });

  test("a key has a version, and Azure Resource Manager does not change it", async () => {
    const state = await azure.create("keyvault:Key", key({ keySize: 3072 }));
    expect(text(state.outputs, "keyUriWithVersion")).toMatch(
      /^https:\/\/safe\.vault\.azure\.net\/keys\/disks\/[0-9a-f]{32}$/,
    );
    expect(at(state.outputs, "attributes.recoveryLevel")).toBe("Recoverable");
    const updated = await azure.update("keyvault:Key", state, key({ keySize: 4096 }));
    expect(updated.outputs).toEqual(state.outputs);
  });

  test("a secret's value is kept from everyone, and each write is a version", async () => {
    const secret = (value: string): JsonObject => ({
      ...{ resourceGroupName: "rg", vaultName: "safe", secretName: "token" },
      properties: { value, contentType: "text/plain" },
    });
    const state = await azure.create("keyvault:Secret", secret("hush-hush"));
    expect(JSON.stringify([state.outputs, azure.store.list()])).not.toContain("hush-hush");
    const updated = await azure.update("keyvault:Secret", state, secret("other"));
    const version = (outputs: JsonObject) => text(outputs, "properties.secretUriWithVersion");
    expect(version(updated.outputs)).not.toBe(version(state.outputs));
  });
});

describe("disk encryption sets", () => {
  const set = (keyUrl: string, changes: JsonObject = {}): JsonObject => ({
    ...{ resourceGroupName: "rg", diskEncryptionSetName: "des" },
    activeKey: { keyUrl, sourceVault: { id: VAULT } },
    identity: { type: "SystemAssigned" },
    ...changes,
  });

  async function keyOf(changes: JsonObject = { enablePurgeProtection: true }): Promise<string> {
    await azure.create("keyvault:Vault", inputs(changes));
    const state = await azure.create("keyvault:Key", {
      ...{ resourceGroupName: "rg", vaultName: "safe", keyName: "disks", properties: {} },
    });
    return text(state.outputs, "keyUriWithVersion") ?? "";
  }

  test("a key without its version", async () => {
    const url = (await keyOf()).replace(/\/[^/]+$/, "");
    await expect(azure.create("compute:DiskEncryptionSet", set(url))).rejects.toThrow("one version of a key");
  });

  test("a vault without purge protection", async () => {
    const url = await keyOf({});
    await expect(azure.create("compute:DiskEncryptionSet", set(url))).rejects.toThrow(
      "must have purge protection",
    );
  });

  test.each<[string, JsonObject, string]>([
    ["no identity", { identity: { type: "None" } }, "identity.type must be"],
    ["another region than the vault's", { location: "eastus2" }, "it is in eastus2, its vault in westus2"],
  ])("%s", async (_what, changes, message) => {
    const url = await keyOf();
    await expect(azure.create("compute:DiskEncryptionSet", set(url, changes))).rejects.toThrow(message);
  });

  test("an assigned identity needs its rights before", async () => {
    const url = await keyOf();
    const identity = await azure.identity("disks");
    const assigned = { identity: { type: "UserAssigned", userAssignedIdentities: [identity.id] } };
    await expect(azure.create("compute:DiskEncryptionSet", set(url, assigned))).rejects.toThrow(
      "KeyVaultAccessForbidden",
    );
    await azure.grant(principalOf(identity), ENCRYPTION_USER, VAULT);
    await expect(azure.create("compute:DiskEncryptionSet", set(url, assigned))).resolves.toBeDefined();
  });

  test("stays while a cluster's disks are encrypted with it", async () => {
    const state = await azure.create("compute:DiskEncryptionSet", set(await keyOf()));
    const principal = text(state.outputs, "identity.principalId") ?? "";
    await azure.grant(principal, ENCRYPTION_USER, VAULT);
    const cluster = await azure.create(
      "containerservice:ManagedCluster",
      clusterInputs({ diskEncryptionSetID: state.id }),
    );
    await expect(azure.delete("compute:DiskEncryptionSet", state.id)).rejects.toThrow("OperationNotAllowed");
    await azure.delete("containerservice:ManagedCluster", cluster.id);
    await azure.delete("compute:DiskEncryptionSet", state.id);
    expect(azure.store.get(state.id)).toBeUndefined();
  });
});

describe("plans of Defender for Cloud", () => {
  const plan = (pricingName: string): JsonObject => ({
    scopeId: "subscriptions/11111111-1111-4111-8111-111111111111",
    ...{ pricingName, pricingTier: "Standard" },
  });

  test.each([
    [
      "one that is the subscription's from the start",
      "Containers",
      "cannot create already existing resource '/subscriptions/11111111-1111-4111-8111-111111111111/providers/" +
        "Microsoft.Security/pricings/Containers'",
    ],
    ["one that there is not", "Pods", "Possible pricing bundle names"],
  ])("%s cannot be created", async (_what, pricingName, message) => {
    await expect(azure.create("security:Pricing", plan(pricingName))).rejects.toThrow(message);
    expect(azure.store.list({ type: "Microsoft.Security/pricings" })).toEqual([]);
  });
});
