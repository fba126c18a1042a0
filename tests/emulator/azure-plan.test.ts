import { UNKNOWN } from "../../local/provider/backend";
import { Azure, clusterInputs, GROUP } from "./azure-support";

let azure: Azure;

beforeEach(async () => {
  azure = new Azure();
  await azure.group();
});

describe("check", () => {
  test("names as azure-native makes them: random, copied, or a GUID", async () => {
    const random = await azure.check(
      "managedidentity:UserAssignedIdentity",
      { resourceGroupName: "rg" },
      "api",
    );
    expect(random.inputs).toMatchObject({ resourceName: "api01020304", __createBeforeDelete: true });
    const copied = await azure.check(
      "containerservice:AgentPool",
      { resourceGroupName: "rg", resourceName: "aks" },
      "apps",
    );
    expect(copied.inputs).toMatchObject({ agentPoolName: "apps" });
    expect(copied.inputs).not.toHaveProperty("__createBeforeDelete");
    const assigned = await azure.check("authorization:RoleAssignment", {
      scope: GROUP,
      principalId: "p",
      roleDefinitionId: "r",
    });
    expect(assigned.inputs["roleAssignmentName"]).toMatch(/^[0-9a-f]{8}-/);
  });

  test("an earlier name stays, whatever the seed", async () => {
    const made = await azure.create(
      "managedidentity:UserAssignedIdentity",
      { resourceGroupName: "rg" },
      "api",
    );
    const updated = await azure.update("managedidentity:UserAssignedIdentity", made, {
      resourceGroupName: "rg",
      tags: { a: "b" },
    });
    expect(updated.inputs["resourceName"]).toBe("api01020304");
    expect(updated.outputs["principalId"]).toBe(made.outputs["principalId"]);
  });

  test("the location is the resource group's where nothing else says, and the API version is the SDK's", async () => {
    const { inputs } = await azure.check("managedidentity:UserAssignedIdentity", { resourceGroupName: "rg" });
    expect(inputs).toMatchObject({ location: "westus2" });
    await azure.backend.configure("c", { location: "northeurope" });
    expect(
      (await azure.check("managedidentity:UserAssignedIdentity", { resourceGroupName: "rg" })).inputs[
        "location"
      ],
    ).toBe("northeurope");
  });

  test("missing inputs are named", async () => {
    const { failures } = await azure.check("managedidentity:FederatedIdentityCredential", {
      resourceGroupName: "rg",
      issuer: "i",
    });
    expect(failures.map(({ property }) => property)).toEqual(["resourceName", "audiences", "subject"]);
  });
});

describe("diff", () => {
  const token = "containerservice:ManagedCluster";

  test("edits that Azure takes in place are updates", async () => {
    const before = clusterInputs({ tags: { a: "1" }, networkProfile: { networkPlugin: "azure" } });
    const edits = [
      { tags: { a: "2" } },
      { kubernetesVersion: "1.36" },
      { networkProfile: { networkPlugin: "azure", advancedNetworking: { enabled: true } } },
      { sku: { name: "Base", tier: "Standard" } },
    ];
    for (const edit of edits) {
      const kinds = Object.values((await azure.diff(token, before, { ...before, ...edit })).changes);
      expect(kinds).toHaveLength(1);
      expect(kinds[0]).not.toContain("replace");
    }
  });

  test("what Azure fixes at creation is a replacement, deleted first unless the name was made up", async () => {
    const before = clusterInputs({ networkProfile: { networkPlugin: "azure" } });
    for (const edit of [
      { dnsPrefix: "other" },
      { location: "eastus" },
      { networkProfile: { networkPlugin: "none" } },
    ]) {
      const diff = await azure.diff(token, before, { ...before, ...edit });
      expect(Object.values(diff.changes)).toEqual(["update-replace"]);
      expect(diff.deleteBeforeReplace).toBe(true);
      const random = { __createBeforeDelete: true };
      const second = await azure.diff(token, { ...before, ...random }, { ...before, ...random, ...edit });
      expect(second.deleteBeforeReplace).toBe(false);
    }
  });

  test("two spellings of one region are no difference", async () => {
    expect(
      (await azure.diff(token, clusterInputs(), clusterInputs({ location: "West US 2" }))).changes,
    ).toEqual({});
  });
});

describe("preview", () => {
  test("a computed value is unknown, also inside of an object that the inputs give", async () => {
    const outputs = await azure.preview(
      "containerservice:ManagedCluster",
      clusterInputs({ oidcIssuerProfile: { enabled: true } }),
    );
    expect(outputs).toMatchObject({
      dnsPrefix: "aks",
      oidcIssuerProfile: { enabled: true, issuerURL: UNKNOWN },
      identity: { type: "SystemAssigned", principalId: UNKNOWN },
      identityProfile: UNKNOWN,
      fqdn: UNKNOWN,
      name: UNKNOWN,
      networkProfile: UNKNOWN,
    });
    expect(azure.store.list({ type: "Microsoft.ContainerService/managedClusters" })).toEqual([]);
  });

  test("an update keeps only name and location certain, as azure-native does", async () => {
    const cluster = await azure.create("containerservice:ManagedCluster", clusterInputs());
    const { outputs } = await azure.update(
      "containerservice:ManagedCluster",
      cluster,
      clusterInputs({ tags: { a: "b" } }),
      true,
    );
    expect(outputs).toMatchObject({ name: "aks", location: "westus2", fqdn: UNKNOWN, tags: { a: "b" } });
  });
});
