import type { JsonObject, ProviderError } from "../../provider/backend";
import { at, flag, strings, text } from "../../provider/values";
import { identityOf } from "../aks/clusterOutputs";
import { canUseKey, keyOf } from "../encryption";
import { inGroup, nameOf, sameId } from "../ids";
import { describeTypes, refusal, type Deletion, type Operation } from "../resourceType";
import { normalizeRegion } from "../regions";

const SET = "Microsoft.Compute/diskEncryptionSets";
const VERSIONED_KEY = /^https:\/\/[a-z0-9-]+\.vault\.azure\.net\/keys\/[^/]+\/[0-9a-f]{32}$/i;

export const compute = describeTypes({
  token: "compute:DiskEncryptionSet",
  shape: inGroup(SET, "diskEncryptionSetName"),
  apiVersion: "2024-03-02",
  autoName: "random",
  // https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftcompute
  name: { pattern: /^[a-zA-Z0-9_-]+$/, minLength: 1, maxLength: 80 },
  references: ["activeKey.sourceVault.id", "identity.userAssignedIdentities[]"],
  defaults: () => ({
    encryptionType: "EncryptionAtRestWithCustomerKey",
    rotationToLatestKeyVersionEnabled: false,
  }),
  computed: ["identity", "previousKeys", "provisioningState"],
  compute: (operation) => ({
    ...identityOf(operation),
    previousKeys: previousKeys(operation),
    provisioningState: "Succeeded",
  }),
  seconds: { create: 35, update: 30, delete: 35 },
  refuse: [refuseIdentity, refuseKey, refuseType, refuseVault, refuseAccess],
  refuseDelete: [refuseInUse],
});

function previousKeys({ inputs, existing }: Operation): JsonObject[] {
  const before = at(existing?.properties, "activeKey");
  const earlier = (at(existing?.properties, "previousKeys") ?? []) as JsonObject[];
  const changed = text(before, "keyUrl") !== text(inputs, "activeKey.keyUrl");
  return before !== undefined && changed ? [...earlier, before as JsonObject] : earlier;
}

function invalid(name: string, message: string): ProviderError {
  return refusal("InvalidParameter", `Disk encryption set '${name}' is invalid: ${message}`);
}

/** The set reads its key with an identity of its own. */
function refuseIdentity({ id, inputs }: Operation): ProviderError | undefined {
  const type = text(inputs, "identity.type") ?? "None";
  return type === "None"
    ? invalid(nameOf(id), "identity.type must be 'SystemAssigned' or 'UserAssigned', got none.")
    : undefined;
}

/** "Version segment of the Url is required regardless of rotationToLatestKeyVersionEnabled value" (the API's own text). */
function refuseKey({ id, inputs }: Operation): ProviderError | undefined {
  const url = text(inputs, "activeKey.keyUrl") ?? "";
  return VERSIONED_KEY.test(url)
    ? undefined
    : invalid(
        nameOf(id),
        `activeKey.keyUrl must be the URL of one version of a key (https://<vault>.vault.azure.net/keys/<name>/<version>), got '${url}'.`,
      );
}

/** https://learn.microsoft.com/rest/api/compute/disk-encryption-sets/create-or-update: "cannot be changed once set". */
function refuseType({ id, inputs, existing }: Operation): ProviderError | undefined {
  const before = text(existing?.properties, "encryptionType");
  const wanted = text(inputs, "encryptionType");
  if (before === undefined || wanted === undefined || wanted === before) return undefined;
  return refusal(
    "PropertyChangeNotAllowed",
    `Changing property 'encryptionType' of disk encryption set '${nameOf(id)}' from '${before}' to '${wanted}' is not allowed.`,
  );
}

/**
 * The vault must be in the set's region, with purge protection
 * (https://learn.microsoft.com/azure/virtual-machines/disk-encryption#restrictions and MicrosoftDocs/azure-docs#59559).
 */
function refuseVault({ cloud, id, inputs }: Operation): ProviderError | undefined {
  const { vault, key } = keyOf(cloud.store, text(inputs, "activeKey.keyUrl") ?? "");
  const given = text(inputs, "activeKey.sourceVault.id");
  const name = nameOf(id);
  if (vault === undefined) return invalid(name, "the vault of activeKey.keyUrl was not found.");
  if (given !== undefined && !sameId(given, vault.id)) {
    return invalid(name, `activeKey.keyUrl is a key of ${vault.id}, activeKey.sourceVault is ${given}.`);
  }
  if (key === undefined) return invalid(name, `the key of activeKey.keyUrl was not found in ${vault.id}.`);
  if (!flag(vault.properties, "properties.enablePurgeProtection")) {
    return invalid(name, `vault ${vault.id} must have purge protection enabled (enablePurgeProtection).`);
  }
  const region = normalizeRegion(text(inputs, "location") ?? "");
  const vaultRegion = text(vault.properties, "location") ?? "";
  if (region !== vaultRegion) return invalid(name, `it is in ${region}, its vault in ${vaultRegion}.`);
  const kty = text(key.properties, "kty") ?? "";
  return kty.startsWith("RSA") ? undefined : invalid(name, `its key must be RSA or RSA-HSM, got ${kty}.`);
}

/** An assigned identity is there before the set is, and is tried at once; a system-assigned one when disks are made. */
function refuseAccess({ cloud, id, inputs }: Operation): ProviderError | undefined {
  const url = text(inputs, "activeKey.keyUrl") ?? "";
  for (const identity of strings(inputs, "identity.userAssignedIdentities")) {
    const principal = text(cloud.store.get(identity)?.properties, "principalId") ?? "";
    const decision = canUseKey(cloud.store, principal, url);
    if (decision.allowed) continue;
    return refusal(
      "KeyVaultAccessForbidden",
      `Unable to access key vault resource '${url}' to enable encryption at rest. Please grant get, wrap and unwrap key ` +
        `permissions to disk encryption set '${nameOf(id)}'. Please visit https://aka.ms/keyvaultaccess for more ` +
        `information. (${decision.chain.join("; ")})`,
    );
  }
  return undefined;
}

/** Clusters encrypt the disks of their nodes with it. */
function refuseInUse({ cloud, record }: Deletion): ProviderError | undefined {
  const user = cloud.store
    .list({ type: "Microsoft.ContainerService/managedClusters" })
    .find(({ properties }) => sameId(text(properties, "diskEncryptionSetID") ?? "", record.id));
  return user === undefined
    ? undefined
    : refusal(
        "OperationNotAllowed",
        `Disk encryption set '${nameOf(record.id)}' cannot be deleted: disks of ${user.id} are encrypted with it.`,
      );
}
