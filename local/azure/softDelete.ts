/**
 * Key vaults, and keys and secrets in them, that are deleted but not gone: their names stay taken until they are
 * purged or their retention is over. Azure keeps them for the subscription, so that they outlive the stack that made
 * them (https://learn.microsoft.com/azure/key-vault/general/soft-delete-overview).
 */
import type { CloudRecord, CloudStore } from "../cloud/store";
import type { JsonObject } from "../provider/backend";
import { flag, number, objects, text } from "../provider/values";
import { nameOf, ownerIdOf, sameId } from "./ids";
import { holderOf } from "./globalNames";
import { normalizeRegion } from "./regions";
import { refusal, type AzureCloud } from "./resourceType";

const DELETED_VAULT = "Microsoft.KeyVault/locations/deletedVaults";
/** Keys and secrets that are deleted from a vault that is still there. */
const DELETED_OBJECT = "Microsoft.KeyVault/deletedObjects";
const DAY_MILLISECONDS = 24 * 60 * 60 * 1000;
const DEFAULT_RETENTION_DAYS = 90;

/** A vault whose name is held. Times are ISO 8601. */
export interface HeldVaultName {
  readonly name: string;
  readonly vaultId: string;
  readonly location: string;
  readonly deletionDate: string;
  /** When the name is free again by itself. */
  readonly scheduledPurgeDate: string;
  /** Nobody can purge it before that date. */
  readonly purgeProtected: boolean;
}

/** What is to be told about names that a subscription holds after its stack is destroyed. */
export function heldVaultNames(store: CloudStore): HeldVaultName[] {
  return store.list({ type: DELETED_VAULT }).map(heldName);
}

/** Remembers a vault at its deletion, along with the keys and secrets in it. */
export function keepDeletedVault(
  cloud: AzureCloud,
  vault: CloudRecord,
  members: readonly CloudRecord[],
): void {
  const location = text(vault.properties, "location") ?? "";
  const deleted = cloud.now();
  const days = number(vault.properties, "properties.softDeleteRetentionInDays") ?? DEFAULT_RETENTION_DAYS;
  cloud.store.put({
    id: deletedVaultId(cloud, location, nameOf(vault.id)),
    cloud: "azure",
    type: DELETED_VAULT,
    properties: {
      vaultId: vault.id,
      location: normalizeRegion(location),
      deletionDate: deleted.toISOString(),
      scheduledPurgeDate: new Date(deleted.getTime() + days * DAY_MILLISECONDS).toISOString(),
      purgeProtectionEnabled: flag(vault.properties, "properties.enablePurgeProtection"),
      vault: vault.properties,
      members: members.map(({ id, type, properties, createdAt }) => ({ id, type, properties, createdAt })),
    },
    createdAt: deleted.toISOString(),
    seconds: 0,
    ofSubscription: true,
  });
}

/** The deleted vault of that name, in this subscription or another one; one whose retention is over is gone. */
export function findDeletedVault(cloud: AzureCloud, name: string): CloudRecord | undefined {
  const record = holderOf(cloud, DELETED_VAULT, name);
  return record === undefined || isOver(cloud, record) ? undefined : record;
}

/** The deleted vault that `createMode: "recover"` brings back: same subscription, region, group and name. */
export function recoverableVault(
  cloud: AzureCloud,
  location: string,
  vaultId: string,
): CloudRecord | undefined {
  const record = cloud.store.get(deletedVaultId(cloud, location, nameOf(vaultId)));
  if (record === undefined || isOver(cloud, record)) return undefined;
  return sameId(text(record.properties, "vaultId") ?? "", vaultId) ? record : undefined;
}

/** Puts the keys and secrets of a recovered vault back, and takes it from the list of deleted ones. */
export function restoreMembers(cloud: AzureCloud, deletedVault: CloudRecord): void {
  for (const member of objects(deletedVault.properties, "members")) {
    cloud.store.put({
      id: text(member, "id") ?? "",
      cloud: "azure",
      type: text(member, "type") ?? "",
      properties: member["properties"] as JsonObject,
      createdAt: text(member, "createdAt") ?? "",
      seconds: 0,
    });
  }
  cloud.store.remove(deletedVault.id);
}

/**
 * Frees the name of a deleted vault, as `az keyvault purge` does.
 * @throws DeletedVaultPurge is not allowed (MicrosoftDocs/azure-docs#55427) under purge protection.
 */
export function purgeVault(cloud: AzureCloud, name: string): void {
  const record = cloud.store.list({ type: DELETED_VAULT }).find(({ id }) => sameId(nameOf(id), name));
  if (record === undefined) {
    throw refusal("DeletedVaultNotFound", `The specified deleted vault '${name}' does not exist.`);
  }
  if (heldName(record).purgeProtected && !isOver(cloud, record)) {
    throw refusal("MethodNotAllowed", "Operation 'DeletedVaultPurge' is not allowed.");
  }
  for (const { id } of cloud.store.list({ under: deletedObjectsOf(cloud, name) })) cloud.store.remove(id);
  cloud.store.remove(record.id);
}

/** Holds the name of a key or a secret that is deleted from a living vault. */
export function keepDeletedObject(cloud: AzureCloud, record: CloudRecord): void {
  cloud.store.put({
    ...record,
    id: deletedObjectId(cloud, record.id),
    type: DELETED_OBJECT,
    properties: { deleted: record.properties, deletionDate: cloud.now().toISOString() },
    ofSubscription: true,
  });
}

export function isDeletedObject(cloud: AzureCloud, id: string): boolean {
  return cloud.store.get(deletedObjectId(cloud, id)) !== undefined;
}

function heldName({ id, properties }: CloudRecord): HeldVaultName {
  const read = (key: string): string => text(properties, key) ?? "";
  return {
    name: nameOf(id),
    vaultId: read("vaultId"),
    location: read("location"),
    deletionDate: read("deletionDate"),
    scheduledPurgeDate: read("scheduledPurgeDate"),
    purgeProtected: flag(properties, "purgeProtectionEnabled"),
  };
}

function isOver(cloud: AzureCloud, record: CloudRecord): boolean {
  return Date.parse(heldName(record).scheduledPurgeDate) <= cloud.now().getTime();
}

function deletedVaultId({ subscriptionId }: AzureCloud, location: string, name: string): string {
  const region = normalizeRegion(location);
  return `/subscriptions/${subscriptionId}/providers/Microsoft.KeyVault/locations/${region}/deletedVaults/${name}`;
}

function deletedObjectsOf({ subscriptionId }: AzureCloud, vaultName: string): string {
  return `/subscriptions/${subscriptionId}/providers/Microsoft.KeyVault/deletedObjects/${vaultName}`;
}

function deletedObjectId(cloud: AzureCloud, id: string): string {
  return `${deletedObjectsOf(cloud, nameOf(ownerIdOf(id) ?? ""))}/${id.split("/").slice(-2).join("/")}`;
}
