import { readFileSync } from "node:fs";
import { createTypes } from "../../local/azure/types";
import type { AzureType } from "../../local/azure/resourceType";
import { UNKNOWN, type JsonObject, type ResourceState } from "../../local/provider/backend";
import { at, text } from "../../local/provider/values";
import { Azure, clusterInputs, DEPLOYER, GROUP, roleId } from "./azure-support";
import { dataSamples } from "./samples/data";
import { governanceSamples } from "./samples/governance";
import { edgeSamples, withEdgeSubnets } from "./samples/edge";
import { networkSamples, sampleNetwork } from "./samples/network";

const types = createTypes({ repositoryRoot: "/nowhere", buildFolder: "/nowhere" }).all;
/** What Azure no longer makes, or has made already: the refusal is all there is of it. */
const REFUSED = ["redis:Redis", "security:Pricing"];
/** A task run builds an image: azure-registry.test.ts makes one. */
const creatable = types.filter(({ perform, token }) => perform === undefined && !REFUSED.includes(token));
/** Azure wants a location of an assignment only where that has an identity, and none is filled in for it. */
const LOCATED_AT_TIMES = ["authorization:PolicyAssignment"];

interface SdkClass {
  readonly token: string;
  readonly apiVersion: string;
  readonly inputs: ReadonlySet<string>;
  readonly outputs: ReadonlySet<string>;
  readonly required: readonly string[];
}

/** What the pinned SDK says of a type, read from its generated module. */
function readSdk(token: string): SdkClass {
  const [module = "", name = ""] = token.split(":");
  // The module of AFDOrigin is afdorigin, that of ManagedCluster managedCluster.
  const file = `@pulumi/azure-native/${module}/${name.replace(/^[A-Z]+/, (capitals) => capitals.toLowerCase())}`;
  const source = readFileSync(require.resolve(file), "utf8");
  const body = source.slice(source.indexOf("constructor(name"));
  const assignments = [...body.matchAll(/resourceInputs\["(\w+)"\] = (.*)/g)];
  const inputs = assignments
    .filter(([, , value = ""]) => !value.startsWith("undefined"))
    .map(([, key = ""]) => key);
  return {
    token: /__pulumiType = '([^']+)'/.exec(source)?.[1] ?? "",
    apiVersion: /Uses Azure REST API version (\S+?)\.\s/.exec(source)?.[1] ?? "",
    inputs: new Set(inputs),
    outputs: new Set(assignments.map(([, key = ""]) => key)),
    required: [...body.matchAll(/Missing required property '(\w+)'/g)].map(([, key = ""]) => key),
  };
}

const head = (path: string): string => path.split(/[.[]/)[0] ?? "";

describe.each(types.map((type): [string, AzureType] => [type.token, type]))("%s", (token, type) => {
  const sdk = readSdk(token);

  test("is a type of the SDK, in the API version of the SDK", () => {
    expect(sdk.token).toBe(`azure-native:${token}`);
    expect(type.apiVersion).toBe(sdk.apiVersion);
  });

  test("names inputs and outputs as the SDK does", () => {
    const inputs = [
      ...type.shape.parameters,
      ...(type.required ?? []),
      ...(type.references ?? []),
      ...(type.replaceOn ?? []),
    ];
    expect([...new Set(inputs.map(head))].filter((key) => !sdk.inputs.has(key))).toEqual([]);
    expect((type.computed ?? []).map(head).filter((key) => !sdk.outputs.has(key))).toEqual([]);
  });

  test("wants what the SDK wants", () => {
    const own = type.shape.parameters.at(-1) ?? "";
    // The SDK gives these a default of its own before it sends them.
    const defaulted = ["enabled", "applicationType"];
    const wanted = sdk.required.filter((key) => key !== own && !defaulted.includes(key));
    const described = [...type.shape.parameters, ...(type.required ?? [])].filter(
      (key) => !defaulted.includes(key),
    );
    expect(wanted.filter((key) => !described.includes(key))).toEqual([]);
  });

  test("has a location if, and only if, the SDK's type takes one", () => {
    const takesLocation = sdk.inputs.has("location") && !LOCATED_AT_TIMES.includes(token);
    expect(type.located !== false).toBe(takesLocation && type.perform === undefined);
  });
});

test("no two entries describe one type", () => {
  expect(new Set(types.map(({ token }) => token)).size).toBe(types.length);
  // azure-native has three tokens for locks, which differ in what their ids are made of.
  expect(new Set(types.map(({ shape }) => shape.template.toLowerCase())).size).toBe(types.length);
});

describe("one of each type", () => {
  const made = new Map<string, ResourceState & { inputs: JsonObject; refreshed: JsonObject | undefined }>();
  const azure = new Azure();
  const idOf = (token: string): string => made.get(token)?.id ?? "";

  /** Inputs with which each type can be made, in an order in which they can be made. */
  const samples: readonly (readonly [token: string, inputs: () => JsonObject])[] = [
    ["resources:ResourceGroup", () => ({ resourceGroupName: "rg", location: "westus2" })],
    ["managedidentity:UserAssignedIdentity", () => ({})],
    [
      "managedidentity:FederatedIdentityCredential",
      () => ({ resourceName: "res01020304", issuer: "i", subject: "s", audiences: ["a"] }),
    ],
    [
      "authorization:RoleAssignment",
      () => ({
        scope: GROUP,
        principalId: DEPLOYER,
        roleDefinitionId: roleId("acdd72a7-3385-48ef-bd42-f606fba81ae7"),
      }),
    ],
    ["network:VirtualNetwork", () => withEdgeSubnets(sampleNetwork())],
    ["network:Subnet", () => ({ virtualNetworkName: "res01020304", addressPrefix: "10.8.0.0/24" })],
    ["operationalinsights:Workspace", () => ({})],
    [
      "applicationinsights:Component",
      () => ({
        applicationType: "web",
        kind: "web",
        workspaceResourceId: idOf("operationalinsights:Workspace"),
      }),
    ],
    ["containerregistry:Registry", () => ({ sku: { name: "Premium" } })],
    [
      "monitor:DiagnosticSetting",
      () => ({
        resourceUri: idOf("containerregistry:Registry"),
        workspaceId: idOf("operationalinsights:Workspace"),
        logs: [{ categoryGroup: "allLogs", enabled: true }],
      }),
    ],
    ["monitor:AzureMonitorWorkspace", () => ({})],
    ["monitor:DataCollectionEndpoint", () => ({})],
    [
      "monitor:DataCollectionRule",
      () => ({ dataCollectionEndpointId: idOf("monitor:DataCollectionEndpoint") }),
    ],
    ["containerservice:ManagedCluster", () => clusterInputs({ oidcIssuerProfile: { enabled: true } })],
    [
      "containerservice:AgentPool",
      () => ({ resourceName: "aks", agentPoolName: "apps", count: 1, vmSize: "Standard_D4s_v5" }),
    ],
    ["containerservice:MaintenanceConfiguration", () => ({ resourceName: "aks", configName: "default" })],
    [
      "monitor:DataCollectionRuleAssociation",
      () => ({
        resourceUri: idOf("containerservice:ManagedCluster"),
        dataCollectionRuleId: idOf("monitor:DataCollectionRule"),
      }),
    ],
    ["monitor:ActionGroup", () => ({ groupShortName: "ops", location: "global" })],
    [
      "monitor:MetricAlert",
      () => ({
        criteria: {},
        evaluationFrequency: "PT1M",
        windowSize: "PT5M",
        scopes: [idOf("containerservice:ManagedCluster")],
        severity: 1,
        location: "global",
      }),
    ],
    [
      "monitor:ScheduledQueryRule",
      () => ({
        ...{ scopes: [idOf("operationalinsights:Workspace")], severity: 2 },
        ...{ evaluationFrequency: "PT5M", windowSize: "PT5M", criteria: { allOf: [{ query: "Heartbeat" }] } },
      }),
    ],
    [
      "alertsmanagement:PrometheusRuleGroup",
      () => ({ rules: [{ record: "r", expression: "up" }], scopes: [idOf("monitor:AzureMonitorWorkspace")] }),
    ],
    ["dashboard:Grafana", () => ({ identity: { type: "SystemAssigned" } })],
    ...networkSamples(idOf),
    ...edgeSamples(idOf),
    ...dataSamples((token, output) => {
      const state = made.get(token);
      return (output === "id" ? state?.id : text(state?.outputs, output)) ?? "";
    }),
    ...governanceSamples(idOf),
  ];

  beforeAll(async () => {
    for (const [token, inputs] of samples) {
      const state = await azure.create(token, withGroup(token, inputs()));
      made.set(token, { ...state, refreshed: (await azure.read(token, state))?.inputs });
    }
  });

  test("there is a sample of every type that can be made", () => {
    expect(samples.map(([token]) => token).sort()).toEqual(creatable.map(({ token }) => token).sort());
  });

  test.each(creatable.map((type): [string, AzureType] => [type.token, type]))("%s", async (token, type) => {
    const state = made.get(token);
    if (state === undefined) throw new Error(`no ${token} was made`);
    const sdk = readSdk(token);
    expect(Object.keys(state.outputs).filter((key) => !sdk.outputs.has(key))).toEqual([]);
    expect((type.computed ?? []).filter((path) => at(state.outputs, path) === undefined)).toEqual([]);
    expect(text(state.outputs, "name")).toBe(state.id.slice(state.id.lastIndexOf("/") + 1));
    expect(JSON.stringify(state)).not.toContain(UNKNOWN);

    const preview = await azure.preview(token, state.inputs);
    for (const path of type.computed ?? []) {
      const shown = at(preview, path) ?? at(preview, head(path));
      expect([path, shown]).toEqual([path, UNKNOWN]);
    }

    expect(state.refreshed).toEqual(state.inputs);
    expect(type.seconds.create).toBeGreaterThan(0);
  });
});

function withGroup(token: string, inputs: JsonObject): JsonObject {
  const type = types.find((entry) => entry.token === token);
  return type?.shape.parameters.includes("resourceGroupName")
    ? { resourceGroupName: "rg", ...inputs }
    : inputs;
}
