import type { ProviderError } from "../../provider/backend";
import { objects, strings, text } from "../../provider/values";
import { isWithin, nameOf, onScope, sameId } from "../ids";
import { describeTypes, refusal, type Deletion, type Operation } from "../resourceType";
import { findRole } from "../roles";

const DEFINITION = "Microsoft.Authorization/roleDefinitions";
const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Custom roles (https://learn.microsoft.com/azure/role-based-access-control/custom-roles). */
export const roleDefinitions = describeTypes({
  token: "authorization:RoleDefinition",
  shape: onScope("scope", DEFINITION, "roleDefinitionId"),
  apiVersion: "2022-05-01-preview",
  autoName: "uuid",
  located: false,
  defaults: ({ inputs }) => ({ assignableScopes: [text(inputs, "scope") ?? ""], roleType: "CustomRole" }),
  computed: ["createdBy", "createdOn", "updatedBy", "updatedOn"],
  compute: ({ cloud, keep }) => ({
    createdBy: keep("createdBy", () => cloud.deployer.objectId),
    createdOn: keep("createdOn", () => cloud.now().toISOString()),
    updatedBy: cloud.deployer.objectId,
    updatedOn: cloud.now().toISOString(),
  }),
  seconds: { create: 10, update: 8, delete: 6 },
  refuse: [refuseId, refuseName, refusePermissions],
  refuseDelete: [refuseAssigned],
});

function refuseId({ id, inputs }: Operation): ProviderError | undefined {
  const name = nameOf(id);
  if (!GUID.test(name)) {
    return refusal(
      "InvalidRoleDefinitionId",
      `The role definition ID '${name}' is not valid. The role definition ID must be a GUID.`,
    );
  }
  if (findRole(name) !== undefined) {
    return refusal(
      "RoleDefinitionUpdateNotPermitted",
      `The built-in role '${findRole(name)?.name ?? ""}' cannot be changed.`,
    );
  }
  const scope = text(inputs, "scope") ?? "";
  const scopes = strings(inputs, "assignableScopes");
  return scopes.length === 0 || scopes.some((assignable) => isWithin(scope, assignable))
    ? undefined
    : refusal(
        "RoleDefinitionScopeNotAssignable",
        `The role definition's assignableScopes (${scopes.join(", ")}) must include the scope that it is written at, ${scope}.`,
      );
}

/** A custom role's name is its directory's alone. */
function refuseName({ cloud, id, inputs }: Operation): ProviderError | undefined {
  const name = text(inputs, "roleName");
  if (name === undefined) return refusal("InvalidRoleDefinitionName", "A role definition needs a roleName.");
  const twin = cloud.store
    .list({ type: DEFINITION })
    .find((other) => !sameId(other.id, id) && text(other.properties, "roleName") === name);
  return twin === undefined
    ? undefined
    : refusal(
        "RoleDefinitionWithSameNameExists",
        `A custom role with the same name already exists in this directory. Use a different name. (${twin.id})`,
      );
}

function refusePermissions({ inputs }: Operation): ProviderError | undefined {
  const granted = objects(inputs, "permissions").flatMap((entry) => [
    ...strings(entry, "actions"),
    ...strings(entry, "dataActions"),
  ]);
  const bad = granted.find((action) => action !== "*" && !/^(\*|[\w*.]+)(\/[\w*.]+)+$/.test(action));
  return granted.length === 0 || bad !== undefined
    ? refusal(
        "InvalidActionOrNotAction",
        `'${bad ?? ""}' does not match any of the actions supported by the providers.`,
      )
    : undefined;
}

function refuseAssigned({ cloud, record }: Deletion): ProviderError | undefined {
  const isHeld = cloud.store
    .list({ type: "Microsoft.Authorization/roleAssignments" })
    .some(({ properties }) => sameId(nameOf(text(properties, "roleDefinitionId") ?? ""), nameOf(record.id)));
  return isHeld
    ? refusal(
        "RoleDefinitionHasAssignments",
        "There are existing role assignments referencing role (code: RoleDefinitionHasAssignments).",
      )
    : undefined;
}
