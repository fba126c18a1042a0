import { CosmosAccount } from "../../../components/data/cosmosAccount";
import { SerialWrites } from "../../../components/support/serialWrites";
import { theOnly } from "../../support/pulumi";
import {
  cosmos,
  identityOf,
  longNames,
  regions,
  render,
  type Rendered,
  serviceArgs,
  tags,
  valueOf,
} from "./dataFixture";

const ACCOUNT = "azure-native:cosmosdb:DatabaseAccount";
const CONTAINER = "azure-native:cosmosdb:SqlResourceSqlContainer";
const GRANT = "azure-native:cosmosdb:SqlResourceSqlRoleAssignment";

function account(change: Partial<typeof cosmos> = {}, isPublic = false): Promise<Rendered> {
  return render(
    () =>
      new CosmosAccount("cosmos", { ...serviceArgs(isPublic), cosmos: { ...cosmos, ...change }, regions }),
  );
}

test("only Microsoft Entra ID opens the account, from private endpoints alone", async () => {
  const { resources } = await account();
  expect(theOnly(resources, ACCOUNT).inputs).toMatchObject({
    disableLocalAuth: true,
    disableKeyBasedMetadataWriteAccess: true,
    minimalTlsVersion: "Tls12",
    publicNetworkAccess: "Disabled",
    networkAclBypass: "None",
    backupPolicy: { type: "Continuous" },
    tags,
  });
});

test("the opt-out opens the public endpoint, and changes nothing else", async () => {
  const closed = theOnly((await account()).resources, ACCOUNT).inputs;
  const open = theOnly((await account({}, true)).resources, ACCOUNT).inputs;
  expect(open).toEqual({ ...closed, publicNetworkAccess: "Enabled" });
});

test("the data is in every region in their order, spread over zones where the region has them", async () => {
  const { resources } = await account();
  expect(theOnly(resources, ACCOUNT).inputs).toMatchObject({
    locations: [
      { locationName: "westus2", failoverPriority: 0, isZoneRedundant: true },
      { locationName: "westus", failoverPriority: 1, isZoneRedundant: false },
    ],
    enableAutomaticFailover: true,
    enableMultipleWriteLocations: true,
  });
});

test.each([
  ["BoundedStaleness", { maxIntervalInSeconds: 300, maxStalenessPrefix: 100_000 }],
  ["Session", { maxIntervalInSeconds: 5, maxStalenessPrefix: 100 }],
  ["Strong", { maxIntervalInSeconds: 5, maxStalenessPrefix: 100 }],
] as const)("%s consistency has the bounds that Azure takes", async (consistency, bounds) => {
  const { resources } = await account({ consistency, multiRegionWrites: false });
  expect(theOnly(resources, ACCOUNT).inputs["consistencyPolicy"]).toEqual({
    defaultConsistencyLevel: consistency,
    ...bounds,
  });
});

test("the container scales itself up to the throughput of the configuration", async () => {
  const { resources } = await account({ maxThroughput: 7000 });
  const { inputs } = theOnly(resources, CONTAINER);
  expect(inputs["options"]).toEqual({ autoscaleSettings: { maxThroughput: 7000 } });
  expect(inputs["resource"]).toMatchObject({ partitionKey: { paths: ["/id"], kind: "Hash", version: 2 } });
});

test("the longest names still make one that Azure takes", async () => {
  const { resources } = await render(
    () => new CosmosAccount("cosmos", { ...serviceArgs(), names: longNames, cosmos, regions }),
  );
  expect(theOnly(resources, ACCOUNT).inputs["accountName"]).toMatch(/^[a-z0-9]{3,44}$/);
});

test("each identity gets the data role of the database, one after the other and after the container", async () => {
  const { resources, dependenciesOf } = await render(() => {
    const service = new CosmosAccount("cosmos", { ...serviceArgs(), cosmos, regions });
    for (const region of ["westus2", "westus"]) service.grant(`${region}-api`, identityOf(region));
  });
  const grants = resources.filter(({ type }) => type === GRANT);
  expect(grants.map(({ inputs }) => inputs["principalId"])).toEqual([
    "westus2-principal",
    "westus-principal",
  ]);
  for (const { inputs } of grants) {
    expect(inputs["scope"]).toMatch(/\/cosmos-account\/dbs\/api$/);
    expect(inputs["roleDefinitionId"]).toMatch(/\/sqlRoleDefinitions\/00000000-0000-0000-0000-000000000002$/);
    expect(inputs["roleAssignmentId"]).toMatch(/^[0-9a-f-]{36}$/);
  }
  expect(new Set(grants.map(({ inputs }) => inputs["roleAssignmentId"])).size).toBe(2);
  expect(dependenciesOf("westus2-api-cosmos")).toContain("cosmos-container");
  expect(dependenciesOf("westus-api-cosmos")).toContain("westus2-api-cosmos");
});

test("a region that goes changes nothing in the grants of those that stay", async () => {
  const grantsOf = async (...stamps: string[]) => {
    const { resources } = await render(() => {
      const service = new CosmosAccount("cosmos", { ...serviceArgs(), cosmos, regions });
      for (const stamp of stamps) service.grant(`${stamp}-api`, identityOf(stamp));
    });
    return resources.filter(({ type, name }) => type === GRANT && name === "westus-api-cosmos");
  };
  const alone = await grantsOf("westus");
  expect(alone).toHaveLength(1);
  expect(await grantsOf("westus2", "westus")).toEqual(alone);
});

test("what the API's container needs to know, and how a network reaches the account", async () => {
  expect.assertions(4);
  await render(async () => {
    const service = new CosmosAccount("cosmos", { ...serviceArgs(), cosmos, regions });
    expect(await valueOf(service.environmentFor(identityOf("westus2")))).toEqual({
      COSMOS_ENDPOINT: "https://cosmos-account.documents.example:443/",
      COSMOS_DATABASE: "api",
      COSMOS_CONTAINER: "items",
    });
    const [target] = service.privateTargets;
    expect(target).toMatchObject({
      key: "cosmos",
      groupId: "Sql",
      zones: ["privatelink.documents.azure.com"],
      writes: expect.any(SerialWrites) as SerialWrites,
    });
    expect(await valueOf(target?.resourceId)).toBe(await valueOf(service.account.id));
    expect(service.ports).toEqual([443]);
  });
});
