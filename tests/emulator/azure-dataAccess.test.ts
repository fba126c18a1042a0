import { canReach } from "../../local/azure/reachability";
import {
  canReadSecret,
  canUseBlobs,
  canUseCosmos,
  canUsePostgresql,
  canUseRedis,
} from "../../local/azure/dataAccess";
import type { JsonObject } from "../../local/provider/backend";
import { Azure, GROUP, networkWith, principalOf } from "./azure-support";
import { cosmosAccount, managedRedis, postgresqlServer, storageAccount, vault } from "./samples/data";
import { connect } from "./support/privateLink";

const VNET = `${GROUP}/providers/Microsoft.Network/virtualNetworks/vnet`;
const VAULT = `${GROUP}/providers/Microsoft.KeyVault/vaults/safe`;
const OTHER = `${GROUP}/providers/Microsoft.Network/virtualNetworks/other`;
const SECRETS_USER = "4633458b-17de-408a-b874-0445c86b69e6";
const BLOB_CONTRIBUTOR = "ba92f5b4-2d11-453d-a403-e96b0029c9fe";
const OWNER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635";

let azure: Azure;
let principalId: string;

beforeEach(async () => {
  azure = new Azure();
  await azure.group();
  principalId = principalOf(await azure.identity("api"));
});

const inGroup = (inputs: JsonObject): JsonObject => ({ resourceGroupName: "rg", ...inputs });
const makeVault = (changes: JsonObject = {}) =>
  azure.create("keyvault:Vault", inGroup({ vaultName: "safe", ...vault(changes) }));

describe("a way through the network", () => {
  const link = (subnet: string, linked?: readonly string[]) =>
    connect(azure, {
      ...{ target: VAULT, group: "vault", zone: "privatelink.vaultcore.azure.net", subnet },
      ...(linked === undefined ? {} : { linked }),
    });

  test("a public endpoint is open to all, unless rules name who may", async () => {
    const [subnet = ""] = await networkWith(azure, "10.1.0.0/24");
    await makeVault();
    expect(canReach(azure.store, VNET, VAULT).allowed).toBe(true);
    azure.drift(VAULT, {
      properties: { publicNetworkAccess: "Enabled", networkAcls: { defaultAction: "Deny" } },
    });
    expect(canReach(azure.store, VNET, VAULT).chain.join()).toContain("deny all but those that they name");
    azure.drift(VAULT, {
      properties: { networkAcls: { defaultAction: "Deny", virtualNetworkRules: [{ id: subnet }] } },
    });
    expect(canReach(azure.store, VNET, VAULT).chain.join()).toContain("let subnet");
    expect(canReach(azure.store, OTHER, VAULT).allowed).toBe(false);
  });

  test("a private endpoint leads there, once its names resolve", async () => {
    const [subnet = ""] = await networkWith(azure, "10.1.0.0/24");
    await makeVault({ publicNetworkAccess: "Disabled" });
    expect(canReach(azure.store, VNET, VAULT).chain.join()).toContain("publicNetworkAccess 'Disabled'");
    await link(subnet, []);
    expect(canReach(azure.store, VNET, VAULT).chain[0]).toMatch(
      /no zone privatelink\.vaultcore\.azure\.net is linked/,
    );
    await azure.create("privatedns:VirtualNetworkLink", {
      ...inGroup({ privateZoneName: "privatelink.vaultcore.azure.net", virtualNetworkLinkName: "late" }),
      ...{ location: "global", virtualNetwork: { id: VNET } },
    });
    expect(canReach(azure.store, VNET, VAULT)).toMatchObject({
      allowed: true,
      chain: [
        expect.stringContaining("private endpoint to-vault in vnet"),
        expect.anything(),
        expect.anything(),
      ],
    });
  });

  test("from another network it takes a peering", async () => {
    const [subnet = ""] = await networkWith(azure, "10.1.0.0/24");
    await makeVault({ publicNetworkAccess: "Disabled" });
    await azure.create(
      "network:VirtualNetwork",
      inGroup({
        virtualNetworkName: "other",
        addressSpace: { addressPrefixes: ["192.168.0.0/24"] },
      }),
    );
    await link(subnet, [VNET, OTHER]);
    expect(canReach(azure.store, OTHER, VAULT).chain[0]).toContain("neither its network nor a peer");
    for (const [from, to] of [
      ["vnet", OTHER],
      ["other", VNET],
    ]) {
      await azure.create(
        "network:VirtualNetworkPeering",
        inGroup({
          ...{
            virtualNetworkName: from ?? "",
            virtualNetworkPeeringName: "peer",
            remoteVirtualNetwork: { id: to ?? "" },
          },
        }),
      );
    }
    expect(canReach(azure.store, OTHER, VAULT).allowed).toBe(true);
  });
});

describe("rights in a service", () => {
  test("a vault's secrets: Azure RBAC on the vault, and no owner's role", async () => {
    await makeVault();
    await azure.grant(principalId, OWNER, VAULT);
    expect(canReadSecret(azure.store, { principalId }, VAULT).allowed).toBe(false);
    await azure.grant(principalId, SECRETS_USER, VAULT);
    expect(canReadSecret(azure.store, { principalId }, VAULT, "token").chain[1]).toContain(
      "holds Key Vault Secrets User",
    );
    await networkWith(azure, "10.1.0.0/24");
    expect(canReadSecret(azure.store, { principalId, networkId: VNET }, VAULT).allowed).toBe(true);
    azure.drift(VAULT, { properties: { enableRbacAuthorization: true, publicNetworkAccess: "Disabled" } });
    expect(canReadSecret(azure.store, { principalId, networkId: VNET }, VAULT).chain.at(-1)).toContain(
      "'Disabled'",
    );
  });

  test("Cosmos DB: its own role, on the account, the database or the container", async () => {
    const { id } = await azure.create(
      "cosmosdb:DatabaseAccount",
      inGroup({ accountName: "items", ...cosmosAccount() }),
    );
    await azure.grant(principalId, OWNER, id);
    const ask = (database: string) => canUseCosmos(azure.store, { principalId }, id, database, "items");
    expect(ask("api").chain).toEqual([
      expect.stringContaining("no role of Cosmos DB's data plane"),
      "it holds none in the account",
    ]);
    await azure.create(
      "cosmosdb:SqlResourceSqlRoleAssignment",
      inGroup({
        ...{ accountName: "items", principalId, scope: `${id}/dbs/api` },
        roleDefinitionId: `${id}/sqlRoleDefinitions/00000000-0000-0000-0000-000000000002`,
      }),
    );
    expect(ask("api").allowed).toBe(true);
    expect(ask("billing").chain[1]).toBe(`its roles there: ${id}/dbs/api`);
  });

  test("Managed Redis: an access policy assignment", async () => {
    const { id } = await azure.create(
      "redisenterprise:RedisEnterprise",
      inGroup({ clusterName: "cache", ...managedRedis() }),
    );
    const inCache = inGroup({ clusterName: "cache", databaseName: "default" });
    await azure.create("redisenterprise:Database", inCache);
    expect(canUseRedis(azure.store, { principalId }, id).chain[0]).toContain("names principal");
    await azure.create("redisenterprise:AccessPolicyAssignment", {
      ...{
        ...inCache,
        accessPolicyAssignmentName: "api",
        accessPolicyName: "default",
        user: { objectId: principalId },
      },
    });
    expect(canUseRedis(azure.store, { principalId }, id).allowed).toBe(true);
  });

  test("PostgreSQL: an administrator, and a firewall rule where the endpoint is public", async () => {
    await networkWith(azure, "10.1.0.0/24");
    const network = { publicNetworkAccess: "Enabled" };
    const { id } = await azure.create(
      "dbforpostgresql:Server",
      inGroup({ serverName: "data", ...postgresqlServer({ network }) }),
    );
    expect(canUsePostgresql(azure.store, { principalId }, id).allowed).toBe(false);
    await azure.create(
      "dbforpostgresql:AdministratorsMicrosoftEntra",
      inGroup({
        ...{
          serverName: "data",
          objectId: principalId,
          principalName: "api",
          principalType: "ServicePrincipal",
        },
      }),
    );
    expect(canUsePostgresql(azure.store, { principalId }, id).chain[1]).toContain("is administrator 'api'");
    const caller = { principalId, networkId: VNET };
    expect(canUsePostgresql(azure.store, caller, id).chain.at(-1)).toContain("no firewall rule");
    await azure.create(
      "dbforpostgresql:FirewallRule",
      inGroup({
        ...{
          serverName: "data",
          firewallRuleName: "azure",
          startIpAddress: "0.0.0.0",
          endIpAddress: "0.0.0.0",
        },
      }),
    );
    expect(canUsePostgresql(azure.store, caller, id).allowed).toBe(true);
  });

  test("blobs: a data role, on the container alone if so granted", async () => {
    const { id } = await azure.create(
      "storage:StorageAccount",
      inGroup({ accountName: "blobs", ...storageAccount() }),
    );
    const container = await azure.create(
      "storage:BlobContainer",
      inGroup({ accountName: "blobs", containerName: "items" }),
    );
    await azure.grant(principalId, OWNER, id);
    expect(canUseBlobs(azure.store, { principalId }, container.id).allowed).toBe(false);
    await azure.grant(principalId, BLOB_CONTRIBUTOR, container.id);
    expect(canUseBlobs(azure.store, { principalId }, container.id).allowed).toBe(true);
    expect(canUseBlobs(azure.store, { principalId }, id).allowed).toBe(false);
  });

  test("what is not there cannot be used", () => {
    const caller = { principalId };
    const answers = [
      canReadSecret(azure.store, caller, VAULT),
      canUseCosmos(azure.store, caller, VAULT, "api", "items"),
      canUseRedis(azure.store, caller, VAULT),
      canUsePostgresql(azure.store, caller, VAULT),
      canUseBlobs(azure.store, caller, VAULT),
      canReach(azure.store, VNET, VAULT),
    ];
    expect(answers.map(({ allowed }) => allowed)).toEqual(answers.map(() => false));
    expect(answers.every(({ chain }) => chain[0]?.startsWith("there is no ") === true)).toBe(true);
  });
});
