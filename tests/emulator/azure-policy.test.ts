import { POLICY_DEFINITIONS } from "../../local/azure/policyDefinitions";
import { findRoleDefinition } from "../../local/azure/access";
import { ROLES } from "../../local/azure/roles";
import type { JsonObject } from "../../local/provider/backend";
import { Azure, DEPLOYER, GROUP, guid, SUBSCRIPTION } from "./azure-support";

const IMAGES = "febd0533-8e55-448f-b837-bd0e06f16469";
const ESCALATION = "1c6e92c9-99f0-4e55-9cf2-0c234dc48f99";
const LOCAL_ACCOUNTS = "993c2fcd-2b29-49d2-9eb0-df2c3a730c32";
const RESTRICTED = "42b8ef37-b724-4e24-bbc8-7a7708edfe00";
const INHERIT_TAG = "cd3aa116-8754-49c9-a813-ad46512ece54";
const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

let azure: Azure;

beforeEach(async () => {
  azure = new Azure();
  await azure.group();
});

function assignment(definition: string, parameters: JsonObject = {}, more: JsonObject = {}): JsonObject {
  const kind = definition === RESTRICTED ? "policySetDefinitions" : "policyDefinitions";
  return {
    scope: GROUP,
    policyAssignmentName: "rule",
    policyDefinitionId: `/providers/Microsoft.Authorization/${kind}/${definition}`,
    parameters: Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, { value }])),
    ...more,
  };
}

describe("policy assignments", () => {
  test.each<[string, JsonObject, string]>([
    ["an unknown definition", assignment(guid(1)), "PolicyDefinitionNotFound"],
    [
      "an initiative by a policy's path",
      {
        ...assignment(IMAGES),
        policyDefinitionId: `/providers/Microsoft.Authorization/policyDefinitions/${RESTRICTED}`,
      },
      "PolicyDefinitionNotFound",
    ],
    [
      "a parameter that is missing",
      assignment(IMAGES),
      "is missing the parameter(s) 'allowedContainerImagesRegex'",
    ],
    [
      "a parameter that is not defined",
      assignment(LOCAL_ACCOUNTS, { excludedNamespaces: [] }),
      "has the parameter(s) 'excludedNamespaces' which are not defined",
    ],
    [
      "an effect in the wrong case",
      assignment(ESCALATION, { effect: "deny" }),
      "The value 'deny' is not allowed",
    ],
    [
      "an effect that the definition lacks",
      assignment(LOCAL_ACCOUNTS, { effect: "Modify" }),
      "'Audit, Deny, Disabled'",
    ],
    [
      "a policy that acts without identity",
      assignment(INHERIT_TAG, { tagName: "team" }),
      "ResourceIdentityRequired",
    ],
    [
      "an identity without a location",
      assignment(INHERIT_TAG, { tagName: "team" }, { identity: { type: "SystemAssigned" } }),
      "LocationRequired",
    ],
    [
      "an exclusion outside",
      assignment(RESTRICTED, {}, { notScopes: [`/subscriptions/${SUBSCRIPTION}`] }),
      "InvalidNotScopes",
    ],
    [
      "a scope that does not exist",
      assignment(RESTRICTED, {}, { scope: `${GROUP}2` }),
      "ResourceGroupNotFound",
    ],
    [
      "a name with a slash",
      assignment(RESTRICTED, {}, { policyAssignmentName: "a/b" }),
      "does not match expression",
    ],
  ])("%s", async (_what, inputs, message) => {
    await expect(azure.create("authorization:PolicyAssignment", inputs)).rejects.toThrow(message);
  });

  test("one that acts has a principal that roles can be given to", async () => {
    const identity = { identity: { type: "SystemAssigned" }, location: "westus2" };
    const { outputs } = await azure.create(
      "authorization:PolicyAssignment",
      assignment(INHERIT_TAG, { tagName: "team" }, identity),
    );
    expect(outputs).toHaveProperty("identity.principalId", expect.stringMatching(GUID));
  });

  test("its definition stays, its parameters change", async () => {
    const state = await azure.create(
      "authorization:PolicyAssignment",
      assignment(ESCALATION, { effect: "Audit" }),
    );
    await expect(
      azure.update("authorization:PolicyAssignment", state, assignment(ESCALATION, { effect: "Deny" })),
    ).resolves.toBeDefined();
    await expect(
      azure.update("authorization:PolicyAssignment", state, assignment(LOCAL_ACCOUNTS)),
    ).rejects.toThrow("PolicyAssignmentImmutable");
  });

  test("definitions are known by GUID, roles by GUID and name, each once", () => {
    expect(Object.keys(POLICY_DEFINITIONS).filter((id) => !GUID.test(id))).toEqual([]);
    expect(ROLES.filter(({ id }) => !GUID.test(id))).toEqual([]);
    expect(new Set(ROLES.map(({ id }) => id)).size).toBe(ROLES.length);
    expect(new Set(ROLES.map(({ name }) => name)).size).toBe(ROLES.length);
  });
});

describe("role definitions", () => {
  const role = (changes: JsonObject = {}): JsonObject => ({
    ...{ scope: GROUP, roleDefinitionId: guid(7), roleName: "Restarter" },
    permissions: [{ actions: ["Microsoft.ContainerService/managedClusters/*"] }],
    ...changes,
  });
  const create = (inputs: JsonObject) => azure.create("authorization:RoleDefinition", inputs);

  test.each<[string, JsonObject, string]>([
    ["a name that is no GUID", role({ roleDefinitionId: "restarter" }), "InvalidRoleDefinitionId"],
    [
      "a built-in role's id",
      role({ roleDefinitionId: ROLES[0]?.id ?? "" }),
      "RoleDefinitionUpdateNotPermitted",
    ],
    ["no permission", role({ permissions: [] }), "InvalidActionOrNotAction"],
    [
      "a permission that is none",
      role({ permissions: [{ actions: ["restart"] }] }),
      "InvalidActionOrNotAction",
    ],
    ["scopes beside it", role({ assignableScopes: [`${GROUP}2`] }), "RoleDefinitionScopeNotAssignable"],
    ["no name to show", { ...role(), roleName: null }, "InvalidRoleDefinitionName"],
  ])("%s", async (_what, inputs, message) => {
    await expect(create(inputs)).rejects.toThrow(message);
  });

  test("two of one name", async () => {
    await create(role());
    await expect(create(role({ roleDefinitionId: guid(8) }))).rejects.toThrow(
      "RoleDefinitionWithSameNameExists",
    );
  });

  test("counts for access, and stays while somebody has it", async () => {
    const { id } = await create(role());
    expect(findRoleDefinition(azure.store, id)?.actions).toEqual([
      "Microsoft.ContainerService/managedClusters/*",
    ]);
    const assigned = await azure.create("authorization:RoleAssignment", {
      ...{ scope: GROUP, principalId: DEPLOYER, roleDefinitionId: id },
    });
    await expect(azure.delete("authorization:RoleDefinition", id)).rejects.toThrow(
      "RoleDefinitionHasAssignments",
    );
    await azure.delete("authorization:RoleAssignment", assigned.id);
    await azure.delete("authorization:RoleDefinition", id);
    expect(azure.store.get(id)).toBeUndefined();
  });
});
