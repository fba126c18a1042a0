import * as dataprotection from "@pulumi/azure-native/dataprotection";
import type * as operationalinsights from "@pulumi/azure-native/operationalinsights";
import type * as inputs from "@pulumi/azure-native/types/input";
import * as pulumi from "@pulumi/pulumi";

import type { GovernanceSettings, SecuritySettings, Tags } from "../../config";
import { sendDiagnostics } from "../support/diagnostics";
import { type BackupStorage, keepsBackups } from "./backupStorage";

type Schedule = NonNullable<GovernanceSettings["backup"]>;

export interface BackupVaultArgs {
  readonly tags: Tags;
  /** Azure region. */
  readonly location: string;
  /** Availability zones of that region; empty: it has none. */
  readonly zones: readonly string[];
  readonly security: Pick<SecuritySettings, "keyVault">;
  readonly backup: Schedule;
  /** The vault lies beside it, and is kept with it. */
  readonly storage: BackupStorage;
  readonly workspace: operationalinsights.Workspace;
}

export const CLUSTER_TYPE = "Microsoft.ContainerService/managedClusters";
const OPERATIONAL = { dataStoreType: "OperationalStore", objectType: "DataStoreInfoBase" } as const;
/** The least that Azure takes; it costs nothing. */
const SOFT_DELETE_DAYS = 14;
/** Backups count from here on; any day of the past would do. */
const SCHEDULE_ANCHOR = "2025-01-01T00:00:00+00:00";

/**
 * A backup vault and its policy for clusters: how often, and for how long. What is deleted can be brought back for two
 * weeks, and what is backed up cannot be shortened, unless the stack opts out of purge protection.
 *
 * Costs about $5 a month and namespace that is backed up (AKS Backup), and the snapshots' size. Refuses nothing.
 *
 * @example
 * const backups = new BackupVault("westus2-backup-vault", { ...config, ...stamp, backup, storage, workspace });
 */
export class BackupVault extends pulumi.ComponentResource {
  public readonly vault: dataprotection.BackupVault;
  public readonly policy: dataprotection.BackupPolicy;
  /** Object id of the vault's own identity. */
  public readonly principalId: pulumi.Output<string>;

  public constructor(name: string, args: BackupVaultArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:governance:BackupVault", name, {}, opts);
    const retainOnDelete = keepsBackups(args.security);
    this.vault = this.createVault(name, args, retainOnDelete);
    this.policy = new dataprotection.BackupPolicy(
      `${name}-policy`,
      {
        resourceGroupName: args.storage.resourceGroup.name,
        vaultName: this.vault.name,
        // Azure changes no policy that is in use: another schedule is another policy.
        backupPolicyName: `aks-${args.backup.intervalHours}h-${args.backup.retentionDays}d`,
        properties: {
          objectType: "BackupPolicy",
          datasourceTypes: [CLUSTER_TYPE],
          policyRules: [backupRule(args.backup), retentionRule(args.backup)],
        },
      },
      { parent: this.vault, retainOnDelete },
    );
    this.principalId = this.vault.identity.apply((identity) => identity?.principalId ?? "");
    sendDiagnostics(name, { resourceUri: this.vault.id, workspace: args.workspace }, { parent: this.vault });
    this.registerOutputs({ vault: this.vault, policy: this.policy, principalId: this.principalId });
  }

  private createVault(
    name: string,
    { tags, location, zones, storage }: BackupVaultArgs,
    isKept: boolean,
  ): dataprotection.BackupVault {
    return new dataprotection.BackupVault(
      `${name}-vault`,
      {
        resourceGroupName: storage.resourceGroup.name,
        vaultName: "cluster-backups",
        location,
        tags,
        identity: { type: "SystemAssigned" },
        properties: {
          storageSettings: [
            {
              datastoreType: "VaultStore",
              type: zones.length > 0 ? "ZoneRedundant" : "LocallyRedundant",
            },
          ],
          securitySettings: {
            softDeleteSettings: {
              state: isKept ? "On" : "Off",
              retentionDurationInDays: SOFT_DELETE_DAYS,
            },
            immutabilitySettings: { state: isKept ? "Unlocked" : "Disabled" },
          },
          monitoringSettings: { azureMonitorAlertSettings: { alertsForAllJobFailures: "Enabled" } },
          featureSettings: { crossSubscriptionRestoreSettings: { state: "Disabled" } },
        },
      },
      { parent: this, retainOnDelete: isKept },
    );
  }
}

function backupRule({ intervalHours }: Schedule): inputs.dataprotection.AzureBackupRuleArgs {
  const interval = intervalHours === 24 ? "P1D" : `PT${intervalHours}H`;
  return {
    objectType: "AzureBackupRule",
    name: "BackupIntervals",
    backupParameters: { objectType: "AzureBackupParams", backupType: "Incremental" },
    dataStore: OPERATIONAL,
    trigger: {
      objectType: "ScheduleBasedTriggerContext",
      schedule: { repeatingTimeIntervals: [`R/${SCHEDULE_ANCHOR}/${interval}`], timeZone: "UTC" },
      taggingCriteria: [{ isDefault: true, tagInfo: { tagName: "Default" }, taggingPriority: 99 }],
    },
  };
}

function retentionRule({ retentionDays }: Schedule): inputs.dataprotection.AzureRetentionRuleArgs {
  return {
    objectType: "AzureRetentionRule",
    name: "Default",
    isDefault: true,
    lifecycles: [
      {
        sourceDataStore: OPERATIONAL,
        deleteAfter: { objectType: "AbsoluteDeleteOption", duration: `P${retentionDays}D` },
        targetDataStoreCopySettings: [],
      },
    ],
  };
}
