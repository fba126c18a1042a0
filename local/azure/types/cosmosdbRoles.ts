import type { JsonObject, ProviderError } from "../../provider/backend";
import { objects, strings, text } from "../../provider/values";
import { COSMOS_ROLES, findCosmosRole, isDataScope } from "../cosmosAccess";
import { accountOf, oneWriteAtATime } from "../cosmosRules";
import { inGroup, nameOf, sameId } from "../ids";
import { describeTypes, refusal, type Deletion, type Operation } from "../resourceType";

const ACCOUNT = "Microsoft.DocumentDB/databaseAccounts";
const DEFINITION = `${ACCOUNT}/sqlRoleDefinitions`;
const ASSIGNMENT = `${ACCOUNT}/sqlRoleAssignments`;
const API = "2025-10-15";
const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Cosmos DB has roles of its own for its data (https://learn.microsoft.com/azure/cosmos-db/nosql/how-to-connect-role-based-access-control). */
export const cosmosRoles = describeTypes(
  {
    token: "cosmosdb:SqlResourceSqlRoleDefinition",
    shape: inGroup(DEFINITION, "accountName", "roleDefinitionId"),
    apiVersion: API,
    autoName: "uuid",
    located: false,
    seconds: { create: 20, update: 20, delete: 15 },
    refuse: [refuseName, refuseDefinition],
    refuseDelete: [refuseHeld],
    serial: oneWriteAtATime,
  },
  {
    token: "cosmosdb:SqlResourceSqlRoleAssignment",
    shape: inGroup(ASSIGNMENT, "accountName", "roleAssignmentId"),
    apiVersion: API,
    autoName: "uuid",
    located: false,
    // forceNewMap in provider/pkg/gen/replacement.go of pulumi-azure-native.
    replaceOn: ["principalId", "scope"],
    seconds: { create: 25, update: 20, delete: 15 },
    refuse: [refuseName, refuseAssignment, refuseTwin],
    serial: oneWriteAtATime,
  },
);

function badRequest(message: string): ProviderError {
  return refusal("BadRequest", message);
}

function refuseName({ id }: Operation): ProviderError | undefined {
  const name = nameOf(id);
  return GUID.test(name)
    ? undefined
    : badRequest(`The ID '${name}' of a role definition or assignment must be a GUID.`);
}

/** Only data actions of Cosmos DB, within the account. */
function refuseDefinition({ id, inputs }: Operation): ProviderError | undefined {
  if (COSMOS_ROLES.some((role) => role.id === nameOf(id))) {
    return badRequest(`The role definition '${nameOf(id)}' is built in and cannot be changed.`);
  }
  if (text(inputs, "roleName") === undefined) return badRequest("A role definition needs a roleName.");
  const actions = objects(inputs, "permissions").flatMap((permission) => strings(permission, "dataActions"));
  const foreign = actions.find((action) => !action.startsWith(`${ACCOUNT}/`));
  if (actions.length === 0 || foreign !== undefined) {
    return badRequest(`Data actions of a role definition start with ${ACCOUNT}/, got ${foreign ?? "none"}.`);
  }
  const scopes = strings(inputs, "assignableScopes");
  const outside = scopes.find((scope) => !isDataScope(scope, accountOf(id)));
  return scopes.length === 0 || outside !== undefined
    ? badRequest(`assignableScopes must name the account or what is in it, got ${outside ?? "none"}.`)
    : undefined;
}

function refuseHeld({ cloud, record }: Deletion): ProviderError | undefined {
  const holder = cloud.store
    .list({ type: ASSIGNMENT, under: accountOf(record.id) })
    .find(({ properties }) => sameId(text(properties, "roleDefinitionId") ?? "", record.id));
  return holder === undefined
    ? undefined
    : refusal(
        "PreconditionFailed",
        `Role definition ${record.id} is in use by the role assignment ${holder.id}.`,
      );
}

function refuseAssignment({ cloud, id, inputs }: Operation): ProviderError | undefined {
  const account = accountOf(id);
  const scope = text(inputs, "scope") ?? "";
  if (!isDataScope(scope, account)) {
    return badRequest(
      `The scope of a role assignment is the account (${account}), or '/dbs/<database>' and '/colls/<container>' ` +
        `below it, got '${scope}'.`,
    );
  }
  const role = text(inputs, "roleDefinitionId") ?? "";
  if (findCosmosRole(cloud.store, account, role) === undefined) {
    return badRequest(
      `The provided role definition '${role}' is no role of ${account}: Azure RBAC roles do not count for the data of ` +
        `Cosmos DB. Built in are ${COSMOS_ROLES.map(({ id: guid, name }) => `${guid} (${name})`).join(", ")}.`,
    );
  }
  const principal = text(inputs, "principalId") ?? "";
  return GUID.test(principal)
    ? undefined
    : badRequest(`The provided principal ID [${principal}] was not found in the AAD tenant.`);
}

function refuseTwin({ cloud, id, inputs }: Operation): ProviderError | undefined {
  const key = (values: JsonObject): string =>
    ["principalId", "scope", "roleDefinitionId"]
      .map((name) => (text(values, name) ?? "").toLowerCase())
      .join(" ");
  const twin = cloud.store
    .list({ type: ASSIGNMENT, under: accountOf(id) })
    .find((other) => !sameId(other.id, id) && key(other.properties) === key(inputs));
  return twin === undefined
    ? undefined
    : refusal(
        "Conflict",
        `Role assignment ${twin.id} gives the same role to the same principal at the same scope.`,
      );
}
