import { ofType, type RegisteredResource, runProgram, theOnly } from "../support/pulumi";

/** Each run of the program loads its modules anew. */
const PROGRAM_TIMEOUT = 120_000;

let dev: RegisteredResource[];
let prod: RegisteredResource[];
beforeAll(async () => {
  dev = await runProgram("dev");
  prod = await runProgram("prod");
}, PROGRAM_TIMEOUT);

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
    const pulls = prod.filter(({ name }) => name.endsWith("-api-pull"));
    expect(pulls.map(({ inputs }) => inputs["principalId"])).toEqual([
      "westus2-identities-kubelet-object-id",
      "eastus2-identities-kubelet-object-id",
    ]);
    for (const { inputs } of pulls) {
      expect(inputs).toMatchObject({
        scope: expect.stringContaining("registry-acr") as string,
        roleDefinitionId: expect.stringContaining("7f951dda-4ed3-4680-a7ca-43fe172d538d") as string,
      });
    }
  });

  test("is closed to the internet in prod, with a replica in each further region", () => {
    expect(theOnly(dev, REGISTRY).inputs).toMatchObject({ publicNetworkAccess: "Enabled" });
    expect(theOnly(prod, REGISTRY).inputs).toMatchObject({
      publicNetworkAccess: "Disabled",
      networkRuleSet: { defaultAction: "Deny" },
    });
    expect(theOnly(prod, "azure-native:containerregistry:Replication").inputs).toMatchObject({
      location: "eastus2",
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

  test("in prod it trusts the service account of each cluster, under one client id", () => {
    const credentials = ofType(prod, "azure-native:managedidentity:FederatedIdentityCredential");
    expect(credentials.map(({ name }) => name)).toEqual([
      "api-identity-trust-kubernetes-westus2-api",
      "api-identity-trust-kubernetes-eastus2-api",
    ]);
    for (const { inputs } of ofType(prod, "kubernetes:core/v1:ServiceAccount")) {
      expect(inputs).toMatchObject({
        metadata: { annotations: { "azure.workload.identity/client-id": "api-identity-id-client-id" } },
      });
    }
  });

  test(
    "a repository's environments deploy through an Entra application, and cannot make themselves owner",
    async () => {
      const github = { repository: "owner@1/repo@2", environments: ["prod", "staging"] };
      const clusterAdmins = [{ objectId: "22222222-2222-4222-8222-222222222222", principalType: "Group" }];
      const regions = ["westus2", "eastus2"];
      const resources = await runProgram("dev", { regions, delivery: { github }, access: { clusterAdmins } });
      const trusts = ofType(
        resources,
        "azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential",
      ).map(({ inputs }) => inputs);
      expect(trusts).toMatchObject(
        github.environments.map((environment) => ({
          issuer: "https://token.actions.githubusercontent.com",
          subject: `repo:owner@1/repo@2:environment:${environment}`,
        })),
      );
      const grants = resources.filter(({ name }) => /^delivery-github-.+-grants$/.test(name));
      expect(grants.map(({ name }) => name)).toEqual(
        ["shared", ...regions].map((scope) => `delivery-github-${scope}-grants`),
      );
      for (const { inputs } of grants) {
        expect(inputs["condition"]).toContain("7f951dda-4ed3-4680-a7ca-43fe172d538d");
        expect(inputs["condition"]).not.toContain("b24988ac-6180-42a0-ab88-20f7382dd24c");
        expect(inputs["condition"]).not.toContain("f58310d9-a9f6-439a-9e8d-f62e7b41a168");
      }
      expect(prod.filter(({ type }) => type.startsWith("azuread:"))).toEqual([]);
    },
    PROGRAM_TIMEOUT,
  );
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

  test("containers' logs are collected in prod alone, and signed in with Microsoft Entra ID", () => {
    const CLUSTER = "azure-native:containerservice:ManagedCluster";
    const agentOf = ({ inputs }: RegisteredResource) =>
      (inputs["addonProfiles"] as Readonly<Record<string, unknown>>)["omsagent"];
    expect(ofType(dev, CLUSTER).map(agentOf)).toEqual([{ enabled: false }]);
    const workspace = expect.stringContaining("observability-logs") as string;
    const agent = {
      enabled: true,
      config: { logAnalyticsWorkspaceResourceID: workspace, useAADAuth: "true" },
    };
    expect(ofType(prod, CLUSTER).map(agentOf)).toEqual([agent, agent]);
    const rules = ofType(prod, "azure-native:monitor:DataCollectionRule")
      .filter(({ name }) => name.endsWith("-insights-rule"))
      .map(({ inputs }) => [inputs["dataCollectionRuleName"], inputs["location"]]);
    expect(rules).toEqual([
      ["aksp-demo-prod-wus2-insights", "westus2"],
      ["aksp-demo-prod-eus2-insights", "westus2"],
    ]);
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
    expect(dev.filter(({ type }) => type.startsWith("azure-native:dashboard:"))).toEqual([]);
    expect(theOnly(prod, "azure-native:dashboard:Grafana").inputs).toMatchObject({
      identity: { type: "SystemAssigned" },
    });
    expect(prod.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["grafana-westus2-metrics", "grafana-eastus2-metrics"]),
    );
  });
});
