import type { JsonObject, ProviderError } from "../../provider/backend";
import { at, flag, list, number, text } from "../../provider/values";
import { inGroup, nameOf } from "../ids";
import { describeTypes, refusal, type Deletion, type Operation } from "../resourceType";
import { findDeletedVault, keepDeletedVault, recoverableVault, restoreMembers } from "../softDelete";
import { holderOfName } from "../globalNames";
import { keyVaultObjects } from "./keyvaultObjects";
import { refuseMissingServiceEndpoints } from "../serviceEndpoints";

const VAULT = "Microsoft.KeyVault/vaults";

export const keyvault = [
  ...describeTypes({
    token: "keyvault:Vault",
    shape: inGroup(VAULT, "vaultName"),
    apiVersion: "2024-11-01",
    autoName: "random",
    name: { pattern: /^[a-zA-Z0-9-]{3,24}$/, minLength: 3, maxLength: 24 },
    required: ["properties", "properties.sku", "properties.tenantId"],
    references: ["properties.networkAcls.virtualNetworkRules[].id"],
    defaults: ({ inputs }) => ({ properties: vaultDefaults(inputs), tags: {} }),
    computed: [
      "properties.hsmPoolResourceId",
      "properties.privateEndpointConnections",
      "properties.provisioningState",
      "properties.vaultUri",
      "systemData",
    ],
    compute: computeVault,
    seconds: { create: 27, update: 8, delete: 7 },
    refuse: [
      refuseName,
      refuseTakenName,
      refuseRecovery,
      refuseRetention,
      refuseIrreversible,
      refuseMissingServiceEndpoints("Microsoft.KeyVault", "properties.networkAcls.virtualNetworkRules[].id"),
    ],
    afterWrite: ({ cloud, id, inputs, existing }) => {
      const deleted = isRecovery(inputs)
        ? recoverableVault(cloud, text(inputs, "location") ?? "", id)
        : undefined;
      if (existing === undefined && deleted !== undefined) restoreMembers(cloud, deleted);
    },
    afterDelete: deleteSoftly,
  }),
  ...keyVaultObjects,
];

/** Defaults of API version 2024-11-01; later ones turn Azure RBAC on. */
function vaultDefaults(inputs: JsonObject): JsonObject {
  const rules =
    at(inputs, "properties.networkAcls") === undefined ? {} : { networkAcls: networkDefaults(inputs) };
  return {
    accessPolicies: [],
    enableRbacAuthorization: false,
    enableSoftDelete: true,
    enabledForDeployment: false,
    publicNetworkAccess: "Enabled",
    softDeleteRetentionInDays: 90,
    ...rules,
  };
}

function networkDefaults(inputs: JsonObject): JsonObject {
  return {
    bypass: "AzureServices",
    defaultAction: "Allow",
    ipRules: list(inputs, "properties.networkAcls.ipRules"),
    virtualNetworkRules: list(inputs, "properties.networkAcls.virtualNetworkRules"),
  };
}

function computeVault({ cloud, id, keep, existing }: Operation): JsonObject {
  const isProtected = flag(existing?.properties, "properties.enablePurgeProtection");
  const created = keep("systemData.createdAt", () => cloud.now().toISOString());
  return {
    properties: {
      hsmPoolResourceId: "00000000-0000-0000-0000-000000000000",
      privateEndpointConnections: [],
      provisioningState: "Succeeded",
      vaultUri: `https://${nameOf(id).toLowerCase()}.vault.azure.net/`,
      // Leaving it out does not take it away.
      ...(isProtected ? { enablePurgeProtection: true } : {}),
    },
    systemData: {
      createdAt: created,
      createdBy: cloud.deployer.objectId,
      createdByType: cloud.deployer.principalType === "User" ? "User" : "Application",
      lastModifiedAt: cloud.now().toISOString(),
    },
  };
}

function isRecovery(inputs: JsonObject): boolean {
  return text(inputs, "properties.createMode") === "recover";
}

/** https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates#vault-name-and-object-name */
function refuseName({ id }: Operation): ProviderError | undefined {
  const name = nameOf(id);
  if (/^[a-z](-?[a-z0-9])*$/i.test(name)) return undefined;
  return refusal(
    "VaultNameNotValid",
    `The vault name '${name}' is invalid. A vault's name must be between 3-24 alphanumeric characters. The name must ` +
      "begin with a letter, end with a letter or digit, and not contain consecutive hyphens.",
  );
}

/** Azure/azure-cli#29115, alan-turing-institute/data-safe-haven#2523 */
function refuseTakenName(operation: Operation): ProviderError | undefined {
  const { cloud, id, inputs, existing } = operation;
  const name = nameOf(id);
  if (holderOfName(operation) !== undefined) {
    return refusal(
      "VaultAlreadyExists",
      `The vault name '${name}' is already in use. Vault names are globally unique so it is possible that the name is ` +
        "already taken. If you are sure that the vault name was not taken then it is possible that a vault with the same " +
        "name was recently deleted but not purged after being placed in a recoverable state. If the vault is in a " +
        "recoverable state then the vault will need to be purged before reusing the name.",
    );
  }
  if (existing !== undefined || isRecovery(inputs) || findDeletedVault(cloud, name) === undefined)
    return undefined;
  return refusal(
    "ConflictError",
    `A vault with the same name already exists in deleted state. You need to either recover or purge existing key vault. ` +
      "Follow this link https://go.microsoft.com/fwlink/?linkid=2149745 for more information on soft delete.",
  );
}

/** MicrosoftDocs/azure-docs#60803 */
function refuseRecovery({ cloud, id, inputs, existing }: Operation): ProviderError | undefined {
  if (existing !== undefined || !isRecovery(inputs)) return undefined;
  if (recoverableVault(cloud, text(inputs, "location") ?? "", id) !== undefined) return undefined;
  return refusal(
    "SoftDeletedVaultDoesNotExist",
    `A soft deleted vault with the given name '${nameOf(id)}' does not exist in this subscription, group and region. ` +
      "Ensure that the name for the vault that is being attempted to recover is in a recoverable state. For more " +
      "information on soft delete please follow this link https://go.microsoft.com/fwlink/?linkid=2149745",
  );
}

/** https://learn.microsoft.com/azure/key-vault/general/soft-delete-overview: 7 to 90 days, and never changed. */
function refuseRetention({ inputs, existing }: Operation): ProviderError | undefined {
  const days = number(inputs, "properties.softDeleteRetentionInDays");
  if (days !== undefined && (days < 7 || days > 90)) {
    return refusal(
      "BadRequest",
      `The property "softDeleteRetentionInDays" is set to ${days}: only values from 7 to 90 days are allowed.`,
    );
  }
  const before = number(existing?.properties, "properties.softDeleteRetentionInDays");
  if (days === undefined || before === undefined || days === before) return undefined;
  return refusal(
    "BadRequest",
    'The property "softDeleteRetentionInDays" has been set already and it can\'t be modified.',
  );
}

/** hashicorp/terraform-provider-azurerm#5344 and Azure/azure-rest-api-specs#8075: `false` is refused, even at first. */
function refuseIrreversible({ inputs }: Operation): ProviderError | undefined {
  if (at(inputs, "properties.enablePurgeProtection") === false) {
    return refusal(
      "BadRequest",
      'The property "enablePurgeProtection" cannot be set to false. Enabling the purge protection for a vault is an ' +
        "irreversible action.",
    );
  }
  // https://learn.microsoft.com/azure/key-vault/general/soft-delete-change
  return at(inputs, "properties.enableSoftDelete") === false
    ? refusal(
        "BadRequest",
        'The property "enableSoftDelete" can be set to false only for creating new vault. Enabling the soft delete ' +
          "functionality is mandatory: new vaults cannot opt out of it.",
      )
    : undefined;
}

/** Keys and secrets go along with their vault, and come back with it. */
function deleteSoftly({ cloud, record }: Deletion): void {
  const members = cloud.store.list({ under: record.id }).filter(({ type }) => type.startsWith(`${VAULT}/`));
  keepDeletedVault(cloud, record, members);
  for (const { id } of members) cloud.store.remove(id);
}
