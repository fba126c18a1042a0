import { createTypes } from "../../local/azure/types";
import { categoriesOf } from "../../local/azure/types/monitorCategories";
import type { JsonObject } from "../../local/provider/backend";
import { Azure, GROUP } from "./azure-support";

let azure: Azure;

beforeEach(async () => {
  azure = new Azure();
  await azure.group();
});

const create = (token: string, inputs: JsonObject) =>
  azure.create(token, { resourceGroupName: "rg", ...inputs });

describe("private link scopes", () => {
  const scope = {
    location: "global",
    accessModeSettings: { ingestionAccessMode: "Open", queryAccessMode: "Open" },
  };

  test.each<[string, JsonObject, string]>([
    ["in a region", { location: "westus2" }, "LocationNotAvailableForResourceType"],
    ["half open", { accessModeSettings: { ingestionAccessMode: "Open" } }, "queryAccessMode must be"],
  ])("%s", async (_what, changes, message) => {
    await expect(create("monitor:PrivateLinkScope", { ...scope, ...changes })).rejects.toThrow(message);
  });

  test("take workspaces and the like, each once, one after the other", async () => {
    const token = "monitor:PrivateLinkScopedResource";
    await create("monitor:PrivateLinkScope", { ...scope, scopeName: "scope" });
    const workspace = await create("operationalinsights:Workspace", { workspaceName: "logs" });
    const link = (name: string, linkedResourceId: string) =>
      create(token, { scopeName: "scope", name, linkedResourceId });
    await expect(link("a", GROUP)).rejects.toThrow("cannot be connected to a private link scope");
    const results = await Promise.allSettled([link("a", workspace.id), link("b", workspace.id)]);
    expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    await expect(link("c", workspace.id)).rejects.toThrow("connected to the private link scope already");
  });
});

describe("alert rules", () => {
  const query = (changes: JsonObject): JsonObject => ({
    ...{ scopes: [GROUP], severity: 2, evaluationFrequency: "PT5M", windowSize: "PT15M" },
    ...{ criteria: { allOf: [{ query: "Heartbeat" }] }, ...changes },
  });
  const activity = (changes: JsonObject): JsonObject => ({
    ...{ scopes: [GROUP], actions: {}, location: "global" },
    ...{ condition: { allOf: [{ field: "category", equals: "ServiceHealth" }] }, ...changes },
  });

  test.each<[string, string, JsonObject, string]>([
    ["no condition", "monitor:ScheduledQueryRule", query({ criteria: null }), "exactly one condition"],
    [
      "every 7 minutes",
      "monitor:ScheduledQueryRule",
      query({ evaluationFrequency: "PT7M" }),
      "'PT7M' is not",
    ],
    ["a window of less", "monitor:ScheduledQueryRule", query({ windowSize: "PT1M" }), "at least the"],
    [
      "mute and resolve",
      "monitor:ScheduledQueryRule",
      query({ muteActionsDuration: "PT1H", autoMitigate: true }),
      "muteActionsDuration cannot be set",
    ],
    [
      "no category",
      "monitor:ActivityLogAlert",
      activity({ condition: { allOf: [{ field: "level", equals: "Error" }] } }),
      "leaf condition on 'category'",
    ],
    [
      "in a region",
      "monitor:ActivityLogAlert",
      activity({ location: "westus2" }),
      "LocationNotAvailableForResourceType",
    ],
  ])("%s", async (_what, token, inputs, message) => {
    await expect(create(token, inputs)).rejects.toThrow(message);
  });
});

describe("diagnostic settings", () => {
  const token = "monitor:DiagnosticSetting";
  let registry = "";
  let workspaceId = "";

  beforeEach(async () => {
    registry = (
      await create("containerregistry:Registry", { registryName: "images", sku: { name: "Basic" } })
    ).id;
    workspaceId = (await create("operationalinsights:Workspace", { workspaceName: "logs" })).id;
  });

  const setting = (changes: JsonObject = {}): JsonObject => ({
    ...{ resourceUri: registry, name: "all", workspaceId },
    ...{ logs: [{ categoryGroup: "allLogs", enabled: true }], ...changes },
  });

  test.each<[string, JsonObject, string]>([
    ["no sink", { workspaceId: null }, "At least one data sink"],
    ["nothing to send", { logs: [] }, "must have an entry"],
    [
      "a category of something else",
      { logs: [{ category: "kube-audit" }] },
      "Category 'kube-audit' is not supported.",
    ],
    [
      "an unknown group",
      { logs: [{ categoryGroup: "everything" }] },
      "CategoryGroup: 'everything' is not supported, supported ones are: 'allLogs', 'audit'",
    ],
    [
      "an unknown metric",
      { metrics: [{ category: "Requests" }] },
      "Metric category 'Requests' is not supported.",
    ],
  ])("%s", async (_what, changes, message) => {
    await expect(azure.create(token, setting(changes))).rejects.toThrow(message);
  });

  test("of what has none", async () => {
    const identity = await azure.identity("someone");
    await expect(azure.create(token, setting({ resourceUri: identity.id }))).rejects.toThrow(
      "ResourceTypeNotSupported: The resource type 'microsoft.managedidentity/userassignedidentities' is not supported.",
    );
    await expect(azure.create(token, setting({ resourceUri: GROUP }))).rejects.toThrow("NotEmulated");
  });

  test("five at most, each category once to a sink", async () => {
    const kinds = ["ContainerRegistryLoginEvents", "ContainerRegistryRepositoryEvents"];
    const storageAccountId = `/subscriptions/elsewhere/resourceGroups/x/providers/Microsoft.Storage/storageAccounts/s`;
    const sinks: JsonObject[] = [{ workspaceId }, { storageAccountId, workspaceId: null }];
    const parts = sinks.flatMap((sink) =>
      kinds.map((category) => ({ ...sink, logs: [{ category, enabled: true }] })),
    );
    for (const [index, part] of parts.entries())
      await azure.create(token, setting({ name: `s${index}`, ...part }));
    await expect(azure.create(token, setting({ name: "twin", ...parts[3] }))).rejects.toThrow(
      "is already used in diagnostic setting 's3'",
    );
    await azure.create(token, setting({ name: "fifth" }));
    const metrics = [{ category: "AllMetrics", enabled: true }];
    await expect(azure.create(token, setting({ name: "sixth", logs: null, metrics }))).rejects.toThrow(
      "The limit of 5 diagnostic settings was reached.",
    );
  });
});

test("what a diagnostic setting can send is known of every type in a group that has logs or metrics", () => {
  const places = { repositoryRoot: "/nowhere", buildFolder: "/nowhere" };
  const wanted = [
    "managedClusters",
    "registries",
    "workspaces",
    "virtualNetworks",
    "azureFirewalls",
    "vaults",
  ];
  const types = createTypes(places).all.map(({ shape }) => shape.armType);
  const unknown = types.filter(
    (type) => wanted.includes(type.split("/").at(-1) ?? "") && categoriesOf(type) === "unknown",
  );
  expect(unknown).toEqual([]);
});
