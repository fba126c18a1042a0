import type { JsonObject } from "../../local/provider/backend";
import { Azure, clusterInputs, GROUP } from "./azure-support";
import { backupPolicy, backupVault } from "./samples/governance";

const VAULT = `${GROUP}/providers/Microsoft.DataProtection/backupVaults/vault`;

let azure: Azure;

const create = (token: string, inputs: JsonObject) =>
  azure.create(token, { resourceGroupName: "rg", ...inputs });

beforeEach(async () => {
  azure = new Azure();
  await azure.group();
  await create("containerservice:ManagedCluster", clusterInputs());
  await create("dataprotection:BackupVault", { vaultName: "vault", ...backupVault() });
});

describe("vaults, policies and bindings", () => {
  const settings = (properties: JsonObject, location = "westus2"): JsonObject => ({
    location,
    properties: { ...(backupVault()["properties"] as JsonObject), ...properties },
  });
  const stored = (type: string, location?: string): JsonObject =>
    settings({ storageSettings: [{ datastoreType: "VaultStore", type }] }, location);

  test.each<[string, JsonObject, string]>([
    ["no storage", settings({ storageSettings: [] }), "must have one entry"],
    ["seven days of soft delete", soften({ state: "On", retentionDurationInDays: 7 }), "between 14 and 180"],
    [
      "cross-region restore of local copies",
      settings({ featureSettings: { crossRegionRestoreSettings: { state: "Enabled" } } }),
      "requires GeoRedundant",
    ],
    ["copies in a pair that is not there", stored("GeoRedundant", "italynorth"), "needs a paired region"],
    ["zones that are not there", stored("ZoneRedundant", "westus"), "needs availability zones"],
  ])("%s", async (_what, inputs, message) => {
    await expect(create("dataprotection:BackupVault", { vaultName: "other", ...inputs })).rejects.toThrow(
      message,
    );
  });

  function soften(softDeleteSettings: JsonObject): JsonObject {
    return settings({ securitySettings: { softDeleteSettings } });
  }

  test("always-on soft delete stays on", async () => {
    const made = await create("dataprotection:BackupVault", {
      vaultName: "other",
      ...soften({ state: "AlwaysOn" }),
    });
    await expect(
      azure.update("dataprotection:BackupVault", made, { ...made.inputs, ...soften({ state: "Off" }) }),
    ).rejects.toThrow("is 'AlwaysOn', which is irreversible");
  });

  test.each<[string, JsonObject, string]>([
    ["every 5 hours", backupPolicy("PT5H"), "is not supported for AKS"],
    ["no rule for retention", { properties: { policyRules: [] } }, "retention rule with isDefault true"],
  ])("%s", async (_what, policy, message) => {
    const inputs = { vaultName: "vault", backupPolicyName: "other", ...policy };
    await expect(create("dataprotection:BackupPolicy", inputs)).rejects.toThrow(message);
  });

  test("a binding has a role of its source's type", async () => {
    const roles = ["Microsoft.MachineLearningServices/workspaces/mlworkload"];
    await expect(
      create("containerservice:TrustedAccessRoleBinding", {
        resourceName: "aks",
        sourceResourceId: VAULT,
        roles,
      }),
    ).rejects.toThrow("was not found for resources of type 'Microsoft.DataProtection/backupVaults'");
  });
});
