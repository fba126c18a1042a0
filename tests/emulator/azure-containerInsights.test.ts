import type { JsonObject } from "../../local/provider/backend";
import { Azure, clusterInputs, GROUP } from "./azure-support";

const RULE = "monitor:DataCollectionRule";
const ASSOCIATION = "monitor:DataCollectionRuleAssociation";
const LOGS = "Microsoft-ContainerLogV2";
const STREAM_GROUP = "Microsoft-ContainerInsights-Group-Default";

let azure: Azure;
let workspaceId: string;

beforeEach(async () => {
  azure = new Azure();
  await azure.group();
  const workspace = { resourceGroupName: "rg", workspaceName: "logs" };
  workspaceId = (await azure.create("operationalinsights:Workspace", workspace)).id;
});

describe("the add-on of a cluster", () => {
  const cluster = (config: JsonObject, changes: JsonObject = {}) =>
    azure.create(
      "containerservice:ManagedCluster",
      clusterInputs({ addonProfiles: { omsagent: { enabled: true, config } }, ...changes }),
    );

  test("wants a workspace that is there", async () => {
    await expect(cluster({})).rejects.toThrow("config.logAnalyticsWorkspaceResourceID");
    await expect(cluster({ logAnalyticsWorkspaceResourceID: "/x" })).rejects.toThrow(
      "GetLogAnalyticsWorkspaceError",
    );
  });

  test("signs in with Microsoft Entra ID, as a managed identity", async () => {
    const config = { logAnalyticsWorkspaceResourceID: workspaceId };
    const right = { ...config, useAADAuth: "true" };
    const servicePrincipal = { identity: {}, servicePrincipalProfile: { clientId: "app" } };
    await expect(cluster(config)).rejects.toThrow("useAADAuth must be 'true'");
    await expect(cluster(right, servicePrincipal)).rejects.toThrow("requires a managed identity");
    await expect(cluster(right)).resolves.toHaveProperty("id");
  });

  test("goes on and off again without a new cluster", async () => {
    const token = "containerservice:ManagedCluster";
    const config = { logAnalyticsWorkspaceResourceID: workspaceId, useAADAuth: "true" };
    const off = clusterInputs({ addonProfiles: { omsagent: { enabled: false } } });
    const on = clusterInputs({ addonProfiles: { omsagent: { enabled: true, config } } });
    for (const [before, after] of [
      [off, on],
      [on, off],
    ] as const) {
      const kinds = Object.values((await azure.diff(token, before, after)).changes);
      expect(kinds).not.toEqual([]);
      expect(kinds.filter((kind) => kind.endsWith("-replace"))).toEqual([]);
    }
    const made = await azure.create(token, off);
    const updated = await azure.update(token, made, on);
    expect(updated.id).toBe(made.id);
    await expect(azure.update(token, made, off)).resolves.toHaveProperty("id", made.id);
  });
});

describe("a rule", () => {
  const inputs = (collected: string, sent: string, flow: JsonObject = {}): JsonObject => ({
    resourceGroupName: "rg",
    dataCollectionRuleName: "rule",
    kind: "Linux",
    dataSources: {
      extensions: [{ name: "insights", extensionName: "ContainerInsights", streams: [collected] }],
    },
    destinations: { logAnalytics: [{ name: "logs", workspaceResourceId: workspaceId }] },
    dataFlows: [{ streams: [sent], destinations: ["logs"], ...flow }],
  });
  const rule = (...args: Parameters<typeof inputs>) => azure.create(RULE, inputs(...args));

  test("that collects a group of streams sends the group, whole and as it is", async () => {
    const transformation = { transformKql: "source | where PodNamespace == 'api'" };
    await expect(rule(STREAM_GROUP, LOGS)).rejects.toThrow(`stream id '${LOGS}' individually`);
    await expect(rule(STREAM_GROUP, STREAM_GROUP, transformation)).rejects.toThrow("custom transformation");
    await expect(rule(LOGS, LOGS, transformation)).resolves.toHaveProperty("id");
    await azure.delete(RULE, `${GROUP}/providers/Microsoft.Insights/dataCollectionRules/rule`);
    await expect(rule(STREAM_GROUP, STREAM_GROUP)).resolves.toHaveProperty("id");
  });

  test("keeps its kind", async () => {
    const made = await rule(LOGS, LOGS);
    const changed = (kind: string) => azure.update(RULE, made, { ...inputs(LOGS, LOGS), kind });
    await expect(changed("Windows")).rejects.toThrow("The kind is immutable");
    await expect(changed("Linux")).resolves.toHaveProperty("id");
  });

  test("stays as long as a cluster has it", async () => {
    const made = await rule(LOGS, LOGS);
    const cluster = await azure.create("containerservice:ManagedCluster", clusterInputs());
    const association = await azure.create(ASSOCIATION, {
      resourceUri: cluster.id,
      associationName: "ContainerInsightsExtension",
      dataCollectionRuleId: made.id,
    });
    await expect(azure.delete(RULE, made.id)).rejects.toThrow("has associations");
    await azure.delete(ASSOCIATION, association.id);
    await expect(azure.delete(RULE, made.id)).resolves.toBeUndefined();
  });
});
