import type { JsonObject } from "../../local/provider/backend";
import {
  Azure,
  clusterInputs,
  DEPLOYER,
  GROUP,
  guid,
  roleId,
  SUBSCRIPTION,
  systemPool,
  TENANT,
  principalOf,
} from "./azure-support";

const ACR_PULL = "7f951dda-4ed3-4680-a7ca-43fe172d538d";
const IDENTITY_OPERATOR = "f1a07417-d97a-45cb-824c-7a7467783830";
const CLUSTER = `${GROUP}/providers/Microsoft.ContainerService/managedClusters/aks`;

let azure: Azure;

beforeEach(async () => {
  azure = new Azure();
  await azure.group();
});

describe("existence", () => {
  test("a resource that is there already is not taken over", async () => {
    await azure.identity("api");
    await expect(azure.identity("api")).rejects.toThrow(
      `cannot create already existing resource '${GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/api'`,
    );
  });

  test("the resource group must exist", async () => {
    const inputs = { resourceGroupName: "other", resourceName: "api", location: "westus2" };
    await expect(azure.create("managedidentity:UserAssignedIdentity", inputs)).rejects.toThrow(
      "ResourceGroupNotFound: Resource group 'other' could not be found.",
    );
  });

  test("the location must be one of Azure's, in whatever spelling", async () => {
    const group = (location?: string) =>
      azure.create("resources:ResourceGroup", {
        resourceGroupName: `rg-${location ?? "none"}`.replaceAll(" ", "-"),
        ...(location === undefined ? {} : { location }),
      });
    await expect(group()).rejects.toThrow(
      "LocationRequired: The location property is required for this definition.",
    );
    await expect(group("westus9")).rejects.toThrow(
      "LocationNotAvailableForResourceType: The provided location 'westus9' is not available for resource type " +
        "'Microsoft.Resources/resourceGroups'. List of available regions for the resource type is 'australiacentral,",
    );
    expect((await group("North Europe")).outputs["location"]).toBe("northeurope");
  });

  test("the parent must exist", async () => {
    const inputs = { resourceGroupName: "rg", resourceName: "aks", count: 1, vmSize: "Standard_D4s_v5" };
    await expect(azure.create("containerservice:AgentPool", inputs, "apps")).rejects.toThrow(
      `ParentResourceNotFound: Failed to perform 'write' on resource(s) of type 'managedClusters/agentPools', because ` +
        `the parent resource '${CLUSTER}' could not be found.`,
    );
  });

  test("what inputs name by id must exist, in the same words as Azure's", async () => {
    const subnet = `${GROUP}/providers/Microsoft.Network/virtualNetworks/v/subnets/nodes`;
    const pools = [systemPool({ vnetSubnetID: subnet })];
    await expect(
      azure.create("containerservice:ManagedCluster", clusterInputs({ agentPoolProfiles: pools })),
    ).rejects.toThrow(
      `InvalidResourceReference: Resource ${subnet} referenced by resource ${CLUSTER} was not found.`,
    );
    const workspaceResourceId = `${GROUP}/providers/Microsoft.OperationalInsights/workspaces/w`;
    const component = { resourceGroupName: "rg", applicationType: "web", kind: "web", workspaceResourceId };
    await expect(azure.create("applicationinsights:Component", component)).rejects.toThrow(
      "ResourceNotFound: The Resource 'Microsoft.OperationalInsights/workspaces/w' under resource group 'rg' was not found.",
    );
  });

  test("other subscriptions' resources cannot be judged and are taken as they are", async () => {
    const other = `/subscriptions/${guid(9)}/resourceGroups/x/providers/Microsoft.OperationalInsights/workspaces/w`;
    const component = {
      resourceGroupName: "rg",
      applicationType: "web",
      kind: "web",
      workspaceResourceId: other,
    };
    await expect(azure.create("applicationinsights:Component", component)).resolves.toHaveProperty("id");
  });

  test("an unknown type or function is an error that says how to add it", async () => {
    await expect(azure.create("batch:BatchAccount", {})).rejects.toThrow(
      /no resource type 'azure-native:batch:BatchAccount'.*types\/<module>\.ts/,
    );
    await expect(azure.invoke("keyvault:getVault", {})).rejects.toThrow(
      /no function.*keyvault:getVault.*invokes\.ts/,
    );
  });
});

describe("role assignments", () => {
  const assign = (changes: JsonObject) =>
    azure.create("authorization:RoleAssignment", {
      scope: GROUP,
      principalId: DEPLOYER,
      roleDefinitionId: roleId(ACR_PULL),
      roleAssignmentName: guid(1),
      ...changes,
    });

  test("a name that is no GUID", async () => {
    await expect(assign({ roleAssignmentName: "pull" })).rejects.toThrow(
      "InvalidRoleAssignmentId: The role assignment ID 'pull' is not valid.",
    );
  });

  test("a role that does not exist", async () => {
    await expect(assign({ roleDefinitionId: roleId(guid(7)) })).rejects.toThrow("RoleDefinitionDoesNotExist");
  });

  test("a fresh principal without its type, until the directory knows it", async () => {
    let now = new Date("2026-01-01T00:00:00Z");
    azure = new Azure({ now: () => now });
    await azure.group();
    const principalId = principalOf(await azure.identity("api"));
    await expect(assign({ principalId })).rejects.toThrow(
      `PrincipalNotFound: Principal ${principalId.replaceAll("-", "")} does not exist in the directory ${TENANT}.`,
    );
    now = new Date("2026-01-01T01:00:00Z");
    await expect(assign({ principalId })).resolves.toHaveProperty("id");
  });

  test("a principal that nobody knows", async () => {
    await expect(assign({ principalId: guid(5) })).rejects.toThrow("PrincipalNotFound");
    await expect(assign({ principalId: guid(5), principalType: "Group" })).resolves.toHaveProperty("id");
  });

  test("the wrong type of principal", async () => {
    await expect(assign({ principalType: "ServicePrincipal" })).rejects.toThrow("UnmatchedPrincipalType");
  });

  test("the same role for the same principal at the same scope, under another name", async () => {
    await assign({});
    await expect(assign({ roleAssignmentName: guid(2) })).rejects.toThrow("RoleAssignmentExists");
    await expect(
      assign({ roleAssignmentName: guid(3), scope: `/subscriptions/${SUBSCRIPTION}` }),
    ).resolves.toHaveProperty("id");
  });

  test("another role under the same name", async () => {
    const made = await assign({});
    const news = { ...made.inputs, roleDefinitionId: roleId(IDENTITY_OPERATOR) };
    await expect(azure.update("authorization:RoleAssignment", made, news)).rejects.toThrow(
      "RoleAssignmentUpdateNotPermitted",
    );
  });
});
