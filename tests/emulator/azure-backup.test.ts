import type { JsonObject, ResourceState } from "../../local/provider/backend";
import { text } from "../../local/provider/values";
import { Azure, clusterInputs, GROUP, principalOf, SUBSCRIPTION, TENANT } from "./azure-support";
import { backupPolicy, backupVault, onAks } from "./samples/governance";

const ROLES = {
  reader: "acdd72a7-3385-48ef-bd42-f606fba81ae7",
  contributor: "b24988ac-6180-42a0-ab88-20f7382dd24c",
  snapshots: "7efff54f-a5b4-42b5-a1c5-5411624893ce",
  disks: "959f8984-c045-4866-89c7-12bf9737be2e",
  blobs: "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
};
const SNAPSHOTS = `/subscriptions/${SUBSCRIPTION}/resourceGroups/snapshots`;
const ACCOUNT = `${GROUP}/providers/Microsoft.Storage/storageAccounts/backups`;
const VAULT = `${GROUP}/providers/Microsoft.DataProtection/backupVaults/vault`;
const CLUSTER = `${GROUP}/providers/Microsoft.ContainerService/managedClusters/aks`;
const VAULTED = { sourceDataStore: { dataStoreType: "VaultStore", objectType: "DataStoreInfoBase" } };

let azure: Azure;
let vault: ResourceState;
let extension: ResourceState;
let controlPlane: ResourceState;

const create = (token: string, inputs: JsonObject) =>
  azure.create(token, { resourceGroupName: "rg", ...inputs });

beforeEach(async () => {
  azure = new Azure();
  await azure.group();
  await azure.create("resources:ResourceGroup", { resourceGroupName: "snapshots", location: "westus2" });
  controlPlane = await azure.identity("control-plane");
  const identity = { type: "UserAssigned", userAssignedIdentities: [controlPlane.id] };
  await create("containerservice:ManagedCluster", clusterInputs({ identity }));
  for (const [id, type] of [
    [ACCOUNT, "Microsoft.Storage/storageAccounts"],
    [
      `${ACCOUNT}/blobServices/default/containers/aks`,
      "Microsoft.Storage/storageAccounts/blobServices/containers",
    ],
  ] as const) {
    azure.store.put({ id, type, cloud: "azure", properties: {}, createdAt: "", seconds: 0 });
  }
  vault = await create("dataprotection:BackupVault", { vaultName: "vault", ...backupVault() });
  await create("dataprotection:BackupPolicy", {
    vaultName: "vault",
    backupPolicyName: "daily",
    ...backupPolicy(),
  });
  extension = await installExtension();
});

function installExtension(): Promise<ResourceState> {
  const location = "configuration.backupStorageLocation";
  return create("kubernetesconfiguration:Extension", {
    ...{ ...onAks, extensionName: "backup", extensionType: "microsoft.dataprotection.kubernetes" },
    configurationSettings: {
      [`${location}.bucket`]: "aks",
      [`${location}.config.storageAccount`]: "backups",
      [`${location}.config.resourceGroup`]: "rg",
      [`${location}.config.subscriptionId`]: SUBSCRIPTION,
      "credentials.tenantId": TENANT,
    },
  });
}

const bind = () =>
  create("containerservice:TrustedAccessRoleBinding", {
    ...{ resourceName: "aks", trustedAccessRoleBindingName: "backup", sourceResourceId: VAULT },
    roles: ["Microsoft.DataProtection/backupVaults/backup-operator"],
  });

const vaultPrincipal = (): string => text(vault.outputs, "identity.principalId") ?? "";
const extensionPrincipal = (): string => text(extension.outputs, "aksAssignedIdentity.principalId") ?? "";

const GRANTS: Readonly<Record<string, () => Promise<unknown>>> = {
  binding: bind,
  vaultOnCluster: () => azure.grant(vaultPrincipal(), ROLES.reader, CLUSTER),
  vaultOnSnapshots: () => azure.grant(vaultPrincipal(), ROLES.reader, SNAPSHOTS),
  extensionOnStorage: () => azure.grant(extensionPrincipal(), ROLES.blobs, ACCOUNT),
  clusterOnSnapshots: () => azure.grant(principalOf(controlPlane), ROLES.contributor, SNAPSHOTS),
};

async function grantAllBut(...left: string[]): Promise<void> {
  for (const [name, grant] of Object.entries(GRANTS)) if (!left.includes(name)) await grant();
}

function instance(policy = "daily", changes: JsonObject = {}): JsonObject {
  return {
    ...{ vaultName: "vault", backupInstanceName: "cluster" },
    properties: {
      ...{ objectType: "BackupInstance", friendlyName: "cluster" },
      dataSourceInfo: { objectType: "Datasource", resourceID: CLUSTER },
      policyInfo: {
        policyId: `${VAULT}/backupPolicies/${policy}`,
        policyParameters: {
          dataStoreParametersList: [
            {
              ...{ objectType: "AzureOperationalStoreParameters", dataStoreType: "OperationalStore" },
              resourceGroupId: SNAPSHOTS,
            },
          ],
          backupDatasourceParametersList: [
            {
              ...{ objectType: "KubernetesClusterBackupDatasourceParameters" },
              ...{ includeClusterScopeResources: true, snapshotVolumes: true },
            },
          ],
          ...changes,
        },
      },
    },
  };
}

const protect = (inputs = instance()) => create("dataprotection:BackupInstance", inputs);

describe("a cluster is protected", () => {
  test("once everything is granted", async () => {
    await grantAllBut();
    const made = await protect();
    expect(text(made.outputs, "properties.protectionStatus.status")).toBe("ProtectionConfigured");
    await expect(protect({ ...instance(), backupInstanceName: "again" })).rejects.toThrow(
      "is protected already",
    );
  });

  test.each([
    ["binding", "UserErrorTrustedAccessGatewayReturnedForbidden"],
    ["vaultOnCluster", "KubernetesBackupListExtensionsError"],
    ["vaultOnSnapshots", "UserErrorNotEnoughPermissionOnSnapshotRG"],
    ["extensionOnStorage", "UserErrorExtensionMSIMissingPermissionsOnBackupStorageLocation"],
    ["clusterOnSnapshots", "UserErrorNotEnoughPermissionOnSnapshotRG"],
  ])("not without %s", async (missing, code) => {
    await grantAllBut(missing);
    await expect(protect()).rejects.toThrow(code);
    await GRANTS[missing]?.();
    await expect(protect()).resolves.toHaveProperty("id");
  });

  test("into the vault's own tier with three grants more", async () => {
    const policy = backupPolicy();
    const rules = (policy["properties"] as JsonObject)["policyRules"] as JsonObject[];
    rules.push({ name: "Vault", objectType: "AzureRetentionRule", lifecycles: [VAULTED] });
    await create("dataprotection:BackupPolicy", {
      vaultName: "vault",
      backupPolicyName: "vaulted",
      ...policy,
    });
    await grantAllBut();
    const attempt = () => protect(instance("vaulted"));
    await expect(attempt()).rejects.toThrow("must have the Disk Snapshot Contributor role");
    await azure.grant(vaultPrincipal(), ROLES.snapshots, SNAPSHOTS);
    await expect(attempt()).rejects.toThrow("must have the Data Operator for Managed Disks role");
    await azure.grant(vaultPrincipal(), ROLES.disks, SNAPSHOTS);
    await expect(attempt()).rejects.toThrow("UserErrorBackupStorageLocationNotReady");
    await azure.grant(vaultPrincipal(), ROLES.blobs, ACCOUNT);
    await expect(attempt()).resolves.toHaveProperty("id");
  });

  test("not while it is stopped, nor without extension, container or snapshot group", async () => {
    await grantAllBut();
    azure.drift(CLUSTER, { powerState: { code: "Stopped" } });
    await expect(protect()).rejects.toThrow("UserErrorKubernetesBackupClusterIsStopped");
    azure.drift(CLUSTER, { powerState: { code: "Running" } });
    const nowhere = instance("daily", { dataStoreParametersList: [{ resourceGroupId: `${SNAPSHOTS}-2` }] });
    await expect(protect(nowhere)).rejects.toThrow("UserErrorSnapshotRGNotFound");
    await expect(protect(instance("daily", { backupDatasourceParametersList: [] }))).rejects.toThrow(
      "must hold KubernetesClusterBackupDatasourceParameters",
    );
    const group = { properties: { dataSourceInfo: { resourceID: GROUP } } };
    await expect(protect({ ...instance(), ...group })).rejects.toThrow("is no datasource of Azure Backup");
    azure.store.remove(`${ACCOUNT}/blobServices/default/containers/aks`);
    await expect(protect()).rejects.toThrow("UserErrorNoDefaultBackupStorageLocationFound");
    await azure.delete("kubernetesconfiguration:Extension", extension.id);
    await expect(protect()).rejects.toThrow("UserErrorKubernetesBackupExtensionNotFoundError");
  });
});

describe("deleting", () => {
  const policyId = `${VAULT}/backupPolicies/daily`;

  test("a policy or vault in use is refused", async () => {
    await grantAllBut();
    const made = await protect();
    await expect(azure.delete("dataprotection:BackupPolicy", policyId)).rejects.toThrow("is in use by");
    await expect(azure.delete("dataprotection:BackupVault", VAULT)).rejects.toThrow("existing resources");
    await azure.delete("dataprotection:BackupInstance", made.id);
    await azure.delete("dataprotection:BackupPolicy", policyId);
    await azure.delete("dataprotection:BackupVault", VAULT);
    expect(azure.ids().filter((id) => id.startsWith(VAULT))).toEqual([]);
  });

  test("an instance under soft delete keeps policy and vault until its retention is over", async () => {
    await grantAllBut();
    const made = await protect();
    const soft = { softDeleteSettings: { state: "On", retentionDurationInDays: 14 } };
    azure.drift(VAULT, { properties: { securitySettings: soft } });
    await azure.delete("dataprotection:BackupInstance", made.id);
    await expect(azure.delete("dataprotection:BackupPolicy", policyId)).rejects.toThrow(
      "UserErrorPolicyAssociatedWithSoftDeletedItems",
    );
    await expect(azure.delete("dataprotection:BackupVault", VAULT)).rejects.toThrow("cluster (soft-deleted)");
    azure.drift(`${VAULT}/deletedBackupInstances/cluster`, { scheduledPurgeTime: "2020-01-01T00:00:00Z" });
    await azure.delete("dataprotection:BackupPolicy", policyId);
    await azure.delete("dataprotection:BackupVault", VAULT);
    expect(azure.ids().filter((id) => id.startsWith(VAULT))).toEqual([]);
  });
});
