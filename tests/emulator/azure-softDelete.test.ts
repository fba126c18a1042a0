import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CloudStore } from "../../local/cloud/store";
import { heldVaultNames, purgeVault } from "../../local/azure/softDelete";
import type { AzureCloud } from "../../local/azure/resourceType";
import type { JsonObject } from "../../local/provider/backend";
import { text } from "../../local/provider/values";
import { Azure, backendOptions, DEPLOYER, GROUP, networkWith } from "./azure-support";
import { vault } from "./samples/data";
import { connect } from "./support/privateLink";

const VAULT = `${GROUP}/providers/Microsoft.KeyVault/vaults/safe`;
const CRYPTO_OFFICER = "14b46e9e-c2b7-41b4-b07b-48a6ebf60603";
const DAY = 24 * 60 * 60 * 1000;

let now: Date;
let azure: Azure;

beforeEach(async () => {
  now = new Date("2026-11-21T00:00:00Z");
  azure = new Azure({ now: () => now });
  await azure.group();
});

function inputs(changes: JsonObject = {}): JsonObject {
  return { resourceGroupName: "rg", vaultName: "safe", ...vault(changes) };
}

function cloud(): AzureCloud {
  return { ...backendOptions(), store: azure.store, vcpuQuota: {}, unregisteredFeatures: [], now: () => now };
}

const create = (changes: JsonObject = {}) => azure.create("keyvault:Vault", inputs(changes));

describe("a deleted vault", () => {
  test("is no live resource, but holds its name", async () => {
    await create({ softDeleteRetentionInDays: 7 });
    await azure.delete("keyvault:Vault", VAULT);
    expect(azure.store.get(VAULT)).toBeUndefined();
    expect(azure.store.list().filter(({ ofSubscription }) => ofSubscription !== true)).toHaveLength(1);
    expect(heldVaultNames(azure.store)).toEqual([
      {
        name: "safe",
        vaultId: VAULT,
        location: "westus2",
        deletionDate: "2026-11-21T00:00:00.000Z",
        scheduledPurgeDate: "2026-11-28T00:00:00.000Z",
        purgeProtected: false,
      },
    ]);
    await expect(create()).rejects.toThrow(
      "ConflictError: A vault with the same name already exists in deleted state.",
    );
  });

  test("holds its name after its resource group is deleted, and with what was in it", async () => {
    await create();
    await azure.create("keyvault:Key", {
      resourceGroupName: "rg",
      vaultName: "safe",
      keyName: "disks",
      properties: {},
    });
    await azure.delete("resources:ResourceGroup", GROUP);
    expect(azure.store.list({ under: GROUP })).toEqual([]);
    expect(heldVaultNames(azure.store).map(({ name }) => name)).toEqual(["safe"]);
  });

  test("frees its name when its retention is over", async () => {
    await create({ softDeleteRetentionInDays: 7, enablePurgeProtection: true });
    await azure.delete("keyvault:Vault", VAULT);
    now = new Date(now.getTime() + 6 * DAY);
    await expect(create()).rejects.toThrow("ConflictError");
    now = new Date(now.getTime() + DAY);
    await expect(create()).resolves.toHaveProperty("id", VAULT);
  });

  test("comes back with its keys", async () => {
    await create();
    const key = { resourceGroupName: "rg", vaultName: "safe", keyName: "disks", properties: {} };
    const made = await azure.create("keyvault:Key", key);
    await azure.delete("keyvault:Vault", VAULT);
    expect(azure.store.get(made.id)).toBeUndefined();
    await create({ createMode: "recover" });
    expect(text(azure.store.get(made.id)?.properties, "keyUriWithVersion")).toBe(
      text(made.outputs, "keyUriWithVersion"),
    );
    expect(heldVaultNames(azure.store)).toEqual([]);
  });

  test("is not recovered where there is none, or in another region", async () => {
    await expect(create({ createMode: "recover" })).rejects.toThrow("SoftDeletedVaultDoesNotExist");
    await create();
    await azure.delete("keyvault:Vault", VAULT);
    const elsewhere = { ...inputs({ createMode: "recover" }), location: "eastus2" };
    await expect(azure.create("keyvault:Vault", elsewhere)).rejects.toThrow("SoftDeletedVaultDoesNotExist");
  });

  test("is purged, unless it is protected", async () => {
    await create();
    await azure.delete("keyvault:Vault", VAULT);
    purgeVault(cloud(), "safe");
    await expect(create({ enablePurgeProtection: true })).resolves.toHaveProperty("id", VAULT);
    await azure.delete("keyvault:Vault", VAULT);
    expect(() => {
      purgeVault(cloud(), "safe");
    }).toThrow("Operation 'DeletedVaultPurge' is not allowed.");
    expect(() => {
      purgeVault(cloud(), "other");
    }).toThrow("DeletedVaultNotFound");
  });

  test("of another subscription holds the name too", async () => {
    const folder = mkdtempSync(join(tmpdir(), "azure-"));
    const dev = new Azure({ store: CloudStore.open(join(folder, "dev.jsonl")) });
    const prod = new Azure({ store: CloudStore.open(join(folder, "prod.jsonl")) });
    await dev.group();
    await prod.group();
    await dev.create("keyvault:Vault", inputs());
    await expect(prod.create("keyvault:Vault", inputs())).rejects.toThrow("VaultAlreadyExists");
    await dev.delete("keyvault:Vault", VAULT);
    await expect(prod.create("keyvault:Vault", inputs())).rejects.toThrow("ConflictError");
    dev.store.close();
    prod.store.close();
    rmSync(folder, { recursive: true });
  });
});

describe("a key that is deleted from a living vault", () => {
  const key = { resourceGroupName: "rg", vaultName: "safe", keyName: "disks", properties: {} };
  const KEY = `${VAULT}/keys/disks`;

  test("takes a right in the vault, which Azure's owner roles do not give", async () => {
    await create();
    await azure.create("keyvault:Key", key);
    await expect(azure.delete("keyvault:Key", KEY)).rejects.toThrow(
      "Forbidden: Caller is not authorized to perform action on resource.",
    );
    expect(azure.store.get(KEY)).toBeDefined();
  });

  test("takes a way to the vault, which the Internet is not", async () => {
    await create({ publicNetworkAccess: "Disabled" });
    await azure.create("keyvault:Key", key);
    await expect(azure.delete("keyvault:Key", KEY)).rejects.toThrow(
      "Forbidden: Public network access is disabled",
    );
  });

  test("takes a way to the vault, which a deployer in a network may have", async () => {
    const networkId = `${GROUP}/providers/Microsoft.Network/virtualNetworks/vnet`;
    azure = new Azure({
      deployer: { objectId: DEPLOYER, clientId: DEPLOYER, principalType: "User", networkId },
    });
    await azure.group();
    const [subnet = ""] = await networkWith(azure, "10.1.0.0/24");
    await create({ publicNetworkAccess: "Disabled", enableRbacAuthorization: false });
    await azure.create("keyvault:Key", key);
    await expect(azure.delete("keyvault:Key", KEY)).rejects.toThrow("Forbidden: Public network access");
    const zone = "privatelink.vaultcore.azure.net";
    await connect(azure, { target: VAULT, group: "vault", zone, subnet });
    await azure.delete("keyvault:Key", KEY);
    expect(azure.store.get(KEY)).toBeUndefined();
  });

  test("holds its name until the vault is purged", async () => {
    await create();
    await azure.create("authorization:RoleAssignment", {
      scope: VAULT,
      principalId: DEPLOYER,
      roleDefinitionId: `/providers/Microsoft.Authorization/roleDefinitions/${CRYPTO_OFFICER}`,
    });
    await azure.create("keyvault:Key", key);
    await azure.delete("keyvault:Key", KEY);
    await expect(azure.create("keyvault:Key", key)).rejects.toThrow(
      "Conflict: Key disks is currently in a deleted but recoverable state",
    );
    await azure.delete("keyvault:Vault", VAULT);
    purgeVault(cloud(), "safe");
    await create();
    await expect(azure.create("keyvault:Key", key)).resolves.toHaveProperty("id", KEY);
  });
});
