/** Roles of Azure Cosmos DB's own data plane; Azure RBAC does not reach into it. */
import type { CloudStore } from "../cloud/store";
import type { Decision } from "./access";
import { isWithin, nameOf } from "./ids";
import { objects, strings, text } from "../provider/values";

const ACCOUNT = "Microsoft.DocumentDB/databaseAccounts";
const ITEMS = `${ACCOUNT}/sqlDatabases/containers/items`;

interface CosmosRole {
  readonly id: string;
  readonly name: string;
  readonly dataActions: readonly string[];
}

/** https://learn.microsoft.com/azure/cosmos-db/nosql/reference-data-plane-security#built-in-roles */
export const COSMOS_ROLES: readonly CosmosRole[] = [
  {
    id: "00000000-0000-0000-0000-000000000001",
    name: "Cosmos DB Built-in Data Reader",
    dataActions: [
      `${ACCOUNT}/readMetadata`,
      `${ITEMS}/read`,
      `${ACCOUNT}/sqlDatabases/containers/executeQuery`,
      `${ACCOUNT}/sqlDatabases/containers/readChangeFeed`,
    ],
  },
  {
    id: "00000000-0000-0000-0000-000000000002",
    name: "Cosmos DB Built-in Data Contributor",
    dataActions: [`${ACCOUNT}/readMetadata`, `${ACCOUNT}/sqlDatabases/containers/*`, `${ITEMS}/*`],
  },
];

/** @param roleId full id of a role of this account. */
export function findCosmosRole(store: CloudStore, accountId: string, roleId: string): CosmosRole | undefined {
  if (!isWithin(roleId, `${accountId}/sqlRoleDefinitions`)) return undefined;
  const builtIn = COSMOS_ROLES.find(({ id }) => id === nameOf(roleId));
  if (builtIn !== undefined) return builtIn;
  const custom = store.get(roleId);
  if (custom === undefined) return undefined;
  return {
    id: nameOf(custom.id),
    name: text(custom.properties, "roleName") ?? nameOf(custom.id),
    dataActions: objects(custom.properties, "permissions").flatMap((entry) => strings(entry, "dataActions")),
  };
}

/** The scope of a data-plane role: the account, or `<account>/dbs/<database>[/colls/<container>]`. */
export function isDataScope(scope: string, accountId: string): boolean {
  if (!isWithin(scope, accountId)) return false;
  return /^(\/dbs\/[^/]+(\/colls\/[^/]+)?)?\/?$/.test(scope.slice(accountId.length));
}

/**
 * May a principal work with the items of a container?
 * @param path `dbs/<database>/colls/<container>`
 */
export function canUseCosmosItems(
  store: CloudStore,
  principalId: string,
  accountId: string,
  path: string,
  verb: "read" | "create" = "create",
): Decision {
  const target = `${accountId}/${path}`;
  const held = store
    .list({ type: `${ACCOUNT}/sqlRoleAssignments`, under: accountId })
    .filter(({ properties }) => text(properties, "principalId")?.toLowerCase() === principalId.toLowerCase());
  const needed = `${ITEMS}/${verb}`;
  for (const assignment of held) {
    const scope = text(assignment.properties, "scope") ?? "";
    const role = findCosmosRole(store, accountId, text(assignment.properties, "roleDefinitionId") ?? "");
    if (role === undefined || !isWithin(target, scope) || !permits(role, needed)) continue;
    return {
      allowed: true,
      chain: [
        `principal ${principalId}`,
        `holds ${role.name} on ${scope} (Cosmos DB assignment ${nameOf(assignment.id)})`,
        `which permits ${needed} on ${target}`,
      ],
    };
  }
  const elsewhere = held.map(({ properties }) => text(properties, "scope") ?? "").join("; ");
  return {
    allowed: false,
    chain: [
      `no role of Cosmos DB's data plane lets principal ${principalId} do ${needed} on ${target}`,
      held.length === 0 ? "it holds none in the account" : `its roles there: ${elsewhere}`,
    ],
  };
}

function permits({ dataActions }: CosmosRole, action: string): boolean {
  return dataActions.some((pattern) =>
    pattern.endsWith("/*")
      ? action.toLowerCase().startsWith(pattern.slice(0, -1).toLowerCase())
      : pattern.toLowerCase() === action.toLowerCase(),
  );
}
