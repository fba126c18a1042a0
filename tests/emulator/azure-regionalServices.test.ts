/** What Azure offers in some regions only, and what nobody but AKS may change. */
import type { JsonObject } from "../../local/provider/backend";
import { text } from "../../local/provider/values";
import { Azure, clusterInputs, GROUP } from "./azure-support";

let azure: Azure;

beforeEach(async () => {
  azure = new Azure();
  await azure.group();
});

describe("a region without a service", () => {
  const gateway = (location: string) =>
    azure.create("servicenetworking:TrafficControllerInterface", {
      ...{ resourceGroupName: "rg", trafficControllerName: "agc", location },
    });

  test("takes no Application Gateway for Containers", async () => {
    await expect(gateway("westus2")).rejects.toThrow(
      "LocationNotAvailableForResourceType: The provided location 'westus2' is not available for resource type " +
        "'Microsoft.ServiceNetworking/trafficControllers'",
    );
    await expect(gateway("East US")).resolves.toBeDefined();
  });

  test("takes no agents of a registry", async () => {
    await azure.create("containerregistry:Registry", {
      ...{ resourceGroupName: "rg", registryName: "registry1", location: "southeastasia" },
      sku: { name: "Premium" },
    });
    const pool = (location: string) =>
      azure.create("containerregistry:AgentPool", {
        ...{ resourceGroupName: "rg", registryName: "registry1", agentPoolName: "build", location },
      });
    await expect(pool("southeastasia")).rejects.toThrow("LocationNotAvailableForResourceType");
    await expect(pool("eastasia")).resolves.toBeDefined();
  });
});

describe("a locked node resource group", () => {
  const NODES = `${GROUP.replace(/rg$/, "")}nodes`;
  const cluster = (restrictionLevel: string): JsonObject =>
    clusterInputs({ nodeResourceGroup: "nodes", nodeResourceGroupProfile: { restrictionLevel } });
  const grant = async () => {
    const { outputs } = await azure.identity("controller");
    return azure.grant(text(outputs, "principalId") ?? "", "acdd72a7-3385-48ef-bd42-f606fba81ae7", NODES);
  };

  test("takes no role assignment", async () => {
    await azure.create("containerservice:ManagedCluster", cluster("ReadOnly"));
    await expect(grant()).rejects.toThrow(
      /DenyAssignmentAuthorizationFailed: .*'Microsoft.Authorization\/roleAssignments\/write' .*deny assignment/,
    );
  });

  test("is open without the lock, and lets its cluster go with it", async () => {
    const open = await azure.create("containerservice:ManagedCluster", cluster("Unrestricted"));
    const granted = await grant();
    await azure.update("containerservice:ManagedCluster", open, cluster("ReadOnly"));
    await expect(azure.delete("authorization:RoleAssignment", granted.id)).rejects.toThrow(
      "DenyAssignmentAuthorizationFailed",
    );
    await azure.delete("containerservice:ManagedCluster", open.id);
    expect(azure.ids().filter((id) => id.toLowerCase().startsWith(NODES.toLowerCase()))).toEqual([]);
  });
});
