import { knownRegions, regionOf } from "../../local/azure/regions";
import type { JsonObject } from "../../local/provider/backend";
import { Azure, clusterInputs, GROUP, SUBSCRIPTION } from "./azure-support";
import { budget, fluxSource, onAks, stopWorkflow, thisMonth } from "./samples/governance";

let azure: Azure;

beforeEach(async () => {
  azure = new Azure();
  await azure.group();
});

const create = (token: string, inputs: JsonObject) =>
  azure.create(token, { resourceGroupName: "rg", ...inputs });

describe("budgets", () => {
  const notify = (change: JsonObject): JsonObject => ({
    notifications: { n: { enabled: true, operator: "GreaterThan", threshold: 80, ...change } },
  });
  const many = Object.fromEntries("abcdef".split("").map((key) => [key, {}]));

  test.each<[string, JsonObject, string]>([
    ["nothing to spend", { amount: 0 }, "greater than 0"],
    ["no date", { timePeriod: { startDate: "soon" } }, "should be a date"],
    ["a day within a month", { timePeriod: { startDate: "2030-05-02T00:00:00Z" } }, "first day of a month"],
    [
      "a month that is over",
      { timePeriod: { startDate: "2024-01-01T00:00:00Z" } },
      "prior to the current month",
    ],
    ["a month two years ahead", { timePeriod: { startDate: "2099-01-01T00:00:00Z" } }, "more than 1 year"],
    [
      "an end before the start",
      { timePeriod: { startDate: thisMonth(), endDate: "2020-01-01T00:00:00Z" } },
      "End date of the budget",
    ],
    ["a notification to nobody", notify({}), "at least one of contactEmails"],
    ["a threshold of 2000 %", notify({ threshold: 2000, contactEmails: ["a@b"] }), "between 0 and 1000"],
    ["an action group that is not there", notify({ contactGroups: [`${GROUP}/x`] }), "was not found"],
    ["six notifications", { notifications: many }, "at most 5 notifications"],
  ])("%s", async (_what, changes, message) => {
    await expect(azure.create("consumption:Budget", budget(changes))).rejects.toThrow(message);
  });

  test("keep their start, and take every other change", async () => {
    const made = await azure.create("consumption:Budget", budget({ scope: `subscriptions/${SUBSCRIPTION}` }));
    expect(made.id).toMatch(/^\/subscriptions\//);
    const more = { ...made.inputs, amount: 900 };
    expect((await azure.update("consumption:Budget", made, more)).outputs["amount"]).toBe(900);
    const moved = { ...made.inputs, timePeriod: { startDate: "2040-01-01T00:00:00Z" } };
    await expect(azure.update("consumption:Budget", made, moved)).rejects.toThrow(
      "Start date of budgets cannot be updated. Please delete and create a new budget.",
    );
  });
});

describe("workflows", () => {
  const definition = (change: JsonObject): JsonObject => ({
    definition: { ...(stopWorkflow()["definition"] as JsonObject), ...change },
  });
  const trigger = (recurrence: JsonObject): JsonObject =>
    definition({ triggers: { t: { type: "Recurrence", recurrence } } });

  test.each<[string, JsonObject, string]>([
    ["no schema", definition({ $schema: null }), "InvalidDefinitionSchema"],
    ["no version", definition({ contentVersion: null }), "'contentVersion' is missing"],
    ["an unknown frequency", trigger({ frequency: "Fortnight", interval: 1 }), "has frequency 'Fortnight'"],
    ["no interval", trigger({ frequency: "Day" }), "no interval"],
    [
      "days of the week each day",
      trigger({ frequency: "Day", interval: 1, schedule: { weekDays: ["Monday"] } }),
      "which only the frequency 'Week' has",
    ],
    ["an action of no type", definition({ actions: { a: {} } }), "has no 'type'"],
    [
      "an action after one that is not there",
      definition({ actions: { a: { type: "Wait", runAfter: { b: ["Succeeded"] } } } }),
      "runs after 'b'",
    ],
    ["a request to nowhere", definition({ actions: { a: { type: "Http" } } }), "needs 'method' and 'uri'"],
    ["an identity that is not there", { identity: null }, "WorkflowManagedIdentityNotSpecified"],
  ])("%s", async (_what, changes, message) => {
    await expect(create("logic:Workflow", stopWorkflow(changes))).rejects.toThrow(message);
  });
});

describe("log tables", () => {
  const columns = [{ name: "TimeGenerated", type: "dateTime" }];
  const table = (change: JsonObject = {}): JsonObject => ({
    ...{ workspaceName: "logs", tableName: "App_CL", schema: { name: "App_CL", columns } },
    ...change,
  });

  beforeEach(() => create("operationalinsights:Workspace", { workspaceName: "logs" }));

  test.each<[string, JsonObject, string]>([
    ["Azure's own", { tableName: "AKSAudit" }, "cannot create already existing resource"],
    ["no time", { schema: { name: "App_CL", columns: [] } }, "must have the column TimeGenerated"],
    ["another name", { schema: { name: "Other_CL", columns } }, "must be the table's, 'App_CL'"],
    ["three days", { retentionInDays: 3 }, "between 4 and 730"],
    ["Basic for 90 days", { plan: "Basic", retentionInDays: 90 }, "fixed at 30"],
    ["20 years", { totalRetentionInDays: 7300 }, "between 4 and 4383"],
  ])("%s", async (_what, changes, message) => {
    await expect(create("operationalinsights:Table", table(changes))).rejects.toThrow(message);
  });

  test("change their plan once a week", async () => {
    const token = "operationalinsights:Table";
    const made = await create(token, table());
    const basic = await azure.update(token, made, { ...made.inputs, plan: "Basic" });
    await expect(azure.update(token, { ...made, ...basic }, made.inputs)).rejects.toThrow("once a week");
  });
});

describe("cluster extensions", () => {
  const extension = (extensionType: string, changes: JsonObject = {}, name = extensionType) =>
    create("kubernetesconfiguration:Extension", { ...onAks, extensionType, extensionName: name, ...changes });

  beforeEach(() => create("containerservice:ManagedCluster", clusterInputs()));

  test("are installed one at a time", async () => {
    const both = await Promise.allSettled([extension("microsoft.flux"), extension("microsoft.dapr")]);
    const errors = both.flatMap((result) => (result.status === "rejected" ? [String(result.reason)] : []));
    expect(errors).toHaveLength(1);
    expect(errors[0]).toContain("ExtensionOperationFailed");
  });

  test("have an identity in the node resource group, which goes with them", async () => {
    const made = await extension("microsoft.flux");
    const identity = azure.ids().find((id) => id.includes("/ext-microsoft.flux-aks"));
    expect(azure.store.get(identity ?? "")?.properties["principalId"]).toBe(
      (made.outputs["aksAssignedIdentity"] as JsonObject)["principalId"],
    );
    await azure.delete("kubernetesconfiguration:Extension", made.id);
    expect(azure.store.get(identity ?? "")).toBeUndefined();
  });

  test.each<[string, string, JsonObject, string]>([
    ["an unknown type", "acme.thing", {}, "ExtensionTypeRegistrationGetFailed"],
    [
      "a pinned version that upgrades itself",
      "microsoft.flux",
      { version: "1.0.0", autoUpgradeMinorVersion: true },
      "cannot be set while 'autoUpgradeMinorVersion' is true",
    ],
    [
      "backup without storage",
      "microsoft.dataprotection.kubernetes",
      {},
      "lack configuration.backupStorageLocation",
    ],
  ])("%s", async (_what, type, changes, message) => {
    await expect(extension(type, changes)).rejects.toThrow(message);
  });

  test("one of a type; Flux before its configurations, which have a source", async () => {
    const flux = "kubernetesconfiguration:FluxConfiguration";
    await expect(create(flux, { ...onAks, gitRepository: fluxSource() })).rejects.toThrow("is not installed");
    await extension("microsoft.flux");
    await expect(extension("microsoft.flux", {}, "again")).rejects.toThrow(
      "installed on the cluster already",
    );
    await expect(create(flux, onAks)).rejects.toThrow("must have 'gitRepository'");
    await expect(create(flux, { ...onAks, gitRepository: fluxSource() })).resolves.toHaveProperty("id");
  });
});

test("a maintenance window starts today or later", async () => {
  await create("containerservice:ManagedCluster", clusterInputs());
  const configure = (startDate: string) =>
    create("containerservice:MaintenanceConfiguration", {
      ...{ resourceName: "aks", configName: "aksManagedAutoUpgradeSchedule" },
      maintenanceWindow: { durationHours: 4, startDate, startTime: "02:00", schedule: {} },
    });
  await expect(configure("2020-01-01")).rejects.toThrow("startDate '2020-01-01' is in the past");
  await expect(configure("2999-01-01")).resolves.toHaveProperty("id");
});

describe("regions", () => {
  test("a pair is a region, and most pairs are mutual", () => {
    const pairs = knownRegions().map((name) => [name, regionOf(name)?.pair] as const);
    const paired = pairs.filter(([, pair]) => pair !== undefined);
    expect(paired.filter(([, pair = ""]) => regionOf(pair) === undefined)).toEqual([]);
    const oneSided = paired.flatMap(([name, pair = ""]) => (regionOf(pair)?.pair === name ? [] : [name]));
    expect(oneSided).toEqual(["brazilsouth", "brazilsoutheast", "westindia", "westus3"]);
    expect(regionOf("westus2")).toEqual({
      ...{ name: "westus2", geography: "United States", zones: ["1", "2", "3"], pair: "westcentralus" },
    });
    expect(regionOf("westus")?.zones).toEqual([]);
  });
});
