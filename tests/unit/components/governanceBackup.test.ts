import { theOnly } from "../../support/pulumi";
import { render } from "./dataFixture";
import { createBackup } from "./governanceFixture";
import { grantsOf, renderWithOptions } from "./securityFixture";

const VAULT = "azure-native:dataprotection:BackupVault";
const POLICY = "azure-native:dataprotection:BackupPolicy";
const INSTANCE = "azure-native:dataprotection:BackupInstance";
const EXTENSION = "azure-native:kubernetesconfiguration:Extension";

test("vault, extension and cluster get the seven grants, and the cluster none over its own backups", async () => {
  const { resources } = await render(() => createBackup());
  expect(grantsOf(resources)).toEqual([
    "backup-extension-object-id StorageBlobDataContributor bkwus2oapshoppro",
    "backup-vault-vault-object-id DataOperatorForManagedDisks oap-shop-prod-wus2-snapshots-rg-",
    "backup-vault-vault-object-id DiskSnapshotContributor oap-shop-prod-wus2-snapshots-rg-",
    "backup-vault-vault-object-id Reader aks",
    "backup-vault-vault-object-id Reader oap-shop-prod-wus2-snapshots-rg-",
    "backup-vault-vault-object-id StorageBlobDataContributor bkwus2oapshoppro",
    "control-plane-object-id Contributor oap-shop-prod-wus2-snapshots-rg-",
  ]);
  expect(theOnly(resources, VAULT).inputs["resourceGroupName"]).toBe("oap-shop-prod-wus2-backup-rg-");
});

test("writes to the cluster come one after the other, and the backup after all that it needs", async () => {
  const { options } = await renderWithOptions(() => createBackup());
  expect(options.get("backup-extension")?.dependsOn).toEqual(
    expect.arrayContaining(["earlier-write", "endpoint", "backup-storage-container"]),
  );
  expect(options.get("backup-binding")?.dependsOn).toContain("backup-extension");
  expect(options.get("backup-instance")?.dependsOn).toEqual(
    expect.arrayContaining([
      "backup-binding",
      "backup-storage-container",
      "backup-vault-policy",
      "backup-vault-cluster",
      "backup-vault-snapshots",
      "backup-vault-snapshot-copies",
      "backup-vault-disks",
      "backup-vault-storage",
      "backup-extension-storage",
      "backup-cluster-snapshots",
    ]),
  );
});

test("the extension reaches its storage by its own identity, without a key", async () => {
  const { resources } = await render(() => createBackup());
  expect(theOnly(resources, EXTENSION).inputs).toMatchObject({
    extensionType: "microsoft.dataprotection.kubernetes",
    scope: { cluster: { releaseNamespace: "dataprotection-microsoft" } },
    configurationSettings: {
      "configuration.backupStorageLocation.config.useAAD": "true",
      "configuration.backupStorageLocation.config.storageAccountURI":
        "https://bkwus2oapshoppro.blob.example/",
      "credentials.tenantId": "22222222-2222-2222-2222-222222222222",
    },
  });
  expect(theOnly(resources, EXTENSION).inputs).not.toHaveProperty("configurationProtectedSettings");
  expect(theOnly(resources, "azure-native:storage:StorageAccount").inputs).toMatchObject({
    allowSharedKeyAccess: false,
    allowBlobPublicAccess: false,
    publicNetworkAccess: "Disabled",
    minimumTlsVersion: "TLS1_2",
    sku: { name: "Standard_ZRS" },
  });
});

test("the namespace is backed up with its volumes, to snapshots in a group of their own", async () => {
  const { resources } = await render(() => createBackup());
  expect(theOnly(resources, INSTANCE).inputs["properties"]).toMatchObject({
    policyInfo: {
      policyParameters: {
        dataStoreParametersList: [{ resourceGroupId: expect.stringMatching(/snapshots-rg-$/) as unknown }],
        backupDatasourceParametersList: [
          { includedNamespaces: ["api"], snapshotVolumes: true, includeClusterScopeResources: true },
        ],
      },
    },
  });
});

test.each([
  [{ retentionDays: 30, intervalHours: 12 }, "aks-12h-30d", "PT12H", "P30D"],
  [{ retentionDays: 7, intervalHours: 24 }, "aks-24h-7d", "P1D", "P7D"],
])(
  "a schedule of %j is policy %s, since Azure changes none that is in use",
  async (backup, name, every, keep) => {
    const { resources } = await render(() => createBackup({ backup }));
    const { inputs } = theOnly(resources, POLICY);
    expect(inputs["backupPolicyName"]).toBe(name);
    expect(inputs["properties"]).toMatchObject({
      policyRules: [
        { trigger: { schedule: { repeatingTimeIntervals: [`R/2025-01-01T00:00:00+00:00/${every}`] } } },
        { isDefault: true, lifecycles: [{ deleteAfter: { duration: keep } }] },
      ],
    });
  },
);

describe("backups that are kept", () => {
  const kept = [
    "oap-shop-prod-wus2-backup-rg-",
    "oap-shop-prod-wus2-snapshots-rg-",
    "bkwus2oapshoppro",
    "backup-storage-blobs",
    "backup-storage-container",
    "backup-vault-vault",
    "backup-vault-policy",
  ];

  test("outlive the stack: what deletes them keeps them for two weeks, in a vault that Azure does not delete", async () => {
    const { resources, options } = await renderWithOptions(() => createBackup());
    expect(theOnly(resources, VAULT).inputs["properties"]).toMatchObject({
      securitySettings: {
        softDeleteSettings: { state: "On", retentionDurationInDays: 14 },
        immutabilitySettings: { state: "Unlocked" },
      },
      storageSettings: [{ datastoreType: "VaultStore", type: "ZoneRedundant" }],
    });
    const stay = [...options].filter(([, { retainOnDelete }]) => retainOnDelete).map(([name]) => name);
    expect(stay.sort()).toEqual([...kept].sort());
  });

  test("leave the next stack its names", async () => {
    const { resources } = await render(() => createBackup());
    const named = resources.filter(({ name }) => kept.slice(0, 3).includes(name));
    expect(named).toHaveLength(3);
    for (const { inputs, type } of named) {
      expect(inputs).not.toHaveProperty(type.endsWith("ResourceGroup") ? "resourceGroupName" : "accountName");
    }
  });

  test("go with the stack where it opts out of purge protection", async () => {
    const { resources, options } = await renderWithOptions(() =>
      createBackup({ allowPurge: true, zones: [] }),
    );
    expect(theOnly(resources, VAULT).inputs["properties"]).toMatchObject({
      securitySettings: {
        softDeleteSettings: { state: "Off" },
        immutabilitySettings: { state: "Disabled" },
      },
      storageSettings: [{ type: "LocallyRedundant" }],
    });
    expect([...options.values()].some(({ retainOnDelete }) => retainOnDelete)).toBe(false);
  });
});
