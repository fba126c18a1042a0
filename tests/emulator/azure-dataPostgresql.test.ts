import type { JsonObject } from "../../local/provider/backend";
import { at, text } from "../../local/provider/values";
import { Azure, GROUP, guid, networkWith } from "./azure-support";
import { postgresqlServer } from "./samples/data";

let azure: Azure;

beforeEach(async () => {
  azure = new Azure();
  await azure.group();
});

describe("PostgreSQL", () => {
  const server = (changes: JsonObject = {}): JsonObject => ({
    ...{ resourceGroupName: "rg", serverName: "data" },
    ...postgresqlServer(changes),
  });
  const inServer = { resourceGroupName: "rg", serverName: "data" };
  const burstable = { sku: { name: "Standard_B2s", tier: "Burstable" } };

  test.each<[string, JsonObject, string]>([
    ["a version past its support", { version: "12" }, "allowed are 13, 14"],
    [
      "a SKU of another tier",
      { sku: { name: "Standard_B2s", tier: "GeneralPurpose" } },
      "no SKU of the tier GeneralPurpose",
    ],
    [
      "a size that there is not",
      { storage: { storageSizeGB: 100 } },
      "Invalid value given for parameter storageSizeGB",
    ],
    [
      "backups far away from a region without a pair",
      { location: "spaincentral", backup: { geoRedundantBackup: "Enabled" } },
      "spaincentral has no paired region",
    ],
    ["backups for a year", { backup: { backupRetentionDays: 365 } }, "allowed are 7 to 35 days"],
    [
      "nobody that can sign in",
      { authConfig: { passwordAuth: "Disabled", activeDirectoryAuth: "Disabled" } },
      "must be Enabled",
    ],
    ["passwords without one", { authConfig: { passwordAuth: "Enabled" } }, "needs administratorLogin"],
    [
      "a standby of a burstable server",
      { ...burstable, highAvailability: { mode: "ZoneRedundant" } },
      "HADisabledForBurstableSkus",
    ],
    [
      "a standby in another zone of a region without zones",
      { location: "westus", highAvailability: { mode: "ZoneRedundant" } },
      "ZoneRedundantHANotSupportedInRegion",
    ],
    [
      "a standby in its own zone",
      { availabilityZone: "1", highAvailability: { mode: "ZoneRedundant", standbyAvailabilityZone: "1" } },
      "in another zone than its primary",
    ],
  ])("%s", async (_what, changes, message) => {
    await expect(azure.create("dbforpostgresql:Server", server(changes))).rejects.toThrow(message);
  });

  test("a subnet of its own is delegated, and has a zone", async () => {
    const [delegatedSubnetResourceId = ""] = await networkWith(azure, "10.1.0.0/24");
    const network = { delegatedSubnetResourceId };
    await expect(azure.create("dbforpostgresql:Server", server({ network }))).rejects.toThrow(
      "must be delegated to Microsoft.DBforPostgreSQL/flexibleServers",
    );
    azure.drift(delegatedSubnetResourceId, {
      delegations: [{ serviceName: "Microsoft.DBforPostgreSQL/flexibleServers" }],
    });
    await expect(azure.create("dbforpostgresql:Server", server({ network }))).rejects.toThrow(
      "EmptyPrivateDnsZoneArmResourceId",
    );
  });

  test.each<[string, JsonObject, string]>([
    ["storage shrinks", { storage: { storageSizeGB: 64 } }, "cannot be decreased"],
    ["versions go back", { version: "16" }, "cannot be downgraded"],
    ["backups move", { backup: { geoRedundantBackup: "Enabled" } }, "backup.geoRedundantBackup"],
  ])("nothing is changed where %s", async (_what, changes, message) => {
    const state = await azure.create("dbforpostgresql:Server", server());
    await expect(azure.update("dbforpostgresql:Server", state, server(changes))).rejects.toThrow(message);
  });

  test("a password is not kept", async () => {
    const secret = { administratorLogin: "boss", administratorLoginPassword: "hush-hush" };
    const { outputs } = await azure.create(
      "dbforpostgresql:Server",
      server({ ...secret, authConfig: { passwordAuth: "Enabled" } }),
    );
    expect(text(outputs, "administratorLogin")).toBe("boss");
    expect(JSON.stringify([outputs, azure.store.list()])).not.toContain("hush-hush");
  });

  test("one child at a time", async () => {
    await azure.create("dbforpostgresql:Server", server());
    const both = await Promise.allSettled([
      azure.create("dbforpostgresql:Database", { ...inServer, databaseName: "api" }),
      azure.create("dbforpostgresql:Configuration", {
        ...inServer,
        configurationName: "log_connections",
        value: "on",
      }),
    ]);
    expect(both.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
    expect(String((both[1] as PromiseRejectedResult).reason)).toContain(
      "ServerIsBusy: Cannot complete operation while server 'data' is busy",
    );
  });

  test.each<[string, string, JsonObject, string]>([
    [
      "a value that a parameter does not take",
      "Configuration",
      { configurationName: "log_statement", value: "some" },
      "Allowed are none,ddl,mod,all",
    ],
    [
      "an administrator without a name",
      "AdministratorsMicrosoftEntra",
      { objectId: guid(1), principalType: "Group" },
      "needs principalName",
    ],
    [
      "an administrator by name alone",
      "AdministratorsMicrosoftEntra",
      { objectId: "api" },
      "must be the object id",
    ],
    [
      "a rule that ends before it starts",
      "FirewallRule",
      { startIpAddress: "10.0.0.2", endIpAddress: "10.0.0.1" },
      "the start not above the end",
    ],
  ])("%s", async (_what, type, changes, message) => {
    await azure.create("dbforpostgresql:Server", server());
    await expect(azure.create(`dbforpostgresql:${type}`, { ...inServer, ...changes })).rejects.toThrow(
      message,
    );
  });

  test("administrators need Microsoft Entra ID, parameters know their standard", async () => {
    const passwords = {
      administratorLogin: "boss",
      administratorLoginPassword: "x",
      authConfig: { passwordAuth: "Enabled" },
    };
    await azure.create("dbforpostgresql:Server", server(passwords));
    await expect(
      azure.create("dbforpostgresql:AdministratorsMicrosoftEntra", {
        ...{ ...inServer, objectId: guid(1), principalName: "api", principalType: "ServicePrincipal" },
      }),
    ).rejects.toThrow("AadAuthDisabled");
    const { outputs, id } = await azure.create("dbforpostgresql:Configuration", {
      ...{ ...inServer, configurationName: "log_lock_waits", value: "on" },
    });
    expect([at(outputs, "defaultValue"), at(outputs, "source")]).toEqual(["off", "user-override"]);
    expect(id).toBe(
      `${GROUP}/providers/Microsoft.DBforPostgreSQL/flexibleServers/data/configurations/log_lock_waits`,
    );
  });
});
