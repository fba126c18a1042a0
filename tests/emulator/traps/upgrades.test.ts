/** What an upgrade meets: versions that moved by themselves, budgets that let no pod go. */
import type { JsonObject } from "../../../local/provider/backend";
import { Azure, clusterInputs, systemPool } from "../azure-support";

const TOKEN = "containerservice:ManagedCluster";
const POOL = { resourceGroupName: "rg", resourceName: "aks", agentPoolName: "apps" };

let azure: Azure;

beforeEach(async () => {
  azure = new Azure();
  await azure.group();
});

/** A budget as the cluster's disruption controller leaves it. */
function budget(clusterId: string, desiredHealthy: number, expectedPods: number): void {
  azure.store.put({
    id: `${clusterId}/objects/policy/v1/PodDisruptionBudget/api/api`,
    cloud: "kubernetes",
    type: "policy/v1/PodDisruptionBudget",
    properties: { metadata: { namespace: "api", name: "api" }, status: { desiredHealthy, expectedPods } },
    createdAt: "",
    seconds: 0,
  });
}

describe("a cluster that upgraded itself by a patch", () => {
  const upgraded = async (kubernetesVersion: string) => {
    const cluster = await azure.create(TOKEN, clusterInputs({ kubernetesVersion }));
    const isFull = kubernetesVersion.split(".").length > 2;
    azure.drift(cluster.id, {
      currentKubernetesVersion: "1.35.6",
      ...(isFull ? { kubernetesVersion: "1.35.6" } : {}),
    });
    return cluster;
  };

  test("is not moved back to the patch that the program names", async () => {
    const cluster = await upgraded("1.35.5");
    const inputs = clusterInputs({ kubernetesVersion: "1.35.5", tags: { a: "b" } });
    await expect(azure.update(TOKEN, cluster, inputs)).rejects.toThrow(
      "OperationNotAllowed: Upgrading Kubernetes version 1.35.6 to 1.35.5 is not allowed",
    );
    expect((await azure.read(TOKEN, cluster))?.inputs).toMatchObject({ kubernetesVersion: "1.35.6" });
  });

  test("stays as it is where the program names the minor version alone", async () => {
    const cluster = await upgraded("1.35");
    expect((await azure.read(TOKEN, cluster))?.inputs).toEqual(cluster.inputs);
    const inputs = clusterInputs({ kubernetesVersion: "1.35", tags: { a: "b" } });
    const { outputs } = await azure.update(TOKEN, cluster, inputs);
    expect(outputs["currentKubernetesVersion"]).toBe("1.35.6");
  });
});

describe("a budget that lets no pod go", () => {
  const force = (until?: string): JsonObject => ({
    upgradeSettings: { overrideSettings: { forceUpgrade: true, ...(until === undefined ? {} : { until }) } },
  });
  const upgrade = async (desiredHealthy: number, more: JsonObject = {}, kubernetesVersion = "1.36") => {
    const cluster = await azure.create(TOKEN, clusterInputs());
    budget(cluster.id, desiredHealthy, 2);
    return azure.update(TOKEN, cluster, clusterInputs({ kubernetesVersion, ...more }));
  };

  test("blocks an upgrade of the cluster", async () => {
    await expect(upgrade(2)).rejects.toThrow(
      /^UnsatisfiablePDB: Upgrade is blocked [^]*\* PDB api\/api has minAvailable\(2\) >= expectedPods\(2\)/,
    );
  });

  test("blocks an upgrade of a pool, and not its scaling", async () => {
    const { id } = await azure.create(TOKEN, clusterInputs({ kubernetesVersion: "1.35" }));
    const inputs = { ...POOL, count: 1, vmSize: "Standard_D4s_v5", orchestratorVersion: "1.34" };
    const pool = await azure.create("containerservice:AgentPool", inputs);
    budget(id, 2, 2);
    const change = (changes: JsonObject) =>
      azure.update("containerservice:AgentPool", pool, { ...inputs, ...changes });
    await expect(change({ orchestratorVersion: "1.35" })).rejects.toThrow("UnsatisfiablePDB");
    await expect(change({ count: 2 })).resolves.toHaveProperty("id");
  });

  test("blocks nothing else, nor one that is forced for a time", async () => {
    await expect(upgrade(2, { tags: { a: "b" } }, "1.35")).resolves.toHaveProperty("id");
    for (const [settings, isForced] of [
      [force(), false],
      [force("2001-01-01T00:00:00Z"), false],
      [force("2999-01-01T00:00:00Z"), true],
    ] as const) {
      azure = new Azure();
      await azure.group();
      const result = await upgrade(2, settings).then(
        () => true,
        () => false,
      );
      expect(result).toBe(isForced);
    }
  });

  test("is none that leaves one pod of two free to go", async () => {
    await expect(upgrade(1)).resolves.toHaveProperty("id");
  });
});

test("a pool keeps pace with its cluster where the program names no version for it", async () => {
  const cluster = await azure.create(TOKEN, clusterInputs({ agentPoolProfiles: [systemPool()] }));
  const inputs = { ...POOL, count: 1, vmSize: "Standard_D4s_v5" };
  const early = { ...inputs, orchestratorVersion: "1.36" };
  await expect(azure.create("containerservice:AgentPool", early)).rejects.toThrow(
    "NodePoolMcVersionIncompatible",
  );
  await azure.update(TOKEN, cluster, clusterInputs({ kubernetesVersion: "1.36" }));
  const pool = await azure.create("containerservice:AgentPool", inputs);
  expect(pool.outputs["currentOrchestratorVersion"]).toBe("1.36.2");
});
