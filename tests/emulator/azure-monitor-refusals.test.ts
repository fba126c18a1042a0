import type { JsonObject } from "../../local/provider/backend";
import { Azure, clusterInputs, GROUP } from "./azure-support";

let azure: Azure;

beforeEach(async () => {
  azure = new Azure();
  await azure.group();
});

describe("monitoring", () => {
  const create = (token: string, inputs: JsonObject) =>
    azure.create(token, { resourceGroupName: "rg", ...inputs });

  test("names of endpoints and rules have at most 44 characters", async () => {
    const name = "d".repeat(45);
    await expect(
      create("monitor:DataCollectionEndpoint", { dataCollectionEndpointName: name }),
    ).rejects.toThrow("too long (45): at most 44");
    await expect(create("monitor:DataCollectionRule", { dataCollectionRuleName: name })).rejects.toThrow(
      "too long (45): at most 44",
    );
  });

  test("an association with an endpoint has the one name for it, and carries no rule", async () => {
    const endpoint = await create("monitor:DataCollectionEndpoint", {
      dataCollectionEndpointName: "endpoint",
    });
    const rule = await create("monitor:DataCollectionRule", { dataCollectionRuleName: "rule" });
    const cluster = await create("containerservice:ManagedCluster", clusterInputs());
    const associate = (inputs: JsonObject) =>
      azure.create("monitor:DataCollectionRuleAssociation", { resourceUri: cluster.id, ...inputs });
    const both = { dataCollectionEndpointId: endpoint.id, dataCollectionRuleId: rule.id };
    await expect(associate({ associationName: "configurationAccessEndpoint", ...both })).rejects.toThrow(
      "exactly one of",
    );
    await expect(associate({ associationName: "x", dataCollectionEndpointId: endpoint.id })).rejects.toThrow(
      "InvalidEndpointAssociationName",
    );
    await expect(
      associate({ associationName: "configurationAccessEndpoint", dataCollectionRuleId: rule.id }),
    ).rejects.toThrow("InvalidEndpointAssociationName");
    await expect(
      associate({ associationName: "configurationAccessEndpoint", dataCollectionEndpointId: endpoint.id }),
    ).resolves.toHaveProperty("id");
    await expect(associate({ associationName: "x", dataCollectionRuleId: rule.id })).resolves.toHaveProperty(
      "id",
    );
  });

  test("a data flow to a destination that is not declared", async () => {
    const dataFlows = [{ streams: ["Microsoft-Perf"], destinations: ["logs"] }];
    await expect(create("monitor:DataCollectionRule", { dataFlows })).rejects.toThrow(
      "Data flow destination 'logs' is not declared",
    );
  });

  test("one category of a resource twice to one workspace", async () => {
    const workspace = await create("operationalinsights:Workspace", { workspaceName: "logs" });
    const registry = await create("containerregistry:Registry", {
      registryName: "images",
      sku: { name: "Basic" },
    });
    const setting = (name: string): JsonObject => ({
      resourceUri: registry.id,
      name,
      workspaceId: workspace.id,
      logs: [{ category: "ContainerRegistryLoginEvents", enabled: true }],
    });
    await azure.create("monitor:DiagnosticSetting", setting("one"));
    await expect(azure.create("monitor:DiagnosticSetting", setting("two"))).rejects.toThrow(
      "is already used in diagnostic setting 'one'",
    );
  });

  test.each<[string, string, JsonObject, string]>([
    ["a long short name", "monitor:ActionGroup", { groupShortName: "thirteenchars" }, "maximum length is 12"],
    [
      "a severity of 5",
      "monitor:MetricAlert",
      { criteria: {}, evaluationFrequency: "PT1M", scopes: [GROUP], severity: 5, windowSize: "PT5M" },
      "between 0 and 4",
    ],
    [
      "a rule that neither records nor alerts",
      "alertsmanagement:PrometheusRuleGroup",
      { rules: [{ expression: "up" }], scopes: [GROUP] },
      "either 'record' or 'alert'",
    ],
    [
      "rules without a workspace",
      "alertsmanagement:PrometheusRuleGroup",
      { rules: [{ record: "x", expression: "up" }], scopes: [GROUP] },
      "must contain an Azure Monitor workspace",
    ],
  ])("%s", async (_what, token, inputs, message) => {
    await expect(create(token, inputs)).rejects.toThrow(message);
  });
});
