/** Inputs with which each type of governance and monitoring can be made, in an order in which they can be made. */
import type { JsonObject } from "../../../local/provider/backend";
import { GROUP, SUBSCRIPTION } from "../azure-support";
import type { Sample } from "./network";

const SCHEMA =
  "https://schema.management.azure.com/providers/Microsoft.Logic/schemas/2016-06-01/workflowdefinition.json#";

/** First day of the present month, in UTC. */
export function thisMonth(): string {
  return `${new Date().toISOString().slice(0, 7)}-01T00:00:00Z`;
}

export function budget(changes: JsonObject = {}): JsonObject {
  return {
    scope: `/subscriptions/${SUBSCRIPTION}`,
    ...{ amount: 500, category: "Cost", timeGrain: "Monthly", timePeriod: { startDate: thisMonth() } },
    notifications: {
      actual: {
        ...{ enabled: true, operator: "GreaterThan", threshold: 80 },
        contactEmails: ["ops@example.com"],
      },
    },
    ...changes,
  };
}

/** Stops a cluster every evening. */
export function stopWorkflow(changes: JsonObject = {}): JsonObject {
  return {
    identity: { type: "SystemAssigned" },
    definition: {
      ...{ $schema: SCHEMA, contentVersion: "1.0.0.0" },
      triggers: {
        evening: {
          type: "Recurrence",
          recurrence: {
            ...{ frequency: "Week", interval: 1, timeZone: "UTC" },
            schedule: { weekDays: ["Monday"], hours: [19], minutes: [0] },
          },
        },
      },
      actions: {
        stop: {
          type: "Http",
          inputs: {
            ...{ method: "POST", uri: "https://management.azure.com/stop?api-version=2025-09-01" },
            authentication: { type: "ManagedServiceIdentity", audience: "https://management.azure.com/" },
          },
        },
      },
    },
    ...changes,
  };
}

export function fluxSource(): JsonObject {
  return { url: "https://example.com/config.git", repositoryRef: { branch: "main" } };
}

export const onAks = {
  clusterRp: "Microsoft.ContainerService",
  clusterResourceName: "managedClusters",
  clusterName: "aks",
};

export function backupVault(changes: JsonObject = {}): JsonObject {
  return {
    identity: { type: "SystemAssigned" },
    properties: {
      storageSettings: [{ datastoreType: "VaultStore", type: "LocallyRedundant" }],
      securitySettings: { softDeleteSettings: { state: "Off" } },
    },
    ...changes,
  };
}

export function backupPolicy(interval = "PT4H", changes: JsonObject = {}): JsonObject {
  const operational = { dataStoreType: "OperationalStore", objectType: "DataStoreInfoBase" };
  return {
    properties: {
      objectType: "BackupPolicy",
      datasourceTypes: ["Microsoft.ContainerService/managedClusters"],
      policyRules: [
        {
          ...{ name: "BackupRule", objectType: "AzureBackupRule", dataStore: operational },
          backupParameters: { objectType: "AzureBackupParams", backupType: "Incremental" },
          trigger: {
            objectType: "ScheduleBasedTriggerContext",
            schedule: {
              repeatingTimeIntervals: [`R/2026-01-01T02:00:00+00:00/${interval}`],
              timeZone: "UTC",
            },
            taggingCriteria: [{ isDefault: true, tagInfo: { tagName: "Default" }, taggingPriority: 99 }],
          },
        },
        {
          ...{ name: "Default", objectType: "AzureRetentionRule", isDefault: true },
          lifecycles: [
            {
              deleteAfter: { objectType: "AbsoluteDeleteOption", duration: "P7D" },
              sourceDataStore: operational,
            },
          ],
        },
      ],
    },
    ...changes,
  };
}

/** @param idOf the id of a sample that was made before. */
export function governanceSamples(idOf: (token: string) => string): readonly Sample[] {
  const workspaceName = (): string => idOf("operationalinsights:Workspace").split("/").at(-1) ?? "";
  const vaultName = (): string => idOf("dataprotection:BackupVault").split("/").at(-1) ?? "";
  return [
    ["consumption:Budget", () => budget()],
    ["logic:Workflow", () => stopWorkflow()],
    [
      "monitor:ActivityLogAlert",
      () => ({
        scopes: [GROUP],
        condition: { allOf: [{ field: "category", equals: "Administrative" }] },
        actions: { actionGroups: [{ actionGroupId: idOf("monitor:ActionGroup") }] },
        location: "global",
      }),
    ],
    [
      "operationalinsights:Table",
      () => ({
        ...{ workspaceName: workspaceName(), tableName: "Audit_CL", plan: "Basic" },
        schema: { name: "Audit_CL", columns: [{ name: "TimeGenerated", type: "dateTime" }] },
      }),
    ],
    [
      "monitor:PrivateLinkScope",
      () => ({
        location: "global",
        accessModeSettings: { ingestionAccessMode: "PrivateOnly", queryAccessMode: "Open" },
      }),
    ],
    [
      "monitor:PrivateLinkScopedResource",
      () => ({
        scopeName: idOf("monitor:PrivateLinkScope").split("/").at(-1) ?? "",
        linkedResourceId: idOf("operationalinsights:Workspace"),
      }),
    ],
    ["dataprotection:BackupVault", () => backupVault()],
    ["dataprotection:BackupPolicy", () => ({ vaultName: vaultName(), ...backupPolicy() })],
    [
      "containerservice:TrustedAccessRoleBinding",
      () => ({
        resourceName: "aks",
        roles: ["Microsoft.DataProtection/backupVaults/backup-operator"],
        sourceResourceId: idOf("dataprotection:BackupVault"),
      }),
    ],
    ["kubernetesconfiguration:Extension", () => ({ ...onAks, extensionType: "microsoft.flux" })],
    [
      "kubernetesconfiguration:FluxConfiguration",
      () => ({ ...onAks, gitRepository: fluxSource(), kustomizations: { apps: { path: "./apps" } } }),
    ],
    [
      "dataprotection:BackupInstance",
      // Of blobs: azure-backup.test.ts protects a cluster.
      () => ({
        vaultName: vaultName(),
        properties: {
          objectType: "BackupInstance",
          dataSourceInfo: { objectType: "Datasource", resourceID: idOf("storage:StorageAccount") },
          policyInfo: { policyId: idOf("dataprotection:BackupPolicy") },
        },
      }),
    ],
  ];
}
