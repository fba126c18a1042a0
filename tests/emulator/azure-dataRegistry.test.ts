import { blockedAgents } from "../../local/azure/registryAgents";
import { createOperation } from "../../local/azure/lifecycle";
import { createTypes } from "../../local/azure/types";
import type { JsonObject } from "../../local/provider/backend";
import { Azure, backendOptions, GROUP, networkWith } from "./azure-support";
import { connect } from "./support/privateLink";

const REGISTRY = `${GROUP}/providers/Microsoft.ContainerRegistry/registries/images`;

let azure: Azure;

beforeEach(async () => {
  azure = new Azure();
  await azure.group();
});

const registry = (changes: JsonObject = {}): JsonObject => ({
  ...{ resourceGroupName: "rg", registryName: "images", sku: { name: "Premium" } },
  ...changes,
});
const inRegistry = { resourceGroupName: "rg", registryName: "images" };
const replica = (location: string, changes: JsonObject = {}): JsonObject => ({
  ...{ ...inRegistry, replicationName: location, location },
  ...changes,
});
const create = (type: string, inputs: JsonObject) => azure.create(`containerregistry:${type}`, inputs);

describe("registries", () => {
  test.each<[string, JsonObject, string]>([
    [
      "zones where there are none",
      { location: "westus", zoneRedundancy: "Enabled" },
      "ZoneRedundancyNotSupported",
    ],
    [
      "no export from a public registry",
      { policies: { exportPolicy: { status: "disabled" } } },
      "ExportPolicyInvalid",
    ],
    [
      "network rules without Premium",
      { sku: { name: "Standard" }, networkRuleSet: { defaultAction: "Deny" } },
      "requires the Premium SKU",
    ],
  ])("%s", async (_what, changes, message) => {
    await expect(create("Registry", registry(changes))).rejects.toThrow(message);
  });

  test("zones are settled when it is made, and a replicated one stays Premium", async () => {
    const state = await create("Registry", registry());
    await expect(
      azure.update("containerregistry:Registry", state, registry({ zoneRedundancy: "Enabled" })),
    ).rejects.toThrow("ZoneRedundancyCannotBeChanged");
    await create("Replication", replica("eastus2"));
    await expect(
      azure.update("containerregistry:Registry", state, registry({ sku: { name: "Basic" } })),
    ).rejects.toThrow("A registry with replications (eastus2) must be Premium.");
    const policies = { softDeletePolicy: { status: "enabled" } };
    await expect(azure.update("containerregistry:Registry", state, registry({ policies }))).rejects.toThrow(
      "is not supported for a registry with replications",
    );
  });
});

describe("replications", () => {
  test.each<[string, JsonObject, JsonObject, string]>([
    [
      "of a registry that is not Premium",
      { sku: { name: "Standard" } },
      replica("eastus2"),
      "The Replication of a registry requires",
    ],
    [
      "where the registry is",
      {},
      replica("westus2"),
      "ResourceExists: cannot create already existing resource",
    ],
    [
      "with zones where there are none",
      {},
      replica("westus", { zoneRedundancy: "Enabled" }),
      "ZoneRedundancyNotSupported",
    ],
    [
      "besides soft delete",
      { policies: { softDeletePolicy: { status: "enabled" } } },
      replica("eastus2"),
      "PolicyConflict",
    ],
  ])("%s", async (_what, changes, inputs, message) => {
    await create("Registry", registry(changes));
    await expect(create("Replication", inputs)).rejects.toThrow(message);
  });

  test("one a region, and one at a time", async () => {
    await create("Registry", registry());
    await create("Replication", replica("eastus2"));
    await expect(create("Replication", replica("eastus2", { replicationName: "again" }))).rejects.toThrow(
      "ReplicationAlreadyExists",
    );
    const both = await Promise.allSettled([
      create("Replication", replica("westus3")),
      create("Replication", replica("uksouth")),
    ]);
    expect(both.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
    expect(String((both[1] as PromiseRejectedResult).reason)).toContain("RegistryInTransition");
  });
});

describe("cache rules, credentials and agents", () => {
  const rule = (sourceRepository: string, targetRepository: string): JsonObject => ({
    ...{ ...inRegistry, cacheRuleName: "cache", sourceRepository, targetRepository },
  });

  beforeEach(async () => {
    await create("Registry", registry());
  });

  test.each<[string, string, JsonObject, string]>([
    [
      "a source that cannot be cached",
      "CacheRule",
      rule("example.com/nginx", "nginx"),
      "InvalidSourceRepository",
    ],
    [
      "a target that is no name",
      "CacheRule",
      rule("docker.io/library/nginx", "Nginx!"),
      "InvalidTargetRepository",
    ],
    ["a wildcard on one side", "CacheRule", rule("mcr.microsoft.com/*", "mcr"), "both end in '/*'"],
    [
      "credentials that are no secrets",
      "CredentialSet",
      { ...inRegistry, credentialSetName: "docker", authCredentials: [{ usernameSecretIdentifier: "me" }] },
      "InvalidCredentialSet",
    ],
    [
      "agents of another tier",
      "AgentPool",
      { ...inRegistry, agentPoolName: "build", tier: "S9" },
      "allowed are S1, S2, S3, I6",
    ],
    [
      "agents with Windows",
      "AgentPool",
      { ...inRegistry, agentPoolName: "build", os: "Windows" },
      "Agents run Linux alone",
    ],
  ])("%s", async (_what, type, inputs, message) => {
    await expect(create(type, inputs)).rejects.toThrow(message);
  });

  test("two rules for one target", async () => {
    await create("CacheRule", rule("docker.io/library/nginx", "nginx"));
    await expect(
      create("CacheRule", { ...rule("quay.io/nginx/nginx", "nginx"), cacheRuleName: "other" }),
    ).rejects.toThrow("CacheRuleConflict");
  });

  test("a run names a pool of the registry that has agents", async () => {
    const run = (agentPoolName: string): JsonObject => ({
      ...{
        ...inRegistry,
        taskRunName: "build-api",
        runRequest: { type: "DockerBuildRequest", agentPoolName },
      },
    });
    await expect(create("TaskRun", run("build"))).rejects.toThrow("AgentPoolNotFound");
    await create("AgentPool", { ...inRegistry, agentPoolName: "build", count: 0 });
    await expect(create("TaskRun", run("build"))).rejects.toThrow("AgentPoolEmpty");
  });
});

describe("a closed registry", () => {
  const type = createTypes({ repositoryRoot: "/nowhere", buildFolder: "/nowhere" }).byToken(
    "azure-native:containerregistry:TaskRun",
  );
  const blocked = (agentPoolName?: string) => {
    const request = { type: "DockerBuildRequest", ...(agentPoolName === undefined ? {} : { agentPoolName }) };
    const cloud = {
      ...backendOptions(),
      store: azure.store,
      vcpuQuota: {},
      unregisteredFeatures: [],
      now: () => new Date(),
    };
    return blockedAgents(
      createOperation(cloud, type, `${REGISTRY}/taskRuns/build-api`, { runRequest: request }, undefined),
    );
  };

  test("keeps ACR's own agents out, as an open one does not", async () => {
    const state = await create("Registry", registry());
    expect(blocked()).toBeUndefined();
    await azure.update("containerregistry:Registry", state, registry({ publicNetworkAccess: "Disabled" }));
    expect(blocked()?.message).toContain("is not allowed access. Refer https://aka.ms/acr/firewall");
  });

  test("lets agents in that come by its private endpoint", async () => {
    await create("Registry", registry({ publicNetworkAccess: "Disabled" }));
    const [agents = "", endpoints = ""] = await networkWith(azure, "10.1.0.0/24", "10.2.0.0/24");
    await create("AgentPool", {
      ...inRegistry,
      agentPoolName: "build",
      virtualNetworkSubnetResourceId: agents,
    });
    expect(blocked("build")?.message).toContain("TaskRunFailed");
    await connect(azure, {
      target: REGISTRY,
      group: "registry",
      zone: "privatelink.azurecr.io",
      subnet: endpoints,
    });
    expect(blocked("build")).toBeUndefined();
    expect(blocked()?.message).toContain("TaskRunFailed");
  });
});
