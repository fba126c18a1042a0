/**
 * Backup instances that are deleted but kept by their vault's soft delete
 * (https://learn.microsoft.com/azure/backup/secure-by-default).
 */
import type { CloudRecord } from "../../cloud/store";
import { nameOf, ownerIdOf } from "../ids";
import type { AzureCloud, Deletion } from "../resourceType";
import { number, text } from "../../provider/values";

const DELETED_INSTANCE = "Microsoft.DataProtection/backupVaults/deletedBackupInstances";
const SETTINGS = "properties.securitySettings.softDeleteSettings";
const DAY_MILLISECONDS = 24 * 60 * 60 * 1000;

/** Those of a vault whose retention is not over. */
export function deletedInstancesOf(cloud: AzureCloud, vaultId: string): CloudRecord[] {
  return cloud.store
    .list({ type: DELETED_INSTANCE, under: vaultId })
    .filter(
      ({ properties }) => Date.parse(text(properties, "scheduledPurgeTime") ?? "") > cloud.now().getTime(),
    );
}

/** Keeps a deleted instance, where its vault has soft delete on. */
export function keepDeletedInstance({ cloud, record }: Deletion): void {
  const vault = cloud.store.get(ownerIdOf(record.id) ?? "");
  if (vault === undefined || text(vault.properties, `${SETTINGS}.state`) === "Off") return;
  const now = cloud.now();
  const days = number(vault.properties, `${SETTINGS}.retentionDurationInDays`) ?? 14;
  cloud.store.put({
    ...record,
    id: `${vault.id}/deletedBackupInstances/${nameOf(record.id)}`,
    type: DELETED_INSTANCE,
    properties: {
      ...record.properties,
      deletionTime: now.toISOString(),
      scheduledPurgeTime: new Date(now.getTime() + days * DAY_MILLISECONDS).toISOString(),
    },
    seconds: 0,
  });
}
