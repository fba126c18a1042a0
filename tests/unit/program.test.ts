import { TAG_NAMES } from "../../config";
import { ofType, type RegisteredResource, runProgram, theOnly } from "../support/pulumi";

/** Each run of the program loads its modules anew. */
const PROGRAM_TIMEOUT = 120_000;

let dev: RegisteredResource[];
let prod: RegisteredResource[];
beforeAll(async () => {
  dev = await runProgram("dev");
  prod = await runProgram("prod");
}, PROGRAM_TIMEOUT);

const CLUSTER = "azure-native:containerservice:ManagedCluster";

/** Type and name of each, in order of the alphabet. */
const linesOf = (resources: RegisteredResource[]) =>
  resources.map(({ type, name }) => `${type} ${name}`).sort();

/** Those of one region; its code is in the names of what outlives the stack. */
const linesOfRegion = (resources: RegisteredResource[], region: string, code: string) =>
  linesOf(resources)
    .filter((line) => line.includes(region) || new RegExp(`\\b(bk)?${code}`).test(line))
    .map((line) => line.replaceAll(region, "REGION").replaceAll(code, "CODE"))
    .sort();

/** Inputs of the one of that type in the home region. */
function homeOf(resources: RegisteredResource[], type: string): Record<string, unknown> {
  return theOnly(
    resources.filter(({ name }) => name.startsWith("westus2-")),
    type,
  ).inputs;
}

describe("what the program creates", () => {
  test("dev: types and names", () => {
    expect(linesOf(dev)).toMatchSnapshot();
  });

  test("prod: types and names, the home region for both", () => {
    expect(linesOf(prod).filter((line) => !/eastus2|eus2/.test(line))).toMatchSnapshot();
  });

  test("each region has the same; the home region has no replica of the registry", () => {
    const home = linesOfRegion(prod, "westus2", "wus2");
    expect(home.length).toBeGreaterThan(200);
    expect(linesOfRegion(prod, "eastus2", "eus2")).toEqual(
      [...home, "azure-native:containerregistry:Replication registry-replica-REGION"].sort(),
    );
  });

  test("no two resources share type and name", () => {
    const keys = prod.map(({ type, name }) => `${type} ${name}`);
    expect(new Set(keys).size).toBe(keys.length);
  });

  test("every resource that has tags has the six, and no other", () => {
    const tagged = prod.filter(({ inputs }) => "tags" in inputs);
    expect(tagged.length).toBeGreaterThan(12);
    for (const { inputs } of tagged) {
      expect(Object.keys(inputs["tags"] as object).sort()).toEqual([...TAG_NAMES].sort());
    }
  });
});

describe("the cluster", () => {
  test("lets in Microsoft Entra ID only, and trusts its own service accounts", () => {
    expect(theOnly(dev, CLUSTER).inputs).toMatchObject({
      disableLocalAccounts: true,
      aadProfile: { managed: true, enableAzureRBAC: true, tenantID: "tenant" },
      oidcIssuerProfile: { enabled: true },
      securityProfile: {
        workloadIdentity: { enabled: true },
        imageCleaner: { enabled: true, intervalHours: 168 },
      },
      apiServerAccessProfile: { disableRunCommand: true },
    });
  });

  test("has an identity of its own for control plane and kubelets, the first granted over the second", () => {
    const { inputs } = theOnly(dev, CLUSTER);
    expect(inputs).toMatchObject({
      identity: {
        type: "UserAssigned",
        userAssignedIdentities: [expect.stringContaining("westus2-identities-control-plane")],
      },
      identityProfile: {
        kubeletidentity: {
          objectId: "westus2-identities-kubelet-object-id",
          clientId: "westus2-identities-kubelet-client-id",
        },
      },
    });
    const operator = dev.find(({ name }) => name === "westus2-identities-kubelet-operator");
    expect(operator?.inputs).toMatchObject({
      principalId: "westus2-identities-control-plane-object-id",
      principalType: "ServicePrincipal",
      scope: expect.stringContaining("westus2-identities-kubelet") as string,
    });
  });

  test("runs Azure CNI overlay with Cilium, which enforces the policies", () => {
    expect(theOnly(dev, CLUSTER).inputs["networkProfile"]).toMatchObject({
      networkPlugin: "azure",
      networkPluginMode: "overlay",
      networkDataplane: "cilium",
      networkPolicy: "cilium",
      dnsServiceIP: "172.16.0.10",
    });
  });

  test("dev scales down soon, prod carefully", () => {
    const unneeded = (resources: RegisteredResource[]) =>
      (homeOf(resources, CLUSTER)["autoScalerProfile"] as Record<string, string>)["scaleDownUnneededTime"];
    expect([unneeded(dev), unneeded(prod)]).toEqual(["2m", "15m"]);
  });

  test("dev has one inline pool; prod's others are resources, spot without surge settings", () => {
    const pools = (resources: RegisteredResource[]) =>
      homeOf(resources, CLUSTER)["agentPoolProfiles"] as object[];
    expect(pools(dev)).toMatchObject([
      { name: "system", vmSize: "Standard_D2s_v3", count: 1, osDiskType: "Ephemeral" },
    ]);
    expect(pools(dev)[0]).not.toHaveProperty("availabilityZones");
    expect(pools(prod)).toMatchObject([
      { name: "system", count: 3, availabilityZones: ["1", "2", "3"], upgradeSettings: { maxSurge: "33%" } },
    ]);
    const others = ofType(prod, "azure-native:containerservice:AgentPool");
    expect(others.map(({ name }) => name).sort()).toEqual(
      ["eastus2", "westus2"].flatMap((region) => [
        `${region}-platform-pool-apps`,
        `${region}-platform-pool-spot`,
      ]),
    );
    const [apps, spot] = others.filter(({ name }) => name.startsWith("westus2")).map(({ inputs }) => inputs);
    expect(apps).toMatchObject({ agentPoolName: "apps", minCount: 2, maxCount: 20, mode: "User" });
    expect(spot).toMatchObject({
      agentPoolName: "spot",
      scaleSetPriority: "Spot",
      spotMaxPrice: -1,
      minCount: 0,
      maxCount: 10,
      nodeTaints: ["kubernetes.azure.com/scalesetpriority=spot:NoSchedule"],
    });
    expect(spot).not.toHaveProperty("upgradeSettings");
  });

  test("upgrades in its windows, of four hours and without a start date", () => {
    const windows = ofType(dev, "azure-native:containerservice:MaintenanceConfiguration").map(
      ({ inputs }) => inputs,
    );
    expect(windows.map(({ configName }) => configName)).toEqual([
      "aksManagedAutoUpgradeSchedule",
      "aksManagedNodeOSUpgradeSchedule",
    ]);
    for (const { maintenanceWindow } of windows) {
      expect(maintenanceWindow).toMatchObject({ durationHours: 4 });
      expect(maintenanceWindow).not.toHaveProperty("startDate");
    }
  });

  test(
    "is administered by the deployer, or by whom the stack names",
    async () => {
      const admins = (resources: RegisteredResource[]) =>
        resources
          .filter(({ name }) => name.startsWith("westus2-platform-admin-"))
          .map(({ inputs }) => inputs["principalId"]);
      expect(admins(dev)).toEqual(["deployer", "deployer"]);
      const objectId = "22222222-2222-4222-8222-222222222222";
      const named = await runProgram("dev", {
        access: { clusterAdmins: [{ objectId, principalType: "Group" }] },
      });
      expect(admins(named)).toEqual([objectId, objectId]);
    },
    PROGRAM_TIMEOUT,
  );

  test("is public in dev alone; prod's answer in networks of their own, behind a firewall", () => {
    expect(homeOf(dev, CLUSTER)).toMatchObject({ networkProfile: { outboundType: "loadBalancer" } });
    expect(homeOf(dev, CLUSTER)["apiServerAccessProfile"]).not.toMatchObject({ enablePrivateCluster: true });
    const clusters = ofType(prod, CLUSTER).map(({ inputs }) => inputs);
    expect(clusters).toHaveLength(2);
    for (const { networkProfile, apiServerAccessProfile } of clusters) {
      expect(networkProfile).toMatchObject({ outboundType: "userDefinedRouting" });
      expect(apiServerAccessProfile).toMatchObject({
        enablePrivateCluster: true,
        enablePrivateClusterPublicFQDN: false,
        enableVnetIntegration: true,
      });
    }
  });

  test("is reached through kubelogin, and Azure's own credential goes nowhere", () => {
    const { inputs } = theOnly(dev, "pulumi:providers:kubernetes");
    const kubeconfig = JSON.stringify(inputs["kubeconfig"]);
    expect(kubeconfig).toContain("kubelogin");
    expect(kubeconfig).toContain("https://aks.example:443");
    expect(kubeconfig).not.toContain("must-not-appear");
  });
});
