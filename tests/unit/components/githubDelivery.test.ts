import * as resources from "@pulumi/azure-native/resources";

import { GithubDelivery, type GithubDeliveryArgs } from "../../../components/githubDelivery";
import { ROLES, type RoleName } from "../../../components/support/roles";
import { Names } from "../../../config";
import { findRole, permits } from "../../../local/azure/roles";
import { ofType, type RegisteredResource, runWithMocks } from "../../support/pulumi";
import { grantsOf } from "./securityFixture";

const WORKFLOW = "delivery-github-principal-object-id";
const MANAGES_ACCESS = ["Contributor", "RoleBasedAccessControlAdministrator"] as const;
const MANAGES_GUARDS = ["LocksContributor", "ResourcePolicyContributor"] as const;

function render(security: GithubDeliveryArgs["security"]): Promise<RegisteredResource[]> {
  return runWithMocks(() => {
    const group = (name: string) => new resources.ResourceGroup(name, { location: "westus2" });
    return new GithubDelivery("delivery", {
      names: new Names({ prefix: "oap", project: "shop", environment: "prod" }),
      delivery: { github: { repository: "example/shop", environments: ["prod"] } },
      security,
      resourceGroup: group("all"),
      regions: [{ location: "westus2", resourceGroup: group("west") }],
    });
  });
}

function onEachGroup(roles: readonly RoleName[]): string[] {
  return roles.flatMap((role) => ["all", "west"].map((scope) => `${WORKFLOW} ${role} ${scope}`)).sort();
}

/** Ids of the roles that the workflow may grant, from the conditions on its own grants. */
function grantable(registered: readonly RegisteredResource[]): Set<string> {
  const conditions = ofType(registered, "azure-native:authorization:RoleAssignment").flatMap(({ inputs }) =>
    typeof inputs["condition"] === "string" ? [inputs["condition"]] : [],
  );
  expect(conditions).toHaveLength(2);
  return new Set(
    conditions.flatMap((condition) => condition.match(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g) ?? []),
  );
}

describe("the workflow's identity", () => {
  test.each([
    ["neither policies nor locks", { azurePolicy: "off", deletionLocks: false }, []],
    ["policies", { azurePolicy: "audit", deletionLocks: false }, ["ResourcePolicyContributor"]],
    ["locks", { azurePolicy: "off", deletionLocks: true }, ["LocksContributor"]],
    ["both", { azurePolicy: "deny", deletionLocks: true }, MANAGES_GUARDS],
  ] as const)("of a stack with %s holds on every group what that takes", async (_what, security, further) => {
    expect(grantsOf(await render(security))).toEqual(onEachGroup([...MANAGES_ACCESS, ...further]));
  });

  test("grants what the program grants to others, and none of the roles that it holds itself", async () => {
    const own: readonly string[] = [...MANAGES_ACCESS, ...MANAGES_GUARDS].map((name) => ROLES[name]);
    const others = Object.values(ROLES).filter((id) => !own.includes(id));
    expect(grantable(await render({ azurePolicy: "deny", deletionLocks: true }))).toEqual(new Set(others));
  });
});

test.each([
  ["ResourcePolicyContributor", "Microsoft.Authorization/policyAssignments/write"],
  ["LocksContributor", "Microsoft.Authorization/locks/delete"],
] as const)("%s may do what Contributor may not: %s", (name, action) => {
  const [role, contributor] = [findRole(ROLES[name]), findRole(ROLES.Contributor)];
  expect(role && permits(role, action)).toBe(true);
  expect(contributor && permits(contributor, action)).toBe(false);
  expect(role && permits(role, "Microsoft.Authorization/roleAssignments/write")).toBe(false);
});
