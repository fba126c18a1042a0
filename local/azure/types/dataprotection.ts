import type { CloudRecord } from "../../cloud/store";
import type { JsonObject, ProviderError } from "../../provider/backend";
import { number, objects, strings, text } from "../../provider/values";
import { deletedInstancesOf, keepDeletedInstance } from "../aks/backupSoftDelete";
import { BACKUP_REFUSALS } from "../aks/backupInstance";
import { identityOf } from "../aks/clusterOutputs";
import { armTypeOf, inGroup, nameOf, ownerIdOf, sameId } from "../ids";
import { normalizeRegion, regionOf, zonesOf } from "../regions";
import { describeTypes, refusal, type Deletion, type Operation } from "../resourceType";

const VAULT = "Microsoft.DataProtection/backupVaults";
const INSTANCE = `${VAULT}/backupInstances`;
const CHILD_NAME = { pattern: /^[A-Za-z0-9][-A-Za-z0-9]*$/, minLength: 3, maxLength: 150 } as const;

/** https://learn.microsoft.com/azure/backup/backup-architecture: what a backup vault protects, of what is emulated. */
const DATASOURCES = [
  "Microsoft.ContainerService/managedClusters",
  "Microsoft.DBforPostgreSQL/flexibleServers",
  "Microsoft.Storage/storageAccounts",
];

export const dataprotection = describeTypes(
  {
    token: "dataprotection:BackupVault",
    shape: inGroup(VAULT, "vaultName"),
    apiVersion: "2025-01-01",
    autoName: "random",
    name: { pattern: /^[A-Za-z][-A-Za-z0-9]*[A-Za-z0-9]$/, minLength: 2, maxLength: 50 },
    required: ["properties"],
    references: ["identity.userAssignedIdentities[]"],
    defaults: () => ({
      properties: {
        featureSettings: { crossSubscriptionRestoreSettings: { state: "Enabled" } },
        securitySettings: { softDeleteSettings: { state: "On", retentionDurationInDays: 14 } },
      },
    }),
    computed: ["identity.principalId", "identity.tenantId", "properties.provisioningState"],
    compute: (operation) => ({
      ...identityOf(operation),
      properties: { provisioningState: "Succeeded", isVaultProtectedByResourceGuard: false },
    }),
    seconds: { create: 15, update: 10, delete: 12 },
    refuse: [refuseStorage, refuseSecurity],
    refuseDelete: [refuseVaultInUse],
    afterDelete: ({ cloud, record }) => {
      for (const member of cloud.store.list({ under: record.id })) cloud.store.remove(member.id);
    },
  },
  {
    token: "dataprotection:BackupPolicy",
    shape: inGroup(`${VAULT}/backupPolicies`, "vaultName", "backupPolicyName"),
    apiVersion: "2025-01-01",
    autoName: "copy",
    name: CHILD_NAME,
    located: false,
    seconds: { create: 6, update: 6, delete: 4 },
    refuse: [refusePolicy],
    refuseDelete: [refusePolicyInUse],
  },
  {
    token: "dataprotection:BackupInstance",
    shape: inGroup(INSTANCE, "vaultName", "backupInstanceName"),
    apiVersion: "2025-01-01",
    autoName: "copy",
    located: false,
    references: ["properties.policyInfo.policyId", "properties.dataSourceInfo.resourceID"],
    computed: [
      "properties.currentProtectionState",
      "properties.protectionStatus",
      "properties.provisioningState",
    ],
    compute: () => ({
      properties: {
        currentProtectionState: "ProtectionConfigured",
        protectionStatus: { status: "ProtectionConfigured" },
        provisioningState: "Succeeded",
      },
    }),
    seconds: { create: 120, update: 60, delete: 40 },
    refuse: [refuseDatasource, ...BACKUP_REFUSALS],
    afterDelete: keepDeletedInstance,
  },
);

function instancesOf({ cloud }: Pick<Deletion, "cloud">, vaultId: string): CloudRecord[] {
  return cloud.store.list({ type: INSTANCE, under: vaultId });
}

/** https://learn.microsoft.com/azure/backup/create-manage-backup-vault#storage-redundancy */
function refuseStorage(operation: Operation): ProviderError | undefined {
  const { inputs, existing, id } = operation;
  const redundancy = (values: JsonObject | undefined): string[] =>
    objects(values, "properties.storageSettings").map((setting) => text(setting, "type") ?? "");
  const wanted = redundancy(inputs);
  if (wanted.length !== 1) {
    return refusal(
      "BadRequest",
      `properties.storageSettings of a backup vault must have one entry, got ${wanted.length}.`,
    );
  }
  const crossRegion = text(inputs, "properties.featureSettings.crossRegionRestoreSettings.state");
  if (crossRegion === "Enabled" && wanted[0] !== "GeoRedundant") {
    return refusal(
      "BadRequest",
      `Cross region restore requires GeoRedundant storage, got '${wanted[0] ?? ""}'.`,
    );
  }
  const region = normalizeRegion(text(inputs, "location") ?? "");
  if (wanted[0] === "GeoRedundant" && regionOf(region)?.pair === undefined) {
    return refusal(
      "BadRequest",
      `GeoRedundant storage needs a paired region, which '${region}' does not have.`,
    );
  }
  if (wanted[0] === "ZoneRedundant" && zonesOf(region)?.length === 0) {
    return refusal(
      "BadRequest",
      `ZoneRedundant storage needs availability zones, which '${region}' does not have.`,
    );
  }
  const before = redundancy(existing?.properties)[0];
  if (before === undefined || before === wanted[0] || instancesOf(operation, id).length === 0)
    return undefined;
  return refusal(
    "BadRequest",
    `The storage redundancy of a backup vault cannot be changed once it protects items (${before} to ${wanted[0] ?? ""}).`,
  );
}

/**
 * https://learn.microsoft.com/azure/backup/secure-by-default and …/backup-azure-immutable-vault-concept: 14 to 180
 * days; "always on" and "locked" are for ever.
 */
function refuseSecurity({ inputs, existing }: Operation): ProviderError | undefined {
  const settings = "properties.securitySettings";
  const days = number(inputs, `${settings}.softDeleteSettings.retentionDurationInDays`);
  if (days !== undefined && (days < 14 || days > 180)) {
    return refusal("BadRequest", `The soft delete retention must be between 14 and 180 days, got ${days}.`);
  }
  const fixed: readonly (readonly [path: string, value: string])[] = [
    [`${settings}.softDeleteSettings.state`, "AlwaysOn"],
    [`${settings}.immutabilitySettings.state`, "Locked"],
  ];
  for (const [path, value] of fixed) {
    const wanted = text(inputs, path) ?? "(null)";
    if (text(existing?.properties, path) === value && wanted !== value) {
      return refusal("BadRequest", `${path} is '${value}', which is irreversible, got '${wanted}'.`);
    }
  }
  return undefined;
}

/**
 * https://learn.microsoft.com/azure/backup/secure-by-default#delete-vault-action: in API versions before 2025-09-01
 * a vault must be completely empty; soft-deleted instances count. The code is that of Azure/azure-cli#14776.
 */
function refuseVaultInUse({ cloud, record }: Deletion): ProviderError | undefined {
  const living = instancesOf({ cloud }, record.id);
  const deleted = deletedInstancesOf(cloud, record.id);
  if (living.length + deleted.length === 0) return undefined;
  const names = [
    ...living.map(({ id }) => nameOf(id)),
    ...deleted.map(({ id }) => `${nameOf(id)} (soft-deleted)`),
  ];
  return refusal(
    "ServiceResourceNotEmptyWithBackendMessage",
    `Vault cannot be deleted as there are existing resources within the vault: ${names.join(", ")}.`,
  );
}

/** https://learn.microsoft.com/azure/backup/azure-kubernetes-service-cluster-backup-policy */
function refusePolicy({ inputs }: Operation): ProviderError | undefined {
  const rules = objects(inputs, "properties.policyRules");
  const backups = rules.filter((rule) => text(rule, "objectType") === "AzureBackupRule");
  const isDefault = rules.some(
    (rule) => text(rule, "objectType") === "AzureRetentionRule" && rule["isDefault"] === true,
  );
  if (!isDefault) {
    return refusal("BadRequest", "A backup policy must have a retention rule with isDefault true.");
  }
  if (!strings(inputs, "properties.datasourceTypes").includes("Microsoft.ContainerService/managedClusters")) {
    return undefined;
  }
  for (const interval of backups.flatMap((rule) =>
    strings(rule, "trigger.schedule.repeatingTimeIntervals"),
  )) {
    const hours = /^R\/.+\/(?:PT(\d+)H|P1([DW]))$/.exec(interval);
    const allowed =
      hours !== null && (hours[2] !== undefined || ["4", "6", "8", "12"].includes(hours[1] ?? ""));
    if (!allowed) {
      return refusal(
        "BadRequest",
        `The backup schedule '${interval}' is not supported for AKS. Allowed: every 4, 6, 8 or 12 hours ` +
          "(R/<start>/PT4H), daily (P1D), weekly (P1W).",
      );
    }
  }
  return refuseRetention(rules);
}

function refuseRetention(rules: readonly JsonObject[]): ProviderError | undefined {
  for (const lifecycle of rules.flatMap((rule) => objects(rule, "lifecycles"))) {
    if (text(lifecycle, "sourceDataStore.dataStoreType") !== "OperationalStore") continue;
    const duration = text(lifecycle, "deleteAfter.duration") ?? "";
    const days = Number(/^P(\d+)D$/.exec(duration)?.[1] ?? Number.NaN);
    if (days >= 1 && days <= 360) continue;
    return refusal(
      "BadRequest",
      `The retention '${duration}' of the operational tier is not supported for AKS. Allowed: P1D to P360D.`,
    );
  }
  return undefined;
}

/** Reports of Terraform users quote the code for soft-deleted instances, which keep their policy. */
function refusePolicyInUse({ cloud, record }: Deletion): ProviderError | undefined {
  const vaultId = ownerIdOf(record.id) ?? "";
  const uses = ({ properties }: CloudRecord): boolean =>
    sameId(text(properties, "properties.policyInfo.policyId") ?? "", record.id);
  const deleted = deletedInstancesOf(cloud, vaultId).find(uses);
  if (deleted !== undefined) {
    return refusal(
      "UserErrorPolicyAssociatedWithSoftDeletedItems",
      `The policy '${nameOf(record.id)}' is associated with the soft-deleted backup instance '${nameOf(deleted.id)}'. ` +
        "Undelete it and delete it with soft delete off, or wait until its retention is over.",
    );
  }
  const living = instancesOf({ cloud }, vaultId).find(uses);
  return living === undefined
    ? undefined
    : refusal(
        "BadRequest",
        `The policy '${nameOf(record.id)}' is in use by the backup instance '${nameOf(living.id)}'.`,
      );
}

function refuseDatasource({ inputs }: Operation): ProviderError | undefined {
  const source = text(inputs, "properties.dataSourceInfo.resourceID") ?? "";
  return DATASOURCES.some((type) => sameId(type, armTypeOf(source)))
    ? undefined
    : refusal("BadRequest", `'${armTypeOf(source)}' is no datasource of Azure Backup (${source}).`);
}
