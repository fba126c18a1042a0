/**
 * May a principal in a network work with a data service? Both have to hold: a right in the service, and a way through the
 * network to it. Each answer says why.
 */
import type { CloudStore } from "../cloud/store";
import { evaluate, type Decision } from "./access";
import { canUseCosmosItems } from "./cosmosAccess";
import { canReach } from "./reachability";
import { flag, text } from "../provider/values";

/** Who asks, and from which virtual network. */
export interface Caller {
  /** Object id, not client id. */
  readonly principalId: string;
  /** ARM id; undefined: the network is not asked about. */
  readonly networkId?: string;
}

const REDIS = "Microsoft.Cache/redisEnterprise";
const POSTGRESQL = "Microsoft.DBforPostgreSQL/flexibleServers";

/** Reading a secret's value, with Azure RBAC. */
export function canReadSecret(
  store: CloudStore,
  caller: Caller,
  vaultId: string,
  secretName?: string,
): Decision {
  const vault = store.get(vaultId);
  if (vault === undefined) return missing(vaultId);
  if (!flag(vault.properties, "properties.enableRbacAuthorization")) {
    return {
      allowed: false,
      chain: [`${vaultId} has access policies instead of Azure RBAC, which are not evaluated`],
    };
  }
  const scope = secretName === undefined ? vaultId : `${vaultId}/secrets/${secretName}`;
  const action = "Microsoft.KeyVault/vaults/secrets/getSecret/action";
  return both(evaluate(store, caller.principalId, action, scope), store, caller, vaultId);
}

/** Reading and writing the items of a container. */
export function canUseCosmos(
  store: CloudStore,
  caller: Caller,
  accountId: string,
  database: string,
  container: string,
): Decision {
  if (store.get(accountId) === undefined) return missing(accountId);
  const right = canUseCosmosItems(store, caller.principalId, accountId, `dbs/${database}/colls/${container}`);
  return both(right, store, caller, accountId);
}

/** Reading and writing keys of a cluster's one database. */
export function canUseRedis(store: CloudStore, caller: Caller, clusterId: string): Decision {
  const databaseId = `${clusterId}/databases/default`;
  if (store.get(databaseId) === undefined) return missing(databaseId);
  const assignment = store
    .list({ type: `${REDIS}/databases/accessPolicyAssignments`, under: databaseId })
    .find(({ properties }) => isPrincipal(text(properties, "user.objectId"), caller));
  const policy = text(assignment?.properties, "accessPolicyName") ?? "";
  const right: Decision =
    assignment === undefined
      ? {
          allowed: false,
          chain: [`no access policy assignment of ${databaseId} names principal ${caller.principalId}`],
        }
      : {
          allowed: true,
          chain: [`principal ${caller.principalId}`, `holds access policy '${policy}' (${assignment.id})`],
        };
  return both(right, store, caller, clusterId);
}

/** Signing in to a server as one of its Microsoft Entra administrators. */
export function canUsePostgresql(store: CloudStore, caller: Caller, serverId: string): Decision {
  const server = store.get(serverId);
  if (server === undefined) return missing(serverId);
  if (text(server.properties, "authConfig.activeDirectoryAuth") !== "Enabled") {
    return {
      allowed: false,
      chain: [`${serverId} does not take Microsoft Entra ID (authConfig.activeDirectoryAuth)`],
    };
  }
  const administrator = store
    .list({ type: `${POSTGRESQL}/administrators`, under: serverId })
    .find(({ properties }) => isPrincipal(text(properties, "objectId"), caller));
  const name = text(administrator?.properties, "principalName") ?? "";
  const right: Decision =
    administrator === undefined
      ? {
          allowed: false,
          chain: [`principal ${caller.principalId} is no Microsoft Entra administrator of ${serverId}`],
        }
      : {
          allowed: true,
          chain: [`principal ${caller.principalId}`, `is administrator '${name}' of ${serverId}`],
        };
  return both(right, store, caller, serverId);
}

/** Reading or writing blobs. @param scopeId a storage account, or one of its containers. */
export function canUseBlobs(
  store: CloudStore,
  caller: Caller,
  scopeId: string,
  verb: "read" | "write" = "write",
): Decision {
  const accountId = /^.*\/storageAccounts\/[^/]+/i.exec(scopeId)?.[0] ?? scopeId;
  if (store.get(accountId) === undefined) return missing(accountId);
  const action = `Microsoft.Storage/storageAccounts/blobServices/containers/blobs/${verb}`;
  return both(evaluate(store, caller.principalId, action, scopeId), store, caller, accountId);
}

function isPrincipal(objectId: string | undefined, { principalId }: Caller): boolean {
  return objectId?.toLowerCase() === principalId.toLowerCase();
}

function missing(id: string): Decision {
  return { allowed: false, chain: [`there is no ${id}`] };
}

function both(right: Decision, store: CloudStore, { networkId }: Caller, resourceId: string): Decision {
  if (!right.allowed || networkId === undefined) return right;
  const network = canReach(store, networkId, resourceId);
  return { allowed: network.allowed, chain: [...right.chain, ...network.chain] };
}
