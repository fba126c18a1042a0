import * as resourceGroups from "@pulumi/azure-native/resources";

import { PostgresqlServer } from "../../../components/data/postgresqlServer";
import { ofType, theOnly } from "../../support/pulumi";
import { identityOf, longNames, postgresql, render, serviceArgs, tags, valueOf } from "./dataFixture";

const SERVER = "azure-native:dbforpostgresql:Server";
const PARAMETER = "azure-native:dbforpostgresql:Configuration";
const FIREWALL_RULE = "azure-native:dbforpostgresql:FirewallRule";
const ADMINISTRATOR = "azure-native:dbforpostgresql:AdministratorsMicrosoftEntra";

test("only Microsoft Entra ID of the deployer's tenant opens the server: no password, no public endpoint", async () => {
  const { resources } = await render(
    () => new PostgresqlServer("postgresql", { ...serviceArgs(), postgresql }),
  );
  const { inputs } = theOnly(resources, SERVER);
  expect(inputs).toMatchObject({
    authConfig: {
      activeDirectoryAuth: "Enabled",
      passwordAuth: "Disabled",
      tenantId: "22222222-2222-2222-2222-222222222222",
    },
    network: { publicNetworkAccess: "Disabled" },
    highAvailability: { mode: "ZoneRedundant" },
    backup: { backupRetentionDays: 35, geoRedundantBackup: "Enabled" },
    storage: { storageSizeGB: 128, autoGrow: "Enabled" },
    tags,
  });
  expect(Object.keys(inputs)).not.toEqual(
    expect.arrayContaining([expect.stringMatching(/^administratorLogin/)]),
  );
  expect(resources.filter(({ type }) => type === FIREWALL_RULE)).toEqual([]);
});

test("connections are encrypted and logged", async () => {
  const { resources } = await render(
    () => new PostgresqlServer("postgresql", { ...serviceArgs(), postgresql }),
  );
  const parameters = ofType(resources, PARAMETER).map(({ inputs }) => [
    inputs["configurationName"],
    inputs["value"],
  ]);
  expect(Object.fromEntries(parameters)).toMatchObject({
    require_secure_transport: "on",
    ssl_min_protocol_version: "TLSv1.2",
    log_connections: "on",
    log_disconnections: "on",
  });
});

test.each([false, true])("children are written one at a time (public: %s)", async (isPublic) => {
  const { resources, dependenciesOf } = await render(() => {
    const server = new PostgresqlServer("postgresql", { ...serviceArgs(isPublic), postgresql });
    server.grant("westus2-api", identityOf("westus2"));
    server.grant("westus-api", identityOf("westus"));
  });
  const children = resources
    .filter(({ type }) => type.startsWith("azure-native:dbforpostgresql:") && type !== SERVER)
    .map(({ name }) => name);
  expect(children).toHaveLength(isPublic ? 10 : 9);
  let before = "postgresql-server";
  for (const child of children) {
    expect(dependenciesOf(child)).toContain(before);
    before = child;
  }
});

test("the opt-out opens the public endpoint to Azure's own addresses, and to no others", async () => {
  const { resources } = await render(
    () => new PostgresqlServer("postgresql", { ...serviceArgs(true), postgresql }),
  );
  expect(theOnly(resources, SERVER).inputs["network"]).toEqual({ publicNetworkAccess: "Enabled" });
  expect(theOnly(resources, FIREWALL_RULE).inputs).toMatchObject({
    startIpAddress: "0.0.0.0",
    endIpAddress: "0.0.0.0",
  });
});

test("an identity administers the server under its name, which is its user", async () => {
  expect.assertions(2);
  const { resources } = await render(async () => {
    const server = new PostgresqlServer("postgresql", { ...serviceArgs(), postgresql });
    server.grant("westus2-api", identityOf("westus2"));
    expect(await valueOf(server.environmentFor(identityOf("westus2")))).toEqual({
      PGHOST: "postgresql-server.postgres.example",
      PGPORT: "5432",
      PGDATABASE: "items",
      PGSSLMODE: "verify-full",
      PGUSER: "api-westus2",
    });
  });
  expect(theOnly(resources, ADMINISTRATOR).inputs).toMatchObject({
    objectId: "westus2-principal",
    principalName: "api-westus2",
    principalType: "ServicePrincipal",
    tenantId: "22222222-2222-2222-2222-222222222222",
  });
});

test("a private endpoint waits until the server has its database", async () => {
  expect.assertions(2);
  const { dependenciesOf } = await render(() => {
    const server = new PostgresqlServer("postgresql", { ...serviceArgs(), postgresql });
    const [target] = server.privateTargets;
    new resourceGroups.ResourceGroup("probe", { managedBy: target?.resourceId });
    expect(target).toMatchObject({ key: "postgresql", groupId: "postgresqlServer" });
  });
  expect(dependenciesOf("probe")).toContain("postgresql-database");
});

test("the longest names still make one that Azure takes", async () => {
  const { resources } = await render(
    () => new PostgresqlServer("postgresql", { ...serviceArgs(), names: longNames, postgresql }),
  );
  expect(theOnly(resources, SERVER).inputs["serverName"]).toMatch(/^[a-z][a-z0-9]{2,62}$/);
});
