import {
  Azure,
  clusterInputs,
  GROUP,
  guid,
  networkWith,
  principalOf,
  SUBSCRIPTION,
  TENANT,
} from "./azure-support";
import { text } from "../../local/provider/values";

let azure: Azure;

beforeEach(async () => {
  azure = new Azure();
  await azure.group();
});

describe("outputs", () => {
  test("a cluster has what AKS fills in and computes", async () => {
    const { id, outputs } = await azure.create(
      "containerservice:ManagedCluster",
      clusterInputs({ oidcIssuerProfile: { enabled: true } }),
    );
    expect(id).toBe(
      `/subscriptions/${SUBSCRIPTION}/resourcegroups/rg/providers/Microsoft.ContainerService/managedClusters/aks`,
    );
    expect(outputs).toMatchObject({
      type: "Microsoft.ContainerService/ManagedClusters",
      currentKubernetesVersion: "1.35.6",
      nodeResourceGroup: "MC_rg_aks_westus2",
      powerState: { code: "Running" },
      provisioningState: "Succeeded",
      sku: { name: "Base", tier: "Free" },
      networkProfile: { podCidr: "10.244.0.0/16", networkPluginMode: "overlay" },
      agentPoolProfiles: [{ name: "system", count: 2, maxPods: 250, currentOrchestratorVersion: "1.35.6" }],
      azureApiVersion: "2025-09-01",
    });
    expect(text(outputs, "oidcIssuerProfile.issuerURL")).toMatch(
      new RegExp(`^https://westus2\\.oic\\.prod-aks\\.azure\\.com/${TENANT}/[0-9a-f-]{36}/$`),
    );
  });

  test("what Azure makes once survives an update", async () => {
    const cluster = await azure.create(
      "containerservice:ManagedCluster",
      clusterInputs({ oidcIssuerProfile: { enabled: true } }),
    );
    const updated = await azure.update("containerservice:ManagedCluster", cluster, {
      ...cluster.inputs,
      tags: { a: "b" },
    });
    for (const path of [
      "fqdn",
      "oidcIssuerProfile.issuerURL",
      "identity.principalId",
      "identityProfile.kubeletidentity.objectId",
    ]) {
      expect(text(updated.outputs, path)).toBe(text(cluster.outputs, path));
    }
  });

  test("an assigned identity comes back with its ids", async () => {
    const identity = await azure.identity("control");
    const cluster = await azure.create(
      "containerservice:ManagedCluster",
      clusterInputs({ identity: { type: "UserAssigned", userAssignedIdentities: [identity.id] } }),
    );
    const { clientId, principalId } = identity.outputs;
    expect(cluster.outputs["identity"]).toEqual({
      type: "UserAssigned",
      userAssignedIdentities: { [identity.id]: { clientId, principalId } },
    });
    const read = await azure.read("containerservice:ManagedCluster", cluster);
    expect(read?.inputs).toEqual(cluster.inputs);
  });
});

describe("refresh", () => {
  test("an unchanged cloud gives back the inputs as they were, without Azure's defaults", async () => {
    const cluster = await azure.create("containerservice:ManagedCluster", clusterInputs());
    expect((await azure.read("containerservice:ManagedCluster", cluster))?.inputs).toEqual(cluster.inputs);
  });

  test("a changed input, a changed default and a removed tag are seen; a computed value is not", async () => {
    const inputs = {
      resourceGroupName: "rg",
      workspaceName: "logs",
      tags: { a: "1", b: "2" },
      retentionInDays: 60,
    };
    const workspace = await azure.create("operationalinsights:Workspace", inputs);
    azure.drift(workspace.id, {
      retentionInDays: 90,
      tags: { a: "1" },
      publicNetworkAccessForQuery: "Disabled",
      customerId: guid(1),
    });
    expect((await azure.read("operationalinsights:Workspace", workspace))?.inputs).toEqual({
      ...workspace.inputs,
      retentionInDays: 90,
      tags: { a: "1" },
      publicNetworkAccessForQuery: "Disabled",
    });
  });

  test("a deleted resource is gone", async () => {
    const identity = await azure.identity("api");
    azure.store.remove(identity.id);
    expect(await azure.read("managedidentity:UserAssignedIdentity", identity)).toBeUndefined();
  });

  test("a cluster lists the pools that were added as resources", async () => {
    const cluster = await azure.create("containerservice:ManagedCluster", clusterInputs());
    await azure.create(
      "containerservice:AgentPool",
      { resourceGroupName: "rg", resourceName: "aks", count: 1, vmSize: "Standard_D4s_v5" },
      "apps",
    );
    const read = await azure.read("containerservice:ManagedCluster", cluster);
    expect(read?.outputs["agentPoolProfiles"]).toMatchObject([{ name: "system" }, { name: "apps" }]);
  });

  test("an import finds path parameters and inputs", async () => {
    const identity = await azure.identity("api");
    const read = await azure.read("managedidentity:UserAssignedIdentity", { id: identity.id, outputs: {} });
    expect(read?.inputs).toEqual({
      resourceGroupName: "rg",
      resourceName: "api",
      location: "westus2",
    });
  });
});

describe("delete", () => {
  test("a cluster takes its pools and its node resource group along", async () => {
    const before = azure.ids();
    const cluster = await azure.create("containerservice:ManagedCluster", clusterInputs());
    expect(azure.ids().filter((id) => id.includes("MC_rg_aks_westus2"))).toHaveLength(5);
    await azure.delete("containerservice:ManagedCluster", cluster.id);
    expect(azure.ids()).toEqual(before);
  });

  test("a resource group takes everything along, but a diagnostic setting outlives its resource", async () => {
    await networkWith(azure, "10.1.0.0/24");
    const workspace = await azure.create("operationalinsights:Workspace", {
      resourceGroupName: "rg",
      workspaceName: "logs",
    });
    await azure.create("containerservice:ManagedCluster", clusterInputs());
    await azure.create("monitor:AzureMonitorWorkspace", { resourceGroupName: "rg" });
    await azure.grant(
      principalOf(await azure.identity("api")),
      "acdd72a7-3385-48ef-bd42-f606fba81ae7",
      GROUP,
    );
    const setting = {
      resourceUri: workspace.id,
      name: "logs",
      workspaceId: workspace.id,
      logs: [{ categoryGroup: "audit" }],
    };
    await azure.create("monitor:DiagnosticSetting", setting);
    await azure.delete("resources:ResourceGroup", GROUP);
    expect(azure.ids()).toEqual([`${workspace.id}/providers/Microsoft.Insights/diagnosticSettings/logs`]);
  });

  test("deleting what is gone succeeds", async () => {
    await expect(azure.delete("resources:ResourceGroup", `${GROUP}-other`)).resolves.toBeUndefined();
  });
});
