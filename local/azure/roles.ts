import type { Role } from "./role";
import { dataRoles } from "./rolesOfData";
import { platformRoles } from "./rolesOfPlatform";

export type { Role } from "./role";

/** Built-in roles (https://learn.microsoft.com/azure/role-based-access-control/built-in-roles). */
export const ROLES: readonly Role[] = [...platformRoles, ...dataRoles];

const BY_ID = new Map(ROLES.map((entry) => [entry.id, entry]));

/** @param roleDefinitionId full id, or the GUID alone. */
export function findRole(roleDefinitionId: string): Role | undefined {
  return BY_ID.get(roleDefinitionId.slice(roleDefinitionId.lastIndexOf("/") + 1).toLowerCase());
}

/** True where the role lets its holder do the action, be it one on the resource or on the data in it. */
export function permits({ actions, notActions = [], dataActions = [] }: Role, action: string): boolean {
  if (isDataAction(action)) return matchesAny(dataActions, action);
  return matchesAny(actions, action) && !matchesAny(notActions, action);
}

/**
 * Actions on data, which no role's `actions` cover, not even an owner's `*`
 * (https://learn.microsoft.com/azure/role-based-access-control/resource-provider-operations).
 */
const DATA_ACTIONS: readonly RegExp[] = [
  /^Microsoft\.KeyVault\/vaults\/(secrets|keys|certificates)\//i,
  /^Microsoft\.ContainerRegistry\/registries\/repositories\//i,
  /^Microsoft\.ContainerService\/managedClusters\/(?!agentPools|maintenanceConfigurations|accessProfiles)[^/]+\/(?!action$)/i,
  /^Microsoft\.Insights\/(Metrics|Telemetry)\/Write$/i,
  /^Microsoft\.Monitor\/accounts\/data\//i,
  /^Microsoft\.Dashboard\/grafana\/ActAs/i,
  /^Microsoft\.Storage\/storageAccounts\/blobServices\/containers\/blobs\//i,
  /^Microsoft\.Compute\/(disks|snapshots)\/(download|upload)\/action$/i,
];

function isDataAction(action: string): boolean {
  return DATA_ACTIONS.some((pattern) => pattern.test(action));
}

function matchesAny(patterns: readonly string[], action: string): boolean {
  return patterns.some((pattern) => {
    const parts = pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
    return new RegExp(`^${parts.join(".*")}$`, "i").test(action);
  });
}
