import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CloudStore } from "../../local/cloud/store";
import type { JsonObject } from "../../local/provider/backend";
import { Azure, clusterInputs, GROUP, networkWith, systemPool } from "./azure-support";

let azure: Azure;

beforeEach(async () => {
  azure = new Azure();
  await azure.group();
});

describe("registries", () => {
  const registry = (changes: JsonObject): JsonObject => ({
    resourceGroupName: "rg",
    registryName: "images",
    sku: { name: "Basic" },
    ...changes,
  });

  test.each<[string, JsonObject, string]>([
    [
      "a name with a dash",
      { registryName: "my-images" },
      "'registryName' does not match expression '^[a-zA-Z0-9]*$'",
    ],
    [
      "a short name",
      { registryName: "acr" },
      "'registryName' is too short (3): at least 5 characters required",
    ],
    [
      "content trust",
      { sku: { name: "Premium" }, policies: { trustPolicy: { status: "enabled" } } },
      "ContentTrustUnsupported",
    ],
    [
      "zones without Premium",
      { zoneRedundancy: "Enabled" },
      "The zoneRedundancy of a registry requires the Premium SKU, got 'Basic'",
    ],
    [
      "retention without Premium",
      { policies: { retentionPolicy: { status: "enabled", days: 7 } } },
      "policies.retentionPolicy",
    ],
    ["a private registry without Premium", { publicNetworkAccess: "Disabled" }, "requires the Premium SKU"],
    ["anonymous pull in Basic", { anonymousPullEnabled: true }, "requires the Standard or Premium SKU"],
    [
      "retention and soft delete together",
      {
        sku: { name: "Premium" },
        policies: { retentionPolicy: { status: "enabled" }, softDeletePolicy: { status: "enabled" } },
      },
      "PolicyConflict",
    ],
  ])("%s", async (_what, changes, message) => {
    await expect(azure.create("containerregistry:Registry", registry(changes))).rejects.toThrow(message);
  });

  test("a name that is taken, in this subscription or in another one", async () => {
    const folder = mkdtempSync(join(tmpdir(), "azure-"));
    const dev = new Azure({ store: CloudStore.open(join(folder, "dev.jsonl")) });
    const prod = new Azure({ store: CloudStore.open(join(folder, "prod.jsonl")) });
    await dev.group();
    await prod.group();
    await dev.create("containerregistry:Registry", registry({}));
    await expect(
      prod.create("containerregistry:Registry", registry({ registryName: "Images" })),
    ).rejects.toThrow("AlreadyInUse: The registry DNS name images.azurecr.io is already in use.");
    dev.store.close();
    prod.store.close();
    rmSync(folder, { recursive: true });
  });
});

describe("federated credentials", () => {
  const credential = (name: string, subject = name): JsonObject => ({
    resourceGroupName: "rg",
    resourceName: "api",
    federatedIdentityCredentialResourceName: name,
    issuer: "https://issuer/",
    subject,
    audiences: ["api://AzureADTokenExchange"],
  });
  const create = (inputs: JsonObject) => azure.create("managedidentity:FederatedIdentityCredential", inputs);

  beforeEach(async () => {
    await azure.identity("api");
  });

  test("two writes to one identity at a time, creates and deletes alike", async () => {
    const both = await Promise.allSettled([create(credential("one")), create(credential("two"))]);
    expect(both.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
    expect(String((both[1] as PromiseRejectedResult).reason)).toContain(
      "ConcurrentFederatedIdentityCredentialsWritesForSingleManagedIdentity",
    );
    const first = `${GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/api/federatedIdentityCredentials/one`;
    const mixed = await Promise.allSettled([
      azure.delete("managedidentity:FederatedIdentityCredential", first),
      create(credential("two")),
    ]);
    expect(mixed.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
  });

  test("writes to different identities do not meet", async () => {
    await azure.identity("jobs");
    const other = { ...credential("one"), resourceName: "jobs" };
    await expect(Promise.all([create(credential("one")), create(other)])).resolves.toHaveLength(2);
  });

  test("the twenty-first", async () => {
    for (let number = 1; number <= 20; number++) await create(credential(`credential-${number}`));
    await expect(create(credential("credential-21"))).rejects.toThrow("at most 20 are allowed");
  });

  test("the same issuer and subject twice", async () => {
    await create(credential("one", "subject"));
    await expect(create(credential("two", "subject"))).rejects.toThrow(
      "Issuer and subject combination already exists",
    );
  });
});

describe("networks", () => {
  const subnet = (subnetName: string, addressPrefix: string): JsonObject => ({
    resourceGroupName: "rg",
    virtualNetworkName: "vnet",
    subnetName,
    addressPrefix,
  });

  test.each<[string, string, string]>([
    ["outside of the network", "192.168.0.0/24", "NetcfgInvalidSubnet"],
    ["over another one", "10.1.0.128/25", "NetcfgSubnetRangesOverlap"],
    ["that is no range", "10.1.0.0", "InvalidAddressPrefixFormat"],
  ])("a subnet %s", async (_what, prefix, code) => {
    await networkWith(azure, "10.1.0.0/24");
    await expect(azure.create("network:Subnet", subnet("more", prefix))).rejects.toThrow(code);
  });

  test("two subnets of one network at a time", async () => {
    await networkWith(azure);
    const both = await Promise.allSettled([
      azure.create("network:Subnet", subnet("one", "10.1.0.0/24")),
      azure.create("network:Subnet", subnet("two", "10.2.0.0/24")),
    ]);
    expect(both.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
    expect(String((both[1] as PromiseRejectedResult).reason)).toContain("AnotherOperationInProgress");
  });

  test("a subnet with nodes in it stays, also when the network's own list leaves it out", async () => {
    const [nodes = ""] = await networkWith(azure, "10.9.0.0/24");
    await azure.create(
      "containerservice:ManagedCluster",
      clusterInputs({ agentPoolProfiles: [systemPool({ vnetSubnetID: nodes })] }),
    );
    await expect(azure.delete("network:Subnet", nodes)).rejects.toThrow("InUseSubnetCannotBeDeleted");
    const network = azure.store.list({ type: "Microsoft.Network/virtualNetworks" })[0];
    const inputs = {
      resourceGroupName: "rg",
      virtualNetworkName: "vnet",
      addressSpace: { addressPrefixes: ["10.0.0.0/8"] },
    };
    const state = { id: network?.id ?? "", outputs: {}, inputs };
    await expect(azure.update("network:VirtualNetwork", state, { ...inputs, subnets: [] })).rejects.toThrow(
      "InUseSubnetCannotBeDeleted",
    );
    await expect(azure.update("network:VirtualNetwork", state, inputs)).resolves.toHaveProperty("id");
    expect(azure.store.get(nodes)).toBeDefined();
  });

  test("an inline list takes away the subnets that it leaves out", async () => {
    const [first = "", second = ""] = await networkWith(azure, "10.1.0.0/24", "10.2.0.0/24");
    const inputs = {
      resourceGroupName: "rg",
      virtualNetworkName: "vnet",
      addressSpace: { addressPrefixes: ["10.0.0.0/8"] },
    };
    const state = { id: first.replace("/subnets/subnet0", ""), outputs: {}, inputs };
    await azure.update("network:VirtualNetwork", state, {
      ...inputs,
      subnets: [{ name: "subnet0", addressPrefix: "10.1.0.0/24" }],
    });
    expect(azure.store.get(first)).toBeDefined();
    expect(azure.store.get(second)).toBeUndefined();
  });
});
