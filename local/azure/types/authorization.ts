import type { ProviderError } from "../../provider/backend";
import { text } from "../../provider/values";
import { findRoleDefinition } from "../access";
import { isWithin, onScope } from "../ids";
import { findPrincipal } from "../principals";
import { describeTypes, refusal, type Operation } from "../resourceType";
import { roleDefinitions } from "./authorizationRoles";
import { locks } from "./locks";
import { policy } from "./policy";

const ASSIGNMENT = "Microsoft.Authorization/roleAssignments";
const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** How long a new principal is unknown to the directory's replicas (Azure's docs speak of minutes). */
const REPLICATION_MILLISECONDS = 10 * 60 * 1000;

export const authorization = [...roleAssignments(), ...roleDefinitions, ...locks, ...policy];

function roleAssignments() {
  return describeTypes({
    token: "authorization:RoleAssignment",
    shape: onScope("scope", ASSIGNMENT, "roleAssignmentName"),
    apiVersion: "2022-04-01",
    autoName: "uuid",
    located: false,
    required: ["principalId", "roleDefinitionId"],
    // Role assignments are immutable (https://learn.microsoft.com/azure/role-based-access-control/troubleshooting);
    // azure-native replaces them for these (forceNewMap in provider/pkg/gen/replacement.go).
    replaceOn: ["principalId", "scope"],
    computed: ["createdBy", "createdOn", "scope", "updatedBy", "updatedOn"],
    compute: ({ cloud, inputs, keep, existing }) => {
      const changed = cloud.now().toISOString();
      return {
        scope: text(inputs, "scope") ?? "",
        createdBy: keep("createdBy", () => cloud.deployer.objectId),
        createdOn: keep("createdOn", () => changed),
        updatedBy: cloud.deployer.objectId,
        updatedOn: changed,
        principalType:
          text(inputs, "principalType") ??
          text(existing?.properties, "principalType") ??
          directoryType(cloud, inputs),
      };
    },
    seconds: { create: 25, update: 2, delete: 5 },
    refuse: [refuseName, refuseRole, refusePrincipal, refuseTwin, refuseUpdate],
  });
}

function directoryType(cloud: Operation["cloud"], inputs: Operation["inputs"]): string {
  const principalId = text(inputs, "principalId") ?? "";
  const isDeployer = principalId.toLowerCase() === cloud.deployer.objectId.toLowerCase();
  return isDeployer ? cloud.deployer.principalType : "ServicePrincipal";
}

function refuseName({ inputs }: Operation): ProviderError | undefined {
  const name = text(inputs, "roleAssignmentName") ?? "";
  if (GUID.test(name)) return undefined;
  return refusal(
    "InvalidRoleAssignmentId",
    `The role assignment ID '${name}' is not valid. The role assignment ID must be a GUID.`,
  );
}

function refuseRole({ cloud, inputs }: Operation): ProviderError | undefined {
  const role = text(inputs, "roleDefinitionId") ?? "";
  if (findRoleDefinition(cloud.store, role) !== undefined) return undefined;
  return refusal(
    "RoleDefinitionDoesNotExist",
    `The specified role definition with ID '${role.slice(role.lastIndexOf("/") + 1)}' does not exist. ` +
      "(The emulated Azure knows the roles in local/azure/roles.ts: a built-in role that is missing there can be added.)",
  );
}

/**
 * With a principal type Azure trusts the caller; without one it asks a directory that a new principal may not
 * have reached yet (https://learn.microsoft.com/azure/role-based-access-control/troubleshooting#symptom---assigning-a-role-to-a-new-principal-sometimes-fails).
 */
function refusePrincipal({ cloud, inputs, existing }: Operation): ProviderError | undefined {
  const principalId = text(inputs, "principalId") ?? "";
  const type = text(inputs, "principalType");
  const isDeployer = principalId.toLowerCase() === cloud.deployer.objectId.toLowerCase();
  const principal = findPrincipal(cloud.store, principalId);
  const actual = isDeployer ? cloud.deployer.principalType : principal?.type;
  if (type !== undefined && actual !== undefined && type !== actual) {
    return refusal(
      "UnmatchedPrincipalType",
      `The PrincipalId '${principalId.replaceAll("-", "")}' has type '${actual}' , which is different from ` +
        `specified PrinciaplType '${type}'.`,
    );
  }
  if (type !== undefined || isDeployer || existing !== undefined) return undefined;
  const age = principal === undefined ? 0 : cloud.now().getTime() - Date.parse(principal.record.createdAt);
  if (age > REPLICATION_MILLISECONDS) return undefined;
  return refusal(
    "PrincipalNotFound",
    `Principal ${principalId.replaceAll("-", "")} does not exist in the directory ${cloud.tenantId}. Check that you ` +
      "have the correct principal ID. If you are creating this principal and then immediately assigning a role, " +
      "this error might be related to a replication delay. In this case, set the role assignment principalType " +
      "property to a value, such as ServicePrincipal, User, or Group. See https://aka.ms/docs-principaltype",
  );
}

/** One principal has a role at a scope once, whatever the assignment's name is. */
function refuseTwin({ cloud, id, inputs }: Operation): ProviderError | undefined {
  const key = (values: Operation["inputs"]): string =>
    ["scope", "principalId"].map((name) => (text(values, name) ?? "").toLowerCase()).join(" ") +
    roleName(values);
  const twin = cloud.store
    .list({ cloud: "azure", type: ASSIGNMENT })
    .find((other) => !isWithin(other.id, id) && key(other.properties) === key(inputs));
  if (twin === undefined) return undefined;
  return refusal(
    "RoleAssignmentExists",
    `The role assignment already exists. The ID of the conflicting role assignment is ${twin.id.slice(twin.id.lastIndexOf("/") + 1).replaceAll("-", "")}.`,
  );
}

function refuseUpdate({ existing, inputs }: Operation): ProviderError | undefined {
  if (existing === undefined || roleName(existing.properties) === roleName(inputs)) return undefined;
  return refusal(
    "RoleAssignmentUpdateNotPermitted",
    "Tenant ID, application ID, principal ID, and scope are not allowed to be updated.",
  );
}

function roleName(values: Operation["inputs"]): string {
  const id = text(values, "roleDefinitionId") ?? "";
  return id.slice(id.lastIndexOf("/") + 1).toLowerCase();
}
