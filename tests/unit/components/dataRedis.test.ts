import { ManagedRedis } from "../../../components/data/managedRedis";
import { ofType, theOnly } from "../../support/pulumi";
import { identityOf, longNames, redis, render, serviceArgs, tags, valueOf } from "./dataFixture";

const CLUSTER = "azure-native:redisenterprise:RedisEnterprise";
const DATABASE = "azure-native:redisenterprise:Database";
const GRANT = "azure-native:redisenterprise:AccessPolicyAssignment";

test("only Microsoft Entra ID opens the cache, by TLS, from private endpoints alone", async () => {
  const { resources } = await render(() => new ManagedRedis("redis", { ...serviceArgs(), redis }));
  expect(theOnly(resources, CLUSTER).inputs).toMatchObject({
    sku: { name: "Balanced_B3" },
    minimumTlsVersion: "1.2",
    publicNetworkAccess: "Disabled",
    highAvailability: "Enabled",
    tags,
  });
  expect(theOnly(resources, CLUSTER).inputs).not.toHaveProperty("zones");
  expect(theOnly(resources, DATABASE).inputs).toMatchObject({
    databaseName: "default",
    accessKeysAuthentication: "Disabled",
    clientProtocol: "Encrypted",
  });
});

test("clients need one port, which follows from the clustering policy", async () => {
  expect.assertions(2);
  await render(async () => {
    const cache = new ManagedRedis("redis", { ...serviceArgs(), redis });
    expect(cache.ports).toEqual([await valueOf(cache.database.port)]);
    expect(await valueOf(cache.database.clusteringPolicy)).toBe("EnterpriseCluster");
  });
});

test("settings reach the cluster: no high availability, public endpoint by opt-out", async () => {
  const { resources } = await render(
    () => new ManagedRedis("redis", { ...serviceArgs(true), redis: { ...redis, highAvailability: false } }),
  );
  expect(theOnly(resources, CLUSTER).inputs).toMatchObject({
    highAvailability: "Disabled",
    publicNetworkAccess: "Enabled",
  });
});

test("the longest names still make one that Azure takes", async () => {
  const { resources } = await render(
    () => new ManagedRedis("redis", { ...serviceArgs(), names: longNames, redis }),
  );
  expect(theOnly(resources, CLUSTER).inputs["clusterName"]).toMatch(/^[a-z0-9]{1,60}$/);
});

test("identities get the access policy one after the other, under names of letters and digits", async () => {
  const { resources, dependenciesOf } = await render(() => {
    const cache = new ManagedRedis("redis", { ...serviceArgs(), redis });
    cache.grant("first", identityOf("first"));
    cache.grant("second", identityOf("second"));
  });
  const grants = ofType(resources, GRANT);
  expect(grants.map(({ inputs }) => inputs["user"])).toEqual([
    { objectId: "first-principal" },
    { objectId: "second-principal" },
  ]);
  for (const { inputs } of grants) {
    expect(inputs).toMatchObject({ accessPolicyName: "default", databaseName: "default" });
    expect(inputs["accessPolicyAssignmentName"]).toMatch(/^[A-Za-z0-9]{1,60}$/);
  }
  expect(dependenciesOf("first-redis")).toContain("redis-database");
  expect(dependenciesOf("second-redis")).toContain("first-redis");
});

test("metrics of the cluster and connections to the database reach the workspace", async () => {
  const { resources } = await render(() => new ManagedRedis("redis", { ...serviceArgs(), redis }));
  const settings = ofType(resources, "azure-native:monitor:DiagnosticSetting");
  expect(settings.map(({ name, inputs }) => [name, Object.keys(inputs).includes("logs")])).toEqual([
    ["redis-cluster-diagnostics", false],
    ["redis-database-diagnostics", true],
  ]);
});

test("what the API's container needs to know", async () => {
  expect.assertions(2);
  await render(async () => {
    const cache = new ManagedRedis("redis", { ...serviceArgs(), redis });
    expect(await valueOf(cache.environmentFor(identityOf("westus2")))).toEqual({
      REDIS_HOST: "redis-cluster.redis.example",
      REDIS_PORT: "10000",
    });
    expect(await valueOf(cache.privateTargets)).toMatchObject([
      { key: "redis", groupId: "redisEnterprise", zones: ["privatelink.redis.azure.net"] },
    ]);
  });
});
