/**
 * What Azure Backup checks before it protects a cluster: the extension, Trusted Access and every grant. The codes are
 * those of https://learn.microsoft.com/azure/backup/azure-kubernetes-service-backup-troubleshoot and, for the snapshot
 * resource group, …/disk-backup-troubleshoot; who needs which role is in
 * …/azure-kubernetes-service-cluster-backup-concept#required-roles-and-permissions.
 */
import type { CloudRecord } from "../../cloud/store";
import type { ProviderError } from "../../provider/backend";
import { objects, strings, text } from "../../provider/values";
import { evaluate } from "../access";
import { armTypeOf, nameOf, ownerIdOf, sameId } from "../ids";
import { normalizeRegion } from "../regions";
import { refusal, type Operation, type Refusal } from "../resourceType";
import { controlPlanePrincipal } from "./clusterIdentity";
import { backupStorage, findBackupExtension } from "./backupExtension";

const CLUSTER = "Microsoft.ContainerService/managedClusters";
const BINDING = `${CLUSTER}/trustedAccessRoleBindings`;
const OPERATOR = "Microsoft.DataProtection/backupVaults/backup-operator";
const BLOBS = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs";

export const BACKUP_REFUSALS: readonly Refusal<Operation>[] = [
  refuseShape,
  refuseTwin,
  refuseRegion,
  refuseStopped,
  refuseUnreadable,
  refuseExtension,
  refuseTrustedAccess,
  refuseStorage,
  refuseSnapshotGroup,
  refuseVaulting,
];

function vaultOf({ cloud, id }: Operation): CloudRecord | undefined {
  return cloud.store.get(ownerIdOf(id) ?? "");
}

/** The cluster that is backed up; undefined where the instance protects something else. */
function clusterOf({ cloud, inputs }: Operation): CloudRecord | undefined {
  const id = text(inputs, "properties.dataSourceInfo.resourceID") ?? "";
  return armTypeOf(id).toLowerCase() === CLUSTER.toLowerCase() ? cloud.store.get(id) : undefined;
}

function snapshotGroupOf({ inputs }: Operation): string {
  const [store] = objects(inputs, "properties.policyInfo.policyParameters.dataStoreParametersList");
  return text(store, "resourceGroupId") ?? "";
}

/** The vault signs in with the identity of its own alone (same page, Trusted Access). */
function vaultPrincipal(operation: Operation): string {
  return text(vaultOf(operation)?.properties, "identity.principalId") ?? "";
}

function refuseShape(operation: Operation): ProviderError | undefined {
  if (clusterOf(operation) === undefined) return undefined;
  const parameters = "properties.policyInfo.policyParameters";
  const [scope] = objects(operation.inputs, `${parameters}.backupDatasourceParametersList`);
  if (text(scope, "objectType") !== "KubernetesClusterBackupDatasourceParameters") {
    return refusal(
      "BadRequest",
      "policyParameters.backupDatasourceParametersList of an AKS backup instance must hold " +
        "KubernetesClusterBackupDatasourceParameters.",
    );
  }
  return operation.cloud.store.get(snapshotGroupOf(operation)) === undefined
    ? refusal(
        "UserErrorSnapshotRGNotFound",
        `The snapshot resource group '${snapshotGroupOf(operation)}' was not found.`,
      )
    : undefined;
}

/** One datasource has one active backup instance. */
function refuseTwin({ cloud, id, inputs, existing }: Operation): ProviderError | undefined {
  if (existing !== undefined) return undefined;
  const source = text(inputs, "properties.dataSourceInfo.resourceID") ?? "";
  const name = text(inputs, "properties.friendlyName");
  const twin = cloud.store
    .list({ type: "Microsoft.DataProtection/backupVaults/backupInstances", under: ownerIdOf(id) ?? id })
    .find(
      ({ properties }) =>
        sameId(text(properties, "properties.dataSourceInfo.resourceID") ?? "", source) &&
        text(properties, "properties.friendlyName") === name,
    );
  return twin === undefined
    ? undefined
    : refusal(
        "BadRequest",
        `The datasource ${source} is protected already by backup instance '${nameOf(twin.id)}'.`,
      );
}

/** https://learn.microsoft.com/azure/backup/azure-kubernetes-service-cluster-backup-support-matrix */
function refuseRegion(operation: Operation): ProviderError | undefined {
  const region = (record: CloudRecord | undefined): string =>
    normalizeRegion(text(record?.properties, "location") ?? "");
  const cluster = clusterOf(operation);
  const [wanted, vault] = [region(cluster), region(vaultOf(operation))];
  if (cluster === undefined || wanted === vault) return undefined;
  return refusal(
    "BadRequest",
    `The backup vault must be in the region of the AKS cluster: the vault is in ${vault}, the cluster in ${wanted}.`,
  );
}

function refuseStopped(operation: Operation): ProviderError | undefined {
  const state = text(clusterOf(operation)?.properties, "powerState.code");
  return state === "Stopped"
    ? refusal("UserErrorKubernetesBackupClusterIsStopped", "Kubernetes cluster is in stopped state.")
    : undefined;
}

/** Reader for the vault on the cluster. */
function refuseUnreadable(operation: Operation): ProviderError | undefined {
  const cluster = clusterOf(operation);
  if (cluster === undefined) return undefined;
  const action = "Microsoft.KubernetesConfiguration/extensions/read";
  const decision = evaluate(operation.cloud.store, vaultPrincipal(operation), action, cluster.id);
  return decision.allowed
    ? undefined
    : refusal(
        "KubernetesBackupListExtensionsError",
        `The backup vault's managed identity cannot list the extensions of the cluster: assign it the Reader role on ` +
          `${cluster.id} (${decision.chain.join("; ")}).`,
      );
}

function refuseExtension(operation: Operation): ProviderError | undefined {
  const cluster = clusterOf(operation);
  if (cluster === undefined || findBackupExtension(operation.cloud, cluster.id) !== undefined)
    return undefined;
  return refusal(
    "UserErrorKubernetesBackupExtensionNotFoundError",
    `The backup extension (microsoft.dataprotection.kubernetes) is not installed in the cluster ${nameOf(cluster.id)}.`,
  );
}

function refuseTrustedAccess(operation: Operation): ProviderError | undefined {
  const cluster = clusterOf(operation);
  if (cluster === undefined) return undefined;
  const vaultId = ownerIdOf(operation.id) ?? "";
  const bound = operation.cloud.store
    .list({ type: BINDING, under: cluster.id })
    .some(
      ({ properties }) =>
        sameId(text(properties, "sourceResourceId") ?? "", vaultId) &&
        strings(properties, "roles").includes(OPERATOR),
    );
  return bound
    ? undefined
    : refusal(
        "UserErrorTrustedAccessGatewayReturnedForbidden",
        "The Trusted Access role binding is missing/has gotten removed from the cluster. Bind the vault to the role " +
          `${OPERATOR} of ${cluster.id}.`,
      );
}

/** The container, and Storage Blob Data Contributor for the extension on its account. */
function refuseStorage(operation: Operation): ProviderError | undefined {
  const cluster = clusterOf(operation);
  const extension = cluster && findBackupExtension(operation.cloud, cluster.id);
  if (extension === undefined) return undefined;
  const storage = backupStorage(operation.cloud, extension);
  if (operation.cloud.store.get(storage.containerId) === undefined) {
    return refusal(
      "UserErrorNoDefaultBackupStorageLocationFound",
      `The backup storage location of the extension '${nameOf(extension.id)}' was not found: ${storage.containerId}.`,
    );
  }
  const principal = text(extension.properties, "aksAssignedIdentity.principalId") ?? "";
  const decision = evaluate(operation.cloud.store, principal, `${BLOBS}/write`, storage.containerId);
  return decision.allowed
    ? undefined
    : refusal(
        "UserErrorExtensionMSIMissingPermissionsOnBackupStorageLocation",
        "The extension's managed identity must have the Storage Blob Data Contributor role on " +
          `${storage.accountId} (${decision.chain.join("; ")}).`,
      );
}

/** Reader for the vault and Contributor for the cluster on the group of the snapshots. */
function refuseSnapshotGroup(operation: Operation): ProviderError | undefined {
  const cluster = clusterOf(operation);
  if (cluster === undefined) return undefined;
  const needed: readonly (readonly [who: string, role: string, principal: string, action: string])[] = [
    [
      "the backup vault's managed identity",
      "Reader",
      vaultPrincipal(operation),
      "Microsoft.Resources/subscriptions/resourceGroups/read",
    ],
    [
      "the cluster's identity",
      "Contributor",
      controlPlanePrincipal(cluster) ?? "",
      "Microsoft.Compute/snapshots/write",
    ],
  ];
  return refuseMissingRoles(operation, needed);
}

/** A policy with a vault tier makes the vault copy snapshots and read the extension's container. */
function refuseVaulting(operation: Operation): ProviderError | undefined {
  const policy = operation.cloud.store.get(text(operation.inputs, "properties.policyInfo.policyId") ?? "");
  const cluster = clusterOf(operation);
  if (cluster === undefined || !JSON.stringify(policy?.properties ?? {}).includes('"VaultStore"'))
    return undefined;
  const vault = "the backup vault's managed identity";
  const principal = vaultPrincipal(operation);
  const missing = refuseMissingRoles(operation, [
    [vault, "Disk Snapshot Contributor", principal, "Microsoft.Compute/snapshots/write"],
    [vault, "Data Operator for Managed Disks", principal, "Microsoft.Compute/snapshots/download/action"],
  ]);
  const extension = findBackupExtension(operation.cloud, cluster.id);
  if (missing !== undefined || extension === undefined) return missing;
  const { accountId, containerId } = backupStorage(operation.cloud, extension);
  const decision = evaluate(operation.cloud.store, principal, `${BLOBS}/read`, containerId);
  return decision.allowed
    ? undefined
    : refusal(
        "UserErrorBackupStorageLocationNotReady",
        `${vault} must have the Storage Blob Data Reader role on ${accountId} (${decision.chain.join("; ")}).`,
      );
}

function refuseMissingRoles(
  operation: Operation,
  needed: readonly (readonly [who: string, role: string, principal: string, action: string])[],
): ProviderError | undefined {
  const group = snapshotGroupOf(operation);
  for (const [who, role, principal, action] of needed) {
    const decision = evaluate(operation.cloud.store, principal, action, group);
    if (decision.allowed) continue;
    return refusal(
      "UserErrorNotEnoughPermissionOnSnapshotRG",
      "Azure Backup Service requires additional permissions on the Snapshot Data store Resource Group to do this " +
        `operation: ${who} must have the ${role} role on ${group} (${decision.chain.join("; ")}).`,
    );
  }
  return undefined;
}
