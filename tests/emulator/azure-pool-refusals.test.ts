import type { JsonObject } from "../../local/provider/backend";
import { Azure, clusterInputs, GROUP, networkWith, systemPool } from "./azure-support";

const CLUSTER = `${GROUP}/providers/Microsoft.ContainerService/managedClusters/aks`;

let azure: Azure;

beforeEach(async () => {
  azure = new Azure();
  await azure.group();
});

describe("node pools", () => {
  const pool = (changes: JsonObject): JsonObject => ({
    resourceGroupName: "rg",
    resourceName: "aks",
    agentPoolName: "apps",
    count: 1,
    vmSize: "Standard_D4s_v5",
    ...changes,
  });
  const create = (changes: JsonObject) => azure.create("containerservice:AgentPool", pool(changes));

  beforeEach(async () => {
    await azure.create("containerservice:ManagedCluster", clusterInputs());
  });

  test.each<[string, JsonObject, string]>([
    [
      "no count, even with autoscaling",
      { count: null, enableAutoScaling: true, minCount: 1, maxCount: 3 },
      "Required parameter properties.count is missing (null).",
    ],
    [
      "a name of 13 characters",
      { agentPoolName: "abcdefghijklm" },
      "agent pool name 'abcdefghijklm' is invalid",
    ],
    ["autoscaling without limits", { enableAutoScaling: true }, "minCount <= maxCount"],
    [
      "spot as a system pool",
      { scaleSetPriority: "Spot", mode: "System" },
      "System node pool cannot use scaleSetPriority 'Spot'",
    ],
    [
      "surge on a spot pool",
      { scaleSetPriority: "Spot", upgradeSettings: { maxSurge: "33%" } },
      "Spot pools can't set max surge",
    ],
    ["a system pool of one vCPU", { mode: "System", vmSize: "Standard_B1ms" }, "SystemPoolSkuTooLow"],
    [
      "a system pool for few pods",
      { mode: "System", maxPods: 10, count: 2 },
      "the total maxPods(10 * 2) should be larger than 30",
    ],
    ["a Windows system pool", { mode: "System", osType: "Windows" }, "must be of osType Linux"],
    ["a series that does not exist", { vmSize: "Standard_D4ds_v9" }, "VMSizeNotSupported"],
    ["a number of vCPUs that its series lacks", { vmSize: "Standard_D3ds_v5" }, "VMSizeNotSupported"],
    [
      "an ephemeral disk on a burstable size",
      { vmSize: "Standard_B2ms", osDiskType: "Ephemeral", osDiskSizeGB: 48 },
      "VMCacheSizeTooSmall",
    ],
    ["no VM size", { vmSize: "Standard_Wrong" }, "VMSizeNotSupported: The VM size of Standard_Wrong"],
    [
      "an ephemeral disk above the cache",
      { vmSize: "Standard_D2s_v3", osDiskType: "Ephemeral", osDiskSizeGB: 60 },
      "VMCacheSizeTooSmall: The virtual machine size Standard_D2s_v3 has a cache size of 53687091200 bytes, but the OS disk requires 64424509440 bytes.",
    ],
    ["an ephemeral disk where there is none", { osDiskType: "Ephemeral" }, "has a cache size of 0 bytes"],
    ["a retired OS", { osSKU: "CBLMariner" }, "OSSKU 'CBLMariner' is retired"],
    [
      "more vCPUs than the quota",
      { count: 24 },
      "ErrCode_InsufficientVCPUQuota: Insufficient vcpu quota requested 96, remaining 92 for family standardDSv5Family for region westus2.",
    ],
    ["a version above the control plane's", { orchestratorVersion: "1.36" }, "NodePoolMcVersionIncompatible"],
  ])("%s", async (_what, changes, message) => {
    await expect(create(changes)).rejects.toThrow(message);
  });

  test("an ephemeral disk within the cache, and quota to the last vCPU, are fine", async () => {
    await create({ vmSize: "Standard_D2s_v3", osDiskType: "Ephemeral", osDiskSizeGB: 50 });
    await expect(create({ agentPoolName: "more", count: 23 })).resolves.toHaveProperty("id");
  });

  test("zones where the region has none", async () => {
    const inputs = clusterInputs({
      location: "westus",
      resourceName: "west",
      agentPoolProfiles: [systemPool({ availabilityZones: ["1"] })],
    });
    await expect(azure.create("containerservice:ManagedCluster", inputs)).rejects.toThrow(
      "AvailabilityZoneNotSupported: The zone(s) '1' for resource 'system' is not supported. The supported zones for location 'westus' are ''",
    );
  });

  test("more nodes than the subnet has addresses", async () => {
    const [subnet = "", system = ""] = await networkWith(azure, "10.9.0.0/28", "10.8.0.0/24");
    const pools = [systemPool({ vnetSubnetID: system })];
    const inputs = clusterInputs({ resourceName: "own", agentPoolProfiles: pools });
    await azure.create("containerservice:ManagedCluster", inputs);
    const scaling = { resourceName: "own", vnetSubnetID: subnet, enableAutoScaling: true, minCount: 1 };
    await expect(create({ ...scaling, maxCount: 11 })).rejects.toThrow(
      "InsufficientSubnetSize: Pre-allocated IPs 12 exceeds IPs available 11 in Subnet Cidr 10.9.0.0/28",
    );
    await expect(create({ ...scaling, maxCount: 10 })).resolves.toHaveProperty("id");
  });

  test("two operations on one cluster at a time", async () => {
    const results = await Promise.allSettled([
      create({ agentPoolName: "one" }),
      create({ agentPoolName: "two" }),
    ]);
    const refused = results.flatMap((result) =>
      result.status === "rejected" ? [String(result.reason)] : [],
    );
    expect(refused).toHaveLength(1);
    expect(refused[0]).toContain(
      "OperationNotAllowed: Operation is not allowed: Another agentpool operation (one - Creating) is in progress",
    );
  });

  test("a disk does not change its size", async () => {
    const made = await create({ osDiskSizeGB: 64 });
    await expect(
      azure.update("containerservice:AgentPool", made, pool({ osDiskSizeGB: 128 })),
    ).rejects.toThrow("PropertyChangeNotAllowed");
  });

  test("the last system pool stays", async () => {
    await expect(azure.delete("containerservice:AgentPool", `${CLUSTER}/agentPools/system`)).rejects.toThrow(
      "at least one system agent pool",
    );
    await create({ mode: "System" });
    await azure.delete("containerservice:AgentPool", `${CLUSTER}/agentPools/system`);
    expect(azure.ids()).not.toContain(
      `${CLUSTER.replace("resourceGroups", "resourcegroups")}/agentPools/system`,
    );
  });

  test("maintenance has three names and lasts four hours or more", async () => {
    const configure = (configName: string, durationHours: number) =>
      azure.create("containerservice:MaintenanceConfiguration", {
        resourceGroupName: "rg",
        resourceName: "aks",
        configName,
        maintenanceWindow: { durationHours, schedule: {}, startTime: "00:00" },
      });
    await expect(configure("weekly", 4)).rejects.toThrow(
      "Allowed names: default, aksManagedAutoUpgradeSchedule",
    );
    await expect(configure("aksManagedAutoUpgradeSchedule", 3)).rejects.toThrow("between 4 and 24, got 3");
    await expect(configure("aksManagedAutoUpgradeSchedule", 4)).resolves.toHaveProperty("id");
  });

  test.each([
    ["a GPU", { vmSize: "Standard_NC4as_T4_v3" }],
    ["an Arm processor", { vmSize: "Standard_D4pds_v5" }],
    [
      "an ephemeral disk in the cache",
      { vmSize: "Standard_DS3_v2", osDiskType: "Ephemeral", osDiskSizeGB: 128 },
    ],
    [
      "an ephemeral disk in AMD's cache",
      { vmSize: "Standard_D4as_v4", osDiskType: "Ephemeral", osDiskSizeGB: 64 },
    ],
  ])("may have %s", async (_, changes) => {
    expect((await create(changes)).outputs["provisioningState"]).toBe("Succeeded");
  });
});
