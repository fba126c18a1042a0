import type { CloudRecord } from "../../cloud/store";
import type { ProviderError } from "../../provider/backend";
import { number, text } from "../../provider/values";
import { groupIdOf, inGroup, isWithin, onScope, ownerIdOf } from "../ids";
import {
  describeTypes,
  refusal,
  type AzureCloud,
  type AzureType,
  type Deletion,
  type Operation,
} from "../resourceType";

const LOCK = "Microsoft.Authorization/locks";
/** https://learn.microsoft.com/rest/api/resources/management-locks/create-or-update-by-scope */
const NAME = { pattern: /^[^<>%&:\\?/]+$/, minLength: 1, maxLength: 260 };
const LEVELS = ["CanNotDelete", "ReadOnly"];

/** The three tokens of azure-native for one ARM type: they differ in how they name what is locked. */
function lockType(
  token: string,
  shape: AzureType["shape"],
  extra: Pick<AzureType, "required" | "writeOnly"> = {},
): AzureType {
  return {
    token: `authorization:${token}`,
    shape,
    apiVersion: "2020-05-01",
    autoName: "random",
    name: NAME,
    located: false,
    required: ["level"],
    seconds: { create: 3, update: 3, delete: 3 },
    refuse: [refuseLevel],
    ...extra,
  };
}

export const locks = describeTypes(
  lockType("ManagementLockByScope", onScope("scope", LOCK, "lockName")),
  lockType("ManagementLockAtResourceGroupLevel", inGroup(LOCK, "resourceGroupName", "lockName")),
  lockType(
    "ManagementLockAtResourceLevel",
    {
      armType: LOCK,
      template:
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/{resourceProviderNamespace}/" +
        `{parentResourcePath}/{resourceType}/{resourceName}/providers/${LOCK}/{lockName}`,
      parameters: [
        "resourceGroupName",
        "resourceProviderNamespace",
        "parentResourcePath",
        "resourceType",
        "resourceName",
        "lockName",
      ],
    },
    { required: ["apiVersion", "level"], writeOnly: ["apiVersion"] },
  ),
);

/** What Azure Resource Manager does not delete, so that no lock is asked: it goes through the vault or the server itself. */
const BEYOND_LOCKS = ["keyvault:Key", "keyvault:Secret", "dbforpostgresql:Configuration"];

/**
 * A type that locks hold for: all but the locks themselves
 * (https://learn.microsoft.com/azure/azure-resource-manager/management/lock-resources).
 */
export function underLocks(type: AzureType): AzureType {
  if (type.shape.armType === LOCK || BEYOND_LOCKS.includes(type.token)) return type;
  return {
    ...type,
    refuse: [refuseWrite, ...(type.refuse ?? [])],
    refuseDelete: [refuseDelete, ...(type.refuseDelete ?? [])],
  };
}

/** A value that does not fit is a body that cannot be read (the code and its words: Azure/azure-sdk-for-net#2542). */
function refuseLevel({ inputs }: Operation): ProviderError | undefined {
  const level = text(inputs, "level") ?? "";
  return LEVELS.includes(level)
    ? undefined
    : refusal(
        "InvalidRequestContent",
        `The request content was invalid and could not be deserialized: level '${level}' is not one of ${LEVELS.join(", ")}.`,
      );
}

function locksOf({ store }: AzureCloud): CloudRecord[] {
  return store.list({ type: LOCK });
}

function scopeOf(lock: CloudRecord): string {
  return ownerIdOf(lock.id) ?? "";
}

function isReadOnly(lock: CloudRecord): boolean {
  return text(lock.properties, "level") === "ReadOnly";
}

/** Locks on a resource hold for all that is below it; deleting a group deletes what is locked in it. */
function refuseDelete({ cloud, record }: Deletion): ProviderError | undefined {
  const held = locksOf(cloud).filter(
    (lock) => isWithin(record.id, scopeOf(lock)) || isWithin(scopeOf(lock), record.id),
  );
  return held.length > 0 ? locked(record.id, "delete", held) : refuseNodes(cloud, record);
}

function refuseWrite({ cloud, id, inputs, existing }: Operation): ProviderError | undefined {
  const held = locksOf(cloud).filter((lock) => isReadOnly(lock) && isWithin(id, scopeOf(lock)));
  if (held.length > 0) return locked(id, "write", held);
  const isScaleDown = (number(inputs, "count") ?? Infinity) < (number(existing?.properties, "count") ?? 0);
  return existing !== undefined && isScaleDown ? refuseNodes(cloud, existing) : undefined;
}

/** Nodes that go are deleted in the node resource group, where a lock stops AKS (Azure/AKS#3291, with these words). */
function refuseNodes(cloud: AzureCloud, record: CloudRecord): ProviderError | undefined {
  const cluster = /^.*\/managedClusters\/[^/]+/i.exec(record.id)?.[0] ?? "";
  const isPool = /\/agentPools\/[^/]+$/i.test(record.id);
  if (record.id.toLowerCase() !== cluster.toLowerCase() && !isPool) return undefined;
  const name = text(cloud.store.get(cluster)?.properties, "nodeResourceGroup") ?? "";
  const nodes = (groupIdOf(record.id) ?? "").replace(/[^/]+$/, name);
  const held = locksOf(cloud).filter((lock) => name !== "" && isWithin(scopeOf(lock), nodes));
  return held.length === 0
    ? undefined
    : refusal(
        "ScopeLocked",
        `Resource group '${name}' under subscription: '${cloud.subscriptionId}' is locked, please remove lock and ` +
          "retry. Please see http://aka.ms/azure-lock-resources",
      );
}

/** Azure-Player/azure.datafactory.devops#183 shows the code and the words. */
function locked(id: string, verb: string, held: readonly CloudRecord[]): ProviderError {
  return refusal(
    "ScopeLocked",
    `The scope '${id}' cannot perform ${verb} operation because following scope(s) are locked: ` +
      `'${held.map(scopeOf).join(",")}'. Please remove the lock and try again.`,
  );
}
