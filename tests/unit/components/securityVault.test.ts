import { DiskEncryption } from "../../../components/security/diskEncryption";
import { EtcdEncryption } from "../../../components/security/etcdEncryption";
import { keptName } from "../../../components/security/keptName";
import { Names } from "../../../config";
import { REGIONS } from "../../../config/regions";
import { theOnly } from "../../support/pulumi";
import { longNames, render, valueOf } from "./dataFixture";
import { createIdentities, createVault, grantsOf, renderWithOptions, vaultArgs } from "./securityFixture";

const VAULT = "azure-native:keyvault:Vault";
const KEY = "azure-native:keyvault:Key";

describe("vault", () => {
  test("Entra alone opens it, from the platform's network alone, and nobody purges it", async () => {
    const { resources } = await render(() => createVault());
    const { inputs } = theOnly(resources, VAULT);
    expect(inputs["properties"]).toEqual({
      tenantId: "22222222-2222-2222-2222-222222222222",
      sku: { family: "A", name: "premium" },
      enableRbacAuthorization: true,
      enabledForDeployment: false,
      enabledForDiskEncryption: false,
      enabledForTemplateDeployment: false,
      enableSoftDelete: true,
      softDeleteRetentionInDays: 90,
      enablePurgeProtection: true,
      publicNetworkAccess: "Disabled",
      networkAcls: { defaultAction: "Deny", bypass: "AzureServices", ipRules: [], virtualNetworkRules: [] },
    });
    expect(theOnly(resources, "azure-native:monitor:DiagnosticSetting").inputs["logs"]).toEqual([
      { category: "AuditEvent", enabled: true },
    ]);
  });

  test("purge protection is true or absent: Azure refuses false", async () => {
    const security = { keyVault: { softDeleteRetentionDays: 7, allowPurge: true } };
    const { resources } = await render(() => createVault({ security }));
    const properties = theOnly(resources, VAULT).inputs["properties"] as object;
    expect(properties).not.toHaveProperty("enablePurgeProtection");
    expect(properties).toHaveProperty("softDeleteRetentionInDays", 7);
  });

  test("the opt-out opens it to the internet, where Entra still guards it", async () => {
    const network = { allowPublicServiceEndpoints: true };
    const { resources } = await render(() => createVault({ network }));
    expect(theOnly(resources, VAULT).inputs["properties"]).toMatchObject({
      publicNetworkAccess: "Enabled",
      networkAcls: { defaultAction: "Allow" },
      enableRbacAuthorization: true,
    });
  });

  test("has no physical name of its own, so that a deleted vault does not hold the next one's", async () => {
    const { resources } = await render(() => createVault());
    const vault = theOnly(resources, VAULT);
    expect(vault.inputs).not.toHaveProperty("vaultName");
    expect(vault.name).toBe("kv-wus2-oapshop-");
  });

  test("lets an identity read secrets", async () => {
    const { resources } = await render(() =>
      createVault().grantSecretsUser("api", { principalId: "api-object-id" }),
    );
    expect(grantsOf(resources)).toEqual(["api-object-id KeyVaultSecretsUser kv-wus2-oapshop-"]);
    expect(theOnly(resources, "azure-native:authorization:RoleAssignment").inputs["principalType"]).toBe(
      "ServicePrincipal",
    );
  });
});

describe("names with a random end", () => {
  const shortest = new Names({ prefix: "ab", project: "cd", environment: "ef" });
  const regions = Object.values(REGIONS).map(({ code }) => code);

  test.each([shortest, longNames])(
    "keep Azure's rules for vaults and accounts in every region (%#)",
    (names) => {
      for (const code of [...regions, "germanywestcentral"]) {
        const vault = keptName("kv", code, names.in(code), "-");
        expect(`${vault}0123abcd`).toMatch(/^(?=.{3,24}$)[a-z](-?[a-z0-9])*$/);
        expect(`${keptName("bk", code, names.in(code), "")}0123abcd`).toMatch(/^[a-z0-9]{3,24}$/);
      }
    },
  );

  test("differ between the regions of a stack, since they are logical names too", () => {
    const vaults = regions.map((code) => keptName("kv", code, longNames.in(code), "-"));
    const accounts = regions.map((code) => keptName("bk", code, longNames.in(code), ""));
    expect(new Set(vaults).size).toBe(regions.length);
    expect(new Set(accounts).size).toBe(regions.length);
  });
});

describe("disk encryption", () => {
  async function renderDisks() {
    let id = "";
    const rendered = await render(async () => {
      const vault = createVault();
      const disks = new DiskEncryption("disks", { ...vaultArgs(), vault, identities: createIdentities() });
      id = await valueOf(disks.id);
    });
    return { ...rendered, id };
  }

  test("a key in hardware that is rotated every year and ends after two", async () => {
    const { resources } = await renderDisks();
    expect(theOnly(resources, KEY).inputs).toMatchObject({
      keyName: "disks",
      properties: {
        kty: "RSA-HSM",
        keySize: 3072,
        keyOps: ["wrapKey", "unwrapKey"],
        attributes: { enabled: true, exportable: false },
        rotationPolicy: {
          attributes: { expiryTime: "P2Y" },
          lifetimeActions: [
            { trigger: { timeAfterCreate: "P1Y" }, action: { type: "rotate" } },
            { trigger: { timeBeforeExpiry: "P30D" }, action: { type: "notify" } },
          ],
        },
      },
    });
  });

  test("the key stays when the program no longer has it: snapshots may need it", async () => {
    const { options } = await renderWithOptions(() =>
      createVault().createKey("disks", "disks", { operations: ["wrapKey"], expires: true }),
    );
    expect(options.get("disks-key")?.retainOnDelete).toBe(true);
    expect(options.get("kv-wus2-oapshop-")?.retainOnDelete).toBe(false);
  });

  test("the set reads the key by its own identity and follows its versions", async () => {
    const { resources } = await renderDisks();
    expect(theOnly(resources, "azure-native:compute:DiskEncryptionSet").inputs).toMatchObject({
      identity: { type: "SystemAssigned" },
      encryptionType: "EncryptionAtRestWithCustomerKey",
      activeKey: { keyUrl: "https://vault.example/keys/disks-key/1" },
      rotationToLatestKeyVersionEnabled: true,
    });
  });

  test("no more is granted than the key to the set and the set to the cluster", async () => {
    const { resources, id } = await renderDisks();
    expect(grantsOf(resources)).toEqual([
      "control-plane-object-id Reader disks-des",
      "disks-des-object-id KeyVaultCryptoServiceEncryptionUser disks-key",
    ]);
    expect(id).toMatch(/disks-des$/);
  });
});

describe("etcd encryption", () => {
  async function renderEtcd(allowPublicServiceEndpoints: boolean) {
    let profile: unknown;
    const rendered = await render(async () => {
      const network = { allowPublicServiceEndpoints };
      const vault = createVault({ network });
      const etcd = new EtcdEncryption("etcd", { network, vault, identities: createIdentities() });
      profile = await valueOf(etcd.profile);
    });
    return { ...rendered, profile };
  }

  test("no version of its key ends: the cluster could not read what it encrypted", async () => {
    const { resources } = await renderEtcd(false);
    const { properties } = theOnly(resources, KEY).inputs as { properties: Record<string, object> };
    expect(properties["keyOps"]).toEqual(["encrypt", "decrypt"]);
    expect(properties["rotationPolicy"]).toEqual({
      lifetimeActions: [{ trigger: { timeAfterCreate: "P1Y" }, action: { type: "rotate" } }],
    });
    expect(properties["attributes"]).not.toHaveProperty("expires");
  });

  test("a private vault is reached privately, by a cluster that may approve its way there", async () => {
    const { resources, profile } = await renderEtcd(false);
    expect(profile).toMatchObject({
      enabled: true,
      keyId: "https://vault.example/keys/etcd-key/1",
      keyVaultNetworkAccess: "Private",
      keyVaultResourceId: expect.stringMatching(/kv-wus2-oapshop-$/) as unknown,
    });
    expect(grantsOf(resources)).toEqual([
      "control-plane-object-id KeyVaultContributor kv-wus2-oapshop-",
      "control-plane-object-id KeyVaultCryptoUser etcd-key",
    ]);
  });

  test("a public vault needs neither: Azure refuses the vault's id there", async () => {
    const { resources, profile } = await renderEtcd(true);
    expect(profile).toEqual({
      enabled: true,
      keyId: "https://vault.example/keys/etcd-key/1",
      keyVaultNetworkAccess: "Public",
    });
    expect(grantsOf(resources)).toEqual(["control-plane-object-id KeyVaultCryptoUser etcd-key"]);
  });
});
