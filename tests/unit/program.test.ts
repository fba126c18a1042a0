import { TAG_NAMES } from "../../config";
import { ofType, type RegisteredResource, runProgram, theOnly } from "../support/pulumi";

let dev: RegisteredResource[];
let prod: RegisteredResource[];
beforeAll(async () => {
  dev = await runProgram("dev");
  prod = await runProgram("prod");
});

const CLUSTER = "azure-native:containerservice:ManagedCluster";

describe("what the program creates", () => {
  test.each(["dev", "prod"])("%s: types and names", (stack) => {
    const lines = (stack === "dev" ? dev : prod).map(({ type, name }) => `${type} ${name}`).sort();
    expect(lines).toMatchSnapshot();
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
        userAssignedIdentities: [expect.stringContaining("platform-control-plane")],
      },
      identityProfile: {
        kubeletidentity: { objectId: "platform-kubelet-object-id", clientId: "platform-kubelet-client-id" },
      },
    });
    const operator = dev.find(({ name }) => name === "platform-kubelet-operator");
    expect(operator?.inputs).toMatchObject({
      principalId: "platform-control-plane-object-id",
      principalType: "ServicePrincipal",
      scope: expect.stringContaining("platform-kubelet") as string,
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
      (theOnly(resources, CLUSTER).inputs["autoScalerProfile"] as Record<string, string>)[
        "scaleDownUnneededTime"
      ];
    expect([unneeded(dev), unneeded(prod)]).toEqual(["2m", "15m"]);
  });

  test("dev has one inline pool; prod's others are resources, spot without surge settings", () => {
    const pools = (resources: RegisteredResource[]) =>
      theOnly(resources, CLUSTER).inputs["agentPoolProfiles"] as object[];
    expect(pools(dev)).toMatchObject([
      { name: "system", vmSize: "Standard_D2s_v3", count: 1, osDiskType: "Ephemeral" },
    ]);
    expect(pools(dev)[0]).not.toHaveProperty("availabilityZones");
    expect(pools(prod)).toMatchObject([
      { name: "system", count: 3, availabilityZones: ["1", "2", "3"], upgradeSettings: { maxSurge: "33%" } },
    ]);
    const [apps, spot, ...more] = ofType(prod, "azure-native:containerservice:AgentPool").map(
      ({ inputs }) => inputs,
    );
    expect(more).toEqual([]);
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

  test("is administered by the deployer, or by whom the stack names", async () => {
    const admins = (resources: RegisteredResource[]) =>
      resources
        .filter(({ name }) => name.startsWith("platform-admin-"))
        .map(({ inputs }) => inputs["principalId"]);
    expect(admins(dev)).toEqual(["deployer", "deployer"]);
    const objectId = "22222222-2222-4222-8222-222222222222";
    const named = await runProgram("dev", {
      access: { clusterAdmins: [{ objectId, principalType: "Group" }] },
    });
    expect(admins(named)).toEqual([objectId, objectId]);
  });

  test("is reached through kubelogin, and Azure's own credential goes nowhere", () => {
    const { inputs } = theOnly(dev, "pulumi:providers:kubernetes");
    const kubeconfig = JSON.stringify(inputs["kubeconfig"]);
    expect(kubeconfig).toContain("kubelogin");
    expect(kubeconfig).toContain("https://aks.example:443");
    expect(kubeconfig).not.toContain("must-not-appear");
  });
});

describe("the registry", () => {
  const REGISTRY = "azure-native:containerregistry:Registry";

  test("has no admin user and no anonymous pull, whatever its SKU", () => {
    for (const resources of [dev, prod]) {
      expect(theOnly(resources, REGISTRY).inputs).toMatchObject({
        adminUserEnabled: false,
        anonymousPullEnabled: false,
      });
    }
    expect(theOnly(dev, REGISTRY).inputs).toMatchObject({
      sku: { name: "Basic" },
      zoneRedundancy: "Disabled",
    });
    expect(theOnly(prod, REGISTRY).inputs).toMatchObject({
      sku: { name: "Premium" },
      zoneRedundancy: "Enabled",
      policies: { retentionPolicy: { status: "enabled", days: 15 } },
    });
  });

  test("lets the kubelets pull", () => {
    expect(dev.find(({ name }) => name === "registry-pull-0")?.inputs).toMatchObject({
      principalId: "platform-kubelet-object-id",
      roleDefinitionId: expect.stringContaining("7f951dda-4ed3-4680-a7ca-43fe172d538d") as string,
    });
  });
});

describe("identities", () => {
  test("the API's federation names issuer, subject and audience exactly", () => {
    expect(theOnly(dev, "azure-native:managedidentity:FederatedIdentityCredential").inputs).toMatchObject({
      issuer: "https://oidc.example/tenant/1/",
      subject: "system:serviceaccount:api:api",
      audiences: ["api://AzureADTokenExchange"],
    });
    expect(theOnly(dev, "kubernetes:core/v1:ServiceAccount").inputs).toMatchObject({
      metadata: { annotations: { "azure.workload.identity/client-id": "api-identity-id-client-id" } },
    });
  });

  test("a repository's environment deploys through an Entra application, and cannot make itself owner", async () => {
    const github = { repository: "owner@1/repo@2", environment: "prod" };
    const clusterAdmins = [{ objectId: "22222222-2222-4222-8222-222222222222", principalType: "Group" }];
    const resources = await runProgram("prod", { delivery: { github }, access: { clusterAdmins } });
    expect(
      theOnly(
        resources,
        "azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential",
      ).inputs,
    ).toMatchObject({
      issuer: "https://token.actions.githubusercontent.com",
      subject: "repo:owner@1/repo@2:environment:prod",
    });
    const condition = resources.find(({ name }) => name === "delivery-github-grants")?.inputs["condition"];
    expect(condition).toContain("7f951dda-4ed3-4680-a7ca-43fe172d538d");
    expect(condition).not.toContain("b24988ac-6180-42a0-ab88-20f7382dd24c");
    expect(prod.filter(({ type }) => type.startsWith("azuread:"))).toEqual([]);
  });
});

describe("observability", () => {
  test("the rule and the endpoint are associated, the latter under Azure's prescribed name", () => {
    const associations = ofType(dev, "azure-native:monitor:DataCollectionRuleAssociation").map(
      ({ inputs }) => inputs,
    );
    expect(associations).toHaveLength(2);
    expect(associations[1]).toMatchObject({ associationName: "configurationAccessEndpoint" });
    expect(associations[1]).not.toHaveProperty("dataCollectionRuleId");
  });

  test("every alert reaches a person", () => {
    const alerts = ofType(dev, "azure-native:monitor:MetricAlert");
    expect(alerts).toHaveLength(3);
    for (const { inputs } of alerts) {
      expect(inputs["actions"]).toEqual([
        { actionGroupId: expect.stringContaining("observability-people") as string },
      ]);
    }
    expect(theOnly(dev, "azure-native:monitor:ActionGroup").inputs).toMatchObject({
      emailReceivers: [{ emailAddress: "platform-team@example.com", useCommonAlertSchema: true }],
    });
  });

  test("Grafana comes in prod alone, and reads the metrics", () => {
    expect(dev.filter(({ type }) => type.includes("Grafana"))).toEqual([]);
    expect(theOnly(prod, "azure-native:dashboard:Grafana").inputs).toMatchObject({
      identity: { type: "SystemAssigned" },
    });
    expect(prod.map(({ name }) => name)).toContain("observability-grafana-metrics");
  });
});
