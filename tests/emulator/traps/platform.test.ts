/** What the platform leaves alone, because Azure would charge for it twice or change it by itself. */
import { ofType, type RegisteredResource, runProgram, theOnly } from "../../support/pulumi";

const CLUSTER = "azure-native:containerservice:ManagedCluster";

let dev: RegisteredResource[];
let prod: RegisteredResource[];
beforeAll(async () => {
  dev = await runProgram("dev");
  prod = await runProgram("prod");
});

test("the audit log is sent once: kube-audit-admin is a part of kube-audit", () => {
  const controlPlanes = (resources: RegisteredResource[]) =>
    ofType(resources, "azure-native:monitor:DiagnosticSetting")
      .map(({ inputs }) => (inputs["logs"] ?? []) as { readonly category?: string }[])
      .map((logs) => logs.flatMap(({ category }) => category ?? []))
      .filter((categories) => categories.includes("cluster-autoscaler"));
  for (const resources of [dev, prod]) {
    const settings = controlPlanes(resources);
    expect(settings).toHaveLength(ofType(resources, CLUSTER).length);
    for (const categories of settings) {
      expect(categories).toContain("kube-audit-admin");
      expect(categories).not.toContain("kube-audit");
    }
  }
});

test("the Blob CSI driver is off, so that nobody but the program changes the subnets", () => {
  for (const cluster of [theOnly(dev, CLUSTER), ...ofType(prod, CLUSTER)]) {
    expect(cluster.inputs["storageProfile"]).toMatchObject({ blobCSIDriver: { enabled: false } });
  }
});

test("the cluster names a minor version, and its pools none", () => {
  const pools = ofType(prod, "azure-native:containerservice:AgentPool");
  expect(pools.length).toBeGreaterThan(0);
  for (const { inputs } of pools) expect(inputs).not.toHaveProperty("orchestratorVersion");
  for (const { inputs } of [theOnly(dev, CLUSTER), ...ofType(prod, CLUSTER)]) {
    expect(inputs["kubernetesVersion"]).toMatch(/^1\.\d+$/);
    expect(inputs["autoUpgradeProfile"]).toMatchObject({ upgradeChannel: "patch" });
    const [inline] = inputs["agentPoolProfiles"] as object[];
    expect(inline).not.toHaveProperty("orchestratorVersion");
  }
});

test("a network with an API server in it is not encrypted, and one without may be", () => {
  const encrypted = (resources: RegisteredResource[], name: string) =>
    ofType(resources, "azure-native:network:VirtualNetwork")
      .filter(({ inputs }) => String(inputs["virtualNetworkName"]).endsWith(name))
      .map(({ inputs }) => (inputs["encryption"] as { readonly enabled?: boolean } | undefined)?.enabled);
  const servers = ofType(prod, CLUSTER).map(({ inputs }) => inputs["apiServerAccessProfile"]);
  for (const server of servers) expect(server).toMatchObject({ enableVnetIntegration: true });
  expect(encrypted(prod, "spoke-vnet")).toEqual([false, false]);
  expect(encrypted(dev, "spoke-vnet")).toEqual([true]);
});
