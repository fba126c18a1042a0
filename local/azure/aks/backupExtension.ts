/** The extension of AKS Backup, and where it keeps what it backs up. */
import type { CloudRecord } from "../../cloud/store";
import type { AzureCloud } from "../resourceType";
import { isObject, text } from "../../provider/values";

export const BACKUP_EXTENSION = "microsoft.dataprotection.kubernetes";
const EXTENSION = "Microsoft.KubernetesConfiguration/extensions";
/** https://learn.microsoft.com/azure/backup/azure-kubernetes-service-cluster-manage-backups#install-backup-extension */
const LOCATION = "configuration.backupStorageLocation";

export interface BackupStorage {
  readonly accountId: string;
  readonly containerId: string;
}

export function findBackupExtension(cloud: AzureCloud, clusterId: string): CloudRecord | undefined {
  return cloud.store
    .list({ type: EXTENSION, under: clusterId })
    .find(({ properties }) => text(properties, "extensionType")?.toLowerCase() === BACKUP_EXTENSION);
}

/** From the extension's settings, whose keys have dots in them. */
export function backupStorage(cloud: AzureCloud, { properties }: CloudRecord): BackupStorage {
  const settings = properties["configurationSettings"];
  const setting = (key: string): string => {
    const value = isObject(settings) ? settings[`${LOCATION}.${key}`] : undefined;
    return typeof value === "string" ? value : "";
  };
  const subscription = setting("config.subscriptionId") || cloud.subscriptionId;
  const accountId =
    `/subscriptions/${subscription}/resourceGroups/${setting("config.resourceGroup")}` +
    `/providers/Microsoft.Storage/storageAccounts/${setting("config.storageAccount")}`;
  return { accountId, containerId: `${accountId}/blobServices/default/containers/${setting("bucket")}` };
}
